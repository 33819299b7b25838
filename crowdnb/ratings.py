"""Rating histories as counts (section 3.2, the count rule's input).

A history is the stars that one worker got on one criterion. How often each star was given is all that the
cloud model needs: Ex, En, He, the minimum and the maximum follow from the counts. Counts are small, exact, and
they add up, so histories can be merged, streamed and counted wherever they are kept.

Symbols: V, a history; tau, the number of ratings in it; a star s of S stands for the value s / S.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import pandas as pd

from crowdnb.labels import listing, natural_key

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

KEYS = ["worker", "criterion"]


class Counts(pd.DataFrame):
    """How often each star was given: index (worker, criterion), one column for each star 1 … S.

    Made by :func:`count_ratings`. ``a + b`` merges two sets of histories, :meth:`decay` lets old ratings
    weigh less. Anything else done with it gives a plain DataFrame.

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
        if not isinstance(other, Counts):
            return super().__add__(other)
        if other.stars != self.stars:
            raise ValueError(f"counts on a scale of {self.stars} and of {other.stars} stars cannot be added")
        both = pd.concat([pd.DataFrame(self), pd.DataFrame(other)]).groupby(level=KEYS, sort=False).sum()
        return _ordered(both)

    def decay(self, factor: float) -> Counts:
        """Multiply every count by ``factor`` (0 < factor ≤ 1), so that ratings to come weigh more.

        Counts become real numbers: the number of ratings tau is then an effective one, and the count rule
        reads it as it stands. A star once given stays in the history's minimum and maximum.
        """
        if not 0 < factor <= 1:
            raise ValueError(f"factor must lie in (0, 1], got {factor}")
        return Counts(pd.DataFrame(self) * factor)


def count_ratings(frame: IntoFrame, stars: int = 5) -> Counts:
    """Count a long table of ratings by worker, criterion and star.

    Parameters
    ----------
    frame : pandas, polars, DuckDB, Dask … frame
        Columns ``worker``, ``criterion`` and ``rating``, a row a rating; other columns are ignored. The
        counting is done by the frame's own engine, through narwhals.
    stars : int
        Stars on the scale, S. Ratings are whole numbers 1 … S. For half stars double them and say 10.

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
    if stars < 1 or stars != int(stars):
        raise ValueError(f"stars must be a whole number of at least 1, got {stars}")
    table = nw.from_native(frame)
    names = table.collect_schema().names()
    if missing := [name for name in [*KEYS, "rating"] if name not in names]:
        raise ValueError(f"ratings: column {listing(missing)} is missing; there are {listing(names)}")
    grouped = table.lazy().group_by(*KEYS, "rating").agg(nw.len().alias("n"))
    local = grouped.collect() if table.implementation.is_polars() else grouped.collect(backend="pandas")
    found = pd.DataFrame({name: local[name].to_list() for name in [*KEYS, "rating", "n"]})
    if found.empty:
        raise ValueError("ratings: the table has no rows")
    if found[KEYS].isna().any(axis=None):
        raise ValueError("ratings: a worker or criterion label is missing")
    wrong = [
        f"worker {worker}, criterion {criterion}: {rating!r}"
        for worker, criterion, rating in zip(found["worker"], found["criterion"], found["rating"], strict=True)
        if not is_star(rating, stars)
    ]
    if wrong:
        raise ValueError(f"ratings: not a whole number of stars from 1 to {stars}: {listing(wrong, 5)}")
    rating = found["rating"].astype(float).astype(int)
    counts = found.assign(rating=rating).pivot_table(
        index=KEYS, columns="rating", values="n", aggfunc="sum", sort=False
    )
    return _ordered(counts.reindex(columns=range(1, stars + 1)).fillna(0).astype(int))


def is_star(rating: object, stars: int) -> bool:
    """Whether a rating is a whole number from 1 to ``stars`` (text and truth values are not)."""
    if isinstance(rating, bool | np.bool_ | str | bytes) or rating is None or rating is pd.NA:
        return False
    try:
        value = float(rating)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return value.is_integer() and 1 <= value <= stars


def _ordered(table: pd.DataFrame) -> Counts:
    """Rows in natural order of worker, then criterion: the same for every engine and every order of rows."""
    order = sorted(range(len(table)), key=lambda row: tuple(natural_key(part) for part in table.index[row]))
    return Counts(table.iloc[order].rename_axis(columns="stars"))
