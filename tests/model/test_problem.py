import math
import pickle
import tracemalloc
from dataclasses import FrozenInstanceError, fields
from itertools import product

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_by_looking, valid
from helpers.effort import tries
from helpers.random_problems import paper_problem
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.model import conflict_graph as teams
from crowdnb.model import problem as problem_module

Q = pd.DataFrame(
    [[0.5, 0.4], [0.3, 0.2], [0.6, 0.1]], index=["a0", "a1", "a2"], columns=["r0", "r1"]
)
NEED = [1, 1]


def table(*pairs):
    t = pd.DataFrame(0, index=Q.index, columns=Q.columns)
    for worker, task in pairs:
        t.loc[worker, task] = 1
    return t


@pytest.mark.parametrize(
    "conflicts",
    [
        [("a0", "a1")],
        {("a1", "a0")},
        (["a0", "a1"], ["a1", "a0"]),
        pd.DataFrame({"worker": ["a0"], "other": ["a1"]}),
        pd.DataFrame([["a1", "a0"]]),
        pd.DataFrame([[0, 1, 0], [1, 0, 0], [0, 0, 0]], index=Q.index, columns=Q.index),
        pd.DataFrame(
            [[0, 0, 0], [0, 0, 1], [0, 1, 0]], index=["a2", "a1", "a0"], columns=["a2", "a1", "a0"]
        ),
        np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]]),
        np.array([[False, True, False], [True, False, False], [False, False, False]]),
        pd.DataFrame(
            [[0, True, 0], [True, 0, 0], [0, 0, 0]], index=Q.index, columns=Q.index, dtype=object
        ),
        pd.DataFrame({"other": ["a0"], "worker": ["a1"], "reason": ["noise"]}),
        [[0, 1, 0], [1, 0, 0], [0, 0, 0]],
    ],
)
def test_worker_conflicts_are_taken_as_pairs_frames_and_arrays(conflicts):
    problem = cn.Problem(Q, NEED, worker_conflicts=conflicts)
    assert problem.conflict_pairs.tolist() == [[0, 1]]
    assert problem.worker_conflicts.to_numpy().tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    "conflicts",
    [
        [("a1", "r1")],
        pd.DataFrame({"worker": ["a1"], "task": ["r1"]}),
        pd.DataFrame([[0, 0], [1, 0], [0, 0]], index=Q.index, columns=["r1", "r0"]),
        np.array([[0, 0], [0, 1], [0, 0]]),
    ],
)
def test_task_conflicts_are_taken_as_pairs_frames_and_arrays(conflicts):
    problem = cn.Problem(Q, NEED, task_conflicts=conflicts)
    assert problem.task_conflicts.to_numpy().tolist() == [[0, 0], [0, 1], [0, 0]]
    assert problem.eligible.tolist() == [[True, True], [True, False], [True, True]]


def test_frames_of_pairs_go_by_name_and_lists_of_lists_that_could_be_both_are_refused():
    ones = np.ones((3, 3))
    named = cn.Problem(ones, [1, 1, 1], task_conflicts=pd.DataFrame({"task": [2], "worker": [0]}))
    assert np.argwhere(named.task_conflicts.to_numpy()).tolist() == [[0, 2]]
    plain = cn.Problem(ones, [1, 1, 1], worker_conflicts=pd.DataFrame([(1, 2)]))
    assert plain.conflict_pairs.tolist() == [[1, 2]]
    both = [[0, 1], [0, 0], [1, 0]]
    with pytest.raises(ValueError, match="can be read as pairs or as a matrix"):
        cn.Problem(np.ones((3, 2)), [1, 1], task_conflicts=both)
    by_label = cn.Problem(Q, [1, 1], task_conflicts=both)
    assert by_label.task_conflicts.to_numpy().tolist() == both


def test_none_and_empty_conflicts_are_no_conflicts():
    for nothing in (None, [], pd.DataFrame({"worker": [], "other": []}), pd.DataFrame()):
        assert not cn.Problem(Q, NEED, worker_conflicts=nothing).worker_conflicts.to_numpy().any()


@pytest.mark.parametrize(
    "required",
    [[1, 2], {"r1": 2, "r0": 1}, pd.Series([2, 1], index=["r1", "r0"]), np.array([1, 2])],
)
def test_required_is_read_by_label_or_position(required):
    assert cn.Problem(Q, required).required.to_dict() == {"r0": 1, "r1": 2}


def test_arrays_get_numbers_as_labels():
    problem = cn.Problem([[0.5, 0.4], [0.3, 0.2]], [1, 1], worker_conflicts=[(0, 1)])
    assert problem.workers.tolist() == [0, 1]
    assert cn.obstacles(problem) == [
        "The tasks ask for 2 places, and of the 2 workers who may take one at most 1 can work"
        " together, because of their conflicts."
    ]


ASYMMETRIC = pd.DataFrame([[0, 1, 0], [0, 0, 0], [0, 0, 0]], index=Q.index, columns=Q.index)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"qualification": pd.DataFrame()}, "at least one worker and one task"),
        (
            {"qualification": Q.rename(index={"a1": "a0"})},
            "worker labels: a0 stands more than once",
        ),
        (
            {"qualification": Q.rename(columns={"r1": "r0"})},
            "task labels: r0 stands more than once",
        ),
        ({"qualification": Q.rename(index={"a1": np.nan})}, "worker labels: one is missing"),
        ({"qualification": Q.replace(0.2, np.nan)}, "worker a1, task r1 is nan, a finite"),
        ({"qualification": Q.replace(0.2, np.inf)}, "worker a1, task r1 is inf, a finite"),
        (
            {"qualification": Q.astype(object).replace(0.2, "good")},
            "worker a1, task r1 is 'good', a finite",
        ),
        ({"required": [1]}, "required: 2 values are needed"),
        ({"required": [1, -1]}, "required: r1 asks for -1 workers, that must not be negative"),
        ({"required": [1, 0.5]}, "required: r1 asks for 0.5 workers, that must be a whole number"),
        (
            {"required": [1, 1e300]},
            (
                "required: r1 asks for 1e\\+300 workers, that is more than 1,000,000, the most that"
                " can be asked for"
            ),
        ),
        ({"required": [1, math.nan]}, "required: r1 has nan"),
        ({"required": [1, "two"]}, "required: r1 has 'two', a finite number is needed"),
        ({"required": {"r0": 1}}, "required: no entry for task r1"),
        ({"required": {"r0": 1, "r1": 1, "r2": 1}}, "required: unknown task r2"),
        (
            {"required": pd.Series([1, 1, 1], index=["r0", "r1", "r1"])},
            "required: r1 stands more than once",
        ),
        ({"task_weights": [0.5, -0.5]}, "task_weights: r1 has -0.5, a weight must not be negative"),
        ({"task_weights": [1, 1e301]}, "task_weights: Q times the weight of r1 exceeds 1e\\+300"),
        ({"qualification": Q * 1e302}, "task_weights: Q times the weight of r0 exceeds"),
        ({"task_weights": {"r0": 1, "rX": 1}}, "task_weights: unknown task rX"),
        (
            {"worker_conflicts": [("a0", "a9")]},
            "worker_conflicts: a0 with a9: worker a9 is unknown",
        ),
        ({"worker_conflicts": [("a0", "a0")]}, "worker_conflicts: a0 is in conflict with itself"),
        ({"worker_conflicts": ["a0", "a1"]}, "worker_conflicts: 'a0' is not a pair"),
        ({"worker_conflicts": [("a0", "a1", "a2")]}, "is not a pair"),
        ({"worker_conflicts": [3]}, "worker_conflicts: 3 is not a pair"),
        (
            {"worker_conflicts": ASYMMETRIC},
            "a0 with a1 is 1 and a1 with a0 is 0, the frame must be symmetric",
        ),
        (
            {"worker_conflicts": ASYMMETRIC.T},
            "a1 with a0 is 1 and a0 with a1 is 0, the frame must be symmetric",
        ),
        ({"worker_conflicts": ASYMMETRIC.replace(1, 2)}, "a0 with a1 is 2, it must be 0 or 1"),
        ({"worker_conflicts": np.eye(3)}, "a0 is in conflict with itself"),
        ({"worker_conflicts": np.zeros((2, 2))}, r"shape \(2, 2\), needed is \(3, 3\)"),
        (
            {"worker_conflicts": ASYMMETRIC.rename(index={"a2": "b"})},
            "worker_conflicts, rows: unknown worker b",
        ),
        ({"task_conflicts": [("a0", "r9")]}, "task_conflicts: a0 with r9: task r9 is unknown"),
        ({"task_conflicts": [("a9", "r0")]}, "task_conflicts: a9 with r0: worker a9 is unknown"),
        ({"task_conflicts": Q}, "a0 with r0 is 0.5, it must be 0 or 1"),
        (
            {"task_conflicts": Q.assign(r2=0).drop("a2")},
            "task_conflicts, columns: unknown task r2|no entry for worker a2",
        ),
        ({"task_conflicts": {("a0", "r0"): 0}}, "task_conflicts: a mapping is not understood"),
        (
            {"task_conflicts": Q.astype(object).replace(0.5, pd.NA)},
            "a0 with r0 is <NA>, it must be 0 or 1",
        ),
        (
            {"task_conflicts": np.array([["a0", "r0"]] * 3)},
            "a0 with r0 is .*'a0'.*, it must be 0 or 1",
        ),
        ({"conflict_scope": "team"}, "conflict_scope must be 'project' or 'task', got 'team'"),
    ],
)
def test_bad_problems_are_refused_with_label_value_and_rule(change, message):
    with pytest.raises(ValueError, match=message):
        cn.Problem(**{"qualification": Q, "required": NEED, **change})


def test_a_problem_is_frozen_and_keeps_a_copy_of_its_own():
    q = Q.copy()
    problem = cn.Problem(q, NEED)
    q.loc["a0", "r0"] = 9.0
    assert problem.qualification.loc["a0", "r0"] == 0.5
    with pytest.raises(FrozenInstanceError):
        problem.conflict_scope = "task"
    with pytest.raises(ValueError, match="read-only"):
        problem.qualification.to_numpy()[0, 0] = 1.0
    assert problem.changed(conflict_scope="task").conflict_scope == "task"


EVERYTHING = {
    "qualification": Q * 2,
    "required": [0, 2],
    "task_weights": [0.5, 3],
    "task_conflicts": [("a0", "r0"), ("a2", "r1")],
    "worker_conflicts": [("a0", "a2")],
    "conflict_scope": "task",
    "required_rule": "at most",
    "worker_limits": [0, 1, 2],
    "pinned": [("a1", "r1")],
    "costs": Q + 1,
    "budget": 9.0,
}
COMPUTED = [
    "value",
    "eligible",
    "conflict_pairs",
    "pins",
    "plain",
    "fewest",
    "most",
    "worker_at",
    "task_at",
]
ARRAYS = [one.name for one in fields(problem_module.Arrays)]


def known(problem):
    """Everything there is to know of a problem, as plain values."""
    seen = {name: getattr(problem, name) for name in [*EVERYTHING, *COMPUTED]}
    seen |= {f"array {name}": getattr(problem.arrays, name) for name in ARRAYS}
    frames = {
        name: value.to_dict()
        for name, value in seen.items()
        if isinstance(value, pd.DataFrame | pd.Series)
    }
    return frames | {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in seen.items()
        if name not in frames
    }


@pytest.mark.parametrize(
    "fields", [[name] for name in EVERYTHING if name not in ("costs", "budget")] + [[*EVERYTHING]]
)
@pytest.mark.parametrize("back", [False, True])
def test_a_changed_problem_is_the_same_as_a_new_one(fields, back):
    plain = {"qualification": Q, "required": NEED}
    other = {name: EVERYTHING[name] for name in fields}
    before, after = (EVERYTHING, EVERYTHING | plain) if back else (plain, plain | other)
    change = plain if back else other
    problem = cn.Problem(**before)
    known(problem)  # whatever it computes once has been computed
    assert known(problem.changed(**change)) == known(cn.Problem(**after))
    assert known(pickle.loads(pickle.dumps(problem))) == known(problem)
    with_none = {"worker_conflicts": None, "task_conflicts": None, "pinned": None}
    assert known(problem.changed(**with_none)) == known(cn.Problem(**before | with_none))


def test_frames_of_a_problem_are_completed_and_do_not_travel():
    problem = cn.Problem(Q, NEED)
    assert {*EVERYTHING, *COMPUTED, "arrays", "workers", "tasks"} <= set(dir(problem))
    small = len(pickle.dumps(problem))
    known(problem)
    assert len(pickle.dumps(problem)) == small
    with pytest.raises(AttributeError, match="no attribute 'qualifications'"):
        _ = problem.qualifications


def test_no_conflicts_take_no_memory():
    # its conflicts between workers would take 400 MB
    problem = cn.Problem(np.full((20_000, 2), 0.5), NEED)
    tracemalloc.start()
    problem = problem.changed(worker_conflicts=None)
    assert cn.solve(problem).status == "optimal"
    assert problem.worker_conflicts.shape == (20_000, 20_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6


@pytest.mark.parametrize(
    ("answer", "broken"),
    [
        (table(("a0", "r1"), ("a1", "r0")), []),
        (table(("a0", "r1"), ("a1", "r0")).iloc[::-1, ::-1], []),
        (table(("a0", "r1")), ["r0 has 0 of 1 workers"]),
        (table(("a0", "r0"), ("a1", "r0")), ["r0 has 2 of 1 workers", "r1 has 0 of 1 workers"]),
        (table(("a0", "r0"), ("a0", "r1")), ["a0 has 2 tasks: r0, r1"]),
        (table(("a2", "r1"), ("a0", "r0")), ["a2 is in conflict with r1 and is given it"]),
        (table(("a1", "r1"), ("a0", "r0")), ["a1 has qualification 0 for r1 and is given it"]),
        (table(("a1", "r0"), ("a0", "r1")) * 0.5, ["a0 for r1 is 0.5, neither 0 nor 1"]),
        (
            table(("a1", "r0"), ("a0", "r1")).replace(0, np.nan),
            ["a0 for r0 is nan, neither 0 nor 1"],
        ),
        (table(("a1", "r0"), ("a0", "r1")).drop("a2"), ["worker a2 is not in the table"]),
        (
            table().rename(columns={"r1": "r9"}),
            ["task r9 is not in the problem", "task r1 is not in the table"],
        ),
        (
            table().set_axis(["a0", "a1", "a1"]),
            ["worker a2 is not in the table", "worker a1 stands more than once"],
        ),
    ],
)
def test_check_names_every_broken_rule(answer, broken):
    problem = cn.Problem(Q.replace(0.2, 0.0), NEED, task_conflicts=[("a2", "r1")])
    found = cn.check(problem, answer)
    assert bool(found) == bool(broken)
    for sentence in broken:
        assert any(line.startswith(sentence) for line in found), found


def test_check_needs_a_frame_and_says_so():
    problem = cn.Problem(Q, NEED)
    with pytest.raises(
        ValueError, match="an Assignment or its table, a DataFrame, is needed, got list"
    ):
        cn.check(problem, [[1, 0], [0, 1], [0, 0]])
    unknown = table(("a0", "r0"), ("a1", "r1")).astype("Int64")
    unknown.loc["a2", "r1"] = pd.NA
    assert cn.check(problem, unknown) == ["a2 for r1 is <NA>, neither 0 nor 1"]


def test_check_reads_conflicts_by_scope():
    apart, shared = table(("a0", "r0"), ("a1", "r1")), table(("a0", "r0"), ("a1", "r0"))
    in_project = cn.Problem(Q, [1, 1], worker_conflicts=[("a0", "a1")])
    assert cn.check(in_project, apart) == ["a0 and a1 are in conflict and both are chosen"]
    in_task = in_project.changed(conflict_scope="task")
    assert cn.check(in_task, apart) == []
    assert cn.check(in_task.changed(required=[2, 0]), shared) == [
        "a0 and a1 are in conflict and share r0"
    ]


@given(seed=st.integers(0, 10_000), scope=st.sampled_from(["project", "task"]))
@settings(max_examples=tries(50, 150), deadline=None)
def test_check_agrees_with_the_definition_on_random_tables(seed, scope):
    rng = np.random.default_rng(seed)
    problem = paper_problem(rng, scope)
    t = np.zeros(problem.arrays.qualification.shape, dtype=int)
    for j, team in enumerate(problem.required):  # mostly right, so that both outcomes come up
        for i in rng.permutation(len(t))[:team]:
            if t[i].sum() == 0 or rng.uniform() < 0.1:
                t[i, j] = 1
    frame = pd.DataFrame(t, index=problem.workers, columns=problem.tasks)
    assert (cn.check(problem, frame) == []) == valid(problem, t[None] == 1).item()


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (cn.Problem(Q, [2, 2]), "The tasks ask for 4 places, and there are only 3 workers."),
        (
            cn.Problem(Q, [2, 0], task_conflicts=[("a0", "r0"), ("a1", "r0")]),
            "r0 needs 2 workers, and only 1 may take it: a2 (left out: 2 in conflict with it).",
        ),
        (
            cn.Problem(Q.replace(0.2, 0.0), [0, 1], task_conflicts=[("a0", "r1"), ("a2", "r1")]),
            (
                "r1 needs 1 worker, and nobody may take it "
                "(left out: 2 in conflict with it and 1 of qualification 0 for it)."
            ),
        ),
        (
            cn.Problem(
                Q, [1, 1], task_conflicts=[("a0", "r0"), ("a1", "r0"), ("a0", "r1"), ("a1", "r1")]
            ),
            "r0, r1 together need 2 workers, and only 1 may take any of them: a2.",
        ),
        (
            cn.Problem(Q, [2, 1], worker_conflicts=[("a0", "a1")]),
            (
                "The tasks ask for 3 places, and of the 3 workers who may take one at most 2 can"
                " work together, because of their conflicts."
            ),
        ),
        (
            cn.Problem(Q, [3, 0], worker_conflicts=[("a0", "a1")], conflict_scope="task"),
            (
                "r0 needs 3 workers without conflicts between them, "
                "and of the 3 who may take it at most 2 can work together."
            ),
        ),
    ],
)
def test_obstacles_say_why(problem, sentence):
    assert cn.obstacles(problem) == [sentence]
    answer = cn.solve(problem)
    assert answer.status == "infeasible"
    assert answer.reasons == (sentence,)


@given(seed=st.integers(0, 100_000), scope=st.sampled_from(["project", "task"]))
@settings(max_examples=tries(70, 200), deadline=None)
def test_an_obstacle_is_never_named_where_an_assignment_exists(seed, scope):
    problem = paper_problem(np.random.default_rng(seed), scope, conflict_probability=0.6)
    if best_by_looking(problem) is not None:
        assert cn.obstacles(problem) == []
    elif not problem.worker_conflicts.to_numpy().any():
        assert cn.obstacles(problem)  # without worker conflicts Hall's condition is exact


@given(seed=st.integers(0, 100_000), m=st.integers(1, 9), p=st.floats(0, 1))
@settings(max_examples=tries(50, 100), deadline=None)
def test_compatible_workers_is_the_largest_independent_set(seed, m, p):
    rng = np.random.default_rng(seed)
    ca = np.triu(rng.uniform(size=(m, m)) < p, 1)
    members = rng.uniform(size=m) < 0.8
    sets = (np.array(s, dtype=bool) & members for s in product([0, 1], repeat=m))
    largest = max(int(s.sum()) for s in sets if not (ca & s & s[:, None]).any())
    for wanted in range(m + 2):
        assert teams.compatible_workers(ca | ca.T, members, wanted) == min(wanted, largest)


def test_the_search_gives_up_rather_than_guess(monkeypatch):
    clique = np.ones((6, 6), dtype=int) - np.eye(6, dtype=int)
    problem = cn.Problem(np.full((6, 1), 0.5), [2], worker_conflicts=clique)
    assert len(cn.obstacles(problem)) == 1
    monkeypatch.setattr(teams, "SEARCH_NODES", 0)
    assert cn.obstacles(problem) == []
    monkeypatch.undo()
    monkeypatch.setattr(teams, "SEARCH_WORKERS", 5)
    assert cn.obstacles(problem) == []


def test_performance_is_weighted_and_blind_to_the_order_of_labels():
    t = table(("a0", "r1"), ("a2", "r0"))
    problem = cn.Problem(Q, NEED, task_weights=[2.0, 0.5])
    assert cn.performance(problem, t) == pytest.approx(2.0 * 0.6 + 0.5 * 0.4)
    assert cn.performance(problem, t.iloc[::-1, ::-1]) == cn.performance(problem, t)


def test_an_assignment_prints_as_text():
    answer = cn.solve(cn.Problem(Q.rename(index={"a0": "李雷<b>"}), NEED))
    text = str(answer)
    assert text.startswith("optimal: ρ = 1 (")
    assert "李雷<b>" in text
    assert text.endswith("idle: a1")
    assert "<b>" not in answer.pairs._repr_html_()  # a notebook shows the label as text
    nothing = str(cn.solve(cn.Problem(Q, [2, 2])))
    assert (
        nothing
        == "infeasible: no assignment (none)\nThe tasks ask for 4 places, and there are only 3"
        " workers."
    )


def test_an_answer_is_checked_like_its_table(case):
    problem = case.problem()
    answer = cn.solve(problem)
    assert cn.check(problem, answer) == cn.check(problem, answer.table) == []
    assert cn.performance(problem, answer) == answer.performance
    other = problem.changed(worker_conflicts=[tuple(answer.pairs["worker"][:2])])
    assert cn.check(other, answer) == cn.check(other, answer.table) != []
    none = cn.solve(problem.changed(required=[12] * 5))
    for ask in (cn.check, cn.performance):
        with pytest.raises(ValueError, match="table: the answer is infeasible, it has no table"):
            ask(problem, none)
