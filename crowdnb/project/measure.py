"""Whether ρ of two problems of a project sums the same things, so that they can be compared.

Q and W apart, which :class:`crowdnb.Scenarios` compares, ρ sums what is only undesirable, or better
together (:mod:`crowdnb.model.terms`).
"""

from __future__ import annotations

import numpy as np

from crowdnb.labels import FloatArray
from crowdnb.model.problem import Problem
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.settings import OF_PAIRS, SETTINGS


def sums_more(project: Project, one: Scenario) -> bool:
    """Whether anything may count beside Q and W, in the files or in a scenario."""
    held = any(getattr(one, name) for name in ("missing_costs", *OF_PAIRS))
    return held or bool(project.options.keys() & {"missing_cost", *OF_PAIRS})


def sums_alike(project: Project, one: Scenario, mine: Problem, given: Problem) -> bool:
    """Whether what counts beside Q and W is that of the files.

    ``mine`` is the problem of the scenario, ``given`` that of the project as it stands.
    """
    if any(SETTINGS[name].words(project, getattr(one, name)) for name in OF_PAIRS):
        return False
    if given.arrays.pair_effects is not None and mine.conflict_scope != given.conflict_scope:
        return False
    if given.arrays.keep_costs is not None and len(given.workers.difference(mine.workers)):
        return False  # what those have is given up whatever is decided
    return np.array_equal(_empty_places(mine), _empty_places(given))


def _empty_places(problem: Problem) -> FloatArray:
    """What an empty place costs, and of how many at most; 2 × n, of tasks that may have one."""
    cost, need = problem.arrays.missing_cost, problem.arrays.required
    cost = np.full(len(need), np.inf) if cost is None else cost
    return np.where(np.isfinite(cost), np.stack([cost, need]), 0.0)
