r"""The matching model of the second source and its three steps of solution, each short enough to read.

As printed (its section 4.1), with tasks i, workers j, match A_ij and remaining capacity X_j:

    max Σ_i Σ_j A_ij x_ij     s.t.  0 ≤ x_ij ≤ X_j

which bounds no worker's load, so that every pair is chosen. As meant, in the letters of
:mod:`crowdnb.model.problem` (workers i, tasks j, capacity X_i, places L_j), with conflicts, which
the source does not know:

    max Σ_ij W_j Q_ij x_ij
    Σ_j x_ij ≤ X_i                           (its price: the wage of worker i)
    Σ_i x_ij ≤ L_j                           (its price: what a place of task j is worth)
    Σ_j x_i1,j + Σ_j x_i2,j ≤ 1              where i1 and i2 are in conflict, or such a row for a clique of conflicts
    x_ij ≥ 0, and whole

1. Linear relaxation: without "whole" (:func:`relax`). Where there are no conflicts the matrix of
   the rows is totally unimodular (:func:`determinants`), so that every corner is whole.
2. Lagrange multipliers: prices of the rows, with the conditions of Karush, Kuhn and Tucker
   (:func:`kkt`), or found step by step (:func:`descend`).
3. Branch and bound (:func:`branch_and_bound`), with the rows of cliques as cuts.

References
----------
The second source, sections 4.1 and 4.2. A. Schrijver, "Theory of Linear and Integer Programming", Wiley, 1986, chapter
19 (total unimodularity). M. Held, P. Wolfe, H. P. Crowder, "Validation of subgradient optimization", Mathematical
Programming 6 (1974) 62-88. A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems",
Econometrica 28 (1960) 497-520.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    IntArray,
    finite,
    labelled_vector,
    listing,
    needs,
    one_of,
    shown,
    whole,
)
from crowdnb.market.matching import greedy, with_room
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.problem import Problem
from crowdnb.model.rows import Rules
from crowdnb.model.rows import rows as rows_of
from crowdnb.solver.engine import SolverAnswerError

Rows = Literal["pairs", "cliques"]
WHOLE = 1e-6  # how far from a whole number a solver's x may be
DIGITS = 9  # of what a solver returns
# the kinds of rows that the linear program has, and what they are called in it
SHOWN = {"limit": "worker", "place": "task", "conflict": "conflict"}
MINORS = 200_000  # determinants that are computed at most
# numbers of pairs: 1, one or more of them is chosen, or 0, none is
Decisions = dict[tuple[int, ...], int]


@dataclass(frozen=True, eq=False)
class Linear:
    """A linear program max c·x, A x ≤ b, x ≥ 0.

    Attributes
    ----------
    matrix : DataFrame
        A: a row a rule (kind, who), a column a pair (worker, task). Kinds are worker, task,
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
    """The linear program of a problem: its pairs, its rules, and no word of whole numbers.

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
        The problem has pins or a budget, or asks for "at least" L workers; somebody who is in
        conflict (for the whole project) may take several tasks; unknown rows.

    Examples
    --------
    >>> linear(Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).matrix.to_numpy().astype(int).tolist()
    [[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]]
    """
    one_of(rows, get_args(Rows), "rows")
    columns = np.argwhere(with_room(problem).eligible)
    (i, j), workers, tasks = columns.T, problem.workers, problem.tasks
    limits, need = problem.limits, problem.need
    if problem.conflict_scope == "project" and (limits[problem.conflict_pairs] > 1).any():
        worker = workers[int(problem.conflict_pairs[(limits[problem.conflict_pairs] > 1)][0])]
        raise ValueError(
            f"worker_limits: {worker} may take several tasks and is in conflict; here only one is"
            " possible"
        )
    groups = list(problem.conflict_pairs if rows == "pairs" else cliques(problem))
    blocks = rows_of(Rules.of(problem), columns, groups, team=False, trivial=True)
    blocks["limit"] = blocks["limit"]._replace(high=limits.astype(float))
    if other := blocks.keys() - SHOWN.keys():
        raise ValueError(f"problem: rows of {listing(sorted(other))} are not shown here")
    kept: dict[tuple[str, str], tuple[npt.NDArray[Any], float]] = {}
    for kind, shown_as in SHOWN.items():
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


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An optimum of the linear relaxation and its prices.

    Attributes
    ----------
    bound : float
        Its value; no assignment exceeds it.
    share : Series
        x of each pair, from 0 to 1, by (worker, task).
    price : Series
        The multiplier of each row, ≥ 0, by (kind, who): how much the bound rises for one more of
        its limit. That of a worker is read as a wage.
    """

    bound: float
    share: pd.Series[float]
    price: pd.Series[float]

    @property
    def whole(self) -> bool:
        """Whether every share is 0 or 1."""
        return bool(((self.share - self.share.round()).abs() < WHOLE).all())


def relax(problem: Problem, rows: Rows = "pairs") -> Relaxed:
    """Solve the linear relaxation, by cvxpy with the simplex method of HiGHS, which ends in a corner.

    Parameters
    ----------
    problem, rows
        As for :func:`linear`, with its errors.

    Returns
    -------
    Relaxed

    Examples
    --------
    >>> quarrel = Problem(np.ones((3, 3)), [1, 1, 1], worker_conflicts=[(0, 1), (0, 2), (1, 2)])
    >>> [round(relax(quarrel, rows).bound, 6) for rows in ("pairs", "cliques")]
    [1.5, 1.0]
    """
    answer = _relaxed(linear(problem, rows), {})
    if answer is None:  # nobody at all keeps the rules
        raise SolverAnswerError(
            "the linear relaxation was not solved, and it always has an optimum"
        )
    return answer


def _relaxed(model: Linear, decided: Decisions) -> Relaxed | None:
    """The relaxation where of some pairs together, given by number, at least one is chosen (1) or none (0)."""
    import cvxpy as cp  # here: it takes a second

    if model.value.empty:
        return Relaxed(0.0, model.value, model.limit * 0)
    x = cp.Variable(len(model.value), nonneg=True)
    kept: list[Any] = [model.matrix.to_numpy() @ x <= model.limit.to_numpy()]
    kept += [
        x[list(some)].sum() >= 1 if yes else x[list(some)] == 0 for some, yes in decided.items()
    ]
    program = cp.Problem(cp.Maximize(model.value.to_numpy() @ x), kept)
    bound: float = program.solve(solver="HIGHS")  # type: ignore[no-untyped-call]
    if program.status != "optimal":
        return None
    share = pd.Series(_clean(x.value), index=model.value.index, name="share")
    price = pd.Series(_clean(kept[0].dual_value), index=model.limit.index, name="price")
    return Relaxed(float(bound), share, price)


def _clean(values: Any) -> FloatArray:
    """What a solver returned, without its last digits and without -0."""
    return np.asarray(values, dtype=float).round(DIGITS) + 0.0


def kkt(model: Linear, share: pd.Series[float], price: pd.Series[float]) -> pd.Series[float]:
    """By how much shares and prices miss each condition of Karush, Kuhn and Tucker; all 0 where both are optimal.

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

        ==========================  ===========================================
        shares keep the rules       A x ≤ b, x ≥ 0
        prices are not negative     u ≥ 0
        no pair is worth more       c - Aᵀu ≤ 0  (stationarity)
        a chosen pair pays its way  x (c - Aᵀu) = 0  (complementary slackness)
        what is left over is free   u (b - A x) = 0  (complementary slackness)
        both values are equal       c·x = b·u
        ==========================  ===========================================

    Examples
    --------
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
        "shares keep the rules": -np.append(left, x),
        "prices are not negative": -u,
        "no pair is worth more": profit,
        "a chosen pair pays its way": np.abs(x * profit),
        "what is left over is free": np.abs(u * left),
        "both values are equal": np.abs([c @ x - b @ u]),
    }
    largest = {name: float(each.max(initial=0.0)) + 0.0 for name, each in violations.items()}
    return pd.Series(largest, name="largest violation")


def determinants(matrix: npt.ArrayLike) -> pd.Series[int]:
    """How many square submatrices of a matrix have which determinant; totally unimodular: -1, 0 and 1 alone.

    Parameters
    ----------
    matrix : array-like of whole numbers

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


@dataclass(frozen=True, eq=False)
class Descent:
    """How prices were found step by step.

    Attributes
    ----------
    steps : DataFrame
        Index ``step``; ``bound`` at that step's prices, ``best`` of all so far.
    price : Series
        The last prices that gave the best bound, by (kind, who): those of workers and of conflicts.
    """

    steps: pd.DataFrame
    price: pd.Series[float]


def descend(problem: Problem, steps: int = 200, rows: Rows = "pairs") -> Descent:
    """Find prices step by step: a bound on ρ at each, without a solver.

    The rows of tasks are kept, those of workers and of conflicts are priced at u ≥ 0. What is left
    is easy: each task takes whoever is worth most after prices, and several tasks may take the same
    worker. Who is asked for too often becomes dearer, who is not asked for becomes cheaper.

    Parameters
    ----------
    problem, rows
        As for :func:`linear`, with its errors.
    steps : int
        ≥ 1.

    Returns
    -------
    Descent

    Raises
    ------
    ValueError
        Also where ``steps`` is below 1.

    Notes
    -----
    L(u) = b·u + Σ_j (the L_j largest of max(0, c_ij - (Aᵀu)_ij)) and the step is u ← max(0, u - s
    g), g = b - A x, with Polyak's length s = (L(u) - ρ) / |g|², ρ that of the greedy policy,
    shortened by half where ten steps bring nothing.

    Examples
    --------
    >>> found = descend(Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]), 100)
    >>> found.price.round(3).to_dict()
    {('worker', '0'): 0.35, ('worker', '1'): 0.0}
    """
    steps = whole(steps, "steps", rule="must be at least {}")
    model = linear(problem, rows)
    priced = model.matrix.loc[
        model.matrix.index.get_level_values("kind").isin(["worker", "conflict"])
    ]
    a, b = priced.to_numpy(), model.limit[priced.index].to_numpy()
    c = model.value.to_numpy()
    task = np.argwhere(problem.eligible)[:, 1]
    low = float((greedy(problem).to_numpy() * problem.value).sum())
    u = best_u = np.zeros(len(b))
    best, scale, waited, found = math.inf, 1.0, 0, []
    for _ in range(steps):
        profit = c - a.T @ u
        x = _cheapest(profit, task, problem.need)
        bound = float(b @ u + profit @ x)
        waited += 1
        if bound < best - 1e-9:
            best, best_u, waited = bound, u, 0
        elif waited == 10:
            scale, waited = scale / 2, 0
        found.append((bound, best))
        g = b - a @ x
        if not g.any():
            break
        u = np.maximum(0.0, u - scale * (bound - low) / float(g @ g) * g)
    table = pd.DataFrame(found, columns=["bound", "best"]).rename_axis("step")
    return Descent(table, pd.Series(best_u, index=priced.index, name="price"))


def subgradient(problem: Problem, steps: int = 200, rows: Rows = "pairs") -> pd.DataFrame:
    """The steps of :func:`descend`, with its parameters and errors.

    Returns
    -------
    DataFrame
        Index ``step``; ``bound`` at that step's prices, ``best`` of all so far.

    Examples
    --------
    >>> problem = Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> round(float(subgradient(problem, 100)["best"].iloc[-1]), 3)
    1.5
    """
    return descend(problem, steps, rows).steps


def _cheapest(profit: FloatArray, task: IntArray, need: IntArray) -> FloatArray:
    """Shares of the pairs: each task takes the ``need`` best of those above 0."""
    order = np.lexsort([-profit, task])
    rank = np.arange(len(order)) - np.searchsorted(task[order], task[order])
    x = np.zeros(len(profit))
    x[order] = (rank < need[task[order]]) & (profit[order] > 0)
    return x


@dataclass(frozen=True, eq=False)
class Tree:
    """What branch and bound went through.

    Attributes
    ----------
    nodes : DataFrame
        Index ``node``, in the order in which they were solved; ``parent`` (-1 for the root),
        ``decision`` (what was set on the way from it), ``bound`` (NaN where nothing keeps the
        rules), ``fate``: branched, whole, cut off or empty.
    table : DataFrame
        T, workers × tasks, 0/1: the optimum.
    performance : float
        Its ρ.
    """

    nodes: pd.DataFrame
    table: pd.DataFrame
    performance: float


def branch_and_bound(problem: Problem, rows: Rows = "pairs", most: int = 500) -> Tree:
    """Solve by branch and bound: the relaxation with the greatest bound is split where it is not whole.

    Split is whether a worker takes part, or, where that is settled for everybody, whether he takes
    a task.

    Parameters
    ----------
    problem, rows
        As for :func:`linear`, with its errors.
    most : int
        Relaxations that are solved at most.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        Also where ``most`` relaxations did not suffice.

    Examples
    --------
    >>> quarrel = Problem(np.ones((3, 3)), [1, 1, 1], worker_conflicts=[(0, 1), (0, 2), (1, 2)])
    >>> branch_and_bound(quarrel, "cliques").nodes["fate"].tolist()
    ['whole']
    """
    most, model = whole(most, "most"), linear(problem, rows)
    best, chosen = -math.inf, model.value * 0
    nodes: list[list[Any]] = []
    waiting: list[tuple[float, int, Decisions, Relaxed]] = []

    def solve(parent: int, decision: str, decided: Decisions) -> None:
        nonlocal best, chosen
        if len(nodes) == most:
            raise ValueError(f"most: {most} relaxations did not suffice")
        answer, at = _relaxed(model, decided), len(nodes)
        nodes.append([parent, decision, math.nan if answer is None else answer.bound, "empty"])
        if answer is None:
            return
        nodes[at][3] = "cut off"
        if answer.bound > best + WHOLE and answer.whole:
            best, chosen, nodes[at][3] = answer.bound, answer.share.round(), "whole"
        elif answer.bound > best + WHOLE:
            heapq.heappush(waiting, (-answer.bound, at, decided, answer))

    solve(-1, "", {})
    while waiting:
        bound, at, decided, answer = heapq.heappop(waiting)
        if -bound <= best + WHOLE:
            continue  # cut off: something as good was found since
        nodes[at][3] = "branched"
        some, yes, no = _split(answer.share)
        solve(at, yes, {**decided, some: 1})
        solve(at, no, {**decided, some: 0})
    table = chosen.unstack("task", fill_value=0).reindex(
        index=problem.workers, columns=problem.tasks, fill_value=0
    )
    frame = pd.DataFrame(nodes, columns=["parent", "decision", "bound", "fate"]).rename_axis("node")
    return Tree(frame, table.astype(int), float((table.to_numpy() * problem.value).sum()))


def _split(share: pd.Series[float]) -> tuple[tuple[int, ...], str, str]:
    """The pairs to decide about, a worker's or one alone, whose share is nearest ½; and both decisions in words."""
    load = share.groupby(level="worker", sort=False).sum()
    if (load[load < 1] % 1 > WHOLE).any():
        worker = (load - 0.5).abs().idxmin()
        return (
            tuple(np.flatnonzero(share.index.get_level_values("worker") == worker)),
            f"{worker} works",
            f"not {worker}",
        )
    k = int((share - 0.5).abs().argmin())
    worker, task = share.index[k]
    return (k,), f"{worker} takes {task}", f"{worker} not {task}"
