"""A verdict: what it holds, how it shows."""

import math

import pytest

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
