"""Assignments that differ from one by an exchange: workers pass tasks on in a chain.

With the pair (i, j) added, task j has one worker too many and worker i one task too many. A chain
mends both: j gives up a worker, who takes another task, which gives up a worker, and so on until
somebody gives up a task of i's, or i may have one more, as far as the counts of workers (eq. 10)
and tasks (eq. 9) may change. Any two assignments differ by such chains alone, so that where there
is no chain no assignment of the pairs in play has (i, j), whatever the other rules. In the field
these are cycles of the residual network (Ahuja, Magnanti and Orlin, "Network flows", 1993).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.problem import Problem
from crowdnb.solver.flow import Sides

_HUB = -1  # where counts change: between who gives up a task and who takes one more


class Exchanges:
    """The chains from one assignment.

    Parameters
    ----------
    problem : Problem
    placed : ndarray of int, shape (pairs, 2)
        An assignment.
    play, fixed : ndarray of bool, m × n
        Pairs that may be chosen, and those of the assignment that may not be given up.
    counts : Sides
        Between what the counts of workers and tasks may be.
    """

    def __init__(
        self, problem: Problem, placed: IntArray, play: BoolArray, fixed: BoolArray, counts: Sides
    ) -> None:
        n = play.shape[1]
        own: BoolArray = np.zeros_like(play)
        own[tuple(placed.T)] = True
        self.placed, self.own, self.n = placed, own, n
        # a node: a task, or n + a worker
        self.takes, self.gives = _listed(play & ~own), _listed((own & ~fixed).T, n)
        of_worker, of_task = own.sum(axis=1), own.sum(axis=0)
        falls, rises = of_worker > counts.least, of_worker < counts.limit
        for i in np.flatnonzero(falls).tolist():
            self.takes[i].append(_HUB)
        for j in np.flatnonzero(of_task < counts.most).tolist():
            self.gives[j].append(_HUB)
        self.fewer = np.flatnonzero(of_task > counts.fewest).tolist()
        rising = np.flatnonzero(rises)
        self.more = (rising + n).tolist()
        # who is in conflict with nobody chosen, or with one alone, who goes
        between = problem.arrays.worker_conflicts
        self.free: list[int] = self.more
        self.instead: dict[int, list[int]] = {}
        if problem.conflict_scope == "project" and between.any():
            clash = between[np.ix_(rising, of_worker > 0)]
            chosen, times = np.flatnonzero(of_worker > 0), clash.sum(axis=1)
            self.free = (rising[times == 0] + n).tolist()
            for at in np.flatnonzero(times == 1).tolist():
                other = int(chosen[clash[at].argmax()])
                if falls[other]:
                    self.instead.setdefault(other, []).append(int(rising[at]) + n)

    def other_with(self, i: int, j: int, kept: bool) -> IntArray | None:
        """An assignment with the pair, which this one has not, by one chain; None: there is none.

        Conflicts between workers are ``kept`` as far as the whole project goes, or do not count.
        """
        end, came = self.n + i, {j: j}
        queue = [j]
        for node in queue:
            for after in self._after(node, kept):
                if after not in came:
                    came[after] = node
                    queue.append(after)
            if end in came:
                return self._along(came, end, j)
        return None

    def fix(self, i: int, j: int) -> None:
        """From now on a pair of the assignment is not given up."""
        if self.n + i in self.gives[j]:
            self.gives[j].remove(self.n + i)

    def bar(self, i: int, j: int) -> None:
        """From now on a pair that the assignment has not is not taken."""
        self.takes[i].remove(j)

    def one_less(self) -> Iterator[IntArray]:
        """The assignments that lack a pair and have no other."""
        for at, (i, j) in enumerate(self.placed.tolist()):
            if _HUB in self.takes[i] and j in self.fewer and self.n + i in self.gives[j]:
                yield np.delete(self.placed, at, axis=0)

    def _after(self, node: int, kept: bool) -> list[int]:
        """Where a chain may go on from a node."""
        if node == _HUB:
            return self.fewer + (self.free if kept else self.more)
        if node < self.n:
            return self.gives[node]
        after = self.takes[node - self.n]
        if kept and node - self.n in self.instead:
            return after + self.instead[node - self.n]
        return after

    def _along(self, came: dict[int, int], end: int, start: int) -> IntArray:
        """The assignment at the end of a chain."""
        pairs, node = set(map(tuple, self.placed.tolist())), end
        while node != start:
            before = came[node]
            if before != _HUB and before < self.n <= node:  # a task gives up a worker
                pairs.remove((node - self.n, before))
            elif before >= self.n > node != _HUB:  # a worker takes a task
                pairs.add((before - self.n, node))
            node = before
        pairs.add((end - self.n, start))
        return np.array(sorted(pairs), dtype=np.int64)


def _listed(table: BoolArray, shift: int = 0) -> list[list[int]]:
    """Of each row the columns that are True."""
    found: list[list[int]] = [(np.flatnonzero(row) + shift).tolist() for row in table]
    return found
