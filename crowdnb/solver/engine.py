"""Engines: how each is asked, what its statuses prove, and what it is given by way of tolerances.

What an engine says is handed on as it is, in an :class:`Answer`; :mod:`crowdnb.solver.search`
checks it.
"""

from __future__ import annotations

import ctypes
import math
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crowdnb.extras import how_to_get
from crowdnb.labels import FloatArray, IntArray, listing, text_of
from crowdnb.model.problem import Problem, Status
from crowdnb.model.terms import near_score
from crowdnb.solver.apart import apart
from crowdnb.solver.boolean_program import boolean_program
from crowdnb.solver.greeting import silence_greeting

if TYPE_CHECKING:
    import cvxpy as cp

PREFERRED = ("GLPK_MI", "CBC", "HIGHS")
PACKAGE = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy", "CPLEX": "cplex"}
GLPK_WORDS = {  # as cvxpy translates them
    "optimal": "optimal",
    "feasible": "optimal_inaccurate",
    "infeasible problem": "infeasible",
    "primal infeasible": "infeasible",
    "LP relaxation is primal infeasible": "infeasible",
}
KNOWN_LIMITS = ("GLPK_MI", "CBC", "HIGHS", "SCIPY")  # engines whose time can be limited
FINEST = 1e-9  # of T, rows and reduced costs: what engines may be off by
# With presolve HiGHS loses assignments of one in some thousand problems, and takes longer. Its
# tolerance of whole numbers stays at 1e-6: at 1e-9 it cuts off optima where pairs together miss a
# budget by less than a ten-millionth. At 1e-6 it loses others, so that a small question with sums of
# real numbers is put to it in both ways.
HIGHS: dict[str, Any] = {"presolve": "off", "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
# What the statuses of engines prove, as cvxpy hands them on (behind each: the engine's own words).
# Engines that are not here are read like HIGHS. No gap is allowed (see _options), so that "optimal"
# is never within a gap only.
OPTIMAL, INFEASIBLE, NOTHING = "optimal", "infeasible", "nothing"
# it had no limit, or took less than half of it
IN_TIME = "infeasible, if it cannot have been stopped"
PROOFS: dict[str, dict[str, str]] = {
    "GLPK_MI": {
        "optimal": OPTIMAL,
        "infeasible": INFEASIBLE,  # (LP relaxation is) primal infeasible, infeasible problem
        "optimal_inaccurate": NOTHING,  # feasible: stopped by time
        # (LP relaxation is) dual infeasible: no program here is, so it is numerical trouble
        "unbounded": NOTHING,
        "solver_error": NOTHING,  # undefined, unknown: stopped by time, or numerical trouble
    },
    "CBC": {
        "optimal": OPTIMAL,  # solution
        # relaxation infeasible, problem proven infeasible: also when its time ends at the root
        "infeasible": IN_TIME,
        # stopped on nodes, gap, time, solutions; T may break any rule
        "optimal_inaccurate": NOTHING,
        "unbounded": NOTHING,  # linear relaxation unbounded, unset
        "solver_error": NOTHING,  # relaxation abandoned, stopped on user event
    },
    "HIGHS": {
        "optimal": OPTIMAL,  # kOptimal
        # kInfeasible; with presolve on it was said of problems that have assignments
        "infeasible": INFEASIBLE,
        # kUnboundedOrInfeasible: no program here is unbounded
        "infeasible_or_unbounded": INFEASIBLE,
        "unbounded": NOTHING,  # kUnbounded: numerical trouble
        # kTimeLimit, kIterationLimit, kSolutionLimit, kObjectiveBound, kObjectiveTarget
        "user_limit": NOTHING,
        "solver_error": NOTHING,  # kNotset, kModelError, kSolveError
        "unknown": NOTHING,  # kUnknown, kInterrupt, kMemoryLimit
    },
    "SCIPY": {
        "optimal": OPTIMAL,  # 0
        "infeasible": INFEASIBLE,  # 2
        "optimal_inaccurate": NOTHING,  # 1: a limit, with an assignment
        "unbounded": NOTHING,  # 3: numerical trouble
        "solver_error": NOTHING,  # 1: a limit, without one; 4: other trouble
    },
}
# seconds in this process, where nothing can stop an engine; longer questions get one of their own
PATIENCE = 2.0
TICK = 0.05  # seconds, kept for handing the answer over


class SolverAnswerError(RuntimeError):
    """A solver returned something that is not an answer to the problem.

    An internal error, never the user's.
    """


class Answer(NamedTuple):
    """What an engine says, not yet believed."""

    status: Status
    pairs: FloatArray  # T of the pairs asked about
    objective: float


def ask(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    time_limit: float | None,
    pins: IntArray | None = None,
    refused: Sequence[IntArray] = (),
    some: IntArray | None = None,
    fine: bool = False,
) -> Answer:
    """Write the program in cvxpy, hand it to the engine, and read what it says.

    Parameters
    ----------
    problem : Problem
    pairs : ndarray of int, shape (pairs, 2)
        Positions (worker, task) that are allowed.
    engine : str
    time_limit : float or None
        Seconds, writing the program included.
    pins : ndarray of int, optional
        Which of ``pairs`` must be chosen, beyond the problem's own pinned pairs.
    refused : sequence of ndarray of int
        Sets of ``pairs`` that must not be the answer.
    some : ndarray of int, optional
        Which of ``pairs`` at least one must be chosen of.
    fine : bool
        Whether HIGHS is to see whole numbers as finely as rows.
    """
    start = time.perf_counter()
    model, t = boolean_program(problem, pairs, pins, refused, some)
    return read(problem, pairs, model, t, engine, left_of(time_limit, start), fine)


def read(
    problem: Problem,
    pairs: IntArray,
    model: cp.Problem,
    t: cp.Variable,
    engine: str,
    time_limit: float | None,
    fine: bool = False,
) -> Answer:
    """Let the engine solve a program, and read what it says of the pairs."""
    import cvxpy as cp

    try:
        with warnings.catch_warnings():
            # "solution may be inaccurate": the status says it, and it is read
            warnings.simplefilter("ignore")
            options, start = _options(engine, time_limit, fine), time.perf_counter()
            data, chain, inverse = model.get_problem_data(engine)
            if time_limit is not None:
                time_limit = left_of(time_limit, start)
                options = _options(engine, time_limit, fine)
            start = time.perf_counter()
            model.unpack_results(_solved(model, data, chain, options, engine), chain, inverse)
    except (
        cp.SolverError,
        KeyError,
        ArithmeticError,
    ) as error:  # KeyError: a status that cvxpy does not know
        if time_limit is None:
            raise SolverAnswerError(f"internal error: {engine} gives no answer: {error}") from error
        return Answer("time_limit", np.zeros(len(pairs)), math.nan)
    found = None if t.value is None else np.asarray(t.value, dtype=float)
    return proved(
        problem, pairs, engine, model.status, found, time_limit, time.perf_counter() - start
    )


# C's own handler of a signal, since Python's signal module does not see those that C code installs.
_handler = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int)(("PyOS_getsig", ctypes.pythonapi))
_handle = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ("PyOS_setsig", ctypes.pythonapi)
)


def _solved(model: cp.Problem, data: Any, chain: Any, options: dict[str, Any], engine: str) -> Any:
    """What the engine returns; KeyboardInterrupt where the user interrupts it.

    CBC hears interrupts itself, ends as "stopped on user event", and leaves the process deaf to all
    later ones.
    """
    if engine == "HIGHS":
        silence_greeting()
    if engine != "CBC":
        return chain.solve_via_data(model, data, solver_opts=options)
    chain.solver = copy(chain.solver)  # cvxpy's own is shared, and reads two ends as the same error
    chain.solver.STATUS_MAP_MIP = chain.solver.STATUS_MAP_MIP | {
        "stopped on user event": "interrupted"
    }
    before = _handler(signal.SIGINT)
    try:
        said = chain.solve_via_data(model, data, solver_opts=options)
    finally:
        _handle(signal.SIGINT, before)
    if said["status"] == "interrupted":
        raise KeyboardInterrupt
    return said


def proved(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    said: str | None,
    found: FloatArray | None,
    time_limit: float | None,
    seconds: float,
) -> Answer:
    """What an engine's status proves, by :data:`PROOFS`; ``time_limit`` where it proves nothing.

    Parameters
    ----------
    said : str or None
        The status as cvxpy hands it on.
    found : ndarray or None
        T of the pairs, as far as there is one.
    time_limit, seconds : float
        What the engine was given, and what it took.
    """
    proof = PROOFS.get(engine, PROOFS["HIGHS"]).get(str(said), NOTHING)
    if proof == IN_TIME:
        proof = INFEASIBLE if time_limit is None or seconds < time_limit / 2 else NOTHING
    if proof == INFEASIBLE:
        return Answer("infeasible", np.zeros(len(pairs)), math.nan)
    if proof == OPTIMAL and found is not None:
        return Answer("optimal", found, near_score(problem, pairs, found))
    if time_limit is None:
        raise SolverAnswerError(
            f"internal error: {engine} ends with status {said} and no time limit"
        )
    return Answer("time_limit", np.zeros(len(pairs)) if found is None else found, math.nan)


def left_of(seconds: float | None, start: float) -> float | None:
    """What is left of a time limit, at least a tenth of it."""
    return None if seconds is None else max(seconds / 10, seconds - (time.perf_counter() - start))


def ask_apart(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    time_limit: float | None,
    pins: IntArray | None = None,
    refused: Sequence[IntArray] = (),
    some: IntArray | None = None,
) -> Answer:
    """:func:`ask` in a process of its own, which ends when the time is over or the user interrupts.

    Engines are C programs that hear no interrupt, and some of them overrun their limits. A bar
    shows the time.
    """
    until = None if time_limit is None else time.time() + time_limit
    bar = f"{engine}, {len(pairs)} pairs"
    asked = (problem, pairs, engine, until, pins, refused, some)
    try:
        answer = apart(_ask_until, *asked, time_limit=time_limit, bar=bar)
    except SolverAnswerError:
        raise
    except RuntimeError as error:
        raise SolverAnswerError(f"internal error: {error}") from error
    return Answer("time_limit", np.zeros(len(pairs)), math.nan) if answer is None else answer


def _ask_until(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    until: float | None,
    pins: IntArray | None,
    refused: Sequence[IntArray],
    some: IntArray | None,
) -> Answer:
    """:func:`ask` up to a time of the clock."""
    import cvxpy  # noqa: F401  # its import is part of the time

    time_limit = None if until is None else max(TICK, 0.95 * (until - time.time()) - 2 * TICK)
    return ask(problem, pairs, engine, time_limit, pins, refused, some)


def pick(solver: str | None) -> str:
    """Name of the engine to use, installed.

    Raises
    ------
    ValueError
        No solver has that name.
    ModuleNotFoundError
        It is not installed; the message names the package to install.
    """
    if solver is not None:
        text_of(solver, "solver")
    if solver in (None, "GLPK_MI") and "cvxpy" not in sys.modules and _has_glpk():
        return "GLPK_MI"
    from cvxpy.reductions.solvers.defines import INSTALLED_MI_SOLVERS, MI_SOLVERS

    preferred = [name for name in PREFERRED if name in INSTALLED_MI_SOLVERS]
    if solver is None and preferred:
        return preferred[0]
    name = "HIGHS" if solver is None else solver.upper()
    if name in INSTALLED_MI_SOLVERS:
        return name
    installed = preferred + [name for name in INSTALLED_MI_SOLVERS if name not in PREFERRED]
    if name not in [*PREFERRED, *MI_SOLVERS]:
        raise ValueError(f"solver: {solver!r} is unknown; installed are {listing(installed)}")
    how = how_to_get(PACKAGE[name]) if name in PACKAGE else "cvxpy's documentation says how"
    raise ModuleNotFoundError(
        f"the solver {name} is not installed; {how}; or use one of {listing(installed)}"
    )


def _has_glpk() -> bool:
    """Whether GLPK is there, as cvxpy finds it out; cvxpy itself takes half a second to import."""
    try:
        from cvxopt import glpk  # noqa: F401
    except ImportError:
        return False
    return True


def _options(engine: str, time_limit: float | None, fine: bool = False) -> dict[str, Any]:
    """Options that ask the engine for a proved optimum (no gap, the finest tolerances), within the time limit."""
    gaps: dict[str, dict[str, Any]] = {
        "GLPK_MI": {"tol_int": FINEST, "tol_obj": 1e-13},
        "CBC": {"allowableGap": 0.0, "allowableFractionGap": 0.0, "integerTolerance": FINEST},
        "HIGHS": (
            HIGHS | {"primal_feasibility_tolerance": FINEST, "dual_feasibility_tolerance": FINEST}
        ),
        "SCIPY": {"scipy_options": {"presolve": False, "mip_rel_gap": 0.0}},  # HiGHS too
    }
    options = gaps.get(engine, {})
    if fine and engine == "HIGHS":
        options = options | {"mip_feasibility_tolerance": FINEST}
    if time_limit is None:
        return options
    if engine not in KNOWN_LIMITS:
        raise ValueError(
            f"time_limit: not known how to set it for {engine}; known are {listing(KNOWN_LIMITS)}"
        )
    limits: dict[str, dict[str, Any]] = {
        "GLPK_MI": {"tm_lim": max(1, round(1000 * time_limit))},
        "CBC": {"maximumSeconds": time_limit},
        "HIGHS": {"time_limit": time_limit},
        "SCIPY": {"scipy_options": gaps["SCIPY"]["scipy_options"] | {"time_limit": time_limit}},
    }
    return options | limits[engine]
