"""Who is asked, and how much of the time a question gets; what engines answer is stood in for."""

import numpy as np
import pytest

import crowdnb as cn
from crowdnb.solver import questions
from crowdnb.solver.engine import PATIENCE, Answer
from crowdnb.solver.questions import Questions

PROBLEM = cn.Problem(np.full((6, 2), 0.5), [1, 1], worker_conflicts=[(0, 1)])
PAIRS = np.argwhere(PROBLEM.eligible)


class Engines:
    """Nobody settles anything; who was asked, where, and for how long."""

    def __init__(self, monkeypatch):
        self.asked = []
        monkeypatch.setattr(questions, "ask", self.here)
        monkeypatch.setattr(questions, "ask_apart", self.apart)

    def here(self, problem, pairs, engine, limit, *_):
        self.asked.append(("here", engine, limit))
        return Answer("time_limit", np.zeros(len(pairs)), np.nan)

    def apart(self, problem, pairs, engine, limit, *_):
        self.asked.append(("apart", engine, limit))
        return Answer("time_limit", np.zeros(len(pairs)), np.nan)


@pytest.fixture
def engines(monkeypatch):
    return Engines(monkeypatch)


@pytest.mark.solver("GLPK_MI")
@pytest.mark.solver("CBC")
def test_no_engine_is_picked_before_one_is_needed():
    asking = Questions(None, None)
    assert asking.engine_so_far == "none"
    assert asking.engine == asking.engine_so_far == "GLPK_MI"
    assert Questions("cbc", None).engine_so_far == "CBC"


@pytest.mark.solver("GLPK_MI")
def test_with_little_time_left_two_engines_share_it_here(engines):
    Questions(None, 1.0).ask(PROBLEM, PAIRS)
    (place, first, half), (other, second, rest) = engines.asked
    assert (place, first, other, second) == ("here", "GLPK_MI", "here", "HIGHS")
    assert 0.3 < half < 0.5 < rest < 1


@pytest.mark.solver("CBC")
def test_a_named_engine_has_all_the_time_that_there_is(engines):
    Questions("CBC", 1.0).ask(PROBLEM, PAIRS)
    ((place, name, limit),) = engines.asked
    assert (place, name) == ("here", "CBC")
    assert 0.8 < limit < 1


@pytest.mark.parametrize(("solver", "later"), [(None, "HIGHS"), ("CBC", "CBC")])
def test_with_more_time_it_goes_on_in_a_process_of_its_own(engines, solver, later):
    Questions(solver, 60).ask(PROBLEM, PAIRS)
    (place, _, patience), (other, name, limit) = engines.asked
    assert (place, other, name) == ("here", "apart", later)
    assert patience < PATIENCE
    assert 50 < limit <= 60


@pytest.mark.parametrize(("solver", "here"), [("CBC", False), ("GLPK_MI", True)])
def test_engines_that_overrun_are_asked_about_fewer_pairs_here(engines, solver, here):
    many = cn.Problem(np.full((40, 10), 0.5), [1] * 10, worker_conflicts=[(0, 1)])
    asking = Questions(solver, 3.0)
    assert asking.first == (500 if here else 300)
    asking.ask(many, np.argwhere(many.eligible))
    assert engines.asked[0][0] == ("here" if here else "apart")


@pytest.mark.parametrize("seconds", [1e-6, 0.01, 0.1, 1.0, 100.0])
def test_an_engine_gets_less_than_there_is(seconds):
    given = questions._for_engine(seconds)
    assert given > 0
    assert given <= max(0.95 * seconds, 1e-3)


@pytest.mark.solver("CBC")
def test_without_a_limit_the_first_question_is_about_more():
    assert Questions("CBC", None).first == 1000
    assert not Questions("CBC", None).limited


@pytest.mark.parametrize("engine", ["HIGHS", None])
def test_what_highs_loses_by_its_tolerance_of_whole_numbers_is_found(engine):
    """Asked once it calls 0.75 the best: workers 1, 2 and 4 together miss the budget by a ten-millionth."""
    problem = cn.Problem(
        [[1.0], [510.25], [910000001.0], [-849999.75], [0.75]],
        [1],
        required_rule="at least",
        worker_limits=[0, 1, 1, 2, 2],
        costs=[[200.0], [0.19], [280000.0], [900.0], [-710.0]],
        budget=279290.162070981,
    )
    assert cn.solve(problem, engine).performance == 910000001.75
