r"""Group role assignment: the problem, its answer, and the rules between them (section 4). No solver in it.

E-CARGO is the tuple Σ = ⟨E, C, O, R, A, G⟩. Here the roles R are tasks, the agents A are workers, and the
group G is the set of workers that the assignment picks.

======  =====================================  ============================
Q       qualification, m × n                   ``Problem.qualification``
L       workers needed by each task, n         ``Problem.required``
W       task weights, n                        ``Problem.task_weights``
C^R     worker-task conflicts, m × n, 0/1      ``Problem.task_conflicts``
C^A     worker-worker conflicts, m × m, 0/1    ``Problem.worker_conflicts``
T       assignment, m × n, 0/1                 ``Assignment.table``
ρ       group performance                      ``Assignment.performance``
======  =====================================  ============================

    max ρ = Σ_i Σ_j W_j Q_ij (1 - C^R_ij) T_ij                       (7, with 1 - C^R: printed it is C^R)
    T_ij ∈ {0, 1};  Σ_i T_ij = L_j;  Σ_j T_ij ≤ 1                    (8)-(10)
    T_ij = 0 where C^R_ij = 1 or Q_ij = 0
    T_i1,j + T_i2,j ≤ 1 where C^A_i1,i2 = 1                          (11, scope "task")
    Σ_j T_i1,j + Σ_j T_i2,j ≤ 1 where C^A_i1,i2 = 1                  (11 and 12, scope "project")

References
----------
H. Zhu, M. Zhou, R. Alkins, "Group role assignment via a Kuhn-Munkres algorithm-based solution", IEEE Trans.
Systems, Man, and Cybernetics A 42 (2012) 739-750.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    labelled_vector,
    listing,
    numbers,
    same_labels,
    shown,
    unique_index,
)

Scope = Literal["project", "task"]
Status = Literal["optimal", "infeasible", "time_limit"]
Conflicts = pd.DataFrame | npt.NDArray[Any] | Collection[tuple[Hashable, Hashable]]

# Beyond either of these the search for compatible workers leaves the question to the solver.
SEARCH_NODES = 20_000
SEARCH_WORKERS = 400
LARGEST = 1e300  # of W_j Q_ij, so that sums of them are finite


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
        C^R: a 0/1 frame or array (m × n), or (worker, task) pairs, as a list or as a frame with these columns.
    worker_conflicts : optional
        C^A: a symmetric 0/1 frame or array (m × m) with a zero diagonal, or (worker, other) pairs.
    conflict_scope : {"project", "task"}
        Whether two workers in conflict may not both be chosen at all (eqs. 11 and 12, Algorithm 1), or only
        not for the same task (eq. 11 alone).

    Attributes
    ----------
    qualification, task_conflicts, worker_conflicts : DataFrame
    required, task_weights : Series
    conflict_scope : str
        All normalised: frames and series over the same labels, conflicts as 0/1 frames, read-only.

    Raises
    ------
    ValueError
        A label is unknown, missing or doubled, a value breaks its rule, a worker is in conflict with itself, or
        a 0/1 frame is not symmetric. Argument, label, value and rule are named.

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

    def __init__(
        self,
        qualification: pd.DataFrame | npt.ArrayLike,
        required: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | npt.NDArray[Any],
        task_weights: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | FloatArray | None = None,
        task_conflicts: Conflicts | None = None,
        worker_conflicts: Conflicts | None = None,
        conflict_scope: Scope = "project",
    ) -> None:
        frame = qualification if isinstance(qualification, pd.DataFrame) else pd.DataFrame(np.asarray(qualification))
        if frame.shape[0] == 0 or frame.shape[1] == 0:
            raise ValueError(f"qualification: at least one worker and one task are needed, got shape {frame.shape}")
        workers, tasks = unique_index(frame.index, "worker"), unique_index(frame.columns, "task")
        q = _numbers(frame, workers, tasks)
        if conflict_scope not in get_args(Scope):
            raise ValueError(f"conflict_scope must be 'project' or 'task', got {conflict_scope!r}")
        need = labelled_vector(required, tasks, "required")
        for bad, rule in (
            (need < 0, "must not be negative"),
            (need % 1 != 0, "must be a whole number"),
            (need > 1e9, "is more than can be counted"),
        ):
            if bad.any():
                at = int(bad.argmax())
                raise ValueError(f"required: {tasks[at]} asks for {need[at]:g} workers, that {rule}")
        weight = np.ones(len(tasks)) if task_weights is None else labelled_vector(task_weights, tasks, "task_weights")
        if (weight < 0).any():
            raise ValueError(
                f"task_weights: {tasks[int(weight.argmin())]} has {weight.min():g}, a weight must not be negative"
            )
        with np.errstate(over="ignore"):
            size = np.abs(q * weight).max(axis=0)
        if (size > LARGEST).any():
            raise ValueError(f"task_weights: Q times the weight of {tasks[int(size.argmax())]} exceeds {LARGEST:g}")
        cr = _conflict_array(task_conflicts, workers, tasks, "task_conflicts")
        ca = _conflict_array(worker_conflicts, workers, workers, "worker_conflicts")
        fields: dict[str, Any] = {
            "qualification": _read_only(q, workers, tasks),
            "required": _series(need.astype(np.int64), tasks, "required"),
            "task_weights": _series(weight, tasks, "weight"),
            "task_conflicts": _read_only(cr.astype(np.int8), workers, tasks),
            "worker_conflicts": _read_only(ca.astype(np.int8), workers, workers.rename("other")),
            "conflict_scope": conflict_scope,
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    @property
    def workers(self) -> pd.Index[Any]:
        """The m worker labels."""
        return self.qualification.index

    @property
    def tasks(self) -> pd.Index[Any]:
        """The n task labels."""
        return self.qualification.columns

    @property
    def value(self) -> FloatArray:
        """W_j Q_ij, what a pair adds to ρ; shape (m, n)."""
        return np.asarray(self.qualification.to_numpy() * self.task_weights.to_numpy())

    @property
    def eligible(self) -> BoolArray:
        """Whether worker i may take task j: C^R_ij = 0 and Q_ij ≠ 0; shape (m, n)."""
        return np.asarray((self.task_conflicts.to_numpy() == 0) & (self.qualification.to_numpy() != 0))

    @property
    def conflict_pairs(self) -> IntArray:
        """Positions (i1, i2), i1 < i2, of workers in conflict; shape (pairs, 2)."""
        return np.argwhere(np.triu(self.worker_conflicts.to_numpy(), 1))

    def __repr__(self) -> str:
        m, n = self.qualification.shape
        barred, between = int(self.task_conflicts.to_numpy().sum()), len(self.conflict_pairs)
        return (
            f"<Problem: {m} workers, {n} tasks, {self.required.sum()} places, {barred} worker-task and "
            f"{between} worker-worker conflicts ({self.conflict_scope})>"
        )


@dataclass(frozen=True, eq=False)
class Assignment:
    """What became of a problem: the checked assignment, or why there is none.

    Attributes
    ----------
    status : {"optimal", "infeasible", "time_limit"}
        ``optimal``: proved by the solver, and every rule re-checked without it.
    performance : float
        ρ, recomputed from Q, W and T; NaN without an assignment.
    bound : float
        No assignment exceeds it; equal to ρ when optimal, NaN when infeasible.
    gap : float
        (bound - ρ) / max(|bound|, |ρ|): 0 when optimal, NaN without an assignment.
    table : DataFrame or None
        T, workers × tasks, 0/1. None without an assignment.
    pairs : DataFrame
        Columns worker, task, qualification; a row a place, in the order of tasks, then workers.
    solver : str
        The engine that answered; ``none`` when the answer needed none.
    seconds : float
        Time spent, all included.
    reasons : tuple of str
        When infeasible: sentences that say why.
    idle : tuple
        Workers without a task, when there is an assignment.
    """

    status: Status
    performance: float
    bound: float
    gap: float
    table: pd.DataFrame | None
    pairs: pd.DataFrame
    solver: str
    seconds: float
    reasons: tuple[str, ...] = ()
    idle: tuple[Hashable, ...] = ()

    @classmethod
    def of(
        cls,
        problem: Problem,
        table: pd.DataFrame | None,
        status: Status,
        solver: str,
        seconds: float,
        bound: float = math.nan,
        reasons: Sequence[str] = (),
    ) -> Assignment:
        """Build the answer from T: ρ, pairs and the idle are computed here, from the problem alone."""
        if table is None:
            pairs = pd.DataFrame({"worker": [], "task": [], "qualification": []})
            return cls(status, math.nan, bound, math.nan, None, pairs, solver, seconds, tuple(reasons))
        t = table.to_numpy()
        placed = np.argwhere(t.T)
        j, i = placed[:, 0], placed[:, 1]
        q = problem.qualification.to_numpy()[i, j]
        pairs = pd.DataFrame({"worker": problem.workers.take(i), "task": problem.tasks.take(j), "qualification": q})
        rho = performance(problem, table)
        bound = rho if status == "optimal" else bound
        largest = max(abs(bound), abs(rho))
        idle = tuple(problem.workers.take(np.flatnonzero(t.sum(axis=1) == 0)))
        gap = (bound - rho) / largest if largest else 0.0
        return cls(status, rho, bound, gap, table, pairs, solver, seconds, tuple(reasons), idle)

    def __str__(self) -> str:
        if self.table is None:
            return "\n".join([f"{self.status}: no assignment ({self.solver})", *self.reasons])
        head = f"{self.status}: ρ = {self.performance:.6g} ({self.solver})"
        with pd.option_context("display.unicode.east_asian_width", True, "display.max_rows", None):
            return f"{head}\n{self.pairs.to_string(index=False)}\nidle: {listing(self.idle) or 'nobody'}"


def performance(problem: Problem, table: pd.DataFrame) -> float:
    """Group performance ρ = Σ W_j Q_ij T_ij of an assignment, summed exactly (eq. 7)."""
    t = table.reindex(index=problem.workers, columns=problem.tasks).to_numpy(dtype=float)
    return math.fsum((problem.value * t).ravel())


def check(problem: Problem, table: pd.DataFrame) -> list[str]:
    """Compare an assignment with every rule of the problem; no solver has a part in it.

    Parameters
    ----------
    problem : Problem
    table : DataFrame
        T: workers × tasks, 0/1, rows and columns in any order.

    Returns
    -------
    list of str
        One sentence for each broken rule, with labels; empty when the assignment is valid.

    Notes
    -----
    The rules are (8) T_ij ∈ {0, 1}, (9) Σ_i T_ij = L_j, (10) Σ_j T_ij ≤ 1, T_ij = 0 where C^R_ij = 1 or Q_ij = 0,
    and (11) or (11) and (12) by the problem's conflict scope.

    Examples
    --------
    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> cn.check(case.problem(), case.published.assignment)
    []
    >>> cn.check(case.problem(worker_conflicts=[("a2", "a7")]), case.published.assignment)
    ['a2 and a7 are in conflict and both are chosen']
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table: a DataFrame is needed (of an answer: answer.table), got {type(table).__name__}")
    broken: list[str] = []
    for axis, got, wanted in (
        ("worker", table.index, problem.workers),
        ("task", table.columns, problem.tasks),
    ):
        for label in got.difference(wanted, sort=False):
            broken.append(f"{axis} {label} is not in the problem")
        for label in wanted.difference(got, sort=False):
            broken.append(f"{axis} {label} is not in the table")
        if got.has_duplicates:
            broken.append(f"{axis} {listing(got[got.duplicated()].unique())} stands more than once in the table")
    if broken:
        return broken
    table = table.reindex(index=problem.workers, columns=problem.tasks)
    values = zero_one(table.to_numpy())
    given = values == 1
    for i, j in np.argwhere(np.isnan(values)).tolist():
        broken.append(f"{problem.workers[i]} for {problem.tasks[j]} is {shown(table.iat[i, j])}, neither 0 nor 1")
    for task, count, need in zip(problem.tasks, given.sum(axis=0), problem.required, strict=True):
        if count != need:
            broken.append(f"{task} has {count} of {need} workers")
    for worker, row in zip(problem.workers, given, strict=True):
        if row.sum() > 1:
            broken.append(f"{worker} has {row.sum()} tasks: {listing(problem.tasks[row])}")
    conflict, q = problem.task_conflicts.to_numpy(), problem.qualification.to_numpy()
    for i, j in np.argwhere(given & ((conflict != 0) | (q == 0))):
        why = "is in conflict with" if conflict[i, j] else "has qualification 0 for"
        broken.append(f"{problem.workers[i]} {why} {problem.tasks[j]} and is given it")
    for i1, i2 in problem.conflict_pairs:
        one, other = problem.workers[i1], problem.workers[i2]
        if problem.conflict_scope == "task":
            broken += [
                f"{one} and {other} are in conflict and share {task}"
                for task in problem.tasks.take(np.flatnonzero(given[i1] & given[i2]))
            ]
        elif given[i1].any() and given[i2].any():
            broken.append(f"{one} and {other} are in conflict and both are chosen")
    return broken


def obstacles(problem: Problem) -> list[str]:
    """Reasons why no assignment can exist that can be named without solving.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    list of str
        Each sentence alone proves that no assignment exists. Empty: none of these reasons holds, which does
        not yet prove that an assignment exists.

    Notes
    -----
    In turn: more places than workers; a task with too few eligible workers; tasks that together have too few
    (Hall's condition, from a maximum matching); more places than workers who can work together (the largest
    independent set of the conflict graph, of a task or of the project by the conflict scope).

    Examples
    --------
    >>> obstacles(Problem([[0.5, 0.4], [0.3, 0.2]], required=[2, 1]))
    ['The tasks ask for 3 places, and there are only 2 workers.']
    """
    found: list[str] = []
    need, eligible = problem.required.to_numpy(), problem.eligible
    places, m = int(need.sum()), len(problem.workers)
    if places > m:
        found.append(f"The tasks ask for {places} places, and there are only {_count(m, 'worker')}.")
    short = np.flatnonzero(eligible.sum(axis=0) < need).tolist()
    found += [_short_of_workers(problem, j) for j in short]
    if not found:
        found += _too_few_together(problem)
    adjacency = conflict_bits(problem)
    for j in np.flatnonzero(need > 1).tolist():
        able = eligible[:, j]
        if j not in short and (most := compatible_workers(adjacency, able, need[j])) < need[j]:
            found.append(
                f"{problem.tasks[j]} needs {need[j]} workers without conflicts between them, "
                f"and of the {able.sum()} who may take it at most {most} can work together."
            )
    useful = np.asarray(eligible[:, need > 0].any(axis=1))
    if not found and problem.conflict_scope == "project":
        if (most := compatible_workers(adjacency, useful, places)) < places:
            found.append(
                f"The tasks ask for {places} places, and of the {useful.sum()} workers who may take one "
                f"at most {most} can work together, because of their conflicts."
            )
    return found


def compatible_workers(adjacency: Sequence[int], members: BoolArray, wanted: int) -> int:
    """Size of the largest set of members without a conflict, or ``wanted`` as soon as that many are found.

    A branch and bound on bit sets; a greedy cover by cliques bounds each branch. Beyond :data:`SEARCH_NODES` nodes
    or :data:`SEARCH_WORKERS` members it returns ``wanted``: not refuted.

    Parameters
    ----------
    adjacency : sequence of int, m
        Bit k of entry i says whether workers i and k are in conflict.
    members : ndarray of bool, shape (m,)
    wanted : int
    """
    pool = sum(1 << int(i) for i in np.flatnonzero(members))
    best, nodes = 0, 0

    def search(candidates: int, size: int) -> None:
        nonlocal best, nodes
        nodes += 1
        best = max(best, size)
        if best >= wanted:
            return
        order: list[tuple[int, int]] = []
        rest, colour = candidates, 0
        while rest:  # each pass takes one clique of mutual conflicts: at most one of it can be chosen
            colour += 1
            clique = rest
            while clique:
                i = (clique & -clique).bit_length() - 1
                order.append((i, colour))
                rest &= ~(1 << i)
                clique &= adjacency[i]
        for i, colour in reversed(order):
            if size + colour <= best or best >= wanted or nodes > SEARCH_NODES:
                return
            candidates &= ~(1 << i)
            search(candidates & ~adjacency[i], size + 1)

    if pool.bit_count() > SEARCH_WORKERS:
        return wanted
    search(pool, 0)
    return wanted if nodes > SEARCH_NODES else min(best, wanted)


def _short_of_workers(problem: Problem, j: int) -> str:
    """Why task j alone cannot be filled."""
    need = problem.required.to_numpy()[j]
    can = problem.eligible[:, j]
    conflict = problem.task_conflicts.to_numpy()[:, j] != 0
    zero = ~can & ~conflict
    causes = [f"{conflict.sum()} in conflict with it"] * bool(conflict.any())
    causes += [f"{zero.sum()} of qualification 0 for it"] * bool(zero.any())
    who = f": {listing(problem.workers[can])}" if can.any() else ""
    left_out = f" (left out: {' and '.join(causes)})" if causes else ""
    return f"{problem.tasks[j]} needs {_count(need, 'worker')}, and only {can.sum()} may take it{who}{left_out}."


def _too_few_together(problem: Problem) -> list[str]:
    """Tasks that together have fewer eligible workers than places (Hall's condition), if there are any."""
    need, eligible = problem.required.to_numpy(), problem.eligible
    task_of = np.repeat(np.arange(len(need)), need)
    if not len(task_of):
        return []
    worker_of = maximum_bipartite_matching(sparse.csr_array(eligible.T[task_of]), perm_type="column")
    unfilled = np.flatnonzero(worker_of < 0)
    if not len(unfilled):
        return []
    # Workers that an unfilled place can reach by alternating paths: they and their tasks form the bottleneck.
    place_of = {int(i): int(place) for place, i in enumerate(worker_of) if i >= 0}
    tasks, workers, queue = {int(task_of[unfilled[0]])}, set[int](), [int(task_of[unfilled[0]])]
    while queue:
        for i in np.flatnonzero(eligible[:, queue.pop()]).tolist():
            if i not in workers:
                workers.add(i)
                if (j := int(task_of[place_of[i]])) not in tasks:
                    tasks.add(j)
                    queue.append(j)
    asked = int(need[sorted(tasks)].sum())
    names = listing(problem.tasks[sorted(tasks)])
    who = listing(problem.workers[sorted(workers)])
    return [f"{names} together need {asked} workers, and only {len(workers)} may take any of them: {who}."]


def conflict_bits(problem: Problem) -> list[int]:
    """The conflict graph as one bit set a worker."""
    bits = [0] * len(problem.workers)
    for i1, i2 in problem.conflict_pairs.tolist():
        bits[i1] |= 1 << i2
        bits[i2] |= 1 << i1
    return bits


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _numbers(frame: pd.DataFrame, workers: pd.Index[Any], tasks: pd.Index[Any]) -> FloatArray:
    """Q as an array; ValueError names the first cell that is not a finite number."""
    q = numbers(frame.to_numpy())
    for i, j in np.argwhere(~np.isfinite(q)).tolist():
        cell = f"qualification: worker {workers[i]}, task {tasks[j]} is {shown(frame.iat[i, j])}"
        raise ValueError(f"{cell}, a finite number is needed")
    return q


def _conflict_array(conflicts: Conflicts | None, rows: pd.Index[Any], columns: pd.Index[Any], name: str) -> BoolArray:
    """Conflicts given as a 0/1 frame, a 0/1 array or label pairs, as an array over rows × columns."""
    between_workers = columns is rows
    if conflicts is None:
        return np.zeros((len(rows), len(columns)), dtype=bool)
    if isinstance(conflicts, Mapping):
        raise ValueError(f"{name}: a mapping is not understood; give pairs of labels, or a 0/1 frame")
    if isinstance(conflicts, pd.DataFrame):
        array = _from_frame(conflicts, rows, columns, name, "other" if between_workers else "task")
    elif isinstance(conflicts, np.ndarray):
        array = _from_matrix(conflicts, rows, columns, name)
    elif _is_nested(conflicts, rows, columns, name):
        array = _from_matrix(np.array(conflicts), rows, columns, name)
    else:
        array = _from_pairs(conflicts, rows, columns, name)
        if between_workers:
            array |= array.T
    if between_workers:
        if array.diagonal().any():
            raise ValueError(f"{name}: {rows[int(array.diagonal().argmax())]} is in conflict with itself")
        if (array != array.T).any():
            i1, i2 = np.argwhere(array & ~array.T)[0].tolist()
            one, other = rows[i1], rows[i2]
            raise ValueError(
                f"{name}: {one} with {other} is 1 and {other} with {one} is 0, the frame must be symmetric"
            )
    return array


def _from_frame(frame: pd.DataFrame, rows: pd.Index[Any], columns: pd.Index[Any], name: str, other: str) -> BoolArray:
    """A 0/1 frame (its labels are the workers and tasks), or a frame of pairs, by column name or by position."""
    is_matrix = len(frame) == len(rows) and frame.index.isin(rows).all() and frame.columns.isin(columns).all()
    if not is_matrix:
        named = {"worker", other} <= set(frame.columns)
        if named or frame.shape[1] == 2 or frame.empty:
            pairs = frame[["worker", other]] if named else frame
            array = _from_pairs(list(pairs.itertuples(index=False, name=None)), rows, columns, name)
            return array | array.T if columns is rows else array
    same_labels(frame.index, rows, f"{name}, rows")
    same_labels(frame.columns, columns, f"{name}, columns")
    return _from_matrix(frame.reindex(index=rows, columns=columns).to_numpy(), rows, columns, name)


def _is_nested(conflicts: Collection[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str) -> bool:
    """Whether a list of lists is a 0/1 matrix; ValueError where it could as well be pairs of labels."""
    nested = (
        isinstance(conflicts, list) and len(conflicts) == len(rows) and all(isinstance(row, list) for row in conflicts)
    )
    if not nested or not all(len(row) == len(columns) and set(row) <= {0, 1} for row in conflicts):
        return False
    if len(columns) == 2 and {0, 1} <= set(rows) and {0, 1} <= set(columns):
        raise ValueError(f"{name}: a list of lists of two can be read as pairs or as a matrix; give tuples or a frame")
    return True


def _from_matrix(matrix: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any], name: str) -> BoolArray:
    if matrix.shape != (len(rows), len(columns)):
        raise ValueError(f"{name}: shape {matrix.shape}, needed is {(len(rows), len(columns))}")
    values = zero_one(matrix)
    for i, j in np.argwhere(np.isnan(values)).tolist():
        raise ValueError(f"{name}: {rows[i]} with {columns[j]} is {shown(matrix[i, j])}, it must be 0 or 1")
    return np.asarray(values == 1)


def zero_one(matrix: npt.NDArray[Any]) -> FloatArray:
    """0 and 1 of a matrix, truth values included, as floats; NaN for everything else."""
    values = matrix.astype(float) if matrix.dtype.kind == "b" else numbers(matrix)
    if matrix.dtype.kind == "O":
        truth = np.vectorize(lambda value: isinstance(value, bool | np.bool_), otypes=[bool])(matrix)
        values = np.where(truth, np.equal(matrix, True), values).astype(float) if truth.any() else values
    return np.where((values == 0) | (values == 1), values, np.nan)


def _from_pairs(
    pairs: Collection[tuple[Hashable, Hashable]], rows: pd.Index[Any], columns: pd.Index[Any], name: str
) -> BoolArray:
    array = np.zeros((len(rows), len(columns)), dtype=bool)
    at_row, at_column = ({label: at for at, label in enumerate(index)} for index in (rows, columns))
    for pair in pairs:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2:
            raise ValueError(f"{name}: {pair!r} is not a pair of labels")
        for label, known, what in ((pair[0], at_row, "worker"), (pair[1], at_column, columns.name)):
            if label not in known:
                raise ValueError(f"{name}: {pair[0]} with {pair[1]}: {what} {label} is unknown")
        array[at_row[pair[0]], at_column[pair[1]]] = True
    return array


def _read_only(array: npt.NDArray[Any], rows: pd.Index[Any], columns: pd.Index[Any]) -> pd.DataFrame:
    array = array.copy()
    array.flags.writeable = False
    return pd.DataFrame(array, index=rows, columns=columns, copy=False)


def _series(array: npt.NDArray[Any], index: pd.Index[Any], name: str) -> pd.Series[Any]:
    array = array.copy()
    array.flags.writeable = False
    return pd.Series(array, index=index, name=name, copy=False)
