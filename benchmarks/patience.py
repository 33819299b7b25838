"""What may take long: a second question to an engine's process, reasons in ten seconds, a frontier.

python benchmarks/patience.py             every table, some minutes
python benchmarks/patience.py NAME ...    some of: apart, reasons, limits, budgets
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import product

import numpy as np
import pandas as pd
from data import SEEDS
from program import timed

import crowdnb as cn
from crowdnb.solver.apart import let_go
from crowdnb.solver.engine import ask_apart

LIMIT = 10.0  # seconds


def apart() -> None:
    """An engine asked in a process of its own, which is kept: the first question and later ones."""
    problem = cn.load_case_study().problem()
    pairs = np.argwhere(problem.eligible)
    first, later = list[float](), list[float]()
    for _ in range(5):
        let_go()
        for times in (first, later):
            times.append(timed(lambda: ask_apart(problem, pairs, "HIGHS", None))[0])
    medians = statistics.median(first), statistics.median(later)
    print(
        "seconds of a question in a process of its own: first {:.2f}, then {:.3f}".format(*medians)
    )


def reasons() -> None:
    """explain_infeasible at 200 × 50 and 200 × 65 in ten seconds: how often, and with a certificate."""
    print(
        f"{'p':>5}{'places':>8}{'explained':>11}{'certificate':>13}{'needed all':>12}{'seconds':>9}"
    )
    for p, places in product((0.1, 0.15, 0.2, 0.3), (50, 65)):
        problems = [cn.random_problem(200, places, p, seed) for seed in range(SEEDS)]
        times, found = zip(
            *[timed(lambda at=at: cn.explain_infeasible(at, LIMIT)) for at in problems],
            strict=True,
        )
        told, proved = sum(map(bool, found)), sum(bool(one.certificate) for one in found)
        all_of_it = sum(bool(one) and one.irreducible for one in found)
        print(f"{p:>5}{places:>8}{told:>11}{proved:>13}{all_of_it:>12}{max(times):>9.1f}")


def limits() -> None:
    """How far over a limit of three seconds calls take at 100 × 30."""
    problem = cn.random_problem(100, 30, 0.05, 1)
    rng = np.random.default_rng(1)
    costs = rng.integers(1, 50, (100, 30)).astype(float)
    tight = cn.random_problem(100, 30, 0.3, 1).changed(costs=costs, budget=100.0)
    worker, task = problem.workers[0], problem.tasks[0]
    running = pd.DataFrame(0, problem.workers, problem.tasks)
    calls = {
        "prices": lambda: cn.prices(problem, time_limit=3.0),
        "why": lambda: cn.why(problem, worker, task, time_limit=3.0),
        "alternatives": lambda: cn.alternatives(problem, 1000, time_limit=3.0),
        "replan": lambda: cn.replan(problem, running, 0.1, time_limit=3.0),
        "frontier": lambda: cn.frontier(problem.changed(costs=costs, budget=1e6), time_limit=3.0),
        "explain_infeasible": lambda: cn.explain_infeasible(tight, 3.0),
        "repairs": lambda: cn.repairs(tight, time_limit=3.0),
    }
    for name, call in calls.items():
        print(f"{name:>20}{timed(call)[0]:>7.2f} s of 3")


def budgets() -> None:
    """Frontier of 89 workers and four tasks with 11 places, costs by pair or by worker."""
    for by_worker, real in product((False, True), (False, True)):
        rng = np.random.default_rng(3)
        shape = (89, 1 if by_worker else 4)
        costs = rng.uniform(10, 60, shape) if real else rng.integers(10, 60, shape).astype(float)
        costs = np.broadcast_to(costs, (89, 4)).copy()
        problem = cn.Problem(rng.random((89, 4)), [3, 2, 2, 4], costs=costs, budget=1e6)
        start = time.process_time()
        seconds, found = timed(lambda problem=problem: cn.frontier(problem, time_limit=60.0))
        own = time.process_time() - start
        what = f"{'real' if real else 'whole'} costs by {'worker' if by_worker else 'pair'}"
        took = f"{seconds:.1f} s ({own:.1f} of the processor)"
        print(f"{what:>22}: {len(found):>4} budgets, {took}, {found['status'].iloc[0]}")


TABLES = {table.__name__: table for table in (apart, reasons, limits, budgets)}


def main() -> None:
    """Some of the tables, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TABLES, []])
    for name in parser.parse_args().names or TABLES:
        print(f"\n{name}: {TABLES[name].__doc__}")
        TABLES[name]()


if __name__ == "__main__":
    main()
