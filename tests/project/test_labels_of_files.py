"""What is one label, a problem, or a note in a project's files, sheets and scenarios."""

import datetime

import openpyxl
import pytest
from helpers.folders import problems, refused, written

import crowdnb as cn
from crowdnb.__main__ import main

DEMAND = "task,criterion,low\nt1,skill,0.2\nt1,care,0.2\nt2,skill,0.2\nt2,care,0.2\n"
FILES = {
    "demand": DEMAND,
    "tasks": "task,required\nt1,1\nt2,1\n",
    "weights": "criterion,weight\nskill,0.5\ncare,0.5\n",
}


@pytest.fixture
def tmp_path(tmp_path):
    """A folder in the test's own one: what stands beside it is looked at too, and is little."""
    made = tmp_path / "project"
    made.mkdir()
    return made


def folder(path, workers, **files):
    """A folder with these workers, one row per worker and criterion."""
    rows = [
        f'"{worker}",{criterion},0.{5 + at % 4},0.9'
        for at, worker in enumerate(workers)
        for criterion in ("skill", "care")
    ]
    texts = FILES | {"ability": "\n".join(["worker,criterion,low,high", *rows, ""])} | files
    return written(path, texts)


def book(path, change):
    """The same as a workbook; ``change`` sets cells of its sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    sheets = {name: text.split() for name, text in FILES.items()}
    rows = [f"{worker},{criterion},0.5,0.9" for worker in "abc" for criterion in ("skill", "care")]
    sheets["ability"] = ["worker,criterion,low,high", *rows]
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append([float(one) if one[:1].isdigit() else one for one in line.split(",")])
    change(made)
    made.save(path / "book.xlsx")
    return path / "book.xlsx"


def noted(path):
    return [note for note in cn.read_project(path).notes if "worker" in note or "task" in note]


@pytest.mark.parametrize(
    "spelt",
    [
        "Ann\u00a0Lee",
        " Ann  Lee",
        "Ann Lee\u200b",
        "\ufeffAnn\u3000Lee",
        "Ann\tLee",
        "A\u00adnn Lee",
    ],
)
def test_one_label_in_every_file(spelt, tmp_path):
    project = cn.read_project(
        folder(
            tmp_path, ["Ann Lee", "b", "c"],
            worker_conflicts=f"worker,other\n{spelt},b\n",
            task_conflicts=f",t1\u200b, t2\n{spelt},1,0\nb,0,0\n\u2060c,0,0\n",
        )
    )  # fmt: skip
    assert project.worker_conflicts.at["Ann Lee", "b"] == 1
    assert project.task_conflicts.at["Ann Lee", "t1"] == 1
    assert project.notes == ()


def test_rows_of_a_label_in_several_spellings_are_one_history(tmp_path):
    ratings = "worker,criterion,rating\nw 1,skill,5\nw\u00a01,skill,1\nw  1\u200b,care,3\nb,skill,2\nb,care,2\n"
    (folder(tmp_path, "a") / "ability.csv").unlink()
    (tmp_path / "ratings.csv").write_text(ratings, encoding="utf-8")
    project = cn.read_project(tmp_path)
    assert list(project.ability.index) == ["b", "w 1"]
    assert project.counts.loc[("w 1", "skill")].tolist() == [1, 0, 0, 0, 1]


def test_a_label_that_stands_twice_in_two_spellings_is_a_problem(tmp_path, capsys):
    assert problems(folder(tmp_path, ["a", "b\u00a0", "b"]), capsys) == [
        f"ability.csv, line {line}: worker b, criterion {what} stands a second time (first on line {line - 2})"
        for line, what in ((6, "skill"), (7, "care"))
    ]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("José", "Jose\u0301", "U+0301 Combining acute accent"),
        ("An\u200bn", "Ann", r"'An\u200bn'"),
    ],
)
def test_two_spellings_of_a_label_that_stands_twice_are_shown(one, other, said, tmp_path, capsys):
    lines = problems(folder(tmp_path, [one, other]), capsys)
    assert len(lines) == 2 and all(said in line and "are one label" in line for line in lines)
    lines = problems(folder(tmp_path, ["Ann", "Ann "]), capsys)
    assert len(lines) == 2 and not any("are one label" in line for line in lines)


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("A1@x.org", "a1@x.org", "case"), ("Ａ1", "A1", "width"),
        ("7", "07", "how a number is written"), ("O’B", "O'B", "dash or quote"),
    ],
)  # fmt: skip
def test_what_could_be_meant_is_noted_with_both_and_where(one, other, word, tmp_path):
    (note,) = noted(folder(tmp_path, [one, "b", other]))
    assert word in note and "each is a worker of its own" in note
    assert "(ability.csv, line 2)" in note and "(ability.csv, line 6)" in note
    assert one.strip("'") in note and other in note.replace('"', "'")


def test_joiners_are_shown_by_their_codes_where_they_are_the_difference(tmp_path, capsys):
    path = folder(tmp_path, ["می‌خواهم", "میخواهم", "c"])
    (note,) = noted(path)
    assert "'می\\u200cخواهم' (ability.csv, line 2) and 'میخواهم' (ability.csv, line 4)" in note
    assert main(["assign", str(path)]) == 0
    assert "Idle: می‌خواهم." in capsys.readouterr().out
    (path / "worker_conflicts.csv").write_text("worker,other\nمی‌خواهم!,c\n", encoding="utf-8")
    (line,) = problems(path, capsys)
    assert "worker 'می‌خواهم!' is unknown" in line


def test_many_pairs_are_one_note(tmp_path):
    letters = "abcdefg"
    (note,) = noted(folder(tmp_path, [*letters, *letters.upper()]))
    assert note.count(" and ") == 4 and "and 4 more pairs differ only in case" in note


def test_labels_that_look_the_same_are_problems(tmp_path, capsys):
    (line,) = problems(folder(tmp_path, ["Т-34", "b", "T-34"]), capsys)
    assert "worker 'Т-34' (U+0422 Cyrillic capital letter te) and 'T-34' look the same" in line
    assert "(ability.csv, line 2; ability.csv, line 6)" in line
    for worker in ("Аnna", "#REF!", "#BEZUG!", "#N/A"):
        lines = problems(folder(tmp_path, ["b", worker, "c"]), capsys)
        at = f"ability.csv, line 4, column worker: the worker '{worker}' "
        assert lines[0].startswith(at) and ("error value" in lines[0] or "alphabet" in lines[0])
    folder(tmp_path, ["Т-34", "b"], worker_conflicts="worker,other\nT-34,b\n")
    line = problems(tmp_path, capsys)[0]
    assert "look the same" in line


@pytest.mark.parametrize("error", ["#N/A", "#WERT!", "#¡VALOR!", "#ДЕЛ/0!", "Err:502", "#NV"])
def test_an_error_of_a_spreadsheet_is_named_where_a_number_is_wanted(error, tmp_path, capsys):
    (line,) = problems(folder(tmp_path, "ab", tasks=f"task,required\nt1,{error}\nt2,1\n"), capsys)
    assert f"tasks.csv, line 2, column required: '{error}' is not a number" in line
    assert "error of the spreadsheet" in line


@pytest.mark.parametrize(
    ("worker", "said"),
    [
        ("4.80012E+15", "looks like a number that a spreadsheet rounded"),
        ("4,80012E+15", "looks like a number that a spreadsheet rounded"),
        ("48001234567811100", "looks like a number that a spreadsheet rounded"),
        ("3-Jan", "is the date"), ("01. Mrz", None), ("Mar-01", "is the date"), ("2-Sep-24", "is the date"),
        ("2024-03-01 00:00:00", "is the date"), ("M\ufffdller", "a letter that an earlier program lost"),
        ("\x1b[31mred", "characters that steer a screen"), ("a\u202eb", "characters that steer a screen"),
        ("2024-03-01", None), ("48001234567811123", None), ("Juno-1", None), ("1E5", None),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_may_have_made_is_noted(worker, said, tmp_path):
    notes = noted(folder(tmp_path, ["b", worker]))
    if said is None:
        assert notes == []
    else:
        (note,) = notes
        assert note.startswith("ability.csv, line 4, column worker: the label ") and said in note
        assert ("(and 1 more such cell)" in note and note.isprintable()) or "\ufffd" in note


def test_a_workbook_says_what_it_made_of_labels(tmp_path):
    def dates(made):
        for sheet, cells in (("tasks", ["A2"]), ("demand", ["A2", "A3"])):
            for cell in cells:
                made[sheet][cell] = datetime.datetime(2024, 3, 1)

    (note,) = noted(book(tmp_path, dates))
    assert note.startswith(
        "book.xlsx, sheet tasks, row 2, column task: the label is the date 2024-03-01;"
    )
    assert cn.read_project(tmp_path / "book.xlsx").required.index[0] == "2024-03-01"

    def long(made):
        made["ability"]["A2"] = made["ability"]["A3"] = 48001234567811112

    (note,) = noted(book(tmp_path, long))
    assert "sheet ability, row 2, column worker: the label 48001234567811112 (and 1 more" in note

    def lines(made):
        made["ability"]["A2"], made["ability"]["A3"] = "Ann\nLee", "Ann\u00a0Lee"

    project = cn.read_project(book(tmp_path, lines))
    assert list(project.ability.index) == ["Ann Lee", "b", "c"] and not project.notes


def test_a_line_break_in_a_text_file_is_a_quote_that_is_not_closed(tmp_path, capsys):
    path = folder(tmp_path, "ab", weights='criterion,weight\n"skill\nfun",0.5\ncare,0.5\n')
    assert "line break in it (or is a quote not closed?)" in problems(path, capsys)[0]
    matrix = ',"skill\nfun",care\n"skill\nfun",0.5,0.5\ncare,0.5,0.5\n'
    (path / "weights.csv").unlink()
    (path / "judgement.csv").write_text(matrix)
    assert (
        "judgement.csv, line 1: the column 'skill\\nfun' has a line break"
        in problems(path, capsys)[0]
    )


def test_names_with_commas_are_told_apart_in_lists(tmp_path, capsys):
    path = folder(tmp_path, ["Lee, Ann", 'O""Brien; Pat', "c, d", "e"])
    assert main(["assign", str(path)]) == 0
    out = capsys.readouterr().out
    assert 'Idle: "Lee, Ann", "O""Brien; Pat".' in out and '"c, d" (' in out


def test_scenarios_are_read_by_the_same_rule(tmp_path):
    project = cn.read_project(folder(tmp_path, ["Ann Lee", "b", "c"]))
    scenario = cn.Scenario(
        "two\u00a0 weeks ", required={"t1\u200b": 0}, conflicts={("b ", "Ann\u2003Lee"): 1}, limits={"Ann\u00a0Lee": 2}
    )  # fmt: skip
    assert scenario.name == "two weeks" and scenario.required == {"t1": 0}
    problem = scenario.problem(project)
    assert problem.worker_conflicts.at["Ann Lee", "b"] == 1
    plans = cn.Scenarios(project).keep(scenario)
    assert plans["two  weeks"] == plans.named[0]
    (tmp_path / "scenarios.json").write_text(
        '{"format": "crowdnb scenarios", "version": 1, "current": {}, "scenarios":'
        ' [{"name": "s ", "required": {"t1\u00a0": 0, " t2": 1}}]}', encoding="utf-8"
    )  # fmt: skip
    (read,) = cn.Scenarios.load(project, tmp_path / "scenarios.json").named
    assert read.name == "s" and read.required == {"t1": 0, "t2": 1}
    with pytest.raises(ValueError, match="required: 't1 ' stands a second time"):
        cn.Scenario("x", required={"t1": 1, "t1 ": 2})


def test_persian_names_of_scenarios_are_names(tmp_path):
    project = cn.read_project(folder(tmp_path, "abc"))
    assert cn.Scenarios(project).keep(cn.Scenario("می‌خواهم"))["می‌خواهم"].name == "می‌خواهم"
    with pytest.raises(ValueError, match="cannot be the name"):
        cn.Scenarios(project).keep(cn.Scenario("a\x1bb"))


def test_the_command_refuses_hostile_labels_without_obeying_them(tmp_path, capsys):
    path = folder(tmp_path, ["b", "c"], worker_conflicts="worker,other\n\x1b[31mred,a\u202eb\n")
    lines = refused(path, capsys)
    assert not set("".join(lines)) & set("\x1b\u202e") and any(
        "\\x1b[31mred" in line for line in lines
    )


def test_three_that_could_be_one_stand_in_one_note(tmp_path):
    (note,) = noted(folder(tmp_path, ["Ann", "ann", "ANN", "b"]))
    assert note.count("ability.csv, line") == 3 and "differ only in case; each" in note
    (note,) = noted(folder(tmp_path, ["Ａnn", "Ann", "ann", "b"]))
    assert "differ only in case, width or the like; each" in note


def test_a_label_that_is_wrong_stands_twice_for_nobody(tmp_path, capsys):
    lines = problems(folder(tmp_path, ["#N/A", "#REF!", "b"]), capsys)
    assert len(lines) == 4 and not any("second time" in line for line in lines)
    lines = problems(folder(tmp_path, ["Lee, Ann", "Lee, Ann"]), capsys)
    assert 'worker "Lee, Ann", criterion skill stands a second time' in lines[0]


@pytest.mark.parametrize(
    ("workers", "is_noted"),
    [(["1234567890123450", "b"], True), (["1234567890123450", "1234567890123457"], False),
     (["12345678901234500", "1234567890123457"], True), (["12345678901234567", "b"], False)],
)  # fmt: skip
def test_long_numbers_are_noted_where_the_digits_that_are_lost_are_zero(
    workers, is_noted, tmp_path
):
    assert bool(noted(folder(tmp_path, workers))) == is_noted
