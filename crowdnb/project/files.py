"""Files of people, read and written with care.

What is written goes into what is there: a link keeps pointing where it points, a pipe or a terminal
gets the text, a file keeps its mode, its owner and its other names. It is there in full, or as it
was before: an ordinary file of one's own is replaced by a finished one that was made beside it;
what cannot be replaced so is written in place, and gets its old content back when that fails. What
is read is an ordinary file of a size that can be dealt with: from a pipe or a terminal nothing
might ever come.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

# Bytes of a JSON file. A scenario takes up to some kilobytes; 10 MB of the worst kind, brackets,
# take 0.4 s and 300 MB.
JSON_BYTES = 10_000_000
BUSY = threading.Lock()  # held while an ordinary file is written
KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFIFO: "it is a pipe",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a disk",
    stat.S_IFSOCK: "it is a socket",
}
BINARY = getattr(os, "O_BINARY", 0)  # Windows would write other line ends


class TooLargeError(ValueError):
    """A file is beyond a limit, which the message names."""


def read_file(path: Path, most: int) -> bytes:
    """The bytes of an ordinary file, at most so many.

    Raises
    ------
    OSError
        It cannot be read, or it is a folder, a pipe, a device: ``strerror`` says so.
    TooLargeError
        It is larger.
    """
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, kind(path), str(path))
    size = status.st_size
    if size <= most:
        with path.open("rb") as file:
            # it may grow meanwhile, and what the system makes up has no size
            data = file.read(most + 1)
        if len(data) <= most:
            return data
        size = len(data)
    raise TooLargeError(f"{in_megabytes(size)}, and at most {in_megabytes(most)} are read")


def kind(path: Path) -> str:
    """What a path is that is no ordinary file, in words."""
    return KINDS.get(stat.S_IFMT(path.stat().st_mode), "it is no ordinary file")


class _TwiceError(ValueError):
    """A name stands twice within the same braces, and JSON would keep the last in silence."""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise _TwiceError(f"{short(repr(twice))} stands twice within the same braces")
    return found


def read_json(path: Path) -> Any:
    """What a file of JSON holds.

    Raises
    ------
    ValueError
        It is none that can be read: the file is named, the place, and what is wrong.
    """
    try:
        text = read_file(path, JSON_BYTES).decode("utf-8-sig")
        data = json.loads(text, object_pairs_hook=_each_once)
        json.dumps(data, ensure_ascii=False).encode()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror})") from None
    except TooLargeError as error:
        raise ValueError(f"{path.name} holds {error}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not UTF-8 text") from None
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise ValueError(f"{path.name}: {half} is half a character, no text can hold it") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path.name}, line {error.lineno}, column {error.colno}: {error.msg}"
        ) from None
    except RecursionError:
        raise ValueError(f"{path.name}: too many brackets within brackets") from None
    except _TwiceError as error:
        raise ValueError(f"{path.name}: {error}; keep the one that counts") from None
    except ValueError:  # Python's own limit, since reading a number takes the square of its length
        raise ValueError(
            f"{path.name}: a number has more than {sys.get_int_max_str_digits():,} digits"
        ) from None
    return data


def short(text: str, most: int = 60) -> str:
    """Text for a message: not all of it where it is long."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"


def in_megabytes(size: int) -> str:
    """A number of bytes in MB, rounded up: what is above a limit is shown as above it."""
    return f"{-(-size // 100_000) / 10:,.1f} MB".replace(".0 MB", " MB")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing; into whatever is there, as the text of this module says.

    An interrupt from the keyboard waits until an ordinary file is done; on a pipe, which may wait
    for its reader, it does not.

    Raises
    ------
    OSError
        It cannot be written; ``filename`` is the path given, whatever was at fault.
    """
    try:
        _write(path, data)
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from None


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made if need be: all of them, or none and no folder.

    A name may lead into a folder within it, which is made likewise.

    One that is there already, an ordinary file, gets its old content back where another fails.

    Raises
    ------
    OSError
        One of them cannot be written.
    """
    within = [folder / "any", *(folder / name for name in files)]
    made = {above for path in within for above in path.parents if not above.exists()}
    with ExitStack() as undo:
        for above in sorted(made):  # each before what lies within it
            above.mkdir(exist_ok=True)
            undo.callback(_quietly, above.rmdir)
        for name, data in files.items():
            path = folder / name
            if path.is_file():
                undo.callback(write_whole, path, path.read_bytes())
            else:
                undo.callback(_quietly, path.unlink)
            write_whole(path, data)
        undo.pop_all()


class Appender:
    """Writes at the end of a file, piece by piece, each at once: all of a piece, or nothing of it.

    Attributes
    ----------
    path : Path
    fresh : bool
        Whether there was no such file, or an empty one.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._made = path, not path.exists()
        self._number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | BINARY, 0o666)
        self._whole = stat.S_ISREG(os.fstat(self._number).st_mode)
        self.fresh = self._size() == 0

    def _size(self) -> int:
        return os.fstat(self._number).st_size if self._whole else 0

    def __call__(self, text: str) -> None:
        """Write a piece."""
        if not self._whole:  # a pipe may wait for its reader
            self._write(text)
            return
        with uninterrupted():
            before = self._size()
            try:
                self._write(text)
            except OSError:
                os.ftruncate(self._number, before)
                if self._made and not before:
                    _quietly(self.path.unlink)
                raise

    def _write(self, text: str) -> None:
        try:
            _write_all(self._number, text.encode())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.path)) from None

    def __enter__(self) -> Appender:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._number)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back an interrupt from the keyboard until the block is done.

    For blocks that take milliseconds.
    """
    if threading.current_thread() is not threading.main_thread():
        with BUSY:
            yield  # only the main thread gets interrupts, and only it may say what they do
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        with BUSY:
            yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if usual is None else usual)
        if came:
            signal.raise_signal(signal.SIGINT)


def _write(path: Path, data: bytes) -> None:
    try:
        status = path.stat()
    except FileNotFoundError:
        with uninterrupted():
            _replace(Path(os.path.realpath(path)), data, None)
        return
    # as /dev/stdout, or where a shell has sent it: a new file would lose the rest of the output
    for number in (1, 2):
        if is_open_as(number, status):
            stream = sys.stdout if number == 1 else sys.stderr
            if stream is not None:
                stream.flush()
            _write_all(number, data)
            return
    if stat.S_ISREG(status.st_mode):
        with uninterrupted():
            target = Path(os.path.realpath(path))
            # such as /dev/fd/3, which is open
            by_number = Path(os.path.realpath(path.parent)).parts[1:2] == ("proc",)
            if by_number or not (is_ours(target, status) and _replace(target, data, status)):
                _write_in_place(path, data)
    elif stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
        number = os.open(path, os.O_WRONLY | BINARY)
        try:
            _write_all(number, data)
        finally:
            os.close(number)
    else:
        raise OSError(errno.EINVAL, kind(path))


def is_open_as(number: int, status: os.stat_result) -> bool:
    """Whether a file is what this process has open under a number, such as standard output."""
    try:
        return os.path.samestat(status, os.fstat(number))
    except OSError:
        return False


def is_ours(target: Path, status: os.stat_result) -> bool:
    """Whether a new file can take the place of this one without anybody noticing."""
    own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    extended = hasattr(os, "listxattr") and _has_attributes(target)
    writable = os.access(target, os.W_OK) and os.access(target.parent, os.W_OK | os.X_OK)
    return own and writable and status.st_nlink == 1 and not extended


def _has_attributes(target: Path) -> bool:
    """Whether it has access lists or the like, which a new file would not have."""
    try:
        return bool(os.listxattr(target))
    except OSError:
        return False


def _replace(target: Path, data: bytes, old: os.stat_result | None) -> bool:
    """Write beside it, then rename.

    False where the system does not allow that for an existing file.
    """
    try:
        with made_beside(target, data, old) as made:
            os.replace(made, target)
    except OSError as error:
        # its group is not ours; or it is mounted as a single file
        if old is not None and error.errno in (errno.EPERM, errno.EBUSY, errno.EXDEV):
            return False
        raise
    return True


@contextmanager
def made_beside(target: Path, data: bytes, old: os.stat_result | None) -> Iterator[Path]:
    """A finished file in the folder of another, gone afterwards unless it was renamed."""
    made = target.with_name(f".crowdnb-{os.getpid()}-{os.urandom(4).hex()}")
    try:
        number = os.open(
            made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, 0o600 if old else 0o666
        )
        try:
            _write_all(number, data)
            if old is not None and hasattr(os, "fchmod"):
                if os.fstat(number).st_gid != old.st_gid:
                    os.fchown(number, -1, old.st_gid)
                os.fchmod(number, stat.S_IMODE(old.st_mode))
        finally:
            os.close(number)
        yield made
    finally:
        _quietly(made.unlink)


def _write_in_place(path: Path, data: bytes) -> None:
    """Write over a file.

    First what goes beyond its end, for which the disk may be too full, then the rest.
    """
    try:
        number, readable = os.open(path, os.O_RDWR | BINARY), True
    except PermissionError:
        number, readable = os.open(path, os.O_WRONLY | BINARY), False
    try:
        size = os.fstat(number).st_size
        before = _read_all(number, min(size, len(data))) if readable else b""
        try:
            os.lseek(number, size, os.SEEK_SET)
            _write_all(number, data[size:])
            os.lseek(number, 0, os.SEEK_SET)
            _write_all(number, data[:size])
            os.ftruncate(number, len(data))
        except BaseException:
            with suppress(OSError):
                os.lseek(number, 0, os.SEEK_SET)
                _write_all(number, before)
                os.ftruncate(number, size)
            raise
    finally:
        os.close(number)


def _write_all(number: int, data: bytes) -> None:
    rest = memoryview(data)
    while len(rest):
        rest = rest[os.write(number, rest) :]


def _read_all(number: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(number, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _quietly(act: Callable[[], object]) -> None:
    with suppress(OSError):
        act()


# What is read, so that a file that is none, or too much, is refused within seconds and 1 GB instead
# of filling the memory. Measured: a million ratings take 0.43 GB with 1,000 or 10,000 workers, 0.49
# GB with long names; the worst that was found below the limits, a million rows of different cells
# or of wrong ratings, 0.63 and 0.91 GB; beyond a limit, 0.27 GB and 2.8 s.
FILE_BYTES = 100_000_000  # of a file; a million ratings with long names and dates take 80 MB
PIECE = 2**20  # bytes looked at in one go
