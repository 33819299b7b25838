"""Assignments: who does what, who may not work with whom, who moves (notebooks 00, 04 to 07)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from crowdnb.explain.alternatives import Alternatives
from crowdnb.labels import (
    labelled,
    listing,
    needs,
    needs_frame,
    number_frame,
    phrases,
    same_labels,
    several,
    shown,
    text_of,
    unique_index,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.conflict_graph import cliques
from crowdnb.model.pair_tables import zero_one
from crowdnb.model.problem import Problem, needed
from crowdnb.plots.arguments import answer_to
from crowdnb.plots.drawing import (
    BESIDE,
    FAINT,
    NOTE,
    draw_conflicts,
    heat_map,
    label_ticks,
    literal,
    new_figure,
    short,
    workers_on_circle,
    wrapped,
)
from crowdnb.plots.picture import (
    ACCENT,
    COLOURS,
    DASHES,
    GREY,
    INK,
    SOFT,
    Picture,
    Style,
    in_any_script,
)


@in_any_script
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
    q, eligible, answer = (
        needed(problem).arrays.qualification,
        problem.eligible,
        answer_to(problem, answer),
    )
    m, n = q.shape
    figure = new_figure(max(0.75 * n + 1.6, 4.5), 0.32 * m + 1.5)
    axis = figure.subplots()
    ends = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    tasks = [f"{task}\nneeds {need}" for task, need in problem.required.items()]
    table = pd.DataFrame(np.where(eligible, q, np.nan), problem.workers, tasks)
    heat_map(axis, table, ends, "{:.3f}", answer.table)
    for i, j in np.argwhere(~eligible).tolist():
        axis.plot(j, i, marker="x", color=SOFT, markersize=6)
    none = f"{answer.status}: no assignment"
    axis.set_title(none if answer.table is None else f"ρ = {answer.performance:.3f}", loc="left")
    axis.set_title("cell: Q", loc="right", **NOTE)
    return Picture(figure, _in_words(problem, answer))


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


@in_any_script
def conflict_graph(problem: Problem, answer: Assignment) -> Picture:
    """Who may not work with whom: workers on a circle, one line per conflict, one style per clique.

    Workers that the assignment picks are filled, the others are hollow.

    Parameters
    ----------
    problem : Problem
        Its worker-worker conflicts are drawn, grouped as
        :func:`crowdnb.model.conflict_graph.cliques` groups them.
    answer : Assignment
        Of that problem; without a table nobody is filled.
    """
    m, answer = len(needed(problem).workers), answer_to(problem, answer)
    chosen = np.zeros(m, dtype=bool)
    if answer.table is not None:
        chosen |= answer.table.to_numpy().sum(axis=1) > 0
    groups = list(cliques(problem))
    figure = new_figure(6.4, 4.4)
    axis = figure.subplots()
    places = workers_on_circle(axis, problem.workers, chosen)
    left = {(i1, i2) for i1, i2 in problem.conflict_pairs.tolist()}
    others = COLOURS[1:]  # the first is that of chosen workers
    for at, group in enumerate(groups):
        line = {"color": others[at % len(others)], "linestyle": DASHES[at % len(DASHES)]}
        pairs = [pair for pair in combinations(group.tolist(), 2) if pair in left]
        left -= set(pairs)  # cliques that share a pair draw it once
        name = literal(listing(problem.workers[group]))
        draw_conflicts(axis, places, pairs, name, linewidth=2.2, zorder=1, **line)
    axis.set_title("filled: chosen; hollow: left out", **NOTE)
    if 0 < len(groups) <= 12:
        figure.legend(title="at most one of", **BESIDE)
    alone = phrases(f"({listing(problem.workers[group])})" for group in groups) or "nobody"
    picked, idle = (listing(problem.workers[some], m) or "nobody" for some in (chosen, ~chosen))
    alt = (
        f"Conflicts of {m} workers. At most one can be chosen of {alone}. Chosen: {picked}. Left"
        f" out: {idle}."
    )
    return Picture(figure, alt)


@in_any_script
def moves(frame: pd.DataFrame, tasks: Iterable[Hashable], title: str = "") -> Picture:
    """Who moves from where to where: one row per worker, one arrow per change.

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
    figure = new_figure(max(0.8 * len(columns) + 1.5, 4.5), 0.36 * max(len(frame), 1) + 1.3)
    axis = figure.subplots()
    hollow: Style = {"markerfacecolor": "white", "markeredgecolor": GREY}
    arrow = {"arrowstyle": "-|>", "color": INK, "shrinkA": 6, "shrinkB": 6, "linewidth": 1.5}
    said = []
    for y, (worker, before, after) in enumerate(frame.itertuples(index=False, name=None)):
        gone = [task for task in before if task not in after] or ["idle"]
        new = [task for task in after if task not in before] or ["idle"]
        for step in range(max(len(gone), len(new))):
            start, end = (columns.index(side[min(step, len(side) - 1)]) for side in (gone, new))
            axis.plot(start, y, marker="o", markersize=9, zorder=2, **hollow)
            axis.plot(end, y, marker="o", markersize=9, zorder=2, color=ACCENT)
            axis.annotate("", (end, y), (start, y), arrowprops=arrow)
        said.append(f"{worker}: {listing(before) or 'idle'} → {listing(after) or 'idle'}")
    label_ticks(axis, "x", columns)
    label_ticks(axis, "y", frame["worker"])
    axis.set(xlim=(-0.5, len(columns) - 0.5), ylim=(max(len(frame), 1) - 0.5, -0.5))
    axis.set_xlabel("task: from the hollow dot to the full one")
    axis.set_ylabel("worker")
    axis.grid(axis="x", **FAINT)
    in_lines = "".join(wrapped([title], int(11 * figure.get_figwidth() - 14)))
    axis.set_title(in_lines, loc="left", fontsize=10, parse_math=False)
    head = f"{title.rstrip('.')}. " if title else ""
    return Picture(figure, f"{head}Who moves: {'; '.join(said) or 'nobody'}.")


@in_any_script
def alternatives(found: Alternatives) -> Picture:
    """The best assignments side by side: one column each, one row per worker, in the cell the task.

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
    figure = new_figure(min(max(0.5 * len(tables) + 1.2, 4.5), 8.0), 0.27 * len(at_work) + 1.5)
    axis = figure.subplots()
    differs = np.array([[task != row[0] for task in row] for row in places], dtype=float)
    ground = mpl.colors.ListedColormap(["#dbe7f4", "#fbd5b5"])
    axis.imshow(differs, cmap=ground, vmin=0, vmax=1, aspect="auto")
    size = 9 if len(tables) <= 12 else 7.5
    for i, k in np.ndindex(differs.shape):
        words = short(places[i][k] or "–", 9)
        axis.text(k, i, words, ha="center", va="center", fontsize=size, color=INK, parse_math=False)
    common = set(found.always["worker"])
    rows = [i for i, worker in enumerate(at_work) if worker in common]
    for i in rows:
        frame = (-0.47, i - 0.44), found.optima - 0.06, 0.88
        axis.add_patch(Rectangle(*frame, fill=False, edgecolor=INK, linewidth=1.5))
    label_ticks(axis, "y", at_work)
    texts = [f"{at}:  {rho:.4f}" for at, rho in found.frame["performance"].items()]
    axis.set_xticks(range(len(texts)), texts, rotation=90, fontsize=8.5)
    axis.tick_params(length=0)
    axis.set_xlabel("rank: ρ")
    axis.set_ylabel("worker")
    frames = "; frame: in every optimum" if rows else ""
    axis.set_title(f"orange: differs from the first{frames}", loc="left", **NOTE)
    listed = zip(found.frame.index, found.frame["performance"], found.frame["moves"], strict=True)
    ranks = [f"{at}: ρ {rho:.4f}, {text or 'the first'}" for at, rho, text in listed]
    pairs = (f"{row.worker} on {row.task}" for row in found.always.itertuples())
    always = listing(pairs, 20) or "no pair"
    alt = f"The {len(tables)} best assignments. In every optimum: {always}. {'. '.join(ranks)}."
    return Picture(figure, alt)


@in_any_script
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
        taken = taken.reindex(index=table.index, columns=table.columns)
    m, n = values.shape
    figure = new_figure(max(0.7 * n + 1.5, 4.5), 0.27 * m + 1.2)
    axis = figure.subplots()
    heat_map(axis, table.mask(values == 0), (0.0, 1.0), "{:.2f}", taken)
    axis.set_title(f"cell: {what}", loc="left", parse_math=False, **NOTE)
    order = np.argsort(-values, axis=None, kind="stable")
    pairs = [np.unravel_index(at, values.shape) for at in order if values.flat[at] > 0]
    named = (f"{table.index[i]} on {table.columns[j]} {values[i, j]:.2f}" for i, j in pairs)
    parts = listing(named, 12) or "all 0"
    return Picture(figure, f"{what[:1].upper()}{what[1:]}, for each worker and task: {parts}.")
