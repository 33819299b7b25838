"""Ratings, clouds and intervals (paper §3.1–3.3; notebooks 01, 02 and 05)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from crowdnb.ability.cloud import Cloud
from crowdnb.ability.counts import MARKS, mark_shares
from crowdnb.ability.possibility import interval_pair, possibility_degree
from crowdnb.labels import (
    FloatArray,
    listing,
    needs,
    number_frame,
    numeric,
    phrases,
    real,
    same_labels,
    text_of,
    unique_index,
    whole,
)
from crowdnb.plots.arguments import interval_of, mapping_of, row_of_numbers, table_of_lines
from crowdnb.plots.drawing import ABOVE, NOTE, brief, draw_lines, label_ticks, new_figure
from crowdnb.plots.picture import ACCENT, BLUE, GREY, INK, SOFT, Picture, Style, in_any_script


@in_any_script
def intervals(ability: pd.DataFrame, demand: pd.DataFrame) -> Picture:
    """Ability intervals of all workers, one panel per criterion; lines are what tasks ask at least.

    Parameters
    ----------
    ability, demand : DataFrame
        As :func:`crowdnb.possibility_matrix` takes them.
    """
    u, d = interval_pair(ability, demand)
    figure = new_figure(2.3 * len(u.criteria) + 0.8, 0.28 * len(u.labels) + 1.4)
    axes = figure.subplots(1, len(u.criteria), sharex=True, sharey=True, squeeze=False)[0]
    for k, (axis, criterion) in enumerate(zip(axes, u.criteria, strict=True)):
        for low in d.low[:, k]:
            axis.axvline(low, color=ACCENT, linewidth=1, alpha=0.7)
        _interval_bars(axis, u.low[:, k], u.high[:, k])
        axis.set_title(str(criterion), parse_math=False)
        axis.tick_params(labelsize=12)
    label_ticks(axes[0], "y", u.labels)
    axes[0].invert_yaxis()
    title = "bars: ability of a worker; lines: what each task asks at least"
    figure.suptitle(title, fontsize=12, color=GREY)
    figure.supxlabel("ability (0 to 1)", fontsize=12)
    axes[0].set_ylabel("worker", fontsize=12)
    middle = pd.Series((u.low + u.high).mean(axis=1) / 2, index=u.labels)
    alt = (
        f"Ability intervals of {len(u.labels)} workers on {listing(u.criteria)}, and what the tasks"
        f" ask at least. The mean of the centres is highest for {middle.idxmax()}"
        f" ({middle.max():.2f}) and lowest for {middle.idxmin()} ({middle.min():.2f})."
    )
    return Picture(figure, alt)


@in_any_script
def interval_rows(
    ends: pd.DataFrame, counts: pd.DataFrame | None = None, title: str = ""
) -> Picture:
    """Interval numbers as bars, a row each, with the ratings they come from as dots.

    Parameters
    ----------
    ends : DataFrame
        One row per interval, in the order drawn; columns ``low`` and ``high``, shares of the scale.
        Ends outside [0, 1] are drawn where they are, on grey ground.
    counts : DataFrame, optional
        How often each star was given: the rows of ``ends``, columns 1 … S; or each mark, as
        :func:`crowdnb.count_ratings` counts other scales. A dot's area grows with the count.
    title : str
        Said above the picture.
    """
    ends = numeric(ends, "ends", ["low", "high"])
    if ends.empty:
        raise ValueError("ends: there are no rows")
    low, high = (ends[end].to_numpy() for end in ("low", "high"))
    if (low > high).any():
        raise ValueError(f"ends: low is above high in row {ends.index[int((low > high).argmax())]}")
    text_of(title, "title")
    if counts is not None:
        marked = isinstance(counts, pd.DataFrame) and counts.columns.name == MARKS
        counts = number_frame(counts, "counts", missing=marked)
        unique_index(ends.index, "ends, rows")
        same_labels(counts.index, ends.index, "counts, rows")
        if (counts < 0).any(axis=None):
            raise ValueError("counts: a count must not be negative")
    figure = new_figure(6.0, 0.34 * len(ends) + 1.1)
    figure.set_layout_engine("constrained", w_pad=0.1)
    axis = figure.subplots()
    _interval_bars(axis, low, high)
    if counts is not None:
        counts = counts.loc[ends.index]
        n = counts.fillna(0).to_numpy(dtype=float)
        row, star = np.nonzero(n)
        shares = mark_shares(counts)[row, star]
        axis.scatter(shares, row - 0.3, s=18 * n[row, star], color=ACCENT, linewidths=0)
    _scale_axis(axis, min(low.min(), 0), max(high.max(), 1))
    label_ticks(axis, "y", ends.index)
    axis.set_ylim(len(ends) - 0.4, -0.7)
    axis.set_title(title, loc="left", parse_math=False, **NOTE)
    rows = [f"{name} [{a:.2f}, {b:.2f}]" for name, a, b in zip(ends.index, low, high, strict=True)]
    dots = " Dots show the ratings." if counts is not None else ""
    alt = f"{len(ends)} intervals on the scale from 0 to 1: {phrases(rows, 12)}.{dots}"
    return Picture(figure, alt)


def _interval_bars(axis: Axes, low: FloatArray, high: FloatArray) -> None:
    """Intervals as bars, a row each; points are diamonds, since a bar without width is not seen."""
    axis.hlines(range(len(low)), low, high, color=INK, linewidth=5)
    points = np.flatnonzero(low == high)
    if points.size:
        axis.plot(low[points], points, marker="D", color=INK, markersize=7, linestyle="none")


def _scale_axis(axis: Axes, low: float, high: float) -> None:
    """The axis of a share of the scale, with the ground outside [0, 1] grey."""
    left, right = min(low, 0) - 0.03, max(high, 1) + 0.03
    for start, stop in ((left, 0), (1, right)):
        axis.axvspan(start, stop, color="#e3e6ea", linewidth=0, zorder=0)
    axis.set_xlim(left, right)
    axis.set_xticks(np.arange(0, 1.01, 0.2))
    axis.set_xlabel("ability (share of the scale, 0 to 1; grey: outside it)")


@in_any_script
def cloud_drops(cloud: Cloud, x: FloatArray, certainty: FloatArray, gamma: float = 0.1) -> Picture:
    """Drops of a cloud with their certainty, the expectation curve, and the interval of eq. 2.

    Parameters
    ----------
    cloud : Cloud
    x, certainty : array of float, shape (N,)
        The drops, and the certainty of each in [0, 1].
    gamma : float
        Influence of He on the interval, ≥ 0.
    """
    low, high = needs(cloud, Cloud, "cloud").interval(gamma)
    x, certainty = row_of_numbers(x, "x"), row_of_numbers(certainty, "certainty")
    if x.shape != certainty.shape:
        raise ValueError(
            f"x and certainty: {len(x)} and {len(certainty)}, there must be as many of both"
        )
    figure = new_figure(6.0, 2.9)
    axis = figure.subplots()
    first, last = np.quantile(x, [0.005, 0.995])  # a drop far away must not squeeze the rest
    left, right = min(first, low, 0.0), max(last, high, 1.0)
    along, below = np.linspace(left, right, 400), -0.06  # the interval lies under the drops
    axis.scatter(x, certainty, s=3, color=BLUE, linewidths=0, antialiased=False, label="drops")
    axis.plot(along, cloud.membership(along), color=INK, linewidth=1, label="curve with He = 0")
    bar: Style = {"color": ACCENT, "linewidth": 6, "solid_capstyle": "butt", "label": "interval U"}
    axis.plot([low, high], [below] * 2, **bar)
    middle: Style = {"color": ACCENT, "linewidth": 1, "linestyle": "--", "label": "Ex"}
    axis.plot([cloud.expectation] * 2, [below, 1], **middle)
    _scale_axis(axis, left, right)
    axis.set_ylabel("certainty (0 to 1)")
    axis.set_ylim(-0.12, 1.05)
    figure.legend(ncols=4, fontsize=9, markerscale=3, **ABOVE)
    inside = float(np.mean((x >= low) & (x <= high)))
    outside = float(np.mean((x < 0) | (x > 1)))
    alt = (
        f"{len(x)} drops of a cloud with Ex {cloud.expectation:.2f}, En {cloud.entropy:.2f} and He"
        f" {cloud.hyper_entropy:.2f}. The interval [{low:.2f}, {high:.2f}] holds {inside:.0%} of"
        f" them; {outside:.0%} lie outside the scale from 0 to 1."
    )
    return Picture(figure, alt)


@in_any_script
def radicands(samples: Mapping[int, FloatArray]) -> Picture:
    """How S² - En² varies over histories, one panel per number of ratings, and the share below 0.

    Parameters
    ----------
    samples : mapping from int to array of float
        Number of ratings tau → radicands of many histories, in the squared unit of the scale.
    """
    given = mapping_of(samples, "samples", "numbers of ratings to radicands")
    samples = {
        whole(tau, "samples"): row_of_numbers(some, "samples") for tau, some in given.items()
    }
    figure = new_figure(2.1 * len(samples) + 0.5, 2.3)
    axes = figure.subplots(1, len(samples), sharex=True, sharey=True, squeeze=False)[0]
    sizes = np.abs(np.concatenate(list(samples.values())))
    # the few that lie further out are counted at the edges
    seen = float(np.quantile(sizes, 0.995)) or float(sizes.max()) or 1.0
    edges = np.linspace(-seen, seen, 31)
    parts = []
    for axis, (tau, values) in zip(axes, samples.items(), strict=True):
        negative = values < 0
        for chosen, colour, hatch in ((negative, ACCENT, "////"), (~negative, BLUE, None)):
            axis.hist(
                np.clip(values[chosen], -seen, seen),
                edges,
                weights=np.full(chosen.sum(), 100 / len(values)),
                color=colour,
                hatch=hatch,
                edgecolor="white",
                linewidth=0,
            )
        axis.axvline(0, color=INK, linewidth=1)
        axis.set_title(f"{tau} ratings: {negative.mean():.0%} below 0", fontsize=9)
        axis.set_xlabel("S² − En² (scale²)")
        axis.locator_params(axis="x", nbins=4)
        parts.append(f"{negative.mean():.0%} of {len(values)} histories of {tau} ratings")
    axes[0].set_ylabel("histories (%)")
    return Picture(figure, f"Spread of the radicand S² − En². Below 0 lie {listing(parts)}.")


@in_any_script
def coverage(share: pd.DataFrame, width: pd.DataFrame, level: float = 0.9) -> Picture:
    """How often intervals hold the next rating, and how wide they are, by the ratings before it.

    Parameters
    ----------
    share, width : DataFrame
        Index: number of ratings, rising. One column per method. Shares in [0, 1], widths on the scale
        from 0 to 1.
    level : float
        The share that is wanted, in [0, 1]: a line.
    """
    share, width = table_of_lines(share, "share"), table_of_lines(width, "width")
    level = real(level, "level", 0, 1)
    for name, table in (("share", share), ("width", width)):
        if not (table.index > 0).all():
            raise ValueError(
                f"{name}, rows: numbers of ratings above 0 are needed, got {listing(table.index)}"
            )
    figure = new_figure(7.0, 3.1)
    figure.set_layout_engine("constrained", w_pad=0.1)
    inside, wide = figure.subplots(1, 2)
    for axis, table, what in (
        (inside, share * 100, "next rating inside (%)"),
        (wide, width, "mean width (scale 0 to 1)"),
    ):
        draw_lines(axis, table, markers=True)
        axis.set_xscale("log")
        axis.set_xticks(table.index, [str(tau) for tau in table.index])
        axis.minorticks_off()
        axis.set_xlabel("ratings in the history")
        axis.set_ylabel(what)
        axis.grid(axis="y", color="#dddddd", linewidth=0.6)
    inside.axhline(level * 100, color=SOFT, linewidth=3, alpha=0.5, label=f"wanted: {level:.0%}")
    inside.set_ylim(0, 104)
    wide.set_ylim(0, None)
    figure.legend(*inside.get_legend_handles_labels(), ncols=2, fontsize=9, **ABOVE)
    first, last = share.index[0], share.index[-1]
    parts = [
        f"{name!s}: {held.iloc[0]:.0%} and {held.iloc[-1]:.0%}" for name, held in share.items()
    ]
    alt = (
        f"Coverage and width of {share.shape[1]} methods from {first} to {last} ratings, with"
        f" {level:.0%} wanted. Coverage at {first} and at {last}: {listing(parts, 9)}."
    )
    return Picture(figure, alt)


@in_any_script
def possibility(ability: tuple[float, float], demand: tuple[float, float]) -> Picture:
    """Two intervals, their widths end to end, and the share that is the possibility degree (eq. 3).

    The ruler below the intervals begins at the demand's lower end and is l_U + l_D long. Its filled
    part reaches to the ability's upper end: P is the filled part over the whole ruler.

    Parameters
    ----------
    ability, demand : (low, high)
        U and D, as :func:`crowdnb.possibility_degree` takes their ends.
    """
    ability, demand = interval_of(ability, "ability"), interval_of(demand, "demand")
    p = float(possibility_degree(*ability, *demand))
    (u_low, u_high), (d_low, d_high) = ability, demand
    width_u, width_d = u_high - u_low, d_high - d_low
    whole = width_u + width_d
    share = p * whole
    figure = new_figure(6.8, 2.6)
    axis = figure.subplots()
    end: Style = {"linestyle": "none", "marker": "|", "markersize": 13, "markeredgewidth": 2}
    for y, ends, colour, name in ((2, ability, BLUE, "U"), (1, demand, SOFT, "D")):
        axis.hlines(y, *ends, color=colour, linewidth=9)
        axis.plot(ends, [y, y], color=colour, **end)
        words = f"$l_{name}$ = {brief(ends[1] - ends[0])}"
        axis.text(sum(ends) / 2, y + 0.24, words, ha="center", va="bottom")
    if whole > 0:
        box: Style = {"edgecolor": INK, "linewidth": 1.2}
        axis.add_patch(Rectangle((d_low, -0.17), whole, 0.34, fill=False, **box))
        axis.add_patch(Rectangle((d_low, -0.17), share, 0.34, facecolor=ACCENT, **box))
        axis.text(d_low + whole / 2, -0.3, f"$l_U + l_D$ = {brief(whole)}", ha="center", va="top")
        degree = f"{brief(share)} / {brief(whole)} = {brief(p)}"
    else:
        degree = f"{brief(p)}, by the order of two points"
    axis.vlines(d_low, -0.17, 1, color=SOFT, linestyle=":")
    axis.vlines(u_high, -0.17, 2, color=BLUE, linestyle=":")
    u, d = (f"[{brief(low)}, {brief(high)}]" for low, high in (ability, demand))
    axis.set_yticks([2, 1, 0], [f"ability U = {u}", f"demand D = {d}", "both widths, from $D^L$"])
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.85, 2.75)
    axis.set_xlim(min(0, u_low, d_low) - 0.02, max(1, u_high, d_high, d_low + whole) + 0.02)
    axis.set_xlabel("share of the scale (0 to 1)")
    axis.set_title(f"P(U ≥ D) = {degree}", loc="left", color=ACCENT)
    alt = (
        f"Ability {u}, width {brief(width_u)}; demand {d}, width {brief(width_d)}. From the"
        f" demand's lower end to the ability's upper end it is {brief(u_high - d_low)}. Possibility"
        f" degree {degree}."
    )
    return Picture(figure, alt)
