"""A table of ratings as it comes, on the bench: what its columns mean, a preview, then the writing.

What ``crowdnb import`` does: nothing is guessed, and nothing is written before a person has seen
what would be. In a folder that something was imported into, columns mean what they meant then.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from crowdnb.ability.scale import Scale
from crowdnb.pages.html import escaped, sentences
from crowdnb.panels.bench_import_words import here, preview_text
from crowdnb.panels.controls import WRAP, EmptyNumber, button, sentence
from crowdnb.panels.grids import NumberGrid
from crowdnb.panels.panel import Shown
from crowdnb.project.cells import as_label, read_number
from crowdnb.project.errors import ProjectError, Report
from crowdnb.project.excel_file import read_workbook
from crowdnb.project.importing import Imported, import_by
from crowdnb.project.mapping import MAPPING, TableMapping, read_mapping
from crowdnb.project.source_table import open_table
from crowdnb.project.tables import Table

_ENDS = ("lowest", "highest", "step")  # of a scale
_WORDS = 30  # answers that get a field
_ORDERS = [("year first", "ymd"), ("day, month, year", "dmy"), ("month, day, year", "mdy")]
_SHAPES = [("a column for each criterion", "wide"), ("a row for each mark", "long")]
_TOGETHER = [
    ("joined by their dates, none twice", ""),
    ("added: all of these are new", "add"),
    ("replaced: these are all there are", "replace"),
]


class ImportOffer(widgets.VBox):  # type: ignore[misc]
    """What the columns of a table mean, and what would be read; a button writes it.

    Attributes
    ----------
    controls : dict of widget by name
        sheet, shape, worker, criteria, criterion, rating, date, date_order, lowest, highest, step,
        rounded and together, as the mapping of an import has them.
    scales : NumberGrid
        The scale of each criterion chosen; empty cells: as of all.
    words : dict of widget by answer
        A field for the mark of each answer in words.
    preview : Shown
    write : widget
        The button, which can be pressed when something can be written.
    """

    def __init__(
        self, name: str, data: bytes, folder: Path, done: Callable[[Imported | None], object]
    ) -> None:
        self._place = tempfile.TemporaryDirectory()  # gone with this widget
        self.path, self.folder, self.done = Path(self._place.name) / name, folder, done
        self.path.write_bytes(data)
        self.words: dict[str, Any] = {}
        self._marks: dict[str, float | None] = {}  # of answers, those of an import before too
        self._tables: dict[str | None, Table] = {}  # by sheet
        self._gone: list[str] = []  # columns of an import before
        self.preview, self.answers, self.busy = Shown(), widgets.VBox(), False
        self.scales = _scales_grid([])
        self.apart = widgets.Accordion([self.scales], selected_index=None)
        self.apart.set_title(0, "A scale for each criterion")
        self.write = button(
            f"Write ratings.csv into {folder.name or folder}", "Write what is shown", self.take_in
        )
        away = button("Not now", "Leave the table as it is", lambda: self.done(None))
        self.controls = c = _controls()
        for control in c.values():
            control.observe(self._changed, names="value")
        super().__init__(
            [
                sentence(f"<strong>{escaped(name)}</strong> is a table, and no file of a project."
                         " Which columns hold ratings?"),
                *(c[one] for one in ("sheet", "shape", "worker", "criteria", "criterion", "rating")),
                widgets.HBox([c["date"], c["date_order"]], layout=WRAP),
                widgets.HBox([c["lowest"], c["highest"], c["step"], c["rounded"]], layout=WRAP),
                self.apart,
                self.answers,
                c["together"],
                self.preview,
                widgets.HBox([self.write, away], layout=WRAP),
            ]
        )  # fmt: skip
        self._begin()

    def _begin(self) -> None:
        """Fill the lists, with what columns meant in this folder before."""
        kept = self.folder / MAPPING
        self.busy = True
        try:
            sheets = (
                read_workbook(self.path, lambda _: False, Report())[1]
                if _is_book(self.path)
                else []
            )
            self.controls["sheet"].options = sheets
            mapping = read_mapping(kept) if kept.is_file() else None
            if mapping is not None and mapping.sheet in sheets:
                self.controls["sheet"].value = mapping.sheet
            self._list_columns(() if mapping is None else mapping.worker)
            if mapping is not None:
                self._take(mapping)
        except (ValueError, OSError, ModuleNotFoundError) as error:
            self.preview.value = sentences([here(str(error))], "The table cannot be read.")
            self.write.disabled = True
            return
        finally:
            self.busy = False
        self._show()

    def _table(self) -> Table:
        """The file, or its sheet, read once; ProjectError where it cannot be read."""
        sheet = self.controls["sheet"].value
        if sheet not in self._tables:
            report = Report()
            table = open_table(self.path, sheet, report)
            if table is None:
                raise ProjectError(report.problems)
            self._tables[sheet] = table
        return self._tables[sheet]

    def _list_columns(self, workers: tuple[str, ...] = ()) -> None:
        """The columns of the table as choices; those of workers known by several are joined."""
        names = [name for name in dict.fromkeys(self._table().header) if name]
        none = ("choose a column", None)
        joined = [(" / ".join(workers), workers)] if len(workers) > 1 else []
        c = self.controls
        c["worker"].options = [none, *((name, (name,)) for name in names), *joined]
        for one in ("criterion", "rating"):
            c[one].options = [none, *((name, name) for name in names)]
        c["date"].options = [("none", None), *((name, name) for name in names)]
        c["criteria"].options = names
        c["criteria"].rows = min(max(len(names), 2), 8)

    def _take(self, mapping: TableMapping) -> None:
        """Set every control to a mapping, as far as its columns are there."""
        self._marks, there = dict(mapping.words), self.controls["criteria"].options
        self._gone = [one for one in mapping.columns if one not in there]
        criteria = [one for one in mapping.criteria if one in there]
        values: dict[str, Any] = {
            "shape": "long" if mapping.criterion else "wide",
            "worker": mapping.worker,
            "criteria": tuple(criteria),
            "criterion": mapping.criterion, "rating": mapping.rating, "date": mapping.date,
            "date_order": mapping.date_order, "rounded": mapping.rounded,
        }  # fmt: skip
        if mapping.scale is not None:
            scale = mapping.scale
            values |= {"lowest": scale.lowest, "highest": scale.highest, "step": scale.step}
        for name, value in values.items():
            options = getattr(self.controls[name], "options", None)
            known = [one[1] for one in options] if options and name != "criteria" else None
            if known is None or value in known:
                self.controls[name].value = value
        self._ask_scales(criteria, [_row_of(mapping.scale_of.get(one)) for one in criteria])

    def _changed(self, change: Mapping[str, Any]) -> None:
        if self.busy:
            return
        self._marks |= {word: field.value for word, field in self.words.items()}
        if change["owner"] is self.controls["sheet"]:
            self.busy = True
            self._list_columns()
            self.busy = False
        self._show()

    def mapping(self) -> TableMapping:
        """What the controls say; ValueError where it is no mapping."""
        value = {name: control.value for name, control in self.controls.items()}
        wide = value["shape"] == "wide"
        criteria = value["criteria"] if wide else ()
        if value["worker"] is None or not (criteria or (value["criterion"] and value["rating"])):
            raise ValueError("Choose the column of the workers, and those of the marks.")
        apart = zip(self.scales.rows, self.scales.value, strict=True) if wide else ()
        scales = {one: _scale_of(row) for one, row in apart}
        return TableMapping(
            worker=value["worker"],
            criteria=criteria,
            criterion=None if wide else value["criterion"],
            rating=None if wide else value["rating"],
            date=value["date"],
            date_order=value["date_order"],
            scale=_scale_of([value[name] for name in _ENDS]),
            scale_of={one: scale for one, scale in scales.items() if scale is not None},
            words={word: mark for word, mark in self._marks.items() if mark is not None},
            sheet=value["sheet"],
            rounded=value["rounded"],
        )  # fmt: skip

    def _show(self) -> None:
        """Which controls there are, and what would be read by them."""
        c = self.controls
        wide, there = c["shape"].value == "wide", (self.folder / "ratings.csv").exists()
        for name, asked in {
            "sheet": len(c["sheet"].options) > 1, "criteria": wide, "criterion": not wide,
            "rating": not wide, "date_order": c["date"].value is not None, "together": there,
        }.items():  # fmt: skip
            c[name].layout.display = "" if asked else "none"
        self.write.disabled = True
        if self.scales.rows != list(c["criteria"].value):
            self._ask_scales(c["criteria"].value)
        self.apart.layout.display = "" if wide and len(self.scales.rows) > 1 else "none"
        try:
            self._ask_words()
            would = self._import(dry=True)
        except (ValueError, OSError, ModuleNotFoundError) as error:
            said = error.problems if isinstance(error, ProjectError) else [str(error)]
            self.preview.value = sentences([here(one) for one in said], "Nothing to write yet.")
            return
        self.write.disabled = False
        self.preview.value = preview_text(would, self._gone)

    def _import(self, dry: bool) -> Imported:
        how = self.controls["together"].value
        add, replace = how == "add", how == "replace"
        return import_by(self.path, self.folder, self.mapping(), add=add, replace=replace, dry=dry)

    def _ask_scales(self, criteria: Sequence[str], rows: Sequence[Any] = ()) -> None:
        """A row for the scale of each criterion; what was typed stays."""
        old = dict(zip(self.scales.rows, self.scales.value, strict=True))
        kept = [list(old.get(one, _row_of(None))) for one in criteria]
        self.scales = _scales_grid(criteria, list(rows) or kept)
        self.scales.observe(self._changed, names="value")
        self.apart.children = [self.scales]

    def _ask_words(self) -> None:
        """A field for each answer in words of the columns chosen; what was typed stays."""
        table, c = self._table(), self.controls
        wide = c["shape"].value == "wide"
        columns = c["criteria"].value if wide else [c["rating"].value]
        found = _words_of(table, [one for one in columns if one in table.header])
        if list(found) == list(self.words):
            return
        self.words = {
            word: EmptyNumber(
                word, self._marks.get(word), f"mark of {word!r}; empty: it is left out"
            )
            for word in found
        }
        for field in self.words.values():
            field.observe(self._changed, names="value")
        said = sentence("The mark that each answer stands for, the highest is the best:")
        fields = widgets.HBox(list(self.words.values()), layout=WRAP)
        self.answers.children = [said, fields] if self.words else []

    def take_in(self) -> None:
        """Write what is shown."""
        try:
            done = self._import(dry=False)
        except (ValueError, OSError) as error:
            self.preview.value = sentences([here(str(error))], "Nothing was written.")
            return
        self.done(done)


def _scale_of(row: Sequence[float | None]) -> Scale | None:
    """A scale of its lowest and highest mark and step; None where nothing is said."""
    low, high, step = row
    if (low is None) != (high is None) or (step is not None and low is None):
        raise ValueError("Give the lowest mark and the highest, or neither.")
    return None if low is None or high is None else Scale(low, high, 1 if step is None else step)


def _row_of(scale: Scale | None) -> list[float | None]:
    return [None] * 3 if scale is None else [float(getattr(scale, name)) for name in _ENDS]


def _scales_grid(criteria: Sequence[str], rows: Sequence[Any] = ()) -> NumberGrid:
    """A table of scales, with empty cells where nothing is said."""
    grid = NumberGrid(
        rows=list(criteria), columns=list(_ENDS), title="Empty: as above",
        least=[-1e9, -1e9, 0.0], most=[1e9] * 3, step=[0.1] * 3, empty=[True] * 3,
    )  # fmt: skip
    grid.value = list(rows)
    return grid


def _controls() -> dict[str, Any]:
    style, wide = {"description_width": "150px"}, "min(460px, 100%)"

    def choice(text: str, options: Iterable[Any], tooltip: str, width: str = wide) -> Any:
        return widgets.Dropdown(
            options=list(options), description=text, tooltip=tooltip, style=style,
            layout=widgets.Layout(width=width),
        )  # fmt: skip

    return {
        "sheet": choice("sheet", [], "the sheet of the workbook"),
        "shape": choice("a row has", _SHAPES, "how the table holds its marks"),
        "worker": choice("worker", [], "the column that names the worker"),
        "criteria": widgets.SelectMultiple(
            description="criteria", tooltip="columns of marks; several with Ctrl or Shift",
            style=style, layout=widgets.Layout(width=wide),
        ),
        "criterion": choice("criterion", [], "the column that names the criterion"),
        "rating": choice("mark", [], "the column of marks"),
        "date": choice("date", [], "the column of dates"),
        "date_order": choice("written", _ORDERS, "what the numbers of a date are", "300px"),
        "lowest": EmptyNumber("lowest mark", None, "the lowest mark there can be; empty: stars"),
        "highest": EmptyNumber("highest mark", None, "the highest mark there can be, the best one"),
        "step": EmptyNumber("step", None, "from one mark to the next; empty: 1", 0),
        "rounded": widgets.Checkbox(
            description="round to the nearest mark", indent=False,
            tooltip="read 3.4 as the nearest mark", layout=widgets.Layout(width="240px"),
        ),
        "together": choice("with those there", _TOGETHER, "what becomes of ratings.csv"),
    }  # fmt: skip


def _words_of(table: Table, columns: Iterable[str]) -> list[str]:
    """Answers in these columns that are no numbers, in their order; the first of many."""
    found: dict[str, None] = {}
    for name in columns:
        for cell in dict.fromkeys(table.column(name)):
            text = as_label(cell)
            if text and isinstance(read_number(cell, table.decimal_comma, large=False), str):
                found[text] = None
                if len(found) >= _WORDS:
                    return list(found)
    return list(found)


def _is_book(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx"
