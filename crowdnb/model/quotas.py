r"""Quotas by attribute: how many places of a task go to workers of one kind, such as seniors.

Workers have attributes, columns of labels such as ``grade``. A quota is about the workers M who
have one value in one column, and about the places of one task j, or of all tasks together:

    Σ_{i ∈ M} T_ij ≥ least,  Σ_{i ∈ M} T_ij ≤ most                  a number of places
    Σ_{i ∈ M} T_ij ≥ p Σ_i T_ij,  Σ_{i ∈ M} T_ij ≤ p Σ_i T_ij      a share p of those filled

Places are counted, so that a worker with two tasks counts twice.

References
----------
E. Budish, Y.-K. Che, F. Kojima, P. Milgrom, "Designing random allocation mechanisms: theory and
applications", American Economic Review 103 (2013) 585-623: quotas on sets of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from fractions import Fraction
from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import BoolArray, listing, matched, number, shown, unique_index
from crowdnb.model.arrays import Labels, frozen
from crowdnb.spelling import one_label, unknown

Side = Literal["least", "most"]
SIDES: tuple[Side, ...] = ("least", "most")
COLUMNS = ("task", "column", "value", *SIDES)
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?%")


class Quota(NamedTuple):
    """One side of a quota, by positions; see this module's text."""

    task: int  # -1: all tasks together
    column: Hashable
    value: Hashable
    side: Side
    number: int | Fraction  # of places, or a share of those that are filled
    members: BoolArray  # m: who has the value
    row: int  # of the frame of quotas

    @property
    def about(self) -> str:
        """Whom it is about, in words: ``grade senior``."""
        return f"{self.column} {self.value}"

    @property
    def asked(self) -> str:
        """The number as it is written: ``2`` or ``50%``."""
        return _written(self.number)

    @property
    def places(self) -> str:
        """The number with its noun: ``2 places``, ``50% of the places``."""
        one = "place" if self.number == 1 else "places"
        return (
            f"{self.asked} of the places"
            if isinstance(self.number, Fraction)
            else f"{self.asked} {one}"
        )


def attributes_frame(value: Any, labels: Labels) -> pd.DataFrame | None:
    """Attributes with cleaned labels, workers in their order; None where a cell is missing."""
    if value is None:
        return None
    if not isinstance(value, pd.DataFrame):
        raise ValueError(
            f"attributes: a frame with a row for each worker is needed, got {type(value).__name__}"
        )
    columns = unique_index(value.columns, "attributes")
    index = matched(value.index, labels.workers, "attributes, rows")
    frame = value.set_axis(index).set_axis(columns, axis=1).reindex(labels.workers)
    cells = frame.to_numpy(dtype=object)
    clean = np.empty_like(cells)
    for at, cell in np.ndenumerate(cells):
        clean[at] = None if is_missing(cell) else one_label(cell)
        if not isinstance(clean[at], str | Real | None):
            i, k = at
            raise ValueError(
                f"attributes: {labels.workers[i]}, {columns[k]} is {shown(cell)}, a text or a"
                " number is needed"
            )
    return pd.DataFrame(frozen(clean), labels.workers, columns, dtype=object, copy=False)


def quotas_frame(value: Any, labels: Labels) -> pd.DataFrame | None:
    """Quotas as a frame of :data:`COLUMNS`, one row each; None stands for what is left out."""
    if value is None:
        return None
    if isinstance(value, pd.DataFrame):
        heads = [*unique_index(value.columns, "quotas")]
        rows = [dict(zip(heads, row, strict=True)) for row in value.itertuples(index=False)]
    elif not isinstance(value, list | tuple):
        got = type(value).__name__
        raise ValueError(f"quotas: a list of mappings, or a frame, is needed, got {got}")
    else:
        rows = [*value]
    if not rows:
        return None
    cells = np.empty((len(rows), len(COLUMNS)), dtype=object)
    for at, row in enumerate(rows):
        for k, cell in enumerate(_row(row, labels, f"quotas, row {at + 1}")):
            cells[at, k] = cell
    return pd.DataFrame(frozen(cells), columns=[*COLUMNS], dtype=object, copy=False)


def _row(row: Any, labels: Labels, where: str) -> tuple[Any, ...]:
    """One quota in the order of :data:`COLUMNS`; ValueError names what is wrong in it."""
    if not isinstance(row, Mapping):
        keys = listing(COLUMNS)
        raise ValueError(f"{where}: a mapping of {keys} is needed, got {shown(row)}")
    if strange := [key for key in row if key not in COLUMNS]:
        raise ValueError(f"{where}: {shown(strange[0])} is unknown; there are {listing(COLUMNS)}")
    given = {key: None if is_missing(row.get(key)) else one_label(row[key]) for key in COLUMNS}
    task, column, value, *_ = given.values()
    for key, cell in (("task", task), ("column", column), ("value", value)):
        if cell is None and key != "task":
            raise ValueError(f"{where}: no {key} is given")
        if not isinstance(cell, Hashable):
            raise ValueError(f"{where}: {key} is {shown(cell)}, a label is needed")
    if task is not None and task not in labels.task_at:
        raise ValueError(f"{where}: task {unknown(task, labels.task_at)}")
    bounds = [None if given[side] is None else _bound(given[side], side, where) for side in SIDES]
    if bounds == [None, None]:
        raise ValueError(f"{where}: neither least nor most is given")
    least, most = bounds
    alike = isinstance(least, Fraction) == isinstance(most, Fraction)
    if least is not None and most is not None and alike and least > most:
        raise ValueError(
            f"{where}: least is {_written(least)} and most is {_written(most)}; the first must"
            " not be more"
        )
    return (task, column, value, *(None if one is None else _cell(one) for one in bounds))


def _bound(cell: Any, side: Side, where: str) -> int | Fraction:
    """A number of places, or a share as a fraction."""
    if isinstance(cell, str):
        if share := _SHARE.fullmatch(cell):
            found = Fraction(share[1]) / 100
            if found <= 1:
                return found
        if re.fullmatch("[0-9]{1,9}", cell):
            return int(cell)
    elif 0 <= (places := number(cell)) < 1e9 and places % 1 == 0:
        return int(places)
    raise ValueError(
        f"{where}: {side} is {shown(cell)}, a number of places is needed, or a share of them"
        " such as '50%', at most '100%'"
    )


def _written(asked: int | Fraction) -> str:
    """A number of places, or a share in percent with all of its digits."""
    if not isinstance(asked, Fraction):
        return str(asked)
    percent = asked * 100
    digits = 0
    while percent * 10**digits % 1:
        digits += 1
    whole, rest = divmod(int(percent * 10**digits), 10**digits)
    return f"{whole}.{rest:0{digits}d}%" if digits else f"{whole}%"


def _cell(asked: int | Fraction) -> int | str:
    return _written(asked) if isinstance(asked, Fraction) else asked


def quotas_of(
    frame: pd.DataFrame, attributes: pd.DataFrame | None, labels: Labels
) -> tuple[Quota, ...]:
    """Both sides of all quotas.

    ValueError where there are no such attributes, or one stands twice.
    """
    if attributes is None:
        raise ValueError("quotas: attributes are needed, a frame with a row for each worker")
    texts = {column: [_text(cell) for cell in attributes[column]] for column in attributes}
    found: list[Quota] = []
    seen: set[tuple[Any, ...]] = set()
    for at, (task, column, value, *bounds) in enumerate(frame.itertuples(index=False), 1):
        where = f"quotas, row {at}"
        if column not in texts:
            known = listing(texts) or "none"
            raise ValueError(f"{where}: attribute {unknown(column, texts)}; there are {known}")
        members = np.array([text == _text(value) for text in texts[column]], dtype=bool)
        if not members.any():
            known = listing(dict.fromkeys(filter(None, texts[column]))) or "none"
            raise ValueError(f"{where}: no worker has {column} {value}; there are {known}")
        for side, cell in zip(SIDES, bounds, strict=True):
            if cell is None:
                continue
            key = (task, column, _text(value), side)
            if key in seen:
                of = "all tasks" if task is None else task
                raise ValueError(
                    f"{where}: {side} of {column} {value} for {of} stands more than once"
                )
            seen.add(key)
            j = -1 if task is None else labels.task_at[task]
            found.append(Quota(j, column, value, side, _bound(cell, side, where), members, at - 1))
    return tuple(found)


def without_side(frame: pd.DataFrame, quota: Quota) -> pd.DataFrame:
    """Quotas without one side of one of them."""
    rest = frame.copy()
    rest.at[quota.row, quota.side] = None
    return with_sides(rest)


def with_sides(frame: pd.DataFrame) -> pd.DataFrame:
    """The quotas that have a side left."""
    return frame[frame[list(SIDES)].notna().any(axis=1)]


def _text(cell: Any) -> str | None:
    """What is one value, however it is written: 3, 3.0 and '3'; None for a missing one."""
    if cell is None:
        return None
    size = number(cell)
    return str(int(size)) if size % 1 == 0 else str(cell)


def is_missing(cell: Any) -> bool:
    """Whether a cell is empty: None, NaN, or a text of blanks."""
    if isinstance(cell, str):
        return not one_label(cell)
    return cell is None or bool(pd.api.types.is_scalar(cell) and pd.isna(cell))
