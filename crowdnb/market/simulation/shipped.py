"""The comparisons of notebook 10, run once over 80 seeds and kept with the package.

Differences between policies are small beside those between seeds: eight seeds do not even settle
which of two policies is worth more, eighty do.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from crowdnb.labels import needs, shown
from crowdnb.market.parameters import Market, Prior
from crowdnb.market.simulation.loop import POLICIES, Policy
from crowdnb.market.simulation.running import Comparison, compare

SEEDS = range(80)
WEEK = Market(
    days=5, workers=24, arrivals=0.4, epoch=1.0, skills=2, places=2, notice=1.0, stay=15.0
)
_HASTY = replace(WEEK, notice=2.0, urgent=0.2)
_BRIEF = replace(WEEK, stay=4.0, history=6)
# Cases of each study, as :func:`crowdnb.simulation.compare` takes them.
STUDIES: dict[str, dict[Hashable, tuple[Market, Policy]]] = {
    "policies": {policy: (WEEK, policy) for policy in POLICIES},
    "prices": {
        price: (replace(_HASTY, price=price), "optimal") for price in (0.0, 0.05, 0.2, math.inf)
    },
    "priors": {prior: (replace(_BRIEF, prior=prior), "optimal") for prior in get_args(Prior)},
    "bars": {bar: (replace(WEEK, history=6, bar=bar), "optimal") for bar in (0.0, 0.5, 0.6, 0.7)},
    "conflicts": {p: (replace(WEEK, conflicts=p), "optimal") for p in (0.1, 0.2, 0.3)},
    "epochs": {hours: (replace(WEEK, epoch=hours), "optimal") for hours in (0.5, 1.0, 2.0, 4.0)},
}
_DATA = Path(__file__).parents[2] / "data" / "market"
_BY_DAY = "daily"  # the days of the policies


def full(name: str, progress: bool = True) -> Comparison:
    """Run a study over all its seeds; the six take about three minutes of a processor.

    Parameters
    ----------
    name : str
        A key of :data:`STUDIES`.
    progress : bool
        Whether to show a bar.
    """
    return compare(STUDIES[_known(name, list(STUDIES))], SEEDS, progress)  # type: ignore[arg-type]


def write(folder: str | Path) -> None:
    """Run all studies and write the files that come with the package."""
    for name in STUDIES:
        found = full(name)
        tables = {name: found.summary}
        if name == "policies":
            tables[_BY_DAY] = found.daily
        for file, table in tables.items():
            path = Path(folder) / f"{file}.csv.gz"
            # without a time in it, the same rows are the same file
            how = {"method": "gzip", "mtime": 0}
            rows = table.reset_index().astype({"case": str})
            rows.to_csv(path, index=False, float_format="%.6g", compression=how)


def stored(name: str, cases: Mapping[Any, tuple[Market, Policy]] | None = None) -> pd.DataFrame:
    """The rows of a full study that come with the package, to six digits.

    Parameters
    ----------
    name : {"policies", "daily", "prices", "priors", "bars", "conflicts", "epochs"}
        ``daily``: the policies by day, ``daily`` of a :class:`Comparison`; all others ``summary``.
    cases : mapping of name to (Market, policy), optional
        What the rows are wanted of, as :func:`compare` takes it.

    Returns
    -------
    DataFrame
        Index (case, seed), or (case, seed, day).

    Raises
    ------
    ValueError
        Unknown name; the rows are of other cases.

    Examples
    --------
    >>> stored("policies")["worth"].groupby("case").mean().idxmax()
    'informed'
    """
    study = STUDIES["policies" if _known(name, [*STUDIES, _BY_DAY]) == _BY_DAY else name]
    if cases is not None:
        asked = needs(cases, Mapping, "cases")  # type: ignore[type-abstract]
        if list(asked) != list(study) or any(
            not isinstance(case, tuple) or case != study[key] for key, case in asked.items()
        ):
            raise ValueError(
                f"cases: {shown(list(asked))} are not those of study {name}; compare() runs them"
            )
    rows = pd.read_csv(_DATA / f"{name}.csv.gz", dtype={"case": str})
    rows["case"] = rows["case"].map({str(case): case for case in study})
    index = ["case", "seed", "day"] if name == _BY_DAY else ["case", "seed"]
    return rows.set_index(index).astype(float)


def _known(name: str, names: list[str]) -> str:
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"name must be one of {', '.join(names)}, got {shown(name)}")
    return name
