r"""How many can work together at most: cliques of conflicts, each with a price, that cover everyone.

For prices p_c ≥ 0 of cliques of workers in mutual conflict, of which each lets one worker in, a team
whose workers fill w_i places each at most fills

    Σ_c p_c + Σ_i max(0, w_i - Σ_{c ∋ i} p_c)

places at most, whatever the prices: so they are a proof that a person can add up. The best ones are
the dual of a linear program, the fractional clique cover.

References
----------
M. Grötschel, L. Lovász, A. Schrijver, "Geometric Algorithms and Combinatorial Optimization",
Springer, 1988, chapter 9.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.conflict_graph import covering
from crowdnb.model.matrices import members
from crowdnb.solver.linear import most_worth

_SLACK = 1e-6  # of a place: what rounding may cost the sums, at a thousand places some 1e-13


class CliqueCover(NamedTuple):
    """Cliques with prices above 0, and how many places a team fills at most by them."""

    cliques: list[IntArray]
    price: FloatArray
    most: int


def clique_cover(
    conflicts: BoolArray, weight: IntArray, known: Sequence[IntArray] = ()
) -> CliqueCover | None:
    """The cover that proves most, or None where the linear program has no answer.

    Parameters
    ----------
    conflicts : ndarray of bool, shape (m, m)
    weight : ndarray of int, shape (m,)
        How many places each worker fills at most.
    known : sequence of ndarray of int
        Cliques of a cover found before, perhaps when there were more conflicts.

    Examples
    --------
    Two groups of three who are all in conflict with each other:

    >>> of = np.array([0, 0, 0, 1, 1, 1])
    >>> against = (of[:, None] == of) & ~np.eye(6, dtype=bool)
    >>> clique_cover(against, np.ones(6, dtype=int)).most
    2
    """
    able = weight > 0
    left = conflicts & able[:, np.newaxis] & able
    cliques = [clique for group in known for clique in _still(left, group[able[group]])]
    for clique in cliques:
        left[np.ix_(clique, clique)] = False
    cliques += covering(left)
    if not cliques:
        return CliqueCover([], np.zeros(0), int(weight.sum()))
    member = members(cliques, len(weight))
    one, anybody = np.ones(len(cliques)), np.ones(len(weight))
    sides, limits = (np.full(len(cliques), -np.inf), one), (0 * anybody, anybody)
    found = most_worth(weight.astype(float), member, sides, limits, math.inf)
    if found is None:
        return None
    price = found.prices
    uncovered = np.maximum(0.0, weight - member.T @ price)
    most = math.floor(math.fsum([*price, *uncovered]) + _SLACK)
    used = np.flatnonzero(price > 0)
    return CliqueCover([cliques[at] for at in used], price[used], most)


def _still(conflicts: BoolArray, group: IntArray) -> Iterator[IntArray]:
    """The cliques into which a clique falls when some of its conflicts are gone."""
    apart = np.argwhere(~conflicts[np.ix_(group, group)] & ~np.eye(len(group), dtype=bool))
    if len(apart):
        for one in apart[0].tolist():
            yield from _still(conflicts, np.delete(group, one))
    elif len(group) > 1:
        yield group
