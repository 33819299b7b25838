"""Lines and bars of any table of numbers (all notebooks)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.stats import t as student

from crowdnb.labels import (
    between,
    finite,
    flag,
    listing,
    number_frame,
    numeric,
    real,
    text_of,
    unique_index,
)
from crowdnb.plots.arguments import interval_of, mapping_of, named_marks, table_of_lines
from crowdnb.plots.drawing import ABOVE, FAINT, brief, draw_lines, grouped_bars, look, new_figure
from crowdnb.plots.picture import ACCENT, DASHES, INK, Picture, Style, in_any_script


@in_any_script
def curves(
    table: pd.DataFrame,
    x: str,
    y: str,
    steps: bool = False,
    marks: Mapping[str, float] | None = None,
) -> Picture:
    """Every column of a table as a line over its index; lines differ by colour and by dashes.

    Parameters
    ----------
    table : DataFrame
        Numbers; the index is the horizontal axis, the columns' name heads the legend.
    x, y : str
        What the axes show, with units.
    steps : bool
        Whether a value holds up to the next one; each is then a dot, and the ticks are the index.
    marks : mapping of str to float, optional
        Places on the horizontal axis by name: upright lines.
    """
    table, x, y = table_of_lines(table), text_of(x, "x"), text_of(y, "y")
    flag(steps, "steps")
    marks = {name: real(place, "marks") for name, place in named_marks(marks).items()}
    figure = new_figure(5.6, 2.7)
    axis = figure.subplots()
    if steps:
        draw_lines(axis, table, linewidth=2, drawstyle="steps-post", marker="o")
        axis.set_xticks(table.index)
    else:
        draw_lines(axis, table, linewidth=2)
    for at, (mark, place) in enumerate(marks.items()):
        dashes = DASHES[at % len(DASHES)]
        axis.axvline(place, color=INK, linestyle=dashes, linewidth=1.2, label=mark)
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.grid(**FAINT)
    name = None if table.columns.name is None else str(table.columns.name)
    named = [*map(str, table.columns), *marks]
    figure.legend(ncols=_legend_columns(named, 72), title=name, **ABOVE)
    parts = [f"{c}: from {brief(v.iloc[0])} to {brief(v.iloc[-1])}" for c, v in table.items()]
    parts += [f"{mark} at {brief(place)}" for mark, place in marks.items()]
    return Picture(figure, f"Lines of {y} for {x}, drawn from {_span(table)}. {'; '.join(parts)}.")


@in_any_script
def logarithmic(
    table: pd.DataFrame, x: str, y: str, marks: Mapping[str, tuple[float, float]] | None = None
) -> Picture:
    """Every column of a table as a line on two logarithmic scales, with single points to compare.

    Parameters
    ----------
    table : DataFrame
        Numbers above 0 or NaN; the index is the horizontal axis.
    x, y : str
        What the axes show, with units.
    marks : mapping of str to (x, y), optional
        Points by name.
    """
    table, x, y = table_of_lines(table), text_of(x, "x"), text_of(y, "y")
    if (table <= 0).any(axis=None) or not (table.index > 0).all() or not table.notna().any().all():
        raise ValueError(
            "table: numbers above 0 are needed, in the index too, and one or more in each column"
        )
    points = {name: interval_of(place, "marks") for name, place in named_marks(marks).items()}
    figure = new_figure(5.6, 3.0)
    axis = figure.subplots()
    draw_lines(axis, table, markers=True, markersize=4)
    cross: Style = {"color": ACCENT, "marker": "x", "markersize": 10, "markeredgewidth": 2.5}
    for name, point in points.items():
        axis.plot(*point, linestyle="none", label=name, **cross)
    axis.set(xscale="log", yscale="log", xlabel=x, ylabel=y)
    for scale in (axis.xaxis, axis.yaxis):
        scale.set_major_formatter("{x:,.10g}")
    axis.grid(**FAINT)
    figure.legend(ncols=2, fontsize=9, **ABOVE)
    known = {name: values.dropna() for name, values in table.items()}
    parts = [f"{name}: from {v.iloc[0]:.3g} to {v.iloc[-1]:.3g}" for name, v in known.items()]
    parts += [f"{name}: {at[1]:g} at {at[0]:g}" for name, at in points.items()]
    alt = f"{y} against {x} from {_span(table)}, both logarithmic. {'; '.join(parts)}."
    return Picture(figure, alt)


def _span(table: pd.DataFrame) -> str:
    return f"{brief(table.index[0])} to {brief(table.index[-1])}"


@in_any_script
def bars(table: pd.DataFrame, x: str, y: str) -> Picture:
    """Bars with their numbers, to compare the columns of a table row by row.

    Parameters
    ----------
    table : DataFrame
        Numbers ≥ 0; one row per group of bars, one column per colour.
    x, y : str
        What the bars and what the rows are, with units.
    """
    table, x, y = number_frame(table, "table"), text_of(x, "x"), text_of(y, "y")
    figure, axis = grouped_bars(table, "{:,.0f}")
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    figure.legend(ncols=len(table.columns), **ABOVE)
    parts = [
        f"{name}: {listing((f'{row} {v:,.0f}' for row, v in table[name].items()), 12)}"
        for name in table
    ]
    return Picture(figure, f"Bars of {x}. {'; '.join(parts)}.")


@in_any_script
def bands(table: pd.DataFrame, y: Mapping[str, str], x: str, level: float = 0.95) -> Picture:
    """Means over seeds as lines with confidence bands; one panel per measure, one colour per case.

    Parameters
    ----------
    table : DataFrame
        Index (case, seed, …, the horizontal axis), columns of numbers, as
        ``crowdnb.market.simulation.compare(…).daily``.
    y : mapping of column to label
        What to draw, with units.
    x : str
        What the horizontal axis shows.
    level : float
        Of the bands, by Student's t over the seeds.
    """
    given = mapping_of(y, "y", "columns to labels")
    y = {column: text_of(label, "y") for column, label in given.items()}
    table, x = numeric(table, "table", list(y), missing=True), text_of(x, "x")
    level = between(level, "level")
    if table.empty or table.index.nlevels < 2:
        raise ValueError("table: an index (case, seed, …) and one row or more are needed")
    unique_index(table.index, "table, row")
    finite(table.index.get_level_values(-1), "table, rows")
    rows, columns = math.ceil(len(y) / 2), min(len(y), 2)
    width = 4.3 * columns
    figure = new_figure(width, 2.3 * rows + 0.5)
    parts = []
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for axis, (column, label) in zip(axes, y.items(), strict=False):
        ends = [
            _band(axis, at, str(case), table[column].xs(case), level)
            for at, case in enumerate(table.index.unique(0))
        ]
        axis.set_xlabel(x)
        axis.set_ylabel(label)
        axis.grid(**FAINT)
        parts.append(f"{label}: {listing(ends)}")
    for axis in axes[len(y) :]:
        axis.axis("off")
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, ncols=_legend_columns(names, int(13 * width)), **ABOVE)
    seeds = len(table.index.unique(1))
    alt = f"Means of {seeds} seeds with {level:.0%} bands, for {x}. {'. '.join(parts)}."
    return Picture(figure, alt)


def _band(axis: Axes, at: int, case: str, values: pd.Series[float], level: float) -> str:
    """Draw the mean over seeds of one case with its band; returns both ends in words."""
    groups = values.groupby(level=-1)
    mean, many = groups.mean(), groups.count()
    spread = np.asarray(student.ppf((1 + level) / 2, np.maximum(many - 1, 1)), dtype=float)
    half = pd.Series((groups.std() / np.sqrt(many)).to_numpy() * spread, mean.index)
    style = look(at)
    axis.plot(mean.index, mean, linewidth=2, label=case, **style)
    low, high, colour = mean - half, mean + half, style["color"]
    axis.fill_between(mean.index, low, high, facecolor=colour, alpha=0.12, linewidth=0)
    for end in (low, high):
        axis.plot(mean.index, end, color=colour, linewidth=0.6)
    return f"{case} from {brief(mean.iloc[0])} to {brief(mean.iloc[-1])} ± {brief(half.iloc[-1])}"


def _legend_columns(names: Sequence[str], letters: int) -> int:
    """Columns of a legend with room for so many letters; its rows are as full as each other."""
    most = max(1, letters // (6 + max(map(len, names), default=0)))
    return math.ceil(len(names) / math.ceil(len(names) / most)) if names else 1
