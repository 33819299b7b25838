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
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
SHOWN = 10  # problems of one file that a report prints, so that no file hides another; all are kept


class ProjectError(ValueError):
    """What is wrong with the files of a project, given as pairs of file and sentence.

    Attributes
    ----------
    problems : list of str
        One sentence each, all of them; the message shortens what is wrong many times in one file.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        found = list(problems)
        self.problems = [text for _, text in found]
        number: Counter[str] = Counter()
        lines = []
        for where, text in found:
            number[where] += 1
            if number[where] <= SHOWN:
                lines.append(text)
        lines += [f"{where}: … and {count - SHOWN} more" for where, count in number.items() if count > SHOWN]
        super().__init__("\n".join(lines))


@dataclass
class Report:
    """Problems found so far, as file and sentence, and notes on what is allowed but worth a look."""

    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, where: str, text: str, at: Sequence[str] = ()) -> None:
        """Add a problem of a file, and of a place in it."""
        self.problems.append((where, f"{', '.join([where, *at])}: {text}"))


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
        """Whether the needed columns are there, once; what is missing, doubled or unknown is reported."""
        before = len(self.report.problems)
        known = [*needed, *optional]
        for name in dict.fromkeys(self.header):
            if name not in known:
                hint = did_you_mean(name, [other for other in known if other not in self.header])
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
        """A column of labels, without the spaces around them; one that is wrong is reported and left empty."""
        texts = [as_label(cell) for cell in self.column(name)]
        for row, text in enumerate(texts):
            if wrong := wrong_label(text):
                self.problem(f"the {name} {wrong}", row, name)
                texts[row] = ""
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
            plain = text.replace(",", ".") if self.decimal_comma else text
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
        for row, text in strangers(labels, known, name, self.line_word):
            self.problem(text, row, column or name)


def strangers(labels: Sequence[str], known: Collection[str], name: str, place: str) -> list[tuple[int, str]]:
    """Labels that are not known, each once: where it stands first, and a sentence about it."""
    known = dict.fromkeys(known)
    unknown: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        if label and label not in known:
            unknown.setdefault(label, []).append(at)
    found = []
    for number, (label, at_all) in enumerate(unknown.items()):
        hint = did_you_mean(label, known) if number < SHOWN else ""  # a hint takes long among many labels
        if not hint and len(known) <= 8:
            hint = f" (known are {', '.join(known)})"
        more = len(at_all) - 1
        also = f" (and on {more} more {place}{'s' * (more > 1)})" if more else ""
        found.append((at_all[0], f"{name} {label!r} is unknown{hint}{also}"))
    return found


def closest(label: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """The known label that was probably meant."""
    lower = {other.lower(): other for other in known}
    close = difflib.get_close_matches(label.lower(), list(lower), n=1, cutoff=cutoff)
    return lower[close[0]] if close else None


def did_you_mean(label: str, known: Collection[str]) -> str:
    """A hint at the label that was probably meant, for the end of a sentence."""
    meant = closest(label, known)
    return "" if meant is None else f" (did you mean {meant!r}?)"


def wrong_label(text: str) -> str | None:
    """What is wrong with a label, if anything."""
    if not text:
        return "is empty"
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


def read_csv(path: Path, report: Report) -> Table | None:
    """Read a CSV file; None, with the problem reported, when it is not one."""

    def problem(text: str, line: int | None = None) -> None:
        report.add(path.name, text, [f"line {line}"] if line else [])

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
    named = re.fullmatch(r'"?sep=([,;\t|])"?\r?', first)
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
    """Read the wanted sheets of an Excel workbook; the names of all its sheets come second."""
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise ModuleNotFoundError("reading Excel workbooks needs openpyxl; pip install openpyxl") from None
    sheets = {}
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # drop-down lists and the like, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            for name in [name for name in book.sheetnames if name in wanted]:
                book[name].reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
                sheets[name] = [list(row) for row in book[name].iter_rows(values_only=True)]
    except Exception as error:  # openpyxl lets whatever zip and XML raise through
        text = f"{path.name}: neither a folder nor an Excel workbook (.xlsx) that can be read: {error}"
        raise ProjectError([(path.name, text)]) from None
    tables = {
        name: _table(f"{path.name}, sheet {name}", "row", rows, list(range(1, len(rows) + 1)), True, report)
        for name, rows in sheets.items()
    }
    return {name: table for name, table in tables.items() if table is not None}, book.sheetnames


def _table(
    where: str, line_word: str, rows: list[list[Any]], lines: list[int], decimal_comma: bool, report: Report
) -> Table | None:
    """Header and rows from cells, without empty rows, and empty columns at the end; None when rows are ragged."""
    kept = [at for at, row in enumerate(rows) if any(map(as_label, row))]
    if not kept:
        report.add(where, f"the {'file' if line_word == 'line' else 'sheet'} is empty")
        return None
    head, *body = kept
    header = [as_label(cell) for cell in rows[head]]
    while header and not header[-1]:
        header.pop()
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
