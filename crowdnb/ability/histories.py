"""Histories taken apart: counts, checked, and the share that each mark stands for (section 3.2).

Counts carry their scales: the columns are marks, and a cell is missing where the scale of the
criterion has no such mark. What follows from counts, by whichever rule, needs nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.counts import has_stars, is_counts, possible_marks
from crowdnb.ability.ratings import check_stars, count_ratings
from crowdnb.labels import BoolArray, FloatArray, listing, numbers

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame


class Histories(NamedTuple):
    """Counts as arrays.

    Attributes
    ----------
    counts : DataFrame
        As they were given, or made of ratings.
    made : bool
        Whether they were made of ratings, and so are in natural order.
    n : ndarray, shape (marks, histories)
        How often each mark was given; 0 where the criterion has no such mark.
    marks : ndarray, shape (marks,)
        Ascending; 1 … S for stars.
    possible : ndarray of bool, shape (marks, histories), or None
        Which marks the criterion's scale has; None for all.
    origin, extent : ndarray, shape (histories,), or int
        A mark V stands for (V - origin) / extent: 0 and the highest mark, but where marks are
        below 0 the lowest and the width of the scale.
    """

    counts: pd.DataFrame
    made: bool
    n: FloatArray
    marks: FloatArray
    possible: BoolArray | None
    origin: FloatArray | int
    extent: FloatArray | int


def read_histories(ratings_or_counts: IntoFrame, stars: int) -> Histories:
    """Counts, checked: labels there and none twice, counts ≥ 0 and one above 0 in each history."""
    stars = check_stars(stars)
    made = not is_counts(ratings_or_counts)
    counts: Any = count_ratings(ratings_or_counts, stars) if made else ratings_or_counts
    if not made:
        index: Any = counts.index
        if any((codes < 0).any() for codes in index.codes) or any(
            level.hasnans for level in index.levels
        ):
            raise ValueError("counts: a worker or criterion label is missing")
        if counts.index.has_duplicates:
            twice = counts.index[counts.index.duplicated()].unique()
            raise ValueError(f"counts: {listing(twice, 5)} stands more than once")
    # one row per mark, so that sums run over all histories at once
    n = np.ascontiguousarray(numbers(counts).T)
    if has_stars(counts):
        read = Histories(counts, made, n, np.arange(1.0, len(n) + 1), None, 0, len(n))
    else:
        read = _on_scales(counts, made, n)
    n = read.n
    tau = n.sum(axis=0)
    if not (n.min() >= 0 and n.max() < np.inf and tau.min() > 0):
        bad = (~np.isfinite(n) | (n < 0)).any(axis=0) | (tau <= 0)
        raise ValueError(
            f"counts: {listing(counts.index[bad], 5)} must have counts ≥ 0, and at least one"
            " above 0"
        )
    return read


def _on_scales(counts: pd.DataFrame, made: bool, n: FloatArray) -> Histories:
    """Counts of which each criterion has a scale of its own."""
    marks = counts.columns.to_numpy(dtype=float)
    possible = possible_marks(counts).T
    # missing where another history of the criterion has a count: stays so, and is refused
    n = np.where(possible, n, 0.0)
    lowest = marks[possible.argmax(axis=0)]
    highest = marks[::-1][possible[::-1].argmax(axis=0)]
    origin = np.minimum(lowest, 0.0)
    return Histories(counts, made, n, marks, possible, origin, highest - origin)
