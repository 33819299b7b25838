"""The greatest total match, and the assignment whose worst place is best."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.labels import check_seed, text_of
from crowdnb.market.epoch import Offer, best_epoch
from crowdnb.market.matching.filling import Seed, fill, with_room
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.search import optimum

# linear assignments of the search for the best match; where they do not do, a solver is started
NODES = 60


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
    if problem.conflict_scope == "task" and problem.arrays.worker_limits.max() <= 1:
        value = np.where(problem.eligible, problem.value, 0.0).clip(min=0.0)
        need = np.minimum(problem.arrays.required, len(value))
        pairs, proved = best_epoch(Offer(value, need, problem.arrays.worker_conflicts), NODES)
        if proved:
            return fill(problem, pairs)
    table = optimum(problem).table
    if table is None:  # nobody at all would be an assignment
        raise SolverAnswerError("no assignment was found where every place may stay empty")
    return table


def fairest(problem: Problem, solver: str | None = None) -> Assignment:
    """The assignment whose worst place has the highest Q, of these the one of greatest ρ (max-min).

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

    Notes
    -----
    Whether an assignment exists with all places at some level or above can only change
    from yes to no as the level rises, so halving the list of values of Q finds the highest: exact,
    by about log2(m·n) solutions.

    References
    ----------
    R. E. Burkard, M. Dell'Amico, S. Martello, "Assignment Problems", SIAM
    2009, chapter 6 (bottleneck assignment).

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.5], [0.8, 0.1]], [1, 1])
    >>> [one.pairs["qualification"].tolist() for one in (cn.solve(problem), fairest(problem))]
    [[0.8, 0.5], [0.8, 0.5]]
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
    q, barred = problem.arrays.qualification, problem.arrays.task_conflicts
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
