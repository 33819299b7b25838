r"""The boolean program in cvxpy (sections 4 and 5).

Whole-project scope is written with one boolean per worker (formulation F3c):

    max  Σ_ij W_j Q_ij T_ij           T_ij ≥ 0, only for pairs that are allowed
    s.t. Σ_i T_ij = L_j               each task gets its workers                  (9)
         Σ_j T_ij = y_i               y_i ∈ {0, 1}: worker i is chosen or not     (10)
         Σ_{i in clique} y_i ≤ 1      for cliques that cover the conflicts C^A    (11), (12)

With y fixed the rest is a transportation problem, whose best vertex is integer, so m booleans do the
work of m·n. In same-task scope (11 alone) T itself is boolean and the clique rows stand for each
task. With options of :class:`crowdnb.Problem` beyond the paper T is boolean as well. The rows are
those of :mod:`crowdnb.model.rows`, and of :mod:`crowdnb.model.terms` for what is only undesirable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from crowdnb.labels import FloatArray, IntArray
from crowdnb.model.check import BUDGET_TOLERANCE, budget_slack
from crowdnb.model.problem import Problem
from crowdnb.model.rows import Rows, rows
from crowdnb.model.rules import Rules
from crowdnb.model.terms import Beside, beside

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
    some: IntArray | None = None,
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

    rules = Rules.of(problem)
    blocks = ready_rows(problem, pairs)
    # with a row against one assignment a best T need not be integer by itself
    whole = not (problem.plain and rules.together) or len(refused) > 0 or some is not None
    t = cp.Variable(len(pairs), boolean=True) if whole else cp.Variable(len(pairs), nonneg=True)
    y = cp.Variable(len(problem.workers), boolean=True) if rules.together else None
    if not whole:  # the team is exactly who has a task, so that with y whole a best T is whole
        blocks["limit"] = blocks["limit"]._replace(low=blocks["limit"].high)
    kept: list[Any] = [rule for block in blocks.values() for rule in _written(block, t, y)]
    gain = problem.gain[pairs[:, 0], pairs[:, 1]]
    if problem.soft:
        terms = beside(problem, pairs)
        # with bounds of its own, not in rows: HiGHS loses optima where a real column has no end
        z = cp.Variable(len(terms.worth), bounds=[0, terms.most]) if len(terms.worth) else None
        largest = max(np.abs(part).max(initial=0.0) for part in (gain, terms.worth)) or 1.0
        objective: Any = SCALE * gain / largest @ t
        if z is not None:
            objective = objective + SCALE * terms.worth / largest @ z
            kept += _terms(terms, t, y, z)
    elif problem.exact:
        objective = gains(problem, pairs) @ t
    else:
        objective = SCALE * gain / (np.abs(gain).max(initial=0) or 1.0) @ t
    if not problem.plain:
        spare = cp.Variable(2, boolean=True)
        kept.append(spare[0] + spare[1] <= 1)
        objective = objective + spare[0] + spare[1]
    if pins is not None and len(pins):
        kept.append(t[pins] == 1)
    for chosen in refused:
        sign = -np.ones(len(pairs))
        sign[chosen] = 1
        kept.append(sign @ t <= len(chosen) - 1)
    if some is not None:
        kept.append(np.ones(len(some)) @ t[some] >= 1)
    return cp.Problem(cp.Maximize(objective), kept), t


def ready_rows(problem: Problem, pairs: IntArray) -> dict[str, Rows]:
    """The rows of a problem over some pairs, sums of real numbers in a unit that engines can take."""
    blocks = rows(Rules.of(problem), pairs)
    # more than everybody cannot be; with rows on both sides engines settle ties as they always have
    most = np.minimum(blocks["place"].high, len(problem.workers))
    blocks["place"] = blocks["place"]._replace(high=most)
    if "budget" in blocks:
        sizes = float(np.abs(blocks["budget"].pairs.data).sum())
        blocks["budget"] = scaled(blocks["budget"], budget_slack(problem, sizes))
    if "capacity" in blocks:
        blocks["capacity"] = scaled(blocks["capacity"], BUDGET_TOLERANCE * blocks["capacity"].high)
    return blocks


def _written(block: Rows, t: cp.Variable, y: cp.Variable | None) -> Iterator[cp.Constraint]:
    """Some rows in cvxpy: equations where both sides are the same, and inequalities."""
    block = block.only((block.entries() > 0) | (block.low > 0) | (block.high < 0))
    equal = block.low == block.high
    for which, sign in (
        (equal, "=="),
        (~equal & np.isfinite(block.low), ">="),
        (~equal & np.isfinite(block.high), "<="),
    ):
        if not which.any():
            continue
        part = block.only(which)
        total: Any = part.pairs @ t
        if part.team is not None:
            total = total + part.team @ y if part.pairs.nnz else part.team @ y
        match sign:
            case "==":
                yield total == part.low
            case ">=":
                yield total >= part.low
            case _:
                yield total <= part.high


def _terms(
    terms: Beside, t: cp.Variable, y: cp.Variable | None, z: cp.Variable
) -> Iterator[cp.Constraint]:
    """The rows of what ρ sums beside the pairs, in cvxpy."""
    total: Any = terms.pairs @ t + terms.own @ z
    yield (total if y is None else total + terms.team @ y) >= terms.low


def scaled(block: Rows, slack: FloatArray | float, largest: float = 1.0) -> Rows:
    """Rows each in a unit in which its largest number is ``largest``, with room for rounding."""
    numbers = block.pairs.copy()
    row = np.repeat(np.arange(len(block.who)), np.diff(numbers.indptr))
    size, unit = np.abs(numbers.data), np.zeros(len(block.who))
    np.maximum.at(unit, row, size)
    unit = np.where(unit == 0, 1.0, unit) / largest
    # the rest is looked at when the answer is there: what exceeds is refused
    small = size < SEEN * largest * unit[row]
    most = block.high + slack + np.bincount(row, np.where(small, size, 0.0), len(unit))
    numbers.data = np.where(small, 0.0, numbers.data / unit[row])
    numbers.eliminate_zeros()
    return block._replace(pairs=numbers, high=most / unit)


def gains(problem: Problem, pairs: IntArray) -> FloatArray:
    """What stands for W_j Q_ij in the program.

    1 for the best of a task, down to 1 - 10,000 for the worst of all.
    """
    short = shortfall(problem, pairs)
    return np.asarray(1 - 1e4 * short / (short.max(initial=0) or 1.0))


def shortfall(problem: Problem, pairs: IntArray) -> FloatArray:
    """What each pair falls short of the best pair for its task, ≥ 0."""
    worker, task = pairs.T
    value = problem.value[worker, task]
    best = np.full(len(problem.tasks), -np.inf)
    np.maximum.at(best, task, value)
    return np.asarray(best[task] - value)
