import pandas as pd
import pytest

import crowdnb as cn
from crowdnb import exercises
from crowdnb.market import matching
from crowdnb.market.parameters import URGENT


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "Not yet"),
        (4.8, "as if it were matched when it arrives"),
        (5.0, "The notice is missing"),
        (4.5, "before the task arrived"),
        (3.5, "Then the job begins"),
        (6.5, "a late job"),
        (9.0, "9 is not it. Find the first matching"),
        (5.5, "Right: matched at 3, begun 0.5 h later, done at 5.5."),
    ],
)
def test_market_by_hand(answer, words):
    assert words in str(exercises.check_market_by_hand(answer))


def test_market_by_hand_of_another_task():
    assert str(
        exercises.check_market_by_hand(7.0, arrival=3.1, epoch=2, notice=1, load=2)
    ).startswith("Right")


@pytest.mark.parametrize("ends", [((0.6, 0.8), (0.4, 0.6)), ((0.3, 0.9), (0.2, 0.35))])
def test_market_price(ends):
    ability, demands = ends
    running, urgent = (float(cn.possibility_degree(*ability, low, 1)) for low in demands)
    right = URGENT * urgent - running
    for answer, words in (
        (None, "Not yet"),
        (urgent - running, "counts twice"),
        (URGENT * urgent, "What is lost"),
        (URGENT * (urgent - running), "Only the urgent task counts twice"),
        (right - 0.02, "still moved"),
        (right + 0.02, "nobody is moved"),
        (right, "Right"),
    ):
        assert words in str(exercises.check_market_price(answer, ability, demands)), answer


@pytest.mark.slow
def test_market_policy():
    def stops(problem, rng):
        raise KeyError("a")

    def everybody(problem, rng):
        return problem.qualification * 0 + 1

    assert str(exercises.check_market_policy(3)).startswith("Not yet")
    assert str(exercises.check_market_policy(stops)) == "It stops with KeyError: 'a'."
    assert "breaks a rule" in str(exercises.check_market_policy(everybody))
    assert "not ahead yet" in str(
        exercises.check_market_policy(matching.first_come)
    )  # one of the two
    nobody = str(
        exercises.check_market_policy(
            lambda problem, rng: pd.DataFrame(0, problem.workers, problem.tasks)
        )
    )
    assert "delivers 0.000" in nobody
    assert str(exercises.check_market_policy(matching.optimal)).startswith("Right")
