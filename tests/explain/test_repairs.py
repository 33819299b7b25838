"""What to change: against every set of changes of small problems."""

import math
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import best_rho
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.explain import largest_teams as fewest
from crowdnb.explain import repair_program
from crowdnb.explain import repairs as module
from crowdnb.explain.possible_changes import possible_changes
from crowdnb.model.changes import apply, change_text

SMALL = [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]


def every_change(problem, costs, untouchable):
    """Each change that may be made: item, cost, how often."""
    fewest, q = problem.fewest, problem.qualification.to_numpy()
    barred = problem.task_conflicts.to_numpy() == 1
    found = [
        ("conflict", problem.workers[i], problem.workers[k], 1) for i, k in problem.conflict_pairs
    ]
    for i, worker in enumerate(problem.workers):
        for j, task in enumerate(problem.tasks):
            if barred[i, j] and q[i, j] != 0:
                found.append(("exclusion", worker, task, 1))
            if problem.pinned.iat[i, j]:
                found.append(("pin", worker, task, 1))
        if (~barred[i] & (q[i] != 0)).any():
            found.append(("worker", worker, 9))
        found.append(("least", worker, problem.worker_least[worker]))
        found.append(("limit", worker, len(problem.tasks) - problem.worker_limits[worker]))
    found += [("place", task, need) for task, need in zip(problem.tasks, fewest, strict=True)]
    found += [("overlap", problem.tasks[j], problem.tasks[k], 1) for j, k in problem.overlap_pairs]
    for quota in [] if problem.quotas is None else problem.quotas.itertuples():
        about = (quota.task, quota.column, quota.value)
        for side, how, which in (("least", "fewer", "least"), ("most", "more", "greatest")):
            asked = getattr(quota, side)
            if isinstance(asked, str):
                found.append(("share", *about, which, 1))
            elif asked is not None:
                found.append(("quota", *about, how, asked if side == "least" else 9))
    return [
        ((kind, *labels), costs.get((kind, *labels), costs.get(kind, 1.0)), most)
        for kind, *labels, most in found
        if most > 0 and kind not in untouchable and (kind, *labels) not in untouchable
    ]


def by_looking(problem, costs, untouchable, largest=2):
    """All minimal sets of at most ``largest`` changes: their cost and ρ, and below which cost these are all."""
    changes = every_change(problem, costs, untouchable)
    works, found = [], []
    for size in range(largest + 1):
        for chosen in combinations_with_replacement(range(len(changes)), size):
            times = {at: chosen.count(at) for at in chosen}
            if any(count > changes[at][2] for at, count in times.items()):
                continue
            if any(
                all(times.get(at, 0) >= count for at, count in smaller.items()) for smaller in works
            ):
                continue
            rho = best_rho(
                apply(problem, tuple((changes[at][0], count) for at, count in times.items()))
            )
            if not math.isnan(rho):
                works.append(times)
                found.append((sum(changes[at][1] for at in chosen), rho, times))
    least = min((cost for _, cost, _ in changes), default=1.0)
    return [(cost, rho) for cost, rho, _ in sorted(found, key=lambda f: (f[0], -f[1]))], least * (
        largest + 1
    )


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("options", [False, True])
@pytest.mark.parametrize("scope", ["project", "task"])
def test_repairs_are_the_cheapest_minimal_sets_in_order(scope, options):
    rng = np.random.default_rng(6 + options)
    left = tries(10, 30) if options else tries(30, 105)
    while left:
        problem = random_problem(rng, scope, options, SMALL)
        if not math.isnan(best_rho(problem)):
            continue
        left -= 1
        costs = {"conflict": 1.5, "worker": 1.25} if rng.uniform() < 0.3 else {}
        untouchable = ("limit", "worker") if rng.uniform() < 0.5 else ()
        wanted, below = by_looking(problem, costs, untouchable)
        found = cn.repairs(problem, 6, costs, untouchable, time_limit=None)
        got = [(repair.cost, repair.performance) for repair in found.repairs]
        wanted = [pair for pair in wanted if pair[0] < below - 1e-9][:6]
        assert len(got) >= len(wanted)
        np.testing.assert_allclose(
            np.array(got[: len(wanted)]).reshape(-1, 2), np.array(wanted).reshape(-1, 2), atol=1e-7
        )
        assert all(cost > below - 1e-9 for cost, _ in got[len(wanted) :]) or len(wanted) == 6
        for repair in found.repairs:
            assert repair.assignment.status == "optimal"
            for at, (item, times) in enumerate(repair.changes):
                fewer = [
                    *repair.changes[:at],
                    *[(item, times - 1)][: times - 1],
                    *repair.changes[at + 1 :],
                ]
                assert math.isnan(best_rho(apply(problem, tuple(fewer))))
        assert len(found.frame) == len(got)
        assert str(found)
        if not found.repairs:
            assert found.complete
            assert not wanted


def too_few_together(rng):
    """A random problem where too few can work together, with costs and what may not be changed: itself, the program."""
    while True:
        m, n = (int(rng.integers(low, high)) for low, high in ((3, 7), (2, 5)))
        between = np.triu(rng.uniform(size=(m, m)) < rng.choice([0.4, 0.6, 0.9]), 1)
        problem = cn.Problem(
            rng.uniform(rng.choice([-0.2, 0.1]), 1, size=(m, n)).round(2),
            rng.integers(0, 3, size=n) if rng.uniform() < 0.3 else np.ones(n, dtype=int),
            task_conflicts=rng.uniform(size=(m, n)) < rng.choice([0, 0.3, 0.6]),
            worker_conflicts=between | between.T,
            required_rule=rng.choice(["exactly", "at least"]),
            pinned=rng.uniform(size=(m, n)) < rng.choice([0, 0, 1 / (m * n)]),
        )
        costs = [{}, {"worker": 2}, {"conflict": 3, "limit": 2}, {"limit": 2, "worker": 3}][
            rng.integers(4)
        ]
        untouchable = [(), ("worker",), ("place",), ("conflict", "limit")][rng.integers(4)]
        model = repair_program.RepairProgram(problem, possible_changes(problem, costs, untouchable))
        if model.short:
            return problem, model


@pytest.mark.slow
def test_the_fewest_changes_are_those_that_the_program_finds():
    """Where it is settled: their ρ, and whether there are more. Where not, no ρ that cannot be reached."""
    rng, left = np.random.default_rng(1), tries(15, 40)
    while left:
        problem, model = too_few_together(rng)
        few, settled = model.fewest(4)
        repairs = [module._repair(problem, model, one.changes, one.pairs) for one in few]
        assert all(repair.cost == model.least for repair in repairs)
        if not settled:
            for repair in repairs[:1]:
                assert repair.performance <= cn.solve(repair.problem).performance + 1e-9
            continue
        left -= 1
        wanted, refused = [], []
        while (
            len(refused) < 4
            and (chosen := model.best_at(model.least, refused, math.inf)[0]) is not None
        ):
            wanted.append(module._repair(problem, model, chosen).performance)
            refused.append(chosen)
        np.testing.assert_allclose([repair.performance for repair in repairs], wanted, atol=1e-7)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), [("CREWS", 1), ("FILLINGS", 3)])
def test_too_many_to_look_at(monkeypatch, name, most):
    """Where no order is proved in time, those that are listed are cheapest all the same."""
    problem = cn.random_problem(60, 20, 0.4, rng=2)
    monkeypatch.setattr(fewest, name, most)
    found = cn.repairs(problem, 5, time_limit=0.2)
    assert found.repairs
    assert not found.ranked
    assert {repair.cost for repair in found.repairs} == {10}


@pytest.mark.parametrize(
    ("rule", "task", "costs"), [("at least", [0], [[-1.0]]), ("at most", [1, 3], [[1.0, -1.0]])]
)
def test_new_workers_earn_what_the_budget_lacks(rule, task, costs):
    problem = cn.Problem(
        np.full((1, len(task)), 0.5), task, required_rule=rule, costs=costs, budget=-3.0
    )
    found = cn.repairs(problem)
    assert found.repairs[0].changes == ((("worker", 0), 2),)
    assert found.repairs[0].assignment.performance == 1.5


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["exactly", "at least"])
@pytest.mark.parametrize("p", [0.3, 0.2, 0.4][: tries(1, 3)])
def test_the_ten_best_at_sixty_workers(p, rule, monkeypatch):
    problem = cn.random_problem(60, 20, p, rng=0).changed(required_rule=rule)
    with monkeypatch.context() as without:
        # it would take its whole time, and prove no order
        without.setattr(repair_program, "least_cost", None)
        found = cn.repairs(problem)
    assert len(found.repairs) == 10
    assert found.ranked
    words = cn.explain_infeasible(problem).certificate
    # so many changes are needed at least
    assert f"At most {20 - found.repairs[0].cost:.0f} of these" in words
    for one in found.repairs:
        assert (one.cost, one.assignment.status) == (found.repairs[0].cost, "optimal")
        assert cn.check(one.problem, one.assignment.table) == []
    rho = found.frame["performance"]
    assert rho.is_monotonic_decreasing
    if rule == "exactly":
        assert cn.solve(found.repairs[0].problem).performance == pytest.approx(rho[1], abs=1e-9)
    pairs = found.repairs[0].assignment.pairs
    there = pairs.loc[pairs["worker"].isin(problem.workers), ["worker", "task"]].drop_duplicates(
        "worker"
    )
    pinned = cn.repairs(problem.changed(pinned=there.to_numpy()[:2].tolist()), 1)
    assert pinned.repairs[0].performance == pytest.approx(rho[1], abs=1e-12)
    assert pinned.ranked


def test_pairs_that_break_a_rule_are_caught(monkeypatch):
    problem, own = cn.random_problem(20, 8, 0.4, rng=1), fewest.fewest
    assert cn.solve(problem).status == "infeasible"

    def lies(*given):
        found, settled = own(*given)
        return [one._replace(pairs=one.pairs[1:]) for one in found], settled

    monkeypatch.setattr(repair_program, "fewest", lies)
    with pytest.raises(cn.SolverAnswerError, match="break a rule"):
        cn.repairs(problem)


def test_repairs_in_words(case):
    barred = [(f"a{i}", "r1") for i in range(12) if i not in (5, 6)]
    between = [("a5", f"a{i}") for i in range(12) if i != 5] + [
        ("a6", f"a{i}") for i in (0, 2, 3, 4)
    ]
    problem = cn.Problem(case.qualification, case.required, None, barred, between)
    found = cn.repairs(problem, 3)
    assert str(found).splitlines() == [
        "1. add a worker like a5: cost 1, ρ = 2.59311",
        "2. add a worker like a6: cost 1, ρ = 2.55901",
        "3. allow a2 to take r1: cost 1, ρ = 2.4213",
    ]
    assert list(found.repairs[0].problem.workers)[-1] == "like a5"
    assert not found.complete
    assert found.ranked
    only = cn.repairs(
        problem, 3, {"place": 2, ("place", "r1"): 0.5}, ["worker", ("exclusion", "a2", "r1")]
    )
    assert str(only.repairs[0]).startswith("ask one fewer for r1: cost 0.5")
    assert all("a2" not in repair.text for repair in only.repairs)
    hasty = cn.repairs(problem, 10, time_limit=1e-6)
    assert hasty.repairs
    assert all(repair.cost == 1 for repair in hasty.repairs)
    assert not hasty.complete


def test_more_than_once():
    found = cn.repairs(
        cn.Problem([[0.5, 0.4]], [3, 1], pinned=[(0, 1)]), 20, untouchable=[("limit", 0)]
    )
    texts = [repair.text for repair in found.repairs]
    assert "ask 3 fewer for 0" in texts
    assert "add 3 workers like 0" in texts
    assert list(found.repairs[texts.index("add 3 workers like 0")].problem.workers) == [
        0,
        "like 0",
        "like 0 (2)",
        "like 0 (3)",
    ]
    assert any("unpin 0 from 1" in text for text in texts)
    more = cn.repairs(cn.Problem([[0.5, 0.4, 0.3]], [1, 1, 1]), untouchable=["worker", "place"])
    assert str(more) == "1. let 0 take 2 more tasks: cost 2, ρ = 1.2"
    assert more.complete


def test_new_workers_get_names_that_nobody_has():
    problem = cn.Problem(pd.DataFrame({"r": {"a": 0.5, "like a": 0.4, "a (3)": 0.3}}), {"r": 3})
    changed = apply(problem, ((("worker", "a"), 2), (("worker", "a (3)"), 1)))
    assert list(changed.workers[3:]) == ["like a (2)", "like a (3)", "like a (3) (2)"]


def test_nothing_to_repair_and_nothing_that_may_be_changed():
    fine = cn.repairs(cn.Problem([[0.5]], [1]))
    assert str(fine) == "1. nothing to change: cost 0, ρ = 0.5"
    assert fine.complete
    kinds = ["conflict", "exclusion", "place", "worker", "limit", "pin"]
    stuck = cn.repairs(cn.Problem([[0.5]], [2]), untouchable=kinds)
    assert str(stuck) == "Nothing that may be changed makes an assignment possible."
    assert stuck.complete
    assert stuck.frame.empty


def test_what_repairs_cannot_be_asked():
    problem = cn.Problem([[0.5], [0.4]], [2], worker_conflicts=[(0, 1)])
    with pytest.raises(ValueError, match="limit must be a whole number of at least 1"):
        cn.repairs(problem, 0)
    with pytest.raises(ValueError, match="time_limit must be above 0"):
        cn.repairs(problem, time_limit=math.nan)
    with pytest.raises(
        ValueError, match="costs must be a mapping of kinds and items, untouchable a list of them"
    ):
        cn.repairs(problem, untouchable="place")
    with pytest.raises(ValueError, match="'place' costs 0, it must be a finite number above 0"):
        cn.repairs(problem, costs={"place": 0})
    with pytest.raises(ValueError, match="untouchable: 'places' is no change of this problem"):
        cn.repairs(problem, untouchable=["places"])
    assert cn.repairs(problem, untouchable=[("conflict", 1, 0), "place", "worker"]).repairs == ()


def test_an_unknown_kind_of_change_raises(case):
    for call in (
        lambda: change_text(("holiday", "a1"), 1),
        lambda: apply(case.problem(), ((("holiday", "a1"), 1),)),
    ):
        with pytest.raises(ValueError, match="'holiday' is no kind of change; there are conflict"):
            call()


def test_repairs_have_a_length_and_can_be_gone_through():
    problem = cn.Problem([[0.9, 0.5], [0.7, 0.6]], [1, 1], worker_conflicts=[(0, 1)])
    found = cn.repairs(problem, 2)
    assert (len(found), list(found)) == (2, [*found.repairs])
    assert found[-1] is found.repairs[1]


def test_new_workers_are_like_their_models_and_tasks_stay_as_they_are():
    """Workers and tasks may have the same labels: 0, 1."""
    problem = cn.Problem(
        [[0.9, 0.8], [0.7, 0.6]],
        [2, 1],
        [1, 3],
        task_conflicts=[(1, 1)],
        worker_conflicts=[(0, 1)],
        worker_limits=[2, 2],
        pinned=[(0, 0)],
        costs=[[1.0, 2.0], [3.0, 4.0]],
        budget=20,
    )
    after = apply(problem, ((("worker", 1), 2), (("place", 0), 1)))
    assert after.workers.tolist() == [0, 1, "like 1", "like 1 (2)"]
    assert (after.required.tolist(), after.task_weights.tolist()) == ([1, 1], [1, 3])
    assert after.qualification.to_numpy().tolist() == [[0.9, 0.8]] + [[0.7, 0.6]] * 3
    assert after.task_conflicts.to_numpy().tolist() == [[0, 0]] + [[0, 1]] * 3
    assert after.conflict_pairs.tolist() == [[0, 1]]
    assert after.worker_limits.tolist() == [2, 2, 1, 1]
    assert after.pinned.to_numpy().tolist() == [[1, 0]] + [[0, 0]] * 3
    assert after.costs.to_numpy().tolist() == [[1, 2]] + [[3, 4]] * 3
    assert after.budget == 20
