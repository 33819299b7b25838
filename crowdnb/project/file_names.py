"""Names of files and sheets: which are read, and what others may have been meant for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from crowdnb.labels import listing
from crowdnb.project.errors import ProjectError, Report, closest
from crowdnb.project.form import FILES, INSTEAD, NEEDED, PARTS_OF

# of files that may be meant for one of these
ENDINGS = (".csv", ".tsv", ".txt", ".xls", ".xlsx", ".ods")

_ALIKE = 0.8  # of a name, by which it is almost another
# What may be meant for the judgement of the parts of a criterion.
_OF_PARTS = re.compile(r"judge?ments?[ _-]+(?!\()(.+)", re.IGNORECASE)
# What the command writes beside the files of a folder, or of a workbook.
OWN = re.compile(r"(.*_)?assignment(_.*)?\.(csv|xlsx)", re.IGNORECASE)


def known_names(where: str, visible: Sequence[str], ending: str, report: Report) -> list[str]:
    """The names of :data:`crowdnb.project.form.FILES` that are there.

    What is missing, twice, or almost a name is a problem; what else is there, a note.

    Parameters
    ----------
    where : str
        The folder or workbook.
    visible : sequence of str
        Its files or sheets.
    ending : str
        What a file's name ends in; empty for sheets.
    report : Report

    Raises
    ------
    ProjectError
        A folder that holds a workbook in the place of files.
    """
    names = [name for name in visible if not ending or name.lower().endswith(ENDINGS)]
    there = [name for name in FILES if f"{name}{ending}" in names]
    if "criteria" in there:
        there += [name.removesuffix(ending) for name in names if is_part_file(name, ending)]
    plain_names = {name: _plain_name(name) for name in visible}
    books = [name for name in names if ending and name.lower().endswith(".xlsx")]
    if books and not there and not set(plain_names.values()) & set(FILES):
        named = listing(books, 3)
        text = f"no file of a project is in this folder; name the workbook itself ({named})"
        raise ProjectError([(where, f"{where}: {text}")])
    # those in names get a hint each
    unread = {name: plain for name, plain in plain_names.items() if name not in names}
    for problem in _missing_or_double(there, unread, ending):
        report.add(where, problem)
    known = [f"{name}{ending}" for name in FILES]
    read = {*known, *(f"{name}{ending}" for name in there)}
    for name in [name for name in names if name not in read and not OWN.fullmatch(name)]:
        plain = plain_names[name]
        meant = closest(plain, [other for other in FILES if other not in there], _ALIKE)
        if "criteria" in there and (of_parts := _OF_PARTS.fullmatch(name.removesuffix(ending))):
            meant = f"{PARTS_OF}{of_parts[1]}"
        if is_part_file(name, ending) and "criteria" not in there:
            criteria = f"criteria{ending}"
            text = (
                f"{name} judges the parts of a criterion, and there is no {criteria} to say which"
            )
            report.add(where, text)
        elif plain in there:
            report.notes.append(f"{name} was not read; {plain}{ending} was")
        elif meant is not None:
            text = f"{name!r} is not a name that is read (did you mean {meant + ending!r}?)"
            report.add(where, text)
        elif not ending or name.lower().endswith(".csv"):
            report.notes.append(f"{name} was not read; its name is not one of {', '.join(known)}")
    return there


def meant_file(name: str) -> str | None:
    """Which of the files of a project one is almost called like."""
    return closest(_plain_name(name), FILES, _ALIKE)


def is_part_file(name: str, ending: str) -> bool:
    """Whether a file or sheet is the judgement of the parts of a criterion."""
    return name.startswith(PARTS_OF) and name.endswith(ending) and name != PARTS_OF + ending


def _missing_or_double(
    there: Sequence[str], unread: Mapping[str, str], ending: str
) -> Iterator[str]:
    """Of what is needed once, what is missing or there twice; with what cannot stand for it."""
    whole = [name for name in INSTEAD if name in there]
    for name in whole:
        if others := [f"{other}{ending}" for other in INSTEAD[name] if other in there]:
            yield f"{name}{ending} stands in the place of {listing(others)}; keep what counts"
    given = [other for name in whole for other in INSTEAD[name]]
    for choice in NEEDED:
        if set(choice) <= set(given):
            continue
        full = [f"{name}{ending}" for name in choice]
        if "criteria" in there and "weights" in choice and not set(choice) <= set(there):
            continue  # it may hold the weights, which its reader looks at
        if not set(choice) & set(there):
            like = [name for name, plain in unread.items() if plain in choice]
            said = f"; {listing(like, 3)} cannot stand for it" if like else ""
            yield f"{' or '.join(full)} is missing{said}"
        elif len(choice) > 1 and set(choice) <= set(there):
            yield f"{' and '.join(full)} are both there; keep the one that counts"


def _plain_name(name: str) -> str:
    """The name of a file or sheet without its endings, its case, and what copying adds to it."""
    plain = re.sub(r"\s+", " ", name.split(".")[0].lower()).strip()
    plain = re.sub(r"^(copy of|kopie von|copie de|copia de) ", "", plain)
    plain = re.sub(r"[ _-]*\(?(copy|kopie|copie|copia|副本)?\)? ?(\(?[0-9]{1,2}\)?)?$", "", plain)
    return re.sub(r"[ -]+", "_", plain)
