"""What the bench says in words and tables: prices, scenarios side by side, what repairs changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from crowdnb.explain.prices import prices
from crowdnb.labels import listing
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import WIDEST
from crowdnb.pages.comparison import change_cell
from crowdnb.pages.html import paragraphs, scrolling, sentences, text_table
from crowdnb.project.keeper import Keeper
from crowdnb.project.last_plan_changes import since_last
from crowdnb.project.plan_file import plan_of_current
from crowdnb.project.record import Project
from crowdnb.project.rule_lines import places_text
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios
from crowdnb.project.settings import SETTINGS


def checked_text(plans: Scenarios, keeper: Keeper | None) -> str:
    """What was read, and what there is to tell about it; ``keeper`` is None without a folder."""
    project = plans.project
    said = ["A problem in memory: nothing is kept on disk."] if keeper is None else keeper.said
    lines = [*project.notes, *said]
    lines += [f"Scenario {one.name!r}: {lost}." for one in plans for lost in plans.left_out(one)]
    kept = listing([repr(one.name) for one in plans.named], 20)
    if kept and keeper is not None and keeper.seen:
        lines.append(f"Taken up again from {keeper.path.name}: {kept}.")
    return sentences(
        lines,
        f"Checked, no problem: {len(project.workers)} workers,"
        f" {len(project.required)} tasks, {places_text(project, Scenario())} places.",
    )


def since_text(source: Path | None, plans: Scenarios) -> str:
    """What changed since the plan of these settings that is kept beside the files, if one is."""
    if source is None:
        return ""
    since = since_last(source, plans, plan_of_current(plans))
    try:
        return paragraphs([*since.notes, *since.lines()])
    except ValueError:  # such as settings that leave nobody: the panel says so
        return ""


_PATIENCE = 10.0  # seconds for prices, and for why: somebody waits for the bench


def patience(plans: Scenarios) -> float:
    """The time limit of a look into the answer: that of the plans where it is shorter."""
    return min(_PATIENCE, plans.time_limit or _PATIENCE)


def prices_text(problem: Problem, time_limit: float = _PATIENCE) -> str:
    """What everything is worth, as sentences."""
    if problem.arrays.qualification.size > WIDEST[0] * WIDEST[1]:
        return paragraphs(
            [f"Not computed for more than {WIDEST[0]} × {WIDEST[1]}; cn.prices takes its time."]
        )
    table = prices(problem, time_limit=time_limit)
    left = table["worth"].isna()
    lines = table.loc[(table["worth"] != 0) & ~left, "text"].tolist()
    if left.any():
        lines.append(
            f"What {left.sum()} of {len(table)} add or cost was not settled within"
            f" {time_limit:g} s; cn.prices takes its time."
        )
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


def change_text(project: Project, item: Sequence[Any]) -> str:
    """What a repair changed, in words: a setting, its label and its value."""
    setting, who, value = item
    if setting == "added":
        return f"{value} more like {who}"
    if setting in ("conflicts", "exclusions"):
        return f"{who[0]} and {who[1]}"
    changed: dict[str, Any] = {setting: value if who is None else {who: value}}
    words = Scenario("", **changed).words(project)
    return words[0] if words else SETTINGS[setting].told(who)
