"""One scenario: what differs from a project's files, in numbers, in words and as a file holds it.

It holds only the differences, so it stays true to the files when they change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from numbers import Integral
from typing import Any, get_args

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import ability_intervals, moved_intervals
from crowdnb.ability.qualification import qualification
from crowdnb.labels import (
    listing,
    natural_key,
    needs,
    number,
    one_of,
    same_labels,
    several,
    shown,
    text_of,
    whole,
)
from crowdnb.model.changes import Item, apply
from crowdnb.model.moves import position
from crowdnb.model.problem import MOST, Problem, Scope, needed
from crowdnb.project.record import Project

GIVEN = "as given"  # the project's own files, before any scenario
# workers that a scenario adds: for each two of all workers a problem has a byte
MOST_ADDED = 10_000
PAIRED = ("demand", "conflicts", "exclusions")  # what a scenario says of pairs of labels
MAPPINGS = ("weights", "required", "task_weights", *PAIRED, "limits", "added")
# What a repair changes, and whom its labels name.
CHANGED = {
    "conflict": ("worker", "worker"),
    "exclusion": ("worker", "task"),
    "place": ("task",),
    "limit": ("worker",),
    "worker": ("worker",),
}


Pair = tuple[str, str]


class ScenarioError(ValueError):
    """A scenario does not fit its project, or a file holds no scenarios that can be read."""


@dataclass(frozen=True)
class Scenario:
    """What differs from a project's files; whatever is not named stays as it is there.

    Attributes
    ----------
    name : str
    gamma : float, optional
        Influence of He, ≥ 0.
    scope : {"project", "task"}, optional
        What a conflict between workers means.
    weights : mapping of criterion to float
        All criteria, summing to 1, or none.
    required, task_weights : mapping of task to number
    demand : mapping of (task, criterion) to (low, high)
    conflicts : mapping of (worker, worker) to 1 or 0
        1 puts two workers in conflict, 0 lifts theirs.
    exclusions : mapping of (worker, task) to 1 or 0
        1 bars the worker from the task, 0 allows it.
    limits : mapping of worker to int
        Tasks that the worker may take, 1 when not given.
    added : mapping of worker to int
        So many more workers with the same Q and C^R as this one: "like a3", "like a3 (2)".

    Raises
    ------
    ScenarioError, ValueError
        A value breaks its rule, or an argument is of another kind.
    """

    name: str = ""
    gamma: float | None = None
    scope: Scope | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    required: Mapping[str, int] = field(default_factory=dict)
    task_weights: Mapping[str, float] = field(default_factory=dict)
    demand: Mapping[Pair, tuple[float, float]] = field(default_factory=dict)
    conflicts: Mapping[Pair, int] = field(default_factory=dict)
    exclusions: Mapping[Pair, int] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"scenario {self.name!r}" if text_of(self.name, "name") else "the settings"
        for name in MAPPINGS:
            if not isinstance(values := getattr(self, name), Mapping):
                raise ScenarioError(f"{where}, {name}: a mapping is needed, got {shown(values)}")
            for label in values:
                _check_label(label, name, where)
        conflicts = {
            tuple(sorted(pair, key=natural_key)): value for pair, value in self.conflicts.items()
        }
        object.__setattr__(self, "conflicts", conflicts)

        def rule(what: str, value: object, holds: Callable[[float], bool], asked: str) -> None:
            if not (math.isfinite(number(value)) and holds(number(value))):
                raise ScenarioError(f"{where}: {what} is {shown(value)}; {asked} is needed")

        def count(what: str, value: float, asked: str) -> None:
            rule(what, value, lambda value: value.is_integer() and value >= 0, asked)
            if value > MOST:
                raise ScenarioError(
                    f"{where}: {what} is {value:,.0f}; at most {MOST:,.0f} can be asked for"
                )

        if self.gamma is not None:
            rule("gamma", self.gamma, lambda value: value >= 0, "a number of at least 0")
        if self.scope is not None and not (
            isinstance(self.scope, str) and self.scope in get_args(Scope)
        ):
            raise ScenarioError(
                f"{where}: the scope is {shown(self.scope)}; project or task is needed"
            )
        for criterion, value in self.weights.items():
            rule(
                f"the weight of {criterion}",
                value,
                lambda value: value >= 0,
                "a number of at least 0",
            )
        if self.weights and abs(math.fsum(self.weights.values()) - 1) > 1e-6:
            raise ScenarioError(
                f"{where}: the weights sum to {math.fsum(self.weights.values()):.9g} and must sum"
                " to 1"
            )
        for task, value in self.required.items():
            count(f"what {task} needs", value, "a whole number of workers")
        for task, value in self.task_weights.items():
            rule(f"what {task} weighs", value, lambda value: value >= 0, "a number of at least 0")
        for (task, criterion), ends in self.demand.items():
            if not isinstance(ends, list | tuple | np.ndarray) or len(ends) != 2:
                raise ScenarioError(
                    f"{where}: what {task} asks of {criterion} is {shown(ends)}; [low, high] is"
                    " needed"
                )
            for value in ends:
                rule(
                    f"what {task} asks of {criterion}",
                    value,
                    lambda value: 0 <= value <= 1,
                    "a number from 0 to 1",
                )
            if ends[0] > ends[1]:
                raise ScenarioError(
                    f"{where}: {task} asks {criterion} from {ends[0]:g} to {ends[1]:g}; low is"
                    " above high"
                )
        for what, pairs in (("conflict", self.conflicts), ("exclusion", self.exclusions)):
            for (one, other), value in pairs.items():
                rule(
                    f"the {what} of {one} and {other}",
                    value,
                    lambda value: value in (0, 1),
                    "0 or 1",
                )
                if one == other and what == "conflict":
                    raise ScenarioError(f"{where}: worker {one} is in conflict with itself")
        for worker, value in self.limits.items():
            count(f"the limit of {worker}", value, "a whole number of tasks")
        for worker, value in self.added.items():
            count(f"how many are added like {worker}", value, "a whole number of workers")
        if sum(self.added.values()) > MOST_ADDED:
            raise ScenarioError(
                f"{where}: {sum(self.added.values()):,} workers are added, and at most"
                f" {MOST_ADDED:,} can be"
            )
        if self.gamma is not None:
            object.__setattr__(self, "gamma", _as_json(self.gamma))
        for name in MAPPINGS:
            values = {
                label: tuple(map(_as_json, value)) if name == "demand" else _as_json(value)
                for label, value in getattr(self, name).items()
            }
            object.__setattr__(self, name, values)

    def problem(
        self, project: Project, scope: Scope = "project", q: pd.DataFrame | None = None
    ) -> Problem:
        """The problem that the project becomes; ``q`` is Q, if it is known already.

        Raises
        ------
        ScenarioError
            A label is not the project's.
        """
        self._known(needs(project, Project, "project"))
        one_of(scope, get_args(Scope), "scope")
        workers = project.ability.index
        exclusions = _with(project.task_conflicts, self._of(self.exclusions, workers))
        between = _with(project.worker_conflicts, self._of(self.conflicts, workers), symmetric=True)
        required = {**project.required, **self.required}
        weighs = (
            None
            if project.task_weights is None and not self.task_weights
            else _task_weights(project, self)
        )
        if q is not None:
            same_labels(needs(q, pd.DataFrame, "q").index, workers.rename("worker"), "q, rows")
            same_labels(q.columns, project.required.index.rename("task"), "q, columns")
        q = self.qualification(project) if q is None else q
        problem = Problem(q, required, weighs, exclusions, between, self.scope or scope)
        if self.added:
            problem = apply(
                problem,
                tuple((("worker", like), times) for like, times in self.added.items() if times),
            )
            problem = problem.changed(
                task_conflicts=_with(problem.task_conflicts, self.exclusions),
                worker_conflicts=_with(problem.worker_conflicts, self.conflicts, symmetric=True),
            )
        if self.limits:
            problem = problem.changed(
                worker_limits={**dict.fromkeys(problem.workers, 1), **self.limits}
            )
        return problem

    def intervals(self, project: Project) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Ability and demand of the project's own workers and tasks, with this γ and these demands."""
        ability, demand = needs(project, Project, "project").ability, project.demand
        if self.gamma is not None and self.gamma != project.gamma:
            if project.counts is None:
                ability = moved_intervals(project.ability, self.gamma)
            else:
                ability = ability_intervals(project.counts, self.gamma)
        if self.demand:
            demand = demand.copy()
            for (task, criterion), ends in self.demand.items():
                demand.loc[task, [(criterion, "low"), (criterion, "high")]] = ends
        return ability, demand

    def qualification(self, project: Project) -> pd.DataFrame:
        """Q of the project's own workers, with this γ, these weights and these demands."""
        q = qualification(*self.intervals(project), self.weights or project.criteria_weights)
        return q.reindex(index=project.ability.index, columns=project.required.index)

    def words(self, project: Project) -> list[str]:
        """What differs from the project, a sentence's part each; what comes to the same is left out."""
        said = []
        needs(project, Project, "project")
        if self.gamma is not None and self.gamma != project.gamma:
            assumed = " (assumed, since no histories are known)" if project.counts is None else ""
            said.append(f"γ {project.gamma:g} → {self.gamma:g}{assumed}")
        if self.scope == "task":
            said.append("a conflict bars two workers from one task only")
        given: Mapping[Any, float] = project.criteria_weights.to_dict()
        weighed = _task_weights(project, None)
        parts = [
            (f"weight of {name}", given.get(name), value) for name, value in self.weights.items()
        ]
        parts += [
            (f"{task} needs", project.required.get(task), value)
            for task, value in self.required.items()
        ]
        parts += [
            (f"{task} weighs", weighed.get(task), value)
            for task, value in self.task_weights.items()
        ]
        said += [
            f"{what} {_short(old)} → {_short(new)}"
            for what, old, new in parts
            if _short(old) != _short(new)
        ]
        for (task, criterion), ends in self.demand.items():
            there = task in project.demand.index and criterion in given
            row: Mapping[Any, float] = project.demand.loc[task].to_dict() if there else {}
            old = (row.get((criterion, "low"), math.nan), row.get((criterion, "high"), math.nan))
            if old != tuple(ends):
                said.append(
                    f"{task} asks {criterion} {old[0]:g} to {old[1]:g} → {ends[0]:g} to {ends[1]:g}"
                )
        for (one, other), value in self.conflicts.items():
            if value != _cell(project.worker_conflicts, one, other):
                said.append(
                    f"{one} and {other} in conflict"
                    if value
                    else f"conflict of {one} and {other} lifted"
                )
        for (worker, task), value in self.exclusions.items():
            if value != _cell(project.task_conflicts, worker, task):
                said.append(
                    f"{worker} barred from {task}" if value else f"{worker} may take {task}"
                )
        said += [
            f"{worker} may take {value} tasks"
            for worker, value in self.limits.items()
            if value != 1
        ]
        said += [
            f"{value} more worker{'s' * (value > 1)} like {worker}"
            for worker, value in self.added.items()
            if value
        ]
        return said

    def repaired(self, changes: Sequence[tuple[Item, int]], problem: Problem) -> Scenario:
        """The scenario with the changes of a :class:`crowdnb.explain.repairs.Repair` of its ``problem`` made too."""
        index = {"worker": needed(problem).workers, "task": problem.tasks}
        kept: dict[str, Any] = {
            name: dict(getattr(self, name))
            for name in ("conflicts", "exclusions", "required", "limits", "added")
        }
        for change in several(changes, "changes"):
            if (
                not isinstance(change, tuple)
                or len(change) != 2
                or not isinstance(change[0], tuple)
                or not change[0]
            ):
                like = "(('place', 'r0'), 1)"
                raise ValueError(
                    f"changes: pairs of what changes and how often, as {like}, are needed, got"
                    f" {shown(change)}"
                )
            (kind, *labels), times = change[0], whole(change[1], "changes: how often")
            if not isinstance(kind, str) or kind not in CHANGED:
                raise ScenarioError(f"changes: a scenario cannot hold the change {shown(kind)}")
            if len(labels) != len(CHANGED[kind]):
                raise ValueError(
                    f"changes: a {kind} has {len(CHANGED[kind])} labels, got {shown(change[0])}"
                )
            for label, what in zip(labels, CHANGED[kind], strict=True):
                position(index[what], label, f"changes: {what}")
            names = [str(label) for label in labels]
            match kind:
                case "conflict":
                    kept["conflicts"][tuple(sorted(names, key=natural_key))] = 0
                case "exclusion":
                    kept["exclusions"][tuple(names)] = 0
                case "place":
                    kept["required"][names[0]] = int(problem.required.to_dict()[labels[0]]) - times
                case "limit":
                    kept["limits"][names[0]] = (
                        int(problem.worker_limits.to_dict()[labels[0]]) + times
                    )
                case "worker":
                    root = self.roots.get(names[0], names[0])
                    kept["added"][root] = kept["added"].get(root, 0) + times
        return replace(self, **kept)

    @property
    def roots(self) -> dict[str, str]:
        """Added workers and whom each is like."""
        return {
            f"like {like}" + (f" ({k})" if k > 1 else ""): like
            for like, times in self.added.items()
            for k in range(1, int(times) + 1)
        }

    @staticmethod
    def _of(pairs: Mapping[Pair, int], workers: pd.Index[Any]) -> dict[Pair, int]:
        """Pairs whose first is one of the project's workers; the others speak of added ones."""
        return {pair: value for pair, value in pairs.items() if pair[0] in workers}

    def _known(self, project: Project) -> None:
        """ScenarioError names the first label that is not the project's."""
        tasks, criteria = set(project.required.index), set(project.criteria_weights.index)
        workers, roots = set(project.ability.index), self.roots
        everyone = workers | set(roots)

        def ask(what: str, labels: Sequence[str], known: set[Any]) -> None:
            for label in labels:
                if label not in known:
                    raise ScenarioError(
                        f"scenario {self.name!r}: {what} {label!r} is unknown in this project"
                    )

        ask("worker", list(self.added), workers)
        if taken := workers & set(roots):
            raise ScenarioError(
                f"scenario {self.name!r}: the project has a worker {listing(taken)} already"
            )
        ask("criterion", [*self.weights, *(criterion for _, criterion in self.demand)], criteria)
        if self.weights and (lacking := criteria - set(self.weights)):
            raise ScenarioError(
                f"scenario {self.name!r}: the weight of {listing(lacking)} is missing"
            )
        ask("task", [*self.required, *self.task_weights, *(task for task, _ in self.demand)], tasks)
        ask("task", [task for _, task in self.exclusions], tasks)
        ask("worker", [*self.limits, *(worker for worker, _ in self.exclusions)], everyone)
        ask("worker", [worker for pair in self.conflicts for worker in pair], everyone)

    def as_json(self) -> dict[str, Any]:
        """The differences as the file holds them."""

        def nested(pairs: Mapping[Pair, Any]) -> dict[str, dict[str, Any]]:
            rows: dict[str, dict[str, Any]] = {}
            for (one, other), value in pairs.items():
                rows.setdefault(one, {})[other] = value
            return rows

        def lists(pairs: Mapping[Pair, int], yes: str, no: str) -> dict[str, list[list[str]]]:
            sides = {yes: [list(pair) for pair, value in pairs.items() if value]}
            sides[no] = [list(pair) for pair, value in pairs.items() if not value]
            return {side: members for side, members in sides.items() if members}

        whole = {
            "name": self.name,
            "gamma": self.gamma,
            "scope": self.scope,
            "weights": dict(self.weights),
            "required": dict(self.required),
            "task_weights": dict(self.task_weights),
            "demand": nested({pair: list(ends) for pair, ends in self.demand.items()}),
            "conflicts": lists(self.conflicts, "add", "lift"),
            "exclusions": lists(self.exclusions, "bar", "allow"),
            "limits": dict(self.limits),
            "added": dict(self.added),
        }
        return {
            name: value
            for name, value in whole.items()
            if name == "name" or value not in (None, {})
        }

    @classmethod
    def from_json(cls, data: Any, where: str) -> Scenario:
        """Read what :meth:`as_json` gives; ScenarioError says in words what is wrong."""
        text_of(where, "where")
        names = [item.name for item in fields(cls)]
        held = entries(data, where, names)
        if not isinstance(held.get("name"), str):
            raise ScenarioError(f"{where}: a name in quotes is needed")
        where = f"{where} ({held['name']!r})"
        for name in ("weights", "required", "task_weights", "limits", "added"):
            held[name] = entries(held.get(name, {}), f"{where}, {name}")
        demand = {}
        for task, row in entries(held.get("demand", {}), f"{where}, demand").items():
            for criterion, ends in entries(row, f"{where}, demand of {task}").items():
                if not isinstance(ends, list) or len(ends) != 2:
                    raise ScenarioError(
                        f"{where}, demand of {task}: {criterion} must be two numbers, [low, high]"
                    )
                demand[task, criterion] = tuple(ends)
        held["demand"] = demand
        for name, sides in (
            ("conflicts", {"add": 1, "lift": 0}),
            ("exclusions", {"bar": 1, "allow": 0}),
        ):
            pairs: dict[Pair, int] = {}
            for side, members in entries(
                held.get(name, {}), f"{where}, {name}", list(sides)
            ).items():
                good = isinstance(members, list) and all(
                    isinstance(pair, list)
                    and len(pair) == 2
                    and all(isinstance(label, str) for label in pair)
                    for pair in members
                )
                if not good:
                    raise ScenarioError(
                        f"{where}, {name}, {side}: a list of pairs of labels in quotes is needed"
                    )
                pairs |= {tuple(pair): sides[side] for pair in members}
            held[name] = pairs
        try:
            return cls(**held)
        except ScenarioError as error:
            raise ScenarioError(f"{where.split(', ')[0]}: {error}") from None


def entries(data: Any, where: str, known: Sequence[str] | None = None) -> dict[str, Any]:
    """An object of a file's JSON as a mapping; ScenarioError where it is none, or a name is not known."""
    if not isinstance(data, dict):
        raise ScenarioError(f"{where}: entries by name, in braces, are needed; got {shown(data)}")
    for name in data:
        if known is not None and name not in known:
            raise ScenarioError(
                f"{where}: {name!r} is not known here; known are {listing(known, 20)}"
            )
    return dict(data)


def _check_label(label: Any, name: str, where: str) -> None:
    """ScenarioError unless a field's key is a label, or a pair of them where the field is about pairs."""
    if name in PAIRED and (not isinstance(label, tuple) or len(label) != 2):
        raise ScenarioError(f"{where}, {name}: {shown(label)} is not a pair of labels")
    for one in label if name in PAIRED else (label,):
        if isinstance(one, tuple) or pd.isna(one):
            raise ScenarioError(f"{where}, {name}: {shown(one)} cannot be a label")


def _as_json(value: Any) -> int | float:
    """A number as JSON can hold it."""
    if isinstance(value, Integral):
        return int(value)
    return number(value)


def _short(value: object) -> str:
    return "?" if value is None else f"{number(value):.4g}"


def _cell(frame: pd.DataFrame, row: Hashable, column: Hashable) -> int:
    """A cell of a 0/1 frame; 0 for labels that it does not have."""
    there = row in frame.index and column in frame.columns
    return int(frame.at[row, column]) if there else 0  # type: ignore[arg-type]


def _with(frame: pd.DataFrame, cells: Mapping[Pair, int], symmetric: bool = False) -> pd.DataFrame:
    """A 0/1 frame with other values in some cells, those of labels that it has."""
    frame = frame.copy()
    for (row, column), value in cells.items():
        if row in frame.index and column in frame.columns:
            frame.at[row, column] = value
            if symmetric:
                frame.at[column, row] = value
    return frame


def _task_weights(project: Project, scenario: Scenario | None) -> dict[Any, float]:
    given = (
        project.task_weights
        if project.task_weights is not None
        else pd.Series(1.0, project.required.index)
    )
    return {**given, **({} if scenario is None else scenario.task_weights)}


def a_scenario(scenario: object) -> Scenario:
    """The scenario; ValueError where it is none."""
    if not isinstance(scenario, Scenario):
        raise ValueError(
            f"scenario: a Scenario, or the name of one, is needed, got {shown(scenario)}"
        )
    return scenario
