"""γ, data doubt and robust assignments: against every table of small problems."""

import dataclasses
import math
import re

import joblib
import numpy as np
import pandas as pd
import pytest
from every_table import random_problem, scored

import crowdnb as cn
from crowdnb import cloud, uncertain

SCOPES = pytest.mark.parametrize("scope", ["project", "task"])


class World:
    """A random small project, and its Q worked out here once more."""

    def __init__(self, rng, scope, options):
        self.problem = random_problem(rng, scope, options)
        (m, n), self.size = self.problem.qualification.shape, int(rng.integers(1, 4))
        self.gamma = float(rng.choice([0.0, 0.1, 0.2]))
        self.w = rng.dirichlet(np.ones(self.size))
        self.d = np.sort(rng.uniform(0.2, 1, size=(n, self.size, 2)).round(1))
        if rng.uniform() < 0.5:
            self.d[..., 1] = 1.0
        columns = pd.MultiIndex.from_product([[f"u{k}" for k in range(self.size)], ["low", "high"]])
        self.histories = rng.uniform() < 0.7
        counts = None
        if self.histories:
            self.stars = [
                [rng.choice(5, int(rng.integers(1, 12))) + 1 for _ in range(self.size)] for _ in self.problem.workers
            ]
            rows = [
                (worker, f"u{k}", star)
                for worker, own in zip(self.problem.workers, self.stars, strict=True)
                for k, history in enumerate(own)
                for star in history
            ]
            counts = cn.count_ratings(pd.DataFrame(rows, columns=["worker", "criterion", "rating"]))
        else:
            self.given = np.sort(rng.uniform(0.2, 1, size=(m, self.size, 2)).round(1))
        ability = pd.DataFrame(self.ends(self.gamma).reshape(m, -1), self.problem.workers, columns)
        self.project = cn.Project(
            ability,
            pd.DataFrame(self.d.reshape(n, -1), self.problem.tasks, columns),
            pd.Series(self.w, [f"u{k}" for k in range(self.size)]),
            self.problem.required,
            None,
            self.problem.task_conflicts,
            self.problem.worker_conflicts,
            counts,
            gamma=self.gamma,
        )

    def ends(self, gamma):
        """Intervals at this γ, m × K × 2."""
        if not self.histories:
            low, high = self.given[..., 0], self.given[..., 1]
            half = (high - low) / 2 * (1 + gamma / 2) / (1 + self.gamma / 2)
            return np.stack([(low + high) / 2 - half, (low + high) / 2 + half], axis=2).clip(0, 1)
        return np.array([[self.interval(history / 5, gamma) for history in own] for own in self.stars])

    def interval(self, v, gamma):
        if len(v) < 6:
            return v.min(), v.max()
        if (v == v[0]).all():
            return v[0], v[0]
        en = math.sqrt(math.pi / 2) * np.abs(v - v.mean()).mean()
        reach = en + gamma * math.sqrt(abs(v.var(ddof=1) - en**2))
        return max(0.0, v.mean() - reach), min(1.0, v.mean() + reach)

    def p(self, u):
        """P of intervals m × K × 2: m × n × K."""
        reach = u[:, None, :, 1] - self.d[None, :, :, 0]
        width = np.diff(u)[:, None, :, 0] + np.diff(self.d)[None, :, :, 0]
        met = np.clip(reach / np.where(width == 0, 1, width), 0, 1)
        return np.where(width == 0, 0.5 + 0.5 * np.sign(reach), met)

    def q(self, u):
        return self.p(u) @ self.w

    def at(self, gamma):
        return self.problem.changed(qualification=self.q(self.ends(gamma)))

    def choice(self):
        return len(scored(self.at(self.gamma))[1]) > 3


def worlds(seed, scope, total=56):
    """Projects with some choice; one of seven has options beyond the paper."""
    rng = np.random.default_rng(seed)
    while total:
        world = World(rng, scope, total % 7 == 0)
        if world.choice():
            total -= 1
            yield rng, world


def rho_of(problem, table):
    """ρ of a table, NaN where it is no assignment."""
    tables, rho = scored(problem)
    same = (tables == table).all(axis=(1, 2))
    return rho[same][0] if same.any() else math.nan


@SCOPES
def test_between_the_two_gammas_no_table_is_better_and_beyond_them_one_is(scope):
    ended, whole = 0, 0
    for rng, world in worlds(1, scope):
        found = cn.gamma_range(world.project, world.problem)
        table = found.assignment.table.to_numpy() == 1
        assert found.low <= world.gamma <= found.high
        for gamma in np.r_[found.low, rng.uniform(found.low, found.high, 8), found.high]:
            problem = world.at(gamma)
            rho, best = rho_of(problem, table), scored(problem)[1]
            if found.low < gamma < found.high:
                assert best[0] - rho <= 2e-7
        for end, side, stop, other in (("low", -1, 0, found.below), ("high", 1, 1, found.above)):
            gamma, row = getattr(found, end), found.frame.loc[end]
            assert row["gamma"] == gamma
            assert row["ends"] == (gamma != stop or other is not None)
            if not row["ends"]:
                whole += 1
                continue
            ended += 1
            problem = world.at(max(0.0, gamma + side * 1e-4))
            rho, best = rho_of(problem, table), scored(problem)[1]
            if other is None:
                assert math.isnan(rho)
            elif gamma != stop:
                assert best[0] > rho
                assert rho_of(problem, other.table.to_numpy() == 1) > rho
                assert other.performance == pytest.approx(row["performance"], abs=2e-9)
    assert ended > 2
    assert whole > 10


@SCOPES
def test_each_sample_is_settled_as_by_every_table(scope, monkeypatch):
    drawn, own = [], uncertain._chosen
    monkeypatch.setattr(uncertain, "_chosen", lambda data, qs, *rest: drawn.extend(qs) or own(data, qs, *rest))
    stays = []
    for _, world in worlds(2, scope):
        drawn.clear()
        found = cn.doubt(world.project, world.problem, samples=3, rng=3)
        table, today = found.assignment.table.to_numpy() == 1, world.q(world.ends(world.gamma))
        optimum = []
        for q, row in zip(drawn, found.samples.itertuples(), strict=True):
            tables, rho = scored(world.problem.changed(qualification=np.where((q == 0) & (today != 0), 1e-300, q)))
            assert row.optimum == pytest.approx(rho[0], abs=1e-9)
            assert row.kept == pytest.approx(rho[(tables == table).all(axis=(1, 2))][0], abs=1e-12)
            assert row.loss == row.optimum - row.kept
            optimum.append(tables[rho >= rho[0] - 1e-9])
        stays.append(found.share)
        assert found.share == np.mean([bool((best == table).all(axis=(1, 2)).any()) for best in optimum])
        for row in found.shares.itertuples():
            i, j = list(world.problem.workers).index(row.worker), list(world.problem.tasks).index(row.task)
            assert row.today == table[i, j]
            most, least = (np.mean([some(best[:, i, j]) for best in optimum]) for some in (np.any, np.all))
            assert least <= row.share <= most
            assert row.error == pytest.approx(math.sqrt(row.share * (1 - row.share) / 3))
        assert str(found)
    assert 0 < np.mean(stays) < 1


def regret_by_looking(world, u_of, tables):
    """Regret of each table: the most that another is better, over all points of the intervals; one task a worker."""
    m, n = world.problem.qualification.shape
    more = np.zeros((m, n + 1, n + 1))
    for i in range(m):
        for k in range(world.size):
            low, high = u_of[i, k]
            kinks = {low, high, *(x for end in world.d[:, k].ravel() for x in (end - 1e-13, end, end + 1e-13))}
            u = np.array([x for x in kinks if low <= x <= high])
            of_tasks = np.array([[point(x, *world.d[j, k]) for x in u] for j in range(n)] + [0 * u])
            more[i] += world.w[k] * (of_tasks[None] - of_tasks[:, None]).max(axis=2)
    task = np.where(tables.any(axis=2), tables.argmax(axis=2), n)
    return np.array([max(more[range(m), one, other].sum() for other in task) for one in task])


def point(u, low, high):
    return (u > low) * 0.5 + (u >= low) * 0.5 if low == high else min(1.0, max(0.0, (u - low) / (high - low)))


@SCOPES
def test_the_robust_assignment_has_the_best_worst_case_and_the_least_price(scope):
    dear = 0
    for rng, world in worlds(3, scope):
        u = world.ends(world.gamma)
        tables, today = scored(world.at(world.gamma))
        low = world.q(u[..., [0, 0]])
        worst = (tables * low).sum(axis=(1, 2))
        for _ in range(3):  # nowhere is it worse than at the lower ends
            inside = np.sort(u[..., :1] + rng.uniform(size=u.shape) * np.diff(u))
            inside = inside if rng.uniform() < 0.5 else inside[..., [0, 0]]
            assert (world.q(inside) >= low - 1e-12).all()
        found = cn.robust(world.project, world.problem)
        usual, robust = found.frame.loc["usual"], found.frame.loc["robust"]
        assert robust["worst case"] == pytest.approx(worst.max(), abs=2e-9)
        assert usual["performance"] == pytest.approx(today[0], abs=1e-9)
        if world.problem.budget is None:
            tied = today[worst >= worst.max() - 1e-9]
            assert found.price == pytest.approx(today[0] - tied.max(), abs=1e-8)
        assert found.gain == pytest.approx(robust["worst case"] - usual["worst case"])
        assert found.bound == robust["worst case"]
        assert cn.check(world.at(world.gamma), found.assignment.table) == []
        assert (found.gain == 0) == found.moves.empty
        dear += found.price > 1e-6
        simple = world.problem.budget is None and world.problem.worker_limits.max() <= 1
        assert math.isnan(robust["regret"]) != simple
        assert str(found)
    assert dear > 4


@SCOPES
def test_the_regret_is_the_least_of_all_tables(scope):
    better = 0
    for _, world in worlds(4, scope):
        limits = np.minimum(world.problem.worker_limits, 1)
        world.problem = world.problem.changed(worker_limits=limits, budget=None, costs=None)
        tables, _ = scored(world.at(world.gamma))
        if not len(tables):
            continue
        regret = regret_by_looking(world, world.ends(world.gamma), tables)
        found = cn.robust(world.project, world.problem, "regret")
        assert found.frame.loc["robust", "regret"] == pytest.approx(regret.min(), abs=1e-8)
        assert found.bound == pytest.approx(regret.min(), abs=1e-8)
        for name, answer in (("usual", found.usual), ("robust", found.assignment)):
            at = (tables == answer.table.to_numpy()).all(axis=(1, 2)).argmax()
            assert found.frame.loc[name, "regret"] == pytest.approx(regret[at], abs=1e-8)
        better += found.gain > 1e-6
        assert str(found)
    assert better > 4


def test_the_case_study(case):
    found = cn.gamma_range(case)
    assert (found.low, found.below) == (0.0, None)
    assert found.text.splitlines() == [
        f"The assignment stays the best from γ = 0 to {found.high:.6g}; today γ is 0.1.",
        "Just above: a3: r0 → r2; a11: r2 → r0.",
    ]
    for gamma, same in ((found.high - 1e-6, True), (found.high + 1e-6, False)):  # solved again on both sides
        ability = cloud.moved_intervals(case.ability, gamma)
        q = cn.qualification(ability, case.demand, case.criteria_weights)
        table = cn.solve(case.problem().changed(qualification=q)).table
        assert (table.to_numpy() == found.assignment.table.to_numpy()).all() == same
    narrow = cn.gamma_range(case, limit=0.2)
    assert narrow.high == 0.2
    assert narrow.text.endswith("Nothing above γ = 0.2 was looked at.")
    assert cn.gamma_range(case, table=found.assignment.table, he_to_en=0.0).high == 1.0  # γ moves nothing


def test_a_pair_that_comes_to_be_forbidden_ends_the_range():
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    ability, demand = pd.DataFrame([[0.4, 0.6]], [0], ends), pd.DataFrame([[0.598, 1.0]], ["r"], ends)
    nobody = pd.DataFrame([[0]], [0], ["r"])
    project = cn.Project(
        ability, demand, pd.Series({"skill": 1.0}), pd.Series({"r": 1}), None, nobody, nobody.set_axis([0], axis=1)
    )
    found = cn.gamma_range(project)
    # 0.5 + 0.1 (1 + γ/2) / 1.05 = 0.598
    assert found.low == pytest.approx((0.098 * 1.05 / 0.1 - 1) * 2)
    assert found.below is None
    assert "Just below: one of its pairs has qualification 0 there." in found.text


def one_history(ratings, stars=5):
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    counts = cn.count_ratings(pd.DataFrame({"worker": "a", "criterion": "skill", "rating": ratings}), stars)
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


def test_histories_are_drawn_with_their_own_frequencies():
    """Of 1 and 5 stars: twice 1 with 1/4, both with 1/2, twice 5 with 1/4; so P against [0, 1] is 0.2, 1/1.8 or 1."""
    found = cn.doubt(one_history([1, 5]), samples=800, rng=0)
    assert found.source == "ratings"
    kept = found.samples["kept"].round(9).value_counts(normalize=True)
    assert sorted(kept.index) == pytest.approx([0.2, 1 / 1.8, 1])
    assert kept.sort_index().to_numpy() == pytest.approx([0.25, 0.5, 0.25], abs=4 * math.sqrt(0.25 / 800))
    assert (found.share, found.error) == (1.0, 0.0)
    decayed = dataclasses.replace(one_history([1, 5]), counts=one_history([1, 5]).counts.decay(0.5))
    kept = cn.doubt(decayed, samples=50, rng=0).samples["kept"].round(9)  # one rating: 1 or 5 stars
    assert set(kept) == {0.2, 1.0}


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
    worst = case.problem().changed(qualification=cn.qualification(low, case.demand, case.criteria_weights))
    assert found.frame.loc["robust", "worst case"] == pytest.approx(cn.solve(worst).performance)
    assert found.price == pytest.approx(found.usual.performance - found.assignment.performance)
    assert found.text.startswith("Wherever abilities lie in their intervals ρ is at least 1.65126, and 1.63882 with")
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
        "he_to_en must be a finite number of at least 0": lambda: cn.gamma_range(case, he_to_en=math.nan),
        "not optimal at γ = 0.1": lambda: cn.gamma_range(case, table=case.published.assignment),
        "samples must be a whole number of at least 1": lambda: cn.doubt(case, samples=0),
        "source must be 'ratings' or 'intervals'": lambda: cn.doubt(case, source="stars"),
        "source: the project has no rating histories": lambda: cn.doubt(case, source="ratings"),
        "table: it is no assignment": lambda: cn.doubt(case, table=case.published.assignment * 0),
        "the problem has no assignment": lambda: cn.robust(case, case.problem().changed(required=[9] * 5)),
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
    with pytest.raises(ValueError, match=r"a, skill: \[0.4, 1\] is not what the histories give at γ = 0.1"):
        cn.gamma_range(edited)
