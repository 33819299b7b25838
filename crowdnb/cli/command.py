"""What the command does, once its arguments are read."""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path
from unicodedata import east_asian_width

import pandas as pd

import crowdnb as cn
from crowdnb.cli.terminal import Keyboard, of_memory, say, tell
from crowdnb.labels import listing, plain
from crowdnb.project.files import write_whole
from crowdnb.project.form import FILES, OPTIONS
from crowdnb.project.scenario import GIVEN
from crowdnb.project.scenario_file import place_of, read_scenarios
from crowdnb.solver.search import STOPPED

NO_ASSIGNMENT, BAD_INPUT, INTERNAL_ERROR = 1, 2, 3


def run(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Do what the options say; 0 solved, 1 no assignment (found), 2 bad input, 3 a solver's answer that is wrong."""
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
        where = isinstance(error, OSError) and error.strerror and error.filename
        text = f"{error.filename}: {error.strerror}" if where else str(error)  # type: ignore[union-attr]
        say(plain(f"crowdnb: {' '.join(text.split())}"))
    return BAD_INPUT


def assign(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Read a folder, solve it, print and write the assignment."""
    project = cn.read_project(options.folder, options.gamma, options.stars)
    output = _output(options, "assignment.csv")
    answer = _uninterrupted(project.solve(options.solver, options.time_limit, options.scope))
    lines = [
        *(f"Note: {note}" for note in project.notes),
        histories(project),
        describe(answer, project.required),
    ]
    if answer.table is None:
        old = [f"{output} of an earlier run was left as it is; it does not belong to these files."]
        if not (answer.problem.qualification != 0).any(axis=None):
            hint = f"a rating of {options.stars} stars is the top of the scale here (--stars)"
            lines.append(
                "Every qualification is 0: nobody reaches any demand. Is the scale right?"
                f" {hint.capitalize()}."
            )
        tell(plain("\n".join(lines + old * output.exists())))
        return NO_ASSIGNMENT
    clouds = project.clouds()
    if clouds is not None:
        short = clouds[clouds["rule"] != "cloud"].index.unique("worker")
        few = [worker for worker in answer.pairs["worker"] if worker in short]
        share = f"{len(few)} of the {len(answer.pairs)} chosen"
        lines.append(
            "On fewer than six ratings of some criterion:"
            f" {share}{': ' * bool(few)}{listing(few, 20)}."
        )
    _deliver(plain("\n".join(lines)), output, answer.pairs.to_csv(index=False), keyboard)
    return 0


def report(options: argparse.Namespace, keyboard: Keyboard) -> int:
    """Make the page about a folder, print what was decided, and why not where nothing was."""
    output = _output(options, "report.html") if options.folder.exists() else Path()
    if (kept := place_of(options.folder)).exists():
        # a page without the scenarios that are there would be taken for all of them
        read_scenarios(kept)
    page = cn.report(
        options.folder,
        options.scenario or GIVEN,
        gamma=options.gamma,
        stars=options.stars,
        conflict_scope=options.scope,
        solver=options.solver,
        time_limit=options.time_limit,
    )
    _uninterrupted(page.answer)
    _deliver(plain(str(page)), output, page.html, keyboard)
    return NO_ASSIGNMENT if page.answer.table is None else 0


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
    """Whether two paths lead to one file: by links of any kind, too, since what is there is written into."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _uninterrupted(answer: cn.Assignment) -> cn.Assignment:
    """The answer, unless it is only the best so far of one that was interrupted: the command ends then."""
    if STOPPED in answer.reasons:
        raise KeyboardInterrupt
    return answer


def _deliver(text: str, output: Path, content: str, keyboard: Keyboard) -> None:
    """Print, then write: the text is not lost where the file cannot be written, nor the file where nobody reads on."""
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


def histories(project: cn.Project) -> str:
    """Say where the ability intervals come from, and what the cloud model did to them."""
    m, k = len(project.ability), len(project.criteria_weights)
    weights = ", ".join(
        f"{criterion} {weight:.3g}" for criterion, weight in project.criteria_weights.items()
    )
    lines = [
        f"{m} workers, {len(project.required)} tasks, {project.required.sum()} places. Criteria"
        f" weights: {weights}."
    ]
    clouds = project.clouds()
    if clouds is None:
        return "\n".join([*lines, f"Ability: {m * k} intervals as given."])
    rule = clouds["rule"].value_counts()
    negative, clipped = int((clouds["radicand"] < 0).sum()), int(clouds["clipped"].sum())
    lines += [
        (
            f"Histories: {len(clouds)} ({rule.get('point', 0)} of one rating,"
            f" {rule.get('range', 0)} of 2 to 5, {rule.get('cloud', 0)} by the cloud model with"
            f" gamma = {project.gamma:g})."
        ),
        (
            f"S² < En² in {negative} of the {rule.get('cloud', 0)} clouds; {clipped} intervals were"
            " clipped to [0, 1]."
        ),
    ]
    return "\n".join(lines)


def describe(answer: cn.Assignment, required: pd.Series[int]) -> str:
    """Write the answer as a person would: who does what, ρ, who is idle, or why there is no assignment."""
    if answer.table is None:
        head = {
            "infeasible": "No assignment exists.",
            "time_limit": (
                f"The time limit stopped {answer.solver}: no assignment was found, and none was"
                " ruled out."
            ),
        }[answer.status]
        return "\n".join(["", head, *(answer.reasons if answer.status == "infeasible" else [])])
    rows = [("task", "needs", "workers (qualification)")]
    for task, need in required.items():
        here = answer.pairs[answer.pairs["task"] == task]
        who = [
            f"{worker} ({q:.3f})"
            for worker, q in zip(here["worker"], here["qualification"], strict=True)
        ]
        rows.append((str(task), f"{need:5}", ", ".join(who) or "nobody"))
    wide = max(_width(task) for task, _, _ in rows)
    text = "\n".join(
        f"{task}{' ' * (wide - _width(task))}  {need}  {who}" for task, need, who in rows
    )
    proof = (
        "proved the best"
        if answer.status == "optimal"
        else f"not proved the best; at most {answer.bound:.6f} is possible"
    )
    by = (
        f"without a solver, {answer.seconds:.2f} s"
        if answer.solver == "none"
        else f"{answer.solver}, {answer.seconds:.2f} s"
    )
    return "\n".join(
        [
            "",
            text,
            "",
            f"ρ = {answer.performance:.6f}, {proof} ({by}); every rule re-checked.",
            f"Idle: {listing(answer.idle, 20) or 'nobody'}.",
        ]
    )


def case() -> int:
    """Print the paper's case study: what is printed, what is computed, and the difference."""
    study = cn.load_case_study()
    printed, exact = study.published, study.problem()
    rounded = cn.Problem(printed.qualification, study.required, task_conflicts=study.task_conflicts)
    p = cn.possibility_matrix(study.ability, study.demand).loc["a0"]
    rows = [
        (
            f"table 3, {task}, {criterion}",
            printed.possibility.at[task, criterion],
            p.at[task, criterion],
        )
        for task, criterion in [("r0", "skill"), ("r4", "activity")]
    ]
    rows += [
        (
            f"table 4, {worker}, {task}",
            printed.qualification.at[worker, task],
            study.qualification.at[worker, task],
        )
        for worker, task in [("a0", "r0"), ("a11", "r4")]
    ]
    rows += [
        (
            "ρ of table 5, Q as printed",
            printed.performance,
            cn.performance(rounded, printed.assignment),
        ),
        ("ρ of table 5, Q exact", printed.performance, cn.performance(exact, printed.assignment)),
        ("best ρ, Q as printed", printed.performance, cn.solve(rounded).performance),
        ("best ρ, Q exact", printed.performance, cn.solve(exact).performance),
    ]
    frame = pd.DataFrame(rows, columns=["", "published", "computed"])
    frame["difference"] = frame["computed"] - frame["published"]
    tell("The paper's case study (section 6), solved from the tables it prints.\n")
    tell(histories(study))
    tell(describe(study.solve(), study.required))
    tell(f"\n{frame.to_string(index=False, float_format='{:.6f}'.format)}")
    tell(
        "\nThe published assignment keeps every printed rule, and is not the best for them. A"
        " conflict between two"
    )
    tell(
        "workers that was not printed would explain it. Tried one pair at a time, these make its ρ"
        " the best:"
    )
    for pair in combinations(study.ability.index, 2):
        with_pair = cn.Problem(
            printed.qualification, study.required, None, study.task_conflicts, [pair]
        )
        if abs(cn.solve(with_pair).performance - printed.performance) < 5e-7:
            tell(f"  {pair[0]} with {pair[1]}")
    return 0


def experiment(options: argparse.Namespace) -> int:
    """Run an experiment of section 7 into a CSV file, or what an earlier run left of it, and print what it comes to."""
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
    return 0


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
