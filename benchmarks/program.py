"""Time and memory of cn.solve, as ratios of times in one run side by side.

python benchmarks/program.py             every table, about twenty minutes; the growth is stored in growth.csv
python benchmarks/program.py NAME ...    some of: cplex, resolve, refute, why, free, large, limit, growth

Each cell is a median over SEEDS instances, made by cn.random_problem as in section 7 where nothing
else is said.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from data import GROWTH, SEEDS, machine, seconds, store
from scipy.optimize import linear_sum_assignment

import crowdnb as cn
from crowdnb.experiments.baselines import algorithm_1

SIZES, CHANCES = (20, 25, 30, 35, 40, 45, 50, 55), (0.1, 0.2, 0.3, 0.4)
median = statistics.median


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one call, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def against_cplex() -> None:
    """The whole of cn.solve against CPLEX alone, which is handed Algorithm 1 ready to solve.

    Building it is extra.
    """
    try:
        import cplex  # noqa: F401
    except ModuleNotFoundError:
        print("cn.solve against CPLEX: CPLEX is not installed (pip install 'crowdnb[bench]')")
        return
    print(
        "cn.solve (all of it) / CPLEX on Algorithm 1: its engine alone, and with building its model"
    )
    print(
        f"{'m':>4}{'p':>5}{'feasible':>10}{'CPLEX, ms':>11}{'GLPK_MI':>9}{'with build':>12}{'CBC':>7}"
    )
    whole: dict[str, list[float]] = {
        name: [] for name in ("engine", "built", "GLPK_MI", "CBC", "m")
    }
    for name in ("GLPK_MI", "CBC"):
        cn.solve(cn.random_problem(40, rng=0), name)
    for m in SIZES:
        for p in CHANCES:
            cell: dict[str, list[float]] = {name: [] for name in whole}
            feasible = 0
            for seed in range(SEEDS):
                build, model = timed(
                    lambda m=m, p=p, seed=seed: algorithm_1(cn.random_problem(m, None, p, seed))
                )
                engine, _ = timed(model.solve)
                best = (
                    model.solution.get_objective_value()
                    if model.solution.is_primal_feasible()
                    else None
                )
                model.end()
                for name in ("GLPK_MI", "CBC"):
                    problem = cn.random_problem(m, None, p, seed)
                    took, answer = timed(lambda name=name, problem=problem: cn.solve(problem, name))
                    assert (best is None) == (answer.status == "infeasible")
                    assert best is None or abs(best - answer.performance) < 1e-6
                    cell[name].append(took)
                cell["engine"].append(engine)
                cell["built"].append(engine + build)
                cell["m"].append(m)
                feasible += best is not None
            ratio = [ratios(cell, name, base) for name, base in PAIRS]
            print(
                f"{m:4}{p:5.1f}{feasible:7}/{SEEDS}{1e3 * median(cell['engine']):11.1f}"
                f"{median(ratio[0]):9.2f}{median(ratio[1]):12.2f}{median(ratio[2]):7.2f}",
                flush=True,
            )
            for name, values in cell.items():
                whole[name] += values
    late = {
        name: [v for v, m in zip(values, whole["m"], strict=True) if m >= 30]
        for name, values in whole.items()
    }
    print(
        f"{'sum of times, all':30}{'':>0}",
        *(f"{sum(whole[a]) / sum(whole[b]):9.3f}" for a, b in PAIRS),
        "  at most 0.2",
    )
    print(
        f"{'median of ratios, all':30}",
        *(f"{median(ratios(whole, a, b)):9.3f}" for a, b in PAIRS),
        "  CBC at most 2.5",
    )
    print(
        f"{'median of ratios, m from 30':30}",
        *(f"{median(ratios(late, a, b)):9.3f}" for a, b in PAIRS),
        "  at most 1",
    )


PAIRS = (("GLPK_MI", "engine"), ("GLPK_MI", "built"), ("CBC", "engine"))


def ratios(times: dict[str, list[float]], name: str, base: str) -> list[float]:
    """Ratio of times, instance by instance."""
    return [a / b for a, b in zip(times[name], times[base], strict=True)]


def resolve() -> None:
    """The case study solved again after changes, compiled once, against solving it afresh."""
    case = cn.load_case_study()
    start, rng = case.problem(), np.random.default_rng(0)
    program = cn.Program(start, "GLPK_MI")
    workers, again, afresh = start.workers.tolist(), [], []
    for _ in range(SEEDS):  # twenty of one kind in a row, as a panel asks them, then of the other
        changes = []
        for _ in range(20):
            q = start.qualification * rng.uniform(0.8, 1.2, size=start.qualification.shape)
            pairs = [
                tuple(rng.choice(workers, 2, replace=False)) for _ in range(rng.integers(0, 5))
            ]
            changes.append({"qualification": q, "worker_conflicts": pairs})
        again += [seconds(lambda change=change: program.resolve(**change)) for change in changes]
        problems = [start.changed(**change) for change in changes]
        afresh += [
            seconds(lambda problem=problem: cn.solve(problem, "GLPK_MI")) for problem in problems
        ]
    print("12 x 5, GLPK_MI, checked: cn.Program(...).resolve against cn.solve")
    print(
        f"resolve: median {1e3 * median(again):.2f} ms (at most 2), p95"
        f" {1e3 * np.quantile(again, 0.95):.2f} ms (10)"
    )
    print(
        f"solve:   median {1e3 * median(afresh):.2f} ms; ratio {median(again) / median(afresh):.2f}"
    )


def refute() -> None:
    """Infeasible instances at m = 60, with the largest number of workers who can work together in the reason."""
    print("refuted at m = 60, n = 20: milliseconds, at most 10")
    cn.solve(cn.random_problem(60, rng=0))  # the first call imports cvxpy
    for p in CHANCES[1:]:
        took = []
        for seed in range(2 * SEEDS):
            problem = cn.random_problem(60, None, p, seed)
            spent, answer = timed(lambda problem=problem: cn.solve(problem))
            if answer.status == "infeasible":
                took.append(1e3 * spent)
                assert "can work together" in answer.reasons[0] or "may take" in answer.reasons[0]
        worst = f"p95 {np.quantile(took, 0.95):.2f}, worst {max(took):.2f}"
        print(f"p = {p}: {len(took)} of {2 * SEEDS}, median {median(took):.2f}, {worst}")


def why() -> None:
    """Infeasible instances at m = 60.

    Why, and the ten best sets of changes that make them feasible.
    """
    print("infeasible at m = 60, n = 20: seconds, at most 5")
    cn.repairs(cn.random_problem(20, None, 0.4, 0))  # the first call loads the solver
    for p in CHANCES[1:]:
        problems = [cn.random_problem(60, None, p, seed) for seed in range(SEEDS)]
        for work in (cn.explain_infeasible, cn.repairs):
            took, found = zip(*(timed(partial(work, problem)) for problem in problems), strict=True)
            assert all(found)  # none has an assignment
            ten = sum(
                getattr(answer, "ranked", False) and len(answer.repairs) == 10 for answer in found
            )
            told = f"; {ten} times ten, proved to be the best" if ten else ""
            print(
                f"p = {p}: {work.__name__}, {len(took)} times: median {median(took):.2f}, worst"
                f" {max(took):.2f}{told}"
            )


def free() -> None:
    """No conflict that binds: cn.solve against scipy's linear assignment of the same Q."""
    print("no conflicts: cn.solve / scipy.optimize.linear_sum_assignment, at most 1.5")
    for m, n in ((300, 100), (1000, 333), (2000, 666), (5000, 1666)):
        pairs = []
        for seed in range(SEEDS):
            q = np.random.default_rng(seed).uniform(size=(m, n))
            problem = cn.Problem(q, np.ones(n))
            linear, _ = timed(lambda q=q: linear_sum_assignment(q, maximize=True))
            whole, answer = timed(lambda problem=problem: cn.solve(problem))
            assert answer.status == "optimal"
            pairs.append((whole / linear, 1e3 * linear))
        print(
            f"{m:6} x {n:4}: {median(r for r, _ in pairs):.2f} of"
            f" {median(t for _, t in pairs):.1f} ms",
            flush=True,
        )


def sparse(m: int, n: int, degree: float, seed: int) -> cn.Problem:
    """Random Q, 10 % of the pairs barred, a random conflict graph of that average degree."""
    rng = np.random.default_rng(seed)
    between = np.triu(rng.uniform(size=(m, m)) < degree / (m - 1), 1)
    barred = rng.uniform(size=(m, n)) < 0.1
    return cn.Problem(
        rng.uniform(size=(m, n)),
        np.ones(n),
        task_conflicts=barred,
        worker_conflicts=between | between.T,
    )


def large() -> None:
    """Thousands of workers, few conflicts each.

    Each size in a process of its own, for its memory.
    """
    print("large and sparse: seconds, gap, peak memory of the process")
    for m, n, degree, limit, asked in (
        (1000, 100, 5, 0, "proved in 1 s"),
        (5000, 500, 5, 0, "proved in 5 s, under 3000 MB"),
        (5000, 1666, 2, 0, ""),
        (1000, 333, 5, 10, "gap at most 0.2 % in 10 s"),
        (1000, 333, 10, 10, ""),
    ):
        told = subprocess.run(
            [sys.executable, __file__, "--one", *map(str, (m, n, degree, limit, SEEDS))],
            check=True,
            capture_output=True,
            text=True,
        )
        print(f"{m:5} x {n:4}, degree {degree:2}: {told.stdout.strip()}   {asked}", flush=True)


def one(m: int, n: int, degree: float, limit: float, seeds: int) -> None:
    """The inside of :func:`large`."""
    cn.solve(cn.random_problem(20, rng=0))  # the first engine asked imports cvxpy
    took, gaps, status = [], [], set()
    for seed in range(seeds):
        problem = sparse(m, n, degree, seed)
        spent, answer = timed(lambda problem=problem: cn.solve(problem, time_limit=limit or None))
        took.append(spent)
        gaps.append(answer.gap)
        status.add(answer.status)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )
    times = f"median {median(took):.2f} s, worst {max(took):.2f} s"
    print(f"{', '.join(sorted(status))}: {times}, worst gap {max(gaps):.4%}, {peak:.0f} MB")


def limit() -> None:
    """How well each engine keeps a time limit on a problem that none of them decides."""
    print("time limits kept: seconds spent / limit, at most 1.2")
    rng = np.random.default_rng(3)
    between = np.triu(rng.uniform(size=(150, 150)) < 0.05, 1)
    hard = cn.Problem(
        rng.uniform(size=(150, 45)), np.ones(45), worker_conflicts=between | between.T
    )
    for name in ("GLPK_MI", "CBC", "HIGHS", "SCIPY", None):
        cn.solve(cn.random_problem(20, rng=0), name)
        cells = []
        for allowed in (0.2, 0.5, 1, 2, 5, 10):
            spent, answer = timed(lambda name=name, allowed=allowed: cn.solve(hard, name, allowed))
            assert answer.status == "time_limit"
            cells.append(f"{allowed:g} s: {spent / allowed:.2f} (gap {answer.gap:.2%})")
        print(f"{name or 'default':8}", ",  ".join(cells), flush=True)


def growth() -> None:
    """Seconds and memory of cn.solve against m; n = m / 10, average degree 5, as in :func:`large`."""
    from data import peak_mb

    rows = []
    for m in (10, 30, 100, 300, 1000, 3000):
        took, peak = [], 0.0
        for seed in range(SEEDS):
            problem = sparse(m, max(1, m // 10), min(5, m / 4), seed)
            took.append(seconds(lambda problem=problem: cn.solve(problem)))
            peak = peak_mb(lambda problem=problem: cn.solve(problem)) if seed == 0 else peak
        rows.append(
            {
                "step": "solve",
                "m": m,
                "n": max(1, m // 10),
                "seconds": round(median(took), 6),
                "peak_mb": round(peak, 3),
            }
        )
    table = store(rows)
    print(table.to_string(index=False))
    draw(table)


def draw(table: pd.DataFrame) -> None:
    """The picture of growth that docs/measurements.md shows, beside growth.csv."""
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    marks = dict(zip(table["step"].unique(), "os^Dv", strict=False))
    for ax, column, label in (
        (axes[0], "seconds", "time, seconds"),
        (axes[1], "peak_mb", "memory on top, MB"),
    ):
        for step, rows in table.groupby("step", sort=False):
            ax.loglog(rows["m"], rows[column], marker=marks[step], label=step)
        ax.set_xlabel("workers m (n = m/10 tasks)")
        ax.set_ylabel(label)
        ax.grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    figure.savefig(GROWTH.with_suffix(".png"), dpi=100)


TABLES = {
    "cplex": against_cplex,
    "resolve": resolve,
    "refute": refute,
    "why": why,
    "free": free,
    "large": large,
    "limit": limit,
    "growth": growth,
}


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], default=[], metavar="NAME")
    parser.add_argument("--one", nargs=5, type=float, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        m, n, degree, allowed, seeds = asked.one
        one(int(m), int(n), degree, allowed, int(seeds))
        return
    print(machine())
    for name in asked.tables or TABLES:
        print()
        TABLES[name]()


if __name__ == "__main__":
    main()
