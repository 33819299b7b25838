"""Weights of criteria, those of parts, and which of them judgements can give (§3.4; notebook 03)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from crowdnb.ability.tree import CriteriaTree
from crowdnb.labels import (
    FloatArray,
    labelled_vector,
    listing,
    needs,
    number_frame,
    text_of,
    unique_index,
)
from crowdnb.plots.arguments import interval_of, mapping_of, row_of_numbers
from crowdnb.plots.drawing import ABOVE, FAINT, brief, grouped_bars, new_figure, short
from crowdnb.plots.picture import ACCENT, BLUE, SOFT, Picture, Style, in_any_script

# Of a tree of criteria: letters of a name at most, and inches, enough for so many Chinese ones, of
# the room for a name, of a level and of the bars.
_LETTERS = 20
_NAME, _LEVEL, _BARS = 3.3, 0.35, 2.6


@in_any_script
def weights(table: pd.DataFrame, reach: tuple[float, float] | None = None) -> Picture:
    """Criteria weights as bars with their numbers, and the range that judgements can reach.

    Parameters
    ----------
    table : DataFrame
        Criteria × sets of weights.
    reach : (smallest, largest), optional
        As :func:`crowdnb.weight_range` gives it; drawn as a band.
    """
    table = number_frame(table, "table")
    reach = None if reach is None else interval_of(reach, "reach")
    sets = table.columns
    figure, axis = grouped_bars(table, "{:.3f}")
    band = ""
    if reach is not None:
        ends = f"{reach[0]:.4f} to {reach[1]:.4f}"
        axis.axvspan(*reach, color=SOFT, alpha=0.25, zorder=0, label=f"reachable: {ends}")
        band = f" Reachable are weights from {ends}."
    axis.set_xlabel("weight (0 to 1, all of one colour sum to 1)")
    axis.set_ylabel("criterion")
    figure.legend(ncols=len(sets) + 1, **ABOVE)
    parts = [f"{name}: {listing(f'{c} {v:.3f}' for c, v in table[name].items())}" for name in sets]
    return Picture(figure, f"Criteria weights. {'; '.join(parts)}.{band}")


@in_any_script
def reachable_weights(reachable: Mapping[str, FloatArray], wanted: pd.Series[float]) -> Picture:
    """How many judgement matrices give a criterion each weight, and the weights that are wanted.

    Parameters
    ----------
    reachable : mapping of str to array
        Setting, such as ``"a = 3"`` → the weight of one criterion from every judgement matrix; a
        panel each.
    wanted : Series
        Weights by criterion, drawn as lines: full where a matrix reaches as far, dashed where none
        does.
    """
    given = mapping_of(reachable, "reachable", "settings to weights")
    reachable = {
        text_of(name, "reachable"): row_of_numbers(values, "reachable")
        for name, values in given.items()
    }
    unique_index(needs(wanted, pd.Series, "wanted").index, "wanted")
    wanted = pd.Series(labelled_vector(wanted, wanted.index, "wanted"), wanted.index)
    if wanted.empty:
        raise ValueError("wanted: there are none")
    figure = new_figure(6.8, 0.7 + 1.6 * len(reachable))
    axes = figure.subplots(len(reachable), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    parts = []
    for axis, (setting, values) in zip(axes, reachable.items(), strict=True):
        at, number = np.unique(np.round(values, 9), return_counts=True)
        axis.bar(at, number, width=0.7 * np.diff(at).min(initial=0.02), color=BLUE)
        within = (wanted >= at[0] - 1e-9) & (wanted <= at[-1] + 1e-9)
        for name, value in wanted.items():
            dash = "-" if within[name] else "--"
            axis.axvline(value, color=ACCENT, linestyle=dash, linewidth=1.5)
        ends = f"from {at[0]:.4f} to {at[-1]:.4f}"
        axis.set_title(f"{setting}: {ends}", loc="left", fontsize=10)
        axis.set_ylabel("matrices")
        outside = listing(f"{name} {wanted[name]:.2f}" for name in wanted.index[~within]) or "none"
        parts.append(f"{setting}: {len(at)} weights {ends}; outside: {outside}")
    top = axes[0]
    top.set_ylim(0, 1.4 * top.get_ylim()[1])
    style = {"transform": top.get_xaxis_transform(), "va": "top", "color": ACCENT, "zorder": 3}
    # a neighbour's line ends at the letters
    style["bbox"] = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    for row, (name, value) in enumerate(wanted.sort_values().items()):
        height = 0.97 - 0.14 * (row % 2)  # on two lines, so that neighbours stay apart
        top.text(value, height, f" {name} {value:.2f}", parse_math=False, **style)
    axes[-1].set_xlim(left=0, right=max(0.05 + wanted.max() * 1.12, axes[-1].get_xlim()[1]))
    axes[-1].set_xlabel("weight of one criterion (0 to 1); lines: the weights that are wanted")
    alt = f"Weights that five-level judgements can give one criterion. {'. '.join(parts)}."
    return Picture(figure, alt)


@in_any_script
def criteria_tree(tree: CriteriaTree) -> Picture:
    """Criteria with their parts below them, and bars of what the leaves weigh in all.

    Beside each name is its share of its family, the criteria with the same parent; the shares on
    the way from the top to a leaf, multiplied, are its weight.

    Parameters
    ----------
    tree : CriteriaTree
        As :func:`crowdnb.criteria_tree` makes it.
    """
    table = needs(tree, CriteriaTree, "tree").table
    beside = _NAME + _LEVEL * table["level"].max()
    figure = new_figure(beside + _BARS, 0.8 + 0.27 * len(table))
    words, bars = figure.subplots(1, 2, sharey=True, width_ratios=(beside, _BARS))
    line: Style = {"color": SOFT, "linewidth": 1.2}
    row_of = {name: row for row, name in enumerate(table.index.tolist())}
    columns = [table[name].tolist() for name in ("part_of", "level", "share", "leaf")]
    for (name, row), parent, level, share, leaf in zip(row_of.items(), *columns, strict=True):
        if parent is not None:
            way = [row_of[parent] + 0.4, row, row]
            words.plot([level - 1, level - 1, level - 0.2], way, **line)
        style: Style = {"va": "center", "weight": 400 if leaf else 700, "parse_math": False}
        text = f"{short(str(name), _LETTERS)}  {brief(share)}"
        words.text(level - 0.1, row, text, in_layout=False, **style)
    words.set_xlim(0.8, 0.8 + beside / _LEVEL)
    words.axis("off")
    leaves = tree.weights
    drawn = bars.barh([row_of[leaf] for leaf in leaves.index], leaves, 0.6, color=BLUE)
    bars.bar_label(drawn, fmt="{:.3f}", padding=3, fontsize=8)
    bars.margins(x=0.2)
    bars.set(xlim=(0, None), ylim=(len(table) - 0.4, -0.6), xlabel="weight in all (sum 1)")
    bars.tick_params(axis="y", left=False, labelleft=False)
    bars.grid(axis="x", **FAINT)
    bars.set_axisbelow(True)
    parts = []
    for parent, family in table.groupby(table["part_of"].map(_name), sort=False):
        shares = listing((f"{name} {brief(share)}" for name, share in family["share"].items()), 12)
        parts.append(f"{parent}: {shares}")
    in_all = listing((f"{name} {weight:.3f}" for name, weight in leaves.items()), 12)
    alt = f"Criteria as a tree, with shares. {'; '.join(parts)}. Weights in all: {in_all}."
    return Picture(figure, alt)


def _name(parent: object) -> str:
    return "The top" if parent is None else f"parts of {parent}"
