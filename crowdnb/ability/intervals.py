"""Ability intervals U of every worker on every criterion, by either rule (section 3.2).

==========================  ======================================================================
``ability="cloud"``         the paper's: count rule and cloud model, eqs. 1 and 2 (``cloud``)
``ability="posterior"``     in which the next rating lies with a given probability (``posterior``)
==========================  ======================================================================

The paper has ratings of every worker on every criterion. Where there is none, the interval is what
``missing`` says; nothing is filled in unless it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import check_gamma, ends_of
from crowdnb.ability.counts import in_order
from crowdnb.ability.histories import Histories, read_histories
from crowdnb.ability.posterior import posterior_ends
from crowdnb.labels import FloatArray, between, listing, one_of

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

Rule = Literal["cloud", "posterior"]
Missing = Literal["error", "out", "unknown", "average"]


def ability_intervals(
    ratings_or_counts: IntoFrame,
    gamma: float = 0.1,
    stars: int = 5,
    missing: Missing = "error",
    ability: Rule = "cloud",
    level: float = 0.9,
) -> pd.DataFrame:
    """Ability intervals U of every worker on every criterion (eq. 2 and the count rule).

    Parameters
    ----------
    ratings_or_counts, gamma, stars
        As :func:`ability_clouds`, which shows the same histories one by one. Other scales, and
        ratings that fade, by :func:`count_ratings`.
    missing : {"error", "out", "unknown", "average"}
        What a worker has on a criterion without a rating: an error; the worker is left out; [0, 1];
        or the mean of the lower and of the upper ends of all who have one.
    ability : {"cloud", "posterior"}
        The paper's interval; or the one in which the next rating lies with probability ``level``,
        which asks for no number of ratings, and knows no γ.
    level : float
        Between 0 and 1, for ``"posterior"``.

    Returns
    -------
    DataFrame
        Index ``worker``, columns (criterion, ``low`` / ``high``), in [0, 1]. Its ``.attrs``,
        which pandas keeps with a copy but not through every step, say how many intervals were
        ``clipped`` to [0, 1], and how many clouds have a ``negative_radicand`` (S² < En²);
        :func:`ability_clouds` says which. They are 0 for ``"posterior"``.

    Raises
    ------
    ValueError
        As :func:`ability_clouds`; a worker without any rating on a criterion, unless ``missing``
        says what to do; nobody is left; another word for ``missing`` or ``ability``, a level
        outside (0, 1).

    Notes
    -----
    The posterior's ends are marks: low and high are the lowest marks at which the posterior
    predictive, (n_s + 1/2) / (n + S/2) for each of S marks, has added up to (1 - level)/2 and to
    (1 + level)/2.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"worker": ["a0", "a0"], "criterion": "skill", "rating": [3, 4]})
    >>> ability = ability_intervals(frame)
    >>> ability.to_dict("index")
    {'a0': {('skill', 'low'): 0.6, ('skill', 'high'): 0.8}}
    >>> ability.attrs
    {'clipped': 0, 'negative_radicand': 0}

    One five, and fifty ratings of four and five:

    >>> rows = [("new", 5), *[("old", star) for star in [4, 5] * 25]]
    >>> frame = pd.DataFrame(rows, columns=["worker", "rating"]).assign(criterion="skill")
    >>> ability_intervals(frame, ability="posterior").to_numpy().tolist()
    [[0.2, 1.0], [0.8, 1.0]]
    """
    gamma, level = check_gamma(gamma), between(level, "level")
    one_of(missing, get_args(Missing), "missing")
    one_of(ability, get_args(Rule), "ability")
    histories = read_histories(ratings_or_counts, stars)
    if ability == "cloud":
        ends = ends_of(histories, gamma)
        low, high = ends.low.clip(0, 1), ends.high.clip(0, 1)
        clipped = int(ends.clipped.sum())
        negative = int((ends.by_cloud & (ends.radicand < 0)).sum())
    else:
        low, high = posterior_ends(histories, level)
        clipped = negative = 0
    found = _by_worker(histories, low, high, missing)
    found.attrs = {"clipped": clipped, "negative_radicand": negative}
    return found


def _by_worker(
    histories: Histories, low: FloatArray, high: FloatArray, missing: Missing
) -> pd.DataFrame:
    """Intervals of histories as workers × (criterion, end), with what ``missing`` says of gaps."""
    index: Any = histories.counts.index
    (worker, criterion), (workers, criteria) = index.codes, index.levels
    if not histories.made:
        (worker, workers), (criterion, criteria) = (
            in_order(worker, workers),
            in_order(criterion, criteria),
        )
    cells = np.full((len(workers), len(criteria), 2), np.nan)
    cells[worker, criterion, 0] = low
    cells[worker, criterion, 1] = high
    if len(low) < len(workers) * len(criteria):
        gaps = np.isnan(cells[:, :, 0])
        if missing == "error":
            pairs = [f"worker {one} on {other}" for one, other in unrated(histories.counts)]
            raise ValueError(
                f"ratings: no rating of {listing(pairs, 5)}; every worker needs one on every"
                " criterion, unless missing says what stands there"
            )
        if missing == "out":
            rated = ~gaps.any(axis=1)
            if not rated.any():
                raise ValueError(
                    "missing is 'out', and every worker lacks a rating on some criterion: nobody"
                    " is left"
                )
            cells, workers = cells[rated], workers[rated]
        elif missing == "unknown":
            cells[gaps] = 0.0, 1.0
        else:
            cells = np.where(np.isnan(cells), np.nanmean(cells, axis=0), cells)
    return pd.DataFrame(
        cells.reshape(len(workers), -1),
        index=workers.rename("worker"),
        columns=pd.MultiIndex.from_product([criteria, ["low", "high"]], names=["criterion", "end"]),
    )


def unrated(counts: pd.DataFrame) -> list[tuple[Any, Any]]:
    """Pairs of worker and criterion without a rating, in the order of their labels."""
    workers, criteria = (dict.fromkeys(counts.index.get_level_values(at)) for at in (0, 1))
    given = set(counts.index)
    return [(one, other) for one in workers for other in criteria if (one, other) not in given]
