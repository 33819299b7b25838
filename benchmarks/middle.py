"""Places just within reach: the gap against time, of cn.solve and of engines handed the same rows.

python benchmarks/middle.py              twelve minutes; the rows are stored for notebook 08
python benchmarks/middle.py --show       the table of the stored rows

Random conflicts, and conflict graphs of the second DIMACS challenge where CROWDNB_INSTANCES names
the folder, with random Q; as many places as the largest team known, or a few less. HiGHS, CBC and
SCIP (pip install pyscipopt; without it its rows are left out) get the rows of the boolean program
as it is written for engines, with cliques, in one thread, and no pair left out.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from data import machine
from scipy import sparse

import crowdnb as cn
from crowdnb.experiments.middle_ground import gaps, stored
from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import Rules

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "solver"))

STORED = Path(cn.__file__).parent / "data" / "experiments" / "middle.csv.gz"
TIMES = (1.0, 3.0, 10.0)  # seconds
# workers, places, probability of a conflict
RANDOM = [
    (150, 34, 0.1),
    (200, 38, 0.1),
    (250, 40, 0.1),
    (150, 19, 0.2),
    (200, 21, 0.2),
    (250, 23, 0.2),
    (150, 13, 0.3),
    (200, 15, 0.3),
    (250, 16, 0.3),
]
GRAPHS = {"C125.9.clq.gz": 34, "keller4.clq.gz": 11, "brock200_2.clq.gz": 12}


def instances() -> Iterator[tuple[str, cn.Problem]]:
    """Each with its name."""
    import test_instances as known

    for seed, (m, n, p) in enumerate(RANDOM, 1):
        yield f"m = {m}, n = {n}, p = {p}", cn.random_problem(m, n, p, seed)
    for name, n in GRAPHS.items() if known.FOLDER.is_dir() else ():
        conflicts, _ = known.graph(name)
        q = np.random.default_rng(0).uniform(size=(len(conflicts), n))
        yield name.removesuffix(".clq.gz"), cn.Problem(q, [1] * n, worker_conflicts=conflicts)


def program(problem: cn.Problem) -> tuple[Any, ...]:
    """Costs to be least, rows, low and high, and which columns are integer: the team."""
    pairs = np.argwhere(problem.eligible)
    blocks = rows(Rules.of(problem), pairs)
    blocks["limit"] = blocks["limit"]._replace(low=blocks["limit"].high)
    matrix, low, high = stacked(blocks.values())
    team = np.arange(matrix.shape[1]) >= len(pairs)
    costs = np.zeros(len(team))
    costs[~team] = -problem.value[tuple(pairs.T)]
    return costs, sparse.csr_array(matrix), low, high, team


def ours(problem: cn.Problem, seconds: float) -> tuple[float, float]:
    """ρ (NaN for none) and its bound."""
    answer = cn.solve(problem, time_limit=seconds)
    assert answer.table is None or cn.check(problem, answer.table) == []
    return answer.performance, answer.bound


def highs(problem: cn.Problem, seconds: float) -> tuple[float, float]:
    """HiGHS with its own settings."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    costs, matrix, low, high, team = program(problem)
    answer = milp(
        costs,
        integrality=team,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = np.inf if answer.mip_dual_bound is None else -answer.mip_dual_bound
    return (np.nan if answer.x is None else -answer.fun), bound


def scip(problem: cn.Problem, seconds: float) -> tuple[float, float]:
    """SCIP with its own settings."""
    from pyscipopt import Model, quicksum

    costs, matrix, low, high, team = program(problem)
    model = Model()
    model.hideOutput()
    model.setParam("limits/time", seconds)
    x = [
        model.addVar(vtype="B" if whole else "C", lb=0, ub=1, obj=float(cost))
        for whole, cost in zip(team, costs, strict=True)
    ]
    for row in range(matrix.shape[0]):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        entries = zip(matrix.indices[part], matrix.data[part], strict=True)
        total = quicksum(float(one) * x[column] for column, one in entries)
        model.addCons(total <= float(high[row]))
        if np.isfinite(low[row]):
            model.addCons(total >= float(low[row]))
    model.optimize()
    return (-model.getObjVal() if model.getNSols() else np.nan), -model.getDualbound()


def cbc(problem: cn.Problem, seconds: float) -> tuple[float, float]:
    """CBC with its own settings; T is checked, since a stopped one may hand over anything."""
    from cylp.cy import CyClpSimplex
    from cylp.py.modeling.CyLPModel import CyLPArray, CyLPModel

    costs, matrix, low, high, team = program(problem)
    model = CyLPModel()
    x = model.addVariable("x", len(costs))
    model += matrix.tocsr() * x <= CyLPArray(high)
    model += matrix.tocsr() * x >= CyLPArray(np.maximum(low, -1e20))
    model += x >= 0
    model += x <= 1
    model.objective = CyLPArray(costs) * x
    simplex = CyClpSimplex(model)
    simplex.setInteger(x[np.flatnonzero(team).tolist()])
    solver = simplex.getCbcModel()
    solver.logLevel = 0
    solver.maximumSeconds = seconds
    solver.solve()
    found = solver.primalVariableSolution["x"]
    kept = np.abs(found - found.round()).max() < 1e-5
    kept = kept and (matrix @ found <= high + 1e-5).all() and (matrix @ found >= low - 1e-5).all()
    return (float(-costs @ found) if kept else np.nan), -solver.bestPossibleObjValue


METHODS = {"crowdnb": ours, "HiGHS": highs, "CBC": cbc, "SCIP": scip}


def measured() -> pd.DataFrame:
    """Each instance, method and time; the gap is what the bound exceeds ρ by, of the bound."""
    cn.solve(cn.random_problem(30, rng=0))  # imports
    found = []
    for name, problem in instances():
        for method, ask in METHODS.items():
            for seconds in TIMES:
                try:
                    rho, bound = ask(problem, seconds)
                except ModuleNotFoundError as missing:
                    print(f"{method}: {missing.name} is not installed")
                    break
                gap = (bound - rho) / bound
                found.append((name, method, seconds, rho, bound, gap))
        table = pd.DataFrame(found, columns=COLUMNS)
        print(f"\n{name}: gap in %\n{gaps(table[table['instance'] == name])['worst'].round(2)}")
    return pd.DataFrame(found, columns=COLUMNS)


COLUMNS = ["instance", "method", "seconds", "performance", "bound", "gap"]


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show", action="store_true")
    if parser.parse_args().show:
        print(gaps(stored()).round(2).to_string())
        return
    table = measured()
    with gzip.GzipFile(STORED, "wb", mtime=0) as file:
        rounded = table.round({"performance": 6, "bound": 6, "gap": 6})
        file.write(f"# {machine()}\n{rounded.to_csv(index=False)}".encode())
    print(f"\nall instances, gap in %\n{gaps(table).round(2).to_string()}")
    best = table.groupby("instance")["performance"].max()
    own = table[(table["method"] == "crowdnb") & (table["seconds"] == TIMES[0])]
    short = 1 - own.set_index("instance")["performance"] / best
    print(
        f"\nafter {TIMES[0]:g} s below the best known: {statistics.median(short):.2%} median,"
        f" {short.max():.2%} worst   (at most 1 %)"
    )


if __name__ == "__main__":
    main()
