"""A made crowd market: its parameters, and everything that chance decides in it, drawn before anything happens.

The article names five steps and prints no model of them (its section 3.2, 算法步骤详解, "the steps in detail"). What
stands here is made up, and each part says which sentence it answers:

================================================  =============================================================
任务需求、工作量、截止日期 (needs of a task,        a stage of a task asks for ``people``, one skill, a demand on
amount of work, deadline)                         each criterion, hours of ``load``, and has a deadline
将大任务拆分为多个子任务 (split a large task        a task is a chain of stages, each opened when the one before
into several subtasks)                            is done
技能、经验、地理位置 (skill, experience, place)     a worker has skills, a place or an online link, a history
工作负荷 (work load)                               hours of work a day, at most ``limit``
实时位置、工作状态、任务进度 (position, state of     late jobs, drop-outs, new urgent tasks, workers who come and go
the work, progress, in real time)
收集工作者的工作表现数据 (collect data on how        stars after each job, on the paper's criteria
workers perform)
================================================  =============================================================

Each kind of chance has a random stream of its own, made from the seed and its name. So the same tasks arrive, and the
same people come and go, whatever the policy, the epoch or the price of a change; and more tasks are the same tasks and
then some.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.special import ndtr

from crowdnb.labels import BoolArray, FloatArray, IntArray, number, shown

Prior = Literal["widest", "crowd", "last"]

STARS = 5
TRIES = 4  # times that chance is drawn for one place; later attempts share the last
WORST = 1.5  # a late job takes so many times its load
URGENT = 2.0  # weight of an urgent task in ρ; any other counts 1
DAY = 24.0  # hours


def _with(default: Any, low: float, high: float, unit: str, meaning: str, least: bool = True) -> Any:
    """A field with its range: low ≤ value ≤ high, or low < value ≤ high where ``least`` is False."""
    about = {"low": low, "high": high, "unit": unit, "meaning": meaning, "least": least}
    return field(default=default, metadata=about)


@dataclass(frozen=True)
class Market:
    """What a made market is like; ``.table`` lists each parameter with its unit, range and meaning.

    Parameters
    ----------
    days, arrivals, workers, epoch, … : float or int
        As ``Market().table`` says. Counts are whole numbers, shares lie in 0 … 1.
    load, slack : (float, float)
        Smallest and largest: hours of work of one person in a stage; the time until its deadline, in multiples of its
        load, drawn once a task and halved where it is urgent.
    weights : tuple of float
        Criteria weights w ≥ 0 of sum 1; their number is the number of criteria.
    prior : {"widest", "crowd", "last"}
        What a worker without ratings counts as: the interval [0, 1]; as many ratings as a cloud needs, spread like
        all ratings given so far, which are then added to everybody's own; or [0, 0], so that nobody takes them.

    Raises
    ------
    ValueError
        A value is outside its range, or not of its kind; argument, value and rule are named.

    Examples
    --------
    >>> Market(workers=20).table.loc["workers", ["value", "unit", "range"]].tolist()
    ['20', 'persons', '1 to 100000']
    >>> Market(late=1.5)
    Traceback (most recent call last):
    ...
    ValueError: late must be a number from 0 to 1 (share of jobs), got 1.5
    """

    days: float = _with(10.0, 0, 10_000, "days", "for how long tasks arrive", least=False)
    arrivals: float = _with(1.5, 0, 10_000, "tasks an hour", "how many arrive, on average", least=False)
    workers: int = _with(60, 1, 100_000, "persons", "workers there at the start, and on average")
    epoch: float = _with(0.5, 0, 1_000, "hours", "time between two matchings", least=False)
    stages: int = _with(3, 1, 50, "subtasks", "at most in a task, at least 1")
    people: int = _with(2, 1, 50, "persons", "at most in a subtask, at least 1")
    load: tuple[float, float] = _with((0.5, 3.0), 0, 1_000, "hours", "work of a person in a subtask", least=False)
    slack: tuple[float, float] = _with((3.0, 8.0), 0, 10_000, "loads", "time until a deadline", least=False)
    urgent: float = _with(0.1, 0, 1, "share of tasks", "urgent: half the time, twice the weight")
    skills: int = _with(4, 1, 1_000, "kinds", "of skill; a subtask asks for one of them")
    skilled: float = _with(0.5, 0, 1, "share of workers", "who have a skill; everybody has at least one")
    places: int = _with(3, 1, 10_000, "places", "where people live and tasks are done")
    remote: float = _with(0.5, 0, 1, "share of tasks", "that can be done from anywhere")
    stay: float = _with(20.0, 0, math.inf, "days", "a worker stays on average; newcomers replace leavers", least=False)
    shift: float = _with(8.0, 0, DAY, "hours a day", "a worker is there, from a time of their own", least=False)
    limit: float = _with(6.0, 0, DAY, "hours a day", "a worker works at most", least=False)
    notice: float = _with(0.5, 0, DAY, "hours", "from being chosen to the start; moved until then at the price")
    late: float = _with(0.15, 0, 1, "share of jobs", f"that take {WORST:g} times as long")
    drop: float = _with(0.05, 0, 1, "share of jobs", "that are given up on the way")
    price: float = _with(0.05, 0, math.inf, "of Q", "of moving somebody who has been chosen; ∞: nobody is moved")
    conflicts: float = _with(0.0, 0, 1, "share of pairs", "of workers who never work on one task")
    decay: float = _with(0.95, 0, 1, "factor a day", "on counts of ratings", least=False)
    gamma: float = _with(0.1, 0, 100, "no unit", "influence of He (section 3.2)")
    prior: str = _with("widest", 0, 0, "", "what a worker without ratings counts as")
    history: int = _with(0, 0, 10_000, "ratings", "on each criterion of each worker there at the start")
    ability: float = _with(0.65, 0, 1, "of 1", "mean true ability")
    spread: float = _with(0.15, 0, 1, "of 1", "standard deviation of it between workers; half of it within one")
    noise: float = _with(0.12, 0, 1, "of 1", "standard deviation of an outcome around the ability", least=False)
    drift: float = _with(0.0, 0, 1, "of 1 a day", "standard deviation of the trend of abilities")
    demand: tuple[float, float] = _with((0.4, 0.8), 0, 1, "of 1", "lower end of what a subtask asks")
    pay: float = _with(1.0, 0, 1e6, "money an hour", "of load, for a job that is done")
    weights: tuple[float, ...] = _with((0.15, 0.25, 0.5, 0.1), 0, 1, "sum 1", "of the criteria, section 6")

    def __post_init__(self) -> None:
        for one in fields(self):
            _check(one.name, getattr(self, one.name), one.metadata, type(one.default))
        if abs(math.fsum(self.weights) - 1) > 1e-6:
            raise ValueError(f"weights must sum to 1, got {shown(math.fsum(self.weights))}")
        if self.prior not in get_args(Prior):
            raise ValueError(f"prior must be one of {', '.join(get_args(Prior))}, got {self.prior!r}")
        if (longest := self.notice + WORST * self.load[1]) > self.shift or WORST * self.load[1] > self.limit:
            raise ValueError(
                f"load: a late job may take {WORST:g} × {self.load[1]:g} hours, with notice {longest:g}; "
                f"that must fit into shift ({self.shift:g}) and limit ({self.limit:g})"
            )

    @property
    def table(self) -> pd.DataFrame:
        """Every parameter: value, unit, range and meaning."""
        rows = {
            one.name: (
                _brief(getattr(self, one.name)), one.metadata["unit"], _range(one.metadata), one.metadata["meaning"]
            )
            for one in fields(self)
        }  # fmt: skip
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "unit", "range", "meaning"])
        return frame.rename_axis(index="parameter")


def _range(about: Any) -> str:
    if not about["unit"]:
        return ", ".join(get_args(Prior))
    if math.isinf(about["high"]):
        return f"{about['low']:g} or more" if about["least"] else f"above {about['low']:g}"
    return (
        f"{about['low']:g} to {about['high']:.6g}"
        if about["least"]
        else f"above {about['low']:g}, to {about['high']:.6g}"
    )


def _brief(value: Any) -> str:
    return " … ".join(f"{one:g}" for one in value) if isinstance(value, tuple) and len(value) == 2 else str(value)


def _check(name: str, value: Any, about: Any, kind: type) -> None:
    """ValueError unless a value is of its kind and in its range."""
    if kind is str:
        return
    values = value if kind is tuple else (value,)
    if kind is tuple and (not isinstance(value, tuple) or not value or (name != "weights" and len(value) != 2)):
        raise ValueError(
            f"{name} must be a tuple of {'numbers' if name == 'weights' else 'two numbers'}, got {value!r}"
        )
    for one in values:
        found = number(one)
        inside = about["low"] <= found <= about["high"] and (about["least"] or found > about["low"])
        if not inside or (kind is int and not found.is_integer()):
            what = "a whole number" if kind is int else "a number"
            span = _range(about) if "above" in _range(about) else f"from {_range(about)}"
            raise ValueError(f"{name} must be {what} {span} ({about['unit']}), got {shown(one)}")
    if name != "weights" and list(values) != sorted(values):
        raise ValueError(f"{name} must be smallest, then largest, got {value!r}")


class Tasks(NamedTuple):
    """The tasks that arrive: T tasks, G stages of all of them in a row, S places for one person each, K criteria."""

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


class Workers(NamedTuple):
    """The workers who are there at the start and the newcomers, M of them."""

    joined: FloatArray  # hours, (M,)
    left: FloatArray  # (M,)
    place: IntArray  # (M,)
    skills: BoolArray  # (M, skills)
    begins: FloatArray  # hour of the day, (M,)
    ability: FloatArray  # when time begins, (M, K)
    trend: FloatArray  # a day, (M, K)
    foes: BoolArray | None  # (M, M), None without any
    history: FloatArray  # counts of stars, (M, K, STARS)

    def able(self, hour: FloatArray | float, who: Any = slice(None)) -> FloatArray:
        """True abilities of some workers at an hour, or each at an hour of its own; in [0, 1], shape (…, K)."""
        days = np.asarray(hour)[..., np.newaxis] / DAY
        return np.asarray(np.clip(self.ability[who] + self.trend[who] * days, 0.0, 1.0))


@dataclass(frozen=True, eq=False)
class Chance:
    """All that chance decides in a market, before anything happens: the tasks and the workers of one seed."""

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
            self._rng("remote").random(count) < m.remote, -1, self._rng("task place").integers(m.places, size=count)
        )
        number_of = self._rng("stages").integers(1, m.stages + 1, size=count)
        first = np.concatenate([[0], np.cumsum(number_of)])
        task = np.repeat(np.arange(count), number_of)
        total = len(task)
        need = self._rng("people").integers(1, m.people + 1, size=total)
        load = self._rng("load").uniform(*m.load, size=total)
        before = np.cumsum(load) - load
        through = before - before[first[task]] + load  # work on the way through the task, up to the end of the stage
        slack = self._rng("slack").uniform(*m.slack, size=count) * np.where(urgent, 0.5, 1.0)
        seat = np.concatenate([[0], np.cumsum(need)])
        return Tasks(
            arrival, urgent, place, first, task,
            self._rng("skill").integers(m.skills, size=total), need, load, arrival[task] + slack[task] * through,
            self._rng("demand").uniform(*m.demand, size=(total, len(m.weights))), seat,
            self._rng("noise").standard_normal((seat[-1], TRIES, len(m.weights))),
            self._rng("luck").random((seat[-1], TRIES, 3)),
        )  # fmt: skip

    @cached_property
    def workers(self) -> Workers:
        """The workers of this seed."""
        m, k = self.market, len(self.market.weights)
        hours = m.days * DAY
        rate = 0.0 if math.isinf(m.stay) else m.workers / (m.stay * DAY)
        gaps = self._rng("newcomers").exponential(size=math.ceil(rate * hours + 12 * math.sqrt(rate * hours) + 40))
        later = np.cumsum(gaps) / rate if rate else np.zeros(0)
        joined = np.concatenate([np.zeros(m.workers), later[later < hours]])
        count = len(joined)
        left = joined + self._rng("stay").exponential(size=count) * m.stay * DAY if rate else np.full(count, math.inf)
        draw = self._rng("skilled")
        skills = draw.random((count, m.skills)) < m.skilled
        skills[np.arange(count), self._rng("first skill").integers(m.skills, size=count)] = True
        base = self._rng("ability").normal(m.ability, m.spread, size=(count, 1))
        ability = np.clip(base + self._rng("criteria").normal(0, m.spread / 2, size=(count, k)), 0.05, 0.95)
        trend = self._rng("trend").normal(size=(count, 1)) * m.drift * np.ones(k)
        foes = None
        if m.conflicts:
            draw = self._rng("conflicts")  # row by row of the lower triangle: more workers are these and more
            foes = np.zeros((count, count), dtype=bool)
            below = np.tril_indices(count, -1)
            foes[below] = draw.random(len(below[0])) < m.conflicts
            foes |= foes.T
        z = self._rng("history").standard_normal((m.workers, k, m.history))
        values = np.clip(ability[: m.workers, :, np.newaxis] + m.noise * z, 0, 1)
        history = np.zeros((count, k, STARS))
        history[: m.workers] = (stars(values)[..., np.newaxis] == np.arange(1, STARS + 1)).sum(axis=2)
        return Workers(
            joined, left, self._rng("worker place").integers(m.places, size=count), skills,
            self._rng("begins").uniform(0, DAY, size=count), ability, trend, foes, history,
        )  # fmt: skip

    def _rng(self, name: str) -> np.random.Generator:
        """The stream of one kind of chance."""
        return np.random.default_rng([self.seed, crc32(name.encode())])


def stars(outcome: FloatArray) -> IntArray:
    """The stars that an outcome in [0, 1] is given: the nearest of 1 … 5 fifths."""
    return np.clip(np.rint(outcome * STARS), 1, STARS).astype(np.int64)


def chance_met(able: FloatArray, demand: FloatArray, noise: float, weights: FloatArray) -> FloatArray:
    """The expected weight of the criteria on which an outcome reaches the demand, from true abilities.

    Σ_k w_k Φ((ability_k - demand_k) / noise), shapes (…, K) that broadcast; what Q estimates from ratings.
    """
    return np.asarray(ndtr((able - demand) / noise) @ weights)
