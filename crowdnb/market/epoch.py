"""One matching of a market: who gets what at one moment.

Places may stay empty, and some workers may not work together. A linear assignment, and branch and
bound where it puts two in conflict on one task: what :mod:`crowdnb.market.simulation` asks every
epoch, and :mod:`crowdnb.market.matching` before it starts a solver.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from crowdnb.labels import BoolArray, FloatArray, IntArray, needs, needs_function
from crowdnb.model.problem import Problem

_TIE = 1e-9  # sums that differ by less are tied
# Of the search under conflicts, linear assignments and cells of them; then the best found is taken,
# and said to be unproved. No clock: a run must not depend on the machine.
NODES, CELLS = 200, 2_000_000


class Offer(NamedTuple):
    """One matching: m workers, n subtasks with open places."""

    # W_j Q_ij, and the price on top where i has been chosen for j; 0: may not; (m, n)
    value: FloatArray
    need: IntArray  # open places, (n,)
    in_conflict: BoolArray | None  # (m, m): not both on one subtask

    def problem(self, names: Sequence[str]) -> Problem:
        """As a problem: at most ``need`` workers per subtask, conflicts within a subtask."""
        frame = pd.DataFrame(self.value, list(names), [f"s{j}" for j in range(len(self.need))])
        return Problem(
            frame,
            self.need,
            worker_conflicts=self.in_conflict,
            conflict_scope="task",
            required_rule="at most",
        )


def best_epoch(offer: Offer, nodes: int = NODES) -> tuple[IntArray, bool]:
    """The pairs (worker, subtask) of the greatest sum of values, and whether that is proved.

    Parameters
    ----------
    offer : Offer
    nodes : int
        Linear assignments to solve at most.

    Returns
    -------
    pairs : ndarray of int, shape (places given, 2)
    proved : bool
        False where ``nodes`` or :data:`CELLS` ended the search; the pairs then are the best found,
        and keep all rules.

    Notes
    -----
    Without conflicts a linear assignment is the answer. It is a bound where it breaks one: of two
    on a subtask who are in conflict one does not have it, so there are two smaller problems, looked
    at best bound first. An epoch has few conflicts, so this ends sooner than a solver starts; tests
    compare it with :func:`crowdnb.solve`.
    """
    columns = np.repeat(np.arange(len(offer.need)), offer.need)

    def relaxed(value: FloatArray) -> tuple[float, IntArray]:
        i, c = linear_sum_assignment(value[:, columns], maximize=True)
        j = columns[c]
        got = value[i, j]
        return float(got.sum()), np.column_stack([i, j])[got > 0]

    bound, pairs = relaxed(offer.value)
    rows = conflicting_rows(offer, pairs)
    if not len(rows):
        return pairs, True
    best, best_sum = _without_conflicts(offer, pairs, relaxed)
    ticket = count()  # settles ties, so that matrices are never compared
    heap = [(-bound, next(ticket), offer.value, pairs[rows[0]])]
    left = min(nodes, CELLS // (len(columns) * len(offer.value)))
    while heap and -heap[0][0] > best_sum + _TIE:
        _, _, value, two = heapq.heappop(heap)
        for i, j in two:
            if left <= 0:
                return best, False
            left -= 1
            lesser = value.copy()
            lesser[i, j] = 0.0
            under, pairs = relaxed(lesser)
            if under <= best_sum + _TIE:
                continue
            if len(rows := conflicting_rows(offer, pairs)):
                heapq.heappush(heap, (-under, next(ticket), lesser, pairs[rows[0]]))
            else:
                best, best_sum = pairs, under
    return best, True


def conflicting_rows(offer: Offer, pairs: IntArray) -> IntArray:
    """Rows of pairs, two and two, in conflict on one subtask; shape (conflicts, 2)."""
    if offer.in_conflict is None:
        return np.zeros((0, 2), dtype=np.int64)
    i, j = pairs.T
    one, other = np.nonzero(j[:, np.newaxis] == j)
    return np.asarray(
        np.column_stack([one, other])[(one < other) & offer.in_conflict[i[one], i[other]]]
    )


def _without_conflicts(
    offer: Offer, pairs: IntArray, relaxed: Callable[[FloatArray], tuple[float, IntArray]]
) -> tuple[IntArray, float]:
    """A good answer at once: of each two in conflict the one worth less is barred."""
    value = offer.value.copy()
    total = 0.0
    while len(rows := conflicting_rows(offer, pairs)):
        worth = value[pairs[:, 0], pairs[:, 1]]
        out = pairs[np.where(worth[rows[:, 0]] < worth[rows[:, 1]], rows[:, 0], rows[:, 1])]
        value[out[:, 0], out[:, 1]] = 0.0
        total, pairs = relaxed(value)
    return pairs, total


def in_turn(offer: Offer, pick: Callable[[FloatArray], int]) -> IntArray:
    """Fill place by place, with the worker that ``pick`` chooses by the values of who is left.

    Parameters
    ----------
    offer : Offer
    pick : function of ndarray, shape (m,), to int
        Which worker takes a place of a subtask, by the values; 0 is for who may not.

    Returns
    -------
    ndarray of int, shape (places given, 2)
        Pairs (worker, subtask).
    """
    needs_function(pick, "pick")
    value, pairs = needs(offer, Offer, "offer").value.copy(), []
    for j, need in enumerate(offer.need.tolist()):
        for _ in range(need):
            column = value[:, j]
            if not column.any():
                break
            i = pick(column)
            pairs.append((i, j))
            value[i] = 0.0
            if offer.in_conflict is not None:
                value[offer.in_conflict[i], j] = 0.0
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)
