from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.ability.weights import LEVELS, judgement_problems

many = settings(deadline=None)
NAMES = ["skill", "pace", "quality"]
B = [[0.5, 0.7, 0.1], [0.3, 0.5, 0.9], [0.9, 0.1, 0.5]]


def complementary(k, upper):
    """B of the values above its diagonal, row by row."""
    b = np.full((k, k), 0.5)
    b[np.triu_indices(k, 1)] = upper
    b.T[np.triu_indices(k, 1)] = 1 - np.asarray(upper, dtype=float)
    return b


def labelled(b=B, rows=NAMES, columns=NAMES):
    return pd.DataFrame(b, index=rows, columns=columns)


judgements = st.integers(1, 7).flatmap(
    lambda k: st.lists(st.floats(0, 1), min_size=k * (k - 1) // 2, max_size=k * (k - 1) // 2).map(
        lambda upper: complementary(k, upper)
    )
)
pytestmark = pytest.mark.filterwarnings("ignore:judgement. off the five levels")


@many
@given(judgements)
def test_z_is_consistent_for_every_complementary_b(b):
    z = cn.consistent_matrix(b).to_numpy()
    assert (np.diag(z) == 0.5).all()
    np.testing.assert_allclose(z + z.T, 1, rtol=0, atol=1e-15)
    for k in range(len(z)):  # z_ij = z_ik - z_jk + 0.5
        np.testing.assert_allclose(z, z[:, [k]] - z[:, k] + 0.5, rtol=0, atol=1e-15)
    assert ((z >= -1e-15) & (z <= 1 + 1e-15)).all()


def test_eq_4_by_hand():
    """Row sums 1.3, 1.7 and 1.5, so that z_01 = (1.3 - 1.7) / 4 + 0.5."""
    z = cn.consistent_matrix(labelled())
    assert z.index.tolist() == z.columns.tolist() == NAMES
    np.testing.assert_allclose(
        z, [[0.5, 0.4, 0.45], [0.6, 0.5, 0.55], [0.55, 0.45, 0.5]], atol=1e-15
    )


@many
@given(judgements, st.floats(0, 10))
def test_weights_are_weights_for_every_resolution(b, more):
    smallest = max((len(b) - 1) / 2, 0.5)
    w = cn.criteria_weights(b, smallest + more)
    assert (w >= 0).all()
    assert w.sum() == pytest.approx(1, abs=1e-14)
    assert (w.to_numpy() == cn.criteria_weights(pd.DataFrame(b), smallest + more).to_numpy()).all()
    cn.qualification(*_anything(len(b)), w)  # accepted where weights are checked


def test_a_weight_of_0_stays_0_when_a_judgement_is_off_by_rounding():
    assert cn.criteria_weights([[0.5 - 9e-10, 0], [1, 0.5]], 0.5).tolist() == pytest.approx(
        [0, 1], abs=1e-9
    )
    assert cn.criteria_weights([[0.5 - 9e-10, 0], [1, 0.5]], 0.5).min() == 0


def _anything(k):
    columns = pd.MultiIndex.from_product([range(k), ["low", "high"]])
    return (pd.DataFrame([[0.2, 0.4] * k], columns=columns),) * 2


@many
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_weights_of_four_criteria_are_the_papers_formula(upper):
    b = complementary(4, upper)
    z = cn.consistent_matrix(b).to_numpy()
    np.testing.assert_allclose(cn.criteria_weights(b), (z.sum(axis=1) + 1) / 12, rtol=0, atol=1e-15)


@many
@given(judgements)
def test_what_is_judged_to_matter_more_weighs_more(b):
    w = cn.criteria_weights(b).to_numpy()
    rows = b.sum(axis=1)
    assert (np.diff(w[np.argsort(rows)]) >= -1e-15).all()


@pytest.mark.slow
@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("smallest", [False, True])
def test_the_range_is_that_of_every_matrix_on_the_five_levels(k, smallest):
    """All 5, 125 or 15 625 matrices, by eqs. 4 and 5 written out; the four corner matrices by the package too."""
    a = (k - 1) / 2 if smallest else k - 1
    all_b = np.array(
        [complementary(k, upper) for upper in product(LEVELS, repeat=k * (k - 1) // 2)]
    )
    assert len(all_b) == 5 ** (k * (k - 1) // 2)
    rows = all_b.sum(axis=2)
    z = (rows[:, :, None] - rows[:, None, :]) / (2 * (k - 1)) + 0.5
    w = 1 / k - 1 / (2 * a) + z.sum(axis=2) / (k * a)
    found = cn.weight_range(k, a if smallest else None)
    assert found == pytest.approx((w.min(), w.max()), abs=1e-14)
    for at in (w.argmin(), w.argmax()):
        b = all_b[at // k]
        assert cn.criteria_weights(b, a)[at % k] == pytest.approx(w.flat[at], abs=1e-14)


def test_printed_ranges():
    assert cn.weight_range(4) == pytest.approx((0.55 / 3, 0.95 / 3))
    assert cn.weight_range(["skill", "efficiency", "quality", "activity"], 1.5) == pytest.approx(
        (0.35 / 3, 1.15 / 3)
    )
    assert cn.weight_range(np.int64(2)) == pytest.approx((0.3, 0.7))
    assert cn.weight_range(pd.Index(NAMES)) == cn.weight_range(3)


def test_one_criterion_has_all_the_weight():
    assert cn.consistent_matrix([[0.5]]).to_numpy().tolist() == [[0.5]]
    for resolution in (None, 0.25, 7):
        assert cn.criteria_weights([[0.5]], resolution).tolist() == [1.0]
        assert cn.weight_range(1, resolution) == (1.0, 1.0)


def test_labels_and_their_order():
    expected = cn.criteria_weights(labelled())
    assert expected.index.tolist() == NAMES
    assert (expected.name, expected.index.name) == ("weight", "criterion")
    shuffled = labelled()[["quality", "skill", "pace"]]
    pd.testing.assert_series_equal(cn.criteria_weights(shuffled), expected)
    assert cn.criteria_weights(B).index.tolist() == [0, 1, 2]
    rows = labelled().loc[["pace", "quality", "skill"]]
    pd.testing.assert_series_equal(cn.criteria_weights(rows)[NAMES], expected)


def changed(i, j, value, other=None):
    frame = labelled().astype(object)
    frame.iloc[i, j] = value
    if other is not None:
        frame.iloc[j, i] = other
    return frame


@pytest.mark.parametrize(
    ("judgement", "said"),
    [
        (labelled().iloc[:2], "2 rows and 3 columns, the matrix must be square"),
        ([[0.5, 0.5], [0.5]], "2 rows and 1 columns, the matrix must be square"),
        ([], "0 rows and 1 columns, the matrix must be square"),
        (
            labelled(columns=["skill", "pace", "Quality"]),
            "row quality has no column of that name, column Quality has no row of that name",
        ),
        (labelled(columns=["skill", "pace", "pace"]), "column labels: pace stands more than once"),
        (labelled(rows=["skill", "skill", "pace"]), "row labels: skill stands more than once"),
        (labelled(rows=["skill", None, "pace"]), "row labels: one is missing"),
        (changed(0, 1, 1.1), "row skill, column pace is 1.1, a number in [0, 1] is needed"),
        (changed(2, 0, -0.1), "row quality, column skill is -0.1, a number in [0, 1] is needed"),
        (changed(2, 0, np.nan), "row quality, column skill is nan, a number in [0, 1] is needed"),
        (changed(0, 1, "0.7"), "row skill, column pace is '0.7', a number in [0, 1] is needed"),
        (changed(0, 1, True), "row skill, column pace is True, a number in [0, 1] is needed"),
        (changed(1, 1, 0.7), "row pace, column pace is 0.7, the diagonal must be 0.5"),
        (changed(0, 1, 0.9), "skill over pace is 0.9 and pace over skill 0.3, they must sum to 1"),
        (
            changed(0, 1, 0.7 + 2e-9),
            "skill over pace is 0.700000002 and pace over skill 0.3, they must sum to 1",
        ),
    ],
)
@pytest.mark.parametrize("function", [cn.consistent_matrix, cn.criteria_weights])
def test_bad_judgements_are_named(function, judgement, said):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        function(judgement)
    assert str(error.value) == f"judgement: {said}"


def test_all_that_is_wrong_is_told_once():
    frame = changed(0, 1, 2, -1)
    frame.iloc[2, 2] = 0.4
    problems, off_levels = judgement_problems(frame)
    assert [problem.split(" is ")[0] for problem in problems] == [
        "row skill, column pace",
        "row pace, column skill",
        "row quality, column quality",
    ]
    assert off_levels == ["row quality, column quality is 0.4"]


@pytest.mark.parametrize("function", [cn.consistent_matrix, cn.criteria_weights])
def test_values_off_the_five_levels_are_warned_of(function):
    with pytest.warns(
        UserWarning, match=r"off the five levels 0.1 … 0.9: row skill, column pace is 0.6, .*0.4$"
    ) as seen:
        function(changed(0, 1, 0.6, 0.4))
    assert [one.filename for one in seen] == [__file__]


@pytest.mark.filterwarnings("error")
def test_the_five_levels_are_not_warned_of():
    cn.consistent_matrix([[0.5, 1 - 0.7], [0.7, 0.5]])  # 1 - 0.7 is 0.30000000000000004


@pytest.mark.parametrize("resolution", [1.49, 0, -3, np.nan, np.inf, "2"])
@pytest.mark.parametrize(
    "call", [lambda a: cn.weight_range(4, a), lambda a: cn.criteria_weights([[0.5] * 4] * 4, a)]
)
def test_bad_resolutions_are_named(call, resolution):
    said = (
        r"^resolution must be a finite number of at least \(K - 1\) / 2 = 1.5 and above 0, got"
        rf" {resolution!r}$"
    )
    with pytest.raises(ValueError, match=said):
        call(resolution)


@pytest.mark.parametrize("criteria", [0, []])
def test_a_criterion_is_needed(criteria):
    with pytest.raises(ValueError, match=r"^criteria: at least one is needed, got 0$"):
        cn.weight_range(criteria)
    with pytest.raises(ValueError, match=r"above 0, got 0$"):
        cn.weight_range(1, 0)
