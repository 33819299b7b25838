"""The command as a person meets it: what it prints, what it writes, and how it ends."""

import csv
import io
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from helpers.folders import DATA, content, copy, problems, refused

import crowdnb as cn
from crowdnb.__main__ import _parser, main
from crowdnb.cli.command import PLAN_OPTIONS
from crowdnb.project.spreadsheet import unmarked

WORKERS = [f"a{i}" for i in range(12)]
EVERY_PAIR = "worker,other\n" + "".join(f"{i},{k}\n" for i, k in combinations(WORKERS, 2))
ONE_EACH = "task,required\n" + "".join(f"r{j},1\n" for j in range(5))
TABLE = """
task  needs  workers (qualification)
r0        2  a3 (0.301), a7 (0.324)
r1        1  a5 (0.307)
r2        3  a6 (0.272), a10 (0.320), a11 (0.331)
r3        2  a2 (0.331), a4 (0.238)
r4        1  a0 (0.273)

ρ = 2.697283, proved the best """


def command(*arguments, **environment):
    """A true run of the command, as a shell would start it."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "crowdnb", *map(str, arguments)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=120,
    )


@pytest.mark.slow
def test_options_of_a_scene_are_not_used_and_it_says_so(tmp_path, capsys):
    """The command solves the files of a project.

    A scene's options.json is for cn.scenes.read_scene.
    """
    folder = copy("scenes/content", tmp_path)
    words = "options.json was not read; crowdnb.market.scenes.read_scene reads it"
    # with two reviews a person, an option, there is an assignment
    assert main(["assign", str(folder)]) == 1
    assert f"Note: {words}\n" in capsys.readouterr().out
    assert cn.read_project(folder).notes == (words,)
    assert cn.scenes.read_scene(folder).project.notes == ()
    assert main(["report", str(folder)]) == 1
    assert words in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["assign", "report"])
def test_options_that_decide_a_plan_are_left_out_at_their_defaults(command):
    """Of the command that is named where no assignment exists."""
    usual = vars(_parser().parse_args([command, "folder"]))
    apart = {"command", "folder", "output"}
    assert {name: usual[name] for name in usual.keys() - apart} == PLAN_OPTIONS


def test_the_case_study_folder_is_solved_and_written(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    assert main(["assign", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert TABLE in out and not err
    assert out.startswith(
        "12 workers, 5 tasks, 9 places. Criteria weights: skill 0.15, efficiency 0.25, quality 0.5"
    )
    assert "Ability: 48 intervals as given.\n" in out
    assert out.endswith(f"Idle: a1, a8, a9.\nWritten: {folder / 'assignment.csv'}\n")
    pairs = pd.read_csv(folder / "assignment.csv")
    # the file written is none of the project's: no note, no problem
    problem = cn.read_project(folder).problem()
    table = pd.DataFrame(0, index=problem.workers, columns=problem.tasks)
    assert pairs["plan"].eq("as given").all() and pairs["fewest_ratings"].isna().all()
    for worker, task, q, *_ in pairs.itertuples(index=False):
        table.at[worker, task] = 1
        assert q == problem.qualification.at[worker, task]
    assert cn.check(problem, table) == []
    assert main(["assign", str(folder)]) == 0
    assert TABLE in capsys.readouterr().out


def test_the_lounges_say_what_became_of_their_histories(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    assert main(["assign", str(folder), "--gamma", "0.3"]) == 0
    out = capsys.readouterr().out
    clouds = cn.read_project(folder, gamma=0.3).clouds()
    rule, negative = clouds["rule"].value_counts(), (clouds["radicand"] < 0).sum()
    assert (
        f"{rule['point']} of one rating, {rule['range']} of 2 to 5, {rule['cloud']} by the cloud"
        " model" in out
    )
    assert "with gamma = 0.3" in out
    assert (
        f"S² < En² in {negative} of the {rule['cloud']} clouds; {clouds['clipped'].sum()} intervals"
        " were" in out
    )
    chosen = set(pd.read_csv(folder / "assignment.csv")["worker"])
    few = (
        out.split("fewer than six ratings of some criterion: 12 of the 12 chosen: ")[1]
        .split(".\n")[0]
        .split(", ")
    )
    assert set(few) == chosen & set(clouds.index[clouds["rule"] != "cloud"].unique("worker"))
    assert "(97 in all)" not in out and "… (85 in all)" in out.split("Idle: ")[1]


@pytest.mark.parametrize(
    ("changes", "options", "parts"),
    [
        ({"tasks.csv": ("r0,2", "r0,20")}, [], ["27 places", "12 workers"]),
        (
            {"tasks.csv": ("r1,1", "r1,10")},
            [],
            ["r1 needs 10 workers", "9 may take it", "3 in conflict"],
        ),
        (
            {"worker_conflicts.csv": EVERY_PAIR, "tasks.csv": ONE_EACH},
            [],
            ["5 places", "at most 1", "conflicts"],
        ),
        (
            {"worker_conflicts.csv": EVERY_PAIR},
            ["--scope", "task"],
            ["r2 needs 3 workers", "at most 1"],
        ),
    ],
    ids=["places", "eligible", "conflicts", "conflicts in a task"],
)
def test_no_assignment_is_an_answer_with_its_reason(changes, options, parts, tmp_path, capsys):
    folder = copy("case_study", tmp_path, changes)
    before = content(folder)
    assert main(["assign", str(folder), *options]) == 1
    out, err = capsys.readouterr()
    assert "No assignment exists.\n" in out and not err
    for part in parts:
        assert part in out.split("No assignment exists.")[1]
    assert content(folder) == before


def test_a_scale_that_makes_every_qualification_zero_is_asked_about(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    assert main(["assign", str(folder), "--stars", "500"]) == 1
    assert (
        "Every qualification is 0: nobody reaches any demand. Is the scale right? A rating of 500"
        in (capsys.readouterr().out)
    )


def test_the_version_and_an_answer_without_a_solver(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"crowdnb {cn.__version__}\n"
    folder = copy("case_study", tmp_path, {"tasks.csv": ONE_EACH.replace(",1", ",0")})
    assert main(["assign", str(folder)]) == 0
    assert "proved the best (by bounds, no solver needed, " in capsys.readouterr().out


def test_the_scope_of_a_conflict(tmp_path, capsys):
    folder = copy(
        "case_study", tmp_path, {"worker_conflicts.csv": EVERY_PAIR, "tasks.csv": ONE_EACH}
    )
    assert main(["assign", str(folder), "--scope", "task"]) == 0
    assert "ρ = " in capsys.readouterr().out


def test_no_places_need_nobody(tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"tasks.csv": ONE_EACH.replace(",1", ",0")})
    assert main(["assign", str(folder)]) == 0
    assert "r4        0  nobody" in capsys.readouterr().out
    written = (folder / "assignment.csv").read_text(encoding="utf-8-sig")
    assert written == "worker,task,qualification,fewest_ratings,plan\n"


@pytest.mark.parametrize("solver", ["GLPK_MI", "CBC", "HIGHS", "highs"])
def test_every_solver_by_name(solver, tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    output = tmp_path / "answer of mine.csv"
    options = ["--solver", solver, "--time-limit", "60", "--output", str(output)]
    assert main(["assign", str(folder), *options]) == 0
    out = capsys.readouterr().out
    assert f"{TABLE}({solver.upper()}, " in out
    assert out.endswith(f"Written: {output}\n") and len(output.read_text().splitlines()) == 10
    assert not (folder / "assignment.csv").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gamma", "nan"], "crowdnb: gamma must be "),
        (["--gamma", "-0.1"], "crowdnb: gamma must be "),
        (["--gamma", "inf"], "crowdnb: gamma must be "),
        (["--stars", "0"], "crowdnb: stars must be a whole number of at least 1, got 0"),
        (["--stars", "-5"], "crowdnb: stars must be a whole number of at least 1, got -5"),
        (["--time-limit", "0"], "crowdnb: time_limit must be "),
        (["--time-limit", "nan"], "crowdnb: time_limit must be "),
        (["--solver", "SIMPLEX"], "crowdnb: solver: 'SIMPLEX' is unknown; installed are "),
        (
            ["--solver", "GUROBI"],
            "crowdnb: the solver GUROBI is not installed; cvxpy's documentation says how",
        ),
        (
            ["--output", "lounges/ratings.csv"],
            "crowdnb: output: lounges/ratings.csv is a file of the project",
        ),
        (
            ["--output", "lounges/weights.csv"],
            "crowdnb: output: lounges/weights.csv is a file of the project",
        ),
        (["--output", "lounges"], "crowdnb: output: lounges is a file of the project"),
    ],
)
def test_a_wrong_option_is_named(options, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = copy("lounges", tmp_path)
    (line,) = refused(folder, capsys, *options)
    assert line.startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--stars", "4.5"], "argument --stars: invalid int value: '4.5'"),
        (["--gamma", "small"], "argument --gamma: invalid float value: 'small'"),
        (["--scope", "team"], "argument --scope: invalid choice: 'team'"),
        (["--speed", "9"], "unrecognized arguments: --speed 9"),
    ],
)
def test_an_option_that_cannot_be_read_shows_the_usage(options, message, capsys):
    with pytest.raises(SystemExit) as end:
        main(["assign", str(DATA / "lounges"), *options])
    assert end.value.code == 2
    assert message in capsys.readouterr().err


def test_stars_reach_the_reader(tmp_path, capsys):
    lines = problems(copy("lounges", tmp_path), capsys, "--stars", "4")
    assert lines[0].endswith("column rating: 5 is not a whole number of stars from 1 to 4")


@pytest.mark.parametrize("output", [".", "no such folder/a.csv", "case_study/tasks.csv/a.csv"])
def test_an_output_that_cannot_be_written_is_named(output, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = copy("case_study", tmp_path)
    before = content(tmp_path)
    assert main(["assign", str(folder), "--output", output]) == 2
    out, err = capsys.readouterr()
    cannot = (
        f"crowdnb: {output} cannot be written: "
        if output == "."
        else "crowdnb: output: there is no folder "
    )
    assert err.startswith(cannot) and err.count("\n") == 1
    assert "Written" not in out and content(tmp_path) == before


@pytest.mark.parametrize("name", ["nowhere", "nowhere/at all.xlsx", "a\tb\x1b[2J"])
def test_a_folder_that_is_not_there(name, tmp_path, capsys):
    assert main(["assign", str(tmp_path / name)]) == 2
    out, err = capsys.readouterr()
    assert not out and "there is no such folder or workbook" in err and err.count("\n") == 2
    assert "\x1b" not in err and "\t" not in err


HOSTILE = {
    "HTML": "<img src=x onerror=alert(1)>",
    "terminal": "\x1b[31mred\x1b]0;title\x07",
    "dollar": "$E=mc^2$ `rm` %s {0}",
    "right to left": "abc\u202edef",
    "formula": "=HYPERLINK(1)",
    "full width": "张\u3000三",
}


@pytest.mark.parametrize("label", HOSTILE.values(), ids=HOSTILE)
def test_a_label_is_text_whatever_it_holds(label, tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("a10,", f"{label},").replace("r2,", f"{label},"))
    assert main(["assign", str(folder)]) == 0
    out = capsys.readouterr().out
    label = label.replace("\u3000", " ")  # one label, whichever of the two stands where
    seen = label if label.isprintable() else label.encode("unicode_escape").decode()
    assert f"{seen} (0.320)" in out and f"\n{seen}  " in out
    assert not set(out) & set("\x1b\x07\u202e")
    rows = list(csv.reader((folder / "assignment.csv").read_text("utf-8-sig").splitlines()))
    assert [label, label] in [list(map(unmarked, row[:2])) for row in rows]
    (folder / "worker_conflicts.csv").write_text(f"worker,other\n{label}!,a1\n")
    (folder / "assignment.csv").unlink()
    (line,) = problems(folder, capsys)
    assert "is unknown" in line and not set(line) & set("\x1b\x07\u202e")


def test_columns_line_up_for_chinese_names(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("r2,", "翻译任务,").replace(",r2", ",翻译任务"))
    assert main(["assign", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "翻译任务      3  a6 (0.272), a10 (0.320), a11 (0.331)" in lines
    assert "r0            2  a3 (0.301), a7 (0.324)" in lines


def late(table):
    """Stand in for a solver that the time limit stopped, with a valid assignment or none."""

    def plan_of(problem, programs, time_limit):
        t = np.argwhere(cn.load_case_study().published.assignment) if table else None
        return cn.Assignment.of(problem, t, "time_limit", "HIGHS", 1.0, bound=2.75)

    return plan_of


def test_an_answer_that_is_not_proved_says_so(tmp_path, capsys, monkeypatch):
    folder = copy("case_study", tmp_path)
    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", late(False))
    assert main(["assign", str(folder)]) == 1
    assert "no assignment was found, and none was ruled out" in capsys.readouterr().out
    assert not (folder / "assignment.csv").exists()
    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", late(True))
    assert main(["assign", str(folder)]) == 0
    assert (
        "ρ = 2.568525, not proved the best; at most 2.750000 is possible (HIGHS"
        in capsys.readouterr().out
    )
    assert (folder / "assignment.csv").exists()


def test_a_solver_that_answers_wrongly_is_not_taken_for_no_assignment(
    tmp_path, capsys, monkeypatch
):
    def solve(*_):
        raise cn.SolverAnswerError("internal error: the answer breaks a rule")

    monkeypatch.setattr("crowdnb.project.scenarios.plan_of", solve)
    folder = copy("case_study", tmp_path)
    assert main(["assign", str(folder)]) == 3
    assert capsys.readouterr().err.startswith(
        "crowdnb: internal error: the answer breaks a rule; nothing written"
    )
    assert not (folder / "assignment.csv").exists()


def test_the_case_study_in_the_terminal_or_a_notebook():
    with redirect_stdout(io.StringIO()) as stream:  # as in a notebook, no true terminal
        assert main(["case"]) == 0
    out = stream.getvalue()
    assert TABLE in out
    for row in (
        "best ρ, Q as printed   2.569000  2.697000    0.128000",
        "ρ of table 5, Q exact   2.569000  2.568525",
    ):
        assert row in out
    assert [line.split(" with ") for line in out.splitlines() if line.startswith("  a")] == [
        ["  a3", "a5"], ["  a3", "a7"], ["  a3", "a10"], ["  a3", "a11"],
    ]  # fmt: skip


@pytest.mark.slow
def test_true_runs_end_as_they_should(tmp_path):
    folder = copy("lounges", tmp_path / "with spaces 和 中文")
    good = command("assign", folder)
    assert (good.returncode, good.stderr) == (0, b"")
    assert "proved the best" in good.stdout.decode() and (folder / "assignment.csv").exists()
    (folder / "assignment.csv").unlink()
    (folder / "tasks.csv").write_text("task,required\nflagship hall,many\n")
    before = content(folder)
    bad = command("assign", folder, PYTHONIOENCODING="ascii")
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert b"- tasks.csv, line 2, column required: 'many' is not a number" in bad.stderr
    assert b"Traceback" not in bad.stderr and content(folder) == before


@pytest.mark.slow
def test_a_terminal_without_greek_shows_the_rest(tmp_path):
    run = command("assign", copy("case_study", tmp_path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert run.returncode == 0
    assert b"? = 2.697283, proved the best" in run.stdout


def test_an_earlier_answer_is_named_when_there_is_none_now(tmp_path, capsys):
    folder = tmp_path / "case"
    shutil.copytree(DATA / "case_study", folder)
    assert main(["assign", str(folder)]) == 0
    old = (folder / "assignment.csv").read_bytes()
    tasks = folder / "tasks.csv"
    tasks.write_text(tasks.read_text().replace("r0,2", "r0,20"))
    capsys.readouterr()
    assert main(["assign", str(folder)]) == 1
    assert "assignment.csv of an earlier run was left as it is" in capsys.readouterr().out
    assert (folder / "assignment.csv").read_bytes() == old


@pytest.mark.slow
def test_a_reader_that_stops_listening_loses_nothing(tmp_path):
    folder = tmp_path / "case"
    shutil.copytree(DATA / "case_study", folder)
    run = f"{sys.executable} -m crowdnb assign {folder} | head -0; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", run], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("0\n", "")
    assert (folder / "assignment.csv").exists()


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({"tasks.csv": ("r0,2", "r0,two")}, [], "1 problem in the files, nothing written"),
        ({}, ["--output", "case_study/scenarios.json"], "is a file of the project"),
        ({}, ["--output", "case_study/tasks.csv"], "is a file of the project"),
        ({}, ["--output", "nowhere/page.pdf"], "output: .pdf is not known"),
        ({}, ["--scenario", "spring"], "there is no scenario 'spring'; there are as given"),
    ],
)
def test_a_page_that_cannot_be_made_is_told(
    changes, options, message, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = copy("case_study", tmp_path, changes)
    before = content(tmp_path)
    assert main(["report", str(folder), *options]) == 2
    out, err = capsys.readouterr()
    assert not out and message in err and content(tmp_path) == before


def test_a_page_beside_a_broken_file_of_scenarios_is_not_made(tmp_path, capsys):
    """It would be taken for all that there is; in Python the page says so itself."""
    folder = copy("case_study", tmp_path)
    (folder / "scenarios.json").write_text("{")
    assert main(["report", str(folder)]) == 2
    out, err = capsys.readouterr()
    assert not out and "scenarios.json, line 1, column 2" in err and len(err.splitlines()) == 1
    assert (folder / "scenarios.json").read_text() == "{" and not (folder / "report.html").exists()
    assert "scenarios.json, line 1, column 2" in cn.report(folder).html
