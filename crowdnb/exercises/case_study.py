"""Notebook 05: moves that beat the published assignment, who is least missed, the second best."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from crowdnb.exercises.answers import (
    CONFLICT,
    TIE,
    feasible_rho,
    is_near,
    one_label,
    one_number,
    rho_of,
    the_case,
    variant,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.variants import Oracle
from crowdnb.labels import listing
from crowdnb.model.assignment import performance
from crowdnb.model.check import check
from crowdnb.model.problem import Problem
from crowdnb.solver.search import optimum


def check_case_moves(moves: Mapping[Any, Any] | None = None) -> Verdict:
    """Check moves that make the published assignment the best one for the data printed.

    Parameters
    ----------
    moves : mapping of worker to new task, or to None for a worker who goes home
        Workers left out keep their place.

    Examples
    --------
    >>> check_case_moves({"a3": "r0"})
    After that it breaks a rule: r0 has 3 of 2 workers. Whoever comes pushes somebody on.
    """
    if not isinstance(moves, Mapping) or not moves:
        return wrong_answer(
            "Not yet: give the moves as {worker: new task}, with None for who goes home: {'a1':"
            " None, 'a3': 'r0'}."
        )
    case = the_case()
    problem = Problem(
        case.published.qualification, case.required, task_conflicts=case.task_conflicts
    )
    before = case.published.assignment
    after = before.copy()
    for worker, task in moves.items():
        who, place = one_label(worker, problem.workers), one_label(task, problem.tasks)
        if who is None:
            return wrong_answer(
                f"There is no worker {worker}. The workers are {listing(problem.workers, 12)}."
            )
        if task is not None and place is None:
            return wrong_answer(
                f"There is no task {task}. The tasks are {listing(problem.tasks)}, and None is"
                " home."
            )
        after.loc[who] = [int(place == one) for one in problem.tasks]
    if broken := check(problem, after):
        return wrong_answer(
            f"After that it breaks a rule: {'; '.join(broken)}. Whoever comes pushes somebody on."
        )
    old, new, best = (
        performance(problem, before),
        performance(problem, after),
        feasible_rho(problem),
    )
    if not is_near(new, best):
        change = f"rises by {new - old:.3f}" if new > old + TIE else "does not rise"
        return wrong_answer(
            f"That is allowed, and ρ {change}: {old:.3f} → {new:.3f}. More can be had."
        )
    came = listing(after.index[after.any(axis=1) & ~before.any(axis=1)])
    return right_answer(
        f"Right: ρ rises from {old:.3f} to {new:.3f}, the most that can be had. Only {came} is new"
        f" in the team. So all conflicts that spare {came} and allow the published team allow this"
        " one too: they cannot explain 2.569."
    )


def check_case_least_missed(worker: Hashable | None = None) -> Verdict:
    """Check who of those at work costs least by falling ill: exact Q, a3 and a5 in conflict.

    Examples
    --------
    >>> check_case_least_missed("a8")
    a8 has no place, so nothing is lost. Give one of the nine who work.
    """
    problem = the_case().problem([CONFLICT])
    worker = one_label(worker, problem.workers)
    if worker is None:
        return wrong_answer(f"Not yet: give one of the workers {listing(problem.workers, 12)}.")
    best = optimum(problem)
    at_work = set(best.pairs["worker"])
    if worker not in at_work:
        return wrong_answer(
            f"{worker} has no place, so nothing is lost. Give one of the nine who work."
        )
    oracle = Oracle(problem)
    cost = {one: best.performance - rho_of(variant(problem, ill=one), oracle) for one in at_work}
    least = min(cost.values())
    if is_near(cost[worker], least):
        freed = [other for other in CONFLICT if worker in CONFLICT and other != worker]
        why = f": then {listing(freed)} may come in" if freed else ""
        return right_answer(f"Right: without {worker} ρ falls by {least:.4f} only{why}.")
    fewer = sum(value < cost[worker] - TIE for value in cost.values())
    return wrong_answer(
        f"Without {worker} ρ falls by {cost[worker]:.4f}, and without {fewer} of the others by"
        " less. Who comes in for whom? One who is idle may do so only when somebody else is gone."
    )


def check_case_second_best(rho: float | None = None) -> Verdict:
    """Check ρ of the second-best assignment (exact Q, a3 and a5 in conflict), to five decimals.

    Examples
    --------
    >>> check_case_second_best(2.569531)
    ρ = 2.569531 is the best itself. The second best lacks at least one of its nine pairs.
    """
    if (value := one_number(rho)) is None:
        return wrong_answer("Not yet: give ρ as a number with five decimals.")
    case = the_case()
    problem = case.problem([CONFLICT])
    best = optimum(problem)
    pairs, oracle = best.pairs[["worker", "task"]].to_numpy(), Oracle(problem)
    # it lacks a pair of the best
    second = max(rho_of(variant(problem, barred=(i, j)), oracle) for i, j in pairs)
    if is_near(value, second, 5.1e-6):
        return right_answer(
            f"Right: ρ = {second:.6f}, only {best.performance - second:.6f} below the best."
        )
    if is_near(value, best.performance, 5.1e-6):
        return wrong_answer(
            f"ρ = {value:.6f} is the best itself. The second best lacks at least one of its nine"
            " pairs."
        )
    if value > second:
        return wrong_answer(
            f"ρ = {value:g} is more than the second best has. Is a rule missing? It keeps all of"
            " them."
        )
    if is_near(value, performance(problem, case.published.assignment), 5.1e-6):
        return wrong_answer(f"ρ = {value:.6f} is the published assignment. It is not even second.")
    if value > second - 0.02:
        return wrong_answer(
            f"ρ = {value:.6f} is close, but another is nearer to the best. Did you bar all nine"
            " pairs, each alone?"
        )
    return wrong_answer(
        f"ρ = {value:g} is too low. Bar one pair of the best assignment, and solve; then the next"
        " pair."
    )
