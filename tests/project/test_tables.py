"""Files as programs write them.

What is read correctly, what is refused as no table, and Excel workbooks.
"""

import csv
import io
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from helpers.folders import DATA, copy, problems, same_project, workbook
from openpyxl.worksheet.datavalidation import DataValidation

import crowdnb as cn
from crowdnb.__main__ import main

HEAD = b"worker,criterion,low,high\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01"


def zipped():
    """An Excel workbook as bytes."""
    file = io.BytesIO()
    openpyxl.Workbook().save(file)
    return file.getvalue()


NOT_CSV = {
    "zero byte": (
        HEAD + b"a0,skill,\0,1\n",
        "line 2: holds a zero byte, it is not a CSV file; save ",
    ),
    "quote not closed": (
        HEAD + b'a0,"skill,0,1\na0,quality,0,1\n',
        "line 2: not CSV: unexpected end of data",
    ),
    "quote within": (
        HEAD + b'a0,skill,0,1\na0,"ski"ll,0,1\n',
        "line 3: not CSV: ',' expected after '\"'",
    ),
    "quote not closed, large": (
        HEAD + b'a0,"skill,0,1\n' + b"x" * 200_000,
        "line 2: not CSV: field larger than",
    ),
    "row too long": (HEAD + b"\na0,skill,0,52,1\n", "line 3: 5 cells, and the header has 4"),
    "row too short": (HEAD + b"a0,skill,0\n", "line 2: 3 cells, and the header has 4"),
    "rows of another separator": (
        HEAD + b"a0;skill;0;1\n",
        "line 2: 1 cell, and the header has 4",
    ),
    "Latin 1": (
        HEAD + "a0,skill,0,1\nJosé,skill,0,1\n".encode("latin-1"),
        "line 3: byte 0xe9 is not UTF-8; ",
    ),
    "GBK": (
        HEAD + "张三,skill,0,1\n".encode("gbk"),
        "line 2: byte 0xd5 is not UTF-8; save the file as 'CSV UTF-8'",
    ),
    "UTF-16 without its mark": (
        HEAD.decode().encode("utf-16-le"),
        ": looks like UTF-16 text without its mark; save the file as 'CSV UTF-8'",
    ),
    "half of UTF-16": (
        HEAD.decode().encode("utf-16")[:-1],
        ": begins like UTF-16 text and goes on otherwise; save the file as 'CSV UTF-8'",
    ),
    "CR and Latin 1": (
        HEAD.replace(b"\n", b"\r") + "José,skill,0,1\r".encode("latin-1"),
        "line 2: byte 0xe9 is not UTF-8; ",
    ),
    "PNG": (PNG, "line 1: byte 0x89 is not UTF-8; "),
    "workbook under the name of a CSV file": (
        zipped(),
        ": is a workbook under the name of a CSV file; save the file as 'CSV UTF-8'",
    ),
    "HTML": (
        b"<!DOCTYPE html>\n<p>not found</p>\n",
        "column '<!DOCTYPE html>' is not known here; ",
    ),
}


@pytest.mark.parametrize(("data", "problem"), NOT_CSV.values(), ids=NOT_CSV)
def test_what_is_no_table_is_refused(data, problem, tmp_path, capsys):
    lines = problems(copy("case_study", tmp_path, {"ability.csv": data}), capsys)
    separator = {"c": ": ", ":": ""}.get(problem[0], ", ")
    assert lines[0].startswith(f"ability.csv{separator}{problem}")
    assert all(line.startswith("ability.csv: column") for line in lines[1:])


def test_a_folder_under_the_name_of_a_file_is_refused(tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"demand.csv": None})
    (folder / "demand.csv").mkdir()
    assert problems(folder, capsys) == ["demand.csv: cannot be read (Is a directory)"]


def rewritten(text, separator=",", end="\n", decimal=".", **form):
    """CSV text in another dialect."""
    rows = list(csv.reader(io.StringIO(text)))
    rows = [
        [cell.replace(".", decimal) if cell[:1] in "01" else cell for cell in row] for row in rows
    ]
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator=end, **form).writerows(rows)
    return file.getvalue()


DIALECTS = {
    "semicolons and decimal commas": lambda text: rewritten(text, ";", decimal=",").encode(),
    "tabs and decimal commas": lambda text: rewritten(text, "\t", decimal=",").encode(),
    "commas, everything quoted": lambda text: rewritten(text, quoting=csv.QUOTE_ALL).encode(),
    "byte-order mark and CRLF": lambda text: rewritten(text, end="\r\n").encode("utf-8-sig"),
    "old Macintosh": lambda text: rewritten(text, end="\r").encode(),
    "sep=;": lambda text: b"sep=;\r\n" + rewritten(text, ";", "\r\n", ",").encode(),
    '"sep=|" after a mark': lambda text: b'\xef\xbb\xbf\n"sep=|"\n' + rewritten(text, "|").encode(),
    "spaces around everything": lambda text: (
        text.replace(",", " ,\u3000").replace("\n", "\u00a0 \n").encode()
    ),
    "empty lines and columns": (
        lambda text: ("\n" + text.replace("\n", ",,\n\n , ,,\n") + ",,,,\n\n").encode()
    ),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, tabs, CRLF": lambda text: (
        b"\xfe\xff" + rewritten(text, "\t", "\r\n").encode("utf-16-be")
    ),
    "bars": lambda text: rewritten(text, "|").encode(),
    "CR, semicolons, decimal commas": lambda text: rewritten(text, ";", "\r", ",").encode(),
    "spaces around quotes": (
        lambda text: rewritten(text, quoting=csv.QUOTE_ALL).replace('","', '" , "').encode()
    ),
    "no end of the last line": lambda text: text.rstrip("\n").encode(),
}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
@pytest.mark.parametrize("name", ["case_study", "lounges"])
def test_dialects_are_read_the_same(name, dialect, tmp_path):
    folder = copy(name, tmp_path)
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_bytes(dialect(text))
        assert path.read_bytes() != text.encode()
    same_project(cn.read_project(folder), cn.read_project(DATA / name))


def test_a_decimal_comma_between_commas_is_no_number(tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"weights.csv": ("quality,0.50", 'quality,"0,50"')})
    assert problems(folder, capsys) == [
        "weights.csv, line 4, column weight: '0,50' is not a number (write 0.50, with a decimal"
        " point)"
    ]
    folder = copy(
        "case_study", tmp_path / "2", {"weights.csv": "criterion;weight\nskill;1,000,5\n"}
    )
    assert "weights.csv, line 2, column weight: '1,000,5' is not a number" in problems(
        folder, capsys
    )


def test_lines_are_counted_as_an_editor_counts_them(tmp_path, capsys):
    text = '\nsep=,\n\ntask,required\nr0,2\n\nr1,1\n"r2",\n,\nr3,x\nr4,1\n'
    assert problems(copy("case_study", tmp_path, {"tasks.csv": text}), capsys) == [
        "tasks.csv, line 8, column required: the cell is empty, a number is needed",
        "tasks.csv, line 10, column required: 'x' is not a number",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["case_study", "lounges"])
def test_a_workbook_is_read_as_the_folder(name, tmp_path, capsys):
    path = workbook(
        tmp_path / "my book.xlsx", DATA / name, Notes=[["not read"]], assignment=[["earlier"]]
    )
    project = cn.read_project(path)
    same_project(project, cn.read_project(DATA / name))
    assert [note.split(";")[0] for note in project.notes] == [
        "Notes was not read",
        "assignment was not read",
    ]
    assert main(["assign", str(path)]) == 0
    assert "Written: " in capsys.readouterr().out
    assert (
        len((tmp_path / "my book_assignment.csv").read_text().splitlines())
        == project.required.sum() + 1
    )


def test_a_workbook_as_people_keep_it(tmp_path):
    """Numbers as labels, stars as 5.0, numbers as text, empty rows and columns, a drop-down list, colours."""
    path = tmp_path / "book.XLSX"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "ratings"
    rows = [
        ["worker ", "criterion", "rating", None, None],
        [None],
        [101, "質", 5.0],
        [None],
        [101.0, "質", " 4 "],
    ]
    for row in [*rows, ["102", "\u3000質 ", 3, None, " "], [None] * 9, [" "]]:
        sheet.append(row)
    sheet.cell(40, 12).font = openpyxl.styles.Font(bold=True)
    validation = DataValidation(type="list", formula1='"1,2,3,4,5"')
    sheet.add_data_validation(validation)
    validation.add("C3:C9")
    for name, table in {
        "demand": [["task", "criterion", "low"], [1, "質", "0,25"]],
        "tasks": [["task", "required"], [1, 1.0]],
        "weights": [["criterion", "weight"], ["質", 1]],
        "worker_conflicts": [["", 101, 102], [101, 0, 1], [102, True, 0]],
    }.items():
        for row in table:
            (book[name] if name in book.sheetnames else book.create_sheet(name)).append(row)
    book["worker_conflicts"]["B3"] = 1
    book.save(path)
    project = cn.read_project(path)
    assert project.ability.index.tolist() == ["101", "102"]
    assert project.ability.to_numpy().tolist() == [[0.8, 1.0], [0.6, 0.6]]
    assert project.demand.to_numpy().tolist() == [[0.25, 1.0]]
    assert project.required.to_dict() == {"1": 1}
    assert project.worker_conflicts.to_numpy().tolist() == [[0, 1], [1, 0]]


WRONG_CELLS = {
    "date": (
        ("ability", "C2"),
        date(2024, 5, 3),
        "2024-05-03 00:00:00 is a date, a number is needed ",
    ),
    "moment": (
        ("tasks", "B2"),
        datetime(2024, 5, 3, 12),
        "2024-05-03 12:00:00 is a date, a number is needed ",
    ),
    "time": (("ability", "C2"), time(0, 52), "00:52:00 is a date, a number is needed "),
    "duration": (("tasks", "B2"), timedelta(days=2, hours=1), "is not a number"),
    "truth value": (("tasks", "B2"), True, "'True' is not a number"),
    "error": (("ability", "C2"), "#DIV/0!", "'#DIV/0!' is not a number"),
    "formula without a value": (("ability", "C2"), "=1/2", "a formula without a stored value; "),
    "fraction": (("tasks", "B2"), 1.5, "1.5 must be a whole number of workers"),
    "outside": (("ability", "C2"), -1, "-1 must lie in [0, 1]"),
}


@pytest.mark.parametrize(("cell", "value", "problem"), WRONG_CELLS.values(), ids=WRONG_CELLS)
def test_a_wrong_cell_of_a_workbook_is_named(cell, value, problem, tmp_path, capsys):
    path = workbook(tmp_path / "book.xlsx", DATA / "case_study", {cell: value})
    lines = problems(path, capsys)
    column = {"ability": "low", "tasks": "required"}[cell[0]]
    assert len(lines) == 1
    assert (
        lines[0].startswith(f"book.xlsx, sheet {cell[0]}, row 2, column {column}: ")
        and problem in lines[0]
    )


def test_sheets_missing_misspelt_empty_or_too_wide_are_named(tmp_path, capsys):
    sheets = {
        "ability": [[]],
        "tasks": [[None], [" "]],
        "worker_conflict": [["x"]],
        "weights": [["criterion", "weight"], ["skill", 1, "?"]],
        "demand": [["task", "criterion", "low"], ["r0", "skill"]],
    }
    path = workbook(tmp_path / "book.xlsx", DATA / "case_study", {}, **sheets)
    assert problems(path, capsys) == [
        "book.xlsx, sheet ability: the sheet is empty",
        "book.xlsx, sheet tasks: the sheet is empty",
        "book.xlsx, sheet weights, row 2: 3 cells, and the header has 2",
        "FOLDER: 'worker_conflict' is not a name that is read (did you mean 'worker_conflicts'?)",
        "book.xlsx, sheet demand, row 2, column low: the cell is empty, a number is needed",
    ]


def rewrite_sheets(path, pattern, replacement):
    """Change the XML of the sheets of a workbook, as programs other than Excel would have written it."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            changed = re.sub(pattern, replacement, data)
            assert changed != data or not name.startswith("xl/worksheets/")
            book.writestr(name, changed)


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        # a wrong size: rows beyond it would be lost
        (rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"'),
        (rb"<dimension [^>]*/>", b""),
        (rb"<v>(\d+)</v></c></row>", rb"<v>\1.0</v></c></row>"),  # whole numbers as 2.0
    ],
    ids=["wrong size", "no size", "2.0"],
)
def test_workbooks_of_other_programs(pattern, replacement, tmp_path):
    sheets = {
        "tasks": [["task", "required"], *([j, need] for j, need in enumerate([2, 1, 3, 2, 1]))],
        "task_conflicts": [["worker", "task"], ["a0", 3]],
        "weights": [["criterion", "weight"], ["c", 1]],
        "demand": [["task", "criterion", "low"], *([j, "c", 0] for j in range(5))],
        "ability": [
            ["worker", "criterion", "low", "high"],
            *([f"a{i}", "c", 0, 1] for i in range(12)),
        ],
    }
    path = workbook(tmp_path / "book.xlsx", DATA / "case_study", **sheets)
    before = cn.read_project(path)
    rewrite_sheets(path, pattern, replacement)
    same_project(cn.read_project(path), before)
    assert before.task_conflicts.at["a0", "3"] == 1 and before.required.tolist() == [2, 1, 3, 2, 1]


@pytest.mark.parametrize("data", [PNG, b"", HEAD, zipped()[:900], b"PK\x05\x06" + bytes(18)])
@pytest.mark.parametrize("name", ["book.xlsx", "ratings.csv", "old.xls"])
def test_a_file_that_is_no_workbook_is_refused(name, data, tmp_path, capsys):
    path = tmp_path / name
    path.write_bytes(data)
    (line,) = problems(path, capsys)
    assert line.startswith(
        f"{name}: neither a folder nor an Excel workbook (.xlsx) that can be read: "
    )


KINDS = {
    "book.xls": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old (.xls) or protected workbook; save it as .xlsx",
    ),
    "book.ods": (
        b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "an OpenDocument sheet; save it as .xlsx",
    ),
    "tasks.csv": (b"task,required\n", "name the folder that holds the files, not one of them"),
}


@pytest.mark.parametrize("name", KINDS)
def test_what_is_known_to_be_no_workbook_is_named(name, tmp_path, capsys):
    data, said = KINDS[name]
    (tmp_path / name).write_bytes(data)
    (line,) = problems(tmp_path / name, capsys)
    assert f" that can be read: {said}" in line


def test_a_workbook_without_the_package_names_the_package(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"")
    assert main(["assign", str(path)]) == 2
    assert capsys.readouterr().err == (
        "crowdnb: reading Excel workbooks needs openpyxl; pip install 'crowdnb[excel]'\n"
    )


def test_the_separator_is_that_of_the_rows_where_labels_hold_others(tmp_path):
    """A matrix of people called "Name, F." has as many commas in its header as semicolons."""
    names = [f"a{i}" for i in range(12)]
    ability = (DATA / "case_study" / "ability.csv").read_text()
    for name in names[::-1]:
        ability = ability.replace(f"{name},", f'"{name}, F.",')
    people = [f"{name}, F." for name in names]
    rows = [";".join([one, *("0" for _ in people)]) for one in people]
    changes = {
        "ability.csv": ability,
        "task_conflicts.csv": "worker;task\ra0, F.;r3\r",
        "worker_conflicts.csv": "\r".join([";".join(["", *people]), *rows]) + "\r",
    }
    project = cn.read_project(copy("case_study", tmp_path, changes))
    assert list(project.worker_conflicts) == people
    assert project.task_conflicts.at["a0, F.", "r3"] == 1


HEADERS = {
    "space before a quote": 'task, "required"\nr0,2\nr1,1\nr2,3\nr3,2\nr4,1\n',
    "space after a quote": '"task" ,"required"\nr0,2\nr1,1\nr2,3\nr3,2\nr4,1\n',
    "quotes in quotes": '"task" , "required"\n"r0" , "2"\nr1,1\nr2,3\nr3,2\nr4,1\n',
}


@pytest.mark.parametrize("text", HEADERS.values(), ids=HEADERS)
def test_spaces_around_quotes_are_none_of_the_label(text, tmp_path):
    project = cn.read_project(copy("case_study", tmp_path, {"tasks.csv": text}))
    assert project.required.tolist() == [2, 1, 3, 2, 1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            ",task,required\n0,r0,2\n1,r1,1\n2,r2,3\n3,r3,2\n4,r4,1\n",
            "tasks.csv: the first column has no name and counts the rows: it is an index, as pandas"
            " and R write one; delete it, or write the file with index=False (R: row.names = FALSE)",
        ),
        (
            '"","task","required"\n"1","r0",2\n"2","r1",1\n"3","r2",3\n',
            "tasks.csv: the first column has no name and counts the rows: it is an index, as pandas"
            " and R write one; delete it, or write the file with index=False (R: row.names = FALSE)",
        ),
        (
            '"task","required"\n"1","r0",2\n"2","r1",1\n"3","r2",3\n',
            "tasks.csv: each row has one cell more than the header: the first may be row names, as R"
            " writes them; delete them, or write the file with row.names = FALSE",
        ),
        (
            "x,task,,required\n1,r0,2,2\n",
            "tasks.csv: column 3 has no name in the header; name it or delete it",
        ),
        (
            "Unnamed: 0,task,required\n0,r0,2\n",
            "tasks.csv: column 'Unnamed: 0' is not known here (pandas calls a column without a name"
            " so); expected are task, required, weight, most, missing_cost, load",
        ),
    ],
)
def test_a_column_without_a_name_is_said_to_be_that(text, said, tmp_path, capsys):
    assert said in problems(copy("case_study", tmp_path, {"tasks.csv": text}), capsys)


def test_the_index_of_a_matrix_is_said_to_be_one(tmp_path, capsys):
    matrix = ",x,comfort,cleanliness,service\n0,comfort,0.5,0.5,0.5\n1,cleanliness,0.5,0.5,0.5\n"
    folder = copy("lounges", tmp_path, {"judgement.csv": f"{matrix}2,service,0.5,0.5,0.5\n"})
    (line,) = problems(folder, capsys)
    assert line.startswith("judgement.csv: the first column has no name and counts the rows: it is")


def test_labels_that_count_beside_an_empty_column_are_no_row_names(tmp_path):
    demand = (DATA / "case_study" / "demand.csv").read_text()
    for task in range(5):
        demand = demand.replace(f"r{task},", f"{task + 1},")
    tasks = "task,required,\n1,2,\n2,1,\n3,3,\n4,2,\n5,1,\n"
    changes = {"demand.csv": demand, "tasks.csv": tasks, "task_conflicts.csv": None}
    assert list(cn.read_project(copy("case_study", tmp_path, changes)).required.index) == list(
        "12345"
    )


def test_workers_may_be_called_by_numbers_from_0(tmp_path):
    """The first column of a matrix is an index only where the second holds labels."""
    ability = (DATA / "case_study" / "ability.csv").read_text()
    for worker in reversed(range(12)):
        ability = ability.replace(f"a{worker},", f"{worker},")
    rows = [",".join([str(i), *"000000000000"]) for i in range(12)]
    matrix = "\n".join([",".join(["", *map(str, range(12))]), *rows])
    bars = "\n".join([",r0,r1,r2,r3,r4", *(f"{i},0,0,0,0,0" for i in range(12))])
    changes = {"ability.csv": ability, "worker_conflicts.csv": matrix, "task_conflicts.csv": bars}
    assert len(cn.read_project(copy("case_study", tmp_path, changes)).ability) == 12


# What a workbook holds besides its values


def sheet_of(tmp_path, change, name="tasks", folder="case_study"):
    """A workbook of a shipped folder, one of whose sheets is changed by a function."""
    path = workbook(tmp_path / "book.xlsx", DATA / folder)
    book = openpyxl.load_workbook(path)
    change(book[name])
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("ranges", "said"),
    [
        (["A2:A5"], "A2:A5"),
        (["A6:A9", "A2:A5"], "A2:A5, A6:A9"),
        (["C2:D2"], "C2:D2"),
        (["A1:D1"], "A1:D1"),
        (["C3:F4"], "C3:F4"),
    ],
)
def test_merged_cells_are_one_problem(ranges, said, tmp_path, capsys):
    def merge(sheet):
        for cells in ranges:
            sheet.merge_cells(cells)

    assert problems(sheet_of(tmp_path, merge, "ability"), capsys) == [
        f"book.xlsx, sheet ability: cells are merged ({said}); unmerge them and write the value into"
        " each of them"
    ]


def test_cells_merged_beside_the_table_do_no_harm(tmp_path):
    def merge(sheet):
        for cells in ("F2:G3", "A60:B61"):
            sheet.merge_cells(cells)

    same_project(
        cn.read_project(sheet_of(tmp_path, merge, "ability")), cn.read_project(DATA / "case_study")
    )


def test_a_formula_without_a_value_is_one_problem_of_its_sheet(tmp_path, capsys):
    def calculate(sheet):
        sheet["B3"], sheet["A4"], sheet["H1"] = "=1+1", "=A3", "=2"

    assert problems(sheet_of(tmp_path, calculate), capsys) == [
        "book.xlsx, sheet tasks, row 3, column required: a formula without a stored value (and 1"
        " more cell of this sheet); open the workbook in a spreadsheet program and save it there"
    ]


def test_a_sheet_of_formulas_alone_is_not_empty(tmp_path, capsys):
    path = workbook(tmp_path / "book.xlsx", DATA / "case_study", tasks=[["=B1"], ["=B2"]])
    (line,) = problems(path, capsys)
    assert line.startswith(
        "book.xlsx, sheet tasks, row 1, column A: a formula without a stored value"
    )


def test_a_formula_with_a_value_is_that_value(tmp_path):
    path = sheet_of(tmp_path, lambda sheet: sheet.__setitem__("B2", "=1+1"))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    changed = {
        name: re.sub(rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>2</v>", data)
        for name, data in parts.items()
    }
    assert changed != parts
    with zipfile.ZipFile(path, "w") as book:
        for name, data in changed.items():
            book.writestr(name, data)
    same_project(cn.read_project(path), cn.read_project(DATA / "case_study"))


def hidden(sheet):
    for row in (2, 3, 4, 5, 9, 90):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet.column_dimensions["X"].hidden = True


def test_what_is_hidden_is_read_with_a_note(tmp_path):
    path = sheet_of(tmp_path, hidden, "ability")
    book = openpyxl.load_workbook(path)
    book["weights"].sheet_state = "hidden"
    book["tasks"].sheet_state = "veryHidden"
    book["tasks"].row_dimensions[2].hidden = True
    book.save(path)
    project = cn.read_project(path)
    same_project(project, cn.read_project(DATA / "case_study"))
    assert [note.removeprefix("book.xlsx, ") for note in project.notes] == [
        "sheet ability: 5 hidden or filtered rows (2 to 5, 9) and 1 hidden column (C) were read"
        " like the others",
        "sheet tasks: the sheet is hidden, and was read, with 1 hidden or filtered row (2)",
        "sheet weights: the sheet is hidden, and was read",
    ]


def test_rows_and_columns_without_height_or_width_are_hidden_too(tmp_path):
    path = workbook(tmp_path / "book.xlsx", DATA / "case_study")
    columns = b'<cols><col min="2" max="2" width="0" customWidth="1"/></cols>'
    rewrite_sheets(path, rb"<sheetData>", columns + b"<sheetData>")
    rewrite_sheets(path, rb'<row r="2"', b'<row r="2" ht="0" customHeight="1"')
    notes = cn.read_project(path).notes
    assert len(notes) == 5
    assert notes[-2] == (
        "book.xlsx, sheet tasks: 1 hidden or filtered row (2) and 1 hidden column (B) were read like"
        " the others"
    )


def test_marks_are_found_whatever_the_prefix_of_the_tags(tmp_path):
    path = sheet_of(tmp_path, hidden, "ability")
    before = cn.read_project(path).notes
    with zipfile.ZipFile(path) as book:
        parts = {part: book.read(part) for part in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            if name.startswith("xl/worksheets/"):
                data = data.replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
                data = data.replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
            book.writestr(name, data)
    assert before and cn.read_project(path).notes == before


def test_dates_as_labels_are_read_with_a_question(tmp_path):
    """A spreadsheet makes a date of 3-1; and somebody may call a task by its day."""
    day = datetime(2024, 3, 1)

    def dated(sheet):
        for row in sheet.iter_rows(min_row=2):
            if row[0].value == "r0":
                row[0].value = day

    path = workbook(
        tmp_path / "book.xlsx", DATA / "case_study", task_conflicts=[["worker", "task"]]
    )
    book = openpyxl.load_workbook(path)
    for name in ("tasks", "demand"):
        dated(book[name])
    book.save(path)
    project = cn.read_project(path)
    assert project.required.index[0] == "2024-03-01"
    assert project.notes == (
        "book.xlsx, sheet tasks, row 2, column task: the label is the date 2024-03-01; did the"
        " spreadsheet make it of another text?",
    )


def test_dates_in_the_header_of_a_matrix_are_asked_about(tmp_path):
    folder = DATA / "case_study"
    path = workbook(
        tmp_path / "book.xlsx",
        folder,
        task_conflicts=[["", date(2024, 3, 1)], *([f"a{i}", 0] for i in range(12))],
        tasks=[["task", "required"], ["2024-03-01", 1]],
        demand=[["task", "criterion", "low"]]
        + [["2024-03-01", one, 0.1] for one in ("skill", "efficiency", "quality", "activity")],
    )
    project = cn.read_project(path)
    assert list(project.task_conflicts) == ["2024-03-01"]
    assert project.notes == (
        "book.xlsx, sheet task_conflicts, row 1: the column 2024-03-01 is named by a date; did the"
        " spreadsheet make it of another text?",
    )
