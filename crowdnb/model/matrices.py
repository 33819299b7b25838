"""Sparse 0/1 matrices by their ones: which group each item is in, who is in each group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from crowdnb.labels import IntArray


def incidence(group: IntArray, groups: int) -> sparse.csr_array[np.float64]:
    """0/1 matrix, groups × items: which group each item is in."""
    return entries(group, np.arange(len(group)), (groups, len(group)))


def members(groups: Sequence[IntArray], m: int) -> sparse.csr_array[np.float64]:
    """0/1 matrix, groups × m workers: who is in each group."""
    which = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    flat = np.concatenate([*groups, np.zeros(0, dtype=int)])
    return entries(which, flat, (len(groups), m))


def entries(
    row: IntArray, column: IntArray, shape: tuple[int, int]
) -> sparse.csr_array[np.float64]:
    """A 0/1 matrix by its ones."""
    return sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)
