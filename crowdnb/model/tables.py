"""The numbers of a problem with their labels: one frame or Series for each array.

:class:`crowdnb.Problem` is made of these, and adds how its fields are read and what follows from
them. Each table is made when it is first asked for, and shares the memory of its array.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.model.arrays import Arrays, Labels


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Tables:
    """Labels and numbers of a problem, and the numbers by label."""

    labels: Labels
    arrays: Arrays

    @property
    def workers(self) -> pd.Index[Any]:
        """The m labels of workers."""
        return self.labels.workers

    @property
    def tasks(self) -> pd.Index[Any]:
        """The n labels of tasks."""
        return self.labels.tasks

    @property
    def worker_at(self) -> dict[Hashable, int]:
        """Position of each worker."""
        return self.labels.worker_at

    @property
    def task_at(self) -> dict[Hashable, int]:
        """Position of each task."""
        return self.labels.task_at

    @cached_property
    def qualification(self) -> pd.DataFrame:
        """Q, workers × tasks."""
        return _framed(self.arrays.qualification, self.workers, self.tasks)

    @cached_property
    def required(self) -> pd.Series[int]:
        """L, by task."""
        return pd.Series(self.arrays.required, index=self.tasks, name="required", copy=False)

    @cached_property
    def task_weights(self) -> pd.Series[float]:
        """W, by task."""
        return pd.Series(self.arrays.task_weights, index=self.tasks, name="weight", copy=False)

    @cached_property
    def task_conflicts(self) -> pd.DataFrame:
        """C^R, workers × tasks, 0/1."""
        return _framed(self.arrays.task_conflicts.view(np.int8), self.workers, self.tasks)

    @cached_property
    def worker_conflicts(self) -> pd.DataFrame:
        """C^A, workers × workers, 0/1."""
        ones = self.arrays.worker_conflicts.view(np.int8)
        return _framed(ones, self.workers, self.workers.rename("other"))

    @cached_property
    def required_most(self) -> pd.Series[int] | None:
        """Workers that each task may have at most, by task."""
        most, least = self.arrays.required_most, self.arrays.required
        if most is None:
            return None
        both = np.where(np.isnan(most), least, most).astype(np.int64)
        return pd.Series(both, index=self.tasks, name="most", copy=False)

    @cached_property
    def worker_limits(self) -> pd.Series[int]:
        """Tasks that each worker may take at most, by worker."""
        return pd.Series(self.arrays.worker_limits, index=self.workers, name="limit", copy=False)

    @cached_property
    def worker_least(self) -> pd.Series[int]:
        """Tasks that each worker must take at least, by worker."""
        return pd.Series(self.arrays.worker_least, index=self.workers, name="least", copy=False)

    @cached_property
    def pinned(self) -> pd.DataFrame:
        """Pairs that must be chosen, workers × tasks, 0/1."""
        return _framed(self.arrays.pinned.view(np.int8), self.workers, self.tasks)

    @cached_property
    def task_overlaps(self) -> pd.DataFrame:
        """Tasks that no worker can hold together, tasks × tasks, 0/1."""
        ones = self.arrays.task_overlaps.view(np.int8)
        return _framed(ones, self.tasks, self.tasks.rename("other"))

    @cached_property
    def costs(self) -> pd.DataFrame | None:
        """What each pair costs, workers × tasks."""
        costs = self.arrays.costs
        return None if costs is None else _framed(costs, self.workers, self.tasks)

    @cached_property
    def loads(self) -> pd.DataFrame | None:
        """What each task takes of each worker, workers × tasks."""
        loads = self.arrays.loads
        return None if loads is None else _framed(loads, self.workers, self.tasks)

    @cached_property
    def capacities(self) -> pd.Series[float] | None:
        """What each worker has for all tasks together, by worker; inf where there is no bound."""
        capacities = self.arrays.capacities
        if capacities is None:
            return None
        return pd.Series(capacities, index=self.workers, name="capacity", copy=False)

    @cached_property
    def missing_cost(self) -> pd.Series[float] | None:
        """What each place costs that stays empty, by task; inf where it must be filled."""
        cost = self.arrays.missing_cost
        if cost is None:
            return None
        return pd.Series(cost, index=self.tasks, name="missing_cost", copy=False)

    @cached_property
    def keep_costs(self) -> pd.DataFrame | None:
        """What it costs to give each pair up, workers × tasks."""
        costs = self.arrays.keep_costs
        return None if costs is None else _framed(costs, self.workers, self.tasks)

    @cached_property
    def conflict_costs(self) -> pd.DataFrame | None:
        """What each pair costs that is only undesirable, workers × tasks."""
        costs = self.arrays.conflict_costs
        return None if costs is None else _framed(costs, self.workers, self.tasks)

    @cached_property
    def pair_effects(self) -> pd.DataFrame | None:
        """What each two workers add to ρ when both are chosen, workers × workers."""
        effects = self.arrays.pair_effects
        if effects is None:
            return None
        return _framed(effects, self.workers, self.workers.rename("other"))


def _framed(array: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any]) -> pd.DataFrame:
    return pd.DataFrame(array, index=rows, columns=columns, copy=False)
