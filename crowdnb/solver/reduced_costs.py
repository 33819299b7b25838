r"""What a place on a task and a worker in demand are worth.

A bound on ρ, and which pairs can still matter.

The linear relaxation of the boolean program, with the workers' booleans put in,

    max  Σ_ij v_ij T_ij,  v = W_j Q_ij,  T ≥ 0
    s.t. Σ_i T_ij = L_j                                price u_j of a place on task j
         Σ_j T_ij ≤ 1                                  price of worker i
         Σ_{i in clique} Σ_j T_ij ≤ 1, or for each j   price of a clique of the conflicts C^A, by the scope

gives prices. For *any* prices, those of workers and cliques ≥ 0, no assignment exceeds

    bound = Σ_j L_j u_j + Σ prices of workers and cliques + Σ_i max(0, max_j r_ij),
    r_ij  = v_ij - u_j - (prices of worker i and of the cliques it is in),

which is computed here from the prices alone: the linear solver is not believed either. An
assignment that uses pair (i, j) reaches at most bound + min(0, r_ij). So pairs that fall further
short than the best assignment known does can be left out (reduced-cost fixing), and thousands of
workers come down to a few hundred pairs. The relaxation is solved over few pairs, and others join
as long as their r_ij is above 0 (column generation).

References
----------
C. Barnhart and others, "Branch-and-price: column generation for solving huge integer programs",
Operations Research 46 (1998) 316-329.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.matrices import members
from crowdnb.model.problem import Problem
from crowdnb.model.rows import Rows, rows
from crowdnb.model.rules import Rules
from crowdnb.solver.growing_program import GrowingProgram

ALL = 1000  # pairs that are looked at together
PER_TASK, PER_WORKER = 12, 3  # candidates to begin with, of more pairs
JOIN_TASK = 5  # that join a task in one round
ROUNDING = 1e-14  # of sums, relative to what is summed


class Prices(NamedTuple):
    """Prices of the relaxation, and what follows from them.

    Attributes
    ----------
    bound : float
        No assignment's ρ exceeds it.
    reduced : ndarray, m × n
        r_ij; -inf where the pair is not allowed. An assignment that uses the pair reaches at most
        bound + min(0, r_ij).
    use : ndarray, m
        How much of each worker the relaxation employs, 0 to 1.
    rounding : float
        What the rounding of sums may have cost the two.
    """

    bound: float
    reduced: FloatArray
    use: FloatArray
    rounding: float


def prices(
    problem: Problem,
    cliques: Sequence[IntArray],
    known: IntArray,
    until: float = math.inf,
    at_once: int = ALL,
) -> Prices | None:
    """Solve the relaxation by column generation, until ``time.perf_counter()`` passes ``until``.

    Parameters
    ----------
    problem : Problem
        A plain one (``problem.plain``).
    cliques : sequence of arrays of positions
        Workers in mutual conflict; together they cover C^A.
    known : ndarray of int, shape (places, 2)
        The best assignment without conflicts between workers.
    until : float
        Seconds on the clock of ``time.perf_counter``. Stopped early, the bound is weaker and still
        valid.
    at_once : int
        So many pairs are looked at together; of more some candidates first.
    """
    need = problem.fewest
    m, n = problem.arrays.qualification.shape
    value = np.where(problem.eligible & (need > 0), problem.value, -np.inf)
    best_pair = np.where(need > 0, value.max(axis=0), 0.0)
    value -= best_pair
    spread = float(-value[np.isfinite(value)].min(initial=0)) or 1.0
    value /= spread  # now between -1 and 0: the linear solver works to tolerances around 1e-7
    rules, member = Rules.of(problem), members(cliques, m)
    # who is in a clique of the project takes one task by the clique's row already
    limited = np.full(m, True) if not rules.together else member.sum(axis=0) == 0
    # what a place left empty costs: each filled one earns it
    missing = 10.0 * max(1, math.isqrt(int(need.sum())))
    taken = _candidates(value, need, known, at_once)
    best: Prices | None = None
    new, pairs = np.argwhere(taken), np.zeros((0, 2), dtype=np.int64)
    program: GrowingProgram | None = None
    while True:
        pairs = np.concatenate([pairs, new])
        # for the whole project the rows are the same whatever the pairs, so that these join
        some = pairs if program is None or not rules.together else new
        blocks = _relaxed(rules, some, cliques, limited)
        left = until - time.perf_counter()
        if left <= 0:
            return best
        if program is None or not rules.together:
            program = GrowingProgram(np.concatenate([block.high for block in blocks.values()]))
        columns = sparse.csc_array(sparse.vstack([block.pairs for block in blocks.values()]))
        answer = program.with_columns(missing + value[tuple(some.T)], columns, left)
        if answer is None:
            return best
        price, u = np.split(answer.prices, [-n])
        price, u = np.maximum(0, price), u - missing
        charge = _charge(rules, blocks, price, member)
        reduced = value - u - charge
        gain = reduced.max(axis=1)
        bound = math.fsum(
            [
                *(need * best_pair),
                *(spread * need * u),
                *(spread * price),
                *(spread * np.maximum(0, gain)),
            ]
        )
        if best is None or bound < best.bound:
            use = np.bincount(pairs[:, 0], answer.x, minlength=m).astype(float)
            summed = need @ np.abs(best_pair) + spread * (
                need @ np.abs(u) + price.sum() + charge.max(initial=1)
            )
            best = Prices(bound, spread * reduced, use, ROUNDING * float(summed))
        better = (reduced > 1e-9) & ~taken
        if not better.any():
            return best
        joining = _joining(np.where(better, reduced, -np.inf))
        taken, new = taken | joining, np.argwhere(joining)


def reach_by_task(problem: Problem, allowed: BoolArray, bound: float) -> tuple[FloatArray, float]:
    """What assignments with a pair reach: all the best ones, less what it falls short of its task's.

    No more than a bound on all. With what the rounding of both may cost.
    """
    value, need = problem.value, problem.arrays.required
    best = np.where(allowed, value, -np.inf).max(axis=0, initial=-np.inf, where=need > 0)
    best[need == 0] = 0.0
    top = math.fsum(need * best)
    reach = np.where(allowed, np.minimum(bound, top - (best - value)), -np.inf)
    return reach, ROUNDING * float(need @ np.abs(best))


def _relaxed(
    rules: Rules, pairs: IntArray, cliques: Sequence[IntArray], limited: BoolArray
) -> dict[str, Rows]:
    """The rows of the relaxation over some pairs; those of places come last."""
    blocks = rows(rules, pairs, cliques, team=False)
    blocks["limit"] = blocks["limit"].only(limited)
    kinds = ("conflict", "limit", "place") if rules.together else ("limit", "conflict", "place")
    return {kind: blocks[kind] for kind in kinds if kind in blocks}


def _charge(
    rules: Rules,
    blocks: dict[str, Rows],
    price: FloatArray,
    member: sparse.csr_array[np.float64],
) -> FloatArray:
    """What worker i pays on task j by the prices of limits and conflicts, m × n; m × 1 for the whole project."""
    m, n = rules.zero.shape
    of_worker, of_clique = np.zeros((m, 1)), np.zeros((m, 1 if rules.together else n))
    for kind, block in blocks.items():
        own, price = np.split(price, [len(block.who)])
        if kind == "limit":
            of_worker[block.who, 0] = own
        elif kind == "conflict":
            at = (block.who, np.maximum(block.task, 0))
            each = sparse.csr_array((own, at), shape=(member.shape[0], of_clique.shape[1]))
            of_clique = (member.T @ each).toarray()
    return of_worker + of_clique


def _candidates(value: FloatArray, need: IntArray, known: IntArray, at_once: int) -> BoolArray:
    """Pairs to begin with: the best of each task and of each worker, and those of an assignment; m × n."""
    m, n = value.shape
    if np.count_nonzero(np.isfinite(value)) <= at_once:
        return np.isfinite(value)
    taken = np.zeros((m, n), dtype=bool)
    taken[known[:, 0], known[:, 1]] = True
    for j in range(n):
        most = min(m, PER_TASK + int(need[j]))
        taken[np.argpartition(-value[:, j], most - 1)[:most], j] = True
    most = min(n, PER_WORKER)
    best = np.argpartition(-value, most - 1, axis=1)[:, :most]
    np.put_along_axis(taken, best, True, axis=1)
    return taken & np.isfinite(value)


def _joining(reduced: FloatArray) -> BoolArray:
    """The pairs that gain most: the best of each worker, and a few of each task."""
    m, n = reduced.shape
    joins = np.zeros((m, n), dtype=bool)
    joins[np.arange(m), reduced.argmax(axis=1)] = True
    most = min(m, JOIN_TASK)
    np.put_along_axis(joins, np.argpartition(-reduced, most - 1, axis=0)[:most], True, axis=0)
    return joins & np.isfinite(reduced)
