r"""Matching policies: how a platform may give tasks to workers, from drawing lots to the optimum (the second source).

A policy takes a problem and, where it draws, ``rng``; it returns T, workers × tasks, 0/1. Policies stand for what a
platform does at one moment, so L_j and a worker's limit are what there is room for at most, and a place may stay empty:
the answer keeps every rule of ``problem.changed(required_rule="at most")``, the conflicts C^R and C^A included. A pair
is taken only where W_j Q_ij is above 0.

====================  =====================================================================
``at_random``         the pairs in an order that is drawn, each where it still fits
``first_come``        the tasks in their order, each with the best worker who is left
``greedy``            the best pair that is left, then the next
``optimal``           the greatest total match, by :func:`crowdnb.solve`
====================  =====================================================================

References
----------
The second source, section 3.2, step 3: tasks are given out by "collaborative filtering, random algorithms, auction
mechanisms and so on" (协同过滤、随机算法、拍卖机制等); its section 4 has the model, max Σ_i Σ_j A_ij x_ij.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from crowdnb.ecargo import Problem, conflict_bits
from crowdnb.labels import IntArray
from crowdnb.program import solve

Seed = np.random.Generator | int | None
Policy = Callable[[Problem, Seed], pd.DataFrame]


def at_random(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the pairs in an order that is drawn, each where it still fits.

    Parameters
    ----------
    problem : Problem
        Its L and its limits are what there is room for at most. No pins, no budget, and not "at least".
    rng : Generator or int, optional
        The same one gives the same answer.

    Returns
    -------
    DataFrame
        T, workers × tasks, 0/1; places may stay empty.

    Raises
    ------
    ValueError
        The problem has pins or a budget, or asks for "at least" L workers.

    Examples
    --------
    >>> import crowdnb as cn
    >>> at_random(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]), rng=0).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    return _fill(problem, np.random.default_rng(rng).permutation(_worth(problem)))


def first_come(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Serve the tasks in their order, each with the best workers who are left.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn.

    Examples
    --------
    >>> import crowdnb as cn
    >>> first_come(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).to_numpy().tolist()
    [[1, 0], [0, 1]]
    """
    pairs = _best_first(problem)
    return _fill(problem, pairs[np.argsort(pairs[:, 1], kind="stable")])


def greedy(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the best pair that is left, then the next; ties go to the first worker, then to the first task.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn. It never steps back, unlike
    :func:`crowdnb.baselines.greedy_by_pair`, which must fill every place.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy(cn.Problem([[0.8, 0.9], [0.1, 0.7]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    return _fill(problem, _best_first(problem))


def optimal(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """The greatest total match ρ, by :func:`crowdnb.solve`.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn.

    Examples
    --------
    >>> import crowdnb as cn
    >>> optimal(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    table = solve(with_room(problem)).table
    assert table is not None  # nobody at all is an assignment
    return table


def with_room(problem: Problem) -> Problem:
    """The problem as policies read it: L at most; ValueError where it has what they do not know."""
    if len(problem.pins) or problem.budget is not None:
        raise ValueError("problem: a policy knows neither pinned pairs nor a budget")
    if problem.required_rule == "at least":
        raise ValueError("problem: a policy fills L places at most, the problem asks for at least L")
    return problem if problem.required_rule == "at most" else problem.changed(required_rule="at most")


def _worth(problem: Problem) -> IntArray:
    """Positions of the pairs that may be taken and add to ρ, by worker, then by task."""
    problem = with_room(problem)
    return np.argwhere(problem.eligible & (problem.value > 0))


def _best_first(problem: Problem) -> IntArray:
    """The same by falling W_j Q_ij."""
    pairs = _worth(problem)
    return pairs[np.argsort(-problem.value[pairs[:, 0], pairs[:, 1]], kind="stable")]


def _fill(problem: Problem, pairs: IntArray) -> pd.DataFrame:
    """T of the pairs taken in their order, each where the task has room, the worker is free and nobody is against."""
    left, free = problem.required.tolist(), problem.worker_limits.tolist()
    foes, project = conflict_bits(problem), problem.conflict_scope == "project"
    against = [0] * len(left)  # workers barred by those taken, as bits: of each task, or in all tasks alike
    t = np.zeros(problem.qualification.shape, dtype=int)
    for i, j in pairs.tolist():
        at = 0 if project else j
        if left[j] and free[i] and not against[at] >> i & 1 and not t[i, j]:
            left[j] -= 1
            free[i] -= 1
            against[at] |= foes[i]
            t[i, j] = 1
    return pd.DataFrame(t, index=problem.workers, columns=problem.tasks)


POLICIES: dict[str, Policy] = {
    "random": at_random,
    "first come": first_come,
    "greedy": greedy,
    "optimal": optimal,
}
