"""Several scenarios of a project, solved and compared side by side.

Each holds only what differs from the project's files (:mod:`crowdnb.project.scenario`); they are
kept in a file that a person can read (:mod:`crowdnb.project.scenario_file`).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from numbers import Integral
from typing import Any, get_args

import numpy as np
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    IntArray,
    count,
    listing,
    needs,
    one_of,
    path_of,
    several,
    shown,
    text_of,
)
from crowdnb.model import moves
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope
from crowdnb.model.moves import moves_text
from crowdnb.model.problem import Problem
from crowdnb.model.terms import score
from crowdnb.project.abilities import Reading
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.measure import sums_alike, sums_more
from crowdnb.project.misfits import check_labels, fitted
from crowdnb.project.output import JSON, ending_of
from crowdnb.project.plan import Programs, plan_of
from crowdnb.project.record import Project
from crowdnb.project.scenario import GIVEN, Scenario, a_scenario, check_names
from crowdnb.project.scenario_file import read_scenarios, write_scenarios
from crowdnb.project.setting_kinds import ScenarioError
from crowdnb.project.settings import task_weight
from crowdnb.solver.questions import Questions
from crowdnb.spelling import cleaned, plain

REMEMBERED = 200  # answers, so that a long day of turning does not fill the memory


@dataclass(frozen=True, eq=False)
class Scenarios:
    """A project's scenarios in order, and the settings that have no name yet.

    Their number is ``len(plans)``; ``for one in plans`` goes through them; ``plans["apart"]`` and
    ``plans[0]`` are one of them, and ``plans["as given"]`` the project as its files say.

    Attributes
    ----------
    project : Project
    named : tuple of Scenario
    current : Scenario
        What is being tried, without a name.
    scope : {"project", "task"}
        What a conflict between workers means where a scenario does not say.
    solver, time_limit
        As for :func:`crowdnb.solve`.

    Raises
    ------
    ScenarioError, ValueError
        An argument is of another kind or breaks its rule; two scenarios have one name.

    Examples
    --------
    >>> import crowdnb as cn
    >>> plans = cn.Scenarios(cn.load_case_study()).keep("apart", conflicts={("a3", "a5"): 1})
    >>> plans.compare()["performance"].round(4).to_dict()
    {'as given': 2.6973, 'apart': 2.5695}
    >>> print(plans.compare().at["apart", "moves"])
    a1: idle → r3; a2: r3 → r1; a3: r0 → idle; a5: r1 → r0
    """

    project: Project
    named: tuple[Scenario, ...] = ()
    current: Scenario = field(default_factory=Scenario)
    scope: Scope = "project"
    solver: str | None = None
    time_limit: float | None = None

    def __post_init__(self) -> None:
        needs(self.project, Project, "project")
        named = tuple(needs(one, Scenario, "named") for one in several(self.named, "named"))
        check_names(named, "named")
        object.__setattr__(self, "named", named)
        needs(self.current, Scenario, "current")
        one_of(self.scope, get_args(Scope), "scope")
        check_options(self.solver, self.time_limit)

    @cached_property
    def _programs(self) -> Programs:
        return Programs(self.solver)

    @cached_property
    def _qualifications(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def _measures(self) -> dict[str, Problem]:
        return {}

    @cached_property
    def _answers(self) -> dict[str, Assignment]:
        return {}

    def keep(self, scenario: Scenario | str, **changes: Any) -> Scenarios:
        """With this scenario: a new one at the end, or in the place of one of the same name.

        Raises
        ------
        ScenarioError
            The name is empty, or "as given"; a value breaks its rule; a label is not the project's.
        """
        known = [item.name for item in fields(Scenario)]
        if unknown := [name for name in changes if name not in known]:
            raise TypeError(
                f"keep(): no field {listing(unknown)}; there are {listing(known, len(known))}"
            )
        if isinstance(scenario, str):
            new = Scenario(**{"name": scenario, **changes})
        else:
            new = replace(a_scenario(scenario), **changes)
        if not new.name or new.name == GIVEN or plain(new.name) != new.name:
            raise ScenarioError(
                f"name: {new.name!r} cannot be the name of a scenario; give another"
            )
        check_labels(new, self.project)
        names = [one.name for one in self.named]
        if new.name in names:
            return self._but(
                named=tuple(new if one.name == new.name else one for one in self.named)
            )
        return self._but(named=(*self.named, new))

    def drop(self, name: str) -> Scenarios:
        """Without the scenario of this name."""
        found = find(self, text_of(name, "name"), "name")
        return self._but(named=tuple(one for one in self.named if one.name != found.name))

    def at(self, current: Scenario) -> Scenarios:
        """With other settings being tried."""
        return self._but(current=replace(needs(current, Scenario, "current"), name=""))

    def within(self, time_limit: float | None) -> Scenarios:
        """With another time limit for each answer that is not known yet."""
        return self._but(time_limit=time_limit)

    def _but(self, **changes: Any) -> Scenarios:
        """A copy that keeps what is compiled and solved already."""
        other = replace(self, **changes)
        for name in ("_programs", "_answers", "_qualifications", "_measures"):
            other.__dict__[name] = getattr(self, name)
        return other

    def __len__(self) -> int:
        return len(self.named)

    def __iter__(self) -> Iterator[Scenario]:
        return iter(self.named)

    def __getitem__(self, name: str | int) -> Scenario:
        if not isinstance(name, Integral) or isinstance(name, bool):
            return find(self, text_of(name, "name"), "name")
        if not -len(self) <= name < len(self):
            raise ScenarioError(f"name: there is no scenario {shown(name)}; there are {len(self)}")
        return self.named[name]

    def problem(self, scenario: Scenario | str) -> Problem:
        """The problem of a scenario, or of the one of this name.

        Of one that is kept here, without what does not fit the project: :meth:`left_out` tells it.

        Raises
        ------
        ScenarioError
            A label of another scenario is not the project's; or nobody is left.
        """
        one = self.fitted(scenario)
        return one.problem(self.project, self.scope, self._qualification(one))

    def fitted(self, scenario: Scenario | str) -> Scenario:
        """A scenario without what does not fit the project; ScenarioError if it is not kept here.

        Files change after a scenario was kept; who gives one by hand has made a slip.
        """
        one = find(self, scenario)
        if any(one is held for held in (self.current, *self.named)):
            return fitted(one, self.project)[0]
        check_labels(one, self.project)
        return one

    def left_out(self, scenario: Scenario | str) -> tuple[str, ...]:
        """What of a scenario does not fit the project any more, a sentence each."""
        return fitted(find(self, scenario), self.project)[1]

    def _qualification(self, one: Scenario) -> pd.DataFrame:
        """Q of all of the project's workers, kept for scenarios with the same settings."""
        reading = {name: getattr(one, name) for name in Reading._fields}
        of_q = Scenario(weights=one.weights, demand=one.demand, **reading)
        key = _key(of_q)
        if key not in self._qualifications:
            if len(self._qualifications) > REMEMBERED:
                self._qualifications.clear()
            self._qualifications[key] = one.qualification(self.project)
        return self._qualifications[key]

    def answer(self, scenario: Scenario | str) -> Assignment:
        """Its best assignment.

        Of tied ones the first by label, so that nobody is said to move who need not.
        """
        one = self.fitted(scenario)
        key = _key(one)
        if key not in self._answers:
            answer = plan_of(self.problem(one), self._programs, self.time_limit)
            if len(self._answers) > REMEMBERED:
                self._answers.clear()
            self._answers[key] = answer
        return self._answers[key]

    def as_given(self, scenario: Scenario | str) -> float:
        """ρ of a scenario's assignment by the Q and W of the project's files, and by their costs.

        One measure for all of them.
        """
        one = self.fitted(scenario)
        answer = self.answer(one)
        if answer.placed is None:
            return math.nan
        pairs = answer.pairs
        given = self._by_files(one)
        columns = zip((given.workers, given.tasks), (pairs["worker"], pairs["task"]), strict=True)
        return score(given, np.column_stack([_at(index, who.tolist()) for index, who in columns]))

    def _by_files(self, one: Scenario) -> Problem:
        """The problem of the files with everybody, and with the workers that a scenario adds."""
        with_all = Scenario(
            added=one.added,
            min_ratings=0 if self.project.min_ratings else None,
            missing="unknown" if self.project.missing == "out" else None,
        )
        key = _key(with_all)
        if key not in self._measures:
            if len(self._measures) > REMEMBERED:
                self._measures.clear()
            q = self._qualification(with_all)
            self._measures[key] = with_all.problem(self.project, self.scope, q)
        return self._measures[key]

    def same_measure(self, scenario: Scenario | str) -> bool:
        """Whether ρ of a scenario sums what that of the project's files does.

        The two can be compared only then: with the same Q and W, and the same costs and effects.
        """
        one = self.fitted(scenario)
        same_q = np.array_equal(self._qualification(one), self._qualification(Scenario()))
        same = same_q and np.array_equal(self._weights(one), self._weights(Scenario()))
        if not same or not sums_more(self.project, one):
            return same
        both = self.answer(one).problem, self.answer(GIVEN).problem
        return sums_alike(self.project, one, *both)

    def _weights(self, one: Scenario) -> FloatArray:
        """W with a scenario's changes, in the order of the tasks."""
        tasks, changed = self.project.required.index, one.task_weights
        weights = [changed.get(task, task_weight(self.project, task)) for task in tasks]
        return np.array(weights, dtype=float)

    def difference(self, scenario: Scenario | str) -> float:
        """What a scenario's assignment gains on that of the files, by the Q and W of the files.

        That is the difference of the two ρ where γ, weights, demands and W are the files' own, and
        what is undesirable costs the same. Where not, ρ measures something else, and this is what
        can be compared. NaN unless both are proved the best.
        """
        given, answer = self.answer(GIVEN), self.answer(scenario)
        if not given.status == answer.status == "optimal":
            return math.nan
        if self.same_measure(scenario):
            return answer.performance - given.performance
        return self.as_given(scenario) - given.performance

    def compare(self) -> pd.DataFrame:
        """One row per scenario, the project as given first.

        Returns
        -------
        DataFrame
            Index ``scenario``; columns ``performance`` (ρ, NaN without an assignment),
            ``difference`` (from the first, NaN unless both are proved the best), ``difference of``
            (``ρ``, or ``ρ by given Q`` where γ, weights, demands or W make ρ another measure),
            ``by given Q`` (ρ of its assignment by the Q and W of the files), ``state`` (with what
            does not fit any more), ``moves`` (who does something else than in the first) and
            ``changes`` (what differs from the files).
        """
        rows = {}
        for one in [self[GIVEN], *self.named]:
            try:
                rows[one.name] = self._row(one)
            except ValueError as error:
                words = "; ".join(one.words(self.project))
                rows[one.name] = [
                    math.nan,
                    math.nan,
                    "",
                    math.nan,
                    f"does not fit: {error}",
                    "",
                    words,
                ]
        return pd.DataFrame.from_dict(rows, orient="index", columns=_COLUMNS).rename_axis(
            index="scenario"
        )

    def _row(self, one: Scenario) -> list[Any]:
        first, answer = self.answer(GIVEN), self.answer(one)
        state = {"optimal": "proved the best", "infeasible": "no assignment exists"}.get(
            answer.status, "not proved"
        )
        if answer.tied:
            state += ", and another is as good"
        if left := int(answer.missing.sum()):
            state += f", {count(left, 'place')} left empty"
        who = ""
        if one.name != GIVEN and first.placed is not None and answer.placed is not None:
            who = moves_text(moved(first, answer))
        less = self.difference(one)
        of = "" if math.isnan(less) else "ρ" if self.same_measure(one) else "ρ by given Q"
        return [
            answer.performance,
            less,
            of,
            self.as_given(one),
            "; ".join([state, *self.left_out(one)]),
            who,
            "; ".join(self.fitted(one).words(self.project)),
        ]

    def assignments(self) -> pd.DataFrame:
        """Who does what in each scenario.

        Workers × scenarios; tasks, "idle", "left out" for few ratings, or "" where there is no such
        worker.
        """
        columns: dict[str, dict[Hashable, str]] = {}
        for one in [self[GIVEN], *self.named]:
            try:
                answer = self.answer(one)
            except ValueError:
                continue
            if answer.placed is not None:
                out: dict[Hashable, str] = dict.fromkeys(self.project.workers, "left out")
                busy = {w: listing(t) or "idle" for w, t in tasks_of(answer).items()}
                columns[one.name] = out | busy
        everyone = list(
            dict.fromkeys([*self.project.workers, *(w for own in columns.values() for w in own)])
        )
        frame = pd.DataFrame(columns, index=pd.Index(everyone, name="worker"), dtype=object)
        return frame.fillna("").rename_axis(columns="scenario")

    def save(self, path: str | os.PathLike[str]) -> bytes:
        """Write the scenarios, all of the file or nothing; what was written is returned.

        Raises
        ------
        ScenarioError
            The file that is there holds no scenarios that can be read: it is left as it is.
        ValueError
            Its ending is not .json.
        """
        place = path_of(path, "path")
        ending_of(place, [JSON], "path")
        return write_scenarios(place, self.current, self.named, fingerprint(self.project))

    @classmethod
    def load(cls, project: Project, path: str | os.PathLike[str], **options: Any) -> Scenarios:
        """Read what :meth:`save` wrote.

        What does not fit the project any more is kept, left out of what is solved, and told.

        Raises
        ------
        ScenarioError
            It is no such file, or broken: the message says where.
        """
        needs(project, Project, "project")
        held = read_scenarios(path_of(path, "path"))
        return cls(project, held[1], held[0], **options)


# of the table of scenarios
_COLUMNS = ["performance", "difference", "difference of", "by given Q", "state", "moves", "changes"]


def _at(labels: pd.Index[Any], wanted: list[Any]) -> IntArray:
    """Where labels stand that are all there."""
    return np.asarray(labels.get_indexer(pd.Index(wanted, dtype=object)), dtype=np.int64)


def _key(scenario: Scenario) -> str:
    """The same for scenarios that differ in their names only."""
    return json.dumps(replace(scenario, name="").as_json(), sort_keys=True)


def check_options(solver: str | None, time_limit: float | None) -> None:
    """ValueError unless :func:`crowdnb.solve` takes them; nothing is asked."""
    Questions(solver, time_limit)


def find(plans: Scenarios, scenario: Scenario | str, what: str = "scenario") -> Scenario:
    """The scenario given, or the one of this name; ``what`` is how a message calls the argument."""
    if not isinstance(scenario, str):
        return a_scenario(scenario)
    if (name := cleaned(scenario)) == GIVEN:
        return Scenario(GIVEN)
    for one in plans.named:
        if one.name == name:
            return one
    known = listing([GIVEN, *(one.name for one in plans.named)], 20)
    raise ScenarioError(f"{what}: there is no scenario {scenario!r}; there are {known}")


def tasks_of(answer: Assignment) -> dict[Hashable, tuple[Hashable, ...]]:
    """The tasks of every worker of an assignment."""
    return moves.tasks_of(
        answer.problem, np.empty((0, 2), dtype=int) if answer.placed is None else answer.placed
    )


def moved(first: Assignment, other: Assignment) -> pd.DataFrame:
    """Who does something else in the other assignment, whose workers may be more.

    Worker, before, after.
    """
    return moves.changes(tasks_of(first), tasks_of(other))
