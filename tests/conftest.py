import os

import pytest
from hypothesis import settings

import crowdnb as cn

# Slow machines must not fail a property; in CI the examples are the same in every run.
settings.register_profile("crowdnb", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("crowdnb")

# Files that take long go first, so that parallel runs, to whom files are dealt out whole, end
# together.
LONGEST = [
    "test_browser",
    "test_uncertain",
    "test_experiments",
    "test_repairs",
    "test_engine",
    "test_stability",
]
LONGEST += [
    "test_inverse",
    "test_program",
    "test_many",
    "test_options",
    "test_exercises_00_05",
    "test_report",
]


def pytest_collection_modifyitems(items):
    items.sort(
        key=lambda item: (
            LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST)
        )
    )


@pytest.fixture(scope="session")
def case():
    return cn.load_case_study()
