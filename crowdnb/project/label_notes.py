"""What is worth a look in the labels of a project's files, and what nobody could tell apart.

A note says what could be meant, and is read as it stands; what could not be told apart on a screen
is a problem. The rule is that of :mod:`crowdnb.spelling`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from crowdnb.labels import count
from crowdnb.spelling import (
    SEVERAL,
    alike,
    apart,
    difference,
    in_quotes,
    plain,
    same_look,
    shown_codes,
)

_EXACT = 15  # digits of a number that a spreadsheet holds; it makes the rest 0
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{2,3}")
_CUT = re.compile(rf"[0-9]{{{_EXACT}}}0+")
_SIXTEEN = re.compile(rf"[0-9]{{{_EXACT + 1}}}")
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|mär|mrz|mai|okt|dez|janv|févr|fevr|mars"
    "|avr|juin|juil|août|aout|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei|fev|out"
)
_DAY = re.compile(
    rf"[0-9]{{1,2}}[-. /](?:{_MONTHS})\.?(?:[-. /][0-9]{{2,4}})?|(?:{_MONTHS})[-. /][0-9]{{2,4}}"
    r"|.*[0-9] 00:00:00",
    re.IGNORECASE,
)
_EXAMPLES = 3  # pairs of a kind that a note shows


def doubts(
    cells: Sequence[Any], labels: Sequence[str], known: Collection[str]
) -> list[tuple[int, str]]:
    """What a column of labels looks like, each with the first row of its kind, in words.

    Where all that do are ``known`` from another table, it was said there.
    """
    # of one digit beyond those that are held, every tenth is 0 anyway
    cut = all(label[-1] == "0" for label in labels if _SIXTEEN.fullmatch(label))
    rows: dict[str, list[int]] = {}
    kinds: dict[Any, str] = {}
    for row, (cell, label) in enumerate(zip(cells, labels, strict=True)):
        if (key := (type(cell), label)) not in kinds:
            kinds[key] = _doubt(cell, label, cut)
        if kinds[key]:
            rows.setdefault(kinds[key], []).append(row)
    found = []
    for kind, at in rows.items():
        if all(labels[row] in known for row in at):
            continue
        more = f" (and {count(len(at) - 1, 'more such cell')})" if len(at) > 1 else ""
        found.append((at[0], kind.format(f"{plain(labels[at[0]])}{more}")))
    return found


def _doubt(cell: Any, label: str, cut: bool) -> str:
    """What a label looks like, with {} for it; empty for most."""
    if isinstance(cell, datetime | date | time) or _DAY.fullmatch(label):
        return "the label is the date {}; did the spreadsheet make it of another text?"
    is_number = isinstance(cell, int | float) and len(label.lstrip("-")) > _EXACT
    if (
        is_number
        or _EXPONENT.fullmatch(label)
        or (_CUT.fullmatch(label) and (cut or not _SIXTEEN.fullmatch(label)))
    ):
        return (
            "the label {} looks like a number that a spreadsheet rounded, and several may have"
            " become one; make the column text before the numbers are put in"
        )
    if "\ufffd" in label:
        return "the label {} has a letter that an earlier program lost (\ufffd)"
    if plain(label) != label:
        return "the label {} has characters that steer a screen; they are shown by their codes"
    return ""


def twins(what: str, places: Mapping[str, str]) -> list[str]:
    """Notes on labels that differ only in what could be meant, each with where it stands first."""
    groups: dict[str, list[str]] = {}
    for label in places:
        groups.setdefault(alike(label), []).append(label)
    kinds: dict[str, list[list[str]]] = {}
    for same in groups.values():
        if len(same) > 1:
            words = {difference(same[0], other) for other in same[1:]}
            kinds.setdefault(words.pop() if len(words) == 1 else SEVERAL, []).append(same)
    notes = []
    for kind, alikes in kinds.items():
        show = shown_codes if "joiner" in kind else in_quotes
        said = "; ".join(
            " and ".join(f"{show(label)} ({places[label]})" for label in same)
            for same in alikes[:_EXAMPLES]
        )
        more = len(alikes) - _EXAMPLES
        said += f"; and {count(more, 'more pair')}" if more > 0 else ""
        notes.append(
            f"{said} differ only in {kind}; each is a {what} of its own: if one is meant, write it"
            " alike everywhere"
        )
    return notes


def confused(what: str, places: Mapping[str, str]) -> list[str]:
    """Problems: labels that look the same in letters of two alphabets."""
    return [
        f"{what} {apart(one, other)} look the same ({places[one]}; {places[other]}); write both in"
        " one alphabet"
        for one, other in same_look(places)
    ]
