"""A function in a process of its own, which never outlives the process that asked.

GLPK and CBC let nothing else of their process run until they are done, so no thread inside it can
end them. So two processes are started: the one that works, and a watcher of a few lines, which
reads a pipe whose other end only the asking process holds, and kills the working process when that
end closes. The operating system closes it however the asking process ends, be it by SIGKILL, and
a question is sent only after the watcher is there; whoever waits for a question and finds its
pipe closed ends by itself.

Both are kept for the next question, which then need not load a solver again: until nothing has been
asked for long, or the asking process ends. A question that is stopped, or makes its process end,
ends them too, and the next one gets new ones.
"""

from __future__ import annotations

import _thread
import atexit
import io
import multiprocessing
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, TypeVar
from weakref import WeakSet

from tqdm.auto import tqdm

from crowdnb.solver.answering import HEARD, MORE, received, send, write

if sys.platform == "win32":
    resource: Any = None  # there are no such limits
else:
    import resource

_T = TypeVar("_T")

# seconds between two looks whether the call has ended, or is waited for no more, each of them a few
# microseconds of work
_SOON = 0.01
_BAR = "{desc}: {elapsed} {bar} {postfix}"
# seconds without a question after which a process ends: who works at a bench asks again sooner, and
# the process holds some 150 MB meanwhile
IDLE = 120.0
_LOOK = 1.0  # seconds between two looks whether a process that is kept is still there
WORK = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); import"
    " crowdnb.solver.answering; crowdnb.solver.answering.serve()"
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

_LIMITS: list[int] = [getattr(resource, name) for name in dir(resource) if "RLIMIT_" in name]

_held: WeakSet[IO[bytes]] = WeakSet()  # this process's ends of the pipes that keep the others alive
_keepers: list[_Keeper] = []
_others: list[_Keeper] = []  # of the process that this one is a forked copy of: not to be ended


def apart(
    function: Callable[..., _T],
    *arguments: object,
    time_limit: float | None = None,
    bar: str | None = None,
) -> _T | None:
    """What ``function(*arguments)`` returns in a process of its own, or None when the time is over.

    When this returns or raises, also through an interrupt, nothing of it runs any more: the process
    waits for the next question if it has answered this one, and is gone if it has not.

    Parameters
    ----------
    function : callable
        Found in a module by its name, as pickle does.
    *arguments : object
        Picklable.
    time_limit : float, optional
        Seconds from the call on, the start of the process (about a second with cvxpy) included,
        where none is kept.
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
    call = _Call(pickle.dumps((function, arguments)))
    name = bar or str(getattr(function, "__qualname__", function))
    shown = None
    if bar is not None:  # a bar not shown would take tqdm's locks too
        shown = tqdm(desc=bar, total=time_limit, bar_format=_BAR, leave=False, mininterval=0.5)
    try:
        _hand_over(call)
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
    """One question: the asking thread and the one that keeps a process set what the other looks at.

    No locks: an interrupt, which reaches the main thread alone, between taking one of Python's own
    and noting that it is taken leaves it taken, and the other thread waiting without end.
    """

    def __init__(self, question: bytes) -> None:
        self.question = question
        self.over = False  # set by the asking thread when it waits no more
        # set by the other; it does nothing where it has not begun before ``over`` is set
        self.begun = self.ended = False
        self.heard = False  # by the process
        self.said, self.complaint = b"", b""
        self.code = 0
        self.error: BaseException | None = None

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


class _Processes:
    """The one that works and its watcher, started together and ended together."""

    def __init__(self) -> None:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self.new = True
        self.last_words = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        self.worker = subprocess.Popen(
            WORKING, stdin=pipe, stdout=pipe, stderr=self.last_words, bufsize=0, **_OWN_GROUP
        )
        try:
            self.watcher = subprocess.Popen(
                [*WATCHING, str(self.worker.pid)],
                stdin=pipe,
                stdout=nothing,
                stderr=nothing,
                bufsize=0,
                **_OWN_GROUP,
            )
        except BaseException:
            self.worker.kill()
            self._close(self.worker)
            self.last_words.close()
            raise
        # whoever holds the other end of the watcher's would keep it, and of the worker's, too
        _held.update(pipe for pipe in (self.worker.stdin, self.watcher.stdin) if pipe is not None)
        answers: Any = self.worker.stdout
        self.answers = io.BufferedReader(answers)

    def ask(self, call: _Call) -> bool:
        """Whether an answer came, and the process waits for more; it has ended where none came."""
        talk = threading.Thread(target=self._talk, args=[call], name=__name__, daemon=True)
        talk.start()
        while talk.is_alive() and not call.over:
            talk.join(_SOON)
        while not call.said and self.alive and not call.over:
            time.sleep(_SOON)
        if not call.said:
            self.worker.kill()
        talk.join()
        self.new = False
        goes_on, call.said = call.said[:1] == MORE, call.said[1:]
        return goes_on

    def _talk(self, call: _Call) -> None:
        """Send a question and read the answer: longer ones than a pipe (64 KB) holds as well."""
        try:
            place = os.getcwd()
        except OSError:  # it is no longer there
            place = ""
        with suppress(OSError):  # the process has ended
            if self.new:
                write(self.worker.stdin, pickle.dumps(sys.path))
            send(self.worker.stdin, pickle.dumps((sys.path, place)))
            call.heard = received(self.answers) == HEARD
            send(self.worker.stdin, call.question)
            call.said = received(self.answers)

    @property
    def alive(self) -> bool:
        return self.worker.poll() is None

    def end(self) -> tuple[int, bytes]:
        """End both; the code with which the worker ended, and what it wrote last."""
        self.worker.kill()
        self.worker.wait()
        # before its pipe is closed: the number of the process is free by now
        self.watcher.kill()
        self.last_words.seek(0)
        words = self.last_words.read()
        for process in (self.worker, self.watcher):
            self._close(process)
        self.last_words.close()
        return self.worker.returncode, words

    def _close(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


class _Keeper:
    """A thread that has the two processes and hands them one question after the other.

    The thread does not keep the asking process from ending; where that ends the watcher does the
    rest. It is started below ``threading.Thread``, whose start and join wait for locks of Python's
    own.

    Attributes
    ----------
    claims : list
        Calls that want to be the next one, of which the first is: to append is one step, which
        neither an interrupt nor another thread divides. None: no more are taken.
    """

    def __init__(self, call: _Call, setting: object) -> None:
        self.claims: list[_Call | None] = [call]
        self.setting = setting
        self.stop = False
        self.wake = _thread.allocate_lock()  # released for this thread, taken by it alone
        self.wake.acquire()
        self.processes: _Processes | None = None

    def takes(self, call: _Call, setting: object) -> bool:
        """Whether the call is the next one of this thread."""
        claims = self.claims
        if claims or self.stop:
            return False
        if self.setting != setting:
            self.let_go()
            return False
        claims.append(call)
        self._rouse()
        return claims[0] is call

    def let_go(self) -> None:
        """Have the processes end, once they have answered."""
        self.stop = True
        self._rouse()

    def _rouse(self) -> None:
        with suppress(RuntimeError):  # it is awake
            self.wake.release()

    def run(self) -> None:
        """Call after call, until none has come for long or one has not been answered."""
        _keepers.append(self)
        goes_on = True
        while goes_on and (call := self._next()) is not None:
            call.begun = True
            try:
                goes_on = self._served(call)
                if not goes_on:
                    self._end(call)
                elif len(_keepers) > 1:  # one is enough to keep
                    self.stop = True
            except BaseException as error:  # OSError: the system starts no more processes
                call.error, goes_on = error, False
            finally:
                if goes_on:
                    self.claims = []
                call.ended = True
        _keepers.remove(self)
        self._end(None)

    def _next(self) -> _Call | None:
        """The next call; None where none has come in time."""
        until = time.monotonic() + IDLE
        while not self.claims and not self.stop and (left := until - time.monotonic()) > 0:
            self.wake.acquire(timeout=min(_LOOK, left))
            if self.processes is not None and not self.processes.alive:
                break
        self.claims.append(None)
        return self.claims[0]

    def _served(self, call: _Call) -> bool:
        """Ask, unless nobody waits any more; whether the process waits for more."""
        if self.processes is not None and call.over:
            return True
        if self.processes is not None:
            goes_on = self.processes.ask(call)
            if call.heard or call.over:
                return goes_on
            self._end(None)  # it had ended before
        if call.over:
            return False
        self.processes = _Processes()
        return self.processes.ask(call)

    def _end(self, call: _Call | None) -> None:
        """End the processes; of a call without an answer note how they ended."""
        if self.processes is None:
            return
        code, words = self.processes.end()
        self.processes = None
        if call is not None and not call.said:
            call.code, call.complaint = code, words


def _hand_over(call: _Call) -> None:
    """Give a call to a process that is kept, if there is one, else to a new one."""
    setting = _setting()
    for keeper in list(_keepers):
        if keeper.takes(call, setting):
            return
    _thread.start_new_thread(_Keeper(call, setting).run, ())


def _setting() -> tuple[object, ...]:
    """What a process has from the one that starts it: kept ones that were started otherwise go."""
    limits = [resource.getrlimit(kind) for kind in _LIMITS]
    return WORKING, WATCHING, limits, dict(os.environ)


def let_go() -> None:
    """End the processes that are kept, and wait until they are gone: at the end of the asking one."""
    kept = list(_keepers)
    for keeper in kept:
        keeper.let_go()
    until = time.monotonic() + _LOOK  # one that is at work goes when this process has ended
    while any(keeper.processes is not None for keeper in kept) and time.monotonic() < until:
        time.sleep(_SOON)


atexit.register(let_go)


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


def _forked() -> None:
    """In a forked copy of this process, which engines would wait for too: close its pipes."""
    for pipe in list(_held):
        pipe.close()
    _others.extend(_keepers)
    _keepers.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forked)
