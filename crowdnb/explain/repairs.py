r"""What to change so that an assignment exists.

The cheapest sets of changes, with the ρ each leads to.

First the cost of the changes is minimised, then ρ is maximised at that cost; a set that was found,
and whatever contains it, is forbidden, and so on (:mod:`crowdnb.explain.repair_program`). Since
costs are above 0, no part of a set found does without the rest of it. Where too few workers can
work together, :mod:`crowdnb.explain.largest_teams` finds those of the least cost without that
program.

References
----------
M. H. Liffiton, K. A. Sakallah, "Algorithms for computing minimal unsatisfiable subsets of
constraints", Journal of Automated Reasoning 40 (2008) 1-33: the sets found here are their minimal
correction sets, with costs.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.possible_changes import Change, possible_changes
from crowdnb.explain.repair_program import TICK, RepairProgram
from crowdnb.labels import IntArray, phrases, shown, whole
from crowdnb.model.assignment import Assignment
from crowdnb.model.changes import Item, apply, change_text
from crowdnb.model.check import broken_rules
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.clock import Clock
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.search import optimum
from crowdnb.solver.ties import tie

_ONE = 0.5  # seconds for a first repair, however short the time is
PROOFS = 0.25  # of the time, after which repairs are listed that need not be those of greatest ρ


@dataclass(frozen=True, eq=False)
class Repair:
    """A set of changes with which an assignment exists.

    Attributes
    ----------
    changes : tuple of (item, times)
        Such as (("place", "r1"), 2): kind and labels, and how many times.
    cost : float
    performance : float
        ρ of the best assignment after the changes.
    problem : Problem
        The changed problem; new workers are called "like a3", "like a3 (2)".
    assignment : Assignment
    text : str
    """

    changes: tuple[tuple[Item, int], ...]
    cost: float
    performance: float
    problem: Problem
    assignment: Assignment
    text: str

    def __str__(self) -> str:
        return f"{self.text}: cost {self.cost:g}, ρ = {self.performance:.6g}"


@dataclass(frozen=True, eq=False)
class Repairs:
    """The cheapest repairs, in order.

    Attributes
    ----------
    repairs : tuple of Repair
        By cost, then by ρ.
    frame : DataFrame
        A row each, index ``rank`` from 1: changes in words, number of them, cost, performance.
    complete : bool
        Whether there are no others.
    ranked : bool
        Whether it is proved that none that is not listed costs the same as one listed and leads to
        a greater ρ.
    settled : bool
        Whether it is known if there are any: False where the time was over before one was found.
    """

    repairs: tuple[Repair, ...]
    frame: pd.DataFrame
    complete: bool
    ranked: bool
    settled: bool = True

    @property
    def text(self) -> str:
        """All of it in words, one line each."""
        if not self.settled:
            return "What would make an assignment possible was not settled within the time limit."
        if not self.repairs:
            return "Nothing that may be changed makes an assignment possible."
        return "\n".join(f"{at}. {repair}" for at, repair in enumerate(self.repairs, 1))

    def __str__(self) -> str:
        return self.text

    def __len__(self) -> int:
        return len(self.repairs)

    def __iter__(self) -> Iterator[Repair]:
        return iter(self.repairs)

    def __getitem__(self, at: int) -> Repair:
        return self.repairs[at]


def repairs(
    problem: Problem,
    limit: int = 10,
    costs: Mapping[Any, float] | None = None,
    untouchable: Collection[Any] = (),
    time_limit: float | None = 4.0,
) -> Repairs:
    """The cheapest sets of changes after which an assignment exists, each with the ρ that it leads to.

    Parameters
    ----------
    problem : Problem
    limit : int
        How many to list at most, ≥ 1.
    costs : mapping, optional
        Cost > 0 of a change, 1 when not given: by kind, ``{"conflict": 3}``, or by item,
        ``{("place", "r1"): 0.5}``, which counts more. The kinds are ``conflict`` (lift it: two
        workers), ``exclusion`` (allow the pair that C^R forbids: worker, task), ``place`` (ask one
        fewer: task), ``worker`` (add one like this: worker, with the same Q and C^R, and no
        conflicts with others; a thousand at most), ``limit`` (one more task for this worker) and
        ``pin`` (unpin: worker, task). Q = 0 and a budget are never changed.
    untouchable : collection
        Kinds and items that may not be changed.
    time_limit : float, optional
        Seconds, > 0, for all of it, 4 when not given; None for as long as the proofs need. All
        that are listed are cheapest and minimal in any case; ``ranked`` says whether those of
        greatest ρ are proved to be among them, ``settled`` whether there are any where none is
        listed. Where too few of 60 workers can work together, the ten best take less than a second;
        with a budget, with workers who take several tasks, or with costs or pins that let no repair
        cost as little as so many of the cheapest changes, there may be time for one only, or none.

    Returns
    -------
    Repairs
        Ranked by cost, then by ρ. Each is minimal: without any one of its changes no assignment
        exists. For a problem that has an assignment, one repair of no changes.

    Raises
    ------
    ValueError
        The limit is no integer of at least 1; a cost or the time limit is not above 0; a kind
        or an item is unknown.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.5], [0.7, 0.6]], [1, 1], worker_conflicts=[(0, 1)])
    >>> print(cn.repairs(problem, limit=3))
    1. lift the conflict of 0 and 1: cost 1, ρ = 1.5
    2. add a worker like 0: cost 1, ρ = 1.5
    3. add a worker like 1: cost 1, ρ = 1.5
    """
    needed(problem)
    limit = whole(limit, "limit")
    listed = isinstance(untouchable, list | tuple | set | frozenset)
    if not listed or not (costs is None or isinstance(costs, Mapping)):
        got = f"got {shown(costs)} and {shown(untouchable)}"
        raise ValueError(
            f"costs must be a mapping of kinds and items, untouchable a list of them, {got}"
        )
    program = RepairProgram(problem, possible_changes(problem, costs or {}, untouchable))
    with tqdm(desc="repairs", total=limit, leave=False, delay=5) as bar:
        search = _Search(problem, program, limit, time_limit, bar)
        search.run()
    found = _ranked(search.found, program.changes)
    rows = [
        (repair.text, sum(times for _, times in repair.changes), repair.cost, repair.performance)
        for repair in found
    ]
    frame = pd.DataFrame(rows, columns=["changes", "number", "cost", "performance"])
    return Repairs(
        tuple(found),
        frame.set_index(pd.RangeIndex(1, len(found) + 1, name="rank")),
        search.complete,
        search.ranked,
        bool(found) or search.complete,
    )


class _Search:
    """The repairs found so far, and the time that is left for others."""

    def __init__(
        self,
        problem: Problem,
        program: RepairProgram,
        limit: int,
        time_limit: float | None,
        bar: Any,
    ) -> None:
        self.problem, self.program, self.limit, self.bar = problem, program, limit, bar
        self.found = list[Repair]()
        self.refused = list[
            dict[int, int]
        ]()  # changes of those found, and nothing that contains them
        self.complete, self.ranked = False, True
        self.clock = Clock(time_limit)
        self.proofs = self.clock.part(PROOFS)
        self.one_at_least = time.perf_counter() + _ONE
        self.few, self.settled = program.fewest(limit)
        # what repairs cost that are looked for; None: not known yet
        self.cost = None if self.settled else program.least

    def run(self) -> None:
        """Add repair after repair."""
        for one in self.few if self.settled else []:
            self._add(one.changes, one.pairs)
        while not self._ends() and self._next():
            pass

    @property
    def _until(self) -> float:
        """When the time is over, on the clock of ``time.perf_counter``."""
        return self.clock.until if self.found else max(self.clock.until, self.one_at_least)

    def _late(self) -> bool:
        return time.perf_counter() > self._until

    def _ends(self) -> bool:
        return len(self.found) >= self.limit or self._late()

    def _next(self) -> bool:
        """Add the next repair; False where nothing is left to look for."""
        chosen, proved = (None, True) if self.cost is None else self._best()
        if not proved and self.cost == self.program.least and self.few:
            self._add_few()
            return False
        if chosen is None and not self._late():
            chosen, proved = self._dearer()
        if chosen is None:
            return False
        self.ranked &= proved
        if self._add(chosen) and not chosen:
            self.complete = True
            return False
        return True

    def _best(self) -> tuple[dict[int, int] | None, bool]:
        """The changes of greatest ρ at the cost that is looked for, and whether that is proved."""
        cost = self.program.least if self.cost is None else self.cost
        return self.program.best_at(cost, self.refused, self.proofs.until)

    def _dearer(self) -> tuple[dict[int, int] | None, bool]:
        """The best changes of the least cost at which there are any more.

        None where there are none, or no time.
        """
        cheapest, sure = self.program.cheapest(self.refused, self._until)
        if cheapest is None or not sure:
            self.complete = sure
            return None, True
        self.cost = self.program.cost(cheapest)
        chosen, proved = self._best()
        return cheapest if chosen is None else chosen, proved

    def _add_few(self) -> None:
        """Add sets of the least number of changes that are known without a proof of their ρ."""
        self.ranked = False
        for one in self.few:
            if self._ends():
                return
            if one.changes not in self.refused:
                self._add(one.changes)

    def _add(self, chosen: dict[int, int], pairs: IntArray | None = None) -> bool:
        """Add the repair of these changes, whose best pairs may be known; whether it is one."""
        if self._late():
            return False
        loaded, start = "cvxpy" in sys.modules, time.perf_counter()
        repair = _repair(self.problem, self.program, chosen, pairs, self._until)
        self.ranked &= repair.assignment.status == "optimal"
        if repair.assignment.placed is None:
            if not self._late():  # beyond a bound by less than HiGHS sees
                self.program.spurn()
            return False
        self.refused.append(chosen)
        self.found.append(repair)
        if not loaded:  # the solver is, which takes seconds and does not count
            took = time.perf_counter() - start
            self.clock.until += took
            self.proofs.until += took
            self.one_at_least += took
        self.bar.update()
        return True


def _ranked(found: list[Repair], changes: list[Change]) -> list[Repair]:
    """By cost and ρ; among equals by the order of kinds and labels."""
    order = {change.item: at for at, change in enumerate(changes)}
    cost_step = _steps([repair.cost for repair in found], [1e-9 * repair.cost for repair in found])
    ties = [
        tie(repair.problem, repair.assignment.placed)
        for repair in found
        if repair.assignment.placed is not None
    ]
    rho_step = _steps([-repair.performance for repair in found], ties)

    def rank(at: int) -> Any:
        which = [(order[item], times) for item, times in found[at].changes]
        return cost_step[at], rho_step[at], which

    return [found[at] for at in sorted(range(len(found)), key=rank)]


def _steps(values: list[float], slack: list[float]) -> list[int]:
    """The place of each value in rising order.

    Those that differ by no more than their slack share one.
    """
    place, step = [0] * len(values), 0
    order = sorted(range(len(values)), key=values.__getitem__)
    for before, at in pairwise(order):
        step += values[at] - values[before] > max(slack[at], slack[before])
        place[at] = step
    return place


def _repair(
    problem: Problem,
    program: RepairProgram,
    chosen: dict[int, int],
    pairs: IntArray | None = None,
    until: float = math.inf,
) -> Repair:
    """The repair of these changes, whose best pairs may be known."""
    start = time.perf_counter()
    changes = tuple((program.changes[at].item, times) for at, times in chosen.items())
    changed = apply(problem, changes)
    if pairs is None:
        answer = optimum(
            changed, time_limit=None if math.isinf(until) else max(until - start, TICK)
        )
    else:
        if broken := broken_rules(changed, pairs):
            raise SolverAnswerError(
                f"internal error: the pairs of a repair break a rule: {phrases(broken, 3)}"
            )
        answer = Assignment.of(changed, pairs, "optimal", "none", time.perf_counter() - start)
    text = ", ".join(change_text(item, times) for item, times in changes) or "nothing to change"
    return Repair(changes, program.cost(chosen), answer.performance, changed, answer, text)
