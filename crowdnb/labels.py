"""Small helpers for labels, shared by every step: order, listing, and frames that carry them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def natural_key(label: object) -> tuple[tuple[int, float, str], ...]:
    """Sort key that puts a2 before a10, and numbers before text."""
    if isinstance(label, int | float | np.number) and not isinstance(label, bool):
        return ((0, float(label), ""),)
    parts = re.split(r"([0-9]+)", str(label))
    return tuple((0, float(part), part) if part.isdigit() else (1, 0.0, part) for part in parts if part)


def listing(labels: Iterable[object], most: int = 8) -> str:
    """Write labels as ``a1, a2, a3``, shortened after ``most`` of them."""
    names = [str(label) for label in labels]
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])}, … ({len(names)} in all)"


def unique_index(labels: Iterable[Hashable], what: str) -> pd.Index[Any]:
    """Labels as an index; ValueError when one is missing or stands twice."""
    index = pd.Index(list(labels), name=what)
    if index.hasnans:
        raise ValueError(f"{what}s: a label is missing")
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise ValueError(f"{what}s: {listing(twice)} stands more than once")
    return index


def same_labels(got: Iterable[Hashable], wanted: pd.Index[Any], where: str) -> None:
    """ValueError unless both hold the same labels, in whatever order."""
    have = pd.Index(list(got))
    if have.has_duplicates:
        raise ValueError(f"{where}: {listing(have[have.duplicated()].unique())} stands more than once")
    what = str(wanted.name or "label")
    if len(extra := have.difference(wanted, sort=False)):
        raise ValueError(f"{where}: unknown {what} {listing(extra)}")
    if len(lacking := wanted.difference(have, sort=False)):
        raise ValueError(f"{where}: no entry for {what} {listing(lacking)}")


def labelled_vector(
    values: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | FloatArray,
    index: pd.Index[Any],
    where: str,
) -> FloatArray:
    """Numbers in the order of ``index``, from a series or mapping (by label) or a sequence (by position)."""
    if isinstance(values, Mapping):
        values = pd.Series(dict(values))
    if isinstance(values, pd.Series):
        same_labels(values.index, index, where)
        values = values.reindex(index).to_numpy()
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{where}: every value must be a number, got {values!r}") from None
    if array.shape != (len(index),):
        raise ValueError(
            f"{where}: {len(index)} values are needed, one for each of {listing(index)}; got shape {array.shape}"
        )
    bad = ~np.isfinite(array)
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(f"{where}: {index[at]} has {array[at]}, a finite number is needed")
    return array
