"""The page of files says what is so: its examples are read, its lists are the package's."""

import io
import math
import re
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.project.cells import read_number
from crowdnb.project.form import FORM, INSTEAD, NEEDED
from crowdnb.project.options import OPTIONS
from crowdnb.project.settings import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "files.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^### (\w+\.\w+)\n.*?^```\w+\n(.*?)^```$", TEXT, re.M | re.S))
WRITTEN = ("assignment.csv", "scenarios.json", "options.json")
EXAMPLES = {name: text for name, text in BLOCKS.items() if name not in WRITTEN}
CHOICES = [name for name in NEEDED if len(name) > 1]


def test_every_file_has_an_example_and_no_block_is_left_unread():
    assert set(EXAMPLES) == {f"{name}.csv" for name in FORM}
    assert set(BLOCKS) == {*EXAMPLES, *WRITTEN}
    assert TEXT.count("```") == 2 * len(BLOCKS)


BUDGET = 25


def project_in(folder, *left_out):
    """The examples as the files of a folder, but for some of them, with a budget."""
    for name, text in EXAMPLES.items():
        if name.removesuffix(".csv") not in left_out:
            (folder / name).write_text(text, encoding="utf-8")
    return cn.read_project(folder, budget=BUDGET)


SOURCE = ("ability", "weights", "criteria", *INSTEAD)
SOURCES = [(*left_out, "criteria", *INSTEAD) for left_out in product(*CHOICES)]
SOURCES.append(("ability", "judgement", "weights", *INSTEAD))


@pytest.mark.parametrize("left_out", [*SOURCES, *INSTEAD.values()], ids=" ".join)
def test_the_examples_are_a_project(left_out, tmp_path):
    """Each choice of two sources, the other one left out; and what stands in the place of all."""
    project = project_in(tmp_path, *left_out)
    assert project.notes == ()
    assert list(project.workers) == ["Ann", "Bo", "Cy"]
    assert set(project.options) == set(OPTIONS) - {"required_rule"}
    assert project.required.to_dict() == {"night shift": 1, "day desk": 1}
    assert project.task_weights.tolist() == [2, 1]
    if project.demand is not None:
        assert project.demand.at["night shift", ("skill", "high")] == 1
    assert project.worker_conflicts.at["Cy", "Ann"] == 1
    assert project.task_conflicts.to_numpy().sum() == 1
    assert project.solve().table.at["Ann", "night shift"] == 1


def test_the_assignment_is_what_the_command_writes(tmp_path, capsys):
    project_in(tmp_path, *SOURCE)
    assert main(["assign", str(tmp_path), "--budget", str(BUDGET)]) == 0
    assert "deviate by 0.000" in capsys.readouterr().out
    written = pd.read_csv(tmp_path / "assignment.csv", encoding="utf-8-sig")
    assert_frame_equal(written, pd.read_csv(io.StringIO(BLOCKS["assignment.csv"])))


def test_the_scenarios_are_read_and_every_setting_is_described(tmp_path):
    project = project_in(tmp_path, *SOURCE)
    path = tmp_path / "scenarios.json"
    path.write_text(BLOCKS["scenarios.json"], encoding="utf-8")
    plans = cn.Scenarios.load(project, path)
    assert [one.name for one in plans.named] == ["two by day", "skill alone"]
    assert plans.answer("two by day").table["day desk"].sum() == 2
    assert plans.answer("skill alone").performance > 0
    part = TEXT[TEXT.index("### scenarios.json") : TEXT.index("### options.json")]
    assert re.findall(r"^\| `(\w+)` \|", part, re.M) == list(SETTINGS)


def test_the_options_of_a_scene_are_read(tmp_path):
    project_in(tmp_path, *SOURCE)
    (tmp_path / "options.json").write_text(BLOCKS["options.json"], encoding="utf-8")
    assert cn.scenes.read_scene(tmp_path).problem().worker_limits.tolist() == [2, 1, 1]


def test_every_column_and_default_stands_in_the_table():
    rows = dict(re.findall(r"^\| \[`(\w+)\.csv`\]\(#\w+\)[^|]*\| (.*) \|$", TEXT, re.M))
    assert list(rows) == list(FORM)
    for name, (columns, optional) in FORM.items():
        said, values = rows[name].split(" | ")
        needed, _, more = said.removesuffix(", or a matrix").partition(" [")
        if columns:
            assert needed.split(", ") == list(columns)
        assert more.strip("], ").split(", ") == (list(optional) or [""])
        for column, default in optional.items():
            assert default is None or math.isnan(default) or f": {default:g}" in values, column


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
