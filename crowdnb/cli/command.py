"""What the command does, once its arguments are read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import crowdnb as cn
from crowdnb.cli.case import case
from crowdnb.cli.copy_commands import copy_notebooks, new_project
from crowdnb.cli.delivery import check_output, deliver, is_plan_of, output_of, rows_output
from crowdnb.cli.import_command import import_table
from crowdnb.cli.status import BAD_INPUT, INTERNAL_ERROR, NO_ASSIGNMENT, SOLVED
from crowdnb.cli.terminal import Keyboard, of_memory, say, tell
from crowdnb.cli.words import HELP, also_binding, describe, histories, of_scenario
from crowdnb.pages.report import Page, page_of
from crowdnb.project.assignment_file import assignment_file
from crowdnb.project.histories import few_line
from crowdnb.project.keeper import Keeper
from crowdnb.project.last_plan_changes import Since, since_last
from crowdnb.project.output import CSV, PAGE, typed
from crowdnb.project.plan_file import plan_file, plan_table
from crowdnb.project.scenario import GIVEN
from crowdnb.project.scenarios import Scenarios, find
from crowdnb.solver.search import STOPPED
from crowdnb.spelling import plain

# What decides a plan beside the files, and what it is where it is left out.
PLAN_OPTIONS = {
    "gamma": 0.1,
    "stars": 5,
    "min_ratings": 0,
    "budget": None,
    "missing": "error",
    "half_life": None,
    "day": None,
    "ability": "cloud",
    "level": 0.9,
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
        if options.command == "import":
            return import_table(options, keyboard)
        if options.command == "notebooks":
            return copy_notebooks(options, keyboard)
        if options.command == "new":
            return new_project(options, keyboard)
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
    check_output(options.output, options.folder, CSV)
    project = _project(options)
    plans, name, said = Scenarios(project, **_asked(options)), GIVEN, list[str]()
    if options.scenario is not None:  # else what is kept beside the files does not matter
        keeper, plans = Keeper.open(options.folder, project, True, **_asked(options))
        name, said = find(plans, options.scenario).name, keeper.said
    output = output_of(options, plan_file("assignment.csv", plans, name))
    if output.ending == PAGE and options.scenario is None:
        keeper, plans = Keeper.open(options.folder, project, True, **_asked(options))
        said = keeper.said
    answer = _uninterrupted(plans.answer(name))
    since = since_last(options.folder, plans, name)
    lines = [
        *(f"Note: {note}" for note in [*project.notes, *said, *since.notes]),
        histories(project, plans.fitted(name)),
        *of_scenario(plans, name),
        *([also] if (also := also_binding(answer.problem)) else []),
        describe(answer, project),
    ]
    if answer.table is None:
        old = [
            f"{output.path} of an earlier run was left as it is; it does not belong to these files."
        ]
        if not (answer.problem.qualification != 0).any(axis=None):
            hint = f"a rating of {options.stars} stars is the top of the scale here (--stars)"
            lines.append(
                "Every qualification is 0: nobody reaches any demand. Is the scale right?"
                f" {hint.capitalize()}."
            )
        lines += since.lines()
        if answer.status == "infeasible":
            lines.append(HELP.format(_again(options)))
        tell(plain("\n".join(lines + old * output.path.is_file())))
        return NO_ASSIGNMENT
    if few := few_line(project, plans.fitted(name), answer):
        lines.append(few)
    lines += since.lines()

    def content() -> bytes:
        if output.ending == PAGE:
            return _page(options, plans, name, said, since).html.encode(errors="replace")
        return assignment_file(answer, plan_table(plans, name), output.ending)

    keep = since.write if is_plan_of(output, options.folder) else None
    return deliver(plain("\n".join(lines)), output, content, keyboard, keep)


def report(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Make the page about a folder, print what was decided, and why not where nothing was."""
    check_output(options.output, options.folder, PAGE)
    project = _project(options)
    # a page without the scenarios that are there would be taken for all of them
    keeper, plans = Keeper.open(options.folder, project, True, **_asked(options))
    name = find(plans, options.scenario or GIVEN).name
    output = output_of(options, plan_file("report.html", plans, name))
    since = since_last(options.folder, plans, name)
    page = _page(options, plans, name, keeper.said, since)
    answer, text = _uninterrupted(page.answer), plain(str(page))
    if answer.table is None and output.ending != PAGE:
        tell(
            f"{text}\nNothing was written: {output.ending} holds an assignment, and there is none."
        )
        return NO_ASSIGNMENT

    def content() -> bytes:
        if output.ending == PAGE:
            return page.html.encode(errors="replace")
        return assignment_file(answer, plan_table(plans, name), output.ending)

    keep = since.write if is_plan_of(output, options.folder) else None
    status = deliver(text, output, content, keyboard, keep)
    return NO_ASSIGNMENT if answer.table is None and status == SOLVED else status


def _page(
    options: argparse.Namespace, plans: Scenarios, name: str, said: list[str], since: Since
) -> Page:
    """The page about a scenario, under the name of the folder or workbook."""
    return page_of(plans, name, options.folder.resolve().stem, [*said, *since.notes], since)


def _project(options: argparse.Namespace) -> cn.Project:
    """The project named, with what the options set."""
    return cn.read_project(
        options.folder,
        options.gamma,
        options.stars,
        options.min_ratings,
        options.budget,
        missing=options.missing,
        half_life=options.half_life,
        day=options.day,
        ability=options.ability,
        level=options.level,
    )


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
            text = f"{value:.15g}" if isinstance(value, float) else str(value)
            words += [f"--{name.replace('_', '-')}", text]
    return typed(*words)


def _uninterrupted(answer: cn.Assignment) -> cn.Assignment:
    """The answer, unless it is only the best so far of one that was interrupted.

    The command ends then.
    """
    if STOPPED in answer.reasons:
        raise KeyboardInterrupt
    return answer


def experiment(options: argparse.Namespace) -> int:
    """Run an experiment of section 7 into a CSV file, and print what it comes to.

    Of one that was stopped, what is left of it.
    """
    import joblib

    output = rows_output(options.output or Path(f"{options.name}.csv"))
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
