"""Scales: which marks a rating can be, and the share that each of them stands for (section 3.2).

The paper has five stars, and star s stands for the value s / 5. On any other scale a mark V stands
for V / highest too. A scale that begins at 0 then gives shares from 0, where stars give them from
0.2: of the same five answers, read as 0 … 4, the values lie 5/4 as far apart, En, He and the width of
U are 5/4 as large, and every answer but the best is worth less. Where marks lie below 0 all are
counted from the lowest, (V - lowest) / (highest - lowest), since definition 1 wants shares of at
least 0. The highest mark is the best one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, listing, number, shown, unique_index
from crowdnb.spelling import meant

# marks of a scale, such as hundredths from 0 to 100: counts have a column for each
_MOST = 10_001
# of a step: the last bits of a decimal, as of 0.1 + 0.2
_SLACK = 1e-9
# of the largest mark: what a column of 32-bit numbers makes of a decimal
_SLACK_32 = 2.0**-22


@dataclass(frozen=True)
class Scale:
    """The marks that a rating can be: lowest, lowest + step, …, highest, which is the best.

    Attributes
    ----------
    lowest, highest : float
        Any finite numbers, lowest ≤ highest; a single mark is above 0.
    step : float
        Above 0; a number of steps leads from the lowest to the highest, at most 10,000.

    Raises
    ------
    ValueError
        A number breaks its rule.

    Examples
    --------
    >>> half = Scale(0, 2, 0.5)
    >>> str(half), half.marks.tolist()
    ('0 to 2 in steps of 0.5', [0.0, 0.5, 1.0, 1.5, 2.0])
    >>> half.shares.tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """

    lowest: float
    highest: float
    step: float = 1

    def __post_init__(self) -> None:
        for name in ("lowest", "highest", "step"):
            if not math.isfinite(value := number(given := getattr(self, name))):
                raise ValueError(f"scale: {name} must be a finite number, got {shown(given)}")
            object.__setattr__(self, name, int(value) if value.is_integer() else value)
        if self.lowest > self.highest:
            turned = f"{_told(self.lowest + self.highest)} - mark"
            raise ValueError(
                f"scale: lowest {_told(self.lowest)} is above highest {_told(self.highest)}; where"
                f" the lowest number is the best mark, give {turned} in place of each mark"
            )
        if self.step <= 0:
            raise ValueError(f"scale: step must be above 0, got {_told(self.step)}")
        if self.highest - min(self.lowest, 0) <= 0:
            raise ValueError(
                f"scale: lowest and highest are {_told(self.highest)}; a mark above 0, or a second"
                " one, is needed"
            )
        steps = (_exact(self.highest) - _exact(self.lowest)) / _exact(self.step)
        if abs(steps - round(steps)) > _SLACK:
            raise ValueError(
                f"scale: steps of {_told(self.step)} from {_told(self.lowest)} do not lead to"
                f" {_told(self.highest)}"
            )
        if steps > _MOST - 1:
            raise ValueError(
                f"scale: {self} has more than {_MOST:,} marks; choose a larger step, and round"
            )

    def __str__(self) -> str:
        ends = f"{_told(self.lowest)} to {_told(self.highest)}"
        return ends if self.step == 1 else f"{ends} in steps of {_told(self.step)}"

    @cached_property
    def marks(self) -> FloatArray:
        """Every mark, ascending, each the number that its decimals stand for: 0.3, not 0.1 * 3."""
        low, width = _exact(self.lowest), _exact(self.highest) - _exact(self.lowest)
        steps = round(width / _exact(self.step))
        return np.array([float(low + width * at / max(steps, 1)) for at in range(steps + 1)])

    @property
    def shares(self) -> FloatArray:
        """What each mark stands for, in [0, 1]."""
        origin = min(self.lowest, 0)
        return (self.marks - origin) / (self.highest - origin)


def _told(value: float) -> str:
    return f"{value:.15g}"


def _exact(value: float) -> Fraction:
    """A number as its decimals are written."""
    return Fraction(Decimal(repr(value)))


class Scales:
    """The scale of each criterion, read from an argument.

    Attributes
    ----------
    by_criterion : dict
        Scales of criteria that have one of their own.
    rest : Scale
        That of all others.
    marks : ndarray, ascending
        Every mark of them all.
    stars : int
        S, where all have the whole stars 1 … S of the paper; else 0.
    """

    def __init__(self, scales: object, stars: int) -> None:
        self.by_criterion: dict[Any, Scale] = {}
        self.rest = Scale(1, stars)
        if isinstance(scales, pd.Series):
            scales = _pairs(scales)
        if isinstance(scales, Mapping):
            given = list(scales.values())
            criteria = unique_index(list(scales), "scales: criterion")
            self.by_criterion = {
                criterion: as_scale(one, f"scales: {criterion}")
                for criterion, one in zip(criteria, given, strict=True)
            }
        elif scales is not None:
            self.rest = as_scale(scales, "scales")
        every = {self.rest, *self.by_criterion.values()}
        self.marks = np.unique(np.concatenate([one.marks for one in every]))
        plain = len(every) == 1 and (self.rest.lowest, self.rest.step) == (1, 1)
        self.stars = int(self.rest.highest) if plain else 0

    def of(self, criterion: Any) -> Scale:
        """The scale of a criterion, whose label is clean."""
        return self.by_criterion.get(criterion, self.rest)

    def slack(self, of_32_bits: bool) -> float:
        """How far a number may be from the mark that it is."""
        widest = float(np.abs(self.marks).max()) * _SLACK_32 if of_32_bits else 0.0
        return max(widest, _SLACK * float(np.diff(self.marks, prepend=self.marks[0] - 1).min()))

    def places(self, ratings: FloatArray, of_32_bits: bool = False) -> np.ndarray[Any, Any]:
        """Place of each rating among the marks of all scales; -1 where it is none of them."""
        between = (self.marks[:-1] + self.marks[1:]) / 2
        at = np.searchsorted(between, ratings)
        near = np.abs(ratings - self.marks[at]) <= self.slack(of_32_bits)
        return np.where(near, at, -1)

    def check_known(self, criteria: pd.Index[Any]) -> None:
        """ValueError where a scale is given for a criterion that has no rating."""
        if strange := [one for one in self.by_criterion if one not in criteria]:
            raise ValueError(
                f"scales: there is no rating on {listing(strange)}{meant(strange[0], criteria)};"
                f" there are {listing(criteria)}"
            )


def _pairs(series: pd.Series[Any]) -> dict[Any, Any]:
    """A Series as a mapping; ValueError where a label stands twice."""
    unique_index(series.index, "scales: criterion")
    return dict(zip(series.index, series, strict=True))


def as_scale(given: object, where: str) -> Scale:
    """A scale, or one of (lowest, highest[, step]); ValueError for anything else."""
    if isinstance(given, Scale):
        return given
    if isinstance(given, tuple | list) and len(given) in (2, 3):
        try:
            return Scale(*given)
        except ValueError as error:
            raise ValueError(f"{where}: {str(error).removeprefix('scale: ')}") from None
    raise ValueError(
        f"{where}: lowest, highest and, if need be, step are needed, got {shown(given)}"
    )


def is_mark(rating: object, scale: Scale) -> bool:
    """Whether a rating is one of a scale's marks (text and truth values are not)."""
    value = number(rating)
    if not scale.lowest - scale.step <= value <= scale.highest + scale.step:
        return False
    return bool(np.abs(scale.marks - value).min() <= _SLACK * scale.step)
