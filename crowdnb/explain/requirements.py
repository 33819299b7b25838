"""One requirement in words, and what follows from dropping it."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from crowdnb.labels import count
from crowdnb.model.check import (
    of_tasks,
)
from crowdnb.model.problem import Problem
from crowdnb.model.rules import BY_ROW, Requirement, Rules


def assuming(rules: Rules, dropped: Requirement) -> Rules:
    """Bar what no assignment can use that exists only because of one dropped requirement.

    Where no assignment meets the rules, one that does without a conflict of two workers uses both,
    one that does without an exclusion uses that pair, and so on; so their other conflicts bind.
    """
    kind, i, k, j = dropped
    busy = [index for index in (i, k) if index >= 0 and kind not in ("pin", *BY_ROW)]
    if not busy or (not rules.together and kind != "exclusion" and kind != "zero"):
        return rules
    excluded = rules.excluded.copy()
    out = rules.conflicts[busy].any(axis=0)
    if rules.together:
        excluded[out] = True
    else:
        excluded[out, j] = True
    return replace(rules, excluded=excluded)


def requirement_text(problem: Problem, item: Requirement) -> str:
    """One requirement in words."""
    worker = problem.workers[item.worker] if item.worker >= 0 else ""
    task = problem.tasks[item.task] if item.task >= 0 else ""
    match item.kind:
        case "place":
            return f"a place of {task}"
        case "exclusion":
            return f"{worker} is in conflict with {task}"
        case "zero":
            return f"{worker} has qualification 0 for {task}"
        case "conflict":
            return f"{worker} and {problem.workers[item.other]} are in conflict"
        case "limit":
            return f"{worker} takes at most {count(int(problem.arrays.worker_limits[item.worker]), 'task')}"
        case "pin":
            return f"{worker} is pinned to {task}"
        case "ceiling":
            return f"{task} takes at most {count(int(problem.most[item.task]), 'worker')}"
        case "least":
            least = int(problem.arrays.worker_least[item.worker])
            return f"{worker} takes at least {count(least, 'task')}"
        case "overlap":
            return f"{task} and {problem.tasks[item.other]} overlap"
        case "capacity":
            capacities = problem.arrays.capacities
            size = 0.0 if capacities is None else capacities[item.worker]
            return f"{worker} has a capacity of {size:.12g}"
        case "quota":
            quota = problem.quota_sides[item.other]
            where, has = of_tasks(problem, quota.task)
            return f"{where} {has} at {quota.side} {quota.places} with {quota.about}"
        case "budget":
            return f"the costs may come to {problem.budget:.12g}"
        case _:
            assert_never(item.kind)
