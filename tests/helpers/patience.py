"""A test that hangs fails under its own name, and the run goes on."""

import signal
import threading
import time
from contextlib import contextmanager

import pytest

LOOK = 0.5  # seconds between two looks at the clock, some microseconds each


class Patience:
    """A plugin of pytest: raises in a set-up, test or end that takes longer than so many seconds.

    A signal reaches what waits for a lock, a pipe or a process. Compiled code that never returns is
    not reached: ``faulthandler_timeout`` in ``pyproject.toml``, which is longer, ends the process,
    says where it was, and pytest-xdist names its test. On Windows there is that alone.
    """

    def __init__(self, seconds):
        self.seconds, self.end = seconds, None
        if hasattr(signal, "pthread_kill"):
            signal.signal(signal.SIGUSR2, self.over)
            threading.Thread(target=self.look, daemon=True, name="patience").start()

    def look(self):
        """In a thread: send the signal when the time is over."""
        while True:
            time.sleep(LOOK)
            if (end := self.end) is not None and time.monotonic() > end:
                signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR2)

    def over(self, *_):
        """In the main thread, unless what hung has ended meanwhile."""
        if self.end is not None:
            self.end = None
            pytest.fail(f"hung: not done in {self.seconds} s")

    @contextmanager
    def watching(self):
        """Raise in what is done under this if it takes too long."""
        self.end = time.monotonic() + self.seconds
        try:
            yield
        finally:
            self.end = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self):
        with self.watching():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self):
        with self.watching():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self):
        with self.watching():
            return (yield)
