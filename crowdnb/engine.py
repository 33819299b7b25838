r"""The boolean program in cvxpy, and the engines that solve it (sections 4 and 5).

Whole-project scope is written with one boolean a worker (formulation F3c):

    max  Σ_ij W_j Q_ij T_ij           T_ij ≥ 0, only for pairs that are allowed
    s.t. Σ_i T_ij = L_j               each task gets its workers                  (9)
         Σ_j T_ij = y_i               y_i ∈ {0, 1}: worker i is chosen or not     (10)
         Σ_{i in clique} y_i ≤ 1      for cliques that cover the conflicts C^A    (11), (12)

With y fixed the rest is a transportation problem, whose best vertex is whole, so m booleans do the work of
m·n. In same-task scope (11 alone) T itself is boolean and the clique rows stand for each task. With options of
:class:`crowdnb.Problem` beyond the paper T is boolean as well.

What an engine says is handed on as it is, in an :class:`Answer`; :mod:`crowdnb.program` checks it.
"""

from __future__ import annotations

import ctypes
import math
import signal
import time
import warnings
from collections.abc import Iterator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.apart import apart
from crowdnb.ecargo import Problem, Status, budget_slack, conflict_bits
from crowdnb.labels import FloatArray, IntArray, listing, text_of

if TYPE_CHECKING:
    import cvxpy as cp

PREFERRED = ("GLPK_MI", "CBC", "HIGHS")
PACKAGE = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy"}
GLPK_WORDS = {  # as cvxpy translates them
    "optimal": "optimal",
    "feasible": "optimal_inaccurate",
    "infeasible problem": "infeasible",
    "primal infeasible": "infeasible",
    "LP relaxation is primal infeasible": "infeasible",
}
KNOWN_LIMITS = ("GLPK_MI", "CBC", "HIGHS", "SCIPY")  # engines whose time can be limited
FINEST = 1e-9  # of T, rows and reduced costs: what engines may be off by
SEEN = 1e-9  # of the largest cost: smaller ones HIGHS leaves out by itself
# With presolve HiGHS loses assignments of one in some thousand problems, and takes longer. Its tolerance of whole
# numbers stays at 1e-6: at 1e-9 it cuts off optima where pairs together miss a budget by less than a ten-millionth.
HIGHS: dict[str, Any] = {"presolve": "off", "mip_rel_gap": 0.0, "mip_abs_gap": 0.0}
SCALE = 1e6  # the largest number of a program with options, beside which FINEST and CBC's step of 1e-5 are 1e-11
# What the statuses of engines prove, as cvxpy hands them on (behind each: the engine's own words). Engines that are
# not here are read like HIGHS. No gap is allowed (see _options), so that "optimal" is never within a gap only.
OPTIMAL, INFEASIBLE, NOTHING = "optimal", "infeasible", "nothing"
IN_TIME = "infeasible, if it cannot have been stopped"  # it had no limit, or took less than half of it
PROOFS: dict[str, dict[str, str]] = {
    "GLPK_MI": {
        "optimal": OPTIMAL,
        "infeasible": INFEASIBLE,  # (LP relaxation is) primal infeasible, infeasible problem
        "optimal_inaccurate": NOTHING,  # feasible: stopped by time
        "unbounded": NOTHING,  # (LP relaxation is) dual infeasible: no program here is, so it is numerical trouble
        "solver_error": NOTHING,  # undefined, unknown: stopped by time, or numerical trouble
    },
    "CBC": {
        "optimal": OPTIMAL,  # solution
        "infeasible": IN_TIME,  # relaxation infeasible, problem proven infeasible: also when its time ends at the root
        "optimal_inaccurate": NOTHING,  # stopped on nodes, gap, time, solutions; T may break any rule
        "unbounded": NOTHING,  # linear relaxation unbounded, unset
        "solver_error": NOTHING,  # relaxation abandoned, stopped on user event
    },
    "HIGHS": {
        "optimal": OPTIMAL,  # kOptimal
        "infeasible": INFEASIBLE,  # kInfeasible; with presolve on it was said of problems that have assignments
        "infeasible_or_unbounded": INFEASIBLE,  # kUnboundedOrInfeasible: no program here is unbounded
        "unbounded": NOTHING,  # kUnbounded: numerical trouble
        "user_limit": NOTHING,  # kTimeLimit, kIterationLimit, kSolutionLimit, kObjectiveBound, kObjectiveTarget
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
PATIENCE = 2.0  # seconds in this process, where nothing can stop an engine; longer questions get one of their own
TICK = 0.05  # seconds, kept for handing the answer over


class SolverAnswerError(RuntimeError):
    """A solver returned something that is not an answer to the problem. An internal error, never the user's."""


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
    """
    start = time.perf_counter()
    model, t = boolean_program(problem, pairs, pins, refused)
    return read(problem, pairs, model, t, engine, _left(time_limit, start))


def read(
    problem: Problem, pairs: IntArray, model: cp.Problem, t: cp.Variable, engine: str, time_limit: float | None
) -> Answer:
    """Let the engine solve a program, and read what it says of the pairs."""
    import cvxpy as cp

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "solution may be inaccurate": the status says it, and it is read
            options, start = _options(engine, time_limit), time.perf_counter()
            data, chain, inverse = model.get_problem_data(engine)
            if time_limit is not None:
                time_limit = _left(time_limit, start)
                options = _options(engine, time_limit)
            start = time.perf_counter()
            model.unpack_results(_solved(model, data, chain, options, engine), chain, inverse)
    except (cp.SolverError, KeyError, ArithmeticError) as error:  # KeyError: a status that cvxpy does not know
        if time_limit is None:
            raise SolverAnswerError(f"internal error: {engine} gives no answer: {error}") from error
        return Answer("time_limit", np.zeros(len(pairs)), math.nan)
    found = None if t.value is None else np.asarray(t.value, dtype=float)
    return proved(problem, pairs, engine, model.status, found, time_limit, time.perf_counter() - start)


# C's own handler of a signal, since Python's signal module does not see those that C code installs.
_handler = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int)(("PyOS_getsig", ctypes.pythonapi))
_handle = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(("PyOS_setsig", ctypes.pythonapi))


def _solved(model: cp.Problem, data: Any, chain: Any, options: dict[str, Any], engine: str) -> Any:
    """What the engine returns; KeyboardInterrupt where the user interrupts it.

    CBC hears interrupts itself, ends as "stopped on user event", and leaves the process deaf to all later ones.
    """
    if engine != "CBC":
        return chain.solve_via_data(model, data, solver_opts=options)
    chain.solver = copy(chain.solver)  # cvxpy's own is shared, and reads two ends as the same error
    chain.solver.STATUS_MAP_MIP = chain.solver.STATUS_MAP_MIP | {"stopped on user event": "interrupted"}
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
        return Answer("optimal", found, float(problem.value[pairs[:, 0], pairs[:, 1]] @ found))
    if time_limit is None:
        raise SolverAnswerError(f"internal error: {engine} ends with status {said} and no time limit")
    return Answer("time_limit", np.zeros(len(pairs)) if found is None else found, math.nan)


def _left(seconds: float | None, start: float) -> float | None:
    """What is left of a time limit, at least a tenth of it."""
    return None if seconds is None else max(seconds / 10, seconds - (time.perf_counter() - start))


def ask_apart(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    time_limit: float | None,
    pins: IntArray | None = None,
    refused: Sequence[IntArray] = (),
) -> Answer:
    """:func:`ask` in a process of its own, which ends when the time is over or the user interrupts.

    Engines are C programs that hear no interrupt, and some of them overrun their limits. A bar shows the time.
    """
    until = None if time_limit is None else time.time() + time_limit
    bar = f"{engine}, {len(pairs)} pairs"
    try:
        answer = apart(_ask_until, problem, pairs, engine, until, pins, refused, time_limit=time_limit, bar=bar)
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
) -> Answer:
    """:func:`ask` up to a time of the clock."""
    import cvxpy  # noqa: F401  # its import is part of the time

    time_limit = None if until is None else max(TICK, 0.95 * (until - time.time()) - 2 * TICK)
    return ask(problem, pairs, engine, time_limit, pins, refused)


def boolean_program(
    problem: Problem, pairs: IntArray, pins: IntArray | None = None, refused: Sequence[IntArray] = ()
) -> tuple[cp.Problem, cp.Variable]:
    """The program of this module's text over the allowed pairs, and its variable T.

    Where each task has exactly L_j workers, what each pair falls short of the best for its task takes the place of
    W_j Q_ij: the best assignment stays the same. Solvers work to tolerances around 1e-6; so scaled, they tell
    assignments apart that differ by 1e-9 (unscaled, answers were up to 9e-7 below the best). 1 is added to each gain,
    since CBC returns zeros for a program whose best value is 0. With options two spare booleans add that 1; they also
    keep GLPK's presolver from emptying the program, upon which it aborts the whole process.
    """
    import cvxpy as cp

    worker, task = pairs.T
    m, n = problem.q.shape
    by_task: Any = incidence(task, n)
    by_worker: Any = incidence(worker, m)
    limits = np.minimum(problem.limits, n)
    together = problem.conflict_scope == "project"
    whole = not (problem.plain and together)
    t = cp.Variable(len(pairs), boolean=True) if whole else cp.Variable(len(pairs), nonneg=True)
    rules: list[Any] = []
    if together:
        y = cp.Variable(m, boolean=True)
        if whole:
            rules.append(by_worker @ t <= sparse.diags_array(limits.astype(float)) @ y)
            if (several := limits[worker] > 1).any():
                rules.append(t[several] <= y[worker[several]])
        else:
            rules.append(by_worker @ t == y)
        if rows := list(cliques(problem)):
            rules.append(members(rows, m) @ y <= 1)
    else:
        rules.append(by_worker @ t <= limits)
        *_, shared = task_rows(problem, members(list(cliques(problem)), m), pairs)
        if shared.shape[0]:
            rules.append(shared @ t <= 1)
    if problem.required_rule == "exactly":
        need = problem.need
        rules.append(by_task[need > 0] @ t == need[need > 0])
        objective: Any = gains(problem, pairs) @ t
    else:
        rules += [by_task @ t >= problem.fewest, by_task @ t <= np.minimum(problem.most, m)]
        value = problem.value[worker, task]
        objective = SCALE * value / (np.abs(value).max(initial=0) or 1.0) @ t
    if not problem.plain:
        spare = cp.Variable(2, boolean=True)
        rules.append(spare[0] + spare[1] <= 1)
        objective = objective + spare[0] + spare[1]
    pinned = np.flatnonzero(problem.must[worker, task])
    if pins is not None:
        pinned = np.union1d(pinned, pins)
    if len(pinned):
        rules.append(t[pinned] == 1)
    if problem.pair_costs is not None and problem.budget is not None:
        cost = problem.pair_costs[worker, task]
        unit = np.abs(cost).max(initial=0) or 1.0
        seen = np.abs(cost) >= SEEN * unit  # the rest is looked at when the answer is there: what exceeds is refused
        most = problem.budget + budget_slack(problem, float(np.abs(cost).sum())) + float(np.abs(cost[~seen]).sum())
        rules.append(np.where(seen, cost / unit, 0.0) @ t <= most / unit)
    for chosen in refused:
        sign = -np.ones(len(pairs))
        sign[chosen] = 1
        rules.append(sign @ t <= len(chosen) - 1)
    return cp.Problem(cp.Maximize(objective), rules), t


class CompiledProgram:
    """The program of a plain problem in arrays that never change, and its numbers beside them; called like :func:`ask`.

    Any two workers have a row, whose right-hand side is 1 where they are in conflict and 2 where not; so all numbers
    of a problem are in the objective and the right-hand sides. GLPK_MI is handed the arrays as they are, which takes a
    third of the time of cvxpy's own second solve; for other engines they are cvxpy parameters.

    Parameters
    ----------
    m, n : int
        Workers, tasks.
    scope : {"project", "task"}
    """

    def __init__(self, m: int, n: int, scope: str) -> None:
        self.pairs, self.together = np.argwhere(np.ones((m, n), dtype=bool)), scope == "project"
        self.one, self.other = np.triu_indices(m, 1)
        size, two = m * n, len(self.one)
        by_worker, by_task = incidence(self.pairs[:, 0], m), incidence(self.pairs[:, 1], n)
        rows = np.arange(two)
        both = sparse.csr_array((np.ones(2 * two), (np.r_[rows, rows], np.r_[self.one, self.other])), shape=(two, m))
        equal: Any
        below: Any
        if self.together:  # the variables are T, then y
            equal = [[by_worker, -sparse.eye_array(m)], [by_task, None]]
            below = [[None, both], [sparse.eye_array(size), None]]
            self.whole = np.arange(size, size + m)
        else:
            equal = [[by_task]]
            below = [[by_worker], [sparse.kron(both, sparse.eye_array(n))], [sparse.eye_array(size)]]
            self.whole = np.arange(size)
        self.equal, self.below = (sparse.block_array(blocks).tocsc() for blocks in (equal, below))
        self.variables = self.equal.shape[1]
        self.model: Any = None

    def __call__(
        self,
        problem: Problem,
        pairs: IntArray,
        engine: str,
        time_limit: float | None,
        pins: IntArray | None = None,
        refused: Sequence[IntArray] = (),
    ) -> Answer:
        """Put the problem's numbers in and ask the engine."""
        m, n = problem.q.shape
        at = pairs @ (n, 1)
        gain, allowed, least = np.zeros(self.variables), np.zeros(m * n), np.zeros(self.variables)
        if pins is not None:
            least[at[pins]] = 1
        gain[at], allowed[at] = gains(problem, pairs), 1
        room = 2.0 - problem.against[self.one, self.other]
        need = problem.need.astype(float)
        if self.together:
            right, most = np.concatenate([np.zeros(m), need]), np.concatenate([room, allowed])
        else:
            right, most = need, np.concatenate([np.ones(m), np.repeat(room, n), allowed])
        if engine == "GLPK_MI":
            return self._glpk(problem, pairs, at, gain, right, np.concatenate([most, -least]), time_limit)
        if self.model is None:
            self._model()
        self.gain.value, self.right.value, self.most.value, self.least.value = gain, right, most, least
        return read(problem, pairs, self.model, self.t[at], engine, time_limit)

    def _model(self) -> None:
        import cvxpy as cp

        self.t = cp.Variable(self.variables, boolean=(self.whole,))
        self.gain, self.right = cp.Parameter(self.variables), cp.Parameter(self.equal.shape[0])
        self.most, self.least = cp.Parameter(self.below.shape[0]), cp.Parameter(self.variables)
        rules = [self.equal @ self.t == self.right, self.below @ self.t <= self.most, self.t >= self.least]
        self.model = cp.Problem(cp.Maximize(self.gain @ self.t), rules)

    def _glpk(
        self,
        problem: Problem,
        pairs: IntArray,
        at: IntArray,
        gain: FloatArray,
        right: FloatArray,
        most: FloatArray,
        time_limit: float | None,
    ) -> Answer:
        from cvxopt import glpk, matrix, spmatrix

        if self.model is None:
            below = sparse.vstack([self.below, -sparse.eye_array(self.variables)]).tocoo()
            equal = self.equal.tocoo()
            self.model = [spmatrix(a.data, a.row.tolist(), a.col.tolist(), a.shape) for a in (below, equal)]
            self.booleans = set(self.whole.tolist())
        options: dict[str, Any] = {"msg_lev": "GLP_MSG_OFF"} | _options("GLPK_MI", time_limit)
        start = time.perf_counter()
        status, x = glpk.ilp(
            matrix(-gain),
            self.model[0],
            matrix(most),
            self.model[1],
            matrix(right),
            set(),
            self.booleans,
            options=options,
        )
        known = GLPK_WORDS.get(status, status)
        found = None if x is None else np.array(x).ravel()[at]
        return proved(problem, pairs, "GLPK_MI", known, found, time_limit, time.perf_counter() - start)


def gains(problem: Problem, pairs: IntArray) -> FloatArray:
    """What stands for W_j Q_ij in the program: 1 for the best of a task, down to 1 - 10,000 for the worst of all."""
    short = shortfall(problem, pairs)
    return np.asarray(1 - 1e4 * short / (short.max(initial=0) or 1.0))


def shortfall(problem: Problem, pairs: IntArray) -> FloatArray:
    """What each pair falls short of the best pair for its task, ≥ 0."""
    worker, task = pairs.T
    value = problem.value[worker, task]
    best = np.full(len(problem.tasks), -np.inf)
    np.maximum.at(best, task, value)
    return np.asarray(best[task] - value)


def cliques(problem: Problem) -> Iterator[IntArray]:
    """Cliques of workers in mutual conflict that cover every conflict (greedy), as arrays of positions."""
    bits = conflict_bits(problem)
    left = list(bits)
    for i1, i2 in problem.conflict_pairs.tolist():
        if not left[i1] >> i2 & 1:
            continue
        clique, common = [i1, i2], bits[i1] & bits[i2]
        while common:
            # Of those in conflict with all so far, the one that covers most pairs not yet covered.
            inside = sum(1 << k for k in clique)
            best = max(_ones(common), key=lambda k: (left[k] & inside).bit_count())
            clique.append(best)
            common &= bits[best]
        inside = sum(1 << k for k in clique)
        for k in clique:
            left[k] &= ~inside
        yield np.array(sorted(clique))


def _ones(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def task_rows(
    problem: Problem, member: sparse.csr_array[np.float64], pairs: IntArray
) -> tuple[IntArray, IntArray, sparse.csr_array[np.float64]]:
    """A row over the pairs for each task and clique that have two or more pairs in common.

    ``member`` says who is in each clique, cliques × workers. Returned are the clique and the task of each row, and
    the 0/1 rows. Tasks that take one worker need none.
    """
    n = len(problem.tasks)
    inside = (member @ incidence(pairs[:, 0], member.shape[1])).tocoo()
    keep = problem.most[pairs[inside.col, 1]] > 1
    column = inside.col[keep]
    key, row, count = np.unique(
        inside.row[keep].astype(np.int64) * n + pairs[column, 1], return_inverse=True, return_counts=True
    )
    matrix = sparse.csr_array((np.ones(len(row)), (row, column)), shape=(len(key), len(pairs)))
    clique, task = np.divmod(key[count > 1], n)
    return clique, task, matrix[np.flatnonzero(count > 1)]


def incidence(group: IntArray, groups: int) -> sparse.csr_array[np.float64]:
    """0/1 matrix, groups × items: which group each item is in."""
    return sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))


def members(rows: list[IntArray], m: int) -> sparse.csr_array[np.float64]:
    """0/1 matrix, rows × m workers: who is in each row."""
    which = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    flat = np.concatenate([*rows, np.zeros(0, dtype=int)])
    return sparse.csr_array((np.ones(len(which)), (which, flat)), shape=(len(rows), m))


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
    how = f"pip install {PACKAGE[name]}" if name in PACKAGE else "cvxpy's documentation says how"
    raise ModuleNotFoundError(f"the solver {name} is not installed; {how}; or use one of {listing(installed)}")


def _options(engine: str, time_limit: float | None) -> dict[str, Any]:
    """Options that ask the engine for a proved optimum (no gap, the finest tolerances), within the time limit."""
    gaps: dict[str, dict[str, Any]] = {
        "GLPK_MI": {"tol_int": FINEST, "tol_obj": 1e-13},
        "CBC": {"allowableGap": 0.0, "allowableFractionGap": 0.0, "integerTolerance": FINEST},
        "HIGHS": HIGHS | {"primal_feasibility_tolerance": FINEST, "dual_feasibility_tolerance": FINEST},
        "SCIPY": {"scipy_options": {"presolve": False, "mip_rel_gap": 0.0}},  # HiGHS too
    }
    options = gaps.get(engine, {})
    if time_limit is None:
        return options
    if engine not in KNOWN_LIMITS:
        raise ValueError(f"time_limit: not known how to set it for {engine}; known are {listing(KNOWN_LIMITS)}")
    limits: dict[str, dict[str, Any]] = {
        "GLPK_MI": {"tm_lim": max(1, round(1000 * time_limit))},
        "CBC": {"maximumSeconds": time_limit},
        "HIGHS": {"time_limit": time_limit},
        "SCIPY": {"scipy_options": gaps["SCIPY"]["scipy_options"] | {"time_limit": time_limit}},
    }
    return options | limits[engine]
