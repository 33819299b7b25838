r"""Who gets what: revenue shared by two rules, how unequal incomes are, and the assignment best for the worst off.

A team's revenue is a number v(S) for every part S of it: what these people alone would earn. Two rules share v(N):

    proportional   x_i = v(N) c_i / Σ c                          c: credits, hours of work say
    Shapley        x_i = Σ_{S ∌ i} |S|! (n - |S| - 1)! / n! · (v(S ∪ {i}) - v(S))

Incomes in rising order, added up, give the Lorenz curve; the Gini coefficient (:func:`crowdnb.matching.gini`) is twice
the area between it and the diagonal.

References
----------
L. S. Shapley, "A value for n-person games", in: Contributions to the Theory of Games II, Princeton 1953, 307-317.
M. O. Lorenz, "Methods of measuring the concentration of wealth", Publications of the American Statistical Association 9
(1905) 209-219.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ecargo import Assignment, Problem
from crowdnb.labels import FloatArray, labelled_vector, listing, number, shown
from crowdnb.program import solve

Values = Mapping[frozenset[Hashable], float]
LARGEST_TEAM = 12  # 2^12 parts


def proportional(revenue: float, credits: pd.Series[Any] | Mapping[Any, float]) -> pd.Series[float]:
    """Share a revenue in proportion to credits.

    Parameters
    ----------
    revenue : float
        Any finite number, in any unit of money.
    credits : Series or mapping
        Credits ≥ 0 by worker, not all 0.

    Returns
    -------
    Series
        By worker, in the unit of the revenue; its sum is the revenue.

    Raises
    ------
    ValueError
        A credit is negative or no number, all are 0, or the revenue is not finite.

    Examples
    --------
    >>> proportional(700, {"writer": 30, "painter": 5}).to_dict()
    {'writer': 600.0, 'painter': 100.0}
    """
    given = pd.Series(dict(credits), dtype=object)
    credit = _not_negative(given, "credits")
    if not np.isfinite(number(revenue)):
        raise ValueError(f"revenue: {shown(revenue)} is not a finite number")
    return pd.Series(revenue * (credit / credit.sum()), given.index, name="share")


def shapley(values: Values) -> pd.Series[float]:
    """Share the revenue of a whole team by what each adds, on average over all orders of joining.

    Parameters
    ----------
    values : mapping of frozenset to float
        v: what each part of the team earns alone. All parts are given; nobody earns 0. At most
        :data:`LARGEST_TEAM` people.

    Returns
    -------
    Series
        By worker, in the order of first naming; its sum is v of the whole team.

    Raises
    ------
    ValueError
        A part of the team is missing, a value is not finite, nobody earns something, or the team is too large.

    Examples
    --------
    >>> alone = {"w": 400, "p": 0, "wp": 700}
    >>> shapley({frozenset(team): v for team, v in alone.items()}).to_dict()
    {'w': 550.0, 'p': 150.0}
    """
    people, value = _game(values)
    n = len(people)
    share = np.zeros(n)
    for i, one in enumerate(people):
        others = people[:i] + people[i + 1 :]
        for size in range(n):
            weight = 1 / (n * comb(n - 1, size))  # |S|! (n - |S| - 1)! / n!
            for team in map(frozenset, combinations(others, size)):
                share[i] += weight * (value[team | {one}] - value[team])
    return pd.Series(share, pd.Index(people, tupleize_cols=False), name="share")


def objections(values: Values, shares: pd.Series[float]) -> pd.Series[float]:
    """Which parts of a team would earn more alone than their shares come to, and how much more.

    Parameters
    ----------
    values : mapping of frozenset to float
        As :func:`shapley` takes it.
    shares : Series
        By worker.

    Returns
    -------
    Series
        By part of the team (its people joined by ``" + "``), largest first; empty when nobody would leave.

    Examples
    --------
    >>> alone = {frozenset("w"): 400, frozenset("p"): 0, frozenset("wp"): 700}
    >>> objections(alone, proportional(700, {"w": 5, "p": 30})).round(6).to_dict()
    {'w': 300.0}
    """
    people, value = _game(values)
    share = dict(zip(people, labelled_vector(shares, pd.Index(people, tupleize_cols=False), "shares"), strict=True))
    scale = max(1.0, *map(abs, value.values()))
    more = {}
    for size in range(1, len(people) + 1):
        for team in combinations(people, size):
            gain = value[frozenset(team)] - sum(share[one] for one in team)
            if gain > 1e-9 * scale:
                more[" + ".join(map(str, team))] = gain
    return pd.Series(more, dtype=float, name="more alone").sort_values(ascending=False)


def _game(values: Values) -> tuple[list[Hashable], dict[frozenset[Hashable], float]]:
    people: list[Hashable] = sorted({one for team in values for one in team}, key=_first_named(values))
    if len(people) > LARGEST_TEAM:
        raise ValueError(f"values: a team of {len(people)} is too large, {LARGEST_TEAM} is the most")
    value = {frozenset[Hashable](): 0.0, **values}
    for size in range(len(people) + 1):
        for team in combinations(people, size):
            if not np.isfinite(number(value.get(frozenset(team), np.nan))):
                raise ValueError(f"values: team {listing(team) or 'of nobody'} has no finite number")
    if value[frozenset()] != 0:
        raise ValueError(f"values: nobody earns {value[frozenset()]:g}, that must be 0")
    return people, value


def _first_named(values: Values) -> Any:
    """Sort key: people as they come up, teams in the order given, those first named together by their text."""
    order: dict[Hashable, int] = {}
    for team in values:
        for one in sorted(team, key=str):
            order.setdefault(one, len(order))
    return order.__getitem__


def lorenz(income: Mapping[Any, float] | pd.Series[Any] | Sequence[float] | FloatArray) -> pd.Series[float]:
    """Lorenz curve: the share of all income that the poorest share of people has.

    Parameters
    ----------
    income : Series, mapping or sequence of float, n
        Incomes ≥ 0, not all 0.

    Returns
    -------
    Series
        Index: share of people, 0, 1/n, …, 1; values: their share of the income.

    Raises
    ------
    ValueError
        An income is negative or not finite, or all are 0.

    Examples
    --------
    >>> lorenz([30, 10]).to_dict()
    {0.0: 0.0, 0.5: 0.25, 1.0: 1.0}
    """
    value = np.sort(_not_negative(pd.Series(income, dtype=object), "income"))
    held = np.concatenate([[0.0], np.cumsum(value)]) / value.sum()
    return pd.Series(held, pd.Index(np.linspace(0, 1, len(held)), name="share of people"), name="share of income")


def _not_negative(values: pd.Series[Any], name: str) -> FloatArray:
    """Numbers ≥ 0, not all 0."""
    if values.empty:
        raise ValueError(f"{name}: there are none")
    value = labelled_vector(values, values.index, name)
    if (value < 0).any():
        raise ValueError(f"{name}: {values.index[int(value.argmin())]} has {value.min():g}, that must not be negative")
    if not value.sum() > 0:
        raise ValueError(f"{name}: all are 0, there is nothing to go by")
    return value


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
        Its ``problem`` bars the pairs below the level that was reached; infeasible where the problem is.

    Raises
    ------
    ValueError
        The rule is "at most": an empty place would count as none, so the worst place could be avoided.

    Notes
    -----
    Whether an assignment exists with all places at some level or above can only change from yes to no as the level
    rises, so halving the list of values of Q finds the highest: exact, by about log2(m·n) solutions.

    References
    ----------
    R. E. Burkard, M. Dell'Amico, S. Martello, "Assignment Problems", SIAM 2009, chapter 6 (bottleneck assignment).

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
    if problem.required_rule == "at most":
        raise ValueError("problem: with the rule 'at most' a place may stay empty, and none is the worst")
    q, barred = problem.qualification.to_numpy(), problem.task_conflicts.to_numpy() == 1
    answer = solve(problem, solver)
    if answer.placed is None or not len(answer.placed):
        return answer
    levels = np.unique(q[problem.eligible])
    low, high = int(np.searchsorted(levels, answer.pairs["qualification"].min())), len(levels)
    while high - low > 1:
        middle = (low + high) // 2
        trial = solve(problem.changed(task_conflicts=barred | (q < levels[middle])), solver)
        if trial.placed is None:
            high = middle
        else:
            low, answer = middle, trial
    return answer


def teams(names: Collection[str], values: Collection[float]) -> dict[frozenset[Hashable], float]:
    """Parts of a team as :func:`shapley` takes them, from names such as ``"ana + ben"`` and what each earns.

    Examples
    --------
    >>> teams(["ana + ben"], [700]) == {frozenset(["ana", "ben"]): 700}
    True
    """
    return {frozenset(name.split(" + ")): value for name, value in zip(names, values, strict=True)}
