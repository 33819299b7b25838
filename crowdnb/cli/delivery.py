"""What the command writes: where and in which format, told before the work; then the writing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from crowdnb.cli.status import BAD_INPUT, SOLVED
from crowdnb.cli.terminal import Keyboard, say, tell, tell_bytes
from crowdnb.extras import needed_for
from crowdnb.project.files import write_whole
from crowdnb.project.form import FILES, OPTIONS, PARTS_OF
from crowdnb.project.output import CSV, JSON, PAGE, WORKBOOK, beside, check_writable, ending_of
from crowdnb.project.scenario_file import place_of
from crowdnb.spelling import plain

_STANDARD_OUTPUT = Path("-")  # as --output takes it


class Output(NamedTuple):
    """Where to write, in the format of which ending, and whether it seems that one can."""

    path: Path
    ending: str
    open: bool = True


def check_output(path: Path | None, source: Path, usual: str) -> str:
    """The ending that says what is written: of ``--output``, or else the usual one.

    Raises
    ------
    ValueError
        A file of the project, an ending that is not known.
    ModuleNotFoundError
        A workbook, and openpyxl is not installed.
    """
    if path is None or path == _STANDARD_OUTPUT:
        return usual
    folder = source if source.is_dir() else source.parent
    own = [
        source,
        place_of(source),
        folder / OPTIONS,
        beside(source, "last_plan.json"),
        *folder.glob("*last_plan_*.json"),  # of scenarios
        *(folder / f"{name}.csv" for name in FILES),
        *folder.glob(f"{PARTS_OF}*.csv"),
    ]
    # to some systems Tasks.CSV is the same file, and nowhere is it a name to be read later
    if any(_same(path, file) or _same(path.parent / path.name.lower(), file) for file in own):
        raise ValueError(
            f"output: {path} is a file of the project, it would be overwritten; choose another"
        )
    others = [ending for ending in (CSV, WORKBOOK, JSON, PAGE) if ending != usual]
    ending = usual if os.path.isdir(path) else ending_of(path, [usual, *others])
    if ending == WORKBOOK:
        with needed_for("writing Excel workbooks"):
            import openpyxl  # noqa: F401
    return ending


def output_of(options: argparse.Namespace, name: str) -> Output:
    """Where to write: as was said, or beside the project's files, and never over one of them.

    A place that cannot be written is told now, before the work; what comes of that is printed.
    Errors as :func:`check_output`.
    """
    path = options.output or beside(options.folder, name)
    ending = check_output(path, options.folder, Path(name).suffix)
    if path == _STANDARD_OUTPUT:
        return Output(path, ending)
    try:
        _check_place(path)
    except (ValueError, OSError) as error:
        say(plain(f"crowdnb: {error}; what is found is printed only"))
        return Output(path, ending, False)
    return Output(path, ending)


def is_plan_of(output: Output, source: Path) -> bool:
    """Whether an assignment is written beside the project's files, as its plan."""
    folder = beside(source, "x").absolute().parent
    return output.ending != PAGE and _same(output.path.absolute().parent, folder)


def rows_output(path: Path) -> Path:
    """A place for rows that are written as they come, so that without it there is nothing to do.

    Raises
    ------
    ValueError, OSError
        It is none.
    """
    ending_of(path, [CSV])
    _check_place(path)
    return path


def deliver(
    text: str,
    output: Output,
    content: Callable[[], bytes],
    keyboard: Keyboard,
    keep: Callable[[], str] | None = None,
) -> int:
    """Print, then write.

    The text is not lost where the file cannot be written, nor the file where nobody reads on.
    Where standard output gets what would be written, the text goes to standard error. ``keep``
    keeps the plan that was written, and says why it cannot.
    """
    path, gone = output.path, None
    if path == _STANDARD_OUTPUT:
        say(text)
        tell_bytes(content())
        return SOLVED
    try:
        tell(text)
    except BrokenPipeError as error:
        gone = error
    if not output.open:
        return BAD_INPUT
    data = content()
    # these may wait for their reader, who may never come
    if not (path.is_fifo() or path.is_char_device()):
        keyboard.done()
    try:
        write_whole(path, data)
    except BrokenPipeError:  # the pipe has lost its reader, who has enough
        pass
    except OSError as error:
        raise OSError(_cannot(path, error)) from None
    failed = keep() if keep is not None else ""
    keyboard.done()
    if gone is not None:
        raise gone
    tell(plain(f"Written: {path}"))
    if failed:
        say(plain(f"crowdnb: {failed}"))
    return SOLVED


def _check_place(path: Path) -> None:
    """ValueError or OSError, in words for whoever named it, where nothing can be written."""
    if not os.path.isdir(path.absolute().parent):
        raise ValueError(f"output: there is no folder {path.parent}")
    try:
        check_writable(path)
    except OSError as error:
        raise OSError(_cannot(path, error)) from None


def _cannot(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}"


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file.

    By links of any kind, too, since what is there is written into.
    """
    if os.path.exists(one) and os.path.exists(other):
        return one.samefile(other)
    return one.resolve() == other.resolve()
