"""Notebook 06: Hall's condition, what it costs to insist, a search for the smallest reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import (
    CONFLICT,
    is_near,
    known_slip,
    labels_in,
    one_label,
    one_number,
    stop_text,
    the_case,
)
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.why import why
from crowdnb.labels import count, listing
from crowdnb.model.moves import moves_text, position
from crowdnb.model.problem import Problem, needed

_FOUR_DECIMALS = 5.1e-5


def check_why_hall(tasks: Collection[Hashable] | None, problem: Problem) -> Verdict:
    """Check tasks that cannot all be filled, by Hall's condition: none of them may be left out.

    Parameters
    ----------
    tasks : collection of labels
    problem : Problem
        Without conflicts between workers, one task per worker.

    Examples
    --------
    >>> problem = Problem([[0.5, 0.5], [0.4, 0.4]], [1, 1], None, [(0, 0), (0, 1)])
    >>> str(check_why_hall([0], problem)).split("; ")[0]
    '0: 1 place, and 1 worker may take one of them (1). That can be filled'
    """
    names = labels_in(tasks, needed(problem).tasks)
    if names is None:
        return wrong_answer(f"Not yet: give a list of tasks, some of {listing(problem.tasks)}.")
    if not names:
        return wrong_answer("No task needs nobody. Name tasks that have too few workers together.")

    def reads(some: Collection[Hashable]) -> tuple[int, list[Hashable]]:
        """Places of some tasks, and who may take one of them."""
        at = problem.tasks.isin(list(some))
        able = np.flatnonzero(problem.eligible[:, at].any(axis=1))
        return int(problem.fewest[at].sum()), problem.workers[able].tolist()

    places, able = reads(names)
    named = listing(task for task in problem.tasks if task in names)
    what = (
        f"{named}: {count(places, 'place')}, and {count(len(able), 'worker')} may take one of them"
        f" ({listing(able)})."
    )
    if places <= len(able):
        return wrong_answer(f"{what} That can be filled; look for tasks that share their workers.")
    for task in problem.tasks[problem.tasks.isin(list(names))]:
        fewer, others = reads(names - {task})
        if fewer > len(others):
            return wrong_answer(
                f"{what} True, and it holds without {task} as well: leave that out."
            )
    return right_answer(f"Right: {what} None of these tasks can be left out.")


def check_why_insist(
    task: Hashable = None, cost: float | None = None, worker: str = "a8"
) -> Verdict:
    """Check on which task an idle worker costs least, and how much: exact Q, a3 and a5 in conflict.

    Examples
    --------
    >>> check_why_insist("r0", 0.1)
    a8 costs less elsewhere than on r0. Force a8 on each task in turn.
    """
    problem = the_case().problem([CONFLICT])
    position(problem.workers, worker, "worker")
    task = one_label(task, problem.tasks)
    if task is None:
        return wrong_answer(
            f"Not yet: give one of the tasks {listing(problem.tasks)}, and what it costs."
        )
    losses = {one: why(problem, worker, one) for one in problem.tasks}
    least = min(found.difference for found in losses.values())
    if not is_near(losses[task].difference, least):
        return wrong_answer(
            f"{worker} costs less elsewhere than on {task}. Force {worker} on each task in turn."
        )
    if (value := one_number(cost)) is None:
        return wrong_answer(f"{task} is right. Now give what it costs: how far ρ falls.")
    if is_near(value, least, _FOUR_DECIMALS):
        return right_answer(
            f"Right: with {worker} on {task} ρ falls by {least:.4f}."
            f" {moves_text(losses[task].moves)}."
        )
    rho = losses[task].performance
    own = problem.qualification.loc[worker].to_numpy()[problem.tasks.isin([task])]
    slips = [
        (-least, "What it costs is the old ρ less the new one, so above 0."),
        (rho - least, "That is the new ρ. How far is it below the old one?"),
        (
            own[0],
            f"That is Q of {worker} for {task}. Somebody leaves, and others may move: compare the"
            " two ρ.",
        ),
    ]
    if hint := known_slip(value, slips, _FOUR_DECIMALS):
        return wrong_answer(hint)
    return wrong_answer(
        f"{task} is right, {value:g} is not. Subtract ρ of the best assignment that has {worker} on"
        f" {task} from ρ."
    )


def check_why_smallest(
    search: (
        Callable[[Sequence[str], Callable[[Collection[str]], bool]], Collection[str]] | None
    ) = None,
) -> Verdict:
    """Check a search for the smallest set of requirements that cannot hold, on 20 random systems.

    Parameters
    ----------
    search : function of (names, exists)
        ``exists(some)`` says whether an assignment meets these requirements; all of them together
        it does not.

    Examples
    --------
    >>> check_why_smallest(lambda names, exists: names)
    System 1: what you return is no smallest set: without a it still cannot hold.
    """
    if not callable(search):
        return wrong_answer(
            "Not yet: give a function of (names, exists) that returns some of the names."
        )
    rng = np.random.default_rng(6)
    for system in range(1, 21):
        names = list("abcdefgh")
        sizes = rng.integers(2, 6, 4)
        reasons = [frozenset(rng.choice(names, size, replace=False).tolist()) for size in sizes]

        def exists(
            some: Collection[str], reasons: Sequence[frozenset[str]] = tuple(reasons)
        ) -> bool:
            return not any(reason <= set(some) for reason in reasons)

        try:
            found = search(list(names), exists)
        except Exception as error:
            return wrong_answer(f"On system {system} it {stop_text(error)}")
        some = labels_in(found, pd.Index(names))
        if some is None:
            return wrong_answer(
                f"On system {system} it returns {type(found).__name__}; some of the names are asked"
                " for."
            )
        if exists(some):
            return wrong_answer(
                f"System {system}: {listing(sorted(some)) or 'nothing'} can hold together, so it is"
                " no reason."
            )
        spare = [name for name in sorted(some) if not exists(some - {name})]
        if spare:
            return wrong_answer(
                f"System {system}: what you return is no smallest set: without {spare[0]} it still"
                " cannot hold."
            )
        least = min(map(len, reasons))
        if len(some) > least:
            return wrong_answer(
                f"System {system}: {listing(sorted(some))} is irreducible; there is one of only"
                f" {least}."
            )
    return right_answer("Right: the smallest set on all 20 systems.")
