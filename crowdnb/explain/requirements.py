r"""One requirement in words; and whether an assignment meets those left when some are dropped.

The latter is found out by augmenting paths and a branch and bound on groups that can work together,
which know the requirements of :class:`crowdnb.model.rules.Rules`; and where that takes too long, or
where there is a requirement that is known by its row alone, such as a budget, by a mixed-integer
program of the rows.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple, assert_never

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray, count
from crowdnb.model.check import (
    BUDGET_TOLERANCE,
    cost,
    of_tasks,
    off_quota,
    over_budget,
    overloaded,
)
from crowdnb.model.conflict_graph import SEARCH_NODES, bit_sets, compatible_workers, lowest, ones
from crowdnb.model.problem import Problem
from crowdnb.model.reach import reaches, zoom
from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import BY_ROW, Requirement, Rules
from crowdnb.solver.boolean_program import SCALE, scaled
from crowdnb.solver.highs import FOREVER, Milp, least_cost

# steps of the search in same-task scope, which fill places each time; beyond them HiGHS is asked
NODES = 2000


def assuming(rules: Rules, dropped: Requirement) -> Rules:
    """Bar what no assignment can use that exists only because of one dropped requirement.

    Where no assignment meets the rules, one that does without a conflict of two workers uses both,
    one that does without an exclusion uses that pair, and so on; so their other conflicts bind.
    """
    kind, i, k, j = dropped
    busy = [index for index in (i, k) if index >= 0 and kind not in ("pin", *BY_ROW)]
    if not busy or (not rules.together and kind != "exclusion" and kind != "zero"):
        return rules
    excluded = rules.excluded.copy()
    out = rules.conflicts[busy].any(axis=0)
    if rules.together:
        excluded[out] = True
    else:
        excluded[out, j] = True
    return replace(rules, excluded=excluded)


def feasible(rules: Rules) -> bool:
    """Whether an assignment meets the rules."""
    if rules.by_row:
        placed = _cheapest(rules)
        return placed is not None and not (rules.budget and over_budget(rules.problem, placed))
    left = _beside_pins(rules)
    if left is None:
        return False
    free, need, limits = left
    search = _Search(need, limits, rules.conflicts)
    ask = search.by_team if rules.together else search.by_task
    found = ask(free & (need > 0))
    return cheapest(rules) < math.inf if found is None else found


def _beside_pins(rules: Rules) -> tuple[BoolArray, IntArray, IntArray] | None:
    """Pairs, places and limits that pinned pairs leave to others.

    None where pins break a rule by themselves.
    """
    free, need, limits = ~rules.barred, rules.need, rules.limits
    if not rules.pins.any():
        return free, need, limits
    taken, tasks = rules.pins.sum(axis=1), rules.pins.sum(axis=0)
    if (tasks > rules.ceiling).any() or (taken > limits).any() or (rules.pins & ~free).any():
        return None
    if rules.together:
        against = rules.conflicts[taken > 0].any(axis=0)[:, np.newaxis]
    else:
        against = rules.conflicts.astype(int) @ rules.pins > 0
    if (against & rules.pins).any():
        return None
    return free & ~against & ~rules.pins, np.maximum(need - tasks, 0), limits - taken


def cheapest(rules: Rules) -> float:
    """The least that an assignment within the rules but the budget costs (0 without costs).

    Inf where none exists.

    A mixed-integer program for HiGHS: slower than :class:`_Search`, and with every option.
    """
    placed = _cheapest(rules)
    return math.inf if placed is None else cost(rules.problem, placed)


def _cheapest(rules: Rules) -> IntArray | None:
    """Positions of the assignment that costs least; None where none exists."""
    model, costs = program(rules), rules.problem.arrays.costs

    def solved(costs: FloatArray, allowed: BoolArray | None = None) -> BoolArray | None:
        """What the program finds that keeps loads and shares, which HiGHS sees to a tolerance."""
        nonlocal model
        while True:
            chosen, _ = model.solved(costs, allowed=allowed)
            if chosen is None:
                return None
            placed = model.pairs[chosen]
            over = [
                i
                for i in overloaded(rules.problem, placed)
                if Requirement("capacity", i) in rules.by_row
            ]
            off = [
                at
                for at in off_quota(rules.problem, placed)
                if any(item.kind == "quota" and item.other == at for item in rules.by_row)
            ]
            if not over and not off:
                return chosen
            for i in over:
                model = model.without(chosen & (model.pairs[:, 0] == i))
            for at in off:
                task = rules.problem.quota_sides[at].task
                model = model.other_than(chosen, (model.pairs[:, 1] == task) | (task < 0))

    if costs is None:
        chosen = solved(np.zeros(len(model.pairs)))
        return None if chosen is None else model.pairs[chosen]
    (i, j), found = model.pairs.T, list[IntArray]()

    def ask(play: BoolArray) -> float | None:
        unit = float(np.abs(costs[play]).max(initial=0)) or 1.0
        chosen = solved(SCALE / unit * costs[i, j], play[i, j])
        if chosen is None:
            return None
        found.append(model.pairs[chosen])
        return -cost(rules.problem, found[-1])

    most = np.minimum(rules.ceiling, len(rules.limits)).astype(int)
    zoom(
        -costs,
        ~rules.barred,
        lambda pairs: reaches(-costs, pairs, rules.pins, rules.need, most),
        ask,
    )
    return min(found, key=lambda placed: cost(rules.problem, placed), default=None)


def program(rules: Rules) -> Model:
    """The rules but the budget, for HiGHS."""
    pairs = np.argwhere(~rules.barred)
    blocks = rows(rules, pairs)
    blocks.pop("budget", None)
    if "capacity" in blocks:
        slack = BUDGET_TOLERANCE * blocks["capacity"].high
        blocks["capacity"] = scaled(blocks["capacity"], slack, SCALE)
    return Model(pairs, *stacked(blocks.values()))


class Model(NamedTuple):
    """Rows over pairs (worker, task) and then workers on the team, all of them 0 or 1."""

    pairs: IntArray  # pairs × 2
    rows: sparse.csr_array[np.float64]
    low: FloatArray
    high: FloatArray

    def without(self, pairs: BoolArray) -> Model:
        """The same where these pairs are not chosen all together."""
        row = sparse.csr_array(np.r_[pairs, np.zeros(self.rows.shape[1] - len(pairs))][np.newaxis])
        return self._replace(
            rows=sparse.csr_array(sparse.vstack([self.rows, row])),
            low=np.r_[self.low, -np.inf],
            high=np.r_[self.high, pairs.sum() - 1.0],
        )

    def other_than(self, pairs: BoolArray, among: BoolArray) -> Model:
        """The same where among some pairs exactly these are not chosen."""
        row = np.zeros(self.rows.shape[1])
        row[: len(pairs)] = np.where(pairs, 1.0, -1.0) * among
        return self._replace(
            rows=sparse.csr_array(sparse.vstack([self.rows, sparse.csr_array(row[np.newaxis])])),
            low=np.r_[self.low, -np.inf],
            high=np.r_[self.high, (pairs & among).sum() - 1.0],
        )

    def solved(
        self,
        costs: FloatArray,
        extra: Extra | None = None,
        seconds: float = FOREVER,
        allowed: BoolArray | None = None,
    ) -> tuple[BoolArray | None, float]:
        """The pairs of least cost, None where none were found, and a bound that none are below.

        Inf where none exist.

        With ``extra`` the costs of its variables are added, as low as its rows let them be.
        ``allowed`` says which pairs may be chosen.
        """
        (_, size), pairs = self.rows.shape, len(self.pairs)
        most = np.ones(size)
        if allowed is not None:
            most[:pairs] = allowed
        program = Milp(
            costs=np.r_[costs, np.zeros(size - pairs)],
            rows=self.rows,
            low=self.low,
            high=self.high,
            least=np.zeros(size),
            most=most,
            whole=np.ones(size, dtype=bool),
        )
        answer = least_cost(program if extra is None else extra.beside(program, pairs), seconds)
        return None if answer.x is None else answer.x[:pairs] > 0.5, answer.bound


class Extra(NamedTuple):
    """Real variables beside those of a model, and rows, of at least ``low``, over pairs and then these variables."""

    costs: FloatArray
    least: FloatArray
    rows: sparse.csr_array[np.float64]
    low: FloatArray

    def beside(self, program: Milp, pairs: int) -> Milp:
        """A program with these variables and rows; its first columns are so many pairs."""
        own, beside = self.rows[:, :pairs], self.rows[:, pairs:]
        team = sparse.csr_array((own.shape[0], program.rows.shape[1] - pairs))
        below: list[list[Any]] = [[program.rows, None], [sparse.hstack([own, team]), beside]]
        return Milp(
            costs=np.r_[program.costs, self.costs],
            rows=sparse.csr_array(sparse.block_array(below)),
            low=np.r_[program.low, self.low],
            high=np.r_[program.high, np.full(len(self.low), np.inf)],
            least=np.r_[program.least, self.least],
            most=np.r_[program.most, np.full(len(self.costs), np.inf)],
            whole=np.r_[program.whole, np.zeros(len(self.costs), dtype=bool)],
        )


class _Search:
    """Whether the places can be filled, by branch and bound.

    ``None``: not settled within so many steps.

    Sets of workers are integers, of which bit i (``1 << i``) says whether worker i is in it.
    So ``one & other`` are those in both sets, ``one | other`` those in either, ``one & ~other``
    those of the first only, each of them one step of the machine for dozens of workers.
    """

    def __init__(self, need: IntArray, limits: IntArray, conflicts: BoolArray) -> None:
        self.need, self.limits, self.conflicts = need, limits, conflicts
        self.places, self.nodes = int(need.sum()), 0
        self.against = bit_sets(conflicts)  # of each worker, who is in conflict with him
        self.matters = False  # who may take what, beyond how many can work together

    def by_team(self, free: BoolArray) -> bool | None:
        """Whole-project scope: workers join a team one by one.

        A greedy cover by cliques bounds what it fills.
        """
        # how many places each worker fills at most
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
        """How many places a team can fill."""
        out = np.array([not team >> i & 1 for i in range(len(self.free))])
        return int(fill(self.need, self.limits, self.free & ~out[:, None]).sum())

    def _join(self, candidates: int, team: int, room: int) -> bool | None:
        """Whether a team that has room for so many places fills all, with some of the candidates or without."""
        self.nodes += 1
        if self.nodes > SEARCH_NODES:
            return None
        for i in ones(candidates):
            if not self.against[i] & candidates:  # nobody is against him: he joins
                candidates &= ~(1 << i)
                team |= 1 << i
                room += self.weight[i]
        if room >= self.places:
            if self._filled(team) == self.places:
                return True
            self.matters = True
        if self.matters and self._filled(team | candidates) < self.places:
            return False
        for i, most in reversed(self._order(candidates, room)):
            if most < self.places:
                return False
            candidates &= ~(1 << i)
            found = self._join(candidates & ~self.against[i], team | 1 << i, room + self.weight[i])
            if found is not False:
                return found
        return False

    def _order(self, candidates: int, room: int) -> list[tuple[int, int]]:
        """The candidates, clique by clique, each with what he and those before him have room for at most."""
        order: list[tuple[int, int]] = []
        # each pass takes a clique of mutual conflicts: one of it can join at most
        while candidates:
            clique, of_clique = candidates, list[int]()
            while clique:
                i = lowest(clique)
                of_clique.append(i)
                candidates &= ~(1 << i)
                clique &= self.against[i]  # who is in conflict with all of the clique so far
            room += max(self.weight[i] for i in of_clique)
            order += [(i, room) for i in of_clique]
        return order

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


def requirement_text(problem: Problem, item: Requirement) -> str:
    """One requirement in words."""
    worker = problem.workers[item.worker] if item.worker >= 0 else ""
    task = problem.tasks[item.task] if item.task >= 0 else ""
    match item.kind:
        case "place":
            return f"a place of {task}"
        case "exclusion":
            return f"{worker} is in conflict with {task}"
        case "zero":
            return f"{worker} has qualification 0 for {task}"
        case "conflict":
            return f"{worker} and {problem.workers[item.other]} are in conflict"
        case "limit":
            return f"{worker} takes at most {count(int(problem.arrays.worker_limits[item.worker]), 'task')}"
        case "pin":
            return f"{worker} is pinned to {task}"
        case "ceiling":
            return f"{task} takes at most {count(int(problem.most[item.task]), 'worker')}"
        case "least":
            least = int(problem.arrays.worker_least[item.worker])
            return f"{worker} takes at least {count(least, 'task')}"
        case "overlap":
            return f"{task} and {problem.tasks[item.other]} overlap"
        case "capacity":
            capacities = problem.arrays.capacities
            size = 0.0 if capacities is None else capacities[item.worker]
            return f"{worker} has a capacity of {size:.12g}"
        case "quota":
            quota = problem.quota_sides[item.other]
            where, has = of_tasks(problem, quota.task)
            return f"{where} {has} at {quota.side} {quota.places} with {quota.about}"
        case "budget":
            return f"the costs may come to {problem.budget:.12g}"
        case _:
            assert_never(item.kind)
