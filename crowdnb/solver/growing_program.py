"""A linear program that columns join: max worth · x, A x ≤ high, x ≥ 0.

HiGHS goes on from its last basis by the primal simplex method, for which a new column is no more
than a step: at 300 × 60, nine conflicts each, a column generation takes 0.08 s of the processor,
and 0.43 s where each program is solved afresh. What it says is not believed.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from scipy import sparse

from crowdnb.labels import FloatArray
from crowdnb.solver.greeting import silence_greeting

_PRIMAL = 4  # of HiGHS's strategies


class Solved(NamedTuple):
    """The best x of the columns so far, and the price of each row."""

    x: FloatArray
    prices: FloatArray


class GrowingProgram:
    """The program without columns.

    Parameters
    ----------
    high : ndarray
        The right-hand sides.
    """

    def __init__(self, high: FloatArray) -> None:
        lp = highspy.HighsLp()
        lp.num_row_, lp.num_col_ = len(high), 0
        lp.row_lower_, lp.row_upper_ = np.full(len(high), -highspy.kHighsInf), high
        lp.a_matrix_.start_ = np.zeros(1, dtype=np.int32)
        silence_greeting()
        self.highs = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("presolve", "off"), ("threads", 1)):
            self.highs.setOptionValue(name, value)
        self.highs.setOptionValue("simplex_strategy", _PRIMAL)
        self.highs.passModel(lp)

    def with_columns(
        self, worth: FloatArray, columns: sparse.csc_array[np.float64], seconds: float
    ) -> Solved | None:
        """Add columns and solve; None where there is no optimum in time."""
        size = len(worth)
        self.highs.addCols(
            size,
            -worth,
            np.zeros(size),
            np.full(size, highspy.kHighsInf),
            columns.nnz,
            columns.indptr[:-1].astype(np.int32),
            columns.indices.astype(np.int32),
            columns.data,
        )
        left = min(seconds, 1e6)
        self.highs.setOptionValue("time_limit", self.highs.getRunTime() + left)  # of all runs
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self.highs.getSolution()
        return Solved(np.array(solution.col_value), -np.array(solution.row_dual))
