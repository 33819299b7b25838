"""One folder, one plan: whoever is asked names the same people, engine and ties, in the same words."""

import re
import shlex

import pandas as pd
import pytest
from helpers.folders import copy

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.model.assignment import TIED
from crowdnb.project.plan import proved_by

NAMES = [
    "a/b",
    "a:b",
    "a_b",
    "Spring",
    "spring",
    "ｓpring",
    "x" * 300,
    "(unnamed)",
    "..",
    "汉" * 90,
    "c d",
]


def tied(to):
    """A folder in which three kinds of workers are alike, some of them in conflict."""
    folder = copy("case_study", to)
    alike = cn.read_project(folder).ability.iloc[[at % 3 for at in range(12)]]
    rows = [
        (f"a{at}", criterion, *alike.iloc[at][criterion])
        for at in range(12)
        for criterion in alike.columns.unique(0)
    ]
    frame = pd.DataFrame(rows, columns=["worker", "criterion", "low", "high"])
    frame.to_csv(folder / "ability.csv", index=False)
    (folder / "worker_conflicts.csv").write_text("worker,other\na0,a3\na1,a6\n")
    return folder


def said(capsys, *arguments):
    assert main([*map(str, arguments)]) == 0
    return capsys.readouterr().out


def places(pairs):
    return set(pairs[["worker", "task"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("options", "solve"),
    [
        ({}, {}),
        ({"gamma": 0.3}, {}),
        pytest.param({"scope": "task"}, {"conflict_scope": "task"}, marks=pytest.mark.slow),
        pytest.param({"solver": "HIGHS"}, {"solver": "HIGHS"}, marks=pytest.mark.slow),
        pytest.param(
            {"solver": "CBC", "time-limit": 60.0},
            {"solver": "CBC", "time_limit": 60.0},
            marks=pytest.mark.slow,
        ),
    ],
)
@pytest.mark.parametrize("make", [lambda to: copy("lounges", to), tied], ids=["lounges", "tied"])
def test_every_output_gives_the_same_plan(make, options, solve, tmp_path, capsys):
    folder = make(tmp_path)
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    project = cn.read_project(folder, options.get("gamma", 0.1))
    answer = project.solve(**solve)
    first = cn.solve(
        project.problem(conflict_scope=options.get("scope", "project")), tie_break="labels"
    )
    assert answer.table.equals(first.table) and answer.tied and TIED in str(answer)
    out = said(capsys, "assign", folder, *words)
    written = pd.read_csv(folder / "assignment.csv", encoding="utf-8-sig")
    assert places(written) == places(answer.pairs)
    assert f"proved the best ({proved_by(answer)}, " in out and f"\n{TIED}\n" in out
    text = said(capsys, "report", folder, *words)
    page = (folder / "report.html").read_text(encoding="utf-8")
    for task, who in answer.pairs.groupby("task")["worker"]:
        assert f"{task}: {', '.join(who)}" in text
    assert TIED in text and page.count(TIED) >= 1 and f"({proved_by(answer)})" in page
    if not solve:
        bench = cn.bench(folder, **options)
        assert bench.panel.view.facts["places"].items() == places(answer.pairs)
        assert (
            TIED in bench.panel.output.value
            and f"({proved_by(answer)})" in bench.panel.output.value
        )
    scope = solve.get("conflict_scope", "project")
    plans = cn.Scenarios(project, scope=scope, solver=solve.get("solver")).keep("same")
    for name in ("as given", "same"):
        assert plans.answer(name).table.equals(answer.table)
        assert plans.answer(name).solver == answer.solver


def test_without_a_tie_nobody_speaks_of_one(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    out = said(capsys, "assign", folder) + said(capsys, "report", folder)
    shown = cn.bench(folder).panel.output.value
    assert "as good" not in out + shown
    assert "It is the only best one." in (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_each_plan_has_a_file_of_its_own(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    plans = cn.Scenarios(cn.read_project(folder))
    for name in NAMES:
        plans = plans.keep(name, gamma=0.1 + len(plans) / 50)
    plans.save(folder / "scenarios.json")
    said(capsys, "assign", folder)
    kept = (folder / "assignment.csv").read_bytes()
    # the page's name is made by the same function, and a page takes its time
    asked = {"assignment*.csv": ("assign", NAMES), "report*.html": ("report", NAMES[:3])}
    for kind, (command, names) in asked.items():
        for name in names:
            out = said(capsys, command, folder, f"--scenario={name}")
            assert "Written: " in out
        files = [path.name for path in folder.glob(kind)]
        assert len({name.casefold() for name in files}) == len(names) + (command == "assign")
        assert max(len(name.encode()) for name in files) < 200
    assert (folder / "assignment.csv").read_bytes() == kept
    named = [pd.read_csv(path, encoding="utf-8-sig")["plan"] for path in folder.glob("assign*.csv")]
    assert {*NAMES, "as given"} == {plan.unique().item() for plan in named}
    assert (folder / "assignment_c d.csv").exists()
    assert not cn.read_project(folder).notes  # none of them is taken for a file of the project


def test_a_scenario_is_solved_printed_and_told_by_its_own_numbers(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    project = cn.read_project(folder)
    weights = dict(zip(project.criteria_weights.index, (0.5, 0.3, 0.2), strict=True))
    one = cn.Scenario("mine", gamma=0.4, weights=weights, min_ratings=3, added={"air-canada": 1})
    cn.Scenarios(project, (one,)).save(folder / "scenarios.json")
    out = said(capsys, "assign", folder, "--scenario", "mine")
    clouds = cn.ability_clouds(project.counts, 0.4)
    assert "Criteria weights: comfort 0.5, cleanliness 0.3, service 0.2." in out
    assert f"with gamma = 0.4).\nS² < En² in {(clouds['radicand'] < 0).sum()} of" in out
    assert f"; {clouds['clipped'].sum()} intervals were clipped" in out
    assert "Scenario 'mine': γ 0.1 → 0.4; whoever has fewer than 3 ratings" in out
    number = project.counts.sum(axis=1).groupby(level="worker", sort=False).min()
    assert f"criterion: {(number < 3).sum()} of the 97 workers: adria-airways, " in out
    written = pd.read_csv(folder / "assignment_mine.csv", encoding="utf-8-sig")
    plans = cn.Scenarios(project, (one,))
    assert places(written) == places(plans.answer("mine").pairs)
    like = written["worker"].str.removeprefix("like ")
    assert written["fewest_ratings"].tolist() == number[like].tolist()
    assert (written["fewest_ratings"] >= 3).all()


def test_a_name_that_has_vanished_is_told_and_costs_nothing_else(tmp_path, capsys):
    folder = copy("case_study", tmp_path)
    project = cn.read_project(folder)
    one = cn.Scenario("old", required={"gone": 1, "r2": 4}, conflicts={("a3", "a55"): 1})
    cn.Scenarios(project, (one,)).save(folder / "scenarios.json")
    best = cn.Scenarios(project).answer(cn.Scenario(required={"r2": 4})).performance
    for command in ("assign", "report"):
        out = said(capsys, command, folder, "--scenario", "old")
        assert "task 'gone' is unknown in this project: what gone needs is left out." in out
        assert "worker 'a55' is unknown in this project (did you mean 'a5'?): the conflict" in out
        assert float(re.search("ρ = ([0-9]+[.][0-9]+)", out)[1]) == pytest.approx(best, abs=1e-4)
    assert main(["assign", str(folder), "--scenario", "new"]) == 2
    assert (
        "scenario: there is no scenario 'new'; there are as given, old" in capsys.readouterr().err
    )


def test_where_no_assignment_is_read_the_way_to_what_helps_is_too(tmp_path, capsys):
    folder = copy("case_study", tmp_path / "my folder")
    plans = cn.Scenarios(cn.read_project(folder)).keep("too much", required={"r0": 9})
    plans.save(folder / "scenarios.json")
    assert main(["assign", str(folder), "--scenario", "too much", "--scope", "task"]) == 1
    out = capsys.readouterr().out
    line = re.search("^What would help, and at what price: (.*)$", out, flags=re.MULTILINE)[1]
    assert main(shlex.split(line)[1:]) == 1  # as one types it
    text = capsys.readouterr().out
    assert "What would help, and at what price, is on the page." in text
    page = (folder / "report_too much.html").read_text(encoding="utf-8")
    assert "<h2>What would help</h2>" in page
    first = cn.repairs(plans.problem("too much"), 1, {"limit": 2, "worker": 3}).repairs[0]
    assert first.cost <= 4 and re.search(r"ask \d fewer for r0", page)
    assert "the report of this scenario says what would help" in cn.report(folder).html


@pytest.mark.parametrize("least", [0, 2, 6])
def test_workers_with_few_ratings_are_left_out_by_every_way(least, tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    project = cn.read_project(folder, min_ratings=least)
    answer = project.solve()
    out = said(capsys, "assign", folder, "--min-ratings", least)
    text = said(capsys, "report", folder, "--min-ratings", least)
    written = pd.read_csv(folder / "assignment.csv", encoding="utf-8-sig")
    assert places(written) == places(answer.pairs) and (written["fewest_ratings"] >= least).all()
    line = f"Left out, with fewer than {least} ratings on some criterion: "
    bench = cn.bench(folder, min_ratings=least)
    shown = bench.panel.output.value
    assert bench.panel.view.facts["places"].items() == places(answer.pairs)
    for words in (out, text, cn.report(folder, min_ratings=least).html, shown):
        assert (line in words) == (least > 0)
        assert "On fewer than six ratings of some criterion: " in words
    assert bench.panel.scenario() == cn.Scenario()
