"""Section 7, run again: figure 1, tables 6 to 9, and the same with conflicts that have a structure.

Each function returns a tidy frame, a row an instance and method, with the columns of
:mod:`crowdnb.experiments.runner`; each takes

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
structure : {"random", "teams", "places", "time zones"}
    Of the conflicts, as :func:`crowdnb.random_problem` takes it; not where only one kind makes
    sense.

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

from crowdnb.ability.qualification import qualification
from crowdnb.experiments import baselines
from crowdnb.experiments import runner as sweep
from crowdnb.experiments.random_problems import Quality, Structure
from crowdnb.experiments.runner import Instance, Outcome
from crowdnb.experiments.tables import PUBLISHED, accuracy, growth, quorum, shares, theory, times
from crowdnb.labels import (
    flag,
    listing,
    needs,
    number,
    one_of,
    real,
    several,
    shown,
    text_of,
    whole,
)
from crowdnb.model.conflict_graph import largest_team, team_exists
from crowdnb.model.problem import Scope
from crowdnb.solver.search import optimum

__all__ = [
    "FULL", "PUBLISHED", "TABLES", "Instance", "Outcome", "accuracy", "apply", "figure1", "full", "growth",
    "hard_seeds", "instances", "planner", "quorum", "shares", "stored", "structured", "summary", "table6", "table7",
    "table8", "table9", "theory", "times", "variants",
]  # fmt: skip

SIZES = tuple(range(10, 61, 5))  # m of figure 1 and of every table but 7
CHANCES = (0.1, 0.2, 0.3, 0.4)  # p of table 8
PLANNED = (10, 20, 40, 60, 80, 120, 160, 240)  # m beyond table 8, for those who plan
LARGE = (120, 240, 480, 960, 1920)  # m beyond figure 1, to see the growth
MANY = 1_000_000  # repeats at most: each is a row
NODE_CAP = 200_000  # of a baseline, some seconds
TEAM_CAP = 10_000  # of the search for the largest team
GREEDY = ("greedy_by_task", "greedy_by_pair", "greedy_by_options")
SOLVERS = ("crowdnb", "CPLEX", *GREEDY, "exhaustive")
METHODS = (*SOLVERS, "existence", "largest team", "package", "arrays")
HARD_CAP = 2_000_000  # of table 7
# Six of the instances with m = 40, n = 13, p = 0.1 for which greedy_by_task needs most nodes:
# hard_seeds().
HARD = (1294, 945, 683, 802, 2439, 3836)
DATA = Path(__file__).parents[1] / "data" / "experiments"
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
    cells = [(m, m // part, 0.0) for m in _sizes(sizes) for part in (3, 4)]
    return _run("figure1", seed, instances(cells, repeats, seed), methods, output, progress)


def table6(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = SOLVERS,
    structure: Structure = "random",
) -> pd.DataFrame:
    """Time of a solve at p = 0.1: the program, CPLEX on the paper's Algorithm 1, the greedies, the exhaustive search.

    The baselines show N/A where they are stopped by :data:`NODE_CAP`.
    """
    some = instances([(m, m // 3, 0.1) for m in _sizes(sizes)], repeats, seed, structure=structure)
    return _run("table6", seed, some, methods, output, progress)


def table7(
    repeats: int = 6,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    methods: Sequence[str] = (
        "crowdnb",
        "CPLEX",
        "greedy_by_task",
        "greedy_by_pair",
        "greedy_by_options",
    ),
) -> pd.DataFrame:
    """The first ``repeats`` of the hard instances kept in :data:`HARD`; ``seed`` changes nothing."""
    if not 1 <= number(repeats) <= len(HARD) or not number(repeats).is_integer():
        raise ValueError(
            f"repeats must be 1 to {len(HARD)}, the hard instances that are kept, got"
            f" {shown(repeats)}"
        )
    seed, repeats = whole(seed, "seed", 0, rule="must not be negative"), int(number(repeats))
    hard = [Instance(40, 13, 0.1, number, at) for number, at in enumerate(HARD[:repeats])]
    return _run("table7", seed, hard, methods, output, progress, partial(apply, node_cap=HARD_CAP))


def hard_seeds(
    tries: int = 5_000, node_cap: int = 1_000_000, progress: bool = True
) -> pd.DataFrame:
    """Look for instances that are hard for ``greedy_by_task``: m = 40, n = 13, p = 0.1, seeds 0, 1, ….

    Returns
    -------
    DataFrame
        Columns seed, status, nodes (up to the cap), the hardest first.
    """
    tries, node_cap = whole(tries, "tries"), whole(node_cap, "node_cap", rule="must be at least {}")
    tried = [Instance(40, 13, 0.1, at, at) for at in range(tries)]
    patient = partial(apply, node_cap=node_cap)
    rows = _run("hard", 0, tried, ["greedy_by_task"], None, progress, patient, together=10)
    return rows.sort_values("nodes", ascending=False, kind="stable")[
        ["seed", "status", "nodes"]
    ].reset_index(drop=True)


def table8(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("existence", "crowdnb"),
    structure: Structure = "random",
) -> pd.DataFrame:
    """Does an assignment exist: four probabilities × eleven sizes.

    ``methods``: ``"existence"`` asks whether n workers can work together (independence number),
    ``"crowdnb"`` solves, ``"exhaustive"`` is right by definition where it ends.
    """
    some = instances(
        [(m, m // 3, p) for p in CHANCES for m in _sizes(sizes)], repeats, seed, structure=structure
    )
    return _run("table8", seed, some, methods, output, progress, together=_together(methods))


def table9(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("crowdnb", *GREEDY),
    structure: Structure = "random",
) -> pd.DataFrame:
    """ρ of the program and of each greedy at n = 5, p = 0.1, with Q from intervals and with Q uniform."""
    draws = partial(
        instances, [(m, 5, 0.1) for m in _sizes(sizes)], repeats, seed, structure=structure
    )
    both = [*draws(qualification="uniform"), *draws(qualification="intervals")]
    return _run("table9", seed, both, methods, output, progress)


def structured(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = SIZES,
    methods: Sequence[str] = ("existence", "crowdnb", "greedy_by_options"),
) -> pd.DataFrame:
    """Table 8 where conflicts follow employers, places or time zones, with as many conflicts, and a greedy beside."""
    cells = [(m, m // 3, p) for p in CHANCES for m in _sizes(sizes)]
    every = [
        one
        for kind in get_args(Structure)
        for one in instances(cells, repeats, seed, structure=kind)
    ]
    return _run("structured", seed, every, methods, output, progress, together=_together(methods))


def planner(
    repeats: int = 50,
    seed: int = 0,
    output: Path_ | None = None,
    progress: bool = True,
    sizes: Sequence[int] = PLANNED,
    methods: Sequence[str] = ("largest team",),
) -> pd.DataFrame:
    """How many of m candidates can work together (in column rho), as far as :data:`TEAM_CAP` nodes go."""
    cells = [(m, 1, p) for p in CHANCES for m in _sizes(sizes)]
    return _run("planner", seed, instances(cells, repeats, seed), methods, output, progress)


def _run(
    name: str,
    seed: int,
    some: Sequence[Instance],
    methods: Sequence[str],
    output: Path_ | None,
    progress: bool,
    by: sweep.Method | None = None,
    together: int = 1,
) -> pd.DataFrame:
    """Run an experiment whose instances are made; ValueError where the other arguments are not as they should be."""
    methods = _methods(methods)
    if output is not None and not isinstance(output, str | os.PathLike):
        raise ValueError(f"output: a path is needed, got {shown(output)}")
    return sweep.run(
        name, seed, some, methods, by or apply, output, flag(progress, "progress"), together
    )


def _methods(methods: Sequence[str]) -> list[str]:
    """Methods, each of which is known."""
    asked = [text_of(method, "methods") for method in several(methods, "methods")]
    for method in asked:
        if method not in METHODS:
            raise ValueError(f"methods: {method!r} is unknown; known are {', '.join(METHODS)}")
    return asked


def _sizes(sizes: Sequence[int]) -> list[int]:
    return [whole(m, "sizes") for m in several(sizes, "sizes")]


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    "figure1": figure1,
    "table6": table6,
    "table7": table7,
    "table8": table8,
    "table9": table9,
    "structured": structured,
    "planner": planner,
}
# Calls that make up the rows stored with the package: some methods are too slow for as many
# instances as others.
FULL: dict[str, list[dict[str, Any]]] = {
    "figure1": [{"repeats": 20}],
    "table6": [
        {"repeats": 50, "methods": ["crowdnb", "CPLEX", *GREEDY]},
        {"repeats": 50, "methods": ["exhaustive"], "sizes": SIZES[:2]},
        {"repeats": 5, "methods": ["exhaustive"], "sizes": SIZES[2:]},
    ],
    "table7": [{"repeats": 6}],
    "table8": [
        {"repeats": 1000},
        {"repeats": 5, "methods": ["exhaustive"]},
    ],
    "table9": [{"repeats": 50}, {"repeats": 50, "methods": ["exhaustive"], "sizes": [10, 15]}],
    "structured": [
        {"repeats": 200, "methods": ["existence"]},
        {"repeats": 20, "methods": ["crowdnb"]},
        {"repeats": 8, "methods": ["greedy_by_options"], "sizes": [15, 30]},
    ],
    "planner": [{"repeats": 50}],
}


def full(name: str, output: Path_ | None = None, progress: bool = True) -> pd.DataFrame:
    """Run an experiment as far as the stored rows go (:data:`FULL`): all of them take about half an hour.

    Parameters
    ----------
    name : str
        As :func:`stored` takes it.
    output : path, optional
        A CSV file, as every experiment writes it and goes on from it.
    progress : bool
        Whether to show bars.
    """
    _known(name)
    parts = [TABLES[name](output=output, progress=progress, **part) for part in FULL[_known(name)]]
    return pd.concat(parts, ignore_index=True).sort_values(
        sweep.KEY, kind="stable", ignore_index=True
    )


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
    return sweep.read(DATA / f"{_known(name)}.csv.gz")


def summary(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of an experiment as a table like the paper's.

    Shares by p and m for table 8 and ``structured``, F by m for table 9, places filled for
    ``planner``; milliseconds for the others.
    """
    if _known(name) == "table9":
        return accuracy(rows)
    if name in ("table8", "structured"):
        return shares(rows)["share"].droplevel("n").unstack("m")
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

    @cache  # readings meet where m/3 is whole
    def share(m: int, n: int, p: float, scope: str) -> float:
        some = instances([(m, n, p)], repeats, seed, scope=scope)
        return sum(apply(one, "existence").status == "exists" for one in some) / repeats

    sizes, repeats = _sizes(sizes), whole(repeats, "repeats", rule="must be at least {}")
    if not sizes or (strange := [m for m in sizes if m not in PUBLISHED["table8"].index]):
        raise ValueError(
            f"sizes: {listing(strange) if sizes else 'none'}; table 8 has"
            f" {listing(SIZES, len(SIZES))}"
        )
    printed = PUBLISHED["table8"].loc[list(sizes), list(CHANCES)].to_numpy()
    rows = {}
    for name, reading in readings.items():
        off = np.array([[share(m, *reading(m, p)) for p in CHANCES] for m in sizes]) - printed
        rows[name] = {"RMSE": float(np.sqrt(np.mean(off**2))), "worst": float(np.abs(off).max())}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")


def instances(
    cells: Iterable[tuple[int, int, float]], repeats: int, seed: int, **kinds: Any
) -> list[Instance]:
    """``repeats`` instances of each cell (m, n, p), each with a seed of its own."""
    repeats = whole(repeats, "repeats", rule="must be at least {}")
    seed = whole(seed, "seed", 0, rule="must not be negative")
    if repeats > MANY:
        raise ValueError(f"repeats must be at most {MANY:,}, got {shown(repeats)}")
    for name, known in (("structure", Structure), ("qualification", Quality), ("scope", Scope)):
        if name in kinds:
            one_of(kinds[name], get_args(known), name)
    return [
        Instance(m, n, p, repeat, sweep.seed_of(seed, m, n, p, repeat), **kinds)
        for m, n, p in map(_cell, several(cells, "cells"))
        for repeat in range(repeats)
    ]


def _cell(cell: object) -> tuple[int, int, float]:
    """m, n and p of a cell."""
    if not isinstance(cell, tuple | list) or len(cell) != 3:
        raise ValueError(f"cells: (m, n, p) is needed, got {shown(cell)}")
    m, n, p = cell
    return whole(m, "cells: m"), whole(n, "cells: n", 0), real(p, "cells: p", 0, 1)


def _known(name: str) -> str:
    if not isinstance(name, str) or name not in TABLES:
        raise ValueError(f"name must be one of {', '.join(TABLES)}, got {shown(name)}")
    return name


def _together(methods: Sequence[str]) -> int:
    """Instances that a process takes at a time: many where each takes less than a millisecond."""
    return 50 if set(_methods(methods)) == {"existence"} else 1


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
        start = sweep.processor()
        answer = optimum(problem)
        return Outcome(answer.status, _brief(sweep.processor() - start), None, answer.performance)
    by = (
        baselines.by_cplex
        if method == "CPLEX"
        else partial(getattr(baselines, method), node_cap=node_cap)
    )
    attempt: baselines.Attempt = by(problem)
    return Outcome(attempt.status, _brief(attempt.seconds), attempt.nodes, attempt.performance)


def _existence(instance: Instance) -> Outcome:
    """Whether n workers can work together; where conflicts reach only within a task of one place, who may take what."""
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
    """Q from random intervals: the package's function on labelled frames, or eqs. 3 and 6 in one expression."""
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
    """What the first solve in a process does alone, importing the engines, is not to be measured."""
    optimum(Instance(10, 3, 0.1, 0, 0).problem())


def _brief(seconds: float) -> float:
    return float(f"{seconds:.3g}")
