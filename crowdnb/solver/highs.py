"""Mixed-integer programs in arrays, for HiGHS.

What explanations, repairs and the worst case ask beside cvxpy.

scipy's ``milp`` asks the same engine, but cannot keep it from writing to the terminal.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import highspy
import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray
from crowdnb.solver.apart import apart
from crowdnb.solver.engine import FINEST, HIGHS, PATIENCE, SolverAnswerError
from crowdnb.solver.greeting import silence_greeting

FOREVER = 1e9  # seconds
_IN_TIME = 0.9  # of the time for a question: HiGHS looks at its clock now and then


class Milp(NamedTuple):
    """Minimise costs · x, where low ≤ rows · x ≤ high and least ≤ x ≤ most, some of x integer."""

    costs: FloatArray  # variables
    rows: sparse.csr_array[np.float64]  # rows × variables
    low: FloatArray
    high: FloatArray
    least: FloatArray
    most: FloatArray
    whole: BoolArray


class MilpAnswer(NamedTuple):
    """What HiGHS says: the best x, if there is one; what no x costs less than.

    Whether this is settled.
    """

    x: FloatArray | None
    bound: float  # inf where no x exists
    proved: bool  # that x is the best, or that none exists


def least_cost(
    program: Milp, seconds: float, patience: float = PATIENCE, sums: bool = False
) -> MilpAnswer:
    """The best x: sought here for a while, then in a process of its own, which an interrupt ends at once.

    ``sums`` says whether sums of real numbers are bounded: then HiGHS is asked in two ways, since it
    calls a wrong x the best of one in some thousand such programs, and not of the same ones.
    """
    if not len(program.costs):  # HiGHS calls this empty, and does not look at the rows
        kept = bool(((program.low <= 0) & (program.high >= 0)).all())
        return MilpAnswer(np.zeros(0) if kept else None, 0.0 if kept else np.inf, True)
    here = _ask(program, _IN_TIME * min(seconds, patience), sums)
    if here.proved or seconds <= patience:
        return here
    left = seconds - patience
    later = apart(
        _ask,
        program,
        _IN_TIME * left,
        sums,
        time_limit=None if seconds == FOREVER else left,
        bar="HiGHS",
    )
    return here if later is None or (later.x is None and not later.proved) else later


def _ask(program: Milp, seconds: float, sums: bool) -> MilpAnswer:
    """What HiGHS says; asked twice, the better of both."""
    if not sums:
        return _ask_once(program, seconds, HIGHS)
    one = _ask_once(program, seconds / 2, HIGHS)
    other = _ask_once(program, seconds / 2, HIGHS | {"mip_feasibility_tolerance": FINEST})
    if not (one.proved and other.proved):
        return one if one.proved or (one.x is not None and not other.proved) else other
    costs = [math.inf if said.x is None else float(program.costs @ said.x) for said in (one, other)]
    return one if costs[0] <= costs[1] else other


def _ask_once(program: Milp, seconds: float, options: dict[str, Any]) -> MilpAnswer:
    rows, size = sparse.csc_array(program.rows), len(program.costs)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = size, rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.costs, program.least, program.most
    lp.row_lower_, lp.row_upper_ = program.low, program.high
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
        rows.indptr,
        rows.indices,
        rows.data,
    )
    kinds = highspy.HighsVarType
    lp.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in program.whole]
    silence_greeting()
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "time_limit": seconds, **options}.items():
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    highs.run()
    status, ends = highs.getModelStatus(), highspy.HighsModelStatus
    if status in (ends.kInfeasible, ends.kUnboundedOrInfeasible):  # no program here is unbounded
        return MilpAnswer(None, np.inf, True)
    if status not in (ends.kOptimal, ends.kTimeLimit):
        raise SolverAnswerError(
            f"internal error: HiGHS ends with {highs.modelStatusToString(status)}"
        )
    info = highs.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    x = np.array(highs.getSolution().col_value) if found else None
    return MilpAnswer(x, info.mip_dual_bound, status == ends.kOptimal)
