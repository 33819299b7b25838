"""Why none, repairs, prices."""

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn

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
