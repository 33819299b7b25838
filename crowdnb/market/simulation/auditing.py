"""A run's records against every rule of a market; the loop that wrote them has no part in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray, listing, needs
from crowdnb.market.parameters import DAY, DONE, ROUNDING, WORST, Market, stars
from crowdnb.market.simulation.chance import Tasks, Workers
from crowdnb.market.simulation.records import Jobs, Run

# jobs that break a rule, and the rule in words
Rule = tuple[BoolArray, str]


class _Seen(NamedTuple):
    """What rules are about; of each job its stage, its task, its worker, whether it was done."""

    market: Market
    tasks: Tasks
    workers: Workers
    log: Jobs
    stage: IntArray
    task: IntArray
    who: IntArray
    ok: BoolArray


def audit(run: Run) -> list[str]:
    """Compare a run's records with every rule of a market.

    Parameters
    ----------
    run : Run

    Returns
    -------
    list of str
        One sentence a rule that is broken, with the first who break it; empty when all hold.

    Notes
    -----
    Nobody is at two places at once, or works above the limit of a day, or outside their hours, or
    after leaving; everybody has the skill and the place; no two in conflict are on one task; nobody
    has a stage twice, or comes back to a task given up; no place is taken twice; stages follow one
    another; pay is load times rate for what was done and nothing else; histories are the first ones
    and all stars given, decayed once for each midnight since.
    """
    log, tasks = needs(run, Run, "run").ledger, run.chance.tasks
    stage = tasks.stage_of(log.seat)
    s = _Seen(
        market=run.market,
        tasks=tasks,
        workers=run.chance.workers,
        log=log,
        stage=stage,
        task=tasks.task[stage],
        who=log.worker,
        ok=log.how == DONE,
    )
    broken = []
    for bad, text in (*_of_time(s), *_of_fit(s), *_of_places(s), *_of_stages(s), *_of_conflicts(s)):
        if bad.any():
            some = [
                f"w{s.who[k]} on t{s.task[k]} at {log.start[k]:.2f}"
                for k in np.flatnonzero(bad)[:3]
            ]
            broken.append(f"{text}: {listing(some)}")
    return [*broken, *_of_ends(s, run.withdrawn), *_of_histories(s, run)]


def _of_time(s: _Seen) -> Iterator[Rule]:
    """When people work."""
    log, who, w, m = s.log, s.who, s.workers, s.market
    order = np.lexsort([log.start, who])
    before, after = order[:-1], order[1:]
    twice = np.zeros(len(who), dtype=bool)
    twice[after] = (who[after] == who[before]) & (log.start[after] < log.end[before] - ROUNDING)
    yield twice, "two jobs at once"
    shift = np.floor((log.start - w.begins[who]) / DAY)
    begun = w.begins[who] + shift * DAY
    yield log.end > begun + m.shift + ROUNDING, "work outside the hours"
    days, day = np.unique(np.column_stack([who, shift]), axis=0, return_inverse=True)
    hours = np.bincount(day.ravel(), log.end - log.start, minlength=len(days))
    over = hours[day.ravel()] > m.limit + ROUNDING * 10
    yield over, "more hours than the limit of a day"
    early, late = log.start < w.joined[who] - ROUNDING, log.end > w.left[who] + ROUNDING
    yield early | late, "work before joining or after leaving"
    yield log.start < log.chosen + m.notice - ROUNDING, "a start before the notice"


def _of_fit(s: _Seen) -> Iterator[Rule]:
    """What people can do, how long it takes, and what they are paid."""
    log, who, t, w, m = s.log, s.who, s.tasks, s.workers, s.market
    yield ~w.skills[who, t.skill[s.stage]], "a skill that is lacking"
    place = t.place[s.task]
    yield (place >= 0) & (place != w.place[who]), "a task at another place"
    took, planned = log.end - log.start, t.load[s.stage]
    as_planned = _near(took, planned) | _near(took, WORST * planned)
    yield s.ok & ~as_planned, "a job done in another time than its load"
    due = np.where(s.ok, m.pay * planned, 0.0)
    yield ~_near(log.pay, due), "pay other than for what was done"


def _of_places(s: _Seen) -> Iterator[Rule]:
    """Nothing is had twice, and nobody comes back."""
    log, who = s.log, s.who
    yield _repeated(log.seat[s.ok], s.ok), "a place taken twice"
    pairs = np.column_stack([who, s.stage])
    yield _repeated(pairs, np.ones_like(s.ok)), "a stage had twice by one person"
    keys = list(zip(who.tolist(), s.task.tolist(), strict=True))
    given_up = {keys[k]: log.end[k] for k in np.flatnonzero(~s.ok)}
    back = [log.start[k] >= given_up.get(key, np.inf) for k, key in enumerate(keys)]
    yield np.array(back, dtype=bool), "back on a task given up"


def _of_stages(s: _Seen) -> Iterator[Rule]:
    """A stage begins when every place of the one before is done."""
    t, log, count = s.tasks, s.log, len(s.tasks.task)
    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first, s.stage, log.start)
    np.maximum.at(last, s.stage[s.ok], log.end[s.ok])
    done = np.bincount(s.stage[s.ok], minlength=count)
    follows = np.ones(count, dtype=bool)
    follows[t.first[:-1]] = False
    at = np.flatnonzero(follows & np.isfinite(first))
    early = np.zeros(count, dtype=bool)
    early[at] = (done[at - 1] < t.need[at - 1]) | (first[at] < last[at - 1] - ROUNDING)
    yield early[s.stage], "a stage begun before the one before was done"


def _of_conflicts(s: _Seen) -> Iterator[Rule]:
    """Nobody is in conflict with another who works, or has done work, on the same task."""
    in_conflict, log = s.workers.in_conflict, s.log
    if in_conflict is None:
        return
    bad = np.zeros(len(s.who), dtype=bool)
    # Who has given up is in the way only as long as they were there.
    gone = np.where(s.ok, np.inf, log.end)
    order = np.argsort(s.task, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(s.task[order])) + 1):
        pair = in_conflict[np.ix_(s.who[group], s.who[group])]
        begun, until = log.start[group], gone[group]
        together = (begun[:, None] < until - ROUNDING) & (begun < until[:, None] - ROUNDING)
        bad[group] = (pair & together).any(axis=1)
    yield bad, "two in conflict on one task"


def _of_ends(s: _Seen, withdrawn: BoolArray) -> Iterator[str]:
    """A task is finished, and not taken back, if every place of every stage was done."""
    t = s.tasks
    if not len(t.arrival):
        return
    done = np.bincount(s.stage[s.ok], minlength=len(t.task))
    whole = np.logical_and.reduceat(done == t.need, t.first[:-1])
    if len(odd := np.flatnonzero(whole == withdrawn)):
        some = listing(f"t{k}" for k in odd[:3])
        yield f"finished means every place of every stage done: {some}"


def _of_histories(s: _Seen, run: Run) -> Iterator[str]:
    """Histories are the first ones and all stars given, decayed."""
    m, log, ok = s.market, s.log, s.ok
    midnights = np.floor(run.end / DAY)
    expected = s.workers.history * m.decay**midnights
    k = np.arange(expected.shape[1])
    weight = m.decay ** (midnights - np.floor(log.end[ok] / DAY))
    given = stars(log.outcome[ok])
    np.add.at(expected, (log.worker[ok][:, None], k, given - 1), weight[:, None])
    same = np.isclose(expected, run.histories, rtol=1e-9, atol=1e-12)
    if not same.all():
        who = np.flatnonzero(~same.all(axis=(1, 2)))
        yield f"histories are not the ratings given: {listing([f'w{i}' for i in who], 3)}"


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
