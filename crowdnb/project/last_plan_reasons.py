"""Why somebody does something else than in the last plan: facts, from what two plans were made of.

First what the files say of a worker, such as a task that is barred now; then what became of the own
numbers (the row of Q, eq. 6, by new ratings, by fading or by settings); and where these are the
same, who took the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from crowdnb.labels import as_listed, count, listing, phrases
from crowdnb.model.problem import Problem
from crowdnb.project.last_plan import PlanRecord

Tasks = tuple[str, ...]

_NAMES = {"gamma": "γ", "half_life": "half-life", "min_ratings": "min-ratings"}
# Settings by which Q changes where no rating does.
_OF_Q = ("gamma", "half_life", "missing", "ability", "level")
# Fields of a scenario whose values are told one by one.
_TOLD = (*_OF_Q, "scope", "budget", "min_ratings", "weights", "required", "task_weights", "demand")
# Of Q: what changed by less is told with whoever took the place, who matters more.
_LITTLE = 0.001
_DIGITS = range(3, 10)  # of Q: as many as show a difference


@dataclass(frozen=True, eq=False)
class Reasons:
    """What differs between two plans; ``problem`` is that of now."""

    then: PlanRecord
    now: PlanRecord
    problem: Problem

    @cached_property
    def _rows(self) -> dict[str, int]:
        """The row of each worker in the problem of now."""
        return {str(label): at for at, label in enumerate(self.problem.workers)}

    @cached_property
    def _columns(self) -> dict[str, int]:
        """The column of each task in the last plan."""
        return {task: at for at, task in enumerate(self.then.tasks)}

    @cached_property
    def _now_columns(self) -> dict[str, int]:
        """The column of each task in the plan of now."""
        return {task: at for at, task in enumerate(self.now.tasks)}

    def why(self, who: str) -> tuple[str, bool]:
        """Why a worker does something else, and whether it is for a reason of his own."""
        before, after = (one.tasks_of.get(who, ()) for one in (self.then, self.now))
        if facts := list(self._of_files(who, before, after)):
            return "; ".join(facts), True
        places = list(self._places(who, before, after))
        if facts := self._of_numbers(who, dict.fromkeys((*before, *after))):
            own = self._moved_by(who, (*before, *after)) >= _LITTLE
            return "; ".join(facts if own else [*facts, *places]), own
        known = all(self._q_then(who, task) is not None for task in (*before, *after))
        same = ["own Q is the same"] if known else []
        return "; ".join([*same, *places]) or "the numbers of last time are not kept", False

    # What the files say

    def _of_files(self, who: str, before: Tasks, after: Tasks) -> Iterator[str]:
        """What the files say of a worker now that they did not say then."""
        was, is_now = self.then.workers.get(who), self.now.workers.get(who)
        if is_now is None:
            yield "no longer in the files"
            return
        if was is None:
            yield "new; " + phrases(f"Q for {t} {self.now.pairs[who, t]:.3f}" for t in after)
            return
        if is_now.out or (was.out and after):
            yield is_now.out or f"last time {was.out}"
            return
        if gone := [task for task in before if task not in self.now.tasks]:
            yield f"{listing(gone)} is no longer there"
        if new := [task for task in after if task not in self.then.tasks]:
            yield f"{listing(new)} is new"
        for task in before:
            if self._barred(self.now, who, task) and not self._barred(self.then, who, task):
                yield f"now barred from {task}"
        for task in after:
            if self._barred(self.then, who, task) and not self._barred(self.now, who, task):
                yield f"no longer barred from {task}"
        if set(before) - set(after):
            yield from self._conflicts(who, before)

    def _barred(self, plan: PlanRecord, who: str, task: str) -> bool:
        row = plan.workers[who].qualification
        columns = self._columns if plan is self.then else self._now_columns
        return row is not None and task in columns and row[columns[task]] is None

    def _conflicts(self, who: str, before: Tasks) -> Iterator[str]:
        """Who of the last plan, and of this one, is in conflict with a worker."""
        rows = self._rows
        apart = self.problem.arrays.worker_conflicts
        for other, tasks in self.then.tasks_of.items():
            together = self.problem.conflict_scope == "project" or set(tasks) & set(before)
            stays = other in self.now.tasks_of and other != who
            if stays and together and who in rows and apart[rows[who], rows[other]]:
                yield f"now in conflict with {as_listed(other)}"

    # What became of the numbers

    def _of_numbers(self, who: str, tasks: Iterable[str]) -> list[str]:
        """How Q of a worker changed for these tasks, and by what; nothing where it is the same."""
        moved: list[str] = []
        for task in tasks:
            old, new = self._q_then(who, task), self._q(who, task)
            if old is not None and new is not None and (said := _from_to(old, new)):
                moved.append(f"{'for' if moved else 'Q for'} {task} {said}")
        if not moved:
            return []
        ratings = self._ratings(who)
        gaps = [name for name, (number, _) in _by_criterion(self.now, who).items() if not number]
        for_all = [one for one in self.q_settings if gaps or not one.startswith("missing ")]
        causes = [*ratings, *(["what changed for all"] if for_all else [])]
        if not causes:
            rated = self.now.workers[who].ratings is not None
            causes = ["other ratings, as many as before" if rated else "other numbers in the files"]
            if gaps and self.now.settings["missing"] == "average":
                causes = [f"another average on {listing(gaps, 3)}, or {causes[0]}"]
        return [*causes, ", ".join(moved)]

    def _moved_by(self, who: str, tasks: Iterable[str]) -> float:
        """By how much Q of these tasks changed at most."""
        both = [(self._q_then(who, task), self._q(who, task)) for task in tasks]
        return max(
            (abs(new - old) for old, new in both if old is not None and new is not None), default=0
        )

    def _q_then(self, who: str, task: str) -> float | None:
        """Q of last time, as far as it is kept; None for a task that was barred or not there."""
        row = self.then.workers[who].qualification
        if row is None or task not in self.then.tasks:
            return self.then.pairs.get((who, task))
        return row[self._columns[task]]

    def _q(self, who: str, task: str) -> float | None:
        """Q of now; None for who or what is not there."""
        at, j = self._rows.get(who), self._now_columns.get(task)
        return None if at is None or j is None else float(self.problem.arrays.qualification[at, j])

    def _differences(self, who: str) -> tuple[dict[str, int], dict[str, tuple[float, float]]]:
        """How many ratings more there are, by criterion; what the same ones counted, and count."""
        then, now = (_by_criterion(one, who) for one in (self.then, self.now))
        both = {name: (then[name], now[name]) for name in now if name in then}
        more = {name: new[0] - old[0] for name, (old, new) in both.items()}
        counted = {
            name: (old[1], new[1])
            for name, (old, new) in both.items()
            if not more[name] and f"{old[1]:.3g}" != f"{new[1]:.3g}"
        }
        return {name: k for name, k in more.items() if k}, counted

    def _ratings(self, who: str) -> list[str]:
        """How the ratings of a worker changed, by criterion."""
        more, counted = self._differences(who)
        said = []
        for sign, what in ((1, "new rating"), (-1, "lost rating")):
            each = [(sign * k, name) for name, k in more.items() if sign * k > 0]
            if each:
                first, *rest = each
                words = [f"{count(first[0], what)} on {first[1]}"]
                said.append(phrases([*words, *(f"{k} on {name}" for k, name in rest)]))
        if counted:
            each_of = (f"{old:.3g} → {new:.3g} on {name}" for name, (old, new) in counted.items())
            said.append(f"the same ratings count {phrases(each_of)}")
        return said

    # Who took the place

    def _places(self, who: str, before: Tasks, after: Tasks) -> Iterator[str]:
        then, now = self.then.tasks_of, self.now.tasks_of
        for task in before:
            if task not in after:
                came = [w for w, own in now.items() if task in own and task not in then.get(w, ())]
                if came:
                    yield f"now on {task}: {listing(came, 3)}"
        for task in after:
            if task not in before:
                left = [w for w, own in then.items() if task in own and task not in now.get(w, ())]
                if left:
                    yield f"no longer on {task}: {listing(left, 3)}"

    # What changed for all

    @cached_property
    def q_settings(self) -> list[str]:
        """What changes Q of everybody: settings, weights of criteria, demands."""
        old, new = self.then, self.now
        said = [
            *self._settings(of_q=True),
            *_numbers("weight of {}", old.weights, new.weights),
        ]
        asked = [
            task
            for task, one in new.tasks.items()
            if task in old.tasks and one.demand != old.tasks[task].demand
        ]
        return [*said, *([f"demands of {listing(asked, 3)}"] if asked else [])]

    @cached_property
    def for_all(self) -> list[str]:
        """What changed for all, a phrase each."""
        old, new = self.then, self.now
        both = [task for task in new.tasks if task in old.tasks]
        need, weigh = (
            [{t: getattr(plan.tasks[t], name) for t in both} for plan in (old, new)]
            for name in ("required", "weight")
        )
        said = [
            *self.q_settings,
            *self._settings(of_q=False),
            *_numbers("{} needs", *need),
            *_numbers("{} weighs", *weigh),
            *_come_and_gone("task", old.tasks, new.tasks),
            *_come_and_gone("criterion", old.weights, new.weights),
        ]
        names = {*old.scenario, *new.scenario} - {*_TOLD}
        own = sorted(name for name in names if old.scenario.get(name) != new.scenario.get(name))
        tables = {*old.rules, *new.rules}
        other = sorted(name for name in tables if old.rules.get(name) != new.rules.get(name))
        if own:
            said.append(f"of the scenario {listing(own)}")
        if other:
            said.append(f"rows of {listing(other)}")
        return said

    def _settings(self, of_q: bool) -> list[str]:
        """Settings that have another value; those that change Q, or the others."""
        old, new = self.then.settings, self.now.settings
        return [
            f"{_NAMES.get(name, name)} {_value(old.get(name))} → {_value(new.get(name))}"
            for name in dict.fromkeys([*old, *new])
            if (name in _OF_Q) == of_q and old.get(name) != new.get(name)
        ]

    @cached_property
    def news(self) -> list[str]:
        """Ratings and workers that came and went, a phrase each."""
        new = [who for who in self.now.workers if who not in self.then.workers]
        gone = [who for who in self.then.workers if who not in self.now.workers]
        more, fewer, of = 0, 0, 0
        for who in self.now.workers:
            then = _by_criterion(self.then, who) if who in self.then.workers else {}
            each = [
                k - then.get(name, (0, 0))[0]
                for name, (k, _) in _by_criterion(self.now, who).items()
            ]
            more += sum(k for k in each if k > 0)
            fewer -= sum(k for k in each if k < 0)
            of += any(k > 0 for k in each)
        said = [f"{count(more, 'new rating')} of {count(of, 'worker')}"] if more else []
        back = self.now.day < self.then.day
        after = f" or after {self.now.day}, the day of this plan" if back else ""
        said += [f"{count(fewer, 'rating')} gone{after}"] if fewer else []
        said += [f"new: {listing(new, 5)}"] if new else []
        return [*said, *([f"gone: {listing(gone, 5)}"] if gone else [])]

    @property
    def of_ratings(self) -> str:
        """What moved Q where ratings alone did: "new", "fading", or nothing where more did."""
        if self.q_settings or self.now.settings.get("gamma") is None:
            return ""
        tasks = [task for task in self.now.tasks if task in self.then.tasks]
        causes = set()
        for who in self.now.workers:
            if who not in self.then.workers:
                continue
            more, counted = self._differences(who)
            causes |= {"new" if k > 0 else "lost" for k in more.values()}
            causes |= {"fading"} if counted else set()
            q = ((self._q_then(who, task), self._q(who, task)) for task in tasks)
            if not more and not counted and any(None not in two and two[0] != two[1] for two in q):
                causes.add("other")
        return causes.pop() if causes in ({"new"}, {"fading"}) else ""


def _by_criterion(plan: PlanRecord, who: str) -> dict[str, tuple[int, float]]:
    """How many ratings a worker has on each criterion, and what they count."""
    worker = plan.workers[who]
    if worker.ratings is None:
        return {}
    counted = worker.ratings if worker.counted is None else worker.counted
    return dict(zip(plan.weights, zip(worker.ratings, counted, strict=True), strict=True))


def _from_to(old: float, new: float) -> str:
    """Two numbers with as many digits as show that they differ; empty where they do not."""
    for digits in _DIGITS:
        one, other = f"{old:.{digits}f}", f"{new:.{digits}f}"
        if one != other:
            return f"{one} → {other}"
    return ""


def _numbers(called: str, old: Mapping[str, float], new: Mapping[str, float]) -> list[str]:
    """Numbers by label that have changed."""
    return [
        f"{called.format(name)} {_value(old[name])} → {_value(value)}"
        for name, value in new.items()
        if name in old and _value(old[name]) != _value(value)
    ]


def _come_and_gone(what: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Labels that only one of two has."""
    came, gone = [n for n in new if n not in old], [n for n in old if n not in new]
    return [
        f"{word} {what} {listing(names, 3)}"
        for word, names in (("new", came), ("no more", gone))
        if names
    ]


def _value(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else f"{value:.6g}"
