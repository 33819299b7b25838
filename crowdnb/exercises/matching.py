"""Notebook 09: a match by hand, conflicts that make halves worth while, a fair policy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import TIE, number_said, table_by
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import labelled_vector, shown, whole
from crowdnb.market import matching, relaxation
from crowdnb.market.relaxation import WHOLE
from crowdnb.model.problem import Problem
from crowdnb.solver.search import optimum

MATCH = pd.DataFrame(
    [[0.8, 0.7, 0.6, 0.9], [0.5, 0.4, 0.3, 0.2], [0.7, 0.8, 0.9, 0.5], [0.6, 0.5, 0.4, 0.3]],
    index=["t1", "t2", "t3", "t4"],
    columns=["w1", "w2", "w3", "w4"],
)  # A of the second source, tasks × workers


def check_matching_by_hand(
    answer: float | None = None, capacity: Mapping[str, int] | None = None
) -> Verdict:
    """Check the best match of the source's example when w4 has left and w1 may take two tasks.

    Examples
    --------
    >>> check_matching_by_hand(2.8)
    That needs w4, or w1 with three tasks. w4 has left, and w1 may take two.
    """
    limits = {"w1": 2, "w2": 1, "w3": 1, "w4": 0} if capacity is None else capacity
    if not isinstance(limits, Mapping):
        raise ValueError(
            f"capacity: a mapping of workers to numbers of tasks is needed, got {shown(capacity)}"
        )
    labelled_vector(limits, MATCH.columns, "capacity")
    limits = {worker: whole(limit, f"capacity of {worker}", 0) for worker, limit in limits.items()}
    problem = Problem(MATCH.T, [1] * len(MATCH), worker_limits=limits, required_rule="at most")
    best, there = optimum(problem), [worker for worker, limit in limits.items() if limit]
    chosen = best.pairs[["worker", "task"]].to_numpy().tolist()
    pairs = ", ".join(f"{task} to {worker}" for worker, task in chosen)
    x = pd.Series(limits).reindex(MATCH.columns)
    one_each = optimum(problem.changed(worker_limits=x.clip(upper=1))).performance
    slips = [
        (
            (MATCH * x).to_numpy().sum(),
            "That is the model as printed: every pair up to X_j. Each task is done once.",
        ),
        (
            MATCH[there].max(axis=1).sum(),
            "That needs w4, or w1 with three tasks. w4 has left, and w1 may take two.",
        ),
        (one_each, "That is one task each, and a task is left. w1 may take two."),
    ]
    return number_said(
        answer,
        best.performance,
        ask="Not yet: give one number, the sum of A over the pairs chosen.",
        praise=(
            f"Right: {pairs} makes {best.performance:.1f}. What w1 does, the model as meant allows;"
            " w4 is idle."
        ),
        slips=slips,
        otherwise="Begin with t3, which only w3 does best, and share out the other three.",
    )


def check_matching_fractional(
    conflicts: Collection[tuple[Hashable, Hashable]] | None = None,
) -> Verdict:
    """Check conflicts between the example's four workers under which halves beat any assignment.

    Examples
    --------
    >>> str(check_matching_fractional([("w1", "w2")])).split(". ")[0]
    'The relaxation gives 2.4000, an assignment as well: no gap'
    """
    if not isinstance(conflicts, list | tuple | set | frozenset) or not conflicts:
        return wrong_answer("Not yet: give a list of pairs of workers, such as [('w1', 'w2')].")
    try:
        problem = Problem(
            MATCH.T, [1] * len(MATCH), worker_conflicts=conflicts, required_rule="at most"
        )
    except ValueError as error:
        return wrong_answer(f"Not yet: {error}.")
    bound, best = relaxation.relax(problem).bound, optimum(problem).performance
    if bound <= best + WHOLE:
        return wrong_answer(
            f"The relaxation gives {bound:.4f}, an assignment as well: no gap. "
            "Which shape of conflicts makes halves worth while?"
        )
    pairs, closed = len(problem.conflict_pairs), relaxation.relax(problem, "cliques").bound
    if pairs > 3:
        return wrong_answer(
            f"There is a gap, {bound:.4f} to {best:.4f}, with {pairs} conflicts. It can be had with"
            " fewer."
        )
    return right_answer(
        f"Right: {bound:.4f} with halves, {best:.4f} without; the row of the clique brings it to"
        f" {closed:.4f}."
    )


def check_matching_fair(policy: Callable[[Problem], pd.DataFrame] | None = None) -> Verdict:
    """Check a policy of the reader's own: the worst-off task of ten markets does better.

    Examples
    --------
    >>> str(check_matching_fair(matching.optimal)).split("; ")[1]
    'the worst-off task has 0.607 on average, under the optimum 0.607. It is not ahead yet.'
    """
    if not callable(policy):
        return wrong_answer(
            "Not yet: give a function that takes a problem and returns a 0/1 table, workers ×"
            " tasks."
        )
    mine, theirs = [], []
    for seed in range(10):
        problem = matching.market(30, 12, rng=seed)
        table = table_by(policy, problem, f"market {seed}")
        if isinstance(table, str):
            return wrong_answer(table)
        mine.append(matching.outcome(problem, table))
        theirs.append(matching.outcome(problem, matching.optimal(problem)))
    worst, before = (float(np.mean([one["worst task"] for one in some])) for some in (mine, theirs))
    lost = 1 - sum(one["match"] for one in mine) / sum(one["match"] for one in theirs)
    if worst <= before + TIE:
        return wrong_answer(
            f"Valid on all 10 markets; the worst-off task has {worst:.3f} on average, under the"
            f" optimum {before:.3f}. It is not ahead yet."
        )
    return right_answer(
        f"Right: the worst-off task has {worst:.3f} in place of {before:.3f}, for {100 * lost:.1f}"
        " % of the match."
    )
