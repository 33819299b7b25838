"""The top of the bench: a folder named, uploaded or copied, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from crowdnb.pages.html import sentences
from crowdnb.panels.ability_settings import GAPS
from crowdnb.panels.bench_files import base_name, is_table, is_workbook, take_in, wrong_uploads
from crowdnb.panels.bench_import import ImportOffer
from crowdnb.panels.bench_import_words import imported_text
from crowdnb.panels.controls import WRAP, button, sentence
from crowdnb.panels.panel import Shown
from crowdnb.project.case_study import load_case_study
from crowdnb.project.errors import ProjectError
from crowdnb.project.folder import read_project
from crowdnb.project.importing import Imported
from crowdnb.project.record import Project

_UPLOADS = "my_project"
_OPTION = " (--missing out, unknown or average)"  # of the command, which the bench asks by buttons


class ProjectFolder(widgets.VBox):  # type: ignore[misc]
    """A folder of files: all problems of it, or what is made of its project below.

    Attributes
    ----------
    folder, stars : widget
        The path, and the top of the rating scale.
    upload, example : widget
        Files taken in, and the case study's copied.
    checked : Shown
        What there is to say about the files.
    offers : widget
        Buttons with which files that lack nothing but ratings can be read.
    rest : widget
        What is made of a project that could be read.
    """

    def __init__(self, folder: str | Path | None, stars: int, how: Mapping[str, Any]) -> None:
        self.how = dict(how)
        self._missing: dict[Path, str] = {}  # what was chosen on the bench, by folder
        self.folder = widgets.Text(
            value=str(folder or ""), description="folder",
            placeholder="a folder of CSV files, or a workbook",
            tooltip="folder of CSV files, or Excel workbook; uploads go into it",
            layout=widgets.Layout(width="min(460px, 100%)"), continuous_update=False,
        )  # fmt: skip
        self.stars = widgets.BoundedIntText(
            value=stars, min=1, max=1000, description="stars, up to",
            tooltip="the top of the rating scale, 1 to 1000", layout=widgets.Layout(width="170px"),
        )  # fmt: skip
        self.upload = widgets.FileUpload(
            accept=".csv,.xlsx", multiple=True, description="Upload files",
            tooltip="CSV files, or one Excel workbook",
        )  # fmt: skip
        self.example = button(
            "Start from the case study", "Copy its files into the folder named", self.copy, "copy"
        )
        self.checked, self.rest = Shown(), widgets.VBox()
        self.offers = widgets.HBox(layout=WRAP)
        opener = button("Open", "Read and check the files", self.read, "folder-open")
        top = [self.folder, self.stars, opener, self.upload, self.example]
        super().__init__([widgets.HBox(top, layout=WRAP), self.checked, self.offers, self.rest])
        self.folder.observe(lambda _: self.read(), names="value")
        self.upload.observe(self._uploaded, names="value")
        if self.folder.value:
            self.read()
        else:
            self.checked.value = sentences(
                [f"Name a folder, or upload files: they are kept in the folder {_UPLOADS}."]
            )

    def _use(self, source: Path, project: Project) -> None:
        """Show what is made of a project that could be read."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Forget the project, and show nothing below."""
        self.offers.children = self.rest.children = ()

    def read(self) -> None:
        """Read the folder and check it; show the problems, all of them, or what is made of it."""
        self._forget()
        if not self.folder.value.strip():
            self.checked.value = sentences(
                ["Name a folder, or upload files; or start from the case study."]
            )
            return
        try:
            source = Path(self.folder.value.strip()).expanduser()
            if not source.exists():
                where = f"There is no {source} yet."
                self.checked.value = sentences(
                    [f"{where} Upload files, and they go there; or start from the case study."]
                )
                return
            self._use(source, self._read(source))
        except ProjectError as error:
            number = len(error.problems)
            self.checked.value = sentences(
                [problem.replace(_OPTION, "") for problem in error.problems],
                f"{number} problem{'s' * (number > 1)} in the files. Mend the files, then open or"
                " upload them again.",
            )
            self._offer(source)
        except (ValueError, OSError, ModuleNotFoundError, RuntimeError) as error:
            self._forget()
            self.checked.value = sentences([str(error)], "The files cannot be opened.")

    def _read(self, source: Path, missing: str | None = None) -> Project:
        """Read a folder, with what was chosen for workers without a rating, or with ``missing``."""
        how = dict(self.how)
        how["missing"] = missing or self._missing.get(source, how["missing"])
        return read_project(source, stars=self.stars.value, **how)

    def _offer(self, source: Path) -> None:
        """Where the files lack ratings alone: a button for each thing that can stand there."""
        try:
            self._read(source, "unknown")
        except (ValueError, OSError, RuntimeError):
            return
        self.offers.children = [
            sentence("These ratings may be missing. What stands there?"),
            *(
                button(text, tip, partial(self._choose, source, name))
                for name, (text, tip) in GAPS.items()
            ),
        ]

    def _choose(self, source: Path, missing: str) -> None:
        """Read a folder with something in the place of ratings that are missing."""
        self._missing[source] = missing
        self.read()

    def copy(self) -> None:
        """Copy the files of the case study into the folder named, which holds no project yet."""
        try:
            target = Path(self.folder.value.strip() or _UPLOADS).expanduser()
            load_case_study().write(target)
        except (ValueError, OSError, RuntimeError) as error:
            self.checked.value = sentences([str(error)], "Nothing was copied.")
            return
        self._go(target)

    def _go(self, target: Path) -> None:
        """Open a folder, and name it in its field."""
        if self.folder.value == str(target):
            self.read()
        else:
            self.folder.value = str(target)

    def _uploaded(self, _: object = None) -> None:
        """Write uploaded files into the folder; a file that they replace is kept beside them.

        One that is no file of a project is offered to be read as a table of ratings.
        """
        files = [
            (base_name(str(item["name"])), bytes(item["content"])) for item in self.upload.value
        ]
        if not files:
            return
        wrong = wrong_uploads([name for name, _ in files])
        target = Path(self.folder.value.strip() or _UPLOADS)
        try:
            target = target.expanduser()
            if len(files) == 1 and is_table(*files[0]):
                self.upload.value = ()
                self._offer_import(target, *files[0])
                return
            if not target.is_dir() and (target.is_file() or target.suffix.lower() == ".xlsx"):
                target = target.parent
            if not wrong:
                take_in(target, files)
        # no such place, no name of a file, nobody's home
        except (OSError, ValueError, RuntimeError) as error:
            wrong = [f"{target} cannot be written: {getattr(error, 'strerror', None) or error}"]
        self.upload.value = ()
        if wrong:
            self.checked.value = sentences(wrong, "Nothing was taken.")
            return
        book = next((name for name, _ in files if is_workbook(name)), None)
        self._go(target if book is None else target / book)

    def _offer_import(self, target: Path, name: str, data: bytes) -> None:
        """Show what a table would be read as; below it stays what is open."""

        def done(imported: Imported | None) -> None:
            self.offers.children = []
            if imported is None:
                return
            self._go(target)
            said = Shown(value=imported_text(imported), layout=widgets.Layout(width="100%"))
            self.offers.children = [said, *self.offers.children]

        self.offers.children = [ImportOffer(name, data, target, done)]
