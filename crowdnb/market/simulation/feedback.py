"""Step 5, evaluate and feed back: stars go into the counts, these into ability intervals.

Paper, eqs. 1 and 2 and the count rule, with what a market supposes of workers without ratings. The
estimates change the matching, by Q, and the screening, by the market's bar.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import CLOUD_FROM, count_ends
from crowdnb.labels import BoolArray, FloatArray, IntArray, finite, needs
from crowdnb.market.parameters import DAY, DONE, STARS, Market, stars
from crowdnb.market.simulation.chance import TRIES, Chance
from crowdnb.market.simulation.records import Job

# of Q and of estimates: the last bits of a product depend on the machine, and would settle ties
DIGITS = 9
REVIEW = 4.0  # hours between two measures of what is known of the workers


class Ratings:
    """What is known of the workers: counts of stars, and the ability intervals that they give.

    Attributes
    ----------
    counts : ndarray, shape (M, K, 5)
        Of stars, decayed once for each midnight.
    low, high : ndarray, shape (M, K)
        Ends of the ability intervals.
    outcomes : list of ndarray, shape (jobs, K)
        What came of the jobs read so far, NaN where one was not done.
    """

    def __init__(self, chance: Chance) -> None:
        self._chance, self._market = chance, chance.market
        self._weights = np.asarray(chance.market.weights)
        self.counts = chance.workers.history.copy()
        self.low, self.high = np.zeros(self.counts.shape[:2]), np.ones(self.counts.shape[:2])
        self.outcomes: list[FloatArray] = []
        self._read = 0  # jobs of the log whose stars have gone into the counts
        self._day = 0  # up to which the counts have decayed
        self._stale = np.ones(len(self.counts), dtype=bool)  # whose intervals are not of the counts
        self._next_review = 0.0  # hour

    def learn(self, now: float, log: Sequence[Job]) -> None:
        """Bring counts and intervals up to this hour: midnights, and the jobs not yet read."""
        today = int(now // DAY)
        if today > self._day:
            self.counts *= self._market.decay ** (today - self._day)
            self._day = today
            self._stale[:] = True
        if fresh := log[self._read :]:
            self._read = len(log)
            self._rate(fresh, today)
        if len(who := np.flatnonzero(self._stale)):
            ends = _intervals_of(self.counts[who], self._market, self._crowd(now))
            self.low[who], self.high[who] = ends
            self._stale[who] = False

    def _rate(self, fresh: Sequence[Job], today: int) -> None:
        """Give stars for these jobs, decayed once for each midnight since they ended."""
        who, seat, attempt, how = np.array(
            [(job.worker, job.seat, job.attempt, job.how) for job in fresh]
        ).T
        end = np.array([job.end for job in fresh])
        z = self._chance.tasks.noise[seat, np.minimum(attempt, TRIES - 1)]
        able = self._chance.workers.able(end, who)
        outcome = np.clip(able + self._market.noise * z, 0.0, 1.0)
        ok = how == DONE
        outcome[~ok] = np.nan
        self.outcomes.append(outcome)
        at = who[ok][:, np.newaxis], np.arange(len(self._weights)), stars(outcome[ok]) - 1
        np.add.at(self.counts, at, self._market.decay ** (today - end[ok] // DAY)[:, np.newaxis])
        self._stale[who] = True

    def _crowd(self, now: float) -> FloatArray | None:
        """How all ratings spread over the stars, (K, 5); None where the prior does not ask."""
        if self._market.prior != "crowd":
            return None
        total = self.counts[self._chance.workers.joined <= now].sum(axis=0)
        return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-300))

    def below_bar(self, who: IntArray, able: FloatArray | None = None) -> BoolArray:
        """Which of these workers have been rated and are estimated below the market's bar.

        ``able``, shape (workers, K), stands for what is estimated.
        """
        able = (self.low[who] + self.high[who]) / 2 if able is None else able
        rated = self.counts[who].any(axis=(1, 2))
        return np.asarray(rated & ((able @ self._weights).round(DIGITS) < self._market.bar))

    def skill(self, now: float, here: BoolArray) -> float:
        """Rank correlation of estimated and true ability of these workers.

        Every :data:`REVIEW` hours; NaN in between, and where all estimates are alike.
        """
        if now < self._next_review:
            return math.nan
        self._next_review = (now // REVIEW + 1) * REVIEW
        who = np.flatnonzero(here)
        estimated = _centred_ranks((self.low[who] + self.high[who]) @ self._weights)
        true = _centred_ranks(self._chance.workers.able(now, who) @ self._weights)
        spread = math.sqrt(float(estimated @ estimated) * float(true @ true))
        return float(estimated @ true) / spread if spread else math.nan


def _centred_ranks(values: FloatArray) -> FloatArray:
    return np.asarray(pd.Series(values.round(DIGITS)).rank() - (len(values) + 1) / 2)


def intervals_of(
    counts: FloatArray, market: Market, crowd: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Ends of the ability intervals of counts, with the market's prior for who has none.

    As :func:`crowdnb.ability_intervals` has them.

    Parameters
    ----------
    counts : ndarray, shape (m, K, 5)
    market : Market
        Its γ and its prior.
    crowd : ndarray, shape (K, 5), optional
        Shares of the stars among all ratings, for the prior ``crowd``.

    Returns
    -------
    low, high : ndarray, shape (m, K)
        In [0, 1].
    """
    needs(market, Market, "market")
    n = finite(counts, "counts")
    if n.ndim != 3 or n.shape[2] != STARS or (n < 0).any():
        raise ValueError(
            f"counts: workers × criteria × {STARS} stars, each 0 or more, are needed, got shape"
            f" {n.shape}"
        )
    share = None if crowd is None else finite(crowd, "crowd")
    if share is not None and (share.shape != n.shape[1:] or (share < 0).any()):
        raise ValueError(
            f"crowd: criteria × {STARS} stars, each 0 or more, are needed, got shape {share.shape}"
        )
    return _intervals_of(n, market, share)


def _intervals_of(
    counts: FloatArray, market: Market, crowd: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """The same, without checks: it is asked at every matching."""
    if crowd is not None:
        counts = counts + CLOUD_FROM * crowd
    rated = counts.sum(axis=2) > 0
    n = np.where(rated[..., np.newaxis], counts, 1.0).reshape(-1, STARS).T
    with np.errstate(all="ignore"):  # of τ near 0 or 1 no spread is used
        ends = count_ends(n, market.gamma)
    unknown = (0.0, 0.0) if market.prior == "last" else (0.0, 1.0)
    low = np.where(rated, ends.low.reshape(rated.shape), unknown[0])
    high = np.where(rated, ends.high.reshape(rated.shape), unknown[1])
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
