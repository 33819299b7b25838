r"""Criteria weights by fuzzy AHP with a complementary matrix (section 3.4, eqs. 4 and 5).

B = [b_ij] compares K criteria on the five levels 0.1, 0.3, 0.5, 0.7, 0.9: b_ij + b_ji = 1, b_ii =
0.5, and b_ij > 0.5 says that i matters more than j. With the row sums b_i,

    z_ij = (b_i - b_j) / (2 (K - 1)) + 0.5                        (4)  fuzzy consistent matrix Z
    w_i  = 1/K - 1/(2a) + sum_t z_it / (K a)                      (5)  weights, a ≥ (K - 1) / 2

The paper has a = K - 1: for K = 4, w_i = (sum_t z_it + 1) / 12. On the five levels this confines
every weight to 1/K ± 0.2/a, for K = 4 to [0.1833, 0.3167]. It is not the fuzzy AHP of triangular
numbers.

References
----------
Y. Lü, "Weight calculation method of fuzzy analytical hierarchy process", Fuzzy Systems
and Mathematics 16 (2002).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Collection, Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    FloatArray,
    number,
    numbers,
    phrases,
    plain_array,
    refuse_other_frames,
    several,
    shown,
    unique_index,
    whole,
    with_clean_labels,
)

LEVELS = (0.1, 0.3, 0.5, 0.7, 0.9)
# How far the product of opposite cells may be from 1 where 1/6 is written as 0.2, or 1/8 as 0.1.
_ROUNDED = 0.2 + 1e-9
SAATY = (
    "it looks like Saaty's scale from 1/9 to 9, where opposite cells multiply to 1. Here they sum"
    " to 1 and the diagonal is 0.5: write 0.5 + log9(a)/2 for a value a of that scale, which is 0.5"
    " for 1, 0.75 for 3, 1 for 9, 0.25 for 1/3"
)


def consistent_matrix(judgement: pd.DataFrame | npt.ArrayLike) -> pd.DataFrame:
    """Fuzzy consistent matrix Z of a fuzzy complementary judgement matrix B (eq. 4).

    Parameters
    ----------
    judgement : DataFrame or array-like, K × K
        B: values in [0, 1], b_ij + b_ji = 1, b_ii = 0.5; a frame's row and column labels are the
        criteria.

    Returns
    -------
    DataFrame
        Z, K × K, with z_ij = z_ik - z_jk + 0.5 for all i, j, k.

    Raises
    ------
    ValueError
        B is not square, its labels differ, or a value breaks a rule; row, column and value are
        named.

    Warns
    -----
    UserWarning
        A value is not one of the five levels.

    Examples
    --------
    >>> consistent_matrix([[0.5, 0.7], [0.3, 0.5]]).to_numpy().round(3).tolist()
    [[0.5, 0.7], [0.3, 0.5]]
    """
    b, criteria = checked_judgement(judgement)
    return pd.DataFrame(_consistent(b), index=criteria, columns=criteria)


def criteria_weights(
    judgement: pd.DataFrame | npt.ArrayLike, resolution: float | None = None
) -> pd.Series[float]:
    """Criteria weights w of a judgement matrix (eqs. 4 and 5).

    Parameters
    ----------
    judgement : DataFrame or array-like, K × K
        As :func:`consistent_matrix`.
    resolution : float, optional
        a ≥ (K - 1) / 2. A smaller a spreads the weights further apart. The paper's K - 1 when not
        given.

    Returns
    -------
    Series
        K weights ≥ 0, by criterion, that sum to 1.

    Raises
    ------
    ValueError
        As :func:`consistent_matrix`; a resolution below (K - 1) / 2.

    Examples
    --------
    >>> criteria_weights([[0.5, 0.9, 0.9, 0.9]] + [[0.1, 0.5, 0.5, 0.5]] * 3).round(4).tolist()
    [0.3167, 0.2278, 0.2278, 0.2278]
    """
    b, criteria = checked_judgement(judgement)
    return weights_of(pd.DataFrame(b, criteria, criteria), resolution)


def weights_of(judgement: pd.DataFrame, resolution: float | None = None) -> pd.Series[float]:
    """:func:`criteria_weights` of a checked judgement, its columns in the order of its rows."""
    b, criteria = judgement.to_numpy(), judgement.index
    k = len(b)
    a = _resolution(k, resolution)
    w = 1 / k - 1 / (2 * a) + _consistent(b).sum(axis=1) / (k * a)
    return pd.Series(w.clip(min=0), index=criteria, name="weight")  # a judgement may be off by 1e-9


def weight_range(
    criteria: int | Collection[Hashable], resolution: float | None = None
) -> tuple[float, float]:
    """Smallest and largest weight that the five levels can give one criterion: 1/K ± 0.2/a.

    Parameters
    ----------
    criteria : int or collection of labels
        K, or the criteria themselves.
    resolution : float, optional
        a, as :func:`criteria_weights`.

    Returns
    -------
    (smallest, largest) : tuple of float

    Raises
    ------
    ValueError
        No criterion, or a resolution below (K - 1) / 2.

    Notes
    -----
    Eq. 4 makes sum_t z_it = (b_i - K/2) K / (2 (K - 1)) + K/2, and b_i reaches from 0.5 + 0.1 (K -
    1) to 0.5 + 0.9 (K - 1), so that eq. 5 reaches 1/K - 0.2/a and 1/K + 0.2/a.

    Examples
    --------
    >>> [[round(end, 4) for end in weight_range(4, a)] for a in (None, 1.5)]
    [[0.1833, 0.3167], [0.1167, 0.3833]]
    """
    if isinstance(criteria, Collection):
        k = len(unique_index(several(criteria, "criteria"), "criteria"))
    else:
        k = whole(criteria, "criteria", 0)
    if k < 1:
        raise ValueError(f"criteria: at least one is needed, got {k}")
    a = _resolution(k, resolution)
    reach = (LEVELS[-1] - 0.5) / (2 * a) if k > 1 else 0.0
    return 1 / k - reach, 1 / k + reach


def _consistent(b: FloatArray) -> FloatArray:
    rows = b.sum(axis=1)
    return np.asarray((rows[:, np.newaxis] - rows) / (2 * max(len(b) - 1, 1)) + 0.5)


def _resolution(k: int, resolution: float | None) -> float:
    a = max(k - 1, 1) if resolution is None else number(resolution)
    if not (math.isfinite(a) and a >= (k - 1) / 2 and a > 0):
        raise ValueError(
            f"resolution must be a finite number of at least (K - 1) / 2 = {(k - 1) / 2} and above"
            f" 0, got {shown(resolution)}"
        )
    return a


def checked_judgement(
    judgement: pd.DataFrame | npt.ArrayLike,
) -> tuple[FloatArray, pd.Index[Any]]:
    """B in the order of its row labels, and these; errors as :func:`consistent_matrix`."""
    frame = judgement
    if not isinstance(frame, pd.DataFrame):
        refuse_other_frames(judgement, "judgement")
        masked = isinstance(judgement, np.ma.MaskedArray)
        array = (
            plain_array(judgement, "judgement") if masked else np.asarray(judgement, dtype=object)
        )
        if array.ndim not in (1, 2):
            raise ValueError(f"judgement: a square matrix is needed, got {shown(judgement)}")
        frame = pd.DataFrame(array.astype(object))
    refuse_judgement(frame, "judgement")
    frame = with_clean_labels(frame, "judgement")
    criteria = unique_index(frame.index, "criterion")
    return numbers(frame.reindex(columns=criteria)), criteria


def refuse_judgement(frame: pd.DataFrame, where: str) -> None:
    """ValueError for what is wrong with a judgement; a warning, two calls up, off the levels."""
    problems, off_levels = judgement_problems(frame)
    if problems:
        raise ValueError(f"{where}: {phrases(problems, 5)}")
    if off_levels:
        off = f"off the five levels 0.1 … 0.9: {phrases(off_levels, 5)}"
        warnings.warn(f"{where}: {off}", stacklevel=4)


def judgement_problems(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """What is wrong with a judgement matrix, and what is only off the five levels, in words."""
    if frame.shape[0] != frame.shape[1] or frame.empty:
        return [
            f"{frame.shape[0]} rows and {frame.shape[1]} columns, the matrix must be square"
        ], []
    try:
        rows, columns = unique_index(frame.index, "row"), unique_index(frame.columns, "column")
        frame = frame.set_axis(rows).set_axis(columns, axis=1)
    except ValueError as error:
        return [str(error)], []
    lonely = [
        f"row {label} has no column of that name" for label in rows.difference(columns, sort=False)
    ]
    lonely += [
        f"column {label} has no row of that name" for label in columns.difference(rows, sort=False)
    ]
    if lonely:
        return lonely, []
    cells = frame.reindex(columns=frame.index)
    b = numbers(cells)
    names = [str(label) for label in frame.index]
    if is_saaty_scale(b):
        return [SAATY], []
    problems, off_levels = [], []
    for i, row in enumerate(names):
        for j, column in enumerate(names):
            value = b[i, j]
            if not 0 <= value <= 1:
                found = shown(cells.iloc[i, j])
                problems.append(
                    f"row {row}, column {column} is {found}, a number in [0, 1] is needed"
                )
            elif i == j and abs(value - 0.5) > 1e-9:
                problems.append(f"row {row}, column {column} is {value}, the diagonal must be 0.5")
            elif i < j and 0 <= b[j, i] <= 1 and abs(value + b[j, i] - 1) > 1e-9:
                problems.append(
                    f"{row} over {column} is {value} and {column} over {row} {b[j, i]}, they must"
                    " sum to 1"
                )
            if min(abs(value - level) for level in LEVELS) > 1e-9 and 0 <= value <= 1:
                off_levels.append(f"row {row}, column {column} is {value}")
    return problems, off_levels


def is_saaty_scale(b: FloatArray) -> bool:
    """Whether a square matrix is one of AHP: 1 on the diagonal, opposite cells multiply to 1.

    One of two opposite cells may be missing (NaN), as where only those above the diagonal are
    filled in.
    """
    if b.ndim != 2 or b.shape[0] != b.shape[1] or not (b.diagonal() == 1).all():
        return False
    if (b <= 0).any() or (np.isnan(b) & np.isnan(b.T)).any():
        return False
    return bool(np.nanmax(b) >= 2) and not (np.abs(b * b.T - 1) > _ROUNDED).any()
