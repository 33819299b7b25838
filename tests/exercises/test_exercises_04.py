"""The exercises of notebook 04: a right answer is accepted, each kind of wrong one named."""

import math

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_by_looking

import crowdnb as cn
from crowdnb import exercises


@pytest.fixture
def small():
    q = [[0.9, 0.8, 0.5], [0.7, 0.9, 0.6], [0.8, 0.3, 0.3], [0.4, 0.4, 0.7]]
    frame = pd.DataFrame(q, ["Ana", "Bo", "Chen", "Dee"], ["design", "code", "test"])
    return cn.Problem(frame, [1, 1, 1], [0.5, 0.3, 0.2], [("Dee", "test")])


@pytest.mark.parametrize(
    ("team", "words"),
    [
        ({"design": "Ana", "code": "Bo", "test": "Chen"}, "Right: ρ = 0.78"),
        ({"design": ["Ana"], "code": ["Bo"], "test": ("Chen",)}, "Right: ρ = 0.78"),
        ({"'design'": {"Ana"}, "code": " Bo", "test": frozenset(["'Chen'"])}, "Right: ρ = 0.78"),
        (
            {"design": "Chen", "code": "Bo", "test": "Ana"},
            "allowed and has ρ = 0.77. There is a team with more",
        ),
        (
            {"design": "Chen", "code": "Bo", "test": "Ana"},
            "Move one person, or let two change places",
        ),
        (
            {"design": "Ana", "code": "Bo", "test": "Dee"},
            "not allowed: Dee is in conflict with test",
        ),
        ({"design": "Ana", "code": "Bo"}, "not allowed: test has 0 of 1 workers"),
        ({"design": "Eve"}, "no worker Eve. The workers are Ana, Bo, Chen, Dee"),
        ({"cook": "Ana"}, "no task cook. The tasks are design, code, test"),
        (None, "Give a team as a mapping"),
    ],
)
def test_team(small, team, words):
    assert words in str(exercises.check_model_team(small, team))


def test_team_follows_the_problem(small):
    q, need = small.qualification, small.required
    enemies = cn.Problem(q, need, small.task_weights, small.task_conflicts, [("Ana", "Bo")])
    assert "in conflict" in str(
        exercises.check_model_team(enemies, {"design": "Ana", "code": "Bo", "test": "Chen"})
    )
    assert str(
        exercises.check_model_team(enemies, {"design": "Chen", "code": "Dee", "test": "Bo"})
    ).startswith("Right")


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("a10", "a11"), "Right: a conflict of a10 and a11 costs 0.1523"),
        (["a11", "a10"], "Right: a conflict of a11 and a10 costs 0.1523"),
        (("a7", "a10"), "costs 0.1503. 1 of the 66 pairs costs more"),
        (("a0", "a1"), "costs nothing"),
        (("a0", "a0"), "Give two different workers of a0, a1"),
        (("a0", "nobody"), "Give two different workers"),
        (None, "Give two different workers"),
    ],
)
def test_costliest_pair(problem, pair, words):
    assert words in str(exercises.check_model_costliest_pair(problem, pair))


def test_a_pair_that_leaves_no_team_costs_the_most():
    problem = cn.Problem([[0.9], [0.8]], [2])
    assert "costs the whole team" in str(exercises.check_model_costliest_pair(problem, (0, 1)))


@pytest.mark.parametrize(
    ("rho", "words"),
    [
        (3.22653, "Right"),
        (3.227, "Right"),
        (np.float64(3.22653), "Right"),
        (2.69728, "exactly L workers"),
        (3.317125, "The upper limit, L + 1, is missing"),
        (3.23, "ρ = 3.23 may be right. Give three decimals."),
        (3.5, "more than can be had"),
        (3.0, "there is more"),
        (None, "Give ρ as a number"),
        ("3.2 or so", "Give ρ as a number"),
        (math.nan, "Give ρ as a number"),
    ],
)
def test_range(problem, rho, words):
    assert words in str(exercises.check_model_range(problem, 1, rho))


def test_range_agrees_with_looking_at_every_assignment():
    rng = np.random.default_rng(0)
    q = rng.random((5, 2))
    needs = [[1 + i, 1 + j] for i in range(2) for j in range(2)]
    best = max(best_by_looking(cn.Problem(q, need)) for need in needs)
    assert str(exercises.check_model_range(cn.Problem(q, [1, 1]), 1, best)).startswith("Right")


def test_a_problem_without_assignment_is_refused():
    with pytest.raises(ValueError, match="problem: no assignment exists"):
        exercises.check_model_range(cn.Problem([[0.5]], [2]), 1, 1.0)
