"""The panel of a project's settings on the bench: what the controls say is a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets as widgets
import traitlets

from crowdnb.explain.infeasible import explain_infeasible
from crowdnb.pages.assignment_tables import fits_grid
from crowdnb.pages.html import paragraphs
from crowdnb.panels.ability_settings import ability_controls
from crowdnb.panels.assignment import min_ratings_field, plan_view
from crowdnb.panels.controls import WRAP, EmptyNumber, WeightSliders, float_slider, sentence
from crowdnb.panels.grids import NumberGrid, pair_controls
from crowdnb.panels.panel import Panel, View
from crowdnb.panels.settings import (
    READING,
    Column,
    gamma_note,
    scenario_of,
    settings_of,
    task_columns,
    worker_columns,
)
from crowdnb.project.histories import left_out_line
from crowdnb.project.record import Project, sources_of
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios

_PATIENCE = 5.0  # seconds for the reason why there is no assignment
_CELLS = 2000  # of the table of tasks, beyond which a page takes long to show it


class _Unshown(traitlets.HasTraits):
    """A value without a control of its own: what only repairs set."""

    value = traitlets.Any()


class Settings(Panel):
    """The panel of a project's settings, each of which is a :class:`crowdnb.Scenario`.

    ``after`` is called after every change, the panel's answer among it; ``helps`` is a widget that
    stands below the answer.
    """

    def __init__(self, plans: Scenarios, helps: Any) -> None:
        self.plans = plans
        self.after: Callable[[], object] = lambda: None
        project = plans.project
        workers, tasks = (
            [str(label) for label in index] for index in (project.workers, project.required.index)
        )
        self.large = not fits_grid(len(workers), len(tasks))
        first = settings_of(project, Scenario(), plans.scope)
        measured = _measure(project)
        grids = {"tasks": _tasks_grid(project, tasks, first["tasks"])}
        if "workers" in first:
            columns = worker_columns(project)
            grids["workers"] = _grid(
                "What each worker takes, and has", workers, columns, first["workers"]
            )
        pairs = pair_controls(workers, tasks, first, self.large)
        scope = widgets.Dropdown(
            options=[("not both in the project", "project"), ("not both on one task", "task")],
            value=plans.scope, description="a conflict means",
            style={"description_width": "190px"},
            layout=widgets.Layout(width="420px", max_width="100%"),
            tooltip="what a conflict between two workers forbids",
        )  # fmt: skip
        budget = _budget_field(first)
        least = min_ratings_field(project)
        abilities, fold = ability_controls(project, first, measured.get("gamma"))
        controls = {**measured, **grids, **budget, **pairs, "scope": scope, **least, **abilities}
        for name in ("min_ratings", *(READING if abilities else ())):
            controls.setdefault(name, _Unshown(value=first[name]))
        rows = [
            *measured.values(),
            *least.values(),
            *fold,
            *(_shown(name, grid) for name, grid in grids.items()),
            *budget.values(),
            scope,
            widgets.HBox(list(pairs.values()), layout=WRAP),
        ]
        controls["extra"] = _Unshown(value=())
        super().__init__(self._view, controls, rows, gamma_note(project), helps, self.large)

    def scenario(self) -> Scenario:
        """What the controls say, as what differs from the project."""
        return scenario_of(self.plans.project, self.settings, self.plans.scope)

    def take(self, scenario: Scenario) -> None:
        """Set every control to what a scenario says."""
        values = settings_of(self.plans.project, scenario, self.plans.scope)
        for name, control in self.controls.items():
            if name in ("gamma", "min_ratings", "level") and hasattr(control, "max"):
                control.min = min(control.min, values[name])
                control.max = max(control.max, values[name])
            elif isinstance(control, NumberGrid):
                control.widen(values[name])
        self._set({name: values[name] for name in self.controls})

    def _view(self, settings: Mapping[str, Any], start: View | None) -> View:
        plans = self.plans
        scenario = scenario_of(plans.project, settings, plans.scope)
        answer = plans.answer(scenario)
        view = plan_view(plans, scenario, start, self.large)
        if answer.status == "infeasible" and not self.large:
            left_out = left_out_line(plans.project, scenario)
            why = [
                str(explain_infeasible(answer.problem, _PATIENCE)),
                *([left_out] if left_out else []),
            ]
            return replace(view, problem="\n".join(why))
        if view.problem:
            return view
        changed = f"Changed: {'; '.join(scenario.words(plans.project)) or 'nothing'}."
        return replace(view, body=paragraphs([changed]) + view.body)

    def _changed(self, _: object = None) -> None:
        if not self.busy:
            super()._changed()
            self.after()


def _measure(project: Project) -> dict[str, Any]:
    """Controls of what Q is made of; none where it is given ready-made."""
    if project.given_qualification is not None:
        return {}
    weights = WeightSliders(sources_of(project, "the bench").criteria_weights)
    names = [slider.description for slider in weights.sliders]
    gamma = float_slider("γ, weight of He", project.gamma, 0, max(1.0, project.gamma), 0.05, names)
    return {"gamma": gamma, "weights": weights}


def _budget_field(first: Mapping[str, Any]) -> dict[str, Any]:
    """A field for what all may cost together, where the project has costs."""
    if "budget" not in first:
        return {}
    text = "budget"
    return {
        text: EmptyNumber(text, first[text], "what all pairs together may cost; empty: no bound")
    }


def _tasks_grid(project: Project, tasks: Sequence[str], value: list[list[float]]) -> Any:
    """The table of what tasks need, weigh and ask."""
    ends: list[Any] = [] if project.demand is None else list(project.demand.columns)
    columns = task_columns(project)
    title = (
        "What each task needs, weighs in ρ, and asks"
        if ends
        else "What each task needs, and weighs in ρ"
    )
    return _grid(title, tasks, columns, value, [f"{name} {end} (0 to 1)" for name, end in ends])


def _grid(
    title: str,
    rows: Sequence[str],
    columns: Sequence[Column],
    value: list[list[Any]],
    shares: Sequence[str] = (),
) -> Any:
    """A table of numbers, shares last; a value alone where it would be too large."""
    headings = [*(column.heading for column in columns), *shares]
    if len(rows) * len(headings) > _CELLS:
        return _Unshown(value=value)
    more = len(shares)
    grid = NumberGrid(
        rows=list(rows), columns=headings, title=title, least=[0.0] * len(headings),
        most=[*(column.most for column in columns), *[1.0] * more],
        step=[*(1.0 if column.whole else 0.1 for column in columns), *[0.01] * more],
        empty=[*(column.empty for column in columns), *[False] * more],
    )  # fmt: skip
    grid.widen(value)
    grid.value = value
    return grid


def _shown(name: str, grid: Any) -> Any:
    """A table, or where it has too many numbers a sentence."""
    if isinstance(grid, NumberGrid):
        return grid
    what = {"tasks": "what tasks need, weigh and ask", "workers": "what workers take and have"}
    return sentence(f"More than {_CELLS:,} numbers: {what[name]} is changed in the files.")
