"""Pictures of the chain, each with a text that says the same for those who cannot see it.

Every function returns a :class:`Picture`: a matplotlib figure (``.figure``) and its alternative text (``.alt``). A
notebook shows it; nothing is drawn through pyplot, so no state is kept between calls.
"""

from __future__ import annotations

import base64
import html
import io
import warnings
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle

from crowdnb.ecargo import Assignment, Problem
from crowdnb.labels import listing
from crowdnb.possibility import interval_pair

INK, SOFT, ACCENT = "#222222", "#8c96a3", "#c2410c"
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei")
DOTS = 90  # per inch


@dataclass(frozen=True, eq=False)
class Picture:
    """A figure and the text that stands for it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    alt : str
        What the figure shows, in words and numbers.
    """

    figure: Figure
    alt: str

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"

    def _repr_html_(self) -> str:
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing")  # no font for a label: boxes; the text has it
            self.figure.savefig(buffer, format="png", dpi=DOTS, facecolor="white")
        data = base64.b64encode(buffer.getvalue()).decode()
        width = round(self.figure.get_figwidth() * 96)
        style = f"width: {width}px; max-width: 100%; height: auto"
        return f'<img style="{style}" alt="{html.escape(self.alt)}" src="data:image/png;base64,{data}">'


def intervals(ability: pd.DataFrame, demand: pd.DataFrame) -> Picture:
    """Ability intervals of every worker, a panel a criterion, with the lower ends of what the tasks ask as lines.

    Parameters
    ----------
    ability, demand : DataFrame
        As :func:`crowdnb.possibility_matrix` takes them.
    """
    u, d = interval_pair(ability, demand)
    rows = range(len(u.labels))
    figure = _figure(2.3 * len(u.criteria) + 0.8, 0.26 * len(u.labels) + 1.3)
    axes = figure.subplots(1, len(u.criteria), sharex=True, sharey=True, squeeze=False)[0]
    for k, (axis, criterion) in enumerate(zip(axes, u.criteria, strict=True)):
        for low in d.low[:, k]:
            axis.axvline(low, color=ACCENT, linewidth=1, alpha=0.7)
        axis.hlines(rows, u.low[:, k], u.high[:, k], color=INK, linewidth=4)
        axis.set_title(str(criterion), parse_math=False)
        axis.set_xlabel("ability (0 to 1)")
    _ticks(axes[0], "y", u.labels)
    axes[0].invert_yaxis()
    figure.suptitle("bars: ability of a worker; lines: what each task asks at least", fontsize=9, color=SOFT)
    axes[0].set_ylabel("worker")
    middle = pd.Series((u.low + u.high).mean(axis=1) / 2, index=u.labels)
    alt = (
        f"Ability intervals of {len(u.labels)} workers on {listing(u.criteria)}, and what the tasks ask at least. "
        f"The mean of the centres is highest for {middle.idxmax()} ({middle.max():.2f}) and lowest for "
        f"{middle.idxmin()} ({middle.min():.2f})."
    )
    return Picture(figure, alt)


def assignment(problem: Problem, answer: Assignment) -> Picture:
    """Who does what, on the grid of qualifications: workers × tasks.

    Darker cells have a higher Q, a cross bars a pair (C^R = 1 or Q = 0), a frame marks a place that is taken.

    Parameters
    ----------
    problem : Problem
    answer : Assignment
        Of that problem; without a table only the grid is drawn.
    """
    q, eligible = problem.qualification.to_numpy(), problem.eligible
    m, n = q.shape
    figure = _figure(max(0.75 * n + 1.6, 4.5), 0.32 * m + 1.5)
    axis = figure.subplots()
    low, high = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    scale = mpl.colors.Normalize(low, high if high > low else low + 1)
    colours = mpl.colormaps["Blues"]
    axis.imshow(np.where(eligible, q, np.nan), cmap=colours, norm=scale, aspect="auto")
    for i, j in np.ndindex(m, n):
        if not eligible[i, j]:
            axis.plot(j, i, marker="x", color=SOFT, markersize=6)
        elif m * n <= 400:  # beyond, numbers could not be read
            dark = scale(q[i, j]) > 0.6
            axis.text(j, i, f"{q[i, j]:.3f}", ha="center", va="center", fontsize=8, color="white" if dark else INK)
    if answer.table is not None:
        for i, j in np.argwhere(answer.table.to_numpy() == 1).tolist():
            axis.add_patch(Rectangle((j - 0.47, i - 0.44), 0.94, 0.88, fill=False, edgecolor=ACCENT, linewidth=2.5))
    _ticks(axis, "y", problem.workers)
    _ticks(axis, "x", [f"{task}\nneeds {need}" for task, need in problem.required.items()])
    axis.set_ylabel("worker")
    axis.set_xlabel("task")
    axis.tick_params(length=0)
    found = answer.table is not None
    axis.set_title(f"ρ = {answer.performance:.3f}" if found else f"{answer.status}: no assignment", loc="left")
    axis.set_title("cell: Q", loc="right", fontsize=9, color=SOFT)
    return Picture(figure, _in_words(problem, answer))


def _in_words(problem: Problem, answer: Assignment) -> str:
    if answer.table is None:
        return f"Qualification of {len(problem.workers)} workers for {len(problem.tasks)} tasks; {answer.status}."
    who: dict[Hashable, list[object]] = {task: [] for task in problem.tasks}
    for worker, task in zip(answer.pairs["worker"], answer.pairs["task"], strict=True):
        who[task].append(worker)
    teams = "; ".join(f"{task}: {listing(team) or 'nobody'}" for task, team in who.items())
    idle = listing(answer.idle) or "nobody"
    return f"Assignment with group performance {answer.performance:.3f}. {teams}. Idle: {idle}."


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def _ticks(axis: Axes, which: str, labels: Any) -> None:
    """Labels as they are: no mathematics between dollar signs, and a Chinese font where one is installed."""
    installed = set(fontManager.get_font_names())
    families = ["DejaVu Sans", *[name for name in CHINESE if name in installed]]
    texts = [str(label) for label in labels]
    setter = axis.set_yticks if which == "y" else axis.set_xticks
    setter(range(len(texts)), texts, parse_math=False, fontfamily=families)
