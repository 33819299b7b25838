"""How tables of zeros and ones over labels are read: conflicts, overlaps and pins.

Each is given as a 0/1 frame, a 0/1 array or a list of lists, or as pairs of labels, in a list or in
a frame of two columns. What could be read in two ways is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    by_label,
    hashable,
    listing,
    number,
    numbers,
    plain_array,
    refuse_other_frames,
    shown,
)
from crowdnb.model.arrays import Labels, frozen, no_ones
from crowdnb.spelling import one_label, unknown

Conflicts = pd.DataFrame | npt.NDArray[Any] | Collection[tuple[Hashable, Hashable]]


class _Axes(NamedTuple):
    """What a table of ones is over."""

    labels: Labels
    rows: pd.Index[Any]
    columns: pd.Index[Any]
    heads: tuple[str, str]  # the columns of a frame of its pairs
    itself: str  # what a message says of a label with itself; "" where rows are no columns

    @classmethod
    def of(cls, labels: Labels, name: str) -> _Axes:
        """The axes of a field, by its name."""
        workers, tasks = labels.workers, labels.tasks
        if name == "worker_conflicts":
            heads, itself = ("worker", "other"), "is in conflict with"
            return cls(labels, workers, workers, heads, itself)
        if name == "task_overlaps":
            return cls(labels, tasks, tasks, ("task", "other"), "overlaps with")
        return cls(labels, workers, tasks, ("worker", "task"), "")

    def position(self, index: pd.Index[Any]) -> dict[Hashable, int]:
        """Position of each label of the rows, or of the columns."""
        labels = self.labels
        return labels.worker_at if index is labels.workers else labels.task_at


def table_of_ones(conflicts: Conflicts | None, labels: Labels, name: str) -> BoolArray:
    """Conflicts, overlaps or pins, as a 0/1 frame, a 0/1 array or label pairs: rows × columns."""
    axes = _Axes.of(labels, name)
    _, rows, columns, *_ = axes
    if conflicts is None:
        return no_ones(len(rows), len(columns))
    if isinstance(conflicts, Mapping):
        raise ValueError(
            f"{name}: a mapping is not understood; give pairs of labels, or a 0/1 frame"
        )
    if isinstance(conflicts, str | bytes | pd.Series) or not isinstance(conflicts, Iterable):
        raise ValueError(
            f"{name}: pairs of labels, or a 0/1 frame, are needed, got {shown(conflicts)}"
        )
    refuse_other_frames(conflicts, name)
    if isinstance(conflicts, pd.DataFrame):
        array = _from_frame(conflicts, axes, name)
    elif isinstance(conflicts, np.ndarray):
        array = _from_matrix(plain_array(conflicts, name), rows, columns, name)
    elif _is_nested(conflicts, rows, columns, name):
        array = _from_matrix(np.array(conflicts), rows, columns, name)
    else:
        array = _from_pairs(conflicts, axes, name)
    if axes.itself:
        if array.diagonal().any():
            label = rows[int(array.diagonal().argmax())]
            raise ValueError(f"{name}: {label} {axes.itself} itself")
        if (array != array.T).any():
            i1, i2 = np.argwhere(array & ~array.T)[0].tolist()
            one, other = rows[i1], rows[i2]
            raise ValueError(
                f"{name}: {one} with {other} is 1 and {other} with {one} is 0, the frame must be"
                " symmetric"
            )
    return frozen(array)


def _from_frame(frame: pd.DataFrame, axes: _Axes, name: str) -> BoolArray:
    """A 0/1 frame, whose labels are those of the axes, or a frame of pairs, one row per pair."""
    rows, columns, (one, other) = axes.rows, axes.columns, axes.heads
    index = hashable(frame.index, f"{name}, rows")
    heads = list(map(one_label, hashable(frame.columns, f"{name}, columns")))
    complete = len(index) == len(rows) and _are_among(index, rows) and _are_among(heads, columns)
    if not complete:
        pairs = frame if frame.shape in ((0, 0), (len(frame), 2)) else None
        if {one, other} <= set(heads):
            pairs = frame.set_axis(heads, axis=1)[[one, other]]
        elif pairs is not None and _is_part(pairs, rows, columns):
            pairs = None
        elif not axes.itself and pairs is not None and _either_way(pairs, rows, columns):
            raise ValueError(
                f"{name}: columns {listing(heads)} can be read either way round; call them worker"
                " and task"
            )
        if pairs is not None:
            return _from_pairs(list(pairs.itertuples(index=False, name=None)), axes, name)
    try:
        whole = by_label(frame, rows, columns, name)
    except ValueError as error:
        how = f"(a 0/1 frame has every label, a frame of pairs the columns {one} and {other})"
        raise ValueError(f"{error} {how}") from None
    return _from_matrix(whole.to_numpy(), rows, columns, name)


def _are_among(labels: Iterable[Hashable], known: pd.Index[Any]) -> bool:
    return {one_label(label) for label in labels} <= set(known)


def _either_way(pairs: pd.DataFrame, rows: pd.Index[Any], columns: pd.Index[Any]) -> bool:
    """Whether named columns of pairs could be (worker, task) and (task, worker) alike."""
    texts = bool(len(pairs)) and all(isinstance(head, str) for head in pairs.columns)
    both = set(rows) & set(columns)
    return texts and {one_label(cell) for cell in pairs.to_numpy(dtype=object).flat} <= both


def _is_part(frame: pd.DataFrame, rows: pd.Index[Any], columns: pd.Index[Any]) -> bool:
    """Whether a frame of two columns is rather a part of a 0/1 frame than pairs of labels."""
    cells = frame.to_numpy(dtype=object).ravel().tolist()
    if not cells or not all(_zero_or_one(cell) in (0, 1) for cell in cells):
        return False
    named = {0, 1} <= {*rows} and {0, 1} <= {*columns}
    return not named or not all(isinstance(head, str) for head in frame.columns)


def _is_nested(
    conflicts: Collection[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> bool:
    """Whether a list of lists is a 0/1 matrix.

    ValueError where it could as well be pairs of labels.
    """
    nested = (
        isinstance(conflicts, list)
        and len(conflicts) == len(rows)
        and all(isinstance(row, list) for row in conflicts)
    )
    if not nested or not all(
        len(row) == len(columns) and all(_zero_or_one(one) in (0, 1) for one in row)
        for row in conflicts
    ):
        return False
    if len(columns) == 2 and {0, 1} <= set(rows) and {0, 1} <= set(columns):
        raise ValueError(
            f"{name}: a list of lists of two can be read as pairs or as a matrix; give tuples or a"
            " frame"
        )
    return True


def _from_matrix(
    matrix: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> BoolArray:
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(f"{name}: shape {matrix.shape}, needed is {(len(rows), len(columns))}")
    values = zero_one(matrix)
    for i, j in np.argwhere(np.isnan(values)).tolist():
        raise ValueError(
            f"{name}: {rows[i]} with {columns[j]} is {shown(matrix[i, j])}, it must be 0 or 1"
        )
    return np.asarray(values == 1)


def zero_one(matrix: npt.NDArray[Any]) -> FloatArray:
    """0 and 1 of a matrix, truth values included, as floats; NaN for everything else."""
    values = matrix.astype(float) if matrix.dtype.kind == "b" else numbers(matrix)
    if matrix.dtype.kind == "O":
        values = np.asarray(np.vectorize(_zero_or_one, otypes=[float])(matrix))
    return np.where((values == 0) | (values == 1), values, np.nan)


def _zero_or_one(value: object) -> float:
    return float(value) if isinstance(value, bool | np.bool_) else number(value)


def _from_pairs(pairs: Collection[tuple[Hashable, Hashable]], axes: _Axes, name: str) -> BoolArray:
    """Pairs of labels, those between two workers or two tasks either way round."""
    array = np.zeros((len(axes.rows), len(axes.columns)), dtype=bool)
    for pair in pairs:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"{name}: {pair!r} is not a pair of labels")
        at = []
        for label, index in zip(pair, (axes.rows, axes.columns), strict=True):
            clean, known = one_label(label), axes.position(index)
            if not isinstance(clean, Hashable) or clean not in known:
                text = f"{name}: {pair[0]} with {pair[1]}: {index.name} {unknown(label, known)}"
                raise ValueError(text)
            at.append(known[clean])
        array[at[0], at[1]] = True
    return array | array.T if axes.itself else array
