"""Since the last plan: who does something else, why, and what would be without the new numbers.

One question is solved to defend the reasons: the problem of now, with the Q of last time (eq. 6)
for whoever is in both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, as_listed, listing
from crowdnb.model.assignment import Assignment, performance
from crowdnb.model.check import check
from crowdnb.model.moves import cut
from crowdnb.model.problem import Problem
from crowdnb.project.last_plan import PlanRecord, plan_record
from crowdnb.project.last_plan_file import LastPlans, last_plans
from crowdnb.project.last_plan_reasons import Reasons, Tasks
from crowdnb.project.plan import Programs, plan_of
from crowdnb.project.plan_file import scenario_of_plan
from crowdnb.project.scenario import GIVEN
from crowdnb.project.scenarios import Scenarios
from crowdnb.solver.ties import tie

# Pairs up to which the plan without the new numbers is found, and seconds that this plan took.
_MOST_ASKED, _QUICK = 10_000, 5.0
_MOST_CHECKED = 1_000_000  # pairs up to which the last plan is checked by the rules of now
ROWS = 3  # of changes in a text; a page has more
_PHRASES = 5  # of what changed for all
_MOVES = 4  # of the plan without the new numbers


class Change(NamedTuple):
    """Who does something else; the tasks before and after in words; and why."""

    worker: str
    before: str
    after: str
    why: str

    def __str__(self) -> str:
        return f"{as_listed(self.worker)}, {self.before} → {self.after}: {self.why}."


@dataclass(frozen=True)
class SinceLast:
    """What is told of the last plan.

    Attributes
    ----------
    head : str
        How many come, leave, move and stay, and what is new in the files.
    for_all : str
        What changed for all; empty where nothing did.
    changes : tuple of Change
        Those with a reason of their own first.
    without : str
        Whether the last plan is still possible; what the plan were without the new numbers.
    """

    head: str
    for_all: str = ""
    changes: tuple[Change, ...] = ()
    without: str = ""

    def lines(self, most: int = ROWS) -> list[str]:
        """All of it in a few lines, with so many changes."""
        more = len(self.changes) - most
        cut_off = [f"… ({len(self.changes)} changes in all)"] if more > 0 else []
        told = [*map(str, self.changes[:most]), *cut_off]
        return [line for line in (self.head, self.for_all, *told, self.without) if line]


@dataclass(frozen=True)
class Since:
    """What is kept of a project's plan, beside the plan of now.

    Attributes
    ----------
    kept : LastPlans
    plans : Scenarios
    plan : str
        Which one, as ``plan_table`` takes it.
    """

    kept: LastPlans
    plans: Scenarios
    plan: str

    @cached_property
    def now(self) -> PlanRecord:
        """The plan of now."""
        return plan_record(self.plans, self.plan)

    @cached_property
    def told(self) -> SinceLast | None:
        """What is told of the plan before; None without one."""
        if self.kept.last is None:
            return None
        then = self.kept.compared_with(self.now)
        if then is None:
            return None
        answer = self.plans.answer(scenario_of_plan(self.plans, self.plan))
        return compared(then, self.now, answer, self.plans)

    @property
    def notes(self) -> list[str]:
        """What is wrong with the file."""
        return [self.kept.note] if self.kept.note else []

    def lines(self, most: int = ROWS) -> list[str]:
        """What is told, in a few lines."""
        return [] if self.told is None else self.told.lines(most)

    def write(self) -> str:
        """Keep the plan of now; why it cannot be kept, in a sentence, or nothing."""
        try:
            self.kept.write(self.now)
        except OSError as error:
            path = self.kept.path
            return f"{path} cannot be written, so the next plan is not compared: {error.strerror}"
        return ""


def since_last(source: Path, plans: Scenarios, plan: str = GIVEN) -> Since:
    """What changed since the plan that is kept beside a folder or workbook; found when asked for.

    ``plan`` is its name, as ``plan_table`` takes it.
    """
    return Since(last_plans(source, plans, plan), plans, plan)


def compared(then: PlanRecord, now: PlanRecord, answer: Assignment, plans: Scenarios) -> SinceLast:
    """What changed between two plans, the second of which is the answer."""
    reasons = Reasons(then, now, answer.problem)
    head = f"Since the plan of {then.day}"
    if answer.placed is None:
        head += f", which filled {len(then.pairs)} places"
        who: list[str] = []
    else:
        who = _changed(then.tasks_of, now.tasks_of)
        head += f": {_numbers(then, now, who)}"
    head = ". ".join(
        [head, *([f"In the files: {'; '.join(reasons.news)}"] if reasons.news else [])]
    )
    told = [(*reasons.why(one), one) for one in who]
    told.sort(key=lambda each: not each[1])  # stable: a reason of one's own first
    changes = [
        Change(
            one,
            _words(then.tasks_of.get(one, ()), "idle" if one in then.workers else "new"),
            _words(now.tasks_of.get(one, ()), "idle" if one in now.workers else "gone"),
            why,
        )
        for why, _, one in told
    ]
    all_ = f"Changed for all: {cut(reasons.for_all, _PHRASES)}." if reasons.for_all else ""
    without = [_still(then, answer)] if who or answer.placed is None else []
    if who:
        without.append(_without(reasons, answer, plans))
    return SinceLast(f"{head}.", all_, tuple(changes), " ".join(filter(None, without)))


def _changed(before: Mapping[str, Tasks], after: Mapping[str, Tasks]) -> list[str]:
    """Whoever has other tasks; first those of the last plan."""
    everyone = dict.fromkeys([*before, *after])
    return [w for w in everyone if set(before.get(w, ())) != set(after.get(w, ()))]


def _numbers(then: PlanRecord, now: PlanRecord, who: Sequence[str]) -> str:
    """How many come, leave, move and stay."""
    before, after = then.tasks_of, now.tasks_of
    if not who:
        return "nobody changes"
    come = sum(one not in before for one in who)
    leave = sum(one not in after for one in who)
    moved = len(who) - come - leave
    stay = len(after) - come - moved
    each = ((come, "come"), (leave, "leave"), (moved, "move"), (stay, "stay"))
    return ", ".join(f"{k} {verb}{'s' * (k == 1)}" for k, verb in each if k)


def _words(tasks: Tasks, none: str) -> str:
    return listing(tasks) or none


def _still(then: PlanRecord, answer: Assignment) -> str:
    """Whether the last plan is still possible, and what it is worth now."""
    problem = answer.problem
    workers = {str(label): label for label in problem.workers}
    tasks = {str(label): label for label in problem.tasks}
    there = all(worker in workers and task in tasks for worker, task in then.pairs)
    if not there or problem.arrays.qualification.size > _MOST_CHECKED:
        return ""
    t = pd.DataFrame(0, problem.workers, problem.tasks)
    for worker, task in then.pairs:
        t.at[workers[worker], tasks[task]] = 1
    if broken := check(problem, t):
        return f"The last plan is not possible any more: {broken[0]}."
    if answer.placed is None:
        return ""
    rho = performance(problem, t)
    if answer.performance - rho <= tie(problem, answer.placed):
        return f"The last plan is as good, ρ = {rho:.6f}; of those that tie the first is taken."
    return f"The last plan has ρ {rho:.4f} now, this one {answer.performance:.4f}."


def _without(reasons: Reasons, answer: Assignment, plans: Scenarios) -> str:
    """Who would change with the Q of last time; nothing where Q is the same, or it takes long."""
    problem = answer.problem
    if problem.arrays.qualification.size > _MOST_ASKED or answer.seconds > _QUICK:
        return ""
    q = _with_last_q(reasons, problem)
    if np.array_equal(q, problem.arrays.qualification):
        return ""
    other = plan_of(problem.changed(qualification=q), Programs(plans.solver), plans.time_limit)
    if other.status != "optimal":
        return ""
    subject = {
        "new": "Without the new ratings",
        "fading": "Had the ratings not faded",
    }.get(reasons.of_ratings, "With the Q of last time")
    own: dict[str, Tasks] = {}
    for worker, task in zip(other.pairs["worker"], other.pairs["task"], strict=True):
        own[str(worker)] = (*own.get(str(worker), ()), str(task))
    before = reasons.then.tasks_of
    if not (who := _changed(before, own)):
        return f"{subject} nobody would change."
    if not _changed(reasons.now.tasks_of, own):
        return f"{subject} the plan would be the same as it is now."
    moves = [
        f"{as_listed(one)}: {_words(before.get(one, ()), 'idle')} →"
        f" {_words(own.get(one, ()), 'idle')}"
        for one in who
    ]
    return f"{subject} these would change: {cut(moves, _MOVES)}."


def _with_last_q(reasons: Reasons, problem: Problem) -> FloatArray:
    """Q of now, with that of last time for whoever is in both."""
    then, q = reasons.then, problem.arrays.qualification.copy()
    column = {task: at for at, task in enumerate(then.tasks)}
    at = [(j, column[str(task)]) for j, task in enumerate(problem.tasks) if str(task) in column]
    for i, worker in enumerate(problem.workers):
        known = then.workers.get(str(worker))
        if known is None or known.qualification is None:
            continue
        for j, k in at:
            if (old := known.qualification[k]) is not None:
                q[i, j] = old
    return q
