"""A large ``ratings.csv`` with nothing unusual in it, read in one go.

A million ratings are some thousand texts, again and again. So each text is looked at once, by the
rules of :mod:`crowdnb.project.cells` and :mod:`crowdnb.project.label_notes`, and the rest is
counting. Whatever a rule has something to say about, were it a note, makes the whole file one for
:mod:`crowdnb.project.csv_file`, which looks at every cell and knows its line.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.fading import day_of
from crowdnb.project.cells import as_label, read_number, wrong_label
from crowdnb.project.errors import Report
from crowdnb.project.files import FILE_BYTES, TooLargeError, read_file
from crowdnb.project.form import FORM
from crowdnb.project.label_notes import doubts
from crowdnb.project.tables import ROWS

# rows from which on it is worth a second way to read: the careful one takes 40 ms there
MANY = 10_000
_LABELS = ("worker", "criterion", "date")
_UNUSUAL = (b'"', b"'", b"\r", b"\0")  # quotes, apostrophes of Excel, other line ends


class PlainRatings(NamedTuple):
    """A file that was read in one go.

    Attributes
    ----------
    path : Path
    frame : DataFrame
        Index ``line``; ``worker``, ``criterion`` and, where the file has it, ``date``, as
        categories in the order in which they come, each label clean; ``rating``, a number.
    days : Series or None
        The day of each rating in turn, NaT where there is none; None where no rating has one.
    """

    path: Path
    frame: pd.DataFrame
    days: pd.Series[Any] | None

    def keep_labels(self, report: Report) -> None:
        """Keep where each label stands first."""
        for what in ("worker", "criterion"):
            column = self.frame[what].cat
            first = column.codes.drop_duplicates().index  # as the categories are ordered
            places = report.labels.setdefault(what, {})
            for label, line in zip(column.categories.tolist(), first.tolist(), strict=True):
                places.setdefault(label, f"{self.path.name}, line {line}")


def plain_ratings(path: Path) -> PlainRatings | None:
    """The ratings of a file, or None where it is small, or anything in it is unusual."""
    try:
        data = read_file(path, FILE_BYTES)
    except (OSError, TooLargeError):
        return None
    letters = np.frombuffer(data, dtype=np.uint8)  # counts ten times as fast as bytes
    rows = np.count_nonzero(letters == ord("\n")) - data.endswith(b"\n")
    if not MANY <= rows <= ROWS or any(mark in data for mark in _UNUSUAL):
        return None
    header = data[: data.index(b"\n")].decode("ascii", "replace").split(",")
    form = FORM["ratings"]
    needed, known = set(form.columns), {*form.columns, *form.optional}
    if not needed <= set(header) <= known or len(header) > len(set(header)):
        return None
    # else a row is longer or shorter, or empty, which pandas leaves out
    even = np.count_nonzero(letters == ord(",")) == (len(header) - 1) * (rows + 1)
    written = _as_written(data, header) if even else None
    frame = None if written is None or len(written) != rows else _looked_at(written)
    if frame is None:
        return None
    try:
        return PlainRatings(path, frame, _days(frame))
    except ValueError:
        return None


def _days(frame: pd.DataFrame) -> pd.Series[Any] | None:
    """The day of each rating; ValueError where a date is none."""
    if "date" not in frame or not any(frame["date"].cat.categories):
        return None
    texts = frame["date"].cat.categories
    known = [day_of(text) for text in texts]
    if any(text and day is None for text, day in zip(texts, known, strict=True)):
        raise ValueError("a date is none")
    days = np.array(known, dtype="M8[s]")
    return pd.Series(days[frame["date"].cat.codes.to_numpy()])


def _as_written(data: bytes, header: list[str]) -> pd.DataFrame | None:
    """The cells: texts as they stand, and marks as whole numbers or texts."""

    def read(**options: Any) -> Any:
        return pd.read_csv(io.BytesIO(data), engine="c", na_filter=False, **options)

    frame: pd.DataFrame
    try:
        frame = read()
        if frame["rating"].dtype.kind != "i":  # 1.250 may be a thousand, and is looked at as a text
            frame["rating"] = read(usecols=["rating"], dtype=str)["rating"]
    except ValueError:  # no UTF-8, no CSV
        return None
    texts = all(frame[name].dtype == "str" for name in _LABELS if name in header)
    return frame if texts else None  # labels such as 007 are a number to pandas


def _looked_at(frame: pd.DataFrame) -> pd.DataFrame | None:
    """The same in categories of clean labels, and numbers; None where a rule speaks up."""
    found: dict[str, Any] = {}
    for name in _LABELS:
        if name not in frame:
            continue
        codes, distinct = pd.factorize(frame[name])
        cells = distinct.tolist()
        texts = [as_label(cell) for cell in cells]
        if name != "date" and (any(map(wrong_label, texts)) or doubts(cells, texts, ())):
            return None
        code, labels = pd.factorize(pd.Series(texts, dtype=object))
        found[name] = pd.Categorical.from_codes(code[codes], labels)
    codes, distinct = pd.factorize(frame["rating"])
    marks = [read_number(cell, False) for cell in distinct.tolist()]
    if any(isinstance(mark, str) for mark in marks):
        return None
    found["rating"] = np.array(marks, dtype=float)[codes]
    lines = pd.RangeIndex(2, len(frame) + 2, name="line")
    return pd.DataFrame(found, index=lines)
