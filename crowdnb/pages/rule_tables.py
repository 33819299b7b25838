"""What rules beyond the paper say of an answer, as HTML; the page and the panels show it."""

from __future__ import annotations

import math

from crowdnb.model.assignment import Assignment
from crowdnb.pages.html import items, text_table
from crowdnb.project.record import Project
from crowdnb.project.rule_lines import load_table, rule_lines

_LOADS = 100  # workers whose loads are listed


def rules_kept(answer: Assignment, project: Project | None = None, empty: bool = True) -> str:
    """A sentence for each rule; empty where there is none.

    With the project costs are told that no budget binds. Which places stay empty is left out where
    the page has a section for it.
    """
    lines = rule_lines(answer, project)
    if not empty and answer.missing.any():
        del lines[0]
    return items(lines) if lines else ""


def loads_table(answer: Assignment) -> str:
    """What the tasks of each worker take, and what the worker has; those with least left first.

    Empty where there are no capacities.
    """
    table = load_table(answer)
    if table is None or table.empty:
        return ""
    table["left"] = table["capacity"] - table["load"]
    rows = [
        [worker, int(row["tasks"]), *(_number(row[name]) for name in ("load", "capacity", "left"))]
        for worker, row in table.sort_values("left", kind="stable").head(_LOADS).iterrows()
    ]
    more = f"<p>… ({len(table)} workers in all)</p>" if len(table) > _LOADS else ""
    return text_table(["worker", "tasks", "load", "capacity", "left"], rows) + more


def _number(value: float) -> str:
    """A load or a capacity; a dash where there is no bound."""
    return f"{value:.6g}" if math.isfinite(value) else "–"
