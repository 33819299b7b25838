"""What policies have in common: which pairs may be taken, and tables made of pairs in an order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray
from crowdnb.model.conflict_graph import conflict_bits
from crowdnb.model.problem import Problem, needed

Seed = np.random.Generator | int | None
Policy = Callable[[Problem, Seed], pd.DataFrame]


def with_room(problem: Problem) -> Problem:
    """The problem as policies read it: L at most; ValueError where it has what they do not know."""
    if len(needed(problem).pins) or problem.budget is not None:
        raise ValueError("problem: a policy knows neither pinned pairs nor a budget")
    for is_there, what in (
        (problem.arrays.capacities is not None, "capacities"),
        (len(problem.overlap_pairs) > 0, "tasks that overlap (task_overlaps)"),
        (problem.arrays.worker_least.any(), "least number of tasks of a worker (worker_least)"),
        (
            problem.soft,
            "more of a pair than W Q (missing_cost, keep_costs, conflict_costs, pair_effects)",
        ),
        (problem.arrays.required_most is not None, "range of workers of a task (required_most)"),
        (problem.quotas is not None, "quotas"),
    ):
        if is_there:
            raise ValueError(f"problem: a policy knows no {what}")
    if problem.required_rule == "at least":
        raise ValueError(
            "problem: a policy fills L places at most, the problem asks for at least L"
        )
    return (
        problem if problem.required_rule == "at most" else problem.changed(required_rule="at most")
    )


def worthwhile(problem: Problem) -> IntArray:
    """Positions of the pairs that may be taken and add to ρ, by worker, then by task."""
    problem = with_room(problem)
    return np.argwhere(problem.eligible & (problem.value > 0))


def best_first(problem: Problem) -> IntArray:
    """The same by falling W_j Q_ij."""
    pairs = worthwhile(problem)
    return pairs[np.argsort(-problem.value[pairs[:, 0], pairs[:, 1]], kind="stable")]


def fill(problem: Problem, pairs: IntArray) -> pd.DataFrame:
    """T of the pairs taken in their order, each where the task has room and the worker is free.

    And where nobody who has been taken is in conflict with the worker.
    """
    left, free = problem.arrays.required.tolist(), problem.arrays.worker_limits.tolist()
    in_conflict, project = conflict_bits(problem), problem.conflict_scope == "project"
    # workers barred by those taken, as bits: of each task, or in all tasks alike
    against = [0] * len(left)
    t = np.zeros(problem.arrays.qualification.shape, dtype=int)
    for i, j in pairs.tolist():
        at = 0 if project else j
        if left[j] and free[i] and not against[at] >> i & 1 and not t[i, j]:
            left[j] -= 1
            free[i] -= 1
            against[at] |= in_conflict[i]
            t[i, j] = 1
    return pd.DataFrame(t, index=problem.workers, columns=problem.tasks)


def mended(problem: Problem, pairs: IntArray) -> pd.DataFrame:
    """T of pairs that may clash: the better pair stays, the best pairs left fill what is open."""
    order = np.argsort(-problem.value[pairs[:, 0], pairs[:, 1]], kind="stable")
    return fill(problem, np.concatenate([pairs[order], best_first(problem)]))
