import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.ability.qualification import BLOCK

W = {"skill": 0.15, "efficiency": 0.25, "quality": 0.5, "activity": 0.1}


def intervals(rng, rows, criteria, what):
    ends = np.sort(rng.normal(size=(rows, len(criteria), 2)), axis=2).reshape(rows, -1)
    columns = pd.MultiIndex.from_product([criteria, ["low", "high"]])
    return pd.DataFrame(ends, index=[f"{what}{i}" for i in range(rows)], columns=columns)


def by_hand(ability, demand, weights):
    p = cn.possibility_matrix(ability, demand)
    q = (p * pd.Series(weights)[p.columns]).sum(axis=1).unstack("task")
    return q.loc[ability.index, demand.index].rename_axis(index="worker", columns="task")


@pytest.mark.parametrize("workers", range(1, 8))
@pytest.mark.parametrize("block", [1, 15, BLOCK])
def test_q_is_the_weighted_sum_of_p_at_every_edge_of_a_block(monkeypatch, workers, block):
    # 1 or 3 workers at a time, or all
    monkeypatch.setattr("crowdnb.ability.qualification.BLOCK", block)
    rng = np.random.default_rng(workers)
    ability, demand = intervals(rng, workers, list(W), "a"), intervals(rng, 5, list(W)[::-1], "r")
    pd.testing.assert_frame_equal(
        cn.qualification(ability, demand, W), by_hand(ability, demand, W), rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("scale", [1.0, 5e-324, 1e-300, 1.7e308])
def test_points_and_ends_of_any_size(monkeypatch, scale):
    """Ends 0 or 1 on either side: points against points, points against intervals, intervals that touch."""
    monkeypatch.setattr("crowdnb.ability.qualification.BLOCK", 5)
    ends = [[0, 0], [1, 1], [0, 1], [-1, 0], [-1, -1]]
    cells = pd.DataFrame([a + b for a in ends for b in ends]) * scale
    columns = pd.MultiIndex.from_product([["skill", "pace"], ["low", "high"]])
    ability = cells.set_axis(columns, axis=1).set_axis([f"a{i}" for i in range(25)])
    demand = cells.set_axis(columns, axis=1).set_axis([f"r{i}" for i in range(25)])
    w = {"skill": 0.25, "pace": 0.75}
    pd.testing.assert_frame_equal(
        cn.qualification(ability, demand, w), by_hand(ability, demand, w), rtol=0, atol=1e-15
    )


def test_p_is_the_same_to_the_last_bit():
    """A Q of exactly 0 or 1 means something: 0 is "not eligible"."""
    rng = np.random.default_rng(3)
    ability, demand = (
        intervals(rng, size, ["skill"], what).round(1) for size, what in ((300, "a"), (200, "r"))
    )
    q = cn.qualification(ability, demand, [1.0])
    p = cn.possibility_matrix(ability, demand)["skill"].to_numpy().reshape(q.shape)
    assert (q.to_numpy() == p).all()
    assert (p == 0).any() and (p == 1).any()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_q_lies_in_0_1_and_ends_act_as_they_must(k, seed):
    rng = np.random.default_rng(seed)
    ability, demand = intervals(rng, 4, range(k), "a"), intervals(rng, 3, range(k), "r")
    w = rng.dirichlet(np.ones(k))
    q = cn.qualification(ability, demand, w)
    assert q.min(axis=None) >= 0 and q.max(axis=None) <= 1 + 1e-15
    better = ability + [0, 0.5] * k
    assert (cn.qualification(better, demand, w) >= q - 1e-15).all(axis=None)
    harder = demand + [0, 0.5] * k
    assert (cn.qualification(ability, harder, w) <= q + 1e-15).all(axis=None)


@pytest.mark.parametrize(
    "weights",
    [
        W,
        dict(reversed(W.items())),
        list(W.values()),
        tuple(W.values()),
        np.array(list(W.values())),
        pd.Series(W),
        pd.Series(W)[::-1],
        pd.Series(W).astype("Float64"),
    ],
)
def test_weights_in_any_form(case, weights):
    q = cn.qualification(case.ability, case.demand, weights)
    pd.testing.assert_frame_equal(
        q, cn.qualification(case.ability, case.demand, case.criteria_weights)
    )
    assert (q.index.name, q.columns.name) == ("worker", "task")


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (W | {"skill": -0.15, "quality": 0.8}, "skill has -0.15, a weight must not be negative"),
        (W | {"skill": 0.2}, "they sum to 1.05 and must sum to 1"),
        (W | {"skill": 0.150002}, "they sum to 1.000002 and must sum to 1"),
        (W | {"mood": 0.0}, "unknown criterion mood"),
        ({"skill": 1.0}, "no entry for criterion efficiency, quality, activity"),
        ([0.5, 0.5], r"4 values are needed, one for each of skill, .* got shape \(2,\)"),
        (W | {"skill": None}, "skill has (None|nan), a finite number is needed"),
        (W | {"skill": "0.15"}, "skill has '0.15', a finite number is needed"),
        (W | {"skill": np.inf}, "skill has inf, a finite number is needed"),
        (pd.concat([pd.Series(W), pd.Series({"skill": 0.0})]), "skill stands more than once"),
    ],
)
def test_bad_weights_are_named(case, weights, said):
    with pytest.raises(ValueError, match=f"^criteria weights: {said}$"):
        cn.qualification(case.ability, case.demand, weights)


def test_weights_may_miss_1_by_rounding(case):
    cn.qualification(case.ability, case.demand, W | {"skill": 0.1500009})


def test_bad_tables_are_named_as_for_the_matrix(case):
    with pytest.raises(ValueError, match=r"^demand: no entry for criterion quality$"):
        cn.qualification(case.ability, case.demand.drop(columns="quality", level="criterion"), W)


def test_the_matrix_p_is_never_held():
    """P would take four times the memory of Q."""
    rng = np.random.default_rng(0)
    ability, demand = intervals(rng, 2000, list(W), "a"), intervals(rng, 300, list(W), "r")
    tracemalloc.start()
    try:
        q = cn.qualification(ability, demand, W)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert q.shape == (2000, 300)
    assert peak < 1.5 * q.to_numpy().nbytes
