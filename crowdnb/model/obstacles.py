"""Reasons why no assignment can exist that need no solver.

Counting, Hall's condition, the largest compatible team.

What is found here is certain; where nothing is found an assignment may still not exist.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from crowdnb.labels import (
    BoolArray,
    IntArray,
    count,
    listing,
)
from crowdnb.model.arrays import has_ones
from crowdnb.model.check import BUDGET_TOLERANCE, broken_rules, budget_slack, fitting
from crowdnb.model.conflict_graph import compatible_team, compatible_workers, covering
from crowdnb.model.problem import Problem, needed
from crowdnb.model.reach import reaches


def affordable(problem: Problem, allowed: BoolArray) -> BoolArray:
    """The allowed pairs that some choice within the budget may use, whatever the conflicts; m × n."""
    if problem.arrays.costs is None or problem.budget is None:
        return allowed
    while True:
        size = np.where(allowed, np.abs(problem.arrays.costs), 0.0)
        dearest = np.sort(size, axis=0)[::-1].cumsum(axis=0)
        most = np.minimum(problem.most, len(size))
        sizes = math.fsum(dearest[most[most > 0] - 1, np.flatnonzero(most)])
        least = reaches(
            -problem.arrays.costs, allowed, problem.arrays.pinned, problem.fewest, problem.most
        )
        fits = allowed & (
            -least.pairs <= problem.budget + budget_slack(problem, sizes) + least.slack
        )
        if (fits == allowed).all():
            return allowed
        allowed = fits


def obstacles(problem: Problem) -> list[str]:
    """Reasons why no assignment can exist that can be named without solving.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    list of str
        Each sentence alone proves that no assignment exists. Empty: none of these reasons holds,
        which does not yet prove that an assignment exists.

    Notes
    -----
    In turn: more places than workers; a task with too few eligible workers; tasks that together
    have too few (Hall's condition, from a maximum matching); more places than workers who can work
    together (the largest independent set of the conflict graph, of a task or of the project by the
    conflict scope). With options: pinned pairs that break a rule between them; workers who must
    take more tasks than they may; quotas for which too few workers are of a kind; where workers may
    take several tasks, the second and third are looked at for tasks that overlap alone; loads that
    are more than all capacities together.

    Examples
    --------
    >>> obstacles(Problem([[0.5, 0.4], [0.3, 0.2]], required=[2, 1]))
    ['The tasks ask for 3 places, and there are only 2 workers.']
    """
    return obstacles_or_team(needed(problem))[0]


def obstacles_or_team(problem: Problem) -> tuple[list[str], IntArray | None]:
    """:func:`obstacles`; where there are none, as many workers as places who can work together, if searched for."""
    found: list[str] = []
    need, eligible = problem.fewest, _may(problem)
    if len(problem.pins):
        broken = broken_rules(problem, problem.pins, partly=True)
        found += [f"Pinned pairs alone break a rule: {rule}." for rule in broken]
    places, m = int(need.sum()), len(problem.workers)
    one_each = problem.arrays.worker_limits.max() <= 1
    if places > (room := int(problem.arrays.worker_limits.sum())):
        there_are = (
            f"there {'is' if m == 1 else 'are'} only {count(m, 'worker')}"
            if one_each
            else f"workers may take only {room} in all"
        )
        found.append(f"The tasks ask for {places} places, and {there_are}.")
    found += _too_much_asked(problem) + _too_few_of_a_kind(problem)
    short = np.flatnonzero(eligible.sum(axis=0) < need).tolist()
    found += [_short_of_workers(problem, j) for j in short]
    if not found and one_each:
        found += _too_few_together(problem, need)
    elif not found:
        found += _too_few_apart(problem)
    if not found:
        found += _too_heavy(problem)
    if not found and problem.arrays.costs is not None and problem.budget is not None:
        cheapest = reaches(
            -problem.arrays.costs, eligible, problem.arrays.pinned, need, problem.most
        )
        if not affordable(problem, eligible).any() and -cheapest.bound > problem.budget:
            found.append(
                f"Whatever is chosen costs at least {0 - cheapest.bound:.12g}, and the budget is"
                f" {problem.budget:.12g}."
            )
    between = problem.arrays.worker_conflicts
    several = need > 1 if has_ones(between) else np.zeros_like(need, dtype=bool)
    for j in np.flatnonzero(several).tolist():
        able = eligible[:, j]
        if j not in short and (most := compatible_workers(between, able, need[j])) < need[j]:
            found.append(
                f"{problem.tasks[j]} needs {need[j]} workers without conflicts between them, "
                f"and of the {able.sum()} who may take it at most {most} can work together."
            )
    useful, team = np.asarray(eligible[:, need > 0].any(axis=1)), None
    if not found and one_each and problem.conflict_scope == "project":
        team = compatible_team(between, useful, places)
        if team is not None and len(team) < places:
            found.append(
                f"The tasks ask for {places} places, and of the {useful.sum()} workers who may take"
                f" one at most {len(team)} can work together, because of their conflicts."
            )
    return found, None if found else team


def _may(problem: Problem) -> BoolArray:
    """Eligible pairs whose load by itself is within the worker's capacity, m × n."""
    if problem.arrays.capacities is None:
        return problem.eligible
    return problem.eligible & fitting(problem)


def _too_much_asked(problem: Problem) -> list[str]:
    """Workers who must take more tasks than they may, by themselves or together."""
    least = problem.arrays.worker_least
    if not least.any():
        return []
    useful = _may(problem) & (problem.most > 0)
    most = np.minimum(problem.arrays.worker_limits, useful.sum(axis=1))
    found = [
        f"{problem.workers[i]} must take at least {count(int(least[i]), 'task')}, and may take"
        f" {f'only {most[i]}' if most[i] else 'none'}."
        for i in np.flatnonzero(most < least).tolist()
    ]
    places = int(problem.most.sum())
    if not found and least.sum() > places:
        found.append(
            f"The workers must take at least {count(int(least.sum()), 'task')} in all, and the"
            f" tasks take at most {count(places, 'worker')}."
        )
    if problem.conflict_scope == "project":
        busy = problem.conflict_pairs[(least[problem.conflict_pairs] > 0).all(axis=1)]
        found += [
            f"{problem.workers[i]} and {problem.workers[k]} are in conflict, and each must take a"
            " task."
            for i, k in busy.tolist()
        ]
    return found


def _too_few_of_a_kind(problem: Problem) -> list[str]:
    """Quotas for which too few workers have the value, or too few do not have it."""
    may, found = _may(problem) & (problem.most > 0), list[str]()
    for quota in problem.quota_sides:
        about = (np.arange(len(problem.tasks)) == quota.task) | (quota.task < 0)
        filled = int(problem.fewest[about].sum())
        asked = quota.number * filled if isinstance(quota.number, Fraction) else quota.number
        wanted = math.ceil(asked) if quota.side == "least" else filled - math.floor(asked)
        own = quota.members if quota.side == "least" else ~quota.members
        pairs = may[own][:, about].sum(axis=1)
        most = int(np.minimum(pairs, problem.arrays.worker_limits[own]).sum())
        if most >= wanted:
            continue
        where = "All tasks together ask" if quota.task < 0 else f"{problem.tasks[quota.task]} asks"
        asks = f"{where} for at {quota.side} {quota.places} with {quota.about}"
        fill = f"can fill {f'only {most}' if most else 'none'}"
        if quota.side == "least":
            so_many = f", which is {wanted}" if isinstance(quota.number, Fraction) else ""
            found.append(f"{asks}{so_many}, and workers who have it {fill}.")
        else:
            found.append(f"{asks}, so that others take {wanted} at least, and they {fill}.")
    return found


def _too_heavy(problem: Problem) -> list[str]:
    """Loads that are more than all capacities together, whoever takes which task."""
    loads, capacities = problem.arrays.loads, problem.arrays.capacities
    if loads is None or capacities is None:
        return []
    lightest = np.sort(np.where(_may(problem), loads, np.inf), axis=0)
    parts = [column[:need] for column, need in zip(lightest.T, problem.fewest, strict=True)]
    least, has = math.fsum(np.concatenate(parts)), math.fsum(capacities)
    if least <= has * (1 + 2 * BUDGET_TOLERANCE):
        return []
    return [
        f"Whoever takes them, the tasks come to a load of at least {least:.12g}, and all capacities"
        f" to {has:.12g}."
    ]


def _short_of_workers(problem: Problem, j: int) -> str:
    """Why task j alone cannot be filled."""
    need = problem.arrays.required[j]
    can = _may(problem)[:, j]
    light = fitting(problem)[:, j]
    conflict = problem.arrays.task_conflicts[:, j]
    zero = ~conflict & (problem.arrays.qualification[:, j] == 0)
    busy = ~can & ~conflict & ~zero & (problem.arrays.worker_limits == 0)
    causes = [f"{conflict.sum()} in conflict with it"] * bool(conflict.any())
    causes += [f"{zero.sum()} of qualification 0 for it"] * bool(zero.any())
    causes += [f"{busy.sum()} with a limit of 0 tasks"] * bool(busy.any())
    heavy = ~can & ~conflict & ~zero & ~busy & ~light
    causes += [f"{heavy.sum()} with too little capacity"] * bool(heavy.any())
    who = (
        f"only {can.sum()} may take it: {listing(problem.workers[can])}"
        if can.any()
        else "nobody may take it"
    )
    left_out = f" (left out: {' and '.join(causes)})" if causes else ""
    return f"{problem.tasks[j]} needs {count(need, 'worker')}, and {who}{left_out}."


def _too_few_apart(problem: Problem) -> list[str]:
    """Tasks that overlap, so that each worker has one of them, and for which that is too few."""
    found = []
    for tasks in covering(problem.arrays.task_overlaps):
        need = np.zeros_like(problem.fewest)
        need[tasks] = problem.fewest[tasks]
        found += _too_few_together(problem, need, " overlap and")
    return found


def _too_few_together(problem: Problem, need: IntArray, why: str = "") -> list[str]:
    """Tasks that together have fewer eligible workers than places (Hall's condition), if there are any."""
    eligible = _may(problem)
    task_of = np.repeat(np.arange(len(need)), need)
    if not len(task_of):
        return []
    worker_of = maximum_bipartite_matching(
        sparse.csr_array(eligible.T[task_of]), perm_type="column"
    )
    unfilled = np.flatnonzero(worker_of < 0)
    if not len(unfilled):
        return []
    # Workers that an unfilled place can reach by alternating paths: they and their tasks form the
    # bottleneck.
    place_of = {int(i): int(place) for place, i in enumerate(worker_of) if i >= 0}
    tasks, workers, queue = {int(task_of[unfilled[0]])}, set[int](), [int(task_of[unfilled[0]])]
    while queue:
        for i in np.flatnonzero(eligible[:, queue.pop()]).tolist():
            if i not in workers:
                workers.add(i)
                if (j := int(task_of[place_of[i]])) not in tasks:
                    tasks.add(j)
                    queue.append(j)
    asked = int(need[sorted(tasks)].sum())
    names = listing(problem.tasks[sorted(tasks)])
    who = listing(problem.workers[sorted(workers)])
    return [
        f"{names}{why} together need {asked} workers, and only {len(workers)} may take any of them:"
        f" {who}."
    ]
