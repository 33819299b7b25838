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
from crowdnb.model.reach import TIE, Reach, zoom
from crowdnb.model.terms import Scales, score, sizes
from crowdnb.order import natural_order
from crowdnb.solver.exchanges import Exchanges
from crowdnb.solver.flow import Sides
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


def tie(problem: Problem, placed: IntArray) -> float:
    """Below what difference two assignments count as equally good."""
    return TIE * sizes(problem, placed)


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
    counts : Sides
        Between what the counts of workers and tasks are in an assignment as good.
    held : ndarray of bool, m × n
        Pairs of which one as good has all that ``found`` has.
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
        counts: Sides,
        held: BoolArray,
        ask: Callable[[Problem, BoolArray, _Some, _Some, _Some], IntArray | None],
    ) -> None:
        self.problem, self.found, self.enough = problem, found, enough
        self.as_good, self.ask, self.scales = as_good, ask, Scales(problem)
        self.counts, self.held = counts, held | problem.arrays.pinned
        self.play, self.fixed = as_good.copy(), np.zeros_like(as_good)  # as the turns leave them
        self.chains = self._chains_now()
        self.tied: bool | None = None

    def settle(self) -> list[str]:
        """Exchange ``found`` for the first by label; a sentence where the time was short."""
        try:
            self.tied = self._another_by_chains()
            if self.tied is None:
                self.tied = self._another()
            if self.tied is not False:
                self._take_turns()
        except OutOfTimeError:
            said = "Whether another assignment is as good, and"
            return [UNSETTLED.format("Another assignment is as good;" if self.tied else said)]
        return []

    def _chains_now(self) -> Exchanges:
        """The exchanges from the assignment that is the first so far."""
        fixed = self.fixed | self.held
        self.chains = Exchanges(self.problem, self.found, self.play, fixed, self.counts)
        return self.chains

    def _is_one(self, placed: IntArray) -> bool:
        """Whether an assignment is as good."""
        return score(self.problem, placed) >= self.enough and not broken_rules(self.problem, placed)

    def _another_by_chains(self) -> bool | None:
        """Whether an exchange leads to another; None where that does not settle it."""
        settled = True
        for i, j in np.argwhere(self.as_good & ~self._own()).tolist():
            placed = self.chains.other_with(i, j, kept=True)
            if placed is not None and self._is_one(placed):
                return True
            settled &= placed is None and self.chains.other_with(i, j, kept=False) is None
        for placed in self.chains.one_less():
            if self._is_one(placed):
                return True
            settled = False
        return False if settled else None

    def _another(self) -> bool | None:
        """Whether there is one, by one more question; None where the engine's answer is none."""
        problem, own = self.problem, self._own()
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
        workers, tasks = (
            natural_order(labels) for labels in (self.problem.workers, self.problem.tasks)
        )
        turns = np.argwhere(self.play[np.ix_(workers, tasks)])
        turns = np.column_stack([workers[turns[:, 0]], tasks[turns[:, 1]]])
        at, size = 0, 1 if self.problem.plain else _TOGETHER
        while at < len(turns):
            (i, j), block = turns[at].tolist(), turns[at : at + size]
            if not self.play[i, j] or self._by_chain(i, j):
                at += 1
            elif len(block) == 1:
                same = self.found
                self._one_turn(i, j)
                size = 2 if same is self.found and not self.problem.plain else 1
                at += 1
            elif (other := self._other_with(block)) is None:
                mine = self._own()[tuple(block.T)]
                for which in block[~mine].tolist():
                    self._bar(*which)
                for which in block[mine & self.play[tuple(block.T)]].tolist():
                    self._fix(*which)
                size *= 2
                at += len(block)
            else:
                if _is_before(other, self.found, turns):
                    self.found, self.tied = other, True
                size //= 2

    def _by_chain(self, i: int, j: int) -> bool:
        """Fix or bar one pair, if the exchanges settle it."""
        if self.chains.placed is not self.found:
            self._chains_now()
        if self.chains.own[i, j]:
            self._fix(i, j)
            return True
        other = self.chains.other_with(i, j, kept=True)
        if other is not None and self._is_one(other):
            self.found, self.tied = other, True
            self._chains_now()
            self._fix(i, j)
            return True
        if other is None and self.chains.other_with(i, j, kept=False) is None:
            self._bar(i, j)
            return True
        return False

    def _fix(self, i: int, j: int) -> None:
        """From now on all have a pair that the first so far has."""
        self.fixed[i, j] = True
        self.chains.fix(i, j)
        if self.problem.conflict_scope == "project":
            against = self.problem.arrays.worker_conflicts[i]
            for who, task in np.argwhere(self.play & against[:, np.newaxis]).tolist():
                self._bar(who, task)

    def _bar(self, i: int, j: int) -> None:
        """From now on none has a pair that the first so far has not."""
        if self.play[i, j]:
            self.play[i, j] = False
            self.chains.bar(i, j)

    def _own(self) -> BoolArray:
        """The pairs of the assignment that is the first so far, m × n."""
        own = np.zeros_like(self.as_good)
        own[tuple(self.found.T)] = True
        return own

    def _other_with(self, block: IntArray) -> IntArray | None:
        """An assignment as good with a pair of a block that the one known has not, or None.

        Only such a one may come before the one known; it may as well come after it.
        """
        some = np.zeros_like(self.play)
        some[tuple(block.T)] = True
        return self._with_all(self.fixed, self.play, some & self.play & ~self._own())

    def _one_turn(self, i: int, j: int) -> None:
        """Fix one pair that the one known has not, if one as good has it with those fixed before."""
        problem, fixed = self.problem, self.fixed.copy()
        fixed[i, j] = True
        pins = np.argwhere(fixed)
        placed = None
        if not broken_rules(problem, pins, partly=True):
            asked = self.play.copy()
            # a pinned worker has no other task, neither for the engine nor when T is rounded
            if problem.plain:
                asked[pins[:, 0]] = fixed[pins[:, 0]]
            placed = self._with_all(fixed, asked)
        if placed is None:
            self._bar(i, j)
        else:
            self.found, self.tied = placed, True
            self._chains_now()
            self._fix(i, j)

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
