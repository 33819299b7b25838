r"""An assignment without broken conflicts by local search, where bounds and engines find none soon.

A team is a set of workers of whom no two are in conflict: an independent set of the conflict graph.
Its best places are a linear assignment. For any prices u_j of the N places no team S of N workers
comes to more than

    Σ_j u_j + Σ_{i in S} w_i,   w_i = max_j (v_ij - u_j),   v = W_j Q_ij,

and the team to whose assignment the u_j are dual prices comes to exactly that. So teams are sought
by the sum of their weights w; the linear assignment is asked only of those that can beat the best
known, and its prices give the next weights.

A move lets one worker in, and out whoever is in conflict with them. Of all who were not let out
lately (tabu) the one comes who gains most, where each member less costs a charge: it falls while
teams are full, and rises while they are not. Some phases are blind to w. There members of a team
that can be neither enlarged nor varied are penalised, which finds the few large teams that lie
apart from all good ones.

In same-task scope the members are pairs (i, j): in conflict are two pairs of one worker, and those
of workers in conflict on the same task. Their sum is ρ itself, with no assignment to be asked.

References
----------
Q. Wu, J.-K. Hao, F. Glover, "Multi-neighborhood tabu search for the maximum weight clique problem",
Annals of Operations Research 196 (2012) 611-634. W. Pullan, H. H. Hoos, "Dynamic local search for
the maximum clique problem", Journal of Artificial Intelligence Research 25 (2006) 159-185: the
penalties.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod

import numpy as np
from scipy.optimize import linear_sum_assignment

from crowdnb.labels import FloatArray, IntArray
from crowdnb.model.problem import Problem
from crowdnb.model.terms import score

# workers × places (or pairs, in same-task scope): with more a single move takes too long
_CELLS = 1_000_000
_LOOK = 50  # moves between two looks at the clock, about a millisecond
_TENURE = 7  # moves that who was let out stays out, and up to so many more by chance
# moves without a better assignment, then another phase begins: more find better ones near the best
# known, fewer find the first one sooner
_PHASE = 3000
_LEFT = 0.3  # of the members who leave the best assignment known when a phase begins
_BARRED = 2.0  # what a forbidden pair costs, in the spread of v: so prices see who is scarce
_CHARGE, _LEAST_CHARGE, _STEP = 4.0, 0.01, 0.01  # largest, least, in the spread of v; and change
# In blind phases a team that did not grow for so many moves by each place is penalised; all
# penalties fall by one each time that this happened so often. From trying graphs in which a largest
# team is hidden (brock, san, MANN of the second DIMACS challenge).
_PATIENT, _FORGET = 2, 4
_NOISE = 256  # rows of random numbers by which equals are told apart there, used again and again
_SURELY = 1e-9  # of the spread of v: less is no gain


class _Members(ABC):
    """Who is in: workers, or pairs, so many of each group at most.

    A subclass says who is in conflict, and what a choice that fills every place comes to.
    """

    def __init__(
        self, problem: Problem, weights: FloatArray, group: IntArray, room: list[int]
    ) -> None:
        self.problem, size = problem, len(weights)
        self.group, self.room, self.places = group, room, sum(room)
        self.inside = np.zeros(size, dtype=bool)
        self.against = np.zeros(size, dtype=np.int64)  # members in conflict with each
        self.against_here = self.against  # of these the ones in the same group
        self.loss = np.zeros(size)  # their weights
        self.members: list[set[int]] = [set() for _ in room]
        self.full = np.zeros(len(room))  # 1 where a group is
        self.least = np.zeros(len(room))  # the least weight of a member, where it is full
        self.size, self.total = 0, 0.0
        self.weights, self.weight = weights, weights.tolist()
        self.rho = -math.inf  # of the best assignment found
        self.best: IntArray | None = None  # its members

    @abstractmethod
    def near(self, e: int) -> IntArray:
        """Whom a member keeps out."""

    def near_here(self, e: int) -> IntArray:
        """Those of the same group."""
        return self.near(e)

    @abstractmethod
    def better(self) -> bool:
        """Whether the members, who fill every place, beat the best known; they are kept then."""

    @abstractmethod
    def numbers(self, placed: IntArray) -> IntArray:
        """Who is in, of an assignment's pairs."""

    @abstractmethod
    def placed(self, members: IntArray) -> IntArray:
        """Their pairs (worker, task), as positions."""

    def reweigh(self, weights: FloatArray) -> None:
        """Go on with other weights."""
        self.weights, self.weight = weights, weights.tolist()
        self.loss[:] = 0.0
        for e in np.flatnonzero(self.inside).tolist():
            self.loss[self.near(e)] += weights[e]
        self.total = float(weights[self.inside].sum())
        for g in range(len(self.room)):
            self._count(g)

    def let_in(self, e: int) -> None:
        """One more."""
        self._change(e, 1)
        self.members[self.group[e]].add(e)
        self._count(int(self.group[e]))

    def let_out(self, e: int) -> None:
        """One less."""
        self._change(e, -1)
        self.members[self.group[e]].discard(e)
        self._count(int(self.group[e]))

    def _change(self, e: int, by: int) -> None:
        near, weight = self.near(e), by * self.weight[e]
        self.inside[e] = by > 0
        self.against[near] += by
        self.loss[near] += weight
        if self.against_here is not self.against:
            self.against_here[self.near_here(e)] += by
        self.size, self.total = self.size + by, self.total + weight

    def _count(self, g: int) -> None:
        full = len(self.members[g]) >= self.room[g]
        self.full[g] = full
        self.least[g] = self.weight[self.weakest(g)] if full and self.members[g] else 0.0

    def weakest(self, g: int) -> int:
        """The member of a group who weighs least."""
        return min(self.members[g], key=self.weight.__getitem__)


class _Teams(_Members):
    """Workers; one group, with a place for each."""

    def __init__(self, problem: Problem) -> None:
        need, between = problem.arrays.required, problem.arrays.worker_conflicts
        self.task = np.repeat(np.arange(len(need)), need)
        self.value, self.spread = _priced(problem, self.task)
        self.able = problem.eligible[:, self.task]
        self.conflicts = [np.flatnonzero(row) for row in between]
        who, place = linear_sum_assignment(self.value, maximize=True)
        self.prices = _prices(self.value[who[np.argsort(place)]])
        weights = (self.value - self.prices).max(axis=1)
        super().__init__(problem, weights, np.zeros(len(between), dtype=np.int64), [len(self.task)])
        self.possible = self.able.any(axis=1)

    def near(self, e: int) -> IntArray:
        return self.conflicts[e]

    def better(self) -> bool:
        if float(self.prices.sum()) + self.total <= self.rho + _SURELY * self.spread:
            return False
        team = np.flatnonzero(self.inside)
        row, place = linear_sum_assignment(self.value[team], maximize=True)
        rho = float(self.value[team[row], place].sum())
        kept = rho > self.rho + _SURELY * self.spread and bool(self.able[team[row], place].all())
        if kept:
            self.rho, self.best = rho, team
        self.prices = _prices(self.value[team[row[np.argsort(place)]]])
        self.reweigh((self.value - self.prices).max(axis=1))
        return kept

    def numbers(self, placed: IntArray) -> IntArray:
        return placed[:, 0]

    def placed(self, members: IntArray) -> IntArray:
        row, place = linear_sum_assignment(self.value[members], maximize=True)
        return np.column_stack([members[row], self.task[place]])


class _Pairs(_Members):
    """Pairs; a group for each task, with its places."""

    def __init__(self, problem: Problem) -> None:
        m, self.n = problem.eligible.shape
        self.possible = (problem.eligible & (problem.arrays.required > 0)).ravel()
        need = problem.arrays.required
        task = np.repeat(np.arange(self.n), need)
        place, self.spread = _priced(problem, task)
        # less what a place is worth to others, which every choice that fills all places sums alike
        who, at = linear_sum_assignment(place, maximize=True)
        prices = np.zeros(self.n)
        prices[task] = _prices(place[who[np.argsort(at)]])
        self.paid = float(need @ prices)
        weights = (problem.value - prices).ravel()
        between = problem.arrays.worker_conflicts
        self.conflicts = [np.flatnonzero(row) * self.n for row in between]
        self.tasks = np.arange(self.n)
        super().__init__(problem, weights, np.tile(self.tasks, m), problem.arrays.required.tolist())
        self.against_here = np.zeros_like(self.against)

    def near(self, e: int) -> IntArray:
        i, j = divmod(e, self.n)
        others = self.tasks[self.tasks != j]
        return np.asarray(np.concatenate([self.conflicts[i] + j, others + i * self.n]))

    def near_here(self, e: int) -> IntArray:
        i, j = divmod(e, self.n)
        return np.asarray(self.conflicts[i] + j)

    def better(self) -> bool:
        rho = self.total + self.paid
        if rho <= self.rho + _SURELY * self.spread:
            return False
        self.best, self.rho = np.flatnonzero(self.inside), rho
        return True

    def numbers(self, placed: IntArray) -> IntArray:
        return np.asarray(placed[:, 0] * self.n + placed[:, 1])

    def placed(self, members: IntArray) -> IntArray:
        return np.column_stack(np.divmod(members, self.n))


class LocalSearch:
    """Moves and phases over the members of assignments; each run goes on where the last one ended.

    Parameters
    ----------
    problem : Problem
        A plain one (``problem.plain``).
    """

    def __init__(self, problem: Problem) -> None:
        together = problem.conflict_scope == "project"
        m, places = len(problem.workers), int(problem.arrays.required.sum())
        # whether there is anything to search, and each move is quick
        self.able = 0 < places <= m
        self.able &= m * (places if together else len(problem.tasks)) <= _CELLS
        if not self.able:
            return
        self.members = members = _Teams(problem) if together else _Pairs(problem)
        self.rng = np.random.default_rng(0)
        self.delay = (_TENURE + self.rng.integers(0, _TENURE + 1, 4096)).tolist()
        self.never = np.where(members.possible, 0, np.iinfo(np.int64).max)
        self.tabu = self.never.copy()  # the first move at which each may come
        self.charge, self.at, self.phases = members.spread, 0, 0

    def run(
        self,
        until: float = math.inf,
        moves: float = math.inf,
        known: IntArray | None = None,
        enough: float = math.inf,
    ) -> IntArray | None:
        """The best assignment by now, ``known`` included, as positions (worker, task), or None.

        Parameters
        ----------
        until : float
            Seconds on the clock of ``time.perf_counter``.
        moves : float
            So many at most. The same number finds the same assignment.
        known : ndarray of int, shape (places, 2), optional
            An assignment to go on from.
        enough : float
            A ρ that ends the search.
        """
        if not self.able:
            return None
        self.until, self.last, self.enough = until, self.at + moves, enough
        members = self.members
        if known is not None and score(members.problem, known) > members.rho:
            self._start(members.numbers(known))
            members.better()
        while self._goes_on():
            turn = 2 if members.best is None else 4  # blind ones lead away from the best known
            blind = self.phases % turn == turn - 1
            (self._blind_phase if blind else self._phase)()
            self._leave()
            self.phases += 1
        return self.best()

    def best(self) -> IntArray | None:
        """The best assignment by now."""
        best = self.members.best if self.able else None
        return None if best is None else self.members.placed(best)

    def _goes_on(self) -> bool:
        if self.at >= self.last or self.members.rho >= self.enough:
            return False
        return self.at % _LOOK > 0 or time.perf_counter() < self.until

    def _start(self, members: IntArray) -> None:
        """With these members, and no others."""
        for e in np.flatnonzero(self.members.inside).tolist():
            self.members.let_out(e)
        for e in members.tolist():
            self.members.let_in(e)

    def _phase(self) -> None:
        """By weights, until nothing better was found for a while."""
        members, spread, last = self.members, self.members.spread, self.at
        while self.at - last < _PHASE and self._goes_on():
            gain = members.weights - members.loss - self.charge * (members.against - 1)
            self._move(gain, members.least)
            if members.size < members.places:
                self.charge = min(self.charge * (1 + _STEP), _CHARGE * spread)
                continue
            self.charge = max(self.charge * (1 - _STEP), _LEAST_CHARGE * spread)
            if members.better():
                last = self.at

    def _blind_phase(self) -> None:
        """By penalties, which members of a team get that does not grow; only the last one stays."""
        members, last, grown, most, times = self.members, self.at, self.at, 0, 0
        size = len(members.weights)
        penalty, noise = np.zeros(size), self.rng.random((_NOISE, size)) / 2
        self.charge = _CHARGE
        nothing = np.zeros(len(members.room))
        while self.at - last < _PHASE and self._goes_on():
            gain = noise[self.at % _NOISE] - penalty - self.charge * (members.against - 1)
            e = self._move(gain, nothing)
            if members.size == members.places and members.better():
                last = self.at
            if members.size > most:
                most, grown = members.size, self.at
            if self.at - grown > _PATIENT * members.places:
                penalty[members.inside] += 1
                times += 1
                if times % _FORGET == 0:
                    penalty = np.maximum(0.0, penalty - 1)
                for k in np.flatnonzero(members.inside).tolist():
                    if k != e:
                        members.let_out(k)
                self.tabu[:] = self.never
                most, grown = members.size, self.at
        self.charge = members.spread

    def _move(self, gain: FloatArray, least: FloatArray) -> int:
        """Let in who gains most, and out whoever has to go; -1 where nobody may come."""
        self.at += 1
        members = self.members
        if members.full.any():
            extra = members.full * (self.charge + least)
            gain -= extra[members.group] * (members.against_here == 0)
        gain[members.inside | (self.tabu > self.at)] = -math.inf
        e = int(gain.argmax())
        if gain[e] == -math.inf:
            return -1
        leaving = []
        if members.against[e]:
            near = members.near(e)
            leaving = near[members.inside[near]].tolist()
        for k in leaving:
            members.let_out(k)
        g = int(members.group[e])
        if len(members.members[g]) == members.room[g]:
            leaving.append(members.weakest(g))
            members.let_out(leaving[-1])
        members.let_in(e)
        self.tabu[leaving] = self.at + self.delay[self.at % len(self.delay)]
        return e

    def _leave(self) -> None:
        """Begin the next phase with a part of the best members known."""
        members = self.members
        inside = np.flatnonzero(members.inside)
        best = inside if members.best is None else members.best
        go = self.rng.random(len(best)) < _LEFT
        self._start(best[~go])
        self.tabu[:] = self.never
        self.tabu[best[go]] = self.at + _TENURE + self.rng.integers(0, 2 * _TENURE, go.sum())


def _priced(problem: Problem, task: IntArray) -> tuple[FloatArray, float]:
    """V of workers on places, forbidden pairs far below all others; and the spread of these."""
    known = problem.value[problem.eligible]
    if not len(known):
        return np.zeros((len(problem.workers), len(task))), 1.0
    spread = float(np.ptp(known)) or 1.0
    value = np.where(problem.eligible, problem.value, known.min() - _BARRED * spread)
    return np.asarray(value[:, task]), spread


def _prices(value: FloatArray) -> FloatArray:
    """Dual prices of places whose occupants are an optimal assignment; value[j] is of j's occupant.

    The mean of the two extreme solutions of value[j, k] - u_k ≤ value[j, j] - u_j.
    """
    better = value - value.diagonal()[:, np.newaxis]
    high = low = np.zeros(len(value))
    for _ in range(len(value)):
        low, before = np.maximum(low, (low[:, np.newaxis] + better).max(axis=0)), low
        high, above = np.minimum(high, (high - better).min(axis=1)), high
        if np.array_equal(low, before) and np.array_equal(high, above):
            break
    return np.asarray((low - low.mean() + high - high.mean()) / 2)
