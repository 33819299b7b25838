"""What a project says beyond the paper, a ready-made Q, and a problem as a project."""

import inspect
import pickle

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.options import OPTIONS, text_of_options
from crowdnb.project.record import project_of, sources_of

W, T = ["a", "b", "c", "d"], ["t", "u"]
Q = pd.DataFrame([[0.9, 0.5], [0.8, 0.1], [0.2, 0.7], [0.6, 0.3]], W, T)
NONE = pd.DataFrame(0, W, T)
APART = pd.DataFrame(0, W, W)
ALL = {
    "worker_limits": pd.Series([2, 1, 0, 1], W),
    "pinned": [("a", "u")],
    "task_overlaps": [("u", "t")],
    "costs": pd.DataFrame([[5.0, 2], [3, 1], [1, 1], [2, 2]], W, T),
    "budget": 9.5,
    "loads": pd.Series({"u": 2.0, "t": 3.0}),
    "capacities": pd.Series([5.0, 6, 7, 8], W),
    "worker_least": {"a": 1},
    "required_most": {"t": 2},
    "missing_cost": {"u": 0.5},
    "keep_costs": {("d", "t"): 0.25},
    "conflict_costs": {("b", "t"): -0.5},
    "pair_effects": {("d", "b"): 0.125},
    "attributes": pd.DataFrame({"level": ["x", "y", None, "x"], "years": [1, 2, 3, 4]}, W),
    "quotas": [{"task": "t", "column": "level", "value": "x", "least": 1, "most": "50%"}],
}


def project(options=None, **more):
    need = pd.Series([1, 1], T)
    given = {"given_qualification": Q, "options": options or {}} | more
    return cn.Project(None, None, None, need, None, NONE, APART, **given)


def same(one, other):
    """Whether two problems hold the same."""
    arrays, others = one.arrays.__dict__, other.arrays.__dict__
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        floats = array is not None and array.dtype.kind == "f"
        assert np.array_equal(array, others[name], equal_nan=floats), name
    for name in ("conflict_scope", "required_rule", "budget"):
        assert getattr(one, name) == getattr(other, name)
    for name in ("attributes", "quotas"):
        assert text_of_options({name: getattr(one, name)}) == text_of_options(
            {name: getattr(other, name)}
        )


def test_options_become_keywords_of_the_problem():
    same(project(ALL).problem(), cn.Problem(Q, [1, 1], **ALL))
    assert set(project(ALL).options) == set(ALL)


def test_options_are_held_in_one_form_by_label():
    mixed = {**ALL, "worker_limits": {"b": 1, "d": 1, "a": 2, "c": 0}, "loads": [3.0, 2.0]}
    mixed |= {"capacities": [5, 6, 7, 8], "pinned": pd.DataFrame([[0, 1], *[[0, 0]] * 3], W, T)}
    mixed |= {"task_overlaps": [[0, 1], [1, 0]], "budget": 9.5, "costs": ALL["costs"].to_numpy()}
    one, other = project(ALL), project(mixed)
    assert fingerprint(one) == fingerprint(other)
    assert one.options["pinned"].to_dict("records") == [{"worker": "a", "task": "u"}]
    assert one.options["task_overlaps"].to_dict("records") == [{"task": "t", "other": "u"}]
    assert one.options["worker_limits"]["c"] == 0
    assert one.options["loads"].loc["d"].to_dict() == {"t": 3, "u": 2}


def test_what_changes_nothing_is_not_held():
    usual = {"worker_limits": 1, "pinned": [], "task_overlaps": None, "budget": None}
    usual |= {"required_rule": "exactly", "costs": None, "loads": None, "capacities": None}
    usual |= {"required_most": None, "worker_least": 0, "missing_cost": np.inf}
    usual |= {"attributes": None, "quotas": []}
    usual |= {"keep_costs": {}, "conflict_costs": NONE * 1.0, "pair_effects": {("a", "b"): 0}}
    assert set(usual) == set(OPTIONS)
    assert not project(usual).options
    assert fingerprint(project(usual)) == fingerprint(project())


def test_each_option_changes_the_fingerprint():
    prints = {fingerprint(project()), fingerprint(project(ALL))}
    pairs = ({"costs", "budget"}, {"loads", "capacities"}, {"attributes", "quotas"})
    for name in ALL:
        without = next((pair for pair in pairs if name in pair), {name})
        prints.add(fingerprint(project({k: v for k, v in ALL.items() if k not in without})))
    changed = {"capacities": pd.Series([5.0, 6, 7, 9], W)}
    changed |= {"costs": ALL["costs"] + 1, "loads": ALL["loads"] + 1}
    prints |= {fingerprint(project(ALL | {name: value})) for name, value in changed.items()}
    assert len(prints) == 2 + len(ALL) - len(pairs) + len(changed)
    # which no file says
    assert fingerprint(project(ALL | {"budget": 9})) == fingerprint(project(ALL))


def test_options_are_read_only_and_travel():
    one = project(ALL)
    with pytest.raises(TypeError):
        one.options["budget"] = 1
    assert fingerprint(pickle.loads(pickle.dumps(one))) == fingerprint(one)
    assert repr(one.options).startswith("<Options: required_most, missing_cost, worker_limits")


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ([("a", "t")], "options: a Mapping is needed"),
        ({"budgets": 1}, "options: there is no 'budgets'; there are required_rule"),
        ({"qualification": Q}, "options: there is no 'qualification'"),
        ({"pinned": [("x", "t")]}, "pinned: x with t: worker .*unknown"),
        ({"worker_limits": pd.Series([1, 1, -1, 1], W)}, "worker_limits: c has a limit of -1"),
        ({"loads": {"t": -1, "u": 1}, "capacities": 1}, "loads: task t is -1"),
    ],
)
def test_wrong_options_are_named(options, match):
    with pytest.raises(ValueError, match=match):
        project(options)


def test_costs_without_a_budget_are_held_and_bind_nothing():
    one = project({"costs": ALL["costs"]})
    assert set(one.options) == {"costs"}
    assert one.problem().arrays.costs is None
    assert project({"loads": ALL["loads"]}).problem().arrays.loads is None


def test_workers_with_few_ratings_leave_with_all_that_is_said_of_them():
    case = cn.read_project("crowdnb/data/lounges")
    worker = case.fewest_ratings.sort_values().index[0]
    least = int(case.fewest_ratings[worker]) + 1
    task = case.tasks[0]
    pairs = [(worker, task), (case.workers[case.workers != worker][0], task)]
    limits = dict.fromkeys(case.workers, 2)
    more = {
        "pinned": pairs,
        "worker_limits": limits,
        "capacities": 9,
        "loads": dict.fromkeys(case.tasks, 1),
    }
    fields = {name: getattr(case, name) for name in case.__dataclass_fields__ if name != "options"}
    few = cn.Project(**fields | {"min_ratings": least}, options=more)
    problem = few.problem()
    assert worker not in problem.workers
    assert problem.arrays.pinned.sum() <= 1
    assert len(problem.arrays.capacities) == len(problem.workers) == len(few.enough_ratings(least))


def test_a_ready_made_q_takes_the_place_of_its_sources():
    one = project()
    assert one.qualification.equals(Q.rename_axis("worker").rename_axis(columns="task"))
    assert (list(one.workers), list(one.tasks), list(one.criteria)) == (W, T, [])
    assert one.solve().performance == pytest.approx(1.6)
    with pytest.raises(ValueError, match="doubt: the project has a ready-made Q"):
        sources_of(one, "doubt")
    for function in (cn.doubt, cn.gamma_range, cn.robust):
        with pytest.raises(ValueError, match="ready-made Q"):
            function(one)


@pytest.mark.parametrize("name", ["ability", "demand", "criteria_weights", "counts", "judgement"])
def test_a_ready_made_q_goes_with_none_of_its_sources(name):
    fields = {"ability": None, "demand": None, "criteria_weights": None} | {name: Q}
    with pytest.raises(
        ValueError, match=f"{name}: must be None, since Q is given, got a DataFrame"
    ):
        cn.Project(
            required=pd.Series(1, T), task_weights=None, task_conflicts=NONE,
            worker_conflicts=APART, given_qualification=Q, **fields,
        )  # fmt: skip


def test_a_project_without_q_needs_its_sources():
    with pytest.raises(ValueError, match="ability, or given_qualification in its place, is needed"):
        cn.Project(None, None, None, pd.Series(1, T), None, NONE, APART)
    with pytest.raises(ValueError, match="task u is nan, a finite number is needed"):
        project(given_qualification=Q.mask(Q == 0.5))
    with pytest.raises(ValueError, match="min_ratings is 1, and the project has a ready-made Q"):
        project(min_ratings=1)


@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_problem_becomes_a_project_and_a_problem_again(scope):
    more = {"task_weights": [2, 0.5], "task_conflicts": [("b", "t")]}
    more |= {"worker_conflicts": [("a", "c")], **ALL}
    problem = cn.Problem(Q, [1, 1], conflict_scope=scope, **more)
    back = project_of(problem)
    same(back.problem(conflict_scope=scope), problem)
    same(project_of(cn.Problem(Q, [1, 1])).problem(), cn.Problem(Q, [1, 1]))
    assert not project_of(cn.Problem(Q, [1, 1])).options
    numbered = cn.Problem(Q.to_numpy(), [1, 1], worker_limits=[1, 2, 1, 1])
    same(project_of(numbered).problem(), numbered)
    at_least = cn.Problem(Q, [1, 0], required_rule="at least", missing_cost=1)
    same(project_of(at_least).problem(), at_least)


def test_every_keyword_of_a_problem_is_an_option_or_a_field():
    keywords = set(inspect.signature(cn.Problem).parameters) - {"conflict_scope"}
    own = {"qualification", "required", "task_weights", "task_conflicts", "worker_conflicts"}
    assert keywords - own == set(OPTIONS)
