"""The linear model, its prices and branch and bound, against known answers and every table."""

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_rho
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.market import matching, relaxation

# A of the second source, workers × tasks.
A = pd.DataFrame(
    [[0.8, 0.5, 0.7, 0.6], [0.7, 0.4, 0.8, 0.5], [0.6, 0.3, 0.9, 0.4], [0.9, 0.2, 0.5, 0.3]],
    index=["w1", "w2", "w3", "w4"],
    columns=["t1", "t2", "t3", "t4"],
)
LIMITS = {"project": [0, 1, 1, 1], "task": [0, 1, 1, 2]}
EXAMPLE = cn.Problem(A, [1] * 4, required_rule="at most")


def ring(size, tasks=1):
    """So many workers on a ring, each in conflict with both neighbours; places for everybody."""
    conflicts = [(k, (k + 1) % size) for k in range(size)]
    return cn.Problem(
        np.ones((size, tasks)), [size] * tasks, worker_conflicts=conflicts, required_rule="at most"
    )


def test_the_matrix_of_two_workers_and_two_tasks():
    model = relaxation.linear(cn.Problem(A.iloc[:2, :2], [1, 2], worker_conflicts=[("w1", "w2")]))
    assert model.matrix.astype(int).to_numpy().tolist() == [
        [1, 1, 0, 0],
        [0, 0, 1, 1],
        [1, 0, 1, 0],
        [0, 1, 0, 1],
        [1, 1, 1, 1],
    ]
    assert list(model.limit.items()) == [
        (("worker", "w1"), 1), (("worker", "w2"), 1), (("task", "t1"), 1), (("task", "t2"), 2),
        (("conflict", "w1, w2"), 1),
    ]  # fmt: skip
    assert model.value.to_dict() == {
        ("w1", "t1"): 0.8,
        ("w1", "t2"): 0.5,
        ("w2", "t1"): 0.7,
        ("w2", "t2"): 0.4,
    }
    same_task = cn.Problem(
        A.iloc[:2, :2], [1, 2], worker_conflicts=[("w1", "w2")], conflict_scope="task"
    )
    # t1 takes one
    assert relaxation.linear(same_task).matrix.loc["conflict"].to_numpy().tolist() == [[0, 1, 0, 1]]


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_branch_and_bound_finds_the_best_of_every_table_and_the_relaxation_bounds_it(scope):
    rng, fractional = np.random.default_rng(0), 0
    for _ in range(20):
        problem = random_problem(rng, scope, sizes=[(5, 1), (4, 2), (3, 3)]).changed(
            required_rule="at most"
        )
        m, n = problem.qualification.shape
        problem = problem.changed(
            worker_limits=rng.choice(LIMITS[scope], m), required=rng.integers(1, 4, n)
        )
        best = best_rho(problem)
        for rows in ("pairs", "cliques"):
            relaxed, tree = (
                relaxation.relax(problem, rows),
                relaxation.branch_and_bound(problem, rows),
            )
            fractional += not relaxed.whole
            assert relaxed.bound >= best - 1e-6
            assert cn.check(problem, tree.table) == []
            assert tree.performance == pytest.approx(best, abs=1e-6)
            assert tree.nodes["bound"].iloc[0] == pytest.approx(relaxed.bound)
            assert relaxation.subgradient(problem, 20, rows)["bound"].min() >= relaxed.bound - 1e-6
            violation = relaxation.kkt(
                relaxation.linear(problem, rows), relaxed.share, relaxed.price
            )
            assert violation.max() < 1e-6, violation
    assert fractional > 0


def test_the_example_is_whole_and_its_prices_are_wages():
    relaxed = relaxation.relax(EXAMPLE)
    assert relaxed.whole
    assert relaxed.bound == pytest.approx(2.8)
    assert relaxed.price["worker"].sum() + relaxed.price["task"].sum() == pytest.approx(2.8)
    # by t2 and by t4
    assert relaxed.price["worker", "w1"] - relaxed.price["worker", "w2"] == pytest.approx(0.1)
    for worker in A.index:
        limits = dict.fromkeys(A.index, 1) | {worker: 0}
        lost = 2.8 - cn.solve(EXAMPLE.changed(worker_limits=limits)).performance
        assert relaxed.price["worker", worker] <= lost + 1e-9


def test_each_condition_is_seen_to_be_broken():
    model, right = relaxation.linear(EXAMPLE), relaxation.relax(EXAMPLE)
    zero = right.price * 0
    assert relaxation.kkt(model, right.share, zero)["stationarity"] == pytest.approx(0.9)
    assert relaxation.kkt(model, right.share, right.price - 1)["prices ≥ 0"] > 0.5
    assert relaxation.kkt(model, right.share + 1, right.price)["primal feasibility"] == 4
    assert relaxation.kkt(model, right.share * 0, right.price)[
        "complementary slackness, rows"
    ] == pytest.approx(0.9)
    assert relaxation.kkt(model, right.share, right.price + 1)[
        "complementary slackness, pairs"
    ] == pytest.approx(2)
    assert relaxation.kkt(model, right.share, right.price + 1)["equal objectives"] == pytest.approx(
        8
    )


@pytest.mark.parametrize(
    ("size", "bound", "best"), [(3, 1.5, 1), (5, 2.5, 2), (7, 3.5, 3), (4, 2, 2), (6, 3, 3)]
)
def test_odd_rings_are_halved_and_even_ones_are_not(size, bound, best):
    problem = ring(size)
    relaxed = relaxation.relax(problem)
    assert relaxed.bound == pytest.approx(bound)
    assert relaxed.whole == (bound == best)
    assert relaxation.branch_and_bound(problem).performance == best == cn.solve(problem).performance
    counts = relaxation.determinants(relaxation.linear(problem).matrix)
    assert (counts.index.to_series().abs().max() == 2) == (size % 2 == 1)


def test_a_clique_row_closes_the_gap_of_a_triangle_and_not_that_of_a_ring_of_five():
    assert relaxation.relax(ring(3), "cliques").bound == pytest.approx(1)
    assert relaxation.relax(ring(5), "cliques").bound == pytest.approx(2.5)
    assert len(relaxation.branch_and_bound(ring(3), "cliques").nodes) == 1
    assert len(relaxation.branch_and_bound(ring(3)).nodes) > 1


def test_determinants_by_their_definition():
    assert relaxation.determinants([[1, 2], [3, 4]]).to_dict() == {-2: 1, 1: 1, 2: 1, 3: 1, 4: 1}
    without = relaxation.determinants(
        relaxation.linear(cn.Problem(A.iloc[:3, :3], [1, 1, 1])).matrix
    )
    assert set(without.index) == {-1, 0, 1}
    with pytest.raises(ValueError, match="square submatrices"):
        relaxation.determinants(np.ones((12, 12)))


def test_the_bound_falls_to_the_relaxation():
    descent = relaxation.descend(EXAMPLE, 100)
    found = descent.steps
    pd.testing.assert_frame_equal(relaxation.subgradient(EXAMPLE, 100), found)
    assert found["best"].iloc[-1] == pytest.approx(2.8, abs=1e-3)
    assert np.allclose(found["best"], found["bound"].cummin())
    assert found["best"].is_monotonic_decreasing
    price = descent.price
    rest = A.to_numpy() - price["worker"].to_numpy()[:, None]
    # L(u), again
    assert price.sum() + rest.max(axis=0).sum() == pytest.approx(found["best"].iloc[-1])
    assert relaxation.subgradient(ring(5), 150)["best"].iloc[-1] == pytest.approx(2.5, abs=0.01)


def test_a_tree_hangs_together():
    market = matching.market(8, 5, rng=1, conflict_probability=0.5).changed(
        conflict_scope="project"
    )
    tree = relaxation.branch_and_bound(market)
    nodes = tree.nodes
    assert nodes["parent"].iloc[0] == -1 and (nodes["parent"].iloc[1:] < nodes.index[1:]).all()
    assert (nodes["parent"].value_counts().drop(-1) == 2).all()
    assert set(nodes.index[nodes["fate"] == "branched"]) == set(nodes["parent"]) - {-1}
    assert nodes.loc[nodes["fate"] == "integer", "bound"].max() == pytest.approx(tree.performance)
    inner = nodes[nodes["parent"] >= 0]
    above = nodes["bound"].reindex(inner["parent"]).to_numpy()
    assert not (inner["bound"].to_numpy() > above + 1e-6).any()


def test_nobody_and_nothing():
    nobody = cn.Problem([[0.5]], [1], task_conflicts=[(0, 0)])
    assert relaxation.relax(nobody).bound == 0
    assert relaxation.branch_and_bound(nobody).table.to_numpy().tolist() == [[0]]
    assert relaxation.subgradient(nobody)["best"].iloc[-1] == 0


def test_what_is_not_understood_is_refused():
    with pytest.raises(ValueError, match="rows must be 'pairs' or 'cliques', got 'rings'"):
        relaxation.linear(EXAMPLE, "rings")
    with pytest.raises(ValueError, match="w2 may take several tasks and is in conflict"):
        relaxation.linear(
            EXAMPLE.changed(worker_limits=[1, 2, 1, 1], worker_conflicts=[("w1", "w2")])
        )
    assert (
        relaxation.relax(
            EXAMPLE.changed(worker_limits=[1, 1, 1, 2], worker_conflicts=[("w1", "w2")])
        ).bound
        > 2
    )
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        relaxation.subgradient(EXAMPLE, 0)
    with pytest.raises(ValueError, match="most: 2 relaxations did not suffice"):
        relaxation.branch_and_bound(ring(7), most=2)
    with pytest.raises(ValueError, match="neither pinned pairs nor a budget"):
        relaxation.relax(EXAMPLE.changed(pinned=[("w1", "t1")]))
