"""The order of labels that people expect: numbers by size, a2 before a10."""

from __future__ import annotations

import re
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(label: object) -> tuple[tuple[int, Any, str], ...]:
    """Sort key that puts a2 before a10, and numbers before text."""
    if isinstance(label, Real) and not isinstance(label, bool):
        # as it is: long whole numbers differ beyond the precision of a float
        return ((0, label, ""),)
    parts = _DIGITS.split(str(label))
    return tuple(
        (1, 0.0, part) if at % 2 == 0 else (0, float(part), part)
        for at, part in enumerate(parts)
        if part
    )


def natural_order(labels: pd.Index[Any]) -> IntArray:
    """Positions that bring distinct labels into natural order, shape of ``labels``."""
    if isinstance(labels.dtype, np.dtype) and labels.dtype.kind in "iuf":
        return np.argsort(labels.to_numpy(), kind="stable")
    names = labels.tolist()
    if (values := _after_one_prefix(names)) is not None:
        order = np.argsort(values, kind="stable")
        if (np.diff(values[order]) > 0).all():  # else 1 and 01, which go by their text
            return order
    keys = [natural_key(name) for name in names]
    return np.array(sorted(range(len(names)), key=keys.__getitem__), dtype=np.int64)


def _after_one_prefix(names: list[Any]) -> IntArray | None:
    """The whole numbers behind one prefix, of labels like a0 … a9999: ten times as fast."""
    if set(map(type, names)) != {str}:
        return None
    prefix = names[0].rstrip("0123456789")
    ends = [name.removeprefix(prefix) for name in names]
    for name, end in zip(names, ends, strict=True):
        alike = name.startswith(prefix) and end.isascii() and end.isdigit()
        if not (alike and len(end) <= 15):  # a float is not exact beyond
            return None
    return np.fromiter(map(int, ends), dtype=np.int64, count=len(ends))


def natural_rank(labels: pd.Index[Any]) -> pd.Index[Any]:
    """Place of each label in natural order of the distinct ones; a ``key`` for ``sort_index``."""
    distinct = labels.unique()
    place = np.empty(len(distinct), dtype=np.int64)
    place[natural_order(distinct)] = np.arange(len(distinct))
    return pd.Index(place[distinct.get_indexer(labels)])
