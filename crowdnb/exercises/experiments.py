"""Notebook 08: teams without a conflict, how many candidates, a greedy of one's own."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from crowdnb.exercises.answers import TIE, number_said, one_number, table_by
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.experiments import baselines, methods, studies
from crowdnb.labels import real, whole
from crowdnb.model.assignment import performance
from crowdnb.model.problem import Problem
from crowdnb.solver.search import optimum


def check_experiments_teams(
    answer: float | None = None, m: int = 6, n: int = 3, p: float = 0.5
) -> Verdict:
    """Check the expected number of teams of n among m workers without a conflict.

    Examples
    --------
    >>> check_experiments_teams(20)
    That is the number of all teams. Each is free of conflicts only with some probability.
    """
    m, n, p = whole(m, "m", 0), whole(n, "n", 0), real(p, "p", 0, 1)
    teams, pairs = math.comb(m, n), math.comb(n, 2)
    right = teams * (1 - p) ** pairs
    slips = [
        (
            teams,
            "That is the number of all teams. Each is free of conflicts only with some"
            " probability.",
        ),
        ((1 - p) ** pairs, "That is the probability of one team. There are many teams."),
        (teams * (1 - p), f"You counted one pair per team. A team of {n} has {pairs} pairs."),
        (
            teams * (1 - p) ** n,
            f"The exponent is the number of pairs in a team of {n}, not of its people.",
        ),
        (
            teams * (1 - p) ** math.comb(m, 2),
            "You took the pairs of all who apply. Only those within the team count.",
        ),
        (
            math.perm(m, n) * (1 - p) ** pairs,
            "A team has no order: divide by the ways to line it up.",
        ),
    ]
    return number_said(
        answer,
        right,
        ask=f"Not yet: give one number, the expected teams of {n} among {m} workers.",
        praise=f"Right: {teams} teams, each with probability (1 - {p:g})^{pairs}: {right:g}.",
        slips=slips,
        otherwise=f"Count the teams, then the pairs in one of them ({n} people).",
        within=0.005 + TIE,
    )


def check_experiments_candidates(
    answer: float | None = None, places: int = 5, p: float = 0.2, chance: float = 0.95
) -> Verdict:
    """Check the smallest number of candidates that fill so many places with that probability.

    By 2,000 instances a number.

    Examples
    --------
    >>> check_experiments_candidates(6)
    With 6 candidates 34 % of the projects can be staffed, too few. Give more.
    """
    places, p, chance = whole(places, "places"), real(p, "p", 0, 1), real(chance, "chance", 0, 1)
    value = one_number(answer)
    if value is None or value != int(value) or not 1 <= value <= 200:
        return wrong_answer("Not yet: give a whole number of candidates, at most 200.")

    def share(m: int) -> float:
        some = studies.instances([(m, places, p)], 2000, 0)
        there = [methods.apply(one, "existence").status == "exists" for one in some]
        return sum(there) / len(there)

    m, sampling = int(value), 0.012  # two standard errors of 1,000 instances near 95 %
    here = share(m)
    if here < chance - sampling:
        said = f"With {m} candidates {here:.0%} of the projects can be staffed, too few. Give more."
    elif (before := share(m - 1) if m > 1 else 0.0) > chance + sampling:
        said = (
            f"With {m} candidates {here:.0%} can be staffed, and with {m - 1} still {before:.0%}."
            " Give fewer."
        )
    else:
        praise = (
            f"Right: {m} candidates staff {here:.1%} of the projects, {m - 1} only {before:.1%}."
        )
        return right_answer(praise.replace("%", " %"))
    return wrong_answer(said.replace("%", " %"))


def check_experiments_greedy(method: Callable[[Problem], pd.DataFrame] | None = None) -> Verdict:
    """Check a greedy of the reader's own on 40 instances with uniform Q against the package's.

    Examples
    --------
    >>> said = check_experiments_greedy(lambda problem: baselines.greedy_by_task(problem).table)
    >>> str(said).split("; ")[0]
    'Valid on all 40 instances, with F = 0.9820'
    """
    if not callable(method):
        return wrong_answer(
            "Not yet: give a function that takes a problem and returns a 0/1 table, workers ×"
            " tasks."
        )
    cells = studies.instances([(15, 5, 0.1)], 40, 0, qualification="uniform")
    problems = [one.problem() for one in cells]
    mine: list[float] = []
    for at, problem in enumerate(problems):
        more = f" (seed {cells[at].seed})"
        table = table_by(method, problem, f"instance {at}", more)
        if isinstance(table, str):
            return wrong_answer(table)
        mine.append(performance(problem, table))
    best = np.array([optimum(problem).performance for problem in problems])
    others = (baselines.greedy_by_task, baselines.greedy_by_pair, baselines.greedy_by_options)
    theirs = max(
        float(np.mean([greedy(one).performance for one in problems] / best)) for greedy in others
    )
    f = float(np.mean(mine / best))
    if f <= theirs:
        return wrong_answer(
            f"Valid on all 40 instances, with F = {f:.4f}; the best of the three has {theirs:.4f}."
            " It is not ahead yet."
        )
    return right_answer(
        f"Right: valid on all 40 instances, with F = {f:.4f}; the best of the three has"
        f" {theirs:.4f}."
    )
