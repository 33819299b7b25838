"""Panel of notebook 11, customer service: when a bot hands over to a person."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from crowdnb.labels import needs, real, shown, whole
from crowdnb.market.scenes.reader import Scene, table_of
from crowdnb.market.scenes.service import (
    OPEN,
    PERSON,
    HandOver,
    cheapest_threshold,
    fitting_threshold,
    hand_over,
)
from crowdnb.pages.html import paragraphs
from crowdnb.panels.controls import float_slider, whole_slider
from crowdnb.panels.drawing import BAR, time_chart
from crowdnb.panels.facts import facts_table
from crowdnb.panels.panel import Panel, View, check_start


def service_view(
    day: HandOver, fitting: float, person: float = PERSON, start: View | None = None
) -> View:
    """A day at a threshold: who answers, the queue for a person, and two other thresholds.

    ``fitting`` is the day's :func:`crowdnb.market.scenes.fitting_threshold`, ``person`` the price
    of a person's answer in euros.
    """
    check_start(start)
    if not (math.isnan(needs(fitting, float, "fitting")) or 0 <= fitting <= 1):
        raise ValueError(f"fitting must lie in [0, 1], or be NaN, got {shown(fitting)}")
    busiest = needs(day, HandOver, "day").by_hour["load"]
    cheapest = cheapest_threshold(person)
    facts = {
        "share answered by people": day.by_people,
        "share told wrong first": day.wrong / day.inquiries,
        "people's work / their time": day.load,
        "the same in the busiest hour": float(busiest.max()),
        "mean wait (min)": day.mean_wait,
        "longest queue (customers)": day.longest_queue,
        "cost of the day (€)": day.cost(person),
        "cheapest threshold": cheapest,
        "highest threshold whose work fits the day": fitting,
    }
    state = "there is more work than time" if day.load > 1 else "the work fits into the day"
    head = (
        f"<p><strong>At {day.threshold:.2f} {state}</strong>: it is {100 * day.load:.0f} % of the"
        f" people's day, and {100 * busiest.max():.0f} % of hour"
        f" {busiest.to_numpy().argmax() + 1}.</p>"
    )
    notes = []
    if math.isnan(fitting):
        notes.append(
            "Even at 0, where people get complaints and what the bot told wrong, the work does not"
            " fit into the day."
        )
    elif fitting < cheapest:
        notes.append("At the cheapest threshold there is more work than time.")
    return View(facts, head + _queue(day) + facts_table(facts, start) + paragraphs(notes))


def _queue(day: HandOver) -> str:
    """Who waits for a person, by the hour of the day, as a line."""
    minutes = np.arange(0.0, OPEN + 241, 4)  # four hours beyond closing time
    waiting = day.queue(minutes)
    top = max(10, 10 * math.ceil(waiting.max() / 10))
    at_close = waiting[minutes <= OPEN][-1]
    return time_chart(
        f"Queue for a person over the day: at most {waiting.max():.0f}, at closing time"
        f" {at_close:.0f}",
        "customers who wait for a person; dashed: closing time",
        "hours since opening",
        [(minutes / 60, waiting, BAR, "none")],
        range(0, int(minutes[-1]) // 60 + 1, 2),
        [0, top // 2, top],
        bottom=190,
        mark=OPEN / 60,
    )


def service_panel(scene: Scene, threshold: float = 0.5, staff: int = 5) -> Panel:
    """Threshold, staff and the price of an answer: who answers, how long the queue is."""
    threshold, staff = real(threshold, "threshold", 0, 1), whole(staff, "staff")
    inquiries = table_of(scene, "inquiries")
    texts = [
        "threshold of confidence (0 to 1)",
        "people who answer (persons)",
        "a person's answer (€)",
    ]
    controls = {
        "threshold": float_slider(texts[0], threshold, 0, 1, 0.05, texts),
        "staff": whole_slider(texts[1], staff, 1, 12, 1, texts),
        "person": float_slider(texts[2], PERSON, 0, 8, 0.5, texts),
    }

    @cache
    def fitting(staff: int) -> float:
        return fitting_threshold(inquiries, staff)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        day = hand_over(inquiries, settings["threshold"], settings["staff"])
        return service_view(day, fitting(day.staff), settings["person"], start)

    return Panel(show, controls, list(controls.values()))
