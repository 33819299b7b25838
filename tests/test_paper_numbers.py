"""Every published number of sections 3 to 6, reproduced or refuted, each by a test of its own.

That the package's copies are the printed numbers is in ``test_paper_figures.py``.
"""

from itertools import combinations, product

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

import crowdnb as cn

WORKERS = [f"a{i}" for i in range(12)]
TASKS = [f"r{j}" for j in range(5)]
CRITERIA = ["skill", "efficiency", "quality", "activity"]
PRINTED_HALF_UNIT = 0.0005  # three decimals are printed
EXPLAINING = [("a3", "a5"), ("a3", "a7"), ("a3", "a10"), ("a3", "a11")]


@pytest.fixture(scope="module")
def printed(case):
    """The problem on Q as printed, with the conflicts between workers left open."""

    def build(worker_conflicts=None, scope="project"):
        return cn.Problem(
            case.published.qualification,
            case.required,
            None,
            case.task_conflicts,
            worker_conflicts,
            scope,
        )

    return build


@pytest.mark.parametrize(("task", "criterion"), list(product(TASKS, CRITERIA)))
def test_table_3(case, task, criterion):
    p = cn.possibility_matrix(case.ability, case.demand)
    assert (
        abs(p.at[("a0", task), criterion] - case.published.possibility.at[task, criterion])
        < PRINTED_HALF_UNIT
    )


@pytest.mark.parametrize(("worker", "task"), list(product(WORKERS, TASKS)))
def test_table_4(case, worker, task):
    q = cn.qualification(case.ability, case.demand, case.criteria_weights)
    assert (
        abs(q.at[worker, task] - case.published.qualification.at[worker, task]) < PRINTED_HALF_UNIT
    )


def test_table_5_is_valid_and_scores_2_569_on_printed_q(case, printed):
    assert cn.check(printed(), case.published.assignment) == []
    assert cn.performance(printed(), case.published.assignment) == pytest.approx(2.569, abs=1e-12)


def test_the_true_optimum_of_the_printed_data_is_2_697(printed):
    best = cn.solve(printed())
    assert best.performance == pytest.approx(2.697, abs=1e-12)
    assert "a3" in best.pairs["worker"].tolist()


def test_the_true_optimum_on_exact_q_rounds_to_2_697(problem):
    assert cn.solve(problem).performance == pytest.approx(2.697, abs=PRINTED_HALF_UNIT)


@pytest.mark.slow
@pytest.mark.parametrize("pair", list(combinations(WORKERS, 2)), ids="-".join)
def test_2_569_is_optimal_with_one_of_four_single_conflicts_and_no_other(printed, pair):
    best = cn.solve(printed([pair])).performance
    assert (abs(best - 2.569) < 1e-9) == (pair in EXPLAINING)


def test_table_5_scores_2_568525_on_exact_q(case):
    assert cn.performance(case.problem(), case.published.assignment) == pytest.approx(
        2.568525, abs=5e-7
    )


def test_the_best_of_the_same_nine_workers_scores_2_569531_on_exact_q(case):
    chosen = case.published.assignment.sum(axis=1) == 1
    assert chosen.sum() == 9
    nine = cn.Problem(case.qualification[chosen], case.required, None, case.task_conflicts[chosen])
    assert cn.solve(nine).performance == pytest.approx(2.569531, abs=5e-7)
    for pair in EXPLAINING:
        assert cn.solve(case.problem([pair])).performance == pytest.approx(2.569531, abs=5e-7)


def test_table_5_is_one_of_six_ties_on_printed_q(case, printed):
    """All assignments of the same nine workers, counted without a solver."""
    q = np.rint(1000 * case.published.qualification.to_numpy()).astype(int)
    barred = case.task_conflicts.to_numpy() == 1
    nine = np.flatnonzero(case.published.assignment.to_numpy().any(axis=1))
    scores = []

    def fill(task, free, total):
        if task == 5:
            scores.append(total)
            return
        for team in combinations(free, case.required.iloc[task]):
            if not barred[list(team), task].any():
                fill(
                    task + 1, [i for i in free if i not in team], total + q[list(team), task].sum()
                )

    fill(0, nine.tolist(), 0)
    assert max(scores) == 2569
    assert scores.count(2569) == 6


def test_equation_7_read_literally_gives_1_340(case):
    """Printed with C^R as a factor, it keeps the conflicting pairs only. No part of the package is used."""
    q, conflict = case.published.qualification.to_numpy(), case.task_conflicts.to_numpy()
    gain = (q * conflict)[:, np.repeat(np.arange(5), case.required)]
    assert gain[linear_sum_assignment(gain, maximize=True)].sum() == pytest.approx(1.340, abs=1e-12)


def test_same_task_conflicts_can_reach_2_629_at_least(case, printed):
    """Every pair that table 5 allows to be in conflict is, and still 2.569 is not the best."""
    t = case.published.assignment
    together = {pair for task in TASKS for pair in combinations(t.index[t[task] == 1], 2)}
    others = [pair for pair in combinations(WORKERS, 2) if pair not in together]
    problem = printed(others, "task")
    assert cn.check(problem, t) == []
    assert cn.solve(problem).performance == pytest.approx(2.629, abs=1e-12)


def test_weight_range_of_the_papers_scale_is_0_1833_to_0_3167():
    assert cn.weight_range(4) == pytest.approx((0.18333333333, 0.31666666667))


def test_weight_range_holds_for_all_15625_judgement_matrices():
    """Eqs. 4 and 5 written out again, in the paper's letters."""
    upper = np.array(list(product([0.1, 0.3, 0.5, 0.7, 0.9], repeat=6)))
    assert len(upper) == 15625
    i, k = np.triu_indices(4, 1)
    b = np.full((len(upper), 4, 4), 0.5)
    b[:, i, k], b[:, k, i] = upper, 1 - upper
    rows = b.sum(axis=2)
    z = (rows[:, :, None] - rows[:, None, :]) / 6 + 0.5
    for a, resolution in ((3.0, None), (1.5, 1.5)):
        w = 1 / 4 - 1 / (2 * a) + z.sum(axis=2) / (4 * a)
        assert (w.min(), w.max()) == pytest.approx(cn.weight_range(4, resolution=resolution))
    np.testing.assert_allclose(1 / 4 - 1 / 6 + z.sum(axis=2) / 12, (z.sum(axis=2) + 1) / 12)


def test_weight_range_of_the_smallest_resolution_is_0_1167_to_0_3833():
    assert cn.weight_range(4, resolution=1.5) == pytest.approx((0.11666666667, 0.38333333333))
    with pytest.raises(ValueError, match="resolution"):
        cn.weight_range(4, resolution=1.49)


@pytest.mark.parametrize("criterion", ["skill", "quality", "activity"])
def test_the_case_studys_weights_cannot_come_from_fuzzy_ahp(case, criterion):
    low, high = cn.weight_range(4)
    assert not low <= case.criteria_weights[criterion] <= high


@pytest.mark.parametrize("criterion", ["quality", "activity"])
def test_nor_from_the_smallest_resolution(case, criterion):
    low, high = cn.weight_range(4, resolution=1.5)
    assert not low <= case.criteria_weights[criterion] <= high


def test_equation_2_as_printed_puts_the_lower_end_above_the_upper():
    cloud = cn.backward_cloud([0.2, 0.4, 0.4, 0.6, 0.8, 1.0])
    low, high = cloud.interval(gamma=0.1)
    printed_low = cloud.expectation + cloud.entropy + 0.1 * cloud.hyper_entropy
    printed_high = cloud.expectation - cloud.entropy - 0.1 * cloud.hyper_entropy
    assert printed_low > printed_high
    assert (low, high) == pytest.approx((printed_high, printed_low))


def test_equations_11_and_12_as_printed_forbid_nothing():
    """C^A·T·T ≤ 1 holds for every 0/1 value of its three factors."""
    assert all(c * t1 * t2 <= 1 for c, t1, t2 in product([0, 1], repeat=3))


def test_the_plain_sum_is_meant_not_equation_7s_weights(case, printed):
    """With any weights that sum to 1, ρ would be a mean of Q over places and far below 2.569."""
    even = cn.Problem(case.published.qualification, case.required, [0.2] * 5, case.task_conflicts)
    assert cn.performance(even, case.published.assignment) == pytest.approx(2.569 / 5)
    assert cn.performance(printed(), case.published.assignment) == pytest.approx(2.569)


def test_demand_with_upper_end_1_never_gives_a_degree_of_1(case):
    assert cn.possibility_matrix(case.ability, case.demand).max(axis=None) < 1
    # only the point 1 meets it with certainty
    assert cn.possibility_degree(1.0, 1.0, 0.4, 1.0) == 1
    assert cn.possibility_degree(0.9, 1.0, 0.4, 1.0) < 1
