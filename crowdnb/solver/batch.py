"""Many problems at once: sweeps, bootstraps, or one problem per project of a platform.

joblib does the running, so that what it runs on is the user's choice: one process unless said
otherwise,

>>> import joblib
>>> with joblib.parallel_config(n_jobs=2):  # or backend="dask", with a client of a cluster
...     answers = solve_many({})

and joblib or Dask repeat what a lost process was doing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any, Literal, TypeVar, overload

import joblib
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.labels import flag, shown
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem

# which lets an interrupt pass: the best so far is no answer to many
from crowdnb.solver.search import optimum

_Key = TypeVar("_Key")


@overload
def solve_many(  # type: ignore[overload-overlap]  # a mapping is an iterable too, of its names
    problems: Mapping[_Key, Problem],
    solver: str | None = ...,
    time_limit: float | None = ...,
    tie_break: Literal["labels"] | None = ...,
    progress: bool = ...,
) -> dict[_Key, Assignment]: ...
@overload
def solve_many(
    problems: Iterable[Problem],
    solver: str | None = ...,
    time_limit: float | None = ...,
    tie_break: Literal["labels"] | None = ...,
    progress: bool = ...,
) -> list[Assignment]: ...
def solve_many(
    problems: Mapping[Any, Problem] | Iterable[Problem],
    solver: str | None = None,
    time_limit: float | None = None,
    tie_break: Literal["labels"] | None = None,
    progress: bool = True,
) -> dict[Any, Assignment] | list[Assignment]:
    """Solve every problem as :func:`crowdnb.solve`, wherever ``joblib.parallel_config`` says.

    Parameters
    ----------
    problems : mapping or iterable of Problem
        Names and problems, or problems. A generator is read as the work goes on.
    solver, tie_break
        As :func:`crowdnb.solve`.
    time_limit : float, optional
        Seconds, > 0, for each problem.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    dict or list of Assignment
        A dict with the same names for a mapping, else a list; in the order of ``problems``. A
        problem without any assignment is a result like others: status ``infeasible``, with reasons.

    Raises
    ------
    ValueError
        Something in ``problems`` is no Problem.
    Exception
        Whatever :func:`crowdnb.solve` raises, with a note that names the problem.

    Examples
    --------
    The case study with other preferences for quality, by name:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> weights = {"skill": 0.25, "efficiency": 0.25, "quality": 0.25, "activity": 0.25}
    >>> even = cn.Problem(cn.qualification(case.ability, case.demand, weights), case.required)
    >>> answers = solve_many({"published": case.problem(), "even": even}, progress=False)
    >>> {name: round(answer.performance, 3) for name, answer in answers.items()}
    {'published': 2.697, 'even': 2.69}
    """
    flag(progress, "progress")
    listed = isinstance(problems, Iterable) and not isinstance(
        problems, str | bytes | np.ndarray | pd.DataFrame
    )
    if not listed:
        raise TypeError(
            f"problems: a mapping or a list of Problem is needed, got {shown(problems)}, which is"
            " not iterable"
        )
    named = isinstance(problems, Mapping)
    items: Iterable[tuple[Any, Any]] = (
        problems.items() if isinstance(problems, Mapping) else enumerate(problems)
    )
    taken: list[tuple[Any, Problem]] = []

    def calls() -> Iterator[Any]:
        for name, problem in items:
            if not isinstance(problem, Problem):
                raise ValueError(
                    f"problems: {name} is of type {type(problem).__name__}, a Problem is needed"
                )
            taken.append((name, problem))
            yield joblib.delayed(_solve_one)(name, problem, solver, time_limit, tie_break)

    answers = in_parallel(calls())
    total = len(problems) if isinstance(problems, Sized) else None
    bar = tqdm(answers, total=total, desc="solving", unit=" problems", disable=not progress)
    # The problem itself does not travel back: an answer gets the one it was asked for.
    found = [replace(answer, problem=taken[at][1]) for at, answer in enumerate(bar)]
    return (
        {name: answer for (name, _), answer in zip(taken, found, strict=True)} if named else found
    )


def in_parallel(calls: Iterable[Any], return_as: str = "generator") -> Iterator[Any]:
    """What calls of :func:`joblib.delayed` return, one by one, by whatever backend joblib is told.

    Ctrl-C waits until joblib has started its processes: interrupted before, it leaves some behind,
    and hides the interrupt behind an error of its own.
    """
    with _interrupts_later() as late:
        answers = joblib.Parallel(return_as=return_as)(calls)
    try:
        late()
    except KeyboardInterrupt as interrupt:
        answers.throw(interrupt)  # so that joblib ends what it has started
    yield from answers


@contextmanager
def _interrupts_later() -> Iterator[Callable[[], None]]:
    """Keep Ctrl-C back, which only a main thread hears; what is yielded passes it on afterwards."""
    before, came = signal.getsignal(signal.SIGINT), list[tuple[int, FrameType | None]]()

    def late() -> None:
        if came and callable(before):
            before(*came[0])

    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield late
        return
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield late
    finally:
        signal.signal(signal.SIGINT, before)


def _solve_one(
    name: object,
    problem: Problem,
    solver: str | None,
    time_limit: float | None,
    tie_break: Literal["labels"] | None,
) -> Assignment:
    """Solve in whatever process this is; the answer comes without its problem."""
    try:
        answer = optimum(problem, solver, time_limit, tie_break)
    except Exception as error:
        error.add_note(f"in problem {name}")
        raise
    return replace(answer, problem=None)  # type: ignore[arg-type]
