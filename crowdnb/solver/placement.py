"""Workers on places by linear assignment, whatever their conflicts; and teams without any.

Without eqs. 11 and 12 the problem of eqs. 7 to 10 is a linear assignment of workers to places, L_j
of them per task, which :func:`scipy.optimize.linear_sum_assignment` settles exactly.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.arrays import beneath
from crowdnb.model.problem import Problem

# workers × places of one linear assignment, 400 MB; with more the engine is asked at once
_CELLS = 50_000_000


def place_at_most(problem: Problem, team: IntArray | None = None) -> IntArray | None:
    """The best places, of a team or of all, where they may stay empty and no conflict counts.

    None where that is no linear assignment.
    """
    m, places = len(problem.workers), np.minimum(problem.most, len(problem.workers))
    one_each = (
        problem.arrays.worker_limits.max() <= 1 and not len(problem.pins) and problem.budget is None
    )
    if problem.required_rule != "at most" or not one_each or m * places.sum() > _CELLS:
        return None
    if problem.arrays.pair_effects is not None:
        return None
    task = np.repeat(np.arange(len(places)), places)
    gain = np.where(problem.eligible, problem.gain, 0.0).clip(min=0.0)[:, task]
    if team is not None:
        gain[np.setdiff1d(np.arange(m), team)] = 0.0
    row, at = linear_sum_assignment(gain, maximize=True)
    filled = gain[row, at] > 0
    return np.column_stack([row, task[at]])[filled]


def compatible(problem: Problem, order: IntArray) -> IntArray:
    """Positions of a team without conflicts: each in turn joins unless one is against it."""
    barred, against = np.zeros(len(problem.workers), dtype=bool), problem.arrays.worker_conflicts
    chosen = []
    for i in order.tolist():
        if not barred[i]:
            chosen.append(i)
            barred |= against[i]
    return np.array(sorted(chosen), dtype=np.int64)


def rounded(problem: Problem, pairs: IntArray, found: FloatArray) -> IntArray | None:
    """An integer assignment from a solver's T, as positions, or None.

    Whole-project scope: the best places for the workers that were chosen. Same-task scope: the
    whole T nearest to the one found. With options beyond the paper: the pairs above one half.
    """
    if not problem.plain:
        return pairs[found > 0.5]
    i, j = pairs.T
    allowed = np.zeros(problem.arrays.qualification.shape, dtype=bool)
    allowed[i, j] = True
    if problem.conflict_scope == "project":
        team = np.bincount(i, found, minlength=len(allowed)) > 0.5
        return place(problem, team.nonzero()[0], allowed=allowed)
    t = np.zeros(problem.arrays.qualification.shape)
    t[i, j] = found
    return place(problem, gain=t, allowed=allowed)


def place(
    problem: Problem,
    team: IntArray | None = None,
    gain: FloatArray | None = None,
    allowed: BoolArray | None = None,
) -> IntArray | None:
    """Positions that fill every place for the greatest gain, whatever the conflicts, or None.

    Parameters
    ----------
    problem : Problem
    team : ndarray of int, optional
        Positions of the workers who may be chosen; everybody when not given.
    gain, allowed : ndarray, shape (m, n), optional
        W_j Q_ij and the eligible pairs when not given.
    """
    gain, allowed = (
        problem.value if gain is None else gain,
        problem.eligible if allowed is None else allowed,
    )
    need = problem.arrays.required
    if (len(gain) if team is None else len(team)) < need.sum():
        return None
    task = None if (need == 1).all() else np.repeat(np.arange(len(need)), need)
    if team is not None:
        gain, allowed = gain[team], allowed[team]
    if task is not None:
        gain, allowed = gain[:, task], allowed[:, task]
    if not allowed.all():
        gain = np.where(allowed, gain, -np.inf)
    try:
        # to copy them takes a fifth of the whole solve at 2000 × 666, without conflicts
        row, at = linear_sum_assignment(beneath(gain), maximize=True)
    except ValueError:  # "cost matrix is infeasible"
        return None
    return np.array((row if team is None else team[row], at if task is None else task[at])).T


def place_with(problem: Problem, fixed: BoolArray, allowed: BoolArray) -> IntArray | None:
    """:func:`place` of a plain problem with all of the fixed pairs, or None.

    Whoever is in conflict with a fixed worker is left out; other conflicts do not count. So ρ of no
    assignment of these pairs exceeds what this one comes to.
    """
    pins = np.argwhere(fixed)
    free, need = allowed & ~ruled_out(problem, pins), need_besides(problem, pins)
    task, rows = np.repeat(np.arange(len(need)), need), np.flatnonzero(free.any(axis=1))
    gain = np.where(free[rows], problem.value[rows], -np.inf)[:, task]
    if len(rows) < len(task):
        return None
    try:
        row, at = linear_sum_assignment(gain, maximize=True)
    except ValueError:  # "cost matrix is infeasible"
        return None
    return np.concatenate([pins, np.column_stack([rows[row], task[at]])])


def ruled_out(problem: Problem, pins: IntArray) -> BoolArray:
    """Pairs of a plain problem that go with none of these: of their workers, and in conflict; m × n."""
    out = np.zeros(problem.arrays.qualification.shape, dtype=bool)
    for i, j in pins.tolist():
        against = problem.arrays.worker_conflicts[i]
        out[against, slice(None) if problem.conflict_scope == "project" else j] = True
    out[pins[:, 0]] = True
    return out


def need_besides(problem: Problem, pins: IntArray) -> IntArray:
    """How many workers each task needs besides these pairs, shape (n,)."""
    taken = np.bincount(pins[:, 1], minlength=len(problem.tasks))
    return np.asarray(problem.arrays.required - taken)
