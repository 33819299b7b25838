"""Lagrange multipliers found step by step, without a solver: a bound on ρ at each.

References
----------
M. Held, P. Wolfe, H. P. Crowder, "Validation of subgradient optimization", Mathematical Programming
6 (1974) 62-88.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, IntArray, whole
from crowdnb.market.matching import greedy
from crowdnb.market.relaxation.linear_program import Rows, linear
from crowdnb.model.problem import Problem


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
        x = _cheapest(profit, task, problem.arrays.required)
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
