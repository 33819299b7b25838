"""A project: all that its files say, checked, and what follows from it (sections 3 and 4)."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import ability_clouds, check_gamma
from crowdnb.ability.counts import Counts, is_counts
from crowdnb.ability.intervals import Missing, Rule
from crowdnb.ability.possibility import interval_pair
from crowdnb.ability.qualification import check_weights, qualification
from crowdnb.ability.tree import CriteriaTree
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
    unique_index,
    whole,
    with_clean_labels,
)
from crowdnb.model.arrays import Labels
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope, read
from crowdnb.model.pair_tables import Conflicts
from crowdnb.model.problem import Problem
from crowdnb.project.abilities import (
    Reading,
    ability_under,
    check_ratings,
    check_reading,
    checked_reading,
    enough,
    fewest_under,
)
from crowdnb.project.columns import TASK_COLUMNS
from crowdnb.project.conflict_frames import checked_conflicts, listed
from crowdnb.project.files import write_together
from crowdnb.project.form import FILES, FORM
from crowdnb.project.options import OPTIONS, checked, held, passed
from crowdnb.project.spreadsheet import csv_file
from crowdnb.project.written import tables_of
from crowdnb.solver.program import Program
from crowdnb.solver.ties import tie_break

# Of a field that follows from the others, or only tells about them: no part of the fingerprint.
_FOLLOWS = {"follows": True}


class Sources(NamedTuple):
    """What Q is worked out from (eq. 6): the fields of a project of the same names."""

    ability: pd.DataFrame
    demand: pd.DataFrame
    criteria_weights: pd.Series[float]


@dataclass(frozen=True, eq=False)
class Project:
    """Everything a folder says, checked.

    What workers can, what tasks ask, and who gets on with whom.

    Attributes
    ----------
    ability : DataFrame or None
        Ability intervals, workers × (criterion, ``low`` / ``high``).
    demand : DataFrame or None
        Demand intervals, tasks × (criterion, ``low`` / ``high``).
    criteria_weights : Series or None
        w, by criterion, sum 1. These three are None where Q is given ready-made.
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
    given_qualification : DataFrame or None
        Q ready-made, workers × tasks, in the place of ability, demand and weights.
    options : mapping
        Keywords of :class:`crowdnb.Problem` with their values, by label; only those that change
        something. It is read-only.
    ratings : DataFrame or None
        worker, criterion, rating and date (NaT where there is none), one row per rating, held where
        some rating has a date: from these ``counts`` are counted again with another half-life.
    missing : {"error", "out", "unknown", "average"}
        What a worker without a rating on a criterion has there; ``"out"`` leaves such workers out
        of the problem, as ``min_ratings`` does.
    half_life : float or None
        Days in which a rating of ``counts`` has lost half of its weight; None: none fades.
    day : date or None
        The day of the plan, from which ages count; no later rating is in ``counts``.
    ability_rule : {"cloud", "posterior"}
        The rule by which ``ability`` was made of the histories.
    level : float
        Of ``"posterior"``: with which probability the next rating lies in an interval.
    tree : CriteriaTree or None
        Criteria that are parts of others; ``criteria_weights`` are those of its leaves.
    part_judgements : mapping
        Judgements of the parts of a criterion of the tree, by that criterion; ``judgement`` is then
        that of the criteria at the top.

    Raises
    ------
    ValueError
        A table is of another kind, its labels are not those of the others, or a value breaks its
        rule.
    """

    ability: pd.DataFrame | None
    demand: pd.DataFrame | None
    criteria_weights: pd.Series[float] | None
    required: pd.Series[int]
    task_weights: pd.Series[float] | None
    task_conflicts: pd.DataFrame
    worker_conflicts: pd.DataFrame
    counts: Counts | None = field(default=None, metadata=_FOLLOWS)  # stands in for ability
    judgement: pd.DataFrame | None = field(default=None, metadata=_FOLLOWS)
    gamma: float = field(default=0.1, metadata=_FOLLOWS)
    notes: tuple[str, ...] = field(default=(), metadata=_FOLLOWS)
    min_ratings: int = field(default=0, metadata=_FOLLOWS)
    given_qualification: pd.DataFrame | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    ratings: pd.DataFrame | None = field(default=None, metadata=_FOLLOWS)
    missing: Missing = field(default="error", metadata=_FOLLOWS)
    half_life: float | None = field(default=None, metadata=_FOLLOWS)
    day: datetime.date | None = field(default=None, metadata=_FOLLOWS)
    ability_rule: Rule = field(default="cloud", metadata=_FOLLOWS)
    level: float = field(default=0.9, metadata=_FOLLOWS)
    tree: CriteriaTree | None = field(default=None, metadata=_FOLLOWS)
    part_judgements: Mapping[Any, pd.DataFrame] = field(default_factory=dict, metadata=_FOLLOWS)

    def __post_init__(self) -> None:
        for item in fields(self):
            if isinstance(table := getattr(self, item.name), pd.DataFrame | pd.Series):
                object.__setattr__(self, item.name, with_clean_labels(table, item.name))
        fading = check_reading(
            self.missing, self.half_life, self.day, self.ability_rule, self.level, "ability_rule"
        )
        object.__setattr__(self, "half_life", fading.half_life)
        object.__setattr__(self, "day", fading.day)
        object.__setattr__(self, "level", float(self.level))
        if self.given_qualification is None:
            labels = self._check_sources()
        else:
            labels = self._check_given(self.given_qualification)
        self._check_task_columns(labels)
        workers, tasks = labels.workers, labels.tasks
        checked_conflicts(self.task_conflicts, workers, tasks, "task_conflicts")
        between = checked_conflicts(self.worker_conflicts, workers, workers, "worker_conflicts")
        object.__setattr__(self, "worker_conflicts", between)
        object.__setattr__(self, "options", checked(self.options, labels))
        if self.options:  # a problem knows what several of them must keep together
            q = pd.DataFrame(np.ones((len(workers), len(tasks))), workers, tasks)
            try:
                Problem(q, self.required, **passed(self.options))
            except ValueError as error:
                raise ValueError(f"options: {error}") from None
        object.__setattr__(self, "gamma", check_gamma(self.gamma))
        for note in needs(self.notes, tuple, "notes"):
            text_of(note, "notes")
        check_ratings(self)
        object.__setattr__(self, "min_ratings", whole(self.min_ratings, "min_ratings", 0))
        self.enough_ratings(self.min_ratings)

    def _check_sources(self) -> Labels:
        """The labels of workers and tasks, as abilities and demands have them; all is checked."""
        if self.ability is None:
            raise ValueError("ability, or given_qualification in its place, is needed")
        ability = needs(self.ability, pd.DataFrame, "ability")
        u, d = interval_pair(ability, needs(self.demand, pd.DataFrame, "demand"))
        weights = needs(self.criteria_weights, pd.Series, "criteria_weights")
        check_weights(labelled_vector(weights, u.criteria, "criteria weights"), u.criteria)
        if self.counts is not None:
            if not is_counts(self.counts):
                raise ValueError(
                    f"counts: Counts are needed, as of count_ratings, got {shown(self.counts)}"
                )
        if self.judgement is not None:
            problems, _ = judgement_problems(needs(self.judgement, pd.DataFrame, "judgement"))
            if problems:
                raise ValueError(f"judgement: {phrases(problems, 5)}")
            top = u.criteria
            if self.tree is not None:
                top = self.tree.table.index[self.tree.table["level"] == 1]
            same_labels(self.judgement.index, top, "judgement")
        if self.tree is not None:
            same_labels(needs(self.tree, CriteriaTree, "tree").weights.index, u.criteria, "tree")
        if not isinstance(self.part_judgements, Mapping):
            raise ValueError(
                f"part_judgements: a mapping is needed, got {shown(self.part_judgements)}"
            )
        for parent, judgement in self.part_judgements.items():
            where = f"part_judgements: {parent}"
            problems, _ = judgement_problems(needs(judgement, pd.DataFrame, where))
            if problems:
                raise ValueError(f"{where}: {phrases(problems, 5)}")
            parts = () if self.tree is None else self.tree.table["part_of"]
            family = [part for part, above in dict(parts).items() if above == parent]
            same_labels(judgement.index, pd.Index(family, name="criterion"), where)
        return Labels(u.labels, d.labels.rename("task"))

    def _check_given(self, qualification: object) -> Labels:
        """The labels of workers and tasks, as a ready-made Q has them."""
        given = needs(qualification, pd.DataFrame, "given_qualification")
        for name in ("ability", "demand", "criteria_weights", "counts", "judgement", "tree"):
            if (value := getattr(self, name)) is not None:
                raise ValueError(f"{name}: must be None, since Q is given, got {shown(value)}")
        try:
            labels = Labels(
                unique_index(given.index, "worker"), unique_index(given.columns, "task")
            )
            q = read({"qualification": given}, labels)["qualification"]
        except ValueError as error:
            raise ValueError(f"given_qualification: {error}") from None
        frame = pd.DataFrame(q, labels.workers, labels.tasks)
        object.__setattr__(self, "given_qualification", frame)
        return labels

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
        """Q of every worker for every task (eq. 6), or as it is given."""
        if self.given_qualification is not None:
            return self.given_qualification
        return qualification(*sources_of(self, "qualification"))

    @property
    def workers(self) -> pd.Index[Any]:
        """The labels of all workers."""
        q = self.given_qualification
        return sources_of(self, "workers").ability.index if q is None else q.index

    @property
    def tasks(self) -> pd.Index[Any]:
        """The labels of all tasks."""
        return self.required.index

    @property
    def weights_by_criterion(self) -> dict[Any, float]:
        """The weight of each criterion; none where Q is given ready-made."""
        return {} if self.criteria_weights is None else self.criteria_weights.to_dict()

    @property
    def criteria(self) -> pd.Index[Any]:
        """The labels of the criteria; none where Q is given ready-made."""
        weights = self.criteria_weights
        return pd.Index([], dtype=object) if weights is None else weights.index

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
        """The smallest number of ratings over the criteria, by worker; None without histories.

        0 with a criterion that has none; where ratings fade the sum of what each counts.
        """
        return fewest_under(self, self.reading)

    @property
    def reading(self) -> Reading:
        """How the histories were read."""
        return Reading(self.gamma, self.missing, self.half_life, self.ability_rule, self.level)

    def ability_under(self, how: Reading) -> pd.DataFrame:
        """Ability U with the histories read in another way, or of intervals at another γ.

        ValueError where the ratings do not allow it, or Q is given ready-made.
        """
        return ability_under(self, sources_of(self, "ability").ability, checked_reading(how))

    def enough_ratings(self, min_ratings: int, how: Reading | None = None) -> pd.Index[Any]:
        """Workers with at least so many ratings on every criterion, in their order.

        With ``missing`` ``"out"`` those without a rating on a criterion are not among them.

        Raises
        ------
        ValueError
            There is nobody, or only intervals are known and no ratings.
        """
        reading = self.reading if how is None else checked_reading(how)
        return enough(self, whole(min_ratings, "min_ratings", 0), reading)

    def clouds(self) -> pd.DataFrame | None:
        """The histories one by one, as :func:`crowdnb.ability_clouds`.

        None for a project of intervals.
        """
        return None if self.counts is None else ability_clouds(self.counts, self.gamma)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write the project as files that :func:`read_project` reads back.

        The folder is made if need be. Rating histories become ``ratings.csv``, with dates where
        ``ratings`` has them, at least and at most L a range of workers. ``criteria.csv`` is written
        where criteria have parts or other scales than stars. No file holds γ, a least number of
        ratings, the budget, the number of stars, or what is asked of missing ratings, half-life,
        day, rule and level: give them to :func:`read_project` again. All of the files are written,
        or none.

        Raises
        ------
        FileExistsError
            The folder holds files of a project already; nothing is overwritten.
        ValueError
            What no file holds: histories that have decayed, an attribute with the name of a column
            of workers, somebody who must take more tasks than allowed.
        """
        path = path_of(folder, "folder")
        tables = {f"{name}.csv": table for name, table in tables_of(self).items()}
        names = dict.fromkeys([*(f"{name}.csv" for name in FILES), *tables])
        if there := [name for name in names if os.path.lexists(path / name)]:
            raise FileExistsError(f"{path} holds {listing(there)} already; choose another folder")
        write_together(path, {name: csv_file(table) for name, table in tables.items()})


def sources_of(project: Project, what: str) -> Sources:
    """Ability, demand and weights of criteria; ``what`` is for whom, in a message.

    Raises
    ------
    ValueError
        Q is given ready-made.
    """
    ability, demand, weights = project.ability, project.demand, project.criteria_weights
    if ability is None or demand is None or weights is None:
        raise ValueError(
            f"{what}: the project has a ready-made Q, and no abilities, demands and weights"
        )
    return Sources(ability, demand, weights)


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
    few = None
    if len(q) < len(project.workers):
        few, barred, between = q.index, barred.loc[q.index], between.loc[q.index, q.index]
    return Problem(
        q,
        project.required,
        project.task_weights,
        barred,
        listed(between) if worker_conflicts is None else worker_conflicts,
        conflict_scope,
        **passed(project.options, few),
    )


def project_of(problem: Problem) -> Project:
    """The project that a problem is: Q as given, and all of its rules but the scope of conflicts.

    The other way round is :func:`problem_of`, which is told the scope.
    """
    weights = problem.task_weights
    return Project(
        ability=None,
        demand=None,
        criteria_weights=None,
        required=problem.required,
        task_weights=None if (weights == 1).all() else weights,
        task_conflicts=problem.task_conflicts,
        worker_conflicts=problem.worker_conflicts,
        given_qualification=problem.qualification,
        options=held({name: _field(problem, name) for name in OPTIONS}, problem.labels),
    )


def _field(problem: Problem, name: str) -> Any:
    """A field of a problem as it is stored, an array where it has labels."""
    return getattr(problem.arrays if hasattr(problem.arrays, name) else problem, name)
