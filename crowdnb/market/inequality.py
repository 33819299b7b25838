"""How unequal incomes are: the Lorenz curve and the Gini coefficient.

Incomes in rising order, added up, give the Lorenz curve; the Gini coefficient is twice the area
between it and the diagonal.

References
----------
M. O. Lorenz, "Methods of measuring the concentration of wealth", Publications of the American
Statistical Association 9 (1905) 209-219.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import FloatArray, finite, labelled_vector, needs, several, shown, text_of


def gini(values: npt.ArrayLike) -> float:
    """Gini coefficient of incomes: 0 where all are equal, (m - 1)/m where one of m has everything.

    Parameters
    ----------
    values : array-like of float, ≥ 0

    Returns
    -------
    float
        Half the mean difference of two incomes over their mean; 0 where there is no income.

    Raises
    ------
    ValueError
        A value is negative or no finite number; there is none.

    Examples
    --------
    >>> gini([1, 1, 1, 1]), gini([0, 0, 0, 1])
    (0.0, 0.75)
    """
    x = finite(values, "values")
    if x.ndim != 1 or x.size == 0 or x.min() < 0:
        raise ValueError(
            f"values: one or more incomes are needed, none negative, got {shown(values)}"
        )
    x = np.sort(x)
    total, m = float(x.sum()), len(x)
    return float((2 * np.arange(1, m + 1) - m - 1) @ x / (m * total)) if total else 0.0


def lorenz(
    income: Mapping[Any, float] | pd.Series[Any] | Sequence[float] | FloatArray,
) -> pd.Series[float]:
    """Lorenz curve: the share of all income that the poorest share of people has.

    Parameters
    ----------
    income : Series, mapping or sequence of float, n
        Incomes ≥ 0, not all 0.

    Returns
    -------
    Series
        Index: share of people, 0, 1/n, …, 1; values: their share of the income.

    Raises
    ------
    ValueError
        An income is negative or not finite, or all are 0.

    Examples
    --------
    >>> lorenz([30, 10]).to_dict()
    {0.0: 0.0, 0.5: 0.25, 1.0: 1.0}
    """
    if not isinstance(income, Mapping | pd.Series):
        income = pd.Series(several(income, "income"), dtype=object)
    value = np.sort(not_negative(pd.Series(income, dtype=object), "income"))
    held = np.concatenate([[0.0], np.cumsum(value)]) / value.sum()
    return pd.Series(
        held, pd.Index(np.linspace(0, 1, len(held)), name="share of people"), name="share of income"
    )


def not_negative(values: pd.Series[Any], name: str) -> FloatArray:
    """Values as numbers ≥ 0, not all 0; ValueError, with this name, where they are not."""
    if needs(values, pd.Series, text_of(name, "name")).empty:
        raise ValueError(f"{name}: there are none")
    value = labelled_vector(values, values.index, name)
    if (value < 0).any():
        raise ValueError(
            f"{name}: {values.index[int(value.argmin())]} has {value.min():g}, that must not be"
            " negative"
        )
    if not value.sum() > 0:
        raise ValueError(f"{name}: all are 0, there is nothing to go by")
    return value
