"""Where only counts bind: no engine, and the same as by looking at every assignment."""

import math

import numpy as np
import pytest
from helpers.by_looking import TIE, every_table, of, summed, valid
from helpers.effort import tries

import crowdnb as cn
from crowdnb.solver import questions
from crowdnb.solver.flow import best_flow


def counted(rng):
    """A problem of counts alone, whose sums often tie."""
    m, n = [(3, 3), (4, 2), (5, 2), (2, 4)][int(rng.integers(4))]
    steps = int(rng.choice([2, 5, 10**6]))
    q = (rng.uniform(0, 1, size=(m, n)) * steps).round() / steps - rng.choice([0, 0.4])
    need = rng.integers(0, 3, size=n)
    options = {
        "worker_limits": rng.integers(0, 4, size=m),
        "worker_least": rng.integers(0, 2, size=m) * (rng.uniform(size=m) < 0.3),
        "pinned": rng.uniform(size=(m, n)) < rng.choice([0, 0.1]),
    }
    match int(rng.integers(4)):
        case 0:
            options["required_most"] = need + rng.integers(0, 3, size=n)
        case 1:
            options["required_rule"] = str(rng.choice(["at least", "at most"]))
        case 2:
            options["missing_cost"] = rng.choice([0, 0.4, np.inf], size=n)
    if rng.uniform() < 0.3:
        options |= {"loads": rng.choice([1, 2.5]), "capacities": rng.integers(0, 9, size=m)}
        options["loads"] = np.full((m, n), options["loads"])
    if rng.uniform() < 0.3:
        options["keep_costs"] = rng.choice([0, 0.2], size=(m, n))
        options["conflict_costs"] = rng.choice([0, 0.1], size=(m, n))
    return cn.Problem(q, need, **options)


def test_without_an_engine_the_best_is_found_and_of_those_that_tie_the_first(monkeypatch):
    monkeypatch.setattr(questions, "pick", lambda solver: pytest.fail("an engine was asked for"))
    rng, ties = np.random.default_rng(8), 0
    for _ in range(tries(80, 3000)):
        problem = counted(rng)
        tables = every_table(*problem.qualification.shape)
        tables = tables[valid(problem, tables)]
        if not len(tables) or problem.plain:
            continue
        rho = np.array([math.fsum(summed(of(problem), table)) for table in tables])
        answer = cn.solve(problem, tie_break="labels")
        assert (answer.status, answer.solver) == ("optimal", "none")
        assert answer.performance == pytest.approx(rho.max(), abs=1e-12)
        as_good = tables[rho >= rho.max() - TIE]
        first = max(as_good.reshape(len(as_good), -1).tolist())
        assert answer.table.to_numpy().ravel().tolist() == first
        assert answer.tied == (len(as_good) > 1)
        ties += len(as_good) > 1
    assert ties


@pytest.mark.parametrize("seed", range(5))
def test_what_pairs_reach_is_a_bound(seed):
    rng = np.random.default_rng([9, seed])
    while not (flow := best_flow(problem := counted(rng), problem.eligible)):
        pass
    tables = every_table(*problem.qualification.shape)
    tables = tables[valid(problem, tables)]
    for table in tables:
        rho = math.fsum(summed(of(problem), table))
        used = flow.reach.pairs[table.astype(bool)]
        assert rho <= used.min(initial=flow.reach.bound) + flow.reach.slack


def test_a_rule_that_the_best_keeps_anyway_asks_no_engine_and_one_that_it_breaks_does():
    q = np.random.default_rng(3).uniform(size=(12, 6)).round(3)
    free = cn.solve(cn.Problem(q, [2] * 6, worker_limits=2))
    one, other = (pair for pair in free.placed.tolist()[:2])
    idle = {*range(12)} - {*free.placed[:, 0].tolist()}
    kept = free.problem.changed(worker_conflicts=[(one[0], idle.pop())])
    assert cn.solve(kept).solver == "none"
    broken = cn.solve(free.problem.changed(worker_conflicts=[(one[0], other[0])]))
    assert broken.solver != "none" and broken.performance < free.performance


@pytest.mark.parametrize("q", [[[1e9, 1e-3], [1e9, 2e-3]], [[1e-9, 3e-9], [2e-9, 1.5e-9]]])
def test_beside_large_numbers_small_ones_count(q):
    problem = cn.Problem(q, [1, 1], worker_limits=2, required_rule="at least")
    answer = cn.solve(problem)
    assert answer.performance == sum(map(sum, q))
