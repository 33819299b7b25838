"""Panel of notebook 10: a market in motion, a small one that is simulated anew at every move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pandas as pd

from crowdnb.labels import listing, needs, shown, whole
from crowdnb.market.parameters import DAY, Market
from crowdnb.market.simulation.running import simulate
from crowdnb.panels.controls import float_slider, whole_slider
from crowdnb.panels.drawing import BAR, SOFT, time_chart
from crowdnb.panels.facts import facts_table
from crowdnb.panels.panel import Panel, View, check_start

# Some thirty tasks in a day: quick enough to drag a slider. Each slider's next step changes
# something.
SMALL = Market(
    days=1,
    workers=60,
    arrivals=1.5,
    epoch=2.0,
    skills=2,
    places=2,
    notice=2.0,
    load=(0.5, 2.0),
    slack=(8.0, 16.0),
    history=8,
    decay=0.7,
    drift=0.1,
)
CONTROLS = {
    "arrivals": ("arrivals (tasks an hour)", 0.5, 4, 0.5),
    "workers": ("workers (persons)", 20, 100, 10),
    "epoch": ("epoch (hours)", 1, 6, 0.5),
    "decay": ("decay (factor a day)", 0.1, 1, 0.05),
    "price": ("price of a change (of Q)", 0, 1, 0.05),
}


def market_view(market: Market, start: View | None = None, seed: int = 0) -> View:
    """A market with the optimal policy: what became of it, and how many places stood empty.

    Changes are against ``start``. A mean of nothing is NaN, and shown as a dash.
    """
    check_start(start)
    run = simulate(market, seed=seed)
    s = run.summary
    facts: dict[str, float] = {
        "tasks": int(s["tasks"]),
        "finished in time (share)": float(s["served"]),
        "demand met (share)": float(s["met"]),
        "median wait (hours)": float(s["waiting"]),
        "at work, of those there (share)": float(s["load"]),
        "income (money a worker)": float(s["income"]),
        "Gini of incomes (0 to 1)": float(s["gini"]),
        "people moved": int(s["moves"]),
        "ranks, estimated and true (−1 to 1)": float(s["skill"]),
    }
    queue = run.epochs.set_index("hour")["queue"]
    share = facts["finished in time (share)"]
    head = "<p><strong>No task has come yet.</strong></p>"
    if facts["tasks"]:
        head = f"<p><strong>{share:.1%}</strong> of {facts['tasks']} tasks finished in time.</p>"
    before = None if start is None else start.facts["queue"]
    picture = _empty_places(queue, before, market.days * DAY)
    return View({**facts, "queue": queue}, head + facts_table(facts, start) + picture)


def market_panel(market: Market = SMALL, seed: int = 0) -> Panel:
    """Arrivals, workers, epoch, decay and the price of a change of a small market."""
    needs(market, Market, "market")
    seed = whole(seed, "seed", 0)
    names = [text for text, *_ in CONTROLS.values()]
    controls = {
        name: (whole_slider if isinstance(step, int) else float_slider)(
            text, getattr(market, name), low, high, step, names
        )
        for name, (text, low, high, step) in CONTROLS.items()
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return market_view(panel_market(settings, market), start, seed)

    note = (
        f"Simulated data, seed {seed}: a small market in which tasks arrive for"
        f" {market.days * DAY:g} hours, so that it answers at once. The same tasks and people at"
        " every move; more of them are these and then some."
    )
    return Panel(show, controls, list(controls.values()), note)


def panel_market(settings: Mapping[str, Any], market: Market = SMALL) -> Market:
    """The market that the settings of a market panel describe."""
    if not isinstance(settings, Mapping):
        raise ValueError(
            f"settings: a mapping of names to numbers is needed, got {shown(settings)}"
        )
    known = [one.name for one in fields(needs(market, Market, "market"))]
    if unknown := [name for name in settings if name not in known]:
        raise ValueError(
            f"settings: {listing(map(shown, unknown))} is unknown; there are"
            f" {listing(known, len(known))}"
        )
    return replace(market, **settings)


def _empty_places(queue: pd.Series[int], before: pd.Series[int] | None, hours: float) -> str:
    """Empty places at each matching as a line, and those of the start as a dashed one."""
    queues = [(queue, BAR, "none")]
    if before is not None:
        queues.insert(0, (before, SOFT, "5 4"))
    lines = []
    for line, colour, dashes in queues:
        part = line[line.index <= hours]
        x, y = part.index.to_numpy(dtype=float), part.to_numpy(dtype=float)
        lines.append((x, y, colour, dashes))
    most = max([1, *(int(line.max()) for line, *_ in queues if len(line))])
    alt = "no task"
    if len(queue):
        alt = f"places without anybody: {queue.max()} at most, {queue.mean():.1f} on average"
    return time_chart(
        alt,
        "places without anybody before each matching; dashed: at the start",
        "hours since the beginning",
        lines,
        [hours * share for share in (0, 0.25, 0.5, 0.75, 1)],
        [0, most],
        bottom=150,
    )
