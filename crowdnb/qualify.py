"""Comprehensive competence Q of every worker for every task (section 3.5, eq. 6); E-CARGO: qualification.

Q_ij = sum_k w_k P(U_ik ≥ D_jk)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, labelled_vector
from crowdnb.possibility import Intervals, interval_pair, moderate

BLOCK = 2**14  # cells at a time, which stay in a processor's cache: the m·n·K matrix P is never held


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
        Criteria weights w ≥ 0 that sum to 1; a sequence is read in the order of the ability's criteria.

    Returns
    -------
    DataFrame
        Workers × tasks, values in [0, 1].

    Raises
    ------
    ValueError
        As :func:`possibility_matrix`; a weight is missing, unknown, negative, or they do not sum to 1.

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
    for start in range(0, len(q), height):
        rows = slice(start, start + height)
        _weighted_sum(u.low[rows], u.high[rows], d, w, q[rows])
    return pd.DataFrame(q, index=u.labels, columns=d.labels, copy=False)


def _weighted_sum(low: FloatArray, high: FloatArray, d: Intervals, weights: FloatArray, out: FloatArray) -> None:
    """Eq. 6 for some workers, into ``out`` of shape (workers, tasks), without an array for every criterion."""
    p, width = np.empty_like(out), np.empty_like(out)
    for k, weight in enumerate(weights):
        u_width, d_width = high[:, k] - low[:, k], d.high[:, k] - d.low[:, k]
        reach = np.subtract(high[:, k, np.newaxis], d.low[:, k], out=p)
        np.add(u_width[:, np.newaxis], d_width, out=width)
        points = np.ix_(u_width == 0, d_width == 0)  # of both: the fraction is 0/0
        sign = np.sign(reach[points])
        width[points] = 1.0
        np.clip(np.divide(reach, width, out=p), 0, 1, out=p)
        p[points] = 0.5 + 0.5 * sign
        if k == 0:
            np.multiply(p, weight, out=out)
        else:
            out += np.multiply(p, weight, out=p)


def check_weights(weights: FloatArray, criteria: pd.Index[Any]) -> None:
    """ValueError unless the weights are ≥ 0 and sum to 1 within 1e-6."""
    if (weights < 0).any():
        at = int(weights.argmin())
        raise ValueError(f"criteria weights: {criteria[at]} has {weights[at]}, a weight must not be negative")
    if abs(weights.sum() - 1) > 1e-6:
        raise ValueError(f"criteria weights: they sum to {weights.sum()} and must sum to 1")
