"""Seconds for the instances that others made and solved.

Conflict graphs, assignments, generalised assignments.

python benchmarks/instances.py              every one, with a minute each at most
python benchmarks/instances.py --limit 5    with five seconds each

They are read as tests/solver/test_instances.py reads them, which asks the quick ones of every
engine. Here the default engine is asked for all; where the time does not suffice, the line says
what is known then. A wrong answer is an error.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from pathlib import Path

import numpy as np

import crowdnb as cn

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "solver"))
import test_instances as known


def table(*path: str) -> list[dict[str, str]]:
    """The rows of a table of known answers."""
    with known.FOLDER.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ask(name: str, what: str, problem: cn.Problem, expected: float | None, limit: float) -> None:
    """Solve, compare with what is known (None: no assignment exists), and print a line."""
    start = time.perf_counter()
    answer = cn.solve(problem, time_limit=limit)
    took = time.perf_counter() - start
    assert answer.table is None or cn.check(problem, answer.table) == []
    if answer.status == "optimal":
        assert expected is not None and abs(answer.performance - expected) < 1e-6, (name, answer)
    elif answer.status == "infeasible":
        assert expected is None, (name, answer)
    else:
        assert expected is None or answer.bound > expected - 1e-6, (name, answer)
    known_then = (
        f", {answer.performance:g} of at most {answer.bound:g}"
        if answer.status == "time_limit"
        else ""
    )
    print(f"{name:22}{what:34}{took:8.2f} s  {answer.status}{known_then}", flush=True)


def conflict_graphs(limit: float) -> None:
    """The largest team, one more, the best weight; and as many tasks as colours, and one fewer."""
    for row in table(*known.ANSWERS):
        name, size = row["file"], int(row["max_team_size"])
        conflicts, weight = known.graph(name)
        ask(name, f"a team of {size}", known.team(name, size), size, limit)
        ask(name, f"a team of {size + 1}", known.team(name, size + 1), None, limit)
        best = cn.Problem(
            weight[:, None] / 201, [size], worker_conflicts=conflicts, required_rule="at most"
        )
        ask(name, "the best weight, any size", best, int(row["max_team_weight"]) / 201, limit)
        few = np.r_[weight / 201, np.full(size, 1e-9)][:, None]
        filled = cn.Problem(few, [size], worker_conflicts=np.pad(conflicts, (0, size)))
        ask(name, "the best weight, filled up", filled, int(row["max_team_weight"]) / 201, limit)
    for row in table("conflict_graphs", "same_task_expected.csv"):
        conflicts, _ = known.graph(row["file"])
        need, people = [int(one) for one in row["L"].split()], len(conflicts)
        problem = cn.Problem(np.ones((people, len(need))), need, None, None, conflicts, "task")
        ask(
            row["file"],
            f"{len(need)} tasks",
            problem,
            people if row["expected"] == "feasible" else None,
            limit,
        )


def assignments(limit: float) -> None:
    """Linear assignments.

    And what the capacities of generalised ones imply, a bound beside the optimum.
    """
    for row in table("lap_orlib", "optima.csv"):
        problem, best = known.linear_assignment(row["file"])
        ask(row["file"], "the published optimum", problem, best, limit)
    for row in table("gap_orlib", "optima.csv"):
        start = time.perf_counter()
        problem = known.implied(row["file"])[-1]
        answer = cn.solve(problem, time_limit=limit)
        least, optimum = -answer.bound, int(row["minimum_total_cost"])
        assert least <= optimum + 1e-6
        took = time.perf_counter() - start
        print(
            f"{row['file']:22}{f'at least {least:.0f}; the optimum is {optimum}':34}{took:8.2f} s "
            f" {answer.status}",
            flush=True,
        )


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit", type=float, default=60.0, metavar="SECONDS")
    limit = parser.parse_args().limit
    if not known.FOLDER.is_dir():
        print("instances of others: CROWDNB_INSTANCES names no folder")
        return
    conflict_graphs(limit)
    assignments(limit)


if __name__ == "__main__":
    main()
