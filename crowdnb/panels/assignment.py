"""Panel of notebook 05: γ, weights, demands and conflicts of a project, and who does what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_matrix
from crowdnb.ability.qualification import check_weights
from crowdnb.labels import FloatArray, flag, listing, needs, one_of, real
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope
from crowdnb.model.moves import cut
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import (
    assignment_grid,
    cells_of,
    chosen_pairs,
    measure_of,
    team_table,
)
from crowdnb.pages.html import escaped, paragraphs, scrolling
from crowdnb.pages.rule_tables import loads_table, rules_kept
from crowdnb.panels.ability_settings import NO_GAMMA
from crowdnb.panels.controls import (
    WRAP,
    WeightSliders,
    float_slider,
    number_field,
    sentence,
    side_by_side,
)
from crowdnb.panels.grids import pair_controls
from crowdnb.panels.panel import Panel, View, check_start
from crowdnb.panels.settings import gamma_note, scenario_of, settings_of
from crowdnb.project.histories import few_line, gaps_line, left_out_line
from crowdnb.project.plan import proved_by, tie_line
from crowdnb.project.record import Project, sources_of
from crowdnb.project.rule_lines import rule_lines
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios, tasks_of


def assignment_view(
    answer: Assignment,
    start: View | None = None,
    listed: bool = False,
    by_given: float | None = None,
    project: Project | None = None,
) -> View:
    """Who does what, on a grid or listed, ρ and who moved; or why there is no assignment.

    ``by_given`` is ρ of the assignment by the Q and W of the start, where its own are others: ρ is
    then another measure, and only this is compared with the start. With the ``project`` costs are
    told that no budget binds.
    """
    check_start(start)
    flag(listed, "listed")
    measured = None if by_given is None else real(by_given, "by_given")
    if project is not None:
        needs(project, Project, "project")
    if needs(answer, Assignment, "answer").table is None:
        why = " ".join(answer.reasons) or "The time limit was reached."
        return View({"status": answer.status}, "", why)
    place = {str(worker): listing(tasks) for worker, tasks in tasks_of(answer).items() if tasks}
    facts: dict[str, Any] = {
        "status": answer.status,
        "ρ": answer.performance,
        "by given Q": answer.performance if measured is None else measured,
        "tied": answer.tied,
        "places": place,
        "pairs": chosen_pairs(answer),
    }
    first = facts if start is None or start.problem else start.facts
    everyone = dict.fromkeys([*map(str, answer.problem.workers), *first["places"]])
    moves = [
        (worker, first["places"].get(worker, "idle"), place.get(worker, "idle"))
        for worker in everyone
    ]
    facts["moved"] = [
        f"{worker}: {before} → {after}" for worker, before, after in moves if before != after
    ]
    compared = start is None or not start.problem
    lines = [
        _rho(answer, measured, first if compared else None),
        f"<p>{escaped(tie)}</p>" if (tie := tie_line(answer)) else "",
        f"<p>Moved: {escaped(cut(facts['moved']) or 'nobody')}."
        f" Idle: {escaped(listing(answer.idle) or 'nobody')}.</p>",
    ]
    facts["rules"] = rule_lines(answer, project)
    head = "".join(lines) + rules_kept(answer, project)
    if listed:
        body = team_table(answer, measure_of(project))
    else:
        body = assignment_grid(answer.problem, answer, cells_of(answer.problem, first["pairs"]))
    loads = loads_table(answer)
    return View(facts, head + body + (scrolling(loads, "loads and capacities") if loads else ""))


def _rho(answer: Assignment, measured: float | None, first: Mapping[str, Any] | None) -> str:
    """ρ, who proved it, and what it is against the start by a measure that both have."""
    rho = f"<strong>ρ = {answer.performance:.4f}</strong>"
    if answer.status != "optimal":
        return f"<p>{rho}, not proved the best: at most {answer.bound:.4f} is possible.</p>"
    proof = f"Proved the best ({escaped(proved_by(answer))})."
    if first is None or first["status"] != "optimal":
        return f"<p>{rho}. {proof}</p>"
    soft = answer.problem.soft
    if measured is None:
        less = answer.performance - first["ρ"]
        return f"<p>{rho}, {less:+.4f} against the start. {proof}</p>"
    return (
        f"<p>{rho} by another {'Q, W or cost' if soft else 'Q or W'} than at the start, so it"
        f" cannot be compared with that ρ. {proof}</p><p>By the given"
        f" {'Q, W and costs' if soft else 'Q and W'} it is {measured:.4f},"
        f" {measured - first['ρ']:+.4f} against the start.</p>"
    )


def plan_view(plans: Scenarios, one: Scenario, start: View | None, listed: bool) -> View:
    """:func:`assignment_view` of a scenario, with what few ratings mean for it."""
    answer = plans.answer(one)
    by_given = None if answer.placed is None or plans.same_measure(one) else plans.as_given(one)
    view = assignment_view(answer, start, listed, by_given, plans.project)
    said = [left_out_line(plans.project, one), gaps_line(plans.project, one)]
    if answer.placed is not None:
        said.append(few_line(plans.project, one, answer))
    lines = [line for line in said if line]
    if view.problem:
        return replace(view, problem="\n".join([view.problem, *lines]))
    return replace(view, body=view.body + paragraphs(lines))


def assignment_panel(project: Project, conflict_scope: Scope = "project") -> Panel:
    """γ, criteria weights, conflicts, L and W: who does what, ρ and its change, who moved."""
    one_of(conflict_scope, get_args(Scope), "conflict_scope")
    tasks = [str(task) for task in needs(project, Project, "project").required.index]
    names, most = [str(worker) for worker in project.workers], len(project.workers)
    first = settings_of(project, Scenario(), conflict_scope)
    weights = WeightSliders(sources_of(project, "the panel").criteria_weights)
    same = [slider.description for slider in weights.sliders]
    gamma = float_slider("γ, weight of He (0 to 1)", project.gamma, 0, 1, 0.05, same)
    note = gamma_note(project)
    if project.ability_rule == "posterior":
        gamma.disabled, note = True, NO_GAMMA.format(level=f"{project.level:g}")
    needed, weighed = ([f"{task} {verb}" for task in tasks] for verb in ("needs", "weighs"))
    need, weigh = {}, {}
    for at, task in enumerate(tasks):
        number, weight, *_ = first["tasks"][at]
        need[f"L {task}"] = number_field(
            needed[at], int(number), most, needed, f"workers that {task} needs, 0 to {most}"
        )
        weigh[f"W {task}"] = number_field(
            weighed[at], weight, 100, weighed, f"weight of {task}, 0 to 100, no unit", step=0.1
        )
    pairs = pair_controls(names, tasks, first)
    least = min_ratings_field(project)
    controls = {"gamma": gamma, "weights": weights, **least, **need, **weigh, **pairs}

    # Kept from one change to the next: Q of these weights and γ, and the compiled program.
    plans = Scenarios(project, scope=conflict_scope)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return plan_view(plans, _scenario(project, settings, conflict_scope), start, False)

    rows = [
        gamma,
        weights,
        *least.values(),
        sentence(f"L: how many workers each task needs (persons, 0 to {most})"),
        side_by_side(need.values()),
        sentence("W: how much each task weighs in ρ (0 to 100, no unit)"),
        side_by_side(weigh.values()),
        widgets.HBox(list(pairs.values()), layout=WRAP),
    ]
    return Panel(show, controls, rows, note)


def min_ratings_field(project: Project) -> dict[str, Any]:
    """A field for how many ratings a worker needs, by its name; none where only intervals are."""
    if project.fewest_ratings is None:
        return {}
    text, most = "ratings needed at least", int(project.fewest_ratings.max())
    tooltip = f"workers with fewer ratings on some criterion are left out, 0 to {most}"
    return {"min_ratings": number_field(text, project.min_ratings, most, [text], tooltip)}


def panel_problem(
    project: Project, settings: Mapping[str, Any], conflict_scope: Scope = "project"
) -> Problem:
    """The problem that a panel's settings describe: what a user would hand to ``cn.solve``."""
    return _scenario(project, settings, conflict_scope).problem(project, conflict_scope)


def _scenario(project: Project, settings: Mapping[str, Any], scope: Scope) -> Scenario:
    """What the settings of this panel, which asks no demands, change in the project."""
    check_weights(np.asarray(settings["weights"]), project.criteria)
    first = settings_of(project, Scenario(), scope)
    rows = [
        [settings[f"L {task}"], settings[f"W {task}"], *asks]
        for task, (_, _, *asks) in zip(project.required.index, first["tasks"], strict=True)
    ]
    return scenario_of(project, {**first, **settings, "tasks": rows}, scope)


def panel_possibility(project: Project, gamma: float) -> FloatArray:
    """P at this γ, as a scenario moves the intervals; workers × tasks × criteria."""
    ability, demand = Scenario(gamma=gamma).intervals(project)
    criteria, tasks = project.criteria, project.required.index
    p = possibility_matrix(ability, demand.loc[tasks])[criteria]
    return p.to_numpy().reshape(len(ability), len(tasks), len(criteria))


def panel_qualification(
    project: Project, possibility: FloatArray, weights: Sequence[float]
) -> pd.DataFrame:
    """Q with these criteria weights (eq. 6); ValueError unless they are ≥ 0 and sum to 1."""
    w = check_weights(np.asarray(weights), project.criteria)
    # summed in turn: to the last bit as cn.qualification
    q = sum(weight * possibility[..., k] for k, weight in enumerate(w))
    return pd.DataFrame(q, project.workers, project.required.index)
