"""Other readings of table 8, since the paper leaves open what it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from crowdnb.experiments.methods import apply
from crowdnb.experiments.studies import CHANCES, SIZES, instances, sizes_of
from crowdnb.experiments.tables import PUBLISHED
from crowdnb.labels import listing, whole


def variants(repeats: int = 200, seed: int = 0, sizes: Sequence[int] = SIZES) -> pd.DataFrame:
    """Other readings of table 8: how far each is from what is printed.

    Returns
    -------
    DataFrame
        Index reading; columns RMSE over the 44 cells, and worst (the largest distance in a cell).
    """
    readings: dict[str, Callable[[int, float], tuple[int, float, str]]] = {
        "⌊m/3⌋ tasks, whole project": lambda m, p: (m // 3, p, "project"),
        "m/3 rounded": lambda m, p: (round(m / 3), p, "project"),
        "⌈m/3⌉ tasks": lambda m, p: (-(-m // 3), p, "project"),
        "ordered cells, a pair drawn twice": lambda m, p: (m // 3, 1 - (1 - p) ** 2, "project"),
        "same-task conflicts": lambda m, p: (m // 3, p, "task"),
    }

    @cache  # readings meet where m/3 is whole
    def share(m: int, n: int, p: float, scope: str) -> float:
        some = instances([(m, n, p)], repeats, seed, scope=scope)
        return sum(apply(one, "existence").status == "exists" for one in some) / repeats

    sizes, repeats = sizes_of(sizes), whole(repeats, "repeats", rule="must be at least {}")
    if not sizes or (strange := [m for m in sizes if m not in PUBLISHED["table8"].index]):
        raise ValueError(
            f"sizes: {listing(strange) if sizes else 'none'}; table 8 has"
            f" {listing(SIZES, len(SIZES))}"
        )
    printed = PUBLISHED["table8"].loc[list(sizes), list(CHANCES)].to_numpy()
    rows = {}
    for name, reading in readings.items():
        off = np.array([[share(m, *reading(m, p)) for p in CHANCES] for m in sizes]) - printed
        rows[name] = {"RMSE": float(np.sqrt(np.mean(off**2))), "worst": float(np.abs(off).max())}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")
