"""Matching policies: how a platform may give tasks to workers (the second source).

A policy takes a problem and, where it draws, ``rng``; it returns T, workers × tasks, 0/1. Policies
stand for what a platform does at one moment, so L_j and a worker's limit are what there is room for
at most, and a place may stay empty: the answer keeps every rule of
``problem.changed(required_rule="at most")``, the conflicts C^R and C^A included. A pair is taken
only where W_j Q_ij, as far as the policy knows it, is above 0.

``at_random``
    the pairs in an order that is drawn, each where it still fits
``first_come``
    the tasks in their order, each with the best worker who is left
``greedy``
    the best pair that is left, then the next
``auction``
    places bid for workers until each has the one it likes best at the wages reached
``collaborative_filtering``
    the optimum for matches that were guessed, where workers have not been seen on a task
``deferred_acceptance``
    workers apply where they like to be, tasks keep the best who applied
``optimal``
    the greatest total match, as :func:`crowdnb.solve` finds it

:func:`fairest` is best for the worst-off place. How unequal incomes are is told by
:mod:`crowdnb.market.inequality`.

The auction, deferred acceptance and collaborative filtering know nothing of conflicts between
workers. Where some of their pairs clash, the better pair stays, and what is left open is filled as
by ``greedy``.

References
----------
The second source, section 3.2, step 3: tasks are given out by "collaborative filtering, random
algorithms, auction mechanisms and so on" (协同过滤、随机算法、拍卖机制等); its section 4 has the model,
max Σ_i Σ_j A_ij x_ij.
"""

from __future__ import annotations

from crowdnb.market.inequality import gini, lorenz
from crowdnb.market.matching.acceptance import blocking_pairs, deferred_acceptance
from crowdnb.market.matching.best import fairest, optimal
from crowdnb.market.matching.bidding import Auction, auction, hold_auction
from crowdnb.market.matching.comparing import POLICIES, compare, outcome, trial
from crowdnb.market.matching.filling import Policy, Seed, with_room
from crowdnb.market.matching.guessing import collaborative_filtering, guess
from crowdnb.market.matching.made_up import market
from crowdnb.market.matching.orders import at_random, first_come, greedy

__all__ = [
    "POLICIES",
    "Auction",
    "Policy",
    "Seed",
    "at_random",
    "auction",
    "blocking_pairs",
    "collaborative_filtering",
    "compare",
    "deferred_acceptance",
    "fairest",
    "first_come",
    "gini",
    "greedy",
    "guess",
    "hold_auction",
    "lorenz",
    "market",
    "optimal",
    "outcome",
    "trial",
    "with_room",
]
