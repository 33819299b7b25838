"""The bound of problems with options against every assignment, and ties settled with its help."""

import math
import time

import numpy as np
import pytest
from helpers import oracle
from helpers.by_looking import summed
from helpers.effort import tries
from helpers.random_problems import random_values

import crowdnb as cn
from crowdnb.model.terms import score
from crowdnb.solver.dual_bound import dual_reach


def test_no_assignment_exceeds_the_bound_nor_what_its_pairs_reach():
    found = 0
    for seed in range(tries(80, 400)):
        values = random_values(np.random.default_rng([7, seed]))
        problem = cn.Problem(**values)
        reach = dual_reach(problem, problem.eligible)
        if reach is None:
            continue
        found += 1
        assert (reach.pairs[problem.eligible] <= reach.bound).all()
        for table in oracle.right(values)[:200]:
            rho = score(problem, np.argwhere(table))
            assert rho <= min(reach.bound, reach.pairs[table].min(initial=math.inf))
    assert found > 25


def test_the_bound_is_near_where_one_by_task_is_far():
    rng = np.random.default_rng(1)
    q = rng.uniform(0.2, 1, (20, 6)).round(2)
    problem = cn.Problem(q, [3] * 6, missing_cost=1.0, worker_limits=2, worker_conflicts=[(0, 1)])
    best = cn.solve(problem).performance
    reach = dual_reach(problem, problem.eligible)
    assert best <= reach.bound <= best + 0.01
    assert (reach.pairs >= best).sum() < 60


def test_without_pairs_or_time_there_is_none():
    problem = cn.Problem([[0.5]], [1], missing_cost=1.0)
    assert dual_reach(problem, np.zeros((1, 1), dtype=bool)) is None
    assert dual_reach(problem, problem.eligible, seconds=0.0) is None


@pytest.mark.parametrize("engine", oracle.ENGINES)
def test_ties_go_by_label_whatever_the_options(engine):
    tied = 0
    for seed in range(tries(60, 400)):
        values = random_values(np.random.default_rng([8, seed]))
        good = oracle.right(values)
        if not len(good):
            continue
        sums = [summed(values, one) for one in good]
        rho = np.array([math.fsum(each) for each in sums])
        size = np.array([math.fsum(map(abs, each)) for each in sums])
        same = rho >= rho.max() - 1e-13 * size[rho.argmax()]
        if (rho >= rho.max() - 3e-9 * size.max()).sum() != same.sum():
            continue  # so near that it is not said which are tied
        tied += same.sum() > 1
        first = max(good[same], key=lambda table: table.ravel().tolist())
        answer = cn.solve(cn.Problem(**values), engine, tie_break="labels")
        assert (answer.table.to_numpy() == first).all(), seed
        assert answer.tied == (same.sum() > 1), seed
    assert tied >= 2


def test_many_ties_of_a_crowd_are_settled_in_seconds():
    """Pairs are asked about together: one by one it took a minute."""
    rng = np.random.default_rng(2)
    problem = cn.Problem(
        rng.uniform(0.2, 1, (40, 20)).round(1),
        [3] * 20,
        conflict_scope="task",
        worker_limits=rng.integers(1, 5, 40),
        missing_cost=1.0,
        pair_effects={(0, 1): 0.25, (2, 3): -0.25, (4, 5): 0.5},
    )
    start = time.perf_counter()
    answer = cn.solve(problem, tie_break="labels")
    assert (answer.status, answer.tied, answer.reasons) == ("optimal", True, ())
    assert time.perf_counter() - start < 20
