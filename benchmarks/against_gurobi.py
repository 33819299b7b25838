"""Processor seconds of cn.solve against Gurobi, and against scipy's milp where only counts bind.

python benchmarks/against_gurobi.py

Gurobi comes with ``pip install gurobipy`` under a licence for 2,000 columns and rows, one thread, no
gap; without it its table is left out. Both are timed one after the other on the same problem.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from data import SEEDS, machine
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

import crowdnb as cn

SIZES, CHANCES = (20, 30, 40, 50), (0.1, 0.2, 0.3, 0.4)
median = statistics.median


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the processor of one call, and what it returns."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def gurobi(problem: cn.Problem, environment: Any) -> float | None:
    """The best ρ by the paper's Algorithm 1 (T boolean, one row per two workers in conflict)."""
    import gurobipy as gp

    arrays, (m, n) = problem.arrays, problem.arrays.qualification.shape
    model = gp.Model(env=environment)
    t = model.addMVar((m, n), vtype="B", ub=problem.eligible.astype(float))
    model.setObjective((problem.value * t).sum(), gp.GRB.MAXIMIZE)
    model.addConstr(t.sum(axis=0) == arrays.required)
    model.addConstr(t.sum(axis=1) <= 1)
    one, other = problem.conflict_pairs.T
    if len(one):
        model.addConstr(t[one].sum(axis=1) + t[other].sum(axis=1) <= 1)
    model.optimize()
    return float(model.ObjVal) if model.Status == gp.GRB.OPTIMAL else None


def small() -> None:
    """Problems of section 7: the whole of cn.solve, and Gurobi with its model's building."""
    try:
        import gurobipy as gp
    except ModuleNotFoundError:
        print("cn.solve against Gurobi: Gurobi is not installed (pip install 'crowdnb[bench]')")
        return
    environment = gp.Env(params={"OutputFlag": 0, "Threads": 1, "MIPGap": 0.0})
    cn.solve(cn.random_problem(20, rng=0))
    gurobi(cn.random_problem(20, rng=0), environment)
    print("cn.solve / Gurobi on Algorithm 1, processor time, one thread")
    whole: list[tuple[float, float, bool]] = []
    for m in SIZES:
        rows = []
        for p in CHANCES:
            for seed in range(SEEDS):
                problem = cn.random_problem(m, None, p, seed)
                if problem.eligible.size > 2000 or len(problem.conflict_pairs) + m + m // 3 > 2000:
                    continue
                theirs, best = spent(lambda problem=problem: gurobi(problem, environment))
                fresh = problem.changed()
                ours, answer = spent(lambda fresh=fresh: cn.solve(fresh))
                assert (best is None) == (answer.status == "infeasible")
                assert best is None or abs(best - answer.performance) < 1e-6
                rows.append((ours, theirs, best is not None))
        whole += rows
        said = [f"{name} {_told(some)}" for name, some in _split(rows)]
        print(f"m = {m}: {'; '.join(said)}", flush=True)
    print("all:", "; ".join(f"{name} {_told(some)}" for name, some in _split(whole)))
    print("at most: m = 20, feasible, median 1; all 0.15 in sum, feasible ones 0.35")


def _split(rows: list[tuple[float, float, bool]]) -> list[tuple[str, list[tuple[float, float]]]]:
    """All, and the feasible ones."""
    feasible = [(a, b) for a, b, good in rows if good]
    return [("all", [(a, b) for a, b, _ in rows]), ("feasible", feasible)]


def _told(rows: list[tuple[float, float]]) -> str:
    if not rows:
        return "none"
    ours, theirs = (sum(one) for one in zip(*rows, strict=True))
    ratio, own = median(a / b for a, b in rows), 1e3 * median(a for a, _ in rows)
    return f"{ours / theirs:.2f} in sum, median {ratio:.2f} ({own:.1f} ms, {len(rows)})"


def counts() -> None:
    """Three workers per task, four tasks per worker: cn.solve against milp on the same pairs."""
    print("nothing but counts binds: cn.solve / scipy.optimize.milp, processor time, at most 1.5")
    for m, n in ((30, 10), (60, 20), (177, 118), (500, 100)):
        ratios, own = [], []
        for seed in range(SEEDS):
            rng = np.random.default_rng(seed)
            topics = [rng.dirichlet(np.full(12, 0.3), size) for size in (m, n)]
            q = np.sqrt(topics[0] @ topics[1].T).round(3)
            problem = cn.Problem(q, np.full(n, 3), worker_limits=4)
            worker, task = np.nonzero(problem.eligible)
            at = np.arange(len(worker))
            rows = [
                sparse.csr_array((np.ones(len(at)), (row, at)), shape=(size, len(at)))
                for row, size in ((worker, m), (task, n))
            ]
            rules = [LinearConstraint(rows[0], -np.inf, 4), LinearConstraint(rows[1], 3, 3)]
            theirs, best = spent(
                lambda rules=rules, gain=q[worker, task]: milp(
                    -gain, integrality=np.ones(len(gain)), bounds=Bounds(0, 1), constraints=rules
                )
            )
            ours, answer = spent(lambda problem=problem: cn.solve(problem))
            assert abs(answer.performance + best.fun) < 1e-6
            ratios.append(ours / theirs)
            own.append(1e3 * ours)
        print(f"{m:5} x {n:3}: {median(ratios):.2f}, {median(own):.1f} ms", flush=True)


if __name__ == "__main__":
    print(machine())
    small()
    counts()
