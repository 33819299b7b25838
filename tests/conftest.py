"""What all tests share: fixtures, the markers' meaning, the order of files, and how thorough a run is."""

import os
from collections import Counter
from importlib.util import find_spec

import pytest
from helpers.crowd import crowd
from helpers.effort import tries
from helpers.patience import Patience
from hypothesis import settings

import crowdnb as cn

# Engines that may be missing, and the module that brings each.
ENGINES = {"GLPK_MI": "cvxopt", "CBC": "cylp", "HIGHS": "highspy", "CPLEX": "cplex"}


def pytest_addoption(parser):
    parser.addoption(
        "--thorough", action="store_true", help="only tests of random instances, with many of them"
    )


def pytest_configure(config):
    if config.getoption("--thorough"):
        os.environ["CROWDNB_THOROUGH"] = "1"  # processes of a parallel run inherit it
    # Slow machines must not fail a property; in CI the examples are the same in every run.
    settings.register_profile(
        "crowdnb", deadline=None, derandomize="CI" in os.environ, max_examples=tries(40, 100)
    )
    settings.load_profile("crowdnb")
    config.pluginmanager.register(Patience(tries(240, 1200)))


def pytest_collection_modifyitems(config, items):
    """Mark tests of a certain engine; files with the most slow tests go first.

    Parallel runs, to whom files are dealt out whole, then end together.
    """
    if config.getoption("--thorough"):
        left_out = [item for item in items if not is_random(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_random(item)]
    for item in items:
        given = item.callspec.params.values() if hasattr(item, "callspec") else ()
        for engine in (one for one in given if isinstance(one, str) and one in ENGINES):
            item.add_marker(pytest.mark.solver(engine))
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    alone = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: (item.path not in alone, -slow[item.path]))


def is_random(item):
    """Whether a thorough run tries more of it: its file asks how many, or hypothesis draws."""
    test = getattr(item, "obj", None)
    return hasattr(getattr(item, "module", None), "tries") or hasattr(test, "hypothesis")


def pytest_runtest_setup(item):
    for mark in item.iter_markers("solver"):
        if find_spec(ENGINES[mark.args[0]]) is None:
            pytest.skip(f"{mark.args[0]} is not installed")


@pytest.fixture(scope="session")
def case():
    """The paper's case study. Nothing in it changes."""
    return cn.load_case_study()


@pytest.fixture(scope="session")
def problem(case):
    """The problem of the case study, as the package computes it."""
    return case.problem()


@pytest.fixture(scope="session")
def project():
    """A made project of 60 workers and 20 tasks."""
    return crowd()
