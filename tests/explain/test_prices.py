"""Prices, why, the next best and replanning: against every table of small problems."""

import math

import numpy as np
import pandas as pd
import pytest
from helpers import oracle
from helpers.by_looking import best_rho, every_table, of, scored, valid
from helpers.effort import tries
from helpers.random_problems import random_problem

import crowdnb as cn
from crowdnb.explain import alternatives
from crowdnb.explain.variants import Oracle
from crowdnb.sensitivity import inverse

SCOPES = pytest.mark.parametrize("scope", ["project", "task"])
OPTIONS = pytest.mark.parametrize("options", [False, True])


def solvable(seed, scope, options, plenty=100, few=15):
    """Random problems that have an assignment; fewer with options, which take longer."""
    rng = np.random.default_rng(seed)
    left = tries(few // 2, few) if options else tries(plenty // 3, plenty)
    while left:
        problem = random_problem(rng, scope, options)
        if len(scored(problem)[1]):
            left -= 1
            yield rng, problem


@pytest.mark.slow
@OPTIONS
@SCOPES
def test_prices_are_the_optima_without(scope, options):
    for _, problem in solvable(1, scope, options, few=10):
        table = cn.prices(problem)
        rho = best_rho(problem)
        workers, tasks = list(problem.workers), list(problem.tasks)
        for row in table.to_dict("records"):
            among = {"overlap": tasks, "quota": [row["other"]]}.get(row["kind"], workers)
            about = {"worker": workers, "other": among, "task": tasks}
            at = {
                name: None if row[name] is None else labels.index(row[name])
                for name, labels in about.items()
            }
            if row["kind"] == "quota":
                at["other"] = row["other"]
            best = oracle.best(oracle.without(of(problem), {"kind": row["kind"], **at}))
            wanted = math.nan if best is None else best[0]
            assert row["performance"] == pytest.approx(wanted, abs=1e-9, nan_ok=True)
            assert row["worth"] == (
                math.inf if math.isnan(wanted) else pytest.approx(rho - wanted, abs=1e-9)
            )
        assert (table["kind"] == "worker").sum() == len(problem.workers)
        assert (table["kind"] == "conflict").sum() == len(problem.conflict_pairs)


@pytest.mark.slow
@OPTIONS
@SCOPES
def test_why_is_the_difference_to_the_best_with_or_without_the_pair(scope, options):
    for rng, problem in solvable(2, scope, options):
        tables, rho = scored(problem)
        i, j = (int(rng.integers(size)) for size in problem.qualification.shape)
        found = cn.why(problem, problem.workers[i], problem.tasks[j])
        other = rho[tables[:, i, j] != found.chosen]
        assert found.performance == pytest.approx(rho[0])
        assert (found.other is None) == (not len(other))
        assert found.difference == (
            pytest.approx(rho[0] - other[0], abs=1e-9) if len(other) else math.inf
        )
        if found.other is not None:
            assert cn.check(problem, found.other.table) == []
            assert found.other.table.iat[i, j] != found.chosen
        assert str(found)


@pytest.mark.slow
@OPTIONS
@SCOPES
def test_alternatives_are_the_best_in_order_and_all_of_them(scope, options):
    for rng, problem in solvable(3, scope, options, plenty=105):
        tables, rho = scored(problem)
        limit, tolerance = int(rng.integers(1, 12)), [None, 0.0, 0.3][int(rng.integers(3))]
        found = cn.alternatives(problem, limit, tolerance)
        wanted = rho if tolerance is None else rho[rho >= rho[0] - tolerance - 1e-9]
        got = found.frame["performance"].to_numpy()
        np.testing.assert_allclose(got, wanted[:limit], atol=1e-9)
        assert len(
            {assignment.table.to_numpy().tobytes() for assignment in found.assignments}
        ) == len(got)
        assert all(not cn.check(problem, assignment.table) for assignment in found.assignments)
        optimal = tables[rho >= rho[0] - 1e-9]
        assert found.optima == min(limit, len(optimal))
        assert found.complete == (limit >= len(optimal if tolerance is None else wanted))
        everywhere = {
            (problem.workers[i], problem.tasks[j]) for i, j in np.argwhere(optimal.all(axis=0))
        }
        assert set(found.always.itertuples(index=False, name=None)) == everywhere
        assert str(found)


@pytest.mark.slow
@OPTIONS
@SCOPES
def test_replanning_weighs_rho_against_changes(scope, options):
    for rng, problem in solvable(4, scope, options, plenty=100, few=20):
        every = every_table(*problem.qualification.shape)
        running = every[int(rng.integers(len(every)))]
        tables, rho = scored(problem)
        changes = (tables & ~running).sum(axis=(1, 2))
        price = float(rng.choice([0, 0.05, 0.3]))
        frame = pd.DataFrame(running.astype(int), index=problem.workers, columns=problem.tasks)
        found = cn.replan(problem, frame, price)
        net = found.assignment.performance - price * found.changes
        assert net == pytest.approx((rho - price * changes).max(), abs=1e-9)
        assert cn.check(problem, found.assignment.table) == []
        assert found.changes == (found.assignment.table.to_numpy().astype(bool) & ~running).sum()
        if problem.budget is not None:
            with pytest.raises(ValueError, match="budget of its own"):
                _ = found.curve
        elif rng.uniform() < 0.3:
            best = [rho[changes <= most].max(initial=-math.inf) for most in found.curve.index]
            np.testing.assert_allclose(found.curve["performance"], best, atol=1e-9)
            assert found.curve["performance"].iloc[-1] == pytest.approx(rho[0])
            assert found.curve.index[0] == changes.min()


@pytest.mark.parametrize(("price", "changes"), [(0.35, 2), (0.45, 0)])
def test_replanning_with_task_weights(price, changes):
    # to change places adds 2.2 - 1.4, for two changes
    problem = cn.Problem([[0.5, 0.6], [0.4, 0.3]], [1, 1], [1, 3])
    assert cn.replan(problem, pd.DataFrame([[1, 0], [0, 1]]), price).changes == changes


def test_words_about_one_pair(case):
    problem = case.problem([("a3", "a5")])
    assert str(cn.why(problem, "a3", "r1")) == "a3 does not take r1: the two are in conflict."
    assert "a7 takes r0: without it ρ is at most 2.56822" in cn.why(problem, "a7", "r0").text
    assert "does not take" in cn.why(problem, "a3", "r0").text
    small = cn.Problem([[0.5, 0.0], [0.5, 0.2], [0.5, 0.1]], [1, 0])
    assert cn.why(small, 0, 1).text == "0 does not take 1: 0 has qualification 0 for it."
    assert cn.why(small, 1, 1).text == "1 does not take 1: 1 needs nobody."
    ties = [cn.why(small, i, 0) for i in range(3)]
    assert [found.difference for found in ties] == [0, 0, 0]
    assert sum("could as well be left out" in found.text for found in ties) == 1
    assert (
        sum("could as well take 0: with it ρ is 0.5, the same." in found.text for found in ties)
        == 2
    )
    alone = cn.Problem(
        [[0.5, 0.4], [0.3, 0.2]], [1, 1], worker_conflicts=[(0, 1)], conflict_scope="task"
    )
    alone = alone.changed(task_conflicts=[(1, 0)])
    assert cn.why(alone, 0, 0).text == "0 takes 0: no assignment exists without it."
    assert cn.why(alone, 0, 1).text == "0 does not take 1: no assignment exists with it."


def test_words_about_prices():
    problem = cn.Problem(
        [[0.5, 0.4], [0.3, 0.2]], [1, 1], task_conflicts=[(0, 1)], worker_conflicts=None
    )
    text = cn.prices(problem)["text"].tolist()
    assert text == [
        "0 barred from 1 changes nothing",
        "one place of 0 is worth 0.5",
        "one place of 1 is worth 0.2",
        "0 cannot be spared: no assignment exists without it",
        "1 cannot be spared: no assignment exists without it",
    ]
    barred = cn.Problem([[0.5], [0.3]], [1], task_conflicts=[(0, 0)])
    assert cn.prices(barred)["text"].iloc[0] == "0 barred from 0 costs 0.2"


def test_alternatives_have_a_length_and_can_be_gone_through(problem):
    found = cn.alternatives(problem, 3)
    assert len(found) == len(found.frame) == 3
    assert tuple(found) == found.assignments
    assert found[0] is found.assignments[0]
    assert found[-1] is found.assignments[2]
    assert found[1:] == found.assignments[1:]
    with pytest.raises(IndexError):
        found[3]
    assert not cn.alternatives(cn.Problem([[1.0]], [2]))


def test_words_about_alternatives(problem):
    one = str(cn.alternatives(problem, 3))
    assert one.startswith(
        "1 assignment is optimal, with ρ = 2.69728.\nIn every optimum: a3 on r0, a7 on r0, a5 on r1"
    )
    many = cn.alternatives(cn.Problem(np.ones((4, 2)), [1, 1]), 3)
    assert str(many).startswith(
        "at least 3 assignments are optimal, with ρ = 2.\nIn every optimum: no pair."
    )
    some = cn.alternatives(cn.Problem([[1, 0.1], [0.1, 0.5], [0.1, 0.5], [0.1, 0.5]], [1, 1]), 2)
    assert (some.optima, some.complete) == (2, False)
    assert some.always.to_numpy().tolist() == [[0, 0]]
    assert str(cn.alternatives(cn.Problem([[1.0]], [2]))) == "No assignment exists."


def test_nobody_has_to_move(problem):
    best = cn.solve(problem)
    found = cn.replan(problem, best.table)
    assert str(found) == "ρ = 2.69728 after 0 changes\nnobody moves"
    gone = best.table.drop(index="a0").assign(extra=0)
    assert "a0: idle → r4" in cn.replan(problem, gone).text


def test_what_cannot_be_asked(case):
    problem, none = case.problem(), cn.Problem([[0.5]], [2])
    with pytest.raises(ValueError, match="worker a77 is unknown"):
        cn.why(problem, "a77", "r0")
    with pytest.raises(ValueError, match="task r9 is unknown"):
        cn.why(problem, "a0", "r9")
    for limit in (0, 1.5, math.nan, "3"):
        with pytest.raises(ValueError, match="limit must be a whole number of at least 1"):
            cn.alternatives(problem, limit)
    for label in (["a0"], None, math.nan):
        with pytest.raises(ValueError, match="is unknown"):
            cn.why(problem, label, "r0")
    holes = case.published.assignment.astype(float)
    holes.iloc[0, 0] = math.nan
    with pytest.raises(ValueError, match="a0 on r0 is nan, its cells must be 0 or 1"):
        cn.replan(problem, holes)
    with pytest.raises(ValueError, match="a frame of workers × tasks is needed, got ndarray"):
        cn.replan(problem, holes.to_numpy())
    asks = (cn.prices, cn.alternatives, cn.explain_infeasible, cn.repairs)
    asks += (lambda project: cn.why(project, "a0", "r0"), lambda project: cn.replan(project, holes))
    for ask in asks:
        with pytest.raises(ValueError, match="a Problem is needed"):
            ask(case)
    with pytest.raises(ValueError, match="tolerance must not be negative"):
        cn.alternatives(problem, 5, -1)
    with pytest.raises(ValueError, match="price must be a finite number that is not negative"):
        cn.replan(problem, case.published.assignment, -1)
    with pytest.raises(ValueError, match="cells must be 0 or 1"):
        cn.replan(problem, case.published.assignment * 2)
    for ask in (
        lambda: cn.why(none, 0, 0),
        lambda: cn.prices(none),
        lambda: cn.replan(none, pd.DataFrame([[1]])),
    ):
        with pytest.raises(ValueError, match="the problem has no assignment"):
            ask()


def test_the_helper_agrees_with_the_package(case):
    rng = np.random.default_rng(9)
    for _ in range(tries(8, 20)):
        problem = random_problem(rng, "project", True)
        tables = every_table(*problem.qualification.shape)
        for table, good in list(zip(tables, valid(problem, tables), strict=True))[:40]:
            frame = pd.DataFrame(table.astype(int), index=problem.workers, columns=problem.tasks)
            assert (cn.check(problem, frame) == []) == good


def test_a_search_that_ends_early_shows_no_bar_in_a_notebook(case, monkeypatch):
    """tqdm shows a red bar where a loop over it is left by break or return, however short it was."""
    import tqdm.notebook

    shown = []
    monkeypatch.setattr(tqdm.notebook, "display", shown.append)
    for module in (alternatives, inverse):
        monkeypatch.setattr(module, "tqdm", tqdm.notebook.tqdm)
    problem = case.problem()
    assert len(cn.alternatives(problem, limit=2).frame) == 2
    assert len(cn.alternatives(problem, tolerance=0).frame) == 1
    assert not cn.recover_conflicts(problem, case.published.assignment, limit=2).complete
    assert not shown


def test_what_a_pinned_worker_and_what_nothing_are_worth():
    """The price of a worker unpins them; sums that differ by rounding alone do not differ."""
    q = [[0.5, 0.4], [0.3, 0.9]]
    table = cn.prices(cn.Problem(q, [1, 0], pinned=[(0, 0)])).set_index(["kind", "worker"])
    assert table.loc[("worker", 0), ["performance", "worth"]].tolist() == pytest.approx([0.3, 0.2])
    # 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1 to the last bit
    ties = cn.Problem([[0.1, 0.3], [0.2, 0.2], [0.3, 0.1], [0.4 - 0.1, 0.1]], [1, 1])
    assert all(worth == 0 or abs(worth) > 1e-9 for worth in cn.prices(ties)["worth"])
    assert all(
        found.difference == 0 or found.difference > 1e-9
        for found in (cn.why(ties, i, 0) for i in range(4))
    )
    nobody = cn.Problem(
        [[0.5], [0.0], [0.4]], [1], task_conflicts=[(1, 0), (2, 0)], worker_limits=[1, 1, 0]
    )
    # of Q = 0, of a limit of 0: lifting it changes nothing
    assert "exclusion" not in set(cn.prices(nobody)["kind"])


def test_equally_good_ones_stand_in_the_order_of_their_pairs_and_parts_count_where_fewer_may_be_chosen():
    ties = cn.alternatives(cn.Problem(np.ones((3, 2)), [1, 1]), 6).assignments
    pairs = [sorted(map(tuple, answer.placed.tolist())) for answer in ties]
    assert pairs == sorted(pairs)
    assert len(pairs) == 6
    loose = cn.alternatives(cn.Problem(-np.ones((2, 2)), [1, 1], required_rule="at most"), 10)
    assert loose.frame["performance"].tolist() == [0, -1, -1, -1, -1, -2, -2]
    assert loose.complete
    near = cn.Problem([[0.5], [0.45], [0.3]], [1])
    # 0.45 is within 0.1
    assert [cn.alternatives(near, limit, 0.1).complete for limit in (1, 2)] == [False, True]


def test_the_curve_lists_no_change_that_brings_nothing():
    problem = cn.Problem([[0.5], [0.5], [0.7]], [1])
    running = pd.DataFrame({0: [1, 0, 0]})
    assert cn.replan(problem, running).curve["performance"].to_dict() == {0: 0.5, 1: 0.7}
    assert cn.replan(
        problem.changed(qualification=[[0.5], [0.5], [0.5]]), running
    ).curve.index.tolist() == [0]


def test_each_rule_has_its_price():
    """Two workers, two tasks, by hand: the best is 0.9 + 0.6 without any rule."""
    q = pd.DataFrame([[0.9, 0.8], [0.7, 0.6], [0.1, 0.2]], ["a0", "a1", "a2"], ["r0", "r1"])
    free = cn.Problem(q, [1, 1], attributes=pd.DataFrame({"grade": ["x", "y", "y"]}, q.index))
    quota = [{"task": "r0", "column": "grade", "value": "y", "least": 1}]
    for rules, worth, text in (
        ({"pinned": [("a2", "r1")]}, 1.1 - 1.5, "a2 pinned to r1 costs 0.4"),
        ({"worker_least": {"a2": 1}}, 1.1 - 1.5, "the least number of tasks of a2 costs 0.4"),
        ({"loads": [1, 1], "capacities": {"a0": 0.5}}, 0.9 - 1.5, "the capacity of a0 costs 0.6"),
        ({"quotas": quota}, 0.0, "at least 1 place with grade y on r0 changes nothing"),
        (
            {"quotas": [{"column": "grade", "value": "y", "most": 0}], "worker_limits": 2},
            0.0,
            "at most 0 places with grade y on all tasks changes nothing",
        ),
        (
            {"quotas": [{"column": "grade", "value": "x", "most": "0%"}]},
            0.9 - 1.5,
            "at most 0% of the places with grade x on all tasks costs 0.6",
        ),
        ({"costs": {"a0": 2}, "budget": 1}, 0.9 - 1.5, "the budget costs 0.6"),
    ):
        table = cn.prices(free.changed(**rules))
        row = table[~table["kind"].isin(["place", "worker"])].iloc[0]
        assert row["text"] == text
        assert row["worth"] == pytest.approx(worth, abs=1e-12)
        if "worker_least" in rules:
            own = table[(table["kind"] == "worker") & (table["worker"] == "a2")].iloc[0]
            assert own["worth"] == pytest.approx(worth)  # what the worker must goes as well
        assert worth == 0 or f"{row['worth']:+.4f}" in repr(cn.plots.prices(table))


def test_what_prices_of_places_prove_to_be_worth_nothing_is_not_solved(monkeypatch):
    rng = np.random.default_rng(2)
    barred = rng.uniform(size=(12, 5)) < 0.4
    problem = cn.Problem(rng.uniform(size=(12, 5)), [2] * 5, task_conflicts=barred, worker_limits=2)
    asked, best = [], Oracle.best

    def counting(self, variant, *more):
        asked.append(variant)
        return best(self, variant, *more)

    monkeypatch.setattr(Oracle, "best", counting)
    table = cn.prices(problem)
    table = table[table["kind"] == "exclusion"]
    for row in table.itertuples():
        fewer = barred.copy()
        fewer[row.worker, row.task] = False
        assert row.performance == cn.solve(problem.changed(task_conflicts=fewer)).performance
    lifted = [one for one in asked if one.arrays.task_conflicts.sum() == barred.sum() - 1]
    assert len(lifted) == (table["worth"] != 0).sum() < len(table)
