"""Panels of the second source: matching policies on a made-up market, a market in motion, and the three scenes.

Built as those of :mod:`crowdnb.panels.whatif`: a pure function turns settings into a
:class:`crowdnb.panels.whatif.View`, and a panel shows the view of whatever its controls say.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache, lru_cache, partial
from typing import Any, get_args

import ipywidgets as widgets
import numpy as np
import pandas as pd

from crowdnb.labels import (
    listing,
    needs,
    needs_frame,
    number_frame,
    one_of,
    real,
    same_labels,
    shown,
    whole,
)
from crowdnb.market import matching
from crowdnb.market.parameters import DAY, Market
from crowdnb.market.privacy import TOTAL, safe_table
from crowdnb.market.scenes import (
    OPEN,
    PERSON,
    Gate,
    HandOver,
    Rule,
    Scene,
    cheapest_threshold,
    consultations,
    distances,
    flood_point,
    hand_over,
    incomes,
    revenue_shares,
    table_of,
    too_close,
    without_credential,
)
from crowdnb.market.simulation import simulate
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem
from crowdnb.pages.report import grid
from crowdnb.panels.whatif import (
    ACCENT,
    BAR,
    INK,
    SOFT,
    WIDE,
    Panel,
    View,
    check_start,
    drawing,
    facts_table,
    float_slider,
    label_style,
    number_field,
    paragraphs,
    side_by_side,
)
from crowdnb.solver.search import optimum

# Matching policies

# What the made-up market hangs on.
MADE = ("workers", "tasks", "screened_out", "conflict_probability", "seed")


def policies_view(settings: Mapping[str, Any], start: View | None = None) -> View:
    """Every matching policy on the made-up market that the settings describe; changes are against ``start``.

    Settings are workers, tasks, screened_out and conflict_probability of
    :func:`crowdnb.matching.market`, its seed, the auction's epsilon, and seen, the probability that
    Q of a pair is known to collaborative filtering. What workers wish is drawn.
    """
    check_start(start)
    settings = _settings(settings, (*MADE, "epsilon", "seen"))
    made = tuple(settings[name] for name in MADE)
    options = {"auction": settings["epsilon"], "collaborative filtering": settings["seen"]}
    problem, policies = _made(*made)[0], list(matching.POLICIES)
    fares = {policy: _fares(policy, options.get(policy, 0.0), made) for policy in policies}
    table = pd.DataFrame.from_dict(fares, orient="index").drop(columns="seconds")
    best = float(table["match"].max())
    table.insert(0, "of best", 100 * table["match"] / best if best else 100.0)
    table["served"] *= 100
    facts = {
        f"{name}, {column}": float(value)
        for column in table
        for name, value in table[column].items()
    }
    names = (
        "match (% of best)",
        "change (points)",
        "places filled (%)",
        "worst-off task (Q)",
        "income (Gini)",
    )
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = []
    for policy in policies:
        share, full, worst, gini = (
            facts[f"{policy}, {one}"] for one in ("of best", "served", "worst task", "income Gini")
        )
        change = f"{share - start.facts[f'{policy}, of best']:+.1f}" if start else ""
        moved = change.strip("+-0.") != ""
        changed = (
            '<td style="color:'
            f' {ACCENT if moved else SOFT}">{change if moved else "as it was"}</td>'
        )
        ground = (
            f"linear-gradient(to right, {BAR} {share:.1f}%, transparent 0) bottom / 100% 4px"
            " no-repeat"
        )
        cells = f'<td style="background: {ground}">{share:.1f}</td>{changed}<td>{full:.1f}</td>'
        rows.append(
            f'<tr><th scope="row">{policy}</th>{cells}<td>{worst:.3f}</td><td>{gini:.3f}</td></tr>'
        )
    words = (
        f"{len(problem.workers)} workers, {len(problem.tasks)} tasks with {problem.need.sum()}"
        f" places, {problem.eligible.mean():.0%} of the pairs allowed,"
        f" {len(problem.conflict_pairs)} pairs of workers in conflict. The best match is"
        f" {best:.3f}."
    )
    return View(facts, f"<p>{words}</p><table><tr><td></td>{head}</tr>{''.join(rows)}</table>")


def _settings(settings: object, names: Sequence[str]) -> Mapping[str, Any]:
    """Settings with these names, each a number; ValueError names what is missing or wrong."""
    if not isinstance(settings, Mapping):
        raise ValueError(
            f"settings: a mapping of names to numbers is needed, got {shown(settings)}"
        )
    if missing := [name for name in names if name not in settings]:
        raise ValueError(f"settings: no entry for {listing(missing)}")
    for name in names:
        real(settings[name], f"settings: {name}", 0)
    return settings


@lru_cache(maxsize=1)
def _made(
    workers: int, tasks: int, screened_out: float, conflicts: float, seed: int
) -> tuple[Problem, Any, Any]:
    """The made-up market; numbers that say which pairs are seen; what workers wish."""
    problem = matching.market(
        workers, tasks, seed, screened_out=screened_out, conflict_probability=conflicts
    )
    rng = np.random.default_rng(seed)
    shape = problem.q.shape
    drawn, wishes = (
        pd.DataFrame(rng.uniform(size=shape), problem.workers, problem.tasks) for _ in range(2)
    )
    return problem, drawn, wishes


@lru_cache(maxsize=len(matching.POLICIES))  # of the last market: ε moves the auction alone
def _fares(policy: str, option: float, made: tuple[Any, ...]) -> dict[str, float]:
    """What :func:`crowdnb.market.matching.trial` says of a policy; ``option`` is the auction's ε, or the share seen."""
    problem, drawn, wishes = _made(*made)
    how = matching.POLICIES[policy]
    match policy:
        case "auction":
            how = partial(matching.auction, epsilon=option)
        case "collaborative filtering":
            how = partial(matching.collaborative_filtering, seen=drawn < option)
        case "deferred acceptance":
            how = partial(matching.deferred_acceptance, wishes=wishes)
    return matching.trial(problem, policy, how, made[-1])


def policies_panel() -> Panel:
    """Size, screening and conflicts of a made-up market, ε and what is known of it: how each policy fares."""
    texts = {
        "screened_out": "pairs screened out (0 to 0.95)",
        "conflict_probability": "workers in conflict (0 to 0.3)",
        "seen": "matches seen (0.05 to 1)",
        "epsilon": "ε, least raise of a bid (Q)",
        "workers": "workers",
        "tasks": "tasks",
        "seed": "seed of the market",
    }
    shares = {
        "screened_out": (0.8, 0, 0.95, 0.05),
        # with more the proof takes longer than a slider may
        "conflict_probability": (0.1, 0, 0.3, 0.05),
        "seen": (0.5, 0.05, 1, 0.05),
        "epsilon": (0.01, 0.01, 0.3, 0.01),
    }
    labels = [texts[name] for name in shares]
    controls = {name: float_slider(texts[name], *values, labels) for name, values in shares.items()}
    for name, value, least, most in (
        ("workers", 50, 1, 100),
        ("tasks", 30, 1, 60),
        ("seed", 1, 0, 99),
    ):
        controls[name] = number_field(
            texts[name], value, most, [texts["seed"]], f"{texts[name]}, {least} to {most}"
        )
        controls[name].min = least
    sliders, fields = list(controls.values())[: len(shares)], list(controls.values())[len(shares) :]
    return Panel(
        policies_view, controls, [*sliders, side_by_side(fields)], "The market is made up."
    )


# A market in motion

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
    """A market with the optimal policy: what became of it, and how many places stood empty; against ``start``."""
    check_start(start)
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
    return View({**facts, "queue": queue}, head + facts_table(facts, start) + picture)


def market_panel(market: Market = SMALL, seed: int = 0) -> Panel:
    """Arrivals, workers, epoch, decay and the price of a change: a small market, simulated anew at every move."""
    needs(market, Market, "market")
    seed = whole(seed, "seed", 0)
    names = [text for text, *_ in CONTROLS.values()]
    controls = {
        name: (_whole if isinstance(step, int) else float_slider)(
            text, getattr(market, name), low, high, step, names
        )
        for name, (text, low, high, step) in CONTROLS.items()
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return market_view(panel_market(settings, market), start, seed)

    note = (
        f"Made data, seed {seed}: a small market in which tasks arrive for {market.days * DAY:g}"
        " hours, so that it answers at once. The same tasks and people at every move; more of them"
        " are these and then some."
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
    lines = [(queue, BAR, "none")]
    if before is not None:
        lines.insert(0, (before, SOFT, "5 4"))
    most = max([1, *(int(line.max()) for line, _, _ in lines if len(line))])
    drawn = ""
    for line, colour, dashes in lines:
        part = line[line.index <= hours]
        x, y = (
            40 + 430 * part.index.to_numpy(dtype=float) / hours,
            150 - 125 * part.to_numpy() / most,
        )
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        style = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"'
        drawn += f'<polyline points="{points}" {style}/>'
    frame = f'<path d="M40 25V150H470" fill="none" stroke="{INK}"/>'
    ticks = "".join(
        f'<text x="{40 + 430 * share:.0f}" y="167" text-anchor="middle"'
        f' fill="{INK}">{hours * share:g}</text>'
        for share in (0, 0.25, 0.5, 0.75, 1)
    )
    ends = "".join(
        f'<text x="34" y="{154 - 125 * share}" text-anchor="end"'
        f' fill="{INK}">{most * share:g}</text>'
        for share in (0, 1)
    )
    title = (
        f'<text x="4" y="13" fill="{SOFT}">places without anybody before each matching; dashed: at'
        " the start</text>"
    )
    name = (
        f'<text x="255" y="184" text-anchor="middle" fill="{INK}">hours since the beginning</text>'
    )
    alt = (
        "no task"
        if queue.empty
        else f"places without anybody: {queue.max()} at most, {queue.mean():.1f} on average"
    )
    return drawing(alt, 190, title + frame + drawn + ticks + ends + name)


# The three scenes

REACHES = {
    "anybody": -1,
    "not the authors": 0,
    "nor who is tied to one": 1,
    "nor who is tied to these": 2,
}
GATES: dict[str, Gate] = {
    "ignored": 0.0,
    "20 % of the score": 0.2,
    "40 % of the score": 0.4,
    "hard gate": "hard",
}


def service_view(
    day: HandOver, flood: float, person: float = PERSON, start: View | None = None
) -> View:
    """A day at a threshold: who answers, the queue for a person, and the two thresholds that matter.

    ``flood`` is the day's :func:`crowdnb.market.scenes.flood_point`, ``person`` the price of a
    person's answer in euros.
    """
    check_start(start)
    if not (math.isnan(needs(flood, float, "flood")) or 0 <= flood <= 1):
        raise ValueError(f"flood must lie in [0, 1], or be NaN, got {shown(flood)}")
    cheapest = cheapest_threshold(person)
    facts = {
        "share answered by people": needs(day, HandOver, "day").by_people,
        "share told wrong first": day.wrong / day.inquiries,
        "people's work / their time": day.load,
        "mean wait (min)": day.mean_wait,
        "longest queue (customers)": day.longest_queue,
        "cost of the day (€)": day.cost(person),
        "cheapest threshold": cheapest,
        "highest threshold without a flood": flood if flood == flood else 0.0,
    }
    state = "the people are flooded" if day.load > 1 else "the people keep up"
    head = (
        f"<p><strong>At {day.threshold:.2f} {state}</strong>: their work is {100 * day.load:.0f} %"
        " of their day.</p>"
    )
    notes = [
        (
            "Even at 0, where they get complaints and what the bot told wrong, people are flooded."
            if flood != flood
            else ""
        ),
        "The cheapest threshold floods them." if flood == flood and flood < cheapest else "",
    ]
    minutes = np.arange(0.0, OPEN + 241, 4)
    return View(
        facts,
        head + _queue(minutes, day.queue(minutes)) + facts_table(facts, start) + paragraphs(notes),
    )


def _queue(minutes: Any, waiting: Any) -> str:
    """Who waits for a person, by the hour of the day, as a line."""
    top = max(10, 10 * int(np.ceil(waiting.max() / 10)))
    left, right, bottom, height = 50, 465, 190, 160
    x = left + (right - left) * minutes / minutes[-1]
    y = bottom - height * waiting / top
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    parts = [f'<polyline points="{line}" fill="none" stroke="{BAR}" stroke-width="2"/>']
    parts.append(
        f'<text x="4" y="14" fill="{SOFT}">customers who wait for a person; dashed: closing'
        " time</text>"
    )
    for hour in range(0, int(minutes[-1]) // 60 + 1, 2):
        at = left + (right - left) * 60 * hour / minutes[-1]
        parts.append(
            f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="{INK}"/>'
        )
        parts.append(
            f'<text x="{at:.1f}" y="{bottom + 19}" text-anchor="middle" fill="{INK}">{hour}</text>'
        )
    for value in (0, top // 2, top):
        at = bottom - height * value / top
        parts.append(
            f'<line x1="{left}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}" stroke="{SOFT}"'
            ' stroke-opacity="0.4"/>'
        )
        parts.append(
            f'<text x="{left - 6}" y="{at + 4:.1f}" text-anchor="end" fill="{INK}">{value}</text>'
        )
    close = left + (right - left) * OPEN / minutes[-1]
    parts.append(
        f'<line x1="{close:.1f}" x2="{close:.1f}" y1="{bottom - height}" y2="{bottom}"'
        f' stroke="{ACCENT}" stroke-dasharray="4"/><text x="{(left + right) / 2}" y="{bottom + 37}"'
        f' text-anchor="middle" fill="{INK}">hours since opening</text>'
    )
    at_close = waiting[minutes <= OPEN][-1]
    alt = (
        f"Queue for a person over the day: at most {waiting.max():.0f}, at closing time"
        f" {at_close:.0f}"
    )
    return drawing(alt, bottom + 44, "".join(parts))


def service_panel(scene: Scene, threshold: float = 0.5, staff: int = 5) -> Panel:
    """Threshold, staff and the price of a person's answer: share answered by people, queue, flood point."""
    threshold, staff = real(threshold, "threshold", 0, 1), whole(staff, "staff")
    inquiries = table_of(scene, "inquiries")
    texts = [
        "threshold of confidence (0 to 1)",
        "people who answer (persons)",
        "a person's answer (€)",
    ]
    controls = {
        "threshold": float_slider(texts[0], threshold, 0, 1, 0.05, texts),
        "staff": _whole(texts[1], staff, 1, 12, 1, texts),
        "person": float_slider(texts[2], PERSON, 0, 8, 0.5, texts),
    }

    @cache
    def flood(staff: int) -> float:
        return flood_point(inquiries, staff)

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        day = hand_over(inquiries, settings["threshold"], settings["staff"])
        return service_view(day, flood(day.staff), settings["person"], start)

    return Panel(show, controls, list(controls.values()))


def content_view(
    answer: Assignment,
    shares: pd.DataFrame,
    close: Mapping[int, pd.DataFrame],
    start: View | None = None,
) -> View:
    """Who reviews and what everybody earns.

    ``answer`` is that of one of the scene's :func:`crowdnb.market.scenes.reviews`, ``shares`` are
    the :func:`crowdnb.market.scenes.revenue_shares`, and ``close`` says who is too close to a
    piece, by the ties that count.
    """
    check_start(start)
    if needs(answer, Assignment, "answer").table is None:
        return View({"status": answer.status}, "", " ".join(answer.reasons))
    if not isinstance(close, Mapping) or not {0, 1} <= set(close):
        raise ValueError(
            f"close: a mapping with tables for 0 and for 1 is needed, got {shown(close)}"
        )
    for ties in (0, 1):
        _over(answer, number_frame(close[ties], "close"), "close")
    earned = incomes(shares, answer)
    by_author, near = (_barred(close[ties], answer) for ties in (0, 1))
    income = earned.sum(axis=1)
    facts = {
        "ρ of the reviews": answer.performance,
        "pairs barred": int(answer.problem.excluded.sum()),
        "reviews by an author": by_author,
        "reviews by somebody tied to one": near - by_author,
        "Gini of incomes": matching.gini(income),
        "largest share from one buyer": float(
            (earned.drop(columns="reviews").max(axis=1) / income).max()
        ),
    }
    before = None if start is None else start.facts["income"]
    body = facts_table(facts, start) + _income_bars(income, before)
    return View({**facts, "income": income}, body)


def _income_bars(income: pd.Series[float], before: pd.Series[float] | None) -> str:
    """A bar a worker with the euros, and a mark where it ended at the start."""
    left, right = 60, 400
    most = max(float(income.max()), 0.0 if before is None else float(before.max()))
    parts = [f'<text x="4" y="14" fill="{SOFT}">income in euros; mark: at the start</text>']
    for at, (worker, euros) in enumerate(income.items()):
        y = 24 + 20 * at
        width = (right - left) * euros / most
        parts.append(
            f'<text x="{left - 6}" y="{y + 12}" text-anchor="end"'
            f' fill="{INK}">{html.escape(str(worker))}</text><rect x="{left}" y="{y}"'
            f' width="{width:.1f}" height="15" fill="{BAR}"/><text x="{right + 8}" y="{y + 12}"'
            f' fill="{INK}">{euros:,.0f}</text>'
        )
        if before is not None:
            x = left + (right - left) * float(before.iloc[at]) / most
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y - 2}" y2="{y + 17}" stroke="{ACCENT}"'
                ' stroke-width="3"/>'
            )
    alt = "incomes in euros: " + ", ".join(
        f"{worker} {euros:.0f}" for worker, euros in income.items()
    )
    return drawing(alt, 30 + 20 * len(income), "".join(parts))


def content_panel(
    scene: Scene, reach: str = "nor who is tied to one", rule: Rule = "hours"
) -> Panel:
    """Who may not review, and how the revenue is shared: quality of the reviews, incomes, how unequal they are."""
    one_of(reach, REACHES, "reach")
    one_of(rule, get_args(Rule), "rule")
    needs(scene, Scene, "scene")
    controls = {
        "reach": widgets.RadioButtons(
            options=list(REACHES), value=reach, description="may review", layout=widgets.Layout(width="auto"),
            tooltip="how strictly conflicts of interest are ruled out",
        ),
        "rule": widgets.RadioButtons(
            options=["hours", "Shapley"], value=rule, description="shared by", layout=widgets.Layout(width="auto"),
            orientation="horizontal", tooltip="revenue in proportion to hours, or by Shapley value",
        ),
    }  # fmt: skip

    # All that the controls can ask for is found before they are shown: four assignments, two ways
    # to share.
    credits, problem = table_of(scene, "credits"), scene.problem()
    distance = distances(credits, scene.project.worker_conflicts)
    close = {ties: too_close(credits, distance, ties) for ties in REACHES.values()}
    answers = {
        # of tied reviewers, who earn a fee, always the same
        ties: optimum(problem.changed(task_conflicts=barred), tie_break="labels")
        for ties, barred in close.items()
    }
    shares = {
        rule: revenue_shares(credits, table_of(scene, "revenue"), rule) for rule in get_args(Rule)
    }

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        return content_view(
            answers[REACHES[settings["reach"]]], shares[settings["rule"]], close, start
        )

    return Panel(show, controls, list(controls.values()))


def medical_view(
    answer: Assignment,
    qualification: pd.DataFrame,
    lacking: pd.DataFrame,
    published: pd.DataFrame,
    visits: int,
    start: View | None = None,
) -> View:
    """Who sees which case, and the table of visits that may leave.

    ``answer`` is that of one of the scene's :func:`crowdnb.market.scenes.consultations`;
    ``qualification`` is Q without any credential in it, ``lacking`` who lacks one for which case,
    ``visits`` how many there were.
    """
    check_start(start)
    visits = whole(visits, "visits")
    needs(answer, Assignment, "answer")
    if answer.placed is None or answer.table is None:
        return View({"status": answer.status}, "", " ".join(answer.reasons))
    q = _over(answer, number_frame(qualification, "qualification"), "qualification")[
        tuple(answer.placed.T)
    ]
    _over(answer, number_frame(lacking, "lacking"), "lacking")
    if TOTAL not in needs_frame(published, "published").index or TOTAL not in published.columns:
        raise ValueError(
            f"published: a last row and column {TOTAL} are needed, as safe_table gives them"
        )
    number_frame(published, "published", missing=True)
    open_counts = published.drop(index=TOTAL, columns=TOTAL)
    facts = {
        "places without a credential": _barred(lacking, answer),
        "sum of Q": float(q.sum()),
        "Q of the worst-off place": float(q.min()),
        "share of visits hidden": 1 - float(open_counts.sum().sum()) / visits,
        "counts hidden": int(published.isna().to_numpy().sum()),
    }
    taken = answer.table.to_numpy() == 1
    body = facts_table(facts, start)
    body += grid(
        answer.problem, answer, taken if start is None else start.facts["taken"]
    ) + paragraphs(["What may leave, visits by district and field (–: hidden):"])
    return View({**facts, "taken": taken}, body + _published(published))


def _over(answer: Assignment, table: pd.DataFrame, name: str) -> Any:
    """The cells of a table over an answer's workers and tasks; ValueError where its labels are others."""
    same_labels(table.index, answer.problem.workers, f"{name}, rows")
    same_labels(table.columns, answer.problem.tasks, f"{name}, columns")
    return table.to_numpy()


def _barred(barred: pd.DataFrame, answer: Assignment) -> int:
    """How many places of an answer lie on a 1 of a workers × tasks frame."""
    assert answer.table is not None
    return int((barred.to_numpy() * answer.table.to_numpy()).sum())


def _published(table: pd.DataFrame) -> str:
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in table.columns)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(str(name))}</th>'
        + "".join(f"<td>{'–' if pd.isna(count) else count}</td>" for count in row)
        + "</tr>"
        for name, row in zip(table.index, table.to_numpy(dtype=object), strict=True)
    )
    return f"<table><tr><td></td>{head}</tr>{rows}</table>"


def medical_panel(scene: Scene, gate: str = "hard gate", limit: int = 2, k: int = 5) -> Panel:
    """What a credential counts, cases a doctor may take, and k: who sees whom, and what may be published."""
    one_of(gate, GATES, "gate")
    limit, k = int(real(whole(limit, "limit"), "limit", 1, 5)), int(real(whole(k, "k"), "k", 1, 12))
    visited = table_of(scene, "visits")
    texts = ["a credential is", "cases a doctor may take", "k, fewest visits shown"]
    controls = {
        "gate": widgets.SelectionSlider(
            options=list(GATES), value=gate, description=texts[0], layout=WIDE, style=label_style(texts),
            tooltip="ignored, a criterion of the score, or a rule",
        ),
        "limit": _whole(texts[1], limit, 1, 5, 1, texts),
        "k": _whole(texts[2], k, 1, 12, 1, texts),
    }  # fmt: skip

    @cache
    def published(k: int) -> pd.DataFrame:
        return safe_table(visited, "district", "field", k)

    problems = {name: consultations(scene, gate) for name, gate in GATES.items()}
    lacking = without_credential(
        table_of(scene, "credentials"), table_of(scene, "cases"), scene.project.ability.index
    )
    q, visits = problems["hard gate"].qualification, len(visited)

    @cache
    def answered(gate: str, limit: int) -> Assignment:
        return optimum(problems[gate].changed(worker_limits=limit))

    def show(settings: Mapping[str, Any], start: View | None) -> View:
        answer = answered(settings["gate"], settings["limit"])
        return medical_view(answer, q, lacking, published(settings["k"]), visits, start)

    return Panel(show, controls, list(controls.values()))


def _whole(text: str, value: int, low: float, high: float, step: float, texts: list[str]) -> Any:
    return widgets.IntSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=text,
        layout=WIDE,
        style=label_style(texts),
        tooltip=text,
    )
