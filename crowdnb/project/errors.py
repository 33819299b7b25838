"""What is wrong with a user's files.

Collected file by file, raised together, with hints at what was meant.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crowdnb.labels import several, shown
from crowdnb.spelling import in_quotes, meant

HINTED = 5000  # known labels among which the one that was meant is looked for: 10 microseconds each
SHOWN = 10  # problems of one file that a report prints, so that no file hides another; all are kept


class ProjectError(ValueError):
    """What is wrong with the files of a project, given as pairs of file and sentence.

    Attributes
    ----------
    problems : list of str
        One sentence each, all of them; the message shortens what is wrong many times in one file.
    """

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        found = [_pair(problem) for problem in several(problems, "problems")]
        self.problems = [text for _, text in found]
        number: Counter[str] = Counter()
        lines = []
        for where, text in found:
            number[where] += 1
            if number[where] <= SHOWN:
                lines.append(text)
        lines += [
            f"{where}: … and {count - SHOWN} more"
            for where, count in number.items()
            if count > SHOWN
        ]
        super().__init__("\n".join(lines))


def _pair(problem: object) -> tuple[str, str]:
    if (
        not isinstance(problem, tuple)
        or len(problem) != 2
        or not all(isinstance(text, str) for text in problem)
    ):
        raise ValueError(
            f"problems: pairs of a file and a sentence are needed, got {shown(problem)}"
        )
    return problem


@dataclass
class Report:
    """Problems found so far, by file and in a sentence.

    Notes on what is allowed but worth a look.
    """

    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)  # by kind, where each is first

    def add(self, where: str, text: str, at: Sequence[str] = ()) -> None:
        """Add a problem of a file, and of a place in it."""
        self.problems.append((where, f"{', '.join([where, *at])}: {text}"))


def strangers(
    labels: Sequence[str], known: Collection[str], name: str, place: str
) -> list[tuple[int, str]]:
    """Labels that are not known, each once: where it stands first, and a sentence about it."""
    known = dict.fromkeys(known)
    unknown: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        if label and label not in known:
            unknown.setdefault(label, []).append(at)
    found = []
    for before, (label, at_all) in enumerate(unknown.items()):
        few = before < SHOWN and len(known) <= HINTED  # a hint takes long among many labels
        hint = did_you_mean(label, known) if few else ""
        if not hint and 0 < len(known) <= 8:
            hint = f" (known are {', '.join(known)})"
        more = len(at_all) - 1
        also = f" (and on {more} more {place}{'s' * (more > 1)})" if more else ""
        found.append((at_all[0], f"{name} {in_quotes(label)} is unknown{hint}{also}"))
    return found


def closest(label: str, known: Collection[str], cutoff: float = 0.6) -> str | None:
    """The known label that was probably meant."""
    lower = {other.lower(): other for other in known}
    close = difflib.get_close_matches(label.lower(), list(lower), n=1, cutoff=cutoff)
    return lower[close[0]] if close else None


def did_you_mean(label: Any, known: Collection[Any]) -> str:
    """A hint at the label that was probably meant, or looks the same, for the end of a sentence."""
    if said := meant(label, known):
        return said
    likely = closest(str(label), [str(one) for one in known])
    return "" if likely is None else f" (did you mean {in_quotes(likely)}?)"
