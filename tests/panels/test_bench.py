"""The bench: what a person does there, by the widgets' values; in a browser: test_browser.py."""

import base64
import html
import io
import json
import re
import shutil
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pytest
from helpers.crowd import crowd
from helpers.folders import DATA, copy

import crowdnb as cn
from crowdnb.panels.grids import PairList
from crowdnb.panels.panel import FADED
from crowdnb.panels.settings import scenario_of, settings_of
from crowdnb.project import files
from crowdnb.project.plan import proved_by
from crowdnb.project.written import tables_of


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "my_project"
    cn.load_case_study().write(path)
    return path


def uploaded(bench, *paths):
    now = datetime.now()
    bench.upload.value = tuple(
        {
            "name": name,
            "type": "",
            "size": len(data),
            "content": memoryview(data),
            "last_modified": now,
        }
        for name, data in paths
    )


def test_every_setting_is_a_scenario_and_back(case):
    scenario = cn.Scenario(
        gamma=0.2, scope="task",
        weights={"skill": 0.4, "efficiency": 0.2, "quality": 0.3, "activity": 0.1},
        required={"r2": 4}, task_weights={"r0": 2.0}, demand={("r0", "skill"): (0.5, 1.0)},
        limits={"a10": 2}, conflicts={("a3", "a5"): 1, ("a1", "like a4"): 1},
        exclusions={("a0", "r3"): 0, ("like a4", "r1"): 1},
        added={"a4": 1},
    )  # fmt: skip
    assert scenario_of(case, settings_of(case, scenario)) == scenario
    assert scenario_of(case, settings_of(case, cn.Scenario())) == cn.Scenario()


@pytest.mark.slow
def test_turning_breaking_repairing_keeping_and_taking_up_again(folder):
    bench = cn.bench(folder)
    # looking writes nothing
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv"] * 6
    bench["worker_conflicts"].value = [[5, 3]]
    row, *rest = bench["tasks"].value
    bench["tasks"].value = [[2.0, 1.0, 0.45, *row[3:]], *rest]
    bench["weights"].sliders[0].value = 0.2
    bench["gamma"].value = 0.15
    bench["scope"].value = "task"
    project = cn.read_project(folder)
    wanted = bench.panel.scenario().problem(project)
    assert bench.panel.view.facts["ρ"] == pytest.approx(
        cn.solve(wanted, "HIGHS").performance, abs=1e-9
    )
    assert "r0 asks skill 0.4 to 1 → 0.45 to 1" in bench.panel.output.value
    good = bench.panel.view.body
    bench["tasks"].value = [[7.0, *row[1:]], *rest]
    said = str(cn.explain_infeasible(bench.panel.scenario().problem(project)))
    assert bench.panel.view.problem == said and "No answer." in bench.panel.output.value
    assert good in bench.panel.output.value.split("crowdnb-old")[1]
    assert bench.suggested[0].text in bench.repair_buttons[0].description
    promised = bench.suggested[0].performance
    bench.repair_buttons[0].click()
    assert (
        bench.panel.view.facts["ρ"] == pytest.approx(promised, abs=1e-9)
        and not bench.repair_buttons
    )
    bench.name.value = "mended"
    bench.keep()
    assert "mended" in bench.side_by_side.value and bench.kept.value == "mended"
    # the kernel stops here: another bench on the same folder
    later = cn.bench(folder)
    assert later.panel.scenario() == bench.panel.scenario()
    assert later.plans.named == bench.plans.named and "Taken up again" in later.checked.value
    later.panel.reset()
    assert later.plans.current == cn.Scenario()
    later.kept.value = "mended"
    later.take()
    assert later.panel.scenario() == bench.panel.scenario()
    later.drop()
    assert cn.bench(folder).plans.named == ()


def test_scenarios_stay_in_sight_when_the_files_are_opened_again(folder):
    bench = cn.bench(folder)
    bench["worker_conflicts"].value = [[5, 3]]
    bench.name.value = "quarrel"
    bench.keep()
    before = bench.side_by_side.value
    bench.read()
    assert "quarrel" in before and bench.side_by_side.value == before


def test_without_a_project_the_bench_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bench = cn.bench()
    assert bench.project is None and bench.plans is None and bench.panel is None
    with pytest.raises(ValueError, match="No project is open: name a folder"):
        bench.keep()
    for ask, where in (
        (bench.tell_why, bench.told),
        (bench.tell_prices, bench.told),
        (bench.take, bench.message),
        (lambda: bench.export("assignment.csv"), bench.message),
    ):
        ask()
        assert "No project is open: name a folder" in where.value


@pytest.mark.slow
def test_a_person_added_by_a_repair_can_be_taken_back(folder):
    bench = cn.bench(folder)
    bench.panel.take(cn.Scenario("", added={"a4": 1}, limits={"a10": 2}))
    texts = [child.description for child in bench.helps.children]
    assert texts == ["Take back: a10 may take 2 tasks", "Take back: 1 more like a4"]
    assert "like a4" in bench.panel.output.value
    bench.helps.children[1].click()
    assert bench.panel.scenario() == cn.Scenario("", limits={"a10": 2})


def test_why_and_what_it_costs(folder, monkeypatch):
    bench = cn.bench(folder)
    problem = cn.read_project(folder).problem()
    assert (bench.worker.value, bench.task.value) == ("a0", "r0")  # the first, until one is chosen
    bench.tell_why()
    assert str(cn.why(problem, "a0", "r0")).splitlines()[0] in bench.told.value
    bench.worker.value, bench.task.value = "a3", "r0"
    bench.tell_why()
    assert str(cn.why(problem, "a3", "r0")).splitlines()[0] in bench.told.value
    bench.tell_prices()
    assert cn.prices(problem).query("worth != 0")["text"].iloc[0] in bench.told.value
    monkeypatch.setattr("crowdnb.panels.bench_words._PATIENCE", 1e-9)
    bench.tell_prices()
    assert "add or cost was not settled within 1e-09 s; cn.prices takes" in bench.told.value
    bench.tell_why()
    assert "was not settled within the time limit" in bench.told.value
    bench["gamma"].value = 0.2
    assert bench.told.value.startswith(
        f'{FADED} aria-label="of earlier settings"><p>Of earlier settings:</p>'
    )
    bench["tasks"].value = [[12.0, *row[1:]] for row in bench["tasks"].value]
    bench.tell_why()
    assert "There is no assignment to ask about" in bench.told.value
    bench.export("assignment.csv")
    assert (
        "There is no assignment to write" in bench.message.value
        and not (folder / "assignment.csv").exists()
    )


@pytest.mark.slow
def test_what_is_taken_along(folder):
    bench = cn.bench(folder)
    bench["worker_conflicts"].value = [[5, 3]]
    bench.name.value = "quarrel"
    bench.keep()
    for name in ("assignment.csv", "assignment.xlsx", "report.html"):
        bench.export(name)
        own = name.replace(".", "_quarrel.")
        assert f'<a download="{own}"' in bench.message.value and not (folder / name).exists()
    answer = cn.solve(cn.read_project(folder).problem([("a3", "a5")]))
    wanted = answer.pairs.assign(fewest_ratings=np.nan, plan="quarrel")
    written = pd.read_csv(folder / "assignment_quarrel.csv")
    pd.testing.assert_frame_equal(written, wanted, check_dtype=False)
    book = pd.read_excel(folder / "assignment_quarrel.xlsx", sheet_name=None)
    pd.testing.assert_frame_equal(book["assignment"], wanted, check_dtype=False)
    assert book["changes"].iloc[0, 0] == "a3 and a5 in conflict"
    assert book["scenarios"]["scenario"].tolist() == ["as given", "quarrel"]
    page = (folder / "report_quarrel.html").read_text(encoding="utf-8")
    assert page == cn.report(bench.plans, "quarrel", title="my_project").html
    bench["gamma"].value = 0.3  # settings without a name
    bench.export("assignment.csv")
    mine = pd.read_csv(folder / "assignment_(unnamed).csv")
    assert mine["plan"].eq("(unnamed)").all() and set(mine["worker"]) == {
        *bench.panel.view.facts["places"]
    }
    bench.panel.reset()
    bench.export("assignment.csv")
    assert pd.read_csv(folder / "assignment.csv")["plan"].eq("as given").all()
    assert pd.read_csv(folder / "assignment_quarrel.csv")["plan"].eq("quarrel").all()


def test_what_cannot_be_written_can_be_downloaded(folder):
    (folder / "assignment.csv").mkdir()
    bench = cn.bench(folder)
    bench.export("assignment.csv")
    said = bench.message.value
    assert f"{folder / 'assignment.csv'} cannot be written: it is a folder." in said
    data = base64.b64decode(re.search(r"base64,([^\"]+)", said)[1])
    assert data.decode("utf-8-sig").count("a3,r0,") == 1


def test_a_label_is_no_formula_and_no_tag(tmp_path):
    folder = copy("case_study", tmp_path)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("a10,", "=1+1,").replace("r2,", "<b>r</b>,"))
    bench = cn.bench(folder)
    bench["worker_conflicts"].value = [[5, 3]]
    bench.name.value = "<i>x</i>"
    bench.keep()
    bench.tell_prices()
    shown = [bench.checked, bench.panel.output, bench.side_by_side, bench.told, bench.message]
    assert not any("<b>r" in each.value or "<i>x" in each.value for each in shown)
    bench.export("assignment.xlsx")
    (written,) = folder.glob("assignment_*.xlsx")  # a name that no file can have
    book = openpyxl.load_workbook(written)
    cells = [cell for row in book["assignment"].iter_rows() for cell in row]
    assert "=1+1" in [cell.value for cell in cells] and not any(
        cell.data_type == "f" for cell in cells
    )


def test_all_problems_of_the_files_are_listed_at_once(tmp_path):
    folder = copy(
        "case_study",
        tmp_path,
        {"tasks.csv": ("r0,2", "r0,two"), "weights.csv": None, "ability.csv": ""},
    )
    with pytest.raises(cn.ProjectError) as error:
        cn.read_project(folder)
    bench = cn.bench(folder)
    assert bench.project is None and not bench.rest.children
    problems = error.value.problems
    assert len(problems) == 3 and all(html.escape(text) in bench.checked.value for text in problems)
    with pytest.raises(KeyError, match="no project"):
        bench["gamma"]
    shutil.copytree(DATA / "case_study", folder, dirs_exist_ok=True)
    bench.read()
    assert "Checked, no problem: 12 workers" in bench.checked.value


def test_upload_replaces_nothing_without_keeping_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bench = cn.bench()
    files = [(path.name, path.read_bytes()) for path in (DATA / "case_study").glob("*.csv")]
    broken = [(name, data.replace(b"r0,2", b"r0,two")) for name, data in files]
    uploaded(bench, *broken)
    assert "1 problem in the files" in bench.checked.value and bench.folder.value == "my_project"
    uploaded(bench, ("tasks.csv", dict(files)["tasks.csv"]))
    assert bench.project is not None
    assert (tmp_path / "my_project" / "tasks.csv.bak").read_bytes() == dict(broken)["tasks.csv"]
    before = sorted(path.name for path in (tmp_path / "my_project").iterdir())
    for name, said in [
        ("task.csv", "did you mean"), ("../../evil.csv", "not a name that is read"),
        ("notes.txt", "not a name"),
        ("C:\\x\\tasks(1).csv", "did you mean"), (".xlsx", "not a name"),
    ]:  # fmt: skip
        uploaded(bench, (name, b"x"))
        assert "Nothing was taken." in bench.checked.value and said in bench.checked.value
    assert sorted(path.name for path in (tmp_path / "my_project").iterdir()) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my_project"]


@pytest.mark.parametrize("name", ["\0", "x" * 300, "~nobody-of-this-name", "/dev/null/x"])
def test_a_folder_that_cannot_be_is_said_to_be_so(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    bench = cn.bench()
    bench.folder.value = name
    uploaded(
        bench, *[(path.name, path.read_bytes()) for path in (DATA / "case_study").glob("*.csv")]
    )
    assert (
        "Nothing was taken." in bench.checked.value and "cannot be written" in bench.checked.value
    )
    bench.example.click()
    assert "Nothing was copied." in bench.checked.value
    bench.folder.value = " "
    assert "Name a folder" in bench.checked.value
    assert not any(tmp_path.iterdir())


def test_a_workbook_is_uploaded_turned_and_kept_beside_it(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as writer:
        for name, table in tables_of(case).items():
            table.to_excel(writer, sheet_name=name, index=False)
    bench = cn.bench("work")
    uploaded(bench, ("plan.xlsx", buffer.getvalue()))
    assert bench.folder.value == str(tmp_path.joinpath("work", "plan.xlsx").relative_to(tmp_path))
    bench["worker_conflicts"].value = [[5, 3]]
    assert json.loads((tmp_path / "work" / "plan_scenarios.json").read_text())["current"][
        "conflicts"
    ]
    assert cn.bench("work/plan.xlsx").panel.scenario().conflicts == {("a3", "a5"): 1}
    uploaded(bench, ("plan.xlsx", b"no workbook"))
    assert "plan.xlsx" in bench.checked.value and bench.project is None


def test_a_folder_that_is_not_there_and_the_example(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bench = cn.bench("new")
    assert "There is no new yet." in bench.checked.value and not list(tmp_path.iterdir())
    bench.copy()
    assert repr(bench) == "<Bench: 12 workers, 5 tasks>"
    bench.copy()
    assert "Nothing was copied." in bench.checked.value
    for text in ("a\0b", "x" * 5000, "~nobody_of_that_name/x", "/dev/null", "\n"):
        bench.folder.value = text
        assert bench.checked.value


def test_a_disk_that_fails_is_told_and_the_panel_goes_on(folder, monkeypatch):
    bench = cn.bench(folder)

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "replace", fail)
    bench["worker_conflicts"].value = [[5, 3]]
    assert "No space left" in bench.message.value
    assert bench.panel.view.facts["ρ"] == pytest.approx(2.569531, abs=1e-6)
    bench.export("report.html")
    assert "Nothing was written." in bench.message.value and "No space left" in bench.message.value
    assert 'download="report_(unnamed).html"' in bench.message.value
    assert not list(folder.glob("report*"))


def test_pairs_typed_one_a_line():
    pairs = PairList(["a", "b, c", "d"], ["a", "b, c", "d"], True, "Quarrels", [[1, 0]])
    assert pairs.area.value == '"b, c", a'
    pairs.area.value = "d, a\n\nb, c, a\na,d"
    assert pairs.value == [[2, 0], [1, 0]] and not pairs.said.value
    wrong = {
        "a": "&#x27;a&#x27; is one name; two are needed",
        "a, e": "is unknown",
        ",": "line 1: two names are needed",
        "a, a": "a with itself",
        "\0": "&#x27;\\x00&#x27; is one name; two are needed",
    }
    for text, said in wrong.items():
        pairs.area.value = text
        assert said in pairs.said.value and "line 1" in pairs.said.value
        assert pairs.value == [[2, 0], [1, 0]]
    pairs.area.value = ""
    assert pairs.value == []


def test_numbers_out_of_range_are_not_taken(folder):
    bench = cn.bench(folder)
    grid = bench["tasks"]
    before = [list(row) for row in grid.value]
    for at, wrong in [(0, 1.5), (0, -1.0), (0, 13.0), (2, 1.1), (2, np.nan)]:
        row = [*before[0][:at], wrong, *before[0][at + 1 :]]
        with pytest.raises(Exception, match="numbers of its range"):
            grid.value = [row, *before[1:]]
        assert grid.value == before
    grid.value = [[*before[0][:2], 0.9, 0.5, *before[0][4:]], *before[1:]]  # low above high
    assert "low is above high" in bench.panel.view.problem
    assert not (folder / "scenarios.json").exists()
    grid.value = before
    assert not bench.panel.view.problem


@pytest.mark.slow
def test_beyond_60_by_20_there_are_lists(tmp_path):
    project = crowd(200, 40)
    project.write(tmp_path / "large")
    bench = cn.bench(tmp_path / "large")
    assert isinstance(bench["worker_conflicts"], PairList) and isinstance(
        bench["task_conflicts"], PairList
    )
    assert bench.panel.view.facts["ρ"] == pytest.approx(
        cn.solve(project.problem()).performance, abs=1e-6
    )
    assert "<td>" in bench.panel.output.value and len(bench.panel.output.value) < 20_000
    busy = list(bench.panel.view.facts["places"])[:2]
    bench["worker_conflicts"].area.value += f"\n{busy[0]}, {busy[1]}"
    assert re.search(r"Changed: .* in conflict", bench.panel.output.value)


def test_what_helps_stands_where_no_answer_is_read(folder):
    bench = cn.bench(folder)
    row, *rest = bench["tasks"].value
    bench["tasks"].value = [[12.0, *row[1:]], *rest]
    _, answer = bench.panel.children[-1].children
    assert "No answer." in answer.children[0].value and answer.children[1] is bench.helps
    assert bench.repair_buttons and bench.repair_buttons[0] in bench.helps.children
    bench.tell_why()
    assert "beside the settings above it says why, and what would help" in bench.told.value
    bench.name.value = "too much"
    bench.keep()
    assert "no assignment exists: take it up to see what would help" in bench.side_by_side.value


def test_a_name_that_differs_in_case_from_another_is_noted(folder):
    bench = cn.bench(folder)
    for name, noted in (("Spring", False), ("spring", True), ("autumn", False)):
        bench.name.value = name
        bench.keep()
        assert ("differ only in case" in bench.message.value) == noted
    assert "differ only in case" in cn.bench(folder).checked.value


def test_one_name_that_has_vanished_costs_that_setting_alone(folder):
    plans = cn.Scenarios(cn.read_project(folder))
    kept = plans.keep("old", gamma=0.2, conflicts={("a3", "a5"): 1, ("a1", "a9"): 1})
    kept.at(kept["old"]).save(folder / "scenarios.json")
    for path in folder.glob("*.csv"):  # a9 is gone
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        path.write_text("\n".join(line for line in lines if "a9" not in line.split(",")) + "\n")
    bench = cn.bench(folder)
    said = "worker &#x27;a9&#x27; is unknown in this project: the conflict of a1 and a9"
    assert bench.checked.value.count(said) == 3  # of the settings, as kept and as left
    assert bench.panel.scenario() == cn.Scenario(gamma=0.2, conflicts={("a3", "a5"): 1})
    bench.panel.reset()
    bench.kept.value = "old"
    bench.take()
    assert "Taken up: &#x27;old&#x27;." in bench.message.value and said in bench.message.value
    assert bench.panel.scenario() == cn.Scenario(gamma=0.2, conflicts={("a3", "a5"): 1})
    assert cn.Scenarios.load(bench.project, folder / "scenarios.json")["old"] == kept["old"]


def test_ties_few_ratings_and_another_measure_are_said_on_the_bench(tmp_path):
    bench = cn.bench(copy("lounges", tmp_path))
    shown = bench.panel.output
    project = bench.project
    pairs = project.solve().pairs[["worker", "task"]].to_numpy()
    assert bench.panel.view.facts["places"] == dict(pairs)
    assert "Another assignment is as good; of those that tie" in shown.value
    assert f"Proved the best ({proved_by(project.solve())})" in shown.value
    few = "On fewer than six ratings of some criterion: 11 of the 12 chosen: blue-islands"
    assert few in shown.value
    bench["gamma"].value = 0.5
    plans = bench.plans.keep("x", gamma=0.5)
    less = plans.compare().at["x", "difference"]
    assert less < 0 and f"{less:+.4f} against the start" in shown.value
    assert "so it cannot be compared with that ρ" in shown.value
    bench.name.value = "x"
    bench.keep()
    assert f"{less:+.4f} by given Q" in bench.side_by_side.value
    bench["gamma"].value = 0.1
    bench["min_ratings"].value = 6
    assert bench.panel.scenario() == cn.Scenario(min_ratings=6)
    assert "Left out, with fewer than 6 ratings on some criterion: " in shown.value
    again = cn.bench(bench.folder.value)
    assert again["min_ratings"].value == 6
    whole = cn.bench(bench.folder.value, min_ratings=400)
    assert "min_ratings is 400: every worker has fewer" in whole.checked.value


@pytest.mark.slow
def test_at_300_by_60_the_answer_stays_beside_the_settings(tmp_path):
    crowd(300, 60).write(tmp_path / "large")
    bench = cn.bench(tmp_path / "large")
    for side in bench.panel.children[-1].children:
        assert (side.layout.max_height, side.layout.overflow) == ("85vh", "auto")
    bench["scope"].value = "task"
    moved = len(bench.panel.view.facts["moved"])
    assert moved > 20 and f"… ({moved} in all)" in bench.panel.output.value
