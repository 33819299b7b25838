"""The table of quotas: how many places of a task go to workers of a kind, at least and at most."""

from __future__ import annotations

from typing import Any

import pandas as pd

from crowdnb.labels import phrases
from crowdnb.project.cells import as_label, part_of_places
from crowdnb.project.errors import did_you_mean
from crowdnb.project.form import FORM
from crowdnb.project.reader import Reader
from crowdnb.project.tables import Table
from crowdnb.spelling import in_quotes


def read_quotas(
    reader: Reader, tasks: list[str] | None, attributes: pd.DataFrame | None
) -> dict[str, Any]:
    """Attributes and quotas as options; a note on attributes that no quota uses.

    ``attributes`` are labels by worker and column, None where there is none; None where no worker
    has any.
    """
    table = reader.table("quotas")
    quotas = None if table is None else _quotas(table, tasks, attributes)
    if attributes is None:
        return {}
    if quotas is not None or "quotas" not in reader.all:
        used = set() if quotas is None else set(quotas["column"])
        _note_unused(reader, [name for name in map(str, attributes.columns) if name not in used])
    return {"attributes": attributes, "quotas": quotas}


def _quotas(
    table: Table, tasks: list[str] | None, attributes: pd.DataFrame | None
) -> pd.DataFrame | None:
    """One row per quota: task (None: all together), column, value, least, most."""
    column, value = table.labels("column"), table.labels("value")
    task = [""] * len(column)
    if "task" in table.header:
        task = table.labels("task", may_be_empty=True)
    if tasks is not None:
        table.known(task, tasks, "task")
    parts = {name: _parts(table, name) for name in ("least", "most")}
    for name in parts:
        keys = zip(task, column, value, strict=True)
        given = [key if _cell(table, name, row) else ("", "", "") for row, key in enumerate(keys)]
        table.once(given, ["task", "column", "value"], ["task"])
    for row, (least, most) in enumerate(zip(*parts.values(), strict=True)):
        if not _cell(table, "least", row) and not _cell(table, "most", row):
            table.problem("the quota has neither least nor most", row)
        elif _above(least, most):
            table.problem(f"least {least} is above most {most}", row)
    if attributes is None:
        table.problem(f"the workers have no attributes; give their table a column {column[0]!r}")
        return None
    names = list(map(str, attributes.columns))
    table.known(column, names, "attribute", "column")
    for name in names:
        asked = [one if where == name else "" for one, where in zip(value, column, strict=True)]
        table.known(asked, list(attributes[name].dropna().unique()), name, "value")
    rows = {"task": [one or None for one in task], "column": column, "value": value, **parts}
    return pd.DataFrame(rows, dtype=object)


def _parts(table: Table, name: str) -> list[int | str | None]:
    """A column of numbers of places, or shares of them; None where a cell is empty."""
    if name not in table.header:
        return [None] * len(table.rows)
    found = []
    for row, cell in enumerate(table.column(name)):
        value, wrong = part_of_places(cell, table.decimal_comma)
        if wrong:
            table.problem(wrong, row, name)
        found.append(value)
    return found


def _cell(table: Table, name: str, row: int) -> str:
    return as_label(table.column(name)[row]) if name in table.header else ""


def _above(least: int | str | None, most: int | str | None) -> bool:
    """Whether both are of one kind, and the first is larger."""
    if isinstance(least, str) and isinstance(most, str):
        return float(least.rstrip("%")) > float(most.rstrip("%"))
    return isinstance(least, int) and isinstance(most, int) and least > most


def _note_unused(reader: Reader, names: list[str]) -> None:
    """Note attributes that bind nothing: one of them may be another column, misspelt."""
    if not names:
        return
    known = [*FORM["workers"].columns, *FORM["workers"].optional]
    said = phrases(
        f"{in_quotes(name)} (a table of {name}s is read)"
        if f"{name}s" in FORM
        else f"{in_quotes(name)}{did_you_mean(name, known)}"
        for name in names
    )
    was = (
        "column {} was read as an attribute"
        if len(names) == 1
        else "columns {} were read as attributes"
    )
    reader.report.notes.append(
        f"{reader.all['workers'].where}: {was.format(said)}, which no quota uses"
    )
