"""Buttons of the bench: what would help where no assignment exists, and what was changed so."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from crowdnb.explain.repairs import Repair, repairs
from crowdnb.pages.findings import COSTS
from crowdnb.panels.bench_settings import Settings
from crowdnb.panels.bench_words import change_text
from crowdnb.panels.controls import button, sentence
from crowdnb.project.scenarios import Scenarios

_SUGGESTED = 4  # repairs
_PATIENCE = 3.0  # seconds for them


class Offer(NamedTuple):
    """Repairs, the buttons that apply them, and all that stands below the answer."""

    suggested: tuple[Repair, ...]
    buttons: list[Any]
    children: tuple[Any, ...]


def repairs_offered(plans: Scenarios, panel: Settings) -> Offer:
    """A button for each change that was made, and where no assignment exists for each repair."""
    project, current = plans.project, plans.current
    taken = [
        button(
            f"Take back: {change_text(project, item)}",
            "Undo this change",
            partial(_take_back, panel, item),
            "undo",
        )
        for item in panel["extra"].value
    ]
    if not (panel.view.problem and panel.view.facts.get("status") == "infeasible"):
        return Offer((), [], tuple(taken))
    problem = plans.problem(current)
    found = repairs(problem, _SUGGESTED, COSTS, time_limit=_PATIENCE)
    buttons = [
        button(
            f"Apply: {repair.text} (ρ = {repair.performance:.4f})",
            "Make these changes",
            partial(panel.take, current.repaired(repair.changes, problem)),
            "wrench",
        )
        for repair in found.repairs
    ]
    note = "Nothing that may be changed makes one possible."
    if found.repairs:
        note = (
            "What would help, cheapest first (a person more costs 3, a second task 2, all else 1):"
        )
    return Offer(found.repairs, buttons, (*taken, sentence(note), *buttons))


def _take_back(panel: Settings, item: Any) -> None:
    extra = panel["extra"]
    extra.value = tuple(other for other in extra.value if other != item)
