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
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, number, phrases, shown
from crowdnb.order import natural_key

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]\d{2}:\d{2}.*)?")
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

    def weights(self, ratings: pd.DataFrame) -> FloatArray:
        """What each rating counts by its ``date``, shape (ratings,); 0 after the day of the plan.

        Parameters
        ----------
        ratings : DataFrame
            Columns ``worker``, ``criterion``, ``date`` and ``n``, how often the row stands.

        Raises
        ------
        ValueError
            A rating has no date, or one that is none; all are after the day of the plan.

        Warns
        -----
        UserWarning
            Some are after the day of the plan.
        """
        days = [day_of(given) for given in ratings["date"].tolist()]
        if None in days:
            bad = ratings[[one is None for one in days]]
            _refuse(bad)
        ordinal = np.array([one.toordinal() for one in days if one is not None])
        last = int(ordinal.max()) if self.day is None else self.day.toordinal()
        age = last - ordinal
        if later := int(ratings["n"][age < 0].sum()):
            told = f"after the day of the plan, {datetime.date.fromordinal(last)}"
            if (age < 0).all():
                raise ValueError(f"ratings: all {later:,} are {told}")
            number_of = "1 is" if later == 1 else f"{later:,} are"
            # the caller of count_ratings, by way of _by_value
            warnings.warn(f"ratings: {number_of} {told}, and left out", stacklevel=4)
        if self.half_life is None:
            return np.where(age < 0, 0.0, 1.0)
        with np.errstate(under="ignore", over="ignore"):
            weight = np.exp2(-age / self.half_life)
        return np.where(age < 0, 0.0, np.maximum(weight, _LEAST))


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
            return datetime.date.fromisoformat(found[1])
        except ValueError:
            return None
    return None


def _refuse(bad: pd.DataFrame) -> None:
    """ValueError that names ratings without a date."""
    wrong = sorted(
        {
            f"worker {worker}, criterion {criterion}: {_told(date)}"
            for worker, criterion, date in zip(
                bad["worker"], bad["criterion"], bad["date"].tolist(), strict=True
            )
        },
        key=natural_key,
    )
    raise ValueError(
        f"ratings: not a date such as 2024-03-01, which a half-life and a day of the plan need:"
        f" {phrases(wrong, 5)}"
    )


def _told(date: Any) -> str:
    missing = date is None or date is pd.NaT or (isinstance(date, float) and math.isnan(date))
    return "none" if missing or date == "" else shown(date)
