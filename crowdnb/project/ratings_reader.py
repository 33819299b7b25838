"""The rating histories of a project read: marks, dates, and who lacks a rating.

Every row has its line. A rating after the day of the plan is no part of the counts, and a note
names the first lines of such.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.counts import Counts
from crowdnb.ability.fading import day_of
from crowdnb.ability.intervals import Missing
from crowdnb.ability.ratings import count_ratings
from crowdnb.ability.scale import Scale, is_mark
from crowdnb.labels import listing
from crowdnb.order import natural_key
from crowdnb.project.abilities import Reading, counted
from crowdnb.project.cells import as_label
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import Report
from crowdnb.project.form import HISTORIES, MOST_OF
from crowdnb.project.plain_ratings import PlainRatings
from crowdnb.project.reader import Reader
from crowdnb.project.tables import Table

_FIRST = 3  # lines that a note names


class Asked(NamedTuple):
    """What is asked of the ratings: ``stars`` where a criterion has no scale of its own."""

    stars: int
    scales: Mapping[str, Scale] | None  # None where they are not known for a mistake
    missing: Missing
    half_life: float | None
    day: datetime.date | None
    today: datetime.date


class Ratings(NamedTuple):
    """The histories; ``dated`` are the single ratings where some have a date.

    ``workers`` are all whom a row names, ``day`` is the day of the plan.
    """

    counts: Counts
    workers: list[str]
    dated: pd.DataFrame | None
    day: datetime.date | None


def read_ratings(reader: Reader, criteria: list[str] | None, asked: Asked) -> Ratings | None:
    """The rating histories; None where there are none, or none that can be used."""
    if (plain := reader.plain) is not None:
        if (found := _at_once(plain, reader, criteria, asked)) is not None:
            return found
        if (again := read_csv(plain.path, reader.report)) is not None:
            reader.all["ratings"] = again
    table = reader.table("ratings")
    if table is None:
        return None
    worker, criterion = table.labels("worker"), table.labels("criterion")
    if reader.too_many(table, worker, "worker") or reader.too_many(table, criterion, "criterion"):
        return None
    if criteria is not None:
        reader.known_criteria(table, criterion, criteria)
    rating = _marks(table, criterion, asked)
    frame = pd.DataFrame({"worker": worker, "criterion": criterion, "rating": rating})
    workers = sorted({*worker} - {""}, key=natural_key)
    days, kept = _dates(table, asked)
    if days is not None:
        dates = [as_label(cell) for cell in table.column("date")]
        told = frame.assign(date=dates).set_axis(table.lines)
        _note_doubles(reader.report, table.where, told, table.line_word)
        frame["date"] = days
    good = (frame["worker"] != "") & (frame["criterion"] != "") & frame["rating"].notna()
    if days is not None and asked.half_life is not None:
        good &= days.notna()  # the others were reported
    have = set(frame.loc[good & kept, ["worker", "criterion"]].itertuples(index=False, name=None))
    own = asked.scales or {}
    scales = {one: scale for one, scale in own.items() if one in set(criterion)}
    marks = max([asked.stars, *(len(scale.marks) for scale in scales.values())])
    if len(have) * marks > HISTORIES:
        most = f"at most {HISTORIES // marks:,} can be dealt with on a scale of {marks:,}"
        table.problem(
            f"there are {len(have):,} histories, and {most} {'marks' if scales else 'stars'}"
        )
        return None
    if asked.missing == "error":
        tried = set(zip(worker, criterion, strict=True)) if kept.all() else have
        if kept.any():  # else no rating counts, which was reported
            until = "" if kept.all() else f" up to {_day_of_plan(days, asked)}, the day of the plan"
            _report_gaps(table, workers, criteria, tried, until)
    if asked.scales is None or not (good & kept).any():
        return None
    return _histories(frame[good], workers, _day_of_plan(days, asked), asked)


def _at_once(
    plain: PlainRatings, reader: Reader, criteria: list[str] | None, asked: Asked
) -> Ratings | None:
    """The histories of a plain file; None where there is anything to report of a row."""
    if asked.scales is None or not _keeps_rules(plain.frame, criteria, asked):
        return None
    frame = plain.frame[["worker", "criterion", "rating"]].reset_index(drop=True)
    day = None
    if plain.days is not None:
        day = _day_of_plan(plain.days, asked)
        fades = asked.half_life is not None and plain.days.isna().any()
        if fades or day is None or (plain.days > pd.Timestamp(day)).any():
            return None
        _note_doubles(reader.report, plain.path.name, plain.frame, "line")
        frame["date"] = plain.days
    elif asked.half_life is not None or asked.day is not None:
        return None
    plain.keep_labels(reader.report)
    workers = sorted(frame["worker"].cat.categories, key=natural_key)
    return _histories(frame, workers, day, asked)


def _keeps_rules(frame: pd.DataFrame, criteria: list[str] | None, asked: Asked) -> bool:
    """Whether labels, marks and gaps of a plain file are as they should be."""
    worker, criterion = (frame[name].cat for name in ("worker", "criterion"))
    for what, labels in (("worker", worker.categories), ("criterion", criterion.categories)):
        if len(labels) > MOST_OF[what]:
            return False
    if criteria is not None and not set(criterion.categories) <= set(criteria):
        return False
    usual = Scale(1, asked.stars)
    scales = {one: (asked.scales or {}).get(one, usual) for one in criterion.categories}
    each = frame[["criterion", "rating"]].drop_duplicates()
    if not all(is_mark(mark, scales[one]) for one, mark in each.itertuples(index=False)):
        return False
    rated = np.zeros((len(worker.categories), len(criteria or criterion.categories)), dtype=bool)
    rated[worker.codes, criterion.codes] = True
    marks = max(len(scale.marks) for scale in scales.values())
    full = asked.missing != "error" or rated.all()
    return bool(full and rated.sum() * marks <= HISTORIES)


def _histories(
    frame: pd.DataFrame, workers: list[str], day: datetime.date | None, asked: Asked
) -> Ratings:
    """Ratings that are as they should be, counted: those up to the day of the plan."""
    until = frame
    if "date" in frame and day is not None:
        until = frame[~(frame["date"] > pd.Timestamp(day))]
    rated = set(until["criterion"].unique())  # later ratings need no scale
    scales = {one: scale for one, scale in (asked.scales or {}).items() if one in rated} or None
    if "date" not in frame:
        return Ratings(count_ratings(frame, asked.stars, scales), workers, None, day)
    counts = counted(frame, asked.half_life, day, asked.stars, scales)
    return Ratings(counts, workers, frame.reset_index(drop=True), day)


def reading_notes(how: Reading) -> list[str]:
    """What was given and changes nothing, since it is of the other rule."""
    usual = Reading()
    if how.ability == "cloud" and how.level != usual.level:
        return [f"level {how.level:g} is of ability posterior, and changes nothing here"]
    if how.ability == "posterior" and how.gamma != usual.gamma:
        return [f"gamma {how.gamma:g} is of ability cloud, and changes nothing here"]
    return []


def _marks(table: Table, criterion: list[str], asked: Asked) -> list[float]:
    """The ratings as numbers, NaN where one is not a mark of its criterion's scale."""
    if asked.scales is None:
        return table.numbers("rating")
    if not asked.scales:
        usual = Scale(1, asked.stars)
        text = f"is not a whole number of stars from 1 to {asked.stars}"
        return table.numbers("rating", lambda value: None if is_mark(value, usual) else text)
    ratings = table.numbers("rating")
    said: dict[tuple[str, float], str] = {}
    for row, (one, value) in enumerate(zip(criterion, ratings, strict=True)):
        if (one, value) not in said:
            scale = asked.scales.get(one, Scale(1, asked.stars))
            good = np.isnan(value) or is_mark(value, scale)
            said[one, value] = "" if good else f"{value:g} is not a mark of {one}, from {scale}"
        if wrong := said[one, value]:
            table.problem(wrong, row, "rating")
            ratings[row] = np.nan
    return ratings


def _dates(table: Table, asked: Asked) -> tuple[pd.Series[Any] | None, pd.Series[bool]]:
    """The day of each rating, NaT where there is none, and which are not after the plan's.

    The days are None where no rating has one. What is no date is reported, and of a half-life what
    has none.
    """
    everything = pd.Series(True, range(len(table.rows)))
    cells = table.column("date") if "date" in table.header else []
    texts = [as_label(cell) for cell in cells]
    if not any(texts):
        for name in ("half_life", "day"):
            if getattr(asked, name) is not None:
                table.problem(f"{name} is given, and no rating has a date")
        return None, everything
    known: dict[Any, datetime.date | None] = {}
    days: list[datetime.date | None] = []
    for row, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        if cell not in known:
            known[cell] = day_of(cell) if text else None
        if text and known[cell] is None:
            table.problem(f"{text!r} is not a date such as 2024-03-01", row, "date")
        elif not text and asked.half_life is not None:
            table.problem("the date is empty, and a half-life needs one", row, "date")
        days.append(known[cell])
    series = pd.Series(np.array(days, dtype="M8[s]"))
    last = _day_of_plan(series, asked)
    later = series > pd.Timestamp(last) if last is not None else series.notna()
    if later.any():
        _tell_later(table, later, last, asked)
    return series, ~later


def _day_of_plan(days: pd.Series[Any] | None, asked: Asked) -> datetime.date | None:
    """The day asked for, else the newest that is not after today; None without dates."""
    if asked.day is not None or days is None:
        return asked.day
    past = days[days <= pd.Timestamp(asked.today)]
    return None if past.empty else past.max().date()


def _tell_later(
    table: Table, later: pd.Series[bool], last: datetime.date | None, asked: Asked
) -> None:
    """Note ratings after the day of the plan; without any before today there is no such day."""
    rows = np.flatnonzero(later)
    lines = listing([table.lines[row] for row in rows], _FIRST)
    where = f"{table.line_word}{'s' * (len(rows) > 1)} {lines}"
    are = "1 rating is" if len(rows) == 1 else f"{len(rows):,} ratings are"
    if last is None:
        table.problem(
            f"{are} after today, {asked.today} ({where}); say the day of the plan (--day)"
        )
        return
    of = "the day of the plan" if asked.day is not None else "today; the day of the plan is"
    after = f"{of}, {last}" if asked.day is not None else f"{of} {last}"
    table.report.notes.append(f"{table.where}: {are} left out, after {after} ({where})")
    if later.all():
        table.problem(f"every rating is after {after}")


def _report_gaps(
    table: Table,
    workers: list[str],
    criteria: list[str] | None,
    have: set[tuple[str, str]],
    until: str,
) -> None:
    """Report who has no rating on a criterion; ``until`` which day, where there are later ones."""
    hint = "; rate it, or say what is taken instead (--missing out, unknown or average)"
    for one in workers:
        if lacking := [other for other in criteria or [] if (one, other) not in have]:
            text = f"worker {one} has no rating on criterion {listing(lacking)}{until}"
            table.problem(text + hint)
            hint = ""


def _note_doubles(report: Report, where: str, ratings: pd.DataFrame, line_word: str) -> None:
    """Note ratings that stand twice with their date: nobody can tell whether both are meant.

    The index of ratings says on which line each stands; dates are as they are written.
    """
    twice = np.flatnonzero(ratings.duplicated().to_numpy() & (ratings["date"] != "").to_numpy())
    if len(twice):
        row = int(twice[0])
        before = int((ratings == ratings.iloc[row]).all(axis=1).to_numpy().argmax())
        rows = "1 row stands" if len(twice) == 1 else f"{len(twice):,} rows stand"
        which = "" if len(twice) == 1 else "first "
        report.notes.append(
            f"{where}: {rows} there a second time with the same date and rating"
            f" ({which}{line_word} {ratings.index[row]}, as {ratings.index[before]});"
            " each counts"
        )
