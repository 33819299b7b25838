"""Panels of notebooks 01 and 02: a rating history as a cloud, and two intervals compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crowdnb.ability.intervals import Rule, ability_intervals
from crowdnb.ability.possibility import possibility_degree
from crowdnb.ability.scale import Scale
from crowdnb.labels import FloatArray, between, one_of, real, shown, whole
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
from crowdnb.panels.history import SHARE, History, history_of
from crowdnb.panels.panel import Panel, View, check_start

_LEFT, _RIGHT = 70, 420  # where the scale's ends lie on a drawing, pixels: with room on both sides
_DROPS = 300  # of a cloud
_NAMED = 11  # marks above whose bars there is room for a name
_OFF = 0.15  # of the scale, beyond whose ends drops and intervals are not drawn


def cloud_view(
    stars: Sequence[float] | pd.Series[float],
    gamma: float,
    start: View | None = None,
    drops: int = _DROPS,
    *,
    scale: Scale | Sequence[float] | None = None,
    ability: Rule = "cloud",
    level: float = 0.9,
) -> View:
    """The interval of a history, given as how often each mark was given, and what it is made of.

    Parameters
    ----------
    stars : sequence of float, or a row of counts
        How often 1 … S stars were given, or each mark of the scale; a row of
        :func:`crowdnb.count_ratings`, such as ``counts.loc[("Ann", "care")]``, knows its marks.
        Ratings that have faded count less than 1.
    gamma : float
        Influence of He, for ``"cloud"``.
    start : View, optional
        Changes are against it.
    drops : int
        How many are drawn of a cloud.
    scale, ability, level : optional
        As for :func:`crowdnb.count_ratings` and :func:`crowdnb.ability_intervals`.
    """
    check_start(start)
    gamma, drops = real(gamma, "gamma", 0), whole(drops, "drops", 0)
    one_of(ability, get_args(Rule), "ability")
    return _view_of(history_of(stars, scale), gamma, start, drops, ability, between(level, "level"))


def _view_of(
    history: History, gamma: float, start: View | None, drops: int, ability: Rule, level: float
) -> View:
    """The view of one history, by either rule."""
    if ability == "posterior":
        return _posterior_view(history, level, start)
    if history.total < 2:
        raise ValueError("Give at least two ratings: a cloud needs a spread.")
    cloud = history.cloud()
    low, high = cloud.interval(gamma)
    facts = {
        "ratings": history.total,
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
    svg = _picture(
        f"cloud drops and interval from {low:.3f} to {high:.3f}",
        "height of a drop: certainty, 0 to 1; bar: interval U",
        dots,
        np.clip([low, high], -_OFF, 1 + _OFF),
        history.axis_name,
    )
    notes = []
    if cloud.radicand < 0:
        notes.append("S² < En²: the radicand is negative, He comes from its absolute value.")
    if low < 0 or high > 1:
        notes.append("The interval leaves [0, 1] and would be clipped.")
    if history.total < 6:
        notes.append(
            "Fewer than six ratings: the count rule would take minimum and maximum instead."
        )
    return View(facts, svg + facts_table(facts, start) + paragraphs(notes))


def _posterior_view(history: History, level: float, start: View | None) -> View:
    """How probable each mark is as the next one, and the interval that holds it at the level."""
    if history.total <= 0:
        raise ValueError("Give at least one rating: of none the interval is the whole scale.")
    chance, shares = history.next_chances, history.shares
    ends = ability_intervals(history.counts, ability="posterior", level=level).to_numpy()[0]
    inside = (shares >= ends[0]) & (shares <= ends[1])
    facts = {
        "ratings": history.total,
        "mean of the next": float(chance @ shares),
        "low": float(ends[0]),
        "high": float(ends[1]),
        "P(next in U)": float(chance[inside].sum()),
    }
    wide = min(28.0, 0.7 * (_x(1) - _x(0)) * float(np.diff(shares).min(initial=1)))
    drawn = "".join(
        bar(_x(at) - wide / 2, 190 - 160 * one, wide, 160 * one, opacity=0.6)
        for at, one in zip(shares, chance, strict=True)
    )
    if len(shares) <= _NAMED:
        drawn += "".join(
            words(_x(at), 184 - 160 * one, name, SOFT, "middle")
            for at, one, name in zip(shares, chance, history.names, strict=True)
        )
    svg = _picture(
        f"chances of the next rating and interval from {ends[0]:.3f} to {ends[1]:.3f}",
        "height of a bar: chance of the next rating, 0 to 1; line: interval U",
        drawn,
        ends,
        history.axis_name,
    )
    note = (
        "The ends of the interval are marks: the next rating lies in it with probability"
        f" {facts['P(next in U)']:.3f}, and {level:g} was asked for."
    )
    return View(facts, svg + facts_table(facts, start) + paragraphs([note]))


def _picture(alt: str, said: str, drawn: str, ends: FloatArray, axis_name: str) -> str:
    """What is drawn over the scale, and below it the interval."""
    interval = stroke((_x(ends[0]), 206), (_x(ends[1]), 206), ACCENT, width=6)
    above = drawn + interval + words(4, 14, said, SOFT)
    return drawing(alt, 256, above + axis(_LEFT, _RIGHT, 214, axis_name))


def cloud_panel(
    stars: Sequence[float] | pd.Series[float] = (0, 0, 1, 3, 5),
    gamma: float = 0.1,
    *,
    scale: Scale | Sequence[float] | None = None,
    ability: Rule = "cloud",
    level: float = 0.9,
) -> Panel:
    """Edit how often each mark was given, and γ or the level: the interval and what it is made of.

    Arguments as for :func:`cloud_view`. By the cloud model: drops, interval, and the sign of the
    radicand; by the posterior, which knows no γ: how probable each mark is as the next one.
    """
    history = history_of(stars, scale)
    gamma, level = real(gamma, "gamma", 0, 1), between(level, "level")
    one_of(ability, get_args(Rule), "ability")
    names, step = history.names, 0 if history.whole else 0.1
    called = "star" if history.stars else "mark"
    counts = {
        f"{called} {mark:.12g}": number_field(
            name, number, 500, names, f"how many ratings of {name} there are, 0 to 500", step
        )
        for mark, name, number in zip(history.marks, names, history.n, strict=True)
    }
    slider: dict[str, Any] = {}
    if ability == "cloud":
        slider = {"gamma": float_slider("γ, weight of He (0 to 1)", gamma, 0, 1, 0.05)}
    else:
        text = "level, chance of the next (0.5 to 0.99)"
        slider = {"level": float_slider(text, level, min(level, 0.5), max(level, 0.99), 0.01)}

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        now = replace(history, n=np.array([settings[name] for name in counts], dtype=float))
        chosen = {"gamma": gamma, "level": level} | {name: settings[name] for name in slider}
        return _view_of(now, chosen["gamma"], start, _DROPS, ability, chosen["level"])

    rows = [
        sentence("How many ratings of each kind, 0 to 500:"),
        side_by_side(counts.values()),
        *slider.values(),
    ]
    return Panel(show, {**counts, **slider}, rows)


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
        + axis(_LEFT, _RIGHT, 148, SHARE)
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
