r"""What to change so that an assignment exists: the cheapest sets of changes, with the ρ each leads to.

The boolean program of :mod:`crowdnb.solver.boolean_program` with a variable for each change:

    Σ_i T_ij + Σ_i X_ij = L_j - s_j              ask s_j fewer of task j; X_ij new workers like i
    y_i + y_k ≤ 1 + z_ik                         lift the conflict of i and k (T_ij + T_kj in same-task scope)
    T_ij ≤ e_ij where C^R_ij = 1                 allow the pair
    Σ_j T_ij ≤ limit_i + l_i                     let worker i take l_i more tasks
    T_ij ≥ 1 - p_ij where the pair is pinned     unpin it

First the cost of the changes is minimised, then ρ is maximised at that cost; a set that was found,
and whatever contains it, is forbidden, and so on. Since costs are above 0, no part of a set found
does without the rest of it. Where too few workers can work together,
:mod:`crowdnb.explain.largest_teams` finds those of the least cost without this program.

References
----------
M. H. Liffiton, K. A. Sakallah, "Algorithms for computing minimal unsatisfiable subsets of constraints", Journal of
Automated Reasoning 40 (2008) 1-33: the sets found here are their minimal correction sets, with costs.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from tqdm.auto import tqdm

from crowdnb.explain.largest_teams import Fewest, fewest
from crowdnb.explain.requirements import fill
from crowdnb.labels import BoolArray, IntArray, listing, number, shown, whole
from crowdnb.model.assignment import Assignment
from crowdnb.model.changes import KINDS, Item, apply, change_text
from crowdnb.model.check import broken_rules, budget_slack
from crowdnb.model.conflict_graph import cliques, compatible_workers
from crowdnb.model.problem import Problem, needed
from crowdnb.model.rows import Rules
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.highs import FOREVER, Milp, least_cost
from crowdnb.solver.search import optimum, tie

NEW = 1000  # new workers like the same one at most: with more, a problem fills the memory
SCALE = 1e4  # the largest number of an objective or of costs, of which HiGHS sees 1e-6
TICK = 0.1  # seconds that HiGHS gets at least
PROOFS = 0.25  # of the time, after which repairs are listed that need not be those of greatest ρ


class Change(NamedTuple):
    """A change that can be made, up to ``most`` times: its kind and labels, its positions, and its cost each time."""

    item: Item
    at: tuple[int, ...]
    cost: float
    most: int


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
    """

    repairs: tuple[Repair, ...]
    frame: pd.DataFrame
    complete: bool
    ranked: bool

    @property
    def text(self) -> str:
        """All of it in words, a line each."""
        if not self.repairs:
            return "Nothing that may be changed makes an assignment possible."
        return "\n".join(f"{at}. {repair}" for at, repair in enumerate(self.repairs, 1))

    def __str__(self) -> str:
        return self.text


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
        About how many seconds to take, 4 when not given; None for as long as the proofs need. All
        that are listed are cheapest and minimal in any case, and at least one is; ``ranked`` says
        whether those of greatest ρ are proved to be among them. Where too few of 60 workers can
        work together, the ten best take less than a second; with a budget, with workers who take
        several tasks, or with costs or pins that let no repair cost as little as so many of the
        cheapest changes, there may be time for one only, and its proof may take longer.

    Returns
    -------
    Repairs
        Ranked by cost, then by ρ. Each is minimal: without any one of its changes no assignment
        exists. For a problem that has an assignment, one repair of no changes.

    Raises
    ------
    ValueError
        The limit is no whole number of at least 1; a cost or the time limit is not above 0; a kind
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
    if time_limit is not None and not number(time_limit) > 0:
        raise ValueError(f"time_limit must be above 0, got {shown(time_limit)}")
    time_limit = None if time_limit is None else number(time_limit)
    listed = isinstance(untouchable, list | tuple | set | frozenset)
    if not listed or not (costs is None or isinstance(costs, Mapping)):
        got = f"got {shown(costs)} and {shown(untouchable)}"
        raise ValueError(
            f"costs must be a mapping of kinds and items, untouchable a list of them, {got}"
        )
    model = _Model(problem, _changes(problem, costs or {}, untouchable))
    few, settled = model.fewest(limit)
    found: list[Repair] = []
    complete, ranked, refused = False, True, list[dict[int, int]]()
    cost = None if settled else model.least  # what repairs cost that are looked for; not known yet
    started = time.perf_counter()
    until = math.inf if time_limit is None else started + time_limit
    proofs = math.inf if time_limit is None else started + PROOFS * time_limit
    with tqdm(desc="repairs", total=limit, leave=False, delay=5) as bar:

        def add(chosen: dict[int, int], pairs: IntArray | None = None) -> None:
            nonlocal until, proofs
            start = time.perf_counter()
            repair = _repair(problem, model, chosen, pairs)
            if repair.assignment.placed is None:  # beyond the budget by less than HiGHS sees
                model.spurn()
                return
            refused.append(chosen)
            found.append(repair)
            # the first loads the solver, which takes seconds and does not count
            if len(found) == 1:
                until, proofs = (
                    until + time.perf_counter() - start,
                    proofs + time.perf_counter() - start,
                )
            bar.update()

        for one in few if settled else []:
            add(one.changes, one.pairs)
        while len(found) < limit and not (found and time.perf_counter() > until):
            chosen, proved = (None, True) if cost is None else model.best_at(cost, refused, proofs)
            if not proved and cost == model.least and few:
                ranked = False
                for one in few:
                    if len(found) == limit or (found and time.perf_counter() > until):
                        break
                    if one.changes not in refused:
                        add(one.changes)
                break
            if chosen is None and not (found and time.perf_counter() > until):
                cheapest, sure = model.cheapest(refused, until if found else math.inf)
                if cheapest is None or not sure:
                    complete = sure
                    break
                cost = model.cost(cheapest)
                chosen, proved = model.best_at(cost, refused, proofs)
                chosen = cheapest if chosen is None else chosen
            if chosen is None:
                break
            ranked &= proved
            add(chosen)
            if found and not chosen:
                complete = True
                break
    order = {change.item: at for at, change in enumerate(model.changes)}

    def rank(at: int) -> Any:
        """By cost and ρ; among equals by the order of kinds and labels."""
        which = [(order[item], times) for item, times in found[at].changes]
        return cost_step[at], rho_step[at], which

    cost_step = _steps([repair.cost for repair in found], [1e-9 * repair.cost for repair in found])
    ties = [
        tie(repair.problem, repair.assignment.placed)
        for repair in found
        if repair.assignment.placed is not None
    ]
    rho_step = _steps([-repair.performance for repair in found], ties)
    found = [found[at] for at in sorted(range(len(found)), key=rank)]
    rows = [
        (repair.text, sum(times for _, times in repair.changes), repair.cost, repair.performance)
        for repair in found
    ]
    frame = pd.DataFrame(rows, columns=["changes", "number", "cost", "performance"])
    return Repairs(
        tuple(found),
        frame.set_index(pd.RangeIndex(1, len(found) + 1, name="rank")),
        complete,
        ranked,
    )


def _steps(values: list[float], slack: list[float]) -> list[int]:
    """The place of each value in rising order; those that differ by no more than their slack share one."""
    place, step = [0] * len(values), 0
    order = sorted(range(len(values)), key=values.__getitem__)
    for before, at in pairwise(order):
        step += values[at] - values[before] > max(slack[at], slack[before])
        place[at] = step
    return place


def _changes(
    problem: Problem, costs: Mapping[Any, float], untouchable: Collection[Any]
) -> list[Change]:
    """Every change that may be made, with its cost."""
    workers, tasks, n = problem.workers, problem.tasks, len(problem.tasks)
    fewest = problem.fewest
    able = ~problem.excluded & (problem.q != 0)
    pinned = problem.must
    useful = ((fewest > 0) | pinned) & (problem.most > 0)  # or a pair that earns money
    useful |= (
        np.zeros_like(pinned)
        if problem.pair_costs is None
        else (problem.pair_costs < 0) & (problem.most > 0)
    )
    pairs = problem.excluded & (problem.q != 0) & useful
    limits = problem.limits
    every = [
        Change(("conflict", workers[i], workers[k]), (i, k), 1.0, 1)
        for i, k in problem.conflict_pairs.tolist()
    ]
    every += [
        Change(("exclusion", workers[i], tasks[j]), (i, j), 1.0, 1)
        for i, j in np.argwhere(pairs).tolist()
    ]
    every += [
        Change(("place", tasks[j]), (j,), 1.0, int(fewest[j]))
        for j in np.flatnonzero(fewest).tolist()
    ]
    room = (able * (fewest + _earners(problem))).sum(axis=1)
    every += [
        Change(("worker", workers[i]), (i,), 1.0, min(NEW, int(room[i])))
        for i in np.flatnonzero(room).tolist()
    ]
    every += [
        Change(("limit", workers[i]), (i,), 1.0, n - int(limits[i]))
        for i in np.flatnonzero(limits < n).tolist()
    ]
    every += [
        Change(("pin", workers[i], tasks[j]), (i, j), 1.0, 1) for i, j in problem.pins.tolist()
    ]
    known = {change.item for change in every}

    def key(name: Any, what: str) -> Any:
        item = tuple(name) if isinstance(name, tuple | list) else (name,)
        if not isinstance(name, str | tuple | list) or not all(
            isinstance(part, Hashable) for part in item
        ):
            raise ValueError(
                f"{what}: {shown(name)} is no change of this problem; the kinds are"
                f" {', '.join(KINDS)}"
            )
        if name in KINDS:
            return name
        if item not in known and len(item) == 3 and item[0] == "conflict":
            item = (item[0], item[2], item[1])
        if item in known:
            return item
        raise ValueError(
            f"{what}: {name!r} is no change of this problem; the kinds are {', '.join(KINDS)}"
        )

    price = {key(name, "costs"): number(cost) for name, cost in costs.items()}
    for name, cost in price.items():
        if not 0 < cost < math.inf:
            raise ValueError(f"costs: {name!r} costs {cost:g}, it must be a finite number above 0")
    fixed = {key(name, "untouchable") for name in untouchable}
    return [
        change._replace(cost=price.get(change.item, price.get(change.item[0], 1.0)))
        for change in every
        if change.item not in fixed and change.item[0] not in fixed
    ]


def _earners(problem: Problem) -> IntArray:
    """How many workers more than it needs can take a task to earn what the budget lacks, pair by pair; m × n."""
    if problem.pair_costs is None or problem.budget is None:
        return np.zeros(problem.q.shape, dtype=np.int64)
    costs = problem.pair_costs
    lacking = max(costs.clip(min=0).sum() - problem.budget, 0.0)
    wanted = np.ceil(
        np.divide(lacking, -costs, out=np.zeros_like(costs, dtype=float), where=costs < 0)
    )
    most = NEW if problem.required_rule == "at least" else problem.most - problem.fewest
    return np.asarray(np.minimum(wanted, most), dtype=np.int64)


class _Model:
    """The program of this module's text: rows and columns once, objectives and refused sets each time."""

    def __init__(self, problem: Problem, changes: list[Change]) -> None:
        self.problem, self.changes = problem, changes
        m, n = problem.q.shape
        rules, value = Rules.of(problem), problem.value
        together = problem.conflict_scope == "project"
        at: dict[Any, dict[tuple[int, ...], int]] = {change.item[0]: {} for change in changes}
        for number_, change in enumerate(changes):
            at[change.item[0]][change.at] = number_
        size = len(changes)
        free = ~rules.zero & (rules.ceiling > 0) & self._payable()
        lifted = at.get("exclusion", {})
        free &= ~rules.excluded | np.array([[(i, j) in lifted for j in range(n)] for i in range(m)])
        pairs = np.argwhere(free).tolist()
        like = [
            (i, j)
            for (i,) in at.get("worker", {})
            for j in range(n)
            if free[i, j] and not rules.excluded[i, j]
        ]
        # columns: changes, y of each worker, T of each pair, X of each pair of new workers
        y, t = size, {tuple(pair): size + m + k for k, pair in enumerate(pairs)}
        x = {pair: size + m + len(t) + k for k, pair in enumerate(like)}
        self.columns = size + m + len(t) + len(x)
        rows: list[tuple[dict[int, float], float, float]] = []
        for j in range(n):
            row = {t[i, j]: 1.0 for i in range(m) if (i, j) in t} | {
                x[i, j]: 1.0 for i in range(m) if (i, j) in x
            }
            fewer = at.get("place", {}).get((j,))
            top = {"exactly": float(rules.need[j]), "at most": float(rules.ceiling[j])}
            row |= {} if fewer is None else {fewer: 1.0}
            rows.append((row, float(rules.need[j]), top.get(problem.required_rule, math.inf)))
        for i in range(m):
            own = {t[i, j]: 1.0 for j in range(n) if (i, j) in t}
            more = at.get("limit", {}).get((i,))
            limit = float(rules.limits[i])
            rows.append(
                (own | {y + i: -limit} | ({} if more is None else {more: -1.0}), -math.inf, 0.0)
            )
            if more is not None:
                rows.append(({more: 1.0, y + i: limit - n}, -math.inf, 0.0))
            if (new := at.get("worker", {}).get((i,))) is not None:
                rows.append(
                    ({x[i, j]: 1.0 for j in range(n) if (i, j) in x} | {new: -1.0}, 0.0, 0.0)
                )
        rows += [
            ({t[pair]: 1.0, lift: -1.0}, -math.inf, 0.0)
            for pair, lift in lifted.items()
            if pair in t
        ]
        pins = at.get("pin", {})
        low = np.zeros(self.columns)
        for pair in map(tuple, problem.pins.tolist()):
            if pair not in t:
                rows.append(({} if pair not in pins else {pins[pair]: 1.0}, 1.0, math.inf))
            elif pair in pins:
                rows.append(({t[pair]: 1.0, pins[pair]: 1.0}, 1.0, math.inf))
            else:
                low[t[pair]] = 1
        conflicts = at.get("conflict", {})

        def clash(members: list[int], column: Any) -> None:
            who = {column(i): 1.0 for i in members if column(i) is not None}
            inside = [(i, k) for a, i in enumerate(members) for k in members[a + 1 :]]
            rows.append(
                (
                    who | {conflicts[pair]: -1.0 for pair in inside if pair in conflicts},
                    -math.inf,
                    1.0,
                )
            )

        groups = [clique.tolist() for clique in cliques(problem)]
        groups += [
            list(pair)
            for pair in problem.conflict_pairs.tolist()
            if any(set(pair) < set(group) for group in groups)
        ]
        for group in groups:
            if together:
                clash(group, lambda i: y + i)
            else:
                for j in range(n):
                    clash(group, lambda i, j=j: t.get((i, j)))
        # whoever is at work, but one of each two whose conflict is lifted, can work together
        if together:
            most = compatible_workers(rules.conflicts, np.ones(m, dtype=bool), m)
            rows.append(
                (
                    {y + i: 1.0 for i in range(m)} | dict.fromkeys(conflicts.values(), -1.0),
                    -math.inf,
                    most,
                )
            )
        if problem.pair_costs is not None and problem.budget is not None:
            cost = problem.pair_costs
            unit = max((abs(cost[pair]) for pair in [*t, *x]), default=0.0) / SCALE or 1.0
            paid = {column: cost[pair] / unit for pair, column in [*t.items(), *x.items()]}
            rows.append((paid, -math.inf, (problem.budget + budget_slack(problem, 0.0)) / unit))
        self.short = self._short(rules)
        rows.append((dict.fromkeys(range(size), 1.0), float(self.short), math.inf))
        self.unit = min((change.cost for change in changes), default=1.0)
        self.least = self.short * self.unit  # no repair costs less
        self.rows, self.low = rows, low
        self.high = np.r_[
            [float(change.most) for change in changes],
            np.ones(m + len(t)),
            [float(changes[at["worker"][i,]].most) for i, _ in x],
        ]
        whole = not (problem.plain and together)
        # lifting a conflict follows from who is on the team
        follows = [float(change.item[0] != "conflict" or not together) for change in changes]
        self.integrality = np.r_[
            follows, np.ones(m), np.full(len(t) + len(x), float(whole or "limit" in at))
        ]
        self.costs = np.r_[
            [change.cost / self.unit for change in changes], np.zeros(self.columns - size)
        ]
        self.gain = np.zeros(self.columns)
        for pair, column in [*t.items(), *x.items()]:
            self.gain[column] = value[pair]
        self.gain *= SCALE / (np.abs(self.gain).max(initial=0.0) or 1.0)
        self.chosen = np.arange(size + m, self.columns)  # columns of pairs
        self.last = np.zeros(self.columns)

    def _payable(self) -> BoolArray:
        """Pairs that cost no more than the budget by themselves, where none earns money; m × n."""
        problem = self.problem
        costs = problem.pair_costs
        if costs is None or problem.budget is None or (costs < 0).any():
            return np.ones(problem.q.shape, dtype=bool)
        return np.asarray(costs <= problem.budget + budget_slack(problem, abs(problem.budget)))

    def spurn(self) -> None:
        """Bar the pairs last found, with whatever changes."""
        on = self.last[self.chosen] > 0.5
        row = dict(zip(self.chosen.tolist(), np.where(on, 1.0, -1.0).tolist(), strict=True))
        self.rows.append((row, -math.inf, float(on.sum()) - 1.0))

    def _short(self, rules: Rules) -> int:
        """At least how many changes are needed: each fills at most one place more, where workers take one task each."""
        problem = self.problem
        if problem.limits.max() > 1:
            return 0
        places = int(rules.need.sum())
        free = ~rules.barred & (rules.need > 0)
        most = int(fill(rules.need, rules.limits, free).sum())
        if problem.conflict_scope == "project":
            most = min(
                most, compatible_workers(rules.conflicts, np.asarray(free.any(axis=1)), places)
            )
        return places - most

    def fewest(self, wanted: int) -> tuple[list[Fewest], bool]:
        """The best sets of the least number of changes, all of the least cost; and whether that is proved."""
        together = self.problem.conflict_scope == "project" and self.problem.budget is None
        if not 0 < self.short <= len(self.problem.workers) or not together:
            return [], False
        cheap = {kind: dict[tuple[int, ...], int]() for kind in KINDS}
        for at, change in enumerate(self.changes):
            if change.cost == self.unit:
                cheap[str(change.item[0])][change.at] = at
        return fewest(Rules.of(self.problem), self.short, cheap, wanted)

    def cost(self, chosen: dict[int, int]) -> float:
        """What changes cost together."""
        return math.fsum(self.changes[at].cost * times for at, times in chosen.items())

    def cheapest(
        self, refused: list[dict[int, int]], until: float
    ) -> tuple[dict[int, int] | None, bool]:
        """The cheapest changes that contain no refused set, None where none are found, and whether that is proved."""
        return self._solved(self.costs, refused, [], until)

    def best_at(
        self, cost: float, refused: list[dict[int, int]], until: float
    ) -> tuple[dict[int, int] | None, bool]:
        """Of the changes of this cost those of greatest ρ, None where none are found, and whether that is proved."""
        row = dict(enumerate(self.costs[: len(self.changes)].tolist()))
        return self._solved(
            -self.gain, refused, [(row, -math.inf, cost / self.unit * (1 + 1e-9))], until
        )

    def _solved(
        self,
        objective: Any,
        refused: list[dict[int, int]],
        more: list[tuple[dict[int, float], float, float]],
        until: float,
    ) -> tuple[dict[int, int] | None, bool]:
        rows = [*self.rows, *more]
        extra = 0
        for chosen in refused:
            last: dict[int, float] = {}
            for at, times in chosen.items():
                if self.changes[at].most == 1:
                    last[at] = 1.0
                    continue
                # 1 where the change is made that many times
                column, extra = self.columns + extra, extra + 1
                rows.append(
                    ({at: 1.0, column: times - 1.0 - self.changes[at].most}, -math.inf, times - 1.0)
                )
                last[column] = 1.0
            rows.append((last, -math.inf, len(chosen) - 1.0))
        total = self.columns + extra
        index = np.repeat(np.arange(len(rows)), [len(row) for row, _, _ in rows])
        columns = np.array([column for row, _, _ in rows for column in row], dtype=np.int64)
        entries = np.array([entry for row, _, _ in rows for entry in row.values()], dtype=float)
        answer = least_cost(
            Milp(
                costs=np.r_[objective, np.zeros(extra)],
                rows=sparse.csr_array((entries, (index, columns)), shape=(len(rows), total)),
                low=np.array([low for _, low, _ in rows]),
                high=np.array([high for _, _, high in rows]),
                least=np.r_[self.low, np.zeros(extra)],
                most=np.r_[self.high, np.ones(extra)],
                whole=np.r_[self.integrality, np.ones(extra)] > 0,
            ),
            seconds=max(TICK, min(until - time.perf_counter(), FOREVER)),
        )
        if answer.x is None:
            return None, answer.proved
        self.last = answer.x
        found = np.rint(answer.x[: len(self.changes)]).astype(int)
        return {int(at): int(found[at]) for at in np.flatnonzero(found)}, answer.proved


def _repair(
    problem: Problem, model: _Model, chosen: dict[int, int], pairs: IntArray | None = None
) -> Repair:
    """The repair of these changes, whose best pairs may be known."""
    start = time.perf_counter()
    changes = tuple((model.changes[at].item, times) for at, times in chosen.items())
    changed = apply(problem, changes)
    if pairs is None:
        answer = optimum(changed)
    else:
        if broken := broken_rules(changed, pairs):
            raise SolverAnswerError(
                f"internal error: the pairs of a repair break a rule: {listing(broken, 3)}"
            )
        answer = Assignment.of(changed, pairs, "optimal", "none", time.perf_counter() - start)
    text = ", ".join(change_text(item, times) for item, times in changes) or "nothing to change"
    return Repair(changes, model.cost(chosen), answer.performance, changed, answer, text)
