"""Abilities of a project from its rating histories, under whatever settings (section 3.2).

A :class:`Reading` says how ratings become intervals; :func:`intervals_of` is the one way from a
project's ratings to its ability U. A worker without a rating on a criterion keeps a row: [0, 1]
stands there, the mean ends of the others, or, where such workers are left out of the problem,
[0, 1] that nothing reads.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import check_gamma, moved_intervals
from crowdnb.ability.counts import Counts, has_stars, scales_of
from crowdnb.ability.fading import Fading
from crowdnb.ability.intervals import Missing, Rule, ability_intervals
from crowdnb.ability.ratings import count_ratings
from crowdnb.labels import (
    BoolArray,
    as_listed,
    between,
    count,
    listing,
    needs,
    numbers,
    one_of,
    same_labels,
    unique_index,
)

if TYPE_CHECKING:
    from crowdnb.project.record import Project

# Columns of the ratings that a project holds where they have dates.
_DATED = ["worker", "criterion", "rating", "date"]


class Reading(NamedTuple):
    """How rating histories are read: the settings of ability, the paper's unless told otherwise.

    Attributes
    ----------
    gamma : float
        Influence of He (eq. 2), for ``"cloud"``.
    missing : {"error", "out", "unknown", "average"}
        What a worker without a rating on a criterion has there.
    half_life : float or None
        Days in which a rating loses half of its weight.
    ability : {"cloud", "posterior"}
    level : float
        Of ``"posterior"``.
    """

    gamma: float = 0.1
    missing: Missing = "error"
    half_life: float | None = None
    ability: Rule = "cloud"
    level: float = 0.9


def check_reading(
    missing: object,
    half_life: object,
    day: object,
    ability: object,
    level: object,
    rule: str = "ability",
) -> Fading:
    """Half-life and day, checked with the other settings of ability; ValueError names one.

    ``rule`` is what the argument of the rule is called.
    """
    one_of(missing, get_args(Missing), "missing")
    one_of(ability, get_args(Rule), rule)
    between(level, "level")
    return Fading(half_life, day)


def checked_reading(how: object) -> Reading:
    """A reading, its settings checked; ValueError names one."""
    given: Reading = needs(how, Reading, "how")
    check_gamma(given.gamma)
    check_reading(given.missing, given.half_life, None, given.ability, given.level)
    return given


def check_ratings(project: Project) -> None:
    """ValueError where a project's histories are none, or its settings do not fit them."""
    if project.ratings is not None:
        frame = needs(project.ratings, pd.DataFrame, "ratings")
        if list(frame.columns) != _DATED or frame["date"].dtype.kind != "M":
            raise ValueError(
                f"ratings: the columns {listing(_DATED)} are needed, the dates as datetime64; got"
                f" {listing(frame.columns)}"
            )
        if project.counts is None:
            raise ValueError("ratings: they need counts, which they are counted in")
    reading = project.reading
    for name, why in unfit(project, reading):
        raise ValueError(f"{name} is {_told(getattr(reading, name))}, and {why}")
    if project.counts is None:
        if project.day is not None:
            raise ValueError(f"day is {project.day}, and the project has no ratings with dates")
        return
    for level, labels in enumerate((project.workers, project.criteria)):
        there = project.counts.index.unique(level)
        same_labels(there, labels, "counts", every=project.missing == "error")
    if project.missing == "error" and (lacking := gap_texts(project)):
        raise ValueError(f"missing is 'error', and there is no rating of {listing(lacking, 3)}")
    if project.ratings is not None:
        again = counted_again(project, project.ratings, project.half_life)
        if not _same_counts(pd.DataFrame(project.counts), again):
            raise ValueError(
                f"ratings: with half_life {project.half_life} and day {project.day} they do not"
                " give these counts"
            )


def _same_counts(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    if one.shape != other.shape or not one.columns.equals(other.columns):
        return False
    unique_index(one.index, "counts")
    return bool(np.allclose(numbers(one.reindex(other.index)), other.to_numpy(), equal_nan=True))


def _told(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else repr(value)


def unfit(project: Project, how: Reading) -> Iterator[tuple[str, str]]:
    """Settings of ability that a project's ratings do not allow, each with the reason."""
    if project.counts is None:
        ready = project.given_qualification is not None
        has = "a ready-made Q" if ready else "ability intervals"
        for name in ("missing", "half_life", "ability"):
            if getattr(how, name) != Reading._field_defaults[name]:
                yield name, f"the project has {has}, and no ratings"
        return
    if how.half_life is not None:
        if project.ratings is None:
            yield "half_life", "no rating has a date"
        elif n := int(project.ratings["date"].isna().sum()):
            yield "half_life", f"{count(n, 'rating')} {'has' if n == 1 else 'have'} no date"
    if how.missing == "error" and project.missing != "error":
        if lacking := gap_texts(project):
            yield "missing", f"there is no rating of {listing(lacking, 3)}"
    if how.missing == "average":
        rated = rated_by(project.counts, project.workers, project.criteria)
        if len(never := project.criteria[np.flatnonzero(~rated.any(axis=0))]):
            yield "missing", f"nobody has a rating on {listing(never, 3)}, so it has no average"


def rated_by(counts: Counts, workers: pd.Index[Any], criteria: pd.Index[Any]) -> BoolArray:
    """Whether there is a rating, workers × criteria."""
    rated = np.zeros((len(workers), len(criteria)), dtype=bool)
    row = workers.get_indexer(counts.index.get_level_values(0))
    rated[row, criteria.get_indexer(counts.index.get_level_values(1))] = True
    return rated


def gap_texts(project: Project, workers: pd.Index[Any] | None = None) -> list[str]:
    """Who has no rating on what: "Ann on care", of all workers or of these; [] of intervals."""
    if project.counts is None:
        return []
    who = project.workers if workers is None else workers
    gaps = ~rated_by(project.counts, project.workers, project.criteria)
    gaps = gaps[project.workers.get_indexer(who)]
    return [
        f"{who[i]} on {_and(project.criteria[gaps[i]].tolist())}"
        for i in np.flatnonzero(gaps.any(axis=1)).tolist()
    ]


def _and(names: list[Any]) -> str:
    """Names in a clause that is one of several: a, b and c."""
    if not 1 < len(names) <= 3:
        return listing(names, 3)
    return f"{listing(names[:-1])} and {as_listed(names[-1])}"


def intervals_of(
    counts: Counts, workers: pd.Index[Any], criteria: pd.Index[Any], how: Reading
) -> pd.DataFrame:
    """Ability U of these workers, workers × (criterion, ``low`` / ``high``), in this order.

    Raises
    ------
    ValueError
        A rating is missing, and ``how`` says that this is an error; or nobody has a rating on a
        criterion of which the average is asked.
    """
    ends = ability_intervals(
        counts, how.gamma, missing="unknown", ability=how.ability, level=how.level
    )
    columns = pd.MultiIndex.from_product([criteria, ["low", "high"]], names=["criterion", "end"])
    table = ends.reindex(index=workers.rename("worker"), columns=columns)
    table.attrs = ends.attrs
    if len(counts) == len(workers) * len(criteria):
        return table
    gaps = ~rated_by(counts, workers, criteria)
    if how.missing == "error":
        i, k = np.argwhere(gaps)[0].tolist()
        raise ValueError(f"missing is 'error', and {workers[i]} has no rating on {criteria[k]}")
    cells = table.to_numpy(copy=True).reshape(len(workers), len(criteria), 2)
    if how.missing == "average":
        if len(never := criteria[np.flatnonzero(gaps.all(axis=0))]):
            raise ValueError(
                f"missing is 'average', and nobody has a rating on {listing(never, 3)}"
            )
        cells[gaps] = np.nan
        cells = np.where(gaps[:, :, None], np.nanmean(cells, axis=0), cells)
    else:
        cells[gaps] = 0.0, 1.0
    filled = pd.DataFrame(cells.reshape(table.shape), table.index, table.columns)
    filled.attrs = ends.attrs
    return filled


def counts_of(project: Project, half_life: float | None) -> Counts | None:
    """The counts of a project's ratings with this half-life; None where it has no ratings."""
    if project.counts is None or half_life == project.half_life:
        return project.counts
    if project.ratings is None:
        raise ValueError("half_life: no rating of the project has a date")
    return counted_again(project, project.ratings, half_life)


def counted_again(project: Project, ratings: pd.DataFrame, half_life: float | None) -> Counts:
    """Ratings of a project, counted on the scales of its counts."""
    counts = needs(project.counts, pd.DataFrame, "counts")
    stars = has_stars(counts)
    scales = None if stars else scales_of(counts)
    return counted(ratings, half_life, project.day, counts.shape[1] if stars else 5, scales)


def counted(
    ratings: pd.DataFrame,
    half_life: float | None,
    day: datetime.date | None,
    stars: int,
    scales: Any = None,
) -> Counts:
    """Ratings with dates, counted: those after the day left out, the others faded."""
    if day is not None:
        ratings = ratings[~(ratings["date"] > pd.Timestamp(day))]
    return count_ratings(ratings, stars, scales, half_life, None if half_life is None else day)


def ability_under(project: Project, given: pd.DataFrame, how: Reading) -> pd.DataFrame:
    """Ability U of a project under these settings; ``given`` is that of its own.

    Intervals without histories move with γ as if He were a tenth of En.
    """
    if how == project.reading:
        return given
    counts = counts_of(project, how.half_life)
    if counts is None:
        return given if how.gamma == project.gamma else moved_intervals(given, how.gamma)
    return intervals_of(counts, project.workers, project.criteria, how)


def fewest_under(project: Project, how: Reading) -> pd.Series[float] | None:
    """The smallest number of ratings over the criteria, by worker; None without histories.

    A criterion without a rating counts 0; where ratings fade, it is the sum of what each counts.
    """
    if (counts := counts_of(project, how.half_life)) is None:
        return None
    groups = counts.sum(axis=1).groupby(level="worker", sort=False)
    number = groups.min().where(groups.size() == len(project.criteria), 0)
    return number.reindex(project.workers, fill_value=0).rename("fewest_ratings")


def enough(project: Project, least: int, how: Reading) -> pd.Index[Any]:
    """Workers with so many ratings on every criterion, in their order.

    Where ``missing`` is ``"out"`` those with none on some criterion are not among them.

    Raises
    ------
    ValueError
        There is nobody, or only intervals are known and no ratings.
    """
    workers = project.workers
    out = how.missing == "out" and project.counts is not None
    if not least and not out:
        return workers
    same = how.half_life == project.half_life
    number = project.fewest_ratings if same else fewest_under(project, how)
    if number is None:
        ready = project.given_qualification is not None
        has = "a ready-made Q" if ready else "ability intervals"
        raise ValueError(
            f"min_ratings is {least}, and the project has {has}: there are no ratings to count"
        )
    fewest = number.to_numpy()
    if out and not fewest.any():
        raise ValueError(
            "missing is 'out', and every worker lacks a rating on some criterion: nobody is left"
        )
    kept = workers[(fewest >= least) & ((fewest > 0) | (not out))]
    if not len(kept):
        most = int(fewest.max() + 1e-9)  # a least number is a whole one
        hint = f"with {most} the first would stay"
        if not most:
            hint = f"nobody has 1, the most is {fewest.max():.3g}"
        fade = "" if how.half_life is None else ", as they fade"
        raise ValueError(
            f"min_ratings is {least}: every worker has fewer ratings on some criterion{fade}; {hint}"
        )
    return kept
