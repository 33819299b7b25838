"""Notebook 10: when a subtask is done, the price of a move, a policy of one's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import possibility_degree
from crowdnb.exercises.answers import TIE, number_said, one_number, stop_text
from crowdnb.exercises.verdict import Verdict, right_answer, wrong_answer
from crowdnb.explain.replan import replan
from crowdnb.labels import number, real, shown
from crowdnb.market.parameters import URGENT, WORST, Market
from crowdnb.market.simulation import simulate
from crowdnb.model.problem import Problem


def check_market_by_hand(
    answer: float | None = None,
    arrival: float = 2.3,
    epoch: float = 1.0,
    notice: float = 0.5,
    load: float = 2.0,
) -> Verdict:
    """Check the hour at which a subtask of one person is done: somebody is free, it is not late.

    Examples
    --------
    >>> check_market_by_hand(4.8)
    That is as if it were matched when it arrives. The platform matches at 0, 1, 2, … hours only.
    """
    arrival, notice = real(arrival, "arrival", 0), real(notice, "notice", 0)
    load = real(load, "load", 0)
    if not real(epoch, "epoch", 0) > 0:
        raise ValueError(f"epoch must be above 0, got {shown(epoch)}")
    epoch = number(epoch)
    matched = math.ceil(arrival / epoch) * epoch
    right = matched + notice + load
    slips = [
        (
            arrival + notice + load,
            "That is as if it were matched when it arrives. The platform matches at"
            f" 0, {epoch:g}, {2 * epoch:g}, … hours only.",
        ),
        (matched + load, "The notice is missing: nobody begins the moment they are chosen."),
        (matched - epoch + notice + load, "That matching was before the task arrived."),
        (matched + notice, "Then the job begins. When is it done?"),
        (right + load * (WORST - 1), "That is the hour of a late job. This one is not late."),
    ]
    return number_said(
        answer,
        right,
        ask="Not yet: give one number, the hour at which the subtask is done.",
        praise=f"Right: matched at {matched:g}, begun {notice:g} h later, done at {right:g}.",
        slips=slips,
        otherwise="Find the first matching after the arrival, then add notice and load.",
        within=TIE,
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
) -> Verdict:
    """Check the price from which a worker chosen for one task is not moved to an urgent one.

    Parameters
    ----------
    answer : float
    ability : (low, high)
    demands : (of the running task, of the urgent one)
        Lower ends; the upper ones are 1. The urgent task has weight 2.

    Examples
    --------
    >>> print(str(check_market_price(0.5))[:52])
    0.5 is not it. At a price of 0.5 nobody is moved, bu
    """
    ability, demands = (_two(ability, "ability"), _two(demands, "demands"))
    ask = "Not yet: give one number, in units of Q."
    if (value := one_number(answer)) is None:
        return wrong_answer(ask)
    running, urgent = (float(possibility_degree(*ability, low, 1.0)) for low in demands)
    right = URGENT * urgent - running
    slips = [
        (urgent - running, "You forgot that the urgent task counts twice."),
        (URGENT * urgent, "That is what the urgent task gains. What is lost on the other one?"),
        (
            URGENT * (urgent - running),
            "Only the urgent task counts twice, the running one once.",
        ),
    ]
    q = pd.DataFrame([[running, urgent]], ["w0"], ["t0", "t1"])
    problem = Problem(q, [1, 1], [1, URGENT], required_rule="at most")
    now = pd.DataFrame([[1, 0]], ["w0"], ["t0", "t1"])
    if value >= 0 and replan(problem, now, value).changes > 0:
        otherwise = (
            f"At a price of {value:g} the worker is still moved. It takes more to keep them."
        )
    else:
        otherwise = (
            f"At a price of {value:g} nobody is moved, but at a lower one neither. Where does the"
            " gain just pay the price?"
        )
    praise = f"Right: {URGENT:g} · {urgent:.3f} − {running:.3f} = {right:.3f}."
    return number_said(answer, right, ask=ask, praise=praise, slips=slips, otherwise=otherwise)


def check_market_policy(
    policy: Callable[[Problem, np.random.Generator], pd.DataFrame] | None = None,
) -> Verdict:
    """Check a policy of the reader's own in three markets against ``first come`` and ``random``.

    Examples
    --------
    >>> check_market_policy()
    Not yet: give a function that takes a problem and a random generator and returns a 0/1 table.
    """
    if not callable(policy):
        return wrong_answer(
            "Not yet: give a function that takes a problem and a random generator and returns a 0/1"
            " table."
        )
    try:
        mine = _market_worth(policy)
    except ValueError as error:
        return wrong_answer(f"{error}.")
    except Exception as error:
        return wrong_answer(f"It {stop_text(error)}")
    lots, each = _known_market_worth("random"), _known_market_worth("first come")
    told = (
        f"your policy delivers {mine:.3f} of what was asked for, random {lots:.3f}, first"
        f" come {each:.3f}"
    )
    if mine > max(lots, each):
        return right_answer(f"Right: {told}.")
    return wrong_answer(f"It keeps the rules; {told}. It is not ahead yet.")


def _market_worth(policy: Any) -> float:
    """What a policy is worth on average in three markets."""
    market = Market(days=3, workers=20, arrivals=0.5, epoch=2.0, skills=2, places=1)
    return float(np.mean([simulate(market, policy, seed).summary["worth"] for seed in range(3)]))


_known_market_worth = cache(_market_worth)
