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
from crowdnb.project.record import Project
from crowdnb.project.setting_kinds import OfPairs, entries


class PairNumbers(OfPairs):
    """A setting with a number for each pair of labels that it changes."""

    def fed(self, problem: Problem, values: Mapping[Any, Any]) -> pd.DataFrame:
        """The table of the problem with other numbers in some cells, those that it has."""
        columns = problem.workers if self._symmetric else problem.tasks
        given, shape = getattr(problem.arrays, self.feeds), (len(problem.workers), len(columns))
        table = np.zeros(shape) if given is None else given.copy()
        return self._filled(pd.DataFrame(table, problem.workers, columns), values)

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
