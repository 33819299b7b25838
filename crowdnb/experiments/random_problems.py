"""Random instances as section 7 makes them, and with conflicts that have a structure.

References
----------
Section 7.1: ability and demand ends uniform in [0.3, 1.0], for the time of the preparation. Section
7.2: L_j = 1, n = ⌊m/3⌋, conflicts with a given probability; how Q is drawn is left open.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, get_args

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_degree
from crowdnb.labels import BoolArray, FloatArray, generator, number, one_of, shown, whole
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem

Quality = Literal["intervals", "uniform"]
Structure = Literal["random", "teams", "places", "time zones"]

_CRITERIA = 4
_LOW, _HIGH = 0.3, 1.0  # of the ends of ability and demand
_DAY = 24.0  # hours


def random_problem(
    workers: int,
    tasks: int | None = None,
    conflict_probability: float = 0.1,
    rng: np.random.Generator | int | None = None,
    *,
    qualification: Quality = "intervals",
    conflict_scope: Scope = "project",
    structure: Structure = "random",
) -> Problem:
    """Make a random instance of section 7.

    Parameters
    ----------
    workers : int
        m, at least 3 where ``tasks`` is not given.
    tasks : int, optional
        n; ⌊m/3⌋ when not given. Each needs one worker.
    conflict_probability : float
        Of each worker-task pair and of each two workers, 0 to 1.
    rng : Generator or int, optional
        The same one makes the same instance; None makes another one each time.
    qualification : {"intervals", "uniform"}
        Q by eqs. 3 and 6 from random intervals with ends in [0.3, 1.0], four criteria of equal
        weight; or uniform on [0, 1], from which table 9 comes out.
    conflict_scope : {"project", "task"}
    structure : {"random", "teams", "places", "time zones"}
        Which workers are in conflict, with the same probability for two of them: independent draws,
        as in the paper; two of one employer; two who live too far apart, on a square; two whose
        clocks are too far apart, round the globe.

    Returns
    -------
    Problem
        Workers a0, a1, …; tasks r0, r1, ….

    Raises
    ------
    ValueError
        Fewer than one worker or task; a probability outside 0 to 1; an unknown qualification or
        structure.

    Examples
    --------
    >>> random_problem(30, conflict_probability=0.2, rng=1, conflict_scope="task")
    <Problem: 30 workers, 10 tasks, 10 places, 55 worker-task and 85 worker-worker conflicts (task)>
    """
    workers = whole(workers, "workers", 0)
    tasks = workers // 3 if tasks is None else whole(tasks, "tasks", 0)
    drawn = draw(workers, tasks, conflict_probability, rng, qualification, structure)
    index, columns = [f"a{i}" for i in range(workers)], [f"r{j}" for j in range(tasks)]
    return Problem(
        pd.DataFrame(drawn.qualification, index=index, columns=columns),
        np.ones(tasks),
        task_conflicts=drawn.barred,
        worker_conflicts=drawn.between,
        conflict_scope=conflict_scope,
    )


@dataclass(frozen=True, eq=False)
class Draw:
    """The random numbers of an instance, without labels and checks.

    Attributes
    ----------
    ends : (ndarray, ndarray) or None, shapes (m, 4, 2) and (n, 4, 2)
        Of ability and demand, the two ends of each in the order drawn; None where Q was drawn
        itself.
    barred : ndarray of bool, shape (m, n)
        C^R.
    between : ndarray of bool, shape (m, m)
        C^A.
    uniform : ndarray or None, shape (m, n)
        Q where it was drawn itself.
    """

    ends: tuple[FloatArray, FloatArray] | None
    uniform: FloatArray | None
    barred: BoolArray
    between: BoolArray

    @cached_property
    def intervals(self) -> tuple[FloatArray, FloatArray]:
        """Ability, shape (m, 4, 2), and demand, shape (n, 4, 2): low and high ends."""
        if self.ends is None:
            raise ValueError("intervals: there are none where Q is uniform and was drawn itself")
        return np.sort(self.ends[0]), np.sort(self.ends[1])

    @cached_property
    def qualification(self) -> FloatArray:
        """Q, shape (m, n), computed only when it is asked for."""
        if self.uniform is not None:
            return self.uniform
        u, d = self.intervals[0][:, np.newaxis], self.intervals[1][np.newaxis]
        degree = possibility_degree(u[..., 0], u[..., 1], d[..., 0], d[..., 1])
        return np.asarray(degree.mean(axis=2))


def draw(
    workers: int,
    tasks: int,
    conflict_probability: float,
    rng: np.random.Generator | int | None = None,
    qualification: Quality = "intervals",
    structure: Structure = "random",
) -> Draw:
    """Draw the arrays of :func:`random_problem` alone, in a fiftieth of the time."""
    if workers < 1 or tasks < 1:
        raise ValueError(
            f"workers and tasks: at least one of each is needed, got {workers} and {tasks}"
        )
    if not 0 <= number(conflict_probability) <= 1:
        raise ValueError(
            f"conflict_probability must lie between 0 and 1, got {shown(conflict_probability)}"
        )
    conflict_probability = number(conflict_probability)
    one_of(qualification, get_args(Quality), "qualification")
    one_of(structure, _CONFLICTS, "structure")
    rng = generator(rng)
    ends = uniform = None
    if qualification == "uniform":
        uniform = rng.random((workers, tasks))
    else:
        ends = (
            rng.uniform(_LOW, _HIGH, (workers, _CRITERIA, 2)),
            rng.uniform(_LOW, _HIGH, (tasks, _CRITERIA, 2)),
        )
    barred = rng.random((workers, tasks)) < conflict_probability
    between = _CONFLICTS[structure](workers, conflict_probability, rng)
    return Draw(ends, uniform, barred, between)


def _independent(m: int, p: float, rng: np.random.Generator) -> BoolArray:
    """Each two workers with probability p, as in the paper."""
    above = (rng.random((m, m)) < p) & _above(m)
    return np.asarray(above | above.T)


@lru_cache
def _above(m: int) -> BoolArray:
    """Where the column is higher than the row: building it takes as long as the numbers."""
    return np.triu(np.ones((m, m), dtype=bool), 1)


def _teams(m: int, p: float, rng: np.random.Generator) -> BoolArray:
    """Two of one employer: all but the last of one size, so that two share one with chance p."""
    if p == 0:
        return np.zeros((m, m), dtype=bool)
    # employers; shares a, …, a, 1 - (g - 1)a with squares that sum to p
    g = math.ceil(1 / p - 1e-9)
    a = 1 / g + math.sqrt(max(0.0, (g * p - 1) / (g - 1))) / g if g > 1 else 1.0
    team = np.floor(rng.uniform(size=m) / a)
    return _apart(team[:, np.newaxis] == team)


def _places(m: int, p: float, rng: np.random.Generator) -> BoolArray:
    """The share p of all pairs that live farthest apart, homes uniform on a square."""
    homes = rng.uniform(size=(m, 2))
    distance = np.linalg.norm(homes[:, np.newaxis] - homes, axis=2)
    one, other = np.triu_indices(m, 1)
    far = np.argsort(-distance[one, other], kind="stable")[: round(p * len(one))]
    between = np.zeros((m, m), dtype=bool)
    between[one[far], other[far]] = True
    return np.asarray(between | between.T)


def _time_zones(m: int, p: float, rng: np.random.Generator) -> BoolArray:
    """Clocks more than 12(1 - p) hours apart, clocks uniform round the globe."""
    clock = rng.uniform(0, _DAY, size=m)
    apart = np.abs(clock[:, np.newaxis] - clock)
    return _apart(np.minimum(apart, _DAY - apart) > _DAY / 2 * (1 - p))


def _apart(between: BoolArray) -> BoolArray:
    """Without conflicts of a worker with himself."""
    np.fill_diagonal(between, False)
    return between


_CONFLICTS: dict[str, Callable[[int, float, np.random.Generator], BoolArray]] = {
    "random": _independent,
    "teams": _teams,
    "places": _places,
    "time zones": _time_zones,
}
