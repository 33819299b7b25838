r"""Branch and bound on who is chosen.

Each node is a relaxation (:mod:`crowdnb.solver.warm_relaxation`) with some workers chosen and
others out; in same-task scope pairs in the place of workers. Who is chosen keeps out whoever is in
conflict with them, so that the bound falls fast there; the node of the greatest bound is divided
next, since it is the bound of all. The worker asked about is employed by halves and in conflict
with many others who are.

References
----------
E. Balas, C. S. Yu, "Finding a maximum clique in an arbitrary graph", SIAM Journal on Computing 15
(1986) 1054-1068: branching on who is chosen.
"""

from __future__ import annotations

import heapq
import math
import time
from typing import NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.check import broken_rules
from crowdnb.model.problem import Problem
from crowdnb.model.reach import TIE
from crowdnb.model.terms import score, sizes
from crowdnb.solver.warm_relaxation import WarmRelaxation

_ROUNDS = 20  # of cuts at the root,
_WORTH = 1e-5  # as long as each lowers the bound by this of what ρ can differ
_LIKELY = 0.1  # of what a place can differ: pairs that reach less join a relaxation when it asks
_ALONE = 0.1  # conflicts of who has none, to tell the halves of such apart
_WHOLE = 1e-6  # how far a solution may be off 0 and 1

_NOBODY: IntArray = np.zeros(0, dtype=np.int64)


class _Node(NamedTuple):
    """Ordered by the first two fields: the greatest bound first, and among equals the oldest."""

    worse: float  # minus the bound
    number: int
    chosen: IntArray  # of the integer columns
    out: IntArray
    x: FloatArray


class Branching:
    """The assignments of some pairs, node by node.

    Parameters
    ----------
    problem : Problem
        A plain one (``problem.plain``).
    play : ndarray of bool, m × n
        The pairs that may be chosen: no assignment with another is better than ``known``.
    known : ndarray of int, shape (places, 2), or None
        The best assignment known. One that is tied with it is not looked for.

    Attributes
    ----------
    bound : float
        No assignment of these pairs exceeds it, unless ``rho`` does.
    rho : float
        Of the best assignment known by now.
    found : ndarray of int, or None
        Its positions.
    reach : ndarray, m × n, or None
        No assignment with the pair exceeds it, by the root; -inf of pairs that were not in play.
    closed : bool
        Whether every node is settled.
    """

    def __init__(self, problem: Problem, play: BoolArray, known: IntArray | None = None) -> None:
        self.problem, self.play = problem, play.copy()
        self.rho, self.tie = -math.inf, 0.0
        self.found: IntArray | None = None
        if known is not None:
            self._take(known)
        self.reach: FloatArray | None = None
        self.bound, self.closed = math.inf, False
        self.below = -math.inf  # every assignment comes to more
        self.left_open = -math.inf  # the greatest bound of what cannot be divided
        self.nodes: list[_Node] = []
        self.count = 0
        self.started = False

    def run(self, until: float) -> None:
        """Go on up to a time on the clock of ``time.perf_counter``."""
        self.until = until
        if not self.started:
            self.started = True
            self._root(until)
        while self.nodes and time.perf_counter() < until:
            self._divide(heapq.heappop(self.nodes))
            self._note()

    @property
    def enough(self) -> float:
        """A node of no greater bound need not be divided."""
        return max(self.below, self.rho + self.tie)

    def _note(self) -> None:
        """The bound by now."""
        top = -self.nodes[0].worse if self.nodes else -math.inf
        if top <= self.enough:
            self.nodes.clear()
        self.closed = not self.nodes and self.left_open <= self.enough
        self.bound = min(self.bound, max(top, self.left_open, self.rho))

    def _root(self, until: float) -> None:
        """Cuts, as long as they help; then without the pairs that cannot matter."""
        if (self.play.sum(axis=0) < self.problem.fewest).any():
            self._note()
            return
        self.relaxation = relaxation = WarmRelaxation(self.problem, self.play)
        self.below = relaxation.below
        if (root := relaxation.solve(_NOBODY, _NOBODY, until)) is None:
            self.left_open = math.inf
            return
        for _ in range(_ROUNDS):
            if time.perf_counter() >= until or not relaxation.cut(root.x):
                break
            cut = relaxation.solve(_NOBODY, _NOBODY, until)
            worse = cut is None or cut.bound > root.bound - _WORTH * relaxation.range
            root = cut if cut is not None and cut.bound < root.bound else root
            if worse:
                break
        self.reach = np.full(self.play.shape, -math.inf)
        self.reach[tuple(relaxation.pairs.T)] = root.bound + np.minimum(root.reduced, 0.0)
        self.bound = root.bound
        self.play &= self.reach > self.enough
        if (self.play.sum(axis=0) >= self.problem.fewest).all():
            near = self.reach >= root.bound - _LIKELY * relaxation.scale
            self.relaxation = WarmRelaxation(self.problem, self.play, relaxation.pool, near)
            self._look(_NOBODY, _NOBODY, root.bound)
        self._note()

    def _look(self, chosen: IntArray, out: IntArray, most: float) -> None:
        """The node with these columns chosen and those out: settled, or to be divided."""
        solved = self.relaxation.solve(chosen, out, self.until)
        if solved is None:
            self.left_open = max(self.left_open, most)
            return
        bound = min(most, solved.bound)
        if bound <= self.enough:
            return
        placed = self.relaxation.rounded(solved.x)
        if placed is not None and not broken_rules(self.problem, placed):
            self._take(placed)
        if np.abs(solved.x - solved.x.round()).max(initial=0.0) > _WHOLE:
            self.count += 1
            heapq.heappush(self.nodes, _Node(-bound, self.count, chosen, out, solved.x))
        elif bound > self.enough:
            self.left_open = max(self.left_open, bound)

    def _take(self, placed: IntArray) -> None:
        """Keep an assignment when it is the best so far."""
        if (rho := score(self.problem, placed)) > self.rho:
            self.rho, self.found = rho, placed
            self.tie = TIE * sizes(self.problem, placed) / 2

    def _divide(self, node: _Node) -> None:
        """Two nodes: with somebody out, and with them chosen and all in conflict with them out."""
        column = self._asked(node.x)
        layer, who = (int(one[0]) for one in np.nonzero(self.relaxation.columns == column))
        against = self.relaxation.columns[layer, self.relaxation.between[who]]
        against = np.union1d(node.out, against[against >= 0])
        self._look(node.chosen, np.append(node.out, column), -node.worse)
        self._look(np.append(node.chosen, column), against, -node.worse)

    def _asked(self, x: FloatArray) -> int:
        """The column that is chosen by halves and in conflict with most others that are so."""
        best, column = -1.0, -1
        for columns in self.relaxation.columns:
            own = columns[columns >= 0]
            open_ = np.flatnonzero(columns >= 0)[np.abs(x[own] - x[own].round()) > _WHOLE]
            if not len(open_):
                continue
            degree = self.relaxation.between[np.ix_(open_, open_)].sum(axis=1)
            worth = np.minimum(x[columns[open_]], 0.5) * (degree + _ALONE)
            if worth.max() > best:
                best, column = float(worth.max()), int(columns[open_[worth.argmax()]])
        return column
