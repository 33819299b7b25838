"""A made project, larger than the case study."""

import numpy as np
import pandas as pd

import crowdnb as cn


def crowd(m=60, n=20, seed=0):
    """A made project of m workers and n tasks with two criteria."""
    rng = np.random.default_rng(seed)
    workers, tasks = [f"worker {i}" for i in range(m)], [f"task {j}" for j in range(n)]
    ends = pd.MultiIndex.from_product(
        [["skill", "care"], ["low", "high"]], names=["criterion", "end"]
    )
    ability = pd.DataFrame(np.sort(rng.uniform(size=(m, 2, 2))).reshape(m, 4), workers, ends)
    demand = pd.DataFrame([[low, 1.0, low, 1.0] for low in rng.uniform(0.1, 0.5, n)], tasks, ends)
    hate = np.tril(rng.random((m, m)) < 0.03, -1)
    return cn.Project(
        ability,
        demand,
        pd.Series({"skill": 0.5, "care": 0.5}),
        pd.Series(1, tasks),
        None,
        pd.DataFrame((rng.random((m, n)) < 0.1).astype(int), workers, tasks),
        pd.DataFrame((hate | hate.T).astype(int), workers, workers),
    )
