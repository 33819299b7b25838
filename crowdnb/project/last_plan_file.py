"""The file of the last plan: ``last_plan.json``, with the plan before it.

Whatever is wrong in it is named by file and key, noted, and stops nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from crowdnb.ability.fading import day_of
from crowdnb.labels import number, shown, text_of
from crowdnb.project.files import JSON_BYTES, TooLargeError, read_file, read_json, write_whole
from crowdnb.project.last_plan import PlanRecord, TaskRecord, WorkerRecord
from crowdnb.project.output import beside
from crowdnb.project.plan_file import plan_file
from crowdnb.project.scenario_file import json_text
from crowdnb.project.scenarios import Scenarios

_FORMAT, _VERSION = "crowdnb last plan", 1
_T = TypeVar("_T")


@dataclass(frozen=True)
class LastPlans:
    """What a file of the last plan holds.

    Attributes
    ----------
    path : Path
    last, before : PlanRecord or None
        The plan that was written last, and the one that it was compared with.
    note : str
        What is wrong with the file; empty where nothing is.
    foreign : bool
        Whether the file is somebody else's, and is left as it is.
    """

    path: Path
    last: PlanRecord | None = None
    before: PlanRecord | None = None
    note: str = ""
    foreign: bool = False

    def compared_with(self, now: PlanRecord) -> PlanRecord | None:
        """The plan before the one of now: whoever asks twice is told the same."""
        if self.last is not None and self.last.same(now):
            return self.before
        return self.last

    def write(self, now: PlanRecord) -> None:
        """Write the plan of now in the place of the last one; OSError where it cannot be."""
        if self.foreign:
            return
        before = self.compared_with(now)
        for kept, whole in ((before, True), (None, True), (None, False)):
            data = json_text(
                {
                    "format": _FORMAT,
                    "version": _VERSION,
                    "plan": _to_json(now, whole),
                    "before": None if kept is None else _to_json(kept, whole),
                }
            )
            if len(data) <= JSON_BYTES:  # labels may be long
                write_whole(self.path, data)
                return


def last_plans(source: Path, plans: Scenarios, plan: str) -> LastPlans:
    """What is kept of the plan before, beside a folder or workbook; one file for each scenario."""
    path = beside(source, plan_file("last_plan.json", plans, plan))
    if not path.exists():
        return LastPlans(path)
    try:
        last, before = _read(path)
    except ValueError as error:
        foreign = _is_foreign(path)
        what = "it is left as it is, and nothing is kept of this plan" if foreign else "not used"
        return LastPlans(path, note=f"{error}: {what}", foreign=foreign)
    return LastPlans(path, last, before)


def _is_foreign(path: Path) -> bool:
    """Whether a file is not one of these, even a broken one."""
    try:
        return f'"{_FORMAT}"'.encode() not in read_file(path, JSON_BYTES)
    except (OSError, TooLargeError):
        return True


def _read(path: Path) -> tuple[PlanRecord, PlanRecord | None]:
    """The two plans of a file; ValueError names the place of what is wrong."""
    data, name = read_json(path), path.name
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise ValueError(f'{name} holds no last plan: it does not say "format": "{_FORMAT}"')
    if data.get("version") != _VERSION:
        version = shown(data.get("version"))
        raise ValueError(f"{name} has version {version}; this crowdnb reads version {_VERSION}")
    last = _plan(data.get("plan"), f"{name}, plan")
    before = data.get("before")
    return last, None if before is None else _plan(before, f"{name}, before")


def _to_json(plan: PlanRecord, whole: bool = True) -> dict[str, Any]:
    """A plan as the file holds it; of a long one without the numbers of each worker."""
    workers: dict[str, dict[str, Any]] = {}
    for name, worker in plan.workers.items():
        numbers = {
            "ratings": worker.ratings,
            "counted": worker.counted,
            "qualification": worker.qualification,
        }
        kept = {key: list(row) for key, row in numbers.items() if whole and row is not None}
        workers[name] = {**kept, **({"out": worker.out} if worker.out else {})}
    return {
        "day": plan.day,
        "project": plan.project,
        "settings": dict(plan.settings),
        "scenario": dict(plan.scenario),
        "weights": dict(plan.weights),
        "tasks": {
            name: {"required": task.required, "weight": task.weight, "demand": list(task.demand)}
            for name, task in plan.tasks.items()
        },
        "pairs": [[*pair, q] for pair, q in plan.pairs.items()],
        "rules": dict(plan.rules),
        "workers": workers,
    }


def _plan(data: Any, where: str) -> PlanRecord:
    """A plan of the file, checked."""
    held = _entries(data, where)
    day = text_of(held.get("day"), f"{where}, day")
    if day_of(day) is None:
        raise ValueError(f"{where}, day: a date such as 2024-03-01 is needed, got {shown(day)}")
    weights = _each(held.get("weights"), f"{where}, weights", _number)
    tasks = _each(held.get("tasks"), f"{where}, tasks", _task_of(2 * len(weights)))
    workers = _each(held.get("workers"), f"{where}, workers", _worker_of(len(weights), len(tasks)))
    pairs: dict[tuple[str, str], float] = {}
    for at, row in enumerate(_row(held.get("pairs"), f"{where}, pairs"), 1):
        here = f"{where}, pairs, row {at}"
        worker, task, q = _row(row, here, 3)
        for label, known, what in ((worker, workers, "workers"), (task, tasks, "tasks")):
            if not isinstance(label, str) or label not in known:
                raise ValueError(f"{here}: {shown(label)} is not one of the {what}")
        if (worker, task) in pairs:
            raise ValueError(f"{here}: {worker} on {task} stands twice")
        pairs[worker, task] = _number(q, here)
    return PlanRecord(
        day=day,
        project=text_of(held.get("project"), f"{where}, project"),
        settings=_each(held.get("settings"), f"{where}, settings", _setting),
        scenario=_entries(held.get("scenario"), f"{where}, scenario"),
        weights=weights,
        tasks=tasks,
        workers=workers,
        pairs=pairs,
        rules=_each(held.get("rules"), f"{where}, rules", text_of),
    )


def _task_of(ends: int) -> Callable[[Any, str], TaskRecord]:
    """The reader of a task, which has so many ends of demands, or none."""

    def read(data: Any, where: str) -> TaskRecord:
        held = _entries(data, where)
        need = _number(held.get("required"), f"{where}, required")
        if need < 0 or not need.is_integer():
            raise ValueError(f"{where}, required: a whole number is needed, got {need:g}")
        asked = _row(held.get("demand"), f"{where}, demand")
        if asked:
            _row(asked, f"{where}, demand", ends)
        return TaskRecord(
            int(need),
            _number(held.get("weight"), f"{where}, weight"),
            tuple(_number(end, f"{where}, demand") for end in asked),
        )

    return read


def _worker_of(criteria: int, tasks: int) -> Callable[[Any, str], WorkerRecord]:
    """The reader of a worker, with so many numbers in each row, or without it."""

    def read(data: Any, where: str) -> WorkerRecord:
        held = _entries(data, where)

        def row_of(name: str, size: int, least: float = 0.0) -> tuple[Any, ...] | None:
            if name not in held:
                return None
            row, here = _row(held[name], f"{where}, {name}", size), f"{where}, {name}"
            none = name == "qualification"  # None for a task that is barred
            read = tuple(None if none and cell is None else _number(cell, here) for cell in row)
            if wrong := [cell for cell in read if cell is not None and cell < least]:
                raise ValueError(f"{here}: at least {least:g} is needed, got {wrong[0]:g}")
            return read

        ratings = row_of("ratings", criteria)
        return WorkerRecord(
            None if ratings is None else tuple(map(int, ratings)),
            row_of("counted", criteria),
            row_of("qualification", tasks, -math.inf),
            text_of(held.get("out", ""), f"{where}, out"),
        )

    return read


def _entries(data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ValueError(f"{where}: entries by name, in braces, are needed, got {shown(data)}")
    return data


def _each(data: Any, where: str, read: Callable[[Any, str], _T]) -> dict[str, _T]:
    """Entries by name, each read."""
    return {name: read(value, f"{where}, {name}") for name, value in _entries(data, where).items()}


def _row(data: Any, where: str, size: int | None = None) -> list[Any]:
    if not isinstance(data, list) or size not in (None, len(data)):
        of = "" if size is None else f" of {size}"
        raise ValueError(f"{where}: a list{of} is needed, got {shown(data)}")
    return data


def _number(data: Any, where: str) -> float:
    if not math.isfinite(number(data)):
        raise ValueError(f"{where}: a number is needed, got {shown(data)}")
    return number(data)


def _setting(data: Any, where: str) -> Any:
    if data is not None and not isinstance(data, str):
        return _number(data, where)
    return data
