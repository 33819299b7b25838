"""Which rules of the problem a table breaks (eqs. 8 to 12, and every option), in words.

Whatever an engine answers passes through here. So this module knows no rows and no solver: a rule
that is written wrongly for an engine is not written the same way here.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd

from crowdnb.labels import (
    BoolArray,
    IntArray,
    listing,
    shown,
)
from crowdnb.labels import count as count_of
from crowdnb.model.assignment import Assignment, table_of
from crowdnb.model.pair_tables import zero_one
from crowdnb.model.problem import Problem, needed
from crowdnb.spelling import meant, one_label

BUDGET_TOLERANCE = 1e-9  # relative: the rounding of a sum of costs, no more


def check(problem: Problem, table: pd.DataFrame | Assignment) -> list[str]:
    """Compare an assignment with every rule of the problem; no solver has a part in it.

    Parameters
    ----------
    problem : Problem
    table : DataFrame or Assignment
        T: workers × tasks, 0/1, rows and columns in any order; or an answer that has one.

    Returns
    -------
    list of str
        One sentence for each broken rule, with labels; empty when the assignment is valid.

    Notes
    -----
    The rules are (8) T_ij ∈ {0, 1}, (9) Σ_i T_ij = L_j, (10) Σ_j T_ij ≤ 1, T_ij = 0 where
    C^R_ij = 1 or Q_ij = 0, and (11) or (11) and (12) by the problem's conflict scope; with its
    options in their place where there are any.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> cn.check(case.problem(), case.published.assignment)
    []
    >>> cn.check(case.problem(worker_conflicts=[("a2", "a7")]), case.published.assignment)
    ['a2 and a7 are in conflict and both are chosen']
    """
    needed(problem)
    table = table_of(table)
    index, columns = (pd.Index([*map(one_label, axis)], tupleize_cols=False) for axis in table.axes)
    table = table.set_axis(index).set_axis(columns, axis=1)
    broken: list[str] = []
    for axis, got, wanted in (
        ("worker", index, problem.workers),
        ("task", columns, problem.tasks),
    ):
        if got.equals(wanted):
            continue
        for label in got.difference(wanted, sort=False):
            # for the first, since it takes a look at all
            hint = "" if broken else meant(label, wanted)
            broken.append(f"{axis} {label} is not in the problem{hint}")
        for label in wanted.difference(got, sort=False):
            broken.append(f"{axis} {label} is not in the table")
        if got.has_duplicates:
            broken.append(
                f"{axis} {listing(got[got.duplicated()].unique())} stands more than once in the"
                " table"
            )
    if broken:
        return broken
    table = table.reindex(index=problem.workers, columns=problem.tasks)
    values = zero_one(table.to_numpy())
    given = values == 1
    for i, j in np.argwhere(np.isnan(values)).tolist():
        broken.append(
            f"{problem.workers[i]} for {problem.tasks[j]} is {shown(table.iat[i, j])}, neither 0"
            " nor 1"
        )
    return broken + broken_rules(problem, np.argwhere(given))


def broken_rules(problem: Problem, placed: IntArray, partly: bool = False) -> list[str]:
    """The rules that pairs (worker, task), given as distinct positions, break; see :func:`check`.

    With ``partly`` the pairs may be a part of an assignment: only rules that more pairs cannot mend
    are looked at.
    """
    broken: list[str] = []
    (m, n), (i, j) = problem.arrays.qualification.shape, placed.T
    count = np.bincount(j, minlength=n)
    off = (count < problem.fewest) & (not partly) | (count > problem.most)
    for at in off.nonzero()[0].tolist():
        rule = "" if problem.required_rule == "exactly" else f"{problem.required_rule} "
        need = f"{rule}{problem.arrays.required[at]}"
        if problem.arrays.required_most is not None and problem.most[at] > problem.fewest[at]:
            need += f" to {problem.most[at]}"
        broken.append(f"{problem.tasks[at]} has {count[at]} of {need} workers")
    limits = problem.arrays.worker_limits
    several = np.bincount(i, minlength=m) > np.maximum(limits, 1)
    for at in several.nonzero()[0].tolist():
        taken = problem.tasks[j[i == at]]
        limit = "" if limits[at] <= 1 else f", {limits[at]} at most"
        broken.append(f"{problem.workers[at]} has {len(taken)} tasks: {listing(taken)}{limit}")
    broken += _together(problem, placed)
    for at in overloaded(problem, placed).tolist():
        load, capacity = load_of(problem, placed, at), problem.arrays.capacities
        has = "" if capacity is None else f"{capacity[at]:.12g}"
        broken.append(
            f"the tasks of {problem.workers[at]} come to a load of {load:.12g}, the capacity is {has}"
        )
    for at in (~problem.eligible[i, j]).nonzero()[0].tolist():
        i1, j1 = placed[at].tolist()
        why = "has qualification 0 for"
        if problem.arrays.task_conflicts[i1, j1]:
            why = "is in conflict with"
        elif not limits[i1]:
            why = "has a limit of 0 tasks, is not free for"
        broken.append(f"{problem.workers[i1]} {why} {problem.tasks[j1]} and is given it")
    if len(problem.conflict_pairs):
        broken += _clashes(problem, placed)
    broken += _off_quota(problem, placed, partly)
    if partly:
        return broken
    few = np.bincount(i, minlength=m) < problem.arrays.worker_least
    for at in few.nonzero()[0].tolist():
        taken, least = problem.tasks[j[i == at]], problem.arrays.worker_least[at]
        has = f"{count_of(len(taken), 'task')}: {listing(taken)}" if len(taken) else "no task"
        broken.append(f"{problem.workers[at]} has {has}, {least} at least")
    if len(problem.pins):
        for i1, j1 in problem.pins[~np.isin(problem.pins @ (n, 1), placed @ (n, 1))].tolist():
            broken.append(
                f"{problem.workers[i1]} is pinned to {problem.tasks[j1]} and is not given it"
            )
    if over_budget(problem, placed):
        broken.append(
            f"the costs come to {cost(problem, placed):.12g}, the budget is {problem.budget:.12g}"
        )
    return broken


def _together(problem: Problem, placed: IntArray) -> list[str]:
    """The overlaps between tasks that pairs given as positions break."""
    if not len(problem.overlap_pairs):
        return []
    doing: dict[int, list[int]] = {}
    for i, j in sorted(placed.tolist()):
        doing.setdefault(i, []).append(j)
    overlaps = problem.arrays.task_overlaps
    return [
        f"{problem.workers[i]} has {problem.tasks[j]} and {problem.tasks[k]}, which overlap"
        for i, tasks in doing.items()
        for j, k in combinations(tasks, 2)
        if overlaps[j, k]
    ]


def _off_quota(problem: Problem, placed: IntArray, partly: bool = False) -> list[str]:
    """The quotas that pairs given as positions break; ``partly`` as of :func:`broken_rules`."""
    broken = []
    for at in off_quota(problem, placed):
        task, column, value, side, number, members, _ = problem.quota_sides[at]
        share = isinstance(number, Fraction)
        if partly and (side == "least" or share):
            continue
        filled = placed if task < 0 else placed[placed[:, 1] == task]
        own = int(members[filled[:, 0]].sum())
        where, has = of_tasks(problem, task)
        places = f"{own} of {count_of(len(filled), 'place')}" if share else count_of(own, "place")
        asked = problem.quota_sides[at].asked
        broken.append(f"{where} {has} {places} with {column} {value}, {asked} at {side}")
    return broken


def off_quota(problem: Problem, placed: IntArray) -> list[int]:
    """Which sides of quotas pairs given as positions break, exactly."""
    broken = []
    for at, (task, _, _, side, number, members, _) in enumerate(problem.quota_sides):
        filled = placed if task < 0 else placed[placed[:, 1] == task]
        own = int(members[filled[:, 0]].sum())
        bound = number * len(filled) if isinstance(number, Fraction) else number
        if own < bound if side == "least" else own > bound:
            broken.append(at)
    return broken


def of_tasks(problem: Problem, task: int) -> tuple[str, str]:
    """One task, or all together, with the verb that goes with it."""
    return ("all tasks together", "have") if task < 0 else (str(problem.tasks[task]), "has")


def _clashes(problem: Problem, placed: IntArray) -> list[str]:
    """The conflicts between workers that pairs given as positions break."""
    chosen = np.zeros(len(problem.workers), dtype=bool)
    chosen[placed[:, 0]] = True
    both = problem.conflict_pairs[chosen[problem.conflict_pairs].all(axis=1)].tolist()
    if not both:
        return []
    workers, broken = list(problem.worker_at), []
    if problem.conflict_scope == "project":
        return [
            f"{workers[i1]} and {workers[i2]} are in conflict and both are chosen"
            for i1, i2 in both
        ]
    given: dict[int, set[int]] = {}
    for i, j in placed.tolist():
        given.setdefault(i, set()).add(j)
    for i1, i2 in both:
        for j in sorted(given[i1] & given[i2]):
            broken.append(
                f"{workers[i1]} and {workers[i2]} are in conflict and share {problem.tasks[j]}"
            )
    return broken


def load_of(problem: Problem, placed: IntArray, worker: int) -> float:
    """What the tasks of one worker take, of pairs given as positions; 0 without loads."""
    loads = problem.arrays.loads
    own = placed[placed[:, 0] == worker]
    return 0.0 if loads is None else math.fsum(loads[own[:, 0], own[:, 1]])


def fitting(problem: Problem) -> BoolArray:
    """Pairs whose load by itself is within the worker's capacity, m × n."""
    loads, capacities = problem.arrays.loads, problem.arrays.capacities
    if loads is None or capacities is None:
        return np.ones(problem.arrays.qualification.shape, dtype=bool)
    return np.asarray(loads <= capacities[:, None] * (1 + BUDGET_TOLERANCE))


def overloaded(problem: Problem, placed: IntArray) -> IntArray:
    """Workers whose tasks take more than their capacity, by more than the rounding of the sum."""
    capacities = problem.arrays.capacities
    if capacities is None:
        return np.zeros(0, dtype=np.int64)
    over = [
        i
        for i in np.unique(placed[:, 0]).tolist()
        if load_of(problem, placed, i) > capacities[i] * (1 + BUDGET_TOLERANCE)
    ]
    return np.array(over, dtype=np.int64)


def beyond(problem: Problem, placed: IntArray) -> bool:
    """Whether pairs given as positions go beyond the budget, a capacity or the share of a quota.

    These an engine sees to its own tolerance only.
    """
    sides = problem.quota_sides
    off = any(isinstance(sides[at].number, Fraction) for at in off_quota(problem, placed))
    return off or over_budget(problem, placed) or bool(len(overloaded(problem, placed)))


def cost(problem: Problem, placed: IntArray) -> float:
    """What pairs given as positions cost together; 0 for a problem without costs."""
    return (
        0.0
        if problem.arrays.costs is None
        else math.fsum(problem.arrays.costs[placed[:, 0], placed[:, 1]])
    )


def over_budget(problem: Problem, placed: IntArray) -> bool:
    """Whether pairs given as positions cost more than the budget, by more than the rounding of their sum."""
    if problem.arrays.costs is None or problem.budget is None:
        return False
    paid = math.fsum(np.abs(problem.arrays.costs[placed[:, 0], placed[:, 1]]))
    return cost(problem, placed) > problem.budget + budget_slack(problem, paid)


def budget_slack(problem: Problem, paid: float) -> float:
    """By how much costs whose sizes sum to ``paid`` may exceed the budget: the rounding of their sum, no more."""
    return BUDGET_TOLERANCE * max(paid, abs(problem.budget or 0.0))
