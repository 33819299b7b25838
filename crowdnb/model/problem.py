r"""Group role assignment: the problem, its answer, and the rules between them (section 4). No solver in it.

E-CARGO is the tuple Σ = ⟨E, C, O, R, A, G⟩. Here the roles R are tasks, the agents A are workers,
and the group G is the set of workers that the assignment picks.

======  =====================================  ============================  ====================
Q       qualification, m × n                   ``Problem.qualification``     its array: ``q``
L       workers needed by each task, n         ``Problem.required``          ``need``
W       task weights, n                        ``Problem.task_weights``      ``weights``
C^R     worker-task conflicts, m × n, 0/1      ``Problem.task_conflicts``    ``excluded``
C^A     worker-worker conflicts, m × m, 0/1    ``Problem.worker_conflicts``  ``against``
T       assignment, m × n, 0/1                 ``Assignment.table``          ``placed``
ρ       group performance                      ``Assignment.performance``
======  =====================================  ============================  ====================

    max ρ = Σ_i Σ_j W_j Q_ij (1 - C^R_ij) T_ij                       (7, with 1 - C^R: printed it is C^R)
    T_ij ∈ {0, 1};  Σ_i T_ij = L_j;  Σ_j T_ij ≤ 1                    (8)-(10)
    T_ij = 0 where C^R_ij = 1 or Q_ij = 0
    T_i1,j + T_i2,j ≤ 1 where C^A_i1,i2 = 1                          (11, scope "task")
    Σ_j T_i1,j + Σ_j T_i2,j ≤ 1 where C^A_i1,i2 = 1                  (11 and 12, scope "project")

Options beyond the paper, each off unless asked for: Σ_i T_ij ≥ L_j or ≤ L_j in place of (9); a
limit of tasks for each worker in place of the 1 in (10); pinned pairs, T_ij = 1; and a budget, Σ_ij
c_ij T_ij ≤ budget.

References
----------
H. Zhu, M. Zhou, R. Alkins, "Group role assignment via a Kuhn-Munkres algorithm-based solution", IEEE Trans.
Systems, Man, and Cybernetics A 42 (2012) 739-750.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    hashable,
    labelled_vector,
    listing,
    number,
    numbers,
    one_of,
    plain_array,
    same_labels,
    shown,
    unique_index,
)

Scope = Literal["project", "task"]
Rule = Literal["exactly", "at least", "at most"]
Status = Literal["optimal", "infeasible", "time_limit"]
Conflicts = pd.DataFrame | npt.NDArray[Any] | Collection[tuple[Hashable, Hashable]]

LARGEST = 1e300  # of W_j Q_ij, so that sums of them are finite
# workers of a task, or tasks of a worker, that can be asked for: each place is a column somewhere
MOST = 1e6


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Problem:
    """A checked assignment problem: Q, L, W, C^R, C^A and what a conflict between workers means.

    Parameters
    ----------
    qualification : DataFrame or array-like, m × n
        Q: workers × tasks, any finite numbers. Exactly 0 forbids the pair, as the paper asks.
    required : Series, mapping or sequence of int, n
        L: workers needed by each task, whole numbers ≥ 0, met exactly (eq. 9).
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
    worker_limits : Series, mapping, sequence or int, m, optional
        Tasks that a worker may take at most, whole numbers ≥ 0. None: 1 each (eq. 10).
    pinned : optional
        Pairs that must be chosen: a 0/1 frame or array (m × n), or (worker, task) pairs.
    costs : DataFrame or array-like, m × n, optional
        What a pair costs, any finite number, in the unit of ``budget``.
    budget : float, optional
        The costs of all chosen pairs together do not exceed it. Goes with ``costs``.

    Attributes
    ----------
    qualification, task_conflicts, worker_conflicts, pinned : DataFrame
    required, task_weights, worker_limits : Series
    conflict_scope, required_rule : str
    costs : DataFrame or None
    budget : float or None
        All normalised: frames and series over the same labels, conflicts as 0/1 frames, read-only.
        They are made when first asked for, of the arrays that the problem holds.
    workers, tasks : Index
        The m and n labels.
    q, pair_costs : ndarray, shape (m, n); the second or None
    need, weights, limits : ndarray, shapes (n,), (n,), (m,)
    excluded, against, must : ndarray of bool, shapes (m, n), (m, m), (m, n)
        The same as arrays, read-only: Q, costs; L, W, limits of tasks; C^R, C^A, pinned pairs.

    Raises
    ------
    ValueError
        A label is unknown, missing or doubled, a value breaks its rule, a worker is in conflict
        with itself, or a 0/1 frame is not symmetric. Argument, label, value and rule are named.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.load_case_study().problem(worker_conflicts=[("a3", "a5")])
    >>> problem
    <Problem: 12 workers, 5 tasks, 9 places, 9 worker-task and 1 worker-worker conflicts (project)>
    """

    qualification: pd.DataFrame
    required: pd.Series[int]
    task_weights: pd.Series[float]
    task_conflicts: pd.DataFrame
    worker_conflicts: pd.DataFrame
    conflict_scope: Scope
    required_rule: Rule
    worker_limits: pd.Series[int]
    pinned: pd.DataFrame
    costs: pd.DataFrame | None
    budget: float | None
    workers: pd.Index[Any] = field(init=False)
    tasks: pd.Index[Any] = field(init=False)
    q: FloatArray = field(init=False)
    need: IntArray = field(init=False)
    weights: FloatArray = field(init=False)
    excluded: BoolArray = field(init=False)
    against: BoolArray = field(init=False)
    limits: IntArray = field(init=False)
    must: BoolArray = field(init=False)
    pair_costs: FloatArray | None = field(init=False)

    def __init__(
        self,
        qualification: pd.DataFrame | npt.ArrayLike,
        required: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any],
        task_weights: (
            pd.Series[Any] | Mapping[Any, float] | Sequence[float] | FloatArray | None
        ) = None,
        task_conflicts: Conflicts | None = None,
        worker_conflicts: Conflicts | None = None,
        conflict_scope: Scope = "project",
        *,
        required_rule: Rule = "exactly",
        worker_limits: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | int | None = None,
        pinned: Conflicts | None = None,
        costs: pd.DataFrame | npt.ArrayLike | None = None,
        budget: float | None = None,
    ) -> None:
        frame = (
            qualification if isinstance(qualification, pd.DataFrame) else _unlabelled(qualification)
        )
        if frame.shape[0] == 0 or frame.shape[1] == 0:
            raise ValueError(
                "qualification: at least one worker and one task are needed, got shape"
                f" {frame.shape}"
            )
        self.__dict__["workers"] = unique_index(frame.index, "worker")
        self.__dict__["tasks"] = unique_index(frame.columns, "task")
        self._hold(
            {
                "qualification": frame.to_numpy(),
                "required": required,
                "task_weights": task_weights,
                "task_conflicts": task_conflicts,
                "worker_conflicts": worker_conflicts,
                "conflict_scope": conflict_scope,
                "required_rule": required_rule,
                "worker_limits": worker_limits,
                "pinned": pinned,
                "costs": costs,
                "budget": budget,
            },
        )

    def _hold(self, values: Mapping[str, Any]) -> None:
        """Check the fields given, each alone and then all together, and keep them."""
        for name, value in values.items():
            held, read = _READ[name]
            self.__dict__[held] = read(value, self)
        if "value" not in self.__dict__:
            with np.errstate(over="ignore"):
                size = np.abs(self.value).max(axis=0)
            if (size > LARGEST).any():
                largest = self.tasks[int(size.argmax())]
                raise ValueError(
                    f"task_weights: Q times the weight of {largest} exceeds {LARGEST:g}"
                )
        if (self.pair_costs is None) != (self.budget is None):
            raise ValueError("costs and budget go together: give both, or neither")

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Frames and series of the fields, when first asked for."""
            if name not in _FRAMES:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            return self.__dict__.setdefault(name, _FRAMES[name](self))

        def __dir__(self) -> list[str]:
            """With the frames and series, for completion by the Tab key."""
            return [*super().__dir__(), *_FRAMES]

    def __getstate__(self) -> dict[str, Any]:
        """What is held; what is computed from it need not travel to another process."""
        return {name: value for name, value in self.__dict__.items() if name not in _MADE_OF}

    def changed(self, **values: Any) -> Problem:
        """The same problem with other values for some fields, each as the constructor takes it, over the same labels.

        Raises
        ------
        ValueError
            As the constructor; also where a label of Q is not one of the problem's.
        """
        if unknown := [name for name in values if name not in _READ]:
            raise TypeError(
                f"changed(): no field {listing(unknown)}; there are {listing(_READ, len(_READ))}"
            )
        other = object.__new__(Problem)
        keep = {
            name: value
            for name, value in self.__dict__.items()
            if not _MADE_OF.get(name, set()) & values.keys()
        }
        other.__dict__.update(keep, worker_at=self.worker_at, task_at=self.task_at)
        other._hold(values)
        return other

    @cached_property
    def value(self) -> FloatArray:
        """W_j Q_ij, what a pair adds to ρ; shape (m, n), read-only."""
        return self.q if (self.weights == 1).all() else _frozen(self.q * self.weights)

    @cached_property
    def eligible(self) -> BoolArray:
        """Whether worker i may take task j: C^R_ij = 0, Q_ij ≠ 0 and a limit above 0; shape (m, n), read-only."""
        may = self.q != 0
        if _given(self.excluded):
            may &= ~self.excluded
        if not self.limits.all():
            may[self.limits == 0] = False
        return _frozen(may)

    @cached_property
    def conflict_pairs(self) -> IntArray:
        """Positions (i1, i2), i1 < i2, of workers in conflict; shape (pairs, 2), read-only."""
        pairs = _ones(self.against)
        return _frozen(pairs[pairs[:, 0] < pairs[:, 1]])

    @cached_property
    def pins(self) -> IntArray:
        """Positions (worker, task) of the pinned pairs; shape (pairs, 2), read-only."""
        return _frozen(_ones(self.must))

    @cached_property
    def worker_at(self) -> dict[Hashable, int]:
        """Position of each worker."""
        return {label: at for at, label in enumerate(self.workers.tolist())}

    @cached_property
    def task_at(self) -> dict[Hashable, int]:
        """Position of each task."""
        return {label: at for at, label in enumerate(self.tasks.tolist())}

    @property
    def fewest(self) -> IntArray:
        """Workers that each task must have, n: L, or 0 where L is "at most"."""
        return self.need * 0 if self.required_rule == "at most" else self.need

    @property
    def most(self) -> IntArray:
        """Workers that each task may have, n: L, or everybody where L is "at least"."""
        return (
            np.maximum(self.need, len(self.workers))
            if self.required_rule == "at least"
            else self.need
        )

    @cached_property
    def plain(self) -> bool:
        """Whether it is the paper's problem: L exactly, one task a worker, nothing pinned, no budget."""
        options = self.required_rule != "exactly" or self.budget is not None
        return not options and bool(self.limits.max() <= 1) and not len(self.pins)

    def __repr__(self) -> str:
        (m, n), between = self.q.shape, len(self.conflict_pairs)
        return (
            f"<Problem: {m} workers, {n} tasks, {self.need.sum()} places, {self.excluded.sum()}"
            f" worker-task and {between} worker-worker conflicts ({self.conflict_scope})>"
        )


def _unlabelled(values: Any) -> pd.DataFrame:
    """Q without labels, as a frame: workers and tasks are counted from 0."""
    array = plain_array(values, "qualification")
    if array.ndim != 2:
        raise ValueError(f"qualification: workers × tasks are needed, got shape {array.shape}")
    return pd.DataFrame(array.astype(object) if array.dtype.kind not in "iuf" else array)


def needed(problem: object) -> Problem:
    """The problem; ValueError where it is none."""
    if not isinstance(problem, Problem):
        what = type(problem).__name__
        raise ValueError(
            f"problem: a Problem is needed (of a project: project.problem()), got {what}"
        )
    return problem


def _matrix(values: Any, problem: Problem, name: str) -> FloatArray:
    """Q or the costs, by label or position; ValueError names the first cell that is not a finite number."""
    workers, tasks = problem.workers, problem.tasks
    if isinstance(values, pd.DataFrame):
        same_labels(values.index, workers, f"{name}, rows")
        same_labels(values.columns, tasks, f"{name}, columns")
        if not (values.index.equals(workers) and values.columns.equals(tasks)):
            values = values.reindex(index=workers, columns=tasks)
    given = values.to_numpy() if isinstance(values, pd.DataFrame) else plain_array(values, name)
    if given.shape != (len(workers), len(tasks)):
        raise ValueError(f"{name}: shape {given.shape}, needed is {(len(workers), len(tasks))}")
    array = numbers(given if isinstance(values, pd.DataFrame) else values, name)
    if not np.isfinite(array).all():
        i, j = np.argwhere(~np.isfinite(array))[0].tolist()
        cell = f"{name}: worker {workers[i]}, task {tasks[j]} is {shown(given[i, j])}"
        raise ValueError(f"{cell}, a finite number is needed")
    return _frozen(array.copy())


def _weights(values: Any, tasks: pd.Index[Any]) -> FloatArray:
    weight = (
        np.ones(len(tasks)) if values is None else labelled_vector(values, tasks, "task_weights")
    )
    if (weight < 0).any():
        raise ValueError(
            f"task_weights: {tasks[int(weight.argmin())]} has {weight.min():g}, a weight must not"
            " be negative"
        )
    return _frozen(weight.copy())


def _limits(values: Any, workers: pd.Index[Any]) -> IntArray:
    values = 1 if values is None else values
    values = np.full(len(workers), values) if isinstance(values, Real) else values
    return _whole_numbers(values, workers, "worker_limits", "has a limit of {} tasks")


def _budget(value: Any) -> float | None:
    if value is not None and not math.isfinite(number(value)):
        raise ValueError(f"budget: {shown(value)} is not a finite number")
    return None if value is None else float(value)


# How the problem reads each of its fields, and under which name it holds what was read: an array,
# or the value.
_READ: dict[str, tuple[str, Callable[[Any, Problem], Any]]] = {
    "qualification": ("q", lambda value, p: _matrix(value, p, "qualification")),
    "required": (
        "need",
        lambda value, p: _whole_numbers(value, p.tasks, "required", "asks for {} workers"),
    ),
    "task_weights": ("weights", lambda value, p: _weights(value, p.tasks)),
    "task_conflicts": ("excluded", lambda value, p: _conflicts(value, p, "task_conflicts")),
    "worker_conflicts": ("against", lambda value, p: _conflicts(value, p, "worker_conflicts")),
    "conflict_scope": (
        "conflict_scope",
        lambda value, p: one_of(value, get_args(Scope), "conflict_scope"),
    ),
    "required_rule": (
        "required_rule",
        lambda value, p: one_of(value, get_args(Rule), "required_rule"),
    ),
    "worker_limits": ("limits", lambda value, p: _limits(value, p.workers)),
    "pinned": ("must", lambda value, p: _conflicts(value, p, "pinned")),
    "costs": ("pair_costs", lambda value, p: None if value is None else _matrix(value, p, "costs")),
    "budget": ("budget", lambda value, p: _budget(value)),
}

# Frames and series of what is held.
_FRAMES: dict[str, Callable[[Problem], Any]] = {
    "qualification": lambda p: _framed(p.q, p.workers, p.tasks),
    "required": lambda p: pd.Series(p.need, index=p.tasks, name="required", copy=False),
    "task_weights": lambda p: pd.Series(p.weights, index=p.tasks, name="weight", copy=False),
    "task_conflicts": lambda p: _framed(p.excluded.view(np.int8), p.workers, p.tasks),
    "worker_conflicts": lambda p: _framed(
        p.against.view(np.int8), p.workers, p.workers.rename("other")
    ),
    "worker_limits": lambda p: pd.Series(p.limits, index=p.workers, name="limit", copy=False),
    "pinned": lambda p: _framed(p.must.view(np.int8), p.workers, p.tasks),
    "costs": lambda p: None if p.pair_costs is None else _framed(p.pair_costs, p.workers, p.tasks),
}

# What a problem computes once, and the fields of which it is made; where none of them changes it is
# kept.
_MADE_OF: dict[str, set[str]] = {name: {name} for name in _FRAMES} | {
    "value": {"qualification", "task_weights"},
    "eligible": {"qualification", "task_conflicts", "worker_limits"},
    "conflict_pairs": {"worker_conflicts"},
    "pins": {"pinned"},
    "plain": {"required_rule", "budget", "worker_limits", "pinned"},
    "worker_at": set(),
    "task_at": set(),
}


def _whole_numbers(values: Any, index: pd.Index[Any], name: str, says: str) -> IntArray:
    """Whole numbers from 0 to :data:`MOST`, by label or position; ``says`` is how messages put the value."""
    array = labelled_vector(values, index, name)
    for bad, rule in (
        (array < 0, "must not be negative"),
        (array % 1 != 0, "must be a whole number"),
        (array > MOST, f"is more than {MOST:,.0f}, the most that can be asked for"),
    ):
        if bad.any():
            at = int(bad.argmax())
            raise ValueError(f"{name}: {index[at]} {says.format(f'{array[at]:g}')}, that {rule}")
    return _frozen(array.astype(np.int64))


def _conflicts(conflicts: Conflicts | None, problem: Problem, name: str) -> BoolArray:
    """Conflicts, or pins, given as a 0/1 frame, a 0/1 array or label pairs, as an array over rows × columns."""
    between_workers = name == "worker_conflicts"
    rows, columns = problem.workers, problem.workers if between_workers else problem.tasks
    if conflicts is None:
        return np.broadcast_to(np.False_, (len(rows), len(columns)))
    if isinstance(conflicts, Mapping):
        raise ValueError(
            f"{name}: a mapping is not understood; give pairs of labels, or a 0/1 frame"
        )
    if isinstance(conflicts, str | bytes | pd.Series) or not isinstance(conflicts, Iterable):
        raise ValueError(
            f"{name}: pairs of labels, or a 0/1 frame, are needed, got {shown(conflicts)}"
        )
    if isinstance(conflicts, pd.DataFrame):
        array = _from_frame(conflicts, problem, name)
    elif isinstance(conflicts, np.ndarray):
        array = _from_matrix(plain_array(conflicts, name), rows, columns, name)
    elif _is_nested(conflicts, rows, columns, name):
        array = _from_matrix(np.array(conflicts), rows, columns, name)
    else:
        array = _from_pairs(conflicts, problem, name)
    if between_workers:
        if array.diagonal().any():
            raise ValueError(
                f"{name}: {rows[int(array.diagonal().argmax())]} is in conflict with itself"
            )
        if (array != array.T).any():
            i1, i2 = np.argwhere(array & ~array.T)[0].tolist()
            one, other = rows[i1], rows[i2]
            raise ValueError(
                f"{name}: {one} with {other} is 1 and {other} with {one} is 0, the frame must be"
                " symmetric"
            )
    return _frozen(array)


def _from_frame(frame: pd.DataFrame, problem: Problem, name: str) -> BoolArray:
    """A 0/1 frame (its labels are the workers and tasks), or a frame of pairs, by column name or by position."""
    other = "other" if name == "worker_conflicts" else "task"
    rows, columns = problem.workers, problem.workers if other == "other" else problem.tasks
    if frame.index.equals(rows) and frame.columns.equals(columns):
        return _from_matrix(frame.to_numpy(), rows, columns, name)
    inside = set(hashable(frame.index, f"{name}, rows")) <= set(rows) and set(frame.columns) <= set(
        columns
    )
    is_matrix = len(frame) == len(rows) and inside
    if not is_matrix:
        named = {"worker", other} <= set(hashable(frame.columns, f"{name}, columns"))
        if named or frame.shape[1] == 2 or frame.empty:
            pairs = frame[["worker", other]] if named else frame
            return _from_pairs(list(pairs.itertuples(index=False, name=None)), problem, name)
    same_labels(frame.index, rows, f"{name}, rows")
    same_labels(frame.columns, columns, f"{name}, columns")
    return _from_matrix(frame.reindex(index=rows, columns=columns).to_numpy(), rows, columns, name)


def _is_nested(
    conflicts: Collection[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> bool:
    """Whether a list of lists is a 0/1 matrix; ValueError where it could as well be pairs of labels."""
    nested = (
        isinstance(conflicts, list)
        and len(conflicts) == len(rows)
        and all(isinstance(row, list) for row in conflicts)
    )
    if not nested or not all(
        len(row) == len(columns) and all(_zero_or_one(one) in (0, 1) for one in row)
        for row in conflicts
    ):
        return False
    if len(columns) == 2 and {0, 1} <= set(rows) and {0, 1} <= set(columns):
        raise ValueError(
            f"{name}: a list of lists of two can be read as pairs or as a matrix; give tuples or a"
            " frame"
        )
    return True


def _from_matrix(
    matrix: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> BoolArray:
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(f"{name}: shape {matrix.shape}, needed is {(len(rows), len(columns))}")
    values = zero_one(matrix)
    for i, j in np.argwhere(np.isnan(values)).tolist():
        raise ValueError(
            f"{name}: {rows[i]} with {columns[j]} is {shown(matrix[i, j])}, it must be 0 or 1"
        )
    return np.asarray(values == 1)


def zero_one(matrix: npt.NDArray[Any]) -> FloatArray:
    """0 and 1 of a matrix, truth values included, as floats; NaN for everything else."""
    values = matrix.astype(float) if matrix.dtype.kind == "b" else numbers(matrix)
    if matrix.dtype.kind == "O":
        values = np.asarray(np.vectorize(_zero_or_one, otypes=[float])(matrix))
    return np.where((values == 0) | (values == 1), values, np.nan)


def _zero_or_one(value: object) -> float:
    return float(value) if isinstance(value, bool | np.bool_) else number(value)


def _from_pairs(
    pairs: Collection[tuple[Hashable, Hashable]], problem: Problem, name: str
) -> BoolArray:
    """Pairs of labels, those between workers either way round."""
    between_workers = name == "worker_conflicts"
    at_row, at_column = problem.worker_at, problem.worker_at if between_workers else problem.task_at
    array = np.zeros((len(at_row), len(at_column)), dtype=bool)
    for pair in pairs:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"{name}: {pair!r} is not a pair of labels")
        for label, known in ((pair[0], at_row), (pair[1], at_column)):
            if not isinstance(label, Hashable) or label not in known:
                what = "worker" if known is at_row else "task"
                raise ValueError(f"{name}: {pair[0]} with {pair[1]}: {what} {label} is unknown")
        array[at_row[pair[0]], at_column[pair[1]]] = True
    return array | array.T if between_workers else array


def _ones(array: BoolArray) -> IntArray:
    """Rows and columns, shape (ones, 2); flat they are found several times as quickly."""
    if not _given(array):
        return np.zeros((0, 2), dtype=np.int64)
    return np.column_stack(np.divmod(np.flatnonzero(array), array.shape[1]))


def _given(array: BoolArray) -> bool:
    """Whether conflicts or pins were given: else one False stands for all, without memory of its own."""
    return array.strides != (0, 0)


def _frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written to, of an array that nobody else holds."""
    view = array[:]
    view.flags.writeable = False
    return view


def _framed(array: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any]) -> pd.DataFrame:
    return pd.DataFrame(array, index=rows, columns=columns, copy=False)
