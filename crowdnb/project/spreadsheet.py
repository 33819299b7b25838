"""Tables as a spreadsheet opens them: every name readable, and no cell a formula.

A CSV file begins with a byte-order mark, by which Excel knows UTF-8. A text that a spreadsheet
could run begins with an apostrophe, as one types it there oneself: that is one with ``=``, ``+``,
``-`` or ``@`` at its start, also in full width, behind spaces, or behind a semicolon or the end of
a line within it (where lists are separated by semicolons, that is a cell of its own), or with a tab
or the end of a line at its start. A text that has such an apostrophe already gets one more, so that
:func:`unmarked`, by which every label is read, gives back what :func:`marked` was given. In a
workbook cells say themselves that they are text.

References
----------
OWASP, "CSV injection": which signs begin a formula, in which spreadsheets.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from numbers import Real
from typing import Any

import pandas as pd

from crowdnb.extras import needed_for
from crowdnb.labels import shown

# Where a text could run, its mark left out: behind apostrophes and spaces, which change nothing.
_RUNS = r"(?:(?:\A|(?<=[;\t\r\n])){}(?='* *[=+\-@＝＋－＠])|\A{}(?='* *[\t\r\n]))"
_TO_MARK, _MARK = (re.compile(_RUNS.replace("{}", mark)) for mark in ("", "'"))
_QUOTED = re.compile(r'[",;|\t\r\n]|\A\s|\s\Z')
# characters that a workbook cannot hold, or (the carriage return) gives back as another
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_REMEMBERED = 100_000  # different cells of a table that are written as they were before
_WIDEST = 60  # characters of a column; a longer text goes on over the next cells


def marked(text: str) -> str:
    """A text with an apostrophe before whatever of it a spreadsheet could run.

    Examples
    --------
    >>> marked("=1+1"), marked("'=1+1"), marked("O'Neil")
    ("'=1+1", "''=1+1", "O'Neil")
    """
    return _TO_MARK.sub("'", text)


def unmarked(text: str) -> str:
    """A text as it was before :func:`marked`; one that never was marked stays as it is.

    Examples
    --------
    >>> unmarked("'=1+1"), unmarked("''=1+1"), unmarked("'tis")
    ('=1+1', "'=1+1", "'tis")
    """
    return _MARK.sub("", text) if "'" in text else text


def csv_file(table: pd.DataFrame) -> bytes:
    """A table, without its index, as a CSV file that a spreadsheet opens and this package reads.

    Raises
    ------
    ValueError
        A label holds half a character, which no file can hold.
    """
    # a million ratings name a few thousand workers: 2 s in the place of 6
    cell = lru_cache(_REMEMBERED, typed=True)(_cell)
    text = "".join(f"{','.join(map(cell, row))}\n" for row in _rows(table))
    try:
        return text.encode("utf-8-sig")
    except UnicodeEncodeError as error:
        line = error.object.count("\n", 0, error.start) + 1
        half = ascii(error.object[error.start])
        raise ValueError(f"row {line}: {half} is half a character, no file can hold it") from None


def workbook(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables, without their indexes, as the sheets of an Excel workbook.

    Raises
    ------
    ModuleNotFoundError
        openpyxl is not installed.
    ValueError
        A label holds a character that a workbook cannot hold.
    """
    with needed_for("writing Excel workbooks"):
        import openpyxl
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, table in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for at, row in enumerate(_rows(table), 1):
            for column, value in enumerate(row, 1):
                _fill(sheet.cell(at, column), value, f"sheet {name}, row {at}")
        for cells in sheet.columns:
            wide = max(len(str(cell.value)) for cell in cells)
            sheet.column_dimensions[cells[0].column_letter].width = min(wide + 2, _WIDEST)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _rows(table: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    yield tuple(table.columns)
    yield from table.itertuples(index=False, name=None)


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value != value


def _cell(value: object) -> str:
    if _is_missing(value) or isinstance(value, Real):
        return "" if _is_missing(value) else str(value)
    text = marked(str(value))
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text


def _fill(cell: Any, value: object, where: str) -> None:
    """Write a value into a cell of a workbook; a text stays text, also where somebody edits it."""
    if _is_missing(value) or isinstance(value, Real):
        cell.value = None if _is_missing(value) else value
        return
    text = str(value)
    if wrong := _NOT_IN_XML.search(text):
        raise ValueError(
            f"{where}: a workbook cannot hold {wrong[0]!a}, as in {shown(text)}; write .csv"
        )
    cell.value = marked(text) if unmarked(text) != text else text
    cell.data_type, cell.quotePrefix = "s", True
