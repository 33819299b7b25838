r"""Group role assignment: the problem and its rules (section 4).

E-CARGO is the tuple Σ = ⟨E, C, O, R, A, G⟩. Here the roles R are tasks, the agents A are workers,
and the group G is the set of workers that the assignment picks.

======  =====================================  ============================
Q       qualification, m × n                   ``Problem.qualification``
L       workers needed by each task, n         ``Problem.required``
W       task weights, n                        ``Problem.task_weights``
C^R     worker-task conflicts, m × n, 0/1      ``Problem.task_conflicts``
C^A     worker-worker conflicts, m × m, 0/1    ``Problem.worker_conflicts``
T       assignment, m × n, 0/1                 ``Assignment.table``
ρ       group performance                      ``Assignment.performance``
======  =====================================  ============================

These are tables with labels; ``Problem.arrays`` holds the same numbers, under the same names.

    max ρ = Σ_i Σ_j W_j Q_ij (1 - C^R_ij) T_ij               (7; printed with C^R for 1 - C^R)
    T_ij ∈ {0, 1};  Σ_i T_ij = L_j;  Σ_j T_ij ≤ 1                    (8)-(10)
    T_ij = 0 where C^R_ij = 1 or Q_ij = 0
    T_i1,j + T_i2,j ≤ 1 where C^A_i1,i2 = 1                          (11, scope "task")
    Σ_j T_i1,j + Σ_j T_i2,j ≤ 1 where C^A_i1,i2 = 1                  (11 and 12, scope "project")

Options beyond the paper, each off unless asked for: Σ_i T_ij ≥ L_j or ≤ L_j, or from L_j to another
number, in place of (9); a limit of tasks for each worker in place of the 1 in (10), and a least
number of them; pinned pairs, T_ij = 1; tasks that overlap, T_ij + T_ik ≤ 1 for each worker; a
budget, Σ_ij c_ij T_ij ≤ budget; capacities, Σ_j load_ij T_ij ≤ capacity_i for each worker
(generalised assignment); and quotas by attribute (:mod:`crowdnb.model.quotas`). What is only
undesirable, and pairs that work well together, count in ρ (:mod:`crowdnb.model.terms`).

References
----------
H. Zhu, M. Zhou, R. Alkins, "Group role assignment via a Kuhn-Munkres algorithm-based solution",
IEEE Trans. Systems, Man, and Cybernetics A 42 (2012) 739-750.

H. Zhu, "Group multi-role assignment with conflicting roles and agents", IEEE/CAA Journal of
Automatica Sinica 7 (2020) 1498-1510: roles that no agent can hold together (GMRACR).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import BoolArray, FloatArray, IntArray, plain_array, unique_index
from crowdnb.model.arrays import Arrays, Labels, frozen, has_ones, ones_of
from crowdnb.model.fields import READ, RequiredRule, Scope, read
from crowdnb.model.pair_numbers import LARGEST, PairNumbers
from crowdnb.model.pair_tables import Conflicts
from crowdnb.model.quotas import Quota, quotas_of
from crowdnb.model.tables import Tables

Status = Literal["optimal", "infeasible", "time_limit"]
Numbers = pd.Series | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any]  # by label or place


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Problem(Tables):
    """A checked assignment problem: Q, L, W, C^R, C^A and what a conflict between workers means.

    Parameters
    ----------
    qualification : DataFrame or array-like, m × n
        Q: workers × tasks, any finite numbers. Exactly 0 forbids the pair, as the paper asks.
    required : Series, mapping or sequence of int, n
        L: workers needed by each task, integers ≥ 0, met exactly (eq. 9).
    task_weights : Series, mapping or sequence of float, n, optional
        W ≥ 0. The paper's sum to 1, others' do not; None counts every place 1.
    task_conflicts : optional
        C^R: a 0/1 frame or array (m × n), or (worker, task) pairs, as a list or as a frame with
        these columns.
    worker_conflicts : optional
        C^A: a symmetric 0/1 frame or array (m × m) with a zero diagonal, or (worker, other) pairs.
    conflict_scope : {"project", "task"}
        Whether two workers in conflict may not both be chosen at all (eqs. 11 and 12, Algorithm 1),
        or only not for the same task (eq. 11 alone).
    required_rule : {"exactly", "at least", "at most"}
        How the number of workers on a task compares with L.
    required_most : Series, mapping, sequence or int, n, optional
        Workers that a task may have at most, integers ≥ L: from L to so many of them in place of
        exactly L. A task without an entry has exactly L.
    worker_limits : Series, mapping, sequence or int, m, optional
        Tasks that a worker may take at most, integers ≥ 0; 1 without an entry, and where it is not
        given (eq. 10).
    worker_least : Series, mapping, sequence or int, m, optional
        Tasks that a worker must take at least, integers ≥ 0; 0 without an entry.
    pinned : optional
        Pairs that must be chosen: a 0/1 frame or array (m × n), or (worker, task) pairs.
    task_overlaps : optional
        Tasks that no worker can hold together, such as those at the same time: a symmetric 0/1
        frame or array (n × n) with a zero diagonal, or (task, other) pairs.
    costs : optional
        What a pair costs, any finite number, in the unit of ``budget``: a frame or array (m × n);
        or what each task that a worker takes costs, a Series, mapping, sequence (m) or number, 0
        without an entry.
    budget : float, optional
        The costs of all chosen pairs together do not exceed it. Goes with ``costs``.
    loads : optional
        What a task takes of a worker, such as hours, finite numbers ≥ 0: a Series, mapping or
        sequence by task (n), or a frame or array (m × n).
    capacities : Series, mapping, sequence or float, m, optional
        What a worker has, in the unit of ``loads``, ≥ 0: the loads of the worker's tasks together
        do not exceed it. Goes with ``loads``. The limit of tasks counts as well. Inf, or no entry:
        no bound.
    missing_cost : Series, mapping, sequence or float, n, optional
        What each place below L costs of ρ that stays empty, ≥ 0. inf, an empty cell or no entry in
        a Series or mapping: the places of the task must be filled. Not with "at most".
    keep_costs : optional
        What it costs of ρ to give a pair up, that is not to choose it, ≥ 0: a mapping {(worker,
        task): cost}, a frame with these columns, or a frame or array (m × n), empty or 0 for none.
    conflict_costs : optional
        What it costs of ρ to choose a pair, a task conflict that is only undesirable; below 0 it
        is a gain. Given as ``keep_costs``.
    pair_effects : optional
        What two workers add to ρ who are both chosen, or for each task that both take, by the
        scope; below 0 it is a loss. A mapping {(worker, other): gain}, a frame with these columns,
        or a symmetric frame or array (m × m) with a zero diagonal.
    attributes : DataFrame, optional
        What workers are, such as their grade: a row for each worker, columns of texts or numbers;
        an empty cell is no value.
    quotas : list of mappings, or DataFrame, optional
        With the keys or columns ``task`` (left out: all tasks together), ``column`` and ``value``
        of the attributes, ``least``, ``most`` (either may be left out): of the places of the task
        at least and at most so many are taken by workers who have the value; or such a share of
        the places that are filled, as "50%". A worker with two tasks counts twice.

    Attributes
    ----------
    labels : Labels
        The m workers and n tasks; also as ``workers`` and ``tasks``.
    arrays : Arrays
        The numbers as read-only arrays, under the names of the arguments.
    conflict_scope, required_rule : str
    budget : float or None
    attributes, quotas : DataFrame or None
    qualification, task_conflicts, worker_conflicts, pinned, task_overlaps : DataFrame
    required, task_weights, worker_limits, worker_least : Series
    costs, loads : DataFrame or None
    required_most, capacities, missing_cost : Series or None
    keep_costs, conflict_costs, pair_effects : DataFrame or None
        The arrays with their labels, made when first asked for.

    Raises
    ------
    ValueError
        A label is unknown, missing, doubled or looks like another, a value breaks its rule, a
        worker is in conflict with itself, or a 0/1 frame is not symmetric. Argument, label, value
        and rule are named.

    Notes
    -----
    Frames, Series and mappings are read by label, in any order, and have every label (but for those
    that may have no entry); arrays and lists by position. Labels are cleaned
    (:mod:`crowdnb.spelling`).

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.load_case_study().problem(worker_conflicts=[("a3", "a5")])
    >>> problem
    <Problem: 12 workers, 5 tasks, 9 places, 9 worker-task and 1 worker-worker conflicts (project)>
    """

    conflict_scope: Scope
    required_rule: RequiredRule
    budget: float | None
    attributes: pd.DataFrame | None
    quotas: pd.DataFrame | None

    def __init__(
        self,
        qualification: pd.DataFrame | npt.ArrayLike,
        required: Numbers,
        task_weights: Numbers | None = None,
        task_conflicts: Conflicts | None = None,
        worker_conflicts: Conflicts | None = None,
        conflict_scope: Scope = "project",
        *,
        required_rule: RequiredRule = "exactly",
        required_most: Numbers | int | None = None,
        worker_limits: Numbers | int | None = None,
        worker_least: Numbers | int | None = None,
        pinned: Conflicts | None = None,
        task_overlaps: Conflicts | None = None,
        costs: pd.DataFrame | Numbers | npt.ArrayLike | None = None,
        budget: float | None = None,
        loads: pd.DataFrame | Numbers | npt.ArrayLike | None = None,
        capacities: Numbers | float | None = None,
        missing_cost: Numbers | float | None = None,
        keep_costs: PairNumbers | None = None,
        conflict_costs: PairNumbers | None = None,
        pair_effects: PairNumbers | None = None,
        attributes: pd.DataFrame | None = None,
        quotas: pd.DataFrame | Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name in READ}
        frame = _labelled(qualification)
        labels = Labels(unique_index(frame.index, "worker"), unique_index(frame.columns, "task"))
        given["qualification"] = frame.to_numpy()
        values = read(given, labels)
        arrays = Arrays(**{name: values.pop(name) for name in ARRAYS})
        self._fill(labels=labels, arrays=arrays, **values)

    def _fill(self, **values: Any) -> None:
        """Set the fields, which are frozen from here on, and check what concerns several."""
        for name, value in values.items():
            object.__setattr__(self, name, value)
        if "value" not in self.__dict__:
            with np.errstate(over="ignore"):
                size = np.abs(self.value).max(axis=0)
            if (size > LARGEST).any():
                largest = self.tasks[int(size.argmax())]
                raise ValueError(
                    f"task_weights: Q times the weight of {largest} exceeds {LARGEST:g}"
                )
        if self.arrays.required_most is not None:
            self._check_most(self.arrays.required_most)
        if (self.arrays.costs is None) != (self.budget is None):
            raise ValueError("costs and budget go together: give both, or neither")
        if (self.arrays.loads is None) != (self.arrays.capacities is None):
            raise ValueError("loads and capacities go together: give both, or neither")
        if self.arrays.missing_cost is not None and self.required_rule == "at most":
            raise ValueError(
                'missing_cost: with required_rule "at most" no place has to be filled, so that none'
                " is missing"
            )
        if self.quotas is not None and "quota_sides" not in self.__dict__:
            self.__dict__["quota_sides"] = quotas_of(self.quotas, self.attributes, self.labels)

    def _check_most(self, most: FloatArray) -> None:
        """ValueError where ``required_most`` does not go with the rule or with L."""
        if self.required_rule != "exactly":
            raise ValueError(
                "required_most: goes with required_rule 'exactly', which it widens; got"
                f" {self.required_rule!r}"
            )
        if (less := most < self.arrays.required).any():
            at = int(less.argmax())
            raise ValueError(
                f"required_most: {self.tasks[at]} may take up to {most[at]:.0f} workers and asks"
                f" for {self.arrays.required[at]} (required); the first must not be less"
            )

    def changed(self, **values: Any) -> Problem:
        """The same problem, over the same labels, with other values for some fields.

        Each is given as the constructor takes it; what does not change is shared.

        Raises
        ------
        ValueError
            As the constructor; also where a label of Q is not one of the problem's.
        TypeError
            There is no such field.
        """
        new = read(values, self.labels)
        other = object.__new__(Problem)
        for name in self.__dict__.keys() & MADE_OF.keys():
            if MADE_OF[name].isdisjoint(new):
                other.__dict__[name] = self.__dict__[name]
        arrays = {name: new.pop(name) for name in ARRAYS if name in new}
        own = self.__getstate__()
        if arrays:
            own["arrays"] = Arrays(**vars(self.arrays) | arrays)
        other._fill(**own | new)
        return other

    def __getstate__(self) -> dict[str, Any]:
        """The fields; what is computed from them need not travel to another process."""
        return {name: self.__dict__[name] for name in FIELDS}

    @cached_property
    def value(self) -> FloatArray:
        """W_j Q_ij, what a pair adds to ρ; shape (m, n), read-only."""
        q, weights = self.arrays.qualification, self.arrays.task_weights
        return q if (weights == 1).all() else frozen(q * weights)

    @cached_property
    def gain(self) -> FloatArray:
        """What choosing a pair adds to ρ: its value, what it costs to give it up, less its cost.

        Shape (m, n), read-only; the value itself where there are no such costs.
        """
        keep, cost = self.arrays.keep_costs, self.arrays.conflict_costs
        if keep is None and cost is None:
            return self.value
        gain = self.value + (0.0 if keep is None else keep)
        return frozen(gain - (0.0 if cost is None else cost))

    @cached_property
    def soft(self) -> bool:
        """Whether something is only undesirable or better together.

        ρ then has more terms than W_j Q_ij.
        """
        arrays = self.arrays
        terms = (arrays.keep_costs, arrays.conflict_costs, arrays.pair_effects, arrays.missing_cost)
        return any(term is not None for term in terms)

    @cached_property
    def effect_pairs(self) -> IntArray:
        """Positions (i1, i2), i1 < i2, of workers with an effect; shape (pairs, 2), read-only."""
        effects = self.arrays.pair_effects
        if effects is None:
            return np.zeros((0, 2), dtype=np.int64)
        return frozen(np.argwhere(np.triu(effects)))

    @cached_property
    def eligible(self) -> BoolArray:
        """Whether worker i may take task j, C^R_ij = 0, Q_ij ≠ 0 and a limit above 0; m × n, read-only."""
        arrays = self.arrays
        may = arrays.qualification != 0
        if has_ones(arrays.task_conflicts):
            may &= ~arrays.task_conflicts
        if not arrays.worker_limits.all():
            may[arrays.worker_limits == 0] = False
        return frozen(may)

    @cached_property
    def conflict_pairs(self) -> IntArray:
        """Positions (i1, i2), i1 < i2, of workers in conflict; shape (pairs, 2), read-only."""
        pairs = ones_of(self.arrays.worker_conflicts)
        return frozen(pairs[pairs[:, 0] < pairs[:, 1]])

    @cached_property
    def overlap_pairs(self) -> IntArray:
        """Positions (j1, j2), j1 < j2, of tasks that overlap; shape (pairs, 2), read-only."""
        pairs = ones_of(self.arrays.task_overlaps)
        return frozen(pairs[pairs[:, 0] < pairs[:, 1]])

    @cached_property
    def pins(self) -> IntArray:
        """Positions (worker, task) of the pinned pairs; shape (pairs, 2), read-only."""
        return frozen(ones_of(self.arrays.pinned))

    @cached_property
    def quota_sides(self) -> tuple[Quota, ...]:
        """Both sides of all quotas, by positions."""
        return () if self.quotas is None else quotas_of(self.quotas, self.attributes, self.labels)

    @property
    def fewest(self) -> IntArray:
        """Workers that each task must have, n: L, or 0 where L is "at most" or a place may stay empty."""
        need, cost = self.arrays.required, self.arrays.missing_cost
        if cost is not None:
            return np.where(np.isfinite(cost), 0, need)
        return need * 0 if self.required_rule == "at most" else need

    @property
    def most(self) -> IntArray:
        """Workers that each task may have, n: L or ``required_most``, everybody for "at least"."""
        need, most = self.arrays.required, self.arrays.required_most
        if most is not None:
            return np.where(np.isnan(most), need, most).astype(np.int64)
        return np.maximum(need, len(self.workers)) if self.required_rule == "at least" else need

    @property
    def exact(self) -> bool:
        """Whether every assignment has the same number of workers on each task."""
        return bool((self.fewest == self.most).all())

    @cached_property
    def plain(self) -> bool:
        """Whether it is the paper's problem.

        L exactly, one task per worker at most (so that no overlap matters) and none at least,
        nothing pinned, no budget, no capacities, no quotas, and nothing in ρ but W_j Q_ij.
        """
        arrays = self.arrays
        counts = self.required_rule != "exactly" or arrays.required_most is not None
        sums = (self.budget, arrays.capacities, self.quotas)
        if counts or any(one is not None for one in sums) or self.soft or len(self.pins):
            return False
        return not arrays.worker_least.any() and bool(arrays.worker_limits.max() <= 1)

    def __repr__(self) -> str:
        (m, n), arrays = self.arrays.qualification.shape, self.arrays
        return (
            f"<Problem: {m} workers, {n} tasks, {arrays.required.sum()} places,"
            f" {arrays.task_conflicts.sum()} worker-task and {len(self.conflict_pairs)} worker-worker"
            f" conflicts ({self.conflict_scope})>"
        )


ARRAYS, FIELDS = (tuple(one.name for one in fields(kind)) for kind in (Arrays, Problem))

_SOFT = {"missing_cost", "keep_costs", "conflict_costs", "pair_effects"}
# Of what each cached value is made. ``changed`` keeps it where none of these changes; one that is
# not listed is computed again.
MADE_OF: dict[str, set[str]] = {name: {name} for name in ARRAYS} | {
    "value": {"qualification", "task_weights"},
    "eligible": {"qualification", "task_conflicts", "worker_limits"},
    "conflict_pairs": {"worker_conflicts"},
    "pins": {"pinned"},
    "overlap_pairs": {"task_overlaps"},
    "required_most": {"required", "required_most"},
    "plain": {
        "required_rule",
        "required_most",
        "budget",
        "worker_limits",
        "worker_least",
        "pinned",
        "capacities",
        "quotas",
        *_SOFT,
    },
    "gain": {"qualification", "task_weights", "keep_costs", "conflict_costs"},
    "soft": _SOFT,
    "effect_pairs": {"pair_effects"},
    "quota_sides": {"attributes", "quotas"},
}


def _labelled(qualification: Any) -> pd.DataFrame:
    """Q as a frame; without labels workers and tasks are counted from 0."""
    if isinstance(qualification, pd.DataFrame):
        frame = qualification
    else:
        array = plain_array(qualification, "qualification")
        if array.ndim != 2:
            raise ValueError(f"qualification: workers × tasks are needed, got shape {array.shape}")
        frame = pd.DataFrame(array.astype(object) if array.dtype.kind not in "iuf" else array)
    if frame.shape[0] == 0 or frame.shape[1] == 0:
        raise ValueError(
            f"qualification: at least one worker and one task are needed, got shape {frame.shape}"
        )
    return frame


def needed(problem: object) -> Problem:
    """The problem; ValueError where it is none."""
    if not isinstance(problem, Problem):
        what = type(problem).__name__
        raise ValueError(
            f"problem: a Problem is needed (of a project: project.problem()), got {what}"
        )
    return problem
