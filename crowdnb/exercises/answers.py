"""What the exercises share: read an answer, compare it with the right one, name a known slip."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.variants import Oracle
from crowdnb.labels import FloatArray, labelled_vector, listing, number, several
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import check
from crowdnb.model.problem import Problem
from crowdnb.project.case_study import load_case_study
from crowdnb.solver.search import optimum

TIE = 1e-9  # two values of ρ that differ by less are the same
HALF = 0.0005 + TIE  # an answer rounded to three decimals
THREE_DECIMALS = 5.1e-4  # the same, where the right one may be rounded too
CONFLICT = ("a3", "a5")  # explains the published ρ; the paper prints no conflict between workers

_MOST = 1000  # labels that are read of an answer: no exercise has more, and some never end

# such as 0.25, "0,25", "25 %", "5.5 h", "t = 5.5"
_NUMBER = re.compile(
    r"(?:\w+ ?= ?)?(?P<value>[-+]?[0-9]{1,15}(?:[.,][0-9]{1,15})?) ?(?P<unit>%|h|hours?)?"
)

the_case = cache(load_case_study)  # read once; nothing here changes its tables or hands them out


# Read an answer


def one_number(answer: Any) -> float | None:
    """The answer as a finite number, also where it is text, with a unit; None for anything else."""
    if isinstance(answer, str) and (text := _NUMBER.fullmatch(_unquoted(answer))):
        answer = float(text["value"].replace(",", ".")) / (100 if text["unit"] == "%" else 1)
    value = number(answer.item() if isinstance(answer, np.generic) else answer)
    return value if np.isfinite(value) else None


def _unquoted(text: str) -> str:
    return str.__str__(text).strip().strip("'\"").strip()


def numbers_for(answer: Any, labels: pd.Index[Any]) -> FloatArray | None:
    """The answer's numbers in the order of the labels; None where there is not one for each."""
    if answer is None or isinstance(answer, str | Iterator):
        return None
    try:
        return labelled_vector(answer, labels, "answer")
    except (TypeError, ValueError):
        return None


def one_label(answer: Any, known: pd.Index[Any]) -> Any:
    """The known label that the answer is, quoted or not; None for anything else.

    What an object says of itself, that it equals everything, counts for nothing.
    """
    if isinstance(answer, np.generic):
        answer = answer.item()
    if isinstance(answer, str):
        answer = _unquoted(answer) if _unquoted(answer) in known else str.__str__(answer)
    return next((one for one in known if type(one) is type(answer) and one == answer), None)


def names_in(answer: Any, known: pd.Index[Any]) -> list[Any] | None:
    """The answer as a list of known labels, in its order; None for anything else."""
    try:
        given = several(
            islice(answer, _MOST + 1) if isinstance(answer, Iterator) else answer, "answer"
        )
    except ValueError:
        return None
    if len(given) > _MOST:
        return None
    names = [one_label(name, known) for name in given]
    return None if any(name is None for name in names) else names


def labels_in(answer: Any, known: pd.Index[Any]) -> set[Any] | None:
    """The answer as a set of known labels; None for anything else."""
    names = names_in(answer, known)
    return None if names is None else set(names)


def table_by(
    method: Callable[[Problem], Any], problem: Problem, where: str, more: str = ""
) -> pd.DataFrame | str:
    """T that the reader's function makes of a problem; where it is none, what to say of it."""
    try:
        table = method(deepcopy(problem))  # the rules are checked on one that it cannot change
    except Exception as error:
        return f"On {where}{more} it {stop_text(error)}"
    if not isinstance(table, pd.DataFrame):
        return f"On {where} it returns {type(table).__name__}; a DataFrame is asked for."
    if broken := check(problem, table):
        return f"On {where}{more} a rule is broken: {broken[0]}."
    return table


def stop_text(error: Exception) -> str:
    """What a function of the reader's own did."""
    return f"stops with {type(error).__name__}: {error}."


# Compare it


def is_near(value: float, wanted: float, within: float = TIE) -> bool:
    """Whether two numbers are the same."""
    return bool(abs(value - wanted) <= within)


def known_slip(value: Any, slips: Iterable[tuple[Any, str]], within: float = HALF) -> str | None:
    """The hint of the first slip that gives this number, or this row of numbers."""
    hints = (hint for slip, hint in slips if np.abs(value - np.asarray(slip)).max() <= within)
    return next(hints, None)


def number_said(
    answer: Any,
    right: float,
    *,
    ask: str,
    praise: str,
    slips: Iterable[tuple[float, str]],
    otherwise: str,
    share: str = "",
    within: float = THREE_DECIMALS,
) -> Verdict:
    """What to say of an answer that should be one number.

    ``ask`` where there is no number, ``praise`` where it is right, the hint of a known slip, or
    ``otherwise``; ``share`` is what the number is if it must lie between 0 and 1.
    """
    value = one_number(answer)
    if value is None:
        return wrong_answer(ask)
    if is_near(value, right, within):
        return right_answer(praise)
    if slip := known_slip(value, slips):
        return wrong_answer(slip)
    if TIE < within <= THREE_DECIMALS and value == round(right, 2):
        return wrong_answer(f"{value:g} may be right.", "Give three decimals.")
    side = f" {share} lies between 0 and 1." if share and not 0 <= value <= 1 else ""
    return wrong_answer(f"{value:g} is not it.{side}", otherwise)


def with_names(values: pd.Series[float] | FloatArray) -> str:
    """Numbers with their labels, to four decimals."""
    return listing(f"{name} {value:.4f}" for name, value in pd.Series(values).items())


# Solve what it is compared with


def variant(
    problem: Problem,
    pair: Sequence[Hashable] | None = None,
    barred: tuple[Hashable, Hashable] | None = None,
    ill: Hashable | None = None,
) -> Problem:
    """The problem with two more workers in conflict, a pair barred or a worker gone."""
    between, closed = problem.worker_conflicts.copy(), problem.task_conflicts.copy()
    if pair is not None:
        between.loc[pair[0], pair[1]] = between.loc[pair[1], pair[0]] = 1
    if barred is not None:
        closed.loc[barred[0], barred[1]] = 1
    if ill is not None:
        closed.loc[ill, :] = 1
    return problem.changed(task_conflicts=closed, worker_conflicts=between)


def table_of(answer: Assignment) -> pd.DataFrame:
    """T of an answer; ValueError when there is none."""
    if answer.table is None:
        raise ValueError(f"problem: no assignment exists. {' '.join(answer.reasons)}")
    return answer.table


def rho_of(problem: Problem, oracle: Oracle | None = None) -> float:
    """Best ρ, -∞ when there is no assignment; for many variants of a problem, with its oracle."""
    answer = optimum(problem) if oracle is None else oracle.best(problem)
    return answer.performance if answer.status == "optimal" else -math.inf


def feasible_rho(problem: Problem) -> float:
    """Best ρ; ValueError when there is no assignment."""
    answer = optimum(problem)
    table_of(answer)
    return answer.performance
