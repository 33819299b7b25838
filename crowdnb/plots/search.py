"""The search by branch and bound as a tree of relaxations (second source; notebook 09)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from crowdnb.labels import finite, listing, needs_frame, numeric, real, shown
from crowdnb.plots.drawing import ABOVE, new_figure
from crowdnb.plots.picture import ACCENT, COLOURS, INK, SOFT, Picture, Style, in_any_script

# What can become of a relaxation: how its box looks, and the words for it.
_FATES: dict[str, tuple[Style, str]] = {
    "branched": ({"facecolor": "white", "edgecolor": INK}, "split further"),
    "integer": ({"facecolor": "#d9efe6", "edgecolor": COLOURS[2]}, "integer: an assignment"),
    "cut off": ({"facecolor": "#eceff2", "edgecolor": SOFT}, "cut off by its bound"),
    "empty": (
        {"facecolor": "white", "edgecolor": ACCENT, "linestyle": "--"},
        "infeasible",
    ),
}


@in_any_script
def tree(nodes: pd.DataFrame, performance: float) -> Picture:
    """What branch and bound went through: one box per relaxation, with what was set, and its bound.

    Parameters
    ----------
    nodes : DataFrame
        As of :class:`crowdnb.market.relaxation.Tree`: index ``node``; columns parent, decision,
        bound, fate.
    performance : float
        ρ of the optimum.
    """
    performance = real(performance, "performance")
    nodes = _grown(nodes)
    place, leaves = _places(nodes)
    depth = max(x for x, _ in place.values())
    width = max(1.3 * depth + 1.4, 4.2)
    figure = new_figure(width, 0.36 * leaves + 0.9)
    axis = figure.subplots()
    letters: Style = {
        "ha": "center",
        "va": "center",
        "fontsize": 7.5,
        "linespacing": 1.1,
        "color": INK,
    }
    for node, parent, decision, bound, fate in nodes.itertuples(name=None):
        x, y = place[node]
        if parent >= 0:
            x0, y0 = place[parent]
            way = [x0 + 0.42, x - 0.5, x - 0.5, x - 0.42], [y0, y0, y, y]
            axis.plot(*way, color=SOFT, linewidth=1, zorder=0)
        axis.add_patch(Rectangle((x - 0.42, y - 0.4), 0.84, 0.8, linewidth=1.4, **_FATES[fate][0]))
        reach = f"{'match' if fate == 'integer' else 'at most'} {bound:.3g}"
        words = f"{decision or 'nothing set'}\n{'' if np.isnan(bound) else reach}"
        axis.text(x, y, words, parse_math=False, **letters)
    axis.set(xlim=(-0.5, depth + 0.5), ylim=(leaves - 0.4, -0.6))
    axis.axis("off")
    number = {fate: int((nodes["fate"] == fate).sum()) for fate in _FATES}
    seen = [look_and_name for fate, look_and_name in _FATES.items() if number[fate]]
    marks = [Rectangle((0, 0), 1, 1, **look) for look, _ in seen]
    columns = 4 if width > 7 else 2
    figure.legend(marks, [name for _, name in seen], ncols=columns, fontsize=9, **ABOVE)
    counts = listing(f"{number[fate]} {name}" for fate, (_, name) in _FATES.items() if number[fate])
    alt = (
        f"Tree of {len(nodes)} relaxations, {depth:.0f} decisions deep, from a bound of"
        f" {nodes['bound'].iloc[0]:.3g} to the optimum {performance:.3g}: {counts}."
    )
    return Picture(figure, alt)


def _places(nodes: pd.DataFrame) -> tuple[dict[int, tuple[float, float]], int]:
    """Where each node lies, (depth, row), a parent in the middle of its children; and the rows."""
    children = {node: nodes.index[nodes["parent"] == node].tolist() for node in [-1, *nodes.index]}
    place: dict[int, tuple[float, float]] = {}
    leaves = 0

    def settle(node: int, depth: int) -> float:
        nonlocal leaves
        below = [settle(child, depth + 1) for child in children[node]]
        y = sum(below) / len(below) if below else float(leaves)
        leaves += not below
        place[node] = (depth, y)
        return y

    settle(children[-1][0], 0)
    return place, leaves


def _grown(nodes: object) -> pd.DataFrame:
    """The nodes of a tree, checked: one root, parents before children, a fate that is known."""
    columns = ["parent", "decision", "bound", "fate"]
    given = needs_frame(nodes, "nodes", columns)[columns]
    given = numeric(numeric(given, "nodes", ["parent"]), "nodes", ["bound"], missing=True)
    finite(given.index, "nodes, rows")
    seen: list[Any] = [-1]
    for node, parent, fate in zip(given.index, given["parent"], given["fate"], strict=True):
        if node in seen or parent not in seen or (parent == -1) != (len(seen) == 1):
            raise ValueError(
                f"nodes: node {shown(node)} with parent {shown(parent)} does not fit into one tree"
            )
        if fate not in list(_FATES):
            *most, last = _FATES
            raise ValueError(
                f"nodes: node {shown(node)} has fate {shown(fate)}; it must be {', '.join(most)} or"
                f" {last}"
            )
        seen.append(node)
    if given.empty:
        raise ValueError("nodes: there are none")
    return given
