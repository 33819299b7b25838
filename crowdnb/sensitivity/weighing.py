r"""Assignments as points in the space of the criteria, and weights that linear programs find there.

With Q_ij = Σ_k w_k P_ijk (eq. 6) the score of an assignment is linear in w,

    ρ_T(w) = Σ_k w_k s_k(T),   s_k(T) = Σ_ij W_j P_ijk T_ij,

so the weights under which T is optimal are a polytope, {w ≥ 0, Σ w = 1, Σ_k w_k (s_k(T) - s_k(T'))
≥ 0 for all T'}. Cutting planes find what is needed of it: a linear program proposes w, the optimum
T' at w is the next row.

References
----------
R. K. Ahuja, J. B. Orlin, "Inverse optimization", Operations Research 49 (2001) 771-783.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from crowdnb.ability.qualification import check_weights
from crowdnb.explain.variants import Oracle
from crowdnb.labels import (
    FloatArray,
    IntArray,
    labelled_vector,
    numbers,
    same_labels,
    shown,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem, needed
from crowdnb.sensitivity.given import no_terms
from crowdnb.solver.other_values import TINY

# the finest that HiGHS takes; its usual 1e-7 is coarser than NEAR
_EXACT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
NEAR = 1e-8  # of ρ or of a weight: what the linear programs leave open


class Weighing:
    """Assignments as points s(T) in the space of the criteria, and the optimum for any weights.

    A pair is out where C^R or a limit forbids it, or where P is 0 on every criterion; a Q of 0 at
    some weights alone forbids nothing, or the score would not be linear.
    """

    def __init__(
        self,
        problem: Problem,
        possibility: pd.DataFrame,
        solver: str | None = None,
        name: str = "weights",
        time_limit: float | None = None,
    ) -> None:
        no_terms(problem, name)
        pairs = pd.MultiIndex.from_product([needed(problem).workers, problem.tasks])
        if not isinstance(possibility, pd.DataFrame) or not possibility.shape[1]:
            got = shown(possibility)
            raise ValueError(
                f"possibility: a frame is needed with a column for each criterion, got {got}"
            )
        if not isinstance(possibility.index, pd.MultiIndex) or possibility.index.nlevels != 2:
            raise ValueError(
                "possibility: an index (worker, task) is needed, as possibility_matrix gives it"
            )
        same_labels(possibility.index, pairs, "possibility, rows")
        shape = *problem.arrays.qualification.shape, possibility.shape[1]
        self.p = numbers(possibility.reindex(pairs)).reshape(shape)
        if not np.isfinite(self.p).all():
            i, j, k = np.argwhere(~np.isfinite(self.p))[0].tolist()
            where = f"{problem.workers[i]} on {problem.tasks[j]}, {possibility.columns[k]}"
            raise ValueError(f"possibility: {where} is not a finite number")
        self.criteria = possibility.columns
        self.gain = self.p * problem.arrays.task_weights[None, :, None]
        free = ~problem.arrays.task_conflicts & (self.p != 0).any(axis=2)
        self.problem = problem.changed(task_conflicts=~free, qualification=np.where(free, 1.0, 0.0))
        self.oracle = Oracle(self.problem, solver, time_limit)

    def points(self, placed: IntArray) -> FloatArray:
        """s(T), K values."""
        return np.asarray(self.gain[placed[:, 0], placed[:, 1]].sum(axis=0))

    def problem_at(self, weights: FloatArray) -> Problem:
        """The problem with Q of these weights."""
        q = self.p @ weights
        return self.problem.changed(qualification=np.where(q == 0, TINY, q))

    def best(self, weights: FloatArray) -> Assignment:
        """The optimum for these weights; TimeOverError where the time is over."""
        return self.oracle.best(self.problem_at(weights))

    def read(self, weights: Any) -> FloatArray:
        """Weights in the criteria's order, equal for None; ValueError unless ≥ 0 with sum 1."""
        if weights is None:
            return np.full(len(self.criteria), 1 / len(self.criteria))
        w = labelled_vector(weights, self.criteria, "weights")
        return check_weights(w, self.criteria)

    def shown(self, weights: FloatArray) -> pd.Series[float]:
        """Weights with their labels, rounding below 0 taken off."""
        clean = np.where(weights < NEAR, 0.0, weights)
        return pd.Series(clean / clean.sum(), index=self.criteria, name="weight")

    def nearest(self, start: FloatArray, rows: Sequence[FloatArray]) -> FloatArray | None:
        """The weights nearest to ``start`` with row · w ≥ 0 for each row, or None.

        Distance is the weight that moves, ½ Σ |w_k - start_k|.
        """
        size = len(start)
        eye, nothing = np.eye(size), np.zeros((len(rows), size))
        scaled = [row / (np.abs(row).max() or 1.0) for row in rows]
        below = np.vstack(
            [
                np.hstack([eye, -eye]),
                np.hstack([-eye, -eye]),
                np.hstack([-np.array(scaled).reshape(-1, size), nothing]),
            ]
        )
        answer = linprog(  # type: ignore[call-overload]  # these options are not in the stubs
            np.r_[np.zeros(size), np.ones(size)],
            below,
            np.r_[start, -start, np.zeros(len(rows))],
            [np.r_[np.ones(size), np.zeros(size)]],
            [1.0],
            bounds=[(0, 1)] * (2 * size),
            options=_EXACT,
        )
        return None if answer.x is None else np.asarray(answer.x[:size])

    def mixture(self, rows: Sequence[FloatArray]) -> tuple[FloatArray, float]:
        """Shares of the rows, with sum 1, whose mixture has the smallest largest entry; that entry.

        Below 0 it proves that no weights make every row · w ≥ 0.
        """
        matrix = np.array(rows)
        unit = float(np.abs(matrix).max()) or 1.0
        answer = linprog(  # type: ignore[call-overload]  # these options are not in the stubs
            np.r_[np.zeros(len(rows)), 1.0],
            np.hstack([matrix.T / unit, -np.ones((matrix.shape[1], 1))]),
            np.zeros(matrix.shape[1]),
            [np.r_[np.ones(len(rows)), 0.0]],
            [1.0],
            bounds=[(0, 1)] * len(rows) + [(None, None)],
            options=_EXACT,
        )
        share = np.maximum(0, answer.x[:-1])
        share /= share.sum()
        return share, float((share @ matrix).max())
