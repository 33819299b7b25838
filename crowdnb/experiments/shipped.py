"""The rows that come with the package: how they were made, how they are read, what they come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from crowdnb.experiments import runner
from crowdnb.experiments.methods import GREEDY
from crowdnb.experiments.studies import SIZES, TABLES, FilePath
from crowdnb.experiments.tables import accuracy, quorum, shares, times
from crowdnb.labels import labelled, shown

_DATA = Path(__file__).parents[1] / "data" / "experiments"
# Calls that make up the rows: some methods are too slow for as many instances as others.
FULL: dict[str, list[dict[str, Any]]] = {
    "figure1": [{"repeats": 20}],
    "table6": [
        {"repeats": 50, "methods": ["crowdnb", "CPLEX", *GREEDY]},
        {"repeats": 50, "methods": ["exhaustive"], "sizes": SIZES[:2]},
        {"repeats": 5, "methods": ["exhaustive"], "sizes": SIZES[2:]},
        {"repeats": 50, "methods": ["crowdnb", "CPLEX", *GREEDY], "qualification": "uniform"},
    ],
    "table7": [{"repeats": 6}, {"repeats": 6, "qualification": "uniform"}],
    "table8": [
        {"repeats": 1000},
        {"repeats": 5, "methods": ["exhaustive"]},
    ],
    "table9": [{"repeats": 50}, {"repeats": 50, "methods": ["exhaustive"], "sizes": [10, 15]}],
    "structured": [
        {"repeats": 200, "methods": ["existence"]},
        {"repeats": 20, "methods": ["crowdnb"]},
        {"repeats": 8, "methods": ["greedy_by_options"], "sizes": [15, 30]},
    ],
    "planner": [{"repeats": 50}],
}


def full(name: str, output: FilePath | None = None, progress: bool = True) -> pd.DataFrame:
    """Run an experiment as far as the stored rows go (:data:`FULL`); all take about half an hour.

    Parameters
    ----------
    name : str
        As :func:`stored` takes it.
    output : path, optional
        A CSV file, as every experiment writes it and goes on from it.
    progress : bool
        Whether to show bars.
    """
    _known(name)
    parts = [TABLES[name](output=output, progress=progress, **part) for part in FULL[_known(name)]]
    return pd.concat(parts, ignore_index=True).sort_values(
        runner.KEY, kind="stable", ignore_index=True
    )


def stored(name: str) -> pd.DataFrame:
    """The rows of a full run that come with the package.

    Parameters
    ----------
    name : {"figure1", "table6", "table7", "table8", "table9", "structured", "planner"}

    Raises
    ------
    ValueError
        Unknown name.

    Examples
    --------
    >>> stored("table7")["m"].unique().tolist()
    [40]
    """
    return runner.read(_DATA / f"{_known(name)}.csv.gz")


def summary(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an experiment as a table like the paper's.

    Shares by p and m for table 8 and ``structured``, F by m for table 9, places filled for
    ``planner``; milliseconds for the others, by kind of Q where there are two.
    """
    if _known(name) == "table9":
        return accuracy(rows)
    if name in ("table8", "structured"):
        return shares(rows)["share"].droplevel("n").unstack("m")
    if name == "planner":
        return quorum(rows)
    both = labelled(rows, "rows", ["qualification"])["qualification"].nunique() > 1
    return times(rows, ["qualification", "method", "m"] if both else ["method", "m"])


def _known(name: str) -> str:
    if not isinstance(name, str) or name not in TABLES:
        raise ValueError(f"name must be one of {', '.join(TABLES)}, got {shown(name)}")
    return name
