"""The form of a project's files, each once: its columns, and what may stand in its place.

Reading, writing and the command's help go by these lists. A column of tasks.csv is moreover a field
of :class:`crowdnb.Project`, which says what its numbers may be
(:data:`crowdnb.project.columns.TASK_COLUMNS`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class File(NamedTuple):
    """The columns of a file, the first of them labels; and those that may be left out.

    An optional column has the number that stands for an empty cell of it, None where it is not
    read as a number.
    """

    columns: tuple[str, ...]
    optional: Mapping[str, float | None] = MappingProxyType({})


# Each with the ending .csv, or as the sheet of a workbook.
FORM = {
    "ratings": File(("worker", "criterion", "rating"), {"date": None}),
    "ability": File(("worker", "criterion", "low", "high")),
    "demand": File(("task", "criterion", "low"), {"high": 1.0}),
    "tasks": File(("task", "required"), {"weight": 1.0}),
    "judgement": File(()),  # a matrix, whose labels are the criteria
    "weights": File(("criterion", "weight")),
    "worker_conflicts": File(("worker", "other")),  # or a matrix, whose labels are the workers
    "task_conflicts": File(("worker", "task")),  # or a matrix, one row per worker
}
FILES = tuple(FORM)
NEEDED = (("ratings", "ability"), ("demand",), ("tasks",), ("judgement", "weights"))  # one of each
OPTIONS = "options.json"  # of a scene: what a problem takes beyond the paper
ELSEWHERE = {OPTIONS: "crowdnb.market.scenes.read_scene"}  # files that others read, and who

# What a project may hold. Measured: 20,000 workers with a million ratings on 20 tasks take 0.70 GB.
STARS = 1000  # of a scale: ten times percent
WORKERS = 20_000  # for each two of them a problem has a byte, and its checks some more
TASKS = 20_000
PAIRS = 20_000_000  # of worker and task: Q has 8 bytes for each, in a few copies
CRITERIA = 1000
HISTORIES = 20_000_000  # times the stars of the scale: 8 bytes each
MOST_OF = {"worker": WORKERS, "task": TASKS, "criterion": CRITERIA}
