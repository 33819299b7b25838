"""Every 0/1 table of a small problem, and which of them are valid: no solver, and none of the package's rules."""

from itertools import product

import numpy as np
import pandas as pd

import crowdnb as cn


def every_table(m, n):
    """All 0/1 tables of this size: tables × m × n."""
    return np.array(list(product([False, True], repeat=m * n))).reshape(-1, m, n)


class Tables(dict):
    """Tables by their size, made when they are first asked for."""

    def __missing__(self, size):
        self[size] = every_table(*size)
        return self[size]


TABLES = Tables({(m, n): every_table(m, n) for m in range(1, 6) for n in range(1, 4) if m * n <= 9})
SIZES = list(TABLES)


def valid(problem, tables):
    """Tables that meet the problem itself, written out again."""
    t = tables
    good = (t.sum(axis=1) >= problem.fewest).all(axis=1) & (t.sum(axis=1) <= problem.most).all(
        axis=1
    )
    good &= (t.sum(axis=2) <= problem.worker_limits.to_numpy()).all(axis=1)
    good &= ~(t & ~problem.eligible).any(axis=(1, 2))
    good &= ~(problem.pinned.to_numpy().astype(bool) & ~t).any(axis=(1, 2))
    for i, k in problem.conflict_pairs:
        both = t[:, i].any(axis=1) & t[:, k].any(axis=1)
        good &= ~(both if problem.conflict_scope == "project" else (t[:, i] & t[:, k]).any(axis=1))
    if problem.costs is not None:
        good &= (t * problem.costs.to_numpy()).sum(axis=(1, 2)) <= problem.budget + 1e-9
    return good


def random_problem(rng, scope, options=False, sizes=None):
    m, n = (sizes or SIZES)[int(rng.integers(len(sizes or SIZES)))]
    q = rng.uniform(0.1, 1, size=(m, n)).round(int(rng.integers(1, 12)))
    q[rng.uniform(size=(m, n)) < rng.choice([0, 0.15])] = 0
    p = rng.choice([0.0, 0.3, 0.7])
    between = np.triu(rng.uniform(size=(m, m)) < p, 1)
    extra = {}
    if options:
        extra["required_rule"] = rng.choice(["exactly", "at least", "at most"])
        extra["worker_limits"] = rng.integers(0, 3, size=m)
        extra["pinned"] = rng.uniform(size=(m, n)) < rng.choice([0, 0.15])
        if rng.uniform() < 0.4:
            extra |= {
                "costs": rng.integers(-1, 4, size=(m, n)),
                "budget": float(rng.integers(0, 6)),
            }
    return cn.Problem(
        pd.DataFrame(q, index=[f"a{i}" for i in range(m)], columns=[f"r{j}" for j in range(n)]),
        rng.integers(0, 3, size=n),
        task_conflicts=rng.uniform(size=(m, n)) < rng.choice([0.0, 0.3, 0.6]),
        worker_conflicts=between | between.T,
        conflict_scope=scope,
        **extra,
    )


def scored(problem):
    """Valid tables and their ρ, the best first."""
    tables = TABLES[problem.qualification.shape]
    tables = tables[valid(problem, tables)]
    rho = (tables * problem.value).sum(axis=(1, 2))
    order = np.argsort(-rho, kind="stable")
    return tables[order], rho[order]


def best_rho(problem):
    """The greatest ρ, NaN where no assignment exists."""
    rho = scored(problem)[1]
    return rho[0] if len(rho) else np.nan


def random_possibility(rng, problem, criteria):
    """P, workers × tasks × criteria, 0 on all of them for some pairs."""
    p = rng.uniform(0, 1, size=(*problem.qualification.shape, criteria)).round(
        int(rng.integers(1, 5))
    )
    p[rng.uniform(size=problem.qualification.shape) < 0.05] = 0
    return p


def possibility_frame(problem, p):
    """P as the package takes it."""
    pairs = pd.MultiIndex.from_product([problem.workers, problem.tasks], names=["worker", "task"])
    return pd.DataFrame(
        p.reshape(len(pairs), -1), index=pairs, columns=[f"u{k}" for k in range(p.shape[2])]
    )


def points_of(problem, p):
    """Tables that are valid when only a P of 0 on every criterion bars a pair, and their scores by criterion."""
    tables = scored(problem.changed(qualification=np.where((p != 0).any(axis=2), 1.0, 0.0)))[0]
    return tables, by_criterion(problem, p, tables)


def by_criterion(problem, p, tables):
    """What tables score on each criterion: tables × criteria."""
    return np.einsum("tij,ijk->tk", tables, p * problem.task_weights.to_numpy()[:, None])


def weighed(rng, scope, number):
    """Random problems with at least two tables: with P, the tables, their points, and weights to start from.

    One of five has options beyond the paper, and task weights.
    """
    while number:
        problem = random_problem(rng, scope, options=number % 5 == 0)
        if number % 5 == 0:
            problem = problem.changed(
                task_weights=rng.choice([0.0, 0.5, 1.0, 3.0], size=len(problem.tasks))
            )
        p = random_possibility(rng, problem, int(rng.integers(1, 5)))
        tables, points = points_of(problem, p)
        if len(tables) < 2:
            continue
        number -= 1
        yield problem, p, tables, points, rng.dirichlet(np.ones(points.shape[1]))


def met(problem, kind, worker, other, task, places, tables):
    """Which tables meet one requirement, given by labels; ``places`` of the task for kind place."""
    at = {label: i for i, label in enumerate(problem.workers)}
    j = None if task is None else list(problem.tasks).index(task)
    t = tables
    if kind == "place":
        return t[:, :, j].sum(axis=1) >= places
    if kind == "ceiling":
        return t[:, :, j].sum(axis=1) <= problem.required[task]
    if kind in ("exclusion", "zero"):
        return ~t[:, at[worker], j]
    if kind == "pin":
        return t[:, at[worker], j]
    if kind == "limit":
        return t[:, at[worker]].sum(axis=1) <= problem.worker_limits[worker]
    if kind == "conflict":
        if problem.conflict_scope == "project":
            return ~(t[:, at[worker]].any(axis=1) & t[:, at[other]].any(axis=1))
        return ~(t[:, at[worker]] & t[:, at[other]]).any(axis=1)
    return (t * problem.costs.to_numpy()).sum(axis=(1, 2)) <= problem.budget + 1e-9
