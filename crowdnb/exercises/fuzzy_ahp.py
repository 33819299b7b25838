"""Notebook 03: weights by hand, one judgement changed, judgements beyond the five levels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import lsq_linear

from crowdnb.ability.weights import LEVELS, consistent_matrix, criteria_weights, judgement_problems
from crowdnb.exercises.answers import HALF, known_slip, numbers_for, with_names
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import FloatArray, labelled_vector, listing, needs, phrases, shown, unique_index
from crowdnb.model.moves import position


def check_weights_by_hand(answer: Any, judgement: pd.DataFrame) -> Verdict:
    """Exercise 1: the weights of a judgement matrix by eqs. 4 and 5, to three decimals."""
    right = criteria_weights(needs(judgement, pd.DataFrame, "judgement"))
    k = len(right)
    given = numbers_for(answer, right.index)
    if given is None:
        return wrong_answer(f"Not yet: give {k} numbers, in the order {listing(right.index)}.")
    if np.abs(given - right.to_numpy()).max() <= HALF:
        return right_answer(f"Right: {with_names(right)}. They sum to 1.")
    z = consistent_matrix(judgement).sum(axis=1)
    rows = judgement.to_numpy().sum(axis=1)
    # row sums of Z, had eq. 4 the divisor that belongs to four criteria
    sixth = (k * rows - rows.sum()) / 6 + k / 2
    form = f"(sum + {k / 2 - 1:g}) / {k * (k - 1)}"
    slips = [
        (
            (sixth + k / 2 - 1) / (k * (k - 1)),
            f"Eq. 4 divides by 2(K - 1), here by {2 * (k - 1)} and not by 6.",
        ),
        (
            (z + 1) / 12,
            f"You took the form for four criteria, (sum + 1) / 12. With {k} it is {form}.",
        ),
        (
            rows / rows.sum(),
            "These are the row sums of B, made to sum to 1. Eq. 5 takes the row sums of Z.",
        ),
        (
            (rows + k / 2 - 1) / (k * (k - 1)),
            "You put the row sums of B into eq. 5. It takes those of Z, from eq. 4.",
        ),
        (z, "These are the row sums of Z. Eq. 5 makes weights of them."),
        (rows, "These are the row sums of B. Eq. 4 comes next."),
    ]
    if hint := known_slip(given, slips, 0.002):
        return wrong_answer(hint)
    if np.abs(np.sort(given) - np.sort(right.to_numpy())).max() <= HALF:
        return wrong_answer(
            f"The values are right, in another order. The order is {listing(right.index)}."
        )
    if abs(given.sum() - 1) > 0.002:
        return wrong_answer(
            f"The weights must sum to 1, yours sum to {given.sum():.4f}. The row sums of Z are"
            f" {with_names(z)}."
        )
    return wrong_answer(
        "They sum to 1, but eq. 5 gives others. Compare the row sums of Z with yours:"
        f" {with_names(z)}."
    )


def check_weights_one_change(
    answer: Any, before: pd.DataFrame, pair: tuple[str, str] = ("skill", "efficiency")
) -> Verdict:
    """Exercise 2: change one judgement so that two criteria get the same weight."""
    _weights(needs(before, pd.DataFrame, "before"), "before")
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise ValueError(f"pair: two criteria are needed, got {shown(pair)}")
    for criterion in pair:
        position(before.index, criterion, "pair: criterion")
    if (
        not isinstance(answer, pd.DataFrame)
        or answer.shape != before.shape
        or set(answer.index) != set(before.index)
    ):
        return wrong_answer(
            "Not yet: give a judgement matrix with the same criteria, a copy of B with one"
            " judgement changed."
        )
    problems, off_levels = judgement_problems(answer)
    if problems:
        return wrong_answer(
            f"This is no judgement matrix: {problems[0]}. A judgement stands in B twice, once on"
            " each side."
        )
    if off_levels:
        return wrong_answer(
            f"Off the five levels 0.1, 0.3, 0.5, 0.7, 0.9: {phrases(off_levels, 2)}."
        )
    after = answer.loc[before.index, before.index]
    changed = np.argwhere(np.triu(np.abs(after.to_numpy() - before.to_numpy()) > 1e-9))
    w = criteria_weights(after)
    one, other = pair
    if len(changed) != 1:
        return wrong_answer(
            f"You changed {len(changed)} judgements; exactly one may change, with its mirror image."
        )
    level = after.to_numpy()[tuple(changed[0])]
    i, j = (str(before.index[k]) for k in changed[0])
    if abs(w[one] - w[other]) < 1e-9:
        return right_answer(f"Right: with {i} over {j} at {level:g} both weigh {w[one]:.4f}.")
    return wrong_answer(
        f"With {i} over {j} at {level:g}, {one} weighs {w[one]:.4f} and {other} {w[other]:.4f}."
        " Weights follow the row sums of B: by how much do the two rows differ, and which single"
        " judgement can move one row by that?"
    )


def check_weights_free_judgement(answer: Any, wanted: pd.Series[float]) -> Verdict:
    """Exercise 3: judgements in [0, 1] with weights nearest to those wanted, at a = K - 1."""
    unique_index(needs(wanted, pd.Series, "wanted").index, "wanted")
    wanted = pd.Series(labelled_vector(wanted, wanted.index, "wanted"), wanted.index)
    if len(wanted) < 2:
        raise ValueError(f"wanted: weights of two criteria or more are needed, got {len(wanted)}")
    if not isinstance(answer, pd.DataFrame) or set(answer.index) != set(wanted.index):
        return wrong_answer(
            "Not yet: give a judgement matrix, a frame with the rows and columns"
            f" {listing(wanted.index)}."
        )
    problems, _ = judgement_problems(answer)
    if problems:
        return wrong_answer(f"This is no judgement matrix: {problems[0]}.")
    k = len(wanted)
    rows, columns = np.triu_indices(k, 1)

    def weights_of(upper: FloatArray) -> FloatArray:
        b = np.full((k, k), 0.5)
        b[rows, columns], b[columns, rows] = upper, 1 - upper
        return _weights(pd.DataFrame(b, index=wanted.index, columns=wanted.index))

    start = weights_of(np.full(len(rows), 0.5))  # the weights are linear in the judgements
    moves = np.column_stack(
        [2 * (weights_of(0.5 + 0.5 * unit) - start) for unit in np.eye(len(rows))]
    )
    best = lsq_linear(moves, wanted.to_numpy() - start + moves.sum(axis=1) / 2, bounds=(0, 1))
    ends = np.where(best.x > 0.5, LEVELS[-1], LEVELS[0])

    def distance(w: FloatArray) -> float:
        return float(np.linalg.norm(w - wanted.to_numpy()))

    least = distance(weights_of(np.clip(best.x, 0, 1)))
    five = distance(weights_of(ends))
    given = distance(_weights(answer.loc[wanted.index, wanted.index]))
    if given < least + 1e-6:
        return right_answer(
            f"Right: the distance is {given:.5f}, and no judgements in [0, 1] come closer. It is"
            " still not 0."
        )
    if given < least + 5e-4:
        return wrong_answer(
            f"Nearly: the distance is {given:.5f}, the least is {least:.5f}. Not every judgement"
            " goes to the end."
        )
    if given < five - 1e-9:
        return wrong_answer(
            f"The distance is {given:.4f}, closer than judgements of 0.1 and 0.9 come, but it can"
            " be less still."
        )
    return wrong_answer(
        f"The distance is {given:.4f}, no closer than judgements of 0.1 and 0.9 come ({five:.4f})."
        " Judgements may now go beyond 0.1 and 0.9: try 0 and 1. (scipy.optimize.lsq_linear finds"
        " the best at once.)"
    )


def _weights(judgement: pd.DataFrame, name: str = "judgement") -> FloatArray:
    if problems := judgement_problems(judgement)[0]:
        raise ValueError(f"{name}: {phrases(problems, 5)}")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "judgement: off the five levels")
        return np.asarray(criteria_weights(judgement), dtype=float)
