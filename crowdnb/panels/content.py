"""Panel of notebook 11, content: who may review, and how the revenue is shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

import ipywidgets as widgets
import pandas as pd

from crowdnb.labels import needs, number_frame, one_of, shown
from crowdnb.market import matching
from crowdnb.market.scenes.interests import distances, too_close
from crowdnb.market.scenes.reader import Scene, table_of
from crowdnb.market.scenes.sharing import Rule, incomes, revenue_shares
from crowdnb.model.assignment import Assignment
from crowdnb.pages.assignment_tables import same_cells, taken
from crowdnb.panels.drawing import ACCENT, SOFT, bar, drawing, stroke, words
from crowdnb.panels.facts import facts_table
from crowdnb.panels.panel import Panel, View, check_start
from crowdnb.solver.search import optimum

# How strictly ties bar a reviewer, and up to how many steps of a tie.
_REACHES = {
    "anybody": -1,
    "not the authors": 0,
    "nor who is tied to one": 1,
    "nor who is tied to these": 2,
}


def content_view(
    answer: Assignment,
    shares: pd.DataFrame,
    close: Mapping[int, pd.DataFrame],
    start: View | None = None,
) -> View:
    """Who reviews and what everybody earns.

    ``answer`` is that of one of the scene's :func:`crowdnb.market.scenes.reviews`, ``shares`` are
    the :func:`crowdnb.market.scenes.revenue_shares`, and ``close`` says who is too close to a
    piece, by the ties that count.
    """
    check_start(start)
    if needs(answer, Assignment, "answer").table is None:
        return View({"status": answer.status}, "", " ".join(answer.reasons))
    if not isinstance(close, Mapping) or not {0, 1} <= set(close):
        raise ValueError(
            f"close: a mapping with tables for 0 and for 1 is needed, got {shown(close)}"
        )
    earned = incomes(shares, answer)
    chosen = taken(answer)
    by_author, near = (
        int(same_cells(number_frame(close[ties], "close"), answer.problem, "close")[chosen].sum())
        for ties in (0, 1)
    )
    income = earned.sum(axis=1)
    facts = {
        "ρ of the reviews": answer.performance,
        "pairs barred": int(answer.problem.arrays.task_conflicts.sum()),
        "reviews by an author": by_author,
        "reviews by somebody tied to one": near - by_author,
        "Gini of incomes": matching.gini(income),
        "largest share from one buyer": float(
            (earned.drop(columns="reviews").max(axis=1) / income).max()
        ),
    }
    before = None if start is None else start.facts["income"]
    body = facts_table(facts, start) + _income_bars(income, before)
    return View({**facts, "income": income}, body)


def _income_bars(income: pd.Series[float], before: pd.Series[float] | None) -> str:
    """One bar per worker with the euros, and a mark where it ended at the start."""
    left, right = 60, 400
    most = max(float(income.max()), 0.0 if before is None else float(before.max())) or 1.0
    drawn = words(4, 14, "income in euros; mark: at the start", SOFT)
    for at, (worker, euros) in enumerate(income.items()):
        y = 24 + 20 * at
        drawn += words(left - 6, y + 12, worker, anchor="end")
        drawn += bar(left, y, (right - left) * euros / most, 15)
        drawn += words(right + 8, y + 12, f"{euros:,.0f}")
        if before is not None:
            x = left + (right - left) * float(before.iloc[at]) / most
            drawn += stroke((x, y - 2), (x, y + 17), ACCENT, width=3)
    alt = "incomes in euros: " + ", ".join(
        f"{worker} {euros:.0f}" for worker, euros in income.items()
    )
    return drawing(alt, 30 + 20 * len(income), drawn)


def content_panel(
    scene: Scene, reach: str = "nor who is tied to one", rule: Rule = "hours"
) -> Panel:
    """Who may not review, and how revenue is shared: quality of reviews, incomes, inequality."""
    one_of(reach, _REACHES, "reach")
    one_of(rule, get_args(Rule), "rule")
    needs(scene, Scene, "scene")
    controls = {
        "reach": widgets.RadioButtons(
            options=list(_REACHES), value=reach, description="may review",
            layout=widgets.Layout(width="auto"),
            tooltip="how strictly conflicts of interest are ruled out",
        ),
        "rule": widgets.RadioButtons(
            options=["hours", "Shapley"], value=rule, description="shared by",
            layout=widgets.Layout(width="auto"), orientation="horizontal",
            tooltip="revenue in proportion to hours, or by Shapley value",
        ),
    }  # fmt: skip

    # All that the controls can ask for is found before they are shown: four assignments, two ways
    # to share.
    credits, problem = table_of(scene, "credits"), scene.problem()
    distance = distances(credits, scene.project.worker_conflicts)
    close = {ties: too_close(credits, distance, ties) for ties in _REACHES.values()}
    answers = {
        # of tied reviewers, who earn a fee, always the same
        ties: optimum(problem.changed(task_conflicts=barred), tie_break="labels")
        for ties, barred in close.items()
    }
    shares = {
        rule: revenue_shares(credits, table_of(scene, "revenue"), rule) for rule in get_args(Rule)
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return content_view(
            answers[_REACHES[settings["reach"]]], shares[settings["rule"]], close, start
        )

    return Panel(show, controls, list(controls.values()))
