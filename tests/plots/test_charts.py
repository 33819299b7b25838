"""Lines and bars of any table."""

import numpy as np
import pandas as pd

import crowdnb as cn


def test_curves_draw_every_column():
    table = pd.DataFrame({"a$x$": [0.0, 0.5], "b": [1.0, 0.25]}, index=[0.0, 2.0]).rename_axis(
        columns="which"
    )
    picture = cn.plots.curves(table, "d (share)", "P (0 to 1)")
    axis = picture.figure.axes[0]
    assert [line.get_ydata().tolist() for line in axis.lines] == [[0, 0.5], [1, 0.25]]
    assert len({(line.get_color(), line.get_linestyle()) for line in axis.lines}) == 2
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("d (share)", "P (0 to 1)")
    assert picture.figure.legends[0].get_title().get_text() == "which"
    assert (
        picture.alt
        == "Lines of P (0 to 1) for d (share), drawn from 0 to 2. a$x$: from 0 to 0.5; b: from 1 to"
        " 0.25."
    )
    assert "<img" in picture._repr_html_()


def test_curves_tell_more_lines_apart_than_there_are_colours():
    picture = cn.plots.curves(pd.DataFrame(np.ones((2, 6))), "x", "y")
    lines = picture.figure.axes[0].lines
    assert len({line.get_color() for line in lines}) == 6


def test_curves_in_steps_hold_each_value_up_to_the_next():
    table = pd.DataFrame({"ρ": [1.0, 1.5]}, index=[2, 5])
    axis = cn.plots.curves(table, "changes", "ρ", steps=True).figure.axes[0]
    (line,) = axis.lines
    assert (line.get_drawstyle(), line.get_marker(), line.get_xydata().tolist()) == (
        "steps-post",
        "o",
        [[2, 1], [5, 1.5]],
    )
    assert axis.get_xticks().tolist() == [2, 5]


def test_places_on_the_horizontal_axis_are_marked_and_named():
    table = pd.DataFrame({"load": [0.5, 1.5]}, index=[0.0, 1.0])
    picture = cn.plots.curves(table, "threshold", "load", marks={"fits": 0.54})
    lines = picture.figure.axes[0].lines
    assert [list(line.get_xdata()) for line in lines] == [[0.0, 1.0], [0.54, 0.54]]
    assert [text.get_text() for text in picture.figure.legends[0].get_texts()] == ["load", "fits"]
    assert picture.alt.endswith("load: from 0.5 to 1.5; fits at 0.54.")


def test_bars_compare_the_columns_of_a_table():
    table = pd.DataFrame(
        {"hours": [600.0, 100.0], "Shapley": [550.0, 150.0]}, index=["writer", "painter"]
    )
    picture = cn.plots.bars(table, "income (€)", "creator")
    axis = picture.figure.axes[0]
    assert [bar.get_width() for bar in axis.patches] == [600, 100, 550, 150]
    assert {text.get_text() for text in axis.texts} == {"600", "100", "550", "150"}
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("income (€)", "creator")
    assert (
        picture.alt
        == "Bars of income (€). hours: writer 600, painter 100; Shapley: writer 550, painter 150."
    )


def test_bands_are_means_with_students_intervals():
    index = pd.MultiIndex.from_product(
        [["a", "b"], [0, 1, 2], [1, 2]], names=["case", "seed", "day"]
    )
    table = pd.DataFrame({"x": np.arange(12.0) ** 2, "y": 1.0, "z": np.nan}, index=index)
    picture = cn.plots.bands(table, {"x": "first (h)", "y": "second", "z": "third"}, "day")
    axes = picture.figure.axes
    assert [axis.get_ylabel() for axis in axes[:3]] == ["first (h)", "second", "third"]
    mean, low, high = (line.get_ydata() for line in axes[0].get_lines()[:3])
    own = table["x"].xs("a").unstack("day")
    assert np.allclose(mean, own.mean())
    # Student's t, two degrees of freedom
    assert np.allclose(high - low, 2 * own.std() / np.sqrt(3) * 4.302653)
    assert len(axes[1].get_lines()) == 6
    assert f"a from 6.667 to 11.667 ± {(high - low)[1] / 2:.3f}" in picture.alt
    assert "Means of 3 seeds with 95% bands" in picture.alt
