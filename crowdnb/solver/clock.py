"""The clock of one call: what is left of its time limit, for all of its questions together."""

from __future__ import annotations

import math
import time

from crowdnb.labels import number, shown

_LONGEST = 1e6  # seconds: GLPK counts milliseconds in 32 bits


class TimeOverError(Exception):
    """The time of a call is over. Whoever has the clock catches it, and says what is not settled."""


class Clock:
    """Seconds of one call, from its start on.

    Parameters
    ----------
    time_limit : float or None
        Seconds, above 0 and at most 1e6; None: as long as it takes.

    Raises
    ------
    ValueError
        The time limit is none.

    Examples
    --------
    >>> Clock(None).left, Clock(5).over
    (inf, False)
    """

    def __init__(self, time_limit: float | None) -> None:
        if time_limit is not None and not 0 < number(time_limit) <= _LONGEST:
            raise ValueError(
                f"time_limit must be above 0 and at most {_LONGEST:g} seconds, got"
                f" {shown(time_limit)}"
            )
        self.limited = time_limit is not None
        self.seconds = math.inf if time_limit is None else number(time_limit)
        self.start()

    def start(self) -> None:
        """From now on. Loading a solver takes seconds, once a process, and does not count."""
        self.until = time.perf_counter() + self.seconds

    @property
    def left(self) -> float:
        """Seconds left; inf without a limit."""
        return self.until - time.perf_counter()

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self.left <= 0

    def part(self, share: float) -> Clock:
        """A clock of this share of what is left."""
        own = Clock(None)
        own.limited, own.until = self.limited, time.perf_counter() + share * self.left
        return own

    @property
    def limit(self) -> float | None:
        """The time limit of one more question; TimeOverError where nothing is left."""
        left = self.left
        if left <= 0:
            raise TimeOverError
        return left if self.limited else None
