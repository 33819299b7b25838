"""The greeting of HiGHS, kept from standard output, where only the user's own words belong.

Newer versions print two lines when the first object of a process is made. No option is there yet
that could ask them not to.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress

# Held while standard output goes nowhere: two threads at once would leave it there for good.
_LOCK = threading.Lock()
_greeted = False


def silence_greeting() -> None:
    """Let HiGHS greet once, where nobody hears it; from then on this does nothing.

    It writes as C does, past Python's own streams, so that descriptor 1 is turned away, for about a
    millisecond.
    """
    global _greeted
    with _LOCK:
        if _greeted:
            return
        import highspy

        try:
            before = os.dup(1)
        except OSError:  # standard output is closed, and nobody hears it anyway
            _greeted = True
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 1)
            highspy.Highs()  # type: ignore[no-untyped-call]
            _greeted = True
        finally:
            os.dup2(before, 1)
            for number in (before, nowhere):
                with suppress(OSError):
                    os.close(number)
