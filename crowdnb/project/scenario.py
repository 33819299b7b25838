"""One scenario: what differs from a project's files, in numbers, in words and in a file.

It holds only the differences, so it stays true to the files when they change. What its fields are
is in :mod:`crowdnb.project.settings`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, get_args

import pandas as pd

from crowdnb.ability.intervals import Missing, Rule
from crowdnb.ability.qualification import qualification
from crowdnb.labels import listing, needs, one_of, same_labels, several, shown, text_of, whole
from crowdnb.model.changes import Item, apply
from crowdnb.model.fields import Scope
from crowdnb.model.moves import position
from crowdnb.model.problem import Problem, needed
from crowdnb.project.abilities import Reading
from crowdnb.project.misfits import check_labels
from crowdnb.project.options import TOGETHER, passed
from crowdnb.project.record import Project, problem_of, sources_of
from crowdnb.project.setting_kinds import ScenarioError, entries
from crowdnb.project.settings import CHANGES, SETTINGS, Pair
from crowdnb.spelling import cleaned, in_quotes, one_label, told_apart

GIVEN = "as given"  # the project's own files, before any scenario


@dataclass(frozen=True)
class Scenario:
    """What differs from a project's files; whatever is not named stays as it is there.

    Attributes
    ----------
    name : str
    gamma : float, optional
        Influence of He, ≥ 0.
    scope : {"project", "task"}, optional
        What a conflict between workers means.
    min_ratings : int, optional
        Workers with fewer ratings on some criterion are left out, and who is like them.
    missing : {"error", "out", "unknown", "average"}, optional
        What a worker without a rating on a criterion has there.
    half_life : float, optional
        Days in which a rating loses half of its weight; inf: none fades.
    ability : {"cloud", "posterior"}, optional
        By which rule histories become intervals.
    level : float, optional
        Of ``"posterior"``, between 0 and 1.
    weights : mapping of criterion to float
        All criteria, summing to 1, or none.
    required, task_weights : mapping of task to number
    demand : mapping of (task, criterion) to (low, high)
    conflicts : mapping of (worker, worker) to 1 or 0
        1 puts two workers in conflict, 0 lifts theirs.
    exclusions : mapping of (worker, task) to 1 or 0
        1 bars the worker from the task, 0 allows it.
    limits, least : mapping of worker to int
        Tasks that the worker may take at most, 0: is away; and must take at least.
    added : mapping of worker to int
        So many more workers with the same Q and C^R as this one: "like a3", "like a3 (2)".
    most : mapping of task to int or None
        Workers that a task takes at most; None: as many as it needs.
    missing_costs : mapping of task to float or None
        What an empty place costs of ρ; None: no place may stay empty.
    pinned : mapping of (worker, task) to 1 or 0
        1 keeps the worker on the task, 0 no longer.
    overlaps : mapping of (task, task) to 1 or 0
        1: no worker can hold both, 0: one may.
    keep_costs, conflict_costs : mapping of (worker, task) to float
        What giving the pair up costs of ρ, and what choosing it does; 0 for nothing.
    pair_effects : mapping of (worker, worker) to float
        What two workers add to ρ together.
    capacities : mapping of worker to float or None
        What the worker has, in the unit of the loads; None: without a bound.
    quotas : mapping of (task or None, column, value, "least" or "most") to int, str or None
        How many places go to workers with a value of an attribute, or which share ("50%"); None: no
        such bound. Without a task: of all tasks together.
    budget : float, optional
        What all pairs together may cost; inf: as much as one likes.

    Raises
    ------
    ScenarioError, ValueError
        A value breaks its rule, or an argument is of another kind.
    """

    name: str = ""
    gamma: float | None = None
    scope: Scope | None = None
    min_ratings: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    required: Mapping[str, int] = field(default_factory=dict)
    task_weights: Mapping[str, float] = field(default_factory=dict)
    demand: Mapping[Pair, tuple[float, float]] = field(default_factory=dict)
    conflicts: Mapping[Pair, int] = field(default_factory=dict)
    exclusions: Mapping[Pair, int] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    added: Mapping[str, int] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)
    most: Mapping[str, int | None] = field(default_factory=dict)
    missing_costs: Mapping[str, float | None] = field(default_factory=dict)
    pinned: Mapping[Pair, int] = field(default_factory=dict)
    overlaps: Mapping[Pair, int] = field(default_factory=dict)
    keep_costs: Mapping[Pair, float] = field(default_factory=dict)
    conflict_costs: Mapping[Pair, float] = field(default_factory=dict)
    pair_effects: Mapping[Pair, float] = field(default_factory=dict)
    capacities: Mapping[str, float | None] = field(default_factory=dict)
    quotas: Mapping[Any, int | str | None] = field(default_factory=dict)
    budget: float | None = None
    missing: Missing | None = None
    half_life: float | None = None
    ability: Rule | None = None
    level: float | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", cleaned(text_of(self.name, "name")))
        where = f"scenario {in_quotes(self.name)}" if self.name else "the settings"
        for name, setting in SETTINGS.items():
            object.__setattr__(self, name, setting.read(getattr(self, name), where))

    def problem(
        self, project: Project, scope: Scope = "project", q: pd.DataFrame | None = None
    ) -> Problem:
        """The problem that the project becomes; ``q`` is Q, if it is known already.

        Raises
        ------
        ScenarioError
            A label is not the project's.
        """
        check_labels(self, needs(project, Project, "project"))
        one_of(scope, get_args(Scope), "scope")
        if q is None:
            q = self.qualification(project)
        else:
            workers, tasks = project.workers, project.required.index
            same_labels(needs(q, pd.DataFrame, "q").index, workers.rename("worker"), "q, rows")
            same_labels(q.columns, tasks.rename("task"), "q, columns")
        q = q.loc[self.workers(project)]
        problem = problem_of(project, q, conflict_scope=self.scope or scope)
        problem = self._changed(problem, project)
        more = tuple(
            (("worker", like), times)
            for like, times in self.added.items()
            if times and like in q.index
        )
        return self._changed(apply(problem, more), project) if more else problem

    @property
    def called(self) -> str:
        """What messages call it: by its name, or the settings that have none."""
        return f"scenario {self.name!r}" if self.name else "the settings"

    def gamma_of(self, project: Project) -> float:
        """Its own γ, or the project's."""
        usual = needs(project, Project, "project").gamma
        return usual if self.gamma is None else self.gamma

    def reading_of(self, project: Project) -> Reading:
        """How it reads the rating histories, as the project where it says nothing."""
        usual = needs(project, Project, "project").reading
        own = {name: getattr(self, name) for name in Reading._fields}
        read = usual._replace(**{name: value for name, value in own.items() if value is not None})
        return read._replace(half_life=None) if read.half_life == math.inf else read

    def min_ratings_of(self, project: Project) -> int:
        """How many ratings it asks of a worker, or the project does."""
        usual = needs(project, Project, "project").min_ratings
        return usual if self.min_ratings is None else self.min_ratings

    def workers(self, project: Project) -> pd.Index[Any]:
        """The project's workers who have ratings enough; ScenarioError where there is nobody."""
        least = self.min_ratings_of(project)
        try:
            return project.enough_ratings(least, self.reading_of(project))
        except ValueError as error:
            raise ScenarioError(f"{self.called}: {error}") from None

    def _changed(self, problem: Problem, project: Project) -> Problem:
        """With what is set for the workers and tasks that the problem has."""
        changed: dict[str, Any] = {}
        for name, setting in SETTINGS.items():
            if not setting.feeds or (value := getattr(self, name)) in (None, {}):
                continue
            changed[setting.feeds] = value = setting.fed(problem, value)
            partner = TOGETHER.get(setting.feeds)
            if partner and value is None:
                changed[partner] = None
            elif partner and getattr(problem, partner) is None:
                # the project has it, and it bound nothing so far
                both = passed({**project.options, setting.feeds: value}, problem.workers)
                changed[partner] = both[partner]
        try:
            return problem.changed(**changed)
        except ValueError as error:  # two settings that cannot be together
            if not self.name:
                raise
            raise ScenarioError(f"{self.called}: {error}") from None

    def intervals(self, project: Project) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Ability and demand of the project's workers and tasks, with these settings of the two."""
        ability, demand, _ = sources_of(needs(project, Project, "project"), "intervals")
        try:
            ability = project.ability_under(self.reading_of(project))
        except ValueError as error:
            raise ScenarioError(f"{self.called}: {error}") from None
        if self.demand:
            demand = demand.copy()
            for (task, criterion), ends in self.demand.items():
                demand.loc[task, [(criterion, "low"), (criterion, "high")]] = ends
        return ability, demand

    def qualification(self, project: Project) -> pd.DataFrame:
        """Q of the project's own workers, with these abilities, weights and demands."""
        if (given := needs(project, Project, "project").given_qualification) is not None:
            return given
        q = qualification(*self.intervals(project), self.weights or project.weights_by_criterion)
        return q.reindex(index=project.workers, columns=project.required.index)

    def words(self, project: Project) -> list[str]:
        """What differs from the project, a sentence's part each.

        What comes to the same is left out.
        """
        needs(project, Project, "project")
        parts = (setting.words(project, getattr(self, name)) for name, setting in SETTINGS.items())
        return [text for part in parts for text in part]

    def repaired(self, changes: Sequence[tuple[Item, int]], problem: Problem) -> Scenario:
        """The scenario with the changes of a repair made too.

        They are those of a :class:`crowdnb.explain.repairs.Repair` of its ``problem``.
        """
        index = {"worker": needed(problem).workers, "task": problem.tasks}
        kept: dict[str, Any] = {
            change.setting: dict(getattr(self, change.setting)) for change in CHANGES.values()
        }
        for given in several(changes, "changes"):
            (kind, *labels), times = _a_change(given)
            if not isinstance(kind, str) or kind not in CHANGES:
                raise ScenarioError(f"changes: a scenario cannot hold the change {shown(kind)}")
            change = CHANGES[kind]
            if len(labels) != len(change.labels):
                raise ValueError(
                    f"changes: a {kind} has {len(change.labels)} labels, got {shown(given[0])}"
                )
            for label, what in zip(labels, change.labels, strict=True):
                if what in index and label is not None:
                    position(index[what], label, f"changes: {what}")
            values, names = kept[change.setting], [*map(_as_name, labels)]
            if kind == "worker":  # one like another that was added is like that one's model
                names = [self.roots.get(str(name), name) for name in names]
            key = change.key(names)
            values[key] = change.value(problem, labels, times, values.get(key, 0))
        return replace(self, **kept)

    @property
    def roots(self) -> dict[str, str]:
        """Added workers and whom each is like."""
        return {
            f"like {like}" + (f" ({k})" if k > 1 else ""): like
            for like, times in self.added.items()
            for k in range(1, int(times) + 1)
        }

    def as_json(self) -> dict[str, Any]:
        """The differences as the file holds them."""
        held = {name: setting.to_json(getattr(self, name)) for name, setting in SETTINGS.items()}
        given = {name: value for name, value in held.items() if value not in (None, {})}
        return {"name": self.name, **given}

    @classmethod
    def from_json(cls, data: Any, where: str) -> Scenario:
        """Read what :meth:`as_json` gives; ScenarioError says in words what is wrong."""
        text_of(where, "where")
        held = entries(data, where, [item.name for item in fields(cls)])
        if not isinstance(name := held.pop("name", None), str):
            raise ScenarioError(f"{where}: a name in quotes is needed")
        where = f"{where} ({name!r})"
        values: dict[str, Any] = {
            key: SETTINGS[key].from_json(value, where) for key, value in held.items()
        }
        try:
            return cls(name, **values)
        except ScenarioError as error:
            raise ScenarioError(f"{where.split(', ')[0]}: {error}") from None


def check_fields(kind: type[Scenario]) -> None:
    """TypeError unless the fields of a scenario are its name and :data:`SETTINGS`."""
    if unlike := {item.name for item in fields(kind)} ^ {"name", *SETTINGS}:
        raise TypeError(f"{kind.__name__}: {listing(unlike)} must be a field and one of SETTINGS")


check_fields(Scenario)


def check_names(named: Sequence[Scenario], where: str) -> None:
    """ScenarioError where a name stands twice, is empty, or is that of the project as given."""
    number = Counter(one.name for one in named)
    if twice := [name for name, times in number.items() if times > 1]:
        names = listing(map(repr, twice))
        raise ScenarioError(f"{where}: the scenario {names} stands more than once")
    if wrong := [name for name in number if not name or name == GIVEN]:
        raise ScenarioError(f"{where}: {wrong[0]!r} cannot be the name of a scenario")
    try:
        told_apart(list(number), where)
    except ValueError as error:
        raise ScenarioError(str(error)) from None


def a_scenario(scenario: object) -> Scenario:
    """The scenario; ValueError where it is none."""
    if not isinstance(scenario, Scenario):
        raise ValueError(
            f"scenario: a Scenario, or the name of one, is needed, got {shown(scenario)}"
        )
    return scenario


def _as_name(label: Any) -> Any:
    return label if label is None else one_label(label)


def _a_change(given: object) -> tuple[Item, int]:
    """A repair's change and how often; ValueError where it is none."""
    if not (
        isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], tuple) and given[0]
    ):
        like = "(('place', 'r0'), 1)"
        raise ValueError(
            f"changes: pairs of what changes and how often, as {like}, are needed, got"
            f" {shown(given)}"
        )
    return given[0], whole(given[1], "changes: how often")
