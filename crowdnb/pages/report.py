"""One page for whoever signs: what was decided, why, what it costs, how it was checked.

The page is a single HTML file: no script, no picture from elsewhere, no network; it prints on A4.
The command ``crowdnb report``, the notebook of one's own data and its panel all make it
with :func:`report`.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any, get_args

from crowdnb.ability.cloud import check_gamma
from crowdnb.ability.intervals import Missing, Rule
from crowdnb.labels import one_of, path_of, shown, text_of, whole
from crowdnb.model.assignment import Assignment
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.pages.findings import Findings
from crowdnb.pages.html import escaped, file_text
from crowdnb.pages.sections import body, summary, versions
from crowdnb.project.abilities import Reading, check_reading
from crowdnb.project.files import write_whole
from crowdnb.project.folder import check_scale, read_project
from crowdnb.project.keeper import Keeper
from crowdnb.project.last_plan_changes import Since, since_last
from crowdnb.project.output import PAGE, ending_of
from crowdnb.project.record import Project, project_of
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios, check_options, find
from crowdnb.project.setting_kinds import ScenarioError


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
        """Write the file, all of it or nothing; ValueError for an ending that is not .html."""
        place = path_of(path, "path")
        ending_of(place, [PAGE], "path")
        write_whole(place, self.html.encode(errors="replace"))

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
    source: str | Path | Project | Problem | Scenarios,
    scenario: Scenario | str = GIVEN,
    *,
    title: str | None = None,
    gamma: float = 0.1,
    stars: int = 5,
    min_ratings: int = 0,
    budget: float | None = None,
    missing: Missing = "error",
    half_life: float | None = None,
    day: str | date | None = None,
    ability: Rule = "cloud",
    level: float = 0.9,
    conflict_scope: Scope = "project",
    solver: str | None = None,
    time_limit: float | None = None,
) -> Page:
    """Make the page about a project, or about one of its scenarios.

    Parameters
    ----------
    source : path, Project, Problem or Scenarios
        For a folder or workbook, the scenarios kept beside it are read too. A Problem has a scope
        of its own.
    scenario : Scenario or str
        Which one was decided for; the project as given, when none is named.
    title : str, optional
        Its heading; the folder's name when not given.
    gamma, stars, min_ratings, budget, missing, half_life, day, ability, level : optional
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
        As :func:`crowdnb.read_project` and :func:`crowdnb.solve`; there is no such scenario; a
        budget, or how ratings are read, is given for what is no path.

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
    whole(min_ratings, "min_ratings", 0)
    one_of(conflict_scope, get_args(Scope), "conflict_scope")
    check_options(solver, time_limit)
    check_reading(missing, half_life, day, ability, level)
    how: dict[str, Any] = {"missing": missing, "half_life": half_life, "day": day}
    how |= {"ability": ability, "level": level}
    if isinstance(source, Scenarios | Project | Problem):
        usual = {"budget": None, "day": None, **Reading._field_defaults}
        for name, value in {"budget": budget, **how}.items():
            if value != usual[name]:
                raise ValueError(
                    f"{name}: it goes with a path, and the source has its own; got {shown(value)}"
                )
    said: list[str] = []
    since = None
    options: dict[str, Any] = {"scope": conflict_scope, "solver": solver, "time_limit": time_limit}
    if isinstance(source, Scenarios):
        plans = source
    elif isinstance(source, Project):
        plans = Scenarios(source, **options)
    elif isinstance(source, Problem):
        plans = Scenarios(project_of(source), **{**options, "scope": source.conflict_scope})
    else:
        if not isinstance(source, str | PathLike):
            raise ValueError(
                f"source: a path, a Project, a Problem or Scenarios are needed, got {shown(source)}"
            )
        project = read_project(source, gamma, stars, min_ratings, budget, **how)
        keeper, plans = Keeper.open(Path(source), project, **options)
        said = keeper.said
        if isinstance(scenario, str) and scenario in (GIVEN, *(one.name for one in plans)):
            since = since_last(Path(source), plans, scenario)
            said = [*said, *since.notes]
        title = title or Path(source).resolve().stem
    return page_of(plans, scenario, title or "Project", said, since)


def page_of(
    plans: Scenarios,
    scenario: Scenario | str,
    title: str,
    said: Sequence[str] = (),
    since: Since | None = None,
) -> Page:
    """The page about a scenario; ``said`` is what there was to tell of the files.

    ``since`` is what changed since the plan that is kept beside them.
    """
    try:
        one = find(plans, scenario)
    except ScenarioError as error:
        if not said:
            raise
        # it may be in a file that cannot be read
        raise ScenarioError(f"{error}. {' '.join(said)}") from None
    found = Findings(plans, one, title, said, since)
    return Page(_whole(found), summary(found), found.answer, one)


def _whole(found: Findings) -> str:
    """The file."""
    name = "" if found.scenario.name in ("", GIVEN) else f" · {escaped(found.scenario.name)}"
    title = f"{escaped(found.title)}{name}"
    nothing_else = "default-src 'none'; style-src 'unsafe-inline'"
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,'
        f' initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{nothing_else}">'
        f"<title>{title}</title><style>{file_text('pages', 'report.css').strip()}</style>"
    )
    inside = (
        f'<header><h1>{title}</h1><p class="soft">Assignment of workers to tasks ·'
        f" {date.today().isoformat()}</p></header><main>{body(found)}</main>"
        f"<footer>{versions(found)}</footer>"
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{inside}</body></html>\n'
