import subprocess
import sys

import cvxpy as cp
import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_by_looking
from helpers.effort import tries
from helpers.random_problems import paper_problem
from scipy.optimize import linear_sum_assignment

import crowdnb as cn
from crowdnb.model import conflict_graph
from crowdnb.solver import boolean_program, engine, placement, questions, search

SOLVERS = ["GLPK_MI", "CBC", "HIGHS"]
Q = pd.DataFrame(
    [[0.9, 0.8], [0.7, 0.2], [0.6, 0.5]], index=["a0", "a1", "a2"], columns=["r0", "r1"]
)


@pytest.fixture(params=SOLVERS)
def solver(request):
    return request.param


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("block", range(3))
def test_every_solver_agrees_with_exhaustive_search(scope, block):
    rng = np.random.default_rng([20, block, scope == "task"])
    seen = {"optimal": 0, "infeasible": 0}
    for number in range(tries(25, 100)):
        problem = paper_problem(rng, scope)
        best = best_by_looking(problem)
        for name in SOLVERS:
            answer = cn.solve(problem, name)
            assert answer.status == ("infeasible" if best is None else "optimal"), (number, name)
            seen[answer.status] += 1
            if best is None:
                assert answer.reasons
            else:
                assert answer.performance == pytest.approx(best, abs=1e-9), (number, name)
                assert cn.check(problem, answer.table) == []
                assert answer.bound == answer.performance
                assert answer.gap == 0
    assert min(seen.values()) > tries(3, 30)


@pytest.mark.slow
def test_solvers_refute_what_obstacles_would_have_named(solver, monkeypatch):
    """With the shortcut switched off, the program itself finds the infeasible instances."""
    monkeypatch.setattr(search, "obstacles", lambda problem: [])
    monkeypatch.setattr(search, "obstacles_or_team", lambda problem: ([], None))
    rng, refuted = np.random.default_rng(5), 0
    while refuted < tries(8, 15):
        problem = paper_problem(rng, conflict_probability=0.6)
        best = best_by_looking(problem)
        if problem.required.sum() == 0 or placement.place(problem) is None:
            continue
        if best is None:
            answer = cn.solve(problem, solver)
            assert (answer.status, answer.solver, len(answer.reasons)) == ("infeasible", solver, 1)
            refuted += 1


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_assignments_that_differ_by_a_millionth_are_told_apart(solver, scope):
    """Unscaled, each of the solvers stops up to 9e-7 short of the best."""
    rng = np.random.default_rng(2)
    for _ in range(15):
        problem = paper_problem(rng, scope, workers=(6, 7), tasks=(2, 3))
        q = 1000.5 + 1e-6 * rng.uniform(size=problem.arrays.qualification.shape)
        problem = problem.changed(qualification=q, task_weights=None)
        best = best_by_looking(problem)
        if best is not None:
            assert cn.solve(problem, solver).performance == pytest.approx(best, abs=1e-11)


@pytest.mark.slow
@pytest.mark.parametrize("equal", [False, True])
@pytest.mark.parametrize("weight", [1.0, 0.0])
def test_tasks_that_all_get_their_best_worker(solver, equal, weight):
    """The best value of the program as the solver sees it is then 0, for which CBC used to return zeros."""
    for seed in range(5):
        q = np.random.default_rng(seed).uniform(size=(12, 3)) ** (0 if equal else 1)
        answer = cn.solve(cn.Problem(q, [1, 1, 1], [weight] * 3), solver)
        assert answer.performance == pytest.approx(weight * q[answer.table.to_numpy() == 1].sum())
        assert answer.performance == pytest.approx(answer.bound)
        if not equal and weight:
            rows, columns = linear_sum_assignment(q, maximize=True)
            assert answer.performance == pytest.approx(q[rows, columns].sum(), abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [1e6, 1e9, 1e12])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_penalties_do_not_drown_small_differences(solver, penalty, scope):
    """A pair that costs a billion is as good as forbidden, and the rest is solved as finely as without it."""
    for seed in range(8):
        rng = np.random.default_rng(seed)
        q, barred = rng.uniform(size=(12, 4)), rng.uniform(size=(12, 4)) < 0.15
        ca = np.triu(rng.uniform(size=(12, 12)) < 0.25, 1)
        fixed = {"required": [1, 2, 1, 1], "worker_conflicts": ca | ca.T, "conflict_scope": scope}
        forbidden = cn.solve(cn.Problem(q, task_conflicts=barred, **fixed), "GLPK_MI")
        priced = cn.solve(cn.Problem(np.where(barred, -penalty, q), **fixed), solver)
        assert forbidden.status == priced.status == "optimal"
        assert priced.performance == pytest.approx(forbidden.performance, abs=1e-9)


def test_an_engine_that_takes_back_its_answer_is_caught(monkeypatch):
    """Asked again about the pairs still in play, it says that there is no assignment."""
    monkeypatch.setattr(search, "compatible", lambda *_: np.zeros(0, dtype=int))
    monkeypatch.setattr(search, "obstacles_or_team", lambda problem: ([], None))
    answers = iter([liar("optimal", [[0, 1], [0, 0], [1, 0]], 1.4), liar("infeasible")])
    monkeypatch.setattr(questions, "ask", lambda *args: next(answers)(*args))
    priced = Q.replace(0.2, -1e9)
    with pytest.raises(
        cn.SolverAnswerError, match="says that no assignment exists, and there is one"
    ):
        cn.solve(cn.Problem(priced, [1, 1], worker_conflicts=[("a0", "a1")]))


def test_l_of_zero_needs_no_solver():
    answer = cn.solve(cn.Problem(Q, [0, 0]))
    assert (answer.status, answer.performance, answer.solver) == ("optimal", 0.0, "none")
    assert answer.idle == ("a0", "a1", "a2")
    assert answer.gap == 0.0


def test_pairs_come_in_the_order_of_tasks_then_workers(case):
    answer = cn.solve(case.problem())
    assert answer.pairs.columns.tolist() == ["worker", "task", "qualification"]
    positions = [
        (case.required.index.get_loc(t), case.ability.index.get_loc(w))
        for w, t in answer.pairs.values[:, :2]
    ]
    assert positions == sorted(positions)
    assert answer.table.loc["a0", "r4"] == 1
    assert answer.seconds > 0


def test_the_default_is_the_first_installed(problem, monkeypatch):
    assert cn.solve(problem).solver == "GLPK_MI"
    from cvxpy.reductions.solvers import defines

    monkeypatch.setattr(defines, "INSTALLED_MI_SOLVERS", ["HIGHS", "CBC"])
    assert cn.solve(problem).solver == "CBC"
    monkeypatch.setattr(defines, "INSTALLED_MI_SOLVERS", ["SCIPY", "HIGHS"])
    assert cn.solve(problem).solver == "HIGHS"
    for name, how in (
        ("GLPK_MI", r"pip install 'crowdnb\[glpk\]'"),
        ("CBC", r"pip install 'crowdnb\[cbc\]'"),
        ("GUROBI", "cvxpy's documentation"),
    ):
        with pytest.raises(ModuleNotFoundError, match=f"{name} is not installed; {how}"):
            cn.solve(problem, name)
    monkeypatch.setattr(defines, "INSTALLED_MI_SOLVERS", [])
    with pytest.raises(ModuleNotFoundError, match="HIGHS is not installed; pip install highspy"):
        cn.solve(problem)


def test_any_mixed_integer_solver_of_cvxpy_will_do(problem):
    assert cn.solve(problem, "scipy").performance == pytest.approx(2.697283, abs=1e-6)
    with pytest.raises(ValueError, match="'SIMPLEX' is unknown; installed are GLPK_MI, CBC, HIGHS"):
        cn.solve(problem, "SIMPLEX")


@pytest.mark.parametrize("limit", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_time_limit_must_be_above_zero(problem, limit):
    with pytest.raises(ValueError, match="time_limit must be above 0"):
        cn.solve(problem, time_limit=limit)


def test_an_easy_problem_is_solved_within_its_time_limit(problem, solver):
    assert cn.solve(problem, solver, time_limit=20).status == "optimal"


def test_scipy_takes_a_time_limit_and_others_say_that_they_do_not(problem, monkeypatch):
    assert cn.solve(problem, "SCIPY", time_limit=20).status == "optimal"
    from cvxpy.reductions.solvers import defines

    monkeypatch.setattr(defines, "INSTALLED_MI_SOLVERS", ["XPRESS"])
    with pytest.raises(ValueError, match="time_limit: not known how to set it for XPRESS"):
        cn.solve(problem, "XPRESS", time_limit=1)


def test_a_project_is_not_a_problem_and_the_message_says_how_to_get_one(case):
    with pytest.raises(
        ValueError,
        match=r"a Problem is needed \(of a project: project.problem\(\)\), got CaseStudy",
    ):
        cn.solve(case)


def hard_problem():
    """A conflict graph on which no solver is done in a hundredth of a second."""
    rng = np.random.default_rng(3)
    m, n = 150, 45
    ca = np.triu(rng.uniform(size=(m, m)) < 0.05, 1)
    return cn.Problem(rng.uniform(size=(m, n)), [1] * n, worker_conflicts=(ca | ca.T).astype(int))


def test_a_stopped_solver_leaves_a_checked_assignment_and_a_bound_or_none(solver):
    problem = hard_problem()
    answer = cn.solve(problem, solver, time_limit=0.01)
    assert answer.status == "time_limit"
    assert answer.solver == solver
    assert answer.bound <= problem.value.max(axis=0).sum()
    if answer.table is None:
        assert np.isnan(answer.performance)
        assert np.isnan(answer.gap)
    else:
        assert cn.check(problem, answer.table) == []
        assert answer.performance <= answer.bound
        assert answer.gap == pytest.approx((answer.bound - answer.performance) / answer.bound)


def test_highs_takes_over_when_the_default_is_stopped(problem):
    assert cn.solve(problem, time_limit=20).solver == "GLPK_MI"
    harder = hard_problem().changed(required_rule="at least")  # a question to an engine at once
    assert cn.solve(harder, time_limit=0.01).solver == "HIGHS"


def liar(status, table=((0, 0), (0, 0), (0, 0)), objective=np.nan):
    """A stand-in for an engine: says what it is told, whatever it is asked."""
    t = np.array(table, dtype=float)
    return lambda problem, pairs, *_: engine.Answer(status, t[pairs[:, 0], pairs[:, 1]], objective)


# Best for L = [1, 1]: a1 and a0 with 1.5, who are in conflict; without them a0 and a2 with 1.4.
RIVALS = cn.Problem(Q, [1, 1], worker_conflicts=[("a0", "a1")])
SHARED = cn.Problem(Q, [2, 0], worker_conflicts=[("a0", "a1")], conflict_scope="task")


@pytest.mark.parametrize(
    ("problem", "answer", "message"),
    [
        (RIVALS, liar("infeasible"), "says that no assignment exists, and there is one"),
        (
            RIVALS,
            liar("optimal", objective=0.0),
            "the places cannot be filled by the workers chosen",
        ),
        (
            RIVALS,
            liar("optimal", [[1, 0], [0, 0], [0, 0]], 0.9),
            "the places cannot be filled by the workers chosen",
        ),
        (
            RIVALS,
            liar("optimal", [[0, 1], [1, 0], [0, 0]], 1.5),
            "a0 and a1 are in conflict and both are chosen",
        ),
        (
            RIVALS,
            liar("optimal", [[1, 0], [0, 0], [0, 1]], 1.7),
            "says ρ = 1.7, its assignment scores 1.4",
        ),
        (
            RIVALS,
            liar("optimal", [[0, 0], [1, 0], [0, 1]], 1.2),
            "calls ρ = 1.2 the best, and 1.4 is known",
        ),
        (
            SHARED,
            liar("optimal", [[0, 0], [1, 0], [1, 0]], 1.5),
            "says ρ = 1.5, its assignment scores 1.3",
        ),
        (
            SHARED,
            liar("optimal", [[1, 0], [1, 0], [0, 0]], 1.6),
            "a0 and a1 are in conflict and share r0",
        ),
    ],
)
def test_a_solver_that_lies_is_caught(monkeypatch, problem, answer, message):
    monkeypatch.setattr(questions, "ask", answer)
    with pytest.raises(cn.SolverAnswerError, match=message):
        cn.solve(problem)


def test_more_than_the_bound_is_caught():
    one = search.Search(RIVALS, None, None, None)
    one.bound = 1.0  # falsified: with the true one no checked assignment exceeds it
    pairs = np.argwhere(RIVALS.eligible)
    with pytest.raises(cn.SolverAnswerError, match=r"ρ = 1.4 of GLPK_MI exceeds the bound 1"):
        one._checked(pairs, liar("optimal", [[1, 0], [0, 0], [0, 1]], 1.4)(RIVALS, pairs))


def test_fractions_are_rounded_to_the_best_places_of_the_workers_chosen(monkeypatch):
    """An optimal face: a0 and a1 half here, half there. The linear assignment finds a vertex of the same value."""
    even = pd.DataFrame([[0.5, 0.5], [0.5, 0.5], [0.1, 0.1]], index=Q.index, columns=Q.columns)
    monkeypatch.setattr(questions, "ask", liar("optimal", [[0.5, 0.5], [0.5, 0.5], [0, 0]], 1.0))
    answer = cn.solve(cn.Problem(even, [1, 1]))
    assert answer.performance == 1.0
    assert answer.idle == ("a2",)


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ([[0, 1], [0, 0], [1, 0]], 1.4),
        ([[0, 1], [1, 0], [0, 0]], None),
        ([[0.2, 0.2], [0.2, 0.2], [0.2, 0.2]], None),
        ([[0, 0], [0, 0], [0, 0]], None),
    ],
)
def test_a_stopped_answer_is_kept_only_when_it_passes_the_check(monkeypatch, table, found):
    monkeypatch.setattr(search, "compatible", lambda *_: np.zeros(0, dtype=int))
    monkeypatch.setattr(search, "obstacles_or_team", lambda problem: ([], None))
    monkeypatch.setattr(questions, "ask", liar("time_limit", table))
    answer = cn.solve(RIVALS, "CBC", time_limit=1)
    assert answer.status == "time_limit"
    assert answer.bound == pytest.approx(1.5)
    if found is None:
        assert answer.table is None
        assert answer.reasons == ("None found, and none ruled out, within the time limit.",)
    else:
        assert answer.performance == found
        assert answer.gap == pytest.approx((1.5 - found) / 1.5)
    # Where the bound itself keeps every rule, nothing better exists and no engine is needed to
    # prove it.
    assert cn.solve(cn.Problem(Q, [1, 1]), "CBC", time_limit=1).status == "optimal"


def test_a_team_found_on_the_way_to_no_refutation_is_taken(monkeypatch):
    """At most two of these can work together, and the search that says so has two: who else would look for minutes."""
    monkeypatch.setattr(search, "compatible", lambda *_: np.zeros(0, dtype=int))
    monkeypatch.setattr(
        questions,
        "ask",
        lambda _, pairs, *__: engine.Answer("time_limit", np.zeros(len(pairs)), np.nan),
    )
    answer = search.Search(RIVALS, "CBC", 1, None).answer()
    assert (answer.status, answer.performance) == ("time_limit", 1.2)
    assert cn.check(RIVALS, answer.table) == []


class StubModel:
    """cvxpy's side of an engine that ends badly."""

    def __init__(self, status, error=None):
        self.status, self.error = status, error

    def get_problem_data(self, engine):
        return None, self, None

    def solve_via_data(self, *data, solver_opts):
        if self.error:
            raise self.error

    def unpack_results(self, *said):
        pass


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (StubModel("unbounded"), "GLPK_MI ends with status unbounded and no time limit"),
        (StubModel("optimal_inaccurate"), "ends with status optimal_inaccurate and no time limit"),
        (StubModel("optimal"), "ends with status optimal and no time limit"),  # no values with it
        (StubModel(None, cp.SolverError("crashed")), "GLPK_MI gives no answer: crashed"),
    ],
)
def test_an_engine_that_ends_badly_is_an_error(monkeypatch, model, message):
    nothing = type("T", (), {"value": None})
    monkeypatch.setattr(engine, "boolean_program", lambda *_: (model, nothing))
    problem = cn.Problem(Q, [1, 1])
    with pytest.raises(cn.SolverAnswerError, match=message):
        engine.ask(problem, np.argwhere(problem.eligible), "GLPK_MI", None)


def test_matching_and_linear_assignment_must_agree(monkeypatch):
    monkeypatch.setattr(search, "obstacles", lambda problem: [])
    monkeypatch.setattr(search, "obstacles_or_team", lambda problem: ([], None))
    with pytest.raises(cn.SolverAnswerError, match="disagree on feasibility"):
        cn.solve(cn.Problem(Q, [2, 2]))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_cliques_cover_every_conflict_and_nothing_else(p):
    rng = np.random.default_rng(7)
    ca = np.triu(rng.uniform(size=(15, 15)) < p, 1)
    problem = cn.Problem(rng.uniform(size=(15, 2)), [1, 1], worker_conflicts=ca | ca.T)
    covered = {
        (i, k)
        for clique in conflict_graph.cliques(problem)
        for i in clique
        for k in clique
        if i < k
    }
    assert covered == {(i, k) for i, k in problem.conflict_pairs.tolist()}


def test_the_program_has_one_boolean_a_worker_in_project_scope(case):
    problem = case.problem([("a3", "a5"), ("a3", "a7"), ("a5", "a7")])
    pairs = np.argwhere(problem.eligible)
    model, _ = boolean_program.boolean_program(problem, pairs)
    booleans = [v.size for v in model.variables() if v.attributes["boolean"]]
    assert booleans == [12]
    rows = sorted(rule.size for rule in model.constraints)
    assert rows == [1, 5, 12]  # the three conflicts are one clique; five tasks; twelve workers
    in_task, _ = boolean_program.boolean_program(problem.changed(conflict_scope="task"), pairs)
    assert [v.size for v in in_task.variables() if v.attributes["boolean"]] == [len(pairs)]


@pytest.mark.slow
def test_cvxpy_is_imported_where_an_engine_is_asked():
    code = (
        "import sys, crowdnb as cn; c = cn.load_case_study(); c.problem(); assert 'cvxpy' not in"
        " sys.modules; "
    )
    code += (
        "assert cn.solve(cn.Problem([[0.5] * 9] * 99, [1] * 9)).solver == 'none' and 'cvxpy' not in"
        " sys.modules; "
    )
    code += (
        "cn.solve(c.problem(), 'HIGHS'); assert 'cvxpy' in sys.modules and 'matplotlib' not in"
        " sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.solver("CBC")
def test_an_optimum_of_cbc_that_leaves_places_empty_is_asked_for_again():
    """At these weights, of a corner of where the case study's plan stays best, CBC fills 5 of 9."""
    case = cn.load_case_study()
    corner = [0.349405335, 0.356797336, 0.229741536, 0.064055793]
    weights = dict(zip(["skill", "efficiency", "quality", "activity"], corner, strict=True))
    problem = cn.Scenario(weights=weights).problem(case)
    answers = [cn.Program(problem, name).resolve() for name in SOLVERS]
    assert {answer.status for answer in answers} == {"optimal"}
    assert np.ptp([answer.performance for answer in answers]) < 1e-9
