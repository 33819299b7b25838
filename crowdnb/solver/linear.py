"""A linear program and the prices of its rows, by HiGHS through scipy.

Neither is believed: whoever asks makes a bound of the prices, which is one whatever they are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from crowdnb.labels import FloatArray


class Linear(NamedTuple):
    """The best x, and what one more of each row would bring."""

    x: FloatArray
    prices: FloatArray  # above 0 only with an upper side, below only with a lower one


def most_worth(
    worth: FloatArray,
    matrix: sparse.csr_array[np.float64],
    sides: tuple[FloatArray, FloatArray],
    limits: tuple[FloatArray, FloatArray],
    seconds: float,
    **options: Any,
) -> Linear | None:
    """Maximise worth · x, where sides[0] ≤ matrix · x ≤ sides[1] and limits[0] ≤ x ≤ limits[1].

    None where the solver finds no optimum in time.
    """
    low, high = sides
    equal = low == high
    upper, lower = np.isfinite(high) & ~equal, np.isfinite(low) & ~equal
    below: Any = sparse.vstack([matrix[upper], -matrix[lower]])
    exactly: Any = matrix[equal]
    bounds: Any = np.column_stack(limits)
    told: Any = {"time_limit": min(seconds, 1e9), **options}
    answer: Any = linprog(
        -worth,
        below,
        np.r_[high[upper], -low[lower]],
        exactly,
        low[equal],
        bounds=bounds,
        method="highs-ds",
        options=told,
    )
    if answer.x is None or answer.status:
        return None
    each = np.maximum(0.0, -answer.ineqlin.marginals)
    prices = np.zeros(len(low))
    prices[upper] += each[: upper.sum()]
    prices[lower] -= each[upper.sum() :]
    prices[equal] = -answer.eqlin.marginals
    return Linear(answer.x, prices)
