from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowdnb.labels import (
    finite,
    labelled_vector,
    listing,
    number,
    numbers,
    same_labels,
    shown,
    unique_index,
)
from crowdnb.order import natural_key, natural_order, natural_rank

AB = pd.Index(["a", "b"], name="criterion")


@pytest.mark.parametrize(
    "ordered",
    [
        ["a2", "a10", "b1"],
        ["2", "10", "a"],
        [-3, 2.5, 10, "x"],
        [np.int64(2), np.int64(10)],
        ["", "1", "工人2", "工人10"],
        ["r1c2", "r1c10", "r2c1"],
        ["5", "a1", "a2"],
        ["01", "1", "2"],
        ["a", "a0", "a1"],
        ["a1", "a1\na2", "a3"],
        ["1²", "²"],  # a digit to str.isdigit, not a number to float
        [2**53, 2**53 + 1, 10**400],  # alike or too large as floats
        ["9" * 400, "a"],
    ],
)
def test_natural_order_from_any_order(ordered):
    for shuffled in permutations(ordered):
        assert sorted(shuffled, key=natural_key) == ordered
        index = pd.Index(shuffled, tupleize_cols=False)
        assert index[natural_order(index)].tolist() == ordered


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.text(max_size=6), st.from_regex(r"[a-c]?[0-9]{1,20}", fullmatch=True)),
        unique=True,
    )
)
def test_natural_order_is_one_order(labels):
    backwards = labels[::-1]
    assert sorted(labels, key=natural_key) == sorted(backwards, key=natural_key)


@settings(deadline=None)
@given(
    st.one_of(
        st.lists(st.from_regex(r"[a-c]?[0-9]{1,17}", fullmatch=True), unique=True),
        st.lists(st.from_regex(r"a1?0?[0-9]{1,3}", fullmatch=True), unique=True),
        st.lists(st.one_of(st.text(max_size=3), st.integers(0, 20)), unique=True),
        st.lists(st.integers(), unique=True),
        st.lists(st.floats(allow_nan=False), unique=True),
    )
)
def test_the_order_is_that_of_the_keys(labels):
    index = pd.Index(labels, tupleize_cols=False)
    assert index[natural_order(index)].tolist() == sorted(index.tolist(), key=natural_key)


def test_natural_rank_ranks_each_distinct_label():
    assert natural_rank(pd.Index(["a10", "a2", "a10", "a1"])).tolist() == [2, 1, 2, 0]


def test_listing_is_shortened():
    assert listing(["a", 1]) == "a, 1"
    assert listing(range(10), 3) == "0, 1, 2, … (10 in all)"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (np.float32(0.5), 0.5),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 4), 0.25),
        (np.int8(2), 2.0),
    ],
)
def test_real_numbers_are_numbers(value, expected):
    assert number(value) == expected
    assert numbers([value, "x"])[0] == expected


@pytest.mark.parametrize(
    "value",
    [
        "5",
        b"5",
        True,
        np.bool_(True),
        None,
        pd.NA,
        pd.NaT,
        1j,
        10**400,
        Decimal("sNaN"),
        float("nan"),
        [1.0],
    ],
)
def test_all_else_is_no_number(value):
    assert np.isnan(number(value))


def test_numbers_keeps_the_shape():
    assert numbers([[1, 2], [3, 4]]).tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert numbers(7).shape == ()
    assert np.isnan(numbers("x"))
    np.testing.assert_array_equal(numbers(pd.Series([1, None], dtype="Int64")), [1.0, np.nan])


@pytest.mark.parametrize(
    ("values", "said"),
    [([1, "x"], "'x'"), ([[1.0], [np.inf]], "inf"), (None, "None"), (np.nan, "nan")],
)
def test_finite_names_the_value(values, said):
    with pytest.raises(ValueError, match=rf"^here: {said} is not a finite number$"):
        finite(values, "here")


@pytest.mark.parametrize(
    ("value", "said"),
    [("5", "'5'"), (np.float64(0.1), "0.1"), (0.1 + 0.2, "0.30000000000000004"), (None, "None")],
)
def test_shown(value, said):
    assert shown(value) == said


@pytest.mark.parametrize("labels", [["a", "b"], [1, 2], [("a", 1), ("a", 2)], ["only"]])
def test_unique_index_keeps_labels(labels):
    index = unique_index(labels, "worker")
    assert index.tolist() == labels
    assert index.name == "worker" and index.nlevels == 1


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["a", None], "one is missing"),
        ([1.0, np.nan], "one is missing"),
        (["b", "a", "b", "b"], "b stands more than once"),
        ([("a", 1), ("a", 1)], r"\('a', 1\) stands more than once"),
    ],
)
def test_unique_index_names_what_is_wrong(labels, said):
    with pytest.raises(ValueError, match=rf"^worker labels: {said}$"):
        unique_index(labels, "worker")


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (["a", "b", "a"], "a stands more than once"),
        (["a", "b", "c", "d"], "unknown criterion c, d"),
        (["b"], "no entry for criterion a"),
        ([0, 1], "unknown criterion 0, 1"),
    ],
)
def test_same_labels_names_what_is_wrong(got, said):
    with pytest.raises(ValueError, match=f"^here: {said}$"):
        same_labels(got, AB, "here")


def test_same_labels_in_any_order():
    same_labels(["b", "a"], AB, "here")
    with pytest.raises(ValueError, match=r"^here: unknown label 2$"):
        same_labels([2], pd.Index([1]), "here")


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        (1.0, Decimal(2)),
        np.array([1, 2], dtype=np.int8),
        {"b": 2, "a": 1},
        pd.Series({"b": 2.0, "a": 1.0}),
        pd.Series([2, 1], index=["b", "a"], dtype="Int64"),
    ],
)
def test_labelled_vector(values):
    got = labelled_vector(values, AB, "here")
    assert got.dtype == float
    assert got.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, "2"], "b has '2', a finite number is needed"),
        ({"a": None, "b": 1}, "a has (None|nan), a finite number is needed"),
        ([1, np.inf], "b has inf, a finite number is needed"),
        (np.array([True, False]), "a has True, a finite number is needed"),
        (
            pd.Series([pd.NA, 1], index=["a", "b"], dtype="Int64"),
            "a has (<NA>|nan), a finite number is needed",
        ),
        ([1], r"2 values are needed, one for each of a, b; got shape \(1,\)"),
        ([[1, 2]], r"2 values are needed, .* got shape \(1, 2\)"),
        ("ab", r"2 values are needed, .* got shape \(\)"),
        (None, r"2 values are needed, .* got shape \(\)"),
        ({"a": 1}, "no entry for criterion b"),
        ({"a": 1, "b": 1, "c": 1}, "unknown criterion c"),
    ],
)
def test_labelled_vector_names_what_is_wrong(values, said):
    with pytest.raises(ValueError, match=f"^here: {said}$"):
        labelled_vector(values, AB, "here")
