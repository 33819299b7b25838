"""The exercises of notebook 02: right answers pass, typical wrong ones are explained."""

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises


@pytest.mark.parametrize("answer", [0.05 / 0.67, 0.075, np.float64(0.0746)])
def test_possibility_by_hand_right(answer):
    assert str(exercises.check_possibility_by_hand(answer)).startswith(
        "Right: (0.47 - 0.42) / (0.09 + 0.58) = 0.0746"
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Not yet: give one number"),
        ("a lot", "Not yet"),
        (float("nan"), "Not yet"),
        (0.05, "numerator"),
        (0.05 / 0.58, "l_D alone"),
        (0.05 / 0.09, "l_U alone"),
        (1 - 0.05 / 0.67, "P(D ≥ U)"),
        (0, "lower end of U"),
        (0.09 / 0.67, "l_U over both widths"),
        (7.4627, "not per cent"),
        (0.3, "0.3 is not it. Write down"),
        (-1, "A degree lies between 0 and 1"),
    ],
)
def test_possibility_by_hand_wrong(answer, said):
    assert said in str(exercises.check_possibility_by_hand(answer))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (0.1975 / 0.75, "Right: with d = 0.2633"),
        (0.1, "too high, so the demand must begin higher"),
        (0.42, "too low, so the demand must begin lower"),
        (None, "Not yet"),
        (1.2, "Not yet"),
    ],
)
def test_possibility_demand(answer, said):
    assert said in str(exercises.check_possibility_demand(answer))


def test_possibility_ranking(case):
    u = case.ability["quality"]
    low, high = u["low"].to_numpy(), u["high"].to_numpy()
    total = pd.Series(
        cn.possibility_degree(low[:, None], high[:, None], low, high).sum(axis=1), u.index
    )
    right = total.sort_values(ascending=False).index.tolist()
    check = exercises.check_possibility_ranking
    assert str(check(right)).startswith("Right: a10 is first with a sum of 9.308")
    assert str(check(pd.Index(right))).startswith("Right")
    assert "order reversed" in str(check(right[::-1]))
    by_end = u["high"].sort_values(ascending=False, kind="stable").index.tolist()
    assert "Already the first is not right: you have a11" in str(
        check(by_end)
    ) and "upper ends" in str(check(by_end))
    centres = pd.Series(low + high, u.index).sort_values(ascending=False, kind="stable")
    assert "You sorted by the centres" in str(check(centres))
    assert str(check(total.sort_values(ascending=False))).startswith("Right")
    swapped = [*right[:3], right[4], right[3], *right[5:]]
    assert f"The first 3 are right. Then you have {right[4]}" in str(check(swapped))
    for answer in (None, "a10", right[:-1], ["a0"] * 12, [*right, "a0"]):
        assert str(check(answer)).startswith("Not yet: give all 12 workers")
