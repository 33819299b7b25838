r"""What a pair, a conflict, a place and a worker are worth; the next best assignments; and changes to a running one.

Every number here is a difference of two optima, each found and checked as by :func:`crowdnb.solve`; none is estimated.

A pair (i, j) is forced by taking it out of the problem: task j asks for one fewer, worker i is gone, and whoever is in
conflict with i is gone too (from j only, in same-task scope). A pair is forbidden by C^R_ij = 1. The k best assignments
come from splitting: once the best of a set of assignments T¹ is known, the rest of that set falls apart into those
without the first pair of T¹, those with the first and without the second, and so on; each part has its own best.

References
----------
E. L. Lawler, "A procedure for computing the K best solutions to discrete optimization problems and its application to
the shortest path problem", Management Science 18 (1972) 401-405.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from tqdm.auto import tqdm

from crowdnb.ecargo import Assignment, Problem, broken_rules, needed, score, zero_one
from crowdnb.labels import BoolArray, FloatArray, IntArray, listing, number, shown, unique_index, whole
from crowdnb.program import Program, Search, optimum, place, tie

Tasks = tuple[Hashable, ...]
TINY = 1e-300  # stands for a value of exactly 0, which would forbid a pair


class Oracle:
    """The optimum of a problem and of its variants over the same labels, from a program that is compiled once."""

    def __init__(self, problem: Problem, solver: str | None = None) -> None:
        self.problem, self.solver = needed(problem), solver
        self.compiled = Program(problem, solver).compiled

    def best(self, problem: Problem) -> Assignment:
        """The optimum of a variant, as :func:`crowdnb.solve` finds and checks it."""
        return Search(problem, self.solver, None, None, self.compiled if problem.plain else None).answer()

    @cached_property
    def optimum(self) -> Assignment:
        """The optimum of the problem itself."""
        return self.best(self.problem)

    @cached_property
    def tie(self) -> float:
        """Differences of ρ below this are none: 10⁻⁹ of the sizes summed. The problem has an assignment."""
        assert self.optimum.placed is not None
        return tie(self.problem, self.optimum.placed)

    def restricted(self, forced: IntArray, barred: BoolArray) -> Problem | None:
        """What is left to decide with some pairs forced and some barred; None where the forced ones break a rule."""
        problem = self.problem
        excluded = problem.excluded | barred
        if (excluded[forced[:, 0], forced[:, 1]]).any() or broken_rules(problem, forced, partly=True):
            return None
        if not problem.plain:
            pinned = problem.must.copy()
            pinned[forced[:, 0], forced[:, 1]] = True
            return problem.changed(task_conflicts=excluded, pinned=pinned)
        against = problem.against
        for i, j in forced.tolist():
            excluded[i] = True
            excluded[against[i], slice(None) if problem.conflict_scope == "project" else j] = True
        need = problem.need - np.bincount(forced[:, 1], minlength=len(problem.tasks))
        return problem.changed(task_conflicts=excluded, required=need)

    def best_with(self, forced: IntArray, barred: BoolArray) -> IntArray | None:
        """Positions of the best assignment with pairs forced and barred, or None where there is none."""
        rest = self.restricted(forced, barred)
        return None if rest is None else self._joined(forced, self.best(rest).placed)

    def bound_with(self, forced: IntArray, barred: BoolArray) -> tuple[float, IntArray | None]:
        """No assignment with pairs forced and barred exceeds it; and the best one, where that is found at once.

        The forced pairs are part of some valid assignment.
        """
        problem = self.problem
        if not problem.plain:
            return math.inf, None
        free, against = problem.eligible & ~barred, problem.against
        for i, j in forced.tolist():
            free[i] = False
            free[against[i], slice(None) if problem.conflict_scope == "project" else j] = False
        need = problem.need - np.bincount(forced[:, 1], minlength=len(problem.tasks))
        task = np.repeat(np.arange(len(need)), need)
        try:
            row, at = linear_sum_assignment(np.where(free, problem.value, -np.inf)[:, task], maximize=True)
        except ValueError:  # "cost matrix is infeasible"
            return -math.inf, None
        whole = np.concatenate([forced, np.column_stack([row, task[at]])])
        return score(problem, whole), None if broken_rules(problem, whole) else whole

    def _joined(self, forced: IntArray, placed: IntArray | None) -> IntArray | None:
        if placed is None:
            return None
        return np.concatenate([forced, placed]) if self.problem.plain else placed


def moves(problem: Problem, old: IntArray, new: IntArray) -> pd.DataFrame:
    """Who moves between two assignments: columns worker, before, after (a tuple of tasks each, empty for idle)."""
    return changes(tasks_of(problem, old), tasks_of(problem, new))


def changes(before: Mapping[Hashable, Tasks], after: Mapping[Hashable, Tasks]) -> pd.DataFrame:
    """Whose tasks differ, in the order of the workers; whoever is in one of the two only is idle in the other."""
    everyone = dict.fromkeys([*before, *after])
    rows = [(who, before.get(who, ()), after.get(who, ())) for who in everyone]
    return pd.DataFrame([row for row in rows if row[1] != row[2]], columns=["worker", "before", "after"])


def tasks_of(problem: Problem, placed: IntArray) -> dict[Hashable, Tasks]:
    """The tasks of every worker, in the order of the tasks."""
    tasks: list[list[int]] = [[] for _ in problem.workers]
    for i, j in placed.tolist():
        tasks[i].append(j)
    names = problem.tasks.tolist()
    return {who: tuple(names[j] for j in sorted(own)) for who, own in zip(problem.workers, tasks, strict=True)}


def moves_text(frame: pd.DataFrame) -> str:
    """``a1: r0 → r3; a4: idle → r0``."""

    def where(tasks: tuple[Hashable, ...]) -> str:
        return listing(tasks) or "idle"

    rows = frame.itertuples(index=False, name=None)
    parts = [f"{worker}: {where(before)} → {where(after)}" for worker, before, after in rows]
    return "; ".join(parts) or "nobody moves"


@dataclass(frozen=True, eq=False)
class Why:
    """Why a pair is chosen, or why not.

    Attributes
    ----------
    worker, task : label
    chosen : bool
        Whether the optimum uses the pair.
    performance : float
        ρ of the optimum.
    other : Assignment or None
        The best assignment without the pair, if it is chosen, or with it, if not; None where there is none.
    difference : float
        ρ of the optimum less ρ of the other; 0 where both are optimal, inf where there is no other.
    moves : DataFrame
        Who moves from the optimum to the other: worker, before, after.
    text : str
        All of it in words.
    """

    worker: Hashable
    task: Hashable
    chosen: bool
    performance: float
    other: Assignment | None
    difference: float
    moves: pd.DataFrame
    text: str

    def __str__(self) -> str:
        return self.text


def why(problem: Problem, worker: Hashable, task: Hashable, solver: str | None = None) -> Why:
    """Compare the optimum with the best assignment in which a pair is forced, or forbidden where it is chosen.

    Parameters
    ----------
    problem : Problem
    worker, task : label
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    Why

    Raises
    ------
    ValueError
        No such worker or task; the problem has no assignment.

    Examples
    --------
    >>> import crowdnb as cn
    >>> print(cn.why(cn.load_case_study().problem(), "a3", "r0"))
    a3 takes r0: without it ρ is at most 2.69676, 0.000522 less than 2.69728.
    a3: r0 → r2; a11: r2 → r0
    """
    return why_of(Oracle(problem, solver), worker, task)


def why_of(oracle: Oracle, worker: Hashable, task: Hashable) -> Why:
    """The same with an oracle that is asked more than once."""
    problem = oracle.problem
    needed(problem)
    i, j = position(problem.workers, worker, "worker"), position(problem.tasks, task, "task")
    best = oracle.optimum.placed
    if best is None:
        raise ValueError("why: the problem has no assignment; explain_infeasible says why")
    rho, pair = oracle.optimum.performance, np.array([[i, j]])
    chosen = bool((best == pair).all(axis=1).any())
    barred = np.zeros_like(problem.eligible)
    barred[i, j] = chosen
    placed = oracle.best_with(pair[:0] if chosen else pair, barred)
    says, with_it = ("takes", "without") if chosen else ("does not take", "with")
    if placed is None:
        reason = "no assignment exists without it" if chosen else _cannot(problem, i, j)
        text = f"{worker} {says} {task}: {reason}."
        return Why(worker, task, chosen, rho, None, math.inf, moves(problem, best, best), text)
    other = Assignment.of(problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds)
    less, who = rho - other.performance, moves(problem, best, placed)
    if abs(less) <= oracle.tie:
        less = 0.0
        head = (
            f"{worker} {says} {task}, and could as well be left out"
            if chosen
            else f"{worker} could as well take {task}"
        )
        text = f"{head}: {with_it} it ρ is {other.performance:.6g}, the same."
    else:
        so_much = f"{with_it} it ρ is at most {other.performance:.6g}, {less:.3g} less than {rho:.6g}"
        text = f"{worker} {says} {task}: {so_much}."
    return Why(worker, task, chosen, rho, other, less, who, f"{text}\n{moves_text(who)}")


def _cannot(problem: Problem, i: int, j: int) -> str:
    """Why no assignment has this pair."""
    worker, task = problem.workers[i], problem.tasks[j]
    if problem.excluded[i, j]:
        return "the two are in conflict"
    if problem.q[i, j] == 0:
        return f"{worker} has qualification 0 for it"
    if not problem.most[j]:
        return f"{task} needs nobody"
    return "no assignment exists with it"


def position(labels: pd.Index[Any], label: Hashable, what: str) -> int:
    """Where a label stands; ValueError names one that is unknown."""
    if not isinstance(label, Hashable) or label not in labels:
        raise ValueError(f"{what} {label} is unknown; there are {listing(labels)}")
    return int(np.flatnonzero(labels == label)[0])


def prices(problem: Problem, solver: str | None = None) -> pd.DataFrame:
    """How much ρ each conflict, exclusion, place and worker is worth: the optimum without it, solved again.

    Parameters
    ----------
    problem : Problem
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    DataFrame
        A row for each conflict between workers, each pair that C^R excludes (and Q alone would not), one place of each
        task, and each worker. Columns ``kind`` (conflict, exclusion, place, worker), ``worker``, ``other``, ``task``
        (labels, None where there is none), ``performance`` (ρ without it, NaN where no assignment is left) and
        ``worth``, ρ less that: what having it adds. It is ≤ 0 for conflicts and exclusions, ≥ 0 for workers (but for
        one who is pinned, and whose pins go as well), inf for what cannot be spared. ``text`` says it in words. Within
        a kind the largest effect comes first.

    Raises
    ------
    ValueError
        The problem has no assignment.

    Examples
    --------
    >>> import crowdnb as cn
    >>> table = cn.prices(cn.load_case_study().problem(worker_conflicts=[("a3", "a5")]))
    >>> print(table["text"].iloc[0])
    a3 and a5 in conflict cost 0.128
    """
    oracle = Oracle(problem, solver)
    if oracle.optimum.placed is None:
        raise ValueError("prices: the problem has no assignment; explain_infeasible says why")
    m, n = problem.q.shape
    conflicts, excluded = problem.against, problem.excluded
    usable = (problem.q != 0) & (problem.limits > 0)[:, None]
    items = [("conflict", i, k, -1) for i, k in problem.conflict_pairs.tolist()]
    items += [("exclusion", i, -1, j) for i, j in np.argwhere((excluded == 1) & usable).tolist()]
    items += [("place", -1, -1, j) for j in np.flatnonzero(problem.need).tolist()]
    items += [("worker", i, -1, -1) for i in range(m)]
    rho, busy = oracle.optimum.performance, set(oracle.optimum.placed[:, 0].tolist())

    def without(kind: str, i: int, k: int, j: int) -> float:
        if kind == "conflict":
            fewer = conflicts.copy()
            fewer[i, k] = fewer[k, i] = 0
            return lifted(problem.changed(worker_conflicts=fewer))
        if kind == "exclusion":
            fewer = excluded.copy()
            fewer[i, j] = 0
            return lifted(problem.changed(task_conflicts=fewer))
        if kind == "place":
            need = problem.need - (np.arange(n) == j)
            return oracle.best(problem.changed(required=need)).performance
        if i not in busy:
            return rho
        gone, pinned = excluded.copy(), problem.must.copy()
        gone[i], pinned[i] = 1, 0
        return oracle.best(problem.changed(task_conflicts=gone, pinned=pinned)).performance

    def lifted(changed: Problem) -> float:
        """With a rule fewer ρ cannot fall, and rises no higher than without conflicts between workers."""
        if changed.plain:
            placed = place(changed)
            if placed is not None and score(changed, placed) <= rho + oracle.tie:
                return rho
        return oracle.best(changed).performance

    rows = []
    for kind, i, k, j in tqdm(items, desc="prices", leave=False, delay=5):
        after = without(kind, i, k, j)
        worth = math.inf if math.isnan(after) else rho - after
        worth = 0.0 if abs(worth) <= oracle.tie else worth
        labels = [
            index[at] if at >= 0 else None
            for index, at in ((problem.workers, i), (problem.workers, k), (problem.tasks, j))
        ]
        rows.append([kind, *labels, after, worth, _price_text(kind, labels, worth)])
    columns = ["kind", "worker", "other", "task", "performance", "worth", "text"]
    frame = pd.DataFrame(rows, columns=columns, dtype=object).astype({"performance": float, "worth": float})
    order = np.lexsort(
        [-np.abs(frame["worth"]), frame["kind"].map({"conflict": 0, "exclusion": 1, "place": 2}).fillna(3)]
    )
    return frame.iloc[order].reset_index(drop=True)


def _price_text(kind: str, labels: Sequence[Any], worth: float) -> str:
    worker, other, task = labels
    what = {
        "conflict": f"{worker} and {other} in conflict",
        "exclusion": f"{worker} barred from {task}",
        "place": f"one place of {task}",
        "worker": str(worker),
    }[kind]
    if worth == 0:
        changes = "change" if kind == "conflict" else "changes"
        return f"{what} {changes} nothing"
    if math.isinf(worth):
        return f"{what} cannot be spared: no assignment exists without it"
    verb = "cost" if worth < 0 else "is worth"
    verb += "s" if worth < 0 and kind != "conflict" else ""
    return f"{what} {verb} {abs(worth):.3g}"


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The best assignments, in order.

    Attributes
    ----------
    assignments : tuple of Assignment
        The best first; among equals in the order of their pairs.
    frame : DataFrame
        A row each: ``performance`` (ρ), ``below`` (the best less ρ, 0 for ties) and ``moves`` (from the first one, in
        words). Index ``rank`` from 1.
    optima : int
        How many of those listed are optimal.
    complete : bool
        Whether every optimum is listed, and everything within the tolerance where one was given.
    always : DataFrame
        Pairs (worker, task) that every optimum has, listed or not.
    """

    assignments: tuple[Assignment, ...]
    frame: pd.DataFrame
    optima: int
    complete: bool
    always: pd.DataFrame

    @property
    def text(self) -> str:
        """All of it in words."""
        if not self.optima:
            return "No assignment exists."
        best, more = self.frame["performance"].iloc[0], "" if self.complete else "at least "
        what = "assignment is" if self.optima == 1 and self.complete else "assignments are"
        pairs = [f"{row.worker} on {row.task}" for row in self.always.itertuples()]
        head = f"{more}{self.optima} {what} optimal, with ρ = {best:.6g}."
        return f"{head}\nIn every optimum: {listing(pairs, 20) or 'no pair'}.\n{self.frame.to_string()}"

    def __str__(self) -> str:
        return self.text


def alternatives(
    problem: Problem, limit: int = 20, tolerance: float | None = None, solver: str | None = None
) -> Alternatives:
    """The ``limit`` best assignments; every optimum among them, as long as there are not more.

    Parameters
    ----------
    problem : Problem
    limit : int
        How many to list at most, ≥ 1.
    tolerance : float, optional
        List none that is further below the best than this, in the unit of ρ; 0 lists the optima alone.
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    Alternatives
        Two assignments are equally good when they differ by less than 10⁻⁹ of the sum of their pairs' sizes.

    Raises
    ------
    ValueError
        The limit is no whole number of at least 1; the tolerance is negative.

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
    oracle = Oracle(problem, solver)
    best, found, complete = oracle.optimum.placed, list[IntArray](), True
    if best is None:
        return Alternatives((), _ranking(problem, [], [], 0.0), 0, True, _labelled(problem, []))
    slack = oracle.tie
    with tqdm(desc="alternatives", total=limit, leave=False, delay=5) as bar:
        for placed in _in_turn(oracle):
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
    order = sorted(range(len(found)), key=lambda at: (steps[at], sorted(map(tuple, found[at].tolist()))))
    ranked = [(rhos[at], found[at]) for at in order]
    listed = [
        Assignment.of(problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds) for _, placed in ranked
    ]
    optima = [placed for rho, placed in ranked if first - rho <= slack]
    return Alternatives(
        tuple(listed),
        _ranking(problem, listed, [placed for _, placed in ranked], slack),
        len(optima),
        complete,
        _always(oracle, optima, complete),
    )


def _in_turn(oracle: Oracle) -> Any:
    """Assignments from the best on (Lawler): a part is solved only when it comes up, and split when named."""
    problem, (m, n) = oracle.problem, oracle.problem.q.shape
    none = np.zeros((0, 2), dtype=np.int64)
    assert oracle.optimum.placed is not None
    heap: list[tuple[float, int, IntArray, BoolArray, IntArray | None]] = [
        (-oracle.optimum.performance, 0, none, np.zeros((m, n), dtype=bool), oracle.optimum.placed)
    ]
    parts = 0
    while heap:
        _, _, forced, barred, placed = heapq.heappop(heap)
        if placed is None:
            placed = oracle.best_with(forced, barred)
            if placed is not None:
                parts += 1
                heapq.heappush(heap, (-score(problem, placed), parts, forced, barred, placed))
            continue
        yield placed
        here = -score(problem, placed)
        fixed = {tuple(pair) for pair in forced.tolist()}
        rest = [pair for pair in placed.tolist() if tuple(pair) not in fixed]
        splits = []
        for pair in rest:
            without = barred.copy()
            without[pair[0], pair[1]] = True
            splits.append((forced, without))
            forced = np.concatenate([forced, [pair]])
        if problem.required_rule != "exactly":  # assignments with these pairs and more
            more = problem.eligible & ~barred
            more[forced[:, 0], forced[:, 1]] = False
            without = barred.copy()
            for pair in np.argwhere(more):
                splits.append((np.concatenate([forced, [pair]]), without.copy()))
                without[pair[0], pair[1]] = True
        for with_these, without in splits:
            most, whole = oracle.bound_with(with_these, without)
            if most > -math.inf:
                parts += 1
                heapq.heappush(heap, (max(here, -most), parts, with_these, without, whole))


def _ranking(problem: Problem, listed: list[Assignment], placed: list[IntArray], slack: float) -> pd.DataFrame:
    rho = np.array([assignment.performance for assignment in listed])
    below = rho.max(initial=-math.inf) - rho
    texts = [moves_text(moves(problem, placed[0], other)) if at else "" for at, other in enumerate(placed)]
    frame = pd.DataFrame({"performance": rho, "below": np.where(below <= slack, 0.0, below), "moves": texts})
    return frame.set_index(pd.RangeIndex(1, len(listed) + 1, name="rank"))


def _always(oracle: Oracle, optima: list[IntArray], complete: bool) -> pd.DataFrame:
    """Pairs of every optimum: of those listed, and where there may be more, those without which ρ falls."""
    problem = oracle.problem
    common = set.intersection(*({tuple(pair) for pair in placed.tolist()} for placed in optima))
    pairs = sorted(common, key=lambda pair: pair[::-1])
    if not complete:
        kept = []
        for i, j in pairs:
            barred = np.zeros_like(problem.eligible)
            barred[i, j] = True
            placed = oracle.best_with(np.zeros((0, 2), dtype=np.int64), barred)
            if placed is None or score(problem, placed) < oracle.optimum.performance - oracle.tie:
                kept.append((i, j))
        pairs = kept
    return _labelled(problem, pairs)


def _labelled(problem: Problem, pairs: list[tuple[int, int]]) -> pd.DataFrame:
    return pd.DataFrame([(problem.workers[i], problem.tasks[j]) for i, j in pairs], columns=["worker", "task"])


@dataclass(frozen=True, eq=False)
class Replan:
    """A running assignment adapted to a problem that has changed.

    Attributes
    ----------
    assignment : Assignment
        Of the greatest ρ less ``price`` for each change.
    changes : int
        Pairs of it that were not in the running assignment: people who start on a task.
    moves : DataFrame
        Who moves: worker, before, after.
    price : float
    text : str
    problem : Problem
    running : ndarray of bool, m × n
        The running assignment, as far as its workers and tasks are in the problem.
    """

    assignment: Assignment
    changes: int
    moves: pd.DataFrame
    price: float
    text: str
    problem: Problem
    running: BoolArray

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The greatest ρ for each number of changes: index ``changes``, column ``performance``.

        Only numbers at which ρ rises are listed, from the fewest that the problem needs. A problem with a budget of
        its own is a ValueError.
        """
        if self.problem.budget is not None:
            raise ValueError("replan: the curve needs a problem without a budget of its own")
        costs, most, rows = (~self.running).astype(float), self.running.size, dict[int, float]()
        with tqdm(desc="changes", leave=False, delay=5) as bar:
            while most >= 0:
                answer = optimum(self.problem.changed(costs=costs, budget=float(most)))
                if answer.placed is None:
                    break
                most = int((~self.running[answer.placed[:, 0], answer.placed[:, 1]]).sum())
                least = {
                    made: rho
                    for made, rho in rows.items()
                    if rho > answer.performance + tie(self.problem, answer.placed)
                }
                rows = least | {most: answer.performance}  # as good with fewer changes
                most -= 1
                bar.update()
        frame = pd.DataFrame({"performance": pd.Series(rows, dtype=float)}).rename_axis(index="changes")
        return frame.sort_index()

    def __str__(self) -> str:
        return self.text


def replan(problem: Problem, table: pd.DataFrame, price: float = 0.0, solver: str | None = None) -> Replan:
    """The best assignment of a changed problem when each change to the running one has a price.

    Parameters
    ----------
    problem : Problem
        As it is now: a worker has left, a task has grown, a rating has fallen.
    table : DataFrame
        The running assignment: workers × tasks, 0/1. Workers and tasks that the problem no longer has are ignored;
        new ones have nothing running.
    price : float
        What each change costs, in the unit of ρ, ≥ 0. A change is a pair that is not in the running assignment.
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    Replan
        ``.curve`` has the greatest ρ for each number of changes.

    Raises
    ------
    ValueError
        The price is negative; the table is no frame, or has cells other than 0 and 1; the problem has no assignment.

    Examples
    --------
    a7 leaves the published assignment:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> left = case.problem().changed(worker_limits={f"a{i}": int(i != 7) for i in range(12)})
    >>> print(cn.replan(left, case.published.assignment, price=0.05))
    ρ = 2.54598 after 1 change
    a3: idle → r0; a7: r0 → idle
    """
    if not 0 <= number(price) < math.inf:
        raise ValueError(f"price must be a finite number that is not negative, got {shown(price)}")
    running = _running(needed(problem), table)
    price = number(price)
    priced = valued(problem, problem.value - price * ~running)
    answer = Oracle(priced, solver).optimum
    if answer.placed is None:
        raise ValueError("replan: the problem has no assignment; explain_infeasible says why")
    best = Assignment.of(problem, answer.placed, "optimal", answer.solver, answer.seconds)
    changes = int((~running[answer.placed[:, 0], answer.placed[:, 1]]).sum())
    who = moves(problem, np.argwhere(running), answer.placed)
    text = f"ρ = {best.performance:.6g} after {changes} {'change' if changes == 1 else 'changes'}\n{moves_text(who)}"
    return Replan(best, changes, who, price, text, problem, running)


def _running(problem: Problem, table: object) -> BoolArray:
    """The running assignment over the workers and tasks of a problem, m × n; ValueError where it is none."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table: a frame of workers × tasks is needed, got {type(table).__name__}")
    unique_index(table.index, "worker"), unique_index(table.columns, "task")
    values = zero_one(table.to_numpy())
    for i, j in np.argwhere(np.isnan(values)).tolist():
        cell = f"{table.index[i]} on {table.columns[j]} is {shown(table.iat[i, j])}"
        raise ValueError(f"table: {cell}, its cells must be 0 or 1")
    known = pd.DataFrame(values, table.index, table.columns).reindex(index=problem.workers, columns=problem.tasks)
    return np.asarray(known.to_numpy() == 1)


def valued(problem: Problem, value: FloatArray) -> Problem:
    """The same rules with other values W_j Q_ij of the pairs; a value of 0 forbids nothing new."""
    excluded = ~problem.eligible & (problem.limits > 0)[:, None]
    return problem.changed(qualification=np.where(value == 0, TINY, value), task_weights=None, task_conflicts=excluded)
