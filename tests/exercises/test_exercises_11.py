"""The exercises of notebook 11: a right answer is accepted, each kind of wrong one named."""

import pandas as pd
import pytest

from crowdnb import exercises


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (0.75, "Right: by hand 2"),
        (0.25, "chance of a wrong answer"),
        (2 / 3, "a person answers too"),
        (0.5, "Set the two costs equal"),
        (0.6, "0.6 is not it. Set the person's cost equal"),
        (75, "A confidence lies between 0 and 1"),
        (None, "Not yet"),
    ],
)
def test_threshold(answer, words):
    assert words in str(exercises.check_scenes_threshold(answer))


def test_the_threshold_follows_the_prices():
    assert str(exercises.check_scenes_threshold(0.5, person=4, bot=0, wrong=4)).startswith("Right")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"writer": 115, "painter": 40, "editor": 25}, "Right"),
        (pd.Series({"editor": 25, "writer": 115, "painter": 40}), "Right"),
        ({"writer": 60, "painter": 60, "editor": 60}, "Equal shares"),
        ({"writer": 180, "painter": 90, "editor": 60}, "as the last to come"),
        ({"writer": 100, "painter": 50, "editor": 40}, "They sum to 190"),
        ({"writer": 120, "painter": 40, "editor": 20}, "writer has too much"),
        ({"writer": 100, "painter": 50, "editor": 30}, "writer has too little"),
        ({"writer": 115, "painter": 65}, "give a number for each of writer"),
        (None, "Not yet"),
    ],
)
def test_shares(answer, words):
    assert words in str(exercises.check_scenes_shares(answer))


def right(groups, k):
    counts = groups.value_counts()
    shown = counts[counts >= k]
    return (shown.iloc[:-1] if 0 < counts.sum() - shown.sum() < k else shown).to_dict()


def only_large(groups, k):
    return {name: n for name, n in groups.value_counts().items() if n >= k}


@pytest.mark.parametrize(
    ("publish", "words"),
    [
        (right, "Right, on"),
        (only_large, "works out 3 for what is hidden"),
        (lambda groups, k: groups.value_counts().to_dict(), "it shows c with 3, under k"),
        (lambda groups, k: {"a": 8}, "it shows 8 for a, which is not so"),
        (lambda groups, k: {"z": 9}, "it shows 9 for z, which is not so"),
        (lambda groups, k: {}, "0 rows are shown, 22 could be"),
        (
            lambda groups, k: dict(list(only_large(groups, k).items())[1:]),
            "rows are shown, 22 could be",
        ),
        (lambda groups, k: 1 / 0, "it stops with ZeroDivisionError"),
        (None, "Not yet"),
    ],
)
def test_publish(publish, words):
    assert words in str(exercises.check_scenes_publish(publish))
