"""Why no assignment exists, and what to change: against every table of small problems."""

import numpy as np
import pytest
from helpers.by_looking import every_table, met, valid
from helpers.effort import tries
from helpers.random_problems import random_problem
from scipy import sparse

import crowdnb as cn
from crowdnb.explain import feasibility, fillings
from crowdnb.explain.clique_cover import clique_cover
from crowdnb.explain.requirements import requirement_text
from crowdnb.explain.rules_program import cheapest
from crowdnb.model.conflict_graph import covering, team_exists
from crowdnb.model.rules import Requirement, Rules
from crowdnb.solver import highs
from crowdnb.solver.clock import Clock


def which_hold(problem, frame, tables):
    """Tables × requirements of a frame: which table meets which."""
    sides = Rules.of(problem).items("quota")
    number = {requirement_text(problem, side): side.other for side in sides}  # of each side
    rows = [
        (kind, worker, number.get(text, other), task)
        for kind, worker, other, task, text in frame[
            ["kind", "worker", "other", "task", "text"]
        ].itertuples(index=False, name=None)
    ]
    return np.array([met(problem, *row, rows.count(row), tables) for row in rows]).T


@pytest.mark.slow
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_what_is_named_cannot_hold_and_all_but_one_of_it_can(scope, options):
    rng = np.random.default_rng(5 + options)
    infeasible = 0
    kinds = set()
    while infeasible < (tries(25, 60) if options else tries(60, 210)):
        problem = random_problem(rng, scope, options)
        tables = every_table(*problem.qualification.shape)
        found = cn.explain_infeasible(problem)
        assert bool(found) == (not valid(problem, tables).any())
        if not found:
            continue
        infeasible += 1
        frame = found.requirements
        kinds |= set(frame["kind"])
        hold = which_hold(problem, frame, tables)
        assert not hold.all(axis=1).any()
        for at, row in enumerate(zip(frame["kind"], frame["task"], strict=True)):
            without = np.delete(hold, at, axis=1)
            if row[0] == "place":  # one fewer of this task
                same = (frame["kind"] == "place") & (frame["task"] == row[1])
                fewer = met(problem, "place", None, None, row[1], same.sum() - 1, tables)
                without = np.column_stack([hold[:, ~same], fewer])
            assert without.all(axis=1).any(), f"{frame}\n{at} can be dropped"
        assert str(found).startswith(found.text)
    assert kinds >= {"place", "exclusion", "zero", "limit", "conflict"}
    assert not options or kinds >= {"pin", "ceiling", "budget"}


@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_search_cut_short_leaves_the_question_to_highs(scope, monkeypatch):
    for cap in ("NODES", "SEARCH_NODES"):
        monkeypatch.setattr(fillings, cap, 0)
    rng = np.random.default_rng(8)
    for _ in range(tries(20, 40)):
        problem = random_problem(rng, scope)
        assert (
            feasibility.feasible(Rules.of(problem), Clock(None))
            == valid(problem, every_table(*problem.qualification.shape)).any()
        )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [13, 3])
def test_sixty_workers_are_explained_without_a_solver(seed, monkeypatch):
    # the mixed-integer program, which takes a minute on seed 13
    monkeypatch.setattr(feasibility, "cheapest_pairs", None)
    found = cn.explain_infeasible(cn.random_problem(60, None, 0.2, seed))
    assert "can work together" in found.certificate


def on_the_case_study(case, **fields):
    q = case.qualification
    return cn.Problem(q, **({"required": [2, 1, 3, 2, 1]} | fields))


def test_a_problem_that_has_an_assignment_needs_no_explanation(problem):
    found = cn.explain_infeasible(problem)
    assert not found
    assert str(found) == "An assignment exists."
    assert found.requirements.empty


def test_a_task_alone_is_told_before_anything_else(case):
    barred = [(f"a{i}", "r1") for i in range(12) if i != 5]
    problem = on_the_case_study(case, required=[9, 3, 3, 2, 1], task_conflicts=barred)
    found = cn.explain_infeasible(problem)
    assert found.tasks == ("r1",)
    assert found.workers == ("a5",)
    assert (found.places, found.most) == (2, 1)
    assert (
        found.text
        == "r1 needs 3 workers (2 of its 3 places matter here), and only a5 may take it.\n"
        "Not allowed: a0, a1, a2, a3, a4, a6, a7, a8, a9, a10, a11 for r1 (conflict with the task)."
    )
    assert found.certificate == "Hall's condition: 2 places, 1 worker who may take them (a5)."


def test_nobody_at_all(case):
    barred = [(f"a{i}", "r1") for i in range(12)]
    found = cn.explain_infeasible(on_the_case_study(case, task_conflicts=barred))
    assert found.text.splitlines()[0] == "r1 needs 1 worker, and nobody may take it."
    assert found.certificate == "Hall's condition: 1 place, 0 workers who may take it."


def test_more_places_than_workers(case):
    found = cn.explain_infeasible(on_the_case_study(case, required=[4, 4, 4, 4, 4]))
    assert found.places == 13
    assert "Everyone takes at most 1 task." in found.text
    assert found.certificate.startswith(
        "Hall's condition: 13 places, 12 workers who may take them (a0, "
    )


def test_a_group_that_cannot_work_together():
    rng_problem = cn.random_problem(20, 12, conflict_probability=0.5, rng=3)
    found = cn.explain_infeasible(rng_problem)
    assert "can work together, and" in found.certificate
    assert "in all)" in found.text


@pytest.mark.parametrize("scope", ["project", "task"])
def test_a_pair_of_workers_whom_a_task_needs_both(scope):
    problem = cn.Problem([[0.5], [0.4]], [2], worker_conflicts=[(0, 1)], conflict_scope=scope)
    found = cn.explain_infeasible(problem)
    assert found.certificate == "At most 1 of these 2 workers can work together, and 2 are needed."
    assert "In conflict: 0 with 1." in found.text


def test_a_proof_by_cases(case):
    barred = [(f"a{i}", "r1") for i in range(12) if i not in (5, 6)]
    between = [("a5", f"a{i}") for i in range(12) if i != 5] + [
        ("a6", f"a{i}") for i in (0, 2, 3, 4)
    ]
    found = cn.explain_infeasible(
        on_the_case_study(case, task_conflicts=barred, worker_conflicts=between)
    )
    assert found.certificate.splitlines() == [
        "By cases:",
        "a5 on r1: at most 6 of those who are left can work together, and 7 more are needed.",
        "a6 on r1: at most 6 of those who are left can work together, and 7 more are needed.",
    ]
    assert "In conflict: a5 with a8, a9, a10, a11; a6 with a0, a2, a3, a4." in found.text


def test_pins_limits_and_a_budget_in_words():
    two = [[0.5, 0.4], [0.3, 0.2]]
    pinned = cn.explain_infeasible(cn.Problem(two, [1, 1], pinned=[(0, 0), (1, 0)]))
    assert pinned.text == "0 is pinned to 0; 1 is pinned to 0.\n0 takes at most 1 worker."
    dear = cn.explain_infeasible(cn.Problem(two, [1, 1], costs=[[1, 3], [3, 1]], budget=1))
    assert "The costs may come to 1." in dear.text
    assert dear.certificate == "Whatever meets the other requirements costs at least 2."
    uneven = cn.explain_infeasible(cn.Problem([[0.5] * 3] * 2, [2, 2, 0], worker_limits=[2, 0]))
    assert "1 takes at most 0 tasks." in uneven.text
    uneven = cn.explain_infeasible(cn.Problem([[0.5] * 4] * 2, [1] * 4, worker_limits=[2, 1]))
    assert "0 takes at most 2 tasks; 1 takes at most 1 task." in uneven.text
    assert "for 3 at most" in uneven.certificate


def test_pins_that_clash():
    two = [[0.5, 0.4], [0.3, 0.2]]
    apart = cn.Problem(
        two, [1, 1], pinned=[(0, 0), (1, 1)], worker_conflicts=[(0, 1)], required_rule="at most"
    )
    apart = cn.explain_infeasible(apart)
    assert apart.text == "In conflict: 0 with 1.\n0 is pinned to 0; 1 is pinned to 1."
    shared = cn.Problem(
        two, [2, 0], pinned=[(0, 0), (1, 0)], worker_conflicts=[(0, 1)], conflict_scope="task"
    )
    shared = shared.changed(required_rule="at most")
    assert (
        cn.explain_infeasible(shared).text
        == "In conflict: 0 with 1.\n0 is pinned to 0; 1 is pinned to 0."
    )
    barred = cn.Problem(two, [1, 0], pinned=[(0, 0)], task_conflicts=[(0, 0)], costs=two, budget=9)
    assert cheapest(Rules.of(barred), Clock(None)) == float("inf")


def test_a_proof_by_cases_in_same_task_scope():
    """0 and 1 cannot share task 0, so it needs 2, whom task 1 needs as well."""
    q, barred = np.full((3, 2), 0.5), [(0, 1), (1, 1)]
    problem = cn.Problem(
        q, [2, 1], task_conflicts=barred, worker_conflicts=[(0, 1)], conflict_scope="task"
    )
    found = cn.explain_infeasible(problem)
    assert found.certificate.splitlines() == [
        "By cases:",
        "2 on 1: 0 on 0: nobody can still take 0.",
    ]
    assert set(found.requirements["kind"]) == {"place", "exclusion", "conflict", "limit"}


@pytest.mark.slow
def test_a_long_mixed_integer_program_goes_on_in_a_process_of_its_own(monkeypatch):
    """Nothing can stop an engine in this process; with no patience at all the question is asked there."""
    asked, apart = [], highs.apart
    monkeypatch.setattr(
        highs, "apart", lambda *question, **options: asked.append(1) or apart(*question, **options)
    )
    one, two = np.ones(1), np.ones(2)
    program = highs.Milp(
        np.array([3.0, 2.0]),
        sparse.csr_array([[1.0, 2.0]]),
        one,
        np.inf * one,
        0 * two,
        two,
        two > 0,
    )
    here = highs.least_cost(program, highs.FOREVER)
    assert not asked
    there = highs.least_cost(program, highs.FOREVER, patience=0.0)
    assert asked
    assert (there.x == here.x).all() and (here.x == [0, 1]).all()
    assert (there.bound, there.proved) == (here.bound, here.proved) == (2, True)


def test_an_unknown_kind_of_requirement_raises(case):
    with pytest.raises(AssertionError, match=r"unreachable.*'holiday'"):
        requirement_text(case.problem(), Requirement("holiday"))


def test_an_explanation_goes_through_its_requirements_in_words():
    found = cn.explain_infeasible(cn.Problem([[0.5]], [2]))
    assert (len(found), list(found)) == (2, ["a place of 0"] * 2)
    assert found[1] == "a place of 0"


@pytest.mark.slow
@pytest.mark.parametrize("scope", ["project", "task"])
def test_what_is_named_when_the_time_is_over_cannot_hold_either(scope):
    rng, unsettled, cut = np.random.default_rng(3), 0, 0
    for limit in np.geomspace(1e-5, 3e-2, tries(40, 200)):
        problem = random_problem(rng, scope, True)
        tables = every_table(*problem.qualification.shape)
        found = cn.explain_infeasible(problem, limit)
        unsettled += not found.settled
        cut += found.settled and not found.irreducible
        if found:
            assert not which_hold(problem, found.requirements, tables).all(axis=1).any()
        elif found.settled:
            assert valid(problem, tables).any()
        if found and not found.irreducible:
            assert "was not settled within the time limit" in found.text
    assert unsettled and cut


def test_whether_one_exists_is_not_settled(case):
    found = cn.explain_infeasible(case.problem(), 1e-9)
    assert (bool(found), found.settled, found.irreducible) == (False, False, False)
    assert str(found) == "Whether an assignment exists was not settled within the time limit."


@pytest.mark.slow
@pytest.mark.parametrize(("p", "places"), [(0.1, 65), (0.15, 50)])
def test_many_in_conflict_are_explained_by_groups_when_the_time_is_short(p, places):
    problem = cn.random_problem(200, places, p, 1)
    found = cn.explain_infeasible(problem, 1.0)
    assert found
    assert "of these 200 workers can work together" in found.certificate
    kinds = found.requirements["kind"]
    assert found.places == (kinds == "place").sum() <= places
    given = problem.worker_conflicts.to_numpy() != 0
    between = np.zeros_like(given)
    one, other = (
        problem.workers.get_indexer(found.requirements.loc[kinds == "conflict", side])
        for side in ("worker", "other")
    )
    between[one, other] = between[other, one] = True
    assert not (between & ~given).any()
    cover = clique_cover(between, np.ones(200, dtype=int), [*covering(given)])
    assert cover.most < found.places or not team_exists(between, found.places)


def test_a_clique_cover_is_a_bound_whatever_is_known():
    rng = np.random.default_rng(4)
    for _ in range(30):
        m = int(rng.integers(2, 11))
        between = np.triu(rng.random((m, m)) < rng.uniform(0.1, 0.9), 1)
        between |= between.T
        weight = rng.integers(0, 4, m)
        sets = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
        broken = np.einsum("si,ik,sk->s", sets, between.astype(int), sets) > 0
        most = (sets[~broken] @ weight).max()
        more = between.copy()
        more[rng.random((m, m)) < 0.3] = True
        known = [*covering((more | more.T) & ~np.eye(m, dtype=bool))]
        for cover in (clique_cover(between, weight), clique_cover(between, weight, known)):
            assert most <= cover.most <= weight.sum()
            for clique in cover.cliques:
                assert between[np.ix_(clique, clique)].sum() == len(clique) * (len(clique) - 1)
