"""Conflicts and weights that make an assignment the best: against every table of small problems."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import by_criterion, possibility_frame, scored, weighed
from helpers.effort import tries
from helpers.random_problems import random_problem
from scipy.optimize import linprog

import crowdnb as cn

SCOPES = pytest.mark.parametrize("scope", ["project", "task"])


def frame_of(problem, table):
    return pd.DataFrame(table.astype(int), index=problem.workers, columns=problem.tasks)


def together(problem, tables):
    """Tables × pairs of workers: whom each table puts together, by the conflict scope."""
    pairs = list(combinations(range(len(problem.workers)), 2))
    busy = tables.any(axis=2)
    if problem.conflict_scope == "project":
        return pairs, np.array([busy[:, i] & busy[:, k] for i, k in pairs], dtype=bool).T.reshape(
            len(tables), -1
        )
    shared = np.array([(tables[:, i] & tables[:, k]).any(axis=1) for i, k in pairs], dtype=bool)
    return pairs, shared.T.reshape(len(tables), -1)


def instances(seed, scope, total):
    rng = np.random.default_rng(seed)
    while total:
        problem = random_problem(rng, scope, options=total % 5 == 0)
        tables, rho = scored(problem)
        if len(rho) > 1:
            total -= 1
            yield rng, problem, tables, rho, int(rng.integers(len(rho)))


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_conflicts_are_all_the_smallest_sets(scope):
    sizes = set()
    for rng, problem, tables, rho, at in instances(1, scope, tries(50, 210)):
        tolerance = [None, 0.0, 0.1][int(rng.integers(3))]
        found = cn.recover_conflicts(problem, frame_of(problem, tables[at]), tolerance=tolerance)
        team = tables[at].any(axis=1)
        inside = ~(tables.any(axis=2) & ~team).any(axis=1)
        slack = rho[inside].max() - rho[at] if tolerance is None else tolerance
        assert found.tolerance == pytest.approx(slack, abs=1e-9)
        pairs, puts = together(problem, tables)
        better = puts[rho > rho[at] + slack + 1e-9]
        allowed = np.flatnonzero(~puts[at])
        assert found.possible == (not len(better) or bool(better[:, allowed].any(axis=1).all()))
        wanted = []
        for size in range(4):
            hits = [
                h
                for h in combinations(allowed.tolist(), size)
                if better[:, list(h)].any(axis=1).all()
            ]
            wanted = [
                tuple((problem.workers[pairs[p][0]], problem.workers[pairs[p][1]]) for p in h)
                for h in hits
            ]
            if wanted:
                sizes.add(size)
                break
        now = set(map(tuple, problem.conflict_pairs.tolist()))
        wanted = [w for w in wanted if not {(int(i[1:]), int(k[1:])) for i, k in w} & now]
        assert sorted(found.sets) == sorted(wanted)
        assert len(found.frame) == sum(map(len, wanted))
        assert str(found)
    assert sizes >= {0, 1, 2}


def test_a_limit_leaves_some_sets_out(case):
    cut = cn.recover_conflicts(case.problem(), case.published.assignment, limit=1)
    assert cut.sets == ((("a3", "a5"),),)
    assert not cut.complete
    # there are no more
    assert cn.recover_conflicts(case.problem(), case.published.assignment, limit=4).complete
    assert cut.text.startswith(
        "At least 1 set of the smallest size, 1 conflict, makes the assignment optimal: a3-a5."
    )
    problem = cn.Problem(np.array([[0.9], [0.8], [0.7], [0.1]]), [2])
    two = cn.recover_conflicts(problem, pd.DataFrame({0: [0, 1, 1, 0]}))
    assert (
        str(two)
        == "1 set of the smallest size, 2 conflicts, makes the assignment optimal: 0-1 and 0-2."
    )
    none = cn.recover_conflicts(problem, pd.DataFrame({0: [0, 0, 1, 1]}), largest=1)
    assert none.sets == ()
    assert none.possible
    assert (
        str(none) == "No set of up to 1 conflict makes the assignment optimal; a larger one does."
    )


def test_labels_of_a_table_are_read_by_the_rule_of_spelling(case):
    """As they are checked: nobody is lost where nobody sees that he is written otherwise."""
    table, problem = case.published.assignment, case.problem()
    other = table.rename(index={"a5": "a5\u200b"})
    assert cn.check(problem, other) == []
    found = [cn.recover_conflicts(problem, one).sets for one in (table, other)]
    assert found[0] and found[0] == found[1]


def test_the_case_studys_conflict(case):
    table = case.published.assignment
    wanted = ((("a3", "a5"),), (("a3", "a7"),), (("a3", "a10"),), (("a3", "a11"),))
    printed = cn.Problem(case.published.qualification, case.required, None, case.task_conflicts)
    assert cn.recover_conflicts(case.problem(), table).sets == wanted
    assert cn.recover_conflicts(printed, table).sets == wanted
    assert cn.recover_conflicts(printed, table, tolerance=0).sets == wanted
    exact = cn.recover_conflicts(case.problem(), table, tolerance=0)
    assert not exact.possible
    assert "ρ reaches 2.56953" in exact.text
    for problem in (case.problem(conflict_scope="task"), printed.changed(conflict_scope="task")):
        found = cn.recover_conflicts(problem, table)
        assert found.sets == ()
        assert not found.possible
    with_it = cn.recover_conflicts(case.problem([("a3", "a5")]), table)
    assert with_it.sets == ((),)
    assert with_it.text.startswith("The assignment is optimal as it is.")


def test_what_cannot_be_recovered(case):
    problem, table = case.problem(), case.published.assignment
    p = cn.possibility_matrix(case.ability, case.demand)
    with pytest.raises(ValueError, match="limit must be a whole number of at least 1"):
        cn.recover_conflicts(problem, table, limit=0)
    with pytest.raises(ValueError, match="largest must be a whole number of at least 0"):
        cn.recover_conflicts(problem, table, largest=-1)
    with pytest.raises(ValueError, match="a frame of workers × tasks is needed"):
        cn.recover_conflicts(problem, table.to_numpy())
    with pytest.raises(ValueError, match="possibility: a0 on r0, skill is not a finite number"):
        cn.recover_weights(problem, p * math.nan, table)
    with pytest.raises(ValueError, match="a column for each criterion"):
        cn.recover_weights(problem, p[[]], table)
    with pytest.raises(ValueError, match="tolerance must not be negative"):
        cn.recover_weights(problem, p, table, tolerance=math.nan)
    with pytest.raises(ValueError, match="tolerance must not be negative"):
        cn.recover_conflicts(problem, table, tolerance=-1)
    with pytest.raises(ValueError, match="it is no assignment of the problem: a2 and a7"):
        cn.recover_conflicts(case.problem([("a2", "a7")]), table)
    with pytest.raises(ValueError, match=r"an index \(worker, task\) is needed"):
        cn.recover_weights(problem, p.reset_index(drop=True), table)
    with pytest.raises(ValueError, match="must sum to 1"):
        cn.recover_weights(problem, p, table, [0.5, 0.5, 0.5, 0.5])
    with pytest.raises(ValueError, match="possibility, rows"):
        cn.recover_weights(problem, p.drop(index=("a0", "r0")), table)


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_weights_are_the_nearest_or_proved_not_to_exist(scope):
    rng, none = np.random.default_rng(4), 0
    for problem, p, tables, points, start in weighed(rng, scope, tries(50, 280)):
        size = len(start)
        at = int(points.dot(start + 0.3 * rng.normal(size=size)).argmax())
        at = int(rng.integers(len(tables))) if rng.uniform() < 0.5 else at
        found = cn.recover_weights(
            problem, possibility_frame(problem, p), frame_of(problem, tables[at]), start
        )
        rows = points - points[at]  # · w ≤ 0
        eye = np.eye(size)
        distance = linprog(
            np.r_[np.zeros(size), np.ones(size)],
            np.vstack(
                [np.hstack([rows, 0 * rows]), np.hstack([eye, -eye]), np.hstack([-eye, -eye])]
            ),
            np.r_[np.zeros(len(rows)), start, -start],
            [np.r_[np.ones(size), np.zeros(size)]],
            [1],
        )
        if found.weights is None:
            none += 1
            assert distance.x is None
            assert math.isnan(found.moved)
            mixture = found.proof.loc["mixture"].iloc[1:].to_numpy()
            again = found.proof["share"].iloc[:-1].to_numpy() @ found.proof.iloc[:-1, 1:].to_numpy()
            np.testing.assert_allclose(mixture, again, atol=1e-9)
            assert (mixture > -1e-9).all()
            assert mixture.max() > 0
            for share_row, rival in zip(
                found.proof.iloc[:-1].itertuples(), found.rivals, strict=True
            ):
                (wins,) = by_criterion(problem, p, rival.table.to_numpy()[None])
                np.testing.assert_allclose(wins - points[at], share_row[2:], atol=1e-9)
        else:
            w = found.weights.to_numpy()
            assert (rows @ w).max() < 1e-7
            assert w.sum() == pytest.approx(1)
            assert found.moved == pytest.approx(distance.fun / 2, abs=1e-6)
        assert str(found)
    assert none > tries(2, 20)


def test_weights_of_the_case_study(case):
    p = cn.possibility_matrix(case.ability, case.demand)
    table, problem = case.published.assignment, case.problem([("a3", "a5")])
    near = cn.recover_weights(problem, p, table, case.criteria_weights)
    assert near.moved == pytest.approx(0.0824, abs=1e-4)
    assert near.text.startswith(
        "The assignment is optimal at skill 0.15, efficiency 0.1676, quality 0.5824"
    )
    there = cn.recover_weights(problem, p, table, case.criteria_weights, tolerance=0.0011)
    assert there.moved == 0
    q = cn.qualification(case.ability, case.demand, near.weights)
    best = cn.solve(problem.changed(qualification=q))
    assert best.performance == pytest.approx(
        cn.performance(problem.changed(qualification=q), table), abs=1e-7
    )
    assert cn.recover_weights(case.problem(), p, table).weights is None
