"""Which of several assignments as good as each other: the first by label; and whether there are any.

Eqs. 7 to 12 leave the choice open. Taken is the assignment that gives the first worker the first
task that an optimum allows, and so on, so that the same problem has the same answer whoever solves
it. Labels are in the order of :mod:`crowdnb.order`, whatever order they came in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import numpy as np

from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.check import broken_rules
from crowdnb.model.problem import Problem
from crowdnb.model.reach import Reach, zoom
from crowdnb.model.terms import Scales, score
from crowdnb.order import natural_order
from crowdnb.solver.placement import place_with
from crowdnb.solver.questions import OutOfTimeError

# Pairs of worker and task up to which outputs break ties by label, and look for them at all: at
# 300 × 60 the question whether there is another takes 0.1 s, and the turns, of ratings that tie
# much, up to 4 s.
TAKE_TURNS = 20_000
# pairs of a problem with options that one question is about at first: twice as many where none of
# them is in an assignment as good, half as many where one is
_TOGETHER = 16
UNSETTLED = "{} which comes first by label was not settled within the time limit."


def tie_break(problem: Problem) -> Literal["labels"] | None:
    """How every output of a project breaks ties: by label, where that does not take too long."""
    return "labels" if problem.arrays.qualification.size <= TAKE_TURNS else None


_Some = BoolArray | None  # pairs, m × n; None: nothing is asked of any


class Ties:
    """The assignments of a problem that are as good as the best known.

    Parameters
    ----------
    problem : Problem
    found : ndarray of int, shape (places, 2)
        The best known, which is an optimum.
    enough : float
        What another must come to, to be as good.
    as_good : ndarray of bool, m × n
        Pairs that one as good may use, those of ``found`` among them.
    ask : callable
        The engine's best assignment of pairs of a problem, with all of the fixed ones and one of
        some, or another than the refused one; None where there is none.

    Attributes
    ----------
    tied : bool or None
        Whether there is another; None as long as it is not known.
    """

    def __init__(
        self,
        problem: Problem,
        found: IntArray,
        enough: float,
        as_good: BoolArray,
        ask: Callable[[Problem, BoolArray, _Some, _Some, _Some], IntArray | None],
    ) -> None:
        self.problem, self.found, self.enough = problem, found, enough
        self.as_good, self.ask, self.scales = as_good, ask, Scales(problem)
        self.tied: bool | None = None

    def settle(self) -> list[str]:
        """Exchange ``found`` for the first by label; a sentence where the time was short."""
        try:
            self.tied = self._another()
            if self.tied is not False:
                self._take_turns()
        except OutOfTimeError:
            said = "Whether another assignment is as good, and"
            return [UNSETTLED.format("Another assignment is as good;" if self.tied else said)]
        return []

    def _another(self) -> bool | None:
        """Whether there is one, by one more question; None where the engine's answer is none."""
        problem, own = self.problem, np.zeros_like(self.as_good)
        own[self.found[:, 0], self.found[:, 1]] = True
        if self.as_good.sum() == own.sum() and problem.exact:
            return False
        another: bool | None = False

        def rho_of(play: BoolArray) -> float | None:
            nonlocal another
            smaller, allowed = self.scales.within(play)
            refused = None if (own & ~allowed).any() else own
            placed = self.ask(smaller, allowed, None, refused, None)
            if placed is None:
                return None
            if broken_rules(problem, placed):
                another = None
                return np.inf
            rho = score(problem, placed)
            same = len(placed) == len(self.found) and own[placed[:, 0], placed[:, 1]].all()
            if rho >= self.enough and not same:
                another = True
            return rho

        if problem.plain:
            rho_of(self.as_good)
        else:
            self._zoom(self.as_good, self.scales.reaching, rho_of)
        return another

    def _take_turns(self) -> None:
        """Fix each pair in turn that an assignment as good has with those fixed before."""
        play, fixed = self.as_good.copy(), np.zeros_like(self.as_good)
        workers, tasks = (
            natural_order(labels) for labels in (self.problem.workers, self.problem.tasks)
        )
        turns = np.argwhere(play[np.ix_(workers, tasks)])
        turns = np.column_stack([workers[turns[:, 0]], tasks[turns[:, 1]]])
        at, size = 0, 1 if self.problem.plain else _TOGETHER
        while at < len(turns):
            block, own = turns[at : at + size], self._own()
            if own[tuple(block[0])]:
                fixed[tuple(block[0])] = True
                at += 1
            elif len(block) == 1:
                same = self.found
                self._one_turn(block[0], play, fixed)
                size = 2 if same is self.found and not self.problem.plain else 1
                at += 1
            elif (other := self._other_with(block, play, fixed)) is None:
                mine = own[tuple(block.T)]
                play[tuple(block[~mine].T)], fixed[tuple(block[mine].T)] = False, True
                size *= 2
                at += len(block)
            else:
                if _is_before(other, self.found, turns):
                    self.found, self.tied = other, True
                size //= 2

    def _own(self) -> BoolArray:
        """The pairs of the assignment that is the first so far, m × n."""
        own = np.zeros_like(self.as_good)
        own[tuple(self.found.T)] = True
        return own

    def _other_with(self, block: IntArray, play: BoolArray, fixed: BoolArray) -> IntArray | None:
        """An assignment as good with a pair of a block that the one known has not, or None.

        Only such a one may come before the one known; it may as well come after it.
        """
        some = np.zeros_like(play)
        some[tuple(block.T)] = True
        return self._with_all(fixed, play, some & ~self._own())

    def _one_turn(self, pair: IntArray, play: BoolArray, fixed: BoolArray) -> None:
        """Fix one pair, if an assignment as good has it with those fixed before."""
        problem, (i, j) = self.problem, pair
        fixed[i, j] = True
        if self._own()[i, j]:
            return
        pins = np.argwhere(fixed)
        placed = None
        if not broken_rules(problem, pins, partly=True):
            asked = play.copy()
            # a pinned worker has no other task, neither for the engine nor when T is rounded
            if problem.plain:
                asked[pins[:, 0]] = fixed[pins[:, 0]]
            placed = self._with_all(fixed, asked)
        if placed is None:
            play[i, j] = fixed[i, j] = False
        else:
            self.found, self.tied = placed, True

    def _with_all(
        self, fixed: BoolArray, asked: BoolArray, some: BoolArray | None = None
    ) -> IntArray | None:
        """An assignment of these pairs that comes to enough, or None.

        It has all the fixed pairs, and one of ``some``.
        """
        found: IntArray | None = None

        def rho_of(play: BoolArray) -> float | None:
            nonlocal found
            best = self.ask(*self.scales.within(play), fixed, None, some)
            if best is None:
                return None
            i, j = best.T
            rho = score(self.problem, best)
            if rho >= self.enough and fixed[i, j].sum() == fixed.sum():
                found = best
            return rho

        if self.problem.plain:
            # settles most of them in a tenth of an engine's time (4 against 45 ms at 300 × 60)
            placed = place_with(self.problem, fixed, asked)
            if placed is None or score(self.problem, placed) < self.enough:
                return None
            if not broken_rules(self.problem, placed):
                return placed
            rho_of(asked)
        else:
            self._zoom(asked, partial(self.scales.reaching, must=fixed), rho_of)
        return found

    def _zoom(
        self,
        pairs: BoolArray,
        reaching: Callable[[BoolArray], Reach],
        rho_of: Callable[[BoolArray], float | None],
    ) -> None:
        """Ask scale by scale, until what is found comes to enough."""
        play = self.scales.with_all(pairs)
        zoom(self.scales.sizes, play, reaching, rho_of, enough=self.enough)


def _is_before(one: IntArray, other: IntArray, turns: IntArray) -> bool:
    """Whether one assignment comes before another in the order of these pairs."""
    order = {pair: at for at, pair in enumerate(map(tuple, turns.tolist()))}
    mine, its = (set(map(tuple, placed.tolist())) for placed in (one, other))
    return min(mine ^ its, key=lambda pair: order.get(pair, len(order)), default=None) in mine - its
