"""The best assignment by looking at every one: slow, simple, and without a solver."""

from itertools import combinations, product

import numpy as np
import pandas as pd


def best_by_looking(q, need, weight, barred, conflicts, scope):
    """Greatest sum of weight·q over all valid assignments, or None when there is none.

    q: m × n; need, weight: n; barred: m × n truth values; conflicts: set of (i, k), i < k.
    """
    m, n = q.shape
    best = None

    def allowed(team):
        return not any((i, k) in conflicts for i, k in combinations(sorted(team), 2))

    def fill(task, free, total):
        nonlocal best
        if task == n:
            best = total if best is None else max(best, total)
            return
        for team in combinations(free, need[task]):
            if any(barred[i, task] or q[i, task] == 0 for i in team):
                continue
            if scope == "task" and not allowed(team):
                continue
            if scope == "project" and not allowed([*team, *(set(range(m)) - set(free))]):
                continue
            gain = weight[task] * sum(q[i, task] for i in team)
            fill(task + 1, [i for i in free if i not in team], total + gain)

    fill(0, list(range(m)), 0.0)
    return best


def random_instance(rng, workers=(1, 7), tasks=(1, 4), scope="project", conflict_probability=0.3):
    """A small instance: L from 0 to 3, some pairs barred, some Q exactly 0, with or without conflicts."""
    m, n = int(rng.integers(*workers, endpoint=True)), int(rng.integers(*tasks, endpoint=True))
    q = rng.uniform(size=(m, n)).round(int(rng.integers(1, 12)))
    if rng.uniform() < 0.2:
        q -= 0.5
    need = rng.integers(0, 3, size=n, endpoint=True)
    while need.sum() > m and rng.uniform() < 0.9:
        need = np.maximum(need - rng.integers(0, 1, size=n, endpoint=True), 0)
    weight = rng.choice([1.0, 0.25, 2.0], size=n) if rng.uniform() < 0.5 else np.ones(n)
    barred = rng.uniform(size=(m, n)) < rng.choice([0.0, 0.2])
    p = rng.choice([0.0, conflict_probability])
    conflicts = {(i, k) for i, k in combinations(range(m), 2) if rng.uniform() < p}
    return q, need, weight, barred, conflicts


def as_problem(cn, q, need, weight, barred, conflicts, scope):
    workers, tasks = [f"a{i}" for i in range(len(q))], [f"r{j}" for j in range(q.shape[1])]
    pairs = [
        (workers[i], tasks[j]) for i, j in product(range(len(q)), range(q.shape[1])) if barred[i, j]
    ]
    between = [(workers[i], workers[k]) for i, k in sorted(conflicts)]
    frame = pd.DataFrame(q, index=workers, columns=tasks)
    return cn.Problem(frame, need, weight, pairs, between, scope)
