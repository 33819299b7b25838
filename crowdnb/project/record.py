"""A project: all that its files say, checked, and what follows from it (sections 3 and 4)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import ability_clouds, check_gamma
from crowdnb.ability.possibility import interval_pair
from crowdnb.ability.qualification import check_weights, qualification
from crowdnb.ability.ratings import Counts, is_counts
from crowdnb.ability.weights import judgement_problems
from crowdnb.labels import (
    labelled_vector,
    listing,
    needs,
    path_of,
    phrases,
    same_labels,
    shown,
    text_of,
    whole,
    with_clean_labels,
)
from crowdnb.model.arrays import Labels
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope, read
from crowdnb.model.pair_tables import Conflicts, zero_one
from crowdnb.model.problem import Problem
from crowdnb.project.cells import not_negative, people
from crowdnb.project.files import write_together
from crowdnb.project.form import FILES, FORM
from crowdnb.project.spreadsheet import csv_file
from crowdnb.solver.program import Program
from crowdnb.solver.ties import tie_break

# of C^A at a time are compared with as many columns, which then stay in a processor's cache
ROWS = 64


class TaskColumn(NamedTuple):
    """A column of numbers in tasks.csv.

    Its field of a project, and what is wrong with a number, if anything.
    """

    field: str
    rule: Callable[[float], str | None]
    kind: type = float


# By the column's name. Reading, writing, checks and the fingerprint follow from this.
TASK_COLUMNS = {
    "required": TaskColumn("required", people, int),
    "weight": TaskColumn("task_weights", not_negative),
}
if (listed_there := (*FORM["tasks"].columns[1:], *FORM["tasks"].optional)) != tuple(TASK_COLUMNS):
    raise TypeError(f"tasks.csv: {listed_there} in FORM, {tuple(TASK_COLUMNS)} in TASK_COLUMNS")
# Of a field that follows from the others, or only tells about them: no part of the fingerprint.
_FOLLOWS = {"follows": True}


@dataclass(frozen=True, eq=False)
class Project:
    """Everything a folder says, checked.

    What workers can, what tasks ask, and who gets on with whom.

    Attributes
    ----------
    ability : DataFrame
        Ability intervals, workers × (criterion, ``low`` / ``high``).
    demand : DataFrame
        Demand intervals, tasks × (criterion, ``low`` / ``high``).
    criteria_weights : Series
        w, by criterion, sum 1.
    required : Series
        L, workers needed by task.
    task_weights : Series or None
        W, by task; None counts every place 1.
    task_conflicts, worker_conflicts : DataFrame
        C^R, workers × tasks, and C^A, workers × workers, 0/1.
    counts : Counts or None
        The rating histories, when the folder has them.
    judgement : DataFrame or None
        B, when the weights come from it.
    gamma : float
        Influence of He with which ``ability`` was computed.
    min_ratings : int
        Workers with fewer ratings on some criterion are left out of the problem; 0 leaves out none.
    notes : tuple of str
        What is allowed but worth a look, such as a judgement off the five levels.

    Raises
    ------
    ValueError
        A table is of another kind, its labels are not those of the others, or a value breaks its
        rule.
    """

    ability: pd.DataFrame
    demand: pd.DataFrame
    criteria_weights: pd.Series[float]
    required: pd.Series[int]
    task_weights: pd.Series[float] | None
    task_conflicts: pd.DataFrame
    worker_conflicts: pd.DataFrame
    counts: Counts | None = field(default=None, metadata=_FOLLOWS)  # stands in for ability
    judgement: pd.DataFrame | None = field(default=None, metadata=_FOLLOWS)
    gamma: float = field(default=0.1, metadata=_FOLLOWS)
    notes: tuple[str, ...] = field(default=(), metadata=_FOLLOWS)
    min_ratings: int = field(default=0, metadata=_FOLLOWS)

    def __post_init__(self) -> None:
        for item in fields(self):
            if isinstance(table := getattr(self, item.name), pd.DataFrame | pd.Series):
                object.__setattr__(self, item.name, with_clean_labels(table, item.name))
        u, d = interval_pair(self.ability, self.demand)
        weights = needs(self.criteria_weights, pd.Series, "criteria_weights")
        check_weights(labelled_vector(weights, u.criteria, "criteria weights"), u.criteria)
        self._check_task_columns(Labels(u.labels, d.labels.rename("task")))
        _check_conflicts(self.task_conflicts, u.labels, d.labels, "task_conflicts")
        between = _check_conflicts(self.worker_conflicts, u.labels, u.labels, "worker_conflicts")
        object.__setattr__(self, "worker_conflicts", between)
        if self.counts is not None:
            if not is_counts(self.counts):
                raise ValueError(
                    f"counts: Counts are needed, as of count_ratings, got {shown(self.counts)}"
                )
            for level, labels in enumerate((u.labels, u.criteria)):
                same_labels(self.counts.index.unique(level), labels, "counts")
        if self.judgement is not None:
            problems, _ = judgement_problems(needs(self.judgement, pd.DataFrame, "judgement"))
            if problems:
                raise ValueError(f"judgement: {phrases(problems, 5)}")
            same_labels(self.judgement.index, u.criteria, "judgement")
        object.__setattr__(self, "gamma", check_gamma(self.gamma))
        for note in needs(self.notes, tuple, "notes"):
            text_of(note, "notes")
        object.__setattr__(self, "min_ratings", whole(self.min_ratings, "min_ratings", 0))
        self.enough_ratings(self.min_ratings)

    def _check_task_columns(self, labels: Labels) -> None:
        given = {}
        for name, column in TASK_COLUMNS.items():
            series = getattr(self, column.field)
            if series is not None or name not in FORM["tasks"].optional:
                given[name] = needs(series, pd.Series, column.field)
        read({"required": self.required, "task_weights": self.task_weights}, labels)
        for name, series in given.items():
            column = TASK_COLUMNS[name]
            values = labelled_vector(series, labels.tasks, column.field)
            for task, value in zip(labels.tasks, values.tolist(), strict=True):
                if wrong := column.rule(value):
                    raise ValueError(f"{column.field}: {task} has {value:g}, that {wrong}")

    @property
    def qualification(self) -> pd.DataFrame:
        """Q of every worker for every task (eq. 6)."""
        return qualification(self.ability, self.demand, self.criteria_weights)

    def problem(
        self, worker_conflicts: Conflicts | None = None, conflict_scope: Scope = "project"
    ) -> Problem:
        """The assignment problem.

        ``worker_conflicts``, when given, stand in for the folder's own.
        """
        q = self.qualification.loc[self.enough_ratings(self.min_ratings)]
        return problem_of(self, q, worker_conflicts, conflict_scope)

    def solve(
        self,
        solver: str | None = None,
        time_limit: float | None = None,
        conflict_scope: Scope = "project",
    ) -> Assignment:
        """The best assignment, of tied ones the first by label, as in every output of the project.

        Parameters and errors as :func:`crowdnb.solve`.
        """
        problem = self.problem(conflict_scope=conflict_scope)
        program = Program(problem, solver)
        return program.resolve(time_limit=time_limit, tie_break=tie_break(problem))

    @cached_property
    def fewest_ratings(self) -> pd.Series[float] | None:
        """The smallest number of ratings over the criteria, by worker; None without histories."""
        if self.counts is None:
            return None
        number = self.counts.sum(axis=1).groupby(level="worker", sort=False).min()
        return number.reindex(self.ability.index).rename("fewest_ratings")

    def enough_ratings(self, min_ratings: int) -> pd.Index[Any]:
        """Workers with at least so many ratings on every criterion, in their order.

        Raises
        ------
        ValueError
            There is nobody, or only intervals are known and no ratings.
        """
        least = whole(min_ratings, "min_ratings", 0)
        if not least:
            return self.ability.index
        if self.fewest_ratings is None:
            raise ValueError(
                f"min_ratings is {least}, and the project has ability intervals: there are no"
                " ratings to count"
            )
        kept = self.ability.index[self.fewest_ratings.to_numpy() >= least]
        if not len(kept):
            most = self.fewest_ratings.max()
            raise ValueError(
                f"min_ratings is {least}: every worker has fewer ratings on some criterion; with"
                f" {most:g} the first would stay"
            )
        return kept

    def clouds(self) -> pd.DataFrame | None:
        """The histories one by one, as :func:`crowdnb.ability_clouds`.

        None for a project of intervals.
        """
        return None if self.counts is None else ability_clouds(self.counts, self.gamma)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write the project as files that :func:`read_project` reads back.

        The folder is made if need be. Rating histories become ``ratings.csv`` without dates. All of
        the files are written, or none.

        Raises
        ------
        FileExistsError
            The folder holds files of a project already; nothing is overwritten.
        ValueError
            The histories have decayed: their counts are not whole ratings.
        """
        path = path_of(folder, "folder")
        if there := [f"{name}.csv" for name in FILES if os.path.lexists(path / f"{name}.csv")]:
            raise FileExistsError(f"{path} holds {listing(there)} already; choose another folder")
        tables = self._tables().items()
        write_together(path, {f"{name}.csv": csv_file(table) for name, table in tables})

    def _tables(self) -> dict[str, pd.DataFrame]:
        def long(frame: pd.DataFrame, what: str) -> pd.DataFrame:
            stacked = frame.stack(level=0, future_stack=True)[["low", "high"]]
            return stacked.rename_axis([what, "criterion"]).reset_index()

        def pairs(frame: pd.DataFrame, other: str, upper: bool = False) -> pd.DataFrame:
            i, j = np.nonzero(np.triu(frame) if upper else frame.to_numpy())
            return pd.DataFrame({"worker": frame.index.take(i), other: frame.columns.take(j)})

        tasks = pd.DataFrame({"task": self.required.index})
        for name, column in TASK_COLUMNS.items():
            if (series := getattr(self, column.field)) is not None:
                tasks[name] = series.to_numpy()
        tables = {"demand": long(self.demand, "task"), "tasks": tasks}
        if self.counts is None:
            tables["ability"] = long(self.ability, "worker")
        else:
            number = self.counts.to_numpy()
            if (number % 1 != 0).any():
                raise ValueError("counts: they have decayed and are not whole ratings any more")
            history, star = np.nonzero(number)
            times = number[history, star].astype(int)
            rows = self.counts.index[history.repeat(times)].to_frame(index=False)
            tables["ratings"] = rows.assign(rating=(star + 1).repeat(times))
        if self.judgement is None:
            tables["weights"] = (
                self.criteria_weights.rename("weight").rename_axis("criterion").reset_index()
            )
        else:
            tables["judgement"] = self.judgement.rename_axis("criterion").reset_index()
        tables["task_conflicts"] = pairs(self.task_conflicts, "task")
        tables["worker_conflicts"] = pairs(self.worker_conflicts, "other", upper=True)
        return tables


def _check_conflicts(
    frame: object, rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> pd.DataFrame:
    """A 0/1 frame over these labels, between workers symmetric and its columns as its rows.

    ValueError for others.

    A problem checks them too, with 20 bytes a cell: too much for two in a hundred of 20,000
    workers.
    """
    given = needs(frame, pd.DataFrame, name)
    same_labels(given.index, rows, f"{name}, rows")
    same_labels(given.columns, columns, f"{name}, columns")
    if name == "worker_conflicts" and not given.columns.equals(given.index):
        given = given[given.index]
    cells = given.to_numpy()
    if cells.dtype.kind not in "biu" or cells.min() < 0 or cells.max() > 1:
        for start in range(0, len(cells), ROWS):
            bad = np.isnan(zero_one(cells[start : start + ROWS]))
            if bad.any():
                i, j = np.argwhere(bad)[0] + (start, 0)
                where = f"{name}: {given.index[i]} with {given.columns[j]}"
                raise ValueError(f"{where} is {shown(cells[i, j])}, it must be 0 or 1")
    if name == "task_conflicts":
        return given
    for start in range(0, len(cells), ROWS):
        few = slice(start, start + ROWS)
        unlike = np.argwhere(cells[few, start:] != cells[start:, few].T)
        if len(unlike):
            one, other = given.index[unlike[0] + start]
            if cells[tuple(unlike[0] + start)] != 1:
                one, other = other, one
            raise ValueError(
                f"{name}: {one} with {other} is 1 and {other} with {one} is 0, the frame must be"
                " symmetric"
            )
    if (alone := cells.diagonal() == 1).any():
        raise ValueError(f"{name}: {given.index[int(alone.argmax())]} is in conflict with itself")
    return given


def problem_of(
    project: Project,
    q: pd.DataFrame,
    worker_conflicts: Conflicts | None = None,
    conflict_scope: Scope = "project",
) -> Problem:
    """The problem of a project with this Q: the one way from files and settings to a problem.

    Workers who are not in Q are left out. A scenario changes what else it asks for in the problem
    that comes out.
    """
    barred, between = project.task_conflicts, project.worker_conflicts
    if len(q) < len(project.ability):
        barred, between = barred.loc[q.index], between.loc[q.index, q.index]
    return Problem(
        q,
        project.required,
        project.task_weights,
        barred,
        listed(between) if worker_conflicts is None else worker_conflicts,
        conflict_scope,
    )


def listed(between: pd.DataFrame) -> pd.DataFrame | list[tuple[Any, Any]] | None:
    """Conflicts as pairs where they are few.

    Checking a frame of thousands of workers takes 20 bytes a cell.
    """
    number = int(np.count_nonzero(between))
    if not number:
        return None
    if number > 20 * len(between):
        return between
    labels = between.index.tolist()
    return [(labels[i], labels[k]) for i, k in np.argwhere(np.triu(between.to_numpy())).tolist()]


def fingerprint(project: Project) -> str:
    """Sixteen hexadecimal digits that change when anything in the project does."""
    digest = hashlib.sha256()
    for item in fields(Project):
        if item.metadata.get("follows"):
            continue
        frame = getattr(project, item.name)
        if frame is None and item.default is None:
            continue  # as if there were no such field: an older file of scenarios still fits
        if item.name == "ability" and project.counts is not None:
            frame = project.counts
        if frame is not None:
            digest.update(repr([axis.tolist() for axis in frame.axes]).encode())
            digest.update(np.ascontiguousarray(frame.to_numpy(dtype=float)).tobytes())
        digest.update(b"|")
    return digest.hexdigest()[:16]
