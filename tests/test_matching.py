"""Matching policies and the loops beside them, against small known answers, every assignment and the rules."""

import numpy as np
import pandas as pd
import pytest
from every_table import TABLES, random_problem, valid

import crowdnb as cn
from crowdnb import matching


def frame(rows):
    return pd.DataFrame(rows, index=[f"a{i}" for i in range(len(rows))], columns=[f"r{j}" for j in range(len(rows[0]))])


def crowd(rng, scope="project", limits=3):
    """A small problem with conflicts of both kinds, limits from 0 on, and a value that may be negative."""
    problem = random_problem(rng, scope)
    q = problem.qualification - (0.3 if rng.uniform() < 0.3 else 0)
    return problem.changed(qualification=q, worker_limits=rng.integers(0, limits, size=len(problem.workers)))


@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("name", matching.POLICIES)
def test_every_policy_keeps_every_rule_and_none_exceeds_the_best_table(name, scope):
    rng = np.random.default_rng(0)
    for _ in range(40):
        problem = crowd(rng, scope)
        room = problem.changed(required_rule="at most")
        table = matching.POLICIES[name](problem, rng)
        assert cn.check(room, table) == []
        tables = TABLES[problem.qualification.shape]
        best = (tables[valid(room, tables)] * problem.value).sum(axis=(1, 2)).max()
        rho = cn.performance(problem, table)
        assert rho == pytest.approx(best, abs=1e-9) if name == "optimal" else rho <= best + 1e-9


@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("name", ["random", "first come", "greedy"])
def test_nothing_that_still_fits_is_left_out(name, scope):
    rng = np.random.default_rng(1)
    for _ in range(40):
        problem = crowd(rng, scope).changed(required_rule="at most")
        table = matching.POLICIES[name](problem, rng)
        for i, j in np.argwhere((table.to_numpy() == 0) & (problem.value > 0)):
            more = table.copy()
            more.iloc[i, j] = 1
            assert cn.check(problem, more)


def test_what_each_policy_takes():
    problem = cn.Problem(frame([[0.8, 0.9, 0.5], [0.7, 0.85, 0.2], [0.5, 0.1, 0.1]]), [1, 1, 1])

    def who(policy):
        table = policy(problem)
        return {task: table.index[table[task] == 1].tolist() for task in table}

    assert who(matching.first_come) == {"r0": ["a0"], "r1": ["a1"], "r2": ["a2"]}
    assert who(matching.greedy) == {"r0": ["a1"], "r1": ["a0"], "r2": ["a2"]}
    assert who(matching.optimal) == {"r0": ["a2"], "r1": ["a1"], "r2": ["a0"]}  # 0.5 + 0.85 + 0.5 = 1.85


def test_random_follows_its_seed_and_finds_every_maximal_table():
    problem = cn.Problem(frame([[0.5, 0.5], [0.5, 0.5]]), [1, 1])
    seen = {tuple(matching.at_random(problem, seed).to_numpy().ravel()) for seed in range(30)}
    assert seen == {(1, 0, 0, 1), (0, 1, 1, 0)}
    assert matching.at_random(problem, 7).equals(matching.at_random(problem, 7))


def test_a_place_stays_empty_where_nobody_adds_to_the_match():
    problem = cn.Problem(frame([[-0.5, 0.2]]), [1, 1], worker_limits=2)
    for policy in set(matching.POLICIES.values()) - {matching.collaborative_filtering}:  # which cannot know
        assert policy(problem, 0).to_numpy().tolist() == [[0, 1]]


@pytest.mark.parametrize("policy", matching.POLICIES.values())
def test_what_policies_do_not_know_is_refused(policy):
    q = frame([[0.5]])
    with pytest.raises(ValueError, match="neither pinned pairs nor a budget"):
        policy(cn.Problem(q, [1], pinned=[("a0", "r0")]), 0)
    with pytest.raises(ValueError, match="neither pinned pairs nor a budget"):
        policy(cn.Problem(q, [1], costs=q, budget=1.0), 0)
    with pytest.raises(ValueError, match="asks for at least L"):
        policy(cn.Problem(q, [1], required_rule="at least"), 0)
