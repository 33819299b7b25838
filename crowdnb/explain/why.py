"""Why a worker has a task, or has it not: the best assignment without the pair, or with it.

ρ of both is found and checked as by :func:`crowdnb.solve`; nothing is estimated.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from crowdnb.explain.variants import Oracle
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import fitting
from crowdnb.model.moves import moves, moves_text, position
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.clock import TimeOverError


@dataclass(frozen=True, eq=False)
class Why:
    """Why a pair is chosen, or why not.

    Attributes
    ----------
    worker, task : label
    chosen : bool
        Whether the optimum uses the pair.
    performance : float
        ρ of the optimum.
    other : Assignment or None
        The best assignment without the pair, if it is chosen, or with it, if not; None where there
        is none. It is ``optimal``, and has its bound, among those alone.
    difference : float
        ρ of the optimum less ρ of the other; 0 where both are optimal, inf where there is no other.
    moves : DataFrame
        Who moves from the optimum to the other: worker, before, after.
    text : str
        All of it in words.
    settled : bool
        Whether both optima are proved; where the time was over before, ``difference`` is NaN, and
        so is ``performance`` where it was over before the first.
    """

    worker: Hashable
    task: Hashable
    chosen: bool
    performance: float
    other: Assignment | None
    difference: float
    moves: pd.DataFrame
    text: str
    settled: bool = True

    def __str__(self) -> str:
        return self.text


def why(
    problem: Problem,
    worker: Hashable,
    task: Hashable,
    solver: str | None = None,
    time_limit: float | None = None,
) -> Why:
    """Compare the optimum with the best assignment with a pair, or without it where it is chosen.

    Parameters
    ----------
    problem : Problem
    worker, task : label
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the answer is that it is not
        settled.

    Returns
    -------
    Why

    Raises
    ------
    ValueError
        No such worker or task; the problem has no assignment; the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> print(cn.why(cn.load_case_study().problem(), "a3", "r0"))
    a3 takes r0: without it ρ is at most 2.69676, 0.000522 less than 2.69728.
    a3: r0 → r2; a11: r2 → r0
    """
    return why_of(Oracle(problem, solver, time_limit), worker, task)


def why_of(oracle: Oracle, worker: Hashable, task: Hashable) -> Why:
    """The same with an oracle that is asked more than once."""
    problem = oracle.problem
    needed(problem)
    i, j = position(problem.workers, worker, "worker"), position(problem.tasks, task, "task")
    worker, task = problem.workers[i], problem.tasks[j]
    try:
        best = oracle.optimum.placed
    except TimeOverError:
        nobody = np.zeros((0, 2), dtype=np.int64)
        text = f"Whether {worker} takes {task} was not settled within the time limit."
        still = moves(problem, nobody, nobody)
        return Why(worker, task, False, math.nan, None, math.nan, still, text, False)
    if best is None:
        raise ValueError("why: the problem has no assignment; explain_infeasible says why")
    rho, pair = oracle.optimum.performance, np.array([[i, j]])
    chosen = bool((best == pair).all(axis=1).any())
    barred = np.zeros_like(problem.eligible)
    barred[i, j] = chosen
    says, with_it = ("takes", "without") if chosen else ("does not take", "with")
    still = moves(problem, best, best)
    try:
        placed = oracle.best_with(pair[:0] if chosen else pair, barred)
    except TimeOverError:
        text = (
            f"{worker} {says} {task}: what ρ is {with_it} it was not settled within the time limit."
        )
        return Why(worker, task, chosen, rho, None, math.nan, still, text, False)
    if placed is None:
        reason = "no assignment exists without it" if chosen else _cannot(problem, i, j)
        text = f"{worker} {says} {task}: {reason}."
        return Why(worker, task, chosen, rho, None, math.inf, still, text)
    other = Assignment.of(problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds)
    less, who = rho - other.performance, moves(problem, best, placed)
    if abs(less) <= oracle.tie:
        less = 0.0
        head = (
            f"{worker} {says} {task}, and could as well be left out"
            if chosen
            else f"{worker} could as well take {task}"
        )
        text = f"{head}: {with_it} it ρ is {other.performance:.6g}, the same."
    else:
        so_much = (
            f"{with_it} it ρ is at most {other.performance:.6g}, {less:.3g} less than {rho:.6g}"
        )
        text = f"{worker} {says} {task}: {so_much}."
    return Why(worker, task, chosen, rho, other, less, who, f"{text}\n{moves_text(who)}")


def _cannot(problem: Problem, i: int, j: int) -> str:
    """Why no assignment has this pair."""
    worker, task = problem.workers[i], problem.tasks[j]
    if problem.arrays.task_conflicts[i, j]:
        return "the two are in conflict"
    if problem.arrays.qualification[i, j] == 0:
        return f"{worker} has qualification 0 for it"
    if not fitting(problem)[i, j]:
        return f"its load is more than the capacity of {worker}"
    if not problem.most[j]:
        return f"{task} needs nobody"
    return "no assignment exists with it"
