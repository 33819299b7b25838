"""The budgets at which ρ changes, against every table; and how far the search is."""

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import every_table, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.solver import frontier as module


def frame(problem, table):
    return pd.DataFrame(table.astype(int), problem.workers, problem.tasks)


def by_looking(problem):
    """Cost and ρ of each assignment that no other beats on both, by rising cost."""
    tables = every_table(*problem.qualification.shape)
    tables = tables[valid(problem, tables)]
    costs = (tables * problem.arrays.costs).sum(axis=(1, 2))
    rhos = np.array([cn.performance(problem, frame(problem, table)) for table in tables])
    best, points = -np.inf, []
    for at in np.lexsort([-rhos, costs.round(9)]):
        if rhos[at] > best + 1e-9:
            best = rhos[at]
            points.append((costs[at], best))
    return points


@pytest.mark.slow
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_it_is_that_of_every_table(scope, options):
    rng, sizes = np.random.default_rng(7 + options), []
    for at in range(tries(48, 240)):
        problem = random_problem(rng, scope, options)
        m, n = problem.qualification.shape
        kinds = [
            rng.integers(1, 9, (m, n)),
            rng.uniform(1, 9, (m, n)),
            np.repeat(rng.uniform(1, 9, (m, 1)), n, axis=1),
            rng.integers(1, 99, (m, n)) / 100,
            10.0 ** rng.integers(0, 5, (m, n)),
            rng.integers(-3, 4, (m, n)),
        ]
        problem = problem.changed(costs=kinds[at % len(kinds)].astype(float), budget=1e9)
        found, expected = cn.frontier(problem), by_looking(problem)
        np.testing.assert_allclose(found["cost"], [one for one, _ in expected], atol=1e-6)
        np.testing.assert_allclose(found["performance"], [rho for _, rho in expected], atol=1e-9)
        assert (found["status"] == "optimal").all()
        sizes.append(len(found))
    assert max(sizes) >= 3


def test_costs_are_told_apart_by_their_unit():
    assert module._step(np.array([[30.0, 45.0], [0.0, 60.0]])) == 7.5
    assert module._step(np.array([[0.25, 0.5]])) == 0.125
    assert module._step(np.array([[np.pi, 3.0]])) == pytest.approx(np.pi * 1e-6)
    assert module._step(np.array([[np.pi, 1e6 + np.e]])) == 0.0


def many(time_limit=None):
    rng = np.random.default_rng(2)
    costs = np.repeat(rng.uniform(10, 60, (40, 1)), 4, axis=1)
    problem = cn.Problem(rng.random((40, 4)), [1, 2, 1, 2], costs=costs, budget=9.0)
    return problem, cn.frontier(problem, time_limit=time_limit)


@pytest.mark.slow
def test_progress_is_told_from_both_ends(monkeypatch):
    said, done = [], []

    class Bar:
        def __init__(self, **options):
            assert (options["total"], options["unit"]) == (100, "%")
            self.n = 0

        def update(self, step):
            self.n += step
            done.append(self.n)

        def set_postfix_str(self, text, refresh):
            said.append(text)
            assert not refresh  # it would show the bar before its time

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(module, "tqdm", Bar)
    _, whole = many()
    assert done == sorted(done) and done[-1] == 100
    ends = {line.split(" down to ")[1].split(",")[0] for line in said}
    assert ends == {f"{whole.index[0]:g}"}


@pytest.mark.slow
def test_the_time_is_for_all_budgets():
    problem, whole = many()
    _, part = many(0.3)
    assert part["status"].iloc[0] in ("time_limit", "optimal")
    known = part[part["status"] == "optimal"]
    assert whole.loc[known.index, "performance"].to_numpy() == pytest.approx(known["performance"])
    none = cn.frontier(problem, [50.0, 300.0], time_limit=1e-9)
    assert list(none["status"]) == ["time_limit"] * 2 and none["performance"].isna().all()
