"""Scenarios: what they change, side by side, and on disk.

Nothing of anybody's is ever lost or overwritten.
"""

import json
import math
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.ability.cloud import moved_intervals
from crowdnb.model.changes import KINDS
from crowdnb.model.moves import moves_text
from crowdnb.project.keeper import Keeper
from crowdnb.project.scenario import check_fields
from crowdnb.project.scenario_file import FORMAT
from crowdnb.project.settings import CHANGES, SETTINGS
from crowdnb.spelling import wrong

QUARREL = {("a5", "a3"): 1}
ALL = cn.Scenario(
    "everything",
    gamma=0.2,
    scope="task",
    weights={"skill": 0.4, "efficiency": 0.2, "quality": 0.3, "activity": 0.1},
    required={"r2": 4},
    task_weights={"r0": 2.0},
    demand={("r0", "skill"): (0.5, 1.0)},
    conflicts=QUARREL,
    exclusions={("a0", "r3"): 0, ("a11", "r2"): 1},
    limits={"a10": 2},
    added={"a4": 2},
)

# What a project knows only with rules beyond the paper's.
BEYOND = replace(
    ALL,
    min_ratings=3,
    pinned={("a2", "r0"): 1, ("a3", "r1"): 0},
    overlaps={("r1", "r0"): 1, ("r2", "r3"): 0},
    least={"a4": 1},
    most={"r1": 3, "r2": None},
    missing_costs={"r3": 0.25},
    keep_costs={("a4", "r2"): 0.5},
    conflict_costs={("a4", "r2"): -0.25, ("a2", "r3"): 0.125},
    pair_effects={("a4", "a2"): 0.25},
    capacities={"a4": 3.0, "a5": None},
    quotas={("r2", "grade", "senior", "most"): 2, (None, "grade", "junior", "least"): "30%"},
    budget=12.5,
    missing="average",
    half_life=8.0,
    ability="cloud",
    level=0.5,
)
RULES = {
    "pinned": [("a3", "r1")],
    "task_overlaps": [("r2", "r3")],
    "required_most": {"r2": 4},
    "attributes": pd.DataFrame({"grade": ["senior", "junior"] * 6}, [f"a{k}" for k in range(12)]),
    "quotas": [{"task": "r2", "column": "grade", "value": "senior", "least": 1}],
    "budget": 20.0,
    "capacities": dict.fromkeys([f"a{k}" for k in range(12)], 5.0),
}


@pytest.fixture(scope="module")
def plans(case):
    return cn.Scenarios(case).keep("quarrel", conflicts=QUARREL).keep(ALL)


def test_scenarios_that_differ_in_a_demand_have_a_q_of_their_own(case):
    plans = cn.Scenarios(case)
    q = [
        plans.problem(cn.Scenario("", demand={("r0", "skill"): (low, 1.0)})).qualification
        for low in (0.5, 0.9)
    ]
    assert (q[0]["r0"] > q[1]["r0"]).any()


def test_rho_as_given_weighs_tasks_as_the_files_do(case):
    heavy = replace(
        case, task_weights=pd.Series({task: 1.0 + k for k, task in enumerate(case.required.index)})
    )
    plans = cn.Scenarios(heavy).keep("light", task_weights=dict.fromkeys(case.required.index, 1.0))
    given, light = plans.answer("as given"), plans.answer("light")
    assert plans.as_given("as given") == pytest.approx(given.performance)
    assert plans.as_given("light") == pytest.approx(cn.performance(given.problem, light.table))
    assert plans.as_given("light") != pytest.approx(light.performance)


def test_a_scenario_becomes_the_problem_that_a_person_would_write(case, plans):
    got = plans.problem("everything")
    demand = case.demand.copy()
    demand.loc["r0", ("skill", "low")] = 0.5
    q = cn.qualification(moved_intervals(case.ability, 0.2), demand, ALL.weights)
    q = pd.concat([q, q.loc[["a4", "a4"]].set_axis(["like a4", "like a4 (2)"])])
    barred = case.task_conflicts.copy()
    barred.loc["a0", "r3"], barred.loc["a11", "r2"] = 0, 1
    barred = pd.concat([barred, barred.loc[["a4", "a4"]].set_axis(["like a4", "like a4 (2)"])])
    wanted = cn.Problem(
        q, {**case.required, "r2": 4}, [2, 1, 1, 1, 1], barred, [("a3", "a5")], "task",
        worker_limits={**dict.fromkeys(q.index, 1), "a10": 2},
    )  # fmt: skip
    for name in ("qualification", "task_conflicts", "worker_conflicts"):
        assert np.allclose(getattr(got, name), getattr(wanted, name).loc[got.workers]), name
    assert (
        got.required.equals(wanted.required)
        and got.worker_limits.to_dict() == wanted.worker_limits.to_dict()
    )
    assert plans.answer("everything").performance == pytest.approx(
        cn.solve(wanted, "HIGHS").performance, abs=1e-9
    )
    assert ALL.words(case) == [
        "γ 0.1 → 0.2 (assumed, since no histories are known)",
        "a conflict bars two workers from one task only",
        "weight of skill 0.15 → 0.4",
        "weight of efficiency 0.25 → 0.2",
        "weight of quality 0.5 → 0.3",
        "r2 needs 3 → 4",
        "r0 weighs 1 → 2",
        "r0 asks skill 0.4 to 1 → 0.5 to 1",
        "a3 and a5 in conflict",
        "a0 may take r3",
        "a11 barred from r2",
        "a10 may take 2 tasks",
        "2 more workers like a4",
    ]


def arrays(problem):
    numbers = vars(problem.arrays).items()
    found = {name: value.tolist() for name, value in numbers if value is not None}
    found |= {"workers": problem.workers.tolist(), "budget": problem.budget}
    found |= {"quotas": [(*quota[:5],) for quota in problem.quota_sides]}
    return found | {"scope": problem.conflict_scope}


@pytest.fixture(scope="module")
def rated(case):
    """The case study with histories: a0 has one rating on each criterion, a1 two, and so on."""
    rows = [
        (worker, criterion, 1 + (3 * at + k) % 5)
        for at, worker in enumerate(case.ability.index)
        for criterion in case.criteria_weights.index
        for k in range(at + 1)
    ]
    counts = cn.count_ratings(pd.DataFrame(rows, columns=["worker", "criterion", "rating"]))
    return replace(case, ability=cn.ability_intervals(counts), counts=counts)


@pytest.fixture(scope="module")
def bound(rated):
    """The same with rules of every kind that a setting changes."""
    ones = pd.DataFrame(1.0, rated.workers, rated.tasks)
    return replace(rated, options={**RULES, "costs": ones, "loads": 2 * ones})


@pytest.fixture(scope="module")
def faded(bound):
    """The same with dates and gaps, read by the posterior."""
    rows = [
        (worker, criterion, 1 + (3 * at + k) % 5, pd.Timestamp(2024, 3, 1 + 2 * k))
        for at, worker in enumerate(bound.workers)
        for column, criterion in enumerate(bound.criteria)
        for k in range(at + 1)
        if at + column
    ]
    ratings = pd.DataFrame(rows, columns=["worker", "criterion", "rating", "date"])
    return replace(
        bound, counts=cn.count_ratings(ratings), ratings=ratings, missing="unknown",
        ability_rule="posterior", day="2024-04-01",
    )  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_dealt_with_everywhere(name, bound, request):
    of_ability = name in ("missing", "half_life", "ability", "level")
    case = request.getfixturevalue("faded") if of_ability else bound
    one = cn.Scenario("one", **{name: getattr(BEYOND, name)})
    assert one.words(case)
    assert set(one.as_json()) == {"name", name}
    # through a file, where None is null
    assert cn.Scenario.from_json(json.loads(json.dumps(one.as_json())), "here") == one
    assert arrays(one.problem(case)) != arrays(cn.Scenario().problem(case))
    for at, what in enumerate(labels := SETTINGS[name].labels):
        values = dict(getattr(one, name))
        key = next(iter(values))
        whole = list(key) if len(labels) > 1 else [key]
        whole[at] = "nobody"
        values[tuple(whole) if len(labels) > 1 else "nobody"] = values.pop(key)
        with pytest.raises(cn.ScenarioError, match=f"{what} 'nobody' is unknown"):
            cn.Scenario("one", **{name: values}).problem(case)


def test_a_field_that_is_no_setting_is_refused():
    @dataclass(frozen=True)
    class More(cn.Scenario):
        colour: str = "red"

    with pytest.raises(TypeError, match="colour must be a field and one of SETTINGS"):
        check_fields(More)


def test_a_repair_of_every_kind_is_held():
    assert set(CHANGES) == set(KINDS)
    assert all(change.setting in SETTINGS for change in CHANGES.values())


def test_scenarios_are_gone_through_and_found_by_name_and_position(plans):
    assert len(plans) == 2 and [one.name for one in plans] == ["quarrel", "everything"]
    assert plans[0] is plans["quarrel"] and plans[-1] is plans["everything"]
    assert plans["as given"] == cn.Scenario("as given")
    with pytest.raises(cn.ScenarioError, match="there is no scenario 2; there are 2"):
        plans[2]


def test_scenarios_side_by_side(case, plans):
    table, first = plans.compare(), cn.solve(case.problem())
    assert table.index.tolist() == ["as given", "quarrel", "everything"]
    quarrel = cn.solve(case.problem([("a3", "a5")]))
    assert table.at["quarrel", "difference"] == pytest.approx(
        quarrel.performance - first.performance, abs=1e-12
    )
    assert table.at["quarrel", "moves"] == "a1: idle → r3; a2: r3 → r1; a3: r0 → idle; a5: r1 → r0"
    assert table.at["as given", "moves"] == table.at["as given", "changes"] == ""
    pairs = plans.answer("everything").pairs.replace(
        {"worker": {"like a4": "a4", "like a4 (2)": "a4"}}
    )
    by_hand = sum(
        case.qualification.at[worker, task]
        for worker, task in zip(pairs["worker"], pairs["task"], strict=True)
    )
    assert table.at["everything", "by given Q"] == pytest.approx(by_hand)
    who = plans.assignments()
    assert who.index.tolist() == [*case.ability.index, "like a4", "like a4 (2)"]
    assert who.at["a3", "quarrel"] == "idle" and who.at["like a4", "quarrel"] == ""
    # its limit is 2, and no other rule keeps it from both
    assert who.at["a10", "everything"] == "r0, r2"
    broken = plans.keep("too much", required={"r0": 9}).compare().loc["too much"]
    assert math.isnan(broken["performance"]) and broken["state"] == "no assignment exists"


@pytest.mark.slow
def test_a_repair_leads_to_the_rho_that_it_promised(case):
    """With every kind of change, one after the other, also of workers that an earlier repair added."""
    plans, start = (
        cn.Scenarios(case),
        cn.Scenario("", required={"r0": 4, "r2": 5}, conflicts={("a10", "a11"): 1}),
    )
    kinds = set()
    for cheap in ("conflict", "exclusion", "place", "worker", "limit"):
        one, problem = start, plans.problem(start)
        first = cn.repairs(
            problem,
            1,
            {kind: 5 for kind in ("conflict", "place", "worker", "limit") if kind != cheap},
        )
        one = one.repaired(first.repairs[0].changes, problem)
        kinds |= {item[0] for item, _ in first.repairs[0].changes}
        assert plans.answer(one).performance == pytest.approx(
            first.repairs[0].performance, abs=1e-9
        )
        again = replace(one, required={**one.required, "r4": one.required.get("r4", 1) + 3})
        problem = plans.problem(again)
        second = cn.repairs(problem, 1, {"worker": 0.5}).repairs[0]
        assert (
            plans.answer(again.repaired(second.changes, problem)).performance
            >= second.performance - 1e-9
        )
    assert kinds >= {"conflict", "place", "worker", "limit"}


def test_what_is_saved_is_read_again_and_can_be_read_by_a_person(case, plans, tmp_path):
    path = tmp_path / "scenarios.json"
    plans.at(ALL).save(path)
    again = cn.Scenarios.load(case, path)
    assert again.named == plans.named and again.current == replace(ALL, name="")
    text = path.read_text(encoding="utf-8")
    assert '"add": [\n          ["a3", "a5"]\n        ]' in text  # one pair per line
    assert list(tmp_path.iterdir()) == [path]  # nothing is left beside it


names = st.text(min_size=1).filter(
    lambda text: (
        text.strip() == text and text.isprintable() and text != "as given" and not wrong(text)
    )
)


@pytest.mark.slow
@settings(max_examples=30)
@given(st.lists(names, unique=True, max_size=4), st.floats(0, 1e6), st.sampled_from(["a0", "a11"]))
def test_any_name_survives_the_file(tmp_path_factory, names, gamma, worker):
    path = tmp_path_factory.mktemp("any") / "scenarios.json"
    plans = cn.Scenarios(cn.load_case_study())
    for name in names:
        plans = plans.keep(name, gamma=gamma, conflicts={(worker, "a5"): 1})
    plans.save(path)
    assert cn.Scenarios.load(plans.project, path).named == plans.named


FILE = {"format": FORMAT, "version": 1, "scenarios": [{"name": "x", "required": {"r0": 3}}]}


def changed(**scenario):
    return {**FILE, "scenarios": [{"name": "x", **scenario}]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1, column 1"),
        ('{"format": "crowdnb scenarios",', "line 1, column"),
        (b"\xff\xfe{}", "is not UTF-8"),
        ("[" * 100_000, "scenarios.json"),
        ("[]", "holds no scenarios"),
        ({"format": "something else"}, 'does not say "format": "crowdnb scenarios"'),
        ({**FILE, "version": 2}, "has version 2; this crowdnb reads version 1"),
        ({**FILE, "more": 1}, "'more' is not known here"),
        ({**FILE, "scenarios": {"x": 1}}, "a list in square brackets"),
        ({**FILE, "scenarios": [{"gamma": 1}]}, "scenario 1: a name in quotes"),
        ({**FILE, "scenarios": FILE["scenarios"] * 2}, "'x' stands more than once"),
        ({**FILE, "scenarios": [{"name": "as given"}]}, "cannot be the name"),
        (changed(colour="red"), "'colour' is not known here"),
        (changed(required={"r0": "two"}), "what r0 needs is 'two'; a whole number of workers is needed"),
        (changed(required={"r0": 1.5}), "what r0 needs is 1.5; a whole number"),
        (changed(required=[1]), "required: entries by name"),
        (changed(gamma=-1), "gamma is -1; a number of at least 0"),
        (changed(gamma=math.nan), "gamma is nan"),
        (changed(gamma=True), "gamma is True"),
        (changed(scope="team"), "the scope is 'team'"),
        (changed(weights={"skill": 0.5}), "the weights sum to 0.5"),
        (changed(demand={"r0": {"skill": [0.9, 0.1]}}), "low is above high"),
        (changed(demand={"r0": {"skill": 0.5}}), "two numbers, [low, high]"),
        (changed(conflicts={"add": [["a3", "a3"]]}), "a3 is in conflict with itself"),
        (changed(conflicts={"add": ["a3"]}), "a list of pairs of labels"),
        (changed(conflicts={"remove": []}), "'remove' is not known here; known are add, lift"),
        (
            changed(conflicts={"add": [["a3", "a5"]], "lift": [["a5", "a3"]]}),
            "['a5', 'a3'] stands in add and in lift",
        ),
        (changed(exclusions={"bar": [["a3", "r0"]], "allow": [["a3", "r0"]]}), "in bar and in allow"),
        (
            '{"format": "crowdnb scenarios", "version": 1, "version": 1}',
            "'version' stands twice within the same braces; keep the one that counts",
        ),
        (changed(added={"a3": 0.5}), "how many are added like a3 is 0.5"),
    ],
)  # fmt: skip
def test_a_broken_or_foreign_file_is_told_in_words_and_left(content, said, case, tmp_path):
    path = tmp_path / "scenarios.json"
    data = (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    path.write_bytes(data)
    with pytest.raises(cn.ScenarioError) as error:
        cn.Scenarios.load(case, path)
    assert said in str(error.value) and str(error.value).startswith("scenarios.json")
    with pytest.raises(cn.ScenarioError):
        cn.Scenarios(case).keep("mine", gamma=0.2).save(path)
    keeper, plans = Keeper.open(tmp_path, case)
    keeper.save(plans.keep("mine", gamma=0.2))
    assert path.read_bytes() == data
    assert (
        keeper.path.name == "scenarios_2.json"
        and "left as it is; scenarios_2.json is used" in keeper.said[0]
    )
    later, again = Keeper.open(tmp_path, case)  # another day
    assert [one.name for one in again.named] == ["mine"] and later.path == keeper.path


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ({"required": {"r9": 1}}, "task 'r9' is unknown"),
        ({"conflicts": {("a3", "b"): 1}}, "worker 'b' is unknown"),
        ({"exclusions": {("like a3", "r0"): 1}}, "worker 'like a3' is unknown"),
        (
            {"exclusions": {("a3", "r 0"): 1}},
            "task 'r 0' is unknown in this project",
        ),
        ({"limits": {"b": 2}}, "worker 'b' is unknown"),
        ({"task_weights": {"r9": 2}}, "task 'r9' is unknown"),
        ({"min_ratings": 2}, "intervals, no ratings to count"),
        ({"weights": {"skill": 1.0}}, "the weight of"),
        ({"demand": {("r0", "speed"): (0, 1)}}, "criterion 'speed' is unknown"),
        ({"added": {"b": 1}}, "worker 'b' is unknown"),
    ],
)
def test_a_scenario_that_does_not_fit_says_which_label(scenario, said, case, tmp_path):
    with pytest.raises(cn.ScenarioError, match=said):
        cn.Scenarios(case).keep("x", **scenario)
    old = cn.Scenario("old", gamma=0.2, **scenario)
    misfit = cn.Scenarios(case, (old,), cn.Scenario(**scenario))
    row = misfit.compare().loc["old"]
    assert row["state"].startswith("proved the best; ") and said in row["state"]
    assert row["state"].endswith("left out") and row["state"].count("left out") == 1
    # all the rest of it counts
    assert row["changes"] == "γ 0.1 → 0.2 (assumed, since no histories are known)"
    assert row["performance"] == misfit.answer(cn.Scenario(gamma=0.2)).performance
    assert list(misfit.assignments()) == ["as given", "old"]
    if "exclusions" in scenario and said.startswith("task"):
        assert "(did you mean 'r0'?)" in misfit.left_out("old")[0]
    assert said in misfit.left_out("old")[0] and misfit["old"] == old
    misfit.save(tmp_path / "scenarios.json")
    keeper, again = Keeper.open(tmp_path, case)
    assert [one.name for one in again.named] == [
        "old",
        "last time 1",
    ] and again.current == cn.Scenario()
    assert "do not fit any more" in keeper.said[0]


def test_names_of_scenarios_keep_the_rule_of_labels(case, tmp_path):
    for names, said in [
        (["x", "#REF!"], "#REF!.* is an error value"),
        (["ТОМ", "TOM"], "look the same"),
        (["Bоb"], "mixes U\\+043E"),
    ]:
        with pytest.raises(cn.ScenarioError, match=said):
            cn.Scenarios(case, tuple(map(cn.Scenario, names)))
        *before, last = names
        plans = cn.Scenarios(case, tuple(cn.Scenario(name) for name in before if name != "#REF!"))
        with pytest.raises(cn.ScenarioError, match=said):
            plans.keep(last)
    cn.Scenarios(case).keep("Spring").keep("spring").save(tmp_path / "scenarios.json")
    for strict in (False, True):
        keeper, _ = Keeper.open(tmp_path, case, strict)
        assert any("'Spring' (scenarios.json)" in s and "only in case" in s for s in keeper.said)


def test_the_last_settings_do_not_matter_to_the_command(case, tmp_path):
    current = cn.Scenario(limits={"gone": 2})
    cn.Scenarios(case, (cn.Scenario("one"),), current).save(tmp_path / "scenarios.json")
    keeper, plans = Keeper.open(tmp_path, case, strict=True)
    assert (keeper.said, [one.name for one in plans]) == ([], ["one"])


def test_weights_that_do_not_fit_are_left_out(case):
    old = cn.Scenario("old", weights={"skill": 0.5, "wit": 0.5})
    said = cn.Scenarios(case, (old,)).left_out("old")
    assert said == (
        "criterion 'wit' is unknown in this project: the weights of the criteria are left out",
    )


@pytest.mark.parametrize("name", ["", " \u200b ", " as  given", "a\x07b"])
def test_a_name_that_cannot_be_one(name, case):
    with pytest.raises(cn.ScenarioError, match="cannot be the name"):
        cn.Scenarios(case).keep(name, gamma=0.2)
    with pytest.raises(cn.ScenarioError, match="there are as given"):
        cn.Scenarios(case)["x"]


def test_what_somebody_else_wrote_meanwhile_is_kept(case, tmp_path):
    (mine, plans), (yours, others) = Keeper.open(tmp_path, case), Keeper.open(tmp_path, case)
    mine.save(plans.keep("mine", gamma=0.2))
    mine.save(plans.keep("mine", gamma=0.3))  # no one between: the same file
    yours.save(others.keep("yours", gamma=0.4))
    assert (mine.path.name, yours.path.name) == ("scenarios.json", "scenarios_2.json")
    assert "changed by somebody else" in yours.said[0]
    assert cn.Scenarios.load(case, mine.path)["mine"].gamma == 0.3
    assert cn.Scenarios.load(case, yours.path)["yours"].gamma == 0.4


def test_changed_files_of_the_project_are_noticed(case, tmp_path):
    keeper, plans = Keeper.open(tmp_path, case)
    keeper.save(plans.keep("mine", gamma=0.2))
    assert not Keeper.open(tmp_path, case)[0].said
    other = replace(case, required=case.required + 1)
    assert "files have changed since" in Keeper.open(tmp_path, other)[0].said[0]


def test_a_disk_that_fails_leaves_the_file_as_it_was(case, tmp_path, monkeypatch):
    path = tmp_path / "scenarios.json"
    plans = cn.Scenarios(case).keep("mine", gamma=0.2)
    plans.save(path)
    before = path.read_bytes()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("crowdnb.project.files.os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        plans.keep("other", gamma=0.3).save(path)
    assert [item.name for item in tmp_path.iterdir()] == [
        "scenarios.json"
    ] and path.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("place", "pairs of what changes and how often"),
        ((("place", "r0"),), "pairs of what changes and how often"),
        (((), 1), "pairs of what changes and how often"),
        ((("place", "r0"), 0), "how often must be a whole number of at least 1, got 0"),
        ((("wish", "a0", "r0"), 1), "cannot hold the change 'wish'"),
        ((("place", "r0", "r1"), 1), "a place has 1 labels"),
        ((("place", "r9"), 1), "task r9 is unknown"),
        ((("conflict", "a0", ["a1"]), 1), "worker .'a1'. is unknown"),
    ],
)
def test_a_change_that_is_none_is_named(change, said, problem):
    with pytest.raises(ValueError, match=f"^changes: .*{said}"):
        cn.Scenario().repaired([change], problem)


def test_numbers_of_any_kind_are_kept_as_json_can_hold_them(case, tmp_path):
    plans = cn.Scenarios(case).keep(
        "any",
        gamma=Decimal("0.2"),
        required={"r0": np.int64(1)},
        demand={("r0", "skill"): np.array([0.25, 1])},
        limits={"a3": np.float32(2)},
        added={"a4": Decimal(1)},
    )
    assert plans.answer("any").status == "optimal"
    plans.save(tmp_path / "scenarios.json")
    assert cn.Scenarios.load(case, tmp_path / "scenarios.json").named == plans.named


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ([cn.Scenario("a")] * 2, "'a' stands more than once"),
        ([cn.Scenario()], "'' cannot be the name of a scenario"),
    ],
)
def test_scenarios_have_names_unlike_each_other(named, said, case):
    with pytest.raises(cn.ScenarioError, match=f"^named: .*{said}"):
        cn.Scenarios(case, named)


# ρ of another measure


def first_changes(project):
    """A change of each kind, and whether ρ is of the same measure after it."""
    worker, other = project.ability.index[:2]
    task, criterion = project.required.index[0], project.criteria_weights.index[0]
    names = project.criteria_weights.index
    alone = {name: float(at == 0) for at, name in enumerate(names)}
    low, high = project.demand.loc[task, criterion]
    return [
        ({"gamma": 0.9}, False),
        ({"weights": alone}, False),
        ({"demand": {(task, criterion): (low / 2, high)}}, False),
        ({"task_weights": {task: 3.0}}, False),
        ({"gamma": project.gamma}, True),
        ({"weights": project.criteria_weights.to_dict()}, True),
        ({"scope": "task"}, True),
        ({"required": {task: 1}}, True),
        ({"conflicts": {(worker, other): 1}}, True),
        ({"exclusions": {(worker, task): 1}}, True),
        ({"limits": {worker: 2}}, True),
        ({"added": {worker: 1}}, True),
    ]


@pytest.mark.parametrize("at", range(12))
def test_a_difference_of_rho_is_of_one_measure(at, rated):
    changes, same = first_changes(rated)[at]
    plans = cn.Scenarios(rated).keep("x", **changes)
    given, row, pairs = plans.answer("as given"), plans.compare().loc["x"], plans.answer("x").pairs
    like = pairs["worker"].str.replace(r"like (\S+).*", r"\1", regex=True)
    by_hand = sum(
        rated.qualification.at[worker, task]
        for worker, task in zip(like, pairs["task"], strict=True)
    )
    assert row["by given Q"] == pytest.approx(by_hand)
    assert row["difference"] == pytest.approx(by_hand - given.performance)
    assert row["difference of"] == ("ρ" if same else "ρ by given Q")
    assert plans.same_measure("x") == same
    assert same == (row["performance"] == pytest.approx(by_hand))
    if not same:  # nothing beats the given plan by the measure that it is the best of
        assert row["difference"] <= 1e-12


# Few ratings


@pytest.mark.parametrize("least", [0, 1, 3, 4])
def test_workers_with_few_ratings_are_left_out_of_files_and_scenarios_alike(least, rated):
    kept = list(rated.ability.index[max(0, least - 1) :])
    fewer = replace(rated, min_ratings=least)
    plans = cn.Scenarios(rated).keep("enough", min_ratings=least)
    assert fewer.problem().workers.tolist() == kept == plans.problem("enough").workers.tolist()
    assert fewer.solve().table.equals(plans.answer("enough").table)
    wanted = cn.Problem(
        rated.qualification.loc[kept], rated.required, None, rated.task_conflicts.loc[kept]
    )
    assert plans.answer("enough").performance == pytest.approx(cn.solve(wanted).performance)
    # and back again
    back = cn.Scenarios(fewer).keep("all", min_ratings=0)
    assert back.answer("all").table.equals(rated.solve().table)
    assert back.as_given("all") == pytest.approx(rated.solve().performance)
    assert plans.compare().at["enough", "difference"] == pytest.approx(
        fewer.solve().performance - rated.solve().performance, abs=1e-12
    )
    who = plans.assignments()["enough"]
    assert (who == "left out").sum() == len(rated.ability) - len(kept)


def test_who_is_left_out_takes_conflicts_limits_and_likes_along(rated):
    one = cn.Scenario(
        "x", min_ratings=2, conflicts={("a0", "a5"): 1}, exclusions={("a0", "r1"): 1},
        limits={"a0": 2, "a11": 2}, added={"a0": 1, "a4": 1},
    )  # fmt: skip
    problem = one.problem(rated)
    assert problem.workers.tolist() == [*rated.ability.index[1:], "like a4"]
    assert problem.worker_limits["a11"] == 2 and cn.Scenarios(rated).answer(one).table is not None


@pytest.mark.parametrize(
    ("least", "said"),
    [
        (
            13,
            "min_ratings is 13: every worker has fewer ratings on some criterion; with 12 the first",
        ),
        (1.5, "min_ratings must be a whole number of at least 0"),
        (-1, "min_ratings must be a whole number of at least 0"),
    ],
)
def test_a_number_of_ratings_that_leaves_nobody_or_is_none(least, said, rated):
    with pytest.raises(ValueError, match=said):
        replace(rated, min_ratings=least)
    if least == 13:
        plans = cn.Scenarios(rated, (cn.Scenario("x", min_ratings=least),))
        state = plans.compare().at["x", "state"]
        assert state.startswith("does not fit: scenario 'x': min_ratings is 13")
    else:
        with pytest.raises(cn.ScenarioError, match="a whole number of ratings is needed"):
            cn.Scenario("x", min_ratings=least)


def test_intervals_have_no_ratings_to_count(case):
    with pytest.raises(ValueError, match="min_ratings is 2, and the project has ability intervals"):
        replace(case, min_ratings=2)


# One plan


@pytest.fixture(scope="module")
def tied(case):
    """The case study with three kinds of workers alike: many optima."""
    alike = case.ability.iloc[[at % 3 for at in range(len(case.ability))]]
    return replace(case, ability=alike.set_axis(case.ability.index))


@pytest.mark.parametrize("solver", [None, "GLPK_MI", "CBC", "HIGHS"])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_project_and_its_scenarios_have_one_plan(solver, scope, tied):
    plans = cn.Scenarios(tied, scope=scope, solver=solver).keep("other", scope="task")
    first = cn.solve(tied.problem(conflict_scope=scope), "HIGHS", tie_break="labels")
    answers = [tied.solve(solver, None, scope), plans.answer("as given")]
    for answer in answers:
        assert answer.table.equals(first.table) and answer.tied
    assert answers[0].solver == answers[1].solver == plans.answer("other").solver
    assert plans.compare()["state"].unique().tolist() == ["proved the best, and another is as good"]
    assert plans.compare().at["other", "moves"] in ("nobody moves", "")


def test_long_lists_of_moves_are_cut(case):
    moves = pd.DataFrame({"worker": range(30), "before": [()] * 30, "after": [("r0",)] * 30})
    text = moves_text(moves)
    assert text.startswith("0: idle → r0; 1: ") and text.endswith("19: idle → r0; … (30 in all)")
    assert moves_text(moves[:20]).count("→") == 20 and "…" not in moves_text(moves[:20])
