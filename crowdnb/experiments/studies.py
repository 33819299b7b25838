"""Section 7, run again: figure 1, tables 6 to 9, and the same with conflicts that have a structure.

Each experiment returns a tidy frame, one row per instance and method, with the columns of
:mod:`crowdnb.experiments.runner`; each takes

repeats : int
    Instances per cell.
seed : int
    The same one gives the same rows, but for ``seconds``.
output : path, optional
    A CSV file that gets every row as it comes and from which a stopped run goes on.
progress : bool
    Whether to show a bar.
sizes : sequence of int
    The m, each with its n.
methods : sequence of str
    As :func:`crowdnb.experiments.apply` knows them.
structure : {"random", "teams", "places", "time zones"}
    Of the conflicts, as :func:`crowdnb.random_problem` takes it; not where only one kind makes
    sense.
qualification : {"intervals", "uniform"}
    How Q is drawn. Section 7.1 draws intervals, for the time of the preparation; from 7.2 on the
    paper says only that Q is drawn anew. Tables 6 to 8 take either, table 9 takes both.

and runs where ``joblib.parallel_config`` says. What is here written of an experiment is its plan:
which instances it has (:func:`_study` makes it a function of the above).
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from typing import Any, Protocol, get_args

import pandas as pd

from crowdnb.experiments import runner
from crowdnb.experiments.methods import GREEDY, METHODS, SOLVERS, apply
from crowdnb.experiments.random_problems import Quality, Structure
from crowdnb.experiments.runner import Instance
from crowdnb.labels import flag, number, one_of, real, several, shown, text_of, whole
from crowdnb.model.fields import Scope

SIZES = tuple(range(10, 61, 5))  # m of figure 1 and of every table but 7
CHANCES = (0.1, 0.2, 0.3, 0.4)  # p of table 8
_PLANNED = (10, 20, 40, 60, 80, 120, 160, 240)  # m beyond table 8, for those who plan
_LARGE = (120, 240, 480, 960, 1920)  # m beyond figure 1, to see the growth
_MANY = 1_000_000  # repeats at most: each is a row
_HARD_CAP = 2_000_000  # nodes of a baseline, in table 7
# Six of the instances with m = 40, n = 13, p = 0.1 for which greedy_by_task needs most nodes:
# hard_seeds(), and the same with Q uniform.
HARD = (1294, 945, 683, 802, 2439, 3836)
HARD_UNIFORM = (103, 234, 669, 2227, 2328, 3395)

FilePath = str | os.PathLike[str]
# instances of cells (m, n, p), of the kinds asked for
_Draw = Callable[..., list[Instance]]


class _Experiment(Protocol):
    """An experiment, as a user calls it; only some take a structure."""

    def __call__(
        self,
        repeats: int = ...,
        seed: int = ...,
        output: FilePath | None = ...,
        progress: bool = ...,
        sizes: Sequence[int] = ...,
        methods: Sequence[str] = ...,
        *,
        structure: Structure = ...,
        qualification: Quality = ...,
    ) -> pd.DataFrame:
        """Run it."""


def _study(
    methods: Sequence[str], sizes: Sequence[int] = SIZES, repeats: int = 50
) -> Callable[[Callable[..., list[Instance]]], _Experiment]:
    """Make an experiment of its plan: a function that lists its instances.

    A plan takes the sizes and a function that draws the instances of cells. What else it takes by
    keyword, such as the structure, the experiment takes too.
    """

    def study_of(plan: Callable[..., list[Instance]]) -> _Experiment:
        @wraps(plan, assigned=("__module__", "__name__", "__qualname__", "__doc__"))
        def run(
            repeats: int = repeats,
            seed: int = 0,
            output: FilePath | None = None,
            progress: bool = True,
            sizes: Sequence[int] = sizes,
            methods: Sequence[str] = methods,
            **kinds: Any,
        ) -> pd.DataFrame:
            draw = partial(instances, repeats=repeats, seed=seed)
            some = plan(sizes_of(sizes), draw, **kinds)
            return _run(plan.__name__, seed, some, methods, output, progress)

        # As help shows it: with what the plan takes in the place of kinds.
        own = inspect.signature(run, follow_wrapped=False)
        common = list(own.parameters.values())[:-1]
        kinds = list(inspect.signature(plan).parameters.values())[2:]
        run.__signature__ = own.replace(parameters=[*common, *kinds])  # type: ignore[attr-defined]
        return run

    return study_of


@_study(("package", "arrays"), SIZES + _LARGE)
def figure1(sizes: list[int], draw: _Draw) -> list[Instance]:
    """Time of U, D → P → Q against m, for n = ⌊m/3⌋ and ⌊m/4⌋, by the package and on arrays."""
    return draw([(m, m // part, 0.0) for m in sizes for part in (3, 4)])


@_study(SOLVERS)
def table6(
    sizes: list[int],
    draw: _Draw,
    *,
    structure: Structure = "random",
    qualification: Quality = "intervals",
) -> list[Instance]:
    """Time of a solve at p = 0.1: program, CPLEX on Algorithm 1, greedies, exhaustive search.

    The baselines show N/A where they are stopped by
    :data:`crowdnb.experiments.methods.NODE_CAP`.
    """
    cells = [(m, m // 3, 0.1) for m in sizes]
    return draw(cells, structure=structure, qualification=qualification)


def table7(
    repeats: int = 6,
    seed: int = 0,
    output: FilePath | None = None,
    progress: bool = True,
    methods: Sequence[str] = ("crowdnb", "CPLEX", *GREEDY),
    *,
    qualification: Quality = "intervals",
) -> pd.DataFrame:
    """The first ``repeats`` of the hard instances that are kept; ``seed`` changes nothing.

    They are :data:`HARD`, with Q uniform :data:`HARD_UNIFORM`.
    """
    one_of(qualification, get_args(Quality), "qualification")
    if not 1 <= number(repeats) <= len(HARD) or not number(repeats).is_integer():
        raise ValueError(
            f"repeats must be 1 to {len(HARD)}, the hard instances that are kept, got"
            f" {shown(repeats)}"
        )
    seed, repeats = whole(seed, "seed", 0, rule="must not be negative"), int(number(repeats))
    kept = HARD if qualification == "intervals" else HARD_UNIFORM
    hard = [
        Instance(40, 13, 0.1, number, at, qualification) for number, at in enumerate(kept[:repeats])
    ]
    return _run("table7", seed, hard, methods, output, progress, partial(apply, node_cap=_HARD_CAP))


@_study(("existence", "crowdnb"))
def table8(
    sizes: list[int],
    draw: _Draw,
    *,
    structure: Structure = "random",
    qualification: Quality = "intervals",
) -> list[Instance]:
    """Does an assignment exist: four probabilities × eleven sizes.

    ``methods``: ``"existence"`` asks whether n workers can work together (independence number),
    ``"crowdnb"`` solves, ``"exhaustive"`` is right by definition where it ends.
    """
    cells = [(m, m // 3, p) for p in CHANCES for m in sizes]
    return draw(cells, structure=structure, qualification=qualification)


@_study(("crowdnb", *GREEDY))
def table9(sizes: list[int], draw: _Draw, *, structure: Structure = "random") -> list[Instance]:
    """ρ of the program and of each greedy at n = 5, p = 0.1, Q from intervals and Q uniform."""
    cells = [(m, 5, 0.1) for m in sizes]
    uniform = draw(cells, qualification="uniform", structure=structure)
    return [*uniform, *draw(cells, qualification="intervals", structure=structure)]


@_study(("existence", "crowdnb", "greedy_by_options"))
def structured(sizes: list[int], draw: _Draw) -> list[Instance]:
    """Table 8 where conflicts, as many, follow employers, places or time zones; a greedy beside."""
    cells = [(m, m // 3, p) for p in CHANCES for m in sizes]
    return [one for kind in get_args(Structure) for one in draw(cells, structure=kind)]


@_study(("largest team",), _PLANNED)
def planner(sizes: list[int], draw: _Draw) -> list[Instance]:
    """How many of m candidates can work together, in column rho.

    As far as :data:`crowdnb.experiments.methods.TEAM_CAP` nodes go.
    """
    return draw([(m, 1, p) for p in CHANCES for m in sizes])


TABLES: dict[str, Callable[..., pd.DataFrame]] = {
    "figure1": figure1,
    "table6": table6,
    "table7": table7,
    "table8": table8,
    "table9": table9,
    "structured": structured,
    "planner": planner,
}


def hard_seeds(
    tries: int = 5_000,
    node_cap: int = 1_000_000,
    progress: bool = True,
    qualification: Quality = "intervals",
) -> pd.DataFrame:
    """Look for instances that are hard for ``greedy_by_task``: m = 40, n = 13, p = 0.1, any seed.

    The seeds are 0, 1, 2 and so on.

    Returns
    -------
    DataFrame
        Columns seed, status, nodes (up to the cap), the hardest first.
    """
    tries, node_cap = whole(tries, "tries"), whole(node_cap, "node_cap", rule="must be at least {}")
    one_of(qualification, get_args(Quality), "qualification")
    tried = [Instance(40, 13, 0.1, at, at, qualification) for at in range(tries)]
    patient = partial(apply, node_cap=node_cap)
    rows = _run("hard", 0, tried, ["greedy_by_task"], None, progress, patient, together=10)
    return rows.sort_values("nodes", ascending=False, kind="stable")[
        ["seed", "status", "nodes"]
    ].reset_index(drop=True)


def _run(
    name: str,
    seed: int,
    some: Sequence[Instance],
    methods: Sequence[str],
    output: FilePath | None,
    progress: bool,
    by: runner.Method | None = None,
    together: int = 1,
) -> pd.DataFrame:
    """Run an experiment whose instances are made; ValueError names what else is wrong."""
    asked = [text_of(method, "methods") for method in several(methods, "methods")]
    for method in asked:
        if method not in METHODS:
            raise ValueError(f"methods: {method!r} is unknown; known are {', '.join(METHODS)}")
    if output is not None and not isinstance(output, str | os.PathLike):
        raise ValueError(f"output: a path is needed, got {shown(output)}")
    if set(asked) == {"existence"}:
        together = 50  # a process takes many at a time: each takes less than a millisecond
    progress = flag(progress, "progress")
    return runner.run(name, seed, some, asked, by or apply, output, progress, together)


def sizes_of(sizes: Sequence[int]) -> list[int]:
    """Numbers of workers; ValueError where one is none."""
    return [whole(m, "sizes") for m in several(sizes, "sizes")]


def instances(
    cells: Iterable[tuple[int, int, float]], repeats: int, seed: int, **kinds: Any
) -> list[Instance]:
    """``repeats`` instances of each cell (m, n, p), each with a seed of its own."""
    repeats = whole(repeats, "repeats", rule="must be at least {}")
    seed = whole(seed, "seed", 0, rule="must not be negative")
    if repeats > _MANY:
        raise ValueError(f"repeats must be at most {_MANY:,}, got {shown(repeats)}")
    for name, known in (("structure", Structure), ("qualification", Quality), ("scope", Scope)):
        if name in kinds:
            one_of(kinds[name], get_args(known), name)
    return [
        Instance(m, n, p, repeat, runner.seed_of(seed, m, n, p, repeat), **kinds)
        for m, n, p in map(_cell, several(cells, "cells"))
        for repeat in range(repeats)
    ]


def _cell(cell: object) -> tuple[int, int, float]:
    """m, n and p of a cell."""
    if not isinstance(cell, tuple | list) or len(cell) != 3:
        raise ValueError(f"cells: (m, n, p) is needed, got {shown(cell)}")
    m, n, p = cell
    return whole(m, "cells: m"), whole(n, "cells: n", 0), real(p, "cells: p", 0, 1)
