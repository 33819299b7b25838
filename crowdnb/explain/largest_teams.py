r"""The best sets of the fewest changes where too few workers can work together.

Let at most k workers work together, and n > k places be asked. Each of n - k changes must then fill
one place more, or give it up. Where l of them lift conflicts, k + l workers are at work with l
conflicts among them: a largest team and l others, each in one conflict with the team, which is
lifted, and in none with each other. Each of the n - k - l places that this crew leaves is given up,
or taken by a new worker, or by one of the crew as one task more. Whoever is pinned is of the crew:
no change is left to unpin anybody.

All crews are listed (of 60 workers there are some dozens), and a linear assignment gives each place
to one of the crew or to the change that fills it best. The other sets of changes are those without
the first change of the best one, those with its first and without its second, and so on; of each of
these parts the best comes next.

References
----------
K. G. Murty, "An algorithm for ranking all the assignments in order of increasing cost", Operations
Research 16 (1968) 682-687.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count, islice
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.conflict_graph import compatible_workers, teams
from crowdnb.model.rules import Rules

CREWS = 3000  # that are looked at; where there are more, some of them may be better
FILLINGS = 2000  # likewise, of all crews

Cheap = Mapping[str, Mapping[tuple[int, ...], int]]


class Fewest(NamedTuple):
    """Changes by number, each with how often it is made.

    And the best pairs (worker, task) that they allow.

    New workers are numbered after all who are there, in the order of the changes.
    """

    changes: dict[int, int]
    pairs: IntArray  # pairs × 2


class _Crew(NamedTuple):
    workers: list[int]
    lifts: list[int]  # changes


class _Fillers(NamedTuple):
    """Who or what can fill a place: a row for each worker, and then for each change that does."""

    gain: FloatArray  # rows × places
    who: IntArray  # takes the place, or is whom a new worker is like; -1: the place is given up
    change: IntArray  # -1: a worker
    new: BoolArray  # whether the change brings a new worker


class _Filling(NamedTuple):
    """A filling on the heap.

    The first two fields order it, the best first, and among equals the oldest.
    """

    worse: float  # -ρ
    number: int
    crew: _Crew
    kept: list[int]  # rows of the changes that it and all that follow from it make
    usable: BoolArray  # rows of the fillers that take the places that are left
    by: IntArray  # places: the row that fills each
    further: IntArray  # rows of the changes that it makes beyond those kept


def fewest(rules: Rules, short: int, cheap: Cheap, wanted: int) -> tuple[list[Fewest], bool]:
    """The best sets of so few changes, by ρ; and whether it is proved that no others are better.

    Parameters
    ----------
    rules : Rules
        In whole-project scope, of a problem of one task per worker at most and no budget.
    short : int
        n - k, above 0: fewer changes do not suffice.
    cheap : mapping
        The changes that may be made: for each kind, by what they are about, their numbers.
    wanted : int
        How many sets.
    """
    m, need, free = len(rules.limits), rules.need, ~rules.barred & (rules.need > 0)
    places, able = np.repeat(np.arange(len(need)), need), free.any(axis=1) & (rules.limits > 0)
    pinned, size = np.flatnonzero(rules.pins.any(axis=1)), len(places) - short
    if (rules.pins.sum(axis=1) > 1).any() or (rules.pins.sum(axis=0) > need).any():
        return [], False
    once_more = cheap["limit"] if need.max() == 1 else {}  # nobody takes two places of one task
    crews = list(
        islice(
            _crews(rules.conflicts, np.flatnonzero(able), size, short, cheap["conflict"]), CREWS + 1
        )
    )
    proved = len(crews) <= CREWS and compatible_workers(rules.conflicts, able, len(places)) == size
    # which make more workers able
    proved &= bool(able.all()) or not (cheap["exclusion"] or cheap["limit"])
    proved &= len(once_more) == len(cheap["limit"])
    crews = [crew for crew in crews[:CREWS] if {*pinned.tolist()} <= {*crew.workers}]
    fillers = _fillers(
        np.where(free, rules.problem.value, -np.inf), places, {**cheap, "limit": once_more}
    )
    fillers.gain[pinned] = np.where(rules.pins[pinned][:, places], fillers.gain[pinned], -np.inf)
    found: dict[tuple[tuple[int, int], ...], Fewest] = {}
    for tried, (crew, by) in enumerate(_fillings(crews, fillers, short)):
        if len(found) == wanted:
            break
        if tried == FILLINGS:
            proved = False
            break
        who, change, new = fillers.who[by], fillers.change[by], np.flatnonzero(fillers.new[by])
        who[new[np.argsort(change[new], kind="stable")]] = m + np.arange(len(new))
        changes = tuple(sorted(Counter([*crew.lifts, *change[change >= 0].tolist()]).items()))
        found.setdefault(changes, Fewest(dict(changes), np.column_stack([who, places])[who >= 0]))
    return list(found.values()), proved


def _fillers(value: FloatArray, places: IntArray, cheap: Cheap) -> _Fillers:
    m, n = value.shape
    rows = [(i, -1, 0) for i in range(m)]
    rows += [(i, change, 1) for (i,), change in cheap["worker"].items()]
    rows += [(i, change, 0) for (i,), change in cheap["limit"].items()]
    rows += [(-1, change, 0) for change in cheap["place"].values()]
    who, change, new = np.array(rows).T
    given_up = np.where(np.arange(n) == np.array([*cheap["place"]]).reshape(-1, 1), 0.0, -np.inf)
    return _Fillers(np.vstack([value[who[who >= 0]], given_up])[:, places], who, change, new == 1)


def _crews(
    between: BoolArray,
    able: IntArray,
    size: int,
    short: int,
    liftable: Mapping[tuple[int, ...], int],
) -> Iterator[_Crew]:
    """Each team of that size, alone and with others who are in one conflict with it each that may be lifted."""
    seen = set[frozenset[int]]()
    for which in teams(between[np.ix_(able, able)], size):
        team = able[which]
        lifts: dict[int, int] = {}
        for i in able[between[np.ix_(able, team)].sum(axis=1) == 1].tolist():
            k = int(team[between[i, team]][0])
            if (lift := liftable.get((min(i, k), max(i, k)))) is not None:
                lifts[i] = lift
        near = list(lifts)
        for more in range(min(short, len(near)) + 1):
            for others in teams(between[np.ix_(near, near)], more):
                joined = [near[at] for at in others]
                crew = _Crew([*team.tolist(), *joined], [lifts[i] for i in joined])
                if frozenset(crew.workers) not in seen:
                    seen.add(frozenset(crew.workers))
                    yield crew


def _fillings(
    crews: list[_Crew], fillers: _Fillers, short: int
) -> Iterator[tuple[_Crew, IntArray]]:
    """How crews can fill the places, by ρ: each with the row of the fillers for each place.

    A set of changes comes once with each crew that can do with it.
    """
    gain, who, change, new = fillers
    heap: list[_Filling] = []
    order = count()

    def best(crew: _Crew, kept: list[int], usable: BoolArray) -> None:
        """Put the best filling on the heap that makes the changes kept, and for the rest such as are usable."""
        given, left = [*crew.workers, *kept], short - len(crew.lifts) - len(kept)
        others = np.where(usable[:, np.newaxis], gain, -np.inf)
        by = others.argmax(axis=0)
        table = np.vstack([gain[given], np.tile(others.max(axis=0), (left, 1))])
        try:
            row, place = linear_sum_assignment(table, maximize=True)
        except ValueError:  # some place cannot be filled
            return
        further = by[place[len(given) :]]
        by[place[: len(given)]] = given
        rho = float(table[row, place].sum())
        heapq.heappush(heap, _Filling(-rho, next(order), crew, kept, usable, by, further))

    for crew in crews:
        best(crew, [], (change >= 0) & (new | (who < 0) | np.isin(who, crew.workers)))
    while heap:
        next_best = heapq.heappop(heap)
        yield next_best.crew, next_best.by
        for at, row in enumerate(next_best.further.tolist()):
            without = next_best.usable.copy()
            without[row] = False
            best(next_best.crew, [*next_best.kept, *next_best.further[:at].tolist()], without)
