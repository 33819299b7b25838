"""What section 7 prints, and what the rows of its experiments come to.

Shares, times with their tails, accuracies, growth.

Rows are those of :func:`crowdnb.experiments.runner.run`: m, n, p, …, method, status, seconds,
nodes, rho.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from crowdnb.experiments.existence import binomial_band, chance_bounds
from crowdnb.experiments.runner import KEY
from crowdnb.labels import between, labelled, numeric, real, several, text_of, whole

_REACHED = ("exists", "optimal", "found")  # statuses that come with an assignment
_GAVE_UP = ("N/A", "too large", "not installed")
_CELL = ["structure", "method", "p", "m", "n"]
_M = pd.RangeIndex(10, 61, 5, name="m")
# As printed; None is N/A, more than 30 minutes.
PUBLISHED: dict[str, pd.DataFrame] = {
    "table6": pd.DataFrame(
        {
            "CPLEX": [2.62, 2.86, 3.46, 4.56, 7.60, 10.94, 20.0, 29.1, 33.94, 45.9, 66.9],
            "greedy": [0.02, 0.04, 0.08, 0.09, 0.35, 0.61, *[None] * 5],
            "exhaustive": [0.10, 46.93, 3651.00, *[None] * 8],
        },
        _M,
        dtype=float,
    ),
    "table7": pd.DataFrame(
        {
            "CPLEX": [12, 12, 29, 11, 23, 43],
            "greedy": [2638.6, 5369.3, 19901.0, 119145.5, 22139.1, 853762.0],
        },
        pd.RangeIndex(1, 7, name="instance"),
        dtype=float,
    ),
    "table8": (
        pd.DataFrame(
            {
                0.1: [1.0] * 11,
                0.2: [*[1.0] * 6, 0.84, 0.26, 0.10, 0, 0],
                0.3: [1, 1, 1, 0.88, 0.20, *[0.0] * 6],
                0.4: [1, 0.94, 0.88, 0.20, *[0.0] * 7],
            },
            _M,
        ).rename_axis(columns="p")
    ),
    "table9": pd.DataFrame(
        {
            "CPLEX": [1.0] * 11,
            "greedy": [0.963, 0.979, 0.988, 0.995, 0.991, 0.994, 0.994, 0.995, 0.991, 0.995, 0.997],
        },
        _M,
    ),
}


def shares(rows: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """In what share of the instances an assignment exists (table 8), with limits of confidence.

    Parameters
    ----------
    rows : DataFrame
        Of any methods that find an assignment if there is one: all of them, where they end.
    level : float
        Of confidence.

    Returns
    -------
    DataFrame
        Index structure, method, p, m, n; columns hits, repeats, share, low, high (Clopper-Pearson);
        the last three are NaN where any gave up.

    Examples
    --------
    >>> from crowdnb.experiments.studies import table8
    >>> table = shares(table8(20, sizes=[45], methods=["existence"], progress=False))
    >>> table[["hits", "repeats"]].to_numpy().tolist()
    [[20, 20], [6, 20], [0, 20], [0, 20]]
    """
    rows = numeric(_named(rows, [*_CELL, "status"]), "rows", ["p", "m", "n"])
    between(level, "level")
    cell = [rows[name] for name in _CELL]
    reached = rows["status"].isin(_REACHED).groupby(cell)
    gave_up = rows["status"].isin(_GAVE_UP).groupby(cell).any()
    table = pd.DataFrame({"hits": reached.sum(), "repeats": reached.size()})
    table["share"] = table["hits"] / table["repeats"]
    table["low"], table["high"] = binomial_band(table["hits"], table["repeats"], level)
    table.loc[gave_up, ["share", "low", "high"]] = np.nan
    return table


def _named(rows: object, columns: Sequence[str]) -> pd.DataFrame:
    """Rows with these columns, labels in all and texts in those that name something."""
    given = labelled(rows, "rows", columns)
    for column in {"structure", "method", "status"} & set(columns):
        for name in dict.fromkeys(given[column]):
            text_of(name, f"rows, column {column}")
    return given


def theory(sizes: Sequence[int], chances: Sequence[float]) -> pd.DataFrame:
    """Bounds of the share that table 8 estimates, n = ⌊m/3⌋.

    Index p, m; columns second moment, first moment.

    Examples
    --------
    >>> theory([55, 60], [0.2]).round(3).to_numpy().tolist()
    [[0.001, 0.125], [0.0, 0.002]]
    """
    sizes = [whole(m, "sizes") for m in several(sizes, "sizes")]
    chances = [real(p, "chances", 0, 1) for p in several(chances, "chances")]
    index = pd.MultiIndex.from_product([chances, sizes], names=["p", "m"])
    bounds = [chance_bounds(m, m // 3, p) for p, m in index]
    return pd.DataFrame(bounds, index, columns=["second moment", "first moment"])


def times(rows: pd.DataFrame, by: Sequence[str] = ("method", "m")) -> pd.DataFrame:
    """Milliseconds of each method and size (table 6), with the tail that a mean hides.

    Parameters
    ----------
    rows : DataFrame
    by : sequence of str
        Columns of the rows to group by.

    Returns
    -------
    DataFrame
        Index ``by``; columns mean, median, 95 %, worst (of those that terminated; the mean is NaN
        where any gave up, as the paper's N/A), N/A (share that gave up), nodes (largest number).
    """
    by = [text_of(one, "by") for one in several(by, "by")]
    if not by:
        raise ValueError("by: one column or more is needed, got none")
    rows = _named(rows, [*dict.fromkeys(["method", "status", *by])])
    rows = numeric(numeric(rows, "rows", ["m"]), "rows", ["seconds", "nodes"], missing=True)
    gave_up = rows["status"].isin(_GAVE_UP)
    cell = [rows[name] for name in by]
    ended = (rows["seconds"].where(~gave_up) * 1e3).groupby(cell, sort=False)
    table = ended.agg(["mean", "median"])
    table["95 %"], table["worst"] = ended.quantile(0.95), ended.max()
    table["N/A"] = gave_up.groupby(cell, sort=False).mean()
    table["nodes"] = rows["nodes"].astype(float).groupby(cell, sort=False).max()
    table.loc[table["N/A"] > 0, "mean"] = np.nan
    return table


def accuracy(rows: pd.DataFrame, by: Sequence[str] = ("qualification", "m")) -> pd.DataFrame:
    """F = 1 - (ρ* - ρ) / ρ* (table 9).

    ρ* is the optimum by ``exhaustive`` where that ended, else by ``crowdnb``.

    Parameters
    ----------
    rows : DataFrame
        Of ``crowdnb``, or of ``exhaustive``, and of the methods to be judged.
    by : sequence of str
        Columns of the rows to group by.

    Returns
    -------
    DataFrame
        Index ``by``; columns methods; mean over the instances where both have an assignment, NaN
        where there is none.

    Raises
    ------
    ValueError
        No row has an optimum to compare with.

    Examples
    --------
    >>> from crowdnb.experiments.studies import table9
    >>> accuracy(table9(3, sizes=[10], progress=False)).loc[("uniform", 10), "crowdnb"]
    np.float64(1.0)
    """
    by = [text_of(one, "by") for one in several(by, "by")]
    if not by:
        raise ValueError("by: one column or more is needed, got none")
    keys = list(dict.fromkeys([*KEY[:-1], *by]))
    rows = numeric(_named(rows, [*keys, "method"]), "rows", ["rho"], missing=True)
    if (twice := rows.duplicated([*keys, "method"])).any():
        raise ValueError(
            f"rows: row {rows.index[int(twice.to_numpy().argmax())]} stands more than once"
        )
    wide = rows.set_index([*keys, "method"])["rho"].unstack("method")
    exact = [method for method in ("exhaustive", "crowdnb") if method in wide]
    if not exact:
        raise ValueError(
            "rows: no method among them finds the optimum; crowdnb or exhaustive is needed"
        )
    best = wide[exact].bfill(axis=1).iloc[:, 0]
    return wide.div(best, axis=0).groupby(list(by), sort=False).mean()


def growth(rows: pd.DataFrame) -> pd.Series[float]:
    """Exponent b of median seconds ≈ a (m n)^b for each method, by least squares on logarithms.

    Examples
    --------
    >>> rows = pd.DataFrame({"method": "x", "m": [10, 20], "n": [10, 20], "seconds": [1.0, 4.0]})
    >>> growth(rows)["x"].round(6)
    np.float64(1.0)
    """
    rows = numeric(_named(rows, ["method"]), "rows", ["m", "n", "seconds"])
    if (rows[["m", "n", "seconds"]] <= 0).any(axis=None):
        raise ValueError("rows: m, n and seconds must be above 0")
    median = rows.groupby(["method", "m", "n"])["seconds"].median().reset_index()
    for method, some in median.groupby("method"):
        if (some["m"] * some["n"]).nunique() < 2:
            raise ValueError(f"rows: method {method} needs two sizes or more, it has one")
    slopes = {
        str(method): float(np.polyfit(np.log(some["m"] * some["n"]), np.log(some["seconds"]), 1)[0])
        for method, some in median.groupby("method")
    }
    return pd.Series(slopes, name="exponent", dtype=float)


def quorum(rows: pd.DataFrame, chance: float = 0.95) -> pd.DataFrame:
    """How many places m candidates filled in that share of the instances of ``planner``.

    NaN where the search gave up.

    Examples
    --------
    >>> rows = pd.DataFrame({"p": 0.1, "m": 9, "rho": [4.0, 5.0, 5.0, 6.0]})
    >>> quorum(rows, 0.75).loc[0.1, 9]
    np.float64(5.0)
    """
    chance = between(chance, "chance")
    rows = numeric(numeric(rows, "rows", ["p", "m"]), "rows", ["rho"], missing=True)

    def filled(sizes: pd.Series[float]) -> float:
        ordered = np.sort(sizes.to_numpy())  # NaN last
        known = not np.isnan(ordered).any()
        return (
            float(ordered[int(np.floor((1 - chance) * len(ordered) + 1e-9))])
            if known
            else float("nan")
        )

    return rows.groupby(["p", "m"])["rho"].agg(filled).unstack("m")
