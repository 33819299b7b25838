"""Gaps in the ratings, and the interval in which the next rating lies with a given probability."""

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import stats

import crowdnb as cn
from crowdnb.ability.intervals import unrated
from crowdnb.ability.scale import Scale

few = settings(max_examples=25, deadline=None)
GAPS = [
    ("a0", "skill", 3),
    ("a0", "pace", 5),
    ("a1", "skill", 5),
    ("a1", "skill", 4),
    ("a2", "pace", 1),
]


def table(rows=GAPS):
    return pd.DataFrame(rows, columns=["worker", "criterion", "rating"])


def counted(n, marks=None):
    """One history of these counts."""
    index = pd.MultiIndex.from_tuples([("a0", "skill")])
    columns = range(1, len(n) + 1) if marks is None else pd.Index(marks, name="mark")
    return pd.DataFrame([n], index, columns)


def ends_by_hand(n, level, shares=None):
    """Ends of the Dirichlet-multinomial interval in fractions, mark after mark."""
    shares = [Fraction(s, len(n)) for s in range(1, len(n) + 1)] if shares is None else shares
    total = sum(map(Fraction, n)) + Fraction(len(n), 2)
    tail = (1 - Fraction(str(level))) / 2
    ends = []
    for reached in (tail, 1 - tail):
        sofar = Fraction(0)
        for share, one in zip(shares, n, strict=True):
            sofar += (Fraction(one) + Fraction(1, 2)) / total
            if sofar >= reached:
                ends.append(float(share))
                break
    return ends


def posterior(n, level=0.9, **kind):
    return cn.ability_intervals(counted(n, **kind), ability="posterior", level=level)


# gaps


def test_a_gap_is_an_error_unless_said_otherwise():
    for kind in ("cloud", "posterior"):
        with pytest.raises(
            ValueError, match="no rating of worker a1 on pace, worker a2 on skill; every"
        ):
            cn.ability_intervals(table(), ability=kind)


def test_out_leaves_the_worker_out():
    found = cn.ability_intervals(table(), missing="out")
    assert found.index.tolist() == ["a0"] and found.index.name == "worker"
    assert_frame_equal(found, cn.ability_intervals(table(GAPS[:2])))
    with pytest.raises(ValueError, match=r"^missing is 'out', and every worker lacks a rating"):
        cn.ability_intervals(table([GAPS[2], GAPS[4]]), missing="out")


def test_unknown_is_the_whole_scale():
    found = cn.ability_intervals(table(), missing="unknown")
    assert found.loc["a1", "pace"].tolist() == found.loc["a2", "skill"].tolist() == [0, 1]
    assert found.loc["a1", "skill"].tolist() == [0.8, 1]


def test_average_is_that_of_the_ends_of_all_who_have_one():
    found = cn.ability_intervals(table(), missing="average")
    assert found.loc["a1", "pace"].tolist() == [pytest.approx((1 + 0.2) / 2)] * 2
    assert found.loc["a2", "skill"].tolist() == pytest.approx([(0.6 + 0.8) / 2, (0.6 + 1) / 2])
    more = table([*GAPS, ("a3", "pace", 5)])
    assert cn.ability_intervals(more, missing="average").loc["a1", "pace"].tolist() == (
        pytest.approx([(1 + 0.2 + 1) / 3] * 2)
    )
    others = cn.ability_intervals(table(), missing="unknown")
    assert found.loc["a0"].tolist() == others.loc["a0"].tolist()


@pytest.mark.parametrize("missing", ["error", "out", "unknown", "average"])
@pytest.mark.parametrize("kind", ["cloud", "posterior"])
def test_where_nothing_is_missing_all_are_the_same(missing, kind):
    rows = table(
        [(f"a{i}", one, 1 + (i * k) % 5) for i, (k, one) in product(range(9), enumerate("uv"))]
    )
    found = cn.ability_intervals(rows, missing=missing, ability=kind)
    expected = cn.ability_intervals(rows, ability=kind)
    assert_frame_equal(found, expected, check_exact=True)
    assert found.attrs == expected.attrs


def test_gaps_on_several_scales_and_decayed():
    scales = {"skill": (0, 5), "pace": (1, 5, 0.5)}
    counts = cn.count_ratings(table(), scales=scales).decay(0.5)
    found = cn.ability_intervals(counts, missing="average")
    assert found.loc["a1", "pace"].tolist() == pytest.approx([0.6, 0.6])
    assert found.loc["a2", "skill"].tolist() == pytest.approx([0.7, 0.8])


def test_who_has_no_rating_is_known():
    assert unrated(cn.count_ratings(table())) == [("a1", "pace"), ("a2", "skill")]
    assert unrated(cn.count_ratings(table(GAPS[:2]))) == []


@pytest.mark.parametrize(
    ("argument", "value"),
    [("missing", "drop"), ("missing", None), ("ability", "beta"), ("ability", 1)],
)
def test_words_that_are_not_known(argument, value):
    with pytest.raises(
        ValueError, match=f"^{argument} must be 'error' or|^{argument} must be 'cloud' or"
    ):
        cn.ability_intervals(table(GAPS[:2]), **{argument: value})


@pytest.mark.parametrize("level", [0, 1, -1, 90, math.nan, "0.9", None])
def test_a_level_lies_between_0_and_1(level):
    with pytest.raises(ValueError, match=r"^level must lie between 0 and 1, got"):
        cn.ability_intervals(table(GAPS[:2]), ability="posterior", level=level)


# the posterior


def test_one_five_does_not_beat_fifty_good_ones():
    new, old = ("new", "skill"), ("old", "skill")
    rows = [(*new, 5), *[(*old, star) for star in [4, 5, 5, 4, 5] * 10]]
    demand = pd.DataFrame(
        [[0.6, 1.0]], ["t"], pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    )
    q = {
        kind: cn.qualification(cn.ability_intervals(table(rows), ability=kind), demand, [1.0])["t"]
        for kind in ("cloud", "posterior")
    }
    assert q["cloud"]["new"] > q["cloud"]["old"]  # the paper's rule: a point at the top
    assert q["posterior"]["new"] < q["posterior"]["old"]


@pytest.mark.parametrize("level", [0.01, 0.5, 0.68, 0.8, 0.9, 0.95, 0.999, 0.999999])
def test_every_short_history_as_in_fractions(level):
    every = [n for n in product(range(4), repeat=3) if any(n)]
    index = pd.MultiIndex.from_product([range(len(every)), ["skill"]])
    counts = pd.DataFrame(every, index, range(1, 4))
    found = cn.ability_intervals(counts, ability="posterior", level=level)
    assert found.to_numpy().tolist() == [ends_by_hand(n, level) for n in every]


@few
@given(
    st.lists(st.integers(0, 2000), min_size=1, max_size=11).filter(any),
    st.sampled_from([0.5, 0.6, 0.68, 0.75, 0.8, 0.9, 0.95, 0.975, 0.99]),
)
def test_long_histories_as_in_fractions(n, level):
    assert posterior(n, level).to_numpy().tolist() == [ends_by_hand(n, level)]


def test_sums_that_reach_the_tail_exactly():
    """Half a rating of ten is one in twenty: the tail of 90 %, and the end lies there."""
    assert ends_by_hand([0, 7.5], 0.9) == [0.5, 1.0]
    for n in ([0, 0, 8, 0, 0], [0, 0, 0, 0, 8], [0, 3, 5, 0, 0], [0, 9], [9, 0], [1, 8], [8, 1]):
        for level in (0.9, 0.8, 0.7):
            assert posterior(n, level).to_numpy().tolist() == [ends_by_hand(n, level)]


def test_as_notebook_01_has_it():
    n = np.random.default_rng(1).multinomial(9, [0.05, 0.1, 0.2, 0.35, 0.3], 300)
    cdf = (n + 0.5).cumsum(axis=1) / (n + 0.5).sum(axis=1, keepdims=True)
    for level in (0.9, 0.68):
        tail = (1 - level) / 2
        ends = [(cdf < at - 1e-9).sum(axis=1) + 1 for at in (tail, 1 - tail)]
        index = pd.MultiIndex.from_product([range(300), ["skill"]])
        found = cn.ability_intervals(
            pd.DataFrame(n, index, range(1, 6)), ability="posterior", level=level
        )
        assert (found.to_numpy() == np.stack(ends, axis=1) / 5).all()


def test_the_predictive_is_scipys():
    n = np.array([2, 0, 5, 1])
    chance = stats.dirichlet_multinomial(n + 0.5, 1).mean()
    ends = posterior(n, 0.8).to_numpy()[0] * 4
    inside = chance[round(ends[0]) - 1 : round(ends[1])].sum()
    assert inside >= 0.8
    assert (
        chance[: round(ends[0]) - 1].sum() < 0.1 and chance[round(ends[1]) :].sum() <= 0.1 + 1e-12
    )


@pytest.mark.parametrize("n", [[1, 0, 0, 2, 6], [0, 0, 0, 0, 1], [30, 5, 2, 1, 0]])
@pytest.mark.parametrize("level", [0.68, 0.9])
def test_simulated_next_ratings_lie_inside(n, level):
    """Worlds drawn from the prior that gave just this history, and their next rating."""
    rng = np.random.default_rng(7)
    low, high = posterior(n, level).to_numpy()[0]
    p = rng.dirichlet(np.array(n) + 0.5, 200_000)
    following = (p.cumsum(axis=1) < rng.random((len(p), 1))).sum(axis=1) + 1
    share = ((low - 1e-9 <= following / 5) & (following / 5 <= high + 1e-9)).mean()
    assert share >= level - 0.005
    for end, inner in ((low, 1), (high, -1)):  # one mark less, and the tail is too heavy
        beyond = following / 5 <= end + 1e-9 if inner == 1 else following / 5 >= end - 1e-9
        assert beyond.mean() >= (1 - level) / 2 - 0.005


def test_before_any_data_the_prior_worlds_keep_the_promise():
    """Chances drawn from the prior, a history from these, and the next rating: at least so often inside."""
    rng = np.random.default_rng(11)
    p = rng.dirichlet([0.5] * 5, 4000)
    n = np.array([rng.multinomial(1 + at % 12, one) for at, one in enumerate(p)])
    index = pd.MultiIndex.from_product([range(len(n)), ["skill"]])
    found = cn.ability_intervals(
        pd.DataFrame(n, index, range(1, 6)), ability="posterior", level=0.8
    )
    value = np.arange(1, 6) / 5
    low, high = found.to_numpy().T
    inside = (low[:, None] - 1e-9 <= value) & (value <= high[:, None] + 1e-9)
    assert (inside * p).sum(axis=1).mean() >= 0.8


@pytest.mark.parametrize("scale", [(0, 4), (1, 5, 0.5), (-2, 2), (0, 10)])
@pytest.mark.parametrize("factor", [1, 0.5, 0.3])
def test_on_every_scale_and_decayed(scale, factor):
    own = Scale(*scale)
    rng = np.random.default_rng(2)
    rows = [(f"a{i}", "skill", mark) for i in range(20) for mark in rng.choice(own.marks, i + 1)]
    rows += [(f"a{i}", "care", 1) for i in range(20)]
    counts = cn.count_ratings(table(rows), scales={"skill": scale}).decay(factor)
    found = cn.ability_intervals(counts, ability="posterior", level=0.8)
    origin = min(scale[0], 0)
    shares = [(Fraction(mark) - origin) / (scale[1] - origin) for mark in own.marks.tolist()]
    for i in range(20):
        n = counts.loc[(f"a{i}", "skill")].dropna().tolist()
        assert found.loc[f"a{i}", "skill"].tolist() == pytest.approx(ends_by_hand(n, 0.8, shares))
    assert (found["care"].to_numpy() == ends_by_hand([factor, 0, 0, 0, 0], 0.8)).all()


def test_fading_makes_less_sure():
    n = [0, 0, 1, 20, 30]
    wide = [
        float(
            np.ptp(cn.ability_intervals(cn.Counts(counted(n)).decay(factor), ability="posterior"))
        )
        for factor in (1, 0.2, 0.02, 1e-9)
    ]
    assert wide == sorted(wide) and wide[0] < wide[-1] == pytest.approx(0.8)


def test_gamma_does_not_matter_and_attrs_are_nought():
    rows = table([("a0", "skill", star) for star in (1, 5, 5, 5, 5, 5, 4)])
    found = [cn.ability_intervals(rows, gamma, ability="posterior") for gamma in (0, 3)]
    assert_frame_equal(*found)
    assert found[0].attrs == {"clipped": 0, "negative_radicand": 0}


def test_a_single_mark_is_a_point():
    assert posterior([4]).to_numpy().tolist() == [[1, 1]]
