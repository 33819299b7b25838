"""Deferred acceptance: workers apply where they like to be, tasks keep the best who applied.

References
----------
D. Gale, L. S. Shapley, "College admissions and the stability of marriage", American Mathematical
Monthly 69 (1962) 9-15.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, check_seed, finite, needs, same_labels
from crowdnb.market.matching.filling import Seed, mended, worthwhile
from crowdnb.model.assignment import zero_one_table
from crowdnb.model.problem import Problem, needed


def deferred_acceptance(
    problem: Problem, rng: Seed = None, wishes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Workers apply to the tasks they like best, tasks keep the best, the others apply elsewhere.

    Parameters, what is returned and errors as of :func:`at_random`, nothing is drawn, and:

    Parameters
    ----------
    wishes : DataFrame, optional
        Workers × tasks, finite numbers: how much a worker likes a task. When not given, workers
        like best what they do best, Q; then the answer is that of :func:`greedy` on Q.

    Notes
    -----
    Tasks like workers by Q. Without conflicts between workers no pair would rather have
    each other than what they got (:func:`blocking_pairs`), and no other such answer is better for
    any worker.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> deferred_acceptance(problem, wishes=pd.DataFrame([[1, 2], [2, 1]])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    check_seed(rng)
    i, j = worthwhile(problem).T
    liking, q = _liking(problem, wishes), problem.arrays.qualification
    lists: list[list[int]] = [[] for _ in problem.workers]
    # the best last, so that it is taken off the end
    for k in np.lexsort([-liking[i, j], i])[::-1].tolist():
        lists[i[k]].append(int(j[k]))
    limits, room = problem.arrays.worker_limits.tolist(), problem.arrays.required.tolist()
    kept: list[list[int]] = [[] for _ in problem.tasks]
    load = [0] * len(lists)
    queue = deque(range(len(lists)))
    while queue:
        worker = queue.popleft()
        while load[worker] < limits[worker] and lists[worker]:
            task = lists[worker].pop()
            kept[task].append(worker)
            load[worker] += 1
            if len(kept[task]) > room[task]:
                refused = min(kept[task], key=lambda one: (q[one, task], -one))
                kept[task].remove(refused)
                load[refused] -= 1
                queue.append(refused)
    pairs = [(worker, task) for task, team in enumerate(kept) for worker in team]
    return mended(problem, np.array(pairs, dtype=np.int64).reshape(-1, 2))


def blocking_pairs(
    problem: Problem, table: pd.DataFrame, wishes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Pairs that would rather have each other than what they got; none where an answer is stable.

    Parameters
    ----------
    problem : Problem
        Conflicts between workers are left aside.
    table : DataFrame
        T, workers × tasks, 0/1.
    wishes : DataFrame, optional
        As for :func:`deferred_acceptance`.

    Returns
    -------
    DataFrame
        Columns worker, task: the worker is free, or likes the task more than one he has; and the
        task has room, or has a worker whose Q is lower.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> blocking_pairs(problem, cn.matching.optimal(problem)).to_numpy().tolist()
    [[0, 0]]
    """
    liking, q = _liking(needed(problem), wishes), problem.arrays.qualification
    t = zero_one_table(problem, table) == 1
    free = t.sum(axis=1) < problem.arrays.worker_limits
    room = t.sum(axis=0) < problem.arrays.required
    worst_task = np.where(t, liking, np.inf).min(axis=1)
    worst_worker = np.where(t, q, np.inf).min(axis=0)
    willing = free[:, np.newaxis] | (liking > worst_task[:, np.newaxis])
    wanted = room | (q > worst_worker)
    worth = np.zeros_like(t)
    worth[tuple(worthwhile(problem).T)] = True
    i, j = np.nonzero(willing & wanted & worth & ~t)
    return pd.DataFrame({"worker": problem.workers.take(i), "task": problem.tasks.take(j)})


def _liking(problem: Problem, wishes: pd.DataFrame | None) -> FloatArray:
    if wishes is None:
        return problem.arrays.qualification
    needs(wishes, pd.DataFrame, "wishes")
    same_labels(wishes.index, problem.workers, "wishes, rows")
    same_labels(wishes.columns, problem.tasks, "wishes, columns")
    return finite(wishes.reindex(index=problem.workers, columns=problem.tasks).to_numpy(), "wishes")
