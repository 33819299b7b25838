"""Between which γ an assignment stays the best: against every table of small problems."""

import dataclasses
import math
import re

import numpy as np
import pandas as pd
import pytest
from helpers.effort import tries
from helpers.worlds import SCOPES, one_history, worlds

import crowdnb as cn
from crowdnb.ability import cloud
from crowdnb.sensitivity.gamma import _Drift


@pytest.mark.slow
@pytest.mark.no_cover
@SCOPES
def test_between_the_two_gammas_no_table_is_better_and_beyond_them_one_is(scope):
    rng, ended, whole = np.random.default_rng(1), 0, 0
    for world in worlds(scope):
        found = cn.gamma_range(world.project, world.problem)
        own = world.at(found.assignment.table)
        assert found.low <= world.gamma <= found.high
        for gamma in rng.uniform(found.low, found.high, 20):
            rho = world.rho(world.q(world.ends(gamma)))
            assert rho.max() - rho[own] <= 2e-7
        for end, side, stop, other in (("low", -1, 0, found.below), ("high", 1, 1, found.above)):
            gamma, row = getattr(found, end), found.frame.loc[end]
            assert row["gamma"] == gamma
            assert row["performance"] == pytest.approx(performance(world, gamma, own), abs=1e-9)
            assert row["ends"] == (gamma != stop or other is not None)
            if not row["ends"]:
                whole += 1
                continue
            rho = world.rho(world.q(world.ends(max(0.0, gamma + side * 1e-4))))
            if other is None:
                assert rho[own] == -math.inf
            elif gamma != stop:
                ended += 1
                assert rho.max() > rho[own]
                assert rho[world.at(other.table)] > rho[own]
                assert other.performance == pytest.approx(row["performance"], abs=2e-9)
    assert ended > tries(2, 7)
    assert whole > tries(45, 150)


def performance(world, gamma, table):
    """ρ of a table, also where one of its Q is 0."""
    return (
        world.tables[table] * world.q(world.ends(gamma)) * world.problem.task_weights.to_numpy()
    ).sum()


def test_the_case_study(case):
    found = cn.gamma_range(case)
    assert (found.low, found.below) == (0.0, None)
    assert found.text.splitlines() == [
        f"The assignment stays the best from γ = 0 to {found.high:.6g}; today γ is 0.1.",
        "Just above: a3: r0 → r2; a11: r2 → r0.",
    ]
    # solved again on both sides
    for gamma, same in ((found.high - 1e-6, True), (found.high + 1e-6, False)):
        ability = cloud.moved_intervals(case.ability, gamma)
        q = cn.qualification(ability, case.demand, case.criteria_weights)
        table = cn.solve(case.problem().changed(qualification=q)).table
        assert (table.to_numpy() == found.assignment.table.to_numpy()).all() == same
    narrow = cn.gamma_range(case, limit=0.2)
    assert narrow.high == 0.2
    assert narrow.text.endswith("Nothing above γ = 0.2 was looked at.")
    # γ moves nothing
    assert cn.gamma_range(case, table=found.assignment.table, he_to_en=0.0).high == 1.0


def test_workers_alike_and_tied_at_every_gamma_do_not_cost_hundreds_of_looks(monkeypatch):
    looks, own = [], _Drift._better
    monkeypatch.setattr(_Drift, "_better", lambda *given: looks.append(given) or own(*given))
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    names, tasks = ["a", "b", "c", "d"], ["r", "s"]
    project = cn.Project(
        pd.DataFrame([[0.4, 0.6], [0.4, 0.6], [0.45, 0.8], [0.1, 0.3]], names, ends),
        pd.DataFrame([[0.37, 1.0], [0.31, 1.0]], tasks, ends),
        pd.Series({"skill": 1.0}),
        pd.Series([2, 0], tasks),
        None,
        pd.DataFrame(0, names, tasks),
        pd.DataFrame(0, names, names),
    )
    found = cn.gamma_range(project)
    assert (found.low, found.high) == (0.0, 1.0)
    assert len(looks) < 20


def test_a_pair_that_comes_to_be_forbidden_ends_the_range():
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    ability, demand = (
        pd.DataFrame([[0.4, 0.6]], [0], ends),
        pd.DataFrame([[0.598, 1.0]], ["r"], ends),
    )
    nobody = pd.DataFrame([[0]], [0], ["r"])
    project = cn.Project(
        ability,
        demand,
        pd.Series({"skill": 1.0}),
        pd.Series({"r": 1}),
        None,
        nobody,
        nobody.set_axis([0], axis=1),
    )
    found = cn.gamma_range(project)
    # 0.5 + 0.1 (1 + γ/2) / 1.05 = 0.598
    assert found.low == pytest.approx((0.098 * 1.05 / 0.1 - 1) * 2)
    assert found.below is None
    assert "Just below: one of its pairs has qualification 0 there." in found.text


def test_what_cannot_be_asked_of_gamma(case):
    asks = {
        "gamma_range: project: a Project is needed, got Problem": lambda: cn.gamma_range(
            cn.Problem([[0.5]], [1])
        ),
        "not below the project's γ, 0.1; got 0.01": lambda: cn.gamma_range(case, limit=0.01),
        "tolerance must be a finite number above 0": lambda: cn.gamma_range(case, tolerance=0),
        "he_to_en must be a finite number of at least 0": lambda: cn.gamma_range(
            case, he_to_en=math.nan
        ),
        "not optimal at γ = 0.1": lambda: cn.gamma_range(case, table=case.published.assignment),
    }
    for text, ask in asks.items():
        with pytest.raises(ValueError, match=re.escape(text)):
            ask()
    edited = dataclasses.replace(one_history([1, 5]), ability=one_history([2, 5]).ability)
    with pytest.raises(
        ValueError, match=r"a, skill: \[0.4, 1\] is not what the histories give at γ = 0.1"
    ):
        cn.gamma_range(edited)
