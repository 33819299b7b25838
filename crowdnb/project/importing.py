"""Tables as they come, read into a project: ``crowdnb import`` and ``cn.import_ratings``.

Written are ``ratings.csv``, ``criteria.csv`` where a scale is not the stars 1 to 5, ``import.json``
(what the columns mean, so that next month's file takes no option), and what is still missing of a
project, with empty cells to be filled in. All of them, or none; of what is there only
``ratings.csv`` and ``import.json`` change.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.labels import count, flag, listing, path_of
from crowdnb.project.csv_file import read_csv
from crowdnb.project.errors import ProjectError, Report
from crowdnb.project.files import kind, write_together
from crowdnb.project.mapping import MAPPING, TableMapping, mapping_file, read_mapping
from crowdnb.project.marks import STARS
from crowdnb.project.merging import merged, old_ratings
from crowdnb.project.output import typed
from crowdnb.project.rating_preview import RatingTable
from crowdnb.project.rating_table import read_table
from crowdnb.project.spreadsheet import csv_file
from crowdnb.project.tables import Table

# What stands in the place of ratings: both cannot count.
_INSTEAD = ("ability.csv", "qualification.csv")
_ENDS = ("lowest", "highest", "step")  # of a scale, in criteria.csv


@dataclass(frozen=True)
class Imported:
    """What an import did; ``str`` of it is what the command prints.

    Attributes
    ----------
    table : RatingTable
        What was read, and what was dropped.
    added, known, total : int
        Ratings that are new, that stood there already, and that there are now.
    written : tuple of Path
    text : str
    """

    table: RatingTable
    added: int
    known: int
    total: int
    written: tuple[Path, ...]
    text: str

    def __str__(self) -> str:
        return self.text


def import_ratings(
    file: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    worker: str | Sequence[str] | None = None,
    criteria: str | Sequence[str] | None = None,
    *,
    criterion: str | None = None,
    rating: str | None = None,
    date: str | None = None,
    date_order: str | None = None,
    scale: Scale | Sequence[float] | None = None,
    scale_of: Mapping[str, Scale | Sequence[float]] | None = None,
    words: Mapping[str, float] | None = None,
    sheet: str | None = None,
    rounded: bool | None = None,
    add: bool = False,
    replace: bool = False,
) -> Imported:
    r"""Read a table of ratings into a project's folder, which is made if need be.

    Parameters
    ----------
    file : path
        CSV or an Excel workbook (``.xlsx``), one row per rating event.
    folder : path
        The project's folder.
    worker : str or sequence of str
        The column of the workers; the labels of several are joined.
    criteria : sequence of str
        Columns of marks, one per criterion; or instead
    criterion, rating : str
        the column that names the criterion, and that of the mark.
    date : str, optional
        The column of dates.
    date_order : {'ymd', 'dmy', 'mdy'}, optional
        What the numbers of a date are.
    scale : Scale or (lowest, highest[, step]), optional
        The marks there can be; left out: stars 1 to 5, if all marks are such.
    scale_of : dict, optional
        Scales of criteria with one of their own.
    words : dict, optional
        Marks by answer.
    sheet : str, optional
        Of a workbook with several.
    rounded : bool, optional
        Whether a mark between two of the scale is the nearest one.
    add, replace : bool
        What is meant where ratings have no dates: all are new ones, or all there are.

    Returns
    -------
    Imported

    Raises
    ------
    ProjectError
        A file cannot be read, or something in it is wrong: file, line and column.
    ValueError
        Something must be stated, or contradicts what is in the folder. Nothing is written.
    OSError
        The folder cannot be written.

    Notes
    -----
    What is left out (None) is as it was in the import before, which ``import.json`` keeps. The
    preview of an import is :func:`crowdnb.project.rating_table.read_table`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "form.csv").write_text("name,Skill,Care\nAnn,4,5\nBo,3,\n")
    >>> done = import_ratings(folder / "form.csv", folder / "mine", "name", ["Skill", "Care"])
    >>> done.added, [path.name for path in done.written]
    (3, ['ratings.csv', 'import.json', 'demand.csv', 'tasks.csv', 'weights.csv'])
    """
    path, target = path_of(file, "file"), path_of(folder, "folder")
    if flag(add, "add") and flag(replace, "replace"):
        raise ValueError("add and replace cannot both be True: --add keeps what is there")
    given = {
        "worker": worker,
        "criteria": criteria,
        "criterion": criterion,
        "rating": rating,
        "date": date,
        "date_order": date_order,
        "scale": scale,
        "scale_of": scale_of,
        "words": words,
        "sheet": sheet,
        "rounded": rounded,
    }
    return _Import(path, target, add, flag(replace, "replace")).run(
        {name: value for name, value in given.items() if value is not None}
    )


def import_by(
    path: Path,
    folder: Path,
    mapping: TableMapping,
    *,
    add: bool = False,
    replace: bool = False,
    dry: bool = False,
) -> Imported:
    """:func:`import_ratings` by a mapping as it stands, whatever was kept; ``dry``: write nothing.

    Of what is not written, ``written`` and ``text`` say what would be.
    """
    given = {one.name: getattr(mapping, one.name) for one in fields(TableMapping)}
    return _Import(path, folder, add, replace).run(given, dry)


class _Import:
    """One import, from the look at the folder to the writing."""

    def __init__(self, path: Path, folder: Path, add: bool, replace: bool) -> None:
        self.path, self.folder, self.add, self.replace = path, folder, add, replace
        self.notes: list[str] = []

    def run(self, given: Mapping[str, Any], dry: bool = False) -> Imported:
        self._check_folder()
        mapping, told = self._mapping(given)
        path = self.folder / "criteria.csv"
        kept = _kept_criteria(path)
        table = read_table(self.path, mapping, kept.scales)
        _check_parts(path, kept, table.scales)
        _check_scales(path, kept.scales, table.scales)
        frame, added, known = self._together(table)
        files = {
            "ratings.csv": csv_file(_as_written(frame)),
            **self._criteria(table.scales),
            MAPPING: mapping_file(mapping),
            **self._to_fill_in(frame, kept),
        }
        if (self.folder / MAPPING).is_file() and not told:
            del files[MAPPING]
        if not dry:
            write_together(self.folder, files)
        written = tuple(self.folder / name for name in files)
        text = self._text(table, frame, told, written, (added, known))
        return Imported(table, added, known, len(frame), written, text)

    def _check_folder(self) -> None:
        """ValueError where nothing can be written into the folder, or would contradict it."""
        folder = self.folder
        if folder.suffix.lower() == ".xlsx":
            raise ValueError(f"{folder} is a workbook; an import writes a folder of CSV files")
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"{folder}: {kind_of(folder)}; the folder of a project is needed")
        if there := [name for name in _INSTEAD if (folder / name).exists()]:
            raise ValueError(
                f"{folder} has {listing(there)}, which stands in the place of ratings; move it away"
                " first, or import into another folder"
            )
        own = folder / "ratings.csv"
        if own.exists() and self.path.exists() and own.samefile(self.path):
            raise ValueError(f"{self.path} is the project's own file; there is nothing to import")

    def _mapping(self, given: Mapping[str, Any]) -> tuple[TableMapping, list[str]]:
        """What the columns mean, and in what that differs from the import before."""
        kept = self.folder / MAPPING
        if not kept.exists():
            if "worker" not in given:
                raise ValueError(
                    f"{kept} is not there, which keeps what columns mean; say it once: --worker"
                    " COLUMN --criteria COLUMN COLUMN"
                )
            return TableMapping(**given), []
        mapping = read_mapping(kept)
        return mapping.changed(given)

    def _together(self, table: RatingTable) -> tuple[pd.DataFrame, int, int]:
        """The ratings of the folder after the import; how many are new, and were there."""
        new, own = table.ratings, self.folder / "ratings.csv"
        if "date" not in new:
            new = new.assign(date="")
        if self.replace or not own.exists():
            return new, len(new), 0
        report = Report()
        before = read_csv(own, report)
        if before is None:
            raise ProjectError(report.problems)
        old = old_ratings(before, table.scales)
        if not (self.folder / "criteria.csv").exists():
            there = set(old["criterion"])
            for name, scale in table.scales.items():
                if name in there and scale != STARS:
                    raise ValueError(
                        f"{own} has ratings on {name} in stars 1 to 5, since there is no"
                        f" criteria.csv, and this import says {scale}: --replace them, or write"
                        " criteria.csv (criterion, lowest, highest, step) if all have that scale"
                    )
        return merged(old, new, self.add, own.name)

    def _criteria(self, scales: Mapping[str, Scale]) -> dict[str, bytes]:
        """criteria.csv, where a scale is not the usual one and no such file is there."""
        path = self.folder / "criteria.csv"
        if path.exists() or all(scale == STARS for scale in scales.values()):
            return {}
        rows = [
            (name, *((None,) * 3 if scale == STARS else map(_number, _ends_of(scale))))
            for name, scale in scales.items()
        ]
        return {
            "criteria.csv": csv_file(
                pd.DataFrame(rows, columns=["criterion", *_ENDS], dtype=object)
            )
        }

    def _to_fill_in(self, ratings: pd.DataFrame, kept: _Criteria) -> dict[str, bytes]:
        """What is missing of a project, with a row for each criterion and no number."""
        leaves = [name for name, parts in kept.parts.items() if kept.weighted and not parts]
        names = dict.fromkeys([*ratings["criterion"], *leaves])
        criteria = pd.DataFrame({"criterion": list(names)})
        weighted = kept.weighted or any(
            (self.folder / name).exists() for name in ("weights.csv", "judgement.csv")
        )
        files = {
            "demand.csv": criteria.assign(task="task 1", low=None, high=None)[
                ["task", "criterion", "low", "high"]
            ],
            "tasks.csv": pd.DataFrame({"task": ["task 1"], "required": [None]}),
            "weights.csv": criteria.assign(weight=None),
        }
        return {
            name: csv_file(frame)
            for name, frame in files.items()
            if not (self.folder / name).exists() and not (name == "weights.csv" and weighted)
        }

    def _text(
        self,
        table: RatingTable,
        together: pd.DataFrame,
        told: list[str],
        written: tuple[Path, ...],
        numbers: tuple[int, int],
    ) -> str:
        """What was read, dropped and written, and what to do next."""
        (added, known), total = numbers, len(together)
        names = [path.name for path in written]
        lines = [
            table.text_with(together),
            *(f"Changed for this and later imports: {one}." for one in told),
        ]
        if known or added < total:
            there = f", {known:,} were there already" if known else ""
            lines.append(f"{count(added, 'rating')} added{there}; there are {total:,} now.")
        lines.append(f"Written: {listing(str(path) for path in written)}")
        columns = {"demand.csv": "low", "tasks.csv": "required", "weights.csv": "weight"}
        if empty := [f"{name} ({columns[name]})" for name in names if name in columns]:
            lines.append(
                f"Fill in {listing(empty)}, with a row for each task you have; then crowdnb assign"
                f" {typed(self.folder)}"
            )
        if MAPPING in names:
            lines.append(f"Next time: crowdnb import FILE {typed(self.folder)}")
        return "\n".join(lines)


def kind_of(path: Path) -> str:
    """What a path is that is no folder, in words."""
    return "it is a file" if path.is_file() else kind(path)


def _number(value: float) -> str | int:
    """A mark as it is written: 4, 0.5."""
    return int(value) if float(value).is_integer() else f"{value:.15g}"


def _as_written(ratings: pd.DataFrame) -> pd.DataFrame:
    """Ratings as their file holds them: without a column of dates where there is none."""
    frame = ratings.assign(rating=ratings["rating"].map(_number))
    return frame if (ratings["date"] != "").any() else frame.drop(columns="date")


def _ends_of(scale: Scale) -> tuple[float, float, float]:
    return scale.lowest, scale.highest, scale.step


class _Criteria(NamedTuple):
    """What criteria.csv says: each criterion's scale and parts, and whether any has a weight."""

    scales: dict[str, Scale]
    parts: dict[str, list[str]]
    weighted: bool


def _kept_criteria(path: Path) -> _Criteria:
    """Read criteria.csv, where a criterion without a scale has stars; ProjectError if wrong."""
    if not path.is_file():
        return _Criteria({}, {}, False)
    report = Report()
    table = read_csv(path, report)
    names, scales = list[str](), dict[str, Scale]()
    if table is not None and "criterion" not in table.header:
        table.problem(f"column 'criterion' is missing; there are {listing(table.header)}")
    elif table is not None:
        names = table.labels("criterion")
        scales = _scales_of(table, names)
    if table is None or report.problems:
        raise ProjectError(report.problems)
    weighted = any(
        name in table.header and any(table.column(name)) for name in ("weight", "part_of")
    )
    return _Criteria(scales, _parts_of(table, names), weighted)


def _scales_of(table: Table, names: Sequence[str]) -> dict[str, Scale]:
    """The scale of each criterion; what is none is reported."""
    usual = {"lowest": 1, "highest": 5, "step": 1}
    ends = [table.numbers(name, default=usual[name]) for name in _ENDS]
    scales = {}
    for row, name in enumerate(names):
        try:
            scales[name] = Scale(*(column[row] for column in ends))
        except ValueError as error:
            table.problem(str(error), row)
    return scales


def _parts_of(table: Table, names: Sequence[str]) -> dict[str, list[str]]:
    """The criteria, each with its parts."""
    parts: dict[str, list[str]] = {name: [] for name in names if name}
    if "part_of" in table.header:
        for name, parent in zip(names, table.labels("part_of", may_be_empty=True), strict=True):
            parts.setdefault(parent, []).append(name)
    return parts


def _check_parts(path: Path, kept: _Criteria, now: Collection[str]) -> None:
    """ValueError where criteria.csv gives parts to what is imported: they are rated in its place."""
    for name, parts in kept.parts.items():
        if parts and name in now:
            raise ValueError(
                f"{path}: {name} has parts there, which are rated in its place: {listing(parts, 5)};"
                " import these, or take them out"
            )


def _check_scales(path: Path, kept: Mapping[str, Scale], now: Mapping[str, Scale]) -> None:
    """ValueError where criteria.csv states another scale, or none, for what is imported."""
    if not path.is_file():
        return
    wrong = [
        f"{name} has marks {kept[name]} there and {scale} here"
        if name in kept
        else f"{name} is not there, with its marks {scale}"
        for name, scale in now.items()
        if scale != kept.get(name, STARS)
    ]
    if wrong:
        raise ValueError(
            f"{path} is left as it is, and contradicts this import: {'; '.join(wrong[:5])}. Write"
            " lowest, highest and step there (with other marks, old ratings need another file)"
        )
