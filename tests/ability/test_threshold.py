"""Demands read as thresholds: which pairs begin below them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.project.case_study import FOLDER


def intervals(rows, labels):
    columns = pd.MultiIndex.from_product([["skill", "pace"], ["low", "high"]])
    return pd.DataFrame(rows, labels, columns)


ABILITY = intervals([[0.5, 0.9, 0.2, 0.9], [0.3, 0.9, 0.2, 0.9], [0.5, 0.9, 0.5, 0.9]], list("abc"))
DEMAND = intervals([[0.4, 1.0, 0.4, 1.0], [0.0, 1.0, 0.0, 1.0]], ["hard", "easy"])


def test_one_criterion_is_enough_or_all_are_needed():
    assert cn.below_threshold(ABILITY, DEMAND)["hard"].tolist() == [1, 1, 0]
    assert cn.below_threshold(ABILITY, DEMAND, "all")["hard"].tolist() == [0, 1, 0]
    assert not cn.below_threshold(ABILITY, DEMAND)["easy"].any()


def test_the_threshold_itself_is_enough():
    """Also where an end misses it by the rounding of a float."""
    just = intervals([[0.1 + 0.2, 0.9, 0.3, 0.9], [0.3, 0.9, 0.3, 0.9]], ["a", "b"])
    for one, other in (("a", "b"), ("b", "a")):
        assert not cn.below_threshold(just.loc[[one]], just.loc[[other]]).any(axis=None)


def test_upper_ends_and_the_order_of_criteria_do_not_count():
    low = ABILITY.copy()
    low[[("skill", "high"), ("pace", "high")]] = 0.5
    expected = cn.below_threshold(ABILITY, DEMAND)
    turned = DEMAND[["pace", "skill"]]
    pd.testing.assert_frame_equal(cn.below_threshold(low, turned), expected)


def test_of_the_case_study_29_intervals_begin_below_the_demand(case):
    """Counted without the package, and what barring their pairs does: nothing to either answer."""
    u = case.ability.xs("low", axis=1, level="end").to_numpy()[:, np.newaxis]
    d = case.demand.xs("low", axis=1, level="end").to_numpy()
    below = cn.below_threshold(case.ability, case.demand)
    assert (u < d).sum() == 29
    assert (below == (u < d).any(axis=2)).all(axis=None)
    assert below.to_numpy().sum() == 18
    assert not cn.below_threshold(case.ability, case.demand, "all").any(axis=None)
    problem = cn.Problem(
        case.qualification, case.required, task_conflicts=case.task_conflicts | below
    )
    assert cn.check(problem, case.published.assignment) == []
    assert cn.solve(problem).table.equals(cn.solve(case.problem()).table)


def test_a_project_with_thresholds_is_one_like_any_other(case, tmp_path):
    """As the page of options has it, also where a table has its labels in another order."""
    project = cn.read_project(FOLDER)
    turned = replace(project, task_conflicts=project.task_conflicts.iloc[::-1, ::-1])
    below = cn.below_threshold(project.ability, project.demand)
    for one in (project, turned):
        strict = replace(one, task_conflicts=one.task_conflicts | below)
        strict.write(tmp_path / f"strict{one is turned}")
        again = cn.read_project(tmp_path / f"strict{one is turned}")
        expected = (case.task_conflicts | below).loc[below.index, below.columns]
        assert (again.task_conflicts.loc[below.index, below.columns] == expected).all(axis=None)
        assert again.solve().performance == pytest.approx(cn.solve(case.problem()).performance)


def test_who_is_left_is_said_where_a_threshold_bars_too_many(case):
    demand = case.demand.copy()
    demand[("quality", "low")] = 0.55
    below = cn.below_threshold(case.ability, demand)
    answer = cn.solve(cn.Problem(case.qualification, case.required, task_conflicts=below))
    assert answer.status == "infeasible"
    assert answer.reasons[0].startswith("r2 needs 3 workers, and only 2 may take it: a7, a10")


@pytest.mark.parametrize("criteria", ["some", "ALL", True, None])
def test_another_rule_is_refused(criteria):
    with pytest.raises(ValueError, match="criteria must be 'any' or 'all', got"):
        cn.below_threshold(ABILITY, DEMAND, criteria)


def test_frames_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="demand"):
        cn.below_threshold(ABILITY, DEMAND[["pace"]])
    with pytest.raises(ValueError, match="low is above high"):
        cn.below_threshold(intervals([[0.9, 0.1, 0.2, 0.9]], ["a"]), DEMAND)
