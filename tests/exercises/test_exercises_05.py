"""The exercises of notebook 05: right answers pass, each usual slip is named."""

import math

import numpy as np
import pytest

import crowdnb as cn
from crowdnb import exercises

QUARREL = [("a3", "a5")]


def test_case_moves_right():
    said = str(exercises.check_case_moves({"a1": None, "a3": "r0", "a2": "r3"}))
    assert said.startswith("Right: ρ rises from 2.569 to 2.697")
    assert "Only a3 is new in the team" in said


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (None, "Not yet: give the moves"),
        ({}, "Not yet: give the moves"),
        (["a1", "a3"], "Not yet: give the moves"),
        ({"Ana": "r0"}, "There is no worker Ana"),
        ({"a1": "r9"}, "There is no task r9"),
        ({"a1": ["r0"]}, "There is no task ['r0']"),
        ({"a3": "r3", "a1": None}, "a3 is in conflict with r3"),
        ({"a1": None, "a3": "r0"}, "r0 has 3 of 2 workers; r3 has 1 of 2 workers"),
        ({"a1": "r3"}, "ρ does not rise: 2.569 → 2.569"),
        ({"a1": None, "a9": "r3"}, "ρ does not rise"),
        ({"a1": None, "a3": "r0", "a7": "r2", "a6": "r3"}, "More can be had."),
    ],
)
def test_case_moves_wrong(moves, said):
    assert said in str(exercises.check_case_moves(moves))


def test_case_least_missed(case):
    def without(worker):
        gone = case.task_conflicts.copy()
        gone.loc[worker] = 1
        return cn.solve(
            cn.Problem(case.qualification, case.required, None, gone, QUARREL)
        ).performance

    at_work = cn.solve(case.problem(QUARREL)).pairs["worker"]
    right = max(at_work, key=without)
    assert str(exercises.check_case_least_missed(right)).startswith(
        "Right: without a5 ρ falls by 0.0079 only: then a3 may"
    )
    assert "and without 1 of the others by less" in str(exercises.check_case_least_missed("a1"))
    assert "and without 8 of the others by less" in str(exercises.check_case_least_missed("a11"))
    assert "a3 has no place" in str(exercises.check_case_least_missed("a3"))
    for nonsense in (None, "Ana", ["a5"], 5):
        assert str(exercises.check_case_least_missed(nonsense)).startswith(
            "Not yet: give one of the workers a0, a1"
        )


@pytest.mark.parametrize(
    ("rho", "said"),
    [
        (2.568970, "Right: ρ = 2.568970, only 0.000561 below the best"),
        (np.float64(2.56897), "Right"),
        (2.569531, "is the best itself"),
        (2.697, "more than the second best has"),
        (2.568525, "is the published assignment. It is not even second"),
        (2.568808, "another is nearer to the best"),
        (2.5, "too low"),
        (None, "Not yet"),
        ("2.56897 or so", "Not yet"),
        (math.inf, "Not yet"),
    ],
)
def test_case_second_best(rho, said):
    assert said in str(exercises.check_case_second_best(rho))
