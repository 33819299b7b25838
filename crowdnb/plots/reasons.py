"""Why no assignment exists, what repairs it, and what each rule costs (step 7; notebook 06)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from crowdnb.explain.infeasible import Infeasible
from crowdnb.explain.repairs import Repairs
from crowdnb.labels import count, listing, needs, needs_frame, numbers, whole
from crowdnb.model.problem import Problem, needed
from crowdnb.plots.drawing import NOTE, label_ticks, new_figure, workers_on_circle, wrapped
from crowdnb.plots.picture import ACCENT, BLUE, INK, SOFT, Picture, Style, in_any_script

# What crowdnb.prices has a row for: how the panel is called, and a row of it.
_PRICED = {
    "conflict": ("conflicts", "{0.worker} – {0.other}"),
    "exclusion": ("pairs barred", "{0.worker} from {0.task}"),
    "overlap": ("overlaps", "{0.task} – {0.other}"),
    "pin": ("pinned", "{0.worker} to {0.task}"),
    "least": ("least number of tasks of", "{0.worker}"),
    "capacity": ("capacity of", "{0.worker}"),
    "quota": ("quotas", "{0.task}: {0.other}"),
    "budget": ("budget", "all costs"),
    "keep": ("pairs to keep", "{0.worker} on {0.task}"),
    "undesirable": ("undesirable", "{0.worker} for {0.task}"),
    "effect": ("together", "{0.worker} – {0.other}"),
    "place": ("one place of", "{0.task}"),
    "worker": ("workers", "{0.worker}"),
}


@in_any_script
def infeasible(problem: Problem, why: Infeasible) -> Picture:
    """What cannot hold together: who may take which task, and who is in conflict with whom.

    Parameters
    ----------
    problem : Problem
    why : Infeasible
        Of that problem, as :func:`crowdnb.explain_infeasible` gives it; a ValueError where an
        assignment exists.
    """
    if not needs(why, Infeasible, "why"):
        raise ValueError("why: an assignment exists, there is nothing to draw")
    reasons, m = why.requirements, len(needed(problem).workers)
    clashes = reasons.loc[reasons["kind"] == "conflict", ["worker", "other"]].to_numpy()
    if unknown := [task for task in why.tasks if task not in problem.task_at]:
        raise ValueError(f"why: it is of another problem, task {listing(unknown)} is unknown")
    if unknown := [one for one in clashes.ravel() if one not in problem.worker_at]:
        raise ValueError(f"why: it is of another problem, worker {listing(unknown)} is unknown")
    barred = reasons[reasons["kind"].isin(["exclusion", "zero"])]
    with_grid = len(why.tasks) > 0 and (len(barred) > 0 or not len(clashes))
    circle = (3.0 if len(why.workers) <= 8 else 4.0) * (len(clashes) > 0)  # inches
    sizes = [0.8 * len(why.tasks) + 1.2] * with_grid + [circle + 0.4] * (len(clashes) > 0) or [4.4]
    figure = new_figure(max(sum(sizes), 5.4), max((0.32 * m + 1.5) * with_grid, circle, 2.2))
    panels = figure.subplots(1, len(sizes), width_ratios=sizes, squeeze=False)[0]
    if with_grid:
        _draw_who_may(panels[0], problem, why, barred)
    if len(clashes):
        _draw_clashes(panels[-1], problem, why, clashes.tolist())
    if not with_grid and not len(clashes):
        panels[0].set_axis_off()
    text = " ".join((why.certificate or why.text).split())
    title = wrapped([text], int(13 * figure.get_figwidth()))[0]
    figure.suptitle(title, fontsize=10, parse_math=False)
    return Picture(figure, " ".join(f"{why}".splitlines()))


def _draw_who_may(axis: Axes, problem: Problem, why: Infeasible, barred: pd.DataFrame) -> None:
    """Workers × the tasks that are a reason: blue cells, and crosses where a pair is barred."""
    workers, reasons = problem.workers, why.requirements
    may = problem.eligible[:, [problem.task_at[task] for task in why.tasks]]
    m, n = may.shape
    shade = np.where(may, 0.25, np.nan)
    axis.imshow(shade, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    axis.hlines(np.arange(m - 1) + 0.5, -0.5, n - 0.5, color="white", linewidth=2)
    axis.vlines(np.arange(n - 1) + 0.5, -0.5, m - 0.5, color="white", linewidth=2)
    dropped = set(map(tuple, barred[["worker", "task"]].to_numpy()))
    for i, j in np.argwhere(~may).tolist():
        matters = (workers[i], why.tasks[j]) in dropped
        colour = ACCENT if matters else SOFT
        axis.plot(j, i, marker="x", color=colour, markersize=9, markeredgewidth=1 + 2 * matters)
    matter = reasons.loc[reasons["kind"] == "place", "task"].value_counts()
    label_ticks(axis, "y", workers)
    label_ticks(axis, "x", [f"{task}\n{count(matter[task], 'place')}" for task in why.tasks])
    axis.set(xlabel="task, and how many of its places matter", ylabel="worker")
    axis.tick_params(length=0)
    title = "blue: may take it; cross: may not,\norange where that is a reason"
    axis.set_title(title, **NOTE)


def _draw_clashes(axis: Axes, problem: Problem, why: Infeasible, clashes: list[list[Any]]) -> None:
    """The workers that are a reason on a circle, and the conflicts between them."""
    named = set(why.workers)
    who = [one for one in problem.workers if one in named.union(*clashes)]
    filled = np.array([one in named for one in who])
    places = workers_on_circle(axis, pd.Index(who, tupleize_cols=False), filled)
    at = {one: k for k, one in enumerate(who)}
    # thin lines without shades between: a third of the size when stored
    many = len(clashes) >= 20
    style: Style = {"linewidth": 1 if many else 2.2, "antialiased": not many}
    for worker, other in clashes:
        axis.plot(*places[[at[worker], at[other]]].T, color=ACCENT, zorder=0, **style)
    axis.set_title("lines: conflicts that are a reason", **NOTE)


@in_any_script
def repairs(found: Repairs) -> Picture:
    """What each repair costs and the ρ it leads to, one row per repair, the best on top.

    Parameters
    ----------
    found : Repairs
        As :func:`crowdnb.repairs` gives them.
    """
    frame = needs(found, Repairs, "found").frame
    figure = new_figure(7.6, 0.38 * max(len(frame), 1) + 1.0)
    panels = figure.subplots(1, 2, sharey=True, width_ratios=[2, 3])
    for axis, column, colour, name in (
        (panels[0], "cost", ACCENT, "cost (in the unit of the costs given)"),
        (panels[1], "performance", BLUE, "ρ of the best assignment afterwards"),
    ):
        bars = axis.barh(range(len(frame)), frame[column], 0.6, color=colour)
        axis.bar_label(bars, fmt="{:.4g}", padding=3, fontsize=9)
        axis.set_xlabel(name, fontsize=9)
        axis.margins(x=0.2)
    label_ticks(panels[0], "y", wrapped(f"{at}. {text}" for at, text in frame["changes"].items()))
    panels[0].invert_yaxis()
    parts = [
        f"{row.Index}. {row.changes}: cost {row.cost:g}, ρ {row.performance:.4g}"
        for row in frame.itertuples()
    ]
    return Picture(figure, f"{count(len(frame), 'repair')}. {'; '.join(parts) or 'Nothing helps'}.")


@in_any_script
def prices(table: pd.DataFrame, most: int = 12) -> Picture:
    """What each conflict, exclusion, place, worker adds to ρ, one panel per kind, largest on top.

    Parameters
    ----------
    table : DataFrame
        As :func:`crowdnb.prices` gives it. What changes nothing is counted and left out; a worker
        or a place without which no assignment exists has a hatched bar as long as the longest.
    most : int
        Bars a kind at most.
    """
    most = whole(most, "most")
    needs_frame(table, "table", ["kind", "worker", "other", "task", "worth"])
    worths = numbers(table["worth"])
    if np.isnan(worths).any() or not table["kind"].isin(list(_PRICED)).all():
        raise ValueError(
            "table: each row needs a number for worth and a kind, as crowdnb.prices gives them"
        )
    table = table.assign(worth=worths)
    moving = table[table["worth"] != 0]
    parts = {kind: rows.head(most) for kind, rows in moving.groupby("kind", sort=False)}
    finite = moving["worth"][np.isfinite(moving["worth"])].abs()
    reach = float(finite.max()) if len(finite) else 1.0
    figure = new_figure(6.6, 0.24 * sum(map(len, parts.values())) + 0.4 * len(parts) + 0.8)
    sizes = [len(rows) + 0.8 for rows in parts.values()] or [1.0]
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
    said = []
    for axis, (kind, rows) in zip(axes, parts.items(), strict=False):
        name, row_text = _PRICED[str(kind)]
        labels = [row_text.format(row) for row in rows.fillna({"task": "all tasks"}).itertuples()]
        texts = _draw_worths(axis, rows["worth"].tolist(), reach)
        label_ticks(axis, "y", labels)
        axis.invert_yaxis()
        axis.axvline(0, color=INK, linewidth=0.8)
        axis.set_title(name, loc="left", **NOTE)
        axis.tick_params(labelsize=9)
        said.append(f"{name}: {listing(map(' '.join, zip(labels, texts, strict=True)), most)}")
    low = min(float(moving["worth"].min()), 0.0) if len(moving) else 0.0
    axes[-1].set_xlim(low - 0.3 * reach * (low < 0), reach * 1.35)
    axes[-1].set_xlabel("what it adds to ρ (below 0: what it costs)")
    nothing = f"{len(table) - len(moving)} of {len(table)} change nothing"
    figure.suptitle(f"{nothing} and are left out", **NOTE)
    return Picture(figure, f"What each adds to ρ. {'; '.join(said)}. {nothing}.")


def _draw_worths(axis: Axes, worths: list[float], reach: float) -> list[str]:
    """Bars with their numbers, hatched and as long as the longest for ∞; returns the numbers."""
    texts = []
    for at, worth in enumerate(worths):
        if np.isfinite(worth):
            length, text = worth, f"{worth:+.4f}"
            style: Style = {"color": ACCENT if worth < 0 else BLUE}
        else:
            length, text = reach, "cannot be spared"
            style = {"facecolor": "white", "edgecolor": BLUE, "hatch": "////"}
        bar = axis.barh(at, length, 0.7, **style)
        axis.bar_label(bar, [text], padding=3, fontsize=8)
        texts.append(text)
    return texts
