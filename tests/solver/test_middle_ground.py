"""Local search and branching: assignments, bounds and proofs against looking at every assignment."""

import math

import numpy as np
import pytest
from helpers.by_looking import best_by_looking
from helpers.effort import tries
from helpers.random_problems import paper_problem, symmetric

import crowdnb as cn
from crowdnb.model.check import broken_rules
from crowdnb.model.terms import score
from crowdnb.solver.branching import Branching
from crowdnb.solver.cuts import cuts
from crowdnb.solver.local_search import LocalSearch

BOTH = pytest.mark.parametrize("scope", ["project", "task"])


def small_problems(scope, number):
    """Problems with places, and the greatest ρ of each, None for none."""
    rng = np.random.default_rng(20)
    while number:
        problem = paper_problem(rng, scope, conflict_probability=rng.choice([0.2, 0.4, 0.6]))
        if problem.arrays.required.any() and problem.eligible.any():
            number -= 1
            yield problem, best_by_looking(problem)


@BOTH
def test_branching_proves_the_optimum_or_that_there_is_none(scope):
    for problem, rho in small_problems(scope, tries(60, 2000)):
        tree = Branching(problem, problem.eligible)
        tree.run(math.inf)
        assert tree.closed
        if rho is None:
            assert tree.found is None
            continue
        assert tree.rho == pytest.approx(rho, rel=1e-9, abs=1e-9)
        assert broken_rules(problem, tree.found) == []
        again = Branching(problem, problem.eligible, tree.found)
        again.run(math.inf)
        assert again.closed
        assert again.found is tree.found


@BOTH
def test_a_bound_is_one_however_soon_branching_is_stopped(scope):
    for problem, rho in small_problems(scope, tries(40, 1000)):
        tree = Branching(problem, problem.eligible)
        tree.run(-math.inf)
        if rho is not None:
            assert tree.bound >= rho - 1e-9
            assert tree.reach is None or np.nanmax(tree.reach) >= rho - 1e-9


@BOTH
def test_local_search_finds_the_optimum_of_small_problems(scope):
    """It proves nothing, and may miss one of some hundred."""
    missed, number = 0, tries(60, 1000)
    for problem, rho in small_problems(scope, number):
        placed = LocalSearch(problem).run(moves=300)
        if rho is None:
            assert placed is None
            continue
        assert broken_rules(problem, placed) == []
        missed += score(problem, placed) < rho - 1e-9
    assert missed <= max(1, number // 200)


def test_local_search_is_the_same_each_time_and_goes_on_where_it_ended():
    problem = cn.random_problem(150, 34, 0.1, 1)
    once, parts = LocalSearch(problem), LocalSearch(problem)
    placed = once.run(moves=4000)
    parts.run(moves=1500)
    assert np.array_equal(parts.run(moves=2500), placed)
    better = LocalSearch(problem).run(moves=0, known=placed)
    assert score(problem, better) == pytest.approx(score(problem, placed))


def test_a_team_that_is_hidden_is_found():
    """Twelve of sixty who can work together, each in conflict with fewer others than is usual."""
    rng = np.random.default_rng(5)
    m, n = 60, 12
    between = symmetric(rng, m, 0.5)
    between[:n, :n] = False
    problem = cn.Problem(rng.uniform(size=(m, n)), [1] * n, worker_conflicts=between)
    placed = LocalSearch(problem).run(moves=20_000, enough=-1e300)
    assert sorted(placed[:, 0]) == list(range(n))


def test_rows_that_a_relaxation_breaks():
    between = np.zeros((9, 9), dtype=bool)
    for i, k in [(0, 1), (0, 2), (1, 2), (4, 5), (5, 6), (6, 7), (7, 8), (8, 4)]:
        between[i, k] = between[k, i] = True
    found = cuts(between, np.full(9, 0.5))
    assert {(tuple(cut.members), cut.high) for cut in found} == {
        ((0, 1, 2), 1),
        ((4, 5, 6, 7, 8), 2),
    }
    assert cuts(between, np.full(9, 1 / 3)) == []


@pytest.mark.parametrize("seed", range(3))
def test_every_row_is_kept_by_every_team(seed):
    rng = np.random.default_rng(seed)
    between = symmetric(rng, 12, 0.4)
    teams = (np.arange(2**12)[:, np.newaxis] >> np.arange(12)) & 1
    teams = teams[[not between[np.ix_(t == 1, t == 1)].any() for t in teams]]
    for _ in range(5):
        for cut in cuts(between, rng.uniform(size=12)):
            assert teams[:, cut.members].sum(axis=1).max() <= cut.high


@pytest.mark.parametrize("solver", [None, "GLPK_MI", "CBC", "HIGHS"])
def test_places_just_within_reach_are_filled_in_a_second(solver):
    """Conflicts of 250 with p = 0.1, among which engines find no assignment in ten seconds."""
    problem = cn.random_problem(250, 38, 0.1, 3)
    answer = cn.solve(problem, solver, time_limit=0.8)
    assert cn.check(problem, answer.table) == []
    assert 25.5 < answer.performance <= answer.bound < 30.5


def test_branching_settles_what_engines_leave_open():
    problem = cn.random_problem(120, 18, 0.2, 6)
    answer = cn.solve(problem)
    assert (answer.status, answer.solver) == ("optimal", "none")
    assert answer.performance == pytest.approx(cn.solve(problem, "HIGHS").performance, abs=1e-9)


def test_an_interrupt_keeps_what_is_known(monkeypatch):
    problem = cn.random_problem(200, 38, 0.1, 2)

    def interrupted(self, until):
        raise KeyboardInterrupt

    monkeypatch.setattr(Branching, "run", interrupted)
    answer = cn.solve(problem, time_limit=0.3)
    assert answer.status == "time_limit"
    assert answer.reasons == ("Stopped from the keyboard.",)
    assert answer.performance > 25
