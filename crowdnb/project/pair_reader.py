"""Pairs in a project's files: conflicts, overlaps, pinned pairs; one row per pair, or a matrix.

A pair binds, or has a cost and is only undesirable: then it counts in ρ.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import as_listed
from crowdnb.project.cells import amount, any_amount
from crowdnb.project.form import FORM
from crowdnb.project.reader import Reader
from crowdnb.project.tables import Table

_ITSELF = {"worker": "is in conflict with itself", "task": "overlaps with itself"}


class Pairs(NamedTuple):
    """Pairs that bind, listed or as a 0/1 frame, None where there are none; and costs of others."""

    binding: pd.DataFrame | list[tuple[str, str]] | None
    costs: dict[tuple[str, str], float]


NO_PAIRS = Pairs(None, {})


def read_pairs(
    reader: Reader, name: str, rows: list[str] | None, columns: list[str] | None
) -> Pairs:
    """The pairs of one file, between known labels where these are known."""
    table, form = reader.all.get(name), FORM[name]
    if table is None:
        return NO_PAIRS
    # not a list of pairs; a matrix if it has a known label
    if set(form.columns) - set(table.header):
        if rows is None or columns is None:
            return NO_PAIRS
        if set(table.header[1:]) & set(columns):
            return Pairs(_matrix(reader, table, form.columns, rows, columns), {})
    if not table.has_columns(form.columns, form.optional):
        return NO_PAIRS
    one, other = form.columns
    what = one if other == "other" else other
    pairs = list(zip(table.labels(one), table.labels(other, what), strict=True))
    if rows is not None:
        table.known([first for first, _ in pairs], rows, one)
    if columns is not None:
        table.known([second for _, second in pairs], columns, what, other)
    if what == one:
        for row, (first, second) in enumerate(pairs):
            if first == second and first:
                table.problem(f"{one} {first} {_ITSELF[one]}", row)
    rule = amount if name == "pinned" else any_amount
    costs = table.numbers("cost", rule, math.nan) if form.optional else [math.nan] * len(pairs)
    found = _each_once(table, pairs, costs, what == one)
    return Pairs(
        [pair for pair, cost in found.items() if math.isnan(cost)],
        {pair: cost for pair, cost in found.items() if not math.isnan(cost)},
    )


def _each_once(
    table: Table, pairs: list[tuple[str, str]], costs: list[float], either_way: bool
) -> dict[tuple[str, str], float]:
    """The cost of each pair, NaN for one that binds; what stands twice must say the same."""
    first: dict[tuple[str, str], int] = {}
    for row, pair in enumerate(pairs):
        before = first.setdefault((min(pair), max(pair)) if either_way else pair, row)
        if costs[before] != costs[row] and not (
            math.isnan(costs[before]) and math.isnan(costs[row])
        ):
            with_cost = [
                "without a cost" if math.isnan(cost) else f"with cost {cost:g}"
                for cost in (costs[row], costs[before])
            ]
            table.problem(
                f"{' with '.join(map(as_listed, pair))} stands a second time, {with_cost[0]}"
                f" ({table.line_word} {table.lines[before]}: {with_cost[1]}); keep the one that"
                " counts",
                row,
            )
    return {pairs[row]: costs[row] for row in first.values()}


def _matrix(
    reader: Reader,
    table: Table,
    names: tuple[str, ...],
    rows: list[str],
    columns: list[str],
) -> pd.DataFrame | None:
    """A 0/1 matrix over all labels, symmetric where they are of one kind."""
    before, (one, other) = len(reader.report.problems), names
    frame = reader.matrix(
        table, lambda value: None if value in (0, 1) else "must be 0 or 1", what=one
    )
    if frame is None:
        return None
    reader.over(table, frame, rows, columns, one if other == "other" else other)
    if len(reader.report.problems) == before and other == "other":
        given = frame.reindex(index=rows, columns=rows).to_numpy()
        for i, k in np.argwhere(given != given.T).tolist():
            if i < k:
                table.problem(
                    f"row {rows[i]}, column {rows[k]} is {given[i, k]:g} and row {rows[k]},"
                    f" column {rows[i]} is {given[k, i]:g}; the matrix must be symmetric"
                )
        for i in np.flatnonzero(given.diagonal()).tolist():
            table.problem(f"{one} {rows[i]} {_ITSELF[one]}")
    return frame
