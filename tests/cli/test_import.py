"""`crowdnb import`, as a person types it, and what the next command then says."""

from pathlib import Path

import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.cli.import_command import words_of

FORM = 'name,Skill,Care\nAnn,often,"never, ever"\nBo,sometimes,often\nBo,,huh\n'
WORDS = "'never, ever'=1, sometimes = 2,often=3"


@pytest.fixture
def form(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "form.csv").write_text(FORM)
    return ["import", "form.csv", "mine", "--worker", "name", "--criteria", "Skill", "Care"]


def test_a_form_with_answers_in_words(form, capsys):
    assert main(form) == 2
    said = capsys.readouterr().err
    assert "'often' 2x" in said and "--words" in said
    assert main([*form, "--words", WORDS]) == 0
    said = capsys.readouterr().out
    assert "4 ratings of 2 workers" in said and "Marks from 1 to 3." in said
    assert "no mark is given for 'huh' 1x" in said
    assert "Fill in demand.csv (low), tasks.csv (required), weights.csv (weight)" in said
    assert main(["assign", "mine"]) == 2
    said = capsys.readouterr().err
    for name, column in (("demand", "low"), ("weights", "weight"), ("tasks", "required")):
        assert any(f"{name}.csv" in line and column in line for line in said.splitlines())
    assert len(said.splitlines()) == 4  # one for each file, not for each cell


def test_next_months_file_takes_no_option(form, capsys):
    main([*form, "--words", WORDS])
    assert main(["import", "form.csv", "mine"]) == 2
    assert "--add" in capsys.readouterr().err
    assert main(["import", "form.csv", "mine", "--replace", "--scale", "1", "4"]) == 2
    assert "mine/criteria.csv is left as it is" in capsys.readouterr().err
    assert main(["import", "form.csv", "mine", "--replace"]) == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scale", "1"], "--scale: LOW HIGH or LOW HIGH STEP is needed, got 1"),
        (["--scale", "1", "x"], "--scale: a number is needed, got 'x'"),
        (["--scale", "1", "nan"], "--scale: a number is needed, got 'nan'"),
        (["--scale", "5", "1"], "scale: lowest 5 is above highest 1"),
        (["--scale-of", "Care", "1"], "--scale-of Care: LOW HIGH"),
        (["--scale-of", "Car", "1", "3"], "'Car' is not one of the criteria (did you mean"),
        (["--scale-of", "Care", "1", "3", "--scale-of", "Care", "1", "4"], "Care stands twice"),
        (["--words", "never"], "--words: ANSWER=MARK is needed, got 'never'"),
        (["--words", "never=often"], "--words never: a number is needed"),
        (["--words", "a=1, a=2"], "a stands for 1 and for 2"),
        (["--words", " "], "--words: ANSWER=MARK is needed"),
        (["--words", "=3"], "--words: ANSWER=MARK is needed, got '=3'"),
    ],
)
def test_an_option_that_cannot_be_read_is_named(form, capsys, options, said):
    assert main([*form, *options]) == 2
    assert said in capsys.readouterr().err


def test_words_with_signs_in_them():
    assert words_of("a=b=1, don't know=0,'x, y'=2, \"z\" = -1.5,") == {
        "a=b": 1,
        "don't know": 0,
        "x, y": 2,
        "z": -1.5,
    }


def test_a_public_set_goes_in_by_one_command(tmp_path, capsys):
    folder, criteria = tmp_path / "mine", ["comfort_rating", "wifi_connectivity_rating"]
    table = Path(__file__).parent / "tables" / "lounges.csv"
    options = ["--worker", "airline_name", "--date", "date", "--scale", "1", "5"]
    assert main(["import", str(table), str(folder), *options, "--criteria", *criteria]) == 0
    said = capsys.readouterr().out
    rows = pd.read_csv(table)
    number = int(rows[criteria].notna().sum().sum())
    assert f"{number} ratings of {rows['airline_name'].nunique()} workers" in said
    demand = "".join(f"task 1,{name},0.5\n" for name in criteria)
    (folder / "demand.csv").write_text(f"task,criterion,low\n{demand}")
    weights = "".join(f"{name},0.5\n" for name in criteria)
    (folder / "weights.csv").write_text(f"criterion,weight\n{weights}")
    (folder / "tasks.csv").write_text("task,required\ntask 1,2\n")
    assert cn.read_project(folder, missing="unknown").solve().status == "optimal"
