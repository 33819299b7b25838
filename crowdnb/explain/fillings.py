r"""Whether workers can fill places: augmenting paths, and branch and bound on who can work together.

Without conflicts this is a flow (:func:`fill`). With them a team is looked for (whole-project
scope), or one of two in conflict leaves a task that both are on (same-task scope).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from crowdnb.explain.clique_cover import clique_cover
from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.conflict_graph import (
    SEARCH_NODES,
    SEARCH_WORKERS,
    bit_sets,
    compatible_workers,
    lowest,
    ones,
    team_exists,
)

# steps of the search in same-task scope, which fill places each time; beyond them HiGHS is asked
NODES = 2000
# Of these steps a quick look takes so many times fewer: at 200 × 50 some hundredths of a second, in
# which nearly all that can be settled at all is.
QUICKER = 20


class PlaceSearch:
    """Whether the places can be filled, by branch and bound.

    ``None``: not settled within so many steps, or before ``until`` on the clock of
    ``time.perf_counter``.

    Sets of workers are integers, of which bit i (``1 << i``) says whether worker i is in it.
    So ``one & other`` are those in both sets, ``one | other`` those in either, ``one & ~other``
    those of the first only, each of them one step of the machine for dozens of workers.
    """

    def __init__(
        self,
        need: IntArray,
        limits: IntArray,
        conflicts: BoolArray,
        quick: bool = False,
        until: float = math.inf,
        cliques: Sequence[IntArray] = (),
    ) -> None:
        self.need, self.limits, self.conflicts, self.until = need, limits, conflicts, until
        self.cliques = cliques  # of a cover that is known
        self.steps = (NODES, SEARCH_NODES)
        if quick:
            self.steps = (NODES // QUICKER, SEARCH_NODES // QUICKER)
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
        if self._too_few_together():
            return False
        return self._join(sum(1 << i for i, weight in enumerate(self.weight) if weight), 0, 0)

    def _too_few_together(self) -> bool:
        """Whether it is proved that no team fills all places, whoever may take what."""
        at = np.flatnonzero(self.weight)
        if max(self.weight) <= 1 and len(at) <= SEARCH_WORKERS:
            found = team_exists(self.conflicts[np.ix_(at, at)], self.places, self.steps[1])
            if found is not None:
                return not found
        cover = clique_cover(self.conflicts, np.array(self.weight), self.cliques)
        return cover is not None and cover.most < self.places

    def _filled(self, team: int) -> int:
        """How many places a team can fill."""
        out = np.array([not team >> i & 1 for i in range(len(self.free))])
        return int(fill(self.need, self.limits, self.free & ~out[:, None]).sum())

    def _join(self, candidates: int, team: int, room: int) -> bool | None:
        """Whether a team that has room for so many places fills all, with some of the candidates or without."""
        self.nodes += 1
        if self.nodes > self.steps[1] or time.perf_counter() > self.until:
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
        if self.nodes > self.steps[0] or time.perf_counter() > self.until:
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
