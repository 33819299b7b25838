"""The exercises of notebook 12: a right answer is accepted, each kind of wrong one named."""

import math

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import scored

import crowdnb as cn
from crowdnb import exercises


@pytest.fixture
def small():
    q = [[0.9, 0.8, 0.5], [0.7, 0.9, 0.6], [0.8, 0.3, 0.3], [0.4, 0.4, 0.7]]
    frame = pd.DataFrame(q, ["Ana", "Bo", "Chen", "Dee"], ["design", "code", "test"])
    return cn.Problem(frame, [1, 1, 1])


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.1, "Right: with Chen on design ρ is at most 2.4, 0.1 below 2.5"),
        (0.1004, "Right"),
        (2.4, "2.4 is ρ with Chen on design. How far is that below 2.5"),
        (0.8, "0.8 is Q of Chen for design"),
        (-0.1, "so above 0"),
        (0.3, "0.3 is not it. Put Chen on design"),
        (None, "Not yet: give a price, in units of ρ, for Chen on design"),
        (math.nan, "Not yet"),
    ],
)
def test_keep(small, answer, words):
    assert words in str(exercises.check_binds_keep(answer, small, "Chen", "design"))


def test_keep_is_right_on_any_pair(small):
    rho = scored(small)[1][0]
    for worker in small.workers:
        for task in small.tasks:
            tables, values = scored(small)
            with_it = values[tables[:, small.worker_at[worker], small.task_at[task]]]
            said = str(exercises.check_binds_keep(rho - with_it[0], small, worker, task))
            assert said.startswith("Right"), (worker, task, said)


@pytest.fixture
def rules(small):
    return small.changed(
        worker_limits=2, task_overlaps=[("design", "code")], pinned=[("Dee", "code")]
    )


@pytest.mark.parametrize(
    ("answer", "gain", "words"),
    [
        (["pinned", "task_overlaps"], 0.5, "Right: without pinned, task_overlaps ρ rises by 0.5"),
        (("task_overlaps", "pinned"), 0.5, "Right"),
        (["pinned", "task_overlaps"], 2.5, "is the new ρ"),
        (["pinned", "task_overlaps"], 0.3, "is right, 0.3 is not"),
        (["pinned", "task_overlaps"], None, "Now give what it brings"),
        (["worker_limits", "task_overlaps"], 0.5, "of the 3 pairs of rules bring more"),
        (["pinned"], 0.5, "two different names of worker_limits, pinned, task_overlaps"),
        (["pinned", "pinned"], 0.5, "two different names"),
        (["pinned", "budget"], 0.5, "two different names"),
        ("pinned", 0.5, "two different names"),
        (None, None, "Not yet"),
    ],
)
def test_two(rules, answer, gain, words):
    assert words in str(exercises.check_binds_two(answer, gain, rules))


@pytest.mark.parametrize(
    ("gain", "words"),
    [(0.7, "Right"), (1.0, "1 is what they bring one by one; give up both at once")],
)
def test_prices_of_two_rules_do_not_add_up(small, gain, words):
    both = small.changed(pinned=[("Bo", "test")], costs=[3, 2, 1, 1], budget=4)
    assert words in str(exercises.check_binds_two(["pinned", "budget"], gain, both))


def test_two_of_every_rule(small):
    """Whatever rules a problem has, each can be given up."""
    quotas = [{"column": "level", "value": "new", "most": 2}]
    attributes = pd.DataFrame({"level": ["new", "new", "old", "old"]}, small.workers)
    all_of_them = {
        "worker_limits": 2,
        "worker_least": {"Ana": 2},
        "required_most": {"code": 2},
        "missing_cost": {"test": 0.1},
        "pinned": [("Ana", "test")],
        "keep_costs": {("Bo", "test"): 0.1},
        "conflict_costs": {("Bo", "code"): 0.1},
        "pair_effects": {("Bo", "Ana"): 0.1},
        "task_overlaps": [("test", "code")],
        "loads": [1, 2, 3],
        "capacities": 4,
        "costs": [1, 1, 1, 1],
        "budget": 4,
        "attributes": attributes,
        "quotas": quotas,
    }
    said = str(exercises.check_binds_two(None, None, small.changed(**all_of_them)))
    partners = {"loads", "costs", "attributes"}
    assert all(name in said for name in set(all_of_them) - partners)
    every = small.changed(**all_of_them)
    for name in ("worker_least", "budget", "pinned"):
        answer = str(exercises.check_binds_two([name, "worker_limits"], 9, every))
        assert "bring more" in answer or "9 is not" in answer


def test_a_problem_without_rules_has_nothing_to_give_up(small):
    assert str(exercises.check_binds_two(["pinned", "budget"], 0, small)).startswith("Not yet")


def right(T, code, test):
    return [T[:, code] <= T[:, test]]


def by_hand(T, code, test):
    return [T[i, test] - T[i, code] >= 0 for i in range(T.shape[0])]


@pytest.mark.parametrize("rule", [right, by_hand])
def test_row_is_right(rule):
    assert str(exercises.check_binds_row(rule)).startswith("Right: on 24 random problems")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (None, "Not yet: give a function"),
        (lambda T, code, test: [], "Too loose: worker"),
        (lambda T, code, test: [T[0, code] <= T[0, test]], "Too loose: worker"),
        (lambda T, code, test: [T[:, test] <= T[:, code]], "Too"),
        (lambda T, code, test: [T[:, code] == T[:, test]], "Too strict"),
        (lambda T, code, test: [T[:, code] <= 0], "Too strict"),
        (lambda T, code, test: [T[:, 0] <= T[:, 1]], "Too"),
        (lambda T, code, test: [T[:, code] + T[:, test] <= 1], "Too"),
        (lambda T, code, test: [1], "comparison of cvxpy"),
        (lambda T, code, test: T, "Each row is to be"),
        (lambda T, code, test: None, "stops with TypeError"),
        (lambda T: [], "stops with TypeError"),
        (lambda T, code, test: [T[:, 9] <= 1], "stops with IndexError"),
        (lambda T, code, test: [T[0, code] * T[0, test] >= T[0, code]], "the model stops with"),
        (lambda T, code, test: [T[0, 0] >= 2], "Too strict: an assignment exists"),
    ],
)
def test_row_is_wrong(rule, words):
    assert words in str(exercises.check_binds_row(rule))


def test_rows_that_know_the_answer_of_one_problem_only_are_found_out():
    first = []

    def fixed(T, code, test):
        first[:] = first or [code, test]
        return [T[:, first[0]] <= T[:, first[1]]]

    assert str(exercises.check_binds_row(fixed)).startswith("Too")
    assert np.unique(first).size == 2
