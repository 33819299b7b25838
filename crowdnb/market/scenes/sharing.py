r"""Content creation: how a team shares what a piece earns (the article's section 6).

A team's revenue is a number v(S) for every part S of it: what these people alone would earn. Two
rules share v(N):

    proportional   x_i = v(N) c_i / Σ c                          c: credits, hours of work say
    Shapley        x_i = Σ_{S ∌ i} |S|! (n - |S| - 1)! / n! · (v(S ∪ {i}) - v(S))

References
----------
L. S. Shapley, "A value for n-person games", in: Contributions to the Theory of Games II, Princeton
1953, 307-317.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from itertools import combinations
from math import comb
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from crowdnb.labels import (
    hashable,
    labelled,
    labelled_vector,
    listing,
    needs,
    number,
    numeric,
    one_of,
    real,
    several,
    shown,
    text_of,
    unique_index,
)
from crowdnb.market.inequality import not_negative
from crowdnb.market.scenes.reader import known
from crowdnb.model.assignment import Assignment

FEE = 40.0  # euros: a review
LARGEST_TEAM = 12  # 2^12 parts

Rule = Literal["hours", "Shapley"]
Values = Mapping[frozenset[Hashable], float]


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
    if not isinstance(credits, Mapping | pd.Series):
        raise ValueError(f"credits: a Series or a mapping is needed, got {shown(credits)}")
    labels = unique_index(credits.keys(), "credits")
    values = credits.to_list() if isinstance(credits, pd.Series) else list(credits.values())
    given = pd.Series(values, labels, dtype=object)
    credit = not_negative(given, "credits")
    if not np.isfinite(number(revenue)):
        raise ValueError(f"revenue: {shown(revenue)} is not a finite number")
    return pd.Series(number(revenue) * (credit / credit.sum()), given.index, name="share")


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
        A part of the team is missing, a value is not finite, nobody earns something, or the team is
        too large.

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
        By part of the team (its people joined by ``" + "``), largest first; empty when nobody would
        leave.

    Examples
    --------
    >>> alone = {frozenset("w"): 400, frozenset("p"): 0, frozenset("wp"): 700}
    >>> objections(alone, proportional(700, {"w": 5, "p": 30})).round(6).to_dict()
    {'w': 300.0}
    """
    people, value = _game(values)
    share = dict(
        zip(
            people,
            labelled_vector(shares, pd.Index(people, tupleize_cols=False), "shares"),
            strict=True,
        )
    )
    scale = max(1.0, *map(abs, value.values()))
    more = {}
    for size in range(1, len(people) + 1):
        for team in combinations(people, size):
            gain = value[frozenset(team)] - sum(share[one] for one in team)
            if gain > 1e-9 * scale:
                more[" + ".join(map(str, team))] = gain
    return pd.Series(more, dtype=float, name="more alone").sort_values(ascending=False)


def _game(values: Values) -> tuple[list[Hashable], dict[frozenset[Hashable], float]]:
    if not isinstance(values, Mapping) or not all(isinstance(team, frozenset) for team in values):
        raise ValueError(
            f"values: a mapping of frozensets of people to numbers is needed, got {shown(values)}"
        )
    people: list[Hashable] = sorted(
        {one for team in values for one in team}, key=_first_named(values)
    )
    if len(people) > LARGEST_TEAM:
        raise ValueError(
            f"values: a team of {len(people)} is too large, {LARGEST_TEAM} is the most"
        )
    value: dict[frozenset[Hashable], float] = {frozenset[Hashable](): 0.0, **values}
    for size in range(len(people) + 1):
        for team in combinations(people, size):
            if not np.isfinite(number(value.get(frozenset(team), np.nan))):
                raise ValueError(
                    f"values: team {listing(team) or 'of nobody'} has no finite number"
                )
    value = {team: number(worth) for team, worth in value.items()}
    if value[frozenset()] != 0:
        raise ValueError(f"values: nobody earns {value[frozenset()]:g}, that must be 0")
    return people, value


def _first_named(values: Values) -> Any:
    """Sort key: people as they come up, teams in their order, in a team by their text."""
    order: dict[Hashable, int] = {}
    for team in values:
        for one in sorted(team, key=str):
            order.setdefault(one, len(order))
    return order.__getitem__


def teams(names: Collection[str], values: Collection[float]) -> dict[frozenset[Hashable], float]:
    """Parts of a team as :func:`shapley` takes them, from names such as ``"ana + ben"``.

    Parameters
    ----------
    names : collection of str
        Of each part, its people joined by ``" + "``.
    values : collection of float
        What each part would earn alone.

    Examples
    --------
    >>> teams(["ana + ben"], [700]) == {frozenset(["ana", "ben"]): 700}
    True
    """
    names = [text_of(name, "names") for name in several(names, "names")]
    earned = labelled_vector(
        values if isinstance(values, np.ndarray) else several(values, "values"),
        pd.Index(names),
        "values",
    )
    return {
        frozenset(name.split(" + ")): value
        for name, value in zip(names, earned.tolist(), strict=True)
    }


def revenue_shares(credits: pd.DataFrame, revenue: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """What everybody gets of the revenue of each piece, by hours or by Shapley value.

    Parameters
    ----------
    credits : DataFrame
        Columns piece, worker, buyer, hours.
    revenue : DataFrame
        Columns piece, team (``"ana + ben"``), euros: what each part of the piece's team would earn
        alone.
    rule : {"hours", "Shapley"}

    Returns
    -------
    DataFrame
        Columns piece, worker, buyer, euros, in the order of the credits.

    Raises
    ------
    ValueError
        As :func:`crowdnb.market.scenes.proportional` and :func:`crowdnb.market.scenes.shapley`;
        unknown rule.

    Examples
    --------
    >>> made = pd.DataFrame({"worker": ["ana", "ben"], "hours": [1, 3]})
    >>> made = made.assign(piece="poem", buyer="press")
    >>> earned = pd.DataFrame({"team": ["ana", "ben", "ana + ben"], "euros": [60, 20, 100]})
    >>> earned = earned.assign(piece="poem")
    >>> [revenue_shares(made, earned, rule)["euros"].tolist() for rule in ("hours", "Shapley")]
    [[25.0, 75.0], [70.0, 30.0]]
    """
    one_of(rule, get_args(Rule), "rule")
    credits = numeric(
        labelled(credits, "credits", ["piece", "worker", "buyer"]), "credits", ["hours"]
    )
    revenue = numeric(labelled(revenue, "revenue", ["piece", "team"]), "revenue", ["euros"])
    for team in revenue["team"]:
        text_of(team, "revenue, column team")
    parts: list[pd.DataFrame] = []
    for piece in dict.fromkeys(credits["piece"]):
        rows, earned = (
            table.loc[[one == piece for one in table["piece"]]] for table in (credits, revenue)
        )
        values = teams(earned["team"], earned["euros"])
        hours = rows.set_index("worker")["hours"]
        if frozenset(hours.index) not in values:
            raise ValueError(
                f"revenue: no row of piece {piece} for the team {listing(hours.index)}"
            )
        share = (
            shapley(values)
            if rule == "Shapley"
            else proportional(values[frozenset(hours.index)], hours)
        )
        parts.append(
            rows[["piece", "worker", "buyer"]].assign(euros=share.loc[hours.index].to_numpy())
        )
    if not parts:
        raise ValueError("credits: there are no rows")
    return pd.concat(parts)


def incomes(shares: pd.DataFrame, answer: Assignment, fee: float = FEE) -> pd.DataFrame:
    """Incomes of everybody, workers × sources: a buyer each, and ``reviews`` at a fee each.

    Examples
    --------
    >>> from crowdnb import solve
    >>> from crowdnb.market.scenes import read_scene
    >>> scene = read_scene("content")
    >>> shares = revenue_shares(scene.extra["credits"], scene.extra["revenue"], "hours")
    >>> table = incomes(shares, solve(scene.problem()))
    >>> round(float(table.to_numpy().sum())) == round(shares["euros"].sum()) + 16 * FEE
    True
    """
    shares = numeric(labelled(shares, "shares", ["worker", "buyer"]), "shares", ["euros"])
    fee = real(fee, "fee")
    workers, buyers = (
        needs(answer, Assignment, "answer").problem.workers,
        pd.Index(sorted(set(hashable(shares["buyer"], "shares: buyer")), key=str), name="source"),
    )
    known(shares["worker"], workers, "shares: worker")
    table = np.zeros((len(workers), len(buyers)))
    np.add.at(
        table,
        (
            workers.get_indexer(pd.Index(shares["worker"])),
            buyers.get_indexer(pd.Index(shares["buyer"])),
        ),
        shares["euros"],
    )
    counted = workers.get_indexer(pd.Index(answer.pairs["worker"]))
    fees = fee * np.bincount(counted, minlength=len(workers))
    return pd.DataFrame(table, workers.rename("worker"), buyers).assign(reviews=fees)
