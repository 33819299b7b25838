"""What happened in a market, as tables, and an audit of them that knows nothing of the loop that wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, IntArray, listing
from crowdnb.market import DAY, STARS, WORST, Chance, Market, stars
from crowdnb.matching import gini
from crowdnb.ratings import KEYS, Counts

DONE, DROPPED, LEFT = 0, 1, 2
ENDS = ("done", "dropped", "left")
STATUS = ("in time", "late", "withdrawn")
ROUNDING = 1e-9  # hours, of sums of times


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
        A row a matching: hour, queue (places without anybody, before it), free (workers who are there and idle), placed
        (places given), moves (people chosen before who were moved or released), rho (ρ of all who are chosen after
        it), proved (whether ρ is known to be the greatest for what was known; only where it is sought), busy (at work),
        there (within their hours), skill (rank correlation of estimated and true ability, of those who are on the
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

        ``waiting`` is from the arrival to the first job, in hours. ``quality`` is the weighted outcome of its jobs that
        were done, ``met``, which comes last, the weight of criteria on which they reach the demand; both in [0, 1], of
        tasks that were finished.
        """
        t = self.chance.tasks
        deadline = t.due[t.first[1:] - 1]
        status = np.where(self.withdrawn, 2, self.closed > deadline + ROUNDING).astype(np.int64)
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
                "deadline": deadline, "started": self.started, "closed": self.closed,
                "status": _named(status, STATUS),
                "waiting": self.started - t.arrival, **finished,
            },
            index=pd.Index([f"t{k}" for k in range(len(t.arrival))], name="task"),
        )  # fmt: skip

    @cached_property
    def jobs(self) -> pd.DataFrame:
        """A row a job: worker, task, stage (from 1), chosen, start, end (hours), how, pay, quality, met, the stars."""
        t, log = self.chance.tasks, self.ledger
        task = t.task[self._stage]
        given = {f"u{k}": stars(np.nan_to_num(log.outcome[:, k])) for k in range(log.outcome.shape[1])}
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

        ``rating`` is the mean of the stars of all jobs, in fifths; ``estimated`` the weighted middle of the intervals
        at the end, ``true`` the weighted ability at the end. All three lie in [0, 1].
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
                "income": np.bincount(log.worker, log.pay, minlength=count),
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
        frame = done.melt(["end", "worker"], names, "criterion", "rating").rename(columns={"end": "hour"})
        return frame.astype({"rating": int}).sort_values(["hour", "worker", "criterion"], ignore_index=True)

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

        ``quality`` and ``met`` of the jobs done that day; ``waiting`` (hours) and ``served`` (share finished in time)
        of the tasks that arrived; ``load``, hours worked as a share of the hours that people were there; ``income`` a
        head, of those on the platform that day; ``skill``, the last rank correlation of the day.
        """
        days, log, tasks = int(np.ceil(self.market.days)), self.ledger, self.tasks
        of_day = np.arange(1, days + 1)
        ok = log.how == DONE
        done = pd.DataFrame({"day": _day(log.end[ok]), "quality": self._quality[ok], "met": self._met[ok]})
        come = pd.DataFrame(
            {"day": _day(tasks["arrival"]), "waiting": tasks["waiting"], "served": tasks["status"] == "in time"}
        )
        seen = self.epochs.assign(day=_day(self.epochs["hour"]))
        w = self.chance.workers
        heads = [np.count_nonzero((w.joined < d * DAY) & (w.left > (d - 1) * DAY)) for d in of_day]
        paid = np.bincount(_day(log.end), log.pay, minlength=days + 1)[1 : days + 1]
        frame = done.groupby("day").mean().join(come.groupby("day").mean(), how="outer").reindex(of_day)
        frame["load"] = [self._load((d - 1) * DAY, d * DAY) for d in of_day]
        frame["income"] = paid / np.maximum(heads, 1)
        frame["skill"] = seen.dropna(subset="skill").groupby("day")["skill"].last().reindex(of_day)
        return frame.rename_axis(index="day")

    @cached_property
    def summary(self) -> pd.Series[float]:
        """The whole run in a few numbers.

        ``tasks``; ``served``, the share finished in time; ``withdrawn``, the share taken back; ``quality`` and ``met``,
        means of the jobs done; ``worth``, the weighted places asked for times what was met, with nothing where nobody
        came, as a share of all places asked for; ``waiting``, median hours until the first job; ``urgent``, the same of
        urgent tasks; ``load``; ``income``, mean a worker; ``gini`` of the incomes; ``moves``; ``dropped``, the share of
        jobs not done; ``skill``, the rank correlation at the last matching of the days on which tasks arrive.
        """
        t, log, tasks = self.chance.tasks, self.ledger, self.tasks
        ok = log.how == DONE
        weight = np.where(t.urgent, 2.0, 1.0)[t.task]
        asked = float(weight @ t.need)
        during = self.epochs[self.epochs["hour"] <= self.market.days * DAY]
        income = self.workers["income"].to_numpy()

        def mean(values: Any) -> float:
            return float(values.mean()) if len(values) else np.nan

        return pd.Series(
            {
                "tasks": float(len(tasks)),
                "served": mean(tasks["status"] == "in time"),
                "withdrawn": mean(tasks["status"] == "withdrawn"),
                "quality": mean(self._quality[ok]),
                "met": mean(self._met[ok]),
                "worth": float(weight[self._stage[ok]] @ self._met[ok]) / asked if asked else np.nan,
                "waiting": float(tasks["waiting"].median()),
                "urgent": float(tasks.loc[tasks["urgent"], "waiting"].median()),
                "load": self._load(0.0, self.market.days * DAY),
                "income": mean(income),
                "gini": gini(income),
                "moves": float(self.epochs["moves"].sum()),
                "dropped": mean(~ok),
                "skill": float(during["skill"].dropna().iloc[-1]) if during["skill"].notna().any() else np.nan,
            },
            name=self.policy,
        )

    @property
    def text(self) -> str:
        """What happened, in sentences."""
        s, m = self.summary, self.market
        known = "" if np.isnan(s["skill"]) else f" Estimated and true ability correlate by {s['skill']:.2f} (ranks)."
        return (
            f"{s['tasks']:.0f} tasks in {m.days:g} days, {len(self.workers)} workers, policy {self.policy}, seed "
            f"{self.seed}. Finished in time: {s['served']:.1%}; taken back for want of people: {s['withdrawn']:.1%}. "
            f"A job meets {s['met']:.3f} of its demand. Half of the tasks wait less than {s['waiting']:.2f} hours. "
            f"Workers are busy {s['load']:.1%} of the hours they are there and earn {s['income']:.1f} each "
            f"(Gini {s['gini']:.2f}). {s['moves']:.0f} people were moved.{known}"
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
            some = [f"{run._names[who[k]]} on t{task[k]} at {log.start[k]:.2f}" for k in np.flatnonzero(bad)[:3]]
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
    rule(ok & ~(_near(took, planned) | _near(took, WORST * planned)), "a job done in another time than its load")
    rule(~_near(log.pay, np.where(ok, m.pay * planned, 0.0)), "pay other than for what was done")
    rule(_repeated(log.seat[ok], ok), "a place taken twice")
    rule(_repeated(np.column_stack([who, stage]), np.ones_like(ok)), "a stage had twice by one person")
    gone = set(zip(who[~ok].tolist(), task[~ok].tolist(), log.end[~ok].tolist(), strict=True))
    given_up = {(i, j): end for i, j, end in gone}
    back = [log.start[k] >= given_up.get((who[k], task[k]), np.inf) for k in range(len(who))] if gone else []
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
    whole = np.logical_and.reduceat(count == t.need, t.first[:-1]) if len(t.arrival) else np.zeros(0, dtype=bool)
    if (whole == run.withdrawn).any():
        odd = np.flatnonzero(whole == run.withdrawn)[:3]
        broken.append(f"finished means every place of every stage done: {listing(f't{k}' for k in odd)}")
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
        who = np.flatnonzero(~np.isclose(expected, run.histories, rtol=1e-9, atol=1e-12).all(axis=(1, 2)))
        return f"histories are not the ratings given: {listing([f'w{i}' for i in who], 3)}"
    return ""
