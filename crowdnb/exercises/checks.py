"""Exercises of the notebooks: each function takes a reader's answer and says what is right, or where it went wrong.

The right answers are computed by the package, none is written down here. A message names the first
thing to mend.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from functools import cache
from itertools import combinations, combinations_with_replacement, product
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import lsq_linear

from crowdnb.ability.cloud import ability_clouds, backward_cloud
from crowdnb.ability.possibility import possibility_degree, possibility_matrix
from crowdnb.ability.ratings import KEYS, count_ratings
from crowdnb.ability.weights import LEVELS, consistent_matrix, criteria_weights, judgement_problems
from crowdnb.experiments import baselines
from crowdnb.experiments import studies as experiments
from crowdnb.explain.infeasible import count, explain_infeasible
from crowdnb.explain.repairs import repairs
from crowdnb.explain.replan import replan
from crowdnb.explain.variants import Oracle
from crowdnb.explain.why import why
from crowdnb.labels import (
    FloatArray,
    labelled_vector,
    listing,
    needs,
    number,
    numbers,
    real,
    several,
    shown,
    unique_index,
    whole,
)
from crowdnb.market import matching, relaxation, scenes
from crowdnb.market.parameters import URGENT, WORST, Market
from crowdnb.market.relaxation import WHOLE
from crowdnb.market.simulation import simulate
from crowdnb.model.assignment import Assignment, performance
from crowdnb.model.check import check
from crowdnb.model.moves import moves_text, position
from crowdnb.model.problem import Problem, needed
from crowdnb.project.case_study import load_case_study
from crowdnb.project.folder import ProjectError, read_project
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenarios import Scenarios
from crowdnb.solver.search import optimum

LOUNGES = Path(__file__).parents[1] / "data" / "lounges"
TIE = 1e-9
THREE_DECIMALS = 5.1e-4
_case = cache(load_case_study)  # read once; nothing here changes its tables or hands them out

# 00 overview

QUARREL = ("a3", "a5")  # explains the published ρ; the paper prints no conflict between workers


def check_overview_by_hand(
    answer: float | None = None, worker: str = "a2", task: str = "r0"
) -> str:
    """Check Q of a worker for a task, the weighted sum of four degrees, to three decimals.

    Examples
    --------
    >>> check_overview_by_hand(0.253)
    'That is the plain mean. Quality counts five times as much as activity: multiply each degree by its weight.'
    """
    case = _case()
    w = case.criteria_weights.to_numpy()
    position(case.ability.index, worker, "worker")
    position(case.required.index, task, "task")
    matrix = possibility_matrix(case.ability, case.demand)
    p = matrix.to_numpy()[matrix.index.get_loc((worker, task))]
    right = float(p @ w)
    if (value := _one_number(answer)) is None:
        return f"Not yet: give one number, Q of {worker} for {task}."
    if _is(value, right, THREE_DECIMALS):
        terms = " + ".join(f"{share:.2f}·{degree:.3f}" for share, degree in zip(w, p, strict=True))
        return f"Right: {terms} = {right:.3f}."
    slips = {
        float(p.mean()): (
            "That is the plain mean. Quality counts five times as much as activity: "
            "multiply each degree by its weight."
        ),
        float(p.sum()): "That is the sum of the degrees. Multiply each by its weight first.",
        float(p @ w[::-1]): "You took the weights in the wrong order. Match them by name.",
        float(p.max()): "That is the largest degree. Every criterion has its share.",
    }
    return _nearest_slip(
        value, slips, "Multiply each of the four degrees by its weight, then add.", "Q"
    )


def check_overview_peace(
    gain: float | None = None, moved: Collection[Hashable] | None = None
) -> str:
    """Check what it brings that a3 and a5 make peace: the gain in ρ to three decimals, and who gets another place.

    Examples
    --------
    >>> check_overview_peace(0.128, ["a3"])
    'The gain is right. You named a3; not all who move are named. Compare both tables row by row.'
    """
    case = _case()
    before, after = optimum(case.problem([QUARREL])), optimum(case.problem())
    right = after.performance - before.performance
    if (value := _one_number(gain)) is None:
        return "Not yet: give the gain, the new ρ less the old one, as a number."
    if not _is(value, right, THREE_DECIMALS):
        slips = {
            after.performance: "That is the new ρ. The gain is what it has more than the old one.",
            -right: "The size is right; a gain is the new ρ less the old one.",
            0.0: "ρ does not stay. Leave out worker_conflicts and solve again.",
        }
        return _nearest_slip(value, slips, "Leave out worker_conflicts and solve again.", "")
    old, new = _table(before), _table(after)
    movers = set(new.index[(new.to_numpy() != old.to_numpy()).any(axis=1)])
    if (named := _labels(moved, new.index)) is None:
        return "The gain is right. Now give moved, a list of workers such as ['a0', 'a1']."
    if wrong := sorted(named - movers):
        return (
            f"The gain is right. {listing(wrong)} did not move: compare the place before with the"
            " place after."
        )
    if named != movers:
        who = listing(sorted(named)) or "nobody"
        return (
            f"The gain is right. You named {who}; not all who move are named. Compare both tables"
            " row by row."
        )
    return (
        f"Right: ρ rises by {right:.3f}, and {listing(sorted(movers))} move. One place more or less"
        " pulls others along."
    )


def check_overview_project(project: Project | str | PathLike[str] | None = None) -> str:
    """Check a project of the reader's own: three workers and two tasks, and the best pair is not to be taken.

    Parameters
    ----------
    project : Project or path
        What :func:`crowdnb.read_project` returns, or the folder for it.

    Examples
    --------
    >>> check_overview_project(load_case_study())
    'Your project has 12 workers and 5 tasks; three workers and two tasks are asked for.'
    """
    if isinstance(project, str | PathLike):
        try:
            project = read_project(Path(project))
        except (ValueError, OSError) as error:
            return f"The folder cannot be read. {str(error).splitlines()[0]}"
    if not isinstance(project, Project):
        return "Not yet: give the folder, or what cn.read_project made of it."
    problem = project.problem()
    workers, tasks = problem.workers, problem.tasks
    if (len(workers), len(tasks)) != (3, 2):
        return (
            f"Your project has {len(workers)} workers and {len(tasks)} tasks; "
            "three workers and two tasks are asked for."
        )
    every = (
        pd.DataFrame(
            [[place == task for task in tasks] for place in places], workers, tasks, dtype=int
        )
        for places in product([None, *tasks], repeat=3)
    )  # 27 tables, so no solver is needed
    allowed = [(performance(problem, table), table) for table in every if not check(problem, table)]
    if not allowed:
        return f"No assignment exists. {' '.join(optimum(problem).reasons)}"
    best = max(rho for rho, _ in allowed)
    gain = np.where(problem.eligible, problem.value, -math.inf)
    top = np.abs(gain - gain.max()) <= TIE
    i, j = np.argwhere(top)[0]
    worker, task = workers[i], tasks[j]
    pair = f"{worker} for {task} ({gain.max():.3f})"
    with_it = max(
        (rho for rho, table in allowed if (table.to_numpy() * top).any()), default=-math.inf
    )
    if _is(with_it, best):
        return (
            f"The best pair, {pair}, is in a best assignment (ρ = {best:.3f}). Let {worker} be"
            " nearly as good at the other task, where nobody else is of much use, and somebody"
            f" else nearly as good at {task}."
        )
    without = (
        "no allowed assignment has it"
        if math.isinf(with_it)
        else f"with it no more than {with_it:.3f} can be had"
    )
    return f"Right: ρ = {best:.3f} without the best pair, {pair}; {without}."


# 01 cloud model

CLOUD_BY_HAND = (3, 4, 4, 4, 4, 5)  # stars
CLOUD_ONE_MORE = ("bangkok-airways", "comfort")  # a history of the lounges
CLOUD_GOOD_WORKER = (0.05, 0.1, 0.2, 0.35, 0.3)  # chance of each star


def check_cloud_by_hand(
    ex: float | None = None,
    en: float | None = None,
    he: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> str:
    """Check Ex, En, He and the interval (gamma = 0.1) of the ratings 3, 4, 4, 4, 4, 5, to three decimals.

    Examples
    --------
    >>> check_cloud_by_hand(ex=4)
    'Ex = 4 is in stars. Divide by 5 first: one star is 0.2, five are 1.0.'
    """
    v = np.array(CLOUD_BY_HAND) / 5
    cloud = backward_cloud(v)
    u = cloud.interval(0.1)
    s = v.std(ddof=1)
    flat = float(np.abs(v - v.mean()).mean())
    biased = math.sqrt(abs(v.var() - cloud.entropy**2))
    signs = "Eq. 2 is printed with its signs the wrong way round: the lower end is Ex - En - γ·He."
    no_gamma = "He must be multiplied by γ = 0.1."
    steps: list[tuple[str, float | None, float, Mapping[float, str]]] = [
        (
            "Ex",
            ex,
            cloud.expectation,
            {float(v.sum()): "That is the sum; divide by the number of ratings."},
        ),
        (
            "En",
            en,
            cloud.entropy,
            {flat: "Multiply by sqrt(π/2), about 1.2533.", s: "That is S. En uses |V - Ex|."},
        ),
        (
            "He",
            he,
            cloud.hyper_entropy,
            {
                abs(cloud.radicand): "That is the radicand; take its root.",
                s: "That is S. Take En² from S² before the root.",
                biased: "S² divides by τ - 1 = 5, not by τ = 6.",
            },
        ),
        (
            "low",
            low,
            u[0],
            {u[1]: signs, cloud.interval(1)[0]: no_gamma, cloud.interval(0)[0]: "γ·He is missing."},
        ),
        (
            "high",
            high,
            u[1],
            {u[0]: signs, cloud.interval(1)[1]: no_gamma, cloud.interval(0)[1]: "γ·He is missing."},
        ),
    ]
    for name, given, right, slips in steps:
        if given is None:
            return f"{name} is missing: give a number."
        if not math.isfinite(value := number(given)):
            return f"{name} must be a number, got {shown(given)}."
        if _near(value, right):
            continue
        if _near(value / 5, right):
            return (
                f"{name} = {value:g} is in stars. Divide by 5 first: one star is 0.2, five are 1.0."
            )
        hint = next(
            (text for slip, text in slips.items() if _near(value, slip)),
            "Work it out to three decimals.",
        )
        return f"{name} = {value:g} is not right. {hint}"
    sign = "positive, so that He is a real number" if cloud.radicand > 0 else "negative"
    return f"Right: U = [{u[0]:.3f}, {u[1]:.3f}], and the radicand {cloud.radicand:.4f} is {sign}."


def check_cloud_one_more(star: int | None = None) -> str:
    """Check the highest star that, given once more, makes the radicand of Bangkok Airways' comfort positive.

    Examples
    --------
    >>> check_cloud_one_more(5)
    'With one more rating of 5 the radicand is -0.0026: still negative. Which ratings raise S² more than En²?'
    """
    if star is None:
        return "Give a star: 1, 2, 3, 4 or 5."
    counts = np.asarray(
        count_ratings(pd.read_csv(LOUNGES / "ratings.csv")).loc[CLOUD_ONE_MORE], dtype=int
    )
    if number(star) not in range(1, len(counts) + 1):
        return f"A star is a whole number from 1 to {len(counts)}, got {shown(star)}."
    stars = np.arange(1, len(counts) + 1)
    after = {
        int(s): backward_cloud(np.repeat(stars, counts + (stars == s)) / len(counts)).radicand
        for s in stars
    }
    right = max(s for s, radicand in after.items() if radicand > 0)
    found = f"With one more rating of {int(star)} the radicand is {after[int(star)]:.4f}"
    if after[int(star)] <= 0:
        return f"{found}: still negative. Which ratings raise S² more than En²?"
    if star < right:
        return f"{found}: positive, but a higher star does it too."
    return (
        f"Right. {found}: one rating far from the others raises the squares in S² more than the"
        " distances in En."
    )


def check_cloud_rule(rule: Callable[[FloatArray], tuple[float, float]] | None = None) -> str:
    """Check a rule that makes an interval of ten ratings: it should hold the next in 90 % of cases, under 0.7 wide.

    Every history of ten ratings is tried, weighed with its chance for a good worker, and for her
    mirror image, who gets one star as often as she gets five.

    Parameters
    ----------
    rule : function
        Takes how often each star was given, shape (5,); returns (low, high), 0 ≤ low ≤ high ≤ 1.

    Examples
    --------
    >>> check_cloud_rule(lambda counts: (0.2, 1.0)).split(". ")[-1]
    'Safe, but 0.7 or wider says little: which stars may such a history leave out?'
    """
    if not callable(rule):
        return "Give the function itself, without brackets: check_cloud_rule(rule)."
    tau, stars = 10, len(CLOUD_GOOD_WORKER)
    histories = np.array(
        [np.bincount(h, minlength=stars) for h in combinations_with_replacement(range(stars), tau)],
        dtype=float,
    )
    ends = np.empty((len(histories), 2))
    for at, counts in enumerate(histories):
        said = f"For the counts {counts.astype(int).tolist()} the rule"
        try:
            given = rule(counts.astype(int))
        except Exception as error:
            return f"{said} stops with {type(error).__name__}: {error}."
        try:
            got = numbers(given).ravel()
        except ValueError:
            got = np.array([])
        text = (
            f"{said} gives"
            f" {got.round(3).tolist() if got.size and np.isfinite(got).all() else shown(given)}"
        )
        if got.size != 2 or not np.isfinite(got).all():
            return f"{text}; two numbers (low, high) are needed."
        if got[0] > got[1]:
            return f"{text}; the lower end must not be above the upper one."
        if got[1] > 1 and (got == got.round()).all():
            return f"{text}; the ends are shares of the scale, so divide stars by 5."
        if got[0] < 0 or got[1] > 1:
            return f"{text}; definition 1 wants both ends in [0, 1], so clip them."
        ends[at] = got
    index = pd.MultiIndex.from_product([range(len(histories)), ["made"]], names=KEYS)
    clouds = ability_clouds(pd.DataFrame(histories, index, range(1, stars + 1)), gamma=0.15)
    good, mirror, width = _next_inside(ends, histories)
    paper = _next_inside(clouds[["low", "high"]].to_numpy(), histories)
    found = (
        f"It holds the next rating of the good worker in {good:.0%} of cases and of her mirror"
        f" image in {mirror:.0%}, with a mean width of {width:.2f}. The cloud rule: {paper[0]:.0%},"
        f" {paper[1]:.0%}, {paper[2]:.2f}."
    ).replace("%", " %")
    if min(good, mirror) < 0.9 <= max(good, mirror):
        return (
            f"{found} It fits one of the two and not the other. Does your rule look at the counts?"
        )
    if min(good, mirror) < 0.9:
        return (
            f"{found} Too narrow for 90 %. An end between two stars leaves the outer one out: 0.99"
            " shuts out five."
        )
    if width >= 0.7:
        return (
            f"{found} Safe, but 0.7 or wider says little: which stars may such a history leave out?"
        )
    return f"Right. {found}"


def _near(value: float, right: float) -> bool:
    return abs(value - right) < 0.0006  # three decimals


def _next_inside(ends: FloatArray, histories: FloatArray) -> tuple[float, float, float]:
    """Chance that the next rating lies inside, for the good worker and for her mirror image; the two's mean width."""
    from scipy import stats  # slow to import

    p = np.array(CLOUD_GOOD_WORKER)
    value = np.arange(1, len(p) + 1) / len(p)
    inside = (ends[:, :1] - 1e-9 <= value) & (value <= ends[:, 1:] + 1e-9)
    chance, mirrored = (
        stats.multinomial.pmf(histories, histories[0].sum(), q) for q in (p, p[::-1])
    )
    width = ends[:, 1] - ends[:, 0]
    return (
        float(chance @ (inside @ p)),
        float(mirrored @ (inside @ p[::-1])),
        float((chance + mirrored) @ width / 2),
    )


# 02 possibility degree, 03 fuzzy AHP


def check_possibility_by_hand(answer: float | None) -> str:
    """Notebook 02, exercise 1: P(U ≥ D) of a8's quality against r2, to three decimals."""
    case = _case()
    u_low, u_high = _interval(case.ability, "a8", "quality")
    d_low, d_high = _interval(case.demand, "r2", "quality")
    right = float(possibility_degree(u_low, u_high, d_low, d_high))
    width_u, width_d = u_high - u_low, d_high - d_low
    if (value := _one_number(answer)) is None:
        return (
            f"Not yet: give one number, the degree of U = [{u_low}, {u_high}] against D = [{d_low},"
            f" {d_high}]."
        )
    if abs(value - right) < 0.0005 + 1e-9:
        return f"Right: ({u_high} - {d_low}) / ({width_u:.2f} + {width_d:.2f}) = {right:.4f}."
    slips = {
        u_high - d_low: "That is the numerator, U^H - D^L. Divide it by the sum of both widths.",
        (u_high - d_low) / width_d: "You divided by l_D alone. The denominator is l_U + l_D.",
        (u_high - d_low) / width_u: "You divided by l_U alone. The denominator is l_U + l_D.",
        1 - right: "That is P(D ≥ U). The two sum to 1.",
        max(u_low - d_low, 0): "You took the lower end of U. The numerator is U^H - D^L.",
        (u_high - u_low)
        / (width_u + width_d): "That is l_U over both widths. The numerator is U^H - D^L.",
        100 * right: "The size is right, but P is a share between 0 and 1, not per cent.",
    }
    return _nearest_slip(value, slips, "Write down U^H - D^L first, then both widths, then divide.")


def check_possibility_demand(answer: float | None, wanted: float = 0.25) -> str:
    """Notebook 02, exercise 2: the lower end d at which a8's quality meets the demand [d, 1] to the degree wanted."""
    case, wanted = _case(), real(wanted, "wanted", 0, 1)
    u_low, u_high = _interval(case.ability, "a8", "quality")
    if (d := _one_number(answer)) is None or not 0 <= d <= 1:
        return f"Not yet: give the lower end d, a number from 0 to 1. U stays [{u_low}, {u_high}]."
    p = float(possibility_degree(u_low, u_high, d, 1))
    if abs(p - wanted) < 0.0005:
        return f"Right: with d = {d:.4f} the degree is {p:.4f}."
    way = (
        "too high, so the demand must begin higher"
        if p > wanted
        else "too low, so the demand must begin lower"
    )
    return (
        f"With d = {d:g} the degree is {p:.4f}, {way}. Mind that d stands in the numerator and in"
        " l_D = 1 - d."
    )


def check_possibility_ranking(answer: Sequence[Hashable] | None, criterion: str = "quality") -> str:
    """Notebook 02, exercise 3: the workers ranked on a criterion by the sum of their degrees against each other."""
    position(_case().criteria_weights.index, criterion, "criterion")
    u = _case().ability[criterion]
    low, high = u["low"].to_numpy(), u["high"].to_numpy()
    against = possibility_degree(low[:, np.newaxis], high[:, np.newaxis], low, high)
    total = pd.Series(against.sum(axis=1), index=u.index)
    right = total.sort_values(ascending=False).index.tolist()
    sums = total.to_dict()
    if isinstance(answer, pd.Series) and _labels(answer.index, u.index):
        answer = answer.index.tolist()
    given = [] if _labels(answer, u.index) is None else several(answer, "answer")
    if _labels(given, u.index) != set(right) or len(given) != len(right):
        return (
            f"Not yet: give all {len(right)} workers, each once, the best first: ['a0', 'a1', ...]."
        )
    if given == right:
        first, last = right[0], right[-1]
        return (
            f"Right: {first} is first with a sum of {sums[first]:.3f}, {last} last with"
            f" {sums[last]:.3f}."
        )
    if given == right[::-1]:
        return "This is the right order turned round: the largest sum comes first."
    at = next(k for k, (one, other) in enumerate(zip(given, right, strict=True)) if one != other)
    hint = ""
    for what, key in {"upper ends": high, "lower ends": low, "centres": low + high}.items():
        if (np.diff(pd.Series(key, u.index).reindex(given)) <= TIE).all():
            hint = f" You sorted by the {what}; the widths matter too."
    begin = f"The first {at} are right. Then" if at else "Already the first is not right:"
    return (
        f"{begin} you have {given[at]} with a sum of {sums[given[at]]:.3f}, but one further down"
        f" has {sums[right[at]]:.3f}.{hint} Sum over a row of the matrix P(U_i ≥ U_j), workers"
        " against workers."
    )


def check_weights_by_hand(answer: Any, judgement: pd.DataFrame) -> str:
    """Notebook 03, exercise 1: the weights of a judgement matrix by eqs. 4 and 5, to three decimals."""
    right = criteria_weights(needs(judgement, pd.DataFrame, "judgement"))
    k = len(right)
    given = _numbers_for(answer, right.index)
    if given is None:
        return f"Not yet: give {k} numbers, in the order {listing(right.index)}."
    if np.abs(given - right.to_numpy()).max() < 0.0005 + 1e-9:
        return f"Right: {_with_names(right)}. They sum to 1."
    z = consistent_matrix(judgement).sum(axis=1)
    rows = judgement.to_numpy().sum(axis=1)
    # row sums of Z, had eq. 4 the divisor that belongs to four criteria
    sixth = (k * rows - rows.sum()) / 6 + k / 2
    form = f"(sum + {k / 2 - 1:g}) / {k * (k - 1)}"
    slips = [
        (
            ((sixth + k / 2 - 1) / (k * (k - 1))),
            f"Eq. 4 divides by 2(K - 1), here by {2 * (k - 1)} and not by 6.",
        ),
        (
            (z + 1) / 12,
            f"You took the form for four criteria, (sum + 1) / 12. With {k} it is {form}.",
        ),
        (
            rows / rows.sum(),
            "These are the row sums of B, made to sum to 1. Eq. 5 takes the row sums of Z.",
        ),
        (
            (rows + k / 2 - 1) / (k * (k - 1)),
            "You put the row sums of B into eq. 5. It takes those of Z, from eq. 4.",
        ),
        (z, "These are the row sums of Z. Eq. 5 makes weights of them."),
        (rows, "These are the row sums of B. Eq. 4 comes next."),
    ]
    for slip, hint in slips:
        if np.abs(given - np.asarray(slip)).max() < 0.002:
            return hint
    if np.abs(np.sort(given) - np.sort(right.to_numpy())).max() < 0.0005 + 1e-9:
        return f"The values are right, in another order. The order is {listing(right.index)}."
    if abs(given.sum() - 1) > 0.002:
        return (
            f"The weights must sum to 1, yours sum to {given.sum():.4f}. The row sums of Z are"
            f" {_with_names(z)}."
        )
    return (
        "They sum to 1, but eq. 5 gives others. Compare the row sums of Z with yours:"
        f" {_with_names(z)}."
    )


def check_weights_one_change(
    answer: Any, before: pd.DataFrame, pair: tuple[str, str] = ("skill", "efficiency")
) -> str:
    """Notebook 03, exercise 2: change one judgement so that two criteria get the same weight."""
    _weights(needs(before, pd.DataFrame, "before"), "before")
    if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
        raise ValueError(f"pair: two criteria are needed, got {shown(pair)}")
    for criterion in pair:
        position(before.index, criterion, "pair: criterion")
    if (
        not isinstance(answer, pd.DataFrame)
        or answer.shape != before.shape
        or set(answer.index) != set(before.index)
    ):
        return (
            "Not yet: give a judgement matrix with the same criteria, a copy of B with one"
            " judgement changed."
        )
    problems, off_levels = judgement_problems(answer)
    if problems:
        return (
            f"This is no judgement matrix: {problems[0]}. A judgement stands in B twice, once on"
            " each side."
        )
    if off_levels:
        return f"Off the five levels 0.1, 0.3, 0.5, 0.7, 0.9: {listing(off_levels, 2)}."
    after = answer.loc[before.index, before.index]
    changed = np.argwhere(np.triu(np.abs(after.to_numpy() - before.to_numpy()) > 1e-9))
    w = criteria_weights(after)
    one, other = pair
    if len(changed) != 1:
        return (
            f"You changed {len(changed)} judgements; exactly one may change, with its mirror image."
        )
    level = after.to_numpy()[tuple(changed[0])]
    i, j = (str(before.index[k]) for k in changed[0])
    if abs(w[one] - w[other]) < 1e-9:
        return f"Right: with {i} over {j} at {level:g} both weigh {w[one]:.4f}."
    return (
        f"With {i} over {j} at {level:g}, {one} weighs {w[one]:.4f} and {other} {w[other]:.4f}."
        " Weights follow the row sums of B: by how much do the two rows differ, and which single"
        " judgement can move one row by that?"
    )


def check_weights_free_judgement(answer: Any, wanted: pd.Series[float]) -> str:
    """Notebook 03, exercise 3: judgements anywhere in [0, 1] with weights nearest to the wanted ones, at a = K - 1."""
    unique_index(needs(wanted, pd.Series, "wanted").index, "wanted")
    wanted = pd.Series(labelled_vector(wanted, wanted.index, "wanted"), wanted.index)
    if len(wanted) < 2:
        raise ValueError(f"wanted: weights of two criteria or more are needed, got {len(wanted)}")
    if not isinstance(answer, pd.DataFrame) or set(answer.index) != set(wanted.index):
        return (
            "Not yet: give a judgement matrix, a frame with the rows and columns"
            f" {listing(wanted.index)}."
        )
    problems, _ = judgement_problems(answer)
    if problems:
        return f"This is no judgement matrix: {problems[0]}."
    k = len(wanted)
    rows, columns = np.triu_indices(k, 1)

    def weights_of(upper: FloatArray) -> FloatArray:
        b = np.full((k, k), 0.5)
        b[rows, columns], b[columns, rows] = upper, 1 - upper
        return _weights(pd.DataFrame(b, index=wanted.index, columns=wanted.index))

    start = weights_of(np.full(len(rows), 0.5))  # the weights are linear in the judgements
    moves = np.column_stack(
        [2 * (weights_of(0.5 + 0.5 * unit) - start) for unit in np.eye(len(rows))]
    )
    best = lsq_linear(moves, wanted.to_numpy() - start + moves.sum(axis=1) / 2, bounds=(0, 1))
    least = float(np.linalg.norm(weights_of(np.clip(best.x, 0, 1)) - wanted.to_numpy()))
    five = float(
        np.linalg.norm(
            weights_of(np.where(best.x > 0.5, LEVELS[-1], LEVELS[0])) - wanted.to_numpy()
        )
    )
    given = float(
        np.linalg.norm(_weights(answer.loc[wanted.index, wanted.index]) - wanted.to_numpy())
    )
    if given < least + 1e-6:
        return (
            f"Right: the distance is {given:.5f}, and no judgements in [0, 1] come closer. It is"
            " still not 0."
        )
    if given < least + 5e-4:
        return (
            f"Nearly: the distance is {given:.5f}, the least is {least:.5f}. Not every judgement"
            " goes to the end."
        )
    if given < five - 1e-9:
        return (
            f"The distance is {given:.4f}, closer than judgements of 0.1 and 0.9 come, but it can"
            " be less still."
        )
    return (
        f"The distance is {given:.4f}, no closer than judgements of 0.1 and 0.9 come ({five:.4f})."
        " Judgements may now go beyond 0.1 and 0.9: try 0 and 1. (scipy.optimize.lsq_linear finds"
        " the best at once.)"
    )


def _interval(frame: pd.DataFrame, label: str, criterion: str) -> tuple[float, float]:
    return float(frame[(criterion, "low")][label]), float(frame[(criterion, "high")][label])


def _weights(judgement: pd.DataFrame, name: str = "judgement") -> FloatArray:
    if problems := judgement_problems(judgement)[0]:
        raise ValueError(f"{name}: {listing(problems, 5)}")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "judgement: off the five levels")
        return np.asarray(criteria_weights(judgement), dtype=float)


def _one_number(answer: Any) -> float | None:
    value = number(answer.item() if isinstance(answer, np.generic) else answer)
    return value if np.isfinite(value) else None


def _numbers_for(answer: Any, labels: pd.Index[Any]) -> FloatArray | None:
    """Return the answer's numbers in the order of the labels; None when there are not as many numbers as labels."""
    if answer is None or isinstance(answer, str):
        return None
    try:
        return labelled_vector(answer, labels, "answer")
    except (TypeError, ValueError):
        return None


def _nearest_slip(
    value: float, slips: Mapping[float, str], otherwise: str, what: str = "A degree"
) -> str:
    for slip, hint in slips.items():
        if abs(value - slip) < 0.0005 + 1e-9:
            return hint
    side = f" {what} lies between 0 and 1." if what and not 0 <= value <= 1 else ""
    return f"{value:g} is not it.{side} {otherwise}"


def _labels(answer: Any, known: pd.Index[Any]) -> set[Any] | None:
    """Return the answer as a set of known labels; None when it is anything else."""
    try:
        names = several(answer, "answer")
    except ValueError:
        return None
    return (
        set(names) if all(isinstance(name, Hashable) and name in known for name in names) else None
    )


def _with_names(values: pd.Series[float] | FloatArray) -> str:
    return listing(f"{name} {value:.4f}" for name, value in pd.Series(values).items())


# 04 E-CARGO model


def check_model_team(problem: Problem, team: Mapping[Any, Any] | None) -> str:
    """Check a team that is meant to be the best one of a problem.

    Parameters
    ----------
    problem : Problem
    team : mapping of task to worker, or to a list of workers

    Examples
    --------
    >>> from crowdnb import Problem
    >>> check_model_team(Problem([[0.9, 0.8], [0.7, 0.2]], [1, 1]), {0: 0, 1: 1}).split(". ")[0]
    'That team is allowed and has ρ = 1.1'
    """
    needed(problem)
    if not isinstance(team, Mapping):
        return (
            "Give a team as a mapping: a task, and the worker or the list of workers who take it."
        )
    crews = {
        task: [who] if isinstance(who, str) or not isinstance(who, Sequence) else who
        for task, who in team.items()
    }
    table = pd.DataFrame(0, index=problem.workers, columns=problem.tasks)
    for task, crew in crews.items():
        if task not in problem.tasks:
            return f"There is no task {task}. The tasks are {listing(problem.tasks)}."
        for worker in crew:
            if worker not in problem.workers:
                return f"There is no worker {worker}. The workers are {listing(problem.workers)}."
            table.loc[worker, task] = 1
    if broken := check(problem, table):
        return f"That team is not allowed: {'; '.join(broken)}."
    best, rho = _feasible(problem), performance(problem, table)
    if _is(rho, best):
        return f"Right: ρ = {rho:.4g}, and no allowed team has more."
    return (
        f"That team is allowed and has ρ = {rho:.4g}. There is a team with more. "
        "Move one person, or let two change places, and see whether the sum grows."
    )


def check_model_costliest_pair(problem: Problem, pair: Sequence[Hashable] | None) -> str:
    """Check which single quarrel between two workers lowers ρ the most.

    Parameters
    ----------
    problem : Problem
        The quarrel is added to the conflicts it has, in its scope.
    pair : (worker, other)

    Examples
    --------
    >>> from crowdnb import Problem
    >>> check_model_costliest_pair(Problem([[0.9], [0.8], [0.1]], [2]), (0, 2))
    'A quarrel of 0 and 2 costs nothing: there is a best team without one of them. Pick from those who work.'
    """
    workers = list(needed(problem).workers)
    pair = [] if pair is None or _labels(pair, problem.workers) is None else several(pair, "pair")
    if len(pair) != 2 or len(_labels(pair, problem.workers) or ()) != 2:
        return f"Give two different workers of {listing(workers, len(workers))}."
    before, oracle = _feasible(problem), Oracle(problem)
    cost = {
        frozenset(two): before - _rho(_with(problem, pair=two), oracle)
        for two in combinations(workers, 2)
    }
    mine, most = cost[frozenset(pair)], max(cost.values())
    who = f"A quarrel of {pair[0]} and {pair[1]}"
    if mine == most or _is(mine, most):
        return f"Right: {who[0].lower()}{who[1:]} costs {_cost(most)}, and no other costs more."
    if _is(mine, 0):
        return (
            f"{who} costs nothing: there is a best team without one of them. Pick from those who"
            " work."
        )
    more = sum(value > mine + TIE for value in cost.values())
    verb = "costs" if more == 1 else "cost"
    return (
        f"{who} costs {_cost(mine)}. {more} of the {len(cost)} pairs {verb} more. Whom is it"
        " hardest to replace?"
    )


def check_model_range(problem: Problem, extra: int, rho: float | None) -> str:
    """Check the best ρ when a task may have from L_j to L_j + extra workers.

    Parameters
    ----------
    problem : Problem
    extra : int
        Workers that each task may have beyond L_j, ≥ 0.
    rho : float
        The reader's answer, to three decimals or more.

    Examples
    --------
    >>> from crowdnb import Problem
    >>> check_model_range(Problem([[0.9, 0.8], [0.7, 0.2], [0.3, 0.1]], [1, 1]), 1, 1.5)
    'ρ = 1.5 is the best with exactly L workers on each task. Let (9) be two rows: at least L, and at most L + 1.'
    """
    needed(problem)
    extra = whole(extra, "extra", 0)
    if (value := _one_number(rho)) is None:
        return "Give ρ as a number, with three decimals or more."
    exact, spare = _feasible(problem), len(problem.workers) - int(problem.need.sum())
    best = _best_in_range(problem, extra)
    if _is(value, best, THREE_DECIMALS):
        return (
            f"Right: with up to {extra} more on each task the best ρ is {best:.6g}, and it was"
            f" {exact:.6g}."
        )
    if _is(value, exact, THREE_DECIMALS):
        return (
            f"ρ = {value:.4g} is the best with exactly L workers on each task. "
            f"Let (9) be two rows: at least L, and at most L + {extra}."
        )
    if _is(value, _best_in_range(problem, spare), THREE_DECIMALS):
        return (
            f"ρ = {value:.4g} is the best with at least L workers. The upper limit, L + {extra}, is"
            " missing."
        )
    if value == round(best, 2):
        return f"ρ = {value:g} may be right. Give three decimals."
    if value > best:
        return (
            f"ρ = {value:.4g} is more than can be had. Is a row missing? Barred pairs stay at 0,"
            " and (10) stays."
        )
    return (
        f"ρ = {value:.4g} can be had, but there is more. Is a row too strict, or the solver's gap"
        " not 0?"
    )


def _best_in_range(problem: Problem, extra: int) -> float:
    """Greatest ρ over every number of workers from L_j to L_j + extra."""
    need, m, oracle = problem.need, len(problem.workers), Oracle(problem)
    more = (np.array(some) for some in product(range(extra + 1), repeat=len(need)))
    return max(
        _rho(problem.changed(required=need + some), oracle)
        for some in more
        if (need + some).sum() <= m
    )


def _with(
    problem: Problem,
    pair: Sequence[Hashable] | None = None,
    barred: tuple[Hashable, Hashable] | None = None,
    ill: Hashable | None = None,
) -> Problem:
    """The problem with two more workers in conflict, a pair barred or a worker gone."""
    between, closed = problem.worker_conflicts.copy(), problem.task_conflicts.copy()
    if pair is not None:
        between.loc[pair[0], pair[1]] = between.loc[pair[1], pair[0]] = 1
    if barred is not None:
        closed.loc[barred[0], barred[1]] = 1
    if ill is not None:
        closed.loc[ill, :] = 1
    return problem.changed(task_conflicts=closed, worker_conflicts=between)


def _table(answer: Assignment) -> pd.DataFrame:
    """T of an answer; ValueError when there is none."""
    if answer.table is None:
        raise ValueError(f"problem: no assignment exists. {' '.join(answer.reasons)}")
    return answer.table


def _rho(problem: Problem, oracle: Oracle | None = None) -> float:
    """Best ρ, minus infinity when there is no assignment; of many variants of a problem its oracle is quicker."""
    answer = optimum(problem) if oracle is None else oracle.best(problem)
    return answer.performance if answer.status == "optimal" else -math.inf


def _feasible(problem: Problem) -> float:
    """Best ρ; ValueError when there is no assignment."""
    if math.isinf(rho := _rho(problem)):
        raise ValueError(f"problem: no assignment exists. {' '.join(optimum(problem).reasons)}")
    return rho


def _is(value: float, wanted: float, within: float = TIE) -> bool:
    return bool(abs(value - wanted) <= within)


def _cost(value: float) -> str:
    return "the whole team, since none is left" if math.isinf(value) else f"{value:.4f}"


# 05 case study


def check_case_moves(moves: Mapping[Any, Any] | None = None) -> str:
    """Check moves that make the published assignment the best one for the data printed.

    Parameters
    ----------
    moves : mapping of worker to new task, or to None for a worker who goes home
        Workers left out keep their place.

    Examples
    --------
    >>> check_case_moves({"a3": "r0"})
    'After that it breaks a rule: r0 has 3 of 2 workers. Whoever comes pushes somebody on.'
    """
    if not isinstance(moves, Mapping) or not moves:
        return (
            "Not yet: give the moves as {worker: new task}, with None for who goes home: {'a1':"
            " None, 'a3': 'r0'}."
        )
    case = _case()
    problem = Problem(
        case.published.qualification, case.required, task_conflicts=case.task_conflicts
    )
    before = case.published.assignment
    after = before.copy()
    for worker, task in moves.items():
        if worker not in problem.workers:
            return f"There is no worker {worker}. The workers are {listing(problem.workers, 12)}."
        if task is not None and not (isinstance(task, Hashable) and task in problem.tasks):
            return (
                f"There is no task {task}. The tasks are {listing(problem.tasks)}, and None is"
                " home."
            )
        after.loc[worker] = [int(task == one) for one in problem.tasks]
    if broken := check(problem, after):
        return (
            f"After that it breaks a rule: {'; '.join(broken)}. Whoever comes pushes somebody on."
        )
    old, new, best = performance(problem, before), performance(problem, after), _feasible(problem)
    if not _is(new, best):
        change = f"rises by {new - old:.3f}" if new > old + TIE else "does not rise"
        return (
            f"That is allowed, and ρ {change}: {old:.3f} → {new:.3f}. More can be had: up to"
            f" {best:.3f}."
        )
    came = listing(after.index[after.any(axis=1) & ~before.any(axis=1)])
    return (
        f"Right: ρ rises from {old:.3f} to {new:.3f}, the most that can be had. Only {came} is new"
        f" in the team. So all conflicts that spare {came} and allow the published team allow this"
        " one too: they cannot explain 2.569."
    )


def check_case_least_missed(worker: Hashable | None = None) -> str:
    """Check which of the nine who work (exact Q, a3 and a5 in conflict) could fall ill at the least cost.

    Examples
    --------
    >>> check_case_least_missed("a8")
    'a8 has no place, so nothing is lost. Give one of the nine who work.'
    """
    problem = _case().problem([QUARREL])
    if not isinstance(worker, Hashable) or worker not in problem.workers:
        return f"Not yet: give one of the workers {listing(problem.workers, 12)}."
    best = optimum(problem)
    at_work = set(best.pairs["worker"])
    if worker not in at_work:
        return f"{worker} has no place, so nothing is lost. Give one of the nine who work."
    oracle = Oracle(problem)
    cost = {one: best.performance - _rho(_with(problem, ill=one), oracle) for one in at_work}
    least = min(cost.values())
    if _is(cost[worker], least):
        freed = [other for other in QUARREL if worker in QUARREL and other != worker]
        why = f": then {listing(freed)} may come in" if freed else ""
        return f"Right: without {worker} ρ falls by {least:.4f} only{why}."
    fewer = sum(value < cost[worker] - TIE for value in cost.values())
    return (
        f"Without {worker} ρ falls by {cost[worker]:.4f}, and without {fewer} of the others by"
        " less. Who comes in for whom? One who is idle may do so only when somebody else is gone."
    )


def check_case_second_best(rho: float | None = None) -> str:
    """Check ρ of the second-best assignment (exact Q, a3 and a5 in conflict), to five decimals.

    Examples
    --------
    >>> check_case_second_best(2.569531)
    'ρ = 2.569531 is the best itself. The second best lacks at least one of its nine pairs.'
    """
    if (value := _one_number(rho)) is None:
        return "Not yet: give ρ as a number with five decimals."
    case = _case()
    problem = case.problem([QUARREL])
    best = optimum(problem)
    pairs, oracle = (
        best.pairs[["worker", "task"]].itertuples(index=False, name=None),
        Oracle(problem),
    )
    # it lacks a pair of the best
    second = max(_rho(_with(problem, barred=pair), oracle) for pair in pairs)
    if _is(value, second, 5.1e-6):
        return f"Right: ρ = {second:.6f}, only {best.performance - second:.6f} below the best."
    if _is(value, best.performance, 5.1e-6):
        return (
            f"ρ = {value:.6f} is the best itself. The second best lacks at least one of its nine"
            " pairs."
        )
    if value > second:
        return (
            f"ρ = {value:g} is more than the second best has. Is a rule missing? It keeps all of"
            " them."
        )
    if _is(value, performance(problem, case.published.assignment), 5.1e-6):
        return f"ρ = {value:.6f} is the published assignment. It is not even second."
    if value > second - 0.02:
        return (
            f"ρ = {value:.6f} is close, but another is nearer to the best. Did you bar all nine"
            " pairs, each alone?"
        )
    return (
        f"ρ = {value:g} is too low. Bar one pair of the best assignment, and solve; then the next"
        " pair."
    )


# 06 why and what if


def check_why_hall(tasks: Collection[Hashable] | None, problem: Problem) -> str:
    """Check tasks that cannot all be filled, by Hall's condition: fewer workers than places, and no task to spare.

    Parameters
    ----------
    tasks : collection of labels
    problem : Problem
        Without conflicts between workers, a task a worker.

    Examples
    --------
    >>> problem = Problem([[0.5, 0.5], [0.4, 0.4]], [1, 1], None, [(0, 0), (0, 1)])
    >>> check_why_hall([0], problem)
    '0: 1 place, and 1 worker may take one of them (1). That can be filled; look for tasks that share their workers.'
    """
    names = _labels(tasks, needed(problem).tasks)
    if names is None:
        return f"Not yet: give a list of tasks, some of {listing(problem.tasks)}."
    if not names:
        return "No task needs nobody. Name tasks that have too few workers together."

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
        return f"{what} That can be filled; look for tasks that share their workers."
    for task in problem.tasks[problem.tasks.isin(list(names))]:
        fewer, others = reads(names - {task})
        if fewer > len(others):
            return f"{what} True, and it holds without {task} as well: leave that out."
    return f"Right: {what} None of these tasks can be left out."


def check_why_insist(task: Hashable = None, cost: float | None = None, worker: str = "a8") -> str:
    """Check on which task an idle worker (exact Q, a3 and a5 in conflict) costs least, and how much, to 4 decimals.

    Examples
    --------
    >>> check_why_insist("r0", 0.1)
    'a8 costs less elsewhere than on r0. Force a8 on each task in turn.'
    """
    problem = _case().problem([QUARREL])
    position(problem.workers, worker, "worker")
    if not isinstance(task, Hashable) or task not in problem.tasks:
        return f"Not yet: give one of the tasks {listing(problem.tasks)}, and what it costs."
    losses = {one: why(problem, worker, one) for one in problem.tasks}
    least = min(found.difference for found in losses.values())
    if not _is(losses[task].difference, least):
        return f"{worker} costs less elsewhere than on {task}. Force {worker} on each task in turn."
    if (value := _one_number(cost)) is None:
        return f"{task} is right. Now give what it costs: how far ρ falls."
    if _is(value, least, 5.1e-5):
        return (
            f"Right: with {worker} on {task} ρ falls by {least:.4f}."
            f" {moves_text(losses[task].moves)}."
        )
    rho = losses[task].performance
    if _is(value, -least, 5.1e-5):
        return "What it costs is the old ρ less the new one, so above 0."
    if _is(value, rho - least, 5.1e-5):
        return "That is the new ρ. How far is it below the old one?"
    own = problem.qualification.loc[worker].to_numpy()[problem.tasks.isin([task])]
    if _is(value, float(own[0]), 5.1e-5):
        return (
            f"That is Q of {worker} for {task}. Somebody leaves, and others may move: compare the"
            " two ρ."
        )
    return (
        f"{task} is right, {value:g} is not. Subtract ρ of the best assignment that has {worker} on"
        f" {task} from ρ."
    )


def check_why_smallest(
    search: (
        Callable[[Sequence[str], Callable[[Collection[str]], bool]], Collection[str]] | None
    ) = None,
) -> str:
    """Check a search for the smallest set of requirements that cannot hold together, on 20 made systems.

    Parameters
    ----------
    search : function of (names, exists)
        ``exists(some)`` says whether an assignment meets these requirements; all of them together
        it does not.

    Examples
    --------
    >>> check_why_smallest(lambda names, exists: names)
    'System 1: what you return is no smallest set: without a it still cannot hold.'
    """
    if not callable(search):
        return "Not yet: give a function of (names, exists) that returns some of the names."
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
            return f"On system {system} it stops with {type(error).__name__}: {error}."
        some = _labels(found, pd.Index(names))
        if some is None:
            return (
                f"On system {system} it returns {type(found).__name__}; some of the names are asked"
                " for."
            )
        if exists(some):
            return (
                f"System {system}: {listing(sorted(some)) or 'nothing'} can hold together, so it is"
                " no reason."
            )
        spare = [name for name in sorted(some) if not exists(some - {name})]
        if spare:
            return (
                f"System {system}: what you return is no smallest set: without {spare[0]} it still"
                " cannot hold."
            )
        least = min(map(len, reasons))
        if len(some) > least:
            return (
                f"System {system}: {listing(sorted(some))} is irreducible; there is one of only"
                f" {least}."
            )
    return "Right: the smallest set on all 20 systems."


# 08 experiments


def check_experiments_teams(
    answer: float | None = None, m: int = 6, n: int = 3, p: float = 0.5
) -> str:
    """Check the expected number of teams of n among m workers without a conflict.

    Examples
    --------
    >>> check_experiments_teams(20)
    'That is the number of all teams. Each is free of conflicts only with some probability.'
    """
    m, n, p = whole(m, "m", 0), whole(n, "n", 0), real(p, "p", 0, 1)
    if (value := _one_number(answer)) is None:
        return f"Not yet: give one number, the expected teams of {n} among {m} workers."
    teams, pairs = math.comb(m, n), math.comb(n, 2)
    right = teams * (1 - p) ** pairs
    if abs(value - right) < 0.005 + TIE:
        return f"Right: {teams} teams, each with probability (1 - {p:g})^{pairs}: {right:g}."
    slips = {
        float(
            teams
        ): "That is the number of all teams. Each is free of conflicts only with some probability.",
        (1 - p) ** pairs: "That is the probability of one team. There are many teams.",
        teams * (1 - p): f"You counted one pair a team. A team of {n} has {pairs} pairs.",
        teams
        * (1 - p) ** n: f"The exponent is the number of pairs in a team of {n}, not of its people.",
        teams
        * (1 - p)
        ** math.comb(
            m, 2
        ): "You took the pairs of all who apply. Only those within the team count.",
        math.perm(m, n)
        * (1 - p) ** pairs: "A team has no order: divide by the ways to line it up.",
    }
    return _nearest_slip(
        value, slips, f"Count the teams, then the pairs in one of them ({n} people).", ""
    )


def check_experiments_candidates(
    answer: float | None = None, places: int = 5, p: float = 0.2, chance: float = 0.95
) -> str:
    """Check the smallest number of candidates that fill so many places with that probability, by 2,000 instances.

    Examples
    --------
    >>> check_experiments_candidates(6)
    'With 6 candidates 34 % of the projects can be staffed, too few. Give more.'
    """
    places, p, chance = whole(places, "places"), real(p, "p", 0, 1), real(chance, "chance", 0, 1)
    value = _one_number(answer)
    if value is None or value != int(value) or not 1 <= value <= 200:
        return "Not yet: give a whole number of candidates, at most 200."

    def share(m: int) -> float:
        some = experiments.instances([(m, places, p)], 2000, 0)
        return sum(experiments.apply(one, "existence").status == "exists" for one in some) / len(
            some
        )

    m, sampling = int(value), 0.012  # two standard errors of 1,000 instances near 95 %
    here = share(m)
    if here < chance - sampling:
        return f"With {m} candidates {here:.0%} of the projects can be staffed, too few. Give more.".replace(
            "%", " %"
        )
    before = share(m - 1) if m > 1 else 0.0
    if before > chance + sampling:
        text = (
            f"With {m} candidates {here:.0%} can be staffed, and with {m - 1} still {before:.0%}."
            " Give fewer."
        )
        return text.replace("%", " %")
    return f"Right: {m} candidates staff {here:.1%} of the projects, {m - 1} only {before:.1%}.".replace(
        "%", " %"
    )


def check_experiments_greedy(method: Callable[[Problem], pd.DataFrame] | None = None) -> str:
    """Check a greedy of the reader's own on 40 instances with uniform Q, against the three of the package.

    Examples
    --------
    >>> check_experiments_greedy(lambda problem: baselines.greedy_by_task(problem).table)
    'Valid on all 40 instances, with F = 0.9820; the best of the three has 0.9849. It is not ahead yet.'
    """
    if not callable(method):
        return (
            "Not yet: give a function that takes a problem and returns a 0/1 table, workers ×"
            " tasks."
        )
    cells = experiments.instances([(15, 5, 0.1)], 40, 0, qualification="uniform")
    problems = [one.problem() for one in cells]
    mine: list[float] = []
    for at, problem in enumerate(problems):
        try:
            table = method(problem)
        except Exception as error:
            return (
                f"On instance {at} (seed {cells[at].seed}) it stops with {type(error).__name__}:"
                f" {error}."
            )
        if not isinstance(table, pd.DataFrame):
            return f"On instance {at} it returns {type(table).__name__}; a DataFrame is asked for."
        if broken := check(problem, table):
            return f"On instance {at} (seed {cells[at].seed}) a rule is broken: {broken[0]}."
        mine.append(performance(problem, table))
    best = np.array([optimum(problem).performance for problem in problems])
    others = (baselines.greedy_by_task, baselines.greedy_by_pair, baselines.greedy_by_options)
    theirs = max(
        float(np.mean([greedy(one).performance for one in problems] / best)) for greedy in others
    )
    f = float(np.mean(mine / best))
    if f <= theirs:
        return (
            f"Valid on all 40 instances, with F = {f:.4f}; the best of the three has {theirs:.4f}."
            " It is not ahead yet."
        )
    return (
        f"Right: valid on all 40 instances, with F = {f:.4f}; the best of the three has"
        f" {theirs:.4f}."
    )


# 07 your own data

SLIPS = {
    "tasks.csv": ("r1,1", "r1,one"),
    "ability.csv": ("a4,quality,0.43,0.51", "a4,quality,0.51,0.43"),
    "task_conflicts.csv": ("a7,r4", "a7,r5"),
}


def slips(folder: str | PathLike[str]) -> dict[str, str]:
    """Write the case study with three slips into a new folder; the text of the three files, lines numbered."""
    load_case_study().write(folder)
    numbered = {}
    for name, (right, wrong) in SLIPS.items():
        path = Path(folder) / name
        text = path.read_text(encoding="utf-8").replace(right, wrong, 1)
        path.write_text(text, encoding="utf-8")
        numbered[name] = "\n".join(
            f"{at:3}  {line}" for at, line in enumerate(text.splitlines(), 1)
        )
    return numbered


def check_own_data_slips(
    folder: str | PathLike[str], answer: Mapping[Any, Any] | None = None
) -> str:
    """Check where the slips are in a folder that :func:`slips` wrote: a line number for each file.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "broken"
    >>> _ = slips(folder)
    >>> check_own_data_slips(folder, {"tasks.csv": 2})
    'tasks.csv: line 2 is well as it is. Read every cell against its column and the other files.'
    """
    if not isinstance(folder, str | PathLike):
        return "Not yet: give the folder first, then a line for each file."
    try:
        read_project(Path(folder))
        return (
            "The folder is read without a problem: all is mended, or it is not the one with the"
            " slips."
        )
    except ProjectError as error:
        found = re.findall(
            r"^([\w.]+), line ([0-9]+)", "\n".join(error.problems), flags=re.MULTILINE
        )
    right: dict[Any, set[int]] = {}
    for name, line in found:
        right.setdefault(name, set()).add(int(line))
    if not isinstance(answer, Mapping) or not answer:
        return "Not yet: give a line for each file, such as {'tasks.csv': 2}."
    for name, line in answer.items():
        if name not in right:
            return f"There is no slip in {shown(name)}. Look in {listing(SLIPS)}."
        if number(line) not in right[name]:
            well = f"{name}: line {shown(line)} is well as it is."
            return f"{well} Read every cell against its column and the other files."
    if lacking := [name for name in right if name not in answer]:
        return f"Right so far. There is one in {listing(lacking)} too."
    return f"Right: {listing(f'{name}, line {min(lines)}' for name, lines in right.items())}."


def check_own_data_file(path: str | PathLike[str] | None = None) -> str:
    """Check a scenario file written by hand: a3 and a5 in conflict, r2 asks for one fewer, and nothing else.

    Examples
    --------
    >>> check_own_data_file()
    'Not yet: give the path of your file.'
    """
    if not isinstance(path, str | PathLike):
        return "Not yet: give the path of your file."
    case = load_case_study()
    fewer = int(case.required["r2"]) - 1
    try:
        plans = Scenarios.load(case, Path(path))
        if len(plans.named) != 1:
            return f"The file holds {len(plans.named)} scenarios; one is asked for."
        one = plans.named[0]
        got = plans.problem(one)
    except ValueError as error:
        return f"It cannot be read yet. {error}"
    if not got.worker_conflicts.equals(case.problem([QUARREL]).worker_conflicts):
        return f"It is read. The conflicts are not yet {QUARREL[0]} with {QUARREL[1]} alone."
    if got.required["r2"] != fewer:
        return (
            f"It is read, and the conflict is right. r2 needs {got.required['r2']} in it, not"
            f" {fewer}."
        )
    if one.words(case) != Scenario("", conflicts={QUARREL: 1}, required={"r2": fewer}).words(case):
        return (
            "It is read, and both changes are there. Something else is changed as well: take it"
            " out."
        )
    return f"Right: {one.name!r} is read, and ρ = {plans.answer(one).performance:.4f}."


def check_own_data_break(scenario: Scenario | None = None) -> str:
    """Check a scenario that breaks the case study: places enough, each task possible alone, mended by one change.

    Examples
    --------
    >>> check_own_data_break(Scenario("more", required={"r0": 6}))
    'There are 13 places and 12 workers: that shows at a glance. Leave at most 12 places.'
    """
    if not isinstance(scenario, Scenario):
        return "Not yet: give a cn.Scenario."
    try:
        problem = scenario.problem(load_case_study())
    except ValueError as error:
        return f"It does not fit the case study. {error}"
    places, most = int(problem.need.sum()), len(problem.workers)
    if places > most:
        return (
            f"There are {places} places and {most} workers: that shows at a glance. Leave at most"
            f" {most} places."
        )
    for task, need in problem.required.items():
        alone = optimum(
            problem.changed(required={other: need * (other == task) for other in problem.tasks})
        )
        if alone.status == "infeasible":
            return f"{task} cannot be filled even alone. Each task alone should be possible."
    answer = optimum(problem)
    if answer.status != "infeasible":
        return f"An assignment exists still, with ρ = {answer.performance:.4f}."
    # people there before people to be found
    first = repairs(problem, 1, {"limit": 2, "worker": 3}).repairs[0]
    if first.cost > 1:
        return (
            f"No assignment exists, and the cheapest repair makes {first.cost:g} changes. One"
            " should do."
        )
    why_not = " ".join(explain_infeasible(problem).text.splitlines())
    return f"Right: {why_not} It is enough to {first.text}."


# 09 matching

MATCH = pd.DataFrame(
    [[0.8, 0.7, 0.6, 0.9], [0.5, 0.4, 0.3, 0.2], [0.7, 0.8, 0.9, 0.5], [0.6, 0.5, 0.4, 0.3]],
    index=["t1", "t2", "t3", "t4"],
    columns=["w1", "w2", "w3", "w4"],
)  # A of the second source, tasks × workers


def check_matching_by_hand(
    answer: float | None = None, capacity: Mapping[str, int] | None = None
) -> str:
    """Check the best match of the source's example when w4 has left and w1 may take two tasks.

    Examples
    --------
    >>> check_matching_by_hand(2.8)
    'That needs w4, or w1 with three tasks. w4 has left, and w1 may take two.'
    """
    limits = {"w1": 2, "w2": 1, "w3": 1, "w4": 0} if capacity is None else capacity
    if not isinstance(limits, Mapping):
        raise ValueError(
            f"capacity: a mapping of workers to numbers of tasks is needed, got {shown(capacity)}"
        )
    labelled_vector(limits, MATCH.columns, "capacity")
    limits = {worker: whole(limit, f"capacity of {worker}", 0) for worker, limit in limits.items()}
    if (value := _one_number(answer)) is None:
        return "Not yet: give one number, the sum of A over the pairs chosen."
    problem = Problem(MATCH.T, [1] * len(MATCH), worker_limits=limits, required_rule="at most")
    best, there = optimum(problem), [worker for worker, limit in limits.items() if limit]
    if _is(value, best.performance, THREE_DECIMALS):
        pairs = ", ".join(
            f"{task} to {worker}"
            for worker, task in best.pairs[["worker", "task"]].to_numpy().tolist()
        )
        return (
            f"Right: {pairs} makes {best.performance:.1f}. What w1 does, the model as meant allows;"
            " w4 is idle."
        )
    x = pd.Series(limits).reindex(MATCH.columns)
    slips = {
        float(
            (MATCH * x).to_numpy().sum()
        ): "That is the model as printed: every pair up to X_j. Each task is done once.",
        float(
            MATCH[there].max(axis=1).sum()
        ): "That needs w4, or w1 with three tasks. w4 has left, and w1 may take two.",
        float(
            optimum(problem.changed(worker_limits=x.clip(upper=1))).performance
        ): "That is one task each, and a task is left. w1 may take two.",
    }
    return _nearest_slip(
        value, slips, "Begin with t3, which only w3 does best, and share out the other three.", ""
    )


def check_matching_fractional(
    conflicts: Collection[tuple[Hashable, Hashable]] | None = None,
) -> str:
    """Check conflicts between the four workers of the example under which the relaxation is better than any assignment.

    Examples
    --------
    >>> check_matching_fractional([("w1", "w2")])
    'The relaxation gives 2.4000, an assignment as well: no gap. Which shape of conflicts makes halves worth while?'
    """
    if not isinstance(conflicts, list | tuple | set | frozenset) or not conflicts:
        return "Not yet: give a list of pairs of workers, such as [('w1', 'w2')]."
    try:
        problem = Problem(
            MATCH.T, [1] * len(MATCH), worker_conflicts=conflicts, required_rule="at most"
        )
    except ValueError as error:
        return f"Not yet: {error}."
    bound, best = relaxation.relax(problem).bound, optimum(problem).performance
    if bound <= best + WHOLE:
        return (
            f"The relaxation gives {bound:.4f}, an assignment as well: no gap. "
            "Which shape of conflicts makes halves worth while?"
        )
    pairs, closed = len(problem.conflict_pairs), relaxation.relax(problem, "cliques").bound
    if pairs > 3:
        return (
            f"There is a gap, {bound:.4f} to {best:.4f}, with {pairs} conflicts. It can be had with"
            " fewer."
        )
    return (
        f"Right: {bound:.4f} with halves, {best:.4f} without; the row of the clique brings it to"
        f" {closed:.4f}."
    )


def check_matching_fair(policy: Callable[[Problem], pd.DataFrame] | None = None) -> str:
    """Check a policy of the reader's own on ten markets: its worst-off tasks do better than under the optimum.

    Examples
    --------
    >>> check_matching_fair(matching.optimal)
    'Valid on all 10 markets; the worst-off task has 0.607 on average, under the optimum 0.607. It is not ahead yet.'
    """
    if not callable(policy):
        return (
            "Not yet: give a function that takes a problem and returns a 0/1 table, workers ×"
            " tasks."
        )
    mine, theirs = [], []
    for seed in range(10):
        problem = matching.market(30, 12, rng=seed)
        try:
            table = policy(problem)
        except Exception as error:
            return f"On market {seed} it stops with {type(error).__name__}: {error}."
        if not isinstance(table, pd.DataFrame):
            return f"On market {seed} it returns {type(table).__name__}; a DataFrame is asked for."
        if broken := check(problem, table):
            return f"On market {seed} a rule is broken: {broken[0]}."
        mine.append(matching.outcome(problem, table))
        theirs.append(matching.outcome(problem, matching.optimal(problem)))
    worst, before = (float(np.mean([one["worst task"] for one in some])) for some in (mine, theirs))
    lost = 1 - sum(one["match"] for one in mine) / sum(one["match"] for one in theirs)
    if worst <= before + TIE:
        return (
            f"Valid on all 10 markets; the worst-off task has {worst:.3f} on average, under the"
            f" optimum {before:.3f}. It is not ahead yet."
        )
    return (
        f"Right: the worst-off task has {worst:.3f} in place of {before:.3f}, for {100 * lost:.1f}"
        " % of the match."
    )


# 11 three scenes


def check_scenes_threshold(
    answer: float | None = None, person: float = 2.0, bot: float = 0.0, wrong: float = 6.0
) -> str:
    """Check the confidence from which on a bot's answer is the cheaper one, to three decimals.

    Examples
    --------
    >>> check_scenes_threshold(0.25)
    'That is the chance of a wrong answer at which both cost the same. The confidence is 1 less that.'
    """
    if (value := _one_number(answer)) is None:
        return "Not yet: give one number, a confidence from 0 to 1."
    right = scenes.cheapest_threshold(person, bot, wrong)
    person, bot, wrong = map(number, (person, bot, wrong))
    if _is(value, right, THREE_DECIMALS):
        return (
            f"Right: by hand {person:g}, by bot {bot:g} + (1 - p)({person:g} + {wrong:g}); equal at"
            f" p = {right:g}."
        )
    slips = {
        1 - right: (
            "That is the chance of a wrong answer at which both cost the same. The confidence is 1"
            " less that."
        ),
        1
        - (person - bot)
        / (
            wrong or math.inf
        ): "After a wrong answer a person answers too: count that price as well as the harm.",
        0.5: (
            "That would be right if a wrong answer cost as much more as a person does. Set the two"
            " costs equal."
        ),
    }
    return _nearest_slip(
        value, slips, "Set the person's cost equal to the bot's, and solve for p.", "A confidence"
    )


SHARED_WORK = {
    "writer": 60.0, "painter": 0.0, "editor": 0.0, "writer + painter": 120.0, "writer + editor": 90.0,
    "painter + editor": 0.0, "writer + painter + editor": 180.0,
}  # fmt: skip


def check_scenes_shares(answer: Any = None, earned: Mapping[str, float] = SHARED_WORK) -> str:
    """Check the Shapley values of a small team.

    Parameters
    ----------
    answer : mapping or Series
        By worker.
    earned : mapping of str to float
        What each part of the team earns, its people joined by ``" + "``.

    Examples
    --------
    >>> check_scenes_shares({"writer": 100, "painter": 50, "editor": 40})
    'They sum to 190, and there are 180 to share.'
    """
    if not isinstance(earned, Mapping) or not earned:
        raise ValueError(
            f"earned: a mapping of teams to what they earn is needed, got {shown(earned)}"
        )
    try:
        values = scenes.teams(list(earned), list(earned.values()))
        scenes.shapley(values)
    except ValueError as error:
        raise ValueError(f"earned: {error}") from None
    right = scenes.shapley(values)
    if (given := _numbers_for(answer, right.index)) is None:
        return f"Not yet: give a number for each of {listing(right.index)}."
    whole = float(right.sum())
    if np.allclose(given, right, atol=0.005 + TIE):
        return (
            f"Right: {_with_names(right)}. Each is the mean of what one adds, over all orders of"
            " joining."
        )
    if not _is(float(given.sum()), whole, 0.02):
        last = [whole - values[frozenset(right.index.difference([one]))] for one in right.index]
        if np.allclose(given, last):
            return "That is what each adds as the last to come. Take the mean over all six orders."
        return f"They sum to {given.sum():g}, and there are {whole:g} to share."
    if np.allclose(given, whole / len(given)):
        return (
            "Equal shares would be right if all added the same. Write down the six orders, and what"
            " each adds in them."
        )
    worst = int(np.abs(given - right.to_numpy()).argmax())
    side = "much" if given[worst] > right.iloc[worst] else "little"
    return (
        f"The sum is right; {right.index[worst]} has too {side}. Write down the six orders, and"
        " what each adds in them."
    )


def check_scenes_publish(
    publish: Callable[[pd.Series[Any], int], Mapping[Any, float]] | None = None,
) -> str:
    """Check a function that says which counts may be shown beside their total, on made columns.

    Examples
    --------
    >>> check_scenes_publish(lambda groups, k: {})
    'Groups a 9, b 7, c 6 and k = 5: 0 rows are shown, 22 could be.'
    """
    if not callable(publish):
        return (
            "Not yet: give a function of a column of groups and k that returns a mapping group →"
            " count."
        )
    rng = np.random.default_rng(0)
    tried = [
        ({"a": 9, "b": 7, "c": 6}, 5),
        ({"a": 9, "b": 7, "c": 3}, 5),
        ({"a": 9, "b": 2, "c": 4}, 5),
    ]
    for _ in range(30):
        sizes = rng.integers(1, 12, size=int(rng.integers(1, 6)))
        k = int(rng.integers(2, 7))
        if sizes.sum() >= k:  # else the total itself is too small to be shown
            tried.append(({f"g{at}": int(size) for at, size in enumerate(sizes)}, k))
    for sizes_of, k in tried:
        names = listing(f"{name} {size}" for name, size in sizes_of.items())
        case = f"Groups {names} and k = {k}:"
        column = pd.Series(
            [name for name, size in sizes_of.items() for _ in range(size)], dtype=object
        )
        try:
            shown_ = dict(publish(column.copy(), k))
        except Exception as error:
            return f"{case} it stops with {type(error).__name__}: {error}."
        for name, given in shown_.items():
            if sizes_of.get(name) != given:
                return f"{case} it shows {given} for {name}, which is not so."
            if given < k:
                return f"{case} it shows {name} with {given}, under k."
        total, rest = len(column), len(column) - int(sum(shown_.values()))
        if 0 < rest < k:
            return (
                f"{case} the total is {total}, so a reader works out {rest} for what is hidden."
                " Hide one group more."
            )
        large = sorted(size for size in sizes_of.values() if size >= k)
        small = total - sum(large)
        most = sum(large[1:]) if 0 < small < k else sum(large)
        if total - rest < most:
            return f"{case} {total - rest} rows are shown, {most} could be."
    return (
        f"Right, on {len(tried)} columns: the total gives nothing away, and nothing more could be"
        " shown."
    )


# 10 a working market


def check_market_by_hand(
    answer: float | None = None,
    arrival: float = 2.3,
    epoch: float = 1.0,
    notice: float = 0.5,
    load: float = 2.0,
) -> str:
    """Check the hour at which a subtask of one person is done, when somebody is free and the job is not late.

    Examples
    --------
    >>> check_market_by_hand(4.8)
    'That is as if it were matched when it arrives. The platform matches at 0, 1, 2, … hours only.'
    """
    arrival, notice, load = (
        real(arrival, "arrival", 0),
        real(notice, "notice", 0),
        real(load, "load", 0),
    )
    if not real(epoch, "epoch", 0) > 0:
        raise ValueError(f"epoch must be above 0, got {shown(epoch)}")
    epoch = number(epoch)
    if (value := _one_number(answer)) is None:
        return "Not yet: give one number, the hour at which the subtask is done."
    matched = math.ceil(arrival / epoch) * epoch
    right = matched + notice + load
    if abs(value - right) < TIE:
        return f"Right: matched at {matched:g}, begun {notice:g} h later, done at {right:g}."
    slips = {
        arrival + notice + load: (
            "That is as if it were matched when it arrives. The platform matches at "
            f"0, {epoch:g}, {2 * epoch:g}, … hours only."
        ),
        matched + load: "The notice is missing: nobody begins the moment they are chosen.",
        matched - epoch + notice + load: "That matching was before the task arrived.",
        matched + notice: "Then the job begins. When is it done?",
        right + load * (WORST - 1): "That is the hour of a late job. This one is not late.",
    }
    return _nearest_slip(
        value, slips, "Find the first matching after the arrival, then add notice and load.", ""
    )


def _two(values: object, name: str) -> tuple[float, float]:
    """Two numbers in [0, 1]; ValueError with the argument's name for anything else."""
    if not isinstance(values, Sequence) or isinstance(values, str | bytes) or len(values) != 2:
        raise ValueError(f"{name}: two numbers are needed, got {shown(values)}")
    return real(values[0], name, 0, 1), real(values[1], name, 0, 1)


def check_market_price(
    answer: float | None = None,
    ability: tuple[float, float] = (0.6, 0.8),
    demands: tuple[float, float] = (0.4, 0.6),
) -> str:
    """Check the price from which a worker chosen for one task is not moved to an urgent one, to three decimals.

    Parameters
    ----------
    answer : float
    ability : (low, high)
    demands : (of the running task, of the urgent one)
        Lower ends; the upper ones are 1. The urgent task has weight 2.

    Examples
    --------
    >>> print(check_market_price(0.5)[:52])
    0.5 is not it. At a price of 0.5 nobody is moved, bu
    """
    ability, demands = (_two(ability, "ability"), _two(demands, "demands"))
    if (value := _one_number(answer)) is None:
        return "Not yet: give one number, in units of Q."
    running, urgent = (float(possibility_degree(*ability, low, 1.0)) for low in demands)
    right = URGENT * urgent - running
    if _is(value, right, THREE_DECIMALS):
        return f"Right: {URGENT:g} · {urgent:.3f} − {running:.3f} = {right:.3f}."
    slips = {
        urgent - running: "You forgot that the urgent task counts twice.",
        URGENT * urgent: "That is what the urgent task gains. What is lost on the other one?",
        URGENT * (urgent - running): "Only the urgent task counts twice, the running one once.",
    }
    problem = Problem(
        pd.DataFrame([[running, urgent]], ["w0"], ["t0", "t1"]),
        [1, 1],
        [1, URGENT],
        required_rule="at most",
    )
    now = pd.DataFrame([[1, 0]], ["w0"], ["t0", "t1"])
    moved = value >= 0 and replan(problem, now, value).changes > 0
    general = (
        f"At a price of {value:g} the worker is still moved. It takes more to keep them."
        if moved
        else (
            f"At a price of {value:g} nobody is moved, but at a lower one neither. "
            "Where does the gain just pay the price?"
        )
    )
    return _nearest_slip(value, slips, general, "")


def check_market_policy(
    policy: Callable[[Problem, np.random.Generator], pd.DataFrame] | None = None,
) -> str:
    """Check a policy of the reader's own in three markets: what it is worth, against ``myopic`` and ``random``.

    Examples
    --------
    >>> check_market_policy()
    'Not yet: give a function that takes a problem and a random generator and returns a 0/1 table.'
    """
    if not callable(policy):
        return (
            "Not yet: give a function that takes a problem and a random generator and returns a 0/1"
            " table."
        )
    try:
        mine = _market_worth(policy)
    except ValueError as error:
        return f"{error}."
    except Exception as error:
        return f"It stops with {type(error).__name__}: {error}."
    lots, each = _known_market_worth("random"), _known_market_worth("myopic")
    told = (
        f"your policy delivers {mine:.3f} of what was asked for, random {lots:.3f}, myopic"
        f" {each:.3f}"
    )
    return (
        f"Right: {told}."
        if mine > max(lots, each)
        else f"It keeps the rules; {told}. It is not ahead yet."
    )


def _market_worth(policy: Any) -> float:
    """What a policy is worth on average in three markets."""
    market = Market(days=3, workers=20, arrivals=0.5, epoch=2.0, skills=2, places=1)
    return float(np.mean([simulate(market, policy, seed).summary["worth"] for seed in range(3)]))


_known_market_worth = cache(_market_worth)
