"""The command: ``python -m crowdnb`` with ``assign FOLDER``, ``report FOLDER``, ``case``, or ``experiment NAME``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from unicodedata import east_asian_width

import pandas as pd

import crowdnb as cn
from crowdnb.labels import listing, plain
from crowdnb.project import FILES
from crowdnb.scenarios import GIVEN, place_of, write_whole

NO_ASSIGNMENT, BAD_INPUT, INTERNAL_ERROR, INTERRUPTED = 1, 2, 3, 130
EXPERIMENTS = ("figure1", "table6", "table7", "table8", "table9", "structured", "planner")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 solved, 1 no assignment (found), 2 bad input, 3 a solver's answer that is wrong."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ρ or Chinese shows ?, it does not fail
    options = _parser().parse_args(arguments)
    try:
        if options.command == "experiment":
            return experiment(options)
        if options.command == "report":
            return report(options)
        return case() if options.command == "case" else assign(options)
    except cn.ProjectError as error:
        number = len(error.problems)
        head = f"{options.folder}: {number} problem{'s' * (number > 1)} in the files, nothing written"
        print(plain("\n- ".join([head, *str(error).split("\n")])), file=sys.stderr)
    except cn.SolverAnswerError as error:
        print(plain(f"crowdnb: {error}; nothing written, please report it"), file=sys.stderr)
        return INTERNAL_ERROR
    except BrokenPipeError:  # as in `… | head`: nobody reads on, and everything is done
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, ModuleNotFoundError, OSError) as error:
        print(plain(f"crowdnb: {error}"), file=sys.stderr)
    return BAD_INPUT


def assign(options: argparse.Namespace) -> int:
    """Read a folder, solve it, print and write the assignment."""
    project = cn.read_project(options.folder, options.gamma, options.stars)
    output = _output(options, "assignment.csv")
    answer = project.solve(options.solver, options.time_limit, options.scope)
    lines = [*(f"Note: {note}" for note in project.notes), histories(project), describe(answer, project.required)]
    if answer.table is None:
        old = [f"{output} of an earlier run was left as it is; it does not belong to these files."]
        if not (answer.problem.qualification != 0).any(axis=None):
            hint = f"a rating of {options.stars} stars is the top of the scale here (--stars)"
            lines.append(
                f"Every qualification is 0: nobody reaches any demand. Is the scale right? {hint.capitalize()}."
            )
        print(plain("\n".join(lines + old * output.exists())))
        return NO_ASSIGNMENT
    # before anything is printed: a reader that stops listening does not lose the file
    _write(output, answer.pairs.to_csv(index=False))
    clouds = project.clouds()
    if clouds is not None:
        short = clouds[clouds["rule"] != "cloud"].index.unique("worker")
        few = [worker for worker in answer.pairs["worker"] if worker in short]
        share = f"{len(few)} of the {len(answer.pairs)} chosen"
        lines.append(f"On fewer than six ratings of some criterion: {share}{': ' * bool(few)}{listing(few, 20)}.")
    print(plain("\n".join([*lines, f"Written: {output}"])))
    return 0


def report(options: argparse.Namespace) -> int:
    """Make the page about a folder, print what was decided, and why not where nothing was."""
    output = _output(options, "report.html") if options.folder.exists() else Path()
    page = cn.report(
        options.folder,
        options.scenario,
        gamma=options.gamma,
        stars=options.stars,
        conflict_scope=options.scope,
        solver=options.solver,
        time_limit=options.time_limit,
    )
    _write(output, page.html)
    print(plain(f"{page}\nWritten: {output}"))
    return NO_ASSIGNMENT if page.answer.table is None else 0


def _output(options: argparse.Namespace, name: str) -> Path:
    """Where to write: as was said, or beside the project's files, and never over one of them."""
    folder = options.folder if options.folder.is_dir() else options.folder.parent
    output: Path = options.output or folder / name
    own = [options.folder, place_of(options.folder), *(folder / f"{name}.csv" for name in FILES)]
    if output.resolve() in [path.resolve() for path in own]:
        raise ValueError(f"output: {output} is a file of the project, it would be overwritten; choose another")
    if not output.parent.is_dir():
        raise ValueError(f"output: there is no folder {output.parent}")
    return output


def _write(output: Path, text: str) -> None:
    try:
        write_whole(output, text.encode())
    except OSError as error:
        raise OSError(f"{output} cannot be written: {error.strerror or error}") from None


def histories(project: cn.Project) -> str:
    """Say where the ability intervals come from, and what the cloud model did to them."""
    m, k = len(project.ability), len(project.criteria_weights)
    weights = ", ".join(f"{criterion} {weight:.3g}" for criterion, weight in project.criteria_weights.items())
    lines = [
        f"{m} workers, {len(project.required)} tasks, {project.required.sum()} places. Criteria weights: {weights}."
    ]
    clouds = project.clouds()
    if clouds is None:
        return "\n".join([*lines, f"Ability: {m * k} intervals as given."])
    rule = clouds["rule"].value_counts()
    negative, clipped = int((clouds["radicand"] < 0).sum()), int(clouds["clipped"].sum())
    lines += [
        f"Histories: {len(clouds)} ({rule.get('point', 0)} of one rating, {rule.get('range', 0)} of 2 to 5, "
        f"{rule.get('cloud', 0)} by the cloud model with gamma = {project.gamma:g}).",
        f"S² < En² in {negative} of the {rule.get('cloud', 0)} clouds; {clipped} intervals were clipped to [0, 1].",
    ]
    return "\n".join(lines)


def describe(answer: cn.Assignment, required: pd.Series[int]) -> str:
    """Write the answer as a person would: who does what, ρ, who is idle, or why there is no assignment."""
    if answer.table is None:
        head = {
            "infeasible": "No assignment exists.",
            "time_limit": f"The time limit stopped {answer.solver}: no assignment was found, and none was ruled out.",
        }[answer.status]
        return "\n".join(["", head, *(answer.reasons if answer.status == "infeasible" else [])])
    rows = [("task", "needs", "workers (qualification)")]
    for task, need in required.items():
        here = answer.pairs[answer.pairs["task"] == task]
        who = [f"{worker} ({q:.3f})" for worker, q in zip(here["worker"], here["qualification"], strict=True)]
        rows.append((str(task), f"{need:5}", ", ".join(who) or "nobody"))
    wide = max(_width(task) for task, _, _ in rows)
    text = "\n".join(f"{task}{' ' * (wide - _width(task))}  {need}  {who}" for task, need, who in rows)
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
        (f"table 3, {task}, {criterion}", printed.possibility.at[task, criterion], p.at[task, criterion])
        for task, criterion in [("r0", "skill"), ("r4", "activity")]
    ]
    rows += [
        (f"table 4, {worker}, {task}", printed.qualification.at[worker, task], study.qualification.at[worker, task])
        for worker, task in [("a0", "r0"), ("a11", "r4")]
    ]
    rows += [
        ("ρ of table 5, Q as printed", printed.performance, cn.performance(rounded, printed.assignment)),
        ("ρ of table 5, Q exact", printed.performance, cn.performance(exact, printed.assignment)),
        ("best ρ, Q as printed", printed.performance, cn.solve(rounded).performance),
        ("best ρ, Q exact", printed.performance, cn.solve(exact).performance),
    ]
    frame = pd.DataFrame(rows, columns=["", "published", "computed"])
    frame["difference"] = frame["computed"] - frame["published"]
    print("The paper's case study (section 6), solved from the tables it prints.\n")
    print(histories(study))
    print(describe(study.solve(), study.required))
    print(f"\n{frame.to_string(index=False, float_format='{:.6f}'.format)}")
    print("\nThe published assignment keeps every printed rule, and is not the best for them. A conflict between two")
    print("workers that was not printed would explain it. Tried one pair at a time, these make its ρ the best:")
    for pair in combinations(study.ability.index, 2):
        with_pair = cn.Problem(printed.qualification, study.required, None, study.task_conflicts, [pair])
        if abs(cn.solve(with_pair).performance - printed.performance) < 5e-7:
            print(f"  {pair[0]} with {pair[1]}")
    return 0


def experiment(options: argparse.Namespace) -> int:
    """Run an experiment of section 7 into a CSV file, or what an earlier run left of it, and print what it comes to."""
    import joblib

    output = options.output or Path(f"{options.name}.csv")
    if not output.absolute().parent.is_dir():
        raise ValueError(f"output: there is no folder {output.parent}")
    chosen = {name: getattr(options, name) for name in ("repeats", "methods") if getattr(options, name) is not None}
    try:
        with joblib.parallel_config(n_jobs=options.jobs):
            rows = cn.experiments.TABLES[options.name](seed=options.seed, output=output, **chosen)
    except KeyboardInterrupt:
        print(plain(f"Stopped. What is finished is in {output}; the same command goes on with the rest."))
        return INTERRUPTED
    with pd.option_context("display.width", 120, "display.max_rows", None, "display.max_columns", None):
        print(plain(f"{cn.experiments.summary(options.name, rows).round(3)}\nWritten: {output}"))
    return 0


def _width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m crowdnb", description="Assign workers to tasks, and check it.")
    parser.add_argument("--version", action="version", version=f"crowdnb {cn.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("case", help="the paper's case study: published, computed, difference")
    run = commands.add_parser(
        "assign",
        help="the best assignment for a folder of files",
        description="Print the best assignment for a folder of files and write it to assignment.csv.",
        epilog=f"Files: {', '.join(FILES)}; the README says what is in them. "
        "Exit status: 0 an assignment was found, 1 there is none (the reasons are printed), 2 bad input, "
        "3 an internal error. Nothing is written unless it is 0.",
    )
    page = commands.add_parser(
        "report",
        help="one page (HTML) about a folder of files, for whoever signs it",
        description="Make one page about the best assignment for a folder of files: report.html, no network needed.",
        epilog="Exit status: 0 an assignment was found, 1 there is none (the page says why, and what would help), 2 "
        "bad input, 3 an internal error. Scenarios kept in the folder are on the page.",
    )
    for one, name in ((run, "assignment.csv"), (page, "report.html")):
        one.add_argument("folder", metavar="FOLDER", type=Path, help="a folder of CSV files, or an Excel workbook")
        one.add_argument(
            "--gamma", type=float, default=0.1, help="how much the spread He widens the intervals, 0 or more (0.1)"
        )
        one.add_argument("--stars", type=int, default=5, help="the top of the rating scale, which starts at 1 (5)")
        one.add_argument(
            "--scope",
            choices=["project", "task"],
            default="project",
            help="two workers in conflict: not both in the project, or only not both on one task (project)",
        )
        one.add_argument("--solver", help="GLPK_MI, CBC, HIGHS … (the first that is installed)")
        one.add_argument(
            "--time-limit", type=float, metavar="SECONDS", help="stop after so long, with the best found and a bound"
        )
        one.add_argument(
            "--output", type=Path, metavar="FILE", help=f"where to write ({name} in FOLDER, or beside a workbook)"
        )
    page.add_argument(
        "--scenario", metavar="NAME", default=GIVEN, help="the scenario that was decided for (the files as given)"
    )
    again = commands.add_parser(
        "experiment",
        help="an experiment of the paper's section 7, run again",
        description="Run an experiment of section 7 again: a row an instance and method, into a CSV file with seed, "
        "versions and machine. Stopped in any way, the same command goes on where it ended.",
    )
    again.add_argument("name", metavar="NAME", choices=EXPERIMENTS, help=", ".join(EXPERIMENTS))
    again.add_argument("--repeats", type=int, help="instances a cell (50; table7: 6)")
    again.add_argument("--output", type=Path, metavar="FILE", help="where to write (NAME.csv)")
    again.add_argument("--jobs", type=int, default=-1, help="processes (as many as there are cores)")
    again.add_argument("--seed", type=int, default=0, help="the same one gives the same instances (0)")
    again.add_argument(
        "--methods", type=lambda text: text.split(","), metavar="A,B", help="only these, such as existence for table8"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
