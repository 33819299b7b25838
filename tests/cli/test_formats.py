"""What is written is what the ending says; a place that cannot be written is told first."""

import csv
import fcntl
import io
import json
import os
import re
import subprocess
import sys
import threading
from contextlib import redirect_stdout

import openpyxl
import pandas as pd
import pytest
from helpers.folders import content, copy, workbook

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.project import output as outputs
from crowdnb.project.spreadsheet import unmarked

ROWS = "a3 r0, a7 r0, a5 r1, a6 r2, a10 r2, a11 r2, a2 r3, a4 r3, a0 r4"
BEST = dict(row.split() for row in ROWS.split(", "))


def held(path):
    """Who does what, as a file tells it."""
    if path.suffix.lower() == ".json":
        whole = json.loads(path.read_text(encoding="utf-8"))
        assert (whole["format"], whole["version"], whole["status"]) == (
            "crowdnb assignment",
            1,
            "optimal",
        )
        assert whole["performance"] == whole["bound"] == pytest.approx(2.697283, abs=1e-6)
        assert whole["idle"] == ["a1", "a8", "a9"]
        frame = pd.DataFrame(whole["assignment"])
    elif path.suffix.lower() == ".xlsx":
        frame = pd.read_excel(path, sheet_name="assignment")
    else:
        frame = pd.read_csv(path)
    q = cn.load_case_study().qualification
    for worker, task, value in frame[["worker", "task", "qualification"]].itertuples(index=False):
        assert value == pytest.approx(q.loc[worker, task], rel=1e-14)
    return dict(zip(frame["worker"], frame["task"], strict=True))


ENDINGS = {  # by command
    "assign": [".csv", ".xlsx", ".json", ".CSV", ".Xlsx"],
    "report": [".csv", ".XLSX", ".json"],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "ending"), [(one, ending) for one in ENDINGS for ending in ENDINGS[one]]
)
def test_the_ending_says_what_is_written(command, ending, tmp_path, capsys):
    folder, path = copy("case_study", tmp_path), tmp_path / f"a plan{ending}"
    assert main([command, str(folder), "--output", str(path)]) == 0
    out, err = capsys.readouterr()
    assert held(path) == BEST and out.endswith(f"Written: {path}\n") and not err
    assert sorted(item.name for item in tmp_path.iterdir()) == [path.name, "case_study"]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "ending"), [("assign", ".html"), ("report", ".HTML")])
def test_a_page_is_written_by_either_command(command, ending, tmp_path, capsys):
    folder, path = copy("case_study", tmp_path), tmp_path / f"page{ending}"
    assert main([command, str(folder), "--output", str(path)]) == 0
    assert ("needs" in capsys.readouterr().out) == (command == "assign")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>") and '<meta charset="utf-8">' in text
    assert text.endswith("</html>\n") and "2.6973" in text


WRONG = {
    "result.pdf": ".pdf is not known",
    "result.txt": ".txt is not known",
    "result.xls": ".xls is not known",
    "result.csv.bak": ".bak is not known",
    "result": "result has no ending",
    ".csv": ".csv has no ending",
    "a.b/c": "a.b/c has no ending",
}


@pytest.mark.parametrize("command", ["assign", "report", "experiment"])
@pytest.mark.parametrize(("name", "said"), WRONG.items())
def test_an_unknown_ending_is_refused_before_anything_is_solved(
    command, name, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.b").mkdir()
    folder = copy("case_study", tmp_path)
    asked = ["table6"] if command == "experiment" else [str(folder)]
    before = content(tmp_path)
    monkeypatch.setattr("crowdnb.solver.search.Search.__init__", None)
    assert main([command, *asked, "--output", name]) == 2
    out, err = capsys.readouterr()
    known = {"assign": ".csv, .xlsx, .json, .html", "report": ".html, .csv, .xlsx, .json"}
    told = f"{said}; the ending says what is written: {known.get(command, '.csv')}"
    assert (out, err) == ("", f"crowdnb: output: {told}\n")
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", ["tasks.csv", "Tasks.CSV", "SCENARIOS.json", "options.json"])
def test_a_file_of_the_project_is_refused_in_capitals_too(name, tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    before = content(tmp_path)
    assert main(["assign", str(folder), "--output", str(folder / name)]) == 2
    out, err = capsys.readouterr()
    assert not out and f"{folder / name} is a file of the project" in err
    assert content(tmp_path) == before


def test_python_refuses_another_ending_too(case, tmp_path):
    (tmp_path / "somewhere").mkdir()
    writers = {
        "path: .pdf is not known; the ending says what is written: .html": cn.report(case).write,
        "path: .pdf is not known; the ending says what is written: .json": cn.Scenarios(case).save,
        "output: .pdf is not known; the ending says what is written: .csv": lambda path: (
            cn.experiments.table8(repeats=1, output=path, progress=False)
        ),
    }
    for said, write in writers.items():
        with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
            write(tmp_path / "somewhere" / "out.pdf")
    assert not list((tmp_path / "somewhere").iterdir())


def test_a_workbook_without_its_package_is_refused_first(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    monkeypatch.setattr("crowdnb.solver.search.Search.__init__", None)
    folder = copy("case_study", tmp_path)
    assert main(["assign", str(folder), "--output", str(tmp_path / "a.xlsx")]) == 2
    assert capsys.readouterr() == (
        "",
        "crowdnb: writing Excel workbooks needs openpyxl; pip install 'crowdnb[excel]'\n",
    )


@pytest.mark.slow
def test_no_table_is_written_where_there_is_no_assignment(tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"tasks.csv": ("r0,2", "r0,20")})
    for command, ending in [("assign", ".json"), ("report", ".csv"), ("report", ".xlsx")]:
        path = tmp_path / f"plan{ending}"
        assert main([command, str(folder), "--output", str(path)]) == 1
        out, err = capsys.readouterr()
        assert not path.exists() and not err
        assert command == "assign" or "Nothing was written: " in out
    assert main(["report", str(folder), "--output", str(tmp_path / "why.html")]) == 1
    assert (tmp_path / "why.html").exists()


# Standard output, pipes


def test_standard_output_gets_the_file_alone(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    before = content(tmp_path)
    for command, begin in (("assign", "worker,task,"), ("report", "<!DOCTYPE html>")):
        assert main([command, str(folder), "--output", "-"]) == 0
        out, err = capsys.readouterr()
        assert out.removeprefix("\ufeff").startswith(begin) and "Written" not in out + err
        assert "2.697" in err
    assert content(tmp_path) == before
    with redirect_stdout(io.StringIO()) as stream:  # as in a notebook, no true terminal
        assert main(["assign", str(folder), "--output", "-"]) == 0
    assert len(list(csv.reader(stream.getvalue().splitlines()))) == 10


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan.xlsx", "plan.pdf", "plan"])
def test_a_pipe_takes_the_format_of_its_ending_or_the_usual_one(name, tmp_path, capsys):
    folder, pipe, got = copy("case_study", tmp_path), tmp_path / name, []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    assert main(["assign", str(folder), "--output", str(pipe)]) == 0
    reader.join()
    assert got[0][:2] == (b"PK" if name == "plan.xlsx" else b"\xef\xbb")


@pytest.mark.slow
def test_what_a_shell_opened_is_written_into(tmp_path):
    folder = copy("case_study", tmp_path)
    run = f"{sys.executable} -m crowdnb assign {folder} --output"
    for where, file in (("/dev/fd/3 3> a.txt", "a.txt"), ("- > c.csv", "c.csv")):
        done = subprocess.run(
            ["bash", "-c", f"{run} {where}"], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / file).read_text("utf-8-sig").count("a3,r0,") == 1
    assert len((tmp_path / "c.csv").read_bytes().splitlines()) == 10
    assert done.stdout == "" and "ρ = 2.697283" in done.stderr


# A place that cannot be written


def locked(path, lock):
    """Start a program that holds a lock on a file, and wait until it does."""
    code = (
        f"import fcntl, sys; file = open({str(path)!r}, 'r+'); fcntl.{lock}(file, fcntl.LOCK_EX);"
        " print('held', flush=True); sys.stdin.read()"
    )
    pipe = subprocess.PIPE
    child = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True)
    assert child.stdout.readline() == "held\n"
    return child


@pytest.fixture
def where(tmp_path, request):
    """A place of one kind that cannot be written."""
    made = tmp_path / "out.csv"
    if request.param == "a folder":
        made.mkdir()
    elif request.param == "no folder":
        made = tmp_path / "gone" / "out.csv"
    elif request.param == "a file in a file":
        (tmp_path / "file").write_text("")
        made = tmp_path / "file" / "out.csv"
    elif request.param == "a link to nowhere":
        made.symlink_to("gone/out.csv")
    elif request.param == "a socket":
        import socket

        with socket.socket(socket.AF_UNIX) as one:
            one.bind(str(made))
    elif request.param == "too long a name":
        made = tmp_path / f"{'n' * 300}.csv"
    elif request.param in ("LibreOffice", "Excel"):
        made.write_text("old")
        mark = ".~lock.out.csv#" if request.param == "LibreOffice" else "~$out.csv"
        (tmp_path / mark).write_text("somebody")
    elif request.param in ("flock", "lockf"):
        made.write_text("old")
        child = locked(made, request.param)
        yield made
        child.communicate("")
        return
    yield made


SAID = {
    "no folder": "",
    "a file in a file": "",
    "a folder": "it is a folder",
    "a link to nowhere": "No such file or directory",
    "a socket": "it is a socket",
    "too long a name": "File name too long",
    "LibreOffice": "it is open in another program (.~lock.out.csv# is beside it)",
    "Excel": "it is open in another program (~$out.csv is beside it)",
    "flock": "another program has locked it",
    "lockf": "another program has locked it",
}


@pytest.mark.slow
@pytest.mark.parametrize(("where", "said"), SAID.items(), ids=SAID, indirect=["where"])
def test_a_place_that_cannot_be_written_is_told_first(where, said, tmp_path, capsys, monkeypatch):
    """And the assignment is printed all the same."""
    folder = copy("case_study", tmp_path)
    before, told = content(tmp_path), []
    solve = cn.Scenarios.answer

    def after(*arguments):
        told.append(capsys.readouterr())
        return solve(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(cn.Scenarios, "answer", after)
        assert main(["assign", str(folder), "--output", str(where)]) == 2
    why = (
        f"{where} cannot be written: {said}"
        if said
        else f"output: there is no folder {where.parent}"
    )
    line = f"crowdnb: {why}; what is found is printed only\n"
    assert told[0] == ("", line)
    out, err = capsys.readouterr()
    assert "ρ = 2.697283" in out and "Written" not in out and not err
    if said in ("", "it is a folder"):  # the one way of both commands
        assert main(["report", str(folder), "--output", str(where)]) == 2
        out, err = capsys.readouterr()
        assert "ρ = 2.6973" in out and err == line
    assert content(tmp_path) == before


def test_no_right_and_no_room_are_found_out_first(tmp_path, capsys, monkeypatch):
    folder, path = copy("case_study", tmp_path), tmp_path / "out.csv"
    before = content(tmp_path)
    for number, said in ((13, "Permission denied"), (28, "No space left on device")):

        def fail(*_, number=number, said=said):
            raise OSError(number, said)

        with monkeypatch.context() as patch:
            patch.setattr("crowdnb.project.files._write_all", fail)
            assert main(["assign", str(folder), "--output", str(path)]) == 2
        out, err = capsys.readouterr()
        assert "ρ = 2.697283" in out and f"out.csv cannot be written: {said};" in err
    assert content(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    folder.chmod(0o500)
    assert main(["assign", str(folder)]) == 2
    folder.chmod(0o700)
    out, err = capsys.readouterr()
    assert "ρ = 2.697283" in out and "Permission denied" in err


def test_what_fails_at_the_end_is_printed_before(tmp_path, capsys, monkeypatch):
    folder = copy("case_study", tmp_path)
    monkeypatch.setattr("crowdnb.cli.delivery.check_writable", lambda path: None)
    (tmp_path / "out.csv").mkdir()
    for command in ("assign", "report"):
        assert main([command, str(folder), "--output", str(tmp_path / "out.csv")]) == 2
        out, err = capsys.readouterr()
        assert "2.697" in out and err == (
            f"crowdnb: {tmp_path / 'out.csv'} cannot be written: it is a folder\n"
        )


def test_a_label_that_a_workbook_cannot_hold_costs_the_file_only(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("a10,", "a\x01,"))
    assert main(["assign", str(folder), "--output", str(tmp_path / "a.xlsx")]) == 2
    out, err = capsys.readouterr()
    assert "ρ = 2.697283" in out and "a workbook cannot hold '\\x01'" in err
    assert not (tmp_path / "a.xlsx").exists()


def test_an_experiment_that_cannot_be_written_does_not_begin(tmp_path, capsys):
    (tmp_path / "rows.csv").mkdir()
    assert main(["experiment", "table6", "--output", str(tmp_path / "rows.csv")]) == 2
    line = f"crowdnb: {tmp_path / 'rows.csv'} cannot be written: it is a folder\n"
    assert capsys.readouterr() == ("", line)


def test_what_is_tried_leaves_nothing_and_changes_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    before = content(tmp_path), (tmp_path / "a.csv").stat().st_mtime_ns
    for name in ("a.csv", "b.csv"):
        outputs.check_writable(tmp_path / name)
    assert (content(tmp_path), (tmp_path / "a.csv").stat().st_mtime_ns) == before
    with (tmp_path / "a.csv").open("r+") as file:  # a lock of one's own does not count twice
        fcntl.lockf(file, fcntl.LOCK_EX)
        outputs.check_writable(tmp_path / "a.csv")


# Labels, and several projects


def test_names_are_readable_and_read_back(tmp_path, capsys):
    """In Excel, which knows UTF-8 by its mark, and by this package."""
    folder = copy("case_study", tmp_path)
    names = {"a3": "=1+1", "a7": "李雷", "a5": "-x", "r0": "@home", "r2": "שלום", "a6": "'=a"}
    typed = names | {"a6": "''=a"}  # whose first apostrophe only says that it is no formula
    for path in folder.glob("*.csv"):
        rows = csv.reader(path.read_text().splitlines())
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([typed.get(cell, cell) for cell in row] for row in rows)
    best = {(names.get(worker, worker), names.get(task, task)) for worker, task in BEST.items()}
    assert main(["assign", str(folder)]) == 0
    written = (folder / "assignment.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(written.decode("utf-8-sig").splitlines()))[1:]
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@"))]
    assert {tuple(map(unmarked, row[:2])) for row in rows} == best
    for ending in (".xlsx", ".json"):
        path = tmp_path / f"plan{ending}"
        assert main(["assign", str(folder), "--output", str(path)]) == 0
        if ending == ".xlsx":
            cells = list(openpyxl.load_workbook(path)["assignment"].iter_rows(min_row=2, max_col=2))
            assert {cell.data_type for row in cells for cell in row} == {"s"}
            assert {tuple(unmarked(cell.value) for cell in row) for row in cells} == best
        else:
            listed = json.loads(path.read_text(encoding="utf-8"))["assignment"]
            assert {(one["worker"], one["task"]) for one in listed} == best


@pytest.mark.slow
def test_workbooks_in_one_folder_do_not_collide(tmp_path, capsys):
    """Nor with the folder's own files; and what was written is not taken for a project's."""
    folder = copy("case_study", tmp_path)
    for name in ("spring", "autumn"):
        workbook(folder / f"{name}.xlsx", folder)
    sources, bench = (folder, folder / "spring.xlsx", folder / "autumn.xlsx"), {}
    before = set(folder.iterdir())
    for source in sources:
        assert main(["assign", str(source)]) == main(["report", str(source)]) == 0
        bench[source] = cn.bench(source)
        for file in ("assignment.xlsx", "assignment.csv", "report.html"):
            bench[source].export(file)
            assert "Written: " in bench[source].message.value
        bench[source].name.value = f"plan of {source.name}"
        bench[source].keep()
    made = {path.name for path in set(folder.iterdir()) - before}
    usual = ["assignment.csv", "assignment.xlsx", "last_plan.json", "report.html", "scenarios.json"]
    assert made == {f"{of}{file}" for of in ("", "spring_", "autumn_") for file in usual}
    for source in sources:
        assert [one.name for one in cn.bench(source).plans.named] == [f"plan of {source.name}"]
        assert cn.read_project(source).notes == ()
    assert capsys.readouterr().err == ""
