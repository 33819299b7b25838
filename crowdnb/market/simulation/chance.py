"""All that chance decides in a market, before anything happens: the tasks and workers of one seed.

Each kind of chance has a random stream of its own, made from the seed and its name. So the same
tasks arrive, and the same people come and go, whatever the policy, the epoch or the price of a
change; and more tasks are the same tasks and then some.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from scipy.special import ndtr

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.market.parameters import DAY, STARS, Market, stars

TRIES = 4  # times that chance is drawn for one place; later attempts share the last


class Tasks(NamedTuple):
    """The tasks that arrive.

    T tasks, G stages of all of them in a row, S places for one person each, K criteria.
    """

    arrival: FloatArray  # hours, rising, shape (T,)
    urgent: BoolArray  # (T,)
    place: IntArray  # (T,), -1: anywhere
    first: IntArray  # (T + 1,): the stages of task t are first[t] … first[t + 1] - 1
    task: IntArray  # of a stage, (G,)
    skill: IntArray  # (G,)
    need: IntArray  # persons, (G,)
    load: FloatArray  # hours of one person, (G,)
    due: FloatArray  # hours, (G,)
    demand: FloatArray  # lower ends, (G, K)
    seat: IntArray  # (G + 1,): the places of stage g are seat[g] … seat[g + 1] - 1
    noise: FloatArray  # of an outcome, in standard deviations, (S, TRIES, K)
    luck: FloatArray  # uniform: dropped?, when?, late?, (S, TRIES, 3)

    def stage_of(self, seat: IntArray) -> IntArray:
        """The stage of each of these places."""
        return np.searchsorted(self.seat, seat, side="right") - 1


class Workers(NamedTuple):
    """The workers who are there at the start and the newcomers, M of them."""

    joined: FloatArray  # hours, (M,)
    left: FloatArray  # (M,)
    place: IntArray  # (M,)
    skills: BoolArray  # (M, skills)
    begins: FloatArray  # hour of the day, (M,)
    ability: FloatArray  # when time begins, (M, K)
    trend: FloatArray  # a day, (M, K)
    in_conflict: BoolArray | None  # (M, M), None without any
    history: FloatArray  # counts of stars, (M, K, STARS)

    def able(self, hour: FloatArray | float, who: Any = slice(None)) -> FloatArray:
        """True abilities at an hour, or of each worker at an own one; in [0, 1], shape (…, K)."""
        days = np.asarray(hour)[..., np.newaxis] / DAY
        return np.asarray(np.clip(self.ability[who] + self.trend[who] * days, 0.0, 1.0))


@dataclass(frozen=True, eq=False)
class Chance:
    """All that chance decides in a market before anything happens: tasks and workers of a seed."""

    market: Market
    seed: int

    @cached_property
    def tasks(self) -> Tasks:
        """The tasks of this seed."""
        m = self.market
        hours = m.days * DAY
        most = m.arrivals * hours
        gaps = self._rng("arrival").exponential(size=math.ceil(most + 12 * math.sqrt(most) + 40))
        arrival = np.cumsum(gaps) / m.arrivals
        arrival = arrival[arrival < hours]
        count = len(arrival)
        urgent = self._rng("urgent").random(count) < m.urgent
        place = np.where(
            self._rng("remote").random(count) < m.remote,
            -1,
            self._rng("task place").integers(m.places, size=count),
        )
        number_of = self._rng("stages").integers(1, m.stages + 1, size=count)
        first = np.concatenate([[0], np.cumsum(number_of)])
        task = np.repeat(np.arange(count), number_of)
        total = len(task)
        need = self._rng("people").integers(1, m.people + 1, size=total)
        load = self._rng("load").uniform(*m.load, size=total)
        before = np.cumsum(load) - load
        # work on the way through the task, up to the end of the stage
        through = before - before[first[task]] + load
        slack = self._rng("slack").uniform(*m.slack, size=count) * np.where(urgent, 0.5, 1.0)
        seat = np.concatenate([[0], np.cumsum(need)])
        return Tasks(
            arrival=arrival,
            urgent=urgent,
            place=place,
            first=first,
            task=task,
            skill=self._rng("skill").integers(m.skills, size=total),
            need=need,
            load=load,
            due=arrival[task] + slack[task] * through,
            demand=self._rng("demand").uniform(*m.demand, size=(total, len(m.weights))),
            seat=seat,
            noise=self._rng("noise").standard_normal((seat[-1], TRIES, len(m.weights))),
            luck=self._rng("luck").random((seat[-1], TRIES, 3)),
        )

    @cached_property
    def workers(self) -> Workers:
        """The workers of this seed."""
        m, k = self.market, len(self.market.weights)
        hours = m.days * DAY
        rate = 0.0 if math.isinf(m.stay) else m.workers / (m.stay * DAY)
        gaps = self._rng("newcomers").exponential(
            size=math.ceil(rate * hours + 12 * math.sqrt(rate * hours) + 40)
        )
        later = np.cumsum(gaps) / rate if rate else np.zeros(0)
        joined = np.concatenate([np.zeros(m.workers), later[later < hours]])
        count = len(joined)
        left = (
            joined + self._rng("stay").exponential(size=count) * m.stay * DAY
            if rate
            else np.full(count, math.inf)
        )
        draw = self._rng("skilled")
        skills = draw.random((count, m.skills)) < m.skilled
        skills[np.arange(count), self._rng("first skill").integers(m.skills, size=count)] = True
        base = self._rng("ability").normal(m.ability, m.spread, size=(count, 1))
        ability = np.clip(
            base + self._rng("criteria").normal(0, m.spread / 2, size=(count, k)), 0.05, 0.95
        )
        trend = self._rng("trend").normal(size=(count, 1)) * m.drift * np.ones(k)
        in_conflict = None
        if m.conflicts:
            # row by row of the lower triangle: more workers are these and more
            draw = self._rng("conflicts")
            in_conflict = np.zeros((count, count), dtype=bool)
            below = np.tril_indices(count, -1)
            in_conflict[below] = draw.random(len(below[0])) < m.conflicts
            in_conflict |= in_conflict.T
        z = self._rng("history").standard_normal((m.workers, k, m.history))
        values = np.clip(ability[: m.workers, :, np.newaxis] + m.noise * z, 0, 1)
        history = np.zeros((count, k, STARS))
        history[: m.workers] = (stars(values)[..., np.newaxis] == np.arange(1, STARS + 1)).sum(
            axis=2
        )
        return Workers(
            joined=joined,
            left=left,
            place=self._rng("worker place").integers(m.places, size=count),
            skills=skills,
            begins=self._rng("begins").uniform(0, DAY, size=count),
            ability=ability,
            trend=trend,
            in_conflict=in_conflict,
            history=history,
        )

    def _rng(self, name: str) -> np.random.Generator:
        """The stream of one kind of chance."""
        return np.random.default_rng([self.seed, crc32(name.encode())])


def chance_met(
    able: FloatArray, demand: FloatArray, noise: float, weights: FloatArray
) -> FloatArray:
    """The expected weight of the criteria on which an outcome reaches the demand.

    Σ_k w_k Φ((ability_k - demand_k) / noise), from true abilities, shapes (…, K) that broadcast;
    what Q estimates from ratings.
    """
    return np.asarray(ndtr((able - demand) / noise) @ weights)
