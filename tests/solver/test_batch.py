import os
import signal

import joblib
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from helpers.random_problems import paper_problem

import crowdnb as cn
from crowdnb.experiments import studies as experiments
from crowdnb.solver import batch as many


def some_problems(number, seed=0):
    rng = np.random.default_rng(seed)
    return [paper_problem(rng) for _ in range(number)]


def same(answers, others):
    """Equal but for the time they took."""
    assert len(answers) == len(others)
    for one, other in zip(answers, others, strict=True):
        assert (one.status, one.reasons, one.solver) == (other.status, other.reasons, other.solver)
        np.testing.assert_equal(
            [one.performance, one.bound, one.gap], [other.performance, other.bound, other.gap]
        )
        assert one.pairs.equals(other.pairs)
    return True


@pytest.fixture(scope="module")
def problems():
    return some_problems(40)


@pytest.fixture(scope="module")
def one_by_one(problems):
    return [cn.solve(problem) for problem in problems]


@pytest.mark.slow
@pytest.mark.parametrize("config", [{}, {"n_jobs": 2}, {"backend": "threading", "n_jobs": 1}])
def test_as_if_solved_one_by_one(problems, one_by_one, config):
    with joblib.parallel_config(**config):
        answers = cn.solve_many(problems, progress=False)
    assert same(answers, one_by_one)
    # which is a result as well
    assert {answer.status for answer in answers} == {"optimal", "infeasible"}
    assert all(answer.problem is problem for answer, problem in zip(answers, problems, strict=True))


@pytest.mark.slow
def test_a_mapping_keeps_its_names_and_a_generator_its_order(problems, one_by_one):
    named = {f"p{at}": problem for at, problem in enumerate(problems)}
    answers = cn.solve_many(named, progress=False)
    assert list(answers) == list(named)
    assert same(list(answers.values()), one_by_one)
    assert same(cn.solve_many((problem for problem in problems), progress=False), one_by_one)


def test_a_generator_is_read_as_the_work_goes_on(problems, monkeypatch):
    log = []
    solve = many.optimum
    monkeypatch.setattr(
        many, "optimum", lambda problem, *rest: log.append("solved") or solve(problem, *rest)
    )
    cn.solve_many((log.append("made") or problem for problem in problems[:20]), progress=False)
    assert log.count("made") == log.count("solved") == 20
    assert log.index("solved") < 10


@pytest.mark.parametrize("empty", [[], {}, ()])
def test_no_problems_no_answers(empty):
    assert cn.solve_many(empty) == ({} if empty == {} else [])


def test_options_reach_every_solve():
    tie = cn.Problem(
        pd.DataFrame([[0.5, 0.5]] * 2, index=["a0", "a1"], columns=["r0", "r1"]), [1, 1]
    )
    answers = cn.solve_many([tie] * 3, "HIGHS", 10, "labels", progress=False)
    assert [answer.pairs["worker"].tolist() for answer in answers] == [["a0", "a1"]] * 3
    for options, said in (
        ({"solver": "WISH"}, "WISH"),
        ({"time_limit": -1}, "time_limit"),
        ({"tie_break": "x"}, "tie_b"),
    ):
        with pytest.raises(ValueError, match=said):
            cn.solve_many([tie], progress=False, **options)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bad", "said", "jobs"),
    [
        ([cn.load_case_study()], "0 is of type CaseStudy", 1),
        ({"x": None}, "x is of type NoneType", 2),  # each costs the processes that joblib started
        (["case"], "0 is of type str", 1),
    ],
)
def test_what_is_no_problem_is_named(problems, bad, said, jobs):
    with (
        joblib.parallel_config(n_jobs=jobs),
        pytest.raises(ValueError, match=f"^problems: {said}, a Problem is needed$"),
    ):
        cn.solve_many(bad, progress=False)


def test_one_problem_is_not_many(problems):
    with pytest.raises(TypeError):
        cn.solve_many(problems[0])


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_says_in_which_problem_it_came_up(problems, jobs):
    with joblib.parallel_config(n_jobs=jobs), pytest.raises(ValueError, match="WISH") as caught:
        cn.solve_many({"first": problems[0]}, solver="WISH", progress=False)
    assert "in problem first" in caught.value.__notes__


def test_the_bar_shows_how_far_it_is(problems, capsys):
    cn.solve_many(problems[:3])
    assert "3/3" in capsys.readouterr().err
    cn.solve_many(iter(problems[:3]))  # nobody knows how many there will be
    assert "3 problems" in capsys.readouterr().err
    cn.solve_many(problems[:3], progress=False)
    assert capsys.readouterr().err == ""


@pytest.fixture(scope="module")
def dask():
    """A client of two worker processes of their own."""
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def table8():
    """Section 7's table 8 in small, without the times."""
    return experiments.table8(3, sizes=[10, 20], progress=False).drop(columns="seconds")


@pytest.mark.slow
def test_experiments_are_the_same_in_two_processes_and_on_a_dask_cluster(dask):
    alone = table8()
    for config in ({"n_jobs": 2}, {"backend": "dask"}):
        with joblib.parallel_config(**config):
            pd.testing.assert_frame_equal(table8(), alone)


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker_loses_no_answer(problems, one_by_one, dask):
    processes = dask.run(os.getpid)
    assert len({os.getpid(), *processes.values()}) == 3
    named = dict(enumerate(problems))
    with joblib.parallel_config(backend="dask"):
        assert same(list(cn.solve_many(named, progress=False).values()), one_by_one)

        def until_a_worker_dies():
            for at, problem in enumerate(problems):
                if at == len(problems) // 2:
                    os.kill(min(processes.values()), signal.SIGKILL)
                yield problem

        assert same(cn.solve_many(until_a_worker_dies(), progress=False), one_by_one)
    dask.wait_for_workers(2)
    assert min(processes.values()) not in dask.run(os.getpid).values()


def test_an_interrupt_waits_until_joblib_has_started(problems, monkeypatch):
    """It would leave processes behind, and an error of joblib in the place of the interrupt."""
    seen = []

    def start(self, calls):
        signal.raise_signal(signal.SIGINT)
        seen.append("started")

        def answers():
            try:
                seen.append("begun")
                yield
                seen.append("asked")
                yield None
            finally:
                seen.append("ended")

        made = answers()
        next(made)
        return made

    monkeypatch.setattr(joblib.Parallel, "__call__", start)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            cn.solve_many(problems, progress=False)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == ["started", "begun", "ended"]
