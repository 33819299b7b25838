import pytest

import crowdnb as cn


@pytest.fixture(scope="session")
def case():
    return cn.load_case_study()
