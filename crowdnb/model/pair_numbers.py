"""How numbers over pairs of labels are read: what a pair costs, or what two workers add.

Each is given as a mapping from pairs to numbers, a frame with a row for each pair, or a whole
frame or array, in which an empty cell is a 0. Pairs that are not named have 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    by_label,
    hashable,
    number,
    numbers,
    plain_array,
    refuse_other_frames,
    shown,
)
from crowdnb.model.arrays import Labels, frozen
from crowdnb.spelling import one_label, unknown

PairNumbers: TypeAlias = (
    "Mapping[tuple[Hashable, Hashable], float] | pd.Series[Any] | pd.DataFrame | npt.ArrayLike"
)
LARGEST = 1e300  # of a number, so that sums of them are finite


class _About(NamedTuple):
    """What the numbers of a field are about."""

    heads: tuple[str, str, str]  # the columns of a frame of pairs
    negative: str  # what a message says of a number below 0; "" where it may be below


_FIELDS = {
    "keep_costs": _About(("worker", "task", "cost"), "a cost must not be negative"),
    "conflict_costs": _About(("worker", "task", "cost"), ""),
    "pair_effects": _About(("worker", "other", "gain"), ""),
}


def table_of_numbers(value: PairNumbers | None, labels: Labels, name: str) -> FloatArray | None:
    """The numbers of a field, rows × columns of the pairs; None where all of them are 0.

    Raises
    ------
    ValueError
        A label is unknown, a pair stands twice with two numbers, or is a worker with himself, a
        number is not finite or breaks the field's rule, a frame of workers × workers is not
        symmetric.
    """
    if value is None:
        return None
    refuse_other_frames(value, name)
    about = _FIELDS[name]
    rows, columns = labels.workers, labels.workers if about.heads[1] == "other" else labels.tasks
    if isinstance(value, pd.DataFrame) and _is_of_pairs(value, rows, columns, about, name):
        array = _of_pairs(_rows_of(value, about), labels, name)
    elif isinstance(value, Mapping | pd.Series):
        array = _of_pairs(_entries(value, name, about), labels, name)
    else:
        array = _whole(value, rows, columns, name)
    if rows is columns:
        _check_symmetric(array, rows, name)
    for bad, rule in (
        ((array < 0) & bool(about.negative), about.negative),
        (np.abs(array) > LARGEST, f"{LARGEST:g} is the most"),
    ):
        if bad.any():
            i, j = np.argwhere(bad)[0].tolist()
            pair = f"{rows[i]} with {columns[j]} has {array[i, j]:g}"
            raise ValueError(f"{name}: {pair}, {rule}")
    return frozen(array) if array.any() else None


def _is_of_pairs(
    frame: pd.DataFrame, rows: pd.Index[Any], columns: pd.Index[Any], about: _About, name: str
) -> bool:
    """Whether a frame has a row for each pair, rather than a row for each worker."""
    heads = [*map(one_label, hashable(frame.columns, f"{name}, columns"))]
    index = map(one_label, hashable(frame.index, f"{name}, rows"))
    if set(heads) == set(columns) and set(index) == set(rows):
        return False
    if twice := [head for head in about.heads if heads.count(head) > 1]:
        raise ValueError(f"{name}: column {twice[0]} stands more than once")
    return set(about.heads) <= set(heads)


def _rows_of(frame: pd.DataFrame, about: _About) -> Iterator[tuple[Any, Any]]:
    """Pairs and numbers of a frame of pairs."""
    frame = frame.set_axis([*map(one_label, frame.columns)], axis=1)
    for one, other, each in frame[list(about.heads)].itertuples(index=False, name=None):
        yield (one, other), each


def _entries(value: Any, name: str, about: _About) -> Iterable[tuple[Any, Any]]:
    """Pairs and numbers of a mapping or a Series."""
    one, other, what = about.heads
    if isinstance(value, pd.Series) and len(value) and value.index.nlevels != 2:
        raise ValueError(
            f"{name}: a Series with two levels of labels, {one} and {other}, is needed; or a"
            f" mapping {{({one}, {other}): {what}}}"
        )
    entries: Iterable[tuple[Any, Any]] = value.items()
    return entries


def _of_pairs(pairs: Iterable[tuple[Any, Any]], labels: Labels, name: str) -> FloatArray:
    """Numbers by pairs of labels, those between two workers either way round."""
    heads = _FIELDS[name].heads
    both = heads[1] == "other"
    known = (labels.worker_at, labels.worker_at if both else labels.task_at)
    array = np.full((len(known[0]), len(known[1])), np.nan)
    for pair, each in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ValueError(f"{name}: {shown(pair)} is not a pair ({heads[0]}, {heads[1]})")
        at = []
        for label, head, among in zip(pair, heads[:2], known, strict=True):
            clean = one_label(label)
            if not isinstance(clean, Hashable) or clean not in among:
                head = "worker" if head == "other" else head
                text = f"{name}: {pair[0]} with {pair[1]}: {head} {unknown(label, among)}"
                raise ValueError(text)
            at.append(among[clean])
        size = number(each)
        if not np.isfinite(size):
            raise ValueError(
                f"{name}: {pair[0]} with {pair[1]} has {shown(each)}, a finite number is needed"
            )
        for here in (tuple(at), tuple(at[::-1])) if both else (tuple(at),):
            if not np.isnan(array[here]) and array[here] != size:
                raise ValueError(
                    f"{name}: {pair[0]} with {pair[1]} stands twice, with {array[here]:g} and"
                    f" {size:g}"
                )
            array[here] = size
    return np.where(np.isnan(array), 0.0, array)


def _whole(value: Any, rows: pd.Index[Any], columns: pd.Index[Any], name: str) -> FloatArray:
    """A frame by label, or an array by position; empty cells are 0."""
    one, other, what = _FIELDS[name].heads
    how = f"a mapping {{({one}, {other}): {what}}}, or a frame with the columns {one}, {other} and"
    how = f"{how} {what}"
    if isinstance(value, pd.DataFrame):
        try:
            value = by_label(value, rows, columns, name)
        except ValueError as error:
            raise ValueError(f"{error} (a whole frame has every label; or give {how})") from None
        given = value.to_numpy()
    else:
        given = plain_array(value, name)
    if given.shape != (len(rows), len(columns)):
        shape = (len(rows), len(columns))
        raise ValueError(f"{name}: shape {given.shape}, needed is {shape}; or give {how}")
    array = numbers(value, name)
    empty = np.asarray(pd.isna(given))
    bad = ~np.isfinite(array) & ~empty
    if bad.any():
        i, j = np.argwhere(bad)[0].tolist()
        cell = f"{name}: {rows[i]} with {columns[j]} is {shown(given[i, j])}"
        raise ValueError(f"{cell}, a finite number is needed")
    return np.where(empty, 0.0, array)


def _check_symmetric(array: FloatArray, rows: pd.Index[Any], name: str) -> None:
    """ValueError where a worker is paired with himself, or a pair has two numbers."""
    if array.diagonal().any():
        label = rows[int((array.diagonal() != 0).argmax())]
        raise ValueError(f"{name}: {label} is paired with itself")
    if (array != array.T).any():
        i, k = np.argwhere(array != array.T)[0].tolist()
        raise ValueError(
            f"{name}: {rows[i]} with {rows[k]} is {array[i, k]:g} and {rows[k]} with {rows[i]} is"
            f" {array[k, i]:g}, the frame must be symmetric"
        )
