r"""Why no assignment exists: requirements that cannot hold together, in the user's words.

And what to change.

A set of requirements (:mod:`crowdnb.explain.requirements`) is *irreducible* when no assignment
meets them all, and one does as soon as any of them is dropped. A deletion filter finds one: drop
each requirement in turn, and put it back if an assignment exists without it.

References
----------
J. W. Chinneck, E. W. Dravnieks, "Locating minimal infeasible constraint sets in linear programs",
ORSA Journal on Computing 3 (1991) 157-168.

P. Hall, "On representatives of subsets", Journal of the London Mathematical Society 10 (1935)
26-30.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.requirements import assuming, cheapest, feasible, fill, requirement_text
from crowdnb.labels import BoolArray, IntArray, count, listing
from crowdnb.model.conflict_graph import compatible_workers
from crowdnb.model.problem import Problem, needed
from crowdnb.model.rules import BY_ROW, KINDS, Kind, Requirement, Rules

FEW = 12  # labels, pairs or steps of a proof that a text lists


@dataclass(frozen=True, eq=False)
class Infeasible:
    """Why a problem has no assignment: falsy where it has one.

    Goes through its requirements in words.

    Attributes
    ----------
    requirements : DataFrame
        The irreducible set: columns kind, worker, other, task (labels, None where there is none)
        and ``text``; ``other`` is a worker, of an overlap a task, of a quota whom it is about.
        A task of which three places matter has three rows. Empty when an assignment
        exists.
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
        requirements.
    """

    requirements: pd.DataFrame
    text: str
    certificate: str
    tasks: tuple[Any, ...]
    workers: tuple[Any, ...]
    places: int
    most: int

    def __len__(self) -> int:
        return len(self.requirements)

    def __iter__(self) -> Iterator[str]:
        return iter(self.requirements["text"])

    def __getitem__(self, at: int) -> str:
        return str(self.requirements["text"].iloc[at])

    def __str__(self) -> str:
        return f"{self.text}\n{self.certificate}".strip()


def explain_infeasible(problem: Problem) -> Infeasible:
    """Find requirements that cannot hold together, and say so in words; see this module's text.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    Infeasible
        An irreducible set of requirements: drop any one of them and an assignment of the rest
        exists. There may be other such sets; one about a single task comes first, then one without
        conflicts between workers. Falsy, with no requirements, when the problem has an assignment.

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
    rules = Rules.of(needed(problem))
    # no more of a task's places matter
    rules = replace(rules, need=np.minimum(rules.need, len(rules.limits) + 1))
    start = next((seed for seed in _seeds(rules) if not feasible(seed)), None)
    if start is None:
        return Infeasible(_frame(problem, []), "An assignment exists.", "", (), (), 0, 0)
    rules, kept = _filtered(start)
    if len(_idle(rules)) and not any(item.kind == "conflict" for item in kept):
        rules, kept = _filtered(start, (*BY_ROW, "conflict", "pin", "ceiling"))
    return _told(rules, kept)


def _seeds(rules: Rules) -> Iterator[Rules]:
    """Some of the requirements, from few to all.

    Where the filter starts decides how short its answer is.
    """
    nobody = np.zeros_like(rules.conflicts)
    unpinned = replace(rules, pins=np.zeros_like(rules.pins), by_row=frozenset())
    single = [
        np.where(np.arange(len(rules.need)) == j, rules.need, 0) for j in np.flatnonzero(rules.need)
    ]
    for start in (replace(unpinned, conflicts=nobody), unpinned):
        for need in single:
            yield replace(start, need=need)
        yield start
    yield replace(rules, by_row=frozenset())
    if rules.by_row:
        yield rules


# kinds of which all requirements are dropped together, if that can be: so the answer names few
# kinds
WHOLE_FIRST: tuple[Kind, ...] = (
    *BY_ROW,
    "conflict",
    "exclusion",
    "zero",
    "limit",
    "pin",
    "ceiling",
)


def _filtered(
    rules: Rules, whole_first: Sequence[Kind] = WHOLE_FIRST
) -> tuple[Rules, list[Requirement]]:
    """Drop whatever can be dropped while no assignment exists.

    Rules and requirements that are left.
    """
    for kind in whole_first:
        without = rules.without(rules.items(kind))
        if not feasible(without):
            rules = without
    kept: list[Requirement] = []
    for kind in KINDS:
        items = rules.items(kind)
        for item in tqdm(items, desc=f"dropping each {kind}", leave=False, delay=5):
            without = rules.without([item])
            if feasible(assuming(without, item)):
                kept.append(item)
            else:
                rules = without
    return rules, kept


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


def _told(rules: Rules, kept: list[Requirement]) -> Infeasible:
    """The irreducible set in words, with what a person can check."""
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
            lines.append(f"{_sentence([requirement_text(problem, item) for item in items])}.")
    most = max(places - 1, 0)
    return Infeasible(
        _frame(problem, kept),
        "\n".join(lines),
        _certificate(rules, kinds, able, places),
        tasks,
        workers,
        places,
        most,
    )


def _able(rules: Rules) -> BoolArray:
    """Workers whom the rules leave for any task of which places matter, m."""
    return np.asarray((~rules.barred)[:, rules.need > 0].any(axis=1)) & (rules.limits > 0)


def _idle(rules: Rules) -> pd.Index[Any]:
    """Those of them whom the problem bars from these tasks, by requirements that are no longer among the rules."""
    return rules.problem.workers[
        _able(rules) & ~rules.problem.eligible[:, rules.need > 0].any(axis=1)
    ]


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


def _certificate(
    rules: Rules, kinds: dict[Kind, list[Requirement]], able: BoolArray, places: int
) -> str:
    """Hall's condition, the largest compatible group, or a proof by cases, whichever is simplest and holds."""
    problem = rules.problem
    if "budget" in kinds:
        least = cheapest(rules.without(rules.items("budget")))
        return (
            f"Whatever meets the other requirements costs at least {least:.12g}."
            if math.isfinite(least)
            else ""
        )
    if {"pin", "ceiling", *BY_ROW} & set(kinds):
        return ""
    room = int(np.minimum(rules.limits, (~rules.barred & (rules.need > 0)).sum(axis=1)).sum())
    who = "who may take them" if places > 1 else "who may take it"
    if room < places and not kinds.get("conflict"):
        names = f" ({listing(problem.workers[able], FEW)})" if able.any() else ""
        takes = "" if room == able.sum() else f", for {room} at most"
        return (
            f"Hall's condition: {count(places, 'place')}, {count(int(able.sum()), 'worker')}"
            f" {who}{takes}{names}."
        )
    if (
        kinds.get("conflict")
        and rules.limits[able].max(initial=0) <= 1
        and problem.conflict_scope == "project"
    ):
        if (most := compatible_workers(rules.conflicts, able, places)) < places:
            return (
                f"At most {most} of these {able.sum()} workers can work together, and {places} are"
                " needed."
            )
    # a task has a worker once, whatever the scope
    if kinds.get("conflict") and (rules.need > 0).sum() == 1:
        most = compatible_workers(rules.conflicts, able, places)
        if most < places:
            return (
                f"At most {most} of these {able.sum()} workers can work together, and {places} are"
                " needed."
            )
    proof = _cases(rules)
    return (
        "By cases:\n" + "\n".join(proof)
        if proof
        else f"Within these requirements all but one of the {places} places can be filled."
    )


def _cases(rules: Rules) -> list[str]:
    """Lines of a proof.

    Who could fill the scarcest place, and what each of them leaves without workers; or nothing.
    """
    problem, together = rules.problem, rules.problem.conflict_scope == "project"

    def prove(free: BoolArray, need: IntArray, limits: IntArray, before: str) -> list[str]:
        left = free.sum(axis=0) - need
        scarce = int(np.where(need > 0, left, len(free)).argmin())
        name, able = problem.tasks[scarce], np.flatnonzero(free[:, scarce]).tolist()
        if left[scarce] < 0:
            who = f"nobody but {listing(problem.workers[able], FEW)}" if able else "nobody"
            more = " more" if need[scarce] < rules.need[scarce] else ""
            needed = f", and it needs {need[scarce]}{more}" if able else ""
            return [f"{before}{who} can still take {name}{needed}."]
        if fill(need, limits, free).sum() < need.sum():
            tasks = listing(problem.tasks[need > 0], FEW)
            return [f"{before}too few workers are left for {tasks}."]
        if together and limits.max() <= 1:
            most = compatible_workers(
                rules.conflicts, np.asarray(free.any(axis=1)), int(need.sum())
            )
            if most < need.sum():
                who = f"at most {most} of those who are left can work together"
                return [f"{before}{who}, and {need.sum()} more are needed."]
        lines: list[str] = []
        free = free.copy()
        for at, i in enumerate(able):
            rest, room, wanted = free.copy(), limits.copy(), need.copy()
            room[i] -= 1
            wanted[scarce] -= 1
            rest[i, scarce] = free[i, scarce] = False
            rest[:, wanted == 0] = False
            if together:
                rest[rules.conflicts[i]] = False
            else:
                rest[rules.conflicts[i], scarce] = False
            if not room[i]:
                rest[i] = False
            # those before have lines of their own: where the task has room for them too, they are
            # said not to be on it
            without = (
                f" without {listing(problem.workers[able[:at]], FEW)}"
                if at and wanted[scarce]
                else ""
            )
            lines += prove(rest, wanted, room, f"{before}{problem.workers[i]} on {name}{without}: ")
            if len(lines) > FEW or free[:, scarce].sum() < need[scarce]:
                break
        return lines

    lines = prove(~rules.barred & (rules.need > 0), rules.need, rules.limits, "")
    return lines if len(lines) <= FEW else []
