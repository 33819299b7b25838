"""Problems with all options mixed, every engine and both scopes, against looking at every assignment.

``make thorough`` goes on with other problems: ``python tests/test_oracle.py SEED SECONDS``.
"""

import sys
import time

import numpy as np
import oracle
import pytest

PROBLEMS = 200  # that take some seconds; what 20,000 found is kept below


def complaints(seed, engines=oracle.ENGINES, ties=True):
    """What is wrong with the answers to one random problem, each as a program of a few lines."""
    values = oracle.random_values(np.random.default_rng(seed))
    for engine in engines:
        for options in ({}, {"tie_break": "labels"})[: 1 + ties]:
            try:
                wrong = oracle.wrong(values, engine, **options)
            except Exception as error:
                wrong = f"{type(error).__name__}: {error}"
            if wrong:
                yield f"# seed {seed}: {wrong}\n{oracle.program(values, engine, **options)}"


@pytest.mark.no_cover
@pytest.mark.parametrize("engine", oracle.ENGINES)
def test_every_engine_is_right_whatever_the_options(engine):
    found = [text for seed in range(PROBLEMS) for text in complaints(seed, [engine], ties=seed % 4 == 0)]
    assert not found, found[0]


def test_the_oracle_sees_problems_of_every_kind():
    """A test that cannot fail is worth nothing: most problems have an assignment, many have none, all options occur."""
    made = [oracle.random_values(np.random.default_rng(seed)) for seed in range(PROBLEMS)]
    exists = [oracle.best(values) is not None for values in made]
    assert 0.25 < np.mean(exists) < 0.9
    assert all(sum(name in values for values in made) > PROBLEMS / 20 for name in oracle.PARTS)
    assert {values["conflict_scope"] for values in made} == {"project", "task"}


# What was wrong once, each found by random search.
BESIDE = {"required": [1], "required_rule": "at least"}
ONCE = {
    "a small gain beside a large loss": {"qualification": [[1.0], [0.001], [-1e9]], **BESIDE},
    "the same, larger": {"qualification": [[1.0], [30.0], [-1e12]], **BESIDE},
    "a difference of 1e-8": {
        "qualification": [[1.00000002, 1.00000001], [1.00000003, 1.00000005], [1.00000002, 1.00000002]],
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
        "qualification": [[430.0, 720.0, 1.8e8], [7e-4, 0.3, 5e-4], [-0.88, 0.84, -0.34], [0.49, -140.0, 0.25]],
        "required": [2, 2, 1],
        "required_rule": "at most",
        "costs": [[0.75, 0.5, 0.75], [1.0, 1.0, 0.0], [0.0, 0.25, 1.0], [0.5, 0.75, 1.0]],
        "budget": 2.25,
    },
    "a pinned pair beside large gains": {
        "qualification": [[0.38, 0.94, 8.1e8], [270.0, 2.3e5, 0.00049]],
        "required": [0, 1, 1],
        "required_rule": "at most",
        "pinned": [[False, True, False], [False, False, False]],
    },
}


@pytest.mark.parametrize("engine", oracle.ENGINES)
@pytest.mark.parametrize("name", ONCE)
def test_what_was_wrong_once_is_right(name, engine):
    values = {"conflict_scope": "project"} | {
        key: np.array(value) if isinstance(value, list) else value for key, value in ONCE[name].items()
    }
    assert oracle.wrong(values, engine) == ""


def main(seed, seconds):
    """Try problem after problem for so many seconds; print what goes wrong as programs of a few lines."""
    until, first, failed = time.monotonic() + seconds, seed, 0
    while time.monotonic() < until:
        for text in complaints(seed, [*oracle.ENGINES, "SCIPY"]):
            failed += 1
            print(f"{text}\n", flush=True)
        seed += 1
    print(f"{seed - first} problems from seed {first} on, {failed} wrong answers")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), float(sys.argv[2])))
