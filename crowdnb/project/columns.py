"""The columns of numbers in tasks.csv: of which field of a project each is, and what it may hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from crowdnb.project.cells import not_negative, people
from crowdnb.project.form import FORM


class TaskColumn(NamedTuple):
    """A column of numbers in tasks.csv.

    Its field of a project, and what is wrong with a number, if anything.
    """

    field: str
    rule: Callable[[float], str | None]
    kind: type = float


# By the column's name. Reading, writing, checks and the fingerprint follow from this.
TASK_COLUMNS = {
    "required": TaskColumn("required", people, int),
    "weight": TaskColumn("task_weights", not_negative),
}
if (listed_there := (*FORM["tasks"].columns[1:], *FORM["tasks"].optional)) != tuple(TASK_COLUMNS):
    raise TypeError(f"tasks.csv: {listed_there} in FORM, {tuple(TASK_COLUMNS)} in TASK_COLUMNS")
