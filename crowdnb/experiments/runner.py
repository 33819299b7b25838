"""Many instances by several methods, in parallel, into a file that a later run takes up again.

A row is one instance and one method. Its seed is made from the experiment's seed, m, n, p and the
number of the repeat, so that any row can be made again alone, and does not depend on who else runs:

    cn.random_problem(row.m, row.n, row.p, row.seed, qualification=row.qualification, …)

joblib does the running: ``with joblib.parallel_config(n_jobs=2)``, or ``backend="dask"`` with a
client of a cluster.
"""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb import __version__
from crowdnb.experiments.random_problems import Draw, Quality, Structure, draw, random_problem
from crowdnb.extras import version_of
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.project.files import Appender
from crowdnb.project.output import CSV, ending_of
from crowdnb.solver.batch import in_parallel

PACKAGES = ("numpy", "pandas", "scipy", "cvxpy", "cvxopt", "cplex")


@dataclass(frozen=True)
class Instance:
    """The arguments that make an instance, and which repeat it is.

    Attributes
    ----------
    m, n : int
        Workers and tasks.
    p : float
        Conflict probability, 0 to 1.
    repeat, seed : int
    qualification, structure, scope : str
        As :func:`crowdnb.random_problem` takes them.
    """

    m: int
    n: int
    p: float
    repeat: int
    seed: int
    qualification: Quality = "intervals"
    structure: Structure = "random"
    scope: Scope = "project"

    def problem(self) -> Problem:
        """The instance as a checked problem."""
        return random_problem(
            self.m,
            self.n,
            self.p,
            self.seed,
            qualification=self.qualification,
            structure=self.structure,
            conflict_scope=self.scope,
        )

    def draw(self) -> Draw:
        """Its random numbers alone."""
        return draw(self.m, self.n, self.p, self.seed, self.qualification, self.structure)


@dataclass(frozen=True)
class Outcome:
    """What a method made of an instance.

    Attributes
    ----------
    status : str
        optimal, found, infeasible, N/A (stopped by a cap), too large, not installed, … .
    seconds : float
        Of the processor, spent by the method alone (see :func:`processor`); NaN where it did not
        run.
    nodes : int or None
        Of its search, where it tells.
    rho : float
        NaN without an assignment.
    """

    status: str
    seconds: float
    nodes: int | None = None
    rho: float = float("nan")


Method = Callable[[Instance, str], Outcome]
COLUMNS = (
    [field.name for field in fields(Instance)]
    + ["method"]
    + [field.name for field in fields(Outcome)]
)
KEY = COLUMNS[: COLUMNS.index("method") + 1]


def seed_of(seed: int, m: int, n: int, p: float, repeat: int) -> int:
    """The seed of one instance, 32 bits, unlike those of its neighbours.

    Examples
    --------
    >>> seed_of(0, 30, 10, 0.2, 0), seed_of(0, 30, 10, 0.2, 1)
    (2573754442, 3989143846)
    """
    return int(np.random.SeedSequence([seed, m, n, round(1e6 * p), repeat]).generate_state(1)[0])


def run(
    name: str,
    seed: int,
    instances: Sequence[Instance],
    methods: Sequence[str],
    apply: Method,
    output: str | os.PathLike[str] | None = None,
    progress: bool = True,
    together: int = 1,
) -> pd.DataFrame:
    """Apply every method to every instance; with ``output`` only what the file does not yet have.

    Parameters
    ----------
    name, seed
        Of the experiment: a file of another one is refused.
    instances : sequence of Instance
    methods : sequence of str
        Names that ``apply`` knows.
    apply : function (Instance, name of a method) → Outcome
        Importable by other processes.
    output : path, optional
        A CSV file: lines that begin with # say experiment, seed, versions and machine; then one row
        per result, written as it comes. Stopped in any way, the next call goes on where this one stopped.
    progress : bool
        Whether to show a bar.
    together : int
        Instances that one process takes at a time, ≥ 1: many when each takes less than a
        millisecond.

    Returns
    -------
    DataFrame
        Columns m, n, p, repeat, seed, qualification, structure, scope, method, status, seconds,
        nodes, rho; in the order of the instances and methods, whoever ran them.

    Raises
    ------
    ValueError
        The file is of another experiment or seed, was not made here, or does not end in .csv.
    """
    path = None if output is None else Path(output)
    if path is not None:
        ending_of(path, [CSV])
    known = _read_for(path, name, seed) if path is not None and path.is_file() else []
    wanted = {
        (*_values(instance), method): at
        for at, (instance, method) in enumerate(_pairs(instances, methods))
    }
    rows = {key: row for row in known if (key := tuple(row[: len(KEY)])) in wanted}
    work = [
        (instance, left)
        for instance in instances
        if (left := [method for method in methods if (*_values(instance), method) not in rows])
    ]
    with ExitStack() as opened:
        append = opened.enter_context(Appender(path)) if work and path is not None else None
        if append is not None:
            mark = "\ufeff" * append.fresh  # by which Excel knows UTF-8
            about = f"{mark}# crowdnb experiment {name}, seed {seed}; {versions()}; {machine()}\n"
            append(about + (",".join(COLUMNS) + "\n") * append.fresh)
        calls = (joblib.delayed(_some)(apply, part) for part in _parts(work, together))
        answers = in_parallel(calls, "generator_unordered") if work else ()
        bar = opened.enter_context(
            tqdm(
                total=len(wanted), initial=len(rows), desc=name, unit=" cells", disable=not progress
            )
        )
        for some in answers:
            if append is not None:
                frame = pd.DataFrame(some, columns=COLUMNS).astype({"nodes": "Int64"})
                append(frame.to_csv(index=False, header=False, lineterminator="\n"))
            rows.update({tuple(row[: len(KEY)]): row for row in some})
            bar.update(len(some))
    ordered = [rows[key] for key in wanted]
    return pd.DataFrame(ordered, columns=COLUMNS).astype({"nodes": "Int64"})


def processor() -> float:
    """Seconds of a processor for this process, and for those it started and that have ended.

    Unlike the time on a clock, they hardly depend on what else the machine does.
    """
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system


def read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """The rows of a file that :func:`run` wrote, also compressed, by m, n, p and so on."""
    kinds = {"nodes": "Int64", "status": "str", "method": "str"}
    frame = pd.read_csv(
        path,
        comment="#",
        keep_default_na=False,
        na_values=[""],
        dtype=kinds,
        encoding="utf-8-sig",
    )
    return frame.sort_values(KEY, kind="stable", ignore_index=True)


def machine() -> str:
    """Processor and system, in a few words."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists() and (
        found := re.search(r"^model name\s*:\s*(.+)$", about.read_text(), re.MULTILINE)
    ):
        model = found[1]
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} × {model.strip()}"


def versions() -> str:
    """Of this package, of Python and of the packages that results can depend on."""

    def of(package: str) -> str:
        return f"{package} {version_of(package) or 'not installed'}"

    return ", ".join(
        [f"crowdnb {__version__}", f"Python {platform.python_version()}", *map(of, PACKAGES)]
    )


def _some(apply: Method, part: list[tuple[Instance, list[str]]]) -> list[list[Any]]:
    """Rows of a few instances, in whatever process this is."""
    return [
        [*_values(instance), method, *vars(apply(instance, method)).values()]
        for instance, methods in part
        for method in methods
    ]


def _values(instance: Instance) -> tuple[Any, ...]:
    return tuple(vars(instance).values())


def _pairs(instances: Iterable[Instance], methods: Sequence[str]) -> Iterator[tuple[Instance, str]]:
    return ((instance, method) for instance in instances for method in methods)


def _parts(work: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(work)
    while part := list(islice(rest, size)):
        yield part


def _read_for(path: Path, name: str, seed: int) -> list[list[Any]]:
    """Rows of an earlier run; a line that was cut off is taken out of the file."""
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    found = re.match(
        r"# crowdnb experiment (\S+), seed (\d+);", whole.decode("utf-8-sig", errors="replace")
    )
    if found is None and data:
        raise ValueError(f"output: {path} was not written by this command; choose another file")
    if found is not None and (found[1], int(found[2])) != (name, seed):
        other = f"{found[1]} with seed {found[2]}, not {name} with {seed}"
        raise ValueError(f"output: {path} has experiment {other}; choose another file")
    if len(whole) < len(data):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    if found is None or whole.count(b"\n") < 2:
        os.truncate(path, 0)  # not removed: it may be a link, or have a mode of its own
        return []
    rows: list[list[Any]] = read(path)[COLUMNS].astype(object).to_numpy().tolist()
    return rows
