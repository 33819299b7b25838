r"""The linear relaxation of a plain problem, solved again with some workers chosen or out.

The rows of places and limits (:mod:`crowdnb.model.rows`) over T and, in whole-project scope, the
team y; and of the conflicts only the rows that solutions broke, from a pool of cliques and cycles
(:mod:`crowdnb.solver.cuts`). Pairs join when they gain. HiGHS goes on from its last basis, and is
not believed: with low ≤ A x ≤ high and l ≤ x ≤ u, for *any* prices p of the rows,

    c · x ≤ Σ max(p low, p high) + Σ_j max(l_j r_j, u_j r_j),   r = c - A^T p,

is a bound, which is computed here, over all pairs. A place may stay empty at a cost beyond all
differences of ρ, so that every relaxation has a solution; where no assignment exists its bound
falls below all of ρ.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple, TypeAlias

import highspy
import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.conflict_graph import covering
from crowdnb.model.matrices import entries
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING
from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import Rules
from crowdnb.solver.cuts import cuts
from crowdnb.solver.greeting import silence_greeting
from crowdnb.solver.placement import compatible, place

_BELOW = 0.1  # of what ρ can differ
_BROKEN = 1e-6  # by how much a row of the pool is broken that joins
_TIMES = 30  # that rows and columns join for one solution
_GAIN = 1e-7  # that a column promises which joins, in the unit that HiGHS is given

_Sparse: TypeAlias = "sparse.csr_array[np.float64]"


class Cut(NamedTuple):
    """Σ of the columns of some workers ≤ high, in one layer."""

    layer: int
    members: IntArray
    high: float


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
        self,
        problem: Problem,
        play: BoolArray,
        pool: Sequence[Cut] = (),
        likely: BoolArray | None = None,
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
        self.here = np.ones(size + n, dtype=bool)  # columns that are in the relaxation
        if likely is not None:
            self.here[: len(value)] = likely[tuple(self.pairs.T)]
        self.at = np.flatnonzero(self.here)  # in order
        self.number = np.cumsum(self.here) - 1  # of each column that is there
        self.highs = self._handed_over()
        self.pool: list[Cut] = []  # rows of conflicts
        self.over = sparse.csr_array((0, size + n))  # the same over the columns
        self.waiting: BoolArray = np.zeros(0, dtype=bool)  # not in the relaxation yet
        self._know(pool or self._cover())

    def _cover(self) -> list[Cut]:
        """Cliques that cover all conflicts, for the project or for each task of several places."""
        several = self.problem.fewest > 1
        layers = [0] if self.together else np.flatnonzero(several).tolist()
        found = list(covering(self.between))
        return [Cut(layer, one, 1.0) for layer in layers for one in found]

    def _rows(self) -> tuple[_Sparse, _Sparse, FloatArray, FloatArray]:
        """The rows over pairs and team, over the empty places of each task, low and high."""
        blocks = rows(Rules.of(self.problem), self.pairs, groups=[])
        if self.together:
            blocks["limit"] = blocks["limit"]._replace(low=blocks["limit"].high)
        matrix, low, high = stacked(blocks.values())
        n = len(self.problem.tasks)
        before = [len(blocks[kind].who) for kind in takewhile(lambda kind: kind != "place", blocks)]
        at = sum(before) + blocks["place"].task
        return matrix, entries(at, blocks["place"].task, (len(low), n)), low, high

    def _handed_over(self) -> highspy.Highs:
        by_column = sparse.csc_array(self.matrix[:, self.at])
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = by_column.shape
        lp.col_cost_, lp.col_upper_ = -self.worth[self.at] / self.scale, self.most[self.at]
        lp.col_lower_ = np.zeros(len(self.at))
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
        """With these integer columns chosen, those out; None where HiGHS gives no prices in time."""
        low, high = np.zeros(len(self.worth)), self.most.copy()
        low[self.whole[chosen]], high[self.whole[out]] = 1.0, 0.0
        columns = self.whole[self.here[self.whole]]
        there = self.number[columns].astype(np.int32)
        self.highs.changeColsBounds(len(columns), there, low[columns], high[columns])
        for _ in range(_TIMES):
            left = max(1e-3, min(until - time.perf_counter(), 1e6))
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + left)  # of all runs
            self.highs.run()
            solution = self.highs.getSolution()
            if not solution.dual_valid:
                return None
            value = np.zeros(len(self.worth))
            value[self.at] = solution.col_value
            price = self._prices(solution.row_dual)
            reduced = self.worth - self.matrix.T @ price
            joined = self._join(self.over @ value)
            if not self._enter((reduced > _GAIN * self.scale) & (high > 0), high) and not joined:
                break
        price = np.append(price, np.zeros(len(self.low) - len(price)))  # of rows that joined last
        sides = price * np.select([price > 0, price < 0], [self.high, self.low], 0.0)
        gain = (reduced * np.where(reduced > 0, high, low))[self.real]
        bound = math.fsum([*sides.tolist(), *gain.tolist()])
        sizes = np.abs(self.worth) + abs(self.matrix).T @ np.abs(price)
        bound += ROUNDING * float(np.abs(sides).sum() + self.most @ sizes)
        return Solved(bound, value[self.whole], reduced[: len(self.pairs)])

    def _prices(self, dual: Sequence[float]) -> FloatArray:
        """Prices of the rows, none on a side that a row does not have."""
        price = -np.array(dual) * self.scale
        price = np.where(np.isfinite(self.high), price, np.minimum(price, 0.0))
        return np.asarray(np.where(np.isfinite(self.low), price, np.maximum(price, 0.0)))

    def rounded(self, x: FloatArray) -> IntArray | None:
        """An assignment near a solution, which may break conflicts in same-task scope; or None.

        The best places of a team that joins in the order of y; the integer T nearest to T.
        """
        if self.together:
            return place(self.problem, compatible(self.problem, np.argsort(-x, kind="stable")))
        t = np.full(self.problem.eligible.shape, -1.0)
        t[tuple(self.pairs.T)] = x
        return place(self.problem, gain=t, allowed=t >= -0.5)

    def cut(self, x: FloatArray) -> bool:
        """Put rows that a solution breaks into the pool, if any are found; they join with the next."""
        found = list[Cut]()
        for layer, column in enumerate(self.columns):
            y = np.where(column < 0, 0.0, x[column])
            found += [Cut(layer, *one) for one in cuts(self.between, y)]
        self._know(found)
        return bool(found)

    def _know(self, found: Sequence[Cut]) -> None:
        """More rows in the pool."""
        numbers = [self.columns[one.layer, one.members] for one in found]
        numbers = [self.whole[column[column >= 0]] for column in numbers]
        row = np.repeat(np.arange(len(found)), [len(column) for column in numbers])
        flat = np.concatenate([*numbers, np.zeros(0, dtype=np.int64)])
        new = entries(row, flat, (len(found), len(self.worth)))
        self.pool += found
        self.over = sparse.csr_array(sparse.vstack([self.over, new]))
        self.waiting = np.append(self.waiting, np.ones(len(found), dtype=bool))

    def _join(self, sums: FloatArray) -> bool:
        """Put rows of the pool that sums exceed into the relaxation; whether there are any."""
        high = np.array([one.high for one in self.pool])
        broken = np.flatnonzero(self.waiting & (sums > high + _BROKEN))
        if not len(broken):
            return False
        for at in broken.tolist():
            own = self.over.indices[self.over.indptr[at] : self.over.indptr[at + 1]]
            own = self.number[own[self.here[own]]]
            ones = np.ones(len(own))
            self.highs.addRow(-highspy.kHighsInf, high[at], len(own), own.astype(np.int32), ones)
        self.waiting[broken] = False
        self.matrix = sparse.csr_array(sparse.vstack([self.matrix, self.over[broken]]))
        self.low = np.append(self.low, np.full(len(broken), -np.inf))
        self.high = np.append(self.high, high[broken])
        return True

    def _enter(self, gaining: BoolArray, most: FloatArray) -> bool:
        """Put columns that gain into the relaxation; whether there are any."""
        new = np.flatnonzero(gaining & ~self.here)
        if not len(new):
            return False
        by_column = sparse.csc_array(self.matrix[:, new])
        for k, column in enumerate(new.tolist()):
            part = slice(by_column.indptr[k], by_column.indptr[k + 1])
            own = by_column.indices[part].astype(np.int32)
            cost = -self.worth[column] / self.scale
            self.highs.addCol(cost, 0.0, most[column], len(own), own, by_column.data[part])
        self.number[new] = len(self.at) + np.arange(len(new))
        self.at, self.here[new] = np.append(self.at, new), True
        return True
