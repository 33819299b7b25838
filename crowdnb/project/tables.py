"""Tables that people bring: CSV files or Excel sheets, read with the line of every cell kept for messages.

Read correctly: commas, semicolons or tabs, a byte-order mark, CRLF, Excel's ``sep=`` line, decimal
commas where the separator is not a comma, spaces around labels, empty lines and columns at the end,
numbers as Excel stores them. Everything else is reported, nothing is repaired: a :class:`Report`
collects the problems of all the files.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import math
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from crowdnb.labels import listing, number, several, shown
from crowdnb.project.files import TooLargeError, in_megabytes, read_file, short

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

# What is read, so that a file that is none, or too much, is refused within seconds and 1 GB instead
# of filling the memory. Measured: a million ratings take 0.43 GB with 1,000 or 10,000 workers, 0.49
# GB with long names; the worst that was found below the limits, a million rows of different cells
# or of wrong ratings, 0.63 and 0.91 GB; beyond a limit, 0.27 GB and 2.8 s.
FILE_BYTES = 100_000_000  # of a file; a million ratings with long names and dates take 80 MB
ROWS = 1_000_000  # below the header
LINES = 2_000_000  # empty ones included
LINE = 1_000_000  # characters of a line; the header of a matrix of 10,000 long names takes 300,000
COLUMNS = 10_000  # of a matrix; each unknown one is a problem of its own
CELLS = 8_000_000  # 66 bytes each where all are different; ratings with a date have four a row
SHARED = 100_000  # different texts of a file that are held once
LABEL = 1000  # characters of a label
PIECE = 2**20  # bytes looked at in one go
SHEET_ROWS = 2**20  # what Excel itself can hold
# openpyxl reads 50,000 to 100,000 a second: a million ratings take a minute, and 0.5 GB
SHEET_CELLS = 5_000_000
UNPACKED = 300_000_000  # bytes of a workbook's sheets and texts; a million ratings unpack to 130 MB
PARTS = 1000  # of a workbook: sheets, and what belongs to them
CONTENTS = 4_000_000  # bytes of a workbook's table of contents, 100 a part
OTHER_TAGS = 500_000  # of a workbook, beside its cells: openpyxl reads 200,000 formats a second

HINTED = 5000  # known labels among which the one that was meant is looked for: 10 microseconds each
SHOWN = 10  # problems of one file that a report prints, so that no file hides another; all are kept


class ProjectError(ValueError):
    """What is wrong with the files of a project, given as pairs of file and sentence.

    Attributes
    ----------
    problems : list of str
        One sentence each, all of them; the message shortens what is wrong many times in one file.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        found = [_pair(problem) for problem in several(problems, "problems")]
        self.problems = [text for _, text in found]
        number: Counter[str] = Counter()
        lines = []
        for where, text in found:
            number[where] += 1
            if number[where] <= SHOWN:
                lines.append(text)
        lines += [
            f"{where}: … and {count - SHOWN} more"
            for where, count in number.items()
            if count > SHOWN
        ]
        super().__init__("\n".join(lines))


def _pair(problem: object) -> tuple[str, str]:
    if (
        not isinstance(problem, tuple)
        or len(problem) != 2
        or not all(isinstance(text, str) for text in problem)
    ):
        raise ValueError(
            f"problems: pairs of a file and a sentence are needed, got {shown(problem)}"
        )
    return problem


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
        """A column of labels, without the spaces around them; one that is wrong is reported and left empty."""
        texts = [as_label(cell) for cell in self.column(name)]
        for row, text in enumerate(texts):
            if wrong := wrong_label(text):
                self.problem(f"the {name} {wrong}", row, name)
                texts[row] = ""
        return texts

    def numbers(
        self, name: str, rule: Callable[[float], str | None] = lambda value: None
    ) -> list[float]:
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


def strangers(
    labels: Sequence[str], known: Collection[str], name: str, place: str
) -> list[tuple[int, str]]:
    """Labels that are not known, each once: where it stands first, and a sentence about it."""
    known = dict.fromkeys(known)
    unknown: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        if label and label not in known:
            unknown.setdefault(label, []).append(at)
    found = []
    for before, (label, at_all) in enumerate(unknown.items()):
        few = before < SHOWN and len(known) <= HINTED  # a hint takes long among many labels
        hint = did_you_mean(label, known) if few else ""
        if not hint and 0 < len(known) <= 8:
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


def read_csv(path: Path, report: Report) -> Table | None:
    """Read a CSV file; None, with the problem reported, when it is not one, or beyond a limit of this module."""

    def problem(text: str, line: int | None = None) -> None:
        report.add(path.name, text, [f"line {line}"] if line else [])

    try:
        data = read_file(path, FILE_BYTES)
    except OSError as error:
        problem(f"cannot be read ({error.strerror})")
        return None
    except TooLargeError as error:
        problem(f"holds {error}")
        return None
    if (at := _not_utf8(data)) is not None:
        line = data.count(b"\n", 0, at) + 1
        problem(f"byte {data[at]:#04x} is not UTF-8; save the file as 'CSV UTF-8'", line)
        return None
    if (at := data.find(b"\0")) >= 0:
        problem("holds a zero byte, it is not a CSV file", data.count(b"\n", 0, at) + 1)
        return None
    try:
        _count_lines(data)
    except TooLargeError as error:
        problem(str(error))
        return None
    file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    first = next((line for line in iter(lambda: file.readline(LINE), "") if line.strip("\r\n")), "")
    named = re.fullmatch(r'"?sep=([,;\t|])"?[\r\n]*', first)
    separator = named[1] if named else max(",;\t", key=first.count)
    file.seek(0)
    reader = csv.reader(_lines(file), delimiter=separator, strict=True)
    rows = _Rows()
    begin = 1
    try:
        for row in reader:
            if row:
                rows.add(row, begin)
            begin = reader.line_num + 1
    except csv.Error as error:
        problem(f"not CSV: {error}", begin)
        return None
    except TooLargeError as error:
        problem(str(error))
        return None
    if named:
        del rows.rows[0], rows.lines[0]
    return _table(path.name, "line", rows.rows, rows.lines, separator != ",", report)


def _not_utf8(data: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8; piece by piece, since the whole may take four times its size."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, len(data), PIECE):
        piece = data[at : at + PIECE]
        try:
            decoder.decode(piece, at + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return at + len(piece) - len(error.object) + error.start
    return None


def _count_lines(data: bytes) -> None:
    """TooLargeError where there are too many lines, before any time is spent on them."""
    number = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    if number > LINES:
        raise TooLargeError(f"has {number:,} lines, and at most {LINES:,} are read")
    rows = sum(1 for _ in re.finditer(rb"[^\r\n]+", data)) - 1 if number > ROWS else 0
    if rows > ROWS + 1:  # a line may say what the separator is
        more = "in Python, cn.count_ratings takes more"
        raise TooLargeError(
            f"has {rows:,} rows below its header, and at most {ROWS:,} are read ({more})"
        )


def _lines(file: io.TextIOWrapper) -> Iterator[str]:
    """The lines of a file, none of which is too long."""
    number = 0
    while line := file.readline(LINE + 1):
        number += 1
        if len(line) > LINE:
            size = len(line)
            while not line.endswith(("\r", "\n")) and (line := file.readline(LINE)):
                size += len(line)
            raise TooLargeError(
                f"line {number} has {size:,} characters, and at most {LINE:,} are read"
            )
        yield line


class _Rows:
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


def read_workbook(
    path: Path, wanted: Collection[str], report: Report
) -> tuple[dict[str, Table], list[str]]:
    """Read the wanted sheets of an Excel workbook; the names of all its sheets come second."""
    try:
        import openpyxl
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "reading Excel workbooks needs openpyxl; pip install openpyxl"
        ) from None
    sheets = {}
    try:
        check_workbook(path)
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # drop-down lists and the like, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for name in [name for name in book.sheetnames if name in wanted]:
                # some programs write a wrong size, and rows beyond it would be lost
                book[name].reset_dimensions()
                sheets[name] = rows = _Rows()
                try:
                    for line, row in enumerate(book[name].iter_rows(values_only=True), 1):
                        if row:
                            rows.add(row, line)
                except TooLargeError as error:
                    raise TooLargeError(f"sheet {name} {error}") from None
    except TooLargeError as error:
        raise ProjectError([(path.name, f"{path.name}: {error}")]) from None
    except MemoryError:
        raise
    except Exception as error:  # openpyxl lets whatever zip and XML raise through
        text = (
            f"{path.name}: neither a folder nor an Excel workbook (.xlsx) that can be read:"
            f" {_in_a_line(error)}"
        )
        raise ProjectError([(path.name, text)]) from None
    tables = {
        name: _table(f"{path.name}, sheet {name}", "row", rows.rows, rows.lines, True, report)
        for name, rows in sheets.items()
    }
    return {name: table for name, table in tables.items() if table is not None}, book.sheetnames


def _in_a_line(error: Exception) -> str:
    return short(" ".join(str(error).split()), 200)


def check_workbook(path: Path) -> None:
    """Look at what a workbook would unpack to, since a small file can unpack to more than any memory.

    Raises
    ------
    TooLargeError
        It is beyond a limit, which the message names.
    BadZipFile
        It is no workbook.
    """
    size = path.stat().st_size
    if size > FILE_BYTES:
        raise TooLargeError(
            f"holds {in_megabytes(size)}, and at most {in_megabytes(FILE_BYTES)} are read"
        )
    with _Sparing(path) as file, zipfile.ZipFile(file) as book:
        parts = [part for part in book.infolist() if part.filename.endswith((".xml", ".rels"))]
        names = [part.filename for part in parts]
        if len(names) > PARTS:
            raise TooLargeError(
                f"has {len(names):,} parts (sheets and the like), and at most {PARTS:,} are read"
            )
        if (total := sum(part.file_size for part in parts)) > UNPACKED:
            raise TooLargeError(
                f"unpacks to {in_megabytes(total)}, and at most {in_megabytes(UNPACKED)} of sheets"
                " and texts are read"
            )
        grid, rest = Counter[str](), 0
        for part in parts:
            counts = _count_tags(book, part)
            if counts["row"] > SHEET_ROWS:
                raise TooLargeError(
                    f"has {counts['row']:,} rows in a sheet, and at most {SHEET_ROWS:,} are read"
                )
            grid.update(counts)
            values = counts["v"] + counts["f"] + counts["is"] + counts["t"]
            rest += counts["other"] + max(0, values - 3 * counts["c"] - 3 * counts["si"])
        for what, most, word in (("c", SHEET_CELLS, "cells"), ("si", ROWS, "different texts")):
            if grid[what] > most:
                raise TooLargeError(
                    f"has {grid[what]:,} {word} in its sheets, and at most {most:,} are read"
                )
        if rest > OTHER_TAGS:
            raise TooLargeError(
                f"has {rest:,} formats and other marks, and at most {OTHER_TAGS:,} are read"
            )


def _count_tags(book: zipfile.ZipFile, part: zipfile.ZipInfo) -> Counter[str]:
    """How often the tags of a grid stand in a part of a workbook, and how many others there are."""
    counts, rest, prefix = Counter[str](), b"", None
    with book.open(part) as file:
        while piece := file.read(PIECE):
            piece = rest + piece
            if prefix is None:  # some programs write <x:row>
                found = re.search(rb"<(\w+:)?(?:worksheet|sst)\b", piece[:PIECE])
                prefix = (found[1] or b"") if found else b""
            cut = max(piece.rfind(b"<"), 0)  # a tag is not cut in two
            piece, rest = piece[:cut], piece[cut:]
            if len(rest) > PIECE:
                rest = rest[-PIECE:]
            _count_in(piece, prefix, counts)
    _count_in(rest, prefix or b"", counts)
    return counts


def _count_in(piece: bytes, prefix: bytes, counts: Counter[str]) -> None:
    tags = piece.count(b"<") - piece.count(b"</")
    for name in ("row", "c", "v", "f", "is", "t", "si"):
        start = b"<" + prefix + name.encode()
        found = sum(piece.count(start + end) for end in (b">", b" ", b"/>"))
        counts[name] += found
        tags -= found
    counts["other"] += tags


class _Sparing(io.FileIO):
    """A file of which no large piece is read at once, such as a table of contents with a million entries."""

    def read(self, size: int | None = -1) -> Any:
        """Read so many bytes, which are not many."""
        if size is not None and size > CONTENTS:
            found = f"{in_megabytes(size)} of contents"
            raise TooLargeError(f"has {found}, and at most {in_megabytes(CONTENTS)} are read")
        return super().read(size)


def _table(
    where: str,
    line_word: str,
    rows: list[list[Any]],
    lines: list[int],
    decimal_comma: bool,
    report: Report,
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
