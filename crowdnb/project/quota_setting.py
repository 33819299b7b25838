"""Quotas as a setting of a scenario: one side of one quota a key, as the files have them by rows.

A key is (task or None for all tasks together, column, value, ``least`` or ``most``); its value a
number of places, a share such as ``"50%"``, or None where that side binds nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from numbers import Real
from typing import Any

import pandas as pd

from crowdnb.labels import listing, number, shown
from crowdnb.model.arrays import Labels
from crowdnb.model.problem import Problem
from crowdnb.model.quotas import COLUMNS, SIDES, quotas_frame
from crowdnb.project.record import Project
from crowdnb.project.setting_kinds import Labelled, ScenarioError, entries

Key = tuple[Any, Any, str, str]


class Quotas(Labelled):
    """The setting of quotas; in the file a list of rows, as those of quotas.csv."""

    def read(self, values: Any, where: str) -> dict[Any, Any]:
        """The sides, checked one by one by the rule of a problem."""
        if not isinstance(values, Mapping):
            raise ScenarioError(f"{where}, {self.name}: a mapping is needed, got {shown(values)}")
        held: dict[Any, Any] = {}
        for key, value in values.items():
            if not isinstance(key, tuple) or len(key) != 4 or key[3] not in SIDES:
                raise ScenarioError(
                    f"{where}, {self.name}: {shown(key)} is no task, column, value and"
                    f" {' or '.join(SIDES)}"
                )
            *about, side = key
            tasks = pd.Index([] if about[0] is None else [about[0]], tupleize_cols=False)
            # a side that binds nothing is read as one that does
            row = dict(zip(COLUMNS, about, strict=False)) | {side: 0 if value is None else value}
            try:
                frame = quotas_frame([row], Labels(pd.Index([]), tasks))
            except ValueError as error:
                raise ScenarioError(f"{where}, {self.name}, {error}") from None
            read = {} if frame is None else frame.iloc[0].to_dict()
            clean = (read["task"], read["column"], value_text(read["value"]), side)
            if clean in held:
                raise ScenarioError(f"{where}, {self.name}: {shown(key)} stands a second time")
            held[clean] = None if value is None else read[side]
        return held

    def told(self, key: Any) -> str:
        """What messages call one side of a quota."""
        task, column, value, side = key
        where = "all tasks together" if task is None else task
        return self.called.format(side, column, value, where)

    def labelled(self, key: Any) -> Iterator[tuple[str, Hashable]]:
        """What each label of a key names; no task where it is about all together."""
        return ((what, label) for what, label in super().labelled(key) if label is not None)

    def fed(self, problem: Problem, values: Mapping[Any, Any]) -> Any:
        """All quotas of the problem, some of their sides changed."""
        sides = {**sides_of(problem.quotas), **values}
        rows: dict[Any, dict[str, Any]] = {}
        for (*about, side), bound in sides.items():
            if bound is not None:
                row = dict(zip(COLUMNS, about, strict=False))
                rows.setdefault(tuple(about), row)[side] = bound
        return list(rows.values())

    def to_json(self, values: Mapping[Any, Any]) -> Any:
        """Rows, as those of the file."""
        rows: dict[Any, dict[str, Any]] = {}
        for (*about, side), bound in values.items():
            row = {k: v for k, v in zip(COLUMNS, about, strict=False) if v is not None}
            rows.setdefault(tuple(about), row)[side] = bound
        return [*rows.values()] or {}

    def from_json(self, data: Any, where: str) -> dict[Any, Any]:
        """Sides of quotas, unchecked; ScenarioError where there are no rows of them."""
        if not isinstance(data, list):
            raise ScenarioError(
                f"{where}, {self.name}: a list of quotas in braces is needed, got {shown(data)}"
            )
        sides: dict[Any, Any] = {}
        for at, row in enumerate(data, 1):
            here = f"{where}, {self.name}, row {at}"
            held = entries(row, here, COLUMNS)
            about = (held.get("task"), held.get("column"), held.get("value"))
            for what, label in zip(COLUMNS, about, strict=False):
                if not isinstance(label, str | Real | None):
                    raise ScenarioError(f"{here}: {what} is {shown(label)}, a label is needed")
            if not (named := [side for side in SIDES if side in held]):
                raise ScenarioError(f"{here}: neither {' nor '.join(SIDES)} is given")
            for side in named:
                if (key := (*about, side)) in sides:
                    raise ScenarioError(f"{here}: {listing(map(str, key))} stands a second time")
                sides[key] = held[side]
        return sides


def sides_of(quotas: pd.DataFrame | None) -> dict[Any, Any]:
    """The sides of quotas given as a frame, by key."""
    if quotas is None:
        return {}
    return {
        (task, column, value_text(value), side): bound
        for task, column, value, *bounds in quotas[[*COLUMNS]].itertuples(index=False)
        for side, bound in zip(SIDES, bounds, strict=True)
        if bound is not None
    }


def value_text(value: Any) -> str:
    """What is one value of an attribute, however it is written: 3, 3.0 and '3'."""
    size = number(value)
    return str(int(size)) if size % 1 == 0 else str(value)


def other_quota(project: Project, key: Key, bound: int | str | None) -> str | None:
    """What differs in one side of a quota, in words."""
    task, column, value, side = key
    old = sides_of(project.options.get("quotas")).get(key)
    if old == bound:
        return None
    where = "all tasks together" if task is None else task
    told = ("none" if one is None else str(one) for one in (old, bound))
    return f"{column} {value} on {where}: at {side} {' → '.join(told)}"
