"""Changes of a problem in terms that a person uses: lift a conflict, ask fewer, add a worker."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import count, islice
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.model.problem import Problem

KINDS = ("conflict", "exclusion", "place", "worker", "limit", "pin")


Item = tuple[Hashable, ...]


def change_text(item: Item, times: int) -> str:
    """One change in words."""
    kind, *labels = item
    many = "one" if times == 1 else str(times)
    s = "" if times == 1 else "s"
    return {
        "conflict": "lift the conflict of {0} and {1}",
        "exclusion": "allow {0} to take {1}",
        "place": f"ask {many} fewer for {{0}}",
        "worker": "add a worker like {0}" if times == 1 else f"add {many} workers like {{0}}",
        "limit": f"let {{0}} take {many} more task{s}",
        "pin": "unpin {0} from {1}",
    }[str(kind)].format(*labels)


def apply(problem: Problem, changes: tuple[tuple[Item, int], ...]) -> Problem:
    """The problem after some changes, as :class:`Repair` lists them."""
    between, barred = problem.worker_conflicts.copy(), problem.task_conflicts.copy()
    need: Any = problem.required.copy()
    limits: Any = problem.worker_limits.copy()
    pinned = problem.pinned.copy()
    new: list[tuple[str, Hashable]] = []
    for (kind, *labels), times in changes:
        match kind:
            case "conflict":
                between.loc[labels[0], labels[1]] = between.loc[labels[1], labels[0]] = 0
            case "exclusion":
                barred.loc[labels[0], labels[1]] = 0
            case "place":
                need[labels[0]] -= times
            case "limit":
                limits[labels[0]] += times
            case "pin":
                pinned.loc[labels[0], labels[1]] = 0
            case _:
                taken = {*problem.workers, *(name for name, _ in new)}
                likely = (f"like {labels[0]}" + (f" ({k})" if k > 1 else "") for k in count(1))
                new += [
                    (name, labels[0])
                    for name in islice((name for name in likely if name not in taken), times)
                ]
    if not new:
        fields = {
            "conflict": {"worker_conflicts": between},
            "exclusion": {"task_conflicts": barred},
            "place": {"required": need},
            "limit": {"worker_limits": limits},
            "pin": {"pinned": pinned},
        }
        values: dict[str, Any] = {}
        for (kind, *_), _times in changes:
            values |= fields[str(kind)]
        return problem.changed(**values)
    names, models = [name for name, _ in new], [like for _, like in new]

    def longer(frame: pd.DataFrame, given: pd.DataFrame) -> Any:
        """With the rows of the new workers, as they were given."""
        return np.vstack([frame.to_numpy(), given.loc[models].to_numpy()])

    total = len(between) + len(new)
    conflicts = np.zeros((total, total), dtype=int)
    conflicts[: len(between), : len(between)] = between.to_numpy()
    workers = [*problem.workers, *names]
    return Problem(
        pd.DataFrame(
            longer(problem.qualification, problem.qualification),
            index=pd.Index(workers, tupleize_cols=False),
            columns=problem.tasks,
        ),
        need,
        problem.task_weights,
        longer(barred, problem.task_conflicts),
        conflicts,
        problem.conflict_scope,
        required_rule=problem.required_rule,
        worker_limits=np.r_[limits.to_numpy(), np.ones(len(new), dtype=int)],
        pinned=np.vstack([pinned.to_numpy(), np.zeros((len(new), len(problem.tasks)), dtype=int)]),
        costs=None if problem.costs is None else longer(problem.costs, problem.costs),
        budget=problem.budget,
    )
