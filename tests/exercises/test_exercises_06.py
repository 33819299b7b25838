"""The exercises of notebook 06: right answers pass, each usual slip is named."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises

QUARREL = [("a3", "a5")]


@pytest.fixture(scope="module")
def bench():
    """b, c and d can be taken by 1 and 2 only."""
    may = pd.DataFrame(
        [[1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 1, 1], [1, 0, 0, 0]], columns=list("abcd")
    )
    return cn.Problem(may * 0.5, [1, 1, 1, 1])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            ["b", "c", "d"],
            "Right: b, c, d: 3 places, and 2 workers may take one of them (1, 2). None of these",
        ),
        ({"d", "b", "c"}, "Right: "),
        (
            ["a", "b", "c", "d"],
            "4 places, and 4 workers may take one of them (0, 1, 2, 3). That can be filled",
        ),
        (
            ["b", "c"],
            "b, c: 2 places, and 2 workers may take one of them (1, 2). That can be filled",
        ),
        ([], "No task needs nobody"),
        ("bcd", "Not yet"),
        (["b", "e"], "Not yet"),
        (None, "Not yet: give a list of tasks, some of a, b, c, d."),
    ],
)
def test_hall(bench, answer, said):
    assert said in str(exercises.check_why_hall(answer, bench))


def test_hall_names_what_can_be_left_out(bench):
    larger = bench.changed(required=[3, 1, 1, 1])
    assert "leave that out" in str(exercises.check_why_hall(list("abcd"), larger))
    for size in range(5):  # right is what it says, and nothing else
        for some in combinations("abcd", size):
            q = larger.qualification[list(some)]
            lacks = larger.required[list(some)].sum() > q.any(axis=1).sum()
            spare = any(
                larger.required[list(few)].sum() > larger.qualification[list(few)].any(axis=1).sum()
                for few in combinations(some, size - 1)
            ) if size else False  # fmt: skip
            assert str(exercises.check_why_hall(some, larger)).startswith("Right") == bool(
                lacks and not spare
            )


def test_insist(case):
    problem = case.problem(QUARREL)
    rho = cn.solve(problem).performance
    least = {
        task: rho - cn.solve(problem.changed(pinned=[("a8", task)])).performance
        for task in problem.tasks
    }
    task = min(least, key=least.get)
    cost = least[task]
    right = str(exercises.check_why_insist(task, cost))
    assert (
        right.startswith(f"Right: with a8 on {task} ρ falls by {cost:.4f}.")
        and "a8: idle →" in right
    )
    assert str(exercises.check_why_insist(task, np.float64(round(cost, 4)))).startswith("Right")
    for other in set(problem.tasks) - {task}:
        assert str(exercises.check_why_insist(other, least[other])).startswith(
            f"a8 costs less elsewhere than on {other}"
        )
    for wrong, said in (
        (None, "Now give what it costs"),
        ("0.07 or so", "Now give what it costs"),
        (-cost, "above 0"),
        (rho - cost, "That is the new ρ"),
        (problem.qualification.at["a8", task], f"That is Q of a8 for {task}"),
        (0.5, "0.5 is not"),
    ):
        assert said in str(exercises.check_why_insist(task, wrong))
    for nonsense in (None, "r9", ["r0"], 3):
        assert str(exercises.check_why_insist(nonsense, cost)).startswith(
            "Not yet: give one of the tasks r0"
        )


def smallest(names, exists):
    sizes = range(len(names) + 1)
    some_of_them = (some for size in sizes for some in combinations(names, size))
    return next(some for some in some_of_them if not exists(some))


def filtered(names, exists):
    kept = list(names)
    for name in names:
        if not exists([one for one in kept if one != name]):
            kept.remove(name)
    return kept


def raises(names, exists):
    raise KeyError(names[0])


@pytest.mark.parametrize(
    ("search", "said"),
    [
        (smallest, "Right: the smallest set on all 20 systems."),
        (filtered, "is irreducible; there is one of only"),
        (lambda names, exists: names, "without a it still cannot hold"),
        (lambda names, exists: [], "System 1: nothing can hold together"),
        (lambda names, exists: names[:1], "can hold together, so it is no reason"),
        (lambda names, exists: 3, "it returns int; some of the names"),
        (raises, "On system 1 it stops with KeyError: 'a'."),
        (None, "Not yet"),
    ],
)
def test_smallest(search, said):
    assert said in str(exercises.check_why_smallest(search))
