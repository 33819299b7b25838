"""What is written opens in a spreadsheet, runs nothing there, and reads back to the same labels."""

import csv
import io
import re
import sys

import numpy as np
import openpyxl
import pandas as pd
import pytest
from helpers.effort import tries
from hypothesis import given, settings
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.project.spreadsheet import csv_file, marked, unmarked, workbook

# Signs that begin a formula, what may stand before them, and whatever upsets a file.
NASTY = st.text(alphabet="=+-@＝＋－＠'\" ;,|\t\r\n\\#1a李שلé\u200d")
# Labels that are labels in a project: one space at a time, and none at the ends.
LABELS = (
    st.text(alphabet="=+-@＝'\";,|\\()5xy李王שלنم", min_size=1, max_size=8)
    | st.tuples(st.sampled_from("=+-@'"), st.sampled_from("ab; -='")).map(" ".join)
).map(str.strip)


def rows_of(data):
    """The cells of a CSV file, as a program reads them that knows nothing of this package."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@given(NASTY)
def test_a_mark_is_taken_away_as_it_was_set(text):
    told = marked(text)
    assert unmarked(told) == text and unmarked(marked(told)) == told
    assert not re.match(r"[=+\-@＝＋－＠\t\r\n]", told.lstrip(" "))
    # where lists are separated by semicolons, each part is a cell
    assert not re.search(r"[;\n] *[=+\-@＝＋－＠]", told)


@pytest.mark.parametrize(
    "text", ["", "a", "O'Neil", "'tis", "a-b", "x=1", "a; b", "3", "李", "' '", "5-1"]
)
def test_what_no_spreadsheet_would_run_is_left_alone(text):
    assert marked(text) == unmarked(text) == text


@given(NASTY, NASTY)
def test_a_table_is_the_same_after_any_reader_and_the_marks(one, other):
    data = csv_file(pd.DataFrame({"worker": [one, other], other: [0.1, -2.0]}))
    assert data.startswith(b"\xef\xbb\xbf")
    told = [[unmarked(cell) for cell in row] for row in rows_of(data)]
    assert told == [["worker", other], [one, "0.1"], [other, "-2.0"]]


def test_numbers_missing_ones_and_other_labels_are_as_they_were():
    table = pd.DataFrame(
        {
            "n": pd.array([3, None], dtype="Int64"),
            "x": [0.1 + 0.2, np.nan],
            "label": [-5, ("a", 1)],
            "truth": [True, False],
            "none": [None, "NA"],
        }
    )
    assert rows_of(csv_file(table))[1:] == [
        ["3", "0.30000000000000004", "-5", "True", ""],
        ["", "", "('a', 1)", "False", "NA"],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"s": table}))).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [3, 0.3, -5, True, None],  # fifteen digits, as Excel has
        [None, None, "('a', 1)", False, "NA"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "#N/A",
        "'=1",
        "007",
        "1e5",
        "2024-01-01",
        "李",
        "שלום",
        "a\nb",
    ],
)
def test_a_text_is_a_text_in_a_workbook(text):
    data = workbook({"one": pd.DataFrame({text: [text, 0.5]})})
    for cell in list(openpyxl.load_workbook(io.BytesIO(data))["one"]["A"])[:2]:
        assert cell.data_type == "s" and unmarked(cell.value) == text
        assert cell.value == text or text == "'=1"
        assert cell.quotePrefix, "edited there, it would be read anew"
    assert openpyxl.load_workbook(io.BytesIO(data))["one"].freeze_panes == "A2"


def test_what_a_format_cannot_hold_is_named():
    for text in ("a\x1bb", "a\rb", "\ufffe"):
        with pytest.raises(
            ValueError, match=r"sheet s, row 3: a workbook cannot hold .* write \.csv"
        ):
            workbook({"s": pd.DataFrame({"worker": ["a", text]})})
    with pytest.raises(ValueError, match=r"row 3: '\\ud800' is half a character"):
        csv_file(pd.DataFrame({"worker": ["a", "b\ud800"]}, dtype=object))


def made(labels):
    """A project whose workers, tasks and criteria have these labels."""
    named = pd.Index(labels)
    ends = pd.MultiIndex.from_product([labels, ["low", "high"]], names=["criterion", "end"])
    intervals = pd.DataFrame(0.25, index=named, columns=ends)
    size = len(labels)
    halves = pd.DataFrame(0.5, index=named, columns=named)
    none = pd.DataFrame(0, index=named, columns=named)
    quarrel = none.copy()
    quarrel.iloc[0, 1] = quarrel.iloc[1, 0] = 1
    return cn.Project(
        ability=intervals.rename_axis("worker"),
        demand=intervals.rename_axis("task"),
        criteria_weights=pd.Series(1 / size, index=named),
        required=pd.Series([1] * (size - 1) + [0], index=named),
        task_weights=None,
        task_conflicts=quarrel,
        worker_conflicts=none,
        judgement=halves,
    )


@pytest.mark.slow
@settings(max_examples=tries(8, 100))
@given(st.lists(LABELS.filter(bool), min_size=3, max_size=4, unique=True))
def test_a_project_reads_back_with_its_labels(tmp_path_factory, labels):
    folder = tmp_path_factory.mktemp("made")
    project = made(labels)
    project.write(folder)
    again = cn.read_project(folder)
    for name in ("ability", "demand", "required", "judgement", "task_conflicts"):
        assert getattr(again, name).index.tolist() == labels
    assert again.judgement.columns.tolist() == again.task_conflicts.columns.tolist() == labels
    assert (again.task_conflicts.to_numpy() == project.task_conflicts.to_numpy()).all()
    for path in folder.iterdir():
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        cells = [cell for row in rows_of(path.read_bytes()) for cell in row]
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
    sheets = {path.stem: pd.DataFrame(rows_of(path.read_bytes())) for path in folder.iterdir()}
    told = {
        name: table.map(unmarked).set_axis(table.iloc[0].map(unmarked), axis=1)[1:]
        for name, table in sheets.items()
    }
    numbers = ["low", "high", "required", *labels]
    for table in told.values():
        for column in set(numbers) & set(table.columns[1:]):
            table[column] = table[column].astype(float)
    book = folder / "book.xlsx"
    book.write_bytes(workbook(told))
    of_book = cn.read_project(book)
    assert of_book.ability.index.tolist() == of_book.required.index.tolist() == labels


def test_a_workbook_needs_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"writing Excel workbooks needs openpyxl; .*\[excel\]"
    ):
        workbook({})
