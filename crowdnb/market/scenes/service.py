r"""Customer service: a bot hands over to people (the article's section 6).

A bot answers an inquiry when its confidence p, the probability that the answer is right, reaches a
threshold θ; a person answers the others, and those that come back because the bot was wrong. With
prices c of a person's answer, b of the bot's and d for a customer told wrong, an inquiry costs c by
hand and b + (1 - p)(c + d) by bot, so the cheapest threshold is

    θ* = 1 - (c - b) / (c + d)

p is taken as a probability, so it has to be calibrated: of the answers with p near 0.8 four in five
are right. A possibility degree (eq. 3) is not.

References
----------
C. K. Chow, "On optimum recognition error and reject tradeoff", IEEE Trans. Information Theory 16
(1970) 41-46.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heapreplace
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, finite, number, numeric, real, shown, whole

OPEN = 480.0  # minutes that a person answers customers
_HOUR = 60.0  # minutes
_BACK = 10.0  # minutes after which a customer told wrong comes back
# euros: a person's answer, the bot's, and the harm of a wrong one
PERSON, BOT, WRONG = 3.0, 0.05, 4.0
# what a row of inquiries must have
_INQUIRY = ("minute", "confidence", "right", "handling", "person")


@dataclass(frozen=True, eq=False)
class HandOver:
    """A day at one threshold: who answered, who waited, and what it came to.

    Attributes
    ----------
    threshold : float
        θ in [0, 1].
    staff : int
        People who answer.
    inquiries : int
        How many came.
    wrong : int
        How many the bot told wrong.
    calls : DataFrame
        What people answered, in the order asked: asked, start, handling, in minutes of the day.
    """

    threshold: float
    staff: int
    inquiries: int
    wrong: int
    calls: pd.DataFrame

    @property
    def by_people(self) -> float:
        """Share of the inquiries that people answered, in [0, 1], with those that came back."""
        return len(self.calls) / self.inquiries

    @property
    def load(self) -> float:
        """People's work over their time: minutes of handling / (staff · 480).

        Above 1 they work on after closing time; below it customers may still wait, see
        :attr:`by_hour`.
        """
        return math.fsum(self.calls["handling"]) / (self.staff * OPEN)

    @property
    def waits(self) -> FloatArray:
        """Minutes from asking for a person to being answered, one value per call."""
        return np.asarray(self.calls["start"] - self.calls["asked"], dtype=float)

    @property
    def mean_wait(self) -> float:
        """Minutes, 0 when nobody asked for a person."""
        return float(self.waits.mean()) if len(self.calls) else 0.0

    @property
    def by_hour(self) -> pd.DataFrame:
        """Hour by hour of the day: what is asked for, and how long customers wait.

        Index ``hour``, from 0; ``load``, minutes of handling asked for in the hour / (staff · 60),
        which is above 1 where the queue grows; ``wait``, mean minutes of those who ask in it, NaN
        where nobody does; ``queue``, customers who wait at its end. What is asked for after closing
        time counts in the last hour.
        """
        hours = pd.RangeIndex(int(OPEN // _HOUR), name="hour")
        hour = (self.calls["asked"] // _HOUR).clip(upper=hours[-1]).astype(int)
        work = self.calls["handling"].groupby(hour).sum().reindex(hours, fill_value=0.0)
        waits = pd.Series(self.waits, index=self.calls.index)
        return pd.DataFrame(
            {
                "load": work / (self.staff * _HOUR),
                "wait": waits.groupby(hour).mean().reindex(hours),
                "queue": self.queue(np.arange(_HOUR, OPEN + 1, _HOUR)).astype(int),
            }
        )

    def queue(self, minutes: FloatArray) -> FloatArray:
        """How many wait for a person at each of these minutes of the day."""
        minutes = finite(minutes, "minutes")
        asked, start = (
            np.sort(self.calls[name].to_numpy(dtype=float)) for name in ("asked", "start")
        )
        return np.asarray(
            np.searchsorted(asked, minutes, side="right")
            - np.searchsorted(start, minutes, side="right"),
            dtype=float,
        )

    @cached_property
    def longest_queue(self) -> int:
        """Most customers who waited at once; it is reached when somebody has just asked."""
        return (
            int(self.queue(self.calls["asked"].to_numpy(dtype=float)).max())
            if len(self.calls)
            else 0
        )

    def cost(self, person: float = PERSON, bot: float = BOT, wrong: float = WRONG) -> float:
        """Euros for the day at these prices.

        A customer told wrong costs a bot's answer, the harm, and a person's answer.
        """
        person, bot, wrong = _prices(person, bot, wrong)
        answered_by_bot = self.inquiries - len(self.calls) + self.wrong
        return person * len(self.calls) + bot * answered_by_bot + wrong * self.wrong


def hand_over(inquiries: pd.DataFrame, threshold: float, staff: int) -> HandOver:
    """Let the bot answer from a confidence on, and people the rest, first come, first served.

    Parameters
    ----------
    inquiries : DataFrame
        One row per inquiry: minute (of the day), confidence in [0, 1], right (whether the bot's answer
        would be, 0/1), handling (minutes a person takes), person (1: never for the bot).
    threshold : float
        θ in [0, 1]: the bot answers where its confidence is θ or more.
    staff : int
        People who answer, 1 or more.

    Returns
    -------
    HandOver
        People work until nobody waits. A customer told wrong asks for a person 10 minutes later.

    Raises
    ------
    ValueError
        The threshold is outside [0, 1], or the staff is not a whole number above 0.

    Notes
    -----
    As θ rises each inquiry goes from "a person if the bot is wrong" to "a person": work
    never falls.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["minute", "confidence", "right", "handling", "person"]
    >>> rows = [[0, 0.9, 1, 5, 0], [1, 0.4, 1, 5, 0], [2, 0.8, 0, 5, 0]]
    >>> day = pd.DataFrame(rows, columns=columns)
    >>> one = hand_over(day, 0.5, staff=1)
    >>> one.calls.to_numpy().tolist(), one.wrong
    ([[1.0, 1.0, 5.0], [12.0, 12.0, 5.0]], 1)
    """
    if not 0 <= number(threshold) <= 1:
        raise ValueError(f"threshold must lie in [0, 1], got {shown(threshold)}")
    threshold, staff = number(threshold), whole(staff, "staff")
    inquiries = numeric(inquiries, "inquiries", _INQUIRY)
    at_once = _to_people(inquiries, threshold)
    wrong = ~at_once & (inquiries["right"].to_numpy() == 0)
    asked = inquiries["minute"].to_numpy(dtype=float) + _BACK * wrong
    handling = inquiries["handling"].to_numpy(dtype=float)
    turn = np.flatnonzero(at_once | wrong)
    turn = turn[np.argsort(asked[turn], kind="stable")]
    free = [0.0] * min(staff, len(inquiries) + 1)  # more than come are never busy
    heapify(free)
    start = np.empty(len(turn))
    for at, inquiry in enumerate(turn.tolist()):
        start[at] = max(asked[inquiry], free[0])
        heapreplace(free, start[at] + handling[inquiry])
    calls = pd.DataFrame({"asked": asked[turn], "start": start, "handling": handling[turn]})
    return HandOver(threshold, staff, len(inquiries), int(wrong.sum()), calls)


def _to_people(inquiries: pd.DataFrame, threshold: float) -> Any:
    return (inquiries["confidence"].to_numpy() < threshold) | (inquiries["person"].to_numpy() == 1)


def fitting_threshold(inquiries: pd.DataFrame, staff: int) -> float:
    """The highest threshold at which the day's work is no more than the people's time.

    NaN when even 0 is too high. It is about the sum of a day: at noon there may be more to do than
    can be done (:attr:`HandOver.by_hour`), and waits grow smoothly with the threshold. Between two
    confidences that occur nothing changes, so these and 1 are all that need be tried; work only
    rises.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.DataFrame({"minute": 0, "confidence": [0.2, 0.5, 0.9], "right": 1})
    >>> day = day.assign(handling=300, person=0)
    >>> fitting_threshold(day, staff=1), fitting_threshold(day, staff=2)
    (0.5, 1.0)
    """
    staff, inquiries = whole(staff, "staff"), numeric(inquiries, "inquiries", _INQUIRY)
    tried = np.unique(np.append(finite(inquiries["confidence"], "confidence"), [0.0, 1.0]))
    wrong = inquiries["right"].to_numpy() == 0
    handling = inquiries["handling"].to_numpy(dtype=float)

    def work(threshold: float) -> float:
        return math.fsum(handling[_to_people(inquiries, threshold) | wrong])

    fit = bisect_right(tried.tolist(), staff * OPEN, key=work)  # so many leave people time
    return float(tried[fit - 1]) if fit else np.nan


def cheapest_threshold(person: float = PERSON, bot: float = BOT, wrong: float = WRONG) -> float:
    """θ* = 1 - (c - b)/(c + d), cut to [0, 1]: below it a person's answer is the cheaper one.

    Parameters
    ----------
    person, bot, wrong : float
        Prices c, b and d, in one unit, ≥ 0; c + d is above 0.

    Examples
    --------
    >>> cheapest_threshold(person=3, bot=0, wrong=3)
    0.5
    """
    person, bot, wrong = _prices(person, bot, wrong)
    if person + wrong == 0:
        raise ValueError("person, wrong: at least one of the two prices must be above 0")
    return float(np.clip(1 - (person - bot) / (person + wrong), 0, 1))


def _prices(person: float, bot: float, wrong: float) -> tuple[float, float, float]:
    """Prices ≥ 0; ValueError names the first that is none."""
    for name, price in (("person", person), ("bot", bot), ("wrong", wrong)):
        if not 0 <= number(price) < np.inf:
            raise ValueError(f"{name}: a price of 0 or more is needed, got {shown(price)}")
    return number(person), number(bot), number(wrong)


def expected_cost(
    confidence: FloatArray,
    threshold: float,
    person: float = PERSON,
    bot: float = BOT,
    wrong: float = WRONG,
) -> float:
    """Cost to expect of inquiries with these confidences at a threshold, in the unit of the prices.

    Examples
    --------
    >>> expected_cost([0.75, 0.25], 0.5, person=4, bot=0, wrong=4)
    6.0
    """
    person, bot, wrong = _prices(person, bot, wrong)
    p, threshold = finite(confidence, "confidence"), real(threshold, "threshold")
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"confidence: {p[(p < 0) | (p > 1)][0]:g} is not in [0, 1]")
    return float(np.where(p < threshold, person, bot + (1 - p) * (person + wrong)).sum())
