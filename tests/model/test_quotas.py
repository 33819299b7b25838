"""Quotas by attribute: how they are read, kept, told and repaired."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.market import matching

Q = pd.DataFrame(
    [[0.9, 0.8], [0.7, 0.6], [0.5, 0.3], [0.4, 0.2]], ["a0", "a1", "a2", "a3"], ["r0", "r1"]
)
WHO = pd.DataFrame(
    {"grade": ["junior", "junior", "senior", "senior"], "year": [1, 2, 3.0, None]}, Q.index
)
ONE = {"task": "r0", "column": "grade", "value": "senior", "least": 1}


def made(*quotas, **more):
    return cn.Problem(Q, **{"required": [1, 1], "attributes": WHO, "quotas": [*quotas]} | more)


def pairs(problem):
    return cn.solve(problem).pairs[["worker", "task"]].to_numpy().tolist()


def test_a_number_of_places_goes_to_workers_of_a_kind():
    assert pairs(made()) == [["a0", "r0"], ["a1", "r1"]]
    assert pairs(made(ONE)) == [["a2", "r0"], ["a0", "r1"]]
    assert pairs(made({**ONE, "task": None, "least": 2})) == [["a2", "r0"], ["a3", "r1"]]
    assert pairs(made({"column": "grade", "value": "junior", "most": 1})) == [
        ["a2", "r0"],
        ["a0", "r1"],
    ]
    assert pairs(made({"column": "year", "value": "3", "least": 1})) == [["a2", "r0"], ["a0", "r1"]]


def test_who_has_two_tasks_counts_twice():
    both = made({"column": "grade", "value": "senior", "least": 2}, worker_limits=2)
    assert pairs(both) == [["a2", "r0"], ["a2", "r1"]]
    assert cn.check(both, cn.solve(made(worker_limits=2))) == [
        "all tasks together have 0 places with grade senior, 2 at least"
    ]


@pytest.mark.parametrize(
    ("most", "chosen"),
    [("50%", 2), ("49.99%", 1), ("66.7%", 2), ("66.6%", 1), ("100%", 2), ("0%", 0)],
)
def test_a_share_is_one_of_the_places_that_are_filled(most, chosen):
    """Three or four workers on one task, as many juniors of them as the share allows, exactly."""
    q = pd.DataFrame({"r0": [0.9, 0.8, 0.3, 0.2]}, Q.index)
    quota = {"task": "r0", "column": "grade", "value": "junior", "most": most}
    number = 3 if most.startswith("66") else 4
    if chosen < 2:  # there are two seniors
        number = min(number, 2 + chosen)
    problem = cn.Problem(q, [number], attributes=WHO, quotas=[quota])
    for solver in ("GLPK_MI", "CBC", "HIGHS"):
        answer = cn.solve(problem, solver)
        seniors = 2 - sum(answer.idle.count(who) for who in ("a2", "a3"))
        assert len(answer.pairs) - seniors <= Fraction(most.rstrip("%")) / 100 * number
        assert len(answer.pairs) - seniors == min(chosen, number - (number > 1)), answer
    others = cn.solve(cn.Problem(q, [number], attributes=WHO))
    told = cn.check(problem, others)
    if told:
        assert told == [
            f"r0 has {min(number, 2)} of {number} places with grade junior, {most} at most"
        ]


def test_a_share_that_a_part_of_an_assignment_exceeds_may_still_be_kept():
    half = {"column": "grade", "value": "junior", "most": "50%"}
    assert cn.obstacles(made(half, pinned=[("a0", "r0")])) == []
    assert pairs(made(half, pinned=[("a0", "r0")])) == [["a0", "r0"], ["a2", "r1"]]
    seniors = {"column": "grade", "value": "senior", "least": "50%"}
    assert pairs(made(seniors, pinned=[("a0", "r0")])) == [["a0", "r0"], ["a2", "r1"]]


def test_quotas_are_read_however_they_are_given():
    wanted = made(ONE, {"column": "year", "value": 3, "most": "50%"}).quotas
    assert wanted.columns.tolist() == ["task", "column", "value", "least", "most"]
    frame = pd.DataFrame(
        {
            "value": ["senior ", 3],
            "column": ["grade", "year"],
            "task": ["r0", np.nan],
            "most": [None, "50 %"],
            "least": [1.0, np.nan],
        }
    )
    for way in (frame, frame.astype(object).astype({"least": "Float64"}), wanted):
        assert made().changed(quotas=way).quotas.equals(wanted)
    texts = pd.DataFrame([["r0", "grade", "senior", "1", ""]], columns=wanted.columns)
    assert made().changed(quotas=texts).quotas.equals(made(ONE).quotas)
    turned = made(ONE, attributes=WHO.iloc[::-1])
    assert turned.attributes.index.tolist() == Q.index.tolist()
    assert turned.attributes.loc["a3"].tolist() == ["senior", None]
    assert (made().plain, made(ONE).plain, made(ONE).changed(quotas=[]).plain) == (
        True,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("quota", "message"),
    [
        ({"value": "boss"}, "quotas, row 2: no worker has grade boss; there are junior, senior"),
        ({"column": "rank"}, "quotas, row 2: attribute rank is unknown; there are grade, year"),
        ({"column": None}, "quotas, row 2: no column is given"),
        ({"value": " "}, "quotas, row 2: no value is given"),
        ({"task": "r9"}, "quotas, row 2: task r9 is unknown"),
        ({"task": ["r0"]}, r"quotas, row 2: task is \['r0'\], a label is needed"),
        ({"least": None}, "quotas, row 2: neither least nor most is given"),
        ({"least": -1}, "quotas, row 2: least is -1, a number of places is needed, or a share"),
        (
            {"least": 0.5},
            "least is 0.5, a number of places is needed, or a share of them such as '50%'",
        ),
        ({"least": True}, "least is True, a number of places"),
        ({"most": "120%"}, "most is '120%', a number of places is needed.*at most '100%'"),
        ({"most": "-5%"}, "most is '-5%'"),
        ({"least": 3, "most": 2}, "least is 3 and most is 2; the first must not be more"),
        (
            {"least": "60%", "most": "50%"},
            "least is 60% and most is 50%; the first must not be more",
        ),
        ({"task": "r0"}, "quotas, row 2: least of grade senior for r0 stands more than once"),
        (
            {"leest": 1},
            "quotas, row 2: 'leest' is unknown; there are task, column, value, least, most",
        ),
    ],
)
def test_quotas_that_make_no_sense_are_named(quota, message):
    with pytest.raises(ValueError, match=message):
        made(ONE, {**ONE, "task": "r1"} | quota)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (None, "quotas: attributes are needed, a frame with a row for each worker"),
        (WHO["grade"], "attributes: a frame with a row for each worker is needed, got Series"),
        (WHO.iloc[1:], "attributes, rows: no entry for worker a0"),
        (WHO.rename({"a0": "b"}), "attributes, rows: unknown worker b"),
        (
            WHO.set_axis(["grade", "grade"], axis=1),
            "attributes labels: grade stands more than once",
        ),
        (
            WHO.assign(year=[[1], 1, 1, 1]),
            r"attributes: a0, year is \[1\], a text or a number is needed",
        ),
    ],
)
def test_attributes_that_make_no_sense_are_named(attributes, message):
    with pytest.raises(ValueError, match=message):
        made(ONE, attributes=attributes)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (
            made({**ONE, "least": "50%"}, required=[3, 0], task_conflicts=[("a2", "r0")]),
            "r0 asks for at least 50% of the places with grade senior, which is 2, and workers who"
            " have it can fill only 1.",
        ),
        (
            made(ONE, task_conflicts=[("a2", "r0"), ("a3", "r0")]),
            "r0 asks for at least 1 place with grade senior, and workers who have it can fill none.",
        ),
        (
            made({**ONE, "task": None, "least": "100%"}, required=[2, 2]),
            "All tasks together ask for at least 100% of the places with grade senior, which is 4,"
            " and workers who have it can fill only 2.",
        ),
        (
            made(
                {"task": "r0", "column": "grade", "value": "senior", "most": "33%"}, required=[3, 0]
            ),
            "r0 asks for at most 33% of the places with grade senior, so that others take 3 at least,"
            " and they can fill only 2.",
        ),
        (
            made(
                {"task": "r0", "column": "grade", "value": "junior", "most": 0},
                pinned=[("a0", "r0")],
            ),
            "Pinned pairs alone break a rule: r0 has 1 place with grade junior, 0 at most.",
        ),
    ],
)
def test_why_no_assignment_keeps_the_quotas(problem, reason):
    answer = cn.solve(problem)
    assert answer.status == "infeasible"
    assert reason in answer.reasons


def test_quotas_are_told_and_repaired_and_kept_by_every_variant():
    problem = made(ONE)
    assert len(cn.alternatives(problem, limit=20)) == 6  # a senior on r0, anybody else on r1
    assert cn.why(problem, "a0", "r0").text == "a0 does not take r0: no assignment exists with it."
    with pytest.raises(ValueError, match="knows no quotas"):
        matching.greedy(problem)

    barred = made(ONE, task_conflicts=[("a2", "r0"), ("a3", "r0")])
    why = cn.explain_infeasible(barred)
    assert why.requirements["kind"].tolist() == ["exclusion", "exclusion", "quota"]
    assert why.requirements["other"].tolist()[-1] == "grade senior"
    assert "r0 has at least 1 place with grade senior." in why.text
    assert [one.text for one in cn.repairs(barred)] == [
        "let r0 have one place fewer with grade senior",
        "allow a2 to take r0",
        "allow a3 to take r0",
    ]
    share = made({"column": "grade", "value": "junior", "most": "50%"}, required=[3, 1])
    assert cn.solve(share).performance == pytest.approx(0.5 + 0.4 + 0.9 + 0.6)
    most = made({"column": "grade", "value": "junior", "most": 1}, required=[3, 1])
    texts = [one.text for one in cn.repairs(most)]
    assert "let all tasks together have one place more with grade junior" in texts
    assert "let all tasks together have one place more with grade junior" not in [
        one.text
        for one in cn.repairs(most, untouchable=[("quota", None, "grade", "junior", "more")])
    ]


def test_places_of_a_quota_are_changed_as_often_as_needed():
    barred = [("a2", "r0"), ("a3", "r0")]
    problem = made({**ONE, "least": 2}, required=[2, 0], task_conflicts=barred)
    texts = [one.text for one in cn.repairs(problem, untouchable=["exclusion", "worker"])]
    assert texts == ["let r0 have 2 places fewer with grade senior"]
    wide = made({**ONE, "least": 4}, required=[1, 0], required_most={"r0": 4})
    assert "add 2 workers like a2" in [one.text for one in cn.repairs(wide)]


@pytest.mark.parametrize("solver", ["GLPK_MI", "CBC", "HIGHS"])
def test_a_share_is_kept_to_its_last_digit(solver):
    """One of three places is more than 33.33333333 %, by less than any engine sees."""
    q = pd.DataFrame({"r0": [0.9, 0.5, 0.4]}, ["a0", "a2", "a3"])
    quota = {"column": "grade", "value": "junior", "most": "33.33333333%"}
    problem = cn.Problem(q, [1], attributes=WHO.drop("a1"), required_most=3, quotas=[quota])
    answer = cn.solve(problem, solver)
    assert answer.pairs["worker"].tolist() == ["a2", "a3"]
    assert answer.performance == pytest.approx(0.9)
    all_of_them = problem.changed(required=[3])
    assert cn.solve(all_of_them, solver).status == "infeasible"
    assert cn.explain_infeasible(all_of_them).requirements["kind"].tolist()[-1] == "quota"
    third = problem.changed(quotas=[{**quota, "most": "33.33333334%"}])
    assert cn.solve(third, solver).performance == pytest.approx(1.8)


def test_a_share_is_given_up_and_the_other_side_stays():
    both = {"task": "r0", "column": "grade", "value": "senior", "least": 1, "most": "33%"}
    found = {one.text: one for one in cn.repairs(made(both, required=[3, 0])).repairs}
    given_up = found["give up the greatest share of grade senior for r0"]
    assert given_up.problem.quotas.iloc[0].tolist() == ["r0", "grade", "senior", 1, None]
    assert given_up.performance == pytest.approx(0.9 + 0.7 + 0.5)
    everything = {**ONE, "task": None, "least": "100%"}
    found = {one.text: one for one in cn.repairs(made(everything, required=[2, 2])).repairs}
    given_up = found["give up the least share of grade senior for all tasks together"]
    assert given_up.problem.quotas is None
    assert cn.solve(made(everything, required=[2, 2])).status == "infeasible"


def test_a_new_worker_is_of_the_kind_of_the_one_he_is_like():
    short = made({**ONE, "least": 3}, required=[3, 0])
    new = next(one for one in cn.repairs(short) if one.text == "add a worker like a2")
    assert new.problem.attributes.loc["like a2"].tolist() == ["senior", 3]
    assert cn.check(new.problem, new.assignment) == []
