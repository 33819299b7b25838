"""The page: what it says, that it is one file, and that a label stays text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import papermill
import pytest
from helpers.crowd import crowd
from helpers.folders import copy

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.pages import findings, sections
from crowdnb.pages.findings import Findings

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "What was decided",
    "Who does what",
    "On the grid",
    "Why these",
    "What the rules cost",
    "What was changed",
]
LAST = ["Be careful", "How it was checked"]


class Reader(HTMLParser):
    """The page as a browser reads it: texts, tags, and what it would load."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts, self.loads, self.open = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [
            value for name, value in attrs if name in ("src", "href", "srcset", "data", "action")
        ]
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(page):
    """The page read; it is whole, and asks for nothing from elsewhere."""
    reader = Reader(page)
    assert not reader.open and not reader.loads
    assert not {"script", "link", "iframe", "img", "form"} & set(reader.tags)
    assert "://" not in page and "@import" not in page and "url(" not in page
    return reader


def headings(reader):
    return [text for text in reader.texts if text in [*SECTIONS, *LAST, "Why", "What would help"]]


@pytest.mark.slow
def test_the_page_says_what_a_manager_asks(case):
    plans = (
        cn.Scenarios(case)
        .keep("quarrel", conflicts={("a3", "a5"): 1})
        .keep("one more", required={"r2": 4})
    )
    page = cn.report(plans, "quarrel", title="spring project")
    reader = read(page.html)
    assert headings(reader) == [*SECTIONS, *LAST]
    text = " ".join(reader.texts)
    problem, answer = plans.problem("quarrel"), plans.answer("quarrel")
    assert f"ρ = {answer.performance:.4f}, proved the best." in text
    for task, here in answer.pairs.groupby("task"):
        who = [f"{w} ({q:.3f})" for w, q in zip(here["worker"], here["qualification"], strict=True)]
        assert f"{task} {case.required[task]} {', '.join(who)}" in text
    second = cn.alternatives(problem, limit=2)
    assert (
        f"The next has ρ {second.frame['below'][2]:.2g} lower: {second.frame['moves'][2]}." in text
    )
    worth = cn.prices(problem).query("kind == 'worker'")["worth"]
    assert f"a11 ({worth.max():.3f})" in text
    assert (
        "All conflicts and bars together cost" in text
        and "a3 and a5 in conflict cost 0.128" in text
    )
    assert "Against the project's files: a3 and a5 in conflict. ρ changes by -0.1278." in text
    p = cn.possibility_matrix(case.ability, case.demand)
    moved = cn.stability(problem, p, case.criteria_weights, answer.table).moved
    assert f"as good once {moved:.2g} of the criteria weights moves" in text
    assert (
        f"added up again: {answer.performance:.6f}" in text and "code that knows no solver" in text
    )
    assert f"crowdnb {cn.__version__} · Python" in text and re.search(r"\d{4}-\d\d-\d\d", text)
    assert "▸ quarrel" in text and "one more" in text and "r2 needs 3 → 4" in text
    assert str(page).startswith(
        "spring project: 9 of 12 workers fill 9 places on 5 tasks, ρ = 2.5695"
    )


def test_the_page_of_an_infeasible_project_says_why_and_what_helps(case, tmp_path, capsys):
    folder = copy("case_study", tmp_path, {"tasks.csv": ("r0,2", "r0,7")})
    assert main(["report", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "no assignment exists." in out and "14 places, and there are only 12 workers" in out
    reader = read((folder / "report.html").read_text(encoding="utf-8"))
    assert headings(reader) == [
        "What was decided",
        "Why",
        "What would help",
        "What was changed",
        *LAST,
    ]
    text = " ".join(reader.texts)
    problem = cn.read_project(folder).problem()
    assert cn.explain_infeasible(problem).certificate in text
    for repair in cn.repairs(problem, 5, {"limit": 2, "worker": 3}).repairs:
        assert f"{repair.text} {repair.cost:g} {repair.performance:.4f}" in text


HOSTILE = "<script>alert(1)</script>\u202e&amp;"


def test_a_label_is_text_on_the_page(tmp_path):
    folder = copy("case_study", tmp_path)
    for path in folder.glob("*.csv"):
        text = path.read_text().replace("a10,", f"{HOSTILE},").replace("r2,", f"{HOSTILE}翻译,")
        path.write_text(text, encoding="utf-8")
    plans = cn.Scenarios(cn.read_project(folder)).keep(
        HOSTILE.replace("\u202e", ""), conflicts={(HOSTILE, "a5"): 1}
    )
    page = cn.report(plans, plans.named[0], title="<b>x</b>")
    reader = read(page.html)
    text = " ".join(reader.texts)
    assert "<script>alert(1)</script>\\u202e&amp;" in text and "翻译" in text and "<b>x</b>" in text
    assert "\u202e" not in page.html and "b" not in reader.tags
    assert "<script" not in page._repr_html_() and 'sandbox style="' in page._repr_html_()


@pytest.mark.slow
def test_a_large_project_gets_lists(monkeypatch):
    project = crowd(70, 8)
    page = cn.report(project, title="large")
    reader = read(page.html)
    assert "On the grid" not in reader.texts
    assert len(page.html) < 40_000
    monkeypatch.setattr("crowdnb.pages.findings._LOOKED_INTO", 100)
    text = " ".join(read(cn.report(project).html).texts)
    assert text.count("Not looked into: 70 workers × 8 tasks") == 2


def test_histories_added_workers_and_misfits_are_named(tmp_path):
    folder = copy("lounges", tmp_path)
    project = cn.read_project(folder)
    old = cn.Scenario("old", required={"gone": 1})
    plans = cn.Scenarios(project, (old,))
    worker = project.ability.index[0]
    text = " ".join(
        read(cn.report(plans, cn.Scenario("x", added={worker: 2}, gamma=0.3)).html).texts
    )
    clouds = project.clouds()
    assert f"S² < En² in {(clouds['radicand'] < 0).sum()}" in text
    assert f"have to be found: 2 like {worker}." in text
    assert (
        "Of the scenario old: task 'gone' is unknown in this project: what gone needs is left out."
        in text
    )
    assert "γ was moved" not in text  # histories are known
    assert "On fewer than six ratings of some criterion: " in text


def test_nothing_to_do_and_no_time(case, tmp_path, monkeypatch):
    nobody = cn.Scenario("", required=dict.fromkeys(case.required.index, 0))
    assert "0 of 12 workers fill 0 places" in str(cn.report(case, nobody))

    def late(problem, *_):
        return cn.Assignment.of(problem, None, "time_limit", "HIGHS", 1.0)

    plans = cn.Scenarios(case)
    monkeypatch.setattr(cn.Scenarios, "answer", lambda self, one: late(self.problem(one)))
    page = cn.report(plans)
    assert "the time limit stopped HIGHS: no assignment was found, and none was ruled out." in str(
        page
    )
    assert "Give it more time." in read(page.html).texts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scenario", "said", "silent"),
    [
        (
            {"limits": {"a10": 2}},
            ["It is the only best one. Which comes next is not looked into where a rule beyond the paper"
             " counts",
             "another is the best is not looked into where a rule beyond the paper counts"],
            ["as good"],
        ),
        (
            {"added": {"a4": 1}},
            ["another is the best is not looked into where workers are added"],
            ["Which comes next is not looked into"],
        ),
        ({}, ["It is the only best one.", "of the criteria weights moves"], ["is not looked into"]),
    ],
)  # fmt: skip
def test_what_is_left_out_is_said(case, scenario, said, silent):
    text = " ".join(read(cn.report(case, cn.Scenario("x", **scenario)).html).texts)
    assert all(words in text for words in said)
    assert not any(words in text for words in silent)


def test_a_warning_hangs_on_no_section_made_before(case):
    alike = case.ability.iloc[[0] * len(case.ability)].set_axis(case.ability.index)
    found = Findings(cn.Scenarios(replace(case, ability=alike)), cn.Scenario(), "tied")
    assert any("ρ cannot tell them apart" in line for line in sections._warnings(found))


def undated(text):
    return re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)


@pytest.mark.slow
def test_the_command_and_the_notebook_make_the_same_page(tmp_path, capsys):
    folder = copy("lounges", tmp_path)
    project = cn.read_project(folder, 0.2)
    one, other = project.ability.index[:2]
    cn.Scenarios(project).keep("apart", conflicts={(one, other): 1}).save(folder / "scenarios.json")
    assert main(["report", str(folder), "--gamma", "0.2", "--scenario", "apart"]) == 0
    assert capsys.readouterr().out.endswith(f"Written: {folder / 'report_apart.html'}\n")
    page = folder / "report_apart.html"
    by_command = page.read_text(encoding="utf-8")
    page.unlink()
    book = nbformat.read(ROOT / "notebooks" / "07_your_own_data.ipynb", as_version=4)
    at = next(k for k, cell in enumerate(book.cells) if cell.source.startswith("if output:"))
    # what follows does not make the page; the notebook itself is run elsewhere
    book.cells = book.cells[: at + 1]
    nbformat.write(book, tmp_path / "07.ipynb")
    given = {"folder": str(folder), "gamma": 0.2, "scenario": "apart", "output": str(page)}
    papermill.execute_notebook(tmp_path / "07.ipynb", None, given, progress_bar=False)
    assert undated(page.read_text(encoding="utf-8")) == undated(by_command)
    assert "apart" in by_command and "γ = 0.2" in by_command


@pytest.mark.slow
def test_the_page_has_no_more_columns_and_marks_than_it_needs(case, tmp_path):
    few = cn.report(cn.read_project(copy("lounges", tmp_path))).html
    assert '<div class="columns tight">' not in few  # 97 workers, 5 tasks
    assert '<div class="columns tight">' in cn.report(crowd(30, 21)).html
    plans = cn.Scenarios(case).keep("quarrel", conflicts={("a3", "a5"): 1})
    assert "● a place, × not allowed." in cn.report(plans).html
    assert "● keeps a place, ◆ new, ○ given up, × not allowed." in cn.report(plans, "quarrel").html


def test_a_page_says_that_rules_were_checked_only_where_they_hold(case, monkeypatch):
    """Said by an assertion, it was said under ``python -O`` whatever the check found."""
    monkeypatch.setattr(sections, "check", lambda problem, table: ["a0 has 2 tasks: r0, r1"])
    with pytest.raises(cn.SolverAnswerError, match="breaks a rule: a0 has 2 tasks: r0, r1"):
        cn.report(case)


def test_what_was_not_proved_in_time_is_no_number(case, monkeypatch):
    late = replace(cn.solve(case.problem()), status="time_limit")
    monkeypatch.setattr(findings, "optimum", lambda *_: late)
    made = cn.report(case)
    assert (
        "What all conflicts and bars cost together was not settled in the time that a page takes."
        in made.html
    )
    plans = cn.Scenarios(case).keep("fewer", required={"r0": 1})
    assert plans.compare()["difference"].notna().all()
    plans._answers.update(dict.fromkeys(plans._answers, late))
    assert plans.compare()["difference"].isna().all()
