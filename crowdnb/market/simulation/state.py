"""What stands at an hour of a market: what is open and who is on what; where people are."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict

import numpy as np

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.market.parameters import DAY
from crowdnb.market.simulation.chance import Tasks, Workers


class Board:
    """The tasks: what is open, who is or was on what, and what is over.

    Attributes
    ----------
    open : dict of int to list of int
        The stages that are open, in the order in which they opened; of each a heap of the places
        without anybody.
    stage_of : ndarray of int, shape (places,)
    attempts : ndarray of int, shape (places,)
        How many have begun on each place.
    on_stage, on_task, gave_up : dict of int to list of int
        Workers: who is or was on a stage, on a task, and who gave a task up.
    started, closed : ndarray, shape (tasks,)
        Hours, NaN before.
    withdrawn : ndarray of bool, shape (tasks,)
    to_close : int
        Tasks that are not over.
    """

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        count = len(tasks.arrival)
        self.open: dict[int, list[int]] = {}
        self.stage_of: IntArray = np.repeat(np.arange(len(tasks.task)), tasks.need)
        self.attempts: IntArray = np.zeros(int(tasks.seat[-1]), dtype=np.int64)
        self.on_stage: dict[int, list[int]] = defaultdict(list)
        self.on_task: dict[int, list[int]] = defaultdict(list)
        self.gave_up: dict[int, list[int]] = defaultdict(list)
        self.started, self.closed = np.full(count, math.nan), np.full(count, math.nan)
        self.withdrawn: BoolArray = np.zeros(count, dtype=bool)
        self.to_close = count
        self._undone = tasks.need.copy()  # places of each stage

    def task_of(self, seat: int) -> int:
        """The task of a place."""
        return int(self._tasks.task[self.stage_of[seat]])

    def open_stage(self, stage: int) -> None:
        """Open all places of a stage."""
        first, end = self._tasks.seat[stage : stage + 2].tolist()
        self.open[stage] = list(range(first, end))

    def reopen(self, seat: int) -> None:
        """A place has nobody again."""
        if not self.withdrawn[self.task_of(seat)]:
            heapq.heappush(self.open[int(self.stage_of[seat])], seat)

    def begin(self, i: int, seat: int, now: float) -> int:
        """Somebody begins on a place; how many have begun there before."""
        task, attempt = self.task_of(seat), int(self.attempts[seat])
        self.attempts[seat] += 1
        self.on_stage[int(self.stage_of[seat])].append(i)
        self.on_task[task].append(i)
        if math.isnan(self.started[task]):
            self.started[task] = now
        return attempt

    def give_up(self, i: int, seat: int) -> None:
        """Somebody is off a place that is not done."""
        task = self.task_of(seat)
        self.on_stage[int(self.stage_of[seat])].remove(i)
        self.on_task[task].remove(i)
        self.gave_up[task].append(i)
        self.reopen(seat)

    def finish(self, seat: int, now: float) -> bool:
        """A place is done: the next stage may open; whether this was the last place of the task."""
        stage, task = int(self.stage_of[seat]), self.task_of(seat)
        self._undone[stage] -= 1
        if self._undone[stage] or self.withdrawn[task]:
            return False
        del self.open[stage]
        if stage + 1 < self._tasks.first[task + 1]:
            self.open_stage(stage + 1)
            return False
        self._close(task, now)
        return True

    def withdraw(self, now: float) -> int:
        """Take back the tasks whose stage lacks people after its deadline; how many these are."""
        over = [
            stage for stage, seats in self.open.items() if seats and now > self._tasks.due[stage]
        ]
        for stage in over:
            del self.open[stage]
            task = int(self._tasks.task[stage])
            self.withdrawn[task] = True
            self._close(task, now)
        return len(over)

    def _close(self, task: int, now: float) -> None:
        self.closed[task] = now
        self.to_close -= 1


class People:
    """The workers: where each has been chosen for, who is at work, and for how long today.

    Attributes
    ----------
    chosen : ndarray of int, shape (M,)
        The place that each has been chosen for and not begun; -1: none.
    chosen_at : ndarray, shape (M,)
        Hour.
    working : ndarray of bool, shape (M,)
    """

    def __init__(self, workers: Workers) -> None:
        count = len(workers.joined)
        self._begins = workers.begins
        self.chosen: IntArray = np.full(count, -1)
        self.chosen_at: FloatArray = np.zeros(count)
        self.working: BoolArray = np.zeros(count, dtype=bool)
        self._worked, self._worked_on = np.zeros(count), np.full(count, -np.inf)  # hours, day

    def worked(self, who: IntArray, now: float) -> FloatArray:
        """Hours worked on the day of each that this hour belongs to."""
        today = np.floor((now - self._begins[who]) / DAY)
        return np.where(self._worked_on[who] == today, self._worked[who], 0.0)

    def stop(self, i: int, start: float, hours: float) -> None:
        """Somebody ends a job."""
        today = math.floor((start - self._begins[i]) / DAY)
        before = self._worked[i] if self._worked_on[i] == today else 0.0
        self._worked[i], self._worked_on[i] = before + hours, today
        self.working[i] = False
