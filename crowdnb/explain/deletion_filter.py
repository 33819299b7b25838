r"""Requirements that cannot hold together, and as few of them as the time allows: a deletion filter.

Drop each requirement in turn, and put it back if an assignment exists without it. What is left at
any moment is a proof already; when each of it has been tried, it is irreducible. Requirements are
dropped several at once as long as that goes well. Quick looks come first, so that hard questions
keep nobody from asking the easy ones; what they leave open is asked again.

Where many workers are in conflict the filter starts from the proof that the fractional clique cover
gives (:mod:`crowdnb.explain.clique_cover`): the conflicts within its cliques, and one place more than
it lets be filled.

References
----------
J. W. Chinneck, E. W. Dravnieks, "Locating minimal infeasible constraint sets in linear programs",
ORSA Journal on Computing 3 (1991) 157-168.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from tqdm.auto import tqdm

from crowdnb.explain.clique_cover import clique_cover
from crowdnb.explain.feasibility import feasible
from crowdnb.explain.requirements import assuming
from crowdnb.labels import IntArray
from crowdnb.model.rules import BY_ROW, KINDS, Kind, Requirement, Rules
from crowdnb.solver.clock import Clock

# Conflicts from which on the filter starts from a cover; without a limit of time from more on, since
# the filter itself, where it can be waited for, ends with fewer places.
_MANY, _VERY_MANY = 400, 1500
# of what is left of the time, for one question that was not settled by a quick look
_SHARE = 0.25
# questions of a kind that stayed open one after the other, after which a quick look leaves the kind
_IN_VAIN = 6
# kinds of which all requirements are dropped together, if that can be: so the answer names few
# kinds
_WHOLE_FIRST: tuple[Kind, ...] = (
    *BY_ROW,
    "conflict",
    "exclusion",
    "zero",
    "limit",
    "pin",
    "ceiling",
)
PAIRS_FIRST: tuple[Kind, ...] = (*BY_ROW, "conflict", "pin", "ceiling")


def infeasible_part(rules: Rules, clock: Clock) -> tuple[Rules | None, bool]:
    """Some of the requirements that no assignment meets, or None; and whether that is settled.

    Where the filter starts decides how short its answer is: one about a single task comes first,
    then one without conflicts between workers.
    """
    for quick in (True, False) if clock.limited else (False,):
        found: bool | None = True
        for seed in _seeds(rules, whole_only=clock.limited and not quick):
            found = feasible(seed, clock, quick)
            if found is False:
                return seed, True
        if found:  # of all requirements, which come last
            return None, True
    return None, False


def _seeds(rules: Rules, whole_only: bool) -> Iterator[Rules]:
    """Some of the requirements, from few to all."""
    if not whole_only:
        nobody = np.zeros_like(rules.conflicts)
        unpinned = replace(rules, pins=np.zeros_like(rules.pins), by_row=frozenset())
        single = [
            np.where(np.arange(len(rules.need)) == j, rules.need, 0)
            for j in np.flatnonzero(rules.need)
        ]
        for start in (replace(unpinned, conflicts=nobody), unpinned):
            for need in single:
                yield replace(start, need=need)
            yield start
        if rules.by_row:
            yield replace(rules, by_row=frozenset())
    yield rules


class DeletionFilter:
    """What is left of some requirements that no assignment meets.

    Attributes
    ----------
    rules : Rules
        What is left. No assignment meets it, however early the filter is stopped.
    kept : list of Requirement
        The same, requirement by requirement.
    cliques : sequence of ndarray of int
        Of workers in mutual conflict: those of a fractional cover that the filter started from.
    """

    def __init__(
        self, rules: Rules, clock: Clock, whole_first: Sequence[Kind] = _WHOLE_FIRST
    ) -> None:
        self.rules, self.clock = rules, clock
        self.kept, self.needed = list[Requirement](), set[Requirement]()
        self.cliques: Sequence[IntArray] = ()
        self.direct = False
        for kind in whole_first:
            self._drop_all(kind)
        # Of many conflicts few are dropped before the time is over. What is left is then to be
        # proved by itself, which it is not where `assuming` had a part in dropping others.
        many = _MANY if clock.limited else _VERY_MANY
        if np.count_nonzero(self.rules.conflicts) > 2 * many:
            self.direct = clock.limited
            self.rules, self.cliques = _covered(self.rules)
        for quick in (True, False):
            self.kept = []
            for kind in KINDS:
                self._drop_each(kind, quick)
            if self.irreducible or self.direct:
                break

    @property
    def irreducible(self) -> bool:
        """Whether it is proved that each requirement that is left is needed."""
        return self.needed.issuperset(self.kept)

    def _drop_all(self, kind: Kind) -> None:
        """Drop all requirements of a kind, if no assignment exists without them either."""
        without = self.rules.without(self.rules.items(kind))
        if self._refuted(without, quick=self.clock.limited):
            self.rules = without

    def _drop_each(self, kind: Kind, quick: bool) -> None:
        """Drop what can be dropped of a kind, twice as many at once each time that it goes well."""
        items, at, size, in_vain = self.rules.items(kind), 0, 1, 0
        with tqdm(total=len(items), desc=f"dropping each {kind}", leave=False, delay=5) as bar:
            while at < len(items):
                if self.clock.over or (quick and in_vain == _IN_VAIN):
                    self.kept += items[at:]
                    break
                block = items[at : at + size]
                if self.needed.issuperset(block):
                    refuted: bool | None = False
                else:
                    without = self.rules.without(block)
                    asked = without
                    if len(block) == 1 and not self.direct:
                        asked = assuming(without, block[0])
                    refuted = self._refuted(asked, quick)
                if refuted:
                    self.rules, size, in_vain = without, 2 * size, 0
                elif len(block) > 1:
                    size = len(block) // 2
                    continue
                else:
                    self.kept += block
                    if refuted is False:
                        self.needed.update(block)
                    in_vain = 0 if refuted is False else in_vain + 1
                at += len(block)
                bar.update(len(block))

    def _refuted(self, rules: Rules, quick: bool) -> bool | None:
        """Whether it is proved that no assignment meets the rules; None where that is open."""
        if self.clock.over:
            return None
        clock = self.clock if quick and not rules.by_row else self.clock.part(_SHARE)
        found = feasible(rules, clock, quick, self.cliques)
        return None if found is None else not found


def _covered(rules: Rules) -> tuple[Rules, Sequence[IntArray]]:
    """Of many conflicts those of a fractional clique cover, and only one place too many for it.

    And its cliques; the rules as they are where no cover proves anything.
    """
    if not rules.together or rules.by_row or rules.pins.any():
        return rules, ()
    free = ~rules.barred & (rules.need > 0)
    cover = clique_cover(rules.conflicts, np.minimum(rules.limits, free.sum(axis=1)))
    if cover is None or cover.most >= rules.need.sum():
        return rules, ()
    before = np.cumsum(rules.need) - rules.need
    need = np.clip(cover.most + 1 - before, 0, rules.need)
    conflicts = np.zeros_like(rules.conflicts)
    for i, k in {pair for group in cover.cliques for pair in combinations(group.tolist(), 2)}:
        conflicts[i, k] = conflicts[k, i] = True
    return replace(rules, need=need, conflicts=conflicts), cover.cliques
