"""What each rule, a place, a worker is worth: ρ of two optima, each checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import Oracle
from crowdnb.labels import FloatArray
from crowdnb.model.problem import Problem
from crowdnb.model.quotas import without_side
from crowdnb.model.rules import Rules
from crowdnb.model.terms import score
from crowdnb.solver.clock import TimeOverError
from crowdnb.solver.flow import best_flow, bound_by
from crowdnb.solver.placement import place


def prices(
    problem: Problem, solver: str | None = None, time_limit: float | None = None
) -> pd.DataFrame:
    """How much ρ each rule, place and worker is worth: ρ less ρ without it.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, ``performance`` and ``worth``
        of what is not settled are NaN.

    Returns
    -------
    DataFrame
        A row for each conflict between workers, each pair that C^R excludes (and Q alone would
        not), each two tasks that overlap, each pair that is pinned, each worker who must take tasks
        or whose capacity may bind, each side of a quota, the budget; each pair that had better
        stay, each that is undesirable, each two workers with an effect; one place of each task, and
        each worker. Columns ``kind`` (conflict, exclusion, overlap, pin, least, capacity, quota,
        budget, keep, undesirable, effect, place, worker), ``worker``, ``other`` (of an overlap a
        task, of a quota what it asks), ``task`` (labels, None where there is none),
        ``performance`` (ρ without it, NaN where no assignment is left) and ``worth``, ρ less that:
        what having it adds. It is ≤ 0 for rules and costs of giving a pair up, ≥ 0 for workers
        (but for one whose pins, least number of tasks or costs go as well), inf for what cannot be
        spared. ``text`` says it in words. Within a kind the largest effect comes first.

    Raises
    ------
    ValueError
        The problem has no assignment; the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> table = cn.prices(cn.load_case_study().problem(worker_conflicts=[("a3", "a5")]))
    >>> print(table["text"].iloc[0])
    a3 and a5 in conflict cost 0.128
    """
    oracle = Oracle(problem, solver, time_limit)
    try:
        placed = oracle.optimum.placed
        if placed is None:
            raise ValueError("prices: the problem has no assignment; explain_infeasible says why")
        rho, busy = oracle.optimum.performance, set(placed[:, 0].tolist())
    except TimeOverError:
        rho, busy = math.nan, set[int]()

    flow = None if problem.plain else best_flow(problem, problem.eligible & (problem.most > 0))

    def without(kind: _Kind, i: int, k: int, j: int) -> float:
        """ρ of the optimum without it."""
        kept = problem.arrays.keep_costs
        if kind is _KINDS["worker"] and i not in busy and (kept is None or not kept[i].any()):
            return rho
        changed = kind.without(problem, i, k, j)
        # with a rule fewer ρ cannot fall, and rises no higher than without conflicts at all
        if kind.is_rule and changed.plain:
            placed = place(changed)
            if placed is not None and score(changed, placed) <= rho + oracle.tie:
                return rho
        elif kind.is_rule and flow is not None and bound_by(changed, flow) <= rho + oracle.tie:
            return rho
        return oracle.best(changed).performance

    items = [(name, *item) for name, kind in _KINDS.items() for item in kind.there(problem)]
    rows = []
    for name, i, k, j in tqdm(items, desc="prices", leave=False, delay=5):
        try:
            if oracle.clock.over:
                raise TimeOverError
            after = without(_KINDS[name], i, k, j)
            worth = math.inf if math.isnan(after) else rho - after
            worth = 0.0 if abs(worth) <= oracle.tie else worth
        except TimeOverError:
            after = worth = math.nan
        labels = [
            index[at] if at >= 0 else None
            for index, at in ((problem.workers, i), (_others(problem, name), k), (problem.tasks, j))
        ]
        rows.append([name, *labels, after, worth, _price_text(_KINDS[name], labels, worth)])
    columns = ["kind", "worker", "other", "task", "performance", "worth", "text"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).astype(
        {"performance": float, "worth": float}
    )
    size = frame["worth"].abs().fillna(-1.0)  # what is not settled comes last
    order = np.lexsort([-size, frame["kind"].map([*_KINDS].index)])
    return frame.iloc[order].reset_index(drop=True)


class _Kind(NamedTuple):
    """What can be worth something. Items are positions (worker, other, task), -1 for none."""

    there: Callable[[Problem], list[tuple[int, int, int]]]  # the items of a problem
    without: Callable[[Problem, int, int, int], Problem]  # the problem without an item
    is_rule: bool  # without it more assignments are valid
    what: str  # in words, with the three labels to be put in
    verbs: tuple[str, str, str]  # changes, costs, is worth


def _conflicts(problem: Problem) -> list[tuple[int, int, int]]:
    return [(i, k, -1) for i, k in problem.conflict_pairs.tolist()]


def _without_conflict(problem: Problem, i: int, k: int, j: int) -> Problem:
    fewer = problem.arrays.worker_conflicts.copy()
    fewer[i, k] = fewer[k, i] = 0
    return problem.changed(worker_conflicts=fewer)


def _exclusions(problem: Problem) -> list[tuple[int, int, int]]:
    usable = (problem.arrays.qualification != 0) & (problem.arrays.worker_limits > 0)[:, None]
    return [(i, -1, j) for i, j in np.argwhere(problem.arrays.task_conflicts & usable).tolist()]


def _without_exclusion(problem: Problem, i: int, k: int, j: int) -> Problem:
    fewer = problem.arrays.task_conflicts.copy()
    fewer[i, j] = 0
    return problem.changed(task_conflicts=fewer)


def _overlaps(problem: Problem) -> list[tuple[int, int, int]]:
    return [(-1, k, j) for j, k in problem.overlap_pairs.tolist()]


def _without_overlap(problem: Problem, i: int, k: int, j: int) -> Problem:
    fewer = problem.arrays.task_overlaps.copy()
    fewer[j, k] = fewer[k, j] = 0
    return problem.changed(task_overlaps=fewer)


def _pins(problem: Problem) -> list[tuple[int, int, int]]:
    return [(i, -1, j) for i, j in problem.pins.tolist()]


def _without_pin(problem: Problem, i: int, k: int, j: int) -> Problem:
    fewer = problem.arrays.pinned.copy()
    fewer[i, j] = 0
    return problem.changed(pinned=fewer)


def _least(problem: Problem) -> list[tuple[int, int, int]]:
    return [(i, -1, -1) for i in np.flatnonzero(problem.arrays.worker_least).tolist()]


def _without_least(problem: Problem, i: int, k: int, j: int) -> Problem:
    fewer = problem.arrays.worker_least.copy()
    fewer[i] = 0
    return problem.changed(worker_least=fewer)


def _capacities(problem: Problem) -> list[tuple[int, int, int]]:
    return [(item.worker, -1, -1) for item in Rules.of(problem).items("capacity")]


def _without_capacity(problem: Problem, i: int, k: int, j: int) -> Problem:
    own = problem.arrays.capacities
    return (
        problem if own is None else problem.changed(capacities=np.r_[own[:i], np.inf, own[i + 1 :]])
    )


def _quotas(problem: Problem) -> list[tuple[int, int, int]]:
    return [(-1, at, one.task) for at, one in enumerate(problem.quota_sides)]


def _without_quota(problem: Problem, i: int, k: int, j: int) -> Problem:
    if problem.quotas is None:
        return problem
    return problem.changed(quotas=without_side(problem.quotas, problem.quota_sides[k]))


def _budget(problem: Problem) -> list[tuple[int, int, int]]:
    return [(-1, -1, -1)] * (problem.budget is not None)


def _without_budget(problem: Problem, i: int, k: int, j: int) -> Problem:
    return problem.changed(budget=None, costs=None)


def _kept(problem: Problem) -> list[tuple[int, int, int]]:
    return _there(problem.arrays.keep_costs)


def _undesirable(problem: Problem) -> list[tuple[int, int, int]]:
    return _there(problem.arrays.conflict_costs)


def _there(costs: FloatArray | None) -> list[tuple[int, int, int]]:
    """Pairs of a worker and a task that have a cost."""
    return [] if costs is None else [(i, -1, j) for i, j in np.argwhere(costs).tolist()]


def _effects(problem: Problem) -> list[tuple[int, int, int]]:
    return [(i, k, -1) for i, k in problem.effect_pairs.tolist()]


def _without_keeping(problem: Problem, i: int, k: int, j: int) -> Problem:
    return problem.changed(keep_costs=_without_one(problem.arrays.keep_costs, i, j))


def _without_cost(problem: Problem, i: int, k: int, j: int) -> Problem:
    return problem.changed(conflict_costs=_without_one(problem.arrays.conflict_costs, i, j))


def _without_effect(problem: Problem, i: int, k: int, j: int) -> Problem:
    less = _without_one(problem.arrays.pair_effects, i, k)
    return problem.changed(pair_effects=_without_one(less, k, i))


def _without_one(numbers: FloatArray | None, i: int, j: int) -> FloatArray | None:
    """Numbers with a 0 at one place."""
    if numbers is None:
        return None
    fewer = numbers.copy()
    fewer[i, j] = 0.0
    return fewer


def _places(problem: Problem) -> list[tuple[int, int, int]]:
    return [(-1, -1, j) for j in np.flatnonzero(problem.arrays.required).tolist()]


def _without_place(problem: Problem, i: int, k: int, j: int) -> Problem:
    return problem.changed(
        required=problem.arrays.required - (np.arange(len(problem.arrays.required)) == j)
    )


def _workers(problem: Problem) -> list[tuple[int, int, int]]:
    return [(i, -1, -1) for i in range(len(problem.workers))]


def _without_worker(problem: Problem, i: int, k: int, j: int) -> Problem:
    gone, pinned = problem.arrays.task_conflicts.copy(), problem.arrays.pinned.copy()
    least = problem.arrays.worker_least.copy()
    gone[i], pinned[i], least[i] = 1, 0, 0
    values: dict[str, Any] = {"task_conflicts": gone, "pinned": pinned, "worker_least": least}
    if problem.arrays.keep_costs is not None:
        values["keep_costs"] = problem.arrays.keep_costs.copy()
        values["keep_costs"][i] = 0.0
    return problem.changed(**values)


_ONE = ("changes", "costs", "is worth")
_KINDS = {
    "conflict": _Kind(
        _conflicts,
        _without_conflict,
        True,
        "{0} and {1} in conflict",
        ("change", "cost", "is worth"),
    ),
    "exclusion": _Kind(_exclusions, _without_exclusion, True, "{0} barred from {2}", _ONE),
    "overlap": _Kind(
        _overlaps,
        _without_overlap,
        True,
        "{2} and {1} overlapping",
        _ONE,
    ),
    "pin": _Kind(_pins, _without_pin, True, "{0} pinned to {2}", _ONE),
    "least": _Kind(_least, _without_least, True, "the least number of tasks of {0}", _ONE),
    "capacity": _Kind(_capacities, _without_capacity, True, "the capacity of {0}", _ONE),
    "quota": _Kind(_quotas, _without_quota, True, "{1} on {2}", _ONE),
    "budget": _Kind(_budget, _without_budget, True, "the budget", _ONE),
    "keep": _Kind(_kept, _without_keeping, False, "keeping {0} on {2}", _ONE),
    "undesirable": _Kind(_undesirable, _without_cost, False, "{0} undesirable for {2}", _ONE),
    "effect": _Kind(_effects, _without_effect, False, "{0} together with {1}", _ONE),
    "place": _Kind(_places, _without_place, False, "one place of {2}", _ONE),
    "worker": _Kind(_workers, _without_worker, False, "{0}", _ONE),
}


def _others(problem: Problem, kind: str) -> Sequence[Any] | pd.Index[Any]:
    """What the second label of items of a kind is among."""
    match kind:
        case "overlap":
            return problem.tasks
        case "quota":
            return [f"at {one.side} {one.places} with {one.about}" for one in problem.quota_sides]
        case _:
            return problem.workers


def _price_text(kind: _Kind, labels: Sequence[Any], worth: float) -> str:
    worker, other, task = labels
    what = kind.what.format(worker, other, "all tasks" if task is None else task)
    changes, costs, is_worth = kind.verbs
    if math.isnan(worth):
        return f"what {what} {changes} was not settled within the time limit"
    if worth == 0:
        return f"{what} {changes} nothing"
    if math.isinf(worth):
        return f"{what} cannot be spared: no assignment exists without it"
    return f"{what} {costs if worth < 0 else is_worth} {abs(worth):.3g}"
