"""What of a table of ratings would be imported, and what was dropped, for a person to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.labels import count, listing
from crowdnb.project.marks import STARS

_ROWS_SHOWN = 5


@dataclass(frozen=True)
class RatingTable:
    """What of a table would be imported; ``str`` of it is what a person should see first.

    Attributes
    ----------
    source : str
        The file, or the file and its sheet.
    ratings : DataFrame
        Columns worker, criterion, rating (a mark of the criterion's scale) and, where the mapping
        names a column of dates, date (``2024-03-01``, or empty); in the order of the table.
    dropped : DataFrame
        Columns column, reason, count, example, line: what was left out, and where it is first.
    scales : dict
        The scale of each criterion, in the order of the criteria.
    notes : tuple of str
        What is worth a look.
    """

    source: str
    ratings: pd.DataFrame
    dropped: pd.DataFrame
    scales: Mapping[str, Scale]
    notes: tuple[str, ...] = field(default=())

    @property
    def text(self) -> str:
        """How many ratings, on which scale, the first rows, and what was dropped."""
        return self.text_with(self.ratings)

    def text_with(self, together: pd.DataFrame) -> str:
        """The same where these are all ratings that a project then has: who lacks some of them."""
        frame = self.ratings
        workers = frame["worker"].nunique()
        lines = [
            f"{self.source}: {count(len(frame), 'rating')} of {count(workers, 'worker')} on"
            f" {_criteria(list(self.scales))}.",
            *_scale_lines(self.scales),
        ]
        if "date" in frame and (dates := frame["date"][frame["date"] != ""]).size:
            lines.append(f"Dates from {dates.min()} to {dates.max()}.")
        first = frame.head(_ROWS_SHOWN)
        marks = [f"{value:.15g}" for value in first["rating"]]
        lines.append(first.assign(rating=marks).to_string(index=False))
        if len(frame) > _ROWS_SHOWN:
            lines.append("…")
        if len(self.dropped):
            lines += [f"Dropped: {self.dropped['count'].sum():,}", dropped_text(self.dropped)]
        else:
            lines.append("Nothing was dropped.")
        criteria = {*self.scales, *together["criterion"]}
        lacking = int((together.groupby("worker")["criterion"].nunique() < len(criteria)).sum())
        if lacking:
            lines.append(
                f"{count(lacking, 'worker')} without a rating on some criterion: --missing of the"
                " next command says what they count as (out, unknown, average)."
            )
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def __str__(self) -> str:
        return self.text


def dropped_text(dropped: pd.DataFrame) -> str:
    """What was dropped, as a small table."""
    return dropped.rename(columns={"line": "first line"}).to_string(index=False)


def _criteria(criteria: list[str]) -> str:
    return (
        f"{'criterion' if len(criteria) == 1 else f'{len(criteria)} criteria'} {listing(criteria)}"
    )


def _scale_lines(scales: Mapping[str, Scale]) -> list[str]:
    """The scale of all criteria, or each with those that have it."""
    by: dict[Scale, list[str]] = {}
    for criterion, scale in scales.items():
        by.setdefault(scale, []).append(criterion)
    if len(by) == 1:
        (scale,) = by
        return ["Whole stars from 1 to 5." if scale == STARS else f"Marks from {scale}."]
    return [f"Marks from {scale}: {listing(criteria)}." for scale, criteria in by.items()]
