"""The exercises of notebook 09: a right answer is accepted, each kind of wrong one named."""

import pandas as pd
import pytest

from crowdnb import exercises
from crowdnb.market import matching


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (2.7, "Right: t1 to"),
        (2.8, "or w1 with three tasks"),
        (9.8, "as printed"),
        (2.6, "2.6 is not it. Begin with t3"),
        (2.2, "one task each"),
        (None, "Not yet: give one number"),
        ("2.7", "Right: t1 to"),
        ("2.7 or so", "Not yet: give one number"),
    ],
)
def test_by_hand(answer, words):
    assert words in str(exercises.check_matching_by_hand(answer))


def test_by_hand_follows_the_capacities():
    assert str(
        exercises.check_matching_by_hand(2.8, {"w1": 1, "w2": 1, "w3": 1, "w4": 1})
    ).startswith("Right")


TRIANGLE = [("w1", "w2"), ("w1", "w3"), ("w2", "w3")]


@pytest.mark.parametrize(
    ("conflicts", "words"),
    [
        (
            TRIANGLE,
            "Right: 2.0500 with halves, 1.8000 without; the row of the clique brings it to 1.8000",
        ),
        ([("w2", "w3"), ("w3", "w4"), ("w2", "w4")], "Right"),
        ([("w1", "w2")], "no gap"),
        ([("w1", "w2"), ("w2", "w3"), ("w3", "w4"), ("w4", "w1")], "no gap"),
        ([("w1", "w9")], "Not yet: worker_conflicts: w1 with w9: worker w9 is unknown"),
        ([], "Not yet: give a list"),
        (None, "Not yet: give a list"),
        ("w1", "Not yet: give a list"),
    ],
)
def test_fractional(conflicts, words):
    assert words in str(exercises.check_matching_fractional(conflicts))


def test_a_gap_with_more_conflicts_than_it_needs():
    everybody = [*TRIANGLE, ("w1", "w4"), ("w2", "w4"), ("w3", "w4")]
    assert "with 6 conflicts. It can be had with fewer" in str(
        exercises.check_matching_fractional(everybody)
    )


def floor(problem):
    """The optimum without the pairs as low as its worst, where every place can still be filled."""
    q, table = problem.qualification, matching.optimal(problem)
    without = problem.changed(task_conflicts=q <= q.where(table == 1).min(axis=None))
    better = matching.optimal(without)
    return better if better.to_numpy().sum() == table.to_numpy().sum() else table


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (floor, "Right: the worst-off task has"),
        (matching.optimal, "It is not ahead yet"),
        (matching.at_random, "It is not ahead yet"),
        (
            lambda problem: problem.task_conflicts + 1,
            "On market 0 a rule is broken: t1 has 30 of at most",
        ),
        (lambda problem: 1 / 0, "On market 0 it stops with ZeroDivisionError: division by zero"),
        (lambda problem: [], "it returns list; a DataFrame is asked for"),
        (None, "Not yet: give a function"),
    ],
)
def test_fair(policy, words):
    assert words in str(exercises.check_matching_fair(policy))


def test_the_example_is_the_one_of_the_second_source():
    rows = [[0.8, 0.7, 0.6, 0.9], [0.5, 0.4, 0.3, 0.2], [0.7, 0.8, 0.9, 0.5], [0.6, 0.5, 0.4, 0.3]]
    assert pd.DataFrame(rows).to_numpy().tolist() == exercises.MATCH.to_numpy().tolist()
