r"""What ρ sums beside W_j Q_ij: what is only undesirable, or better together.

    ρ = Σ_ij W_j Q_ij T_ij - Σ_j missing_j (L_j - Σ_i T_ij)⁺ - Σ_ij keep_ij (1 - T_ij)
        - Σ_ij conflict_ij T_ij + Σ_{i<k} effect_ik (i and k both chosen)

In same-task scope an effect counts for each task that both take. What a pair adds is
``Problem.gain`` = W_j Q_ij + keep_ij - conflict_ij. An empty place and two workers who are both
chosen have a column of their own beside T and the team y, from 0 to ``most``, and rows

    z_j + Σ_i T_ij ≥ L_j                                    an empty place of task j
    z ≤ Σ_j T_ij, z ≤ Σ_j T_kj;  of a loss z ≥ y_i + y_k - 1            scope "project"
    z ≤ T_ij, z ≤ T_kj;          of a loss z ≥ T_ij + T_kj - 1          scope "task", for each j

of which only those are written that bind: ρ keeps the others by itself.

References
----------
H. Zhu, Y. Sheng, X. Zhou, Y. Zhu, "Group role assignment with cooperation and conflict factors",
IEEE Trans. Systems, Man, and Cybernetics: Systems 48 (2018) 851-863 (from memory). Factors there
may depend on the roles as well; an effect here is of two workers, whatever they do.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.matrices import entries, incidence
from crowdnb.model.problem import Problem
from crowdnb.model.reach import ROUNDING, Reach, reaches

# What ρ is made of, in words; each but the first only of a problem that has it.
QUALIFICATION = "qualification"
MISSING, GIVEN_UP = "missing places", "pairs given up"
UNDESIRABLE, EFFECTS = "undesirable tasks", "pair effects"


def summands(problem: Problem, placed: IntArray) -> dict[str, FloatArray]:
    """The numbers that sum to ρ of pairs given as distinct positions, by what they are of."""
    i, j = placed.T
    found = {QUALIFICATION: problem.value[i, j]}
    if not problem.soft:
        return found
    arrays = problem.arrays
    if arrays.missing_cost is not None:
        short = missing(problem, placed)
        (asked,) = np.nonzero(np.isfinite(arrays.missing_cost))
        found[MISSING] = -short[asked] * arrays.missing_cost[asked]
    if arrays.keep_costs is not None:
        left = arrays.keep_costs.copy()
        left[i, j] = 0.0
        found[GIVEN_UP] = -left[np.nonzero(left)]
    if arrays.conflict_costs is not None:
        found[UNDESIRABLE] = -arrays.conflict_costs[i, j]
    if arrays.pair_effects is not None:
        (one, other), times = problem.effect_pairs.T, times_together(problem, placed)
        found[EFFECTS] = np.repeat(arrays.pair_effects[one, other], times)
    return found


def times_together(problem: Problem, placed: IntArray) -> IntArray:
    """How often the effect of each of ``effect_pairs`` counts among pairs given as positions."""
    taken: BoolArray = np.zeros(problem.eligible.shape, dtype=bool)
    taken[tuple(placed.T)] = True
    if problem.conflict_scope == "project":
        taken = np.asarray(taken.any(axis=1, keepdims=True))
    one, other = problem.effect_pairs.T
    return np.asarray((taken[one] & taken[other]).sum(axis=1), dtype=np.int64)


def score(problem: Problem, placed: IntArray) -> float:
    """ρ of pairs given as positions, summed exactly."""
    return math.fsum(_flat(problem, placed).tolist())


def sizes(problem: Problem, placed: IntArray) -> float:
    """The sizes that ρ of pairs sums, whatever their signs."""
    return math.fsum(np.abs(_flat(problem, placed)).tolist())


def _flat(problem: Problem, placed: IntArray) -> FloatArray:
    parts = summands(problem, placed)
    return parts[QUALIFICATION] if len(parts) == 1 else np.concatenate([*parts.values()])


def missing(problem: Problem, placed: IntArray) -> IntArray:
    """Places below L that pairs leave empty, by task; none where L is at most."""
    need = problem.arrays.required
    if problem.required_rule == "at most":
        return np.zeros_like(need)
    return np.asarray(np.maximum(need - np.bincount(placed[:, 1], minlength=len(need)), 0))


def most_sizes(problem: Problem) -> float:
    """The largest number that ρ may sum, of whatever sort."""
    sorts = [problem.value, *_costs_of(problem)]
    return max(float(np.abs(one).max(initial=0.0)) for one in sorts)


def _costs_of(problem: Problem) -> list[FloatArray]:
    """The numbers of all terms beside W_j Q_ij, as far as there are any."""
    arrays = problem.arrays
    found = [arrays.keep_costs, arrays.conflict_costs, arrays.pair_effects]
    if arrays.missing_cost is not None:
        found.append(arrays.missing_cost[np.isfinite(arrays.missing_cost)])
    return [one for one in found if one is not None]


def _of_pairs(problem: Problem) -> list[FloatArray]:
    """The numbers of which ``Problem.gain`` is made, m × n each."""
    arrays = problem.arrays
    found = [problem.value, arrays.keep_costs, arrays.conflict_costs]
    return [one for one in found if one is not None]


def near_score(problem: Problem, pairs: IntArray, found: FloatArray) -> float:
    """ρ of an engine's T, which may be off 0 and 1 by its tolerance."""
    rho = float(problem.gain[pairs[:, 0], pairs[:, 1]] @ found)
    if not problem.soft:
        return rho
    arrays, t = problem.arrays, np.zeros(problem.eligible.shape)
    t[pairs[:, 0], pairs[:, 1]] = found
    if arrays.missing_cost is not None:
        short = np.maximum(arrays.required - t.sum(axis=0), 0.0)
        asked = np.isfinite(arrays.missing_cost)
        rho -= float(short[asked] @ arrays.missing_cost[asked])
    if arrays.keep_costs is not None:
        rho -= math.fsum(arrays.keep_costs.ravel())
    if arrays.pair_effects is not None:
        one, other = problem.effect_pairs.T
        on = t.max(axis=1, keepdims=True) if problem.conflict_scope == "project" else t
        effect = arrays.pair_effects[one, other]
        both = np.where(
            effect[:, None] > 0,
            np.minimum(on[one], on[other]),
            np.maximum(on[one] + on[other] - 1, 0),
        )
        rho += float(effect @ both.sum(axis=1))
    return rho


def reaching(problem: Problem, allowed: BoolArray, must: BoolArray) -> Reach:
    """What assignments of some pairs reach, with those that must be chosen: see ``reaches``.

    An empty place is a worker who brings what it costs; of effects all gains count, and no loss.
    """
    if not problem.soft:
        return reaches(problem.gain, allowed, must, problem.fewest, problem.most)
    arrays = problem.arrays
    empty, fewest = None, problem.fewest
    if arrays.missing_cost is not None:
        asked = np.isfinite(arrays.missing_cost)
        empty, fewest = -arrays.missing_cost, np.where(asked, arrays.required, fewest)
    reach = reaches(problem.gain, allowed, must, fewest, problem.most, empty)
    beside = [np.zeros(0)]
    if arrays.keep_costs is not None:
        beside.append(-arrays.keep_costs[arrays.keep_costs > 0])
    if arrays.pair_effects is not None:
        pairs, _ = _effects(problem, np.argwhere(allowed))
        effect = arrays.pair_effects[pairs[:, 0], pairs[:, 1]]
        beside.append(effect[effect > 0])
    summed = np.concatenate(beside)
    by, size = math.fsum(summed), float(np.abs(summed).sum())
    size += sum(float(np.abs(one)[allowed].sum()) for one in _of_pairs(problem))
    # what rounding may have cost is part of the bound, so that a bound is one
    slack = reach.slack + ROUNDING * (size + abs(reach.bound) if np.isfinite(reach.bound) else size)
    return Reach(reach.bound + by + slack, reach.pairs + by + slack, 0.0)


def _effects(problem: Problem, pairs: IntArray, kept: bool = True) -> tuple[IntArray, IntArray]:
    """Two workers, and the task (-1 for the project), whose effect some pairs allow.

    Workers × 2, and tasks. Where conflicts are ``kept`` who is in one is never chosen together.
    """
    both = problem.effect_pairs
    if kept:
        both = both[~problem.arrays.worker_conflicts[both[:, 0], both[:, 1]]]
    able = np.zeros(problem.eligible.shape, dtype=bool)
    able[pairs[:, 0], pairs[:, 1]] = True
    if problem.conflict_scope == "project":
        both = both[np.isin(both, np.flatnonzero(able.any(axis=1))).all(axis=1)]
        return both, np.full(len(both), -1)
    able[:, problem.most <= 1] = False
    row, task = np.nonzero(able[both[:, 0]] & able[both[:, 1]])
    return both[row], task


class Beside(NamedTuple):
    """Columns beside T and the team: pairs · T + team · y + own · z ≥ low, and 0 ≤ z ≤ most."""

    worth: FloatArray  # what each column adds to ρ
    most: FloatArray
    pairs: Any  # sparse, rows × pairs
    team: Any  # sparse, rows × m
    own: Any  # sparse, rows × columns
    low: FloatArray
    everybody: BoolArray  # of each row, whether it counts all workers


def beside(problem: Problem, pairs: IntArray, kept: bool = True) -> Beside:
    """The columns and rows of this module's text, over some pairs.

    Unless conflicts are ``kept``, those who are in conflict have an effect too.
    """
    parts = [_empty_places(problem, pairs)]
    if problem.arrays.pair_effects is not None:
        both, task = _effects(problem, pairs, kept)
        worth = problem.arrays.pair_effects[both[:, 0], both[:, 1]]
        gain = worth > 0
        parts += [
            _gains(problem, pairs, both[gain], task[gain], worth[gain]),
            _losses(problem, pairs, both[~gain], task[~gain], worth[~gain]),
        ]
    return Beside(
        np.concatenate([part.worth for part in parts]),
        np.concatenate([part.most for part in parts]),
        sparse.csr_array(sparse.vstack([part.pairs for part in parts])),
        sparse.csr_array(sparse.vstack([part.team for part in parts])),
        sparse.csr_array(sparse.block_diag([part.own for part in parts])),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.everybody for part in parts]),
    )


def _empty_places(problem: Problem, pairs: IntArray) -> Beside:
    """z_j + Σ_i T_ij ≥ L_j, of tasks whose places may stay empty."""
    n, cost, need = len(problem.tasks), problem.arrays.missing_cost, problem.arrays.required
    tasks: IntArray = np.zeros(0, dtype=np.int64)
    if cost is not None:
        tasks = np.flatnonzero(np.isfinite(cost) & (need > 0))
    low = need[tasks].astype(float)
    return Beside(
        np.zeros(0) if cost is None else -cost[tasks],
        low,
        sparse.csr_array(incidence(pairs[:, 1], n)[tasks]),
        sparse.csr_array((len(tasks), len(problem.workers))),
        sparse.eye_array(len(tasks), format="csr"),
        low,
        np.ones(len(tasks), dtype=bool),
    )


def _chosen(problem: Problem, pairs: IntArray, who: IntArray, task: IntArray) -> Any:
    """A row for each worker and task: T_ij, or Σ_j T_ij where the task is -1."""
    m, n = problem.eligible.shape
    if problem.conflict_scope == "project":
        return sparse.csr_array(incidence(pairs[:, 0], m)[who])
    column = np.zeros((m, n), dtype=np.int64)
    column[pairs[:, 0], pairs[:, 1]] = np.arange(len(pairs))
    return entries(np.arange(len(who)), column[who, task], (len(who), len(pairs)))


def _gains(
    problem: Problem, pairs: IntArray, both: IntArray, task: IntArray, worth: FloatArray
) -> Beside:
    """Z ≤ what chooses the one, z ≤ what chooses the other."""
    size = len(both)
    minus = -sparse.eye_array(size)
    return Beside(
        worth,
        np.ones(size),
        sparse.vstack([_chosen(problem, pairs, who, task) for who in both.T]),
        sparse.csr_array((2 * size, len(problem.workers))),
        sparse.vstack([minus, minus]),
        np.zeros(2 * size),
        np.zeros(2 * size, dtype=bool),
    )


def _losses(
    problem: Problem, pairs: IntArray, both: IntArray, task: IntArray, worth: FloatArray
) -> Beside:
    """Z ≥ the one and the other less 1, in the project by the team, else by the task's pairs."""
    size, m = len(both), len(problem.workers)
    over_pairs, team = sparse.csr_array((size, len(pairs))), sparse.csr_array((size, m))
    for who in both.T:
        if problem.conflict_scope == "project":
            team = team - entries(np.arange(size), who, (size, m))
        else:
            over_pairs = over_pairs - _chosen(problem, pairs, who, task)
    return Beside(
        worth,
        np.ones(size),
        over_pairs,
        team,
        sparse.eye_array(size, format="csr"),
        -np.ones(size),
        np.zeros(size, dtype=bool),
    )


class Scales:
    """All that ρ may sum as one array of sizes, for :func:`crowdnb.model.reach.zoom`.

    Of a soft problem the pairs come first, then what places cost that stay empty, pairs that are
    given up, and effects. To do without one of these is to fill the task's places, to pin the pair,
    to bar the two workers from each other: another problem, with the same ρ where it is kept.

    Attributes
    ----------
    sizes : ndarray
        m × n of a problem that is not soft, else in one row.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem, arrays = problem, problem.arrays
        none: IntArray = np.zeros(0, dtype=np.int64)
        cost, keep, effect = arrays.missing_cost, arrays.keep_costs, arrays.pair_effects
        self.tasks = none if cost is None else np.flatnonzero(np.isfinite(cost))
        self.kept = np.argwhere(keep > 0) if keep is not None else none.reshape(0, 2)
        self.both = problem.effect_pairs
        self.sizes = np.abs(problem.value)
        if not problem.soft:
            return
        if arrays.conflict_costs is not None:
            self.sizes = self.sizes + np.abs(arrays.conflict_costs)
        self.sizes = np.concatenate(
            [
                self.sizes.ravel(),
                np.zeros(0) if cost is None else cost[self.tasks],
                np.zeros(0) if keep is None else keep[tuple(self.kept.T)],
                np.zeros(0) if effect is None else np.abs(effect[tuple(self.both.T)]),
            ]
        )

    def with_all(self, allowed: BoolArray) -> BoolArray:
        """Some pairs, and whatever else ρ may sum."""
        if not self.problem.soft:
            return allowed
        others = np.ones(len(self.sizes) - allowed.size, dtype=bool)
        return np.concatenate([allowed.ravel(), others])

    def reaching(self, play: BoolArray, must: BoolArray | None = None) -> Reach:
        """What assignments reach of what is in play, with pairs that must be chosen."""
        problem, allowed = self.within(play)
        pinned = problem.arrays.pinned
        reach = reaching(problem, allowed, pinned if must is None else pinned | must)
        if not self.problem.soft:
            return reach
        more = np.full(len(self.sizes) - reach.pairs.size, np.inf)
        return reach._replace(pairs=np.r_[reach.pairs.ravel(), more])

    def within(self, play: BoolArray) -> tuple[Problem, BoolArray]:
        """The problem that does without whatever is not in play, and its pairs that are."""
        problem, arrays = self.problem, self.problem.arrays
        if not problem.soft:
            return problem, play
        allowed, *others = np.split(
            play,
            np.cumsum([problem.value.size, len(self.tasks), len(self.kept)]),
        )
        allowed = allowed.reshape(problem.value.shape)
        if all(other.all() for other in others):
            return problem, allowed
        places, pairs, two = (~other for other in others)
        changed: dict[str, Any] = {}
        if places.any() and arrays.missing_cost is not None:
            cost = arrays.missing_cost.copy()
            cost[self.tasks[places]] = np.inf
            changed["missing_cost"] = cost
        if pairs.any() and arrays.keep_costs is not None:
            at = tuple(self.kept[pairs].T)
            keep, pinned = arrays.keep_costs.copy(), arrays.pinned.copy()
            keep[at], pinned[at] = 0.0, True
            changed |= {"keep_costs": keep, "pinned": pinned}
        if two.any() and arrays.pair_effects is not None:
            one, other = self.both[two].T
            effect, between = arrays.pair_effects.copy(), arrays.worker_conflicts.copy()
            effect[one, other] = effect[other, one] = 0.0
            between[one, other] = between[other, one] = True
            changed |= {"pair_effects": effect, "worker_conflicts": between}
        return problem.changed(**changed), allowed
