r"""Rows beyond those of the program that every team keeps, and a fractional one breaks.

Of the conflict graph, with y_i how much of worker i a relaxation employs:

    Σ_{i in clique} y_i ≤ 1                 workers in mutual conflict
    Σ_{i in cycle} y_i ≤ (length - 1) / 2   an odd number, each in conflict with the next

The cover of :func:`crowdnb.model.conflict_graph.cliques` has each conflict in one clique; the
relaxation employs halves and thirds of workers who are in other cliques, and in cycles.

References
----------
M. W. Padberg, "On the facial structure of set packing polyhedra", Mathematical Programming 5 (1973)
199-215: both kinds. M. Grötschel, L. Lovász, A. Schrijver, Geometric Algorithms and Combinatorial
Optimization, Springer 1988, section 8.3: cycles by shortest paths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import dijkstra

from crowdnb.labels import BoolArray, FloatArray, IntArray

_BROKEN = 0.02  # by how much y breaks a row that is worth having
_EMPLOYED = 1e-6  # y above this
_MOST = 200  # rows of a kind at a time


class Cut(NamedTuple):
    """Σ y_i of the members ≤ high."""

    members: IntArray
    high: float


def cuts(between: BoolArray, y: FloatArray) -> list[Cut]:
    """Rows that y breaks: cliques, and cycles where few cliques are left.

    Parameters
    ----------
    between : ndarray of bool, shape (m, m)
        C^A.
    y : ndarray, shape (m,)
    """
    found = _cliques(between, y)
    return found if len(found) >= _MOST // 10 else found + _cycles(between, y)


def _cliques(between: BoolArray, y: FloatArray) -> list[Cut]:
    """From each worker the clique that takes whoever fits and is employed most, enlarged."""
    found: dict[tuple[int, ...], float] = {}
    for i in np.flatnonzero(y > _BROKEN / 2).tolist():
        clique, fitting = [i], between[i].copy()
        while fitting.any():  # who is not employed joins last, and makes the row stronger for free
            k = int(np.where(fitting, y, -1.0).argmax())
            if y[k] <= _EMPLOYED and y[clique].sum() <= 1 + _BROKEN:
                break
            clique.append(k)
            fitting &= between[k]
        if (total := float(y[clique].sum())) > 1 + _BROKEN:
            found[tuple(sorted(clique))] = total
    most = sorted(found, key=lambda clique: (-found[clique], clique))[:_MOST]
    return [Cut(np.array(clique), 1.0) for clique in most]


def _cycles(between: BoolArray, y: FloatArray) -> list[Cut]:
    """From each worker the shortest odd cycle, where a conflict is 1 - y_i - y_k long.

    It breaks its row where it is shorter than 1. Paths of an odd number of conflicts are those from
    the first to the second copy of a worker, with every conflict between copies.
    """
    who = np.flatnonzero(y > _EMPLOYED)
    size = len(who)
    both = y[who][:, np.newaxis] + y[who]
    length = np.where(between[np.ix_(who, who)], np.maximum(1 - both, 1e-9), 0.0)
    half = sparse.csr_array(length)
    copies = sparse.csr_array(sparse.block_array([[None, half], [half, None]]))
    if not size or not copies.nnz:
        return []
    every = np.arange(size)
    far, before = dijkstra(copies, indices=every, return_predecessors=True, limit=1.0)
    short = far[every, every + size]
    found: dict[tuple[int, ...], None] = {}
    for i in np.argsort(short, kind="stable").tolist():
        if short[i] >= 1 - 2 * _BROKEN or len(found) == _MOST // 2:
            break
        at, cycle = i + size, list[int]()
        while at != i:
            cycle.append(at % size)
            at = int(before[i, at])
        if len(set(cycle)) == len(cycle):  # else it is made of shorter ones
            found[tuple(sorted(cycle))] = None
    return [Cut(who[list(cycle)], (len(cycle) - 1) / 2) for cycle in found]
