"""Ratings that fade: how much a rating counts by its date (section 8 leaves ability over time open).

A rating of age a, in days before the day of the plan, counts

    2^(-a / h)

with the half-life h in days: 1 on the day itself, 1/2 after h, 1/4 after 2 h. The number of
ratings tau is then an effective one, the sum of these; the count rule and the cloud read it as it
stands.

References
----------
A. Jøsang, R. Ismail, "The Beta Reputation System", 15th Bled Electronic Commerce Conference (2002),
on forgetting in ratings.
"""

from __future__ import annotations

import datetime
import math
import re
import warnings
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray, number, phrases, shown
from crowdnb.order import natural_key

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}.*)?")
_EPOCH = datetime.date(1970, 1, 1).toordinal()
# What the oldest rating still counts: a mark once given stays in its history (Counts.decay).
_LEAST = 1e-300


class Fading:
    """The half-life in days, or None, and the day of the plan, or None for the newest rating's."""

    def __init__(self, half_life: object, day: object) -> None:
        self.half_life = None if half_life is None else number(half_life)
        if self.half_life is not None and not 0 < self.half_life < math.inf:
            raise ValueError(
                f"half_life must be a finite number of days above 0, got {shown(half_life)}"
            )
        self.day = None if day is None else day_of(day)
        if day is not None and self.day is None:
            raise ValueError(f"day must be a date such as 2024-03-01, got {shown(day)}")

    def counts(self, cell: IntArray, day: IntArray, times: IntArray, size: int) -> Any:
        """How much the ratings of each cell count; of one without half-life a whole number.

        Parameters
        ----------
        cell : ndarray of int, shape (ratings,)
            Which of ``size`` cells a rating belongs to.
        day : ndarray of int, shape (ratings,)
            Its day, as :func:`days_of` has it.
        times : ndarray of int, shape (ratings,)
            How often it was given.

        Raises
        ------
        ValueError
            All are after the day of the plan.

        Warns
        -----
        UserWarning
            Some are after the day of the plan, and left out.
        """
        last = int(day.max()) if self.day is None else self.day.toordinal()
        age = last - day
        if later := int(times[age < 0].sum()):
            told = f"after the day of the plan, {datetime.date.fromordinal(last)}"
            if (age < 0).all():
                raise ValueError(f"ratings: all {later:,} are {told}")
            number_of = "1 is" if later == 1 else f"{later:,} are"
            # the caller of count_ratings, which asked a way of counting
            warnings.warn(f"ratings: {number_of} {told}, and left out", stacklevel=4)
            kept = age >= 0
            cell, age, times = cell[kept], age[kept], times[kept]
        if self.half_life is None:
            return np.bincount(cell, times, size).astype(np.int64)
        # by cell and age, so that sums are the same to the last bit in whatever order rows stand
        span = int(age.max()) + 1
        each, at = np.unique(cell * np.int64(span) + age, return_inverse=True)
        weight = np.maximum(np.exp2(-(each % span) / self.half_life), _LEAST)
        return np.bincount(each // span, np.bincount(at, times) * weight, size)


def days_of(dates: pd.Series[Any]) -> IntArray | None:
    """The day of each date, counted from the year 1; None if one is no date."""
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        dates = dates.dt.tz_localize(None)
    if isinstance(dates.dtype, np.dtype) and dates.dtype.kind == "M":
        if dates.hasnans:
            return None
        return dates.to_numpy().astype("M8[D]").astype(np.int64) + _EPOCH
    try:
        code, distinct = pd.factorize(dates)
    except TypeError:  # a list among them
        return None
    days = [day_of(one) for one in distinct.tolist()]
    if None in days or (code < 0).any():
        return None
    ordinal = np.array([one.toordinal() for one in days if one is not None], dtype=np.int64)
    return np.asarray(ordinal[code])


def day_of(value: object) -> datetime.date | None:
    """The day of a date, of a time, or of text such as 2024-03-01; None for anything else.

    Of a time with a zone it is the day that is written.
    """
    if isinstance(value, np.datetime64):
        value = pd.Timestamp(value)
    if value is pd.NaT:
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, str) and (found := _ISO.fullmatch(value.strip())):
        try:
            if found[2]:
                return datetime.datetime.fromisoformat(found[0]).date()
            return datetime.date.fromisoformat(found[1])
        except ValueError:
            return None
    return None


def refuse_dates(ratings: pd.DataFrame) -> NoReturn:
    """ValueError that names the ratings without a date."""
    cells = zip(ratings["worker"], ratings["criterion"], ratings["date"].tolist(), strict=True)
    wrong = {
        f"worker {worker}, criterion {criterion}: {_told(date)}"
        for worker, criterion, date in cells
        if day_of(date) is None
    }
    raise ValueError(
        "ratings: not a date such as 2024-03-01, which a half-life and a day of the plan need:"
        f" {phrases(sorted(wrong, key=natural_key), 5)}"
    )


def _told(date: Any) -> str:
    missing = date is None or date is pd.NaT or (isinstance(date, float) and math.isnan(date))
    return "none" if missing or date is pd.NA or date == "" else shown(date)
