"""The best assignment of a problem, checked; or why there is none (sections 4 and 5).

One solve is a :class:`crowdnb.solver.search.Search`, whose text has the steps. Here are the two
ways to ask for it: once, and again and again with other numbers.
"""

from __future__ import annotations

from typing import Any, Literal

from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.compiled_program import CompiledProgram
from crowdnb.solver.engine import pick
from crowdnb.solver.search import Search

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
        where the bounds alone prove the answer, and whatever the size none where of the options
        only counts bind; of more than 1,500 that can still matter, without options, local search
        and branch and bound come first, for ten seconds where there is no time limit, and of more
        than 200 where there is one. HIGHS also answers for GLPK_MI where there is a budget and the
        largest cost is more than 10⁴ times the smallest: GLPK loses assignments there. Beside other
        engines it is asked about 200 pairs or fewer with a budget or capacities.
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
