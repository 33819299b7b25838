"""A project as the tables of its files, which are read back as the same project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crowdnb.ability.counts import Counts
from crowdnb.labels import listing
from crowdnb.model.quotas import is_missing
from crowdnb.project.cells import as_label
from crowdnb.project.columns import TASK_OPTIONS, WORKER_OPTIONS
from crowdnb.project.criteria_table import criteria_table, part_file
from crowdnb.project.form import FORM

if TYPE_CHECKING:
    from crowdnb.project.record import Project


def tables_of(project: Project) -> dict[str, pd.DataFrame]:
    """The files of a project by name, one table each.

    Raises
    ------
    ValueError
        The histories have decayed: their counts are not whole ratings, or somebody has none. The
        weights are not those of the tree, or a criterion with a judgement of its parts has a name
        that no file can have. An attribute is called as a column of workers is, or somebody must take
        more tasks than may be taken.
    """
    options = project.options
    need = project.required
    if (rule := options.get("required_rule")) is not None:
        # in files such a task takes from so many workers to so many
        least, most = (need, len(project.workers)) if rule == "at least" else (0, need)
        need, options = need * 0 + least, {**options, "required_most": need * 0 + most}
    tasks = pd.DataFrame({"task": project.tasks, "required": need.to_numpy()})
    if project.task_weights is not None:
        tasks["weight"] = project.task_weights.reindex(project.tasks).to_numpy()
    for name, column in TASK_OPTIONS.items():
        if (value := options.get(column.field)) is not None and value.ndim == 1:
            tasks[name] = _cells(value.reindex(project.tasks), column.kind)
    loads, alike = _loads(options.get("loads"))
    if len(alike):
        tasks["load"] = alike.reindex(project.tasks).to_numpy()
    tables = {
        **_sources(project),
        "tasks": tasks,
        "workers": _workers(project),
        "task_conflicts": _with_costs(
            _pairs(project.task_conflicts, "task"), options.get("conflict_costs")
        ),
        "worker_conflicts": _with_costs(
            _pairs(project.worker_conflicts, "other", upper=True), options.get("pair_effects")
        ),
        "pinned": _with_costs(options.get("pinned"), options.get("keep_costs")),
        "task_overlaps": options.get("task_overlaps"),
        "loads": loads,
        "costs": _costs(options.get("costs")),
        "quotas": _quotas(options.get("quotas")),
    }
    always = ("task_conflicts", "worker_conflicts")
    return {
        name: table
        for name, table in tables.items()
        if table is not None and (len(table) or name in always)
    }


def _cells(values: pd.Series[Any], kind: type) -> pd.Series[Any]:
    """Numbers as cells, empty where there is none."""
    held = values.where(np.isfinite(values)).to_numpy()
    return pd.Series(held).astype("Int64" if kind is int else "Float64")


def _workers(project: Project) -> pd.DataFrame:
    """What is said of workers, one row for each of whom something is said."""
    options = project.options
    columns = {
        name: _cells(options[column.field].reindex(project.workers), column.kind)
        for name, column in WORKER_OPTIONS.items()
        if column.field in options
    }
    table = pd.DataFrame({"worker": project.workers, **columns})
    usual = FORM["workers"].optional
    if {"least", "most"} & set(columns):
        wanted = table.reindex(columns=["least", "most"]).fillna({"least": 0, "most": 1})
        if (more := wanted["least"] > wanted["most"]).any():
            who = project.workers[int(more.to_numpy().argmax())]
            raise ValueError(
                f"options: {who} must take more tasks than allowed; no file holds that"
            )
    said = np.zeros(len(table), dtype=bool)
    for name, values in columns.items():
        said |= (values.notna() & (values != usual[name])).to_numpy(dtype=bool)
    if (attributes := options.get("attributes")) is not None:
        for name in attributes:
            if name in ("worker", *usual):
                raise ValueError(
                    f"options: attributes: {name!r} is a column of workers.csv already"
                )
            cells = attributes[name].reindex(project.workers)
            table[name] = ["" if is_missing(cell) else as_label(cell) for cell in cells]
        said |= attributes.reindex(project.workers).notna().any(axis=1).to_numpy()
    return table[said]


def _quotas(quotas: pd.DataFrame | None) -> pd.DataFrame | None:
    """Quotas with their values written as those of attributes."""
    return None if quotas is None else quotas.assign(value=quotas["value"].map(as_label))


def _with_costs(binding: pd.DataFrame | None, costs: pd.DataFrame | None) -> pd.DataFrame | None:
    """Pairs that bind, and others with a cost, which a gain is below 0."""
    if costs is None:
        return binding
    one, other, number = costs.columns
    rest = costs.rename(columns={number: "cost"})
    if number == "gain":
        rest["cost"] = -rest["cost"]
    if binding is None or binding.empty:
        return rest
    bound = set(binding.itertuples(index=False, name=None))  # there a cost changes nothing
    free = [pair not in bound for pair in zip(rest[one], rest[other], strict=True)]
    return pd.concat([binding.assign(cost=np.nan), rest[free]], ignore_index=True)


def _loads(loads: pd.DataFrame | None) -> tuple[pd.DataFrame | None, pd.Series[float]]:
    """Loads that differ between workers, one row per pair; the load of the other tasks."""
    if loads is None:
        return None, pd.Series(dtype=float)
    same = (loads == loads.iloc[0]).all()
    return _rows(loads.loc[:, ~same], "load"), loads.iloc[0][same]


def _costs(costs: pd.DataFrame | None) -> pd.DataFrame | None:
    """One row per worker where all tasks cost the same, else one per pair."""
    if costs is None:
        return None
    same = costs.eq(costs.iloc[:, 0], axis=0).all(axis=1)
    each = costs[same].iloc[:, 0]
    if same.all():
        return pd.DataFrame({"worker": each.index, "cost": each.to_numpy()})
    alike = pd.DataFrame({"worker": each.index, "task": None, "cost": each.to_numpy()})
    return pd.concat([alike, _rows(costs[~same], "cost")], ignore_index=True)


def _rows(frame: pd.DataFrame, number: str) -> pd.DataFrame:
    """A frame workers × tasks, one row per pair."""
    rows, columns = (labels.astype(object) for labels in frame.axes)
    return pd.DataFrame(
        {
            "worker": rows.repeat(len(columns)),
            "task": np.tile(columns, len(rows)),
            number: frame.to_numpy().ravel(),
        }
    )


def _sources(project: Project) -> dict[str, pd.DataFrame]:
    """What Q is made of, or Q itself."""
    ability, demand, weights = project.ability, project.demand, project.criteria_weights
    if ability is None or demand is None or weights is None:
        return {"qualification": project.qualification.reset_index(allow_duplicates=True)}
    tables = {"demand": _long(demand, "task")}
    if project.counts is None:
        tables["ability"] = _long(ability, "worker")
    else:
        dated = project.ratings
        tables["ratings"] = _ratings(project.counts) if dated is None else dated
        if len(lost := project.workers.difference(pd.Index(tables["ratings"]["worker"]))):
            raise ValueError(f"counts: {listing(lost, 3)} has no rating at all; no file holds that")
    if (criteria := criteria_table(project)) is not None:
        tables["criteria"] = criteria
    if project.judgement is not None:
        tables["judgement"] = project.judgement.rename_axis("criterion").reset_index()
    elif project.tree is None:
        tables["weights"] = weights.rename("weight").rename_axis("criterion").reset_index()
    for parent, judgement in project.part_judgements.items():
        tables[part_file(parent)] = judgement.rename_axis("criterion").reset_index()
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
    number = counts.fillna(0).to_numpy()
    if (number % 1 != 0).any():
        raise ValueError("counts: they have decayed and are not whole ratings any more")
    history, mark = np.nonzero(number)
    times = number[history, mark].astype(int)
    rows = counts.index[history.repeat(times)].to_frame(index=False)
    return rows.assign(rating=counts.columns.to_numpy()[mark].repeat(times))
