"""Files that the bench takes in and gives out: uploads, and an assignment as a file."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

from crowdnb.labels import listing
from crowdnb.pages.html import escaped, paragraphs, sentences
from crowdnb.project.assignment_file import assignment_file as whole_assignment
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import ProjectError, Report, did_you_mean
from crowdnb.project.excel_file import read_workbook
from crowdnb.project.file_names import is_part_file, meant_file
from crowdnb.project.files import read_file, write_together, write_whole
from crowdnb.project.form import FILES, FORM
from crowdnb.project.last_plan_changes import Since
from crowdnb.project.output import CSV, JSON, PAGE, WORKBOOK, beside, ending_of
from crowdnb.project.plan_file import plan_table, scenario_of_plan
from crowdnb.project.scenarios import Scenarios
from crowdnb.spelling import plain

# bytes of a file that an upload replaces: it is read, to be kept under another name
_KEPT_BESIDE = 10**9
_KINDS = {"csv": "text/csv", "html": "text/html"}  # of what is offered as a download


def base_name(name: str) -> str:
    """The last part of a file's name, by the rules of any system, without control characters."""
    return plain(PureWindowsPath(PurePosixPath(name).name).name)


def is_workbook(name: str) -> bool:
    """Whether a name is that of an Excel workbook."""
    return name.lower().endswith(".xlsx") and bool(name[:-5].strip(". "))


def wrong_uploads(names: Sequence[str]) -> list[str]:
    """What is wrong with the names of files to be taken in, in words."""
    known = [f"{name}.csv" for name in FILES]
    wrong = [
        f"{name!r} is not a name that is read{did_you_mean(name, known)}; known are"
        f" {listing(known, 20)}, and .xlsx"
        for name in names
        if not _is_read(name) and not is_workbook(name)
    ]
    if not wrong and len(names) > 1 and any(map(is_workbook, names)):
        return ["One Excel workbook, or CSV files: not both, and not several workbooks."]
    return wrong


def _is_read(name: str) -> bool:
    """Whether a CSV file of this name is one of a project."""
    return name in [f"{one}.csv" for one in FILES] or is_part_file(name, ".csv")


def is_table(name: str, data: bytes) -> bool:
    """Whether a file is none of a project, nor almost called like one, but can be a table.

    So is a ratings.csv without the columns of one; what cannot be read is told as a project's.
    """
    book = is_workbook(name)
    if not book and (not name.lower().endswith(".csv") or is_part_file(name, ".csv")):
        return False
    likely = None if book else meant_file(name)
    if likely not in (None, "ratings"):
        return False
    with tempfile.TemporaryDirectory() as place:
        path, report = Path(place) / name, Report()
        path.write_bytes(data)
        if book:
            try:
                return not read_workbook(path, lambda sheet: sheet in FILES, report)[0]
            except ProjectError:
                return False
        table = read_csv(path, report)
    if likely is None:
        return True
    return table is not None and not set(FORM["ratings"].columns) <= set(table.header)


def take_in(target: Path, files: Sequence[tuple[str, bytes]]) -> None:
    """Write files into a folder, all or none; one that is there is kept with .bak at its end."""
    new = {name: data for name, data in files if not (target / name).exists()}
    other = {
        name: data
        for name, data in files
        if name not in new and read_file(target / name, _KEPT_BESIDE) != data
    }
    old = {name: read_file(target / name, _KEPT_BESIDE) for name in other}
    beside = {_free(target / f"{name}.bak"): data for name, data in old.items()}
    write_together(target, beside | new)
    written: list[str] = []
    try:
        for name, data in other.items():
            written.append(name)
            write_whole(target / name, data)
    except BaseException:
        for name in written[:-1]:
            write_whole(target / name, old[name])
        for name in beside | new:
            (target / name).unlink(missing_ok=True)
        raise


def _free(path: Path) -> str:
    """A name that is not taken: this one, or with a number at its end."""
    names = (f"{path.name}{k if k > 1 else ''}" for k in range(1, 10_000))
    return next(name for name in names if not path.with_name(name).exists())


def assignment_file(plans: Scenarios, plan: str, name: str) -> bytes:
    """A plan as CSV or JSON, or as a workbook with all scenarios; by the ending.

    ``plan`` is what :func:`crowdnb.project.plan_file.plan_table` calls it.

    Raises
    ------
    ModuleNotFoundError
        A workbook, and openpyxl is not installed.
    """
    one = scenario_of_plan(plans, plan)
    answer, table = plans.answer(one), plan_table(plans, plan)
    ending = ending_of(Path(name), [CSV, WORKBOOK, JSON])
    if ending != WORKBOOK:
        return whole_assignment(answer, table, ending)
    words = plans.fitted(one).words(plans.project) or ["nothing"]
    sheets = {
        "changes": pd.DataFrame({"against the files": words}),
        "scenarios": plans.compare().reset_index(),
        "side by side": plans.assignments().reset_index(),
    }
    return whole_assignment(answer, table, ending, sheets)


def offered(source: Path | None, name: str, data: bytes, since: Since | None = None) -> str:
    """Write a file beside a project, and offer it as a download; without a project the latter.

    The plan of an assignment that is written is kept, for the next one to be compared with.

    Raises
    ------
    ValueError
        It is the project's own file.
    """
    link = download_link(name, data)
    if source is None:
        return f"<p>{escaped(name)}: {link}</p>"
    path = beside(source, name)
    if path.resolve() == source.resolve():
        raise ValueError(f"{name} is the project's own file")
    try:
        write_whole(path, data)
    except OSError as error:  # what was found is not lost
        said = f"{path} cannot be written: {error.strerror}. It can be downloaded:"
        return f"{sentences([said], 'Nothing was written.')}<p>{link}</p>"
    kept = "" if since is None or name.endswith(PAGE) else since.write()
    return f"<p>Written: {escaped(path)}. {link}</p>{paragraphs([kept])}"


def download_link(name: str, data: bytes) -> str:
    """A link that offers a file, which it holds itself."""
    kind = _KINDS.get(name.rsplit(".", 1)[-1], "application/octet-stream")
    link = f"data:{kind};base64,{base64.b64encode(data).decode()}"
    return f'<a download="{escaped(name)}" href="{link}">Download</a>'
