"""A function in a process of its own, which never outlives the process that asked.

GLPK and CBC let nothing else of their process run until they are done, so no thread inside it can
end them. So two processes are started: the one that works, and a watcher of a few lines, which
reads a pipe whose other end only the asking process holds, and kills the working process when that
end closes. The operating system closes it however the asking process ends, be it by SIGKILL, and
the question is sent only after the watcher is there; whoever waits for a question and finds its
pipe closed ends by itself.
"""

from __future__ import annotations

import _thread
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import IO, Any, TypeVar
from weakref import WeakSet

from tqdm.auto import tqdm

_T = TypeVar("_T")

# seconds between two looks whether the call has ended, or is waited for no more, each of them a few
# microseconds of work
_SOON = 0.01
_BAR = "{desc}: {elapsed} {bar} {postfix}"
WORK = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); import crowdnb.solver.apart;"
    " crowdnb.solver.apart._serve()"
)
WORKING = [sys.executable, "-c", WORK]
# Without site and user packages (-I -S) the watcher is there in 10 ms. On Windows any number ends a
# process at once.
WATCHING = [
    sys.executable,
    "-I",
    "-S",
    "-c",
    "import os, sys; os.read(0, 1); os.kill(int(sys.argv[1]), 9)",
]
_KILLED = -9  # return code after SIGKILL, which systems send when memory runs out
# last words of C++, Python, GLPK
_NO_MEMORY = (b"bad_alloc", b"MemoryError", b"no memory available")
# Ctrl-C in a terminal goes to every process of a group: the asking process alone must hear it.
_OWN_GROUP: dict[str, Any] = (
    {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    if os.name == "nt"
    else {"start_new_session": True}
)

_held: WeakSet[IO[bytes]] = WeakSet()  # this process's ends of the pipes that watchers read


def apart(
    function: Callable[..., _T],
    *arguments: object,
    time_limit: float | None = None,
    bar: str | None = None,
) -> _T | None:
    """What ``function(*arguments)`` returns in a process of its own, or None when the time is over.

    When this returns or raises, also through an interrupt, the process is gone.

    Parameters
    ----------
    function : callable
        Found in a module by its name, as pickle does.
    *arguments : object
        Picklable.
    time_limit : float, optional
        Seconds from the call on, the start of the process (about a second with cvxpy) included.
    bar : str, optional
        What to write beside a bar of the time gone, and to call the process in errors; no bar when
        not given.

    Returns
    -------
    object or None

    Raises
    ------
    MemoryError
        The process ran out of memory, or was killed from outside, which systems do when memory runs
        out.
    RuntimeError
        The process ended without an answer, or the process whose worker this is has ended.
    Exception
        Whatever the function raises.

    Examples
    --------
    >>> import math
    >>> apart(math.sqrt, 2.25)
    1.5
    >>> apart(math.sqrt, -1.0)
    Traceback (most recent call last):
    ...
    ValueError: math domain error
    """
    start = time.perf_counter()
    call = _Call(pickle.dumps(sys.path) + pickle.dumps((function, arguments)))
    name = bar or str(getattr(function, "__qualname__", function))
    shown = None
    if bar is not None:  # a bar not shown would take tqdm's locks too
        shown = tqdm(desc=bar, total=time_limit, bar_format=_BAR, leave=False, mininterval=0.5)
    try:
        call.start()
        while not call.ended:
            gone = time.perf_counter() - start
            if time_limit is not None and gone > time_limit:
                return None
            if _abandoned():
                raise RuntimeError(f"{name} is stopped: the process whose worker this is has ended")
            if shown is not None:
                shown.update(gone - shown.n)
            time.sleep(_SOON)
    finally:
        call.over = True  # first, and one store: no interrupt can come before it
        if shown is not None:
            shown.close()
        while call.begun and not call.ended:
            time.sleep(_SOON)
    outcome: _T = call.outcome(name)
    return outcome


class _Call:
    """The two processes of one call. In a thread, since interrupts reach the main thread alone.

    The thread does not keep the asking process from ending; where that ends the watcher does the
    rest. It is started below ``threading.Thread``, whose start and join wait on locks of Python's
    own: an interrupt between taking such a lock and noting that it is taken leaves it taken, and
    the thread waiting without end. Here each side only sets what the other looks at.
    """

    def __init__(self, question: bytes) -> None:
        self.question = question
        self.over = False  # set by the asking thread when it waits no more
        # set by the thread; it starts nothing where it has not begun before ``over`` is set
        self.begun = self.ended = False
        self.said, self.complaint = b"", b""
        self.code = 0
        self.error: BaseException | None = None

    def start(self) -> None:
        _thread.start_new_thread(self._run, ())

    def _run(self) -> None:
        self.begun = True
        try:
            if not self.over:
                self._ask()
        except BaseException as error:  # OSError: the system starts no more processes
            self.error = error
        finally:
            self.ended = True

    def _ask(self) -> None:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        with subprocess.Popen(
            WORKING, stdin=pipe, stdout=pipe, stderr=pipe, **_OWN_GROUP
        ) as worker:
            try:
                watching = [*WATCHING, str(worker.pid)]
                with subprocess.Popen(
                    watching,
                    stdin=pipe,
                    stdout=nothing,
                    stderr=nothing,
                    bufsize=0,
                    **_OWN_GROUP,
                ) as watcher:
                    assert watcher.stdin is not None
                    _held.add(watcher.stdin)
                    try:
                        self._wait(worker)
                    finally:
                        # before its pipe is closed: the number of the process is free by now
                        watcher.kill()
            finally:
                worker.kill()
        self.code = worker.returncode

    def _wait(self, worker: subprocess.Popen[bytes]) -> None:
        """Until the process has ended or nobody waits any more."""
        talk = threading.Thread(target=self._talk, args=[worker], name=__name__, daemon=True)
        talk.start()
        while talk.is_alive() and not self.over:
            talk.join(_SOON)
        worker.kill()
        talk.join()

    def _talk(self, worker: subprocess.Popen[bytes]) -> None:
        # Without a timeout, with which communicate() forgets what of the question the pipe (64 KB)
        # does not hold.
        self.said, self.complaint = worker.communicate(self.question)

    def outcome(self, name: str) -> Any:
        """What the function returned; what it raised, or that its process ended, is raised."""
        if self.error is not None:
            raise self.error
        last = self.complaint.decode(errors="replace")[-500:].strip()
        if self.code == _KILLED:
            raise MemoryError(
                f"the process of {name} was ended by the system, most likely for want of memory"
            )
        if self.code and any(word in self.complaint for word in _NO_MEMORY):
            raise MemoryError(f"the process of {name} ended for want of memory: {last}")
        if self.code or not self.said:
            raise RuntimeError(f"the process of {name} ended with code {self.code}: {last}")
        returned, outcome, trace = pickle.loads(self.said)
        if returned:
            return outcome
        raise outcome from RuntimeError(f"in a process of its own:\n{trace}")


def _abandoned() -> bool:
    """Whether this is a worker of joblib, Dask or multiprocessing whose parent has ended.

    Other processes may well go on after theirs, as what ``nohup`` starts.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return False
    try:
        return not parent.is_alive()
    except (
        TypeError,
        ValueError,
    ):  # joblib's workers hold nothing of their parent to wait for, except on Windows
        return os.getppid() != parent.pid


def _let_go() -> None:
    """In a forked copy of this process, which engines would wait for too: close its pipes."""
    for pipe in list(_held):
        pipe.close()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_let_go)


def _serve() -> None:
    """The other side: read a question, answer it."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # engines print at times, C code too
    sys.stdout = sys.stderr
    try:
        function, arguments = pickle.load(sys.stdin.buffer)
        said = pickle.dumps((True, function(*arguments), ""))
    except Exception as error:
        said = _failure(error)
    with out:
        out.write(said)


def _failure(error: Exception) -> bytes:
    """An exception that can be handed on; a RuntimeError with its name where it cannot."""
    trace = "".join(traceback.format_exception(error))
    try:
        said = pickle.dumps((False, error, trace))
        pickle.loads(said)
    except Exception:
        said = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}"), trace))
    return said
