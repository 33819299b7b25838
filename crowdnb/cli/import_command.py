"""``crowdnb import``: a table as it comes, read into the folder of a project."""

from __future__ import annotations

import argparse
import math
import re

import crowdnb as cn
from crowdnb.cli.status import SOLVED
from crowdnb.cli.terminal import Keyboard, tell
from crowdnb.labels import shown
from crowdnb.spelling import cleaned, plain

# One answer of --words: in quotes where it has a comma in it.
_ANSWER = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([^,]*?))\s*=\s*([^,=]*?)\s*(?:,|$)""")


def import_table(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Read the table into the folder, and say what was done."""
    scale_of = None
    if options.scale_of is not None:
        scale_of = {}
        for name, *marks in options.scale_of:
            if cleaned(name) in scale_of:
                raise ValueError(f"--scale-of: {name} stands twice")
            scale_of[cleaned(name)] = _scale(marks, f"--scale-of {name}")
    done = cn.import_ratings(
        options.file,
        options.folder,
        options.worker,
        options.criteria,
        criterion=options.criterion,
        rating=options.rating,
        date=options.date,
        date_order=options.date_order,
        scale=None if options.scale is None else _scale(options.scale, "--scale"),
        scale_of=scale_of,
        words=None if options.words is None else words_of(options.words),
        sheet=options.sheet,
        rounded=options.round,
        add=options.add,
        replace=options.replace,
    )
    keyboard.done()
    tell(plain(str(done)))
    return SOLVED


def _scale(texts: list[str], name: str) -> list[float]:
    """The numbers of a scale, as they are typed."""
    if len(texts) not in (2, 3):
        raise ValueError(f"{name}: LOW HIGH or LOW HIGH STEP is needed, got {' '.join(texts)}")
    return [_number(text, name) for text in texts]


def _number(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{name}: a number is needed, got {shown(text)}")
    return int(value) if value.is_integer() else value


def words_of(text: str) -> dict[str, float]:
    """Marks by answer, from ``never=1, sometimes=2``.

    Raises
    ------
    ValueError
        An answer has no number, or two.
    """
    found: dict[str, float] = {}
    at = 0
    while at < len(text):
        answer = _ANSWER.match(text, at)
        if answer is None or not (word := cleaned(answer[1] or answer[2] or answer[3])):
            raise ValueError(
                f"--words: ANSWER=MARK is needed, got {shown(text[at:].strip())}; separate answers"
                " by commas, and put one with a comma in it into quotes"
            )
        value = _number(answer[4], f"--words {word}")
        if found.setdefault(word, value) != value:
            raise ValueError(f"--words: {word} stands for {found[word]:g} and for {value:g}")
        at = answer.end()
    if not found:
        raise ValueError("--words: ANSWER=MARK is needed, such as never=1, often=3")
    return found
