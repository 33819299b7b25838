"""Notebook 01: a cloud by hand, one rating more, a rule of one's own for an interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.cloud import ability_clouds, backward_cloud
from crowdnb.ability.counts import KEYS
from crowdnb.ability.ratings import count_ratings
from crowdnb.exercises.answers import is_near, known_slip, one_number, stop_text
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.labels import FloatArray, IntArray, number, numbers, shown

LOUNGES = Path(__file__).parents[1] / "data" / "lounges"


CLOUD_BY_HAND = (3, 4, 4, 4, 4, 5)  # stars


_ONE_MORE = ("bangkok-airways", "comfort")  # a history of the lounges


_GOOD_WORKER = (0.05, 0.1, 0.2, 0.35, 0.3)  # chance of each star
_NEAR = 0.0006  # three decimals of an answer made of others that are rounded too


def check_cloud_by_hand(
    ex: float | None = None,
    en: float | None = None,
    he: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> Verdict:
    """Check Ex, En, He and the interval (γ = 0.1) of the ratings 3, 4, 4, 4, 4, 5: three decimals.

    Examples
    --------
    >>> check_cloud_by_hand(ex=4)
    Ex = 4 is in stars. Divide by 5 first: one star is 0.2, five are 1.0.
    """
    v = np.array(CLOUD_BY_HAND) / 5
    cloud = backward_cloud(v)
    u, flat_u, wide_u = (cloud.interval(gamma) for gamma in (0.1, 0.0, 1.0))
    s = v.std(ddof=1)
    biased = math.sqrt(abs(v.var() - cloud.entropy**2))
    signs = "Eq. 2 is printed with its two ends swapped: the lower end is Ex - En - γ·He."

    def end_slips(end: int) -> list[tuple[float, str]]:
        no_gamma = (wide_u[end], "He must be multiplied by γ = 0.1.")
        return [(u[1 - end], signs), no_gamma, (flat_u[end], "γ·He is missing.")]

    ex_slips = [(v.sum(), "That is the sum; divide by the number of ratings.")]
    en_slips = [
        (np.abs(v - v.mean()).mean(), "Multiply by sqrt(π/2), about 1.2533."),
        (s, "That is S. En uses |V - Ex|."),
    ]
    he_slips = [
        (abs(cloud.radicand), "That is the radicand; take its root."),
        (s, "That is S. Take En² from S² before the root."),
        (biased, "S² divides by τ - 1 = 5, not by τ = 6."),
    ]
    steps = (
        ("Ex", ex, cloud.expectation, ex_slips),
        ("En", en, cloud.entropy, en_slips),
        ("He", he, cloud.hyper_entropy, he_slips),
        ("low", low, u[0], end_slips(0)),
        ("high", high, u[1], end_slips(1)),
    )
    for name, given, right, slips in steps:
        if given is None:
            return wrong_answer(f"{name} is missing: give a number.")
        if (value := one_number(given)) is None:
            return wrong_answer(f"{name} must be a number, got {shown(given)}.")
        if is_near(value, right, _NEAR):
            continue
        if is_near(value / 5, right, _NEAR):
            return wrong_answer(
                f"{name} = {value:g} is in stars. Divide by 5 first: one star is 0.2, five are 1.0."
            )
        hint = known_slip(value, slips, _NEAR) or "Work it out to three decimals."
        return wrong_answer(f"{name} = {value:g} is not right. {hint}")
    sign = "positive, so that He is a real number" if cloud.radicand > 0 else "negative"
    return right_answer(
        f"Right: U = [{u[0]:.3f}, {u[1]:.3f}], and the radicand {cloud.radicand:.4f} is {sign}."
    )


def check_cloud_one_more(star: int | None = None) -> Verdict:
    """Check the highest star that, given once more, makes the radicand of a history positive.

    Examples
    --------
    >>> str(check_cloud_one_more(5)).split(". ")[0]
    'With one more rating of 5 the radicand is -0.0026: still negative'
    """
    if star is None:
        return wrong_answer("Give a star: 1, 2, 3, 4 or 5.")
    counts = np.asarray(
        count_ratings(pd.read_csv(LOUNGES / "ratings.csv")).loc[_ONE_MORE], dtype=int
    )
    if number(star) not in range(1, len(counts) + 1):
        return wrong_answer(f"A star is a whole number from 1 to {len(counts)}, got {shown(star)}.")
    stars = np.arange(1, len(counts) + 1)
    after = {
        int(s): backward_cloud(np.repeat(stars, counts + (stars == s)) / len(counts)).radicand
        for s in stars
    }
    right = max(s for s, radicand in after.items() if radicand > 0)
    found = f"With one more rating of {int(star)} the radicand is {after[int(star)]:.4f}"
    if after[int(star)] <= 0:
        return wrong_answer(f"{found}: still negative. Which ratings raise S² more than En²?")
    if star < right:
        return wrong_answer(f"{found}: positive, but a higher star does it too.")
    return right_answer(
        f"Right. {found}: one rating far from the others raises the squares in S² more than the"
        " distances in En."
    )


def check_cloud_rule(rule: Callable[[FloatArray], tuple[float, float]] | None = None) -> Verdict:
    """Check a rule for an interval of ten ratings: under 0.7 wide, and in 90 % it holds the next.

    Every history of ten ratings is tried, weighed with its chance for a good worker, and for her
    mirror image, who gets one star as often as she gets five.

    Parameters
    ----------
    rule : function
        Takes how often each star was given, shape (5,); returns (low, high), 0 ≤ low ≤ high ≤ 1.

    Examples
    --------
    >>> str(check_cloud_rule(lambda counts: (0.2, 1.0))).split(". ")[-1]
    'Safe, but 0.7 or wider says little: which stars may such a history leave out?'
    """
    if not callable(rule):
        return wrong_answer("Give the function itself, without brackets: check_cloud_rule(rule).")
    tau, stars = 10, len(_GOOD_WORKER)
    histories = np.array(
        [np.bincount(h, minlength=stars) for h in combinations_with_replacement(range(stars), tau)],
        dtype=float,
    )
    ends = np.empty((len(histories), 2))
    for at, counts in enumerate(histories):
        got = _interval_by(rule, counts.astype(int))
        if isinstance(got, str):
            return wrong_answer(got)
        ends[at] = got
    index = pd.MultiIndex.from_product([range(len(histories)), ["made"]], names=KEYS)
    clouds = ability_clouds(pd.DataFrame(histories, index, range(1, stars + 1)), gamma=0.15)
    good, mirror, width = _next_inside(ends, histories)
    paper = _next_inside(clouds[["low", "high"]].to_numpy(), histories)
    found = (
        f"It holds the next rating of the good worker in {good:.0%} of cases and of her mirror"
        f" image in {mirror:.0%}, with a mean width of {width:.2f}. The cloud rule: {paper[0]:.0%},"
        f" {paper[1]:.0%}, {paper[2]:.2f}."
    ).replace("%", " %")
    if min(good, mirror) < 0.9 <= max(good, mirror):
        return wrong_answer(
            f"{found} It fits one of the two and not the other. Does your rule look at the counts?"
        )
    if min(good, mirror) < 0.9:
        return wrong_answer(
            f"{found} Too narrow for 90 %. An end between two stars leaves the outer one out: 0.99"
            " shuts out five."
        )
    if width >= 0.7:
        return wrong_answer(
            f"{found} Safe, but 0.7 or wider says little: which stars may such a history leave out?"
        )
    return right_answer(f"Right. {found}")


def _interval_by(rule: Callable[[Any], tuple[float, float]], counts: IntArray) -> FloatArray | str:
    """What a rule makes of counts, (2,); where it is no interval, what to say of it."""
    said = f"For the counts {counts.tolist()} the rule"
    try:
        given = rule(counts)
    except Exception as error:
        return f"{said} {stop_text(error)}"
    try:
        got = numbers(given).ravel()
    except ValueError:
        got = np.array([])
    whole = got.size > 0 and bool(np.isfinite(got).all())
    text = f"{said} gives {got.round(3).tolist() if whole else shown(given)}"
    if got.size != 2 or not whole:
        return f"{text}; two numbers (low, high) are needed."
    if got[0] > got[1]:
        return f"{text}; the lower end must not be above the upper one."
    if got[1] > 1 and (got == got.round()).all():
        return f"{text}; the ends are shares of the scale, so divide stars by 5."
    if got[0] < 0 or got[1] > 1:
        return f"{text}; definition 1 wants both ends in [0, 1], so clip them."
    return got


def _next_inside(ends: FloatArray, histories: FloatArray) -> tuple[float, float, float]:
    """Chance that the next rating is inside, for the good worker and her mirror image; width."""
    from scipy import stats  # slow to import

    p = np.array(_GOOD_WORKER)
    value = np.arange(1, len(p) + 1) / len(p)
    inside = (ends[:, :1] - 1e-9 <= value) & (value <= ends[:, 1:] + 1e-9)
    chance, mirrored = (
        stats.multinomial.pmf(histories, histories[0].sum(), q) for q in (p, p[::-1])
    )
    width = ends[:, 1] - ends[:, 0]
    return (
        float(chance @ (inside @ p)),
        float(mirrored @ (inside @ p[::-1])),
        float((chance + mirrored) @ width / 2),
    )
