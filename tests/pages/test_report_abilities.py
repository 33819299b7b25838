"""What the page says of abilities: the rule, the half-life, gaps, the tree, whom the other would have."""

import re
from html import unescape

import pytest
from helpers.folders import copy, written

import crowdnb as cn
from crowdnb.pages import sections
from crowdnb.pages.ability_sections import abilities, few_by_other, settings_text
from crowdnb.pages.findings import Findings

RATINGS = """worker,criterion,rating,date
Ann,skill,5,2024-03-01
Ann,care,5,2024-03-01
Bo,skill,4,2024-03-01
Bo,skill,5,2023-01-01
Bo,care,4,2024-02-10
Bo,care,5,2024-02-10
Cy,skill,3,2024-02-12
"""


def text_of(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.html)))


@pytest.fixture
def folder(tmp_path):
    files = {
        "ratings": RATINGS,
        "demand": "task,criterion,low\nday,skill,0.4\nday,care,0.5\n",
        "weights": "criterion,weight\nskill,0.6\ncare,0.4\n",
        "tasks": "task,required\nday,1\n",
    }
    return written(tmp_path, files)


def test_the_papers_rule_on_few_ratings_gets_one_line(tmp_path, case):
    plans = cn.Scenarios(cn.read_project(copy("lounges", tmp_path)))
    mine, other = (
        plans.answer(cn.Scenario(ability=one)).pairs["worker"] for one in (None, "posterior")
    )
    come = [who for who in other if who not in set(mine)]
    found = Findings(plans, cn.Scenario(), "lounges")
    line = (
        "By where the next rating would lie (ability posterior, level 0.9), of which one rating"
        f" says little, {len(come)} of the 12 chosen would be others: {', '.join(come)}."
    )
    assert few_by_other(found) == [line] and line in sections._warnings(found)
    assert not abilities(found) and settings_text(found) == ["γ = 0.1"]
    enough = cn.Scenario(min_ratings=6)  # no short history is chosen
    for one in (Findings(plans, enough, "x"), Findings(cn.Scenarios(case), cn.Scenario(), "x")):
        assert not few_by_other(one) and not abilities(one)


def test_the_posterior_is_named_and_the_papers_choice_beside_it(tmp_path):
    project = cn.read_project(copy("lounges", tmp_path), ability="posterior", level=0.8)
    text = text_of(cn.report(project))
    assert "lies with a chance of at least 0.8 (posterior)" in text
    paper = cn.read_project(tmp_path / "lounges").solve().pairs
    mine = set(project.solve().pairs["worker"])
    lost = sum(who not in mine for who in paper["worker"])
    assert f"By the paper's interval (γ = 0.1) {lost} of the 12 chosen would be others." in text
    for worker in set(paper["worker"]) - mine:
        assert f"{worker} ({project.fewest_ratings[worker]})" in text
    assert "S² < En²" not in text and "posterior, level 0.8 · data" in text


def test_half_life_day_and_gaps_are_told(folder):
    how = {"half_life": 30, "day": "2024-03-31", "missing": "average"}
    text = text_of(cn.report(folder, **how))
    assert (
        "A rating counts half after 30 days and a quarter after 60, by its age on 2024-03-31."
    ) in text
    assert "No rating, so the average of the others is taken: Cy on care." in text
    assert "γ = 0.1 · half-life 30 days on 2024-03-31 · missing: average" in text
    assert "Marks: " not in text
    out = text_of(cn.report(folder, cn.Scenario(missing="out"), missing="unknown"))
    assert "Cy on care" not in out.split("Abilities")[1].split("What was changed")[0]
    with pytest.raises(ValueError, match="half_life: it goes with a path"):
        cn.report(cn.read_project(folder, missing="out"), half_life=30)


def test_the_tree_of_criteria_and_the_marks_are_told(folder):
    """A family's shares sum to 1; multiplied down they are the weights in all."""
    (folder / "weights.csv").unlink()
    (folder / "criteria.csv").write_text(
        "criterion,part_of,weight,lowest,highest,step\n"
        "work,,0.8,,,\nskill,work,0.75,,,\ncare,work,0.25,0,10,0.5\npace,,0.2,,,\n"
    )
    with (folder / "ratings.csv").open("a") as file:
        file.write(
            "Cy,care,7.5,2024-02-12\n"
            + "".join(f"{who},pace,3,2024-02-12\n" for who in ("Ann", "Bo", "Cy"))
        )
    with (folder / "demand.csv").open("a") as file:
        file.write("day,pace,0.2\n")
    project = cn.read_project(folder)
    even = cn.Scenario(weights={"skill": 0.2, "care": 0.2, "pace": 0.6})
    for scenario, rows in (
        (cn.Scenario(), "work 0.800 0.800 skill 0.750 0.600 care 0.250 0.200 pace 0.200 0.200"),
        (even, "work 0.400 0.400 skill 0.500 0.200 care 0.500 0.200 pace 0.600 0.600"),
    ):
        text = text_of(cn.report(project, scenario))
        assert f"share of its family weight in all {rows}" in text
    assert "Marks: care 0 to 10 in steps of 0.5; pace, skill 1 to 5." in text
