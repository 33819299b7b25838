"""The exercises of notebook 07: what is right, and each way to be wrong."""

import json
from itertools import combinations

import pytest

import crowdnb as cn
from crowdnb import exercises


def test_slips_are_found_one_by_one(tmp_path):
    files = exercises.slips(tmp_path / "broken")
    wrong = [slip for _, slip in exercises.SLIPS.values()]
    right = {
        name: next(int(line.split()[0]) for line in text.splitlines() if slip in line)
        for (name, text), slip in zip(files.items(), wrong, strict=True)
    }
    check = exercises.check_own_data_slips
    said = str(check(tmp_path / "broken", right))
    assert said.startswith("Right: tasks.csv, line ") and '"' not in said
    first = next(iter(right))
    assert str(check(tmp_path / "broken", {first: right[first]})).startswith(
        "Right so far. There is one in "
    )
    assert "is well as it is" in str(check(tmp_path / "broken", {first: right[first] + 1}))
    assert "There is no slip in 'weights.csv'" in str(
        check(tmp_path / "broken", {"weights.csv": 1})
    )
    assert "is well as it is" in str(check(tmp_path / "broken", {first: "two"}))
    assert str(check(tmp_path / "broken")).startswith("Not yet")
    cn.load_case_study().write(tmp_path / "good")
    assert "without a problem" in str(check(tmp_path / "good", right))


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (
            {"name": "x", "conflicts": {"add": [["a5", "a3"]]}, "required": {"r2": 2}},
            "Right: 'x' is read, and ρ = ",
        ),
        ({"name": "x", "required": {"r2": 2}}, "The conflicts are not yet a3 with a5 alone"),
        ({"name": "x", "conflicts": {"add": [["a3", "a5"]]}}, "r2 needs 3 in it, not 2"),
        (
            {
                "name": "x",
                "conflicts": {"add": [["a3", "a5"]]},
                "required": {"r2": 2},
                "gamma": 0.2,
            },
            "Something else",
        ),
        ({"name": "x", "required": {"r9": 2}}, "task 'r9' is unknown"),
        ({"name": 1}, "a name in quotes"),
    ],
)
def test_a_file_written_by_hand(scenario, said, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(
        json.dumps({"format": "crowdnb scenarios", "version": 1, "scenarios": [scenario]})
    )
    assert said in str(exercises.check_own_data_file(path))
    path.write_text(json.dumps({"format": "crowdnb scenarios", "version": 1}))
    assert "holds 0 scenarios" in str(exercises.check_own_data_file(path))
    assert "cannot be read" in str(exercises.check_own_data_file(tmp_path / "nowhere.json"))


def foes(*workers):
    return dict.fromkeys(combinations(workers, 2), 1)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        (cn.Scenario(conflicts=foes("a2", "a5", "a6", "a10", "a11")), "Right: "),
        (cn.Scenario(conflicts=foes(*(f"a{i}" for i in range(7)))), "repair makes"),
        (cn.Scenario(conflicts={("a3", "a5"): 1}), "An assignment exists still"),
        (
            cn.Scenario(required={"r1": 10, "r2": 0, "r3": 0, "r0": 0}),
            "r1 cannot be filled even alone",
        ),
        (cn.Scenario(required={"r0": 9}), "There are 16 places and 12 workers"),
        (cn.Scenario(required={"r9": 1}), "It does not fit the case study"),
        ({"required": 1}, "Not yet"),
    ],
)
def test_breaking_so_that_it_does_not_show(scenario, said):
    assert said in str(exercises.check_own_data_break(scenario))
