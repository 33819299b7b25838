"""The bench where ratings have dates, gaps or another rule than the paper's."""

import re

import numpy as np
import pandas as pd
import pytest
from helpers.folders import copy, written

import crowdnb as cn

RATINGS = """worker,criterion,rating,date
Ann,skill,5,2024-03-01
Ann,care,4,2024-03-01
Bo,skill,1,2024-01-01
Bo,skill,4,2024-03-01
Bo,care,5,2024-02-10
Cy,skill,3,2024-02-12
Cy,care,2,2024-02-12
"""
FILES = {
    "ratings": RATINGS,
    "demand": "task,criterion,low\nday,skill,0.4\nday,care,0.5\nnight,skill,0.6\nnight,care,0.2\n",
    "weights": "criterion,weight\nskill,0.6\ncare,0.4\n",
    "tasks": "task,required\nday,1\nnight,1\n",
}


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "dated", FILES)


def without(folder, *lines):
    """The folder with some ratings taken out."""
    kept = [line for line in RATINGS.splitlines() if not line.startswith(lines)]
    (folder / "ratings.csv").write_text("\n".join(kept))


def fold_of(bench):
    """The part about abilities; None where there is none."""
    found = [one for one in boxes(bench.panel) if type(one).__name__ == "Accordion"]
    return found[0] if found else None


def boxes(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from boxes(child)


def test_who_has_only_whole_stars_sees_one_folded_part(tmp_path, case):
    bench = cn.bench(copy("lounges", tmp_path))
    assert fold_of(bench).selected_index is None and fold_of(bench).titles == ("Abilities",)
    shown = [one.description for one in boxes(fold_of(bench)) if getattr(one, "description", "")]
    assert shown == ["ability is", "level, chance of the next"]
    assert bench["level"].layout.display == "none" and not bench["gamma"].disabled
    case.write(tmp_path / "case")
    assert fold_of(cn.bench(tmp_path / "case")) is None  # intervals, and no ratings


def test_the_other_rule_is_a_scenario(tmp_path):
    """Of n ratings on S marks the next is mark s with chance (n_s + 1/2) / (n + S/2)."""
    path = copy("lounges", tmp_path)
    bench = cn.bench(path)
    bench["gamma"].value = 0.2
    bench["ability"].value = "posterior"
    bench["level"].value = 0.8
    assert bench["gamma"].disabled and bench["level"].layout.display == ""
    scenario = cn.Scenario(ability="posterior", level=0.8)
    assert bench.panel.scenario() == scenario
    counts = bench.project.counts
    n = counts.to_numpy() + 0.5
    below = n.cumsum(axis=1) / n.sum(axis=1, keepdims=True)
    low, high = ((below >= at - 1e-12).argmax(axis=1) / 5 + 0.2 for at in (0.1, 0.9))
    ends = (
        pd.DataFrame({"low": low, "high": high}, counts.index)
        .unstack("criterion")
        .swaplevel(axis=1)
    )
    project = bench.project
    q = cn.qualification(
        ends.reindex(project.workers)[project.ability.columns], project.demand,
        project.criteria_weights,
    )  # fmt: skip
    np.testing.assert_allclose(bench.plans.problem(scenario).qualification, q.loc[project.workers])
    bench.name.value = "careful"
    bench.keep()
    assert "abilities by where the next rating lies (posterior)" in bench.side_by_side.value
    later = cn.bench(path)
    assert (later["ability"].value, later["level"].value) == ("posterior", 0.8)
    later.panel.reset()
    assert later.panel.scenario() == cn.Scenario() and not later["gamma"].disabled
    later.kept.value = "careful"
    later.take()
    assert later.panel.scenario() == scenario


def test_a_half_life_where_ratings_have_dates(folder):
    bench = cn.bench(folder)
    field = bench["half_life"].field
    field.value = "30"
    assert bench.panel.scenario() == cn.Scenario(half_life=30)
    for wrong in ("-1", "0", "inf", "a month"):
        field.value = wrong
        assert "Not taken: a number above 0 is needed, or nothing." in bench["half_life"].said.value
        assert bench.panel.scenario() == cn.Scenario(half_life=30)
    field.value = ""
    assert bench.panel.scenario() == cn.Scenario()
    own = cn.bench(folder, half_life=30, day="2024-03-31", ability="posterior", level=0.7)
    assert fold_of(own).selected_index == 0
    assert own.panel.scenario() == cn.Scenario()
    read = cn.read_project(folder, half_life=30, day="2024-03-31", ability="posterior", level=0.7)
    pd.testing.assert_frame_equal(own.project.ability, read.ability)
    own["half_life"].field.value = ""
    assert own.panel.scenario().half_life == np.inf
    with pytest.raises(ValueError, match="half_life"):
        cn.bench(folder, half_life=-1)


def test_a_half_life_asks_for_every_date(folder):
    text = RATINGS.replace("Cy,care,2,2024-02-12", "Cy,care,2,")
    (folder / "ratings.csv").write_text(text)
    bench = cn.bench(folder)
    bench["half_life"].field.value = "30"
    assert bench.panel.view.problem == "the settings: half_life 30: 1 rating has no date"
    bench.export("assignment.csv")
    assert "There is no assignment to write" in bench.message.value


def test_missing_ratings_alone_can_be_read_in_three_ways(folder):
    without(folder, "Cy,care")
    bench = cn.bench(folder)
    assert bench.project is None and "say what is taken instead<" in bench.checked.value
    said, *buttons = bench.offers.children
    assert "What stands there?" in said.value
    assert [one.description for one in buttons] == [
        "The worker is left out", "Anything, 0 to 1", "The average of the others",
    ]  # fmt: skip
    buttons[1].click()
    assert not bench.offers.children and bench.project.missing == "unknown"
    assert bench["missing"].value == "unknown" and fold_of(bench).selected_index == 0
    assert "No rating, so 0 to 1 is taken: Cy on care." in bench.panel.output.value
    bench["missing"].value = "out"
    assert bench.panel.scenario() == cn.Scenario(missing="out")
    assert "Cy" not in bench.plans.problem(bench.plans.current).workers
    bench.read()
    assert bench.project.missing == "unknown" and bench["missing"].value == "out"
    without(folder, "Cy,care", "Ann,skill,5")
    (folder / "tasks.csv").write_text("task,required\nday,x\nnight,1\n")
    bench = cn.bench(folder)  # more is wrong than ratings that are missing
    assert re.search("2 problems|3 problems", bench.checked.value) and not bench.offers.children
