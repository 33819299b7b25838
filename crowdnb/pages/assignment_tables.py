"""Who does what as HTML: a grid of workers × tasks with Q in its cells, or one row per task."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import BoolArray, FloatArray, as_listed, by_label
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem
from crowdnb.pages.html import escaped, scrolling, text_table
from crowdnb.project.record import Project
from crowdnb.project.rule_lines import needs_texts
from crowdnb.project.scenarios import tasks_of

# Five blues, light to dark, and the ink that can be read on each.
SHADES = [
    ("#f1f5fb", "#222"),
    ("#cfdff1", "#222"),
    ("#9dc3e3", "#222"),
    ("#3b78b3", "#fff"),
    ("#1b4f88", "#fff"),
]
# The soft colour is set by the style around, for light and dark; frames lie on grounds of cells.
_SOFT, _FRAME = "var(--cn-soft)", "#c2410c"
WIDEST = (60, 20)  # workers, tasks: with more, a grid can no longer be taken in


def fits_grid(workers: int, tasks: int) -> bool:
    """Whether so many workers and tasks can be read on a grid; else they are listed."""
    return workers <= WIDEST[0] and tasks <= WIDEST[1]


def taken(answer: Assignment) -> BoolArray:
    """T of an answer, workers × tasks; ValueError where it has no assignment."""
    if answer.placed is None:
        raise ValueError(f"answer: an assignment is needed, got one that is {answer.status}")
    cells = np.zeros(answer.problem.arrays.qualification.shape, dtype=bool)
    cells[tuple(answer.placed.T)] = True
    return cells


def same_cells(table: pd.DataFrame, problem: Problem, name: str) -> FloatArray:
    """A table's cells, workers × tasks; ValueError where its labels are not the problem's."""
    return by_label(table, problem.workers, problem.tasks, name).to_numpy()


def chosen_pairs(answer: Assignment) -> set[tuple[str, str]]:
    """The pairs of an assignment as texts, which stay the same when workers are added."""
    return {
        (str(worker), str(task)) for worker, tasks in tasks_of(answer).items() for task in tasks
    }


def cells_of(problem: Problem, pairs: Collection[tuple[str, str]]) -> BoolArray:
    """Which of the problem's pairs are among some given as texts; workers × tasks."""
    tasks = [str(task) for task in problem.tasks]
    rows = [[(str(worker), task) in pairs for task in tasks] for worker in problem.workers]
    return np.array(rows, dtype=bool).reshape(problem.arrays.qualification.shape)


def team_table(answer: Assignment, measure: str) -> str:
    """One row per task: how many it needs, and who, with their Q, which is the ``measure``.

    Where places may stay empty, how many do.
    """
    problem, rows = answer.problem, []
    empty = problem.arrays.missing_cost is not None
    for task, need in zip(problem.tasks, needs_texts(problem), strict=True):
        here = answer.pairs[answer.pairs["task"] == task]
        who = [
            f"{as_listed(w)} ({q:.3f})"
            for w, q in zip(here["worker"], here["qualification"], strict=True)
        ]
        left = [str(answer.missing[task] or "")] if empty else []
        rows.append([task, need, *left, ", ".join(who) or "nobody"])
    head = ["task", "needs", *["empty"] * empty, f"workers ({measure})"]
    return text_table(head, rows)


def measure_of(project: Project | None) -> str:
    """What the numbers behind workers are; Q of an unknown scale where it is given ready-made."""
    given = project is not None and project.given_qualification is not None
    return "Q" if given else "how well they meet it, 0 to 1"


def assignment_grid(problem: Problem, answer: Assignment, was: BoolArray) -> str:
    """Workers × tasks: Q in the cells; places framed, those given up dashed, barred pairs crossed.

    Parameters
    ----------
    problem : Problem
        Whose Q and bars are shown; the answer may be that of a variant over the same labels.
    answer : Assignment
        A ValueError where there is none.
    was : ndarray of bool, m × n
        The pairs chosen before.

    Returns
    -------
    str
        HTML; the style around it sets ``--cn-soft``.
    """
    now, shade = taken(answer), _shades(problem.arrays.qualification, problem.eligible)
    head = "".join(
        f'<th scope="col">{escaped(task)}<br><span>needs {need}</span></th>'
        for task, need in zip(problem.tasks, needs_texts(problem), strict=True)
    )
    rows = []
    for i, worker in enumerate(problem.workers):
        cells = "".join(
            _cell(problem.arrays.qualification[i, j], shade[i, j], now[i, j], was[i, j])
            if problem.eligible[i, j]
            else f'<td title="not allowed" style="color: {_SOFT}">×</td>'
            for j in range(len(problem.tasks))
        )
        name = escaped(worker)
        rows.append(f'<tr><th scope="row" title="{name}">{name}</th>{cells}</tr>')
    marks = "● a place" if (now == was).all() else "● keeps a place, ◆ new, ○ given up"
    body = f'<table><tr><th class="crowdnb-corner"></th>{head}</tr>{"".join(rows)}</table>'
    legend = f"<p>Cell: Q, darker is higher. {marks}, × not allowed.</p>"
    return legend + scrolling(body, "who does what")


def _cell(q: float, shade: int, now: bool, was: bool) -> str:
    """A pair that is allowed: its Q on its shade, and what became of it."""
    ground, ink = SHADES[shade]
    mark = {(1, 1): "● ", (1, 0): "◆ ", (0, 1): "○ ", (0, 0): ""}[int(now), int(was)]
    line = f"outline: 3px {'solid' if now else 'dashed'} {_FRAME}; outline-offset: -3px"
    style = f"background: {ground}; color: {ink}; {line if mark else ''}"
    return f'<td style="{style}">{mark}{q:.3f}</td>'


def _shades(q: FloatArray, eligible: BoolArray) -> Any:
    """Which of five shades each Q gets, in even steps from the lowest to the highest allowed."""
    low, high = (q[eligible].min(), q[eligible].max()) if eligible.any() else (0.0, 1.0)
    return np.clip((q - low) / ((high - low) or 1.0) * len(SHADES), 0, len(SHADES) - 1).astype(int)
