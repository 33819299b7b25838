"""Whether an assignment meets the requirements that are left when some are dropped.

Found out by searches that know the requirements of :class:`crowdnb.model.rules.Rules`; and where
they take too long, or where there is a requirement that is known by its row alone, such as a
budget, by a mixed-integer program of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from crowdnb.explain.fillings import PlaceSearch
from crowdnb.explain.rules_program import cheapest_pairs
from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.check import over_budget
from crowdnb.model.rules import Rules
from crowdnb.solver.clock import Clock, TimeOverError


def feasible(
    rules: Rules, clock: Clock, quick: bool = False, cliques: Sequence[IntArray] = ()
) -> bool | None:
    """Whether an assignment meets the rules; None where that is not settled in time.

    Parameters
    ----------
    rules : Rules
    clock : Clock
        Without a limit the answer is never None, unless it is to be quick.
    quick : bool
        Whether a short search is to do, without a mixed-integer program where there is another way.
    cliques : sequence of ndarray of int
        Of workers in mutual conflict, that prove something of rules with more requirements.
    """
    if not rules.by_row:
        left = _beside_pins(rules)
        if left is None:
            return False
        free, need, limits = left
        search = PlaceSearch(need, limits, rules.conflicts, quick, clock.until, cliques)
        ask = search.by_team if rules.together else search.by_task
        found = ask(free & (need > 0))
        if quick or found is not None:
            return found
    try:
        placed = cheapest_pairs(rules, clock)
    except TimeOverError:
        return None
    return placed is not None and not (rules.budget and over_budget(rules.problem, placed))


def _beside_pins(rules: Rules) -> tuple[BoolArray, IntArray, IntArray] | None:
    """Pairs, places and limits that pinned pairs leave to others.

    None where pins break a rule by themselves.
    """
    free, need, limits = ~rules.barred, rules.need, rules.limits
    if not rules.pins.any():
        return free, need, limits
    taken, tasks = rules.pins.sum(axis=1), rules.pins.sum(axis=0)
    if (tasks > rules.ceiling).any() or (taken > limits).any() or (rules.pins & ~free).any():
        return None
    if rules.together:
        against = rules.conflicts[taken > 0].any(axis=0)[:, np.newaxis]
    else:
        against = rules.conflicts.astype(int) @ rules.pins > 0
    if (against & rules.pins).any():
        return None
    return free & ~against & ~rules.pins, np.maximum(need - tasks, 0), limits - taken
