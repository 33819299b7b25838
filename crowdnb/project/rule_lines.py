"""What an answer says of the rules beyond the paper that its problem has, in sentences and tables.

Of a problem that has none of them there is nothing to say. Each sentence is about one rule: what
stays empty, what is paid, how many places a quota has, which undesirable pairs were accepted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray, as_listed, count, listing, phrases
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import broken_rules, load_of
from crowdnb.model.problem import Problem
from crowdnb.model.terms import MISSING, times_together
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario

_LISTED = 12  # pairs or tasks in a sentence
_QUOTAS = 5  # quotas, each of which is half a line


def rule_lines(answer: Assignment, project: Project | None = None) -> list[str]:
    """One sentence for each rule that there is; none without an assignment.

    Costs that no budget binds are told where the ``project`` is given that has them.
    """
    placed = answer.placed
    if placed is None:
        return []
    said = {line: line(answer, placed) for line in _LINES}
    if project is not None and answer.problem.budget is None:
        said[_costs] = _paid(answer, project)
    return [text for text in said.values() if text]


def _paid(answer: Assignment, project: Project) -> str:
    """What the chosen pairs cost without a budget; workers who are added cost what no file says."""
    costs = project.options.get("costs")
    if costs is None:
        return ""
    pairs = answer.pairs[answer.pairs["worker"].isin(costs.index)]
    paid = math.fsum(costs.at[w, t] for w, t in zip(pairs["worker"], pairs["task"], strict=True))
    more = len(answer.pairs) - len(pairs)
    without = f", without those of {count(more, 'place')} of added workers" if more else ""
    return f"Costs: {paid:.6g}{without}; there is no budget."


def _empty(answer: Assignment, placed: IntArray) -> str:
    """Places that stay empty, and what they cost."""
    if answer.problem.arrays.missing_cost is None:
        return ""
    short = answer.missing[answer.missing > 0]
    need = answer.problem.required.to_dict()
    tasks = [f"{as_listed(task)} {left} of {need[task]}" for task, left in short.items()]
    if not tasks:
        return "No place stays empty."
    total = int(short.sum())
    cost = -answer.parts[MISSING] + 0.0
    verb = "stays" if total == 1 else "stay"
    return f"{count(total, 'place')} {verb} empty, at a cost of {cost:.4g}: {_listed(tasks)}."


def _costs(answer: Assignment, placed: IntArray) -> str:
    """What the chosen pairs cost, of the budget."""
    costs, budget = answer.problem.arrays.costs, answer.problem.budget
    if costs is None or budget is None:
        return ""
    paid = math.fsum(costs[placed[:, 0], placed[:, 1]].tolist())
    return f"Costs: {paid:.6g} of a budget of {budget:.6g}."


def _loads(answer: Assignment, placed: IntArray) -> str:
    """What the workers have left of their capacities, all together, and who has none left."""
    table = load_table(answer)
    if table is None:
        return ""
    bound = table[np.isfinite(table["capacity"])]
    full = bound.index[np.isclose(bound["load"], bound["capacity"])]
    text = f"Loads: {table['load'].sum():.6g} in all"
    if len(full):
        text += f"; nothing is left of the capacity of {listing(full, _LISTED)}"
    return f"{text}."


def load_table(answer: Assignment) -> pd.DataFrame | None:
    """What the tasks of each worker take and what the worker has, of those who have a task.

    None of a problem without capacities. Index worker; columns ``tasks`` (how many), ``load``,
    ``capacity`` (inf where there is no bound).
    """
    capacities, placed = answer.problem.arrays.capacities, answer.placed
    if capacities is None or placed is None:
        return None
    busy = np.unique(placed[:, 0])
    return pd.DataFrame(
        {
            "tasks": np.bincount(placed[:, 0], minlength=len(capacities))[busy],
            "load": [load_of(answer.problem, placed, i) for i in busy.tolist()],
            "capacity": capacities[busy],
        },
        answer.problem.workers.take(busy),
    )


class QuotaCount(NamedTuple):
    """One side of a quota: of which task and whom, how many places it has, and what is asked."""

    task: str  # empty for all tasks together
    about: str
    own: int
    filled: int
    share: bool
    asked: str

    @property
    def has(self) -> str:
        """The places, with how many there are where a share of them is asked."""
        return f"{self.own} of {self.filled}" if self.share else str(self.own)


def quota_counts(answer: Assignment) -> list[QuotaCount]:
    """How many places each side of each quota has; none without an assignment."""
    problem, placed = answer.problem, answer.placed
    if placed is None:
        return []
    found = []
    for quota in problem.quota_sides:
        filled = placed if quota.task < 0 else placed[placed[:, 1] == quota.task]
        own, share = int(quota.members[filled[:, 0]].sum()), isinstance(quota.number, Fraction)
        task = "" if quota.task < 0 else as_listed(problem.tasks[quota.task])
        asked = f"{quota.side} {quota.asked}"
        found.append(QuotaCount(task, quota.about, own, len(filled), share, asked))
    return found


def _quotas(answer: Assignment, placed: IntArray) -> str:
    """How many places each quota has; those of many tasks alike are one."""
    alike: dict[tuple[bool, str, str], list[QuotaCount]] = {}
    for one in quota_counts(answer):
        alike.setdefault((one.task == "", one.about, one.asked), []).append(one)
    said = [_alike(held) for held in alike.values()]
    more = f"; … ({len(said)} in all)" if len(said) > _LISTED else ""
    return f"Quotas: {'; '.join(said[:_LISTED])}{more}." if said else ""


def _alike(held: Sequence[QuotaCount]) -> str:
    """A quota, or one that several tasks have, with the fewest and the most places."""
    first = held[0]
    if len(held) == 1:
        return f"{first.about} on {first.task or 'all tasks together'} {first.has} ({first.asked})"
    if first.share:
        shares = [100 * one.own / one.filled for one in held if one.filled] or [math.nan]
        low, high, unit = min(shares), max(shares), "%"
    else:
        low, high, unit = min(one.own for one in held), max(one.own for one in held), ""
    has = f"{low:.3g}{unit}" if low == high else f"{low:.3g} to {high:.3g}{unit}"
    return f"{first.about} on each of {len(held)} tasks {has} ({first.asked})"


def _undesired(answer: Assignment, placed: IntArray) -> str:
    """Undesirable pairs that were accepted, and desired ones that were given."""
    costs, problem = answer.problem.arrays.conflict_costs, answer.problem
    if costs is None:
        return ""
    cost = costs[placed[:, 0], placed[:, 1]]
    return _both_ways(
        "Undesirable, and accepted",
        "Desired, and given",
        [(_pair(problem, i, j), float(c)) for (i, j), c in zip(placed.tolist(), cost, strict=True)],
        "No undesirable pair was chosen.",
    )


def _given_up(answer: Assignment, placed: IntArray) -> str:
    """Pairs that were to stay and do not."""
    costs = answer.problem.arrays.keep_costs
    if costs is None:
        return ""
    left = costs.copy()
    left[placed[:, 0], placed[:, 1]] = 0.0
    gone = [
        f"{_pair(answer.problem, i, j)} ({left[i, j]:.4g})" for i, j in np.argwhere(left).tolist()
    ]
    number = np.count_nonzero(costs)
    said = f"Pairs kept that had better stay: {number - len(gone)} of {number}"
    return f"{said}; given up: {_listed(gone)}." if gone else f"{said}."


def _together(answer: Assignment, placed: IntArray) -> str:
    """Who is chosen with whom, where that adds to ρ or takes from it."""
    problem = answer.problem
    effects = problem.arrays.pair_effects
    if effects is None:
        return ""
    found = []
    each = zip(problem.effect_pairs.tolist(), times_together(problem, placed).tolist(), strict=True)
    for (i, k), times in each:
        if times:
            who = f"{as_listed(problem.workers[i])} and {as_listed(problem.workers[k])}"
            often = f" on {times} tasks" if times > 1 else ""
            found.append((f"{who}{often}", -float(effects[i, k]) * times))
    return _both_ways("Better apart, and together", "Better together, and so they are", found, "")


def _parts(answer: Assignment, placed: IntArray) -> str:
    """What ρ is made of."""
    if not answer.problem.soft:
        return ""
    (first, most), *others = answer.parts.items()
    parts = [f"{name} {part:+.4f}" for name, part in others if part]
    return f"ρ is made of {', '.join([f'{first} {most:.4f}', *parts])}."


_LINES: tuple[Callable[[Assignment, IntArray], str], ...] = (
    _empty,
    _costs,
    _loads,
    _quotas,
    _undesired,
    _given_up,
    _together,
    _parts,
)


def _both_ways(bad: str, good: str, costs: Iterable[tuple[str, float]], none: str) -> str:
    """What costs and what gains, with the numbers; the sentence for nothing that costs."""
    held = list(costs)
    loss = [f"{what} ({cost:.4g})" for what, cost in held if cost > 0]
    gain = [f"{what} ({-cost:.4g})" for what, cost in held if cost < 0]
    parts = [
        f"{bad}: {_listed(loss)}." if loss else none,
        f"{good}: {_listed(gain)}." if gain else "",
    ]
    return " ".join(part for part in parts if part)


def _listed(texts: list[str]) -> str:
    return phrases(texts, _LISTED)


def _pair(problem: Problem, worker: int, task: int) -> str:
    return f"{as_listed(problem.workers[worker])} on {as_listed(problem.tasks[task])}"


def why_empty(answer: Assignment, task: Hashable) -> str:
    """What keeps those from a task who may take it and do not, in a clause."""
    problem, placed, arrays = answer.problem, answer.placed, answer.problem.arrays
    j = problem.task_at[task]
    if placed is None:
        return ""
    taken = np.bincount(placed[:, 0], minlength=len(problem.workers))
    free = problem.eligible[:, j].copy()
    free[placed[placed[:, 1] == j, 0]] = False
    if not free.any():
        return "nobody else may take it"
    found: Counter[str] = Counter()
    for i in np.flatnonzero(free).tolist():
        found[_kept_from(problem, placed, i, j, int(taken[i] >= arrays.worker_limits[i]))] += 1
    said = [f"{what} ({number})" for what, number in found.most_common()]
    return f"what keeps others from it: {phrases(said)}"


def _kept_from(problem: Problem, placed: IntArray, i: int, j: int, full: int) -> str:
    """The first rule that keeps a worker from one more task."""
    arrays = problem.arrays
    own, there = placed[placed[:, 0] == i, 1], placed[placed[:, 1] == j, 0]
    everybody = placed[:, 0] if problem.conflict_scope == "project" else there
    loads, capacities = arrays.loads, arrays.capacities
    if full:
        return "as many tasks as allowed"
    if arrays.task_overlaps[j, own].any():
        return "a task that overlaps"
    if arrays.worker_conflicts[i, everybody].any():
        return "a conflict"
    if loads is not None and capacities is not None:
        if load_of(problem, placed, i) + loads[i, j] > capacities[i]:
            return "too little capacity left"
    both = np.concatenate([placed, [[i, j]]])
    if broken_rules(problem, both):
        return "the budget or a quota"
    return "a lower ρ"


def needs_texts(problem: Problem) -> list[str]:
    """How many workers each task needs: ``2``, ``2 to 3``, ``at least 2``."""
    need, most = problem.arrays.required.tolist(), problem.most.tolist()
    if problem.required_rule != "exactly":
        return [f"{problem.required_rule} {number}" for number in need]
    return [
        str(least) if least == upper else f"{least} to {upper}"
        for least, upper in zip(need, most, strict=True)
    ]


def places_text(project: Project, scenario: Scenario) -> str:
    """How many workers all tasks need together, and how many they may have: ``9``, ``9 to 12``."""
    need = {**project.required, **scenario.required}
    most = {**project.options.get("required_most", {}), **scenario.most}
    low, high = sum(need.values()), sum(max(n, most.get(task) or n) for task, n in need.items())
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
