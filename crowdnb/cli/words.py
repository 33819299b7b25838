"""What the command says of a project and of its assignment, for a person at a terminal."""

from __future__ import annotations

from typing import Any
from unicodedata import category, east_asian_width

import numpy as np
import numpy.typing as npt

import crowdnb as cn
from crowdnb.ability.consistency import consistency_of
from crowdnb.labels import as_listed, count, listing, phrases
from crowdnb.project.ability_settings import days
from crowdnb.project.histories import clouds_of, gaps_line, left_out_line
from crowdnb.project.plan import proved_by, tie_line
from crowdnb.project.rule_lines import needs_texts, places_text, rule_lines
from crowdnb.project.scenario import GIVEN

# Where no assignment exists; with the command in the place of {}.
HELP = "What would help, and at what price: {}"


def histories(project: cn.Project, scenario: cn.Scenario) -> str:
    """Say where the ability intervals come from, and what the cloud model did to them.

    With the numbers of a scenario that fits.
    """
    m, k = len(project.workers), len(project.criteria)
    given = scenario.weights or project.weights_by_criterion
    weights = ", ".join(f"{name} {given[name]:.3g}" for name in project.criteria)
    size = f"{m} workers, {len(project.required)} tasks, {places_text(project, scenario)} places."
    if project.given_qualification is not None:
        return f"{size} Qualification: as given."
    lines = [f"{size} Criteria weights: {weights}."]
    if not scenario.weights:
        lines += deviations(project)
    if (clouds := clouds_of(project, scenario)) is None:
        return "\n".join([*lines, f"Ability: {m * k} intervals as given."])
    how = scenario.reading_of(project)
    if how.half_life is not None:
        lines.append(
            f"A rating loses half of its weight in {days(how.half_life)}, up to {project.day}."
        )
    if how.ability == "posterior":
        lines.append(
            f"Histories: {len(clouds)}. Ability: where the next rating lies with probability"
            f" {how.level:g} (posterior)."
        )
        return "\n".join(lines)
    rule = clouds["rule"].value_counts()
    negative, clipped = int((clouds["radicand"] < 0).sum()), int(clouds["clipped"].sum())
    lines += [
        (
            f"Histories: {len(clouds)} ({rule.get('point', 0)} of one rating,"
            f" {rule.get('range', 0)} of 2 to 5, {rule.get('cloud', 0)} by the cloud model with"
            f" gamma = {scenario.gamma_of(project):g})."
        ),
        (
            f"S² < En² in {negative} of the {rule.get('cloud', 0)} clouds;"
            f" {count(clipped, 'interval')} {'was' if clipped == 1 else 'were'} clipped to [0, 1]."
        ),
    ]
    return "\n".join(lines)


def deviations(project: cn.Project) -> list[str]:
    """How far the judgements that weights come from deviate from consistent ones."""
    lines = []
    if project.judgement is not None:
        lines.append(consistency_of(project.judgement).of_deviation)
    for parent, judgement in project.part_judgements.items():
        said = consistency_of(judgement).of_deviation
        lines.append(f"Parts of {parent}: {said[0].lower()}{said[1:]}")
    return lines


def also_binding(problem: cn.Problem) -> str:
    """What else there is of rules and wishes, counted, in a sentence; empty without any."""
    arrays = problem.arrays

    def number(table: npt.NDArray[Any] | None) -> int:
        return 0 if table is None else int(np.count_nonzero(table))

    unbound = arrays.capacities is None or np.isinf(arrays.capacities)
    limits = arrays.worker_limits
    kinds = (
        (number(limits == 0), "worker who is away", "workers who are away"),
        (
            number(limits > 1),
            "worker who may take several tasks",
            "workers who may take several tasks",
        ),
        (number(arrays.worker_least), "worker who must take some", "workers who must take some"),
        (len(problem.pins), "pinned pair", "pinned pairs"),
        (len(problem.overlap_pairs), "pair of tasks that overlap", "pairs of tasks that overlap"),
        (number(~np.broadcast_to(unbound, limits.shape)), "capacity", "capacities"),
        (0 if problem.quotas is None else len(problem.quotas), "quota", "quotas"),
        (number(arrays.keep_costs), "pair that had better stay", "pairs that had better stay"),
        (number(arrays.conflict_costs), "undesirable pair", "undesirable pairs"),
        (len(problem.effect_pairs), "effect of two workers", "effects of two workers"),
    )
    said = [f"{n} {one if n == 1 else several}" for n, one, several in kinds if n]
    if arrays.missing_cost is not None:
        said.append(
            f"{count(number(np.isfinite(arrays.missing_cost)), 'task')} that may lack workers"
        )
    if problem.budget is not None:
        said.append(f"a budget of {problem.budget:g}")
    return f"Also: {phrases(said, len(said))}." if said else ""


def of_scenario(plans: cn.Scenarios, name: str) -> list[str]:
    """What a scenario changes, what of it does not fit, and whom few ratings leave out."""
    one = plans.fitted(name)
    lines = [f"Note: scenario {name!r}: {misfit}." for misfit in plans.left_out(name)]
    if name != GIVEN:
        lines.append(f"Scenario {name!r}: {'; '.join(one.words(plans.project)) or 'no change'}.")
    said = (left_out_line(plans.project, one), gaps_line(plans.project, one))
    return [*lines, *filter(None, said)]


def describe(answer: cn.Assignment, project: cn.Project | None = None) -> str:
    """Write the answer as a person would.

    Who does what, ρ, what further rules come to, who is idle, or why there is no assignment. Costs
    without a budget are told of a project that has some.
    """
    if answer.table is None:
        head = {
            "infeasible": "No assignment exists.",
            "time_limit": (
                f"The time limit stopped {answer.solver}: no assignment was found, and none was"
                " ruled out."
            ),
        }[answer.status]
        return "\n".join(["", head, *(answer.reasons if answer.status == "infeasible" else [])])
    rows = [("task", "needs", "workers (qualification)")]
    for task, need in zip(answer.problem.tasks, needs_texts(answer.problem), strict=True):
        here = answer.pairs[answer.pairs["task"] == task]
        who = [
            f"{as_listed(worker)} ({q:.3f})"
            for worker, q in zip(here["worker"], here["qualification"], strict=True)
        ]
        rows.append((str(task), need, ", ".join(who) or "nobody"))
    wide = max(_width(task) for task, _, _ in rows)
    high = max(len(need) for _, need, _ in rows)
    text = "\n".join(
        f"{task}{' ' * (wide - _width(task))}  {need:>{high}}  {who}" for task, need, who in rows
    )
    proof = (
        "proved the best"
        if answer.status == "optimal"
        else f"not proved the best; at most {answer.bound:.6f} is possible"
    )
    by = f"{proved_by(answer)}, {answer.seconds:.2f} s"
    lines = [
        "",
        text,
        "",
        f"ρ = {answer.performance:.6f}, {proof} ({by}); every rule re-checked.",
        *rule_lines(answer, project),
        *([tied] if (tied := tie_line(answer)) else []),
        f"Idle: {listing(answer.idle, 20) or 'nobody'}.",
    ]
    return "\n".join(lines)


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two, marks and joiners none."""
    wide = sum(east_asian_width(character) in "WF" for character in text)
    return wide + sum(category(character) not in ("Mn", "Me", "Cf") for character in text)
