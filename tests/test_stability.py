"""The weights under which an assignment stays optimal: against every table of small problems."""

import math

import numpy as np
import pandas as pd
import pytest
from every_table import random_problem, scored
from scipy.optimize import linprog

import crowdnb as cn


def random_possibility(rng, problem, criteria):
    pairs = pd.MultiIndex.from_product([problem.workers, problem.tasks], names=["worker", "task"])
    p = rng.uniform(0, 1, size=(len(pairs), criteria)).round(int(rng.integers(1, 5)))
    p[rng.uniform(size=len(pairs)) < 0.05] = 0
    return pd.DataFrame(p, index=pairs, columns=[f"u{k}" for k in range(criteria)])


def points_of(problem, possibility):
    """Valid tables and their scores by criterion."""
    p = possibility.to_numpy().reshape(*problem.qualification.shape, -1)
    tables = scored(problem.changed(qualification=np.where((p != 0).any(axis=2), 1.0, 0.0)))[0]
    return tables, np.einsum("tij,ijk->tk", tables, p * problem.task_weights.to_numpy()[:, None])


def distance_to_a_rival(start, points, own):
    """The least ½ Σ |w - start| at which a table that scores otherwise is at least as good: a program for each."""
    size, eye, least = len(start), np.eye(len(start)), math.inf
    for row in points - own:
        if np.abs(row).max() < 1e-12:
            continue
        answer = linprog(
            np.r_[np.zeros(size), np.ones(size)],
            np.vstack([np.r_[-row, 0 * row], np.hstack([eye, -eye]), np.hstack([-eye, -eye])]),
            np.r_[0, start, -start],
            [np.r_[np.ones(size), np.zeros(size)]],
            [1],
        )
        if answer.x is not None and (points @ answer.x[:size]).max() <= own @ answer.x[:size] + 1e-7:
            least = min(least, answer.fun / 2)
    return least


@pytest.mark.parametrize("scope", ["project", "task"])
def test_the_region_is_where_no_table_is_better(scope):
    rng, left, changed = np.random.default_rng(2), 205, 0
    while left:
        problem = random_problem(rng, scope)
        possibility = random_possibility(rng, problem, int(rng.integers(1, 5)))
        tables, points = points_of(problem, possibility)
        if len(tables) < 2:
            continue
        left -= 1
        size = points.shape[1]
        start = rng.dirichlet(np.ones(size))
        found = cn.stability(problem, possibility, start)
        own = points[(points @ start).argmax()]
        assert found.assignment.performance == pytest.approx(own @ start)
        own = np.einsum("ij,ijk->k", found.assignment.table, possibility.to_numpy().reshape(*tables.shape[1:], -1))
        for corner in found.corners.to_numpy():
            assert (points @ corner).max() <= own @ corner + 1e-7
        for w in rng.dirichlet(np.ones(size), 30):
            short = (points @ w).max() - own @ w
            if short > 1e-6 or short < 1e-9:
                assert found.holds(w) == (short < 1e-9)
        low_high = found.range.to_numpy()
        for k in range(size):  # the widest weights for which T is optimal, by all tables at once
            for sign, end in ((1, 0), (-1, 1)):
                answer = linprog(sign * np.eye(size)[k], points - own, np.zeros(len(points)), [np.ones(size)], [1])
                if answer.x is not None:
                    assert low_high[k, end] == pytest.approx(sign * answer.fun, abs=1e-5)
        wanted = distance_to_a_rival(start, points, own)
        if found.nearest is None:
            assert wanted == math.inf or not len(found.sides)
        else:
            changed += 1
            assert found.moved == pytest.approx(wanted, abs=1e-5)
            w = found.nearest.to_numpy()
            assert (points @ w).max() == pytest.approx(own @ w, abs=1e-6)
        assert str(found)
    assert changed > 60


def test_the_case_study(case):
    p = cn.possibility_matrix(case.ability, case.demand)
    found = cn.stability(case.problem(), p, case.criteria_weights, samples=60, rng=1)
    assert found.moved == pytest.approx(0.046, abs=1e-3)
    assert found.text.splitlines()[1].endswith("from there on: a3: r0 → r2; a11: r2 → r0.")
    assert found.holds(case.criteria_weights)
    rho = cn.solve(case.problem().changed(qualification=cn.qualification(case.ability, case.demand, found.nearest)))
    assert rho.performance == pytest.approx(cn.performance(rho.problem, found.assignment.table), abs=1e-7)
    assert 0 < found.share < 1
    assert found.shares["share"].is_monotonic_decreasing
    assert found.shares["share"].sum() == pytest.approx(9)
    error = math.sqrt(found.shares["share"][0] * (1 - found.shares["share"][0]) / 60)
    assert found.shares["error"][0] == pytest.approx(error)


def test_an_assignment_that_is_always_optimal():
    problem = cn.Problem([[0.5]], [1])
    p = pd.DataFrame([[0.5, 0.4]], index=pd.MultiIndex.from_tuples([(0, 0)]), columns=["u0", "u1"])
    found = cn.stability(problem, p, [0.5, 0.5])
    assert str(found) == "The assignment is optimal at any weights."
    assert found.nearest is None
    assert found.moved == math.inf
    assert sorted(found.corners.to_numpy().tolist()) == [[0, 1], [1, 0]]


def test_what_stability_cannot_be_asked(case):
    p = cn.possibility_matrix(case.ability, case.demand)
    with pytest.raises(ValueError, match="not optimal at these weights"):
        cn.stability(case.problem(), p, case.criteria_weights, case.published.assignment)
    with pytest.raises(ValueError, match="the problem has no assignment"):
        cn.stability(case.problem().changed(required=[9, 9, 9, 9, 9]), p, case.criteria_weights)
    many = pd.DataFrame(np.ones((60, 7)), index=p.index)
    with pytest.raises(ValueError, match="7 criteria, and at most 6"):
        cn.stability(case.problem(), many, np.full(7, 1 / 7))
