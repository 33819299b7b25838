"""What the command says of rules beyond the paper, and nothing where there are none."""

import pandas as pd
import pytest
from helpers.folders import DATA, written

import crowdnb as cn
from crowdnb.__main__ import main

FILES = {
    "qualification": "worker,night,day\nAnn,0.9,0.5\nBo,0.8,0.6\nCy,0.3,0.9\nDee,0.6,0.4\n",
    "tasks": "task,required,most,missing_cost,load\nnight,1,2,,4\nday,3,,0.25,3\n",
    "workers": "worker,most,available,capacity,level\nAnn,2,yes,6,senior\nBo,,,3,junior\nCy,,no,,\n",
    "pinned": "worker,task,cost\nAnn,night,\nDee,night,0.5\n",
    "costs": "worker,cost\nAnn,5\nBo,2\nCy,1\nDee,1\n",
    "quotas": "column,value,least\nlevel,senior,1\n",
}


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path, FILES)


def test_what_else_binds_is_counted(folder, capsys):
    assert main(["assign", str(folder), "--budget", "20"]) == 0
    out = capsys.readouterr().out
    assert "4 workers, 2 tasks, 4 to 5 places. Qualification: as given.\n" in out
    assert (
        "\nAlso: 1 worker who is away, 1 worker who may take several tasks, 1 pinned pair, 2"
        " capacities, 1 quota, 1 pair that had better stay, 1 task that may lack workers, a budget"
        " of 20.\n"
    ) in out


def test_what_further_rules_come_to_is_said(folder, capsys):
    assert main(["assign", str(folder), "--budget", "20"]) == 0
    out = capsys.readouterr().out
    assert "\nnight  1 to 2  Ann (0.900), Dee (0.600)\nday         3  Bo (0.600)\n" in out
    for line in (
        "2 places stay empty, at a cost of 0.5: day 2 of 3.",
        "Costs: 8 of a budget of 20.",
        "Quotas: level senior on all tasks together 1 (least 1).",
        "Pairs kept that had better stay: 1 of 1.",
        "ρ is made of qualification 2.1000, missing places -0.5000.",
    ):
        assert f"\n{line}\n" in out
    table = pd.read_csv(folder / "assignment.csv")
    assert table[["worker", "load", "cost"]].to_numpy().tolist() == [
        ["Ann", 4, 5], ["Dee", 4, 1], ["Bo", 3, 2],
    ]  # fmt: skip
    assert main(["assign", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "Note: costs are told and bind nothing, since there is no budget\n" in out
    assert "\nCosts: 8; there is no budget.\n" in out


def test_the_report_takes_a_budget_in_python_too(folder):
    assert "Costs: 8 of a budget of 20." in cn.report(folder, budget=20).html
    with pytest.raises(ValueError, match="budget: it goes with a path, and the source has its own"):
        cn.report(cn.read_project(folder), budget=20)


def test_nothing_is_said_where_nothing_else_binds(capsys):
    assert main(["assign", str(DATA / "case_study"), "--output", "-"]) == 0
    said = capsys.readouterr().err
    assert "Also:" not in said and "12 workers, 5 tasks, 9 places. Criteria" in said


def test_a_budget_without_costs_and_one_too_small(folder, capsys):
    assert main(["assign", str(folder), "--budget", "2"]) == 1
    out = capsys.readouterr().out
    assert "Whatever is chosen costs at least" in out
    assert f"crowdnb report {folder} --budget 2\n" in out
    (folder / "costs.csv").unlink()
    assert main(["assign", str(folder), "--budget", "2"]) == 2
    assert "budget: 2 is given, and the project has no costs" in capsys.readouterr().err
    assert main(["report", str(folder), "--budget", "nan"]) == 2
    assert "budget must be a finite number, got nan" in capsys.readouterr().err
