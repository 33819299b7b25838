"""What became of a problem: T and its group performance ρ (eq. 7), or why there is none."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    IntArray,
    by_label,
    listing,
    phrases,
    shown,
)
from crowdnb.model.pair_tables import zero_one
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.model.terms import missing, score, summands

# What every output says where ties were broken by label, and there are any.
TIED = "Another assignment is as good; of those that tie this is the first by label."


@dataclass(frozen=True, eq=False, repr=False)
class Assignment:
    """What became of a problem: the checked assignment, or why there is none.

    Attributes
    ----------
    status : {"optimal", "infeasible", "time_limit"}
        ``optimal``: proved by the solver, and every rule re-checked without it.
    performance : float
        ρ, recomputed from Q, W and T, and from the costs and effects of the problem; NaN without an
        assignment.
    bound : float
        No assignment exceeds it; equal to ρ when optimal, NaN when infeasible.
    gap : float
        (bound - ρ) / max(|bound|, |ρ|): 0 when optimal, NaN without an assignment.
    table : DataFrame or None
        T, workers × tasks, 0/1. None without an assignment.
    pairs : DataFrame
        Columns worker, task, qualification; one row per place, in the order of tasks, then workers.
    solver : str
        The engine that answered; ``none`` when the answer needed none.
    seconds : float
        Time spent, all included.
    reasons : tuple of str
        When infeasible: sentences that say why. When stopped: what is known.
    parts : Series
        What ρ is made of: qualification, and of a problem that has them missing places, pairs given
        up, undesirable tasks, pair effects. Empty without an assignment.
    missing : Series
        Places below L that stay empty, by task, as missing costs allow. Empty without an
        assignment.
    idle : tuple
        Workers without a task, when there is an assignment.
    placed : ndarray of int, shape (places, 2), or None
        Positions (worker, task) of the pairs, in their order.
    tied : bool or None
        Whether another assignment is as good; asked where ties are broken by label, else None, and
        None too where the time did not suffice.
    """

    status: Status
    performance: float
    bound: float
    gap: float
    solver: str
    seconds: float
    reasons: tuple[str, ...]
    placed: IntArray | None
    problem: Problem
    tied: bool | None = None

    @classmethod
    def of(
        cls,
        problem: Problem,
        placed: IntArray | None,
        status: Status,
        solver: str,
        seconds: float,
        bound: float = math.nan,
        reasons: Sequence[str] = (),
        tied: bool | None = None,
    ) -> Assignment:
        """Build the answer from positions (worker, task).

        ρ and the gap are computed here, from the problem alone.
        """
        if placed is None:
            return cls(
                status, math.nan, bound, math.nan, solver, seconds, tuple(reasons), None, problem
            )
        placed = placed[np.lexsort(placed.T)]
        rho = score(problem, placed)
        bound = rho if status == "optimal" else bound
        largest = max(abs(bound), abs(rho))
        gap = (bound - rho) / largest if largest else 0.0
        return cls(status, rho, bound, gap, solver, seconds, tuple(reasons), placed, problem, tied)

    @cached_property
    def table(self) -> pd.DataFrame | None:
        """T, workers × tasks, 0/1; None without an assignment."""
        return None if self.placed is None else placed_table(self.problem, self.placed)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """One row per place: worker, task, qualification."""
        if self.placed is None:
            return pd.DataFrame({"worker": [], "task": [], "qualification": []})
        return placed_pairs(self.problem, self.placed)

    @cached_property
    def parts(self) -> pd.Series[float]:
        """What ρ is made of, each part summed exactly."""
        parts = {} if self.placed is None else summands(self.problem, self.placed)
        sums = [math.fsum(part) + 0.0 for part in parts.values()]
        return pd.Series(sums, index=[*parts], name="performance", dtype=float)

    @cached_property
    def missing(self) -> pd.Series[int]:
        """Places below L that stay empty, by task."""
        if self.placed is None:
            return pd.Series(dtype=int, name="missing")
        short = missing(self.problem, self.placed)
        return pd.Series(short, index=self.problem.tasks, name="missing", dtype=int)

    @cached_property
    def idle(self) -> tuple[Hashable, ...]:
        """Workers without a task; empty without an assignment."""
        if self.placed is None:
            return ()
        return tuple(self.problem.workers.delete(self.placed[:, 0]))

    def __repr__(self) -> str:
        return f"<Assignment: {self.status}, ρ = {self.performance:.6g} ({self.solver})>"

    def __str__(self) -> str:
        if self.placed is None:
            return "\n".join([f"{self.status}: no assignment ({self.solver})", *self.reasons])
        head = f"{self.status}: ρ = {self.performance:.6g} ({self.solver})"
        if self.status == "time_limit":
            head += f", at most {self.bound:.6g} is possible (gap {self.gap:.2%})"
        if self.tied:
            head += f"\n{TIED}"
        if len(self.parts) > 1:
            made = [f"{name} {part:.6g}" for name, part in self.parts.items()]
            head += f"\nof which {phrases(made)}"
        if len(short := self.missing[self.missing > 0]):
            empty = [f"{task} ({count})" for task, count in short.items()]
            head += f"\nplaces left empty: {phrases(empty)}"
        with pd.option_context("display.unicode.east_asian_width", True, "display.max_rows", None):
            return (
                f"{head}\n{self.pairs.to_string(index=False)}\nidle:"
                f" {listing(self.idle) or 'nobody'}"
            )


def placed_table(problem: Problem, placed: IntArray) -> pd.DataFrame:
    """T of pairs given as positions: workers × tasks, 0/1."""
    t = np.zeros(problem.arrays.qualification.shape, dtype=int)
    t[placed[:, 0], placed[:, 1]] = 1
    return pd.DataFrame(t, index=problem.workers, columns=problem.tasks)


def placed_pairs(problem: Problem, placed: IntArray) -> pd.DataFrame:
    """Pairs given as positions with their labels: worker, task, qualification; one row per pair."""
    i, j = placed.T
    workers, tasks = problem.workers.take(i), problem.tasks.take(j)
    q = problem.arrays.qualification[i, j]
    return pd.DataFrame({"worker": workers, "task": tasks, "qualification": q})


def performance(problem: Problem, table: pd.DataFrame | Assignment) -> float:
    """Group performance ρ = Σ W_j Q_ij T_ij of an assignment, summed exactly (eq. 7).

    With what is only undesirable, and pairs that work well together, as far as the problem has any.

    Parameters
    ----------
    problem : Problem
        Its Q and W, and its costs and effects; whether the assignment keeps its rules is :func:`check`'s to say.
    table : DataFrame or Assignment
        T: workers × tasks, 0/1, rows and columns in any order; or an answer that has one.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        T lacks a worker or a task of the problem, or has another, or holds anything but 0 and 1.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> round(cn.performance(case.problem(), case.published.assignment), 3)
    2.569
    """
    return score(problem, np.argwhere(zero_one_table(needed(problem), table) == 1))


def zero_one_table(
    problem: Problem, table: pd.DataFrame | Assignment, name: str = "table"
) -> FloatArray:
    """T in the order of the problem, 0 and 1.

    ValueError names the first cell or label that is wrong.
    """
    table = by_label(table_of(table, name), problem.workers, problem.tasks, name)
    values = zero_one(table.to_numpy())
    for i, j in np.argwhere(np.isnan(values)).tolist():
        cell = f"{problem.workers[i]} for {problem.tasks[j]} is {shown(table.iat[i, j])}"
        raise ValueError(f"{name}: {cell}, neither 0 nor 1")
    return values


def table_of(answer: object, name: str = "table") -> pd.DataFrame:
    """T of an :class:`Assignment`, or the table itself; ValueError where there is none."""
    if isinstance(answer, Assignment):
        if answer.table is None:
            raise ValueError(f"{name}: the answer is {answer.status}, it has no table")
        return answer.table
    if not isinstance(answer, pd.DataFrame):
        got = type(answer).__name__
        raise ValueError(f"{name}: an Assignment or its table, a DataFrame, is needed, got {got}")
    return answer
