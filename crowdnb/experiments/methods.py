"""What is applied to an instance: the program, the baselines, and who can work together."""

from __future__ import annotations

import time
from functools import cache, partial

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from crowdnb.ability.qualification import qualification
from crowdnb.experiments import baselines
from crowdnb.experiments.runner import Instance, Outcome, processor
from crowdnb.labels import needs, text_of, whole
from crowdnb.model.conflict_graph import largest_team, team_exists
from crowdnb.solver.search import optimum

NODE_CAP = 200_000  # of a baseline, some seconds
TEAM_CAP = 10_000  # of the search for the largest team
GREEDY = ("greedy_by_task", "greedy_by_pair", "greedy_by_options")
SOLVERS = ("crowdnb", "CPLEX", *GREEDY, "exhaustive")
METHODS = (*SOLVERS, "existence", "largest team", "package", "arrays")


def apply(instance: Instance, method: str, node_cap: int = NODE_CAP) -> Outcome:
    """One method on one instance; its preparation is not timed.

    Parameters
    ----------
    instance : Instance
    method : str
        ``crowdnb``, ``CPLEX``, ``existence``, ``largest team``, a baseline by name, or ``package``
        and ``arrays`` for figure 1.
    node_cap : int
        Where a baseline gives up.
    """
    needs(instance, Instance, "instance")
    text_of(method, "method")
    node_cap = whole(node_cap, "node_cap", rule="must be at least {}")
    if method == "existence":
        return _existence(instance)
    if method == "largest team":
        return _largest(instance)
    if method in ("package", "arrays"):
        return _preprocessing(instance, method)
    if method not in METHODS:
        raise ValueError(f"methods: {method!r} is unknown; known are {', '.join(METHODS)}")
    problem = instance.problem()
    if method == "crowdnb":
        _warm()
        start = processor()
        answer = optimum(problem)
        return Outcome(answer.status, _brief(processor() - start), None, answer.performance)
    by = (
        baselines.by_cplex
        if method == "CPLEX"
        else partial(getattr(baselines, method), node_cap=node_cap)
    )
    attempt: baselines.Attempt = by(problem)
    return Outcome(attempt.status, _brief(attempt.seconds), attempt.nodes, attempt.performance)


def _existence(instance: Instance) -> Outcome:
    """Whether n workers can work together.

    Where conflicts reach only within a task of one place: whether there is somebody for each task.
    """
    drawn = instance.draw()
    start = time.process_time()
    if instance.scope == "project":
        exists = bool(team_exists(drawn.between, instance.n))
    else:
        found = maximum_bipartite_matching(sparse.csr_array(~drawn.barred.T), perm_type="column")
        exists = bool((found >= 0).all())
    return Outcome("exists" if exists else "infeasible", _brief(time.process_time() - start))


def _largest(instance: Instance) -> Outcome:
    """How many workers can work together, in the place of ρ."""
    between = instance.draw().between
    start = time.process_time()
    size = largest_team(between, TEAM_CAP)
    seconds = _brief(time.process_time() - start)
    return (
        Outcome("N/A", seconds) if size is None else Outcome("optimal", seconds, None, float(size))
    )


def _preprocessing(instance: Instance, method: str) -> Outcome:
    """Q from random intervals.

    By the package's function on labelled frames, or by eqs. 3 and 6 in one expression.
    """
    u, d = instance.draw().intervals
    weights = np.full(u.shape[1], 1 / u.shape[1])
    columns = pd.MultiIndex.from_product(
        [range(u.shape[1]), ["low", "high"]], names=["criterion", "end"]
    )
    ability, demand = (
        pd.DataFrame(ends.reshape(len(ends), -1), columns=columns) for ends in (u, d)
    )
    for _ in range(2):  # the second time is measured
        start = time.process_time()
        if method == "package":
            qualification(ability, demand, weights)
        else:
            widths = np.diff(u)[:, np.newaxis, :, 0] + np.diff(d)[np.newaxis, :, :, 0]
            np.clip((u[:, np.newaxis, :, 1] - d[np.newaxis, :, :, 0]) / widths, 0, 1) @ weights
        seconds = time.process_time() - start
    return Outcome("done", _brief(seconds))


@cache
def _warm() -> None:
    """What the first solve in a process does alone, import the engines, is not to be measured."""
    optimum(Instance(10, 3, 0.1, 0, 0).problem())


def _brief(seconds: float) -> float:
    return float(f"{seconds:.3g}")
