"""The page where rules beyond the paper bind: what a person reads of them, and nothing where none does."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.pages import findings
from crowdnb.pages.rule_sections import rules_checked
from crowdnb.project.record import project_of
from crowdnb.project.rule_lines import load_table, needs_texts, quota_counts, rule_lines, why_empty

W, T = ["Ann", "Bo", "Cy", "Di", "<b>Lee</b>, Ed"], ["desk", "night", "gate", "door"]
Q = pd.DataFrame([[9, 5, 6, 4], [8, 1, 3, 3], [2, 7, 4, 2], [6, 3, 5, 1], [3, 3, 3, 3.0]], W, T)
NEEDS = [2, 2, 1, 1]
EACH = {
    "from a to b": {"required_most": {"gate": 2}},
    "limits": {"worker_limits": {"Ann": 2, "Bo": 2, "Cy": 0}},
    "least": {"worker_least": {"Di": 1}, "worker_limits": 2},
    "missing": {"missing_cost": {"night": 1.5, "door": 0.2}},
    "pinned": {"pinned": [("Bo", "gate")], "worker_limits": 2},
    "kept": {"keep_costs": {("Bo", "night"): 0.3, ("Ann", "desk"): 1}, "worker_limits": 2},
    "undesirable": {"conflict_costs": {("Ann", "desk"): 0.4, ("Bo", "desk"): -0.2}},
    "together": {"pair_effects": {("Ann", "Bo"): -0.3, ("Ann", "Cy"): 0.25}, "worker_limits": 2},
    "overlaps": {"task_overlaps": [("gate", "door")], "worker_limits": 2},
    "costs": {"costs": pd.Series([3, 2, 1, 1, 2], W), "budget": 20, "worker_limits": 2},
    "loads": {"loads": pd.Series([2, 3, 1, 4], T), "capacities": {"Ann": 3}, "worker_limits": 2},
    "quotas": {
        "attributes": pd.DataFrame({"grade": ["senior", "new", "senior", "new", "new"]}, W),
        "quotas": [
            {"task": "desk", "column": "grade", "value": "senior", "least": 1},
            {"column": "grade", "value": "new", "least": 1, "most": "80%"},
        ],
        "worker_limits": 2,
    },
}
SAID = {
    "missing": "1 place stays empty, at a cost of 0.2: door 1 of 1.",
    "kept": "Pairs kept that had better stay: 1 of 2; given up: Bo on night (0.3).",
    "undesirable": "Undesirable, and accepted: Ann on desk (0.4). Desired, and given: Bo on desk (0.2).",
    "together": "Better apart, and together: Ann and Bo (0.3)."
    " Better together, and so they are: Ann and Cy (0.25).",
    "costs": "Costs: 12 of a budget of 20.",
    "loads": "Loads: 15 in all; nothing is left of the capacity of Ann.",
    "quotas": "Quotas: grade senior on desk 1 (least 1); grade new on all tasks together 3 (least 1);"
    " grade new on all tasks together 3 of 6 (most 80%).",
}


def text_of(page):
    """The words of a page, as they are read aloud."""
    body = re.sub(r"<style>.*?</style>", "", page.html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def solved(name):
    rules = EACH[name]
    enough = {} if "worker_limits" in rules or "missing_cost" in rules else {"worker_limits": 2}
    if name == "limits":
        enough = {"missing_cost": {"night": 1}}
    return cn.solve(cn.Problem(Q, NEEDS, **rules, **enough))


@pytest.mark.parametrize("name", SAID)
def test_each_rule_has_its_sentence(name):
    answer = solved(name)
    assert answer.status == "optimal"
    lines = rule_lines(answer)
    assert SAID[name] in lines
    soft = name in ("missing", "kept", "undesirable", "together")
    assert len(lines) == 1 + soft and (not soft or lines[-1].startswith("ρ is made of"))


@pytest.mark.parametrize("name", EACH)
def test_the_page_tells_it_and_how_it_was_checked(name):
    answer = solved(name)
    text = text_of(cn.report(answer.problem, title="t"))
    for line in rule_lines(answer):
        assert line in text or "stays empty" in line  # which has a section of its own
    assert ("Places left empty" in text) == bool(answer.missing.sum())
    assert rules_checked(answer.problem, "in the whole project") in text
    assert ("What else binds" in text) == bool(rule_lines(answer))
    assert "γ" not in text and "Criteria weights" not in text and "Q as given" in text


def test_the_words_of_the_check_are_of_the_rules_that_there_are():
    every = [
        "as many workers as it may have", "fewer tasks than asked", "every pinned pair",
        "two tasks that overlap", "no load is above", "costs keep to the budget", "each quota",
    ]  # fmt: skip
    there = {
        name: [word for word in every if word in rules_checked(solved(name).problem, "x")]
        for name in EACH
    }
    assert there == {name: [] for name in EACH} | {
        "from a to b": every[:1], "limits": every[:1], "missing": every[:1], "least": every[1:2],
        "pinned": every[2:3], "overlaps": every[3:4], "loads": every[4:5], "costs": every[5:6],
        "quotas": every[6:],
    }  # fmt: skip


def test_a_plain_page_has_none_of_it(case):
    page = cn.report(case)
    assert rule_lines(page.answer) == [] and load_table(page.answer) is None
    for word in ("What else binds", "Places left empty", "empty", "budget", "Costs:"):
        assert word not in page.html, word
    assert str(page).count("\n") == 1


def test_places_left_empty_say_why_and_what_filling_them_takes():
    rules = EACH["limits"] | EACH["missing"] | EACH["costs"]
    problem = cn.Problem(Q, NEEDS, **rules | {"worker_limits": {"Ann": 2, "Bo": 1, "Cy": 0}})
    page = cn.report(problem)
    text, answer = text_of(page), page.answer
    short = answer.missing[answer.missing > 0]
    assert len(short)
    for task, left in short.items():
        cost = problem.missing_cost[task]
        filled = cn.solve(problem.changed(missing_cost=problem.missing_cost.drop(task)))
        head = f"{task}: {left} of {problem.required[task]}"
        (said,) = re.findall(
            rf"{head} stays? empty, at {cost:g} each;[^.]*\.[^.]*\.?\d*[^.]*\.", text
        )
        if filled.table is None:
            assert "no assignment fills" in said
        else:
            assert f"lowers ρ by {answer.performance - filled.performance:.3g} (" in said
    assert "1 place stays empty, ρ =" in str(page)
    assert re.findall(r'<th scope="col" class="n">([^<]+)</th>', page.html)[:4] == [
        "task",
        "needs",
        "empty",
        "workers (Q)",
    ]


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({}, "as many tasks as allowed (4)"),
        ({"worker_limits": 2, "loads": 1.0, "capacities": 1.0}, "too little capacity left (4)"),
        ({"worker_limits": 2, "task_overlaps": [("big", "small")]}, "a task that overlaps (4)"),
        (
            {"worker_limits": 2, "conflict_costs": {(w, "small"): 9 for w in "abcd"}},
            "a lower ρ (4)",
        ),
        ({"worker_limits": 2, "costs": 1.0, "budget": 4}, "the budget or a quota (4)"),
        ({"worker_limits": 1, "task_conflicts": [(w, "small") for w in "abcd"]}, "nobody else may"),
    ],
)
def test_what_keeps_others_from_a_place(rules, why):
    q = pd.DataFrame(0.5, list("abcd"), ["big", "small"])
    if "loads" in rules:
        rules = rules | {"loads": [1.0, 1.0]}
    answer = cn.solve(cn.Problem(q, [4, 1], missing_cost={"small": 0.1}, **rules))
    assert answer.missing["small"] == 1
    assert why in why_empty(answer, "small")


def test_in_conflict_with_who_is_chosen():
    q = pd.DataFrame([[1.0, 0], [0, 0.5]], ["a", "b"], ["big", "small"])
    for scope, left in (("project", 1), ("task", 0)):
        problem = cn.Problem(
            q, [1, 1], worker_conflicts=[("a", "b")], conflict_scope=scope, missing_cost=0.1
        )
        page = cn.report(problem)
        assert page.answer.missing.sum() == left and page.answer.problem.conflict_scope == scope
        if left:
            assert "what keeps others from it: a conflict (1)" in text_of(page)


def test_loads_are_listed_those_with_least_left_first_and_no_bound_is_a_dash():
    page = cn.report(solved("loads").problem)
    rows = re.findall(r'scope="row">([^<]+)</th>(.*?)</tr>', page.html.split("Loads and cap")[1])
    assert rows[0][0] == "Ann" and ">3<" in rows[0][1] and rows[1][1].count("–") == 2
    table = load_table(page.answer)
    assert table.loc["Ann"].tolist() == [2, 3, 3] and np.isinf(table.loc["Bo", "capacity"])


def test_names_are_text_and_commas_do_not_part_them():
    page = cn.report(solved("costs").problem)
    assert "<b>Lee" not in page.html and "&lt;b&gt;Lee" in page.html
    assert '"<b>Lee</b>, Ed"' in str(page)


def test_costs_without_a_budget_are_told_of_a_project():
    project = project_of(cn.Problem(Q, NEEDS, **EACH["costs"]))
    loose = cn.Project(
        None, None, None, project.required, None, project.task_conflicts, project.worker_conflicts,
        given_qualification=Q,
        options={"costs": project.options["costs"], "worker_limits": project.options["worker_limits"]},
    )  # fmt: skip
    answer = cn.Scenarios(loose).answer("as given")
    paid = sum(EACH["costs"]["costs"][worker] for worker in answer.pairs["worker"])
    assert rule_lines(answer, loose) == [f"Costs: {paid}; there is no budget."]
    assert f"Costs: {paid}; there is no budget." in text_of(cn.report(loose))
    more = cn.Scenarios(loose).answer(cn.Scenario(added={"Ann": 1}, limits={"Ann": 0}))
    assert "without those of" in rule_lines(more, loose)[0]


def test_a_quota_without_places_and_an_effect_on_several_tasks():
    q = pd.DataFrame(0.5, ["a", "b", "c"], ["t", "u"])
    problem = cn.Problem(
        q, [2, 2], worker_limits=2, conflict_scope="task", pair_effects={("a", "b"): 0.5},
        attributes=pd.DataFrame({"k": [1, 1, 2]}, q.index),
        quotas=[{"column": "k", "value": 2, "most": 0}],
    )  # fmt: skip
    answer = cn.solve(problem)
    assert quota_counts(answer) == [("", "k 2", 0, 4, False, "most 0")]
    assert "Better together, and so they are: a and b on 2 tasks (1)." in rule_lines(answer)


def test_how_many_a_task_needs_is_said_by_its_rule():
    for rules, said in (
        ({}, ["2", "1"]),
        ({"required_most": {1: 3}}, ["2", "1 to 3"]),
        ({"required_rule": "at least"}, ["at least 2", "at least 1"]),
        ({"required_rule": "at most"}, ["at most 2", "at most 1"]),
    ):
        assert needs_texts(cn.Problem(np.ones((4, 2)), [2, 1], **rules)) == said
    page = cn.report(cn.Problem(Q, NEEDS, worker_limits=2, required_most={"gate": 3}))
    assert "needs 1 to 3" in page.html


def test_a_large_page_says_what_is_not_looked_into(monkeypatch):
    monkeypatch.setattr(findings, "_BY_PROGRAM", 10)
    problem = solved("missing").problem
    text = text_of(cn.report(problem))
    assert "more than 10 pairs take long" in text
    # the reason that needs no other plan stays
    assert "door: 1 of 1 stays empty, at 0.2 each; what keeps others from it" in text
    assert "lowers ρ" not in text


def test_a_problem_and_its_project_have_one_page():
    problem = solved("quotas").problem
    one, other = cn.report(problem), cn.report(project_of(problem))
    assert one.html == other.html
    with pytest.raises(ValueError, match="source: a path, a Project, a Problem or Scenarios"):
        cn.report(5)


def test_quotas_that_tasks_have_alike_are_one_sentence():
    q = pd.DataFrame(0.5, list("abcd"), list("tuv"))
    each = [{"task": task, "column": "k", "value": "x", "least": 1, "most": "75%"} for task in q]
    problem = cn.Problem(
        q, [2, 2, 1], worker_limits=3, attributes=pd.DataFrame({"k": ["x", "y", "y", "y"]}, q.index),
        quotas=[*each[:2], {**each[2], "most": None}],
    )  # fmt: skip
    (line,) = rule_lines(cn.solve(problem))
    assert (
        line == "Quotas: k x on each of 3 tasks 1 (least 1); k x on each of 2 tasks 50% (most 75%)."
    )
