"""Options of a problem beyond the paper, ties, and programs compiled once, against looking at every assignment."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_by_looking
from helpers.effort import tries
from helpers.random_problems import paper_problem, symmetric

import crowdnb as cn
from crowdnb.market import matching
from crowdnb.model.assignment import score
from crowdnb.model.check import broken_rules
from crowdnb.solver import engine, questions, search, ties

Q = pd.DataFrame(
    [[0.9, 0.8], [0.7, 0.2], [0.6, 0.5]], index=["a0", "a1", "a2"], columns=["r0", "r1"]
)


@pytest.fixture(params=["GLPK_MI", "CBC", "HIGHS"])
def solver(request):
    return request.param


def every_assignment(problem):
    """Each 0/1 table that the checker lets pass, the smallest problems only; with its ρ, best first, then by labels."""
    m, n = problem.qualification.shape
    cells = np.argwhere(problem.eligible).tolist()
    by_worker = [[tuple(cell) for cell in cells if cell[0] == i] for i in range(m)]
    limits = problem.worker_limits.to_numpy()
    choices = [
        [team for size in range(limits[i] + 1) for team in combinations(own, size)]
        for i, own in enumerate(by_worker)
    ]
    found = []
    for choice in product(*choices):
        placed = np.array([cell for team in choice for cell in team], dtype=np.int64).reshape(-1, 2)
        if not broken_rules(problem, placed):
            t = np.zeros((m, n), dtype=int)
            t[placed[:, 0], placed[:, 1]] = 1
            found.append((score(problem, placed), t))
    return sorted(found, key=lambda pair: (-round(pair[0], 9), (-pair[1]).ravel().tolist()))


def small_problem(rng, scope, **options):
    problem = paper_problem(rng, scope, workers=(2, 4), tasks=(1, 3))
    made = {name: make(rng, problem.arrays.qualification.shape) for name, make in options.items()}
    if "costs" in made:
        places = max(1, int(problem.required.sum()))
        made["budget"] = float(
            np.sort(made["costs"].ravel())[:places].sum() * rng.uniform(0.9, 1.6)
        )
    return problem.changed(**made)


def one_pin(rng, shape):
    pins = np.zeros(shape)
    pins[rng.integers(shape[0]), rng.integers(shape[1])] = 1
    return pins


LIMITS = {"worker_limits": lambda rng, shape: rng.integers(0, 3, shape[0])}
OPTIONS = {
    "at least": {"required_rule": lambda rng, shape: "at least"},
    "at most": {"required_rule": lambda rng, shape: "at most"},
    "limits": LIMITS,
    "pinned": {"pinned": one_pin},
    "range": {"required_most": lambda rng, shape: rng.integers(3, 5, shape[1])},
    "least": {
        "worker_limits": lambda rng, shape: rng.integers(1, 4, shape[0]),
        "worker_least": lambda rng, shape: rng.integers(0, 2, shape[0]),
        "required_most": lambda rng, shape: rng.integers(3, 5, shape[1]),
    },
    "overlaps": {
        "worker_limits": lambda rng, shape: rng.integers(1, 4, shape[0]),
        "task_overlaps": lambda rng, shape: symmetric(rng, shape[1], 0.5),
    },
    "loads": {
        "worker_limits": lambda rng, shape: rng.integers(1, 4, shape[0]),
        "loads": lambda rng, shape: rng.integers(0, 4, shape),
        "capacities": lambda rng, shape: rng.integers(1, 7, shape[0]),
    },
    "budget": {"costs": lambda rng, shape: rng.uniform(1, 5, shape).round(2)},
    "all": {
        **LIMITS,
        "required_rule": lambda rng, shape: str(rng.choice(["exactly", "at least", "at most"])),
        "worker_least": lambda rng, shape: (rng.uniform(size=shape[0]) < 0.2) + 0,
        "pinned": lambda rng, shape: one_pin(rng, shape) * rng.integers(0, 2),
        "task_overlaps": lambda rng, shape: symmetric(rng, shape[1], 0.3),
        "loads": lambda rng, shape: rng.uniform(0, 2, shape[1]).round(1),
        "capacities": lambda rng, shape: rng.uniform(1, 4, shape[0]).round(1),
        "costs": lambda rng, shape: rng.uniform(-1, 5, shape).round(1),
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_agrees_with_exhaustive_search(name, scope):
    rng = np.random.default_rng([sum(map(ord, name)), scope == "task"])
    seen = {"optimal": 0, "infeasible": 0}
    for _ in range(tries(20, 80)):
        problem = small_problem(rng, scope, **OPTIONS[name])
        found = every_assignment(problem)
        for solver in ("GLPK_MI", "CBC", "HIGHS"):
            answer = cn.solve(problem, solver)
            assert answer.status == ("optimal" if found else "infeasible"), (problem, solver)
            if found:
                assert answer.performance == pytest.approx(found[0][0], abs=1e-9), solver
                assert cn.check(problem, answer.table) == []
                assert answer.bound == answer.performance
            else:
                assert answer.reasons
        seen[answer.status] += 1
    assert seen["optimal"] > tries(0, 5)
    assert seen["infeasible"] > tries(0, 1) or name == "at most"


def test_a_worker_with_two_tasks_is_as_good_as_two_copies_of_it():
    """The paper copies a worker who may take several tasks. Copies may meet on one task: bar that, and both agree."""
    rng = np.random.default_rng(3)
    for _ in range(10):
        q = rng.uniform(size=(4, 3))
        limit = cn.solve(
            cn.Problem(q, [1, 1, 1], worker_limits=[2, 1, 1, 1], worker_conflicts=[(1, 2)])
        )
        copied = cn.solve(cn.Problem(np.vstack([q, q[0]]), [1, 1, 1], worker_conflicts=[(1, 2)]))
        assert limit.performance == pytest.approx(copied.performance, abs=1e-12)
    # With more than one place on a task the copies could share it, which a worker cannot.
    shared = cn.solve(cn.Problem([[0.9, 0.1], [0.5, 0.4]], [2, 0], worker_limits=[2, 1]))
    assert shared.performance == pytest.approx(1.4)
    assert cn.solve(
        cn.Problem([[0.9, 0.1], [0.5, 0.4], [0.9, 0.1]], [2, 0])
    ).performance == pytest.approx(1.8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"required_rule": "about"},
            "required_rule must be 'exactly' or 'at least' or 'at most', got 'about'",
        ),
        ({"worker_limits": [1, 1]}, "worker_limits: 3 values are needed"),
        ({"worker_limits": {"a0": 1, "a1": 1, "a9": 1}}, "worker_limits: unknown worker a9"),
        (
            {"worker_limits": -1},
            "worker_limits: a0 has a limit of -1 tasks, that must not be negative",
        ),
        (
            {"worker_limits": [1, 1.5, 1]},
            "worker_limits: a1 has a limit of 1.5 tasks, that must be a whole number",
        ),
        ({"worker_least": [1, 0.5, 0]}, "worker_least: a1 takes 0.5 tasks at least, that must be"),
        (
            {"worker_least": {"a1": -2}},
            "worker_least: a1 takes -2 tasks at least, that must not be",
        ),
        (
            {"required_most": {"r1": 0}},
            r"required_most: r1 may take up to 0 workers and asks for 1 \(required\)",
        ),
        (
            {"required_most": 3, "required_rule": "at most"},
            "required_most: goes with required_rule 'exactly', which it widens; got 'at most'",
        ),
        ({"required_most": {"r1": 2.5}}, "required_most: r1 may take up to 2.5 workers, that must"),
        (
            {"required_most": {"r1": 1e7}},
            "r1 may take up to 1e.07 workers, that is more than 1,000",
        ),
        ({"costs": [1, 2], "budget": 1}, "costs: 3 values are needed, one for each of a0, a1, a2"),
        ({"costs": {"a9": 2}, "budget": 1}, "costs: unknown worker a9"),
        ({"costs": {"a1": np.inf}, "budget": 1}, "costs: a1 has inf, a finite number is needed"),
        ({"loads": [1, 1], "capacities": -np.inf}, "capacities: a0 has -inf, a finite number"),
        ({"pinned": [("a0", "r7")]}, "pinned: a0 with r7: task r7 is unknown"),
        ({"task_overlaps": [("r0", "r7")]}, "task_overlaps: r0 with r7: task r7 is unknown"),
        ({"task_overlaps": [("a0", "r1")]}, "task_overlaps: a0 with r1: task a0 is unknown"),
        ({"task_overlaps": [("r0", "r0")]}, "task_overlaps: r0 overlaps with itself"),
        ({"task_overlaps": [("r0",)]}, r"task_overlaps: \('r0',\) is not a pair of labels"),
        ({"task_overlaps": {"r0": "r1"}}, "task_overlaps: a mapping is not understood"),
        ({"task_overlaps": "r0 r1"}, "task_overlaps: pairs of labels, or a 0/1 frame, are needed"),
        (
            {"task_overlaps": np.zeros((3, 3))},
            r"task_overlaps: shape \(3, 3\), needed is \(2, 2\)",
        ),
        (
            {"task_overlaps": [[0, 1], [0, 0]]},
            "task_overlaps: r0 with r1 is 1 and r1 with r0 is 0, the frame must be symmetric",
        ),
        (
            {"task_overlaps": [[0, 2], [2, 0]]},
            "task_overlaps: 0 with 2: task 0 is unknown",
        ),
        (
            {"task_overlaps": np.array([[0, 2], [2, 0]])},
            "task_overlaps: r0 with r1 is 2, it must be 0 or 1",
        ),
        (
            {"task_overlaps": pd.DataFrame([[0, 1], [1, 0]], ["r0", "r9"], ["r0", "r1"])},
            "task_overlaps, rows: unknown task r9.* the columns task and other",
        ),
        (
            {"task_overlaps": pd.DataFrame({"worker": ["r0"], "other": ["r1"], "more": [1]})},
            "the columns task and other",
        ),
        ({"loads": [1, 1]}, "loads and capacities go together"),
        ({"capacities": 3}, "loads and capacities go together"),
        (
            {"loads": [1, -1], "capacities": 3},
            "loads: task r1 is -1, a load must not be negative",
        ),
        (
            {"loads": -Q, "capacities": 3},
            "loads: worker a0, task r0 is -0.9, a load must not be negative",
        ),
        ({"loads": [1, np.nan], "capacities": 3}, "loads: r1 has nan, a finite number"),
        ({"loads": {"r0": 1}, "capacities": 3}, "loads: .*r1"),
        ({"loads": [1, 1, 1], "capacities": 3}, "loads: 2 values are needed"),
        (
            {"loads": Q.replace(0.2, np.inf), "capacities": 3},
            "loads: worker a1, task r1 is inf, a finite number",
        ),
        ({"loads": np.ones((2, 3)), "capacities": 3}, r"loads: shape \(2, 3\), needed is"),
        (
            {"loads": [1, 1], "capacities": [1, -2, 1]},
            "capacities: a1 has -2, a capacity must not be negative",
        ),
        ({"loads": [1, 1], "capacities": [1, 1]}, "capacities: 3 values are needed"),
        ({"loads": [1, 1], "capacities": {"a9": 1}}, "capacities: unknown worker a9"),
        ({"loads": [1, 1], "capacities": np.nan}, "capacities: a0 has nan, a finite number"),
        ({"costs": Q}, "costs and budget go together"),
        ({"budget": 3}, "costs and budget go together"),
        ({"costs": Q, "budget": np.nan}, "budget: nan is not a finite number"),
        ({"costs": Q, "budget": "much"}, "budget: 'much' is not a finite number"),
        (
            {"costs": Q.replace(0.2, np.inf), "budget": 1},
            "costs: worker a1, task r1 is inf, a finite number",
        ),
        ({"costs": np.ones((2, 2)), "budget": 1}, r"costs: shape \(2, 2\), needed is \(3, 2\)"),
        ({"costs": Q.rename(index={"a0": "b"}), "budget": 1}, "costs, rows: unknown worker b"),
    ],
)
def test_options_that_make_no_sense_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        cn.Problem(Q, [1, 1], **options)


def test_overlaps_are_read_however_they_are_given():
    """By pairs either way round, a frame of pairs, a 0/1 frame in any order, an array, nested lists."""
    q = pd.DataFrame(np.full((2, 3), 0.5), ["a0", "a1"], ["r0", "r1", "r2"])
    wanted = [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    frame = pd.DataFrame(wanted, q.columns, q.columns)
    ways = [
        [("r2", "r0")],
        pd.DataFrame({"other": ["r0"], "task": ["r2"], "why": ["both at noon"]}),
        frame.loc[["r2", "r0", "r1"], ["r1", "r2", "r0"]],
        np.array(wanted),
        wanted,
    ]
    for way in ways:
        problem = cn.Problem(q, [1, 1, 1], task_overlaps=way)
        assert problem.task_overlaps.to_numpy().tolist() == wanted
        assert (problem.task_overlaps.index.name, problem.task_overlaps.columns.name) == (
            "task",
            "other",
        )
        assert problem.changed(worker_limits=2).overlap_pairs.tolist() == [[0, 2]]
        assert problem.changed(task_overlaps=None).overlap_pairs.tolist() == []
        assert problem.plain  # one task a worker: no overlap matters


def test_overlaps_are_told_priced_repaired_and_kept_by_every_variant():
    """Three tasks at the same time, two workers: by hand."""
    q = pd.DataFrame([[0.9, 0.8, 0.3], [0.7, 0.6, 0.5]], ["a0", "a1"], ["r0", "r1", "r2"])
    free = cn.Problem(q, [1, 1, 1], worker_limits=3)
    assert cn.solve(free).performance == pytest.approx(2.2)
    two = free.changed(task_overlaps=[("r0", "r1")])
    answer = cn.solve(two)
    assert answer.performance == pytest.approx(2.0)
    assert answer.pairs[["worker", "task"]].to_numpy().tolist() in (
        [["a0", "r0"], ["a1", "r1"], ["a1", "r2"]],
        [["a1", "r0"], ["a0", "r1"], ["a1", "r2"]],
    )
    priced = cn.prices(two)
    row = priced[priced["kind"] == "overlap"].iloc[0]
    assert (row["task"], row["other"], row["worth"]) == ("r0", "r1", pytest.approx(-0.2))
    assert row["text"] == "r0 and r1 overlapping costs 0.2"
    assert cn.alternatives(two, limit=2, tolerance=0).optima == 2
    assert "no assignment exists with it" not in cn.why(two, "a0", "r2").text

    three = free.changed(task_overlaps=[("r0", "r1"), ("r1", "r2"), ("r2", "r0")])
    why = cn.explain_infeasible(three)
    assert set(why.requirements["kind"]) == {"place", "overlap"}
    assert "r0 and r1 overlap; r0 and r2 overlap; r1 and r2 overlap." in why.text
    found = [one.text for one in cn.repairs(three).repairs]
    assert {
        "let one worker take both r0 and r1",
        "add a worker like a0",
        "ask one fewer for r2",
    } <= set(found)
    untouched = cn.repairs(three, untouchable=[("overlap", "r1", "r0")])
    assert "let one worker take both r0 and r1" not in [one.text for one in untouched.repairs]


def test_capacities_are_told_repaired_and_kept_by_every_variant():
    """Two workers of eight hours, three tasks of five, four and three: by hand."""
    q = pd.DataFrame([[0.9, 0.8, 0.3], [0.7, 0.6, 0.5]], ["a0", "a1"], ["r0", "r1", "r2"])
    hours = pd.Series({"r2": 3, "r1": 4, "r0": 5})
    problem = cn.Problem(q, [1, 1, 1], worker_limits=3, loads=hours, capacities=8)
    assert problem.loads.to_numpy().tolist() == [[5, 4, 3], [5, 4, 3]]
    assert (problem.capacities.name, problem.loads.index.name) == ("capacity", "worker")
    answer = cn.solve(problem)
    assert answer.performance == pytest.approx(0.9 + 0.6 + 0.5)
    assert cn.why(problem, "a0", "r1").chosen is False
    assert len(cn.alternatives(problem, limit=20)) == 4  # r0 and r1 go to different workers
    assert cn.solve(problem.changed(capacities={"a0": 9, "a1": 3})).performance == pytest.approx(
        2.2
    )

    short = problem.changed(capacities={"a0": 8, "a1": 3.5})
    why = cn.explain_infeasible(short)
    assert set(why.requirements["kind"]) == {"place", "capacity"}
    assert "a0 has a capacity of 8; a1 has a capacity of 3.5." in why.text
    repairs = [one.text for one in cn.repairs(short).repairs]
    assert {"ask one fewer for r0", "ask one fewer for r1", "add a worker like a0"} <= set(repairs)
    # of r2 alone is room for a new worker like a1
    assert "add a worker like a1" not in repairs
    with pytest.raises(ValueError, match="knows no capacities"):
        matching.greedy(problem)
    tight = cn.Problem(q, [1, 0, 0], loads=hours, capacities=[4, 5])
    assert cn.solve(tight).performance == pytest.approx(0.7)
    assert "its load is more than the capacity of a0" in cn.why(tight, "a0", "r0").text


def test_a_range_of_workers_is_filled_as_far_as_it_pays():
    """Three workers, of whom the third lowers ρ: by hand."""
    q = pd.DataFrame([[0.9, 0.8], [0.7, -0.2], [-0.3, -0.5]], ["a0", "a1", "a2"], ["r0", "r1"])
    problem = cn.Problem(q, [1, 0], required_most={"r0": 3})
    assert problem.required_most.tolist() == [3, 0]
    assert problem.required_most.name == "most"
    assert (problem.plain, problem.exact) == (False, False)
    answer = cn.solve(problem)
    assert answer.pairs[["worker", "task"]].to_numpy().tolist() == [["a0", "r0"], ["a1", "r0"]]
    assert cn.check(problem, answer.table * 0) == ["r0 has 0 of 1 to 3 workers"]
    assert cn.check(problem, answer.table * 0 + 1)[:2] == [
        "r1 has 3 of 0 workers",
        "a0 has 2 tasks: r0, r1",
    ]
    best = cn.alternatives(problem, limit=100)
    assert (len(best), best.complete) == (7, True)  # every team of r0 but nobody
    assert cn.why(problem, "a2", "r0").difference == pytest.approx(0.3)
    # what changes with L moves along where nothing else is said
    assert problem.changed(required=[1, 2]).required_most.tolist() == [3, 2]
    with pytest.raises(ValueError, match="r0 may take up to 3 workers and asks for 4"):
        problem.changed(required=[4, 0])
    with pytest.raises(ValueError, match="knows no range of workers"):
        matching.greedy(problem)


def test_places_that_count_nothing_are_a_tie_where_they_may_stay_empty():
    q = pd.DataFrame([[0.9, 0.0], [0.0, 0.8]], ["a0", "a1"], ["r0", "r1"])
    problem = cn.Problem(q, [1, 0], [1.0, 0.0], required_most={"r1": 1})
    answer = cn.solve(problem, tie_break="labels")
    assert (answer.tied, len(answer.pairs)) == (True, 2)


def test_asking_fewer_of_a_range_leaves_its_upper_end():
    q = pd.DataFrame([[0.9, 0.5], [0.8, 0.6], [0.7, 0.4]], ["a0", "a1", "a2"], ["r0", "r1"])
    problem = cn.Problem(q, [2, 2], required_most={"r0": 3})
    found = {one.text: one for one in cn.repairs(problem).repairs}
    fewer = found["ask one fewer for r0"]
    assert fewer.problem.most.tolist() == [3, 2]
    assert fewer.performance == pytest.approx(0.9 + 0.6 + 0.4)
    assert found["ask one fewer for r1"].problem.most.tolist() == [3, 1]


def test_who_must_take_tasks_takes_them_and_it_is_told_and_repaired():
    q = pd.DataFrame([[0.9, 0.8], [0.7, 0.6], [0.1, 0.3]], ["a0", "a1", "a2"], ["r0", "r1"])
    problem = cn.Problem(q, [1, 1], worker_limits=2, worker_least={"a2": 1})
    assert (problem.worker_least.name, problem.plain) == ("least", False)
    answer = cn.solve(problem)
    assert answer.pairs[["worker", "task"]].to_numpy().tolist() == [["a0", "r0"], ["a2", "r1"]]
    free = cn.solve(problem.changed(worker_least=None))
    assert cn.check(problem, free) == ["a2 has no task, 1 at least"]
    assert cn.check(problem.changed(worker_least={"a2": 2}), answer) == [
        "a2 has 1 task: r1, 2 at least"
    ]
    assert cn.why(problem, "a2", "r1").other.performance == pytest.approx(0.8 + 0.1)
    assert (
        len(cn.alternatives(problem, limit=20)) == 5
    )  # a2 on one with another on the other, or on both
    with pytest.raises(ValueError, match="knows no least number of tasks"):
        matching.greedy(problem)

    barred = problem.changed(task_conflicts=[("a2", "r0"), ("a2", "r1")])
    why = cn.explain_infeasible(barred)
    assert set(why.requirements["kind"]) == {"least", "exclusion"}
    assert "a2 takes at least 1 task." in why.text
    assert {one.text for one in cn.repairs(barred).repairs} == {
        "allow a2 to take r0",
        "allow a2 to take r1",
        "let a2 take one task fewer",
    }
    twice = barred.changed(worker_least={"a2": 2})
    texts = [one.text for one in cn.repairs(twice, untouchable=["exclusion"]).repairs]
    assert texts == ["let a2 take 2 tasks fewer"]
    # a new worker need not take what the one whom he is like must
    short = cn.Problem(q, [2, 2], worker_least={"a2": 1})
    new = next(one for one in cn.repairs(short).repairs if one.text == "add a worker like a2")
    assert new.problem.worker_least.tolist() == [0, 0, 1, 0]


def test_what_a_worker_costs_is_paid_for_each_task():
    q = pd.DataFrame([[0.9, 0.8], [0.7, 0.6], [0.1, 0.3]], ["a0", "a1", "a2"], ["r0", "r1"])
    rules = {"worker_limits": 2, "budget": 5}
    problem = cn.Problem(q, [1, 1], costs={"a0": 3, "a1": 2}, **rules)
    assert problem.costs.to_numpy().tolist() == [[3, 3], [2, 2], [0, 0]]
    assert cn.solve(problem).performance == pytest.approx(0.9 + 0.6)
    for same in ([3, 2, 0], np.array([3, 2, 0]), pd.Series([2, 0, 3], ["a1", "a2", "a0"])):
        assert cn.Problem(q, [1, 1], costs=same, **rules).costs.equals(problem.costs)
    assert cn.Problem(q, [1, 1], costs=2.5, **rules).costs.to_numpy().min() == 2.5


def test_a_capacity_without_an_entry_has_no_bound():
    q = pd.DataFrame([[0.9, 0.8], [0.7, 0.6]], ["a0", "a1"], ["r0", "r1"])
    rules = {"worker_limits": 2, "loads": [5, 4]}
    problem = cn.Problem(q, [1, 1], capacities={"a1": 4}, **rules)
    assert problem.capacities.tolist() == [np.inf, 4]
    assert cn.solve(problem).performance == pytest.approx(1.7)
    assert cn.Problem(q, [1, 1], capacities=[np.inf, 4], **rules).capacities.equals(
        problem.capacities
    )
    none = cn.Problem(q, [1, 1], capacities={}, **rules)
    assert cn.solve(none).performance == pytest.approx(1.7)
    tight = problem.changed(capacities={"a0": 4}, worker_limits=[1, 0])
    assert "capacity" not in str(cn.explain_infeasible(tight))


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            cn.Problem(Q, [1, 1], worker_least={"a1": 2}),
            "a1 must take at least 2 tasks, and may take only 1.",
        ),
        (
            cn.Problem(
                Q, [1, 1], worker_least={"a1": 1}, task_conflicts=[("a1", "r0"), ("a1", "r1")]
            ),
            "a1 must take at least 1 task, and may take none.",
        ),
        (
            cn.Problem(Q, [1, 0], required_most=[1, 1], worker_least=1),
            "The workers must take at least 3 tasks in all, and the tasks take at most 2 workers.",
        ),
        (
            cn.Problem(Q, [1, 1], worker_least={"a0": 1, "a2": 1}, worker_conflicts=[("a2", "a0")]),
            "a0 and a2 are in conflict, and each must take a task.",
        ),
        (
            cn.Problem(Q, [1, 1], pinned=[("a0", "r0"), ("a0", "r1")]),
            "Pinned pairs alone break a rule: a0 has 2 tasks: r0, r1.",
        ),
        (
            cn.Problem(
                Q, [1, 1], pinned=[("a0", "r0"), ("a1", "r1")], worker_conflicts=[("a0", "a1")]
            ),
            "Pinned pairs alone break a rule: a0 and a1 are in conflict and both are chosen.",
        ),
        (
            cn.Problem(Q, [1, 1], pinned=[("a0", "r0"), ("a1", "r0")]),
            "Pinned pairs alone break a rule: r0 has 2 of 1 workers.",
        ),
        (
            cn.Problem(Q, [1, 1], pinned=[("a0", "r0")], task_conflicts=[("a0", "r0")]),
            "Pinned pairs alone break a rule: a0 is in conflict with r0 and is given it.",
        ),
        (
            cn.Problem(Q, [3, 2], worker_limits=[2, 1, 1]),
            "The tasks ask for 5 places, and workers may take only 4 in all.",
        ),
        (
            cn.Problem(Q, [2, 0], worker_limits=[0, 0, 1]),
            "r0 needs 2 workers, and only 1 may take it: a2 (left out: 2 with a limit of 0 tasks).",
        ),
        (
            cn.Problem(
                Q,
                [1, 1],
                worker_limits=2,
                pinned=[("a0", "r0"), ("a0", "r1")],
                task_overlaps=[("r1", "r0")],
            ),
            "Pinned pairs alone break a rule: a0 has r0 and r1, which overlap.",
        ),
        (
            cn.Problem(Q, [2, 2], worker_limits=2, task_overlaps=[("r0", "r1")]),
            "r0, r1 overlap and together need 4 workers, and only 3 may take any of them:"
            " a0, a1, a2.",
        ),
        (
            cn.Problem(Q, [3, 0], loads=[2, 1], capacities=[2, 1, 1.9]),
            "r0 needs 3 workers, and only 1 may take it: a0 (left out: 2 with too little"
            " capacity).",
        ),
        (
            cn.Problem(Q, [2, 2], worker_limits=2, loads=[2, 1], capacities=[2, 2, 1.5]),
            "Whoever takes them, the tasks come to a load of at least 6, and all capacities to"
            " 5.5.",
        ),
        (
            cn.Problem(Q, [1, 1], pinned=[("a0", "r0")], loads=[2, 1], capacities=1),
            "Pinned pairs alone break a rule: the tasks of a0 come to a load of 2, the capacity"
            " is 1.",
        ),
        (
            cn.Problem(Q, [1, 1], costs=Q, budget=0.1),
            "Whatever is chosen costs at least 0.8, and the budget is 0.1.",
        ),
        (
            cn.Problem(Q, [0, 0], costs=Q, budget=-1),
            "Whatever is chosen costs at least 0, and the budget is -1.",
        ),
        (
            cn.Problem(Q, [1, 1], costs=[[1, 1], [5, 5], [5, 5]], budget=2),
            "No assignment keeps all the rules within the budget (proved by GLPK_MI).",
        ),
    ],
)
def test_why_no_assignment_exists_with_options(problem, reason):
    answer = cn.solve(problem)
    assert answer.status == "infeasible"
    assert reason in answer.reasons


def test_the_checker_knows_the_options():
    def table(*pairs):
        t = pd.DataFrame(0, index=Q.index, columns=Q.columns)
        for worker, task in pairs:
            t.loc[worker, task] = 1
        return t

    both = table(("a0", "r0"), ("a0", "r1"))
    assert cn.check(cn.Problem(Q, [1, 1], worker_limits=2), both) == []
    assert cn.check(cn.Problem(Q, [1, 1], worker_limits=[0, 1, 1]), both) == [
        "a0 has 2 tasks: r0, r1",
        "a0 has a limit of 0 tasks, is not free for r0 and is given it",
        "a0 has a limit of 0 tasks, is not free for r1 and is given it",
    ]
    apart = cn.Problem(Q, [1, 1], worker_limits=2, task_overlaps=[("r1", "r0")])
    assert cn.check(apart, both) == ["a0 has r0 and r1, which overlap"]
    hours = cn.Problem(Q, [1, 1], worker_limits=2, loads=[0.1, 0.2], capacities=0.3)
    assert cn.check(hours, both) == []  # 0.1 + 0.2 is 0.3, whatever binary numbers say
    assert cn.check(hours.changed(loads=[0.1, 0.25]), both) == [
        "the tasks of a0 come to a load of 0.35, the capacity is 0.3"
    ]
    three = cn.Problem(Q, [2, 1], required_rule="at least", worker_limits=[1, 2, 1])
    assert cn.check(three, both) == ["r0 has 1 of at least 2 workers", "a0 has 2 tasks: r0, r1"]
    assert cn.check(cn.Problem(Q, [0, 1], required_rule="at most"), table(("a0", "r0"))) == [
        "r0 has 1 of at most 0 workers"
    ]
    assert cn.check(cn.Problem(Q, [1, 0], pinned=[("a1", "r0")]), table(("a0", "r0"))) == [
        "a1 is pinned to r0 and is not given it"
    ]
    dear = cn.Problem(Q, [1, 1], costs=Q, budget=1.3)
    assert cn.check(dear, table(("a0", "r0"), ("a2", "r1"))) == [
        "the costs come to 1.4, the budget is 1.3"
    ]
    assert cn.check(dear, table(("a0", "r1"), ("a2", "r0"))) == [
        "the costs come to 1.4, the budget is 1.3"
    ]
    # 0.1 + 0.2 exceeds 0.3 by rounding alone
    tenth = cn.Problem(Q, [1, 1], costs=Q * 0 + [0.1, 0.2], budget=0.3)
    assert cn.check(tenth, table(("a0", "r0"), ("a1", "r1"))) == []
    assert cn.solve(tenth).status == "optimal"


def test_the_frontier_shows_what_a_budget_buys():
    problem = cn.Problem(Q, [1, 1], costs=[[5, 4], [2, 2], [1, 3]], budget=9)
    frontier = cn.frontier(problem, [2.5, 3, 4, 5, 6, 7, 9])
    assert frontier["status"].tolist() == ["infeasible"] + ["optimal"] * 6
    expected = []
    for budget in frontier.index:
        found = every_assignment(problem.changed(budget=budget))
        expected.append(found[0][0] if found else np.nan)
    np.testing.assert_allclose(frontier["performance"], expected)
    assert (frontier["cost"].iloc[1:] <= frontier.index[1:]).all()
    assert frontier["performance"].iloc[1:].is_monotonic_increasing
    whole = cn.frontier(problem)
    assert whole["performance"].iloc[-1] == pytest.approx(
        cn.solve(cn.Problem(Q, [1, 1])).performance
    )
    assert whole["performance"].is_unique
    with pytest.raises(ValueError, match="the problem has no costs"):
        cn.frontier(cn.Problem(Q, [1, 1]))


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_ties_are_broken_by_labels_and_by_every_solver_alike(scope):
    rng, tied = np.random.default_rng(8), 0
    for number in range(tries(12, 25)):
        problem = paper_problem(rng, scope, workers=(3, 5), tasks=(1, 3))
        q = (2 * problem.qualification).round() / 10 + 0.5
        problem = problem.changed(qualification=q, task_weights=None)
        found = every_assignment(problem)
        tied += len([1 for rho, _ in found if rho > found[0][0] - 1e-9]) > 1
        for solver in ("GLPK_MI", "CBC", "HIGHS"):
            answer = cn.solve(problem, solver, tie_break="labels")
            assert (answer.status == "optimal") == bool(found)
            if found:
                assert answer.table.to_numpy().tolist() == found[0][1].tolist(), (number, solver)
                assert not answer.reasons
    assert tied > tries(1, 5)


@pytest.mark.slow
@pytest.mark.parametrize(("m", "p", "seed"), [(14, 0.15, 7), (22, 0.15, 21), (45, 0.1, 1)])
def test_a_pin_that_costs_something_is_no_tie(m, p, seed):
    """The engine's answer for a pin used to be rounded to a better one without it, and was then not believed."""
    problem = cn.random_problem(m, None, p, seed)
    answer = cn.solve(problem, tie_break="labels")
    assert answer.table.equals(cn.solve(problem).table)  # Q is random: nothing is tied


def test_ties_are_broken_with_options_too():
    problem = cn.Problem(
        np.full((4, 3), 0.5), [1, 1, 1], worker_limits=[1, 2, 1, 1], required_rule="at most"
    )
    answer = cn.solve(problem, tie_break="labels")
    assert np.argwhere(answer.table.to_numpy()).tolist() == [[0, 0], [1, 1], [1, 2]]
    with pytest.raises(ValueError, match="tie_break must be 'labels' or None, got 'first'"):
        cn.solve(problem, tie_break="first")


def test_places_that_may_stay_empty_are_filled_even_if_the_time_is_over_at_once(monkeypatch):
    """Nobody at all keeps every rule too; a team without conflicts is better, and needs no engine."""
    monkeypatch.setattr(
        questions,
        "ask",
        lambda _, pairs, *__: engine.Answer("time_limit", np.zeros(len(pairs)), np.nan),
    )
    q = [[0.9, 0.8], [0.8, 0.1], [0.2, 0.3]]
    problem = cn.Problem(q, [1, 1], worker_conflicts=[(0, 1)], required_rule="at most")
    answer = cn.solve(problem, "CBC", time_limit=1)
    assert (answer.status, answer.table.loc[[0, 2]].to_numpy().tolist()) == (
        "time_limit",
        [[1, 0], [0, 1]],
    )
    # prices of the rows leave hardly anything above it
    assert (answer.performance, answer.bound) == pytest.approx((1.2, 1.2))
    assert cn.check(problem, answer.table) == []


def test_ties_that_the_time_leaves_open_are_said_to_be(monkeypatch):
    monkeypatch.setattr(
        questions,
        "ask",
        lambda _, pairs, *__: engine.Answer("time_limit", np.zeros(len(pairs)), np.nan),
    )
    # several tie, and conflicts keep chains of exchanges from telling
    q = [[1.0, 1.0], [1.0, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 1.0], [1.0, 1.0]]
    apart = [(3, 2), (4, 1), (4, 3), (5, 2), (5, 3), (5, 4)]
    one = search.Search(cn.Problem(q, [1, 2], worker_conflicts=apart), "CBC", 1, "labels")
    one.reach, one.bound = np.full((6, 2), 3.0), 3.0
    best = [[1, 0], [0, 1], [5, 1]]
    one._try(np.array(best))
    open_order = "which comes first by label was not settled within the time limit."
    whether = [f"Whether another assignment is as good, and {open_order}"]
    assert one._first_by_labels(one.allowed) == whether and one.tied is None
    monkeypatch.setattr(ties.Ties, "_another", lambda *_: True)
    assert one._first_by_labels(one.allowed) == [f"Another assignment is as good; {open_order}"]
    assert one.found.tolist() == best


def test_a_budget_that_allows_nothing_does_not_crash_the_engine(solver):
    """GLPK aborts the process when its presolver takes the last column away."""
    dear = cn.Problem(Q, [1, 1], required_rule="at most", costs=Q, budget=0.1)
    answer = cn.solve(dear, solver)
    assert (answer.status, answer.performance, answer.idle) == ("optimal", 0.0, ("a0", "a1", "a2"))


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_compiled_program_answers_like_solve(scope, solver):
    rng = np.random.default_rng(12)
    start = paper_problem(rng, scope, workers=(6, 6), tasks=(3, 3))
    start = start.changed(required=np.minimum(start.required, 1), worker_conflicts=None)
    compiled = cn.Program(start, solver)
    assert compiled.compiled is not None
    seen = {"optimal": 0, "infeasible": 0}
    for _ in range(tries(20, 60 if solver == "GLPK_MI" else 30)):
        problem = paper_problem(rng, scope, workers=(6, 6), tasks=(3, 3))
        names = ["qualification", "required", "task_weights", "task_conflicts", "worker_conflicts"]
        answer = compiled.resolve(**{name: getattr(problem, name) for name in names})
        best = best_by_looking(problem)
        assert answer.status == ("infeasible" if best is None else "optimal")
        seen[answer.status] += 1
        if best is None:
            assert answer.reasons
        else:
            assert answer.performance == pytest.approx(best, abs=1e-9)
            assert cn.check(answer.problem, answer.table) == []
    assert seen["optimal"] > 3
    assert seen["infeasible"] > tries(0, 1)
    again = compiled.resolve()
    assert again.problem.qualification.equals(start.qualification)


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_compiled_program_settles_ties_too(scope, solver):
    """Few values of Q make many ties; each pin is a number in the compiled program."""
    rng = np.random.default_rng(6)
    compiled = cn.Program(cn.Problem(np.zeros((4, 3)), [1, 1, 1], conflict_scope=scope), solver)
    for _ in range(6):
        values = {
            "qualification": rng.integers(1, 3, (4, 3)) / 2,
            "worker_conflicts": [(0, rng.integers(1, 4))],
        }
        answer = compiled.resolve(**values, tie_break="labels")
        assert answer.table.to_numpy().tolist() == every_assignment(answer.problem)[0][1].tolist()


def test_resolve_reads_by_label_and_refuses_what_problem_refuses():
    compiled = cn.Program(cn.Problem(Q, [1, 1]))
    turned = compiled.resolve(
        qualification=Q.loc[["a2", "a0", "a1"], ["r1", "r0"]], worker_conflicts=[("a1", "a0")]
    )
    assert turned.performance == pytest.approx(1.4)
    assert turned.problem.qualification.equals(Q)
    with pytest.raises(ValueError, match="qualification, rows: unknown worker b"):
        compiled.resolve(qualification=Q.rename(index={"a0": "b"}))
    with pytest.raises(ValueError, match="required: r0 asks for -1 workers"):
        compiled.resolve(required=[-1, 1])
    with pytest.raises(ValueError, match="exceeds 1e\\+300"):
        compiled.resolve(task_weights=[1e301, 1])
    with pytest.raises(ValueError, match="'simplex' is unknown"):
        cn.Program(cn.Problem(Q, [1, 1]), "simplex")


def test_programs_too_large_or_with_options_start_afresh():
    large = cn.random_problem(60, 5, rng=1)
    compiled = cn.Program(large)
    assert compiled.compiled is None
    assert compiled.resolve().performance == pytest.approx(
        cn.solve(large, "HIGHS").performance, abs=1e-9
    )
    assert cn.Program(
        cn.Problem(Q, [1, 1], worker_limits=2)
    ).resolve().performance == pytest.approx(1.7)


def test_a_compiled_program_settles_ties_and_a_strange_end_is_an_error(monkeypatch):
    from cvxopt import glpk

    compiled = cn.Program(
        cn.Problem(np.full((3, 2), 0.5), [1, 1], worker_conflicts=[(0, 1)]), "GLPK_MI"
    )
    answer = compiled.resolve(tie_break="labels", time_limit=5)
    assert np.argwhere(answer.table.to_numpy()).tolist() == [[0, 0], [2, 1]]
    monkeypatch.setattr(glpk, "ilp", lambda *args, **options: ("undefined", None))
    pairs = np.argwhere(compiled.problem.eligible)
    assert compiled.compiled(compiled.problem, pairs, "GLPK_MI", 1.0).status == "time_limit"
    with pytest.raises(cn.SolverAnswerError, match="GLPK_MI ends with status undefined"):
        compiled.compiled(compiled.problem, pairs, "GLPK_MI", None)
