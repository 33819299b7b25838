"""The analyst's bench: a folder of files, its settings, why and what it costs, scenarios, and what to take away.

:func:`bench` shows a folder's files checked, and a panel that turns γ, weights, demands, L, W and
conflicts. Every change is on disk at once (:class:`crowdnb.project.keeper.Keeper`), so a kernel
may stop at any time. Like every panel it only sets values of widgets, and every control can be set
by code: ``bench["gamma"].value = 0.2``.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, get_args

import anywidget
import ipywidgets as widgets
import numpy as np
import pandas as pd
import traitlets

from crowdnb.ability.cloud import check_gamma
from crowdnb.explain.infeasible import explain_infeasible
from crowdnb.explain.prices import prices
from crowdnb.explain.repairs import Repair, repairs
from crowdnb.explain.why import why
from crowdnb.labels import listing, number, one_of, path_of, plain
from crowdnb.model.problem import Scope
from crowdnb.pages.report import COSTS, WIDEST, report
from crowdnb.panels.whatif import (
    WRAP,
    ConflictGrid,
    Panel,
    Shown,
    View,
    WeightSliders,
    assignment_view,
    float_slider,
    sentence,
)
from crowdnb.project.case_study import load_case_study
from crowdnb.project.errors import did_you_mean
from crowdnb.project.files import FILES, read_file, write_together, write_whole
from crowdnb.project.folder import ProjectError, check_scale, read_project
from crowdnb.project.keeper import Keeper
from crowdnb.project.record import Project
from crowdnb.project.scenario import GIVEN, Pair, Scenario
from crowdnb.project.scenarios import Scenarios

UPLOADS = "my_project"
# bytes of a file that an upload replaces: it is read, to be kept under another name
KEPT_BESIDE = 10**9
CELLS = 2000  # of the table of tasks, beyond which it is not shown
SUGGESTED = 4  # repairs
PATIENCE = 3.0  # seconds for them
NEEDS, WEIGHS = "needs (persons)", "weighs (no unit)"


class NumberGrid(anywidget.AnyWidget):
    """A table of numbers, each in a field of its own with its row and column in its name.

    Text that is no number of the range is marked and not taken.

    Attributes
    ----------
    rows, columns : list of str
    least, most, step : list of float
        Of each column; a step of 1 asks for whole numbers.
    title : str
    value : list of list of float
        A list a row.
    """

    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    least = traitlets.List(traitlets.Float()).tag(sync=True)
    most = traitlets.List(traitlets.Float()).tag(sync=True)
    step = traitlets.List(traitlets.Float()).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    value = traitlets.List(traitlets.List(traitlets.Float())).tag(sync=True)

    @traitlets.validate("value")
    def _in_range(self, proposal: Any) -> Any:
        """Numbers of the range, a row each; what was there before is kept otherwise."""
        value = [[number(cell) for cell in row] for row in proposal["value"]]
        shape = len(value) == len(self.rows) and all(len(row) == len(self.columns) for row in value)
        limits = list(zip(self.least, self.most, self.step, strict=True))
        if not shape or not all(
            low <= cell <= high and (step < 1 or cell.is_integer())
            for row in value
            for cell, (low, high, step) in zip(row, limits, strict=True)
        ):
            raise traitlets.TraitError(
                f"{self.title}: numbers of its range are needed, {len(self.rows)} rows of them"
            )
        return value

    _esm = """
    function render({ model, el }) {
      const rows = model.get("rows"), columns = model.get("columns"), title = document.createElement("div");
      title.className = "crowdnb-grid-title";
      title.textContent = model.get("title");
      const table = document.createElement("table"), inputs = [];
      table.setAttribute("aria-label", model.get("title"));
      const heading = (row, label, scope) => {
        const cell = document.createElement("th");
        cell.scope = scope; cell.textContent = label; cell.title = label; row.appendChild(cell);
      };
      const head = table.insertRow();
      head.insertCell();
      columns.forEach(label => heading(head, label, "col"));
      rows.forEach((label, i) => {
        const row = table.insertRow();
        heading(row, label, "row");
        inputs.push(columns.map((column, k) => {
          const input = document.createElement("input");
          const [low, high, step] = ["least", "most", "step"].map(name => model.get(name)[k]);
          input.type = "number"; input.min = low; input.max = high; input.step = step === 1 ? 1 : "any";
          input.setAttribute("aria-label", label + " " + column);
          input.title = label + " " + column + ", " + low + " to " + high;
          input.addEventListener("change", () => {
            const good = input.value !== "" && input.checkValidity();
            input.setAttribute("aria-invalid", String(!good));
            if (!good) return;
            const value = model.get("value").map(cells => [...cells]);
            value[i][k] = Number(input.value);
            model.set("value", value);
            model.save_changes();
          });
          input.addEventListener("keydown", event => {
            event.stopPropagation();
            const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
            if (!by || step === 1) return;
            event.preventDefault();
            const next = Math.min(high, Math.max(low, Number(input.value) + by * step));
            input.value = Number(next.toFixed(6));
            input.dispatchEvent(new Event("change"));
          });
          row.insertCell().appendChild(input);
          return input;
        }));
      });
      const paint = () => model.get("value").forEach((cells, i) => cells.forEach((cell, k) => {
        const input = inputs[i][k];
        if (Number(input.value) !== cell || input.value === "") input.value = Number(cell.toFixed(6));
        input.setAttribute("aria-invalid", "false");
      }));
      model.on("change:value", paint);
      paint();
      const area = document.createElement("div");
      area.className = "crowdnb-numbers";
      area.appendChild(table);
      el.append(title, area);
    }
    export default { render };
    """
    _css = """
    .crowdnb-numbers { overflow: auto; max-height: 380px; max-width: 100%; width: fit-content; }
    .crowdnb-numbers table { font: 12px var(--jp-ui-font-family, sans-serif); color: var(--jp-ui-font-color1, #222);
      border-collapse: separate; border-spacing: 2px; }
    .crowdnb-numbers th { position: sticky; background: var(--jp-layout-color0, #fff); z-index: 1; font-weight: 400;
      max-width: 8em; overflow-wrap: break-word; }
    .crowdnb-numbers th[scope="col"] { top: 0; vertical-align: bottom; text-align: center; }
    .crowdnb-numbers th[scope="row"] { left: 0; text-align: left; font-weight: 600; }
    .crowdnb-numbers input { width: 5.2em; font: inherit; color: inherit; text-align: right; padding: 1px 2px;
      background: var(--jp-layout-color1, #fff); border: 1px solid #8c96a3; }
    .crowdnb-numbers input:focus-visible { outline: 3px solid #2b6cb0; outline-offset: -2px; }
    .crowdnb-numbers input[aria-invalid="true"] { outline: 3px solid #c2410c; outline-offset: -2px; }
    """


class PairList(widgets.VBox):  # type: ignore[misc]
    """Pairs typed one a line, where a grid of buttons would be too large.

    Attributes
    ----------
    value : list of [row, column]
        Positions of the pairs, as a :class:`crowdnb.panels.whatif.ConflictGrid` has them.
    """

    value = traitlets.List(traitlets.List(traitlets.Int()))

    def __init__(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        symmetric: bool,
        title: str,
        value: Sequence[Sequence[int]],
    ) -> None:
        self.rows, self.columns, self.symmetric = list(rows), list(columns), symmetric
        self.area = widgets.Textarea(
            rows=6,
            continuous_update=False,
            tooltip=title,
            layout=widgets.Layout(width="min(420px, 100%)"),
        )
        self.said = Shown()
        head = sentence(f"{html.escape(title)} (one pair a line, with a comma between the two):")
        super().__init__([head, self.area, self.said])
        self.observe(self._tell, names="value")
        self.area.observe(self._read, names="value")
        self.value = [list(pair) for pair in value]
        self._tell()

    def _tell(self, _: object = None) -> None:
        """Write the pairs, unless the text says the same already."""
        if self._pairs(self.area.value)[0] != self.value or not self.area.value:
            self.area.value = "\n".join(f"{self.rows[i]}, {self.columns[k]}" for i, k in self.value)

    def _read(self, _: object = None) -> None:
        pairs, wrong = self._pairs(self.area.value)
        self.said.value = _said(wrong, f"Not taken, {len(wrong)} wrong:") if wrong else ""
        if not wrong:
            self.value = pairs

    def _pairs(self, text: str) -> tuple[list[list[int]], list[str]]:
        """Positions, and what is wrong, by line."""
        at_row, at_column = (
            {name: at for at, name in enumerate(names)} for names in (self.rows, self.columns)
        )
        pairs: list[list[int]] = []
        wrong = []
        for line, words in enumerate(text.splitlines(), 1):
            if not words.strip():
                continue
            # a label may hold commas itself: any of them may part the two
            cuts = [at for at, letter in enumerate(words) if letter == ","]
            splits = [(words[:at].strip(), words[at + 1 :].strip()) for at in cuts]
            good = next(
                (split for split in splits if split[0] in at_row and split[1] in at_column), None
            )
            if good is None:
                one, other = splits[0] if splits else (words.strip(), "")
                known: list[str] = self.rows if one not in at_row else self.columns
                strange = one if one not in at_row else other
                wrong.append(f"line {line}: {strange!r} is unknown{did_you_mean(strange, known)}")
                continue
            i, k = at_row[good[0]], at_column[good[1]]
            if self.symmetric and i == k:
                wrong.append(f"line {line}: {good[0]} with itself")
            pair = [max(i, k), min(i, k)] if self.symmetric else [i, k]
            if pair not in pairs:
                pairs.append(pair)
        return pairs, wrong


class Held(traitlets.HasTraits):
    """A value without a control of its own: what only repairs set."""

    value = traitlets.Any()


class Settings(Panel):
    """The panel of a project's settings, each of which is a :class:`crowdnb.Scenario`."""

    def __init__(self, plans: Scenarios) -> None:
        self.plans = plans
        self.after: Callable[[], object] = lambda: None
        project = plans.project
        workers, tasks = (
            [str(label) for label in index]
            for index in (project.ability.index, project.required.index)
        )
        self.large = len(workers) > WIDEST[0] or len(tasks) > WIDEST[1]
        names = [f"weight of {name} (0 to 1)" for name in project.criteria_weights.index]
        first = settings_of(project, Scenario())
        controls: dict[str, Any] = {
            "gamma": float_slider("γ, weight of He", project.gamma, 0, max(1.0, project.gamma), 0.05, names),
            "weights": WeightSliders(project.criteria_weights),
            "tasks": _tasks_grid(project, tasks),
            "worker_conflicts": _pairs_control(
                self.large, workers, workers, True, "Who does not get on with whom", first["worker_conflicts"]
            ),
            "task_conflicts": _pairs_control(
                self.large, workers, tasks, False, "Who may not take which task", first["task_conflicts"]
            ),
            "scope": widgets.Dropdown(
                layout=widgets.Layout(width="420px", max_width="100%"),
                options=[("not both in the project", "project"), ("not both on one task", "task")],
                value=plans.scope, description="a conflict means", style={"description_width": "190px"},
                tooltip="what a conflict between two workers forbids",
            ),
            "extra": Held(value=()),
        }  # fmt: skip
        grid = controls["tasks"] if isinstance(controls["tasks"], NumberGrid) else sentence(
            f"More than {CELLS:,} numbers: what tasks need, weigh and ask is changed in the files."
        )  # fmt: skip
        rows = [
            controls["gamma"],
            controls["weights"],
            grid,
            controls["scope"],
            widgets.HBox([controls["worker_conflicts"], controls["task_conflicts"]], layout=WRAP),
        ]
        note = "" if project.counts is not None else (
            "Only intervals are known here, no histories. What γ does to them is assumed: the centre stays, and the "
            "half-width is taken as En + γ·He with He = En/2, starting from γ = 0.1."
        )  # fmt: skip
        super().__init__(self._view, controls, rows, note)

    def settings(self) -> dict[str, Any]:
        """What the controls say."""
        return {name: control.value for name, control in self.controls.items()}

    def scenario(self) -> Scenario:
        """The same as what differs from the project."""
        return scenario_of(self.plans.project, self.settings(), self.plans.scope)

    def take(self, scenario: Scenario) -> None:
        """Set every control to what a scenario says."""
        self.busy = True
        values = settings_of(self.plans.project, scenario, self.plans.scope)
        for name, value in values.items():
            control = self.controls[name]
            if name == "gamma":
                control.max = max(control.max, value)
            control.value = value
        self.busy = False
        self._changed()

    def _view(self, settings: Mapping[str, Any], start: View | None) -> View:
        plans = self.plans
        scenario = scenario_of(plans.project, settings, plans.scope)
        answer = plans.answer(scenario)
        if answer.status == "infeasible" and not self.large:
            return View({"status": answer.status}, "", str(explain_infeasible(answer.problem)))
        view = assignment_view(answer, start, self.large)
        words = scenario.words(plans.project)
        body = f"<p>Changed: {html.escape(plain('; '.join(words))) or 'nothing'}.</p>{view.body}"
        return replace(view, body=body if not view.problem else "")

    def _changed(self, _: object = None) -> None:
        if not self.busy:
            Panel._changed(self)
            self.after()


def settings_of(project: Project, scenario: Scenario, scope: str = "project") -> dict[str, Any]:
    """Values of the controls for a scenario that fits the project."""
    workers, tasks = project.ability.index, project.required.index
    weights = {**project.criteria_weights, **scenario.weights}
    given = project.task_weights if project.task_weights is not None else pd.Series(1.0, tasks)
    need, weigh = {**project.required, **scenario.required}, {**given, **scenario.task_weights}
    demand = scenario.intervals(project)[1]
    between, barred = project.worker_conflicts.copy(), project.task_conflicts.copy()
    extra: list[Any] = [
        ("limit", worker, times) for worker, times in scenario.limits.items() if times != 1
    ]
    extra += [("added", worker, times) for worker, times in scenario.added.items() if times]
    for (one, other), value in scenario.conflicts.items():
        if one in workers and other in workers:
            between.loc[one, other] = between.loc[other, one] = value
        else:
            extra.append(("conflict", (one, other), value))
    for (worker, task), value in scenario.exclusions.items():
        if worker in workers:
            barred.loc[worker, task] = value
        else:
            extra.append(("exclusion", (worker, task), value))
    return {
        "gamma": project.gamma if scenario.gamma is None else scenario.gamma,
        "weights": tuple(weights[name] for name in project.criteria_weights.index),
        "tasks": [
            [float(need[task]), float(weigh[task]), *demand.loc[task].astype(float).tolist()]
            for task in tasks
        ],
        "worker_conflicts": np.argwhere(np.tril(between.to_numpy(), -1)).tolist(),
        "task_conflicts": np.argwhere(barred.to_numpy()).tolist(),
        "scope": scenario.scope or scope,
        "extra": tuple(extra),
    }


def scenario_of(project: Project, settings: Mapping[str, Any], scope: str = "project") -> Scenario:
    """What the values of the controls change in the project."""
    workers, tasks, first = (
        project.ability.index,
        project.required.index,
        settings_of(project, Scenario(), scope),
    )
    changed: dict[str, Any] = {
        "gamma": settings["gamma"] if settings["gamma"] != first["gamma"] else None
    }
    changed["scope"] = settings["scope"] if settings["scope"] != scope else None
    if settings["weights"] != first["weights"]:
        changed["weights"] = dict(
            zip(project.criteria_weights.index, settings["weights"], strict=True)
        )
    required, weigh, demand = {}, {}, {}
    columns: list[Any] = list(project.demand.columns)
    for task, row, was in zip(tasks, settings["tasks"], first["tasks"], strict=True):
        if row[0] != was[0]:
            required[task] = int(row[0])
        if row[1] != was[1]:
            weigh[task] = row[1]
        ends: dict[Any, float] = dict(zip(columns, row[2:], strict=True))
        then: dict[Any, float] = dict(zip(columns, was[2:], strict=True))
        for criterion in project.criteria_weights.index:
            pair = (ends[criterion, "low"], ends[criterion, "high"])
            if pair != (then[criterion, "low"], then[criterion, "high"]):
                demand[task, criterion] = pair

    def differences(name: str, others: pd.Index[Any]) -> dict[Pair, int]:
        now, then = ({tuple(pair) for pair in values[name]} for values in (settings, first))
        pairs = {pair: int(pair in now) for pair in sorted(now ^ then)}
        return {(workers[i], others[k]): value for (i, k), value in pairs.items()}

    changed |= {"required": required, "task_weights": weigh, "demand": demand}
    changed |= {"conflicts": differences("worker_conflicts", workers)}
    changed |= {"exclusions": differences("task_conflicts", tasks), "limits": {}, "added": {}}
    for kind, who, value in settings["extra"]:
        name = {
            "limit": "limits",
            "added": "added",
            "conflict": "conflicts",
            "exclusion": "exclusions",
        }[kind]
        changed[name][who] = value
    return Scenario("", **changed)


def _tasks_grid(project: Project, tasks: Sequence[str]) -> Any:
    """The table of what tasks need, weigh and ask; a value without a control where it would be too large."""
    ends: list[Any] = list(project.demand.columns)
    asks = [f"{name} {end} (0 to 1)" for name, end in ends]
    columns = [NEEDS, WEIGHS, *asks]
    value = settings_of(project, Scenario())["tasks"]
    if len(tasks) * len(columns) > CELLS:
        return Held(value=value)
    most = max(len(project.ability), max(row[0] for row in value))
    heaviest = max(100.0, max(row[1] for row in value))
    return NumberGrid(
        rows=list(tasks), columns=columns, title="What each task needs, weighs in ρ, and asks",
        least=[0.0] * len(columns), most=[float(most), heaviest, *[1.0] * len(asks)],
        step=[1.0, 0.1, *[0.01] * len(asks)], value=value,
    )  # fmt: skip


def _pairs_control(
    large: bool,
    rows: Sequence[str],
    columns: Sequence[str],
    symmetric: bool,
    title: str,
    value: Any,
) -> Any:
    if large:
        return PairList(rows, columns, symmetric, title, value)
    return ConflictGrid(
        rows=list(rows), columns=list(columns), symmetric=symmetric, title=title, value=value
    )


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
    """

    def __init__(self, folder: str | Path | None, gamma: float, stars: int, scope: Any) -> None:
        self.gamma, self.scope = gamma, scope
        self.project: Project | None = None
        self.plans: Scenarios | None = None
        self.panel: Settings | None = None
        self.keeper: Keeper | None = None
        self.suggested: tuple[Repair, ...] = ()
        self.repair_buttons: list[Any] = []
        self.source = Path()
        wide = widgets.Layout(width="min(460px, 100%)")
        self.folder = widgets.Text(
            value=str(folder or ""), description="folder", placeholder="a folder of CSV files, or a workbook",
            tooltip="folder of CSV files, or Excel workbook; uploads go into it", layout=wide, continuous_update=False,
        )  # fmt: skip
        self.stars = widgets.BoundedIntText(
            value=stars, min=1, max=1000, description="stars, up to", tooltip="the top of the rating scale, 1 to 1000",
            layout=widgets.Layout(width="170px"),
        )  # fmt: skip
        self.upload = widgets.FileUpload(
            accept=".csv,.xlsx",
            multiple=True,
            description="Upload files",
            tooltip="CSV files, or one Excel workbook",
        )
        self.checked, self.rest = Shown(), widgets.VBox()
        opener = _button("Open", "Read and check the files", self.read, "folder-open")
        self.folder.observe(lambda _: self.read(), names="value")
        self.upload.observe(self._uploaded, names="value")
        self.example = _button(
            "Start from the case study", "Copy its files into the folder named", self.copy, "copy"
        )
        top = widgets.HBox(
            [self.folder, self.stars, opener, self.upload, self.example], layout=WRAP
        )
        super().__init__([top, self.checked, self.rest])
        if self.folder.value:
            self.read()
        else:
            self.checked.value = _said(
                [f"Name a folder, or upload files: they are kept in the folder {UPLOADS}."]
            )

    def __repr__(self) -> str:
        if self.project is None:
            return "<Bench: no project>"
        return f"<Bench: {len(self.project.ability)} workers, {len(self.project.required)} tasks>"

    def __getitem__(self, name: str) -> Any:
        if self.panel is None:
            raise KeyError(f"{name}: no project is open")
        return self.panel.controls[name]

    # Files

    def read(self) -> None:
        """Read the folder and check it; show the problems, all of them, or the settings."""
        self.project = self.plans = self.panel = self.keeper = None
        self.rest.children = ()
        if not self.folder.value.strip():
            self.checked.value = _said(
                ["Name a folder, or upload files; or start from the case study."]
            )
            return
        try:
            self.source = Path(self.folder.value.strip()).expanduser()
            if not self.source.exists():
                where = f"There is no {self.source} yet."
                self.checked.value = _said(
                    [f"{where} Upload files, and they go there; or start from the case study."]
                )
                return
            project = read_project(self.source, self.gamma, self.stars.value)
            self.keeper, plans = Keeper.open(self.source, project, scope=self.scope)
            self.panel = Settings(plans)
        except ProjectError as error:
            number = len(error.problems)
            head = (
                f"{number} problem{'s' * (number > 1)} in the files. Mend the files, then open or"
                " upload them again."
            )
            self.checked.value = _said(error.problems, head)
            return
        except (ValueError, OSError, ModuleNotFoundError, RuntimeError) as error:
            self.checked.value = _said([str(error)], "The files cannot be opened.")
            return
        self.project, self.plans = project, plans
        self._show()
        self._tell_checked()
        if plans.current != Scenario():
            self.panel.take(plans.current)
        self._changed(save=False)
        self.panel.after = self._changed

    def copy(self) -> None:
        """Copy the files of the case study into the folder named, which holds no project yet."""
        try:
            target = Path(self.folder.value.strip() or UPLOADS).expanduser()
            load_case_study().write(target)
        except (ValueError, OSError, RuntimeError) as error:
            self.checked.value = _said([str(error)], "Nothing was copied.")
            return
        self._go(target)

    def _go(self, target: Path) -> None:
        """Open a folder, and name it in its field."""
        if self.folder.value == str(target):
            self.read()
        else:
            self.folder.value = str(target)

    def _tell_checked(self) -> None:
        assert self.project is not None and self.keeper is not None and self.plans is not None
        m, n, places = (
            len(self.project.ability),
            len(self.project.required),
            int(self.project.required.sum()),
        )
        lines = [*self.project.notes, *self.keeper.said]
        kept = listing([repr(one.name) for one in self.plans.named], 20)
        lines += (
            [f"Taken up again from {self.keeper.path.name}: {kept}."]
            if kept and self.keeper.seen
            else []
        )
        self.checked.value = _said(
            lines, f"Checked, no problem: {m} workers, {n} tasks, {places} places."
        )

    def _uploaded(self, _: object = None) -> None:
        """Write uploaded files into the folder; a file that they replace is kept beside them."""
        files = [(_base(str(item["name"])), bytes(item["content"])) for item in self.upload.value]
        if not files:
            return
        known = [f"{name}.csv" for name in FILES]
        wrong = [
            f"{name!r} is not a name that is read{did_you_mean(name, known)}; known are"
            f" {listing(known, 20)}, and .xlsx"
            for name, _ in files
            if name not in known and not (name.lower().endswith(".xlsx") and name[:-5].strip(". "))
        ]
        books = [name for name, _ in files if name not in known]
        if books and len(files) > 1 and not wrong:
            wrong = ["One Excel workbook, or CSV files: not both, and not several workbooks."]
        target = Path(self.folder.value.strip() or UPLOADS)
        try:
            target = target.expanduser()
            if not target.is_dir() and (target.is_file() or target.suffix.lower() == ".xlsx"):
                target = target.parent
            if not wrong:
                _take(target, files)
        except (
            OSError,
            ValueError,
            RuntimeError,
        ) as error:  # no such place, no name of a file, nobody's home
            wrong = [f"{target} cannot be written: {getattr(error, 'strerror', None) or error}"]
        self.upload.value = ()
        if wrong:
            self.checked.value = _said(wrong, "Nothing was taken.")
            return
        self._go(target / books[0] if books else target)

    # What is shown once the files are read

    def _show(self) -> None:
        assert self.project is not None and self.panel is not None
        workers = [(str(label), str(label)) for label in self.project.ability.index]
        tasks = [(str(label), str(label)) for label in self.project.required.index]
        self.worker = widgets.Dropdown(
            options=workers, description="why", tooltip="a worker", layout=NARROW
        )
        self.task = widgets.Dropdown(
            options=tasks, description="for", tooltip="a task", layout=NARROW
        )
        self.name = widgets.Text(
            description="name", placeholder="a name for these settings", tooltip="name of the scenario",
            layout=widgets.Layout(width="300px"),
        )  # fmt: skip
        self.kept = widgets.Dropdown(
            description="scenario", options=[GIVEN], tooltip="a kept scenario", layout=NARROW
        )
        self.helps, self.told = widgets.VBox(), Shown()
        self.side_by_side, self.message = Shown(), Shown()
        keep = _button("Keep", "Keep these settings under the name", self.keep, "save")
        take = _button("Take up", "Set every control as in the scenario", self.take, "pencil")
        drop = _button("Remove", "Remove the scenario from the list", self.drop, "trash")
        asks: list[Any] = [
            self.worker,
            self.task,
            _button("Why?", "Why this pair, or why not", self.tell_why, "question"),
        ]
        asks.append(
            _button(
                "What does it cost?", "What each rule, place and worker is worth", self.tell_prices
            )
        )
        outs = [
            _button(f"Write {name}", f"Write {name} into the folder", act)
            for name, act in (
                ("assignment.csv", lambda: self.export("assignment.csv")),
                ("assignment.xlsx", lambda: self.export("assignment.xlsx")),
                ("report.html", lambda: self.export("report.html")),
            )
        ]
        self.rest.children = (
            _heading("Settings"),
            self.panel,
            self.helps,
            _heading("Why, and what it costs"),
            widgets.HBox(asks, layout=WRAP),
            self.told,
            _heading("Scenarios"),
            widgets.HBox([self.name, keep, self.kept, take, drop], layout=WRAP),
            self.side_by_side,
            _heading("Take it along"),
            widgets.HBox(outs, layout=WRAP),
            self.message,
        )

    def _changed(self, save: bool = True) -> None:
        """After every change of a setting: keep it on disk, and say what would help where nothing can be done."""
        assert self.panel is not None and self.plans is not None
        try:
            self.plans = self.plans.at(self.panel.scenario())
        except ValueError:  # such as a demand whose low is above its high: the panel says so
            self.helps.children = ()
            return
        if save:
            self._save()
        if self.told.value and not self.told.value.startswith(OLD):
            self.told.value = f"{OLD}{self.told.value}</div>"
        self._suggest()
        self._compare()

    def _save(self) -> None:
        assert self.keeper is not None and self.plans is not None
        before = len(self.keeper.said)
        try:
            self.keeper.save(self.plans)
        except (OSError, ValueError) as error:
            self.message.value = _said(
                [f"{self.keeper.path.name} cannot be written: {error}"], "Not kept."
            )
        if len(self.keeper.said) > before:
            self._tell_checked()

    def _suggest(self) -> None:
        """Buttons: repairs where no assignment exists, and what earlier ones added."""
        assert self.panel is not None and self.plans is not None
        panel, current = self.panel, self.plans.current
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
            problem = self.plans.problem(current)
            found = repairs(problem, SUGGESTED, COSTS, ("pin",), time_limit=PATIENCE)
            self.suggested = found.repairs
            note = (
                "What would help, cheapest first (a person more costs 3, a second task 2, all"
                " else 1):"
            )
            buttons.append(
                sentence(
                    note if found.repairs else "Nothing that may be changed makes one possible."
                )
            )
            for repair in found.repairs:
                label = f"Apply: {repair.text} (ρ = {repair.performance:.4f})"
                new = current.repaired(repair.changes, problem)
                self.repair_buttons.append(
                    _button(label, "Make these changes", partial(panel.take, new), "wrench")
                )
            buttons += self.repair_buttons
        self.helps.children = tuple(buttons)

    def _without(self, item: Any) -> None:
        assert self.panel is not None
        held = self.panel["extra"]
        held.value = tuple(other for other in held.value if other != item)

    def _compare(self) -> None:
        """The scenarios side by side."""
        assert self.plans is not None
        plans = self.plans
        names = [GIVEN, *(one.name for one in plans.named)]
        if list(self.kept.options) != names:
            self.kept.options = names
        if not plans.named:
            self.side_by_side.value = _said(
                ["None yet. Give the settings above a name to keep them side by side."]
            )
            return
        key = [one.as_json() for one in plans.named]
        if key == getattr(self, "_compared", None):
            return
        self._compared = key
        frame = plans.compare().reset_index()
        for name in ("performance", "difference", "by given Q"):
            frame[name] = frame[name].map(lambda value: "" if pd.isna(value) else f"{value:.4f}")
        body = _frame(frame.rename(columns={"performance": "ρ", "by given Q": "ρ by given Q"}))
        if not (self.panel and self.panel.large):
            body += "<p>Who does what:</p>" + _frame(plans.assignments().reset_index())
        self.side_by_side.value = f'<div class="crowdnb-scroll" tabindex="0">{body}</div>'

    # Buttons

    def keep(self) -> None:
        """Keep the settings under the name given."""
        assert self.plans is not None
        try:
            self.plans = self.plans.keep(replace(self.plans.current, name=self.name.value))
        except ValueError as error:
            self.message.value = _said([str(error)], "Not kept.")
            return
        self._save()
        self._compare()
        self.kept.value = self.name.value.strip()
        assert self.keeper is not None
        self.message.value = _said([f"Kept as {self.kept.value!r} in {self.keeper.path.name}."])

    def take(self) -> None:
        """Set every control as in the scenario chosen."""
        assert self.plans is not None and self.panel is not None
        try:
            scenario = self.plans[self.kept.value]
            self.plans.problem(scenario)
        except ValueError as error:
            self.message.value = _said([str(error)], "It cannot be taken up.")
            return
        self.panel.take(scenario)
        self.message.value = _said([f"Taken up: {self.kept.value!r}."])

    def drop(self) -> None:
        """Remove the scenario chosen."""
        assert self.plans is not None
        name = self.kept.value
        if name == GIVEN:
            self.message.value = _said(["The files as given stay."])
            return
        self.plans = self.plans.drop(name)
        self._save()
        self._compare()
        self.message.value = _said([f"Removed: {name!r}."])

    def tell_why(self) -> None:
        """Why the pair chosen, or why not."""
        assert self.plans is not None

        def answer() -> str:
            return _said(str(why(self._problem(), self.worker.value, self.task.value)).split("\n"))

        self.told.value = _tried(answer)

    def tell_prices(self) -> None:
        """What each conflict, exclusion, place and worker is worth."""

        def answer() -> str:
            problem = self._problem()
            if problem.q.size > WIDEST[0] * WIDEST[1]:
                return _said(
                    [
                        f"Not computed for more than {WIDEST[0]} × {WIDEST[1]}; cn.prices takes its"
                        " time."
                    ]
                )
            table = prices(problem)
            lines = table.loc[table["worth"] != 0, "text"].tolist()
            return _said(
                lines or ["No rule, place or worker changes anything alone."],
                "What each adds to ρ, or costs:",
            )

        self.told.value = _tried(answer)

    def _problem(self) -> Any:
        assert self.plans is not None and self.panel is not None
        if self.panel.view.problem:
            raise ValueError("There is no assignment to ask about: the settings above say why.")
        return self.plans.problem(self.plans.current)

    def export(self, name: str) -> None:
        """Write the assignment or the page into the folder, and offer it as a download."""

        def answer() -> str:
            assert self.plans is not None
            folder = self.source if self.source.is_dir() else self.source.parent
            data = self._made(name)
            path = folder / name
            if path.resolve() == self.source.resolve():
                raise ValueError(f"{name} is the project's own file")
            write_whole(path, data)
            kind = {"csv": "text/csv", "html": "text/html"}.get(
                name.split(".")[-1], "application/octet-stream"
            )
            link = f"data:{kind};base64,{base64.b64encode(data).decode()}"
            return (
                f'<p>Written: {html.escape(str(path))}. <a download="{name}"'
                f' href="{link}">Download</a></p>'
            )

        self.message.value = _tried(answer)

    def _made(self, name: str) -> bytes:
        assert self.plans is not None and self.panel is not None
        plans = self.plans
        if name.endswith(".html"):
            title = self.source.resolve().stem
            kept = [plans[GIVEN], *plans.named]
            named = next(
                (one for one in kept if replace(one, name="") == plans.current), plans.current
            )
            return report(plans, named, title=title).html.encode()
        if self.panel.view.problem:
            raise ValueError("There is no assignment to write: the settings above say why.")
        return assignment_file(plans, plans.current, name)


def assignment_file(plans: Scenarios, scenario: Scenario | str, name: str) -> bytes:
    """A scenario's assignment as CSV, or as a workbook with what was changed and all scenarios; by the name's ending.

    Raises
    ------
    ModuleNotFoundError
        A workbook, and openpyxl is not installed.
    """
    pairs = plans.answer(scenario).pairs
    if not name.endswith(".xlsx"):
        return bytes(pairs.to_csv(index=False).encode())
    one = plans[scenario] if isinstance(scenario, str) else scenario
    sheets = {
        "assignment": pairs,
        "changes": pd.DataFrame({"against the files": one.words(plans.project) or ["nothing"]}),
        "scenarios": plans.compare().reset_index(),
        "side by side": plans.assignments().reset_index(),
    }
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for sheet, frame in sheets.items():
            frame.to_excel(writer, sheet_name=sheet, index=False)
            for row in writer.sheets[sheet].iter_rows():
                for cell in row:
                    # a label is never a formula
                    cell.data_type = "s" if cell.data_type == "f" else cell.data_type
    return buffer.getvalue()


def bench(
    folder: str | Path | None = None,
    gamma: float = 0.1,
    stars: int = 5,
    conflict_scope: str = "project",
) -> Bench:
    """The bench for a folder of files: checked, turned, explained, compared, kept, and taken along.

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


OLD = '<div class="crowdnb-old" aria-label="of earlier settings"><p>Of earlier settings:</p>'
NARROW = widgets.Layout(width="260px")


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
        return _said([str(error)], "No answer.")


def _said(lines: Sequence[str], head: str = "") -> str:
    """Sentences under a head, in an area that scrolls where they are many."""
    top = f"<p><strong>{html.escape(plain(head))}</strong></p>" if head else ""
    items = "".join(f"<li>{html.escape(plain(line))}</li>" for line in lines)
    if not head:
        items = "".join(f"<p>{html.escape(plain(line))}</p>" for line in lines)
        return items
    return f'{top}<div class="crowdnb-scroll" tabindex="0"><ul>{items}</ul></div>' if items else top


def _frame(frame: pd.DataFrame) -> str:
    """A frame of texts as a table, its first column as headings."""
    head = "".join(
        f'<th scope="col">{html.escape(plain(str(name)))}</th>' for name in frame.columns
    )
    rows = "".join(
        f'<tr><th scope="row">{html.escape(plain(str(row[0])))}</th>'
        + "".join(f"<td>{html.escape(plain(str(cell)))}</td>" for cell in row[1:])
        + "</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _extra_text(item: Any) -> str:
    kind, who, value = item
    if kind == "added":
        return f"{value} more like {who}"
    if kind == "limit":
        return f"{who} may take {value} tasks"
    return f"{who[0]} and {who[1]}"


def _base(name: str) -> str:
    """The last part of a file's name, by the rules of any system, without control characters."""
    return plain(PureWindowsPath(PurePosixPath(name).name).name)


def _take(target: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write files into a folder, all of them or none; a file that is there is kept under a name that ends in .bak."""
    new = {name: data for name, data in files if not (target / name).exists()}
    other = {
        name: data
        for name, data in files
        if name not in new and read_file(target / name, KEPT_BESIDE) != data
    }
    old = {name: read_file(target / name, KEPT_BESIDE) for name in other}
    beside = {_free(target / f"{name}.bak"): data for name, data in old.items()}
    write_together(target, beside | new)
    written: list[str] = []
    try:
        for name, data in other.items():
            written.append(name)
            write_whole(target / name, data)
    except BaseException:
        for name in written[:-1]:
            write_whole(target / name, old[name])
        for name in beside | new:
            (target / name).unlink(missing_ok=True)
        raise


def _free(path: Path) -> str:
    """A name that is not taken: this one, or with a number at its end."""
    names = (f"{path.name}{k if k > 1 else ''}" for k in range(1, 10_000))
    return next(name for name in names if not path.with_name(name).exists())
