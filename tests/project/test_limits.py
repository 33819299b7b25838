"""Files of a size or a kind that cannot be dealt with.

Each is refused in a line that names the limit.
"""

import json
import os
import resource
import socket
import subprocess
import sys
import time
import zipfile

import pytest
from helpers.folders import DATA, copy, refused, workbook

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.cli import terminal
from crowdnb.project import excel_file, form, tables
from crowdnb.project.keeper import Keeper
from crowdnb.project.scenario_file import FORMAT

HEAD = "worker,criterion,low,high\n"
SECONDS = 20  # the aim is 5; four times as much where other tests run beside this one


def problem(path, capsys):
    """The one sentence about a folder or workbook, found in time."""
    start = time.perf_counter()
    status = main(["assign", str(path)])
    out, err = capsys.readouterr()
    assert time.perf_counter() - start < SECONDS
    head, *lines = err.splitlines()
    assert (status, out, len(lines)) == (2, "", 1) and head.endswith(
        ": 1 problem in the files, nothing written"
    ), err
    return lines[0].removeprefix("- ")


def empty_cells():
    """A sheet with one cell at the right end of each of a thousand rows."""
    rows = "".join(f'<row r="{k}"><c r="XFD{k}"><v>1</v></c></row>' for k in range(1, 1001))
    return f"<sheetData>{rows}</sheetData>"


TABLES = {
    "empty lines": (
        "\n" * 20_000_000,
        "ability.csv: has 20,000,000 lines, and at most 2,000,000 are read",
    ),
    "old line ends": (
        "\r" * 3_000_000,
        "ability.csv: has 3,000,000 lines, and at most 2,000,000 are read",
    ),
    "commas in a line": (
        "," * 50_000_000,
        "ability.csv: line 1 has 50,000,000 characters, and at most 1,000,000 are read",
    ),
    "commas in many lines": (
        ("," * 99 + "\n") * 500_000,
        "ability.csv: has more than 8,000,000 cells up to row 80,001, and no more are read",
    ),
    "a long line": (
        HEAD + "x" * 99_999_900,
        "ability.csv: line 2 has 99,999,900 characters, and at most 1,000,000",
    ),
    "a large file": ("a" * 100_000_001, "ability.csv: holds 100.1 MB, and at most 100 MB are read"),
    "too many rows": (
        HEAD + "a0,skill,0,1\n" * 1_100_000,
        (
            "ability.csv: has 1,100,000 rows below its header, and at most 1,000,000 are read (in"
            " Python, cn.count_rat"
        ),
    ),
    "a label of 1 MB": (
        HEAD + "a" * 2**20 + ",skill,0,1\n",
        "ability.csv: line 2 has 1,048,587 characters, and at",
    ),
    "workers": (
        HEAD + "".join(f"a{k},skill,0,1\n" for k in range(20_001)),
        "ability.csv: there are 20,001 workers, and at most 20,000 can be dealt with",
    ),
    "criteria": (
        HEAD + "".join(f"a,c{k},0,1\n" for k in range(1001)),
        "ability.csv: there are 1,001 criteria, and at most 1,000 can be dealt with",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "said"), TABLES.values(), ids=TABLES)
def test_a_table_beyond_a_limit_is_refused(text, said, tmp_path, capsys):
    assert problem(copy("case_study", tmp_path, {"ability.csv": text}), capsys).startswith(said)


def test_a_label_beyond_a_limit_is_shown_in_part(tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"tasks.csv": ("r4,1", f"r4,1\n{'r' * 5000},0")})
    said = problem(folder, capsys)
    task = f"the task {'r' * 60}… (5,000 characters) is too long: at most 1,000 are read"
    assert said == f"tasks.csv, line 7, column task: {task}"


@pytest.mark.slow
@pytest.mark.parametrize("letter", ["x", "😀"])
def test_the_size_of_a_letter_does_not_matter(letter, tmp_path, capsys):
    size = len(letter.encode())
    text = HEAD + (letter * 900_000 + "\n") * (90_000_000 // size // 900_000)
    folder = copy("case_study", tmp_path, {"ability.csv": text})
    assert "not CSV: field larger than field limit" in problem(folder, capsys)
    folder = copy("case_study", tmp_path / "2", {"ability.csv": text.encode()[:-2] + b"\xff"})
    assert "byte 0x" in problem(folder, capsys)


def test_what_is_within_the_limits_is_read(tmp_path):
    """A matrix with a wide header, empty lines and columns at the end, a label as long as it may be."""
    name = "n" * 1000
    changes = {
        path.name: path.read_text().replace("a11", name)
        for path in (DATA / "case_study").glob("*.csv")
    }
    changes["ability.csv"] += ",,,,\n" * 10_000 + "\n" * 100_000
    project = cn.read_project(copy("case_study", tmp_path, changes))
    assert project.ability.index[-1] == name and len(project.ability) == 12


NUMBERS = {
    "999999999": "999999999 must be a whole number of workers, at most 1,000,000",
    "1000001": "1000001 must be a whole number of workers, at most 1,000,000",
    "1e400": "1e400 is not a finite number",
    "9" * 5000: f"{'9' * 60}… (5,000 characters) is not a finite number",
    "１２": "'１２' is not a number",
    "x" * 5000: f"'{'x' * 59}… (5,002 characters) is not a number",
    "-1": "-1 must not be negative",
}


@pytest.mark.parametrize(("cell", "said"), NUMBERS.items(), ids=[text[:9] for text in NUMBERS])
def test_a_number_beyond_a_limit_is_named(cell, said, tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"tasks.csv": ("r0,2", f"r0,{cell}")})
    assert problem(folder, capsys).startswith(f"tasks.csv, line 2, column required: {said}")


def test_stars_have_a_limit(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    (line,) = refused(folder, capsys, "--stars", "1000000")
    assert line == "crowdnb: stars must be at most 1,000, got 1,000,000"
    assert refused(folder, capsys, "--stars", "9" * 3000)[0].startswith(
        "crowdnb: stars must be at most 1,000, got"
    )
    assert main(["assign", str(folder), "--stars", "1000"]) == 1


def test_pairs_and_histories_have_limits(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("crowdnb.project.folder.PAIRS", 59)
    assert problem(copy("case_study", tmp_path), capsys).endswith(
        "12 workers and 5 tasks are 60 pairs, and at most 59 can be dealt with"
    )
    monkeypatch.setattr("crowdnb.project.ratings_reader.HISTORIES", 1000)
    said = problem(copy("lounges", tmp_path), capsys)
    assert said.startswith(
        "ratings.csv: there are 291 histories, and at most 200 can be dealt with on a scale of 5"
    )


# What is no file


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def listening(path):
    server = socket.socket(socket.AF_UNIX)
    here = os.getcwd()
    os.chdir(path.parent)  # its name may have a hundred characters only
    server.bind(path.name)
    os.chdir(here)
    server.close()


THINGS = {pipe: "it is a pipe", device: "it is a device", listening: "it is a socket"}


@pytest.mark.slow
@pytest.mark.parametrize(("make", "what"), THINGS.items())
@pytest.mark.parametrize(
    "name", [*(f"{name}.csv" for name in form.FILES), "scenarios.json", "FOLDER"]
)
def test_what_is_no_file_is_not_waited_for(name, make, what, tmp_path, capsys):
    source = "lounges" if name == "ratings.csv" else "case_study"
    folder = copy(source, tmp_path)
    path = tmp_path / "book.xlsx" if name == "FOLDER" else folder / name
    path.unlink(missing_ok=True)
    whole = [(f"{name}.csv", f"{one}.csv") for name, named in form.INSTEAD.items() for one in named]
    either = [("judgement.csv", "weights.csv"), ("ratings.csv", "ability.csv")]
    for choice, other in (*either, *whole):
        if name == choice:
            (folder / other).unlink(missing_ok=True)
    make(path)
    if name == "scenarios.json":
        assert main(["report", str(folder)]) == 2
        assert f"scenarios.json cannot be read ({what})" in capsys.readouterr().err
        assert (
            f"scenarios.json cannot be read ({what}). It is left as it is" in cn.report(folder).html
        )
        keeper, plans = Keeper.open(folder, cn.read_project(folder))
        keeper.save(plans.keep("mine", gamma=0.2))
        assert keeper.path.name == "scenarios_2.json"
        return
    if name == "FOLDER":
        assert (
            problem(path, capsys) == f"book.xlsx: {what}; a folder or an Excel workbook is needed"
        )
        return
    assert problem(folder, capsys) == f"{name}: cannot be read ({what})"


def test_the_files_of_a_scene_are_looked_at_too(tmp_path):
    folder = copy("scenes/content", tmp_path)
    (folder / "options.json").write_text('{"budget": ' + "9" * 5000 + "}")
    with pytest.raises(ValueError, match=r"options\.json: a number has more than 4,300 digits"):
        cn.scenes.read_scene(folder)
    (folder / "options.json").write_text("[]")
    with pytest.raises(ValueError, match=r"options\.json: entries by name"):
        cn.scenes.read_scene(folder)
    (folder / "options.json").unlink()
    pipe(folder / "options.json")
    with pytest.raises(ValueError, match=r"options\.json cannot be read \(it is a pipe\)"):
        cn.scenes.read_scene(folder)
    (folder / "options.json").unlink()
    (folder / "options.json").write_text("{}")
    (folder / "extra").mkdir(exist_ok=True)
    pipe(folder / "extra" / "more.csv")
    with pytest.raises(OSError, match="it is a pipe"):
        cn.scenes.read_scene(folder)


def test_a_link_to_a_file_is_read(tmp_path):
    folder = copy("case_study", tmp_path)
    (folder / "tasks.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "tasks.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert len(cn.read_project(folder).required) == 5


# Workbooks


def book_with(path, **parts):
    """The case study as a workbook, some of whose parts are others.

    Parts by the end of their name.
    """
    workbook(path, DATA / "case_study")
    with zipfile.ZipFile(path) as book:
        held = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, data in held.items():
            book.writestr(name, parts.pop(name.split("/")[-1].split(".")[0], data))
        for name, data in parts.items():
            book.writestr(name, data)
    return path


def sheet(inside):
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}">{inside}</worksheet>'


BOMBS = {
    "a huge sheet": (
        {"sheet1": b"<x>" + b" " * 400_000_000},
        "unpacks to 400.1 MB, and at most 300 MB of sheets",
    ),
    "many rows": (
        {"sheet1": sheet("<sheetData>" + "<row/>" * 500_000 + "</sheetData>")},
        "has 500,000 rows in a sheet, and at most 200,000 are read",
    ),
    "many cells": (
        {"sheet1": sheet("<sheetData><row>" + "<c/>" * 900_000 + "</row></sheetData>")},
        "has 900,126 cells in its sheets, and at most 800,000 are read",
    ),
    "many texts": (
        {"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 1_100_000 + "</sst>"},
        "has 1,100,000 different texts in its sheets, and at most 1,000,000 are read",
    ),
    "many marks": ({"sheet1": sheet("<x/>" * 1_000_000)}, "has 1,000,"),
    "many values": (
        {"sheet1": sheet("<sheetData><row><c>" + "<v/>" * 1_000_000 + "</c></row></sheetData>")},
        "has 1,000,",
    ),
    "many formats": (
        {"styles": "<styleSheet>" + "<xf/>" * 1_000_000 + "</styleSheet>"},
        "has 1,000,",
    ),
    "a cell far right": (
        {"sheet1": sheet(empty_cells())},
        "sheet ability has more than 800,000 cells up to row 49, and no more are read",
    ),
    "a cell far down": (
        {
            "sheet1": sheet(
                '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
            )
        },
        ", sheet ability: has 16,384 columns, and at most 10,000 are read",
    ),
    "many sheets": ({f"xl/worksheets/more{k}.xml": b"<x/>" for k in range(1100)}, "has 1,1"),
    "a long list of contents": ({f"{k:0250}.txt": b"" for k in range(14_000)}, "has 4."),
}


@pytest.mark.slow
@pytest.mark.parametrize(("parts", "said"), BOMBS.values(), ids=BOMBS)
def test_a_workbook_that_unpacks_to_too_much_is_refused(parts, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(excel_file, "SHEET_ROWS", 200_000)  # a tenth, for the sake of time
    monkeypatch.setattr(tables, "CELLS", 800_000)
    monkeypatch.setattr(excel_file, "SHEET_CELLS", 800_000)
    path = book_with(tmp_path / "book.xlsx", **parts)
    assert problem(path, capsys).startswith(
        f"book.xlsx{'' if said.startswith(',') else ': '}{said}"
    )


def test_a_zip_of_something_else_is_no_workbook(tmp_path, capsys):
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("ratings.csv", "worker,criterion,rating\n")
    said = problem(path, capsys)
    assert said.startswith(
        "book.xlsx: neither a folder nor an Excel workbook (.xlsx) that can be read: "
    )


def test_a_large_workbook_of_another_program_is_read(tmp_path):
    """Tags with a prefix are cells too, not marks that nobody knows."""
    path = workbook(tmp_path / "book.xlsx", DATA / "lounges")
    with zipfile.ZipFile(path) as book:
        parts = {part.filename: book.read(part) for part in book.infolist()}
        plain = {
            name: excel_file._count_tags(book, book.getinfo(name))
            for name in parts
            if "sheet" in name
        }
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data.replace(b"<", b"<x:").replace(b"<x:/", b"</x:"))
    with zipfile.ZipFile(path) as book:
        assert {name: excel_file._count_tags(book, book.getinfo(name)) for name in plain} == plain
    assert plain["xl/worksheets/sheet3.xml"]["row"] > 1000


# Scenarios


def scenarios(**changes):
    return json.dumps(
        {"format": FORMAT, "version": 1, "scenarios": [{"name": "x", "gamma": 0.2}], **changes}
    )


WRONG = {
    "newer": (scenarios(version=2), "scenarios.json has version 2; this crowdnb reads version 1"),
    "newest": (scenarios(version="9" * 500), "scenarios.json has version '9999"),
    "digits": (
        '{"format": ' + "9" * 5000 + "}",
        "scenarios.json: a number has more than 4,300 digits",
    ),
    "long number": (scenarios(scenarios=[{"name": "x", "gamma": 10**4000}]), "gamma is 1000000"),
    "not a number": (scenarios(scenarios=[{"name": "x", "gamma": float("nan")}]), "gamma is nan"),
    "infinity": (
        scenarios(scenarios=[{"name": "x", "required": {"r0": float("inf")}}]),
        "what r0 needs is inf",
    ),
    "half a name": (
        scenarios(scenarios=[{"name": "\ud800"}]),
        r"scenarios.json: '\ud800' is half a character",
    ),
    "half a label": (
        scenarios(scenarios=[{"name": "x", "limits": {"\udfff": 1}}]),
        "is half a character, no text",
    ),
    "large": (
        scenarios(saved="x" * 10**8),
        "scenarios.json holds 100.1 MB, and at most 10 MB are read",
    ),
    "many": (
        scenarios(scenarios=[{"name": str(k)} for k in range(1001)]),
        "scenarios.json holds 1,001 scenarios, and at most 1,000 are read",
    ),
    "required": (
        scenarios(scenarios=[{"name": "x", "required": {"r0": 999_999_999}}]),
        "what r0 needs is 999,999,999; at most 1,000,000 can be asked for",
    ),
    "added": (
        scenarios(scenarios=[{"name": "x", "added": {"a0": 10**6}}]),
        "1,000,000 workers are added, and at most 10,000 can be",
    ),
    "brackets": ("[" * 9_000_000, "scenarios.json: too many brackets within brackets"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_file_of_scenarios_beyond_a_limit_is_told(text, said, case, tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"scenarios.json": text})
    start = time.perf_counter()
    with pytest.raises(cn.ScenarioError) as error:
        cn.Scenarios.load(case, folder / "scenarios.json")
    assert said in str(error.value) and len(str(error.value)) < 300
    for options in ([], ["--scenario", "x"]):
        assert main(["report", str(folder), *options]) == 2
        out, err = capsys.readouterr()
        assert not out and said in err and len(err.splitlines()) == 1
    assert time.perf_counter() - start < SECONDS
    assert cn.read_project(folder).required.sum() == 9


def test_surrogates_in_names_given_in_python(case):
    with pytest.raises(cn.ScenarioError, match="cannot be the name"):
        cn.Scenarios(case).keep("\ud800")


# Memory


def limited(megabytes, *arguments):
    """A run of the command with so much memory."""

    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))

    run = [sys.executable, "-m", "crowdnb", *map(str, arguments)]
    # with as many threads as users have: the linear algebra ends the process that cannot start them
    own = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    return subprocess.run(
        run, capture_output=True, text=True, preexec_fn=limit, timeout=120, env=own
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited otherwise elsewhere")
@pytest.mark.parametrize("megabytes", [60, 150, 400])
def test_too_little_memory_is_said_in_a_line(megabytes, tmp_path):
    folder = copy("case_study", tmp_path)
    done = limited(megabytes, "assign", folder)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "crowdnb: there is not enough memory for this\n",
    )
    assert not (folder / "assignment.csv").exists()


@pytest.mark.parametrize("limit", [True, False])
def test_python_at_a_loss_for_an_exception_wants_memory(limit, monkeypatch):
    """Where memory is limited, C code of Python's own may return an error without one, as it did while importing."""
    monkeypatch.setattr(terminal, "memory_is_limited", lambda: limit)
    assert terminal.of_memory(SystemError("error return without exception set")) == limit
    assert not terminal.of_memory(ValueError("gamma must not be negative"))


def test_memory_that_runs_out_later_is_the_same(tmp_path, capsys, monkeypatch):
    def solve(*_):
        raise MemoryError

    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", solve)
    folder = copy("case_study", tmp_path)
    assert main(["assign", str(folder)]) == 2
    assert capsys.readouterr() == ("", "crowdnb: there is not enough memory for this\n")


def test_an_error_of_the_program_is_no_answer(tmp_path, capsys, monkeypatch):
    """Status 1 means that no assignment exists, and Python's own end would have it too."""

    def solve(*_):
        raise KeyError("a\nb")

    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", solve)
    assert main(["assign", str(copy("case_study", tmp_path))]) == 3
    out, err = capsys.readouterr()
    assert not out and err.startswith(
        "crowdnb: internal error (KeyError: 'a\\nb'; test_limits.py, line "
    )
    assert len(err.splitlines()) == 1
