"""What the page says of abilities: the rule, the half-life, gaps, the tree, whom the other would have."""

import re
from dataclasses import replace
from html import unescape

import pandas as pd
import pytest
from helpers.folders import copy

import crowdnb as cn
from crowdnb.pages.ability_sections import few_by_other
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
    for name, text in {
        "ratings": RATINGS,
        "demand": "task,criterion,low\nday,skill,0.4\nday,care,0.5\n",
        "weights": "criterion,weight\nskill,0.6\ncare,0.4\n",
        "tasks": "task,required\nday,1\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_the_papers_rule_on_few_ratings_gets_one_line(tmp_path, case):
    project = cn.read_project(copy("lounges", tmp_path))
    text = text_of(cn.report(project))
    other = cn.Scenarios(project).answer(cn.Scenario(ability="posterior")).pairs["worker"]
    come = [who for who in other if who not in set(project.solve().pairs["worker"])]
    assert (
        "By where the next rating would lie (ability posterior, level 0.9), of which one rating"
        f" says little, {len(come)} of the 12 chosen would be others: {', '.join(come)}."
    ) in text
    assert "Abilities" not in text and "γ = 0.1 · data" in text
    for one, scenario in ((project, cn.Scenario(min_ratings=6)), (case, cn.Scenario())):
        assert not few_by_other(Findings(cn.Scenarios(one), scenario, "no short history"))


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
        "A rating counts half after 30 days, a quarter after 60; their age is that on 2024-03-31."
    ) in text
    assert "Without a rating: Cy on care. The average of those who have one stands there." in text
    assert "γ = 0.1 · half-life 30 days on 2024-03-31 · missing: average" in text
    out = text_of(cn.report(folder, cn.Scenario(missing="out"), missing="unknown"))
    assert "Cy on care" not in out.split("Abilities")[1].split("What was changed")[0]
    with pytest.raises(ValueError, match="half_life: it goes with a path"):
        cn.report(cn.read_project(folder, missing="out"), half_life=30)


def test_the_tree_of_criteria_has_weights_in_all(folder):
    tree = cn.criteria_tree(
        pd.DataFrame(
            [("skill", "work", 0.6), ("care", "work", 0.4), ("work", None, 1)],
            columns=["criterion", "part_of", "weight"],
        )
    )
    project = cn.read_project(folder, missing="unknown")
    assert "in all" not in text_of(cn.report(project))
    project = replace(project, tree=tree)
    weights = cn.Scenario(weights={"skill": 0.5, "care": 0.5})
    for scenario, skill in ((cn.Scenario(), "0.600"), (weights, "0.500")):
        text = text_of(cn.report(project, scenario))
        assert (
            f"weight in all work 1.000 1.000 \u2003skill {skill} {skill}".replace("\u2003", "")
            in text
        )
