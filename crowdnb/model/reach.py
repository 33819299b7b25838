r"""How far assignments can reach, task by task.

And a maximum that is as exact beside large numbers as without them.

Engines work to tolerances of their own, relative to the largest number that they are given: beside
a pair of -10⁹ they do not see 0.001. So the best of all is asked for first, to :data:`EXACT` of the
largest number among the pairs in play. That is enough for assignments that use one of the large
numbers, whose sum is not known better than to :data:`TIE` of the sizes summed. Then the best of
those assignments is asked for that use none of them, on the finer scale of what is left; and so on,
as long as the rest can reach beyond the best that is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray

TIE = 1e-9  # assignments that differ by less are tied, relative to the sum of their pairs' sizes
# of the largest number that an engine is given: what its answer is good to (found by random search)
EXACT = 1e-11
ROUNDING = 1e-14  # of sums, relative to what is summed


class Reach(NamedTuple):
    """What choices of pairs come to at most.

    Attributes
    ----------
    bound : float
        No choice exceeds it; -inf where a task has too few pairs.
    pairs : ndarray, m × n
        No choice with this pair exceeds it.
    slack : float
        What rounding may have cost the two.
    """

    bound: float
    pairs: FloatArray
    slack: float


def reaches(
    value: FloatArray,
    allowed: BoolArray,
    must: BoolArray,
    fewest: IntArray,
    most: IntArray,
    empty: FloatArray | None = None,
) -> Reach:
    """What choices of allowed pairs reach: the greatest Σ value (eq. 7) under eqs. 8 and 9 alone.

    All pairs that must be chosen are, and ``fewest`` to ``most`` of each task. Limits of workers
    (eq. 10), conflicts (eqs. 11 and 12) and a budget do not count, so a choice may reach less.
    With ``empty`` a place may be taken by nobody, who brings so much (-inf: it may not), n.
    """
    nothing = Reach(-math.inf, np.full(value.shape, -np.inf), 0.0)
    if (must & ~allowed).any():
        return nothing
    chosen, drop = list[float](), np.full(value.shape, np.inf)
    for j in range(value.shape[1]):
        fixed = np.flatnonzero(must[:, j])
        free = np.flatnonzero(allowed[:, j] & ~must[:, j])
        low, room = max(0, int(fewest[j]) - len(fixed)), int(most[j]) - len(fixed)
        nobody = np.full(low, -np.inf if empty is None else empty[j])
        if room < 0 or (len(free) < low and (nobody == -np.inf).any()):
            return nothing
        own = value[free, j]
        best = np.sort(own if empty is None else np.r_[own, nobody])[::-1][:room]
        best = np.concatenate([best[:low], best[low:][best[low:] > 0]])
        instead = best[-1] - own if len(best) else np.full(len(own), np.inf)
        beside = -own if len(best) < room else np.inf
        drop[free, j], drop[fixed, j] = np.maximum(0.0, np.minimum(instead, beside)), 0.0
        chosen += [*best.tolist(), *value[fixed, j].tolist()]
    bound = math.fsum(chosen)
    sizes = math.fsum(map(abs, chosen)) + float(np.abs(value[allowed]).max(initial=0.0))
    return Reach(bound, np.where(allowed, bound - drop, -np.inf), ROUNDING * sizes)


def zoom(
    value: FloatArray,
    allowed: BoolArray,
    reaching: Callable[[BoolArray], Reach],
    ask: Callable[[BoolArray], float | None],
    rho: float = -math.inf,
    enough: float = math.inf,
) -> float:
    """The greatest ρ = Σ value (eq. 7), scale by scale as this module's text says; -inf for none.

    Parameters
    ----------
    value : ndarray, m × n
    allowed : ndarray of bool, m × n
    reaching : callable
        What assignments of some pairs reach.
    ask : callable
        The best assignment of some pairs as an engine finds it, None where there is none; it keeps
        the assignment.
    rho : float
        What the best assignment known comes to.
    enough : float
        More than this is not asked for.
    """
    while (reach := reaching(allowed)).bound > rho and rho < enough:
        play = allowed & (reach.pairs >= rho - reach.slack)
        found = ask(play)
        if found is None:  # and so there is none of fewer pairs
            return rho
        rho = max(rho, found)
        largest = float(np.abs(value[play]).max(initial=0.0))
        allowed = play & (np.abs(value) < largest * EXACT / TIE)
    return rho
