"""Scenarios of what binds beyond the paper's rules: what they change, in words and in numbers."""

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
}


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
        required={"desk": 3},
    )  # fmt: skip
    wanted = cn.Problem(
        Q, [3, 1, 1], worker_limits=[2, 1, 2, 1], worker_least={"Cy": 1},
        required_most={"desk": 3, "night": 2}, pinned=[("Bo", "desk")],
        task_overlaps=[("night", "gate")], costs=RULES["costs"], budget=12,
        loads=RULES["loads"], capacities={"Bo": 6, "Cy": 7, "Di": 1},
    )  # fmt: skip
    got = one.problem(project())
    for name, array in wanted.arrays.__dict__.items():
        if array is None:
            assert getattr(got.arrays, name) is None, name
        else:
            np.testing.assert_array_equal(getattr(got.arrays, name), array, name)
    assert got.budget == 12


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
        ("budget", float("nan"), "the budget is nan; a finite number is needed"),
        ("budget", "12", "the budget is '12', text: a number stands without quotes"),
        ("capacities", {"Bo": -1}, "the capacity of Bo is -1; a number of at least 0, or none, is"),
        ("pinned", {("Bo", "desk"): 2}, "the pin of Bo to desk is 2; 0 or 1 is needed"),
        ("overlaps", {("desk", "desk"): 1}, "task desk cannot overlap itself"),
        ("limits", {"Bo": None}, "the limit of Bo is None"),
    ],
)
def test_values_that_break_a_rule(setting, value, said):
    with pytest.raises(cn.ScenarioError, match=said):
        cn.Scenario("", **{setting: value})


@pytest.mark.parametrize(
    ("rules", "kind"),
    [
        ({"pinned": [("Ann", "desk"), ("Ann", "night")]}, "pin"),
        (
            {"worker_limits": {"Ann": 3, "Bo": 0, "Cy": 0, "Di": 0}, "task_overlaps": [(0, 1)]},
            "overlap",
        ),
    ],
)
def test_a_repair_becomes_a_scenario_with_the_same_answer(rules, kind):
    rules = {
        **rules,
        "task_overlaps": [(T[i], T[k]) for i, k in rules.get("task_overlaps", [])],
    }
    here = project(rules)
    problem = here.problem()
    found = [
        one for one in repairs(problem, 20).repairs if any(c[0][0] == kind for c in one.changes)
    ]
    assert found
    for one in found:
        scenario = cn.Scenario("mended").repaired(one.changes, problem)
        assert cn.Scenarios(here).answer(scenario).performance == pytest.approx(one.performance)
        assert len(scenario.words(here)) == len(one.changes)
