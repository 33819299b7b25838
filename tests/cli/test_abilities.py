"""The options of ability: what the command prints of gaps, half-life and rule, and what it refuses."""

import pytest
from helpers.folders import written

from crowdnb.__main__ import main

MARKS = {"skill": (5, 3), "care": (4, 2)}
FILES = {
    "ratings": "worker,criterion,rating,date\n"
    + "".join(
        f"{worker},{criterion},{mark},2024-0{k + 1}-01\n"
        for worker in ("Ann", "Bo", "Cy")
        for criterion, marks in MARKS.items()
        for k, mark in enumerate(marks)
        if (worker, criterion) != ("Cy", "care")
    ),
    "demand": "task,criterion,low\nnight,skill,0.4\nnight,care,0.4\n",
    "weights": "criterion,weight\nskill,0.5\ncare,0.5\n",
    "tasks": "task,required\nnight,1\n",
}


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path, FILES)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--missing", "out"], "Left out, with no rating on some criterion: 1 of the 3 workers: Cy on"),
        (["--missing", "unknown"], "No rating, so 0 to 1 is taken: Cy on care."),
        (["--missing", "average"], "No rating, so the average of the others is taken: Cy on care."),
        (["--missing", "out", "--half-life", "30"],
         "\nA rating loses half of its weight in 30 days, up to 2024-02-01.\n"),
        (["--missing", "out", "--half-life", "1"], "\nA rating loses half of its weight in 1 day, "),
        (["--missing", "unknown", "--min-ratings", "1"],
         "\nLeft out, with fewer than 1 rating on some criterion: 1 of the 3 workers: Cy.\n\n"),
        (["--missing", "out", "--half-life", "31", "--min-ratings", "1"],
         "Left out, with ratings on some criterion that count less than 1, as they fade: 1 of the 3"),
        (["--missing", "out", "--half-life", "31"],
         "On ratings of some criterion that count less than six, as they fade: 1 of the 1 chosen: "),
        (["--missing", "unknown", "--level", "0.5"], "Note: level 0.5 is of ability posterior, and changes"),
        (["--missing", "out", "--ability", "posterior", "--level", "0.5"],
         "Ability: where the next rating lies with probability 0.5 (posterior)."),
        (["--missing", "out", "--day", "2024-01-15"],
         "5 ratings are left out, after the day of the plan, 2024-01-15 (lines 3, 5, 7"),
    ],
)  # fmt: skip
def test_what_is_in_use_is_said(folder, options, said, capsys):
    assert main(["assign", str(folder), *options]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "worker Cy has no rating on criterion care; rate it, or say what is taken"),
        (["--half-life", "0"], "half_life must be a finite number of days above 0"),
        (["--day", "1.2.2024"], "day must be a date such as 2024-03-01"),
        (["--missing", "out", "--min-ratings", "3"], "with 2 the first would stay"),
        (
            ["--missing", "out", "--half-life", "31", "--day", "2024-03-03", "--min-ratings", "1"],
            "on some criterion, as they fade; nobody has 1, the most is 0.75",
        ),
        (["--level", "1"], "level must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(folder, options, said, capsys):
    assert main(["assign", str(folder), *options]) == 2
    out, err = capsys.readouterr()
    assert said in err and not out


def test_a_line_of_the_rule_is_true_of_a_scenario(folder, capsys):
    """The command has a half-life and the posterior, the scenario neither."""
    scenario = '{"name": "paper", "ability": "cloud", "half_life": "none"}'
    (folder / "scenarios.json").write_text(
        f'{{"format": "crowdnb scenarios", "version": 1, "current": {{}}, "scenarios": [{scenario}]}}'
    )
    options = ["--missing", "out", "--ability", "posterior", "--half-life", "30"]
    assert main(["assign", str(folder), *options, "--scenario", "paper"]) == 0
    said = capsys.readouterr().out
    assert "loses half" not in said and "next rating lies" not in said and "gamma = 0.1" in said
