r"""Every rule of the model, once: the row that each requirement is (section 4).

A row bounds a sum over the pairs (worker i, task j) that may be chosen, T_ij ∈ {0, 1}, and, in
whole-project scope, over the team, y_i ∈ {0, 1}:

=========  ==========================  ===========================================================
kind       stands for                  row
=========  ==========================  ===========================================================
place      one of L_j places           Σ_i T_ij ≥ L_j                                          (9)
ceiling    no more than L_j workers    Σ_i T_ij ≤ L_j or most_j, the other side of that row    (9)
limit      tasks of a worker           Σ_j T_ij ≤ limit_i, or ≤ limit_i y_i with a team       (10)
conflict   two workers, C^A            Σ_i T_ij ≤ 1 over a clique of them, for each task      (11)
                                       Σ_i y_i ≤ 1 over a clique, for the project       (11), (12)
exclusion  a pair that C^R forbids     none: the pair is not among the columns
zero       a pair that Q = 0 forbids   none, likewise
pin        a pair that is pinned       T_ij = 1
least      tasks of a worker           Σ_j T_ij ≥ least_i
overlap    two tasks of one worker     Σ_j T_ij ≤ 1 over a clique of them, for each worker
capacity   the loads of a worker       Σ_j load_ij T_ij ≤ capacity_i
quota      places of a kind of worker  Σ_ij a_i T_ij ≤ b, by task or all (crowdnb.model.quotas)
budget     the costs together          Σ_ij c_ij T_ij ≤ budget
=========  ==========================  ===========================================================

Where a worker may take several tasks, rows T_ij ≤ y_i (``team``) beside these say what a team is:
they are no requirement. All programs of the package are made of these rows: the one for cvxpy
(:mod:`crowdnb.solver.boolean_program`), the bounds (:mod:`crowdnb.solver.reduced_costs`),
explanations (which drop requirements), repairs (which add columns to the rows of some kinds) and
the relaxation that notebook 09 shows. Two stand apart on purpose, so that each can find an error of
the other: :mod:`crowdnb.model.check`, and the paper's Algorithm 1 in
:mod:`crowdnb.experiments.baselines`.

References
----------
H. Zhu, M. Zhou, R. Alkins, "Group role assignment via a Kuhn-Munkres algorithm-based solution",
IEEE Trans. Systems, Man, and Cybernetics A 42 (2012) 739-750.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.matrices import entries, incidence, members
from crowdnb.model.rules import Rules


class Rows(NamedTuple):
    """Rows of one kind: low ≤ pairs · T + team · y ≤ high."""

    who: IntArray  # a row: its worker, or the number of its clique; -1: it counts all workers
    # a row: its task, of an overlap the number of its clique of tasks; -1: it counts all tasks
    task: IntArray
    pairs: Any  # sparse, rows × pairs
    team: Any  # sparse, rows × m; None where no row is about the team
    low: FloatArray
    high: FloatArray

    def only(self, which: BoolArray | IntArray) -> Rows:
        """Some of the rows."""
        if which.dtype == bool and which.all():  # as mostly: sparse matrices are slow to cut
            return self
        return Rows(
            self.who[which],
            self.task[which],
            self.pairs[which],
            None if self.team is None else self.team[which],
            self.low[which],
            self.high[which],
        )

    def entries(self) -> IntArray:
        """How many columns each row is about."""
        entries = np.diff(self.pairs.indptr)
        return np.asarray(entries if self.team is None else entries + np.diff(self.team.indptr))


def rows(
    rules: Rules,
    pairs: IntArray,
    groups: Sequence[IntArray] | None = None,
    team: bool = True,
    trivial: bool = False,
    overlapping: Sequence[IntArray] | None = None,
) -> dict[str, Rows]:
    """The rows of all rules over some pairs, by kind.

    Those of ``ceiling`` are the upper side of ``place``.

    Parameters
    ----------
    rules : Rules
    pairs : ndarray of int, shape (pairs, 2)
        Positions (worker, task) that may be chosen.
    groups : sequence of arrays of positions, optional
        Workers in mutual conflict, who together cover the conflicts; ``rules.cliques()`` if not
        given.
    team : bool
        Whether rows for the whole project are over the team's booleans, or over the pairs. The
        latter is right only where whoever is in conflict takes one task at most.
    trivial : bool
        Whether conflicts have rows of one pair or none too.
    overlapping : sequence of arrays of positions, optional
        As ``groups``, of tasks that overlap; ``rules.overlapping()`` if not given.

    Returns
    -------
    dict of Rows
        In this order, those that there are: limit, team, conflict, place, pin, least, overlap,
        capacity, quota, budget.
    """
    groups = rules.cliques() if groups is None else list(groups)
    team = team and rules.together
    found = {"limit": _limits(rules, pairs, team)}
    if team and (rules.limits > 1).any():
        found["team"] = _team(rules, pairs)
    found["conflict"] = _conflicts(rules, pairs, groups, team, trivial)
    found["place"] = _places(rules, pairs)
    if rules.pins.any():
        found["pin"] = _pins(rules, pairs)
    if rules.by_row:
        sets = rules.overlapping() if overlapping is None else overlapping
        found["least"] = _least(rules, pairs)
        found["overlap"] = _overlaps(rules, pairs, sets)
        found["capacity"] = _capacities(rules, pairs)
        found["quota"] = _quotas(rules, pairs)
    if rules.budget:
        found["budget"] = _budget(rules, pairs)
    return {kind: block for kind, block in found.items() if len(block.who)}


def _limits(rules: Rules, pairs: IntArray, team: bool) -> Rows:
    """(10): Σ_j T_ij ≤ limit_i, of a team Σ_j T_ij ≤ limit_i y_i."""
    m = len(rules.limits)
    limits = rules.limits.astype(float)
    over_team = sparse.csr_array(-sparse.diags_array(limits)) if team else None
    return Rows(
        np.arange(m),
        np.full(m, -1),
        incidence(pairs[:, 0], m),
        over_team,
        np.full(m, -np.inf),
        np.zeros(m) if team else limits,
    )


def _team(rules: Rules, pairs: IntArray) -> Rows:
    """Who has a task is on the team: T_ij ≤ y_i, which the limit says by itself where it is 1."""
    at = np.flatnonzero(rules.limits[pairs[:, 0]] > 1)
    who, size = pairs[at, 0], len(at)
    return Rows(
        who,
        pairs[at, 1],
        entries(np.arange(size), at, (size, len(pairs))),
        -entries(np.arange(size), who, (size, len(rules.limits))),
        np.full(size, -np.inf),
        np.zeros(size),
    )


def _conflicts(
    rules: Rules, pairs: IntArray, groups: Sequence[IntArray], team: bool, trivial: bool
) -> Rows:
    """(11), (12): one of each clique at most, on the team, among all pairs, or among those of a task."""
    m, n = rules.zero.shape
    member = members(groups, m)
    clique, task = np.arange(len(groups)), np.full(len(groups), -1)
    over_pairs: Any = sparse.csr_array((len(groups), len(pairs)))
    if not rules.together:
        # where a task takes one worker at most, its ceiling says as much
        several = rules.ceiling > 1
        inside = (member @ incidence(pairs[:, 0], m)).tocoo()
        keep = several[pairs[inside.col, 1]]
        at = inside.col[keep]
        key = inside.row[keep].astype(np.int64) * n + pairs[at, 1]
        if trivial:
            keys = (clique[:, np.newaxis] * n + np.flatnonzero(several)).ravel()
        else:
            keys, count = np.unique(key, return_counts=True)
            keys = keys[count > 1]
        there = np.isin(key, keys)
        clique, task = np.divmod(keys, n)
        row = np.searchsorted(keys, key[there])
        over_pairs = entries(row, at[there], (len(keys), len(pairs)))
    elif not team:
        over_pairs = sparse.csr_array(member[:, pairs[:, 0]])
    return Rows(
        clique,
        task,
        over_pairs,
        member if team else None,
        np.full(len(clique), -np.inf),
        np.ones(len(clique)),
    )


def _places(rules: Rules, pairs: IntArray) -> Rows:
    """(9): L_j ≤ Σ_i T_ij ≤ L_j, or one of the two sides."""
    n = len(rules.need)
    by_task = incidence(pairs[:, 1], n)
    low = rules.need.astype(float)
    return Rows(np.full(n, -1), np.arange(n), by_task, None, low, rules.ceiling)


def _pins(rules: Rules, pairs: IntArray) -> Rows:
    """T_ij = 1; without an entry, so that it cannot hold, where a pinned pair may not be chosen."""
    who, task = np.nonzero(rules.pins)
    column = np.full(rules.pins.shape, -1)
    column[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    at, ones = column[who, task], np.ones(len(who))
    row = np.flatnonzero(at >= 0)
    return Rows(who, task, entries(row, at[row], (len(who), len(pairs))), None, ones, ones)


def _least(rules: Rules, pairs: IntArray) -> Rows:
    """Σ_j T_ij ≥ least_i."""
    who = np.array([item.worker for item in rules.items("least")], dtype=np.int64)
    by_worker = sparse.csr_array(incidence(pairs[:, 0], len(rules.limits))[who])
    low = rules.problem.arrays.worker_least[who].astype(float)
    return Rows(who, np.full(len(who), -1), by_worker, None, low, np.full(len(who), np.inf))


def _overlaps(rules: Rules, pairs: IntArray, sets: Sequence[IntArray]) -> Rows:
    """Σ_j T_ij ≤ 1 over each set of tasks that overlap, for each worker who has two pairs in it."""
    m, n = rules.zero.shape
    inside = (members(sets, n) @ incidence(pairs[:, 1], n)).tocoo()
    key = inside.row.astype(np.int64) * m + pairs[inside.col, 0]
    keys, row, count = np.unique(key, return_inverse=True, return_counts=True)
    several = count > 1
    there = several[row]
    number = np.cumsum(several) - 1
    which, who = np.divmod(keys[several], m)
    column = inside.col[there].astype(np.int64)
    over_pairs = entries(number[row[there]], column, (len(who), len(pairs)))
    return Rows(who, which, over_pairs, None, np.full(len(who), -np.inf), np.ones(len(who)))


def _capacities(rules: Rules, pairs: IntArray) -> Rows:
    """Σ_j load_ij T_ij ≤ capacity_i, in the problem's own unit."""
    arrays = rules.problem.arrays
    who = np.array([item.worker for item in rules.items("capacity")], dtype=np.int64)
    every, low = np.full(len(who), -1), np.full(len(who), -np.inf)
    if arrays.loads is None or arrays.capacities is None:
        return Rows(who, every, sparse.csr_array((0, len(pairs))), None, low, low)
    loads = arrays.loads[pairs[:, 0], pairs[:, 1]]
    by_worker = sparse.csr_array(incidence(pairs[:, 0], len(rules.limits))[who])
    over_pairs = sparse.csr_array(by_worker @ sparse.diags_array(loads))
    return Rows(who, every, over_pairs, None, low, arrays.capacities[who])


def _quotas(rules: Rules, pairs: IntArray) -> Rows:
    """Of members less or more than a number, or than a share of all: each as Σ_ij a_i T_ij ≤ b."""
    items = rules.items("quota")
    task = np.array([item.task for item in items], dtype=np.int64)
    blocks: list[Any] = [sparse.csr_array((0, len(pairs)))]
    high = np.zeros(len(items))
    for at, item in enumerate(items):
        quota = rules.problem.quota_sides[item.other]
        sign, a = (-1.0 if quota.side == "least" else 1.0), quota.members.astype(float)
        if isinstance(quota.number, Fraction):
            a -= float(quota.number)
        else:
            high[at] = sign * quota.number
        inside = (pairs[:, 1] == item.task) | (item.task < 0)
        blocks.append(sparse.csr_array((sign * a[pairs[:, 0]] * inside)[np.newaxis]))
    every, low = np.full(len(items), -1), np.full(len(items), -np.inf)
    return Rows(every, task, sparse.csr_array(sparse.vstack(blocks)), None, low, high)


def _budget(rules: Rules, pairs: IntArray) -> Rows:
    """Σ_ij c_ij T_ij ≤ budget, in the problem's own unit."""
    problem, all_of = rules.problem, np.array([-1])
    if problem.arrays.costs is None or problem.budget is None:
        raise ValueError("budget: the problem has none")
    costs = sparse.csr_array(problem.arrays.costs[pairs[:, 0], pairs[:, 1]][np.newaxis])
    return Rows(all_of, all_of, costs, None, np.array([-np.inf]), np.array([problem.budget]))


def stacked(
    blocks: Iterable[Rows],
) -> tuple[sparse.csr_array[np.float64], FloatArray, FloatArray]:
    """Rows of several kinds below each other, over the pairs and then the team.

    Matrix, low, high.
    """
    blocks = list(blocks)
    m = max((block.team.shape[1] for block in blocks if block.team is not None), default=0)
    matrices = []
    for block in blocks:
        team = sparse.csr_array((len(block.who), m)) if block.team is None else block.team
        matrices.append(sparse.hstack([block.pairs, team]))
    matrix = sparse.csr_array(sparse.vstack(matrices))
    low, high = (
        np.concatenate([getattr(block, side) for block in blocks]) for side in ("low", "high")
    )
    return matrix, low, high
