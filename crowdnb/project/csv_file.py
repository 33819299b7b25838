"""A CSV file as a table: its encoding, its separator, its lines.

Read correctly: commas, semicolons, tabs or bars, UTF-8 with or without a byte-order mark, UTF-16
with one (Excel's "Unicode text"), any line ends, Excel's ``sep=`` line, spaces around quotes,
decimal commas where the separator is not a comma. Whatever is no CSV file, or too much of one, is
reported within seconds, before the memory is full.
"""

from __future__ import annotations

import codecs
import csv
import errno
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from crowdnb.project.errors import Report
from crowdnb.project.files import FILE_BYTES, PIECE, TooLargeError, in_megabytes, read_file
from crowdnb.project.tables import ROWS, Rows, Table, made_table

LINES = 2_000_000  # empty ones included
LINE = 1_000_000  # characters of a line; the header of a matrix of 10,000 long names takes 300,000
SEPARATORS = ",;\t|"
_SOME = 1000  # bytes by which UTF-16 without its mark is known
_SAVE = "save the file as 'CSV UTF-8'"
_WORKBOOKS = (b"PK\3\4", b"\xd0\xcf\x11\xe0")  # how .xlsx and .ods begin, and .xls
_SAMPLE = 20  # lines by which the separator is found
# The mark of UTF-32 begins like that of UTF-16, so it is looked for first.
_MARKED = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_csv(path: Path, report: Report) -> Table | None:
    """Read a CSV file.

    None, with the problem reported, when it is not one, or beyond a limit of this module.
    """

    def problem(text: str, line: int | None = None) -> None:
        report.add(path.name, text, [f"line {line}"] if line else [])

    try:
        data = _unpacked(read_file(path, FILE_BYTES))
    except OSError as error:
        problem(f"cannot be read ({error.strerror})")
        return None
    except TooLargeError as error:
        problem(f"holds {error}")
        return None
    try:
        data = _as_utf8(data)
    except _NotTextError as error:
        problem(f"{error.args[0]}; {_SAVE}", error.args[1])
        return None
    try:
        _count_lines(data)
    except TooLargeError as error:
        problem(str(error))
        return None
    file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
    first = next((line for line in iter(lambda: file.readline(LINE), "") if line.strip("\r\n")), "")
    named = re.fullmatch(r'"?sep=([,;\t|])"?[\r\n]*', first)
    file.seek(0)
    separator = named[1] if named else _separator(file)
    file.seek(0)
    reader = csv.reader(
        _lines(file, separator), delimiter=separator, strict=True, skipinitialspace=True
    )
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


def _unpacked(data: bytes) -> bytes:
    """What a file packed by gzip holds; OSError or TooLargeError where it cannot be had."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(FILE_BYTES + 1)
    except (EOFError, zlib.error):
        raise OSError(errno.EIO, "its packing is broken") from None
    if len(unpacked) > FILE_BYTES:
        raise TooLargeError(f"more than {in_megabytes(FILE_BYTES)} when unpacked")
    return unpacked


class _NotTextError(ValueError):
    """What a file is instead of text, and on which line, if that helps."""


def _as_utf8(data: bytes) -> bytes:
    """The text of a file as UTF-8; piece by piece, since the whole may take four times its size."""
    if data.startswith(_WORKBOOKS):
        raise _NotTextError("is a workbook under the name of a CSV file", None)
    encoding = next((_MARKED[mark] for mark in _MARKED if data.startswith(mark)), None)
    if encoding is not None:
        decoder = codecs.getincrementaldecoder(encoding)()
        starts = range(0, len(data), PIECE)
        try:
            data = b"".join(
                decoder.decode(data[at : at + PIECE], at + PIECE >= len(data)).encode()
                for at in starts
            )
        except UnicodeDecodeError:
            text = f"begins like {encoding.upper()} text and goes on otherwise"
            raise _NotTextError(text, None) from None
    if (at := _not_utf8(data)) is not None:
        raise _NotTextError(f"byte {data[at]:#04x} is not UTF-8", _line_ends(data, at) + 1)
    if (at := data.find(b"\0")) >= 0:
        some = data[:_SOME]
        if max(some[::2].count(0), some[1::2].count(0)) > 0.4 * len(some) / 2:
            raise _NotTextError("looks like UTF-16 text without its mark", None)
        raise _NotTextError("holds a zero byte, it is not a CSV file", _line_ends(data, at) + 1)
    return data


def _separator(file: io.TextIOWrapper) -> str:
    """What separates the cells: where a label has the others in it, the rows tell.

    Of those that are in the first line, the one by which most rows are as long as it; of these the
    most frequent.
    """
    lines: list[str] = []
    while len(lines) < _SAMPLE and (line := file.readline(LINE)):
        if line.strip():
            lines.append(line)

    def fits(separator: str) -> tuple[bool, int, int]:
        try:
            rows = list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
        except csv.Error:
            return False, 0, 0
        width = len(rows[0]) if rows else 0
        return width > 1, sum(len(row) == width for row in rows), width

    return max(SEPARATORS, key=fits)


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


def _line_ends(data: bytes, end: int) -> int:
    """How many lines end before a place, in whatever way."""
    return data.count(b"\n", 0, end) + data.count(b"\r", 0, end) - data.count(b"\r\n", 0, end)


def _count_lines(data: bytes) -> None:
    """TooLargeError where there are too many lines, before any time is spent on them."""
    number = _line_ends(data, len(data))
    if number > LINES:
        raise TooLargeError(f"has {number:,} lines, and at most {LINES:,} are read")
    rows = sum(1 for _ in re.finditer(rb"[^\r\n]+", data)) - 1 if number > ROWS else 0
    if rows > ROWS + 1:  # a line may say what the separator is
        more = "in Python, cn.count_ratings takes more"
        raise TooLargeError(
            f"has {rows:,} rows below its header, and at most {ROWS:,} are read ({more})"
        )


def _lines(file: io.TextIOWrapper, separator: str) -> Iterator[str]:
    """The lines of a file, none of them too long, without spaces between quote and separator."""
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
        yield _trimmed(line, separator) if '" ' in line else line


def _trimmed(line: str, separator: str) -> str:
    """A line without the spaces around quoted cells; as it is where a quote goes on beyond it."""
    mark = re.escape(separator)
    cell = re.compile(
        rf'(?: *(?P<quoted>"(?:[^"]|"")*") *|(?P<plain>[^"{mark}\r\n]*))({mark}|[\r\n]*$)'
    )
    parts, at = [], 0
    while at < len(line):
        found = cell.match(line, at)
        if found is None:
            return line
        parts += [found["quoted"] or found["plain"], found[3]]
        at = found.end()
    return "".join(parts)
