"""Comprehensive competence Q of every worker for every task (section 3.5, eq. 6); E-CARGO: qualification.

Q_ij = sum_k w_k P(U_ik ≥ D_jk)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import interval_pair, moderate
from crowdnb.labels import FloatArray, IntArray, labelled_vector

# cells at a time, which stay in a processor's cache: the m·n·K matrix P is never held
BLOCK = 2**14


def qualification(
    ability: pd.DataFrame,
    demand: pd.DataFrame,
    weights: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | FloatArray,
) -> pd.DataFrame:
    """Qualification matrix Q from abilities, demands and criteria weights (eqs. 3 and 6).

    Parameters
    ----------
    ability : DataFrame
        m workers; columns (criterion, ``low`` / ``high``), any finite ends.
    demand : DataFrame
        n tasks; the same columns.
    weights : Series, mapping or sequence of float, K values
        Criteria weights w ≥ 0 that sum to 1; a sequence is read in the order of the ability's
        criteria.

    Returns
    -------
    DataFrame
        Workers × tasks, values in [0, 1].

    Raises
    ------
    ValueError
        As :func:`possibility_matrix`; a weight is missing, unknown, negative, or they do not sum to
        1.

    Examples
    --------
    Table 4, first row:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> cn.qualification(case.ability, case.demand, case.criteria_weights)["r0"].round(3).tolist()[:4]
    [0.236, 0.164, 0.269, 0.301]
    """
    u, d = interval_pair(ability, demand)
    w = labelled_vector(weights, u.criteria, "criteria weights")
    check_weights(w, u.criteria)
    u, d = moderate(u, d)
    q = np.empty((len(u.labels), len(d.labels)))
    height = max(1, BLOCK // len(d.labels))
    sums = [
        _OuterSums.of(u.low[:, k], u.high[:, k], d.low[:, k], d.high[:, k]) for k in range(len(w))
    ]
    buffers = np.empty((2, min(height, len(q)), len(d.labels)))
    for start in range(0, len(q), height):
        rows = slice(start, start + height)
        out = q[rows]
        p, width = buffers[:, : len(out)]
        for k, weight in enumerate(w):
            sums[k].degree(rows, p, width)
            if k == 0:
                np.multiply(p, weight, out=out)
            else:
                out += np.multiply(p, weight, out=p)
    return pd.DataFrame(q, index=u.labels, columns=d.labels, copy=False)


class _OuterSums(NamedTuple):
    """Reach U^H - D^L and width l_U + l_D of every pair on one criterion, each as a product of two thin matrices.

    Such a product [a 1] [1; b] is rounded once, as a + b is, and takes half the time.
    """

    reach: tuple[FloatArray, FloatArray]
    width: tuple[FloatArray, FloatArray]
    points: IntArray  # tasks whose demand is a point

    @classmethod
    def of(
        cls, u_low: FloatArray, u_high: FloatArray, d_low: FloatArray, d_high: FloatArray
    ) -> _OuterSums:
        """From the ends of all workers and of all tasks."""

        def factors(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
            return np.column_stack([a, np.ones(len(a))]), np.stack([np.ones(len(b)), b])

        widths = u_high - u_low, d_high - d_low
        return cls(factors(u_high, -d_low), factors(*widths), np.flatnonzero(widths[1] == 0))

    def degree(self, rows: slice, p: FloatArray, width: FloatArray) -> None:
        """Eq. 3 for some workers, into ``p``; ``width`` is room to work in, both of shape (workers, tasks)."""
        np.matmul(self.reach[0][rows], self.reach[1], out=p)
        np.matmul(self.width[0][rows], self.width[1], out=width)
        if len(self.points):  # between two points the fraction is 0/0
            both = np.ix_(self.width[0][rows, 0] == 0, self.points)
            width[both] = 1.0
            p[both] = 0.5 + 0.5 * np.sign(p[both])
        np.clip(np.divide(p, width, out=p), 0.0, 1.0, out=p)


def check_weights(weights: FloatArray, criteria: pd.Index[Any]) -> None:
    """ValueError unless the weights are ≥ 0 and sum to 1 within 1e-6."""
    if (weights < 0).any():
        at = int(weights.argmin())
        raise ValueError(
            f"criteria weights: {criteria[at]} has {weights[at]}, a weight must not be negative"
        )
    if abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"criteria weights: they sum to {weights.sum()} and must sum to 1")
