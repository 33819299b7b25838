"""Copies of the shipped folders to damage, and what the command must do with a damaged one."""

import csv
import shutil
from dataclasses import fields
from pathlib import Path

import openpyxl
import pandas as pd
from pandas.testing import assert_frame_equal, assert_series_equal

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.project.options import text_of_options

DATA = Path(cn.__file__).parent / "data"


def copy(name, to, changes=None):
    """A copy of a shipped folder without its subfolders; a change of a file is (old, new), text, bytes, or None."""
    folder = to / name
    shutil.copytree(DATA / name, folder, ignore=shutil.ignore_patterns("published", "*.md"))
    for file, change in (changes or {}).items():
        path = folder / file
        if change is None:
            path.unlink()
        elif isinstance(change, tuple):
            text = path.read_text(encoding="utf-8")
            assert change[0] in text, f"{file} does not hold {change[0]!r}"
            path.write_text(text.replace(*change), encoding="utf-8")
        else:
            path.write_bytes(change if isinstance(change, bytes) else change.encode())
    return folder


def written(folder, files):
    """A folder with these texts, by the names of their files without ``.csv``."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def content(folder):
    """Every file below a folder with its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(path, capsys, *options):
    """The lines that the command reports for bad input: status 2, no answer, and no file made or changed."""
    around = path.parent  # the test's own folder: with that of all tests each call takes a second
    assert len(list(around.iterdir())) < 100, "put the project into a folder of its own"
    before = content(around)
    status = main(["assign", str(path), *options])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert content(around) == before
    return [line.removeprefix("- ").replace(str(path), "FOLDER") for line in err.splitlines()]


def problems(path, capsys, *options):
    """The problems that the command reports, after the line that counts them."""
    head, *lines = refused(path, capsys, *options)
    assert head.startswith("FOLDER: ")
    assert head.endswith(" in the files, nothing written")
    return lines


def zero_one(rows, columns, ones=(), corner=""):
    """A labelled 0/1 matrix as CSV text."""
    lines = [",".join([corner, *columns])]
    lines += [",".join([i, *("1" if (i, k) in ones else "0" for k in columns)]) for i in rows]
    return "\n".join(lines) + "\n"


def same_project(one, other):
    """Every field is the same, but for the notes, which tell of the files."""
    for item in fields(cn.Project):
        first, second = getattr(one, item.name), getattr(other, item.name)
        if isinstance(first, pd.DataFrame):
            assert_frame_equal(first, second, check_exact=True)
            assert first.attrs == second.attrs
        elif isinstance(first, pd.Series):
            assert_series_equal(first, second, check_exact=True)
        elif item.name == "options":
            assert text_of_options(first) == text_of_options(second)
        elif item.name != "notes":
            assert first == second, item.name


def _typed(text):
    """What a spreadsheet makes of a text."""
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return float(text) if text[:1] in tuple("0123456789") else text


def workbook(path, folder, changes=None, **sheets):
    """An Excel workbook of the CSV files of a folder, numbers as numbers, 50% as Excel has it.

    A change is a sheet's cell and value.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for file in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(file.stem)
        for row in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            sheet.append([_typed(cell) for cell in row])
            for at, text in enumerate(row):
                if text.endswith("%"):
                    sheet[sheet.max_row][at].number_format = "0%"
    for name, rows in sheets.items():
        if name in book.sheetnames:
            del book[name]
        for row in rows:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    for (name, cell), value in (changes or {}).items():
        book[name][cell] = value
    book.save(path)
    return path
