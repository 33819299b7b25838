"""Panel of notebook 03: criteria judged two by two, or weighed directly (fuzzy AHP)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crowdnb.ability.consistency import consistency_of
from crowdnb.ability.weights import LEVELS, consistent_matrix, criteria_weights, weight_range
from crowdnb.labels import listing, several, text_of, unique_index
from crowdnb.pages.html import paragraphs, text_table
from crowdnb.panels.controls import WIDE, WeightSliders, given_weights, label_style, sentence
from crowdnb.panels.drawing import SOFT, axis, bar, drawing, words
from crowdnb.panels.facts import facts_table
from crowdnb.panels.panel import Panel, View, check_start


def weights_view(judgement: pd.DataFrame, start: View | None = None) -> View:
    """Z, w, the range that the scale can reach, and cycles, of a judgement matrix."""
    check_start(start)
    w, z = criteria_weights(judgement), consistent_matrix(judgement)
    reach = weight_range(len(w))
    facts = {str(criterion): float(weight) for criterion, weight in w.items()}
    said = f"On this scale every weight lies between {reach[0]:.4f} and {reach[1]:.4f} (grey)."
    rows = [
        [name, *(f"{value:.3f}" for value in values)]
        for name, values in zip(z.index, z.to_numpy(), strict=True)
    ]
    text = text_table(["", *z.columns], rows)
    consistency = str(consistency_of(pd.DataFrame(judgement)))
    below = paragraphs([said, consistency, "Z, the fuzzy consistent matrix (0 to 1):"])
    return View(facts, _weight_bars(facts, reach) + facts_table(facts, start) + below + text)


def direct_weights_view(weights: pd.Series[float], start: View | None = None) -> View:
    """Weights as they are given, and which of them no five-level judgements can reach."""
    check_start(start)
    weights = given_weights(weights)
    reach = weight_range(len(weights))
    facts = {str(criterion): float(weight) for criterion, weight in weights.items()}
    outside = {name: side for name, weight in facts.items() if (side := _outside(weight, reach))}
    said = (
        f"Five-level judgements give one criterion a weight between {reach[0]:.4f} and"
        f" {reach[1]:.4f} (grey). "
    )
    if outside:
        parts = listing(f"{name} {facts[name]:.3f} is {side}" for name, side in outside.items())
        said += f"No judgements give these weights: {parts}."
    else:
        said += (
            "Each of these lies within; whether one judgement matrix gives all of them together is"
            " not checked."
        )
    below = paragraphs([said, "Z belongs to judgements; weights given directly have none."])
    return View(facts, _weight_bars(facts, reach) + facts_table(facts, start) + below)


def weights_panel(
    criteria: Sequence[str] = ("skill", "efficiency", "quality", "activity"),
) -> Panel:
    """Judge every two criteria on five levels, or set the weights: Z, w, and what can be reached.

    The control ``how`` says which of the two counts, ``"judgements"`` or ``"directly"``.
    """
    criteria = [
        text_of(name, "criteria")
        for name in unique_index(several(criteria, "criteria"), "criteria")
    ]
    if not criteria:
        raise ValueError("criteria: one or more are needed, got none")
    pairs = [(i, k) for i in range(len(criteria)) for k in range(i + 1, len(criteria))]
    levels = dict(zip(["much less", "less", "the same", "more", "much more"], LEVELS, strict=True))
    texts = [f"{criteria[i]} against {criteria[k]}" for i, k in pairs]
    judgements = {
        f"{criteria[i]} {criteria[k]}": widgets.SelectionSlider(
            options=levels, value=0.5, description=text, layout=WIDE, style=label_style(texts),
            tooltip=f"how much {criteria[i]} matters against {criteria[k]}:"
            " much less 0.1 … much more 0.9",
        )
        for (i, k), text in zip(pairs, texts, strict=True)
    }  # fmt: skip
    direct = WeightSliders(pd.Series(1 / len(criteria), index=list(criteria)))
    how = widgets.RadioButtons(
        options=["judgements", "directly"], description="set by", orientation="horizontal",
        layout=widgets.Layout(width="auto"),
        tooltip="five-level judgements of every two criteria, or the weights themselves",
    )  # fmt: skip
    each = sentence(
        "How much the first matters against the second, from much less (0.1) to much more (0.9):"
    )
    by_judgement = widgets.VBox([each, *judgements.values()])
    by_weight = widgets.VBox(
        [sentence("Weights, kept summing to 1: the others share the rest as they did."), direct]
    )

    def switch(_: object = None) -> None:
        by_judgement.layout.display = "flex" if how.value == "judgements" else "none"
        by_weight.layout.display = "none" if how.value == "judgements" else "flex"

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        if settings["how"] == "directly":
            return direct_weights_view(pd.Series(settings["weights"], index=list(criteria)), start)
        b = np.full((len(criteria), len(criteria)), 0.5)
        for (i, k), name in zip(pairs, judgements, strict=True):
            b[i, k], b[k, i] = settings[name], 1 - settings[name]
        return weights_view(pd.DataFrame(b, index=list(criteria), columns=list(criteria)), start)

    switch()
    panel = Panel(
        show, {**judgements, "how": how, "weights": direct}, [how, by_judgement, by_weight]
    )
    how.observe(switch, names="value")  # after the panel: the answer comes first
    return panel


def _outside(weight: float, reach: tuple[float, float]) -> str:
    """On which side of the range a weight lies, if it lies outside."""
    if weight < reach[0] - 1e-9:
        return "too small"
    return "too large" if weight > reach[1] + 1e-9 else ""


def _weight_bars(weights: Mapping[str, float], reach: tuple[float, float]) -> str:
    """One bar per weight, its name and number above it, on the range that judgements can reach."""
    left, right, bottom = 10, 470, 36 * len(weights) + 4
    wide = right - left
    drawn = bar(left + wide * reach[0], 0, wide * (reach[1] - reach[0]), bottom, SOFT, 0.25)
    for k, (name, weight) in enumerate(weights.items()):
        side = _outside(weight, reach)
        said = f"{name} {weight:.3f}" + (f", {side} for judgements" if side else "")
        drawn += words(left, 36 * k + 14, said) + bar(left, 36 * k + 19, wide * weight, 14)
    alt = "weights: " + ", ".join(f"{name} {weight:.3f}" for name, weight in weights.items())
    return drawing(alt, bottom + 42, drawn + axis(left, right, bottom, "weight, 0 to 1"))
