"""The optimum of a problem and of its variants: pairs forced, pairs barred, other numbers.

A pair (i, j) of the paper's problem is forced by taking it out: task j asks for one fewer, worker i
is gone, and whoever is in conflict with i is gone too (from j only, in same-task scope). With
options it is pinned. A pair is forbidden by C^R_ij = 1.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import broken_rules
from crowdnb.model.problem import Problem, needed
from crowdnb.model.terms import score
from crowdnb.solver.clock import Clock, TimeOverError
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.placement import need_besides, place_with, ruled_out
from crowdnb.solver.program import Program
from crowdnb.solver.ties import tie, tie_break


class Oracle:
    """The optimum of a problem and of variants over the same labels, compiled once.

    With a time limit, which is for all questions together, TimeOverError comes out of each that is
    not settled.
    """

    def __init__(
        self, problem: Problem, solver: str | None = None, time_limit: float | None = None
    ) -> None:
        self.problem, self.clock = needed(problem), Clock(time_limit)
        self.program = Program(problem, solver)
        self.clock.start()  # the solver is loaded by now

    def best(self, problem: Problem) -> Assignment:
        """The optimum of a variant, as :func:`crowdnb.solve` finds and checks it."""
        return self._settled(self.program.best(problem, self.clock.limit))

    def _settled(self, answer: Assignment) -> Assignment:
        if answer.status == "time_limit":
            raise TimeOverError
        return answer

    @cached_property
    def optimum(self) -> Assignment:
        """The optimum of the problem itself; of tied ones the one that a project's outputs name."""
        ties = tie_break(self.problem)
        return self._settled(self.program.best(self.problem, self.clock.limit, ties))

    @cached_property
    def tie(self) -> float:
        """Differences of ρ below it are none: 10⁻⁹ of the sizes summed. There is an assignment."""
        return tie(self.problem, placed_of(self.optimum))

    def restricted(self, forced: IntArray, barred: BoolArray) -> Problem | None:
        """What is left with pairs forced and barred; None where the forced ones break a rule."""
        problem = self.problem
        excluded = problem.arrays.task_conflicts | barred
        if (excluded[forced[:, 0], forced[:, 1]]).any() or broken_rules(
            problem, forced, partly=True
        ):
            return None
        if not problem.plain:
            pinned = problem.arrays.pinned.copy()
            pinned[forced[:, 0], forced[:, 1]] = True
            return problem.changed(task_conflicts=excluded, pinned=pinned)
        excluded = excluded | ruled_out(problem, forced)
        return problem.changed(task_conflicts=excluded, required=need_besides(problem, forced))

    def best_with(self, forced: IntArray, barred: BoolArray) -> IntArray | None:
        """Positions of the best assignment with pairs forced and barred, or None."""
        rest = self.restricted(forced, barred)
        return None if rest is None else self._joined(forced, self.best(rest).placed)

    def bound_with(self, forced: IntArray, barred: BoolArray) -> tuple[float, IntArray | None]:
        """What no assignment with pairs forced and barred exceeds; the best one, if found at once.

        The forced pairs are part of some valid assignment.
        """
        problem = self.problem
        if not problem.plain:
            return math.inf, None
        fixed = np.zeros_like(barred)
        fixed[forced[:, 0], forced[:, 1]] = True
        placed = place_with(problem, fixed, problem.eligible & ~barred)
        if placed is None:
            return -math.inf, None
        return score(problem, placed), None if broken_rules(problem, placed) else placed

    def _joined(self, forced: IntArray, placed: IntArray | None) -> IntArray | None:
        if placed is None:
            return None
        return np.concatenate([forced, placed]) if self.problem.plain else placed


def placed_of(answer: Assignment) -> IntArray:
    """Positions of the optimum of a problem of which an assignment is known."""
    if answer.placed is None:
        raise SolverAnswerError(
            f"internal error: {answer.solver} says that no assignment exists, and there is one"
        )
    return answer.placed
