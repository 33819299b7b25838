"""The best assignment of a problem, checked; or why there is none (sections 4 and 5).

In turn, each step only where the one before leaves the question open:

1. the best assignment without conflicts between workers, a linear assignment: a bound on ρ, and the
   answer where it breaks no conflict;
2. reasons why none can exist that need no solver (:func:`crowdnb.obstacles`);
3. prices (:mod:`crowdnb.solver.reduced_costs`): a tighter bound, a first valid assignment, and
   which pairs can still matter;
4. the boolean program over these pairs (:mod:`crowdnb.solver.boolean_program`), by GLPK_MI, CBC or another
   engine of cvxpy.

No answer of an engine is believed: T is rounded by a linear assignment, checked rule by rule
without the engine, and ρ is computed again from Q. What does not hold raises
:class:`SolverAnswerError`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from tqdm.auto import tqdm

from crowdnb.labels import BoolArray, FloatArray, IntArray, finite, listing, number, several, shown
from crowdnb.model.assignment import Assignment, score
from crowdnb.model.check import BUDGET_TOLERANCE, broken_rules, cost, over_budget
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.obstacles import affordable, obstacles, obstacles_or_team
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.model.reach import EXACT, ROUNDING, TIE, Reach, reaches, zoom
from crowdnb.solver.boolean_program import shortfall
from crowdnb.solver.compiled_program import CompiledProgram
from crowdnb.solver.engine import (
    KNOWN_LIMITS,
    PATIENCE,
    Answer,
    SolverAnswerError,
    ask,
    ask_apart,
    pick,
)
from crowdnb.solver.reduced_costs import prices

ZOOM = 1e4  # ask again when pairs asked about lie this much further apart than those still in play
LONGEST = 1e6  # seconds: GLPK counts milliseconds in 32 bits
# how far a solver's objective may be from ρ recomputed, relative to the sizes that sum to it
TOLERANCE = 1e-6
# pairs about which the engine is asked at once; with more, it is asked only what bounds leave open
FEW = 200
MANY = 1000  # pairs in one question, as long as fewer may do
CELLS = 50_000_000  # workers × places of one linear assignment
# pairs asked about in this process; with more, engines overrun their limits
IN_PROCESS, PUNCTUAL = 20_000, 1000
UNPUNCTUAL = {"CBC": 300}  # engines that do so with fewer
# pairs asked about first where time is limited: found soon, and an engine stops only between its
# bounds
HURRIED = 500
UNHURRIED = 3.0  # seconds: with twice as many left, what an engine overruns matters half as much
# the largest cost by the smallest: from 1e6 on GLPK loses assignments, some in a thousand problems
WIDE = 1e4
STARTUP = 1.5  # seconds: with less left, a process of its own would come too late
# of the time left for the engine, and seconds kept for what comes after it
SHARE, RESERVE, TINY = 0.95, 0.03, 1e-3
COMPILED = 1000  # rows of possible conflicts that a compiled program may have
STOPPED = "Stopped from the keyboard."
NONE_BUT_ONE = "says that no assignment exists, and there is one"
NONE_WITHIN_BUDGET = "No assignment keeps all the rules within the budget."
NONE_KEEPS = "No assignment keeps all the conflicts"

Asker = Callable[
    [Problem, IntArray, str, float | None, IntArray | None, Sequence[IntArray]], Answer
]


def solve(
    problem: Problem,
    solver: str | None = None,
    time_limit: float | None = None,
    tie_break: Literal["labels"] | None = None,
) -> Assignment:
    """Find the assignment of greatest group performance ρ, checked; or say why there is none.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        ``"GLPK_MI"``, ``"CBC"``, ``"HIGHS"``, or any mixed-integer solver that cvxpy finds. When
        not given, the first of these three that is installed; HIGHS takes over where it is not done
        in a few seconds, or in half of the time limit. Of more than :data:`FEW` pairs none is asked
        where the bounds alone prove the answer. HIGHS also answers for GLPK_MI where there is a
        budget and the largest cost is more than 10⁴ times the smallest: GLPK loses assignments
        there.
    time_limit : float, optional
        Seconds, > 0, for all of it.
    tie_break : {"labels"}, optional
        Among tied optima take the first in the order of labels, with every solver the same: the
        first worker gets the first task that an optimum allows, and so on. Costs further solves.

    Returns
    -------
    Assignment
        Status ``optimal``, ``infeasible`` (with reasons), or ``time_limit`` (with the best checked
        assignment that is known, if there is one, and a bound that no assignment exceeds). An
        interrupt from the keyboard while an engine works ends like a time limit.

    Raises
    ------
    ValueError
        The time limit is not above 0, or longer than :data:`LONGEST`; no solver has that name;
        unknown tie_break.
    ModuleNotFoundError
        The solver is not installed; the message names the package to install.
    SolverAnswerError
        The solver's answer breaks a rule, or scores other than it says.

    Notes
    -----
    Eqs. 7 to 12, as the text of :mod:`crowdnb.solver.boolean_program` writes them.

    Examples
    --------
    >>> import crowdnb as cn
    >>> answer = cn.solve(cn.load_case_study().problem())
    >>> answer.status, round(answer.performance, 3)
    ('optimal', 2.697)
    """
    search = Search(problem, solver, time_limit, tie_break)
    try:
        return search.answer()
    except KeyboardInterrupt:
        return search.interrupted()


def optimum(
    problem: Problem,
    solver: str | None = None,
    time_limit: float | None = None,
    tie_break: Literal["labels"] | None = None,
) -> Assignment:
    """:func:`solve` for those who ask more than once: an interrupt from the keyboard passes on to the user.

    A best answer so far would be taken for the optimum by whoever compares it with the next one.
    """
    return Search(problem, solver, time_limit, tie_break).answer()


class OutOfTime(Exception):  # noqa: N818
    """The engine was stopped: the pairs asked about, and its answer."""


class Search:
    """One call of :func:`solve`: what is known so far, and the steps that add to it."""

    def __init__(
        self,
        problem: Problem,
        solver: str | None,
        time_limit: float | None,
        tie_break: str | None,
        asker: Asker | None = None,
    ) -> None:
        self.problem, self.in_turn, self.asker = needed(problem), solver is None, asker or ask
        self.start = time.perf_counter()
        if solver is not None:
            self.engine = pick(solver)
        if time_limit is not None and not 0 < number(time_limit) <= LONGEST:
            raise ValueError(
                f"time_limit must be above 0 and at most {LONGEST:g} seconds, got"
                f" {shown(time_limit)}"
            )
        time_limit = None if time_limit is None else number(time_limit)
        if tie_break is not None and not (isinstance(tie_break, str) and tie_break == "labels"):
            raise ValueError(f"tie_break must be 'labels' or None, got {shown(tie_break)}")
        self.until = math.inf if time_limit is None else self.start + time_limit
        self.labels_first = tie_break is not None
        self.found: IntArray | None = None  # the best assignment known, checked
        self.rho, self.bound = -math.inf, math.inf
        self.slack = 0.0  # rounding of the bound and of reach
        self.allowed = (
            problem.eligible if problem.most.all() else problem.eligible & (problem.most > 0)
        )
        self.reach = np.zeros((0, 0))  # m × n: no assignment that uses the pair exceeds it

    @cached_property
    def engine(self) -> str:
        """The engine in turn; found out where one is asked, since that imports cvxpy."""
        return pick(None)

    def answer(self) -> Assignment:
        """Every step in turn."""
        return self._plain() if self.problem.plain else self._with_options()

    def interrupted(self) -> Assignment:
        """What is known when the user interrupts :meth:`answer`."""
        return self._finish("time_limit", self.__dict__.get("engine", "none"), [STOPPED])

    def _plain(self) -> Assignment:
        """The paper's problem: bounds first, then the program over the pairs that can still matter."""
        problem = self.problem
        relaxed = place(problem)
        if relaxed is None:
            if reasons := obstacles(problem):
                return self._finish("infeasible", "none", reasons)
            raise SolverAnswerError(
                "internal error: the matching and the linear assignment disagree on feasibility"
            )
        self.bound = score(problem, relaxed)
        if not broken_rules(problem, relaxed):
            self._take(relaxed, self.bound)
        closed = self.found is not None
        pairs = int(np.count_nonzero(self.allowed))
        proof_will_do = pairs > FEW and not self.labels_first
        if not pairs or (closed and proof_will_do):
            return self._finish("optimal", "none")
        team: IntArray | None = None
        if not closed and self.asker is ask:
            reasons, team = obstacles_or_team(problem)
            if reasons:
                return self._finish("infeasible", "none", reasons)
        value, need = problem.value, problem.need
        best = np.where(self.allowed, value, -np.inf).max(axis=0, initial=-np.inf, where=need > 0)
        best[need == 0] = 0.0
        top = math.fsum(need * best)
        self.reach = np.where(self.allowed, np.minimum(self.bound, top - (best - value)), -np.inf)
        self.slack = ROUNDING * float(need @ np.abs(best))
        if not closed:
            busy = problem.against.sum(axis=1)
            self._team(-self.reach.max(axis=1))
            if self.found is None:
                self._team(busy)
            if self.found is None and team is not None:  # found on the way to no refutation
                self._try(place(problem, team))
        if pairs > FEW or self.labels_first:
            self._price(relaxed)
            if proof_will_do and self.rho >= self.bound - self.slack:
                return self._finish("optimal", "none")
        return self._by_engine(relaxed)

    def _price(self, relaxed: IntArray) -> None:
        """Bound and reach from prices, and an assignment of the workers whom the relaxation employs most."""
        problem = self.problem
        priced = prices(
            problem, list(cliques(problem)), relaxed, self.start + (self.until - self.start) / 2
        )
        if priced is None:
            return
        # once of the bound, once of what is held against it
        self.slack = max(self.slack, 2 * priced.rounding)
        self.bound = min(self.bound, priced.bound + priced.rounding)
        self.reach = np.minimum(self.reach, priced.bound + np.minimum(0, priced.reduced))
        self._team(-priced.use.round(6), -priced.reduced.max(axis=1))

    def _by_engine(self, relaxed: IntArray) -> Assignment:
        """Ask about the pairs in play, until none that could matter is left out and small differences count."""
        problem = self.problem
        limited, whole = math.isfinite(self.until), self.allowed
        most = min(self._punctual(), HURRIED) if limited else MANY
        while True:
            asked = self._in_play(relaxed, most)
            pairs = np.argwhere(asked)
            answer = self._ask(pairs)
            if answer.status == "infeasible":
                if self.found is not None:
                    raise SolverAnswerError(f"internal error: {self.engine} {NONE_BUT_ONE}")
                if (asked == whole).all():
                    reasons = obstacles(problem) or [f"{NONE_KEEPS} (proved by {self.engine})."]
                    return self._finish("infeasible", self.engine, reasons)
                most *= 10
                continue
            if answer.status == "time_limit":
                return self._stopped(pairs, answer)
            spread = self._believe(pairs, answer)
            left = self._in_play(relaxed)
            if (left & ~asked).any():
                most *= 10
                continue
            near = (
                spread
                if (left == asked).all()
                else float(shortfall(problem, np.argwhere(left)).max())
            )
            if spread <= ZOOM * max(near, ROUNDING * float(np.abs(problem.value[left]).max())):
                break
            self.allowed = left
        reasons = self._first_by_labels(left) if self.labels_first else []
        return self._finish("optimal", self.engine, reasons)

    def _with_options(self) -> Assignment:
        """With options beyond the paper: the program about every pair, then on finer and finer scales."""
        problem = self.problem
        if reasons := obstacles(problem):
            return self._finish("infeasible", "none", reasons)
        self.allowed = affordable(problem, self.allowed)
        reach = self._reaching(self.allowed)
        self.bound, self.reach, self.slack = reach
        if (relaxed := _place_at_most(problem)) is not None:
            self.bound = score(problem, relaxed)
            self._try(relaxed)
            if self.found is not None and not self.labels_first:
                return self._finish("optimal", "none")
            if self.found is None and problem.conflict_scope == "project":
                self._try(
                    _place_at_most(
                        problem,
                        compatible(problem, np.argsort(-problem.value.max(axis=1), kind="stable")),
                    )
                )
        whole = self.allowed
        try:
            zoom(problem.value, whole, self._reaching, self._best_of, self.rho)
        except OutOfTime as stop:
            return self._stopped(*stop.args)
        if self.found is None and self.bound == -math.inf:
            return self._finish("infeasible", "none", [NONE_WITHIN_BUDGET])
        if self.found is None:
            what = "all the rules" if problem.budget is None else "all the rules within the budget"
            return self._finish(
                "infeasible",
                self.engine,
                [f"No assignment keeps {what} (proved by {self.engine})."],
            )
        reasons = self._first_by_labels(whole) if self.labels_first else []
        return self._finish("optimal", self.engine, reasons)

    def _reaching(self, allowed: BoolArray, must: BoolArray | None = None) -> Reach:
        """What assignments of these pairs reach, with the pinned ones at least."""
        problem = self.problem
        must = problem.must if must is None else must
        return reaches(problem.value, allowed, must, problem.fewest, problem.most)

    def _best_of(self, play: BoolArray) -> float | None:
        """ρ of the best assignment of some pairs, which is kept if it is the best so far; None where there is none."""
        pairs, known = np.argwhere(play), self.found
        answer = self._ask(pairs)
        if answer.status == "time_limit":
            raise OutOfTime(pairs, answer)
        among = known is not None and bool(play[known[:, 0], known[:, 1]].all())
        if answer.status == "infeasible":
            if among:
                raise SolverAnswerError(
                    f"internal error: {self.engine} says that no assignment exists, and there"
                    " is one"
                )
            return None
        if among:
            self._believe(pairs, answer)
            return self.rho
        placed, rho, _ = self._checked(pairs, answer)
        self._take(placed, rho)
        return rho

    def _in_play(self, known: IntArray, most: int | None = None) -> BoolArray:
        """Pairs that an assignment as good as the best known may use, or the ``most`` of them that reach furthest."""
        known = known if self.found is None else self.found
        play = self.allowed & (self.reach >= self.rho - self.slack)
        if most is not None and np.count_nonzero(play) > most:
            play &= self.reach >= np.partition(self.reach[play], -most)[-most]
        play[known[:, 0], known[:, 1]] = self.allowed[known[:, 0], known[:, 1]]
        return play

    def _ask(self, pairs: IntArray, pins: IntArray | None = None) -> Answer:
        """Ask the engine; with options again, as long as its answer is affordable or best by its tolerances alone.

        T = 0.99999 and such cost less and gain more than the whole assignment next to them.
        """
        if self.problem.plain:
            return self._ask_once(pairs, pins, [])
        if not len(pairs):
            over = over_budget(self.problem, pairs)
            return Answer("infeasible" if over else "optimal", np.zeros(0), 0.0)
        if (
            self.engine == "GLPK_MI"
            and self.problem.pair_costs is not None
            and self.problem.budget is not None
        ):
            costs = np.abs(self.problem.pair_costs[pairs[:, 0], pairs[:, 1]])
            if costs.max() > WIDE * costs.min(initial=math.inf, where=costs > 0):
                self.engine = "HIGHS"
        value, refused = self.problem.value[pairs[:, 0], pairs[:, 1]], list[IntArray]()
        best = Answer("infeasible", np.zeros(len(pairs)), -math.inf)
        while True:
            answer = self._ask_once(pairs, pins, refused)
            if answer.status == "time_limit":
                return answer._replace(pairs=best.pairs) if best.pairs.any() else answer
            if answer.status == "infeasible":
                return best
            chosen = np.flatnonzero(answer.pairs > 0.5)
            if any(np.array_equal(chosen, other) for other in refused):
                raise SolverAnswerError(
                    f"internal error: {self.engine} gives again what it was not to give"
                )
            rho = math.fsum(value[chosen])
            if not over_budget(self.problem, pairs[chosen]) and rho > best.objective:
                best = Answer("optimal", (answer.pairs > 0.5).astype(float), rho)
            if answer.objective <= best.objective + EXACT * float(np.abs(value).max()):
                return best
            refused.append(chosen)

    def _ask_once(
        self, pairs: IntArray, pins: IntArray | None, refused: Sequence[IntArray]
    ) -> Answer:
        """Ask the engine, here for a while, then in a process that can be stopped; HIGHS after a default engine."""
        limited = math.isfinite(self.until)
        takes_over = self.in_turn and self.engine != "HIGHS"
        answer = Answer("time_limit", np.zeros(len(pairs)), math.nan)
        left = self.until - time.perf_counter()
        short = left < STARTUP  # a process of its own would come too late
        if short or len(pairs) <= min(IN_PROCESS, self._punctual() * max(1.0, left / UNHURRIED)):
            seconds = min(left, PATIENCE) * (SHARE / 2 if takes_over and short else SHARE) - RESERVE
            known = limited or self.engine in KNOWN_LIMITS
            answer = self.asker(
                self.problem,
                pairs,
                self.engine,
                max(seconds, TINY) if known else None,
                pins,
                refused,
            )
            if answer.status != "time_limit":
                return answer
        if takes_over:
            self.engine = "HIGHS"
        left = self.until - time.perf_counter()
        if left > STARTUP:
            later = ask_apart(
                self.problem, pairs, self.engine, left if limited else None, pins, refused
            )
        elif takes_over:
            later = ask(
                self.problem, pairs, self.engine, max(SHARE * left - RESERVE, TINY), pins, refused
            )
        else:
            return answer
        return later if later.status != "time_limit" or later.pairs.any() else answer

    def _punctual(self) -> int:
        return UNPUNCTUAL.get(self.engine, PUNCTUAL)

    def _believe(self, pairs: IntArray, answer: Answer) -> float:
        """Take an engine's answer if it holds; how far the worst pair falls short of the best for its task."""
        placed, rho, spread = self._checked(pairs, answer)
        if rho < self.rho - _tolerance(self.problem, placed, spread):
            raise SolverAnswerError(
                f"internal error: {self.engine} calls ρ = {rho:.9g} the best, and {self.rho:.9g} is"
                " known"
            )
        self._take(placed, rho)
        return spread

    def _checked(self, pairs: IntArray, answer: Answer) -> tuple[IntArray, float, float]:
        """An engine's assignment, rounded, checked and scored again; SolverAnswerError if it is none.

        Returned are its pairs, its ρ, and how far the worst of ``pairs`` falls short of the best
        for its task.
        """
        problem = self.problem
        placed = rounded(problem, pairs, answer.pairs)
        broken = ["the places cannot be filled by the workers chosen"]
        if placed is None or (broken := broken_rules(problem, placed)):
            raise SolverAnswerError(
                f"internal error: the answer of {self.engine} breaks a rule: {listing(broken, 3)}"
            )
        rho = score(problem, placed)
        spread = float(shortfall(problem, pairs).max(initial=0))
        slack = _tolerance(problem, placed, spread)
        if abs(rho - answer.objective) > slack:
            raise SolverAnswerError(
                f"internal error: {self.engine} says ρ = {answer.objective:.9g}, its assignment"
                f" scores {rho:.9g}"
            )
        if rho > self.bound + slack:
            raise SolverAnswerError(
                f"internal error: ρ = {rho:.9g} of {self.engine} exceeds the bound {self.bound:.9g}"
            )
        return placed, rho, spread

    def _team(self, *keys: FloatArray) -> None:
        """Try the best places for a team that joins in the order of these keys (the first counts most)."""
        if self.problem.conflict_scope == "project":
            team = compatible(self.problem, np.lexsort(keys[::-1]))
            self._try(place(self.problem, team))

    def _try(self, placed: IntArray | None) -> None:
        """Take an assignment if it is one."""
        if placed is not None and not broken_rules(self.problem, placed):
            self._take(placed, score(self.problem, placed))

    def _take(self, placed: IntArray, rho: float) -> None:
        """Keep a checked assignment when it is the best so far."""
        if rho > self.rho:
            self.found, self.rho = placed, rho

    def _stopped(self, pairs: IntArray, answer: Answer) -> Assignment:
        """The end of the time: the best checked assignment, and whether the bound happens to prove it."""
        self._try(rounded(self.problem, pairs, answer.pairs))
        if self.found is None:
            return self._finish(
                "time_limit", self.engine, ["None found, none refuted within the time limit."]
            )
        return self._finish(
            "optimal" if self.rho >= self.bound - self.slack else "time_limit", self.engine
        )

    def _first_by_labels(self, play: BoolArray) -> list[str]:
        """Exchange the optimum for the first of those tied with it; a sentence where the time did not suffice."""
        assert self.found is not None
        rho = self.rho
        ties = tie(self.problem, self.found)
        play, fixed = play & (self.reach >= rho - self.slack - ties), np.zeros_like(play)
        chosen = set(map(tuple, self.found.tolist()))
        play[self.found[:, 0], self.found[:, 1]] = True
        for i, j in np.argwhere(play).tolist():
            fixed[i, j] = True
            if (i, j) in chosen:
                continue
            pins = np.argwhere(fixed)
            if broken_rules(self.problem, pins, partly=True):
                play[i, j] = fixed[i, j] = False
                continue
            asked = play.copy()
            # a pinned worker has no other task, neither for the engine nor when T is rounded
            if self.problem.plain:
                asked[pins[:, 0]] = fixed[pins[:, 0]]
            try:
                placed = self._with_all(fixed, asked, rho - ties)
            except OutOfTime:
                return ["The order of tied assignments was not settled within the time limit."]
            if placed is None:
                play[i, j] = fixed[i, j] = False
            else:
                self.found, chosen = placed, set(map(tuple, placed.tolist()))
        return []

    def _with_all(self, fixed: BoolArray, asked: BoolArray, enough: float) -> IntArray | None:
        """An assignment of the pairs asked about that has all the fixed ones and comes to enough, if there is one."""
        found: IntArray | None = None

        def best_of(play: BoolArray) -> float | None:
            nonlocal found
            pairs = np.argwhere(play)
            answer = self._ask(pairs, np.flatnonzero(fixed[play]))
            if answer.status == "time_limit":
                raise OutOfTime(pairs, answer)
            if answer.status == "infeasible":
                return None
            placed, reached, _ = self._checked(pairs, answer)
            if reached >= enough and fixed[placed[:, 0], placed[:, 1]].sum() == fixed.sum():
                found = placed
            return reached

        if self.problem.plain:
            best_of(asked)
        else:
            must = self.problem.must | fixed
            zoom(
                self.problem.value,
                asked,
                lambda pairs: self._reaching(pairs, must),
                best_of,
                enough=enough,
            )
        return found

    def _finish(self, status: Status, by: str, reasons: Sequence[str] = ()) -> Assignment:
        seconds = time.perf_counter() - self.start
        bound = math.nan if status == "infeasible" else max(self.bound, self.rho)
        return Assignment.of(self.problem, self.found, status, by, seconds, bound, reasons)


class Program:
    """A problem's program compiled once, and solved again for other values over the same labels.

    Q, W, L, C^R and C^A stand in its objective and its right-hand sides only, so that nothing but
    numbers changes between two solves. Beyond :data:`COMPILED` rows of conflicts, or with options
    beyond the paper, each solve starts afresh, as :func:`solve` does.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        As for :func:`solve`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> program = cn.Program(cn.load_case_study().problem())
    >>> round(program.resolve(worker_conflicts=[("a3", "a5")]).performance, 4)
    2.5695
    >>> round(program.resolve().performance, 4)
    2.6973
    """

    def __init__(self, problem: Problem, solver: str | None = None) -> None:
        self.problem, self.solver = needed(problem), solver
        pick(solver)
        m, n = problem.q.shape
        rows = m * (m - 1) // 2 * (1 if problem.conflict_scope == "project" else n)
        self.compiled = (
            CompiledProgram(m, n, problem.conflict_scope)
            if problem.plain and rows <= COMPILED
            else None
        )

    def resolve(
        self,
        *,
        qualification: Any = None,
        required: Any = None,
        task_weights: Any = None,
        task_conflicts: Any = None,
        worker_conflicts: Any = None,
        time_limit: float | None = None,
        tie_break: Literal["labels"] | None = None,
    ) -> Assignment:
        """Solve with these values, and the problem's own where none is given; each as :class:`Problem` takes it.

        Returns
        -------
        Assignment
            Checked as every answer of :func:`solve`.

        Raises
        ------
        ValueError
            As :class:`Problem` and :func:`solve`; also where a label is not one of the problem's.
        """
        values = {
            "qualification": qualification,
            "required": required,
            "task_weights": task_weights,
            "task_conflicts": task_conflicts,
            "worker_conflicts": worker_conflicts,
        }
        given = {name: value for name, value in values.items() if value is not None}
        search = self._search(given, time_limit, tie_break)
        try:
            return search.answer()
        except KeyboardInterrupt:
            return search.interrupted()

    def optimum(
        self,
        time_limit: float | None = None,
        tie_break: Literal["labels"] | None = None,
        **values: Any,
    ) -> Assignment:
        """:meth:`resolve` as :func:`optimum` is :func:`solve`: an interrupt passes."""
        return self._search(values, time_limit, tie_break).answer()

    def _search(
        self, values: dict[str, Any], time_limit: float | None, tie_break: str | None
    ) -> Search:
        return Search(
            self.problem.changed(**values), self.solver, time_limit, tie_break, self.compiled
        )


def frontier(
    problem: Problem,
    budgets: Sequence[float] | FloatArray | None = None,
    solver: str | None = None,
    time_limit: float | None = None,
) -> pd.DataFrame:
    """The greatest ρ for each budget: how able a group can be for what may be spent.

    Parameters
    ----------
    problem : Problem
        With costs; its own budget does not matter.
    budgets : sequence of float, optional
        In the unit of the costs. When not given, every budget at which ρ changes, from the dearest
        assignment that is worth its costs down to the cheapest one: each solve asks for less than
        the last one cost.
    solver, time_limit
        As for :func:`solve`, for each budget.

    Returns
    -------
    DataFrame
        Index ``budget``, rising; columns ``performance`` (ρ, NaN where there is no assignment, and
        where the time was over before the greatest was proved), ``cost`` (what the assignment
        costs) and ``status``. Without budgets of one's own nothing is known below one at which the
        time was over.

    Raises
    ------
    ValueError
        The problem has no costs.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.2]], [1, 0], costs=[[5, 1], [2, 1]], budget=5)
    >>> cn.frontier(problem)["performance"].to_dict()
    {2.0: 0.7, 5.0: 0.9}
    """
    needed(problem)
    if problem.pair_costs is None:
        raise ValueError("frontier: the problem has no costs; give it costs and a budget")
    rows: list[tuple[float, float, float, str]] = []  # budget, ρ, cost, status

    def add(budget: float) -> Assignment:
        answer = optimum(problem.changed(budget=budget), solver, time_limit)
        # else ρ may be anything up to the bound
        known = answer.placed is not None and answer.status == "optimal"
        paid = cost(problem, answer.placed) if known and answer.placed is not None else math.nan
        rows.append((budget, answer.performance if known else math.nan, paid, answer.status))
        return answer

    if budgets is not None:
        given = finite(
            budgets if isinstance(budgets, np.ndarray) else several(budgets, "budgets"), "budgets"
        )
        if given.ndim != 1:
            raise ValueError(f"budgets: a row of numbers is needed, got shape {given.shape}")
        for budget in tqdm(sorted(given.tolist()), desc="budgets", leave=False, delay=5):
            add(budget)
    else:
        # with the cost as the budget: the least one for this ρ
        least: list[tuple[float, float, float, str]] = []
        budget, step, largest = math.fsum(np.abs(problem.pair_costs).ravel()), 0.0, math.inf
        with tqdm(desc="budgets", leave=False, delay=5) as bar:
            while (answer := add(budget)).status == "optimal" and answer.placed is not None:
                bar.update()
                _, rho, paid, status = rows[-1]
                if paid >= largest:  # within the rounding of its larger costs
                    step *= 10
                else:
                    # as good, and cheaper
                    if least and rho >= least[-1][1] - tie(problem, answer.placed):
                        least.pop()
                    least.append((paid, rho, paid, status))
                    largest = paid
                    step = (
                        4
                        * BUDGET_TOLERANCE
                        * max(_sizes(problem.pair_costs, answer.placed), 1e-300)
                    )
                budget = largest - step
        rows = [*least, *(row for row in rows[-1:] if row[3] == "time_limit")][::-1]
    return pd.DataFrame(rows, columns=["budget", "performance", "cost", "status"]).set_index(
        "budget"
    )


def tie(problem: Problem, placed: IntArray) -> float:
    """Below what difference two assignments count as equally good."""
    return TIE * _sizes(problem.value, placed)


def _sizes(values: FloatArray, placed: IntArray) -> float:
    """The sizes that pairs sum, whatever their signs."""
    return math.fsum(np.abs(values[placed[:, 0], placed[:, 1]]))


def _tolerance(problem: Problem, placed: IntArray, spread: float) -> float:
    """How far a solver's ρ may be from ρ recomputed."""
    return TOLERANCE * max(_sizes(problem.value, placed), spread)


def _place_at_most(problem: Problem, team: IntArray | None = None) -> IntArray | None:
    """The best places, of a team or of all, where they may stay empty and no conflict counts.

    None where that is no linear assignment.
    """
    m, places = len(problem.workers), np.minimum(problem.most, len(problem.workers))
    one_each = problem.limits.max() <= 1 and not len(problem.pins) and problem.budget is None
    if problem.required_rule != "at most" or not one_each or m * places.sum() > CELLS:
        return None
    task = np.repeat(np.arange(len(places)), places)
    gain = np.where(problem.eligible, problem.value, 0.0).clip(min=0.0)[:, task]
    if team is not None:
        gain[np.setdiff1d(np.arange(m), team)] = 0.0
    row, at = linear_sum_assignment(gain, maximize=True)
    filled = gain[row, at] > 0
    return np.column_stack([row, task[at]])[filled]


def compatible(problem: Problem, order: IntArray) -> IntArray:
    """Workers without a conflict between them: each in turn joins unless an earlier one is against it; positions."""
    barred, against = np.zeros(len(problem.workers), dtype=bool), problem.against
    chosen = []
    for i in order.tolist():
        if not barred[i]:
            chosen.append(i)
            barred |= against[i]
    return np.array(sorted(chosen), dtype=np.int64)


def rounded(problem: Problem, pairs: IntArray, found: FloatArray) -> IntArray | None:
    """A whole assignment from a solver's T, as positions, or None.

    Whole-project scope: the best places for the workers that were chosen. Same-task scope: the
    whole T nearest to the one found. With options beyond the paper: the pairs above one half.
    """
    if not problem.plain:
        return pairs[found > 0.5]
    i, j = pairs.T
    allowed = np.zeros(problem.q.shape, dtype=bool)
    allowed[i, j] = True
    if problem.conflict_scope == "project":
        team = np.bincount(i, found, minlength=len(allowed)) > 0.5
        return place(problem, team.nonzero()[0], allowed=allowed)
    t = np.zeros(problem.q.shape)
    t[i, j] = found
    return place(problem, gain=t, allowed=allowed)


def place(
    problem: Problem,
    team: IntArray | None = None,
    gain: FloatArray | None = None,
    allowed: BoolArray | None = None,
) -> IntArray | None:
    """Fill every place for the greatest total gain, whatever the conflicts; positions (worker, task), or None.

    Parameters
    ----------
    problem : Problem
    team : ndarray of int, optional
        Positions of the workers who may be chosen; everybody when not given.
    gain, allowed : ndarray, shape (m, n), optional
        W_j Q_ij and the eligible pairs when not given.
    """
    gain, allowed = (
        problem.value if gain is None else gain,
        problem.eligible if allowed is None else allowed,
    )
    need = problem.need
    if (len(gain) if team is None else len(team)) < need.sum():
        return None
    task = None if (need == 1).all() else np.repeat(np.arange(len(need)), need)
    if team is not None:
        gain, allowed = gain[team], allowed[team]
    if task is not None:
        gain, allowed = gain[:, task], allowed[:, task]
    if not allowed.all():
        gain = np.where(allowed, gain, -np.inf)
    beneath = gain.base
    if not gain.flags.writeable and isinstance(beneath, np.ndarray) and beneath.shape == gain.shape:
        gain = beneath  # scipy copies what is read-only, and writes to neither
    try:
        row, at = linear_sum_assignment(gain, maximize=True)
    except ValueError:  # "cost matrix is infeasible"
        return None
    return np.array((row if team is None else team[row], at if task is None else task[at])).T
