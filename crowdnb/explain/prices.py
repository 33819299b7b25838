"""What a conflict, an excluded pair, a place, a worker is worth: two optima, each checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import Oracle
from crowdnb.model.assignment import score
from crowdnb.model.problem import Problem
from crowdnb.solver.placement import place


def prices(problem: Problem, solver: str | None = None) -> pd.DataFrame:
    """How much ρ each conflict, exclusion, place and worker is worth: ρ less ρ without it.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    DataFrame
        A row for each conflict between workers, each pair that C^R excludes (and Q alone would
        not), one place of each task, and each worker. Columns ``kind`` (conflict, exclusion, place,
        worker), ``worker``, ``other``, ``task`` (labels, None where there is none), ``performance``
        (ρ without it, NaN where no assignment is left) and ``worth``, ρ less that: what having it
        adds. It is ≤ 0 for conflicts and exclusions, ≥ 0 for workers (but for one who is pinned,
        and whose pins go as well), inf for what cannot be spared. ``text`` says it in words. Within
        a kind the largest effect comes first.

    Raises
    ------
    ValueError
        The problem has no assignment.

    Examples
    --------
    >>> import crowdnb as cn
    >>> table = cn.prices(cn.load_case_study().problem(worker_conflicts=[("a3", "a5")]))
    >>> print(table["text"].iloc[0])
    a3 and a5 in conflict cost 0.128
    """
    oracle = Oracle(problem, solver)
    if oracle.optimum.placed is None:
        raise ValueError("prices: the problem has no assignment; explain_infeasible says why")
    m, n = problem.q.shape
    conflicts, excluded = problem.against, problem.excluded
    usable = (problem.q != 0) & (problem.limits > 0)[:, None]
    items = [("conflict", i, k, -1) for i, k in problem.conflict_pairs.tolist()]
    items += [("exclusion", i, -1, j) for i, j in np.argwhere((excluded == 1) & usable).tolist()]
    items += [("place", -1, -1, j) for j in np.flatnonzero(problem.need).tolist()]
    items += [("worker", i, -1, -1) for i in range(m)]
    rho, busy = oracle.optimum.performance, set(oracle.optimum.placed[:, 0].tolist())

    def without(kind: str, i: int, k: int, j: int) -> float:
        if kind == "conflict":
            fewer = conflicts.copy()
            fewer[i, k] = fewer[k, i] = 0
            return lifted(problem.changed(worker_conflicts=fewer))
        if kind == "exclusion":
            fewer = excluded.copy()
            fewer[i, j] = 0
            return lifted(problem.changed(task_conflicts=fewer))
        if kind == "place":
            need = problem.need - (np.arange(n) == j)
            return oracle.best(problem.changed(required=need)).performance
        if i not in busy:
            return rho
        gone, pinned = excluded.copy(), problem.must.copy()
        gone[i], pinned[i] = 1, 0
        return oracle.best(problem.changed(task_conflicts=gone, pinned=pinned)).performance

    def lifted(changed: Problem) -> float:
        """ρ with a rule fewer: not less, and no more than without conflicts between workers."""
        if changed.plain:
            placed = place(changed)
            if placed is not None and score(changed, placed) <= rho + oracle.tie:
                return rho
        return oracle.best(changed).performance

    rows = []
    for kind, i, k, j in tqdm(items, desc="prices", leave=False, delay=5):
        after = without(kind, i, k, j)
        worth = math.inf if math.isnan(after) else rho - after
        worth = 0.0 if abs(worth) <= oracle.tie else worth
        labels = [
            index[at] if at >= 0 else None
            for index, at in ((problem.workers, i), (problem.workers, k), (problem.tasks, j))
        ]
        rows.append([kind, *labels, after, worth, _price_text(kind, labels, worth)])
    columns = ["kind", "worker", "other", "task", "performance", "worth", "text"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).astype(
        {"performance": float, "worth": float}
    )
    order = np.lexsort(
        [
            -np.abs(frame["worth"]),
            frame["kind"].map({"conflict": 0, "exclusion": 1, "place": 2}).fillna(3),
        ]
    )
    return frame.iloc[order].reset_index(drop=True)


def _price_text(kind: str, labels: Sequence[Any], worth: float) -> str:
    worker, other, task = labels
    what = {
        "conflict": f"{worker} and {other} in conflict",
        "exclusion": f"{worker} barred from {task}",
        "place": f"one place of {task}",
        "worker": str(worker),
    }[kind]
    if worth == 0:
        changes = "change" if kind == "conflict" else "changes"
        return f"{what} {changes} nothing"
    if math.isinf(worth):
        return f"{what} cannot be spared: no assignment exists without it"
    verb = "cost" if worth < 0 else "is worth"
    verb += "s" if worth < 0 and kind != "conflict" else ""
    return f"{what} {verb} {abs(worth):.3g}"
