"""What happened in a market: each job, each matching, and the tables and sentences made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.counts import KEYS, Counts
from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.market.inequality import gini
from crowdnb.market.parameters import DAY, DONE, ENDS, ROUNDING, STARS, URGENT, Market, stars
from crowdnb.market.simulation.chance import Chance

STATUS = ("in time", "late", "withdrawn")  # of a task


class Job(NamedTuple):
    """One person on one place of a stage, written down when the job ends."""

    worker: int
    seat: int
    attempt: int  # which one of this place, from 0
    chosen: float  # hours
    start: float
    end: float
    how: int  # DONE, DROPPED or LEFT
    pay: float


class Jobs(NamedTuple):
    """Every job that was begun, in the order of their ends; fields as of :class:`Job`."""

    worker: IntArray
    seat: IntArray
    attempt: IntArray
    chosen: FloatArray
    start: FloatArray
    end: FloatArray
    how: IntArray
    pay: FloatArray
    outcome: FloatArray  # on each criterion, in [0, 1], NaN where the job was not done; (jobs, K)

    @classmethod
    def of(cls, log: Sequence[Job], outcome: FloatArray) -> Jobs:
        """The jobs of a log, with what came of each."""
        kinds = (int, int, int, float, float, float, int, float)
        columns: list[Any] = [
            np.array([job[k] for job in log], kind) for k, kind in enumerate(kinds)
        ]
        return cls._make([*columns, outcome])


class Epoch(NamedTuple):
    """One matching, as a row of :attr:`Run.epochs`, which says what the columns are."""

    hour: float
    queue: int
    free: int
    placed: int
    moves: int
    rho: float
    proved: bool
    busy: int
    there: int
    skill: float
    withdrawn: int


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """One simulated market: what happened to tasks, workers and jobs, and each matching.

    Attributes
    ----------
    market : Market
    policy : str
    seed : int
    epochs : DataFrame
        One row per matching: hour, queue (places without anybody, before it), free (workers who are
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
    withdrawn: BoolArray
    ends: FloatArray
    histories: FloatArray
    end: float

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """One row per task: when it came and ended, in hours, and how well it was done.

        arrival, urgent, place, stages, deadline, started, closed, status, waiting, quality, met.
        ``waiting`` is from the arrival to the first job, in hours. ``quality`` is the weighted
        outcome of its jobs that were done, ``met`` the weight of criteria on which they reach the
        demand; both in [0, 1], of tasks that were finished.
        """
        t, count = self.chance.tasks, len(self.started)
        ok = self.ledger.how == DONE
        task = t.task[self._stage[ok]]
        many = np.maximum(np.bincount(task, minlength=count), 1)

        def mean(of_job: FloatArray) -> FloatArray:
            sums = np.bincount(task, of_job[ok], minlength=count)
            return np.where(self.withdrawn, np.nan, sums / many)

        columns = {
            "arrival": t.arrival,
            "urgent": t.urgent,
            "place": t.place,
            "stages": np.diff(t.first),
            "deadline": self._deadline,
            "started": self.started,
            "closed": self.closed,
            "status": _named(self._status, STATUS),
            "waiting": self.started - t.arrival,
            "quality": mean(self._quality),
            "met": mean(self._met),
        }
        return pd.DataFrame(columns, pd.Index([f"t{k}" for k in range(count)], name="task"))

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """One row per job, in the order of their ends.

        worker, task, stage (from 1), chosen, start, end (hours), how, pay, quality, met. The stars
        are in columns u0, u1, …, one a criterion, missing where the job was not done.
        """
        t, log = self.chance.tasks, self.ledger
        task, given = t.task[self._stage], stars(np.nan_to_num(log.outcome))
        columns = {
            "worker": self._names[log.worker],
            "task": np.char.add("t", task.astype(str)),
            "stage": self._stage - t.first[task] + 1,
            "chosen": log.chosen,
            "start": log.start,
            "end": log.end,
            "how": _named(log.how, ENDS),
            "pay": log.pay,
            "quality": self._quality,
            "met": self._met,
        }
        frame = pd.DataFrame(columns)
        for k, name in enumerate(self._criteria):
            frame[name] = pd.array(given[:, k], dtype="Int64")
        frame.loc[log.how != DONE, self._criteria] = pd.NA
        return frame

    @cached_property
    def workers(self) -> pd.DataFrame:
        """One row per worker: what they did and earned, and what is known of them.

        joined, left (hours), jobs done, hours worked, income, rating, estimated, true. ``rating``
        is the mean of the stars of all jobs, in fifths; ``estimated`` the weighted middle of the
        intervals at the end, ``true`` the weighted ability at the end. All three lie in [0, 1].
        """
        w, log = self.chance.workers, self.ledger
        count, weights = len(w.joined), np.asarray(self.market.weights)
        ok = log.how == DONE
        done = np.bincount(log.worker[ok], minlength=count)
        starred = stars(log.outcome[ok]) @ weights / STARS
        rating = np.bincount(log.worker[ok], starred, minlength=count) / np.maximum(done, 1)
        columns = {
            "joined": w.joined,
            "left": np.where(w.left > self.end, np.nan, w.left),
            "jobs": done,
            "hours": np.bincount(log.worker, log.end - log.start, minlength=count),
            "income": self._income,
            "rating": np.where(done > 0, rating, np.nan),
            "estimated": self.ends.mean(axis=2) @ weights,
            "true": w.able(self.end) @ weights,
        }
        return pd.DataFrame(columns, pd.Index(self._names, name="worker"))

    @cached_property
    def ratings(self) -> pd.DataFrame:
        """All ratings given, long, as :func:`crowdnb.count_ratings` takes them.

        Columns hour, worker, criterion, rating.
        """
        done = self.jobs[self.jobs["how"] == "done"].rename(columns={"end": "hour"})
        frame = done.melt(["hour", "worker"], self._criteria, "criterion", "rating")
        order = ["hour", "worker", "criterion"]
        return frame.astype({"rating": int}).sort_values(order, ignore_index=True)

    @cached_property
    def counts(self) -> Counts:
        """The counts at the end, decayed, of everybody who has a history.

        What :func:`crowdnb.ability_intervals` takes.
        """
        index = pd.MultiIndex.from_product([self._names, self._criteria], names=KEYS)
        columns = pd.RangeIndex(1, STARS + 1, name="stars")
        frame = pd.DataFrame(self.histories.reshape(-1, STARS), index, columns)
        return Counts(frame[frame.sum(axis=1) > 0])

    @cached_property
    def daily(self) -> pd.DataFrame:
        """One row per day on which tasks arrived (1, 2, …), NaN where there was nothing to average.

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
        ``load``; ``income``, mean a worker; ``gini`` of the incomes; ``volatility``, the standard
        deviation of a worker's income from day to day, as a share of the mean (of those who were on
        the platform all days); ``moves``; ``dropped``, the share of jobs not done; ``skill``, the
        rank correlation at the last matching of the days on which tasks arrive; ``hard``, the mean
        demand (weighted) of the stages at which tasks were taken back, ``done``, of the stages of
        all other tasks.
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
        demand = t.demand @ np.asarray(self.market.weights)

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
                "volatility": self._volatility(),
                "moves": float(self.epochs["moves"].sum()),
                "dropped": mean(~ok),
                "skill": float(skill[-1]) if len(skill) else np.nan,
                "hard": mean(demand[self._short]),
                "done": mean(demand[~self.withdrawn[t.task]]),
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
        """Hours worked between two hours as a share of the hours that people were there; or NaN."""
        w, log, shift = self.chance.workers, self.ledger, self.market.shift

        def hours(until: FloatArray) -> FloatArray:
            """Of each worker's shifts, from the one that begins before hour 0 on."""
            since = until - w.begins + DAY
            return np.asarray(since // DAY * shift + np.minimum(since % DAY, shift))

        came, went = np.clip(w.joined, begin, end), np.clip(w.left, begin, end)
        there = float((hours(went) - hours(came)).sum())
        worked = np.clip(np.minimum(log.end, end) - np.maximum(log.start, begin), 0, None).sum()
        return float(worked / there) if there else np.nan

    def _volatility(self) -> float:
        """How a worker's income varies from day to day; NaN on a single day or without income."""
        days, w, log = int(np.ceil(self.market.days)), self.chance.workers, self.ledger
        day = _day(log.end) - 1
        within = day < days
        income = np.zeros((len(self.histories), days))
        np.add.at(income, (log.worker[within], day[within]), log.pay[within])
        income = income[(w.joined <= 0) & (w.left >= days * DAY)]
        if days < 2 or not income.any():
            return np.nan
        return float(np.sqrt(income.var(axis=1).mean()) / income.mean())

    @cached_property
    def _names(self) -> Any:
        return np.char.add("w", np.arange(len(self.histories)).astype(str))

    @property
    def _criteria(self) -> list[str]:
        return [f"u{k}" for k in range(len(self.market.weights))]

    @cached_property
    def _stage(self) -> IntArray:
        """The stage of each job."""
        return self.chance.tasks.stage_of(self.ledger.seat)

    @cached_property
    def _short(self) -> IntArray:
        """Of each task that was taken back: the first stage that was not done."""
        t = self.chance.tasks
        done = np.bincount(self._stage[self.ledger.how == DONE], minlength=len(t.task))
        short = np.flatnonzero((done < t.need) & self.withdrawn[t.task])
        _, first = np.unique(t.task[short], return_index=True)
        return short[first]

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
        """The weight of criteria on which a job reaches the demand; NaN where it was not done."""
        reached = self.ledger.outcome >= self.chance.tasks.demand[self._stage]
        return np.where(self.ledger.how == DONE, reached @ np.asarray(self.market.weights), np.nan)


def _named(codes: IntArray, names: Sequence[str]) -> Any:
    return pd.Categorical(np.asarray(names)[codes], categories=list(names))


def _day(hours: Any) -> IntArray:
    return (np.asarray(hours) // DAY).astype(np.int64) + 1
