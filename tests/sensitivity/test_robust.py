"""The assignment with the best worst case, or the least regret: against every table of small problems."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from helpers.effort import tries
from helpers.worlds import SCOPES, possible, worlds

import crowdnb as cn


def regret_by_looking(world, tables):
    """Regret of each table: the most that another is better, over all points of the intervals; one task per worker."""
    (m, n), ends = world.today.shape, world.ends(world.gamma)
    more = np.zeros((m, n + 1, n + 1))
    for i in range(m):
        for k in range(world.size):
            low, high = ends[i, k]
            kinks = world.d[:, k].ravel()
            u = np.concatenate([ends[i, k], kinks - 1e-13, kinks, kinks + 1e-13])
            of_tasks = np.zeros((n + 1, len(u)))
            of_tasks[:n] = [point(u, *task) for task in world.d[:, k]]
            of_tasks[:n] *= world.problem.task_weights.to_numpy()[:, None]
            of_tasks = of_tasks[:, (u >= low) & (u <= high)]
            more[i] += world.w[k] * (of_tasks[None] - of_tasks[:, None]).max(axis=2)
    task = np.where(tables.any(axis=2), tables.argmax(axis=2), n)
    return sum(more[i, task[:, None, i], task[None, :, i]] for i in range(m)).max(axis=1)


def point(u, low, high):
    return (
        (u > low) * 0.5 + (u >= low) * 0.5
        if low == high
        else np.clip((u - low) / (high - low), 0, 1)
    )


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_the_robust_assignment_has_the_best_worst_case_and_the_least_price(scope):
    rng, dear = np.random.default_rng(3), 0
    for world in worlds(scope):
        u, today = world.ends(world.gamma), world.rho(world.today)
        tables, today = world.tables[np.isfinite(today)], today[np.isfinite(today)]
        low = world.q(u[..., [0, 0]])
        worst = (tables * (low * world.problem.task_weights.to_numpy())).sum(axis=(1, 2))
        for _ in range(3):  # nowhere is it worse than at the lower ends
            inside = np.sort(u[..., :1] + rng.uniform(size=u.shape) * np.diff(u))
            inside = inside if rng.uniform() < 0.5 else inside[..., [0, 0]]
            assert (world.q(inside) >= low - 1e-12).all()
        found = cn.robust(world.project, world.problem)
        usual, robust = found.frame.loc["usual"], found.frame.loc["robust"]
        assert robust["worst case"] == pytest.approx(worst.max(), abs=2e-9)
        assert usual["performance"] == pytest.approx(today.max(), abs=1e-9)
        if world.problem.budget is None:
            tied = today[worst >= worst.max() - 1e-9]
            assert found.price == pytest.approx(today.max() - tied.max(), abs=1e-8)
        assert found.gain == pytest.approx(robust["worst case"] - usual["worst case"])
        assert found.bound == robust["worst case"]
        assert np.isfinite(world.rho(world.today)[world.at(found.assignment.table)])
        assert (found.gain == 0) == found.moves.empty
        dear += found.price > 1e-6
        bound = world.problem.budget is not None or world.problem.capacities is not None
        bound = bound or world.problem.arrays.worker_least.any()
        simple = not bound and world.problem.worker_limits.max() <= 1
        assert math.isnan(robust["regret"]) != simple
        assert str(found)
    assert dear > tries(6, 20)


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_the_regret_is_the_least_of_all_tables(scope):
    better, looked = 0, 0
    for world in worlds(scope):
        limits = np.minimum(world.problem.worker_limits, 1)
        problem = world.problem.changed(
            worker_limits=limits,
            **dict.fromkeys(["worker_least", "required_most", "attributes", "quotas"]),
            **dict.fromkeys(["budget", "costs", "loads", "capacities"]),
            **dict.fromkeys(["missing_cost", "keep_costs", "conflict_costs", "pair_effects"]),
        )
        tables = possible(
            problem.changed(task_conflicts=(world.today == 0) | (problem.task_conflicts == 1))
        )
        if not len(tables):
            continue
        looked += 1
        regret = regret_by_looking(world, tables)
        found = cn.robust(world.project, problem, "regret")
        assert found.frame.loc["robust", "regret"] == pytest.approx(regret.min(), abs=1e-8)
        assert found.bound == pytest.approx(regret.min(), abs=1e-8)
        for name, answer in (("usual", found.usual), ("robust", found.assignment)):
            at = (tables == answer.table.to_numpy()).all(axis=(1, 2)).argmax()
            assert found.frame.loc[name, "regret"] == pytest.approx(regret[at], abs=1e-8)
        better += found.gain > 1e-6
        assert str(found)
    assert better > tries(2, 15)
    assert looked > tries(30, 100)


def test_the_best_today_is_taken_where_the_worst_case_is_nothing():
    """What stands for nothing is more for the task that weighs more; the other is better today."""
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    project = cn.Project(
        pd.DataFrame([[0, 1.0]], ["a"], ends),
        pd.DataFrame([[0.1, 0.2], [0.9, 1.0]], ["easy", "hard"], ends),
        pd.Series({"skill": 1.0}),
        pd.Series({"easy": 1, "hard": 1}),
        pd.Series({"easy": 0.5, "hard": 1.0}),
        pd.DataFrame([[0, 0]], ["a"], ["easy", "hard"]),
        pd.DataFrame([[0]], ["a"], ["a"]),
    )
    found = cn.robust(project, project.problem().changed(required_rule="at most"))
    assert found.assignment.pairs[["worker", "task"]].to_numpy().tolist() == [["a", "easy"]]
    assert found.price == 0


def test_the_price_of_caution_on_the_case_study(case):
    found = cn.robust(case)
    low = case.ability.copy()
    low.loc[:, (slice(None), "high")] = low.loc[:, (slice(None), "low")].to_numpy()
    worst = case.problem().changed(
        qualification=cn.qualification(low, case.demand, case.criteria_weights)
    )
    assert found.frame.loc["robust", "worst case"] == pytest.approx(cn.solve(worst).performance)
    assert found.price == pytest.approx(found.usual.performance - found.assignment.performance)
    assert found.text.startswith(
        "Wherever abilities lie in their intervals ρ is at least 1.65126, and 1.63882 with"
    )
    hasty = cn.robust(case, criterion="regret", time_limit=0.05)
    assert 0 <= hasty.bound <= hasty.frame.loc["robust", "regret"]


def test_what_cannot_be_asked_of_the_worst_case(case):
    asks = {
        "a Problem is needed": lambda: cn.robust(case, case),
        "the problem has no assignment": lambda: cn.robust(
            case, case.problem().changed(required=[9] * 5)
        ),
        "criterion must be 'worst case' or 'regret'": lambda: cn.robust(case, criterion="best"),
        "regret needs a problem of one task per worker": lambda: cn.robust(
            case, case.problem().changed(worker_limits=2), "regret"
        ),
        "without a budget or loads": lambda: cn.robust(
            case, case.problem().changed(loads=[1] * 5, capacities=1), "regret"
        ),
        "time_limit must be above 0": lambda: cn.robust(case, criterion="regret", time_limit=0),
    }
    for text, ask in asks.items():
        with pytest.raises(ValueError, match=re.escape(text)):
            ask()
