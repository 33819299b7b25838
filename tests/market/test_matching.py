"""Matching policies, against small known answers, every assignment and the rules."""

import numpy as np
import pandas as pd
import pytest
from helpers.by_looking import every_table, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.market import matching
from crowdnb.market.matching import best, guessing


def frame(rows):
    return pd.DataFrame(
        rows,
        index=[f"a{i}" for i in range(len(rows))],
        columns=[f"r{j}" for j in range(len(rows[0]))],
    )


def crowd(rng, scope="project", limits=3):
    """A small problem with conflicts of both kinds, limits from 0 on, maybe negative values."""
    problem = random_problem(rng, scope)
    q = problem.qualification - (0.3 if rng.uniform() < 0.3 else 0)
    return problem.changed(
        qualification=q, worker_limits=rng.integers(0, limits, size=len(problem.workers))
    )


@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("name", matching.POLICIES)
def test_every_policy_keeps_every_rule_and_none_exceeds_the_best_table(name, scope):
    rng = np.random.default_rng(0)
    for _ in range(tries(10, 25)):
        problem = crowd(rng, scope)
        room = problem.changed(required_rule="at most")
        table = matching.POLICIES[name](problem, rng)
        assert cn.check(room, table) == []
        tables = every_table(*problem.qualification.shape)
        best = (tables[valid(room, tables)] * problem.value).sum(axis=(1, 2)).max()
        rho = cn.performance(problem, table)
        assert rho == pytest.approx(best, abs=1e-9) if name == "optimal" else rho <= best + 1e-9


@pytest.mark.parametrize("scope", ["project", "task"])
@pytest.mark.parametrize("name", ["random", "first come", "greedy"])
def test_nothing_that_still_fits_is_left_out(name, scope):
    rng = np.random.default_rng(1)
    for _ in range(tries(10, 25)):
        problem = crowd(rng, scope).changed(required_rule="at most")
        table = matching.POLICIES[name](problem, rng)
        for i, j in np.argwhere((table.to_numpy() == 0) & (problem.value > 0)):
            more = table.copy()
            more.iloc[i, j] = 1
            assert cn.check(problem, more)


def test_what_each_policy_takes():
    problem = cn.Problem(frame([[0.8, 0.9, 0.5], [0.7, 0.85, 0.2], [0.5, 0.1, 0.1]]), [1, 1, 1])

    def who(policy):
        table = policy(problem)
        return {task: table.index[table[task] == 1].tolist() for task in table}

    assert who(matching.first_come) == {"r0": ["a0"], "r1": ["a1"], "r2": ["a2"]}
    assert who(matching.greedy) == {"r0": ["a1"], "r1": ["a0"], "r2": ["a2"]}
    # 0.5 + 0.85 + 0.5 = 1.85
    assert who(matching.optimal) == {"r0": ["a2"], "r1": ["a1"], "r2": ["a0"]}


@pytest.mark.parametrize("conflicts", [0.05, 0.2, 0.5])
def test_the_best_match_is_a_solver_s_whether_one_is_started_or_not(conflicts, monkeypatch):
    problems = [
        matching.market(14, 8, seed, screened_out=0.3, conflict_probability=conflicts).changed(
            required=[2] * 8
        )
        for seed in range(4)
    ]
    # with 0 a solver has the last word where conflicts are in the way
    for nodes in (best.NODES, 0):
        monkeypatch.setattr(best, "NODES", nodes)
        for problem in problems:
            table = matching.optimal(problem)
            assert cn.check(problem, table) == []
            assert cn.performance(problem, table) == pytest.approx(cn.solve(problem).performance)


def test_random_follows_its_seed_and_finds_every_maximal_table():
    problem = cn.Problem(frame([[0.5, 0.5], [0.5, 0.5]]), [1, 1])
    seen = {tuple(matching.at_random(problem, seed).to_numpy().ravel()) for seed in range(30)}
    assert seen == {(1, 0, 0, 1), (0, 1, 1, 0)}
    assert matching.at_random(problem, 7).equals(matching.at_random(problem, 7))


def test_a_place_stays_empty_where_nobody_adds_to_the_match():
    problem = cn.Problem(frame([[-0.5, 0.2]]), [1, 1], worker_limits=2)
    # which cannot know
    for policy in set(matching.POLICIES.values()) - {matching.collaborative_filtering}:
        assert policy(problem, 0).to_numpy().tolist() == [[0, 1]]


@pytest.mark.parametrize("policy", matching.POLICIES.values())
def test_what_policies_do_not_know_is_refused(policy):
    q = frame([[0.5]])
    with pytest.raises(ValueError, match="neither pinned pairs nor a budget"):
        policy(cn.Problem(q, [1], pinned=[("a0", "r0")]), 0)
    with pytest.raises(ValueError, match="neither pinned pairs nor a budget"):
        policy(cn.Problem(q, [1], costs=q, budget=1.0), 0)
    with pytest.raises(ValueError, match="asks for at least L"):
        policy(cn.Problem(q, [1], required_rule="at least"), 0)


# The auction


@pytest.mark.parametrize("seed", range(12))
def test_the_auction_is_within_n_epsilon_and_no_place_wants_another_worker_by_more(seed):
    rng = np.random.default_rng(seed)
    problem = matching.market(
        int(rng.integers(3, 15)), int(rng.integers(2, 9)), rng, screened_out=0.4
    )
    epsilon = float(rng.choice([0.3, 0.05, 0.002]))
    sale = matching.hold_auction(problem, epsilon)
    i, j = sale.pairs.T
    best = cn.solve(problem).performance
    assert best + 1e-9 >= problem.value[i, j].sum() >= best - len(i) * epsilon - 1e-9
    assert (
        cn.performance(problem, matching.auction(problem, epsilon=epsilon))
        >= problem.value[i, j].sum() - 1e-9
    )
    profit = np.where(problem.eligible, problem.value - sale.wages.to_numpy()[:, None], -np.inf)
    others = profit.copy()
    others[i, j] = -np.inf  # a place cannot have whom its own task has already
    assert (profit[i, j] >= np.maximum(0, others[:, j].max(axis=0)) - epsilon - 1e-9).all()
    empty = problem.required.to_numpy() > np.bincount(j, minlength=len(problem.tasks))
    assert (others[:, empty] <= 1e-9).all()
    assert (sale.wages.drop(problem.workers[i]) == 0).all()


@pytest.mark.parametrize(("limits", "needs"), [(2, 2), (3, 2), (2, 3), (4, 4)])
def test_the_bound_holds_where_workers_take_several_tasks_and_tasks_several_workers(limits, needs):
    rng = np.random.default_rng(10 * limits + needs)
    for _ in range(tries(60, 1500)):
        m, n = rng.integers(1, 7), rng.integers(1, 5)
        problem = cn.Problem(
            (rng.uniform(-0.2, 1, size=(m, n))).round(1),  # many ties, some that nobody wants
            rng.integers(0, needs, size=n, endpoint=True),
            task_weights=rng.choice([1.0, 2.0], size=n),
            task_conflicts=rng.uniform(size=(m, n)) < 0.2,
            worker_limits=rng.integers(0, limits, size=m, endpoint=True),
            required_rule="at most",
        )
        epsilon = float(rng.choice([0.3, 0.05, 0.003]))
        sale = matching.hold_auction(problem, epsilon)
        t = np.zeros((m, n), dtype=int)
        np.add.at(t, (sale.pairs[:, 0], sale.pairs[:, 1]), 1)
        assert cn.check(problem, pd.DataFrame(t, problem.workers, problem.tasks)) == []
        best = cn.solve(problem).performance
        got = (t * problem.value).sum()
        assert best + 1e-9 >= got >= best - len(sale.pairs) * epsilon - 1e-9


def test_nobody_takes_a_task_twice():
    problem = cn.Problem(frame([[1, 0.9], [0.1, 0.8]]), [2, 1], worker_limits=[2, 1])
    sale = matching.hold_auction(problem)
    assert sale.pairs.tolist() == [[0, 0], [0, 1], [1, 0]]
    assert problem.value[tuple(sale.pairs.T)].sum() == pytest.approx(2.0)


def test_bids_by_hand():
    """Both want a0: r0 has 0.2 more of him than of a1, r1 0.7; r1 outbids and r0 takes a1."""
    sale = matching.hold_auction(cn.Problem(frame([[0.9, 0.8], [0.7, 0.1]]), [1, 1]), 0.05)
    assert sale.bids.round(9).to_numpy().tolist() == [
        ["r0", "a0", 0.25, ""],
        ["r1", "a0", 0.75, "r0"],
        # all that a1 is worth to r0 more than a0 at 0.75, which is 0.15; and ε
        ["r0", "a1", 0.6, ""],
    ]
    assert sale.wages.round(9).to_dict() == {"a0": 0.75, "a1": 0.6}


def test_a_worker_with_two_tasks_is_bid_for_twice():
    problem = cn.Problem(frame([[0.9, 0.8], [0.3, 0.2]]), [1, 1], worker_limits=[2, 1])
    assert matching.auction(problem).to_numpy().tolist() == [[1, 1], [0, 0]]
    assert matching.hold_auction(problem).wages["a1"] == 0


@pytest.mark.parametrize("epsilon", [0, -0.1, np.nan])
def test_an_auction_needs_a_raise(epsilon):
    with pytest.raises(ValueError, match="epsilon must be above 0"):
        matching.auction(cn.Problem(frame([[0.5]]), [1]), epsilon=epsilon)


# Guessing


def test_guesses_keep_what_was_seen_and_stay_in_its_range():
    rng = np.random.default_rng(0)
    q = frame(rng.uniform(size=(12, 6)).round(3).tolist())
    seen = q.where(rng.uniform(size=q.shape) < 0.5)
    seen["r5"], seen.loc["a11"] = np.nan, np.nan  # a task and a worker that nobody knows
    found = matching.guess(seen)
    known = seen.notna()
    assert found.where(known).equals(seen)
    assert found.notna().all(axis=None)
    assert found.min(axis=None) >= seen.min(axis=None) and found.max(axis=None) <= seen.max(
        axis=None
    )


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_neighbours_are_those_of_scikit_learn(share):
    from sklearn.impute import KNNImputer

    rng = np.random.default_rng(4)
    for neighbours in (1, 3, 5):
        x = rng.normal(size=(24, 15))
        x[rng.uniform(size=x.shape) > share] = np.nan
        imputer = KNNImputer(n_neighbors=neighbours, keep_empty_features=True)
        np.testing.assert_allclose(
            guessing._of_neighbours(x, neighbours), imputer.fit_transform(x), atol=1e-12
        )


def test_what_rows_and_columns_explain_is_guessed_exactly():
    worker, task = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0.0, 0.3, 0.5])
    q = frame((worker[:, None] + task).tolist())
    alike = pd.concat([q, q.set_index(q.index + "b")])
    seen = alike.copy()
    seen.loc["a0", "r0"] = np.nan
    assert matching.guess(seen, neighbours=1).loc["a0", "r0"] == pytest.approx(0.1, abs=0.05)


def test_neighbours_guess_better_than_means_where_skills_explain_the_match():
    problem = matching.market(60, 30, rng=0)
    q = problem.qualification
    seen = q.where(np.random.default_rng(1).uniform(size=q.shape) < 0.6)
    held = seen.isna()

    def wrong(found):
        return float(np.sqrt(((found - q).to_numpy()[held] ** 2).mean()))

    assert wrong(matching.guess(seen)) < 0.6 * wrong(pd.DataFrame([seen.mean()] * len(q), q.index))


def test_collaborative_filtering_reads_only_what_was_seen():
    problem = matching.market(15, 8, rng=3, screened_out=0.2)
    q = problem.qualification
    seen = pd.DataFrame(
        np.random.default_rng(0).uniform(size=q.shape) < 0.5, index=q.index, columns=q.columns
    )
    other = problem.changed(qualification=q.where(seen, 0.5))
    answer = matching.collaborative_filtering(problem, seen=seen)
    assert answer.equals(matching.collaborative_filtering(other, seen=seen))
    everything = matching.collaborative_filtering(problem, seen=seen | True)
    assert cn.performance(problem, everything) == pytest.approx(cn.solve(problem).performance)
    nothing = matching.collaborative_filtering(problem, seen=seen & False)
    assert cn.check(problem, nothing) == [] and nothing.to_numpy().sum() == problem.required.sum()


def test_guesses_that_cannot_be_made_are_refused():
    with pytest.raises(ValueError, match="no worker was seen"):
        matching.guess(frame([[np.nan]]))
    with pytest.raises(ValueError, match="neighbours must be at least 1, got 0"):
        matching.guess(frame([[0.5]]), neighbours=0)
    problem = cn.Problem(frame([[0.5]]), [1])
    with pytest.raises(ValueError, match="seen, rows: unknown worker b"):
        matching.collaborative_filtering(problem, seen=pd.DataFrame([[True]], ["b"], ["r0"]))


# Deferred acceptance


def blocks(q, liking, t, need, limit, i, j):
    """Whether a pair would rather have each other: the definition, again."""
    if t[i, j] or q[i, j] <= 0:
        return False
    worker = t[i].sum() < limit[i] or any(
        t[i, k] and liking[i, k] < liking[i, j] for k in range(t.shape[1])
    )
    task = t[:, j].sum() < need[j] or any(t[k, j] and q[k, j] < q[i, j] for k in range(len(t)))
    return bool(worker and task)


@pytest.mark.parametrize("seed", range(tries(15, 40)))
def test_deferred_acceptance_is_stable_and_the_best_stable_table_for_every_worker(seed):
    rng = np.random.default_rng(seed)
    m, n = [(3, 3), (4, 2), (2, 4)][seed % 3]
    q, liking = (
        rng.permutation(m * n).reshape(m, n) / 20 + 0.1,
        rng.permutation(m * n).reshape(m, n),
    )
    need, limit = (
        rng.integers(0, 3, size=n),
        rng.integers(0, 2, size=m) if seed % 2 else np.ones(m, dtype=int),
    )
    problem = cn.Problem(frame(q.tolist()), need, worker_limits=limit, required_rule="at most")
    wishes = frame(liking.tolist())
    table = matching.deferred_acceptance(problem, wishes=wishes)
    assert matching.blocking_pairs(problem, table, wishes).empty
    tables = every_table(m, n)[valid(problem, every_table(m, n))]
    pairs = [(i, j) for i in range(m) for j in range(n) if limit[i] and need[j]]
    stable = [
        t for t in tables if not any(blocks(q, liking, t, need, limit, i, j) for i, j in pairs)
    ]
    got = (table.to_numpy() * (liking + 1)).sum(axis=1)
    assert any((t == table.to_numpy()).all() for t in stable)
    for t in stable:
        assert (got >= (t * (liking + 1)).sum(axis=1)).all()


@pytest.mark.parametrize("seed", range(tries(8, 20)))
def test_blocking_pairs_are_those_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    q, liking, limit = (
        rng.uniform(size=(4, 2)),
        rng.uniform(size=(4, 2)),
        rng.integers(1, 3, size=4),
    )
    problem = cn.Problem(frame(q.tolist()), rng.integers(1, 3, size=2), worker_limits=limit)
    tables = every_table(4, 2)
    tables = tables[valid(problem.changed(required_rule="at most"), tables)]
    t = tables[rng.integers(len(tables))]
    found = matching.blocking_pairs(problem, frame(t.astype(int).tolist()), frame(liking.tolist()))
    need = problem.required.to_numpy()
    right = [
        (f"a{i}", f"r{j}")
        for i in range(4)
        for j in range(2)
        if blocks(q, liking, t, need, limit, i, j)
    ]
    assert list(found.itertuples(index=False, name=None)) == right


def test_workers_who_like_what_they_do_best_end_as_in_greedy():
    for seed in range(10):
        problem = matching.market(12, 6, rng=seed, screened_out=0.3)
        assert matching.deferred_acceptance(problem).equals(matching.greedy(problem))


def test_wishes_of_other_workers_are_refused():
    problem = cn.Problem(frame([[0.5]]), [1])
    with pytest.raises(ValueError, match="wishes, columns: unknown task r9"):
        matching.deferred_acceptance(problem, wishes=pd.DataFrame([[1]], ["a0"], ["r9"]))
    with pytest.raises(ValueError, match="wishes: nan is not a finite number"):
        matching.deferred_acceptance(problem, wishes=frame([[np.nan]]))


# Markets and outcomes


def test_a_market_is_as_it_is_asked_for():
    problem = matching.market(80, 50, rng=0, screened_out=0.3, conflict_probability=0.2)
    again = matching.market(80, 50, rng=0, screened_out=0.3, conflict_probability=0.2)
    assert problem.qualification.equals(again.qualification)
    assert (problem.conflict_scope, problem.required_rule) == ("task", "at most")
    assert set(problem.required) == {1, 2}
    assert (
        problem.qualification.to_numpy().min() >= 0.01
        and problem.qualification.to_numpy().max() <= 1
    )
    assert problem.task_conflicts.to_numpy().mean() == pytest.approx(0.3, abs=0.03)
    assert len(problem.conflict_pairs) / (80 * 79 / 2) == pytest.approx(0.2, abs=0.03)
    smooth = matching.market(20, 10, rng=0, skills=2, noise=0).qualification.to_numpy()
    assert np.linalg.matrix_rank(smooth, tol=1e-9) == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"workers": 0}, "workers must be at least 1"),
        ({"skills": 0}, "skills must be at least 1"),
        ({"noise": -1}, "noise must not be negative"),
        ({"screened_out": 1.5}, "screened_out must be from 0 to 1"),
        ({"conflict_probability": -0.1}, "conflict_probability must be from 0 to 1"),
    ],
)
def test_markets_that_cannot_be_are_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        matching.market(**wrong)


def test_gini_by_its_definition():
    x = np.random.default_rng(0).uniform(size=30)
    assert matching.gini(x) == pytest.approx(abs(x[:, None] - x).mean() / 2 / x.mean())
    assert matching.gini([0, 0]) == 0
    assert matching.gini([5]) == 0
    for wrong in ([-1, 2], []):
        with pytest.raises(ValueError, match="values: one or more incomes"):
            matching.gini(wrong)


def test_an_outcome_by_hand():
    problem = cn.Problem(frame([[0.8, 0.2], [0.6, 0.4], [0.5, 0.5]]), [2, 1], task_weights=[1, 2])
    table = frame([[1, 0], [1, 0], [0, 0]])
    got = matching.outcome(problem, table)
    assert got == pytest.approx(
        {
            "match": 1.4,
            "filled": 2 / 3,
            "worst task": 0.0,  # nobody on r1; r0 has a mean of 0.7
            "income Gini": matching.gini([0.8, 0.6, 0]),
            "income spread": np.std([0.8, 0.6, 0]),
        }
    )
    assert matching.outcome(problem, frame([[1, 0], [1, 0], [0, 1]]))[
        "worst task"
    ] == pytest.approx(0.5)
    nobody = cn.Problem(frame([[0.5]]), [0])
    assert matching.outcome(nobody, frame([[0]])) == pytest.approx(
        {"match": 0, "filled": 1, "worst task": 0, "income Gini": 0, "income spread": 0}
    )


def test_a_comparison_has_every_policy_and_refuses_one_that_cheats():
    problem = matching.market(10, 5, rng=0, conflict_probability=0.3)
    table = matching.compare(problem)
    assert list(table.index) == list(matching.POLICIES)
    assert (table["match"] <= table.loc["optimal", "match"] + 1e-9).all()
    assert table.drop(columns="seconds").equals(matching.compare(problem).drop(columns="seconds"))
    with pytest.raises(ValueError, match="policies: everybody breaks a rule: t1 has 10 of at most"):
        matching.compare(problem, {"everybody": lambda one, rng: one.task_conflicts * 0 + 1})
