"""The best assignment of a problem, checked; or why there is none (sections 4 and 5).

One solve is a :class:`crowdnb.solver.search.Search`, whose text has the steps. Here are the three
ways to ask for it: once, again and again with other numbers, and for every budget.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.labels import FloatArray, finite, several
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import BUDGET_TOLERANCE, cost
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.solver.compiled_program import CompiledProgram
from crowdnb.solver.engine import pick
from crowdnb.solver.search import Search, optimum, tie

# Rows of possible conflicts that a compiled program may have: one for each two workers (and task),
# whether they are in conflict or not, which costs more with each than writing the program afresh.
_COMPILED = 1000


def solve(
    problem: Problem,
    solver: str | None = None,
    time_limit: float | None = None,
    tie_break: Literal["labels"] | None = None,
) -> Assignment:
    """Find the assignment of greatest group performance ρ, checked; or say why there is none.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        ``"GLPK_MI"``, ``"CBC"``, ``"HIGHS"``, or any mixed-integer solver that cvxpy finds. When
        not given, the first of these three that is installed; HIGHS takes over where it is not done
        in a few seconds, or in half of the time limit. Of more than 200 pairs none is asked
        where the bounds alone prove the answer; of more than 1,000 that can still matter, without
        options, local search and branch and bound come first, for ten seconds where there is no
        time limit. HIGHS also answers for GLPK_MI where there is a
        budget and the largest cost is more than 10⁴ times the smallest: GLPK loses assignments
        there. Beside other engines it is asked about 200 pairs or fewer with a budget or capacities.
    time_limit : float, optional
        Seconds, > 0, for all of it.
    tie_break : {"labels"}, optional
        Among tied optima take the first in the order of labels (a2 before a10, in whatever order
        they come), with every solver the same: the first worker gets the first task that an
        optimum allows, and so on. Costs further solves.

    Returns
    -------
    Assignment
        Status ``optimal``, ``infeasible`` (with reasons), or ``time_limit`` (with the best checked
        assignment that is known, if there is one, and a bound that no assignment exceeds). An
        interrupt from the keyboard while an engine works ends like a time limit.

    Raises
    ------
    ValueError
        The time limit is not above 0, or longer than 10⁶ s; no solver has that name;
        unknown tie_break.
    ModuleNotFoundError
        The solver is not installed; the message names the package to install.
    SolverAnswerError
        The solver's answer breaks a rule, or scores other than it says.

    Notes
    -----
    Eqs. 7 to 12, as the text of :mod:`crowdnb.solver.boolean_program` writes them.

    Examples
    --------
    >>> import crowdnb as cn
    >>> answer = cn.solve(cn.load_case_study().problem())
    >>> answer.status, round(answer.performance, 3)
    ('optimal', 2.697)
    """
    search = Search(problem, solver, time_limit, tie_break)
    try:
        return search.answer()
    except KeyboardInterrupt:
        return search.interrupted()


class Program:
    """A problem's program compiled once, and solved again for other values over the same labels.

    Q, W, L, C^R and C^A stand in its objective and its right-hand sides only, so that nothing but
    numbers changes between two solves. Beyond 1,000 rows of conflicts, or with options
    beyond the paper, each solve starts afresh, as :func:`solve` does.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        As for :func:`solve`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> program = cn.Program(cn.load_case_study().problem())
    >>> round(program.resolve(worker_conflicts=[("a3", "a5")]).performance, 4)
    2.5695
    >>> round(program.resolve().performance, 4)
    2.6973
    """

    def __init__(self, problem: Problem, solver: str | None = None) -> None:
        self.problem, self.solver = needed(problem), solver
        pick(solver)
        m, n = problem.arrays.qualification.shape
        rows = m * (m - 1) // 2 * (1 if problem.conflict_scope == "project" else n)
        self.compiled = (
            CompiledProgram(m, n, problem.conflict_scope)
            if problem.plain and rows <= _COMPILED
            else None
        )

    def resolve(
        self,
        *,
        qualification: Any = None,
        required: Any = None,
        task_weights: Any = None,
        task_conflicts: Any = None,
        worker_conflicts: Any = None,
        time_limit: float | None = None,
        tie_break: Literal["labels"] | None = None,
    ) -> Assignment:
        """Solve with these values, each as :class:`Problem` takes it; the others are its own.

        Returns
        -------
        Assignment
            Checked as every answer of :func:`solve`.

        Raises
        ------
        ValueError
            As :class:`Problem` and :func:`solve`; also where a label is not one of the problem's.
        """
        values = {
            "qualification": qualification,
            "required": required,
            "task_weights": task_weights,
            "task_conflicts": task_conflicts,
            "worker_conflicts": worker_conflicts,
        }
        given = {name: value for name, value in values.items() if value is not None}
        search = self._search(self.problem.changed(**given), time_limit, tie_break)
        try:
            return search.answer()
        except KeyboardInterrupt:
            return search.interrupted()

    def best(
        self,
        problem: Problem,
        time_limit: float | None = None,
        tie_break: Literal["labels"] | None = None,
    ) -> Assignment:
        """The optimum of any variant: compiled where it is of the same form, else afresh.

        Every variant is solved here, that of a scenario and that of an explanation. An interrupt
        passes, as of :func:`crowdnb.solver.search.optimum`.
        """
        return self._search(problem, time_limit, tie_break).answer()

    def _search(self, problem: Problem, time_limit: float | None, tie_break: str | None) -> Search:
        mine = self.problem
        same = needed(problem).arrays.qualification.shape == mine.arrays.qualification.shape
        same = same and problem.plain and problem.conflict_scope == mine.conflict_scope
        compiled = self.compiled if same else None
        return Search(problem, self.solver, time_limit, tie_break, compiled)


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
        the last one cost.
    solver, time_limit
        As for :func:`solve`, for each budget.

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
        The problem has no costs.

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

    def ask(budget: float) -> Assignment:
        return optimum(problem.changed(budget=budget), solver, time_limit)

    if budgets is None:
        points = _where_rho_changes(problem, problem.arrays.costs, ask)
    else:
        given = finite(
            budgets if isinstance(budgets, np.ndarray) else several(budgets, "budgets"), "budgets"
        )
        if given.ndim != 1:
            raise ValueError(f"budgets: a row of numbers is needed, got shape {given.shape}")
        bar = tqdm(sorted(given.tolist()), desc="budgets", leave=False, delay=5)
        points = [_point(budget, ask(budget)) for budget in bar]
    return pd.DataFrame(points, columns=_Point._fields).set_index("budget")


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


def _where_rho_changes(
    problem: Problem, costs: FloatArray, ask: Callable[[float], Assignment]
) -> list[_Point]:
    """The least budget for each ρ, rising: each solve asks for less than the last one cost."""
    points: list[_Point] = []
    budget, step, least = math.fsum(np.abs(costs).ravel()), 0.0, math.inf
    with tqdm(desc="budgets", leave=False, delay=5) as bar:
        while (answer := ask(budget)).status == "optimal" and answer.placed is not None:
            bar.update()
            paid = cost(problem, answer.placed)
            if paid >= least:  # within the rounding of its larger costs
                step *= 10
            else:
                lead = tie(problem, answer.placed)
                if points and answer.performance >= points[-1].performance - lead:
                    points.pop()  # as good, and cheaper
                points.append(_point(paid, answer))
                least = paid
                sizes = math.fsum(np.abs(costs[answer.placed[:, 0], answer.placed[:, 1]]))
                step = 4 * BUDGET_TOLERANCE * max(sizes, 1e-300)
            budget = least - step
    stopped = [_point(budget, answer)] if answer.status == "time_limit" else []
    return [*stopped, *reversed(points)]
