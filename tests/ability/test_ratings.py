import copy
import operator
import pickle
from decimal import Decimal

import dask.dataframe as dd
import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from helpers.engines import dask_moves, engines
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from crowdnb.ability import ratings
from crowdnb.ability.counts import KEYS, Counts, is_counts
from crowdnb.ability.ratings import count_ratings, is_star

ROWS = [
    ("a10", "skill", 5),
    ("a2", "skill", 3),
    ("a2", "pace", 1),
    ("a10", "skill", 5),
    ("a10", "pace", 2),
]
COUNTED = {
    ("a2", "pace"): [1, 0, 0, 0, 0],
    ("a2", "skill"): [0, 0, 1, 0, 0],
    ("a10", "pace"): [0, 1, 0, 0, 0],
    ("a10", "skill"): [0, 0, 0, 0, 2],
}
few = settings(max_examples=25, deadline=None)
histories = st.lists(
    st.tuples(
        st.sampled_from(["a0", "a1", "a2", "a10"]),
        st.sampled_from(["skill", "pace"]),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=40,
)


def table(rows=ROWS):
    return pd.DataFrame(rows, columns=[*KEYS, "rating"])


def one(*ratings, worker="a0", **kind):
    return pd.DataFrame(
        {"worker": worker, "criterion": "skill", "rating": pd.Series(ratings, **kind)}
    )


def as_polars():
    return pl.DataFrame(ROWS, schema=[*KEYS, "rating"], orient="row")


def as_duckdb(rating="rating"):
    values = ", ".join(map(str, ROWS))
    return duckdb.sql(
        f"SELECT worker, criterion, {rating} AS rating FROM (VALUES {values}) t({', '.join(KEYS)},"
        " rating)"
    )


@pytest.fixture
def counts():
    return count_ratings(table())


def test_counts(counts):
    assert dict(zip(counts.index, counts.to_numpy().tolist(), strict=True)) == COUNTED
    assert list(counts.index) == list(COUNTED)  # natural order: a2 before a10
    assert counts.columns.tolist() == [1, 2, 3, 4, 5] and counts.stars == 5
    assert counts.index.names == KEYS and counts.columns.name == "stars"
    assert (counts.dtypes == np.int64).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: table(ROWS[::-1]),
        lambda: table().astype({"worker": "category", "criterion": "category"}),
        lambda: table().astype({"worker": pd.CategoricalDtype(["x", "a10", "a2"], ordered=True)}),
        lambda: table().astype({"worker": object, "criterion": object, "rating": object}),
        lambda: table().convert_dtypes(),
        lambda: table().astype({"rating": float}),
        lambda: table().astype({"rating": "Float64"}),
        lambda: table().astype({"rating": "int8"}),
        lambda: table().assign(rating=[Decimal(rating) for *_, rating in ROWS]),
        lambda: table().assign(n=7, date="today").iloc[:, ::-1],
        lambda: table().set_index(pd.Index(range(5), name="rating")),
        lambda: table().set_index(pd.Index(range(5), name="worker")),
        lambda: table().set_index(pd.Index([0] * 5)),
        lambda: nw.from_native(table()),
        as_polars,
        lambda: as_polars().lazy(),
        lambda: as_polars().cast(
            {
                "worker": pl.Categorical,
                "criterion": pl.Enum(["skill", "pace"]),
                "rating": pl.Float32,
            }
        ),
        lambda: as_polars().cast({"rating": pl.Decimal(4, 2)}),
        as_duckdb,
        lambda: as_duckdb("rating::DOUBLE"),
        lambda: as_duckdb("rating::DECIMAL(4, 1)"),
    ],
)
def test_every_engine_and_type_counts_alike(make, counts):
    assert_frame_equal(count_ratings(make()), counts)


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines)
@pytest.mark.parametrize("seed", range(3))
def test_a_hundred_workers_in_every_engine(engine, seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"worker": rng.integers(0, 100, 2000), "rating": rng.integers(1, 6, 2000)})
    frame["criterion"] = rng.choice(["skill", "pace"], 2000)
    text = frame.assign(
        worker="a" + frame["worker"].astype(str), rating=frame["rating"].astype(float)
    )
    for table in (frame, text, text.astype({"worker": "category", "criterion": "category"})):
        expected = table.groupby(KEYS, observed=True)["rating"].value_counts().unstack(fill_value=0)
        found = count_ratings(engine(table))
        assert_frame_equal(found, count_ratings(table))
        assert (found.loc[list(expected.index)].to_numpy() == expected.to_numpy()).all()


@pytest.mark.parametrize(
    "read",
    [
        pl.scan_parquet,
        lambda path: duckdb.read_parquet(str(path)),
        pytest.param(dd.read_parquet, marks=dask_moves),
    ],
    ids=["polars", "duckdb", "dask"],
)
def test_histories_in_a_file(read, tmp_path, counts):
    path = tmp_path / "ratings.parquet"
    table().to_parquet(path)
    assert_frame_equal(count_ratings(read(path)), counts)


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines)
def test_only_counts_leave_the_engine(engine, monkeypatch):
    rows, local = [], ratings._local
    monkeypatch.setattr(
        "crowdnb.ability.ratings._local",
        lambda table: rows.append(len(local(table))) or local(table),
    )
    count_ratings(engine(table(ROWS * 100)))
    assert rows == [len(COUNTED)]
    monkeypatch.setattr("crowdnb.ability.ratings.MOST", 7)
    with pytest.raises(
        ValueError, match=r"from 1 to 5: worker a0, criterion skill: .*, … \(100 in all\)$"
    ):
        count_ratings(engine(one(*range(6, 106)).assign(date=range(100))))
    assert rows[1:] == [1, 7, 1]  # the history, the bad cells, their number


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"rating": [5, 2, 7, 0, 1]},
            "worker a2, criterion pace: 7, worker a10, criterion skill: 0$",
        ),
        ({"rating": [5, 2, 4.5, 3, 1]}, "worker a2, criterion pace: 4.5$"),
        ({"rating": [5, 2, np.nan, 3, 1]}, "worker a2, criterion pace: (nan|<NA>)$"),
        ({"rating": [5, 2, np.inf, 3, 1]}, "worker a2, criterion pace: inf$"),
        ({"rating": list("52431")}, "worker a2, criterion pace: '4', .*'5'$"),
        ({"rating": [True] * 5}, "worker a2, criterion pace: True"),
        ({"worker": ["a0", None, "a0", "a1", "a1"]}, "a worker or criterion label is missing$"),
        ({"worker": [1.0, np.nan, 1.0, 2.0, 2.0]}, "a worker or criterion label is missing$"),
    ],
)
def test_every_engine_says_what_is_wrong(engine, change, said):
    with pytest.raises(ValueError, match=f"^ratings: .*{said}"):
        count_ratings(engine(table().assign(**change)))


@pytest.mark.parametrize("engine", engines)
def test_no_rows_and_no_column_in_every_engine(engine):
    with pytest.raises(ValueError, match=r"^ratings: the table has no rows$"):
        count_ratings(engine(table()[:0]))
    with pytest.raises(
        ValueError, match=r"^ratings: column criterion is missing; there are worker, rating$"
    ):
        count_ratings(engine(table()[["worker", "rating"]]))


def test_many_labels_of_which_few_meet():
    """A thousand workers on a thousand criteria, each on its own: no array for all of their pairs."""
    frame = pd.DataFrame({"worker": range(2000), "criterion": range(2000), "rating": 3})
    assert count_ratings(frame)[3].tolist() == [1] * 2000


@pytest.mark.parametrize("low", [-(2**31), 2**31 - 2, 2**40, -100])
@pytest.mark.parametrize("kind", ["int64", "int8", "uint64", "float64"])
def test_whole_numbers_of_any_size_as_labels(low, kind):
    labels = np.array([low + 1, low, low + 1])
    frame = pd.DataFrame(
        {"worker": labels, "criterion": labels - 1, "rating": np.array([1, 2, 2], dtype=kind)}
    )
    found = count_ratings(frame, stars=2)
    assert found.index.tolist() == [(low, low - 1), (low + 1, low)]
    assert found.to_numpy().tolist() == [[0, 1], [1, 1]]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.uint64])
def test_labels_of_small_types(kind):
    labels = np.array([0, 100, np.iinfo(kind).max if kind != np.uint64 else 2**63], dtype=kind)
    found = count_ratings(pd.DataFrame({"worker": labels, "criterion": labels[::-1], "rating": 1}))
    assert found.index.tolist() == sorted(zip(labels.tolist(), labels[::-1].tolist(), strict=True))
    low = np.array([-128, 127, -128], dtype=np.int8)
    assert count_ratings(pd.DataFrame({"worker": low, "criterion": 0, "rating": 1}))[
        1
    ].tolist() == [2, 1]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_labels_may_be_whole_numbers(frame):
    big = 2**53
    found = count_ratings(
        frame({"worker": [big + 1, 2, big, 10], "criterion": [0] * 4, "rating": [1] * 4})
    )
    assert found.index.get_level_values("worker").tolist() == [2, 10, big, big + 1]


def test_other_scales():
    assert count_ratings(one(1, 10, 10), stars=10).to_numpy().tolist() == [
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    ]
    assert count_ratings(one(1, 1), stars=1).to_numpy().tolist() == [[2]]


BAD = [
    (4.5, "4.5"),
    (0, "0"),
    (-1, "-1"),
    (6, "6"),
    ("5", "'5'"),
    ("five", "'five'"),
    (b"5", "b'5'"),
    (True, "True"),
    (np.nan, "nan"),
    (None, "nan"),
    (np.inf, "inf"),
    (10**30, "10+"),
]


@pytest.mark.parametrize(("rating", "said"), BAD)
@pytest.mark.parametrize("good", [1, 5])
def test_a_bad_rating_is_named(rating, said, good):
    rows = [("a0", "skill", good), ("a1", "pace", rating)]
    with pytest.raises(ValueError, match=rf"from 1 to 5: worker a1, criterion pace: {said}(\.0)?$"):
        count_ratings(table(rows))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: one(1, True, dtype=object), "True"),  # equal to 1, and no rating
        (lambda: one(True, False), "False, .*True"),
        (lambda: one(1, None, dtype="Int64"), "<NA>"),
        (lambda: one("4", "5"), "'4', .*'5'"),
        (lambda: one("4", "5", dtype="category"), "'4', .*'5'"),
        (lambda: one(1, 2j), ".*2j"),
        (
            lambda: pl.from_dicts(
                [{"worker": "a0", "criterion": "skill", "rating": r} for r in (4, None)]
            ),
            "nan",
        ),
        (
            lambda: pl.from_dicts(
                [{"worker": "a0", "criterion": "skill", "rating": r} for r in (True, False)]
            ),
            "False",
        ),
        (lambda: as_duckdb("CASE WHEN rating = 2 THEN NULL ELSE rating END"), "(nan|<NA>)"),
        (lambda: as_duckdb("rating::VARCHAR"), "'1'"),
    ],
)
def test_a_bad_column_is_named(make, said):
    with pytest.raises(ValueError, match=f"worker a[0-9]+, criterion [a-z]+: {said}"):
        count_ratings(make())


def test_bad_ratings_are_listed_in_natural_order_and_shortened():
    wrong = one(*range(6, 16)).assign(worker=[f"a{i}" for i in range(9, -1, -1)])
    with pytest.raises(
        ValueError,
        match=r"5: worker a0, criterion skill: 15, worker a1,.*worker a4.*, … \(10 in all\)$",
    ):
        count_ratings(wrong)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (table([]), "the table has no rows"),
        (
            pl.DataFrame(schema={"worker": pl.String, "criterion": pl.String, "rating": pl.Int64}),
            "the table has no rows",
        ),
        (pd.DataFrame(), "column worker, criterion, rating is missing; there are none"),
        (
            table().rename(columns={"rating": "Rating"}),
            "column rating is missing; there are worker, criterion, Rating",
        ),
        (table().set_index(KEYS), "column worker, criterion is missing; there are rating"),
        (table([("a0", None, 1)]), "a worker or criterion label is missing"),
        (table([("a0", "skill", 1), (None, "skill", 1)]), "a worker or criterion label is missing"),
        (
            table([(np.nan, "skill", 1), (1.0, "skill", 1)]),
            "a worker or criterion label is missing",
        ),
    ],
)
def test_a_bad_table_is_named(frame, said):
    with pytest.raises(ValueError, match=f"^ratings: {said}$"):
        count_ratings(frame)


@pytest.mark.parametrize("stars", [0, -5, 2.5, 5.0, "5", np.nan, np.inf, None])
def test_stars_must_be_a_whole_number(stars):
    with pytest.raises(
        ValueError, match=f"^stars must be a whole number of at least 1, got {stars!r}$"
    ):
        count_ratings(table(), stars)


def test_is_star():
    assert [is_star(rating, 3) for rating in (1, 3.0, np.int8(2), Decimal(2))] == [True] * 4
    assert not any(
        is_star(rating, 3) for rating in (0, 4, 1.5, True, "1", None, pd.NA, np.nan, np.inf)
    )


@few
@given(histories, st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert_frame_equal(count_ratings(table(shuffled)), count_ratings(table(rows)))


@pytest.mark.slow
@few
@given(histories, histories)
def test_merged_counts_are_the_counts_of_joined_histories(old, new):
    a, b = count_ratings(table(old)), count_ratings(table(new))
    joined = count_ratings(table(old + new))
    assert_frame_equal(a + b, joined)
    assert_frame_equal(b + a, joined)
    assert_frame_equal(sum([a, b]), joined)


@pytest.mark.slow
@few
@given(st.lists(histories, min_size=1, max_size=4), st.floats(0.01, 1))
def test_sums_and_decay_go_together(parts, factor):
    counts = [count_ratings(table(rows)) for rows in parts]
    assert_frame_equal(
        sum(counts).decay(factor), sum(part.decay(factor) for part in counts), check_dtype=False
    )


@pytest.mark.parametrize("add", [operator.add, operator.iadd, np.add, lambda a, b: sum([a, b])])
def test_however_counts_are_added_no_label_is_lost(add):
    """Copies and selections of counts are plain frames, which pandas would add cell by cell."""
    a, b = count_ratings(table(ROWS[:3])), count_ratings(table(ROWS[3:]))
    for left, right in ((a.copy(), b), (a, b.copy()), (a, b))[add is operator.iadd :]:
        merged = add(left, right)
        assert isinstance(merged, Counts)
        assert_frame_equal(merged, count_ratings(table()))


@pytest.mark.parametrize("names", [None, ["who", "what"]])
def test_counts_from_elsewhere_need_no_index_names(names, counts):
    bare = pd.DataFrame(counts).rename_axis(index=names or [None, None], columns=None)
    assert_frame_equal(counts + bare, counts + counts)


def test_adding_leaves_both_as_they_were(counts):
    before, same = counts.copy(), counts
    counts += count_ratings(one(4))
    assert len(counts) == 5
    assert_frame_equal(same, Counts(before))


def test_what_cannot_be_added(counts):
    with pytest.raises(ValueError, match="scale of 5 and of 10 stars cannot be added"):
        counts + count_ratings(one(5), stars=10)
    for other in (1, 0.5, "x", table(), counts[5], None):
        with pytest.raises(TypeError, match="counts can only be added to counts, not to"):
            counts + other


def test_decay(counts):
    halved = counts.decay(0.5).decay(0.5)
    assert isinstance(halved, Counts)
    assert (halved.to_numpy() == counts.to_numpy() / 4).all()
    assert_frame_equal(counts.decay(1), counts, check_dtype=False)
    assert halved.columns.name == "stars"
    merged = halved + counts
    assert merged.loc[("a10", "skill"), 5] == 2.5


@pytest.mark.parametrize("factor", [0, -0.5, 1.0001, np.nan, np.inf, "1", None])
def test_decay_needs_a_factor_in_0_1(counts, factor):
    with pytest.raises(ValueError, match=rf"factor must lie in \(0, 1\], got {factor!r}"):
        counts.decay(factor)


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))]
)
def test_copies_are_counts(counts, again):
    other = again(counts)
    assert isinstance(other, Counts)
    assert_frame_equal(other, counts)
    other.iloc[0, 0] = 99
    assert counts.iloc[0, 0] == 1


def test_what_pandas_makes_of_counts_is_a_plain_frame(counts):
    for plain in (
        counts.copy(),
        counts.iloc[:1],
        counts.loc[["a2"]],
        counts * 2,
        counts.reset_index(),
    ):
        assert type(plain) is pd.DataFrame


def test_is_counts(counts):
    assert is_counts(counts) and is_counts(counts.iloc[:1]) and is_counts(counts.decay(0.5))
    not_counts = (
        table(),
        table().set_index(KEYS),
        counts.loc["a2"],
        counts.iloc[:0],
        counts[[2, 3]],
        None,
    )
    assert not any(is_counts(frame) for frame in not_counts)
