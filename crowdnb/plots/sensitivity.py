"""How far an assignment stays the best, and what explains one (notebook 06)."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from crowdnb.labels import listing, needs, phrases
from crowdnb.model.assignment import zero_one_table
from crowdnb.model.moves import position
from crowdnb.model.problem import Problem, needed
from crowdnb.plots.drawing import (
    ABOVE,
    BESIDE,
    FAINT,
    NOTE,
    draw_conflicts,
    heat_map,
    label_ticks,
    literal,
    look,
    new_figure,
    short,
    workers_on_circle,
)
from crowdnb.plots.picture import (
    ACCENT,
    BLUE,
    COLOURS,
    DASHES,
    INK,
    SOFT,
    Picture,
    Style,
    in_any_script,
)
from crowdnb.sensitivity.doubt import Doubt
from crowdnb.sensitivity.gamma import GammaRange
from crowdnb.sensitivity.inverse import RecoveredConflicts
from crowdnb.sensitivity.stability import Stability, corners_of

# A range within which the assignment stays the best.
_RANGE: Style = {"color": BLUE, "alpha": 0.35}


@in_any_script
def stability(found: Stability) -> Picture:
    """How far each weight can go while the assignment stays the best, and the nearest change.

    Parameters
    ----------
    found : Stability
        As :func:`crowdnb.stability` gives it.
    """
    given, reach = needs(found, Stability, "found").weights, found.range
    figure = new_figure(6.4, 0.42 * len(given) + 1.5)
    axis = figure.subplots()
    rows = np.arange(len(given))
    label = "stays the best, the others adjusting"
    axis.hlines(rows, reach["low"], reach["high"], linewidth=11, label=label, **_RANGE)
    axis.plot(given, rows, "o", color=INK, markersize=8, label="weights given")
    there = ""
    if found.nearest is not None:
        diamond: Style = {"color": ACCENT, "markersize": 7, "label": "nearest change", "zorder": 3}
        axis.plot(found.nearest, rows, "D", **diamond)
        names = listing(f"{name} {weight:.3f}" for name, weight in found.nearest.items())
        there = f" The nearest change, {found.moved:.3f} away: {names}."
    label_ticks(axis, "y", given.index)
    axis.set(xlim=(-0.02, 1.02), ylim=(len(given) - 0.4, -0.6))
    axis.set_xlabel("weight of the criterion (0 to 1, all together 1)")
    axis.set_ylabel("criterion")
    axis.grid(axis="x", **FAINT)
    figure.legend(ncols=3, fontsize=9, **ABOVE)
    parts = [
        f"{name} {given[name]:.3f}, from {low:.3f} to {high:.3f}"
        for name, low, high in reach.itertuples()
    ]
    alt = f"Weights under which the assignment stays the best. {'; '.join(parts)}.{there}"
    return Picture(figure, alt)


@in_any_script
def region(found: Stability, across: Hashable = None, up: Hashable = None) -> Picture:
    """A cut through the weights: two criteria vary, the others share the rest as given.

    Where the assignment is best is blue. Each side of that region has its own line, named by who
    moves beyond it.

    Parameters
    ----------
    found : Stability
        Of 3 criteria or more.
    across, up : label, optional
        The two criteria. When not given, the two that change most up to the nearest weights where
        another assignment is as good: these then lie in the picture, if the others keep their
        proportions.
    """
    names, w = needs(found, Stability, "found").weights.index, found.weights.to_numpy()
    if len(names) < 3:
        raise ValueError(
            f"found: {len(names)} criteria, and a cut needs 3; plots.stability shows fewer"
        )
    step = np.zeros(len(w)) if found.nearest is None else np.abs(found.nearest.to_numpy() - w)
    given = [None if name is None else position(names, name, "criterion") for name in (across, up)]
    free = [at for at in np.argsort(-step, kind="stable") if at not in given]
    axes = [free.pop(0) if at is None else at for at in given]
    a, b = axes
    if a == b:
        raise ValueError(f"up: {names[a]} is drawn across already")
    rest = np.isin(np.arange(len(w)), axes, invert=True)
    share = w * rest / w[rest].sum() if w[rest].sum() > 0 else rest / rest.sum()
    sides = found.sides[names].to_numpy(dtype=float)
    cut = np.column_stack([sides[:, a], sides[:, b], sides @ share])
    ends = corners_of([row for row in cut if np.abs(row).max() > 0], 3)[:, :2]
    middle = ends.mean(axis=0)
    ends = ends[np.argsort(np.arctan2(ends[:, 1] - middle[1], ends[:, 0] - middle[0]))]
    figure = new_figure(6.9, 3.5)
    axis = figure.subplots()
    axis.fill([0, 1, 0], [0, 0, 1], facecolor="#f1f3f5", edgecolor=SOFT)
    axis.fill(*ends.T, facecolor="#cfdff1", label="the assignment is the best")
    drawn: list[str] = []
    for row, text in zip(cut, found.sides["moves"], strict=True):
        gap = np.abs(ends @ (row[:2] - row[2]) + row[2]) / (np.abs(row).max() or 1.0)
        pair = ends[gap < 1e-6]
        if len(pair) > 1:
            # after six the dashes move on, so that no two sides look the same
            turn, n = len(drawn), len(COLOURS)
            style = {"color": COLOURS[turn % n], "linestyle": DASHES[(turn + turn // n) % n]}
            axis.plot(*pair.T, linewidth=3, label=literal(short(text, 38)), **style)
            drawn.append(text)
    axis.plot(w[a], w[b], "o", color=INK, markersize=9, label="weights given")
    near = None if found.nearest is None else found.nearest.to_numpy()
    seen = near is not None and np.allclose(near[rest], share[rest] * near[rest].sum(), atol=1e-6)
    if near is not None and seen:
        axis.plot(near[a], near[b], "D", color=ACCENT, markersize=8, label="nearest change")
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    others = listing(names[rest])
    axis.set_xlabel(f"weight of {names[a]} (0 to 1)", parse_math=False)
    axis.set_ylabel(f"weight of {names[b]} (0 to 1)", parse_math=False)
    shared = ", shared as given" if rest.sum() > 1 else ""
    axis.set_title(f"the rest: {others}{shared}", **NOTE)
    figure.legend(title="beyond a line: who moves", fontsize=8, **BESIDE)
    points = phrases((f"({x:.3f}, {y:.3f})" for x, y in ends), 12)
    alt = (
        f"Weights of {names[a]} and {names[b]}; the rest goes to {others}. The assignment is best"
        f" between {points}. Given: ({w[a]:.3f}, {w[b]:.3f}). Beyond its sides:"
        f" {' | '.join(drawn) or 'nothing'}."
    )
    return Picture(figure, alt)


@in_any_script
def recovered(problem: Problem, found: RecoveredConflicts, answer: pd.DataFrame) -> Picture:
    """The smallest sets of conflicts that explain an assignment: a circle of workers, one style per set.

    Parameters
    ----------
    problem : Problem
    found : RecoveredConflicts
        As :func:`crowdnb.recover_conflicts` gives them.
    answer : DataFrame
        The assignment that they explain: its workers are filled.
    """
    workers = needed(problem).workers
    chosen = zero_one_table(problem, answer, "answer").sum(axis=1) > 0
    sets = needs(found, RecoveredConflicts, "found").sets
    named = (one for pairs in sets for pair in pairs for one in pair)
    if strange := [one for one in named if one not in problem.worker_at]:
        raise ValueError(f"found: it is of another problem, worker {listing(strange)} is unknown")
    figure = new_figure(5.6, 3.5)
    axis = figure.subplots()
    places = workers_on_circle(axis, workers, chosen)
    for at, pairs in enumerate(sets[:12]):
        name = literal(" and ".join(f"{one}-{other}" for one, other in pairs))
        lines = [[problem.worker_at[one] for one in pair] for pair in pairs]
        draw_conflicts(axis, places, lines, name, linewidth=2.5, zorder=0, **look(at))
    axis.set_title("filled: in the assignment; hollow: left out", **NOTE)
    if any(sets):
        figure.legend(title="any one set explains it", fontsize=9, **BESIDE)
    return Picture(figure, found.text.replace("\n", " "))


@in_any_script
def doubt(found: Doubt) -> Picture:
    """How often each pair is chosen when the data are drawn again, and what the assignment loses.

    Parameters
    ----------
    found : Doubt
        As :func:`crowdnb.doubt` gives it; its assignment is framed.
    """
    table = needs(found, Doubt, "found").assignment.table
    if table is None:
        raise ValueError("found: no assignment exists, there is nothing to draw")
    shares = found.shares.pivot(index="worker", columns="task", values="share")
    shares = shares.reindex(index=table.index, columns=table.columns)
    m, n = shares.shape
    width = min(0.62 * n + 1.2, 6.0)
    figure = new_figure(width + 3.2, max(0.27 * m + 1.2, 3.0))
    grid, curve = figure.subplots(1, 2, width_ratios=[width, 3.2])
    heat_map(grid, shares.mask(shares == 0), (0.0, 1.0), "{:.2f}", table)
    size = len(found.samples)
    grid.set_title(f"share of {size:,} draws that choose the pair", loc="left", **NOTE)
    loss = np.sort(found.samples["loss"].to_numpy())
    share = 100 * np.arange(size + 1) / size
    curve.step(np.r_[0, loss], share, where="post", color=BLUE, linewidth=2)
    middle, high = found.quantiles["loss"].loc[[0.5, 0.95]]
    words = {"color": ACCENT, "va": "top", "fontsize": 9}
    for quantile, value, dash in ((0.5, middle, ":"), (0.95, high, "--")):
        curve.plot([value] * 2, [0, 100 * quantile], color=ACCENT, linestyle=dash)
        curve.annotate(f" {value:.4f}", (value, 100 * quantile - 4), **words)
    curve.set(xlabel="ρ lost by keeping the assignment", ylim=(0, 103))
    curve.set_ylabel("draws with no more than that (%)")
    curve.locator_params(axis="x", nbins=4)
    curve.grid(**FAINT)
    rows = found.shares[["worker", "task", "share"]].itertuples(index=False, name=None)
    parts = listing((f"{worker} on {task} {share:.2f}" for worker, task, share in rows), 12)
    alt = (
        f"Pairs chosen in {size:,} draws of the {found.source}: {parts}. The assignment is optimal"
        f" in {found.share:.2f} of them; by keeping it half lose at most {middle:.4f} of ρ, 95 % at"
        f" most {high:.4f}."
    )
    return Picture(figure, alt)


@in_any_script
def gamma_range(found: GammaRange) -> Picture:
    """From which to which γ the assignment stays the best, and who moves beyond.

    Parameters
    ----------
    found : GammaRange
        As :func:`crowdnb.gamma_range` gives it.
    """
    needs(found, GammaRange, "found")
    figure = new_figure(6.4, 1.7)
    axis = figure.subplots()
    axis.hlines(0, found.low, found.high, linewidth=14, label="stays the best", **_RANGE)
    axis.plot(found.gamma, 0, "o", color=INK, markersize=8, label="today")
    for side, end in (("low", found.low), ("high", found.high)):
        if found.frame.loc[side, "ends"]:
            axis.axvline(end, color=ACCENT, linestyle="--")
    axis.set(xlim=(-0.02 * found.limit, 1.02 * found.limit), ylim=(-1, 1), yticks=[])
    axis.set_xlabel(
        f"γ, the weight of He (0 to {found.limit:g}); dashed: another assignment is better beyond"
    )
    figure.legend(ncols=2, fontsize=9, **ABOVE)
    return Picture(figure, found.text.replace("\n", " "))
