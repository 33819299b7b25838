r"""The greatest ρ for each budget: every budget at which it changes, from the dearest down.

Each question asks for less than the last answer cost. What is known beforehand makes it small: for
some prices λ ≥ 0 of a unit of cost, the best of ρ - λ c is an assignment that no other beats at its
own cost, and is found as easily as the best without a budget. So assignments along the whole
frontier (those on its hull) are known from the start, from both ends; pairs that reach less than
the best of them within the budget (:mod:`crowdnb.solver.dual_bound`) are left out of the question.

References
----------
Y. P. Aneja, K. P. K. Nair, "Bicriteria transportation problem", Management Science 25 (1979) 73-78:
the hull, by prices from the two points beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.labels import FloatArray, IntArray, finite, several
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import BUDGET_TOLERANCE, broken_rules, cost
from crowdnb.model.obstacles import affordable
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.model.terms import score
from crowdnb.solver.clock import Clock, TimeOverError
from crowdnb.solver.dual_bound import dual_reach
from crowdnb.solver.other_values import valued
from crowdnb.solver.search import optimum
from crowdnb.solver.ties import tie

_NEAR = (
    1e-6  # of what ρ rises by between two points: what one above the line between gains at least
)

_DIGITS = 6  # behind the point, of costs that are amounts of money or hours
_LARGEST = 2.0**50  # of them whole numbers are exact
_ROUNDING = 1e-12  # of a cost, that its digits are not written
# of the largest cost: budgets that are nearer to each other are one, where no cost is so small that
# this matters beside it. At a tenth of it engines took five times as long.
_SAME, _NARROW = 1e-6, 1e3


def frontier(
    problem: Problem,
    budgets: Sequence[float] | FloatArray | None = None,
    solver: str | None = None,
    time_limit: float | None = None,
) -> pd.DataFrame:
    """The greatest ρ for each budget: how able a group can be for what may be spent.

    Parameters
    ----------
    problem : Problem
        With costs; its own budget does not matter.
    budgets : sequence of float, optional
        In the unit of the costs. When not given, every budget at which ρ changes, from the dearest
        assignment that is worth its costs down to the cheapest one: each solve asks for less than
        the last one cost. Costs of more than six digits behind the point count as the same where
        they differ by less than a millionth of the largest one.
    solver, time_limit
        As for :func:`solve`; the time is for all budgets together.

    Returns
    -------
    DataFrame
        Index ``budget``, rising; columns ``performance`` (ρ, NaN where there is no assignment, and
        where the time was over before the greatest was proved), ``cost`` (what the assignment
        costs) and ``status``. Without budgets of one's own nothing is known below one at which the
        time was over.

    Raises
    ------
    ValueError
        The problem has no costs; the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.2]], [1, 0], costs=[[5, 1], [2, 1]], budget=5)
    >>> cn.frontier(problem)["performance"].to_dict()
    {2.0: 0.7, 5.0: 0.9}
    """
    needed(problem)
    if problem.arrays.costs is None:
        raise ValueError("frontier: the problem has no costs; give it costs and a budget")
    search = _Search(problem, problem.arrays.costs, solver, Clock(time_limit))
    if budgets is None:
        points = search.where_rho_changes()
    else:
        given = finite(
            budgets if isinstance(budgets, np.ndarray) else several(budgets, "budgets"), "budgets"
        )
        if given.ndim != 1:
            raise ValueError(f"budgets: a row of numbers is needed, got shape {given.shape}")
        bar = tqdm(sorted(given.tolist()), desc="budgets", leave=False, delay=5)
        points = [_point(budget, search.best(budget)) for budget in bar]
    frame = pd.DataFrame(points, columns=_Point._fields)
    numbers: Any = dict.fromkeys(_Point._fields[:3], float)  # also of no points
    return frame.astype(numbers).set_index("budget")


class _Point(NamedTuple):
    """One budget, and what it buys: NaN where nothing does, or the best was not proved."""

    budget: float
    performance: float
    cost: float
    status: Status


def _point(budget: float, answer: Assignment) -> _Point:
    if answer.placed is None or answer.status != "optimal":  # ρ may be anything up to the bound
        return _Point(budget, math.nan, math.nan, answer.status)
    return _Point(budget, answer.performance, cost(answer.problem, answer.placed), answer.status)


class _Known(NamedTuple):
    """An assignment that keeps all rules but the budget."""

    cost: float
    rho: float
    placed: IntArray


class _Search:
    """The budgets of one problem, and the assignments known of it."""

    def __init__(
        self, problem: Problem, costs: FloatArray, solver: str | None, clock: Clock
    ) -> None:
        self.problem, self.costs, self.solver, self.clock = problem, costs, solver, clock
        self.known = list[_Known]()
        self.step = _step(costs)

    def best(self, budget: float) -> Assignment:
        """The best assignment within a budget, asked for among pairs that may be in a better one."""
        problem = self.problem.changed(budget=budget)
        if self.clock.over:
            return Assignment.of(problem, None, "time_limit", "none", 0.0, math.inf)
        within = [one for one in self.known if one.cost <= budget]
        known = max(within, key=lambda one: one.rho, default=None)
        asked = problem
        if known is not None and not broken_rules(problem, known.placed):
            dual = dual_reach(problem, affordable(problem, problem.eligible), self.clock.left)
            if dual is not None and dual.bound <= known.rho + tie(problem, known.placed):
                return Assignment.of(problem, known.placed, "optimal", "none", 0.0)
            if dual is not None:
                play = problem.arrays.pinned | (dual.pairs >= known.rho)
                play[tuple(known.placed.T)] = True
                excluded = problem.arrays.task_conflicts | ~play
                asked = problem.changed(task_conflicts=excluded)
        return replace(self._optimum(asked), problem=problem)

    def _optimum(self, problem: Problem) -> Assignment:
        """The optimum, or none where the time is over before it is asked for."""
        try:
            return optimum(problem, self.solver, self.clock.limit)
        except TimeOverError:
            return Assignment.of(problem, None, "time_limit", "none", 0.0, math.inf)

    def where_rho_changes(self) -> list[_Point]:
        """The least budget for each ρ, rising: each solve asks for less than the last one cost."""
        points: list[_Point] = []
        budget, step, least = math.fsum(np.abs(self.costs).ravel()), 0.0, math.inf
        answer = self.best(budget)
        with tqdm(desc="budgets", total=100, unit="%", leave=False, delay=5) as bar:
            while answer.status == "optimal" and answer.placed is not None:
                paid = cost(self.problem, answer.placed)
                if not points:
                    ends = self._hull(_Known(paid, answer.performance, answer.placed))
                far = f"{paid:g} down to {ends:g}, {len(points)} found"
                bar.set_postfix_str(far, refresh=False)
                if paid >= least:  # within the rounding of its larger costs
                    step *= 10
                else:
                    lead = tie(self.problem, answer.placed)
                    if points and answer.performance >= points[-1].performance - lead:
                        points.pop()  # as good, and cheaper
                    points.append(_point(paid, answer))
                    least = paid
                    sizes = math.fsum(np.abs(self.costs[tuple(answer.placed.T)]))
                    step = max(4 * BUDGET_TOLERANCE * max(sizes, 1e-300), self.step)
                    share = (points[0].cost - paid) / ((points[0].cost - ends) or 1.0)
                    bar.update(round(100 * min(share, 1.0)) - bar.n)
                budget = least - step
                answer = self.best(budget)
        stopped = [_point(budget, answer)] if answer.status == "time_limit" else []
        return [*stopped, *reversed(points)]

    def _hull(self, top: _Known) -> float:
        """Learn of assignments on the frontier's hull below one; about what the cheapest costs."""
        self.known.append(top)
        bottom = self._of_value(-self.costs)
        if bottom is None:
            return top.cost
        between = [(bottom, top)]
        while between and not self.clock.over:
            low, high = between.pop()
            if not (high.cost > low.cost and high.rho > low.rho):
                continue
            price = (high.rho - low.rho) / (high.cost - low.cost)
            found = self._of_value(self.problem.value - price * self.costs)
            if found is None:
                break
            gains = found.rho - price * found.cost - (high.rho - price * high.cost)
            if gains > _NEAR * (high.rho - low.rho):
                between += [(low, found), (found, high)]
        return bottom.cost

    def _of_value(self, value: FloatArray) -> _Known | None:
        """The best assignment by other values of the pairs, which then is known."""
        if self.problem.soft or self.clock.over:
            return None
        priced = valued(self.problem.changed(budget=None, costs=None), value)
        placed = self._optimum(priced).placed
        if placed is None:
            return None
        found = _Known(cost(self.problem, placed), score(self.problem, placed), placed)
        self.known.append(found)
        return found


def _step(costs: FloatArray) -> float:
    """How far below the cost of the last answer the next budget is.

    Half of the largest number that all costs are multiples of: then a budget is kept or broken by
    far. Engines, which see rows to a tolerance, take hundreds of times as long over one that is
    missed by a billionth, since all assignments of that cost seem to keep it. Where costs have too
    many digits, so little that they are as good as the same; 0 where they are of many sizes.
    """
    sizes = np.abs(costs)
    largest = float(sizes.max())
    for digits in range(_DIGITS + 1):
        scaled = sizes * 10**digits
        whole = np.rint(scaled)
        if whole.max() > _LARGEST:
            break
        if (np.abs(scaled - whole) <= _ROUNDING * scaled).all():
            unit: int = math.gcd(*whole.astype(np.int64).ravel().tolist())
            return 0.5 * unit / float(10**digits)
    narrow = largest <= _NARROW * sizes.min(where=sizes > 0, initial=math.inf)
    return _SAME * largest if narrow else 0.0
