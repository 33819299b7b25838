"""A made crowd market: its parameters, what chance decides in it, and the records of what happened, with an audit.

The article names five steps and prints no model of them (its section 3.2, 算法步骤详解, "the steps in
detail"). What stands here is made up, and each part says which sentence it answers:

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

Each kind of chance has a random stream of its own, made from the seed and its name. So the same
tasks arrive, and the same people come and go, whatever the policy, the epoch or the price of a
change; and more tasks are the same tasks and then some.

The records, a :class:`Run`, are tables and an :func:`audit` that knows nothing of the loop that
wrote them (:mod:`crowdnb.market.simulation`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, NamedTuple, get_args
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.special import ndtr

from crowdnb.ability.ratings import KEYS, Counts
from crowdnb.labels import BoolArray, FloatArray, IntArray, listing, number, shown
from crowdnb.market.matching import gini

Prior = Literal["widest", "crowd", "last"]

STARS = 5
TRIES = 4  # times that chance is drawn for one place; later attempts share the last
WORST = 1.5  # a late job takes so many times its load
URGENT = 2.0  # weight of an urgent task in ρ; any other counts 1
DAY = 24.0  # hours
DONE, DROPPED, LEFT = 0, 1, 2
ENDS = ("done", "dropped", "left")
STATUS = ("in time", "late", "withdrawn")
ROUNDING = 1e-9  # hours, of sums of times


def _with(
    default: Any, low: float, high: float, unit: str, meaning: str, least: bool = True
) -> Any:
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
        Smallest and largest: hours of work of one person in a stage; the time until its deadline,
        in multiples of its load, drawn once a task and halved where it is urgent.
    weights : tuple of float
        Criteria weights w ≥ 0 of sum 1; their number is the number of criteria.
    prior : {"widest", "crowd", "last"}
        What a worker without ratings counts as: the interval [0, 1]; as many ratings as a cloud
        needs, spread like all ratings given so far, which are then added to everybody's own; or [0,
        0], so that nobody takes them.

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
    arrivals: float = _with(
        1.5, 0, 10_000, "tasks an hour", "how many arrive, on average", least=False
    )
    workers: int = _with(60, 1, 100_000, "persons", "workers there at the start, and on average")
    epoch: float = _with(0.5, 0, 1_000, "hours", "time between two matchings", least=False)
    stages: int = _with(3, 1, 50, "subtasks", "at most in a task, at least 1")
    people: int = _with(2, 1, 50, "persons", "at most in a subtask, at least 1")
    load: tuple[float, float] = _with(
        (0.5, 3.0), 0, 1_000, "hours", "work of a person in a subtask", least=False
    )
    slack: tuple[float, float] = _with(
        (3.0, 8.0), 0, 10_000, "loads", "time until a deadline", least=False
    )
    urgent: float = _with(0.1, 0, 1, "share of tasks", "urgent: half the time, twice the weight")
    skills: int = _with(4, 1, 1_000, "kinds", "of skill; a subtask asks for one of them")
    skilled: float = _with(
        0.5, 0, 1, "share of workers", "who have a skill; everybody has at least one"
    )
    places: int = _with(3, 1, 10_000, "places", "where people live and tasks are done")
    remote: float = _with(0.5, 0, 1, "share of tasks", "that can be done from anywhere")
    stay: float = _with(
        20.0,
        0,
        math.inf,
        "days",
        "a worker stays on average; newcomers replace leavers",
        least=False,
    )
    shift: float = _with(
        8.0, 0, DAY, "hours a day", "a worker is there, from a time of their own", least=False
    )
    limit: float = _with(6.0, 0, DAY, "hours a day", "a worker works at most", least=False)
    notice: float = _with(
        0.5, 0, DAY, "hours", "from being chosen to the start; moved until then at the price"
    )
    late: float = _with(0.15, 0, 1, "share of jobs", f"that take {WORST:g} times as long")
    drop: float = _with(0.05, 0, 1, "share of jobs", "that are given up on the way")
    price: float = _with(
        0.05, 0, math.inf, "of Q", "of moving somebody who has been chosen; ∞: nobody is moved"
    )
    conflicts: float = _with(0.0, 0, 1, "share of pairs", "of workers who never work on one task")
    decay: float = _with(0.95, 0, 1, "factor a day", "on counts of ratings", least=False)
    gamma: float = _with(0.1, 0, 100, "no unit", "influence of He (section 3.2)")
    prior: str = _with("widest", 0, 0, "", "what a worker without ratings counts as")
    history: int = _with(
        0, 0, 10_000, "ratings", "on each criterion of each worker there at the start"
    )
    ability: float = _with(0.65, 0, 1, "of 1", "mean true ability")
    spread: float = _with(
        0.15, 0, 1, "of 1", "standard deviation of it between workers; half of it within one"
    )
    noise: float = _with(
        0.12, 0, 1, "of 1", "standard deviation of an outcome around the ability", least=False
    )
    drift: float = _with(0.0, 0, 1, "of 1 a day", "standard deviation of the trend of abilities")
    demand: tuple[float, float] = _with(
        (0.4, 0.8), 0, 1, "of 1", "lower end of what a subtask asks"
    )
    pay: float = _with(1.0, 0, 1e6, "money an hour", "of load, for a job that is done")
    weights: tuple[float, ...] = _with(
        (0.15, 0.25, 0.5, 0.1), 0, 1, "sum 1", "of the criteria, section 6"
    )

    def __post_init__(self) -> None:
        for one in fields(self):
            value = _check(one.name, getattr(self, one.name), one.metadata, type(one.default))
            object.__setattr__(self, one.name, value)
        if abs(math.fsum(self.weights) - 1) > 1e-6:
            raise ValueError(f"weights must sum to 1, got {shown(math.fsum(self.weights))}")
        if not isinstance(self.prior, str) or self.prior not in get_args(Prior):
            raise ValueError(
                f"prior must be one of {', '.join(get_args(Prior))}, got {shown(self.prior)}"
            )
        if (longest := self.notice + WORST * self.load[1]) > self.shift or WORST * self.load[
            1
        ] > self.limit:
            raise ValueError(
                f"load: a late job may take {WORST:g} × {self.load[1]:g} hours, with notice"
                f" {longest:g}; that must fit into shift ({self.shift:g}) and limit"
                f" ({self.limit:g})"
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
        frame = pd.DataFrame.from_dict(
            rows, orient="index", columns=["value", "unit", "range", "meaning"]
        )
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
    return (
        " … ".join(f"{one:g}" for one in value)
        if isinstance(value, tuple) and len(value) == 2
        else str(value)
    )


def _check(name: str, value: Any, about: Any, kind: type) -> Any:
    """The value as an int, a float or a tuple of them; ValueError unless it is of its kind and in its range."""
    if kind is str:
        return value
    values = value if kind is tuple else (value,)
    if kind is tuple and (
        not isinstance(value, tuple) or not value or (name != "weights" and len(value) != 2)
    ):
        raise ValueError(
            f"{name} must be a tuple of {'numbers' if name == 'weights' else 'two numbers'}, got"
            f" {shown(value)}"
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
    plain = tuple(one if isinstance(one, int | float) else number(one) for one in values)
    return plain if kind is tuple else int(plain[0]) if kind is int else plain[0]


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
        foes = None
        if m.conflicts:
            # row by row of the lower triangle: more workers are these and more
            draw = self._rng("conflicts")
            foes = np.zeros((count, count), dtype=bool)
            below = np.tril_indices(count, -1)
            foes[below] = draw.random(len(below[0])) < m.conflicts
            foes |= foes.T
        z = self._rng("history").standard_normal((m.workers, k, m.history))
        values = np.clip(ability[: m.workers, :, np.newaxis] + m.noise * z, 0, 1)
        history = np.zeros((count, k, STARS))
        history[: m.workers] = (stars(values)[..., np.newaxis] == np.arange(1, STARS + 1)).sum(
            axis=2
        )
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


def chance_met(
    able: FloatArray, demand: FloatArray, noise: float, weights: FloatArray
) -> FloatArray:
    """The expected weight of the criteria on which an outcome reaches the demand, from true abilities.

    Σ_k w_k Φ((ability_k - demand_k) / noise), shapes (…, K) that broadcast; what Q estimates from
    ratings.
    """
    return np.asarray(ndtr((able - demand) / noise) @ weights)


class Jobs(NamedTuple):
    """Every job that was begun, in the order of their ends: one person on one place of a stage."""

    worker: IntArray
    seat: IntArray
    attempt: IntArray  # which one of this place, from 0
    chosen: FloatArray  # hours
    start: FloatArray
    end: FloatArray
    how: IntArray  # DONE, DROPPED or LEFT
    pay: FloatArray
    outcome: FloatArray  # on each criterion, in [0, 1], NaN where the job was not done; (jobs, K)


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One simulated market: what happened to tasks, workers and jobs, and each matching.

    Attributes
    ----------
    market : Market
    policy : str
    seed : int
    epochs : DataFrame
        A row a matching: hour, queue (places without anybody, before it), free (workers who are
        there and idle), placed (places given), moves (people chosen before who were moved or
        released), rho (ρ of all who are chosen after it), proved (whether ρ is known to be the
        greatest for what was known; only where it is sought), busy (at work), there (within their
        hours), skill (rank correlation of estimated and true ability, of those who are on the
        platform), withdrawn (tasks taken back just before it).
    chance : Chance
        The tasks and workers.
    ledger : Jobs
    started, closed : ndarray, shape (tasks,)
        Hours; started is NaN where nobody ever began.
    withdrawn : ndarray of bool, shape (tasks,)
    ends : ndarray, shape (workers, K, 2)
        Ability intervals at the end.
    histories : ndarray, shape (workers, K, 5)
        Counts of stars at the end, decayed.
    end : float
        Hour at which the last thing ended.
    """

    market: Market
    policy: str
    seed: int
    epochs: pd.DataFrame
    chance: Chance
    ledger: Jobs
    started: FloatArray
    closed: FloatArray
    withdrawn: Any
    ends: FloatArray
    histories: FloatArray
    end: float

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """A row a task: arrival, urgent, place, stages, deadline, started, closed (hours), status, waiting, quality.

        ``waiting`` is from the arrival to the first job, in hours. ``quality`` is the weighted
        outcome of its jobs that were done, ``met``, which comes last, the weight of criteria on
        which they reach the demand; both in [0, 1], of tasks that were finished.
        """
        t = self.chance.tasks
        ok = self.ledger.how == DONE
        task = t.task[self._stage]
        many = np.maximum(np.bincount(task[ok], minlength=len(t.arrival)), 1)
        finished = {
            name: np.where(
                self.withdrawn, np.nan, np.bincount(task[ok], value[ok], minlength=len(t.arrival)) / many
            )
            for name, value in (("quality", self._quality), ("met", self._met))
        }  # fmt: skip
        return pd.DataFrame(
            {
                "arrival": t.arrival, "urgent": t.urgent, "place": t.place, "stages": np.diff(t.first),
                "deadline": self._deadline, "started": self.started, "closed": self.closed,
                "status": _named(self._status, STATUS),
                "waiting": self.started - t.arrival, **finished,
            },
            index=pd.Index([f"t{k}" for k in range(len(t.arrival))], name="task"),
        )  # fmt: skip

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """A row a job: worker, task, stage (from 1), chosen, start, end (hours), how, pay, quality, met, the stars."""
        t, log = self.chance.tasks, self.ledger
        task = t.task[self._stage]
        given = {
            f"u{k}": stars(np.nan_to_num(log.outcome[:, k])) for k in range(log.outcome.shape[1])
        }
        unfinished = log.how != DONE
        frame = pd.DataFrame(
            {
                "worker": self._names[log.worker], "task": np.char.add("t", task.astype(str)),
                "stage": self._stage - t.first[task] + 1, "chosen": log.chosen, "start": log.start, "end": log.end,
                "how": _named(log.how, ENDS), "pay": log.pay,
                "quality": self._quality, "met": self._met,
                **{name: pd.array(np.where(unfinished, 0, n), dtype="Int64") for name, n in given.items()},
            },
        )  # fmt: skip
        frame.loc[unfinished, list(given)] = pd.NA
        return frame

    @cached_property
    def workers(self) -> pd.DataFrame:
        """A row a worker: joined, left (hours), jobs done, hours worked, income, rating, estimated and true ability.

        ``rating`` is the mean of the stars of all jobs, in fifths; ``estimated`` the weighted
        middle of the intervals at the end, ``true`` the weighted ability at the end. All three lie
        in [0, 1].
        """
        w, log = self.chance.workers, self.ledger
        count, weights = len(w.joined), np.asarray(self.market.weights)
        ok = log.how == DONE
        done = np.bincount(log.worker[ok], minlength=count)
        starred = stars(log.outcome[ok]) @ weights / STARS
        rating = np.bincount(log.worker[ok], starred, minlength=count) / np.maximum(done, 1)
        return pd.DataFrame(
            {
                "joined": w.joined, "left": np.where(w.left > self.end, np.nan, w.left), "jobs": done,
                "hours": np.bincount(log.worker, log.end - log.start, minlength=count),
                "income": self._income,
                "rating": np.where(done > 0, rating, np.nan),
                "estimated": self.ends.mean(axis=2) @ weights, "true": w.able(self.end) @ weights,
            },
            index=pd.Index(self._names, name="worker"),
        )  # fmt: skip

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """All ratings given, long: hour, worker, criterion, rating; as :func:`crowdnb.count_ratings` takes it."""
        done = self.jobs[self.jobs["how"] == "done"]
        names = [f"u{k}" for k in range(self.ledger.outcome.shape[1])]
        frame = done.melt(["end", "worker"], names, "criterion", "rating").rename(
            columns={"end": "hour"}
        )
        return frame.astype({"rating": int}).sort_values(
            ["hour", "worker", "criterion"], ignore_index=True
        )

    @cached_property
    def counts(self) -> Counts:
        """The counts at the end, decayed, of everybody who has a history: what ``cn.ability_intervals`` takes."""
        k = self.histories.shape[1]
        index = pd.MultiIndex.from_product([self._names, [f"u{c}" for c in range(k)]], names=KEYS)
        columns = pd.RangeIndex(1, STARS + 1, name="stars")
        frame = pd.DataFrame(self.histories.reshape(-1, STARS), index, columns)
        return Counts(frame[frame.sum(axis=1) > 0])

    @cached_property
    def daily(self) -> pd.DataFrame:
        """A row a day on which tasks arrived (1, 2, …), NaN where there was nothing to take the mean of.

        ``quality`` and ``met`` of the jobs done that day; ``waiting`` (hours) and ``served`` (share
        finished in time) of the tasks that arrived; ``load``, hours worked as a share of the hours
        that people were there; ``income`` a head, of those on the platform that day; ``skill``, the
        last rank correlation of the day.
        """
        days, log, tasks = int(np.ceil(self.market.days)), self.ledger, self.tasks
        of_day = np.arange(1, days + 1)
        ok = log.how == DONE
        done = pd.DataFrame(
            {"day": _day(log.end[ok]), "quality": self._quality[ok], "met": self._met[ok]}
        )
        come = pd.DataFrame(
            {
                "day": _day(tasks["arrival"]),
                "waiting": tasks["waiting"],
                "served": tasks["status"] == "in time",
            }
        )
        seen = self.epochs.assign(day=_day(self.epochs["hour"]))
        w = self.chance.workers
        heads = [np.count_nonzero((w.joined < d * DAY) & (w.left > (d - 1) * DAY)) for d in of_day]
        paid = np.bincount(_day(log.end), log.pay, minlength=days + 1)[1 : days + 1]
        frame = (
            done.groupby("day").mean().join(come.groupby("day").mean(), how="outer").reindex(of_day)
        )
        frame["load"] = [self._load((d - 1) * DAY, d * DAY) for d in of_day]
        frame["income"] = paid / np.maximum(heads, 1)
        frame["skill"] = seen.dropna(subset="skill").groupby("day")["skill"].last().reindex(of_day)
        return frame.rename_axis(index="day")

    @cached_property
    def summary(self) -> pd.Series[float]:
        """The whole run in a few numbers.

        ``tasks``; ``served``, the share finished in time; ``withdrawn``, the share taken back;
        ``quality`` and ``met``, means of the jobs done; ``worth``, the weighted places asked for
        times what was met, with nothing where nobody came, as a share of all places asked for;
        ``waiting``, median hours until the first job; ``urgent``, the same of urgent tasks;
        ``load``; ``income``, mean a worker; ``gini`` of the incomes; ``moves``; ``dropped``, the
        share of jobs not done; ``skill``, the rank correlation at the last matching of the days on
        which tasks arrive.
        """
        t, log = self.chance.tasks, self.ledger
        ok = log.how == DONE
        weight = np.where(t.urgent, URGENT, 1.0)[t.task]
        asked = float(weight @ t.need)
        skill = self.epochs["skill"].to_numpy(dtype=float)[
            self.epochs["hour"].to_numpy(dtype=float) <= self.market.days * DAY
        ]
        skill = skill[~np.isnan(skill)]
        waiting = self.started - t.arrival

        def mean(values: Any) -> float:
            return float(values.mean()) if len(values) else np.nan

        def median(values: FloatArray) -> float:
            begun = values[~np.isnan(values)]
            return float(np.median(begun)) if len(begun) else np.nan

        return pd.Series(
            {
                "tasks": float(len(t.arrival)),
                "served": mean(self._status == 0),
                "withdrawn": mean(self.withdrawn),
                "quality": mean(self._quality[ok]),
                "met": mean(self._met[ok]),
                "worth": (
                    float(weight[self._stage[ok]] @ self._met[ok]) / asked if asked else np.nan
                ),
                "waiting": median(waiting),
                "urgent": median(waiting[t.urgent]),
                "load": self._load(0.0, self.market.days * DAY),
                "income": mean(self._income),
                "gini": gini(self._income),
                "moves": float(self.epochs["moves"].sum()),
                "dropped": mean(~ok),
                "skill": float(skill[-1]) if len(skill) else np.nan,
            },
            name=self.policy,
        )

    @property
    def text(self) -> str:
        """What happened, in sentences."""
        s, m = self.summary, self.market
        known = (
            ""
            if np.isnan(s["skill"])
            else f" Estimated and true ability correlate by {s['skill']:.2f} (ranks)."
        )
        return (
            f"{s['tasks']:.0f} tasks in {m.days:g} days, {len(self.workers)} workers, policy"
            f" {self.policy}, seed {self.seed}. Finished in time: {s['served']:.1%}; taken back for"
            f" want of people: {s['withdrawn']:.1%}. A job meets {s['met']:.3f} of its demand. Half"
            f" of the tasks wait less than {s['waiting']:.2f} hours. Workers are busy"
            f" {s['load']:.1%} of the hours they are there and earn {s['income']:.1f} each (Gini"
            f" {s['gini']:.2f}). {s['moves']:.0f} people were moved.{known}"
        )

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Run: {len(self.started)} tasks, policy {self.policy}, seed {self.seed}>"

    def _load(self, begin: float, end: float) -> float:
        """Hours worked between two hours as a share of the hours that people were there; NaN if nobody was."""
        w, log, shift = self.chance.workers, self.ledger, self.market.shift

        def hours(until: FloatArray) -> FloatArray:
            """Of each worker's shifts, from the one that begins before hour 0 on."""
            since = until - w.begins + DAY
            return np.asarray(since // DAY * shift + np.minimum(since % DAY, shift))

        came, went = np.clip(w.joined, begin, end), np.clip(w.left, begin, end)
        there = float((hours(went) - hours(came)).sum())
        worked = np.clip(np.minimum(log.end, end) - np.maximum(log.start, begin), 0, None).sum()
        return float(worked / there) if there else np.nan

    @cached_property
    def _names(self) -> Any:
        return np.char.add("w", np.arange(len(self.histories)).astype(str))

    @cached_property
    def _stage(self) -> IntArray:
        """The stage of each job."""
        return np.searchsorted(self.chance.tasks.seat, self.ledger.seat, side="right") - 1

    @cached_property
    def _deadline(self) -> FloatArray:
        """Of each task: that of its last stage."""
        t = self.chance.tasks
        return t.due[t.first[1:] - 1]

    @cached_property
    def _status(self) -> IntArray:
        """Of each task, as a place in :data:`STATUS`."""
        return np.where(self.withdrawn, 2, self.closed > self._deadline + ROUNDING).astype(np.int64)

    @cached_property
    def _income(self) -> FloatArray:
        return np.asarray(
            np.bincount(self.ledger.worker, self.ledger.pay, len(self.histories)), dtype=float
        )

    @cached_property
    def _quality(self) -> FloatArray:
        return np.asarray(self.ledger.outcome @ np.asarray(self.market.weights))

    @cached_property
    def _met(self) -> FloatArray:
        """The weight of criteria on which the outcome reaches the demand; NaN where the job was not done."""
        reached = self.ledger.outcome >= self.chance.tasks.demand[self._stage]
        return np.where(self.ledger.how == DONE, reached @ np.asarray(self.market.weights), np.nan)


def _named(codes: IntArray, names: Sequence[str]) -> Any:
    return pd.Categorical(np.asarray(names)[codes], categories=list(names))


def _day(hours: Any) -> IntArray:
    return (np.asarray(hours) // DAY).astype(np.int64) + 1


def audit(run: Run) -> list[str]:
    """Compare a run's records with every rule of a market; the loop that wrote them has no part in it.

    Parameters
    ----------
    run : Run

    Returns
    -------
    list of str
        One sentence a rule that is broken, with the first who break it; empty when all hold.

    Notes
    -----
    Nobody is at two places at once, or works above the limit of a day, or outside their hours, or after leaving;
    everybody has the skill and the place; no two in conflict are on one task; nobody has a stage twice, or comes back
    to a task given up; no place is taken twice; stages follow one another; pay is load times rate for what was done
    and nothing else; histories are the first ones and all stars given, decayed once for each midnight since.
    """
    m, t, w, log = run.market, run.chance.tasks, run.chance.workers, run.ledger
    stage, ok = run._stage, run.ledger.how == DONE
    task, who = t.task[stage], run.ledger.worker
    broken: list[str] = []

    def rule(bad: Any, text: str) -> None:
        if bad.any():
            some = [
                f"{run._names[who[k]]} on t{task[k]} at {log.start[k]:.2f}"
                for k in np.flatnonzero(bad)[:3]
            ]
            broken.append(f"{text}: {listing(some)}")

    order = np.lexsort([log.start, who])
    after = np.zeros(len(who), dtype=bool)
    after[order[1:]] = (who[order[1:]] == who[order[:-1]]) & (
        log.start[order[1:]] < log.end[order[:-1]] - ROUNDING
    )  # fmt: skip
    rule(after, "two jobs at once")
    shift = np.floor((log.start - w.begins[who]) / DAY)
    begun = w.begins[who] + shift * DAY
    rule(log.end > begun + m.shift + ROUNDING, "work outside the hours")
    days, inverse = np.unique(np.column_stack([who, shift]), axis=0, return_inverse=True)
    hours = np.bincount(inverse.ravel(), log.end - log.start, minlength=len(days))
    rule(hours[inverse.ravel()] > m.limit + ROUNDING * 10, "more hours than the limit of a day")
    rule(
        (log.start < w.joined[who] - ROUNDING) | (log.end > w.left[who] + ROUNDING),
        "work before joining or after leaving",
    )
    rule(~w.skills[who, t.skill[stage]], "a skill that is lacking")
    rule((t.place[task] >= 0) & (t.place[task] != w.place[who]), "a task at another place")
    rule(log.start < log.chosen + m.notice - ROUNDING, "a start before the notice")
    took, planned = log.end - log.start, t.load[stage]
    rule(
        ok & ~(_near(took, planned) | _near(took, WORST * planned)),
        "a job done in another time than its load",
    )
    rule(~_near(log.pay, np.where(ok, m.pay * planned, 0.0)), "pay other than for what was done")
    rule(_repeated(log.seat[ok], ok), "a place taken twice")
    rule(
        _repeated(np.column_stack([who, stage]), np.ones_like(ok)),
        "a stage had twice by one person",
    )
    gone = set(zip(who[~ok].tolist(), task[~ok].tolist(), log.end[~ok].tolist(), strict=True))
    given_up = {(i, j): end for i, j, end in gone}
    back = (
        [log.start[k] >= given_up.get((who[k], task[k]), np.inf) for k in range(len(who))]
        if gone
        else []
    )
    rule(np.array(back, dtype=bool), "back on a task given up")
    first_of = np.full(len(t.task), np.inf)
    np.minimum.at(first_of, stage, log.start)
    last_of = np.full(len(t.task), -np.inf)
    np.maximum.at(last_of, stage[ok], log.end[ok])
    count = np.bincount(stage[ok], minlength=len(t.task))
    inner = np.ones(len(t.task), dtype=bool)
    inner[t.first[:-1]] = False
    at = np.flatnonzero(inner & np.isfinite(first_of))
    early = np.zeros(len(t.task), dtype=bool)
    early[at] = (count[at - 1] < t.need[at - 1]) | (first_of[at] < last_of[at - 1] - ROUNDING)
    rule(early[stage], "a stage begun before the one before was done")
    whole = (
        np.logical_and.reduceat(count == t.need, t.first[:-1])
        if len(t.arrival)
        else np.zeros(0, dtype=bool)
    )
    if (whole == run.withdrawn).any():
        odd = np.flatnonzero(whole == run.withdrawn)[:3]
        broken.append(
            f"finished means every place of every stage done: {listing(f't{k}' for k in odd)}"
        )
    if w.foes is not None:
        rule(_quarrels(w.foes, who, task, log), "two in conflict on one task")
    if error := _counts_differ(run):
        broken.append(error)
    return broken


def _near(a: FloatArray, b: FloatArray) -> Any:
    return np.abs(a - b) <= 1e-6


def _repeated(keys: Any, among: Any) -> Any:
    """Which rows (of those among) stand more than once, from the second on; shape of ``among``."""
    seen = np.zeros(len(among), dtype=bool)
    if len(keys):
        _, first = np.unique(keys, axis=0, return_index=True)
        again = np.ones(len(keys), dtype=bool)
        again[first] = False
        seen[np.flatnonzero(among)] = again
    return seen


def _quarrels(foes: Any, who: IntArray, task: IntArray, log: Jobs) -> Any:
    """Jobs of somebody who is in conflict with another who works, or has done work, on the same task."""
    bad = np.zeros(len(who), dtype=bool)
    order = np.argsort(task, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(task[order])) + 1):
        if len(group) < 2:
            continue
        pair = foes[np.ix_(who[group], who[group])]
        # Who has given up is in the way only as long as they were there.
        begun, until = log.start[group], np.where(log.how[group] == DONE, np.inf, log.end[group])
        together = (begun[:, None] < until - ROUNDING) & (begun < until[:, None] - ROUNDING)
        bad[group] = (pair & together).any(axis=1)
    return bad


def _counts_differ(run: Run) -> str:
    """A sentence if the histories are not the first ones and all stars given, decayed."""
    m, log = run.market, run.ledger
    ok = log.how == DONE
    midnights = np.floor(run.end / DAY)
    expected = run.chance.workers.history * m.decay**midnights
    k = np.arange(expected.shape[1])
    weight = m.decay ** (midnights - np.floor(log.end[ok] / DAY))
    given = stars(log.outcome[ok])
    np.add.at(expected, (log.worker[ok][:, None], k, given - 1), weight[:, None])
    if not np.allclose(expected, run.histories, rtol=1e-9, atol=1e-12):
        who = np.flatnonzero(
            ~np.isclose(expected, run.histories, rtol=1e-9, atol=1e-12).all(axis=(1, 2))
        )
        return f"histories are not the ratings given: {listing([f'w{i}' for i in who], 3)}"
    return ""
