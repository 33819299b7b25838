"""A user's folder of files, in and out.

A folder of CSV files (UTF-8, with a header), or one Excel workbook with the same names as sheets:

======================  ===========================================================================
ratings                 worker, criterion, rating[, date]: stars 1 … 5, a row a rating; or instead
ability                 worker, criterion, low, high: ability intervals in [0, 1]
demand                  task, criterion, low[, high]: demand intervals in [0, 1], high = 1 if not given
tasks                   task, required[, weight]
judgement               a square labelled matrix on the levels 0.1 … 0.9 (fuzzy AHP); or instead
weights                 criterion, weight: they sum to 1
worker_conflicts        optional: worker, other; or a square labelled 0/1 matrix
task_conflicts          optional: worker, task; or a labelled 0/1 matrix, a row a worker
======================  ===========================================================================
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import ability_intervals, check_gamma
from crowdnb.ability.ratings import Counts, check_stars, count_ratings, is_star
from crowdnb.ability.weights import criteria_weights, judgement_problems
from crowdnb.labels import listing, path_of, shown
from crowdnb.model.problem import MOST, Problem
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import ProjectError, Report, closest, strangers
from crowdnb.project.excel_file import read_workbook
from crowdnb.project.files import FILES, OPTIONS, kind
from crowdnb.project.record import Project
from crowdnb.project.tables import Table, as_label, wrong_label

__all__ = ["Project", "ProjectError", "read_project"]

NEEDED = (("ratings", "ability"), ("demand",), ("tasks",), ("judgement", "weights"))  # one of each
# What a project may hold. Measured: 20,000 workers with a million ratings on 20 tasks take 0.70 GB.
STARS = 1000  # of a scale: ten times percent
WORKERS = 20_000  # for each two of them a problem has a byte, and its checks some more
TASKS = 20_000
PAIRS = 20_000_000  # of worker and task: Q has 8 bytes for each, in a few copies
CRITERIA = 1000
HISTORIES = 20_000_000  # times the stars of the scale: 8 bytes each
MOST_OF = {"worker": WORKERS, "task": TASKS}
# of files that may be meant for one of these
ENDINGS = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods")


def read_project(folder: str | os.PathLike[str], gamma: float = 0.1, stars: int = 5) -> Project:
    """Read and check a project: a folder of CSV files, or an Excel workbook.

    Parameters
    ----------
    folder : path
        A folder with the files of this module's text, or a workbook (``.xlsx``) with them as
        sheets.
    gamma : float
        Influence of He (eq. 2), ≥ 0, for rating histories.
    stars : int
        Stars on the rating scale, at most 1,000.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        A ValueError whose ``problems`` name file, line, column or label, value and rule; all of
        them at once.
    ValueError
        ``gamma`` is below 0 or not finite, or ``stars`` is below 1 or above 1,000.
    ModuleNotFoundError
        A workbook, and openpyxl is not installed.

    Examples
    --------
    >>> from importlib.resources import files
    >>> project = read_project(files("crowdnb") / "data" / "case_study")
    >>> project.required.to_dict()
    {'r0': 2, 'r1': 1, 'r2': 3, 'r3': 2, 'r4': 1}
    """
    check_gamma(gamma)
    check_scale(stars)
    report = Report()
    reader = _Reader(_open(path_of(folder, "folder"), report), report)
    tasks = reader.tasks()
    weights, judgement = reader.weights()
    criteria = None if weights is None else list(weights.index)
    task_names = None if tasks is None else list(tasks.index)
    demand = reader.intervals("demand", "task", task_names, criteria, default_high=1.0)
    if criteria is None and demand is not None:
        criteria = list(demand.columns.unique("criterion"))
    counts = reader.ratings(criteria, stars)
    ability = reader.intervals("ability", "worker", None, criteria)
    workers = _workers(ability, counts)
    task_conflicts = reader.conflicts("task_conflicts", "task", workers, task_names)
    worker_conflicts = reader.conflicts("worker_conflicts", "other", workers, workers)
    if workers is not None and tasks is not None and len(workers) * len(tasks) > PAIRS:
        pairs = (
            f"{len(workers):,} workers and {len(tasks):,} tasks are {len(workers) * len(tasks):,}"
            " pairs"
        )
        report.add(str(folder), f"{pairs}, and at most {PAIRS:,} can be dealt with")
    if counts is not None and not report.problems:
        ability = ability_intervals(counts, gamma)
    if report.problems:
        raise ProjectError(report.problems)
    assert ability is not None and demand is not None and weights is not None and tasks is not None
    attrs = ability.attrs
    ability = ability.reindex(
        columns=pd.MultiIndex.from_product(
            [weights.index, ["low", "high"]], names=["criterion", "end"]
        )
    )
    ability.attrs = attrs
    empty = Problem(
        pd.DataFrame(0.0, ability.index, tasks.index),
        tasks["required"],
        None,
        task_conflicts,
        worker_conflicts,
    )
    return Project(
        ability=ability,
        demand=demand.reindex(index=tasks.index, columns=ability.columns),
        criteria_weights=weights,
        required=tasks["required"].astype(int),
        task_weights=tasks.get("weight"),
        task_conflicts=empty.task_conflicts,
        worker_conflicts=empty.worker_conflicts,
        counts=counts,
        judgement=judgement,
        gamma=gamma,
        notes=tuple(report.notes),
    )


def check_scale(stars: int) -> int:
    """Stars on a project's scale, at most 1,000; ValueError for anything else."""
    if isinstance(stars, Integral) and stars > STARS:
        raise ValueError(
            f"stars must be at most {STARS:,}, got {shown(stars) if stars > 1e15 else f'{stars:,}'}"
        )
    return check_stars(stars)


def _open(path: Path, report: Report) -> dict[str, Table]:
    """The tables that a folder or workbook holds, by name; names that look misspelt are reported."""
    tables: dict[str, Table] = {}
    if path.is_dir():
        ending = ".csv"
        visible = sorted(
            item.name for item in path.iterdir() if not item.name.startswith((".", "~"))
        )
        names = [name for name in visible if name.lower().endswith(ENDINGS)]
        if (path / OPTIONS).exists():
            report.notes.append(
                f"{OPTIONS} was not read; crowdnb.market.scenes.read_scene reads it"
            )
    elif path.is_file():
        ending = ""
        tables, names = read_workbook(path, FILES, report)
    elif path.exists():
        raise ProjectError(
            [(path.name, f"{path.name}: {kind(path)}; a folder or an Excel workbook is needed")]
        )
    else:
        raise ProjectError([(str(path), f"{path}: there is no such folder or workbook")])
    there = [name for name in FILES if f"{name}{ending}" in names]
    for choice in NEEDED:
        full = [f"{name}{ending}" for name in choice]
        if not set(choice) & set(there):
            report.add(str(path), f"{' or '.join(full)} is missing")
        elif len(choice) > 1 and set(choice) <= set(there):
            report.add(str(path), f"{' and '.join(full)} are both there; keep the one that counts")
    known = [f"{name}{ending}" for name in FILES]
    for name in [name for name in names if name not in [*known, "assignment.csv"]]:
        meant = closest(name.split(".")[0], [other for other in FILES if other not in there], 0.8)
        if meant is not None:
            report.add(
                str(path), f"{name!r} is not a name that is read (did you mean {meant + ending!r}?)"
            )
        elif not ending or name.lower().endswith(".csv"):
            report.notes.append(f"{name} was not read; its name is not one of {', '.join(known)}")
    if path.is_dir():
        read = {name: read_csv(path / f"{name}.csv", report) for name in there}
        tables = {name: table for name, table in read.items() if table is not None}
    return tables


def _workers(ability: pd.DataFrame | None, counts: Counts | None) -> list[str] | None:
    if ability is not None:
        return list(ability.index)
    return None if counts is None else list(dict.fromkeys(counts.index.get_level_values("worker")))


def _in_unit(value: float) -> str | None:
    return None if 0 <= value <= 1 else "must lie in [0, 1]"


def _not_negative(value: float) -> str | None:
    return "must not be negative" if value < 0 else None


class _Reader:
    """The tables of one project, read one after the other; every problem goes to the report."""

    def __init__(self, tables: dict[str, Table], report: Report) -> None:
        self.all = tables
        self.report = report

    def _table(
        self, name: str, needed: Collection[str], optional: Collection[str] = ()
    ) -> Table | None:
        table = self.all.get(name)
        if table is None or not table.has_columns(needed, optional):
            return None
        if not table.rows:
            table.problem("there is a header, and no rows")
            return None
        return table

    def _too_many(self, table: Table, labels: Collection[str], what: str, most: int) -> bool:
        number = len(set(labels))
        if number > most:
            plural = "criteria" if what == "criterion" else f"{what}s"
            table.problem(f"there are {number:,} {plural}, and at most {most:,} can be dealt with")
        return number > most

    def tasks(self) -> pd.DataFrame | None:
        """Index task; columns required and, when given, weight."""
        table = self._table("tasks", ["task", "required"], ["weight"])
        if table is None:
            return None
        task = table.labels("task")
        if self._too_many(table, task, "task", TASKS):
            return None
        table.once([(label,) for label in task], ["task"])

        def people(value: float) -> str | None:
            if value.is_integer() and value <= MOST:
                return _not_negative(value)
            return _not_negative(value) or f"must be a whole number of workers, at most {MOST:,.0f}"

        columns = {"required": table.numbers("required", people)}
        if "weight" in table.header:
            columns["weight"] = table.numbers("weight", _not_negative)
        frame = pd.DataFrame(columns, index=pd.Index(task, name="task"))
        return frame[~frame.index.duplicated() & (frame.index != "")]

    def weights(self) -> tuple[pd.Series[float] | None, pd.DataFrame | None]:
        """Criteria weights, and the judgement they come from, if any."""
        if "judgement" in self.all:
            judgement = self._matrix(self.all["judgement"])
            if judgement is None:
                return None, None
            problems, off_levels = judgement_problems(judgement)
            for text in problems:
                self.all["judgement"].problem(text)
            if problems:
                return None, None
            if off_levels:
                where = self.all["judgement"].where
                self.report.notes.append(
                    f"{where}: off the five levels 0.1 … 0.9: {listing(off_levels)}"
                )
            b = judgement.reindex(columns=judgement.index)
            return _quiet_weights(b), b
        table = self._table("weights", ["criterion", "weight"])
        if table is None:
            return None, None
        criterion = table.labels("criterion")
        if self._too_many(table, criterion, "criterion", CRITERIA):
            return None, None
        table.once([(label,) for label in criterion], ["criterion"])
        before = len(self.report.problems)
        weight = table.numbers("weight", _not_negative)
        if len(self.report.problems) == before and abs(math.fsum(weight) - 1) > 1e-6:
            percent = (
                "; they look like percent, divide each by 100"
                if math.isclose(math.fsum(weight), 100)
                else ""
            )
            table.problem(
                f"the weights sum to {math.fsum(weight):.9g} and must sum to 1{percent}",
                column="weight",
            )
        series = pd.Series(weight, index=pd.Index(criterion, name="criterion"), name="weight")
        return series[~series.index.duplicated() & (series.index != "")], None

    def intervals(
        self,
        name: str,
        what: str,
        known: list[str] | None,
        criteria: list[str] | None,
        default_high: float | None = None,
    ) -> pd.DataFrame | None:
        """Intervals by label and criterion: complete, each once, 0 ≤ low ≤ high ≤ 1."""
        optional = [] if default_high is None else ["high"]
        table = self._table(
            name, [what, "criterion", "low", *(["high"] if default_high is None else [])], optional
        )
        if table is None:
            return None
        label, criterion = table.labels(what), table.labels("criterion")
        if self._too_many(table, label, what, MOST_OF[what]) or self._too_many(
            table, criterion, "criterion", CRITERIA
        ):
            return None
        if known is not None:
            table.known(label, known, what)
        if criteria is not None:
            table.known(criterion, criteria, "criterion")
        table.once(list(zip(label, criterion, strict=True)), [what, "criterion"])
        low = table.numbers("low", _in_unit)
        high = (
            table.numbers("high", _in_unit)
            if "high" in table.header
            else [default_high or 1.0] * len(low)
        )
        for row, (start, end) in enumerate(zip(low, high, strict=True)):
            if start > end:
                table.problem(f"low {start} is above high {end}", row)
        frame = pd.DataFrame({what: label, "criterion": criterion, "low": low, "high": high})
        frame = frame[(frame[what] != "") & (frame["criterion"] != "")].drop_duplicates(
            [what, "criterion"]
        )
        labels = known or list(dict.fromkeys(frame[what]))
        named = criteria or list(dict.fromkeys(frame["criterion"]))
        have = set(zip(frame[what], frame["criterion"], strict=True))
        for one in labels:
            if lacking := [other for other in named if (one, other) not in have]:
                table.problem(f"{what} {one} has no row for criterion {listing(lacking)}")
        columns = pd.MultiIndex.from_product([named, ["low", "high"]], names=["criterion", "end"])
        wide = frame.pivot(index=what, columns="criterion", values=["low", "high"]).swaplevel(
            axis=1
        )
        return wide.reindex(index=pd.Index(labels, name=what), columns=columns)

    def ratings(self, criteria: list[str] | None, stars: int) -> Counts | None:
        """Counts of the stars in the rating histories."""
        table = self._table("ratings", ["worker", "criterion", "rating"], ["date"])
        if table is None:
            return None
        worker, criterion = table.labels("worker"), table.labels("criterion")
        if self._too_many(table, worker, "worker", WORKERS) or self._too_many(
            table, criterion, "criterion", CRITERIA
        ):
            return None
        if criteria is not None:
            table.known(criterion, criteria, "criterion")

        def star(value: float) -> str | None:
            return (
                None
                if is_star(value, stars)
                else f"is not a whole number of stars from 1 to {stars}"
            )

        rating = table.numbers("rating", star)
        frame = pd.DataFrame({"worker": worker, "criterion": criterion, "rating": rating})
        good = frame[(frame["worker"] != "") & (frame["criterion"] != "") & frame["rating"].notna()]
        have = set(zip(worker, criterion, strict=True))
        if len(have) * stars > HISTORIES:
            most = f"at most {HISTORIES // stars:,} can be dealt with on a scale of {stars:,} stars"
            table.problem(f"there are {len(have):,} histories, and {most}")
            return None
        for one in dict.fromkeys(worker):
            lacking = [other for other in criteria or [] if (one, other) not in have]
            if one and lacking:
                table.problem(f"worker {one} has no rating on criterion {listing(lacking)}")
        return None if good.empty else count_ratings(good, stars)

    def conflicts(
        self, name: str, other: str, rows: list[str] | None, columns: list[str] | None
    ) -> pd.DataFrame | list[tuple[str, str]] | None:
        """Conflicts as pairs of labels or as a 0/1 frame; None when there are none."""
        table = self.all.get(name)
        if table is None:
            return None
        # not a list of pairs; a matrix if it has a known label
        if {"worker", other} - set(table.header):
            if rows is None or columns is None:
                return None
            if set(table.header[1:]) & set(columns):
                return self._conflict_matrix(table, name == "worker_conflicts", rows, columns)
        if not table.has_columns(["worker", other]):
            return None
        pairs = list(zip(table.labels("worker"), table.labels(other), strict=True))
        table.once(pairs, ["worker", other])
        what = "task" if other == "task" else "worker"
        if rows is not None:
            table.known([one for one, _ in pairs], rows, "worker")
        if columns is not None:
            table.known([two for _, two in pairs], columns, what, other)
        for row, (one, two) in enumerate(pairs):
            if one == two and one and what == "worker":
                table.problem(f"worker {one} is in conflict with itself", row)
        return pairs

    def _conflict_matrix(
        self, table: Table, symmetric: bool, rows: list[str], columns: list[str]
    ) -> pd.DataFrame | None:
        before = len(self.report.problems)
        frame = self._matrix(table, lambda value: None if value in (0, 1) else "must be 0 or 1")
        if frame is None:
            return None
        table.known(list(frame.index), rows, "worker", table.header[0] or "1")
        for at, text in strangers(
            list(frame.columns), columns, "worker" if symmetric else "task", "column"
        ):
            table.problem(text, column=frame.columns[at])
        for got, wanted, axis in ((frame.index, rows, "row"), (frame.columns, columns, "column")):
            if len(lacking := pd.Index(wanted).difference(got, sort=False)):
                table.problem(f"there is no {axis} for {listing(lacking)}")
        if len(self.report.problems) == before and symmetric:
            given = frame.reindex(index=rows, columns=rows).to_numpy()
            for i, k in np.argwhere(given != given.T).tolist():
                if i < k:
                    table.problem(
                        f"row {rows[i]}, column {rows[k]} is {given[i, k]:g} and row {rows[k]},"
                        f" column {rows[i]} is {given[k, i]:g}; the matrix must be symmetric"
                    )
            for i in np.flatnonzero(given.diagonal()).tolist():
                table.problem(f"worker {rows[i]} is in conflict with itself")
        return frame

    def _matrix(
        self, table: Table, rule: Callable[[float], str | None] = lambda value: None
    ) -> pd.DataFrame | None:
        """A labelled matrix: row labels in the first column, column labels in the header."""
        before = len(self.report.problems)
        names = table.header[1:]
        labels = [as_label(row[0]) for row in table.rows]
        for axis, got in (("column", names), ("row", labels)):
            for label, times in Counter(got).items():
                if times > 1:
                    table.problem(f"{axis} {label!r} stands {times} times")
            for at, wrong in enumerate(map(wrong_label, got)):
                if wrong:
                    table.problem(
                        f"the label of {axis} {at + 1} {wrong}", at if axis == "row" else None
                    )
        values: list[Sequence[float]] = []
        for at, row in enumerate(table.rows):
            cells = [table.number(cell, rule) for cell in row[1:]]
            for name, cell in zip(names, cells, strict=True):
                if isinstance(cell, str):
                    table.problem(cell, at, name)
            values.append([math.nan if isinstance(cell, str) else cell for cell in cells])
        if not values:
            table.problem("there is a header, and no rows")
        if len(self.report.problems) > before:
            return None
        return pd.DataFrame(values, index=pd.Index(labels, name="criterion"), columns=names)


def _quiet_weights(judgement: pd.DataFrame) -> pd.Series[float]:
    """Weights of a judgement whose levels have been reported already."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return criteria_weights(judgement)
