"""An interrupt is an interrupt: whatever is asked, it passes on, or the complete answer is there.

What is stopped by a limit of time says so: no number looks like an optimum that is none.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import psutil
import pytest
from helpers.effort import tries

import crowdnb as cn
from crowdnb.solver.apart import let_go

MOMENTS = tries(4, 20)
ASIDE = {"seconds", "problem"}  # of an answer: what differs from run to run, and what was asked


def interrupt(*_):
    raise KeyboardInterrupt


def interrupted(call, after):
    """What a call returns that is interrupted after so many seconds, or None for an interrupt that passed on."""
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, after)
            return call()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except KeyboardInterrupt:
        return None


def told(thing):
    """All that a result says, field by field, with its numbers to nine digits."""
    if isinstance(thing, pd.DataFrame | pd.Series):
        thing = (
            thing.drop(columns="seconds", errors="ignore")
            if isinstance(thing, pd.DataFrame)
            else thing
        )
        return told(
            thing.reset_index().to_dict("list")
            if isinstance(thing, pd.DataFrame)
            else thing.to_dict()
        )
    if is_dataclass(thing):
        return {
            field.name: told(getattr(thing, field.name))
            for field in fields(thing)
            if field.name not in ASIDE
        }
    if isinstance(thing, Mapping):
        return {str(key): told(value) for key, value in thing.items()}
    if isinstance(thing, np.ndarray | list | tuple):
        return [told(one) for one in thing]
    if isinstance(thing, float | np.floating):
        return f"{thing:.9g}"
    return str(thing)


def drawn(seed, m, n, chance, **options):
    rng = np.random.default_rng(seed)
    against = np.triu(rng.random((m, m)) < chance, 1)
    q, costs = rng.random((m, n)).round(3), rng.integers(1, 9, (m, n))
    if "budget" in options:
        options["costs"] = costs
    return cn.Problem(q, [1] * n, worker_conflicts=against | against.T, **options)


def some_of(project, m, n):
    """The first workers and tasks of a project."""
    who, what = project.ability.index[:m], project.demand.index[:n]
    between = project.worker_conflicts.loc[who, who]
    need, weights = pd.Series(1, what), project.criteria_weights
    barred = project.task_conflicts.loc[who, what]
    return cn.Project(
        project.ability.loc[who], project.demand.loc[what], weights, need, None, barred, between
    )


CASE = cn.load_case_study()
PART = some_of(CASE, 7, 4)
BIG, SMALL = drawn(3, 24, 7, 0.2), drawn(4, 10, 4, 0.2)
PRICED = drawn(5, 12, 4, 0.15, budget=30)
WIDE = drawn(8, 40, 12, 0.15)
FULL = drawn(6, 14, 8, 0.55)  # nobody can fill it
FEW = [drawn(seed, 9, 4, 0.2) for seed in range(12)]
DAY = cn.Market(days=0.5, workers=12, arrivals=1.0)
P = cn.possibility_matrix(CASE.ability, CASE.demand)
PLAIN, QUARREL = CASE.problem(), CASE.problem([("a3", "a5")])


def plans(project=PART, **options):
    made = cn.Scenarios(project, **options)
    for at, pair in enumerate([("a3", "a5"), ("a0", "a2"), ("a1", "a4")]):
        made = made.keep(f"plan {at}", conflicts={pair: 1})
    return made


@cache  # found before anything is interrupted
def chosen(problem):
    return cn.solve(problem).table


def turned(problem):
    """An assignment that is not the best."""
    table = chosen(problem)
    return table.iloc[::-1].set_axis(table.index)


# What each function takes some 30 to 300 ms for.
CALLS = {
    "prices": lambda: cn.prices(SMALL),
    "why": lambda: [cn.why(BIG, i, j) for i in range(0, 24, 8) for j in range(0, 7, 3)],
    "alternatives": lambda: cn.alternatives(BIG, limit=5),
    "frontier": lambda: cn.frontier(PRICED),
    "replan": lambda: cn.replan(BIG, turned(BIG), 0.1),
    "replan's curve": lambda: cn.replan(SMALL, turned(SMALL), 0.1).curve,
    "repairs": lambda: cn.repairs(FULL, limit=3),
    "explain_infeasible": lambda: cn.explain_infeasible(FULL),
    "doubt": lambda: cn.doubt(CASE, samples=10, rng=1, progress=False),
    "robust": lambda: cn.robust(CASE),
    "robust by regret": lambda: cn.robust(PART, criterion="regret"),
    "recover_conflicts": lambda: cn.recover_conflicts(PLAIN, chosen(QUARREL), limit=3),
    "recover_weights": lambda: cn.recover_weights(
        QUARREL, P, CASE.published.assignment, CASE.criteria_weights
    ),
    "stability": lambda: cn.stability(PLAIN, P, CASE.criteria_weights, samples=4, rng=1),
    "gamma_range": lambda: cn.gamma_range(CASE),
    "solve_many": lambda: cn.solve_many(FEW, progress=False),
    "figure1": lambda: cn.experiments.figure1(2, sizes=[10, 20], progress=False),
    "table8": lambda: cn.experiments.table8(1, sizes=[10, 20], progress=False),
    "table9": lambda: cn.experiments.table9(1, sizes=[10], progress=False),
    "simulate": lambda: cn.simulate(DAY, seed=1),
    "report": lambda: cn.report(plans(), "plan 0"),
    "compare": lambda: plans().compare(),
}


def children():
    return [one for one in psutil.Process().children() if one.is_running()]


@pytest.fixture(autouse=True)
def nothing_left(tmp_path, monkeypatch):
    """Neither new processes, but for joblib's own that wait for more work, nor temporary files.

    A process that is kept goes when it is let go, unless it is at work.
    """
    before = children()  # such as Python's fork server, from other tests
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("JOBLIB_TEMP_FOLDER", str(tmp_path))
    yield
    let_go()
    new = [one for one in children() if one not in before]
    lines = [
        one.name() if one.status() == psutil.STATUS_ZOMBIE else " ".join(one.cmdline())
        for one in new
    ]
    assert [
        line for line in lines if "-m joblib" not in line and "resource_tracker" not in line
    ] == []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.fixture
def alarm():
    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def ctrl_c(alarm):
    """Alarms become what a keyboard sends."""
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def moments(call, number=MOMENTS):
    """The undisturbed result, and moments from before the start until after the end, shuffled."""
    call()  # imports
    start = time.perf_counter()
    reference = told(call())
    usual = time.perf_counter() - start
    return reference, [1.2 * usual * (at + random.random()) / number for at in range(number)]


posix = pytest.mark.skipif(
    os.name == "nt", reason="there are no alarms on Windows, and signals are sent otherwise"
)
# An interrupt inside a finaliser cannot pass, and Python says so; the call goes on and must then be
# complete.
unheard = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.slow
@posix
@unheard
@pytest.mark.no_cover
@pytest.mark.parametrize("name", CALLS)
def test_an_interrupt_passes_or_the_result_is_complete(alarm, name):
    reference, at = moments(CALLS[name])
    for moment in at:
        answer = interrupted(CALLS[name], moment)
        assert answer is None or told(answer) == reference, moment
    assert told(CALLS[name]()) == reference  # nothing half done was kept


@pytest.mark.slow
@posix
@unheard
@pytest.mark.no_cover
@pytest.mark.parametrize("solver", [None, "GLPK_MI", "CBC", "HIGHS"])
@pytest.mark.parametrize("how", ["solve", "labels", "resolve", "options"])
def test_solve_returns_the_best_so_far_and_says_so(alarm, how, solver):
    problem = {"options": PRICED, "labels": SMALL}.get(how, BIG)
    program = cn.Program(problem, solver)

    def call():
        if how == "resolve":
            return program.resolve(worker_conflicts=problem.worker_conflicts)
        return cn.solve(problem, solver, tie_break="labels" if how == "labels" else None)

    reference, at = moments(call, MOMENTS // 2)
    best = cn.solve(problem).performance
    for moment in at:
        answer = interrupted(call, moment)
        # passed on before or after the solving, or not in time
        if answer is None or told(answer) == reference:
            continue
        assert answer.status == "time_limit"
        assert "Stopped from the keyboard." in answer.reasons
        assert answer.bound >= best - 1e-9
        if answer.table is not None:
            assert cn.check(problem, answer.table) == []
            assert answer.performance <= best + 1e-9


# joblib's own thread may ask for work that the interrupt has just taken back, and end of that; the
# processes end all the same.
@pytest.mark.filterwarnings(
    "ignore:Exception in thread ExecutorManagerThread:pytest.PytestUnhandledThreadExceptionWarning"
)
@pytest.mark.slow
@posix
@unheard
def test_two_processes_of_joblib_are_interrupted(ctrl_c):
    """By bounds alone, so that they need not import cvxpy each time."""
    problems = [cn.random_problem(60, 15, 0.02, seed) for seed in range(40)]
    reference = told(cn.solve_many(problems, progress=False))

    def call():
        with joblib.parallel_config(n_jobs=2):
            return cn.solve_many(problems, progress=False)

    for moment in (0.01, 0.1, 0.3, 0.6, 1.0, 1.5):
        answer = interrupted(call, moment)
        assert answer is None or told(answer) == reference


@posix
@unheard
def test_what_is_written_is_whole_or_not_there(alarm, tmp_path_factory):
    page, made, folder = cn.report(plans(), "plan 0"), plans(), tmp_path_factory.mktemp("written")
    for name, write in {"page.html": page.write, "plans.json": made.save}.items():
        file = folder / name
        call = partial(write, file)
        _, at = moments(call)
        whole = file.read_bytes()
        for moment in at:
            file.unlink(missing_ok=True)
            interrupted(call, moment)
            assert not file.exists() or file.read_bytes() == whole
            assert {path.name for path in folder.iterdir()} <= {name}
        file.unlink(missing_ok=True)


@pytest.mark.slow
@posix
@unheard
def test_an_experiment_goes_on_where_an_interrupt_ended_it(alarm, tmp_path_factory):
    """Its file holds whole rows; a call that is interrupted adds to them."""
    folder = tmp_path_factory.mktemp("rows")
    file = folder / "rows.csv"
    # asks once what machine this is
    cn.experiments.table8(1, sizes=[10], output=folder / "other.csv", progress=False)

    def call():
        return cn.experiments.table8(1, sizes=[10, 20], output=file, progress=False)

    reference = told(CALLS["table8"]())
    _, at = moments(CALLS["table8"])
    for moment in at:
        answer = interrupted(call, moment / 2)
        assert answer is None or told(answer) == reference
    assert told(call()) == reference


ROUNDS = """
import os, signal, sys, test_interrupts as t
signal.signal(signal.SIGINT, signal.default_int_handler)
calls = [t.CALLS["alternatives"], lambda: t.cn.solve(t.BIG, "CBC"), lambda: t.cn.why(t.BIG, 0, 0, "CBC")]
for call in calls:
    call()
references = [t.told(call()) for call in calls]
for call, reference in [*zip(calls, references)] * 100:
    answer = line = None
    try:
        print("asking", flush=True)
        answer = call()
    except KeyboardInterrupt:
        pass
    while not line:  # it comes a moment after the interrupt
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            pass
    said = "right" if answer is None or t.told(answer) == reference or t.stopped(answer) else "wrong"
    try:  # the next one is heard as well
        os.kill(os.getpid(), signal.SIGINT)
        said = "deaf"
    except KeyboardInterrupt:
        pass
    print(said, flush=True)
"""


def stopped(answer):
    return isinstance(answer, cn.Assignment) and "Stopped from the keyboard." in answer.reasons


@pytest.mark.slow
@posix
@pytest.mark.no_cover
def test_ctrl_c_in_a_process():
    """What a keyboard sends; CBC takes it for itself, and did so ever after."""
    paths = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    pipe, here = subprocess.PIPE, os.environ | {"PYTHONPATH": paths}
    child = subprocess.Popen(
        [sys.executable, "-c", ROUNDS], stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=here
    )
    patience = threading.Timer(60, child.kill)
    patience.start()
    said = []
    with child:
        for at in np.linspace(0.0, 0.1, 15):
            assert child.stdout.readline() == "asking\n", child.stderr.read()
            time.sleep(at)
            child.send_signal(signal.SIGINT)
            time.sleep(0.02)
            child.stdin.write("sent\n")
            child.stdin.flush()
            said.append(child.stdout.readline())
        child.kill()
    patience.cancel()
    assert said == ["right\n"] * 15


LIMITS = np.geomspace(1e-3, 0.2, 7)


@pytest.mark.slow
def test_a_frontier_stopped_by_time_has_a_status():
    whole = cn.frontier(PRICED)
    for limit in LIMITS:
        part = cn.frontier(PRICED, time_limit=limit)
        assert "time_limit" in list(part["status"]) or told(part) == told(whole), limit
        budgets = whole.index
        for budget, row in cn.frontier(PRICED, budgets, time_limit=limit).iterrows():
            best = whole.at[budget, "performance"]
            assert row["status"] in ("optimal", "time_limit")
            if row["status"] == "optimal":
                assert row["performance"] == pytest.approx(best, abs=1e-9)
            else:
                assert not row["performance"] > best + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("criterion", ["worst case", "regret"])
def test_a_robust_assignment_stopped_by_time_is_not_called_proved(criterion):
    whole = cn.robust(PART, criterion=criterion)
    best, sign = whole.frame.at["robust", criterion], 1 if criterion == "worst case" else -1
    for limit in LIMITS:
        found = cn.robust(PART, criterion=criterion, time_limit=limit)
        value = found.frame.at["robust", criterion]
        assert sign * value <= sign * best + 1e-9
        assert sign * found.bound >= sign * best - 1e-9, limit  # nothing is better than the bound
        proved = found.bound == pytest.approx(value, abs=1e-9)
        assert proved or ("not proved" in str(found) and found.assignment.status == "time_limit")


@pytest.mark.slow
def test_repairs_stopped_by_time_are_right_and_not_called_complete():
    whole = cn.repairs(FULL, limit=100, time_limit=None)
    assert whole.complete or len(whole.repairs) == 100
    for limit in LIMITS:
        part = cn.repairs(FULL, limit=100, time_limit=limit)
        assert part.repairs
        for found in part.repairs:
            assert cn.check(found.assignment.problem, found.assignment.table) == []
        if part.complete:
            assert told(part.frame["cost"]) == told(whole.frame["cost"])
        assert part.repairs[0].cost == pytest.approx(whole.repairs[0].cost)


@pytest.mark.slow
def test_scenarios_and_pages_stopped_by_time_say_what_is_not_proved():
    hard = plans().keep("hard", conflicts={("a0", "a3"): 1, ("a2", "a3"): 1})
    whole = hard.compare()
    for limit in LIMITS:
        made = cn.Scenarios(PART, hard.named, time_limit=limit)
        part = made.compare()
        assert set(part["state"]) <= {"proved the best", "not proved"}
        proved = part["state"] == "proved the best"
        assert told(part.loc[proved, "performance"]) == told(whole.loc[proved, "performance"])
        page = cn.report(made, "hard")
        assert ("not proved the best" in str(page)) == (page.answer.status == "time_limit")
        if page.answer.status == "optimal":
            assert page.answer.performance == pytest.approx(
                whole.at["hard", "performance"], abs=1e-9
            )


@pytest.mark.slow
def test_many_problems_stopped_by_time_each_have_a_status():
    whole = cn.solve_many(FEW, progress=False)
    for limit in LIMITS:
        for one, best in zip(
            cn.solve_many(FEW, time_limit=limit, progress=False), whole, strict=True
        ):
            assert one.status == "time_limit" or told(one) | {"solver": ""} == told(best) | {
                "solver": ""
            }
            assert one.status == "optimal" or one.bound >= best.performance - 1e-9
