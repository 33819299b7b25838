"""Ratings counted, by whatever engine keeps them (section 3.2, the count rule's input).

A history is the stars that one worker got on one criterion. Counts of it are small and exact, and
they add up, so histories can be merged, streamed and counted wherever they are kept.

Symbols: V, a history; tau, the number of ratings in it; a star s of S stands for the value s / S.
Other scales than the paper's, one for each criterion, are in ``scale``; that older ratings weigh
less (section 8 leaves ability over time open) in ``fading``.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from functools import reduce
from numbers import Integral
from typing import TYPE_CHECKING, Any, NoReturn

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.ability.counts import KEYS, MARKS, Counts, in_order
from crowdnb.ability.fading import Fading, days_of, refuse_dates
from crowdnb.ability.scale import Scale, Scales
from crowdnb.labels import (
    IntArray,
    as_cleaned,
    hashable,
    listing,
    number,
    phrases,
    shown,
)
from crowdnb.order import natural_key
from crowdnb.spelling import one_label

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

_AS_GIVEN = {*KEYS, "rating", "date"}
# Marks that an engine counts by an expression each; more are grouped, and rows by history and mark
# come over. DuckDB takes as long either way with 10 marks, 7 s and 0.2 s with 1,000.
_AT_ONCE = 100
MOST = 10_000  # bad cells that an engine hands over, to name the first of them


def count_ratings(
    frame: IntoFrame,
    stars: int = 5,
    scales: Scale | Mapping[Any, Scale] | pd.Series[Any] | tuple[float, ...] | None = None,
    half_life: float | None = None,
    day: object = None,
) -> Counts:
    """Count a long table of ratings by worker, criterion and star.

    Parameters
    ----------
    frame : pandas, polars, DuckDB, Dask, PySpark … frame, eager or lazy
        Columns ``worker``, ``criterion`` and ``rating``, one row per rating; others are ignored,
        but for ``date`` where ratings fade. Counting and checking are done by the frame's own
        engine, through narwhals: only counts, one row per history, come over.
    stars : int
        Stars on the scale, S ≥ 1. Ratings are whole numbers 1 … S.
    scales : Scale, (lowest, highest[, step]), or mapping of them by criterion, optional
        In place of stars 1 … S: of all criteria, or of those that the mapping has.
    half_life : float, optional
        Days, above 0, in which a rating loses half of its weight: it counts
        2^(-age / half_life). None: every rating counts 1.
    day : date or text such as ``2024-03-01``, optional
        The day of the plan, from which ages count; later ratings are left out, with a warning that
        says how many. None: with ``half_life`` the newest date, else dates do not matter.

    Returns
    -------
    Counts
        Index (worker, criterion) in natural order (a2 before a10), whatever the order of the rows.

    Raises
    ------
    ValueError
        A column is missing, the table is empty, a label is missing, or a rating is not a whole
        star, or a mark of its criterion's scale. A scale for a criterion that has no rating. With
        ``half_life`` or ``day`` a rating without a date, or with one that is none. Every engine
        says it in the same words.

    Warns
    -----
    UserWarning
        Ratings after ``day`` are left out.

    Notes
    -----
    Memory holds the counts, and on pandas a few whole columns. For histories larger than that give
    a lazy frame: ``polars.scan_parquet(…)``, ``duckdb.read_parquet(…)``,
    ``dask.dataframe.read_parquet(…)`` or a Spark frame. Where ratings fade, one row per history,
    mark and day comes over.

    A rating of each day counts as :meth:`Counts.decay` makes it: the result is the sum of the
    days' counts, each decayed by its 2^(-age / half_life).

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"worker": "a0", "criterion": "skill", "rating": [3, 5, 5]})
    >>> count_ratings(frame).loc[("a0", "skill")].tolist()
    [0, 0, 1, 0, 2]
    >>> count_ratings(frame, scales=(0, 5)).loc[("a0", "skill")].tolist()
    [0, 0, 0, 1, 0, 2]
    >>> frame["date"] = ["2024-03-01", "2024-03-11", "2024-03-21"]
    >>> count_ratings(frame, half_life=10).loc[("a0", "skill")].tolist()
    [0.0, 0.0, 0.25, 0.0, 1.5]
    """
    form = _Form(check_stars(stars), scales, half_life, day)
    try:
        table = nw.from_native(frame)
        schema = table.collect_schema()
    except nw.exceptions.DuplicateError:
        raise ValueError("ratings: a column stands more than once") from None
    except TypeError:
        raise ValueError(
            f"ratings: a table is needed (pandas, polars, DuckDB …), got {shown(frame)}"
        ) from None
    if missing := [name for name in form.columns if name not in schema]:
        raise ValueError(
            f"ratings: column {listing(missing)} is missing; there are {listing(schema) or 'none'}"
        )
    try:
        native = table.to_native()
        counts = None
        if isinstance(native, pd.DataFrame):
            counts = _by_numpy(native, form)
        if counts is None:
            rows = table.lazy().select(*form.columns)
            at_once = form.at_once and schema["rating"].is_numeric()
            counts = _by_number(rows, form) if at_once else _by_value(rows, form)
        return counts if form.scales is None else _on_scales(counts, form.scales)
    except TypeError:
        if isinstance(native, pd.DataFrame):  # looked at only now: it takes as long as the counting
            for key in form.columns:
                hashable(native[key], f"ratings, column {key}")
        raise


def check_stars(stars: int) -> int:
    """Stars on a scale, a whole number of at least 1; ValueError for anything else."""
    if not isinstance(stars, Integral) or not number(stars) >= 1:
        raise ValueError(f"stars must be a whole number of at least 1, got {shown(stars)}")
    return int(stars)


class _Form:
    """What a table of ratings is read by, checked.

    Attributes
    ----------
    stars : int
        S, or the number of marks of all scales.
    scales : Scales or None
        None for stars 1 … S on every criterion.
    fading : Fading or None
        None where dates do not matter.
    columns : list of str
        Those that are read.
    at_once : bool
        Whether an engine can count all marks in one pass, by an expression for each.
    """

    def __init__(self, stars: int, scales: object, half_life: object, day: object) -> None:
        self.scales = None if scales is None else Scales(scales, stars)
        if self.scales is not None and self.scales.stars:
            stars, self.scales = self.scales.stars, None
        self.stars = stars if self.scales is None else len(self.scales.marks)
        dated = half_life is not None or day is not None
        self.fading = Fading(half_life, day) if dated else None
        self.columns = [*KEYS, "rating", *(["date"] if dated else [])]
        self.at_once = not dated and (self.scales is None or self.stars <= _AT_ONCE)

    def places(self, ratings: Iterable[object], of_32_bits: bool = False) -> IntArray:
        """Place of each rating among the marks, from 1; 0 where it is none of them."""
        values = np.array([number(one) for one in ratings])
        if self.scales is not None:
            return self.scales.places(values, of_32_bits) + 1
        star = (values % 1 == 0) & (values >= 1) & (values <= self.stars)
        return np.where(star, values, 0).astype(np.int64)

    def told(self, rating: object, criterion: object) -> str:
        """A rating that is no mark, for a message."""
        said = shown(np.nan if rating is None else rating)
        return said if self.scales is None else f"{said} (on {self.scales.of(criterion)})"

    @property
    def rule(self) -> str:
        """What is wrong with a rating that is no mark."""
        if self.scales is None:
            return f"not a whole number of stars from 1 to {self.stars}"
        return "not a mark of the scale"


def _by_numpy(frame: pd.DataFrame, form: _Form) -> Counts | None:
    """Count with a few passes over whole columns; None if a cell is bad or codes are too many."""
    # a third to a sixth of the time of group_by, which misses the target of benchmarks/data.py
    rating, stars = frame["rating"], form.stars
    if not isinstance(rating.dtype, np.dtype) or rating.dtype.kind not in "iuf" or frame.empty:
        return None
    given = rating.to_numpy()
    if any(frame[key].hasnans for key in KEYS):
        return None
    if form.scales is not None:
        star = form.scales.places(given.astype(float), rating.dtype == np.float32) + 1
        if not star.all():
            return None
    elif not 1 <= given.min() <= given.max() <= stars:
        return None
    else:
        star = given.astype(np.int64, copy=False)
        if rating.dtype.kind == "f" and (star != given).any():
            return None
    days = None if form.fading is None else days_of(frame["date"])
    if form.fading is not None and days is None:
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
    if form.fading is None or days is None:
        n = np.bincount(place, minlength=size + 1)
    else:
        n = form.fading.counts(place, days, np.ones(len(place), dtype=np.int64), size + 1)
    n = n[1:].reshape(-1, stars)
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


def _by_number(rows: nw.LazyFrame[Any], form: _Form) -> Counts:
    """Let the engine count marks; what it did not count among a history's rows is wrong."""
    rating = nw.col("rating")
    if form.scales is None:
        given = {f"star {star}": rating == star for star in range(1, form.stars + 1)}
    else:
        slack = form.scales.slack(rows.collect_schema()["rating"] == nw.Float32)
        off = rating.cast(nw.Float64)
        given = {
            f"mark {mark}": ((off >= mark - slack) & (off <= mark + slack))
            for mark in form.scales.marks.tolist()
        }
    marks = rows.select(*KEYS, **{name: one.cast(nw.Int64) for name, one in given.items()})
    found = _local(
        marks.group_by(*KEYS).agg(nw.len().alias("rows"), *(nw.col(name).sum() for name in given))
    )
    _check_labels(found)
    n = found[list(given)].to_numpy(dtype=np.int64)
    if (n.sum(axis=1) != found["rows"]).any():
        bad = rows.filter(rating.is_null() | ~reduce(operator.or_, given.values())).unique()
        _refuse(
            _local(bad.head(MOST)), form, int(_local(bad.select(nw.len().alias("n")))["n"].iloc[0])
        )
    (worker, workers), (criterion, criteria) = (pd.factorize(found[key]) for key in KEYS)
    return _summed(workers, criteria, worker, criterion, n)


def _by_value(rows: nw.LazyFrame[Any], form: _Form) -> Counts:
    """Ratings of any other type, or with dates: every value that occurs is looked at here."""
    schema = rows.collect_schema()
    if any(schema[name] == nw.Object for name in form.columns[2:]):  # grouped, True passes for 1
        found = _local(rows.with_columns(n=nw.lit(1)))
    else:
        found = _local(rows.group_by(*form.columns).agg(nw.len().alias("n")))
    _check_labels(found)
    of_32_bits = schema["rating"] == nw.Float32
    place = form.places(found["rating"], of_32_bits)
    if not place.all():
        _refuse(found[place == 0], form)
    pairs, at, workers, criteria = _pairs_of(found)
    place += at * form.stars - 1
    times, size = found["n"].to_numpy(), len(pairs) * form.stars
    if form.fading is None:
        n = np.bincount(place, times, size).astype(np.int64)
    else:
        days = days_of(found["date"])
        if days is None:
            refuse_dates(found)
        n = form.fading.counts(place, days, times, size)
    n = n.reshape(-1, form.stars)
    kept = n.any(axis=1)  # of some every rating may be after the day of the plan
    pairs, n = pairs[kept], n[kept]
    return _labelled(workers, criteria, pairs // len(criteria), pairs % len(criteria), n)


def _pairs_of(
    found: pd.DataFrame,
) -> tuple[IntArray, IntArray, pd.Index[Any], pd.Index[Any]]:
    """Codes of the pairs of worker and criterion, which of them each row has, and the labels."""
    (worker, workers), (criterion, criteria) = (pd.factorize(found[key]) for key in KEYS)
    pairs, at = np.unique(worker * len(criteria) + criterion, return_inverse=True)
    return pairs, at, workers, criteria


def _summed(
    workers: pd.Index[Any],
    criteria: pd.Index[Any],
    worker: IntArray,
    criterion: IntArray,
    n: IntArray,
) -> Counts:
    """Counts of histories given by codes, some of them in several rows."""
    pairs, at = np.unique(worker * len(criteria) + criterion, return_inverse=True)
    together = np.zeros((len(pairs), n.shape[1]), dtype=n.dtype)
    np.add.at(together, at, n)
    return _labelled(workers, criteria, pairs // len(criteria), pairs % len(criteria), together)


def _local(rows: nw.LazyFrame[Any]) -> pd.DataFrame:
    """What an engine found, with labels and numbers of the same type whichever engine it was."""
    local = rows.collect(backend="polars" if rows.implementation.is_polars() else "pandas")
    told = {
        one.name: one.to_list() if one.name in _AS_GIVEN else one.to_numpy()
        for one in local.iter_columns()
    }
    return pd.DataFrame(told)


def _check_labels(found: pd.DataFrame) -> None:
    if found.empty:
        raise ValueError("ratings: the table has no rows")
    if found[KEYS].isna().any(axis=None):
        raise ValueError("ratings: a worker or criterion label is missing")


def _refuse(bad: pd.DataFrame, form: _Form, total: int = 0) -> NoReturn:
    """ValueError that names cells that hold no mark; ``total``, if there are more of them."""
    cells = zip(*(bad[name].tolist() for name in [*KEYS, "rating"]), strict=True)
    wrong = {
        f"worker {worker}, criterion {criterion}: {form.told(rating, one_label(criterion))}"
        for worker, criterion, rating in cells
    }
    raise ValueError(f"ratings: {form.rule}: {phrases(sorted(wrong, key=natural_key), 5, total)}")


def _on_scales(counts: Counts, scales: Scales) -> Counts:
    """Counts of the marks of all scales, with those missing that a criterion does not have."""
    index: Any = counts.index
    criteria = index.levels[1]
    scales.check_known(criteria)
    n = counts.to_numpy()
    own = np.array([np.isin(scales.marks, scales.of(one).marks) for one in criteria])
    possible = own[index.codes[1]]
    at, mark = np.nonzero((n > 0) & ~possible)
    if len(at):
        wrong = [
            f"worker {worker}, criterion {criterion}: {value:.15g} (on {scales.of(criterion)})"
            for (worker, criterion), value in zip(index[at], scales.marks[mark], strict=True)
        ]
        raise ValueError(f"ratings: not a mark of the scale: {phrases(wrong, 5)}")
    used = own.any(axis=0)
    marks = scales.marks[used]
    whole = bool((marks % 1 == 0).all())
    columns = pd.Index(marks.astype(np.int64) if whole else marks, name=MARKS)
    if not own[:, used].all():
        n = np.where(possible, n, np.nan)
    return Counts(n[:, used], index=index, columns=columns)


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


def is_star(rating: object, stars: int) -> bool:
    """Whether a rating is a whole number from 1 to ``stars`` (text and truth values are not)."""
    value = number(rating)
    return value.is_integer() and 1 <= value <= stars
