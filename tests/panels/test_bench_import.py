"""A table of ratings uploaded on the bench: what columns mean, the preview, next month's file."""

import io
import re
from datetime import datetime
from html import unescape

import pandas as pd
import pytest

import crowdnb as cn
from crowdnb.panels.bench_files import is_table

FORM = b"""name,Skill,Care,when
Ann,4,often,2024-03-01
Bo,3,never,2024-03-02
Cy,9,always,2024-03-02
"""
NEXT = b"""name,Skill,Care,when
Ann,4,often,2024-03-01
Bo,2,never,2024-04-02
"""


def upload(bench, name, data):
    bench.upload.value = (
        {
            "name": name,
            "type": "",
            "size": len(data),
            "content": memoryview(data),
            "last_modified": datetime.now(),
        },
    )
    return bench.offers.children[0] if bench.offers.children else None


def text_of(shown):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.value)))


def test_a_form_with_answers_in_words_then_next_months(tmp_path):
    folder = tmp_path / "mine"
    bench = cn.bench(folder)
    offer = upload(bench, "form.csv", FORM)
    assert offer.write.disabled and "Choose the column of the workers" in text_of(offer.preview)
    offer.controls["worker"].value = ("name",)
    offer.controls["criteria"].value = ("Skill", "Care")
    assert "'often' 1x, 'never' 1x, 'always' 1x" in text_of(offer.preview)
    assert "--" not in text_of(offer.preview)  # the bench has no options of a command
    for word, mark in (("never", "1"), ("often", "2"), ("always", "3")):
        offer.words[word].field.value = mark
    assert "Skill: 3, 4, 9. Say which there can be" in text_of(offer.preview)
    assert "--" not in text_of(offer.preview)
    offer.scales.value = [[1, 5, None], [None] * 3]
    offer.controls["date"].value = "when"
    text = text_of(offer.preview)
    assert "5 ratings of 3 workers on Skill, Care: worker criterion rating date Ann Skill 4" in text
    assert "Left out: 1" in text and "Skill off the scale 1 9 (Skill: 1 to 5) 4" in text
    assert not folder.exists() and not offer.write.disabled
    offer.write.click()
    said = text_of(bench.offers.children[0])
    assert "Fill in demand.csv, tasks.csv, weights.csv" in said and "5 ratings in all" in said
    assert "weights.csv" in bench.checked.value
    assert len(pd.read_csv(folder / "ratings.csv")) == 5
    # next month: columns mean what they meant, and both kinds of export are right
    offer = upload(bench, "next.csv", NEXT)
    assert "2 are new, 2 are there already; 7 in all. Nothing is left out." in text_of(
        offer.preview
    )
    assert offer.mapping().words == {"never": 1, "often": 2, "always": 3}
    before = (folder / "import.json").read_bytes()
    offer.write.click()
    assert len(pd.read_csv(folder / "ratings.csv")) == 7
    assert (folder / "import.json").read_bytes() == before
    offer = upload(bench, "next.csv", NEXT.replace(b"Care", b"Cares"))
    assert "The import before had Care too, which is not here." in text_of(offer.preview)
    offer.children[-1].children[-1].click()  # not now
    assert not bench.offers.children


def test_without_dates_it_is_said_what_becomes_of_those_there(tmp_path):
    folder = tmp_path / "mine"
    bench = cn.bench(folder)
    long = b"who,what,mark\nAnn,Skill,4\nBo,Skill,3\n"
    for how, total in ((None, 2), ("add", 4), ("replace", 2)):
        offer = upload(bench, "long.csv", long)
        if how is None:
            offer.controls["shape"].value = "long"
            for name, column in (("worker", ("who",)), ("criterion", "what"), ("rating", "mark")):
                offer.controls[name].value = column
        else:
            assert "choose above what becomes of those that are there" in text_of(offer.preview)
            assert offer.controls["together"].layout.display == ""
            offer.controls["together"].value = how
        offer.write.click()
        assert len(pd.read_csv(folder / "ratings.csv")) == total


def test_what_is_told_while_columns_are_chosen(tmp_path):
    bench = cn.bench(tmp_path / "mine")
    offer = upload(bench, "form.csv", b"name,Skill,Care\nAnn,0.5,2\nBo,1,0\n")
    controls = offer.controls
    controls["worker"].value, controls["criteria"].value = ("name",), ("name", "Skill")
    assert "column 'name' is named for two things" in text_of(offer.preview)
    controls["criteria"].value = ("Skill", "Care")
    assert "such as lowest 0, highest 2, step 0.5" in text_of(offer.preview)
    controls["lowest"].field.value = "0"
    assert "Give the lowest mark and the highest, or neither." in text_of(offer.preview)
    controls["highest"].field.value, controls["step"].field.value = "2", "0.4"
    assert "0.5" in text_of(offer.preview) or "step" in text_of(offer.preview)
    controls["step"].field.value = "0.5"
    assert "Skill, Care: marks 0 to 2 in steps of 0.5." in text_of(offer.preview)
    offer = upload(bench, "empty.csv", b"")
    assert offer.write.disabled and "The table cannot be read." in text_of(offer.preview)
    offer = upload(bench, "<b>form.csv", b"<i>,Skill\n<img>,4\n")
    offer.controls["worker"].value, offer.controls["criteria"].value = ("<i>",), ("Skill",)
    assert "&lt;img&gt;" in offer.preview.value and "<b>" not in offer.children[0].value


def book(**sheets):
    stream = io.BytesIO()
    with pd.ExcelWriter(stream) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "is_one"),
    [
        ("form.csv", FORM, True),
        ("ratings.csv", FORM, True),  # not in the form of a project's
        ("Ratings (1).csv", b"worker,criterion,rating\n", False),
        ("tasks (1).csv", FORM, False),
        ("judgement_skill.csv", FORM, False),
        ("form.xlsx", book(answers=pd.DataFrame({"name": ["Ann"]})), True),
        ("plan.xlsx", book(tasks=pd.DataFrame({"task": ["day"]}), more=pd.DataFrame()), False),
        ("broken.xlsx", b"PK", False),
        ("form.txt", FORM, False),
    ],
)
def test_which_files_are_offered(name, data, is_one):
    assert is_table(name, data) == is_one


def test_the_sheet_of_a_workbook_is_chosen(tmp_path):
    bench = cn.bench(tmp_path / "mine")
    answers = pd.DataFrame({"name": ["Ann", "Bo"], "Skill": [4, 5]})
    offer = upload(bench, "form.xlsx", book(about=pd.DataFrame({"x": [1]}), answers=answers))
    offer.controls["sheet"].value = "answers"
    offer.controls["worker"].value, offer.controls["criteria"].value = ("name",), ("Skill",)
    assert "2 ratings of 2 workers on Skill" in text_of(offer.preview)


def test_nothing_is_read_into_a_workbook_or_beside_abilities(tmp_path, case):
    (tmp_path / "plan.xlsx").write_bytes(book(tasks=pd.DataFrame({"task": ["day"]})))
    case.write(tmp_path / "case")
    for place, said in (
        ("plan.xlsx", "is a workbook; an import writes a folder of CSV files"),
        ("case", "has ability.csv, which stands in the place of ratings"),
    ):
        before = sorted(tmp_path.rglob("*"))
        offer = upload(cn.bench(tmp_path / place), "form.csv", FORM)
        offer.controls["worker"].value, offer.controls["criteria"].value = ("name",), ("Skill",)
        assert said in text_of(offer.preview) and offer.write.disabled
        offer.write.click()
        assert sorted(tmp_path.rglob("*")) == before
