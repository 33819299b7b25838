r"""What a person can check: Hall's condition, the largest group, a cover by groups, a proof by cases.

References
----------
P. Hall, "On representatives of subsets", Journal of the London Mathematical Society 10 (1935)
26-30.
"""

from __future__ import annotations

import math

import numpy as np

from crowdnb.explain.clique_cover import clique_cover
from crowdnb.explain.deletion_filter import DeletionFilter
from crowdnb.explain.fillings import fill
from crowdnb.explain.rules_program import cheapest
from crowdnb.labels import BoolArray, IntArray, count, listing
from crowdnb.model.conflict_graph import SEARCH_NODES, compatible_workers, team_exists
from crowdnb.model.rules import BY_ROW, Rules
from crowdnb.solver.clock import Clock, TimeOverError

FEW = 12  # labels, pairs or steps of a proof that a text lists


def certificate(found: DeletionFilter, able: BoolArray, clock: Clock) -> str:
    """The simplest of these that holds; empty where there is none, or no time is left.

    Parameters
    ----------
    found : DeletionFilter
        What cannot hold together.
    able : ndarray of bool, m
        Workers whom the rules leave for any task of which places matter.
    clock : Clock
    """
    rules = found.rules
    kinds, places = {item.kind for item in found.kept}, int(rules.need.sum())
    if "budget" in kinds:
        return _least_cost(rules, clock)
    if {"pin", "ceiling", *BY_ROW} & kinds:
        return ""
    room = int(np.minimum(rules.limits, (~rules.barred & (rules.need > 0)).sum(axis=1)).sum())
    if room < places and "conflict" not in kinds:
        who = "who may take them" if places > 1 else "who may take it"
        names = f" ({listing(rules.problem.workers[able], FEW)})" if able.any() else ""
        takes = "" if room == able.sum() else f", for {room} at most"
        return (
            f"Hall's condition: {count(places, 'place')}, {count(int(able.sum()), 'worker')}"
            f" {who}{takes}{names}."
        )
    one_each = rules.together and rules.limits[able].max(initial=0) <= 1
    # a task has a worker once, whatever the scope
    if "conflict" in kinds and (one_each or (rules.need > 0).sum() == 1):
        if found.cliques and (covered := _cover(found, able, places)):
            return covered
        if (most := compatible_workers(rules.conflicts, able, places)) < places:
            return _at_most(most, able, places) + "."
        at = np.flatnonzero(able)  # how many can is harder to tell than that fewer than asked can
        if team_exists(rules.conflicts[np.ix_(at, at)], places, SEARCH_NODES) is False:
            return _at_most(places - 1, able, places) + "."
        if covered := _cover(found, able, places):
            return covered
    if proof := _cases(rules, clock):
        return "By cases:\n" + "\n".join(proof)
    most_of_it = f"Within these requirements all but one of the {places} places can be filled."
    return most_of_it if found.irreducible else ""


def _cover(found: DeletionFilter, able: BoolArray, places: int) -> str:
    """Groups in mutual conflict that prove it; empty where none do."""
    cover = clique_cover(found.rules.conflicts, able.astype(int), found.cliques)
    if cover is None or cover.most >= places:
        return ""
    return (
        f"{_at_most(cover.most, able, places)}: {count(len(cover.cliques), 'group')} in mutual"
        f" conflict, of each of which one can join, come to {cover.price.sum():.6g} when they"
        " are weighted so that each worker counts once."
    )


def _least_cost(rules: Rules, clock: Clock) -> str:
    try:
        least = cheapest(rules.without(rules.items("budget")), clock)
    except TimeOverError:
        return ""
    if math.isinf(least):
        return ""
    return f"Whatever meets the other requirements costs at least {least:.12g}."


def _at_most(most: int, able: BoolArray, places: int) -> str:
    return (
        f"At most {most} of these {able.sum()} workers can work together, and {places} are needed"
    )


def _cases(rules: Rules, clock: Clock) -> list[str]:
    """Lines of a proof.

    Who could fill the scarcest place, and what each of them leaves without workers; or nothing.
    """
    problem, together = rules.problem, rules.problem.conflict_scope == "project"

    def prove(free: BoolArray, need: IntArray, limits: IntArray, before: str) -> list[str]:
        if clock.over:
            raise TimeOverError
        left = free.sum(axis=0) - need
        scarce = int(np.where(need > 0, left, len(free)).argmin())
        name, able = problem.tasks[scarce], np.flatnonzero(free[:, scarce]).tolist()
        if left[scarce] < 0:
            who = f"nobody but {listing(problem.workers[able], FEW)}" if able else "nobody"
            more = " more" if need[scarce] < rules.need[scarce] else ""
            needed = f", and it needs {need[scarce]}{more}" if able else ""
            return [f"{before}{who} can still take {name}{needed}."]
        if fill(need, limits, free).sum() < need.sum():
            tasks = listing(problem.tasks[need > 0], FEW)
            return [f"{before}too few workers are left for {tasks}."]
        if together and limits.max() <= 1:
            most = compatible_workers(
                rules.conflicts, np.asarray(free.any(axis=1)), int(need.sum())
            )
            if most < need.sum():
                who = f"at most {most} of those who are left can work together"
                return [f"{before}{who}, and {need.sum()} more are needed."]
        lines: list[str] = []
        free = free.copy()
        for at, i in enumerate(able):
            rest, room, wanted = free.copy(), limits.copy(), need.copy()
            room[i] -= 1
            wanted[scarce] -= 1
            rest[i, scarce] = free[i, scarce] = False
            rest[:, wanted == 0] = False
            if together:
                rest[rules.conflicts[i]] = False
            else:
                rest[rules.conflicts[i], scarce] = False
            if not room[i]:
                rest[i] = False
            # those before have lines of their own: where the task has room for them too, they are
            # said not to be on it
            without = (
                f" without {listing(problem.workers[able[:at]], FEW)}"
                if at and wanted[scarce]
                else ""
            )
            lines += prove(rest, wanted, room, f"{before}{problem.workers[i]} on {name}{without}: ")
            if len(lines) > FEW or free[:, scarce].sum() < need[scarce]:
                break
        return lines

    try:
        lines = prove(~rules.barred & (rules.need > 0), rules.need, rules.limits, "")
    except TimeOverError:
        return []
    return lines if len(lines) <= FEW else []
