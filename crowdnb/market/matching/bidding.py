"""An auction of workers: places bid, and wages rise until no place wants another worker.

References
----------
D. P. Bertsekas, "The auction algorithm for assignment and other network flow problems: a
tutorial", Interfaces 20 (1990) 133-149.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, IntArray, check_seed, number, shown
from crowdnb.market.matching.filling import Seed, mended, worthwhile
from crowdnb.model.problem import Problem, needed


class _Bid(NamedTuple):
    """A place of a task bids for a worker; columns of :attr:`Auction.bids`."""

    task: Any
    worker: Any
    wage: float
    outbid: Any


class _Sale(NamedTuple):
    """How the bidding ended; a slot is a worker, once for each task he may have."""

    bids: list[_Bid]
    wage: FloatArray
    worker: IntArray  # of each slot
    pairs: IntArray  # (worker, task)


@dataclass(frozen=True, eq=False)
class Auction:
    """How an auction went.

    Attributes
    ----------
    bids : DataFrame
        Index ``bid``, in their order; ``task`` that bids for a place, ``worker`` it bids for,
        ``wage`` it offers, ``outbid``: the task whose place loses the worker, or "".
    wages : Series
        What each worker is paid in the end, 0 for whoever got no bid; of several places the least.
    pairs : ndarray of int, shape (places filled, 2)
        Positions (worker, task).
    """

    bids: pd.DataFrame
    wages: pd.Series[float]
    pairs: IntArray


def hold_auction(problem: Problem, epsilon: float = 0.01) -> Auction:
    """Let places bid for workers: wages rise from 0 until no place wants another worker.

    A place without a worker looks at W_j Q_ij less the wage, of those who are not on its task yet.
    It bids for the best, and raises their wage to where they are only ``epsilon`` better than the
    second best, or than nobody at all. Where nobody is worth the wage it stays empty.

    Parameters
    ----------
    problem : Problem
        Conflicts between workers are left aside. A worker with a limit of k tasks is bid for k
        times, each time at a wage of its own, and takes a task once.
    epsilon : float
        The least raise, > 0, in units of the match.

    Returns
    -------
    Auction

    Raises
    ------
    ValueError
        ``epsilon`` is not above 0; the problem is one that policies do not know.

    Notes
    -----
    The total match is within n·ε of the optimum without conflicts, n the number of places filled,
    for every L and every limit.

    Call u_i the least wage of worker i in the end, and the gain of a pair W_j Q_ij less what is
    paid. Where u_i is above 0 all k_i wages were bid for, and so are held (whoever is outbid is
    replaced); hence the total match is Σ_i k_i u_i plus, over all places filled, W_j Q_ij - u_i. By
    duality the optimum is at most Σ_i k_i u_i plus, over all tasks, the L_j greatest W_j Q_ij - u_i
    above 0. The two differ, for each place filled, by ε at most, since no worker outside a task
    would gain it more than the worst of its own gains, or than nobody, plus ε:

    Let f be the number of places of a task that have still to bid. At every moment at most f
    workers outside it would gain it more. A bid takes the best of them, and leaves a gain that is
    the second best less ε: one fewer, and f falls by one. Losing a worker to another task adds one
    to both. All else raises wages, which only lowers the gain of those outside. In the end f = 0.

    Each bid raises a wage by ε or more, and none exceeds the largest match by more than ε: there
    are at most (largest match / ε + 1) bids for each task that a worker may take.

    Examples
    --------
    >>> import crowdnb as cn
    >>> sale = hold_auction(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]), 0.05)
    >>> sale.bids.round(2).to_numpy().tolist()
    [[0, 0, 0.25, ''], [1, 0, 0.75, 0], [0, 1, 0.6, '']]
    """
    sale = _bidding(problem, epsilon)
    bids = pd.DataFrame(sale.bids, columns=list(_Bid._fields)).rename_axis("bid")
    paid = pd.Series(sale.wage, index=problem.workers[sale.worker], name="wage")
    wages = paid.groupby(level=0, sort=False).min().reindex(problem.workers, fill_value=0.0)
    return Auction(bids, wages, sale.pairs)


def _bidding(problem: Problem, epsilon: float) -> _Sale:
    needed(problem)
    if not 0 < number(epsilon) < np.inf:
        raise ValueError(f"epsilon must be above 0, got {shown(epsilon)}")
    epsilon = number(epsilon)
    worth = np.zeros(problem.arrays.qualification.shape)
    i, j = worthwhile(problem).T
    worth[i, j] = problem.value[i, j]
    slot = np.repeat(
        np.arange(len(worth)), np.minimum(problem.arrays.worker_limits, len(problem.tasks))
    )
    place = np.repeat(
        np.arange(len(problem.tasks)), np.minimum(problem.arrays.required, (worth > 0).sum(axis=0))
    )
    workers, tasks = problem.workers[slot].tolist(), problem.tasks[place].tolist()
    worth_to = list(worth[slot].T[place])
    wage, holder = np.zeros(len(slot)), [-1] * len(slot)
    of_worker = [np.flatnonzero(slot == i) for i in range(len(worth))]
    # of each task, the slots of those who are on it: nobody takes a task twice
    taken = np.zeros((len(problem.tasks), len(slot)), dtype=bool)
    queue, bids = deque(range(len(place))), []
    while queue:
        bidder = queue.popleft()
        profit = np.where(taken[place[bidder]], -np.inf, worth_to[bidder] - wage)
        best = int(profit.argmax())
        if (most := profit[best]) <= 0:
            continue  # stays empty: wages only rise
        profit[best] = 0.0  # what nobody at all is worth
        wage[best] += most - profit.max() + epsilon
        loser, holder[best] = holder[best], bidder
        taken[place[bidder], of_worker[slot[best]]] = True
        if loser >= 0:
            taken[place[loser], of_worker[slot[best]]] = False
            queue.append(loser)
        outbid = "" if loser < 0 else tasks[loser]
        bids.append(_Bid(tasks[bidder], workers[best], float(wage[best]), outbid))
    held = np.array(holder, dtype=np.int64)
    pairs = np.column_stack([slot[held >= 0], place[held[held >= 0]]])
    return _Sale(bids, wage, slot, pairs)


def auction(problem: Problem, rng: Seed = None, epsilon: float = 0.01) -> pd.DataFrame:
    """What :func:`hold_auction` gives, made to keep the conflicts.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn; ``epsilon``
    as there.

    Examples
    --------
    >>> import crowdnb as cn
    >>> auction(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    check_seed(rng)
    return mended(problem, _bidding(problem, epsilon).pairs)
