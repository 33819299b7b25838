import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

import crowdnb as cn
from crowdnb.plots.picture import DOTS, _families


def texts(picture):
    return [
        text.get_text()
        for axis in picture.figure.axes
        for text in [*axis.texts, *axis.get_yticklabels()]
    ]


def test_assignment_shows_q_the_places_taken_and_the_pairs_barred(case):
    problem = case.problem()
    answer = cn.solve(problem)
    picture = cn.plots.assignment(problem, answer)
    axis = picture.figure.axes[0]
    assert len(axis.patches) == 9
    framed = {(round(p.get_y() + 0.44), round(p.get_x() + 0.47)) for p in axis.patches}
    assert framed == set(map(tuple, np.argwhere(answer.table.to_numpy())))
    assert len(axis.lines) == 9  # crosses
    assert f"{case.qualification.at['a0', 'r0']:.3f}" in texts(picture)
    assert (
        picture.alt
        == "Assignment with group performance 2.697. r0: a3, a7; r1: a5; r2: a6, a10, a11; r3: a2,"
        " a4; r4: a0. Idle: a1, a8, a9."
    )
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("task", "worker")


def test_assignment_without_an_answer_says_so(case):
    problem = cn.Problem(case.qualification, [12, 1, 0, 0, 0])
    picture = cn.plots.assignment(problem, cn.solve(problem))
    assert picture.alt == "Qualification of 12 workers for 5 tasks; infeasible."
    assert picture.figure.axes[0].get_title("left") == "infeasible: no assignment"
    assert not picture.figure.axes[0].patches


def test_assignment_stays_usable_at_60_by_20():
    rng = np.random.default_rng(0)
    problem = cn.Problem(rng.uniform(size=(60, 20)), [1] * 20)
    picture = cn.plots.assignment(problem, cn.solve(problem))
    assert len(picture.figure.axes[0].patches) == 20
    assert not picture.figure.axes[0].texts  # no numbers that could not be read
    assert "…" in picture.alt
    assert "<img" in picture._repr_html_()


@pytest.mark.parametrize("q", [0.5, 0.0])
def test_assignment_of_equal_or_barred_pairs_only(q):
    problem = cn.Problem([[q, q]], [0, 0])
    assert cn.plots.assignment(problem, cn.solve(problem))._repr_html_()


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


def test_every_label_may_be_in_any_script(case):
    """The fonts of letters, not only of ticks, hold a Chinese one where one is installed."""
    families = _families()
    ability = case.ability.rename(columns={"skill": "沟通"}, level=0)
    demand = case.demand.rename(columns={"skill": "沟通"}, level=0)
    title = cn.plots.intervals(ability, demand).figure.axes[0].title
    assert (title.get_text(), title.get_fontfamily()) == ("沟通", families)
    table = pd.DataFrame({"沟通": [0.4, 0.6]}, index=["a", "b"])
    for picture in (
        cn.plots.weights(table),
        cn.plots.curves(table.reset_index(drop=True), "x", "y"),
    ):
        assert [text.get_fontfamily() for text in picture.figure.legends[0].get_texts()] == [
            families
        ]
    wanted = (
        cn.plots.reachable_weights({"a": np.array([0.2, 0.3])}, pd.Series({"沟通": 0.25}))
        .figure.axes[0]
        .texts[0]
    )
    assert wanted.get_fontfamily() == families


def test_numbers_stand_out_from_their_cells(case):
    def luminance(colour):
        parts = np.array(to_rgb(colour))
        return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    axis = cn.plots.assignment(case.problem(), cn.solve(case.problem())).figure.axes[0]
    shades, scale = axis.images[0].cmap, axis.images[0].norm
    inks = set()
    for text in axis.texts:
        ink = luminance(text.get_color())
        dark, light = sorted(
            [luminance(shades(scale(float(text.get_text())))[:3]) + 0.05, ink + 0.05]
        )
        assert light / dark > 4, text
        inks.add(text.get_color())
    assert len(inks) == 2


@pytest.mark.parametrize(
    "label", ["<img src=x onerror=alert(1)>", "a$x^2$", 'say "hi" & bye', "李雷"]
)
def test_labels_are_shown_as_text(label):
    problem = cn.Problem(pd.DataFrame([[0.5], [0.4]], index=[label, "b"], columns=["$r$"]), [1])
    picture = cn.plots.assignment(problem, cn.solve(problem))
    html = picture._repr_html_()  # where no font has the label, boxes are drawn, without a warning
    assert label in texts(picture)
    assert html.count("<") == 1  # the img tag, and nothing that a label brought
    assert label in picture.alt
    assert repr(picture) == f"<Picture: {picture.alt}>"
    assert isinstance(picture.figure, Figure)


def test_a_stored_picture_keeps_its_colours(case):
    """Areas and lines, however thin: grey ground was pink once, and blue lines were green."""
    problem = case.problem([("a5", "a7"), ("a3", "a11")])
    cloud = cn.backward_cloud([0.2, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 1.0])
    drops = cloud.drops(2000, np.random.default_rng(1))
    for picture in (
        cn.plots.cloud_drops(cloud, drops, cloud.membership(drops)),
        cn.plots.conflict_graph(problem, cn.solve(problem)),
        cn.plots.assignment(problem, cn.solve(problem)),
        cn.plots.intervals(case.ability, case.demand),
        cn.plots.curves(pd.DataFrame(np.random.default_rng(1).uniform(size=(10, 5))), "x", "y"),
    ):
        drawn = io.BytesIO()
        picture.figure.savefig(drawn, format="png", dpi=DOTS, facecolor="white")
        stored = base64.b64decode(re.search('base64,([^"]*)', picture._repr_html_())[1])
        assert len(stored) < 0.4 * len(drawn.getvalue())
        before, after = (
            np.asarray(Image.open(png).convert("RGB"), dtype=int)
            for png in (drawn, io.BytesIO(stored))
        )
        colours, at, number = np.unique(
            before.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
        )
        off = abs(after - before).max(axis=2).ravel()
        for common in np.argsort(-number)[:12]:
            assert off[at.ravel() == common].max() <= 8, (picture.alt, colours[common])
        assert off.mean() < 2, picture.alt


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


def test_the_chain_names_every_notebook_and_section():
    picture = cn.plots.chain()
    words = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    for number, sections in (
        ("01", "3.1-3.2"),
        ("02", "3.3"),
        ("03", "3.4"),
        ("03", "3.5"),
        ("04", "4-5"),
        ("05", "6"),
    ):
        assert re.search(f"{number}, sections? {sections}", words)
    assert picture._repr_html_().startswith("<img")


def test_conflict_graph_draws_each_conflict_once_and_fills_who_is_chosen(case):
    problem = case.problem([("a5", "a7"), ("a5", "a10"), ("a7", "a10"), ("a3", "a11")])
    picture = cn.plots.conflict_graph(problem, cn.solve(problem))
    axis = picture.figure.axes[0]
    assert len(axis.lines) == 4
    assert [len(dots.get_offsets()) for dots in axis.collections] == [9, 3]
    assert [text.get_text() for text in picture.figure.legends[0].get_texts()] == [
        "a3, a11",
        "a5, a7, a10",
    ]
    assert (
        picture.alt
        == "Conflicts of 12 workers. At most one can be chosen of (a3, a11), (a5, a7, a10). "
        "Chosen: a0, a1, a2, a4, a6, a8, a9, a10, a11. Left out: a3, a5, a7."
    )


def test_conflict_graph_keeps_names_clear_of_lines(case):
    problem = case.problem([("a5", "a7"), ("a3", "a11")])
    (axis,) = cn.plots.conflict_graph(problem, cn.solve(problem)).figure.axes
    lines = max(line.zorder for line in axis.lines)
    assert (
        lines
        < min(dots.zorder for dots in axis.collections)
        < min(text.zorder for text in axis.texts)
    )


def test_conflict_graph_of_cliques_that_share_a_pair_draws_it_once():
    pairs = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]  # two triangles on the edge 1-2
    problem = cn.Problem(np.full((4, 1), 0.5), [1], worker_conflicts=pairs)
    assert len(cn.plots.conflict_graph(problem, cn.solve(problem)).figure.axes[0].lines) == len(
        pairs
    )


def test_conflict_graph_without_an_answer_without_conflicts_and_with_many_workers():
    nobody = cn.Problem([[0.5], [0.4]], [3])
    picture = cn.plots.conflict_graph(nobody, cn.solve(nobody))
    assert picture.alt.endswith("can be chosen of nobody. Chosen: nobody. Left out: 0, 1.")
    assert not picture.figure.legends
    pairs = [(i, k) for i in range(60) for k in range(i) if (i * k) % 17 == 1]
    many = cn.Problem(np.random.default_rng(0).random((60, 9)), [1] * 9, worker_conflicts=pairs)
    crowd = cn.plots.conflict_graph(many, cn.solve(many))
    assert len(crowd.figure.axes[0].lines) == len(pairs)
    assert not crowd.figure.legends  # more cliques than a legend could list


@pytest.mark.parametrize("label", ["<img src=x onerror=alert(1)>", "a$x^2$", "李雷"])
def test_conflict_graph_shows_labels_as_text(label):
    problem = cn.Problem(
        pd.DataFrame([[0.5], [0.4]], index=[label, "$b$"]), [1], worker_conflicts=[(label, "$b$")]
    )
    picture = cn.plots.conflict_graph(problem, cn.solve(problem))
    assert label in texts(picture)
    assert picture._repr_html_().count("<") == 1


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


LABELS = ["Ana", "<b>Bo</b>", "a$y$", "李雷"]


@pytest.fixture
def studio():
    """Two must write code, only the first two may, and they have fallen out."""
    q = pd.DataFrame({"design": [0.9, 0.7, 0.8, 0.4], "code": [0.8, 0.9, 0.3, 0.4]}, index=LABELS)
    return cn.Problem(
        q, [1, 2], None, [(LABELS[2], "code"), (LABELS[3], "code")], [(LABELS[0], LABELS[1])]
    )


def crosses(axis):
    """Where a pair is barred, and whether that is one of the reasons."""
    return {tuple(line.get_xydata()[0]): line.get_markeredgewidth() > 1 for line in axis.lines}


def lines_between(axis):
    return [line.get_xydata() for line in axis.lines if len(line.get_xdata()) == 2]


def test_infeasible_draws_who_may_and_who_is_in_conflict(studio):
    why = cn.explain_infeasible(studio)
    picture = cn.plots.infeasible(studio, why)
    grid, circle = picture.figure.axes
    assert crosses(grid) == {(0, 2): True, (0, 3): True}
    assert [text.get_text() for text in grid.get_xticklabels()] == ["code\n2 places"]
    assert [text.get_text() for text in grid.get_yticklabels()] == LABELS
    assert np.isnan(grid.images[0].get_array().filled(np.nan)).ravel().tolist() == [
        False,
        False,
        True,
        True,
    ]
    assert [text.get_text() for text in circle.texts] == LABELS[:2]
    assert len(lines_between(circle)) == 1
    assert picture.figure.get_suptitle().replace("\n", " ") == why.certificate
    assert picture.alt == f"{why}".replace("\n", " ")
    assert (grid.get_xlabel(), grid.get_ylabel()) == (
        "task, and how many of its places matter",
        "worker",
    )
    assert picture._repr_html_().count("<") == 1


def test_infeasible_by_hall_draws_only_the_grid_and_which_crosses_are_reasons():
    q = np.full((3, 3), 0.5)
    problem = cn.Problem(q, [1, 1, 1], None, [(1, 0), (2, 0), (1, 1), (2, 1), (0, 2)])
    why = cn.explain_infeasible(problem)
    (grid,) = cn.plots.infeasible(problem, why).figure.axes
    assert why.tasks == (0, 1) and why.certificate.startswith("Hall's condition")
    assert crosses(grid) == {(0, 1): True, (0, 2): True, (1, 1): True, (1, 2): True}  # not task 2
    quarrels = [(0, 1), (0, 2), (1, 2)]
    loose = cn.Problem(np.full((4, 1), 0.5), [2], None, [(2, 0), (3, 0)], quarrels)
    grid, _ = cn.plots.infeasible(loose, cn.explain_infeasible(loose)).figure.axes
    assert crosses(grid) == {(0, 2): False, (0, 3): True}  # who quarrels with both would not help


def test_infeasible_by_conflicts_draws_those_that_are_a_reason():
    problem = cn.random_problem(20, conflict_probability=0.4, rng=12)
    why = cn.explain_infeasible(problem)
    (circle,) = cn.plots.infeasible(problem, why).figure.axes
    needed = why.requirements[why.requirements["kind"] == "conflict"]
    assert len(lines_between(circle)) == len(needed) < len(problem.conflict_pairs)
    at = {tuple(text.xy): text.get_text() for text in circle.texts}
    drawn = {frozenset(at[tuple(end)] for end in line) for line in lines_between(circle)}
    assert drawn == {frozenset(pair) for pair in needed[["worker", "other"]].to_numpy().tolist()}


def test_infeasible_with_nothing_to_draw():
    possible = cn.Problem([[0.5]], [1])
    with pytest.raises(ValueError, match="why: an assignment exists"):
        cn.plots.infeasible(possible, cn.explain_infeasible(possible))
    pinned = cn.Problem([[0.5, 0.4], [0.3, 0.2]], [1, 1], pinned=[(0, 0), (1, 0)])
    why = cn.explain_infeasible(pinned)
    picture = cn.plots.infeasible(pinned, why)
    assert picture.figure.get_suptitle().startswith("0 is pinned to 0; 1 is pinned to 0.")
    assert picture._repr_html_()


def widths(axis):
    return [bar.get_width() for bars in axis.containers for bar in bars]


def test_repairs_are_ranked_bars_of_cost_and_rho(studio):
    found = cn.repairs(studio, limit=4, costs={"worker": 3})
    picture = cn.plots.repairs(found)
    cost, rho = picture.figure.axes
    assert widths(cost) == found.frame["cost"].tolist()
    assert widths(rho) == found.frame["performance"].tolist()
    assert cost.get_yticklabels()[0].get_text().replace("\n", " ") == f"1. {found.repairs[0].text}"
    assert cost.get_ylim()[0] > cost.get_ylim()[1]  # the first on top
    assert "cost" in cost.get_xlabel() and "ρ" in rho.get_xlabel()
    assert picture.alt.startswith(
        f"4 repairs. 1. {found.repairs[0].text}: cost 1, ρ {found.repairs[0].performance:.4g}"
    )
    assert picture._repr_html_().count("<") == 1
    nothing = cn.repairs(
        studio, untouchable=["conflict", "exclusion", "place", "worker", "limit", "pin"]
    )
    assert cn.plots.repairs(nothing).alt == "0 repairs. Nothing helps."


def test_prices_are_bars_by_kind(case):
    table = cn.prices(case.problem([("a3", "a5")]))
    picture = cn.plots.prices(table, most=4)
    axes = picture.figure.axes
    assert [axis.get_title("left") for axis in axes] == ["conflicts", "one place of", "workers"]
    worth = table[table["worth"] != 0].groupby("kind", sort=False)["worth"]
    assert [widths(axis) for axis in axes] == [values.head(4).tolist() for _, values in worth]
    assert [text.get_text() for text in axes[0].get_yticklabels()] == ["a3 – a5"]
    # what costs, and what adds
    assert axes[0].patches[0].get_facecolor() != axes[1].patches[0].get_facecolor()
    assert "ρ" in axes[-1].get_xlabel()
    nothing = int((table["worth"] == 0).sum())
    assert picture.alt.startswith(
        "What each adds to ρ. conflicts: a3 – a5 -0.1278; one place of: r3 +0.2350"
    )
    assert picture.alt.endswith(f"{nothing} of {len(table)} change nothing.")


def test_prices_of_those_who_cannot_be_spared(studio):
    one = cn.Problem([[0.5]], [1])
    picture = cn.plots.prices(cn.prices(one))
    assert "workers: 0 cannot be spared" in picture.alt
    hatched = [bar for axis in picture.figure.axes for bar in axis.patches if bar.get_hatch()]
    assert len(hatched) == 1
    assert (
        cn.plots.prices(cn.prices(cn.Problem([[0.5]], [0]))).alt
        == "What each adds to ρ. . 1 of 1 change nothing."
    )
    axes = cn.plots.prices(cn.prices(studio.changed(required=[1, 1]))).figure.axes
    labels = [tick.get_text() for axis in axes for tick in axis.get_yticklabels()]
    assert f"{LABELS[0]} – {LABELS[1]}" in labels


def test_prices_have_a_panel_for_each_kind_and_refuse_any_other(studio):
    problem = studio.changed(required=[1, 1])
    table = cn.prices(problem).assign(worth=0.1)
    titles = [axis.get_title("left") for axis in cn.plots.prices(table).figure.axes]
    assert titles == ["conflicts", "pairs barred", "one place of", "workers"]
    assert len(titles) == table["kind"].nunique()
    with pytest.raises(ValueError, match="table: each row needs a number for worth and a kind"):
        cn.plots.prices(table.assign(kind="limit"))


def test_infeasible_of_another_problem_names_what_it_does_not_know(studio):
    why = cn.explain_infeasible(studio)
    other = cn.Problem(studio.qualification.rename(index={LABELS[0]: "Eve"}), [1, 2])
    with pytest.raises(ValueError, match="why: it is of another problem, worker Ana is unknown"):
        cn.plots.infeasible(other, why)


def test_moves_are_arrows_from_before_to_after():
    frame = pd.DataFrame(
        [("a$x$", ("r0",), ("r1",)), ("b", (), ("r0", "r1")), ("c", ("r0", "r1"), ("r1",))],
        columns=["worker", "before", "after"],
    )
    picture = cn.plots.moves(frame, ["r0", "r1"], "So it is.")
    axis = picture.figure.axes[0]
    arrows = [(text.xyann, text.xy) for text in axis.texts if text.arrow_patch is not None]
    idle = 2
    assert arrows == [
        ((0, 0), (1, 0)),
        ((idle, 1), (0, 1)),
        ((idle, 1), (1, 1)),
        ((0, 2), (idle, 2)),
    ]
    assert [text.get_text() for text in axis.get_xticklabels()] == ["r0", "r1", "idle"]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["a$x$", "b", "c"]
    assert picture.alt == "So it is. Who moves: a$x$: r0 → r1; b: idle → r0, r1; c: r0, r1 → r1."
    assert axis.get_xlabel() and axis.get_ylabel() == "worker"
    assert cn.plots.moves(frame[:0], ["r0"]).alt == "Who moves: nobody."


def test_alternatives_mark_what_differs_and_what_all_have(case):
    tied = cn.Problem(
        case.published.qualification, case.required, None, case.task_conflicts, [("a3", "a5")]
    )
    found = cn.alternatives(tied, tolerance=0)
    picture = cn.plots.alternatives(found)
    axis = picture.figure.axes[0]
    workers = [text.get_text() for text in axis.get_yticklabels()]
    assert workers == ["a0", "a1", "a2", "a4", "a5", "a6", "a7", "a10", "a11"]
    cells = {
        (workers[int(t.get_position()[1])], int(t.get_position()[0])): t.get_text()
        for t in axis.texts
    }
    for rank, assignment in enumerate(found.assignments):
        pairs = dict(zip(assignment.pairs["worker"], assignment.pairs["task"], strict=True))
        assert {worker: cells[worker, rank] for worker in pairs} == pairs
    differs = axis.images[0].get_array()
    same = {worker for worker, row in zip(workers, differs, strict=True) if not row.any()}
    assert same == set(found.always["worker"]) == {"a0", "a1", "a4", "a6", "a7"}
    assert len(axis.patches) == len(same)  # a frame over all six
    assert {patch.get_width() for patch in axis.patches} == {6 - 0.06}
    assert axis.get_xticklabels()[0].get_text() == "1:  2.5690"
    assert "In every optimum: a7 on r0, a6 on r2, a1 on r3, a4 on r3, a0 on r4." in picture.alt
    assert "2: ρ 2.5690, a2: r0 → r1; a5: r1 → r0." in picture.alt


def test_alternatives_of_nothing_and_of_none_in_common():
    never = cn.Problem([[0.5]], [1], task_conflicts=[[1]])
    with pytest.raises(ValueError, match="found: no assignment exists"):
        cn.plots.alternatives(cn.alternatives(never))
    either = cn.alternatives(cn.Problem([[0.5], [0.5]], [1]))
    axis = cn.plots.alternatives(either).figure.axes[0]
    assert not axis.patches
    assert axis.get_title("left") == "orange: differs from the first"
    assert [t.get_text() for t in axis.texts] == ["0", "–", "–", "0"]


def test_grid_shades_numbers_and_frames_an_assignment():
    table = pd.DataFrame([[0.25, 0.0], [0.0, 1.0]], index=["a$x$", "李雷"], columns=["r", "s"])
    taken = pd.DataFrame([[0, 0], [0, 1]], index=table.index, columns=table.columns)
    picture = cn.plots.grid(table, "share of the draws", taken)
    axis = picture.figure.axes[0]
    assert [text.get_text() for text in axis.texts] == ["0.25", "1.00"]
    assert [(p.get_x() + 0.47, p.get_y() + 0.44) for p in axis.patches] == [(1, 1)]
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("task", "worker")
    assert (
        picture.alt
        == "Share of the draws, for each worker and task: 李雷 on s 1.00, a$x$ on r 0.25."
    )
    assert cn.plots.grid(table * 0, "it").alt.endswith("all 0.")


@pytest.fixture(scope="module")
def steady(case):
    return cn.stability(
        case.problem(), cn.possibility_matrix(case.ability, case.demand), case.criteria_weights
    )


def test_stability_draws_range_weights_and_the_nearest_change(steady):
    picture = cn.plots.stability(steady)
    axis = picture.figure.axes[0]
    bars = [segment[:, 0].tolist() for segment in axis.collections[0].get_segments()]
    assert bars == steady.range[["low", "high"]].to_numpy().tolist()
    given, near = axis.lines
    assert given.get_xdata().tolist() == steady.weights.tolist()
    assert near.get_xdata().tolist() == steady.nearest.tolist()
    assert "0 to 1" in axis.get_xlabel()
    low, high = steady.range.loc["skill"]
    assert f"skill 0.150, from {low:.3f} to {high:.3f}" in picture.alt
    assert f"The nearest change, {steady.moved:.3f} away: skill 0.150" in picture.alt


@pytest.mark.parametrize("axes", [(None, None), ("skill", "quality"), (None, "skill")])
def test_region_is_where_the_assignment_holds(steady, axes):
    picture = cn.plots.region(steady, *axes)
    axis = picture.figure.axes[0]
    _, inside = axis.patches
    a = axis.get_xlabel().split()[2]
    b = axis.get_ylabel().split()[2]
    assert all(name in (None, got) for name, got in zip(axes, (a, b), strict=True))
    share = steady.weights.drop([a, b])
    share /= share.sum()
    rng = np.random.default_rng(0)
    seen = set()
    for x, y, z in rng.dirichlet(np.ones(3), 400):
        w = (share * z).reindex(steady.weights.index).fillna(0)
        w[a], w[b] = x, y
        holds = steady.holds(w)
        assert inside.contains_point(axis.transData.transform((x, y))) == holds
        seen.add(holds)
    assert seen == {True, False}
    names = [line.get_label() for line in axis.lines]
    assert "weights given" in names
    assert ("nearest change" in names) == (axes == (None, None))
    looks = [(line.get_color(), str(line.get_linestyle())) for line in axis.lines]
    assert len(set(looks)) == len(looks)
    assert "Beyond its sides: " in picture.alt and " → " in picture.alt


def test_region_needs_three_criteria_and_two_of_them(case, steady):
    with pytest.raises(ValueError, match="up: skill is drawn across already"):
        cn.plots.region(steady, "skill", "skill")
    with pytest.raises(ValueError, match="criterion wit is unknown"):
        cn.plots.region(steady, "wit")
    p = cn.possibility_matrix(case.ability, case.demand)
    two = cn.stability(case.problem(), p[["skill", "quality"]], [0.5, 0.5])
    with pytest.raises(ValueError, match="found: 2 criteria, and a cut needs 3"):
        cn.plots.region(two)
    three = cn.stability(case.problem(), p[["skill", "quality", "activity"]], [0.5, 0.5, 0])
    assert "the rest goes to" in cn.plots.region(three).alt


def test_where_nothing_changes_the_best_there_is_no_nearest_change():
    q = pd.DataFrame([[0.5], [0.4]], index=["a", "b"], columns=["r"])
    p = pd.concat({k: q.stack() for k in "xyz"}, axis=1)
    always = cn.stability(cn.Problem(q, [1]), p, [0.2, 0.3, 0.5])
    assert "nearest" not in cn.plots.stability(always).alt
    assert cn.plots.region(always).alt.endswith("Beyond its sides: nothing.")


def test_recovered_draws_a_line_a_conflict_and_a_look_a_set(case):
    published = case.published.assignment
    found = cn.recover_conflicts(case.problem(), published)
    picture = cn.plots.recovered(case.problem(), found, published)
    axis = picture.figure.axes[0]
    assert [text.get_text() for text in picture.figure.legends[0].get_texts()] == [
        "a3-a5",
        "a3-a7",
        "a3-a10",
        "a3-a11",
    ]
    assert len({(line.get_color(), str(line.get_linestyle())) for line in axis.lines}) == 4
    assert [len(dots.get_offsets()) for dots in axis.collections] == [9, 3]
    assert picture.alt == found.text.replace("\n", " ")
    none = case.problem(conflict_scope="task")
    picture = cn.plots.recovered(none, cn.recover_conflicts(none, published), published)
    assert not picture.figure.axes[0].lines and not picture.figure.legends
    assert picture.alt.startswith("No set of conflicts makes the assignment optimal")


def test_places_on_the_horizontal_axis_are_marked_and_named():
    table = pd.DataFrame({"load": [0.5, 1.5]}, index=[0.0, 1.0])
    picture = cn.plots.curves(table, "threshold", "load", marks={"flood": 0.54})
    lines = picture.figure.axes[0].lines
    assert [list(line.get_xdata()) for line in lines] == [[0.0, 1.0], [0.54, 0.54]]
    assert [text.get_text() for text in picture.figure.legends[0].get_texts()] == ["load", "flood"]
    assert picture.alt.endswith("load: from 0.5 to 1.5; flood at 0.54.")


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


def test_a_tree_has_a_box_for_each_relaxation_with_its_decision_and_bound():
    nodes = pd.DataFrame(
        [[-1, "", 2.5, "branched"], [0, "w1 works", 2.0, "whole"], [0, "not w1", np.nan, "empty"]],
        columns=["parent", "decision", "bound", "fate"],
    ).rename_axis("node")
    picture = cn.plots.tree(nodes, 2.0)
    axis = picture.figure.axes[0]
    assert [text.get_text() for text in axis.texts] == [
        "nothing set\nat most 2.5",
        "w1 works\nmatch 2",
        "not w1\n",
    ]
    assert len(axis.patches) == 3 and len(axis.lines) == 2
    x = [patch.get_x() for patch in axis.patches]
    assert x[0] < x[1] == x[2]
    assert axis.patches[1].get_y() != axis.patches[2].get_y()
    assert "3 relaxations, 1 decisions deep, from a bound of 2.5 to the optimum 2" in picture.alt
    assert "1 whole: an assignment, 1 nothing keeps the rules" in picture.alt


def test_a_tree_of_one_relaxation():
    nodes = pd.DataFrame(
        [[-1, "", 2.0, "whole"]], columns=["parent", "decision", "bound", "fate"]
    ).rename_axis("node")
    assert "1 relaxations, 0 decisions deep" in cn.plots.tree(nodes, 2.0).alt


def test_doubt_draws_the_shares_and_what_is_lost(case):
    found = cn.doubt(case, samples=40, rng=0, progress=False)
    picture = cn.plots.doubt(found)
    grid, curve = picture.figure.axes
    shares = found.shares.set_index(["worker", "task"])["share"]
    drawn = {
        (text.get_position()[1], text.get_position()[0]): text.get_text() for text in grid.texts
    }
    workers, tasks = case.ability.index, case.required.index
    at = {
        (workers.get_loc(i), tasks.get_loc(j)): f"{share:.2f}"
        for (i, j), share in shares.items()
        if share > 0
    }
    assert drawn == at
    assert len(grid.patches) == 9  # the assignment that is kept
    steps = curve.lines[0].get_xydata()
    assert steps[1:, 0].tolist() == sorted(found.samples["loss"])
    assert steps[-1, 1] == 100 and (np.diff(steps[:, 1]) >= 0).all()
    marks = [line.get_xdata()[0] for line in curve.lines[1:]]
    assert marks == found.quantiles["loss"].loc[[0.5, 0.95]].tolist()
    assert "(%)" in curve.get_ylabel() and "ρ lost" in curve.get_xlabel()
    assert (grid.get_xlabel(), grid.get_ylabel()) == ("task", "worker")
    assert f"optimal in {found.share:.2f} of them" in picture.alt
    assert f"95 % at most {found.quantiles.loc[0.95, 'loss']:.4f}." in picture.alt


def test_gamma_range_draws_the_range_and_where_it_ends(case):
    always = cn.gamma_range(case, case.problem([("a3", "a5")]))
    picture = cn.plots.gamma_range(always)
    (axis,) = picture.figure.axes
    assert [s[:, 0].tolist() for s in axis.collections[0].get_segments()] == [
        [always.low, always.high]
    ]
    assert axis.lines[0].get_xdata().tolist() == [case.gamma]
    assert len(axis.lines) == 1  # nothing is better at either end
    assert picture.alt == always.text.replace("\n", " ")
    ends = cn.gamma_range(case)
    assert ends.frame["ends"].tolist() == [False, True]
    assert cn.plots.gamma_range(ends).figure.axes[0].lines[-1].get_xdata() == [ends.high] * 2
