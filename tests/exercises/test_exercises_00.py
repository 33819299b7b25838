"""The exercises of notebook 00: right answers pass, each usual slip is named."""

import math

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises

QUARREL = [("a3", "a5")]


@pytest.mark.parametrize("answer", [0.2687, 0.269, np.float64(0.26871)])
def test_overview_by_hand_right(answer):
    said = str(exercises.check_overview_by_hand(answer))
    assert said == "Right: 0.15·0.384 + 0.25·0.200 + 0.50·0.296 + 0.10·0.132 = 0.269."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "Not yet: give one number, Q of a2 for r0"),
        ("much", "Not yet"),
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
    assert said in str(exercises.check_overview_by_hand(answer))


def test_overview_peace_right(case):
    before, after = cn.solve(case.problem(QUARREL)), cn.solve(case.problem())
    moved = after.table.index[(after.table != before.table).any(axis=1)]
    gain = after.performance - before.performance
    for answer in (list(moved), set(moved), moved, tuple(moved)[::-1]):
        assert str(exercises.check_overview_lifted(gain, answer)).startswith(
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
    assert said in str(exercises.check_overview_lifted(gain, moved))


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
        said = str(exercises.check_overview_project(answer))
        assert said.startswith("Right: ρ = 1.") and "without the best pair, Ana for logo" in said
        assert "with it no more than" in said


def test_overview_project_where_the_best_pair_leaves_no_team(tmp_path):
    barred = folder(tmp_path, task_conflicts="worker,task\nBo,film\nChen,film\n")
    assert "no allowed assignment has it" in str(exercises.check_overview_project(barred))


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
    assert said in str(exercises.check_overview_project(folder(tmp_path, **changed)))


def test_overview_project_needs_one(tmp_path):
    assert str(exercises.check_overview_project(tmp_path / "nowhere")).startswith(
        "The folder cannot be read."
    )
    assert str(exercises.check_overview_project(tmp_path)).startswith("The folder cannot be read.")
    for nonsense in (None, 3, ["a"], pd.DataFrame()):
        assert str(exercises.check_overview_project(nonsense)).startswith(
            "Not yet: give the folder"
        )
