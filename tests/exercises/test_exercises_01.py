"""The exercises of notebook 01: each right answer passes, each usual slip is named."""

import math
import re

import numpy as np
import pytest

import crowdnb as cn
from crowdnb import exercises

V = np.array(exercises.CLOUD_BY_HAND) / 5
CLOUD = cn.backward_cloud(V)
EX, EN, HE = CLOUD.expectation, CLOUD.entropy, CLOUD.hyper_entropy
LOW, HIGH = CLOUD.interval(0.1)
RIGHT = {"ex": EX, "en": EN, "he": HE, "low": LOW, "high": HIGH}


def test_by_hand_accepts_the_exact_and_the_rounded_answer():
    for answer in (RIGHT, {name: round(value, 3) for name, value in RIGHT.items()}):
        said = str(exercises.check_cloud_by_hand(**answer))
        assert said.startswith("Right: U = [0.707, 0.893]")
        assert "positive" in said


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ({"ex": None}, "Ex is missing"),
        ({"high": None}, "high is missing"),
        ({"en": "?"}, "En must be a number, got '?'"),
        ({"ex": math.nan}, "Ex must be a number, got nan"),
        ({"ex": 4}, "Ex = 4 is in stars"),
        ({"en": EN * 5}, "is in stars"),
        ({"ex": V.sum()}, "That is the sum"),
        ({"en": np.abs(V - EX).mean()}, "Multiply by sqrt"),
        ({"en": V.std(ddof=1)}, "That is S. En uses"),
        ({"he": CLOUD.radicand}, "take its root"),
        ({"he": V.std(ddof=1)}, "Take En² from S²"),
        ({"he": math.sqrt(V.var() - EN**2)}, "not by τ = 6"),
        ({"low": HIGH, "high": LOW}, "two ends swapped"),
        ({"low": EX - EN}, "γ·He is missing"),
        ({"high": EX + EN + HE}, "must be multiplied by γ"),
        ({"high": 0.5}, "high = 0.5 is not right. Work it out"),
    ],
)
def test_by_hand_names_the_slip(slip, said):
    assert said in str(exercises.check_cloud_by_hand(**{**RIGHT, **slip}))


def test_by_hand_names_the_first_slip_only():
    assert str(exercises.check_cloud_by_hand(ex=0.7, en=9, he=9, low=9, high=9)).startswith(
        "Ex = 0.7 is not right."
    )


@pytest.mark.parametrize(
    ("star", "said"),
    [
        (None, "Give a star"),
        (6, "whole number from 1 to 5, got 6"),
        (2.5, "whole number from 1 to 5, got 2.5"),
        ("2", "whole number from 1 to 5, got '2'"),
        (1, "positive, but a higher star does it too"),
        (2, "Right. With one more rating of 2 the radicand is 0.0025"),
        (3, "still negative"),
        (5, "still negative"),
    ],
)
def test_one_more_rating(star, said):
    assert said in str(exercises.check_cloud_one_more(star))


def from_smallest_to_largest(counts):
    seen = np.flatnonzero(counts) + 1
    return seen[0] / 5, seen[-1] / 5


def test_rule_accepts_one_that_holds_90_percent_and_measures_the_cloud_beside_it():
    said = str(exercises.check_cloud_rule(from_smallest_to_largest))
    assert said.startswith("Right. It holds the next rating of the good worker in 94 % of cases")
    assert "The cloud rule: 63 %, 63 %" in said


def test_rule_gives_what_the_cloud_gives_when_asked_for_the_cloud():
    def cloud(counts):
        low, high = cn.backward_cloud(np.repeat(range(1, 6), counts.astype(int)) / 5).interval(0.15)
        return max(low, 0), min(high, 1)

    said = str(exercises.check_cloud_rule(cloud))
    assert (
        "in 63 % of cases and of her mirror image in 63 %, with a mean width of 0.45. The cloud"
        " rule: 63 %, 63 %, 0.45." in said
    )
    assert said.endswith("0.99 shuts out five.")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (None, "Give the function itself"),
        ((0.2, 1.0), "Give the function itself"),
        (lambda counts: 0.5, r"\[0.5\]; two numbers"),
        (lambda counts: (0.2, math.nan), "two numbers"),
        (lambda counts: (0.9, 0.3), "For the counts .* the lower end must not be above"),
        (lambda counts: (0.2, 1.1), "so clip them"),
        (lambda counts: (-0.2, 1.0), "so clip them"),
        (lambda counts: (0.6, 0.8), "Too narrow for 90 %"),
        (
            lambda counts: (0.4, 1.0),
            "It fits one of the two and not the other",
        ),  # 95 % of one, 70 % of her mirror image
        (
            lambda counts: (1, 2),
            r"gives \[1.0, 2.0\]; the ends are shares of the scale, so divide stars by 5",
        ),
        (lambda counts: counts[9], "the rule stops with IndexError"),
        (lambda counts: "wide", "gives 'wide'; two numbers"),
        (lambda counts: (0, 1), "0.7 or wider says little"),
    ],
)
def test_rule_says_what_is_wrong(rule, said):
    assert re.search(said, str(exercises.check_cloud_rule(rule)))


def test_a_rule_may_repeat_the_stars():
    """Counts are whole numbers, as in the notebook."""

    def seen(counts):
        v = np.repeat(np.arange(1, 6) / 5, counts)
        return v.min(), v.max()

    assert str(exercises.check_cloud_rule(seen)).startswith("Right")


def test_a_rule_cannot_spoil_the_histories():
    def greedy(counts):
        ends = from_smallest_to_largest(counts)
        counts[:] = 0
        return ends

    assert str(exercises.check_cloud_rule(greedy)) == str(
        exercises.check_cloud_rule(from_smallest_to_largest)
    )
