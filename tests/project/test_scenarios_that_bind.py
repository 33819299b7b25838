"""Scenarios of what binds beyond the paper's rules: what they change, in words and in numbers."""

import re

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.explain.repairs import repairs

W, T = ["Ann", "Bo", "Cy", "Di"], ["desk", "night", "gate"]
Q = pd.DataFrame([[9, 5, 6], [8, 1, 3], [2, 7, 4], [6, 3, 5.0]], W, T)
RULES = {
    "worker_limits": pd.Series([2, 1, 0, 1], W),
    "worker_least": {"Ann": 1},
    "required_most": {"desk": 2},
    "pinned": [("Ann", "night")],
    "task_overlaps": [("desk", "gate")],
    "costs": pd.DataFrame([[5.0, 2, 1], [3, 1, 1], [1, 1, 1], [2, 2, 2]], W, T),
    "budget": 10,
    "loads": pd.Series([3.0, 2, 1], T),
    "capacities": pd.Series([5.0, 6, 7, 8], W),
    "attributes": pd.DataFrame(
        {"grade": ["senior", "new", "senior", "new"], "year": [1, 2, 1, 3]}, W
    ),
    "quotas": [
        {"task": "desk", "column": "grade", "value": "senior", "least": 1},
        {"column": "year", "value": 3, "most": "50%"},
    ],
    "missing_cost": {"gate": 0.5},
    "keep_costs": {("Bo", "gate"): 0.75},
    "pair_effects": {("Ann", "Bo"): -0.5},
}
SENIORS, LATE = ("desk", "grade", "senior", "least"), (None, "year", "3", "most")


def project(rules=RULES, **more):
    given = {
        "required": pd.Series([1, 1, 1], T),
        "task_conflicts": pd.DataFrame(0, W, T),
        "worker_conflicts": pd.DataFrame(0, W, W),
    }
    return cn.Project(
        None, None, None, task_weights=None, given_qualification=Q, options=rules, **given | more
    )


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("budget", 12, ["budget 10 → 12"]),
        ("budget", 10.0, []),
        ("budget", float("inf"), ["budget 10 → none"]),
        ("pinned", {("Ann", "night"): 0}, ["Ann need not stay on night"]),
        ("pinned", {("Ann", "night"): 1}, []),
        ("pinned", {("Bo", "desk"): 1}, ["Bo stays on desk"]),
        ("overlaps", {("gate", "desk"): 0}, ["overlap of desk and gate lifted"]),
        ("overlaps", {("gate", "desk"): 1}, []),
        ("overlaps", {("gate", "night"): 1}, ["gate and night overlap"]),
        ("limits", {"Ann": 2, "Bo": 1, "Cy": 0}, []),
        ("limits", {"Ann": 1}, ["Ann may take 1 task"]),
        ("limits", {"Bo": 0, "Cy": 3}, ["Bo is away", "Cy may take 3 tasks"]),
        ("least", {"Ann": 1, "Bo": 0, "Di": 1}, ["Di takes at least 1 task"]),
        ("least", {"Ann": 0}, ["Ann need not take a task"]),
        (
            "most",
            {"desk": 2, "night": None, "gate": 2},
            ["gate takes at most as many as it needs → 2"],
        ),
        ("most", {"desk": None}, ["desk takes at most 2 → as many as it needs"]),
        ("most", {"desk": 3}, ["desk takes at most 2 → 3"]),
        ("keep_costs", {("Bo", "gate"): 0.75, ("Di", "desk"): 0}, []),
        ("keep_costs", {("Bo", "gate"): 0}, ["giving up Bo on gate costs 0.75 → 0"]),
        ("conflict_costs", {("Di", "desk"): -1}, ["Di on desk costs 0 → -1"]),
        ("pair_effects", {("Bo", "Ann"): -0.5}, []),
        ("pair_effects", {("Bo", "Ann"): 1}, ["Ann and Bo together gain -0.5 → 1"]),
        ("missing_costs", {"gate": 0.5, "desk": None}, []),
        ("missing_costs", {"gate": 2}, ["an empty place of gate costs 0.5 → 2"]),
        ("missing_costs", {"gate": None}, ["no place of gate may stay empty"]),
        ("missing_costs", {"gate": float("inf")}, ["no place of gate may stay empty"]),
        ("missing_costs", {"desk": 1}, ["places of desk may stay empty, for 1 each"]),
        ("quotas", {SENIORS: 1, LATE: "50 %"}, []),
        ("quotas", {(None, "year", 3.0, "most"): "50.0%"}, []),
        ("quotas", {SENIORS: 2}, ["grade senior on desk: at least 1 → 2"]),
        ("quotas", {SENIORS: None}, ["grade senior on desk: at least 1 → none"]),
        ("quotas", {LATE: 1}, ["year 3 on all tasks together: at most 50% → 1"]),
        ("quotas", {("gate", "year", 2, "least"): 1}, ["year 2 on gate: at least none → 1"]),
        ("capacities", {"Ann": 5, "Bo": 6.5}, ["capacity of Bo 6 → 6.5"]),
        ("capacities", {"Ann": None}, ["capacity of Ann 5 → unbounded"]),
        ("capacities", {"Ann": float("inf")}, ["capacity of Ann 5 → unbounded"]),
    ],
)
def test_what_a_setting_says(setting, value, words):
    assert cn.Scenario("", **{setting: value}).words(project()) == words


def test_settings_become_the_problem_that_a_person_would_write():
    one = cn.Scenario(
        "all", budget=12, pinned={("Ann", "night"): 0, ("Bo", "desk"): 1},
        overlaps={("gate", "desk"): 0, ("night", "gate"): 1}, limits={"Cy": 2},
        capacities={"Ann": None, "Di": 1}, least={"Ann": 0, "Cy": 1}, most={"desk": 3, "night": 2},
        required={"desk": 3}, missing_costs={"gate": None, "night": 0.25},
        keep_costs={("Bo", "gate"): 0, ("Di", "gate"): 1}, conflict_costs={("Cy", "desk"): 0.5},
        pair_effects={("Cy", "Di"): 0.25},
        quotas={SENIORS: None, LATE: "75%", (None, "year", 3, "least"): 1},
    )  # fmt: skip
    wanted = cn.Problem(
        Q, [3, 1, 1], worker_limits=[2, 1, 2, 1], worker_least={"Cy": 1},
        required_most={"desk": 3, "night": 2}, pinned=[("Bo", "desk")],
        task_overlaps=[("night", "gate")], costs=RULES["costs"], budget=12,
        loads=RULES["loads"], capacities={"Bo": 6, "Cy": 7, "Di": 1}, missing_cost={"night": 0.25},
        attributes=RULES["attributes"],
        quotas=[{"column": "year", "value": 3, "least": 1, "most": "75%"}],
        keep_costs={("Di", "gate"): 1}, conflict_costs={("Cy", "desk"): 0.5},
        pair_effects={("Cy", "Di"): 0.25, ("Ann", "Bo"): -0.5},
    )  # fmt: skip
    got = one.problem(project())
    for name, array in wanted.arrays.__dict__.items():
        if array is None:
            assert getattr(got.arrays, name) is None, name
        else:
            np.testing.assert_array_equal(getattr(got.arrays, name), array, name)
    assert got.budget == 12
    sides = [[str(cell) for cell in quota[:5]] for quota in wanted.quota_sides]
    assert [[str(cell) for cell in quota[:5]] for quota in got.quota_sides] == sides


def test_settings_that_cannot_be_together_name_the_scenario():
    plans = cn.Scenarios(project()).keep("many", required={"desk": 3})
    said = "scenario 'many': required_most: desk may take up to 2 workers and asks for 3"
    with pytest.raises(cn.ScenarioError, match=f"^{said}"):
        plans.answer("many")
    assert plans.compare().at["many", "state"].startswith(f"does not fit: {said}")
    with pytest.raises(cn.ScenarioError, match=said):
        cn.report(plans, "many")
    both = plans.keep("many", required={"desk": 3}, most={"desk": 3})
    assert both.problem("many").most[0] == 3


def test_a_budget_can_be_given_up_and_kept_so(tmp_path):
    plans = cn.Scenarios(project()).keep("rich", budget=float("inf"))
    assert plans.problem("rich").budget is plans.problem("rich").costs is None
    plans.save(tmp_path / "scenarios.json")
    assert '"budget": "none"' in (tmp_path / "scenarios.json").read_text()
    again = cn.Scenarios.load(project(), tmp_path / "scenarios.json")
    assert again["rich"] == plans["rich"]
    without = cn.Scenarios(project({"costs": RULES["costs"]}))
    assert cn.Scenario(budget=float("inf")).words(without.project) == []
    assert without.problem(cn.Scenario(budget=float("inf"))).budget is None


def test_a_limit_that_a_scenario_does_not_name_is_that_of_the_files():
    problem = cn.Scenario("", limits={"Bo": 2}, added={"Ann": 1}).problem(project())
    assert problem.worker_limits.to_dict() == {"Ann": 2, "Bo": 2, "Cy": 0, "Di": 1, "like Ann": 1}


def test_what_bound_nothing_so_far_binds_with_its_partner():
    loose = {name: RULES[name] for name in ("costs", "loads")}
    assert project(loose).problem().budget is None
    problem = cn.Scenario("", budget=3, capacities={"Ann": 2}, added={"Ann": 1}).problem(
        project(loose)
    )
    assert problem.budget == 3 and problem.costs.loc["like Ann"].tolist() == [5, 2, 1]
    assert problem.capacities.to_dict() == {
        "Ann": 2, "Bo": np.inf, "Cy": np.inf, "Di": np.inf, "like Ann": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("setting", "value", "left"),
    [
        ("budget", 3, "the project has no costs: budget is left out"),
        ("capacities", {"Bo": 3}, "the project has no loads: the capacity of Bo is left out"),
    ],
)
def test_what_can_bind_nothing_is_left_out_and_told(setting, value, left):
    plans = cn.Scenarios(project({}), (cn.Scenario("x", **{setting: value}),))
    assert plans.left_out("x") == (left,) and left in plans.compare().at["x", "state"]
    with pytest.raises(cn.ScenarioError, match=left.split(":")[0]):
        cn.Scenarios(project({})).keep("x", **{setting: value})


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("budget", float("nan"), "the budget is nan; a number is needed"),
        ("budget", "12", "the budget is '12', text: a number stands without quotes"),
        ("capacities", {"Bo": -1}, "the capacity of Bo is -1; a number of at least 0, or none, is"),
        ("pinned", {("Bo", "desk"): 2}, "the pin of Bo to desk is 2; 0 or 1 is needed"),
        ("overlaps", {("desk", "desk"): 1}, "task desk cannot overlap itself"),
        ("limits", {"Bo": None}, "the limit of Bo is None"),
        (
            "keep_costs",
            {("Bo", "gate"): -1},
            "what giving up Bo on gate costs is -1; a number of at",
        ),
        ("pair_effects", {("Bo", "Bo"): 1}, "worker Bo is alone in a pair"),
        ("conflict_costs", {("Bo", "gate"): "x"}, "what Bo on gate costs is 'x'; a number is"),
        (
            "quotas",
            {SENIORS: "120%"},
            "quotas, row 1: least is '120%', a number of places is needed",
        ),
        ("quotas", {SENIORS[:3]: 1}, "is no task, column, value and least or most"),
        ("quotas", {(None, "", "x", "most"): 1}, "quotas, row 1: no column is given"),
        ("quotas", [1], "quotas: a mapping is needed"),
        ("quotas", {LATE: 1, (None, "year", 3, "most"): 2}, "stands a second time"),
    ],
)
def test_values_that_break_a_rule(setting, value, said):
    with pytest.raises(cn.ScenarioError, match=said):
        cn.Scenario("", **{setting: value})


@pytest.mark.parametrize(
    ("quotas", "said"),
    [
        ([{"column": "grade"}], "row 1: neither least nor most is given"),
        ([{"colour": 1}], "'colour' is not known here"),
        ([{"task": ["x"], "column": "a", "value": "b", "most": 1}], "task is .'x'., a label is"),
        ([{"column": "a", "value": {}, "most": 1}], "row 1: value is {}, a label is needed"),
        ([{"column": "a", "value": "b", "most": [1]}], "most is .1., a number of places is needed"),
        ({"grade": 1}, "a list of quotas in braces is needed"),
        ([{"column": "a", "value": "b", "most": 1}] * 2, "row 2: None, a, b, most stands a second"),
    ],
)
def test_quotas_of_a_file_that_are_none(quotas, said):
    with pytest.raises(cn.ScenarioError, match=said):
        cn.Scenario.from_json({"name": "x", "quotas": quotas}, "here")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (("door", "grade", "new", "most"), "task 'door' is unknown in this project"),
        ((None, "grad", "new", "most"), r"column 'grad' is unknown .*\(did you mean 'grade'\?\)"),
        (("desk", "grade", "old", "most"), "value 'old' is unknown in this project"),
    ],
)
def test_a_quota_of_what_is_not_there_is_left_out_and_told(key, said):
    plans = cn.Scenarios(project(), (cn.Scenario("x", quotas={key: 1, SENIORS: 0}),))
    (left,) = plans.left_out("x")
    assert re.search(said, left) and left.endswith(" is left out")
    assert plans.fitted("x").quotas == {SENIORS: 0}


REPAIRED = {
    "pin": {"pinned": [("Ann", "desk"), ("Ann", "night")]},
    "overlap": {
        "worker_limits": {"Ann": 3, "Bo": 0, "Cy": 0, "Di": 0},
        "task_overlaps": [("desk", "night")],
    },
    "least": {"worker_limits": {"Ann": 2, "Bo": 0}, "worker_least": {"Ann": 2, "Cy": 2, "Di": 1}},
    "quota": {
        "attributes": RULES["attributes"],
        "quotas": [{"task": "desk", "column": "grade", "value": "new", "least": 2}],
    },
    "share": {
        "attributes": RULES["attributes"],
        "quotas": [
            {"column": "grade", "value": "new", "least": "80%"},
            {"column": "year", "value": 1, "least": "40%"},
        ],
    },
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_a_repair_becomes_a_scenario_with_the_same_answer(kind):
    here = project(REPAIRED[kind])
    problem = here.problem()
    assert cn.solve(problem).status == "infeasible"
    found = repairs(problem, 20).repairs
    found = [one for one in found if any(item[0] == kind for item, _ in one.changes)]
    assert found
    for one in found:
        scenario = cn.Scenario("mended").repaired(one.changes, problem)
        assert cn.Scenarios(here).answer(scenario).performance == pytest.approx(one.performance)
        assert len(scenario.words(here)) == len(one.changes)


MEASURES = {
    "missing_costs": ({"missing_costs": {"gate": 9}}, False),
    "required": ({"required": {"gate": 2}}, False),
    "required of another": ({"required": {"desk": 2}}, True),
    "scope": ({"scope": "task"}, False),
    "limits": ({"limits": {"Cy": 2}}, True),
    "unpinned": ({"pinned": {("Ann", "night"): 0}}, True),
    "added": ({"added": {"Di": 1}}, True),
    "nothing": ({"missing_costs": {"gate": 0.5}, "keep_costs": {("Bo", "gate"): 0.75}}, True),
    "kept": ({"keep_costs": {("Bo", "desk"): 9}}, False),
    "undesired": ({"conflict_costs": {("Ann", "night"): 0}}, False),
    "together": ({"pair_effects": {("Ann", "Di"): -2}}, False),
}


@pytest.mark.parametrize("name", MEASURES)
def test_by_the_files_is_by_their_costs_too(name):
    changes, same = MEASURES[name]
    rules = RULES | {
        "budget": 100, "capacities": {"Ann": 5}, "keep_costs": {("Bo", "gate"): 0.75},
        "conflict_costs": {("Di", "desk"): 1.5, ("Ann", "night"): 0.25},
        "pair_effects": {("Ann", "Bo"): -0.5, ("Ann", "Di"): 0.125},
    }  # fmt: skip
    plans = cn.Scenarios(project(rules)).keep("x", **changes)
    row, answer = plans.compare().loc["x"], plans.answer("x")
    placed = answer.pairs.replace({"worker": {"like Di": "Di"}})
    pairs = {(worker, task) for worker, task in placed[["worker", "task"]].itertuples(index=False)}
    by_hand = sum(
        Q.at[pair] for pair in placed[["worker", "task"]].itertuples(index=False, name=None)
    )
    by_hand -= 0.5 * max(0, 1 - sum(task == "gate" for _, task in pairs))
    by_hand -= 0.75 * (("Bo", "gate") not in pairs)
    times = answer.pairs.groupby(["worker", "task"]).size()
    undesired = {("Di", "desk"): 1.5, ("like Di", "desk"): 1.5, ("Ann", "night"): 0.25}
    by_hand -= sum(cost for pair, cost in undesired.items() if pair in times.index)
    chosen = set(answer.pairs["worker"])
    by_hand += -0.5 * ({"Ann", "Bo"} <= chosen) + 0.125 * ({"Ann", "Di"} <= chosen)
    assert row["by given Q"] == pytest.approx(by_hand)
    assert plans.same_measure("x") == same
    assert row["difference of"] == ("ρ" if same else "ρ by given Q")
    if same:
        assert row["performance"] == pytest.approx(by_hand)
    assert row["difference"] == pytest.approx(by_hand - plans.answer("as given").performance)
