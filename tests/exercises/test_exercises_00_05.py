"""The exercises of notebooks 00 and 05: right answers pass, each usual slip is named."""

import math

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises

QUARREL = [("a3", "a5")]


@pytest.mark.parametrize("answer", [0.2687, 0.269, np.float64(0.26871)])
def test_overview_by_hand_right(answer):
    said = exercises.check_overview_by_hand(answer)
    assert said == "Right: 0.15·0.384 + 0.25·0.200 + 0.50·0.296 + 0.10·0.132 = 0.269."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Not yet: give one number, Q of a2 for r0"),
        ("0.27", "Not yet"),
        (math.nan, "Not yet"),
        (0.253, "plain mean"),
        (1.0118, "sum of the degrees"),
        (0.384, "largest degree"),
        (0.1 * 0.384 + 0.5 * 0.2 + 0.25 * 0.296 + 0.15 * 0.132, "wrong order"),
        (0.35, "0.35 is not it. Multiply"),
        (3.2, "3.2 is not it. Q lies between 0 and 1."),
    ],
)
def test_overview_by_hand_wrong(answer, said):
    assert said in exercises.check_overview_by_hand(answer)


def test_overview_peace_right(case):
    before, after = cn.solve(case.problem(QUARREL)), cn.solve(case.problem())
    moved = after.table.index[(after.table != before.table).any(axis=1)]
    gain = after.performance - before.performance
    for answer in (list(moved), set(moved), moved, tuple(moved)[::-1]):
        assert exercises.check_overview_peace(gain, answer).startswith(
            "Right: ρ rises by 0.128, and a1, a2, a3, a5 move."
        )


@pytest.mark.parametrize(
    ("gain", "moved", "said"),
    [
        (None, None, "Not yet: give the gain"),
        ("?", ["a1"], "Not yet: give the gain"),
        (2.697, None, "That is the new ρ"),
        (-0.128, None, "a gain is the new ρ less the old one"),
        (0, None, "ρ does not stay"),
        (0.5, None, "0.5 is not it. Leave out"),
        (0.128, None, "Now give moved"),
        (0.128, "a3", "Now give moved"),
        (0.128, ["a3", "somebody"], "Now give moved"),
        (0.128, [["a3"]], "Now give moved"),
        (0.128, [], "You named nobody"),
        (0.128, ["a3", "a1"], "You named a1, a3; not all"),
        (0.128, ["a1", "a2", "a3", "a5", "a7"], "a7 did not move"),
    ],
)
def test_overview_peace_wrong(gain, moved, said):
    assert said in exercises.check_overview_peace(gain, moved)


FILES = {
    "ability.csv": (
        "worker,criterion,low,high\nAna,craft,0.8,0.9\nBo,craft,0.7,0.9\nChen,craft,0.5,0.6\n"
    ),
    "demand.csv": "task,criterion,low\nlogo,craft,0.5\nfilm,craft,0.55\n",
    "tasks.csv": "task,required\nlogo,1\nfilm,1\n",
    "weights.csv": "criterion,weight\ncraft,1\n",
}


def folder(path, **changed):
    for name, text in (FILES | {f"{name}.csv": text for name, text in changed.items()}).items():
        (path / name).write_text(text)
    return path


def test_overview_project_right(tmp_path):
    barred = folder(tmp_path, task_conflicts="worker,task\nBo,film\n")
    for answer in (barred, str(barred), cn.read_project(barred)):
        said = exercises.check_overview_project(answer)
        assert said.startswith("Right: ρ = 1.") and "without the best pair, Ana for logo" in said
        assert "with it no more than" in said


def test_overview_project_where_the_best_pair_leaves_no_team(tmp_path):
    barred = folder(tmp_path, task_conflicts="worker,task\nBo,film\nChen,film\n")
    assert "no allowed assignment has it" in exercises.check_overview_project(barred)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"task_conflicts": "worker,task\nBo,logo\n"},
            "The best pair, Ana for logo (0.667), is in a best assignment",
        ),
        (
            {"tasks": "task,required\nlogo,2\nfilm,2\n"},
            "No assignment exists. The tasks ask for 4 places",
        ),
        (
            {"tasks": "task,required\nlogo,1\n", "demand": "task,criterion,low\nlogo,craft,0.5\n"},
            "3 workers and 1 tasks",
        ),
        ({"weights": "criterion,weight\ncraft,2\n"}, "The folder cannot be read. "),
    ],
)
def test_overview_project_wrong(tmp_path, changed, said):
    assert said in exercises.check_overview_project(folder(tmp_path, **changed))


def test_overview_project_needs_one(tmp_path):
    assert exercises.check_overview_project(tmp_path / "nowhere").startswith(
        "The folder cannot be read."
    )
    assert exercises.check_overview_project(tmp_path).startswith("The folder cannot be read.")
    for nonsense in (None, 3, ["a"], pd.DataFrame()):
        assert exercises.check_overview_project(nonsense).startswith("Not yet: give the folder")


def test_case_moves_right():
    said = exercises.check_case_moves({"a1": None, "a3": "r0", "a2": "r3"})
    assert said.startswith("Right: ρ rises from 2.569 to 2.697")
    assert "Only a3 is new in the team" in said


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (None, "Not yet: give the moves"),
        ({}, "Not yet: give the moves"),
        (["a1", "a3"], "Not yet: give the moves"),
        ({"Ana": "r0"}, "There is no worker Ana"),
        ({"a1": "r9"}, "There is no task r9"),
        ({"a1": ["r0"]}, "There is no task ['r0']"),
        ({"a3": "r3", "a1": None}, "a3 is in conflict with r3"),
        ({"a1": None, "a3": "r0"}, "r0 has 3 of 2 workers; r3 has 1 of 2 workers"),
        ({"a1": "r3"}, "ρ does not rise: 2.569 → 2.569"),
        ({"a1": None, "a9": "r3"}, "ρ does not rise"),
        ({"a1": None, "a3": "r0", "a7": "r2", "a6": "r3"}, "More can be had: up to 2.697"),
    ],
)
def test_case_moves_wrong(moves, said):
    assert said in exercises.check_case_moves(moves)


def test_case_least_missed(case):
    def without(worker):
        gone = case.task_conflicts.copy()
        gone.loc[worker] = 1
        return cn.solve(
            cn.Problem(case.qualification, case.required, None, gone, QUARREL)
        ).performance

    at_work = cn.solve(case.problem(QUARREL)).pairs["worker"]
    right = max(at_work, key=without)
    assert exercises.check_case_least_missed(right).startswith(
        "Right: without a5 ρ falls by 0.0079 only: then a3 may"
    )
    assert "and without 1 of the others by less" in exercises.check_case_least_missed("a1")
    assert "and without 8 of the others by less" in exercises.check_case_least_missed("a11")
    assert "a3 has no place" in exercises.check_case_least_missed("a3")
    for nonsense in (None, "Ana", ["a5"], 5):
        assert exercises.check_case_least_missed(nonsense).startswith(
            "Not yet: give one of the workers a0, a1"
        )


@pytest.mark.parametrize(
    ("rho", "said"),
    [
        (2.568970, "Right: ρ = 2.568970, only 0.000561 below the best"),
        (np.float64(2.56897), "Right"),
        (2.569531, "is the best itself"),
        (2.697, "more than the second best has"),
        (2.568525, "is the published assignment. It is not even second"),
        (2.568808, "another is nearer to the best"),
        (2.5, "too low"),
        (None, "Not yet"),
        ("2.56897", "Not yet"),
        (math.inf, "Not yet"),
    ],
)
def test_case_second_best(rho, said):
    assert said in exercises.check_case_second_best(rho)


def answers():
    """Whatever may stand in an exercise cell."""
    yield from (
        None,
        "",
        "x",
        math.nan,
        math.inf,
        -1,
        0,
        10**400,
        True,
        1j,
        b"a",
        object(),
        print,
        Exception,
    )
    yield from (
        [],
        {},
        (),
        set(),
        [None],
        [[1]],
        [["a"], ["b"]],
        {"a": [1]},
        {None: None},
        {"design": 5},
        ["a", 1],
    )
    yield from (
        pd.DataFrame(),
        pd.DataFrame([["a"]]),
        pd.Series(["a", "b"]),
        pd.NA,
        pd.NaT,
        np.array([]),
        np.eye(2),
    )
    yield from (
        lambda counts: None,
        lambda counts: "no",
        lambda counts: 1 / 0,
        lambda: 1,
        iter([1]),
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [name for name in dir(exercises) if name.startswith("check_")])
def test_nonsense_is_answered_and_not_raised(case, name):
    check = getattr(exercises, name)
    names = ["skill", "efficiency", "quality", "activity"]
    judgement = pd.DataFrame(0.5, names, names)
    before = {"check_weights_by_hand": [], "check_model_range": [case.problem(), 1]}
    after = {
        "check_weights_by_hand": [judgement],
        "check_weights_one_change": [judgement],
        "check_weights_free_judgement": [case.criteria_weights],
        "check_why_hall": [case.problem()],
    }
    if name.startswith("check_model"):
        before.setdefault(name, [case.problem()])
    for answer in answers():
        said = check(*before.get(name, []), answer, *after.get(name, []))
        assert isinstance(said, str) and said and not said.startswith("Right"), answer
