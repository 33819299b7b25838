"""Data drawn again within their doubt: against every table of small problems."""

import dataclasses
import math
import re

import joblib
import numpy as np
import pandas as pd
import pytest
from helpers.effort import tries
from helpers.worlds import SCOPES, one_history, possible, worlds

import crowdnb as cn
from crowdnb.sensitivity import doubt


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_each_sample_is_settled_as_by_every_table(scope, monkeypatch):
    drawn, own = [], doubt._chosen
    monkeypatch.setattr(
        doubt, "_chosen", lambda data, qs, *rest: drawn.extend(qs) or own(data, qs, *rest)
    )
    stays = []
    for world in worlds(scope):
        drawn.clear()
        found = cn.doubt(world.project, world.problem, samples=3, rng=3)
        table, optimum = world.at(found.assignment.table), []
        for q, row in zip(drawn, found.samples.itertuples(), strict=True):
            rho = world.rho(np.where((q == 0) & (world.today != 0), 1e-300, q))
            assert row.optimum == pytest.approx(rho.max(), abs=1e-9)
            assert row.kept == pytest.approx(rho[table], abs=1e-12)
            assert row.loss == row.optimum - row.kept
            optimum.append(rho >= rho.max() - 1e-9)
        stays.append(found.share)
        assert found.share == np.mean([best[table] for best in optimum])
        workers, tasks = list(world.problem.workers), list(world.problem.tasks)
        for row in found.shares.itertuples():
            with_it = world.tables[:, workers.index(row.worker), tasks.index(row.task)]
            assert row.today == with_it[table]
            most, least = (
                np.mean([some(with_it[best]) for best in optimum]) for some in (np.any, np.all)
            )
            assert least <= row.share <= most
            assert row.error == pytest.approx(math.sqrt(row.share * (1 - row.share) / 3))
        assert str(found)
    assert stays.count(0.0) > tries(0, 2)
    assert stays.count(1.0) > tries(12, 40)
    assert len(stays) - stays.count(1.0) > tries(12, 40)


@pytest.mark.slow
def test_histories_are_drawn_with_their_own_frequencies():
    """Of 1 and 5 stars: twice 1 with 1/4, both with 1/2, twice 5 with 1/4; so P against [0, 1] is 0.2, 1/1.8 or 1."""
    found = cn.doubt(one_history([1, 5]), samples=800, rng=0)
    assert found.source == "ratings"
    kept = found.samples["kept"].round(9).value_counts(normalize=True)
    assert sorted(kept.index) == pytest.approx([0.2, 1 / 1.8, 1])
    assert kept.sort_index().to_numpy() == pytest.approx(
        [0.25, 0.5, 0.25], abs=4 * math.sqrt(0.25 / 800)
    )
    assert (found.share, found.error) == (1.0, 0.0)
    decayed = dataclasses.replace(one_history([1, 5]), counts=one_history([1, 5]).counts.decay(0.5))
    kept = cn.doubt(decayed, samples=50, rng=0).samples["kept"].round(9)  # one rating: 1 or 5 stars
    assert set(kept) == {0.2, 1.0}


STARS = {
    "a0": [5, 5, 4, 5, 5, 4, 5],
    "a1": [3, 4, 3, 2, 3, 4, 3],
    "a2": [3, 3, 4, 2, 2, 4, 1],
    "a3": [2, 3, 1, 2, 4, 3, 2],
}
OPTIONS = {
    "at least": {"required_rule": "at least"},
    "at most": {"required_rule": "at most"},
    "a limit of 2": {"worker_limits": [2, 1, 1, 1]},
    "a limit of 0": {"worker_limits": [1, 0, 1, 1]},
    "a pin": {"pinned": [("a3", "r1")]},
    "a budget": {"costs": [[9, 9], [2, 3], [1, 2], [1, 1]], "budget": 3},
    "scope": {"conflict_scope": "task"},
}


@pytest.mark.slow
@pytest.mark.parametrize("source", ["ratings", "intervals"])
@pytest.mark.parametrize("option", OPTIONS)
def test_each_option_counts_in_each_sample(option, source, monkeypatch):
    """Every sample is settled by all valid tables; and without the option at least one would be another."""
    rows = [
        (worker, skill, rating if skill == "u0" else 6 - rating)
        for worker, ratings in STARS.items()
        for skill in ("u0", "u1")
        for rating in ratings
    ]
    counts = cn.count_ratings(pd.DataFrame(rows, columns=["worker", "criterion", "rating"]))
    demand = [[0.6, 1.0, 0.1, 1.0], [0.7, 1.0, 0.0, 0.6]]
    none = pd.DataFrame(0, [*STARS], ["r0", "r1"])
    project = cn.Project(
        cn.ability_intervals(counts),
        pd.DataFrame(
            demand, none.columns, pd.MultiIndex.from_product([["u0", "u1"], ["low", "high"]])
        ),
        pd.Series([0.9, 0.1], ["u0", "u1"]),
        pd.Series(1, none.columns),
        None,
        none,
        pd.DataFrame(0, none.index, none.index),
        counts,
    )
    rule = cn.Problem(
        none + 1, [1, 1], worker_conflicts=[("a0", worker) for worker in ("a1", "a2", "a3")]
    )
    problem, qs, own = rule.changed(**OPTIONS[option]), [], doubt._chosen
    monkeypatch.setattr(
        doubt, "_chosen", lambda data, some, *rest: qs.extend(some) or own(data, some, *rest)
    )
    found = cn.doubt(project, problem, samples=30, rng=4, source=source)
    with_it, without = (possible(one) for one in (problem, rule))
    today, optima, others = found.assignment.table.to_numpy(), [], 0
    assert (with_it == today).all(axis=(1, 2)).any()
    for q, row in zip(qs, found.samples.itertuples(), strict=True):
        rho = (with_it * q).sum(axis=(1, 2))
        assert row.optimum == pytest.approx(rho.max(), abs=1e-9)
        assert row.kept == pytest.approx((today * q).sum(), abs=1e-12)
        optima.append(with_it[rho >= rho.max() - 1e-9])
        others += abs((without * q).sum(axis=(1, 2)).max() - rho.max()) > 1e-6
    assert others
    shares = (
        found.shares.pivot(index="worker", columns="task", values="share")
        .reindex_like(none)
        .fillna(0)
    )
    assert (shares >= np.mean([best.all(axis=0) for best in optima], axis=0) - 1e-12).all(axis=None)
    assert (shares <= np.mean([best.any(axis=0) for best in optima], axis=0) + 1e-12).all(axis=None)
    assert sum(len(best) == 1 for best in optima) > 15


@pytest.mark.slow
def test_points_are_drawn_evenly_from_the_intervals():
    project = dataclasses.replace(one_history([2, 4]), counts=None)
    kept = cn.doubt(project, samples=800, rng=0).samples["kept"]
    assert kept.between(0.4, 0.8).all()
    assert kept.mean() == pytest.approx(0.6, abs=4 * 0.4 / math.sqrt(12 * 800))
    assert kept.quantile([0.1, 0.9]).tolist() == pytest.approx([0.44, 0.76], abs=0.03)


def test_the_same_numbers_on_any_number_of_processes(case):
    one = cn.doubt(case, samples=45, rng=5, progress=False)
    with joblib.parallel_config(n_jobs=2, backend="threading"):
        two = cn.doubt(case, samples=45, rng=5, progress=False)
    pd.testing.assert_frame_equal(one.samples, two.samples)
    pd.testing.assert_frame_equal(one.shares, two.shares)
    assert one.shares["share"].sum() == pytest.approx(9)
    assert one.quantiles.loc[0.5, "loss"] == one.samples["loss"].median()
    kept = cn.doubt(case, table=case.published.assignment, samples=45, rng=5, progress=False)
    pd.testing.assert_series_equal(kept.samples["optimum"], one.samples["optimum"])
    assert (kept.samples["loss"] >= 0).all()
    assert one.text.startswith("With the abilities inside their intervals drawn again 45 times")


def test_what_cannot_be_asked_of_data_in_doubt(case):
    asks = {
        "doubt: problem: unknown worker 0": lambda: cn.doubt(case, cn.Problem([[0.5]], [1])),
        "samples must be a whole number of at least 1": lambda: cn.doubt(case, samples=0),
        "source must be 'ratings' or 'intervals'": lambda: cn.doubt(case, source="stars"),
        "source: the project has no rating histories": lambda: cn.doubt(case, source="ratings"),
        "table: it is no assignment": lambda: cn.doubt(case, table=case.published.assignment * 0),
    }
    for text, ask in asks.items():
        with pytest.raises(ValueError, match=re.escape(text)):
            ask()
