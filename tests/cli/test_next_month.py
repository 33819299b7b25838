"""Next month: the same folder with new ratings, by the command, the page and the bench."""

import html

import pandas as pd
import pytest
from helpers.folders import DATA, copy, workbook, written

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.pages.since_last import since_last_plan
from crowdnb.project.last_plan_changes import Change, SinceLast

RATED = {
    "ratings": "worker,criterion,rating\nAnn,skill,5\nAnn,care,3\nBo,skill,4\nBo,care,3\n"
    "Cy,skill,2\nCy,care,4\n",
    "demand": "task,criterion,low\nnight,skill,0.6\nnight,care,0\nday,skill,0\nday,care,0.6\n",
    "weights": "criterion,weight\nskill,0.5\ncare,0.5\n",
    "tasks": "task,required\nnight,1\nday,1\n",
}


def run(capsys, *arguments):
    """What the command prints of the plan before."""
    assert main([*map(str, arguments)]) == 0
    out = capsys.readouterr().out.splitlines()
    at = [k for k, line in enumerate(out) if line.startswith("Since the plan of ")]
    return out[at[0] : -1] if at else []


@pytest.fixture
def folder(tmp_path):
    """Three workers with histories for two tasks: Ann takes the night, Cy the day."""
    return written(tmp_path / "small", RATED)


def rate(folder, **ratings):
    lines = "".join(
        f"{worker.replace('_', '-')},{criterion},1\n"
        for worker, criteria in ratings.items()
        for criterion in criteria
    )
    with (folder / "ratings.csv").open("a") as file:
        file.write(lines)


def test_a_month_on_the_lounges(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    assert run(capsys, "assign", folder) == []
    rate(folder, csa_czech_airlines=["service"] * 3, oman_air=["comfort"])
    first = run(capsys, "assign", folder)
    assert first[0].endswith("stay. In the files: 4 new ratings of 2 workers.")
    assert first[1].startswith("csa-czech-airlines, quiet room → idle: 3 new ratings on service; Q")
    assert first[-1].endswith("Without the new ratings nobody would change.")
    assert len(first) <= 7
    assert run(capsys, "assign", folder) == first
    ratings = pd.read_csv(folder / "ratings.csv")
    ratings[ratings["worker"] != "alaska-airlines"].to_csv(folder / "ratings.csv", index=False)
    second = run(capsys, "assign", folder)
    assert second[0].endswith("stay. In the files: gone: alaska-airlines.")
    assert second[1] == "alaska-airlines, family room → gone: no longer in the files."
    assert "own Q is the same; no longer on" in "".join(second)


def test_command_page_and_bench_say_the_same(folder, capsys):
    run(capsys, "assign", folder)
    rate(folder, Ann=["skill"] * 3)
    first = run(capsys, "assign", folder)
    assert first[1].startswith("Ann, night → idle: 3 new ratings on skill; Q for night 0.800 → 0.")
    assert run(capsys, "report", folder) == first
    page = html.unescape((folder / "report.html").read_text())
    assert "<h2>Since the last plan</h2>" in page and first[0] in page and first[-1] in page
    assert "3 new ratings on skill; Q for night 0.800" in page
    bench = cn.bench(folder)
    assert [line for line in first if f"<p>{html.escape(line)}</p>" not in bench.since.value] == []
    assert first[0] in html.unescape(cn.report(folder).html)


def test_only_a_plan_beside_the_files_is_kept(folder, tmp_path, capsys):
    run(capsys, "report", folder)
    for output in ("-", tmp_path / "elsewhere.csv", folder / "page.html"):
        assert main(["assign", str(folder), "--output", str(output)]) == 0
    assert not list(folder.glob("*last_plan*"))
    run(capsys, "assign", folder, "--output", folder / "other.xlsx")
    assert [path.name for path in folder.glob("*last_plan*")] == ["last_plan.json"]
    capsys.readouterr()
    for name in ("last_plan.json", "Last_plan.json"):
        assert main(["assign", str(folder), "--output", str(folder / name)]) == 2
        assert "is a file of the project, it would be overwritten" in capsys.readouterr().err


def test_each_scenario_has_a_plan_of_its_own(folder, capsys):
    plans = cn.Scenarios(cn.read_project(folder)).keep("mild", gamma=0.3).keep("a/b", min_ratings=1)
    plans.save(folder / "scenarios.json")
    for name in ("mild", "a/b", "as given"):
        run(capsys, "assign", folder, "--scenario", name)
    kept = sorted(path.name for path in folder.glob("last_plan*"))
    assert kept[:1] + kept[2:] == ["last_plan.json", "last_plan_mild.json"]
    assert kept[1].startswith("last_plan_a_b_")
    plans.keep("mild", exclusions={("Ann", "night"): 1}).save(folder / "scenarios.json")
    assert run(capsys, "assign", folder, "--scenario", "a/b") == []
    lines = run(capsys, "assign", folder, "--scenario", "mild")
    assert lines[1:3] == [
        "Changed for all: γ 0.3 → 0.1; of the scenario exclusions.",
        "Ann, night → day: now barred from night.",
    ]


def test_beside_a_workbook_and_on_the_bench(tmp_path, capsys):
    book = workbook(tmp_path / "book.xlsx", DATA / "case_study")
    bench = cn.bench(book)
    assert bench.since.value == ""
    bench.export("assignment.csv")
    assert (tmp_path / "book_last_plan.json").is_file()
    bench.export("report.html")
    with pd.ExcelWriter(book, mode="a", if_sheet_exists="replace") as writer:
        frame = pd.DataFrame({"worker": ["a0", "a3"], "task": ["r4", "r0"]})
        frame.to_excel(writer, sheet_name="task_conflicts", index=False)
    bench.read()
    assert "now barred from r0" in bench.since.value
    assert run(capsys, "assign", book)[1] == "Changed for all: rows of task_conflicts."
    bench["gamma"].value = 0.2
    assert "Of earlier settings:" in bench.since.value
    bench.export("assignment.csv")
    assert (tmp_path / "book_last_plan_(unnamed).json").is_file()


def test_a_broken_record_is_noted_and_stops_nothing(folder, capsys):
    (folder / "last_plan.json").write_text('{"format": "crowdnb last plan", "version": 1}')
    assert main(["assign", str(folder)]) == 0
    note = "last_plan.json, plan: entries by name, in braces, are needed, got None: not used"
    assert f"Note: {note}\n" in capsys.readouterr().out
    (folder / "last_plan.json").write_text("[]")
    assert note[:14] in cn.report(folder).html
    assert "last_plan.json holds no last plan" in cn.bench(folder).since.value


def test_a_record_that_cannot_be_written_costs_no_plan(folder, capsys):
    run(capsys, "assign", folder)
    (folder / "last_plan.json").unlink()
    (folder / "last_plan.json").mkdir()
    assert main(["assign", str(folder)]) == 0
    said = capsys.readouterr()
    assert "last_plan.json cannot be read" in said.out and "Written: " in said.out


def test_without_an_assignment_it_says_what_changed(folder, capsys):
    run(capsys, "assign", folder)
    tasks = (folder / "tasks.csv").read_text()
    (folder / "tasks.csv").write_text(tasks.replace("night,1", "night,9"))
    before = (folder / "last_plan.json").read_bytes()
    assert main(["assign", str(folder)]) == 1
    out = capsys.readouterr().out
    assert ", which filled 2 places.\nChanged for all: night needs 1 → 9.\n" in out
    assert (folder / "last_plan.json").read_bytes() == before
    assert "night needs 1 → 9" in cn.report(folder).html


def test_of_many_changes_the_first_are_told_and_how_many_there_are():
    changes = tuple(Change(f"<{k}>", "idle", "night", "new") for k in range(30))
    since = SinceLast("Since.", "", changes, "Nobody.")
    page = since_last_plan(since)
    assert page.count("<tr>") == 1 + 8 and "… (30 changes in all)" in page and "&lt;7&gt;" in page
    assert len(since.lines()) == 6 and since.lines()[4] == "… (30 changes in all)"
    assert since_last_plan(None) == ""
