"""The form of a project's files, each once: its columns, and what may stand in its place.

Reading, writing and the command's help go by these lists. What the numbers of tasks.csv and
workers.csv may be, and what they feed, is in :mod:`crowdnb.project.columns`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class File(NamedTuple):
    """The columns of a file, the first of them labels; and those that may be left out.

    An optional column has the number that stands for an empty cell of it, NaN where there is none
    then, and None where it is not read as a number.
    """

    columns: tuple[str, ...]
    optional: Mapping[str, float | None] = MappingProxyType({})


_NO_NUMBER = math.nan  # such as a conflict without a cost, which binds


# Each with the ending .csv, or as the sheet of a workbook.
FORM = {
    "ratings": File(("worker", "criterion", "rating"), {"date": None}),
    "ability": File(("worker", "criterion", "low", "high")),
    "demand": File(("task", "criterion", "low"), {"high": 1.0}),
    "judgement": File(()),  # a matrix, whose labels are the criteria
    "weights": File(("criterion", "weight")),
    "criteria": File(
        ("criterion",),
        {"part_of": None} | dict.fromkeys(("weight", "lowest", "highest", "step"), _NO_NUMBER),
    ),
    "qualification": File(()),  # a matrix, one row per worker, one column per task
    "tasks": File(
        ("task", "required"),
        {"weight": 1.0, "most": _NO_NUMBER, "missing_cost": _NO_NUMBER, "load": 0.0},
    ),
    "workers": File(
        ("worker",),
        {"most": 1.0, "least": 0.0, "available": None, "capacity": _NO_NUMBER},
    ),  # and further columns, which are attributes
    # a matrix may stand in the place of the columns of these six
    "worker_conflicts": File(("worker", "other"), {"cost": _NO_NUMBER}),
    "task_conflicts": File(("worker", "task"), {"cost": _NO_NUMBER}),
    "task_overlaps": File(("task", "other")),
    "pinned": File(("worker", "task"), {"cost": _NO_NUMBER}),
    "loads": File(("worker", "task", "load")),
    "costs": File(("worker", "cost"), {"task": None}),
    "quotas": File(("column", "value"), {"task": None, "least": None, "most": None}),
}
FILES = tuple(FORM)
NEEDED = (("ratings", "ability"), ("demand",), ("tasks",), ("judgement", "weights"))  # one of each
# In the place of all these.
INSTEAD = {"qualification": ("ratings", "ability", "demand", "judgement", "weights", "criteria")}
PARTS_OF = "judgement_"  # and a criterion: the judgement of its parts, where there are criteria
SHARES = ("quotas",)  # whose numbers may be shares, such as 50%
OPTIONS = "options.json"  # of a scene: what a problem takes beyond the paper
ELSEWHERE = {OPTIONS: "crowdnb.market.scenes.read_scene"}  # files that others read, and who

# What a project may hold. Measured: 20,000 workers with a million ratings on 20 tasks take 0.70 GB.
STARS = 1000  # of a scale: ten times percent
WORKERS = 20_000  # for each two of them a problem has a byte, and its checks some more
TASKS = 20_000
# workers where two may have a cost: a problem then has 8 bytes for each two, in a few copies
WORKERS_WITH_EFFECTS = 5_000
PAIRS = 20_000_000  # of worker and task: Q has 8 bytes for each, in a few copies
CRITERIA = 1000
HISTORIES = 20_000_000  # times the stars of the scale: 8 bytes each
MOST_OF = {"worker": WORKERS, "task": TASKS, "criterion": CRITERIA}
