"""The weights under which an assignment stays optimal: against every table of small problems."""

import math

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import by_criterion, possibility_frame, weighed
from helpers.effort import tries
from scipy import sparse
from scipy.optimize import linprog

import crowdnb as cn


def distance_to_a_rival(start, points, own):
    """The least ½ Σ |w - start| at which a table that scores otherwise is at least as good: a program for each."""
    size, eye, least = len(start), np.eye(len(start)), math.inf
    rows = np.unique(points - own, axis=0)
    # one that is never better may be as good on the rim of the simplex
    rows = rows[rows.max(axis=1) >= 1e-12]
    # Moving a weight of x changes row · w by at most x (largest - smallest entry): no rival is
    # nearer than that.
    beyond = -(rows @ start) / np.maximum(np.ptp(rows, axis=1), 1e-300)
    for at in np.argsort(beyond):
        row = rows[at]
        if beyond[at] > least + 1e-9:
            break
        answer = linprog(
            np.r_[np.zeros(size), np.ones(size)],
            np.vstack([np.r_[-row, 0 * row], np.hstack([eye, -eye]), np.hstack([-eye, -eye])]),
            np.r_[0, start, -start],
            [np.r_[np.ones(size), np.zeros(size)]],
            [1],
        )
        if (
            answer.x is not None
            and (points @ answer.x[:size]).max() <= own @ answer.x[:size] + 1e-7
        ):
            least = min(least, answer.fun / 2)
    return least


def widest(rows):
    """The least and the greatest of each weight for which T is optimal, by all tables: programs side by side in one."""
    size = rows.shape[1]
    ends = np.vstack([np.eye(size), -np.eye(size)])
    each = sparse.eye_array(len(ends))
    below, total = sparse.kron(each, np.unique(rows, axis=0)), sparse.kron(each, np.ones((1, size)))
    answer = linprog(ends.ravel(), below, np.zeros(below.shape[0]), total, np.ones(len(ends)))
    best = (ends * answer.x.reshape(ends.shape)).sum(axis=1)
    return np.column_stack([best[:size], -best[size:]])


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("scope", ["project", "task"])
def test_the_region_is_where_no_table_is_better(scope):
    rng, changed = np.random.default_rng(2), 0
    for problem, p, _, points, start in weighed(rng, scope, tries(40, 205)):
        size = len(start)
        found = cn.stability(problem, possibility_frame(problem, p), start)
        own = points[(points @ start).argmax()]
        assert found.assignment.performance == pytest.approx(own @ start)
        (own,) = by_criterion(problem, p, found.assignment.table.to_numpy()[None])
        for corner in found.corners.to_numpy():
            assert (points @ corner).max() <= own @ corner + 1e-7
        for w in rng.dirichlet(np.ones(size), 30):
            short = (points @ w).max() - own @ w
            if short > 1e-6 or short < 1e-9:
                assert found.holds(w) == (short < 1e-9)
        np.testing.assert_allclose(found.range.to_numpy(), widest(points - own), rtol=0, atol=1e-5)
        wanted = distance_to_a_rival(start, points, own)
        if found.nearest is None:
            assert wanted == math.inf or not len(found.sides)
        else:
            changed += 1
            assert found.moved == pytest.approx(wanted, abs=1e-5)
            w = found.nearest.to_numpy()
            assert (points @ w).max() == pytest.approx(own @ w, abs=1e-6)
        assert str(found)
    assert changed > tries(11, 60)


def test_the_case_study(case):
    p = cn.possibility_matrix(case.ability, case.demand)
    found = cn.stability(case.problem(), p, case.criteria_weights, samples=60, rng=1)
    assert found.moved == pytest.approx(0.046, abs=1e-3)
    assert found.text.splitlines()[1].endswith("from there on: a3: r0 → r2; a11: r2 → r0.")
    assert found.holds(case.criteria_weights)
    rho = cn.solve(
        case.problem().changed(
            qualification=cn.qualification(case.ability, case.demand, found.nearest)
        )
    )
    assert rho.performance == pytest.approx(
        cn.performance(rho.problem, found.assignment.table), abs=1e-7
    )
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
    with pytest.raises(ValueError, match="samples must be a whole number of at least 0"):
        cn.stability(case.problem(), p, case.criteria_weights, samples=-1)
    many = pd.DataFrame(np.ones((60, 7)), index=p.index)
    with pytest.raises(ValueError, match="7 criteria, and at most 6"):
        cn.stability(case.problem(), many, np.full(7, 1 / 7))
