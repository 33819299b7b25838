"""How each field of a problem is read: labels in order, values checked, arrays made read-only.

Errors are ValueErrors that name field, label, value and rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    by_label,
    hashable,
    labelled_vector,
    listing,
    number,
    numbers,
    one_of,
    plain_array,
    refuse_other_frames,
    shown,
)
from crowdnb.spelling import one_label, unknown

Scope = Literal["project", "task"]
RequiredRule = Literal["exactly", "at least", "at most"]
Conflicts = pd.DataFrame | npt.NDArray[Any] | Collection[tuple[Hashable, Hashable]]

# Workers of a task, or tasks of a worker, that can be asked for: each place is a column somewhere.
MOST = 1e6


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of a problem's workers and tasks, and where each stands."""

    workers: pd.Index[Any]
    tasks: pd.Index[Any]

    def __getstate__(self) -> dict[str, Any]:
        """The labels; where each stands need not travel to another process."""
        return {"workers": self.workers, "tasks": self.tasks}

    @cached_property
    def worker_at(self) -> dict[Hashable, int]:
        """Position of each worker."""
        return {label: at for at, label in enumerate(self.workers.tolist())}

    @cached_property
    def task_at(self) -> dict[Hashable, int]:
        """Position of each task."""
        return {label: at for at, label in enumerate(self.tasks.tolist())}


def _qualification(value: Any, labels: Labels) -> FloatArray:
    return _matrix(value, labels, "qualification")


def _required(value: Any, labels: Labels) -> IntArray:
    return _whole_numbers(value, labels.tasks, "required", "asks for {} workers")


def _task_weights(value: Any, labels: Labels) -> FloatArray:
    tasks = labels.tasks
    weight = np.ones(len(tasks)) if value is None else labelled_vector(value, tasks, "task_weights")
    if (weight < 0).any():
        lightest = f"{tasks[int(weight.argmin())]} has {weight.min():g}"
        raise ValueError(f"task_weights: {lightest}, a weight must not be negative")
    return frozen(weight.copy())


def _task_conflicts(value: Any, labels: Labels) -> BoolArray:
    return _conflicts(value, labels, "task_conflicts")


def _worker_conflicts(value: Any, labels: Labels) -> BoolArray:
    return _conflicts(value, labels, "worker_conflicts")


def _conflict_scope(value: Any, labels: Labels) -> Scope:
    scope: Scope = one_of(value, get_args(Scope), "conflict_scope")
    return scope


def _required_rule(value: Any, labels: Labels) -> RequiredRule:
    rule: RequiredRule = one_of(value, get_args(RequiredRule), "required_rule")
    return rule


def _worker_limits(value: Any, labels: Labels) -> IntArray:
    value = 1 if value is None else value
    value = np.full(len(labels.workers), value) if isinstance(value, Real) else value
    return _whole_numbers(value, labels.workers, "worker_limits", "has a limit of {} tasks")


def _pinned(value: Any, labels: Labels) -> BoolArray:
    return _conflicts(value, labels, "pinned")


def _task_overlaps(value: Any, labels: Labels) -> BoolArray:
    return _conflicts(value, labels, "task_overlaps")


def _costs(value: Any, labels: Labels) -> FloatArray | None:
    return None if value is None else _matrix(value, labels, "costs")


def _budget(value: Any, labels: Labels) -> float | None:
    if value is not None and not math.isfinite(number(value)):
        raise ValueError(f"budget: {shown(value)} is not a finite number")
    return None if value is None else float(value)


def _loads(value: Any, labels: Labels) -> FloatArray | None:
    """What each task takes of each worker, m × n; given by task alone it is the same for all."""
    if value is None:
        return None
    flat = isinstance(value, pd.Series | Mapping)
    if not flat and not isinstance(value, pd.DataFrame):
        flat = plain_array(value, "loads").ndim == 1
    if flat:
        row = labelled_vector(value, labels.tasks, "loads")
        loads = frozen(np.tile(row, (len(labels.workers), 1)))
    else:
        loads = _matrix(value, labels, "loads")
    if (loads < 0).any():
        i, j = np.argwhere(loads < 0)[0].tolist()
        whose = "" if flat else f"worker {labels.workers[i]}, "
        cell = f"{whose}task {labels.tasks[j]} is {loads[i, j]:g}"
        raise ValueError(f"loads: {cell}, a load must not be negative")
    return loads


def _capacities(value: Any, labels: Labels) -> FloatArray | None:
    if value is None:
        return None
    value = np.full(len(labels.workers), value) if isinstance(value, Real) else value
    array = labelled_vector(value, labels.workers, "capacities")
    if (array < 0).any():
        least = f"{labels.workers[int(array.argmin())]} has {array.min():g}"
        raise ValueError(f"capacities: {least}, a capacity must not be negative")
    return frozen(array.copy())


# How each field is read. A new field of Problem gets its line here.
READ: dict[str, Callable[[Any, Labels], Any]] = {
    "qualification": _qualification,
    "required": _required,
    "task_weights": _task_weights,
    "task_conflicts": _task_conflicts,
    "worker_conflicts": _worker_conflicts,
    "conflict_scope": _conflict_scope,
    "required_rule": _required_rule,
    "worker_limits": _worker_limits,
    "pinned": _pinned,
    "task_overlaps": _task_overlaps,
    "costs": _costs,
    "budget": _budget,
    "loads": _loads,
    "capacities": _capacities,
}


def read(values: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """The fields given, each checked; TypeError where there is no such field."""
    if unknown := [name for name in values if name not in READ]:
        raise TypeError(f"no field {listing(unknown)}; there are {listing(READ, len(READ))}")
    return {name: READ[name](value, labels) for name, value in values.items()}


def _matrix(values: Any, labels: Labels, name: str) -> FloatArray:
    """Q or the costs, by label or position.

    ValueError names the first cell that is not a finite number.
    """
    workers, tasks = labels.workers, labels.tasks
    if isinstance(values, pd.DataFrame):
        values = by_label(values, workers, tasks, name)
    given = values.to_numpy() if isinstance(values, pd.DataFrame) else plain_array(values, name)
    if given.shape != (len(workers), len(tasks)):
        raise ValueError(f"{name}: shape {given.shape}, needed is {(len(workers), len(tasks))}")
    array = numbers(given if isinstance(values, pd.DataFrame) else values, name)
    if not np.isfinite(array).all():
        i, j = np.argwhere(~np.isfinite(array))[0].tolist()
        cell = f"{name}: worker {workers[i]}, task {tasks[j]} is {shown(given[i, j])}"
        raise ValueError(f"{cell}, a finite number is needed")
    return frozen(array.copy())


def _whole_numbers(values: Any, index: pd.Index[Any], name: str, says: str) -> IntArray:
    """Whole numbers from 0 to :data:`MOST`, by label or position; ``says`` is how messages put the value."""
    array = labelled_vector(values, index, name)
    for bad, rule in (
        (array < 0, "must not be negative"),
        (array % 1 != 0, "must be a whole number"),
        (array > MOST, f"is more than {MOST:,.0f}, the most that can be asked for"),
    ):
        if bad.any():
            at = int(bad.argmax())
            raise ValueError(f"{name}: {index[at]} {says.format(f'{array[at]:g}')}, that {rule}")
    return frozen(array.astype(np.int64))


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


def _conflicts(conflicts: Conflicts | None, labels: Labels, name: str) -> BoolArray:
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


def no_ones(rows: int, columns: int) -> BoolArray:
    """A table without a single one: one False stands for all, so it takes no memory of its own."""
    return np.broadcast_to(np.False_, (rows, columns))


def has_ones(table: BoolArray) -> bool:
    """Whether a table may have ones: False for what :func:`no_ones` made, without looking at it."""
    return table.strides != (0, 0)


def ones_of(table: BoolArray) -> IntArray:
    """Rows and columns of the ones, shape (ones, 2); flat they are found several times as fast."""
    if not has_ones(table):
        return np.zeros((0, 2), dtype=np.int64)
    return np.column_stack(np.divmod(np.flatnonzero(table), table.shape[1]))


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written to, of an array that nobody else holds."""
    view = array[:]
    view.flags.writeable = False
    return view


def beneath(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array of which a :func:`frozen` one is a view; any other array as it is.

    For a library that copies what cannot be written to, and writes to neither.
    """
    below = array.base
    if array.flags.writeable or not isinstance(below, np.ndarray) or below.shape != array.shape:
        return array
    return below
