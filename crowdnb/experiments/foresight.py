"""Whom the next ratings prove right: plans on earlier ratings, measured by later ones (notebook 08).

The ratings of a project are split into earlier and later ones. Each rule for abilities plans on the
earlier ones, with the project's demands, weights, places and conflicts; the later ones say what
those whom it chose got afterwards, and how often a rating fell into its interval:

====================  ============================================================================
``cloud``             the paper's interval (eq. 2 and the count rule), with the project's γ
``cloud from 6``        the same, of workers with six ratings or more on every criterion
``posterior 90 %``    the interval in which the next rating lies with that probability at least
``posterior 50 %``    the same, of a lower level
``mean``              no interval: a worker's mean share, weighted by criterion, is Q for each task
``posterior mean``    the same with half a rating on every mark before the first real one
``anybody``           Q is the same for all: what chance comes to
====================  ============================================================================

Workers without an earlier rating on some criterion are left out. Ties are broken at random, since
whose label comes first proves nothing.

References
----------
L. J. Tashman, "Out-of-sample tests of forecasting accuracy: an analysis and review", International
Journal of Forecasting 16 (2000), 437-450.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.counts import Counts, mark_shares
from crowdnb.ability.intervals import ability_intervals
from crowdnb.ability.qualification import qualification
from crowdnb.ability.ratings import count_ratings
from crowdnb.labels import FloatArray, one_of, real, whole
from crowdnb.project.record import Project, Sources, problem_of, sources_of
from crowdnb.solver.program import solve

ENOUGH = 6  # ratings, from which on the paper's count rule asks the cloud model
LENGTHS = (1, 2, 3, 6, 20)  # ratings from which a history belongs to the next class
_LEVELS = {"posterior 90 %": 0.9, "posterior 50 %": 0.5}
# Added to Q at most, so that ties are broken at random: less than any difference that means something.
_TOSS = 1e-7
_PRIOR = 0.5  # ratings on every mark beforehand, as the posterior interval has them
_DATA = Path(__file__).parents[1] / "data" / "experiments"


def events(ratings: pd.DataFrame) -> pd.Series[int]:
    """Which rows were given together, as in one review: numbers 0, 1, … by row.

    An event lasts until the worker changes or a criterion comes again, so the rows of one stand
    together. Its marks are alike: a split must not go through it, or the later marks are foretold.
    """
    seen: set[Any] = set()
    before, number_of, found = None, -1, []
    for worker, criterion in zip(ratings["worker"], ratings["criterion"], strict=True):
        if worker != before or criterion in seen:
            before, seen, number_of = worker, set(), number_of + 1
        seen.add(criterion)
        found.append(number_of)
    return pd.Series(found, ratings.index, name="event", dtype=int)


def in_two(ratings: pd.DataFrame, later: pd.Series[bool]) -> tuple[Counts, Counts]:
    """The counts of earlier and of later ratings, of rows that are marked as later ones."""
    columns = ["worker", "criterion", "rating"]
    return count_ratings(ratings.loc[~later, columns]), count_ratings(ratings.loc[later, columns])


def last_events(ratings: pd.DataFrame, share: float) -> pd.Series[bool]:
    """Which rows are later ones: those of each worker's last events, whose rows come last.

    Parameters
    ----------
    ratings : DataFrame
        Columns worker, criterion, rating, the rows of a worker in the order of time.
    share : float
        Of a worker's events, rounded down; between 0 and 1.
    """
    of_worker = events(ratings).groupby(ratings["worker"], sort=False)
    place, size = of_worker.rank("dense"), of_worker.transform("nunique")
    later: pd.Series[bool] = place > size - np.floor(size * real(share, "share", 0, 1))
    return later


def half_of_events(ratings: pd.DataFrame, rng: np.random.Generator) -> pd.Series[bool]:
    """Which rows are later ones: those of random events, each by a fair coin."""
    event = events(ratings)
    coins = rng.random(int(event.max()) + 1) < 0.5
    return pd.Series(coins[event], ratings.index)


def chosen(
    project: Project, earlier: pd.DataFrame, later: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Whom each rule chooses by the earlier ratings, and what the later ones say of them.

    Parameters
    ----------
    project : Project
        Demands, weights, places and conflicts; its own ratings are not looked at.
    earlier, later : DataFrame
        Counts, as :func:`crowdnb.count_ratings` gives them, of the project's criteria.
    rng : Generator
        Breaks ties.

    Returns
    -------
    DataFrame
        Index ``rule``, those that have an assignment. ``places``, how many are filled; ``rated``,
        how many of these by a worker with later ratings on every criterion; ``mean``, the mean over
        these of the later share, weighted by criterion; ``meets``, the weighted part of later
        ratings that reach the lower end of what the worker's task asks; ``few``, places of workers
        with fewer than :data:`ENOUGH` earlier ratings on some criterion.

    Raises
    ------
    ValueError
        The project has Q ready-made.
    """
    weights, demand = (sources := sources_of(project, "ratings")).criteria_weights, sources.demand
    fewest = earlier.sum(axis=1).unstack("criterion").min(axis=1, skipna=False)
    share = _by_criterion(_means(later), later).reindex(columns=weights.index)
    reached = _reached(later, demand)
    rows = {}
    for rule, q in _qualifications(project, sources, earlier):
        if q.empty:
            continue
        toss = q + _TOSS * rng.random(q.shape)
        answer = solve(problem_of(project, toss / (1 + _TOSS)))
        if answer.status == "infeasible":
            continue
        pairs = answer.pairs
        got = share.reindex(pairs["worker"])
        met = reached.reindex(
            pd.MultiIndex.from_frame(pairs[["worker", "task"]]), columns=weights.index
        )
        known = met.notna().to_numpy() * weights.to_numpy()
        rows[rule] = {
            "places": len(pairs),
            "rated": int(got.notna().all(axis=1).sum()),
            "mean": float((got.dropna() @ weights).mean()),
            "meets": float((met.fillna(0).to_numpy() * known).sum() / (known.sum() or np.nan)),
            "few": int((fewest.reindex(pairs["worker"]) < ENOUGH).sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("rule")


def held(earlier: pd.DataFrame, later: pd.DataFrame, gamma: float = 0.1) -> pd.DataFrame:
    """How often the next rating lies in the interval of the earlier ones, by their number.

    Returns
    -------
    DataFrame
        Index (``rule``, ``ratings``), a class of :data:`LENGTHS` by the least number in it.
        ``later``, ratings; ``inside``, how many of them in the interval of their history; ``width``,
        the sum of the widths of these intervals, one for each of the ratings.
    """
    both = earlier.index.intersection(later.index)
    before, after = earlier.loc[both], later.loc[both].to_numpy(dtype=float)
    length = np.array(LENGTHS)[np.searchsorted(LENGTHS, before.sum(axis=1), "right") - 1]
    marks = mark_shares(before)
    found = []
    for rule, ability in _intervals(before, gamma, missing="unknown"):
        wide = ability.stack("criterion", future_stack=True).reindex(both)
        low, high = (wide[end].to_numpy()[:, np.newaxis] for end in ("low", "high"))
        inside = (after * ((marks > low - 1e-9) & (marks < high + 1e-9))).sum(axis=1)
        n = after.sum(axis=1)
        table = pd.DataFrame(
            {"ratings": length, "later": n, "inside": inside, "width": n * (high - low)[:, 0]}
        )
        found.append(table.groupby("ratings").sum().assign(rule=rule))
    return pd.concat(found).set_index("rule", append=True).swaplevel()


def of_halves(
    project: Project, ratings: pd.DataFrame, repeats: int = 100, seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """:func:`chosen` and :func:`held` of many random halves of a project's ratings.

    Returns
    -------
    DataFrame, DataFrame
        As the two have them, below a level ``at`` of the index: 0, 1, … Each repeat has a seed of
        its own, so the first ones are the same however many there are.
    """
    seed = whole(seed, "seed", 0, rule="must not be negative")
    plans, intervals = {}, {}
    for repeat in range(whole(repeats, "repeats", rule="must be at least {}")):
        rng = np.random.default_rng([seed, repeat])
        earlier, later = in_two(ratings, half_of_events(ratings, rng))
        plans[repeat] = chosen(project, earlier, later, rng)
        intervals[repeat] = held(earlier, later, project.gamma)
    return pd.concat(plans, names=["at"]), pd.concat(intervals, names=["at"])


def stored(name: str) -> pd.DataFrame:
    """Rows of the shipped lounges that come with the package; ``benchmarks/foresight.py`` made them.

    Parameters
    ----------
    name : {"chosen", "held"}
        As the function of this name has them, below two levels of the index: ``split``, how the
        ratings were split ("half", "last" or "day"), and ``at``, the repeat, the share or the day.
    """
    one_of(name, ("chosen", "held"), "name")
    keys = ["split", "at", "rule"] + ["ratings"] * (name == "held")
    return pd.read_csv(_DATA / f"lounges_{name}.csv.gz", comment="#").set_index(keys)


def _intervals(
    counts: pd.DataFrame, gamma: float, missing: Any
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Abilities by each rule that has intervals."""
    yield "cloud", ability_intervals(counts, gamma, missing=missing)
    for rule, level in _LEVELS.items():
        yield (
            rule,
            ability_intervals(counts, missing=missing, ability="posterior", level=level),
        )


def _qualifications(
    project: Project, sources: Sources, earlier: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Q by each rule, of the workers who have an earlier rating on every criterion."""
    weights, demand = sources.criteria_weights, sources.demand
    for rule, ability in _intervals(earlier, project.gamma, missing="out"):
        q = qualification(ability, demand, weights)
        yield rule, q
        if rule == "cloud":
            number_of = earlier.sum(axis=1).unstack("criterion").loc[q.index]
            yield f"cloud from {ENOUGH}", q[number_of.min(axis=1) >= ENOUGH]
    for rule, prior in (("mean", 0.0), ("posterior mean", _PRIOR)):
        mean = _by_criterion(_means(earlier, prior), earlier)
        worth = mean.loc[q.index, weights.index] @ weights
        yield rule, pd.DataFrame(dict.fromkeys(q.columns, worth))
    yield "anybody", q * 0 + 0.5


def _means(counts: pd.DataFrame, prior: float = 0.0) -> FloatArray:
    """The mean share of each history, with so many ratings on every mark beforehand."""
    share = mark_shares(counts)
    n = np.where(np.isnan(share), 0, counts.fillna(0).to_numpy(dtype=float) + prior)
    return np.asarray((n * np.nan_to_num(share)).sum(axis=1) / n.sum(axis=1))


def _by_criterion(values: FloatArray, counts: pd.DataFrame) -> pd.DataFrame:
    """A number for each history as workers × criteria."""
    return pd.Series(values, counts.index).unstack("criterion")


def _reached(later: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Part of the later ratings that reach a task's lower end: (worker, task) × criteria."""
    share, n = mark_shares(later), later.fillna(0).to_numpy(dtype=float)
    criterion = later.index.get_level_values("criterion")
    parts = {}
    for task, low in demand.xs("low", axis=1, level=1).iterrows():
        enough = share >= low[criterion].to_numpy()[:, np.newaxis] - 1e-9
        parts[task] = _by_criterion((n * enough).sum(axis=1) / n.sum(axis=1), later)
    return pd.concat(parts, names=["task"]).swaplevel()
