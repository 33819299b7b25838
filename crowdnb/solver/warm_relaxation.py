r"""The linear relaxation of a plain problem, solved again and again with some workers chosen or out.

The rows of the program (:mod:`crowdnb.model.rows`) over T and, in whole-project scope, the team y,
and rows of :mod:`crowdnb.solver.cuts` that solutions break. HiGHS goes on from its last basis, and
is not believed: with low ≤ A x ≤ high and l ≤ x ≤ u, for *any* prices p of the rows,

    c · x ≤ Σ max(p low, p high) + Σ_j max(l_j r_j, u_j r_j),   r = c - A^T p,

is a bound, which is computed here. A place may stay empty at a cost beyond all differences of ρ, so
that every relaxation has a solution; where none has an assignment its bound falls below all of ρ.
"""

from __future__ import annotations

import math
import time
from itertools import takewhile
from typing import NamedTuple, TypeAlias

import highspy
import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.matrices import entries
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING
from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import Rules
from crowdnb.solver.cuts import Cut, cuts
from crowdnb.solver.greeting import silence_greeting
from crowdnb.solver.placement import compatible, place

_BELOW = 0.1  # of what ρ can differ

_Sparse: TypeAlias = "sparse.csr_array[np.float64]"


class Solved(NamedTuple):
    """One relaxation."""

    bound: float  # no assignment that keeps the limits of the columns exceeds it
    x: FloatArray  # of the columns that are to be integer
    reduced: FloatArray  # r of the pairs


class WarmRelaxation:
    """The relaxation over some pairs.

    Attributes
    ----------
    pairs : ndarray of int, shape (pairs, 2)
    columns : ndarray of int, shape (layers, m)
        The number of the integer column of each worker; -1 where there is none. Two workers in
        conflict are so within a layer: the project, or a task.
    range : float
        By how much the ρ of two assignments can differ at most.
    below : float
        Every assignment comes to more: a node of no greater bound has none.
    """

    def __init__(
        self, problem: Problem, play: BoolArray, known: list[list[Cut]] | None = None
    ) -> None:
        self.problem, self.pairs = problem, np.argwhere(play)
        self.between = problem.arrays.worker_conflicts
        self.together = problem.conflict_scope == "project"
        need, (m, n) = problem.fewest, play.shape
        value = problem.value[tuple(self.pairs.T)]
        worst, best = np.full(n, np.inf), np.full(n, -np.inf)
        np.minimum.at(worst, self.pairs[:, 1], value)
        np.maximum.at(best, self.pairs[:, 1], value)
        worst, best = np.where(need > 0, worst, 0.0), np.where(need > 0, best, 0.0)
        self.range = math.fsum(need * (best - worst)) or 1.0
        self.below = math.fsum(need * worst) - _BELOW * self.range
        self.scale = self.range / max(1, int(need.sum()))  # HiGHS works to tolerances of its own
        own, places, self.low, self.high = self._rows()
        size = own.shape[1]
        # an empty place costs more than all that assignments can differ by
        empty = worst - 2 * self.range
        self.matrix = sparse.csr_array(sparse.hstack([own, places]))
        self.worth = np.concatenate([value, np.zeros(size - len(value)), empty])
        self.most = np.concatenate([np.ones(size), need.astype(float)])
        self.real = np.arange(size + n) < size  # all columns but the empty places
        if self.together:
            self.whole, self.columns = np.arange(len(value), size), np.arange(m)[np.newaxis]
        else:
            self.whole, self.columns = np.arange(size), np.full((n, m), -1)
            self.columns[self.pairs[:, 1], self.pairs[:, 0]] = np.arange(size)
        self.highs = self._handed_over()
        self.known: list[list[Cut]] = known or [[] for _ in self.columns]
        for layer, found in enumerate(self.known):
            self._add(layer, found)

    def _rows(self) -> tuple[_Sparse, _Sparse, FloatArray, FloatArray]:
        """The rows over pairs and team, over the empty places of each task, low and high."""
        blocks = rows(Rules.of(self.problem), self.pairs)
        if self.together:
            blocks["limit"] = blocks["limit"]._replace(low=blocks["limit"].high)
        matrix, low, high = stacked(blocks.values())
        n = len(self.problem.tasks)
        before = [len(blocks[kind].who) for kind in takewhile(lambda kind: kind != "place", blocks)]
        at = sum(before) + blocks["place"].task
        return matrix, entries(at, blocks["place"].task, (len(low), n)), low, high

    def _handed_over(self) -> highspy.Highs:
        by_column = sparse.csc_array(self.matrix)
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = self.matrix.shape
        lp.col_cost_, lp.col_upper_ = -self.worth / self.scale, self.most
        lp.col_lower_ = np.zeros(len(self.worth))
        lp.row_lower_, lp.row_upper_ = self.low, self.high
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
            by_column.indptr,
            by_column.indices,
            by_column.data,
        )
        silence_greeting()
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("threads", 1)
        highs.passModel(lp)
        return highs

    def solve(self, chosen: IntArray, out: IntArray, until: float) -> Solved | None:
        """With these integer columns chosen, and those out; None where HiGHS gives no prices in time."""
        least, most = np.zeros(len(self.whole)), np.ones(len(self.whole))
        least[chosen], most[out] = 1.0, 0.0
        columns = self.whole.astype(np.int32)
        self.highs.changeColsBounds(len(columns), columns, least, most)
        left = max(1e-3, min(until - time.perf_counter(), 1e6))
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + left)  # of all runs
        self.highs.run()
        solution = self.highs.getSolution()
        if not solution.dual_valid:
            return None
        low, high = np.zeros(len(self.worth)), self.most.copy()
        low[self.whole], high[self.whole] = least, most
        price = -np.array(solution.row_dual) * self.scale
        price = np.where(np.isfinite(self.high), price, np.minimum(price, 0.0))
        price = np.where(np.isfinite(self.low), price, np.maximum(price, 0.0))
        reduced = self.worth - self.matrix.T @ price
        sides = price * np.select([price > 0, price < 0], [self.high, self.low], 0.0)
        gain = (reduced * np.where(reduced > 0, high, low))[self.real]
        bound = math.fsum([*sides.tolist(), *gain.tolist()])
        sizes = np.abs(self.worth) + abs(self.matrix).T @ np.abs(price)
        bound += ROUNDING * float(np.abs(sides).sum() + self.most @ sizes)
        x = np.array(solution.col_value)[self.whole]
        return Solved(bound, x, reduced[: len(self.pairs)])

    def rounded(self, x: FloatArray) -> IntArray | None:
        """An assignment near a solution, which may break conflicts in same-task scope; or None.

        The best places of a team that joins in the order of y; the integer T nearest to T.
        """
        if self.together:
            return place(self.problem, compatible(self.problem, np.argsort(-x, kind="stable")))
        t = np.full(self.problem.eligible.shape, -1.0)
        t[tuple(self.pairs.T)] = x
        return place(self.problem, gain=t, allowed=t >= -0.5)

    def cut(self, x: FloatArray) -> int:
        """Add the rows that a solution breaks; how many."""
        count = 0
        for layer, column in enumerate(self.columns):
            y = np.where(column < 0, 0.0, x[column])
            if found := cuts(self.between, y):
                self.known[layer] += found
                self._add(layer, found)
                count += len(found)
        return count

    def _add(self, layer: int, found: list[Cut]) -> None:
        numbers = []
        for one in found:
            column = self.columns[layer, one.members]
            column = self.whole[column[column >= 0]].astype(np.int32)
            numbers.append(column)
            self.highs.addRow(
                -highspy.kHighsInf, one.high, len(column), column, np.ones(len(column))
            )
        if not found:
            return
        row = np.repeat(np.arange(len(found)), [len(column) for column in numbers])
        new = sparse.csr_array(
            (np.ones(len(row)), (row, np.concatenate(numbers))), (len(found), len(self.worth))
        )
        self.matrix = sparse.csr_array(sparse.vstack([self.matrix, new]))
        self.low = np.append(self.low, np.full(len(found), -np.inf))
        self.high = np.append(self.high, [one.high for one in found])
