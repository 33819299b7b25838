"""What the rows of section 7's experiments come to: shares, times with their tails, accuracies, growth.

Rows are those of :func:`crowdnb.sweep.run`: m, n, p, …, method, status, seconds, nodes, rho.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdnb.existence import binomial_band, chance_bounds

REACHED = ("exists", "optimal", "found")  # statuses that come with an assignment
GAVE_UP = ("N/A", "too large", "not installed")
CELL = ["structure", "method", "p", "m", "n"]


def shares(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """In what share of the instances an assignment exists (table 8), with limits of confidence.

    Parameters
    ----------
    rows : DataFrame
        Of ``existence`` or ``crowdnb``.
    level : float
        Of confidence.

    Returns
    -------
    DataFrame
        Index structure, method, p, m, n; columns hits, repeats, share, low, high (Clopper-Pearson).

    Examples
    --------
    >>> from crowdnb.experiments import table8
    >>> table = shares(table8(20, sizes=[45], methods=["existence"], progress=False))
    >>> table[["hits", "repeats"]].to_numpy().tolist()
    [[20, 20], [6, 20], [0, 20], [0, 20]]
    """
    reached = rows["status"].isin(REACHED)
    groups = reached.groupby([rows[name] for name in CELL])
    table = pd.DataFrame({"hits": groups.sum(), "repeats": groups.size()})
    table["share"] = table["hits"] / table["repeats"]
    table["low"], table["high"] = binomial_band(table["hits"], table["repeats"], level)
    return table


def theory(sizes: Sequence[int], chances: Sequence[float]) -> pd.DataFrame:
    """Bounds of the share that table 8 estimates, n = ⌊m/3⌋: index p, m; columns second moment, first moment.

    Examples
    --------
    >>> theory([55, 60], [0.2]).round(3).to_numpy().tolist()
    [[0.001, 0.125], [0.0, 0.002]]
    """
    index = pd.MultiIndex.from_product([chances, sizes], names=["p", "m"])
    bounds = [chance_bounds(m, m // 3, p) for p, m in index]
    return pd.DataFrame(bounds, index, columns=["second moment", "first moment"])


def times(rows: pd.DataFrame) -> pd.DataFrame:
    """Milliseconds of each method and size (table 6), with the tail that a mean hides.

    Returns
    -------
    DataFrame
        Index method, m; columns mean, median, 95 %, worst (of those that ended; the mean is NaN where any gave up, as
        the paper's N/A), N/A (share that gave up), nodes (largest number).
    """
    ended = rows["seconds"].where(~rows["status"].isin(GAVE_UP)) * 1e3
    groups = ended.groupby([rows["method"], rows["m"]], sort=False)
    table = groups.agg(["mean", "median"])
    table["95 %"], table["worst"] = groups.quantile(0.95), groups.max()
    table["N/A"] = rows["status"].isin(GAVE_UP).groupby([rows["method"], rows["m"]], sort=False).mean()
    table["nodes"] = rows["nodes"].astype(float).groupby([rows["method"], rows["m"]], sort=False).max()
    table.loc[table["N/A"] > 0, "mean"] = np.nan
    return table


def accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    """F = 1 - (ρ* - ρ) / ρ* of each greedy, ρ* being the optimum by ``crowdnb`` (table 9).

    Returns
    -------
    DataFrame
        Index qualification, m; columns methods; mean over the instances where both have an assignment.

    Examples
    --------
    >>> from crowdnb.experiments import table9
    >>> accuracy(table9(3, sizes=[10], progress=False)).loc[("uniform", 10), "crowdnb"]
    np.float64(1.0)
    """
    wide = rows.pivot_table(index=["qualification", "structure", "p", "m", "seed"], columns="method", values="rho")
    return wide.div(wide["crowdnb"], axis=0).groupby(["qualification", "m"], sort=False).mean()


def growth(rows: pd.DataFrame, start: int = 0) -> pd.Series[float]:
    """Exponent b of median seconds ≈ a (m n)^b for each method, by least squares on logarithms, from m = ``start`` on.

    Examples
    --------
    >>> rows = pd.DataFrame({"method": "x", "m": [10, 20], "n": [10, 20], "seconds": [1.0, 4.0]})
    >>> growth(rows)["x"].round(6)
    np.float64(1.0)
    """
    late = rows[rows["m"] >= start]
    median = late.groupby(["method", "m", "n"])["seconds"].median().reset_index()
    slopes = {
        str(method): float(np.polyfit(np.log(some["m"] * some["n"]), np.log(some["seconds"]), 1)[0])
        for method, some in median.groupby("method")
    }
    return pd.Series(slopes, name="exponent", dtype=float)


def quorum(rows: pd.DataFrame, chance: float = 0.95) -> pd.DataFrame:
    """How many places m candidates filled in that share of the instances of ``planner``; NaN where the search gave up.

    Examples
    --------
    >>> rows = pd.DataFrame({"p": 0.1, "m": 9, "rho": [4.0, 5.0, 5.0, 6.0]})
    >>> quorum(rows, 0.75).loc[0.1, 9]
    np.float64(5.0)
    """

    def filled(sizes: pd.Series[float]) -> float:
        ordered = np.sort(sizes.to_numpy())  # NaN last
        known = not np.isnan(ordered).any()
        return float(ordered[int(np.floor((1 - chance) * len(ordered) + 1e-9))]) if known else float("nan")

    return rows.groupby(["p", "m"])["rho"].agg(filled).unstack("m")
