"""What the page says of the plan before: who does something else since, and why."""

from __future__ import annotations

from crowdnb.pages.html import paragraphs, text_table
from crowdnb.project.last_plan_changes import SinceLast

# of changes: with ten a page of 300 × 60, long names and 12 scenarios still has two sheets
_ROWS = 8


def since_last_plan(since: SinceLast | None) -> str:
    """How many change, a table of them with the reasons, and what follows; empty without a plan."""
    if since is None:
        return ""
    rows = [tuple(change) for change in since.changes[:_ROWS]]
    table = text_table(["who", "before", "now", "why"], rows) if rows else ""
    more = len(since.changes) - len(rows)
    cut = [f"… ({len(since.changes)} changes in all)"] if more else []
    top = paragraphs([since.head, since.for_all])
    return f'{top}<div class="tight">{table}</div>{paragraphs([*cut, since.without])}'
