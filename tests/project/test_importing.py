"""Tables as they come: what is read, what is dropped, what must be stated, what is written."""

import datetime
import gzip
import json
import re
from itertools import pairwise

import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.project import importing
from crowdnb.project.files import write_together
from crowdnb.project.mapping import TableMapping, mapping_file, read_mapping
from crowdnb.project.marks import mark_of
from crowdnb.project.rating_table import read_table

WIDE = "name,Skill,Care,day\nAnn,4,5,2024-01-05\nBo,3,,2024-01-06\n,2,2,2024-01-07\n"
COLUMNS = {"worker": "name", "criteria": ["Skill", "Care"]}


def file(folder, text, name="form.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def ratings(folder):
    return (folder / "ratings.csv").read_text(encoding="utf-8-sig").splitlines()


def fails(folder, text, said, name="form.csv", into="mine", **options):
    """An import fails with these words, and writes nothing."""
    before = sorted(path.name for path in folder.rglob("*"))
    with pytest.raises(ValueError, match=re.escape(said)):
        cn.import_ratings(file(folder, text, name), folder / into, **{**COLUMNS, **options})
    assert sorted({path.name for path in folder.rglob("*")} - {name}) == sorted(
        set(before) - {name}
    )


def filled(folder, required=1):
    """A project whose files to be filled in are filled in."""
    demand = pd.read_csv(folder / "demand.csv").assign(low=0.3)
    demand.to_csv(folder / "demand.csv", index=False)
    weights = pd.read_csv(folder / "weights.csv")
    weights.assign(weight=1 / len(weights)).to_csv(folder / "weights.csv", index=False)
    pd.read_csv(folder / "tasks.csv").assign(required=required).to_csv(
        folder / "tasks.csv", index=False
    )
    return folder


def test_one_row_per_event_and_one_column_per_criterion(tmp_path):
    done = cn.import_ratings(file(tmp_path, WIDE), tmp_path / "mine", **COLUMNS, date="day")
    assert ratings(tmp_path / "mine") == [
        "worker,criterion,rating,date",
        "Ann,Skill,4,2024-01-05",
        "Ann,Care,5,2024-01-05",
        "Bo,Skill,3,2024-01-06",
    ]
    assert done.table.dropped.to_numpy().tolist() == [
        ["name", "row without a worker", 1, "", 4],
        ["Care", "empty cell", 1, "", 3],
    ]
    with pytest.raises(cn.ProjectError) as caught:
        cn.read_project(tmp_path / "mine")
    for name, column in (("demand", "low"), ("tasks", "required"), ("weights", "weight")):
        assert any(f"{name}.csv" in text and column in text for text in caught.value.problems)


def test_a_plan_comes_out_once_the_files_are_filled_in(tmp_path):
    text = "instr,q1,q2\n1,4.0,5\n1,3,2\n2,5,5.0\n"
    cn.import_ratings(file(tmp_path, text), tmp_path / "mine", "instr", ["q1", "q2"])
    assert cn.read_project(filled(tmp_path / "mine")).solve().status == "optimal"
    assert ratings(tmp_path / "mine")[1] == "1,q1,4"


def test_what_the_columns_mean_is_kept(tmp_path):
    mine = tmp_path / "mine"
    cn.import_ratings(file(tmp_path, WIDE), mine, **COLUMNS, date="day")
    more = WIDE + "Cy,1,2,2024-02-01\n"
    done = cn.import_ratings(file(tmp_path, more), mine)
    assert (done.added, done.known, done.total) == (2, 3, 5)
    fails(tmp_path, "name,Skil,Care,day\nAnn,4,5,\n", "no column 'Skil", worker=None, criteria=None)
    told = str(cn.import_ratings(file(tmp_path, more), mine, criteria="Skill"))
    assert "criteria is now Skill, was Skill, Care" in told


def test_the_mapping_is_read_as_it_was_written(tmp_path):
    whole = TableMapping(
        ("a", "b"),
        ("x", "y"),
        date="d",
        date_order="dmy",
        scale=cn.Scale(0, 4, 0.5),
        scale_of={"y": cn.Scale(0, 1)},
        words={"yes": 1, "no, never": 0},
        sheet="s",
        rounded=True,
    )
    for mapping in (whole, TableMapping("w", criterion="c", rating="r")):
        (tmp_path / "import.json").write_bytes(mapping_file(mapping))
        assert read_mapping(tmp_path / "import.json") == mapping


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "x"}, "does not say"),
        ({"version": 2}, "version 2"),
        ({"workr": "a"}, "'workr' is no setting of an import (did you mean 'worker'?)"),
        ({"worker": 3}, "import.json, worker: names of columns are needed, got 3"),
        ({"worker": []}, "import.json, worker: the column"),
        ({"criteria": ["a", "a"]}, "column 'a' is named twice"),
        ({"criteria": ["name"]}, "column 'name' is named for two things"),
        ({"criterion": "c"}, "import.json, criteria: name the columns"),
        ({"scale": [5, 1]}, "import.json, scale: lowest 5 is above highest 1"),
        ({"scale": "1 to 5"}, "import.json, scale: lowest, highest"),
        ({"scale_of": {"Cre": [1, 5]}}, "scale_of: 'Cre' is not one of the criteria (did you mean"),
        ({"words": {"a": "b"}}, "import.json, words: a needs a number, got 'b'"),
        ({"words": ["a"]}, "import.json, words: entries by name"),
        ({"date": ""}, "import.json, date: the name of a column"),
        ({"date_order": "dym"}, "import.json, date_order must be"),
        ({"rounded": "no"}, "import.json, rounded must be True or False"),
    ],
)
def test_nonsense_in_the_kept_mapping_is_told_with_its_key(tmp_path, change, words):
    usual = {"format": "crowdnb import", "version": 1, "worker": ["name"], "criteria": ["Care"]}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "import.json").write_text(json.dumps({**usual, **change}))
    fails(tmp_path, WIDE, words, worker=None, criteria=None)


def test_a_scale_is_stated_or_all_marks_are_stars(tmp_path):
    halves = "name,Skill,Care\nAnn,0.5,4\nBo,1,5\n"
    fails(tmp_path, halves, "Skill: 0.5, 1. Say which")
    fails(tmp_path, halves, "--scale-of Skill 0.5 1 0.5")
    mine = tmp_path / "mine"
    cn.import_ratings(file(tmp_path, halves), mine, **COLUMNS, scale_of={"Skill": (0, 1, 0.5)})
    rows = (mine / "criteria.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows == ["criterion,lowest,highest,step", "Skill,0,1,0.5", "Care,,,"]
    # it is known from now on, and another one is refused
    cn.import_ratings(file(tmp_path, halves), mine, **COLUMNS, replace=True, scale_of={})
    fails(tmp_path, halves, "Skill has marks 0 to 1 in steps of 0.5 there", scale=(0, 5, 0.5))
    assert ratings(mine)[1] == "Ann,Skill,0.5"


def test_a_scale_that_is_offered_can_be_typed(tmp_path):
    fine = "name,Skill,Care\nAnn,96.925,1\nBo,12.501,2\n"
    fails(tmp_path, fine, "--scale-of Skill 12 97 1 --round")
    fails(tmp_path, "name,Skill,Care\nAnn,9,1\n", "--scale-of Skill 0 9")
    fails(tmp_path, "name,Skill,Care\nAnn,-9,1\n", "--scale-of Skill -9 1")
    fails(tmp_path, "name,Skill,Care\nAnn,0,9\n", "--scale 0 9 if none")


def test_one_criterion_with_a_scale_of_its_own(tmp_path):
    cn.import_ratings(file(tmp_path, WIDE), tmp_path / "mine", "name", "Skill", scale=(0, 4))
    assert cn.read_project(filled(tmp_path / "mine")).solve().status == "optimal"


def test_off_the_scale_is_dropped_or_rounded(tmp_path):
    path = file(tmp_path, "name,Care\nAnn,96.92\nBo,101\nCy,0\n")
    mapping = TableMapping("name", ("Care",), scale=cn.Scale(0, 100))
    read = read_table(path, mapping)
    assert read.dropped[["reason", "count", "line"]].to_numpy().tolist() == [
        ["off the scale", 2, 2]
    ]
    read = read_table(path, TableMapping("name", ("Care",), scale=cn.Scale(0, 100), rounded=True))
    assert read.ratings["rating"].tolist() == [97, 0]


def test_answers_in_words(tmp_path):
    text = 'name,Skill,Care\nAnn,often,"never, ever"\nBo, Often ,a=b\nCy,4,often\n'
    fails(tmp_path, text, "'often' 2x")
    fails(tmp_path, text, "\"often=?, Often=?, 'never, ever'=?, a=b=?\"")
    words = {"often": 4, "never, ever": 1, "a=b": 2}
    done = cn.import_ratings(file(tmp_path, text), tmp_path / "mine", **COLUMNS, words=words)
    assert ratings(tmp_path / "mine")[1:] == [
        "Ann,Skill,4",
        "Ann,Care,1",
        "Bo,Care,2",
        "Cy,Skill,4",
        "Cy,Care,4",
    ]
    assert "no mark is given for 'Often' 1x" in str(done)
    assert str(done.table.scales["Care"]) == "1 to 4"  # the best answer is the top
    fails(tmp_path, text, "words: often = 9 is no mark", words={"often": 9}, scale=(1, 5))
    mixed = "name,Skill,Care\nA,5,often\nB,2,9\n"
    fails(tmp_path, mixed, "not all marks of the words, 1 to 4: Care: 4, 9", words=words, into="b")
    cn.import_ratings(file(tmp_path, WIDE), tmp_path / "c", **COLUMNS, words={"no": -1, "so": 9})
    mixed = "name,Skill,Care\nA,5,yes\nB,2,no\n"  # stars beside words
    cn.import_ratings(file(tmp_path, mixed), tmp_path / "b", **COLUMNS, words={"yes": 1, "no": 0})
    rows = (tmp_path / "b" / "criteria.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rows[1:] == ["Skill,,,", "Care,0,1,1"]


def test_one_row_per_rating(tmp_path):
    long = "who,what,mark\nAnn,Skill,4\nAnn,Care,5\nBo,,3\nBo,Skill,x\n"
    read = read_table(
        file(tmp_path, long), TableMapping("who", criterion="what", rating="mark", scale=(1, 5))
    )
    assert read.ratings.to_numpy().tolist() == [["Ann", "Skill", 4], ["Ann", "Care", 5]]
    assert set(read.dropped["reason"]) == {"row without a criterion", "unknown word"}


def test_dates_are_not_guessed(tmp_path):
    form = "name,Skill,Care,day\nAnn,4,5,3/1/2024 10:22:33\nBo,3,4,13/2/2024\nCy,2,2,\n"
    fails(tmp_path, form, "--date-order dmy", date="day")
    mine = tmp_path / "mine"
    cn.import_ratings(file(tmp_path, form), mine, **COLUMNS, date="day", date_order="dmy")
    assert [row.split(",")[3] for row in ratings(mine)[1::2]] == ["2024-01-03", "2024-02-13", ""]
    read = read_table(
        tmp_path / "form.csv",
        TableMapping("name", ("Skill", "Care"), date="day", date_order="mdy"),
    )
    assert read.dropped.iloc[0].tolist() == ["day", "no date", 1, "13/2/2024", 3]


def test_rows_are_merged_as_often_as_either_file_has_them(tmp_path):
    january = "name,Skill,day\nAnn,4,2024-01-05\nAnn,4,2024-01-05\nBo,3,2024-01-06\n"
    mine, given = tmp_path / "mine", {"worker": "name", "criteria": "Skill", "date": "day"}
    cn.import_ratings(file(tmp_path, january), mine, **given)
    cn.import_ratings(file(tmp_path, january + "Bo,5,2024-02-01\n"), mine)  # all months
    cn.import_ratings(file(tmp_path, "name,Skill,day\nAnn,4,2024-01-05\nBo,5,2024-02-01\n"), mine)
    assert len(ratings(mine)) == 1 + 4
    undated = "name,Skill,day\nBo,5,\n"
    fails(tmp_path, undated, "--add (all of this file are new ones)", **given)
    cn.import_ratings(file(tmp_path, undated), mine, add=True)
    assert len(ratings(mine)) == 1 + 5
    fails(tmp_path, january, "1 rating of ratings.csv has no date", **given)
    cn.import_ratings(file(tmp_path, january), mine, replace=True)
    assert len(ratings(mine)) == 1 + 3


def test_ratings_made_by_hand_are_kept_or_the_import_says_why_not(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    own = "worker,criterion,rating\nZoe,Skill,5\n"
    file(mine, own, "ratings.csv")
    fails(tmp_path, WIDE, "ratings.csv has 1 rating already")
    cn.import_ratings(file(tmp_path, WIDE), mine, **COLUMNS, add=True)
    assert ratings(mine)[:2] == ["worker,criterion,rating", "Zoe,Skill,5"]
    file(mine, own.replace("5", "7"), "ratings.csv")
    fails(tmp_path, WIDE, "ratings.csv, line 2, column rating: 7 is no mark of Skill", add=True)
    file(mine, "worker,skill\nZoe,5\n", "ratings.csv")
    fails(tmp_path, WIDE, "column 'rating' is missing", add=True)


def test_what_is_the_users_stays(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    for name in ("demand.csv", "tasks.csv", "judgement.csv"):
        file(mine, "mine", name)
    done = cn.import_ratings(file(tmp_path, WIDE), mine, **COLUMNS)
    assert [path.name for path in done.written] == ["ratings.csv", "import.json"]
    assert (mine / "tasks.csv").read_text() == "mine"


def test_criteria_with_parts_are_not_rated_and_all_parts_are_asked_for(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    tree = "criterion,part_of,weight\nSkill,,0.5\njava,Skill,0.4\nweb,Skill,0.6\nCare,,0.5\n"
    file(mine, tree, "criteria.csv")
    fails(
        tmp_path, WIDE, "criteria.csv: Skill has parts there, which are rated in its place: java,"
    )
    cn.import_ratings(file(tmp_path, WIDE.replace("Skill", "java")), mine, worker="name",
                      criteria=["java", "Care"])  # fmt: skip
    assert pd.read_csv(mine / "demand.csv")["criterion"].tolist() == ["java", "Care", "web"]


def test_who_lacks_a_rating_is_counted_of_all_that_there_are_then(tmp_path):
    given = {**COLUMNS, "date": "day"}
    first = cn.import_ratings(file(tmp_path, WIDE), tmp_path / "mine", **given)
    assert "1 worker without a rating on some criterion" in first.text
    other = "name,Skill,Care,day\nBo,,5,2024-02-06\nCy,,4,2024-02-06\n"
    second = cn.import_ratings(file(tmp_path, other), tmp_path / "mine")
    assert "1 worker without a rating" in second.text  # Cy; Bo has one of January
    third = cn.import_ratings(file(tmp_path, other.replace(",,", ",2,")), tmp_path / "mine")
    assert "without a rating" not in third.text


@pytest.mark.parametrize(
    ("text", "said", "options"),
    [
        ("", "the file is empty", {}),
        ("name,Skill,Care\n", "there is a header, and no rows", {}),
        (
            "name,Skill,Care\nAnn,,\n",
            "is left to import. Dropped: Skill: empty cell 1x, Care: e",
            {},
        ),
        ("name,Skill,Care\n,1,2\n", "row without a worker", {}),
        ("name,Skill,Skill,Care\nAnn,1,2,3\n", "column 'Skill' stands 2 times", {}),
        ("Survey,,\n,,\nname,Skill,Care\nAnn,1,2\n", "is what stands above it a title?", {}),
        (WIDE, "no column 'Nme' for worker (did you mean 'name'?)", {"worker": "Nme"}),
        (WIDE, "named twice", {"criteria": ["Care", "Care"]}),
        (WIDE, "column 'name' is named for two things", {"criteria": ["name"]}),
        (WIDE, "column 'Care' is named for two things", {"date": "Care"}),
        (WIDE, "lowest 5 is above highest 1", {"scale": (5, 1)}),
        (WIDE, "scale: highest must be a finite number", {"scale": (1, float("nan"))}),
        (WIDE, "scale: lowest, highest", {"scale": 5}),
        (WIDE, "more than 10,001 marks", {"scale": (0, 5, 1e-6)}),
        (WIDE, "words: ok needs a number, got nan", {"words": {"ok": float("nan")}}),
        (WIDE, "scale_of: 'Car' is not one of the criteria", {"scale_of": {"Car": (1, 5)}}),
        (WIDE, "criteria: name the columns", {"criterion": "Skill", "rating": "Care"}),
        (WIDE, "worker: the column of the workers", {"worker": []}),
        (WIDE, "no workbook", {"sheet": "one"}),
        (WIDE, "cannot both be True", {"add": True, "replace": True}),
        ("name,Skill,Care\nАnna,1,2\n", "letters", {}),
        ("name,Skill,Care\n#N/A,1,2\n", "spreadsheet", {}),
        (WIDE, "scale_of: 'Car'", {"scale_of": {"Car": (1, 5)}}),
        ("name,Skill,Care,day\nAnn,1,2,1.2.24\n", "years with four digits", {"date": "day"}),
        ("name,Skill,Care,day\nAnn,1,2,2024-13-01\n", "Write dates as 2024", {"date": "day"}),
        ("name,Skill,Care\nAnn,1\n", "2 cells, and the header has 3", {}),
        ("name,Skill,Care\nAnn,NaN,NA\n", "'NaN' 1x, 'NA' 1x", {}),
        ("name,Skill,Care\nAnn,1e400,2\n", "'1e400' 1x", {}),
        ('name,Skill,Care\nAnn,"4,5",2\n', "'4,5' 1x", {}),
    ],
)
def test_bad_values_write_nothing(tmp_path, text, said, options):
    fails(tmp_path, text, said, **options)


def test_encodings_and_separators_are_those_of_every_file(tmp_path):
    table = "name;Skill;Care\nJosé;4,5;\ufeff 5 \n"
    for encoding in ("utf-8-sig", "utf-16"):
        path = file(tmp_path, table, encoding=encoding)
        read = read_table(path, TableMapping(" name ", ("Skill", "Care"), scale=(1, 5, 0.5)))
        assert read.ratings["rating"].tolist() == [4.5, 5]
    packed = tmp_path / "form.csv.gz"
    packed.write_bytes(gzip.compress(WIDE.encode()))
    assert len(read_table(packed, TableMapping("name", ("Skill",))).ratings) == 2
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(cn.ProjectError, match="packing is broken"):
        read_table(packed, TableMapping("name", ("Skill",)))


def test_a_folder_that_is_none_or_says_otherwise(tmp_path):
    file(tmp_path, "x", "mine")
    fails(tmp_path, WIDE, "mine: it is a file")
    fails(tmp_path, WIDE, "is a workbook", into="mine.xlsx")
    for name in ("ability.csv", "qualification.csv"):
        (tmp_path / name[:3]).mkdir()
        file(tmp_path / name[:3], "x", name)
        fails(tmp_path, WIDE, f"has {name}, which stands in the place of", into=name[:3])
    fails(tmp_path, WIDE, "say it once: --worker", into="new", worker=None)
    with pytest.raises(ValueError, match="there is no such file"):
        cn.import_ratings(tmp_path / "no.csv", tmp_path / "new", **COLUMNS)
    with pytest.raises(ValueError, match="it is a folder"):
        cn.import_ratings(tmp_path, tmp_path / "new", **COLUMNS)


def test_workbooks(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Form"
    for row in (["name", "Care", "day"], [101.0, "often", datetime.datetime(2024, 3, 1)]):
        sheet.append(row)
    book.save(tmp_path / "form.xlsx")
    mapping = TableMapping("name", ("Care",), date="day", words={"never": 1, "often": 3})
    read = read_table(tmp_path / "form.xlsx", mapping)
    assert read.ratings.to_numpy().tolist() == [["101", "Care", 3, "2024-03-01"]]
    sheet.append(["Bo", datetime.datetime(2024, 4, 3), None])  # 3.4, as a spreadsheet has it
    book.save(tmp_path / "form.xlsx")
    read = read_table(tmp_path / "form.xlsx", mapping)
    assert read.dropped.iloc[0, :3].tolist() == ["Care", "a date, no mark", 1]
    book.create_sheet("More").append(["other"])
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(cn.ProjectError, match=r"has the sheets Form, More; say which \(--sheet"):
        read_table(tmp_path / "form.xlsx", mapping)
    sheet.insert_rows(1)
    sheet.cell(1, 1, "Survey 2024")
    book.save(tmp_path / "form.xlsx")
    told = TableMapping("name", ("Care",), sheet="Form")
    with pytest.raises(cn.ProjectError, match="a title"):
        read_table(tmp_path / "form.xlsx", told)
    sheet.merge_cells("A1:C1")
    book.save(tmp_path / "form.xlsx")
    with pytest.raises(cn.ProjectError, match="merged"):
        read_table(tmp_path / "form.xlsx", told)


class Stopped(dict):
    """Files of which the last one is never written: somebody presses Ctrl-C."""

    def items(self):
        yield from super().items()
        raise KeyboardInterrupt


@pytest.mark.parametrize("stop", [Stopped, lambda files: files | {"n" * 300: b""}])
def test_an_interrupted_import_leaves_the_old_files(tmp_path, monkeypatch, stop):
    mine = tmp_path / "mine"
    cn.import_ratings(file(tmp_path, WIDE), mine, **COLUMNS)
    (mine / "weights.csv").unlink()
    before = {path.name: path.read_bytes() for path in mine.iterdir()}
    monkeypatch.setattr(
        importing, "write_together", lambda folder, files: write_together(folder, stop(files))
    )
    more = file(tmp_path, WIDE + "Cy,1,2,2024-02-01\n")
    with pytest.raises((OSError, KeyboardInterrupt)):
        cn.import_ratings(more, mine, criteria="Skill", replace=True)
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before
    with pytest.raises((OSError, KeyboardInterrupt)):
        cn.import_ratings(more, tmp_path / "new", **COLUMNS)
    assert not (tmp_path / "new").exists()


def test_old_ratings_keep_the_scale_that_they_were_given_on(tmp_path):
    mine, given = tmp_path / "mine", {"worker": "name", "criteria": "Skill", "date": "day"}
    cn.import_ratings(file(tmp_path, WIDE), mine, **given)
    later = WIDE + "Cy,9,2,2024-02-01\n"
    fails(tmp_path, later, "has ratings on Skill in stars 1 to 5", **given, scale=(0, 10))
    cn.import_ratings(file(tmp_path, later), mine, **given, scale=(0, 10), replace=True)
    cn.import_ratings(file(tmp_path, later), mine, **given)


def test_a_scale_too_fine_for_so_many_workers(tmp_path):
    many = "name,Care\n" + "".join(f"w{at},{at / 100}\n" for at in range(2100))
    with pytest.raises(ValueError, match=r"at most 1,999 .* larger step, and --round"):
        read_table(
            file(tmp_path, many), TableMapping("name", ("Care",), scale=cn.Scale(0, 100, 0.01))
        )


@pytest.mark.parametrize("scale", [(1, 5), (0, 1, 0.1), (-2, 2, 0.5)])
def test_a_mark_half_way_is_the_lower_one(scale):
    marks = cn.Scale(*scale).marks
    for low, high in pairwise(marks.tolist()):
        assert mark_of(round((low + high) / 2, 9), cn.Scale(*scale), True) == low


def test_marks_between_two_of_the_scale_are_told_of_with_the_way_to_read_them(tmp_path):
    table = file(tmp_path, "name,Skill,Care\nAnn,2.5,6\nBo,3,4\n")
    lost = cn.import_ratings(table, tmp_path / "one", **COLUMNS, scale=(1, 5))
    assert "1 mark was dropped between two of the scale; --round takes the nearest" in lost.text
    rounded = cn.import_ratings(table, tmp_path / "two", **COLUMNS, scale=(1, 5), rounded=True)
    assert "--round" not in rounded.text
