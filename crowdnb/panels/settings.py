"""Settings of a panel as a scenario and back: the one way from controls to a problem.

A panel's settings are plain values by name. The table of tasks has a row for each: what it needs, what
it weighs, and the ends of what it asks, criterion by criterion; conflicts are positions, as
:class:`crowdnb.panels.grids.ConflictGrid` has them. What differs from the project becomes a
:class:`crowdnb.Scenario`, and that makes the :class:`crowdnb.Problem`, as for files, the command
and the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import HE_TO_EN, TABLE_GAMMA
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario

# Kinds of changes that only repairs make, which have no control of their own.
_EXTRA = {"limit": "limits", "added": "added", "conflict": "conflicts", "exclusion": "exclusions"}


def settings_of(project: Project, scenario: Scenario, scope: str = "project") -> dict[str, Any]:
    """Values of the controls for a scenario that fits the project."""
    workers, tasks = project.workers, project.required.index
    weights = {**project.weights_by_criterion, **scenario.weights}
    given = project.task_weights if project.task_weights is not None else pd.Series(1.0, tasks)
    need, weigh = {**project.required, **scenario.required}, {**given, **scenario.task_weights}
    demand = pd.DataFrame(index=tasks)
    if project.demand is not None:
        demand = scenario.intervals(project)[1]
    between, barred = project.worker_conflicts.copy(), project.task_conflicts.copy()
    extra: list[Any] = [
        ("limit", worker, times) for worker, times in scenario.limits.items() if times != 1
    ]
    extra += [("added", worker, times) for worker, times in scenario.added.items() if times]
    for (one, other), value in scenario.conflicts.items():
        if one in workers and other in workers:
            between.loc[one, other] = between.loc[other, one] = value
        else:
            extra.append(("conflict", (one, other), value))
    for (worker, task), value in scenario.exclusions.items():
        if worker in workers:
            barred.loc[worker, task] = value
        else:
            extra.append(("exclusion", (worker, task), value))
    return {
        "gamma": scenario.gamma_of(project),
        "weights": tuple(weights[name] for name in project.criteria),
        "tasks": [
            [float(need[task]), float(weigh[task]), *asks]
            for task, asks in zip(
                tasks, demand.loc[tasks].to_numpy(dtype=float).tolist(), strict=True
            )
        ],
        "worker_conflicts": np.argwhere(np.tril(between.to_numpy(), -1)).tolist(),
        "task_conflicts": np.argwhere(barred.to_numpy()).tolist(),
        "scope": scenario.scope or scope,
        "min_ratings": scenario.min_ratings_of(project),
        "extra": tuple(extra),
    }


def scenario_of(project: Project, settings: Mapping[str, Any], scope: str = "project") -> Scenario:
    """What the values of the controls change in the project."""
    first = settings_of(project, Scenario(), scope)
    changed: dict[str, Any] = _task_changes(project, settings["tasks"], first["tasks"])
    if settings["gamma"] != first["gamma"]:
        changed["gamma"] = settings["gamma"]
    if settings["min_ratings"] != first["min_ratings"]:
        changed["min_ratings"] = settings["min_ratings"]
    if settings["scope"] != scope:
        changed["scope"] = settings["scope"]
    if settings["weights"] != first["weights"]:
        criteria = project.criteria
        changed["weights"] = dict(zip(criteria, settings["weights"], strict=True))

    workers, tasks = project.workers, project.required.index
    for name, field, others in (
        ("worker_conflicts", "conflicts", workers),
        ("task_conflicts", "exclusions", tasks),
    ):
        now, was = ({tuple(pair) for pair in values[name]} for values in (settings, first))
        changed[field] = {(workers[i], others[k]): int((i, k) in now) for i, k in sorted(now ^ was)}
    for kind, who, value in settings["extra"]:
        changed.setdefault(_EXTRA[kind], {})[who] = value
    return Scenario("", **changed)


def _task_changes(
    project: Project, rows: Sequence[Sequence[float]], first: Sequence[Sequence[float]]
) -> dict[str, Any]:
    """What a table of tasks changes: needs, weights and demands, by label."""
    changed: dict[str, Any] = {"required": {}, "task_weights": {}, "demand": {}}
    columns: list[Any] = [] if project.demand is None else list(project.demand.columns)
    ends = {
        criterion: [2 + columns.index((criterion, end)) for end in ("low", "high")]
        for criterion in project.criteria
    }
    for task, row, was in zip(project.required.index, rows, first, strict=True):
        if row[0] != was[0]:
            changed["required"][task] = int(row[0])
        if row[1] != was[1]:
            changed["task_weights"][task] = row[1]
        for criterion, (low, high) in ends.items():
            if (row[low], row[high]) != (was[low], was[high]):
                changed["demand"][task, criterion] = (row[low], row[high])
    return changed


def gamma_note(project: Project) -> str:
    """What is assumed of γ where only intervals are known; empty where histories are."""
    if project.counts is not None:
        return ""
    return (
        "Only intervals are known here, no histories. When γ moves, the centre of each interval is"
        f" kept and its half-width is taken as En + γ·He with He = {HE_TO_EN:g} En, starting from"
        f" γ = {TABLE_GAMMA:g}."
    )
