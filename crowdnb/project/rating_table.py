"""A table of ratings as people have it, read by a mapping: one row per rating event.

Nothing is guessed. A cell that is no mark of its criterion's scale is dropped, and counted by
reason and column, with an example and its line. Where it cannot be known what is meant (no scale,
words without marks, dates in an order that nobody stated), nothing is read, and the error says what
to state.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.labels import as_listed, listing, phrases
from crowdnb.project.cells import as_label, is_date, quoted, read_number
from crowdnb.project.dates import date_hint, day_text
from crowdnb.project.errors import ProjectError, Report, did_you_mean
from crowdnb.project.files import short
from crowdnb.project.form import HISTORIES, MOST_OF
from crowdnb.project.label_notes import confused, twins
from crowdnb.project.mapping import TableMapping
from crowdnb.project.marks import STARS, called, mark_of, scale_of_words, scale_typed
from crowdnb.project.rating_preview import RatingTable
from crowdnb.project.source_table import check_columns, open_table
from crowdnb.project.tables import ROWS, Table

JOINED = " / "  # between the labels of workers who are known by several columns
_SHOWN = 12  # marks, words or criteria that a message lists

EMPTY, UNKNOWN, OFF = "empty cell", "unknown word", "off the scale"
A_DATE = "a date, no mark"
NO_WORKER, NO_CRITERION, NO_DATE = "row without a worker", "row without a criterion", "no date"


def read_table(
    path: Path, mapping: TableMapping, known: Mapping[str, Scale] | None = None
) -> RatingTable:
    r"""Read a table of ratings, and write nothing: the preview of an import.

    Parameters
    ----------
    path : Path
        CSV, also packed (``.gz``), or an Excel workbook (``.xlsx``).
    mapping : TableMapping
        What its columns mean.
    known : dict, optional
        Scales that the folder states already, for criteria to which the mapping gives none.

    Returns
    -------
    RatingTable
        Its ``text`` is the preview; ``ratings`` and ``dropped`` are frames.

    Raises
    ------
    ProjectError
        The file cannot be read, a column is missing, a label is wrong: all at once.
    ValueError
        The scale, the words or the order of dates must be stated, or nothing is left.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "form.csv"
    >>> _ = path.write_text("name,Care\nAnn,often\nBo,never\nCy,\n")
    >>> words = {"never": 1, "sometimes": 2, "often": 3}
    >>> table = read_table(path, TableMapping("name", ("Care",), words=words))
    >>> table.ratings["rating"].tolist(), table.dropped[["reason", "count"]].values.tolist()
    ([3.0, 1.0], [['empty cell', 1]])
    >>> str(table.scales["Care"])
    '1 to 3'
    """
    report = Report()
    table = open_table(path, mapping.sheet, report)
    if table is not None:
        check_columns(table, mapping)
    if table is None or report.problems:
        raise ProjectError(report.problems)
    return _Reading(table, mapping, known or {}).result()


class _Reading:
    """One table being read; what is dropped is counted as it is met."""

    def __init__(self, table: Table, mapping: TableMapping, known: Mapping[str, Scale]) -> None:
        self.table, self.mapping, self.known = table, mapping, known
        self.drops: dict[tuple[str, str], list[Any]] = {}  # count, example, line
        self.words = Counter[str]()  # answers that no mark is given for
        self.between = 0  # marks between two of the scale, which are dropped
        self.assumed: list[str] = []  # criteria whose scale nobody states
        self.worded = set[str]()  # criteria that have answers with marks

    def drop(self, column: str, reason: str, row: int, example: str) -> None:
        """Count something that is left out."""
        seen = self.drops.setdefault(
            (column, reason), [0, short(example, 40), self.table.lines[row]]
        )
        seen[0] += 1

    def result(self) -> RatingTable:
        table = self.table
        workers = self._workers()
        rows = [row for row, worker in enumerate(workers) if worker]
        dates = self._dates(rows)
        if dates is not None:
            rows = [row for row in rows if dates[row] is not None]
        kept: list[tuple[int, str, float]] = []  # row, criterion, number
        for column, criteria in self._criteria().items():
            kept += self._numbers(column, criteria, rows)
        if len(kept) > ROWS:
            raise ValueError(
                f"{table.where}: there are {len(kept):,} ratings, and at most {ROWS:,} can be dealt"
                " with; name fewer criteria, or leave rows out"
            )
        scales, good = self._on_scale(kept)
        if not good:
            if self.words and not self.mapping.words and not self.mapping.scale:
                raise ValueError(self._unstated_words())
            raise ValueError(self._nothing())
        order = {name: at for at, name in enumerate(scales)}
        good.sort(key=lambda one: (one[0], order[one[1]]))
        frame = pd.DataFrame(
            {
                "worker": [workers[row] for row, _, _ in good],
                "criterion": [criterion for _, criterion, _ in good],
                "rating": [value for _, _, value in good],
            }
        )
        if dates is not None:
            frame["date"] = [dates[row] for row, _, _ in good]
        notes = self._notes(scales)
        self._check_labels(frame)
        marks = max(len(scale.marks) for scale in scales.values())
        histories = len(frame[["worker", "criterion"]].drop_duplicates())
        if histories * marks > HISTORIES:
            raise ValueError(
                f"{table.where}: there are {histories:,} histories (worker and criterion), and at"
                f" most {HISTORIES // marks:,} can be dealt with on a scale of {marks:,} marks;"
                " state a scale with a larger step, and --round"
            )
        return RatingTable(table.where, frame, self._dropped(), scales, tuple(notes))

    def _workers(self) -> list[str]:
        """The label of each row's worker; empty where there is none, which is counted."""
        parts = [self.table.labels(name, "worker", True) for name in self.mapping.worker]
        if self.table.report.problems:
            raise ProjectError(self.table.report.problems)
        labels = [JOINED.join(row) if all(row) else "" for row in zip(*parts, strict=True)]
        for row, label in enumerate(labels):
            if not label:
                self.drop(listing(self.mapping.worker), NO_WORKER, row, "")
        if len(parts) > 1:
            places = {
                label: f"{self.table.where}, {self.table.line_word} {self.table.lines[row]}"
                for row, label in reversed(list(enumerate(labels)))
                if label
            }
            self.table.report.labels["worker"] = places
        return labels

    def _criteria(self) -> dict[str, list[str]]:
        """Columns of marks, and the criterion of each of their rows."""
        size = len(self.table.rows)
        if self.mapping.criterion is None or self.mapping.rating is None:
            for name in self.mapping.criteria:
                self.table.report.labels.setdefault("criterion", {})[name] = self.table.where
            return {name: [name] * size for name in self.mapping.criteria}
        labels = self.table.labels(self.mapping.criterion, "criterion", True)
        return {self.mapping.rating: labels}

    def _dates(self, rows: Sequence[int]) -> list[str | None] | None:
        """The day of each row, empty where there is none, None for what is no date."""
        name = self.mapping.date
        if name is None:
            return None
        cells, order = self.table.column(name), self.mapping.date_order
        found: list[str | None] = [None] * len(cells)
        known: dict[Any, str | None] = {}
        wrong: list[int] = []
        for row in rows:
            cell = cells[row]
            if cell not in known:
                known[cell] = day_text(cell, order)
            found[row] = known[cell]
            if found[row] is None:
                wrong.append(row)
                self.drop(name, NO_DATE, row, as_label(cell))
        filled = sum(1 for row in rows if found[row] != "")
        if wrong and len(wrong) == filled:
            text = quoted(as_label(cells[wrong[0]]))
            raise ValueError(
                f"{self.table.where}, column {name}: no cell holds a date such as 2024-03-01; the"
                f" first is {text} ({self.table.line_word} {self.table.lines[wrong[0]]})."
                f" {date_hint(as_label(cells[wrong[0]]))}"
            )
        return found

    def _numbers(
        self, column: str, criteria: Sequence[str], rows: Iterable[int]
    ) -> list[tuple[int, str, float]]:
        """The numbers of a column of marks; what is none is counted."""
        cells = self.table.column(column)
        known: dict[Any, float | None] = {}
        found = []
        for row in rows:
            cell, criterion = cells[row], criteria[row]
            key = (type(cell), cell)
            if key not in known:
                known[key] = self._number(cell)
            value = known[key]
            if not criterion:
                self.drop(self.mapping.criterion or column, NO_CRITERION, row, as_label(cell))
            elif value is not None:
                found.append((row, criterion, value))
                if self.mapping.words and as_label(cell) in self.mapping.words:
                    self.worded.add(criterion)
            elif is_date(cell):  # 3.4 typed into a spreadsheet, and no word to be given a mark
                self.drop(column, A_DATE, row, as_label(cell))
            elif text := as_label(cell):
                self.words[text] += 1
                self.drop(column, UNKNOWN, row, text)
            else:
                self.drop(column, EMPTY, row, "")
        return found

    def _number(self, cell: Any) -> float | None:
        """The mark that a cell names, by number or word; None where it names none."""
        text = as_label(cell)
        if text in self.mapping.words:
            return self.mapping.words[text]
        # no scale has thousands of marks above it: 4.000 in a file with semicolons is 4
        value = read_number(cell, self.table.decimal_comma, large=False) if text else ""
        return None if isinstance(value, str) else value

    def _on_scale(
        self, kept: list[tuple[int, str, float]]
    ) -> tuple[dict[str, Scale], list[tuple[int, str, float]]]:
        """The scale of each criterion, and the ratings that are marks of it."""
        criteria = list(self.mapping.criteria) or list(
            dict.fromkeys(criterion for _, criterion, _ in kept)
        )
        values: dict[str, set[float]] = {criterion: set() for criterion in criteria}
        for _, criterion, value in kept:
            values[criterion].add(value)
        if strange := [one for one in self.mapping.scale_of if one not in values]:
            hint = did_you_mean(strange[0], values)
            raise ValueError(f"scale_of: there is no rating on {strange[0]}{hint}")
        scales = self._scales(values)
        self._check_words(scales)
        at: dict[tuple[str, float], float | None] = {
            (one, value): mark_of(value, scales[one], self.mapping.rounded)
            for one in criteria
            for value in values[one]
        }
        good = []
        for row, criterion, value in kept:
            mark = at[criterion, value]
            if mark is not None:
                good.append((row, criterion, mark))
            else:
                column = self.mapping.rating or criterion
                self.between += scales[criterion].lowest < value < scales[criterion].highest
                self.drop(column, OFF, row, f"{value:.15g} ({criterion}: {scales[criterion]})")
        return {one: scales[one] for one in criteria if values[one]}, good

    def _scales(self, values: Mapping[str, set[float]]) -> dict[str, Scale]:
        """The scale of each criterion: stated, that of the words, or stars if all marks are such.

        ValueError for all of which it must be stated.
        """
        of_words = scale_of_words(self.mapping.words.values()) if self.mapping.words else STARS
        scales, unstated = dict[str, Scale](), dict[str, set[float]]()
        for criterion, found in values.items():
            stated = self.mapping.scale_of.get(criterion) or self.mapping.scale
            stated = stated or self.known.get(criterion)
            scales[criterion] = stated or (of_words if criterion in self.worded else STARS)
            if stated is None:
                self.assumed.append(criterion)
                if any(mark_of(value, scales[criterion], False) is None for value in found):
                    unstated[criterion] = found
                elif self.words and not self.mapping.words:
                    raise ValueError(self._unstated_words())
        if unstated:
            raise ValueError(self._unstated(unstated, scales))
        return scales

    def _unstated(self, values: Mapping[str, set[float]], scales: Mapping[str, Scale]) -> str:
        """Which marks stand in the cells of criteria without a scale, and what must be stated."""
        by: dict[str, list[str]] = {}
        for criterion, found in values.items():
            marks = listing([f"{value:.15g}" for value in sorted(found)], _SHOWN)
            by.setdefault(marks, []).append(criterion)
        there = "; ".join(f"{listing(names)}: {marks}" for marks, names in by.items())
        every = set[float]().union(*values.values())
        one = next(iter(values))
        option, of = "--scale", ""
        if len(values) < len(scales):  # others are as they should be
            option = f"--scale-of {_typed(one)}"
        elif len(values) > 1:
            of = f" (or for one criterion: --scale-of {_typed(one)} LOW HIGH [STEP])"
        if len(values) < len(scales):
            every = values[one]
        return (
            f"{self.table.where}: these marks are not all {called(scales[one])}: {there}. Say which"
            f" there can be, the highest is the best: {option} LOW HIGH [STEP], such as {option}"
            f" {scale_typed(every)} if none is lower or higher{of}"
        )

    def _unstated_words(self) -> str:
        """The words that stand in the cells, and the option that gives them marks."""
        there = phrases(
            [f"{quoted(word)} {number}x" for word, number in self.words.most_common()], _SHOWN
        )
        return (
            f"{self.table.where}: some cells are no plain numbers: {there}. Say which mark each"
            f' stands for, the highest is the best: --words "{_words_typed(self.words)}" (or state --scale'
            " LOW HIGH, and they are dropped)"
        )

    def _check_words(self, scales: Mapping[str, Scale]) -> None:
        """ValueError where a word stands for a number that is no mark of any stated scale."""
        stated = {
            scale
            for name, scale in scales.items()
            if name not in self.assumed or name in self.worded
        }
        for word, value in self.mapping.words.items():
            if stated and all(mark_of(value, scale, False) is None for scale in stated):
                there = listing(sorted(map(str, stated)))
                raise ValueError(f"words: {word} = {value:g} is no mark of the scale, {there}")

    def _nothing(self) -> str:
        dropped = [f"{name}: {why} {number}x" for (name, why), (number, *_) in self.drops.items()]
        where = self.table.where
        return f"{where}: nothing is left to import. Dropped: {phrases(dropped, _SHOWN)}"

    def _notes(self, scales: Mapping[str, Scale]) -> list[str]:
        mapping, report = self.mapping, self.table.report
        notes = list(report.notes)
        for what, places in report.labels.items():
            notes += twins(what, places)
        if self.words:
            there = phrases(
                [f"{quoted(word)} {number}x" for word, number in self.words.most_common()], _SHOWN
            )
            notes.append(
                f"no mark is given for {there}; to read them, add to --words:"
                f' "{_words_typed(self.words)}"'
            )
        if self.between:
            what = "1 mark was" if self.between == 1 else f"{self.between:,} marks were"
            notes.append(f"{what} dropped between two of the scale; --round takes the nearest")
        if lacking := [one for one in mapping.criteria if one not in scales]:
            notes.append(f"there is no rating on {listing(lacking)}")
        if by_words := [one for one in self.assumed if one in self.worded]:
            assumed = scale_of_words(mapping.words.values())
            notes.append(
                f"the scale of {listing(by_words)} is that of the words, {assumed}; --scale says"
                " otherwise"
            )
        return notes

    def _check_labels(self, frame: pd.DataFrame) -> None:
        """ProjectError for labels that look the same, or more than can be dealt with."""
        report = self.table.report
        for what, places in report.labels.items():
            for text in confused(what, places):
                report.add(self.table.where, text)
        for name, most in MOST_OF.items():
            if name in frame and (number := frame[name].nunique()) > most:
                self.table.problem(
                    f"there are {number:,} different cells under {name}, and at most {most:,} can"
                    " be dealt with"
                )
        if report.problems:
            raise ProjectError(report.problems)

    def _dropped(self) -> pd.DataFrame:
        rows = [(*key, *value) for key, value in self.drops.items()]
        return pd.DataFrame(rows, columns=["column", "reason", "count", "example", "line"])


def _typed(label: str) -> str:
    return f'"{label}"' if re.search(r"\W", label) else label


def _words_typed(words: Iterable[str]) -> str:
    """Words as ``--words`` takes them, with the marks left open."""
    return ", ".join(
        f"{as_listed(word).replace(chr(34), chr(39))}=?" for word in list(words)[:_SHOWN]
    )
