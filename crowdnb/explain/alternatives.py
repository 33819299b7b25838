r"""The k best assignments, and what all of the best have in common.

They come from splitting: once the best of a set of assignments T¹ is known, the rest of that set
falls apart into those without the first pair of T¹, those with the first and without the second,
and so on; each part has its own best.

References
----------
E. L. Lawler, "A procedure for computing the K best solutions to discrete optimization problems and
its application to the shortest path problem", Management Science 18 (1972) 401-405.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple, overload

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import Oracle, placed_of
from crowdnb.labels import BoolArray, IntArray, listing, number, whole
from crowdnb.model.assignment import Assignment
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.problem import Problem
from crowdnb.model.terms import score
from crowdnb.order import natural_order
from crowdnb.solver.clock import TimeOverError


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The best assignments, in order; with a length, by position from 0, and to be gone through.

    Attributes
    ----------
    assignments : tuple of Assignment
        The best first; among equals in the order of their pairs' labels. Each is ``optimal`` among those
        that are not listed before it, and its bound is of these alone; ``frame`` says how far it is
        below the best of all.
    frame : DataFrame
        A row each: ``performance`` (ρ), ``below`` (the best less ρ, 0 for ties) and ``moves`` (from
        the first one, in words). Index ``rank`` from 1.
    optima : int
        How many of those listed are optimal.
    complete : bool
        Whether every optimum is listed, and everything within the tolerance where one was given.
        False as well where the time was over before ``limit`` were found.
    always : DataFrame
        Pairs (worker, task) that every optimum has, listed or not; where the time was over, those
        of which that is proved.
    """

    assignments: tuple[Assignment, ...]
    frame: pd.DataFrame
    optima: int
    complete: bool
    always: pd.DataFrame

    def __len__(self) -> int:
        return len(self.assignments)

    def __iter__(self) -> Iterator[Assignment]:
        return iter(self.assignments)

    @overload
    def __getitem__(self, at: int) -> Assignment: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Assignment, ...]: ...
    def __getitem__(self, at: int | slice) -> Assignment | tuple[Assignment, ...]:
        return self.assignments[at]

    @property
    def text(self) -> str:
        """All of it in words."""
        if not self.optima:
            unknown = "The best assignment was not settled within the time limit."
            return "No assignment exists." if self.complete else unknown
        best, more = self.frame["performance"].iloc[0], "" if self.complete else "at least "
        what = "assignment is" if self.optima == 1 and self.complete else "assignments are"
        pairs = [f"{row.worker} on {row.task}" for row in self.always.itertuples()]
        head = f"{more}{self.optima} {what} optimal, with ρ = {best:.6g}."
        return (
            f"{head}\nIn every optimum:"
            f" {listing(pairs, 20) or 'no pair'}.\n{self.frame.to_string()}"
        )

    def __str__(self) -> str:
        return self.text


def alternatives(
    problem: Problem,
    limit: int = 20,
    tolerance: float | None = None,
    solver: str | None = None,
    time_limit: float | None = None,
) -> Alternatives:
    """The ``limit`` best assignments; every optimum among them, as long as there are not more.

    Parameters
    ----------
    problem : Problem
    limit : int
        How many to list at most, ≥ 1.
    tolerance : float, optional
        List none that is further below the best than this, in the unit of ρ; 0 lists the optima
        alone.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, those come back that are
        proved to be the best ones.

    Returns
    -------
    Alternatives
        Two assignments are equally good when they differ by less than 10⁻⁹ of the sum of their
        pairs' sizes.

    Raises
    ------
    ValueError
        The limit is no integer of at least 1; the tolerance is negative; the time limit is not
        above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.alternatives(cn.load_case_study().problem(), limit=3)
    >>> found.optima, found.complete, found.frame["performance"].round(4).tolist()
    (1, True, [2.6973, 2.6968, 2.6966])
    """
    limit = whole(limit, "limit")
    if tolerance is not None and not number(tolerance) >= 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance}")
    tolerance = None if tolerance is None else number(tolerance)
    oracle, found, complete = Oracle(problem, solver, time_limit), list[IntArray](), True
    try:
        best = oracle.optimum.placed
    except TimeOverError:
        best, complete = None, False
    if best is None:
        return Alternatives((), _ranking(problem, [], [], 0.0), 0, complete, _labelled(problem, []))
    slack = oracle.tie
    with tqdm(desc="alternatives", total=limit, leave=False, delay=5) as bar:
        for placed in _in_turn(oracle):
            if placed is None:
                complete = False
                break
            below = oracle.optimum.performance - score(problem, placed)
            if tolerance is not None and below > tolerance + slack:
                break
            if len(found) == limit:
                complete = below > (tolerance or 0.0) + slack
                break
            found.append(placed)
            bar.update()
    rhos = [score(problem, placed) for placed in found]
    first = max(rhos)
    steps = np.r_[0, np.cumsum(-np.diff(rhos) > slack)].tolist()  # equals share a step
    worker, task = (
        np.argsort(natural_order(labels)) for labels in (problem.workers, problem.tasks)
    )

    def by_label(placed: IntArray) -> list[tuple[int, ...]]:
        ranks = np.column_stack([worker[placed[:, 0]], task[placed[:, 1]]])
        return sorted(map(tuple, ranks.tolist()))

    order = sorted(range(len(found)), key=lambda at: (steps[at], by_label(found[at])))
    ranked = [(rhos[at], found[at]) for at in order]
    listed = [
        Assignment.of(problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds)
        for _, placed in ranked
    ]
    optima = [placed for rho, placed in ranked if first - rho <= slack]
    return Alternatives(
        tuple(listed),
        _ranking(problem, listed, [placed for _, placed in ranked], slack),
        len(optima),
        complete,
        _always(oracle, optima, complete),
    )


class _Part(NamedTuple):
    """The assignments with all the forced pairs and none of the barred ones."""

    below: float  # none of them reaches more than -below
    turn: int  # parts that reach as far come up in the order in which they were made
    forced: IntArray  # pairs × 2
    barred: BoolArray  # m × n
    best: IntArray | None  # pairs × 2; None as long as it is not known


def _in_turn(oracle: Oracle) -> Iterator[IntArray | None]:
    """Assignments from the best on (Lawler): a part is solved when it comes up, then split.

    None where the time is over.
    """
    problem, turn = oracle.problem, count()
    nothing: IntArray = np.zeros((0, 2), dtype=np.int64)
    nowhere: BoolArray = np.zeros(problem.arrays.qualification.shape, dtype=bool)
    best, rho = placed_of(oracle.optimum), oracle.optimum.performance
    heap = [_Part(-rho, next(turn), nothing, nowhere, best)]
    while heap:
        _, _, forced, barred, best_of_part = heapq.heappop(heap)
        if best_of_part is None:
            if oracle.clock.over:
                yield None
                return
            try:
                found = oracle.best_with(forced, barred)
            except TimeOverError:
                yield None
                return
            if found is not None:
                heapq.heappush(
                    heap, _Part(-score(problem, found), next(turn), forced, barred, found)
                )
            continue
        yield best_of_part  # the best known is listed however late it is
        if oracle.clock.over:
            yield None
            return
        here = -score(problem, best_of_part)
        for more_forced, more_barred in _split(problem, forced, barred, best_of_part):
            most, found = oracle.bound_with(more_forced, more_barred)
            if most > -math.inf:
                below = max(here, -most)
                heapq.heappush(heap, _Part(below, next(turn), more_forced, more_barred, found))


def _split(
    problem: Problem, forced: IntArray, barred: BoolArray, placed: IntArray
) -> Iterator[tuple[IntArray, BoolArray]]:
    """Forced and barred pairs of the parts that a part without one assignment falls into."""
    fixed = {tuple(pair) for pair in forced.tolist()}
    for pair in placed.tolist():
        if tuple(pair) not in fixed:
            yield forced, _also(barred, pair)
            forced = np.concatenate([forced, [pair]])
    if not problem.exact:  # assignments with these pairs and more
        more = problem.eligible & ~barred
        more[forced[:, 0], forced[:, 1]] = False
        for pair in np.argwhere(more).tolist():
            yield np.concatenate([forced, [pair]]), barred
            barred = _also(barred, pair)


def _also(barred: BoolArray, pair: list[int]) -> BoolArray:
    """The pairs that are barred, and this one."""
    more = barred.copy()
    more[pair[0], pair[1]] = True
    return more


def _ranking(
    problem: Problem, listed: list[Assignment], placed: list[IntArray], slack: float
) -> pd.DataFrame:
    rho = np.array([assignment.performance for assignment in listed])
    below = rho.max(initial=-math.inf) - rho
    texts = [
        moves_text(moves(problem, placed[0], other)) if at else ""
        for at, other in enumerate(placed)
    ]
    frame = pd.DataFrame(
        {"performance": rho, "below": np.where(below <= slack, 0.0, below), "moves": texts}
    )
    return frame.set_index(pd.RangeIndex(1, len(listed) + 1, name="rank"))


def _always(oracle: Oracle, optima: list[IntArray], complete: bool) -> pd.DataFrame:
    """Pairs of every optimum: of all listed, and where there may be more, without which ρ falls."""
    problem = oracle.problem
    common = set.intersection(*({tuple(pair) for pair in placed.tolist()} for placed in optima))
    pairs = sorted(common, key=lambda pair: pair[::-1])
    if not complete:
        kept = []
        for i, j in pairs:
            barred = np.zeros_like(problem.eligible)
            barred[i, j] = True
            try:
                placed = oracle.best_with(np.zeros((0, 2), dtype=np.int64), barred)
            except TimeOverError:
                break
            if placed is None or score(problem, placed) < oracle.optimum.performance - oracle.tie:
                kept.append((i, j))
        pairs = kept
    return _labelled(problem, pairs)


def _labelled(problem: Problem, pairs: list[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        [(problem.workers[i], problem.tasks[j]) for i, j in pairs], columns=["worker", "task"]
    )
