r"""Why no assignment exists: requirements that cannot hold together, in the user's words.

And what to change.

A set of requirements (:mod:`crowdnb.explain.requirements`) is *irreducible* when no assignment
meets them all, and one does as soon as any of them is dropped. A deletion filter finds one
(:mod:`crowdnb.explain.deletion_filter`); stopped by time, it has requirements that cannot hold
together, and perhaps more of them than it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.explain.certificate import FEW, certificate
from crowdnb.explain.deletion_filter import PAIRS_FIRST, DeletionFilter, infeasible_part
from crowdnb.explain.requirements import requirement_text
from crowdnb.labels import BoolArray, IntArray, count, listing
from crowdnb.model.problem import Problem, needed
from crowdnb.model.rules import BY_ROW, Kind, Requirement, Rules
from crowdnb.solver.clock import Clock

_SEARCH = 0.85  # of the time left, for a search: the rest is for what comes after it
_NOT_SETTLED = "Whether an assignment exists was not settled within the time limit."
_MORE_THAN_NEEDED = (
    "These cannot hold together; whether each of them is needed was not settled within the time"
    " limit."
)


@dataclass(frozen=True, eq=False)
class Infeasible:
    """Why a problem has no assignment: falsy where it has one, or where that is not settled.

    Goes through its requirements in words.

    Attributes
    ----------
    requirements : DataFrame
        The set: columns kind, worker, other, task (labels, None where there is none)
        and ``text``; ``other`` is a worker, of an overlap a task, of a quota whom it is about.
        A task of which three places matter has three rows. Empty when an assignment
        exists.
    settled : bool
        Whether it is known if an assignment exists; False where the time was over before.
    irreducible : bool
        Whether it is proved that each of the requirements is needed: that an assignment exists
        without any one of them. False where the time was over before that was known.
    text : str
        The same in words.
    certificate : str
        What a person can check: Hall's condition, the largest group that can work together, or a
        proof by cases.
    tasks, workers : tuple
        The tasks whose places matter, and the workers whom these requirements leave for any of
        them. There may be one among them whom another requirement of the problem bars; the text
        says so.
    places, most : int
        How many places of these tasks matter, and how many of them can be filled within these
        requirements at most.
    """

    requirements: pd.DataFrame
    text: str
    certificate: str
    tasks: tuple[Any, ...]
    workers: tuple[Any, ...]
    places: int
    most: int
    settled: bool = True
    irreducible: bool = True

    def __len__(self) -> int:
        return len(self.requirements)

    def __iter__(self) -> Iterator[str]:
        return iter(self.requirements["text"])

    def __getitem__(self, at: int) -> str:
        return str(self.requirements["text"].iloc[at])

    def __str__(self) -> str:
        return f"{self.text}\n{self.certificate}".strip()


def explain_infeasible(problem: Problem, time_limit: float | None = None) -> Infeasible:
    """Find requirements that cannot hold together, and say so in words; see this module's text.

    Parameters
    ----------
    problem : Problem
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, what is proved until then comes back: a
        set that cannot hold together, but from which more might be dropped (``irreducible`` is
        False), or nothing (``settled`` is False).

    Returns
    -------
    Infeasible
        An irreducible set of requirements: drop any one of them and an assignment of the rest
        exists. There may be other such sets; one about a single task comes first, then one without
        conflicts between workers. Falsy, with no requirements, when the problem has an assignment.

    Raises
    ------
    ValueError
        The time limit is not above 0.

    Notes
    -----
    Each place of a task is a requirement of its own: "2 of the 3 places of r1". Which assignments
    exist is found out by augmenting paths and a branch and bound on groups that can work together;
    where that is not settled in some thousand steps, and wherever there is a budget, by a
    mixed-integer program.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> barred = [*case.problem().task_conflicts.stack().loc[lambda c: c == 1].index]
    >>> barred += [(f"a{i}", "r1") for i in (0, 1, 2, 4, 6, 8, 9, 11)]
    >>> why = cn.explain_infeasible(cn.Problem(case.qualification, [2, 2, 3, 2, 1], None, barred))
    >>> print(why.certificate)
    Hall's condition: 2 places, 1 worker who may take them (a5).
    """
    rules, clock = Rules.of(needed(problem)), Clock(time_limit)
    # no more of a task's places matter
    rules = replace(rules, need=np.minimum(rules.need, len(rules.limits) + 1))
    start, settled = infeasible_part(rules, clock.part(_SEARCH))
    if start is None:
        text = "An assignment exists." if settled else _NOT_SETTLED
        return Infeasible(_frame(problem, []), text, "", (), (), 0, 0, settled, settled)
    found = DeletionFilter(start, clock.part(_SEARCH))
    if len(_idle(found.rules)) and not any(item.kind == "conflict" for item in found.kept):
        other = DeletionFilter(start, clock.part(_SEARCH), PAIRS_FIRST)
        found = other if other.irreducible or not found.irreducible else found
    return _told(found, clock)


def _frame(problem: Problem, kept: Sequence[Requirement]) -> pd.DataFrame:
    workers, tasks = problem.workers, problem.tasks
    rows = [
        {
            "kind": item.kind,
            "worker": workers[item.worker] if item.worker >= 0 else None,
            "other": _other(problem, item),
            "task": tasks[item.task] if item.task >= 0 else None,
            "text": requirement_text(problem, item),
        }
        for item in kept
    ]
    return pd.DataFrame(rows, columns=["kind", "worker", "other", "task", "text"], dtype=object)


def _other(problem: Problem, item: Requirement) -> Any:
    """The second label: a worker, of an overlap a task, of a quota whom it is about."""
    if item.other < 0:
        return None
    if item.kind == "quota":
        return problem.quota_sides[item.other].about
    return (problem.tasks if item.kind == "overlap" else problem.workers)[item.other]


def _told(found: DeletionFilter, clock: Clock) -> Infeasible:
    """The set in words, with what a person can check."""
    rules, kept = found.rules, found.kept
    problem, need = rules.problem, rules.need
    kinds = {
        kind: [item for item in kept if item.kind == kind] for kind in {item.kind for item in kept}
    }
    about = np.flatnonzero(need)
    places = int(need.sum())
    able, idle = _able(rules), _idle(rules)
    tasks, workers = tuple(problem.tasks[about]), tuple(problem.workers[able])
    lines: list[str] = []
    if places:
        lines.append(f"{_asked(problem, need)}{_who(problem, about, able, len(idle) > 0)}.")
    if len(idle):
        it = "it" if len(about) == 1 else "any of them"
        lines.append(f"Even if {listing(idle, FEW)} could take {it}, there would be no assignment.")
    if left_out := _left_out(problem, kinds):
        lines.append(f"Not allowed: {left_out}.")
    if between := kinds.get("conflict", []):
        lines.append(f"In conflict: {_stars(problem, between)}.")
    if limits := kinds.get("limit", []):
        who = [item.worker for item in limits]
        least = problem.arrays.worker_limits[who]
        names = (
            "Everyone" if len(who) == len(problem.workers) else listing(problem.workers[who], FEW)
        )
        take = "takes" if len(who) in (1, len(problem.workers)) else "take"
        if (least == least[0]).all():
            each = "" if take == "takes" else " each"
            lines.append(f"{names} {take} at most {count(least[0], 'task')}{each}.")
        else:
            lines.append(f"{_sentence([requirement_text(problem, item) for item in limits])}.")
    for kind in ("pin", "ceiling", *BY_ROW):
        if items := kinds.get(kind, []):
            lines.append(f"{_sentence(_texts(problem, items))}.")
    if not found.irreducible:
        lines.append(_MORE_THAN_NEEDED)
    return Infeasible(
        _frame(problem, kept),
        "\n".join(lines),
        certificate(found, able, clock),
        tasks,
        workers,
        places,
        max(places - 1, 0),
        irreducible=found.irreducible,
    )


def _able(rules: Rules) -> BoolArray:
    """Workers whom the rules leave for any task of which places matter, m."""
    return np.asarray((~rules.barred)[:, rules.need > 0].any(axis=1)) & (rules.limits > 0)


def _idle(rules: Rules) -> pd.Index[Any]:
    """Those of them whom the problem bars from these tasks, by requirements that are no longer among the rules."""
    return rules.problem.workers[
        _able(rules) & ~rules.problem.eligible[:, rules.need > 0].any(axis=1)
    ]


def _texts(problem: Problem, items: Sequence[Requirement]) -> list[str]:
    """Requirements in words, the first as a sentence begins: a label stays as it is written."""
    first, *more = [requirement_text(problem, item) for item in items]
    if items[0].kind == "budget" or (items[0].kind == "quota" and _of_all(problem, items[0])):
        first = first[0].upper() + first[1:]
    return [first, *more]


def _of_all(problem: Problem, quota: Requirement) -> bool:
    """Whether a quota is of all tasks together."""
    return problem.quota_sides[quota.other].task < 0


def _sentence(parts: Sequence[str]) -> str:
    """Some parts as one sentence, shortened."""
    return "; ".join([*parts[:FEW], *["…"] * (len(parts) > FEW)])


def _stars(problem: Problem, between: Sequence[Requirement]) -> str:
    """Conflicts, gathered around those who have most: ``a5 with a7, a8; a6 with a9``."""
    left = {(item.worker, item.other) for item in between}
    parts: list[str] = []
    while left and len(parts) <= FEW:
        often = np.bincount(np.array(list(left)).ravel())
        hub = int(often.argmax())
        others = sorted({i + k - hub for i, k in left if hub in (i, k)})
        parts.append(f"{problem.workers[hub]} with {listing(problem.workers[others], FEW)}")
        left -= {(i, k) for i, k in left if hub in (i, k)}
    return _sentence(parts) + (f" ({len(between)} in all)" if len(between) > FEW else "")


def _asked(problem: Problem, need: IntArray) -> str:
    """What the tasks ask for: ``r1 needs 2 workers``."""
    about = np.flatnonzero(need).tolist()
    full = problem.fewest

    def part(j: int) -> str:
        return str(need[j]) if need[j] == full[j] else f"{need[j]} of its {full[j]}"

    if len(about) == 1:
        j = about[0]
        of = (
            ""
            if need[j] == full[j]
            else f" ({part(j)} places {'matters' if need[j] == 1 else 'matter'} here)"
        )
        return f"{problem.tasks[j]} needs {count(full[j], 'worker')}{of}"
    names = [f"{problem.tasks[j]} ({part(j)})" for j in about]
    return f"{listing(names, FEW)} together have {need.sum()} places"


def _who(problem: Problem, about: IntArray, able: BoolArray, idle: bool) -> str:
    """Who is left for these tasks; where ``idle``, some of them are barred by what is not named."""
    size, what = int(able.sum()), "it" if len(about) == 1 else "any of them"
    if size == len(able) and not idle:
        all_of_them = "the only worker" if size == 1 else f"each of the {size} workers"
        return f", and {all_of_them} may take one of them" if len(about) > 1 else ""
    if size == len(able):
        return ""
    if not size:
        return f", and nobody may take {what}"
    return (
        f", and {'nobody but' if idle else 'only'} {listing(problem.workers[able], FEW)} may take"
        f" {what}"
    )


def _left_out(problem: Problem, kinds: dict[Kind, list[Requirement]]) -> str:
    parts = []
    reasons: dict[Kind, str] = {"exclusion": "conflict with the task", "zero": "qualification 0"}
    for kind, why in reasons.items():
        by_task: dict[int, list[Any]] = {}
        for item in kinds.get(kind, []):
            by_task.setdefault(item.task, []).append(problem.workers[item.worker])
        parts += [
            f"{listing(names, FEW)} for {problem.tasks[j]} ({why})" for j, names in by_task.items()
        ]
    return _sentence(parts)
