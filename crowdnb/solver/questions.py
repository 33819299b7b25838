"""Who is asked within one call of :func:`crowdnb.solve`, and how much of its time a question gets.

Engines are C programs that hear no interrupt, and some overrun their limits. So a question is put
to an engine in this process for :data:`PATIENCE` seconds at most, and goes on in a process of its
own, which can be stopped. Where the user named no engine, HIGHS goes on with what the default one
did not settle.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from crowdnb.labels import FloatArray, IntArray
from crowdnb.model.check import beyond, broken_rules
from crowdnb.model.problem import Problem
from crowdnb.model.reach import EXACT
from crowdnb.model.terms import most_sizes, score
from crowdnb.solver.clock import Clock
from crowdnb.solver.compiled_program import ask_once as ask
from crowdnb.solver.engine import (
    KNOWN_LIMITS,
    PATIENCE,
    Answer,
    SolverAnswerError,
    ask_apart,
    pick,
)

_Asker = Callable[
    [Problem, IntArray, str, float | None, IntArray | None, Sequence[IntArray]], Answer
]


class _Pace(NamedTuple):
    """Pairs in a question to an engine, which stops between two bounds only: later with more."""

    first: int  # in the first question where time is limited: an assignment is to be found soon
    here: int  # in this process, with _NEAR_END seconds left or less; with more left in proportion


# found by trying: with so many pairs limits are kept within a tenth (benchmarks/program.py limit)
PACE, _PACE_OF = _Pace(500, 1000), {"CBC": _Pace(300, 300)}
_NEAR_END = 3.0  # seconds: with twice as many left, what an engine overruns matters half as much
# pairs in the first question where time is not limited: mostly enough, and settled in a second
_UNHURRIED = 1000
# pairs up to which HIGHS is asked beside the engine, and finely, where there is a budget or a
# capacity: milliseconds. CBC and HIGHS lose one in some thousand problems of many sizes of numbers.
# HIGHS itself is asked again whatever the size, for PATIENCE: it loses optima of a thousand pairs as
# well (tests/project/test_conference.py has one).
_TWICE = 200
_MOST_HERE = 20_000  # pairs asked about in this process, however much time is left
_STARTUP = 1.5  # seconds that a process of its own takes to start: with less left it comes too late
# the largest cost by the smallest, from which on HIGHS answers for GLPK: from 1e6 on GLPK loses
# assignments, of some in a thousand problems; a hundredth of that to be safe
_WIDE = 1e4


class OutOfTimeError(Exception):
    """The engine was stopped: the pairs asked about, and its answer."""

    def __init__(self, pairs: IntArray, answer: Answer) -> None:
        super().__init__("the time is over")
        self.pairs, self.answer = pairs, answer


class Questions(Clock):
    """The questions of one call: the engine in turn, the clock, and what an answer must come to.

    Parameters
    ----------
    solver : str or None
        As for :func:`crowdnb.solve`.
    time_limit : float or None
        Seconds for all questions together, from now on.
    asker : callable, optional
        Asks an engine in this process, as :func:`crowdnb.solver.engine.ask` does.
    """

    def __init__(self, solver: str | None, time_limit: float | None, asker: _Asker | None = None):
        self.in_turn, self.asker = solver is None, asker or ask
        self._engine = None if solver is None else pick(solver)
        self.began = time.perf_counter()
        super().__init__(time_limit)

    @property
    def engine(self) -> str:
        """The engine in turn; picked where one is first needed, since that imports cvxpy.

        An import takes seconds, once a process: the clock stands still meanwhile.
        """
        if self._engine is None:
            before = time.perf_counter()
            self._engine = pick(None)
            loading = time.perf_counter() - before
            self.began, self.until = self.began + loading, self.until + loading
        return self._engine

    @property
    def engine_so_far(self) -> str:
        """The engine in turn; ``none`` where none was named and none was needed yet."""
        return self._engine or "none"

    @property
    def first(self) -> int:
        """How many pairs the first question is about."""
        return _PACE_OF.get(self.engine, PACE).first if self.limited else _UNHURRIED

    def ask(
        self,
        problem: Problem,
        pairs: IntArray,
        pins: IntArray | None = None,
        given: Sequence[IntArray] = (),
        some: IntArray | None = None,
    ) -> Answer:
        """Ask the engine; with options again, while only its tolerances make its answer right.

        T = 0.99999 and such cost less and gain more than the whole assignment next to them.
        ``given`` are sets of pairs that must not be the answer; of ``some`` one must be chosen.
        """
        if problem.plain:
            return self._ask_once(problem, pairs, pins, given, some)
        if not len(pairs):
            broken = broken_rules(problem, pairs)
            rho = score(problem, pairs)
            return Answer("infeasible" if broken else "optimal", np.zeros(0), rho)
        if self.engine == "GLPK_MI" and _wide(problem, pairs):
            self._engine = "HIGHS"
        own = np.abs(problem.value[tuple(pairs.T)])
        largest = most_sizes(problem) if problem.soft else float(own.max())
        refused = list(given)
        best = Answer("infeasible", np.zeros(len(pairs)), -math.inf)
        while True:
            answer = self._ask_once(problem, pairs, pins, refused, some)
            if self._again(problem, pairs, answer):
                limit = _for_engine(min(self.left, PATIENCE))
                other = ask(problem, pairs, "HIGHS", limit, pins, refused, some, fine=True)
                if other.status == "optimal" and not other.objective <= answer.objective:
                    answer = other
            if answer.status == "time_limit":
                return answer._replace(pairs=best.pairs) if best.pairs.any() else answer
            if answer.status == "infeasible":
                return best
            chosen = np.flatnonzero(answer.pairs > 0.5)
            if any(np.array_equal(chosen, other) for other in refused):
                raise SolverAnswerError(
                    f"internal error: {self.engine} gives again what it was not to give"
                )
            rho = score(problem, pairs[chosen])
            if not beyond(problem, pairs[chosen]) and rho > best.objective:
                best = Answer("optimal", (answer.pairs > 0.5).astype(float), rho)
            if answer.objective <= best.objective + EXACT * largest:
                return best
            refused.append(chosen)

    def _ask_once(
        self,
        problem: Problem,
        pairs: IntArray,
        pins: IntArray | None,
        refused: Sequence[IntArray],
        some: IntArray | None,
    ) -> Answer:
        """Ask here for a while, then in a process that can end; HIGHS after a default engine."""
        takes_over = self.in_turn and self.engine != "HIGHS"
        answer = Answer("time_limit", np.zeros(len(pairs)), math.nan)
        left = self.left
        all_here = left < _STARTUP
        if all_here or len(pairs) <= self._most_here(left):
            seconds = min(left, PATIENCE)
            if all_here and takes_over:
                seconds /= 2  # the other half is for HIGHS
            known = self.limited or self.engine in KNOWN_LIMITS
            limit = _for_engine(seconds) if known else None
            asked = (problem, pairs, self.engine, limit, pins, refused)
            answer = self.asker(*asked) if some is None else ask(*asked, some)
            if answer.status != "time_limit":
                return answer
        if takes_over:
            self._engine = "HIGHS"
        left = self.left
        if left > _STARTUP:
            limit = left if self.limited else None
            later = ask_apart(problem, pairs, self.engine, limit, pins, refused, some)
        elif takes_over:
            later = ask(problem, pairs, self.engine, _for_engine(left), pins, refused, some)
        else:
            return answer
        return later if later.status != "time_limit" or later.pairs.any() else answer

    def _again(self, problem: Problem, pairs: IntArray, answer: Answer) -> bool:
        """Whether HIGHS is asked beside: with sums of real numbers all but GLPK lose assignments."""
        sums = problem.budget is not None or problem.arrays.capacities is not None
        if not (sums or problem.soft) or answer.status == "time_limit" or self.left <= 0:
            return False
        small = sums and len(pairs) <= _TWICE and self.engine != "GLPK_MI"
        return small or self.engine == "HIGHS"

    def _most_here(self, left: float) -> float:
        """How many pairs may be asked about in this process with so many seconds left."""
        here = _PACE_OF.get(self.engine, PACE).here
        return min(_MOST_HERE, here * max(1.0, left / _NEAR_END))


def _for_engine(seconds: float) -> float:
    """The limit that an engine gets: a twentieth and 30 ms are for overruns and the check."""
    return max(0.95 * seconds - 0.03, 1e-3)


def _wide(problem: Problem, pairs: IntArray) -> bool:
    """Whether costs of these pairs, or loads, lie further apart than GLPK can add."""
    for summed in (problem.arrays.costs, problem.arrays.loads):
        if summed is None:
            continue
        sizes: FloatArray = np.abs(summed[pairs[:, 0], pairs[:, 1]])
        if sizes.max() > _WIDE * sizes.min(initial=math.inf, where=sizes > 0):
            return True
    return False
