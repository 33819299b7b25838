"""The command ``crowdnb``: what it takes and how it ends, from its first moment on.

What it does is in :mod:`crowdnb.cli.command`, which takes a second to load, as do the libraries:
what is not needed at once is imported late.
"""

from __future__ import annotations

from crowdnb.cli import interrupt

if __name__ == "__main__":
    interrupt.listen()  # before anything else is imported

import os
import signal
import sys
from typing import TYPE_CHECKING

import crowdnb
from crowdnb.cli.status import BAD_INPUT, IN_WORDS, INTERNAL_ERROR, INTERRUPTED, SOLVED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from crowdnb.cli.terminal import Keyboard

EXPERIMENTS = ("figure1", "table6", "table7", "table8", "table9", "structured", "planner")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        One of :mod:`crowdnb.cli.status`.
    """
    # in a process of its own; called by other code, the keyboard is that code's
    alone = arguments is None
    if alone:
        interrupt.listen()
    from crowdnb.cli.terminal import Keyboard, say, silence

    keyboard = Keyboard()
    try:
        if alone:
            keyboard.listen()
        status = _run(arguments, keyboard)
        if alone and not keyboard.stopped:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done, but for Python's tidying up
        if not keyboard.stopped:
            return status
    except BaseException as error:
        # an interrupt within an import or a callback comes out as some other error, or as none
        if not (keyboard.stopped or isinstance(error, KeyboardInterrupt)):
            raise
    silence(sys.stdout)
    say(interrupt.STOPPED)
    if alone:
        keyboard.leave()
    return INTERRUPTED


def _run(arguments: Sequence[str] | None, keyboard: Keyboard) -> int:
    """Read the arguments, and do what they say."""
    from crowdnb.cli.terminal import OutputError, in_a_child, memory_is_limited, tell

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # a terminal without ρ or Chinese shows ?, it does not fail
            stream.reconfigure(errors="replace")
    try:
        if sys.stdout is None:
            raise OutputError("standard output is closed")
        try:
            options = _parser().parse_args(arguments)
        except SystemExit:  # the usage, or --help: has it arrived?
            tell("", end="")
            raise
    except (OutputError, BrokenPipeError) as error:
        return _failed(error, keyboard)
    if arguments is None and memory_is_limited():
        status = in_a_child(_load, lambda: _do(options, keyboard))
        return _failed(MemoryError(), keyboard) if status is None else status
    return _do(options, keyboard)


def _load() -> None:
    import cvxpy  # noqa: F401
    import scipy.linalg  # noqa: F401

    import crowdnb.cli.command
    import crowdnb.pages.report  # noqa: F401


def _do(options: argparse.Namespace, keyboard: Keyboard) -> int:
    try:
        from crowdnb.cli import command

        return command.run(options, keyboard)
    except Exception as error:
        return _failed(error, keyboard)


def _failed(error: Exception, keyboard: Keyboard) -> int:
    """What the command returns after an error, which it tells in a line."""
    from crowdnb.cli.terminal import NO_MEMORY, OutputError, of_memory, say, silence

    if keyboard.stopped:
        return INTERRUPTED
    # as in `… | head`: nobody reads on, and everything is done
    if isinstance(error, BrokenPipeError):
        silence(sys.stdout)
        return SOLVED
    if isinstance(error, OutputError):
        silence(sys.stdout)
        say(f"crowdnb: {error}")
    elif of_memory(error):
        say(f"crowdnb: {NO_MEMORY}")
    else:
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        what = " ".join(f"{type(error).__name__}: {error}".split())[:500]
        where = f"{os.path.basename(place.filename)}, line {place.lineno}"
        say(f"crowdnb: internal error ({what}; {where}); please report it")
        return INTERNAL_ERROR
    return BAD_INPUT


def _add_ability(command: argparse.ArgumentParser) -> None:
    """The options that say how ratings become abilities, beside the paper's."""
    command.add_argument(
        "--missing",
        choices=["error", "out", "unknown", "average"],
        default="error",
        help=(
            "of a worker without a rating on a criterion: leave the worker out, take 0 to 1, or the"
            " average of the others (error)"
        ),
    )
    command.add_argument(
        "--half-life",
        type=float,
        metavar="DAYS",
        help="a rating loses half of its weight in so many days, by its date (none does)",
    )
    command.add_argument(
        "--day",
        metavar="YYYY-MM-DD",
        help="the day of the plan; later ratings do not count (the newest date up to today)",
    )
    command.add_argument(
        "--ability",
        choices=["cloud", "posterior"],
        default="cloud",
        help=(
            "the paper's intervals, or those in which the next rating lies with the probability of"
            " --level (cloud)"
        ),
    )
    command.add_argument(
        "--level", type=float, default=0.9, metavar="P", help="of posterior, 0 to 1 (0.9)"
    )


def _parser() -> argparse.ArgumentParser:
    import argparse
    from pathlib import Path

    from crowdnb.cli.copy_options import add_copies
    from crowdnb.cli.import_options import add_import
    from crowdnb.project.form import FILES

    parser = argparse.ArgumentParser(
        prog="crowdnb", description="Assign workers to tasks, and check it."
    )
    parser.add_argument("--version", action="version", version=f"crowdnb {crowdnb.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("case", help="the paper's case study: published, computed, difference")
    run = commands.add_parser(
        "assign",
        help="the best assignment for a folder of files",
        description=(
            "Print the best assignment for a folder of files and write it to assignment.csv."
        ),
        epilog=f"Files: {', '.join(FILES)}; docs/files.md says what is in them. "
        + IN_WORDS.format(why="the reasons are printed", written="0"),
    )
    page = commands.add_parser(
        "report",
        help="one page (HTML) about a folder of files, for whoever signs it",
        description=(
            "Make one page about the best assignment for a folder of files: report.html, no network"
            " needed."
        ),
        epilog="Scenarios kept in the folder are on the page. "
        + IN_WORDS.format(why="the page says why, and what would help", written="0 or 1"),
    )
    for one, name in ((run, "assignment.csv"), (page, "report.html")):
        one.add_argument(
            "folder",
            metavar="FOLDER",
            type=Path,
            help="a folder of CSV files, or an Excel workbook",
        )
        one.add_argument(
            "--gamma",
            type=float,
            default=0.1,
            help="how much the spread He widens the intervals, 0 or more (0.1)",
        )
        one.add_argument(
            "--stars",
            type=int,
            default=5,
            help="the top of the rating scale, which starts at 1 (5)",
        )
        one.add_argument(
            "--min-ratings",
            type=int,
            default=0,
            metavar="N",
            help="leave out workers with fewer ratings on some criterion (0: nobody)",
        )
        _add_ability(one)
        one.add_argument(
            "--scope",
            choices=["project", "task"],
            default="project",
            help=(
                "two workers in conflict: not both in the project, or only not both on one task"
                " (project)"
            ),
        )
        one.add_argument(
            "--budget",
            type=float,
            help="what all pairs may cost together, by the file of costs (no budget)",
        )
        one.add_argument("--solver", help="GLPK_MI, CBC, HIGHS … (the first that is installed)")
        one.add_argument(
            "--time-limit",
            type=float,
            metavar="SECONDS",
            help="stop after so long, with the best found and a bound",
        )
        one.add_argument(
            "--output",
            type=Path,
            metavar="FILE",
            help=(
                f"where to write ({name} in FOLDER, or BOOK_{name} beside BOOK.xlsx; - is standard"
                " output); the ending says what: .csv, .xlsx, .json the assignment, .html the page"
            ),
        )
        one.add_argument(
            "--scenario",
            metavar="NAME",
            help="a scenario that is kept beside the files (the files as given)",
        )
    add_import(commands)
    add_copies(commands)
    again = commands.add_parser(
        "experiment",
        help="an experiment of the paper's section 7, run again",
        description=(
            "Run an experiment of section 7 again: one row per instance and method, into a CSV file"
            " with seed, versions and machine. Stopped in any way, the same command goes on where"
            " it stopped."
        ),
    )
    again.add_argument("name", metavar="NAME", choices=EXPERIMENTS, help=", ".join(EXPERIMENTS))
    again.add_argument("--repeats", type=int, help="instances per cell (50; table7: 6)")
    again.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write (NAME.csv); .csv"
    )
    again.add_argument(
        "--jobs", type=int, default=-1, help="processes (as many as there are cores)"
    )
    again.add_argument(
        "--seed", type=int, default=0, help="the same one gives the same instances (0)"
    )
    again.add_argument(
        "--methods",
        type=lambda text: text.split(","),
        metavar="A,B",
        help="only these, such as existence for table8",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
