"""What is only undesirable, and pairs that work well together: how it is read, and what ρ sums."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import SOFT, every_table, of, summed
from helpers.random_problems import effects, few_numbers, missing_costs, random_problem

import crowdnb as cn
from crowdnb.model.terms import Scales, near_score, reaching, score, sizes

Q = pd.DataFrame([[0.9, 0.8], [0.7, 0.2], [0.5, 0.4]], ["Ann", "Bo", "Cy"], ["day", "night"])


def problem(required=(1, 1), **options):
    return cn.Problem(Q, list(required), **options)


def soft(rng, scope):
    """A problem with every option and every term."""
    given = random_problem(rng, scope, options=True)
    shape = given.arrays.qualification.shape
    values = effects(rng, shape) | {
        "keep_costs": np.abs(few_numbers(rng, shape)),
        "conflict_costs": few_numbers(rng, shape),
    }
    if given.required_rule != "at most":
        values |= missing_costs(rng, shape)
    return given.changed(**values)


def test_pairs_frames_and_arrays_say_the_same():
    whole = pd.DataFrame([[0, 0.5], [0, 0], [np.nan, 0]], Q.index, Q.columns)
    rows = pd.DataFrame({"task": ["night"], "cost": [0.5], "worker": ["Ann"], "since": ["May"]})
    for name in ("keep_costs", "conflict_costs"):
        ways = [
            {("Ann", "night"): 0.5},
            {(" Ann", "night"): 0.5},
            pd.Series({("Ann", "night"): 0.5}),
            rows,
            whole,
            whole.iloc[::-1, ::-1],
            whole.to_numpy(),
            [[0, 0.5], [0, 0], [0, 0]],
        ]
        tables = [getattr(problem(**{name: way}), name) for way in ways]
        assert all(table.equals(whole.fillna(0.0)) for table in tables)
        assert not tables[0].to_numpy().flags.writeable


def test_effects_go_either_way_round():
    both = np.array([[0, 0, -0.2], [0, 0, 0], [-0.2, 0, 0]])
    rows = pd.DataFrame([("Cy", "Ann", -0.2)], columns=["worker", "other", "gain"])
    for way in ({("Cy", "Ann"): -0.2}, {("Ann", "Cy"): -0.2, ("Cy", "Ann"): -0.2}, rows, both):
        assert (problem(pair_effects=way).pair_effects.to_numpy() == both).all()
    assert problem(pair_effects=rows).pair_effects.columns.name == "other"


def test_a_missing_cost_is_for_all_or_by_task_and_none_where_it_is_empty():
    for way, wanted in (
        (0.5, [0.5, 0.5]),
        ([0.5, math.inf], [0.5, math.inf]),
        ({"night": 2}, [math.inf, 2]),
        (pd.Series({"night": 0.0, "day": None}), [math.inf, 0.0]),
    ):
        assert problem(missing_cost=way).missing_cost.tolist() == wanted
    assert problem(missing_cost={"night": 2}).fewest.tolist() == [1, 0]


@pytest.mark.parametrize("name", SOFT)
def test_nothing_given_leaves_the_plain_problem(name):
    nothing = {"missing_cost": math.inf, "pair_effects": np.zeros((3, 3))}.get(name, Q * 0)
    for value in (None, nothing, {}):
        same = problem(**{name: value})
        assert same.plain
        assert not same.soft
        assert same.gain is same.value
        assert getattr(same, name) is None
        assert [*cn.solve(same).parts.index] == ["qualification"]
    assert (
        not problem(**{name: 1.0 if name == "missing_cost" else {("Ann", "Bo"): 1.0}}).plain
        if (name in ("missing_cost", "pair_effects"))
        else not problem(**{name: {("Ann", "day"): 1.0}}).plain
    )


WRONG = {
    "keep_costs: Ann with night has -0.5, a cost must not be negative": {
        "keep_costs": {("Ann", "night"): -0.5}
    },
    "keep_costs: Ann with noon: task noon is unknown": {"keep_costs": {("Ann", "noon"): 1}},
    "pair_effects: Ann with Di: worker Di is unknown": {"pair_effects": {("Ann", "Di"): 1}},
    "pair_effects: Ann is paired with itself": {"pair_effects": {("Ann", "Ann"): 1}},
    "pair_effects: Bo with Ann stands twice, with 1 and 2": {
        "pair_effects": {("Ann", "Bo"): 1, ("Bo", "Ann"): 2}
    },
    "pair_effects: Ann with Bo is 1 and Bo with Ann is 0, the frame must be symmetric": {
        "pair_effects": [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    },
    "conflict_costs: 'Ann' is not a pair (worker, task)": {"conflict_costs": {"Ann": 1}},
    "conflict_costs: Ann with day has 'much', a finite number is needed": {
        "conflict_costs": {("Ann", "day"): "much"}
    },
    "conflict_costs: Ann with night is inf, a finite number is needed": {
        "conflict_costs": [[0, math.inf], [0, 0], [0, 0]]
    },
    "conflict_costs: shape (3,), needed is (3, 2); or give a mapping {(worker, task): cost}": {
        "conflict_costs": [1, 2, 3]
    },
    "conflict_costs: Ann with day stands twice, with 1 and 2": {
        "conflict_costs": pd.DataFrame({"worker": ["Ann"] * 2, "task": ["day"] * 2, "cost": [1, 2]})
    },
    "a frame with the columns worker, task and cost": {
        "keep_costs": pd.DataFrame({"worker": ["Ann"], "task": ["day"], "price": [1]})
    },
    "a Series with two levels of labels, worker and task, is needed": {
        "keep_costs": pd.Series({"Ann": 1.0})
    },
    "missing_cost: night has -1, a cost must not be negative": {"missing_cost": {"night": -1}},
    "missing_cost: unknown task noon": {"missing_cost": {"noon": 1}},
    'missing_cost: with required_rule "at most" no place has to be filled': {
        "missing_cost": 1.0,
        "required_rule": "at most",
    },
    "1e+300 is the most": {"conflict_costs": {("Ann", "day"): 1e301}},
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        problem(**WRONG[text])


def test_rho_is_the_sum_of_its_parts():
    given = problem(
        (2, 1),
        missing_cost={"day": 0.3},
        keep_costs={("Bo", "day"): 0.25, ("Cy", "night"): 0.5},
        conflict_costs={("Ann", "day"): 0.1, ("Cy", "day"): 9},
        pair_effects={("Ann", "Bo"): -2, ("Ann", "Cy"): 7},
    )
    table = pd.DataFrame([[1, 0], [0, 1], [0, 0]], Q.index, Q.columns)
    rho = 0.9 + 0.2 - 0.3 - 0.25 - 0.5 - 0.1 - 2
    assert cn.check(given, table) == []
    assert cn.performance(given, table) == pytest.approx(rho, abs=1e-15)
    best = cn.solve(given)
    assert best.performance == pytest.approx(0.9 + 0.4 - 0.1 + 7 - 0.25 - 0.3)
    assert best.parts.round(9).to_dict() == {
        "qualification": 1.3,
        "missing places": -0.3,
        "pairs given up": -0.25,
        "undesirable tasks": -0.1,
        "pair effects": 7.0,
    }
    assert math.fsum(best.parts) == pytest.approx(best.performance, abs=1e-15)
    assert best.missing.to_dict() == {"day": 1, "night": 0}
    assert "places left empty: day (1)" in str(best)
    assert "of which qualification 1.3, missing places -0.3" in str(best)


def test_an_effect_counts_once_in_the_project_and_for_each_task_that_both_take():
    two = {
        "worker_limits": 2,
        "pair_effects": {("Ann", "Bo"): 0.5},
        "task_conflicts": [("Cy", "day")],
    }
    table = pd.DataFrame([[1, 1], [1, 1], [0, 0]], Q.index, Q.columns)
    together, each = (
        cn.performance(problem((2, 2), conflict_scope=scope, **two), table)
        for scope in ("project", "task")
    )
    assert (together - 2.6, each - 2.6) == pytest.approx((0.5, 1.0))


def test_without_an_assignment_there_are_no_parts():
    none = cn.solve(problem((3, 1), keep_costs={("Ann", "day"): 1.0}))
    assert none.status == "infeasible"
    assert (len(none.parts), len(none.missing)) == (0, 0)


@pytest.mark.parametrize("scope", ["project", "task"])
def test_what_is_summed_is_what_the_text_says(scope):
    rng = np.random.default_rng(1)
    for _ in range(40):
        given = soft(rng, scope)
        values, pairs = of(given), np.argwhere(given.eligible)
        tables = every_table(*given.arrays.qualification.shape)
        for at in rng.integers(len(tables), size=8):
            placed = np.argwhere(tables[at] & given.eligible)
            numbers = summed(values, tables[at] & given.eligible)
            assert score(given, placed) == pytest.approx(math.fsum(numbers), rel=1e-12)
            assert sizes(given, placed) == pytest.approx(math.fsum(map(abs, numbers)))
            chosen = (tables[at] & given.eligible)[given.eligible].astype(float)
            about = pytest.approx(score(given, placed), abs=1e-12 * sizes(given, placed) + 1e-300)
            assert near_score(given, pairs, chosen) == about


@pytest.mark.parametrize("scope", ["project", "task"])
def test_no_assignment_exceeds_what_is_reached_with_its_pairs(scope):
    """Also of the problem that does without what is large; whose ρ is the same."""
    rng = np.random.default_rng(2)
    smaller_ones = 0
    for _ in range(40):
        given = soft(rng, scope)
        scales = Scales(given)
        play = scales.with_all(given.eligible) & (
            scales.sizes < rng.choice([math.inf, np.quantile(scales.sizes, 0.7)])
        )
        smaller, allowed = scales.within(play)
        smaller_ones += smaller is not given
        reach = reaching(smaller, allowed, smaller.arrays.pinned)
        tables = every_table(*allowed.shape)
        tables = tables[~(tables & ~allowed).any(axis=(1, 2))]
        for table in tables[rng.integers(len(tables), size=min(60, len(tables)))]:
            placed = np.argwhere(table)
            if cn.check(smaller, given.qualification * 0 + table):
                continue
            rho = score(smaller, placed)
            assert rho == pytest.approx(score(given, placed), rel=1e-12)
            assert rho <= min(reach.bound, reach.pairs[table].min(initial=math.inf))
    assert smaller_ones > 10
