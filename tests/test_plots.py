import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import crowdnb as cn


def texts(picture):
    return [text.get_text() for axis in picture.figure.axes for text in [*axis.texts, *axis.get_yticklabels()]]


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
    assert picture.alt == (
        "Assignment with group performance 2.697. r0: a3, a7; r1: a5; r2: a6, a10, a11; r3: a2, a4; r4: a0. "
        "Idle: a1, a8, a9."
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
    assert sorted(line.get_xdata()[0] for line in skill.lines) == sorted(case.demand[("skill", "low")])
    assert picture.alt.endswith("highest for a7 (0.60) and lowest for a9 (0.44).")
    assert [axis.get_title() for axis in picture.figure.axes] == case.criteria_weights.index.tolist()


@pytest.mark.parametrize("label", ["<img src=x onerror=alert(1)>", "a$x^2$", 'say "hi" & bye', "李雷"])
def test_labels_are_shown_as_text(label):
    problem = cn.Problem(pd.DataFrame([[0.5], [0.4]], index=[label, "b"], columns=["$r$"]), [1])
    picture = cn.plots.assignment(problem, cn.solve(problem))
    html = picture._repr_html_()  # where no font has the label, boxes are drawn, without a warning
    assert label in texts(picture)
    assert html.count("<") == 1  # the img tag, and nothing that a label brought
    assert label in picture.alt
    assert repr(picture) == f"<Picture: {picture.alt}>"
    assert isinstance(picture.figure, Figure)
