"""The search for the best assignment of one problem: what is known, and the steps that add to it.

In turn, each step only where the one before leaves the question open:

1. the best assignment without conflicts between workers, a linear assignment: a bound on ρ (eq. 7
   without eqs. 11 and 12), and the answer where it breaks no conflict;
2. reasons why none can exist that need no solver (:func:`crowdnb.obstacles`);
3. prices (:mod:`crowdnb.solver.reduced_costs`): a tighter bound, a first valid assignment, and
   which pairs can still matter;
4. of many pairs a better assignment by local search (:mod:`crowdnb.solver.local_search`), and a
   tighter bound, often the proof, by branch and bound (:mod:`crowdnb.solver.branching`);
5. the boolean program over these pairs (:mod:`crowdnb.solver.boolean_program`), by GLPK_MI, CBC or
   another engine of cvxpy.

No answer of an engine is believed: T is rounded by a linear assignment, checked rule by rule
without the engine, and ρ is computed again from Q. What does not hold raises
:class:`SolverAnswerError`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray, phrases, shown
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import broken_rules, fitting
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.obstacles import affordable, obstacles, obstacles_or_team
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.model.reach import ROUNDING, zoom
from crowdnb.model.terms import Scales, reaching, score, sizes
from crowdnb.solver.boolean_program import shortfall
from crowdnb.solver.compiled_program import CompiledProgram
from crowdnb.solver.deepening import Deepening
from crowdnb.solver.dual_bound import dual_reach
from crowdnb.solver.engine import Answer, SolverAnswerError
from crowdnb.solver.flow import Flow, best_flow, counts_near
from crowdnb.solver.placement import compatible, place, place_at_most, rounded
from crowdnb.solver.questions import OutOfTimeError, Questions
from crowdnb.solver.reduced_costs import prices, reach_by_task
from crowdnb.solver.ties import Ties, tie

# pairs up to which an engine, which then takes some milliseconds, confirms every answer; with more
# it is asked only what the bounds leave open
_FEW = 200
# An engine tells assignments apart that differ by 1e-10 of what the worst pair asked about falls
# short of the best. Where that is this much more than for the pairs still in play, it is asked
# again about these alone; so it works to 1e-6 of what decides, or finer.
_ZOOM = 1e4
# how far a solver's objective may be from ρ recomputed, relative to the sizes that sum to it
_TOLERANCE = 1e-6
STOPPED = "Stopped from the keyboard."


def optimum(
    problem: Problem,
    solver: str | None = None,
    time_limit: float | None = None,
    tie_break: Literal["labels"] | None = None,
) -> Assignment:
    """:func:`crowdnb.solve` (eqs. 7 to 12) for whoever asks often: an interrupt passes to the user.

    A best answer so far would be taken for the optimum by whoever compares it with the next one.
    """
    return Search(problem, solver, time_limit, tie_break).answer()


class _Found(NamedTuple):
    """An engine's assignment, rounded, checked and scored again."""

    placed: IntArray
    rho: float
    spread: float  # how far the worst of the pairs asked about falls short of the best for its task


class Search:
    """One call of :func:`crowdnb.solve`.

    Parameters
    ----------
    problem : Problem
    solver, time_limit, tie_break
        As for :func:`crowdnb.solve`; ValueError where they break its rules.
    compiled : CompiledProgram, optional
        Of the problem's size, for a plain one: asked in this process instead of cvxpy.
    """

    def __init__(
        self,
        problem: Problem,
        solver: str | None,
        time_limit: float | None,
        tie_break: str | None,
        compiled: CompiledProgram | None = None,
    ) -> None:
        self.problem, self.compiled = needed(problem), compiled
        self.questions = Questions(solver, time_limit, compiled)
        if tie_break is not None and not (isinstance(tie_break, str) and tie_break == "labels"):
            raise ValueError(f"tie_break must be 'labels' or None, got {shown(tie_break)}")
        self.labels_first = tie_break is not None
        self.found: IntArray | None = None  # the best assignment known, checked
        self.deepening = Deepening(self.problem, self.questions)
        self.tied: bool | None = None  # whether another is as good, once that is asked
        self.rho, self.bound = -math.inf, math.inf
        self.slack = 0.0  # rounding of the bound and of reach
        self.allowed = (
            problem.eligible if problem.most.all() else problem.eligible & (problem.most > 0)
        )
        self.flow: Flow | None = None  # what the counts alone prove, of a problem with options
        self.reach = np.zeros((0, 0))  # m × n: no assignment that uses the pair exceeds it

    def answer(self) -> Assignment:
        """Every step in turn."""
        try:
            return self._plain() if self.problem.plain else self._with_options()
        except OutOfTimeError as stop:
            self._try(rounded(self.problem, stop.pairs, stop.answer.pairs))
            return self._stopped()

    def interrupted(self) -> Assignment:
        """What is known when the user interrupts :meth:`answer`."""
        self._learn()
        return self._finish("time_limit", self.questions.engine_so_far, [STOPPED])

    def _plain(self) -> Assignment:
        """The paper's problem: bounds first, then the program over pairs that can still matter."""
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
        proof_will_do = pairs > _FEW and not self.labels_first
        if not pairs:
            self.tied = False
        if not pairs or (closed and proof_will_do):
            return self._finish("optimal", "none")
        self.reach, self.slack = reach_by_task(problem, self.allowed, self.bound)
        if not closed and (reasons := self._any()):
            return self._finish("infeasible", "none", reasons)
        if pairs > _FEW or self.labels_first:
            self._price(relaxed)
            places = int(problem.arrays.required.sum())
            proved = pairs > _FEW and self.rho >= self.bound - self.slack
            if proved and not proof_will_do and self._as_good(self.allowed).sum() > places:
                return self._optimal(self.allowed)
            if proved:
                self.tied = None if proof_will_do else False
                return self._finish("optimal", "none")
        return self._by_branching() or self._by_engine(relaxed)

    def _any(self) -> list[str]:
        """A first assignment, or reasons why there is none; perhaps neither."""
        self._team(-self.reach.max(axis=1))
        if self.found is None:
            self._team(self.problem.arrays.worker_conflicts.sum(axis=1))
        if self.found is None and self.compiled is None:
            self._try(self.deepening.first(self.allowed))
        # a compiled program refutes sooner than reasons are found
        if self.found is not None or self.compiled is not None:
            return []
        reasons, team = obstacles_or_team(self.problem)
        if team is not None:  # found on the way to no refutation
            self._try(place(self.problem, team))
        return reasons

    def _by_branching(self) -> Assignment | None:
        """Of many pairs the answer; or None, and better bound, reach and assignment."""
        deepening, anybody = self.deepening, np.zeros((0, 2), dtype=np.int64)
        if self.compiled is not None or not deepening.worth(self._in_play(anybody)):
            return None
        self._try(deepening.improved(self.found, self.bound - self.slack))
        play = self._in_play(anybody)
        tree = deepening.branched(play, self.found)
        self._learn()
        if tree.reach is not None:
            self.reach = np.where(play, np.minimum(self.reach, tree.reach), self.reach)
        if tree.closed and self.found is None:
            none = "No assignment keeps all the conflicts (proved by branch and bound)."
            return self._finish("infeasible", "none", obstacles(self.problem) or [none])
        if tree.closed:
            by_labels = self.labels_first
            return self._optimal(self.allowed) if by_labels else self._finish("optimal", "none")
        return self._stopped() if deepening.over or self.questions.left <= 0 else None

    def _learn(self) -> None:
        """Keep what local search and branching know."""
        for placed in self.deepening.known():
            self._try(placed)
        if self.deepening.tree is not None:
            self.bound = min(self.bound, max(self.deepening.tree.bound, self.rho))

    def _price(self, relaxed: IntArray) -> None:
        """Bound and reach from prices; an assignment of those whom the relaxation employs most."""
        problem, asked = self.problem, self.questions
        halfway = (asked.began + asked.until) / 2
        priced = prices(problem, list(cliques(problem)), relaxed, halfway)
        if priced is None:
            return
        # once of the bound, once of what is compared with it
        self.slack = max(self.slack, 2 * priced.rounding)
        self.bound = min(self.bound, priced.bound + priced.rounding)
        self.reach = np.minimum(self.reach, priced.bound + np.minimum(0, priced.reduced))
        self._team(-priced.use.round(6), -priced.reduced.max(axis=1))

    def _by_engine(self, relaxed: IntArray) -> Assignment:
        """Ask about the pairs in play, until none is left out and small differences count."""
        problem, whole, most = self.problem, self.allowed, self.questions.first
        while True:
            asked = self._in_play(relaxed, most)
            best = self._best_of(problem, asked)
            if best is None and (asked == whole).all():
                by = f"No assignment keeps all the conflicts (proved by {self.questions.engine})."
                reasons = obstacles(problem) or [by]
                return self._finish("infeasible", self.questions.engine, reasons)
            left = self._in_play(relaxed)
            if best is None or (left & ~asked).any():
                most *= 10
                continue
            near = best.spread
            if (left != asked).any():
                near = float(shortfall(problem, np.argwhere(left)).max())
            rounding = ROUNDING * float(np.abs(problem.value[left]).max())
            if best.spread <= _ZOOM * max(near, rounding):
                return self._optimal(left)
            self.allowed = left

    def _with_options(self) -> Assignment:
        """With options beyond the paper: the program about all pairs, then on finer scales."""
        problem = self.problem
        if reasons := obstacles(problem):
            return self._finish("infeasible", "none", reasons)
        self.allowed = affordable(problem, self.allowed)
        if problem.arrays.capacities is not None:
            self.allowed = self.allowed & fitting(problem)
        self.bound, self.reach, self.slack = reaching(problem, self.allowed, problem.arrays.pinned)
        if (relaxed := place_at_most(problem)) is not None:
            self.bound = score(problem, relaxed)
            self._try(relaxed)
            if self.found is not None and not self.labels_first:
                return self._finish("optimal", "none")
        # what the linear assignment does not know, or breaks no rule: ties are left
        counts = relaxed is None or self.found is not None or problem.arrays.worker_least.any()
        if counts and self._by_flow():
            return self._optimal(self.allowed)
        if relaxed is not None and self.found is None and problem.conflict_scope == "project":
            ablest = np.argsort(-problem.gain.max(axis=1), kind="stable")
            self._try(place_at_most(problem, compatible(problem, ablest)))
        if self.questions.limited:  # a better bound than by task, for who may be stopped
            self._by_prices(self.allowed, self.questions.left / 4)
        scales = Scales(problem)

        def rho_of(play: BoolArray) -> float | None:
            best = self._best_of(*scales.within(play))
            return None if best is None else best.rho

        zoom(scales.sizes, scales.with_all(self.allowed), scales.reaching, rho_of, self.rho)
        if self.found is not None:
            return self._optimal(self.allowed)
        if self.bound == -math.inf:
            none = "No assignment keeps all the rules within the budget."
            return self._finish("infeasible", "none", [none])
        what = "all the rules" if problem.budget is None else "all the rules within the budget"
        none = f"No assignment keeps {what} (proved by {self.questions.engine})."
        return self._finish("infeasible", self.questions.engine, [none])

    def _by_flow(self) -> bool:
        """Bound, reach and perhaps an assignment of what counts alone ask; whether that proves it."""
        flow = best_flow(self.problem, self.allowed, self.questions.left)
        if flow is None:
            return False
        self.flow = flow
        self._try(flow.placed)
        bound, reach, slack = flow.reach
        self.slack, self.bound = max(self.slack, 2 * slack), min(self.bound, bound + slack)
        self.reach = np.minimum(self.reach, reach)
        return self.rho >= self.bound - self.slack

    def _optimal(self, play: BoolArray) -> Assignment:
        """The best known, which is the best of all; or the first tied with it, of these pairs."""
        reasons = self._first_by_labels(play) if self.labels_first else []
        return self._finish("optimal", self.questions.engine_so_far, reasons)

    def _in_play(self, known: IntArray, most: int | None = None) -> BoolArray:
        """Pairs of which an assignment may be as good as the best known; at most so many."""
        known = known if self.found is None else self.found
        play = self.allowed & (self.reach >= self.rho - self.slack)
        if most is not None and np.count_nonzero(play) > most:
            play &= self.reach >= np.partition(self.reach[play], -most)[-most]
        play[known[:, 0], known[:, 1]] = self.allowed[known[:, 0], known[:, 1]]
        return play

    def _asked(
        self,
        problem: Problem,
        play: BoolArray,
        fixed: BoolArray | None = None,
        some: BoolArray | None = None,
    ) -> _Found | None:
        """The engine's best assignment of some pairs with all the fixed ones, checked, or None.

        ``problem`` is the one that is solved, or one that does without something that it may use;
        of ``some`` pairs one at least is chosen.
        """
        pairs = np.argwhere(play)
        pins, one_of = (
            None if which is None else np.flatnonzero(which[play]) for which in (fixed, some)
        )
        if one_of is not None and not len(one_of):
            return None
        answer = self.questions.ask(problem, pairs, pins, some=one_of)
        if answer.status == "time_limit":
            raise OutOfTimeError(pairs, answer)
        return None if answer.status == "infeasible" else self._checked(pairs, answer)

    def _best_of(self, problem: Problem, play: BoolArray) -> _Found | None:
        """The best assignment of some pairs, kept if it is the best so far; or None."""
        known, best = self.found, self._asked(problem, play)
        among = known is not None and bool(play[known[:, 0], known[:, 1]].all())
        if among and known is not None and problem is not self.problem:
            among = not broken_rules(problem, known)
        if best is None:
            if among:
                raise SolverAnswerError(
                    f"internal error: {self.questions.engine} says that no assignment exists, and"
                    " there is one"
                )
            return None
        if among and best.rho < self.rho - _tolerance(self.problem, best.placed, best.spread):
            raise SolverAnswerError(
                f"internal error: {self.questions.engine} calls ρ = {best.rho:.9g} the best, and"
                f" {self.rho:.9g} is known"
            )
        self._take(best.placed, best.rho)
        return best

    def _checked(self, pairs: IntArray, answer: Answer) -> _Found:
        """An engine's assignment, rounded, checked, scored; SolverAnswerError if it is none."""
        problem, engine = self.problem, self.questions.engine
        placed = rounded(problem, pairs, answer.pairs)
        broken = ["the places cannot be filled by the workers chosen"]
        if placed is None or (broken := broken_rules(problem, placed)):
            raise SolverAnswerError(
                f"internal error: the answer of {engine} breaks a rule: {phrases(broken, 3)}"
            )
        rho = score(problem, placed)
        spread = float(shortfall(problem, pairs).max(initial=0))
        slack = _tolerance(problem, placed, spread)
        if abs(rho - answer.objective) > slack:
            raise SolverAnswerError(
                f"internal error: {engine} says ρ = {answer.objective:.9g}, its assignment"
                f" scores {rho:.9g}"
            )
        if rho > self.bound + slack:
            raise SolverAnswerError(
                f"internal error: ρ = {rho:.9g} of {engine} exceeds the bound {self.bound:.9g}"
            )
        return _Found(placed, rho, spread)

    def _team(self, *keys: FloatArray) -> None:
        """Try the best places for a team that joins in the order of these keys, the first first."""
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

    def _stopped(self) -> Assignment:
        """The end of the time: the best known, and whether the bound happens to prove it."""
        by = self.questions.engine_so_far
        if self.found is None:
            none = "None found, and none ruled out, within the time limit."
            return self._finish("time_limit", by, [none])
        return self._finish("optimal" if self.rho >= self.bound - self.slack else "time_limit", by)

    def _first_by_labels(self, play: BoolArray) -> list[str]:
        """Exchange the optimum for the first tied with it; a sentence where time was short."""
        if self.found is None:
            return []
        if not (self.problem.plain or self.rho >= self.bound - self.slack):
            self._by_prices(play, self.questions.left)
        enough, good = self.rho - tie(self.problem, self.found), self._as_good(play)
        counts, held = counts_near(self.problem, good, self.flow, enough)
        ties = Ties(self.problem, self.found, enough, good, counts, held, self._told)
        said = ties.settle()
        self.found, self.tied = ties.found, ties.tied
        return said

    def _by_prices(self, play: BoolArray, seconds: float) -> None:
        """Bound and reach from the prices of all rows, with options."""
        if (dual := dual_reach(self.problem, play, seconds)) is not None:
            self.bound = min(self.bound, dual.bound)
            self.reach = np.minimum(self.reach, dual.pairs)

    def _told(
        self,
        problem: Problem,
        play: BoolArray,
        fixed: BoolArray | None,
        refused: BoolArray | None,
        some: BoolArray | None,
    ) -> IntArray | None:
        """The engine's assignment with all the fixed pairs and one of some, not the refused one."""
        if refused is None:
            best = self._asked(problem, play, fixed, some)
            return None if best is None else best.placed
        pairs = np.argwhere(play)
        answer = self.questions.ask(problem, pairs, None, [np.flatnonzero(refused[play])])
        if answer.status == "time_limit":
            raise OutOfTimeError(pairs, answer)
        return None if answer.status == "infeasible" else pairs[answer.pairs > 0.5]

    def _as_good(self, play: BoolArray) -> BoolArray:
        """Pairs that some assignment as good as the best known may use, its own among them."""
        found = np.zeros((0, 2), dtype=np.int64) if self.found is None else self.found
        good = play & (self.reach >= self.rho - self.slack - tie(self.problem, found))
        good[found[:, 0], found[:, 1]] = True
        return good

    def _finish(self, status: Status, by: str, reasons: Sequence[str] = ()) -> Assignment:
        seconds = time.perf_counter() - self.questions.began
        bound = math.nan if status == "infeasible" else max(self.bound, self.rho)
        tied = self.tied if status == "optimal" else None
        return Assignment.of(self.problem, self.found, status, by, seconds, bound, reasons, tied)


def _tolerance(problem: Problem, placed: IntArray, spread: float) -> float:
    """How far a solver's ρ may be from ρ recomputed."""
    return _TOLERANCE * max(sizes(problem, placed), spread)
