"""The bench and its controls where rules beyond the paper bind; nothing of them where none does."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import traitlets

import crowdnb as cn
from crowdnb.panels.controls import EmptyNumber
from crowdnb.panels.grids import ConflictGrid, NumberGrid
from crowdnb.panels.settings import scenario_of, settings_of, worker_columns
from crowdnb.project.record import project_of

W, T = ["Ann", "Bo", "Cy", "Di", "<b>Lee</b>, Ed"], ["desk", "night", "gate", "door"]
Q = pd.DataFrame([[9, 5, 6, 4], [8, 1, 3, 3], [2, 7, 4, 2], [6, 3, 5, 1], [3, 3, 3, 3.0]], W, T)
RULES = {
    "required_most": {"gate": 2},
    "worker_limits": {"Ann": 2, "Bo": 2, "Cy": 0},
    "worker_least": {"Di": 1},
    "missing_cost": {"night": 1.5, "door": 0.2},
    "pinned": [("Bo", "desk")],
    "keep_costs": {("Bo", "door"): 0.3, ("Ann", "desk"): 1},
    "conflict_costs": {("Ann", "gate"): 0.4, ("Di", "desk"): -0.2},
    "pair_effects": {("Ann", "Bo"): -0.3, ("Ann", "Di"): 0.25},
    "task_overlaps": [("gate", "door")],
    "costs": pd.Series([3, 2, 1, 1, 2], W),
    "budget": 12,
    "loads": pd.Series([2, 3, 1, 4], T),
    "capacities": {"Ann": 4, "Bo": 5},
    "attributes": pd.DataFrame({"grade": ["senior", "junior", "senior", "junior", "junior"]}, W),
    "quotas": [
        {"task": "desk", "column": "grade", "value": "senior", "least": 1},
        {"column": "grade", "value": "junior", "least": 1, "most": "80%"},
    ],
}


@pytest.fixture(scope="module")
def problem():
    return cn.Problem(Q, [2, 2, 1, 1], **RULES)


@pytest.fixture(scope="module")
def opened(problem):
    return cn.bench(problem)


@pytest.fixture
def bench(opened):
    """The bench of the problem, as it was opened."""
    opened.panel.reset()
    return opened


SET = cn.Scenario(
    budget=14, pinned={("Bo", "desk"): 0, ("Ann", "desk"): 1}, overlaps={("desk", "night"): 1},
    limits={"Cy": 1, "Bo": 0, "like Di": 2}, least={"Di": 0}, most={"gate": None, "desk": 3},
    missing_costs={"night": None, "gate": 0.5}, capacities={"Ann": None, "Di": 7.5},
    quotas={("desk", "grade", "senior", "least"): None}, keep_costs={("Bo", "gate"): 0.5},
    conflict_costs={("Ann", "gate"): 0}, pair_effects={("Ann", "Bo"): 0.25}, added={"Di": 1}, required={"door": 2},
    task_weights={"desk": 2.0}, conflicts={("Ann", "Cy"): 1}, exclusions={("Ann", "door"): 1},
)  # fmt: skip


def test_every_setting_of_rules_is_a_scenario_and_back(problem):
    project = project_of(problem)
    values = settings_of(project, SET)
    assert scenario_of(project, values) == SET
    assert scenario_of(project, settings_of(project, cn.Scenario())) == cn.Scenario()
    # what has a control is on it, and what has none is among the rest
    assert {setting for setting, *_ in values["extra"]} == {
        "limits", "added", "quotas", "keep_costs", "conflict_costs", "pair_effects",
    }  # fmt: skip
    # without any of these rules the same settings have no control, and are held all the same
    bare = project_of(cn.Problem(Q, [2, 2, 1, 1]))
    same = replace(SET, limits={"Bo": 0, "like Di": 2})  # one task is what everybody may take
    assert scenario_of(bare, settings_of(bare, SET)) == same


def test_a_control_stands_where_the_project_has_the_rule(bench):
    assert isinstance(bench["budget"], EmptyNumber) and bench["budget"].value == 12
    assert bench["tasks"].columns == [
        "needs (persons)", "weighs (no unit)", "takes at most (persons)",
        "an empty place costs (of ρ)",
    ]  # fmt: skip
    assert bench["tasks"].value[1] == [2, 1, None, 1.5]
    assert bench["workers"].value[:3] == [[2, 0, 4], [2, 0, 5], [0, 0, None]]
    assert isinstance(bench["pinned"], ConflictGrid) and bench["pinned"].value == [[1, 0]]
    assert bench["task_overlaps"].value == [[3, 2]] and bench["task_overlaps"].symmetric
    for name in ("gamma", "weights", "demand"):
        assert name not in bench.panel.controls
    assert "γ" not in str(
        [child.value for child in bench.panel.children[:1] if hasattr(child, "value")]
    )


def test_without_rules_there_is_nothing_of_them(case, tmp_path):
    case.write(tmp_path / "p")
    bench = cn.bench(tmp_path / "p")
    assert list(bench.panel.controls) == [
        "gamma", "weights", "tasks", "worker_conflicts", "task_conflicts", "scope", "min_ratings",
        "extra",
    ]  # fmt: skip
    assert bench["tasks"].columns[:3] == [
        "needs (persons)",
        "weighs (no unit)",
        "skill low (0 to 1)",
    ]
    assert worker_columns(bench.project) == []
    assert bench.panel.view.facts["rules"] == [] and "<ul>" not in bench.panel.output.value


def told(bench):
    return re.sub(r"<[^>]+>", " ", bench.panel.output.value)


def test_what_is_turned_is_answered_as_the_package_does(bench):
    answer = cn.solve(bench.plans.problem("as given"))
    assert bench.panel.view.facts["ρ"] == pytest.approx(answer.performance)
    bench["budget"].value = 9.0
    assert bench.panel.scenario() == cn.Scenario(budget=9)
    less = cn.solve(cn.Problem(Q, [2, 2, 1, 1], **RULES | {"budget": 9}))
    assert bench.panel.view.facts["ρ"] == pytest.approx(less.performance)
    assert "Changed: budget 12 → 9." in told(bench)
    bench["budget"].field.value = "much"
    assert "a number is needed" in bench["budget"].said.value and bench["budget"].value == 9
    bench["budget"].field.value = " 12 "
    assert bench.panel.scenario() == cn.Scenario() and bench["budget"].said.value == ""
    rows = [list(row) for row in bench["workers"].value]
    rows[0][0], rows[2][0], rows[1][2] = 0, 1, None
    bench["workers"].value = rows
    assert "Ann is away; Cy may take 1 task; capacity of Bo 5 → unbounded" in told(bench)
    bench["pinned"].value = []
    assert "Bo need not stay on desk" in told(bench)
    changed = RULES | {
        "worker_limits": {"Ann": 0, "Bo": 2, "Cy": 1}, "capacities": {"Ann": 4}, "pinned": [],
    }  # fmt: skip
    wanted = cn.solve(cn.Problem(Q, [2, 2, 1, 1], **changed))
    assert bench.panel.view.facts["ρ"] == pytest.approx(wanted.performance)
    assert bench.panel.view.facts["places"].keys() == set(map(str, wanted.pairs["worker"]))
    bench.panel.reset()
    assert bench.plans.current == cn.Scenario()


def test_an_emptied_budget_binds_nothing(bench):
    bench["budget"].field.value = ""
    assert bench.panel.scenario() == cn.Scenario(budget=float("inf"))
    assert "Changed: budget 12 → none." in told(bench) and "there is no budget." in told(bench)
    rich = cn.solve(cn.Problem(Q, [2, 2, 1, 1], **RULES | {"budget": None, "costs": None}))
    assert bench.panel.view.facts["ρ"] == pytest.approx(rich.performance)
    bench.panel.take(bench.plans.current)
    assert bench["budget"].value is None


def test_each_rule_is_read(bench):
    answer = bench.plans.answer("as given")
    lines = bench.panel.view.facts["rules"]
    paid = sum(RULES["costs"][worker] for worker in answer.pairs["worker"])
    text = told(bench)
    assert all(any(word in line for line in lines) for word in ("Costs:", "Loads:", "Quotas:"))
    assert f"Costs: {paid} of a budget of 12." in text
    short = answer.missing[answer.missing > 0]
    cost = -answer.parts["missing places"]
    empty = f"{short.sum()} places stay empty, at a cost of {cost:.4g}: night 1 of 2, door 1 of 1."
    assert empty in text
    assert "Better apart, and together: Ann and Bo (0.3)" in text
    assert "given up: Bo on door (0.3)" in text and "Undesirable, and accepted: Ann on gate" in text
    assert "grade senior on desk 1 (least 1)" in text
    parts = [float(part) for part in re.findall(r" ([+-]?\d[\d.]+\d)", lines[-1])]
    assert sum(parts) == pytest.approx(answer.performance, abs=1e-3)
    assert "&lt;b&gt;Lee" in bench.panel.output.value and "<b>Lee" not in bench.panel.output.value
    table = dict(
        re.findall(r'scope="row">([^<]+)</th>(.*?)</tr>', bench.panel.output.value.split("left")[1])
    )
    loads = {
        worker: sum(RULES["loads"][task] for task in tasks["task"])
        for worker, tasks in answer.pairs.groupby("worker")
    }
    assert f">{loads['Ann']}<" in table["Ann"] and ">4<" in table["Ann"]
    # NaN is never 0: who has no bound has none left over either
    assert table["Di"].count(">–<") == 2


def test_a_problem_on_the_bench_keeps_nothing_on_disk(problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bench = cn.bench(problem)
    assert "A problem in memory: nothing is kept on disk." in bench.checked.value
    assert "5 workers, 4 tasks, 6 to 7 places." in bench.checked.value
    bench["budget"].value = 13.0
    bench.name.value = "more money"
    bench.keep()
    short = int(bench.plans.answer("more money").missing.sum())
    assert f", {short} place{'s' * (short > 1)} left empty" in bench.side_by_side.value
    assert "Kept as &#x27;more money&#x27; in memory." in bench.message.value
    for name in ("assignment.csv", "report.html"):
        bench.export(name)
        assert "download=" in bench.message.value and "more money" in bench.message.value
    bench.worker.value, bench.task.value = "Ann", "desk"
    bench.tell_why()
    bench.tell_prices()
    assert "What each adds to ρ" in bench.told.value
    assert not list(tmp_path.iterdir())


def test_a_problem_may_have_labels_that_are_numbers():
    problem = cn.Problem(np.array([[0.5, 0.75], [0.25, 0.5]]), [2, 1], worker_limits=[1, 1])
    bench = cn.bench(problem)
    assert bench.panel.view.facts["status"] == "infeasible"
    bench.repair_buttons[0].click()
    assert bench.panel.view.facts["status"] == "optimal"
    bench.worker.value, bench.task.value = 1, 0
    bench.tell_why()
    assert "No answer" not in bench.told.value
    assert "optimal" in cn.report(problem).answer.status or cn.report(problem).answer.reasons


def test_a_repair_of_a_rule_is_applied_kept_and_taken_back(problem):
    bench = cn.bench(
        problem.changed(quotas=[{"task": "desk", "column": "grade", "value": "junior", "least": 3}])
    )
    assert bench.panel.view.facts["status"] == "infeasible"
    at = next(k for k, one in enumerate(bench.suggested) if one.changes[0][0][0] == "quota")
    promised = bench.suggested[at].performance
    bench.repair_buttons[at].click()
    assert bench.panel.view.facts["ρ"] == pytest.approx(promised)
    said = [child.description for child in bench.helps.children]
    assert said == ["Take back: grade junior on desk: at least 3 → 2"]
    bench.helps.children[0].click()
    assert bench.panel.view.facts["status"] == "infeasible"


def test_what_a_scenario_asks_beyond_a_table_is_taken_up(bench):
    bench.panel.take(cn.Scenario(required={"desk": 40}, missing_costs={"desk": 500.0}))
    assert bench["tasks"].value[0] == [40, 1, None, 500]
    assert bench["tasks"].most[0] == 40 and bench["tasks"].most[3] == 500


def test_empty_cells_of_a_table_are_told_from_wrong_ones():
    grid = NumberGrid(
        rows=["a"], columns=["n", "c"], least=[0.0, 0.0], most=[9.0, 9.0], step=[1.0, 0.1],
        empty=[False, True], value=[[1.0, None]],
    )  # fmt: skip
    for wrong in ([[None, 1.0]], [[1.5, 1.0]], [[1.0, 10.0]], [[1.0]], [[1.0, float("nan")]]):
        with pytest.raises(traitlets.TraitError):
            grid.value = wrong
    assert grid.value == [[1.0, None]]


def test_settings_of_rules_travel_through_a_folder(problem, tmp_path):
    project = project_of(problem)
    project.write(tmp_path / "p")
    bench = cn.bench(tmp_path / "p")
    rows = [list(row) for row in bench["tasks"].value]
    rows[1][3] = None
    bench["tasks"].value = rows
    held = json.loads((tmp_path / "p" / "scenarios.json").read_text())
    assert held["current"]["missing_costs"] == {"night": None}
    again = cn.bench(tmp_path / "p")
    assert again.panel.scenario() == cn.Scenario(missing_costs={"night": None})
