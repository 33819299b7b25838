"""Criteria with scales and parts, dates and gaps in files: what they come to, what can be wrong."""

import dataclasses
import datetime

import numpy as np
import pandas as pd
import pytest
from helpers.folders import written

import crowdnb as cn
from crowdnb.project.criteria_table import part_file
from crowdnb.project.fingerprint import fingerprint

CRITERIA = """criterion,part_of,weight,lowest,highest,step
skill,,0.6,,,
care,,0.4,0,4,0.5
java,skill,0.3,,,
web,skill,0.7,1,10,
"""
MARKS = {"java": (5, 4, 2), "web": (10, 7, 3), "care": (4, 2.5, 0)}
WORKERS = ("Ann", "Bo", "Cy")
DAYS = ("2024-01-01", "2024-02-01", "2024-03-01")
RATINGS = "worker,criterion,rating,date\n" + "".join(
    f"{worker},{criterion},{marks[(i + k) % 3]},{day}\n"
    for i, worker in enumerate(WORKERS)
    for criterion, marks in MARKS.items()
    for k, day in enumerate(DAYS)
)
FILES = {
    "criteria": CRITERIA,
    "ratings": RATINGS,
    "tasks": "task,required\nnight,1\nday,1\n",
    "demand": "task,criterion,low\n"
    + "".join(f"{task},{one},0.4\n" for task in ("night", "day") for one in MARKS),
}
MATRIX = "criterion,java,web\njava,0.5,0.3\nweb,0.7,0.5\n"


@pytest.fixture
def read(tmp_path):
    """Reads the files with some changed, and left out for None."""

    def of(files=None, **arguments):
        folder = tmp_path / f"f{len(list(tmp_path.iterdir()))}"
        texts = {**FILES, **(files or {})}
        there = {name: text for name, text in texts.items() if text is not None}
        return cn.read_project(written(folder, there), **arguments)

    return of


def without(worker, criterion):
    """The ratings but for those of a worker on a criterion."""
    return "".join(
        line for line in RATINGS.splitlines(True) if not line.startswith(f"{worker},{criterion},")
    )


def test_scales_and_parts_become_shares_and_weights(read):
    project = read()
    assert project.criteria_weights.to_dict() == pytest.approx(
        {"java": 0.6 * 0.3, "web": 0.6 * 0.7, "care": 0.4}
    )
    for criterion, marks in MARKS.items():
        ends = [project.ability.at["Ann", (criterion, end)] for end in ("low", "high")]
        assert ends == pytest.approx([min(marks) / marks[0], max(marks) / marks[0]])
    assert project.tree.table["level"].to_dict() == {"skill": 1, "java": 2, "web": 2, "care": 1}
    assert project.solve().status == "optimal"


def test_a_criterion_of_which_no_rating_counts_yet_keeps_its_scale_for_later(read):
    later = "".join(
        f"{line.rsplit(',', 1)[0]},2024-06-01\n" if ",care," in line else f"{line}\n"
        for line in RATINGS.splitlines()
    )
    project = read({"ratings": later}, day="2024-03-01", missing="unknown")
    assert (project.ability["care"] == [0.0, 1.0]).all(axis=None)
    assert set(project.counts.index.unique("criterion")) == {"java", "web"}


def test_a_family_may_have_a_judgement(read):
    bare = CRITERIA.replace("skill,0.3", "skill,").replace("skill,0.7", "skill,")
    project = read({"criteria": bare, "judgement_skill": MATRIX})
    shares = cn.criteria_weights(pd.DataFrame([[0.5, 0.3], [0.7, 0.5]], *[["java", "web"]] * 2))
    assert project.criteria_weights["web"] == pytest.approx(0.6 * shares["web"])
    assert list(project.part_judgements) == ["skill"] and project.judgement is None


def test_scales_alone_leave_the_weights_where_they_are(read):
    flat = "criterion,lowest,highest\njava,1,5\nweb,1,10\ncare,0,4\n"
    half = flat.replace("care,0,4\n", "care,0,5\n")
    weights = "criterion,weight\njava,0.5\nweb,0.25\ncare,0.25\n"
    project = read({"criteria": flat.replace("care,0,4", "care,0,4"), "weights": weights,
                    "ratings": RATINGS.replace("2.5", "2")})  # fmt: skip
    assert project.tree is None and project.criteria_weights["java"] == 0.5
    assert project.counts.scales["web"] == cn.Scale(1, 10)
    with pytest.raises(cn.ProjectError, match=r"2\.5 is not a mark of care, from 0 to 5"):
        read({"criteria": half, "weights": weights})


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"criteria": CRITERIA.replace("java,skill", "java,skil")},
         r"criteria.csv, line 4, column part_of: criterion 'skil' is unknown \(did you mean"),
        ({"criteria": CRITERIA.replace("skill,,0.6", "skill,java,0.6")},
         "line 2, column part_of: skill is part of java is part of skill; a criterion cannot"),
        ({"criteria": CRITERIA.replace("0.7", "0.6")},
         "line 4, column weight: the weights of the parts of skill sum to 0.9 and must sum to 1"),
        ({"criteria": CRITERIA.replace("skill,0.7", "skill,")},
         "line 5, column weight: the weight is empty, and others of the parts of skill have one"),
        ({"criteria": CRITERIA.replace("0.4", "-0.4")}, "line 3, column weight: '?-0.4"),
        ({"criteria": CRITERIA.replace("0,4,0.5", "0,,0.5")},
         "line 3, column highest: highest is empty, and lowest, step is not"),
        ({"criteria": CRITERIA.replace("0,4,0.5", "4,0,0.5")}, "line 3: scale: lowest 4 is above"),
        ({"criteria": CRITERIA.replace("skill,,0.6,,", "skill,,0.6,1,9")},
         "line 2, column lowest: skill has parts, which are rated in its place"),
        ({"criteria": CRITERIA + "web,skill,0.7,,,\n"}, "line 6: criterion web stands a second"),
        ({"weights": "criterion,weight\njava,1\n"}, "weights.csv gives weights too"),
        ({"judgement_skill": MATRIX},
         r"line 4, column weight: the parts of skill have a judgement too \(judgement_skill.csv\)"),
        ({"judgement_care": MATRIX}, "judgement_care.csv: care is no criterion with parts"),
        ({"criteria": "criterion\njava\nweb\ncare\n"}, "the criteria have no weights: fill"),
        ({"ratings": RATINGS.replace("Bo,java,4", "Bo,skill,4")},
         "line 11, column criterion: skill has parts, which take its place here: java, web"),
        ({"ratings": RATINGS.replace("10,2024-01-01", "10.5,2024-01-01", 1)},
         "line 5, column rating: 10.5 is not a mark of web, from 1 to 10"),
        ({"demand": FILES["demand"].replace("night,web", "night,skill")},
         "demand.csv, line 3, column criterion: skill has parts"),
        ({"ratings": RATINGS.replace("2024-02-01", "2024-02-30", 1)},
         "line 3, column date: '2024-02-30' is not a date such as 2024-03-01"),
        ({"ratings": without("Cy", "care")}, "ratings.csv: worker Cy has no rating on criterion care"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(files, said, read):
    with pytest.raises(cn.ProjectError, match=said):
        read(files)


def test_ratings_fade_from_the_day_of_the_plan(read):
    project = read(half_life=30)
    assert project.day == datetime.date(2024, 3, 1)
    ages = [(project.day - datetime.date.fromisoformat(day)).days for day in DAYS]
    assert project.fewest_ratings.to_numpy() == pytest.approx(sum(2 ** (-a / 30) for a in ages))
    early = read(half_life=30, day="2024-02-01")
    assert "9 ratings are left out, after the day of the plan, 2024-02-01 (lines 4, 7, 10" in (
        " ".join(early.notes)
    )
    assert early.fewest_ratings.to_numpy() == pytest.approx(1 + 2 ** (-31 / 30))
    plain = read()
    same = cn.Scenario(half_life=np.inf).intervals(project)[0]
    pd.testing.assert_frame_equal(same, plain.ability)
    other = cn.Scenario(half_life=30).intervals(plain)[0]
    pd.testing.assert_frame_equal(other, project.ability)
    assert len({fingerprint(one) for one in (project, early, plain)}) == 3


def test_a_half_life_needs_every_date(read):
    gaps = {"ratings": RATINGS.replace(",2024-02-01", ",", 1)}
    assert read(gaps).fewest_ratings.min() == 3
    with pytest.raises(cn.ProjectError, match="line 3, column date: the date is empty, and a half"):
        read(gaps, half_life=9)
    with pytest.raises(cn.ScenarioError, match="1 rating has no date"):
        cn.Scenario(half_life=9).problem(read(gaps))


def test_ratings_after_today_do_not_count(read):
    project = read({"ratings": RATINGS + "Cy,care,4,2999-01-01\nDi,care,4,2999-01-02\n"},
                   missing="unknown")  # fmt: skip
    assert "2 ratings are left out, after today" in project.notes[0]
    assert project.day == datetime.date(2024, 3, 1) and "Di" in project.workers
    assert project.ability.loc["Di"].tolist() == [0, 1] * 3


def test_gaps_are_what_missing_says(read):
    files = {"ratings": without("Cy", "care")}
    out, unknown, average = (read(files, missing=how) for how in ("out", "unknown", "average"))
    for project in (out, unknown, average):
        assert list(project.workers) == [*WORKERS]
        assert project.fewest_ratings.to_dict() == {"Ann": 3, "Bo": 3, "Cy": 0}
    assert list(out.problem().workers) == ["Ann", "Bo"]
    assert list(read(files, missing="unknown", min_ratings=1).problem().workers) == ["Ann", "Bo"]
    assert unknown.ability.loc["Cy", "care"].tolist() == [0, 1]
    assert average.ability.loc["Cy", "care"].tolist() == pytest.approx(
        average.ability.loc[["Ann", "Bo"], "care"].mean().tolist()
    )
    marks = {fingerprint(project) for project in (out, unknown, average)}
    assert len(marks) == 3
    full = {fingerprint(read(missing=how)) for how in ("error", "out", "unknown", "average")}
    assert len(full) == 1
    pd.testing.assert_frame_equal(cn.Scenario(missing="average").intervals(out)[0], average.ability)
    with pytest.raises(cn.ScenarioError, match="there is no rating of Cy on care"):
        cn.Scenario(missing="error").problem(out)


def test_the_posterior_is_marked_and_what_is_of_the_other_rule_noted(read):
    cloud, other = read(), read(ability="posterior", level=0.5)
    assert not cloud.notes and not other.notes
    assert read(level=0.5).notes == ("level 0.5 is of ability posterior, and changes nothing here",)
    assert read(gamma=0, ability="posterior").notes == (
        "gamma 0 is of ability cloud, and changes nothing here",
    )
    n = np.array([1.0 if mark in MARKS["java"] else 0.0 for mark in range(1, 6)]) + 0.5
    below = np.cumsum(n) / n.sum()
    ends = [(1 + int(np.argmax(below >= tail - 1e-12))) / 5 for tail in (0.25, 0.75)]
    assert other.ability.loc["Ann", "java"].tolist() == pytest.approx(ends)
    assert fingerprint(cloud) != fingerprint(other)
    assert fingerprint(cloud) == fingerprint(read(level=0.5))
    with pytest.raises(cn.ScenarioError, match="which knows no gamma"):
        cn.Scenario(gamma=0.3).problem(other)
    with pytest.raises(cn.ScenarioError, match="which knows no level"):
        cn.Scenario(level=0.3).problem(cloud)


@pytest.mark.parametrize(
    ("files", "arguments"),
    [
        ({}, {"half_life": 20.0}),
        ({"ratings": without("Cy", "care")}, {"missing": "average", "ability": "posterior"}),
        ({"criteria": CRITERIA.replace("skill,0.3", "skill,").replace("skill,0.7", "skill,"),
          "judgement_skill": MATRIX}, {"day": "2024-02-15"}),
        ({"ratings": RATINGS.replace(",date", ",").replace(",2024-01-01", ",").replace(
            ",2024-02-01", ",").replace(",2024-03-01", ",").replace("rating,", "rating,date", 1)}, {}),
    ],
)  # fmt: skip
def test_what_is_written_is_read_again(files, arguments, read, tmp_path):
    project = read(files, **arguments)
    project.write(tmp_path / "again")
    again = cn.read_project(tmp_path / "again", **arguments)
    pd.testing.assert_frame_equal(again.ability, project.ability, check_exact=True)
    pd.testing.assert_series_equal(again.criteria_weights, project.criteria_weights)
    pd.testing.assert_frame_equal(again.tree.table, project.tree.table)
    assert fingerprint(again) == fingerprint(project)
    assert list(again.part_judgements) == list(project.part_judgements)
    assert (again.ratings is None) == (project.ratings is None)


def test_a_tree_with_other_weights_or_a_name_that_no_file_has_is_not_written(read, tmp_path):
    project = read()
    other = dataclasses.replace(project, criteria_weights=project.criteria_weights[::-1].set_axis(
        project.criteria_weights.index))  # fmt: skip
    with pytest.raises(ValueError, match="not those of the tree"):
        other.write(tmp_path / "other")
    with pytest.raises(ValueError, match="'a/b' cannot be in the name of a file"):
        part_file("a/b")


@pytest.mark.parametrize(
    "change", [("0,4,0.5", "0,4,0.3"), ("lowest", "lowst"), (CRITERIA[10:], "")]
)
def test_a_mistake_of_a_scale_is_told_alone(change, read):
    with pytest.raises(cn.ProjectError) as error:
        read({"criteria": CRITERIA.replace(*change)})
    assert len(error.value.problems) == 1 and "criteria.csv" in error.value.problems[0]


def test_marks_that_are_no_numbers_and_labels_that_are_none_are_told_alone(read):
    for change in (("0,4,0.5", "x,4,0.5"), ("0,4,0.5", "0,4,nan"), ("care,,0.4", ",,0.4")):
        with pytest.raises(cn.ProjectError) as error:
            read({"criteria": CRITERIA.replace(*change)})
        assert len(error.value.problems) == 1, error.value.problems


def test_weights_that_only_rounding_puts_off_are_noted(read):
    thirds = CRITERIA.replace("skill,,0.6", "skill,,0.333").replace("care,,0.4", "care,,0.667")
    assert not read({"criteria": thirds}).notes
    notes = read({"criteria": thirds.replace("0.667", "0.666")}).notes
    assert len(notes) == 1 and notes[0].startswith(
        "criteria.csv: the weights of the criteria at the top sum to 0.999, which the rounding"
    )


def test_judgements_of_parts_need_the_file_that_says_whose(read):
    files = {"criteria": None, "judgement_skill": MATRIX, "weights": "criterion,weight\njava,1\n"}
    with pytest.raises(cn.ProjectError, match=r"there is no criteria\.csv to say which"):
        read(files)


@pytest.mark.parametrize("name", ["Judgement_skill", "judgement skill", "judgments-skill"])
def test_an_almost_right_name_of_a_judgement_of_parts_is_put_right(name, read):
    with pytest.raises(cn.ProjectError, match=r"did you mean 'judgement_skill\.csv'\?"):
        read({name: MATRIX})


def test_where_no_rating_counts_nothing_is_said_of_gaps(read):
    for arguments in ({"day": "2023-01-01"}, {}):
        later = {} if arguments else {"ratings": RATINGS.replace(",2024", ",2999")}
        with pytest.raises(cn.ProjectError) as error:
            read(later, **arguments)
        assert len(error.value.problems) == 1
    with pytest.raises(cn.ProjectError, match="java, web, care up to 2024-01-02, the day of the"):
        read({"ratings": RATINGS + "Di,care,4,2024-02-01\n"}, day="2024-01-02")


def test_a_project_is_read_by_settings_that_can_be(read):
    project = read({"ratings": without("Cy", "care")}, missing="unknown")
    with pytest.raises(
        ValueError, match="missing is 'error', and there is no rating of Cy on care"
    ):
        dataclasses.replace(project, missing="error")
    for name, value in {"missing": "zz", "level": 2, "gamma": -1, "ability": "x"}.items():
        how = project.reading._replace(**{name: value})
        with pytest.raises(ValueError, match=f"^{name} must"):
            project.ability_under(how)
        with pytest.raises(ValueError, match=f"^{name} must"):
            project.enough_ratings(1, how)


@pytest.mark.parametrize(
    "setting", [{"weights": {"skill": 0.6, "care": 0.4}}, {"demand": {("day", "skill"): (0, 1)}}]
)
def test_a_scenario_sets_criteria_without_parts(setting, read):
    with pytest.raises(
        cn.ScenarioError, match="'skill' has parts, which take its place here: java"
    ):
        cn.Scenario(**setting).problem(read())
