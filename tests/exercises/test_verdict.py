"""A verdict: what it holds, how it shows; and answers that try to pass for right."""

import itertools
import math
from dataclasses import fields

import numpy as np
import pytest

import crowdnb as cn
from crowdnb import exercises
from crowdnb.exercises.verdict import Verdict


def test_a_verdict_holds_points_and_is_true_where_right():
    right, wrong = Verdict(True, "Right: 2."), Verdict(False, "3 is not it.", "Add.")
    assert right and (right.points, right.of) == (1, 1) and str(right) == "Right: 2."
    assert not wrong and wrong.points == 0 and str(wrong) == repr(wrong) == "3 is not it. Add."
    assert (right.worth(3).points, wrong.worth(3).points, right.worth(3).of) == (3, 0, 3)
    half = Verdict(False, "The gain is right.", points=1, of=2).worth(4)
    assert not half and (half.points, half.of) == (2, 4)


@pytest.mark.parametrize(
    ("right", "points", "of"),
    [
        (True, 0.5, 1),
        (False, 1, 1),
        (False, -1, 1),
        (False, 2, 1),
        (False, math.nan, 1),
        (True, 0, 0),
    ],
)
def test_points_go_with_the_verdict(right, points, of):
    with pytest.raises(ValueError, match=r"^(points|of): "):
        Verdict(right, "", points=points, of=of)


def test_a_verdict_shows_its_words_as_text():
    html = Verdict(False, "<b> is no worker.", "Try a & b.", of=2)._repr_html_()
    assert "&lt;b&gt; is no worker." in html and "a &amp; b" in html and "0 of 2" in html
    assert "<b>" not in html


class AlwaysEqual:
    """Equal to everything, with the hash of a worker or task."""

    def __init__(self, like):
        self.like = like

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash(self.like)


class Text(str):
    """A label that is equal to every other."""

    __slots__ = ()

    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


class Number(float):
    """A number that is near every other."""

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __abs__(self):
        return 0.0

    def __ne__(self, other):
        return False

    def __lt__(self, other):
        return False


def test_an_answer_cannot_pass_for_right_by_what_it_says_of_itself():
    assert not exercises.check_possibility_by_hand(Number(0.3))
    assert not exercises.check_market_price(Number(9))
    assert not exercises.check_overview_by_hand(Number(0.9))
    assert not exercises.check_case_second_best(Number(1))
    assert not exercises.check_overview_lifted(0.128, [AlwaysEqual("a1"), "a2", "a3", "a5"])
    assert not exercises.check_possibility_ranking([Text(f"a{at}") for at in range(12)])
    assert not exercises.check_case_least_missed(Text("a1"))
    assert not exercises.check_case_least_missed(AlwaysEqual("a5"))
    assert not exercises.check_why_insist(Text("r0"), Number(0))
    assert not exercises.check_scenes_publish(lambda groups, k: {g: Number(99) for g in groups})


def test_an_answer_without_end_is_answered():
    for check in (exercises.check_possibility_ranking, exercises.check_possibility_by_hand):
        assert str(check(itertools.count())).startswith("Not yet")
        assert str(check(f"a{at}" for at in itertools.count())).startswith("Not yet")
    assert not exercises.check_overview_lifted(0.128, itertools.repeat("a1"))


@pytest.mark.parametrize("answer", ["0.0746", " 0.0746 ", "'0.0746'", "7.46%", "7.46 %", "0,0746"])
def test_a_number_may_be_text(answer):
    assert exercises.check_possibility_by_hand(answer)


def test_a_number_may_have_its_unit():
    for answer in ("5.5 h", "5.5h", "5.5 hours", "t = 5.5"):
        assert exercises.check_market_by_hand(answer), answer
    assert not exercises.check_market_by_hand("5.5 and more")


def test_a_label_may_be_quoted():
    assert exercises.check_case_least_missed("'a5'")
    assert exercises.check_case_least_missed(' "a5" ')
    assert exercises.check_overview_lifted(0.128, {"'a1'", "a2 ", "a3", "a5"})


def test_no_optimum_is_told_to_who_is_wrong():
    said = str(exercises.check_case_moves({"a1": None, "a3": "r0", "a7": "r2", "a6": "r3"}))
    assert "More can be had" in said
    assert f"{cn.solve(cn.load_case_study().problem()).performance:.3f}" not in said


def test_two_decimals_are_told_so():
    assert (
        str(exercises.check_possibility_by_hand(0.07)) == "0.07 may be right. Give three decimals."
    )
    assert str(exercises.check_overview_by_hand("0.27")).endswith("Give three decimals.")
    assert exercises.check_possibility_by_hand(0.075)


def test_a_policy_cannot_lift_the_rules_it_is_checked_by():
    def nobody(problem):
        for field in fields(problem.arrays):
            values = getattr(problem.arrays, field.name)
            if isinstance(values, np.ndarray):
                values.setflags(write=True)
                values[...] = 0
        return (problem.qualification * 0).astype(int)

    assert "a rule is broken" in str(exercises.check_experiments_greedy(nobody))
