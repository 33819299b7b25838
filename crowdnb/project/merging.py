"""Next month's ratings beside those that are there: no rating twice, none lost.

With dates, a row (worker, criterion, mark, date) stands afterwards as often as it stands in that of
the two which has it more often: an export of the new month and one of all months come to the same.
Without dates nobody can tell a rating from the same one again, so the user says what is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.labels import count
from crowdnb.project.cells import as_label
from crowdnb.project.errors import ProjectError
from crowdnb.project.form import FORM
from crowdnb.project.marks import mark_of
from crowdnb.project.tables import ROWS, Table

_KEY = ["worker", "criterion", "rating", "date"]


class Merged(NamedTuple):
    """Ratings after an import: all of them, how many are new, how many stood there already."""

    ratings: pd.DataFrame
    added: int
    known: int


def old_ratings(table: Table, scales: Mapping[str, Scale]) -> pd.DataFrame:
    """The ratings of a folder as they are written again; ProjectError where they are wrong."""
    form, report = FORM["ratings"], table.report
    if table.has_columns(form.columns, form.optional):
        frame = pd.DataFrame(
            {
                "worker": table.labels("worker"),
                "criterion": table.labels("criterion"),
                "rating": table.numbers("rating"),
            }
        )
        cells = table.column("date") if "date" in table.header else [""] * len(frame)
        frame["date"] = [as_label(cell) for cell in cells]
        marks: dict[tuple[str, float], float | None] = {}
        for row, (criterion, value) in enumerate(
            zip(frame["criterion"], frame["rating"], strict=True)
        ):
            if criterion in scales and value == value:
                if (criterion, value) not in marks:
                    marks[criterion, value] = mark_of(value, scales[criterion], False)
                if marks[criterion, value] is None:
                    table.problem(
                        f"{value:g} is no mark of {criterion}, {scales[criterion]}, which this"
                        " import states; mend it, or --replace what is there",
                        row,
                        "rating",
                    )
    if report.problems:
        raise ProjectError(report.problems)
    return frame


def merged(old: pd.DataFrame, new: pd.DataFrame, add: bool, where: str) -> Merged:
    """Old and new ratings together.

    Parameters
    ----------
    old, new : DataFrame
        Columns worker, criterion, rating, date; an empty date for none.
    add : bool
        Whether ratings without a date are all new ones.
    where : str
        What messages call the file of the old ones.

    Raises
    ------
    ValueError
        Ratings have no date, and ``add`` is false; or there are too many.
    """
    undated = [int((frame["date"] == "").sum()) for frame in (old, new)]
    if any(undated) and not add:
        which = (
            f"{count(undated[1], 'rating')} of this file {_have(undated[1])}"
            if undated[1]
            else f"{count(undated[0], 'rating')} of {where} {_have(undated[0])}"
        )
        raise ValueError(
            f"{where} has {count(len(old), 'rating')} already, and {which} no date, so nobody can"
            " tell which are there twice: say --add (all of this file are new ones) or --replace"
            " (this file has all there are)"
        )
    number = old.groupby(_KEY, sort=False).size()
    turn = new.groupby(_KEY, sort=False).cumcount()
    there = pd.Series(
        number.reindex(pd.MultiIndex.from_frame(new[_KEY]), fill_value=0).to_numpy(), new.index
    )
    fresh = (turn >= there) | (new["date"] == "")
    ratings = pd.concat([old, new[fresh]], ignore_index=True)
    if len(ratings) > ROWS:
        raise ValueError(
            f"{where} would have {len(ratings):,} ratings, and at most {ROWS:,} can be dealt with"
        )
    return Merged(ratings, int(fresh.sum()), int((~fresh).sum()))


def _have(number: int) -> str:
    return "has" if number == 1 else "have"
