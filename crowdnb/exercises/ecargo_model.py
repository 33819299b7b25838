"""Notebook 04: a team by hand, the costliest conflict, a range of workers per task."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence, Set
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import (
    THREE_DECIMALS,
    TIE,
    feasible_rho,
    is_near,
    names_in,
    one_label,
    one_number,
    rho_of,
    variant,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.variants import Oracle
from crowdnb.labels import listing, whole
from crowdnb.model.assignment import performance
from crowdnb.model.check import check
from crowdnb.model.problem import Problem, needed


def check_model_team(problem: Problem, team: Mapping[Any, Any] | None) -> Verdict:
    """Check a team that is meant to be the best one of a problem.

    Parameters
    ----------
    problem : Problem
    team : mapping of task to worker, or to a list of workers

    Examples
    --------
    >>> from crowdnb import Problem
    >>> str(check_model_team(Problem([[0.9, 0.8], [0.7, 0.2]], [1, 1]), {0: 0, 1: 1})).split(". ")[0]
    'That team is allowed and has ρ = 1.1'
    """
    needed(problem)
    if not isinstance(team, Mapping):
        return wrong_answer(
            "Give a team as a mapping: a task, and the worker or the list of workers who take it."
        )
    table = pd.DataFrame(0, index=problem.workers, columns=problem.tasks)
    for task, who in team.items():
        if (place := one_label(task, problem.tasks)) is None:
            return wrong_answer(f"There is no task {task}. The tasks are {listing(problem.tasks)}.")
        several_here = isinstance(who, Sequence | Set) and not isinstance(who, str)
        for worker in who if several_here else [who]:
            if (name := one_label(worker, problem.workers)) is None:
                return wrong_answer(
                    f"There is no worker {worker}. The workers are {listing(problem.workers)}."
                )
            table.loc[name, place] = 1
    if broken := check(problem, table):
        return wrong_answer(f"That team is not allowed: {'; '.join(broken)}.")
    best, rho = feasible_rho(problem), performance(problem, table)
    if is_near(rho, best):
        return right_answer(f"Right: ρ = {rho:.4g}, and no allowed team has more.")
    return wrong_answer(
        f"That team is allowed and has ρ = {rho:.4g}. There is a team with more. "
        "Move one person, or let two change places, and see whether the sum grows."
    )


def check_model_costliest_pair(problem: Problem, pair: Sequence[Hashable] | None) -> Verdict:
    """Check which single conflict between two workers lowers ρ the most.

    Parameters
    ----------
    problem : Problem
        The conflict is added to those it has, in its scope.
    pair : (worker, other)

    Examples
    --------
    >>> from crowdnb import Problem
    >>> str(check_model_costliest_pair(Problem([[0.9], [0.8], [0.1]], [2]), (0, 2))).split(". ")[0]
    'A conflict of 0 and 2 costs nothing: there is a best team without one of them'
    """
    workers = list(needed(problem).workers)
    pair = names_in(pair, problem.workers) or []
    if len(pair) != 2 or len(set(pair)) != 2:
        return wrong_answer(f"Give two different workers of {listing(workers, len(workers))}.")
    before, oracle = feasible_rho(problem), Oracle(problem)
    cost = {
        frozenset(two): before - rho_of(variant(problem, pair=two), oracle)
        for two in combinations(workers, 2)
    }
    mine, most = cost[frozenset(pair)], max(cost.values())
    who = f"A conflict of {pair[0]} and {pair[1]}"
    if mine == most or is_near(mine, most):
        return right_answer(
            f"Right: {who[0].lower()}{who[1:]} costs {_cost(most)}, and no other costs more."
        )
    if is_near(mine, 0):
        return wrong_answer(
            f"{who} costs nothing: there is a best team without one of them. Pick from those who"
            " work."
        )
    more = sum(value > mine + TIE for value in cost.values())
    verb = "costs" if more == 1 else "cost"
    return wrong_answer(
        f"{who} costs {_cost(mine)}. {more} of the {len(cost)} pairs {verb} more. Whom is it"
        " hardest to replace?"
    )


def check_model_range(problem: Problem, extra: int, rho: float | None) -> Verdict:
    """Check the best ρ when a task may have from L_j to L_j + extra workers.

    Parameters
    ----------
    problem : Problem
    extra : int
        Workers that each task may have beyond L_j, ≥ 0.
    rho : float
        The reader's answer, to three decimals or more.

    Examples
    --------
    >>> from crowdnb import Problem
    >>> problem = Problem([[0.9, 0.8], [0.7, 0.2], [0.3, 0.1]], [1, 1])
    >>> str(check_model_range(problem, 1, 1.5)).split(". ")[0]
    'ρ = 1.5 is the best with exactly L workers on each task'
    """
    needed(problem)
    extra = whole(extra, "extra", 0)
    if (value := one_number(rho)) is None:
        return wrong_answer("Give ρ as a number, with three decimals or more.")
    exact, spare = feasible_rho(problem), len(problem.workers) - int(problem.arrays.required.sum())
    best = _best_in_range(problem, extra)
    if is_near(value, best, THREE_DECIMALS):
        return right_answer(
            f"Right: with up to {extra} more on each task the best ρ is {best:.6g}, and it was"
            f" {exact:.6g}."
        )
    if is_near(value, exact, THREE_DECIMALS):
        return wrong_answer(
            f"ρ = {value:.4g} is the best with exactly L workers on each task. "
            f"Let (9) be two rows: at least L, and at most L + {extra}."
        )
    if is_near(value, _best_in_range(problem, spare), THREE_DECIMALS):
        return wrong_answer(
            f"ρ = {value:.4g} is the best with at least L workers. The upper limit, L + {extra}, is"
            " missing."
        )
    if value == round(best, 2):
        return wrong_answer(f"ρ = {value:g} may be right. Give three decimals.")
    if value > best:
        return wrong_answer(
            f"ρ = {value:.4g} is more than can be had. Is a row missing? Barred pairs stay at 0,"
            " and (10) stays."
        )
    return wrong_answer(
        f"ρ = {value:.4g} can be had, but there is more. Is a row too strict, or the solver's gap"
        " not 0?"
    )


def _best_in_range(problem: Problem, extra: int) -> float:
    """Greatest ρ over every number of workers from L_j to L_j + extra."""
    need, m, oracle = problem.arrays.required, len(problem.workers), Oracle(problem)
    more = (np.array(some) for some in product(range(extra + 1), repeat=len(need)))
    return max(
        rho_of(problem.changed(required=need + some), oracle)
        for some in more
        if (need + some).sum() <= m
    )


def _cost(value: float) -> str:
    return "the whole team, since none is left" if math.isinf(value) else f"{value:.4f}"
