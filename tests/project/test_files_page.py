"""The page of files says what is so: its examples are read, its lists are the package's."""

import re
from itertools import product
from pathlib import Path

import pytest

import crowdnb as cn
from crowdnb.project.cells import read_number
from crowdnb.project.form import FORM, NEEDED

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (\w+\.csv)\n.*?^```csv\n(.*?)^```$", TEXT, re.M | re.S))
CHOICES = [name for name in NEEDED if len(name) > 1]


def test_every_file_has_an_example_and_no_block_is_left_unread():
    assert set(EXAMPLES) == {f"{name}.csv" for name in FORM}
    assert TEXT.count("```") == 2 * len(EXAMPLES)


@pytest.mark.parametrize("left_out", list(product(*CHOICES)), ids=" ".join)
def test_the_examples_are_a_project(left_out, tmp_path):
    """Each choice of two sources, the other one left out."""
    for name, text in EXAMPLES.items():
        if name.removesuffix(".csv") not in left_out:
            (tmp_path / name).write_text(text, encoding="utf-8")
    project = cn.read_project(tmp_path)
    assert project.notes == ()
    assert list(project.ability.index) == ["Ann", "Bo", "Cy"]
    assert project.required.to_dict() == {"night shift": 1, "day desk": 1}
    assert project.task_weights.tolist() == [2, 1]
    assert project.demand.at["night shift", ("skill", "high")] == 1
    assert project.worker_conflicts.at["Cy", "Ann"] == 1
    assert project.task_conflicts.to_numpy().sum() == 1
    assert project.solve().table.at["Ann", "night shift"] == 1


def test_every_column_and_default_stands_in_the_table():
    rows = dict(re.findall(r"^\| \[`(\w+)\.csv`\]\(#\w+\)[^|]*\| (.*) \|$", TEXT, re.M))
    assert list(rows) == list(FORM)
    for name, (columns, optional) in FORM.items():
        said, values = rows[name].split(" | ")
        needed, _, more = said.partition(" [")
        if columns:
            assert needed.removesuffix(", or a matrix").split(", ") == list(columns)
        assert more.strip("], ").split(", ") == (list(optional) or [""])
        for column, default in optional.items():
            assert default is None or f": {default:g}" in values, column


NUMBERS = re.search(r"^\| written \|.*?\n\n", TEXT, re.M | re.S)[0].strip().splitlines()[2:]


def test_numbers_are_read_as_the_page_says():
    tried = 0
    for row in NUMBERS:
        written, between_commas, elsewhere = row.strip("| ").split(" | ")
        for text, said, comma in product(
            re.findall("`([^`]+)`", written), (between_commas, elsewhere), (False, True)
        ):
            if (said is elsewhere) != comma:
                continue
            found = read_number(text, comma)
            tried += 1
            if said == "ambiguous":
                assert "is ambiguous: write " in found, (text, found)
            elif said == "error":
                assert isinstance(found, str) and "ambiguous" not in found, (text, found)
            else:
                assert found == float(said), (text, found)
    assert tried > 30
