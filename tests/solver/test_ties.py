"""Whether another assignment is as good, against looking at every one; and what a solve's clock counts."""

import time

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import TIE, every_table, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.solver import questions, ties

SIZES = [(3, 2), (4, 3), (5, 2)]


def ties_by_looking(problem):
    """How many assignments are as good as the best, or None where there is none."""
    tables = every_table(*problem.qualification.shape)
    tables = tables[valid(problem, tables)]
    if not len(tables):
        return None
    rho = (tables * problem.value).sum(axis=(1, 2))
    sizes = (tables * np.abs(problem.value)).sum(axis=(1, 2))
    return int((rho >= rho.max() - TIE * sizes[rho.argmax()]).sum())


@pytest.mark.parametrize("engine", ["GLPK_MI", "CBC", "HIGHS"])
@pytest.mark.parametrize("options", [False, True])
def test_a_tie_is_said_where_there_is_one(engine, options):
    rng = np.random.default_rng([5, options])
    seen = set()
    for _ in range(tries(15, 300)):
        made = random_problem(rng, str(rng.choice(["project", "task"])), options, SIZES)
        steps = int(rng.choice([1, 2, 1000]))
        problem = made.changed(qualification=(made.qualification * steps).round() / steps)
        number = ties_by_looking(problem)
        answers = [
            cn.solve(problem, engine, tie_break="labels"),
            cn.Program(problem, engine).best(problem, tie_break="labels"),
        ]
        for answer in answers:
            assert answer.tied == (None if number is None else number > 1)
        assert number is None or answers[0].table.equals(answers[1].table)
        seen.add(answers[0].tied)
    assert seen >= {True, False}


@pytest.mark.parametrize("engine", ["GLPK_MI", "HIGHS", None])
@pytest.mark.parametrize("options", [{}, {"required_rule": "at most"}])
def test_the_first_by_label_is_the_same_in_whatever_order_the_labels_come(engine, options):
    workers, tasks = ["a2", "a10", "a1", "b", "a3"], ["t10", "t2", "t1"]
    q = pd.DataFrame(0.5, workers, tasks)
    clash = [("a2", "a1")]
    answer = cn.solve(
        cn.Problem(q, [1, 1, 1], worker_conflicts=clash, **options), engine, tie_break="labels"
    )
    first = {("a1", "t1"), ("a3", "t2"), ("a10", "t10")}
    assert set(answer.pairs[["worker", "task"]].itertuples(index=False, name=None)) == first
    again = cn.alternatives(answer.problem, limit=30)
    assert again[0].table.equals(answer.table)


def test_where_bounds_leave_one_assignment_no_engine_is_asked(monkeypatch):
    monkeypatch.setattr(questions, "pick", lambda solver: pytest.fail("an engine was asked for"))
    q = 0.5 + np.arange(300.0).reshape(30, 10) ** 2 % 83 / 200
    answer = cn.solve(cn.Problem(q + np.eye(30, 10), [1] * 10), tie_break="labels")
    assert (answer.solver, answer.tied) == ("none", False)


def test_where_time_is_short_nothing_is_said_of_ties(problem, monkeypatch):
    def late(self, *_):
        raise questions.OutOfTimeError(np.zeros((0, 2), dtype=int), None)

    monkeypatch.setattr(ties.Ties, "_another_by_chains", late)
    answer = cn.solve(problem, tie_break="labels")
    assert (answer.status, answer.tied) == ("optimal", None)
    assert answer.reasons[0].startswith("Whether another assignment is as good, and which comes")
    assert cn.solve(problem).tied is None  # not asked


def test_a_solve_takes_no_account_of_loading_an_engine(problem, monkeypatch):
    whole = questions.pick

    def slow(solver):
        time.sleep(0.6)
        return whole(solver)

    monkeypatch.setattr(questions, "pick", slow)
    for solver in (None, "HIGHS"):
        answer = cn.solve(problem, solver, time_limit=0.5, tie_break="labels")
        assert answer.status == "optimal" and answer.seconds < 0.5
