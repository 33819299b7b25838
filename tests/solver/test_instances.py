"""Instances that others made, against the answers that others know: E-CARGO examples, assignments, conflict graphs.

They are not in this repository. They are read from a folder that CROWDNB_INSTANCES names, or else
from shared/data beside the repository; a SOURCE.md there says where each comes from. Only what
takes an engine seconds is asked here.
"""

import csv
import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest

import crowdnb as cn
from crowdnb.solver import search

SOLVERS = ["GLPK_MI", "CBC", "HIGHS"]
FOLDER = Path(os.environ.get("CROWDNB_INSTANCES") or Path(__file__).parents[3] / "shared" / "data")
ECARGO = FOLDER / "ecargo" / "instances.json"
EXAMPLES = json.loads(ECARGO.read_text(encoding="utf-8")) if ECARGO.is_file() else {}

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="CROWDNB_INSTANCES names no folder of instances"
)


def read(*path):
    """The words of each line of a file, unpacked where it is packed."""
    file = FOLDER.joinpath(*path)
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode()
    return [line.split() for line in text.splitlines()]


def known(*path, **match):
    """The one row of a table of known answers in which these columns have these values."""
    with FOLDER.joinpath(*path).open(encoding="utf-8", newline="") as file:
        (row,) = [
            row
            for row in csv.DictReader(file)
            if all(row[key] == value for key, value in match.items())
        ]
    return row


def graph(name):
    """Who is in conflict, m × m, and the weights: the edges of a .col file, the pairs that are no edge of a .clq."""
    rows = read("conflict_graphs", name)
    m = next(int(row[2]) for row in rows if row[0] == "p")
    i, k = np.array([row[1:] for row in rows if row[0] == "e"], dtype=int).T - 1
    edge = np.zeros((m, m), dtype=bool)
    edge[i, k] = edge[k, i] = True
    weight = np.array([row[2] for row in rows if row[0] == "n"], dtype=float)
    return (edge if name.endswith(".col") else ~(edge | np.eye(m, dtype=bool))), weight


def team(name, size):
    """One task for so many workers, all alike."""
    conflicts, _ = graph(name)
    return cn.Problem(np.ones((len(conflicts), 1)), [size], worker_conflicts=conflicts)


def assert_optimal(problem, solver, performance):
    answer = cn.solve(problem, solver)
    assert answer.status == "optimal"
    assert answer.performance == pytest.approx(performance, abs=1e-6)
    assert cn.check(problem, answer.table) == []


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_the_author_of_ecargo(name, solver):
    example = EXAMPLES[name]
    problem = cn.Problem(
        example["Q"],
        example["L"],
        example["W"],
        worker_conflicts=example.get("worker_conflicts"),
        conflict_scope=example.get("scope", "project"),
        worker_limits=example["La"],
        task_overlaps=example.get("role_conflicts"),
    )
    if example["expected"]["status"] == "optimal":
        assert_optimal(problem, solver, example["expected"]["objective"])
        return
    answer = cn.solve(problem, solver)
    assert answer.status == example["expected"]["status"] == "infeasible"
    assert answer.reasons


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_example_of_several_roles_has_none_where_roles_are_at_the_same_time(solver):
    """GMRACR: six workers fill twelve places, so that none is free to leave a task."""
    example = EXAMPLES["gmra_6x4"]
    problem = cn.Problem(
        example["Q"],
        example["L"],
        worker_limits=example["La"],
        task_overlaps=[(1, 2)],
    )
    answer = cn.solve(problem, solver)
    assert (answer.status, answer.reasons) == (
        "infeasible",
        (
            "1, 2 overlap and together need 8 workers, and only 6 may take any of them:"
            " 0, 1, 2, 3, 4, 5.",
        ),
    )
    once = problem.changed(task_overlaps=[(0, 1)], required=[2, 3, 4, 2])
    assert cn.solve(once, solver).status == "optimal"


def linear_assignment(name):
    """The problem of a file, and its published optimum."""
    expected = known("lap_orlib", "optima.csv", file=name)
    n, (_, *rows) = int(expected["n"]), read("lap_orlib", name)
    if expected["form"] == "sparse":
        i, j, listed = np.array(rows, dtype=int).T
        cost, barred = np.zeros((n, n)), np.ones((n, n), dtype=bool)
        cost[i - 1, j - 1], barred[i - 1, j - 1] = listed, False
    else:
        cost = np.array([number for row in rows for number in row], dtype=float).reshape(n, n)
        barred = cost < 0
    problem = cn.Problem((101 - cost) / 101, np.ones(n), task_conflicts=barred)
    return problem, (101 * n - int(expected["minimum_total_cost"])) / 101


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "name",
    [
        "assign100.txt",
        "assign200.txt.gz",
        "assign300.txt.gz",
        "assign400.txt.gz",
        "assignp800.txt.gz",
    ],
)
def test_linear_assignments_reach_the_published_optimum(name, solver):
    problem, optimum = linear_assignment(name)
    assert_optimal(problem, solver, optimum)


GRAPHS = [
    "johnson8-2-4.clq.gz",
    "MANN_a9.clq.gz",
    "hamming6-4.clq.gz",
    "hamming6-2.clq.gz",
    "johnson8-4-4.clq.gz",
]
SLOW = {("hamming6-4.clq.gz", "CBC"), ("hamming6-4.clq.gz", "HIGHS")}  # weighted: 2 s and more
ANSWERS = ("conflict_graphs", "independent_set_expected.csv")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("name", GRAPHS)
def test_the_largest_team_without_conflicts_is_found(name, solver):
    largest = int(known(*ANSWERS, file=name)["max_team_size"])
    assert_optimal(team(name, largest), solver, largest)


@pytest.mark.parametrize("name", [*GRAPHS, "c-fat200-1.clq.gz", "brock200_2.clq.gz"])
def test_a_team_larger_by_one_is_refuted_and_the_largest_named(name):
    largest = int(known(*ANSWERS, file=name)["max_team_size"])
    problem = team(name, largest + 1)
    answer = cn.solve(problem)
    assert (answer.status, answer.solver) == ("infeasible", "none")
    (reason,) = answer.reasons
    assert reason.endswith(f"at most {largest} can work together.")
    apart = cn.Problem(  # the same people, each on a task of their own
        np.ones((len(problem.workers), largest + 1)),
        np.ones(largest + 1),
        worker_conflicts=problem.worker_conflicts,
    )
    (reason,) = cn.obstacles(apart)
    assert f"at most {largest} can work together" in reason


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "name", ["johnson8-2-4.clq.gz", "hamming6-2.clq.gz", "johnson8-4-4.clq.gz"]
)
def test_a_team_larger_by_one_is_refuted_by_the_engines_too(name, solver, monkeypatch):
    monkeypatch.setattr(search, "obstacles", lambda problem: [])
    monkeypatch.setattr(search, "obstacles_or_team", lambda problem: ([], None))
    answer = cn.solve(team(name, int(known(*ANSWERS, file=name)["max_team_size"]) + 1), solver)
    assert (answer.status, answer.solver) == ("infeasible", solver)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["exactly", "at most"])
@pytest.mark.parametrize(
    ("name", "solver"), [(g, s) for g in GRAPHS for s in SOLVERS if (g, s) not in SLOW]
)
def test_the_best_team_without_conflicts_has_the_published_weight(name, solver, rule):
    """The best team may be smaller than the largest one: extra people of next to no use fill it, or "at most" does."""
    conflicts, weight = graph(name)
    expected = known(*ANSWERS, file=name)
    size = int(expected["max_team_size"])
    extra = size if rule == "exactly" else 0
    q = np.r_[weight / 201, np.full(extra, 1e-9)][:, None]
    between = np.pad(conflicts, (0, extra))
    problem = cn.Problem(q, [size], worker_conflicts=between, required_rule=rule)
    assert_optimal(problem, solver, int(expected["max_team_weight"]) / 201)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "tasks", "solvers"),
    [
        ("myciel3.col", 4, SOLVERS),
        ("myciel3.col", 3, SOLVERS),
        ("myciel4.col", 5, SOLVERS),
        ("queen5_5.col", 5, SOLVERS),
        ("queen5_5.col", 4, SOLVERS),
        ("queen7_7.col", 7, ["GLPK_MI"]),  # the others need half a minute
        ("queen7_7.col", 6, SOLVERS),
        ("jean.col", 10, SOLVERS),
        ("jean.col", 9, SOLVERS),
        ("huck.col", 11, SOLVERS),
        ("huck.col", 10, SOLVERS),
    ],
)
def test_everybody_gets_a_task_without_conflict_with_as_many_tasks_as_colours(name, tasks, solvers):
    conflicts, _ = graph(name)
    expected = known("conflict_graphs", "same_task_expected.csv", file=name, tasks=str(tasks))
    need = [int(size) for size in expected["L"].split()]
    problem = cn.Problem(
        np.ones((len(conflicts), tasks)), need, worker_conflicts=conflicts, conflict_scope="task"
    )
    for solver in solvers:
        if expected["expected"] == "feasible":
            assert_optimal(problem, solver, len(conflicts))
            continue
        answer = cn.solve(problem, solver)
        assert answer.status == expected["expected"] == "infeasible", solver
        assert answer.reasons


def generalised(name):
    """A generalised assignment: agents are workers, jobs tasks; and its published optimum."""
    numbers = np.array([number for row in read("gap_orlib", name) for number in row], dtype=float)
    m, n = numbers[:2].astype(int)
    cost, use, capacity = np.split(numbers[2:], [m * n, 2 * m * n])
    problem = cn.Problem(
        -cost.reshape(m, n),
        np.ones(n),
        worker_limits=int(n),
        loads=use.reshape(m, n),
        capacities=capacity,
    )
    return problem, int(known("gap_orlib", "optima.csv", file=name)["minimum_total_cost"])


@pytest.mark.slow
@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "name", ["gap1-0.txt", "gap1-1.txt", "gap2-0.txt", "gap3-0.txt", "gap5-0.txt"]
)
def test_generalised_assignments_reach_the_published_optimum(name, solver):
    problem, optimum = generalised(name)
    answer = cn.solve(problem, solver)
    assert answer.status == "optimal"
    assert cn.check(problem, answer.table) == []
    assert -answer.performance == optimum
