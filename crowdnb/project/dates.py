"""Dates as tables have them. Whether 1.2.2024 is in January, the user states."""

from __future__ import annotations

import datetime
import re
from typing import Any

from crowdnb.ability.fading import day_of
from crowdnb.project.cells import as_label, is_date

# Such as 3/1/2024 10:22:33 of a form: numbers of a day, and a time that is not needed.
_DAY = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[ T,]+\d{1,2}[:.]\d{2}.*)?")


def day_text(cell: Any, order: str) -> str | None:
    """The day of a cell as 2024-03-01, empty for an empty one, None for what is no date."""
    text = as_label(cell)
    if not text:
        return ""
    found = day_of(cell if is_date(cell) else text)
    if found is None and (parts := _DAY.fullmatch(text)):
        numbers = dict(zip(order, (parts[1], parts[3], parts[4]), strict=True))
        if len(numbers["y"]) == 4 and max(len(numbers["m"]), len(numbers["d"])) <= 2:
            try:
                found = datetime.date(int(numbers["y"]), int(numbers["m"]), int(numbers["d"]))
            except ValueError:
                return None
    return None if found is None else str(found)


def date_hint(text: str) -> str:
    """What to state, where the numbers of a date stand in another order."""
    parts = _DAY.fullmatch(text)
    if parts is None or len(parts[1]) == 4:
        return "Write dates as 2024-03-01, or leave --date out"
    if len(parts[4]) != 4:
        return "Write years with four digits"
    return "Say what its numbers are: --date-order dmy (day first) or mdy (month first)"
