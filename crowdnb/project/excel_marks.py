"""What a sheet of a workbook holds besides its values, and what that means for a reader of them.

A program that reads values alone meets nothing in all but the first of merged cells, nothing in a
formula that no spreadsheet program has calculated, and takes rows that are hidden or filtered away
for any others. Here they are found, and named as what they are.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, iterparse

from crowdnb.labels import count, listing
from crowdnb.project.files import PIECE

# One of them is in every sheet that holds a mark; most sheets have none, and are not read again.
_TRACES = re.compile(
    rb"""hidden=|zeroHeight=| (?:ht|width)=["']0["']|mergeCell\b|<(?:\w+:)?f[ >/]"""
)
_TRACE = 20  # bytes of the longest of them
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_YES = ("1", "true")


class Used(NamedTuple):
    """Where a sheet holds something: its rows in order, its last column, the first row's labels."""

    lines: list[int]
    width: int
    header: list[str]


@dataclass
class Marks:
    """What of a sheet is merged, hidden, or not calculated.

    Attributes
    ----------
    merged : list of str
        Ranges, such as ``A2:A3``.
    rows : set of int
        Hidden rows.
    columns : list of (int, int)
        First and last of hidden columns, from 1.
    formulas : list of (int, int)
        Row and column of formulas without a stored value.
    sheet : bool
        Whether the sheet itself is hidden.
    """

    merged: list[str] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    sheet: bool = False

    def problem(self, used: Used) -> tuple[str, list[str]] | None:
        """Why a table cannot be read, and where."""
        merged = [where for where in self.merged if _meets(where, used)]
        if merged:
            merged.sort(key=_corners)
            cells = f"cells are merged ({listing(merged, 4)})"
            return f"{cells}; unmerge them and write the value into each of them", []
        within = used.width or math.inf  # where nothing has a value, all of the formulas count
        formulas = [(row, column) for row, column in self.formulas if column <= within]
        if formulas:
            row, column = formulas[0]
            more = len(formulas) - 1
            also = f" (and {count(more, 'more cell')} of this sheet)" if more else ""
            named = used.header[column - 1 : column]
            name = named[0] if any(named) else _letters(column)
            text = (
                f"a formula without a stored value{also}; open the workbook in a spreadsheet"
                " program and save it there"
            )
            return text, [f"row {row}", f"column {name}"]
        return None

    def hidden(self, used: Used) -> str:
        """What nobody sees of the rows and columns that are read, in words; empty if nothing."""
        rows = [line for line in used.lines if line in self.rows]
        columns = [
            _letters(column)
            for first, last in self.columns
            for column in range(first, min(last, used.width) + 1)
        ]
        found = []
        if rows:
            found.append(f"{count(len(rows), 'hidden or filtered row')} ({_runs(rows)})")
        if columns:
            found.append(f"{count(len(columns), 'hidden column')} ({listing(columns, 4)})")
        said = " and ".join(found)
        if self.sheet:
            return f"the sheet is hidden, and was read{f', with {said}' if said else ''}"
        verb = "were" if len(rows) + len(columns) > 1 else "was"
        return f"{said} {verb} read like the others" if said else ""


def read_marks(sheet: Any) -> Marks:
    """The marks of a sheet that openpyxl has opened to be read only, and so does not tell."""
    marks = Marks(sheet=sheet.sheet_state != "visible")
    with sheet._get_source() as source:
        rest = b""
        while (piece := source.read(PIECE)) and not _TRACES.search(rest + piece):
            rest = piece[-_TRACE:]
    if piece:
        with sheet._get_source() as source:
            _collect(source, marks)
    return marks


def _collect(source: Any, marks: Marks) -> None:
    line, all_hidden, grid = 0, False, None
    for event, element in iterparse(source, ("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            grid = element if name == "sheetData" else grid
        elif name == "row":
            line = int(float(element.get("r", line + 1)))
            if element.get("hidden", str(int(all_hidden))) in _YES or element.get("ht") == "0":
                marks.rows.add(line)
            _formulas(element, line, marks)
            if grid is not None:
                grid.clear()  # else each row that was read would stay in the memory
        elif name == "sheetFormatPr":
            all_hidden = element.get("zeroHeight") in _YES
        elif name == "col" and (element.get("hidden") in _YES or element.get("width") == "0"):
            marks.columns.append((int(element.get("min", 1)), int(element.get("max", 1))))
        elif name == "mergeCell":
            marks.merged.append(element.get("ref", ""))


def _formulas(row: Element, line: int, marks: Marks) -> None:
    """Add the formulas of a row that have no value; a text that is empty is one."""
    column = 0
    for cell in row:
        found = _CELL.fullmatch(cell.get("r", ""))
        column = _number(found[1]) if found else column + 1
        parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
        if "f" in parts and not parts.get("v") and cell.get("t") != "str":
            marks.formulas.append((line, column))


def _corners(where: str) -> tuple[int, int, int, int]:
    """First and last row, first and last column of a range."""
    corners = [_CELL.fullmatch(corner) for corner in where.replace("$", "").split(":")]
    rows = [int(corner[2]) for corner in corners if corner]
    columns = [_number(corner[1]) for corner in corners if corner]
    return min(rows), max(rows), min(columns), max(columns)


def _meets(where: str, used: Used) -> bool:
    """Whether a range has a cell in the rows and columns that are read."""
    top, bottom, left, _ = _corners(where)
    next_line = bisect_left(used.lines, top)
    return left <= used.width and next_line < len(used.lines) and used.lines[next_line] <= bottom


def _number(letters: str) -> int:
    """Of column AB: 28."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _runs(rows: Sequence[int]) -> str:
    """Rows as ``2 to 5, 9``."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    parts = [str(first) if first == last else f"{first} to {last}" for first, last in runs]
    return listing(parts, 4)
