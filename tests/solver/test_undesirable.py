"""What is only undesirable, solved: a small GRACCF, places that stay empty, ties, limits of time."""

from itertools import permutations

import numpy as np
import pytest
from helpers import oracle
from helpers.by_looking import best_rho, scored
from helpers.effort import tries

import crowdnb as cn
from crowdnb.model.terms import score
from crowdnb.solver.ties import tie


def graccf(scope="task"):
    """Six agents on two roles; who gets on better or worse with whom, in the form of E-CARGO's GRACCF."""
    q = [[0.9, 0.4], [0.8, 0.7], [0.7, 0.6], [0.6, 0.8], [0.5, 0.5], [0.4, 0.9]]
    factors = {(0, 1): -0.6, (0, 2): 0.3, (1, 3): -0.2, (3, 5): -0.5, (2, 4): 0.25, (4, 5): 0.4}
    return cn.Problem(q, [2, 2], conflict_scope=scope, pair_effects=factors)


@pytest.mark.parametrize("engine", [*oracle.ENGINES, "SCIPY"])
@pytest.mark.parametrize("scope", ["task", "project"])
def test_cooperation_and_conflict_factors_against_every_group(scope, engine):
    problem = graccf(scope)
    q, effect = problem.arrays.qualification, problem.arrays.pair_effects
    every = []
    for a, b, c, d in permutations(range(6), 4):
        together = (
            [(a, b), (c, d)]
            if scope == "task"
            else [(a, b), (a, c), (a, d), (b, c), (b, d), (c, d)]
        )
        every.append(q[a, 0] + q[b, 0] + q[c, 1] + q[d, 1] + sum(effect[pair] for pair in together))
    answer = cn.solve(problem, engine)
    assert answer.performance == pytest.approx(max(every), abs=1e-12)
    assert answer.bound == answer.performance


def test_the_dearest_places_are_filled_first():
    q = [[0.9, 0.8, 0.7], [0.8, 0.9, 0.6]]
    problem = cn.Problem(q, [1, 1, 1], missing_cost=[0.1, 0.2, 5.0])
    answer = cn.solve(problem)
    assert answer.missing.tolist() == [1, 0, 0]
    assert answer.performance == pytest.approx(0.9 + 0.7 - 0.1)
    assert cn.obstacles(problem) == []
    assert not cn.explain_infeasible(problem)
    assert cn.solve(problem.changed(missing_cost=None)).status == "infeasible"


def test_a_place_stays_empty_where_that_costs_less_than_whoever_could_take_it():
    losses = [[-3.0], [-0.5], [-0.1]]
    for cost, filled in ((0.05, 0), (0.2, 1), (0.6, 2), (2.0, 2)):
        answer = cn.solve(cn.Problem(losses, [2], missing_cost=cost))
        assert (2 - answer.missing.sum(), answer.bound) == (filled, answer.performance)


def test_more_than_l_are_taken_at_least_though_places_may_stay_empty():
    problem = cn.Problem([[0.5], [0.4], [-0.2]], [1], required_rule="at least", missing_cost=0.1)
    assert cn.solve(problem).table.sum().tolist() == [2]


@pytest.mark.parametrize("engine", oracle.ENGINES)
def test_small_differences_count_beside_large_costs(engine):
    """What costs a million is done without first; then a millionth counts."""
    near = [[0.5, 0.5], [0.5 + 1e-8, 0.5], [0.5, 0.5 + 1e-8]]
    problem = cn.Problem(
        near,
        [1, 1],
        missing_cost=1e6,
        keep_costs={(0, 0): 1e-9},
        pair_effects={(0, 1): -1e6, (0, 2): 2e-8},
    )
    answer = cn.solve(problem, engine)
    assert answer.placed.tolist() == [[0, 0], [2, 1]]


@pytest.mark.parametrize("engine", oracle.ENGINES)
def test_what_cbc_loses_beside_tiny_numbers_is_found(engine):
    """Asked alone it calls -1 the best."""
    problem = cn.Problem(
        [[6.7e-9], [2.6e-9], [2.7e-9], [6.1e-9], [3.9e-9]],
        [2],
        worker_conflicts=[(0, 3), (0, 4), (1, 2), (2, 3)],
        costs=[[2.6e-09], [7e-09], [5.2e-09], [9.9e-09], [9.7e-09]],
        budget=1.489999851e-08,
        required_most=4,
        missing_cost=1.0,
        conflict_costs={(0, 0): 1.0, (4, 0): 0.25},
        pair_effects={(0, 2): 0.45, (1, 2): 0.31, (1, 3): 0.62},
    )
    assert cn.solve(problem, engine).performance == pytest.approx(-0.55)


def test_tied_answers_go_by_label_with_every_engine():
    problem = cn.Problem(
        np.full((4, 2), 0.5),
        [1, 1],
        conflict_costs={(0, 0): 0.25, (0, 1): 0.25},
        pair_effects={(1, 2): -0.5, (1, 3): -0.25, (2, 3): -0.25},
        missing_cost=0.25,
    )
    tables, rho = scored(problem)
    best = rho[0]
    first = max(
        (table for table, each in zip(tables, rho, strict=True) if each > best - 1e-9),
        key=lambda table: table.ravel().tolist(),
    )
    for engine in oracle.ENGINES:
        answer = cn.solve(problem, engine, tie_break="labels")
        assert (answer.table.to_numpy() == first).all()
        assert answer.tied


def crowd(seed, scope="project", limit=1, need=4):
    """60 workers on 12 tasks with 60 effects, 80 conflicts, and costs of each sort."""
    rng = np.random.default_rng(seed)
    m, n = 60, 12
    pairs = np.array([(i, k) for i in range(m) for k in range(i)])
    chosen = pairs[rng.choice(len(pairs), 140, replace=False)].tolist()
    effect = (rng.choice([-1, 1], 60) * rng.uniform(0.05, 0.5, 60)).round(3).tolist()
    return cn.Problem(
        rng.uniform(0.2, 1, (m, n)).round(3),
        rng.integers(1, need, n),
        task_conflicts=rng.uniform(size=(m, n)) < 0.1,
        worker_conflicts=list(map(tuple, chosen[60:])),
        conflict_scope=scope,
        worker_limits=limit,
        missing_cost={j: [0.3, 1.0, 5.0][j % 3] for j in range(1, n, 2)},
        keep_costs={(i, i % n): 0.2 for i in range(0, m, 7)},
        conflict_costs={(i, (i + 3) % n): 0.4 for i in range(0, m, 3)},
        pair_effects=dict(zip(map(tuple, chosen[:60]), effect, strict=True)),
    )


@pytest.mark.parametrize("scope", ["project", "task"])
def test_engines_agree_on_a_crowd(scope):
    problem = crowd(1, scope)
    engines = ("HIGHS", "CBC", "GLPK_MI")[: tries(2, 3)]  # the last takes seconds
    answers = [cn.solve(problem, engine) for engine in engines]
    assert {answer.status for answer in answers} == {"optimal"}
    rho = [answer.performance for answer in answers]
    assert max(rho) - min(rho) <= tie(problem, answers[0].placed)


def test_a_stopped_solve_has_a_bound_that_holds():
    problem = crowd(2, limit=2, need=7)
    best = cn.solve(problem, "HIGHS").performance
    for limit in (0.001, 0.05, 0.2):
        answer = cn.solve(problem, "CBC", time_limit=limit)
        assert answer.bound >= best
        if answer.placed is not None:
            assert cn.check(problem, answer) == []
            assert answer.performance <= best + 1e-9


def test_a_program_solves_again_with_other_numbers():
    problem = graccf()
    program = cn.Program(problem)
    q = problem.qualification.to_numpy()[::-1]
    again = program.resolve(qualification=q, required=[1, 2])
    changed = problem.changed(qualification=q, required=[1, 2])
    assert again.performance == pytest.approx(best_rho(changed), abs=1e-12)


def test_what_is_asked_about_an_answer_counts_its_costs():
    problem = graccf("project").changed(missing_cost=0.3, keep_costs={(5, 1): 0.2})
    _, rho = scored(problem)
    best = cn.solve(problem)
    found = cn.alternatives(problem, limit=6)
    assert found.frame["performance"].to_numpy() == pytest.approx(rho[:6], abs=1e-12)
    i, j = best.placed[0].tolist()
    without = cn.why(problem, i, j)
    barred = problem.changed(task_conflicts=[(i, j)])
    assert without.other.performance == pytest.approx(best_rho(barred), abs=1e-12)
    running = best.table.iloc[::-1].set_axis(best.table.index)
    moved = cn.replan(problem, running, price=0.15)
    table, each = scored(problem)
    new = (table & ~(running.to_numpy() == 1)).sum(axis=(1, 2))
    assert (moved.assignment.performance - 0.15 * moved.changes) == pytest.approx(
        (each - 0.15 * new).max(), abs=1e-12
    )


def test_prices_say_what_each_cost_and_each_effect_is_worth():
    problem = graccf("project").changed(
        missing_cost=0.3, keep_costs={(0, 0): 0.2, (1, 1): 0.2}, conflict_costs={(3, 1): 0.1}
    )
    table = cn.prices(problem)
    assert {"effect", "keep", "undesirable", "place"} <= {*table["kind"]}
    effects = table[table["kind"] == "effect"].set_index(["worker", "other"])
    assert effects.at[(4, 5), "text"] in (
        "4 together with 5 is worth 0.4",
        "4 together with 5 changes nothing",
    )
    for row in table[table["kind"] == "effect"].itertuples():
        less = problem.pair_effects.copy()
        less.loc[row.worker, row.other] = less.loc[row.other, row.worker] = 0.0
        rho = best_rho(problem.changed(pair_effects=less))
        assert row.performance == pytest.approx(rho, abs=1e-12)


def test_each_budget_has_its_best():
    problem = graccf("project").changed(
        missing_cost=0.3, costs=np.arange(12.0).reshape(6, 2), budget=30
    )
    for budget, row in cn.frontier(problem).iterrows():
        assert row["performance"] == pytest.approx(best_rho(problem.changed(budget=budget)))


def test_repairs_name_the_best_that_they_lead_to():
    problem = cn.Problem(
        [[0.9, 0.5], [0.8, 0.4], [0.7, 0.6]],
        [3, 1],
        worker_conflicts=[(0, 1), (0, 2)],
        missing_cost={1: 0.25},
        keep_costs={(0, 0): 0.5, (2, 1): 0.3},
        pair_effects={(1, 2): 0.4, (0, 1): -1.0},
    )
    assert (
        oracle.unrepaired(
            {"qualification": problem.arrays.qualification, "required": np.array([3, 1])}
            | {"conflict_scope": "project", "worker_conflicts": problem.arrays.worker_conflicts}
            | {
                name: getattr(problem.arrays, name)
                for name in ("missing_cost", "keep_costs", "pair_effects")
            }
        )
        == ""
    )
    one = next(each for each in cn.repairs(problem) if each.changes == ((("place", 0), 1),))
    assert one.performance == score(one.problem, one.assignment.placed)


@pytest.mark.parametrize(
    "call",
    [
        lambda problem, p: cn.stability(problem, p, [1.0]),
        lambda problem, p: cn.recover_weights(problem, p, cn.solve(problem).table),
        lambda problem, p: cn.matching.greedy(problem),
        lambda problem, p: cn.relaxation.linear(problem),
    ],
)
def test_who_cannot_do_it_says_so(call):
    problem = graccf()
    index = problem.qualification.stack().index
    p = problem.qualification.stack().to_frame("skill").set_axis(index)
    with pytest.raises(ValueError, match="pair_effects"):
        call(problem, p)


def test_the_worst_case_counts_what_is_undesirable_and_regret_refuses_it():
    case = cn.load_case_study()
    problem = case.problem().changed(
        missing_cost=0.1, pair_effects={("a3", "a5"): -0.2, ("a7", "a11"): 0.3}
    )
    found = cn.robust(case, problem)
    assert found.frame.at["robust", "worst case"] >= found.frame.at["usual", "worst case"]
    with pytest.raises(
        ValueError, match="regret: knows ρ as the sum of W Q alone, not missing_cost"
    ):
        cn.robust(case, problem, "regret")
    with pytest.raises(ValueError, match="gamma_range: knows ρ"):
        cn.gamma_range(case, problem=problem)


@pytest.mark.parametrize("engine", [*oracle.ENGINES, "SCIPY"])
def test_an_optimum_is_kept_beside_dear_places_and_effects(engine):
    """HiGHS lost it where the columns of effects and places had no upper bound of their own."""
    q = [
        [0.003958897592396683, 0.0064558634521892245, 0.008652335235144372],
        [0.005310192334585585, 0.008478889376162523, 0.002061338250449264],
        [0.006024626358706019, 0.0023532721950883496, 0.007065192925643947],
        [0.0020835746293519784, 0.0019377735749357568, 0.008525459801599512],
    ]
    costs = {(0, 2): -0.337, (1, 1): 0.00014993769231298027, (1, 2): 0.374}
    costs |= {(2, 1): -0.00046955749404062596, (2, 2): -1.0, (3, 0): 0.06941824716557915}
    effects = {(1, 0): -2.0, (2, 0): -0.9154169140776567, (2, 1): 0.735, (3, 0): 0.074}
    effects |= {(3, 1): -0.00012445646026755796, (3, 2): 0.0005944378371351509}
    problem = cn.Problem(
        q,
        [2, 1, 2],
        [0.0, 0.5, 0.5],
        conflict_scope="task",
        required_most=[4, 3, 3],
        missing_cost={1: 9248.843630718891, 2: 5854.665458624824},
        conflict_costs=costs,
        pair_effects=effects,
    )
    assert cn.solve(problem, engine).performance == pytest.approx(best_rho(problem), rel=1e-9)
