"""The policies by name, and what an answer means for the platform, the tasks and the workers."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np
import pandas as pd

from crowdnb.labels import needs, needs_function, phrases, text_of, whole
from crowdnb.market.inequality import gini
from crowdnb.market.matching.acceptance import deferred_acceptance
from crowdnb.market.matching.best import optimal
from crowdnb.market.matching.bidding import auction
from crowdnb.market.matching.filling import Policy, with_room
from crowdnb.market.matching.guessing import collaborative_filtering
from crowdnb.market.matching.orders import at_random, first_come, greedy
from crowdnb.model.assignment import performance, zero_one_table
from crowdnb.model.check import check
from crowdnb.model.problem import Problem, needed

POLICIES: dict[str, Policy] = {
    "random": at_random,
    "first come": first_come,
    "greedy": greedy,
    "auction": auction,
    "collaborative filtering": collaborative_filtering,
    "deferred acceptance": deferred_acceptance,
    "optimal": optimal,
}


def outcome(problem: Problem, table: pd.DataFrame) -> dict[str, float]:
    """What an answer means for the platform, the tasks and the workers.

    Parameters
    ----------
    problem : Problem
    table : DataFrame
        T, workers × tasks, 0/1.

    Returns
    -------
    dict
        ``match``: ρ; ``filled``: share of all places that are filled; ``worst task``: the least
        mean Q of a task's places, an empty one counts 0; ``income Gini`` and ``income spread``
        (standard deviation) over all workers, if each is paid the match brought, W_j Q_ij for each
        place. (The wages of :func:`hold_auction` and of the relaxation are less: prices of who is
        scarce.)

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> {name: round(value, 3) for name, value in outcome(problem, greedy(problem)).items()}
    {'match': 1.0, 'filled': 1.0, 'worst task': 0.1, 'income Gini': 0.4, 'income spread': 0.4}
    """
    t = zero_one_table(needed(problem), table)
    need = problem.arrays.required
    asked = need > 0
    per_task = (problem.arrays.qualification * t).sum(axis=0)[asked] / need[asked]
    income = (problem.value * t).sum(axis=1)
    return {
        "match": performance(problem, table),
        "filled": float(t.sum() / need.sum()) if asked.any() else 1.0,
        "worst task": float(per_task.min()) if asked.any() else 0.0,
        "income Gini": gini(income.clip(min=0)),
        "income spread": float(income.std()),
    }


def compare(
    problem: Problem, policies: Mapping[str, Policy] | None = None, rng: int = 0
) -> pd.DataFrame:
    """Every policy on the same problem.

    Parameters
    ----------
    problem : Problem
    policies : mapping of str to policy, optional
        All of :data:`POLICIES` when not given.
    rng : int
        Each policy draws from a generator of its own with this seed.

    Returns
    -------
    DataFrame
        Index ``policy``; columns as of :func:`outcome`, and ``seconds``, of the processor.

    Raises
    ------
    ValueError
        A policy's answer breaks a rule; the policy and the rule are named.

    Examples
    --------
    >>> import crowdnb as cn
    >>> table = compare(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]))
    >>> table["match"].round(2).loc[["greedy", "optimal"]].tolist()
    [1.0, 1.5]
    """
    asked = POLICIES if policies is None else policies
    needs(asked, Mapping, "policies")  # type: ignore[type-abstract]
    for name in asked:
        text_of(name, "policies")
    rows = {name: trial(problem, name, policy, rng) for name, policy in asked.items()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("policy")


def trial(problem: Problem, name: str, policy: Policy, rng: int = 0) -> dict[str, float]:
    """One row of :func:`compare`, as a mapping; parameters and errors are its own."""
    with_room(problem)
    needs_function(policy, f"policy {text_of(name, 'name')}")
    draw = np.random.default_rng(whole(rng, "rng", 0))
    start = time.process_time()
    table = policy(problem, draw)
    seconds = time.process_time() - start
    if broken := check(with_room(problem), table):
        raise ValueError(f"policies: {name} breaks a rule: {phrases(broken, 3)}")
    return outcome(problem, table) | {"seconds": seconds}
