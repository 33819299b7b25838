"""A CSV file as a table: its encoding, its separator, its lines.

Read correctly: commas, semicolons or tabs, a byte-order mark, CRLF, Excel's ``sep=`` line, decimal
commas where the separator is not a comma. Whatever is no CSV file, or too much of one, is reported
within seconds, before the memory is full.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from crowdnb.project.errors import Report
from crowdnb.project.files import FILE_BYTES, PIECE, TooLargeError, read_file
from crowdnb.project.tables import ROWS, Rows, Table, made_table

LINES = 2_000_000  # empty ones included
LINE = 1_000_000  # characters of a line; the header of a matrix of 10,000 long names takes 300,000


def read_csv(path: Path, report: Report) -> Table | None:
    """Read a CSV file.

    None, with the problem reported, when it is not one, or beyond a limit of this module.
    """

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
    rows = Rows()
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
    return made_table(path.name, "line", rows.rows, rows.lines, separator != ",", report)


def _not_utf8(data: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8.

    Piece by piece, since the whole may take four times its size.
    """
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
