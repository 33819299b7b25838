"""Policies that take pairs in an order: one that is drawn, that of the tasks, or best first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.labels import check_seed, generator
from crowdnb.market.matching.filling import Seed, best_first, fill, worthwhile
from crowdnb.model.problem import Problem


def at_random(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the pairs in an order that is drawn, each where it still fits.

    Parameters
    ----------
    problem : Problem
        Its L and its limits are what there is room for at most. No pins, overlaps,
        capacities or budget, and not "at least".
    rng : Generator or int, optional
        The same one gives the same answer.

    Returns
    -------
    DataFrame
        T, workers × tasks, 0/1; places may stay empty.

    Raises
    ------
    ValueError
        The problem has pins, overlaps, capacities or a budget, asks for "at least" L workers, or ρ
        is more than the sum of W Q.

    Examples
    --------
    >>> import crowdnb as cn
    >>> at_random(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]), rng=0).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    return fill(problem, generator(rng).permutation(worthwhile(problem)))


def first_come(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Serve the tasks in their order, each with the best workers who are left.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn.

    Examples
    --------
    >>> import crowdnb as cn
    >>> first_come(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).to_numpy().tolist()
    [[1, 0], [0, 1]]
    """
    check_seed(rng)
    pairs = best_first(problem)
    return fill(problem, pairs[np.argsort(pairs[:, 1], kind="stable")])


def greedy(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the best pair that is left, then the next; ties go to the first worker, then task.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn. It never
    backtracks, unlike :func:`crowdnb.experiments.baselines.greedy_by_pair`, which must fill every
    place.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy(cn.Problem([[0.8, 0.9], [0.1, 0.7]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    check_seed(rng)
    return fill(problem, best_first(problem))
