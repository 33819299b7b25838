"""What the page says of scenarios: what differs from the files, and several of them side by side.

ρ (eq. 7) of two plans is only compared where both are measured with the same Q and
W. Where a scenario changes them (γ, weights, demands, W), its plan is valued with those of the
files.
"""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from crowdnb.model.moves import moves_text
from crowdnb.pages.findings import Findings
from crowdnb.pages.html import escaped, text_table
from crowdnb.project.scenarios import moved

# Rows of scenarios, and moves in each, so that a page of 300 × 60 prints on two sheets.
SHOWN, MOVES = 6, 4


def changed(found: Findings) -> str:
    """What differs from the files, and the scenarios side by side."""
    text = "<p>Nothing: this is the project as its files give it.</p>"
    if found.changes:
        text = f"<p>Against the project's files: {escaped('; '.join(found.changes))}."
        if found.given.table is None:
            text += " As given, no assignment exists.</p>"
        elif found.answer.table is None:
            text += f" As given, ρ is {found.given.performance:.4f}.</p>"
        else:
            who = moves_text(moved(found.given, found.answer))
            text += f" {_difference(found)} Who moves: {escaped(who)}.</p>"
    if found.misfits:
        text += f"<p>Of this scenario: {escaped('; '.join(found.misfits))}.</p>"
    return text + (_side_by_side(found) if len(found.compared) else "")


def _difference(found: Findings) -> str:
    """What the plan gains on the given one, by a measure that both have."""
    plans, one = found.plans, found.scenario
    change = plans.difference(one)
    if math.isnan(change):
        return "Not both are proved the best, so that ρ is not compared."
    if plans.same_measure(one):
        return f"ρ changes by {change:+.4f}."
    by = "Q, W and costs" if found.problem.soft else "Q and W"
    return (
        "ρ measures something else here, so that the two cannot be compared. By"
        f" the {by} of the files this assignment has {plans.as_given(one):.4f}, and the given"
        f" one {found.given.performance:.4f}: {change:+.4f}."
    )


def _side_by_side(found: Findings) -> str:
    """One row per scenario; the page's own is marked."""
    rows, given = [], found.given
    for name, row in found.compared[: SHOWN + 1].iterrows():
        mark = "▸ " if name == found.scenario.name else ""
        state = "" if row["state"] == "proved the best" else f" ({row['state']})"
        if str(row["state"]).startswith("no assignment exists"):
            state += "; the report of this scenario says what would help"
        cells = [_number(row["performance"]), change_cell(row), _number(row["by given Q"])]
        who = row["moves"]
        if who and who.count("→") > MOVES and given.placed is not None:
            who = moves_text(moved(given, found.plans.answer(str(name))), MOVES)
        rows.append([f"{mark}{name}", *cells, f"{row['changes'] or 'nothing'}{state}", who])
    head = ["scenario", "ρ", "change", "ρ by given Q", "what differs from the files", "who moves"]
    more = len(found.compared) - len(rows)
    note = f"<p>… ({len(found.compared) - 1} scenarios in all)</p>" if more else ""
    return f'<div class="tight">{text_table(head, rows)}</div>{note}'


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4f}"


def change_cell(row: pd.Series[Any]) -> str:
    """A scenario's difference from the files, and of what it is where not of ρ itself."""
    if math.isnan(row["difference"]):
        return ""
    of = "" if row["difference of"] == "ρ" else " by given Q"
    return f"{row['difference']:+.4f}{of}"


def misfits(found: Findings) -> list[str]:
    """Scenarios that the files have left behind, whole or in part."""
    whole = [
        f"The scenario {name} {row['state']}."
        for name, row in found.compared.iterrows()
        if str(row["state"]).startswith("does not fit")
    ]
    part = [
        f"Of the scenario {one.name}: {'; '.join(wrong)}."
        for one in found.plans
        if (wrong := found.plans.left_out(one))
    ]
    return [*whole, *part]
