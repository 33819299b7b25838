r"""When the data are in doubt: γ, the rating histories, and where in its interval an ability lies.

*γ.* With ends Ex ∓ (En + γ·He), clipped to [0, 1], each P is piecewise a fraction of two linear
functions of γ. On a range [a, b] let c be the chord of Q_ij and e how far Q_ij leaves it at most. T
is the best on all of [a, b] if it is so at a and at b when each of its pairs has c - e and each
other pair c + e: then all is linear in γ, and the gain of a rival is largest at an end. Ranges that
are not settled like this are halved; where a rival is better the root of the difference ends the
range.

*Histories* are resampled: as many ratings as there were, drawn from the stars given with their
frequencies (bootstrap).

*Intervals.* P grows with an ability u that is a point. So the worst case of every assignment has
every u at the lower end of its interval, and the assignment with the best worst case is the optimum
there. The regret of T is max_{u, T'} (ρ_T'(u) - ρ_T(u)). Where each worker has one task it is a sum
over workers,

    max_T' Σ_i r_i(T(i), T'(i)),   r_i(j, k) = max_u (W_k Q_ik(u) - W_j Q_ij(u)),

found by one assignment problem. Without conflicts between workers it is a linear program in T' and
has a dual; so one program finds the T of least regret and the dual variables (Pereira and
Averbakh). With conflicts, each T' found stands for a set of pairs without any, and the program has
a dual for each of these sets.

References
----------
B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993.

P. Kouvelis, G. Yu, "Robust Discrete Optimization and Its Applications", Kluwer, 1997.

J. Pereira, I. Averbakh, "Exact and heuristic algorithms for the interval data robust assignment
problem", Computers & Operations Research 38 (2011) 1153-1163.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import joblib
import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import brentq
from tqdm.auto import tqdm

from crowdnb.ability.cloud import HE_TO_EN, ability_clouds, ability_intervals, apart
from crowdnb.ability.possibility import degree, interval_pair
from crowdnb.ability.qualification import check_weights
from crowdnb.ability.ratings import KEYS, Counts
from crowdnb.explain.replan import valued
from crowdnb.explain.requirements import Extra, Rules
from crowdnb.explain.variants import TINY, Oracle
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    flag,
    generator,
    labelled_vector,
    listing,
    number,
    one_of,
    same_labels,
    whole,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import broken_rules
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.problem import Problem, Status, needed
from crowdnb.project.folder import Project
from crowdnb.sensitivity.inverse import NEAR, positions
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.highs import FOREVER
from crowdnb.solver.program import tie

Source = Literal["ratings", "intervals"]
Criterion = Literal["worst case", "regret"]
NARROW = 1e-12  # of γ: ranges below this are points
CELLS = 4_000_000  # of P at several γ at a time
TOGETHER = 20  # samples that one process takes at a time
FORBIDDEN = "one of its pairs has qualification 0 there"
# the largest difference of two tasks in the program of regret, which HiGHS solves to 1e-6
FINE = 1e3
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


class _Data:
    """A project as arrays in the order of a problem's labels, and the problem with Q of the project."""

    def __init__(self, project: Project, problem: Problem | None, name: str) -> None:
        if not isinstance(project, Project):
            raise ValueError(f"{name}: project: a Project is needed, got {type(project).__name__}")
        problem = project.problem() if problem is None else needed(problem)
        u, d = interval_pair(project.ability, project.demand)
        same_labels(problem.workers, u.labels, f"{name}: problem")
        same_labels(problem.tasks, d.labels, f"{name}: problem")
        at, to = u.labels.get_indexer(problem.workers), d.labels.get_indexer(problem.tasks)
        self.criteria = u.criteria
        self.low, self.high = u.low[at], u.high[at]
        self.d_low, self.d_high = d.low[to], d.high[to]
        self.w = labelled_vector(project.criteria_weights, u.criteria, "criteria weights")
        check_weights(self.w, u.criteria)
        self.weight = problem.weights
        self.q = self.of(self.low, self.high)
        self.allowed = ~problem.excluded
        self.problem = problem.changed(qualification=self.q)
        self.name = name

    def p(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """P of abilities … × m × K: … × m × n × K."""
        return degree(low[..., None, :], high[..., None, :], self.d_low, self.d_high)

    def of(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """Q of abilities … × m × K: … × m × n."""
        return np.asarray(self.p(low, high) @ self.w)

    def with_q(self, q: FloatArray) -> Problem:
        """The problem with other Q, where a Q of 0 forbids a pair only if the project's own Q is 0 as well."""
        return self.problem.changed(qualification=np.where((q == 0) & (self.q != 0), TINY, q))

    def histories(self, project: Project) -> Counts:
        """The project's counts, a row for each worker and criterion in their order; ValueError where one lacks."""
        cells = pd.MultiIndex.from_product([self.problem.workers, self.criteria], names=KEYS)
        given = pd.DataFrame(project.counts)
        if lacking := [cell for cell in cells if cell not in given.index]:
            raise ValueError(f"counts: no history of {listing(lacking, 3)}")
        return Counts(given.reindex(cells))

    def best(self, oracle: Oracle) -> IntArray:
        """Positions of the optimum today; ValueError where there is none."""
        if oracle.optimum.placed is None:
            raise ValueError(
                f"{self.name}: the problem has no assignment; explain_infeasible says why"
            )
        return oracle.optimum.placed


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
        are not those of the histories; a number breaks its rule.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.gamma_range(cn.load_case_study())
    >>> found.low, round(found.high, 3), found.frame["moves"].tolist()
    (0.0, 0.685, ['', 'a3: r0 → r2; a11: r2 → r0'])
    """
    data = _Data(project, problem, "gamma_range")
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
    drift = _Drift(data, project, gamma, limit, he_to_en, tolerance, solver)
    placed = data.best(drift.oracle)
    if table is not None:
        own = positions(data.problem, table)
        if drift.gain(gamma, own, placed) > 2 * drift.tie(placed):
            raise ValueError(f"table: the assignment is not optimal at γ = {gamma:g}")
        placed = own
    ends = [drift.until(placed, 0.0), drift.until(placed, limit)]
    rows, others = [], []
    for (end, rival), stop in zip(ends, (0.0, limit), strict=True):
        q = drift.q(np.array([end]))[0]
        here = Assignment.of(data.with_q(q), placed, "optimal", drift.oracle.optimum.solver, 0.0)
        forbidden = rival is None and end != stop
        who = "" if rival is None else moves_text(moves(data.problem, placed, rival))
        rows.append(
            (end, here.performance, rival is not None or forbidden, FORBIDDEN if forbidden else who)
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
    (low, _), (high, _) = ends
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
        _gamma_text(gamma, low, high, frame, limit),
    )


def _gamma_text(gamma: float, low: float, high: float, frame: pd.DataFrame, limit: float) -> str:
    parts = [
        f"The assignment stays the best from γ = {low:.6g} to {high:.6g}; today γ is {gamma:g}."
    ]
    for side, ends, who in zip(("below", "above"), frame["ends"], frame["moves"], strict=True):
        if ends:
            parts.append(f"Just {side}: {who}.")
        elif side == "above":
            parts.append(f"Nothing above γ = {limit:g} was looked at.")
    return "\n".join(parts)


class _Drift:
    """Q of a project as a function of γ, and where an assignment stops being the best."""

    def __init__(
        self,
        data: _Data,
        project: Project,
        gamma: float,
        limit: float,
        he_to_en: float,
        tolerance: float,
        solver: str | None,
    ) -> None:
        self.data, self.gamma, self.tolerance = data, gamma, tolerance
        self.low, self.high, self.he = self._ends(project, gamma, he_to_en)
        at_gamma = np.stack(self.ends(np.array([gamma]))), np.stack([data.low, data.high])
        far = np.abs(at_gamma[0][:, 0] - at_gamma[1]).max(axis=0) > NEAR
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
        self.oracle = Oracle(data.problem, solver)

    def _ends(
        self, project: Project, gamma: float, he_to_en: float
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Ends at γ = 0, not clipped, and He, m × K."""
        data = self.data
        if project.counts is None:
            return apart(data.low, data.high, gamma, he_to_en)
        clouds = ability_clouds(data.histories(project), gamma)
        by_cloud = (clouds["rule"] == "cloud").to_numpy()
        ex, en, he = (
            clouds[name].to_numpy() for name in ("expectation", "entropy", "hyper_entropy")
        )
        shape = data.low.shape
        low = np.where(by_cloud, ex - en, clouds["low"]).reshape(shape)
        high = np.where(by_cloud, ex + en, clouds["high"]).reshape(shape)
        return low, high, np.where(by_cloud, he, 0.0).reshape(shape)

    def ends(self, gammas: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Intervals at several γ, each γ × m × K."""
        reach = gammas[:, None, None] * self.he
        return (self.low - reach).clip(0, 1), (self.high + reach).clip(0, 1)

    def q(self, gammas: FloatArray) -> FloatArray:
        """Q at several γ, γ × m × n."""
        return self.data.of(*self.ends(gammas))

    def _breaks(self, limit: float) -> FloatArray:
        """Where an interval is clipped, or P starts or ends to be 0 or 1: every kink of Q in (0, limit)."""
        data = self.data
        low, high, he = (ends[:, None] for ends in (self.low, self.high, self.he))
        at = [data.d_low - high, low - data.d_high, low, low - 1, -high, 1 - high]
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.concatenate([np.ravel(distance / he) for distance in at])
        return np.unique(found[(found > 0) & (found < limit)])

    def gain(self, gamma: float, placed: IntArray, rival: IntArray) -> float:
        """ρ of a rival less ρ of T at this γ."""
        value = self.q(np.array([gamma]))[0] * self.data.weight
        other = [*value[rival[:, 0], rival[:, 1]], *-value[placed[:, 0], placed[:, 1]]]
        return math.fsum(other)

    def until(self, placed: IntArray, stop: float) -> tuple[float, IntArray | None]:
        """How far from the project's γ towards ``stop`` T is the best, and what is better from there on."""
        a, rival, end = self.gamma, None, self._forbidden(placed, stop)
        twins, ahead = list(self._twins(placed)), [end]  # how far to look, the nearest last
        with tqdm(desc="γ", leave=False, delay=5) as bar:
            while a != end:
                bar.update()
                b = ahead[-1]
                better, pure = self._better(placed, twins, a, b)
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
                elif abs(b - a) <= NARROW:
                    return a, better
                else:
                    ahead.append((a + b) / 2)
        return end, rival

    def _root(self, placed: IntArray, rival: IntArray, a: float, b: float) -> float:
        """Where, before b, a rival comes to be better; where it was tied before, by more than a tie."""
        slack = 0.0 if self.gain(a, placed, rival) < -self.tie(placed) else self.tie(placed)

        def lead(gamma: float) -> float:
            return self.gain(gamma, placed, rival) - slack

        start = a if lead(a) < 0 else self.gamma
        return float(brentq(lead, start, b, xtol=1e-13, rtol=1e-13)) if lead(start) < 0 else start

    def tie(self, placed: IntArray) -> float:
        """Differences of ρ below this are none."""
        return min(self.tolerance, tie(self.data.problem, placed)) / 2

    def _forbidden(self, placed: IntArray, stop: float) -> float:
        """Where, on the way to ``stop``, a pair of T comes to have qualification 0; ``stop`` if nowhere."""
        nodes = self._nodes(self.gamma, stop)
        for a, b in pairwise(nodes):
            if (self.q(np.array([(a + b) / 2]))[0][placed[:, 0], placed[:, 1]] == 0).any():
                return float(a)
        return stop

    def _twins(self, placed: IntArray) -> Iterator[tuple[int, int, BoolArray]]:
        """Tasks whose L is met exactly; a worker whom T has there; who else has that worker's intervals at every γ."""
        own: BoolArray = np.zeros(self.data.q.shape, dtype=bool)
        own[placed[:, 0], placed[:, 1]] = True
        of_worker = np.concatenate([self.low, self.high, self.he], axis=1)
        alike = (of_worker[:, None] == of_worker).all(axis=2)
        for j in np.flatnonzero(
            own.any(axis=0) & (self.data.problem.required_rule == "exactly")
        ).tolist():
            others = (alike & self.data.allowed[:, j] & ~own[:, j]).sum(axis=1) * own[:, j]
            if others.any():
                yield j, int(others.argmax()), alike[others.argmax()]

    def _nodes(self, a: float, b: float) -> FloatArray:
        """From a to b, with all kinks between them."""
        low, high = min(a, b), max(a, b)
        nodes = np.concatenate(
            [[low], self.breaks[(self.breaks > low) & (self.breaks < high)], [high]]
        )
        return nodes if a <= b else nodes[::-1]

    def _better(
        self, placed: IntArray, twins: list[tuple[int, int, BoolArray]], a: float, b: float
    ) -> tuple[IntArray | None, bool]:
        """Nothing, if T is the best from a to b; else what may be better, and whether the same pairs are possible."""
        nodes, data = self._nodes(a, b), self.data
        if len(nodes) * data.q.size * len(data.w) > CELLS and len(nodes) > 2:
            return placed, False
        low, high = self.ends(nodes)
        p = data.p(low, high)
        q = p @ data.w
        root = np.sqrt((high - low)[:, :, None] + (data.d_high - data.d_low))  # of l_U + l_D
        # A + B / x on x from x1 to x2 leaves its chord by |difference| · |√x1 - √x2| / (√x1 + √x2),
        # above it for B < 0
        rise, wider, both = np.diff(p, axis=0), np.diff(root, axis=0), root[1:] + root[:-1]
        off = np.abs(rise) * np.abs(wider) / np.where(both == 0, 1.0, both)
        above, below = (
            np.where(rise * wider > 0, off, 0.0) @ data.w,
            np.where(rise * wider < 0, off, 0.0) @ data.w,
        )
        # pairs whose Q is not 0 between two kinks
        open_ = self.q((nodes[1:] + nodes[:-1]) / 2) != 0
        # Compared with one of T's, Q_ij ranks the same assignments, and twins are in no doubt.
        for j, i, alike in twins:
            q[:, :, j] -= q[:, [i], j]
            less, more = above[:, [i], j].copy(), below[:, [i], j].copy()
            above[:, :, j] = np.where(alike, 0.0, above[:, :, j] + more)
            below[:, :, j] = np.where(alike, 0.0, below[:, :, j] + less)
        share = (nodes - a) / (b - a)
        chord = q[0] + share[:, None, None] * (q[-1] - q[0])
        over = (q - chord).max(axis=0) + above.max(axis=0)
        under = (chord - q).max(axis=0) + below.max(axis=0)
        free, pure = open_.any(axis=0), bool((open_ == open_[0]).all())
        own = np.zeros_like(free)
        own[placed[:, 0], placed[:, 1]] = True
        for end in (q[-1], q[0]):
            doubtful = end + np.where(own, -under, over)
            rival = self._optimum(doubtful, free)
            value = doubtful * data.weight
            gain = [*value[rival[:, 0], rival[:, 1]], *-value[placed[:, 0], placed[:, 1]]]
            if math.fsum(gain) > self.tolerance:
                return rival, pure
        return None, pure

    def _optimum(self, q: FloatArray, free: BoolArray) -> IntArray:
        problem = self.data.problem.changed(
            qualification=np.where(q == 0, TINY, q), task_conflicts=~(free & self.data.allowed)
        )
        placed = self.oracle.best(problem).placed
        assert placed is not None  # T itself is one
        return placed


@dataclass(frozen=True, eq=False)
class Doubt:
    """What the optimum is worth when the data are drawn again.

    Attributes
    ----------
    assignment : Assignment
        T: the one that is kept, with today's Q.
    source : str
        ``ratings`` or ``intervals``: what was drawn again.
    shares : DataFrame
        A row for each pair of T or of an optimum: worker, task, ``today`` (whether T has it),
        ``share`` of the samples whose optimum has it, and ``error``, the standard error of that
        share. The surest first.
    samples : DataFrame
        A row a sample: ``optimum``, its greatest ρ; ``kept``, ρ of T; ``loss``, the first less the
        second, ≥ 0.
    quantiles : DataFrame
        The same columns; index 0.05, 0.25, 0.5, 0.75, 0.95.
    share : float
        Share of the samples in which T is optimal.
    error : float
        Its standard error.
    text : str
    """

    assignment: Assignment
    source: Source
    shares: pd.DataFrame
    samples: pd.DataFrame
    quantiles: pd.DataFrame
    share: float
    error: float
    text: str

    def __str__(self) -> str:
        return self.text


def doubt(
    project: Project,
    problem: Problem | None = None,
    table: pd.DataFrame | None = None,
    samples: int = 200,
    rng: np.random.Generator | int | None = None,
    source: Source | None = None,
    solver: str | None = None,
    progress: bool = True,
) -> Doubt:
    """How often each pair is chosen, and how much ρ is at risk, when the data are drawn again.

    Parameters
    ----------
    project : Project
    problem : Problem, optional
        The rules, with their options; its Q is replaced. None: ``project.problem()``.
    table : DataFrame, optional
        T, the assignment to keep: workers × tasks, 0/1, valid. None: today's optimum.
    samples : int
        How many to draw, ≥ 1.
    rng : Generator or int, optional
        Draws them; the same one gives the same numbers on any number of processes.
    source : {"ratings", "intervals"}, optional
        What to draw again: each history, with as many ratings as it has (of a decayed history the
        nearest whole number, at least one, scaled back); or each ability, a point anywhere in its
        interval. None: ratings, if there are any.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Doubt
        ρ of points and of intervals differ by eq. 3, so of ``intervals`` the losses are to be read
        rather than ρ beside today's.

    Raises
    ------
    ValueError
        No assignment exists; T breaks a rule; there are no ratings to draw; samples below 1; an
        unknown source; labels do not fit.

    Notes
    -----
    A pair that today's Q allows stays allowed where its Q comes out as 0, so T is valid in every sample. Samples run
    wherever ``joblib.parallel_config`` says.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.doubt(cn.load_case_study(), samples=20, rng=1, progress=False)
    >>> found.source, len(found.samples), bool(found.samples["loss"].min() >= 0)
    ('intervals', 20, True)
    """
    data = _Data(project, problem, "doubt")
    samples = whole(samples, "samples")
    flag(progress, "progress")
    if source is not None:
        one_of(source, get_args(Source), "source")
    if source == "ratings" and project.counts is None:
        raise ValueError(
            "source: the project has no rating histories; 'intervals' draws inside the intervals"
        )
    source = source or ("intervals" if project.counts is None else "ratings")
    oracle = Oracle(data.problem, solver)
    placed = data.best(oracle)
    placed = placed if table is None else positions(data.problem, table)
    rng = generator(rng)
    drawn = (
        _inside(data, samples, rng)
        if source == "intervals"
        else _resampled(data, project, samples, rng)
    )
    blocks = joblib.Parallel(return_as="generator")(
        joblib.delayed(_chosen)(data, block, placed, solver) for block in drawn
    )
    chosen, rows = np.zeros(data.q.shape), list[tuple[float, float]]()
    with tqdm(total=samples, desc="samples", leave=False, delay=5, disable=not progress) as bar:
        for block in blocks:
            for pairs, best, kept in block:
                chosen[pairs[:, 0], pairs[:, 1]] += 1
                rows.append((best, kept))
            bar.update(len(block))
    frame = pd.DataFrame(rows, columns=["optimum", "kept"]).rename_axis("sample")
    frame["loss"] = frame["optimum"] - frame["kept"]
    today = Assignment.of(
        data.problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds
    )
    shares = _shares(data.problem, placed, chosen / samples, samples)
    stays = float((frame["loss"] == 0).mean())
    error = math.sqrt(stays * (1 - stays) / samples)
    quantiles = frame.quantile(list(QUANTILES)).rename_axis("quantile")
    text = _doubt_text(source, today, shares, quantiles, stays, error, samples)
    return Doubt(today, source, shares, frame, quantiles, stays, error, text)


def _inside(data: _Data, samples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Q of abilities that are points in their intervals, TOGETHER samples at a time."""
    for start in range(0, samples, TOGETHER):
        size = min(TOGETHER, samples - start)
        u = data.low + rng.random((size, *data.low.shape)) * (data.high - data.low)
        u = np.minimum(u, data.high)
        yield np.stack([data.of(one, one) for one in u])


def _resampled(
    data: _Data, project: Project, samples: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Q of histories drawn from themselves, TOGETHER samples at a time."""
    given = data.histories(project)
    n = given.to_numpy(dtype=float)
    total = n.sum(axis=1)
    trials = np.maximum(1, np.rint(total)).astype(np.int64)
    shape = data.low.shape
    for start in range(0, samples, TOGETHER):
        size = min(TOGETHER, samples - start)
        drawn = (
            rng.multinomial(trials, n / total[:, None], (size, len(n))) * (total / trials)[:, None]
        )
        numbered = pd.MultiIndex.from_product([range(size * shape[0]), range(shape[1])], names=KEYS)
        counts = Counts(drawn.reshape(len(numbered), -1), index=numbered, columns=given.columns)
        ends = ability_intervals(counts, project.gamma).to_numpy().reshape(size, shape[0], -1)
        yield np.stack([data.of(one[:, ::2], one[:, 1::2]) for one in ends])


def _chosen(
    data: _Data, qs: FloatArray, placed: IntArray, solver: str | None
) -> list[tuple[IntArray, float, float]]:
    """Of each Q the optimum, its ρ and ρ of T; T itself where nothing is better. Runs in whatever process this is."""
    oracle, found = Oracle(data.problem, solver), []
    for q in qs:
        problem = data.with_q(q)
        answer = oracle.best(problem)
        assert answer.placed is not None  # T is valid
        kept = Assignment.of(problem, placed, "optimal", answer.solver, 0.0).performance
        same = answer.performance - kept <= tie(problem, placed)
        found.append((placed, kept, kept) if same else (answer.placed, answer.performance, kept))
    return found


def _shares(problem: Problem, placed: IntArray, share: FloatArray, samples: int) -> pd.DataFrame:
    own = np.zeros(share.shape, dtype=bool)
    own[placed[:, 0], placed[:, 1]] = True
    i, j = np.nonzero((share > 0) | own)
    frame = pd.DataFrame(
        {
            "worker": problem.workers[i],
            "task": problem.tasks[j],
            "today": own[i, j],
            "share": share[i, j],
            "error": np.sqrt(share[i, j] * (1 - share[i, j]) / samples),
        }
    )
    return frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _doubt_text(
    source: Source,
    today: Assignment,
    shares: pd.DataFrame,
    quantiles: pd.DataFrame,
    stays: float,
    error: float,
    samples: int,
) -> str:
    what = "rating histories" if source == "ratings" else "abilities inside their intervals"
    median, late = quantiles["loss"].loc[[0.5, 0.95]]
    lines = [
        (
            f"With the {what} drawn again {samples} times the assignment stays optimal in"
            f" {stays:.0%} (± {error:.1%})."
        ),
        (
            f"Keeping it loses {median:.3g} of ρ in half of them or less, and more than {late:.3g}"
            " in one of twenty."
        ),
    ]
    if own := [
        f"{row.worker} on {row.task}, {row.share:.0%}"
        for row in shares[shares["today"]].itertuples()
    ]:
        lines.append(f"Its surest pair: {own[0]}; its least sure one: {own[-1]}.")
    return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Robust:
    """The assignment that does best when abilities turn out badly, beside today's optimum.

    Attributes
    ----------
    assignment : Assignment
        The robust one, with today's Q; its status is ``time_limit`` where the time was over before
        it was proved.
    usual : Assignment
        Today's optimum.
    criterion : str
        ``worst case`` or ``regret``: what it is best at.
    frame : DataFrame
        Index ``usual`` and ``robust``. Columns ``performance`` (ρ with today's Q), ``worst case``
        (ρ with every ability at the lower end of its interval) and ``regret`` (how much better
        another assignment can be at most; NaN where workers may take several tasks, or there is a
        budget).
    price : float
        What the robust one costs: ρ of the usual one less its own, with today's Q; ≥ 0.
    gain : float
        What it brings: how much better it is at its criterion than the usual one, ≥ 0.
    bound : float
        No assignment is better than this at the criterion: its own value in ``frame`` where that is
        proved, as it is unless the time was over.
    moves : DataFrame
        Who moves from the usual one to it: worker, before, after.
    text : str
    """

    assignment: Assignment
    usual: Assignment
    criterion: Criterion
    frame: pd.DataFrame
    price: float
    gain: float
    bound: float
    moves: pd.DataFrame
    text: str

    def __str__(self) -> str:
        return self.text


def robust(
    project: Project,
    problem: Problem | None = None,
    criterion: Criterion = "worst case",
    time_limit: float | None = None,
    solver: str | None = None,
) -> Robust:
    """The assignment with the best worst case over the ability intervals, or with the least regret; and its price.

    Every ability is a point anywhere in its interval, whatever the others are. Were it a narrower
    interval inside its interval, the worst case would be the same.

    Parameters
    ----------
    project : Project
    problem : Problem, optional
        The rules, with their options; its Q is replaced. None: ``project.problem()``.
    criterion : {"worst case", "regret"}
        Max-min: the greatest ρ that is certain. Min-max regret: the least that another assignment
        could have been better, known afterwards; of one task a worker and no budget alone.
    time_limit : float, optional
        Seconds > 0 for the least regret; then the best that was found is given, and ``bound`` says
        how good it is.
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    Robust

    Raises
    ------
    ValueError
        No assignment exists; the time limit is not above 0; an unknown criterion; labels do not
        fit; regret, and a worker may take several tasks or there is a budget.

    Notes
    -----
    Both are exact. A pair that today's Q allows stays allowed where its Q comes out as 0. Of assignments that are tied
    in the worst case the best of today is taken (any of them, if the problem has a budget), so that the price is the
    least. Of those that are tied in regret, any.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.robust(cn.load_case_study())
    >>> found.frame["worst case"].round(3).tolist(), round(found.price, 3)
    ([1.639, 1.651], 0.029)
    """
    data = _Data(project, problem, "robust")
    one_of(criterion, get_args(Criterion), "criterion")
    simple = data.problem.budget is None and int(data.problem.limits.max()) <= 1
    if criterion == "regret" and not simple:
        raise ValueError("robust: regret needs a problem of one task a worker, without a budget")
    if time_limit is not None and not number(time_limit) > 0:
        raise ValueError(f"time_limit must be above 0, got {time_limit}")
    oracle = Oracle(data.problem, solver)
    usual = data.best(oracle)
    worst = data.with_q(data.of(data.low, data.low))
    regret = _Regret(data, oracle) if simple else None
    safe = _safest(data, oracle, worst, usual)
    found, bound = safe, math.nan
    if criterion == "regret" and regret is not None:
        until = math.inf if time_limit is None else time.perf_counter() + time_limit
        found, bound = regret.least(until, usual, safe)

    def rho(problem: Problem, placed: IntArray) -> float:
        return Assignment.of(problem, placed, "optimal", "", 0.0).performance

    def row(placed: IntArray) -> tuple[float, float, float]:
        largest = math.nan if regret is None else regret.of(placed)[0]
        return rho(data.problem, placed), rho(worst, placed), largest

    frame = pd.DataFrame([row(usual), row(found)], columns=["performance", *get_args(Criterion)])
    frame.index = pd.Index(["usual", "robust"])
    better = float(np.diff(frame[criterion])[0]) * (1 if criterion == "worst case" else -1)
    if better <= oracle.tie:
        found, better = usual, 0.0
        frame.loc["robust"] = frame.loc["usual"]
    bound = float(frame[criterion].iloc[1]) if math.isnan(bound) else bound
    name, seconds = oracle.optimum.solver, oracle.optimum.seconds
    proved = frame[criterion].iloc[1] <= bound + oracle.tie or criterion == "worst case"
    status: Status = "optimal" if proved else "time_limit"
    answer = Assignment.of(data.problem, found, status, name, seconds, oracle.optimum.bound)
    who, price = (
        moves(data.problem, usual, found),
        float(frame["performance"].iloc[0] - frame["performance"].iloc[1]),
    )
    return Robust(
        answer,
        oracle.optimum,
        criterion,
        frame,
        price,
        better,
        bound,
        who,
        _robust_text(frame, criterion, price, who, None if proved else bound),
    )


def _safest(data: _Data, oracle: Oracle, worst: Problem, usual: IntArray) -> IntArray:
    """The optimum of the worst case; of those that are tied in it the best today."""
    safe = oracle.best(worst).placed
    assert safe is not None  # the usual one is valid
    least = math.fsum(worst.value[safe[:, 0], safe[:, 1]]) - tie(worst, safe)
    if math.fsum(worst.value[usual[:, 0], usual[:, 1]]) >= least:
        return usual
    if worst.budget is None:
        # coefficients so small confuse engines
        value = np.where(np.abs(worst.value) < NARROW, 0.0, worst.value)
        tied = oracle.best(data.problem.changed(costs=-value, budget=-least)).placed
        assert tied is not None  # safe is one
        return tied
    return safe


def _robust_text(
    frame: pd.DataFrame,
    criterion: Criterion,
    price: float,
    who: pd.DataFrame,
    unproved: float | None,
) -> str:
    """The result in words; ``unproved`` is the bound where the time was over before the proof."""
    usual, robust = frame[criterion]
    if unproved is not None:
        least = (
            f"the least regret is at least {unproved:.6g}, and not proved to be less than"
            f" {robust:.6g}"
        )
        return (
            f"The time is over: {least}.\nThe price is {price:.3g} of today's ρ: {moves_text(who)}."
        )
    if who.empty:
        what = (
            f"ρ is {usual:.6g}"
            if criterion == "worst case"
            else f"another one is better by {usual:.6g}"
        )
        best = "worst case" if criterion == "worst case" else "least regret"
        return f"The optimum has the best {best} as well: {what} at worst."
    if criterion == "worst case":
        what = (
            f"Wherever abilities lie in their intervals ρ is at least {robust:.6g}, and {usual:.6g}"
            " with the optimum."
        )
    else:
        what = (
            f"No other assignment can turn out better by more than {robust:.6g}, and {usual:.6g}"
            " with the optimum."
        )
    return f"{what}\nThe price is {price:.3g} of today's ρ: {moves_text(who)}."


class _Regret:
    """Regret of assignments: how much better another one can be when abilities are anywhere in their intervals."""

    def __init__(self, data: _Data, oracle: Oracle) -> None:
        self.data, self.oracle = data, oracle
        # of each worker and criterion the points at which P of some task has a kink or a jump, and
        # the ends
        kinks = np.concatenate([data.d_low, data.d_high])  # 2n × K
        points = np.concatenate([kinks, np.nextafter(kinks, -np.inf), np.nextafter(kinks, np.inf)])
        points = np.clip(points, data.low[:, None], data.high[:, None])  # m × 6n × K
        # m × 1 × points × K
        u = np.concatenate([points, data.low[:, None], data.high[:, None]], axis=1)[:, None]
        # m × n × points × K
        value = degree(u, u, data.d_low[:, None], data.d_high[:, None]) * data.w
        value = value * data.weight[:, None, None]
        value = np.concatenate([value, np.zeros_like(value[:, :1])], axis=1)  # and of being idle
        # r_i(j, k), m × (n + 1) × (n + 1): the most that task k can be better than task j
        self.more = np.stack(
            [(value - value[:, [j]]).max(axis=2).sum(axis=2) for j in range(value.shape[1])], axis=1
        )

    def of(self, placed: IntArray) -> tuple[float, IntArray]:
        """Regret of T, and the assignment that can be better by that much."""
        m, n = self.data.q.shape
        gain = self.more[np.arange(m), _tasks(placed, m, n)]
        rest = gain[:, n]
        rival = self.oracle.best(valued(self.data.problem, gain[:, :n] - rest[:, None])).placed
        assert rival is not None  # T is one
        return math.fsum(gain[np.arange(m), _tasks(rival, m, n)]), rival

    def least(self, until: float, *known: IntArray) -> tuple[IntArray, float]:
        """The assignment of least regret, and a bound that no regret is below, if the time is over before the proof.

        A program over sets of rivals: one more for each T that it proposes, until that T's rival is
        in one of them.
        """
        best, least, bound = known[0], math.inf, 0.0
        program = Rules.of(self.data.problem).program()
        nothing = np.zeros(len(program.pairs))
        unit = FINE / (float(np.abs(self.more).max()) or 1.0)
        more, sets, proposed = (
            (self.more * unit).round(9),
            dict[bytes, tuple[Any, Any, FloatArray]](),
            list(known),
        )
        with tqdm(desc="rivals", leave=False, delay=5) as bar:
            while True:
                count = len(sets)
                for placed in proposed:
                    regret, rival = self.of(placed)
                    if regret < least:
                        best, least = placed, regret
                    allies = self._allies(rival)
                    if allies.tobytes() not in sets:
                        sets[allies.tobytes()] = self._dual(more, program.pairs, allies)
                bar.update()
                left = until - time.perf_counter()
                if bound >= least - self.oracle.tie or (left > 0 and len(sets) == count):
                    # in the second case the program held T to its regret already
                    return best, least
                if left <= 0:
                    return best, bound
                chosen, below = program.solved(
                    nothing, self._largest(sets.values()), min(left, FOREVER)
                )
                bound = min(least, max(bound, below / unit))
                if chosen is None:
                    return best, bound
                proposed = [program.pairs[chosen]]
                if broken := broken_rules(self.data.problem, proposed[0]):
                    raise SolverAnswerError(
                        f"internal error: the answer of HIGHS breaks a rule: {listing(broken, 3)}"
                    )

    def _allies(self, rival: IntArray) -> BoolArray:
        """Pairs without conflicts between them, the rival's and as many others as can be, m × n."""
        problem = self.data.problem
        may, against = problem.eligible & (problem.most > 0), problem.against
        together, allies = problem.conflict_scope == "project", np.zeros_like(may)
        allies[rival[:, 0], rival[:, 1]] = True
        if together:
            allies = may & allies.any(axis=1, keepdims=True)
        for i in np.argsort(against.sum(axis=1), kind="stable"):
            clash = allies[against[i]].any(axis=0)
            allies[i] |= may[i] & ~(clash | (clash.any() & together))
        return allies

    def _dual(
        self, more: FloatArray, pairs: IntArray, allies: BoolArray
    ) -> tuple[Any, Any, FloatArray]:
        """Rows over T and over the largest regret and prices of tasks and workers, and what they are at least.

        The prices are the dual variables of the assignment problem of the rivals that use these
        pairs alone.
        """
        problem, (m, n), (i, j) = self.data.problem, allies.shape, pairs.T
        pinned, sign = problem.must, -1.0 if problem.required_rule == "at least" else 1.0
        worker, task = np.nonzero(np.where(pinned.any(axis=1, keepdims=True), pinned, allies))
        # of the pairs of T, and of the rival's where T has none
        rest, idle = more[i, j, n], more[worker, n, task]
        row, at = np.nonzero(worker[:, None] == i)
        gain = more[i[at], j[at], task[row]] - rest[at] - idle[row]
        own = sparse.csr_array((-gain, (row, at)), shape=(len(worker), len(pairs)))
        rows = np.arange(len(worker))
        price = (
            np.r_[np.full(len(rows), sign), np.ones(len(rows))],
            (np.r_[rows, rows], np.r_[task, n + worker]),
        )
        costs = np.r_[-sign * problem.need, -np.ones(m)]
        duals = sparse.vstack(
            [sparse.csr_array(costs[None]), sparse.csr_array(price, shape=(len(rows), n + m))]
        )
        return sparse.vstack([sparse.csr_array(-rest[None]), own]), duals, np.r_[0.0, idle]

    def _largest(self, sets: Iterable[tuple[Any, Any, FloatArray]]) -> Extra:
        """The largest regret against several sets of rivals, as small as their prices let it be."""
        problem, (own, duals, low) = self.data.problem, zip(*sets, strict=True)
        largest = np.concatenate([np.arange(len(one)) == 0 for one in low]).astype(float)
        rows = sparse.hstack(
            [sparse.vstack(own), sparse.csr_array(largest[:, None]), sparse.block_diag(duals)]
        )
        busy = problem.must.any(axis=1)  # what these do is settled, and must be done
        free = np.r_[np.full(len(problem.tasks), problem.required_rule == "exactly"), busy]
        least = np.where(np.r_[True, np.tile(free, len(low))], -np.inf, 0.0)
        return Extra(
            (np.arange(len(least)) == 0).astype(float),
            least,
            sparse.csr_array(rows),
            np.concatenate(low),
        )


def _tasks(placed: IntArray, m: int, n: int) -> IntArray:
    """The task of each worker; n for idle."""
    task = np.full(m, n)
    task[placed[:, 0]] = placed[:, 1]
    return task
