"""The bench: a folder of files, its settings, why and what it costs, scenarios, what to take along.

:func:`bench` shows a folder's files checked, and a panel that sets γ, weights, demands, L, W and
conflicts. Every change is on disk at once (:class:`crowdnb.project.keeper.Keeper`), so a kernel
may stop at any time. Like every panel it only sets values of widgets, and every control can be set
by code: ``bench["gamma"].value = 0.2``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import ipywidgets as widgets

from crowdnb.ability.cloud import check_gamma
from crowdnb.ability.intervals import Missing, Rule
from crowdnb.explain.repairs import Repair
from crowdnb.explain.why import why
from crowdnb.labels import one_of, path_of, whole
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.pages.html import sentences
from crowdnb.pages.report import page_of
from crowdnb.panels.bench_files import assignment_file, offered
from crowdnb.panels.bench_folder import ProjectFolder
from crowdnb.panels.bench_repairs import repairs_offered
from crowdnb.panels.bench_settings import Settings
from crowdnb.panels.bench_words import (
    checked_text,
    patience,
    prices_text,
    scenarios_side_by_side,
    since_text,
)
from crowdnb.panels.controls import WRAP, button
from crowdnb.panels.panel import FADED, Shown, faded
from crowdnb.project.abilities import check_reading
from crowdnb.project.folder import check_scale
from crowdnb.project.keeper import Keeper
from crowdnb.project.label_notes import twins
from crowdnb.project.last_plan_changes import Since, since_last
from crowdnb.project.plan_file import plan_file, plan_of_current, scenario_of_plan
from crowdnb.project.record import Project, project_of
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios
from crowdnb.spelling import cleaned, in_quotes

_NARROW = widgets.Layout(width="260px")
_OLD = "of earlier settings"
_NOTHING = "There is no assignment {}: beside the settings above it says why, and what would help."


def bench(
    folder: str | Path | Problem | None = None,
    gamma: float = 0.1,
    stars: int = 5,
    min_ratings: int = 0,
    conflict_scope: str = "project",
    *,
    missing: Missing = "error",
    half_life: float | None = None,
    day: str | datetime.date | None = None,
    ability: Rule = "cloud",
    level: float = 0.9,
) -> Bench:
    """The bench for a folder of files: checked, changed, explained, compared, kept, exported.

    Parameters
    ----------
    folder : path or Problem, optional
        A folder of CSV files or an Excel workbook, as :func:`crowdnb.read_project` takes it. None:
        named or uploaded on the bench. Of a Problem nothing is kept on disk; its own scope counts.
    gamma, stars, min_ratings : optional
        As for :func:`crowdnb.read_project`.
    conflict_scope : {"project", "task"}
        What a conflict between workers means at the start.
    missing, half_life, day, ability, level : optional
        As for :func:`crowdnb.read_project`. Where the project has what they turn, there is a
        control for each but the day.

    Returns
    -------
    Bench
        A widget. ``bench["gamma"].value = 0.2`` moves a control by code; ``.plans`` has the
        scenarios. Nothing is written before something is changed; then ``scenarios.json`` in the
        folder follows every change.

    Raises
    ------
    ValueError
        An argument breaks its rule. What is wrong with the files is told on the bench.
    """
    place = None if isinstance(folder, Problem) else folder
    if place is not None:
        path_of(place, "folder")
    scope = one_of(conflict_scope, get_args(Scope), "conflict_scope")
    fading = check_reading(missing, half_life, day, ability, level)
    how = {
        "gamma": check_gamma(gamma),
        "min_ratings": whole(min_ratings, "min_ratings", 0),
        "missing": missing,
        "half_life": fading.half_life,
        "day": fading.day,
        "ability": ability,
        "level": level,
    }
    made = Bench(place, check_scale(stars), how, scope)
    if isinstance(folder, Problem):
        made.open_problem(folder)
    return made


@dataclass
class _Opened:
    """A project whose files could be read, or that a problem is: without source and keeper."""

    source: Path | None
    project: Project
    plans: Scenarios
    keeper: Keeper | None
    panel: Settings


class Bench(ProjectFolder):
    """Everything about one folder of files. Made by :func:`bench`.

    Attributes
    ----------
    project : Project or None
        What the files say; None as long as they cannot be read.
    plans : Scenarios or None
        The scenarios, and the settings that have no name yet.
    panel : Settings or None
    suggested : tuple of Repair
        What would help where no assignment exists; ``repair_buttons`` apply them.

    Raises
    ------
    ValueError
        By what asks about a project, as long as none is open.
    """

    def __init__(
        self,
        folder: str | Path | None,
        stars: int,
        how: Mapping[str, Any],
        scope: Scope,
    ) -> None:
        self.scope = scope
        self._opened: _Opened | None = None
        self._compared: tuple[Scenario, ...] = ()  # what side_by_side shows
        self.suggested: tuple[Repair, ...] = ()
        self.repair_buttons: list[Any] = []
        self.worker = widgets.Dropdown(description="why", tooltip="a worker", layout=_NARROW)
        self.task = widgets.Dropdown(description="for", tooltip="a task", layout=_NARROW)
        self.name = widgets.Text(
            description="name", placeholder="a name for these settings",
            tooltip="name of the scenario", layout=widgets.Layout(width="300px"),
        )  # fmt: skip
        self.kept = widgets.Dropdown(
            description="scenario", options=[GIVEN], tooltip="a kept scenario", layout=_NARROW
        )
        self.told, self.side_by_side, self.message = Shown(), Shown(), Shown()
        self.since = Shown()
        self.helps = widgets.VBox()
        super().__init__(folder, stars, how)

    def __repr__(self) -> str:
        if self._opened is None:
            return "<Bench: no project>"
        m, n = len(self._opened.project.workers), len(self._opened.project.required)
        return f"<Bench: {m} workers, {n} tasks>"

    def __getitem__(self, name: str) -> Any:
        if self._opened is None:
            raise KeyError(f"{name}: no project is open")
        return self._opened.panel.controls[name]

    @property
    def project(self) -> Project | None:
        """What the files say."""
        return None if self._opened is None else self._opened.project

    @property
    def plans(self) -> Scenarios | None:
        """The scenarios, and the settings being tried."""
        return None if self._opened is None else self._opened.plans

    @property
    def panel(self) -> Settings | None:
        """The panel of settings."""
        return None if self._opened is None else self._opened.panel

    @property
    def _here(self) -> _Opened:
        """The project that is open."""
        if self._opened is None:
            raise ValueError("No project is open: name a folder, or upload files.")
        return self._opened

    def _forget(self) -> None:
        """Forget the project."""
        super()._forget()
        self._opened, self._compared = None, ()
        for shown in (self.told, self.side_by_side, self.message, self.since):
            shown.value = ""
        self.name.value = ""

    def _use(self, source: Path, project: Project) -> None:
        """Show a project's settings and scenarios."""
        keeper, plans = Keeper.open(source, project, scope=self.scope)
        self._start(_Opened(source, project, plans, keeper, Settings(plans, self.helps)))

    def open_problem(self, problem: Problem) -> None:
        """Show a problem that is in memory: its scenarios are kept as long as the bench is."""
        self._forget()
        project = project_of(problem)
        plans = Scenarios(project, scope=problem.conflict_scope)
        self._start(_Opened(None, project, plans, None, Settings(plans, self.helps)))

    def _start(self, here: _Opened) -> None:
        """Show what was opened, with the settings that it was left with."""
        self._opened, plans = here, here.plans
        self._show(here)
        self._tell_checked()
        if plans.current != Scenario():
            here.panel.take(plans.current)
        self._changed(save=False)
        self.since.value = since_text(here.source, here.plans)
        here.panel.after = self._changed

    def _tell_checked(self) -> None:
        """What was read, and what there is to tell about it."""
        here = self._here
        self.checked.value = checked_text(here.plans, here.keeper)

    def _show(self, opened: _Opened) -> None:
        """Everything below the line about the files."""
        for control, labels in (
            (self.worker, opened.project.workers),
            (self.task, opened.project.required.index),
        ):
            control.options = [(str(label), label) for label in labels]
            control.index = 0  # with new options nothing is chosen
        asks = [
            self.worker,
            self.task,
            button("Why?", "Why this pair, or why not", self.tell_why, "question"),
            button(
                "What does it cost?", "What each rule, place and worker is worth", self.tell_prices
            ),
        ]
        keeps = [
            self.name,
            button("Keep", "Keep these settings under the name", self.keep, "save"),
            self.kept,
            button("Take up", "Set every control as in the scenario", self.take, "pencil"),
            button("Remove", "Remove the scenario from the list", self.drop, "trash"),
        ]
        verb, tip = (
            ("Make", "Make {}") if opened.source is None else ("Write", "Write {} into the folder")
        )
        outs = [
            button(f"{verb} {name}", tip.format(name), partial(self.export, name))
            for name in ("assignment.csv", "assignment.xlsx", "report.html")
        ]
        self.rest.children = (
            _heading("Settings"),
            opened.panel,
            self.since,
            _heading("Why, and what it costs"),
            widgets.HBox(asks, layout=WRAP),
            self.told,
            _heading("Scenarios"),
            widgets.HBox(keeps, layout=WRAP),
            self.side_by_side,
            _heading("Take it along"),
            widgets.HBox(outs, layout=WRAP),
            self.message,
        )

    def _changed(self, save: bool = True) -> None:
        """After every change: keep it on disk, and say what would help where nothing can."""
        here = self._here
        try:
            here.plans = here.plans.at(here.panel.scenario())
        except ValueError:  # such as a demand whose low is above its high: the panel says so
            self.helps.children = ()
            return
        if save:
            self._save()
        for shown in (self.told, self.since):
            if shown.value and not shown.value.startswith(FADED):
                shown.value = faded(_OLD, f"<p>{_OLD.capitalize()}:</p>{shown.value}")
        self._suggest()
        self._compare()

    def _save(self) -> None:
        here, keeper = self._here, self._here.keeper
        if keeper is None:
            return
        before = len(keeper.said)
        try:
            keeper.save(here.plans)
        except (OSError, ValueError) as error:
            self.message.value = sentences(
                [f"{keeper.path.name} cannot be written: {error}"], "Not kept."
            )
        if len(keeper.said) > before:
            self._tell_checked()

    def _suggest(self) -> None:
        """Buttons: repairs where no assignment exists, and what earlier ones added."""
        offer = repairs_offered(self._here.plans, self._here.panel)
        self.suggested, self.repair_buttons = offer.suggested, offer.buttons
        self.helps.children = offer.children

    def _compare(self) -> None:
        """The scenarios side by side."""
        plans = self._here.plans
        names = [GIVEN, *(one.name for one in plans.named)]
        if list(self.kept.options) != names:
            self.kept.options = names
        if not plans.named:
            self.side_by_side.value = sentences(
                ["None yet. Give the settings above a name to keep them side by side."]
            )
            return
        if plans.named == self._compared:
            return
        self._compared = plans.named
        self.side_by_side.value = scenarios_side_by_side(plans, not self._here.panel.large)

    # Buttons

    def keep(self) -> None:
        """Keep the settings under the name given."""
        here = self._here
        try:
            here.plans = here.plans.keep(replace(here.plans.current, name=self.name.value))
        except ValueError as error:
            self.message.value = sentences([str(error)], "Not kept.")
            return
        self._save()
        self._compare()
        self.kept.value = cleaned(self.name.value)
        place = "memory" if here.keeper is None else here.keeper.path.name
        like = {one.name: place for one in here.plans}
        notes = [note for note in twins("scenario", like) if in_quotes(self.kept.value) in note]
        kept = f"Kept as {self.kept.value!r} in {place}."
        self.message.value = sentences([kept, *notes])

    def take(self) -> None:
        """Set every control as in the scenario chosen."""
        try:
            plans = self._here.plans
            scenario, lost = plans.fitted(self.kept.value), plans.left_out(self.kept.value)
            plans.problem(scenario)
        except ValueError as error:
            self.message.value = sentences([str(error)], "It cannot be taken up.")
            return
        self._here.panel.take(scenario)
        self.message.value = sentences([f"Taken up: {self.kept.value!r}.", *lost])

    def drop(self) -> None:
        """Remove the scenario chosen."""
        name = self.kept.value
        if name == GIVEN:
            self.message.value = sentences(["The files as given stay."])
            return
        self._here.plans = self._here.plans.drop(name)
        self._save()
        self._compare()
        self.message.value = sentences([f"Removed: {name!r}."])

    def tell_why(self) -> None:
        """Why the pair chosen, or why not."""
        self.told.value = _tried(
            lambda: sentences(
                str(
                    why(
                        self._problem(),
                        self.worker.value,
                        self.task.value,
                        time_limit=patience(self._here.plans),
                    )
                ).split("\n")
            )
        )

    def tell_prices(self) -> None:
        """What each conflict, exclusion, place and worker is worth."""
        self.told.value = _tried(lambda: prices_text(self._problem(), patience(self._here.plans)))

    def _problem(self) -> Problem:
        """The problem of the settings, which has an assignment."""
        if self._here.panel.view.problem:
            raise ValueError(_NOTHING.format("to ask about"))
        return self._here.plans.problem(self._here.plans.current)

    def export(self, ending: str) -> None:
        """Write the assignment or the page into the folder, and offer it as a download.

        Of a scenario under its own name, so that no plan overwrites another's.
        """

        def answer() -> str:
            source, plans = self._here.source, self._here.plans
            plan = plan_of_current(plans)
            since = None if source is None else since_last(source, plans, plan)
            data, name = self._made(plan, ending, since), plan_file(ending, plans, plan)
            return offered(source, name, data, since)

        self.message.value = _tried(answer)

    def _made(self, plan: str, name: str, since: Since | None) -> bytes:
        """A page, or an assignment as a file, of the settings."""
        plans = self._here.plans
        if name.endswith(".html"):
            title = "Problem" if (source := self._here.source) is None else source.resolve().stem
            return page_of(plans, scenario_of_plan(plans, plan), title, (), since).html.encode()
        if self._here.panel.view.problem:
            raise ValueError(_NOTHING.format("to write"))
        return assignment_file(plans, plan, name)


def _heading(text: str) -> Any:
    return widgets.HTML(f"<h4 style='margin: 8px 0 2px'>{text}</h4>")


def _tried(answer: Callable[[], str]) -> str:
    """What an answer says, or why there is none."""
    try:
        return answer()
    except (ValueError, OSError, ModuleNotFoundError, RuntimeError) as error:
        return sentences([str(error)], "No answer.")
