"""Panel of notebook 05: γ, weights, demands and conflicts of a project, and who does what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_matrix
from crowdnb.ability.qualification import check_weights
from crowdnb.labels import FloatArray, flag, listing, needs, one_of
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import assignment_grid, cells_of, chosen_pairs, team_table
from crowdnb.pages.html import escaped
from crowdnb.panels.controls import (
    WRAP,
    WeightSliders,
    float_slider,
    number_field,
    sentence,
    side_by_side,
)
from crowdnb.panels.grids import conflict_controls
from crowdnb.panels.panel import Panel, View, check_start
from crowdnb.panels.settings import gamma_note, scenario_of, settings_of
from crowdnb.project.record import Project
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios, tasks_of
from crowdnb.solver.program import Program


def assignment_view(answer: Assignment, start: View | None = None, listed: bool = False) -> View:
    """Who does what, on a grid or listed, ρ and who moved; or why there is no assignment."""
    check_start(start)
    flag(listed, "listed")
    if needs(answer, Assignment, "answer").table is None:
        why = " ".join(answer.reasons) or "The time limit was reached."
        return View({"status": answer.status}, "", why)
    place = {str(worker): listing(tasks) for worker, tasks in tasks_of(answer).items() if tasks}
    facts: dict[str, Any] = {
        "status": answer.status,
        "ρ": answer.performance,
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
    head = (
        f"<p><strong>ρ = {answer.performance:.4f}</strong>,"
        f" {answer.performance - first['ρ']:+.4f} against the start."
        f" Moved: {escaped('; '.join(facts['moved']) or 'nobody')}."
        f" Idle: {escaped(listing(answer.idle) or 'nobody')}.</p>"
    )
    if listed:
        return View(facts, head + team_table(answer))
    was = cells_of(answer.problem, first["pairs"])
    return View(facts, head + assignment_grid(answer.problem, answer, was))


def assignment_panel(project: Project, conflict_scope: Scope = "project") -> Panel:
    """γ, criteria weights, conflicts, L and W: who does what, ρ and its change, who moved."""
    one_of(conflict_scope, get_args(Scope), "conflict_scope")
    tasks = [str(task) for task in needs(project, Project, "project").required.index]
    names, most = [str(worker) for worker in project.ability.index], len(project.ability)
    first = settings_of(project, Scenario(), conflict_scope)
    weights = WeightSliders(project.criteria_weights)
    same = [slider.description for slider in weights.sliders]
    gamma = float_slider("γ, weight of He (0 to 1)", project.gamma, 0, 1, 0.05, same)
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
    pairs = conflict_controls(names, tasks, first)
    controls = {"gamma": gamma, "weights": weights, **need, **weigh, **pairs}

    # Kept from one change to the next: Q of these weights and γ, and the compiled program.
    plans = Scenarios(project, scope=conflict_scope)
    program = Program(plans.problem(GIVEN))
    # Of tied optima the first by labels, where that takes no longer than a slider may.
    settle: Literal["labels"] | None = "labels" if program.compiled else None

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        problem = plans.problem(_scenario(project, settings, conflict_scope))
        return assignment_view(program.best(problem, tie_break=settle), start)

    rows = [
        gamma,
        weights,
        sentence(f"L: how many workers each task needs (persons, 0 to {most})"),
        side_by_side(need.values()),
        sentence("W: how much each task weighs in ρ (0 to 100, no unit)"),
        side_by_side(weigh.values()),
        widgets.HBox(list(pairs.values()), layout=WRAP),
    ]
    return Panel(show, controls, rows, gamma_note(project))


def panel_problem(
    project: Project, settings: Mapping[str, Any], conflict_scope: Scope = "project"
) -> Problem:
    """The problem that a panel's settings describe: what a user would hand to ``cn.solve``."""
    return _scenario(project, settings, conflict_scope).problem(project, conflict_scope)


def _scenario(project: Project, settings: Mapping[str, Any], scope: Scope) -> Scenario:
    """What the settings of this panel, which asks no demands, change in the project."""
    check_weights(np.asarray(settings["weights"]), project.criteria_weights.index)
    first = settings_of(project, Scenario(), scope)
    rows = [
        [settings[f"L {task}"], settings[f"W {task}"], *asks]
        for task, (_, _, *asks) in zip(project.required.index, first["tasks"], strict=True)
    ]
    return scenario_of(project, {**first, **settings, "tasks": rows}, scope)


def panel_possibility(project: Project, gamma: float) -> FloatArray:
    """P at this γ, as a scenario moves the intervals; workers × tasks × criteria."""
    ability, demand = Scenario(gamma=gamma).intervals(project)
    criteria, tasks = project.criteria_weights.index, project.required.index
    p = possibility_matrix(ability, demand.loc[tasks])[criteria]
    return p.to_numpy().reshape(len(ability), len(tasks), len(criteria))


def panel_qualification(
    project: Project, possibility: FloatArray, weights: Sequence[float]
) -> pd.DataFrame:
    """Q with these criteria weights (eq. 6); ValueError unless they are ≥ 0 and sum to 1."""
    w = check_weights(np.asarray(weights), project.criteria_weights.index)
    # summed in turn: to the last bit as cn.qualification
    q = sum(weight * possibility[..., k] for k, weight in enumerate(w))
    return pd.DataFrame(q, project.ability.index, project.required.index)
