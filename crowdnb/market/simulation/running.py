"""Run a market, and compare several cases over the same seeds."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import joblib
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.labels import flag, needs, several, shown, unique_index, whole
from crowdnb.market.parameters import Market
from crowdnb.market.simulation.auditing import audit
from crowdnb.market.simulation.chance import Chance
from crowdnb.market.simulation.loop import POLICIES, Loop, Policy
from crowdnb.market.simulation.records import Run
from crowdnb.solver.batch import in_parallel


def simulate(
    market: Market, policy: Policy = "optimal", seed: int = 0, progress: bool = False
) -> Run:
    """Run a market from the first task to the last.

    Parameters
    ----------
    market : Market
    policy : {"optimal", "first come", "random", "informed"} or function
        As the module's text says. A function takes a Problem (subtasks with open places, "at most"
        so many workers each, conflicts within a subtask) and a Generator, and returns workers ×
        subtasks, 0/1; places may stay empty.
    seed : int
        ≥ 0. The same seed has the same tasks and workers with every policy.
    progress : bool
        Whether to show a bar, of tasks that are over.

    Returns
    -------
    Run
        ``.tasks``, ``.workers``, ``.jobs``, ``.epochs``, ``.daily``, ``.summary``, ``.text``.

    Raises
    ------
    ValueError
        An unknown policy; a seed below 0; a policy's table that breaks a rule.
    RuntimeError
        The records break a rule of :func:`audit`: an error in this package.
    ModuleNotFoundError
        SimPy is not installed.

    Examples
    --------
    >>> run = simulate(Market(days=2, workers=20, arrivals=0.5), seed=1)
    >>> run
    <Run: 25 tasks, policy optimal, seed 1>
    """
    needs(market, Market, "market")
    return play(Chance(market, whole(seed, "seed", 0)), policy, progress)


def play(chance: Chance, policy: Policy = "optimal", progress: bool = False) -> Run:
    """Run a market whose tasks and workers are at hand; :func:`simulate` does it with a seed's."""
    if isinstance(policy, str) and policy == "myopic":
        warnings.warn("the policy 'myopic' is called 'first come' now", FutureWarning, stacklevel=2)
        policy = "first come"
    if not (callable(policy) or (isinstance(policy, str) and policy in POLICIES)):
        raise ValueError(
            f"policy must be a function or one of {', '.join(POLICIES)}, got {shown(policy)}"
        )
    run = Loop(needs(chance, Chance, "chance"), policy, flag(progress, "progress")).run()
    if broken := audit(run):
        raise RuntimeError(f"internal error: {broken[0]}")
    return run


class Comparison(NamedTuple):
    """Several cases over the same seeds."""

    summary: pd.DataFrame  # index (case, seed): one row per run, as Run.summary
    daily: pd.DataFrame  # index (case, seed, day): as Run.daily


def compare(
    cases: Mapping[str, tuple[Market, Policy]],
    seeds: Sequence[int] = range(10),
    progress: bool = False,
) -> Comparison:
    """Run every case with every seed.

    In parallel where joblib is told so (``joblib.parallel_config``).

    Parameters
    ----------
    cases : mapping of name to (Market, policy)
    seeds : sequence of int
        The same for each case: differences of two cases are of the same tasks and people.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Comparison
    """
    seeds = [whole(seed, "seeds", 0) for seed in several(seeds, "seeds")]
    if not isinstance(cases, Mapping) or not cases or not seeds:
        raise ValueError(
            f"cases and seeds: a case and a seed at least are needed, got {shown(cases)},"
            f" {shown(seeds)}"
        )
    unique_index(cases, "cases")
    for name, case in cases.items():
        if not isinstance(case, tuple) or len(case) != 2 or not isinstance(case[0], Market):
            raise ValueError(f"cases: {name} is {shown(case)}, a Market and a policy are needed")
    flag(progress, "progress")
    calls = [(name, seed) for name in cases for seed in seeds]
    work = (joblib.delayed(partial(_one, *cases[name]))(seed) for name, seed in calls)
    runs = in_parallel(work)
    found = list(tqdm(runs, total=len(calls), desc="markets", disable=not progress))
    summary = pd.DataFrame(
        [one for one, _ in found], index=pd.MultiIndex.from_tuples(calls, names=["case", "seed"])
    )
    return Comparison(
        summary, pd.concat([daily for _, daily in found], keys=calls, names=["case", "seed"])
    )


def _one(market: Market, policy: Policy, seed: int) -> tuple[pd.Series[float], pd.DataFrame]:
    run = simulate(market, policy, seed)
    return run.summary, run.daily
