"""A table that is to be imported: its file or sheet, and whether its columns are there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from crowdnb.labels import listing, shown
from crowdnb.project.cells import as_label, quoted
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import ProjectError, Report, did_you_mean
from crowdnb.project.excel_file import read_workbook
from crowdnb.project.files import kind
from crowdnb.project.mapping import TableMapping
from crowdnb.project.tables import Table

_RAGGED = re.compile(r"and the header has 1\b")  # what is said of rows longer than a title


def open_table(path: Path, sheet: str | None = None, report: Report | None = None) -> Table | None:
    """The table of a file, or of a sheet; without a report, whatever is wrong is raised."""
    found = Report() if report is None else report
    table = None
    if not path.exists():
        found.add(str(path), "there is no such file")
    elif not path.is_file():
        found.add(str(path), f"{kind(path)}; a CSV file or an Excel workbook is needed")
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        table = _sheet(path, sheet, found)
    elif sheet is not None:
        found.add(path.name, f"sheet {shown(sheet)} is named, and this is no workbook")
    else:
        table = read_csv(path, found)
    if table is None and any(_RAGGED.search(text) for _, text in found.problems):
        found.add(
            path.name,
            "the names of the columns must be the first row; is what stands above it a title? Delete"
            " it, and try again",
        )
    if report is None and table is None:
        raise ProjectError(found.problems)
    return table


def _sheet(path: Path, sheet: str | None, report: Report) -> Table | None:
    """The sheet of a workbook: its only one, or the one that is named."""
    _, names = read_workbook(path, lambda name: False, report)
    if sheet is None and len(names) != 1:
        report.add(path.name, f"has the sheets {listing(names)}; say which (--sheet NAME)")
        return None
    chosen = names[0] if sheet is None else sheet
    if chosen not in names:
        hint = did_you_mean(chosen, names)
        report.add(path.name, f"there is no sheet {chosen!r}{hint}; there are {listing(names)}")
        return None
    return read_workbook(path, chosen.__eq__, report)[0].get(chosen)


def check_columns(table: Table, mapping: TableMapping) -> None:
    """Report columns that are not there, or there twice; and a header that is not the first row."""
    times = Counter(table.header)
    gone = [name for name in mapping.columns if name not in times]
    for name in gone:
        hint = did_you_mean(name, [other for other in times if other])
        there = listing([other for other in table.header if other], 20) or "none"
        table.problem(
            f"there is no column {quoted(name)} for {mapping.roles[name]}{hint}; there are {there}"
        )
    for name in mapping.columns:
        if times[name] > 1:
            table.problem(f"column {quoted(name)} stands {times[name]} times; rename one of them")
    if gone:
        for cells, line in zip(table.rows[:20], table.lines[:20], strict=True):
            if set(gone) <= set(map(as_label, cells)):
                word = table.line_word
                table.problem(
                    f"the header is on {word} {line}: delete what stands above it, and try again"
                )
                return
    elif not table.rows:
        table.problem("there is a header, and no rows")
