r"""Ability as an interval number: the normal cloud model (section 3.2, eqs. 1 and 2).

From a history V of tau ratings on one criterion:

=========  ==================================================================
1 … 5      U = [min V, max V] (for one rating, a point)
6 or more  U = [Ex - En - gamma He, Ex + En + gamma He], backward generator
=========  ==================================================================

A mark V of another scale than the stars counts by what it stands for (``scale``); Ex, En, He are of
these values.

Ex = mean(V), En = sqrt(pi/2) mean |V - Ex|, He = sqrt(|S² - En²|) with S² the sample variance (tau
- 1).

The paper prints the two ends of eq. 2 swapped and does not say that U can leave [0, 1];
here the lower end is the lower one, and clipping is counted. The *radicand* S² - En² can be
negative, where the absolute value stands in; it is kept with its sign, so that a reader sees when
He has lost its meaning.

References
----------
D. Li, C. Liu, W. Gan, "A new cognitive model: cloud model", Int. J.
Intelligent Systems 24 (2009) 357-375.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.ability.counts import KEYS
from crowdnb.ability.histories import Histories, read_histories
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    finite,
    generator,
    numbers,
    plain_array,
    real,
    shown,
    whole,
)

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

CLOUD_FROM = 6  # ratings from which the backward generator is used
HE_TO_EN, TABLE_GAMMA = 0.5, 0.1  # assumed of intervals whose histories are not known


@dataclass(frozen=True)
class Cloud:
    """A normal cloud: three numerical characteristics, and the sign that the third one hides.

    Attributes
    ----------
    expectation : float
        Ex, the centre, in the unit of the values.
    entropy : float
        En ≥ 0, the spread, in the unit of the values.
    hyper_entropy : float
        He ≥ 0, the spread of the spread: sqrt(abs(radicand)).
    radicand : float
        S² - En², with its sign, in the squared unit. Below 0 He is no real number, and the absolute
        value stands in.
    """

    expectation: float
    entropy: float
    hyper_entropy: float
    radicand: float

    def __post_init__(self) -> None:
        for name, least in (
            ("expectation", -math.inf),
            ("entropy", 0),
            ("hyper_entropy", 0),
            ("radicand", -math.inf),
        ):
            real(getattr(self, name), name, least)

    def interval(self, gamma: float = 0.1) -> tuple[float, float]:
        """Interval (low, high) of eq. 2, not clipped; ``gamma`` ≥ 0 weighs He (0.1 … 0.2)."""
        reach = self.entropy + check_gamma(gamma) * self.hyper_entropy
        return self.expectation - reach, self.expectation + reach

    def drops(self, size: int, rng: np.random.Generator) -> FloatArray:
        """Forward generator: ``size`` cloud drops x ~ N(Ex, En'²) with En' ~ N(En, He²)."""
        rng = generator(rng)
        spread = rng.normal(self.entropy, self.hyper_entropy, whole(size, "size", 0))
        return rng.normal(self.expectation, np.abs(spread))

    def membership(self, x: npt.ArrayLike) -> FloatArray:
        """Certainty exp(-(x - Ex)² / (2 En²)) of values x, in [0, 1], of their shape.

        For En = 0 it is 1 at Ex and 0 elsewhere.
        """
        place = numbers(x, "x")
        if np.isnan(place).any():
            raise ValueError(
                f"x: {shown(plain_array(x, 'x').astype(object)[np.isnan(place)][0])} is not a"
                " number"
            )
        distance = np.abs(place - self.expectation)
        if self.entropy == 0:
            return np.where(distance == 0, 1.0, 0.0)
        with np.errstate(over="ignore"):  # ever so far away: 0
            return np.asarray(np.exp(-0.5 * (distance / self.entropy) ** 2))


def backward_cloud(values: Sequence[float] | npt.ArrayLike) -> Cloud:
    """Backward cloud generator (eq. 1): the cloud that values come from.

    Parameters
    ----------
    values : array-like of float, shape (tau,), tau ≥ 2
        Any finite real numbers; their order does not matter.

    Returns
    -------
    Cloud

    Raises
    ------
    ValueError
        Fewer than two values (S² divides by tau - 1), one that is not a finite number, or values so
        far apart that S² is beyond the floating point numbers.

    Notes
    -----
    Ex = mean(V);  En = sqrt(pi/2) mean |V - Ex|;  He = sqrt(|S² - En²|), with
    S² = sum (V - Ex)² / (tau - 1).

    Examples
    --------
    Six ratings of 3, 4, 4, 5, 5 and 5 stars: here S² < En², so that He hides a negative radicand.

    >>> cloud = backward_cloud([0.6, 0.8, 0.8, 1.0, 1.0, 1.0])
    >>> round(cloud.expectation, 4), round(cloud.entropy, 4), round(cloud.radicand, 6)
    (0.8667, 0.1671, -0.001259)
    """
    array = np.sort(finite(values, "values").ravel())  # sorted: the same sums for every order
    if array.size < 2:
        raise ValueError(
            f"values: at least two are needed, since S² divides by tau - 1; got {array.size}"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        ex, en, radicand = _characteristics(
            array[:, np.newaxis], np.ones((array.size, 1)), array[:1]
        )
    if not np.isfinite(radicand[0]):
        raise ValueError(
            f"values: {array[0]} and {array[-1]} are too far apart for S² to be computed"
        )
    return Cloud(float(ex[0]), float(en[0]), math.sqrt(abs(radicand[0])), float(radicand[0]))


def ability_clouds(
    ratings_or_counts: IntoFrame, gamma: float = 0.1, stars: int = 5
) -> pd.DataFrame:
    """Every history with all that its interval comes from, one row per (worker, criterion).

    Parameters
    ----------
    ratings_or_counts : frame
        :class:`Counts`, or a long table of ratings as :func:`count_ratings` takes it.
    gamma : float
        Influence of He, ≥ 0; the paper suggests 0.1 … 0.2.
    stars : int
        Stars on the scale of a table of ratings; counts know theirs.

    Returns
    -------
    DataFrame
        Index (worker, criterion). Columns: ``ratings`` (tau), ``rule`` (``point`` for one rating,
        ``range`` below six, ``cloud`` from six on; in decayed counts tau ≤ 1 on one star is a
        point), ``expectation``, ``entropy``, ``hyper_entropy``, ``radicand`` (with its sign; these
        three are missing below six ratings), ``low`` and ``high`` in [0, 1], and ``clipped``
        (whether an end was moved to 0 or 1).

    Raises
    ------
    ValueError
        As :func:`count_ratings`; a negative count; a history without ratings or one that stands
        twice; gamma below 0 or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"worker": "a0", "criterion": "skill", "rating": [5, 5, 5, 5, 5, 2]})
    >>> ability_clouds(frame)[["rule", "low", "high", "clipped"]].round(3).to_dict("records")
    [{'rule': 'cloud', 'low': 0.678, 'high': 1.0, 'clipped': True}]
    """
    gamma = check_gamma(gamma)
    histories = read_histories(ratings_or_counts, stars)
    ends, counts = ends_of(histories, gamma), histories.counts
    single = (ends.tau <= 1 + 1e-9) & (ends.first == ends.last)
    rule = np.where(ends.by_cloud, "cloud", np.where(single, "point", "range"))
    return pd.DataFrame(
        {
            "ratings": counts.sum(axis=1).to_numpy(),
            "rule": rule,
            "expectation": (ends.ex - ends.origin) / ends.extent,
            "entropy": np.where(ends.by_cloud, ends.en / ends.extent, np.nan),
            "hyper_entropy": np.where(ends.by_cloud, ends.he / ends.extent, np.nan),
            "radicand": np.where(ends.by_cloud, ends.radicand / ends.extent**2, np.nan),
            "low": ends.low.clip(0, 1),
            "high": ends.high.clip(0, 1),
            "clipped": ends.clipped,
        },
        index=counts.index.set_names(KEYS),
    )


class Ends(NamedTuple):
    """What the count rule makes of histories, shape (histories,): in marks but for the ends."""

    origin: FloatArray | int
    extent: FloatArray | int
    tau: FloatArray
    first: FloatArray
    last: FloatArray
    by_cloud: BoolArray
    ex: FloatArray
    en: FloatArray
    he: FloatArray
    radicand: FloatArray
    low: FloatArray
    high: FloatArray
    clipped: BoolArray


def ends_of(histories: Histories, gamma: float) -> Ends:
    """What the count rule makes of histories; the ends as shares, not clipped."""
    return _ends(histories.n, gamma, histories.marks, histories.origin, histories.extent)


def count_ends(n: FloatArray, gamma: float) -> Ends:
    """What the count rule makes of stars (S × histories), checked: ≥ 0, in each one above 0."""
    return _ends(n, gamma, np.arange(1.0, len(n) + 1), 0, len(n))


def _ends(
    n: FloatArray,
    gamma: float,
    marks: FloatArray,
    origin: FloatArray | int,
    extent: FloatArray | int,
) -> Ends:
    tau = n.sum(axis=0)
    given = n > 0
    first, last = marks[given.argmax(axis=0)], marks[::-1][given[::-1].argmax(axis=0)]
    # In marks, so that a history of equal ratings has a radicand of exactly 0; then in shares.
    ex, en, radicand = _characteristics(marks[:, np.newaxis], n, first)
    he = np.sqrt(np.abs(radicand))
    by_cloud = tau >= CLOUD_FROM - 1e-9
    reach = en + gamma * he
    low = (np.where(by_cloud, ex - reach, first) - origin) / extent
    high = (np.where(by_cloud, ex + reach, last) - origin) / extent
    clipped = (low < 0) | (high > 1)
    return Ends(
        origin, extent, tau, first, last, by_cloud, ex, en, he, radicand, low, high, clipped
    )


def _characteristics(
    values: FloatArray, weights: FloatArray, smallest: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ex, En and S² - En² of columns of weighted values (eq. 1), exact where all are alike.

    ``values`` of shape (k, 1), ``weights`` (k, histories); ``smallest``, of shape (histories,), is
    what each history's values are counted from: equal ones give 0.
    """
    tau = weights.sum(axis=0)
    deviation = values - smallest
    shift = (weights * deviation).sum(axis=0) / tau
    deviation -= shift
    np.abs(deviation, out=deviation)
    weighted = weights * deviation
    en = math.sqrt(math.pi / 2) * weighted.sum(axis=0) / tau
    weighted *= deviation
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = weighted.sum(axis=0) / (tau - 1)
    return smallest + shift, en, variance - en**2


def moved_intervals(ability: pd.DataFrame, gamma: float, ratio: float = HE_TO_EN) -> pd.DataFrame:
    """Intervals as they would be at another γ, when only intervals are known.

    Assumed: the centre stays, the half-width is En + γ·He with He = ``ratio``·En, and the intervals
    given are those of γ = 0.1. Ends are clipped to [0, 1].
    """
    low, high = (ability.xs(end, axis=1, level=1).to_numpy() for end in ("low", "high"))
    low, high, he = apart(low, high, TABLE_GAMMA, ratio)
    ends = np.stack([low - gamma * he, high + gamma * he], axis=2).reshape(len(ability), -1)
    return pd.DataFrame(ends.clip(0, 1), index=ability.index, columns=ability.columns)


def apart(
    low: FloatArray, high: FloatArray, gamma: float, ratio: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ex - En, Ex + En and He of intervals Ex ∓ (En + γ·He) with He = ``ratio``·En."""
    en = (high - low) / 2 / (1 + gamma * ratio)
    return (low + high) / 2 - en, (low + high) / 2 + en, ratio * en


def check_gamma(gamma: float) -> float:
    """γ, a finite number of at least 0; ValueError for anything else."""
    return real(gamma, "gamma", 0)
