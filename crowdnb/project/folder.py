"""A user's folder of files, in and out.

A folder of CSV files (UTF-8, with a header), or one Excel workbook with the same names as sheets:

======================  ===========================================================================
ratings                 worker, criterion, rating[, date]: stars 1 … 5, a row per rating; or instead
ability                 worker, criterion, low, high: ability intervals in [0, 1]
demand                  task, criterion, low[, high]: demand intervals in [0, 1], high 1 if left out
tasks                   task, required[, weight, most, missing_cost, load]
judgement               a square labelled matrix on the levels 0.1 … 0.9 (fuzzy AHP); or instead
weights                 criterion, weight: they sum to 1
criteria                optional: criterion[, part_of, weight, lowest, highest, step]; its weights
                        stand in the place of those two. judgement_NAME: of the parts of NAME
qualification           in the place of all these but tasks: a labelled matrix Q, a row per worker
worker_conflicts        optional: worker, other[, cost]; or a square labelled 0/1 matrix
task_conflicts          optional: worker, task[, cost]; or a labelled 0/1 matrix, a row per worker
workers                 optional: worker[, most, least, available, capacity], and attributes
pinned                  optional: worker, task[, cost]; or a labelled 0/1 matrix, a row per worker
task_overlaps           optional: task, other; or a square labelled 0/1 matrix
loads                   optional: worker, task, load, else that of tasks; or a matrix, a row per worker
costs                   optional: worker, cost[, task]; or a matrix, a row per worker
quotas                  optional: column, value[, task, least, most]
======================  ===========================================================================
"""

from __future__ import annotations

import datetime
import os
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import check_gamma
from crowdnb.ability.intervals import Missing, Rule
from crowdnb.ability.ratings import check_stars
from crowdnb.labels import path_of, real, shown, whole
from crowdnb.model.arrays import Labels
from crowdnb.model.fields import read
from crowdnb.project.abilities import Reading, check_reading, intervals_of
from crowdnb.project.columns import TASK_COLUMNS
from crowdnb.project.criteria_reader import read_criteria
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import ProjectError, Report
from crowdnb.project.excel_file import read_workbook
from crowdnb.project.file_names import is_part_file, known_names
from crowdnb.project.files import kind
from crowdnb.project.form import ELSEWHERE, FILES, PAIRS, STARS
from crowdnb.project.label_notes import confused, twins
from crowdnb.project.pair_reader import read_pairs
from crowdnb.project.plain_ratings import PlainRatings, plain_ratings
from crowdnb.project.ratings_reader import Asked, Ratings, read_ratings, reading_notes
from crowdnb.project.reader import Reader
from crowdnb.project.record import Project
from crowdnb.project.rule_reader import RuleReader
from crowdnb.project.tables import Table

__all__ = ["Project", "ProjectError", "read_project"]


def read_project(
    folder: str | os.PathLike[str],
    gamma: float = 0.1,
    stars: int = 5,
    min_ratings: int = 0,
    budget: float | None = None,
    *,
    missing: Missing = "error",
    half_life: float | None = None,
    day: datetime.date | str | None = None,
    ability: Rule = "cloud",
    level: float = 0.9,
) -> Project:
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
    min_ratings : int
        Leave out workers with fewer ratings on some criterion; ≥ 0.
    budget : float, optional
        What all chosen pairs may cost together; needs the file of costs.
    missing : {"error", "out", "unknown", "average"}
        What a worker without a rating on a criterion has there: an error; the worker is left out of
        the problem; [0, 1]; or the mean ends of all who have one.
    half_life : float, optional
        Days in which a rating loses half of its weight, above 0; every rating needs a date.
    day : date or text such as ``2024-03-01``, optional
        The day of the plan: later ratings are left out, with a note. None: the newest date of the
        ratings that is not after today.
    ability : {"cloud", "posterior"}
        The paper's interval, or the one in which the next rating lies with probability ``level``.
    level : float
        Between 0 and 1, for ``"posterior"``.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        A ValueError whose ``problems`` name file, line, column or label, value and rule; all of
        them at once.
    ValueError
        ``gamma`` is below 0 or not finite, ``stars`` is below 1 or above 1,000, or
        ``min_ratings`` is no whole number, leaves nobody, or there are no ratings to count; or
        ``budget`` is not finite, or there are no costs; or ``missing``, ``half_life``, ``day``,
        ``ability`` or ``level`` breaks its rule, or needs ratings that are not there.
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
    whole(min_ratings, "min_ratings", 0)
    if budget is not None:
        real(budget, "budget")
    fading = check_reading(missing, half_life, day, ability, level)
    how = Reading(float(gamma), missing, fading.half_life, ability, float(level))
    report = Report()
    tables, plain = _open(path_of(folder, "folder"), report)
    reader = Reader(tables, report, plain)
    tasks = reader.tasks()
    said = read_criteria(reader)
    weights = said.weights
    criteria = None if weights is None else list(weights.index)
    task_names = None if tasks is None else list(tasks.index)
    demand = reader.intervals("demand", task_names, criteria)
    if criteria is None and demand is not None:
        criteria = list(demand.columns.unique("criterion"))
    asked = Asked(stars, said.scales, missing, fading.half_life, fading.day, datetime.date.today())
    ratings = read_ratings(reader, criteria, asked)
    intervals = reader.intervals("ability", None, criteria)
    q = reader.qualification(task_names)
    workers = _workers(intervals, ratings, q)
    barred = read_pairs(reader, "task_conflicts", workers, task_names)
    between = read_pairs(reader, "worker_conflicts", workers, workers)
    options = RuleReader(reader, workers, tasks).read(between, barred)
    if workers is not None and tasks is not None and len(workers) * len(tasks) > PAIRS:
        pairs = (
            f"{len(workers):,} workers and {len(tasks):,} tasks are {len(workers) * len(tasks):,}"
            " pairs"
        )
        report.add(str(folder), f"{pairs}, and at most {PAIRS:,} can be dealt with")
    for what, places in report.labels.items():
        for text in confused(what, places):
            report.add(str(folder), text)
        report.notes += twins(what, places)
    if report.problems or tasks is None:
        raise ProjectError(report.problems)
    if q is None:
        if demand is None or weights is None:
            raise ProjectError(report.problems)
        if ratings is not None:
            index = pd.Index(ratings.workers, name="worker")
            intervals = intervals_of(ratings.counts, index, weights.index, how)
        if intervals is None:
            raise ProjectError(report.problems)
        columns = pd.MultiIndex.from_product(
            [weights.index, ["low", "high"]], names=["criterion", "end"]
        )
        attrs, intervals = intervals.attrs, intervals.reindex(columns=columns)
        intervals.attrs = attrs
        demand = demand.reindex(index=tasks.index, columns=columns)
    labels = Labels(pd.Index(workers or [], name="worker"), tasks.index)
    _with_budget(options, budget, report)
    numbers: dict[str, Any] = {
        column.field: tasks[name].astype(column.kind) if name in tasks else None
        for name, column in TASK_COLUMNS.items()
    }
    return Project(
        ability=intervals,
        demand=demand,
        criteria_weights=weights,
        **_conflict_frames(labels, barred.binding, between.binding),
        counts=None if ratings is None else ratings.counts,
        judgement=said.judgement,
        gamma=gamma,
        notes=(*report.notes, *reading_notes(how)),
        min_ratings=min_ratings,
        given_qualification=q,
        options=options,
        ratings=None if ratings is None else ratings.dated,
        missing=missing,
        half_life=fading.half_life,
        day=fading.day if ratings is None else ratings.day,
        ability_rule=ability,
        tree=said.tree,
        part_judgements=said.parts,
        level=level,
        **numbers,
    )


def _conflict_frames(labels: Labels, task_conflicts: Any, worker_conflicts: Any) -> dict[str, Any]:
    """Both kinds of conflicts, as pairs or frames, as 0/1 frames over all labels."""
    given = {"task_conflicts": task_conflicts, "worker_conflicts": worker_conflicts}
    columns = {
        "task_conflicts": labels.tasks,
        "worker_conflicts": labels.workers.rename("other"),
    }
    return {
        name: pd.DataFrame(ones.view(np.int8), labels.workers, columns[name], copy=False)
        for name, ones in read(given, labels).items()
    }


def check_scale(stars: int) -> int:
    """Stars on a project's scale, at most 1,000; ValueError for anything else."""
    if isinstance(stars, Integral) and stars > STARS:
        raise ValueError(
            f"stars must be at most {STARS:,}, got {shown(stars) if stars > 1e15 else f'{stars:,}'}"
        )
    return check_stars(stars)


def _open(path: Path, report: Report) -> tuple[dict[str, Table], PlainRatings | None]:
    """The tables that a folder or workbook holds, by name, but for ratings read in one go.

    Names that look misspelt are reported.
    """
    tables: dict[str, Table] = {}
    plain = None
    if path.is_dir():
        ending = ".csv"
        visible = sorted(
            item.name for item in path.iterdir() if not item.name.startswith((".", "~"))
        )
        report.notes += [
            f"{name} was not read; {reader} reads it"
            for name, reader in ELSEWHERE.items()
            if (path / name).exists()
        ]
    elif path.is_file():
        ending = ""
        tables, visible = read_workbook(
            path, lambda name: name in FILES or is_part_file(name, ""), report
        )
    elif path.exists():
        raise ProjectError(
            [(path.name, f"{path.name}: {kind(path)}; a folder or an Excel workbook is needed")]
        )
    else:
        raise ProjectError([(str(path), f"{path}: there is no such folder or workbook")])
    there = known_names(str(path), visible, ending, report)
    if path.is_dir():
        if "ratings" in there and (plain := plain_ratings(path / "ratings.csv")) is not None:
            there.remove("ratings")
        read = {name: read_csv(path / f"{name}.csv", report) for name in there}
        tables = {name: table for name, table in read.items() if table is not None}
    return tables, plain


def _with_budget(options: dict[str, Any], budget: float | None, report: Report) -> None:
    """Put the budget among the options; a note where costs have none."""
    if budget is not None:
        if "costs" not in options:
            raise ValueError(f"budget: {budget:g} is given, and the project has no costs")
        options["budget"] = budget
    elif "costs" in options:
        report.notes.append("costs are told and bind nothing, since there is no budget")


def _workers(
    ability: pd.DataFrame | None, ratings: Ratings | None, q: pd.DataFrame | None
) -> list[str] | None:
    for frame in (ability, q):
        if frame is not None:
            return list(frame.index)
    return None if ratings is None else ratings.workers
