r"""A bound on ρ with options, and which pairs can still matter: the linear relaxation of all rows.

With low ≤ A x ≤ high and 0 ≤ x ≤ u, for *any* prices y of the rows

    c · x ≤ Σ max(y low, y high) + Σ_j u_j max(0, r_j),   r = c - A^T y,

and an x that has x_j = 1 comes to as much less as r_j is below 0. So the prices need not be right,
and the linear solver is not believed. For the paper's problem :mod:`crowdnb.solver.reduced_costs`
has prices of more use, from fewer pairs.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING, Reach
from crowdnb.model.rows import stacked
from crowdnb.model.terms import beside
from crowdnb.solver.boolean_program import ready_rows
from crowdnb.solver.linear import most_worth


def dual_reach(problem: Problem, allowed: BoolArray, seconds: float = math.inf) -> Reach | None:
    """What assignments of some pairs reach by the relaxation's prices; None where it finds none.

    Parameters
    ----------
    problem : Problem
    allowed : ndarray of bool, m × n
    seconds : float
        That the relaxation may take.
    """
    pairs = np.argwhere(allowed)
    if not len(pairs) or seconds <= 0:
        return None
    own, low, high = stacked(ready_rows(problem, pairs).values())
    terms, team = beside(problem, pairs), own.shape[1] - len(pairs)
    below = sparse.hstack([terms.pairs, terms.team[:, :team], terms.own])
    others = sparse.csr_array((own.shape[0], len(terms.worth)))
    matrix = sparse.csr_array(sparse.vstack([sparse.hstack([own, others]), below]))
    low, high = np.r_[low, terms.low], np.r_[high, np.full(len(terms.low), np.inf)]
    worth = np.concatenate([problem.gain[tuple(pairs.T)], np.zeros(team), terms.worth])
    most = np.concatenate([np.ones(len(pairs) + team), terms.most])
    unit = float(np.abs(worth).max()) or 1.0
    found = most_worth(worth / unit, matrix, (low, high), (np.zeros(len(most)), most), seconds)
    if found is None:
        return None
    price = found.prices * unit
    reduced = worth - matrix.T @ price
    side = price * np.select([price > 0, price < 0], [high, low], 0.0)
    keep = problem.arrays.keep_costs
    given_up = [] if keep is None else (-keep[np.nonzero(keep)]).tolist()
    bound = math.fsum([*side.tolist(), *(most * np.maximum(reduced, 0.0)).tolist(), *given_up])
    sizes = most @ (np.abs(worth) + abs(matrix).T @ np.abs(price)) + np.abs(side).sum()
    bound += ROUNDING * float(sizes - math.fsum(given_up))
    reach = np.full(allowed.shape, -np.inf)
    reach[allowed] = bound + np.minimum(reduced[: len(pairs)], 0.0)
    return Reach(bound, reach, 0.0)
