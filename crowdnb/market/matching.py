r"""Matching policies: how a platform may give tasks to workers, from drawing lots to the optimum (the second source).

A policy takes a problem and, where it draws, ``rng``; it returns T, workers × tasks, 0/1. Policies
stand for what a platform does at one moment, so L_j and a worker's limit are what there is room for
at most, and a place may stay empty: the answer keeps every rule of
``problem.changed(required_rule="at most")``, the conflicts C^R and C^A included. A pair is taken
only where W_j Q_ij, as far as the policy knows it, is above 0.

===========================  ===============================================================================
``at_random``                the pairs in an order that is drawn, each where it still fits
``first_come``               the tasks in their order, each with the best worker who is left
``greedy``                   the best pair that is left, then the next
``auction``                  places bid for workers until each has the one it likes best at the wages reached
``collaborative_filtering``  the optimum for matches that were guessed, where workers have not been seen on a task
``deferred_acceptance``      workers apply where they like to be, tasks keep the best who applied
``optimal``                  the greatest total match, as :func:`crowdnb.solve` finds it
===========================  ===============================================================================

:func:`fairest` is best for the worst-off place. Incomes in rising order, added up, give the Lorenz
curve; the Gini coefficient is twice the area between it and the diagonal.

The auction, deferred acceptance and collaborative filtering know nothing of conflicts between
workers. Where some of their pairs clash, the better pair stays, and what is left open is filled as
by ``greedy``.

References
----------
The second source, section 3.2, step 3: tasks are given out by "collaborative filtering, random algorithms, auction
mechanisms and so on" (协同过滤、随机算法、拍卖机制等); its section 4 has the model, max Σ_i Σ_j A_ij x_ij.
D. P. Bertsekas, "The auction algorithm for assignment and other network flow problems: a tutorial", Interfaces 20
(1990) 133-149. D. Gale, L. S. Shapley, "College admissions and the stability of marriage", American Mathematical
Monthly 69 (1962) 9-15. M. O. Lorenz, "Methods of measuring the concentration of wealth", Publications of the American
Statistical Association 9 (1905) 209-219.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    IntArray,
    check_seed,
    finite,
    generator,
    listing,
    needs,
    needs_function,
    number,
    number_frame,
    same_labels,
    shown,
    text_of,
    whole,
)
from crowdnb.market.epoch import Offer, best_epoch
from crowdnb.market.inequality import gini as gini
from crowdnb.market.inequality import lorenz as lorenz
from crowdnb.model.assignment import Assignment, performance, zero_one_table
from crowdnb.model.check import check
from crowdnb.model.conflict_graph import conflict_bits
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.search import optimum

# linear assignments of the search for the best match; where they do not do, a solver is started
NODES = 60

Seed = np.random.Generator | int | None
Policy = Callable[[Problem, Seed], pd.DataFrame]


def at_random(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the pairs in an order that is drawn, each where it still fits.

    Parameters
    ----------
    problem : Problem
        Its L and its limits are what there is room for at most. No pins, no budget, and not "at
        least".
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
    return _fill(problem, generator(rng).permutation(_worth(problem)))


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
    pairs = _best_first(problem)
    return _fill(problem, pairs[np.argsort(pairs[:, 1], kind="stable")])


def greedy(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """Take the best pair that is left, then the next; ties go to the first worker, then to the first task.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn. It never
    steps back, unlike :func:`crowdnb.experiments.baselines.greedy_by_pair`, which must fill every
    place.

    Examples
    --------
    >>> import crowdnb as cn
    >>> greedy(cn.Problem([[0.8, 0.9], [0.1, 0.7]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    check_seed(rng)
    return _fill(problem, _best_first(problem))


def optimal(problem: Problem, rng: Seed = None) -> pd.DataFrame:
    """The greatest total match ρ, as :func:`crowdnb.solve` finds it.

    Parameters, what is returned and errors as of :func:`at_random`; nothing is drawn. Where few
    conflicts are in the way :func:`crowdnb.market.epoch.best_epoch` proves it sooner than a solver
    starts.

    Examples
    --------
    >>> import crowdnb as cn
    >>> optimal(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])).to_numpy().tolist()
    [[0, 1], [1, 0]]
    """
    check_seed(rng)
    problem = with_room(problem)
    if problem.conflict_scope == "task" and problem.limits.max() <= 1:
        value = np.where(problem.eligible, problem.value, 0.0).clip(min=0.0)
        need = np.minimum(problem.need, len(value))
        pairs, proved = best_epoch(Offer(value, need, problem.against), NODES)
        if proved:
            return _fill(problem, pairs)
    table = optimum(problem).table
    assert table is not None  # nobody at all is an assignment
    return table


def fairest(problem: Problem, solver: str | None = None) -> Assignment:
    """The assignment whose worst place has the highest Q, and of these the one of greatest ρ (max-min).

    Parameters
    ----------
    problem : Problem
        Its tasks ask for exactly, or at least, so many workers.
    solver : str, optional
        As :func:`crowdnb.solve` takes it.

    Returns
    -------
    Assignment
        Its ``problem`` bars the pairs below the level that was reached; infeasible where the
        problem is.

    Raises
    ------
    ValueError
        The rule is "at most": an empty place would count as none, so the worst place could be
        avoided.

    Notes ----- Whether an assignment exists with all places at some level or above can only change
    from yes to no as the level rises, so halving the list of values of Q finds the highest: exact,
    by about log2(m·n) solutions.

    References ---------- R. E. Burkard, M. Dell'Amico, S. Martello, "Assignment Problems", SIAM
    2009, chapter 6 (bottleneck assignment).

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.5], [0.8, 0.1]], [1, 1])
    >>> cn.solve(problem).pairs["qualification"].tolist(), fairest(problem).pairs["qualification"].tolist()
    ([0.8, 0.5], [0.8, 0.5])
    >>> problem = cn.Problem([[0.9, 0.5], [0.7, 0.2]], [1, 1])
    >>> fairest(problem).pairs["qualification"].tolist()
    [0.7, 0.5]
    """
    if solver is not None:
        text_of(solver, "solver")
    if needed(problem).required_rule == "at most":
        raise ValueError(
            "problem: with the rule 'at most' a place may stay empty, and none is the worst"
        )
    q, barred = problem.q, problem.excluded
    answer = optimum(problem, solver)
    if answer.placed is None or not len(answer.placed):
        return answer
    levels = np.unique(q[problem.eligible])
    low, high = int(np.searchsorted(levels, answer.pairs["qualification"].min())), len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        trial = optimum(problem.changed(task_conflicts=barred | (q < levels[middle])), solver)
        if trial.placed is None:
            high = middle
        else:
            low, answer = middle, trial
    return answer


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
    """Let places bid for workers (Bertsekas): wages rise from 0 until no place wants another worker.

    A place without a worker looks at W_j Q_ij less the wage. It bids for the best, and raises his
    wage to where he is only ``epsilon`` better than the second best, or than nobody at all. Where
    nobody is worth his wage it stays empty.

    Parameters
    ----------
    problem : Problem
        Conflicts between workers are left aside. A worker with a limit of k tasks is k workers to
        be bid for.
    epsilon : float
        The least raise, > 0, in units of the match.

    Returns
    -------
    Auction

    Raises
    ------
    ValueError
        ``epsilon`` is not above 0; the problem is one that policies do not know.

    Notes ----- In the end each place filled has, up to ε, the worker it likes best at the wages
    reached, no place left empty wants anybody, and workers without a place cost nothing. So the
    total match is within n·ε of the optimum, n the number of places filled. Each bid raises a wage
    by ε or more, and no wage exceeds the largest match by more than ε: there are at most (largest
    match / ε + 1) bids for each worker.

    Examples
    --------
    >>> import crowdnb as cn
    >>> hold_auction(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]), 0.05).bids.round(2).to_numpy().tolist()
    [[0, 0, 0.25, ''], [1, 0, 0.75, 0], [0, 1, 0.6, '']]
    """
    rows, wage, slot, pairs = _bids(problem, epsilon)
    bids = pd.DataFrame(rows, columns=["task", "worker", "wage", "outbid"]).rename_axis("bid")
    paid = (
        pd.Series(wage, index=problem.workers[slot], name="wage").groupby(level=0, sort=False).min()
    )
    return Auction(bids, paid.reindex(problem.workers, fill_value=0.0), pairs)


def _bids(
    problem: Problem, epsilon: float
) -> tuple[list[tuple[Any, ...]], FloatArray, IntArray, IntArray]:
    """An auction's bids, the wages in the end, the worker of each wage, and the pairs (worker, task)."""
    needed(problem)
    if not 0 < number(epsilon) < np.inf:
        raise ValueError(f"epsilon must be above 0, got {shown(epsilon)}")
    epsilon = number(epsilon)
    worth = np.zeros(problem.q.shape)
    i, j = _worth(problem).T
    worth[i, j] = problem.value[i, j]
    slot = np.repeat(np.arange(len(worth)), np.minimum(problem.limits, len(problem.tasks)))
    place = np.repeat(
        np.arange(len(problem.tasks)), np.minimum(problem.need, (worth > 0).sum(axis=0))
    )
    workers, tasks = problem.workers[slot].tolist(), problem.tasks[place].tolist()
    worth_to = list(worth[slot].T[place])
    wage, holder = np.zeros(len(slot)), [-1] * len(slot)
    queue, rows = deque(range(len(place))), []
    while queue:
        bidder = queue.popleft()
        profit = worth_to[bidder] - wage
        best = int(profit.argmax())
        if (most := profit[best]) <= 0:
            continue  # stays empty: wages only rise
        profit[best] = 0.0  # what nobody at all is worth
        wage[best] += most - profit.max() + epsilon
        loser, holder[best] = holder[best], bidder
        if loser >= 0:
            queue.append(loser)
        rows.append(
            (tasks[bidder], workers[best], float(wage[best]), "" if loser < 0 else tasks[loser])
        )
    held = np.array(holder, dtype=np.int64)
    return rows, wage, slot, np.column_stack([slot[held >= 0], place[held[held >= 0]]])


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
    return _mended(problem, _bids(problem, epsilon)[-1])


def guess(seen: pd.DataFrame, neighbours: int = 5) -> pd.DataFrame:
    """Guess the matches that nobody has seen from those of workers who did alike on the tasks both have done.

    Parameters
    ----------
    seen : DataFrame
        Workers × tasks, NaN where a worker has not been seen on a task; at least one number.
    neighbours : int
        How many alike workers are averaged, ≥ 1.

    Returns
    -------
    DataFrame
        The same with every gap filled. A task that nobody was seen on gets the mean of all.

    Raises
    ------
    ValueError
        Nothing was seen.

    Notes ----- Collaborative filtering by workers: the mean of each task and what a worker has
    above it on average are taken off, gaps in the rest are filled as
    :class:`sklearn.impute.KNNImputer` does it, and both are added again. No guess leaves the range
    of what was seen.

    Examples
    --------
    >>> seen = pd.DataFrame([[0.9, 0.2, 0.7], [0.9, float("nan"), 0.7], [0.3, 0.8, 0.5]])
    >>> float(guess(seen, 1).iloc[1, 1].round(2))
    0.34
    """
    x = number_frame(seen, "seen", missing=True).to_numpy()
    known = ~np.isnan(x)
    if not known.any():
        raise ValueError("seen: no worker was seen on any task")
    neighbours = whole(neighbours, "neighbours", rule="must be at least {}")
    task = _means(x, axis=0, instead=float(x[known].mean()))
    usual = task + _means(x - task, axis=1, instead=0.0)[:, np.newaxis]
    rest = _of_neighbours(np.where(known, x - usual, np.nan), neighbours)
    found = np.where(known, x, (usual + rest).clip(x[known].min(), x[known].max()))
    return pd.DataFrame(found, index=seen.index, columns=seen.columns)


def _of_neighbours(x: FloatArray, neighbours: int) -> FloatArray:
    """Each gap filled by the mean of the nearest rows without a gap in its column; of all, where none is comparable.

    What ``KNNImputer(n_neighbors=neighbours, keep_empty_features=True)`` gives, in a third of its
    time.
    """
    # here: it takes a second, and little else needs it
    from sklearn.metrics.pairwise import nan_euclidean_distances

    far, filled = nan_euclidean_distances(x), x.copy()
    for column in filled.T:
        gap = np.isnan(column)
        if gap.all():
            column[:] = 0.0
            continue
        given, distance = column[~gap], far[np.ix_(gap, ~gap)]
        many = min(neighbours, len(given))
        near = np.argpartition(distance, many - 1, axis=1)[:, :many]
        counts = ~np.isnan(np.take_along_axis(distance, near, axis=1))
        of = counts.sum(axis=1)
        column[gap] = np.where(
            of, (given[near] * counts).sum(axis=1) / np.maximum(of, 1), given.mean()
        )
    return filled


def _means(x: FloatArray, axis: int, instead: float) -> FloatArray:
    """Means of the numbers along an axis, NaN left out; ``instead`` where there are none."""
    known = ~np.isnan(x)
    many = known.sum(axis=axis)
    return np.where(many, np.where(known, x, 0.0).sum(axis=axis) / np.maximum(many, 1), instead)


def collaborative_filtering(
    problem: Problem, rng: Seed = None, seen: pd.DataFrame | None = None, neighbours: int = 5
) -> pd.DataFrame:
    """The optimum for guessed matches: Q is used only where it has been seen, and guessed elsewhere (:func:`guess`).

    Parameters, what is returned and errors as of :func:`at_random`, and:

    Parameters
    ----------
    seen : DataFrame, optional
        Workers × tasks, truth values: whether Q of a pair is known. When not given, each pair is
        with probability ½. Where nothing at all is known, all pairs count alike.
    neighbours : int
        As for :func:`guess`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> collaborative_filtering(problem, seen=problem.qualification > 0.5, neighbours=1).to_numpy().tolist()
    [[1, 0], [0, 1]]
    """
    q, draw = needed(problem).qualification, generator(rng)
    whole(neighbours, "neighbours", rule="must be at least {}")
    if seen is None:
        seen = pd.DataFrame(draw.uniform(size=q.shape) < 0.5, index=q.index, columns=q.columns)
    known = q.where((zero_one_table(problem, seen, "seen") == 1) & problem.eligible)
    guessed = guess(known, neighbours) if known.notna().any(axis=None) else known.fillna(1.0)
    return optimal(
        with_room(problem).changed(qualification=guessed, task_conflicts=~problem.eligible)
    )


def deferred_acceptance(
    problem: Problem, rng: Seed = None, wishes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Workers apply to the tasks they like best, each task keeps the best who applied, the others apply elsewhere.

    Parameters, what is returned and errors as of :func:`at_random`, nothing is drawn, and:

    Parameters
    ----------
    wishes : DataFrame, optional
        Workers × tasks, finite numbers: how much a worker likes a task. When not given, workers
        like best what they do best, Q; then the answer is that of :func:`greedy` on Q.

    Notes ----- Tasks like workers by Q. Without conflicts between workers no pair would rather have
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
    i, j = _worth(problem).T
    liking, q = _liking(problem, wishes), problem.q
    lists: list[list[int]] = [[] for _ in problem.workers]
    # the best last, so that it is taken off the end
    for k in np.lexsort([-liking[i, j], i])[::-1].tolist():
        lists[i[k]].append(int(j[k]))
    limits, room = problem.limits.tolist(), problem.need.tolist()
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
    return _mended(problem, np.array(pairs, dtype=np.int64).reshape(-1, 2))


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
    >>> blocking_pairs(problem, optimal(problem)).to_numpy().tolist()
    [[0, 0]]
    """
    liking, q = _liking(needed(problem), wishes), problem.q
    t = zero_one_table(problem, table) == 1
    free = t.sum(axis=1) < problem.limits
    room = t.sum(axis=0) < problem.need
    worst_task = np.where(t, liking, np.inf).min(axis=1)
    worst_worker = np.where(t, q, np.inf).min(axis=0)
    willing = free[:, np.newaxis] | (liking > worst_task[:, np.newaxis])
    wanted = room | (q > worst_worker)
    worth = np.zeros_like(t)
    worth[tuple(_worth(problem).T)] = True
    i, j = np.nonzero(willing & wanted & worth & ~t)
    return pd.DataFrame({"worker": problem.workers.take(i), "task": problem.tasks.take(j)})


def _liking(problem: Problem, wishes: pd.DataFrame | None) -> FloatArray:
    if wishes is None:
        return problem.q
    needs(wishes, pd.DataFrame, "wishes")
    same_labels(wishes.index, problem.workers, "wishes, rows")
    same_labels(wishes.columns, problem.tasks, "wishes, columns")
    return finite(wishes.reindex(index=problem.workers, columns=problem.tasks).to_numpy(), "wishes")


def with_room(problem: Problem) -> Problem:
    """The problem as policies read it: L at most; ValueError where it has what they do not know."""
    if len(needed(problem).pins) or problem.budget is not None:
        raise ValueError("problem: a policy knows neither pinned pairs nor a budget")
    if problem.required_rule == "at least":
        raise ValueError(
            "problem: a policy fills L places at most, the problem asks for at least L"
        )
    return (
        problem if problem.required_rule == "at most" else problem.changed(required_rule="at most")
    )


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
    left, free = problem.need.tolist(), problem.limits.tolist()
    foes, project = conflict_bits(problem), problem.conflict_scope == "project"
    # workers barred by those taken, as bits: of each task, or in all tasks alike
    against = [0] * len(left)
    t = np.zeros(problem.q.shape, dtype=int)
    for i, j in pairs.tolist():
        at = 0 if project else j
        if left[j] and free[i] and not against[at] >> i & 1 and not t[i, j]:
            left[j] -= 1
            free[i] -= 1
            against[at] |= foes[i]
            t[i, j] = 1
    return pd.DataFrame(t, index=problem.workers, columns=problem.tasks)


def _mended(problem: Problem, pairs: IntArray) -> pd.DataFrame:
    """T of pairs that may clash: the better pair stays, and what is left open is filled with the best pair left."""
    order = np.argsort(-problem.value[pairs[:, 0], pairs[:, 1]], kind="stable")
    return _fill(problem, np.concatenate([pairs[order], _best_first(problem)]))


POLICIES: dict[str, Policy] = {
    "random": at_random,
    "first come": first_come,
    "greedy": greedy,
    "auction": auction,
    "collaborative filtering": collaborative_filtering,
    "deferred acceptance": deferred_acceptance,
    "optimal": optimal,
}


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
    """A market that is made up: workers have skills, tasks need a mixture of them.

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
        ``match``: ρ; ``served``: share of all places that are filled; ``worst task``: the least
        mean Q of a task's places, an empty one counts 0; ``income Gini`` and ``income spread``
        (standard deviation) over all workers, who are paid W_j Q_ij for each place.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> {name: round(value, 3) for name, value in outcome(problem, greedy(problem)).items()}
    {'match': 1.0, 'served': 1.0, 'worst task': 0.1, 'income Gini': 0.4, 'income spread': 0.4}
    """
    t = zero_one_table(needed(problem), table)
    need = problem.need
    asked = need > 0
    per_task = (problem.q * t).sum(axis=0)[asked] / need[asked]
    income = (problem.value * t).sum(axis=1)
    return {
        "match": performance(problem, table),
        "served": float(t.sum() / need.sum()) if asked.any() else 1.0,
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
    >>> compare(cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1]))["match"].round(2).loc[["greedy", "optimal"]].tolist()
    [1.0, 1.5]
    """
    asked = POLICIES if policies is None else needs(policies, Mapping, "policies")  # type: ignore[type-abstract]
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
        raise ValueError(f"policies: {name} breaks a rule: {listing(broken, 3)}")
    return outcome(problem, table) | {"seconds": seconds}
