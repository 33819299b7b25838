"""Who can work together: independent sets of the conflict graph, by branch and bound on bit sets.

Workers are grouped into cliques of mutual conflicts, of which at most one can be chosen. A branch
with too few cliques is given up; else one of the workers in the surplus cliques must be chosen, and
each is tried.

References
----------
E. Tomita, T. Seki, "An efficient branch-and-bound algorithm for finding a maximum clique", DMTCS
2003, LNCS 2731, 278-289: a greedy cover as the bound, and vertices in the order of their degrees.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.arrays import ones_of
from crowdnb.model.problem import Problem

# Beyond either of these the question whether places can be filled is left to the solver.
SEARCH_NODES = 20_000
SEARCH_WORKERS = 400


def bit_sets(zero_one: npt.NDArray[Any]) -> list[int]:
    """Each row of a 0/1 matrix as a bit set: bit k of entry i is the entry (i, k)."""
    packed = np.packbits(zero_one != 0, axis=1, bitorder="little")
    width, data = packed.shape[1], packed.tobytes()
    return [
        int.from_bytes(data[at : at + width], "little") for at in range(0, len(data), max(width, 1))
    ]


def team_exists(between: BoolArray, places: int, node_cap: float = np.inf) -> bool | None:
    """Whether so many workers can work together.

    Parameters
    ----------
    between : ndarray of bool, shape (m, m)
        C^A, symmetric.
    places : int
        n.
    node_cap : int, optional
        With more nodes the answer is None: not known.

    Examples
    --------
    >>> ring = np.roll(np.eye(5, dtype=bool), 1, axis=0)  # each of five workers in conflict with both neighbours
    >>> team_exists(ring | ring.T, 2), team_exists(ring | ring.T, 3)
    (True, False)
    """
    found = _larger_team(between, places - 1, places, node_cap)
    return None if found is None else found[0] >= places


def largest_team(between: BoolArray, node_cap: float = np.inf) -> int | None:
    """Size of the largest set of workers without a conflict; None where the cap leaves it open.

    Parameters as of :func:`team_exists`.

    Examples
    --------
    >>> largest_team(np.zeros((3, 3), dtype=bool))
    3
    """
    found = _larger_team(between, 0, np.inf, node_cap)
    return None if found is None else found[0]


def compatible_workers(between: npt.NDArray[Any], members: BoolArray, wanted: int) -> int:
    """How many of the members can work together.

    ``wanted`` as soon as that many are found, or where it is not settled.

    Parameters
    ----------
    between : ndarray of 0/1 or bool, shape (m, m)
        C^A, symmetric.
    members : ndarray of bool, shape (m,)
    wanted : int
    """
    team = compatible_team(between, members, wanted)
    return wanted if team is None else min(len(team), wanted)


def compatible_team(between: npt.NDArray[Any], members: BoolArray, wanted: int) -> IntArray | None:
    """Positions of ``wanted`` members who can work together, or of as many as can; None where it is not settled.

    Parameters as of :func:`compatible_workers`.

    Examples
    --------
    >>> ring = np.roll(np.eye(5, dtype=bool), 1, axis=0)
    >>> len(compatible_team(ring | ring.T, np.ones(5, dtype=bool), 3))
    2
    """
    at = np.flatnonzero(members)
    if len(at) > SEARCH_WORKERS:
        return None
    found = _larger_team(between[np.ix_(at, at)] != 0, 0, wanted, SEARCH_NODES)
    return None if found is None else at[found[1]]


def _larger_team(
    between: BoolArray, best: int, wanted: float, node_cap: float
) -> tuple[int, list[int]] | None:
    """Size and positions of the largest team above ``best`` and up to ``wanted``; ``best`` and nobody if there is none.

    None: not known.
    """
    # few conflicts first: those with many are branched upon
    order = np.argsort(between.sum(axis=1), kind="stable")
    # by the worker's bit
    in_conflict = {1 << k: bits for k, bits in enumerate(bit_sets(between[np.ix_(order, order)]))}
    nodes, team = 0, 0

    def search(candidates: int, size: int, chosen: int) -> None:
        nonlocal best, nodes, team
        nodes += 1
        if size > best:
            best, team = size, chosen
        goal = -1
        while best < wanted and nodes <= node_cap:
            if best != goal:
                goal, surplus = best, candidates
                for _ in range(best - size):
                    clique = surplus
                    while clique:
                        one = clique & -clique
                        surplus ^= one
                        clique &= in_conflict[one]
            if not surplus:
                return
            one = 1 << (surplus.bit_length() - 1)
            surplus ^= one
            candidates ^= one
            search(candidates & ~in_conflict[one], size + 1, chosen | one)

    search((1 << len(in_conflict)) - 1, 0, 0)
    if nodes > node_cap and best < wanted:
        return None
    return best, sorted(int(order[k]) for k in range(team.bit_length()) if team >> k & 1)


def teams(between: BoolArray, places: int) -> Iterator[list[int]]:
    """Every set of so many workers without a conflict, as positions.

    Few where no larger one exists.

    Parameters as of :func:`team_exists`.

    Examples
    --------
    >>> ring = np.roll(np.eye(5, dtype=bool), 1, axis=0)
    >>> sorted(teams(ring | ring.T, 2))
    [[0, 2], [0, 3], [1, 3], [1, 4], [2, 4]]
    """
    order = np.argsort(between.sum(axis=1), kind="stable")
    in_conflict = {1 << k: bits for k, bits in enumerate(bit_sets(between[np.ix_(order, order)]))}

    def search(candidates: int, team: list[int]) -> Iterator[list[int]]:
        surplus = candidates
        for _ in range(places - len(team) - 1):
            clique = surplus
            while clique:
                one = clique & -clique
                surplus ^= one
                clique &= in_conflict[one]
        while surplus and len(team) < places:
            one = 1 << (surplus.bit_length() - 1)
            surplus ^= one
            candidates ^= one
            yield from search(
                candidates & ~in_conflict[one], [*team, int(order[one.bit_length() - 1])]
            )
        if len(team) == places:
            yield sorted(team)

    return search((1 << len(in_conflict)) - 1, [])


def conflict_bits(problem: Problem) -> list[int]:
    """The conflict graph as one bit set per worker."""
    return bit_sets(problem.arrays.worker_conflicts)


def cliques(problem: Problem) -> Iterator[IntArray]:
    """Cliques of workers in mutual conflict that cover every conflict; see :func:`covering`."""
    return covering(problem.arrays.worker_conflicts)


def covering(between: BoolArray) -> Iterator[IntArray]:
    """Cliques of a symmetric 0/1 matrix that cover all of its ones (greedy), as arrays of positions.

    Of C^A workers in mutual conflict, of overlaps tasks of which a worker has one at most.
    """
    bits = bit_sets(between)
    left = list(bits)
    pairs = ones_of(between)
    for i1, i2 in pairs[pairs[:, 0] < pairs[:, 1]].tolist():
        if not left[i1] >> i2 & 1:
            continue
        clique, common = [i1, i2], bits[i1] & bits[i2]
        while common:
            # Of those in conflict with all so far, the one that covers most pairs not yet covered.
            inside = sum(1 << k for k in clique)
            best = max(ones(common), key=lambda k: (left[k] & inside).bit_count())
            clique.append(best)
            common &= bits[best]
        inside = sum(1 << k for k in clique)
        for k in clique:
            left[k] &= ~inside
        yield np.array(sorted(clique))


def ones(bits: int) -> Iterator[int]:
    """Positions of the bits that are set, from the lowest."""
    while bits:
        yield lowest(bits)
        bits &= bits - 1  # without the lowest


def lowest(bits: int) -> int:
    """Position of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1  # bits & -bits is that bit alone
