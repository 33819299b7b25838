"""What several pictures are drawn with: heat maps, lines, bars, workers on a circle, legends."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.plots.picture import ACCENT, BLUE, COLOURS, DASHES, GREY, INK, MARKERS, SOFT, Style

# Keywords: a remark in small letters; a legend above or beside the panels; a faint grid.
NOTE: Style = {"fontsize": 9, "color": GREY}
ABOVE: Style = {"loc": "outside upper center", "frameon": False}
BESIDE: Style = {"loc": "outside right upper", "frameon": False}
FAINT: Style = {"color": SOFT, "alpha": 0.3}
_READABLE = 400  # cells at most that have their numbers written in


def new_figure(width: float, height: float) -> Figure:
    """A figure of so many inches that makes room for its labels."""
    return Figure(figsize=(width, height), layout="constrained")


# Words


def brief(value: float) -> str:
    """A number with three decimals at most."""
    return f"{round(float(value), 3) + 0.0:g}"


def short(text: str, most: int) -> str:
    """A text cut to so many letters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def wrapped(texts: Iterable[object], wide: int = 38) -> list[str]:
    """Texts on two lines at most."""
    return [
        "\n".join(textwrap.wrap(str(text), wide, max_lines=2, placeholder=" …")) for text in texts
    ]


def literal(label: object) -> str:
    """A label for a legend, where dollar signs would begin mathematics."""
    return str(label).replace("$", r"\$")


def label_ticks(axis: Axes, which: str, labels: Iterable[object]) -> None:
    """Labels as they are: no mathematics between dollar signs."""
    texts = [str(label) for label in labels]
    setter = axis.set_yticks if which == "y" else axis.set_xticks
    setter(range(len(texts)), texts, parse_math=False)


# Numbers


def look(at: int, markers: bool = False) -> Style:
    """Colour and dashes of the line at a place, a marker if asked for; they repeat after six."""
    style: Style = {"color": COLOURS[at % len(COLOURS)], "linestyle": DASHES[at % len(DASHES)]}
    return style | ({"marker": MARKERS[at % len(MARKERS)]} if markers else {})


def draw_lines(axis: Axes, table: pd.DataFrame, markers: bool = False, **style: Any) -> None:
    """Every column of a table as a line over its index, named in the legend."""
    for at, column in enumerate(table):
        kind = look(at, markers) | style
        axis.plot(table.index, table[column], label=literal(column), **kind)


def grouped_bars(table: pd.DataFrame, form: str) -> tuple[Figure, Axes]:
    """Bars with their numbers; one row of the table per group, one column per colour."""
    sets = table.columns
    figure = new_figure(6.2, 1.1 + len(table) * max(0.36, 0.22 * len(sets)))
    axis = figure.subplots()
    thick = 0.8 / len(sets)
    for at, name in enumerate(sets):
        rows = np.arange(len(table)) + (at - (len(sets) - 1) / 2) * thick
        bars = axis.barh(
            rows, table[name], thick * 0.9, color=COLOURS[at % len(COLOURS)], label=str(name)
        )
        axis.bar_label(bars, fmt=form, padding=3, fontsize=8)
    label_ticks(axis, "y", table.index)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set_xlim(left=0)
    return figure, axis


def heat_map(
    axis: Axes, table: pd.DataFrame, ends: tuple[float, float], form: str, taken: Any = None
) -> None:
    """Workers × tasks as shades of blue, NaN white, with the numbers where there is room.

    ``ends`` are the numbers of the lightest and of the darkest shade; ``taken`` is 0/1 of the same
    shape: cells to frame.
    """
    values = table.to_numpy(dtype=float)
    low, high = ends
    scale = mpl.colors.Normalize(low, high if high > low else low + 1)
    colours = mpl.colormaps["Blues"]
    axis.imshow(values, cmap=colours, norm=scale, aspect="auto")
    if values.size <= _READABLE:
        style: Style = {"ha": "center", "va": "center", "fontsize": 9}
        for i, j in np.argwhere(~np.isnan(values)).tolist():
            ink = _readable(colours(scale(values[i, j])))
            axis.text(j, i, form.format(values[i, j]), color=ink, **style)
    if taken is not None:
        _frame_cells(axis, np.argwhere(np.asarray(taken) == 1))
    label_ticks(axis, "y", table.index)
    label_ticks(axis, "x", table.columns)
    axis.tick_params(length=0)
    axis.set(xlabel="task", ylabel="worker")


def _frame_cells(axis: Axes, cells: IntArray) -> None:
    style: Style = {"fill": False, "edgecolor": ACCENT, "linewidth": 2.5}
    for i, j in cells.tolist():
        axis.add_patch(Rectangle((j - 0.47, i - 0.44), 0.94, 0.88, **style))


def _readable(ground: tuple[float, ...]) -> str:
    """White or ink, whichever stands out more from the ground (relative luminance of WCAG 2)."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ground[:3]
    ]
    light = float(np.dot(parts, [0.2126, 0.7152, 0.0722]))
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.066 else INK


# Workers and their conflicts


def workers_on_circle(axis: Axes, workers: pd.Index[Any], filled: BoolArray) -> FloatArray:
    """Workers on a circle, some filled and the others hollow; returns where they lie, (m, 2)."""
    m = len(workers)
    angle = np.pi / 2 - 2 * np.pi * np.arange(m) / m
    places = np.column_stack([np.cos(angle), np.sin(angle)])
    size = 480 if m <= 20 else 9600 / m
    for some, fill, edge in ((filled, BLUE, BLUE), (~filled, "white", SOFT)):
        style: Style = {"edgecolors": edge, "linewidths": 1.8, "clip_on": False, "zorder": 2}
        axis.scatter(places[some, 0], places[some, 1], size, fill, **style)
    longest = max(len(str(worker)) for worker in workers)
    beside = longest > 4 or m > 20  # of the circle, where the names do not fit in it
    for worker, inside, (x, y) in zip(workers, filled, places, strict=True):
        side = "center" if not beside or abs(x) < 0.2 else "left" if x > 0 else "right"
        far = 17 * beside  # points
        words = axis.annotate(
            str(worker), (x, y), (far * x, far * y), textcoords="offset points", ha=side
        )
        ink = "white" if inside and not beside else INK
        words.set(va="center", fontsize=9, color=ink, parse_math=False)
    wide, high = (1.3 + 0.05 * min(longest, 25), 1.3) if beside else (1.15, 1.15)
    axis.set(aspect="equal", xlim=(-wide, wide), ylim=(-high, high))
    axis.set_axis_off()
    return places


def draw_conflicts(
    axis: Axes, places: FloatArray, pairs: Iterable[Sequence[int]], name: str | None, **style: Any
) -> None:
    """A line for each pair of workers; all of them have one entry in the legend."""
    for at, pair in enumerate(pairs):
        axis.plot(*places[list(pair)].T, label=name if at == 0 else None, **style)
