"""The plan of a project: the one answer that every output gives, and the words used of it.

The command, the page, the bench and :class:`crowdnb.Scenarios` all ask :func:`plan_of`, and
:meth:`crowdnb.Project.solve` the same program in the same way, but that Ctrl-C gives its best so
far. So they name the same people, where optima tie those that come first by label (eqs. 7 to 12
leave the choice open), and the same engine.
"""

from __future__ import annotations

from collections.abc import Hashable

from crowdnb.model.assignment import TIED, Assignment
from crowdnb.model.problem import Problem
from crowdnb.solver.program import Program
from crowdnb.solver.ties import tie_break


class Programs:
    """Programs compiled once for each form of problem, and asked again for other numbers."""

    def __init__(self, solver: str | None = None) -> None:
        self.solver = solver
        self._held: dict[Hashable, Program] = {}

    def of(self, problem: Problem) -> Program:
        """The program of problems of this size, scope and kind."""
        form = (problem.arrays.qualification.shape, problem.conflict_scope, problem.plain)
        if form not in self._held:
            self._held[form] = Program(problem, self.solver)
        return self._held[form]


def plan_of(problem: Problem, programs: Programs, time_limit: float | None = None) -> Assignment:
    """The best assignment; of tied ones the first by label. An interrupt passes to the user."""
    return programs.of(problem).best(problem, time_limit, tie_break(problem))


def proved_by(answer: Assignment) -> str:
    """Who proved an answer, in the same words everywhere."""
    return "by bounds, no solver needed" if answer.solver == "none" else answer.solver


def tie_line(answer: Assignment) -> str:
    """Whether another assignment is as good, in a sentence; empty where none is, or none is known.

    Where the time was short, the reasons of the answer say that their order is open.
    """
    if answer.placed is None or answer.status != "optimal":
        return ""
    return " ".join(answer.reasons) or (TIED if answer.tied else "")
