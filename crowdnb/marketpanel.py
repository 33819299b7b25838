"""The panel of the market: a small one, simulated anew at every move of a control.

Built as those of :mod:`crowdnb.whatif`: a pure function turns a market into a :class:`crowdnb.whatif.View`, and a panel
shows the view of whatever its controls say.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from crowdnb.market import DAY, Market
from crowdnb.rolling import simulate
from crowdnb.whatif import BAR, INK, SOFT, Panel, View, _drawing, _facts, _slider

# Some two hundred tasks: quick enough to drag a slider.
SMALL = Market(days=2, workers=100, arrivals=4.0, epoch=1.0, skills=2, places=2, notice=1.0)
CONTROLS = {
    "arrivals": ("arrivals (tasks an hour)", 0.5, 8, 0.5),
    "workers": ("workers (persons)", 20, 200, 10),
    "epoch": ("epoch (hours)", 0.5, 6, 0.5),
    "decay": ("decay (factor a day)", 0.1, 1, 0.05),
    "price": ("price of a change (of Q)", 0, 1, 0.05),
}


def market_view(market: Market, start: View | None = None, seed: int = 0) -> View:
    """A market with the optimal policy: what became of it, and how many places stood empty; against ``start``."""
    run = simulate(market, seed=seed)
    s = run.summary
    facts: dict[str, float] = {
        "tasks": int(s["tasks"]),
        "finished in time (share)": s["served"],
        "demand met (share)": s["met"],
        "median wait (hours)": s["waiting"],
        "at work, of those there (share)": s["load"],
        "income (money a worker)": s["income"],
        "Gini of incomes (0 to 1)": s["gini"],
        "people moved": int(s["moves"]),
        "ranks, estimated and true (−1 to 1)": s["skill"],
    }
    for name, value in facts.items():
        facts[name] = (
            value if isinstance(value, int) else 0.0 if math.isnan(value) else float(value)
        )  # no mean of nothing
    queue = run.epochs.set_index("hour")["queue"]
    share = facts["finished in time (share)"]
    head = f"<p><strong>{share:.1%}</strong> of {facts['tasks']} tasks finished in time.</p>"
    before = None if start is None else start.facts["queue"]
    picture = _empty_places(queue, before, market.days * DAY)
    return View({**facts, "queue": queue}, head + _facts(facts, start) + picture)


def market_panel(market: Market = SMALL, seed: int = 0) -> Panel:
    """Arrivals, workers, epoch, decay and the price of a change: a small market, simulated anew at every move."""
    names = [text for text, *_ in CONTROLS.values()]
    controls = {
        name: _slider(text, getattr(market, name), low, high, step, names)
        for name, (text, low, high, step) in CONTROLS.items()
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return market_view(panel_market(settings, market), start, seed)

    note = f"Made data, seed {seed}. The same tasks and people at every move; more of them are these and then some."
    return Panel(show, controls, list(controls.values()), note)


def panel_market(settings: Mapping[str, Any], market: Market = SMALL) -> Market:
    """The market that the settings of a market panel describe."""
    return replace(market, **{**settings, "workers": round(settings["workers"])})


def _empty_places(queue: pd.Series[int], before: pd.Series[int] | None, hours: float) -> str:
    """Empty places at each matching as a line, and those of the start as a dashed one."""
    lines = [(queue, BAR, "none")]
    if before is not None:
        lines.insert(0, (before, SOFT, "5 4"))
    most = max(1, *(int(line.max()) for line, _, _ in lines if len(line)))
    drawn = ""
    for line, colour, dashes in lines:
        part = line[line.index <= hours]
        x, y = 40 + 430 * part.index.to_numpy(dtype=float) / hours, 150 - 125 * part.to_numpy() / most
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        drawn += f'<polyline points="{points}" {style}/>'
    frame = f'<path d="M40 25V150H470" fill="none" stroke="{INK}"/>'
    ticks = "".join(
        f'<text x="{40 + 430 * share:.0f}" y="167" text-anchor="middle" fill="{INK}">{hours * share:g}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    ends = "".join(
        f'<text x="34" y="{154 - 125 * share}" text-anchor="end" fill="{INK}">{most * share:g}</text>'
        for share in (0, 1)
    )
    title = f'<text x="4" y="13" fill="{SOFT}">places without anybody before each matching; dashed: at the start</text>'
    name = f'<text x="255" y="184" text-anchor="middle" fill="{INK}">hours since the beginning</text>'
    alt = "no task" if queue.empty else f"places without anybody: {queue.max()} at most, {queue.mean():.1f} on average"
    return _drawing(alt, 190, title + frame + drawn + ticks + ends + name)
