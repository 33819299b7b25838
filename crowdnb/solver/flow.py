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
from scipy.optimize import linprog

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.check import BUDGET_TOLERANCE
from crowdnb.model.matrices import incidence
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING, Reach

# The largest gain that the linear solver is given, and how fine it sees reduced costs: 1e-14 of the
# largest, so that its answer is the optimum and not one beside it.
_LARGEST, _FINEST = 1e4, 1e-10


class Flow(NamedTuple):
    """An assignment that keeps the counts, and what prices prove.

    Attributes
    ----------
    placed : ndarray of int, shape (pairs, 2)
    reach : Reach
        What all assignments, and those with a pair, reach at most.
    reduced : ndarray, m × n
        r_ij; -inf where the pair is not allowed.
    """

    placed: IntArray
    reach: Reach
    reduced: FloatArray


class _Counts(NamedTuple):
    """The sides of the counts."""

    least: IntArray  # m
    limit: IntArray  # m
    fewest: IntArray  # n
    most: IntArray  # n, as many at most as may take the task


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
    if not len(pairs) or seconds <= 0 or (counts.most < counts.fewest).any():
        return None
    solved = _solved(problem, pairs, counts, seconds)
    if solved is None:
        return None
    placed, own, place = solved
    reduced = np.full(allowed.shape, -np.inf)
    reduced[allowed] = problem.gain[allowed] - (own[:, None] + place)[allowed]
    return Flow(placed, _reach(problem, counts, reduced, own, place), reduced)


def _counts(problem: Problem, allowed: BoolArray) -> _Counts:
    """The sides of the counts, as the rules of a problem imply them at least."""
    arrays, n = problem.arrays, len(problem.tasks)
    limit = np.minimum(arrays.worker_limits, n)
    if arrays.loads is not None and arrays.capacities is not None:
        light = np.where(allowed, arrays.loads, np.inf).min(axis=1, initial=np.inf)
        bound = (light > 0) & np.isfinite(light) & np.isfinite(arrays.capacities)
        fit = arrays.capacities[bound] * (1 + 2 * BUDGET_TOLERANCE) / light[bound]
        limit[bound] = np.minimum(limit[bound], fit.clip(max=n).astype(np.int64))
    return _Counts(
        arrays.worker_least, limit, problem.fewest, np.minimum(problem.most, allowed.sum(axis=0))
    )


def _solved(
    problem: Problem, pairs: IntArray, counts: _Counts, seconds: float
) -> tuple[IntArray, FloatArray, FloatArray] | None:
    """The linear program: who takes what, the prices of workers (m) and of places (n)."""
    (worker, task), size = pairs.T, len(pairs)
    by_worker, by_task = incidence(worker, len(counts.limit)), incidence(task, len(counts.most))
    exact, cost = counts.fewest == counts.most, problem.arrays.missing_cost
    asked = np.zeros(0, dtype=np.int64)
    if cost is not None:
        asked = np.flatnonzero(np.isfinite(cost) & (problem.arrays.required > 0))
    several = np.diff(by_worker.indptr) > counts.limit
    fewer, more = ~exact & (counts.fewest > 0), ~exact & (counts.most < len(counts.limit))
    own = by_task[asked]
    below: Any = [by_worker[several], -by_worker[counts.least > 0], by_task[more], -by_task[fewer]]
    sides = [
        counts.limit[several],
        -counts.least[counts.least > 0],
        counts.most[more],
        -counts.fewest[fewer],
        -problem.arrays.required[asked],
    ]
    matrix: Any = sparse.vstack([*below, -own])
    equal: Any = by_task[exact]
    gain = problem.gain[worker, task]
    best = np.full(len(exact), -np.inf)
    np.maximum.at(best, task, gain)
    shift = np.where(exact & (counts.fewest > 0) & np.isfinite(best), best, 0.0)
    gain = gain - shift[task]
    worth = gain
    bounds = np.column_stack([problem.arrays.pinned[worker, task], np.ones(size)]).astype(float)
    if cost is not None:  # an empty place is a column of its own
        rows = incidence(np.arange(len(asked)) + matrix.shape[0] - len(asked), matrix.shape[0])
        matrix = sparse.hstack([matrix, -rows])
        equal = sparse.hstack([equal, sparse.csr_array((equal.shape[0], len(asked)))])
        worth = np.concatenate([gain, -cost[asked]])
        room = problem.arrays.required[asked].astype(float)
        bounds = np.vstack([bounds, np.column_stack([np.zeros(len(asked)), room])])
    unit = (float(np.abs(worth).max()) or 1.0) / _LARGEST
    answer = linprog(
        -worth / unit,
        matrix if matrix.shape[0] else None,
        np.concatenate(sides) if matrix.shape[0] else None,
        equal if equal.shape[0] else None,
        counts.fewest[exact] if equal.shape[0] else None,
        bounds=bounds,
        method="highs-ds",
        options={
            "presolve": False,
            "time_limit": min(seconds, 1e9),
            "dual_feasibility_tolerance": _FINEST,
        },
    )
    if answer.x is None or answer.status:
        return None
    parts = np.split(
        np.maximum(0.0, -answer.ineqlin.marginals) * unit if matrix.shape[0] else np.zeros(0),
        np.cumsum([len(side) for side in sides])[:-1],
    )
    of_worker, of_place = np.zeros(len(counts.limit)), shift
    of_worker[several] += parts[0]
    of_worker[counts.least > 0] -= parts[1]
    of_place[more] += parts[2]
    of_place[fewer] -= parts[3]
    of_place[asked] -= parts[4]
    if equal.shape[0]:
        of_place[exact] -= answer.eqlin.marginals * unit
    return pairs[answer.x[:size] > 0.5], of_worker, of_place


def _reach(
    problem: Problem, counts: _Counts, reduced: FloatArray, own: FloatArray, place: FloatArray
) -> Reach:
    """The bound of this module's text, and that less what a pair costs."""
    arrays, allowed = problem.arrays, np.isfinite(reduced)
    pinned = arrays.pinned & allowed
    size = np.abs(problem.gain) + np.abs(own)[:, None] + np.abs(place)
    used = allowed & (pinned | (reduced > -ROUNDING * size))
    short = np.zeros_like(place) if arrays.missing_cost is None else arrays.missing_cost
    short = np.where(np.isfinite(short) & (short > 0), short, 0.0)
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
        [np.maximum(reduced[used], np.where(pinned[used], -np.inf, 0.0)), of_worker, of_task, *beside]
    )
    bound = math.fsum(summed)
    sizes = float(size[used].sum() + (np.abs(place) * at.max(axis=0)).sum() + np.abs(summed).sum())
    pairs = np.where(allowed, bound + np.where(pinned, 0.0, np.minimum(0.0, reduced)), -np.inf)
    return Reach(bound, pairs, ROUNDING * sizes)
