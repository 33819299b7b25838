"""Changes of a problem in terms that a person uses: lift a conflict, ask fewer, add a worker.

What there is of each kind stands in :data:`CHANGES`: the field of the problem, the words, and how
it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import count, islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.model.fields import READ
from crowdnb.model.problem import Problem
from crowdnb.model.quotas import with_sides

Item = tuple[Hashable, ...]  # a change: its kind and the labels that it is about


class ChangeKind(NamedTuple):
    """One kind of change."""

    field: str  # of the problem
    once: str  # in words, with the labels to be put in
    often: str  # the same, with {times}; "" where it can be made once only
    make: Callable[[Any, Sequence[Hashable], int], None]  # in the field, for labels, so many times


def _lift(between: Any, labels: Sequence[Hashable], times: int) -> None:
    one, other = labels
    between.loc[one, other] = between.loc[other, one] = 0


def _clear(pairs: Any, labels: Sequence[Hashable], times: int) -> None:
    worker, task = labels
    pairs.loc[worker, task] = 0


def _less(numbers: Any, labels: Sequence[Hashable], times: int) -> None:
    numbers[labels[0]] -= times


def _more(numbers: Any, labels: Sequence[Hashable], times: int) -> None:
    numbers[labels[0]] += times


def _join(models: list[Hashable], labels: Sequence[Hashable], times: int) -> None:
    models += [*labels] * times


def _loosen(quotas: Any, labels: Sequence[Hashable], times: int) -> None:
    *about, how = labels
    side, step = ("least", -times) if how == "fewer" else ("most", times)
    for at, *row in quotas[["task", "column", "value"]].itertuples(name=None):
        if row == about and not pd.isna(quotas.at[at, side]):
            quotas.at[at, side] += step


def _give_up(quotas: Any, labels: Sequence[Hashable], times: int) -> None:
    *about, which = labels
    side = "least" if which == "least" else "most"
    for at, *row in quotas[["task", "column", "value"]].itertuples(name=None):
        if row == about and not pd.isna(quotas.at[at, side]):
            quotas.at[at, side] = None


# "workers" is a list of whom new workers are like
CHANGES = {
    "conflict": ChangeKind("worker_conflicts", "lift the conflict of {0} and {1}", "", _lift),
    "exclusion": ChangeKind("task_conflicts", "allow {0} to take {1}", "", _clear),
    "place": ChangeKind("required", "ask one fewer for {0}", "ask {times} fewer for {0}", _less),
    "worker": ChangeKind("workers", "add a worker like {0}", "add {times} workers like {0}", _join),
    "limit": ChangeKind(
        "worker_limits",
        "let {0} take one more task",
        "let {0} take {times} more tasks",
        _more,
    ),
    "pin": ChangeKind("pinned", "unpin {0} from {1}", "", _clear),
    "least": ChangeKind(
        "worker_least",
        "let {0} take one task fewer",
        "let {0} take {times} tasks fewer",
        _less,
    ),
    "overlap": ChangeKind("task_overlaps", "let one worker take both {0} and {1}", "", _lift),
    "quota": ChangeKind(
        "quotas",
        "let {0} have one place {3} with {1} {2}",
        "let {0} have {times} places {3} with {1} {2}",
        _loosen,
    ),
    "share": ChangeKind("quotas", "give up the {3} share of {1} {2} for {0}", "", _give_up),
}
KINDS = tuple(CHANGES)
# What a new worker has that the one who is the model need not have; all else is like the model's.
OF_NEW = {"worker_limits": 1, "worker_least": 0, "pinned": 0, "keep_costs": 0}
# Tables of workers × workers: a new one has nothing to do with the others.
_BETWEEN = ("worker_conflicts", "pair_effects")


def _known(kind: Hashable) -> ChangeKind:
    """What there is of a kind; ValueError for an unknown one."""
    if not isinstance(kind, str) or kind not in CHANGES:
        raise ValueError(f"{kind!r} is no kind of change; there are {', '.join(KINDS)}")
    return CHANGES[kind]


def change_text(item: Item, times: int) -> str:
    """One change in words."""
    kind, *labels = item
    known = _known(kind)
    if kind in ("quota", "share") and labels[0] is None:
        labels[0] = "all tasks together"
    return (known.once if times == 1 else known.often or known.once).format(*labels, times=times)


def apply(problem: Problem, changes: tuple[tuple[Item, int], ...]) -> Problem:
    """The problem after some changes, as :class:`crowdnb.explain.repairs.Repair` lists them.

    Raises
    ------
    ValueError
        A kind is unknown.
    """
    values: dict[str, Any] = {}
    for (kind, *labels), times in changes:
        field, *_, make = _known(kind)
        if field not in values:
            values[field] = [] if field == "workers" else getattr(problem, field).copy()
        make(values[field], labels, times)
    if "quotas" in values:
        values["quotas"] = with_sides(values["quotas"])
    models = values.pop("workers", [])
    changed = problem.changed(**values)
    return _with_workers(problem, changed, models) if models else changed


def _with_workers(given: Problem, problem: Problem, models: Sequence[Hashable]) -> Problem:
    """A changed problem with new workers, who are like some of the problem as it was given, and in no conflicts."""
    names: list[Hashable] = []
    for like in models:
        taken = {*problem.workers, *names}
        likely = (f"like {like}" + (f" ({k})" if k > 1 else "") for k in count(1))
        names += islice((name for name in likely if name not in taken), 1)

    values: dict[str, Any] = {name: getattr(problem, name) for name in READ}
    at = [problem.worker_at[model] for model in models]
    for name, value in values.items():
        about = getattr(getattr(value, "index", None), "name", "")
        if about != problem.workers.name or name in _BETWEEN:
            continue
        new = getattr(given, name).to_numpy()[at]
        if name in OF_NEW:
            new = np.full_like(new, OF_NEW[name])
        values[name] = np.concatenate([value, new])
    everyone = pd.Index([*problem.workers, *names], tupleize_cols=False)
    if given.attributes is not None:
        values["attributes"] = pd.DataFrame(
            values["attributes"], everyone, given.attributes.columns
        )
    m = len(problem.workers)
    for name in _BETWEEN:
        if values[name] is not None:
            between = np.zeros((len(everyone), len(everyone)))
            between[:m, :m] = values[name]
            values[name] = between
    values["qualification"] = pd.DataFrame(values["qualification"], everyone, problem.tasks)
    return Problem(**values)
