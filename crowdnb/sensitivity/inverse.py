r"""The other way round: which conflicts, or which weights, make a given assignment the best.

Conflicts: a set H of new conflicts makes T optimal when every assignment better than T breaks one
of them. So H hits each better assignment T' in a pair of workers of T' that T itself does not put
together; the smallest such sets are found level by level (Reiter's tree): take a better assignment
that H leaves possible, and try each of its pairs.

Weights: those under which T is optimal are a polytope (:mod:`crowdnb.sensitivity.weighing`), of
which the nearest point to given weights is sought.

References
----------
R. Reiter, "A theory of diagnosis from first principles", Artificial Intelligence 32 (1987) 57-95.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import Oracle, placed_of
from crowdnb.labels import (
    FloatArray,
    IntArray,
    number,
    whole,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem
from crowdnb.model.terms import score
from crowdnb.sensitivity.given import positions
from crowdnb.sensitivity.weighing import NEAR, Weighing
from crowdnb.solver.clock import TimeOverError
from crowdnb.solver.ties import tie

_NOT_SETTLED = "What makes the assignment optimal was not settled within the time limit."
_Set = frozenset[tuple[int, int]]  # conflicts, as positions of two workers


@dataclass(frozen=True, eq=False)
class RecoveredConflicts:
    """The smallest sets of conflicts that make an assignment optimal.

    Attributes
    ----------
    sets : tuple of tuples of (worker, other)
        All of the smallest size, in the order of labels. One empty set: the assignment is optimal
        as it is. No set: none of the sizes tried makes it so, and ``possible`` says whether a
        larger one does; or the time was over.
    frame : DataFrame
        A row for each conflict: set (from 1), worker, other.
    possible : bool or None
        Whether any set of conflicts does it; None where the time was over before that was known.
    complete : bool
        Whether all of this size are listed; of none, whether the sizes tried are settled.
    performance : float
        ρ of the given assignment.
    tolerance : float
        Assignments that exceed ρ by no more than this were not counted as better.
    text : str
    """

    sets: tuple[tuple[tuple[Hashable, Hashable], ...], ...]
    frame: pd.DataFrame
    possible: bool | None
    complete: bool
    performance: float
    tolerance: float
    text: str

    def __str__(self) -> str:
        return self.text


def recover_conflicts(
    problem: Problem,
    table: pd.DataFrame,
    limit: int = 100,
    tolerance: float | None = None,
    largest: int = 3,
    solver: str | None = None,
    time_limit: float | None = None,
) -> RecoveredConflicts:
    """All smallest sets of further conflicts between workers that make an assignment optimal.

    Parameters
    ----------
    problem : Problem
        Its conflict scope says what a conflict means.
    table : DataFrame
        T: workers × tasks, 0/1, valid.
    limit : int
        How many sets to list at most.
    tolerance : float, optional
        How much better than T an assignment may be without counting as better, in the unit of ρ.
        When not given: as much as the same workers could gain by changing places among them.
        Conflicts decide who works together rather than who does what, so T is then judged by its
        team. 0 asks for T itself to be optimal.
    largest : int
        The largest size of sets to try.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the sets of the smallest size
        that are proved until then come back; ``complete`` is False.

    Returns
    -------
    RecoveredConflicts

    Raises
    ------
    ValueError
        T breaks a rule of the problem; a limit is no integer; the tolerance is negative; the time
        limit is not above 0.

    Examples
    --------
    The published assignment of the case study, for which no conflicts were printed:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> print(cn.recover_conflicts(case.problem(), case.published.assignment))
    4 sets of the smallest size, 1 conflict, make the assignment optimal: a3-a5; a3-a7; a3-a10; a3-a11.
    Taken as optimal: the same workers could gain 0.00101 by changing places.
    >>> in_task = case.problem(conflict_scope="task")
    >>> print(cn.recover_conflicts(in_task, case.published.assignment).text.splitlines()[0])
    No set of conflicts makes the assignment optimal: even with every conflict that it allows, ρ reaches 2.62925.
    """
    limit, largest = whole(limit, "limit"), whole(largest, "largest", 0)
    if tolerance is not None and not number(tolerance) >= 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance}")
    placed, oracle = positions(problem, table), Oracle(problem, solver, time_limit)
    rho, none = score(problem, placed), _sets_frame(())
    try:
        slack = _gain_of_team(oracle, placed) if tolerance is None else number(tolerance)
        beaten = rho + slack + max(oracle.tie, tie(problem, placed))
    except TimeOverError:
        return RecoveredConflicts((), none, None, False, rho, math.nan, _NOT_SETTLED)
    now, own = problem.arrays.worker_conflicts, _together(problem, placed)
    note = (
        f"\nTaken as optimal: the same workers could gain {slack:.3g} by changing places."
        if tolerance is None and slack > oracle.tie
        else ""
    )

    def better(conflicts: Iterable[tuple[int, int]]) -> IntArray | None:
        """The best assignment under more conflicts, if it is better than T."""
        more = now.copy()
        for i, k in conflicts:
            more[i, k] = more[k, i] = True
        best = oracle.best(problem.changed(worker_conflicts=more))
        return best.placed if best.performance > beaten else None

    m = len(problem.workers)
    every = {pair for pair in combinations(range(m), 2) if not now[pair]} - own
    try:
        last = better(every)
    except TimeOverError:
        return RecoveredConflicts((), none, None, False, rho, slack, _NOT_SETTLED + note)
    if last is not None:
        reached = score(problem, last)
        even = f"even with every conflict that it allows, ρ reaches {reached:.6g}"
        text = f"No set of conflicts makes the assignment optimal: {even}."
        return RecoveredConflicts((), none, False, True, rho, slack, text + note)
    found, complete = _smallest(
        better, lambda rival: _together(problem, rival) - own, limit, largest
    )
    sets = tuple(
        tuple((problem.workers[i], problem.workers[k]) for i, k in sorted(chosen))
        for chosen in found
    )
    return RecoveredConflicts(
        sets,
        _sets_frame(sets),
        True,
        complete,
        rho,
        slack,
        (_sets_text(sets, complete, largest) if complete or sets else _NOT_SETTLED) + note,
    )


def _smallest(
    better: Callable[[_Set], IntArray | None],
    pairs_of: Callable[[IntArray], set[tuple[int, int]]],
    limit: int,
    largest: int,
) -> tuple[list[_Set], bool]:
    """Level by level, the smallest sets that leave nothing better; and whether these are all.

    Those known when the time is over are not.
    """
    level, rivals = {_Set()}, list[set[tuple[int, int]]]()
    for size in range(largest + 1):
        found: list[_Set] = []
        deeper: set[_Set] = set()
        with tqdm(total=len(level), desc=f"sets of {size} conflicts", leave=False, delay=5) as bar:
            for chosen in sorted(level, key=sorted):
                bar.update()
                left = [rival for rival in rivals if not rival & chosen]
                try:
                    placed = None if left else better(chosen)
                except TimeOverError:
                    return found, False
                if placed is not None:
                    left = [pairs_of(placed)]
                    rivals += left
                if not left:
                    found.append(chosen)
                    if len(found) > limit:
                        return found[:limit], False
                elif not found:
                    deeper |= {chosen | {pair} for pair in min(left, key=len)}
        if found:
            return found, True
        level = deeper
    return [], True


def _together(problem: Problem, placed: IntArray) -> set[tuple[int, int]]:
    """Pairs of workers whom an assignment puts together, in the team or on a task by the scope."""
    groups = [placed[:, 0]]
    if problem.conflict_scope == "task":
        groups = [placed[placed[:, 1] == j, 0] for j in range(len(problem.tasks))]
    return {pair for group in groups for pair in combinations(sorted(set(group.tolist())), 2)}


def _gain_of_team(oracle: Oracle, placed: IntArray) -> float:
    """What the workers of an assignment could gain by changing places among them."""
    others = ~np.isin(np.arange(len(oracle.problem.workers)), placed[:, 0])
    excluded = oracle.problem.arrays.task_conflicts | others[:, None]
    best = oracle.best(oracle.problem.changed(task_conflicts=excluded))
    return max(0.0, best.performance - score(oracle.problem, placed))


def _sets_frame(sets: tuple[tuple[tuple[Hashable, Hashable], ...], ...]) -> pd.DataFrame:
    rows = [(at, one, other) for at, pairs in enumerate(sets, 1) for one, other in pairs]
    return pd.DataFrame(rows, columns=["set", "worker", "other"])


def _sets_text(
    sets: tuple[tuple[tuple[Hashable, Hashable], ...], ...], complete: bool, largest: int
) -> str:
    if not sets:
        up_to = f"{largest} {'conflict' if largest == 1 else 'conflicts'}"
        return f"No set of up to {up_to} makes the assignment optimal; a larger one does."
    if not sets[0]:
        return "The assignment is optimal as it is."
    size, some = len(sets[0]), "" if complete else "At least "
    names = [" and ".join(f"{one}-{other}" for one, other in pairs) for pairs in sets]
    listed = "; ".join([*names[:20], *["…"] * (len(names) > 20)])
    of, make = ("1 set", "makes") if len(sets) == 1 else (f"{len(sets)} sets", "make")
    conflicts = f"{size} {'conflict' if size == 1 else 'conflicts'}"
    return f"{some}{of} of the smallest size, {conflicts}, {make} the assignment optimal: {listed}."


@dataclass(frozen=True, eq=False)
class RecoveredWeights:
    """Weights of the criteria that make an assignment optimal, or the proof that none do.

    Attributes
    ----------
    weights : Series or None
        Of all that make it optimal those nearest to the weights given. None: there are none.
    moved : float
        How much weight moves from the weights given, ½ Σ |difference|; NaN where there are none.
    proof : DataFrame or None
        Where there are none: assignments and their ``share``, such that the mixture is better than
        T on every criterion; columns of the criteria have what each scores less what T scores, the
        last row is the mixture.
    rivals : tuple of Assignment
        In the order of the proof's rows.
    text : str
    settled : bool
        Whether one of the two is known; False where the time was over before.
    """

    weights: pd.Series[float] | None
    moved: float
    proof: pd.DataFrame | None
    rivals: tuple[Assignment, ...]
    text: str
    settled: bool = True

    def __str__(self) -> str:
        return self.text


def recover_weights(
    problem: Problem,
    possibility: pd.DataFrame,
    table: pd.DataFrame,
    weights: pd.Series[Any] | Mapping[Any, float] | npt.ArrayLike | None = None,
    tolerance: float = 0.0,
    solver: str | None = None,
    time_limit: float | None = None,
) -> RecoveredWeights:
    """The weights nearest to given ones that make an assignment optimal; or a proof that none do.

    Parameters
    ----------
    problem : Problem
        The rules; its Q is replaced by Q_ij = Σ_k w_k P_ijk.
    possibility : DataFrame
        P, index (worker, task), columns criteria, as :func:`crowdnb.possibility_matrix` gives it.
    table : DataFrame
        T: workers × tasks, 0/1, valid.
    weights : optional
        The weights to stay near to, by criterion, ≥ 0 with sum 1. None: equal ones.
    tolerance : float
        How much better than T another assignment may be, in the unit of ρ.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the answer is that it is not
        settled.

    Returns
    -------
    RecoveredWeights
        T is optimal at them within ``tolerance`` + 10⁻⁸: the nearest weights lie on the border,
        where another assignment is as good.

    Raises
    ------
    ValueError
        T breaks a rule; labels do not fit; P has a cell that is no number; weights are negative or
        do not sum to 1; the tolerance is negative; ρ of the problem is more than the sum of W Q;
        the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> p = cn.possibility_matrix(case.ability, case.demand)
    >>> print(cn.recover_weights(case.problem(), p, case.published.assignment).text.splitlines()[0])
    No weights make the assignment optimal: another one is better on every criterion.
    """
    if not number(tolerance) >= 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance}")
    tolerance = number(tolerance)
    weighing = Weighing(problem, possibility, solver, "recover_weights", time_limit)
    start = weighing.read(weights)
    placed = positions(weighing.problem, table)
    own, rows, rivals = weighing.points(placed), list[FloatArray](), list[Assignment]()
    with tqdm(desc="weights", leave=False, delay=5) as bar:
        while (w := weighing.nearest(start, rows)) is not None:
            bar.update()
            try:
                best = weighing.best(w)
            except TimeOverError:
                return RecoveredWeights(None, math.nan, None, (), _NOT_SETTLED, False)
            row = own - weighing.points(placed_of(best)) + tolerance
            if row @ w >= -NEAR * max(1.0, abs(float(own @ w))):
                moved = 0.5 * float(np.abs(w - start).sum())
                return RecoveredWeights(
                    weighing.shown(w), moved, None, (), _weights_text(weighing.shown(w), moved)
                )
            rows.append(row)
            rivals.append(best)
    share, _ = weighing.mixture(rows)
    part = np.flatnonzero(share > NEAR)
    frame = pd.DataFrame(-np.array(rows)[part] + tolerance, columns=weighing.criteria)
    frame.insert(0, "share", share[part])
    frame.loc["mixture"] = [
        1.0,
        *(share[part] / share[part].sum() @ frame[weighing.criteria].to_numpy()),
    ]
    who = "another one" if len(part) == 1 else f"a mixture of {len(part)} others"
    text = (
        f"No weights make the assignment optimal: {who} is better on every"
        f" criterion.\n{frame.to_string()}"
    )
    return RecoveredWeights(None, math.nan, frame, tuple(rivals[at] for at in part), text)


def _weights_text(weights: pd.Series[float], moved: float) -> str:
    values = ", ".join(f"{name} {value:.4g}" for name, value in weights.items())
    return f"The assignment is optimal at {values}; {moved:.3g} of the weight moves."
