"""Whatever stands in the cell of an exercise is answered."""

import math

import numpy as np
import pandas as pd
import pytest

from crowdnb import exercises


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


@pytest.mark.slow
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
        "check_binds_keep": [case.problem(), "a8", "r0"],
        "check_binds_two": [None, case.problem()],
    }
    if name.startswith("check_model"):
        before.setdefault(name, [case.problem()])
    for answer in answers():
        said = check(*before.get(name, []), answer, *after.get(name, []))
        assert isinstance(said, exercises.Verdict) and not said and not said.points, answer
        assert str(said) and not str(said).startswith("Right"), answer
