"""Rating histories as counts (section 3.2, the count rule's input).

A history is the stars that one worker got on one criterion. How often each star was given is all that the
cloud model needs: Ex, En, He, the minimum and the maximum follow from the counts. Counts are small, exact, and
they add up, so histories can be merged, streamed and counted wherever they are kept.

Symbols: V, a history; tau, the number of ratings in it; a star s of S stands for the value s / S.
"""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeGuard

import narwhals as nw
import pandas as pd

from crowdnb.labels import listing, natural_key, natural_rank, number, shown

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

KEYS = ["worker", "criterion"]


class Counts(pd.DataFrame):
    """How often each star was given: index (worker, criterion), one column for each star 1 … S.

    Made by :func:`count_ratings`. ``a + b`` and ``sum([a, b, …])`` merge histories, :meth:`decay` lets old
    ratings weigh less. Anything else done with it, ``.copy()`` or ``.loc`` say, gives a plain DataFrame, which
    can be added to counts and is still read by :func:`crowdnb.ability_intervals`.

    Examples
    --------
    >>> import pandas as pd
    >>> old = count_ratings(pd.DataFrame({"worker": ["a0"], "criterion": ["skill"], "rating": [4]}))
    >>> new = count_ratings(pd.DataFrame({"worker": ["a0"], "criterion": ["skill"], "rating": [5]}))
    >>> (old.decay(0.5) + new).loc[("a0", "skill")].tolist()
    [0.0, 0.0, 0.0, 0.5, 1.0]
    """

    @property
    def stars(self) -> int:
        """The number of stars S on the scale."""
        return len(self.columns)

    def __add__(self, other: object) -> Any:
        """Merge with other counts on the same scale; labels that only one of them has are kept."""
        if isinstance(other, int) and other == 0:
            return Counts(self)  # where sum() starts
        if not is_counts(other):
            raise TypeError(f"counts can only be added to counts, not to {type(other).__name__}")
        if other.shape[1] != self.stars:
            raise ValueError(f"counts on a scale of {self.stars} and of {other.shape[1]} stars cannot be added")
        both = pd.concat([pd.DataFrame(one).rename_axis(index=KEYS) for one in (self, other)])
        return _ordered(both.groupby(level=KEYS, sort=False).sum())

    # A plain frame of counts on the left, or += on them, would else be added cell by cell and lose labels.
    __radd__ = __iadd__ = __add__

    def __copy__(self) -> Counts:
        return Counts(self.copy())

    def __deepcopy__(self, memo: object = None) -> Counts:
        return Counts(self.copy())

    def decay(self, factor: float) -> Counts:
        """Multiply every count by ``factor`` (0 < factor ≤ 1), so that ratings to come weigh more.

        Counts become real numbers: the number of ratings tau is then an effective one, and the count rule
        reads it as it stands. A star once given stays in the history's minimum and maximum. A ``factor``
        outside (0, 1] is a ValueError.
        """
        if not 0 < number(factor) <= 1:
            raise ValueError(f"factor must lie in (0, 1], got {shown(factor)}")
        return Counts(pd.DataFrame(self) * factor)


def count_ratings(frame: IntoFrame, stars: int = 5) -> Counts:
    """Count a long table of ratings by worker, criterion and star.

    Parameters
    ----------
    frame : pandas, polars, DuckDB, Dask … frame
        Columns ``worker``, ``criterion`` and ``rating``, a row a rating; other columns are ignored. The
        counting is done by the frame's own engine, through narwhals.
    stars : int
        Stars on the scale, S ≥ 1. Ratings are whole numbers 1 … S. For half stars double them and say 10.

    Returns
    -------
    Counts
        Index (worker, criterion) in natural order (a2 before a10), whatever the order of the rows.

    Raises
    ------
    ValueError
        A column is missing, the table is empty, a label is missing, or a rating is not a whole star.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"worker": ["a0"] * 3, "criterion": ["skill"] * 3, "rating": [3, 5, 5]})
    >>> count_ratings(frame).loc[("a0", "skill")].tolist()
    [0, 0, 1, 0, 2]
    """
    if not isinstance(stars, Integral) or stars < 1:
        raise ValueError(f"stars must be a whole number of at least 1, got {stars}")
    table = nw.from_native(frame)
    schema = table.collect_schema()
    if missing := [name for name in [*KEYS, "rating"] if name not in schema]:
        raise ValueError(f"ratings: column {listing(missing)} is missing; there are {listing(schema) or 'none'}")
    if schema["rating"] == nw.Object:  # grouped, True would pass for 1
        grouped = table.lazy().select(*KEYS, "rating", n=nw.lit(1))
    else:
        grouped = table.lazy().group_by(*KEYS, "rating").agg(nw.len().alias("n"))
    local = grouped.collect() if table.implementation.is_polars() else grouped.collect(backend="pandas")
    found = pd.DataFrame({name: local[name].to_list() for name in [*KEYS, "rating", "n"]})
    if found.empty:
        raise ValueError("ratings: the table has no rows")
    if found[KEYS].isna().any(axis=None):
        raise ValueError("ratings: a worker or criterion label is missing")
    plain = found["rating"].dtype.kind in "iuf"
    whole = found["rating"].isin(range(1, stars + 1)) if plain else found["rating"].map(lambda one: is_star(one, stars))
    if not whole.all():
        cells = found[~whole][[*KEYS, "rating"]].itertuples(index=False)
        wrong = [f"worker {worker}, criterion {criterion}: {shown(rating)}" for worker, criterion, rating in cells]
        wrong.sort(key=natural_key)
        raise ValueError(f"ratings: not a whole number of stars from 1 to {stars}: {listing(wrong, 5)}")
    rating = found["rating"].astype(float).astype(int)
    counts = found.assign(rating=rating).pivot_table(
        index=KEYS, columns="rating", values="n", aggfunc="sum", sort=False
    )
    return _ordered(counts.reindex(columns=range(1, stars + 1)).fillna(0).astype(int))


def is_star(rating: object, stars: int) -> bool:
    """Whether a rating is a whole number from 1 to ``stars`` (text and truth values are not)."""
    value = number(rating)
    return value.is_integer() and 1 <= value <= stars


def is_counts(frame: object) -> TypeGuard[pd.DataFrame]:
    """Whether a frame holds counts: an index of two levels (worker, criterion) and the stars 1 … S as columns."""
    if not isinstance(frame, pd.DataFrame) or frame.empty or frame.index.nlevels != 2:
        return False
    return frame.columns.equals(pd.RangeIndex(1, frame.shape[1] + 1))


def _ordered(table: pd.DataFrame) -> Counts:
    """Rows in natural order of worker, then criterion: the same for every engine and every order of rows."""
    return Counts(table.sort_index(key=natural_rank).rename_axis(columns="stars"))
