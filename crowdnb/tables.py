"""Tables that people bring: CSV files or Excel sheets, read with the line of every cell kept for messages.

Read correctly: commas, semicolons or tabs, a byte-order mark, CRLF, Excel's ``sep=`` line, decimal commas where the
separator is not a comma, spaces around labels, empty lines and columns at the end, numbers as Excel stores them.
Everything else is reported, nothing is repaired: a :class:`Report` collects the problems of all the files.
"""

from __future__ import annotations

import csv
import difflib
import io
import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
SHOWN = 40  # problems that a report prints; all are kept


class ProjectError(ValueError):
    """What is wrong with the files of a project; ``problems`` holds one sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        more = len(self.problems) - SHOWN
        tail = [f"… and {more} more"] if more > 0 else []
        super().__init__("\n".join([*self.problems[:SHOWN], *tail]))


@dataclass
class Report:
    """Problems found so far, and notes on what is allowed but worth a look."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


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
        at = [self.where]
        if row is not None:
            at.append(f"{self.line_word} {self.lines[row]}")
        if column is not None:
            at.append(f"column {column}")
        self.report.problems.append(f"{', '.join(at)}: {text}")

    def has_columns(self, needed: Collection[str], optional: Collection[str] = ()) -> bool:
        """Whether the needed columns are there, once; what is missing, doubled or unknown is reported."""
        before = len(self.report.problems)
        known = [*needed, *optional]
        for name in dict.fromkeys(self.header):
            if name not in known:
                hint = guess(name, [other for other in known if other not in self.header])
                self.problem(f"column {name!r} is not known here{hint}; expected are {', '.join(known)}")
            elif self.header.count(name) > 1:
                self.problem(f"column {name!r} stands {self.header.count(name)} times")
        for name in needed:
            if name not in self.header:
                self.problem(f"column {name!r} is missing; there are {', '.join(map(repr, self.header))}")
        return len(self.report.problems) == before

    def column(self, name: str) -> list[Any]:
        """The cells of one column."""
        at = self.header.index(name)
        return [row[at] for row in self.rows]

    def labels(self, name: str) -> list[str]:
        """A column of labels, without the spaces around them; an empty one is reported and stays empty."""
        texts = [as_label(cell) for cell in self.column(name)]
        for row, text in enumerate(texts):
            if not text:
                self.problem(f"the {name} is empty", row, name)
        return texts

    def numbers(self, name: str, rule: Callable[[float], str | None] = lambda value: None) -> list[float]:
        """A column of finite numbers; ``rule`` returns what is wrong with one, or None. NaN where reported."""
        return self.parse(name, lambda cell: self.number(cell, rule))

    def parse(self, name: str, read: Callable[[Any], float | str]) -> list[float]:
        """Read a column cell by cell, each different value once; a text returned is what is wrong with it."""
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

    def number(self, cell: Any, rule: Callable[[float], str | None] = lambda value: None) -> float | str:
        """A cell as a finite number that keeps the rule, or what is wrong with it."""
        if isinstance(cell, datetime | date | time):
            return f"{cell} is a date, a number is needed (did the spreadsheet turn it into one?)"
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            value = float(cell)
        else:
            text = as_label(cell)
            if not text:
                return "the cell is empty, a number is needed"
            plain = text.replace(",", ".") if self.decimal_comma and text.count(",") == 1 else text
            if plain.lstrip("+-").lower() in ("nan", "inf", "infinity"):
                return f"{text!r} is not a finite number"
            if not NUMBER.fullmatch(plain):
                return f"{text!r} is not a number"
            value = float(plain)
        if not math.isfinite(value):
            return f"{cell} is not a finite number"
        return f"{as_label(cell)} {wrong}" if (wrong := rule(value)) else value

    def once(self, keys: Sequence[tuple[str, ...]], names: Collection[str]) -> None:
        """Report every row whose key has stood before."""
        first: dict[tuple[str, ...], int] = {}
        for row, key in enumerate(keys):
            if key in first:
                what = ", ".join(f"{name} {part}" for name, part in zip(names, key, strict=True))
                self.problem(f"{what} stands a second time (first on {self.line_word} {self.lines[first[key]]})", row)
            else:
                first[key] = row

    def known(self, labels: list[str], known: Collection[str], name: str, column: str | None = None) -> None:
        """Report labels that are not known, each once, with the number of rows that hold it."""
        unknown: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            if label and label not in known:
                unknown.setdefault(label, []).append(row)
        for label, rows in unknown.items():
            more = f" (and on {len(rows) - 1} more)" if len(rows) > 1 else ""
            self.problem(f"{name} {label!r} is unknown{guess(label, known)}{more}", rows[0], column or name)


def guess(label: str, known: Collection[str]) -> str:
    """A hint at the label that was probably meant."""
    lower = {other.lower(): other for other in known}
    close = difflib.get_close_matches(label.lower(), list(lower), n=1, cutoff=0.6)
    return f" (did you mean {lower[close[0]]!r}?)" if close else ""


def as_label(cell: Any) -> str:
    """A cell as a label: text without spaces around it, 101.0 as Excel stores it read as 101."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_csv(path: Path, report: Report) -> Table | None:
    """Read a CSV file; None, with the problem reported, when it is not one."""

    def problem(text: str, line: int | None = None) -> None:
        report.problems.append(f"{path.name}{f', line {line}' if line else ''}: {text}")

    try:
        data = path.read_bytes()
    except OSError as error:
        problem(f"cannot be read ({error.strerror})")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem(f"byte {data[error.start]:#04x} is not UTF-8; save the file as 'CSV UTF-8'", line)
        return None
    if "\0" in text:
        problem("holds a zero byte, it is not a CSV file", text.count("\n", 0, text.index("\0")) + 1)
        return None
    first = text.lstrip("\r\n").split("\n", 1)[0]
    named = re.fullmatch(r'"?sep=(.)"?\r?', first)
    separator = named[1] if named else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[Any]] = []
    lines: list[int] = []
    begin = 1
    try:
        for row in reader:
            rows.append(row)
            lines.append(begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        problem(f"not CSV: {error}", begin)
        return None
    if named:
        at = next(at for at, row in enumerate(rows) if row)
        del rows[: at + 1], lines[: at + 1]
    return _table(path.name, "line", rows, lines, separator != ",", report)


def read_workbook(path: Path, wanted: Collection[str], report: Report) -> tuple[dict[str, Table], list[str]]:
    """Read the wanted sheets of an Excel workbook; the names of the other sheets come second."""
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise ModuleNotFoundError("reading Excel workbooks needs openpyxl; pip install 'crowdnb[excel]'") from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets whatever zip and XML raise through
        report.problems.append(f"{path.name}: not an Excel workbook ({error})")
        return {}, []
    tables = {}
    for name in [name for name in book.sheetnames if name in wanted]:
        rows = [list(row) for row in book[name].iter_rows(values_only=True)]
        table = _table(f"{path.name}, sheet {name}", "row", rows, list(range(1, len(rows) + 1)), True, report)
        if table is not None:
            tables[name] = table
    others = [name for name in book.sheetnames if name not in wanted]
    book.close()
    return tables, others


def _table(
    where: str, line_word: str, rows: list[list[Any]], lines: list[int], decimal_comma: bool, report: Report
) -> Table | None:
    """Header and rows from cells: empty rows and empty columns at the end left out, ragged rows reported."""
    kept = [at for at, row in enumerate(rows) if any(as_label(cell) for cell in row)]
    if not kept:
        report.problems.append(f"{where}: the file is empty" if line_word == "line" else f"{where}: the sheet is empty")
        return None
    head, *body = kept
    header = [as_label(cell) for cell in rows[head]]
    while header and not header[-1]:
        header.pop()
    table = Table(where, line_word, header, [], [], decimal_comma, report)
    for at in body:
        row = rows[at]
        cells, rest = row[: len(header)], row[len(header) :]
        table.rows.append(cells + [None] * (len(header) - len(cells)))
        table.lines.append(lines[at])
        if any(as_label(cell) for cell in rest) or (line_word == "line" and len(row) < len(header)):
            table.problem(f"{len(row)} cells, and the header has {len(header)}", len(table.rows) - 1)
    return table
