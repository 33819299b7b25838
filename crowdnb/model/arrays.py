"""Labels and numbers of a problem as plain records, and how its read-only arrays are made.

A table of zeros and ones that has no ones takes no memory: most problems have several.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of a problem's workers and tasks, and where each stands."""

    workers: pd.Index[Any]
    tasks: pd.Index[Any]

    def __getstate__(self) -> dict[str, Any]:
        """The labels; where each stands need not travel to another process."""
        return {"workers": self.workers, "tasks": self.tasks}

    @cached_property
    def worker_at(self) -> dict[Hashable, int]:
        """Position of each worker."""
        return {label: at for at, label in enumerate(self.workers.tolist())}

    @cached_property
    def task_at(self) -> dict[Hashable, int]:
        """Position of each task."""
        return {label: at for at, label in enumerate(self.tasks.tolist())}


@dataclass(frozen=True, eq=False)
class Arrays:
    """The numbers of a problem as read-only arrays, under the names of its fields."""

    qualification: FloatArray  # Q, m × n
    required: IntArray  # L, n
    task_weights: FloatArray  # W, n
    task_conflicts: BoolArray  # C^R, m × n
    worker_conflicts: BoolArray  # C^A, m × m
    required_most: FloatArray | None  # n; NaN: as required
    worker_limits: IntArray  # m
    worker_least: IntArray  # m
    pinned: BoolArray  # m × n
    task_overlaps: BoolArray  # n × n
    costs: FloatArray | None  # m × n
    loads: FloatArray | None  # m × n
    capacities: FloatArray | None  # m; inf: no bound
    missing_cost: FloatArray | None  # n; inf where the places must be filled
    keep_costs: FloatArray | None  # m × n
    conflict_costs: FloatArray | None  # m × n
    pair_effects: FloatArray | None  # m × m


def no_ones(rows: int, columns: int) -> BoolArray:
    """A table without a single one: one False stands for all, so it takes no memory of its own."""
    return np.broadcast_to(np.False_, (rows, columns))


def has_ones(table: BoolArray) -> bool:
    """Whether a table may have ones: False for what :func:`no_ones` made, without looking at it."""
    return table.strides != (0, 0)


def ones_of(table: BoolArray) -> IntArray:
    """Rows and columns of the ones, shape (ones, 2); flat they are found several times as fast."""
    if not has_ones(table):
        return np.zeros((0, 2), dtype=np.int64)
    return np.column_stack(np.divmod(np.flatnonzero(table), table.shape[1]))


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written to, of an array that nobody else holds."""
    view = array[:]
    view.flags.writeable = False
    return view


def beneath(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array of which a :func:`frozen` one is a view; any other array as it is.

    For a library that copies what cannot be written to, and writes to neither.
    """
    below = array.base
    if array.flags.writeable or not isinstance(below, np.ndarray) or below.shape != array.shape:
        return array
    return below
