"""How far an assignment stays the best."""

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn


def ends(*pairs, index=None):
    return pd.DataFrame(pairs, columns=["low", "high"], index=index)


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


@pytest.mark.slow
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
