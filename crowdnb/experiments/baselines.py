"""The methods of section 7 that the program is compared with: greedies, all assignments, CPLEX.

The first four are one depth-first search. It picks a task with an open place, gives the place to
each worker who may still take it, the best first, and backtracks when a task is left with too few.
They differ in the task they pick; all but ``exhaustive`` end at the first assignment:

``greedy_by_task``
    the first open task, in the order of the problem
``greedy_by_pair``
    the task of the best pair that is left
``greedy_by_options``
    the task with the fewest workers to spare
``exhaustive``
    as ``greedy_by_task``, and looks at every assignment

So each finds an assignment if there is one, unless it is stopped: its nodes, places given and taken
back included, are counted, and more than ``node_cap`` of them end it with status ``N/A``. Sets of
workers are bits of an integer.

``by_cplex`` solves the paper's Algorithm 1 as the paper does (eqs. 7 to 12 in their linear form: T
boolean, one row per task, one per worker, one for each two workers in conflict). CPLEX is optional:
``pip install 'crowdnb[bench]'``.

References
----------
Section 7, tables 6, 7 and 9. The paper says of its greedy only that it backtracks out of conflicts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from crowdnb.extras import needed_for
from crowdnb.labels import IntArray, whole
from crowdnb.model.assignment import placed_pairs, placed_table
from crowdnb.model.check import check
from crowdnb.model.conflict_graph import conflict_bits
from crowdnb.model.problem import Problem, needed
from crowdnb.model.terms import score
from crowdnb.solver.engine import SolverAnswerError

NODE_CAP = 1_000_000  # some seconds
TOO_LARGE = 1016  # CPLEX's error for models beyond the community edition: 1000 columns, 1000 rows
# CPLEX's statuses; 119 is "or unbounded", which T cannot be
_OPTIMAL, _INFEASIBLE = (101, 102), (103, 119)

# Workers who may take nothing more, workers who may take each task, places left of each → the task
# to fill next.
_Pick = Callable[[int, list[int], list[int]], int]
# A worker and a task, and the same three after the one has taken the other.
_Step = tuple[int, int, int, list[int], list[int]]


@dataclass(frozen=True, eq=False, repr=False)
class Attempt:
    """What a baseline came to.

    Attributes
    ----------
    method : str
        Name of the function.
    status : {"found", "optimal", "infeasible", "N/A", "too large", "not installed"}
        ``found``: an assignment, by a greedy; ``optimal`` or ``infeasible``: every branch was
        looked at; ``N/A``: stopped by the node cap; the last two are said of CPLEX, and of what its
        community edition does not take.
    performance : float
        ρ of the assignment; NaN without one.
    nodes : int or None
        Places given to a worker, those taken back included; for CPLEX its own nodes.
    seconds : float
        Of the processor, so that other work on the machine counts less; NaN where the method did
        not run.
    placed : ndarray of int, shape (places, 2), or None
        Positions (worker, task).
    problem : Problem
    """

    method: str
    status: Literal["found", "optimal", "infeasible", "N/A", "too large", "not installed"]
    performance: float
    nodes: int | None
    seconds: float
    placed: IntArray | None
    problem: Problem

    @cached_property
    def table(self) -> pd.DataFrame | None:
        """T, workers × tasks, 0/1; None without an assignment."""
        return None if self.placed is None else placed_table(self.problem, self.placed)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per place, by task: worker, task, qualification; empty without an assignment."""
        nothing = np.zeros((0, 2), dtype=int)
        return placed_pairs(self.problem, nothing if self.placed is None else self.placed)

    def __repr__(self) -> str:
        return (
            f"<Attempt: {self.method}, {self.status}, ρ = {self.performance:.6g}, {self.nodes}"
            " nodes>"
        )


def greedy_by_task(problem: Problem, node_cap: int = NODE_CAP) -> Attempt:
    """Fill the tasks in their order, each with the best worker left (table 6's greedy).

    Parameters
    ----------
    problem : Problem
        Without the options beyond the paper.
    node_cap : int
        ≥ 1.

    Returns
    -------
    Attempt
        ``found``, ``infeasible`` or ``N/A``.

    Raises
    ------
    ValueError
        The problem has options beyond the paper; the cap is below 1.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy_by_task(cn.load_case_study().problem())
    <Attempt: greedy_by_task, found, ρ = 2.69528, 9 nodes>
    """
    return _attempt("greedy_by_task", problem, node_cap, _first_open)


def greedy_by_pair(problem: Problem, node_cap: int = NODE_CAP) -> Attempt:
    """Take the best pair that is left, then the next.

    Parameters, what is returned and errors as of :func:`greedy_by_task`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy_by_pair(cn.load_case_study().problem())
    <Attempt: greedy_by_pair, found, ρ = 2.66448, 9 nodes>
    """
    ranked, value = _ranked(needed(problem)), problem.value.tolist()

    def best_pair(blocked: int, options: list[int], left: list[int]) -> int:
        def best(j: int) -> float:
            pool = options[j] & ~blocked
            # nobody left: backtrack at once
            return next((value[i][j] for i in ranked[j] if pool >> i & 1), math.inf)

        return max(_open(left), key=best)

    return _attempt("greedy_by_pair", problem, node_cap, best_pair)


def greedy_by_options(problem: Problem, node_cap: int = NODE_CAP) -> Attempt:
    """Fill the task with the fewest workers to spare.

    Parameters, what is returned and errors as of :func:`greedy_by_task`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy_by_options(cn.load_case_study().problem())
    <Attempt: greedy_by_options, found, ρ = 2.67325, 9 nodes>
    """

    def scarcest(blocked: int, options: list[int], left: list[int]) -> int:
        return min(_open(left), key=lambda j: (options[j] & ~blocked).bit_count() - left[j])

    return _attempt("greedy_by_options", problem, node_cap, scarcest)


def exhaustive(problem: Problem, node_cap: int = NODE_CAP) -> Attempt:
    """Look at every assignment and keep the best: right by definition, where it terminates.

    Parameters and errors as of :func:`greedy_by_task`.

    Returns
    -------
    Attempt
        ``optimal``, ``infeasible`` or ``N/A``; without an assignment in the last two cases.

    Examples
    --------
    >>> import crowdnb as cn
    >>> exhaustive(cn.random_problem(10, rng=0))
    <Attempt: exhaustive, optimal, ρ = 1.42671, 300 nodes>
    """
    return _attempt("exhaustive", problem, node_cap, _first_open, every=True)


def algorithm_1(problem: Problem) -> Any:
    """The paper's Algorithm 1 as a CPLEX model, not yet solved.

    Parameters
    ----------
    problem : Problem
        Whole-project conflicts, without the options beyond the paper.

    Raises
    ------
    ValueError
        Same-task conflicts, or options beyond the paper.
    ModuleNotFoundError
        CPLEX is not installed.
    """
    if not needed(problem).plain or problem.conflict_scope != "project":
        raise ValueError(
            "problem: Algorithm 1 knows whole-project conflicts and the paper's rules only"
        )
    with needed_for("crowdnb.baselines.algorithm_1"):
        import cplex

    m, n = problem.arrays.qualification.shape
    model = cplex.Cplex()
    for stream in (
        model.set_log_stream,
        model.set_results_stream,
        model.set_warning_stream,
        model.set_error_stream,
    ):
        stream(None)
    model.parameters.mip.tolerances.mipgap.set(0)
    model.objective.set_sense(model.objective.sense.maximize)
    may = problem.eligible.ravel().astype(float).tolist()
    model.variables.add(obj=problem.value.ravel().tolist(), ub=may, types="B" * (m * n))

    def rows(columns: list[list[int]], sense: str, right: list[float]) -> None:
        expressions = [[row, [1.0] * len(row)] for row in columns]
        model.linear_constraints.add(lin_expr=expressions, senses=sense * len(right), rhs=right)

    of_worker = [[i * n + j for j in range(n)] for i in range(m)]
    of_task = [[i * n + j for i in range(m)] for j in range(n)]
    conflicts = [of_worker[i] + of_worker[k] for i, k in problem.conflict_pairs.tolist()]
    rows(of_task, "E", problem.arrays.required.astype(float).tolist())
    rows(of_worker, "L", [1.0] * m)
    rows(conflicts, "L", [1.0] * len(conflicts))
    return model


def by_cplex(problem: Problem) -> Attempt:
    """Solve Algorithm 1 by CPLEX, as the paper does; ``seconds`` are its engine's, on one core.

    Parameters and errors as of :func:`algorithm_1`, but without CPLEX the status says so.

    Returns
    -------
    Attempt
        ``optimal``, ``infeasible``, ``too large`` or ``not installed``.

    Raises
    ------
    SolverAnswerError
        CPLEX says optimal, and a rule is broken; or it ends with another status.
    """

    def attempt(
        status: Any, seconds: float = math.nan, nodes: int | None = None, t: Any = None
    ) -> Attempt:
        placed = None if t is None else np.argwhere(t)
        rho = math.nan if placed is None else math.fsum(problem.value[placed[:, 0], placed[:, 1]])
        return Attempt("by_cplex", status, rho, nodes, seconds, placed, problem)

    try:
        model = algorithm_1(problem)
    except ModuleNotFoundError:
        return attempt("not installed")
    from cplex.exceptions import CplexSolverError

    model.parameters.threads.set(1)
    start = time.process_time()
    try:
        model.solve()
    except CplexSolverError as error:
        if error.args[2] != TOO_LARGE:
            raise
        return attempt("too large")
    seconds, status = time.process_time() - start, model.solution.get_status()
    nodes = int(model.solution.progress.get_num_nodes_processed())
    if status in _INFEASIBLE:
        return attempt("infeasible", seconds, nodes)
    if status not in _OPTIMAL:
        raise SolverAnswerError(f"CPLEX ended with status {status}")
    t = (
        np.round(model.solution.get_values())
        .astype(int)
        .reshape(problem.arrays.qualification.shape)
    )
    if broken := check(problem, pd.DataFrame(t, index=problem.workers, columns=problem.tasks)):
        raise SolverAnswerError(f"CPLEX's answer breaks a rule: {broken[0]}")
    return attempt("optimal", seconds, nodes, t)


def _attempt(
    method: str, problem: Problem, node_cap: int, pick: _Pick, every: bool = False
) -> Attempt:
    """Search, and tell what came of it."""
    if not needed(problem).plain:
        raise ValueError(
            f"problem: {method} knows the paper's rules only, not the options beyond them"
        )
    node_cap = whole(node_cap, "node_cap", rule="must be at least {}")
    start = time.process_time()
    placed, nodes, ended = _search(problem, node_cap, pick, every)
    seconds = time.process_time() - start
    if not ended:
        return Attempt(method, "N/A", math.nan, nodes, seconds, None, problem)
    if placed is None:
        return Attempt(method, "infeasible", math.nan, nodes, seconds, None, problem)
    pairs = np.array(placed, dtype=np.int64).reshape(-1, 2)
    pairs = pairs[np.lexsort(pairs.T)]
    rho = score(problem, pairs)
    return Attempt(method, "optimal" if every else "found", rho, nodes, seconds, pairs, problem)


def _search(
    problem: Problem, node_cap: int, pick: _Pick, every: bool
) -> tuple[list[tuple[int, int]] | None, int, bool]:
    """Depth first: the first assignment, or the best of all; the nodes; whether it terminated."""
    value, left = problem.value.tolist(), problem.arrays.required.tolist()
    branch = _brancher(problem, pick)
    placed: list[tuple[int, int]] = []
    sums, nodes = [0.0], 0
    if not any(left):
        return placed, nodes, True
    best, best_rho = None, -math.inf
    # One open branching a level; the place that led to it stands at the end of placed.
    levels = [branch(0, _columns(problem), left)]
    while levels:
        step = next(levels[-1], None)
        if step is None:
            levels.pop()
            sums.pop()
            del placed[-1:]
            continue
        if nodes == node_cap:
            return None, nodes, False
        nodes += 1
        i, j, blocked, options, left = step
        rho = sums[-1] + value[i][j]
        if any(left):
            placed.append((i, j))
            sums.append(rho)
            levels.append(branch(blocked, options, left))
        elif rho > best_rho:
            best, best_rho = [*placed, (i, j)], rho
        if best is not None and not every:
            break
    return best, nodes, True


def _brancher(
    problem: Problem, pick: _Pick
) -> Callable[[int, list[int], list[int]], Iterator[_Step]]:
    """The function that opens a branching: each way to fill a place of a task, the best first."""
    ranked, in_conflict, project = (
        _ranked(problem),
        conflict_bits(problem),
        problem.conflict_scope == "project",
    )

    def branch(blocked: int, options: list[int], left: list[int]) -> Iterator[_Step]:
        j = pick(blocked, options, left)
        pool, left = options[j] & ~blocked, left.copy()
        left[j] -= 1
        for i in ranked[j]:
            if pool.bit_count() <= left[j]:
                return  # too few for its places
            if not pool >> i & 1:
                continue
            pool ^= 1 << i  # what comes later in this loop does without this pair
            remaining = options
            # the task stays open: without the pairs tried, and without this worker's conflicts
            if left[j]:
                remaining = options.copy()
                remaining[j] = pool & ~in_conflict[i]
            yield i, j, blocked | 1 << i | (in_conflict[i] if project else 0), remaining, left

    return branch


def _open(left: list[int]) -> list[int]:
    return [j for j, places in enumerate(left) if places]


def _first_open(blocked: int, options: list[int], left: list[int]) -> int:
    return next(j for j, places in enumerate(left) if places)


def _columns(problem: Problem) -> list[int]:
    """The workers who may take each task, as bits."""
    packed = np.packbits(problem.eligible.T, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]


def _ranked(problem: Problem) -> list[list[int]]:
    """The workers of each task by falling W_j Q_ij, ties in the order of the problem."""
    order: list[list[int]] = np.argsort(-problem.value, axis=0, kind="stable").T.tolist()
    return order
