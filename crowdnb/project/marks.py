"""Numbers and answers of a table as marks of a scale (section 3.2): which one, if any."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

import numpy as np

from crowdnb.ability.scale import Scale, Scales

STARS = Scale(1, 5)  # what every mark must fit where no scale is stated
_FINEST = 10_000  # steps of a scale
_STEPS = ("0.5", "0.25", "0.1", "0.05", "0.01", "0.001")  # that people use, from the coarsest


def mark_of(value: float, scale: Scale, rounded: bool) -> float | None:
    """The mark that a number is, or is nearest to; None where it is off the scale."""
    if not scale.lowest - scale.step <= value <= scale.highest + scale.step:
        return None
    place = int(Scales(scale, 1).places(np.array([value]))[0])
    if place >= 0:
        return float(scale.marks[place])
    if rounded and scale.lowest <= value <= scale.highest:
        away = np.abs(scale.marks - value)
        # half-way the lower one, however 0.55 is stored
        return float(scale.marks[int((away <= away.min() + 1e-9 * scale.step).argmax())])
    return None


def scale_of_words(values: Iterable[float]) -> Scale:
    """The coarsest scale with the marks of all words; of whole numbers, each one between."""
    marks = sorted(set(values))
    if STARS.lowest <= marks[0] and marks == [1, 2, 3, 4, 5]:
        return STARS
    exact = [Fraction(str(mark)) for mark in marks]
    gaps = [after - before for before, after in pairwise(exact)]
    if all(mark.denominator == 1 for mark in exact) or not gaps:
        return Scale(marks[0], marks[-1])
    denominator = math.lcm(*(gap.denominator for gap in gaps))
    step = math.gcd(*(int(gap * denominator) for gap in gaps)) / denominator
    return Scale(marks[0], marks[-1], step)


def scale_typed(values: set[float]) -> str:
    """The scale on which all these marks are, as ``--scale`` takes it; rounded, if too fine."""
    low, high = min(values), max(values)
    if low == high:  # one mark is no scale that anybody means
        low, high = min(low, 0), max(low, 1)
    if all(float(value).is_integer() for value in values):
        return f"{low:.15g} {high:.15g}"
    exact = [Fraction(f"{value:.10g}") for value in (*values, low, high)]
    for step in _STEPS:
        if all((value / Fraction(step)).denominator == 1 for value in exact):
            if (high - low) / float(step) <= _FINEST:
                return f"{low:.15g} {high:.15g} {step}"
            break
    return f"{math.floor(low)} {math.ceil(high)} 1 --round"


def called(scale: Scale) -> str:
    """A scale that nobody stated, in words."""
    return "whole stars from 1 to 5" if scale == STARS else f"marks of the words, {scale}"
