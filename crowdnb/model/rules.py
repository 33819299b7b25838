"""The requirements of a problem, each by itself, so that some can be dropped.

The table of kinds, with the row that each of them is, stands in :mod:`crowdnb.model.rows`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, assert_never, get_args

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.conflict_graph import covering
from crowdnb.model.problem import Problem

Kind = Literal[
    "place",
    "exclusion",
    "zero",
    "conflict",
    "limit",
    "ceiling",
    "pin",
    "least",
    "overlap",
    "capacity",
    "quota",
    "budget",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# Kinds that are known by their rows alone: no search fills places under them, so that a
# mixed-integer program is asked wherever there is one.
BY_ROW: tuple[Kind, ...] = ("least", "overlap", "capacity", "quota", "budget")


class Requirement(NamedTuple):
    """One requirement: its kind, and the positions of what it is about (-1 where there is none)."""

    kind: Kind
    worker: int = -1
    other: int = -1  # a worker, but of an overlap a task, of a quota which side of which
    task: int = -1


@dataclass(frozen=True, eq=False)
class Rules:
    """The requirements that are there, as arrays; :meth:`without` drops some."""

    problem: Problem
    need: IntArray  # n, places of each task
    ceiling: FloatArray  # n; inf where there is none
    excluded: BoolArray  # m × n, C^R
    zero: BoolArray  # m × n, Q = 0
    limits: IntArray  # m; n where there is none
    conflicts: BoolArray  # m × m
    pins: BoolArray  # m × n
    by_row: frozenset[Requirement]  # of the kinds BY_ROW

    @classmethod
    def of(cls, problem: Problem) -> Rules:
        """All requirements of a problem."""
        any_number = problem.required_rule == "at least"
        return cls(
            problem,
            problem.fewest,
            np.full(len(problem.tasks), np.inf) if any_number else problem.most.astype(float),
            problem.arrays.task_conflicts,
            problem.arrays.qualification == 0,
            np.minimum(problem.arrays.worker_limits, len(problem.tasks)),
            problem.arrays.worker_conflicts,
            problem.arrays.pinned,
            frozenset(
                [Requirement("overlap", other=k, task=j) for j, k in problem.overlap_pairs.tolist()]
                + [
                    Requirement("least", i)
                    for i in np.flatnonzero(problem.arrays.worker_least).tolist()
                ]
                + [Requirement("capacity", i) for i in _loaded(problem)]
                + [
                    Requirement("quota", other=at, task=one.task)
                    for at, one in enumerate(problem.quota_sides)
                ]
                + [Requirement("budget")] * (problem.budget is not None)
            ),
        )

    @property
    def together(self) -> bool:
        """Whether a conflict is one for the whole project, so that there is a team."""
        return self.problem.conflict_scope == "project"

    @property
    def budget(self) -> bool:
        """Whether the costs are bounded."""
        return Requirement("budget") in self.by_row

    @property
    def barred(self) -> BoolArray:
        """Pairs that may not be chosen, m × n."""
        return self.excluded | self.zero

    @property
    def capped(self) -> BoolArray:
        """Tasks that could get more workers than they may have.

        By pinned pairs, or by rows of their own; n.
        """
        room = self.ceiling < len(self.limits)
        return room if self.by_row else room & self.pins.any(axis=0)

    def items(self, kind: Kind) -> list[Requirement]:
        """The requirements of one kind that are there and could matter."""
        match kind:
            case "place":
                tasks = np.repeat(np.arange(len(self.need)), self.need)
                return [Requirement(kind, task=j) for j in tasks.tolist()]
            case "ceiling":
                return [Requirement(kind, task=j) for j in np.flatnonzero(self.capped).tolist()]
            case "limit":
                bound = np.flatnonzero(self.limits < len(self.need))
                return [Requirement(kind, i) for i in bound.tolist()]
            case "conflict":
                between = np.argwhere(np.triu(self.conflicts))
                return [Requirement(kind, i, k) for i, k in between.tolist()]
            case "exclusion":
                return _of_pairs(kind, self.excluded & self.wanted)
            case "zero":
                return _of_pairs(kind, self.zero & ~self.excluded & self.wanted)
            case "pin":
                return _of_pairs(kind, self.pins)
            case "least" | "overlap" | "capacity" | "quota" | "budget":
                return sorted(item for item in self.by_row if item.kind == kind)
            case _:
                assert_never(kind)

    @property
    def wanted(self) -> BoolArray:
        """Pairs that could help: of tasks and workers who need one, pinned, or that earn; m × n."""
        wanted = (self.need > 0) | self.pins
        for item in self.items("least"):
            wanted[item.worker] = True
        for item in self.items("quota"):
            wanted[:, slice(None) if item.task < 0 else item.task] = True
        if self.budget and self.problem.arrays.costs is not None:
            wanted = wanted | (self.problem.arrays.costs < 0)
        return wanted

    def without(self, dropped: Iterable[Requirement]) -> Rules:
        """The rules when some requirements are dropped."""
        values: dict[str, Any] = {}

        def own(name: str) -> Any:
            return values.setdefault(name, getattr(self, name).copy())

        for item in dropped:
            kind, i, k, j = item
            match kind:
                case "place":
                    own("need")[j] -= 1
                case "ceiling":
                    own("ceiling")[j] = np.inf
                case "limit":
                    own("limits")[i] = len(self.need)
                case "conflict":
                    own("conflicts")[i, k] = own("conflicts")[k, i] = False
                case "exclusion":
                    own("excluded")[i, j] = False
                case "zero":
                    own("zero")[i, j] = False
                case "pin":
                    own("pins")[i, j] = False
                case "least" | "overlap" | "capacity" | "quota" | "budget":
                    values["by_row"] = values.get("by_row", self.by_row) - {item}
                case _:
                    assert_never(kind)
        return replace(self, **values)

    def cliques(self) -> list[IntArray]:
        """Workers in mutual conflict; together they cover the conflicts that are there."""
        return list(covering(self.conflicts))

    def overlapping(self) -> list[IntArray]:
        """Tasks of which a worker has one at most; together they cover the overlaps that are there."""
        between = np.zeros((len(self.need), len(self.need)), dtype=bool)
        for item in self.by_row:
            if item.kind == "overlap":
                between[item.task, item.other] = between[item.other, item.task] = True
        return list(covering(between))


def _loaded(problem: Problem) -> list[int]:
    """Workers whose capacity is below the loads of all tasks."""
    arrays = problem.arrays
    if arrays.loads is None or arrays.capacities is None:
        return []
    return np.flatnonzero(arrays.loads.sum(axis=1) > arrays.capacities).tolist()


def _of_pairs(kind: Kind, pairs: BoolArray) -> list[Requirement]:
    """A requirement for each of some pairs, given m × n."""
    return [Requirement(kind, i, task=j) for i, j in np.argwhere(pairs).tolist()]
