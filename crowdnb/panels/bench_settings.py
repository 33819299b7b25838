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
from crowdnb.panels.assignment import min_ratings_field, plan_view
from crowdnb.panels.controls import WRAP, WeightSliders, float_slider, sentence
from crowdnb.panels.grids import NumberGrid, conflict_controls
from crowdnb.panels.panel import Panel, View
from crowdnb.panels.settings import gamma_note, scenario_of, settings_of
from crowdnb.project.histories import left_out_line
from crowdnb.project.record import Project, sources_of
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios

_CELLS = 2000  # of the table of tasks, beyond which a page takes long to show it
_NEEDS, _WEIGHS = "needs (persons)", "weighs (no unit)"


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
        weights = WeightSliders(sources_of(project, "the bench").criteria_weights)
        names = [slider.description for slider in weights.sliders]
        most = max(1.0, project.gamma)
        gamma = float_slider("γ, weight of He", project.gamma, 0, most, 0.05, names)
        grid, pairs = (
            _tasks_grid(project, tasks, first["tasks"]),
            conflict_controls(workers, tasks, first, self.large),
        )
        scope = widgets.Dropdown(
            options=[("not both in the project", "project"), ("not both on one task", "task")],
            value=plans.scope, description="a conflict means",
            style={"description_width": "190px"},
            layout=widgets.Layout(width="420px", max_width="100%"),
            tooltip="what a conflict between two workers forbids",
        )  # fmt: skip
        least = min_ratings_field(project)
        controls = {"gamma": gamma, "weights": weights, "tasks": grid, **pairs, "scope": scope}
        controls |= least or {"min_ratings": _Unshown(value=project.min_ratings)}
        if isinstance(grid, _Unshown):
            grid = sentence(
                f"More than {_CELLS:,} numbers: what tasks need, weigh and ask is changed in the"
                " files."
            )
        rows = [
            gamma,
            weights,
            *least.values(),
            grid,
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
        for name in ("gamma", "min_ratings"):
            if hasattr(self[name], "max"):
                self[name].max = max(self[name].max, values[name])
        self._set(values)

    def _view(self, settings: Mapping[str, Any], start: View | None) -> View:
        plans = self.plans
        scenario = scenario_of(plans.project, settings, plans.scope)
        answer = plans.answer(scenario)
        view = plan_view(plans, scenario, start, self.large)
        if answer.status == "infeasible" and not self.large:
            left_out = left_out_line(plans.project, scenario)
            why = [str(explain_infeasible(answer.problem)), *([left_out] if left_out else [])]
            return replace(view, problem="\n".join(why))
        if view.problem:
            return view
        changed = f"Changed: {'; '.join(scenario.words(plans.project)) or 'nothing'}."
        return replace(view, body=paragraphs([changed]) + view.body)

    def _changed(self, _: object = None) -> None:
        if not self.busy:
            super()._changed()
            self.after()


def _tasks_grid(project: Project, tasks: Sequence[str], value: list[list[float]]) -> Any:
    """The table of what tasks need, weigh and ask; a value alone where it would be too large."""
    ends: list[Any] = [] if project.demand is None else list(project.demand.columns)
    asks = [f"{name} {end} (0 to 1)" for name, end in ends]
    columns = [_NEEDS, _WEIGHS, *asks]
    if len(tasks) * len(columns) > _CELLS:
        return _Unshown(value=value)
    most = max(len(project.workers), *(row[0] for row in value))
    heaviest = max(100.0, *(row[1] for row in value))
    return NumberGrid(
        rows=list(tasks), columns=columns, title="What each task needs, weighs in ρ, and asks",
        least=[0.0] * len(columns), most=[float(most), heaviest, *[1.0] * len(asks)],
        step=[1.0, 0.1, *[0.01] * len(asks)], value=value,
    )  # fmt: skip
