"""Competence Q of every worker for every task (section 3.5, eq. 6); E-CARGO: qualification.

Q_ij = sum_k w_k P(U_ik ≥ D_jk)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import fraction, interval_pair, moderate
from crowdnb.labels import FloatArray, labelled_vector

# Values of P (workers × tasks, of one criterion) at a time, 128 kB: they stay in a processor's
# cache, and all m·n·K of them are never held. Half or twice as many take longer.
BLOCK = 2**14
EXACT = 1e-9  # of a sum of weights, which the sum of floats leaves


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
    >>> q = cn.qualification(case.ability, case.demand, case.criteria_weights)
    >>> q["r0"].round(3).tolist()[:4]
    [0.236, 0.164, 0.269, 0.301]
    """
    u, d = interval_pair(ability, demand)
    w = labelled_vector(weights, u.criteria, "criteria weights")
    w = check_weights(w, u.criteria)
    u, d = moderate(u, d)
    l_u, l_d = u.high - u.low, d.high - d.low
    q = np.zeros((len(u.labels), len(d.labels)))
    height = max(1, BLOCK // len(d.labels))
    for start in range(0, len(q), height):
        rows = slice(start, start + height)
        for k, weight in enumerate(w):
            reach = u.high[rows, k, None] - d.low[:, k]
            q[rows] += weight * fraction(reach, l_u[rows, k, None] + l_d[:, k])
    return pd.DataFrame(q, index=u.labels, columns=d.labels, copy=False)


def check_weights(weights: FloatArray, criteria: pd.Index[Any]) -> FloatArray:
    """The weights, made to sum to 1 where rounding alone is off.

    ValueError unless they are ≥ 0, and sum to 1 within 1e-6 or the rounding of their digits.
    """
    if (weights < 0).any():
        at = int(weights.argmin())
        raise ValueError(
            f"criteria weights: {criteria[at]} has {weights[at]}, a weight must not be negative"
        )
    if (scaled := scaled_to_one(weights.tolist())) is None:
        raise ValueError(f"criteria weights: they sum to {weights.sum()} and must sum to 1")
    return np.array(scaled)


def scaled_to_one(
    weights: Sequence[float], digits: Sequence[int] | None = None
) -> list[float] | None:
    """Weights divided by their sum, where rounding alone keeps it from 1; None where more does.

    Three of 0.333333 are meant as thirds. Each weight that is written to the last digit, the second
    at least, may be off by half a unit of it, and nobody minds 1e-6.

    Parameters
    ----------
    weights : sequence of float
        Each ≥ 0.
    digits : sequence of int, optional
        Digits after the decimal point of each, as it is written; those of Python if not given.
    """
    total = math.fsum(weights)
    if abs(total - 1) <= EXACT:
        return list(weights)
    if digits is None:
        digits = [decimals(repr(weight)) for weight in weights]
    last = max(digits, default=0)
    rounding = digits.count(last) * 0.5 * 10.0**-last if last >= 2 else 0.0
    if abs(total - 1) > max(rounding, 1e-6) + EXACT:
        return None
    return [weight / total for weight in weights]


def decimals(number: str) -> int:
    """Digits after the decimal point of a number as it is written; 0.50 has two."""
    exponent = Decimal(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
