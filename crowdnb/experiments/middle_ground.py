"""Places just within reach: how far the bound is from the best assignment known, against time.

The paper's tables end at m = 60. With 150 to 250 workers, and nearly as many places as can work
together, bounds of prices are far from any assignment, and nothing settles the problem soon. What
matters there is the gap, (bound - ρ) / bound.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from crowdnb.labels import labelled, numeric

_DATA = Path(__file__).parents[1] / "data" / "experiments"


def stored() -> pd.DataFrame:
    """The rows that ``benchmarks/middle.py`` made: instance, method, seconds, performance, bound, gap.

    The performance and the gap are NaN where no assignment was found.

    Examples
    --------
    >>> stored()["seconds"].unique().tolist()
    [1.0, 3.0, 10.0]
    """
    return pd.read_csv(_DATA / "middle.csv.gz", comment="#")


def gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """The median and the worst gap over the instances, in per cent.

    Parameters
    ----------
    rows : DataFrame
        As :func:`stored` gives them. Without an assignment the gap is 100 %.

    Returns
    -------
    DataFrame
        Index method, in the order of the rows; columns (``median`` or ``worst``, seconds).

    Raises
    ------
    ValueError
        A column is missing, or holds what is no number.
    """
    rows = numeric(labelled(rows, "rows", ["instance", "method"]), "rows", ["seconds"])
    rows = numeric(rows, "rows", ["gap"], missing=True)
    percent = rows.assign(gap=100 * rows["gap"].fillna(1.0))
    by = percent.groupby(["method", "seconds"], sort=False)["gap"]
    parts = {"median": by.median().unstack("seconds"), "worst": by.max().unstack("seconds")}
    return pd.concat(parts, axis=1).reindex(rows["method"].unique())
