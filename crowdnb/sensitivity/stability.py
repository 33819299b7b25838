r"""How far the weights of the criteria can move before another assignment is best.

ρ_T(w) = Σ_k w_k s_k(T) is linear in w (see :mod:`crowdnb.sensitivity.weighing`), and the best ρ is
the largest of finitely many such functions, so it is convex. The weights under which T is optimal
are a polytope; and T is optimal on all of a polytope as soon as it is at every corner. Cutting
planes: at each corner of the polytope so far ask for the optimum; where another assignment T' is
better, Σ_k w_k (s_k(T) - s_k(T')) ≥ 0 is a new side; end when T holds at every corner.

References
----------
T. Gal, "Postoptimal Analyses, Parametric Programming, and Related Topics", 2nd ed., de Gruyter,
1995.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import placed_of
from crowdnb.labels import FloatArray, generator, labelled_vector, plain_array, whole
from crowdnb.model.assignment import Assignment
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.problem import Problem
from crowdnb.sensitivity.given import positions
from crowdnb.sensitivity.weighing import NEAR, Weighing
from crowdnb.solver.clock import TimeOverError

_MOST = 6  # criteria whose polytopes have few enough corners


@dataclass(frozen=True, eq=False)
class Stability:
    """The weights under which an assignment stays optimal.

    Attributes
    ----------
    assignment : Assignment
        T, at the weights given.
    weights : Series
        The weights given.
    corners : DataFrame
        Corners of the polytope of weights under which T is optimal; columns criteria.
    range : DataFrame
        Index criteria; ``low`` and ``high``, the smallest and largest weight of each within the
        polytope.
    rivals : tuple of Assignment
        The assignments that are as good on one of its sides.
    sides : DataFrame
        A row for each of them: columns criteria, s(T) - s(T'), whose product with w is ≥ 0 inside;
        ``moves`` in words.
    nearest : Series or None
        The weights nearest to those given beyond which another assignment is better; None where T
        is always optimal.
    moved : float
        How much weight moves up to there, ½ Σ |difference|; inf where T is always optimal.
    rival : Assignment or None
        The one that is as good there.
    shares : DataFrame or None
        Where samples were asked for: a row for each pair chosen at some of the weights drawn
        (uniform on the simplex), the ``share`` of them at which it is chosen, and ``error``, the
        standard error of that share.
    share : float
        Share of the weights drawn at which T is optimal; NaN without samples.
    text : str
    settled : bool
        Whether all of it is exact. Where the time was over before, the region is at most what
        ``corners``, ``range`` and ``holds`` say, and there are no shares. Without corners T was not
        even proved to be optimal at the weights given.
    """

    assignment: Assignment
    weights: pd.Series[float]
    corners: pd.DataFrame
    range: pd.DataFrame
    rivals: tuple[Assignment, ...]
    sides: pd.DataFrame
    nearest: pd.Series[float] | None
    moved: float
    rival: Assignment | None
    shares: pd.DataFrame | None
    share: float
    text: str
    settled: bool = True

    def __str__(self) -> str:
        return self.text

    def holds(self, weights: npt.ArrayLike) -> bool:
        """Whether T is optimal at weights by criterion or in their order; no solver is asked."""
        sides = self.sides.iloc[:, : len(self.weights)].to_numpy(dtype=float)
        given = (
            weights if isinstance(weights, pd.Series | Mapping) else plain_array(weights, "weights")
        )
        w = labelled_vector(given, self.weights.index, "weights")
        return bool((sides @ w >= -NEAR).all())


def stability(
    problem: Problem,
    possibility: pd.DataFrame,
    weights: pd.Series[Any] | Mapping[Any, float] | npt.ArrayLike,
    table: pd.DataFrame | None = None,
    samples: int = 0,
    rng: np.random.Generator | int | None = None,
    solver: str | None = None,
    time_limit: float | None = None,
) -> Stability:
    """The exact region of weights in which an assignment stays optimal, and the nearest outside it.

    Parameters
    ----------
    problem : Problem
        The rules; its Q is replaced by Q_ij = Σ_k w_k P_ijk.
    possibility : DataFrame
        P, index (worker, task), columns criteria, 6 at most, as :func:`crowdnb.possibility_matrix`
        gives it.
    weights : Series, mapping or sequence, K values
        w ≥ 0 with sum 1.
    table : DataFrame, optional
        T: workers × tasks, 0/1, optimal at ``weights``. None: the optimum that
        :func:`crowdnb.solve` finds there.
    samples : int
        How many weights to draw for the shares.
    rng : Generator or int, optional
        Draws them.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the region that is known until
        then comes back, which may be too large (``settled`` is False), without shares.

    Returns
    -------
    Stability

    Raises
    ------
    ValueError
        T breaks a rule or is not optimal; no assignment exists; labels do not fit; weights are
        negative or do not sum to 1; there are more than 6 criteria; ρ of the problem is more than
        the sum of W Q (costs of what is undesirable, effects); the time limit is not above 0.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> p = cn.possibility_matrix(case.ability, case.demand)
    >>> found = cn.stability(case.problem(), p, case.criteria_weights)
    >>> round(found.moved, 4), len(found.corners)
    (0.046, 18)
    """
    samples = whole(samples, "samples", 0)
    weighing = Weighing(problem, possibility, solver, "stability", time_limit)
    w = weighing.read(weights)
    if len(w) > _MOST:
        raise ValueError(f"stability: {len(w)} criteria, and at most {_MOST} can be dealt with")
    try:
        best = weighing.best(w)
    except TimeOverError:
        return _not_settled(weighing, w, table)
    if best.placed is None:
        raise ValueError("stability: the problem has no assignment; explain_infeasible says why")
    placed = best.placed if table is None else positions(weighing.problem, table)
    own = weighing.points(placed)
    if weighing.points(best.placed) @ w > own @ w + NEAR * max(1.0, abs(float(own @ w))):
        raise ValueError(
            "table: the assignment is not optimal at these weights; recover_weights finds some"
        )
    corners, rows, rivals, settled = _region(weighing, own)
    sides = [at for at, row in enumerate(rows) if (np.abs(corners @ row) <= NEAR).any()]
    rows, rivals = [rows[at] for at in sides], [rivals[at] for at in sides]
    nearest, moved, rival = _nearest(weighing, w, rows, rivals)
    names = weighing.criteria
    here = Assignment.of(weighing.problem_at(w), placed, "optimal", best.solver, best.seconds)
    frame = pd.DataFrame(np.array(rows).reshape(-1, len(w)), columns=names)
    frame["moves"] = [
        moves_text(moves(problem, placed, rival.placed))
        for rival in rivals
        if rival.placed is not None
    ]
    drawn = _shares(weighing, placed, rows, samples, rng) if samples and settled else None
    shares, share = drawn or (None, math.nan)
    settled = settled and (not samples or drawn is not None)
    low_high = pd.DataFrame({"low": corners.min(axis=0), "high": corners.max(axis=0)}, index=names)
    text = _text(low_high, nearest, moved, problem, placed, rival)
    if not settled:
        text += "\nNot all of this was settled within the time limit: the region may be smaller."
    return Stability(
        here,
        weighing.shown(w),
        pd.DataFrame(corners, columns=names),
        low_high,
        tuple(rivals),
        frame,
        nearest,
        moved,
        rival,
        shares,
        share,
        text,
        settled,
    )


def _not_settled(weighing: Weighing, w: FloatArray, table: pd.DataFrame | None) -> Stability:
    """Of an assignment that is not proved to be optimal at the weights given."""
    placed = None if table is None else positions(weighing.problem, table)
    here = Assignment.of(weighing.problem_at(w), placed, "time_limit", "none", 0.0, math.inf)
    none = pd.DataFrame(np.zeros((0, len(w))), columns=weighing.criteria)
    low_high = pd.DataFrame({"low": 0.0, "high": 1.0}, index=weighing.criteria)
    sides = none.assign(moves=pd.Series(dtype=object))
    text = "The best assignment at these weights was not settled within the time limit."
    given, nowhere = weighing.shown(w), (None, math.nan, None, None, math.nan)
    return Stability(here, given, none, low_high, (), sides, *nowhere, text, settled=False)


def _region(
    weighing: Weighing, own: FloatArray
) -> tuple[FloatArray, list[FloatArray], list[Assignment], bool]:
    """Corners of the polytope, what cut it out, and whether that is all."""
    rows, rivals, settled = list[FloatArray](), list[Assignment](), set[tuple[float, ...]]()
    with tqdm(desc="corners", leave=False, delay=5) as bar:
        while True:
            corners = corners_of(rows, len(own))
            new = [corner for corner in corners if tuple(corner.round(9)) not in settled]
            if not new:
                return corners, rows, rivals, True
            for corner in new:
                settled.add(tuple(corner.round(9)))
                try:
                    best = weighing.best(corner)
                except TimeOverError:
                    return corners_of(rows, len(own)), rows, rivals, False
                row = own - weighing.points(placed_of(best))
                bar.update()
                if row @ corner < -NEAR and not any(
                    np.allclose(row, known, 0, 1e-12) for known in rows
                ):
                    rows.append(row)
                    rivals.append(best)


def corners_of(rows: list[FloatArray], size: int) -> FloatArray:
    """Corners of {w ≥ 0, Σ w = 1, row · w ≥ 0 for each row}: where K - 1 of its sides meet."""
    if size == 1:
        return np.ones((1, 1))
    sides = np.vstack([np.eye(size), *[row / np.abs(row).max() for row in rows]])
    which = np.array(list(combinations(range(len(sides)), size - 1)), dtype=np.int64).reshape(
        -1, size - 1
    )
    systems = np.concatenate([sides[which], np.ones((len(which), 1, size))], axis=1)
    regular = np.abs(np.linalg.det(systems)) > 1e-12
    right = np.zeros((int(regular.sum()), size, 1))
    right[:, -1] = 1
    points = np.linalg.solve(systems[regular], right)[..., 0]
    inside = points[(points @ sides.T >= -NEAR / 10).all(axis=1)]
    return np.unique(np.maximum(inside, 0).round(9), axis=0)


def _nearest(
    weighing: Weighing, start: FloatArray, rows: list[FloatArray], rivals: list[Assignment]
) -> tuple[pd.Series[float] | None, float, Assignment | None]:
    """The nearest weights on a side: at which some rival is at least as good."""
    found: tuple[pd.Series[float] | None, float, Assignment | None] = (None, math.inf, None)
    for row, rival in zip(rows, rivals, strict=True):
        w = weighing.nearest(start, [-row])
        moved = math.inf if w is None else 0.5 * float(np.abs(w - start).sum())
        if w is not None and moved < found[1]:
            found = weighing.shown(w), moved, rival
    return found


def _shares(
    weighing: Weighing,
    placed: Any,
    rows: list[FloatArray],
    samples: int,
    rng: np.random.Generator | int | None,
) -> tuple[pd.DataFrame, float] | None:
    """How often each pair is chosen at weights drawn uniformly from the simplex; None: no time."""
    draws = generator(rng).dirichlet(np.ones(len(weighing.criteria)), samples)
    chosen, stays = np.zeros(weighing.problem.eligible.shape), 0
    for w in tqdm(draws, desc="weights drawn", leave=False, delay=5):
        same = all(row @ w >= 0 for row in rows)
        try:
            at: Any = placed if same else weighing.best(w).placed
        except TimeOverError:
            return None
        chosen[at[:, 0], at[:, 1]] += 1
        stays += same
    i, j = np.nonzero(chosen)
    share = chosen[i, j] / samples
    problem = weighing.problem
    frame = pd.DataFrame(
        {
            "worker": problem.workers[i],
            "task": problem.tasks[j],
            "share": share,
            "error": np.sqrt(share * (1 - share) / samples),
        }
    )
    return (
        frame.sort_values("share", ascending=False, kind="stable", ignore_index=True),
        stays / samples,
    )


def _text(
    low_high: pd.DataFrame,
    nearest: pd.Series[float] | None,
    moved: float,
    problem: Problem,
    placed: Any,
    rival: Assignment | None,
) -> str:
    if nearest is None or rival is None or rival.placed is None:
        return "The assignment is optimal at any weights."
    ranges = ", ".join(
        f"{name} {low:.4g} to {high:.4g}" for name, low, high in low_high.itertuples()
    )
    there = ", ".join(f"{name} {value:.4g}" for name, value in nearest.items())
    who = moves_text(moves(problem, placed, rival.placed))
    return (
        f"Within the region in which the assignment stays optimal the weights are {ranges}.\n"
        f"The nearest change moves {moved:.3g} of the weight, to {there}; from there on: {who}."
    )
