"""The command and whoever runs it.

What it tells them, how they stop it, and how much memory they give it.
"""

from __future__ import annotations

import atexit
import errno
import logging
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TextIO

from crowdnb.cli.interrupt import STOPPED
from crowdnb.cli.status import INTERRUPTED
from crowdnb.project import files

NO_MEMORY = "there is not enough memory for this"
# seconds to end in order after Ctrl-C: C code of an engine hears it when it is done, or never
PATIENCE = 3.0
# seconds for a child's libraries, which take two: without memory OpenBLAS asks for it again, for
# ever
LOADING = 30
LEAVING = 2  # seconds for a child without memory to tidy up, which it may never be done with
# How libraries that cannot get memory put it: Linux's loader, C's and C++'s libraries, Python's
# threads.
MEMORY_WORDS = (
    "failed to map segment",
    "annot allocate memory",
    "bad_alloc",
    "can't start new thread",
)


class OutputError(Exception):
    """Standard output cannot be written."""


class Keyboard:
    """Ctrl-C of a command.

    One KeyboardInterrupt, and an end in a few seconds whoever catches that on its way.

    Attributes
    ----------
    stopped : bool
        Whether it came.
    """

    def __init__(self) -> None:
        self.stopped = self._done = False

    def listen(self) -> None:
        """Take over from Python's own handler, which would print where it was."""
        signal.signal(signal.SIGINT, self)
        # one that is closed would be given to the next file, which would get what is printed
        for number in range(3):
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)

    def __call__(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Take the signal; only the first counts, and none once the work is done."""
        if self.stopped or self._done:
            return
        self.stopped = True
        sys.unraisablehook = lambda _: None  # caught in a callback, it would be printed
        threading.excepthook = lambda _: None
        logging.disable()  # or in an import, such as that of a solver by cvxpy
        with suppress(RuntimeError):  # no memory for a thread
            threading.Thread(target=self._end, daemon=True).start()
        raise KeyboardInterrupt

    def done(self) -> None:
        """From here on an interrupt comes too late: all that is left is to write what was found."""
        self._done = True

    @staticmethod
    def leave() -> None:
        """End the process.

        Python's own end kills it by the signal where the interrupt has passed certain code.
        """
        with suppress(BaseException):
            atexit._run_exitfuncs()
        os._exit(INTERRUPTED)

    @staticmethod
    def _end() -> None:
        time.sleep(PATIENCE)
        files.BUSY.acquire(timeout=PATIENCE)  # a file that is being written gets done
        say(STOPPED)
        os._exit(INTERRUPTED)


def tell(text: str, end: str = "\n") -> None:
    """Print on standard output, at once, and see that it arrives.

    Raises
    ------
    BrokenPipeError
        Nobody reads on.
    OutputError
        It does not arrive.
    """
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {error.strerror or error}") from None


def tell_bytes(data: bytes) -> None:
    """Print bytes on standard output as :func:`tell` does text, with the same errors."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:  # as in a notebook
        tell(data.decode(), end="")
        return
    try:
        stream.write(data)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output cannot be written: {error.strerror or error}") from None


def say(text: str) -> None:
    """Print on standard error, or else on standard output.

    Where neither takes it, nobody is there.
    """
    for stream in (sys.stderr, sys.stdout):
        if stream is not None:
            try:
                print(text, file=stream, flush=True)
                return
            except (OSError, ValueError):  # ValueError: closed meanwhile
                silence(stream)


def silence(stream: TextIO | None) -> None:
    """Let the rest of a stream that fails go nowhere.

    Python tries it again at its end, and complains.
    """
    with suppress(OSError, ValueError, AttributeError):  # not a true file, as in a notebook
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # type: ignore[union-attr]


def of_memory(error: BaseException | None) -> bool:
    """Whether an error, or what it comes from, is that there was no memory."""
    while error is not None:
        if isinstance(error, MemoryError) or (
            isinstance(error, OSError) and error.errno == errno.ENOMEM
        ):
            return True
        if any(words in str(error) for words in MEMORY_WORDS):
            return True
        # Python's own C code, at a loss for an exception
        if isinstance(error, SystemError) and memory_is_limited():
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_is_limited() -> bool:
    """Whether this process may have only so much memory (``ulimit -v``)."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows
        return False
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_DATA)
    return any(resource.getrlimit(kind)[0] != resource.RLIM_INFINITY for kind in kinds)


def in_a_child(load: Callable[[], None], run: Callable[[], int]) -> int | None:
    """Run in a process that may die.

    Without memory C code ends its process as it likes, with status 1 for one.

    Parameters
    ----------
    load : callable
        Loads all that may be asked for: what cannot be loaded is better known before than in the
        middle.
    run : callable

    Returns
    -------
    int or None
        What ``run`` returns; None where the child did not come to return.
    """
    heard, spoken = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        # C code complains to number 2, Python's own lines go where they went
        if sys.stderr is not None:
            logging.disable()  # cvxpy complains of solvers that it cannot load
            complaints = os.dup(2)
            silence(sys.stderr)
            sys.stderr = open(  # noqa: SIM115
                complaints, "w", encoding="utf-8", errors="replace", buffering=1
            )
        with suppress(Exception):  # it comes again in run, which tells it
            load()
        os.write(spoken, b"L")
        status = run()
        os.write(spoken, bytes([status]))
        signal.alarm(LEAVING)
        with suppress(BaseException):
            atexit._run_exitfuncs()
        os._exit(status)
    os.close(spoken)
    for one in (signal.SIGINT, signal.SIGTERM):
        # that is where it ends in order
        signal.signal(one, lambda number, _: os.kill(child, number))
    if not select.select([heard], [], [], LOADING)[0]:
        os.kill(child, signal.SIGKILL)
    with open(heard, "rb") as pipe:
        told = pipe.read(2)[1:]
    _, ended = os.waitpid(child, 0)
    if not told and os.WIFEXITED(ended) and os.WEXITSTATUS(ended) == INTERRUPTED:
        return INTERRUPTED
    return told[0] if told else None
