"""``crowdnb notebooks`` and ``crowdnb new``: what ships, copied into a folder of one's own."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import crowdnb as cn
from crowdnb.cli.notebook_files import chapters, notebook_files
from crowdnb.cli.status import SOLVED
from crowdnb.cli.terminal import Keyboard, tell
from crowdnb.extras import how_to_get
from crowdnb.labels import count, phrases, shown
from crowdnb.project.files import write_together
from crowdnb.project.output import typed
from crowdnb.spelling import plain

_CASE_STUDY = Path(cn.__file__).parent / "data" / "case_study"
_NAMED = 3  # files that a message names one by one


def copy_notebooks(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Copy the notebooks, and say how to open them."""
    known = chapters()
    names = sorted({_chapter(number, known) for number in options.chapter or known})
    solutions = not options.no_solutions
    _write(options.folder, notebook_files(names, solutions))
    keyboard.done()
    how = "" if find_spec("jupyterlab") else f"{how_to_get('ipywidgets')}, then "
    tell(
        plain(
            f"Written: {count(len(names), 'notebook')} in {options.folder},"
            f" with{'out' * options.no_solutions} worked solutions.\n"
            f"Next: {how}jupyter lab {typed(options.folder / names[0])}"
        )
    )
    return SOLVED


def new_project(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Copy the case study, and say what to do with it."""
    folder: Path = options.folder
    if folder.suffix.lower() in (".csv", ".xlsx"):
        raise ValueError(f"{folder}: the name of a folder is needed")
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if visible := [name for name in there if not name.startswith(".")]:
        raise ValueError(
            f"{folder} is not empty ({phrases(visible, _NAMED)}); nothing written, name another"
        )
    files = {path.name: path.read_bytes() for path in sorted(_CASE_STUDY.glob("*.csv"))}
    _write(folder, files)
    keyboard.done()
    tell(
        plain(
            f"Written: {', '.join(files)} in {folder}, the paper's case study.\n"
            f"Next: crowdnb assign {typed(folder)}, then change the files"
        )
    )
    return SOLVED


def _chapter(number: str, known: Mapping[str, str]) -> str:
    """The name of the notebook with a number.

    Raises
    ------
    ValueError
        There is none.
    """
    if (name := known.get(number.zfill(2))) is None:
        raise ValueError(
            f"--chapter: there is no {shown(number)}; there are {phrases(known, len(known))}"
        )
    return name


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder: all of them, or, where one is there already, none.

    Raises
    ------
    ValueError, OSError
        Something stands in the way, which is named.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise ValueError(f"{folder} is not a folder; nothing written, name another")
    if there := [name for name in files if os.path.lexists(folder / name)]:
        raise ValueError(
            f"{folder} has {phrases(there, _NAMED)} already; nothing written, name another folder"
        )
    write_together(folder, files)
