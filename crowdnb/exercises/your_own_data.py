"""Notebook 07: slips in files, a scenario written by hand, one that breaks the case study."""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from crowdnb.exercises.answers import CONFLICT, the_case
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.infeasible import explain_infeasible
from crowdnb.explain.repairs import repairs
from crowdnb.labels import listing, number, phrases, shown
from crowdnb.project.folder import ProjectError, read_project
from crowdnb.project.misfits import check_labels
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios
from crowdnb.solver.search import optimum

SLIPS = {
    "tasks.csv": ("r1,1", "r1,one"),
    "ability.csv": ("a4,quality,0.43,0.51", "a4,quality,0.51,0.43"),
    "task_conflicts.csv": ("a7,r4", "a7,r5"),
}


def slips(folder: str | PathLike[str]) -> dict[str, str]:
    """Write the case study with three slips into a new folder; the files, lines numbered."""
    the_case().write(folder)
    numbered = {}
    for name, (right, wrong) in SLIPS.items():
        path = Path(folder) / name
        text = path.read_text(encoding="utf-8-sig").replace(right, wrong, 1)
        path.write_text(text, encoding="utf-8-sig")
        numbered[name] = "\n".join(
            f"{at:3}  {line}" for at, line in enumerate(text.splitlines(), 1)
        )
    return numbered


def check_own_data_slips(
    folder: str | PathLike[str], answer: Mapping[Any, Any] | None = None
) -> Verdict:
    """Check where the slips are in a folder that :func:`slips` wrote: a line number for each file.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "broken"
    >>> _ = slips(folder)
    >>> check_own_data_slips(folder, {"tasks.csv": 2})
    tasks.csv: line 2 is well as it is. Read every cell against its column and the other files.
    """
    if not isinstance(folder, str | PathLike):
        return wrong_answer("Not yet: give the folder first, then a line for each file.")
    try:
        read_project(Path(folder))
        return wrong_answer(
            "The folder is read without a problem: all is mended, or it is not the one with the"
            " slips."
        )
    except ProjectError as error:
        found = re.findall(
            r"^([\w.]+), line ([0-9]+)", "\n".join(error.problems), flags=re.MULTILINE
        )
    right: dict[Any, set[int]] = {}
    for name, line in found:
        right.setdefault(name, set()).add(int(line))
    if not isinstance(answer, Mapping) or not answer:
        return wrong_answer("Not yet: give a line for each file, such as {'tasks.csv': 2}.")
    for name, line in answer.items():
        if name not in right:
            return wrong_answer(f"There is no slip in {shown(name)}. Look in {listing(SLIPS)}.")
        if number(line) not in right[name]:
            well = f"{name}: line {shown(line)} is well as it is."
            return wrong_answer(f"{well} Read every cell against its column and the other files.")
    if lacking := [name for name in right if name not in answer]:
        return wrong_answer(f"Right so far. There is one in {listing(lacking)} too.")
    return right_answer(
        f"Right: {phrases(f'{name}, line {min(lines)}' for name, lines in right.items())}."
    )


def check_own_data_file(path: str | PathLike[str] | None = None) -> Verdict:
    """Check a scenario file written by hand: a3 and a5 in conflict, r2 asks for one fewer.

    Examples
    --------
    >>> check_own_data_file()
    Not yet: give the path of your file.
    """
    if not isinstance(path, str | PathLike):
        return wrong_answer("Not yet: give the path of your file.")
    case = the_case()
    fewer = int(case.required["r2"]) - 1
    try:
        plans = Scenarios.load(case, Path(path))
        if len(plans.named) != 1:
            return wrong_answer(f"The file holds {len(plans.named)} scenarios; one is asked for.")
        one = plans.named[0]
        check_labels(one, case)
        got = plans.problem(one)
    except ValueError as error:
        return wrong_answer(f"It cannot be read yet. {error}")
    if not got.worker_conflicts.equals(case.problem([CONFLICT]).worker_conflicts):
        return wrong_answer(
            f"It is read. The conflicts are not yet {CONFLICT[0]} with {CONFLICT[1]} alone."
        )
    if got.required["r2"] != fewer:
        return wrong_answer(
            f"It is read, and the conflict is right. r2 needs {got.required['r2']} in it, not"
            f" {fewer}."
        )
    if one.words(case) != Scenario("", conflicts={CONFLICT: 1}, required={"r2": fewer}).words(case):
        return wrong_answer(
            "It is read, and both changes are there. Something else is changed as well: take it"
            " out."
        )
    return right_answer(
        f"Right: {one.name!r} is read, and ρ = {plans.answer(one).performance:.4f}."
    )


def check_own_data_break(scenario: Scenario | None = None) -> Verdict:
    """Check a scenario that breaks the case study without showing it, and that one change mends.

    There are places for all who are asked for, and each task could be filled alone.

    Examples
    --------
    >>> check_own_data_break(Scenario("more", required={"r0": 6}))
    There are 13 places and 12 workers: that shows at a glance. Leave at most 12 places.
    """
    if not isinstance(scenario, Scenario):
        return wrong_answer("Not yet: give a cn.Scenario.")
    try:
        problem = scenario.problem(the_case())
    except ValueError as error:
        return wrong_answer(f"It does not fit the case study. {error}")
    places, most = int(problem.arrays.required.sum()), len(problem.workers)
    if places > most:
        return wrong_answer(
            f"There are {places} places and {most} workers: that shows at a glance. Leave at most"
            f" {most} places."
        )
    for task, need in problem.required.items():
        alone = optimum(
            problem.changed(required={other: need * (other == task) for other in problem.tasks})
        )
        if alone.status == "infeasible":
            return wrong_answer(
                f"{task} cannot be filled even alone. Each task alone should be possible."
            )
    answer = optimum(problem)
    if answer.status != "infeasible":
        return wrong_answer(f"An assignment exists still, with ρ = {answer.performance:.4f}.")
    # people there before people to be found
    first = repairs(problem, 1, {"limit": 2, "worker": 3}).repairs[0]
    if first.cost > 1:
        return wrong_answer(
            f"No assignment exists, and the cheapest repair makes {first.cost:g} changes. One"
            " should do."
        )
    why_not = " ".join(explain_infeasible(problem).text.splitlines())
    return right_answer(f"Right: {why_not} It is enough to {first.text}.")
