"""The bench: a folder of files, its settings, why and what it costs, scenarios, what to take along.

:func:`bench` shows a folder's files checked, and a panel that turns γ, weights, demands, L, W and
conflicts. Every change is on disk at once (:class:`crowdnb.project.keeper.Keeper`), so a kernel
may stop at any time. Like every panel it only sets values of widgets, and every control can be set
by code: ``bench["gamma"].value = 0.2``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import ipywidgets as widgets
import pandas as pd

from crowdnb.ability.cloud import check_gamma
from crowdnb.explain.prices import prices
from crowdnb.explain.repairs import Repair, repairs
from crowdnb.explain.why import why
from crowdnb.labels import listing, one_of, path_of, plain
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import WIDEST
from crowdnb.pages.findings import COSTS
from crowdnb.pages.html import escaped, paragraphs, scrolling, sentences, text_table
from crowdnb.pages.report import report
from crowdnb.panels.bench_files import (
    assignment_file,
    base_name,
    download_link,
    is_workbook,
    take_in,
    wrong_uploads,
)
from crowdnb.panels.bench_settings import Settings
from crowdnb.panels.controls import WRAP, sentence
from crowdnb.panels.panel import FADED, Shown, faded
from crowdnb.project.case_study import load_case_study
from crowdnb.project.errors import ProjectError
from crowdnb.project.files import write_whole
from crowdnb.project.folder import check_scale, read_project
from crowdnb.project.keeper import Keeper
from crowdnb.project.record import Project
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios

UPLOADS = "my_project"
SUGGESTED = 4  # repairs
PATIENCE = 3.0  # seconds for them
NARROW = widgets.Layout(width="260px")
OLD = "of earlier settings"


def bench(
    folder: str | Path | None = None,
    gamma: float = 0.1,
    stars: int = 5,
    conflict_scope: str = "project",
) -> Bench:
    """The bench for a folder of files: checked, turned, explained, compared, kept, taken along.

    Parameters
    ----------
    folder : path, optional
        A folder of CSV files or an Excel workbook, as :func:`crowdnb.read_project` takes it. None:
        named or uploaded on the bench.
    gamma, stars : optional
        As for :func:`crowdnb.read_project`.
    conflict_scope : {"project", "task"}
        What a conflict between workers means at the start.

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
    if folder is not None:
        path_of(folder, "folder")
    scope = one_of(conflict_scope, get_args(Scope), "conflict_scope")
    return Bench(folder, check_gamma(gamma), check_scale(stars), scope)


@dataclass
class _Opened:
    """A project whose files could be read."""

    source: Path
    project: Project
    plans: Scenarios
    keeper: Keeper
    panel: Settings


class Bench(widgets.VBox):  # type: ignore[misc]
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

    def __init__(self, folder: str | Path | None, gamma: float, stars: int, scope: Scope) -> None:
        self.gamma, self.scope = gamma, scope
        self._opened: _Opened | None = None
        self._compared: tuple[Scenario, ...] = ()  # what side_by_side shows
        self.suggested: tuple[Repair, ...] = ()
        self.repair_buttons: list[Any] = []
        self.folder = widgets.Text(
            value=str(folder or ""), description="folder",
            placeholder="a folder of CSV files, or a workbook",
            tooltip="folder of CSV files, or Excel workbook; uploads go into it",
            layout=widgets.Layout(width="min(460px, 100%)"), continuous_update=False,
        )  # fmt: skip
        self.stars = widgets.BoundedIntText(
            value=stars, min=1, max=1000, description="stars, up to",
            tooltip="the top of the rating scale, 1 to 1000", layout=widgets.Layout(width="170px"),
        )  # fmt: skip
        self.upload = widgets.FileUpload(
            accept=".csv,.xlsx", multiple=True, description="Upload files",
            tooltip="CSV files, or one Excel workbook",
        )  # fmt: skip
        self.example = _button(
            "Start from the case study", "Copy its files into the folder named", self.copy, "copy"
        )
        self.worker = widgets.Dropdown(description="why", tooltip="a worker", layout=NARROW)
        self.task = widgets.Dropdown(description="for", tooltip="a task", layout=NARROW)
        self.name = widgets.Text(
            description="name", placeholder="a name for these settings",
            tooltip="name of the scenario", layout=widgets.Layout(width="300px"),
        )  # fmt: skip
        self.kept = widgets.Dropdown(
            description="scenario", options=[GIVEN], tooltip="a kept scenario", layout=NARROW
        )
        self.checked, self.told, self.side_by_side, self.message = (Shown() for _ in range(4))
        self.helps, self.rest = widgets.VBox(), widgets.VBox()
        opener = _button("Open", "Read and check the files", self.read, "folder-open")
        top = [self.folder, self.stars, opener, self.upload, self.example]
        super().__init__([widgets.HBox(top, layout=WRAP), self.checked, self.rest])
        self.folder.observe(lambda _: self.read(), names="value")
        self.upload.observe(self._uploaded, names="value")
        if self.folder.value:
            self.read()
        else:
            self.checked.value = sentences(
                [f"Name a folder, or upload files: they are kept in the folder {UPLOADS}."]
            )

    def __repr__(self) -> str:
        if self._opened is None:
            return "<Bench: no project>"
        m, n = len(self._opened.project.ability), len(self._opened.project.required)
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
    def _open(self) -> _Opened:
        """The project that is open."""
        if self._opened is None:
            raise ValueError("No project is open: name a folder, or upload files.")
        return self._opened

    # Files

    def read(self) -> None:
        """Read the folder and check it; show the problems, all of them, or the settings."""
        self._opened, self.rest.children = None, ()
        if not self.folder.value.strip():
            self.checked.value = sentences(
                ["Name a folder, or upload files; or start from the case study."]
            )
            return
        try:
            source = Path(self.folder.value.strip()).expanduser()
            if not source.exists():
                where = f"There is no {source} yet."
                self.checked.value = sentences(
                    [f"{where} Upload files, and they go there; or start from the case study."]
                )
                return
            project = read_project(source, self.gamma, self.stars.value)
            keeper, plans = Keeper.open(source, project, scope=self.scope)
            opened = _Opened(source, project, plans, keeper, Settings(plans))
        except ProjectError as error:
            number = len(error.problems)
            head = (
                f"{number} problem{'s' * (number > 1)} in the files. Mend the files, then open or"
                " upload them again."
            )
            self.checked.value = sentences(error.problems, head)
            return
        except (ValueError, OSError, ModuleNotFoundError, RuntimeError) as error:
            self.checked.value = sentences([str(error)], "The files cannot be opened.")
            return
        self._opened = opened
        self._show(opened)
        self._tell_checked()
        if plans.current != Scenario():
            opened.panel.take(plans.current)
        self._changed(save=False)
        opened.panel.after = self._changed

    def copy(self) -> None:
        """Copy the files of the case study into the folder named, which holds no project yet."""
        try:
            target = Path(self.folder.value.strip() or UPLOADS).expanduser()
            load_case_study().write(target)
        except (ValueError, OSError, RuntimeError) as error:
            self.checked.value = sentences([str(error)], "Nothing was copied.")
            return
        self._go(target)

    def _go(self, target: Path) -> None:
        """Open a folder, and name it in its field."""
        if self.folder.value == str(target):
            self.read()
        else:
            self.folder.value = str(target)

    def _tell_checked(self) -> None:
        """What was read, and what there is to tell about it."""
        here = self._open
        lines = [*here.project.notes, *here.keeper.said]
        kept = listing([repr(one.name) for one in here.plans.named], 20)
        if kept and here.keeper.seen:
            lines.append(f"Taken up again from {here.keeper.path.name}: {kept}.")
        self.checked.value = sentences(
            lines,
            f"Checked, no problem: {len(here.project.ability)} workers,"
            f" {len(here.project.required)} tasks, {int(here.project.required.sum())} places.",
        )

    def _uploaded(self, _: object = None) -> None:
        """Write uploaded files into the folder; a file that they replace is kept beside them."""
        files = [
            (base_name(str(item["name"])), bytes(item["content"])) for item in self.upload.value
        ]
        if not files:
            return
        wrong = wrong_uploads([name for name, _ in files])
        target = Path(self.folder.value.strip() or UPLOADS)
        try:
            target = target.expanduser()
            if not target.is_dir() and (target.is_file() or target.suffix.lower() == ".xlsx"):
                target = target.parent
            if not wrong:
                take_in(target, files)
        # no such place, no name of a file, nobody's home
        except (OSError, ValueError, RuntimeError) as error:
            wrong = [f"{target} cannot be written: {getattr(error, 'strerror', None) or error}"]
        self.upload.value = ()
        if wrong:
            self.checked.value = sentences(wrong, "Nothing was taken.")
            return
        book = next((name for name, _ in files if is_workbook(name)), None)
        self._go(target if book is None else target / book)

    # What is shown once the files are read

    def _show(self, opened: _Opened) -> None:
        """Everything below the line about the files."""
        self.worker.options = [(str(who), str(who)) for who in opened.project.ability.index]
        self.task.options = [(str(task), str(task)) for task in opened.project.required.index]
        self._compared = ()
        for shown in (self.told, self.side_by_side, self.message):
            shown.value = ""
        asks = [
            self.worker,
            self.task,
            _button("Why?", "Why this pair, or why not", self.tell_why, "question"),
            _button(
                "What does it cost?", "What each rule, place and worker is worth", self.tell_prices
            ),
        ]
        keeps = [
            self.name,
            _button("Keep", "Keep these settings under the name", self.keep, "save"),
            self.kept,
            _button("Take up", "Set every control as in the scenario", self.take, "pencil"),
            _button("Remove", "Remove the scenario from the list", self.drop, "trash"),
        ]
        outs = [
            _button(f"Write {name}", f"Write {name} into the folder", partial(self.export, name))
            for name in ("assignment.csv", "assignment.xlsx", "report.html")
        ]
        self.rest.children = (
            _heading("Settings"),
            opened.panel,
            self.helps,
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
        """After every change of a setting: keep it on disk, and say what would help if nothing can."""
        here = self._open
        try:
            here.plans = here.plans.at(here.panel.scenario())
        except ValueError:  # such as a demand whose low is above its high: the panel says so
            self.helps.children = ()
            return
        if save:
            self._save()
        if self.told.value and not self.told.value.startswith(FADED):
            self.told.value = faded(OLD, f"<p>{OLD.capitalize()}:</p>{self.told.value}")
        self._suggest()
        self._compare()

    def _save(self) -> None:
        here = self._open
        before = len(here.keeper.said)
        try:
            here.keeper.save(here.plans)
        except (OSError, ValueError) as error:
            self.message.value = sentences(
                [f"{here.keeper.path.name} cannot be written: {error}"], "Not kept."
            )
        if len(here.keeper.said) > before:
            self._tell_checked()

    def _suggest(self) -> None:
        """Buttons: repairs where no assignment exists, and what earlier ones added."""
        panel, current = self._open.panel, self._open.plans.current
        buttons: list[Any] = [
            _button(
                f"Take back: {_extra_text(item)}",
                "Undo this change",
                partial(self._without, item),
                "undo",
            )
            for item in panel["extra"].value
        ]
        self.suggested, self.repair_buttons = (), []
        if panel.view.problem and panel.view.facts.get("status") == "infeasible":
            problem = self._open.plans.problem(current)
            found = repairs(problem, SUGGESTED, COSTS, ("pin",), time_limit=PATIENCE)
            self.suggested = found.repairs
            self.repair_buttons = [
                _button(
                    f"Apply: {repair.text} (ρ = {repair.performance:.4f})",
                    "Make these changes",
                    partial(panel.take, current.repaired(repair.changes, problem)),
                    "wrench",
                )
                for repair in found.repairs
            ]
            note = "Nothing that may be changed makes one possible."
            if found.repairs:
                note = (
                    "What would help, cheapest first (a person more costs 3, a second task 2, all"
                    " else 1):"
                )
            buttons += [sentence(note), *self.repair_buttons]
        self.helps.children = tuple(buttons)

    def _without(self, item: Any) -> None:
        extra = self._open.panel["extra"]
        extra.value = tuple(other for other in extra.value if other != item)

    def _compare(self) -> None:
        """The scenarios side by side."""
        plans = self._open.plans
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
        frame = plans.compare().reset_index()
        for name in ("performance", "difference", "by given Q"):
            frame[name] = frame[name].map(lambda value: "" if pd.isna(value) else f"{value:.4f}")
        body = _frame(frame.rename(columns={"performance": "ρ", "by given Q": "ρ by given Q"}))
        if not self._open.panel.large:
            body += "<p>Who does what:</p>" + _frame(plans.assignments().reset_index())
        self.side_by_side.value = scrolling(body)

    # Buttons

    def keep(self) -> None:
        """Keep the settings under the name given."""
        here = self._open
        try:
            here.plans = here.plans.keep(replace(here.plans.current, name=self.name.value))
        except ValueError as error:
            self.message.value = sentences([str(error)], "Not kept.")
            return
        self._save()
        self._compare()
        self.kept.value = self.name.value.strip()
        self.message.value = sentences([f"Kept as {self.kept.value!r} in {here.keeper.path.name}."])

    def take(self) -> None:
        """Set every control as in the scenario chosen."""
        try:
            scenario = self._open.plans[self.kept.value]
            self._open.plans.problem(scenario)
        except ValueError as error:
            self.message.value = sentences([str(error)], "It cannot be taken up.")
            return
        self._open.panel.take(scenario)
        self.message.value = sentences([f"Taken up: {self.kept.value!r}."])

    def drop(self) -> None:
        """Remove the scenario chosen."""
        name = self.kept.value
        if name == GIVEN:
            self.message.value = sentences(["The files as given stay."])
            return
        self._open.plans = self._open.plans.drop(name)
        self._save()
        self._compare()
        self.message.value = sentences([f"Removed: {name!r}."])

    def tell_why(self) -> None:
        """Why the pair chosen, or why not."""
        self.told.value = _tried(
            lambda: sentences(
                str(why(self._problem(), self.worker.value, self.task.value)).split("\n")
            )
        )

    def tell_prices(self) -> None:
        """What each conflict, exclusion, place and worker is worth."""
        self.told.value = _tried(lambda: _prices(self._problem()))

    def _problem(self) -> Problem:
        """The problem of the settings, which has an assignment."""
        if self._open.panel.view.problem:
            raise ValueError("There is no assignment to ask about: the settings above say why.")
        return self._open.plans.problem(self._open.plans.current)

    def export(self, name: str) -> None:
        """Write the assignment or the page into the folder, and offer it as a download."""

        def answer() -> str:
            source, data = self._open.source, self._made(name)
            path = (source if source.is_dir() else source.parent) / name
            if path.resolve() == source.resolve():
                raise ValueError(f"{name} is the project's own file")
            write_whole(path, data)
            return f"<p>Written: {escaped(path)}. {download_link(name, data)}</p>"

        self.message.value = _tried(answer)

    def _made(self, name: str) -> bytes:
        """A page, or an assignment as a file, of the settings."""
        plans = self._open.plans
        if name.endswith(".html"):
            title = self._open.source.resolve().stem
            kept = [plans[GIVEN], *plans.named]
            named = next(
                (one for one in kept if replace(one, name="") == plans.current), plans.current
            )
            return report(plans, named, title=title).html.encode()
        if self._open.panel.view.problem:
            raise ValueError("There is no assignment to write: the settings above say why.")
        return assignment_file(plans, plans.current, name)


def _prices(problem: Problem) -> str:
    """What everything is worth, as sentences."""
    if problem.q.size > WIDEST[0] * WIDEST[1]:
        return paragraphs(
            [f"Not computed for more than {WIDEST[0]} × {WIDEST[1]}; cn.prices takes its time."]
        )
    table = prices(problem)
    lines = table.loc[table["worth"] != 0, "text"].tolist()
    return sentences(
        lines or ["No rule, place or worker changes anything alone."],
        "What each adds to ρ, or costs:",
    )


def _button(text: str, tooltip: str, act: Callable[[], object], icon: str = "") -> Any:
    layout = widgets.Layout(width="auto", max_width="100%")
    button = widgets.Button(description=plain(text), tooltip=tooltip, icon=icon, layout=layout)
    button.on_click(lambda _: act())
    return button


def _heading(text: str) -> Any:
    return widgets.HTML(f"<h4 style='margin: 8px 0 2px'>{text}</h4>")


def _tried(answer: Callable[[], str]) -> str:
    """What an answer says, or why there is none."""
    try:
        return answer()
    except (ValueError, OSError, ModuleNotFoundError, RuntimeError) as error:
        return sentences([str(error)], "No answer.")


def _frame(frame: pd.DataFrame) -> str:
    """A frame of texts as a table, its first column as headings."""
    return text_table(list(frame.columns), frame.itertuples(index=False, name=None))


def _extra_text(item: Sequence[Any]) -> str:
    """What a repair changed, in words."""
    kind, who, value = item
    if kind == "added":
        return f"{value} more like {who}"
    if kind == "limit":
        return f"{who} may take {value} tasks"
    return f"{who[0]} and {who[1]}"
