"""The files of what binds beyond the paper: what they say, and each thing that can be wrong in them."""

import numpy as np
import openpyxl
import pandas as pd
import pytest
from helpers.folders import copy, same_project, workbook
from helpers.random_problems import random_values

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.project import rule_reader
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.histories import left_out_line
from crowdnb.project.record import project_of

W, T = ["Ann", "Bo", "Cy", "Dee"], ["night", "day", "desk"]
BASE = {
    "qualification": (
        "worker,night,day,desk\nAnn,0.9,0.5,0.4\nBo,0.8,0.6,0.7\nCy,0.3,0.9,0.5\nDee,0.6,0.4,0.8\n"
    ),
    "tasks": "task,required\nnight,1\nday,1\ndesk,1\n",
}
LOADS = {"tasks": "task,required,load\nnight,1,4\nday,1,\ndesk,1,2.5\n"}
SENIORS = {"workers": "worker,level\nAnn,senior\nBo,junior\nCy,\n"}


def folder(to, files):
    to.mkdir(exist_ok=True, parents=True)
    for name, text in {**BASE, **files}.items():
        if text is not None:
            data = text if isinstance(text, bytes) else text.encode()
            (to / f"{name}.csv").write_bytes(data)
    return to


def read(to, budget=None, **files):
    return cn.read_project(folder(to, files), budget=budget)


def problems(to, **files):
    with pytest.raises(cn.ProjectError) as error:
        read(to, **files)
    return [text.replace(str(to), "FOLDER") for text in error.value.problems]


# What stands in the files → every problem that is told.
WRONG = {
    "unknown worker, and one twice": (
        {"workers": "worker,most\nAnn,2\nZed,1\nAnn,3\n"},
        [
            "workers.csv, line 3, column worker: worker 'Zed' is unknown (known are Ann, Bo, Cy,"
            " Dee)",
            "workers.csv, line 4: worker Ann stands a second time (first on line 2)",
        ],
    ),
    "numbers of tasks": (
        {"workers": "worker,most,least\nAnn,-1,x\nBo,1.5,\nCy,,2\nDee,3,4\n"},
        [
            "workers.csv, line 2, column most: -1 must not be negative",
            "workers.csv, line 3, column most: 1.5 must be a whole number of tasks, at most"
            " 1,000,000",
            "workers.csv, line 2, column least: 'x' is not a number",
            "workers.csv, line 4: least 2 is above most 1 (most is 1 where it is left out)",
            "workers.csv, line 5: least 4 is above most 3",
        ],
    ),
    "neither yes nor no": (
        {"workers": "worker,available\nAnn,maybe\nBo,YES\nCy,2\nDee,\n"},
        [
            "workers.csv, line 2, column available: 'maybe' must be yes or no, or 1 or 0",
            "workers.csv, line 4, column available: '2' must be yes or no, or 1 or 0",
        ],
    ),
    "columns almost known": (
        {"workers": "worker,Most,capactiy,capacities,availability\nAnn,1,2,3,yes\n"},
        [
            f"workers.csv: column {name!r} is not known here (did you mean {meant!r}?); expected"
            " are worker, most, least, available, capacity (call an attribute otherwise)"
            for name, meant in (
                ("Most", "most"),
                ("capactiy", "capacity"),
                ("capacities", "capacity"),
                ("availability", "available"),
            )
        ],
    ),
    "no workers": (
        {"workers": "most\n1\n"},
        ["workers.csv: column 'worker' is missing; there are 'most'"],
    ),
    "a column without a name": (
        {"workers": "worker,,level\nAnn,1,x\n"},
        ["workers.csv: column 2 has no name in the header; name it or delete it"],
    ),
    "capacities": (
        {**LOADS, "workers": "worker,capacity\nAnn,-3\nBo,inf\nCy,1/2\n"},
        [
            "workers.csv, line 2, column capacity: -3 must not be negative",
            "workers.csv, line 3, column capacity: 'inf' is not a finite number",
            "workers.csv, line 4, column capacity: '1/2' is not a number (write 0.5)",
        ],
    ),
    "a capacity without loads": (
        {"workers": "worker,capacity\nAnn,3\n"},
        [
            "workers.csv, column capacity: no task has a load, so that no capacity binds; give the"
            " tasks a column load, or the project a table of loads"
        ],
    ),
    "columns of tasks": (
        {"tasks": "task,required,most,missing_cost,load\nnight,2,1,-1,\nday,1,x,,-2\ndesk,1,,,\n"},
        [
            "tasks.csv, line 3, column most: 'x' is not a number",
            "tasks.csv, line 2, column missing_cost: -1 must not be negative",
            "tasks.csv, line 3, column load: -2 must not be negative",
            "tasks.csv, line 2: most 1 is below required 2",
        ],
    ),
    "pins": (
        {
            "pinned": "worker,task,cost\nAnn,night,\nAnn,night,2\nBo,day,1\nBo,day,3\nCy,moon,\n"
            "Cy,desk,-1\nAnn,night,\nBo,day,1.0\n"
        },
        [
            "pinned.csv, line 6, column task: task 'moon' is unknown (known are night, day, desk)",
            "pinned.csv, line 7, column cost: -1 must not be negative",
            "pinned.csv, line 3: Ann with night stands a second time, with cost 2 (line 2: without"
            " a cost); keep the one that counts",
            "pinned.csv, line 5: Bo with day stands a second time, with cost 3 (line 4: with cost"
            " 1); keep the one that counts",
        ],
    ),
    "a matrix of pins": (
        {"pinned": "worker,night,day,desk\nAnn,1,0,0\nBo,0,0,0\nCy,0,0,0\nDee,0,0,2\n"},
        ["pinned.csv, line 5, column desk: 2 must be 0 or 1"],
    ),
    "overlaps": (
        {"task_overlaps": "task,other\nnight,night\nnight,moon\n"},
        [
            "task_overlaps.csv, line 3, column other: task 'moon' is unknown (known are night,"
            " day, desk)",
            "task_overlaps.csv, line 2: task night overlaps with itself",
        ],
    ),
    "a matrix of overlaps": (
        {"task_overlaps": "task,night,day,desk\nnight,0,1,0\nday,0,0,0\ndesk,0,0,1\n"},
        [
            "task_overlaps.csv: row night, column day is 1 and row day, column night is 0; the"
            " matrix must be symmetric",
            "task_overlaps.csv: task desk overlaps with itself",
        ],
    ),
    "a matrix of other tasks": (
        {"task_overlaps": "task,night,day,moon\nnight,0,1,0\nday,1,0,0\nmoon,0,0,0\n"},
        [
            "task_overlaps.csv, line 4, column task: task 'moon' is unknown (known are night, day,"
            " desk)",
            "task_overlaps.csv, column moon: task 'moon' is unknown (known are night, day, desk)",
            "task_overlaps.csv: there is no row for desk",
            "task_overlaps.csv: there is no column for desk",
        ],
    ),
    "a part of a matrix of overlaps": (
        {"task_overlaps": "task,night,day\nnight,0,1\nday,1,0\n"},
        [
            "task_overlaps.csv: there is no row for desk",
            "task_overlaps.csv: there is no column for desk",
        ],
    ),
    "conflicts with costs": (
        {
            "worker_conflicts": "worker,other,cost\nAnn,Bo,\nBo,Ann,2\nCy,Dee,1\nDee,Cy,2\n"
            "Cy,Cy,1\nAnn,Dee,x\n",
            "task_conflicts": "worker,task,cost\nAnn,night,1e200\nAnn,day,\nAnn,day,1\n",
        },
        [
            "task_conflicts.csv, line 2, column cost: 1e200 must lie between -1e+100 and 1e+100",
            "task_conflicts.csv, line 4: Ann with day stands a second time, with cost 1 (line 3:"
            " without a cost); keep the one that counts",
            "worker_conflicts.csv, line 6: worker Cy is in conflict with itself",
            "worker_conflicts.csv, line 7, column cost: 'x' is not a number",
            "worker_conflicts.csv, line 3: Bo with Ann stands a second time, with cost 2 (line 2:"
            " without a cost); keep the one that counts",
            "worker_conflicts.csv, line 5: Dee with Cy stands a second time, with cost 2 (line 4:"
            " with cost 1); keep the one that counts",
        ],
    ),
    "loads": (
        {"loads": "worker,task,load\nAnn,night,2\nAnn,night,3\nBo,,1\nCy,day,-1\n"},
        [
            "loads.csv, line 4, column task: the task is empty",
            "loads.csv, line 3: worker Ann, task night stands a second time (first on line 2)",
            "loads.csv, line 5, column load: -1 must not be negative",
        ],
    ),
    "no column of loads": (
        {"loads": "worker,task\nAnn,night\n"},
        ["loads.csv: column 'load' is missing; there are 'worker', 'task'"],
    ),
    "costs": (
        {"costs": "worker,task,cost\nAnn,,5\nAnn,,6\nBo,night,x\nBo,moon,1\nZed,day,1\n"},
        [
            "costs.csv, line 6, column worker: worker 'Zed' is unknown (known are Ann, Bo, Cy, Dee)",
            "costs.csv, line 5, column task: task 'moon' is unknown (known are night, day, desk)",
            "costs.csv, line 3: worker Ann stands a second time (first on line 2)",
            "costs.csv, line 4, column cost: 'x' is not a number",
        ],
    ),
    "cells of a ready-made Q": (
        {"qualification": "worker,night,day,desk\nAnn,1,2,\nBo,x,1,1e999\n"},
        [
            "qualification.csv, line 2, column desk: the cell is empty, a number is needed",
            "qualification.csv, line 3, column night: 'x' is not a number",
            "qualification.csv, line 3, column desk: 1e999 is not a finite number",
        ],
    ),
    "labels of a ready-made Q": (
        {"qualification": "worker,night,moon\nAnn,1,2\nBo,2,1\n"},
        [
            "qualification.csv, column moon: task 'moon' is unknown (known are night, day, desk)",
            "qualification.csv: there is no column for day, desk",
        ],
    ),
    "a ready-made Q transposed": (
        {"qualification": "task,Ann,Bo\nnight,1,2\nday,2,3\ndesk,1,1\n"},
        ["qualification.csv: the rows are the tasks; transpose it, so that they are the workers"],
    ),
    "matrices of loads and costs": (
        {
            "loads": "worker,night,day\nAnn,1,x\nBo,1,-1\nCy,1,1\nDee,1,1\n",
            "costs": "worker,night,day,desk,moon\nAnn,1,1,1,1\nBo,1,1,1,1\nCy,1,1,1,1\n",
        },
        [
            "loads.csv, line 2, column day: 'x' is not a number",
            "loads.csv, line 3, column day: -1 must not be negative",
            "costs.csv, column moon: task 'moon' is unknown (known are night, day, desk)",
            "costs.csv: there is no row for Dee",
        ],
    ),
    "rows of a ready-made Q": (
        {"qualification": "worker,night,day,desk\nAnn,1,2,3\nAnn,2,1,3\n"},
        ["qualification.csv: row 'Ann' stands 2 times"],
    ),
    "Q and its sources": (
        {
            "weights": "criterion,weight\nk,1\n",
            "demand": "task,criterion,low\nnight,k,0\nday,k,0\ndesk,k,0\n",
        },
        [
            "FOLDER: qualification.csv stands in the place of demand.csv, weights.csv; keep what"
            " counts"
        ],
    ),
    "no attributes": (
        {"quotas": "column,value,least\nlevel,senior,1\n"},
        ["quotas.csv: the workers have no attributes; give their table a column 'level'"],
    ),
    "labels of quotas": (
        {
            **SENIORS,
            "quotas": "task,column,value,least\n,levle,senior,1\nnight,level,Senior,1\n"
            "moon,level,junior,1\n,level,junior,1\n,level,junior,2\n",
        },
        [
            "quotas.csv, line 4, column task: task 'moon' is unknown (known are night, day, desk)",
            "quotas.csv, line 6: column level, value junior stands a second time (first on line 5)",
            "quotas.csv, line 2, column column: attribute 'levle' is unknown (did you mean"
            " 'level'?)",
            "quotas.csv, line 3, column value: level 'Senior' is unknown (did you mean 'senior'?)",
        ],
    ),
    "numbers of quotas": (
        {
            **SENIORS,
            "quotas": "task,column,value,least,most\n,level,senior,,\nnight,level,senior,60%,50 %\n"
            "day,level,senior,3,2\nday,level,junior,0.5,120%\ndesk,level,junior,1.5,x%\n"
            "night,level,junior,-1,%\n",
        },
        [
            "quotas.csv, line 5, column least: 0.5 must be a whole number of workers, at most"
            " 1,000,000 (a share is written as 50%)",
            "quotas.csv, line 6, column least: 1.5 must be a whole number of workers, at most"
            " 1,000,000",
            "quotas.csv, line 7, column least: -1 must not be negative",
            "quotas.csv, line 5, column most: 120 must lie from 0% to 100%",
            "quotas.csv, line 6, column most: 'x' is not a number",
            "quotas.csv, line 7, column most: the cell is empty, a number is needed",
            "quotas.csv, line 2: the quota has neither least nor most",
            "quotas.csv, line 3: least 60% is above most 50%",
            "quotas.csv, line 4: least 3 is above most 2",
        ],
    ),
    "names almost those of files": (
        {"worker": "worker\nAnn\n", "pins": "x\n", "Qualifications": "x\n", "quota": "x\n"},
        [
            f"FOLDER: '{name}.csv' is not a name that is read (did you mean '{meant}.csv'?)"
            for name, meant in (("quota", "quotas"), ("worker", "workers"))
        ],
    ),
}


@pytest.mark.parametrize(("files", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_line(files, said, tmp_path):
    assert problems(tmp_path / "p", **files) == said


def test_workers_say_how_many_tasks_they_take(tmp_path):
    text = "worker,most,least,available\nAnn,3,2,yes\nBo,,,\nCy,4,1,No\n"
    project = read(tmp_path / "p", workers=text)
    problem = project.problem()
    assert problem.worker_limits.to_dict() == {"Ann": 3, "Bo": 1, "Cy": 0, "Dee": 1}
    assert problem.worker_least.to_dict() == {"Ann": 2, "Bo": 0, "Cy": 0, "Dee": 0}
    assert project.notes == ()


@pytest.mark.parametrize(
    ("yes", "no"), [("yes", "no"), ("YES", "NO"), (1, 0), ("1.0", "0.0"), (" Yes ", "No\t")]
)
def test_who_is_away_takes_nothing(yes, no, tmp_path):
    text = f"worker,available\nAnn,{yes}\nBo,{no}\n"
    if "." in str(yes):  # as a workbook holds what looks like 1 and 0
        sheet = [["worker", "available"], ["Ann", float(yes)], ["Bo", float(no)], ["Cy", True]]
        path = workbook(tmp_path / "b.xlsx", folder(tmp_path / "p", {}), workers=sheet)
        project = cn.read_project(path)
    else:
        project = read(tmp_path / "p", workers=text)
    assert project.problem().worker_limits.to_dict() == {"Ann": 1, "Bo": 0, "Cy": 1, "Dee": 1}


def test_nobody_is_away_and_all_is_as_usual(tmp_path):
    text = "worker,most,least,available\nAnn,1,0,yes\nBo,,,\n"
    project = read(tmp_path / "p", workers=text)
    assert not project.options
    assert fingerprint(project) == fingerprint(read(tmp_path / "q"))


def test_tasks_take_from_so_many_to_so_many(tmp_path):
    project = read(tmp_path / "p", tasks="task,required,most\nnight,1,3\nday,1,\ndesk,0,0\n")
    assert project.options["required_most"].to_dict() == {"night": 3, "desk": 0}
    problem = project.problem()
    assert (problem.fewest.tolist(), problem.most.tolist()) == ([1, 1, 0], [3, 1, 0])


def test_pins_and_overlaps(tmp_path):
    rows = {
        "pinned": "worker,task\nBo,night\nBo,night\n",
        "task_overlaps": "task,other\nday,night\n",
    }
    whole = {
        "pinned": "worker,night,day,desk\nAnn,0,0,0\nBo,1,0,0\nCy,0,0,0\nDee,0,0,0\n",
        "task_overlaps": "task,desk,day,night\nnight,0,1,0\nday,0,0,1\ndesk,0,0,0\n",
    }
    one, other = read(tmp_path / "p", **rows), read(tmp_path / "q", **whole)
    assert one.options["pinned"].to_dict("records") == [{"worker": "Bo", "task": "night"}]
    assert one.options["task_overlaps"].to_dict("records") == [{"task": "night", "other": "day"}]
    assert fingerprint(one) == fingerprint(other)
    assert one.notes == other.notes == ()
    assert one.solve().table.at["Bo", "night"] == 1


def test_a_pair_pinned_and_excluded_is_no_error_of_the_files(tmp_path):
    pair = "worker,task\nBo,night\n"
    answer = read(tmp_path / "p", pinned=pair, task_conflicts=pair).solve()
    assert answer.status == "infeasible"
    assert any("Bo" in reason and "night" in reason for reason in answer.reasons)


def test_loads_of_pairs_stand_before_those_of_tasks(tmp_path):
    workers = {"workers": "worker,capacity\nAnn,9\nCy,\n"}
    project = read(
        tmp_path / "p", **LOADS, **workers, loads="worker,task,load\nBo,night,1\nCy,day,\n"
    )
    assert project.options["loads"].loc["Ann"].tolist() == [4, 0, 2.5]
    assert project.options["loads"].loc["Bo"].tolist() == [1, 0, 2.5]
    assert project.options["capacities"].to_dict() == {"Ann": 9}
    assert project.problem().capacities.tolist() == [9, np.inf, np.inf, np.inf]
    assert project.notes == ()
    rows = "worker,task,load\nAnn,night,2\nBo,night,3\nBo,day,1\nBo,desk,4\n"
    alone = read(tmp_path / "q", **workers, loads=rows)
    assert alone.options["loads"].loc["Ann"].tolist() == [2, 0, 0]
    assert alone.notes == ()  # it names those that differ
    rows += "Cy,night,1\nCy,day,1\nCy,desk,\nDee,day,0\n"
    assert read(tmp_path / "r", **workers, loads=rows).notes == (
        "loads.csv: there is no load for Ann with day and 4 more pairs; it counts as 0",
    )
    most = read(tmp_path / "s", **workers, loads=rows.replace("Dee", "Ann"))
    assert most.notes == (
        "loads.csv: there is no load for Dee and for Ann with desk and 1 more pair; it counts as 0",
    )


def test_loads_without_capacities_are_noted_and_bind_nothing(tmp_path):
    project = read(tmp_path / "p", **LOADS)
    assert project.notes == ("tasks.csv: no worker has a capacity, so that loads bind nothing",)
    assert project.problem().loads is None
    empty = {"workers": "worker,capacity\nAnn,\n", "loads": "worker,task,load\nAnn,night,2\n"}
    assert "loads.csv: no worker has a capacity" in read(tmp_path / "q", **empty).notes[-1]


def test_costs_of_workers_and_of_pairs(tmp_path):
    text = "worker,task,cost\nBo,night,3\nAnn,,5\nAnn,desk,6\nBo,,1\nCy,,0\nDee,,-2\n"
    project = read(tmp_path / "p", 20, costs=text)
    assert project.notes == ()
    assert project.problem().costs.to_numpy().tolist() == [
        [5, 5, 6], [3, 1, 1], [0, 0, 0], [-2, -2, -2],
    ]  # fmt: skip
    assert project.problem().budget == 20
    by_worker = read(tmp_path / "q", 20, costs="cost,worker\n5,Ann\n1,Bo\n,Cy\n")
    assert by_worker.problem().costs["day"].tolist() == [5, 1, 0, 0]
    assert by_worker.notes == ("costs.csv: there is no cost for Cy, Dee; it counts as 0",)
    assert fingerprint(project) == fingerprint(read(tmp_path / "r", 9, costs=text))


def test_costs_of_two_among_too_many_workers_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(rule_reader, "WORKERS_WITH_EFFECTS", 3)
    binding = {"worker_conflicts": "worker,other\nAnn,Bo\n"}
    assert read(tmp_path / "p", **binding).notes == ()
    assert problems(tmp_path / "q", worker_conflicts="worker,other,cost\nAnn,Bo,1\n") == [
        "worker_conflicts.csv, column cost: there are 4 workers, and costs of two can be dealt with"
        " among at most 3"
    ]


def test_loads_and_costs_as_matrices(tmp_path):
    text = "worker,desk,night,day\nDee,1,2,3\nAnn,4,5,6\nCy,0,0,0\nBo,7,8,9\n"
    workers = "worker,capacity\nAnn,9\n"
    project = read(tmp_path / "p", 9, costs=text, loads=text, workers=workers)
    assert project.options["costs"].loc["Ann"].to_dict() == {"night": 5, "day": 6, "desk": 4}
    assert project.options["loads"].equals(project.options["costs"])
    assert project.notes == ()


def test_attributes_that_no_quota_uses_are_noted(tmp_path):
    text = "worker,cost,levels,most of it,leader\nAnn,1,x,y,z\n"
    assert read(tmp_path / "p", workers=text).notes == (
        "workers.csv: columns 'cost' (a table of costs is read), 'levels', 'most of it',"
        " 'leader' were read as attributes, which no quota uses",
    )
    near = {"workers": "worker,east\nAnn,x\n", "quotas": "column,value,most\neast,x,1\n"}
    assert read(tmp_path / "q", **near).notes == ()


def test_a_budget_needs_costs_and_costs_need_a_budget(tmp_path):
    with pytest.raises(ValueError, match="budget: 5 is given, and the project has no costs"):
        read(tmp_path / "p", 5)
    with pytest.raises(ValueError, match="budget must be a finite number, got nan"):
        read(tmp_path / "p", np.nan)
    project = read(tmp_path / "q", costs="worker,cost\nAnn,5\nBo,1\nCy,2\nDee,2\n")
    assert project.notes == ("costs are told and bind nothing, since there is no budget",)
    assert project.problem().budget is None


def test_a_ready_made_q_is_a_project(tmp_path):
    q = "worker,desk,night,day\nBo,0.5,-1,0\nAnn,7,2e1,0.25\n"
    project = read(tmp_path / "p", qualification=q)
    assert project.qualification.to_dict("index") == {
        "Bo": {"night": -1, "day": 0, "desk": 0.5}, "Ann": {"night": 20, "day": 0.25, "desk": 7},
    }  # fmt: skip
    assert (project.ability, project.demand, project.criteria_weights) == (None, None, None)
    assert project.notes == ()
    with pytest.raises(ValueError, match="min_ratings is 2, and the project has a ready-made Q"):
        cn.read_project(tmp_path / "p", min_ratings=2)


ALL = {
    "tasks": "task,required,weight,most,missing_cost,load\nnight,1,2,2,,4\nday,2,,,0.5,3\ndesk,1,,3,,\n",
    "workers": "worker,most,least,available,capacity,level,years\nAnn,2,1,yes,8,senior,7\n"
    "Bo,,,1,,junior,3\nCy,3,,No,6,junior,\nDee,2,,,7,senior,3\n",
    "pinned": "worker,task,cost\nAnn,night,\nBo,day,0.2\n",
    "worker_conflicts": "worker,other,cost\nAnn,Bo,0.1\nCy,Bo,-0.2\nAnn,Cy,\n",
    "task_conflicts": "worker,task,cost\nDee,night,\nDee,day,0.3\nCy,day,-1e-3\n",
    "task_overlaps": "task,other\nnight,day\n",
    "loads": "worker,task,load\nDee,desk,2\nBo,desk,1\n",
    "costs": "worker,task,cost\nAnn,,5\nBo,day,2\nBo,night,3\nCy,,0\nDee,,1\nBo,,4\n",
    "quotas": "task,column,value,least,most\n,level,senior,1,\nday,level,junior,,50%\n"
    "night,years,3,0,2\nday,level,junior,0,\n",
}
SPELT = {
    "marks": lambda text: "\ufeff".encode() + text.replace("\n", "\r\n").encode(),
    "semicolons": lambda text: text.replace(",", ";").replace(".", ",").encode(),
    "tabs and spaces": lambda text: text.replace(",", " \t ").encode(),
    "UTF-16": lambda text: text.replace(",", "\t").encode("utf-16"),
    "names": lambda text: text.replace("Ann", "\u200bAnn\u00a0").replace("Bo,", " Bo  ,").encode(),
}


def test_all_that_files_say_is_held(tmp_path):
    problem = read(tmp_path / "p", 30, **ALL).problem()
    want = cn.Problem(
        pd.DataFrame([[0.9, 0.5, 0.4], [0.8, 0.6, 0.7], [0.3, 0.9, 0.5], [0.6, 0.4, 0.8]], W, T),
        [1, 2, 1],
        [2, 1, 1],
        [("Dee", "night")],
        [("Ann", "Cy")],
        required_most={"night": 2, "desk": 3},
        missing_cost={"day": 0.5},
        worker_limits={"Ann": 2, "Cy": 0, "Dee": 2},
        worker_least={"Ann": 1},
        pinned=[("Ann", "night")],
        keep_costs={("Bo", "day"): 0.2},
        pair_effects={("Ann", "Bo"): -0.1, ("Bo", "Cy"): 0.2},
        conflict_costs={("Dee", "day"): 0.3, ("Cy", "day"): -0.001},
        task_overlaps=[("night", "day")],
        loads=pd.DataFrame([[4, 3, 0], [4, 3, 1], [4, 3, 0], [4, 3, 2]], W, T),
        capacities={"Ann": 8, "Cy": 6, "Dee": 7},
        costs=pd.DataFrame([[5, 5, 5], [3, 2, 4], [0, 0, 0], [1, 1, 1]], W, T),
        budget=30,
    )
    for name, array in want.arrays.__dict__.items():
        got = getattr(problem.arrays, name)
        if array is None:
            assert got is None, name
        else:
            assert np.allclose(got, array, rtol=0, atol=0, equal_nan=True), name
    assert problem.budget == 30


@pytest.mark.parametrize("spelt", SPELT)
def test_all_files_are_read_however_they_are_spelt(spelt, tmp_path):
    plain = read(tmp_path / "p", **ALL)
    files = {name: SPELT[spelt](text) for name, text in {**BASE, **ALL}.items()}
    other = read(tmp_path / "q", **files)
    same_project(other, plain)
    assert fingerprint(other) == fingerprint(plain)


def test_sheets_are_read_as_files_are(tmp_path):
    plain = folder(tmp_path / "p", ALL)
    book = cn.read_project(workbook(tmp_path / "b.xlsx", plain))
    assert fingerprint(book) == fingerprint(cn.read_project(plain))
    assert "costs are told" in book.notes[0] and len(book.notes) == 1


@pytest.mark.parametrize("name", [*ALL, "qualification"])
def test_merged_cells_of_each_sheet_are_an_error(name, tmp_path):
    path = workbook(tmp_path / "b.xlsx", folder(tmp_path / "p", ALL))
    book = openpyxl.load_workbook(path)
    book[name].merge_cells("A2:A3")
    book.save(path)
    with pytest.raises(cn.ProjectError, match=rf"sheet {name}: cells are merged \(A2:A3\)"):
        cn.read_project(path)


@pytest.mark.parametrize("left_out", [None, *ALL])
def test_what_is_written_is_read_again(left_out, tmp_path):
    """All files at once, and all but one."""
    files = {name: text for name, text in ALL.items() if name not in (left_out, "tasks")}
    files["tasks"] = BASE["tasks"] if left_out == "tasks" else ALL["tasks"]
    if left_out == "tasks":
        files["workers"] = files["workers"].replace("capacity", "hours")  # which would need loads
    if left_out == "workers":
        files.pop("quotas")
    project = read(tmp_path / "p", **files)
    project.write(tmp_path / "q")
    again = cn.read_project(tmp_path / "q")
    same_project(again, project)
    assert fingerprint(again) == fingerprint(project)
    again.write(tmp_path / "r")
    for path in (tmp_path / "q").iterdir():
        assert (tmp_path / "r" / path.name).read_bytes() == path.read_bytes()


ODD = ["=1+1", "Lee, Ann", "张三", "NA", "007", "cost", "'x", "50%"]


def test_labels_of_all_kinds_are_written_and_read(tmp_path):
    tasks = ["task", "-5", "a;b", "worker", "1.0"]
    rng = np.random.default_rng(1)
    q, whole = (pd.DataFrame(table, ODD, tasks) for table in rng.random((2, 8, 5)))
    grades = ["x", "=y", "a,b", None, "3", "x", "x", "50%"]
    years = [1, 2.5, None, 4, 5, 6, 7, 8]
    problem = cn.Problem(
        q, [1, 2, 1, 1, 0], [1, 0.5, 2, 1, 1], [(ODD[0], "task")], [(ODD[1], ODD[2])],
        required_most={"task": 3}, missing_cost={"-5": 0.25}, worker_limits={ODD[0]: 2, "NA": 0},
        worker_least={ODD[0]: 1}, pinned=[("007", "worker")], keep_costs={(ODD[1], "a;b"): 1 / 3},
        conflict_costs={("cost", "-5"): -1e-7}, pair_effects={("'x", "50%"): 0.1},
        task_overlaps=[("task", "worker")], loads=whole.round(1), capacities={"张三": 7.5},
        costs=whole, budget=99, attributes=pd.DataFrame({"grade": grades, "years": years}, ODD),
        quotas=[{"column": "grade", "value": "=y", "most": 1},
                {"task": "worker", "column": "years", "value": 4, "most": "33.333%"}],
    )  # fmt: skip
    project_of(problem).write(tmp_path / "p")
    project = cn.read_project(tmp_path / "p", budget=99)
    assert project.notes == ()
    again = project.problem()
    for name, array in problem.arrays.__dict__.items():
        np.testing.assert_array_equal(getattr(again.arrays, name), array, name)
    for one, other in zip(again.quota_sides, problem.quota_sides, strict=True):
        assert one[3:5] == other[3:5] and (one.members == other.members).all()
    project.write(tmp_path / "q")
    for path in (tmp_path / "p").iterdir():
        assert (tmp_path / "q" / path.name).read_bytes() == path.read_bytes()


def test_an_attribute_called_as_a_known_column_is_not_written(tmp_path):
    given = cn.Problem([[1.0]], [1], attributes=pd.DataFrame({"most": ["x"]}))
    with pytest.raises(ValueError, match="attributes: 'most' is a column of workers"):
        project_of(given).write(tmp_path / "p")
    assert not list(tmp_path.iterdir())


def test_quotas_about_workers_who_are_all_left_out(tmp_path):
    lounges = {
        "workers.csv": "worker,level\nadria-airways,new\nqatar-airways,known\n",
        "quotas.csv": "column,value,most\nlevel,new,50%\nlevel,known,3\n",
    }
    project = cn.read_project(copy("lounges", tmp_path, lounges), min_ratings=2)
    assert [quota.value for quota in project.problem().quota_sides] == ["known"]
    lounges["quotas.csv"] = "column,value,least\nlevel,new,1\n"
    project = cn.read_project(copy("lounges", tmp_path / "2", lounges), min_ratings=2)
    with pytest.raises(ValueError, match="quotas: 1 of level new is asked for at least, and of"):
        project.problem()


def test_a_worker_who_must_take_more_than_allowed_is_not_written(tmp_path):
    given = cn.Problem([[1.0], [1.0]], [1], worker_least=[0, 2])
    with pytest.raises(ValueError, match="options: 1 must take more tasks than allowed"):
        project_of(given).write(tmp_path / "p")


@pytest.mark.parametrize("seed", range(12))
def test_random_problems_are_written_and_read(seed, tmp_path):
    given = random_values(np.random.default_rng(seed))
    given["worker_least"] = np.minimum(given.get("worker_least", 0), given.get("worker_limits", 1))
    given |= {} if "required_rule" not in given else {"required_rule": "exactly"}
    problem = cn.Problem(**given)
    project_of(problem).write(tmp_path / "p")
    again = cn.read_project(tmp_path / "p", budget=problem.budget)
    back = again.problem(conflict_scope=problem.conflict_scope)
    hard = problem.arrays
    binding = {
        "pair_effects": hard.worker_conflicts,
        "conflict_costs": hard.task_conflicts,
        "keep_costs": hard.pinned,
    }
    for name, array in hard.__dict__.items():
        got = getattr(back.arrays, name)
        if name in binding and array is not None:  # what binds has no cost in files
            array = np.where(binding[name], 0, array)
            got = 0 if got is None else got
        np.testing.assert_array_equal(got, array, name)
    again.write(tmp_path / "q")
    assert fingerprint(cn.read_project(tmp_path / "q", budget=problem.budget)) == fingerprint(again)


def test_a_problem_becomes_files(tmp_path):
    for rule, need in (("at least", [1, 0, 0]), ("at most", [2, 1, 1])):
        problem = cn.Problem(
            pd.DataFrame(np.arange(12).reshape(4, 3) / 10 - 0.3, W, T), need,
            required_rule=rule, worker_conflicts=[("Ann", "Cy")], pinned=[("Dee", "desk")],
            pair_effects={("Ann", "Cy"): 1, ("Ann", "Dee"): 0.5},
        )  # fmt: skip
        project_of(problem).write(tmp_path / rule)
        again = cn.read_project(tmp_path / rule).problem()
        assert (again.fewest == problem.fewest).all() and (again.most == problem.most).all()
        assert cn.solve(again).performance == cn.solve(problem).performance


def test_what_is_asked_of_those_who_are_left_out_is_told(tmp_path, capsys):
    changes = {
        "pinned.csv": "worker,task\nqatar-airways,shower suite\nblue-islands,night desk\n",
        "workers.csv": "worker,least\nadria-airways,1\n",
    }
    path = copy("lounges", tmp_path, changes)
    project = cn.read_project(path, min_ratings=2)
    problem = project.problem()
    assert set(problem.pinned.index[problem.pinned.any(axis=1)]) == {"qatar-airways"}
    assert not problem.worker_least.any()
    assert main(["assign", str(path), "--min-ratings", "2"]) == 0
    said = "What is asked of them goes too: {}adria-airways takes at least 1 task."
    out = capsys.readouterr().out
    assert said.format("blue-islands is pinned to night desk, ") in out
    plans = cn.Scenarios(project).keep("free", pinned={("blue-islands", "night desk"): 0})
    assert said.format("") in left_out_line(project, plans["free"])
