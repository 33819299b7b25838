"""One page about a project for whoever has to sign it: what was decided, why, what it costs, and how it was checked.

The page is a single HTML file: no script, no picture from elsewhere, no network; it prints on A4.
The command ``python -m crowdnb report``, the notebook of one's own data and its panel all make it
with :func:`report`.
"""

from __future__ import annotations

import html
import math
import platform
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import metadata
from os import PathLike
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd

import crowdnb
from crowdnb.ability.cloud import check_gamma
from crowdnb.ability.possibility import possibility_matrix
from crowdnb.explain.alternatives import alternatives
from crowdnb.explain.infeasible import explain_infeasible
from crowdnb.explain.prices import prices
from crowdnb.explain.repairs import repairs
from crowdnb.labels import BoolArray, FloatArray, listing, one_of, path_of, plain, shown, text_of
from crowdnb.model.assignment import Assignment, performance
from crowdnb.model.check import check
from crowdnb.model.moves import moves_text
from crowdnb.model.problem import Problem, Scope
from crowdnb.project.files import write_whole
from crowdnb.project.folder import check_scale, read_project
from crowdnb.project.keeper import Keeper
from crowdnb.project.record import Project, fingerprint
from crowdnb.project.scenario import GIVEN, Scenario, ScenarioError
from crowdnb.project.scenarios import Scenarios, check_options, find, moved, tasks_of
from crowdnb.sensitivity.stability import stability
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.search import optimum, tie

# Five blues, light to dark, and the ink that can be read on each.
SHADES = [
    ("#f1f5fb", "#222"),
    ("#cfdff1", "#222"),
    ("#9dc3e3", "#222"),
    ("#3b78b3", "#fff"),
    ("#1b4f88", "#fff"),
]
# SOFT is set by the style around; FRAME lies on cells that have a ground
SOFT, FRAME = "var(--cn-soft)", "#c2410c"
WIDEST = (60, 20)  # workers, tasks: beyond, a grid is a list
LOOKED_INTO = 1500  # pairs of worker and task up to which every price is computed
STABLE_CRITERIA = 4
# of repairs, where all others cost 1: people who are not there cost most
COSTS = {"limit": 2.0, "worker": 3.0}
FEW = 5
ENGINES = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy"}
Rows = Iterable[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Page:
    """A page, and the answer that it tells.

    Attributes
    ----------
    html : str
        The whole file.
    text : str
        What was decided, in a few sentences.
    answer : Assignment
    scenario : Scenario
    """

    html: str
    text: str
    answer: Assignment
    scenario: Scenario

    def write(self, path: str | Path) -> None:
        """Write the file, all of it or nothing."""
        write_whole(path_of(path, "path"), self.html.encode(errors="replace"))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Page: {self.text.splitlines()[0]}>"

    def _repr_html_(self) -> str:
        style = "width: 100%; max-width: 900px; height: 640px; border: 1px solid #8c96a3"
        return (
            f'<iframe title="the page" sandbox style="{style}"'
            f' srcdoc="{html.escape(self.html)}"></iframe>'
        )


def report(
    source: str | Path | Project | Scenarios,
    scenario: Scenario | str = GIVEN,
    *,
    title: str | None = None,
    gamma: float = 0.1,
    stars: int = 5,
    conflict_scope: Scope = "project",
    solver: str | None = None,
    time_limit: float | None = None,
) -> Page:
    """Make the page about a project, or about one of its scenarios.

    Parameters
    ----------
    source : path, Project or Scenarios
        For a folder or workbook, the scenarios kept beside it are read too.
    scenario : Scenario or str
        Which one was decided for; the project as given, when none is named.
    title : str, optional
        Its heading; the folder's name when not given.
    gamma, stars : optional
        As for :func:`crowdnb.read_project`, for a path.
    conflict_scope, solver, time_limit : optional
        As for :func:`crowdnb.solve`; not for Scenarios, which have their own.

    Returns
    -------
    Page
        ``.html`` is the file, ``.answer`` the assignment; ``print`` tells what was decided.

    Raises
    ------
    ProjectError, ValueError
        As :func:`crowdnb.read_project` and :func:`crowdnb.solve`; there is no such scenario.

    Examples
    --------
    >>> import crowdnb as cn
    >>> print(cn.report(cn.load_case_study(), title="case study"))
    case study: 9 of 12 workers fill 9 places on 5 tasks, ρ = 2.6973, proved the best.
    r0: a3, a7; r1: a5; r2: a6, a10, a11; r3: a2, a4; r4: a0. Idle: a1, a8, a9.
    """
    if title is not None:
        text_of(title, "title")
    check_gamma(gamma)
    check_scale(stars)
    one_of(conflict_scope, get_args(Scope), "conflict_scope")
    check_options(solver, time_limit)
    said: list[str] = []
    options: dict[str, Any] = {"scope": conflict_scope, "solver": solver, "time_limit": time_limit}
    if isinstance(source, Scenarios):
        plans = source
    elif isinstance(source, Project):
        plans = Scenarios(source, **options)
    else:
        if not isinstance(source, str | PathLike):
            raise ValueError(
                f"source: a path, a Project or Scenarios are needed, got {shown(source)}"
            )
        project = read_project(source, gamma, stars)
        keeper, plans = Keeper.open(Path(source), project, **options)
        said = keeper.said
        title = title or Path(source).resolve().stem
    try:
        one = find(plans, scenario)
    except ScenarioError as error:
        if not said:
            raise
        # it may be in a file that cannot be read
        raise ScenarioError(f"{error}. {' '.join(said)}") from None
    return _Maker(plans, one, title or "Project", said).page()


class _Maker:
    """Everything that the page says, part by part."""

    def __init__(
        self, plans: Scenarios, scenario: Scenario, title: str, said: Sequence[str]
    ) -> None:
        self.plans, self.scenario, self.title = plans, scenario, title
        self.project = plans.project
        self.answer = plans.answer(scenario)
        self.problem = self.answer.problem
        self.changes = scenario.words(self.project)
        self.careful = [*self.project.notes, *said]
        self.small = self.problem.q.size <= LOOKED_INTO

    def page(self) -> Page:
        """The file and its summary."""
        found = self.answer.table is not None
        parts = [_section("What was decided", self.decided(), "wide")]
        if found:
            parts += [
                _section("Who does what", self.who(), "wide" if self.beyond else ""),
                "" if self.beyond else _section("On the grid", self.grid()),
                _section("Why these", _items(self.why())),
                _section("What the rules cost", _items(self.costs())),
            ]
        else:
            parts += [_section("Why", self.why_not()), _section("What would help", self.help())]
        parts += [
            _section("What was changed", self.changed(), "wide"),
            _section("Be careful", _items(self.warnings())),
            _section("How it was checked", _items(self.checks())),
        ]
        name = "" if self.scenario.name in ("", GIVEN) else f" · {_text(self.scenario.name)}"
        today = date.today().isoformat()
        body = (
            f'<header><h1>{_text(self.title)}{name}</h1><p class="soft">Assignment of workers to'
            f" tasks · {today}</p>"
            f"</header><main>{''.join(parts)}</main><footer>{self.versions()}</footer>"
        )
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width,'
            ' initial-scale=1"><meta http-equiv="Content-Security-Policy" content="default-src'
            " 'none'; style-src"
            f" 'unsafe-inline'\"><title>{_text(self.title)}{name}</title><style>{STYLE}</style>"
        )
        whole = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'
        return Page(whole, self.summary(), self.answer, self.scenario)

    @property
    def beyond(self) -> bool:
        """Whether there are too many workers or tasks for a grid."""
        m, n = len(self.problem.workers), len(self.problem.tasks)
        return m > WIDEST[0] or n > WIDEST[1]

    def summary(self) -> str:
        """What was decided, as plain text."""
        if self.answer.table is None:
            reasons = self.answer.reasons if self.answer.status == "infeasible" else ()
            return "\n".join([f"{self.title}: {self.headline()}", *reasons])
        team = self.answer.pairs.groupby("task", sort=False)["worker"].agg(
            lambda who: ", ".join(map(str, who))
        )
        tasks = "; ".join(f"{task}: {team.get(task, 'nobody')}" for task in self.problem.tasks)
        return (
            f"{self.title}: {self.headline()}\n{tasks}. Idle:"
            f" {listing(self.answer.idle, 20) or 'nobody'}."
        )

    def headline(self) -> str:
        """The decision in a sentence."""
        answer, problem = self.answer, self.problem
        if answer.table is None:
            if answer.status == "infeasible":
                return "no assignment exists."
            return (
                f"the time limit stopped {answer.solver}: no assignment was found, and none was"
                " ruled out."
            )
        busy, places = int((answer.table.sum(axis=1) > 0).sum()), len(answer.pairs)
        proof = "proved the best" if answer.status == "optimal" else "not proved the best"
        return (
            f"{busy} of {len(problem.workers)} workers fill {places} place{'s' * (places != 1)} on"
            f" {len(problem.tasks)} task{'s' * (len(problem.tasks) != 1)}, ρ ="
            f" {answer.performance:.4f}, {proof}."
        )

    def decided(self) -> str:
        """The headline, and what its number means."""
        head = self.headline()
        lines = [f'<p class="head">{_text(head[0].upper() + head[1:])}</p>']
        if self.answer.table is not None and len(self.answer.pairs):
            mean = self.answer.pairs["qualification"].mean()
            words = (
                "ρ, the group performance, adds up how well each chosen worker meets what the task"
                f" asks, from 0 to 1; here {mean:.3f} a place on average. "
            )
            weighs = (
                "" if (self.problem.task_weights == 1).all() else "Each task counts by its weight. "
            )
            lines.append(f'<p class="soft">{words}{weighs}</p>')
        return "".join(lines)

    def who(self) -> str:
        """A row a task."""
        idle = listing(self.answer.idle, 30) or "nobody"
        table = teams(self.problem, self.answer)
        table = (
            f'<div class="columns">{table}</div>' if len(self.problem.tasks) > WIDEST[1] else table
        )
        return f"{table}<p>Idle: {_text(idle)}.</p>"

    def grid(self) -> str:
        """The grid of qualifications, places framed."""
        first = self.plans.answer(GIVEN)
        before = first if self.changes and first.table is not None else self.answer
        return grid(self.problem, self.answer, held(self.problem, pairs_of(before)))

    def why(self) -> list[str]:
        """Whether it is the only best one, what comes next, and who would be missed most."""
        if not self.small:
            return [
                f"Not looked into: {self.size()}, and more than {LOOKED_INTO:,} pairs take long."
            ]
        if self.answer.status != "optimal":
            return ["Not looked into: the assignment is not proved the best."]
        lines = []
        if self.problem.plain and len(self.answer.pairs):
            two = alternatives(self.problem, limit=2, solver=self.plans.solver)
            if len(two.assignments) == 1:
                lines.append("It is the only assignment that keeps every rule.")
            elif two.optima > 1:
                lines.append(
                    "Another assignment is as good: this one was taken for its order of names."
                )
                self.careful.append(
                    "More than one assignment is the best; ρ cannot tell them apart."
                )
            else:
                second = two.assignments[1]
                less = self.answer.performance - second.performance
                who = moves_text(moved(self.answer, second))
                lines.append(f"It is the only best one. The next has ρ {less:.2g} lower: {who}.")
        worth = self.prices[self.prices["kind"] == "worker"]
        missed = worth[worth["worth"] > 0]
        if len(missed):
            most = [
                f"{who} ({_fall(w)})"
                for who, w in zip(missed["worker"][:FEW], missed["worth"][:FEW], strict=True)
            ]
            lines.append(f"Missed most, by what ρ would fall without them: {listing(most)}.")
        if len(missed) > FEW:
            least = missed.iloc[-1]
            lines.append(
                f"Missed least of those chosen: {least['worker']} ({_fall(least['worth'])})."
            )
        return lines

    @property
    def tie(self) -> float:
        """Differences of ρ below this are none."""
        return 0.0 if self.answer.placed is None else tie(self.problem, self.answer.placed)

    @cached_property
    def prices(self) -> pd.DataFrame:
        """What everything is worth."""
        return prices(self.problem, self.plans.solver)

    def costs(self) -> list[str]:
        """What conflicts, exclusions and places cost."""
        if not self.small or self.answer.status != "optimal":
            return self.why()[:1]
        none = np.zeros(self.problem.worker_conflicts.shape, dtype=int)
        free = optimum(
            self.problem.changed(task_conflicts=None, worker_conflicts=none),
            self.plans.solver,
            self.plans.time_limit,
        )
        lost = free.performance - self.answer.performance if free.status == "optimal" else math.nan
        lines = ["No conflict and no bar costs anything: without them ρ would be the same."]
        if math.isnan(lost):
            lines = [
                "What all conflicts and bars cost together was not found out within the time limit."
            ]
        elif lost > self.tie:
            lines = [
                f"All conflicts and bars together cost {_fall(lost)}: without them ρ would be"
                f" {free.performance:.4f}."
            ]
        rules = self.prices[
            self.prices["kind"].isin(["conflict", "exclusion"]) & (self.prices["worth"] < 0)
        ]
        rules = rules.sort_values("worth", kind="stable")
        if len(rules):
            lines.append(f"The dearest alone: {listing(rules['text'], FEW, len(rules))}.")
        elif lost > self.tie:
            lines.append("None of them costs anything alone.")
        places = self.prices[(self.prices["kind"] == "place") & np.isfinite(self.prices["worth"])]
        if len(places):
            least = places.iloc[-1]
            lines.append(
                f"The place that adds least to ρ: one of {least['task']} ({_fall(least['worth'])})."
            )
        return lines

    def why_not(self) -> str:
        """Why there is no assignment, in words."""
        if self.answer.status != "infeasible":
            return f"<p>{_text(self.headline())}</p>"
        if self.beyond:
            return _items(self.answer.reasons)
        return _items(str(explain_infeasible(self.problem)).split("\n"))

    def help(self) -> str:
        """The cheapest changes after which there is one."""
        if self.answer.status != "infeasible":
            return "<p>Give it more time.</p>"
        if self.beyond:
            return f"<p>Not looked into: {self.size()}.</p>"
        found = repairs(self.problem, FEW, COSTS, ("pin",), time_limit=20)
        if not found.repairs:
            return f"<p>{_text(str(found))}</p>"
        rows = [
            [repair.text, f"{repair.cost:g}", f"{repair.performance:.4f}"]
            for repair in found.repairs
        ]
        note = (
            "Cheapest first. A conflict lifted, a pair allowed or a place fewer costs 1, a second"
            " task 2, a person 3."
        )
        return f"{_table(['change', 'cost', 'ρ then'], rows)}<p class='soft'>{note}</p>"

    def changed(self) -> str:
        """What differs from the files, and the scenarios side by side."""
        if self.changes:
            text = f"<p>Against the project's files: {_text('; '.join(self.changes))}."
            first = self.plans.answer(GIVEN)
            if first.table is None:
                text += " As given, no assignment exists.</p>"
            elif self.answer.table is None:
                text += f" As given, ρ is {first.performance:.4f}.</p>"
            else:
                change = self.answer.performance - first.performance
                who = moves_text(moved(first, self.answer))
                text += f" ρ changes by {change:+.4f}. Who moves: {_text(who)}.</p>"
        else:
            text = "<p>Nothing: this is the project as its files give it.</p>"
        if not self.plans.named:
            return text
        rows = []
        for name, row in self.plans.compare().iterrows():
            if str(row["state"]).startswith("does not fit"):
                self.careful.append(f"The scenario {name} {row['state']}.")
            rho, difference, given = (
                "" if math.isnan(row[key]) else f"{row[key]:{form}}"
                for key, form in (
                    ("performance", ".4f"),
                    ("difference", "+.4f"),
                    ("by given Q", ".4f"),
                )
            )
            mark = "▸ " if name == self.scenario.name else ""
            state = "" if row["state"] == "proved the best" else f" ({row['state']})"
            rows.append(
                [
                    f"{mark}{name}",
                    rho,
                    difference,
                    given,
                    f"{row['changes'] or 'nothing'}{state}",
                    row["moves"],
                ]
            )
        head = [
            "scenario",
            "ρ",
            "change",
            "ρ by given Q",
            "what differs from the files",
            "who moves",
        ]
        return text + _table(head, rows)

    def warnings(self) -> list[str]:
        """What a reader should know before relying on it."""
        lines = list(dict.fromkeys(self.careful))
        clouds = self.project.clouds()
        if clouds is not None and self.answer.table is not None:
            short = clouds[clouds["rule"] != "cloud"].index.unique("worker")
            busy = {
                self.scenario.roots.get(str(worker), worker)
                for worker in self.answer.pairs["worker"]
            }
            few = [
                worker for worker in dict.fromkeys(self.answer.pairs["worker"]) if worker in short
            ]
            if few:
                share = f"{len(few)} of {len(busy)}"
                lines.append(
                    f"Chosen on fewer than six ratings of some criterion, {share}:"
                    f" {listing(few, 12)}."
                )
            negative, clipped = int((clouds["radicand"] < 0).sum()), int(clouds["clipped"].sum())
            lines.append(
                f"Of {len(clouds)} rating histories, S² < En² in {negative}, and {clipped}"
                " intervals left [0, 1] and were clipped."
            )
        if self.scenario.gamma not in (None, self.project.gamma) and self.project.counts is None:
            lines.append(
                "γ was moved, and no histories are known: how the intervals follow is an"
                " assumption."
            )
        if added := [f"{times} like {who}" for who, times in self.scenario.added.items() if times]:
            lines.append(f"Workers who do not exist yet have to be found: {listing(added)}.")
        if self.answer.status == "time_limit" and self.answer.table is not None:
            lines.append(
                f"The time limit came first: at most {self.answer.bound:.4f} is possible (gap"
                f" {self.answer.gap:.2%})."
            )
        if stable := self.stable():
            lines.append(stable)
        lines.append("ρ knows only what the files say: no holidays, prices or wishes beyond them.")
        return lines

    def stable(self) -> str:
        """How far the weights are from those that change the answer."""
        weights = pd.Series(dict(self.scenario.weights) or self.project.criteria_weights)
        fits = (
            self.small and self.answer.status == "optimal" and 1 < len(weights) <= STABLE_CRITERIA
        )
        if not fits or not self.problem.plain or self.scenario.added or not len(self.answer.pairs):
            return ""
        ability, demand = self.scenario.intervals(self.project)
        matrix = possibility_matrix(ability, demand)
        found = stability(
            self.problem, matrix, weights, self.answer.table, solver=self.plans.solver
        )
        if found.nearest is None:
            return "The assignment stays the best at any weights of the criteria."
        there = ", ".join(f"{name} {weight:.3g}" for name, weight in found.nearest.items())
        return (
            f"Another assignment is as good once {found.moved:.2g} of the criteria weights moves"
            f" ({there})."
        )

    def checks(self) -> list[str]:
        """What was read and what was verified."""
        project, answer = self.project, self.answer
        weights = ", ".join(
            f"{k} {w:.3g}"
            for k, w in (dict(self.scenario.weights) or project.criteria_weights).items()
        )
        lines = [
            (
                f"Files read without a problem: {len(project.ability)} workers,"
                f" {len(project.required)} tasks, {int(project.required.sum())} places. Criteria"
                f" weights: {weights}."
            ),
        ]
        if answer.table is None:
            return [
                *lines,
                (
                    "Why there is none was found by counting and search, and each change was solved"
                    " and checked."
                ),
            ]
        if broken := check(self.problem, answer.table):
            raise SolverAnswerError(
                f"internal error: the assignment of the page breaks a rule: {listing(broken, 3)}"
            )
        scope = (
            "in the whole project" if self.problem.conflict_scope == "project" else "on one task"
        )
        lines += [
            (
                "Every rule was checked again by code that knows no solver: each task has exactly"
                " the workers it needs, nobody has more tasks than allowed, no barred pair is"
                f" used, and no two workers in conflict are chosen {scope}."
            ),
            (
                f"ρ was added up again: {performance(self.problem, answer.table):.6f}. "
                f"No assignment has more than {answer.bound:.6f}{_by(answer)}."
            ),
        ]
        return lines

    def size(self) -> str:
        """How large the problem is."""
        m, n = self.problem.q.shape
        return f"{m} workers × {n} tasks"

    def versions(self) -> str:
        """What made the page."""
        names = [
            "numpy",
            "pandas",
            "scipy",
            "cvxpy",
            *filter(None, [ENGINES.get(self.answer.solver)]),
        ]
        parts = [f"crowdnb {crowdnb.__version__}", f"Python {platform.python_version()}"]
        parts += [f"{name} {metadata.version(name)}" for name in names]
        parts += [
            f"γ = {self.project.gamma if self.scenario.gamma is None else self.scenario.gamma:g}"
        ]
        return f"<p>{_text(' · '.join(parts))} · data {fingerprint(self.project)}</p>"


def _by(answer: Assignment) -> str:
    return "" if answer.solver == "none" else f", by {answer.solver}"


def _fall(worth: float) -> str:
    return (
        "cannot be spared"
        if math.isinf(worth)
        else f"{worth:.3f}"
        if worth >= 0.0095
        else f"{worth:.2g}"
    )


def pairs_of(answer: Assignment) -> set[tuple[str, str]]:
    """The pairs of an assignment as texts."""
    return {
        (str(worker), str(task)) for worker, tasks in tasks_of(answer).items() for task in tasks
    }


def held(problem: Problem, pairs: Collection[tuple[str, str]]) -> BoolArray:
    """Which of the problem's pairs are among some given as texts; shape (m, n)."""
    return np.array(
        [
            [(str(worker), str(task)) in pairs for task in problem.tasks]
            for worker in problem.workers
        ]
    )


def teams(problem: Problem, answer: Assignment) -> str:
    """A table as HTML with a row a task: how many it needs, and who, with their Q."""
    rows = []
    for task, need in problem.required.items():
        here = answer.pairs[answer.pairs["task"] == task]
        who = [f"{w} ({q:.3f})" for w, q in zip(here["worker"], here["qualification"], strict=True)]
        rows.append([str(task), f"{need}", ", ".join(who) or "nobody"])
    return _table(["task", "needs", "workers (how well they meet it, 0 to 1)"], rows)


def grid(problem: Problem, answer: Assignment, was: BoolArray) -> str:
    """Workers × tasks as a table: Q in the cells, places framed, places given up dashed, barred pairs crossed.

    Parameters
    ----------
    problem : Problem
    answer : Assignment
        Of that problem, with a table.
    was : ndarray of bool, m × n
        The pairs chosen before.

    Returns
    -------
    str
        HTML; the style around it sets ``--cn-soft``.
    """
    assert answer.table is not None
    q, eligible, taken = problem.q, problem.eligible, answer.table.to_numpy() == 1
    shade = _shades(q, eligible)
    head = "".join(
        f'<th scope="col">{_text(task)}<br><span>needs {need}</span></th>'
        for task, need in problem.required.items()
    )
    rows = []
    for i, worker in enumerate(problem.workers):
        cells = []
        for j in range(len(problem.tasks)):
            if not eligible[i, j]:
                cells.append(f'<td title="may not" style="color: {SOFT}">×</td>')
                continue
            ground, ink = SHADES[shade[i, j]]
            line = "solid" if taken[i, j] else "dashed"
            frame = (
                f"outline: 3px {line} {FRAME}; outline-offset: -3px"
                if taken[i, j] or was[i, j]
                else ""
            )
            mark = (
                "● "
                if taken[i, j] and was[i, j]
                else "◆ "
                if taken[i, j]
                else "○ "
                if was[i, j]
                else ""
            )
            cells.append(
                f'<td style="background: {ground}; color: {ink}; {frame}">{mark}{q[i, j]:.3f}</td>'
            )
        name = _text(worker)
        rows.append(f'<tr><th scope="row" title="{name}">{name}</th>{"".join(cells)}</tr>')
    marks = "● a place" if (taken == was).all() else "● keeps a place, ◆ new, ○ given up"
    legend = f"<p>Cell: Q, darker is higher. {marks}, × may not.</p>"
    return (
        f'{legend}<div class="crowdnb-scroll" tabindex="0" role="region" aria-label="who does'
        ' what"><table><tr><th'
        f' class="crowdnb-corner"></th>{head}</tr>{"".join(rows)}</table></div>'
    )


def _shades(q: FloatArray, eligible: Any) -> Any:
    """Which of the five shades each Q gets, evenly between the smallest and the largest that is allowed."""
    low, high = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    return np.clip((q - low) / ((high - low) or 1.0) * len(SHADES), 0, len(SHADES) - 1).astype(int)


def _text(value: object) -> str:
    """Any text as HTML: no tag, no entity and no control character of a label is obeyed."""
    return html.escape(plain(str(value)))


def _items(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines)}</ul>"


def _section(title: str, body: str, kind: str = "") -> str:
    return f'<section class="{kind}"><h2>{title}</h2>{body}</section>'


def _table(head: Sequence[str], rows: Rows) -> str:
    """A table of texts, the first column as headings."""
    top = "".join(f'<th scope="col" class="n">{_text(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{_text(row[0])}</th>{"".join(map(_cell, row[1:]))}</tr>'
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: str) -> str:
    kept = ' class="n"' if len(cell) < 10 else ""  # numbers stay on one line
    return f"<td{kept}>{_text(cell)}</td>"


STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --ground: #fff; --cn-soft: #5b6470; --line: #d0d7de; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e6e8eb; --ground: #16191d; --cn-soft: #aab2bd; --line: #3d444d; } }
body { color: var(--ink); background: var(--ground); font: 14px/1.4 system-ui, "Segoe UI", "Noto Sans", sans-serif;
  margin: 0 auto; max-width: 1000px; padding: 16px 24px; overflow-wrap: anywhere; }
.n { white-space: nowrap; }
h1 { font-size: 22px; margin: 0; } h2 { font-size: 15px; margin: 0 0 4px; }
p { margin: 4px 0; } ul { margin: 4px 0; padding-left: 18px; }
.soft, footer, th span { color: var(--cn-soft); } .head { font-size: 17px; font-weight: 600; }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 12px 28px; }
section { border-top: 2px solid var(--line); padding-top: 8px; min-width: 0; } .wide { grid-column: 1 / -1; }
footer { border-top: 2px solid var(--line); margin-top: 12px; font-size: 12px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 4px 0; }
th, td { padding: 2px 8px 2px 0; text-align: left; vertical-align: top; font-weight: 400; }
thead th { border-bottom: 1px solid var(--line); color: var(--cn-soft); font-size: 12px; }
tbody th { font-weight: 600; max-width: 14em; overflow-wrap: break-word; }
.columns { columns: 2; }
.crowdnb-scroll { overflow: auto; }
.crowdnb-scroll table { border-collapse: separate; border-spacing: 1px; font-size: 12px; }
.crowdnb-scroll td, .crowdnb-scroll th { text-align: center; padding: 2px 5px; white-space: nowrap; }
.crowdnb-scroll th[scope="row"] { text-align: left; max-width: 12em; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 760px) { main { grid-template-columns: minmax(0, 1fr); } }
@page { size: A4; margin: 12mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --ground: #fff; --cn-soft: #444; --line: #bbb; }
  body { font-size: 9.5px; padding: 0; max-width: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 17px; } h2 { font-size: 11.5px; } .head { font-size: 12.5px; }
  main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 7px 18px; }
  table, .crowdnb-scroll table, thead th, footer { font-size: 8.8px; } .crowdnb-scroll { overflow: visible; }
}
""".strip()
