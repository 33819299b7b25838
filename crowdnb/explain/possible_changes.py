"""Which changes of a problem may be made, up to how many times, and what each costs."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from crowdnb.labels import IntArray, number, shown
from crowdnb.model.changes import KINDS, Item
from crowdnb.model.check import fitting
from crowdnb.model.problem import Problem
from crowdnb.model.rules import Rules
from crowdnb.spelling import one_label

NEW = 1000  # new workers like the same one at most: with more, a problem fills the memory


class Change(NamedTuple):
    """A change that can be made, up to ``most`` times: its kind and labels, its positions, and its cost each time."""

    item: Item
    at: tuple[int, ...]
    cost: float
    most: int


def possible_changes(
    problem: Problem, costs: Mapping[Any, float], untouchable: Collection[Any]
) -> list[Change]:
    """Every change that may be made, with its cost, as :func:`crowdnb.repairs` takes costs and untouchable."""
    every = [change for kind in KINDS for change in _of_kind(problem, kind)]
    known = {change.item for change in every}
    price = {_key(name, known, "costs"): number(cost) for name, cost in costs.items()}
    for name, cost in price.items():
        if not 0 < cost < math.inf:
            raise ValueError(f"costs: {name!r} costs {cost:g}, it must be a finite number above 0")
    fixed = {_key(name, known, "untouchable") for name in untouchable}
    return [
        change._replace(cost=price.get(change.item, price.get(change.item[0], 1.0)))
        for change in every
        if change.item not in fixed and change.item[0] not in fixed
    ]


def _of_kind(problem: Problem, kind: str) -> list[Change]:
    """The changes of one kind that could help, each at a cost of 1."""
    workers, tasks, n = problem.workers, problem.tasks, len(problem.tasks)
    match kind:
        case "conflict":
            return [
                Change((kind, workers[i], workers[k]), (i, k), 1.0, 1)
                for i, k in problem.conflict_pairs.tolist()
            ]
        case "exclusion":
            barred, zero = problem.arrays.task_conflicts, problem.arrays.qualification == 0
            helps = barred & ~zero & Rules.of(problem).wanted & (problem.most > 0)
            return [
                Change((kind, workers[i], tasks[j]), (i, j), 1.0, 1)
                for i, j in np.argwhere(helps).tolist()
            ]
        case "place":
            return [
                Change((kind, tasks[j]), (j,), 1.0, int(problem.fewest[j]))
                for j in np.flatnonzero(problem.fewest).tolist()
            ]
        case "worker":
            able = ~problem.arrays.task_conflicts & (problem.arrays.qualification != 0)
            able &= fitting(problem)
            room = (able * (problem.fewest + _earners(problem) + _counted(problem))).sum(axis=1)
            return [
                Change((kind, workers[i]), (i,), 1.0, min(NEW, int(room[i])))
                for i in np.flatnonzero(room).tolist()
            ]
        case "limit":
            return [
                Change((kind, workers[i]), (i,), 1.0, n - int(problem.arrays.worker_limits[i]))
                for i in np.flatnonzero(problem.arrays.worker_limits < n).tolist()
            ]
        case "pin":
            return [
                Change((kind, workers[i], tasks[j]), (i, j), 1.0, 1)
                for i, j in problem.pins.tolist()
            ]
        case "least":
            least = problem.arrays.worker_least
            return [
                Change((kind, workers[i]), (i,), 1.0, int(least[i]))
                for i in np.flatnonzero(least).tolist()
            ]
        case "overlap":
            return [
                Change((kind, tasks[j], tasks[k]), (j, k), 1.0, 1)
                for j, k in problem.overlap_pairs.tolist()
            ]
        case "quota" | "share":
            return [change for change in _of_quotas(problem) if change.item[0] == kind]
        case _:
            raise ValueError(f"{kind!r} is no kind of change; there are {', '.join(KINDS)}")


def _of_quotas(problem: Problem) -> list[Change]:
    """One place fewer or more with a value; a share, which has no next one, is given up."""
    found = []
    for at, (j, column, value, side, asked, *_) in enumerate(problem.quota_sides):
        task = None if j < 0 else problem.tasks[j]
        if isinstance(asked, Fraction):
            which = "least" if side == "least" else "greatest"
            found.append(Change(("share", task, column, value, which), (at,), 1.0, 1))
            continue
        size = int(problem.eligible.sum() if j < 0 else problem.eligible[:, j].sum())
        how, times = ("fewer", asked) if side == "least" else ("more", size + NEW - asked)
        if times > 0:
            found.append(Change(("quota", task, column, value, how), (at,), 1.0, times))
    return found


def _key(name: Any, known: Collection[Item], what: str) -> Any:
    """The kind or the change that a user names, conflicts either way round.

    ValueError where there is none.
    """
    item = tuple(map(one_label, name)) if isinstance(name, tuple | list) else (name,)
    shape = isinstance(name, str | tuple | list)
    if not shape or not all(isinstance(part, Hashable) for part in item):
        raise ValueError(
            f"{what}: {shown(name)} is no change of this problem; the kinds are {', '.join(KINDS)}"
        )
    if name in KINDS:
        return name
    if item not in known and len(item) == 3 and item[0] in ("conflict", "overlap"):
        item = (item[0], item[2], item[1])
    if item in known:
        return item
    raise ValueError(
        f"{what}: {name!r} is no change of this problem; the kinds are {', '.join(KINDS)}"
    )


def _counted(problem: Problem) -> IntArray:
    """How many workers more than it needs a task can take for a quota, n."""
    more = np.minimum(problem.most - problem.fewest, NEW)
    if problem.required_rule == "at least":
        more = np.full(len(problem.tasks), NEW)
    tasks = np.arange(len(problem.tasks))
    about = np.zeros(len(problem.tasks), dtype=bool)
    for quota in problem.quota_sides:
        about |= (tasks == quota.task) | (quota.task < 0)
    return np.asarray(more * about)


def _earners(problem: Problem) -> IntArray:
    """How many workers more than it needs can take a task to earn what the budget lacks, pair by pair; m × n."""
    if problem.arrays.costs is None or problem.budget is None:
        return np.zeros(problem.arrays.qualification.shape, dtype=np.int64)
    costs = problem.arrays.costs
    lacking = max(costs.clip(min=0).sum() - problem.budget, 0.0)
    wanted = np.ceil(
        np.divide(lacking, -costs, out=np.zeros_like(costs, dtype=float), where=costs < 0)
    )
    most = NEW if problem.required_rule == "at least" else problem.most - problem.fewest
    return np.asarray(np.minimum(wanted, most), dtype=np.int64)
