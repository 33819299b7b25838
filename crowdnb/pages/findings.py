"""What a page tells, found out once: the answer, what comes next, what everything is worth.

Every property is found when it is first asked for, so that a page costs only what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pandas as pd

from crowdnb.ability.intervals import Rule
from crowdnb.ability.possibility import possibility_matrix
from crowdnb.explain.alternatives import Alternatives, alternatives
from crowdnb.explain.prices import prices
from crowdnb.explain.repairs import Repairs, repairs
from crowdnb.labels import number
from crowdnb.model.assignment import Assignment
from crowdnb.model.rules import BY_ROW, Rules
from crowdnb.pages.assignment_tables import fits_grid
from crowdnb.project.abilities import Reading
from crowdnb.project.last_plan_changes import Since
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios
from crowdnb.sensitivity.stability import Stability, stability
from crowdnb.solver.clock import Clock
from crowdnb.solver.search import optimum
from crowdnb.solver.ties import tie

# Pairs of worker and task up to which every price is computed: by search, and by mixed-integer
# programs, of which each takes about a second.
_LOOKED_INTO, _BY_PROGRAM = 1500, 300
_STABLE_CRITERIA = 4  # up to which the region of weights is found within seconds
# of repairs, where all others cost 1: people who are not there cost most
COSTS = {"limit": 2.0, "worker": 3.0}
OTHER: dict[Rule, Rule] = {"cloud": "posterior", "posterior": "cloud"}
FEW = 5  # repairs, and names of a list
# seconds for each look into something beside the answer: a page is waited for, and tells what is
# left open
_PATIENCE = 20.0
_LEAST = 0.01  # seconds for whatever is asked when the time is over: a guess, and a bound
# of the time limit, for the answer: the rest is for writing, and for other scenarios if there are
_ALONE, _AMONG_OTHERS = 0.9, 0.5


class Findings:
    """A scenario's answer, and what is asked about it.

    Parameters
    ----------
    plans : Scenarios
    scenario : Scenario
    title : str
        The project's name.
    said : sequence of str
        What was met when the files were read.
    since : Since, optional
        What changed since the plan that is kept beside them.
    """

    def __init__(
        self,
        plans: Scenarios,
        scenario: Scenario,
        title: str,
        said: Sequence[str] = (),
        since: Since | None = None,
    ) -> None:
        self.scenario, self.title = plans.fitted(scenario), title
        self.project, self.limited = plans.project, plans.time_limit is not None
        self.changes = self.scenario.words(self.project)
        limit = None if plans.time_limit is None else number(plans.time_limit)
        others = self.changes or plans.named
        share = _AMONG_OTHERS if others else _ALONE
        self.plans = plans if limit is None else plans.within(share * limit)
        self.answer = self.plans.answer(scenario)
        # loading a solver does not count, so the answer itself says what it took
        rest = None if limit is None else max(_ALONE * limit - self.answer.seconds, _LEAST)
        self._clock = Clock(rest)
        self.since = None if since is None else since.told
        self.problem = self.answer.problem
        self.misfits = plans.left_out(scenario)
        self.notes = [*self.project.notes, *said]
        self.weights = dict(scenario.weights) or self.project.weights_by_criterion
        by_row = self.problem.soft or any(map(Rules.of(self.problem).items, BY_ROW))
        self._most = _BY_PROGRAM if by_row else _LOOKED_INTO
        self.small = self.problem.arrays.qualification.size <= self._most
        self.size = "{} workers × {} tasks".format(*self.problem.arrays.qualification.shape)
        self.fits_grid = fits_grid(*self.problem.arrays.qualification.shape)

    def seconds(self, share: float) -> float:
        """The time limit of a look: a share of what is left to the page, at most the patience."""
        return max(min(share * self._clock.left, _PATIENCE), _LEAST)

    @property
    def not_settled(self) -> str:
        """The end of a sentence about what a look left open."""
        within = "within the time limit" if self.limited else "in the time that a page takes"
        return f"was not settled {within}"

    def _other_answers(self, share: float) -> Scenarios:
        """The plans, with a share of what is left for each further answer."""
        if self.limited:
            self.plans = self.plans.within(max(share * self._clock.left, _LEAST))
        return self.plans

    @property
    def not_looked_into(self) -> str:
        """Why neither the next best nor any price is asked for; empty where they are."""
        if not self.small:
            return f"Not looked into: {self.size}, and more than {self._most:,} pairs take long."
        if self.answer.status != "optimal":
            return "Not looked into: the assignment is not proved the best."
        return ""

    @cached_property
    def given(self) -> Assignment:
        """The answer of the project as its files give it."""
        return self._other_answers(1 / 3).answer(GIVEN)

    @cached_property
    def next_best(self) -> Alternatives | None:
        """The two best assignments; None where they are not asked for, or nobody is assigned."""
        if self.not_looked_into or not self.problem.plain or not len(self.answer.pairs):
            return None
        return alternatives(
            self.problem, limit=2, solver=self.plans.solver, time_limit=self.seconds(1 / 6)
        )

    @cached_property
    def worth(self) -> pd.DataFrame:
        """What every conflict, bar, place and worker is worth; NaN where it is left open."""
        return prices(self.problem, self.plans.solver, self.seconds(2 / 3))

    @cached_property
    def free(self) -> Assignment:
        """The answer without any conflict and bar."""
        none = np.zeros(self.problem.worker_conflicts.shape, dtype=int)
        return optimum(
            self.problem.changed(task_conflicts=None, worker_conflicts=none),
            self.plans.solver,
            self.seconds(1 / 3),
        )

    @property
    def lost(self) -> float:
        """What all conflicts and bars cost together; NaN where that is not proved, 0 for a tie."""
        if self.free.status != "optimal" or self.answer.placed is None:
            return math.nan
        lost = self.free.performance - self.answer.performance
        return lost if lost > self.tie else 0.0

    @property
    def tie(self) -> float:
        """How far two ρ may be apart and still be one; NaN without an assignment."""
        placed = self.answer.placed
        return math.nan if placed is None else tie(self.problem, placed)

    @cached_property
    def filled(self) -> dict[Hashable, Assignment]:
        """The best assignment with all places of a task filled, for tasks with places left empty.

        Of the first few; none where nothing is looked into.
        """
        short, cost = self.answer.missing, self.problem.missing_cost
        if self.not_looked_into or cost is None:
            return {}
        return {
            task: optimum(
                self.problem.changed(missing_cost=cost.where(cost.index != task, math.inf)),
                self.plans.solver,
                self.seconds(1 / 12),
            )
            for task in short[short > 0].index[:FEW]
        }

    @property
    def reading(self) -> Reading:
        """How the rating histories are read."""
        return self.scenario.reading_of(self.project)

    @cached_property
    def by_other(self) -> Assignment | None:
        """The answer with abilities by the other rule; None without histories, or of much.

        None as well where there is no assignment by it.
        """
        if self.project.counts is None or self.not_looked_into or not len(self.answer.pairs):
            return None
        other = OTHER[self.reading.ability]
        one = replace(self.scenario, name="", ability=other, gamma=None, level=None)
        answer = self.plans.within(self.seconds(1 / 3)).answer(one)
        return None if answer.status == "infeasible" else answer

    @cached_property
    def repairs(self) -> Repairs:
        """The cheapest changes after which an assignment exists."""
        return repairs(self.problem, FEW, COSTS, time_limit=self.seconds(1 / 2))

    @cached_property
    def compared(self) -> pd.DataFrame:
        """The scenarios side by side; no row where there are none besides the files."""
        many = len(self.plans.named)
        return self._other_answers(2 / 3 / (many + 1)).compare() if many else pd.DataFrame()

    @cached_property
    def stability(self) -> Stability | None:
        """How far the criteria weights are from those that change the answer; None if not asked."""
        few = 1 < len(self.weights) <= _STABLE_CRITERIA
        if self.not_looked_into or not few or not len(self.answer.pairs):
            return None
        if not self.problem.plain or self.scenario.added:
            return None
        ability, demand = self.scenario.intervals(self.project)
        matrix = possibility_matrix(ability.loc[self.problem.workers], demand)
        return stability(
            self.problem,
            matrix,
            pd.Series(self.weights),
            self.answer.table,
            solver=self.plans.solver,
            time_limit=self.seconds(1.0),
        )
