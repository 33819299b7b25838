r"""The requirements of a problem one by one, which of them are dropped, and whether an assignment meets the rest.

=========  ======================================================================
place      one of the L_j places of task j
exclusion  a pair that C^R forbids
zero       a pair that Q = 0 forbids
conflict   two workers in conflict, C^A
limit      the number of tasks that a worker may take
pin        a pinned pair
ceiling    task j takes no more than L_j workers (matters only beside pinned pairs)
budget     the costs of all pairs together
=========  ======================================================================

Whether an assignment exists is found out by augmenting paths and a branch and bound on groups that
can work together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.check import cost, over_budget
from crowdnb.model.conflict_graph import (
    SEARCH_NODES,
    bit_sets,
    cliques,
    compatible_workers,
    incidence,
    members,
)
from crowdnb.model.problem import Problem
from crowdnb.model.reach import reaches, zoom
from crowdnb.solver.boolean_program import SCALE
from crowdnb.solver.highs import FOREVER, Milp, least_cost

# steps of the search in same-task scope, which fill places each time; beyond them HiGHS is asked
NODES = 2000


class Requirement(NamedTuple):
    """One requirement: its kind, and the positions of what it is about (-1 where there is none)."""

    kind: str
    worker: int = -1
    other: int = -1
    task: int = -1


@dataclass(frozen=True, eq=False)
class Rules:
    """The requirements that are still there, as arrays; ``without`` drops some."""

    problem: Problem
    need: IntArray  # n
    ceiling: IntArray  # n
    excluded: BoolArray  # m × n, C^R
    zero: BoolArray  # m × n, Q = 0
    limits: IntArray  # m; n where there is none
    conflicts: BoolArray  # m × m
    pins: BoolArray  # m × n
    budget: bool

    @classmethod
    def of(cls, problem: Problem) -> Rules:
        """All requirements of a problem."""
        return cls(
            problem,
            problem.fewest,
            problem.most,
            problem.excluded,
            problem.q == 0,
            np.minimum(problem.limits, len(problem.tasks)),
            problem.against,
            problem.must,
            problem.budget is not None,
        )

    @property
    def barred(self) -> BoolArray:
        """Pairs that may not be chosen, m × n."""
        return self.excluded | self.zero

    @property
    def capped(self) -> BoolArray:
        """Tasks that could get more workers than they may have: by pinned pairs, or since a pair earns money; n."""
        room = self.ceiling < len(self.limits)
        return room if self.budget else room & self.pins.any(axis=0)

    def items(self, kind: str) -> list[Requirement]:
        """The requirements of one kind that are there and could matter."""
        if kind == "budget":
            return [Requirement(kind)] * self.budget
        if kind == "place":
            return [
                Requirement(kind, task=j)
                for j in np.repeat(np.arange(len(self.need)), self.need).tolist()
            ]
        if kind == "limit":
            return [
                Requirement(kind, i) for i in np.flatnonzero(self.limits < len(self.need)).tolist()
            ]
        if kind == "ceiling":
            return [Requirement(kind, task=j) for j in np.flatnonzero(self.capped).tolist()]
        if kind == "conflict":
            return [
                Requirement(kind, i, k) for i, k in np.argwhere(np.triu(self.conflicts)).tolist()
            ]
        if kind == "pin":
            return [Requirement(kind, i, task=j) for i, j in np.argwhere(self.pins).tolist()]
        barred = {"exclusion": self.excluded, "zero": self.zero & ~self.excluded}[kind]
        wanted = (self.need > 0) | self.pins
        if self.budget and self.problem.pair_costs is not None:
            wanted = wanted | (self.problem.pair_costs < 0)  # a pair that earns money
        return [Requirement(kind, i, task=j) for i, j in np.argwhere(barred & wanted).tolist()]

    def without(self, dropped: Iterable[Requirement]) -> Rules:
        """The rules when some requirements are dropped."""
        values: dict[str, Any] = {}

        def own(name: str) -> Any:
            return values.setdefault(name, getattr(self, name).copy())

        for kind, i, k, j in dropped:
            match kind:
                case "place":
                    own("need")[j] -= 1
                case "ceiling":
                    own("ceiling")[j] = len(self.limits)
                case "exclusion":
                    own("excluded")[i, j] = False
                case "zero":
                    own("zero")[i, j] = False
                case "conflict":
                    own("conflicts")[i, k] = own("conflicts")[k, i] = False
                case "limit":
                    own("limits")[i] = len(self.need)
                case "pin":
                    own("pins")[i, j] = False
                case _:
                    values["budget"] = False
        return replace(self, **values)

    def assuming(self, dropped: Requirement) -> Rules:
        """Bar what no assignment can use that exists only because of one dropped requirement.

        Where no assignment meets the rules, one that does without a conflict of two workers uses
        both, one that does without an exclusion uses that pair, and so on; so their other conflicts
        bind.
        """
        kind, i, k, j = dropped
        busy = [index for index in (i, k) if index >= 0 and kind != "pin"]
        if not busy or (
            self.problem.conflict_scope == "task" and kind != "exclusion" and kind != "zero"
        ):
            return self
        excluded = self.excluded.copy()
        out = self.conflicts[busy].any(axis=0)
        if self.problem.conflict_scope == "project":
            excluded[out] = True
        else:
            excluded[out, j] = True
        return replace(self, excluded=excluded)

    def feasible(self) -> bool:
        """Whether an assignment meets the rules."""
        if self.budget:
            placed = self._cheapest()
            return placed is not None and not over_budget(self.problem, placed)
        free = ~self.barred
        need, limits = self.need, self.limits
        if self.pins.any():
            taken, tasks = self.pins.sum(axis=1), self.pins.sum(axis=0)
            if (tasks > self.ceiling).any() or (taken > limits).any() or (self.pins & ~free).any():
                return False
            together = self.conflicts & (taken > 0) & (taken > 0)[:, None]
            if self.problem.conflict_scope == "project":
                if together.any():
                    return False
                free &= ~self.conflicts[taken > 0].any(axis=0)[:, None]
            else:
                against = self.conflicts.astype(int) @ self.pins > 0
                if (against & self.pins).any():
                    return False
                free &= ~against
            free &= ~self.pins
            need, limits = np.maximum(need - tasks, 0), limits - taken
        search = _Search(need, limits, self.conflicts)
        ask = search.by_team if self.problem.conflict_scope == "project" else search.by_task
        found = ask(free & (need > 0))
        return self.cheapest() < math.inf if found is None else found

    def cheapest(self) -> float:
        """The least that an assignment within the rules but the budget costs (0 without costs); inf where none exists.

        A mixed-integer program for HiGHS: slower than :class:`_Search`, and with every option.
        """
        placed = self._cheapest()
        return math.inf if placed is None else cost(self.problem, placed)

    def _cheapest(self) -> IntArray | None:
        """Positions of the assignment that costs least; None where none exists."""
        program, costs = self.program(), self.problem.pair_costs
        if costs is None:
            chosen, _ = program.solved(np.zeros(len(program.pairs)))
            return None if chosen is None else program.pairs[chosen]
        (i, j), found = program.pairs.T, list[IntArray]()

        def ask(play: BoolArray) -> float | None:
            unit = float(np.abs(costs[play]).max(initial=0)) or 1.0
            chosen, _ = program.solved(SCALE / unit * costs[i, j], allowed=play[i, j])
            if chosen is None:
                return None
            found.append(program.pairs[chosen])
            return -cost(self.problem, found[-1])

        zoom(
            -costs,
            ~self.barred,
            lambda pairs: reaches(-costs, pairs, self.pins, self.need, self.ceiling),
            ask,
        )
        return min(found, key=lambda placed: cost(self.problem, placed), default=None)

    def program(self) -> Model:
        """The rules but the budget as rows of a mixed-integer program; the pinned pairs can be chosen."""
        problem, free = self.problem, ~self.barred
        (m, n), (i, j) = free.shape, np.nonzero(free)
        pairs = len(i)
        groups = members(list(cliques(problem.changed(worker_conflicts=self.conflicts))), m)
        team: Any = sparse.csr_array((m, m))
        if problem.conflict_scope == "project":
            team, clashes = (
                sparse.eye_array(m),
                sparse.hstack([sparse.csr_array((groups.shape[0], pairs)), groups]),
            )
        else:
            by_task = sparse.vstack([groups @ _part(i, j == task, m) for task in range(n)])
            clashes = sparse.hstack([by_task, sparse.csr_array((by_task.shape[0], m))])
        own = sparse.csr_array((np.ones(pairs), (np.arange(pairs), i)), shape=(pairs, m)) @ team
        rows: list[Any] = [
            sparse.hstack([incidence(j, n), sparse.csr_array((n, m))]),
            sparse.hstack([incidence(i, m), sparse.csr_array((m, m))]),
            sparse.hstack([sparse.eye_array(pairs), -own]),  # who has a task is on the team
            clashes,
        ]
        low = np.concatenate([self.need, np.full(sum(row.shape[0] for row in rows[1:]), -np.inf)])
        joined = np.full(pairs, 0.0 if team.nnz else 1.0)
        high = np.concatenate([self.ceiling, self.limits, joined, np.ones(clashes.shape[0])])
        return Model(
            np.column_stack([i, j]),
            sparse.csr_array(sparse.vstack(rows)),
            low,
            high,
            self.pins[i, j].astype(float),
        )


class Model(NamedTuple):
    """Rows over pairs (worker, task) and then workers on the team, all of them 0 or 1; for HiGHS."""

    pairs: IntArray  # pairs × 2
    rows: Any
    low: FloatArray
    high: FloatArray
    least: FloatArray  # 1 for pinned pairs

    def solved(
        self,
        costs: FloatArray,
        extra: Extra | None = None,
        seconds: float = FOREVER,
        allowed: BoolArray | None = None,
    ) -> tuple[BoolArray | None, float]:
        """The pairs of least cost, None where none were found, and a bound that none are below: inf where none exist.

        With ``extra`` the costs of its variables are added, as low as its rows let them be.
        ``allowed`` says which pairs may be chosen.
        """
        pairs, size = len(self.pairs), self.rows.shape[1]
        more = np.zeros(0) if extra is None else extra.costs
        rows, low = sparse.hstack([self.rows, _nothing(self.rows, len(more))]), self.low
        least, most = np.r_[self.least, np.zeros(size - pairs)], np.ones(size)
        if allowed is not None:
            most[:pairs] = allowed
        if (least[:size] > most).any():  # a pinned pair that is not allowed
            return None, math.inf
        if extra is not None:
            own, beside = extra.rows[:, :pairs], extra.rows[:, pairs:]
            rows = sparse.vstack([rows, sparse.hstack([own, _nothing(own, size - pairs), beside])])
            low, least = np.r_[low, extra.low], np.r_[least, extra.least]
        answer = least_cost(
            Milp(
                costs=np.r_[costs, np.zeros(size - pairs), more],
                rows=rows,
                low=low,
                high=np.r_[self.high, np.full(len(low) - len(self.high), np.inf)],
                least=least,
                most=np.r_[most, np.full(len(more), np.inf)],
                whole=np.arange(size + len(more)) < size,
            ),
            seconds,
        )
        return None if answer.x is None else answer.x[:pairs] > 0.5, answer.bound


class Extra(NamedTuple):
    """Real variables beside those of a model, and rows, of at least ``low``, over pairs and then these variables."""

    costs: FloatArray
    least: FloatArray
    rows: sparse.csr_array[np.float64]
    low: FloatArray


def _nothing(beside: Any, columns: int) -> sparse.csr_array[np.float64]:
    return sparse.csr_array((beside.shape[0], columns))


def _part(worker: IntArray, of_task: BoolArray, m: int) -> sparse.csr_array[np.float64]:
    """Workers × pairs: whose pairs these are, for the pairs of one task only."""
    at = np.flatnonzero(of_task)
    return sparse.csr_array((np.ones(len(at)), (worker[at], at)), shape=(m, len(worker)))


class _Search:
    """Whether the places can be filled, by branch and bound; ``None``: not settled within so many steps."""

    def __init__(self, need: IntArray, limits: IntArray, conflicts: BoolArray) -> None:
        self.need, self.limits, self.conflicts = need, limits, conflicts
        self.places, self.nodes = int(need.sum()), 0
        self.bits = bit_sets(conflicts)
        self.matters = False  # who may take what, beyond how many can work together

    def by_team(self, free: BoolArray) -> bool | None:
        """Whole-project scope: workers join a team one by one; a greedy cover by cliques bounds what it fills."""
        self.free, self.weight = free, np.minimum(self.limits, free.sum(axis=1)).tolist()
        if self._filled((1 << len(free)) - 1) < self.places:
            return False
        able = np.array(self.weight) > 0
        if (
            max(self.weight) <= 1
            and compatible_workers(self.conflicts, able, self.places) < self.places
        ):
            return False
        return self._join(sum(1 << i for i, weight in enumerate(self.weight) if weight), 0, 0)

    def _filled(self, team: int) -> int:
        out = np.array([not team >> i & 1 for i in range(len(self.free))])
        return int(fill(self.need, self.limits, self.free & ~out[:, None]).sum())

    def _join(self, candidates: int, team: int, room: int) -> bool | None:
        self.nodes += 1
        if self.nodes > SEARCH_NODES:
            return None
        for i in ones(candidates):  # nobody is against these
            if not self.bits[i] & candidates:
                candidates, team, room = (
                    candidates & ~(1 << i),
                    team | 1 << i,
                    room + self.weight[i],
                )
        if room >= self.places:
            if self._filled(team) == self.places:
                return True
            self.matters = True
        if self.matters and self._filled(team | candidates) < self.places:
            return False
        order: list[tuple[int, int]] = []
        rest, most = candidates, room
        while rest:  # each pass takes one clique of mutual conflicts: at most one of it can join
            clique, largest, of_clique = rest, 0, []
            while clique:
                i = (clique & -clique).bit_length() - 1
                of_clique.append(i)
                largest = max(largest, self.weight[i])
                rest &= ~(1 << i)
                clique &= self.bits[i]
            most += largest
            order += [(i, most) for i in of_clique]
        for i, most in reversed(order):
            if most < self.places:
                return False
            candidates &= ~(1 << i)
            found = self._join(candidates & ~self.bits[i], team | 1 << i, room + self.weight[i])
            if found is not False:
                return found
        return False

    def by_task(self, free: BoolArray) -> bool | None:
        """Same-task scope: of two workers in conflict who share a task one must leave it."""
        self.nodes += 1
        if self.nodes > NODES:
            return None
        chosen = fill(self.need, self.limits, free)
        if chosen.sum() < self.places:
            return False
        clashes = np.where(chosen, self.conflicts.astype(int) @ chosen, 0)
        if not clashes.any():
            return True
        for j in np.flatnonzero(self.need > 1).tolist():
            if compatible_workers(self.conflicts, free[:, j], self.need[j]) < self.need[j]:
                return False
        i, j = divmod(int(clashes.argmax()), clashes.shape[1])
        for leave in (self.conflicts[i], np.arange(len(free)) == i):
            rest = free.copy()
            rest[leave, j] = False
            found = self.by_task(rest)
            if found is not False:
                return found
        return False


def ones(bits: int) -> Iterator[int]:
    """Positions of the bits that are set."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def fill(need: IntArray, limits: IntArray, free: BoolArray) -> BoolArray:
    """Pairs that fill as many places as possible when no two workers are in conflict, by augmenting paths; m × n.

    scipy's matching has no limits of tasks, and its flow takes ten times as long on a dozen
    workers.
    """
    chosen = np.zeros_like(free)
    able = [np.flatnonzero(column).tolist() for column in free.T]
    room, doing = limits.tolist(), [set[int]() for _ in limits]

    def one_more(start: int) -> bool:
        came, queue, seen = {start: (-1, -1)}, [start], set[int]()
        for task in queue:  # grows as it is read
            for i in able[task]:
                if i in seen or task in doing[i]:
                    continue
                if len(doing[i]) < room[i]:
                    while True:  # everybody on the way leaves one task for another
                        doing[i].add(task)
                        left, (task, i) = task, came[task]
                        if task < 0:
                            return True
                        doing[i].remove(left)
                seen.add(i)
                for other in doing[i]:
                    if other not in came:
                        came[other] = (task, i)
                        queue.append(other)
        return False

    for j, places in enumerate(need.tolist()):
        for _ in range(places):
            if not one_more(j):
                break
    for i, tasks in enumerate(doing):
        chosen[i, list(tasks)] = True
    return chosen
