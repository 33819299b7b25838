"""Numbers of pairs as a setting of a scenario: what is only undesirable, or better together.

A key is a pair of labels, its value a number, 0 where there is none; in the file by the one label,
then the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.model.problem import Problem
from crowdnb.order import natural_key
from crowdnb.project.record import Project
from crowdnb.project.setting_kinds import Labelled, ScenarioError, entries


class PairNumbers(Labelled):
    """A setting with a number for each pair of labels that it changes."""

    @property
    def _symmetric(self) -> bool:
        return self.labels[0] == self.labels[1]

    def fed(self, problem: Problem, values: Mapping[Any, Any]) -> pd.DataFrame:
        """The table of the problem with other numbers in some cells, those that it has."""
        columns = problem.workers if self._symmetric else problem.tasks
        given, shape = getattr(problem.arrays, self.feeds), (len(problem.workers), len(columns))
        table = np.zeros(shape) if given is None else given.copy()
        frame = pd.DataFrame(table, problem.workers, columns)
        for (row, column), value in values.items():
            if row in frame.index and column in frame.columns:
                frame.at[row, column] = value
                if self._symmetric:
                    frame.at[column, row] = value
        return frame

    def to_json(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """Numbers by label, and by label again."""
        rows: dict[str, dict[str, Any]] = {}
        for (one, other), value in values.items():
            rows.setdefault(one, {})[other] = value
        return rows

    def from_json(self, data: Any, where: str) -> dict[Any, Any]:
        """Numbers by pair of labels, unchecked; ScenarioError where they are none."""
        where = f"{where}, {self.name}"
        return {
            (one, other): value
            for one, row in entries(data, where).items()
            for other, value in entries(row, f"{where} of {one}").items()
        }

    def _key(self, key: Any) -> Any:
        return tuple(sorted(key, key=natural_key)) if self._symmetric else key

    def _check(self, key: Any, value: Any, where: str) -> None:
        super()._check(key, value, where)
        if self._symmetric and key[0] == key[1]:
            raise ScenarioError(f"{where}: {self.labels[0]} {key[0]} is alone in a pair")


def other_of_pair(
    called: str, option: str
) -> Callable[[Project, tuple[Any, Any], float], str | None]:
    """Words of a pair's number that is another than the project's; ``called`` names the pair."""

    def words(project: Project, pair: tuple[Any, Any], value: float) -> str | None:
        rows, old = project.options.get(option), 0.0
        if rows is not None:
            ways = [pair, pair[::-1]] if rows.columns[1] == "other" else [pair]
            numbers = {(one, other): number for one, other, number in rows.itertuples(index=False)}
            old = next((numbers[way] for way in ways if way in numbers), 0.0)
        return f"{called.format(*pair)} {old:.6g} → {value:.6g}" if old != value else None

    return words
