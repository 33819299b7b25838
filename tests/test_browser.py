"""The notebooks as a reader meets them: JupyterLab in a real browser. Needs Chromium; in CI it must be there."""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

import crowdnb as cn
from crowdnb import whatif

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
FLAGS += " --disable-component-update --disable-sync"
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="no Chromium on this machine"),
    # Playwright's and the server's own warnings are not the package's.
    pytest.mark.filterwarnings("default"),
]


class Lab(NamedTuple):
    """A running JupyterLab: where it answers, and the folder it serves."""

    address: str
    folder: Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab of its own, on a copy of the notebooks."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    settings = home / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells are rendered at once, and the kernel starts without being asked for.
    tracker = {"windowingMode": "none", "autoStartDefaultKernel": True}
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(tracker))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = {
        f"JUPYTER{name}_DIR": str(home / name.lower())
        for name in ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")
    }
    folders["JUPYTERLAB_SETTINGS_DIR"] = str(home / "settings")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", f"--ServerApp.root_dir={home / 'notebooks'}"]
    address = f"http://127.0.0.1:{port}"
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **folders}, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait(lambda: answers(f"{address}/api/status"), 60, lambda: (home / "log").read_text()[-2000:])
            yield Lab(address, home / "notebooks")
        finally:
            server.terminate()
            server.wait(20)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield chromium
        chromium.close()


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=5).read()
    except OSError:
        return None


def wait(condition, seconds, what=lambda: "timed out"):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, what()
        time.sleep(0.05)
    return value


def run_all(lab, browser, name):
    """Open a notebook, run every cell, and wait until the kernel has done with all of them."""
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(f"{lab.address}/doc/tree/{name}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)

    def kernel():
        sessions = json.loads(answers(f"{lab.address}/api/sessions") or "[]")
        return next((s["kernel"] for s in sessions if s["path"] == name), None)

    wait(lambda: (k := kernel()) and k["execution_state"] == "idle" and k["connections"] > 0, 60)
    # Empty prompts first, so that the numbers waited for are of this run and not the stored ones.
    for menu, entry in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    wait(lambda: all(re.fullmatch(r"\[\d+\]:", text.strip()) for text in prompts.all_inner_texts()), 150)
    wait(lambda: kernel()["execution_state"] == "idle", 60)
    return page


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_without_an_error_or_a_missing_widget(lab, browser, name):
    page = run_all(lab, browser, name)
    try:
        assert page.locator('[data-mime-type="application/vnd.jupyter.error"]').count() == 0
        assert page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').count() == 0
        assert "Error displaying widget" not in page.content()
        assert "Loading widget" not in page.content()
        for image in page.locator(".jp-OutputArea-output img").all():
            assert image.get_attribute("alt")
    finally:
        page.close()


def test_the_panel_of_the_case_study_answers_as_solve_does(lab, browser, case, record_property):
    page = run_all(lab, browser, "05_case_study.ipynb")
    try:
        panel = page.locator(".widget-vbox").filter(has=page.locator("button", has_text="Reset")).first
        panel.locator("button", has_text="Reset").click()
        status = panel.locator('[role="status"]')
        wait(lambda: "+0.0000 against" in status.inner_text(), 30)
        settings = {name: control.value for name, control in whatif.assignment_panel(case).controls.items()}

        def shows(change):
            settings.update(change)
            answer = cn.solve(whatif.panel_problem(case, settings))
            wait(lambda: f"ρ = {answer.performance:.4f}" in status.inner_text(), 30, status.inner_text)
            taken = {
                (row.locator("th").inner_text(), at)
                for row in status.locator("tr").all()[1:]
                for at, cell in enumerate(row.locator("td").all_inner_texts())
                if cell[0] in "●◆"
            }
            places = zip(answer.pairs["worker"], answer.pairs["task"], strict=True)
            assert taken == {(worker, case.required.index.get_loc(task)) for worker, task in places}

        panel.get_by_role("button", name="a5 with a3").click()
        shows({"worker_conflicts": [[5, 3]]})
        assert panel.get_by_role("button", name="a5 with a3").get_attribute("aria-pressed") == "true"
        panel.get_by_role("button", name="a11 with r2", exact=True).press("Space")
        shows({"task_conflicts": [*settings["task_conflicts"], [11, 2]]})
        handles = panel.locator(".noUi-handle")
        handles.nth(0).press("ArrowRight")
        shows({"gamma": 0.15})
        handles.nth(1).press("ArrowRight")  # the weight of skill, 0.15 → 0.16
        weights = whatif.shared_rest(settings["weights"], 0, 0.16)
        shows({"weights": weights})
        need = panel.get_by_label("r0 needs")
        need.fill("12")
        need.press("Enter")
        wait(lambda: "there are only 12 workers" in status.inner_text(), 30)
        panel.locator("button", has_text="Reset").click()
        wait(lambda: "+0.0000 against" in status.inner_text(), 30)
        record_property("median_ms", statistics.median(answer_times(page, panel)))
    finally:
        page.close()


def answer_times(page, panel):
    """Milliseconds from a click on a conflict to the changed picture, measured in the page itself."""
    button = panel.get_by_role("button", name="a5 with a3").element_handle()
    status = panel.locator('[role="status"]').element_handle()
    script = """([button, status]) => new Promise(resolve => {
        const output = status.parentElement, start = performance.now();
        new MutationObserver((_, observer) => { observer.disconnect(); resolve(performance.now() - start); })
            .observe(output, {childList: true, subtree: true, characterData: true});
        button.click();
    })"""
    times = []
    for _ in range(20):
        times.append(page.evaluate(script, [button, status]))
        status = panel.locator('[role="status"]').element_handle()
    print(f"click to picture: median {statistics.median(times):.0f} ms, 95th percentile {sorted(times)[18]:.0f} ms")
    return times


def test_a_hostile_label_stays_text(lab, browser):
    """A worker named like a piece of HTML, in a notebook of its own beside the others."""
    cells = [
        "import pandas as pd, crowdnb as cn",
        "name = '<img src=x onerror=document.title=1>'",
        "q = pd.DataFrame([[0.5, 0.4], [0.3, 0.2]], index=[name, 'b'], columns=['<b>r</b>', 's'])",
        "problem = cn.Problem(q, [1, 1])\nanswer = cn.solve(problem)\nanswer.pairs",
        "cn.plots.assignment(problem, answer)",
        "cols = pd.MultiIndex.from_product([['k'], ['low', 'high']])",
        "u = pd.DataFrame([[0.2, 0.6], [0.3, 0.7]], index=q.index, columns=cols)",
        "d = pd.DataFrame([[0.1, 1.0], [0.2, 1.0]], index=q.columns, columns=cols)",
        "cn.whatif.assignment_panel(cn.Project(u, d, pd.Series({'k': 1.0}), problem.required, None,"
        " problem.task_conflicts, problem.worker_conflicts))",
    ]
    book = {
        "cells": [
            {"cell_type": "code", "id": f"c{k}", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
            for k, text in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (lab.folder / "hostile.ipynb").write_text(json.dumps(book))
    page = run_all(lab, browser, "hostile.ipynb")
    try:
        assert page.locator('img[src="x"]').count() == 0
        assert page.locator(".jp-OutputArea-output b", has_text="r").count() == 0
        assert page.title() != "1"
        assert page.get_by_role("rowheader", name="<img src=x").count() >= 1
    finally:
        page.close()
