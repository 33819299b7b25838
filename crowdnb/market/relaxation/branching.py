"""Branch and bound on the linear relaxation.

References
----------
A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica
28 (1960) 497-520.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import whole
from crowdnb.market.relaxation.linear_program import Rows, linear
from crowdnb.market.relaxation.relaxed import WHOLE, Decisions, relaxed
from crowdnb.model.problem import Problem


@dataclass(frozen=True, eq=False)
class Tree:
    """What branch and bound went through.

    Attributes
    ----------
    nodes : DataFrame
        Index ``node``, in the order in which they were solved; ``parent`` (-1 for the root),
        ``decision`` (what was set on the way from it), ``bound`` (NaN where it is
        infeasible), ``fate``: branched, integer, cut off or empty.
    table : DataFrame
        T, workers × tasks, 0/1: the optimum.
    performance : float
        Its ρ.
    """

    nodes: pd.DataFrame
    table: pd.DataFrame
    performance: float


@dataclass
class _Node:
    """A relaxation that was solved, as a row of :attr:`Tree.nodes`."""

    parent: int
    decision: str
    bound: float
    fate: str


class _Waiting(NamedTuple):
    """A node that is not integer, the one of the greatest bound first, then the oldest."""

    above: float  # its bound with the sign turned: a heap has the least first
    node: int
    decided: Decisions
    share: pd.Series[float]


def branch_and_bound(problem: Problem, rows: Rows = "pairs", most: int = 500) -> Tree:
    """Solve by branch and bound: the relaxation of the greatest bound is split if it is not integer.

    Split is whether a worker takes part, or, where that is settled for everybody, whether he takes
    a task.

    Parameters
    ----------
    problem, rows
        As for :func:`linear`, with its errors.
    most : int
        Relaxations that are solved at most.

    Returns
    -------
    Tree

    Raises
    ------
    ValueError
        Also where ``most`` relaxations did not suffice.

    Examples
    --------
    >>> triangle = Problem(np.ones((3, 3)), [1, 1, 1], worker_conflicts=[(0, 1), (0, 2), (1, 2)])
    >>> branch_and_bound(triangle, "cliques").nodes["fate"].tolist()
    ['integer']
    """
    most, model = whole(most, "most"), linear(problem, rows)
    best, chosen = -math.inf, model.value * 0
    nodes: list[_Node] = []
    waiting: list[_Waiting] = []

    def solve(parent: int, decision: str, decided: Decisions) -> None:
        nonlocal best, chosen
        if len(nodes) == most:
            raise ValueError(f"most: {most} relaxations did not suffice")
        answer = relaxed(model, decided)
        node = _Node(parent, decision, math.nan if answer is None else answer.bound, "empty")
        nodes.append(node)
        if answer is None:
            return
        node.fate = "cut off"
        if answer.bound > best + WHOLE and answer.whole:
            best, chosen, node.fate = answer.bound, answer.share.round(), "integer"
        elif answer.bound > best + WHOLE:
            heapq.heappush(waiting, _Waiting(-answer.bound, len(nodes) - 1, decided, answer.share))

    solve(-1, "", {})
    while waiting:
        above, at, decided, share = heapq.heappop(waiting)
        if -above <= best + WHOLE:
            continue  # cut off: something as good was found since
        nodes[at].fate = "branched"
        some, yes, no = _split(share)
        solve(at, yes, {**decided, some: 1})
        solve(at, no, {**decided, some: 0})
    table = chosen.unstack("task", fill_value=0).reindex(
        index=problem.workers, columns=problem.tasks, fill_value=0
    )
    frame = pd.DataFrame(map(vars, nodes)).rename_axis("node")
    return Tree(frame, table.astype(int), float((table.to_numpy() * problem.value).sum()))


def _split(share: pd.Series[float]) -> tuple[tuple[int, ...], str, str]:
    """The pairs to decide about, and both decisions in words.

    A worker's pairs or one pair alone, whose share is nearest ½.
    """
    load = share.groupby(level="worker", sort=False).sum()
    if (load[load < 1] % 1 > WHOLE).any():
        worker = (load - 0.5).abs().idxmin()
        return (
            tuple(np.flatnonzero(share.index.get_level_values("worker") == worker)),
            f"{worker} works",
            f"not {worker}",
        )
    k = int((share - 0.5).abs().argmin())
    worker, task = share.index[k]
    return (k,), f"{worker} takes {task}", f"{worker} not {task}"
