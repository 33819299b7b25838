"""A large ratings.csv is read in one go, as it would be cell by cell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from helpers.folders import copy, same_project

import crowdnb as cn
from crowdnb.project import folder, plain_ratings

DATES = ["2024-03-01", "2024-04-01", "2024-05-01T10:00"]


@pytest.fixture
def few(monkeypatch):
    """Small files are read in one go too; and whether the last one was."""
    monkeypatch.setattr(plain_ratings, "MANY", 1)
    read = plain_ratings.plain_ratings
    seen = []

    def look(path):
        seen.append(read(path))
        return seen[-1]

    monkeypatch.setattr(folder, "plain_ratings", look)
    return lambda: seen[-1] is not None


def ratings(seed, dated):
    """Random rows over the lounges' labels, in random order, some twice."""
    rng = np.random.default_rng(seed)
    lounges = cn.read_project(folder_of())
    cells = lounges.counts.index.to_frame(index=False)
    cells = pd.concat([cells, cells.sample(300, replace=True, random_state=seed)])
    cells = cells.sample(frac=1, random_state=seed).assign(rating=rng.integers(1, 6, len(cells)))
    if dated:
        cells["date"] = rng.choice([*DATES, ""] if dated == "some" else DATES, len(cells))
    return cells[rng.permutation(cells.columns)].to_csv(index=False)


def folder_of():
    return plain_ratings.Path(cn.__file__).parent / "data" / "lounges"


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("dated", ["", "all", "some"])
def test_it_is_the_same_project(seed, dated, tmp_path, few, monkeypatch):
    path = copy("lounges", tmp_path, {"ratings.csv": ratings(seed, dated)})
    options = {"half_life": 30, "day": "2024-06-01"} if dated == "all" else {}
    one = cn.read_project(path, **options)
    assert few()
    monkeypatch.setattr(plain_ratings, "MANY", 10**9)
    other = cn.read_project(path, **options)
    assert not few()
    same_project(replace(one, ratings=other.ratings), other)
    assert one.notes == other.notes
    pd.testing.assert_frame_equal(one.counts, other.counts)
    assert (one.ratings is None) == (dated == "")
    if dated:
        pd.testing.assert_frame_equal(
            one.ratings.astype({"worker": "str", "criterion": "str"}), other.ratings
        )


ODD = {
    "a quote": ("adria-airways", '"adria-airways"'),
    "an apostrophe": ("adria-airways", "'adria-airways"),
    "an empty line": ("\nadria-airways", "\n\nadria-airways"),
    "a cell more": ("comfort,3\n", "comfort,3,\n"),
    "a cell less": ("adria-airways,comfort,3\n", "adria-airways,comfort\n"),
    "a date for a label": ("adria-airways", "2024-03-01"),
    "a word for a mark": ("comfort,3\n", "comfort,three\n"),
    "thousands for a mark": ("comfort,3\n", "comfort,1.250\n"),
    "a mark off the scale": ("comfort,3\n", "comfort,6\n"),
    "no mark": ("comfort,3\n", "comfort,\n"),
    "an unknown criterion": ("comfort,3\n", "confort,3\n"),
    "an empty worker": ("adria-airways,comfort,3\n", ",comfort,3\n"),
    "other separators": (",", ";"),
    "other line ends": ("\n", "\r\n"),
    "an error of a spreadsheet": ("adria-airways", "#N/A"),
    "a column more": ("rating", "rating,more"),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_what_is_odd_is_read_cell_by_cell(change, tmp_path, few, monkeypatch):
    """So the same is said of it, with its line."""
    old, new = change
    text = (folder_of() / "ratings.csv").read_text(encoding="utf-8")
    assert old in text
    count = -1 if old in (",", "\n") else 1
    path = copy("lounges", tmp_path, {"ratings.csv": text.replace(old, new, count)})

    def said():
        try:
            project = cn.read_project(path)
        except cn.ProjectError as error:
            return str(error)
        return project.notes, project.counts.to_numpy().tolist()

    one = said()
    monkeypatch.setattr(plain_ratings, "MANY", 10**9)
    assert one == said()


def test_labels_that_are_numbers_keep_their_zeros(tmp_path, few):
    text = (folder_of() / "ratings.csv").read_text(encoding="utf-8")
    number = {name: f"{at:03}" for at, name in enumerate(cn.read_project(folder_of()).workers)}
    rows = [row.split(",") for row in text.splitlines()[1:]]
    lines = [",".join([number[row[0]], *row[1:]]) for row in rows]
    changes = {"ratings.csv": "\n".join(["worker,criterion,rating", *lines])}
    path = copy(
        "lounges", tmp_path, changes | {"worker_conflicts.csv": None, "task_conflicts.csv": None}
    )
    assert cn.read_project(path).workers[0] == "000"
    assert not few()
