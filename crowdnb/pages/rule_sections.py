"""What the page says of rules beyond the paper, where there are any: kept, paid, left empty."""

from __future__ import annotations

from collections.abc import Hashable

from crowdnb.labels import as_listed
from crowdnb.model.moves import moves_text
from crowdnb.model.problem import Problem
from crowdnb.pages.findings import Findings
from crowdnb.project.rule_lines import why_empty
from crowdnb.project.scenarios import moved

_EMPTY = 20  # tasks of which it is told why places stay empty, so that a page stays short


def places_left_empty(found: Findings) -> list[str]:
    """Which places stay empty, and why: what filling them would take."""
    answer = found.answer
    short = answer.missing[answer.missing > 0]
    lines = [_why_empty(found, task, int(left)) for task, left in list(short.items())[:_EMPTY]]
    if len(short) > _EMPTY:
        rest = ", ".join(f"{as_listed(task)} {left}" for task, left in list(short.items())[_EMPTY:])
        lines.append(f"Also empty: {rest}.")
    return lines


def _why_empty(found: Findings, task: Hashable, left: int) -> str:
    """Why places of a task stay empty."""
    problem, at = found.problem, found.problem.task_at[task]
    need, costs = int(problem.arrays.required[at]), problem.arrays.missing_cost
    cost = 0.0 if costs is None else float(costs[at])
    verb = "stays" if left == 1 else "stay"
    said = (
        f"{as_listed(task)}: {left} of {need} {verb} empty, at {cost:.4g} each;"
        f" {why_empty(found.answer, task)}"
    )
    filled = found.filled.get(task)
    if filled is None:
        return f"{said}."
    all_of = "it" if left == 1 else "them"
    if filled.status == "infeasible":
        return f"{said}. Beside the other rules no assignment fills {all_of}."
    if filled.placed is None:
        return f"{said}."
    less = found.answer.performance - filled.performance
    who = moves_text(moved(found.answer, filled))
    most = "" if filled.status == "optimal" else "at most "
    return f"{said}. To fill {all_of} lowers ρ by {most}{max(less, 0.0):.3g} ({who})."


def rules_checked(problem: Problem, scope: str) -> str:
    """What was checked of an assignment, in a sentence; ``scope`` is how far a conflict reaches."""
    arrays = problem.arrays
    exact = (problem.most == arrays.required).all() and (problem.fewest == arrays.required).all()
    rules = [
        "each task has exactly the workers it needs"
        if exact
        else "each task has as many workers as it may have",
        "nobody has more tasks than allowed",
    ]
    rules += [
        said
        for there, said in (
            (bool(arrays.worker_least.any()), "nobody has fewer tasks than asked"),
            (len(problem.pins) > 0, "every pinned pair is there"),
            (len(problem.overlap_pairs) > 0, "nobody has two tasks that overlap"),
            (arrays.capacities is not None, "no load is above a capacity"),
            (problem.budget is not None, "the costs keep to the budget"),
            (len(problem.quota_sides) > 0, "each quota is kept"),
        )
        if there
    ]
    return (
        f"Every rule was checked again by code that knows no solver: {', '.join(rules)}, no barred"
        f" pair is used, and no two workers in conflict are chosen {scope}."
    )


def made_of(found: Findings) -> str:
    """What ρ adds up, in a sentence or two, for who reads the page."""
    given_q = found.project.given_qualification is not None
    adds = (
        "Q of each worker chosen for a task"
        if given_q
        else ("how well each chosen worker meets what the task asks, from 0 to 1")
    )
    mean = found.answer.pairs["qualification"].mean()
    words = f"ρ, the group performance, adds up {adds}; here {mean:.3f} a place on average. "
    if (found.problem.task_weights != 1).any():
        words += "Each task counts by its weight. "
    if found.problem.soft:
        words += "What is undesirable takes its cost from ρ. "
    return words
