"""The baselines of section 7 against looking at every assignment, and against the rules."""

import importlib.util
import sys
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from helpers import fake_cplex
from helpers.by_looking import best_by_looking
from helpers.effort import tries
from helpers.random_problems import paper_problem

import crowdnb as cn
from crowdnb.experiments import baselines

GREEDIES = [baselines.greedy_by_task, baselines.greedy_by_pair, baselines.greedy_by_options]


@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("seed", range(tries(25, 60)))
def test_each_method_against_looking_at_every_assignment(seed, scope):
    problem = paper_problem(np.random.default_rng(seed), scope)
    best = best_by_looking(problem)
    for method in [baselines.exhaustive, *GREEDIES]:
        attempt = method(problem)
        assert attempt.method == method.__name__
        if best is None:
            assert attempt.status == "infeasible"
            assert attempt.table is None and np.isnan(attempt.performance)
            continue
        assert cn.check(problem, attempt.table) == []
        assert attempt.performance == pytest.approx(
            cn.performance(problem, attempt.table), abs=1e-12
        )
        if method is baselines.exhaustive:
            assert attempt.status == "optimal"
            assert attempt.performance == pytest.approx(best, abs=1e-9)
        else:
            assert attempt.status == "found"
            assert attempt.performance <= best + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_exhaustive_agrees_with_the_program_on_instances_of_section_7(seed):
    problem = cn.random_problem(12, rng=seed)
    assert baselines.exhaustive(problem).performance == pytest.approx(
        cn.solve(problem).performance, abs=1e-9
    )


def test_exhaustive_counts_every_partial_assignment_once():
    """Nothing barred: 3 · 1 for two places of one task, then the third worker for the other."""
    problem = cn.Problem(np.ones((3, 2)), [2, 1])
    # pairs {0,1}, {0,2}, {1,2} of the first task: first places 0 and 1, second places 3, third
    # places 3
    assert baselines.exhaustive(problem).nodes == 2 + 3 + 3
    assert baselines.exhaustive(cn.Problem(np.ones((4, 3)), [1, 1, 1])).nodes == 4 + 12 + 24


def frame(rows):
    return pd.DataFrame(
        rows,
        index=[f"a{i}" for i in range(len(rows))],
        columns=[f"r{j}" for j in range(len(rows[0]))],
    )


def test_what_each_greedy_picks_first():
    q = frame([[0.8, 0.9, 0.3], [0.7, 0.6, 0.2], [0.5, 0.1, 0.1]])
    problem = cn.Problem(q, [1, 1, 1], task_conflicts=[("a0", "r2"), ("a2", "r2")])
    chosen = {m.__name__: m(problem).pairs.set_index("task")["worker"].to_dict() for m in GREEDIES}
    assert chosen == {
        # a1 for r1 leaves nobody for r2: one step back
        "greedy_by_task": {"r0": "a0", "r1": "a2", "r2": "a1"},
        "greedy_by_pair": {"r0": "a2", "r1": "a0", "r2": "a1"},
        "greedy_by_options": {"r0": "a0", "r1": "a2", "r2": "a1"},
    }
    assert {m.__name__: m(problem).nodes for m in GREEDIES} == {
        "greedy_by_task": 4,
        "greedy_by_pair": 4,
        "greedy_by_options": 3,
    }


def test_ties_go_to_the_first_worker():
    problem = cn.Problem(frame([[0.5, 0.5]] * 4), [1, 2])
    workers = {method.__name__: method(problem).pairs["worker"].tolist() for method in GREEDIES}
    by_task = ["a0", "a1", "a2"]
    assert workers == {
        "greedy_by_task": by_task,
        "greedy_by_pair": by_task,
        "greedy_by_options": ["a1", "a0", "a2"],  # r1 has fewer to spare, so it comes first
    }


@pytest.mark.parametrize("method", [baselines.exhaustive, *GREEDIES])
def test_the_cap_stops_and_says_so(method):
    problem = cn.random_problem(12, rng=0)
    stopped = method(problem, node_cap=3)
    assert (stopped.status, stopped.nodes, stopped.table) == ("N/A", 3, None)
    whole = method(problem)
    assert method(problem, node_cap=whole.nodes).status == whole.status != "N/A"
    assert "N/A, ρ = nan, 3 nodes" in repr(stopped)
    with pytest.raises(ValueError, match="node_cap must be at least 1, got 0"):
        method(problem, node_cap=0)


@pytest.mark.parametrize("method", [baselines.exhaustive, *GREEDIES])
def test_no_places_no_nodes(method):
    nothing = method(cn.Problem(frame([[0.5]]), [0]))
    assert (nothing.performance, nothing.nodes, nothing.table.to_numpy().sum()) == (0, 0, 0)


def test_options_beyond_the_paper_are_refused():
    problem = cn.Problem(frame([[0.5]]), [1], required_rule="at least")
    with pytest.raises(ValueError, match="greedy_by_task knows the paper's rules only"):
        baselines.greedy_by_task(problem)


def test_backtracking_refutes_what_cannot_be():
    """Everybody in conflict with everybody, two places: each greedy looks at every first place."""
    everybody = [(f"a{i}", f"a{k}") for i in range(5) for k in range(i)]
    problem = cn.Problem(frame([[0.5, 0.4]] * 5), [1, 1], worker_conflicts=everybody)
    for method in [baselines.exhaustive, *GREEDIES]:
        assert (method(problem).status, method(problem).nodes) == ("infeasible", 5)


def test_many_places_need_no_deep_recursion():
    attempt = baselines.greedy_by_task(
        cn.Problem(np.random.default_rng(0).uniform(size=(1500, 2)), [700, 700])
    )
    assert (attempt.status, attempt.nodes) == ("found", 1400)


# CPLEX


@pytest.mark.parametrize("seed", range(tries(12, 25)))
def test_algorithm_1_by_a_stand_in_for_cplex_against_looking(seed, monkeypatch):
    fake_cplex.install(monkeypatch)
    problem = paper_problem(np.random.default_rng(seed))
    best = best_by_looking(problem)
    attempt = baselines.by_cplex(problem)
    assert attempt.status == ("infeasible" if best is None else "optimal")
    if best is not None:
        assert attempt.performance == pytest.approx(best, abs=1e-6)
        assert cn.check(problem, attempt.table) == []


def test_what_cplex_cannot_is_said(monkeypatch):
    problem = cn.random_problem(9, rng=0)
    model = fake_cplex.install(monkeypatch)
    model.error = baselines.TOO_LARGE
    assert (
        repr(baselines.by_cplex(problem)) == "<Attempt: by_cplex, too large, ρ = nan, None nodes>"
    )
    model.error = 1217
    with pytest.raises(fake_cplex.CplexSolverError):
        baselines.by_cplex(problem)
    model.error, model.status = None, 107
    with pytest.raises(cn.SolverAnswerError, match="CPLEX ended with status 107"):
        baselines.by_cplex(problem)
    monkeypatch.setitem(sys.modules, "cplex", None)
    assert baselines.by_cplex(problem).status == "not installed"


def test_cplex_is_not_believed(monkeypatch):
    model = fake_cplex.install(monkeypatch)
    honest = model.solve

    def nobody(self):
        honest(self)
        self.solution.get_values = lambda: [0.0] * len(self.obj)

    model.solve = nobody
    with pytest.raises(cn.SolverAnswerError, match="breaks a rule: r0 has 0 of 1 workers"):
        baselines.by_cplex(cn.random_problem(9, rng=0))


def test_algorithm_1_knows_the_papers_rules_only():
    for more in ({"conflict_scope": "task"}, {"required_rule": "at least"}):
        with pytest.raises(ValueError, match="whole-project conflicts and the paper's rules only"):
            baselines.by_cplex(cn.Problem(frame([[0.5]]), [1], **more))


@pytest.mark.skipif(importlib.util.find_spec("cplex") is None, reason="CPLEX is optional")
def test_the_real_cplex():
    problem = cn.random_problem(30, rng=0)
    assert baselines.by_cplex(problem).performance == pytest.approx(
        cn.solve(problem).performance, abs=1e-9
    )
    everybody = list(combinations([f"a{i}" for i in range(4)], 2))
    nobody = cn.Problem(frame([[0.5] * 2] * 4), [1, 1], worker_conflicts=everybody)
    assert baselines.by_cplex(nobody).status == "infeasible"
    assert baselines.by_cplex(cn.random_problem(60, rng=0)).status in ("optimal", "too large")
