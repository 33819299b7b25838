"""A simulated market, to compare policies on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.labels import generator, number, shown, whole
from crowdnb.market.matching.filling import Seed
from crowdnb.model.problem import Problem


def market(
    workers: int = 60,
    tasks: int = 30,
    rng: Seed = None,
    *,
    skills: int = 3,
    noise: float = 0.05,
    screened_out: float = 0.0,
    conflict_probability: float = 0.0,
) -> Problem:
    """Simulate a market: workers have skills, tasks need a mixture of them.

    Parameters
    ----------
    workers, tasks, skills : int
        ≥ 1.
    rng : Generator or int, optional
        The same one makes the same market.
    noise : float
        Standard deviation of what skills do not explain, ≥ 0, in units of Q.
    screened_out : float
        Probability of each pair, 0 to 1, that the worker may not take the task: too far away, no
        licence.
    conflict_probability : float
        Of each two workers, 0 to 1: they may not share a task.

    Returns
    -------
    Problem
        Workers w1, w2, …; tasks t1, t2, …, each with one or two places that may stay empty. Q is
        the mean of the worker's skills, weighed by the task's needs, plus noise, clipped to [0.01,
        1]. Skills follow a beta(2, 2) distribution, needs a Dirichlet distribution with all
        parameters ½.

    Raises
    ------
    ValueError
        A number outside its range.

    Examples
    --------
    >>> market(60, 30, rng=1, conflict_probability=0.1)
    <Problem: 60 workers, 30 tasks, 48 places, 0 worker-task and 195 worker-worker conflicts (task)>
    """
    sizes = (("workers", workers), ("tasks", tasks), ("skills", skills))
    workers, tasks, skills = (whole(size, name, rule="must be at least {}") for name, size in sizes)
    if not 0 <= number(noise) < np.inf:
        raise ValueError(f"noise must not be negative, got {shown(noise)}")
    for name, share in (
        ("screened_out", screened_out),
        ("conflict_probability", conflict_probability),
    ):
        if not 0 <= number(share) <= 1:
            raise ValueError(f"{name} must be from 0 to 1, got {shown(share)}")
    noise, screened_out, conflict_probability = map(
        number, (noise, screened_out, conflict_probability)
    )
    rng = generator(rng)
    skill, need = (
        rng.beta(2, 2, size=(workers, skills)),
        rng.dirichlet(np.full(skills, 0.5), size=tasks),
    )
    q = (skill @ need.T + rng.normal(0, noise, size=(workers, tasks))).clip(0.01, 1)
    between = np.triu(rng.uniform(size=(workers, workers)) < conflict_probability, 1)
    return Problem(
        pd.DataFrame(q, [f"w{i + 1}" for i in range(workers)], [f"t{j + 1}" for j in range(tasks)]),
        rng.integers(1, 2, size=tasks, endpoint=True),
        task_conflicts=rng.uniform(size=q.shape) < screened_out,
        worker_conflicts=between | between.T,
        conflict_scope="task",
        required_rule="at most",
    )
