"""How far a judgement contradicts itself: its deviation from a consistent one, and its cycles."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.ability.consistency import LIMIT, consistency_of
from crowdnb.ability.weights import LEVELS, is_saaty_scale

pytestmark = pytest.mark.filterwarnings("ignore:judgement. off the five levels")
NAMES = ["skill", "care", "speed"]


def complementary(k, upper):
    """B of the values above its diagonal, row by row."""
    b = np.full((k, k), 0.5)
    b[np.triu_indices(k, 1)] = upper
    b.T[np.triu_indices(k, 1)] = 1 - np.asarray(upper, dtype=float)
    return b


def found(upper, names=NAMES):
    b = complementary(len(names), upper)
    return cn.judgement_consistency(pd.DataFrame(b, names, names))


five_levels = st.integers(1, 6).flatmap(
    lambda k: st.lists(
        st.sampled_from(LEVELS), min_size=k * (k - 1) // 2, max_size=k * (k - 1) // 2
    ).map(lambda upper: complementary(k, upper))
)


@settings(deadline=None)
@given(five_levels)
def test_the_index_is_that_of_the_nearest_consistent_matrix(b):
    """Least squares over all c_ij = u_i - u_j + 0.5, by numpy, and the mean distance to it."""
    k = len(b)
    pairs = [(i, j) for i in range(k) for j in range(k)]
    design = np.array([np.eye(k)[i] - np.eye(k)[j] for i, j in pairs])
    u = np.linalg.lstsq(design, b.ravel() - 0.5, rcond=None)[0]
    expected = np.abs(b.ravel() - 0.5 - design @ u).mean()
    assert cn.judgement_consistency(b).deviation == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(st.lists(st.floats(-0.25, 0.25), min_size=1, max_size=7))
def test_a_consistent_judgement_deviates_by_nothing(u):
    b = np.subtract.outer(u, u) + 0.5
    said = cn.judgement_consistency(b)
    assert said.deviation == pytest.approx(0, abs=1e-12) and said.cycles == () and said.acceptable


@settings(deadline=None)
@given(five_levels)
def test_cycles_are_those_of_looking_at_every_three(b):
    expected = set()
    for three in combinations(range(len(b)), 3):
        for i, j, k in permutations(three):
            if b[i, j] > 0.5 + 1e-9 and b[j, k] > 0.5 + 1e-9 and b[k, i] >= 0.5 - 1e-9:
                expected.add(frozenset(three))
    cycles = cn.judgement_consistency(b).cycles
    named = {frozenset(map(int, said.replace("=", ">").split(" > "))) for said in cycles}
    assert len(cycles) == len(named) == min(len(expected), 10) and named <= expected


@pytest.mark.parametrize(
    ("upper", "deviation", "cycles"),
    [
        ((0.9, 0.1, 0.9), 0.8 / 3, ("skill > care > speed > skill",)),
        ((0.1, 0.9, 0.1), 0.8 / 3, ("skill > speed > care > skill",)),
        ((0.7, 0.3, 0.7), 0.4 / 3, ("skill > care > speed > skill",)),
        ((0.7, 0.5, 0.7), 0.4 / 4.5, ("skill > care > speed = skill",)),
        ((0.5, 0.7, 0.5), 0.2 / 4.5, ()),  # a single difference among ties
        ((0.7, 0.7, 0.7), 0.2 / 4.5, ()),
        ((0.7, 0.9, 0.7), 0, ()),
    ],
)
def test_cycles_and_deviation_by_hand(upper, deviation, cycles):
    said = found(upper)
    assert said.deviation == pytest.approx(deviation, abs=1e-12)
    assert said.cycles == cycles
    assert said.acceptable == (deviation <= LIMIT and not cycles)


def test_a_sentence_for_each_case():
    assert str(found((0.7, 0.9, 0.7))) == (
        "The judgements deviate by 0.000 from consistent ones (usual limit 0.1)."
    )
    assert str(found((0.9, 0.1, 0.9))) == (
        "The judgements deviate by 0.267 from consistent ones, more than the usual limit of 0.1."
        " The judgements go in a cycle, which no weights can follow: skill > care > speed > skill."
    )
    names = [f"c{i}" for i in range(9)]
    upper = [0.9 if (j - i) % 2 else 0.1 for i in range(9) for j in range(i + 1, 9)]
    many = found(upper, names)
    assert len(many.cycles) == 10 and str(many).endswith(", and others.")


def test_rounding_makes_no_cycle_and_columns_may_be_in_any_order():
    b = complementary(3, [0.9, 0.1 + 0.4 + 1e-12, 0.1])
    assert cn.judgement_consistency(b).cycles == ()
    frame = pd.DataFrame(complementary(3, (0.9, 0.1, 0.9)), NAMES, NAMES)
    assert consistency_of(frame[NAMES[::-1]]) == cn.judgement_consistency(frame)


def test_a_large_judgement_takes_no_minutes():
    rng = np.random.default_rng(1)
    k = 400
    b = complementary(k, rng.choice(LEVELS, k * (k - 1) // 2))
    assert len(consistency_of(pd.DataFrame(b)).cycles) == 10


def saaty(upper, digits=15):
    k = int(0.5 + np.sqrt(2 * len(upper) + 0.25))
    b = np.ones((k, k))
    b[np.triu_indices(k, 1)] = upper
    b.T[np.triu_indices(k, 1)] = 1 / np.asarray(upper, dtype=float)
    return b.round(digits)


@pytest.mark.parametrize("digits", [15, 4, 2])
@pytest.mark.parametrize("upper", [[3], [3, 5, 2], [1 / 7, 9, 6], [1, 1, 2], [9] * 6])
def test_saatys_scale_is_recognised(upper, digits):
    assert is_saaty_scale(saaty(upper, digits))
    with pytest.raises(ValueError, match=r"^judgement: it looks like Saaty's scale"):
        cn.criteria_weights(saaty(upper, digits))


@settings(deadline=None)
@given(five_levels)
def test_no_complementary_judgement_is_taken_for_saatys(b):
    assert not is_saaty_scale(b) and not is_saaty_scale(2 * b)


@pytest.mark.parametrize("b", [np.ones((3, 3)), np.eye(3), np.full((2, 2), 3.0), np.ones((2, 3))])
def test_other_matrices_are_not_taken_for_saatys(b):
    assert not is_saaty_scale(b)
