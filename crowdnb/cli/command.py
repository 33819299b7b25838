"""What the command does, once its arguments are read."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

import pandas as pd

import crowdnb as cn
from crowdnb.cli.case import case
from crowdnb.cli.status import BAD_INPUT, INTERNAL_ERROR, NO_ASSIGNMENT, SOLVED
from crowdnb.cli.terminal import Keyboard, of_memory, say, tell
from crowdnb.cli.words import HELP, describe, histories, of_scenario
from crowdnb.labels import plain
from crowdnb.pages.report import page_of
from crowdnb.project.files import write_whole
from crowdnb.project.form import FILES, OPTIONS
from crowdnb.project.histories import few_line
from crowdnb.project.keeper import Keeper
from crowdnb.project.plan_file import plan_file, plan_table
from crowdnb.project.scenario import GIVEN
from crowdnb.project.scenario_file import place_of
from crowdnb.project.scenarios import Scenarios
from crowdnb.solver.search import STOPPED

# What decides a plan beside the files, and what it is where it is left out.
PLAN_OPTIONS = {
    "gamma": 0.1,
    "stars": 5,
    "min_ratings": 0,
    "scope": "project",
    "solver": None,
    "time_limit": None,
    "scenario": None,
}


def run(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Do what the options say; the number is one of :mod:`crowdnb.cli.status`."""
    try:
        if options.command == "experiment":
            return experiment(options)
        if options.command == "report":
            return report(options, keyboard)
        return case() if options.command == "case" else assign(options, keyboard)
    except cn.ProjectError as error:
        number = len(error.problems)
        head = (
            f"{options.folder}: {number} problem{'s' * (number > 1)} in the files, nothing written"
        )
        say(plain("\n- ".join([head, *str(error).split("\n")])))
    except cn.SolverAnswerError as error:
        if of_memory(error):
            raise
        say(plain(f"crowdnb: {' '.join(str(error).split())}; nothing written, please report it"))
        return INTERNAL_ERROR
    except BrokenPipeError:
        raise
    except (ValueError, ModuleNotFoundError, OSError) as error:
        if of_memory(error):
            raise
        text = str(error)
        if isinstance(error, OSError) and error.strerror and error.filename:
            text = f"{error.filename}: {error.strerror}"
        say(plain(f"crowdnb: {' '.join(text.split())}"))
    return BAD_INPUT


def assign(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Read a folder, solve it, print and write the assignment."""
    project = _project(options)
    plans, name, said = Scenarios(project, **_asked(options)), GIVEN, list[str]()
    if options.scenario is not None:  # else what is kept beside the files does not matter
        keeper, plans = Keeper.open(options.folder, project, True, **_asked(options))
        name, said = plans[options.scenario].name, keeper.said
    output = _output(options, plan_file("assignment.csv", plans, name))
    answer = _uninterrupted(plans.answer(name))
    lines = [
        *(f"Note: {note}" for note in [*project.notes, *said]),
        histories(project, project.clouds()),
        *of_scenario(plans, name),
        describe(answer),
    ]
    if answer.table is None:
        old = [f"{output} of an earlier run was left as it is; it does not belong to these files."]
        if not (answer.problem.qualification != 0).any(axis=None):
            hint = f"a rating of {options.stars} stars is the top of the scale here (--stars)"
            lines.append(
                "Every qualification is 0: nobody reaches any demand. Is the scale right?"
                f" {hint.capitalize()}."
            )
        if answer.status == "infeasible":
            lines.append(HELP.format(_again(options)))
        tell(plain("\n".join(lines + old * output.exists())))
        return NO_ASSIGNMENT
    if few := few_line(project, plans.fitted(name), answer):
        lines.append(few)
    table = plan_table(plans, name)
    _deliver(plain("\n".join(lines)), output, table.to_csv(index=False), keyboard)
    return SOLVED


def report(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Make the page about a folder, print what was decided, and why not where nothing was."""
    project = _project(options)
    output = _output(options, "report.html")
    # a page without the scenarios that are there would be taken for all of them
    keeper, plans = Keeper.open(options.folder, project, True, **_asked(options))
    name = plans[options.scenario or GIVEN].name
    output = _output(options, plan_file("report.html", plans, name))
    page = page_of(plans, name, options.folder.resolve().stem, keeper.said)
    _uninterrupted(page.answer)
    _deliver(plain(str(page)), output, page.html, keyboard)
    return NO_ASSIGNMENT if page.answer.table is None else SOLVED


def _project(options: argparse.Namespace) -> cn.Project:
    """The project named, with what the options set."""
    return cn.read_project(options.folder, options.gamma, options.stars, options.min_ratings)


def _asked(options: argparse.Namespace) -> dict[str, Any]:
    """How it is solved, as Scenarios takes it."""
    return {
        "scope": options.scope,
        "solver": options.solver,
        "time_limit": options.time_limit,
    }


def _again(options: argparse.Namespace) -> str:
    """The command ``report`` with the options that decide the plan, as one types it."""
    words = ["crowdnb", "report", str(options.folder)]
    for name, usual in PLAN_OPTIONS.items():
        value = getattr(options, name)
        if value != usual:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _output(options: argparse.Namespace, name: str) -> Path:
    """Where to write: as was said, or beside the project's files, and never over one of them."""
    folder = options.folder if options.folder.is_dir() else options.folder.parent
    output: Path = options.output or folder / name
    own = [
        options.folder,
        place_of(options.folder),
        folder / OPTIONS,
        *(folder / f"{name}.csv" for name in FILES),
    ]
    if any(_same(output, path) for path in own):
        raise ValueError(
            f"output: {output} is a file of the project, it would be overwritten; choose another"
        )
    if not output.parent.is_dir():
        raise ValueError(f"output: there is no folder {output.parent}")
    return output


def _same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file.

    By links of any kind, too, since what is there is written into.
    """
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _uninterrupted(answer: cn.Assignment) -> cn.Assignment:
    """The answer, unless it is only the best so far of one that was interrupted.

    The command ends then.
    """
    if STOPPED in answer.reasons:
        raise KeyboardInterrupt
    return answer


def _deliver(text: str, output: Path, content: str, keyboard: Keyboard) -> None:
    """Print, then write.

    The text is not lost where the file cannot be written, nor the file where nobody reads on.
    """
    gone = None
    try:
        tell(text)
    except BrokenPipeError as error:
        gone = error
    # these may wait for their reader, who may never come
    if not (output.is_fifo() or output.is_char_device()):
        keyboard.done()
    try:
        write_whole(output, content.encode(errors="replace"))
    except BrokenPipeError:  # the pipe has lost its reader, who has enough
        pass
    except OSError as error:
        raise OSError(f"{output} cannot be written: {error.strerror or error}") from None
    keyboard.done()
    if gone is not None:
        raise gone
    tell(plain(f"Written: {output}"))


def experiment(options: argparse.Namespace) -> int:
    """Run an experiment of section 7 into a CSV file, and print what it comes to.

    Of one that was stopped, what is left of it.
    """
    import joblib

    output = options.output or Path(f"{options.name}.csv")
    if not output.absolute().parent.is_dir():
        raise ValueError(f"output: there is no folder {output.parent}")
    chosen = {
        name: getattr(options, name)
        for name in ("repeats", "methods")
        if getattr(options, name) is not None
    }
    try:
        with joblib.parallel_config(n_jobs=options.jobs):
            rows = cn.experiments.TABLES[options.name](seed=options.seed, output=output, **chosen)
    except KeyboardInterrupt:
        tell(
            plain(
                f"Stopped. What is finished is in {output}; the same command goes on with the rest."
            )
        )
        raise
    with pd.option_context(
        "display.width", 120, "display.max_rows", None, "display.max_columns", None
    ):
        tell(plain(f"{cn.experiments.summary(options.name, rows).round(3)}\nWritten: {output}"))
    return SOLVED
