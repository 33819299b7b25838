"""The linear program of a problem, what its matrix is like, and when an answer is optimal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import finite, labelled_vector, listing, needs, one_of, shown
from crowdnb.market.matching import with_room
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.problem import Problem
from crowdnb.model.rows import rows as rows_of
from crowdnb.model.rules import Rules

Rows = Literal["pairs", "cliques"]
MINORS = 200_000  # determinants that are computed at most
# the kinds of rows that the linear program has, and what they are called in it
_SHOWN = {"limit": "worker", "place": "task", "conflict": "conflict"}


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear program max c·x, A x ≤ b, x ≥ 0.

    Attributes
    ----------
    matrix : DataFrame
        A: one row per rule (kind, who), one column per pair (worker, task). Kinds are worker, task,
        conflict, and pair where a pair could be chosen twice.
    limit : Series
        b.
    value : Series
        c: W_j Q_ij of each pair.
    """

    matrix: pd.DataFrame
    limit: pd.Series[float]
    value: pd.Series[float]


def linear(problem: Problem, rows: Rows = "pairs") -> Linear:
    """The linear program of a problem: its pairs and its rules, without integrality.

    Parameters
    ----------
    problem : Problem
        Its L and its limits are what there is room for at most.
    rows : {"pairs", "cliques"}
        A row for each two workers in conflict, or for each of the cliques that cover all conflicts.

    Returns
    -------
    Linear

    Raises
    ------
    ValueError
        The problem has pins, overlaps or a budget, or asks for "at least" L workers; somebody
        who is in conflict (for the whole project) may take several tasks; unknown rows.

    Examples
    --------
    >>> linear(Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).matrix.to_numpy().astype(int).tolist()
    [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    """
    one_of(rows, get_args(Rows), "rows")
    columns = np.argwhere(with_room(problem).eligible)
    (i, j), workers, tasks = columns.T, problem.workers, problem.tasks
    limits, need = problem.arrays.worker_limits, problem.arrays.required
    if problem.conflict_scope == "project" and (limits[problem.conflict_pairs] > 1).any():
        worker = workers[int(problem.conflict_pairs[(limits[problem.conflict_pairs] > 1)][0])]
        raise ValueError(
            f"worker_limits: {worker} may take several tasks and is in conflict; here only one is"
            " possible"
        )
    groups = list(problem.conflict_pairs if rows == "pairs" else cliques(problem))
    blocks = rows_of(Rules.of(problem), columns, groups, team=False, trivial=True)
    blocks["limit"] = blocks["limit"]._replace(high=limits.astype(float))
    if other := blocks.keys() - _SHOWN.keys():
        raise ValueError(f"problem: rows of {listing(sorted(other))} are not shown here")
    kept: dict[tuple[str, str], tuple[npt.NDArray[Any], float]] = {}
    for kind, shown_as in _SHOWN.items():
        if (block := blocks.get(kind)) is None:
            continue
        about = zip(block.who.tolist(), block.task.tolist(), strict=True)
        for (who, task), row, limit in zip(about, block.pairs.toarray(), block.high, strict=True):
            names = []
            if who >= 0:
                whose = groups[who] if kind == "conflict" else [who]
                names.append(listing(workers[whose], len(whose)))
            if task >= 0:
                names.append(str(tasks[task]))
            kept[shown_as, ": ".join(names)] = (row, float(limit))
    if limits.max() > 1 and need.max() > 1:
        for k in range(len(i)):
            kept["pair", f"{workers[i[k]]}: {tasks[j[k]]}"] = (np.arange(len(i)) == k, 1.0)
    index = pd.MultiIndex.from_tuples(list(kept), names=["kind", "who"])
    pairs = pd.MultiIndex.from_arrays([workers[i], tasks[j]], names=["worker", "task"])
    return Linear(
        pd.DataFrame(
            np.array([row for row, _ in kept.values()], dtype=float), index=index, columns=pairs
        ),
        pd.Series([limit for _, limit in kept.values()], index=index, name="limit"),
        pd.Series(problem.value[i, j], index=pairs, name="value"),
    )


def kkt(model: Linear, share: pd.Series[float], price: pd.Series[float]) -> pd.Series[float]:
    """By how much shares and prices miss each condition of Karush, Kuhn and Tucker.

    All are 0 where both are optimal.

    Parameters
    ----------
    model : Linear
    share : Series
        x, by (worker, task).
    price : Series
        u, by (kind, who).

    Returns
    -------
    Series
        The largest violation of each condition:

        ==============================  ======================================
        primal feasibility              A x ≤ b, x ≥ 0
        prices ≥ 0                      u ≥ 0
        stationarity                    c - Aᵀu ≤ 0: no pair is worth more than its prices
        complementary slackness, pairs  x (c - Aᵀu) = 0
        complementary slackness, rows   u (b - A x) = 0
        equal objectives                c·x = b·u
        ==============================  ======================================

    Examples
    --------
    >>> from crowdnb.market.relaxation import relax
    >>> problem = Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> answer = relax(problem)
    >>> float(kkt(linear(problem), answer.share, answer.price).max()) < 1e-7
    True
    """
    needs(model, Linear, "model")
    x = labelled_vector(needs(share, pd.Series, "share"), model.value.index, "share")
    u = labelled_vector(needs(price, pd.Series, "price"), model.limit.index, "price")
    a, b, c = model.matrix.to_numpy(), model.limit.to_numpy(), model.value.to_numpy()
    profit, left = c - a.T @ u, b - a @ x
    violations: dict[str, npt.NDArray[Any]] = {
        "primal feasibility": -np.append(left, x),
        "prices ≥ 0": -u,
        "stationarity": profit,
        "complementary slackness, pairs": np.abs(x * profit),
        "complementary slackness, rows": np.abs(u * left),
        "equal objectives": np.abs([c @ x - b @ u]),
    }
    largest = {name: float(each.max(initial=0.0)) + 0.0 for name, each in violations.items()}
    return pd.Series(largest, name="largest violation")


def determinants(matrix: npt.ArrayLike) -> pd.Series[int]:
    """How many square submatrices of a matrix have which determinant.

    Totally unimodular: -1, 0 and 1 alone.

    Parameters
    ----------
    matrix : array-like of integers

    Returns
    -------
    Series
        Index the determinants that occur, rising; how often.

    Raises
    ------
    ValueError
        There are more than :data:`MINORS` submatrices.

    Examples
    --------
    >>> determinants([[1, 1, 0], [0, 1, 1], [1, 0, 1]]).to_dict()
    {-1: 3, 0: 3, 1: 12, 2: 1}
    """
    a = finite(matrix, "matrix")
    if a.ndim != 2 or not a.size or (a % 1).any():
        raise ValueError(
            f"matrix: rows and columns of whole numbers are needed, got {shown(matrix)}"
        )
    m, n = a.shape
    if (many := math.comb(m + n, m) - 1) > MINORS:
        raise ValueError(
            f"matrix: it has {many:,} square submatrices, {MINORS:,} at most are looked at"
        )
    found = []
    for size in range(1, min(m, n) + 1):
        rows = np.array(list(combinations(range(m), size)))[:, None, :, None]
        columns = np.array(list(combinations(range(n), size)))[None, :, None, :]
        found.append(np.linalg.det(a[rows, columns]).round().astype(int).ravel())
    return (
        pd.Series(np.concatenate(found), name="determinant")
        .value_counts()
        .sort_index()
        .rename("submatrices")
    )
