"""The page of names: each line is solved and says the right ρ. Notebook 12 looks at every table besides."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import crowdnb as cn

PAGE = (Path(__file__).parents[2] / "docs" / "family.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.split("|")[1:-1]]
    for line in PAGE.splitlines()
    if "| `cn.Problem(" in line
]


@pytest.fixture(scope="module")
def data():
    """The names that the lines of the page use."""
    names = {}
    exec(re.search(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)[1], names)
    return names


@pytest.mark.parametrize(
    ("call", "rho"), [(row[2].strip("`"), row[3]) for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_line_of_the_page_says_the_right_performance(data, call, rho):
    problem = eval(call, data)
    answer = cn.solve(problem)
    if rho == "none":
        assert answer.status == "infeasible"
    else:
        assert (answer.status, f"{answer.performance:.2f}") == ("optimal", rho)
        assert cn.check(problem, answer.table) == []
        assert np.isclose(answer.performance, cn.performance(problem, answer.table))


def test_every_rule_has_a_line():
    arguments = inspect.signature(cn.Problem).parameters.values()
    options = {one.name for one in arguments if one.kind is one.KEYWORD_ONLY} - {"pinned"}
    told = {name for row in ROWS for name in re.findall(r"\b(\w+)=", row[2])}
    assert options - told == set()
    assert {"task_weights", "task_conflicts", "worker_conflicts", "conflict_scope"} <= told


def test_every_line_has_a_source_and_every_source_a_line():
    """Those with no number in the last column are found under no one name."""
    listed = [int(number) for number in re.findall(r"^(\d+)\. ", PAGE, flags=re.MULTILINE)]
    cited = {int(number) for number in re.findall(r"\[(\d+)\](?!\()", PAGE)}
    assert listed == list(range(1, len(listed) + 1))
    assert cited == set(listed)
    assert len({row[0] for row in ROWS}) == len(ROWS)
