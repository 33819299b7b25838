"""Panel of notebook 09: matching policies on a simulated market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import listing, real, shown
from crowdnb.market import matching
from crowdnb.model.problem import Problem
from crowdnb.pages.html import cell, escaped, paragraphs, row, table
from crowdnb.panels.controls import float_slider, number_field, side_by_side
from crowdnb.panels.drawing import BAR
from crowdnb.panels.facts import change_cell
from crowdnb.panels.panel import Panel, View, check_start

# What the simulated market depends on.
_MADE = ("workers", "tasks", "screened_out", "conflict_probability", "seed")

_HEAD = (
    "",
    "match (% of best)",
    "change (points)",
    "places filled (%)",
    "worst-off task (Q)",
    "income (Gini)",
)


def policies_view(settings: Mapping[str, Any], start: View | None = None) -> View:
    """Every matching policy on the simulated market of the settings; changes are against ``start``.

    Settings are workers, tasks, screened_out and conflict_probability of
    :func:`crowdnb.matching.market`, its seed, the auction's epsilon, and seen, the probability that
    Q of a pair is known to collaborative filtering. What workers wish is drawn.
    """
    check_start(start)
    settings = _settings(settings, (*_MADE, "epsilon", "seen"))
    made = tuple(settings[name] for name in _MADE)
    options = {"auction": settings["epsilon"], "collaborative filtering": settings["seen"]}
    problem, policies = _made(*made)[0], list(matching.POLICIES)
    fares = {policy: _fares(policy, options.get(policy, 0.0), made) for policy in policies}
    frame = pd.DataFrame.from_dict(fares, orient="index").drop(columns="seconds")
    best = float(frame["match"].max())
    frame.insert(0, "of best", 100 * frame["match"] / best if best else 100.0)
    frame["filled"] *= 100
    facts = {
        f"{name}, {column}": float(value)
        for column in frame
        for name, value in frame[column].items()
    }
    rows = []
    for policy in policies:
        share, full, worst, gini = (
            facts[f"{policy}, {one}"] for one in ("of best", "filled", "worst task", "income Gini")
        )
        was = start.facts[f"{policy}, of best"] if start else share
        ground = f"linear-gradient(to right, {BAR} {share:.1f}%, transparent 0) bottom"
        cells = [
            cell(f"{share:.1f}", f"background: {ground} / 100% 4px no-repeat"),
            change_cell(share, was, ".1f"),
            cell(f"{full:.1f}"),
            cell(f"{worst:.3f}"),
            cell(f"{gini:.3f}"),
        ]
        rows.append(row(escaped(policy), cells))
    words = (
        f"{len(problem.workers)} workers, {len(problem.tasks)} tasks with"
        f" {problem.arrays.required.sum()} places, {problem.eligible.mean():.0%} of the pairs allowed,"
        f" {len(problem.conflict_pairs)} pairs of workers in conflict. The best match is"
        f" {best:.3f}."
    )
    return View(facts, paragraphs([words]) + table(_HEAD, rows))


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
    """The simulated market; numbers that say which pairs are seen; what workers wish."""
    problem = matching.market(
        workers, tasks, seed, screened_out=screened_out, conflict_probability=conflicts
    )
    rng = np.random.default_rng(seed)
    shape = problem.arrays.qualification.shape
    drawn, wishes = (
        pd.DataFrame(rng.uniform(size=shape), problem.workers, problem.tasks) for _ in range(2)
    )
    return problem, drawn, wishes


@lru_cache(maxsize=len(matching.POLICIES))  # of the last market: ε moves the auction alone
def _fares(policy: str, option: float, made: tuple[Any, ...]) -> dict[str, float]:
    """What a trial says of a policy; ``option`` is the auction's ε, or the share seen."""
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
    """Size, screening and conflicts of a market, ε and what is known of it: how policies fare."""
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
        policies_view, controls, [*sliders, side_by_side(fields)], "The market is simulated."
    )
