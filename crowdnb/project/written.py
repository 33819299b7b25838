"""A project as the tables of its files, which are read back as the same project."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from crowdnb.ability.ratings import Counts
from crowdnb.labels import listing
from crowdnb.project.columns import TASK_COLUMNS

if TYPE_CHECKING:
    from crowdnb.project.record import Project


def tables_of(project: Project) -> dict[str, pd.DataFrame]:
    """The files of a project by name, one table each.

    Raises
    ------
    ValueError
        The histories have decayed: their counts are not whole ratings.
    """
    if project.options:
        raise ValueError(f"options: no file holds {listing(project.options)}")
    tasks = pd.DataFrame({"task": project.tasks})
    for name, column in TASK_COLUMNS.items():
        if (series := getattr(project, column.field)) is not None:
            tasks[name] = series.to_numpy()
    return {
        **_sources(project),
        "tasks": tasks,
        "task_conflicts": _pairs(project.task_conflicts, "task"),
        "worker_conflicts": _pairs(project.worker_conflicts, "other", upper=True),
    }


def _sources(project: Project) -> dict[str, pd.DataFrame]:
    """What Q is made of, or Q itself."""
    ability, demand, weights = project.ability, project.demand, project.criteria_weights
    if ability is None or demand is None or weights is None:
        return {"qualification": project.qualification.reset_index()}
    tables = {"demand": _long(demand, "task")}
    if project.counts is None:
        tables["ability"] = _long(ability, "worker")
    else:
        tables["ratings"] = _ratings(project.counts)
    if project.judgement is None:
        tables["weights"] = weights.rename("weight").rename_axis("criterion").reset_index()
    else:
        tables["judgement"] = project.judgement.rename_axis("criterion").reset_index()
    return tables


def _long(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    """Intervals, one row per label and criterion."""
    stacked = frame.stack(level=0, future_stack=True)[["low", "high"]]
    return stacked.rename_axis([what, "criterion"]).reset_index()


def _pairs(frame: pd.DataFrame, other: str, upper: bool = False) -> pd.DataFrame:
    """The ones of a 0/1 frame, one row per pair."""
    i, j = np.nonzero(np.triu(frame) if upper else frame.to_numpy())
    return pd.DataFrame({"worker": frame.index.take(i), other: frame.columns.take(j)})


def _ratings(counts: Counts) -> pd.DataFrame:
    """One row per rating."""
    number = counts.to_numpy()
    if (number % 1 != 0).any():
        raise ValueError("counts: they have decayed and are not whole ratings any more")
    history, star = np.nonzero(number)
    times = number[history, star].astype(int)
    rows = counts.index[history.repeat(times)].to_frame(index=False)
    return rows.assign(rating=(star + 1).repeat(times))
