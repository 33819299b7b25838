"""What a scenario may change in a project, each of its fields once.

Labels, rule, words, form in the file.

:class:`crowdnb.Scenario` goes through :data:`SETTINGS` wherever it goes through its fields; what
each of its entries can do is in :mod:`crowdnb.project.setting_kinds`. :data:`CHANGES` says which of
them a repair's change is held by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pandas as pd

from crowdnb.ability.qualification import scaled_to_one
from crowdnb.labels import count, number, shown
from crowdnb.model.fields import MOST, Scope
from crowdnb.model.problem import Problem
from crowdnb.order import natural_key
from crowdnb.project.ability_settings import ABILITY_SETTINGS
from crowdnb.project.pair_setting import PairNumbers, other_of_pair
from crowdnb.project.quota_setting import Quotas, other_quota, sides_of, value_text
from crowdnb.project.record import Project, sources_of
from crowdnb.project.setting_kinds import (
    Ends,
    Labelled,
    OrNone,
    ScenarioError,
    Single,
    Switches,
    as_json,
    as_typed,
)

# workers that a scenario adds: for each two of all workers a problem has a byte
MOST_ADDED = 10_000

Pair = tuple[str, str]


def _not_negative(value: float) -> bool:
    return value >= 0


def _is_count(value: float) -> bool:
    return value.is_integer() and value >= 0


def _gamma(value: Any, where: str) -> int | float:
    if not (math.isfinite(number(value)) and number(value) >= 0):
        raise ScenarioError(
            f"{where}: gamma is {as_typed(value)}; a number of at least 0 is needed"
        )
    return as_json(value)


def _scope(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in get_args(Scope):
        raise ScenarioError(f"{where}: the scope is {shown(value)}; project or task is needed")
    return value


def _sum_to_one(weights: Mapping[str, float]) -> str | None:
    if not weights or scaled_to_one(list(weights.values())) is not None:
        return None
    return f"the weights sum to {math.fsum(weights.values()):.9g} and must sum to 1"


def _not_too_many(added: Mapping[str, int]) -> str | None:
    total = sum(added.values())
    most = f"at most {MOST_ADDED:,} can be"
    return f"{total:,} workers are added, and {most}" if total > MOST_ADDED else None


def _other_gamma(project: Project, gamma: float) -> str | None:
    if gamma == project.gamma:
        return None
    assumed = " (assumed, since no histories are known)" if project.counts is None else ""
    return f"γ {project.gamma:g} → {gamma:g}{assumed}"


class _Budget(OrNone):
    """What all may cost together; inf where there is no bound."""

    def fed(self, problem: Problem, value: Any) -> Any:
        """The budget; None for no bound."""
        return None if value == math.inf else value


def _money(value: Any, where: str) -> int | float:
    if number(value) != math.inf and not math.isfinite(number(value)):
        raise ScenarioError(f"{where}: the budget is {as_typed(value)}; a number is needed")
    return as_json(value)


def _min_ratings(value: Any, where: str) -> int:
    if not (number(value) >= 0 and number(value).is_integer()):
        raise ScenarioError(
            f"{where}: min_ratings is {as_typed(value)}; a whole number of ratings is needed"
        )
    return int(value)


def _other_min_ratings(project: Project, least: int) -> str | None:
    if least == project.min_ratings:
        return None
    if not least:
        return "nobody is left out for few ratings"
    return f"whoever has fewer than {count(least, 'rating')} on some criterion is left out"


def _other_scope(project: Project, scope: str) -> str | None:
    return "a conflict bars two workers from one task only" if scope == "task" else None


def _other_number(
    called: str, given: Callable[[Project, str], Any]
) -> Callable[[Project, str, float], str | None]:
    """Words of a number that is another than the project's, ``given``; to four digits."""

    def words(project: Project, label: str, value: float) -> str | None:
        old, new = (
            "?" if one is None else f"{number(one):.4g}" for one in (given(project, label), value)
        )
        return f"{called.format(label)} {old} → {new}" if old != new else None

    return words


def task_weight(project: Project, task: str) -> float | None:
    """W of a task, 1 where the project gives none; None for a task that is unknown."""
    if project.task_weights is None:
        return 1.0 if task in project.required.index else None
    return project.task_weights.get(task)


def _other_demand(project: Project, key: Pair, ends: tuple[float, float]) -> str | None:
    task, criterion = key
    known = task in project.tasks and criterion in project.criteria
    row: Mapping[Any, float] = (
        sources_of(project, "demand").demand.loc[task].to_dict() if known else {}
    )
    low, high = (row.get((criterion, end), math.nan) for end in ("low", "high"))
    if (low, high) == tuple(ends):
        return None
    return f"{task} asks {criterion} {low:g} to {high:g} → {ends[0]:g} to {ends[1]:g}"


def _other_conflict(project: Project, pair: Pair, value: int) -> str | None:
    if value == _cell(project.worker_conflicts, *pair):
        return None
    one, other = pair
    return f"{one} and {other} in conflict" if value else f"conflict of {one} and {other} lifted"


def _other_exclusion(project: Project, pair: Pair, value: int) -> str | None:
    if value == _cell(project.task_conflicts, *pair):
        return None
    worker, task = pair
    return f"{worker} barred from {task}" if value else f"{worker} may take {task}"


def _cell(frame: pd.DataFrame, row: Hashable, column: Hashable) -> int:
    """A cell of a 0/1 frame; 0 for labels that it does not have."""
    there = row in frame.index and column in frame.columns
    return int(frame.at[row, column]) if there else 0  # type: ignore[arg-type]


def option_of(project: Project, name: str, label: str, usual: Any) -> Any:
    """What an option of the project gives a label; the usual where it says nothing of it."""
    column = project.options.get(name)
    given = None if column is None else column.to_dict().get(label)
    return usual if given is None or not math.isfinite(given) else given


def _limit(project: Project, worker: str, value: int) -> str | None:
    if value == option_of(project, "worker_limits", worker, 1):
        return None
    return f"{worker} may take {count(value, 'task')}" if value else f"{worker} is away"


def _least(project: Project, worker: str, value: int) -> str | None:
    if value == option_of(project, "worker_least", worker, 0):
        return None
    if not value:
        return f"{worker} need not take a task"
    return f"{worker} takes at least {count(value, 'task')}"


def _from_to(old: float | None, new: float | None, none: str) -> str:
    """Two numbers with an arrow, and what stands where there is none."""
    return " → ".join(none if one is None else f"{one:g}" for one in (old, new))


def _most(project: Project, task: str, value: int | None) -> str | None:
    old = option_of(project, "required_most", task, None)
    if value == old:
        return None
    return f"{task} takes at most {_from_to(old, value, 'as many as it needs')}"


def _missing(project: Project, task: str, value: float | None) -> str | None:
    old = option_of(project, "missing_cost", task, None)
    if value == old:
        return None
    if value is None:
        return f"no place of {task} may stay empty"
    if old is None:
        return f"places of {task} may stay empty, for {value:g} each"
    return f"an empty place of {task} costs {old:g} → {value:g}"


def _other_budget(project: Project, value: float) -> str | None:
    given, new = project.options.get("budget"), None if value == math.inf else value
    return None if new == given else f"budget {_from_to(given, new, 'none')}"


def _other_capacity(project: Project, worker: str, value: float | None) -> str | None:
    old = option_of(project, "capacities", worker, None)
    if value == old:
        return None
    return f"capacity of {worker} {_from_to(old, value, 'unbounded')}"


def _other_pin(project: Project, pair: Pair, value: int) -> str | None:
    worker, task = pair
    if value == _listed(project.options.get("pinned"), pair):
        return None
    return f"{worker} {'stays' if value else 'need not stay'} on {task}"


def _other_overlap(project: Project, pair: Pair, value: int) -> str | None:
    one, other = pair
    overlaps = project.options.get("task_overlaps")
    if value == (_listed(overlaps, pair) or _listed(overlaps, (other, one))):
        return None
    return f"{one} and {other} overlap" if value else f"overlap of {one} and {other} lifted"


def _listed(pairs: pd.DataFrame | None, pair: Pair) -> bool:
    """Whether a pair is a row of a table of pairs."""
    return pairs is not None and bool((pairs.to_numpy() == pair).all(axis=1).any())


def _more(project: Project, worker: str, value: int) -> str | None:
    return f"{value} more worker{'s' * (value > 1)} like {worker}" if value else None


_LISTED: tuple[Single | Labelled, ...] = (
    Single("gamma", _gamma, _other_gamma),
    Single("scope", _scope, _other_scope),
    Single("min_ratings", _min_ratings, _other_min_ratings),
    *ABILITY_SETTINGS,
    Labelled(
        "weights", ("criterion",), "the weight of {}", "a number of at least 0", _not_negative,
        _other_number("weight of {}", lambda project, label: project.weights_by_criterion.get(label)),
        _sum_to_one,
    ),
    Labelled(
        "required", ("task",), "what {} needs", "a whole number of workers", _is_count,
        _other_number("{} needs", lambda project, label: project.required.get(label)),
        most=MOST, whole=True, feeds="required",
    ),
    Labelled(
        "most", ("task",), "the most that {} takes", "a whole number of workers, or none,",
        _is_count, _most, most=MOST, whole=True, feeds="required_most", empty=True,
    ),
    Labelled(
        "task_weights", ("task",), "what {} weighs", "a number of at least 0", _not_negative,
        _other_number("{} weighs", task_weight), feeds="task_weights",
    ),
    Labelled(
        "missing_costs", ("task",), "what an empty place of {} costs",
        "a number of at least 0, or none,", _not_negative, _missing, feeds="missing_cost",
        empty=True,
    ),
    Ends(
        "demand", ("task", "criterion"), "what {} asks of {}", "a number from 0 to 1",
        lambda value: 0 <= value <= 1, _other_demand,
    ),
    Switches(
        "conflicts", ("worker", "worker"), "the conflict of {} and {}", "0 or 1",
        lambda value: value in (0, 1), _other_conflict, on="add", off="lift",
        feeds="worker_conflicts",
    ),
    Switches(
        "exclusions", ("worker", "task"), "the exclusion of {} and {}", "0 or 1",
        lambda value: value in (0, 1), _other_exclusion, on="bar", off="allow",
        feeds="task_conflicts",
    ),
    Switches(
        "pinned", ("worker", "task"), "the pin of {} to {}", "0 or 1",
        lambda value: value in (0, 1), _other_pin, on="pin", off="unpin", feeds="pinned",
    ),
    Switches(
        "overlaps", ("task", "task"), "the overlap of {} and {}", "0 or 1",
        lambda value: value in (0, 1), _other_overlap, on="add", off="lift",
        feeds="task_overlaps", alone="cannot overlap itself",
    ),
    Labelled(
        "limits", ("worker",), "the limit of {}", "a whole number of tasks", _is_count, _limit,
        most=MOST, whole=True, feeds="worker_limits",
    ),
    Labelled(
        "least", ("worker",), "the least that {} takes", "a whole number of tasks", _is_count,
        _least, most=MOST, whole=True, feeds="worker_least",
    ),
    PairNumbers(
        "keep_costs", ("worker", "task"), "what giving up {} on {} costs", "a number of at least 0",
        _not_negative, other_of_pair("giving up {} on {} costs", "keep_costs"), feeds="keep_costs",
    ),
    PairNumbers(
        "conflict_costs", ("worker", "task"), "what {} on {} costs", "a number", lambda value: True,
        other_of_pair("{} on {} costs", "conflict_costs"), feeds="conflict_costs",
    ),
    PairNumbers(
        "pair_effects", ("worker", "worker"), "what {} and {} gain together", "a number",
        lambda value: True, other_of_pair("{} and {} together gain", "pair_effects"),
        feeds="pair_effects",
    ),
    Labelled(
        "capacities", ("worker",), "the capacity of {}", "a number of at least 0, or none,",
        _not_negative, _other_capacity, feeds="capacities", empty=True,
    ),
    Quotas(
        "quotas", ("task", "column", "value"), "the {} of {} {} on {}", "", lambda value: True,
        other_quota, feeds="quotas", empty=True,
    ),
    _Budget("budget", _money, _other_budget, feeds="budget"),
    Labelled(
        "added", ("worker",), "how many are added like {}", "a whole number of workers",
        _is_count, _more, _not_too_many, most=MOST, whole=True,
    ),
)  # fmt: skip
SETTINGS = {setting.name: setting for setting in _LISTED}
# What ρ sums of pairs beside their value.
OF_PAIRS = ("keep_costs", "conflict_costs", "pair_effects")


@dataclass(frozen=True)
class Change:
    """What a repair's change of one kind does to a scenario.

    Attributes
    ----------
    setting : str
        The field that it changes; its labels are those of the change.
    value : callable
        Of the problem repaired, the change's labels, how often, and the field's value before; the
        value after.
    key : callable
        Of the names of its labels, the field's key.
    more : tuple of str
        What it says beside the labels of the field.
    """

    setting: str
    value: Callable[[Problem, Sequence[Hashable], int, int], int | None]
    key: Callable[[Sequence[Any]], Any] = lambda names: tuple(names) if len(names) > 1 else names[0]
    more: tuple[str, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """What its labels name."""
        return SETTINGS[self.setting].labels + self.more


def _two(names: Sequence[str]) -> tuple[str, ...]:
    """Two labels of one kind, in the order in which a scenario holds them."""
    return tuple(sorted(names, key=natural_key))


def _side(names: Sequence[Any]) -> tuple[Any, ...]:
    """One side of a quota."""
    *about, how = names
    return (*about, "least" if how in ("fewer", "least") else "most")


def _loosened(problem: Problem, labels: Sequence[Hashable], times: int, before: int) -> int:
    """A quota of so many places fewer at least, or more at most."""
    task, column, value, side = _side(labels)
    given = sides_of(problem.quotas)[task, column, value_text(value), side]
    return int(given) + (times if side == "most" else -times)


def _at(series: pd.Series[int], labels: Sequence[Hashable]) -> int:
    return int(series.to_dict()[labels[0]])


# By kind of a repair's change.
CHANGES = {
    "conflict": Change("conflicts", lambda problem, labels, times, before: 0, _two),
    "exclusion": Change("exclusions", lambda problem, labels, times, before: 0),
    "place": Change(
        "required", lambda problem, labels, times, before: _at(problem.required, labels) - times
    ),
    "limit": Change(
        "limits", lambda problem, labels, times, before: _at(problem.worker_limits, labels) + times
    ),
    "least": Change(
        "least", lambda problem, labels, times, before: _at(problem.worker_least, labels) - times
    ),
    "worker": Change("added", lambda problem, labels, times, before: before + times),
    "pin": Change("pinned", lambda problem, labels, times, before: 0),
    "overlap": Change("overlaps", lambda problem, labels, times, before: 0, _two),
    "quota": Change("quotas", _loosened, _side, ("how",)),
    "share": Change("quotas", lambda problem, labels, times, before: None, _side, ("which",)),
}
