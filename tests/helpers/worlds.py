"""Small projects whose data may move, with Q worked out here once more and every table."""

import functools
import math

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import every_table, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn

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
