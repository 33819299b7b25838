"""Problems with all options mixed, every engine and both scopes, against looking at every assignment.

``make thorough`` goes on with other problems: ``python tests/solver/test_oracle.py SEED SECONDS``.
"""

import faulthandler
import sys
import time
from itertools import chain

import numpy as np
import pytest
from helpers import oracle, random_problems
from helpers.effort import tries

import crowdnb as cn

PROBLEMS = tries(60, 200)  # what 20,000 found is kept below


def complaints(seed, engines=oracle.ENGINES, ties=True):
    """What is wrong with the answers to one random problem, each as a program of a few lines."""
    values = random_problems.random_values(np.random.default_rng(seed))
    for engine in engines:
        for options in ({}, {"tie_break": "labels"})[: 1 + ties]:
            try:
                wrong = oracle.wrong(values, engine, **options)
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
            if wrong:
                yield f"# seed {seed}: {wrong}\n{oracle.program(values, engine, **options)}"


def listed(seed):
    """What is wrong with what is told of one random problem: why there is no assignment, what helps, what counts."""
    values = random_problems.random_values(np.random.default_rng(seed))
    checks = (
        [oracle.unexplained, oracle.unrepaired]
        if oracle.best(values) is None
        else [oracle.mispriced]
    )
    for check in checks:
        try:
            wrong = check(values)
        except Exception as error:
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            call = {
                "unexplained": "cn.explain_infeasible",
                "unrepaired": "cn.repairs",
                "mispriced": "cn.prices",
            }
            yield f"# seed {seed}: {wrong}\n{oracle.program(values, None, call[check.__name__])}"


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("engine", oracle.ENGINES)
def test_every_engine_is_right_whatever_the_options(engine):
    found = [
        text for seed in range(PROBLEMS) for text in complaints(seed, [engine], ties=seed % 4 == 0)
    ]
    assert not found, found[0]


def hurried(seed):
    """What is wrong with the answer of one engine that has between half a millisecond and a tenth of a second."""
    rng = np.random.default_rng([seed, 1])
    engine, limit = (
        [*oracle.ENGINES, "SCIPY"][int(rng.integers(5))],
        float(10 ** rng.uniform(-3.3, -1)),
    )
    values = random_problems.random_values(np.random.default_rng(seed))
    try:
        wrong = oracle.wrong(values, engine, time_limit=limit)
    except Exception as error:
        wrong = f"{type(error).__name__}: {error}"
    if wrong:
        yield f"# seed {seed}: {wrong}\n{oracle.program(values, engine, time_limit=limit)}"


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_stopped_engine_proves_nothing():
    found = [text for seed in range(PROBLEMS) for text in hurried(seed)]
    assert not found, found[0]


@pytest.mark.slow
@pytest.mark.no_cover
def test_what_is_listed_is_true():
    found = [text for seed in range(PROBLEMS // 2) for text in listed(seed)]
    assert not found, found[0]


def test_the_oracle_sees_problems_of_every_kind():
    """A test that cannot fail is worth nothing: most problems have an assignment, many have none, all options occur."""
    made = [random_problems.random_values(np.random.default_rng(seed)) for seed in range(PROBLEMS)]
    exists = [oracle.best(values) is not None for values in made]
    assert 0.25 < np.mean(exists) < 0.9
    assert all(
        sum(name in values for values in made) > PROBLEMS / 20 for name in random_problems.PARTS
    )
    assert {values["conflict_scope"] for values in made} == {"project", "task"}


# What was wrong once, each found by random search.
BESIDE = {"required": [1], "required_rule": "at least"}
ONCE = {
    "a small gain beside a large loss": {"qualification": [[1.0], [0.001], [-1e9]], **BESIDE},
    "the same, larger": {"qualification": [[1.0], [30.0], [-1e12]], **BESIDE},
    "a difference of 1e-8": {
        "qualification": [
            [1.00000002, 1.00000001],
            [1.00000003, 1.00000005],
            [1.00000002, 1.00000002],
        ],
        "required": [1, 1],
        "worker_limits": [2, 2, 0],
    },
    "a budget below zero, and nothing to choose": {
        "qualification": [[0.5]],
        "required": [0],
        "costs": [[1.0]],
        "budget": -1.0,
    },
    "a large gain that no budget allows": {
        "qualification": [
            [430.0, 720.0, 1.8e8],
            [7e-4, 0.3, 5e-4],
            [-0.88, 0.84, -0.34],
            [0.49, -140.0, 0.25],
        ],
        "required": [2, 2, 1],
        "required_rule": "at most",
        "costs": [[0.75, 0.5, 0.75], [1.0, 1.0, 0.0], [0.0, 0.25, 1.0], [0.5, 0.75, 1.0]],
        "budget": 2.25,
    },
    "a budget that a pair of a loss makes possible": {
        "qualification": [[5.1e8], [-680000.0], [-120.0], [-0.33], [-0.75], [-800000.0]],
        "required": [0],
        "conflict_scope": "task",
        "required_rule": "at least",
        "worker_limits": [2, 2, 1, 0, 1, 2],
        "costs": [[-0.38], [-720000.0], [0.65], [0.11], [-0.92], [450000.0]],
        "budget": -0.9200000920000001,
    },
    "costs of many magnitudes": {
        "qualification": [[0.25, 0.25], [0.5, 0.75], [1.0, 1.0], [1.0, 0.75]],
        "required": [0, 0],
        "conflict_scope": "task",
        "worker_conflicts": [[0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]],
        "required_rule": "at least",
        "costs": [
            [920000.0, 790000.0],
            [520000.0, -340000.0],
            [8.8e8, 0.00019],
            [800000.0, 0.00055],
        ],
        "budget": 1040001.0,
    },
    "a budget that all together miss by a ten-millionth": {
        "qualification": [[0.127], [0.721], [0.5], [0.204], [0.25]],
        "required": [1],
        "conflict_scope": "task",
        "required_rule": "at least",
        "costs": [[-0.27], [0.27], [0.25], [0.76], [-0.57]],
        "budget": 0.4399999560000001,
    },
    "a pinned pair beside large gains": {
        "qualification": [[0.38, 0.94, 8.1e8], [270.0, 2.3e5, 0.00049]],
        "required": [0, 1, 1],
        "required_rule": "at most",
        "pinned": [[False, True, False], [False, False, False]],
    },
}


LISTED_ONCE = {
    "a requirement that is a pair of qualification 0 that earns": {
        "qualification": [[0.0, 1.0]],
        "required": [0, 0],
        "costs": [[-3.0, 1.0]],
        "budget": -2.0,
    },
    "a repair that misses the budget by a millionth": {
        "qualification": [[0.5], [0.7]],
        "required": [2],
        "costs": [[5.0], [5.0]],
        "budget": 5 * (1 - 1e-6),
    },
    "the same by a hundred-millionth": {
        "qualification": [[0.5], [0.7]],
        "required": [2],
        "costs": [[5.0], [5.0]],
        "budget": 5 * (1 - 1e-8),
    },
    "a thousand workers who earn a little": {
        "qualification": [[3.6, 8.3, 9.9]],
        "required": [1, 1, 0],
        "required_rule": "at least",
        "costs": [[680000.0, -0.89, 0.00027]],
        "budget": 0.00027,
    },
}


@pytest.mark.parametrize("name", LISTED_ONCE)
def test_what_was_listed_wrongly_once_is_true(name):
    values = as_values(LISTED_ONCE[name])
    assert (oracle.unexplained(values), oracle.unrepaired(values)) == ("", "")


def test_a_worker_who_is_pinned_can_cost_something():
    values = as_values(
        {"qualification": [[-1.0], [2.0]], "required": [1], "pinned": [[True], [False]]}
    )
    assert oracle.mispriced(values) == ""
    table = cn.prices(cn.Problem(**values)).query("kind == 'worker'").set_index("worker")
    assert (table.at[0, "worth"], table.at[0, "text"]) == (-3.0, "0 costs 3")


def as_values(written):
    return {"conflict_scope": "project"} | {
        key: np.array(value) if isinstance(value, list) else value for key, value in written.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("engine", [*oracle.ENGINES, "SCIPY"])
@pytest.mark.parametrize("name", ONCE)
def test_what_was_wrong_once_is_right(name, engine):
    assert oracle.wrong(as_values(ONCE[name]), engine) == ""


def main(seed, seconds):
    """Try problem after problem for so many seconds; print what goes wrong as programs of a few lines."""
    faulthandler.dump_traceback_later(seconds + 300, exit=True)  # what hangs is named by its lines
    until, first, failed = time.monotonic() + seconds, seed, 0
    while time.monotonic() < until:
        for text in chain(
            complaints(seed, [*oracle.ENGINES, "SCIPY"]), hurried(seed), listed(seed)
        ):
            failed += 1
            print(f"{text}\n", flush=True)
        seed += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"{seed - first} problems from seed {first} on, {failed} wrong answers")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
