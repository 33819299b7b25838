import re
from dataclasses import replace
from itertools import pairwise

import ipywidgets as widgets
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb import panels
from crowdnb.ability.cloud import moved_intervals
from crowdnb.pages.assignment_tables import SHADES
from crowdnb.panels.controls import label_style, text_width
from crowdnb.panels.grids import ConflictGrid
from crowdnb.panels.panel import Shown

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def lounges():
    from pathlib import Path

    project = cn.read_project(Path(cn.__file__).parent / "data" / "lounges")
    return project


def test_cloud_panel_shows_the_cloud_of_its_controls():
    panel = panels.cloud_panel((0, 0, 1, 3, 5), gamma=0.1)
    panel["star 1"].value = 2
    panel["gamma"].value = 0.2
    cloud = cn.backward_cloud(np.repeat([0.2, 0.6, 0.8, 1.0], [2, 1, 3, 5]))
    low, high = cloud.interval(0.2)
    assert panel.view.facts["low"] == low
    assert panel.view.facts["high"] == high
    assert panel.view.facts["S² − En²"] == cloud.radicand
    assert f"from {low:.3f} to {high:.3f}" in panel.output.value
    assert ("radicand is negative" in panel.output.value) == (cloud.radicand < 0)
    # the change against the start
    assert f"{high - panel.start.facts['high']:+.4f}" in panel.output.value


def heights(body):
    """Place and height of each drop drawn, in pixels, lowest first."""
    return sorted(
        (float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', body)
    )


def test_a_cloud_is_as_thick_as_he_says():
    """Each drop has the height of the width it was drawn with, so drops at one place differ."""
    thick = heights(panels.cloud_view([0, 0, 1, 3, 6], 0.1).body)
    near = [abs(b[1] - a[1]) for a, b in pairwise(thick) if b[0] - a[0] < 0.5]
    assert max(near) > 10
    assert len(thick) > 200


@pytest.mark.parametrize(
    ("stars", "words"),
    [
        ((0, 0, 1, 3, 5), ["radicand is negative", "leaves [0, 1]"]),
        ((3, 0, 0, 0, 3), ["radicand is negative", "leaves [0, 1]"]),
        ((0, 0, 1, 1, 1), ["Fewer than six"]),
        ((0, 1, 10, 1, 0), []),
    ],
)
def test_cloud_view_says_what_is_odd(stars, words):
    body = panels.cloud_view(stars, 0.1).body
    for word in ["radicand is negative", "leaves [0, 1]", "Fewer than six"]:
        assert (word in body) == any(word in given for given in words), word


def test_a_history_on_another_scale_and_of_faded_ratings():
    """Marks 0, 0.5, …, 2 stand for V/2; a rating that has faded counts by its weight (eq. 1)."""
    n, v = np.array([0.5, 0, 1.25, 2, 3.5]), np.array([0, 0.25, 0.5, 0.75, 1])
    panel = panels.cloud_panel(n.tolist(), 0.2, scale=(0, 2, 0.5))
    assert list(panel.controls) == [f"mark {m}" for m in ("0", "0.5", "1", "1.5", "2")] + ["gamma"]
    ex = n @ v / 7.25
    en = np.sqrt(np.pi / 2) * (n @ abs(v - ex)) / 7.25
    radicand = n @ (v - ex) ** 2 / 6.25 - en**2
    facts = panel.view.facts
    assert facts["ratings"] == 7.25
    assert [facts["Ex"], facts["En"], facts["S² − En²"]] == pytest.approx([ex, en, radicand])
    assert facts["high"] == pytest.approx(ex + en + 0.2 * np.sqrt(abs(radicand)))
    assert "share of the scale 0 to 2, 0 to 1" in panel.output.value
    counts = cn.count_ratings(
        pd.DataFrame({"worker": "a", "criterion": ["x", "x", "y", "y"], "rating": [0, 2, 4, 5]}),
        scales={"x": (0, 2)},
    )
    for criterion, names in (("x", ["mark 0", "mark 2"]), ("y", ["star 1", "star 5"])):
        *marks, _ = panels.cloud_panel(counts.loc[("a", criterion)]).controls
        assert marks[:: len(marks) - 1] == names
    panel["mark 2"].value = 4.25  # ratings, with a decimal
    assert ">8.0<" in panel.output.value and ">+0.8<" in panel.output.value
    with pytest.raises(ValueError, match="one number for each of 5 marks"):
        panels.cloud_panel((1, 2), scale=(0, 2, 0.5))


def test_by_the_posterior_the_panel_has_a_level_and_no_gamma():
    panel = panels.cloud_panel((0, 0, 1, 3, 5), ability="posterior", level=0.5)
    assert "gamma" not in panel.controls
    panel["level"].value = 0.9
    chance = np.array([0.5, 0.5, 1.5, 3.5, 5.5]) / 11.5
    assert [panel.view.facts[name] for name in ("low", "high")] == [0.4, 1.0]
    assert panel.view.facts["P(next in U)"] == pytest.approx(chance[1:].sum())
    assert panel.view.facts["mean of the next"] == pytest.approx(chance @ np.arange(1, 6) / 5)
    assert "probability 0.957, and 0.9 was asked for" in panel.output.value
    for star in (3, 4):
        panel[f"star {star}"].value = 0
    panel["star 5"].value = 1  # one five: nothing is known yet
    assert [panel.view.facts[name] for name in ("ratings", "low", "high")] == [1, 0.2, 1.0]
    panel["star 5"].value = 0
    assert panel.view.problem.startswith("Give at least one rating")


def test_too_few_ratings_keep_the_last_answer_in_sight():
    panel = panels.cloud_panel((0, 0, 0, 0, 3))
    for star in (3, 2, 1):
        panel[f"star {star}"].value = 0
    good = panel.view.body
    panel["star 5"].value = 1
    assert panel.view.problem.startswith("Give at least two ratings")
    assert "No answer" in panel.output.value
    assert "which no longer holds" in panel.output.value
    assert 'class="crowdnb-old"' in panel.output.value
    assert good in panel.output.value
    panel.reset()
    assert not panel.view.problem
    assert panel["star 5"].value == 3


@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
)
def test_possibility_view_is_the_degree(ability, demand):
    view = panels.possibility_view(tuple(ability), tuple(demand))
    assert view.facts["P"] == cn.possibility_degree(*ability, *demand)
    assert f"P = {view.facts['P']:.3f}" in view.body


def test_possibility_panel_marks_the_change():
    panel = panels.possibility_panel()
    assert panel.view.facts["P"] == pytest.approx(0.3239, abs=5e-5)
    panel["demand"].value = (0.5, 1.0)
    assert panel.view.facts["P"] == cn.possibility_degree(0.52, 0.63, 0.5, 1.0)
    assert f"{panel.view.facts['P'] - panel.start.facts['P']:+.4f}" in panel.output.value
    assert panel.output.value.count("as it was") == 1  # the width of U


def test_weights_panel_is_fuzzy_ahp():
    panel = panels.weights_panel(("skill", "pace", "care"))
    panel["skill care"].value = 0.9
    b = [[0.5, 0.5, 0.9], [0.5, 0.5, 0.5], [0.1, 0.5, 0.5]]
    expected = cn.criteria_weights(
        pd.DataFrame(b, index=["skill", "pace", "care"], columns=["skill", "pace", "care"])
    )
    assert panel.view.facts == pytest.approx(expected.to_dict())
    low, high = cn.weight_range(3)
    assert f"{low:.4f} and {high:.4f}" in panel.output.value


def test_weights_can_be_set_directly():
    panel = panels.weights_panel()
    assert panel["weights"].value == (0.25,) * 4
    panel["weights"].sliders[2].value = 0.31
    # the judgements count until the panel is told otherwise
    assert "+0.0600" not in panel.output.value
    assert "fuzzy consistent matrix" in panel.output.value
    panel["how"].value = "directly"
    assert panel.view.facts == pytest.approx(
        {"skill": 0.23, "efficiency": 0.23, "quality": 0.31, "activity": 0.23}
    )
    assert "+0.0600" in panel.output.value
    assert "Each of these lies within" in panel.output.value
    assert "fuzzy consistent matrix" not in panel.output.value
    panel["weights"].value = (0.15, 0.25, 0.5, 0.1)
    assert panel.view.facts == {"skill": 0.15, "efficiency": 0.25, "quality": 0.5, "activity": 0.1}
    said = "skill 0.150 is too small, quality 0.500 is too large, activity 0.100 is too small"
    assert f"No judgements give these weights: {said}" in panel.output.value
    # in the picture, beside the numbers
    assert panel.output.value.count("too small for judgements") == 2
    panel.reset()
    assert panel["how"].value == "judgements"
    assert panel["weights"].value == (0.25,) * 4
    assert set(panel.view.facts.values()) == {0.25}


def test_only_the_controls_that_count_are_shown():
    panel = panels.weights_panel(("skill", "pace"))
    judged, given = (
        next(box for box in boxes_of(panel) if panel[name] in box.children)
        for name in ("skill pace", "weights")
    )
    for how, shown, hidden in (("directly", given, judged), ("judgements", judged, given)):
        panel["how"].value = how
        assert (shown.layout.display, hidden.layout.display) == ("flex", "none")


def boxes_of(widget):
    """A widget's boxes, itself among them, at any depth."""
    if isinstance(widget, widgets.Box):
        yield widget
        for child in widget.children:
            yield from boxes_of(child)


def inputs_of(panel):
    """The single inputs of a panel, each with its description."""
    return [
        widget
        for box in boxes_of(panel)
        for widget in box.children
        if hasattr(widget, "description")
    ]


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("cloud", {"star 1": 4, "star 5": 0, "gamma": 0.9}),
        ("possibility", {"ability": (0.1, 0.2), "demand": (0.0, 0.3)}),
        ("weights", {"skill quality": 0.9, "how": "directly", "weights": (0.4, 0.3, 0.2, 0.1)}),
        (
            "assignment",
            {
                "gamma": 0.9,
                "weights": (0.4, 0.3, 0.2, 0.1),
                "L r2": 1,
                "W r0": 3.5,
                "task_conflicts": [],
            },
        ),
    ],
)
def test_every_control_says_what_it_is_in_which_unit_or_range_and_is_reset(name, changes, case):
    panel = getattr(panels, f"{name}_panel")(*[case] * (name == "assignment"))
    seen = [control for control in inputs_of(panel) if not isinstance(control, widgets.HTML)]
    reset = seen.pop(next(at for at, control in enumerate(seen) if control.description == "Reset"))
    assert len(seen) > 1
    for control in seen:
        assert control.description
        words = f"{control.description} {control.tooltip}"
        assert re.search(r"0 to \d+|0\.1 … much more 0\.9|the weights themselves", words), words
    for key, value in changes.items():
        panel[key].value = value
    assert panel.view.facts != panel.start.facts
    reset.click()
    assert {key: control.value for key, control in panel.controls.items()} == panel.first
    assert panel.view.facts == panel.start.facts


def test_labels_have_room_in_any_script():
    short, long = (
        label_style([text])["description_width"]
        for text in ("a (0 to 1)", "weight of communication skill")
    )
    assert int(short[:-2]) < int(long[:-2]) <= 300
    assert text_width(["沟通能力"]) == text_width(["abcdefgh"])


@given(
    st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda w: sum(w) > 0.01),
    st.integers(0, 5),
    st.floats(0, 1),
)
def test_weights_keep_summing_to_1_and_their_proportions(raw, at, value):
    weights = [part / sum(raw) for part in raw]
    at %= len(weights)
    new = panels.shared_rest(weights, at, value)
    assert sum(new) == pytest.approx(1)
    assert new[at] == value
    others = [k for k in range(len(weights)) if k != at]
    before, after = sum(weights[k] for k in others), sum(new[k] for k in others)
    if before > 1e-9:
        assert [new[k] for k in others] == pytest.approx(
            [weights[k] / before * after for k in others]
        )


def test_a_slider_that_reports_its_own_rounding_moves_nothing():
    """The page shows weights in steps of 0.01 and may report them so rounded: nobody's wish."""
    sliders = panels.WeightSliders(pd.Series([0.15, 0.25, 0.5, 0.1], index=list("abcd")))
    sliders.sliders[0].value = 0.16
    weights = sliders.value
    for slider, weight in zip(sliders.sliders, weights, strict=True):
        slider.value = round(weight, 2)
    assert sliders.value == weights
    sliders.sliders[1].value = round(weights[1], 2) + 0.01
    assert sliders.value == panels.shared_rest(weights, 1, round(weights[1], 2) + 0.01)


def test_one_criterion_has_all_the_weight():
    assert panels.shared_rest([1.0], 0, 0.3) == (1.0,)


def test_assignment_panel_answers_what_solve_answers(case):
    panel = panels.assignment_panel(case)
    assert panel.view.facts["ρ"] == cn.solve(case.problem()).performance
    panel["worker_conflicts"].value = [[5, 3]]
    panel["weights"].sliders[0].value = 0.5
    panel["L r2"].value = 2
    panel["W r0"].value = 2.0
    panel["task_conflicts"].value = [*panel["task_conflicts"].value, [11, 0]]
    w = pd.Series(
        panels.shared_rest([0.15, 0.25, 0.5, 0.1], 0, 0.5), index=case.criteria_weights.index
    )
    barred = [(i, j) for i, j in case.task_conflicts.stack().loc[lambda c: c == 1].index] + [
        ("a11", "r0")
    ]
    own = cn.Problem(
        cn.qualification(case.ability, case.demand, w),
        [2, 1, 2, 2, 1],
        [2, 1, 1, 1, 1],
        barred,
        [("a3", "a5")],
    )
    assert panel.view.facts["ρ"] == cn.solve(own).performance
    # with another Q and W it cannot be compared with the start, but by the given ones it can
    shown = re.search(
        r"ρ = ([0-9.]+)</strong> by another Q or W .* it is ([0-9.]+), ([+-][0-9.]+) against",
        panel.output.value,
    )
    answer = cn.solve(own)
    assert float(shown[1]) == pytest.approx(answer.performance, abs=5e-5)
    pairs = answer.pairs[["worker", "task"]].itertuples(index=False)
    by_given = sum(case.qualification.at[worker, task] for worker, task in pairs)
    assert float(shown[2]) == pytest.approx(by_given, abs=5e-5)
    assert panel.view.facts["by given Q"] == pytest.approx(by_given)
    assert float(shown[3]) == pytest.approx(by_given - panel.start.facts["ρ"], abs=1e-4)
    panel.reset()
    panel["worker_conflicts"].value = [[5, 3]]
    shown = re.search(r"ρ = ([0-9.]+)</strong>, ([+-][0-9.]+) against", panel.output.value)
    rho = cn.solve(case.problem([("a3", "a5")])).performance
    assert float(shown[1]) == pytest.approx(rho, abs=5e-5)
    assert float(shown[2]) == pytest.approx(rho - panel.start.facts["ρ"], abs=1e-4)


def test_assignment_panel_shows_the_first_of_tied_assignments(case):
    alike = case.ability.iloc[[2, 1, 1, 0, 0, 0, 0, 0, 0, 2, 1, 2]].to_numpy()
    project = replace(case, ability=pd.DataFrame(alike, case.ability.index, case.ability.columns))
    panel = panels.assignment_panel(project)
    panel["worker_conflicts"].value = [[5, 0], [2, 1]]
    first = cn.solve(project.problem([("a0", "a5"), ("a1", "a2")]), tie_break="labels")
    assert panel.view.facts["places"] == dict(first.pairs[["worker", "task"]].to_numpy())
    assert panel.view.facts["tied"] and "Another assignment is as good" in panel.output.value


def test_what_is_not_proved_or_not_there_at_the_start_is_no_difference(case):
    answer = cn.solve(case.problem())
    late = replace(answer, status="time_limit", bound=2.75)
    start = panels.assignment_view(answer)
    body = panels.assignment_view(late, start).body
    assert "not proved the best: at most 2.7500 is possible" in body and "against" not in body
    assert "against" not in panels.assignment_view(answer, panels.assignment_view(late)).body
    none = panels.assignment_view(cn.solve(cn.Problem([[1.0]], [2])))
    assert none.problem and "against" not in panels.assignment_view(answer, none).body


def test_workers_with_few_ratings_are_left_out_on_the_panel(case, lounges):
    panel = panels.assignment_panel(lounges)
    assert "On fewer than six ratings of some criterion: " in panel.output.value
    panel["min_ratings"].value = 6
    wanted = replace(lounges, min_ratings=6).solve()
    assert panel.view.facts["ρ"] == wanted.performance
    assert "Left out, with fewer than 6 ratings on some criterion: " in panel.output.value
    assert "criterion: 0 of the 12 chosen." in panel.output.value
    assert "min_ratings" not in panels.assignment_panel(case).controls


def test_q_of_the_assignment_panel_is_that_of_the_package(case, lounges):
    for project, gamma in ((case, 0.1), (case, 0.35), (lounges, 0.0), (lounges, 0.7)):
        weights = np.random.default_rng(0).dirichlet(np.ones(len(project.criteria_weights)))
        mixed = replace(
            project,
            demand=project.demand.iloc[::-1],
            ability=project.ability[project.ability.columns.unique(0)[::-1]],
        )
        if project.counts is None:
            ability = moved_intervals(project.ability, gamma)
        else:
            ability = cn.ability_intervals(project.counts, gamma)
        named = pd.Series(weights, project.criteria_weights.index)
        q = cn.qualification(ability, project.demand, named).loc[
            project.ability.index, project.required.index
        ]
        for one in (project, mixed):
            settings = panels.assignment_panel(one).settings | {
                "gamma": gamma,
                "weights": tuple(weights),
            }
            got = panels.panel_problem(one, settings).qualification
            pd.testing.assert_frame_equal(got, q, check_names=False, rtol=0, atol=1e-15)
            possible = panels.panel_possibility(one, gamma)
            by_hand = panels.panel_qualification(one, possible, tuple(weights))
            pd.testing.assert_frame_equal(by_hand, q, check_names=False, rtol=0, atol=1e-15)


def test_settings_of_the_assignment_panel_are_a_scenario(case):
    """Whoever types it into files, or keeps it on the bench, gets the same problem."""
    panel = panels.assignment_panel(case, "task")
    panel["gamma"].value = 0.25
    panel["weights"].value = (0.4, 0.2, 0.3, 0.1)
    panel["L r2"].value, panel["W r0"].value = 2, 2.5
    panel["worker_conflicts"].value = [[5, 3]]
    panel["task_conflicts"].value = [[11, 0]]
    barred = {pair: 0 for pair, bar in case.task_conflicts.stack().items() if bar}
    weights = pd.Series((0.4, 0.2, 0.3, 0.1), case.criteria_weights.index)
    scenario = cn.Scenario(
        gamma=0.25, weights=weights.to_dict(),
        required={"r2": 2}, task_weights={"r0": 2.5}, conflicts={("a3", "a5"): 1},
        exclusions=barred | {("a11", "r0"): 1},
    )  # fmt: skip
    got, wanted = panels.panel_problem(case, panel.settings, "task"), scenario.problem(case, "task")
    assert got.conflict_scope == wanted.conflict_scope == "task"
    pd.testing.assert_frame_equal(got.qualification, wanted.qualification)
    for name in ("required", "task_weights"):
        pd.testing.assert_series_equal(getattr(got, name), getattr(wanted, name))
    for name in ("task_conflicts", "worker_conflicts"):
        pd.testing.assert_frame_equal(getattr(got, name), getattr(wanted, name))
    assert panel.view.facts["ρ"] == cn.Scenarios(case, scope="task").answer(scenario).performance


def test_weights_set_by_code_must_sum_to_1(case):
    panel = panels.assignment_panel(case)
    panel["weights"].value = (0.5, 0.5, 0.5, 0.5)
    assert panel.view.problem == "criteria weights: they sum to 2.0 and must sum to 1"


def test_assignment_panel_names_who_moved_and_marks_it(case):
    panel = panels.assignment_panel(case)
    panel["worker_conflicts"].value = [[5, 3]]
    assert panel.view.facts["moved"] == [
        "a1: idle → r3",
        "a2: r3 → r1",
        "a3: r0 → idle",
        "a5: r1 → r0",
    ]
    body = panel.view.body
    assert body.count("◆ 0") == 3  # three new places
    assert body.count("○ 0") == 3  # three given up
    assert body.count("● 0") == 6
    panel.reset()
    assert panel.view.facts["moved"] == []
    assert panel["worker_conflicts"].value == []


def test_an_infeasible_setting_says_why_and_greys_the_last_answer(case):
    panel = panels.assignment_panel(case)
    last = panel.view.body
    panel["L r2"].value = 12
    assert panel.view.problem == "The tasks ask for 18 places, and there are only 12 workers."
    assert "only 12 workers" in panel.output.value
    assert last in panel.output.value
    assert "which no longer holds" in panel.output.value
    assert 'class="crowdnb-old"' in panel.output.value


def test_gamma_acts_on_the_histories_where_there_are_any(lounges):
    panel = panels.assignment_panel(lounges)
    assert "Only intervals are known" not in str(
        [child.value for child in panel.children if hasattr(child, "value")]
    )
    panel["gamma"].value = 0.6
    q = cn.qualification(
        cn.ability_intervals(lounges.counts, 0.6), lounges.demand, lounges.criteria_weights
    )
    own = cn.Problem(q, lounges.required, None, lounges.task_conflicts, lounges.worker_conflicts)
    assert panel.view.facts["ρ"] == pytest.approx(cn.solve(own).performance, abs=1e-12)


def test_gamma_moves_intervals_by_a_stated_assumption(case):
    panel = panels.assignment_panel(case)
    assert "He = 0.5 En" in panel.children[0].value
    moved = moved_intervals(case.ability, 0.3)
    assert moved.loc["a0", "skill"].tolist() == pytest.approx(
        [0.575 - 0.055 * 1.15 / 1.05, 0.575 + 0.055 * 1.15 / 1.05]
    )
    pd.testing.assert_frame_equal(moved_intervals(case.ability, 0.1), case.ability)
    assert moved_intervals(case.ability, 100.0).to_numpy().min() == 0  # clipped
    panel["gamma"].value = 0.3
    q = cn.qualification(moved, case.demand, case.criteria_weights)
    own = cn.Problem(q, case.required, None, case.task_conflicts)
    assert panel.view.facts["ρ"] == cn.solve(own).performance


def test_labels_are_text_in_every_panel():
    workers, tasks = [HOSTILE, "b"], ["<b>r</b>", "s"]
    frame = pd.DataFrame(
        [[0.2, 0.6], [0.3, 0.7]],
        index=workers,
        columns=pd.MultiIndex.from_product([["k"], ["low", "high"]]),
    )
    demand = pd.DataFrame([[0.1, 1.0], [0.2, 1.0]], index=tasks, columns=frame.columns)
    none = cn.Problem(pd.DataFrame(0.0, workers, tasks), [1, 1])
    project = cn.Project(
        frame,
        demand,
        pd.Series({"k": 1.0}),
        pd.Series([1, 1], tasks),
        None,
        none.task_conflicts,
        none.worker_conflicts,
    )
    panel = panels.assignment_panel(project)
    assert "<img" not in panel.output.value
    assert "<b>" not in panel.output.value
    assert "&lt;img" in panel.output.value
    panel["worker_conflicts"].value = [[1, 0]]
    assert panel.view.problem
    assert "<img" not in panel.output.value.replace(panel.good.body, "")
    weights = panels.weights_panel((HOSTILE, "b"))
    assert "<img" not in weights.output.value


def test_a_panel_can_be_shown_and_compared():
    assert repr(panels.possibility_panel()) == "<Panel: ability, demand>"


def test_a_panel_of_60_by_20_answers_and_keeps_its_headings_in_sight(project):
    panel = panels.assignment_panel(project)
    body = panel.view.body
    assert body.count("<tr>") == 61
    assert body.count("●") == 21  # twenty places, and the legend
    assert body.count('scope="row"') == 60 and body.count('scope="col"') == 20
    assert 'class="crowdnb-scroll" tabindex="0"' in body  # scrolls, by keyboard too
    assert "position: sticky" in Shown._css and "position: sticky" in ConflictGrid._css
    assert len(panel["worker_conflicts"].rows) == 60
    place = next(iter(panel.view.facts["places"].items()))
    at = int(place[0].split()[1]), int(place[1].split()[1])
    panel["task_conflicts"].value = [*panel["task_conflicts"].value, list(at)]
    assert panel.view.facts["places"].get(place[0]) != place[1]
    assert any(move.startswith(f"{place[0]}: {place[1]} →") for move in panel.view.facts["moved"])
    many = next(box for box in boxes_of(panel) if panel["L task 0"] in box.children)
    assert (many.layout.overflow, many.layout.max_height) == ("auto", "230px")


def test_ink_can_be_read_on_every_shade():
    def luminance(colour):
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
        return sum(
            share * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
            for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    grounds = [luminance(ground) for ground, _ in SHADES]
    assert grounds == sorted(grounds, reverse=True)  # told apart by lightness alone
    for ground, ink in SHADES:
        light, dark = sorted([luminance(ground) + 0.05, luminance(ink) + 0.05], reverse=True)
        assert light / dark >= 4.5


def test_equal_qualifications_have_one_shade():
    problem = cn.Problem([[0.5, 0.5]], [0, 1])
    assert "0.500" in panels.assignment_view(cn.solve(problem)).body
    barred = cn.Problem([[0.0, 0.0]], [0, 0])
    assert "×" in panels.assignment_view(cn.solve(barred)).body


def marks(body):
    """Rows of the grid that is shown: the mark of each cell, ``""`` where there is none."""
    rows = re.findall(r'<tr><th scope="row"[^>]*>([^<]*)</th>(.*?)</tr>', body)
    return {name: re.findall(r"<td[^>]*>([●◆○×]?)", cells) for name, cells in rows}


def test_why_panel_says_what_the_package_says(case):
    problem = case.problem([("a3", "a5")])
    best = cn.solve(problem).table
    panel = panels.why_panel(problem, "a3", "r0")
    assert (panel["worker"].value, panel["task"].value) == ("a3", "r0")
    for worker in ("a0", "a3", "a8", "a10"):
        panel["worker"].value = worker
        for task in problem.tasks:
            panel["task"].value = task
            found = cn.why(problem, worker, task)
            facts = panel.view.facts
            assert (facts["worker"], facts["task"], facts["chosen"]) == (
                worker,
                task,
                bool(best.loc[worker, task]),
            )
            assert facts["less"] == pytest.approx(found.difference, abs=1e-9)
            assert all(line in panel.output.value for line in found.text.splitlines())
            other = best if found.other is None else found.other.table
            seen = {
                (i, j): mark
                for i, row in marks(panel.output.value).items()
                for j, mark in enumerate(row)
            }
            for (i, j), mark in seen.items():
                now, was = other.loc[i].iloc[j], best.loc[i].iloc[j]
                free = problem.eligible[problem.workers.get_loc(i), j]
                changes = {(1, 1): "●", (1, 0): "◆", (0, 1): "○", (0, 0): ""}
                assert mark == (changes[now, was] if free else "×")
    panel.reset()
    assert panel.view.facts == panel.start.facts


def test_why_panel_starts_with_the_first_pair_and_shows_labels_as_text():
    problem = cn.Problem(
        pd.DataFrame([[0.5], [0.4]], index=[HOSTILE, "b"], columns=["<b>r</b>"]), [1]
    )
    panel = panels.why_panel(problem)
    assert (panel.view.facts["worker"], panel.view.facts["task"], panel.view.facts["chosen"]) == (
        HOSTILE,
        "<b>r</b>",
        True,
    )
    assert HOSTILE not in panel.output.value and "<b>r" not in panel.output.value
    assert panel["worker"].options == ((HOSTILE, HOSTILE), ("b", "b"))


def test_why_panel_of_several_tasks_a_worker():
    problem = cn.Problem([[0.9, 0.8], [0.1, 0.2]], [1, 1], worker_limits=[2, 1])
    body = panels.why_panel(problem, 1, 1).output.value
    assert marks(body) == {"0": ["●", "○"], "1": ["", "◆"]}


def test_why_panel_refuses_what_it_cannot_answer():
    with pytest.raises(ValueError, match="why: the problem has no assignment"):
        panels.why_panel(cn.Problem([[0.5]], [2]))
    with pytest.raises(ValueError, match="worker 7 is unknown"):
        panels.why_panel(cn.Problem([[0.5]], [1]), 7)


def test_the_weights_panel_says_how_far_judgements_contradict_themselves():
    panel = cn.panels.weights_panel(["skill", "care", "speed"])
    assert "deviate by 0.000 from consistent ones (usual limit 0.1)." in panel.view.body
    for pair, level in (("skill care", 0.9), ("care speed", 0.9), ("skill speed", 0.1)):
        panel[pair].value = level
    assert "more than the usual limit of 0.1." in panel.view.body
    assert "skill &gt; care &gt; speed &gt; skill" in panel.view.body
    judgement = np.array([[0.5, 0.7], [0.3, 0.5]])
    assert "deviate by 0.000" in cn.panels.weights_view(judgement).body
