"""The exercises of notebook 03: right answers pass, typical wrong ones are explained."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises

NAMES = ["skill", "efficiency", "quality", "activity"]


SAID = [0.3, 0.1, 0.7, 0.3, 0.7, 0.9]


LOUNGES = cn.read_project(Path(cn.__file__).parent / "data" / "lounges").judgement


def judgement(upper=SAID, names=NAMES):
    n = len(names)
    b = np.full((n, n), 0.5)
    b[np.triu_indices(n, 1)] = upper
    b.T[np.triu_indices(n, 1)] = 1 - np.asarray(upper)
    return pd.DataFrame(b, index=names, columns=names)


def test_weights_by_hand_right():
    right = cn.criteria_weights(LOUNGES)
    for answer in (right, right.to_dict(), right.tolist(), right[::-1], right.round(3).to_numpy()):
        assert str(exercises.check_weights_by_hand(answer, LOUNGES)).startswith(
            "Right: comfort 0.2833"
        )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Not yet: give 3 numbers, in the order comfort, cleanliness, service"),
        ("0.3", "Not yet"),
        ([0.3, 0.7], "Not yet"),
        (0.3, "Not yet"),
        ({"comfort": 0.3}, "Not yet"),
        ([2.2 / 12, 2.65 / 12, 2.65 / 12], "With 3 it is (sum + 0.5) / 6"),
        ([0.3, 0.35, 0.35], "Eq. 4 divides by 2(K - 1), here by 4 and not by 6"),
        ([1.1 / 4.5, 1.7 / 4.5, 1.7 / 4.5], "row sums of B, made to sum to 1"),
        ([1.6 / 6, 2.2 / 6, 2.2 / 6], "It takes those of Z"),
        ([1.2, 1.65, 1.65], "row sums of Z. Eq. 5 makes"),
        ([1.1, 1.7, 1.7], "Eq. 4 comes next"),
        ([0.3583, 0.2833, 0.3583], "in another order"),
        (
            [0.2, 0.2, 0.2],
            (
                "yours sum to 0.6000. The row sums of Z are comfort 1.2000, cleanliness 1.6500,"
                " service 1.6500"
            ),
        ),
        ([0.2, 0.4, 0.4], "They sum to 1, but"),
    ],
)
def test_weights_by_hand_wrong(answer, said):
    assert said in str(exercises.check_weights_by_hand(answer, LOUNGES))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({1: 0.7}, "Right: with skill over quality at 0.7 both weigh 0.2611"),
        ({4: 0.1}, "Right: with efficiency over activity at 0.1"),
        ({1: 0.5}, "skill weighs 0.2500 and efficiency 0.2611. Weights follow the row sums"),
        ({0: 0.6}, "Off the five levels"),
        ({}, "You changed 0 judgements"),
        ({0: 0.5, 1: 0.3}, "You changed 2 judgements"),
    ],
)
def test_weights_one_change(change, said):
    upper = [change.get(k, value) for k, value in enumerate(SAID)]
    answer = judgement(upper)
    assert said in str(exercises.check_weights_one_change(answer, judgement()))
    assert said in str(exercises.check_weights_one_change(answer.iloc[::-1, ::-1], judgement()))


def test_weights_one_change_of_no_judgement_matrix():
    one_side = judgement()
    one_side.loc["skill", "quality"] = 0.7
    assert "A judgement stands in B twice" in str(
        exercises.check_weights_one_change(one_side, judgement())
    )
    for answer in (None, [[0.5]], judgement([0.5], ["skill", "quality"])):
        assert str(exercises.check_weights_one_change(answer, judgement())).startswith("Not yet")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("upper", "said"),
    [
        ([0, 0, 0.95, 0, 1, 1], "Right: the distance is 0.19543"),
        ([0, 0, 1, 0, 1, 1], "Nearly: the distance is 0.195"),
        ([0.05, 0.05, 0.95, 0.05, 0.95, 0.95], "closer than judgements of 0.1 and 0.9"),
        ([0.1, 0.1, 0.9, 0.1, 0.9, 0.9], "no closer than judgements of 0.1 and 0.9 come (0.2170)"),
        (SAID, "The distance is 0.2"),
        ([2, 0, 0, 0, 0, 0], "This is no judgement matrix"),
    ],
)
def test_weights_free_judgement(case, upper, said):
    assert said in str(
        exercises.check_weights_free_judgement(judgement(upper), case.criteria_weights)
    )


def test_weights_free_judgement_needs_a_matrix(case):
    for answer in (None, [0, 1], judgement([0.5], ["skill", "quality"])):
        assert str(
            exercises.check_weights_free_judgement(answer, case.criteria_weights)
        ).startswith("Not yet")


def test_nothing_in_0_to_1_comes_closer(case):
    """The least squares inside the check, against many random judgement matrices."""
    upper = np.random.default_rng(1).uniform(-0.5, 1.5, size=(50_000, 6)).clip(0, 1)
    b = np.full((len(upper), 4, 4), 0.5)
    i, j = np.triu_indices(4, 1)
    b[:, i, j], b[:, j, i] = upper, 1 - upper
    w = 0.25 + (b.sum(axis=2) - 2) / 18
    assert np.linalg.norm(w - case.criteria_weights.to_numpy(), axis=1).min() > 0.19543
