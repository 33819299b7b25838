"""Who moves from which task to which, between two assignments."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray, listing
from crowdnb.model.problem import Problem
from crowdnb.spelling import one_label, unknown

Tasks = tuple[Hashable, ...]
MOST = 20  # moves in a sentence, as many as of the idle


def moves(problem: Problem, old: IntArray, new: IntArray) -> pd.DataFrame:
    """Who moves between two assignments.

    Columns worker, before, after (a tuple of tasks each, empty for idle).
    """
    return changes(tasks_of(problem, old), tasks_of(problem, new))


def changes(before: Mapping[Hashable, Tasks], after: Mapping[Hashable, Tasks]) -> pd.DataFrame:
    """Whose tasks differ, in the order of the workers.

    Whoever is in one of the two only is idle in the other.
    """
    everyone = dict.fromkeys([*before, *after])
    rows = [(who, before.get(who, ()), after.get(who, ())) for who in everyone]
    return pd.DataFrame(
        [row for row in rows if row[1] != row[2]], columns=["worker", "before", "after"]
    )


def tasks_of(problem: Problem, placed: IntArray) -> dict[Hashable, Tasks]:
    """The tasks of every worker, in the order of the tasks."""
    tasks: list[list[int]] = [[] for _ in problem.workers]
    for i, j in placed.tolist():
        tasks[i].append(j)
    names = problem.tasks.tolist()
    return {
        who: tuple(names[j] for j in sorted(own))
        for who, own in zip(problem.workers, tasks, strict=True)
    }


def moves_text(frame: pd.DataFrame, most: int = MOST) -> str:
    """``a1: r0 → r3; a4: idle → r0``, cut after ``most`` as lists of labels are."""

    def where(tasks: tuple[Hashable, ...]) -> str:
        return listing(tasks) or "idle"

    rows = frame.itertuples(index=False, name=None)
    parts = [f"{worker}: {where(before)} → {where(after)}" for worker, before, after in rows]
    return cut(parts, most) or "nobody moves"


def cut(parts: Sequence[str], most: int = MOST) -> str:
    """Moves in a row; of more than ``most`` the first, and how many there are."""
    if len(parts) <= most:
        return "; ".join(parts)
    return f"{'; '.join(parts[:most])}; … ({len(parts)} in all)"


def position(labels: pd.Index[Any], label: Hashable, what: str) -> int:
    """Where a label stands; ValueError names one that is unknown."""
    for one in (label, one_label(label)):
        if isinstance(one, Hashable) and one in labels:
            return int(np.flatnonzero(labels == one)[0])
    raise ValueError(f"{what} {unknown(label, labels)}; there are {listing(labels)}")
