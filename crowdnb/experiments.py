"""Section 7, run again: figure 1, tables 6 to 9, and the same with conflicts that have a structure.

Each function returns a tidy frame, a row an instance and method, with the columns of :mod:`crowdnb.sweep`; each takes

repeats : int
    Instances a cell.
seed : int
    The same one gives the same rows, but for ``seconds``.
output : path, optional
    A CSV file that gets every row as it comes and from which a stopped run goes on.
progress : bool
    Whether to show a bar.
sizes : sequence of int
    The m, each with its n.
methods : sequence of str
    As :func:`apply` knows them.

and runs where ``joblib.parallel_config`` says. What the paper prints is in :data:`PUBLISHED`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from crowdnb import baselines, sweep
from crowdnb.cplexmodel import by_cplex
from crowdnb.existence import largest_team, team_exists
from crowdnb.instances import Structure
from crowdnb.printed import PUBLISHED
from crowdnb.program import solve
from crowdnb.qualify import qualification
from crowdnb.summaries import accuracy, growth, quorum, shares, theory, times
from crowdnb.sweep import Instance, Outcome

__all__ = [
    "PUBLISHED", "TABLES", "Instance", "Outcome", "accuracy", "apply", "figure1", "growth", "hard_seeds", "instances",
    "planner", "quorum", "shares", "stored", "structured", "summary", "table6", "table7", "table8", "table9", "theory",
    "times", "variants",
]  # fmt: skip

SIZES = tuple(range(10, 61, 5))  # m of figure 1 and of every table but 7
CHANCES = (0.1, 0.2, 0.3, 0.4)  # p of table 8
PLANNED = (10, 20, 40, 60, 80, 120, 160, 240)  # m beyond table 8, for those who plan
LARGE = (120, 240, 480, 960, 1920)  # m beyond figure 1, to see the growth
NODE_CAP = 200_000  # of a baseline, some seconds
TEAM_CAP = 10_000  # of the search for the largest team
EXHAUSTIVE = 20  # workers up to which the exhaustive search is tried
GREEDY = ("greedy_by_task", "greedy_by_pair", "greedy_by_options")
BASELINES = (*GREEDY, "exhaustive")
METHODS = ("crowdnb", "CPLEX", *BASELINES, "existence", "largest team", "package", "arrays")
SOLVERS = ("crowdnb", "CPLEX", *GREEDY, "exhaustive")
HARD_CAP = 2_000_000  # of table 7
# Six of the instances with m = 40, n = 13, p = 0.1 for which greedy_by_task needs most nodes: hard_seeds().
HARD = (1294, 945, 683, 802, 2439, 3836)
DATA = Path(__file__).parent / "data" / "experiments"
Path_ = str | os.PathLike[str]


def figure1(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES + LARGE,
    methods: Sequence[str] = ("package", "arrays"),
) -> pd.DataFrame:
    """Time of U, D → P → Q against m, for n = ⌊m/3⌋ and ⌊m/4⌋; by the package, and by one expression on arrays."""
    cells = [(m, m // part, 0.0) for m in sizes for part in (3, 4)]
    return sweep.run("figure1", seed, instances(cells, repeats, seed), methods, apply, output, progress)


def table6(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = SOLVERS,
) -> pd.DataFrame:
    """Time of a solve at p = 0.1: the program, CPLEX on the paper's Algorithm 1, the greedies, the exhaustive search.

    The last is not tried beyond :data:`EXHAUSTIVE` workers and shows N/A.
    """
    cells = [(m, m // 3, 0.1) for m in sizes]
    return sweep.run("table6", seed, instances(cells, repeats, seed), methods, apply, output, progress)


def table7(
    repeats: int = 6,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    methods: Sequence[str] = ("crowdnb", "CPLEX", "greedy_by_task", "greedy_by_pair", "greedy_by_options"),
) -> pd.DataFrame:
    """The first ``repeats`` of the hard instances kept in :data:`HARD`; ``seed`` changes nothing."""
    hard = [Instance(40, 13, 0.1, number, at) for number, at in enumerate(HARD[:repeats])]
    return sweep.run("table7", seed, hard, methods, partial(apply, node_cap=HARD_CAP), output, progress)


def hard_seeds(tries: int = 5_000, node_cap: int = 1_000_000, progress: bool = True) -> pd.DataFrame:
    """Look for instances that are hard for ``greedy_by_task``: m = 40, n = 13, p = 0.1, seeds 0, 1, ….

    Returns
    -------
    DataFrame
        Columns seed, status, nodes (up to the cap), the hardest first.
    """
    tried = [Instance(40, 13, 0.1, at, at) for at in range(tries)]
    patient = partial(apply, node_cap=node_cap)
    rows = sweep.run("hard", 0, tried, ["greedy_by_task"], patient, None, progress, together=10)
    return rows.sort_values("nodes", ascending=False, kind="stable")[["seed", "status", "nodes"]].reset_index(drop=True)


def table8(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("existence", "crowdnb"),
) -> pd.DataFrame:
    """Does an assignment exist: four probabilities × eleven sizes.

    ``methods``: ``"existence"`` asks whether n workers can work together (independence number), ``"crowdnb"`` solves.
    """
    cells = [(m, m // 3, p) for p in CHANCES for m in sizes]
    together = 50 if set(methods) == {"existence"} else 1
    return sweep.run("table8", seed, instances(cells, repeats, seed), methods, apply, output, progress, together)


def table9(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("crowdnb", *GREEDY),
) -> pd.DataFrame:
    """ρ of the program and of each greedy at n = 5, p = 0.1, with Q from intervals and with Q uniform."""
    cells = [(m, 5, 0.1) for m in sizes]
    both = [one for kind in ("uniform", "intervals") for one in instances(cells, repeats, seed, qualification=kind)]
    return sweep.run("table9", seed, both, methods, apply, output, progress)


def structured(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("existence", "crowdnb", "greedy_by_options"),
) -> pd.DataFrame:
    """Tables 6, 8 and 9 where conflicts follow employers, places or time zones, as many as in table 8."""
    cells = [(m, m // 3, p) for p in CHANCES for m in sizes]
    every = [one for kind in get_args(Structure) for one in instances(cells, repeats, seed, structure=kind)]
    together = 50 if set(methods) == {"existence"} else 1
    return sweep.run("structured", seed, every, methods, apply, output, progress, together)


def planner(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = PLANNED,
    methods: Sequence[str] = ("largest team",),
) -> pd.DataFrame:
    """How many of m candidates can work together (in column rho), as far as :data:`TEAM_CAP` nodes go."""
    cells = [(m, 1, p) for p in CHANCES for m in sizes]
    return sweep.run("planner", seed, instances(cells, repeats, seed), methods, apply, output, progress)


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    "figure1": figure1,
    "table6": table6,
    "table7": table7,
    "table8": table8,
    "table9": table9,
    "structured": structured,
    "planner": planner,
}


def stored(name: str) -> pd.DataFrame:
    """The rows of a full run that come with the package.

    Parameters
    ----------
    name : {"figure1", "table6", "table7", "table8", "table9", "structured", "planner"}

    Raises
    ------
    ValueError
        Unknown name.

    Examples
    --------
    >>> stored("table7")["m"].unique().tolist()
    [40]
    """
    if name not in TABLES:
        raise ValueError(f"name must be one of {', '.join(TABLES)}, got {name!r}")
    return sweep.read(DATA / f"{name}.csv.gz")


def summary(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an experiment as a table like the paper's.

    Shares by p and m for table 8 and ``structured``, F by m for table 9, places filled for ``planner``; milliseconds
    for the others.
    """
    if name == "table9":
        return accuracy(rows)
    if name in ("table8", "structured"):
        return shares(rows[~rows["method"].isin(BASELINES)])["share"].droplevel("n").unstack("m")
    return quorum(rows) if name == "planner" else times(rows)


def variants(repeats: int = 200, seed: int = 0, sizes: Sequence[int] = SIZES) -> pd.DataFrame:
    """Other readings of table 8: how far each is from what is printed.

    Returns
    -------
    DataFrame
        Index reading; columns RMSE over the 44 cells, and worst (the largest distance in a cell).
    """
    readings: dict[str, Callable[[int, float], tuple[int, float, str]]] = {
        "⌊m/3⌋ tasks, whole project": lambda m, p: (m // 3, p, "project"),
        "m/3 rounded": lambda m, p: (round(m / 3), p, "project"),
        "⌈m/3⌉ tasks": lambda m, p: (-(-m // 3), p, "project"),
        "ordered cells, a pair drawn twice": lambda m, p: (m // 3, 1 - (1 - p) ** 2, "project"),
        "same-task conflicts": lambda m, p: (m // 3, p, "task"),
    }
    printed = PUBLISHED["table8"].stack().to_dict()
    rows = {}
    for name, reading in readings.items():
        off: list[float] = []
        for m in sizes:
            for p in CHANCES:
                n, chance, scope = reading(m, p)
                some = instances([(m, n, chance)], repeats, seed, scope=scope)
                hits = sum(apply(one, "existence").status == "exists" for one in some)
                off.append(hits / repeats - printed[m, p])
        rows[name] = {"RMSE": float(np.sqrt(np.mean(np.square(off)))), "worst": float(np.abs(off).max())}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")


def instances(cells: Iterable[tuple[int, int, float]], repeats: int, seed: int, **kinds: Any) -> list[Instance]:
    """``repeats`` instances of each cell (m, n, p), each with a seed of its own."""
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    if seed < 0:
        raise ValueError(f"seed must not be negative, got {seed}")
    return [
        Instance(m, n, p, repeat, sweep.seed_of(seed, m, n, p, repeat), **kinds)
        for m, n, p in cells
        for repeat in range(repeats)
    ]


def apply(instance: Instance, method: str, node_cap: int = NODE_CAP) -> Outcome:
    """One method on one instance; its preparation is not timed.

    Parameters
    ----------
    instance : Instance
    method : str
        ``crowdnb``, ``CPLEX``, ``existence``, ``largest team``, a baseline by name, or ``package`` and ``arrays`` for
        figure 1.
    node_cap : int
        Where a baseline gives up.
    """
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
        start = time.perf_counter()
        answer = solve(problem)
        return Outcome(answer.status, _brief(time.perf_counter() - start), None, answer.performance)
    if method == "CPLEX":
        status, seconds, nodes, rho = by_cplex(problem)
        return Outcome(status, _brief(seconds), nodes, rho)
    if method == "exhaustive" and instance.m > EXHAUSTIVE:
        return Outcome("N/A", float("nan"))
    attempt: baselines.Attempt = getattr(baselines, method)(problem, node_cap)
    return Outcome(attempt.status, _brief(attempt.seconds), attempt.nodes, attempt.performance)


def _existence(instance: Instance) -> Outcome:
    """Whether n workers can work together; where conflicts reach only within a task of one place, who may take what."""
    drawn = instance.draw()
    start = time.perf_counter()
    if instance.scope == "project":
        exists = bool(team_exists(drawn.between, instance.n))
    else:
        found = maximum_bipartite_matching(sparse.csr_array(~drawn.barred.T), perm_type="column")
        exists = bool((found >= 0).all())
    return Outcome("exists" if exists else "infeasible", _brief(time.perf_counter() - start))


def _largest(instance: Instance) -> Outcome:
    """How many workers can work together, in the place of ρ."""
    between = instance.draw().between
    start = time.perf_counter()
    size = largest_team(between, TEAM_CAP)
    seconds = _brief(time.perf_counter() - start)
    return Outcome("N/A", seconds) if size is None else Outcome("optimal", seconds, None, float(size))


def _preprocessing(instance: Instance, method: str) -> Outcome:
    """Q from random intervals: the package's function on labelled frames, or eqs. 3 and 6 in one expression."""
    drawn = instance.draw()
    assert drawn.ability is not None and drawn.demand is not None
    u, d = drawn.ability, drawn.demand
    weights = np.full(u.shape[1], 1 / u.shape[1])
    columns = pd.MultiIndex.from_product([range(u.shape[1]), ["low", "high"]], names=["criterion", "end"])
    ability, demand = (pd.DataFrame(ends.reshape(len(ends), -1), columns=columns) for ends in (u, d))
    for _ in range(2):  # the second time is measured
        start = time.perf_counter()
        if method == "package":
            qualification(ability, demand, weights)
        else:
            widths = np.diff(u)[:, np.newaxis, :, 0] + np.diff(d)[np.newaxis, :, :, 0]
            np.clip((u[:, np.newaxis, :, 1] - d[np.newaxis, :, :, 0]) / widths, 0, 1) @ weights
        seconds = time.perf_counter() - start
    return Outcome("done", _brief(seconds))


@cache
def _warm() -> None:
    """What the first solve in a process does alone, importing the engines, is not to be measured."""
    solve(Instance(10, 3, 0.1, 0, 0).problem())


def _brief(seconds: float) -> float:
    return float(f"{seconds:.3g}")
