"""What the files of a project say.

Every item that can be wrong, all of them at once, and the way back.
"""

import copy as copying
import dataclasses
import pickle
from dataclasses import replace
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest
from helpers.folders import DATA, content, copy, problems, same_project, workbook, zero_one
from pandas.testing import assert_frame_equal

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.project.columns import TASK_COLUMNS, TASK_OPTIONS
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.form import FORM
from crowdnb.project.options import OPTIONS, text_of_options

CASE, LOUNGES = "case_study", "lounges"
WORKERS, TASKS = [f"a{i}" for i in range(12)], [f"r{j}" for j in range(5)]


def rating(value):
    return {"ratings.csv": ("adria-airways,comfort,3", f"adria-airways,comfort,{value}")}


def judgement(old, new):
    return {"judgement.csv": (old, new)}


# What is damaged → every line that is reported.
RATE_IT = "; rate it, or say what is taken instead (--missing out, unknown or average)"
WRONG = {
    # files
    "no abilities": (
        CASE,
        {"ability.csv": None},
        ["FOLDER: ratings.csv or ability.csv is missing"],
    ),
    "no demands": (CASE, {"demand.csv": None}, ["FOLDER: demand.csv is missing"]),
    "no tasks": (CASE, {"tasks.csv": None}, ["FOLDER: tasks.csv is missing"]),
    "no weights": (
        CASE,
        {"weights.csv": None},
        ["FOLDER: judgement.csv or weights.csv is missing"],
    ),
    "no demands, no weights": (
        LOUNGES,
        {"judgement.csv": None, "demand.csv": None},
        ["FOLDER: demand.csv is missing", "FOLDER: judgement.csv or weights.csv is missing"],
    ),
    "no tasks for a matrix": (
        CASE,
        {"tasks.csv": None, "task_conflicts.csv": zero_one(WORKERS, TASKS)},
        ["FOLDER: tasks.csv is missing"],
    ),
    "case of a name": (
        CASE,
        {"ability.csv": None, "Ratings.csv": "x"},
        [
            "FOLDER: ratings.csv or ability.csv is missing",
            "FOLDER: 'Ratings.csv' is not a name that is read (did you mean 'ratings.csv'?)",
        ],
    ),
    "misspelt optional file": (
        CASE,
        {"worker_conflict.csv": "worker,other\n"},
        [
            "FOLDER: 'worker_conflict.csv' is not a name that is read (did you mean"
            " 'worker_conflicts.csv'?)"
        ],
    ),
    "another format": (
        CASE,
        {"Worker-Conflicts.csv.txt": "worker,other\n"},
        [
            "FOLDER: 'Worker-Conflicts.csv.txt' is not a name that is read (did you mean"
            " 'worker_conflicts.csv'?)"
        ],
    ),
    "two sources": (
        CASE,
        {"ratings.csv": "worker,criterion,rating\n", "judgement.csv": "criterion,skill\n"},
        [
            "FOLDER: ratings.csv and ability.csv are both there; keep the one that counts",
            "FOLDER: judgement.csv and weights.csv are both there; keep the one that counts",
            "judgement.csv: there is a header, and no rows",
            "ratings.csv: there is a header, and no rows",
        ],
    ),
    "empty": (CASE, {"tasks.csv": ""}, ["tasks.csv: the file is empty"]),
    "empty optional file": (
        CASE,
        {"worker_conflicts.csv": ""},
        ["worker_conflicts.csv: the file is empty"],
    ),
    "blank": (CASE, {"tasks.csv": "\ufeff\r\n  \r\n,,\r\n"}, ["tasks.csv: the file is empty"]),
    "header alone": (
        CASE,
        {"tasks.csv": "task,required\n"},
        ["tasks.csv: there is a header, and no rows"],
    ),
    "header of a matrix alone": (
        CASE,
        {"task_conflicts.csv": f"worker,{','.join(TASKS)}\n"},
        ["task_conflicts.csv: there is a header, and no rows"],
    ),
    # columns
    "column missing": (
        CASE,
        {"tasks.csv": "task\nr0\n"},
        ["tasks.csv: column 'required' is missing; there are 'task'"],
    ),
    "column doubled": (
        CASE,
        {"tasks.csv": "task,required,required\nr0,2,2\n"},
        ["tasks.csv: column 'required' stands 2 times"],
    ),
    "column misspelt": (
        CASE,
        {"ability.csv": ("criterion,low", "criterion,lo")},
        [
            (
                "ability.csv: column 'lo' is not known here (did you mean 'low'?); "
                "expected are worker, criterion, low, high"
            ),
            "ability.csv: column 'low' is missing; there are 'worker', 'criterion', 'lo', 'high'",
        ],
    ),
    "column unknown": (
        CASE,
        {"task_conflicts.csv": ("worker,task", "worker,task,x")},
        [
            f"task_conflicts.csv, line {line}: 2 cells, and the header has 3"
            for line in range(2, 11)
        ],
    ),
    "pairs under other names": (
        CASE,
        {"task_conflicts.csv": ("worker,task", "worker,project")},
        [
            "task_conflicts.csv: column 'project' is not known here; expected are worker, task,"
            " cost",
            "task_conflicts.csv: column 'task' is missing; there are 'worker', 'project'",
        ],
    ),
    # labels
    "unknown task": (
        CASE,
        {"demand.csv": ("r0,skill", "r9,skill")},
        [
            "demand.csv, line 2, column task: task 'r9' is unknown (known are r0, r1, r2, r3, r4)",
            "demand.csv: task r0 has no row for criterion skill",
        ],
    ),
    "unknown criterion": (
        CASE,
        {"ability.csv": ("a0,skill", "a0,Skil")},
        [
            (
                "ability.csv, line 2, column criterion: criterion 'Skil' is unknown (did you mean"
                " 'skill'?)"
            ),
            "ability.csv: worker a0 has no row for criterion skill",
        ],
    ),
    "unknown criterion of many ratings": (
        LOUNGES,
        {"ratings.csv": ("alitalia,comfort", "alitalia,smell")},
        [
            (
                "ratings.csv, line 815, column criterion: criterion 'smell' is unknown "
                "(known are comfort, cleanliness, service) (and on 13 more lines)"
            ),
            f"ratings.csv: worker alitalia has no rating on criterion comfort{RATE_IT}",
        ],
    ),
    "unknown in a conflict": (
        CASE,
        {"task_conflicts.csv": ("a0,r3", "b0,r33")},
        [
            "task_conflicts.csv, line 2, column worker: worker 'b0' is unknown",
            "task_conflicts.csv, line 2, column task: task 'r33' is unknown (did you mean 'r3'?)",
        ],
    ),
    "unknown in a conflict of workers": (
        LOUNGES,
        {
            "worker_conflicts.csv": (
                "worker,other\nalitalia,gol\nno-body,gol\ngol,Aeroflot\ngol,Aeroflot\n"
            )
        },
        [
            "worker_conflicts.csv, line 3, column worker: worker 'no-body' is unknown",
            (
                "worker_conflicts.csv, line 4, column other: worker 'Aeroflot' is unknown (and on 1"
                " more line)"
            ),
        ],
    ),
    "label empty": (
        CASE,
        {"task_conflicts.csv": ("a0,r3\na3,r1", "  ,r3\na3,\u3000")},
        [
            "task_conflicts.csv, line 2, column worker: the worker is empty",
            "task_conflicts.csv, line 3, column task: the task is empty",
        ],
    ),
    "label of two lines": (
        CASE,
        {
            "weights.csv": (
                'criterion,weight\n"skill\nfun",0.15\nefficiency,0.25\nquality,0.5\nactivity,-0.1\n'
            )
        },
        [
            (
                "weights.csv, line 2, column criterion: the criterion 'skill\\nfun' has a line"
                " break in it (or is a quote not closed?)"
            ),
            "weights.csv, line 6, column weight: -0.1 must not be negative",
            (
                "demand.csv, line 2, column criterion: criterion 'skill' is unknown "
                "(known are efficiency, quality, activity) (and on 4 more lines)"
            ),
            (
                "ability.csv, line 2, column criterion: criterion 'skill' is unknown "
                "(known are efficiency, quality, activity) (and on 11 more lines)"
            ),
        ],
    ),
    "label empty, ratings": (
        LOUNGES,
        {"ratings.csv": "worker,criterion,rating\n,comfort,5\n"},
        ["ratings.csv, line 2, column worker: the worker is empty"],
    ),
    # rows
    "ability twice": (
        CASE,
        {"ability.csv": ("a1,skill", "a0,skill")},
        [
            (
                "ability.csv, line 6: worker a0, criterion skill stands a second time (first on"
                " line 2)"
            ),
            "ability.csv: worker a1 has no row for criterion skill",
        ],
    ),
    "demand twice": (
        CASE,
        {"demand.csv": ("r1,skill", "r0,skill")},
        [
            "demand.csv, line 6: task r0, criterion skill stands a second time (first on line 2)",
            "demand.csv: task r1 has no row for criterion skill",
        ],
    ),
    "task twice": (
        CASE,
        {"tasks.csv": ("r4,1\n", "r4,1\n\nr4,1\n")},
        ["tasks.csv, line 8: task r4 stands a second time (first on line 6)"],
    ),
    "weight twice": (
        CASE,
        {"weights.csv": ("quality,0.50", "quality,0.25\nquality,0.25")},
        ["weights.csv, line 5: criterion quality stands a second time (first on line 4)"],
    ),
    # numbers
    "low above high": (
        CASE,
        {"ability.csv": ("a0,skill,0.52,0.63", "a0,skill,0.6300001,0.63")},
        ["ability.csv, line 2: low 0.6300001 is above high 0.63"],
    ),
    "outside [0, 1]": (
        CASE,
        {"demand.csv": ("r0,skill,0.40,1.00", "r0,skill,-0.01,1.00001")},
        [
            "demand.csv, line 2, column low: -0.01 must lie in [0, 1]",
            "demand.csv, line 2, column high: 1.00001 must lie in [0, 1]",
        ],
    ),
    "demand without high": (
        LOUNGES,
        {"demand.csv": ("flagship hall,comfort,0.7", "flagship hall,comfort,7")},
        ["demand.csv, line 2, column low: 7 must lie in [0, 1]"],
    ),
    "ends that are not numbers": (
        CASE,
        {"ability.csv": ("a0,skill,0.52,0.63", "a0,skill,half,")},
        [
            "ability.csv, line 2, column low: 'half' is not a number",
            "ability.csv, line 2, column high: the cell is empty, a number is needed",
        ],
    ),
    "weight negative": (
        CASE,
        {"weights.csv": ("quality,0.50", "quality,-0.50")},
        ["weights.csv, line 4, column weight: -0.50 must not be negative"],
    ),
    "weights not 1": (
        CASE,
        {"weights.csv": ("quality,0.50", "quality,0.500002")},
        ["weights.csv, column weight: the weights sum to 1.000002 and must sum to 1"],
    ),
    "required negative": (
        CASE,
        {"tasks.csv": ("r0,2", "r0,-2")},
        ["tasks.csv, line 2, column required: -2 must not be negative"],
    ),
    "required fractional": (
        CASE,
        {"tasks.csv": ("r0,2", "r0,1.5")},
        [
            "tasks.csv, line 2, column required: 1.5 must be a whole number of workers, at most"
            " 1,000,000"
        ],
    ),
    "required beyond every crowd": (
        CASE,
        {"tasks.csv": ("r0,2", "r0,1e300")},
        [
            "tasks.csv, line 2, column required: 1e300 must be a whole number of workers, at most"
            " 1,000,000"
        ],
    ),
    "task weight negative": (
        CASE,
        {"tasks.csv": "task,required,weight\nr0,2,-1\nr1,1,0\nr2,3,1\nr3,2,1\nr4,1,x\n"},
        [
            "tasks.csv, line 2, column weight: -1 must not be negative",
            "tasks.csv, line 6, column weight: 'x' is not a number",
        ],
    ),
    # ratings; a row that stands twice is two ratings
    **{
        f"rating {value!r}": (
            LOUNGES,
            rating(value),
            [f"ratings.csv, line 2, column rating: {rule}"],
        )
        for value, rule in {
            **{
                v: f"{v} is not a whole number of stars from 1 to 5"
                for v in ("6", "0", "-3", "4.5", "1e9")
            },
            **{v: f"'{v}' is not a finite number" for v in ("NaN", "nan", "inf", "-Infinity")},
            **{v: f"'{v}' is not a number" for v in ("good", "5 stars", "0x5", "1_0", "TRUE")},
            "５": "'５' is not a number (write 5, in the digits 0 to 9)",
            "4/5": "'4/5' is not a number (write 0.8)",
            '"4,0"': "'4,0' is not a number (write 4.0, with a decimal point)",
            "1e999": "1e999 is not a finite number",
            "": "the cell is empty, a number is needed",
            "  ": "the cell is empty, a number is needed",
        }.items()
    },
    "no rating at all": (
        LOUNGES,
        {"ratings.csv": "worker,criterion,rating\nw,comfort,9\n"},
        [
            "ratings.csv, line 2, column rating: 9 is not a whole number of stars from 1 to 5",
            f"ratings.csv: worker w has no rating on criterion cleanliness, service{RATE_IT}",
        ],
    ),
    "no rating on a criterion": (
        LOUNGES,
        {"ratings.csv": "worker,criterion,rating\nw,comfort,5\n", "worker_conflicts.csv": None},
        [
            f"ratings.csv: worker w has no rating on criterion cleanliness, service{RATE_IT}",
            (
                "task_conflicts.csv, line 2, column worker: worker 'american-express-centurion' is"
                " unknown (known are w)"
            ),
            "task_conflicts.csv, line 3, column worker: worker 'jet2-com' is unknown (known are w)",
            (
                "task_conflicts.csv, line 4, column worker: worker 'virgin-america' is unknown"
                " (known are w)"
            ),
        ],
    ),
    # judgement
    "judgement not square": (
        LOUNGES,
        judgement("service,0.7,0.5,0.5\n", ""),
        ["judgement.csv: 2 rows and 3 columns, the matrix must be square"],
    ),
    "judgement not complementary": (
        LOUNGES,
        judgement("comfort,0.5,0.3", "comfort,0.5,0.5"),
        ["judgement.csv: * comfort * cleanliness * 0.5 * 0.7 * must sum to 1"],
    ),
    "judgement diagonal": (
        LOUNGES,
        judgement("comfort,0.5", "comfort,0.7"),
        ["judgement.csv: * row comfort, column comfort * 0.7 * diagonal must be 0.5"],
    ),
    "judgement outside [0, 1]": (
        LOUNGES,
        judgement("comfort,0.5", "comfort,1.5"),
        ["judgement.csv: * row comfort, column comfort * 1.5 * [0, 1]"],
    ),
    "judgement of other criteria": (
        LOUNGES,
        judgement("\ncomfort", "\nconfort"),
        [
            "judgement.csv: row confort has no column of that name",
            "judgement.csv: column comfort has no row of that name",
        ],
    ),
    "judgement of text": (
        LOUNGES,
        judgement("comfort,0.5", "comfort,equal"),
        ["judgement.csv, line 2, column comfort: 'equal' is not a number"],
    ),
    "judgement label twice": (
        LOUNGES,
        judgement("service,0.7", "comfort,0.7"),
        ["judgement.csv: row 'comfort' stands 2 times"],
    ),
    "judgement label empty": (
        LOUNGES,
        judgement("\nservice", "\n"),
        ["judgement.csv, line 4: the label of row 3 is empty"],
    ),
    # conflicts
    "conflict with itself": (
        CASE,
        {"worker_conflicts.csv": "worker,other\na0,a0\n"},
        ["worker_conflicts.csv, line 2: worker a0 is in conflict with itself"],
    ),
    "matrix, conflict with itself": (
        CASE,
        {"worker_conflicts.csv": zero_one(WORKERS, WORKERS, {("a0", "a0")})},
        ["worker_conflicts.csv: worker a0 is in conflict with itself"],
    ),
    "matrix not symmetric": (
        CASE,
        {
            "worker_conflicts.csv": zero_one(
                WORKERS, WORKERS[::-1], {("a2", "a7"), ("a1", "a3"), ("a3", "a1")}
            )
        },
        [
            "worker_conflicts.csv: row a2, column a7 is 1 and row a7, column a2 is 0; the matrix"
            " must be symmetric"
        ],
    ),
    "matrix not 0/1": (
        CASE,
        {
            "worker_conflicts.csv": (
                zero_one(WORKERS, WORKERS).replace("a1,0", "a1,2").replace("a2,0", "a2,yes")
            )
        },
        [
            "worker_conflicts.csv, line 3, column a0: 2 must be 0 or 1",
            "worker_conflicts.csv, line 4, column a0: 'yes' is not a number",
        ],
    ),
    "matrix of other workers": (
        CASE,
        {"worker_conflicts.csv": zero_one([*WORKERS[:-1], "b12"], [*WORKERS[:-2], "x", "y"])},
        [
            "worker_conflicts.csv, line 13, column 1: worker 'b12' is unknown",
            "worker_conflicts.csv, column x: worker 'x' is unknown",
            "worker_conflicts.csv, column y: worker 'y' is unknown",
            "worker_conflicts.csv: there is no row for a11",
            "worker_conflicts.csv: there is no column for a10, a11",
        ],
    ),
    "matrix of other tasks": (
        CASE,
        {"task_conflicts.csv": zero_one(WORKERS, ["R0", *TASKS[1:]], corner="worker")},
        [
            "task_conflicts.csv, column R0: task 'R0' is unknown (did you mean 'r0'?)",
            "task_conflicts.csv: there is no column for r0",
        ],
    ),
    "matrix label twice": (
        CASE,
        {
            "task_conflicts.csv": (
                zero_one([*WORKERS, "a1"], [*TASKS, "r1", ""]).replace(",0\n", ",\n")
            )
        },
        [
            "task_conflicts.csv: column 'r1' stands 2 times",
            "task_conflicts.csv: row 'a1' stands 2 times",
        ],
    ),
    "weights in percent": (
        CASE,
        {"weights.csv": "criterion,weight\nskill,15\nefficiency,25\nquality,50\nactivity,10\n"},
        [
            "weights.csv, column weight: the weights sum to 100 and must sum to 1; they look like"
            " percent, divide each by 100"
        ],
    ),
    # everything at once
    "five files": (
        CASE,
        {
            "ability.csv": ("a0,skill,0.52", "a0,skill,5.2"),
            "demand.csv": ("r0,skill,0.40", "r0,skill,zero"),
            "tasks.csv": ("r0,2", "r0,two"),
            "weights.csv": ("0.50", "0.60"),
            "task_conflicts.csv": ("a0,r3", "z,r3"),
        },
        [
            "tasks.csv, line 2, column required: 'two' is not a number",
            "weights.csv, column weight: the weights sum to 1.1 and must sum to 1",
            "demand.csv, line 2, column low: 'zero' is not a number",
            "ability.csv, line 2, column low: 5.2 must lie in [0, 1]",
            "task_conflicts.csv, line 2, column worker: worker 'z' is unknown",
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "changes", "expected"), WRONG.values(), ids=WRONG)
def test_wrong_content_is_reported_and_nothing_written(name, changes, expected, tmp_path, capsys):
    lines = problems(copy(name, tmp_path, changes), capsys)
    assert len(lines) == len(expected), lines
    for line, sentence in zip(lines, expected, strict=True):
        parts = sentence.split(" * ")  # what other modules say is held to its parts only
        assert line == sentence if len(parts) == 1 else all(part in line for part in parts)


def test_one_file_does_not_hide_another(tmp_path, capsys):
    changes = {
        "ratings.csv": (",4\n", ",9\n"),
        "tasks.csv": ("flagship hall,3", "flagship hall,-3"),
    }
    folder = copy("lounges", tmp_path, changes)
    lines = problems(folder, capsys)
    assert [line for line in lines if line.startswith("tasks.csv")]
    shown = [line for line in lines if line.startswith("ratings.csv, line")]
    with pytest.raises(cn.ProjectError) as error:
        cn.read_project(folder)
    wrong = (folder / "ratings.csv").read_text().count(",9\n")
    assert len(shown) == 10 and len(error.value.problems) == wrong + 1
    assert lines[-1] == f"ratings.csv: … and {wrong - 10} more"
    assert len(str(error.value).splitlines()) == 12


@pytest.mark.slow
def test_a_thousand_unknown_labels_take_no_minutes(tmp_path, capsys):
    """A hint compares a label with all that are known: only labels that are shown get one."""
    workers = [f"worker-{i:05}" for i in range(3000)]
    rows = "".join(f"{worker},{criterion},3\n" for worker in workers for criterion in ("comfort",))
    changes = {
        "ratings.csv": f"worker,criterion,rating\n{rows}",
        "judgement.csv": "criterion,comfort\ncomfort,0.5\n",
        "demand.csv": "task,criterion,low\nt,comfort,0\n",
        "tasks.csv": "task,required\nt,1\n",
        "task_conflicts.csv": None,
        "worker_conflicts.csv": (
            "worker,other\n" + "".join(f"x{worker},{worker}\n" for worker in workers)
        ),
    }
    folder = copy("lounges", tmp_path, changes)
    assert problems(folder, capsys)[10:] == ["worker_conflicts.csv: … and 2990 more"]
    with pytest.raises(cn.ProjectError) as error:
        cn.read_project(folder)
    assert ["(did you mean" in line for line in error.value.problems] == [True] * 10 + [
        False
    ] * 2990


@pytest.mark.parametrize(
    ("option", "value"), [("gamma", np.nan), ("gamma", -0.1), ("gamma", np.inf), ("stars", 0)]
)
@pytest.mark.parametrize("name", [CASE, LOUNGES])
def test_wrong_settings_are_named_before_any_file_is_read(name, option, value):
    with pytest.raises(ValueError, match=f"^{option} must be .* at least [01], got {value}$"):
        cn.read_project(DATA / name, **{option: value})


@pytest.mark.parametrize(
    ("stars", "ratings", "interval"),
    [
        (10, "7\n9\n", (0.7, 0.9)),
        (1, "1\n1\n", (1, 1)),
        (5, "5.0\n+4\n", (0.8, 1)),
        (5, "05\n4e0\n", (0.8, 1)),
    ],
)
def test_stars_and_how_they_may_be_written(stars, ratings, interval, tmp_path):
    changes = {
        "ratings.csv": (
            "worker,criterion,rating\n" + "".join(f"w,c,{star}\n" for star in ratings.split())
        ),
        "judgement.csv": "criterion,c\nc,0.5\n",
        "demand.csv": "task,criterion,low\nt,c,0\n",
        "tasks.csv": "task,required\nt,1\n",
        "task_conflicts.csv": None,
        "worker_conflicts.csv": None,
    }
    project = cn.read_project(copy(LOUNGES, tmp_path, changes), stars=stars)
    assert tuple(project.ability.loc["w", "c"]) == interval
    assert project.demand.loc["t", "c"].tolist() == [0, 1]


def test_a_rating_that_stands_twice_counts_twice_and_dates_do_not_matter(tmp_path):
    folder = copy(LOUNGES, tmp_path, {"ratings.csv": ("\n", ",2015-01-02\n")})
    path = folder / "ratings.csv"
    path.write_text(
        path.read_text()
        .replace("rating,2015-01-02", "rating,date")
        .replace("5,2015-01-02", "5,", 1)
    )
    before = cn.read_project(DATA / LOUNGES).counts
    assert_frame_equal(cn.read_project(folder).counts, before)
    path.write_text(path.read_text() + "gol,comfort,1,\ngol,comfort,1,\n")
    more = cn.read_project(folder).counts - before
    assert more.loc[("gol", "comfort"), 1] == 2 and more.to_numpy().sum() == 2


def test_a_judgement_off_the_levels_is_a_note(tmp_path, capsys):
    matrix = "criterion,comfort,cleanliness,service\ncomfort,0.5,0.4,0.3\ncleanliness,0.6,0.5,0.5\nservice,0.7,0.5,0.5"
    folder = copy(LOUNGES, tmp_path, {"judgement.csv": matrix})
    assert main(["assign", str(folder)]) == 0
    out = capsys.readouterr().out
    assert out.count("Note:") == 1
    note = out.splitlines()[0]
    for part in ("judgement.csv", "five levels", "row comfort, column cleanliness", "0.4", "0.6"):
        assert part in note
    assert (folder / "assignment.csv").exists()


def test_the_order_of_a_judgement_does_not_matter(tmp_path):
    matrix = "x,service,comfort,cleanliness\ncleanliness,0.5,0.7,0.5\nservice,0.5,0.7,0.5\ncomfort,0.3,0.5,0.3\n"
    project = cn.read_project(copy(LOUNGES, tmp_path, {"judgement.csv": matrix}))
    assert (
        list(project.judgement.columns)
        == list(project.judgement.index)
        == ["cleanliness", "service", "comfort"]
    )
    weights = cn.read_project(DATA / LOUNGES).criteria_weights
    assert project.criteria_weights[weights.index].tolist() == pytest.approx(
        weights.tolist(), abs=1e-15
    )


def test_files_of_other_names_are_left_alone_with_a_note(tmp_path):
    names = [
        "meetings.csv",
        "ratings_old.csv",
        "._weights.csv",
        "~$ability.csv",
        "assignment.csv",
        "tasks.md",
        "me.txt",
        "task.csv",
    ]
    folder = copy(CASE, tmp_path, dict.fromkeys(names, "x"))
    notes = cn.read_project(folder).notes
    assert [note.split()[0] for note in notes] == ["meetings.csv", "ratings_old.csv", "task.csv"]
    assert "its name is not one of ratings.csv, ability.csv" in notes[0]


PAIRS = [("a0", "a1"), ("a10", "a3")]
BOTH = {*PAIRS, *(pair[::-1] for pair in PAIRS)}


@pytest.mark.parametrize(
    ("file", "text", "pairs"),
    [
        ("worker_conflicts", "worker,other\n", set()),
        ("worker_conflicts", "worker,other\na0,a1\na10,a3\n", BOTH),
        ("worker_conflicts", "other,worker\na0,a1\na1,a0\na10,a3\n", BOTH),
        ("worker_conflicts", zero_one(WORKERS, WORKERS[::-1], BOTH, "worker"), BOTH),
        ("worker_conflicts", zero_one(WORKERS, WORKERS, set()), set()),
        ("task_conflicts", "worker,task\n", set()),
        ("task_conflicts", "task,worker\nr3,a0\n", {("a0", "r3")}),
        ("task_conflicts", zero_one(WORKERS[::-1], TASKS, {("a0", "r3")}, "worker"), {("a0", "r3")}),
        ("task_conflicts", zero_one(WORKERS, TASKS).replace("0", "0.0").replace("a0.0", "a0").replace("r0.0", "r0").
            replace("a10.0", "a10"), set()),
    ],
)  # fmt: skip
def test_conflicts_as_pairs_or_as_a_matrix(file, text, pairs, tmp_path):
    frame = getattr(cn.read_project(copy(CASE, tmp_path, {f"{file}.csv": text})), file)
    assert {(i, k) for i in frame.index for k in frame.columns if frame.at[i, k]} == pairs


@pytest.mark.parametrize("label", ["other", "worker"])
def test_a_worker_called_like_a_column(label, tmp_path):
    folder = copy(CASE, tmp_path, {"ability.csv": ("a1,", f"{label},")})
    (folder / "worker_conflicts.csv").write_text(f"worker,other\n{label},a2\n")
    assert cn.read_project(folder).worker_conflicts.at["a2", label] == 1


CHINESE = {
    "ability.csv": (
        'worker,criterion,low,high\n张三,技能,0.1,0.30000000000000004\n张三,"质, 量",0.2,0.7\n'
        '李 四,技能,0,1\n李 四,"质, 量",0.5,0.5\n"""NA""",技能,1e-9,1\n"""NA""","质,'
        ' 量",0.3,0.4\nNA,技能,0,1\n'
        'NA,"质, 量",0,1\n007,技能,0,1\n007,"质, 量",0,1\n'
    ),
    "demand.csv": (
        'task,criterion,low\n任务二,技能,0.3\n任务二,"质, 量",0.2\n=1+1,技能,0\n=1+1,"质, 量",0\n'
    ),
    "tasks.csv": "task,required,weight\n任务二,2,0.1\n=1+1,0,2e3\n",
    "weights.csv": 'criterion,weight\n"质, 量",0.7\n技能,0.3\n',
    "task_conflicts.csv": "worker,task\n张三,=1+1\nNA,=1+1\n",
    "worker_conflicts.csv": 'worker,other\n李 四,张三\nNA,"""NA"""\n',
}


@pytest.mark.parametrize(
    ("name", "changes"), [(CASE, {}), (LOUNGES, {}), (CASE, CHINESE)], ids=["a", "b", "c"]
)
def test_a_project_that_is_written_reads_back_the_same(name, changes, tmp_path):
    project = cn.read_project(copy(name, tmp_path, changes))
    target = tmp_path / "new folder" / "中文"
    project.write(target)
    again = cn.read_project(target)
    same_project(again, project)
    assert again.notes == ()
    conflicts = (target / "worker_conflicts.csv").read_text(encoding="utf-8").splitlines()
    assert len(conflicts) == 1 + project.worker_conflicts.to_numpy().sum() // 2
    with pytest.raises(
        FileExistsError, match=r"holds .*demand\.csv.* already; choose another folder"
    ):
        project.write(target)
    again.write(tmp_path / "third")
    assert [data for _, data in sorted(content(tmp_path / "third").items())] == [
        data for _, data in sorted(content(target).items())
    ]


# Another value for every field that is no account of the others.
OTHERS = {
    "ability": lambda project: project.ability / 2,
    "demand": lambda project: project.demand / 2,
    "criteria_weights": lambda project: project.criteria_weights[::-1].set_axis(
        project.criteria_weights.index
    ),
    "required": lambda project: project.required + 1,
    "task_weights": lambda project: project.required / 4.0,
    "task_conflicts": lambda project: 1 - project.task_conflicts,
    "worker_conflicts": lambda project: 1 - project.worker_conflicts - np.eye(12, dtype=np.int8),
    "options": lambda project: {"worker_limits": {"a3": 2}},
}


def test_every_field_of_a_project_is_written_read_and_marked(tmp_path):
    """A field that is added is written, read and in the fingerprint, or says that it follows from others."""
    project = cn.read_project(DATA / CASE)
    whole = [item.name for item in dataclasses.fields(cn.Project) if not item.metadata]
    assert {*OTHERS, "given_qualification"} == set(whole)
    marks = {fingerprint(project)}
    for name, other in OTHERS.items():
        changed = dataclasses.replace(project, **{name: other(project)})
        value = getattr(changed, name)
        changed.write(tmp_path / name)
        again = cn.read_project(tmp_path / name)
        if name == "options":
            assert text_of_options(again.options) == text_of_options(value)
        else:
            assert np.array_equal(getattr(again, name), value), name
        marks.add(fingerprint(changed))
        assert fingerprint(again) == fingerprint(changed)
    assert len(marks) == 1 + len(OTHERS)


def test_every_column_of_the_tasks_is_a_field(tmp_path):
    names = {item.name for item in dataclasses.fields(cn.Project)}
    assert {column.field for column in TASK_COLUMNS.values()} <= names
    assert {column.field for column in TASK_OPTIONS.values()} <= set(OPTIONS)
    columns, optional = FORM["tasks"]
    assert [*columns[1:], *optional] == [*TASK_COLUMNS, *TASK_OPTIONS]


def test_the_chinese_folder_is_read_as_it_stands(tmp_path):
    project = cn.read_project(copy(CASE, tmp_path, CHINESE))
    assert list(project.ability.index) == ["张三", "李 四", '"NA"', "NA", "007"]
    assert project.ability.at["张三", ("技能", "high")] == 0.30000000000000004
    assert project.criteria_weights.to_dict() == {"质, 量": 0.7, "技能": 0.3}
    assert project.task_weights.to_dict() == {"任务二": 0.1, "=1+1": 2000}
    assert (
        project.worker_conflicts.at["张三", "李 四"]
        == project.worker_conflicts.at['"NA"', "NA"]
        == 1
    )
    assert project.problem().task_weights.tolist() == [0.1, 2000]


def test_decayed_counts_are_not_written_as_ratings(tmp_path):
    project = cn.read_project(DATA / LOUNGES)
    old = dataclasses.replace(project, counts=project.counts.decay(0.5))
    with pytest.raises(ValueError, match=r"^counts: .*decayed"):
        old.write(tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_one_criterion_one_worker_one_task(tmp_path):
    changes = {
        "ability.csv": "worker,criterion,low,high\nw,c,0.5,0.5\n",
        "demand.csv": "task,criterion,low\nt,c,0.25\n",
        "tasks.csv": "task,required\nt,1\n",
        "weights.csv": "criterion,weight\nc,1\n",
        "task_conflicts.csv": None,
    }
    answer = cn.read_project(copy(CASE, tmp_path, changes)).solve()
    assert answer.pairs.values.tolist() == [["w", "t", pytest.approx(1 / 3)]]


def test_the_case_study_is_what_the_shipped_folder_says():
    case = cn.load_case_study()
    same_project(case, cn.read_project(DATA / CASE))
    assert case.clouds() is None
    assert (case.published.assignment.sum() == case.required).all()
    own = case.problem(
        worker_conflicts=pd.DataFrame({"one": ["a3"], "two": ["a5"]}), conflict_scope="task"
    )
    assert own.conflict_scope == "task" and own.worker_conflicts.to_numpy().sum() == 2
    assert case.problem().worker_conflicts.to_numpy().sum() == 0


def large(m=150):
    """A project of as many workers, two in conflict, whose frames have their labels in different orders."""
    workers = [f"a{i}" for i in range(m)]
    ends = pd.MultiIndex.from_product([["skill"], ["low", "high"]])
    between = pd.DataFrame(np.zeros((m, m), dtype=np.int8), workers, workers)
    between.loc["a140", "a3"] = between.loc["a3", "a140"] = 1
    ability = pd.DataFrame([[0.2, 0.6]] * m, workers, ends)
    tasks = pd.DataFrame(0, workers[::-1], ["t"])
    demand, one = pd.DataFrame([[0.1, 1.0]], ["t"], ends), pd.Series([1], ["t"])
    return cn.Project(
        ability, demand, pd.Series({"skill": 1.0}), one, None, tasks, between.iloc[:, ::-1]
    )


@pytest.mark.parametrize("kind", [np.int8, bool, float, object])
@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("a149", "a1", "a149 with a1 is 1 and a1 with a149 is 0, the frame must be symmetric"),
        ("a1", "a149", "a1 with a149 is 1 and a149 with a1 is 0, the frame must be symmetric"),
        ("a148", "a147", "a148 with a147 is 1 and"),
        ("a100", "a100", "a100 is in conflict with itself"),
    ],
)
def test_conflicts_of_many_workers_are_checked_in_whatever_order(kind, row, column, said):
    project = large()
    assert project.problem().conflict_pairs.tolist() == [[3, 140]]
    between = project.worker_conflicts.astype(kind)
    between.loc[row, column] = kind(1) if kind is not object else 1
    with pytest.raises(ValueError, match=f"^worker_conflicts: {said}"):
        replace(project, worker_conflicts=between)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "make", "said"),
    [
        (
            "worker_conflicts",
            lambda p: p.worker_conflicts.iloc[1:],
            "worker_conflicts, rows: no entry for worker",
        ),
        (
            "task_conflicts",
            lambda p: p.task_conflicts * 2 + 2,
            "task_conflicts: .* is 2, it must be 0 or 1",
        ),
        (
            "task_conflicts",
            lambda p: p.task_conflicts - 1,
            "task_conflicts: .* is -1, it must be 0 or 1",
        ),
        (
            "task_conflicts",
            lambda p: p.task_conflicts.astype(str),
            "task_conflicts: .* is '0', it must be 0 or 1",
        ),
        ("counts", lambda p: p.counts.iloc[:, 1:], "counts: Counts are needed"),
        (
            "counts",
            lambda p: p.counts.rename({p.ability.index[0]: "x"}, level=0),
            "counts: unknown worker x",
        ),
        ("judgement", lambda p: p.judgement * 2, "judgement: .* is 1.4, a number"),
        ("judgement", lambda p: p.judgement.iloc[1:, 1:], "judgement: no entry for criterion"),
        ("required", lambda p: p.required + 0.5, "required: .*must be a whole number"),
        ("criteria_weights", lambda p: p.criteria_weights * 2, "criteria weights: they sum to"),
        ("notes", lambda p: ("so", 1), "notes: a text is needed, got 1"),
    ],
)
def test_a_table_that_does_not_go_with_the_others_makes_no_project(name, make, said):
    project = cn.read_project(cn.exercises.LOUNGES)
    assert (
        replace(project, **{name: getattr(project, name)}).solve().performance
        == project.solve().performance
    )
    with pytest.raises(ValueError, match=f"^{said}"):
        replace(project, **{name: make(project)})


def test_a_project_can_be_copied_changed_and_sent(case):
    for same in (
        copying.copy(case),
        copying.deepcopy(case),
        pickle.loads(pickle.dumps(case)),
        replace(case, gamma=Decimal("0.1")),
    ):
        assert type(same) is type(case) and same.gamma == 0.1 and isinstance(same.gamma, float)
        assert same.published.performance == 2.569


# What is read though it is not exact, and what is noted

LOUNGE_CRITERIA = ["comfort", "cleanliness", "service"]


def weights_file(*weights):
    rows = "".join(f"{one},{w}\n" for one, w in zip(LOUNGE_CRITERIA, weights, strict=True))
    return {"judgement.csv": None, "weights.csv": f"criterion,weight\n{rows}"}


@pytest.mark.parametrize(
    ("weights", "total"),
    [
        (("0.333333",) * 3, "0.999999"),
        (("0.33",) * 3, "0.99"),
        (("0.17", "0.17", "0.67"), "1.01"),
        (("0.5", "0.167", "0.334"), "1.001"),
        (("0.6666667", "0.1666667", "0.1666667"), "1.0000001"),
        (("0.5", "0.25", "0.26"), "1.01"),  # as of 0.5, 0.2451 and 0.2549
    ],
)
def test_weights_are_rescaled_where_only_rounding_is_off(weights, total, tmp_path):
    project = cn.read_project(copy(LOUNGES, tmp_path, weights_file(*weights)))
    assert project.criteria_weights.sum() == pytest.approx(1, abs=1e-15)
    given = [float(w) for w in weights]
    assert project.criteria_weights.tolist() == pytest.approx([w / sum(given) for w in given])
    assert project.notes == (
        f"weights.csv: the weights sum to {total}, which the rounding of their last digit explains;"
        " each was divided by that sum",
    )


@pytest.mark.parametrize("weights", [("0.5", "0.25", "0.25"), ("1e-1", "2e-1", "0.7")])
def test_weights_that_sum_to_one_are_left_alone(weights, tmp_path):
    project = cn.read_project(copy(LOUNGES, tmp_path, weights_file(*weights)))
    assert project.criteria_weights.tolist() == [float(w) for w in weights]
    assert project.notes == ()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (("0.330",) * 3, "0.99"),  # thirds to three digits are 0.333
        (("0.3",) * 3, "0.9"),  # one digit explains too much
        (("0.5", "0.25", "0.2"), "0.95"),
        (("0.33", "0.33", "0.333333"), "0.993333"),
        (("1", "1", "1"), "3"),
    ],
)
def test_weights_that_rounding_does_not_explain_are_refused(weights, said, tmp_path, capsys):
    assert problems(copy(LOUNGES, tmp_path, weights_file(*weights)), capsys) == [
        f"weights.csv, column weight: the weights sum to {said} and must sum to 1"
    ]


def test_weights_in_percent_are_recognised_when_rounded(tmp_path, capsys):
    (line,) = problems(copy(LOUNGES, tmp_path, weights_file(*["33.3"] * 3)), capsys)
    assert "sum to 99.9 and must sum to 1; they look like percent, divide each by 100" in line


def test_thirds_are_thirds_in_python_and_in_scenarios_too():
    project = cn.read_project(DATA / LOUNGES)
    thirds = dict.fromkeys(project.criteria_weights.index, 0.333333)
    q = cn.qualification(project.ability, project.demand, thirds)
    expected = cn.qualification(project.ability, project.demand, [1 / 3] * 3)
    np.testing.assert_allclose(q, expected, rtol=0, atol=1e-15)
    same = cn.Scenario(weights=thirds).problem(project).qualification
    np.testing.assert_allclose(same, expected, rtol=0, atol=1e-15)
    with pytest.raises(ValueError, match=r"they sum to 0\.8999"):
        cn.qualification(project.ability, project.demand, [0.3] * 3)


def test_blank_cells_of_optional_columns_are_the_default(tmp_path):
    """Each optional column of each file: blank in one row, in all rows, and left out."""
    case = cn.read_project(DATA / CASE)
    demand = (DATA / CASE / "demand.csv").read_text().splitlines()
    cut = [line.rsplit(",", 1)[0] for line in demand]
    tasks = "task,required,weight\nr0,2,3\nr1,1,\nr2,3, \nr3,2,1\nr4,1,1\n"
    changes = {
        "demand.csv": "\n".join([demand[0], *(f"{line}," for line in cut[1:3]), *demand[3:]]),
        "tasks.csv": tasks,
    }
    project = cn.read_project(copy(CASE, tmp_path, changes))
    assert project.task_weights.tolist() == [3, 1, 1, 1, 1]
    highs = project.demand.xs("high", axis=1, level=1).to_numpy().ravel()
    assert highs[:2].tolist() == [1, 1]
    assert project.notes == ()
    all_blank = {"demand.csv": "\n".join([demand[0], *(f"{line}," for line in cut[1:])])}
    blank = cn.read_project(copy(CASE, tmp_path / "2", all_blank))
    left_out = cn.read_project(copy(CASE, tmp_path / "3", {"demand.csv": "\n".join(cut)}))
    assert_frame_equal(blank.demand, left_out.demand)
    assert (blank.demand.xs("high", axis=1, level=1) == 1).all(axis=None)
    assert_frame_equal(case.ability, blank.ability)


TEXTS = [("ratings", "date"), ("criteria", "part_of"), ("workers", "available"), ("costs", "task")]
TEXTS += [("quotas", column) for column in ("task", "least", "most")]


def test_every_optional_column_has_a_default_or_is_not_read():
    for name, file in FORM.items():
        for column, default in file.optional.items():
            assert (default is None) == ((name, column) in TEXTS)


def test_ratings_that_stand_twice_with_their_date_are_noted(tmp_path):
    rows = [f"w,{one},5,2015-01-02" for one in LOUNGE_CRITERIA]
    more = [
        "w,comfort,5,2015-01-02",  # twice
        "w,comfort,5.0,2015-01-02",  # and again, written otherwise
        "w,comfort,4,2015-01-02",  # another value
        "w,comfort,5,2015-01-03",  # another day
        "w,service,3,",
        "w,service,3,",  # no date: nobody can tell
    ]
    text = "\n".join(["worker,criterion,rating,date", *rows, *more])
    changes = {"ratings.csv": text, "task_conflicts.csv": None, "worker_conflicts.csv": None}
    project = cn.read_project(copy(LOUNGES, tmp_path, changes))
    assert project.notes == (
        "ratings.csv: 2 rows stand there a second time with the same date and rating (first line 5,"
        " as 2); each counts",
    )
    assert project.counts.loc[("w", "comfort"), 5] == 4
    assert "ratings.csv: 1 row stands there a second time" in read_notes(
        tmp_path / "2", {**changes, "ratings.csv": text.replace("\nw,comfort,5.0,2015-01-02", "")}
    )


def read_notes(to, changes):
    return "\n".join(cn.read_project(copy(LOUNGES, to, changes)).notes)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("worker_conflicts", "worker,other\na0,a1\na0,a1\na1,a0\na0,a1\n"),
        ("task_conflicts", "worker,task\na0,r3\na0,r3\n"),
    ],
)
def test_a_conflict_that_stands_twice_is_one_as_its_mirror_is(file, text, tmp_path):
    project = cn.read_project(copy(CASE, tmp_path, {f"{file}.csv": text}))
    once = "\n".join(text.split("\n")[:2]) + "\n"
    expected = cn.read_project(copy(CASE, tmp_path / "2", {f"{file}.csv": once}))
    same_project(project, expected)
    assert project.notes == () and fingerprint(project) == fingerprint(expected)


NAMES = [
    "tasks (1).csv",
    "tasks(2).csv",
    "Tasks.CSV",
    "TASKS.csv",
    "tasks - Copy.csv",
    "tasks - Copy (2).csv",
    "Copy of tasks.csv",
    "tasks copy 2.csv",
    "tasks.csv.txt",
    "tasks.csv.csv",
    "tasks .csv",
    " tasks.csv",
    "tasks.xlsx",
    "tasks.tsv",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_copying_or_saving_makes_get_a_hint(name, tmp_path, capsys):
    folder = copy(CASE, tmp_path)
    (folder / name).write_bytes((folder / "tasks.csv").read_bytes())
    assert cn.read_project(folder).notes == (f"{name} was not read; tasks.csv was",)
    (folder / "tasks.csv").unlink()
    assert problems(folder, capsys) == [
        "FOLDER: tasks.csv is missing",
        f"FOLDER: {name!r} is not a name that is read (did you mean 'tasks.csv'?)",
    ]


@pytest.mark.parametrize("name", ["Tasks", "tasks ", " TASKS", "tasks (2)", "Task", "tasks_"])
def test_names_of_sheets_get_a_hint(name, tmp_path, capsys):
    path = workbook(tmp_path / "book.xlsx", DATA / CASE)
    book = openpyxl.load_workbook(path)
    sheet = book["tasks"]
    sheet.title = "x"  # a name that differs by case alone would get a number
    sheet.title = name
    book.save(path)
    assert problems(path, capsys) == [
        "FOLDER: tasks is missing",
        f"FOLDER: {name!r} is not a name that is read (did you mean 'tasks'?)",
    ]


@pytest.mark.parametrize(
    "name", ["tasks", "tasks.csv~", "tasks.csv.bak", "tasks.csv ", "Tasks.ODT"]
)
def test_a_file_that_cannot_stand_for_a_missing_one_is_named(name, tmp_path, capsys):
    folder = copy(CASE, tmp_path)
    (folder / "tasks.csv").rename(folder / name)
    (line,) = problems(folder, capsys)
    assert line == f"FOLDER: tasks.csv is missing; {name} cannot stand for it"
    (folder / name).rename(folder / "tasks.csv")
    (folder / "tasks.md").write_text("what they are")
    (folder / "weights").mkdir()
    assert cn.read_project(folder).notes == ()


def test_workbooks_one_a_file_get_a_hint_each(tmp_path, capsys):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("ability", "demand", "tasks", "weights"):
        workbook(folder / f"{name}.xlsx", DATA / CASE)
    lines = problems(folder, capsys)
    hints = [line for line in lines if "did you mean" in line]
    assert len(lines) == 8 and "'demand.xlsx' is not a name that is read" in hints[1]


def test_a_folder_with_a_workbook_alone_asks_for_the_workbook(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    workbook(tmp_path / "mine" / "My Book.XLSX", DATA / CASE)
    assert problems(tmp_path / "mine", capsys) == [
        "FOLDER: no file of a project is in this folder; name the workbook itself (My Book.XLSX)"
    ]


def test_a_cycle_in_the_judgements_is_noted_and_their_consistency_told(tmp_path, capsys):
    head = f"criterion,{','.join(LOUNGE_CRITERIA)}"
    matrix = f"{head}\ncomfort,0.5,0.9,0.1\ncleanliness,0.1,0.5,0.9\nservice,0.9,0.1,0.5\n"
    folder = copy(LOUNGES, tmp_path, {"judgement.csv": matrix})
    assert main(["assign", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "Note: judgement.csv: the judgements go in a cycle, which no weights can follow: comfort >"
        " cleanliness > service > comfort"
    )
    said = "The judgements deviate by 0.267 from consistent ones, more than the usual limit of 0.1."
    assert said in lines
    html = cn.report(folder).html
    assert said in html and "comfort &gt; cleanliness &gt; service &gt; comfort" in html
    assert main(["assign", str(copy(LOUNGES, tmp_path / "2"))]) == 0
    out = capsys.readouterr().out
    assert "The judgements deviate by 0.000 from consistent ones (usual limit 0.1)." in out
    assert "in a cycle" not in out


@pytest.mark.parametrize(
    ("comfort", "cleanliness", "service"),
    [
        ("1,3,5", "0.3333,1,2", "0.2,0.5,1"),
        ("1,3,5", "1/3,1,2", "1/5,1/2,1"),
        ("1,1/3,7", "3,1,9", "0.14,0.11,1"),
        ("1,3,5", ",1,2", ",,1"),
        ("1,,5", "1/3,1,2", ",,1"),
    ],
)
def test_saatys_scale_is_said_once(comfort, cleanliness, service, tmp_path, capsys):
    head = f"criterion,{','.join(LOUNGE_CRITERIA)}"
    matrix = f"{head}\ncomfort,{comfort}\ncleanliness,{cleanliness}\nservice,{service}\n"
    (line,) = problems(copy(LOUNGES, tmp_path, {"judgement.csv": matrix}), capsys)
    assert line.startswith("judgement.csv: it looks like Saaty's scale from 1/9 to 9, ")
