"""Notebook 12: the price that keeps a pair, two rules given up at once, a rule as rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import (
    HALF,
    TIE,
    feasible_rho,
    is_near,
    names_in,
    number_said,
    one_number,
    rho_of,
    stop_text,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import BoolArray, FloatArray, IntArray, listing
from crowdnb.model.moves import position
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.greeting import silence_greeting

# What gives up each rule of a problem; two that go together go together.
_WITHOUT: dict[str, dict[str, Any]] = {
    "worker_limits": {"worker_limits": 1},
    "worker_least": {"worker_least": 0},
    "required_most": {"required_most": None},
    "missing_cost": {"missing_cost": None},
    "pinned": {"pinned": None},
    "keep_costs": {"keep_costs": None},
    "conflict_costs": {"conflict_costs": None},
    "pair_effects": {"pair_effects": None},
    "task_overlaps": {"task_overlaps": None},
    "capacities": {"loads": None, "capacities": None},
    "budget": {"costs": None, "budget": None},
    "quotas": {"attributes": None, "quotas": None},
}
_SYSTEMS = 24  # random problems on which a reader's rows are tried: a wrong one fails within a few
_WORKERS, _TASKS = 4, 3  # of each: 4,096 tables, looked at one by one


def check_binds_keep(
    answer: float | None, problem: Problem, worker: Hashable, task: Hashable
) -> Verdict:
    """Check from which price of giving it up on a pair is kept.

    Parameters
    ----------
    answer : float
        The price, in units of ρ.
    problem : Problem
        Without the price.
    worker, task : labels
        The pair, which the best assignment has not.

    Examples
    --------
    >>> problem = Problem([[0.9, 0.8], [0.7, 0.2]], [1, 0])
    >>> str(check_binds_keep(0.7, problem, 1, 0)).split(". ")[0]
    '0.7 is ρ with 1 on 0'
    """
    i = position(needed(problem).workers, worker, "worker")
    j = position(problem.tasks, task, "task")
    before, kept = feasible_rho(problem), feasible_rho(problem.changed(pinned=[(worker, task)]))
    return number_said(
        answer,
        before - kept,
        ask=f"Not yet: give a price, in units of ρ, for {worker} on {task}.",
        praise=f"Right: with {worker} on {task} ρ is at most {kept:.4g}, {before - kept:.4g} below"
        f" {before:.4g}. A higher price keeps the pair, a lower one is paid.",
        slips=[
            (kept, f"{kept:.4g} is ρ with {worker} on {task}. How far is that below {before:.4g}?"),
            (
                float(problem.arrays.qualification[i, j]),
                f"{answer} is Q of {worker} for {task}. Compare two assignments, not one pair.",
            ),
            (kept - before, "A price is the old ρ less the new one, so above 0."),
        ],
        otherwise=f"Put {worker} on {task}, fill the other places as well as can be, and see how"
        " far ρ falls.",
        within=HALF,
    )


def check_binds_two(
    answer: Collection[str] | None, gain: float | None, problem: Problem
) -> Verdict:
    """Check which two rules of a problem, given up together, bring most.

    Parameters
    ----------
    answer : two names
        Arguments of the problem; ``capacities``, ``budget`` and ``quotas`` stand for what goes with
        them.
    gain : float
        How far ρ rises.
    problem : Problem

    Examples
    --------
    >>> problem = Problem([[0.9, 0.8], [0.7, 0.2]], [1, 1], worker_limits=2, worker_least={1: 1},
    ...                   task_overlaps=[(0, 1)])
    >>> str(check_binds_two(["worker_least", "task_overlaps"], 0.3, problem)).split(":")[0]
    'worker_least, task_overlaps is right, 0.3 is not'
    """
    has = _rules_of(needed(problem))
    names = names_in(answer, pd.Index(has)) or []
    if len(names) != 2 or len(set(names)) != 2:
        return wrong_answer(f"Not yet: give two different names of {listing(has, len(has))}.")
    before = feasible_rho(problem)
    gains = {
        frozenset(two): rho_of(problem.changed(**_WITHOUT[two[0]], **_WITHOUT[two[1]])) - before
        for two in combinations(has, 2)
    }
    mine, most = gains[frozenset(names)], max(gains.values())
    both = listing(names)
    if not is_near(mine, most):
        more = sum(value > mine + TIE for value in gains.values())
        found = f"change ρ by {mine:.4g}" if np.isfinite(mine) else "leave no assignment"
        return wrong_answer(
            f"Without {both} {found}: {more} of the {len(gains)} pairs of rules bring more."
        )
    if (value := one_number(gain)) is None:
        return wrong_answer(f"{both} is right. Now give what it brings: how far ρ rises.")
    if is_near(value, most, HALF):
        return right_answer(f"Right: without {both} ρ rises by {most:.4g}, from {before:.4g}.")
    if is_near(value, before + most, HALF):
        return wrong_answer(
            f"{both} is right, and {value:g} is the new ρ. How far is it above {before:.4g}?"
        )
    alone = sum(rho_of(problem.changed(**_WITHOUT[name])) - before for name in names)
    if is_near(value, alone, HALF):
        return wrong_answer(
            f"{both} is right. {value:g} is what they bring one by one; give up both at once."
        )
    return wrong_answer(
        f"{both} is right, {value:g} is not: subtract the ρ of today from ρ without the two."
    )


def _rules_of(problem: Problem) -> list[str]:
    """The rules of ``_WITHOUT`` that a problem has."""
    plain = Problem(problem.qualification, problem.required)
    has = []
    for name in _WITHOUT:
        own, default = getattr(problem, name), getattr(plain, name)
        if own is not None and (default is None or not np.array_equal(own, default)):
            has.append(name)
    return has


class _System(NamedTuple):
    """A random problem in which whoever takes task ``code`` takes ``test`` as well."""

    q: FloatArray
    need: IntArray
    code: int
    test: int
    best: float  # by looking at every table


def check_binds_row(rule: Callable[[Any, int, int], Sequence[Any]] | None = None) -> Verdict:
    """Check rows of cvxpy for a rule that no argument says, on random problems.

    Parameters
    ----------
    rule : function of (T, code, test)
        T is a boolean cvxpy variable, workers × tasks, the others are columns of it. It returns the
        rows that say: whoever takes ``code`` takes ``test`` as well.

    Examples
    --------
    >>> str(check_binds_row(lambda T, code, test: [])).split(": ")[0]
    'Too loose'
    """
    if not callable(rule):
        return wrong_answer(
            "Not yet: give a function of (T, code, test) that returns a list of rows."
        )
    for system in _systems():
        if problem := _wrong_with(rule, system):
            return wrong_answer(problem)
    return right_answer(
        f"Right: on {_SYSTEMS} random problems your rows rule out what they should, no more."
    )


def _wrong_with(rule: Callable[[Any, int, int], Sequence[Any]], system: _System) -> str | None:
    """What is wrong with a reader's rows on one problem; None where nothing is."""
    import cvxpy as cp

    t = cp.Variable((_WORKERS, _TASKS), boolean=True)
    try:
        more = list(rule(t, system.code, system.test))
    except Exception as error:
        return f"Your function {stop_text(error)}"
    if not all(isinstance(row, cp.Constraint) for row in more):
        return "Each row is to be a comparison of cvxpy, such as T[0, code] <= 1."
    own: list[Any] = [t.sum(axis=0) == system.need, t.sum(axis=1) <= 2]
    rho = sum(system.q[:, task] @ t[:, task] for task in range(_TASKS))
    silence_greeting()
    try:
        model = cp.Problem(cp.Maximize(rho), own + more)
        model.solve(solver="HIGHS", mip_rel_gap=0, mip_abs_gap=0)  # type: ignore[no-untyped-call]
    except Exception as error:
        return f"With your rows the model {stop_text(error)}"
    where = f"code is column {system.code}, test {system.test}, L = {system.need.tolist()}"
    if t.value is None:
        return f"Too strict: an assignment exists, and your rows leave none ({where})."
    table = t.value > 0.5
    alone = table[:, system.code] & ~table[:, system.test]
    if alone.any():
        return f"Too loose: worker {int(alone.argmax())} takes code and not test ({where})."
    if (system.q * table).sum() < system.best - TIE:
        return (
            f"Too strict: ρ = {(system.q * table).sum():.4g}, and {system.best:.4g} can be had"
            f" ({where}). May somebody take test alone?"
        )
    return None


def _systems() -> list[_System]:
    """Random problems that have an assignment, the same each time."""
    rng = np.random.default_rng(12)
    tables = np.array(list(product([False, True], repeat=_WORKERS * _TASKS)))
    tables = tables.reshape(-1, _WORKERS, _TASKS)
    tables = tables[(tables.sum(axis=2) <= 2).all(axis=1)]
    systems: list[_System] = []
    while len(systems) < _SYSTEMS:
        q = rng.uniform(0.1, 1, size=(_WORKERS, _TASKS)).round(2)
        need = rng.integers(0, 3, _TASKS)
        code, test = rng.permutation(_TASKS)[:2].tolist()
        good = _valid(tables, need, code, test)
        if len(good):
            best = float((good * q).sum(axis=(1, 2)).max())
            systems.append(_System(q, need, code, test, best))
    return systems


def _valid(tables: BoolArray, need: IntArray, code: int, test: int) -> BoolArray:
    filled = (tables.sum(axis=1) == need).all(axis=1)
    alone = (tables[:, :, code] & ~tables[:, :, test]).any(axis=1)
    good: BoolArray = tables[filled & ~alone]
    return good
