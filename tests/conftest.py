import os

import pytest
from hypothesis import settings

import crowdnb as cn

# Slow machines must not fail a property; in CI the examples are the same in every run.
settings.register_profile("crowdnb", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("crowdnb")


@pytest.fixture(scope="session")
def case():
    return cn.load_case_study()
