"""What a scenario may change in a project, each of its fields once: labels, rule, words, form in the file.

:class:`crowdnb.Scenario` goes through :data:`SETTINGS` wherever it goes through its fields. A kind
of setting knows four things:

``read``       checks a value, and gives it in the form in which a scenario holds it
``words``      tells what differs from the project
``to_json``    gives it as the file of scenarios holds it; None or nothing where it changes nothing
``from_json``  is the way back
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, get_args

import numpy as np
import pandas as pd

from crowdnb.labels import listing, natural_key, number, shown
from crowdnb.model.problem import MOST, Problem, Scope
from crowdnb.project.record import Project

# workers that a scenario adds: for each two of all workers a problem has a byte
MOST_ADDED = 10_000

Pair = tuple[str, str]


class ScenarioError(ValueError):
    """A scenario does not fit its project, or a file holds no scenarios that can be read."""


@dataclass(frozen=True)
class Single:
    """A setting with one value; None leaves the project's own.

    Attributes
    ----------
    name : str
        The field of the scenario.
    rule : callable
        Of a value, where it stands; gives the value as it is held, or raises ScenarioError.
    differs : callable
        Of a project and a value; what differs, in words, or None.
    """

    name: str
    rule: Callable[[Any, str], Any]
    differs: Callable[[Project, Any], str | None]
    labels: tuple[str, ...] = ()

    def read(self, value: Any, where: str) -> Any:
        """The value, checked; None where there is none."""
        return None if value is None else self.rule(value, where)

    def words(self, project: Project, value: Any) -> list[str]:
        """What differs from the project, if anything."""
        said = None if value is None else self.differs(project, value)
        return [] if said is None else [said]

    def to_json(self, value: Any) -> Any:
        """The value."""
        return value

    def from_json(self, data: Any, where: str) -> Any:
        """The value; :meth:`read` checks it."""
        return data


@dataclass(frozen=True)
class Labelled:
    """A setting with a number for each label, or pair of labels, that it changes.

    Attributes
    ----------
    name : str
        The field of the scenario.
    labels : tuple of str
        What a key names: worker, task or criterion; two of them for a pair.
    called : str
        What messages call a value, with {} for its labels.
    asked : str
        What a value must be, in words.
    holds : callable
        Whether a number is that.
    differs : callable
        Of a project, a key and a value; what differs, in words, or None.
    together : callable, optional
        Of all values; what is wrong with them together, or None.
    most : float
        The largest number that can be dealt with.
    """

    name: str
    labels: tuple[str, ...]
    called: str
    asked: str
    holds: Callable[[float], bool]
    differs: Callable[[Project, Any, Any], str | None]
    together: Callable[[Mapping[Any, Any]], str | None] = lambda values: None
    most: float = math.inf

    def read(self, values: Any, where: str) -> dict[Any, Any]:
        """The values, checked one by one, then together."""
        if not isinstance(values, Mapping):
            raise ScenarioError(f"{where}, {self.name}: a mapping is needed, got {shown(values)}")
        for key in values:
            self._check_key(key, where)
        held = {self._key(key): value for key, value in values.items()}
        for key, value in held.items():
            self._check(key, value, where)
        if wrong := self.together(held):
            raise ScenarioError(f"{where}: {wrong}")
        return {key: self._held(value) for key, value in held.items()}

    def words(self, project: Project, values: Mapping[Any, Any]) -> list[str]:
        """What differs from the project, a sentence's part each."""
        said = (self.differs(project, key, value) for key, value in values.items())
        return [text for text in said if text is not None]

    def to_json(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """Numbers by label."""
        return dict(values)

    def from_json(self, data: Any, where: str) -> dict[Any, Any]:
        """Numbers by label, unchecked; ScenarioError where there are no labels."""
        return entries(data, f"{where}, {self.name}")

    def _check_key(self, key: Any, where: str) -> None:
        paired = len(self.labels) == 2
        if paired and (not isinstance(key, tuple) or len(key) != 2):
            raise ScenarioError(f"{where}, {self.name}: {shown(key)} is not a pair of labels")
        for label in key if paired else (key,):
            if isinstance(label, tuple) or pd.isna(label):
                raise ScenarioError(f"{where}, {self.name}: {shown(label)} cannot be a label")

    def _key(self, key: Any) -> Any:
        return key

    def _check(self, key: Any, value: Any, where: str) -> None:
        what = self.called.format(*(key if len(self.labels) == 2 else (key,)))
        if not (math.isfinite(number(value)) and self.holds(number(value))):
            raise ScenarioError(f"{where}: {what} is {shown(value)}; {self.asked} is needed")
        if value > self.most:
            raise ScenarioError(
                f"{where}: {what} is {value:,.0f}; at most {self.most:,.0f} can be asked for"
            )

    def _held(self, value: Any) -> Any:
        return _as_json(value)


class Ends(Labelled):
    """A setting with an interval, [low, high], for each pair of labels; in the file by the one, then the other."""

    def to_json(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """Intervals by label, and by label again."""
        rows: dict[str, dict[str, Any]] = {}
        for (one, other), ends in values.items():
            rows.setdefault(one, {})[other] = list(ends)
        return rows

    def from_json(self, data: Any, where: str) -> dict[Any, Any]:
        """Intervals by pair of labels, unchecked; ScenarioError where they are none."""
        where, ends = f"{where}, {self.name}", {}
        for one, row in entries(data, where).items():
            for other, pair in entries(row, f"{where} of {one}").items():
                if not isinstance(pair, list) or len(pair) != 2:
                    raise ScenarioError(
                        f"{where} of {one}: {other} must be two numbers, [low, high]"
                    )
                ends[one, other] = tuple(pair)
        return ends

    def _check(self, key: Any, value: Any, where: str) -> None:
        what = self.called.format(*key)
        if not isinstance(value, list | tuple | np.ndarray) or len(value) != 2:
            raise ScenarioError(f"{where}: {what} is {shown(value)}; [low, high] is needed")
        for end in value:
            super()._check(key, end, where)
        if value[0] > value[1]:
            raise ScenarioError(
                f"{where}: {key[0]} asks {key[1]} from {value[0]:g} to {value[1]:g}; low is above"
                " high"
            )

    def _held(self, value: Any) -> tuple[int | float, ...]:
        return tuple(map(_as_json, value))


@dataclass(frozen=True)
class Switches(Labelled):
    """A setting that turns pairs of labels on and off, 1 or 0; in the file two lists of pairs.

    Attributes
    ----------
    on, off : str
        What the file calls the two lists.
    """

    on: str = ""
    off: str = ""

    @property
    def _symmetric(self) -> bool:
        return self.labels[0] == self.labels[1]

    def to_json(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """The lists that hold any pairs."""
        lists = {
            self.on: [list(pair) for pair, value in values.items() if value],
            self.off: [list(pair) for pair, value in values.items() if not value],
        }
        return {side: pairs for side, pairs in lists.items() if pairs}

    def from_json(self, data: Any, where: str) -> dict[Any, Any]:
        """1 and 0 by pair; ScenarioError where the lists hold anything else."""
        where, sides = f"{where}, {self.name}", {self.on: 1, self.off: 0}
        values: dict[Any, Any] = {}
        for side, pairs in entries(data, where, list(sides)).items():
            if not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
                raise ScenarioError(
                    f"{where}, {side}: a list of pairs of labels in quotes is needed"
                )
            values |= {tuple(pair): sides[side] for pair in pairs}
        return values

    def _key(self, key: Any) -> Any:
        return tuple(sorted(key, key=natural_key)) if self._symmetric else key

    def _check(self, key: Any, value: Any, where: str) -> None:
        super()._check(key, value, where)
        if self._symmetric and key[0] == key[1]:
            raise ScenarioError(f"{where}: {self.labels[0]} {key[0]} is in conflict with itself")


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


def _is_pair(pair: Any) -> bool:
    return (
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(label, str) for label in pair)
    )


def _as_json(value: Any) -> int | float:
    """A number as JSON can hold it."""
    return int(value) if isinstance(value, Integral) else number(value)


def _not_negative(value: float) -> bool:
    return value >= 0


def _is_count(value: float) -> bool:
    return value.is_integer() and value >= 0


def _gamma(value: Any, where: str) -> int | float:
    if not (math.isfinite(number(value)) and number(value) >= 0):
        raise ScenarioError(f"{where}: gamma is {shown(value)}; a number of at least 0 is needed")
    return _as_json(value)


def _scope(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in get_args(Scope):
        raise ScenarioError(f"{where}: the scope is {shown(value)}; project or task is needed")
    return value


def _sum_to_one(weights: Mapping[str, float]) -> str | None:
    total = math.fsum(weights.values())
    wrong = weights and abs(total - 1) > 1e-6
    return f"the weights sum to {total:.9g} and must sum to 1" if wrong else None


def _not_too_many(added: Mapping[str, int]) -> str | None:
    total = sum(added.values())
    most = f"at most {MOST_ADDED:,} can be"
    return f"{total:,} workers are added, and {most}" if total > MOST_ADDED else None


def _other_gamma(project: Project, gamma: float) -> str | None:
    if gamma == project.gamma:
        return None
    assumed = " (assumed, since no histories are known)" if project.counts is None else ""
    return f"γ {project.gamma:g} → {gamma:g}{assumed}"


def _other_scope(project: Project, scope: str) -> str | None:
    return "a conflict bars two workers from one task only" if scope == "task" else None


def _other_number(
    called: str, given: Callable[[Project, str], Any]
) -> Callable[[Project, str, float], str | None]:
    """Words of a number that is another than the project's, ``given``; to four digits."""

    def words(project: Project, label: str, value: float) -> str | None:
        old, new = (
            "?" if one is None else f"{number(one):.4g}" for one in (given(project, label), value)
        )
        return f"{called.format(label)} {old} → {new}" if old != new else None

    return words


def task_weight(project: Project, task: str) -> float | None:
    """W of a task, 1 where the project gives none; None for a task that is unknown."""
    if project.task_weights is None:
        return 1.0 if task in project.required.index else None
    return project.task_weights.get(task)


def _other_demand(project: Project, key: Pair, ends: tuple[float, float]) -> str | None:
    task, criterion = key
    known = task in project.demand.index and criterion in project.criteria_weights.index
    row: Mapping[Any, float] = project.demand.loc[task].to_dict() if known else {}
    low, high = (row.get((criterion, end), math.nan) for end in ("low", "high"))
    if (low, high) == tuple(ends):
        return None
    return f"{task} asks {criterion} {low:g} to {high:g} → {ends[0]:g} to {ends[1]:g}"


def _other_conflict(project: Project, pair: Pair, value: int) -> str | None:
    if value == _cell(project.worker_conflicts, *pair):
        return None
    one, other = pair
    return f"{one} and {other} in conflict" if value else f"conflict of {one} and {other} lifted"


def _other_exclusion(project: Project, pair: Pair, value: int) -> str | None:
    if value == _cell(project.task_conflicts, *pair):
        return None
    worker, task = pair
    return f"{worker} barred from {task}" if value else f"{worker} may take {task}"


def _cell(frame: pd.DataFrame, row: Hashable, column: Hashable) -> int:
    """A cell of a 0/1 frame; 0 for labels that it does not have."""
    there = row in frame.index and column in frame.columns
    return int(frame.at[row, column]) if there else 0  # type: ignore[arg-type]


def _limit(project: Project, worker: str, value: int) -> str | None:
    return f"{worker} may take {value} tasks" if value != 1 else None


def _more(project: Project, worker: str, value: int) -> str | None:
    return f"{value} more worker{'s' * (value > 1)} like {worker}" if value else None


_LISTED: tuple[Single | Labelled, ...] = (
    Single("gamma", _gamma, _other_gamma),
    Single("scope", _scope, _other_scope),
    Labelled(
        "weights", ("criterion",), "the weight of {}", "a number of at least 0", _not_negative,
        _other_number("weight of {}", lambda project, label: project.criteria_weights.get(label)),
        _sum_to_one,
    ),
    Labelled(
        "required", ("task",), "what {} needs", "a whole number of workers", _is_count,
        _other_number("{} needs", lambda project, label: project.required.get(label)),
        most=MOST,
    ),
    Labelled(
        "task_weights", ("task",), "what {} weighs", "a number of at least 0", _not_negative,
        _other_number("{} weighs", task_weight),
    ),
    Ends(
        "demand", ("task", "criterion"), "what {} asks of {}", "a number from 0 to 1",
        lambda value: 0 <= value <= 1, _other_demand,
    ),
    Switches(
        "conflicts", ("worker", "worker"), "the conflict of {} and {}", "0 or 1",
        lambda value: value in (0, 1), _other_conflict, on="add", off="lift",
    ),
    Switches(
        "exclusions", ("worker", "task"), "the exclusion of {} and {}", "0 or 1",
        lambda value: value in (0, 1), _other_exclusion, on="bar", off="allow",
    ),
    Labelled(
        "limits", ("worker",), "the limit of {}", "a whole number of tasks", _is_count, _limit,
        most=MOST,
    ),
    Labelled(
        "added", ("worker",), "how many are added like {}", "a whole number of workers",
        _is_count, _more, _not_too_many, most=MOST,
    ),
)  # fmt: skip
SETTINGS = {setting.name: setting for setting in _LISTED}


@dataclass(frozen=True)
class Change:
    """What a repair's change of one kind does to a scenario.

    Attributes
    ----------
    setting : str
        The field that it changes; its labels are those of the change.
    value : callable
        Of the problem repaired, the change's labels, how often, and the field's value before; the
        value after.
    """

    setting: str
    value: Callable[[Problem, Sequence[Hashable], int, int], int]

    @property
    def labels(self) -> tuple[str, ...]:
        """What its labels name."""
        return SETTINGS[self.setting].labels


def _at(series: pd.Series[int], labels: Sequence[Hashable]) -> int:
    return int(series.to_dict()[labels[0]])


# By kind of a repair's change; a pin is none of a scenario's.
CHANGES = {
    "conflict": Change("conflicts", lambda problem, labels, times, before: 0),
    "exclusion": Change("exclusions", lambda problem, labels, times, before: 0),
    "place": Change(
        "required", lambda problem, labels, times, before: _at(problem.required, labels) - times
    ),
    "limit": Change(
        "limits", lambda problem, labels, times, before: _at(problem.worker_limits, labels) + times
    ),
    "worker": Change("added", lambda problem, labels, times, before: before + times),
}
