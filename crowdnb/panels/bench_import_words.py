"""What the bench says of an import: what would be read and written, and what was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crowdnb.labels import count, listing
from crowdnb.pages.html import paragraphs, text_table
from crowdnb.project.importing import Imported

_ROWS = 5  # of a preview
# What messages call by the options of the command, and what it is called here.
_OPTIONS = [
    (r"say --add .* or --replace .*", "choose above what becomes of those that are there"),
    (r"--scale-of \S+ LOW HIGH \[STEP\]", "an import by the command, with --scale-of"),
    (r"--scale LOW HIGH(?: \[STEP\])?", "the lowest and the highest mark"),
    (r"--scale ([-\d.]+) ([-\d.]+) ([\d.]+)", r"lowest \1, highest \2, step \3"),
    (r"--scale ([-\d.]+) ([-\d.]+)", r"lowest \1, highest \2"),
    (r'(?:add to )?--words:? "[^"]*"', "fill in the fields of the answers"),
    (r"--date-order", "the order of dates"),
    (r"--scale\b", "a scale above"),
    (r"--round\b", "“round to the nearest mark”"),
]


def here(text: str) -> str:
    """A message with the controls of the bench in the place of the command's options."""
    for option, control in _OPTIONS:
        text = re.sub(option, control, text)
    return text


def preview_text(would: Imported, gone: Sequence[str] = ()) -> str:
    """What would be read: how many, the first rows, what is dropped by reason, what is written.

    ``gone`` are columns of the import before that this table has not.
    """
    table = would.table
    frame = table.ratings
    head = (
        f"{count(len(frame), 'rating')} of {count(frame['worker'].nunique(), 'worker')} on"
        f" {listing(table.scales)}"
    )
    scales = {str(scale) for scale in table.scales.values()}
    marks = "; ".join(
        f"{listing(one for one, own in table.scales.items() if str(own) == scale)}: marks {scale}"
        for scale in sorted(scales)
    )
    rows = frame.head(_ROWS).assign(rating=[f"{value:g}" for value in frame["rating"].head(_ROWS)])
    body = text_table(list(rows.columns), rows.itertuples(index=False, name=None))
    more = [f"… ({len(frame):,} in all)"] if len(frame) > _ROWS else []
    lines = [*more, f"{marks}."]
    if would.known or would.added < would.total:
        lines.append(
            f"{would.added:,} are new, {would.known:,} are there already; {would.total:,} in all."
        )
    drops = "Nothing is left out."
    if len(table.dropped):
        dropped = table.dropped[["column", "reason", "count", "example", "line"]]
        drops = f"Left out: {dropped['count'].sum():,}"
        head_of = ["column", "reason", "number", "such as", "first line"]
        drops = paragraphs([drops]) + text_table(
            head_of, dropped.itertuples(index=False, name=None)
        )
    else:
        drops = paragraphs([drops])
    notes = [f"The import before had {listing(gone)} too, which is not here."] if gone else []
    notes += [f"Note: {here(note)}" for note in table.notes]
    written = f"To be written: {listing((path.name for path in would.written), 9)}."
    return (
        paragraphs([f"{head}:"]) + body + paragraphs(lines) + drops + paragraphs([*notes, written])
    )


def imported_text(done: Imported) -> str:
    """What was written, and what is to be filled in now."""
    names = [path.name for path in done.written]
    lines = [f"Written: {listing(names, 9)}; {count(done.total, 'rating')} in all."]
    if empty := [name for name in names if name in _TO_FILL]:
        lines.append(
            f"Fill in {listing(empty)}: {'; '.join(_TO_FILL[name] for name in empty)}. Then open"
            " the folder again."
        )
    return paragraphs(lines)


_TO_FILL = {
    "demand.csv": "what each task asks on each criterion, 0 to 1",
    "tasks.csv": "a row for each task with the workers it needs",
    "weights.csv": "what each criterion weighs, in all 1",
}
