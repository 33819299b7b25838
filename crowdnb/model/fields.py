"""How each field of a problem is read: labels in order, values checked, arrays made read-only.

Errors are ValueErrors that name field, label, value and rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    by_label,
    labelled_vector,
    listing,
    number,
    numbers,
    one_of,
    plain_array,
    shown,
)
from crowdnb.model.arrays import Labels, frozen
from crowdnb.model.pair_numbers import LARGEST, table_of_numbers
from crowdnb.model.pair_tables import table_of_ones
from crowdnb.model.quotas import attributes_frame, quotas_frame

Scope = Literal["project", "task"]
RequiredRule = Literal["exactly", "at least", "at most"]

# Workers of a task, or tasks of a worker, that can be asked for: each place is a column somewhere.
MOST = 1e6


def _qualification(value: Any, labels: Labels) -> FloatArray:
    return _matrix(value, labels, "qualification")


def _required(value: Any, labels: Labels) -> IntArray:
    return _whole_numbers(value, labels.tasks, "required", "asks for {} workers")


def _task_weights(value: Any, labels: Labels) -> FloatArray:
    tasks = labels.tasks
    weight = np.ones(len(tasks)) if value is None else labelled_vector(value, tasks, "task_weights")
    if (weight < 0).any():
        lightest = f"{tasks[int(weight.argmin())]} has {weight.min():g}"
        raise ValueError(f"task_weights: {lightest}, a weight must not be negative")
    return frozen(weight.copy())


def _task_conflicts(value: Any, labels: Labels) -> BoolArray:
    return table_of_ones(value, labels, "task_conflicts")


def _worker_conflicts(value: Any, labels: Labels) -> BoolArray:
    return table_of_ones(value, labels, "worker_conflicts")


def _conflict_scope(value: Any, labels: Labels) -> Scope:
    scope: Scope = one_of(value, get_args(Scope), "conflict_scope")
    return scope


def _required_rule(value: Any, labels: Labels) -> RequiredRule:
    rule: RequiredRule = one_of(value, get_args(RequiredRule), "required_rule")
    return rule


def _required_most(value: Any, labels: Labels) -> FloatArray | None:
    """NaN where a task takes no more than it asks for."""
    if value is None:
        return None
    says = "may take up to {} workers"
    return frozen(_counts(value, labels.tasks, "required_most", says, math.nan))


def _worker_limits(value: Any, labels: Labels) -> IntArray:
    if value is None:
        return frozen(np.ones(len(labels.workers), dtype=np.int64))
    return _whole_numbers(value, labels.workers, "worker_limits", "has a limit of {} tasks", 1)


def _worker_least(value: Any, labels: Labels) -> IntArray:
    if value is None:
        return frozen(np.zeros(len(labels.workers), dtype=np.int64))
    says = "takes {} tasks at least"
    return _whole_numbers(value, labels.workers, "worker_least", says, 0)


def _pinned(value: Any, labels: Labels) -> BoolArray:
    return table_of_ones(value, labels, "pinned")


def _task_overlaps(value: Any, labels: Labels) -> BoolArray:
    return table_of_ones(value, labels, "task_overlaps")


def _costs(value: Any, labels: Labels) -> FloatArray | None:
    """What each pair costs, m × n; given by worker alone it is the same for all tasks."""
    if value is None or not (isinstance(value, Real) or _is_flat(value, "costs")):
        return None if value is None else _matrix(value, labels, "costs")
    column = labelled_vector(value, labels.workers, "costs", rest=0)
    return frozen(np.tile(column[:, np.newaxis], len(labels.tasks)))


def _is_flat(value: Any, name: str) -> bool:
    """Whether there is one number for each worker or task, not for each pair."""
    if isinstance(value, pd.Series | Mapping):
        return True
    return not isinstance(value, pd.DataFrame) and plain_array(value, name).ndim == 1


def _budget(value: Any, labels: Labels) -> float | None:
    if value is not None and not math.isfinite(number(value)):
        raise ValueError(f"budget: {shown(value)} is not a finite number")
    return None if value is None else float(value)


def _loads(value: Any, labels: Labels) -> FloatArray | None:
    """What each task takes of each worker, m × n; given by task alone it is the same for all."""
    if value is None:
        return None
    if flat := _is_flat(value, "loads"):
        row = labelled_vector(value, labels.tasks, "loads")
        loads = frozen(np.tile(row, (len(labels.workers), 1)))
    else:
        loads = _matrix(value, labels, "loads")
    if (loads < 0).any():
        i, j = np.argwhere(loads < 0)[0].tolist()
        whose = "" if flat else f"worker {labels.workers[i]}, "
        cell = f"{whose}task {labels.tasks[j]} is {loads[i, j]:g}"
        raise ValueError(f"loads: {cell}, a load must not be negative")
    return loads


def _capacities(value: Any, labels: Labels) -> FloatArray | None:
    if value is None:
        return None
    array = labelled_vector(value, labels.workers, "capacities", rest=math.inf, unbounded=True)
    if (array < 0).any():
        least = f"{labels.workers[int(array.argmin())]} has {array.min():g}"
        raise ValueError(f"capacities: {least}, a capacity must not be negative")
    return frozen(array.copy())


def _missing_cost(value: Any, labels: Labels) -> FloatArray | None:
    """What an empty place costs, by task; inf, and so an empty cell, where none may stay empty."""
    if value is None:
        return None
    if isinstance(value, pd.Series | Mapping):
        value = pd.Series(dict(value) if isinstance(value, Mapping) else value, dtype=object)
        value = value.where(value.notna(), np.inf)
    array = labelled_vector(value, labels.tasks, "missing_cost", np.inf, unbounded=True)
    for bad, rule in (
        (array < 0, "a cost must not be negative"),
        ((array > LARGEST) & np.isfinite(array), f"{LARGEST:g} is the most"),
    ):
        if bad.any():
            at = int(bad.argmax())
            raise ValueError(f"missing_cost: {labels.tasks[at]} has {array[at]:g}, {rule}")
    return frozen(array.copy()) if np.isfinite(array).any() else None


def _keep_costs(value: Any, labels: Labels) -> FloatArray | None:
    return table_of_numbers(value, labels, "keep_costs")


def _conflict_costs(value: Any, labels: Labels) -> FloatArray | None:
    return table_of_numbers(value, labels, "conflict_costs")


def _pair_effects(value: Any, labels: Labels) -> FloatArray | None:
    return table_of_numbers(value, labels, "pair_effects")


# How each field is read. A new field of Problem gets its line here.
READ: dict[str, Callable[[Any, Labels], Any]] = {
    "qualification": _qualification,
    "required": _required,
    "task_weights": _task_weights,
    "task_conflicts": _task_conflicts,
    "worker_conflicts": _worker_conflicts,
    "conflict_scope": _conflict_scope,
    "required_rule": _required_rule,
    "required_most": _required_most,
    "worker_limits": _worker_limits,
    "worker_least": _worker_least,
    "pinned": _pinned,
    "task_overlaps": _task_overlaps,
    "costs": _costs,
    "budget": _budget,
    "loads": _loads,
    "capacities": _capacities,
    "missing_cost": _missing_cost,
    "keep_costs": _keep_costs,
    "conflict_costs": _conflict_costs,
    "pair_effects": _pair_effects,
    "attributes": attributes_frame,
    "quotas": quotas_frame,
}


def read(values: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
    """The fields given, each checked; TypeError where there is no such field."""
    if unknown := [name for name in values if name not in READ]:
        raise TypeError(f"no field {listing(unknown)}; there are {listing(READ, len(READ))}")
    return {name: READ[name](value, labels) for name, value in values.items()}


def _matrix(values: Any, labels: Labels, name: str) -> FloatArray:
    """Q or the costs, by label or position.

    ValueError names the first cell that is not a finite number.
    """
    workers, tasks = labels.workers, labels.tasks
    if isinstance(values, pd.DataFrame):
        values = by_label(values, workers, tasks, name)
    given = values.to_numpy() if isinstance(values, pd.DataFrame) else plain_array(values, name)
    if given.shape != (len(workers), len(tasks)):
        raise ValueError(f"{name}: shape {given.shape}, needed is {(len(workers), len(tasks))}")
    array = numbers(given if isinstance(values, pd.DataFrame) else values, name)
    if not np.isfinite(array).all():
        i, j = np.argwhere(~np.isfinite(array))[0].tolist()
        cell = f"{name}: worker {workers[i]}, task {tasks[j]} is {shown(given[i, j])}"
        raise ValueError(f"{cell}, a finite number is needed")
    return frozen(array.copy())


def _whole_numbers(
    values: Any, index: pd.Index[Any], name: str, says: str, rest: float | None = None
) -> IntArray:
    """Integers as :func:`_counts` reads them."""
    return frozen(_counts(values, index, name, says, rest).astype(np.int64))


def _counts(
    values: Any, index: pd.Index[Any], name: str, says: str, rest: float | None = None
) -> FloatArray:
    """Integers from 0 to :data:`MOST`, by label or position, ``rest`` for labels without an entry.

    ``says`` is how messages put the value.
    """
    array = labelled_vector(values, index, name, rest)
    for bad, rule in (
        (array < 0, "must not be negative"),
        (array % 1 > 0, "must be a whole number"),
        (array > MOST, f"is more than {MOST:,.0f}, the most that can be asked for"),
    ):
        if bad.any():
            at = int(bad.argmax())
            raise ValueError(f"{name}: {index[at]} {says.format(f'{array[at]:g}')}, that {rule}")
    return array
