from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from helpers.effort import tries
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.ability.possibility import LARGE, degree

P = cn.possibility_degree
many = settings(deadline=None)
reals = st.floats(allow_nan=False, allow_infinity=False)
near = st.one_of(reals, st.integers(-3, 3).map(float), st.floats(-1, 1))
intervals = st.tuples(near, near).map(sorted)
# Multiples of 1/64 below 2**20: sums, differences and products with powers of two are exact.
dyadic = st.integers(-(2**20), 2**20).map(lambda number: number / 64)
exact_intervals = st.tuples(dyadic, dyadic).map(sorted)


def by_definition(u, d):
    """Eq. 3 in exact arithmetic."""
    (ul, uh), (dl, dh) = (map(Fraction, ends) for ends in (u, d))
    width = (uh - ul) + (dh - dl)
    if width == 0:
        return Fraction(1 + (uh > dl) - (uh < dl), 2)
    return min(width, max(uh - dl, 0)) / width


def ends(labels, what, criteria=("skill", "pace"), low=0.25, high=0.75):
    columns = pd.MultiIndex.from_product([criteria, ["low", "high"]])
    return pd.DataFrame(
        [[low, high] * len(criteria)] * labels,
        index=[f"{what}{i}" for i in range(labels)],
        columns=columns,
    )


@pytest.mark.parametrize(
    ("a", "b", "p"),
    [
        # From the tests of a public package for interval ranking and the documentation of an R
        # package.
        ([5, 7], [2, 4], 1),
        ([2, 4], [5, 7], 0),
        ([3, 6], [3, 6], 0.5),
        ([2, 5], [3, 6], 1 / 3),
        ([4, 4], [3, 5], 0.5),
        ([3, 5], [2, 6], 0.5),
        # Two points, and intervals that touch
        ([1, 1], [0, 0], 1),
        ([0, 0], [0, 0], 0.5),
        ([-0.0, -0.0], [0.0, 0.0], 0.5),
        ([0, 0], [1, 1], 0),
        ([0, 1], [1, 2], 0),
        ([0, 1], [1, 1], 0),
        ([1, 1], [0, 1], 1),
        # Ends at the edges of the floating point numbers
        ([0, 5e-324], [0, 0], 1),
        ([0, 5e-324], [0, 5e-324], 0.5),
        ([0, 5e-324], [1, 1], 0),
        ([5e-324, 5e-324], [0, 0], 1),
        ([-1e300, 1e300], [-1e300, 1e300], 0.5),
        ([-1.7e308, 1.7e308], [-1.7e308, 1.7e308], 0.5),
        ([1.7e308, 1.7e308], [-1.7e308, -1.7e308], 1),
        ([-1.7e308, 1.7e308], [0, 0], 0.5),
        ([0, 1.7e308], [0, 5e-324], 1),
    ],
)
def test_pairs_with_a_known_degree(a, b, p):
    assert P(*a, *b) == pytest.approx(p, abs=1e-15)
    assert P(*b, *a) == pytest.approx(1 - p, abs=1e-15)


def test_ranking_of_three_intervals():
    """From the same package: B, then A, then C, by the sum of the degrees against the others."""
    low, high = np.array([2.0, 3.0, 1.0]), np.array([5.0, 6.0, 4.0])
    against = P(low[:, None], high[:, None], low, high)
    np.testing.assert_allclose(against.sum(axis=1) - 0.5, [1, 1.5, 0.5])


@settings(max_examples=tries(150, 500), deadline=None)
@given(intervals, intervals)
def test_degree_is_eq_3_wherever_the_ends_are(u, d):
    p = P(*u, *d)
    assert 0 <= p <= 1
    assert abs(p - by_definition(u, d)) < 1e-14
    assert abs(p + P(*d, *u) - 1) < 1e-14


@many
@given(intervals, intervals, st.integers(0, 3), reals)
def test_degree_is_monotone_in_every_end(u, d, which, other):
    """Raising an end of the ability never lowers P, raising one of the demand never raises it."""
    moved = [*u, *d]
    moved[which] = max(moved[which], other)
    if which % 2 == 0:  # a low end stays below its high end
        moved[which] = min(moved[which], moved[which + 1])
    change = P(*moved) - P(*u, *d)
    assert change * (1 if which < 2 else -1) >= -1e-14


@many
@given(exact_intervals, exact_intervals, dyadic, st.integers(-300, 300))
def test_degree_is_the_same_when_all_is_moved_or_scaled(u, d, by, power):
    before = np.array([*u, *d])
    assert P(*(before + by)) == P(*before)
    assert P(*np.ldexp(before, power)) == P(*before)


@pytest.mark.parametrize("end", [LARGE, np.nextafter(LARGE, np.inf)])
def test_scaling_of_large_ends_begins_where_it_must(end):
    assert P(-end, end, -end / 2, end) == pytest.approx(3 / 7)
    assert P([0.0, 0.2], [end, 0.6], 0.4, 0.8).tolist() == pytest.approx([1, 1 / 4])


def test_shapes_broadcast():
    low = np.linspace(0, 0.5, 6)
    p = P(low.reshape(3, 1, 2), low.reshape(3, 1, 2) + 0.2, np.full((4, 1), 0.3), 1.0)
    assert p.shape == (3, 4, 2)
    assert p[2, 0, 1] == P(0.5, 0.7, 0.3, 1.0)
    assert P([], [], 0, 1).shape == (0,)
    assert np.ndim(P(0, 1, 0, 1)) == 0


@pytest.mark.parametrize(
    ("four", "said"),
    [
        ((0.6, 0.5, 0, 1), "ability: low 0.6 is above high 0.5"),
        (([0.1, 0.9], 0.5, 0, 1), "ability: low 0.9 is above high 0.5"),
        ((0, [1, 2], [[0.5], [3]], [[0.7], [2]]), "demand: low 3.0 is above high 2.0"),
        ((0, 1, 0, np.nan), "demand: nan is not a finite number"),
        ((-np.inf, 1, 0, 1), "ability: -inf is not a finite number"),
        ((0, [0.5, None], 0, 1), "ability: None is not a finite number"),
        ((0, 1, "0.3", 1), "demand: '0.3' is not a finite number"),
        (([1, 2], [1, 2, 3], 0, 1), ".*broadcast"),
        (([1, 2], [1, 2], [1, 2, 3], [1, 2, 3]), ".*broadcast"),
    ],
)
def test_bad_ends_are_named(four, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        P(*four)


def test_matrix_against_two_loops(case):
    p = cn.possibility_matrix(case.ability, case.demand)
    assert p.index.names == ["worker", "task"] and p.columns.name == "criterion"
    assert p.index.tolist() == [
        (worker, task) for worker in case.ability.index for task in case.demand.index
    ]
    for worker, u in case.ability.iterrows():
        for task, d in case.demand.iterrows():
            for k in p.columns:
                exact = by_definition([u[k, "low"], u[k, "high"]], [d[k, "low"], d[k, "high"]])
                assert abs(p.at[(worker, task), k] - exact) < 1e-14


def test_columns_are_matched_by_label(case):
    expected = cn.possibility_matrix(case.ability, case.demand)
    shuffled = case.demand.sample(frac=1, axis=1, random_state=1)
    assert shuffled.columns.tolist() != case.demand.columns.tolist()
    pd.testing.assert_frame_equal(cn.possibility_matrix(case.ability, shuffled), expected)
    other = cn.possibility_matrix(
        case.ability[["quality", "skill", "activity", "efficiency"]], case.demand
    )
    assert other.columns.tolist() == ["quality", "skill", "activity", "efficiency"]
    pd.testing.assert_frame_equal(other[expected.columns], expected)


def test_any_labels_and_nullable_numbers():
    u, d = ends(2, "a", criteria=(0, 1)), ends(1, "r", criteria=(1, 0))
    p = cn.possibility_matrix(u.set_axis([7, 3]).astype("Float64"), d.astype(object))
    assert p.index.tolist() == [(7, "r0"), (3, "r0")]
    assert (p == 0.5).all(axis=None)


def with_cell(frame, value):
    changed = frame.astype(object)
    changed.iloc[1, 2] = value
    return changed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda u: u.to_numpy(),
            r"a table with one row per .* and columns \(criterion, 'low' / 'high'\) is needed",
        ),
        (lambda u: u["skill"], r"a table with one row per .* is needed"),
        (lambda u: u.iloc[:0], r"a table with one row per .* is needed"),
        (
            lambda u: u.rename(columns={"high": "top"}),
            r"unknown column \('skill', 'top'\), \('pace', 'top'\)",
        ),
        (lambda u: u.iloc[:, 1:], r"no entry for column \('skill', 'low'\)"),
        (lambda u: u.iloc[:, [0, 1, 2, 3, 2]], r"\('pace', 'low'\) stands more than once"),
        (
            lambda u: with_cell(u, None),
            r"the ends must be finite numbers: .1, pace: \[(None|nan), 0.75\]",
        ),
        (
            lambda u: with_cell(u, "0.5"),
            r"the ends must be finite numbers: .1, pace: \['0.5', 0.75\]",
        ),
        (
            lambda u: with_cell(u, -np.inf),
            r"the ends must be finite numbers: .1, pace: \[-inf, 0.75\]",
        ),
        (lambda u: with_cell(u, 0.8), r"low is above high: .1, pace: \[0.8, 0.75\]"),
        (
            lambda u: u * 0 + [1, 0, 1, 0],
            r"low is above high: .0, skill: .*, .*1, pace: \[1.0, 0.0\]",
        ),
    ],
)
@pytest.mark.parametrize("name", ["ability", "demand"])
def test_bad_tables_are_named(change, said, name):
    frames = {"ability": ends(2, "a"), "demand": ends(2, "r")}
    frames[name] = change(frames[name])
    with pytest.raises(ValueError, match=f"^{name}: {said}"):
        cn.possibility_matrix(**frames)


@pytest.mark.parametrize(
    ("ability", "demand", "said"),
    [
        (ends(1, "a"), ends(1, "r", criteria=("skill",)), "demand: no entry for criterion pace"),
        (ends(1, "a", criteria=("pace",)), ends(1, "r"), "demand: unknown criterion skill"),
        (ends(1, "a"), ends(1, "r", criteria=("skill", "Pace")), "demand: unknown criterion Pace"),
        (
            ends(2, "a").set_axis(["a0", "a0"]),
            ends(1, "r"),
            "worker labels: a0 stands more than once",
        ),
        (ends(2, "a").set_axis(["a0", None]), ends(1, "r"), "worker labels: one is missing"),
        (ends(1, "a"), ends(2, "r").set_axis([1, 1]), "task labels: 1 stands more than once"),
        (
            ends(1, "a", criteria=("skill", np.nan)),
            ends(1, "r"),
            "criterion labels: one is missing",
        ),
    ],
)
def test_bad_labels_are_named(ability, demand, said):
    with pytest.raises(ValueError, match=f"^{said}$"):
        cn.possibility_matrix(ability, demand)


def test_degree_of_checked_arrays_is_the_public_one():
    ends = np.sort(np.random.default_rng(0).normal(size=(2, 50, 2)), axis=2)
    four = ends[0, :, 0], ends[0, :, 1], ends[1, :, 0], ends[1, :, 1]
    assert (degree(*four) == P(*four)).all()
