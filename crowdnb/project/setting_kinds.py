"""The kinds of a scenario's settings.

One value; per label a number or an interval; or per pair of labels a switch.

Each kind knows five things:

``read``       checks a value, and gives it in the form in which a scenario holds it
``words``      tells what differs from the project
``fed``        is what the problem gets of it, beside what the project says
``to_json``    gives it as the file of scenarios holds it; None or nothing where it changes nothing
``from_json``  is the way back
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import listing, number, shown
from crowdnb.model.problem import Problem
from crowdnb.order import natural_key
from crowdnb.project.conflict_frames import listed
from crowdnb.project.record import Project
from crowdnb.spelling import one_label


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
    feeds : str
        The field of a problem that it stands for; empty where it is none's.
    """

    name: str
    rule: Callable[[Any, str], Any]
    differs: Callable[[Project, Any], str | None]
    labels: tuple[str, ...] = ()
    feeds: str = ""

    def read(self, value: Any, where: str) -> Any:
        """The value, checked; None where there is none."""
        return None if value is None else self.rule(value, where)

    def words(self, project: Project, value: Any) -> list[str]:
        """What differs from the project, if anything."""
        said = None if value is None else self.differs(project, value)
        return [] if said is None else [said]

    def told(self, key: Any) -> str:
        """What messages call it."""
        return self.name

    def fed(self, problem: Problem, value: Any) -> Any:
        """The value."""
        return value

    def to_json(self, value: Any) -> Any:
        """The value."""
        return value

    def from_json(self, data: Any, where: str) -> Any:
        """The value; :meth:`read` checks it."""
        return data


class OrNone(Single):
    """A number that there may be none of: inf, in the file "none"."""

    def to_json(self, value: Any) -> Any:
        """The number, or "none"."""
        return "none" if value == math.inf else value

    def from_json(self, data: Any, where: str) -> Any:
        """The number; :meth:`read` checks it."""
        return math.inf if data == "none" else data


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
    whole : bool
        Whether its numbers are whole, so that 2.0 is held as 2.
    feeds : str
        The field of a problem that it changes; empty where it is none's.
    empty : bool
        Whether a label may have None, as an empty cell of the files: the usual is back.
    """

    name: str
    labels: tuple[str, ...]
    called: str
    asked: str
    holds: Callable[[float], bool]
    differs: Callable[[Project, Any, Any], str | None]
    together: Callable[[Mapping[Any, Any]], str | None] = lambda values: None
    most: float = math.inf
    whole: bool = False
    feeds: str = ""
    empty: bool = False

    def read(self, values: Any, where: str) -> dict[Any, Any]:
        """The values, checked one by one, then together."""
        if not isinstance(values, Mapping):
            raise ScenarioError(f"{where}, {self.name}: a mapping is needed, got {shown(values)}")
        for key in values:
            self._check_key(key, where)
        held: dict[Any, Any] = {}
        for given, value in values.items():
            if self.empty and not self.whole and number(value) == math.inf:
                value = None  # of what is measured, as a capacity, none is as much as one likes
            clean = tuple(map(one_label, given)) if isinstance(given, tuple) else one_label(given)
            self._check(key := self._key(clean), value, where)
            if key in held and held[key] != value:
                raise ScenarioError(f"{where}, {self.name}: {shown(given)} stands a second time")
            held[key] = value
        if wrong := self.together(held):
            raise ScenarioError(f"{where}: {wrong}")
        return {key: self._held(value) for key, value in held.items()}

    def words(self, project: Project, values: Mapping[Any, Any]) -> list[str]:
        """What differs from the project, a sentence's part each."""
        said = (self.differs(project, key, value) for key, value in values.items())
        return [text for text in said if text is not None]

    def told(self, key: Any) -> str:
        """What messages call the value of a key."""
        return self.called.format(*(key if len(self.labels) == 2 else (key,)))

    def labelled(self, key: Any) -> Iterator[tuple[str, Hashable]]:
        """What each label of a key names: worker, task or criterion."""
        return zip(self.labels, key if len(self.labels) > 1 else (key,), strict=False)

    def fed(self, problem: Problem, values: Mapping[Any, Any]) -> Any:
        """All numbers of the problem by label, those of its labels that the setting names changed.

        An empty one has no entry.
        """
        given = getattr(problem.arrays, self.feeds)
        index = problem.workers if self.labels == ("worker",) else problem.tasks
        numbers = {} if given is None else pd.Series(given, index).dropna().to_dict()
        known = set(index)
        numbers |= {label: value for label, value in values.items() if label in known}
        return {label: value for label, value in numbers.items() if value is not None}

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
        if value is None and self.empty:
            return
        what = self.told(key)
        if not (math.isfinite(number(value)) and self.holds(number(value))):
            raise ScenarioError(f"{where}: {what} is {as_typed(value)}; {self.asked} is needed")
        if value > self.most:
            raise ScenarioError(
                f"{where}: {what} is {value:,.0f}; at most {self.most:,.0f} can be asked for"
            )

    def _held(self, value: Any) -> Any:
        if value is None:
            return None
        return int(value) if self.whole else as_json(value)


class Ends(Labelled):
    """A setting with an interval, [low, high], for each pair of labels.

    In the file by the one, then the other.
    """

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
        return tuple(map(as_json, value))


@dataclass(frozen=True)
class OfPairs(Labelled):
    """A setting whose keys are pairs of labels: between two of one kind either way round."""

    alone: str = "is alone in a pair"  # what a label cannot be with itself

    @property
    def _symmetric(self) -> bool:
        return self.labels[0] == self.labels[1]

    def _filled(self, frame: pd.DataFrame, values: Mapping[Any, Any]) -> pd.DataFrame:
        """The frame with other values in some cells, those that it has."""
        for (row, column), value in values.items():
            if row in frame.index and column in frame.columns:
                frame.at[row, column] = value
                if self._symmetric:
                    frame.at[column, row] = value
        return frame

    def _key(self, key: Any) -> Any:
        return tuple(sorted(key, key=natural_key)) if self._symmetric else key

    def _check(self, key: Any, value: Any, where: str) -> None:
        super()._check(key, value, where)
        if self._symmetric and key[0] == key[1]:
            raise ScenarioError(f"{where}: {self.labels[0]} {key[0]} {self.alone}")


@dataclass(frozen=True)
class Switches(OfPairs):
    """A setting that turns pairs of labels on and off, 1 or 0; in the file two lists of pairs.

    Attributes
    ----------
    on, off : str
        What the file calls the two lists.
    """

    alone: str = "is in conflict with itself"
    on: str = ""
    off: str = ""

    def fed(self, problem: Problem, values: Mapping[Any, Any]) -> Any:
        """The 0/1 frame of the problem with other values in some cells, those that it has."""
        frame = self._filled(getattr(problem, self.feeds).copy(), values)
        return listed(frame) if self.labels == ("worker", "worker") else frame

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
            for pair in map(tuple, pairs):
                if values.setdefault(self._key(pair), sides[side]) != sides[side]:
                    raise ScenarioError(
                        f"{where}: {shown(list(pair))} stands in {self.on} and in {self.off}"
                    )
        return values


def entries(data: Any, where: str, known: Sequence[str] | None = None) -> dict[str, Any]:
    """An object of a file's JSON as a mapping.

    ScenarioError where it is none, or a name is not known.
    """
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


def as_typed(value: Any) -> str:
    """A value that is wrong, as messages show it; a number in quotes is told to be text."""
    told = shown(value)
    if isinstance(value, str):
        with suppress(ValueError):
            float(value)
            told += ", text: a number stands without quotes"
    return told


def as_json(value: Any) -> int | float:
    """A number as JSON can hold it."""
    return int(value) if isinstance(value, Integral) else number(value)
