"""A history as it is typed: how often each mark was given, its scale, and its cloud (section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import Cloud, backward_cloud, ends_of
from crowdnb.ability.counts import KEYS, MARKS, mark_shares
from crowdnb.ability.histories import read_histories
from crowdnb.ability.scale import Scale, Scales
from crowdnb.labels import FloatArray, real, several

_MOST_MARKS = 200  # fields of a panel, beyond which nobody types how often each was given
SHARE = "share of the scale, 0 to 1"


@dataclass(frozen=True)
class History:
    """How often each mark of a scale was given."""

    n: FloatArray
    marks: FloatArray
    stars: bool  # whole stars 1 to S

    @property
    def total(self) -> int | float:
        """How many ratings there are; of faded ones with a decimal."""
        total = float(self.n.sum())
        return int(total) if self.whole else round(total, 6)

    @property
    def whole(self) -> bool:
        """Whether none has faded."""
        return bool((self.n == self.n.round()).all())

    @property
    def counts(self) -> pd.DataFrame:
        """The history as :func:`crowdnb.count_ratings` has it."""
        index = pd.MultiIndex.from_tuples([("worker", "criterion")], names=KEYS)
        return pd.DataFrame([self.n], index, pd.Index(self.marks, name=MARKS))

    @property
    def shares(self) -> FloatArray:
        """What each mark stands for."""
        return np.asarray(mark_shares(self.counts)[0])

    @property
    def names(self) -> list[str]:
        """What each mark is called."""
        if self.stars:
            return [f"{mark:g} star{'s' * (mark > 1)}" for mark in self.marks.tolist()]
        return [f"{mark:.12g}" for mark in self.marks.tolist()]

    @property
    def axis_name(self) -> str:
        """The scale, which is that of the paper unless it is said."""
        if self.stars:
            return SHARE
        return f"share of the scale {self.names[0]} to {self.names[-1]}, 0 to 1"

    @property
    def next_chances(self) -> FloatArray:
        """The posterior predictive, (n_s + 1/2) / (n + S/2), of each mark."""
        n = self.n + 0.5
        return np.asarray(n / n.sum())

    def cloud(self) -> Cloud:
        """The backward cloud (eq. 1) of two ratings at least."""
        if self.whole:
            return backward_cloud(np.repeat(self.shares, self.n.astype(np.int64)))
        ends = ends_of(read_histories(self.counts, len(self.marks)), 0.0)
        extent = np.asarray(ends.extent, dtype=float)
        return Cloud(
            float(((ends.ex - ends.origin) / extent)[0]),
            float((ends.en / extent)[0]),
            float((ends.he / extent)[0]),
            float((ends.radicand / extent**2)[0]),
        )


def history_of(
    stars: Sequence[float] | pd.Series[float], scale: Scale | Sequence[float] | None
) -> History:
    """A history as it is given; ValueError names what is wrong."""
    given = stars.dropna() if isinstance(stars, pd.Series) else stars
    n = np.array([real(number, "stars", 0) for number in several(given, "stars")], dtype=float)
    if scale is not None:
        marks = Scales(scale, 1).marks
    elif isinstance(given, pd.Series) and given.index.name == MARKS:
        marks = given.index.to_numpy(dtype=float)
    else:
        marks = np.arange(1.0, len(n) + 1)
    if len(n) != len(marks):
        raise ValueError(
            f"stars: one number for each of {len(marks)} marks is needed, got {len(n)}"
        )
    if len(marks) > _MOST_MARKS:
        raise ValueError(f"scale: {len(marks):,} marks, and at most {_MOST_MARKS} can be shown")
    return History(n, marks, scale is None and bool((marks == np.arange(1, len(n) + 1)).all()))
