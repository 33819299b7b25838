"""A project as arrays: the ability and demand intervals from which Q is worked out again and again.

m workers, n tasks, K criteria, in the order of a problem's labels.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.ability.counts import KEYS, Counts
from crowdnb.ability.possibility import degree, interval_pair
from crowdnb.ability.qualification import check_weights
from crowdnb.explain.variants import Oracle
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    labelled_vector,
    listing,
    same_labels,
)
from crowdnb.model.problem import Problem, needed
from crowdnb.project.record import Project, sources_of
from crowdnb.solver.other_values import TINY


class ProjectArrays:
    """A project in the order of a problem's labels, and the problem with Q of the project."""

    def __init__(self, project: Project, problem: Problem | None, name: str) -> None:
        if not isinstance(project, Project):
            raise ValueError(f"{name}: project: a Project is needed, got {type(project).__name__}")
        problem = project.problem() if problem is None else needed(problem)
        ability, demand, weights = sources_of(project, name)
        u, d = interval_pair(ability, demand)
        everybody = len(problem.workers) == len(u.labels)
        workers = u.labels if everybody else project.enough_ratings(project.min_ratings)
        same_labels(problem.workers, workers, f"{name}: problem")
        same_labels(problem.tasks, d.labels, f"{name}: problem")
        at, to = u.labels.get_indexer(problem.workers), d.labels.get_indexer(problem.tasks)
        self.criteria = u.criteria
        self.low, self.high = u.low[at], u.high[at]
        self.d_low, self.d_high = d.low[to], d.high[to]
        self.w = labelled_vector(weights, u.criteria, "criteria weights")
        self.w = check_weights(self.w, u.criteria)
        self.weight = problem.arrays.task_weights
        self.q = self.q_of(self.low, self.high)
        self.allowed = ~problem.arrays.task_conflicts
        self.problem = problem.changed(qualification=self.q)
        self.name = name

    def p_of(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """P of abilities … × m × K: … × m × n × K."""
        return degree(low[..., None, :], high[..., None, :], self.d_low, self.d_high)

    def q_of(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Q of abilities … × m × K: … × m × n."""
        return np.asarray(self.p_of(low, high) @ self.w)

    def with_q(self, q: FloatArray) -> Problem:
        """The problem with other Q; a Q of 0 forbids a pair only where the project's own is 0."""
        return self.problem.changed(qualification=np.where((q == 0) & (self.q != 0), TINY, q))

    def histories(self, project: Project) -> tuple[Counts, BoolArray]:
        """The project's counts in the order of workers and criteria, and where there are ratings.

        The second is m × K. ValueError where one lacks that the project's ``missing`` does not
        allow to.
        """
        cells = pd.MultiIndex.from_product([self.problem.workers, self.criteria], names=KEYS)
        given = pd.DataFrame(project.counts)
        there = cells.isin(given.index)
        if project.missing == "error" and not there.all():
            raise ValueError(f"counts: no history of {listing(cells[~there], 3)}")
        return Counts(given.reindex(cells[there])), there.reshape(self.low.shape)

    def best(self, oracle: Oracle) -> IntArray:
        """Positions of the optimum today; ValueError where there is none."""
        if oracle.optimum.placed is None:
            raise ValueError(
                f"{self.name}: the problem has no assignment; explain_infeasible says why"
            )
        return oracle.optimum.placed
