"""Panel of notebook 11, medicine: what a credential counts, and which counts may be published."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import ipywidgets as widgets
import pandas as pd

from crowdnb.labels import needs, needs_frame, number_frame, one_of, real, whole
from crowdnb.market.privacy import TOTAL, safe_table
from crowdnb.market.scenes.credentials import Gate, consultations, without_credential
from crowdnb.market.scenes.reader import Scene, table_of
from crowdnb.model.assignment import Assignment
from crowdnb.pages.assignment_tables import assignment_grid, same_cells, taken
from crowdnb.pages.html import paragraphs, text_table
from crowdnb.panels.controls import WIDE, label_style, whole_slider
from crowdnb.panels.facts import NONE, facts_table
from crowdnb.panels.panel import Panel, View, check_start
from crowdnb.solver.search import optimum

_GATES: dict[str, Gate] = {
    "ignored": 0.0,
    "20 % of the score": 0.2,
    "40 % of the score": 0.4,
    "hard gate": "hard",
}


def medical_view(
    answer: Assignment,
    qualification: pd.DataFrame,
    lacking: pd.DataFrame,
    published: pd.DataFrame,
    visits: int,
    start: View | None = None,
) -> View:
    """Who sees which case, and the table of visits that may leave.

    ``answer`` is that of one of the scene's :func:`crowdnb.market.scenes.consultations`;
    ``qualification`` is Q without any credential in it, ``lacking`` who lacks one for which case,
    ``visits`` how many there were.
    """
    check_start(start)
    visits = whole(visits, "visits")
    needs(answer, Assignment, "answer")
    if answer.placed is None:
        return View({"status": answer.status}, "", " ".join(answer.reasons))
    chosen = taken(answer)
    q = same_cells(number_frame(qualification, "qualification"), answer.problem, "qualification")
    lacks = same_cells(number_frame(lacking, "lacking"), answer.problem, "lacking")
    if TOTAL not in needs_frame(published, "published").index or TOTAL not in published.columns:
        raise ValueError(
            f"published: a last row and column {TOTAL} are needed, as safe_table gives them"
        )
    number_frame(published, "published", missing=True)
    open_counts = published.drop(index=TOTAL, columns=TOTAL)
    facts = {
        "places without a credential": int(lacks[chosen].sum()),
        "sum of Q": float(q[chosen].sum()),
        "Q of the worst-off place": float(q[chosen].min()),
        "share of visits hidden": 1 - float(open_counts.sum().sum()) / visits,
        "counts hidden": int(published.isna().to_numpy().sum()),
    }
    was = chosen if start is None else start.facts["taken"]
    counts = [
        [name, *(NONE if pd.isna(count) else count for count in row)]
        for name, row in zip(published.index, published.to_numpy(dtype=object), strict=True)
    ]
    return View(
        {**facts, "taken": chosen},
        facts_table(facts, start)
        + assignment_grid(answer.problem, answer, was)
        + paragraphs(["What may leave, visits by district and field (–: hidden):"])
        + text_table(["", *published.columns], counts),
    )


def medical_panel(scene: Scene, gate: str = "hard gate", limit: int = 2, k: int = 5) -> Panel:
    """What a credential counts, cases a doctor may take, k: who sees whom, what is published."""
    one_of(gate, _GATES, "gate")
    limit, k = int(real(whole(limit, "limit"), "limit", 1, 5)), int(real(whole(k, "k"), "k", 1, 12))
    visited = table_of(scene, "visits")
    texts = ["a credential is", "cases a doctor may take", "k, fewest visits shown"]
    controls = {
        "gate": widgets.SelectionSlider(
            options=list(_GATES), value=gate, description=texts[0], layout=WIDE,
            style=label_style(texts), tooltip="ignored, a criterion of the score, or a rule",
        ),
        "limit": whole_slider(texts[1], limit, 1, 5, 1, texts),
        "k": whole_slider(texts[2], k, 1, 12, 1, texts),
    }  # fmt: skip

    @cache
    def published(k: int) -> pd.DataFrame:
        return safe_table(visited, "district", "field", k)

    problems = {name: consultations(scene, gate) for name, gate in _GATES.items()}
    lacking = without_credential(
        table_of(scene, "credentials"), table_of(scene, "cases"), scene.project.workers
    )
    q, visits = problems["hard gate"].qualification, len(visited)

    @cache
    def answered(gate: str, limit: int) -> Assignment:
        return optimum(problems[gate].changed(worker_limits=limit))

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        answer = answered(settings["gate"], settings["limit"])
        return medical_view(answer, q, lacking, published(settings["k"]), visits, start)

    return Panel(show, controls, list(controls.values()))
