"""The experiments: existence, times, how many candidates, whom later ratings prove right (08)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import (
    between,
    finite,
    hashable,
    listing,
    needs,
    needs_frame,
    numeric,
    real,
    shown,
    unique_index,
    whole,
)
from crowdnb.plots.arguments import mapping_of, table_of_lines
from crowdnb.plots.drawing import ABOVE, FAINT, label_ticks, new_figure
from crowdnb.plots.picture import ACCENT, BLUE, COLOURS, INK, MARKERS, SOFT, Picture, in_any_script


@in_any_script
def existence(shares: pd.DataFrame, printed: pd.DataFrame, bounds: pd.DataFrame) -> Picture:
    """In what share of the instances an assignment exists: computed, printed and by theory.

    Parameters
    ----------
    shares : DataFrame
        Index (p, m); columns share, low, high, repeats, as
        :func:`crowdnb.experiments.tables.shares` gives them.
    printed : DataFrame
        Table 8: index m, columns p.
    bounds : DataFrame
        As :func:`crowdnb.experiments.tables.theory` gives them.
    """
    for name, table in (("shares", shares), ("bounds", bounds)):
        if list(needs(table, pd.DataFrame, name).index.names) != ["p", "m"] or table.empty:
            raise ValueError(
                f"{name}: a table with the index (p, m) is needed, got {listing(table.index.names)}"
            )
        unique_index(table.index, f"{name}, row")
    shares = numeric(shares, "shares", ["share", "low", "high"], missing=True)
    bounds = numeric(bounds, "bounds", ["second moment", "first moment"])
    printed = table_of_lines(printed, "printed")
    chances = shares.index.unique("p")
    for p in chances:
        if p not in printed.columns or p not in bounds.index.unique("p"):
            raise ValueError(f"printed and bounds: nothing for p = {shown(p)}")
    rows = math.ceil(len(chances) / 2)
    figure = new_figure(6.6, 0.7 + 1.6 * rows)
    axes = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False).ravel()
    band = {"color": SOFT, "alpha": 0.25, "linewidth": 0, "label": "possible by theory"}
    limits = {"color": BLUE, "linewidth": 2, "capsize": 3, "label": "computed, 95 % limits"}
    cross = {"color": ACCENT, "marker": "x", "markersize": 8, "markeredgewidth": 2}
    parts = []
    for axis, p in zip(axes, chances, strict=False):
        here, theory = shares.loc[p], bounds.loc[p]
        low, high = theory["second moment"] * 100, theory["first moment"] * 100
        axis.fill_between(theory.index, low, high, **band)
        reach = abs(here[["low", "high"]].sub(here["share"], axis=0)).T * 100
        axis.errorbar(here.index, here["share"] * 100, reach, **limits)
        axis.plot(printed.index, printed[p] * 100, linestyle="none", label="printed", **cross)
        axis.set_title(f"conflict probability p = {p:g}", fontsize=10)
        axis.grid(**FAINT)
        off = (here["share"] - printed[p].reindex(here.index)).abs()
        fall = here.index[here["share"] < 0.5]
        half = f"below one half from m = {fall[0]} on" if len(fall) else "above one half everywhere"
        parts.append(f"p = {p:g}: {half}, at most {off.max():.2f} from the printed share")
    for axis in axes[-2:]:
        axis.set_xlabel("workers m, for ⌊m/3⌋ tasks")
    figure.supylabel("an assignment exists (%)", fontsize=10)
    figure.legend(*axes[0].get_legend_handles_labels(), ncols=3, **ABOVE)
    alt = f"Share of instances that have an assignment, against m. {'; '.join(parts)}."
    return Picture(figure, alt)


@in_any_script
def spread(rows: pd.DataFrame, cap: int, printed: pd.DataFrame | None = None) -> Picture:
    """Milliseconds of every single solve, one panel per method: a mean would hide the tail.

    Parameters
    ----------
    rows : DataFrame
        Columns m, method, seconds, status.
    cap : int
        Nodes after which a method gave up: such rows are triangles.
    printed : DataFrame, optional
        What the paper has: index m, columns some of the methods, ms.
    """
    rows = numeric(needs_frame(rows, "rows", ["method", "status"]), "rows", ["m"])
    rows, cap = numeric(rows, "rows", ["seconds"], missing=True), whole(cap, "cap")
    printed = pd.DataFrame() if printed is None else table_of_lines(printed, "printed")
    if rows.empty or rows["method"].isna().any():
        raise ValueError("rows: one row or more is needed, each with a method")
    methods = list(dict.fromkeys(hashable(rows["method"], "rows: method")))
    high = math.ceil(len(methods) / 3)
    figure = new_figure(6.6, 0.6 + 1.6 * high)
    axes = figure.subplots(high, 3, sharex=True, sharey=True, squeeze=False).ravel()
    solve = {"s": 9, "color": BLUE, "antialiased": False, "linewidths": 0, "label": "a solve"}
    stop = {"s": 22, "color": ACCENT, "marker": "^", "label": f"stopped at {cap:,} nodes"}
    mean = {"color": COLOURS[2], "marker": "x", "linestyle": ":", "label": "printed, mean"}
    parts = []
    for axis, method in zip(axes, methods, strict=False):
        here = rows[rows["method"] == method]
        ms, gave_up = here["seconds"] * 1e3, here["status"] == "N/A"
        axis.scatter(here["m"][~gave_up], ms[~gave_up], **solve)
        axis.scatter(here["m"][gave_up], ms[gave_up], **stop)
        middle = ms.groupby(here["m"]).median()
        axis.plot(middle.index, middle, color=INK, linewidth=1.5, label="median")
        if method in printed:
            axis.plot(printed.index, printed[method], **mean)
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:,.10g}")
        axis.set_title(str(method), fontsize=10, parse_math=False)
        axis.grid(**FAINT)
        parts.append(
            f"{method}: median from {middle.iloc[0]:.3g} to {middle.iloc[-1]:.3g}, worst"
            f" {ms.max():.3g}, {gave_up.sum()} of {len(here)} stopped"
        )
    for axis in axes[len(methods) :]:
        axis.set_axis_off()
    for axis in axes[: len(methods)][-3:]:
        axis.set_xlabel("workers m")
        axis.tick_params(labelbottom=True)
    for axis in axes[::3]:
        axis.set_ylabel("time (ms)")
    named: dict[str, Any] = {}  # a legend entry once, and those too that only one panel has
    for axis in axes:
        handles, names = axis.get_legend_handles_labels()
        named |= dict(zip(names, handles, strict=True))
    figure.legend(named.values(), named.keys(), ncols=4, fontsize=9, **ABOVE)
    alt = f"Milliseconds of single solves against m, on a logarithmic scale. {'; '.join(parts)}."
    return Picture(figure, alt)


@in_any_script
def planner(
    bands: Mapping[float, pd.DataFrame], computed: pd.DataFrame, chance: float = 0.95
) -> Picture:
    """How many places so many candidates fill: by theory, and computed where that can be.

    Parameters
    ----------
    bands : mapping of float to DataFrame
        Conflict probability → index candidates; columns surely, at most. A colour each.
    computed : DataFrame
        Index probabilities, columns candidates; places filled, NaN where nobody knows.
    chance : float
        With which probability.
    """
    given = mapping_of(bands, "bands", "probabilities to tables")
    for band in given.values():
        numeric(table_of_lines(band, "bands"), "bands", ["surely", "at most"])
    bands = {real(p, "bands", 0, 1): table_of_lines(band, "bands") for p, band in given.items()}
    computed, chance = table_of_lines(computed, "computed"), real(chance, "chance", 0, 1)
    finite(computed.columns, "computed, columns")
    figure = new_figure(6.4, 3.3)
    axis = figure.subplots()
    parts = []
    for at, (p, band) in enumerate(bands.items()):
        colour = COLOURS[at % len(COLOURS)]
        # no fills: mixed colours could not be told apart
        for end, dashes in (("surely", "--"), ("at most", ":")):
            axis.plot(band.index, band[end], color=colour, linestyle=dashes, linewidth=1.4)
        known = computed.loc[p].dropna() if p in computed.index else computed.iloc[0, :0]
        marker = MARKERS[at % len(MARKERS)]
        axis.plot(known.index, known, color=colour, marker=marker, label=f"p = {p:g}")
        last = band.iloc[-1]
        axis.annotate(f" p = {p:g}", (band.index[-1], float(last.mean())), color=INK, va="center")
        parts.append(
            f"at p = {p:g} {band.index[-1]:,} candidates fill {last['surely']:.0f} to"
            f" {last['at most']:.0f}"
        )
    sizes = next(iter(bands.values())).index
    third = sizes[sizes <= 3 * max(float(band["at most"].max()) for band in bands.values())]
    axis.plot(third, third / 3, color=INK, linewidth=1, label="n = m/3, as in the paper")
    axis.set_xscale("log")
    axis.set_yscale("log")
    sizes_shown = [10, 30, 100, 300, 1000, 3000, 10000]
    axis.set_xticks(sizes_shown, [f"{size:,}" for size in sizes_shown])
    places_shown = [3, 5, 10, 20, 30, 50, 100]
    axis.set_yticks(places_shown, [str(places) for places in places_shown])
    axis.minorticks_off()
    axis.set_xlim(sizes[0] * 0.9, sizes[-1] * 2.6)
    axis.set_xlabel("candidates m")
    axis.set_ylabel(f"places filled with {chance:.0%} certainty")
    axis.grid(**FAINT)
    title = "points: computed; by theory: dashed, lower bound; dotted, upper bound"
    figure.legend(ncols=len(bands) + 1, title=title, fontsize=9, **ABOVE)
    alt = f"Places filled with {chance:.0%} certainty against candidates. {'; '.join(parts)}."
    return Picture(figure, alt)


@in_any_script
def foresight(rows: pd.DataFrame, middle: float = 0.9) -> Picture:
    """What those whom each rule chose got afterwards, and how many are hardly known.

    Parameters
    ----------
    rows : DataFrame
        Index (``split``, ``at``, ``rule``), columns ``mean``, ``places``, ``rated`` and ``few``, as
        :func:`crowdnb.experiments.foresight.stored` has them. A colour for each way of splitting.
    middle : float
        The part of the splits that a bar spans, between 0 and 1.
    """
    names, columns = ["split", "at", "rule"], ["mean", "places", "rated", "few"]
    if list(needs(rows, pd.DataFrame, "rows").index.names) != names or rows.empty:
        raise ValueError(
            f"rows: a table with the index (split, at, rule) is needed, got {listing(rows.index.names)}"
        )
    unique_index(rows.index, "rows, row")
    rows, middle = numeric(rows, "rows", columns), between(middle, "middle")
    rules, splits = rows.index.unique("rule"), rows.index.unique("split")
    figure = new_figure(6.6, 1.2 + 0.36 * len(rules))
    got, known = figure.subplots(1, 2, sharey=True, width_ratios=(3, 2))
    parts = []
    for at, split in enumerate(splits):
        of_rule = rows.loc[split].groupby("rule")
        mean = of_rule["mean"].mean().reindex(rules).astype(float)
        ends = [
            of_rule["mean"].quantile((1 + side * middle) / 2).reindex(rules) for side in (-1, 1)
        ]
        reach = [(mean - ends[0]).clip(lower=0), (ends[1] - mean).clip(lower=0)]
        place = np.arange(len(rules)) + 0.24 * (at - (len(splits) - 1) / 2)
        many = len(rows.loc[split].index.unique("at"))
        style = {"color": COLOURS[at % len(COLOURS)], "marker": MARKERS[at % len(MARKERS)]}
        words = f"{split} ({many} splits)"
        got.errorbar(mean, place, xerr=reach, linestyle="none", capsize=3, label=words, **style)
        told = listing((f"{rule} {value:.2f}" for rule, value in mean.dropna().items()), 12)
        parts.append(f"{words}: {told}")
    places = rows.groupby("rule")[columns[1:]].mean().reindex(rules)
    bars = {
        "fewer than six ratings": places["few"],
        "no later ratings": places["places"] - places["rated"],
    }
    for at, (words, value) in enumerate(bars.items()):
        row = np.arange(len(rules)) + 0.36 * (at - 0.5)
        look = {"facecolor": ("white", SOFT)[at], "edgecolor": INK, "hatch": ("", "///")[at]}
        drawn = known.barh(row, value, 0.34, label=words, **look)
        known.bar_label(drawn, fmt="{:.1f}", padding=3, fontsize=8)
    label_ticks(got, "y", rules)
    got.invert_yaxis()
    known.margins(x=0.2)
    known.set_xlim(0, None)
    got.set_xlabel(f"later mean of those chosen (share);\nbars: the middle {middle:.0%} of splits")
    known.set_xlabel("places, mean of the splits")
    for axis in (got, known):
        axis.grid(axis="x", **FAINT)
        axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), fontsize=8.5, frameon=False)
    alt = f"What those chosen got later, as means of splits. {'. '.join(parts)}."
    return Picture(figure, alt)
