"""Random instances as section 7 makes them.

References
----------
Section 7.1: ability and demand ends uniform in [0.3, 1.0], L_j = 1, n = ⌊m/3⌋, conflicts with a given probability.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from crowdnb.ecargo import Problem, Scope
from crowdnb.possibility import possibility_degree

CRITERIA = 4
LOW, HIGH = 0.3, 1.0  # of the ends of ability and demand


def random_problem(
    workers: int,
    tasks: int | None = None,
    conflict_probability: float = 0.1,
    rng: np.random.Generator | int | None = None,
    *,
    qualification: Literal["intervals", "uniform"] = "intervals",
    conflict_scope: Scope = "project",
) -> Problem:
    """Make a random instance of section 7.

    Parameters
    ----------
    workers : int
        m, at least 3 where ``tasks`` is not given.
    tasks : int, optional
        n; ⌊m/3⌋ when not given. Each needs one worker.
    conflict_probability : float
        Of each worker-task pair and of each two workers, 0 to 1.
    rng : Generator or int, optional
        The same one makes the same instance; None makes another one each time.
    qualification : {"intervals", "uniform"}
        Q by eqs. 3 and 6 from random intervals with ends in [0.3, 1.0], four criteria of equal weight; or uniform on
        [0, 1], from which table 9 comes out.
    conflict_scope : {"project", "task"}

    Returns
    -------
    Problem
        Workers a0, a1, …; tasks r0, r1, ….

    Raises
    ------
    ValueError
        Fewer than one worker or task; a probability outside 0 to 1.

    Examples
    --------
    >>> random_problem(30, conflict_probability=0.2, rng=1)
    <Problem: 30 workers, 10 tasks, 10 places, 55 worker-task and 85 worker-worker conflicts (project)>
    """
    tasks = workers // 3 if tasks is None else tasks
    if workers < 1 or tasks < 1:
        raise ValueError(f"workers and tasks: at least one of each is needed, got {workers} and {tasks}")
    if not 0 <= conflict_probability <= 1:
        raise ValueError(f"conflict_probability must lie between 0 and 1, got {conflict_probability}")
    rng = np.random.default_rng(rng)
    if qualification == "uniform":
        q = rng.uniform(size=(workers, tasks))
    elif qualification == "intervals":
        ability = np.sort(rng.uniform(LOW, HIGH, size=(workers, 1, CRITERIA, 2)))
        demand = np.sort(rng.uniform(LOW, HIGH, size=(1, tasks, CRITERIA, 2)))
        degree = possibility_degree(ability[..., 0], ability[..., 1], demand[..., 0], demand[..., 1])
        q = degree.mean(axis=2)
    else:
        raise ValueError(f"qualification must be 'intervals' or 'uniform', got {qualification!r}")
    barred = rng.uniform(size=(workers, tasks)) < conflict_probability
    between = np.triu(rng.uniform(size=(workers, workers)) < conflict_probability, 1)
    frame = pd.DataFrame(q, index=[f"a{i}" for i in range(workers)], columns=[f"r{j}" for j in range(tasks)])
    return Problem(
        frame,
        np.ones(tasks),
        task_conflicts=barred,
        worker_conflicts=between | between.T,
        conflict_scope=conflict_scope,
    )
