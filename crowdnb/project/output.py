"""Where a command writes: beside what, in which format, and whether it can, before the work.

And how a command is told that writes there.
"""

from __future__ import annotations

import errno
import os
import shlex
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

from crowdnb.labels import listing
from crowdnb.project.files import BINARY, is_open_as, is_ours, kind, made_beside, uninterrupted

CSV, WORKBOOK, JSON, PAGE = ".csv", ".xlsx", ".json", ".html"
# What office programs leave beside a file that is open in them: LibreOffice, Excel.
_OPEN_ELSEWHERE = (".~lock.{}#", "~${}")
_TRIED = 4096  # bytes that are written to see whether there is room: a block of most disks


def beside(source: Path, name: str) -> Path:
    """Where something made from a project goes: into its folder, or beside its workbook.

    There under the workbook's name, since a folder may hold several; with its ending where that is
    not the usual one.
    """
    if source.is_dir():
        return source / name
    own = source.stem if source.suffix.lower() == WORKBOOK else source.name
    return source.with_name(f"{own}_{name}")


def ending_of(path: Path, known: Sequence[str], name: str = "output") -> str:
    """The format in which a file is written: its ending, whatever its case.

    A pipe or a device has none, nor what a shell opened, and takes the first of those known.

    Raises
    ------
    ValueError
        The ending is none of those known; ``name`` is what messages call the path.
    """
    ending = path.suffix.lower()
    if ending in known:
        return ending
    opened = Path(os.path.realpath(path.parent)).parts[1:2] in (("dev",), ("proc",))
    if opened or path.is_fifo() or path.is_char_device():
        return known[0]
    got = f"{path.suffix} is not known" if ending else f"{path} has no ending"
    raise ValueError(f"{name}: {got}; the ending says what is written: {listing(known)}")


def check_writable(path: Path) -> None:
    """Find out whether ``write_whole`` could write a file now; nothing of it is changed.

    A pipe or a device is not tried: it may wait for its reader.

    Raises
    ------
    OSError
        It could not: ``strerror`` says why, ``filename`` is the path given.
    """
    try:
        _try(path)
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), str(path)) from None


def _try(path: Path) -> None:
    target = Path(os.path.realpath(path))
    try:
        status = path.stat()
    except FileNotFoundError:
        _try_beside(target)
        return
    if stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
        return
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, kind(path))
    if is_open_as(1, status) or is_open_as(2, status):
        return
    for mark in (pattern.format(target.name) for pattern in _OPEN_ELSEWHERE):
        if os.path.lexists(target.with_name(mark)):
            raise OSError(errno.EBUSY, f"it is open in another program ({mark} is beside it)")
    number = os.open(path, os.O_WRONLY | BINARY)  # where Windows says that another program holds it
    try:
        if _is_locked(number):
            raise OSError(errno.EBUSY, "another program has locked it")
    finally:
        os.close(number)
    if is_ours(target, status):
        _try_beside(target)


def _try_beside(target: Path) -> None:
    """Make a file where the finished one will be made, and take it away again."""
    with uninterrupted(), made_beside(target, bytes(_TRIED), None):
        pass


def _is_locked(number: int) -> bool:
    """Whether another program holds a lock on an open file, of either kind."""
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows, where it could not have been opened
        return False
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            lock(number, fcntl.LOCK_UN)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return True  # any other: the file system knows no locks
    return False


def typed(*words: object, windows: bool = os.name == "nt") -> str:
    """Words of a command as one types them: in quotes, of the system's own kind, where need be."""
    texts = [*map(str, words)]
    return subprocess.list2cmdline(texts) if windows else shlex.join(texts)
