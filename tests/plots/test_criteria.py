"""Weights of criteria."""

import numpy as np
import pandas as pd
import pytest
from helpers.pictures import texts

import crowdnb as cn


def test_weights_are_bars_with_their_numbers_and_the_band():
    table = pd.DataFrame({"paper": [0.15, 0.85], "a = 3": [0.4, 0.6]}, index=["skill", "quality"])
    picture = cn.plots.weights(table, reach=(0.1833, 0.3167))
    axis = picture.figure.axes[0]
    assert [bar.get_width() for bars in axis.containers for bar in bars] == [0.15, 0.85, 0.4, 0.6]
    assert {"0.150", "0.850", "0.400", "0.600", "skill", "quality"} <= set(texts(picture))
    assert "reachable: 0.1833 to 0.3167" in [
        text.get_text() for text in picture.figure.legends[0].get_texts()
    ]
    assert (
        picture.alt
        == "Criteria weights. paper: skill 0.150, quality 0.850; a = 3: skill 0.400, quality"
        " 0.600. "
        "Reachable are weights from 0.1833 to 0.3167."
    )
    assert "Reachable" not in cn.plots.weights(table).alt


def test_reachable_weights_counts_matrices_and_marks_what_none_reaches():
    wanted = pd.Series({"skill": 0.25, "quality": 0.5})
    picture = cn.plots.reachable_weights({"a = 3": np.array([0.2, 0.25, 0.25, 0.3])}, wanted)
    axis = picture.figure.axes[0]
    assert [
        (round(bar.get_x() + bar.get_width() / 2, 9), bar.get_height()) for bar in axis.patches
    ] == [
        (0.2, 1),
        (0.25, 2),
        (0.3, 1),
    ]
    assert [(line.get_xdata()[0], line.get_linestyle()) for line in axis.lines] == [
        (0.25, "-"),
        (0.5, "--"),
    ]
    assert axis.get_xlim()[1] > 0.5
    assert picture.alt.endswith("a = 3: 3 weights from 0.2000 to 0.3000; outside: quality 0.50.")


def test_parts_stand_below_their_criterion_with_their_shares_and_leaves_have_bars():
    rows = [
        ("skill", None, 0.4),
        ("care", None, 0.6),
        ("java", "skill", 0.75),
        ("$x$", "skill", 0.25),
    ]
    tree = cn.criteria_tree(pd.DataFrame(rows, columns=["criterion", "part_of", "weight"]))
    picture = cn.plots.criteria_tree(tree)
    words, bars = picture.figure.axes
    assert [text.get_text() for text in words.texts] == [
        "skill  0.4",
        "java  0.75",
        "$x$  0.25",
        "care  0.6",
    ]
    assert [text.get_position()[0] for text in words.texts] == [0.9, 1.9, 1.9, 0.9]
    # one line for each part, from below its criterion
    assert [line.get_ydata()[[0, -1]].tolist() for line in words.lines] == [[0.4, 1], [0.4, 2]]
    bar = [(round(one.get_y() + one.get_height() / 2), one.get_width()) for one in bars.patches]
    assert bar == [
        (row, tree.weights[name]) for row, name in ((1, "java"), (2, "$x$"), (3, "care"))
    ]
    assert picture.alt == (
        "Criteria as a tree, with shares. The top: skill 0.4, care 0.6; parts of skill: java 0.75,"
        " $x$ 0.25. Weights in all: java 0.300, $x$ 0.100, care 0.600."
    )


def test_a_tree_keeps_its_room_for_long_names_and_many_levels():
    names = [f"level {level} of ten, with a name" for level in range(10)]
    rows = pd.DataFrame({"criterion": names, "part_of": [None, *names[:-1]]})
    deep, flat = (cn.plots.criteria_tree(cn.criteria_tree(rows.iloc[:k])) for k in (10, 1))
    assert deep.figure.get_figwidth() - flat.figure.get_figwidth() == pytest.approx(9 * 0.35)
    assert deep.figure.axes[0].texts[9].get_text() == "level 9 of ten, wit…  1"
