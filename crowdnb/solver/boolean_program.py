r"""The boolean program in cvxpy (sections 4 and 5).

Whole-project scope is written with one boolean a worker (formulation F3c):

    max  Σ_ij W_j Q_ij T_ij           T_ij ≥ 0, only for pairs that are allowed
    s.t. Σ_i T_ij = L_j               each task gets its workers                  (9)
         Σ_j T_ij = y_i               y_i ∈ {0, 1}: worker i is chosen or not     (10)
         Σ_{i in clique} y_i ≤ 1      for cliques that cover the conflicts C^A    (11), (12)

With y fixed the rest is a transportation problem, whose best vertex is whole, so m booleans do the
work of m·n. In same-task scope (11 alone) T itself is boolean and the clique rows stand for each
task. With options of :class:`crowdnb.Problem` beyond the paper T is boolean as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from crowdnb.labels import FloatArray, IntArray
from crowdnb.model.check import budget_slack
from crowdnb.model.conflict_graph import cliques, incidence, members, task_rows
from crowdnb.model.problem import Problem

if TYPE_CHECKING:
    import cvxpy as cp


SEEN = 1e-9  # of the largest cost: smaller ones HIGHS leaves out by itself


# the largest number of a program with options, beside which FINEST and CBC's step of 1e-5 are 1e-11
SCALE = 1e6


def boolean_program(
    problem: Problem,
    pairs: IntArray,
    pins: IntArray | None = None,
    refused: Sequence[IntArray] = (),
) -> tuple[cp.Problem, cp.Variable]:
    """The program of this module's text over the allowed pairs, and its variable T.

    Where each task has exactly L_j workers, what each pair falls short of the best for its task
    takes the place of W_j Q_ij: the best assignment stays the same. Solvers work to tolerances
    around 1e-6; so scaled, they tell assignments apart that differ by 1e-9 (unscaled, answers were
    up to 9e-7 below the best). 1 is added to each gain, since CBC returns zeros for a program whose
    best value is 0. With options two spare booleans add that 1; they also keep GLPK's presolver
    from emptying the program, upon which it aborts the whole process.
    """
    import cvxpy as cp

    worker, task = pairs.T
    m, n = problem.q.shape
    by_task: Any = incidence(task, n)
    by_worker: Any = incidence(worker, m)
    limits = np.minimum(problem.limits, n)
    together = problem.conflict_scope == "project"
    whole = not (problem.plain and together)
    t = cp.Variable(len(pairs), boolean=True) if whole else cp.Variable(len(pairs), nonneg=True)
    rules: list[Any] = []
    if together:
        y = cp.Variable(m, boolean=True)
        if whole:
            rules.append(by_worker @ t <= sparse.diags_array(limits.astype(float)) @ y)
            if (several := limits[worker] > 1).any():
                rules.append(t[several] <= y[worker[several]])
        else:
            rules.append(by_worker @ t == y)
        if rows := list(cliques(problem)):
            rules.append(members(rows, m) @ y <= 1)
    else:
        rules.append(by_worker @ t <= limits)
        *_, shared = task_rows(problem, members(list(cliques(problem)), m), pairs)
        if shared.shape[0]:
            rules.append(shared @ t <= 1)
    if problem.required_rule == "exactly":
        need = problem.need
        rules.append(by_task[need > 0] @ t == need[need > 0])
        objective: Any = gains(problem, pairs) @ t
    else:
        rules += [by_task @ t >= problem.fewest, by_task @ t <= np.minimum(problem.most, m)]
        value = problem.value[worker, task]
        objective = SCALE * value / (np.abs(value).max(initial=0) or 1.0) @ t
    if not problem.plain:
        spare = cp.Variable(2, boolean=True)
        rules.append(spare[0] + spare[1] <= 1)
        objective = objective + spare[0] + spare[1]
    pinned = np.flatnonzero(problem.must[worker, task])
    if pins is not None:
        pinned = np.union1d(pinned, pins)
    if len(pinned):
        rules.append(t[pinned] == 1)
    if problem.pair_costs is not None and problem.budget is not None:
        cost = problem.pair_costs[worker, task]
        unit = np.abs(cost).max(initial=0) or 1.0
        # the rest is looked at when the answer is there: what exceeds is refused
        seen = np.abs(cost) >= SEEN * unit
        most = (
            problem.budget
            + budget_slack(problem, float(np.abs(cost).sum()))
            + float(np.abs(cost[~seen]).sum())
        )
        rules.append(np.where(seen, cost / unit, 0.0) @ t <= most / unit)
    for chosen in refused:
        sign = -np.ones(len(pairs))
        sign[chosen] = 1
        rules.append(sign @ t <= len(chosen) - 1)
    return cp.Problem(cp.Maximize(objective), rules), t


def gains(problem: Problem, pairs: IntArray) -> FloatArray:
    """What stands for W_j Q_ij in the program: 1 for the best of a task, down to 1 - 10,000 for the worst of all."""
    short = shortfall(problem, pairs)
    return np.asarray(1 - 1e4 * short / (short.max(initial=0) or 1.0))


def shortfall(problem: Problem, pairs: IntArray) -> FloatArray:
    """What each pair falls short of the best pair for its task, ≥ 0."""
    worker, task = pairs.T
    value = problem.value[worker, task]
    best = np.full(len(problem.tasks), -np.inf)
    np.maximum.at(best, task, value)
    return np.asarray(best[task] - value)
