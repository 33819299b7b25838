"""A process of its own ends with its call, and with the process that asked, however that ends."""

import math
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest
from helpers.effort import tries

from crowdnb.solver import apart as module
from crowdnb.solver.apart import apart

posix = pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
# one call of C code, during which no other thread of its process can run
ENDLESS = "apart(sum, range(10**13))"
GLPK = """apart(engine.ask, problem, np.argwhere(problem.eligible), "GLPK_MI", None)"""
ASKING = """
import os, signal, sys, threading, time, joblib
from crowdnb.solver.apart import apart
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and so is this under nohup
"""
# what a process that asks does when it is told, while it waits
TOLD = "threading.Thread(target=lambda: (sys.stdin.readline(), {}), daemon=True).start()"
HARD = """
import numpy as np, crowdnb as cn
from crowdnb.solver import engine
rng = np.random.default_rng(3)
against = np.triu(rng.random((150, 150)) < 0.05, 1)
problem = cn.Problem(rng.random((150, 45)), [1] * 45, worker_conflicts=against | against.T)
"""


class OddError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def odd():
    raise OddError("salt", "pepper")


def wrong(number):
    raise ValueError(f"number: {number} is wrong")


def running(processes):
    """Those that run: what has ended and was not yet waited for by its new parent does not."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def until(condition, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def ours(processes):
    return [
        one
        for one in processes
        if module.WORK in one.cmdline() or module.WATCHING[-1] in one.cmdline()
    ]


def left():
    """Processes, ended and waited for or not, other than those that others started."""
    return [
        one
        for one in psutil.Process().children()
        if one.status() == psutil.STATUS_ZOMBIE or ours([one])
    ]


def nothing_left(kept=False):
    """No process, ended and waited for or not, and no thread of a call; but two that are kept idle."""
    until(
        lambda: not any(thread.name == module.__name__ for thread in threading.enumerate()),
        2,
    )
    if kept:
        # two, of which the watcher hardly ran, and none is at work
        until(lambda: len(left()) in (0, 2) and not working(left()), 2)
        return True
    module.let_go()
    return left() == []


def working(processes):
    with suppress(psutil.NoSuchProcess):
        return any(one.status() != psutil.STATUS_SLEEPING for one in processes)
    return True


@pytest.fixture(autouse=True)
def from_the_start():
    """No process is kept from another test, nor for it."""
    module.let_go()
    yield
    assert nothing_left()


@pytest.fixture
def asking(tmp_path):
    """Start a process that asks; what it leaves must be nothing."""
    started, found = [], []

    def at_work(child, seconds):
        found[:] = psutil.Process(child.pid).children(recursive=True)
        mine = ours(found)
        return len(mine) == 2 and max(one.cpu_times().user for one in mine) > seconds

    def start(call, before=""):
        code = f"{ASKING}{before}\nprint('asking', flush=True)\nprint({call}, flush=True)"
        pipe, places = (
            subprocess.PIPE,
            {"TMPDIR": str(tmp_path), "JOBLIB_TEMP_FOLDER": str(tmp_path / "joblib")},
        )
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            bufsize=1,
            env=os.environ | places,
        )
        started.append(child)
        assert child.stdout.readline() == "asking\n"
        # past what it takes to import cvxpy
        until(lambda: at_work(child, 2.5 if call is GLPK else 0.3), 30)
        found[:] = [*ours(found), *[one for one in found if not ours([one])]]
        return child

    yield start
    for child in started:
        with child:
            child.kill()
    try:
        until(lambda: not running(found[:2]))
    finally:
        for one in running(found):  # joblib's own workers, idle, wait five minutes for more work
            one.kill()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_it_gives_what_the_function_gives():
    assert apart(math.hypot, 3, 4) == 5
    assert apart(int, "7", time_limit=60, bar="counting") == 7
    assert nothing_left()


@pytest.mark.slow
def test_the_process_is_kept_for_the_next_question(tmp_path, monkeypatch):
    first = apart(os.getpid)
    assert apart(os.getpid) == first != os.getpid()
    with pytest.raises(ValueError, match="number: 3"):
        apart(wrong, 3)
    monkeypatch.chdir(tmp_path)
    assert Path(apart(os.getcwd)).samefile(tmp_path)
    assert not Path(psutil.Process(first).cwd()).samefile(tmp_path)  # which keeps no folder busy
    assert apart(os.getpid) == first
    assert len(left()) == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # which only a new process reads
    assert (second := apart(os.getpid)) != first
    until(lambda: len(left()) == 2, 3)
    assert apart(time.sleep, 60, time_limit=0.2) is None
    assert left() == []
    assert apart(os.getpid) not in (first, second)


@pytest.mark.slow
@posix
def test_a_process_that_ended_meanwhile_is_missed_by_nobody(monkeypatch):
    monkeypatch.setattr(module, "_LOOK", 30)
    first = apart(os.getpid)
    os.kill(first, signal.SIGKILL)
    assert apart(os.getpid) != first
    with pytest.raises(MemoryError):
        apart(bytes, 10**17)
    assert left() == []  # what it has taken is given back
    monkeypatch.setattr(module, "IDLE", 0.2)
    assert apart(math.sqrt, 4) == 2
    until(lambda: left() == [], 3)


@pytest.mark.slow
def test_many_threads_ask_at_once_and_one_process_is_kept():
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(partial(apart, math.sqrt), range(12)))
    assert found == [math.sqrt(number) for number in range(12)]
    until(lambda: len(left()) <= 2, 3)


@pytest.mark.slow
@posix
def test_none_is_left_at_the_end_and_a_forked_copy_has_its_own():
    code = f"{ASKING}print(*[psutil.Process(apart(os.getpid)).pid for _ in range(2)])"
    code += "\nif os.fork() == 0: print(apart(os.getpid), flush=True); os._exit(0)"
    code += "\nos.wait(); print(apart(os.getpid))"
    said = subprocess.run(
        [sys.executable, "-c", f"import psutil\n{code}"], capture_output=True, text=True, check=True
    )
    first, same, other, again = map(int, said.stdout.split())
    assert first == same == again != other
    assert said.stderr == ""
    until(lambda: not psutil.pid_exists(first) and not psutil.pid_exists(other), 3)


@pytest.mark.slow
def test_a_bar_shows_the_time(capsys):
    assert apart(time.sleep, 0.6, time_limit=60, bar="HIGHS, 12 pairs") is None
    assert "HIGHS, 12 pairs: 00:00" in capsys.readouterr().err
    apart(math.sqrt, 4)
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_what_does_not_fit_in_a_pipe_arrives_whole_and_comes_back():
    numbers = np.arange(6_500_000.0)  # 52 MB, where a pipe holds 64 KB
    np.testing.assert_array_equal(apart(np.negative, numbers), -numbers)


@pytest.mark.slow
def test_the_time_is_over():
    start = time.perf_counter()
    assert apart(sum, range(10**13), time_limit=0.5) is None
    assert time.perf_counter() - start < 5
    # before the question has arrived
    assert apart(bytes.upper, bytes(50_000_000), time_limit=1e-3) is None
    assert nothing_left()


@pytest.mark.slow
def test_what_the_function_raises_is_raised_here():
    with pytest.raises(ValueError, match="number: 3 is wrong") as caught:
        apart(wrong, 3)
    assert "in wrong" in str(caught.value.__cause__)
    # which pickle cannot make again
    with pytest.raises(RuntimeError, match=r"^OddError: salt and pepper$"):
        apart(odd)
    with pytest.raises(MemoryError):
        apart(bytes, 10**17)
    with pytest.raises(TypeError, match="pickle"):
        apart(threading.Lock)  # what it returns
    with pytest.raises((AttributeError, TypeError), match="pickle"):
        apart(lambda: 3)
    assert nothing_left()


def test_what_the_function_prints_is_no_answer():
    assert apart(print, "words") is None
    assert apart(os.system, "echo words of a program") == 0  # past Python's own sys.stdout


def test_a_process_that_ends_without_an_answer_is_an_error():
    with pytest.raises(RuntimeError, match=r"the process of pricing ended with code 3: $"):
        apart(os._exit, 3, bar="pricing")
    with pytest.raises(RuntimeError, match=r"the process of _exit ended with code 0: $"):
        apart(os._exit, 0)
    with pytest.raises(RuntimeError, match=r"ended with code 1: for other reasons$"):
        apart(sys.exit, "for other reasons")
    with pytest.raises(MemoryError, match="ended for want of memory: std::bad_alloc"):
        apart(sys.exit, "std::bad_alloc")
    assert nothing_left()


@posix
def test_a_process_killed_from_outside_lacks_memory_most_likely():
    with pytest.raises(
        MemoryError,
        match="the process of HIGHS was ended by the system, most likely for want of mem",
    ):
        apart(signal.raise_signal, signal.SIGKILL, bar="HIGHS")
    with pytest.raises(RuntimeError, match="ended with code -6"):
        apart(os.abort)
    assert nothing_left()


def test_no_process_can_be_started(monkeypatch):
    monkeypatch.setattr(module, "WATCHING", ["no such program"])
    with pytest.raises(FileNotFoundError):
        apart(math.sqrt, 4)
    assert nothing_left()


@pytest.mark.slow
@posix
@pytest.mark.parametrize("sent", ["SIGKILL", "SIGHUP", "SIGTERM", "SIGSEGV"])
def test_it_ends_with_the_process_that_asked(asking, sent):
    child = asking(ENDLESS)
    child.send_signal(signal.Signals[sent])
    assert child.wait(10) == -signal.Signals[sent]


@pytest.mark.slow
def test_an_engine_ends_with_the_process_that_asked(asking):
    asking(GLPK, HARD).kill()


@pytest.mark.slow
def test_it_ends_when_the_process_that_asked_leaves_without_a_word(asking):
    child = asking(ENDLESS, TOLD.format("os._exit(7)"))
    child.stdin.write("leave\n")
    assert child.wait(10) == 7


@pytest.mark.slow
@posix
def test_an_interrupt_ends_it(asking):
    child = asking(ENDLESS)
    child.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in child.communicate(timeout=10)[1]


@pytest.mark.slow
@posix
def test_a_forked_copy_of_the_process_that_asked_does_not_keep_it(asking):
    fork = "os.fork() or (print('forked', flush=True), time.sleep(60), os._exit(0))"
    child = asking(ENDLESS, TOLD.format(fork))
    child.stdin.write("fork\n")
    assert child.stdout.readline() == "forked\n"
    before = psutil.Process(child.pid).children(recursive=True)
    assert (len(before), len(ours(before))) == (3, 2)
    (copy,) = set(before) - set(ours(before))
    child.kill()
    until(lambda: running(before) == [copy])
    copy.kill()


@pytest.mark.slow
@posix
def test_it_ends_with_the_main_process_of_the_worker_that_asked(asking):
    """joblib's worker goes on when the main process is killed, since it waits for what it asked."""
    asking(f"joblib.Parallel(n_jobs=2)([joblib.delayed({ENDLESS.replace('(', ')(', 1)}])").kill()


@pytest.mark.slow
@posix
@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_a_worker_knows_whether_its_parent_is_there(start):
    with multiprocessing.get_context(start).Pool(1) as pool:
        assert pool.apply(module._abandoned) is False
        assert pool.apply(apart, (math.sqrt, 4)) == 2
    assert module._abandoned() is False


@pytest.mark.slow
@posix
def test_a_script_goes_on_when_the_shell_that_started_it_has_ended(tmp_path):
    answer = tmp_path / "answer"
    code = f"{ASKING}time.sleep(0.3); apart(time.sleep, 0.3); open({str(answer)!r}, 'w')"
    subprocess.run(
        ["sh", "-c", f'nohup {sys.executable} -c "$0" >/dev/null 2>&1 &', code], check=True
    )
    until(answer.exists, 20)


@pytest.mark.slow
@posix
def test_an_interrupt_at_any_moment_leaves_nothing():
    def interrupt(*_):
        raise KeyboardInterrupt

    rng, outcomes = np.random.default_rng(1), set()
    start = time.perf_counter()
    apart(math.sqrt, 4)
    usual = time.perf_counter() - start
    module.let_go()
    before, handles = signal.signal(signal.SIGALRM, interrupt), psutil.Process().num_fds()
    try:
        some = tries(10, 40)
        for moment in [*np.geomspace(1e-5, usual / 3, some), *rng.uniform(0, 1.2 * usual, some)]:
            try:
                try:
                    signal.setitimer(signal.ITIMER_REAL, moment)
                    outcomes.add(apart(math.sqrt, 4))
                finally:
                    signal.setitimer(signal.ITIMER_REAL, 0)
            except KeyboardInterrupt:
                outcomes.add("interrupted")
            assert nothing_left(kept=True)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert "interrupted" in outcomes <= {2.0, "interrupted"}
    assert apart(math.sqrt, 4) == 2
    module.let_go()
    assert psutil.Process().num_fds() == handles


@pytest.mark.slow
def test_an_interrupt_between_any_two_steps_leaves_nothing():
    """Also inside what Python starts a thread with, where a lock may be taken and not yet noted."""
    files, seen = (module.__file__, threading.__file__), set()

    def trace(frame, event, _):
        if frame.f_code.co_filename not in files:
            return None
        place = (frame.f_code, frame.f_lineno, event)
        if place not in seen:
            seen.add(place)
            raise KeyboardInterrupt
        return trace

    def interrupted():
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            apart(math.sqrt, 4)
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False

    while interrupted():
        assert nothing_left()
    assert len(seen) > 20


@pytest.mark.slow
def test_the_engine_answers_from_there(case):
    # not above: the functions here would wait for it in their own processes
    from crowdnb.solver import engine

    problem = case.problem([("a3", "a5")])
    pairs = np.argwhere(problem.eligible)
    here, there = (
        engine.ask(problem, pairs, "HIGHS", None),
        apart(engine.ask, problem, pairs, "HIGHS", None),
    )
    assert there.status == here.status == "optimal"
    assert there.objective == pytest.approx(here.objective)
