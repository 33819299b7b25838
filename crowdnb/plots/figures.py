"""Pictures of the chain, each with a text that says the same for those who cannot see it.

Every function returns a :class:`Picture`: a matplotlib figure (``.figure``) and its alternative
text (``.alt``). A notebook shows it; nothing is drawn through pyplot, so no state is kept between
calls.
"""

from __future__ import annotations

import base64
import html
import io
import math
import textwrap
import warnings
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from itertools import combinations
from typing import Any, ParamSpec

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.patches import Rectangle
from PIL import Image
from scipy.stats import t as student

from crowdnb.ability.cloud import Cloud
from crowdnb.ability.possibility import interval_pair, possibility_degree
from crowdnb.explain.alternatives import Alternatives
from crowdnb.explain.infeasible import Infeasible, count
from crowdnb.explain.repairs import Repairs
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    between,
    finite,
    flag,
    hashable,
    labelled,
    labelled_vector,
    listing,
    needs,
    needs_frame,
    number_frame,
    numbers,
    numeric,
    real,
    same_labels,
    several,
    shown,
    text_of,
    unique_index,
    whole,
)
from crowdnb.model.assignment import Assignment, zero_one_table
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.moves import position
from crowdnb.model.problem import Problem, needed, zero_one
from crowdnb.sensitivity.doubt import Doubt
from crowdnb.sensitivity.gamma import GammaRange
from crowdnb.sensitivity.inverse import RecoveredConflicts
from crowdnb.sensitivity.stability import Stability, corners_of

INK, SOFT, ACCENT = "#222222", "#8c96a3", "#c2410c"
GREY = "#5b6470"  # of letters: SOFT is too light to read
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "SimHei",
)
DOTS = 96  # per inch: one for each pixel of the page
SHADES = 48  # colours in a stored picture
BLUE = "#0072b2"
# told apart by colour-blind readers too
COLOURS = (BLUE, "#d55e00", "#009e73", "#cc79a7", "#56b4e9", INK)
DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (3, 1, 1, 1, 1, 1)), (0, (8, 2)))


P = ParamSpec("P")


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
            # no font for a label: boxes; the text has it
            warnings.filterwarnings("ignore", "Glyph .* missing")
            self.figure.savefig(buffer, format="png", dpi=DOTS, facecolor="white")
        small = io.BytesIO()
        _with_palette(Image.open(buffer).convert("RGB")).save(small, format="png", optimize=True)
        data = base64.b64encode(small.getvalue()).decode()
        width = round(self.figure.get_figwidth() * 96)
        style = f"width: {width}px; max-width: 100%; height: auto"
        return (
            f'<img style="{style}" alt="{html.escape(self.alt)}"'
            f' src="data:image/png;base64,{data}">'
        )


def _with_palette(picture: Image.Image) -> Image.Image:
    """The picture in :data:`SHADES` colours: a quarter of the size, and no difference to be seen.

    In turn, the colour that most pixels miss by most: areas keep theirs exactly, and so do lines,
    however thin.
    """
    pixels = np.asarray(picture).astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    codes, at, number = np.unique(pixels, return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    palette, place, miss = (
        [],
        np.zeros(len(codes), dtype=np.uint8),
        np.full(len(codes), 3.0 * 255**2),
    )
    for one in range(min(SHADES, len(codes))):
        palette.append(colours[(number * miss).argmax()])
        far = ((colours - palette[-1]) ** 2).sum(axis=1)
        place[far < miss] = one
        miss = np.minimum(miss, far)
    found = Image.fromarray(place[at].reshape(pixels.shape))
    found.putpalette(np.concatenate(palette).tolist())
    return found


@cache
def _families() -> list[str]:
    """Fonts for labels in any script: a Chinese one behind the usual one, where one is installed."""
    installed = set(fontManager.get_font_names())
    return ["DejaVu Sans", *[name for name in CHINESE if name in installed]]


def _in_any_script(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Picture:
        with mpl.rc_context({"font.family": _families()}):
            return draw(*args, **kwargs)

    return drawn


@_in_any_script
def chain() -> Picture:
    """The way of the data: from ratings, demands and judgements to the assignment, a box a step."""
    boxes = {
        "ratings": (0.0, 2, "ratings of\neach worker"), "cloud": (1.15, 2, "cloud model\n01, sections 3.1-3.2"),
        "ability": (2.3, 2, "ability\nintervals U"), "demand": (2.3, 1, "demand of\neach task D"),
        "degree": (3.35, 1.5, "possibility\ndegree P\n02, section 3.3"),
        "judgement": (2.2, 0, "judgements B\nof criteria"),
        "weights": (3.35, 0, "fuzzy AHP\nweights w\n03, section 3.4"),
        "q": (4.4, 0.75, "qualification Q\n03, section 3.5"),
        "rules": (4.6, 2, "$L, W, C^A, C^R$"), "program": (5.5, 1.2, "boolean program\n04, sections 4-5"),
        "answer": (6.7, 1.2, "assignment T, ρ\n05, section 6"),
    }  # fmt: skip
    arrows = (
        "ratings cloud, cloud ability, ability degree, demand degree, judgement weights, degree q,"
        " weights q, "
    )
    arrows += "q program, rules program, program answer"
    figure = _figure(10.5, 3.9)
    axis = figure.subplots()
    frame = {"boxstyle": "round,pad=0.45", "facecolor": "#eef4fb", "edgecolor": BLUE}
    drawn = {
        name: axis.text(x, y, text, ha="center", va="center", fontsize=10.5, color=INK, bbox=frame)
        for name, (x, y, text) in boxes.items()
    }
    for pair in arrows.split(", "):
        start, end = pair.split()
        style = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 1, "shrinkB": 1}
        style |= {"patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        axis.annotate("", boxes[end][:2], boxes[start][:2], arrowprops=style)
    axis.set(xlim=(-0.5, 7.25), ylim=(-0.5, 2.5))
    axis.axis("off")
    alt = (
        "The way of the data: ratings give clouds, clouds give ability intervals, these and the"
        " demands give possibility degrees; judgements give weights; degrees and weights give the"
        " qualification Q; Q with L, W and the conflicts gives the program, and the program the"
        " assignment."
    )
    return Picture(figure, alt)


@_in_any_script
def intervals(ability: pd.DataFrame, demand: pd.DataFrame) -> Picture:
    """Ability intervals of every worker, a panel a criterion, with the lower ends of what the tasks ask as lines.

    Parameters
    ----------
    ability, demand : DataFrame
        As :func:`crowdnb.possibility_matrix` takes them.
    """
    u, d = interval_pair(ability, demand)
    figure = _figure(2.3 * len(u.criteria) + 0.8, 0.28 * len(u.labels) + 1.4)
    axes = figure.subplots(1, len(u.criteria), sharex=True, sharey=True, squeeze=False)[0]
    for k, (axis, criterion) in enumerate(zip(axes, u.criteria, strict=True)):
        for low in d.low[:, k]:
            axis.axvline(low, color=ACCENT, linewidth=1, alpha=0.7)
        _bars(axis, u.low[:, k], u.high[:, k])
        axis.set_title(str(criterion), parse_math=False)
        axis.tick_params(labelsize=12)
    _ticks(axes[0], "y", u.labels)
    axes[0].invert_yaxis()
    figure.suptitle(
        "bars: ability of a worker; lines: what each task asks at least", fontsize=12, color=GREY
    )
    figure.supxlabel("ability (0 to 1)", fontsize=12)
    axes[0].set_ylabel("worker", fontsize=12)
    middle = pd.Series((u.low + u.high).mean(axis=1) / 2, index=u.labels)
    alt = (
        f"Ability intervals of {len(u.labels)} workers on {listing(u.criteria)}, and what the tasks"
        f" ask at least. The mean of the centres is highest for {middle.idxmax()}"
        f" ({middle.max():.2f}) and lowest for {middle.idxmin()} ({middle.min():.2f})."
    )
    return Picture(figure, alt)


@_in_any_script
def assignment(problem: Problem, answer: Assignment) -> Picture:
    """Who does what, on the grid of qualifications: workers × tasks.

    Darker cells have a higher Q, a cross bars a pair (C^R = 1 or Q = 0), a frame marks a place that
    is taken.

    Parameters
    ----------
    problem : Problem
    answer : Assignment
        Of that problem; without a table only the grid is drawn.
    """
    q, eligible, answer = needed(problem).q, problem.eligible, _answer_of(answer)
    _same_problem(problem, answer)
    m, n = q.shape
    figure = _figure(max(0.75 * n + 1.6, 4.5), 0.32 * m + 1.5)
    axis = figure.subplots()
    low, high = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    _cells(axis, np.where(eligible, q, np.nan), low, high, "{:.3f}")
    for i, j in np.argwhere(~eligible).tolist():
        axis.plot(j, i, marker="x", color=SOFT, markersize=6)
    if answer.table is not None:
        _frames(axis, np.argwhere(answer.table.to_numpy() == 1))
    _ticks(axis, "y", problem.workers)
    _ticks(axis, "x", [f"{task}\nneeds {need}" for task, need in problem.required.items()])
    axis.set_ylabel("worker")
    axis.set_xlabel("task")
    axis.tick_params(length=0)
    found = answer.table is not None
    axis.set_title(
        f"ρ = {answer.performance:.3f}" if found else f"{answer.status}: no assignment", loc="left"
    )
    axis.set_title("cell: Q", loc="right", fontsize=9, color=GREY)
    return Picture(figure, _in_words(problem, answer))


def _cells(axis: Axes, values: FloatArray, low: float, high: float, form: str) -> None:
    """Numbers as shades of blue from ``low`` to ``high``, written into the cells where there is room; NaN is white."""
    scale = mpl.colors.Normalize(low, high if high > low else low + 1)
    colours = mpl.colormaps["Blues"]
    axis.imshow(values, cmap=colours, norm=scale, aspect="auto")
    if values.size <= 400:
        for i, j in np.argwhere(~np.isnan(values)).tolist():
            ink = _readable(colours(scale(values[i, j])))
            axis.text(
                j, i, form.format(values[i, j]), ha="center", va="center", fontsize=9, color=ink
            )


def _frames(axis: Axes, cells: IntArray) -> None:
    for i, j in cells.tolist():
        axis.add_patch(
            Rectangle((j - 0.47, i - 0.44), 0.94, 0.88, fill=False, edgecolor=ACCENT, linewidth=2.5)
        )


def _readable(ground: tuple[float, ...]) -> str:
    """White or ink, whichever stands out more from the ground (relative luminance of WCAG 2)."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in ground[:3]
    ]
    light = float(np.dot(parts, [0.2126, 0.7152, 0.0722]))
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.066 else INK


def _in_words(problem: Problem, answer: Assignment) -> str:
    if answer.table is None:
        return (
            f"Qualification of {len(problem.workers)} workers for {len(problem.tasks)} tasks;"
            f" {answer.status}."
        )
    who: dict[Hashable, list[object]] = {task: [] for task in problem.tasks}
    for worker, task in zip(answer.pairs["worker"], answer.pairs["task"], strict=True):
        who[task].append(worker)
    teams = "; ".join(f"{task}: {listing(team) or 'nobody'}" for task, team in who.items())
    idle = listing(answer.idle) or "nobody"
    return f"Assignment with group performance {answer.performance:.3f}. {teams}. Idle: {idle}."


def _bars(axis: Axes, low: FloatArray, high: FloatArray) -> None:
    """Intervals as bars, a row each; one that is a point is a diamond, since a bar without width cannot be seen."""
    axis.hlines(range(len(low)), low, high, color=INK, linewidth=5)
    points = np.flatnonzero(low == high)
    if points.size:
        axis.plot(low[points], points, marker="D", color=INK, markersize=7, linestyle="none")


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def _ticks(axis: Axes, which: str, labels: Any) -> None:
    """Labels as they are: no mathematics between dollar signs."""
    texts = [str(label) for label in labels]
    setter = axis.set_yticks if which == "y" else axis.set_xticks
    setter(range(len(texts)), texts, parse_math=False)


@_in_any_script
def possibility(ability: tuple[float, float], demand: tuple[float, float]) -> Picture:
    """Two intervals, their widths laid end to end, and the share of them that is the possibility degree (eq. 3).

    The ruler below the intervals begins at the demand's lower end and is l_U + l_D long. Its filled
    part reaches to the ability's upper end: P is the filled part over the whole ruler.

    Parameters
    ----------
    ability, demand : (low, high)
        U and D, as :func:`crowdnb.possibility_degree` takes their ends.
    """
    ability, demand = _interval(ability, "ability"), _interval(demand, "demand")
    p = float(possibility_degree(*ability, *demand))
    (u_low, u_high), (d_low, d_high) = ability, demand
    width_u, width_d = u_high - u_low, d_high - d_low
    whole = width_u + width_d
    share = p * whole
    figure = _figure(6.8, 2.6)
    axis = figure.subplots()
    for y, ends, colour, name in ((2, ability, BLUE, "U"), (1, demand, SOFT, "D")):
        axis.hlines(y, *ends, color=colour, linewidth=9)
        axis.plot(
            ends,
            [y, y],
            linestyle="none",
            marker="|",
            markersize=13,
            markeredgewidth=2,
            color=colour,
        )
        axis.text(
            sum(ends) / 2,
            y + 0.24,
            f"$l_{name}$ = {_brief(ends[1] - ends[0])}",
            ha="center",
            va="bottom",
        )
    if whole > 0:
        axis.add_patch(
            Rectangle((d_low, -0.17), whole, 0.34, fill=False, edgecolor=INK, linewidth=1.2)
        )
        axis.add_patch(
            Rectangle((d_low, -0.17), share, 0.34, facecolor=ACCENT, edgecolor=INK, linewidth=1.2)
        )
        axis.text(d_low + whole / 2, -0.3, f"$l_U + l_D$ = {_brief(whole)}", ha="center", va="top")
        sum_ = f"{_brief(share)} / {_brief(whole)} = {_brief(p)}"
    else:
        sum_ = f"{_brief(p)}, by the order of two points"
    axis.vlines(d_low, -0.17, 1, color=SOFT, linestyle=":")
    axis.vlines(u_high, -0.17, 2, color=BLUE, linestyle=":")
    names = [
        f"ability U = {_ends(ability)}",
        f"demand D = {_ends(demand)}",
        "both widths, from $D^L$",
    ]
    axis.set_yticks([2, 1, 0], names)
    axis.tick_params(axis="y", length=0)
    axis.set_ylim(-0.85, 2.75)
    axis.set_xlim(min(0, u_low, d_low) - 0.02, max(1, u_high, d_high, d_low + whole) + 0.02)
    axis.set_xlabel("share of the scale (0 to 1)")
    axis.set_title(f"P(U ≥ D) = {sum_}", loc="left", color=ACCENT)
    alt = (
        f"Ability {_ends(ability)}, width {_brief(width_u)}; demand {_ends(demand)}, width"
        f" {_brief(width_d)}. From the demand's lower end to the ability's upper end it is"
        f" {_brief(u_high - d_low)}. Possibility degree {sum_}."
    )
    return Picture(figure, alt)


def _interval(ends: object, name: str) -> tuple[float, float]:
    """Two finite numbers; ValueError with the argument's name for anything else."""
    values = finite(ends, name)  # type: ignore[arg-type]
    if values.shape != (2,):
        raise ValueError(f"{name}: two numbers (low, high) are needed, got {shown(ends)}")
    return float(values[0]), float(values[1])


def _lines(table: object, name: str = "table") -> pd.DataFrame:
    """A table of numbers, some of them missing perhaps, over an index of numbers."""
    given = number_frame(table, name, missing=True)
    finite(given.index, f"{name}, rows")
    return given


def _marked(marks: object) -> Mapping[str, Any]:
    """Marks by name; none for None."""
    if marks is not None and not isinstance(marks, Mapping):
        raise ValueError(f"marks: a mapping of names to places is needed, got {shown(marks)}")
    return {text_of(name, "marks"): place for name, place in (marks or {}).items()}


def _answer_of(answer: object) -> Assignment:
    return needs(answer, Assignment, "answer")


def _same_problem(problem: Problem, answer: Assignment) -> None:
    """ValueError where an answer is over other workers or tasks."""
    same_labels(answer.problem.workers, problem.workers, "answer, workers")
    same_labels(answer.problem.tasks, problem.tasks, "answer, tasks")


def _across(names: Sequence[str], letters: int) -> int:
    """Columns of a legend with room for so many letters side by side; its rows are as full as each other."""
    most = max(1, letters // (6 + max(map(len, names), default=0)))
    return math.ceil(len(names) / math.ceil(len(names) / most)) if names else 1


@_in_any_script
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
    table, x, y = _lines(table), text_of(x, "x"), text_of(y, "y")
    flag(steps, "steps")
    marks = {name: real(place, "marks") for name, place in _marked(marks).items()}
    figure = _figure(5.6, 2.7)
    axis = figure.subplots()
    for at, column in enumerate(table):
        style = {"color": COLOURS[at % len(COLOURS)], "linestyle": DASHES[at % len(DASHES)]}
        style |= {"drawstyle": "steps-post", "marker": "o"} if steps else {}
        axis.plot(
            table.index, table[column], label=str(column).replace("$", r"\$"), linewidth=2, **style
        )
    if steps:
        axis.set_xticks(table.index)
    for at, (mark, place) in enumerate(marks.items()):
        axis.axvline(
            place, color=INK, linestyle=DASHES[at % len(DASHES)], linewidth=1.2, label=mark
        )
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    axis.grid(color=SOFT, alpha=0.3)
    name = None if table.columns.name is None else str(table.columns.name)
    named = [*map(str, table.columns), *marks]
    figure.legend(loc="outside upper center", ncols=_across(named, 72), title=name, frameon=False)
    parts = [f"{c}: from {_brief(v.iloc[0])} to {_brief(v.iloc[-1])}" for c, v in table.items()]
    parts += [f"{mark} at {_brief(place)}" for mark, place in marks.items()]
    span = f"{_brief(table.index[0])} to {_brief(table.index[-1])}"
    return Picture(figure, f"Lines of {y} for {x}, drawn from {span}. {'; '.join(parts)}.")


def _grouped(table: pd.DataFrame, form: str) -> tuple[Figure, Axes]:
    """Bars with their numbers, a row of the table a group and a column a colour."""
    sets = table.columns
    figure = _figure(6.2, 1.1 + len(table) * max(0.36, 0.22 * len(sets)))
    axis = figure.subplots()
    thick = 0.8 / len(sets)
    for at, name in enumerate(sets):
        rows = np.arange(len(table)) + (at - (len(sets) - 1) / 2) * thick
        bars = axis.barh(
            rows, table[name], thick * 0.9, color=COLOURS[at % len(COLOURS)], label=str(name)
        )
        axis.bar_label(bars, fmt=form, padding=3, fontsize=8)
    _ticks(axis, "y", table.index)
    axis.invert_yaxis()
    axis.margins(x=0.12)
    axis.set_xlim(left=0)
    return figure, axis


@_in_any_script
def bars(table: pd.DataFrame, x: str, y: str) -> Picture:
    """Bars with their numbers, to compare the columns of a table row by row.

    Parameters
    ----------
    table : DataFrame
        Numbers ≥ 0; a row a group of bars, a column a colour.
    x, y : str
        What the bars and what the rows are, with units.
    """
    table, x, y = number_frame(table, "table"), text_of(x, "x"), text_of(y, "y")
    figure, axis = _grouped(table, "{:,.0f}")
    axis.set_xlabel(x)
    axis.set_ylabel(y)
    figure.legend(loc="outside upper center", ncols=len(table.columns), frameon=False)
    parts = [
        f"{name}: {listing((f'{row} {v:,.0f}' for row, v in table[name].items()), 12)}"
        for name in table
    ]
    return Picture(figure, f"Bars of {x}. {'; '.join(parts)}.")


@_in_any_script
def weights(table: pd.DataFrame, reach: tuple[float, float] | None = None) -> Picture:
    """Criteria weights as bars with their numbers, a row a criterion, and the range that judgements can reach.

    Parameters
    ----------
    table : DataFrame
        Criteria × sets of weights.
    reach : (smallest, largest), optional
        As :func:`crowdnb.weight_range` gives it; drawn as a band.
    """
    table = number_frame(table, "table")
    reach = None if reach is None else _interval(reach, "reach")
    sets = table.columns
    figure, axis = _grouped(table, "{:.3f}")
    if reach is not None:
        axis.axvspan(
            *reach,
            color=SOFT,
            alpha=0.25,
            zorder=0,
            label=f"reachable: {reach[0]:.4f} to {reach[1]:.4f}",
        )
    axis.set_xlabel("weight (0 to 1, all of one colour sum to 1)")
    axis.set_ylabel("criterion")
    figure.legend(loc="outside upper center", ncols=len(sets) + 1, frameon=False)
    parts = [f"{name}: {listing(f'{c} {v:.3f}' for c, v in table[name].items())}" for name in sets]
    band = "" if reach is None else f" Reachable are weights from {reach[0]:.4f} to {reach[1]:.4f}."
    return Picture(figure, f"Criteria weights. {'; '.join(parts)}.{band}")


@_in_any_script
def reachable_weights(reachable: Mapping[str, FloatArray], wanted: pd.Series[float]) -> Picture:
    """How many judgement matrices give a criterion each weight, a panel a setting, and the weights that are wanted.

    Parameters
    ----------
    reachable : mapping of str to array
        Setting, such as ``"a = 3"`` → the weight of one criterion from every judgement matrix.
    wanted : Series
        Weights by criterion, drawn as lines: full where a matrix reaches as far, dashed where none
        does.
    """
    if not isinstance(reachable, Mapping) or not reachable:
        raise ValueError(
            f"reachable: a mapping of settings to weights is needed, got {shown(reachable)}"
        )
    reachable = {
        text_of(name, "reachable"): _some(values, "reachable") for name, values in reachable.items()
    }
    unique_index(needs(wanted, pd.Series, "wanted").index, "wanted")
    wanted = pd.Series(labelled_vector(wanted, wanted.index, "wanted"), wanted.index)
    if wanted.empty:
        raise ValueError("wanted: there are none")
    figure = _figure(6.8, 0.7 + 1.6 * len(reachable))
    axes = figure.subplots(len(reachable), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
    parts = []
    for axis, (setting, values) in zip(axes, reachable.items(), strict=True):
        at, number = np.unique(np.round(values, 9), return_counts=True)
        axis.bar(at, number, width=0.7 * np.diff(at).min(initial=0.02), color=COLOURS[0])
        within = (wanted >= at[0] - 1e-9) & (wanted <= at[-1] + 1e-9)
        for name, value in wanted.items():
            axis.axvline(
                value, color=ACCENT, linestyle="-" if within[name] else "--", linewidth=1.5
            )
        axis.set_title(f"{setting}: from {at[0]:.4f} to {at[-1]:.4f}", loc="left", fontsize=10)
        axis.set_ylabel("matrices")
        outside = listing(f"{name} {wanted[name]:.2f}" for name in wanted.index[~within]) or "none"
        parts.append(
            f"{setting}: {len(at)} weights from {at[0]:.4f} to {at[-1]:.4f}; outside: {outside}"
        )
    axes[0].set_ylim(0, 1.4 * axes[0].get_ylim()[1])
    over = axes[0].get_xaxis_transform()
    # on two lines, so that neighbours stay apart
    for row, (name, value) in enumerate(wanted.sort_values().items()):
        words = f" {name} {value:.2f}"
        # a neighbour's line ends at the letters
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
        height = 0.97 - 0.14 * (row % 2)
        axes[0].text(
            value,
            height,
            words,
            transform=over,
            va="top",
            color=ACCENT,
            parse_math=False,
            bbox=ground,
            zorder=3,
        )
    axes[-1].set_xlim(left=0, right=max(0.05 + wanted.max() * 1.12, axes[-1].get_xlim()[1]))
    axes[-1].set_xlabel("weight of one criterion (0 to 1); lines: the weights that are wanted")
    return Picture(
        figure, f"Weights that five-level judgements can give one criterion. {'. '.join(parts)}."
    )


def _some(values: object, name: str) -> FloatArray:
    """One number or more, in a row; ValueError with the argument's name for anything else."""
    given = finite(values, name)  # type: ignore[arg-type]
    if given.ndim != 1 or not given.size:
        raise ValueError(f"{name}: a row of numbers is needed, got shape {given.shape}")
    return given


def _brief(value: float) -> str:
    return f"{round(float(value), 3) + 0.0:g}"


def _ends(interval: tuple[float, float]) -> str:
    return f"[{_brief(interval[0])}, {_brief(interval[1])}]"


@_in_any_script
def interval_rows(
    ends: pd.DataFrame, counts: pd.DataFrame | None = None, title: str = ""
) -> Picture:
    """Interval numbers as bars, a row each, with the ratings they come from as dots.

    Parameters
    ----------
    ends : DataFrame
        A row an interval, in the order drawn; columns ``low`` and ``high``, shares of the scale.
        Ends outside [0, 1] are drawn where they are, on grey ground.
    counts : DataFrame, optional
        How often each star was given: the rows of ``ends``, columns 1 … S. A dot's area grows with
        the count.
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
        counts = number_frame(counts, "counts")
        unique_index(ends.index, "ends, rows")
        same_labels(counts.index, ends.index, "counts, rows")
        if (counts < 0).any(axis=None):
            raise ValueError("counts: a count must not be negative")
    figure = _figure(6.0, 0.34 * len(ends) + 1.1)
    figure.set_layout_engine("constrained", w_pad=0.1)
    axis = figure.subplots()
    _bars(axis, low, high)
    if counts is not None:
        n = counts.loc[ends.index].to_numpy(dtype=float)
        row, star = np.nonzero(n)
        axis.scatter(
            (star + 1) / n.shape[1], row - 0.3, s=18 * n[row, star], color=ACCENT, linewidths=0
        )
    _scale(axis, min(low.min(), 0), max(high.max(), 1))
    _ticks(axis, "y", ends.index)
    axis.set_ylim(len(ends) - 0.4, -0.7)
    axis.set_title(title, loc="left", fontsize=9, color=GREY, parse_math=False)
    rows = [f"{name} [{a:.2f}, {b:.2f}]" for name, a, b in zip(ends.index, low, high, strict=True)]
    dots = " Dots show the ratings." if counts is not None else ""
    return Picture(
        figure, f"{len(ends)} intervals on the scale from 0 to 1: {listing(rows, 12)}.{dots}"
    )


@_in_any_script
def cloud_drops(cloud: Cloud, x: FloatArray, certainty: FloatArray, gamma: float = 0.1) -> Picture:
    """Drops of a cloud with their certainty, the expectation curve, and the interval of eq. 2 on the axis.

    Parameters
    ----------
    cloud : Cloud
    x, certainty : array of float, shape (N,)
        The drops, and the certainty of each in [0, 1].
    gamma : float
        Influence of He on the interval, ≥ 0.
    """
    low, high = needs(cloud, Cloud, "cloud").interval(gamma)
    x, certainty = _some(x, "x"), _some(certainty, "certainty")
    if x.shape != certainty.shape:
        raise ValueError(
            f"x and certainty: {len(x)} and {len(certainty)}, there must be as many of both"
        )
    figure = _figure(6.0, 2.9)
    axis = figure.subplots()
    first, last = np.quantile(x, [0.005, 0.995])  # a drop far away must not squeeze the rest
    left, right = min(first, low, 0.0), max(last, high, 1.0)
    grid = np.linspace(left, right, 400)
    axis.scatter(x, certainty, s=3, color=BLUE, linewidths=0, antialiased=False, label="drops")
    axis.plot(grid, cloud.membership(grid), color=INK, linewidth=1, label="curve with He = 0")
    axis.plot(
        [low, high],
        [-0.06, -0.06],
        color=ACCENT,
        linewidth=6,
        solid_capstyle="butt",
        label="interval U",
    )
    axis.plot(
        [cloud.expectation] * 2, [-0.06, 1], color=ACCENT, linewidth=1, linestyle="--", label="Ex"
    )
    _scale(axis, left, right)
    axis.set_ylabel("certainty (0 to 1)")
    axis.set_ylim(-0.12, 1.05)
    figure.legend(loc="outside upper center", ncols=4, fontsize=9, frameon=False, markerscale=3)
    inside = float(np.mean((x >= low) & (x <= high)))
    outside = float(np.mean((x < 0) | (x > 1)))
    alt = (
        f"{len(x)} drops of a cloud with Ex {cloud.expectation:.2f}, En {cloud.entropy:.2f} and He"
        f" {cloud.hyper_entropy:.2f}. The interval [{low:.2f}, {high:.2f}] holds {inside:.0%} of"
        f" them; {outside:.0%} lie outside the scale from 0 to 1."
    )
    return Picture(figure, alt)


@_in_any_script
def radicands(samples: Mapping[int, FloatArray]) -> Picture:
    """How S² - En² is spread over histories, a panel a number of ratings, with the share below 0.

    Parameters
    ----------
    samples : mapping from int to array of float
        Number of ratings tau → radicands of many histories, in the squared unit of the scale.
    """
    if not isinstance(samples, Mapping) or not samples:
        raise ValueError(
            f"samples: a mapping of numbers of ratings to radicands is needed, got {shown(samples)}"
        )
    samples = {whole(tau, "samples"): _some(values, "samples") for tau, values in samples.items()}
    figure = _figure(2.1 * len(samples) + 0.5, 2.3)
    axes = figure.subplots(1, len(samples), sharex=True, sharey=True, squeeze=False)[0]
    everything = np.concatenate(list(samples.values()))
    reach = float(np.abs(everything).max()) or 1.0
    # the rest is counted at the edges
    seen = float(np.quantile(np.abs(everything), 0.995)) or reach
    edges = np.linspace(-seen, seen, 31)
    parts = []
    for axis, (tau, values) in zip(axes, samples.items(), strict=True):
        share = np.full(len(values), 100 / len(values))
        negative = np.asarray(values) < 0
        for chosen, colour, hatch in ((negative, ACCENT, "////"), (~negative, BLUE, None)):
            bars = np.clip(values[chosen], -seen, seen)
            axis.hist(
                bars,
                edges,
                weights=share[chosen],
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


@_in_any_script
def coverage(share: pd.DataFrame, width: pd.DataFrame, level: float = 0.9) -> Picture:
    """How often intervals hold the next rating, and how wide they are, by the number of ratings before it.

    Parameters
    ----------
    share, width : DataFrame
        Index: number of ratings, rising. A column a method. Shares in [0, 1], widths on the scale
        from 0 to 1.
    level : float
        The share that is wanted, in [0, 1]: a line.
    """
    share, width, level = _lines(share, "share"), _lines(width, "width"), real(level, "level", 0, 1)
    for name, table in (("share", share), ("width", width)):
        if not (table.index > 0).all():
            raise ValueError(
                f"{name}, rows: numbers of ratings above 0 are needed, got {listing(table.index)}"
            )
    figure = _figure(7.0, 3.1)
    figure.set_layout_engine("constrained", w_pad=0.1)
    panels = figure.subplots(1, 2)
    for axis, table, what in (
        (panels[0], share * 100, "next rating inside (%)"),
        (panels[1], width, "mean width (scale 0 to 1)"),
    ):
        for k, method in enumerate(table):
            colour, line, marker = (
                COLOURS[k % len(COLOURS)],
                DASHES[k % len(DASHES)],
                "osD^vX"[k % 6],
            )
            name = str(method).replace("$", r"\$")
            axis.plot(
                table.index, table[method], color=colour, linestyle=line, marker=marker, label=name
            )
        axis.set_xscale("log")
        axis.set_xticks(table.index, [str(tau) for tau in table.index])
        axis.minorticks_off()
        axis.set_xlabel("ratings in the history")
        axis.set_ylabel(what)
        axis.grid(axis="y", color="#dddddd", linewidth=0.6)
    panels[0].axhline(level * 100, color=SOFT, linewidth=3, alpha=0.5, label=f"wanted: {level:.0%}")
    panels[0].set_ylim(0, 104)
    panels[1].set_ylim(0, None)
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=2, fontsize=9, frameon=False)
    first, last = share.index[0], share.index[-1]
    parts = [
        f"{name!s}: {held.iloc[0]:.0%} and {held.iloc[-1]:.0%}" for name, held in share.items()
    ]
    alt = (
        f"Coverage and width of {share.shape[1]} methods from {first} to {last} ratings, with"
        f" {level:.0%} wanted. Coverage at {first} and at {last}: {listing(parts, 9)}."
    )
    return Picture(figure, alt)


def _scale(axis: Axes, low: float, high: float) -> None:
    """The axis of a share of the scale, with the ground outside [0, 1] grey."""
    left, right = min(low, 0) - 0.03, max(high, 1) + 0.03
    for start, stop in ((left, 0), (1, right)):
        axis.axvspan(start, stop, color="#e3e6ea", linewidth=0, zorder=0)
    axis.set_xlim(left, right)
    axis.set_xticks(np.arange(0, 1.01, 0.2))
    axis.set_xlabel("ability (share of the scale, 0 to 1; grey: outside it)")


@_in_any_script
def conflict_graph(problem: Problem, answer: Assignment) -> Picture:
    """Who may not work with whom: workers on a circle, a line a conflict, a colour and dashes a clique.

    Workers that the assignment picks are filled, the others are hollow.

    Parameters
    ----------
    problem : Problem
        Its worker-worker conflicts are drawn, grouped as
        :func:`crowdnb.model.conflict_graph.cliques` groups them.
    answer : Assignment
        Of that problem; without a table nobody is filled.
    """
    m, answer = len(needed(problem).workers), _answer_of(answer)
    _same_problem(problem, answer)
    chosen = np.zeros(m, dtype=bool)
    if answer.table is not None:
        chosen |= answer.table.to_numpy().sum(axis=1) > 0
    groups = list(cliques(problem))
    figure = _figure(6.4, 4.4)
    axis = figure.subplots()
    x, y = _on_circle(axis, problem.workers, chosen)
    left = {(i1, i2) for i1, i2 in problem.conflict_pairs.tolist()}
    for at, group in enumerate(groups):
        names = listing(problem.workers[group]).replace("$", r"\$")
        line = {"color": COLOURS[1:][at % 5], "linestyle": DASHES[at % len(DASHES)]}
        pairs = [pair for pair in combinations(group.tolist(), 2) if pair in left]
        left -= set(pairs)
        for number, pair in enumerate(pairs):
            name = names if number == 0 else None
            axis.plot(x[list(pair)], y[list(pair)], label=name, linewidth=2.2, zorder=1, **line)
    axis.set_title("filled: chosen; hollow: left out", fontsize=9, color=GREY)
    if 0 < len(groups) <= 12:
        figure.legend(loc="outside right upper", title="at most one of", frameon=False)
    alone = listing(f"({listing(problem.workers[group])})" for group in groups) or "nobody"
    picked, idle = (
        listing(problem.workers[chosen], m) or "nobody",
        listing(problem.workers[~chosen], m) or "nobody",
    )
    alt = (
        f"Conflicts of {m} workers. At most one can be chosen of {alone}. Chosen: {picked}. Left"
        f" out: {idle}."
    )
    return Picture(figure, alt)


def _on_circle(
    axis: Axes, workers: pd.Index[Any], filled: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Workers on a circle, some filled and the others hollow; where each of them lies."""
    m = len(workers)
    angle = np.pi / 2 - 2 * np.pi * np.arange(m) / m
    x, y = np.cos(angle), np.sin(angle)
    size = 480 if m <= 20 else 9600 / m
    for some, fill, edge in ((filled, BLUE, BLUE), (~filled, "white", SOFT)):
        axis.scatter(
            x[some], y[some], size, fill, edgecolors=edge, linewidths=1.8, clip_on=False, zorder=2
        )
    longest = max(len(str(worker)) for worker in workers)
    beside = longest > 4 or m > 20  # of the circle, where the names do not fit in it
    for i, worker in enumerate(workers):
        side = "center" if not beside or abs(x[i]) < 0.2 else "left" if x[i] > 0 else "right"
        far = 17 * beside
        words = axis.annotate(
            str(worker), (x[i], y[i]), (far * x[i], far * y[i]), textcoords="offset points", ha=side
        )
        words.set(
            va="center",
            fontsize=9,
            color="white" if filled[i] and not beside else INK,
            parse_math=False,
        )
    wide = 1.3 + 0.05 * min(longest, 25) if beside else 1.15
    axis.set(aspect="equal", xlim=(-wide, wide), ylim=(-1.3, 1.3) if beside else (-1.15, 1.15))
    axis.set_axis_off()
    return x, y


# Section 7


def existence(shares: pd.DataFrame, printed: pd.DataFrame, bounds: pd.DataFrame) -> Picture:
    """In what share of the instances an assignment exists, a panel a probability: computed, printed and by theory.

    Parameters
    ----------
    shares : DataFrame
        Index (p, m); columns share, low, high, repeats, as
        :func:`crowdnb.experiments.studies.shares` gives them.
    printed : DataFrame
        Table 8: index m, columns p.
    bounds : DataFrame
        As :func:`crowdnb.experiments.studies.theory` gives them.
    """
    for name, table in (("shares", shares), ("bounds", bounds)):
        if list(needs(table, pd.DataFrame, name).index.names) != ["p", "m"] or table.empty:
            raise ValueError(
                f"{name}: a table with the index (p, m) is needed, got {listing(table.index.names)}"
            )
        unique_index(table.index, f"{name}, row")
    shares = numeric(shares, "shares", ["share", "low", "high"], missing=True)
    bounds = numeric(bounds, "bounds", ["second moment", "first moment"])
    printed = _lines(printed, "printed")
    chances = shares.index.unique("p")
    for p in chances:
        if p not in printed.columns or p not in bounds.index.unique("p"):
            raise ValueError(f"printed and bounds: nothing for p = {shown(p)}")
    figure = _figure(6.6, 0.7 + 1.6 * -(-len(chances) // 2))
    axes = figure.subplots(
        -(-len(chances) // 2), 2, sharex=True, sharey=True, squeeze=False
    ).ravel()
    parts = []
    for axis, p in zip(axes, chances, strict=False):
        here, theory = shares.loc[p], bounds.loc[p]
        low, high = theory["second moment"] * 100, theory["first moment"] * 100
        axis.fill_between(
            theory.index, low, high, color=SOFT, alpha=0.25, linewidth=0, label="possible by theory"
        )
        reach = abs(here[["low", "high"]].sub(here["share"], axis=0)).T * 100
        style = {"color": BLUE, "linewidth": 2, "capsize": 3, "label": "computed, 95 % limits"}
        axis.errorbar(here.index, here["share"] * 100, reach, **style)
        cross = {
            "color": ACCENT,
            "marker": "x",
            "markersize": 8,
            "markeredgewidth": 2,
            "linestyle": "none",
        }
        axis.plot(printed.index, printed[p] * 100, label="printed", **cross)
        axis.set_title(f"conflict probability p = {p:g}", fontsize=10)
        axis.grid(color=SOFT, alpha=0.3)
        off = (here["share"] - printed[p].reindex(here.index)).abs()
        fall = here.index[here["share"] < 0.5]
        half = f"below one half from m = {fall[0]} on" if len(fall) else "above one half everywhere"
        parts.append(f"p = {p:g}: {half}, at most {off.max():.2f} from the printed share")
    for axis in axes[-2:]:
        axis.set_xlabel("workers m, for ⌊m/3⌋ tasks")
    figure.supylabel("an assignment exists (%)", fontsize=10)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=3, frameon=False)
    return Picture(
        figure, f"Share of instances that have an assignment, against m. {'; '.join(parts)}."
    )


def spread(rows: pd.DataFrame, cap: int, printed: pd.DataFrame | None = None) -> Picture:
    """Milliseconds of every single solve, a panel a method, so that a tail is seen; a mean would hide it.

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
    printed = None if printed is None else _lines(printed, "printed")
    if rows.empty or rows["method"].isna().any():
        raise ValueError("rows: one row or more is needed, each with a method")
    methods = list(dict.fromkeys(hashable(rows["method"], "rows: method")))
    figure = _figure(6.6, 0.6 + 1.6 * -(-len(methods) // 3))
    axes = figure.subplots(
        -(-len(methods) // 3), 3, sharex=True, sharey=True, squeeze=False
    ).ravel()
    parts = []
    for axis, method in zip(axes, methods, strict=False):
        here = rows[rows["method"] == method]
        ms, gave_up = here["seconds"] * 1e3, here["status"] == "N/A"
        axis.scatter(
            here["m"][~gave_up],
            ms[~gave_up],
            s=9,
            color=BLUE,
            antialiased=False,
            linewidths=0,
            label="a solve",
        )
        axis.scatter(
            here["m"][gave_up],
            ms[gave_up],
            s=22,
            color=ACCENT,
            marker="^",
            label=f"stopped at {cap:,} nodes",
        )
        middle = ms.groupby(here["m"]).median()
        axis.plot(middle.index, middle, color=INK, linewidth=1.5, label="median")
        if printed is not None and method in printed:
            axis.plot(
                printed.index,
                printed[method],
                color=COLOURS[2],
                marker="x",
                linestyle=":",
                label="printed, mean",
            )
        axis.set_yscale("log")
        axis.yaxis.set_major_formatter("{x:,.10g}")
        axis.set_title(str(method), fontsize=10, parse_math=False)
        axis.grid(color=SOFT, alpha=0.3)
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
    named = {
        name: handle
        for axis in axes
        for handle, name in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        named.values(), named.keys(), loc="outside upper center", ncols=4, fontsize=9, frameon=False
    )
    return Picture(
        figure,
        f"Milliseconds of single solves against m, on a logarithmic scale. {'; '.join(parts)}.",
    )


def planner(
    bands: Mapping[float, pd.DataFrame], computed: pd.DataFrame, chance: float = 0.95
) -> Picture:
    """How many places so many candidates fill, a colour a conflict rate: by theory, and computed where that can be.

    Parameters
    ----------
    bands : mapping of float to DataFrame
        Conflict probability → index candidates; columns surely, at most.
    computed : DataFrame
        Index probabilities, columns candidates; places filled, NaN where nobody knows.
    chance : float
        With which probability.
    """
    if not isinstance(bands, Mapping) or not bands:
        raise ValueError(
            f"bands: a mapping of probabilities to tables is needed, got {shown(bands)}"
        )
    for band in bands.values():
        numeric(_lines(band, "bands"), "bands", ["surely", "at most"])
    bands = {real(p, "bands", 0, 1): _lines(band, "bands") for p, band in bands.items()}
    computed, chance = _lines(computed, "computed"), real(chance, "chance", 0, 1)
    finite(computed.columns, "computed, columns")
    figure = _figure(6.4, 3.3)
    axis = figure.subplots()
    parts = []
    for at, (p, band) in enumerate(bands.items()):
        colour = COLOURS[at % len(COLOURS)]
        # no fills: mixed colours could not be told apart
        for end, dashes in (("surely", "--"), ("at most", ":")):
            axis.plot(band.index, band[end], color=colour, linestyle=dashes, linewidth=1.4)
        known = computed.loc[p].dropna() if p in computed.index else computed.iloc[0, :0]
        axis.plot(
            known.index,
            known,
            color=colour,
            marker="osD^vX"[at % 6],
            linewidth=1.5,
            label=f"p = {p:g}",
        )
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
    axis.set_xticks(
        [10, 30, 100, 300, 1000, 3000, 10000],
        ["10", "30", "100", "300", "1,000", "3,000", "10,000"],
    )
    axis.set_yticks([3, 5, 10, 20, 30, 50, 100], ["3", "5", "10", "20", "30", "50", "100"])
    axis.minorticks_off()
    axis.set_xlim(sizes[0] * 0.9, sizes[-1] * 2.6)
    axis.set_xlabel("candidates m")
    axis.set_ylabel(f"places filled with {chance:.0%} certainty")
    axis.grid(color=SOFT, alpha=0.3)
    title = "points: computed; by theory: dashed, what is sure; dotted, what is possible at most"
    figure.legend(
        loc="outside upper center", ncols=len(bands) + 1, title=title, frameon=False, fontsize=9
    )
    return Picture(
        figure, f"Places filled with {chance:.0%} certainty against candidates. {'; '.join(parts)}."
    )


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
    table, x, y = _lines(table), text_of(x, "x"), text_of(y, "y")
    if (table <= 0).any(axis=None) or not (table.index > 0).all() or not table.notna().any().all():
        raise ValueError(
            "table: numbers above 0 are needed, in the index too, and one or more in each column"
        )
    points = {name: _interval(place, "marks") for name, place in _marked(marks).items()}
    figure = _figure(5.6, 3.0)
    axis = figure.subplots()
    for at, column in enumerate(table):
        style = {
            "color": COLOURS[at % len(COLOURS)],
            "linestyle": DASHES[at % len(DASHES)],
            "marker": "osD^vX"[at % 6],
        }
        axis.plot(
            table.index, table[column], label=str(column).replace("$", r"\$"), markersize=4, **style
        )
    for name, point in points.items():
        axis.plot(
            *point,
            color=ACCENT,
            marker="x",
            markersize=10,
            markeredgewidth=2.5,
            linestyle="none",
            label=name,
        )
    axis.set(xscale="log", yscale="log", xlabel=x, ylabel=y)
    for scale in (axis.xaxis, axis.yaxis):
        scale.set_major_formatter("{x:,.10g}")
    axis.grid(color=SOFT, alpha=0.3)
    figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=9)
    ends = [
        f"{name}: from {v.dropna().iloc[0]:.3g} to {v.dropna().iloc[-1]:.3g}"
        for name, v in table.items()
    ]
    ends += [f"{name}: {at[1]:g} at {at[0]:g}" for name, at in points.items()]
    span = f"{_brief(table.index[0])} to {_brief(table.index[-1])}"
    return Picture(figure, f"{y} against {x} from {span}, both logarithmic. {'; '.join(ends)}.")


# Why, why not, what if


@_in_any_script
def infeasible(problem: Problem, why: Infeasible) -> Picture:
    """The requirements that cannot hold together: who may take which task, and who is in conflict with whom.

    Parameters
    ----------
    problem : Problem
    why : Infeasible
        Of that problem, as :func:`crowdnb.explain_infeasible` gives it; a ValueError where an
        assignment exists.
    """
    if not needs(why, Infeasible, "why"):
        raise ValueError("why: an assignment exists, there is nothing to draw")
    reasons, workers = why.requirements, needed(problem).workers
    if unknown := [task for task in why.tasks if task not in problem.task_at]:
        raise ValueError(f"why: it is of another problem, task {listing(unknown)} is unknown")
    clashes = reasons[reasons["kind"] == "conflict"][["worker", "other"]].to_numpy()
    barred = reasons[reasons["kind"].isin(["exclusion", "zero"])]
    grid = len(why.tasks) > 0 and (len(barred) > 0 or not len(clashes))
    circle = (3.0 if len(why.workers) <= 8 else 4.0) * (len(clashes) > 0)
    sizes = [0.8 * len(why.tasks) + 1.2] * grid + [circle + 0.4] * (len(clashes) > 0) or [4.4]
    figure = _figure(max(sum(sizes), 5.4), max((0.32 * len(workers) + 1.5) * grid, circle, 2.2))
    panels = figure.subplots(1, len(sizes), width_ratios=sizes, squeeze=False)[0]
    if grid:
        axis, tasks = panels[0], problem.tasks.get_indexer(pd.Index(why.tasks, tupleize_cols=False))
        axis.imshow(
            np.where(problem.eligible[:, tasks], 0.25, np.nan),
            cmap="Blues",
            vmin=0,
            vmax=1,
            aspect="auto",
        )
        axis.hlines(
            np.arange(len(workers) - 1) + 0.5, -0.5, len(tasks) - 0.5, color="white", linewidth=2
        )
        axis.vlines(
            np.arange(len(tasks) - 1) + 0.5, -0.5, len(workers) - 0.5, color="white", linewidth=2
        )
        dropped = set(map(tuple, barred[["worker", "task"]].to_numpy()))
        for i, j in np.argwhere(~problem.eligible[:, tasks]).tolist():
            matters = (workers[i], why.tasks[j]) in dropped
            colour = ACCENT if matters else SOFT
            axis.plot(j, i, marker="x", color=colour, markersize=9, markeredgewidth=1 + 2 * matters)
        matter = reasons.loc[reasons["kind"] == "place", "task"].value_counts()
        _ticks(axis, "y", workers)
        _ticks(axis, "x", [f"{task}\n{count(matter[task], 'place')}" for task in why.tasks])
        axis.set_xlabel("task, and how many of its places matter")
        axis.set_ylabel("worker")
        axis.tick_params(length=0)
        axis.set_title(
            "blue: may take it; cross: may not,\norange where that is a reason",
            fontsize=9,
            color=GREY,
        )
    if len(clashes):
        who = pd.Index(
            [worker for worker in workers if worker in set(why.workers) | set(clashes.ravel())]
        )
        x, y = _on_circle(
            panels[-1], who, np.isin(np.arange(len(who)), who.get_indexer(list(why.workers)))
        )
        for pair in clashes:
            ends = who.get_indexer(pd.Index(pair))
            # thin lines without shades between: a third of the size when stored
            many = len(clashes) >= 20
            style = {"linewidth": 1 if many else 2.2, "antialiased": not many}
            panels[-1].plot(x[ends], y[ends], color=ACCENT, zorder=0, **style)
        panels[-1].set_title("lines: conflicts that are a reason", fontsize=9, color=GREY)
    if not grid and not len(clashes):
        panels[0].set_axis_off()
    title = _wrapped(
        [" ".join((why.certificate or why.text).split())], int(13 * figure.get_figwidth())
    )[0]
    figure.suptitle(title, fontsize=10, parse_math=False)
    return Picture(figure, " ".join(f"{why}".splitlines()))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _wrapped(texts: Iterable[object], wide: int = 38) -> list[str]:
    """Texts on two lines at most."""
    return [
        "\n".join(textwrap.wrap(str(text), wide, max_lines=2, placeholder=" …")) for text in texts
    ]


@_in_any_script
def repairs(found: Repairs) -> Picture:
    """What each repair costs and the ρ it leads to, a row a repair, the best on top.

    Parameters
    ----------
    found : Repairs
        As :func:`crowdnb.repairs` gives them.
    """
    frame = needs(found, Repairs, "found").frame
    figure = _figure(7.6, 0.38 * max(len(frame), 1) + 1.0)
    panels = figure.subplots(1, 2, sharey=True, width_ratios=[2, 3])
    for axis, column, colour, name in (
        (panels[0], "cost", ACCENT, "cost (in the unit of the costs given)"),
        (panels[1], "performance", BLUE, "ρ of the best assignment afterwards"),
    ):
        bars = axis.barh(range(len(frame)), frame[column], 0.6, color=colour)
        axis.bar_label(bars, fmt="{:.4g}", padding=3, fontsize=9)
        axis.set_xlabel(name, fontsize=9)
        axis.margins(x=0.2)
    _ticks(panels[0], "y", _wrapped(f"{at}. {text}" for at, text in frame["changes"].items()))
    panels[0].invert_yaxis()
    parts = [
        f"{row.Index}. {row.changes}: cost {row.cost:g}, ρ {row.performance:.4g}"
        for row in frame.itertuples()
    ]
    return Picture(figure, f"{count(len(frame), 'repair')}. {'; '.join(parts) or 'Nothing helps'}.")


@_in_any_script
def prices(table: pd.DataFrame, most: int = 12) -> Picture:
    """What each conflict, exclusion, place and worker adds to ρ or takes away, a panel a kind, the largest on top.

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
    if (
        np.isnan(worths).any()
        or not table["kind"].isin(["conflict", "exclusion", "place", "worker"]).all()
    ):
        raise ValueError(
            "table: each row needs a number for worth and a kind, as crowdnb.prices gives them"
        )
    table = table.assign(worth=worths)
    moving = table[table["worth"] != 0]
    parts = {kind: rows.head(most) for kind, rows in moving.groupby("kind", sort=False)}
    reach = float(moving["worth"][np.isfinite(moving["worth"])].abs().max()) if len(moving) else 1.0
    reach = 1.0 if np.isnan(reach) else reach
    figure = _figure(6.6, 0.24 * sum(map(len, parts.values())) + 0.4 * len(parts) + 0.8)
    sizes = [len(rows) + 0.8 for rows in parts.values()] or [1.0]
    axes = figure.subplots(len(sizes), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
    names = {
        "conflict": "conflicts",
        "exclusion": "pairs barred",
        "place": "one place of",
        "worker": "workers",
    }
    said = []
    for axis, (kind, rows) in zip(axes, parts.items(), strict=False):
        worth = rows["worth"].to_numpy()
        labels = [_priced(row) for row in rows.itertuples()]
        for at, value in enumerate(worth):
            style = (
                {"color": ACCENT if value < 0 else BLUE}
                if np.isfinite(value)
                else {"facecolor": "white"}
            )
            style |= {} if np.isfinite(value) else {"edgecolor": BLUE, "hatch": "////"}
            bar = axis.barh(at, value if np.isfinite(value) else reach, 0.7, **style)
            axis.bar_label(
                bar,
                [f"{value:+.4f}" if np.isfinite(value) else "cannot be spared"],
                padding=3,
                fontsize=8,
            )
        _ticks(axis, "y", labels)
        axis.invert_yaxis()
        axis.axvline(0, color=INK, linewidth=0.8)
        axis.set_title(names[str(kind)], loc="left", fontsize=9, color=GREY)
        axis.tick_params(labelsize=9)
        said.append(
            f"{names[str(kind)]}: "
            + listing(map(" ".join, zip(labels, map(_worth, worth), strict=True)), most)
        )
    low = min(float(moving["worth"].min()), 0.0) if len(moving) else 0.0
    axes[-1].set_xlim(low - 0.3 * reach * (low < 0), reach * 1.35)
    axes[-1].set_xlabel("what it adds to ρ (below 0: what it costs)")
    nothing = len(table) - len(moving)
    figure.suptitle(
        f"{nothing} of {len(table)} change nothing and are left out", fontsize=9, color=GREY
    )
    return Picture(
        figure, f"What each adds to ρ. {'; '.join(said)}. {nothing} of {len(table)} change nothing."
    )


def _priced(row: Any) -> str:
    return {
        "conflict": f"{row.worker} – {row.other}",
        "exclusion": f"{row.worker} from {row.task}",
        "place": f"{row.task}",
        "worker": f"{row.worker}",
    }[row.kind]


def _worth(value: float) -> str:
    return f"{value:+.4f}" if np.isfinite(value) else "cannot be spared"


@_in_any_script
def moves(frame: pd.DataFrame, tasks: Iterable[Hashable], title: str = "") -> Picture:
    """Who moves from where to where: a row a worker, an arrow a change.

    Parameters
    ----------
    frame : DataFrame
        Columns worker, before, after (tuples of tasks, empty for idle), as ``moves`` of
        :func:`crowdnb.why` and :func:`crowdnb.replan`.
    tasks : labels
        In the order drawn; idle comes last.
    title : str
        Said above the picture.
    """
    frame = labelled(frame, "frame", ["worker", "before", "after"])[["worker", "before", "after"]]
    tasks = several(tasks, "tasks")
    columns = [*unique_index(tasks, "tasks"), "idle"]
    text_of(title, "title")
    for side in ("before", "after"):
        for some in frame[side]:
            if not isinstance(some, tuple | list) or not set(some) <= set(tasks):
                raise ValueError(
                    f"frame: {side} is {shown(some)}, a tuple of tasks is needed, of"
                    f" {listing(tasks)}"
                )
    figure = _figure(max(0.8 * len(columns) + 1.5, 4.5), 0.36 * max(len(frame), 1) + 1.3)
    axis = figure.subplots()
    said = []
    for y, (worker, before, after) in enumerate(frame.itertuples(index=False, name=None)):
        gone = [task for task in before if task not in after] or ["idle"]
        new = [task for task in after if task not in before] or ["idle"]
        for step in range(max(len(gone), len(new))):
            start, end = (columns.index(side[min(step, len(side) - 1)]) for side in (gone, new))
            axis.plot(
                start,
                y,
                marker="o",
                markersize=9,
                markerfacecolor="white",
                markeredgecolor=GREY,
                zorder=2,
            )
            axis.plot(end, y, marker="o", markersize=9, color=ACCENT, zorder=2)
            style = {
                "arrowstyle": "-|>",
                "color": INK,
                "shrinkA": 6,
                "shrinkB": 6,
                "linewidth": 1.5,
            }
            axis.annotate("", (end, y), (start, y), arrowprops=style)
        said.append(f"{worker}: {listing(before) or 'idle'} → {listing(after) or 'idle'}")
    _ticks(axis, "x", columns)
    _ticks(axis, "y", frame["worker"])
    axis.set(xlim=(-0.5, len(columns) - 0.5), ylim=(max(len(frame), 1) - 0.5, -0.5))
    axis.set_xlabel("task: from the hollow dot to the full one")
    axis.set_ylabel("worker")
    axis.grid(axis="x", color=SOFT, alpha=0.3)
    in_lines = "".join(_wrapped([title], int(11 * figure.get_figwidth() - 14)))
    axis.set_title(in_lines, loc="left", fontsize=10, parse_math=False)
    head = f"{title.rstrip('.')}. " if title else ""
    return Picture(figure, f"{head}Who moves: {'; '.join(said) or 'nobody'}.")


@_in_any_script
def alternatives(found: Alternatives) -> Picture:
    """The best assignments beside one another: a column each, a row a worker, in the cell the task.

    What differs from the first is orange. A frame marks what every optimum has.

    Parameters
    ----------
    found : Alternatives
        As :func:`crowdnb.alternatives` gives it; a ValueError where no assignment exists.
    """
    if not needs(found, Alternatives, "found").assignments:
        raise ValueError("found: no assignment exists, there is nothing to draw")
    tables = [assignment.table for assignment in found.assignments if assignment.table is not None]
    at_work = tables[0].index[np.any([table.any(axis=1) for table in tables], axis=0)]
    places = [
        [listing(table.columns[table.loc[worker] == 1]) for table in tables] for worker in at_work
    ]
    figure = _figure(min(max(0.5 * len(tables) + 1.2, 4.5), 8.0), 0.27 * len(at_work) + 1.5)
    axis = figure.subplots()
    differs = np.array([[task != row[0] for task in row] for row in places], dtype=float)
    ground = mpl.colors.ListedColormap(["#dbe7f4", "#fbd5b5"])
    axis.imshow(differs, cmap=ground, vmin=0, vmax=1, aspect="auto")
    size = 9 if len(tables) <= 12 else 7.5
    for i, k in np.ndindex(differs.shape):
        words = _short(places[i][k] or "–", 9)
        axis.text(k, i, words, ha="center", va="center", fontsize=size, color=INK, parse_math=False)
    common = set(found.always["worker"])
    rows = [i for i, worker in enumerate(at_work) if worker in common]
    for i in rows:
        frame = (-0.47, i - 0.44), found.optima - 0.06, 0.88
        axis.add_patch(Rectangle(*frame, fill=False, edgecolor=INK, linewidth=1.5))
    _ticks(axis, "y", at_work)
    texts = [f"{at}:  {rho:.4f}" for at, rho in found.frame["performance"].items()]
    axis.set_xticks(range(len(texts)), texts, rotation=90, fontsize=8.5)
    axis.tick_params(length=0)
    axis.set_xlabel("rank: ρ")
    axis.set_ylabel("worker")
    axis.set_title(
        (
            "orange: differs from the first; frame: in every optimum"
            if rows
            else "orange: differs from the first"
        ),
        loc="left",
        fontsize=9,
        color=GREY,
    )
    listed = zip(found.frame.index, found.frame["performance"], found.frame["moves"], strict=True)
    ranks = [f"{at}: ρ {rho:.4f}, {text or 'the first'}" for at, rho, text in listed]
    always = (
        listing((f"{row.worker} on {row.task}" for row in found.always.itertuples()), 20)
        or "no pair"
    )
    return Picture(
        figure,
        f"The {len(tables)} best assignments. In every optimum: {always}. {'. '.join(ranks)}.",
    )


@_in_any_script
def grid(table: pd.DataFrame, what: str, taken: pd.DataFrame | None = None) -> Picture:
    """A number from 0 to 1 for each worker and task as shades: darker is more.

    Parameters
    ----------
    table : DataFrame
        Workers × tasks; 0 is left white.
    what : str
        What the numbers are.
    taken : DataFrame, optional
        Workers × tasks, 0/1: an assignment, drawn as frames.
    """
    table, what = number_frame(table, "table"), text_of(what, "what")
    values = table.to_numpy()
    if taken is not None:
        same_labels(needs_frame(taken, "taken").index, table.index, "taken, rows")
        same_labels(taken.columns, table.columns, "taken, columns")
        if np.isnan(zero_one(taken.to_numpy())).any():
            raise ValueError("taken: each cell must be 0 or 1")
    m, n = values.shape
    figure = _figure(max(0.7 * n + 1.5, 4.5), 0.27 * m + 1.2)
    axis = figure.subplots()
    _cells(axis, np.where(values == 0, np.nan, values), 0.0, 1.0, "{:.2f}")
    if taken is not None:
        _frames(
            axis,
            np.argwhere(taken.reindex(index=table.index, columns=table.columns).to_numpy() == 1),
        )
    _ticks(axis, "y", table.index)
    _ticks(axis, "x", table.columns)
    axis.set_xlabel("task")
    axis.set_ylabel("worker")
    axis.tick_params(length=0)
    axis.set_title(f"cell: {what}", loc="left", fontsize=9, color=GREY, parse_math=False)
    order = np.argsort(-values, axis=None, kind="stable")
    pairs = [np.unravel_index(at, values.shape) for at in order if values.flat[at] > 0]
    parts = listing(
        (f"{table.index[i]} on {table.columns[j]} {values[i, j]:.2f}" for i, j in pairs), 12
    )
    return Picture(
        figure, f"{what[:1].upper()}{what[1:]}, for each worker and task: {parts or 'all 0'}."
    )


@_in_any_script
def stability(found: Stability) -> Picture:
    """How far each weight of a criterion can go while the assignment stays the best, and the nearest change.

    Parameters
    ----------
    found : Stability
        As :func:`crowdnb.stability` gives it.
    """
    given, reach = needs(found, Stability, "found").weights, found.range
    figure = _figure(6.4, 0.42 * len(given) + 1.5)
    axis = figure.subplots()
    rows = np.arange(len(given))
    label = "stays the best, others moving along"
    axis.hlines(
        rows, reach["low"], reach["high"], color=BLUE, alpha=0.35, linewidth=11, label=label
    )
    axis.plot(given, rows, "o", color=INK, markersize=8, label="weights given")
    if found.nearest is not None:
        axis.plot(
            found.nearest, rows, "D", color=ACCENT, markersize=7, label="nearest change", zorder=3
        )
    _ticks(axis, "y", given.index)
    axis.set(xlim=(-0.02, 1.02), ylim=(len(given) - 0.4, -0.6))
    axis.set_xlabel("weight of the criterion (0 to 1, all together 1)")
    axis.set_ylabel("criterion")
    axis.grid(axis="x", color=SOFT, alpha=0.3)
    figure.legend(loc="outside upper center", ncols=3, fontsize=9, frameon=False)
    parts = [
        f"{name} {given[name]:.3f}, from {low:.3f} to {high:.3f}"
        for name, low, high in reach.itertuples()
    ]
    there = "" if found.nearest is None else (
        f" The nearest change, {found.moved:.3f} away: {listing(f'{c} {w:.3f}' for c, w in found.nearest.items())}."
    )  # fmt: skip
    return Picture(
        figure, f"Weights under which the assignment stays the best. {'; '.join(parts)}.{there}"
    )


@_in_any_script
def region(found: Stability, across: Hashable = None, up: Hashable = None) -> Picture:
    """A cut through the weights: two criteria vary, the others share the rest as given; where the assignment is best.

    Each side of the region has its own line, named by who moves beyond it.

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
    figure = _figure(6.9, 3.5)
    axis = figure.subplots()
    axis.fill([0, 1, 0], [0, 0, 1], facecolor="#f1f3f5", edgecolor=SOFT)
    axis.fill(*ends.T, facecolor="#cfdff1", label="the assignment is the best")
    drawn: list[str] = []
    for row, text in zip(cut, found.sides["moves"], strict=True):
        gap = np.abs(ends @ (row[:2] - row[2]) + row[2]) / (np.abs(row).max() or 1.0)
        pair = ends[gap < 1e-6]
        if len(pair) > 1:
            turn = len(drawn)
            look = {"color": COLOURS[turn % 6], "linestyle": DASHES[(turn + turn // 6) % 6]}
            axis.plot(*pair.T, linewidth=3, label=_short(text, 38).replace("$", r"\$"), **look)
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
    axis.set_title(
        f"the rest: {others}" + (", shared as given" if rest.sum() > 1 else ""),
        fontsize=9,
        color=GREY,
    )
    figure.legend(
        loc="outside right upper", title="beyond a line: who moves", fontsize=8, frameon=False
    )
    points = listing((f"({x:.3f}, {y:.3f})" for x, y in ends), 12)
    alt = (
        f"Weights of {names[a]} and {names[b]}; the rest goes to {others}. The assignment is best"
        f" between {points}. Given: ({w[a]:.3f}, {w[b]:.3f}). Beyond its sides:"
        f" {' | '.join(drawn) or 'nothing'}."
    )
    return Picture(figure, alt)


@_in_any_script
def recovered(problem: Problem, found: RecoveredConflicts, answer: pd.DataFrame) -> Picture:
    """The smallest sets of conflicts that explain an assignment: workers on a circle, a colour and dashes a set.

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
    if strange := [
        one
        for pairs in needs(found, RecoveredConflicts, "found").sets
        for pair in pairs
        for one in pair
        if one not in problem.worker_at
    ]:
        raise ValueError(f"found: it is of another problem, worker {listing(strange)} is unknown")
    figure = _figure(5.6, 3.5)
    axis = figure.subplots()
    x, y = _on_circle(axis, workers, chosen)
    for at, pairs in enumerate(found.sets[:12]):
        names = " and ".join(f"{one}-{other}" for one, other in pairs).replace("$", r"\$")
        line = {
            "color": COLOURS[at % 6],
            "linestyle": DASHES[at % 6],
            "linewidth": 2.5,
            "zorder": 0,
        }
        for number, pair in enumerate(pairs):
            ends = workers.get_indexer(pd.Index(pair))
            axis.plot(x[ends], y[ends], label=names if number == 0 else None, **line)
    axis.set_title("filled: in the assignment; hollow: left out", fontsize=9, color=GREY)
    if any(found.sets):
        figure.legend(
            loc="outside right upper", title="any one set explains it", frameon=False, fontsize=9
        )
    return Picture(figure, found.text.replace("\n", " "))


@_in_any_script
def bands(table: pd.DataFrame, y: Mapping[str, str], x: str, level: float = 0.95) -> Picture:
    """Means over seeds as lines, with their confidence bands; a panel a measure, a colour a case.

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
    if not isinstance(y, Mapping) or not y:
        raise ValueError(f"y: a mapping of columns to labels is needed, got {shown(y)}")
    y = {column: text_of(label, "y") for column, label in y.items()}
    table, x, level = (
        numeric(table, "table", list(y), missing=True),
        text_of(x, "x"),
        between(level, "level"),
    )
    if table.empty or table.index.nlevels < 2:
        raise ValueError("table: an index (case, seed, …) and one row or more are needed")
    unique_index(table.index, "table, row")
    finite(table.index.get_level_values(-1), "table, rows")
    rows = math.ceil(len(y) / 2)
    width = 4.3 * min(len(y), 2)
    figure = _figure(width, 2.3 * rows + 0.5)
    parts = []
    axes = np.atleast_1d(figure.subplots(rows, min(len(y), 2), squeeze=False)).ravel()
    cases = table.index.unique(0)
    for axis, (column, label) in zip(axes, y.items(), strict=False):
        ends: list[str] = []
        for at, case in enumerate(cases):
            values = table[column].xs(case).groupby(level=-1)
            mean, many = values.mean(), values.count()
            spread = np.asarray(student.ppf((1 + level) / 2, np.maximum(many - 1, 1)), dtype=float)
            half = pd.Series((values.std() / np.sqrt(many)).to_numpy() * spread, mean.index)
            colour = COLOURS[at % len(COLOURS)]
            axis.plot(
                mean.index,
                mean,
                color=colour,
                linestyle=DASHES[at % len(DASHES)],
                linewidth=2,
                label=str(case),
            )
            axis.fill_between(
                mean.index, mean - half, mean + half, facecolor=colour, alpha=0.12, linewidth=0
            )
            for end in (mean - half, mean + half):
                axis.plot(mean.index, end, color=colour, linewidth=0.6)
            ends.append(
                f"{case} from {_brief(mean.iloc[0])} to {_brief(mean.iloc[-1])} ±"
                f" {_brief(half.iloc[-1])}"
            )
        axis.set_xlabel(x)
        axis.set_ylabel(label)
        axis.grid(color=SOFT, alpha=0.3)
        parts.append(f"{label}: {listing(ends)}")
    for axis in axes[len(y) :]:
        axis.axis("off")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=_across(labels, int(13 * width)),
        frameon=False,
    )
    seeds = len(table.index.unique(1))
    return Picture(
        figure, f"Means of {seeds} seeds with {level:.0%} bands, for {x}. {'. '.join(parts)}."
    )


# The second source


@_in_any_script
def tree(nodes: pd.DataFrame, performance: float) -> Picture:
    """What branch and bound went through: a box a relaxation, with what was set on the way to it, and its bound.

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
    children = {node: nodes.index[nodes["parent"] == node].tolist() for node in [-1, *nodes.index]}
    place: dict[int, tuple[float, float]] = {}
    leaves = 0.0

    def settle(node: int, depth: int) -> float:
        nonlocal leaves
        below = [settle(child, depth + 1) for child in children[node]]
        y = sum(below) / len(below) if below else leaves
        leaves += not below
        place[node] = (depth, y)
        return y

    settle(children[-1][0], 0)
    depth = max(x for x, _ in place.values())
    width = max(1.3 * depth + 1.4, 4.2)
    figure = _figure(width, 0.36 * leaves + 0.9)
    axis = figure.subplots()
    styles = {
        "branched": ("white", INK, "-", "split further"),
        "whole": ("#d9efe6", COLOURS[2], "-", "whole: an assignment"),
        "cut off": ("#eceff2", SOFT, "-", "cut off by its bound"),
        "empty": ("white", ACCENT, "--", "nothing keeps the rules"),
    }
    for node, parent, decision, bound, fate in nodes.itertuples(name=None):
        x, y = place[node]
        if parent >= 0:
            x0, y0 = place[parent]
            axis.plot(
                [x0 + 0.42, x - 0.5, x - 0.5, x - 0.42],
                [y0, y0, y, y],
                color=SOFT,
                linewidth=1,
                zorder=0,
            )
        ground, edge, line, _ = styles[fate]
        box = Rectangle(
            (x - 0.42, y - 0.4),
            0.84,
            0.8,
            facecolor=ground,
            edgecolor=edge,
            linestyle=line,
            linewidth=1.4,
        )
        axis.add_patch(box)
        reach = (
            ""
            if np.isnan(bound)
            else f"match {bound:.3g}"
            if fate == "whole"
            else f"at most {bound:.3g}"
        )
        words = f"{decision or 'nothing set'}\n{reach}"
        axis.text(
            x,
            y,
            words,
            ha="center",
            va="center",
            fontsize=7.5,
            color=INK,
            parse_math=False,
            linespacing=1.1,
        )
    axis.set(xlim=(-0.5, depth + 0.5), ylim=(leaves - 0.4, -0.6))
    axis.axis("off")
    seen = [fate for fate in styles if (nodes["fate"] == fate).any()]
    marks = [
        Rectangle(
            (0, 0),
            1,
            1,
            facecolor=styles[fate][0],
            edgecolor=styles[fate][1],
            linestyle=styles[fate][2],
        )
        for fate in seen
    ]
    names = [styles[fate][3] for fate in seen]
    figure.legend(
        marks,
        names,
        loc="outside upper center",
        ncols=4 if width > 7 else 2,
        frameon=False,
        fontsize=9,
    )
    counts = listing(f"{(nodes['fate'] == fate).sum()} {styles[fate][3]}" for fate in seen)
    alt = (
        f"Tree of {len(nodes)} relaxations, {depth:.0f} decisions deep, from a bound of"
        f" {nodes['bound'].iloc[0]:.3g} to the optimum {performance:.3g}: {counts}."
    )
    return Picture(figure, alt)


def _grown(nodes: object) -> pd.DataFrame:
    """The nodes of a tree, checked: one root, each parent before its children, a fate that is known."""
    given = needs_frame(nodes, "nodes", ["parent", "decision", "bound", "fate"])[
        ["parent", "decision", "bound", "fate"]
    ]
    given = numeric(numeric(given, "nodes", ["parent"]), "nodes", ["bound"], missing=True)
    finite(given.index, "nodes, rows")
    seen: list[Any] = [-1]
    for node, parent, fate in zip(given.index, given["parent"], given["fate"], strict=True):
        if node in seen or parent not in seen or (parent == -1) != (len(seen) == 1):
            raise ValueError(
                f"nodes: node {shown(node)} with parent {shown(parent)} does not fit into one tree"
            )
        if fate not in ("branched", "whole", "cut off", "empty"):
            raise ValueError(
                f"nodes: node {shown(node)} has fate {shown(fate)}; it must be branched, whole, cut"
                " off or empty"
            )
        seen.append(node)
    if given.empty:
        raise ValueError("nodes: there are none")
    return given


@_in_any_script
def doubt(found: Doubt) -> Picture:
    """How often each pair is chosen when the data are drawn again, and how much is lost by keeping the assignment.

    Parameters
    ----------
    found : Doubt
        As :func:`crowdnb.doubt` gives it; its assignment is framed.
    """
    table = needs(found, Doubt, "found").assignment.table
    assert table is not None
    shares = found.shares.pivot(index="worker", columns="task", values="share")
    values = shares.reindex(index=table.index, columns=table.columns).to_numpy(dtype=float)
    m, n = values.shape
    figure = _figure(min(0.62 * n + 1.2, 6.0) + 3.2, max(0.27 * m + 1.2, 3.0))
    grid, curve = figure.subplots(1, 2, width_ratios=[min(0.62 * n + 1.2, 6.0), 3.2])
    _cells(grid, np.where(values == 0, np.nan, values), 0.0, 1.0, "{:.2f}")
    _frames(grid, np.argwhere(table.to_numpy() == 1))
    _ticks(grid, "y", table.index)
    _ticks(grid, "x", table.columns)
    grid.tick_params(length=0)
    grid.set(xlabel="task", ylabel="worker")
    size = len(found.samples)
    grid.set_title(
        f"share of {size:,} draws that choose the pair", loc="left", fontsize=9, color=GREY
    )
    loss = np.sort(found.samples["loss"].to_numpy())
    curve.step(
        np.r_[0, loss],
        np.r_[0, 100 * np.arange(1, size + 1) / size],
        where="post",
        color=BLUE,
        linewidth=2,
    )
    middle, high = found.quantiles["loss"].loc[[0.5, 0.95]]
    for quantile, value, dash in ((0.5, middle, ":"), (0.95, high, "--")):
        curve.plot([value] * 2, [0, 100 * quantile], color=ACCENT, linestyle=dash)
        curve.annotate(
            f" {value:.4f}", (value, 100 * quantile - 4), color=ACCENT, va="top", fontsize=9
        )
    curve.set(
        xlabel="ρ lost by keeping the assignment",
        ylabel="draws with no more than that (%)",
        ylim=(0, 103),
    )
    curve.locator_params(axis="x", nbins=4)
    curve.grid(color=SOFT, alpha=0.3)
    rows = found.shares[["worker", "task", "share"]].itertuples(index=False, name=None)
    parts = listing((f"{worker} on {task} {share:.2f}" for worker, task, share in rows), 12)
    alt = (
        f"Pairs chosen in {size:,} draws of the {found.source}: {parts}. The assignment is optimal"
        f" in {found.share:.2f} of them; by keeping it half lose at most {middle:.4f} of ρ, 95 % at"
        f" most {high:.4f}."
    )
    return Picture(figure, alt)


@_in_any_script
def gamma_range(found: GammaRange) -> Picture:
    """From which to which γ the assignment stays the best, and who moves beyond.

    Parameters
    ----------
    found : GammaRange
        As :func:`crowdnb.gamma_range` gives it.
    """
    needs(found, GammaRange, "found")
    figure = _figure(6.4, 1.7)
    axis = figure.subplots()
    axis.hlines(
        0, found.low, found.high, color=BLUE, alpha=0.35, linewidth=14, label="stays the best"
    )
    axis.plot(found.gamma, 0, "o", color=INK, markersize=8, label="today")
    for end, side in ((found.low, "below"), (found.high, "above")):
        if found.frame.loc["low" if side == "below" else "high", "ends"]:
            axis.axvline(end, color=ACCENT, linestyle="--")
    axis.set(xlim=(-0.02 * found.limit, 1.02 * found.limit), ylim=(-1, 1), yticks=[])
    axis.set_xlabel(
        f"γ, the weight of He (0 to {found.limit:g}); dashed: another assignment is better beyond"
    )
    figure.legend(loc="outside upper center", ncols=2, fontsize=9, frameon=False)
    return Picture(figure, found.text.replace("\n", " "))
