"""How a number may be written, what is ambiguous, and what is said of the rest."""

import datetime as dt

import pytest
from helpers.folders import copy, problems

import crowdnb as cn
from crowdnb.project.cells import decimals_of, in_unit, not_negative, people, ratio, read_number
from crowdnb.spelling import cleaned

READ = {
    "0.125": 0.125,
    "0,125": 0.125,
    ".125": 0.125,
    ",125": 0.125,
    "12,5": 12.5,
    "12.5": 12.5,
    "1,25": 1.25,
    "1,2500": 1.25,
    "1.2500": 1.25,
    "1250": 1250,
    "1250,5": 1250.5,
    "-0,125": -0.125,
    "+1": 1,
    "5.": 5,
    "1e3": 1000,
    "1E-2": 0.01,
    "1,5e3": 1500,
    "0001": 1,
    " 7 ": 7,
    "\u00a07": 7,
}


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_a_number_with_one_meaning_is_read(text, value):
    assert read_number(text, True) == value
    if "," not in text:
        assert read_number(text, False) == value


AMBIGUOUS = {
    "1,250": "write 1250 if the comma sets off thousands, 1,25 if it is the decimal sign",
    "1.250": "write 1250 if the point sets off thousands, 1.25 if it is the decimal sign",
    "2,000": "write 2000 if the comma sets off thousands, 2 if it is the decimal sign",
    "12.125": "write 12125 if the point sets off thousands, 12.1250 if it is the decimal sign",
    "-1,250": "write -1250 if",
    "1 250": "write 1250, without the space",
    "1\u00a0250": "write 1250, without the space",
    "1\u3000250": "write 1250, without the space",
    "1\u202f250": "write 1250, without the space",
    "1'250": "write 1250, without the apostrophe",
    "1\u2019250": "write 1250, without the apostrophe",
}


@pytest.mark.parametrize(("text", "said"), AMBIGUOUS.items())
def test_a_mark_before_three_digits_is_ambiguous(text, said):
    found = read_number(text, True)
    assert found.startswith(f"{cleaned(text)!r} is ambiguous: {said}")
    for part in found.split(": ", 1)[1].split(", ")[:2]:
        for word in part.split():
            if word[0].isdigit():  # what the message asks for is read
                assert isinstance(read_number(word, True), float)


def test_between_commas_a_point_is_the_decimal_sign():
    assert read_number("1.250", False) == 1.25
    said = "write 1250 if the comma sets off thousands, 1.25 if it is the decimal sign"
    assert read_number("1,250", False) == f"'1,250' is ambiguous: {said}"
    assert read_number("1,125", False).endswith(" 1.125 if it is the decimal sign")


@pytest.mark.parametrize("text", ["1,000", "1.000"])
def test_thousands_that_break_the_rule_were_not_meant(text):
    """German files with three decimals have 1,000 for the end of an interval: nothing else fits."""
    assert read_number(text, True, in_unit) == 1
    assert read_number(text, True, large=False) == 1
    assert read_number("3,000", True, lambda value: None if value <= 5 else "too many") == 3
    for rule in (not_negative, people):
        assert "is ambiguous" in read_number(text, True, rule)
    assert "is ambiguous" in read_number("1,250", True, people)  # 1.25 workers are none either


HINTS = {
    "1,250,000": "(write 1250000, without marks between thousands)",
    "1.250.000": "(write 1250000, without marks between thousands)",
    "1,250.5": "(write 1250.5, without marks between thousands)",
    "1.250,5": "(write 1250.5, without marks between thousands)",
    "1'250.50": "(write 1250.50, without marks between thousands)",
    "1 250 000": "(write 1250000, without marks between thousands)",
    "１２": "(write 12, in the digits 0 to 9)",
    "٣": "(write 3, in the digits 0 to 9)",
    "१२.५": "(write 12.5, in the digits 0 to 9)",
    "0．5": "(write 0.5, in the digits 0 to 9)",
    "\u22125": "(write -5, with the minus sign of the keyboard)",
    "\u20130.5": "(write -0.5, with the minus sign of the keyboard)",
    "80%": "(a share is written without a per cent sign: 0.8)",
    "12,5 %": "(a share is written without a per cent sign: 0.125)",
    "８０％": "(a share is written without a per cent sign: 0.8)",
    "１，２５０": "(write it in the digits 0 to 9 alone)",
    "1,250%": "(write it in the digits 0 to 9 alone)",
    "€5": "(write the number alone, without a currency)",
    "5 EUR": "(write the number alone, without a currency)",
    "$1,250": "(write the number alone, without a currency)",
    "¥100": "(write the number alone, without a currency)",
    "1/3": "(write 0.333333)",
    "=1/3": "(it is a formula; write its value)",
    "#N/A": "(it is an error of the spreadsheet; mend it there)",
    "#DIV/0!": "(it is an error of the spreadsheet; mend it there)",
    "#¡VALOR!": "(it is an error of the spreadsheet; mend it there)",
}


@pytest.mark.parametrize(("text", "hint"), HINTS.items())
def test_what_is_no_number_is_said_with_what_to_write(text, hint):
    assert read_number(text, True) == f"{text!r} is not a number {hint}"


@pytest.mark.parametrize(
    "text", ["five", "5 stars", "0x5", "1_0", "1,2,3", "1-2", "(5)", "1e", "."]
)
def test_what_nobody_can_guess_is_no_number(text):
    assert read_number(text, True) == f"{text!r} is not a number"


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-inf", "+Infinity", "1e999"])
def test_what_is_not_finite_is_said(text):
    assert read_number(text, True).endswith(" is not a finite number")


def test_empty_cells_truth_values_and_dates():
    for empty in ("", "  ", "\u00a0", None):
        assert read_number(empty, True) == "the cell is empty, a number is needed"
    assert read_number(True, True) == "'True' is not a number"
    assert "is a date, a number is needed" in read_number(dt.date(2024, 3, 1), True)


def test_decimals_as_they_are_written():
    cells = ["0.50", "0,333", ".5", "1", 0.25, 1, 0.333333, "1e-3", "1e3", 5e-06]
    assert list(map(decimals_of, cells)) == [2, 3, 1, 0, 2, 0, 6, 3, 0, 6]


def test_fractions_of_a_scale():
    assert ratio("1/3") == ratio(dt.datetime(2024, 3, 1)) == ratio(dt.date(2024, 1, 3)) == 1 / 3
    assert (ratio("3"), ratio("0,2"), ratio(5.0)) == (3, 0.2, 5)
    assert all(value != value for value in map(ratio, ["x", None, "1/0", dt.time(1), "1 250"]))


THOUSANDS = {
    "semicolons": (
        "tasks.csv",
        "task;required;weight\nr0;2;1,250\nr1;1;1\nr2;3;1\nr3;2;1\nr4;1;1\n",
    ),
    "tabs": ("tasks.csv", "task\trequired\nr0\t2.000\nr1\t1\nr2\t3\nr3\t2\nr4\t1\n"),
    "quoted": ("tasks.csv", 'task,required\nr0,"2,000"\nr1,1\nr2,3\nr3,2\nr4,1\n'),
    "spaces": ("tasks.csv", "task,required\nr0,2 000\nr1,1\nr2,3\nr3,2\nr4,1\n"),
}


@pytest.mark.parametrize(("file", "text"), THOUSANDS.values(), ids=THOUSANDS)
def test_thousands_in_a_file_are_one_problem(file, text, tmp_path, capsys):
    (line,) = problems(copy("case_study", tmp_path, {file: text}), capsys)
    assert line.startswith(f"{file}, line 2, column ") and " is ambiguous: write " in line


@pytest.mark.parametrize("row", ["skill,0,15", "skill, first,0.15"])
def test_a_comma_within_a_cell_of_a_file_with_commas_is_asked_about(row, tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"weights.csv": ("skill,0.15", row)})
    assert problems(folder, capsys)[0] == (
        "weights.csv, line 2: 3 cells, and the header has 2 (is there a comma within a cell? put that"
        " cell into quotes, and write decimals with a point)"
    )


def test_three_decimals_of_a_german_file_are_read(tmp_path):
    changes = {}
    for name in ("ability", "demand", "weights"):
        lines = (cn.exercises.LOUNGES.parent / "case_study" / f"{name}.csv").read_text().split()
        head, *rows = [line.split(",") for line in lines]
        rows = [
            [cell.replace(".", ",") + "0" if cell[:2] in ("0.", "1.") else cell for cell in row]
            for row in rows
        ]
        changes[f"{name}.csv"] = "\n".join(";".join(row) for row in [head, *rows])
    assert ";1,000" in changes["demand.csv"] and ";0,150" in changes["weights.csv"]
    project = cn.read_project(copy("case_study", tmp_path, changes))
    assert project.solve().performance == cn.load_case_study().solve().performance
