"""Small helpers shared by every step: the order and listing of labels, numbers, and what carries both."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import Any
from unicodedata import category

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def natural_key(label: object) -> tuple[tuple[int, Any, str], ...]:
    """Sort key that puts a2 before a10, and numbers before text."""
    if isinstance(label, Real) and not isinstance(label, bool):
        return ((0, label, ""),)  # as it is: long whole numbers differ beyond the precision of a float
    parts = re.split(r"([0-9]+)", str(label))
    return tuple((1, 0.0, part) if at % 2 == 0 else (0, float(part), part) for at, part in enumerate(parts) if part)


def natural_order(labels: pd.Index[Any]) -> IntArray:
    """Positions that bring distinct labels into natural order, shape of ``labels``."""
    if isinstance(labels.dtype, np.dtype) and labels.dtype.kind in "iuf":
        return np.argsort(labels.to_numpy(), kind="stable")
    names = labels.tolist()
    if set(map(type, names)) == {str}:  # a0 … a9999: one prefix and whole numbers need no keys
        prefix, text = names[0].rstrip("0123456789"), "\n".join(names)
        line = re.escape(prefix) + "[0-9]{1,15}+"
        if text.count("\n") == len(names) - 1 and re.fullmatch(f"{line}(?:\n{line})*+", text):
            values = np.fromiter(map(int, text.removeprefix(prefix).split(f"\n{prefix}")), dtype=np.int64)
            order = np.argsort(values, kind="stable")
            if (np.diff(values[order]) > 0).all():  # else 1 and 01, which go by their text
                return order
    return np.array(sorted(range(len(names)), key=[natural_key(name) for name in names].__getitem__), dtype=np.int64)


def natural_rank(labels: pd.Index[Any]) -> pd.Index[Any]:
    """Place of every label in the natural order of the distinct ones; a ``key`` for ``sort_index``."""
    distinct = labels.unique()
    place = np.empty(len(distinct), dtype=np.int64)
    place[natural_order(distinct)] = np.arange(len(distinct))
    return pd.Index(place[distinct.get_indexer(labels)])


def number(value: object) -> float:
    """A real number as a float; NaN for text, a truth value, a missing one, or one beyond the floats."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return np.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return np.nan


def numbers(values: npt.ArrayLike) -> FloatArray:
    """Values as floats of the same shape, with NaN for whatever is not a real number (see :func:`number`)."""
    array = np.asarray(values)
    if array.dtype.kind in "iuf":
        return np.asarray(array, dtype=float)
    return np.asarray(np.vectorize(number, otypes=[float])(np.asarray(values, dtype=object)))


def whole(value: object, name: str, least: int = 1) -> int:
    """A whole number of at least ``least``; ValueError with the argument's name for anything else."""
    if not number(value).is_integer() or number(value) < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {shown(value)}")
    return int(number(value))


def finite(values: npt.ArrayLike, where: str) -> FloatArray:
    """Values as floats; ValueError names the first that is not a finite number."""
    array = numbers(values)
    bad = ~np.isfinite(array)
    if bad.any():
        value = np.asarray(values, dtype=object)[bad][0]
        raise ValueError(f"{where}: {shown(value)} is not a finite number")
    return array


def shown(value: object) -> str:
    """A value as messages show it: text in quotes, numbers with all their digits."""
    return repr(value) if isinstance(value, str | bytes) else str(value)


def listing(labels: Iterable[object], most: int = 8, total: int = 0) -> str:
    """Write labels as ``a1, a2, a3``, shortened after ``most`` of them; ``total``, if there are more of them."""
    names = [str(label) for label in labels]
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])}, … ({max(len(names), total)} in all)"


def plain(text: str) -> str:
    """Text without control characters: a label must not steer a terminal, nor turn a page's lines round."""
    shown = (c.isprintable() or c == "\n" or category(c) == "Zs" for c in text)
    return "".join(c if good else c.encode("unicode_escape").decode() for c, good in zip(text, shown, strict=True))


def unique_index(labels: Iterable[Hashable], what: str) -> pd.Index[Any]:
    """Labels as an index; ValueError when one is missing or stands twice."""
    index = pd.Index(list(labels), name=what, tupleize_cols=False)
    if index.hasnans:
        raise ValueError(f"{what} labels: one is missing")
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise ValueError(f"{what} labels: {listing(twice)} stands more than once")
    return index


def same_labels(got: Iterable[Hashable], wanted: pd.Index[Any], where: str) -> None:
    """ValueError unless both hold the same labels, in whatever order."""
    if got is wanted or (isinstance(got, pd.Index) and got.equals(wanted)):
        return
    have = pd.Index(list(got), tupleize_cols=False)
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
        values = (values if values.index.equals(index) else values.reindex(index)).to_numpy()
    array = numbers(values)
    if array.shape != (len(index),):
        raise ValueError(
            f"{where}: {len(index)} values are needed, one for each of {listing(index)}; got shape {array.shape}"
        )
    bad = ~np.isfinite(array)
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(f"{where}: {index[at]} has {shown(values[at])}, a finite number is needed")
    return array
