"""Panel of notebook 06: a worker and a task picked, and what the best plan with the pair costs."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import ipywidgets as widgets

from crowdnb.explain.variants import Oracle
from crowdnb.explain.why import why_of
from crowdnb.labels import needs
from crowdnb.model.moves import moves_text, position
from crowdnb.model.problem import Problem
from crowdnb.pages.assignment_tables import assignment_grid, cells_of, chosen_pairs
from crowdnb.pages.html import escaped, paragraphs
from crowdnb.panels.controls import WIDE, label_style
from crowdnb.panels.panel import Panel, View


def why_view(oracle: Oracle, worker: Hashable, task: Hashable) -> View:
    """The optimum beside the best assignment with a pair, or without it where the optimum has it.

    Who moves is marked.

    Parameters
    ----------
    oracle : crowdnb.explain.variants.Oracle
        Of the problem, which has an assignment.
    worker, task : label
    """
    problem = needs(oracle, Oracle, "oracle").problem
    found = why_of(oracle, worker, task)
    best = oracle.optimum
    facts = {
        "worker": worker,
        "task": task,
        "chosen": found.chosen,
        "ρ": found.performance,
        "ρ of the other": math.nan if found.other is None else found.other.performance,
        "less": found.difference,
        "moved": moves_text(found.moves),
    }
    first, *rest = found.text.splitlines()
    drawn, name = (
        (best, "The optimum:") if found.other is None else (found.other, "That other assignment:")
    )
    return View(
        facts,
        f"<p><strong>{escaped(first)}</strong></p>"
        + paragraphs([*(f"Who moves: {line}." for line in rest), name])
        + assignment_grid(problem, drawn, cells_of(problem, chosen_pairs(best))),
    )


def why_panel(problem: Problem, worker: Hashable = None, task: Hashable = None) -> Panel:
    """Pick a worker and a task: would it be better or worse, by how much, and who moves.

    Parameters
    ----------
    problem : Problem
        A ValueError where it has no assignment.
    worker, task : label, optional
        The pair to start with; the first of each when not given.
    """
    oracle = Oracle(problem)
    controls = {
        name: widgets.SelectionSlider(
            options=[(str(label), label) for label in labels],
            value=labels[0] if start is None else labels[position(labels, start, name)],
            description=f"{name} (one of {len(labels)})", layout=WIDE, style=label_style([]),
            tooltip=f"{name}: arrow keys choose",
        )
        for name, labels, start in (
            ("worker", problem.workers, worker),
            ("task", problem.tasks, task),
        )
    }  # fmt: skip

    def show(settings: Mapping[str, Any], _: View | None) -> View:
        return why_view(oracle, settings["worker"], settings["task"])

    return Panel(show, controls, list(controls.values()))
