"""Ratings, clouds, intervals, the possibility degree."""

import numpy as np
import pandas as pd
import pytest
from helpers.pictures import texts

import crowdnb as cn


def test_intervals_draw_what_workers_can_and_tasks_ask(case):
    picture = cn.plots.intervals(case.ability, case.demand)
    skill = picture.figure.axes[0]
    bars = skill.collections[0].get_segments()
    assert [bar[:, 0].tolist() for bar in bars] == case.ability["skill"].to_numpy().tolist()
    assert sorted(line.get_xdata()[0] for line in skill.lines) == sorted(
        case.demand[("skill", "low")]
    )
    assert picture.alt.endswith("highest for a7 (0.60) and lowest for a9 (0.44).")
    assert [
        axis.get_title() for axis in picture.figure.axes
    ] == case.criteria_weights.index.tolist()


def test_intervals_show_a_worker_whose_ability_is_a_point(case):
    ability = case.ability.copy()
    ability.loc["a3", "skill"] = 0.5
    skill = cn.plots.intervals(ability, case.demand).figure.axes[0]
    assert [line.get_xydata().tolist() for line in skill.lines if line.get_marker() == "D"] == [
        [[0.5, 3.0]]
    ]


@pytest.mark.parametrize(
    ("u", "d", "p", "words"),
    [
        ((0.52, 0.63), (0.40, 1.00), 0.23 / 0.71, "0.23 / 0.71 = 0.324"),
        ((0.5, 0.7), (0.1, 0.4), 1, "0.5 / 0.5 = 1"),
        ((0.1, 0.2), (0.5, 1.0), 0, "0 / 0.6 = 0"),
        ((0.5, 0.5), (0.4, 0.8), 0.25, "0.1 / 0.4 = 0.25"),
    ],
)
def test_possibility_fills_the_share_that_is_the_degree(u, d, p, words):
    picture = cn.plots.possibility(u, d)
    axis = picture.figure.axes[0]
    whole, share = (patch.get_width() for patch in axis.patches)
    assert whole == pytest.approx(u[1] - u[0] + d[1] - d[0])
    assert share / whole == pytest.approx(p, abs=1e-12)
    assert all(patch.get_x() == d[0] for patch in axis.patches)
    assert axis.get_title("left") == f"P(U ≥ D) = {words}"
    assert picture.alt.endswith(f"Possibility degree {words}.")
    left, right = axis.get_xlim()
    assert left < min(0, u[0], d[0]) and right > max(1, d[0] + whole)
    assert "0 to 1" in axis.get_xlabel()


@pytest.mark.parametrize(("u", "p"), [(0.6, "1"), (0.5, "0.5"), (0.4, "0")])
def test_possibility_of_two_points(u, p):
    picture = cn.plots.possibility((u, u), (0.5, 0.5))
    assert not picture.figure.axes[0].patches
    assert picture.alt.endswith(f"Possibility degree {p}, by the order of two points.")


def test_possibility_refuses_what_is_no_interval():
    with pytest.raises(ValueError, match=r"ability: low 0\.7 is above high 0\.5"):
        cn.plots.possibility((0.7, 0.5), (0, 1))


def ends(*pairs, index=None):
    return pd.DataFrame(pairs, columns=["low", "high"], index=index)


def test_interval_rows_draw_bars_points_and_ratings():
    counts = pd.DataFrame(
        [[0, 0, 0, 0, 1], [1, 0, 0, 2, 0]], index=["one $x$", "more"], columns=range(1, 6)
    )
    picture = cn.plots.interval_rows(
        ends((1.0, 1.0), (0.1, 1.2), index=["one $x$", "more"]), counts, "two $y$"
    )
    axis = picture.figure.axes[0]
    bars, dots = axis.collections
    assert [bar[:, 0].tolist() for bar in bars.get_segments()] == [[1.0, 1.0], [0.1, 1.2]]
    assert [(line.get_marker(), line.get_xydata().tolist()) for line in axis.lines] == [
        ("D", [[1.0, 0.0]])
    ]
    assert dots.get_offsets()[:, 0].tolist() == [1.0, 0.2, 0.8]
    assert dots.get_sizes()[2] == 2 * dots.get_sizes()[1]
    # the first row is on top
    assert axis.get_xlim()[1] > 1.2 and axis.get_ylim()[0] > axis.get_ylim()[1]
    assert texts(picture) == ["one $x$", "more"]
    assert axis.get_title("left") == "two $y$"
    assert "0 to 1" in axis.get_xlabel()
    assert (
        picture.alt
        == "2 intervals on the scale from 0 to 1: one $x$ [1.00, 1.00], more [0.10, 1.20]. Dots"
        " show the ratings."
    )
    assert "<img" in picture._repr_html_()


def test_dots_of_other_scales_lie_where_their_marks_stand():
    rows = [("a0", "skill", 0), ("a0", "skill", 3), ("a1", "care", -2), ("a1", "care", 1)]
    frame = pd.DataFrame(rows, columns=["worker", "criterion", "rating"])
    counts = cn.count_ratings(frame, scales={"skill": (0, 4), "care": (-2, 2)})
    clouds = cn.ability_clouds(counts).droplevel("criterion")
    picture = cn.plots.interval_rows(clouds[["low", "high"]], counts.droplevel("criterion"))
    dots = picture.figure.axes[0].collections[-1].get_offsets()[:, 0]
    assert sorted(dots.tolist()) == [0, 0, 0.75, 0.75]


def test_interval_rows_without_ratings():
    picture = cn.plots.interval_rows(ends((0.2, 0.4)))
    assert len(picture.figure.axes[0].collections) == 1  # the bars, no dots
    assert not picture.figure.axes[0].lines  # and no point
    assert picture.alt.endswith("0 [0.20, 0.40].")


def test_cloud_drops_show_drops_curve_and_interval():
    cloud = cn.backward_cloud([0.2, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 1.0])
    x, certainty = np.array([0.5, 0.7, 0.9, 1.1]), np.array([0.5, 1.0, 0.6, 0.2])
    picture = cn.plots.cloud_drops(cloud, x, certainty, gamma=0.2)
    axis = picture.figure.axes[0]
    assert axis.collections[0].get_offsets().tolist() == np.column_stack([x, certainty]).tolist()
    lines = {line.get_label(): line for line in axis.lines}
    assert tuple(lines["interval U"].get_xdata()) == cloud.interval(0.2)
    assert set(lines["Ex"].get_xdata()) == {cloud.expectation}
    curve = lines["curve with He = 0"]
    assert (curve.get_ydata() == cloud.membership(curve.get_xdata())).all()
    assert axis.get_xlabel() and axis.get_ylabel() == "certainty (0 to 1)"
    assert "interval [0.49, 0.93] holds 75% of them; 25% lie outside the scale" in picture.alt
    assert "<img" in picture._repr_html_()


def test_one_drop_far_away_does_not_squeeze_the_rest():
    cloud = cn.backward_cloud([0.4, 0.6, 0.8])
    x = np.append(np.full(999, 0.6), 50.0)
    assert cn.plots.cloud_drops(cloud, x, np.ones(1000)).figure.axes[0].get_xlim()[1] < 2


def test_radicands_show_the_share_below_0():
    samples = {6: np.array([-0.02, 0.0, 0.01, 0.03]), 50: np.array([-0.01, -0.02])}
    picture = cn.plots.radicands(samples)
    assert [axis.get_title() for axis in picture.figure.axes] == [
        "6 ratings: 25% below 0",
        "50 ratings: 100% below 0",
    ]
    for axis in picture.figure.axes:
        # also what lies far out
        assert sum(bar.get_height() for bar in axis.patches) == pytest.approx(100)
        left = [
            bar
            for bar in axis.patches
            if bar.get_x() + bar.get_width() <= 1e-12 and bar.get_height() > 0
        ]
        assert all(bar.get_hatch() for bar in left) and left
    assert picture.figure.axes[0].get_ylabel() == "histories (%)"
    assert (
        picture.alt
        == "Spread of the radicand S² − En². Below 0 lie 25% of 4 histories of 6 ratings, "
        "100% of 2 histories of 50 ratings."
    )


def test_radicands_of_equal_ratings_only():
    picture = cn.plots.radicands({6: np.zeros(3)})
    assert picture.alt.endswith("0% of 3 histories of 6 ratings.")
    assert "<img" in picture._repr_html_()


def test_coverage_draws_share_and_width_of_every_method():
    share = pd.DataFrame({"cloud $x$": [0.25, 0.625], "other": [1.0, 0.9]}, index=[1, 50])
    width = pd.DataFrame({"cloud $x$": [0.0, 0.47], "other": [0.8, 0.7]}, index=[1, 50])
    picture = cn.plots.coverage(share, width, level=0.8)
    held, wide = picture.figure.axes
    assert [line.get_ydata().tolist() for line in held.lines[:2]] == [[25, 62.5], [100, 90]]
    assert set(held.lines[2].get_ydata()) == {80}  # what is wanted
    assert [line.get_ydata().tolist() for line in wide.lines] == [[0, 0.47], [0.8, 0.7]]
    looks = {(line.get_color(), line.get_linestyle(), line.get_marker()) for line in wide.lines}
    assert len(looks) == 2
    assert [text.get_text() for text in held.get_xticklabels()] == ["1", "50"]
    assert (held.get_ylabel(), wide.get_ylabel()) == (
        "next rating inside (%)",
        "mean width (scale 0 to 1)",
    )
    assert (
        picture.alt == "Coverage and width of 2 methods from 1 to 50 ratings, with 80% wanted. "
        "Coverage at 1 and at 50: cloud $x$: 25% and 62%, other: 100% and 90%."
    )
    assert "<img" in picture._repr_html_()
