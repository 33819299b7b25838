"""Weights of criteria."""

import numpy as np
import pandas as pd
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
