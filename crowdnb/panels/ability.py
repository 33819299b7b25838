"""Panels of notebooks 01 and 02: a rating history as a cloud, and two intervals compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np

from crowdnb.ability.cloud import backward_cloud
from crowdnb.ability.possibility import possibility_degree
from crowdnb.labels import real, several, shown, whole
from crowdnb.pages.html import paragraphs
from crowdnb.panels.controls import (
    WIDE,
    float_slider,
    label_style,
    number_field,
    sentence,
    side_by_side,
)
from crowdnb.panels.drawing import ACCENT, BAR, SOFT, axis, bar, drawing, stroke, words
from crowdnb.panels.facts import facts_table
from crowdnb.panels.panel import Panel, View, check_start

_SCALE = "share of the scale, 0 to 1"
_LEFT, _RIGHT = 70, 420  # where the scale's ends lie on a drawing, pixels: with room on both sides
_DROPS = 300  # of a cloud
_OFF = 0.15  # of the scale, beyond whose ends drops and intervals are not drawn


def cloud_view(
    stars: Sequence[int], gamma: float, start: View | None = None, drops: int = _DROPS
) -> View:
    """Cloud, drops and interval of a history, given as how often 1 … S stars were given.

    Changes are against ``start``; ``drops`` says how many are drawn.
    """
    check_start(start)
    gamma, drops = real(gamma, "gamma", 0), whole(drops, "drops", 0)
    counts = np.array(
        [whole(number, "stars", 0) for number in several(stars, "stars")], dtype=np.int64
    )
    if counts.sum() < 2:
        raise ValueError("Give at least two ratings: a cloud needs a spread.")
    cloud = backward_cloud(np.repeat(np.arange(1, len(counts) + 1) / len(counts), counts))
    low, high = cloud.interval(gamma)
    facts = {
        "ratings": int(counts.sum()),
        "Ex": cloud.expectation,
        "En": cloud.entropy,
        "He": cloud.hyper_entropy,
        "S² − En²": cloud.radicand,
        "low": low,
        "high": high,
    }
    # Each drop has an En' of its own, which is why a cloud is thick.
    rng = np.random.default_rng(0)
    width = np.maximum(np.abs(rng.normal(cloud.entropy, cloud.hyper_entropy, drops)), 1e-12)
    x = rng.normal(cloud.expectation, width)
    height = np.exp(-0.5 * ((x - cloud.expectation) / width) ** 2)
    dots = "".join(
        f'<circle cx="{_x(a):.1f}" cy="{190 - 160 * b:.1f}" r="2" fill="{BAR}" fill-opacity="0.6"/>'
        for a, b in zip(x, height, strict=True)
        if -_OFF <= a <= 1 + _OFF
    )
    ends = np.clip([low, high], -_OFF, 1 + _OFF)
    interval = stroke((_x(ends[0]), 206), (_x(ends[1]), 206), ACCENT, width=6)
    said = words(4, 14, "height of a drop: certainty, 0 to 1; bar: interval U", SOFT)
    svg = drawing(
        f"cloud drops and interval from {low:.3f} to {high:.3f}",
        256,
        dots + interval + said + axis(_LEFT, _RIGHT, 214, _SCALE),
    )
    notes = []
    if cloud.radicand < 0:
        notes.append("S² < En²: the radicand is negative, He comes from its absolute value.")
    if low < 0 or high > 1:
        notes.append("The interval leaves [0, 1] and would be clipped.")
    if counts.sum() < 6:
        notes.append(
            "Fewer than six ratings: the count rule would take minimum and maximum instead."
        )
    return View(facts, svg + facts_table(facts, start) + paragraphs(notes))


def cloud_panel(stars: Sequence[int] = (0, 0, 1, 3, 5), gamma: float = 0.1) -> Panel:
    """Edit how often each star was given, and γ: drops, interval, and the sign of the radicand."""
    stars = [whole(number, "stars", 0) for number in several(stars, "stars")]
    gamma = real(gamma, "gamma", 0, 1)
    names = [f"{star} star{'s' * (star > 1)}" for star in range(1, len(stars) + 1)]
    counts = {
        f"star {at}": number_field(
            name, number, 500, names, f"how many ratings of {name} there are, 0 to 500"
        )
        for at, (name, number) in enumerate(zip(names, stars, strict=True), 1)
    }
    slider = float_slider("γ, weight of He (0 to 1)", gamma, 0, 1, 0.05)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return cloud_view([settings[name] for name in counts], settings["gamma"], start)

    rows = [
        sentence("How many ratings of each kind, 0 to 500:"),
        side_by_side(counts.values()),
        slider,
    ]
    return Panel(show, {**counts, "gamma": slider}, rows)


def possibility_view(
    ability: tuple[float, float], demand: tuple[float, float], start: View | None = None
) -> View:
    """Two intervals and the possibility degree that the first meets the second."""
    check_start(start)
    ability, demand = _ends(ability, "ability"), _ends(demand, "demand")
    degree = float(possibility_degree(*ability, *demand))
    facts = {
        "l_U": ability[1] - ability[0],
        "l_D": demand[1] - demand[0],
        "U^H − D^L": ability[1] - demand[0],
        "P": degree,
    }

    def interval(name: str, ends: tuple[float, float], y: int, colour: str) -> str:
        width = max(_x(ends[1]) - _x(ends[0]), 3)
        return bar(_x(ends[0]), y, width, 26, colour) + words(4, y + 18, name)

    past, both = facts["U^H − D^L"], facts["l_U"] + facts["l_D"]
    said = (
        f"U ends {abs(past):.2f} {'above' if past >= 0 else 'below'} the lower end of D; both"
        f" widths: {both:.2f}"
    )
    drawn = (
        words(4, 14, said, SOFT)
        + interval("ability U", ability, 30, BAR)
        + interval("demand D", demand, 80, SOFT)
        + stroke((_x(demand[0]), 106), (_x(demand[0]), 148), SOFT, dashes="3")
        + stroke((_x(ability[1]), 56), (_x(ability[1]), 148), SOFT, dashes="3")
        + axis(_LEFT, _RIGHT, 148, _SCALE)
    )
    ends = "U from {:.2f} to {:.2f}, D from {:.2f} to {:.2f}".format(*ability, *demand)
    svg = drawing(f"{ends}, P = {degree:.3f}", 190, drawn)
    head = f"<p><strong>P(U ≥ D) = {degree:.4f}</strong></p>"
    return View(facts, head + svg + facts_table(facts, start))


def _ends(ends: object, name: str) -> tuple[float, float]:
    """The two ends of an interval on the scale; a ValueError names what is none."""
    if not isinstance(ends, Sequence) or isinstance(ends, str | bytes) or len(ends) != 2:
        raise ValueError(f"{name}: two numbers (low, high) are needed, got {shown(ends)}")
    return real(ends[0], name), real(ends[1], name)


def possibility_panel(
    ability: tuple[float, float] = (0.52, 0.63), demand: tuple[float, float] = (0.4, 1.0)
) -> Panel:
    """Two range sliders: the picture and the degree."""
    ability, demand = _ends(ability, "ability"), _ends(demand, "demand")
    for name, ends in (("ability", ability), ("demand", demand)):
        if not 0 <= ends[0] <= ends[1] <= 1:
            raise ValueError(f"{name} must be low, then high, from 0 to 1, got {shown(ends)}")
    sliders = {
        name: widgets.FloatRangeSlider(
            value=ends, min=0, max=1, step=0.01, description=label, readout_format=".2f",
            layout=WIDE, style=label_style([label]),
        )
        for name, label, ends in (
            ("ability", "ability U (0 to 1)", ability),
            ("demand", "demand D (0 to 1)", demand),
        )
    }  # fmt: skip

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return possibility_view(settings["ability"], settings["demand"], start)

    return Panel(show, sliders, list(sliders.values()))


def _x(value: float) -> float:
    """Place of a value of the scale 0 … 1 on a drawing."""
    return _LEFT + (_RIGHT - _LEFT) * value
