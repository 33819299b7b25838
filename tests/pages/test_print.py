"""The page on paper: a large project's stays on two sheets, however long its names are."""

import re

import pytest
from helpers.chromium import CHROMIUM, FLAGS, needs_chromium
from helpers.crowd import crowd

import crowdnb as cn


def renamed(project, worker, task):
    """A project with longer names."""
    workers = {name: name.replace("worker", worker) for name in project.ability.index}
    tasks = {name: name.replace("task", task) for name in project.required.index}
    return cn.Project(
        project.ability.rename(workers), project.demand.rename(tasks), project.criteria_weights,
        project.required.rename(tasks), None,
        project.task_conflicts.rename(index=workers, columns=tasks),
        project.worker_conflicts.rename(index=workers, columns=workers),
        notes=tuple(f"{name}: a note on it" for name in workers.values()),
    )  # fmt: skip


def scenarios(project):
    """Twelve scenarios that move many."""
    plans = cn.Scenarios(project)
    for at, task in enumerate(project.required.index[:12]):
        plans = plans.keep(f"more of {task}", required={task: 4}, gamma=0.1 + at / 20)
    return plans


@pytest.fixture(scope="module")
def large():
    made = renamed(crowd(300, 60), "Maria Fernandez-Castillo", "Regional sales training week")
    return cn.report(scenarios(made), title="large").html


@pytest.mark.slow
def test_what_is_long_is_cut_and_says_how_much_there_is(large):
    assert large.count("a note on it") == 8 and "… (300 notes in all" in large
    rows = re.findall(r"<tr><th[^>]*>(?:▸ as given|more of )[^/]*</th>.*?</tr>", large)
    assert len(rows) == 7 and "… (12 scenarios in all)" in large
    moves = [row.count("→") for row in rows]
    cut = [row for row in rows if "in all)" in row]
    assert max(moves) <= 4 + 2 and cut  # what differs has arrows too: γ, and what a task needs


@pytest.mark.slow
@pytest.mark.browser
@needs_chromium
def test_a_page_of_300_by_60_prints_on_two_sheets(large, tmp_path):
    sync_api = pytest.importorskip("playwright.sync_api")
    (tmp_path / "report.html").write_text(large, encoding="utf-8")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page()
        page.goto(f"file://{tmp_path / 'report.html'}")
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        chromium.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2
