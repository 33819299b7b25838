"""Notebook 02: a possibility degree by hand, a demand for one, a ranking."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_degree
from crowdnb.exercises.answers import (
    HALF,
    TIE,
    labels_in,
    names_in,
    number_said,
    one_number,
    the_case,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import real
from crowdnb.model.moves import position


def check_possibility_by_hand(answer: float | None) -> Verdict:
    """Exercise 1: P(U ≥ D) of a8's quality against r2, to three decimals."""
    case = the_case()
    u_low, u_high = _interval(case.ability, "a8", "quality")
    d_low, d_high = _interval(case.demand, "r2", "quality")
    right = float(possibility_degree(u_low, u_high, d_low, d_high))
    width_u, width_d, over = u_high - u_low, d_high - d_low, u_high - d_low
    slips = [
        (over, "That is the numerator, U^H - D^L. Divide it by the sum of both widths."),
        (over / width_d, "You divided by l_D alone. The denominator is l_U + l_D."),
        (over / width_u, "You divided by l_U alone. The denominator is l_U + l_D."),
        (1 - right, "That is P(D ≥ U). The two sum to 1."),
        (max(u_low - d_low, 0), "You took the lower end of U. The numerator is U^H - D^L."),
        (
            width_u / (width_u + width_d),
            "That is l_U over both widths. The numerator is U^H - D^L.",
        ),
        (100 * right, "The size is right, but P is a share between 0 and 1, not per cent."),
    ]
    u, d = f"[{u_low}, {u_high}]", f"[{d_low}, {d_high}]"
    return number_said(
        answer,
        right,
        ask=f"Not yet: give one number, the degree of U = {u} against D = {d}.",
        praise=f"Right: ({u_high} - {d_low}) / ({width_u:.2f} + {width_d:.2f}) = {right:.4f}.",
        slips=slips,
        otherwise="Write down U^H - D^L first, then both widths, then divide.",
        share="A degree",
        within=HALF,
    )


def check_possibility_demand(answer: float | None, wanted: float = 0.25) -> Verdict:
    """Exercise 2: the lower end d at which a8's quality meets [d, 1] to the degree wanted."""
    case, wanted = the_case(), real(wanted, "wanted", 0, 1)
    u_low, u_high = _interval(case.ability, "a8", "quality")
    if (d := one_number(answer)) is None or not 0 <= d <= 1:
        return wrong_answer(
            f"Not yet: give the lower end d, a number from 0 to 1. U stays [{u_low}, {u_high}]."
        )
    p = float(possibility_degree(u_low, u_high, d, 1))
    if abs(p - wanted) < 0.0005:
        return right_answer(f"Right: with d = {d:.4f} the degree is {p:.4f}.")
    way = (
        "too high, so the demand must begin higher"
        if p > wanted
        else "too low, so the demand must begin lower"
    )
    return wrong_answer(
        f"With d = {d:g} the degree is {p:.4f}, {way}. Mind that d stands in the numerator and in"
        " l_D = 1 - d."
    )


def check_possibility_ranking(
    answer: Sequence[Hashable] | None, criterion: str = "quality"
) -> Verdict:
    """Exercise 3: workers ranked on a criterion by the sum of their degrees against each other."""
    position(the_case().criteria_weights.index, criterion, "criterion")
    u = the_case().ability[criterion]
    low, high = u["low"].to_numpy(), u["high"].to_numpy()
    against = possibility_degree(low[:, np.newaxis], high[:, np.newaxis], low, high)
    total = pd.Series(against.sum(axis=1), index=u.index)
    right = total.sort_values(ascending=False).index.tolist()
    sums = total.to_dict()
    if isinstance(answer, pd.Series) and labels_in(answer.index, u.index):
        answer = answer.index.tolist()
    given = names_in(answer, u.index) or []
    if set(given) != set(right) or len(given) != len(right):
        return wrong_answer(
            f"Not yet: give all {len(right)} workers, each once, the best first: ['a0', 'a1', ...]."
        )
    if given == right:
        first, last = right[0], right[-1]
        return right_answer(
            f"Right: {first} is first with a sum of {sums[first]:.3f}, {last} last with"
            f" {sums[last]:.3f}."
        )
    if given == right[::-1]:
        return wrong_answer("This is the right order reversed: the largest sum comes first.")
    at = next(k for k, (one, other) in enumerate(zip(given, right, strict=True)) if one != other)
    hint = ""
    for what, key in {"upper ends": high, "lower ends": low, "centres": low + high}.items():
        if (np.diff(pd.Series(key, u.index).reindex(given)) <= TIE).all():
            hint = f" You sorted by the {what}; the widths matter too."
    begin = f"The first {at} are right. Then" if at else "Already the first is not right:"
    return wrong_answer(
        f"{begin} you have {given[at]} with a sum of {sums[given[at]]:.3f}, but one further down"
        f" has {sums[right[at]]:.3f}.{hint} Sum over a row of the matrix P(U_i ≥ U_j), workers"
        " against workers."
    )


def _interval(frame: pd.DataFrame, label: str, criterion: str) -> tuple[float, float]:
    return float(frame[(criterion, "low")][label]), float(frame[(criterion, "high")][label])
