"""Facts of a view as a small table: what they are now, and against the start."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from crowdnb.pages.html import cell, escaped, row, table
from crowdnb.panels.drawing import ACCENT, SOFT
from crowdnb.panels.panel import View

NONE = "–"  # where a number does not exist, such as the mean of nothing
# Facts in the letters of the paper, as they are set in print.
_PRINTED = {
    "l_U": "l<sub>U</sub>",
    "l_D": "l<sub>D</sub>",
    "U^H − D^L": "U<sup>H</sup> − D<sup>L</sup>",
}
_FORMS = {"ratings": ".1f"}  # of faded ones


def facts_table(facts: Mapping[str, Any], start: View | None) -> str:
    """One row per fact; a number that does not exist (NaN) is a dash."""
    rows = []
    for name, value in facts.items():
        was = value if start is None else start.facts[name]
        whole = isinstance(value, int) and isinstance(was, int)
        form = "d" if whole else _FORMS.get(name, ".4f")
        cells = [cell(_number_text(value, form)), change_cell(value, was, form)]
        rows.append(row(_PRINTED.get(name, escaped(name)), cells))
    return table(["", "now", "change"], rows)


def _number_text(value: float, form: str) -> str:
    """A number in a format, or a dash where there is none."""
    return NONE if math.isnan(value) else f"{value:{form}}"


def change_cell(value: float, was: float, form: str) -> str:
    """How much a number moved, in colour; to or from none: what it was."""
    if math.isnan(value) or math.isnan(was):
        same = math.isnan(value) and math.isnan(was)
        change = "" if same else f"was {_number_text(was, form)}"
    else:
        moved = value - was
        change = f"{moved:+{form}}" if f"{abs(moved):{form}}".strip("0.") else ""
    if change:
        return cell(change, f"color: {ACCENT}; font-weight: 600")
    return cell("as it was", f"color: {SOFT}")
