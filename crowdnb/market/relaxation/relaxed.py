"""The linear relaxation solved: a bound, shares from 0 to 1, and prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray
from crowdnb.market.relaxation.linear_program import Linear, Rows, linear
from crowdnb.model.problem import Problem
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.greeting import silence_greeting

WHOLE = 1e-6  # how far from a whole number a solver's x may be
_DIGITS = 9  # of what a solver returns
# numbers of pairs: 1, one or more of them is chosen, or 0, none is
Decisions = dict[tuple[int, ...], int]


@dataclass(frozen=True, eq=False)
class Relaxed:
    """An optimum of the linear relaxation and its prices.

    Attributes
    ----------
    bound : float
        Its value; no assignment exceeds it.
    share : Series
        x of each pair, from 0 to 1, by (worker, task).
    price : Series
        The multiplier of each row, ≥ 0, by (kind, who): how much the bound rises for one more of
        its limit. That of a worker is read as a wage.
    """

    bound: float
    share: pd.Series[float]
    price: pd.Series[float]

    @property
    def whole(self) -> bool:
        """Whether every share is 0 or 1."""
        return bool(((self.share - self.share.round()).abs() < WHOLE).all())


def relax(problem: Problem, rows: Rows = "pairs") -> Relaxed:
    """Solve the linear relaxation, by cvxpy with the simplex method of HiGHS: it ends in a corner.

    Parameters
    ----------
    problem, rows
        As for :func:`linear`, with its errors.

    Returns
    -------
    Relaxed

    Examples
    --------
    >>> triangle = Problem(np.ones((3, 3)), [1, 1, 1], worker_conflicts=[(0, 1), (0, 2), (1, 2)])
    >>> [round(relax(triangle, rows).bound, 6) for rows in ("pairs", "cliques")]
    [1.5, 1.0]
    """
    answer = relaxed(linear(problem, rows), {})
    if answer is None:  # nobody at all keeps the rules
        raise SolverAnswerError(
            "the linear relaxation was not solved, and it always has an optimum"
        )
    return answer


def relaxed(model: Linear, decided: Decisions) -> Relaxed | None:
    """The relaxation where of some pairs one or more is chosen (1), or none (0); or None."""
    import cvxpy as cp  # here: it takes a second

    if model.value.empty:
        return Relaxed(0.0, model.value, model.limit * 0)
    x = cp.Variable(len(model.value), nonneg=True)
    kept: list[Any] = [model.matrix.to_numpy() @ x <= model.limit.to_numpy()]
    kept += [
        x[list(some)].sum() >= 1 if yes else x[list(some)] == 0 for some, yes in decided.items()
    ]
    program = cp.Problem(cp.Maximize(model.value.to_numpy() @ x), kept)
    silence_greeting()
    bound: float = program.solve(solver="HIGHS")  # type: ignore[no-untyped-call]
    if program.status != "optimal":
        return None
    share = pd.Series(_clean(x.value), index=model.value.index, name="share")
    price = pd.Series(_clean(kept[0].dual_value), index=model.limit.index, name="price")
    return Relaxed(float(bound), share, price)


def _clean(values: Any) -> FloatArray:
    """What a solver returned, without its last digits and without -0."""
    return np.asarray(values, dtype=float).round(_DIGITS) + 0.0
