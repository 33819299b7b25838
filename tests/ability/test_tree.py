"""Criteria under criteria: leaf weights, the tree as a table, and what can be wrong with it."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

import crowdnb as cn

approx = pytest.approx
ROWS = [
    ("skill", None, 0.5),
    ("care", None, 0.3),
    ("pace", None, 0.2),
    ("language", "skill", 0.25),
    ("kind", "skill", 0.75),
    ("java", "language", 0.4),
    ("html", "language", 0.6),
]
LEAVES = {"java": 0.05, "html": 0.075, "kind": 0.375, "care": 0.3, "pace": 0.2}


def frame(rows=ROWS):
    return pd.DataFrame(rows, columns=["criterion", "part_of", "weight"])


def without_weights(rows=ROWS):
    return frame(rows).drop(columns="weight")


def test_weights_are_multiplied_down_the_tree():
    tree = cn.criteria_tree(frame())
    assert tree.weights.to_dict() == approx(LEAVES)
    assert list(tree.weights.index) == list(LEAVES)
    assert tree.weights.name == "weight" and tree.weights.index.name == "criterion"
    assert tree.weights.sum() == approx(1, abs=1e-15)


def test_the_tree_as_a_table():
    table = cn.criteria_tree(frame()).table
    order = ["skill", "language", "java", "html", "kind", "care", "pace"]
    assert table.index.tolist() == order and table.index.name == "criterion"
    assert table["level"].tolist() == [1, 2, 3, 3, 2, 1, 1]
    assert table["part_of"].tolist() == [None, "skill", "language", "language", "skill", None, None]
    assert table["share"].tolist() == [0.5, 0.25, 0.4, 0.6, 0.75, 0.3, 0.2]
    assert table["weight"].tolist() == approx([0.5, 0.125, 0.05, 0.075, 0.375, 0.3, 0.2])
    assert table["leaf"].tolist() == [False, False, True, True, True, True, True]


def by_hand(rows, name):
    """The weight of a criterion, up to the top."""
    weight, above = 1.0, {one: (parent, share) for one, parent, share in rows}
    while name is not None:
        name, share = above[name]
        weight *= share
    return weight


@pytest.mark.parametrize("seed", range(8))
def test_random_trees(seed):
    rng = np.random.default_rng(seed)
    names = [f"c{i}" for i in range(rng.integers(1, 30))]
    above = [
        None if i == 0 or rng.random() < 0.2 else names[rng.integers(i)] for i in range(len(names))
    ]
    share = {}
    for parent in set(above):
        own = [one for one, up in zip(names, above, strict=True) if up == parent]
        share.update(zip(own, rng.dirichlet(np.ones(len(own))), strict=True))
    rows = [(one, up, share[one]) for one, up in zip(names, above, strict=True)]
    shuffled = [rows[i] for i in rng.permutation(len(rows))]
    tree = cn.criteria_tree(frame(shuffled))
    assert tree.table["weight"].to_dict() == approx({one: by_hand(rows, one) for one in names})
    assert set(tree.weights.index) == set(names) - set(above)
    assert tree.weights.sum() == approx(1)
    families = tree.table.groupby("part_of", dropna=False)["share"].sum()
    assert families.to_numpy() == approx(np.ones(len(families)))


def test_a_flat_tree_is_a_list_of_weights():
    rows = frame(ROWS[:3])
    assert cn.criteria_tree(rows).weights.tolist() == [0.5, 0.3, 0.2]
    assert cn.criteria_tree(rows.assign(part_of="")).weights.tolist() == [0.5, 0.3, 0.2]
    assert cn.criteria_tree(rows.assign(part_of=math.nan)).weights.tolist() == [0.5, 0.3, 0.2]


def test_a_judgement_of_each_level():
    top = pd.DataFrame(
        [[0.5, 0.7, 0.9], [0.3, 0.5, 0.7], [0.1, 0.3, 0.5]], *[["skill", "care", "pace"]] * 2
    )
    below = pd.DataFrame([[0.5, 0.9], [0.1, 0.5]], *[["kind", "language"]] * 2)
    deep = pd.DataFrame([[0.5, 0.3], [0.7, 0.5]], *[["java", "html"]] * 2)
    tree = cn.criteria_tree(without_weights(), {None: top, "skill": below, "language": deep})
    of_top, of_below, of_deep = map(cn.criteria_weights, (top, below, deep))
    assert tree.weights["java"] == approx(of_top["skill"] * of_below["language"] * of_deep["java"])
    assert tree.weights["kind"] == approx(of_top["skill"] * of_below["kind"])
    assert tree.weights["care"] == approx(of_top["care"])
    # some levels by judgement, some by weights
    rows = [row if row[1] != "skill" else (*row[:2], None) for row in ROWS]
    mixed = cn.criteria_tree(frame(rows), {" skill": below})
    assert mixed.weights["html"] == approx(0.5 * of_below["language"] * 0.6)


def test_qualification_takes_the_leaf_weights():
    tree = cn.criteria_tree(frame())
    ends = pd.MultiIndex.from_product([tree.weights.index, ["low", "high"]])
    rng = np.random.default_rng(1)
    ability = pd.DataFrame(np.sort(rng.random((3, 5, 2))).reshape(3, 10), list("abc"), ends)
    demand = pd.DataFrame(np.sort(rng.random((2, 5, 2))).reshape(2, 10), ["t1", "t2"], ends)
    q = cn.qualification(ability, demand, tree.weights)
    p = cn.possibility_matrix(ability, demand)
    for worker, task in itertools.product("abc", ["t1", "t2"]):
        expected = sum(p.loc[(worker, task), leaf] * weight for leaf, weight in LEAVES.items())
        assert q.loc[worker, task] == approx(expected)


def test_an_only_part_needs_no_weight():
    rows = [
        ("skill", None, None),
        ("java", "skill", None),
        ("html", "skill", 0.5),
        ("web", "html", None),
    ]
    rows[1] = ("java", "skill", 0.5)
    assert cn.criteria_tree(frame(rows)).weights.to_dict() == {"java": 0.5, "web": 0.5}
    assert cn.criteria_tree(without_weights([("one", None, 1)])).weights.to_dict() == {"one": 1}


def test_thirds_are_meant():
    rows = [(one, None, 0.333333) for one in "abc"] + [(one, "a", 0.33) for one in "xyz"]
    tree = cn.criteria_tree(frame(rows))
    assert tree.weights.to_dict() == approx(
        {"x": 1 / 9, "y": 1 / 9, "z": 1 / 9, "b": 1 / 3, "c": 1 / 3}
    )


def test_numbers_as_labels():
    rows = pd.DataFrame({"criterion": [1, 2, 3], "part_of": [None, 1, 1], "weight": [1, 0.5, 0.5]})
    tree = cn.criteria_tree(rows)
    assert tree.weights.to_dict() == {2: 0.5, 3: 0.5}
    assert tree.table["part_of"].tolist() == [None, 1, 1]
    assert all(type(one) is not float for one in tree.table["part_of"])


def test_labels_are_cleaned_and_other_columns_ignored():
    rows = frame([(f" {one}", parent and f"{parent}  ", weight) for one, parent, weight in ROWS])
    expected = cn.criteria_tree(frame()).table
    assert_frame_equal(cn.criteria_tree(rows.assign(lowest=1, highest=5)).table, expected)


def changed(name, **cells):
    rows = frame().astype(object)
    for column, value in cells.items():
        rows.loc[rows["criterion"] == name, column] = value
    return rows


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            changed("skill", part_of="java"),
            "skill is part of java is part of language is part of skill",
        ),
        (
            changed("care", part_of="care"),
            "care is part of care; a criterion cannot be part of itself",
        ),
        (changed("java", part_of="Language"), "java is part of Language, which is no criterion"),
        (
            changed("java", part_of="lаnguage"),
            "java is part of l.nguage, which is no criterion: .* look the same",
        ),
        (
            changed("java", weight=0.5),
            "parts of language must sum to 1, not to 1.1: java 0.5, html 0.6",
        ),
        (
            changed("pace", weight=0.3),
            "parts of the top must sum to 1, not to 1.1: skill 0.5, care 0.3, pace 0.3",
        ),
        (
            changed("java", weight=-0.4),
            "parts of language: java has the weight -0.4, a number of at least 0",
        ),
        (changed("java", weight="0.4"), "parts of language: java has the weight '0.4', a number"),
        (changed("java", weight=True), "parts of language: java has the weight True"),
        (changed("java", weight=math.inf), "parts of language: java has the weight inf"),
        (changed("java", weight=None), "parts of language: java has no weight"),
        (
            without_weights(),
            "parts of the top, skill, care, pace, have neither weights nor a judgement",
        ),
        (frame().drop(columns="part_of"), "column part_of is missing; there are criterion, weight"),
        (frame().drop(columns="criterion"), "column criterion is missing"),
        (frame([]), "one row or more is needed"),
        (changed("java", criterion=None), "row 5, column criterion is missing"),
    ],
)
def test_what_is_wrong_is_named(rows, said):
    with pytest.raises(ValueError, match=f"^criteria: {said}"):
        cn.criteria_tree(rows)


def test_a_criterion_that_stands_twice():
    with pytest.raises(
        ValueError, match=r"^criteria, criterion labels: java stands more than once$"
    ):
        cn.criteria_tree(frame([*ROWS, ("java", "skill", 0)]))


MATRIX = pd.DataFrame([[0.5, 0.9], [0.1, 0.5]], *[["java", "html"]] * 2)


@pytest.mark.parametrize(
    ("judgements", "said"),
    [
        (
            {"language": MATRIX},
            "criteria: parts of language have weights .java, html. and a judgement",
        ),
        (
            {"java": MATRIX},
            "judgements: 'java' is no criterion with parts; those are the top, skill, language",
        ),
        ({"skill": MATRIX}, "judgements, parts of skill, rows: unknown criterion java, html"),
        (
            {"language": MATRIX * 2},
            "judgements, parts of language: row java, column java is 1.0, the diagonal",
        ),
        (
            {"language": [[0.5]]},
            "judgements, parts of language: a frame labelled with its criteria",
        ),
        ([MATRIX], "judgements: a mapping of matrices is needed"),
    ],
)
def test_wrong_judgements_are_named(judgements, said):
    with pytest.raises(ValueError, match=f"^{said}"):
        cn.criteria_tree(frame(), judgements)


def test_a_judgement_off_the_levels_is_told_with_its_family():
    rows = [row if row[1] != "language" else (*row[:2], None) for row in ROWS]
    matrix = pd.DataFrame([[0.5, 0.6], [0.4, 0.5]], *[["html", "java"]] * 2)
    with pytest.warns(UserWarning, match=r"^judgements, parts of language: off the five") as told:
        tree = cn.criteria_tree(frame(rows), {"language": matrix})
    assert told[0].filename == __file__
    assert tree.weights["html"] == approx(0.125 * 0.55)


@pytest.mark.parametrize(
    ("rated", "said"),
    [
        (list(LEAVES)[1:], "there is no rating on java, which has no parts"),
        ([*LEAVES, "skill"], r"skill has parts \(language, kind\), on which the ratings must be"),
        ([*LEAVES, "speed"], "there are ratings on speed, which is no criterion"),
    ],
)
def test_ratings_are_on_the_leaves(rated, said):
    with pytest.raises(ValueError, match=f"^rated: {said}"):
        cn.criteria_tree(frame(), rated=rated)


def test_criteria_of_counts_are_the_leaves():
    rows = pd.DataFrame(
        [("a0", leaf, 3) for leaf in LEAVES], columns=["worker", "criterion", "rating"]
    )
    counts = cn.count_ratings(rows)
    tree = cn.criteria_tree(frame(), rated=counts.index.unique("criterion"))
    assert set(tree.weights.index) == set(cn.ability_intervals(counts).columns.unique("criterion"))
