"""Arguments of pictures, checked: a ValueError names what is not as it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from crowdnb.labels import FloatArray, finite, needs, number_frame, same_labels, shown, text_of
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem


def interval_of(ends: object, name: str) -> tuple[float, float]:
    """Two finite numbers."""
    values = finite(ends, name)  # type: ignore[arg-type]
    if values.shape != (2,):
        raise ValueError(f"{name}: two numbers (low, high) are needed, got {shown(ends)}")
    return float(values[0]), float(values[1])


def row_of_numbers(values: object, name: str) -> FloatArray:
    """One number or more, in a row."""
    given = finite(values, name)  # type: ignore[arg-type]
    if given.ndim != 1 or not given.size:
        raise ValueError(f"{name}: a row of numbers is needed, got shape {given.shape}")
    return given


def table_of_lines(table: object, name: str = "table") -> pd.DataFrame:
    """A table of numbers, some of them missing perhaps, over an index of numbers."""
    given = number_frame(table, name, missing=True)
    finite(given.index, f"{name}, rows")
    return given


def mapping_of(values: object, name: str, what: str) -> Mapping[Any, Any]:
    """A mapping that is not empty; ``what`` says from what to what."""
    if not isinstance(values, Mapping) or not values:
        raise ValueError(f"{name}: a mapping of {what} is needed, got {shown(values)}")
    return values


def named_marks(marks: object) -> Mapping[str, Any]:
    """Marks by name; none for None."""
    if marks is not None and not isinstance(marks, Mapping):
        raise ValueError(f"marks: a mapping of names to places is needed, got {shown(marks)}")
    return {text_of(name, "marks"): place for name, place in (marks or {}).items()}


def answer_to(problem: Problem, answer: object) -> Assignment:
    """An assignment of workers and tasks as the problem has them."""
    given = needs(answer, Assignment, "answer")
    same_labels(given.problem.workers, problem.workers, "answer, workers")
    same_labels(given.problem.tasks, problem.tasks, "answer, tasks")
    return given
