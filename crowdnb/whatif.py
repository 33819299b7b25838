"""Panels: move a control, see the new answer beside the one it started from.

Each panel has a pure function first, which turns settings into a :class:`View` (facts and a piece of HTML), and
then the panel, which shows the view of whatever its controls say. A panel only sets the value of widgets, it never
captures output, so notebooks with panels can be run and compared like any other. Every control can be set by code:
``panel["gamma"].value = 0.2``.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import ipywidgets as widgets
import numpy as np
import pandas as pd
import traitlets

from crowdnb.cloud import ability_intervals, backward_cloud
from crowdnb.ecargo import Assignment, Problem, Scope
from crowdnb.fuzzyahp import LEVELS, consistent_matrix, criteria_weights, weight_range
from crowdnb.labels import FloatArray, listing
from crowdnb.possibility import possibility_degree
from crowdnb.program import solve
from crowdnb.project import Project
from crowdnb.qualify import qualification

ACCENT, BAR, SOFT = "#c2410c", "#2b6cb0", "#8c96a3"
# Five blues, light to dark, and the ink that can be read on each.
SHADES = [("#f1f5fb", "#222"), ("#cfdff1", "#222"), ("#9dc3e3", "#222"), ("#4d8fc6", "#fff"), ("#1f5a99", "#fff")]
WEIGHT_STEP = 0.01
HE_TO_EN, TABLE_GAMMA = 0.5, 0.1  # assumed of intervals whose histories are not known, and said on the panel


@dataclass(frozen=True)
class View:
    """What a panel shows: facts by name, and the HTML that shows them. ``problem`` says why there is no answer."""

    facts: dict[str, Any]
    body: str
    problem: str = ""


class Panel(widgets.VBox):  # type: ignore[misc]
    """Controls, a reset button, and the view of what they say.

    Attributes
    ----------
    controls : dict of widget by name
        Also ``panel[name]``. Setting a control's ``value`` updates the panel.
    view : View
        What is shown now.
    start : View
        What was shown first; changes are marked against it.
    """

    def __init__(
        self,
        show: Callable[[Mapping[str, Any], View | None], View],
        controls: dict[str, Any],
        rows: Sequence[Any],
        note: str = "",
    ) -> None:
        self.show_view, self.controls = show, controls
        self.first = {name: control.value for name, control in controls.items()}
        self.busy = False
        self.start = self.view = self.good = show(self.first, None)
        self.output = widgets.HTML(value=self._html())
        reset = widgets.Button(description="Reset", tooltip="Back to where it started", icon="undo")
        reset.on_click(lambda _: self.reset())
        for control in controls.values():
            control.observe(self._changed, names="value")
        above = [widgets.HTML(f"<em>{note}</em>")] if note else []
        left = widgets.VBox([*rows, reset], layout=widgets.Layout(flex="1 1 560px"))
        self.output.layout.flex = "1 1 340px"
        super().__init__([*above, widgets.HBox([left, self.output], layout=WRAP)])

    def __repr__(self) -> str:
        return f"<Panel: {', '.join(self.controls)}>"

    def __getitem__(self, name: str) -> Any:
        return self.controls[name]

    def reset(self) -> None:
        """Put every control back to where it started."""
        self.busy = True
        for name, control in self.controls.items():
            control.value = self.first[name]
        self.busy = False
        self._changed()

    def _changed(self, _: object = None) -> None:
        if self.busy:
            return
        settings = {name: control.value for name, control in self.controls.items()}
        try:
            self.view = self.show_view(settings, self.start)
        except ValueError as error:
            self.view = View({}, "", str(error))
        if not self.view.problem:
            self.good = self.view
        self.output.value = self._html()

    def _html(self) -> str:
        if not self.view.problem:
            return f'<div class="crowdnb" role="status">{self.view.body}</div>'
        return (
            f'<div class="crowdnb" role="status"><p><strong style="color: {ACCENT}">No answer.</strong> '
            f"{html.escape(self.view.problem)}</p><p>The last answer:</p>"
            f'<div style="opacity: 0.4" aria-label="the last answer, no longer valid">{self.good.body}</div></div>'
        )


class ConflictGrid(anywidget.AnyWidget):
    """A grid of buttons, rows × columns, each pressed or not: mouse, Tab and Space, headings, labels shown as text.

    Attributes
    ----------
    rows, columns : list of str
        Labels; buttons carry both in their name for screen readers.
    value : list of [row, column]
        Positions that are pressed. A symmetric grid has its lower triangle only.
    """

    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    symmetric = traitlets.Bool(False).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    value = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)

    _esm = """
    function render({ model, el }) {
      const table = document.createElement("table");
      table.className = "crowdnb-grid";
      const caption = table.createCaption();
      caption.textContent = model.get("title");
      const rows = model.get("rows"), columns = model.get("columns"), symmetric = model.get("symmetric");
      const head = table.insertRow();
      head.appendChild(document.createElement("td"));
      columns.forEach((label, k) => {
        if (symmetric && k === columns.length - 1) return;
        const cell = document.createElement("th");
        cell.scope = "col"; cell.textContent = label; head.appendChild(cell);
      });
      const buttons = new Map();
      rows.forEach((label, i) => {
        if (symmetric && i === 0) return;
        const row = table.insertRow();
        const name = document.createElement("th");
        name.scope = "row"; name.textContent = label; row.appendChild(name);
        columns.forEach((other, k) => {
          if (symmetric && k >= i) return;
          const button = document.createElement("button");
          button.type = "button";
          button.setAttribute("aria-label", label + " with " + other);
          button.title = label + " with " + other;
          button.addEventListener("click", () => {
            const kept = model.get("value").filter(([a, b]) => a !== i || b !== k);
            const pressed = kept.length === model.get("value").length;
            model.set("value", pressed ? [...kept, [i, k]] : kept);
            model.save_changes();
          });
          row.insertCell().appendChild(button);
          buttons.set(i + "," + k, button);
        });
      });
      const paint = () => {
        const on = new Set(model.get("value").map(([a, b]) => a + "," + b));
        buttons.forEach((button, key) => {
          button.setAttribute("aria-pressed", on.has(key));
          button.textContent = on.has(key) ? "×" : "";
        });
      };
      model.on("change:value", paint);
      paint();
      el.appendChild(table);
    }
    export default { render };
    """
    _css = """
    .crowdnb-grid {
      border-collapse: collapse; font: 12px var(--jp-ui-font-family, sans-serif);
      color: var(--jp-ui-font-color1, #222); margin: 4px 16px 4px 0;
    }
    .crowdnb-grid caption { text-align: left; font-weight: 600; padding-bottom: 2px; }
    .crowdnb-grid th { font-weight: 400; padding: 0 4px; text-align: right; }
    .crowdnb-grid td { padding: 0; }
    .crowdnb-grid button {
      width: 26px; height: 22px; padding: 0; border: 1px solid #8c96a3; background: transparent; color: inherit;
      font-weight: 700; cursor: pointer; display: block;
    }
    .crowdnb-grid button[aria-pressed="true"] { background: #c2410c; color: #fff; }
    .crowdnb-grid button:focus-visible { outline: 3px solid #2b6cb0; outline-offset: -1px; }
    """


def cloud_view(stars: Sequence[int], gamma: float, start: View | None = None, drops: int = 300) -> View:
    """Cloud, drops and interval of a history given as counts of 1 … S stars; changes are against ``start``."""
    counts = np.asarray(stars)
    if counts.sum() < 2:
        raise ValueError("Give at least two ratings: a cloud needs a spread.")
    cloud = backward_cloud(np.repeat(np.arange(1, len(counts) + 1) / len(counts), counts))
    low, high = cloud.interval(gamma)
    facts = {
        "ratings": int(counts.sum()), "Ex": cloud.expectation, "En": cloud.entropy, "He": cloud.hyper_entropy,
        "S² − En²": cloud.radicand, "low": low, "high": high,
    }  # fmt: skip
    x = cloud.drops(drops, np.random.default_rng(0))
    height = cloud.membership(x)
    dots = "".join(
        f'<circle cx="{_x(a):.1f}" cy="{_y(b):.1f}" r="2" fill="{BAR}" fill-opacity="0.45"/>'
        for a, b in zip(x, height, strict=True)
        if -0.15 <= a <= 1.15
    )
    ends = np.clip([low, high], -0.15, 1.15)
    bar = f'<line x1="{_x(ends[0]):.1f}" x2="{_x(ends[1]):.1f}" y1="206" y2="206" stroke="{ACCENT}" stroke-width="6"/>'
    few = counts.sum() < 6
    clipped = low < 0 or high > 1
    notes = [
        "S² < En²: the radicand is negative, He comes from its absolute value." if cloud.radicand < 0 else "",
        "The interval leaves [0, 1] and would be clipped." if clipped else "",
        "Fewer than six ratings: the count rule would take minimum and maximum instead." if few else "",
    ]
    svg = _svg(f"cloud drops and interval from {low:.3f} to {high:.3f}", dots + bar)
    return View(facts, svg + _facts(facts, start) + _paragraphs(notes))


def cloud_panel(stars: Sequence[int] = (0, 0, 1, 3, 5), gamma: float = 0.1) -> Panel:
    """Edit how often each star was given, and γ: drops, interval, and the sign of the radicand."""
    counts = {
        f"star {star}": widgets.BoundedIntText(
            value=number, min=0, max=500, description=f"{star} star{'s' * (star > 1)}", layout=NARROW
        )
        for star, number in enumerate(stars, 1)
    }
    slider = _slider("γ, weight of He", gamma, 0, 1, 0.05)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return cloud_view([settings[name] for name in counts], settings["gamma"], start)

    return Panel(show, {**counts, "gamma": slider}, [widgets.HBox(list(counts.values()), layout=WRAP), slider])


def possibility_view(ability: tuple[float, float], demand: tuple[float, float], start: View | None = None) -> View:
    """Two intervals and the possibility degree that the first meets the second."""
    degree = float(possibility_degree(*ability, *demand))
    facts = {
        "l_U": ability[1] - ability[0],
        "l_D": demand[1] - demand[0],
        "U^H − D^L": ability[1] - demand[0],
        "P": degree,
    }

    def bar(name: str, ends: tuple[float, float], y: int, colour: str) -> str:
        width = max(_x(ends[1]) - _x(ends[0]), 3)
        return (
            f'<rect x="{_x(ends[0]):.1f}" y="{y}" width="{width:.1f}" height="26" fill="{colour}"/>'
            f'<text x="4" y="{y + 18}" fill="currentColor">{name}</text>'
        )

    ends = "U from {:.2f} to {:.2f}, D from {:.2f} to {:.2f}".format(*ability, *demand)
    svg = _svg(f"{ends}, P = {degree:.3f}", bar("U", ability, 60, BAR) + bar("D", demand, 110, ACCENT))
    return View(facts, svg + _facts(facts, start))


def possibility_panel(ability: tuple[float, float] = (0.52, 0.63), demand: tuple[float, float] = (0.4, 1.0)) -> Panel:
    """Two range sliders: the picture and the degree."""
    sliders = {
        name: widgets.FloatRangeSlider(
            value=ends, min=0, max=1, step=0.01, description=label, readout_format=".2f", layout=WIDE, style=LABEL
        )
        for name, label, ends in (("ability", "ability U, 0 to 1", ability), ("demand", "demand D, 0 to 1", demand))
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return possibility_view(settings["ability"], settings["demand"], start)

    return Panel(show, sliders, list(sliders.values()))


def weights_view(judgement: pd.DataFrame, start: View | None = None) -> View:
    """Z, w and the range that the scale can reach, of a judgement matrix."""
    w, z = criteria_weights(judgement), consistent_matrix(judgement)
    smallest, largest = weight_range(len(w))
    facts = {str(criterion): float(weight) for criterion, weight in w.items()}
    body = _weight_bars(facts, smallest, largest) + _facts(facts, start)
    reach = f"On this scale every weight lies between {smallest:.4f} and {largest:.4f} (the lines)."
    return View(facts, body + _paragraphs([reach, "Z, the fuzzy consistent matrix:"]) + z.round(3).to_html(border=0))


def weights_panel(criteria: Sequence[str] = ("skill", "efficiency", "quality", "activity")) -> Panel:
    """Judge every two criteria on five levels: Z, w, and the range that can be reached."""
    pairs = [(i, k) for i in range(len(criteria)) for k in range(i + 1, len(criteria))]
    words = dict(zip(["much less", "less", "the same", "more", "much more"], LEVELS, strict=True))
    controls = {
        f"{criteria[i]} {criteria[k]}": widgets.SelectionSlider(
            options=words, value=0.5, description=f"{criteria[i]} against {criteria[k]}", layout=WIDE, style=LABEL
        )
        for i, k in pairs
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        b = np.full((len(criteria), len(criteria)), 0.5)
        for (i, k), level in zip(pairs, settings.values(), strict=True):
            b[i, k], b[k, i] = level, 1 - level
        return weights_view(pd.DataFrame(b, index=list(criteria), columns=list(criteria)), start)

    return Panel(show, controls, list(controls.values()))


def moved_intervals(ability: pd.DataFrame, gamma: float, ratio: float = HE_TO_EN) -> pd.DataFrame:
    """Intervals as they would be at another γ, when only intervals are known.

    Assumed: the centre stays, the half-width is En + γ·He with He = ``ratio``·En, and the intervals given are those of
    γ = 0.1. Ends are clipped to [0, 1].
    """
    low, high = (ability.xs(end, axis=1, level=1).to_numpy() for end in ("low", "high"))
    half = (high - low) / 2 * (1 + gamma * ratio) / (1 + TABLE_GAMMA * ratio)
    ends = np.stack([(low + high) / 2 - half, (low + high) / 2 + half], axis=2).reshape(len(ability), -1)
    return pd.DataFrame(ends.clip(0, 1), index=ability.index, columns=ability.columns)


def assignment_view(problem: Problem, answer: Assignment, start: View | None = None) -> View:
    """Who does what, ρ and its change, who moved; or why there is no assignment."""
    if answer.table is None:
        return View({"status": answer.status}, "", " ".join(answer.reasons) or "The time limit was reached.")
    place = {str(worker): str(task) for worker, task in zip(answer.pairs["worker"], answer.pairs["task"], strict=True)}
    facts: dict[str, Any] = {"status": answer.status, "ρ": answer.performance, "places": place}
    before = place if start is None or start.problem else start.facts["places"]
    moved = [
        f"{worker}: {before.get(worker, 'idle')} → {place.get(worker, 'idle')}"
        for worker in map(str, problem.workers)
        if before.get(worker) != place.get(worker)
    ]
    change = 0.0 if start is None or start.problem else answer.performance - start.facts["ρ"]
    facts["moved"] = moved
    head = f"<p><strong>ρ = {answer.performance:.4f}</strong>, {change:+.4f} against the start. "
    idle = html.escape(listing(answer.idle)) or "nobody"
    head += f"Moved: {html.escape('; '.join(moved)) or 'nobody'}. Idle: {idle}.</p>"
    return View(facts, head + _grid(problem, answer, before))


def assignment_panel(project: Project, conflict_scope: Scope = "project") -> Panel:
    """γ, criteria weights, conflicts, L and task weights: who does what, ρ and its change, who moved."""
    workers, tasks = project.ability.index, project.required.index
    names = [str(label) for label in workers]
    controls: dict[str, Any] = {"gamma": _slider("γ, weight of He", project.gamma, 0, 1, 0.05)}
    controls["weights"] = WeightSliders(project.criteria_weights)
    need = {
        f"L {task}": widgets.BoundedIntText(
            value=int(number), min=0, max=len(workers), description=f"{task} needs", layout=NARROW
        )
        for task, number in project.required.items()
    }
    given = project.task_weights if project.task_weights is not None else pd.Series(1.0, index=tasks)
    worth = {
        f"W {task}": widgets.BoundedFloatText(
            value=float(weight), min=0, max=100, step=0.1, description=f"{task} weighs", layout=NARROW
        )
        for task, weight in given.items()
    }
    controls |= need | worth
    between = np.argwhere(np.tril(project.worker_conflicts.to_numpy(), -1)).tolist()
    barred = np.argwhere(project.task_conflicts.to_numpy()).tolist()
    controls["worker_conflicts"] = ConflictGrid(
        rows=names, columns=names, symmetric=True, title="Who does not get on with whom", value=between
    )
    controls["task_conflicts"] = ConflictGrid(
        rows=names, columns=[str(task) for task in tasks], title="Who may not take which task", value=barred
    )

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        problem = panel_problem(project, settings, conflict_scope)
        return assignment_view(problem, solve(problem), start)

    note = "" if project.counts is not None else (
        f"Only intervals are known here, no histories. When γ moves, the centre of each interval is kept and its "
        f"half-width is taken as En + γ·He with He = {HE_TO_EN:g} En, starting from γ = {TABLE_GAMMA:g}."
    )  # fmt: skip
    rows = [
        controls["gamma"],
        controls["weights"],
        widgets.HBox(list(need.values()), layout=WRAP),
        widgets.HBox(list(worth.values()), layout=WRAP),
        widgets.HBox([controls["worker_conflicts"], controls["task_conflicts"]], layout=WRAP),
    ]
    return Panel(show, controls, rows, note)


def panel_problem(project: Project, settings: Mapping[str, Any], conflict_scope: Scope = "project") -> Problem:
    """The problem that the settings of an assignment panel describe: what a user would hand to ``cn.solve``."""
    workers, tasks = project.ability.index, project.required.index
    gamma = settings["gamma"]
    if gamma == project.gamma:
        ability = project.ability
    elif project.counts is not None:
        ability = ability_intervals(project.counts, gamma)
    else:
        ability = moved_intervals(project.ability, gamma)
    weights = pd.Series(settings["weights"], index=project.criteria_weights.index)
    q = qualification(ability, project.demand, weights).reindex(index=workers, columns=tasks)
    return Problem(
        q,
        [settings[f"L {task}"] for task in tasks],
        [settings[f"W {task}"] for task in tasks],
        [(workers[i], tasks[j]) for i, j in settings["task_conflicts"]],
        [(workers[i], workers[k]) for i, k in settings["worker_conflicts"]],
        conflict_scope,
    )


class WeightSliders(widgets.VBox):  # type: ignore[misc]
    """One slider a criterion, kept summing to 1: when one moves, the others share the rest as they did before."""

    value = traitlets.Tuple()

    def __init__(self, weights: pd.Series[float]) -> None:
        self.sliders = [
            _slider(f"weight of {name}", float(weight), 0, 1, WEIGHT_STEP) for name, weight in weights.items()
        ]
        self.busy = False
        super().__init__(self.sliders)
        self.value = tuple(float(weight) for weight in weights)
        for slider in self.sliders:
            slider.observe(self._moved, names="value")
        self.observe(self._set, names="value")

    def _moved(self, change: Mapping[str, Any]) -> None:
        at = self.sliders.index(change["owner"])
        # A change within half a step is the page reporting the rounding of what was set here, not a wish.
        if not self.busy and abs(change["new"] - self.value[at]) > WEIGHT_STEP / 2 + 1e-9:
            self.value = shared_rest(self.value, at, change["new"])

    def _set(self, change: Mapping[str, Any]) -> None:
        self.busy = True
        for slider, weight in zip(self.sliders, change["new"], strict=True):
            slider.value = weight
        self.busy = False


def shared_rest(weights: Sequence[float], at: int, value: float) -> tuple[float, ...]:
    """Weights with number ``at`` set to ``value``, and the others scaled so that all sum to 1."""
    others = math.fsum(weight for k, weight in enumerate(weights) if k != at)
    if len(weights) == 1:
        return (1.0,)
    share = [weight / others if others > 0 else 1 / (len(weights) - 1) for weight in weights]
    return tuple(value if k == at else (1 - value) * part for k, part in enumerate(share))


NARROW = widgets.Layout(width="150px")
WIDE = widgets.Layout(width="min(560px, 100%)")
WRAP = widgets.Layout(flex_flow="row wrap", width="100%")
LABEL = {"description_width": "190px"}


def _slider(text: str, value: float, low: float, high: float, step: float) -> Any:
    return widgets.FloatSlider(
        value=value, min=low, max=high, step=step, description=text, readout_format=".2f", layout=WIDE, style=LABEL
    )


def _x(value: float) -> float:
    """Place of a value of the scale 0 … 1 on a drawing 640 wide, with room on both sides."""
    return 110 + 420 * value


def _y(membership: float) -> float:
    return 190 - 160 * membership


def _svg(alt: str, inside: str) -> str:
    ticks = "".join(
        f'<line x1="{_x(t):.1f}" x2="{_x(t):.1f}" y1="216" y2="222" stroke="currentColor"/>'
        f'<text x="{_x(t):.1f}" y="236" text-anchor="middle" fill="currentColor">{t:.1f}</text>'
        for t in (0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    axis = f'<line x1="{_x(0)}" x2="{_x(1)}" y1="216" y2="216" stroke="currentColor"/>{ticks}'
    name = f'<text x="{_x(0.5)}" y="254" text-anchor="middle" fill="currentColor">share of the scale, 0 to 1</text>'
    return _drawing(alt, 260, inside + axis + name)


def _drawing(alt: str, height: int, inside: str) -> str:
    """An SVG 640 wide in the colours and letters of the page, with its text for those who cannot see it."""
    style = "max-width: 100%; color: var(--jp-ui-font-color1, #222); font: 12px var(--jp-ui-font-family, sans-serif)"
    size = f'viewBox="0 0 640 {height}" width="640"'
    return f'<svg role="img" aria-label="{html.escape(alt)}" {size} style="{style}">{inside}</svg>'


def _facts(facts: Mapping[str, Any], start: View | None) -> str:
    """Facts as a small table: now, and the change against the start where there is one."""
    rows = []
    for name, value in facts.items():
        change = "" if start is None else f"{value - start.facts[name]:+.4g}"
        mark = f' style="color: {ACCENT}; font-weight: 600"' if change not in ("", "+0") else ""
        text = f"{value}" if isinstance(value, int) else f"{value:.4f}"
        rows.append(f"<tr><th>{html.escape(name)}</th><td>{text}</td><td{mark}>{change}</td></tr>")
    head = "<tr><th></th><th>now</th><th>change</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>"


def _paragraphs(texts: Sequence[str]) -> str:
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts if text)


def _weight_bars(weights: Mapping[str, float], smallest: float, largest: float) -> str:
    height = 24 * len(weights) + 26
    bars = "".join(
        f'<text x="100" y="{24 * k + 18}" text-anchor="end" fill="currentColor">{html.escape(name)}</text>'
        f'<rect x="110" y="{24 * k + 5}" width="{480 * weight:.1f}" height="16" fill="{BAR}"/>'
        f'<text x="{116 + 480 * weight:.1f}" y="{24 * k + 18}" fill="currentColor">{weight:.3f}</text>'
        for k, (name, weight) in enumerate(weights.items())
    )
    lines = "".join(
        f'<line x1="{110 + 480 * end:.1f}" x2="{110 + 480 * end:.1f}" y1="0" y2="{height - 22}" '
        f'stroke="{ACCENT}" stroke-dasharray="4"/>'
        for end in (smallest, largest)
    )
    alt = "weights: " + ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())
    name = f'<text x="350" y="{height - 6}" text-anchor="middle" fill="currentColor">weight, 0 to 1</text>'
    return _drawing(alt, height, bars + lines + name)


def _grid(problem: Problem, answer: Assignment, before: Mapping[str, str]) -> str:
    """Workers × tasks as a table: Q in the cells, places framed, places given up dashed, barred pairs crossed."""
    assert answer.table is not None
    q, eligible, taken = problem.qualification.to_numpy(), problem.eligible, answer.table.to_numpy() == 1
    shade = _shades(q, eligible)
    head = "".join(
        f'<th scope="col">{html.escape(str(task))}<br>needs {need}</th>' for task, need in problem.required.items()
    )
    rows = []
    for i, worker in enumerate(problem.workers):
        cells = []
        for j, task in enumerate(problem.tasks):
            was = before.get(str(worker)) == str(task)
            if not eligible[i, j]:
                cells.append(f'<td title="may not" style="text-align: center; color: {SOFT}">×</td>')
                continue
            ground, ink = SHADES[shade[i, j]]
            line = "solid" if taken[i, j] else "dashed" if was else "none"
            mark = "● " if taken[i, j] and was else "◆ " if taken[i, j] else "○ " if was else ""
            cells.append(
                f'<td style="background: {ground}; color: {ink}; outline: 3px {line} {ACCENT}; outline-offset: -3px; '
                f'text-align: center; min-width: 4.5em">{mark}{q[i, j]:.3f}</td>'
            )
        rows.append(f'<tr><th scope="row">{html.escape(str(worker))}</th>{"".join(cells)}</tr>')
    legend = "<p>Cell: Q, darker is higher. ● keeps a place, ◆ new, ○ given up, × may not.</p>"
    return (
        f'<div style="overflow: auto; max-height: 75vh"><table style="border-collapse: collapse; font-size: 12px">'
        f"<tr><td></td>{head}</tr>{''.join(rows)}</table></div>{legend}"
    )


def _shades(q: FloatArray, eligible: Any) -> Any:
    """Which of the five shades each Q gets, evenly between the smallest and the largest that is allowed."""
    low, high = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    return np.clip((q - low) / ((high - low) or 1.0) * len(SHADES), 0, len(SHADES) - 1).astype(int)
