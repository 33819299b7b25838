"""Panels: move a control, see the new answer beside the one it started from.

Each panel has a pure function first, which turns settings into a :class:`View` (facts and a piece
of HTML), and then the panel, which shows the view of whatever its controls say. A panel only sets
the value of widgets, it never captures output, so notebooks with panels can be run and compared
like any other. Every control can be set by code: ``panel["gamma"].value = 0.2``.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, get_args

import anywidget
import ipywidgets as widgets
import numpy as np
import pandas as pd
import traitlets

from crowdnb.ability.cloud import HE_TO_EN, TABLE_GAMMA, backward_cloud
from crowdnb.ability.possibility import possibility_degree, possibility_matrix
from crowdnb.ability.qualification import check_weights
from crowdnb.ability.weights import LEVELS, consistent_matrix, criteria_weights, weight_range
from crowdnb.explain.variants import Oracle
from crowdnb.explain.why import why_of
from crowdnb.labels import (
    FloatArray,
    flag,
    labelled_vector,
    listing,
    needs,
    one_of,
    plain,
    real,
    several,
    shown,
    text_of,
    unique_index,
    whole,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.moves import moves_text, position
from crowdnb.model.problem import Problem, Scope
from crowdnb.pages.report import grid, held, pairs_of, teams
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import tasks_of
from crowdnb.solver.program import Program

# Colours of the page's theme, light or dark, set in the style of Shown; FRAME lies on cells that
# have a ground.
ACCENT, BAR, SOFT, INK = "var(--cn-accent)", "var(--cn-bar)", "var(--cn-soft)", "var(--cn-ink)"
WEIGHT_STEP = 0.01


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
        self.output = Shown(value=self._html())
        reset = widgets.Button(description="Reset", tooltip="Back to where it started", icon="undo")
        reset.on_click(lambda _: self.reset())
        for control in controls.values():
            control.observe(self._changed, names="value")
        above = [sentence(f"<em>{note}</em>")] if note else []
        left = widgets.VBox(
            [*rows, reset], layout=widgets.Layout(flex="1 1 560px", min_width="0", max_width="100%")
        )
        self.output.layout = widgets.Layout(flex="1 1 440px", min_width="0", max_width="100%")
        super().__init__([*above, widgets.HBox([left, self.output], layout=WRAP)])
        self.add_class("crowdnb-panel")

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
            return self.view.body
        why = html.escape(plain(self.view.problem)).replace("\n", "<br>")
        said = f'<p><strong style="color: {ACCENT}">No answer.</strong> {why}</p>'
        if not self.good.body:
            return said
        return (
            f"{said}<p>The last answer, which no longer holds:</p>"
            '<div class="crowdnb-old" aria-label="the last answer, which no longer'
            f' holds">{self.good.body}</div>'
        )


class Shown(anywidget.AnyWidget):
    """A piece of HTML in the colours of the page's theme. Where it was scrolled to stays when it changes.

    Attributes
    ----------
    value : str
        The HTML; labels in it are escaped by whoever makes it.
    """

    value = traitlets.Unicode("").tag(sync=True)

    _esm = """
    function render({ model, el }) {
      el.classList.add("crowdnb");
      el.setAttribute("role", "status");
      const draw = () => {
        el.innerHTML = model.get("value");
        const part = el.querySelector(".crowdnb-scroll");
        if (part && (left || top)) { part.scrollLeft = left; part.scrollTop = top; }
      };
      let [left, top] = [0, 0];  // kept from events: to ask for them makes the browser lay out the whole page
      el.addEventListener("scroll", ({ target }) => { [left, top] = [target.scrollLeft, target.scrollTop]; }, true);
      model.on("change:value", draw);
      draw();
    }
    export default { render };
    """
    _css = """
    .crowdnb {
      --cn-ink: var(--jp-ui-font-color1, #222); --cn-ground: var(--jp-layout-color0, #fff);
      --cn-accent: #c2410c; --cn-bar: #2b6cb0; --cn-soft: #5b6470;
      color: var(--cn-ink); font: 13px/1.4 var(--jp-ui-font-family, sans-serif);
      contain: layout style;  /* what changes inside moves nothing outside but by its height */
    }
    [data-jp-theme-light="false"] .crowdnb { --cn-accent: #fb923c; --cn-bar: #7ab8f5; --cn-soft: #aab2bd; }
    .crowdnb p { margin: 0.4em 0; }
    .crowdnb svg { display: block; max-width: 100%; height: auto; }
    .crowdnb table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.4em 0; }
    .crowdnb th, .crowdnb td { padding: 2px 8px; text-align: right; border: 0; }
    .crowdnb th[scope="row"] { text-align: left; font-weight: 600; }
    .crowdnb-old { opacity: 0.5; filter: grayscale(1); }
    .crowdnb-scroll { overflow: auto; max-height: 70vh; max-width: 100%; width: fit-content; }
    .crowdnb-scroll:focus-visible { outline: 3px solid var(--cn-bar); }
    .crowdnb-scroll table { margin: 0; font-size: 12px; border-collapse: separate; border-spacing: 1px; }
    .crowdnb-scroll td { text-align: center; min-width: 4.6em; padding: 3px 4px; }
    .crowdnb-scroll th { position: sticky; background: var(--cn-ground); z-index: 1; }
    .crowdnb-scroll th[scope="col"] { top: 0; text-align: center; }
    .crowdnb-scroll th[scope="row"] {
      left: 0; white-space: nowrap; max-width: 12em; overflow: hidden; text-overflow: ellipsis;
    }
    .crowdnb-scroll th span { white-space: nowrap; }
    .crowdnb-scroll th.crowdnb-corner { top: 0; left: 0; z-index: 2; }
    """


class ConflictGrid(anywidget.AnyWidget):
    """A grid of buttons, rows × columns, each pressed or not, with headings that stay in sight when it is scrolled.

    Click a button, or reach the grid with Tab, go through it with the arrow keys, Home and End, and
    press Space. The grid is one stop of the Tab key, however large it is. Labels are shown as text.

    Attributes
    ----------
    rows, columns : list of str
        Labels; buttons carry both in their name for screen readers.
    title : str
        What a pressed button means, shown above the grid.
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
      const rows = model.get("rows"), columns = model.get("columns"), symmetric = model.get("symmetric");
      const title = document.createElement("div");
      title.className = "crowdnb-grid-title";
      title.textContent = model.get("title");
      const table = document.createElement("table");
      table.setAttribute("aria-label", model.get("title") + ": arrow keys move, Space presses");
      const long = columns.some(label => label.length > 3);
      const heading = (row, label, scope) => {
        const cell = document.createElement("th"), text = document.createElement("span");
        cell.scope = scope; cell.title = label; text.textContent = label;
        cell.appendChild(text); row.appendChild(cell);
        return cell;
      };
      const head = table.insertRow();
      head.insertCell().className = "crowdnb-grid-corner";
      columns.forEach((label, k) => {
        if (!symmetric || k < columns.length - 1) heading(head, label, "col").classList.toggle("crowdnb-long", long);
      });
      const buttons = new Map();
      const press = (i, k) => {
        const kept = model.get("value").filter(([a, b]) => a !== i || b !== k);
        const pressed = kept.length === model.get("value").length;
        model.set("value", pressed ? [...kept, [i, k]] : kept);
        model.save_changes();
      };
      rows.forEach((label, i) => {
        if (symmetric && i === 0) return;
        const row = table.insertRow();
        heading(row, label, "row");
        columns.forEach((other, k) => {
          if (symmetric && k >= i) return;
          const button = document.createElement("button");
          button.type = "button";
          button.tabIndex = buttons.size ? -1 : 0;
          button.title = label + " with " + other;
          button.setAttribute("aria-label", button.title);
          button.addEventListener("click", () => press(i, k));
          button.addEventListener("focus", () => {
            buttons.forEach(each => { each.tabIndex = -1; });
            button.tabIndex = 0;
          });
          button.addEventListener("keydown", event => {
            const ends = { Home: [i, 0], End: [i, (symmetric ? i : columns.length) - 1] };
            const ways = { ArrowUp: [i - 1, k], ArrowDown: [i + 1, k], ArrowLeft: [i, k - 1], ArrowRight: [i, k + 1] };
            const place = { ...ends, ...ways }[event.key];
            if (!place) return;
            event.preventDefault();
            event.stopPropagation();
            const next = buttons.get(place.join());
            if (next) next.focus();
          });
          row.insertCell().appendChild(button);
          buttons.set(i + "," + k, button);
        });
      });
      const paint = () => {
        const on = new Set(model.get("value").map(([a, b]) => a + "," + b));
        buttons.forEach((button, key) => {
          if (button.getAttribute("aria-pressed") === String(on.has(key))) return;
          button.setAttribute("aria-pressed", on.has(key));
          button.textContent = on.has(key) ? "×" : "";
        });
      };
      model.on("change:value", paint);
      paint();
      const area = document.createElement("div");
      area.className = "crowdnb-grid";
      area.appendChild(table);
      el.append(title, area);
    }
    export default { render };
    """
    _css = """
    .crowdnb-grid-title {
      font: 600 12px var(--jp-ui-font-family, sans-serif); color: var(--jp-ui-font-color1, #222); margin-top: 6px;
    }
    .crowdnb-grid {
      overflow: auto; max-height: 440px; max-width: 100%; width: fit-content; margin: 2px 16px 6px 0;
      scroll-padding: 6em 8px 8px 8em;
    }
    .crowdnb-grid table { border-collapse: separate; border-spacing: 0; color: var(--jp-ui-font-color1, #222);
      font: 12px var(--jp-ui-font-family, sans-serif); }
    .crowdnb-grid th, .crowdnb-grid-corner {
      position: sticky; z-index: 1; font-weight: 400; padding: 1px 4px; text-align: right;
      background: var(--jp-layout-color0, #fff);
    }
    .crowdnb-grid th[scope="col"] { top: 0; text-align: center; vertical-align: bottom; padding: 1px 0; }
    .crowdnb-grid th[scope="row"] { left: 0; }
    .crowdnb-grid-corner { top: 0; left: 0; z-index: 2; }
    .crowdnb-grid th span {
      display: inline-block; max-width: 14em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
    }
    .crowdnb-long span {
      writing-mode: vertical-rl; text-orientation: sideways; transform: rotate(180deg); max-height: 10em;
    }
    .crowdnb-grid td { padding: 0; }
    .crowdnb-grid button {
      width: 26px; height: 22px; padding: 0; border: 1px solid #8c96a3; background: transparent; color: inherit;
      font-weight: 700; cursor: pointer; display: block;
    }
    .crowdnb-grid button[aria-pressed="true"] { background: #c2410c; color: #fff; }
    .crowdnb-grid button:focus-visible { outline: 3px solid #2b6cb0; outline-offset: -3px; }
    """


def cloud_view(
    stars: Sequence[int], gamma: float, start: View | None = None, drops: int = 300
) -> View:
    """Cloud, drops and interval of a history given as counts of 1 … S stars; changes are against ``start``."""
    check_start(start)
    gamma, drops = real(gamma, "gamma", 0), whole(drops, "drops", 0)
    counts = np.array(
        [whole(number, "stars", 0) for number in several(stars, "stars")], dtype=np.int64
    )
    if counts.sum() < 2:
        raise ValueError("Give at least two ratings: a cloud needs a spread.")
    cloud = backward_cloud(np.repeat(np.arange(1, len(counts) + 1) / len(counts), counts))
    low, high = cloud.interval(gamma)
    facts = {
        "ratings": int(counts.sum()), "Ex": cloud.expectation, "En": cloud.entropy, "He": cloud.hyper_entropy,
        "S² − En²": cloud.radicand, "low": low, "high": high,
    }  # fmt: skip
    rng = np.random.default_rng(0)
    # En' of each drop
    width = np.maximum(np.abs(rng.normal(cloud.entropy, cloud.hyper_entropy, drops)), 1e-12)
    x = rng.normal(cloud.expectation, width)
    height = np.exp(-0.5 * ((x - cloud.expectation) / width) ** 2)
    dots = "".join(
        f'<circle cx="{_x(a):.1f}" cy="{_y(b):.1f}" r="2" fill="{BAR}" fill-opacity="0.6"/>'
        for a, b in zip(x, height, strict=True)
        if -0.15 <= a <= 1.15
    )
    ends = np.clip([low, high], -0.15, 1.15)
    bar = (
        f'<line x1="{_x(ends[0]):.1f}" x2="{_x(ends[1]):.1f}" y1="206" y2="206" stroke="{ACCENT}"'
        f' stroke-width="6"/><text x="4" y="14" fill="{SOFT}">height of a drop: certainty, 0 to 1;'
        " bar: interval U</text>"
    )
    few = counts.sum() < 6
    clipped = low < 0 or high > 1
    notes = [
        (
            "S² < En²: the radicand is negative, He comes from its absolute value."
            if cloud.radicand < 0
            else ""
        ),
        "The interval leaves [0, 1] and would be clipped." if clipped else "",
        (
            "Fewer than six ratings: the count rule would take minimum and maximum instead."
            if few
            else ""
        ),
    ]
    svg = drawing(
        f"cloud drops and interval from {low:.3f} to {high:.3f}",
        256,
        dots + bar + _axis(_x(0), _x(1), 214, SCALE),
    )
    return View(facts, svg + facts_table(facts, start) + paragraphs(notes))


def cloud_panel(stars: Sequence[int] = (0, 0, 1, 3, 5), gamma: float = 0.1) -> Panel:
    """Edit how often each star was given, and γ: drops, interval, and the sign of the radicand."""
    stars, gamma = (
        [whole(number, "stars", 0) for number in several(stars, "stars")],
        real(gamma, "gamma", 0, 1),
    )
    names = [f"{star} star{'s' * (star > 1)}" for star in range(1, len(stars) + 1)]
    counts = {
        f"star {at}": number_field(
            name, number, 500, names, f"how many ratings of {name} there are, 0 to 500"
        )
        for at, (name, number) in enumerate(zip(names, stars, strict=True), 1)
    }
    slider = float_slider("γ, weight of He (0 to 1)", gamma, 0, 1, 0.05)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return cloud_view([settings[name] for name in counts], settings["gamma"], start)

    rows = [
        sentence("How many ratings of each kind, 0 to 500:"),
        side_by_side(counts.values()),
        slider,
    ]
    return Panel(show, {**counts, "gamma": slider}, rows)


def possibility_view(
    ability: tuple[float, float], demand: tuple[float, float], start: View | None = None
) -> View:
    """Two intervals and the possibility degree that the first meets the second."""
    check_start(start)
    ability, demand = _ends(ability, "ability"), _ends(demand, "demand")
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
            f'<text x="4" y="{y + 18}" fill="{INK}">{name}</text>'
        )

    def edge(at: float, y: int) -> str:
        line = f'x1="{_x(at):.1f}" x2="{_x(at):.1f}" y1="{y}" y2="148"'
        return f'<line {line} stroke="{SOFT}" stroke-dasharray="3"/>'

    ends = "U from {:.2f} to {:.2f}, D from {:.2f} to {:.2f}".format(*ability, *demand)
    bars = bar("ability U", ability, 30, BAR) + bar("demand D", demand, 80, ACCENT)
    lines = edge(demand[0], 106) + edge(ability[1], 56)
    past, both = facts["U^H − D^L"], facts["l_U"] + facts["l_D"]
    words = (
        f"U ends {abs(past):.2f} {'above' if past >= 0 else 'below'} the lower end of D; both"
        f" widths: {both:.2f}"
    )
    said = f'<text x="4" y="14" fill="{SOFT}">{words}</text>'
    svg = drawing(
        f"{ends}, P = {degree:.3f}", 190, said + bars + lines + _axis(_x(0), _x(1), 148, SCALE)
    )
    return View(
        facts, f"<p><strong>P(U ≥ D) = {degree:.4f}</strong></p>" + svg + facts_table(facts, start)
    )


def check_start(start: object) -> None:
    """ValueError unless it is a view, or None."""
    if start is not None:
        needs(start, View, "start")


def _ends(ends: object, name: str) -> tuple[float, float]:
    """The two ends of an interval on the scale; ValueError with the argument's name for anything else."""
    if not isinstance(ends, Sequence) or isinstance(ends, str | bytes) or len(ends) != 2:
        raise ValueError(f"{name}: two numbers (low, high) are needed, got {shown(ends)}")
    return real(ends[0], name), real(ends[1], name)


def possibility_panel(
    ability: tuple[float, float] = (0.52, 0.63), demand: tuple[float, float] = (0.4, 1.0)
) -> Panel:
    """Two range sliders: the picture and the degree."""
    ability, demand = _ends(ability, "ability"), _ends(demand, "demand")
    for name, ends in (("ability", ability), ("demand", demand)):
        if not 0 <= ends[0] <= ends[1] <= 1:
            raise ValueError(f"{name} must be low, then high, from 0 to 1, got {shown(ends)}")
    sliders = {
        name: widgets.FloatRangeSlider(
            value=ends,
            min=0,
            max=1,
            step=0.01,
            description=label,
            readout_format=".2f",
            layout=WIDE,
            style=LABEL,
        )
        for name, label, ends in (
            ("ability", "ability U (0 to 1)", ability),
            ("demand", "demand D (0 to 1)", demand),
        )
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return possibility_view(settings["ability"], settings["demand"], start)

    return Panel(show, sliders, list(sliders.values()))


def weights_view(judgement: pd.DataFrame, start: View | None = None) -> View:
    """Z, w and the range that the scale can reach, of a judgement matrix."""
    check_start(start)
    w, z = criteria_weights(judgement), consistent_matrix(judgement)
    reach = weight_range(len(w))
    facts = {str(criterion): float(weight) for criterion, weight in w.items()}
    said = f"On this scale every weight lies between {reach[0]:.4f} and {reach[1]:.4f} (grey)."
    table = z.round(3).rename_axis(None).rename_axis(None, axis=1)
    text = table.to_html(border=0).replace("<tr>\n      <th>", '<tr>\n      <th scope="row">')
    words = paragraphs([said, "Z, the fuzzy consistent matrix (0 to 1):"])
    return View(facts, _weight_bars(facts, reach) + facts_table(facts, start) + words + text)


def direct_weights_view(weights: pd.Series[float], start: View | None = None) -> View:
    """Weights as they are given, and which of them no five-level judgements can reach."""
    check_start(start)
    weights = _given(weights)
    reach = weight_range(len(weights))
    facts = {str(criterion): float(weight) for criterion, weight in weights.items()}
    outside = {name: side for name, weight in facts.items() if (side := _outside(weight, reach))}
    said = (
        f"Five-level judgements give one criterion a weight between {reach[0]:.4f} and"
        f" {reach[1]:.4f} (grey). "
    )
    if outside:
        parts = listing(f"{name} {facts[name]:.3f} is {side}" for name, side in outside.items())
        said += f"No judgements give these weights: {parts}."
    else:
        said += (
            "Each of these lies within; whether one judgement matrix gives all of them together is"
            " not checked."
        )
    words = paragraphs([said, "Z belongs to judgements; weights given directly have none."])
    return View(facts, _weight_bars(facts, reach) + facts_table(facts, start) + words)


def _given(weights: object) -> pd.Series[float]:
    """Weights from 0 to 1 by criterion; ValueError names what is wrong."""
    index = unique_index(needs(weights, pd.Series, "weights").index, "weights")
    values = labelled_vector(needs(weights, pd.Series, "weights"), index, "weights")
    if not len(index) or (values < 0).any() or (values > 1).any():
        raise ValueError(f"weights: one or more from 0 to 1 are needed, got {listing(values)}")
    return pd.Series(values, index)


def weights_panel(
    criteria: Sequence[str] = ("skill", "efficiency", "quality", "activity"),
) -> Panel:
    """Judge every two criteria on five levels, or set the weights: Z, w, and the range that can be reached.

    The control ``how`` says which of the two counts, ``"judgements"`` or ``"directly"``.
    """
    criteria = [
        text_of(name, "criteria")
        for name in unique_index(several(criteria, "criteria"), "criteria")
    ]
    if not criteria:
        raise ValueError("criteria: one or more are needed, got none")
    pairs = [(i, k) for i in range(len(criteria)) for k in range(i + 1, len(criteria))]
    levels = dict(zip(["much less", "less", "the same", "more", "much more"], LEVELS, strict=True))
    texts = [f"{criteria[i]} against {criteria[k]}" for i, k in pairs]
    judgements = {
        f"{criteria[i]} {criteria[k]}": widgets.SelectionSlider(
            options=levels, value=0.5, description=text, layout=WIDE, style=label_style(texts),
            tooltip=f"how much {criteria[i]} matters against {criteria[k]}: much less 0.1 … much more 0.9",
        )
        for (i, k), text in zip(pairs, texts, strict=True)
    }  # fmt: skip
    direct = WeightSliders(pd.Series(1 / len(criteria), index=list(criteria)))
    how = widgets.RadioButtons(
        options=["judgements", "directly"], description="set by", layout=widgets.Layout(width="auto"),
        orientation="horizontal", tooltip="five-level judgements of every two criteria, or the weights themselves",
    )  # fmt: skip
    each = sentence(
        "How much the first matters against the second, from much less (0.1) to much more (0.9):"
    )
    by_judgement = widgets.VBox([each, *judgements.values()])
    by_weight = widgets.VBox(
        [sentence("Weights, kept summing to 1: the others share the rest as they did."), direct]
    )

    def switch(_: object = None) -> None:
        by_judgement.layout.display = "flex" if how.value == "judgements" else "none"
        by_weight.layout.display = "none" if how.value == "judgements" else "flex"

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        if settings["how"] == "directly":
            return direct_weights_view(pd.Series(settings["weights"], index=list(criteria)), start)
        b = np.full((len(criteria), len(criteria)), 0.5)
        for (i, k), name in zip(pairs, judgements, strict=True):
            b[i, k], b[k, i] = settings[name], 1 - settings[name]
        return weights_view(pd.DataFrame(b, index=list(criteria), columns=list(criteria)), start)

    switch()
    panel = Panel(
        show, {**judgements, "how": how, "weights": direct}, [how, by_judgement, by_weight]
    )
    how.observe(switch, names="value")  # after the panel: the answer comes first
    return panel


def assignment_view(answer: Assignment, start: View | None = None, listed: bool = False) -> View:
    """Who does what, on a grid or listed, ρ and its change, who moved; or why there is no assignment."""
    check_start(start)
    flag(listed, "listed")
    if needs(answer, Assignment, "answer").table is None:
        return View(
            {"status": answer.status}, "", " ".join(answer.reasons) or "The time limit was reached."
        )
    place = {str(worker): listing(tasks) for worker, tasks in tasks_of(answer).items() if tasks}
    facts: dict[str, Any] = {"status": answer.status, "ρ": answer.performance, "places": place}
    facts["pairs"] = pairs_of(answer)
    first = facts if start is None or start.problem else start.facts
    everyone = dict.fromkeys([*map(str, answer.problem.workers), *first["places"]])
    moves = [
        (worker, first["places"].get(worker, "idle"), place.get(worker, "idle"))
        for worker in everyone
    ]
    facts["moved"] = [
        f"{worker}: {before} → {after}" for worker, before, after in moves if before != after
    ]
    head = (
        f"<p><strong>ρ = {answer.performance:.4f}</strong>, {answer.performance - first['ρ']:+.4f}"
        " against the start. "
    )
    idle = html.escape(listing(answer.idle)) or "nobody"
    head += f"Moved: {html.escape('; '.join(facts['moved'])) or 'nobody'}. Idle: {idle}.</p>"
    problem = answer.problem
    drawn = (
        teams(problem, answer) if listed else grid(problem, answer, held(problem, first["pairs"]))
    )
    return View(facts, head + drawn)


def assignment_panel(project: Project, conflict_scope: Scope = "project") -> Panel:
    """γ, criteria weights, conflicts, L and task weights: who does what, ρ and its change, who moved."""
    one_of(conflict_scope, get_args(Scope), "conflict_scope")
    workers, tasks = needs(project, Project, "project").ability.index, project.required.index
    names = [str(label) for label in workers]
    labels, most = [str(task) for task in tasks], len(workers)
    weights = WeightSliders(project.criteria_weights)
    same = [slider.description for slider in weights.sliders]
    gamma = float_slider("γ, weight of He (0 to 1)", project.gamma, 0, 1, 0.05, same)
    controls: dict[str, Any] = {"gamma": gamma, "weights": weights}
    needed = [f"{task} needs" for task in labels]
    need = {
        f"L {task}": number_field(
            text, int(number), most, needed, f"workers that {task} needs, 0 to {most}"
        )
        for task, text, number in zip(labels, needed, project.required, strict=True)
    }
    given = (
        project.task_weights if project.task_weights is not None else pd.Series(1.0, index=tasks)
    )
    weighed = [f"{task} weighs" for task in labels]
    worth = {
        f"W {task}": number_field(
            text, float(weight), 100, weighed, f"weight of {task}, 0 to 100, no unit", step=0.1
        )
        for task, text, weight in zip(labels, weighed, given, strict=True)
    }
    controls |= need | worth
    between = np.argwhere(np.tril(project.worker_conflicts.to_numpy(), -1)).tolist()
    barred = np.argwhere(project.task_conflicts.to_numpy()).tolist()
    controls["worker_conflicts"] = ConflictGrid(
        rows=names,
        columns=names,
        symmetric=True,
        title="Who does not get on with whom",
        value=between,
    )
    controls["task_conflicts"] = ConflictGrid(
        rows=names,
        columns=[str(task) for task in tasks],
        title="Who may not take which task",
        value=barred,
    )

    # What most controls leave alone is kept from one change to the next: the compiled program, and
    # P.
    program = Program(
        panel_problem(
            project, {name: control.value for name, control in controls.items()}, conflict_scope
        )
    )
    p_of = lru_cache(maxsize=1)(partial(panel_possibility, project))

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        q = panel_qualification(project, p_of(settings["gamma"]), settings["weights"])
        values = {"qualification": q, **_rules(project, settings)}
        # else it takes too long
        answer = program.optimum(**values, tie_break="labels" if program.compiled else None)
        return assignment_view(answer, start)

    note = "" if project.counts is not None else (
        f"Only intervals are known here, no histories. When γ moves, the centre of each interval is kept and its "
        f"half-width is taken as En + γ·He with He = {HE_TO_EN:g} En, starting from γ = {TABLE_GAMMA:g}."
    )  # fmt: skip
    rows = [
        controls["gamma"],
        controls["weights"],
        sentence(f"L: how many workers each task needs (persons, 0 to {most})"),
        side_by_side(need.values()),
        sentence("W: how much each task weighs in ρ (0 to 100, no unit)"),
        side_by_side(worth.values()),
        widgets.HBox([controls["worker_conflicts"], controls["task_conflicts"]], layout=WRAP),
    ]
    return Panel(show, controls, rows, note)


def panel_problem(
    project: Project, settings: Mapping[str, Any], conflict_scope: Scope = "project"
) -> Problem:
    """The problem that the settings of an assignment panel describe: what a user would hand to ``cn.solve``."""
    q = panel_qualification(
        project, panel_possibility(project, settings["gamma"]), settings["weights"]
    )
    return Problem(q, **_rules(project, settings), conflict_scope=conflict_scope)


def panel_possibility(project: Project, gamma: float) -> FloatArray:
    """P at this γ, as :class:`crowdnb.Scenario` moves the intervals; workers × tasks × criteria."""
    ability, demand = Scenario(gamma=gamma).intervals(project)
    workers, tasks, criteria = (
        project.ability.index,
        project.required.index,
        project.criteria_weights.index,
    )
    p = possibility_matrix(ability.loc[workers], demand.loc[tasks])[criteria]
    return p.to_numpy().reshape(len(workers), len(tasks), len(criteria))


def panel_qualification(
    project: Project, possibility: FloatArray, weights: Sequence[float]
) -> pd.DataFrame:
    """Q with these criteria weights (eq. 6); ValueError unless they are ≥ 0 and sum to 1."""
    w = np.asarray(weights)
    check_weights(w, project.criteria_weights.index)
    # to the last bit as cn.qualification
    q = sum(weight * possibility[..., k] for k, weight in enumerate(w))
    return pd.DataFrame(q, project.ability.index, project.required.index)


def _rules(project: Project, settings: Mapping[str, Any]) -> dict[str, Any]:
    """L, W, C^R and C^A of the settings, as :class:`Problem` takes them."""
    workers, tasks = project.ability.index, project.required.index
    return {
        "required": [settings[f"L {task}"] for task in tasks],
        "task_weights": [settings[f"W {task}"] for task in tasks],
        "task_conflicts": [(workers[i], tasks[j]) for i, j in settings["task_conflicts"]],
        "worker_conflicts": [(workers[i], workers[k]) for i, k in settings["worker_conflicts"]],
    }


def why_view(oracle: Oracle, worker: Hashable, task: Hashable) -> View:
    """The optimum beside the best assignment with a pair, or without it where the optimum has it; who moves is marked.

    Parameters
    ----------
    oracle : crowdnb.explain.variants.Oracle
        Of the problem, which has an assignment.
    worker, task : label
    """
    problem = needs(oracle, Oracle, "oracle").problem
    found = why_of(oracle, worker, task)
    best = oracle.optimum
    facts = {
        "worker": worker,
        "task": task,
        "chosen": found.chosen,
        "ρ": found.performance,
        "ρ of the other": math.nan if found.other is None else found.other.performance,
        "less": found.difference,
        "moved": moves_text(found.moves),
    }
    first, *rest = found.text.splitlines()
    said = f"<p><strong>{html.escape(first)}</strong></p>{paragraphs([f'Who moves: {line}.' for line in rest])}"
    drawn, name = (
        (best, "The optimum:") if found.other is None else (found.other, "That other assignment:")
    )
    return View(
        facts, said + paragraphs([name]) + grid(problem, drawn, held(problem, pairs_of(best)))
    )


def why_panel(problem: Problem, worker: Hashable = None, task: Hashable = None) -> Panel:
    """Pick a worker and a task: would it be better or worse, by how much, and who moves.

    Parameters
    ----------
    problem : Problem
        A ValueError where it has no assignment.
    worker, task : label, optional
        The pair to start with; the first of each when not given.
    """
    oracle = Oracle(problem)
    controls = {
        name: widgets.SelectionSlider(
            options=[(str(label), label) for label in labels],
            value=labels[0] if start is None else labels[position(labels, start, name)],
            description=f"{name} (one of {len(labels)})", layout=WIDE, style=LABEL,
            tooltip=f"{name}: arrow keys choose",
        )
        for name, labels, start in (("worker", problem.workers, worker), ("task", problem.tasks, task))
    }  # fmt: skip

    def show(settings: Mapping[str, Any], _: View | None) -> View:
        return why_view(oracle, settings["worker"], settings["task"])

    return Panel(show, controls, list(controls.values()))


class WeightSliders(widgets.VBox):  # type: ignore[misc]
    """One slider a criterion, kept summing to 1: when one moves, the others share the rest as they did before."""

    value = traitlets.Tuple()

    def __init__(self, weights: pd.Series[float]) -> None:
        weights = _given(weights)
        names = [f"weight of {name} (0 to 1)" for name in weights.index]
        self.sliders = [
            float_slider(f"weight of {name} (0 to 1)", float(weight), 0, 1, WEIGHT_STEP, names)
            for name, weight in weights.items()
        ]
        self.busy = False
        super().__init__(self.sliders)
        self.value = tuple(float(weight) for weight in weights)
        for slider in self.sliders:
            slider.observe(self._moved, names="value")

    def notify_change(self, change: Any) -> None:
        """Who watches the weights shows the answer first, then the sliders follow."""
        super().notify_change(change)
        if change["name"] == "value":
            self._set(change)

    def _moved(self, change: Mapping[str, Any]) -> None:
        at = self.sliders.index(change["owner"])
        # A change within half a step is the page reporting the rounding of what was set here, not a
        # wish.
        if not self.busy and abs(change["new"] - self.value[at]) > WEIGHT_STEP / 2 + 1e-9:
            self.value = shared_rest(self.value, at, change["new"])

    def _set(self, change: Mapping[str, Any]) -> None:
        self.busy = True
        for slider, weight in zip(self.sliders, change["new"], strict=True):
            slider.value = weight
        self.busy = False


def shared_rest(weights: Sequence[float], at: int, value: float) -> tuple[float, ...]:
    """Weights with number ``at`` set to ``value``, and the others scaled so that all sum to 1."""
    weights = [real(weight, "weights", 0) for weight in several(weights, "weights")]
    at, value = whole(at, "at", 0), real(value, "value", 0, 1)
    if at >= len(weights):
        raise ValueError(f"at must be below {len(weights)}, the number of weights, got {at}")
    others = math.fsum(weight for k, weight in enumerate(weights) if k != at)
    if len(weights) == 1:
        return (1.0,)
    share = [weight / others if others > 0 else 1 / (len(weights) - 1) for weight in weights]
    return tuple(value if k == at else (1 - value) * part for k, part in enumerate(share))


WIDE = widgets.Layout(width="min(560px, 100%)")
WRAP = widgets.Layout(flex_flow="row wrap", width="100%")
LABEL = {"description_width": "190px"}
SCALE = "share of the scale, 0 to 1"
# Facts in the letters of the paper, as they are set in print.
PRINTED = {
    "l_U": "l<sub>U</sub>",
    "l_D": "l<sub>D</sub>",
    "U^H − D^L": "U<sup>H</sup> − D<sup>L</sup>",
}


def label_style(texts: Sequence[str]) -> dict[str, str]:
    """Room for the longest of the labels, within reason: a longer one ends in dots and is read in its tooltip."""
    return {"description_width": f"{min(max(190, _width(texts)), 300)}px"}


def _width(texts: Sequence[str]) -> int:
    """About how many pixels the longest of the texts is wide; a Chinese character is twice as wide as a letter."""
    wide = max((sum(1 + (ord(letter) > 0x2E7F) for letter in text) for text in texts), default=0)
    return round(7.2 * wide) + 8


def float_slider(
    text: str, value: float, low: float, high: float, step: float, texts: Sequence[str] = ()
) -> Any:
    """A slider of numbers, with room for its own label and those of its neighbours."""
    return widgets.FloatSlider(
        value=value, min=low, max=high, step=step, description=text, readout_format=".2f", layout=WIDE,
        style=label_style([*texts, text]), tooltip=text,
    )  # fmt: skip


def number_field(
    text: str, value: float, most: int, texts: Sequence[str], tooltip: str, step: float = 0
) -> Any:
    """A field for a number from 0 to ``most``, as wide as its neighbours with the labels ``texts``."""
    width = min(_width(texts), 220)
    kind, more = (
        (widgets.BoundedFloatText, {"step": step}) if step else (widgets.BoundedIntText, {})
    )
    return kind(
        value=value, min=0, max=most, description=text, tooltip=tooltip,
        layout=widgets.Layout(width=f"{width + 66}px"), style={"description_width": f"{width}px"}, **more,
    )  # fmt: skip


def side_by_side(children: Any) -> Any:
    """Controls side by side on as many lines as it takes, in an area that scrolls where they are many."""
    layout = widgets.Layout(flex_flow="row wrap", width="100%", max_height="230px", overflow="auto")
    return widgets.HBox(list(children), layout=layout)


def sentence(text: str) -> Any:
    """A sentence above controls, with lines as close as in a paragraph."""
    return widgets.HTML(f'<div style="line-height: 1.4; margin: 4px 0">{text}</div>')


def _x(value: float) -> float:
    """Place of a value of the scale 0 … 1 on a drawing, with room on both sides."""
    return 70 + 350 * value


def _y(membership: float) -> float:
    return 190 - 160 * membership


def _axis(left: float, right: float, y: float, name: str) -> str:
    """A horizontal axis from 0 to 1 with its name."""
    places = {t: left + (right - left) * t for t in (0, 0.2, 0.4, 0.6, 0.8, 1.0)}
    ticks = "".join(
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + 6}" stroke="{INK}"/>'
        f'<text x="{x:.1f}" y="{y + 20}" text-anchor="middle" fill="{INK}">{t:.1f}</text>'
        for t, x in places.items()
    )
    line = f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{INK}"/>'
    return (
        f'{line}{ticks}<text x="{(left + right) / 2}" y="{y + 37}" text-anchor="middle"'
        f' fill="{INK}">{name}</text>'
    )


def drawing(alt: str, height: int, inside: str) -> str:
    """An SVG 480 wide in the colours and letters of the page, with its text for those who cannot see it."""
    style = "font: 12px var(--jp-ui-font-family, sans-serif)"
    size = f'viewBox="0 0 480 {height}" width="480"'
    return f'<svg role="img" aria-label="{html.escape(alt)}" {size} style="{style}">{inside}</svg>'


def facts_table(facts: Mapping[str, Any], start: View | None) -> str:
    """Facts as a small table: now, and the change against the start where there is one."""
    rows = []
    for name, value in facts.items():
        change = 0 if start is None else value - start.facts[name]
        number = "d" if isinstance(value, int) else ".4f"
        changed = f"{change:+{number}}" if f"{abs(change):{number}}".strip("0.") else ""
        mark = (
            f' style="color: {ACCENT}; font-weight: 600"' if changed else f' style="color: {SOFT}"'
        )
        cells = f"<td>{value:{number}}</td><td{mark}>{changed or 'as it was'}</td>"
        rows.append(f'<tr><th scope="row">{PRINTED.get(name, html.escape(name))}</th>{cells}</tr>')
    head = '<tr><td></td><th scope="col">now</th><th scope="col">change</th></tr>'
    return f"<table>{head}{''.join(rows)}</table>"


def paragraphs(texts: Sequence[str]) -> str:
    """A paragraph a text, escaped; empty texts are left out."""
    return "".join(f"<p>{html.escape(text)}</p>" for text in texts if text)


def _outside(weight: float, reach: tuple[float, float]) -> str:
    """On which side of the range a weight lies, if it lies outside."""
    return (
        "too small" if weight < reach[0] - 1e-9 else "too large" if weight > reach[1] + 1e-9 else ""
    )


def _weight_bars(weights: Mapping[str, float], reach: tuple[float, float]) -> str:
    """A bar a weight, its name and number above it, on the range that judgements can reach."""
    left, right, bottom = 10, 470, 36 * len(weights) + 4
    band = [left + (right - left) * end for end in reach]
    ground = (
        f'<rect x="{band[0]:.1f}" y="0" width="{band[1] - band[0]:.1f}" height="{bottom}"'
        f' fill="{SOFT}" fill-opacity="0.25"/>'
    )
    bars = ""
    for k, (name, weight) in enumerate(weights.items()):
        side = _outside(weight, reach)
        words = f"{name} {weight:.3f}" + (f", {side} for judgements" if side else "")
        bars += (
            f'<text x="{left}" y="{36 * k + 14}" fill="{INK}">{html.escape(words)}</text><rect'
            f' x="{left}" y="{36 * k + 19}" width="{(right - left) * weight:.1f}" height="14"'
            f' fill="{BAR}"/>'
        )
    alt = "weights: " + ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())
    return drawing(alt, bottom + 42, ground + bars + _axis(left, right, bottom, "weight, 0 to 1"))
