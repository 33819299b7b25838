"""doubt, gamma_range and robust go by the ability that is in use: scales, gaps, half-life, rule."""

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn

WORKERS, TASKS, CRITERIA = ["a", "b", "c", "d"], ["s", "t"], ["skill", "care"]
SCALES = {"skill": (0, 4), "care": (1, 10, 0.5)}


def marks(criterion):
    return cn.Scale(*SCALES[criterion]).marks


def project(missing="unknown", half_life=None, mixed=False, **settings):
    """Whoever is late in the alphabet is worse; all ratings of a history are one mark, or mixed."""
    rows = [
        (
            worker,
            criterion,
            marks(criterion)[-1 - i - mixed * (day % 2)],
            pd.Timestamp(2024, 1, day),
        )
        for i, worker in enumerate(WORKERS)
        for criterion in CRITERIA
        for day in range(1, 9)
        if (worker, criterion) != ("d", "care")
    ]
    ratings = pd.DataFrame(rows, columns=["worker", "criterion", "rating", "date"])
    counts = cn.count_ratings(ratings, scales=SCALES, half_life=half_life)
    rule = settings.get("ability_rule", "cloud")
    how = "unknown" if missing == "out" else missing
    demand = pd.DataFrame(
        [[0.3, 1.0] * 2] * 2,
        TASKS,
        pd.MultiIndex.from_product([CRITERIA, ["low", "high"]], names=["criterion", "end"]),
    )
    ability = cn.ability_intervals(
        counts, missing=how, ability=rule, level=settings.get("level", 0.9)
    )
    barred = pd.DataFrame(0, WORKERS, TASKS)
    return cn.Project(
        ability[CRITERIA], demand, pd.Series([0.5, 0.5], CRITERIA), pd.Series([1, 1], TASKS), None,
        barred, pd.DataFrame(0, WORKERS, WORKERS), counts=counts, ratings=ratings, missing=missing,
        half_life=half_life, day="2024-01-08" if half_life else None, **settings,
    )  # fmt: skip


@pytest.mark.parametrize("missing", ["out", "unknown", "average"])
@pytest.mark.parametrize("rule", ["cloud", "posterior"])
@pytest.mark.parametrize("half_life", [None, 5.0])
def test_histories_of_one_mark_are_drawn_as_they_are(missing, rule, half_life):
    one = project(missing, half_life, ability_rule=rule)
    found = cn.doubt(one, samples=3, rng=1, progress=False)
    assert found.samples["loss"].tolist() == [0, 0, 0]
    assert found.samples["optimum"].to_numpy() == pytest.approx(one.solve().performance)


@pytest.mark.parametrize("missing", ["unknown", "average"])
@pytest.mark.parametrize("rule", ["cloud", "posterior"])
def test_each_sample_is_read_as_the_project_is(missing, rule):
    """The same draws, each read by itself, and the best pair of workers of each by looking."""
    one = project(missing, 5.0, mixed=True, ability_rule=rule, level=0.5)
    found = cn.doubt(one, samples=3, rng=4, progress=False)
    cells = pd.MultiIndex.from_product([WORKERS, CRITERIA], names=["worker", "criterion"])
    counts = pd.DataFrame(one.counts).reindex(cells[:-1])  # d has no rating on care
    n = np.nan_to_num(counts.to_numpy())
    total = n.sum(axis=1)
    trials = np.maximum(1, np.rint(total)).astype(int)
    drawn = np.random.default_rng(4).multinomial(trials, n / total[:, None], (3, len(n)))
    for sample, best in zip(drawn, found.samples["optimum"], strict=True):
        scaled = np.where(counts.isna(), np.nan, sample * (total / trials)[:, None])
        again = pd.DataFrame(scaled, counts.index, counts.columns)
        ability = cn.ability_intervals(again, missing=missing, ability=rule, level=0.5)
        q = cn.qualification(ability, one.demand, one.criteria_weights)
        assert best == pytest.approx(
            max(q.at[i, "s"] + q.at[k, "t"] for i in WORKERS for k in WORKERS if i != k)
        )


def test_gamma_means_nothing_to_the_posterior():
    with pytest.raises(ValueError, match="ability is 'posterior', in which γ means nothing"):
        cn.gamma_range(project(ability_rule="posterior"))


def test_gamma_moves_what_has_ratings_and_no_average():
    assert cn.gamma_range(project()).low == 0
    out = project("out")
    found = cn.gamma_range(out)
    assert list(found.assignment.problem.workers) == ["a", "b", "c"]
    with pytest.raises(ValueError, match="an average stands for d on care"):
        cn.gamma_range(project("average"))


def test_who_is_left_out_is_left_out_of_all():
    for one in (project("out"), project(min_ratings=1)):
        kept = ["a", "b", "c"]
        assert list(cn.robust(one).assignment.problem.workers) == kept
        assert set(cn.doubt(one, samples=2, rng=0, progress=False).shares["worker"]) <= {*kept}
    fewer = cn.Problem(pd.DataFrame(1.0, ["a", "b"], TASKS), [1, 1])
    with pytest.raises(ValueError, match="problem"):
        cn.doubt(project("out"), fewer, samples=1, progress=False)
