"""The best change to a running assignment, where every move has its price."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.explain.variants import Oracle
from crowdnb.labels import BoolArray, number, shown, unique_index
from crowdnb.model.assignment import Assignment
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.pair_tables import zero_one
from crowdnb.model.problem import Problem, needed
from crowdnb.solver.clock import Clock, TimeOverError
from crowdnb.solver.other_values import valued
from crowdnb.solver.search import optimum
from crowdnb.solver.ties import tie, tie_break
from crowdnb.spelling import unknown


@dataclass(frozen=True, eq=False)
class Replan:
    """A running assignment adapted to a problem that has changed.

    Attributes
    ----------
    assignment : Assignment
        Of the greatest ρ less ``price`` for each change; where the time was over before that was
        proved, the best known, with the status ``time_limit``.
    changes : int
        Pairs of it that were not in the running assignment: people who start on a task.
    moves : DataFrame
        Who moves: worker, before, after.
    price : float
    text : str
    problem : Problem
    running : ndarray of bool, m × n
        The running assignment, as far as its workers and tasks are in the problem.
    time_limit : float or None
        Seconds that were given, and that ``curve`` has as well.
    """

    assignment: Assignment
    changes: int
    moves: pd.DataFrame
    price: float
    text: str
    problem: Problem
    running: BoolArray
    time_limit: float | None = None

    @cached_property
    def curve(self) -> pd.DataFrame:
        """The greatest ρ for each number of changes: index ``changes``, column ``performance``.

        Only numbers at which ρ rises are listed, from the fewest that the problem needs. Where the
        time is over, ρ is NaN at the number that was not settled, and nothing is known of fewer. A
        problem with a budget of its own is a ValueError.
        """
        if self.problem.budget is not None:
            raise ValueError("replan: the curve needs a problem without a budget of its own")
        costs, most, rows = (~self.running).astype(float), self.running.size, dict[int, float]()
        clock, unknown = Clock(self.time_limit), dict[int, float]()
        with tqdm(desc="changes", leave=False, delay=5) as bar:
            while most >= 0:
                priced = self.problem.changed(costs=costs, budget=float(most))
                try:
                    answer = optimum(priced, None, clock.limit)
                except TimeOverError:
                    answer = None
                if answer is None or answer.status == "time_limit":
                    unknown = {most: math.nan}
                    break
                if answer.placed is None:
                    break
                most = int((~self.running[answer.placed[:, 0], answer.placed[:, 1]]).sum())
                least = {
                    made: rho
                    for made, rho in rows.items()
                    if rho > answer.performance + tie(self.problem, answer.placed)
                }
                rows = least | {most: answer.performance}  # as good with fewer changes
                most -= 1
                bar.update()
        frame = pd.DataFrame({"performance": pd.Series(rows | unknown, dtype=float)}).rename_axis(
            index="changes"
        )
        return frame.sort_index()

    def __str__(self) -> str:
        return self.text


def replan(
    problem: Problem,
    table: pd.DataFrame,
    price: float = 0.0,
    solver: str | None = None,
    time_limit: float | None = None,
) -> Replan:
    """The best assignment of a changed problem when each change to the running one has a price.

    Parameters
    ----------
    problem : Problem
        As it is now: a worker has left, a task has grown, a rating has fallen.
    table : DataFrame
        The running assignment: workers × tasks, 0/1. Workers and tasks that the problem no longer
        has are ignored; new ones have nothing running.
    price : float
        What each change costs, in the unit of ρ, ≥ 0. A change is a pair that is not in the running
        assignment.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, the best assignment known comes
        back, with the status ``time_limit``; without a table where none is known.

    Returns
    -------
    Replan
        ``.curve`` has the greatest ρ for each number of changes.

    Raises
    ------
    ValueError
        The price is negative; the table is no frame, or has cells other than 0 and 1; the problem
        has no assignment; the time limit is not above 0.

    Examples
    --------
    a7 leaves the published assignment:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> left = case.problem().changed(worker_limits={f"a{i}": int(i != 7) for i in range(12)})
    >>> print(cn.replan(left, case.published.assignment, price=0.05))
    ρ = 2.54598 after 1 change
    a3: idle → r0; a7: r0 → idle
    """
    if not 0 <= number(price) < math.inf:
        raise ValueError(f"price must be a finite number that is not negative, got {shown(price)}")
    running = _running(needed(problem), table)
    price = number(price)
    priced = valued(problem, problem.value - price * ~running)
    oracle = Oracle(priced, solver, time_limit)
    answer = oracle.program.best(priced, time_limit, tie_break(priced))
    if answer.status == "infeasible":
        raise ValueError("replan: the problem has no assignment; explain_infeasible says why")
    # ρ is what the priced problem comes to and the price of each change, of which places are most
    most = answer.bound + price * min(running.size, float(problem.most.sum()))
    best = Assignment.of(
        problem, answer.placed, answer.status, answer.solver, answer.seconds, most, answer.reasons
    )
    if answer.placed is None:
        nobody = np.zeros((0, 2), dtype=np.int64)
        text = "No assignment was found, and none ruled out, within the time limit."
        still = moves(problem, nobody, nobody)
        return Replan(best, 0, still, price, text, problem, running, time_limit)
    changes = int((~running[answer.placed[:, 0], answer.placed[:, 1]]).sum())
    who = moves(problem, np.argwhere(running), answer.placed)
    text = (
        f"ρ = {best.performance:.6g} after {changes}"
        f" {'change' if changes == 1 else 'changes'}\n{moves_text(who)}"
    )
    if answer.status == "time_limit":
        text += "\nWhether this is the best was not settled within the time limit."
    return Replan(best, changes, who, price, text, problem, running, time_limit)


def _running(problem: Problem, table: object) -> BoolArray:
    """The running assignment, m × n of a problem; ValueError where it is none."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table: a frame of workers × tasks is needed, got {type(table).__name__}")
    workers, tasks = unique_index(table.index, "worker"), unique_index(table.columns, "task")
    for given, known in ((workers, problem.workers), (tasks, problem.tasks)):
        # who is unknown has left, but not who is 7 here and '7' there
        looks = set(map(str, known))
        for label in given.difference(known, sort=False):
            if str(label) in looks:
                raise ValueError(f"table: {given.name} {unknown(label, known)}")
    values = zero_one(table.to_numpy())
    for i, j in np.argwhere(np.isnan(values)).tolist():
        cell = f"{table.index[i]} on {table.columns[j]} is {shown(table.iat[i, j])}"
        raise ValueError(f"table: {cell}, its cells must be 0 or 1")
    now = pd.DataFrame(values, workers, tasks).reindex(problem.workers, columns=problem.tasks)
    return np.asarray(now.to_numpy() == 1)
