"""Plans on earlier ratings, measured by later ones: counted again by hand, and the stored rows."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.experiments import foresight

ROOT = Path(__file__).parents[2]
DATA = ROOT / "crowdnb" / "data"
COLUMNS = ["worker", "criterion", "rating"]


def frame(rows):
    return pd.DataFrame(rows, columns=COLUMNS)


@pytest.fixture(scope="module")
def lounges():
    folder = DATA / "lounges"
    return cn.read_project(folder), pd.read_csv(folder / "ratings.csv")


def test_an_event_ends_where_a_criterion_comes_again_or_the_worker_changes():
    rows = frame([("a", "x", 1), ("a", "y", 2), ("a", "x", 3), ("b", "y", 4), ("b", "x", 5)])
    rows = rows.set_axis([9, 7, 5, 3, 1])
    assert foresight.events(rows).to_dict() == {9: 0, 7: 0, 5: 1, 3: 2, 1: 2}


@pytest.mark.parametrize(("share", "kept"), [(0, 10), (0.2, 8), (0.5, 5), (1, 0)])
def test_the_last_events_of_each_worker_are_the_later_ones(share, kept):
    rows = frame([("a", "x", 1 + at % 5) for at in range(10)] + [("b", "x", 3)])
    later = foresight.last_events(rows, share)
    assert later.tolist() == [False] * kept + [True] * (10 - kept) + [share == 1]


def test_a_random_half_never_goes_through_a_review(lounges):
    _, ratings = lounges
    later = foresight.half_of_events(ratings, np.random.default_rng(1))
    assert (later.groupby(foresight.events(ratings)).nunique() == 1).all()
    assert later.mean() == pytest.approx(0.5, abs=0.03)


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("foresight", ROOT / "benchmarks" / "foresight.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def small():
    """One task for two of four workers on two criteria; d has no earlier rating on care."""
    ends = pd.MultiIndex.from_product([["skill", "care"], ["low", "high"]])
    workers = list("abcd")
    project = cn.Project(
        ability=pd.DataFrame(0.5, workers, ends),
        demand=pd.DataFrame([[0.6, 1.0, 0.8, 1.0]], ["t"], ends),
        criteria_weights=pd.Series({"skill": 0.25, "care": 0.75}),
        required=pd.Series({"t": 2}),
        task_weights=None,
        task_conflicts=pd.DataFrame(0, workers, ["t"]),
        worker_conflicts=pd.DataFrame(0, workers, workers),
    )
    marks = zip("abc", (5, 4, 1), strict=True)
    earlier = [(worker, name, mark) for worker, mark in marks for name in ("skill", "care")]
    later = [("a", "skill", 1), ("a", "skill", 5), ("a", "care", 4), ("b", "skill", 2)]
    later += [("c", "skill", 5), ("c", "care", 5)]
    earlier.append(("d", "skill", 5))
    return project, cn.count_ratings(frame(earlier)), cn.count_ratings(frame(later))


def test_what_those_chosen_got_later_is_counted_by_hand():
    project, earlier, later = small()
    found = foresight.chosen(project, earlier, later, np.random.default_rng(0))
    # nobody has six ratings, so that rule has no assignment
    assert "cloud from 6" not in found.index
    assert set(found.index) == {
        "cloud",
        "posterior 90 %",
        "posterior 50 %",
        "mean",
        "posterior mean",
        "anybody",
    }
    for rule in ("cloud", "mean", "posterior mean"):  # a and b: only a has later ratings on both
        row = found.loc[rule]
        assert row[["places", "rated", "few"]].tolist() == [2, 1, 2]
        assert row["mean"] == pytest.approx(0.25 * 0.6 + 0.75 * 0.8)
        # skill: one of a's two and none of b's reach 0.6; care: a's reaches 0.8, b has none
        assert row["meets"] == pytest.approx((0.25 * 0.5 + 0.75 * 1 + 0.25 * 0) / 1.25)


def test_ties_are_broken_by_chance_and_not_by_label():
    project, earlier, later = small()
    rows = [
        foresight.chosen(project, earlier, later, np.random.default_rng(seed)).loc[
            "anybody", "mean"
        ]
        for seed in range(12)
    ]
    assert len({round(value, 9) for value in rows}) == 3  # a and b, b and c, a and c


def test_how_often_the_next_rating_falls_inside_is_counted_by_hand():
    earlier = frame([("a", "x", 3), ("b", "x", 2), ("b", "x", 4), ("c", "x", 1)])
    later = frame(
        [("a", "x", 3), ("a", "x", 4), ("b", "x", 2), ("b", "x", 3), ("b", "x", 5), ("d", "x", 1)]
    )
    found = foresight.held(cn.count_ratings(earlier), cn.count_ratings(later))
    cloud = found.loc["cloud"]
    assert cloud.loc[1].tolist() == [2, 1, 0]  # the point 0.6
    assert cloud.loc[2].tolist() == pytest.approx([3, 2, 3 * 0.4])  # [0.4, 0.8]
    # one rating or two: at 90 % the whole scale
    assert found.loc["posterior 90 %"].to_numpy().tolist() == [[2, 2, 2 * 0.8], [3, 3, 3 * 0.8]]


def test_the_stored_rows_come_out_again(lounges, benchmark):
    project, ratings = lounges
    found = {
        "half": foresight.of_halves(project, ratings, 2),
        "last": benchmark.by_last(project, ratings),
    }
    for place, name in enumerate(("chosen", "held")):
        stored = foresight.stored(name)
        for split, rows in found.items():
            there = stored.loc[split].rename(index=float, level="at")
            again = rows[place].rename(index=float, level="at")
            pd.testing.assert_frame_equal(
                there[there.index.get_level_values("at").isin(again.index.unique("at"))],
                again.astype(float),
                check_dtype=False,
                atol=1e-6,
            )
        assert len(stored.loc["day"].index.unique("at")) == len(benchmark.DAYS)


def test_rows_by_day_are_those_of_dated_reviews(benchmark, monkeypatch):
    project, *_ = small()
    reviews = pd.DataFrame(
        [
            (w, d, s, c, None)
            for w in "ab"
            for d, s, c in (("2014-01-01", 4, 5), ("2015-01-01", 3, None))
        ],
        columns=["airline_name", "date", "skill", "care", "staff_service_rating"],
    ).rename(columns={"skill": "comfort_rating", "care": "cleanliness_rating"})
    names = {"comfort_rating": "skill", "cleanliness_rating": "care"}
    monkeypatch.setattr(benchmark, "CRITERIA", names)
    plans, intervals = benchmark.by_day(project, reviews, ["2015-01-01"])
    assert plans.loc[("2015-01-01", "mean"), ["places", "rated"]].tolist() == [2, 0]
    assert intervals.loc[("2015-01-01", "cloud", 1)].tolist() == [2, 0, 0]


def test_what_is_stored_is_named():
    with pytest.raises(ValueError, match="name must be 'chosen' or 'held', got 'x'"):
        foresight.stored("x")


def test_the_picture_has_a_mean_and_a_bar_for_each_rule_and_split():
    index = pd.MultiIndex.from_product(
        [["half", "day"], range(11), ["cloud", "mean"]], names=["split", "at", "rule"]
    )
    rows = pd.DataFrame({"mean": 0.5, "places": 4, "rated": 3, "few": 1.0}, index)
    rows.loc[("half", slice(None), "mean"), "mean"] = np.arange(11) / 10
    rows.loc[("day", slice(None), "mean"), "mean"] = np.nan  # no assignment, or nobody was rated
    picture = cn.plots.foresight(rows.dropna(), middle=0.8)
    got, known = picture.figure.axes
    half, day = got.containers
    assert half.lines[0].get_xdata().tolist() == pytest.approx([0.5, 0.5])
    ends = [np.ravel(path[:, 0]).tolist() for path in half.lines[2][0].get_segments()]
    assert np.allclose(ends, [[0.5, 0.5], [0.1, 0.9]])
    assert pd.isna(day.lines[0].get_xdata()).tolist() == [False, True]
    assert [bar.get_width() for bar in known.patches] == [1, 1, 1, 1]
    assert [text.get_text() for text in got.get_yticklabels()] == ["cloud", "mean"]
    assert picture.alt == (
        "What those chosen got later, as means of splits. half (11 splits): cloud 0.50, mean 0.50."
        " day (11 splits): cloud 0.50."
    )
