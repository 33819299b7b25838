import math
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

import crowdnb as cn
from crowdnb.ability.cloud import Cloud

approx = pytest.approx
few = settings(max_examples=25, deadline=None)
many = settings(deadline=None)
stars = st.lists(st.integers(1, 5), min_size=6, max_size=40)
reals = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)
histories = st.lists(
    st.tuples(
        st.sampled_from(["a0", "a1", "a10"]), st.sampled_from(["skill", "pace"]), st.integers(1, 5)
    ),
    max_size=40,
).map(
    lambda rows: (
        rows
        + [
            (worker, criterion, 4)
            for worker in ("a0", "a1", "a10")
            for criterion in ("skill", "pace")
        ]
    )
)

# Four shooters, ten shots each, after a textbook exercise; Ex, En, He as computed by the generator
# in GitHub RocShi/Common-Algorithms-for-Mathematical-Modeling (commit 8336bde), run unchanged under
# Octave.
SHOOTERS = [
    (
        [9.5, 10.3, 10.6, 10.5, 10.9, 10.6, 10.4, 10.1, 9.3, 10.5],
        10.27,
        0.478766000454521,
        0.162633893993373,
    ),
    (
        [10.3, 9.7, 8.6, 10.4, 9.8, 9.8, 10.5, 10.2, 10.2, 10.0],
        9.95,
        0.47625937217989,
        0.267414180147857,
    ),
    (
        [10.1, 10.4, 9.2, 10.1, 10.0, 9.7, 10.6, 10.8, 9.6, 10.7],
        10.12,
        0.506338911475462,
        0.10984239240971,
    ),
    (
        [8.1, 10.1, 10.0, 10.1, 10.1, 10.0, 10.3, 8.4, 10.0, 9.9],
        9.7,
        0.726922199642989,
        0.267552080287555,
    ),
]


def table(rows):
    return pd.DataFrame(rows, columns=["worker", "criterion", "rating"])


def one(*ratings):
    return table([("a0", "skill", rating) for rating in ratings])


@pytest.mark.parametrize(("shots", "ex", "en", "he"), SHOOTERS)
def test_backward_cloud_against_another_implementation(shots, ex, en, he):
    cloud = cn.backward_cloud(shots)
    assert (cloud.expectation, cloud.entropy, cloud.hyper_entropy) == approx(
        (ex, en, he), rel=1e-12
    )


def test_backward_cloud_by_hand():
    """Mean 2 and deviations 1, 0, 1: En = sqrt(pi/2)·2/3, S² = 1."""
    cloud = cn.backward_cloud([3, 1, 2])
    assert cloud.expectation == 2
    assert cloud.entropy == approx(math.sqrt(math.pi / 2) * 2 / 3, rel=1e-15)
    assert cloud.radicand == approx(1 - math.pi / 2 * 4 / 9, rel=1e-14)
    assert cloud.hyper_entropy == math.sqrt(cloud.radicand)


@pytest.mark.parametrize(
    ("values", "negative"), [([0.8] * 3 + [1.0] * 3, True), ([0.2] + [1.0] * 5, False)]
)
def test_the_radicand_keeps_its_sign(values, negative):
    cloud = cn.backward_cloud(values)
    assert (cloud.radicand < 0) is negative
    assert cloud.hyper_entropy == math.sqrt(abs(cloud.radicand)) > 0


@many
@given(reals)
def test_backward_cloud_against_exact_sums(values):
    cloud = cn.backward_cloud(values)
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    deviation = sum(abs(value - mean) for value in exact) / len(exact)
    variance = sum((value - mean) ** 2 for value in exact) / (len(exact) - 1)
    size = max(map(abs, values))
    assert cloud.expectation == approx(float(mean), abs=1e-14 * size)
    assert cloud.entropy == approx(math.sqrt(math.pi / 2) * float(deviation), abs=1e-14 * size)
    squares = float(variance) - math.pi / 2 * float(deviation) ** 2
    # below 1e-300 squares have fewer digits, down to one at 5e-324
    assert cloud.radicand == approx(squares, abs=max(1e-13 * size**2, 1e-322))
    assert cloud.hyper_entropy == math.sqrt(abs(cloud.radicand))
    assert min(values) <= cloud.expectation <= max(values)


@many
@given(reals, st.randoms())
def test_any_order_gives_exactly_the_same_cloud(values, random):
    assert cn.backward_cloud(random.sample(values, len(values))) == cn.backward_cloud(values)


@many
@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(2, 30))
def test_equal_values_have_no_spread(value, tau):
    assert cn.backward_cloud([value] * tau) == Cloud(value, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], "at least two are needed, .* got 0"),
        ([0.6], "at least two are needed, .* got 1"),
        ([0.6, np.nan], "nan is not a finite number"),
        ([0.6, None], "None is not a finite number"),
        ([0.6, -np.inf], "-inf is not a finite number"),
        ([0.6, "0.8"], "'0.8' is not a finite number"),
        ([True, False], "True is not a finite number"),
        ([-1e300, 1e300], "-1e[+]300 and 1e[+]300 are too far apart"),
        ([1e308, -1e308, 0], "-1e[+]308 and 1e[+]308 are too far apart"),
    ],
)
def test_backward_cloud_names_bad_values(values, said):
    with pytest.raises(ValueError, match=f"^values: {said}"):
        cn.backward_cloud(values)


def test_backward_cloud_of_any_shape_and_type():
    expected = cn.backward_cloud([1.0, 2.0, 4.0, 4.0])
    for values in (
        np.array([[1, 2], [4, 4]]),
        pd.Series([4, 2, 1, 4], dtype="Int64"),
        (4, 1, 4, 2),
        range(0),
    ):
        if len(values):
            assert cn.backward_cloud(values) == expected


@many
@given(reals, st.floats(0, 10), st.floats(0, 10))
def test_interval_is_symmetric_and_grows_with_gamma(values, gamma, more):
    cloud = cn.backward_cloud(values)
    low, high = cloud.interval(gamma)
    reach = cloud.entropy + gamma * cloud.hyper_entropy
    assert (low, high) == (cloud.expectation - reach, cloud.expectation + reach)
    wider = cloud.interval(gamma + more)
    assert wider[0] <= low <= cloud.expectation <= high <= wider[1]


def test_interval_is_not_clipped():
    low, high = Cloud(0.5, 1.0, 1.0, 1.0).interval()
    assert (low, high) == approx((-0.6, 1.6))


@pytest.mark.parametrize("gamma", [-0.1, np.nan, np.inf, "0.1", None])
@pytest.mark.parametrize(
    "call", [Cloud(0.5, 0.1, 0.1, 0.01).interval, lambda gamma: cn.ability_intervals(one(3), gamma)]
)
def test_gamma_must_be_at_least_0(call, gamma):
    with pytest.raises(
        ValueError, match=f"^gamma must be a finite number of at least 0, got {gamma!r}$"
    ):
        call(gamma)


@pytest.mark.parametrize("seed", range(3))
def test_drops_come_back_as_the_cloud_they_fell_from(seed):
    cloud = Cloud(0.7, 0.1, 0.02, 0.0004)
    drops = cloud.drops(200_000, np.random.default_rng(seed))
    back = cn.backward_cloud(drops)
    assert drops.shape == (200_000,)
    assert back.expectation == approx(0.7, abs=0.001)
    assert back.entropy == approx(0.1, abs=0.001)
    assert back.radicand == approx(0.0004, abs=0.0001)
    assert (drops == cloud.drops(200_000, np.random.default_rng(seed))).all()
    assert (drops != cloud.drops(200_000, np.random.default_rng(seed + 1))).any()


def test_drops_of_a_point_are_the_point():
    assert Cloud(0.7, 0.0, 0.0, 0.0).drops(3, np.random.default_rng(0)).tolist() == [0.7] * 3


@many
@given(st.floats(-1e9, 1e9), st.floats(0, 1e9), st.lists(st.floats(allow_nan=False)))
def test_membership_is_a_degree(ex, en, x):
    cloud = Cloud(ex, en, 0.0, 0.0)
    degree = cloud.membership(x)
    assert degree.shape == (len(x),)
    assert ((degree >= 0) & (degree <= 1)).all()
    assert cloud.membership(ex) == 1
    assert (cloud.membership([-np.inf, np.inf]) == 0).all()


def test_membership_falls_with_the_distance():
    cloud = Cloud(0.5, 0.1, 0.0, 0.0)
    assert cloud.membership([[0.4, 0.6]]).tolist() == [approx([math.exp(-0.5)] * 2)]
    assert (np.diff(cloud.membership(np.linspace(0.5, 1))) < 0).all()
    assert Cloud(0.5, 0.0, 0.0, 0.0).membership([0.4, 0.5]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("ratings", "rule", "low", "high"),
    [
        ([4], "point", 0.8, 0.8),
        ([5, 2], "range", 0.4, 1.0),
        ([4, 4], "range", 0.8, 0.8),
        ([2, 4, 3], "range", 0.4, 0.8),
        ([2, 5, 3, 3, 3], "range", 0.4, 1.0),
        ([4, 4, 4, 4, 4, 4], "cloud", 0.8, 0.8),
        ([5, 5, 5, 5, 5, 5], "cloud", 1.0, 1.0),
    ],
)
def test_the_count_rule(ratings, rule, low, high):
    cloud = cn.ability_clouds(one(*ratings)).loc[("a0", "skill")]
    assert (cloud["rule"], cloud["low"], cloud["high"], cloud["clipped"]) == (
        rule,
        low,
        high,
        False,
    )
    assert cloud["ratings"] == len(ratings)
    assert cloud["expectation"] == approx(np.mean(ratings) / 5)
    assert cloud[["entropy", "hyper_entropy", "radicand"]].isna().all() == (rule != "cloud")


@pytest.mark.parametrize(
    ("ratings", "low", "high", "negative"),
    [
        ([1, 1, 1, 1, 1, 2], 0.159, 0.307, False),
        ([1, 1, 1, 5, 5, 5], 0.074, 1.0, True),
        ([1, 1, 1, 1, 5, 5], 0.004, 0.929, True),
        ([5, 5, 5, 5, 5, 2], 0.678, 1.0, False),
    ],
)
def test_clipping_and_negative_radicands_are_told(ratings, low, high, negative):
    frame = one(*ratings)
    clouds, ability = cn.ability_clouds(frame), cn.ability_intervals(frame)
    assert clouds[["low", "high"]].round(3).to_numpy().tolist() == [[low, high]]
    assert ability.round(3).to_numpy().tolist() == [[low, high]]
    assert clouds["clipped"].tolist() == [high == 1]
    assert (clouds["radicand"] < 0).tolist() == [negative]
    assert ability.attrs == {"clipped": int(high == 1), "negative_radicand": int(negative)}


def test_the_low_end_is_clipped_too():
    clouds = cn.ability_clouds(one(1, 1, 1, 5, 5, 5), gamma=1.0)
    assert (clouds["low"].item(), clouds["high"].item(), clouds["clipped"].item()) == (0, 1, True)
    # an interval, not an end
    assert cn.ability_intervals(one(1, 1, 1, 5, 5, 5), gamma=1.0).attrs["clipped"] == 1


def test_every_history_of_six_is_its_cloud():
    """All 210 histories of six five-star ratings, gamma at the middle of what the paper suggests."""
    ratings = list(combinations_with_replacement(range(1, 6), 6))
    frame = table([(at, "skill", star) for at, history in enumerate(ratings) for star in history])
    ability = cn.ability_intervals(frame, gamma=0.15)
    clouds = [cn.backward_cloud(np.array(history) / 5) for history in ratings]
    ends = np.array([cloud.interval(0.15) for cloud in clouds])
    np.testing.assert_allclose(ability.to_numpy(), ends.clip(0, 1), rtol=0, atol=1e-14)
    outside = ((ends < -1e-12) | (ends > 1 + 1e-12)).any(axis=1)
    assert ability.attrs["clipped"] == outside.sum()
    assert ability.attrs["negative_radicand"] == sum(cloud.radicand < -1e-12 for cloud in clouds)


@few
@given(stars, st.floats(0, 2))
def test_intervals_from_counts_are_those_from_values(ratings, gamma):
    cloud = cn.backward_cloud(np.array(ratings) / 5)
    row = cn.ability_clouds(one(*ratings), gamma).iloc[0]
    assert row[["low", "high"]].tolist() == approx(np.clip(cloud.interval(gamma), 0, 1), abs=1e-13)
    assert row[["expectation", "entropy", "radicand"]].tolist() == approx(
        [cloud.expectation, cloud.entropy, cloud.radicand], abs=1e-14
    )
    assert row["hyper_entropy"] == approx(math.sqrt(abs(row["radicand"])))
    assert 0 <= row["low"] <= row["high"] <= 1


@pytest.mark.slow
@few
@given(histories, histories, st.randoms())
def test_merged_counts_give_the_intervals_of_joined_histories(old, new, random):
    joined = old + new
    expected = cn.ability_intervals(table(joined))
    merged = cn.ability_intervals(cn.count_ratings(table(old)) + cn.count_ratings(table(new)))
    shuffled = cn.ability_intervals(table(random.sample(joined, len(joined))))
    for other in (merged, shuffled):
        assert_frame_equal(other, expected, check_exact=True)
        assert other.attrs == expected.attrs


def test_ability_is_a_frame_in_natural_order():
    rows = [(worker, criterion, 3) for worker in ("a10", "a2", "a1") for criterion in ("u10", "u9")]
    ability = cn.ability_intervals(table(rows))
    assert ability.index.tolist() == ["a1", "a2", "a10"] and ability.index.name == "worker"
    assert ability.columns.tolist() == [
        ("u9", "low"),
        ("u9", "high"),
        ("u10", "low"),
        ("u10", "high"),
    ]
    assert ability.columns.names == ["criterion", "end"]
    assert set(ability.dtypes) == {np.dtype(float)} and (ability == 0.6).all(axis=None)


def test_whole_numbers_as_labels():
    ability = cn.ability_intervals(table([(10, 1, 3), (2, 1, 4)]))
    assert ability.to_dict() == {(1, "low"): {2: 0.8, 10: 0.6}, (1, "high"): {2: 0.8, 10: 0.6}}


def test_a_scale_of_ten():
    assert cn.ability_intervals(one(7, 10), stars=10).to_numpy().tolist() == [[0.7, 1.0]]
    assert cn.ability_intervals(cn.count_ratings(one(7, 10), stars=10)).to_numpy().tolist() == [
        [0.7, 1.0]
    ]


def test_a_worker_without_a_rating_on_a_criterion_is_named():
    frame = table([("a0", "skill", 3), ("a0", "pace", 3), ("a7", "skill", 3)])
    with pytest.raises(ValueError, match="no rating of worker a7 on pace; every worker needs one"):
        cn.ability_intervals(frame)


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ([[0, 0], [1, 0]], r"\('a0', 'skill'\) must have counts ≥ 0, and at least one above 0"),
        ([[1, 0], [2, -1]], r"\('a1', 'skill'\) must have counts"),
        ([[1, np.nan], [1, 0]], r"\('a0', 'skill'\) must have counts"),
        ([[1, 0], [np.inf, 0]], r"\('a1', 'skill'\) must have counts"),
        ([[1, 0], ["x", 0]], r"\('a1', 'skill'\) must have counts"),
    ],
)
def test_bad_counts_are_named(counts, said):
    index = pd.MultiIndex.from_product([["a0", "a1"], ["skill"]])
    with pytest.raises(ValueError, match=f"^counts: {said}"):
        cn.ability_intervals(pd.DataFrame(counts, index=index, columns=[1, 2]))


def test_a_history_that_stands_twice_is_named():
    counts = cn.count_ratings(one(3))
    with pytest.raises(ValueError, match=r"^counts: \('a0', 'skill'\) stands more than once$"):
        cn.ability_clouds(pd.concat([counts, counts]))


@pytest.mark.parametrize("label", [("a1", None), (None, "skill")])
def test_counts_need_labels(label):
    index = pd.MultiIndex.from_tuples([("a0", "skill"), label])
    with pytest.raises(ValueError, match=r"^counts: a worker or criterion label is missing$"):
        cn.ability_intervals(pd.DataFrame(1, index=index, columns=[1, 2]))
    with pytest.raises(ValueError, match=r"^counts: a worker or criterion label is missing$"):
        cn.ability_intervals(
            cn.count_ratings(one(4)) + pd.DataFrame(1, index=index, columns=range(1, 6))
        )


def test_counts_in_any_order_with_levels_of_any_kind():
    counts = cn.count_ratings(
        table([(worker, criterion, 4) for worker in ("a10", "a2") for criterion in ("u", "v")])
    )
    expected = cn.ability_intervals(counts)
    for index in (
        counts.index.set_levels(pd.CategoricalIndex(counts.index.levels[0]), level=0),
        # levels of which some are unused
        counts.index.append(pd.MultiIndex.from_tuples([("a1", "w")]))[:-1],
    ):
        other = pd.DataFrame(counts).set_index(index)[::-1]
        assert_frame_equal(cn.ability_intervals(other), expected)


def test_ratings_are_not_taken_for_counts():
    """A frame with an index of two levels; read as counts on a one-star scale it would give [1, 1]."""
    frame = table([("a0", "skill", 3), ("a1", "skill", 5)])
    with pytest.raises(ValueError, match="column worker, criterion is missing"):
        cn.ability_intervals(frame.set_index(["worker", "criterion"]))
    assert_frame_equal(
        cn.ability_intervals(pd.concat({"file": frame})), cn.ability_intervals(frame)
    )


@pytest.mark.parametrize(
    ("ratings", "factor", "rule", "low", "high"),
    [
        ([4], 0.5, "point", 0.8, 0.8),
        ([3, 4, 5], 1 / 3, "range", 0.6, 1.0),  # tau is 1, and the interval no point
        ([3, 4, 5], 1e-6, "range", 0.6, 1.0),
        ([4] * 12, 0.5, "cloud", 0.8, 0.8),
        ([3, 4, 4, 4, 4, 5, 4], 0.8, "range", 0.6, 1.0),  # tau is 5.6
    ],
)
def test_decayed_counts(ratings, factor, rule, low, high):
    cloud = cn.ability_clouds(cn.count_ratings(one(*ratings)).decay(factor)).iloc[0]
    assert cloud["ratings"] == approx(len(ratings) * factor)
    assert (cloud["rule"], cloud["low"], cloud["high"]) == (rule, low, high)


@few
@given(st.integers(1, 5), st.integers(6, 99), st.floats(0.1, 1))
def test_equal_ratings_have_no_spread_however_decayed(star, tau, factor):
    assume(tau * factor >= 6)
    cloud = cn.ability_clouds(cn.count_ratings(one(*[star] * tau)).decay(factor)).iloc[0]
    assert (cloud["low"], cloud["high"]) == (star / 5, star / 5)
    assert cloud["entropy"] == cloud["radicand"] == 0


@few
@given(stars, st.floats(0.3, 1))
def test_decay_keeps_ex_and_en(ratings, factor):
    assume(len(ratings) * factor >= 6)
    counts = cn.count_ratings(one(*ratings))
    now, then = cn.ability_clouds(counts), cn.ability_clouds(counts.decay(factor))
    assert_frame_equal(now[["expectation", "entropy"]], then[["expectation", "entropy"]])
    assert (then["radicand"] >= now["radicand"] - 1e-12).all()  # S² divides by a smaller tau - 1
