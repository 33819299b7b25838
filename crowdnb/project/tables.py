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
from datetime import date, datetime, time
from typing import Any

from crowdnb.labels import listing, number
from crowdnb.model.fields import MOST
from crowdnb.project.errors import SHOWN, Report, did_you_mean, strangers
from crowdnb.project.files import TooLargeError, short

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

ROWS = 1_000_000  # below the header
COLUMNS = 10_000  # of a matrix; each unknown one is a problem of its own
CELLS = 8_000_000  # 66 bytes each where all are different; ratings with a date have four a row
SHARED = 100_000  # different texts of a file that are held once
LABEL = 1000  # characters of a label


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

    def has_columns(self, needed: Collection[str], optional: Collection[str] = ()) -> bool:
        """Whether the needed columns are there, once.

        What is missing, doubled or unknown is reported.
        """
        before = len(self.report.problems)
        known, times, unknown = [*needed, *optional], Counter(self.header), 0
        for name in times:
            if name not in known:
                unknown += 1
                hint = (
                    did_you_mean(name, [other for other in known if other not in times])
                    if unknown <= SHOWN
                    else ""
                )
                self.problem(
                    f"column {_quoted(name)} is not known here{hint}; expected are"
                    f" {', '.join(known)}"
                )
            elif times[name] > 1:
                self.problem(f"column {name!r} stands {times[name]} times")
        for name in needed:
            if name not in times:
                there = listing([_quoted(other) for other in self.header], 20) or "none"
                self.problem(f"column {name!r} is missing; there are {there}")
        return len(self.report.problems) == before

    def column(self, name: str) -> list[Any]:
        """The cells of one column."""
        at = self.header.index(name)
        return [row[at] for row in self.rows]

    def labels(self, name: str) -> list[str]:
        """A column of labels, without the spaces around them.

        One that is wrong is reported and left empty.
        """
        texts = [as_label(cell) for cell in self.column(name)]
        for row, text in enumerate(texts):
            if wrong := wrong_label(text):
                self.problem(f"the {name} {wrong}", row, name)
                texts[row] = ""
        return texts

    def numbers(
        self, name: str, rule: Callable[[float], str | None] = lambda value: None
    ) -> list[float]:
        """A column of finite numbers.

        ``rule`` returns what is wrong with one, or None. NaN where reported.
        """
        return self.parse(name, lambda cell: self.number(cell, rule))

    def parse(self, name: str, read: Callable[[Any], float | str]) -> list[float]:
        """Read a column cell by cell, each different value once.

        A text returned is what is wrong with it.
        """
        seen: dict[Any, float | str] = {}
        values = []
        for row, cell in enumerate(self.column(name)):
            key = (type(cell), cell)
            if key not in seen:
                seen[key] = read(cell)
            value = seen[key]
            if isinstance(value, str):
                self.problem(value, row, name)
                value = math.nan
            values.append(value)
        return values

    def number(
        self, cell: Any, rule: Callable[[float], str | None] = lambda value: None
    ) -> float | str:
        """A cell as a finite number that keeps the rule, or what is wrong with it."""
        if isinstance(cell, datetime | date | time):
            return f"{cell} is a date, a number is needed (did the spreadsheet turn it into one?)"
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value = number(cell)
        else:
            text = as_label(cell)
            if not text:
                return "the cell is empty, a number is needed"
            plain = text.replace(",", ".") if self.decimal_comma else text
            if plain.lstrip("+-").lower() in ("nan", "inf", "infinity"):
                return f"{text!r} is not a finite number"
            if not NUMBER.fullmatch(plain):
                return f"{_quoted(text)} is not a number"
            value = float(plain)
        if not math.isfinite(value):
            return f"{short(str(cell))} is not a finite number"
        return f"{short(as_label(cell))} {wrong}" if (wrong := rule(value)) else value

    def once(self, keys: Sequence[tuple[str, ...]], names: Collection[str]) -> None:
        """Report every row whose key has stood before."""
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(keys):
            if key in first:
                what = ", ".join(f"{name} {part}" for name, part in zip(names, key, strict=True))
                self.problem(
                    f"{what} stands a second time (first on {self.line_word}"
                    f" {self.lines[first[key]]})",
                    row,
                )
            else:
                first[key] = row

    def known(
        self, labels: list[str], known: Collection[str], name: str, column: str | None = None
    ) -> None:
        """Report labels that are not known, each once, with the number of rows that hold it."""
        for row, text in strangers(labels, known, name, self.line_word):
            self.problem(text, row, column or name)


def _quoted(text: str) -> str:
    return short(repr(text))


def wrong_label(text: str) -> str | None:
    """What is wrong with a label, if anything."""
    if not text:
        return "is empty"
    if len(text) > LABEL:
        return f"{short(text)} is too long: at most {LABEL:,} are read"
    if not text.isprintable() and len(text.splitlines()) > 1:
        return f"{text!r} has a line break in it (or is a quote not closed?)"
    return None


def as_label(cell: Any) -> str:
    """A cell as a label: text without spaces around it, 101.0 as Excel stores it read as 101."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def in_unit(value: float) -> str | None:
    """What is wrong with an end of an interval, if anything."""
    return None if 0 <= value <= 1 else "must lie in [0, 1]"


def not_negative(value: float) -> str | None:
    """What is wrong with a weight or the like, if anything."""
    return "must not be negative" if value < 0 else None


def people(value: float) -> str | None:
    """What is wrong with a number of workers, if anything."""
    if value.is_integer() and value <= MOST:
        return not_negative(value)
    return not_negative(value) or f"must be a whole number of workers, at most {MOST:,.0f}"


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
    width, ragged = len(header), False
    for row, cells in enumerate(table.rows):
        if len(cells) == width:
            continue
        if any(map(as_label, cells[width:])) or (line_word == "line" and len(cells) < width):
            table.problem(f"{len(cells)} cells, and the header has {width}", row)
            ragged = True
        table.rows[row] = cells[:width] + [None] * (width - len(cells))
    return None if ragged else table
