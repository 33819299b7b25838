r"""The boolean program behind an assignment, and its solvers (sections 4 and 5).

Whole-project scope is written with one boolean a worker (formulation F3c):

    max  Σ_ij W_j Q_ij T_ij           T_ij ≥ 0, only for pairs that are allowed
    s.t. Σ_i T_ij = L_j               each task gets its workers                  (9)
         Σ_j T_ij = y_i               y_i ∈ {0, 1}: worker i is chosen or not     (10)
         Σ_{i in clique} y_i ≤ 1      for cliques that cover the conflicts C^A    (11), (12)

With y fixed the rest is a transportation problem, whose best vertex is whole, so m booleans do the work of
m·n. In same-task scope (11 alone) T itself is boolean and the clique rows stand for each task.

No answer of a solver is believed: T is rounded by a linear assignment, checked rule by rule without the solver,
and ρ is computed again from Q. What does not hold raises :class:`SolverAnswerError`.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from crowdnb.ecargo import Assignment, Problem, Status, check, conflict_bits, obstacles
from crowdnb.labels import FloatArray, IntArray, listing

if TYPE_CHECKING:
    import cvxpy as cp

PREFERRED = ("GLPK_MI", "CBC", "HIGHS")
PACKAGE = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy"}
ZOOM = 1e4  # ask again when pairs asked about lie this much further apart than those still in play
ROUNDING = 1e-15
LONGEST = 1e6  # seconds: GLPK counts milliseconds in 32 bits
TOLERANCE = 1e-6  # how far a solver's objective may be from ρ recomputed, relative to the larger of 1 and |ρ|


class SolverAnswerError(RuntimeError):
    """A solver returned something that is not an answer to the problem. An internal error, never the user's."""


class Answer(NamedTuple):
    """What an engine says, not yet believed."""

    status: Status
    pairs: FloatArray  # T of the allowed pairs
    objective: float


def solve(problem: Problem, solver: str | None = None, time_limit: float | None = None) -> Assignment:
    """Find the assignment of greatest group performance ρ, checked; or say why there is none.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        ``"GLPK_MI"``, ``"CBC"``, ``"HIGHS"``, or any mixed-integer solver that cvxpy finds. When not given, the
        first of these three that is installed.
    time_limit : float, optional
        Seconds for the engine, > 0. When no solver is named, HIGHS takes over after half of it, since it keeps
        the best assignment found so far.

    Returns
    -------
    Assignment
        Status ``optimal``, ``infeasible`` (with reasons), or ``time_limit`` (with the best checked assignment
        that is known, if there is one, and a bound that no assignment exceeds).

    Raises
    ------
    ValueError
        The time limit is not above 0, or longer than :data:`LONGEST`; no solver has that name.
    ModuleNotFoundError
        The solver is not installed; the message names the package to install.
    SolverAnswerError
        The solver's answer breaks a rule, or scores other than it says.

    Notes
    -----
    Eqs. 7 to 12, as the module's text writes them.

    Examples
    --------
    >>> import crowdnb as cn
    >>> answer = cn.solve(cn.load_case_study().problem())
    >>> answer.status, round(answer.performance, 3)
    ('optimal', 2.697)
    """
    engine = _pick(solver)
    start = time.perf_counter()
    if time_limit is not None and not 0 < time_limit <= LONGEST:
        raise ValueError(f"time_limit must be above 0 and at most {LONGEST:g} seconds, got {time_limit}")

    def finish(status: Status, placed: IntArray | None, by: str, reasons: Sequence[str] = ()) -> Assignment:
        table = None if placed is None else _table(problem, placed)
        return Assignment.of(problem, table, status, by, time.perf_counter() - start, bound, reasons)

    bound = math.nan
    if reasons := obstacles(problem):
        return finish("infeasible", None, "none", reasons)
    # Without the conflicts between workers: a bound that every answer must respect.
    relaxed = _place(problem, np.arange(len(problem.workers)), problem.value)
    if relaxed is None:  # obstacles() has looked for that
        raise SolverAnswerError("internal error: the matching and the linear assignment disagree on feasibility")
    if not problem.required.any():
        return finish("optimal", relaxed, "none")
    relaxed_holds = not check(problem, _table(problem, relaxed))
    found: IntArray | None = None
    pairs = np.argwhere(problem.eligible & (problem.required.to_numpy() > 0))
    while True:
        engine, answer = _ask_in_turn(problem, pairs, engine, time_limit, in_turn=solver is None)
        if answer.status == "infeasible":
            if relaxed_holds or found is not None:
                raise SolverAnswerError(f"internal error: {engine} says that no assignment exists, and there is one")
            return finish("infeasible", None, engine, [f"No assignment keeps all the conflicts (proved by {engine})."])
        bound = _score(problem, relaxed)
        if answer.status == "time_limit":
            if relaxed_holds:
                return finish("optimal", relaxed, engine)
            placed = _round(problem, pairs, answer.pairs)
            if placed is not None and not check(problem, _table(problem, placed)):
                found = placed
            return finish("time_limit", found, engine)
        short = _shortfall(problem, pairs)
        found = _believed(problem, pairs, answer, engine, bound, short.max())
        # No better assignment uses a pair that alone falls shorter than this one does in all. Where the pairs left are
        # much closer together than those asked about, ask again about them, so that small differences count.
        total = _total_shortfall(problem, pairs, found)
        near = short <= total
        if near.all() or short.max() <= ZOOM * total or total <= ROUNDING * np.abs(problem.value).max():
            return finish("optimal", found, engine)
        pairs = pairs[near]


def _ask_in_turn(
    problem: Problem, pairs: IntArray, engine: str, time_limit: float | None, in_turn: bool
) -> tuple[str, Answer]:
    """Ask the engine; when it may be taken in turn and is stopped, HIGHS has the second half of the time.

    A stopped HIGHS keeps the best assignment found so far, GLPK_MI does not.
    """
    if time_limit is None or not in_turn or engine == "HIGHS":
        return engine, ask(problem, pairs, engine, time_limit)
    answer = ask(problem, pairs, engine, time_limit / 2)
    if answer.status != "time_limit":
        return engine, answer
    return "HIGHS", ask(problem, pairs, "HIGHS", time_limit / 2)


def _believed(problem: Problem, pairs: IntArray, answer: Answer, engine: str, bound: float, spread: float) -> IntArray:
    """An engine's answer rounded, checked and scored again; SolverAnswerError when it does not hold."""
    placed = _round(problem, pairs, answer.pairs)
    if placed is None:
        broken = ["the places cannot be filled by the workers chosen"]
    else:
        broken = check(problem, _table(problem, placed))
    if placed is None or broken:
        raise SolverAnswerError(f"internal error: the answer of {engine} breaks a rule: {listing(broken, 3)}")
    rho = _score(problem, placed)
    slack = TOLERANCE * max(1.0, abs(rho), spread)
    if abs(rho - answer.objective) > slack:
        raise SolverAnswerError(
            f"internal error: {engine} says ρ = {answer.objective:.9g}, its assignment scores {rho:.9g}"
        )
    if rho > bound + slack:
        raise SolverAnswerError(f"internal error: ρ = {rho:.9g} of {engine} exceeds the bound {bound:.9g}")
    return placed


def _shortfall(problem: Problem, pairs: IntArray) -> FloatArray:
    """What each pair falls short of the best pair for its task, ≥ 0."""
    worker, task = pairs.T
    value = problem.value[worker, task]
    best = np.full(len(problem.tasks), -np.inf)
    np.maximum.at(best, task, value)
    return np.asarray(best[task] - value)


def _total_shortfall(problem: Problem, pairs: IntArray, placed: IntArray) -> float:
    short = np.zeros(problem.qualification.shape)
    short[pairs[:, 0], pairs[:, 1]] = _shortfall(problem, pairs)
    return math.fsum(short[placed[:, 0], placed[:, 1]])


def ask(problem: Problem, pairs: IntArray, engine: str, time_limit: float | None) -> Answer:
    """Write the program in cvxpy, hand it to the engine, and read what it says.

    ``pairs`` are the positions (worker, task) that are allowed, shape (pairs, 2).
    """
    import cvxpy as cp

    model, t = boolean_program(problem, pairs)
    nothing = np.zeros(len(pairs))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "solution may be inaccurate": the status says it, and it is read
            model.solve(solver=engine, **_options(engine, time_limit))  # type: ignore[no-untyped-call]
    except cp.SolverError as error:
        if time_limit is None:
            raise SolverAnswerError(f"internal error: {engine} gives no answer: {error}") from error
        return Answer("time_limit", nothing, math.nan)
    if model.status in ("infeasible", "infeasible_or_unbounded"):
        return Answer("infeasible", nothing, math.nan)
    found = nothing if t.value is None else np.asarray(t.value, dtype=float)
    if model.status == "optimal" and t.value is not None:
        return Answer("optimal", found, float(problem.value[pairs[:, 0], pairs[:, 1]] @ found))
    if time_limit is None:
        raise SolverAnswerError(f"internal error: {engine} ends with status {model.status} and no time limit")
    return Answer("time_limit", found, math.nan)


def boolean_program(problem: Problem, pairs: IntArray) -> tuple[cp.Problem, cp.Variable]:
    """The program of this module's text over the allowed pairs, and its variable T.

    What each pair falls short of the best for its task takes the place of W_j Q_ij: as each task has L_j
    workers, the best assignment stays the same. Solvers work to tolerances around 1e-6; so scaled, they tell
    assignments apart that differ by 1e-9 (unscaled, answers were up to 9e-7 below the best). Each pair gets 1 on
    top, since CBC returns zeros for a program whose best value is 0.
    """
    import cvxpy as cp

    worker, task = pairs.T
    short = _shortfall(problem, pairs)
    gain = 1 - 1e4 * short / (short.max() or 1.0)
    by_task = _incidence(task, len(problem.tasks))
    by_worker = _incidence(worker, len(problem.workers))
    filled = problem.required.to_numpy() > 0
    if problem.conflict_scope == "project":
        t, y = cp.Variable(len(pairs), nonneg=True), cp.Variable(len(problem.workers), boolean=True)
        rules: list[Any] = [by_worker @ t == y]
        if rows := list(cliques(problem)):
            member = _incidence(np.concatenate(rows), len(problem.workers))
            clique = _incidence(np.repeat(np.arange(len(rows)), [len(row) for row in rows]), len(rows))
            rules.append((clique @ member.T) @ y <= 1)
    else:
        t = cp.Variable(len(pairs), boolean=True)
        rules = [by_worker @ t <= 1]
        columns = _task_cliques(problem, pairs)
        if columns.shape[0]:
            rules.append(columns @ t <= 1)
    rules.append(by_task[filled] @ t == problem.required.to_numpy()[filled])
    return cp.Problem(cp.Maximize(gain @ t), rules), t


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
            members = sum(1 << k for k in clique)
            best = max(_ones(common), key=lambda k: (left[k] & members).bit_count())
            clique.append(best)
            common &= bits[best]
        members = sum(1 << k for k in clique)
        for k in clique:
            left[k] &= ~members
        yield np.array(sorted(clique))


def _ones(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def _task_cliques(problem: Problem, pairs: IntArray) -> sparse.csr_array[np.float64]:
    """One row for each task and clique with two or more of its workers allowed there, over the pairs."""
    column = np.full(problem.qualification.shape, -1)
    column[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    shared = np.flatnonzero(problem.required.to_numpy() > 1)
    index, flat, rows = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)], 0
    for clique in cliques(problem):
        there = column[np.ix_(clique, shared)]
        there = there[:, (there >= 0).sum(axis=0) > 1]
        member, task = np.nonzero(there >= 0)
        index.append(rows + task)
        flat.append(there[member, task])
        rows += there.shape[1]
    entries = (np.concatenate(index), np.concatenate(flat))
    return sparse.csr_array((np.ones(len(entries[0])), entries), shape=(rows, len(pairs)))


def _incidence(group: IntArray, groups: int) -> sparse.csr_array[np.float64]:
    """0/1 matrix, groups × items: which group each item is in."""
    return sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=(groups, len(group)))


def _round(problem: Problem, pairs: IntArray, found: FloatArray) -> IntArray | None:
    """A whole assignment from a solver's T, by a linear assignment.

    Whole-project scope: the best places for the workers that were chosen. Same-task scope: the whole T nearest
    to the one found.
    """
    t = np.zeros(problem.qualification.shape)
    t[pairs[:, 0], pairs[:, 1]] = found
    if problem.conflict_scope == "project":
        chosen = np.flatnonzero(t.sum(axis=1) > 0.5)
        return _place(problem, chosen, problem.value)
    return _place(problem, np.arange(len(t)), t)


def _place(problem: Problem, workers: IntArray, gain: FloatArray) -> IntArray | None:
    """Fill every place with one of ``workers`` for the greatest total gain; positions (worker, task), or None."""
    need = problem.required.to_numpy()
    task = np.repeat(np.arange(len(need)), need)
    if len(workers) < len(task):
        return None
    cost = np.where(problem.eligible, -gain, np.inf)[workers][:, task]
    try:
        row, place = linear_sum_assignment(cost)
    except ValueError:  # "cost matrix is infeasible"
        return None
    return np.column_stack([workers[row], task[place]])


def _score(problem: Problem, placed: IntArray) -> float:
    return math.fsum(problem.value[placed[:, 0], placed[:, 1]])


def _table(problem: Problem, placed: IntArray) -> pd.DataFrame:
    t = np.zeros(problem.qualification.shape, dtype=int)
    t[placed[:, 0], placed[:, 1]] = 1
    return pd.DataFrame(t, index=problem.workers, columns=problem.tasks)


def _pick(solver: str | None) -> str:
    """Name of the engine to use, installed."""
    from cvxpy.reductions.solvers.defines import INSTALLED_MI_SOLVERS, MI_SOLVERS

    installed = [name for name in PREFERRED if name in INSTALLED_MI_SOLVERS]
    others = [name for name in INSTALLED_MI_SOLVERS if name not in PREFERRED]
    if solver is None and installed:
        return installed[0]
    name = "HIGHS" if solver is None else solver.upper()
    if name in installed + others:
        return name
    if name not in [*PREFERRED, *MI_SOLVERS]:
        raise ValueError(f"solver: {solver!r} is unknown; installed are {listing(installed + others)}")
    how = f"pip install {PACKAGE[name]}" if name in PACKAGE else "cvxpy's documentation says how"
    raise ModuleNotFoundError(f"the solver {name} is not installed; {how}; or use one of {listing(installed + others)}")


def _options(engine: str, time_limit: float | None) -> dict[str, Any]:
    """Options that ask the engine for a proved optimum (no gap), within the time limit."""
    gaps: dict[str, dict[str, Any]] = {
        "CBC": {"allowableGap": 0.0, "allowableFractionGap": 0.0},
        "HIGHS": {"mip_rel_gap": 0.0, "mip_abs_gap": 0.0},
        "SCIPY": {"scipy_options": {"mip_rel_gap": 0.0}},
    }
    options = gaps.get(engine, {})
    if time_limit is None:
        return options
    limits: dict[str, dict[str, Any]] = {
        "GLPK_MI": {"tm_lim": max(1, round(1000 * time_limit))},
        "CBC": {"maximumSeconds": time_limit},
        "HIGHS": {"time_limit": time_limit},
        "SCIPY": {"scipy_options": {"mip_rel_gap": 0.0, "time_limit": time_limit}},
    }
    if engine not in limits:
        raise ValueError(f"time_limit: not known how to set it for {engine}; known are {listing(limits)}")
    return options | limits[engine]
