"""Tables that people bring.

Cells as labels and numbers, with the line of every cell kept for messages.

Read correctly: spaces around labels, empty lines and columns at the end, numbers as Excel stores
them, decimal commas where the separator is not a comma. Everything else is reported, nothing is
repaired: a :class:`crowdnb.project.errors.Report` collects the problems of all the files.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from crowdnb.labels import as_listed, count, listing
from crowdnb.project.cells import as_label, broken, is_date, quoted, read_number, wrong_label
from crowdnb.project.errors import SHOWN, Report, did_you_mean, strangers
from crowdnb.project.files import TooLargeError
from crowdnb.project.label_notes import doubts
from crowdnb.spelling import apart

ROWS = 1_000_000  # below the header
COLUMNS = 10_000  # of a matrix; each unknown one is a problem of its own
CELLS = 8_000_000  # 66 bytes each where all are different; ratings with a date have four a row
INDEX = (
    "the first column has no name and counts the rows: it is an index, as pandas and R write one;"
    " delete it, or write the file with index=False (R: row.names = FALSE)"
)
_ROW_NAMES = (
    "each row has one cell more than the header: the first may be row names, as R writes them;"
    " delete them, or write the file with row.names = FALSE"
)
_WITHIN = (
    " (is there a comma within a cell? put that cell into quotes, and write decimals with a point)"
)
_COUNTED = 10  # rows by which such a column is known
SHARED = 100_000  # different texts of a file that are held once


@dataclass
class Table:
    """One file or sheet as text and numbers: cells by column, and the line of each row."""

    where: str
    line_word: str
    header: list[str]
    rows: list[list[Any]]
    lines: list[int]
    decimal_comma: bool
    report: Report

    def problem(self, text: str, row: int | None = None, column: str | None = None) -> None:
        """Report a problem of this table, of one of its rows, or of one cell."""
        at = [] if row is None else [f"{self.line_word} {self.lines[row]}"]
        at += [] if column is None else [f"column {column}"]
        self.report.add(self.where, text, at)

    def has_columns(
        self,
        needed: Collection[str],
        optional: Collection[str] = (),
        more: Collection[str] | None = None,
    ) -> bool:
        """Whether the needed columns are there, once.

        What is missing, doubled or unknown is reported; ``more`` are attributes, where there may be
        any.
        """
        before = len(self.report.problems)
        known, times, unknown = [*needed, *optional], Counter(self.header), 0
        for name in times:
            if not name:
                self._nameless()
            elif name not in known and name not in (more or ()):
                unknown += 1
                hint = (
                    did_you_mean(name, [other for other in known if other not in times])
                    if unknown <= SHOWN
                    else ""
                )
                if re.fullmatch(r"Unnamed: \d+", name):
                    hint = " (pandas calls a column without a name so)"
                self.problem(
                    f"column {quoted(name)} is not known here{hint}; expected are"
                    f" {', '.join(known)}{' (call an attribute otherwise)' * (more is not None)}"
                )
            elif times[name] > 1:
                self.problem(f"column {name!r} stands {times[name]} times")
        for name in needed:
            if name not in times:
                there = listing([quoted(other) for other in self.header], 20) or "none"
                self.problem(f"column {name!r} is missing; there are {there}")
        return len(self.report.problems) == before

    def counts_rows(self) -> bool:
        """Whether the first column has no name and counts the rows, from 0 or 1."""
        counted = bool(self.rows) and _counts([row[0] for row in self.rows])
        return counted and self.header[0] == "" and as_label(self.rows[0][0]) not in self.header

    def _nameless(self) -> None:
        """Report the columns without a name, which may be what pandas calls an index."""
        at = [place for place, name in enumerate(self.header) if not name]
        if at == [0] and self.counts_rows():
            self.problem(INDEX)
        else:
            places = listing([place + 1 for place in at])
            self.problem(f"column {places} has no name in the header; name it or delete it")

    def column(self, name: str) -> list[Any]:
        """The cells of one column."""
        at = self.header.index(name)
        return [row[at] for row in self.rows]

    def labels(self, name: str, what: str = "", may_be_empty: bool = False) -> list[str]:
        """A column of labels, each as it is cleaned.

        One that is wrong is reported and left empty. ``what`` they are, such as workers, says the
        column's name where it is not given.
        """
        cells = self.column(name)
        texts = [as_label(cell) for cell in cells]
        said: dict[Any, str | None] = {}
        for row, (cell, text) in enumerate(zip(cells, texts, strict=True)):
            if cell not in said:
                said[cell] = self.wrong_label(cell, text) if text or not may_be_empty else None
            if wrong := said[cell]:
                self.problem(f"the {name} {wrong}", row, name)
                texts[row] = ""
        self.keep_labels(what or name, cells, texts, name)
        return texts

    def wrong_label(self, cell: Any, text: str) -> str | None:
        """What is wrong with a label, if anything."""
        return (self.line_word == "line" and broken(cell)) or wrong_label(text)

    def keep_labels(self, what: str, cells: Sequence[Any], texts: Sequence[str], name: str) -> None:
        """Keep where each label stands first; note what a spreadsheet may have made of them."""
        places = self.report.labels.setdefault(what, {})
        known = set(places)
        for row, text in enumerate(texts):
            if text and text not in places:
                places[text] = f"{self.where}, {self.line_word} {self.lines[row]}"
        for row, text in doubts(cells, texts, known):
            at = f"{self.where}, {self.line_word} {self.lines[row]}, column {name}"
            self.report.notes.append(f"{at}: {text}")

    def numbers(
        self,
        name: str,
        rule: Callable[[float], str | None] = lambda value: None,
        default: float | None = None,
        large: bool = True,
    ) -> list[float]:
        """A column of finite numbers, NaN where one is reported.

        ``rule`` returns what is wrong with a number, or None; ``default`` stands for an empty cell,
        and for a column that is not there; ``large`` is that of
        :func:`crowdnb.project.cells.read_number`.
        """
        if name not in self.header and default is not None:
            return [default] * len(self.rows)
        cells = self.column(name)
        if default is None and len(cells) > 1 and not any(map(as_label, cells)):
            lines = f"{self.line_word}s {self.lines[0]} to {self.lines[-1]}"
            self.problem(f"every cell of column {name} is empty: fill in its numbers, {lines}")
            return [math.nan] * len(cells)
        seen: dict[Any, float | str] = {}
        values = []
        for row, cell in enumerate(cells):
            key = (type(cell), cell)
            if key not in seen:
                seen[key] = (
                    default
                    if default is not None and not as_label(cell)
                    else read_number(cell, self.decimal_comma, rule, large)
                )
            value = seen[key]
            if isinstance(value, str):
                self.problem(value, row, name)
                value = math.nan
            values.append(value)
        return values

    def once(
        self,
        keys: Sequence[tuple[str, ...]],
        names: Collection[str],
        may_be_empty: Collection[str] = (),
    ) -> None:
        """Report every row whose key has stood before; one with an empty label was reported."""
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(keys):
            parts = list(zip(names, key, strict=True))
            if key in first and all(part or name in may_be_empty for name, part in parts):
                what = ", ".join(f"{name} {as_listed(part)}" for name, part in parts if part)
                before = first[key]
                self.problem(
                    f"{what} stands a second time (first on {self.line_word}"
                    f" {self.lines[before]}){self._written_otherwise(before, row, names)}",
                    row,
                )
            else:
                first[key] = row

    def _written_otherwise(self, one: int, other: int, names: Collection[str]) -> str:
        """How labels of two rows differ as they are written, where nobody sees it; else empty."""
        for name in self.header:
            if name not in names:
                continue
            at = self.header.index(name)
            first, second = (self.rows[row][at] for row in (one, other))
            if isinstance(first, str) and isinstance(second, str):
                if first.strip() != second.strip():
                    return f": {apart(first.strip(), second.strip())} are one label"
        return ""

    def known(
        self, labels: list[str], known: Collection[str], name: str, column: str | None = None
    ) -> None:
        """Report labels that are not known, each once, with the number of rows that hold it."""
        for row, text in strangers(labels, known, name, self.line_word):
            self.problem(text, row, column or name)


def _counts(cells: Sequence[Any]) -> bool:
    """Whether cells count from 0 or 1, as programs number rows."""
    first = list(map(as_label, cells[:_COUNTED]))
    return first[:1] in (["0"], ["1"]) and first == [
        str(int(first[0]) + at) for at in range(len(first))
    ]


class Rows:
    """Rows of cells, not more than can be dealt with; a text that many cells hold is held once."""

    def __init__(self) -> None:
        self.rows: list[list[Any]] = []
        self.lines: list[int] = []
        self._cells, self._same = 0, dict[str, str]()

    def add(self, row: Sequence[Any], line: int) -> None:
        """Add a row that begins on a line."""
        self._cells += len(row)
        if len(self.rows) > ROWS:
            raise TooLargeError(
                f"has more than {ROWS:,} rows below its header, and no more are read"
            )
        if self._cells > CELLS:
            raise TooLargeError(
                f"has more than {CELLS:,} cells up to row {len(self.rows) + 1:,}, and no more are"
                " read"
            )
        if len(self._same) < SHARED:
            row = [self._same.setdefault(cell, cell) if type(cell) is str else cell for cell in row]
        self.rows.append(list(row))
        self.lines.append(line)


def made_table(
    where: str,
    line_word: str,
    rows: list[list[Any]],
    lines: list[int],
    decimal_comma: bool,
    report: Report,
) -> Table | None:
    """Header and rows from cells, without empty rows, and empty columns at the end.

    None when rows are ragged.
    """
    kept = [at for at, row in enumerate(rows) if any(map(as_label, row))]
    if not kept:
        report.add(where, f"the {'file' if line_word == 'line' else 'sheet'} is empty")
        return None
    head, *body = kept
    header = [as_label(cell) for cell in rows[head]]
    while header and not header[-1]:
        header.pop()
    if len(header) > COLUMNS:
        report.add(where, f"has {len(header):,} columns, and at most {COLUMNS:,} are read")
        return None
    body_rows, body_lines = [rows[at] for at in body], [lines[at] for at in body]
    table = Table(where, line_word, header, body_rows, body_lines, decimal_comma, report)
    _look_at_header(table, rows[head], lines[head])
    width = len(header)
    longer = all(len(row) == width + 1 and as_label(row[width]) for row in table.rows)
    if longer and _counts([row[0] for row in table.rows]):
        table.problem(_ROW_NAMES)
        return None
    return table if _made_even(table) else None


def _look_at_header(table: Table, cells: Sequence[Any], line: int) -> None:
    """Report a line break in the name of a column, note a date."""
    for cell in cells:
        if table.line_word == "line" and (wrong := broken(cell)):
            table.report.add(table.where, f"the column {wrong}", [f"line {line}"])
        if is_date(cell):
            table.report.notes.append(
                f"{table.where}, {table.line_word} {line}: the column {as_label(cell)} is named by"
                " a date; did the spreadsheet make it of another text?"
            )


def _made_even(table: Table) -> bool:
    """Cut or fill the rows to the width of the header; whether that loses nothing, else reported."""
    width, ragged = len(table.header), False
    for row, cells in enumerate(table.rows):
        if len(cells) == width:
            continue
        lacking = table.line_word == "line" and len(cells) < width
        if any(map(as_label, cells[width:])) or lacking:
            hint = _WITHIN if not table.decimal_comma and len(cells) > width else ""
            table.problem(f"{count(len(cells), 'cell')}, and the header has {width}{hint}", row)
            ragged = True
        table.rows[row] = cells[:width] + [None] * (width - len(cells))
    return not ragged
