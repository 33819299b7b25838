"""γ, data doubt and robust assignments: against every table of small problems."""

import dataclasses
import functools
import math
import re

import joblib
import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import every_table, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.ability import cloud
from crowdnb.sensitivity import doubt
from crowdnb.sensitivity.gamma import _Drift

SCOPES = pytest.mark.parametrize("scope", ["project", "task"])
SIZES = [(4, 1), (5, 1), (3, 2), (4, 2), (5, 2), (3, 3), (4, 3)]
WORLDS = tries(35, 110)  # a scope


class World:
    """A random small project, its Q worked out here once more, and every table."""

    def __init__(self, rng, problem):
        self.problem = problem
        (m, n), self.size = self.problem.qualification.shape, int(rng.integers(1, 4))
        self.gamma = float(rng.choice([0.0, 0.1, 0.2]))
        self.w = rng.dirichlet(np.ones(self.size))
        self.d = np.sort(rng.uniform(0.2, 1, size=(n, self.size, 2)).round(int(rng.integers(1, 4))))
        if rng.uniform() < 0.5:
            self.d[..., 1] = 1.0
        criteria, counts = [f"u{k}" for k in range(self.size)], None
        columns = pd.MultiIndex.from_product([criteria, ["low", "high"]])
        alike = np.arange(m)  # whose data each worker has
        if problem.plain and rng.uniform() < 0.2:
            alike[rng.uniform(size=m) < 0.4] = 0
        if rng.uniform() < 0.7:
            stars = [[history(rng) for _ in criteria] for _ in range(m)]
            rows = [
                (worker, criterion, star)
                for worker, i in zip(self.problem.workers, alike, strict=True)
                for criterion, ratings in zip(criteria, stars[i], strict=True)
                for star in ratings
            ]
            counts = cn.count_ratings(pd.DataFrame(rows, columns=["worker", "criterion", "rating"]))
            drift = np.array([[self.drift(ratings / 5) for ratings in own] for own in stars])[alike]
        else:
            given = np.sort(rng.uniform(0.2, 1, size=(m, self.size, 2)).round(1))[alike]
            half = np.diff(given)[..., 0] / (2 + self.gamma)  # He = En
            drift = np.stack(
                [given.mean(axis=2) - half, given.mean(axis=2) + half, half / 2], axis=2
            )
        self.low, self.high, self.he = np.moveaxis(drift, 2, 0)
        self.project = cn.Project(
            pd.DataFrame(self.ends(self.gamma).reshape(m, -1), self.problem.workers, columns),
            pd.DataFrame(self.d.reshape(n, -1), self.problem.tasks, columns),
            pd.Series(self.w, criteria),
            self.problem.required,
            None,
            self.problem.task_conflicts,
            self.problem.worker_conflicts,
            counts,
            gamma=self.gamma,
        )
        self.today = self.q(self.ends(self.gamma))
        self.tables = possible(self.problem)

    def drift(self, v):
        """The interval of a history at γ = 0, and by how much its ends move with γ."""
        if len(v) < 6:
            return v.min(), v.max(), 0
        if (v == v[0]).all():
            return v[0], v[0], 0
        en = math.sqrt(math.pi / 2) * np.abs(v - v.mean()).mean()
        return v.mean() - en, v.mean() + en, math.sqrt(abs(v.var(ddof=1) - en**2))

    def ends(self, gamma):
        """Intervals at this γ, m × K × 2."""
        return np.stack([self.low - gamma * self.he, self.high + gamma * self.he], axis=2).clip(
            0, 1
        )

    def p(self, u):
        """P of intervals m × K × 2: m × n × K."""
        reach = u[:, None, :, 1] - self.d[None, :, :, 0]
        width = np.diff(u)[:, None, :, 0] + np.diff(self.d)[None, :, :, 0]
        met = np.clip(reach / np.where(width == 0, 1, width), 0, 1)
        return np.where(width == 0, 0.5 + 0.5 * np.sign(reach), met)

    def q(self, u):
        return self.p(u) @ self.w

    def rho(self, q):
        """ρ of every table; -inf where it has a pair whose Q is 0."""
        rho = (self.tables * (q * self.problem.task_weights.to_numpy())).sum(axis=(1, 2))
        return np.where((self.tables & (q == 0)).any(axis=(1, 2)), -np.inf, rho)

    def at(self, table):
        """Where a table stands among all."""
        same = (self.tables == table.to_numpy()).all(axis=(1, 2))
        assert same.sum() == 1
        return same.argmax()


def history(rng):
    """Ratings, some too few for a cloud."""
    return rng.choice(5, int(rng.integers(1, 30)), p=rng.dirichlet(np.full(5, 0.7))) + 1


def possible(problem):
    """Tables that are valid where no Q is 0."""
    tables = every_table(*problem.qualification.shape)
    return tables[
        valid(problem.changed(qualification=np.ones(problem.qualification.shape)), tables)
    ]


@functools.cache
def worlds(scope):
    """Projects with some choice; one of seven has options beyond the paper."""
    rng, found = np.random.default_rng(["project", "task"].index(scope)), []
    while len(found) < WORLDS:
        problem = random_problem(rng, scope, len(found) % 7 == 0, SIZES)
        if len(possible(problem)) > 3:
            weights = (
                rng.uniform(0.2, 1, len(problem.tasks)).round(2) if rng.uniform() < 0.5 else None
            )
            world = World(rng, problem.changed(task_weights=weights))
            if np.isfinite(world.rho(world.today)).sum() > 3:
                found.append(world)
    return found


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_between_the_two_gammas_no_table_is_better_and_beyond_them_one_is(scope):
    rng, ended, whole = np.random.default_rng(1), 0, 0
    for world in worlds(scope):
        found = cn.gamma_range(world.project, world.problem)
        own = world.at(found.assignment.table)
        assert found.low <= world.gamma <= found.high
        for gamma in rng.uniform(found.low, found.high, 20):
            rho = world.rho(world.q(world.ends(gamma)))
            assert rho.max() - rho[own] <= 2e-7
        for end, side, stop, other in (("low", -1, 0, found.below), ("high", 1, 1, found.above)):
            gamma, row = getattr(found, end), found.frame.loc[end]
            assert row["gamma"] == gamma
            assert row["performance"] == pytest.approx(performance(world, gamma, own), abs=1e-9)
            assert row["ends"] == (gamma != stop or other is not None)
            if not row["ends"]:
                whole += 1
                continue
            rho = world.rho(world.q(world.ends(max(0.0, gamma + side * 1e-4))))
            if other is None:
                assert rho[own] == -math.inf
            elif gamma != stop:
                ended += 1
                assert rho.max() > rho[own]
                assert rho[world.at(other.table)] > rho[own]
                assert other.performance == pytest.approx(row["performance"], abs=2e-9)
    assert ended > tries(2, 7)
    assert whole > tries(45, 150)


def performance(world, gamma, table):
    """ρ of a table, also where one of its Q is 0."""
    return (
        world.tables[table] * world.q(world.ends(gamma)) * world.problem.task_weights.to_numpy()
    ).sum()


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


def regret_by_looking(world, tables):
    """Regret of each table: the most that another is better, over all points of the intervals; one task a worker."""
    (m, n), ends = world.today.shape, world.ends(world.gamma)
    more = np.zeros((m, n + 1, n + 1))
    for i in range(m):
        for k in range(world.size):
            low, high = ends[i, k]
            kinks = world.d[:, k].ravel()
            u = np.concatenate([ends[i, k], kinks - 1e-13, kinks, kinks + 1e-13])
            of_tasks = np.zeros((n + 1, len(u)))
            of_tasks[:n] = [point(u, *task) for task in world.d[:, k]]
            of_tasks[:n] *= world.problem.task_weights.to_numpy()[:, None]
            of_tasks = of_tasks[:, (u >= low) & (u <= high)]
            more[i] += world.w[k] * (of_tasks[None] - of_tasks[:, None]).max(axis=2)
    task = np.where(tables.any(axis=2), tables.argmax(axis=2), n)
    return sum(more[i, task[:, None, i], task[None, :, i]] for i in range(m)).max(axis=1)


def point(u, low, high):
    return (
        (u > low) * 0.5 + (u >= low) * 0.5
        if low == high
        else np.clip((u - low) / (high - low), 0, 1)
    )


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_the_robust_assignment_has_the_best_worst_case_and_the_least_price(scope):
    rng, dear = np.random.default_rng(3), 0
    for world in worlds(scope):
        u, today = world.ends(world.gamma), world.rho(world.today)
        tables, today = world.tables[np.isfinite(today)], today[np.isfinite(today)]
        low = world.q(u[..., [0, 0]])
        worst = (tables * (low * world.problem.task_weights.to_numpy())).sum(axis=(1, 2))
        for _ in range(3):  # nowhere is it worse than at the lower ends
            inside = np.sort(u[..., :1] + rng.uniform(size=u.shape) * np.diff(u))
            inside = inside if rng.uniform() < 0.5 else inside[..., [0, 0]]
            assert (world.q(inside) >= low - 1e-12).all()
        found = cn.robust(world.project, world.problem)
        usual, robust = found.frame.loc["usual"], found.frame.loc["robust"]
        assert robust["worst case"] == pytest.approx(worst.max(), abs=2e-9)
        assert usual["performance"] == pytest.approx(today.max(), abs=1e-9)
        if world.problem.budget is None:
            tied = today[worst >= worst.max() - 1e-9]
            assert found.price == pytest.approx(today.max() - tied.max(), abs=1e-8)
        assert found.gain == pytest.approx(robust["worst case"] - usual["worst case"])
        assert found.bound == robust["worst case"]
        assert np.isfinite(world.rho(world.today)[world.at(found.assignment.table)])
        assert (found.gain == 0) == found.moves.empty
        dear += found.price > 1e-6
        simple = world.problem.budget is None and world.problem.worker_limits.max() <= 1
        assert math.isnan(robust["regret"]) != simple
        assert str(found)
    assert dear > tries(6, 20)


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_the_regret_is_the_least_of_all_tables(scope):
    better, looked = 0, 0
    for world in worlds(scope):
        limits = np.minimum(world.problem.worker_limits, 1)
        problem = world.problem.changed(worker_limits=limits, budget=None, costs=None)
        tables = possible(
            problem.changed(task_conflicts=(world.today == 0) | (problem.task_conflicts == 1))
        )
        if not len(tables):
            continue
        looked += 1
        regret = regret_by_looking(world, tables)
        found = cn.robust(world.project, problem, "regret")
        assert found.frame.loc["robust", "regret"] == pytest.approx(regret.min(), abs=1e-8)
        assert found.bound == pytest.approx(regret.min(), abs=1e-8)
        for name, answer in (("usual", found.usual), ("robust", found.assignment)):
            at = (tables == answer.table.to_numpy()).all(axis=(1, 2)).argmax()
            assert found.frame.loc[name, "regret"] == pytest.approx(regret[at], abs=1e-8)
        better += found.gain > 1e-6
        assert str(found)
    assert better > tries(2, 15)
    assert looked > tries(30, 100)


def test_the_case_study(case):
    found = cn.gamma_range(case)
    assert (found.low, found.below) == (0.0, None)
    assert found.text.splitlines() == [
        f"The assignment stays the best from γ = 0 to {found.high:.6g}; today γ is 0.1.",
        "Just above: a3: r0 → r2; a11: r2 → r0.",
    ]
    # solved again on both sides
    for gamma, same in ((found.high - 1e-6, True), (found.high + 1e-6, False)):
        ability = cloud.moved_intervals(case.ability, gamma)
        q = cn.qualification(ability, case.demand, case.criteria_weights)
        table = cn.solve(case.problem().changed(qualification=q)).table
        assert (table.to_numpy() == found.assignment.table.to_numpy()).all() == same
    narrow = cn.gamma_range(case, limit=0.2)
    assert narrow.high == 0.2
    assert narrow.text.endswith("Nothing above γ = 0.2 was looked at.")
    # γ moves nothing
    assert cn.gamma_range(case, table=found.assignment.table, he_to_en=0.0).high == 1.0


def test_workers_alike_and_tied_at_every_gamma_do_not_cost_hundreds_of_looks(monkeypatch):
    looks, own = [], _Drift._better
    monkeypatch.setattr(_Drift, "_better", lambda *given: looks.append(given) or own(*given))
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    names, tasks = ["a", "b", "c", "d"], ["r", "s"]
    project = cn.Project(
        pd.DataFrame([[0.4, 0.6], [0.4, 0.6], [0.45, 0.8], [0.1, 0.3]], names, ends),
        pd.DataFrame([[0.37, 1.0], [0.31, 1.0]], tasks, ends),
        pd.Series({"skill": 1.0}),
        pd.Series([2, 0], tasks),
        None,
        pd.DataFrame(0, names, tasks),
        pd.DataFrame(0, names, names),
    )
    found = cn.gamma_range(project)
    assert (found.low, found.high) == (0.0, 1.0)
    assert len(looks) < 20


def test_a_pair_that_comes_to_be_forbidden_ends_the_range():
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    ability, demand = (
        pd.DataFrame([[0.4, 0.6]], [0], ends),
        pd.DataFrame([[0.598, 1.0]], ["r"], ends),
    )
    nobody = pd.DataFrame([[0]], [0], ["r"])
    project = cn.Project(
        ability,
        demand,
        pd.Series({"skill": 1.0}),
        pd.Series({"r": 1}),
        None,
        nobody,
        nobody.set_axis([0], axis=1),
    )
    found = cn.gamma_range(project)
    # 0.5 + 0.1 (1 + γ/2) / 1.05 = 0.598
    assert found.low == pytest.approx((0.098 * 1.05 / 0.1 - 1) * 2)
    assert found.below is None
    assert "Just below: one of its pairs has qualification 0 there." in found.text


def one_history(ratings, stars=5):
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    counts = cn.count_ratings(
        pd.DataFrame({"worker": "a", "criterion": "skill", "rating": ratings}), stars
    )
    nobody = pd.DataFrame([[0]], ["a"], ["r"])
    return cn.Project(
        cn.ability_intervals(counts),
        pd.DataFrame([[0.0, 1.0]], ["r"], ends),
        pd.Series({"skill": 1.0}),
        pd.Series({"r": 1}),
        None,
        nobody,
        nobody.set_axis(["a"], axis=1),
        counts,
    )


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


def test_the_price_of_caution_on_the_case_study(case):
    found = cn.robust(case)
    low = case.ability.copy()
    low.loc[:, (slice(None), "high")] = low.loc[:, (slice(None), "low")].to_numpy()
    worst = case.problem().changed(
        qualification=cn.qualification(low, case.demand, case.criteria_weights)
    )
    assert found.frame.loc["robust", "worst case"] == pytest.approx(cn.solve(worst).performance)
    assert found.price == pytest.approx(found.usual.performance - found.assignment.performance)
    assert found.text.startswith(
        "Wherever abilities lie in their intervals ρ is at least 1.65126, and 1.63882 with"
    )
    hasty = cn.robust(case, criterion="regret", time_limit=0.05)
    assert 0 <= hasty.bound <= hasty.frame.loc["robust", "regret"]


def test_what_cannot_be_asked_of_data_in_doubt(case):
    other = cn.Problem([[0.5]], [1])
    asks = {
        "gamma_range: project: a Project is needed, got Problem": lambda: cn.gamma_range(other),
        "doubt: problem: unknown worker 0": lambda: cn.doubt(case, other),
        "a Problem is needed": lambda: cn.robust(case, case),
        "not below the project's γ, 0.1; got 0.01": lambda: cn.gamma_range(case, limit=0.01),
        "tolerance must be a finite number above 0": lambda: cn.gamma_range(case, tolerance=0),
        "he_to_en must be a finite number of at least 0": lambda: cn.gamma_range(
            case, he_to_en=math.nan
        ),
        "not optimal at γ = 0.1": lambda: cn.gamma_range(case, table=case.published.assignment),
        "samples must be a whole number of at least 1": lambda: cn.doubt(case, samples=0),
        "source must be 'ratings' or 'intervals'": lambda: cn.doubt(case, source="stars"),
        "source: the project has no rating histories": lambda: cn.doubt(case, source="ratings"),
        "table: it is no assignment": lambda: cn.doubt(case, table=case.published.assignment * 0),
        "the problem has no assignment": lambda: cn.robust(
            case, case.problem().changed(required=[9] * 5)
        ),
        "criterion must be 'worst case' or 'regret'": lambda: cn.robust(case, criterion="best"),
        "regret needs a problem of one task a worker": lambda: cn.robust(
            case, case.problem().changed(worker_limits=2), "regret"
        ),
        "time_limit must be above 0": lambda: cn.robust(case, criterion="regret", time_limit=0),
    }
    for text, ask in asks.items():
        with pytest.raises(ValueError, match=re.escape(text)):
            ask()
    edited = dataclasses.replace(one_history([1, 5]), ability=one_history([2, 5]).ability)
    with pytest.raises(
        ValueError, match=r"a, skill: \[0.4, 1\] is not what the histories give at γ = 0.1"
    ):
        cn.gamma_range(edited)
