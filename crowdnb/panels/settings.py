"""Settings of a panel as a scenario and back: the one way from controls to a problem.

A panel's settings are plain values by name. The table of tasks has a row for each: what it needs, what
it weighs, and the ends of what it asks, criterion by criterion; conflicts are positions, as
:class:`crowdnb.panels.grids.ConflictGrid` has them. What differs from the project becomes a
:class:`crowdnb.Scenario`, and that makes the :class:`crowdnb.Problem`, as for files, the command
and the page.

What binds beyond the paper has a control where the project has such a rule, and there alone:
columns of the table of tasks, a table of workers, pairs that stay, tasks that overlap, a budget.
What has no control, such as what a repair changed, is among ``extra``: setting, label, value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.ability.cloud import HE_TO_EN, TABLE_GAMMA
from crowdnb.labels import IntArray
from crowdnb.project.abilities import Reading
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.settings import OF_PAIRS, SETTINGS


class Column(NamedTuple):
    """A column of the table of tasks or of workers."""

    setting: str  # of a scenario
    heading: str
    most: float  # the largest number that can be typed
    usual: Any = None  # without an entry in the files; None is an empty cell

    @property
    def whole(self) -> bool:
        """Whether its numbers are integers."""
        return bool(getattr(SETTINGS[self.setting], "whole", False))

    @property
    def empty(self) -> bool:
        """Whether its cells may be empty."""
        return bool(getattr(SETTINGS[self.setting], "empty", False))

    def given(self, project: Project) -> dict[Any, Any]:
        """What the project gives, by label; the usual has no entry."""
        if self.setting == "required":
            return project.required.to_dict()
        if self.setting == "task_weights":
            return {} if project.task_weights is None else project.task_weights.to_dict()
        option = project.options.get(SETTINGS[self.setting].feeds)
        return {} if option is None else option[np.isfinite(option)].to_dict()


def task_columns(project: Project) -> list[Column]:
    """Columns of the table of tasks, before what each asks; needs and weights come first."""
    people = float(len(project.workers))
    columns = [
        Column("required", "needs (persons)", people),
        Column("task_weights", "weighs (no unit)", 100.0, 1),
    ]
    if "required_most" in project.options:
        columns.append(Column("most", "takes at most (persons)", people))
    if "missing_cost" in project.options:
        columns.append(Column("missing_costs", "an empty place costs (of ρ)", 100.0))
    return columns


def worker_columns(project: Project) -> list[Column]:
    """Columns of the table of workers; none where no rule is about single workers."""
    tasks, columns = float(len(project.tasks)), []
    rules = {"worker_limits", "worker_least", "capacities"} & set(project.options)
    if rules:
        columns.append(Column("limits", "at most (tasks; 0: away)", tasks, 1))
    if "worker_least" in rules:
        columns.append(Column("least", "at least (tasks)", tasks, 0))
    if "loads" in project.options and "capacities" in rules:
        columns.append(Column("capacities", "has (unit of the loads)", 1e6))
    return columns


def settings_of(project: Project, scenario: Scenario, scope: str = "project") -> dict[str, Any]:
    """Values of the controls for a scenario that fits the project."""
    workers, tasks = project.workers, project.required.index
    weights = {**project.weights_by_criterion, **scenario.weights}
    values: dict[str, Any] = {
        "gamma": scenario.gamma_of(project),
        "weights": tuple(weights[name] for name in project.criteria),
        "tasks": _rows(project, scenario, task_columns(project), tasks),
        "worker_conflicts": _pressed(
            project.worker_conflicts.to_numpy(), workers, workers, scenario.conflicts
        ),
        "task_conflicts": _pressed(
            project.task_conflicts.to_numpy(), workers, tasks, scenario.exclusions
        ),
        "scope": scenario.scope or scope,
        "min_ratings": scenario.min_ratings_of(project),
        **{name: getattr(scenario.reading_of(project), name) for name in READING},
    }
    if project.demand is not None:
        asks = scenario.intervals(project)[1].loc[tasks].to_numpy(dtype=float).tolist()
        values["tasks"] = [[*row, *ask] for row, ask in zip(values["tasks"], asks, strict=True)]
    if columns := worker_columns(project):
        values["workers"] = _rows(project, scenario, columns, workers)
    options = project.options
    if {"pinned", "keep_costs"} & set(options):
        table = _table(options.get("pinned"), workers, tasks)
        values["pinned"] = _pressed(table, workers, tasks, scenario.pinned)
    if "task_overlaps" in options:
        table = _table(options["task_overlaps"], tasks, tasks)
        values["task_overlaps"] = _pressed(table | table.T, tasks, tasks, scenario.overlaps)
    if "costs" in options:
        budget = options.get("budget") if scenario.budget is None else scenario.budget
        values["budget"] = None if budget in (None, math.inf) else float(budget)
    values["extra"] = tuple(_extra(project, scenario, values))
    return values


# How ratings are read, but for γ, which intervals without ratings have too.
READING = [name for name in Reading._fields if name != "gamma"]
# Pairs that have buttons: the control, the setting, and what its rows and columns are.
_PAIRS = {
    "worker_conflicts": ("conflicts", "worker", "worker"),
    "task_conflicts": ("exclusions", "worker", "task"),
    "pinned": ("pinned", "worker", "task"),
    "task_overlaps": ("overlaps", "task", "task"),
}


def _index(project: Project, what: str) -> pd.Index[Any]:
    return project.workers if what == "worker" else project.tasks


def _rows(
    project: Project, scenario: Scenario, columns: Sequence[Column], labels: pd.Index[Any]
) -> list[list[float | None]]:
    """One row per label: what the scenario sets in each column, or what the project gives."""
    cells = []
    for column in columns:
        held = {**column.given(project), **getattr(scenario, column.setting)}
        numbers = (held.get(label, column.usual) for label in labels)
        cells.append([None if number is None else float(number) for number in numbers])
    return [list(row) for row in zip(*cells, strict=True)]


def _table(
    pairs: pd.DataFrame | None, rows: pd.Index[Any], columns: pd.Index[Any]
) -> npt.NDArray[Any]:
    """Pairs of labels as a 0/1 table."""
    table = np.zeros((len(rows), len(columns)), dtype=bool)
    if pairs is None:
        return table
    at, to = (
        index.get_indexer(pd.Index(pairs.iloc[:, k])) for k, index in enumerate((rows, columns))
    )
    table[at, to] = True
    return table


def _pressed(
    table: npt.NDArray[Any],
    rows: pd.Index[Any],
    columns: pd.Index[Any],
    changed: Mapping[tuple[str, str], int],
) -> list[list[int]]:
    """Positions of a table's ones with a scenario's changes; of a symmetric one those below."""
    table, symmetric = table.copy(), rows is columns
    for (one, other), value in changed.items():
        if one in rows and other in columns:
            i, k = rows.get_loc(one), columns.get_loc(other)
            table[i, k] = value
            if symmetric:
                table[k, i] = value
    found: IntArray = np.argwhere(np.tril(table, -1) if symmetric else table)
    pressed: list[list[int]] = found.tolist()
    return pressed


def _extra(
    project: Project, scenario: Scenario, values: Mapping[str, Any]
) -> list[tuple[str, Any, Any]]:
    """What the scenario sets that no control of these says."""
    in_rows = {column.setting: project.tasks for column in task_columns(project)}
    in_rows |= {column.setting: project.workers for column in worker_columns(project)}
    extra: list[tuple[str, Any, Any]] = []
    for setting in ("limits", "least", "most", "missing_costs", "capacities"):
        shown = in_rows.get(setting, ())
        held = {key: value for key, value in getattr(scenario, setting).items() if key not in shown}
        extra += [
            (setting, key, value)
            for key, value in held.items()
            if (setting, value) != ("limits", 1)
        ]
    extra += [("added", who, times) for who, times in scenario.added.items() if times]
    for setting in ("quotas", *OF_PAIRS):
        extra += [(setting, key, value) for key, value in getattr(scenario, setting).items()]
    for name, (setting, row, column) in _PAIRS.items():
        rows, columns = _index(project, row), _index(project, column)
        extra += [
            (setting, pair, value)
            for pair, value in getattr(scenario, setting).items()
            if name not in values or pair[0] not in rows or pair[1] not in columns
        ]
    if scenario.budget is not None and "budget" not in values:
        extra.append(("budget", None, scenario.budget))
    return extra


def scenario_of(project: Project, settings: Mapping[str, Any], scope: str = "project") -> Scenario:
    """What the values of the controls change in the project; a control that is left out nothing."""
    first = settings_of(project, Scenario(), scope)
    settings = {**first, **settings}
    changed: dict[str, Any] = _demands(project, settings["tasks"], first["tasks"])
    for name, columns, labels in (
        ("tasks", task_columns(project), project.tasks),
        ("workers", worker_columns(project), project.workers),
    ):
        if name in first:
            changed |= _row_changes(columns, labels, settings[name], first[name])
    # by either rule the other's number means nothing
    idle = "gamma" if settings["ability"] == "posterior" else "level"
    for name in ("gamma", "min_ratings", "budget", *READING):
        if settings.get(name) != first.get(name) and name != idle:
            changed[name] = math.inf if settings[name] is None else settings[name]
    if settings["scope"] != scope:
        changed["scope"] = settings["scope"]
    if settings["weights"] != first["weights"]:
        changed["weights"] = dict(zip(project.criteria, settings["weights"], strict=True))
    for name, (field, row, column) in _PAIRS.items():
        if name in first:
            rows, columns_of = _index(project, row), _index(project, column)
            now, was = ({tuple(pair) for pair in values[name]} for values in (settings, first))
            changed[field] = {
                (rows[i], columns_of[k]): int((i, k) in now) for i, k in sorted(now ^ was)
            }
    for setting, key, value in settings["extra"]:
        if key is None:
            changed[setting] = value
        else:
            changed.setdefault(setting, {})[key] = value
    return Scenario("", **changed)


def _row_changes(
    columns: Sequence[Column],
    labels: pd.Index[Any],
    rows: Sequence[Sequence[float | None]],
    first: Sequence[Sequence[float | None]],
) -> dict[str, dict[Any, Any]]:
    """What a table changes, by setting and label."""
    return {
        column.setting: {
            label: row[at]
            for label, row, was in zip(labels, rows, first, strict=True)
            if row[at] != was[at]
        }
        for at, column in enumerate(columns)
    }


def _demands(
    project: Project, rows: Sequence[Sequence[float]], first: Sequence[Sequence[float]]
) -> dict[str, Any]:
    """What a table of tasks changes in the demands."""
    if project.demand is None:
        return {}
    before = len(task_columns(project))
    columns: list[Any] = list(project.demand.columns)
    ends = {
        criterion: [before + columns.index((criterion, end)) for end in ("low", "high")]
        for criterion in project.criteria
    }
    changed = {
        (task, criterion): (row[low], row[high])
        for task, row, was in zip(project.tasks, rows, first, strict=True)
        for criterion, (low, high) in ends.items()
        if (row[low], row[high]) != (was[low], was[high])
    }
    return {"demand": changed}


def gamma_note(project: Project) -> str:
    """What is assumed of γ where only intervals are known; empty where histories are, or Q is."""
    if project.counts is not None or project.given_qualification is not None:
        return ""
    return (
        "Only intervals are known here, no histories. When γ moves, the centre of each interval is"
        f" kept and its half-width is taken as En + γ·He with He = {HE_TO_EN:g} En, starting from"
        f" γ = {TABLE_GAMMA:g}."
    )
