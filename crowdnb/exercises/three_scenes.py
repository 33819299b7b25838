"""Notebook 11: a threshold by cost, shares of a team, what may be published."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import (
    TIE,
    is_near,
    number_said,
    numbers_for,
    one_number,
    stop_text,
    with_names,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import listing, number, shown
from crowdnb.market import scenes


def check_scenes_threshold(
    answer: float | None = None, person: float = 2.0, bot: float = 0.0, wrong: float = 6.0
) -> Verdict:
    """Check the confidence from which on a bot's answer is the cheaper one, to three decimals.

    Examples
    --------
    >>> str(check_scenes_threshold(0.25)).split(". ")[0]
    'That is the chance of a wrong answer at which both cost the same'
    """
    right = scenes.cheapest_threshold(person, bot, wrong)
    person, bot, wrong = map(number, (person, bot, wrong))
    slips = [
        (
            1 - right,
            "That is the chance of a wrong answer at which both cost the same. The confidence is 1"
            " less that.",
        ),
        (
            1 - (person - bot) / (wrong or math.inf),
            "After a wrong answer a person answers too: count that price as well as the harm.",
        ),
        (
            0.5,
            "That would be right if a wrong answer cost as much more as a person does. Set the two"
            " costs equal.",
        ),
    ]
    return number_said(
        answer,
        right,
        ask="Not yet: give one number, a confidence from 0 to 1.",
        praise=(
            f"Right: by hand {person:g}, by bot {bot:g} + (1 - p)({person:g} + {wrong:g}); equal at"
            f" p = {right:g}."
        ),
        slips=slips,
        otherwise="Set the person's cost equal to the bot's, and solve for p.",
        share="A confidence",
    )


_SHARED_WORK = {
    "writer": 60.0,
    "painter": 0.0,
    "editor": 0.0,
    "writer + painter": 120.0,
    "writer + editor": 90.0,
    "painter + editor": 0.0,
    "writer + painter + editor": 180.0,
}


def check_scenes_shares(answer: Any = None, earned: Mapping[str, float] = _SHARED_WORK) -> Verdict:
    """Check the Shapley values of a small team.

    Parameters
    ----------
    answer : mapping or Series
        By worker.
    earned : mapping of str to float
        What each part of the team earns, its people joined by ``" + "``.

    Examples
    --------
    >>> check_scenes_shares({"writer": 100, "painter": 50, "editor": 40})
    They sum to 190, and there are 180 to share.
    """
    if not isinstance(earned, Mapping) or not earned:
        raise ValueError(
            f"earned: a mapping of teams to what they earn is needed, got {shown(earned)}"
        )
    try:
        values = scenes.teams(list(earned), list(earned.values()))
        scenes.shapley(values)
    except ValueError as error:
        raise ValueError(f"earned: {error}") from None
    right = scenes.shapley(values)
    if (given := numbers_for(answer, right.index)) is None:
        return wrong_answer(f"Not yet: give a number for each of {listing(right.index)}.")
    whole = float(right.sum())
    if np.allclose(given, right, atol=0.005 + TIE):
        return right_answer(
            f"Right: {with_names(right)}. Each is the mean of what one adds, over all orders of"
            " joining."
        )
    if not is_near(float(given.sum()), whole, 0.02):
        last = [whole - values[frozenset(right.index.difference([one]))] for one in right.index]
        if np.allclose(given, last):
            return wrong_answer(
                "That is what each adds as the last to come. Take the mean over all six orders."
            )
        return wrong_answer(f"They sum to {given.sum():g}, and there are {whole:g} to share.")
    if np.allclose(given, whole / len(given)):
        return wrong_answer(
            "Equal shares would be right if all added the same. Write down the six orders, and what"
            " each adds in them."
        )
    worst = int(np.abs(given - right.to_numpy()).argmax())
    side = "much" if given[worst] > right.iloc[worst] else "little"
    return wrong_answer(
        f"The sum is right; {right.index[worst]} has too {side}. Write down the six orders, and"
        " what each adds in them."
    )


def check_scenes_publish(
    publish: Callable[[pd.Series[Any], int], Mapping[Any, float]] | None = None,
) -> Verdict:
    """Check a function that says which counts may be shown beside their total, on random columns.

    Examples
    --------
    >>> check_scenes_publish(lambda groups, k: {})
    Groups a 9, b 7, c 6 and k = 5: 0 rows are shown, 22 could be.
    """
    if not callable(publish):
        return wrong_answer(
            "Not yet: give a function of a column of groups and k that returns a mapping group →"
            " count."
        )
    tried = _groups_made()
    for sizes, k in tried:
        if wrong := _published(publish, sizes, k):
            return wrong_answer(wrong)
    return right_answer(
        f"Right, on {len(tried)} columns: the total gives nothing away, and nothing more could be"
        " shown."
    )


def _groups_made() -> list[tuple[dict[str, int], int]]:
    """Sizes of groups and k: three to begin with, then 30 by chance, the same in each run."""
    rng = np.random.default_rng(0)
    made = [
        ({"a": 9, "b": 7, "c": 6}, 5),
        ({"a": 9, "b": 7, "c": 3}, 5),
        ({"a": 9, "b": 2, "c": 4}, 5),
    ]
    for _ in range(30):
        sizes = rng.integers(1, 12, size=int(rng.integers(1, 6)))
        k = int(rng.integers(2, 7))
        if sizes.sum() >= k:  # else the total itself is too small to be shown
            made.append(({f"g{at}": int(size) for at, size in enumerate(sizes)}, k))
    return made


def _published(
    publish: Callable[[pd.Series[Any], int], Mapping[Any, float]], sizes: dict[str, int], k: int
) -> str | None:
    """What is wrong with the counts that a function shows of groups of these sizes; else None."""
    names = listing(f"{name} {size}" for name, size in sizes.items())
    case = f"Groups {names} and k = {k}:"
    column = pd.Series([name for name, size in sizes.items() for _ in range(size)], dtype=object)
    try:
        shown_by = dict(publish(column.copy(), k))
    except Exception as error:
        return f"{case} it {stop_text(error)}"
    counts: dict[Any, float] = {}
    for name, given in shown_by.items():
        value = one_number(given)
        if value is None or sizes.get(name) != value:
            return f"{case} it shows {given} for {name}, which is not so."
        counts[name] = value
        if value < k:
            return f"{case} it shows {name} with {given}, under k."
    total = len(column)
    rest = total - int(sum(counts.values()))
    if 0 < rest < k:
        return (
            f"{case} the total is {total}, so a reader works out {rest} for what is hidden."
            " Hide one group more."
        )
    # where the small groups together are fewer than k, the smallest of the large ones hides them
    large = sorted(size for size in sizes.values() if size >= k)
    most = sum(large[1:]) if 0 < total - sum(large) < k else sum(large)
    if total - rest < most:
        return f"{case} {total - rest} rows are shown, {most} could be."
    return None
