r"""Possibility degree that an ability interval meets a demand interval (section 3.3, eq. 3).

With widths l_U = U^H - U^L and l_D = D^H - D^L,

    P(U ≥ D) = min{ l_U + l_D, max{U^H - D^L, 0} } / (l_U + l_D)

The paper's text writes l_U as an interval; it is a width. Between two points the fraction is 0/0,
and P is 1, 0.5 or 0 by U > D, U = D, U < D. Always P(U ≥ D) + P(D ≥ U) = 1. A demand [d, 1] is met
with P < 1 by every interval in [0, 1] that is not the point 1: the two widths always leave some
doubt.

P stays the same when all ends are moved or scaled alike. Ends near the largest floating point
number are scaled down first, so that no width overflows.

References
----------
Z. S. Xu, Q. L. Da, "The uncertain OWA operator", Int. J. Intelligent Systems 17 (2002) 569-575.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    finite,
    listing,
    numbers,
    phrases,
    same_labels,
    shown,
    unique_index,
    with_clean_labels,
)

# of an end: P is of any finite intervals, and the sum of two widths of larger ends could overflow
LARGE = 1e307


class Intervals(NamedTuple):
    """A frame of intervals taken apart: labels, and ends of shape (labels, criteria)."""

    labels: pd.Index[Any]
    criteria: pd.Index[Any]
    low: FloatArray
    high: FloatArray


def possibility_degree(
    ability_low: npt.ArrayLike,
    ability_high: npt.ArrayLike,
    demand_low: npt.ArrayLike,
    demand_high: npt.ArrayLike,
) -> FloatArray:
    """Possibility degree P(U ≥ D) of intervals (eq. 3).

    Parameters
    ----------
    ability_low, ability_high, demand_low, demand_high : array-like of float
        Ends of U and of D: finite real numbers, low ≤ high, shapes that broadcast against each
        other.

    Returns
    -------
    ndarray of float
        P in [0, 1], of the broadcast shape.

    Raises
    ------
    ValueError
        An end is not a finite number, or low is above high; shapes that do not broadcast; Series
        or frames whose labels are not in the same order.

    Examples
    --------
    Worker a0's skill against task r0 (table 3, first value), and two points:

    >>> possibility_degree(0.52, 0.63, 0.40, 1.00).round(3)
    np.float64(0.324)
    >>> possibility_degree([0.6, 0.5, 0.4], [0.6, 0.5, 0.4], 0.5, 0.5)
    array([1. , 0.5, 0. ])
    """
    ends = []
    _in_one_order("ability_low", ability_low, "demand_low", demand_low)
    for name, low, high in (
        ("ability", ability_low, ability_high),
        ("demand", demand_low, demand_high),
    ):
        _in_one_order(f"{name}_low", low, f"{name}_high", high)
        lows, highs = _alike(name, finite(low, name), finite(high, name))
        if (bad := lows > highs).any():
            raise ValueError(f"{name}: low {lows[bad][0]} is above high {highs[bad][0]}")
        ends += [lows, highs]
    return degree(*_alike("ability and demand", *ends))


def _in_one_order(name: str, one: object, other_name: str, other: object) -> None:
    """ValueError where two have the same labels in another order: they are read by position."""
    both = (pd.Series, pd.DataFrame)
    if isinstance(one, both) and isinstance(other, both):
        for mine, yours in zip(one.axes, other.axes, strict=False):
            if not mine.equals(yours) and set(mine) == set(yours):
                raise ValueError(
                    f"{name} and {other_name}: their labels are in another order; reindex one by"
                    " the other"
                )


def _alike(name: str, *arrays: FloatArray) -> tuple[FloatArray, ...]:
    """Arrays of one shape; ValueError where none is common to all."""
    try:
        return tuple(np.broadcast_arrays(*arrays))
    except ValueError:
        raise ValueError(
            f"{name}: shapes {listing([one.shape for one in arrays])} cannot be broadcast together"
        ) from None


def degree(
    ability_low: FloatArray,
    ability_high: FloatArray,
    demand_low: FloatArray,
    demand_high: FloatArray,
) -> FloatArray:
    """Eq. 3 on checked arrays; shapes as :func:`possibility_degree`."""
    ends = ability_low, ability_high, demand_low, demand_high
    if any(np.abs(end).max(initial=0) > LARGE for end in ends):
        ability_low, ability_high, demand_low, demand_high = (end / 16 for end in ends)
    width = (ability_high - ability_low) + (demand_high - demand_low)
    return np.asarray(fraction(ability_high - demand_low, width))[()]


def fraction(reach: FloatArray, width: FloatArray) -> FloatArray:
    """Eq. 3 from U^H - D^L and l_U + l_D, arrays of one shape."""
    points = width == 0
    if not points.any():
        return np.asarray(np.clip(reach, 0, width) / width)
    met = np.clip(reach, 0, width) / np.where(points, 1.0, width)
    return np.where(points, 0.5 + 0.5 * np.sign(reach), met)


def moderate(u: Intervals, d: Intervals) -> tuple[Intervals, Intervals]:
    """Both scaled down alike, if ends are so large that the sum of two widths would overflow."""
    if max(np.abs(end).max() for end in (u.low, u.high, d.low, d.high)) <= LARGE:
        return u, d
    return u._replace(low=u.low / 16, high=u.high / 16), d._replace(
        low=d.low / 16, high=d.high / 16
    )


def possibility_matrix(ability: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """P(U ≥ D) of every worker for every task and criterion: the paper's matrix P.

    Parameters
    ----------
    ability : DataFrame
        m workers; columns (criterion, ``low`` / ``high``), as :func:`ability_intervals` gives it.
    demand : DataFrame
        n tasks; the same columns in any order.

    Returns
    -------
    DataFrame
        Index (worker, task), m·n rows; K columns, the criteria in the order of ``ability``. Values
        in [0, 1].

    Raises
    ------
    ValueError
        The criteria differ, a label stands twice, an end is missing, not finite, or low is above
        high.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> cn.possibility_matrix(case.ability, case.demand).loc[("a0", "r4")].round(3).tolist()
    [0.407, 0.29, 0.246, 0.159]
    """
    u, d = interval_pair(ability, demand)
    p = degree(u.low[:, np.newaxis], u.high[:, np.newaxis], d.low, d.high)
    index = pd.MultiIndex.from_product([u.labels, d.labels], names=["worker", "task"])
    return pd.DataFrame(p.reshape(len(index), len(u.criteria)), index=index, columns=u.criteria)


def interval_pair(ability: pd.DataFrame, demand: pd.DataFrame) -> tuple[Intervals, Intervals]:
    """Both frames taken apart and checked, the demand's criteria in the order of the ability's."""
    u, d = _intervals(ability, "worker"), _intervals(demand, "task")
    if d.criteria.equals(u.criteria):
        return u, d
    same_labels(d.criteria, u.criteria, "demand")
    order = d.criteria.get_indexer(u.criteria)
    return u, Intervals(d.labels, u.criteria, d.low[:, order], d.high[:, order])


def _intervals(frame: pd.DataFrame, what: str) -> Intervals:
    """A frame with columns (criterion, low / high) taken apart; ValueError names a wrong label."""
    name = "ability" if what == "worker" else "demand"
    if not isinstance(frame, pd.DataFrame) or frame.columns.nlevels != 2 or frame.empty:
        raise ValueError(
            f"{name}: a table with one row per {what} and columns (criterion, 'low' / 'high') is"
            f" needed, got {shown(frame)}"
        )
    frame = with_clean_labels(frame, name)
    labels = unique_index(frame.index, what)
    criteria = unique_index(frame.columns.unique(0), "criterion")
    cells = frame
    if list[object](frame.columns) != [
        (criterion, end) for criterion in criteria for end in ("low", "high")
    ]:
        wanted = pd.MultiIndex.from_product([criteria, ["low", "high"]])
        same_labels(
            frame.columns,
            wanted.set_names(["criterion", "end"]).to_flat_index().rename("column"),
            name,
        )
        cells = frame.reindex(columns=wanted)
    ends = numbers(cells.to_numpy())
    low, high = ends[:, ::2], ends[:, 1::2]
    for bad, rule in (
        (~np.isfinite(low) | ~np.isfinite(high), "the ends must be finite numbers"),
        (low > high, "low is above high"),
    ):
        if bad.any():
            wrong = [
                f"{labels[i]}, {criteria[k]}: [{shown(cells.iloc[i, 2 * k])},"
                f" {shown(cells.iloc[i, 2 * k + 1])}]"
                for i, k in np.argwhere(bad)
            ]
            raise ValueError(f"{name}: {rule}: {phrases(wrong, 5)}")
    return Intervals(labels, criteria, low, high)
