"""Ratings that fade: half-life, the day of the plan, and dates that are none."""

import datetime as dt
import math
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from helpers.engines import engines
from pandas.testing import assert_frame_equal

import crowdnb as cn
from crowdnb.ability.fading import day_of

approx = pytest.approx
ROWS = [
    ("a0", "skill", 5, "2024-03-01"),
    ("a0", "skill", 5, "2024-03-11"),
    ("a0", "skill", 2, "2024-02-20"),
    ("a0", "pace", 1, "2023-03-12"),
    ("a1", "skill", 4, "2024-03-11"),
    ("a1", "pace", 4, "2024-03-11"),
]


def table(rows=ROWS):
    return pd.DataFrame(rows, columns=["worker", "criterion", "rating", "date"])


def by_hand(rows, half_life, day):
    """What each mark of a history counts, one rating after the other."""
    found = {}
    for worker, criterion, rating, date in rows:
        age = (dt.date.fromisoformat(day) - dt.date.fromisoformat(date)).days
        key = (worker, criterion, rating)
        found[key] = found.get(key, 0.0) + (0.5 ** (age / half_life) if age >= 0 else 0.0)
    return found


@pytest.mark.parametrize("half_life", [1, 10.0, 365, 1e9])
@pytest.mark.parametrize("day", ["2024-03-11", "2024-04-01", "2030-01-01"])
def test_older_ratings_weigh_less(half_life, day):
    counts = cn.count_ratings(table(), half_life=half_life, day=day)
    assert isinstance(counts, cn.Counts) and counts.columns.tolist() == [1, 2, 3, 4, 5]
    expected = by_hand(ROWS, half_life, day)
    for (worker, criterion, star), weight in expected.items():
        assert counts.loc[(worker, criterion), star] == approx(weight, rel=1e-12, abs=1e-290)
    assert counts.to_numpy().sum() == approx(sum(expected.values()))


def test_it_is_the_sum_of_the_days_each_decayed():
    """One concept: what decay does to counts, by the date of each rating."""
    day, half_life, rows = dt.date(2024, 3, 20), 30, table()
    parts = [
        cn.count_ratings(part).decay(2 ** (-(day - dt.date.fromisoformat(date)).days / half_life))
        for date, part in rows.groupby("date")
    ]
    faded = cn.count_ratings(rows, half_life=half_life, day=day)
    assert_frame_equal(faded, sum(parts))
    # a month later all of them have decayed once more
    later = cn.count_ratings(rows, half_life=half_life, day="2024-04-19")
    assert_frame_equal(later, faded.decay(0.5))


def test_without_a_day_the_newest_rating_is_the_day():
    assert_frame_equal(
        cn.count_ratings(table(), half_life=7),
        cn.count_ratings(table(), half_life=7, day="2024-03-11"),
    )


def test_a_rating_of_the_day_itself_counts_1():
    counts = cn.count_ratings(table(ROWS[4:]), half_life=0.5)
    assert counts[4].tolist() == [1, 1]


def test_ever_so_old_ratings_stay_in_their_history():
    counts = cn.count_ratings(
        table([("a0", "skill", 3, "1024-03-01")]), half_life=1, day="2024-03-01"
    )
    assert 0 < counts.loc[("a0", "skill"), 3] < 1e-200
    assert cn.ability_intervals(counts).to_numpy().tolist() == [[0.6, 0.6]]
    unknown = cn.ability_intervals(counts, ability="posterior").to_numpy().tolist()
    assert unknown == [[0.2, 1.0]]


def test_later_ratings_are_left_out_and_told():
    with pytest.warns(
        UserWarning, match=r"^ratings: 3 are after the day of the plan, 2024-03-10, and left out$"
    ) as told:
        counts = cn.count_ratings(table(), half_life=10, day="2024-03-10")
    assert told[0].filename == __file__
    assert_frame_equal(
        counts, cn.count_ratings(table(ROWS[:1] + ROWS[2:4]), half_life=10, day="2024-03-10")
    )
    with pytest.warns(UserWarning, match=r"^ratings: 1 is after"):
        cn.count_ratings(
            table([*ROWS, ("a0", "skill", 1, "2042-01-01")]), half_life=1, day="2024-03-11"
        )
    with pytest.raises(
        ValueError, match=r"^ratings: all 6 are after the day of the plan, 2020-01-01$"
    ):
        cn.count_ratings(table(), half_life=10, day="2020-01-01")


@pytest.mark.parametrize("make", [pd.DataFrame, pl.from_pandas])
def test_ratings_of_the_day_stay_where_later_ones_go(make):
    rows = [*ROWS, ("a7", "pace", 2, "2024-03-12")]
    with pytest.warns(UserWarning, match="1 is after"):
        counts = cn.count_ratings(make(table(rows)), half_life=9, day="2024-03-11")
    assert_frame_equal(counts, cn.count_ratings(table(), half_life=9))
    assert counts.loc[("a1", "skill"), 4] == 1


def test_the_order_of_rows_changes_no_bit():
    rng = np.random.default_rng(2)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, 500), unit="D")
    rows = pd.DataFrame(
        {"worker": rng.integers(0, 5, 500), "criterion": "k", "rating": 4, "date": days}
    )
    expected = cn.count_ratings(rows, half_life=77).to_numpy()
    for seed in range(5):
        mixed = rows.sample(frac=1, random_state=seed)
        for frame in (mixed, mixed.astype({"date": str}), pl.from_pandas(mixed)):
            assert (cn.count_ratings(frame, half_life=77).to_numpy() == expected).all()


def test_a_day_alone_leaves_out_what_came_later():
    with pytest.warns(UserWarning, match="3 are after"):
        counts = cn.count_ratings(table(), day=dt.date(2024, 3, 10))
    assert_frame_equal(counts, cn.count_ratings(table(ROWS[:1] + ROWS[2:4])))


def test_dates_do_not_matter_unless_they_are_asked_for():
    rows = table().assign(date="some day")
    assert_frame_equal(cn.count_ratings(rows), cn.count_ratings(table()))


@pytest.mark.parametrize(
    "make",
    [
        lambda: table().assign(date=pd.to_datetime(table()["date"])),
        lambda: table().assign(date=pd.to_datetime(table()["date"]).dt.tz_localize("Asia/Tokyo")),
        lambda: table().assign(date=[dt.date.fromisoformat(row[3]) for row in ROWS]),
        lambda: table().assign(date=table()["date"] + "T23:59:59Z"),
        lambda: table().assign(date=" " + table()["date"] + " 10:00"),
        lambda: table().astype({"date": "category"}),
        lambda: table().astype({"date": object, "rating": object}),
        lambda: table().convert_dtypes(),
        lambda: pl.from_pandas(table()),
        lambda: pl.from_pandas(table()).with_columns(pl.col("date").str.to_date()).lazy(),
        lambda: pl.from_pandas(table()).with_columns(pl.col("date").str.to_datetime("%Y-%m-%d")),
    ],
)
def test_every_type_of_date_counts_alike(make):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = cn.count_ratings(make(), half_life=20)
    assert_frame_equal(found, cn.count_ratings(table(), half_life=20))


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines)
def test_every_engine_fades_alike(engine):
    dated = table().assign(date=pd.to_datetime(table()["date"]))
    for rows in (table(), dated):
        found = cn.count_ratings(engine(rows), half_life=20, scales={"pace": (0, 4)})
        assert_frame_equal(found, cn.count_ratings(table(), half_life=20, scales={"pace": (0, 4)}))
    with pytest.raises(ValueError, match=r"worker a0, criterion pace: 'soon'$"):
        cn.count_ratings(engine(table().replace("2023-03-12", "soon")), half_life=1)
    with pytest.raises(ValueError, match=r"worker a0, criterion pace: none$"):
        cn.count_ratings(engine(dated.replace(pd.Timestamp("2023-03-12"), pd.NaT)), half_life=1)


@pytest.mark.parametrize(
    ("date", "said"),
    [
        (None, "none"),
        (math.nan, "none"),
        (pd.NaT, "none"),
        ("", "none"),
        ("soon", "'soon'"),
        ("2024-02-30", "'2024-02-30'"),
        ("2024-3-1", "'2024-3-1'"),
        ("01.03.2024", "'01.03.2024'"),
        ("03/01/2024", "'03/01/2024'"),
        ("20240301", "'20240301'"),
        ("2024-03-01 25:00", "'2024-03-01 25:00'"),
        ("2024-03-01 at noon", "'2024-03-01 at noon'"),
        (45352, "45352"),
        (45352.5, "45352.5"),
        (True, "True"),
        ([1], r"\[1\]"),
    ],
)
def test_a_date_that_is_none_is_named(date, said):
    rows = table().astype({"date": object})
    rows.at[3, "date"] = date
    with pytest.raises(
        ValueError,
        match=(
            "^ratings: not a date such as 2024-03-01, which a half-life and a day of the plan need:"
            f" worker a0, criterion pace: {said}$"
        ),
    ):
        cn.count_ratings(rows, half_life=10)


def test_many_bad_dates_are_shortened():
    rows = table([(f"a{i}", "skill", 3, "never") for i in range(20)])
    with pytest.raises(
        ValueError, match=r"worker a0, .*worker a4, criterion skill: 'never', … \(20 in all\)$"
    ):
        cn.count_ratings(rows, half_life=10)


@pytest.mark.parametrize("half_life", [0, -1, math.nan, math.inf, "30", True, [30]])
def test_a_half_life_is_a_number_of_days(half_life):
    with pytest.raises(
        ValueError, match=r"^half_life must be a finite number of days above 0, got"
    ):
        cn.count_ratings(table(), half_life=half_life)


@pytest.mark.parametrize(
    "day", ["tomorrow", "2024-13-01", 20240301, pd.NaT, math.nan, ["2024-03-01"]]
)
def test_a_day_is_a_date(day):
    with pytest.raises(ValueError, match=r"^day must be a date such as 2024-03-01, got"):
        cn.count_ratings(table(), half_life=3, day=day)


def test_a_column_of_dates_is_needed():
    with pytest.raises(ValueError, match=r"^ratings: column date is missing; there are worker"):
        cn.count_ratings(table().drop(columns="date"), half_life=3)


@pytest.mark.parametrize(
    "value",
    [
        dt.date(2024, 3, 1),
        dt.datetime(2024, 3, 1, 23, 59),
        pd.Timestamp("2024-03-01 23:59", tz="Asia/Tokyo"),
        np.datetime64("2024-03-01"),
        "2024-03-01",
        "2024-03-01T00:00:00+09:00",
    ],
)
def test_days(value):
    assert day_of(value) == dt.date(2024, 3, 1)


def test_fading_reads_effective_numbers_of_ratings():
    """Seven ratings of which six are a half-life old count as four, and go by their range."""
    rows = [("a0", "skill", star, "2024-01-01") for star in (3, 3, 3, 4, 4, 4)]
    counts = cn.count_ratings(table([*rows, ("a0", "skill", 5, "2024-01-31")]), half_life=30)
    row = cn.ability_clouds(counts).iloc[0]
    assert (row["ratings"], row["rule"], row["low"], row["high"]) == (4, "range", 0.6, 1.0)
