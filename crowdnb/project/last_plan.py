"""What is kept of a plan, so that the next one can say who changed since, and why.

Of each worker the number of ratings per criterion, what they count where they fade, and the row of
Q (eq. 6); of tasks L and D; the weights w, the settings, and the pairs of T.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import listing, needs
from crowdnb.model.arrays import has_ones
from crowdnb.model.problem import Problem
from crowdnb.project.abilities import counts_of, fewest_under, rated_by
from crowdnb.project.plan_file import scenario_of_plan
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios

# Pairs of worker and task up to which Q is kept, and histories up to which their numbers are: two
# plans of 100,000 pairs take 4 MB of the 10 MB that such a file may have.
MOST_KEPT = 100_000


@dataclass(frozen=True)
class TaskRecord:
    """What a task asked: workers, weight, and the ends of its demands by criterion."""

    required: int
    weight: float
    demand: tuple[float, ...] = ()


@dataclass(frozen=True)
class WorkerRecord:
    """What was known of a worker.

    Attributes
    ----------
    ratings : tuple of int or None
        How many ratings, by criterion; None without histories.
    counted : tuple of float or None
        What they counted together, where older ones fade.
    qualification : tuple of float or None
        Q by task, None for a task that was barred.
    out : str
        Why the worker could take no task: "away", or which ratings are lacking.
    """

    ratings: tuple[int, ...] | None = None
    counted: tuple[float, ...] | None = None
    qualification: tuple[float | None, ...] | None = None
    out: str = ""


@dataclass(frozen=True)
class PlanRecord:
    """A plan, and what it was made of.

    Attributes
    ----------
    day : str
        The day of the plan, such as 2024-03-01.
    project : str
        Sixteen hexadecimal digits that change when anything in its problem or its ratings does.
    settings : mapping
        What decides a plan beside the files, by the names of options.
    scenario : mapping
        The scenario, as its file holds it, without the name.
    weights : mapping of criterion to float
    tasks : mapping of task to TaskRecord
    workers : mapping of worker to WorkerRecord
    pairs : mapping of (worker, task) to float
        Who does what, with Q.
    rules : mapping of table to str
        A digest of each table of the files that holds further rules.
    """

    day: str
    project: str
    settings: Mapping[str, Any]
    scenario: Mapping[str, Any]
    weights: Mapping[str, float]
    tasks: Mapping[str, TaskRecord]
    workers: Mapping[str, WorkerRecord]
    pairs: Mapping[tuple[str, str], float]
    rules: Mapping[str, str]

    def same(self, other: PlanRecord) -> bool:
        """Whether the two are plans of one project under the same settings."""
        mine, yours = ((one.project, one.settings, one.scenario) for one in (self, other))
        return mine == yours

    @cached_property
    def tasks_of(self) -> dict[str, tuple[str, ...]]:
        """The tasks of each worker who has one."""
        found: dict[str, tuple[str, ...]] = {}
        for worker, task in self.pairs:
            found[worker] = (*found.get(worker, ()), task)
        return found


def plan_record(plans: Scenarios, plan: str) -> PlanRecord:
    """What is to be kept of a plan; its name is one that ``plan_table`` takes."""
    one, project = plans.fitted(scenario_of_plan(plans, plan)), plans.project
    answer = plans.answer(one)
    problem, pairs = answer.problem, answer.pairs
    each = zip(pairs["worker"], pairs["task"], pairs["qualification"], strict=True)
    own = {str(name): float(weight) for name, weight in _weights(project, one).items()}
    scenario = json.loads(json.dumps(one.as_json()))  # as it is read again
    del scenario["name"]
    return PlanRecord(
        day=(project.day or date.today()).isoformat(),
        project=_fingerprint(project, problem),
        settings=_settings(plans, one, problem),
        scenario=scenario,
        weights=own,
        tasks=_tasks(project, one, problem),
        workers=_workers(project, one, problem),
        pairs={(str(worker), str(task)): float(q) for worker, task, q in each},
        rules=_rules(project),
    )


def _fingerprint(project: Project, problem: Problem) -> str:
    """Sixteen digits of the problem and the ratings; of 20,000 workers within a second."""
    digest = hashlib.sha256(repr([problem.workers.tolist(), problem.tasks.tolist()]).encode())
    for name, value in vars(problem.arrays).items():
        if value is None or (value.dtype == bool and not has_ones(value)):
            continue
        digest.update(name.encode())
        digest.update((np.packbits(value) if value.dtype == bool else value).tobytes())
    for frame in (problem.quotas, project.counts):
        if frame is not None:
            digest.update(repr([axis.tolist() for axis in frame.axes]).encode())
            digest.update(repr(frame.to_numpy().tolist()).encode())
    return digest.hexdigest()[:16]


def _settings(plans: Scenarios, one: Scenario, problem: Problem) -> dict[str, Any]:
    """What decides a plan beside the files; of ratings only where there are any."""
    found: dict[str, Any] = {"scope": one.scope or plans.scope, "budget": problem.budget}
    if plans.project.counts is not None:
        how = one.reading_of(plans.project)
        found |= how._asdict() | {"min_ratings": one.min_ratings_of(plans.project)}
        found["level"] = how.level if how.ability == "posterior" else None
    return found


def _weights(project: Project, one: Scenario) -> Mapping[Any, float]:
    return one.weights or project.weights_by_criterion


def _tasks(project: Project, one: Scenario, problem: Problem) -> dict[str, TaskRecord]:
    tasks = problem.tasks.tolist()
    ends: list[list[float]] = [[] for _ in tasks]
    if project.demand is not None and project.demand.size <= 2 * MOST_KEPT:
        asked = Scenario(demand=one.demand)  # so that no ability is worked out again
        ends = asked.intervals(project)[1].loc[tasks].to_numpy(dtype=float).tolist()
    need, weight = problem.arrays.required.tolist(), problem.arrays.task_weights.tolist()
    return {
        str(task): TaskRecord(int(l_j), float(w_j), tuple(own))
        for task, l_j, w_j, own in zip(tasks, need, weight, ends, strict=True)
    }


def _workers(project: Project, one: Scenario, problem: Problem) -> dict[str, WorkerRecord]:
    """Everybody of the project, and whoever a scenario adds."""
    ratings, counted = _numbers(project, one)
    rows: dict[Any, tuple[float | None, ...]] = {}
    if problem.arrays.qualification.size <= MOST_KEPT:
        q = problem.arrays.qualification.astype(object)
        q[problem.arrays.task_conflicts] = None
        rows = {who: tuple(row) for who, row in zip(problem.workers, q.tolist(), strict=True)}
    out = _out(project, one, problem)
    return {
        str(who): WorkerRecord(ratings.get(who), counted.get(who), rows.get(who), out.get(who, ""))
        for who in dict.fromkeys([*project.workers, *problem.workers])
    }


def _numbers(
    project: Project, one: Scenario
) -> tuple[dict[Any, tuple[int, ...]], dict[Any, tuple[float, ...]]]:
    """How many ratings each worker has by criterion, and what they count where they fade."""
    if project.counts is None or len(project.counts) > MOST_KEPT:
        return {}, {}
    half_life = one.reading_of(project).half_life
    number = _sums(project, None)
    if (number % 1 != 0).any(axis=None):  # they have faded, and how many they were is not known
        return {}, {}
    return _rows(number.astype(int)), {} if half_life is None else _rows(_sums(project, half_life))


def _sums(project: Project, half_life: float | None) -> pd.DataFrame:
    """What the ratings of each worker count by criterion, with such a half-life."""
    counts = counts_of(project, half_life)
    number = pd.Series(dtype=float) if counts is None else counts.sum(axis=1)
    table = number.unstack("criterion", fill_value=0)
    return table.reindex(index=project.workers, columns=project.criteria, fill_value=0)


def _rows(table: pd.DataFrame) -> dict[Any, tuple[Any, ...]]:
    return dict(zip(table.index, map(tuple, table.to_numpy().tolist()), strict=True))


def _out(project: Project, one: Scenario, problem: Problem) -> dict[Any, str]:
    """Why workers can take no task: away, or left out for the ratings that they lack."""
    limits = zip(problem.workers, problem.arrays.worker_limits.tolist(), strict=True)
    out = {who: "away" for who, limit in limits if limit == 0}
    few = project.workers.difference(one.workers(project), sort=False)
    how, least = one.reading_of(project), one.min_ratings_of(project)
    if not len(few) or project.counts is None:
        return out
    fewest = needs(fewest_under(project, how), pd.Series, "ratings")
    rated = rated_by(project.counts, project.workers, project.criteria)
    for who, row in zip(few, rated[project.workers.get_indexer(few)], strict=True):
        ratings = "1 rating" if fewest[who] == 1 else f"{fewest[who]:.3g} ratings"
        out[who] = f"left out with {ratings} on some criterion, {least} are asked"
        if how.missing == "out" and not row.all():
            out[who] = f"left out, no rating on {listing(project.criteria[~row], 3)}"
    return out


# The table of the files that holds each option of a project; the others are called as theirs is.
_TABLES = {
    "required_rule": "tasks",
    "required_most": "tasks",
    "missing_cost": "tasks",
    "worker_limits": "workers",
    "worker_least": "workers",
    "capacities": "workers",
    "attributes": "workers",
    "keep_costs": "pinned",
    "conflict_costs": "task_conflicts",
    "pair_effects": "worker_conflicts",
}
# What a table need not say of a worker: a newcomer who has it changes nothing.
_USUAL = {"worker_limits": 1, "worker_least": 0}


def _rules(project: Project) -> dict[str, str]:
    """A digest of each table that holds rules, so that one that has changed can be named.

    The order of rows does not count; what is larger than is kept has no digest.
    """
    said: dict[str, list[str]] = {}
    for name in ("task_conflicts", "worker_conflicts"):
        rows, columns = getattr(project, name).axes
        i, j = np.nonzero(getattr(project, name).to_numpy())
        if 0 < len(i) <= MOST_KEPT:
            said[name] = sorted(map(repr, zip(rows.take(i), columns.take(j), strict=True)))
    for name, value in project.options.items():
        if name == "budget" or (name == "attributes" and "quotas" not in project.options):
            continue  # a setting; or what nothing asks for
        if lines := _lines(value, _USUAL.get(name)):
            said.setdefault(_TABLES.get(name, name), []).extend([name, *lines])
    return {
        table: hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]
        for table, lines in said.items()
    }


def _lines(value: Any, usual: float | None) -> list[str]:
    """An option row by row, in an order of their own; nothing of one that is large."""
    if not isinstance(value, pd.Series | pd.DataFrame):
        return [repr(value)]
    if value.size > MOST_KEPT:
        return []
    if isinstance(value, pd.Series):
        return sorted(repr(item) for item in value.items() if item[1] != usual)
    by_worker = value.index.name == "worker"
    table = value.sort_index(axis=1) if by_worker else value
    rows = table.itertuples(index=by_worker, name=None)
    return [repr(table.columns.tolist()), *sorted(map(repr, rows))]
