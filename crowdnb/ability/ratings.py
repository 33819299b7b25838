"""Rating histories as counts (section 3.2, the count rule's input).

A history is the stars that one worker got on one criterion. How often each star was given is all
that the cloud model needs: Ex, En, He, the minimum and the maximum follow from the counts. Counts
are small, exact, and they add up, so histories can be merged, streamed and counted wherever they
are kept.

Symbols: V, a history; tau, the number of ratings in it; a star s of S stands for the value s / S.
"""

from __future__ import annotations

import operator
from functools import reduce
from numbers import Integral
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import IntArray, as_cleaned, hashable, listing, number, numbers, phrases, shown
from crowdnb.order import natural_key, natural_order, natural_rank
from crowdnb.spelling import told_apart

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

KEYS = ["worker", "criterion"]
MOST = 10_000  # bad cells that an engine hands over, to name the first of them


class Counts(pd.DataFrame):
    """How often each star was given: index (worker, criterion), one column for each star 1 … S.

    Made by :func:`count_ratings`. ``a + b`` and ``sum([a, b, …])`` merge histories, :meth:`decay`
    lets old ratings weigh less. Anything else done with it, ``.copy()`` or ``.loc`` say, gives a
    plain DataFrame, which can be added to counts and is still read by
    :func:`crowdnb.ability_intervals`.

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
        if isinstance(other, int) and not isinstance(other, bool) and other == 0:
            return Counts(self)  # where sum() starts
        if not is_counts(other):
            raise TypeError(f"counts can only be added to counts, not to {shown(other)}")
        if other.shape[1] != self.stars:
            raise ValueError(
                f"counts on a scale of {self.stars} and of {other.shape[1]} stars cannot be added"
            )
        n = numbers(other)
        bad = np.flatnonzero(~(np.isfinite(n) & (n >= 0)).all(axis=1))
        if len(bad):
            raise ValueError(f"counts: {listing(other.index[bad], 5)} must have counts ≥ 0")
        both = pd.concat([pd.DataFrame(one).rename_axis(index=KEYS) for one in (self, other)])
        for level, key in enumerate(KEYS):
            told_apart(both.index.unique(level).tolist(), f"counts, {key}", once=False)
        return _ordered(both.groupby(level=KEYS, sort=False, dropna=False).sum())

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
        """
        if not 0 < number(factor) <= 1:
            raise ValueError(f"factor must lie in (0, 1], got {shown(factor)}")
        return Counts(pd.DataFrame(self) * number(factor))


def count_ratings(frame: IntoFrame, stars: int = 5) -> Counts:
    """Count a long table of ratings by worker, criterion and star.

    Parameters
    ----------
    frame : pandas, polars, DuckDB, Dask, PySpark … frame, eager or lazy
        Columns ``worker``, ``criterion`` and ``rating``, one row per rating; others are ignored.
        Counting and checking are done by the frame's own engine, through narwhals: only counts, one
        row per history, come over.
    stars : int
        Stars on the scale, S ≥ 1. Ratings are whole numbers 1 … S. For half stars double them and
        say 10.

    Returns
    -------
    Counts
        Index (worker, criterion) in natural order (a2 before a10), whatever the order of the rows.

    Raises
    ------
    ValueError
        A column is missing, the table is empty, a label is missing, or a rating is not a whole
        star. Every engine says it in the same words.

    Notes
    -----
    Memory holds the counts, and on pandas a few whole columns. For histories larger than that give
    a lazy frame: ``polars.scan_parquet(…)``, ``duckdb.read_parquet(…)``,
    ``dask.dataframe.read_parquet(…)`` or a Spark frame.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"worker": "a0", "criterion": "skill", "rating": [3, 5, 5]})
    >>> count_ratings(frame).loc[("a0", "skill")].tolist()
    [0, 0, 1, 0, 2]
    """
    stars = check_stars(stars)
    try:
        table = nw.from_native(frame)
        schema = table.collect_schema()
    except nw.exceptions.DuplicateError:
        raise ValueError("ratings: a column stands more than once") from None
    except TypeError:
        raise ValueError(
            f"ratings: a table is needed (pandas, polars, DuckDB …), got {shown(frame)}"
        ) from None
    if missing := [name for name in [*KEYS, "rating"] if name not in schema]:
        raise ValueError(
            f"ratings: column {listing(missing)} is missing; there are {listing(schema) or 'none'}"
        )
    try:
        if (
            isinstance(native := table.to_native(), pd.DataFrame)
            and (counts := _by_numpy(native, stars)) is not None
        ):
            return counts
        rows = table.lazy().select(*KEYS, "rating")
        return _by_number(rows, stars) if schema["rating"].is_numeric() else _by_value(rows, stars)
    except TypeError:
        if isinstance(native, pd.DataFrame):  # looked at only now: it takes as long as the counting
            for key in KEYS:
                hashable(native[key], f"ratings, column {key}")
        raise


def check_stars(stars: int) -> int:
    """Stars on a scale, a whole number of at least 1; ValueError for anything else."""
    if not isinstance(stars, Integral) or not number(stars) >= 1:
        raise ValueError(f"stars must be a whole number of at least 1, got {shown(stars)}")
    return int(stars)


def _by_numpy(frame: pd.DataFrame, stars: int) -> Counts | None:
    """Count with a few passes over whole columns; None if a cell is bad or codes are too many."""
    # a third to a sixth of the time of group_by, which misses the target of benchmarks/data.py
    rating = frame["rating"]
    if not isinstance(rating.dtype, np.dtype) or rating.dtype.kind not in "iuf" or frame.empty:
        return None
    given = rating.to_numpy()
    if not 1 <= given.min() <= given.max() <= stars or any(frame[key].hasnans for key in KEYS):
        return None
    star = given.astype(np.int64, copy=False)
    if rating.dtype.kind == "f" and (star != given).any():
        return None
    (worker, first, workers), (criterion, zeroth, criteria) = (_coded(frame[key]) for key in KEYS)
    size = len(workers) * len(criteria) * stars
    if size > max(10 * len(frame), 10**6):
        return None
    # ((worker - first) · K + criterion - zeroth) · S + star, the whole numbers that are alike left
    # to the end
    place = worker * np.int64(len(criteria))
    place += criterion
    place -= first * len(criteria) + zeroth
    place *= stars
    place += star
    n = np.bincount(place, minlength=size + 1)[1:].reshape(-1, stars)
    found = np.flatnonzero(n.any(axis=1))
    return _labelled(workers, criteria, found // len(criteria), found % len(criteria), n[found])


def _coded(column: pd.Series[Any]) -> tuple[npt.NDArray[Any], int, pd.Index[Any]]:
    """Codes, the code of the first label, and the labels, some maybe unused; none is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return (
            column.cat.codes.to_numpy(),
            0,
            pd.Index(column.cat.categories.tolist(), tupleize_cols=False),
        )
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        low, high = int(column.to_numpy().min()), int(column.to_numpy().max())
        if high - low <= 2 * len(column) and -(2**31) < low <= high < 2**31:
            return column.to_numpy(), low, pd.RangeIndex(low, high + 1)
    codes, labels = pd.factorize(column)
    return codes, 0, pd.Index(labels.tolist(), tupleize_cols=False)


def _by_number(rows: nw.LazyFrame[Any], stars: int) -> Counts:
    """Let the engine count whole stars; what it did not count among a history's rows is wrong."""
    given = {f"star {star}": nw.col("rating") == star for star in range(1, stars + 1)}
    marks = rows.select(*KEYS, **{name: one.cast(nw.Int64) for name, one in given.items()})
    found = _local(
        marks.group_by(*KEYS).agg(nw.len().alias("rows"), *(nw.col(name).sum() for name in given))
    )
    _check_labels(found)
    n = found[list(given)].to_numpy(dtype=np.int64)
    if (n.sum(axis=1) != found["rows"]).any():
        bad = rows.filter(
            nw.col("rating").is_null() | ~reduce(operator.or_, given.values())
        ).unique()
        _refuse(
            _local(bad.head(MOST)), stars, int(_local(bad.select(nw.len().alias("n")))["n"].iloc[0])
        )
    return _gathered(found, n)


def _by_value(rows: nw.LazyFrame[Any], stars: int) -> Counts:
    """Ratings of any other type: every value that occurs is looked at here."""
    if rows.collect_schema()["rating"] == nw.Object:  # grouped, True would pass for 1
        found = _local(rows.with_columns(n=nw.lit(1)))
    else:
        found = _local(rows.group_by(*KEYS, "rating").agg(nw.len().alias("n")))
    _check_labels(found)
    whole = found["rating"].map(lambda one: is_star(one, stars)).to_numpy(dtype=bool)
    if not whole.all():
        _refuse(found[~whole], stars, int((~whole).sum()))
    n = np.zeros((len(found), stars), dtype=np.int64)
    n[range(len(found)), found["rating"].astype(float).astype(int) - 1] = found["n"]
    return _gathered(found, n)


def _gathered(found: pd.DataFrame, n: IntArray) -> Counts:
    """Counts of labels that may stand in several rows, shape (rows, S)."""
    (worker, workers), (criterion, criteria) = (pd.factorize(found[key]) for key in KEYS)
    return _summed(workers, criteria, worker, criterion, n)


def _summed(
    workers: pd.Index[Any],
    criteria: pd.Index[Any],
    worker: IntArray,
    criterion: IntArray,
    n: IntArray,
) -> Counts:
    """Counts of histories given by codes, some of them in several rows."""
    pairs, at = np.unique(worker * len(criteria) + criterion, return_inverse=True)
    together = np.zeros((len(pairs), n.shape[1]), dtype=np.int64)
    np.add.at(together, at, n)
    return _labelled(workers, criteria, pairs // len(criteria), pairs % len(criteria), together)


def _local(rows: nw.LazyFrame[Any]) -> pd.DataFrame:
    """What an engine found, with labels and numbers of the same type whichever engine it was."""
    local = rows.collect(backend="polars" if rows.implementation.is_polars() else "pandas")
    told = {
        one.name: one.to_list() if one.name in (*KEYS, "rating") else one.to_numpy()
        for one in local.iter_columns()
    }
    return pd.DataFrame(told)


def _check_labels(found: pd.DataFrame) -> None:
    if found.empty:
        raise ValueError("ratings: the table has no rows")
    if found[KEYS].isna().any(axis=None):
        raise ValueError("ratings: a worker or criterion label is missing")


def _refuse(bad: pd.DataFrame, stars: int, total: int) -> NoReturn:
    """ValueError that names cells that hold no star, ``total`` of them in all."""
    cells = zip(*(bad[name].tolist() for name in [*KEYS, "rating"]), strict=True)
    wrong = [
        f"worker {worker}, criterion {criterion}: {shown(np.nan if rating is None else rating)}"
        for worker, criterion, rating in cells
    ]
    wrong.sort(key=natural_key)
    raise ValueError(
        f"ratings: not a whole number of stars from 1 to {stars}: {phrases(wrong, 5, total)}"
    )


def _labelled(
    workers: pd.Index[Any],
    criteria: pd.Index[Any],
    worker: IntArray,
    criterion: IntArray,
    n: IntArray,
) -> Counts:
    """Counts of histories given by codes, in natural order of worker, then criterion."""
    (worker, workers), (criterion, criteria) = (
        in_order(worker, workers),
        in_order(criterion, criteria),
    )
    clean = [
        as_cleaned(labels, f"ratings, column {key}", once=False)
        for labels, key in zip((workers, criteria), KEYS, strict=True)
    ]
    if not all(
        given.equals(labels) for given, labels in zip((workers, criteria), clean, strict=True)
    ):
        (worker_at, workers), (criterion_at, criteria) = map(pd.factorize, clean)
        return _summed(workers, criteria, worker_at[worker], criterion_at[criterion], n)
    order = np.argsort(worker * len(criteria) + criterion)
    levels: list[Any] = [workers, criteria]
    codes: list[Any] = [worker[order], criterion[order]]
    index = pd.MultiIndex(levels, codes, names=KEYS, verify_integrity=False)
    return Counts(n[order], index=index, columns=pd.RangeIndex(1, n.shape[1] + 1, name="stars"))


def in_order(codes: IntArray, labels: pd.Index[Any]) -> tuple[IntArray, pd.Index[Any]]:
    """Codes ≥ 0 of labels as codes of the used ones in natural order, and these."""
    used = np.flatnonzero(np.bincount(codes, minlength=len(labels)))
    if isinstance(labels, pd.CategoricalIndex):
        labels = pd.Index(labels.tolist())
    used = used[natural_order(labels[used])]
    place = np.empty(len(labels), dtype=np.int64)
    place[used] = np.arange(len(used))
    return place[codes], labels[used]


def is_star(rating: object, stars: int) -> bool:
    """Whether a rating is a whole number from 1 to ``stars`` (text and truth values are not)."""
    value = number(rating)
    return value.is_integer() and 1 <= value <= stars


def is_counts(frame: object) -> TypeGuard[pd.DataFrame]:
    """Whether a frame holds counts: an index (worker, criterion), the stars 1 … S as columns."""
    if not isinstance(frame, pd.DataFrame) or frame.empty or frame.index.nlevels != 2:
        return False
    return frame.columns.equals(pd.RangeIndex(1, frame.shape[1] + 1))


def _ordered(table: pd.DataFrame) -> Counts:
    """Rows in natural order of worker, then criterion, whatever the engine and the order given."""
    return Counts(table.sort_index(key=natural_rank).rename_axis(columns="stars"))
