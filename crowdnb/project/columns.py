"""The columns of numbers in tasks.csv and workers.csv: what each feeds, and what it may hold."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from crowdnb.project.cells import amount, not_negative, people, times
from crowdnb.project.form import FORM


class Column(NamedTuple):
    """A column of numbers.

    What it feeds: a field of a project, or an option; what is wrong with a number, if anything.
    """

    field: str
    rule: Callable[[float], str | None]
    kind: type = float


# By the column's name. Reading, writing, checks and the fingerprint follow from this. These of
# tasks.csv are fields of a project; all others are options, keywords of a problem.
TASK_COLUMNS = {
    "required": Column("required", people, int),
    "weight": Column("task_weights", not_negative),
}
TASK_OPTIONS = {
    "most": Column("required_most", people, int),
    "missing_cost": Column("missing_cost", amount),
    "load": Column("loads", amount),
}
WORKER_OPTIONS = {
    "most": Column("worker_limits", times, int),
    "least": Column("worker_least", times, int),
    "capacity": Column("capacities", amount),
}


def _check(name: str, columns: Collection[str]) -> None:
    """TypeError unless these are the columns of a file's form that hold numbers."""
    form = FORM[name]
    listed = {
        *form.columns[1:],
        *(one for one, usual in form.optional.items() if usual is not None),
    }
    if listed != set(columns):
        raise TypeError(f"{name}.csv: {listed} in FORM, {columns} among its columns")


_check("tasks", {*TASK_COLUMNS, *TASK_OPTIONS})
_check("workers", WORKER_OPTIONS)
