"""Named variants of a project, side by side, kept in a file that a person can read.

A :class:`Scenario` holds only what differs from the project's files, so it stays true to them when
they change. The file is JSON: a format, a version, and the differences by label. It is written
whole or not at all (into a file beside it, which then takes its name), and one that is broken,
foreign, or changed by somebody else is never overwritten.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from numbers import Integral
from pathlib import Path
from typing import Any, Literal, get_args

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
    path_of,
    same_labels,
    several,
    shown,
    text_of,
    whole,
)
from crowdnb.model import moves
from crowdnb.model.assignment import Assignment
from crowdnb.model.changes import Item, apply
from crowdnb.model.moves import moves_text, position
from crowdnb.model.problem import MOST, Problem, Scope, needed
from crowdnb.project.files import (
    JSON_BYTES,
    TooLargeError,
    read_file,
    read_json,
    short,
    write_whole,
)
from crowdnb.project.folder import Project
from crowdnb.solver.program import Program, Search, optimum

FORMAT, VERSION = "crowdnb scenarios", 1
GIVEN = "as given"  # the project's own files, before any scenario
TAKE_TURNS = 20_000  # pairs of worker and task up to which tied optima are settled by labels
# scenarios in a file: each is solved for a page, which takes milliseconds to seconds
MOST_NAMED = 1000
# workers that a scenario adds: for each two of all workers a problem has a byte
MOST_ADDED = 10_000
REMEMBERED = 200  # answers, so that a long day of turning does not fill the memory

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
        held = _object(data, where, names)
        if not isinstance(held.get("name"), str):
            raise ScenarioError(f"{where}: a name in quotes is needed")
        where = f"{where} ({held['name']!r})"
        for name in ("weights", "required", "task_weights", "limits", "added"):
            held[name] = _object(held.get(name, {}), f"{where}, {name}")
        demand = {}
        for task, row in _object(held.get("demand", {}), f"{where}, demand").items():
            for criterion, ends in _object(row, f"{where}, demand of {task}").items():
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
            for side, members in _object(
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


def _object(data: Any, where: str, known: Sequence[str] | None = None) -> dict[str, Any]:
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


@dataclass(frozen=True, eq=False)
class Scenarios:
    """A project's scenarios in order, and the settings that have no name yet.

    Attributes
    ----------
    project : Project
    named : tuple of Scenario
    current : Scenario
        What is being tried, without a name.
    scope : {"project", "task"}
        What a conflict between workers means where a scenario does not say.
    solver, time_limit
        As for :func:`crowdnb.solve`.

    Raises
    ------
    ScenarioError, ValueError
        An argument is of another kind or breaks its rule; two scenarios have one name.

    Examples
    --------
    >>> import crowdnb as cn
    >>> plans = cn.Scenarios(cn.load_case_study()).keep("quarrel", conflicts={("a3", "a5"): 1})
    >>> plans.compare()["performance"].round(4).to_dict()
    {'as given': 2.6973, 'quarrel': 2.5695}
    >>> print(plans.compare().at["quarrel", "moves"])
    a1: idle → r3; a2: r3 → r1; a3: r0 → idle; a5: r1 → r0
    """

    project: Project
    named: tuple[Scenario, ...] = ()
    current: Scenario = field(default_factory=Scenario)
    scope: Scope = "project"
    solver: str | None = None
    time_limit: float | None = None

    def __post_init__(self) -> None:
        needs(self.project, Project, "project")
        named = tuple(needs(one, Scenario, "named") for one in several(self.named, "named"))
        if twice := [
            name for name, times in Counter(one.name for one in named).items() if times > 1
        ]:
            raise ScenarioError(
                f"named: the scenario {listing(map(repr, twice))} stands more than once"
            )
        if wrong := [one.name for one in named if not one.name.strip() or one.name == GIVEN]:
            raise ScenarioError(f"named: {wrong[0]!r} cannot be the name of a scenario")
        object.__setattr__(self, "named", named)
        needs(self.current, Scenario, "current")
        one_of(self.scope, get_args(Scope), "scope")
        check_options(self.solver, self.time_limit)

    @cached_property
    def _program(self) -> Program:
        return Program(Scenario().problem(self.project, self.scope), self.solver)

    @cached_property
    def _qualifications(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _answers(self) -> dict[str, Assignment]:
        return {}

    def keep(self, scenario: Scenario | str, **changes: Any) -> Scenarios:
        """With this scenario: a new one at the end, or in the place of one of the same name.

        Raises
        ------
        ScenarioError
            The name is empty, or "as given"; a value breaks its rule; a label is not the project's.
        """
        if unknown := [
            name
            for name in changes
            if name not in (known := [item.name for item in fields(Scenario)])
        ]:
            raise TypeError(
                f"keep(): no field {listing(unknown)}; there are {listing(known, len(known))}"
            )
        if isinstance(scenario, str):
            new = Scenario(**{"name": scenario, **changes})
        else:
            new = replace(_a_scenario(scenario), **changes)
        new = replace(new, name=new.name.strip())
        if not new.name or new.name == GIVEN or not new.name.isprintable():
            raise ScenarioError(
                f"name: {new.name!r} cannot be the name of a scenario; give another"
            )
        new._known(self.project)
        names = [one.name for one in self.named]
        if new.name in names:
            return self._but(
                named=tuple(new if one.name == new.name else one for one in self.named)
            )
        return self._but(named=(*self.named, new))

    def drop(self, name: str) -> Scenarios:
        """Without the scenario of this name."""
        self[name]
        return self._but(named=tuple(one for one in self.named if one.name != name))

    def at(self, current: Scenario) -> Scenarios:
        """With other settings being tried."""
        return self._but(current=replace(needs(current, Scenario, "current"), name=""))

    def _but(self, **changes: Any) -> Scenarios:
        """A copy that keeps what is compiled and solved already."""
        other = replace(self, **changes)
        for name in ("_program", "_answers", "_qualifications"):
            other.__dict__[name] = getattr(self, name)
        return other

    def __getitem__(self, name: str) -> Scenario:
        return find(self, text_of(name, "name"), "name")

    def problem(self, scenario: Scenario | str) -> Problem:
        """The problem of a scenario, or of the one of this name."""
        one = find(self, scenario)
        one._known(self.project)
        key = repr((one.gamma, sorted(one.weights.items()), sorted(one.demand.items())))
        if key not in self._qualifications:
            if len(self._qualifications) > REMEMBERED:
                self._qualifications.clear()
            self._qualifications[key] = one.qualification(self.project)
        return one.problem(self.project, self.scope, self._qualifications[key])

    def answer(self, scenario: Scenario | str) -> Assignment:
        """Its best assignment; of tied ones the first by labels, so that nobody is said to move who need not."""
        one = find(self, scenario)
        key = json.dumps(replace(one, name="").as_json(), sort_keys=True)
        if key not in self._answers:
            problem = self.problem(one)
            settle: Literal["labels"] | None = "labels" if problem.q.size <= TAKE_TURNS else None
            same = (
                not one.added
                and not one.limits
                and problem.conflict_scope == self._program.problem.conflict_scope
            )
            if same:
                values = {name: getattr(problem, name) for name in _VARIED}
                answer = self._program.optimum(
                    **values, time_limit=self.time_limit, tie_break=settle
                )
            else:
                answer = optimum(problem, self.solver, self.time_limit, settle)
            if len(self._answers) > REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer
        return self._answers[key]

    def as_given(self, scenario: Scenario | str) -> float:
        """ρ of a scenario's assignment by the Q and W of the project's files: one measure for all of them."""
        one = find(self, scenario)
        answer, given = self.answer(one), self._program.problem
        if answer.table is None:
            return math.nan
        like = pd.Index(
            [one.roots.get(worker, worker) for worker in answer.pairs["worker"]], dtype=object
        )
        at = given.tasks.get_indexer(pd.Index(answer.pairs["task"], dtype=object))
        return math.fsum(given.value[given.workers.get_indexer(like), at])

    def compare(self) -> pd.DataFrame:
        """A row a scenario, the project as given first.

        Returns
        -------
        DataFrame
            Index ``scenario``; columns ``performance`` (ρ, NaN without an assignment),
            ``difference`` (from the first, NaN unless both are proved the best), ``by given Q`` (ρ
            of its assignment by the Q and W of the files, so that scenarios with other weights, γ
            or demands can be compared), ``state``, ``moves`` (who does something else than in the
            first) and ``changes`` (what differs from the files).
        """
        rows = {}
        for one in [self[GIVEN], *self.named]:
            try:
                rows[one.name] = self._row(one)
            except ValueError as error:
                state = f"does not fit: {error}"
                rows[one.name] = [
                    math.nan,
                    math.nan,
                    math.nan,
                    state,
                    "",
                    "; ".join(one.words(self.project)),
                ]
        columns = ["performance", "difference", "by given Q", "state", "moves", "changes"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis(
            index="scenario"
        )

    def _row(self, one: Scenario) -> list[Any]:
        first, answer = self.answer(GIVEN), self.answer(one)
        state = {"optimal": "proved the best", "infeasible": "no assignment exists"}.get(
            answer.status, "not proved"
        )
        rho = answer.performance
        who = (
            "" if first.table is None or answer.table is None else moves_text(moved(first, answer))
        )
        who = "" if one.name == GIVEN else who
        proved = answer.status == first.status == "optimal"
        less = rho - first.performance if proved else math.nan
        return [rho, less, self.as_given(one), state, who, "; ".join(one.words(self.project))]

    def assignments(self) -> pd.DataFrame:
        """Who does what in each scenario: workers × scenarios; tasks, "idle", or "" where there is no such worker."""
        columns: dict[str, dict[Hashable, str]] = {}
        for one in [self[GIVEN], *self.named]:
            try:
                answer = self.answer(one)
            except ValueError:
                continue
            if answer.table is not None:
                columns[one.name] = {w: listing(t) or "idle" for w, t in tasks_of(answer).items()}
        everyone = list(
            dict.fromkeys(
                [*self.project.ability.index, *(w for own in columns.values() for w in own)]
            )
        )
        frame = pd.DataFrame(columns, index=pd.Index(everyone, name="worker"), dtype=object)
        return frame.fillna("").rename_axis(columns="scenario")

    def save(self, path: str | os.PathLike[str]) -> bytes:
        """Write the scenarios, all of the file or nothing; what was written is returned.

        Raises
        ------
        ScenarioError
            The file that is there holds no scenarios that can be read: it is left as it is.
        """
        path = path_of(path, "path")
        if path.is_file():  # a pipe or a terminal holds nothing that could be lost
            read_scenarios(path)
        text = json.dumps(self._whole(), indent=2, ensure_ascii=False)
        data = f"{re.sub(FLAT, _on_one_line, text)}\n".encode()
        write_whole(path, data)
        return data

    def _whole(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "saved": datetime.now(UTC).isoformat(timespec="seconds"),
            "project": fingerprint(self.project),
            "current": self.current.as_json(),
            "scenarios": [one.as_json() for one in self.named],
        }

    @classmethod
    def load(cls, project: Project, path: str | os.PathLike[str], **options: Any) -> Scenarios:
        """Read what :meth:`save` wrote. A scenario that does not fit the project any more is kept, and says so.

        Raises
        ------
        ScenarioError
            It is no such file, or broken: the message says where.
        """
        needs(project, Project, "project")
        held = read_scenarios(path_of(path, "path"))
        return cls(project, held[1], held[0], **options)


def check_options(solver: str | None, time_limit: float | None) -> None:
    """ValueError unless :func:`crowdnb.solve` takes them; the rules are those of its search, which does not start."""
    Search(Problem([[1.0]], [1]), solver, time_limit, None)


def find(plans: Scenarios, scenario: Scenario | str, what: str = "scenario") -> Scenario:
    """The scenario given, or the one of this name; ``what`` is how a message calls the argument."""
    if not isinstance(scenario, str):
        return _a_scenario(scenario)
    if scenario == GIVEN:
        return Scenario(GIVEN)
    for one in plans.named:
        if one.name == scenario:
            return one
    known = listing([GIVEN, *(one.name for one in plans.named)], 20)
    raise ScenarioError(f"{what}: there is no scenario {scenario!r}; there are {known}")


def _a_scenario(scenario: object) -> Scenario:
    if not isinstance(scenario, Scenario):
        raise ValueError(
            f"scenario: a Scenario, or the name of one, is needed, got {shown(scenario)}"
        )
    return scenario


_VARIED = ("qualification", "required", "task_weights", "task_conflicts", "worker_conflicts")
FLAT = re.compile(r"\[\n[^\[\]{}]*\]")  # a list without lists in it, such as a pair


def _on_one_line(found: re.Match[str]) -> str:
    inside = re.sub(r"\n *", " ", found[0][1:-1])
    return f"[{inside.strip()}]"


def read_scenarios(path: Path) -> tuple[Scenario, tuple[Scenario, ...], str]:
    """Settings, scenarios and the project's fingerprint of a file; ScenarioError says what is wrong with it."""
    try:
        data = read_json(path)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ScenarioError(f'{path.name} holds no scenarios: it does not say "format": "{FORMAT}"')
    if data.get("version") != VERSION:
        version = short(repr(data.get("version")))
        raise ScenarioError(
            f"{path.name} has version {version}; this crowdnb reads version {VERSION}"
        )
    held = _object(
        data, path.name, ["format", "version", "saved", "project", "current", "scenarios"]
    )
    listed = held.get("scenarios", [])
    if not isinstance(listed, list):
        raise ScenarioError(f"{path.name}, scenarios: a list in square brackets is needed")
    if len(listed) > MOST_NAMED:
        raise ScenarioError(
            f"{path.name} holds {len(listed):,} scenarios, and at most {MOST_NAMED:,} are read"
        )
    named = tuple(
        Scenario.from_json(one, f"{path.name}, scenario {at}") for at, one in enumerate(listed, 1)
    )
    for name, times in Counter(one.name for one in named).items():
        if times > 1:
            raise ScenarioError(f"{path.name}: the scenario {name!r} stands more than once")
        if not name.strip() or name == GIVEN:
            raise ScenarioError(f"{path.name}: {name!r} cannot be the name of a scenario")
    current = Scenario.from_json(
        {"name": "", **_object(held.get("current", {}), path.name)}, f"{path.name}, current"
    )
    return current, named, str(held.get("project", ""))


def tasks_of(answer: Assignment) -> dict[Hashable, tuple[Hashable, ...]]:
    """The tasks of every worker of an assignment."""
    return moves.tasks_of(
        answer.problem, np.empty((0, 2), dtype=int) if answer.placed is None else answer.placed
    )


def moved(first: Assignment, other: Assignment) -> pd.DataFrame:
    """Who does something else in the other assignment, whose workers may be more: worker, before, after."""
    return moves.changes(tasks_of(first), tasks_of(other))


def fingerprint(project: Project) -> str:
    """Sixteen hexadecimal digits that change when anything in the project does."""
    digest = hashlib.sha256()
    frames: list[Any] = [
        project.demand,
        project.criteria_weights,
        project.required,
        project.task_weights,
    ]
    frames += [project.task_conflicts, project.worker_conflicts]
    for frame in [project.ability if project.counts is None else project.counts, *frames]:
        if frame is not None:
            digest.update(repr([axis.tolist() for axis in frame.axes]).encode())
            digest.update(np.ascontiguousarray(frame.to_numpy(dtype=float)).tobytes())
        digest.update(b"|")
    return digest.hexdigest()[:16]


@dataclass
class Keeper:
    """Keeps scenarios on disk as they change, in a file that nobody else has touched.

    Attributes
    ----------
    path : Path
        Where they go: ``scenarios.json`` in the project's folder, or the first of
        ``scenarios_2.json`` and so on that can be written without losing anything.
    said : list of str
        What there is to tell: a file that could not be read, one that somebody else changed.
    """

    path: Path
    said: list[str] = field(default_factory=list)
    seen: bytes | None = None

    @classmethod
    def open(cls, source: Path, project: Project, **options: Any) -> tuple[Keeper, Scenarios]:
        """Where a project's scenarios are kept, and those kept there; nothing is written."""
        keeper = cls(place_of(source))
        while keeper.path.exists():
            try:
                current, named, mark = read_scenarios(keeper.path)
            except ScenarioError as error:
                keeper._next(f"{error}. It is left as it is")
                continue
            keeper.seen = _bytes(keeper.path)
            if mark not in ("", fingerprint(project)):
                keeper.said.append(
                    f"The project's files have changed since {keeper.path.name} was written: all is"
                    " solved anew."
                )
            return keeper, keeper._fitting(Scenarios(project, named, current, **options))
        return keeper, Scenarios(project, **options)

    def _fitting(self, scenarios: Scenarios) -> Scenarios:
        """With settings that fit the project; those that do not are kept under a name."""
        try:
            scenarios.problem(scenarios.current)
        except ValueError as error:
            names = {one.name for one in scenarios.named}
            name = next(
                f"last time {k}" for k in range(1, len(names) + 2) if f"last time {k}" not in names
            )
            self.said.append(
                f"The last settings do not fit any more ({error}). They are kept as {name!r}."
            )
            left = replace(scenarios.current, name=name)
            return replace(scenarios, named=(*scenarios.named, left), current=Scenario())
        return scenarios

    def save(self, scenarios: Scenarios) -> None:
        """Write them, unless they are there already; beside the file if somebody else has changed it."""
        while self.path.exists() and _bytes(self.path) != self.seen:
            self._next(f"{self.path.name} was changed by somebody else. It is left as it is")
        self.seen = scenarios.save(self.path)

    def _next(self, why: str) -> None:
        """Go on in the next file that is not there."""
        stem = self.path.stem.rsplit("_", 1)
        base, k = (
            (stem[0], int(stem[1])) if len(stem) == 2 and stem[1].isdigit() else (self.path.stem, 1)
        )
        self.path, self.seen = self.path.with_name(f"{base}_{k + 1}.json"), None
        self.said.append(f"{why}; {self.path.name} is used in its place.")


def _bytes(path: Path) -> bytes | None:
    """What a file holds; None for what is no file that can be read."""
    try:
        return read_file(path, JSON_BYTES)
    except (OSError, TooLargeError):
        return None


def place_of(source: Path) -> Path:
    """Where the scenarios of a folder, or of a workbook, are kept."""
    return (
        source / "scenarios.json"
        if source.is_dir()
        else source.with_name(f"{source.stem}_scenarios.json")
    )
