r"""What only counts ask, a flow: how many tasks for a worker, how many workers for a task.

With the gain g_ij of a pair, and what a place of task j costs that stays empty,

    max  Σ_ij g_ij T_ij - Σ_j missing_j (L_j - Σ_i T_ij)⁺          0 ≤ T_ij ≤ 1; 1 where pinned
    s.t. least_i ≤ Σ_j T_ij ≤ limit_i                             price a_i of a task of worker i
         fewest_j ≤ Σ_i T_ij ≤ most_j                             price b_j of a place on task j

is a transportation problem, whose vertices are integer, so that a linear program finds the best
assignment. For *any* prices no assignment exceeds

    bound = Σ_ij max(0, r_ij) + Σ_i max(a_i least_i, a_i limit_i)
            + Σ_j max over k from fewest_j to most_j of b_j k - missing_j (L_j - k)⁺,
    r_ij  = g_ij - a_i - b_j,

of a pinned pair r_ij itself. One that has a pair with r_ij < 0, or lacks one with r_ij > 0, comes
to as much less. The linear solver is not believed: an assignment that reaches the bound is the
best, also of a problem with rules beyond these (conflicts, a budget) as far as it keeps them.

References
----------
R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network flows", Prentice Hall 1993, chapters 9 and 11.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.check import BUDGET_TOLERANCE
from crowdnb.model.matrices import incidence
from crowdnb.model.pair_numbers import LARGEST
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING, Reach
from crowdnb.solver.linear import most_worth

# The largest gain that the linear solver is given, and how fine it sees reduced costs: 1e-14 of the
# largest, so that its answer is the optimum and not one beside it.
_LARGEST, _FINEST = 1e4, 1e-10


class Sides(NamedTuple):
    """The sides of the counts."""

    least: IntArray  # m
    limit: IntArray  # m
    fewest: IntArray  # n
    most: IntArray  # n, as many at most as may take the task


class Flow(NamedTuple):
    """An assignment that keeps the counts, and what prices prove.

    Attributes
    ----------
    placed : ndarray of int, shape (pairs, 2)
    reach : Reach
        What all assignments, and those with a pair, reach at most.
    reduced : ndarray, m × n
        r_ij; -inf where the pair is not allowed.
    own, place : ndarray, m and n
        The prices a and b.
    """

    placed: IntArray
    reach: Reach
    reduced: FloatArray
    own: FloatArray
    place: FloatArray


def best_flow(problem: Problem, allowed: BoolArray, seconds: float = math.inf) -> Flow | None:
    """The best assignment of some pairs as far as counts go, and its proof.

    None where the linear solver finds none, which does not prove that there is none.

    Parameters
    ----------
    problem : Problem
    allowed : ndarray of bool, m × n
    seconds : float
        That the linear program may take.
    """
    pairs = np.argwhere(allowed)
    counts = _counts(problem, allowed)
    if seconds <= 0 or (counts.most < counts.fewest).any():
        return None
    free = (np.zeros((0, 2), dtype=np.int64), np.zeros(len(allowed)), np.zeros(len(counts.most)))
    solved = _solved(problem, pairs, counts, seconds) if len(pairs) else free
    if solved is None:
        return None
    placed, own, place = solved
    reduced = np.full(allowed.shape, -np.inf)
    reduced[allowed] = problem.gain[allowed] - (own[:, None] + place)[allowed]
    return Flow(placed, _reach(problem, counts, reduced, own, place), reduced, own, place)


def counts_near(
    problem: Problem, allowed: BoolArray, flow: Flow | None, enough: float
) -> tuple[Sides, BoolArray]:
    """The counts of assignments of some pairs that come to ``enough``, and pairs that they all have.

    As far as prices, if there are any, tell.
    """
    counts = _counts(problem, allowed)
    if flow is None:
        return counts, np.zeros_like(allowed)
    room, own, place = flow.reach.bound + flow.reach.slack - enough, flow.own, flow.place
    need = np.clip(problem.arrays.required, counts.fewest, counts.most)
    below = place + _empty(problem)  # what one more brings below L; above it the price alone
    near = Sides(
        np.where(own > room, counts.limit, counts.least),
        np.where(own < -room, counts.least, counts.limit),
        np.where(place > room, counts.most, np.where(below > room, need, counts.fewest)),
        np.where(below < -room, counts.fewest, np.where(place < -room, need, counts.most)),
    )
    return near, flow.reduced > room


def bound_by(problem: Problem, flow: Flow) -> float:
    """What no assignment of a variant exceeds, by the prices of the problem that it is one of."""
    allowed = problem.eligible & (problem.most > 0)
    reduced = np.where(allowed, problem.gain - flow.own[:, None] - flow.place, -np.inf)
    reach = _reach(problem, _counts(problem, allowed), reduced, flow.own, flow.place)
    return reach.bound + reach.slack


def _empty(problem: Problem) -> FloatArray:
    """What a place below L costs that stays empty, n; 0 where none may."""
    cost = problem.arrays.missing_cost
    return np.zeros(len(problem.tasks)) if cost is None else np.where(np.isfinite(cost), cost, 0.0)


def _counts(problem: Problem, allowed: BoolArray) -> Sides:
    """The sides of the counts, as the rules of a problem imply them at least."""
    arrays, n = problem.arrays, len(problem.tasks)
    limit = np.minimum(arrays.worker_limits, n)
    if arrays.loads is not None and arrays.capacities is not None:
        light = np.where(allowed, arrays.loads, np.inf).min(axis=1, initial=np.inf)
        bound = (light > 0) & np.isfinite(light) & np.isfinite(arrays.capacities)
        fit = arrays.capacities[bound] * (1 + 2 * BUDGET_TOLERANCE) / light[bound]
        limit[bound] = np.minimum(limit[bound], fit.clip(max=n).astype(np.int64))
    return Sides(
        arrays.worker_least, limit, problem.fewest, np.minimum(problem.most, allowed.sum(axis=0))
    )


def _solved(
    problem: Problem, pairs: IntArray, counts: Sides, seconds: float
) -> tuple[IntArray, FloatArray, FloatArray] | None:
    """The linear program: who takes what, the prices of workers (m) and of places (n)."""
    (worker, task), size, (m, n) = pairs.T, len(pairs), problem.eligible.shape
    required, pinned = problem.arrays.required, problem.arrays.pinned[worker, task]
    by_worker, by_task = incidence(worker, m), incidence(task, n)
    cost = _empty(problem)
    asked = np.flatnonzero((counts.fewest < required) & (cost > 0))
    # Beside the best pair of its task where that has so many workers: the solver sees differences.
    best = np.full(n, -np.inf)
    np.maximum.at(best, task, problem.gain[worker, task])
    shift = np.where(counts.fewest == counts.most, np.maximum(best, -LARGEST), 0.0)
    # an empty place is a column of its own
    worth = np.concatenate([problem.gain[worker, task] - shift[task], -cost[asked]])
    blocks: Any = [
        [by_worker, None],
        [by_task, None],
        [by_task[asked], sparse.eye_array(len(asked))],
    ]
    low = np.concatenate([_bound(counts.least), _bound(counts.fewest), required[asked]])
    limit = np.where(counts.limit < np.diff(by_worker.indptr), counts.limit, np.inf)
    most = np.where(counts.most < np.diff(by_task.indptr), counts.most, np.inf)
    most = np.where(counts.fewest == counts.most, counts.most, most)
    high = np.concatenate([limit, most, np.full(len(asked), np.inf)])
    limits = np.zeros(len(worth)), np.ones(len(worth))
    limits[0][:size][pinned], limits[1][size:] = 1.0, required[asked]
    unit = (float(np.abs(worth).max()) or 1.0) / _LARGEST
    found = most_worth(
        worth / unit,
        sparse.csr_array(sparse.block_array(blocks)),
        (low, high),
        limits,
        seconds,
        presolve=False,
        dual_feasibility_tolerance=_FINEST,
    )
    if found is None:
        return None
    own, place, empty = np.split(found.prices * unit, [m, m + n])
    place = place + shift
    place[asked] += empty
    return pairs[found.x[:size] > 0.5], own, place


def _bound(least: IntArray) -> FloatArray:
    """A lower side; none where it is 0."""
    return np.where(least > 0, least, -np.inf)


def _reach(
    problem: Problem, counts: Sides, reduced: FloatArray, own: FloatArray, place: FloatArray
) -> Reach:
    """The bound of this module's text, and that less what a pair costs."""
    arrays, allowed = problem.arrays, np.isfinite(reduced)
    pinned = arrays.pinned & allowed
    size = np.abs(problem.gain) + np.abs(own)[:, None] + np.abs(place)
    used = allowed & (pinned | (reduced > -ROUNDING * size))
    short = _empty(problem)
    at = np.array(
        [counts.fewest, np.clip(arrays.required, counts.fewest, counts.most), counts.most]
    )
    of_task = (place * at - short * np.maximum(0, arrays.required - at)).max(axis=0)
    of_worker = np.maximum(own * counts.least, own * counts.limit)
    keep, effects = arrays.keep_costs, arrays.pair_effects
    beside = [] if keep is None else [-keep[np.nonzero(keep)]]
    if effects is not None:
        (one, other), times = problem.effect_pairs.T, 1
        if problem.conflict_scope == "task":
            times = len(problem.tasks)
        beside.append(np.maximum(0.0, effects[one, other]) * times)
    summed = np.concatenate(
        [
            np.maximum(reduced[used], np.where(pinned[used], -np.inf, 0.0)),
            of_worker,
            of_task,
            *beside,
        ]
    )
    bound = math.fsum(summed)
    sizes = float(size[used].sum() + (np.abs(place) * at.max(axis=0)).sum() + np.abs(summed).sum())
    pairs = np.where(allowed, bound + np.where(pinned, 0.0, np.minimum(0.0, reduced)), -np.inf)
    return Reach(bound, pairs, ROUNDING * sizes)
