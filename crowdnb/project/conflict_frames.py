"""Conflicts of a project as 0/1 frames: checked a few rows at a time, listed where they are few."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import needs, same_labels, shown
from crowdnb.model.pair_tables import zero_one

# of C^A at a time are compared with as many columns, which then stay in a processor's cache
ROWS = 64


def checked_conflicts(
    frame: object, rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> pd.DataFrame:
    """A 0/1 frame over these labels, between workers symmetric and its columns as its rows.

    ValueError for others.

    A problem checks them too, with 20 bytes a cell: too much for two in a hundred of 20,000
    workers.
    """
    given = needs(frame, pd.DataFrame, name)
    same_labels(given.index, rows, f"{name}, rows")
    same_labels(given.columns, columns, f"{name}, columns")
    if name == "worker_conflicts" and not given.columns.equals(given.index):
        given = given[given.index]
    cells = given.to_numpy()
    if cells.dtype.kind not in "biu" or cells.min() < 0 or cells.max() > 1:
        for start in range(0, len(cells), ROWS):
            bad = np.isnan(zero_one(cells[start : start + ROWS]))
            if bad.any():
                i, j = np.argwhere(bad)[0] + (start, 0)
                where = f"{name}: {given.index[i]} with {given.columns[j]}"
                raise ValueError(f"{where} is {shown(cells[i, j])}, it must be 0 or 1")
    if name == "task_conflicts":
        return given
    for start in range(0, len(cells), ROWS):
        few = slice(start, start + ROWS)
        unlike = np.argwhere(cells[few, start:] != cells[start:, few].T)
        if len(unlike):
            one, other = given.index[unlike[0] + start]
            if cells[tuple(unlike[0] + start)] != 1:
                one, other = other, one
            raise ValueError(
                f"{name}: {one} with {other} is 1 and {other} with {one} is 0, the frame must be"
                " symmetric"
            )
    if (alone := cells.diagonal() == 1).any():
        raise ValueError(f"{name}: {given.index[int(alone.argmax())]} is in conflict with itself")
    return given


def listed(between: pd.DataFrame) -> pd.DataFrame | list[tuple[Any, Any]] | None:
    """Conflicts as pairs where they are few.

    Checking a frame of thousands of workers takes 20 bytes a cell.
    """
    number = int(np.count_nonzero(between))
    if not number:
        return None
    if number > 20 * len(between):
        return between
    labels = between.index.tolist()
    return [(labels[i], labels[k]) for i, k in np.argwhere(np.triu(between.to_numpy())).tolist()]
