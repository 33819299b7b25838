"""What a simulated crowd market is like: its parameters, each with its unit, range and meaning.

The article names five steps and prints no model of them (its section 3.2, 算法步骤详解, "the steps in
detail"). What stands here is our own, and each part says which sentence it answers:

- 任务需求、工作量、截止日期 (needs of a task, amount of work, deadline): a stage of a task asks for
  ``people``, one skill, a demand on each criterion, hours of ``load``, and has a deadline.
- 将大任务拆分为多个子任务 (split a large task into several subtasks): a task is a chain of stages, each
  opened when the one before is done.
- 技能、经验、地理位置 (skill, experience, place): a worker has skills, a place or an online link, a
  history.
- 工作负荷 (work load): hours of work a day, at most ``limit``.
- 实时位置、工作状态、任务进度 (position, state of the work, progress, in real time): late jobs,
  drop-outs, new urgent tasks, workers who come and go.
- 收集工作者的工作表现数据 (collect data on how workers perform): stars after each job, on the paper's
  criteria.

What chance makes of the parameters is in :mod:`crowdnb.market.simulation.chance`, what happens then
in :mod:`crowdnb.market.simulation`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from crowdnb.labels import FloatArray, IntArray, number, shown

Prior = Literal["widest", "crowd", "last"]

STARS = 5
WORST = 1.5  # a late job takes so many times its load
URGENT = 2.0  # weight of an urgent task in ρ; any other counts 1
DAY = 24.0  # hours
DONE, DROPPED, LEFT = 0, 1, 2  # how a job ended, as a place in ENDS
ENDS = ("done", "dropped", "left")
ROUNDING = 1e-9  # hours, of sums of times


class _Range(NamedTuple):
    """The values that a parameter may have, their unit, and what it says of a market."""

    low: float
    high: float
    unit: str
    meaning: str
    above: bool = False  # whether low itself is too low

    @property
    def text(self) -> str:
        """The range in words, such as ``0 to 1``."""
        start = f"above {self.low:g}" if self.above else f"{self.low:g}"
        if math.isinf(self.high):
            return start if self.above else f"{start} or more"
        return f"{start}{',' if self.above else ''} to {self.high:.6g}"

    def check(self, name: str, value: Any, whole: bool = False) -> float:
        """The value as a number; ValueError, with this name, where it is none in the range."""
        found = number(value)
        inside = self.low <= found <= self.high and not (self.above and found == self.low)
        if not inside or (whole and not found.is_integer()):
            what = "a whole number" if whole else "a number"
            span = self.text if self.above else f"from {self.text}"
            raise ValueError(f"{name} must be {what} {span} ({self.unit}), got {shown(value)}")
        if whole:
            return int(found)
        return value if isinstance(value, int | float) else found


_RANGES = {
    "days": _Range(0, 10_000, "days", "for how long tasks arrive", above=True),
    "arrivals": _Range(0, 10_000, "tasks an hour", "how many arrive, on average", above=True),
    "workers": _Range(1, 100_000, "persons", "workers there at the start, and on average"),
    "epoch": _Range(0, 1_000, "hours", "time between two matchings", above=True),
    "stages": _Range(1, 50, "subtasks", "at most in a task, at least 1"),
    "people": _Range(1, 50, "persons", "at most in a subtask, at least 1"),
    "load": _Range(0, 1_000, "hours", "work of a person in a subtask", above=True),
    "slack": _Range(0, 10_000, "loads", "time until a deadline", above=True),
    "urgent": _Range(0, 1, "share of tasks", "urgent: half the time, twice the weight"),
    "skills": _Range(1, 1_000, "kinds", "of skill; a subtask asks for one of them"),
    "skilled": _Range(0, 1, "share of workers", "who have a skill; everybody has at least one"),
    "places": _Range(1, 10_000, "places", "where people live and tasks are done"),
    "remote": _Range(0, 1, "share of tasks", "that can be done from anywhere"),
    "stay": _Range(
        0, math.inf, "days", "a worker stays on average; newcomers replace leavers", above=True
    ),
    "shift": _Range(
        0, DAY, "hours a day", "a worker is there, from a time of their own", above=True
    ),
    "limit": _Range(0, DAY, "hours a day", "a worker works at most", above=True),
    "notice": _Range(
        0, DAY, "hours", "from being chosen to the start; moved until then at the price"
    ),
    "late": _Range(0, 1, "share of jobs", f"that take {WORST:g} times as long"),
    "drop": _Range(0, 1, "share of jobs", "that are given up on the way"),
    "price": _Range(
        0, math.inf, "of Q", "of moving somebody who has been chosen; ∞: nobody is moved"
    ),
    "conflicts": _Range(0, 1, "share of pairs", "of workers who never work on one task"),
    "decay": _Range(0, 1, "factor a day", "on counts of ratings", above=True),
    "gamma": _Range(0, 100, "no unit", "influence of He (section 3.2)"),
    "bar": _Range(
        0, 1, "of 1", "estimated ability below which whoever has been rated is screened out"
    ),
    "history": _Range(0, 10_000, "ratings", "on each criterion of each worker there at the start"),
    "ability": _Range(0, 1, "of 1", "mean true ability"),
    "spread": _Range(
        0, 1, "of 1", "standard deviation of it between workers; half of it within one"
    ),
    "noise": _Range(
        0, 1, "of 1", "standard deviation of an outcome around the ability", above=True
    ),
    "drift": _Range(0, 1, "of 1 a day", "standard deviation of the trend of abilities"),
    "demand": _Range(0, 1, "of 1", "lower end of what a subtask asks"),
    "pay": _Range(0, 1e6, "money an hour", "of load, for a job that is done"),
    "weights": _Range(0, 1, "sum 1", "of the criteria, section 6"),
}
_PRIORS = get_args(Prior)


@dataclass(frozen=True)
class Market:
    """What a simulated market is like; ``.table`` lists each parameter with its unit, range and meaning.

    Parameters
    ----------
    days, arrivals, workers, epoch, … : float or int
        As ``Market().table`` says. Counts are whole numbers, shares lie in 0 … 1.
    load, slack : (float, float)
        Smallest and largest: hours of work of one person in a stage; the time until its deadline,
        in multiples of its load, drawn once a task and halved where it is urgent.
    weights : tuple of float
        Criteria weights w ≥ 0 of sum 1; their number is the number of criteria.
    prior : {"widest", "crowd", "last"}
        What a worker without ratings counts as: the interval [0, 1]; as many ratings as a cloud
        needs, spread like all ratings given so far, which are then added to everybody's own; or [0,
        0], so that nobody takes them.

    Raises
    ------
    ValueError
        A value is outside its range, or not of its kind; argument, value and rule are named.

    Examples
    --------
    >>> Market(workers=20).table.loc["workers", ["value", "unit", "range"]].tolist()
    ['20', 'persons', '1 to 100000']
    >>> Market(late=1.5)
    Traceback (most recent call last):
    ...
    ValueError: late must be a number from 0 to 1 (share of jobs), got 1.5
    """

    days: float = 10.0
    arrivals: float = 1.5
    workers: int = 60
    epoch: float = 0.5
    stages: int = 3
    people: int = 2
    load: tuple[float, float] = (0.5, 3.0)
    slack: tuple[float, float] = (3.0, 8.0)
    urgent: float = 0.1
    skills: int = 4
    skilled: float = 0.5
    places: int = 3
    remote: float = 0.5
    stay: float = 20.0
    shift: float = 8.0
    limit: float = 6.0
    notice: float = 0.5
    late: float = 0.15
    drop: float = 0.05
    price: float = 0.05
    conflicts: float = 0.0
    decay: float = 0.95
    gamma: float = 0.1
    prior: Prior = "widest"
    bar: float = 0.0
    history: int = 0
    ability: float = 0.65
    spread: float = 0.15
    noise: float = 0.12
    drift: float = 0.0
    demand: tuple[float, float] = (0.4, 0.8)
    pay: float = 1.0
    weights: tuple[float, ...] = (0.15, 0.25, 0.5, 0.1)

    def __post_init__(self) -> None:
        for one in fields(self):
            if one.name != "prior":
                value = _checked(one.name, getattr(self, one.name), one.default)
                object.__setattr__(self, one.name, value)
        if abs(math.fsum(self.weights) - 1) > 1e-6:
            raise ValueError(f"weights must sum to 1, got {shown(math.fsum(self.weights))}")
        if not isinstance(self.prior, str) or self.prior not in _PRIORS:
            raise ValueError(f"prior must be one of {', '.join(_PRIORS)}, got {shown(self.prior)}")
        longest = WORST * self.load[1]
        if longest > self.limit or self.notice + longest > self.shift:
            raise ValueError(
                f"load: a late job may take {WORST:g} × {self.load[1]:g} hours, with notice"
                f" {self.notice + longest:g}; that must fit into shift ({self.shift:g}) and limit"
                f" ({self.limit:g})"
            )

    @property
    def table(self) -> pd.DataFrame:
        """Every parameter: value, unit, range and meaning."""
        about = {name: (one.unit, one.text, one.meaning) for name, one in _RANGES.items()}
        about["prior"] = ("", ", ".join(_PRIORS), "what a worker without ratings counts as")
        rows = {
            one.name: (_brief(getattr(self, one.name)), *about[one.name]) for one in fields(self)
        }
        frame = pd.DataFrame.from_dict(
            rows, orient="index", columns=["value", "unit", "range", "meaning"]
        )
        return frame.rename_axis(index="parameter")


def _checked(name: str, value: Any, default: Any) -> Any:
    """The value, of the kind of its default: a whole number, a number, or a tuple of numbers.

    ValueError where it is of another kind, or not in its range.
    """
    about = _RANGES[name]
    if not isinstance(default, tuple):
        return about.check(name, value, whole=isinstance(default, int))
    pair = name != "weights"  # smallest and largest
    if not isinstance(value, tuple) or not value or (pair and len(value) != 2):
        kind = "two numbers" if pair else "numbers"
        raise ValueError(f"{name} must be a tuple of {kind}, got {shown(value)}")
    plain = tuple(about.check(name, one) for one in value)
    if pair and plain[0] > plain[1]:
        raise ValueError(f"{name} must be smallest, then largest, got {value!r}")
    return plain


def _brief(value: Any) -> str:
    pair = isinstance(value, tuple) and len(value) == 2
    return " … ".join(f"{one:g}" for one in value) if pair else str(value)


def stars(outcome: FloatArray) -> IntArray:
    """The stars that an outcome in [0, 1] is given: the nearest of 1 … 5 fifths."""
    return np.clip(np.rint(outcome * STARS), 1, STARS).astype(np.int64)
