"""What the bench says in words and tables: prices, scenarios side by side, what repairs changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from crowdnb.explain.prices import prices
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import WIDEST
from crowdnb.pages.comparison import change_cell
from crowdnb.pages.html import paragraphs, scrolling, sentences, text_table
from crowdnb.project.scenarios import Scenarios


def prices_text(problem: Problem) -> str:
    """What everything is worth, as sentences."""
    if problem.arrays.qualification.size > WIDEST[0] * WIDEST[1]:
        return paragraphs(
            [f"Not computed for more than {WIDEST[0]} × {WIDEST[1]}; cn.prices takes its time."]
        )
    table = prices(problem)
    lines = table.loc[table["worth"] != 0, "text"].tolist()
    return sentences(
        lines or ["No rule, place or worker changes anything alone."],
        "What each adds to ρ, or costs:",
    )


def scenarios_side_by_side(plans: Scenarios, with_workers: bool) -> str:
    """One row per scenario with its ρ; with workers, who does what in each."""
    frame = plans.compare().reset_index()
    frame["difference"] = [change_cell(row) for _, row in frame.iterrows()]
    for name in ("performance", "by given Q"):
        frame[name] = frame[name].map(lambda value: "" if pd.isna(value) else f"{value:.4f}")
    none = frame["state"].str.startswith("no assignment exists")
    frame.loc[none, "state"] += ": take it up to see what would help"
    names = {"performance": "ρ", "by given Q": "ρ by given Q"}
    body = _frame(frame.drop(columns="difference of").rename(columns=names))
    if with_workers:
        body += "<p>Who does what:</p>" + _frame(plans.assignments().reset_index())
    return scrolling(body)


def _frame(frame: pd.DataFrame) -> str:
    """A frame of texts as a table, its first column as headings."""
    return text_table(list(frame.columns), frame.itertuples(index=False, name=None))


def change_text(item: Sequence[Any]) -> str:
    """What a repair changed, in words."""
    kind, who, value = item
    if kind == "added":
        return f"{value} more like {who}"
    if kind == "limit":
        return f"{who} may take {value} tasks"
    return f"{who[0]} and {who[1]}"
