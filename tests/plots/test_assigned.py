"""Assignments, conflicts, moves."""

import numpy as np
import pandas as pd
import pytest
from helpers.pictures import texts

import crowdnb as cn


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


@pytest.mark.slow
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


def crosses(axis):
    """Where a pair is barred, and whether that is one of the reasons."""
    return {tuple(line.get_xydata()[0]): line.get_markeredgewidth() > 1 for line in axis.lines}


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
