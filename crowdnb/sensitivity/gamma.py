r"""How far γ, the influence of He (eq. 2), can move before another assignment is best.

With ends Ex ∓ (En + γ·He), clipped to [0, 1], each P (eq. 3) is piecewise a fraction of two linear
functions of γ. On a range [a, b] let c be the chord of Q_ij and e how far Q_ij leaves it at most. T
is the best on all of [a, b] if it is so at a and at b when each of its pairs has c - e and each
other pair c + e: then all is linear in γ, and the gain of a rival is largest at an end. Ranges that
are not settled like this are halved; where a rival is better the root of the difference ends the
range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from tqdm.auto import tqdm

from crowdnb.ability.cloud import HE_TO_EN
from crowdnb.explain.variants import Oracle, placed_of
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    number,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.problem import Problem
from crowdnb.project.record import Project
from crowdnb.sensitivity.gamma_course import Course, Twins
from crowdnb.sensitivity.gamma_ends import ends_and_he, no_posterior
from crowdnb.sensitivity.given import no_terms, positions
from crowdnb.sensitivity.project_arrays import ProjectArrays
from crowdnb.solver.clock import TimeOverError
from crowdnb.solver.other_values import TINY
from crowdnb.solver.ties import tie

# of an end of an interval: what tables rounded to eight digits may differ by from their histories
_NEAR = 1e-8
# of γ: a narrower range is a point; thousands of times the spacing of floats near 1, so that its
# halves still differ
_NARROW = 1e-12
# values of P (γ × workers × tasks × criteria) held together, 32 MB: more are halved unlooked at
_CELLS = 4_000_000
_FORBIDDEN = "one of its pairs has qualification 0 there"


@dataclass(frozen=True, eq=False)
class GammaRange:
    """The γ at which an assignment stays optimal, around the γ of the project.

    Attributes
    ----------
    assignment : Assignment
        T, at the project's γ.
    gamma : float
        The project's γ.
    low, high : float
        T is optimal for every γ from ``low`` to ``high``, within ``tolerance`` of ρ.
    frame : DataFrame
        Index ``low`` and ``high``; ``gamma``; ``performance`` (ρ of T there); ``ends`` (whether it
        ends there, or no more was asked for); ``moves``, who moves to what is better beyond it, in
        words, or why T ends.
    below, above : Assignment or None
        What is better below ``low`` and above ``high``, with Q of that γ; None where nothing is.
    limit : float
        The greatest γ that was looked at.
    tolerance : float
    text : str
    settled : bool
        Whether both ends are found. Where the time was over before, T is optimal at least from
        ``low`` to ``high``; if there is no T (status ``time_limit``), nothing is known.
    """

    assignment: Assignment
    gamma: float
    low: float
    high: float
    frame: pd.DataFrame
    below: Assignment | None
    above: Assignment | None
    limit: float
    tolerance: float
    text: str
    settled: bool = True

    def __str__(self) -> str:
        return self.text


def gamma_range(
    project: Project,
    problem: Problem | None = None,
    table: pd.DataFrame | None = None,
    limit: float = 1.0,
    tolerance: float = 1e-7,
    he_to_en: float = HE_TO_EN,
    solver: str | None = None,
    time_limit: float | None = None,
) -> GammaRange:
    """The interval of γ, the influence of He, in which an assignment stays optimal.

    Parameters
    ----------
    project : Project
        Its rating histories say how intervals move with γ. Where there are none the centre of each
        interval stays, and He = ``he_to_en``·En is assumed.
    problem : Problem, optional
        The rules, with their options; its Q is replaced. None: ``project.problem()``.
    table : DataFrame, optional
        T: workers × tasks, 0/1, optimal at the project's γ. None: the optimum that
        :func:`crowdnb.solve` finds.
    limit : float
        The greatest γ to look at, not below the project's; the least is 0.
    tolerance : float
        How much better than T another assignment may be inside the range, in the unit of ρ, > 0.
    he_to_en : float
        He / En ≥ 0, of intervals without histories alone.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the range that is proved until then comes
        back (``settled`` is False).

    Returns
    -------
    GammaRange
        Each end is where another assignment comes to be better than T, found as a root to 12 digits
        (of one tied with T before that, where it leads by more than a tie, 10⁻⁹); or the γ from
        which T uses a pair of qualification 0; or 0, or the limit.

    Raises
    ------
    ValueError
        T breaks a rule or is not optimal; no assignment exists; labels do not fit; the intervals
        are not those of the histories, or by the posterior, which knows no γ, or averages stand for
        missing ratings; a number breaks its rule; ρ of the problem is more than the
        sum of W Q (costs of what is undesirable, effects); the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.gamma_range(cn.load_case_study())
    >>> found.low, round(found.high, 3), found.frame["moves"].tolist()
    (0.0, 0.685, ['', 'a3: r0 → r2; a11: r2 → r0'])
    """
    data = ProjectArrays(project, problem, "gamma_range")
    no_posterior(project)
    no_terms(data.problem, "gamma_range")
    gamma = number(project.gamma)
    if not gamma <= number(limit) < math.inf:
        raise ValueError(
            f"limit must be a finite number not below the project's γ, {gamma:g}; got {limit}"
        )
    for name, value, least in (("tolerance", tolerance, math.ulp(0)), ("he_to_en", he_to_en, 0.0)):
        if not least <= number(value) < math.inf:
            raise ValueError(
                f"{name} must be a finite number {'above' if least else 'of at least'} 0, got"
                f" {value}"
            )
    limit, tolerance, he_to_en = map(number, (limit, tolerance, he_to_en))
    drift = _Drift(data, project, gamma, limit, he_to_en, tolerance, solver, time_limit)
    try:
        placed = data.best(drift.oracle)
    except TimeOverError:
        return _not_settled(data.problem, gamma, limit, tolerance)
    if table is not None:
        own = positions(data.problem, table)
        if drift.gain(gamma, own, placed) > 2 * drift.tie(placed):
            raise ValueError(f"table: the assignment is not optimal at γ = {gamma:g}")
        placed = own
    ends = [drift.until(placed, 0.0), drift.until(placed, limit)]
    rows, others = [], []
    for (end, rival, settled), stop in zip(ends, (0.0, limit), strict=True):
        q = drift.q(np.array([end]))[0]
        here = Assignment.of(data.with_q(q), placed, "optimal", drift.oracle.optimum.solver, 0.0)
        forbidden = settled and rival is None and end != stop
        who = "" if rival is None else moves_text(moves(data.problem, placed, rival))
        rows.append(
            (
                end,
                here.performance,
                rival is not None or forbidden,
                _FORBIDDEN if forbidden else who,
            )
        )
        others.append(
            None
            if rival is None
            else Assignment.of(here.problem, rival, "optimal", drift.oracle.optimum.solver, 0.0)
        )
    frame = pd.DataFrame(
        rows, columns=["gamma", "performance", "ends", "moves"], index=["low", "high"]
    )
    today = Assignment.of(
        data.problem, placed, "optimal", drift.oracle.optimum.solver, drift.oracle.optimum.seconds
    )
    (low, _, left), (high, _, right) = ends
    return GammaRange(
        today,
        gamma,
        low,
        high,
        frame,
        others[0],
        others[1],
        limit,
        tolerance,
        _gamma_text(gamma, low, high, frame, limit, (left, right)),
        left and right,
    )


def _not_settled(problem: Problem, gamma: float, limit: float, tolerance: float) -> GammaRange:
    """Where not even the best assignment at the project's γ is proved."""
    nobody = Assignment.of(problem, None, "time_limit", "none", 0.0, math.inf)
    frame = pd.DataFrame(
        {"gamma": gamma, "performance": math.nan, "ends": False, "moves": ""}, ["low", "high"]
    )
    text = f"The best assignment at γ = {gamma:g} was not settled within the time limit."
    numbers = (gamma, gamma, gamma)
    return GammaRange(nobody, *numbers, frame, None, None, limit, tolerance, text, settled=False)


def _gamma_text(
    gamma: float,
    low: float,
    high: float,
    frame: pd.DataFrame,
    limit: float,
    settled: tuple[bool, bool],
) -> str:
    least = "" if all(settled) else " at least"
    parts = [
        f"The assignment stays the best{least} from γ = {low:.6g} to {high:.6g}; today γ is"
        f" {gamma:g}."
    ]
    sides = zip(("below", "above"), settled, frame["ends"], frame["moves"], strict=True)
    for side, known, ends, who in sides:
        if not known:
            parts.append(f"What is {side} was not settled within the time limit.")
        elif ends:
            parts.append(f"Just {side}: {who}.")
        elif side == "above":
            parts.append(f"Nothing above γ = {limit:g} was looked at.")
    return "\n".join(parts)


class _Drift:
    """Q of a project as a function of γ, and where an assignment stops being the best."""

    def __init__(
        self,
        data: ProjectArrays,
        project: Project,
        gamma: float,
        limit: float,
        he_to_en: float,
        tolerance: float,
        solver: str | None,
        time_limit: float | None,
    ) -> None:
        self.data, self.gamma, self.tolerance = data, gamma, tolerance
        self.low, self.high, self.he = ends_and_he(data, project, gamma, he_to_en)
        at_gamma = np.stack(self.ends(np.array([gamma]))), np.stack([data.low, data.high])
        far = np.abs(at_gamma[0][:, 0] - at_gamma[1]).max(axis=0) > _NEAR
        if far.any():
            i, k = np.argwhere(far)[0].tolist()
            who = ", ".join(map(str, (data.problem.workers[i], data.criteria[k])))
            source = (
                "in [0, 1]"
                if project.counts is None
                else f"what the histories give at γ = {gamma:g}"
            )
            raise ValueError(
                f"ability: {who}: [{data.low[i, k]:g}, {data.high[i, k]:g}] is not {source}"
            )
        self.breaks = self._breaks(limit)
        self.oracle = Oracle(data.problem, solver, time_limit)

    def ends(self, gammas: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Intervals at several γ, each γ × m × K."""
        reach = gammas[:, None, None] * self.he
        return (self.low - reach).clip(0, 1), (self.high + reach).clip(0, 1)

    def q(self, gammas: FloatArray) -> FloatArray:
        """Q at several γ, γ × m × n."""
        return self.data.q_of(*self.ends(gammas))

    def _breaks(self, limit: float) -> FloatArray:
        """Every kink of Q in (0, limit): an interval is clipped, P starts or ends to be 0 or 1."""
        data = self.data
        low, high, he = (ends[:, None] for ends in (self.low, self.high, self.he))
        at = [data.d_low - high, low - data.d_high, low, low - 1, -high, 1 - high]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.concatenate([np.ravel(distance / he) for distance in at])
        return np.unique(found[(found > 0) & (found < limit)])

    def gain(self, gamma: float, placed: IntArray, rival: IntArray) -> float:
        """ρ of a rival less ρ of T at this γ."""
        value = self.q(np.array([gamma]))[0] * self.data.weight
        return _lead(value, placed, rival)

    def until(self, placed: IntArray, stop: float) -> tuple[float, IntArray | None, bool]:
        """How far from the project's γ towards ``stop`` T is the best; what is better beyond.

        And whether that is all: where the time is over T is the best up to there at least.
        """
        a, rival, end = self.gamma, None, self._forbidden(placed, stop)
        twins, ahead = list(self._twins(placed)), [end]  # how far to look, the nearest last
        with tqdm(desc="γ", leave=False, delay=5) as bar:
            while a != end:
                bar.update()
                b = ahead[-1]
                try:
                    better, pure = self._better(placed, twins, a, b)
                except TimeOverError:
                    return a, None, False
                if better is None:
                    a = ahead.pop()
                    continue
                if pure and self.gain(b, placed, better) > self.tolerance:
                    end, rival = self._root(placed, better, a, b), better
                    ahead = [end]
                    continue
                inner = self.breaks[(self.breaks > min(a, b)) & (self.breaks < max(a, b))]
                if len(inner):
                    ahead.append(float(inner[len(inner) // 2]))
                elif abs(b - a) <= _NARROW:
                    return a, better, True
                else:
                    ahead.append((a + b) / 2)
        return end, rival, True

    def _root(self, placed: IntArray, rival: IntArray, a: float, b: float) -> float:
        """Where, before b, a rival comes to be better: by more than a tie if it was tied before."""
        slack = 0.0 if self.gain(a, placed, rival) < -self.tie(placed) else self.tie(placed)

        def lead(gamma: float) -> float:
            return self.gain(gamma, placed, rival) - slack

        start = a if lead(a) < 0 else self.gamma
        return float(brentq(lead, start, b, xtol=1e-13, rtol=1e-13)) if lead(start) < 0 else start

    def tie(self, placed: IntArray) -> float:
        """Differences of ρ below this are none."""
        return min(self.tolerance, tie(self.data.problem, placed)) / 2

    def _forbidden(self, placed: IntArray, stop: float) -> float:
        """Where, on the way to ``stop``, a pair of T comes to have Q = 0; ``stop`` if nowhere."""
        nodes = self._nodes(self.gamma, stop)
        for a, b in pairwise(nodes):
            if (self.q(np.array([(a + b) / 2]))[0][placed[:, 0], placed[:, 1]] == 0).any():
                return float(a)
        return stop

    def _twins(self, placed: IntArray) -> Iterator[Twins]:
        """One for each task that a worker of T has, and others with the same intervals could."""
        own = _pairs_of(placed, self.data.q.shape)
        of_worker = np.concatenate([self.low, self.high, self.he], axis=1)
        alike = (of_worker[:, None] == of_worker).all(axis=2)
        exact = self.data.problem.exact
        for j in np.flatnonzero(own.any(axis=0) & exact).tolist():
            others = (alike & self.data.allowed[:, j] & ~own[:, j]).sum(axis=1) * own[:, j]
            if others.any():
                yield Twins(j, int(others.argmax()), alike[others.argmax()])

    def _nodes(self, a: float, b: float) -> FloatArray:
        """From a to b, with all kinks between them."""
        low, high = min(a, b), max(a, b)
        nodes = np.concatenate(
            [[low], self.breaks[(self.breaks > low) & (self.breaks < high)], [high]]
        )
        return nodes if a <= b else nodes[::-1]

    def _better(
        self, placed: IntArray, twins: Sequence[Twins], a: float, b: float
    ) -> tuple[IntArray | None, bool]:
        """Nothing, if T is the best from a to b; else what may be better, and how surely.

        The latter is whether the same pairs are possible at every γ from a to b.
        """
        if self.oracle.clock.over:
            raise TimeOverError
        nodes, data = self._nodes(a, b), self.data
        if len(nodes) * data.q.size * len(data.w) > _CELLS and len(nodes) > 2:
            return placed, False
        # pairs whose Q is not 0 between two kinks
        possible = self.q((nodes[1:] + nodes[:-1]) / 2) != 0
        pure = bool((possible == possible[0]).all())
        course = self._course(nodes)
        for one in twins:
            course.measure_from(one)
        over, under = course.off_the_chord((nodes - a) / (b - a))
        # All in favour of T's rivals; what they gain is linear in γ now, and so largest at an end.
        doubt = np.where(_pairs_of(placed, data.q.shape), -under, over)
        for q_at_end in (course.q[-1], course.q[0]):
            q = q_at_end + doubt
            rival = self._optimum(q, possible.any(axis=0))
            if _lead(q * data.weight, placed, rival) > self.tolerance:
                return rival, pure
        return None, pure

    def _course(self, nodes: FloatArray) -> Course:
        """Q at each node; and how far, between two, it can leave the straight line.

        In terms of the width x = l_U + l_D (eq. 3) P = A + B / x there. On x from x1 to x2 that
        leaves its chord by |ΔP| · |√x1 - √x2| / (√x1 + √x2) at most, which it does where x = √(x1
        x2): above it where P rises with x (B < 0), else below.
        """
        data, (low, high) = self.data, self.ends(nodes)
        p = data.p_of(low, high)
        root = np.sqrt((high - low)[:, :, None] + (data.d_high - data.d_low))  # √x
        rise, wider, both = np.diff(p, axis=0), np.diff(root, axis=0), root[1:] + root[:-1]
        off = np.abs(rise) * np.abs(wider) / np.where(both == 0, 1.0, both)
        above, below = (
            np.where(sign * rise * wider > 0, off, 0.0) @ data.w for sign in (1.0, -1.0)
        )
        return Course(p @ data.w, above, below)

    def _optimum(self, q: FloatArray, possible: BoolArray) -> IntArray:
        """The best assignment of the possible pairs for this Q; T itself is one."""
        barred = ~(possible & self.data.allowed)
        problem = self.data.problem.changed(
            qualification=np.where(q == 0, TINY, q), task_conflicts=barred
        )
        return placed_of(self.oracle.best(problem))


def _pairs_of(placed: IntArray, shape: tuple[int, ...]) -> BoolArray:
    """The pairs of an assignment, m × n."""
    own: BoolArray = np.zeros(shape, dtype=bool)
    own[placed[:, 0], placed[:, 1]] = True
    return own


def _lead(value: FloatArray, placed: IntArray, rival: IntArray) -> float:
    """What a rival comes to, less what T comes to."""
    gain = [*value[rival[:, 0], rival[:, 1]], *-value[placed[:, 0], placed[:, 1]]]
    return math.fsum(gain)
