r"""Whether n of m workers can work together, by theory (table 8).

Each two are in conflict with probability p. A team of n without a conflict is an independent set of
the random graph G(m, p). Let X be the number of such teams and M the number of conflicts, binomial
over the N = m(m - 1)/2 pairs. With s = n(n - 1)/2 and u(k) = 2s - k(k - 1)/2,

    E X        = C(m, n) (1 - p)^s                                                 first moment
    E X  | M   = C(m, n) C(N - s, M) / C(N, M)                                     the same, M known
    E X² | M   = C(m, n)² Σ_k h(k) C(N - u(k), M) / C(N, M)                        second moment
    E_M (E X | M)² / (E X² | M)  ≤  P(X > 0)  ≤  E_M min(1, E X | M)

h(k) is the chance that two teams drawn at random share k workers (hypergeometric). The lower end is
the Cauchy-Schwarz inequality, the upper one Markov's, both taken for each M: what M does to X alone
would spoil them. Barred pairs of worker and task (C^R) are left out: with L_j = 1 they hardly
matter.

References
----------
B. Bollobás, "Random Graphs", 2nd ed., Cambridge University Press 2001, chapter 11.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp
from scipy.stats import beta, binom

from crowdnb.labels import FloatArray, between, finite, listing, number, shown, whole

_UNLIKELY = 1e-9  # probability of fewer, or of more, conflicts than are looked at
GRID = 400  # numbers of conflicts that are looked at, at most


def expected_teams(workers: int, places: int, conflict_probability: float) -> float:
    """Natural logarithm of E X, the expected number of teams without a conflict (first moment).

    Parameters
    ----------
    workers, places : int
        m ≥ 0 and n ≥ 0.
    conflict_probability : float
        p, 0 ≤ p < 1.

    Returns
    -------
    float
        -inf where n > m.

    Raises
    ------
    ValueError
        m or n is negative, p is outside [0, 1).

    Examples
    --------
    Teams of 2 among 4 workers: 6 pairs, each without a conflict with probability 0.9.

    >>> round(math.exp(expected_teams(4, 2, 0.1)), 6)
    5.4
    """
    m, n, p = _checked(workers, places, conflict_probability)
    return float(_log_choose(m, n)) + n * (n - 1) / 2 * math.log1p(-p)


def chance_bounds(workers: int, places: int, conflict_probability: float) -> tuple[float, float]:
    """Between what the probability lies that n of m workers can work together, by both moments.

    Parameters and errors as of :func:`expected_teams`.

    Returns
    -------
    (float, float)
        Lower and upper bound, 0 to 1.

    Notes
    -----
    Of more than :data:`GRID` likely values of M as many are taken, each for an equal
    share of the probability.

    Examples
    --------
    Where every fifth pair is in conflict, 20 of 60 workers can hardly work
    together, and 5 of 15 nearly always:

    >>> [round(end, 4) for end in chance_bounds(60, 20, 0.2)]
    [0.0, 0.0016]
    >>> [round(end, 4) for end in chance_bounds(15, 5, 0.2)]
    [0.9613, 1.0]
    """
    return _bounds(*_checked(workers, places, conflict_probability))


@lru_cache(maxsize=4096)  # places_filled and candidates_needed ask twice, once for each end
def _bounds(m: int, n: int, p: float) -> tuple[float, float]:
    if n > m:
        return 0.0, 0.0
    pairs, inside = m * (m - 1) // 2, n * (n - 1) // 2
    conflicts, weight = _likely_conflicts(pairs, p)
    shared: FloatArray = np.arange(max(0, 2 * n - m), n + 1, dtype=np.float64)
    overlap = _log_choose(n, shared) + _log_choose(m - n, n - shared) - _log_choose(m, n)
    slots = 2 * inside - shared * (shared - 1) / 2  # pairs of workers within one team or the other
    teams = _log_choose(m, n)
    first = teams + _log_free(pairs, inside, conflicts)
    free = _log_free(pairs, slots[:, np.newaxis], conflicts)
    second = 2 * teams + logsumexp(overlap[:, np.newaxis] + free, axis=0)
    some = np.isfinite(first)
    low = np.exp(np.minimum(2 * first[some] - second[some], 0.0)) @ weight[some]
    high = np.exp(np.minimum(first[some], 0.0)) @ weight[some]
    return min(1.0, float(low)), min(1.0, float(high))


def candidates_needed(
    places: int, conflict_probability: float, chance: float = 0.95, most: int = 10_000
) -> tuple[int | None, int | None]:
    """How many candidates a platform needs so that n of them can work together.

    Parameters
    ----------
    places : int
        n ≥ 0.
    conflict_probability : float
        p, 0 ≤ p < 1.
    chance : float
        With what probability, above 0 and below 1.
    most : int
        More candidates are not looked at.

    Returns
    -------
    (int or None, int or None)
        The fewest that may do (with fewer the first moment rules the chance out), and the fewest
        that surely do (by the second moment). None: more than ``most``.

    Raises
    ------
    ValueError
        As :func:`expected_teams`; the chance is not between 0 and 1.

    Examples
    --------
    >>> candidates_needed(10, 0.2)
    (23, 73)
    """
    chance = between(chance, "chance")
    most, places, p = _checked(whole(most, "most", 0), places, conflict_probability)
    return (
        _first(lambda m: chance_bounds(m, places, p)[1] >= chance, places, most),
        _first(lambda m: chance_bounds(m, places, p)[0] >= chance, places, most),
    )


def places_filled(
    workers: int, conflict_probability: float, chance: float = 0.95
) -> tuple[int, int]:
    """How many places m candidates fill with that probability.

    Surely (second moment), and at most (first moment).

    Parameters and errors as of :func:`candidates_needed`; m ≥ 0.

    Examples
    --------
    Conflicts of every fifth pair leave 55 places to 10,000 candidates:

    >>> places_filled(10_000, 0.2)
    (55, 55)
    """
    chance = between(chance, "chance")
    m, _, p = _checked(workers, 0, conflict_probability)
    too_many = (
        _first(lambda n: chance_bounds(m, n, p)[0] < chance, 0, m),
        _first(lambda n: chance_bounds(m, n, p)[1] < chance, 0, m),
    )
    sure, most = (m if n is None else n - 1 for n in too_many)
    return sure, most


def binomial_band(
    hits: npt.ArrayLike, repeats: npt.ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Clopper-Pearson limits of a share, from how often something happened.

    Parameters
    ----------
    hits, repeats : array of numbers
        How often it happened, and out of how many.
    level : float
        Of confidence.

    Returns
    -------
    (ndarray, ndarray)
        Lower and upper limits, 0 to 1.

    Examples
    --------
    >>> low, high = binomial_band([0], [50])
    >>> low.round(3), high.round(3)
    (array([0.]), array([0.071]))
    """
    k, n = finite(hits, "hits"), finite(repeats, "repeats")
    if k.shape != n.shape and k.size != 1 and n.size != 1:
        raise ValueError(
            f"hits and repeats: shapes {k.shape} and {n.shape} cannot be broadcast together"
        )
    if (bad := (k < 0) | (n < 1) | (k > n)).any():
        some = [
            f"{one:g} of {of:g}"
            for one, of in zip(*(np.broadcast_to(x, bad.shape)[bad] for x in (k, n)), strict=True)
        ]
        raise ValueError(
            f"hits must be from 0 to repeats, and repeats 1 or more, got {listing(some, 3)}"
        )
    tail = (1 - between(level, "level")) / 2
    low = np.where(k == 0, 0.0, beta.ppf(tail, np.maximum(k, 1), n - k + 1))
    high = np.where(k == n, 1.0, beta.ppf(1 - tail, k + 1, np.maximum(n - k, 1)))
    return low, high


def _checked(workers: int, places: int, p: float) -> tuple[int, int, float]:
    m, n = whole(workers, "workers", -1), whole(places, "places", -1)
    if m < 0 or n < 0:
        raise ValueError(f"workers and places must not be negative, got {workers} and {places}")
    if not 0 <= number(p) < 1:
        raise ValueError(f"conflict_probability must be at least 0 and below 1, got {shown(p)}")
    return m, n, number(p)


def _likely_conflicts(pairs: int, p: float) -> tuple[FloatArray, FloatArray]:
    """Numbers of conflicts and their probabilities, of sum 1: all likely ones, or GRID of them."""
    low, high = (float(binom.ppf(q, pairs, p)) for q in (_UNLIKELY, 1 - _UNLIKELY))
    if high - low < GRID:
        values = np.arange(low, high + 1)
        weight = binom.pmf(values, pairs, p)
        return values, np.asarray(weight / weight.sum())
    return binom.ppf((np.arange(GRID) + 0.5) / GRID, pairs, p), np.full(GRID, 1 / GRID)


def _log_choose(n: npt.ArrayLike, k: npt.ArrayLike) -> FloatArray:
    """Logarithm of n over k, -inf where k is not within 0 … n."""
    n, k = np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.where((k >= 0) & (k <= n), inside, -np.inf))


def _log_free(pairs: int, slots: npt.ArrayLike, conflicts: FloatArray) -> FloatArray:
    """Logarithm of C(N - u, M) / C(N, M): so many conflicts leave u given pairs free."""
    u = np.asarray(slots, dtype=np.float64)
    outside = pairs - u - conflicts
    ratio = gammaln(pairs - u + 1) - gammaln(pairs + 1) + gammaln(pairs - conflicts + 1)
    return np.asarray(np.where(outside >= 0, ratio - gammaln(np.maximum(outside, 0) + 1), -np.inf))


def _first(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The smallest number from low to high for which a rising condition holds.

    First in steps that double, since a large number takes long, then by halving; None where it
    holds for none of them.
    """
    step = 1
    while low + step < high and not holds(low + step):
        low, step = low + step + 1, 2 * step
    top = min(low + step, high)
    found = low + bisect_left(range(low, top + 1), True, key=holds)
    return found if found <= top else None
