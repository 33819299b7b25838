"""Notebook 00: Q by hand, what a conflict lifted brings, a project of one's own."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable
from itertools import product
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_matrix
from crowdnb.exercises.answers import (
    CONFLICT,
    TIE,
    is_near,
    labels_in,
    number_said,
    table_of,
    the_case,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import listing
from crowdnb.model.assignment import performance
from crowdnb.model.check import check
from crowdnb.model.moves import position
from crowdnb.project.folder import read_project
from crowdnb.project.record import Project
from crowdnb.solver.search import optimum


def check_overview_by_hand(
    answer: float | None = None, worker: str = "a2", task: str = "r0"
) -> Verdict:
    """Check Q of a worker for a task, the weighted sum of four degrees, to three decimals.

    Examples
    --------
    >>> str(check_overview_by_hand(0.253)).split(". ")[0]
    'That is the plain mean'
    """
    case = the_case()
    w = case.criteria_weights.to_numpy()
    position(case.ability.index, worker, "worker")
    position(case.required.index, task, "task")
    matrix = possibility_matrix(case.ability, case.demand)
    p = matrix.to_numpy()[matrix.index.get_loc((worker, task))]
    right = float(p @ w)
    terms = " + ".join(f"{share:.2f}·{degree:.3f}" for share, degree in zip(w, p, strict=True))
    slips = [
        (
            p.mean(),
            "That is the plain mean. Quality counts five times as much as activity: multiply each"
            " degree by its weight.",
        ),
        (p.sum(), "That is the sum of the degrees. Multiply each by its weight first."),
        (p @ w[::-1], "You took the weights in the wrong order. Match them by name."),
        (p.max(), "That is the largest degree. Every criterion has its share."),
    ]
    return number_said(
        answer,
        right,
        ask=f"Not yet: give one number, Q of {worker} for {task}.",
        praise=f"Right: {terms} = {right:.3f}.",
        slips=slips,
        otherwise="Multiply each of the four degrees by its weight, then add.",
        share="Q",
    )


def check_overview_lifted(
    gain: float | None = None, moved: Collection[Hashable] | None = None
) -> Verdict:
    """Check what lifting the conflict of a3 and a5 brings: the gain in ρ (three decimals), who moves.

    Examples
    --------
    >>> check_overview_lifted(0.128, ["a3"])
    The gain is right. You named a3; not all who move are named. Compare both tables row by row.
    """
    case = the_case()
    before, after = optimum(case.problem([CONFLICT])), optimum(case.problem())
    right = after.performance - before.performance
    rho = after.performance
    slips = [
        (rho, "That is the new ρ. The gain is the new ρ less the old one."),
        (-right, "The size is right; a gain is the new ρ less the old one."),
        (0.0, "ρ does not stay. Leave out worker_conflicts and solve again."),
    ]
    ask = "Not yet: give the gain, the new ρ less the old one, as a number."
    otherwise = "Leave out worker_conflicts and solve again."
    of_gain = number_said(gain, right, ask=ask, praise="", slips=slips, otherwise=otherwise)
    if not of_gain:
        return of_gain
    old, new = table_of(before), table_of(after)
    movers = set(new.index[(new.to_numpy() != old.to_numpy()).any(axis=1)])
    if (named := labels_in(moved, new.index)) is None:
        return wrong_answer(
            "The gain is right. Now give moved, a list of workers such as ['a0', 'a1']."
        )
    if wrong := sorted(named - movers):
        return wrong_answer(
            f"The gain is right. {listing(wrong)} did not move: compare the place before with the"
            " place after."
        )
    if named != movers:
        who = listing(sorted(named)) or "nobody"
        return wrong_answer(
            f"The gain is right. You named {who}; not all who move are named. Compare both tables"
            " row by row."
        )
    return right_answer(
        f"Right: ρ rises by {right:.3f}, and {listing(sorted(movers))} move. One place more or less"
        " pulls others along."
    )


def check_overview_project(project: Project | str | PathLike[str] | None = None) -> Verdict:
    """Check a project of the reader's own: three workers, two tasks, the best pair is not taken.

    Parameters
    ----------
    project : Project or path
        What :func:`crowdnb.read_project` returns, or the folder for it.

    Examples
    --------
    >>> check_overview_project(the_case())
    Your project has 12 workers and 5 tasks; three workers and two tasks are asked for.
    """
    if isinstance(project, str | PathLike):
        try:
            project = read_project(Path(project))
        except (ValueError, OSError) as error:
            return wrong_answer(f"The folder cannot be read. {str(error).splitlines()[0]}")
    if not isinstance(project, Project):
        return wrong_answer("Not yet: give the folder, or what cn.read_project made of it.")
    problem = project.problem()
    workers, tasks = problem.workers, problem.tasks
    if (len(workers), len(tasks)) != (3, 2):
        return wrong_answer(
            f"Your project has {len(workers)} workers and {len(tasks)} tasks; "
            "three workers and two tasks are asked for."
        )
    every = (
        pd.DataFrame(
            [[place == task for task in tasks] for place in places], workers, tasks, dtype=int
        )
        for places in product([None, *tasks], repeat=3)
    )  # 27 tables, so no solver is needed
    allowed = [(performance(problem, table), table) for table in every if not check(problem, table)]
    if not allowed:
        return wrong_answer(f"No assignment exists. {' '.join(optimum(problem).reasons)}")
    best = max(rho for rho, _ in allowed)
    gain = np.where(problem.eligible, problem.value, -math.inf)
    top = np.abs(gain - gain.max()) <= TIE
    i, j = np.argwhere(top)[0]
    worker, task = workers[i], tasks[j]
    pair = f"{worker} for {task} ({gain.max():.3f})"
    with_it = max(
        (rho for rho, table in allowed if (table.to_numpy() * top).any()), default=-math.inf
    )
    if is_near(with_it, best):
        return wrong_answer(
            f"The best pair, {pair}, is in a best assignment (ρ = {best:.3f}). Let {worker} be"
            " nearly as good at the other task, where nobody else is of much use, and somebody"
            f" else nearly as good at {task}."
        )
    without = (
        "no allowed assignment has it"
        if math.isinf(with_it)
        else f"with it no more than {with_it:.3f} can be had"
    )
    return right_answer(f"Right: ρ = {best:.3f} without the best pair, {pair}; {without}.")
