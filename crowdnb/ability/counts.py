"""Counts of ratings: a history without its order (section 3.2).

How often each star was given is all that the cloud model needs: Ex, En, He, the minimum and the
maximum follow from it. Counts add up, so histories can be merged, and let older ones weigh less.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.labels import BoolArray, FloatArray, IntArray, listing, number, numbers, shown
from crowdnb.order import natural_order, natural_rank
from crowdnb.spelling import told_apart

KEYS = ["worker", "criterion"]
STARS, MARKS = "stars", "mark"  # what the columns of counts are called


class Counts(pd.DataFrame):
    """How often each star was given: index (worker, criterion), one column for each star 1 … S.

    On other scales the columns, named ``mark``, are the marks of all criteria, and a cell is
    missing where the criterion's scale has no such mark: so counts carry their scales.

    Made by :func:`count_ratings`. ``a + b`` and ``sum([a, b, …])`` merge histories, :meth:`decay`
    lets old ratings weigh less. Anything else done with it, ``.copy()`` or ``.loc`` say, gives a
    plain DataFrame, which can be added to counts and is still read by
    :func:`crowdnb.ability_intervals`.

    Examples
    --------
    >>> import pandas as pd, crowdnb as cn
    >>> one = {"worker": ["a0"], "criterion": ["skill"]}
    >>> old = cn.count_ratings(pd.DataFrame({**one, "rating": [4]}))
    >>> new = cn.count_ratings(pd.DataFrame({**one, "rating": [5]}))
    >>> (old.decay(0.5) + new).loc[("a0", "skill")].tolist()
    [0.0, 0.0, 0.0, 0.5, 1.0]
    """

    @property
    def stars(self) -> int:
        """The number of stars S on the scale; of other scales the number of marks."""
        return len(self.columns)

    @property
    def scales(self) -> dict[Any, Scale]:
        """The scale of each criterion."""
        return scales_of(self)

    def __add__(self, other: object) -> Any:
        """Merge with other counts on the same scale; labels that only one of them has are kept."""
        if isinstance(other, int) and not isinstance(other, bool) and other == 0:
            return Counts(self)  # where sum() starts
        if not is_counts(other):
            raise TypeError(f"counts can only be added to counts, not to {shown(other)}")
        stars = has_stars(self) and has_stars(other)
        if not stars:
            _check_same_scales(self, other)
        elif other.shape[1] != self.stars:
            raise ValueError(
                f"counts on a scale of {self.stars} and of {other.shape[1]} stars cannot be added"
            )
        n = numbers(other)
        good = np.isfinite(n) & (n >= 0)
        if not has_stars(other):
            good |= ~possible_marks(other)
        bad = np.flatnonzero(~good.all(axis=1))
        if len(bad):
            raise ValueError(f"counts: {listing(other.index[bad], 5)} must have counts ≥ 0")
        both = pd.concat([pd.DataFrame(one).rename_axis(index=KEYS) for one in (self, other)])
        for level, key in enumerate(KEYS):
            told_apart(both.index.unique(level).tolist(), f"counts, {key}", once=False)
        groups = both.groupby(level=KEYS, sort=False, dropna=False)
        if stars:
            return _ordered(groups.sum(), STARS)
        # a mark that the criterion's scale does not have stays missing
        return _ordered(groups.sum(min_count=1).sort_index(axis=1), MARKS)

    # A plain frame of counts on the left, or += on them, would else be added cell by cell and lose
    # labels.
    __radd__ = __iadd__ = __add__

    def __copy__(self) -> Counts:
        return Counts(self.copy())

    def __deepcopy__(self, memo: object = None) -> Counts:
        return Counts(self.copy())

    def decay(self, factor: float) -> Counts:
        """Multiply every count by ``factor`` (0 < factor ≤ 1), so that ratings to come weigh more.

        Counts become real numbers: the number of ratings tau is then an effective one, and the
        count rule reads it as it stands. A star once given stays in the history's minimum and
        maximum. A ``factor`` outside (0, 1] is a ValueError.

        :func:`count_ratings` with ``half_life`` does so by the date of each rating.
        """
        if not 0 < number(factor) <= 1:
            raise ValueError(f"factor must lie in (0, 1], got {shown(factor)}")
        return Counts(pd.DataFrame(self) * number(factor))


def in_order(codes: IntArray, labels: pd.Index[Any]) -> tuple[IntArray, pd.Index[Any]]:
    """Codes ≥ 0 of labels as codes of the used ones in natural order, and these."""
    used = np.flatnonzero(np.bincount(codes, minlength=len(labels)))
    if isinstance(labels, pd.CategoricalIndex):
        labels = pd.Index(labels.tolist())
    used = used[natural_order(labels[used])]
    place = np.empty(len(labels), dtype=np.int64)
    place[used] = np.arange(len(used))
    return place[codes], labels[used]


def is_counts(frame: object) -> TypeGuard[pd.DataFrame]:
    """Whether a frame holds counts: an index (worker, criterion), the stars 1 … S as columns.

    Or marks, where its columns have that name.
    """
    if not isinstance(frame, pd.DataFrame) or frame.empty or frame.index.nlevels != 2:
        return False
    return has_stars(frame) or _has_marks(frame.columns)


def has_stars(counts: pd.DataFrame) -> bool:
    """Whether the columns of counts are the stars 1 … S of the paper."""
    return counts.columns.name != MARKS and counts.columns.equals(
        pd.RangeIndex(1, counts.shape[1] + 1)
    )


def _has_marks(columns: pd.Index[Any]) -> bool:
    if columns.name != MARKS or columns.dtype.kind not in "iuf":
        return False
    marks = columns.to_numpy(dtype=float)
    return bool(np.isfinite(marks).all() and (np.diff(marks) > 0).all())


def possible_marks(counts: pd.DataFrame) -> BoolArray:
    """Which marks the criterion of each history has, histories × marks: those counted at all."""
    index: Any = counts.index
    code = index.codes[1]  # -1 for a label that is missing: the last row
    counted = np.zeros((len(index.levels[1]) + 1, counts.shape[1]), dtype=bool)
    np.logical_or.at(counted, code, counts.notna().to_numpy())
    return np.asarray(counted[code])


def mark_shares(counts: pd.DataFrame) -> FloatArray:
    """What each mark stands for in each row, rows × marks; NaN where a row's scale has none.

    Stars, or whatever columns are not called marks, stand for 1/S to 1. See ``scale``.
    """
    if counts.columns.name != MARKS:
        return np.tile(np.arange(1, counts.shape[1] + 1) / counts.shape[1], (len(counts), 1))
    marks = counts.columns.to_numpy(dtype=float)
    marks = np.where(counts.notna(), marks, np.nan)
    origin = np.minimum(np.nanmin(marks, axis=1, keepdims=True), 0)
    return np.asarray((marks - origin) / (np.nanmax(marks, axis=1, keepdims=True) - origin))


def scales_of(counts: pd.DataFrame) -> dict[Any, Scale]:
    """The scale of each criterion of counts.

    Raises
    ------
    ValueError
        The marks of a criterion are not evenly spaced, as where columns were taken away.
    """
    index: Any = counts.index
    marks, possible = counts.columns.to_numpy(dtype=float), possible_marks(counts)
    found = {}
    for code, at in zip(*np.unique(index.codes[1], return_index=True), strict=True):
        own, one = marks[possible[at]], index.levels[1][code]
        if not len(own):
            raise ValueError(f"counts: {one} has no mark")
        step = (own[-1] - own[0]) / max(len(own) - 1, 1) or 1.0
        step = float(f"{step:.12g}")
        found[one] = scale = Scale(own[0], own[-1], step)
        if len(scale.marks) != len(own) or np.abs(scale.marks - own).max() > 1e-9 * step:
            raise ValueError(f"counts: the marks of {one} are not evenly spaced: {listing(own)}")
    return found


def _check_same_scales(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """ValueError where a criterion has another scale in other counts."""
    mine, yours = scales_of(one), scales_of(other)
    for criterion, scale in mine.items():
        if yours.get(criterion, scale) != scale:
            raise ValueError(
                f"counts of {criterion} on a scale from {scale} and from {yours[criterion]}"
                " cannot be added"
            )


def _ordered(table: pd.DataFrame, name: str) -> Counts:
    """Rows in natural order of worker, then criterion, whatever the engine and the order given."""
    return Counts(table.sort_index(key=natural_rank).rename_axis(columns=name))
