"""An Excel workbook as tables: its sheets by name, after a look at what it would unpack to."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crowdnb.extras import needed_for
from crowdnb.project.cells import as_label
from crowdnb.project.errors import ProjectError, Report
from crowdnb.project.excel_marks import Marks, Used, read_marks
from crowdnb.project.files import FILE_BYTES, PIECE, TooLargeError, in_megabytes, short
from crowdnb.project.form import SHARES
from crowdnb.project.tables import ROWS, Rows, Table, made_table

SHEET_ROWS = 2**20  # what Excel itself can hold
# openpyxl reads 50,000 to 100,000 a second: a million ratings take a minute, and 0.5 GB
SHEET_CELLS = 5_000_000
UNPACKED = 300_000_000  # bytes of a workbook's sheets and texts; a million ratings unpack to 130 MB
PARTS = 1000  # of a workbook: sheets, and what belongs to them
CONTENTS = 4_000_000  # bytes of a workbook's table of contents, 100 a part
OTHER_TAGS = 500_000  # of a workbook, beside its cells: openpyxl reads 200,000 formats a second


def read_workbook(
    path: Path, wanted: Callable[[str], bool], report: Report
) -> tuple[dict[str, Table], list[str]]:
    """Read the wanted sheets of an Excel workbook; the names of all its sheets come second."""
    with needed_for("reading Excel workbooks"):
        import openpyxl
    tables = {}
    try:
        check_workbook(path)
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # drop-down lists and the like, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            for name in [name for name in book.sheetnames if wanted(name)]:
                table = _read_sheet(book[name], f"{path.name}, sheet {name}", report)
                if table is not None:
                    tables[name] = table
    except TooLargeError as error:
        raise ProjectError([(path.name, f"{path.name}: {error}")]) from None
    except MemoryError:
        raise
    except Exception as error:  # openpyxl lets whatever zip and XML raise through
        text = (
            f"{path.name}: neither a folder nor an Excel workbook (.xlsx) that can be read:"
            f" {_what_it_is(path) or short(' '.join(str(error).split()), 200)}"
        )
        raise ProjectError([(path.name, text)]) from None
    return tables, book.sheetnames


def _read_sheet(sheet: Any, where: str, report: Report) -> Table | None:
    """A sheet as a table, and a note on what of it nobody sees.

    None where cells are merged or formulas have no value, which the report then says alone: all
    else that is wrong may come from it.
    """
    rows = Rows()
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    try:
        plain = sheet.title not in SHARES
        for line, row in enumerate(sheet.iter_rows(values_only=plain), 1):
            if row:
                rows.add(row if plain else list(map(_with_per_cent, row)), line)
    except TooLargeError as error:
        raise TooLargeError(f"sheet {sheet.title} {error}") from None
    marks = read_marks(sheet)
    used = _used(rows) if marks != Marks() else Used([], 0, [])
    if problem := marks.problem(used):
        report.add(where, *problem)
        return None
    table = made_table(where, "row", rows.rows, rows.lines, True, report)
    if table is not None and (hidden := marks.hidden(used)):
        report.notes.append(f"{where}: {hidden}")
    return table


def _with_per_cent(cell: Any) -> Any:
    """What a cell holds, as text where it is shown as per cent: 1 could be one place, or all."""
    shown = isinstance(cell.value, int | float) and "%" in (cell.number_format or "")
    return f"{100 * cell.value:.10g}%" if shown else cell.value


def _used(rows: Rows) -> Used:
    numbered = zip(rows.lines, rows.rows, strict=True)
    filled = [(line, row) for line, row in numbered if any(map(as_label, row))]
    width = max(
        (at + 1 for _, row in filled for at, cell in enumerate(row) if as_label(cell)), default=0
    )
    header = list(map(as_label, filled[0][1])) if filled else []
    return Used([line for line, _ in filled], width, header)


def _what_it_is(path: Path) -> str:
    """What a file is that is no workbook, where that is known, and what to do; else empty."""
    with path.open("rb") as file:
        start = file.read(100)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "an old (.xls) or protected workbook; save it as .xlsx without a password"
    if b"opendocument.spreadsheet" in start:  # the first part of such a zip, not packed
        return "an OpenDocument sheet; save it as .xlsx"
    if path.suffix.lower() == ".csv":
        return "name the folder that holds the files, not one of them"
    return ""


def check_workbook(path: Path) -> None:
    """Look at what a workbook would unpack to: a small file can come to more than any memory.

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
    """A file of which no large piece is read at once, such as a million entries of contents."""

    def read(self, size: int | None = -1) -> Any:
        """Read so many bytes, which are not many."""
        if size is not None and size > CONTENTS:
            found = f"{in_megabytes(size)} of contents"
            raise TooLargeError(f"has {found}, and at most {in_megabytes(CONTENTS)} are read")
        return super().read(size)
