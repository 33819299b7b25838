r"""The article's three scenes as projects: customer service, content creation, medical consultation (its section 6).

Each scene is a folder in the form of any project, with ``options.json`` (what
:class:`crowdnb.Problem` takes beyond the paper) and a folder ``extra`` of further tables. All data
are made, by tests/scenemaker.py of the repository.

Customer service. A bot answers an inquiry when its confidence p, the probability that the answer is
right, reaches a threshold θ; a person answers the others, and those that come back because the bot
was wrong. With prices c of a person's answer, b of the bot's and d for a customer told wrong, an
inquiry costs c by hand and b + (1 - p)(c + d) by bot, so the cheapest threshold is

    θ* = 1 - (c - b) / (c + d)

Content creation. Two people are tied when they have made a piece together or are friends; the
distance of two people is the least number of ties between them. Who is within a distance of an
author does not review the piece. A team's revenue is a number v(S) for every part S of it: what
these people alone would earn. Two rules share v(N):

    proportional   x_i = v(N) c_i / Σ c                          c: credits, hours of work say
    Shapley        x_i = Σ_{S ∌ i} |S|! (n - |S| - 1)! / n! · (v(S ∪ {i}) - v(S))

Medical consultation. Who lacks a credential for the field of a case, valid on its day, does not get
the case, however high the score: T_ij = 0, a rule and no criterion.

References
----------
C. K. Chow, "On optimum recognition error and reject tradeoff", IEEE Trans. Information Theory 16 (1970) 41-46.
L. S. Shapley, "A value for n-person games", in: Contributions to the Theory of Games II, Princeton 1953, 307-317.
"""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from heapq import heapify, heapreplace
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import shortest_path

from crowdnb.labels import (
    FloatArray,
    finite,
    hashable,
    labelled,
    labelled_vector,
    listing,
    needs,
    needs_frame,
    number,
    number_frame,
    numbers,
    numeric,
    one_of,
    path_of,
    real,
    same_labels,
    several,
    shown,
    text_of,
    unique_index,
    whole,
)
from crowdnb.market.inequality import not_negative
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem, zero_one
from crowdnb.project.files import FILE_BYTES, OPTIONS, read_file, read_json
from crowdnb.project.folder import read_project
from crowdnb.project.record import Project

FOLDER = Path(__file__).parents[1] / "data" / "scenes"
NAMES = ("service", "content", "medical")
OPEN = 480.0  # minutes that a person answers customers
BACK = 10.0  # minutes after which a customer told wrong comes back
# euros: a person's answer, the bot's, and the harm of a wrong one
PERSON, BOT, WRONG = 3.0, 0.05, 4.0
FEE = 40.0  # euros: a review

Rule = Literal["hours", "Shapley"]
Gate = Literal["hard"] | float
Values = Mapping[frozenset[Hashable], float]
LARGEST_TEAM = 12  # 2^12 parts
# what a row of inquiries must have
INQUIRY = ("minute", "confidence", "right", "handling", "person")


@dataclass(frozen=True, eq=False)
class Scene:
    """A project with the options its scene needs, and its further tables.

    Attributes
    ----------
    project : Project
    options : dict
        Keyword arguments of :class:`crowdnb.Problem`: conflict_scope, worker_limits, costs, budget.
    extra : dict of str to DataFrame
        The tables in ``extra``, by name.
    """

    project: Project
    options: dict[str, Any]
    extra: dict[str, pd.DataFrame]

    def problem(self, **changes: Any) -> Problem:
        """The assignment problem with the scene's options; ``changes`` stand in for any of its fields."""
        return self.project.problem().changed(**{**self.options, **changes})


def read_scene(folder: str | Path) -> Scene:
    """Read a scene: ``"service"``, ``"content"`` or ``"medical"``, or a folder of the same form.

    Raises
    ------
    ProjectError, ValueError
        As :func:`crowdnb.read_project`; ``options.json`` is not valid.
    OSError
        ``options.json`` is not there.

    Examples
    --------
    >>> scene = read_scene("medical")
    >>> scene.problem()
    <Problem: 10 workers, 8 tasks, 12 places, 53 worker-task and 4 worker-worker conflicts (task)>
    >>> list(scene.extra)
    ['cases', 'credentials', 'visits']
    """
    path = path_of(folder, "folder")
    path = FOLDER / path if folder in NAMES else path
    (path / OPTIONS).stat()
    options = read_json(path / OPTIONS)
    if not isinstance(options, dict):
        raise ValueError(f"{OPTIONS}: entries by name, in braces, are needed")
    if "costs" in options:
        options["costs"] = pd.DataFrame.from_dict(options["costs"], orient="index")
    extra = {
        file.stem: pd.read_csv(io.BytesIO(read_file(file, FILE_BYTES)))
        for file in sorted((path / "extra").glob("*.csv"))
    }
    project = read_project(path)
    # here they are read
    notes = tuple(note for note in project.notes if not note.startswith(OPTIONS))
    return Scene(replace(project, notes=notes), options, extra)


# Customer service


@dataclass(frozen=True, eq=False)
class HandOver:
    """A day at one threshold: who answered, who waited, and what it came to.

    Attributes
    ----------
    threshold : float
        θ in [0, 1].
    staff : int
        People who answer.
    inquiries : int
        How many came.
    wrong : int
        How many the bot told wrong.
    calls : DataFrame
        What people answered, in the order asked: asked, start, handling, in minutes of the day.
    """

    threshold: float
    staff: int
    inquiries: int
    wrong: int
    calls: pd.DataFrame

    @property
    def by_people(self) -> float:
        """Share of the inquiries that people answered, in [0, 1]; those that came back are among them."""
        return len(self.calls) / self.inquiries

    @property
    def load(self) -> float:
        """People's work over their time: minutes of handling / (staff · 480). Above 1 it floods them."""
        return math.fsum(self.calls["handling"]) / (self.staff * OPEN)

    @property
    def waits(self) -> FloatArray:
        """Minutes from asking for a person to being answered, a value a call."""
        return np.asarray(self.calls["start"] - self.calls["asked"], dtype=float)

    @property
    def mean_wait(self) -> float:
        """Minutes, 0 when nobody asked for a person."""
        return float(self.waits.mean()) if len(self.calls) else 0.0

    def queue(self, minutes: FloatArray) -> FloatArray:
        """How many wait for a person at each of these minutes of the day."""
        minutes = finite(minutes, "minutes")
        asked, start = (
            np.sort(self.calls[name].to_numpy(dtype=float)) for name in ("asked", "start")
        )
        return np.asarray(
            np.searchsorted(asked, minutes, side="right")
            - np.searchsorted(start, minutes, side="right"),
            dtype=float,
        )

    @cached_property
    def longest_queue(self) -> int:
        """Most customers who waited at once; it is reached when somebody has just asked."""
        return (
            int(self.queue(self.calls["asked"].to_numpy(dtype=float)).max())
            if len(self.calls)
            else 0
        )

    def cost(self, person: float = PERSON, bot: float = BOT, wrong: float = WRONG) -> float:
        """Euros for the day at these prices; a customer told wrong costs a bot's answer, the harm, and a person's."""
        person, bot, wrong = _prices(person, bot, wrong)
        answered_by_bot = self.inquiries - len(self.calls) + self.wrong
        return person * len(self.calls) + bot * answered_by_bot + wrong * self.wrong


def hand_over(inquiries: pd.DataFrame, threshold: float, staff: int) -> HandOver:
    """Let the bot answer from a confidence on, and people the rest, first come, first served.

    Parameters
    ----------
    inquiries : DataFrame
        A row an inquiry: minute (of the day), confidence in [0, 1], right (whether the bot's answer
        would be, 0/1), handling (minutes a person takes), person (1: never for the bot).
    threshold : float
        θ in [0, 1]: the bot answers where its confidence is θ or more.
    staff : int
        People who answer, 1 or more.

    Returns
    -------
    HandOver
        People work until nobody waits. A customer told wrong asks for a person 10 minutes later.

    Raises
    ------
    ValueError
        The threshold is outside [0, 1], or the staff is not a whole number above 0.

    Notes
    -----
    As θ rises each inquiry goes from "a person if the bot is wrong" to "a person": work
    never falls.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = ["minute", "confidence", "right", "handling", "person"]
    >>> day = pd.DataFrame([[0, 0.9, 1, 5, 0], [1, 0.4, 1, 5, 0], [2, 0.8, 0, 5, 0]], columns=columns)
    >>> one = hand_over(day, 0.5, staff=1)
    >>> one.calls.to_numpy().tolist(), one.wrong
    ([[1.0, 1.0, 5.0], [12.0, 12.0, 5.0]], 1)
    """
    if not 0 <= number(threshold) <= 1:
        raise ValueError(f"threshold must lie in [0, 1], got {shown(threshold)}")
    threshold, staff = number(threshold), whole(staff, "staff")
    inquiries = numeric(inquiries, "inquiries", INQUIRY)
    at_once = _to_people(inquiries, threshold)
    wrong = ~at_once & (inquiries["right"].to_numpy() == 0)
    asked = inquiries["minute"].to_numpy(dtype=float) + BACK * wrong
    handling = inquiries["handling"].to_numpy(dtype=float)
    turn = np.flatnonzero(at_once | wrong)
    turn = turn[np.argsort(asked[turn], kind="stable")]
    free = [0.0] * min(staff, len(inquiries) + 1)  # more than come are never busy
    heapify(free)
    start = np.empty(len(turn))
    for at, inquiry in enumerate(turn.tolist()):
        start[at] = max(asked[inquiry], free[0])
        heapreplace(free, start[at] + handling[inquiry])
    calls = pd.DataFrame({"asked": asked[turn], "start": start, "handling": handling[turn]})
    return HandOver(threshold, staff, len(inquiries), int(wrong.sum()), calls)


def _to_people(inquiries: pd.DataFrame, threshold: float) -> Any:
    return (inquiries["confidence"].to_numpy() < threshold) | (inquiries["person"].to_numpy() == 1)


def flood_point(inquiries: pd.DataFrame, staff: int) -> float:
    """The highest threshold at which people still have time for the day's work; NaN when even 0 is too high.

    Between two confidences that occur nothing changes, so these and 1 are all that need be tried;
    work only rises.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.DataFrame({"minute": 0, "confidence": [0.2, 0.5, 0.9], "right": 1, "handling": 300, "person": 0})
    >>> flood_point(day, staff=1), flood_point(day, staff=2)
    (0.5, 1.0)
    """
    staff, inquiries = whole(staff, "staff"), numeric(inquiries, "inquiries", INQUIRY)
    tried = np.unique(np.append(finite(inquiries["confidence"], "confidence"), [0.0, 1.0]))
    wrong, handling = (
        inquiries["right"].to_numpy() == 0,
        inquiries["handling"].to_numpy(dtype=float),
    )
    low, high = -1, len(tried)
    while high - low > 1:
        middle = (low + high) // 2
        if math.fsum(handling[_to_people(inquiries, tried[middle]) | wrong]) > staff * OPEN:
            high = middle
        else:
            low = middle
    return float(tried[low]) if low >= 0 else np.nan


def cheapest_threshold(person: float = PERSON, bot: float = BOT, wrong: float = WRONG) -> float:
    """θ* = 1 - (c - b)/(c + d), cut to [0, 1]: below it a person's answer is the cheaper one to expect.

    Parameters
    ----------
    person, bot, wrong : float
        Prices c, b and d, in one unit, ≥ 0; c + d is above 0.

    Examples
    --------
    >>> cheapest_threshold(person=3, bot=0, wrong=3)
    0.5
    """
    person, bot, wrong = _prices(person, bot, wrong)
    if person + wrong == 0:
        raise ValueError("person, wrong: at least one of the two prices must be above 0")
    return float(np.clip(1 - (person - bot) / (person + wrong), 0, 1))


def _prices(person: float, bot: float, wrong: float) -> tuple[float, float, float]:
    """Prices ≥ 0; ValueError names the first that is none."""
    for name, price in (("person", person), ("bot", bot), ("wrong", wrong)):
        if not 0 <= number(price) < np.inf:
            raise ValueError(f"{name}: a price of 0 or more is needed, got {shown(price)}")
    return number(person), number(bot), number(wrong)


def expected_cost(
    confidence: FloatArray,
    threshold: float,
    person: float = PERSON,
    bot: float = BOT,
    wrong: float = WRONG,
) -> float:
    """Cost to expect of inquiries with these confidences at a threshold, in the unit of the prices.

    Examples
    --------
    >>> expected_cost([0.75, 0.25], 0.5, person=4, bot=0, wrong=4)
    6.0
    """
    person, bot, wrong = _prices(person, bot, wrong)
    p, threshold = finite(confidence, "confidence"), real(threshold, "threshold")
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"confidence: {p[(p < 0) | (p > 1)][0]:g} is not in [0, 1]")
    return float(np.where(p < threshold, person, bot + (1 - p) * (person + wrong)).sum())


# Content creation


def distances(credits: pd.DataFrame, friends: pd.DataFrame) -> pd.DataFrame:
    """Ties between every two people: 0 oneself, 1 made a piece together or friends, 2 a friend's friend, and so on.

    Parameters
    ----------
    credits : DataFrame
        Columns piece, worker: who has made what.
    friends : DataFrame
        Workers × workers, 0/1, symmetric.

    Returns
    -------
    DataFrame
        Workers × workers; ``inf`` where no ties lead from one to the other.

    Examples
    --------
    >>> names = ["ana", "ben", "chi"]
    >>> friends = pd.DataFrame([[0, 0, 0], [0, 0, 1], [0, 1, 0]], names, names)
    >>> made = pd.DataFrame({"piece": ["poem", "poem"], "worker": ["ana", "ben"]})
    >>> distances(made, friends).loc["ana"].to_dict()
    {'ana': 0.0, 'ben': 1.0, 'chi': 2.0}
    """
    labelled(credits, "credits", ["piece", "worker"])
    workers = needs_frame(friends, "friends").index
    same_labels(friends.columns, unique_index(workers, "friends"), "friends, columns")
    tie = zero_one(friends.reindex(columns=workers).to_numpy())
    if np.isnan(tie).any() or (tie != tie.T).any():
        raise ValueError("friends: each cell must be 0 or 1, and the frame symmetric")
    _known(credits["worker"], workers, "credits: worker")
    made = (
        pd.crosstab(credits["worker"], credits["piece"]).reindex(workers, fill_value=0).to_numpy()
    )
    tied = (made @ made.T > 0) | (tie > 0)
    np.fill_diagonal(tied, False)
    return pd.DataFrame(shortest_path(tied.astype(float), unweighted=True), workers, workers)


def too_close(credits: pd.DataFrame, distance: pd.DataFrame, reach: int) -> pd.DataFrame:
    """Who may not review what: workers within ``reach`` ties of an author, a 0/1 frame, workers × pieces.

    Parameters
    ----------
    credits : DataFrame
        Columns piece, worker.
    distance : DataFrame
        As :func:`distances` gives it.
    reach : int
        -1 nobody, 0 the authors, 1 also who is tied to one, 2 also who is tied to these …

    Examples
    --------
    >>> names = ["ana", "ben"]
    >>> apart = pd.DataFrame([[0, np.inf], [np.inf, 0]], names, names)
    >>> too_close(pd.DataFrame({"piece": ["poem"], "worker": ["ana"]}), apart, 0)["poem"].to_dict()
    {'ana': 1, 'ben': 0}
    """
    labelled(credits, "credits", ["piece", "worker"])
    reach = whole(reach, "reach", -1)
    workers = unique_index(needs_frame(distance, "distance").index, "distance")
    same_labels(distance.columns, workers, "distance, columns")
    if not (numbers(distance) >= 0).all():
        raise ValueError("distance: each cell must be a number of 0 or more, or inf")
    _known(credits["worker"], workers, "credits: worker")
    near = {
        piece: (distance[list(authors)].min(axis=1) <= reach).astype(int)
        for piece, authors in credits.groupby("piece", sort=False)["worker"]
    }
    return pd.DataFrame(near, index=distance.index)


def reviews(scene: Scene, reach: int) -> Problem:
    """The content scene's problem when nobody within ``reach`` ties of an author reviews the piece."""
    credits = table_of(scene, "credits")
    distance = distances(credits, scene.project.worker_conflicts)
    return scene.problem(task_conflicts=too_close(credits, distance, reach))


def table_of(scene: Scene, name: str) -> pd.DataFrame:
    """A further table of a scene; ValueError where it has none of that name."""
    if text_of(name, "name") not in (extra := needs(scene, Scene, "scene").extra):
        raise ValueError(
            f"scene: no table has the name {shown(name)}; there are {listing(extra) or 'none'}"
        )
    return extra[name]


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
    labels = unique_index(credits.index if isinstance(credits, pd.Series) else credits, "credits")
    given = pd.Series(
        list(credits.values if isinstance(credits, pd.Series) else credits.values()),
        labels,
        dtype=object,
    )
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
    """Sort key: people as they come up, teams in the order given, those first named together by their text."""
    order: dict[Hashable, int] = {}
    for team in values:
        for one in sorted(team, key=str):
            order.setdefault(one, len(order))
    return order.__getitem__


def teams(names: Collection[str], values: Collection[float]) -> dict[frozenset[Hashable], float]:
    """Parts of a team as :func:`shapley` takes them, from names such as ``"ana + ben"`` and what each earns.

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
    >>> made = pd.DataFrame({"piece": "poem", "worker": ["ana", "ben"], "buyer": "press", "hours": [1, 3]})
    >>> earned = pd.DataFrame({"piece": "poem", "team": ["ana", "ben", "ana + ben"], "euros": [60, 20, 100]})
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
    _known(shares["worker"], workers, "shares: worker")
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


# Medical consultation


def consultations(scene: Scene, gate: Gate = "hard", limit: int = 2) -> Problem:
    """The medical scene's problem with another gate, or another number of cases a doctor may take.

    Parameters
    ----------
    scene : Scene
    gate : "hard" or float
        ``"hard"``: no credential, no case. A number a in [0, 1]: the credential is a criterion of
        weight a (:func:`softened`), and 0 ignores it. Other conflicts of doctors with cases stay.
    limit : int
        Cases a doctor may take.
    """
    problem = needs(scene, Scene, "scene").problem(worker_limits=whole(limit, "limit", 0))
    if isinstance(gate, str) and gate == "hard":
        return problem
    if not 0 <= number(gate) <= 1:
        raise ValueError(f"gate must be 'hard' or a number in [0, 1], got {shown(gate)}")
    lacking = without_credential(
        table_of(scene, "credentials"), table_of(scene, "cases"), problem.workers
    )
    other = ((problem.task_conflicts == 1) & (lacking == 0)).astype(int)
    return problem.changed(
        qualification=softened(problem.qualification, lacking, gate), task_conflicts=other
    )


def without_credential(
    credentials: pd.DataFrame, cases: pd.DataFrame, workers: pd.Index[Any]
) -> pd.DataFrame:
    """Who may not take which case: no credential in its field that is valid on its day; 0/1, workers × cases.

    Parameters
    ----------
    credentials : DataFrame
        Columns worker, field, valid_to (YYYY-MM-DD, that day included).
    cases : DataFrame
        Columns task, field, day (YYYY-MM-DD).
    workers : Index
        Everybody; who has no credential at all may take nothing.

    Examples
    --------
    >>> held = pd.DataFrame({"worker": ["a", "b"], "field": "heart", "valid_to": ["2027-01-01", "2025-12-31"]})
    >>> cases = pd.DataFrame({"task": ["c1"], "field": ["heart"], "day": ["2026-03-02"]})
    >>> without_credential(held, cases, pd.Index(["a", "b", "c"]))["c1"].to_dict()
    {'a': 0, 'b': 1, 'c': 1}
    """
    labelled(credentials, "credentials", ["worker", "field", "valid_to"])
    labelled(cases, "cases", ["task", "field", "day"])
    workers = unique_index(
        several(workers, "workers"), str(getattr(workers, "name", None) or "workers")
    )
    _known(credentials["worker"], workers, "credentials: worker")
    unique_index(cases["task"], "cases: task")
    lacking = pd.DataFrame(1, index=workers, columns=pd.Index(cases["task"], name="task"))
    held = credentials.assign(valid_to=_days(credentials["valid_to"], "credentials: valid_to"))
    for task, field, day in zip(
        cases["task"], cases["field"], _days(cases["day"], "cases: day"), strict=True
    ):
        able = held.loc[(held["field"] == field) & (held["valid_to"] >= day), "worker"]
        lacking.loc[able.unique(), task] = 0
    return lacking


def softened(qualification: pd.DataFrame, lacking: pd.DataFrame, weight: float) -> pd.DataFrame:
    """Q with the credential as one more criterion: (1 - a) Q + a (1 - lacking), a = ``weight`` in [0, 1].

    What a platform does that adds credentials to the score; the notebook shows that it is no gate.

    Examples
    --------
    >>> q, lacking = pd.DataFrame([[0.5], [0.9]]), pd.DataFrame([[0], [1]])
    >>> softened(q, lacking, 0.2)[0].round(2).tolist()
    [0.6, 0.72]
    """
    if not 0 <= number(weight) <= 1:
        raise ValueError(f"weight must lie in [0, 1], got {shown(weight)}")
    weight, qualification = number(weight), number_frame(qualification, "qualification")
    lacking = number_frame(lacking, "lacking")
    same_labels(lacking.index, qualification.index, "lacking, rows")
    same_labels(lacking.columns, qualification.columns, "lacking, columns")
    return (1 - weight) * qualification + weight * (1 - lacking)


def _days(written: pd.Series[Any], where: str) -> pd.Series[Any]:
    """Days as dates; ValueError names the first that is none."""
    if written.empty:
        return pd.to_datetime(written)
    dates = pd.to_datetime(
        written.map(lambda day: day if isinstance(day, str | date | np.datetime64) else None),
        errors="coerce",
    )
    if dates.isna().any():
        raise ValueError(
            f"{where} is {shown(written[dates.isna()].iloc[0])}, a day (YYYY-MM-DD) is needed"
        )
    return dates


def _known(labels: pd.Series[Any], known: pd.Index[Any], where: str) -> None:
    hashable(labels, where)
    strange: Mapping[Hashable, None] = dict.fromkeys(
        label for label in labels if label not in known
    )
    if strange:
        raise ValueError(f"{where} {listing(strange)} is not one of {listing(known)}")
