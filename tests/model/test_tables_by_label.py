"""Tables of a problem are read by their labels, or refused with the missing ones named."""

import numpy as np
import pandas as pd
import pytest

import crowdnb as cn

W, T = ["a", "b", "c"], ["s", "t"]
Q = pd.DataFrame([[0.5, 0.4], [0.6, 0.3], [0.7, 0.2]], W, T)
NEED = {"s": 1, "t": 1}
# numbers for labels, as an array gives them
NUMBERED = pd.DataFrame(0.5, range(5), [0, 1])

WHOLE = {
    "task_conflicts": pd.DataFrame([[0, 1], [1, 0], [0, 0]], W, T),
    "pinned": pd.DataFrame([[0, 1], [1, 0], [0, 0]], W, T),
    "worker_conflicts": pd.DataFrame([[0, 1, 0], [1, 0, 0], [0, 0, 0]], W, W),
    "costs": pd.DataFrame([[1, 2], [3, 4], [5, 6]], W, T),
    "qualification": Q,
    "required": pd.Series([1, 2], T),
    "task_weights": pd.Series([1, 2], T),
    "worker_limits": pd.Series([1, 2, 3], W),
    "worker_least": pd.Series([0, 1, 2], W),
    "required_most": pd.Series([1, 2], T),
}
# of which labels may have no entry
PARTS = {"worker_limits": 1, "worker_least": 0, "required_most": 1}


def made(name, value):
    given = {"qualification": Q, "required": NEED}
    if name == "costs":
        given["budget"] = 99
    if name == "qualification":
        return cn.Problem(**given).changed(qualification=value)
    return cn.Problem(**given | {name: value})


@pytest.mark.parametrize("name", WHOLE)
def test_any_order_is_read_by_label(name):
    whole, field = WHOLE[name], lambda problem: np.asarray(getattr(problem.arrays, name))
    expected = field(made(name, whole))
    turned = whole.iloc[::-1] if whole.ndim == 1 else whole.iloc[::-1, ::-1]
    np.testing.assert_array_equal(field(made(name, turned)), expected)
    spelt = turned.set_axis([f"{label}\u00a0" for label in turned.index])
    np.testing.assert_array_equal(field(made(name, spelt)), expected)


@pytest.mark.parametrize("name", PARTS)
def test_labels_without_an_entry_have_the_default(name):
    whole, rest = WHOLE[name], PARTS[name]
    for part in (whole.iloc[1:], whole.iloc[[-1]].to_dict(), whole.iloc[:0], {}):
        table = getattr(made(name, part), name)
        assert table.index.tolist() == whole.index.tolist()
        assert table.tolist() == [part.get(label, rest) for label in whole.index]
        assert table.equals(getattr(made(name, table), name))
    for all_of_them in (2, np.int64(2), np.float64(2)):
        assert (getattr(made(name, all_of_them), name) == 2).all()
    with pytest.raises(ValueError, match=f"^{name}: unknown (worker|task) z"):
        made(name, {"z": 1})
    with pytest.raises(ValueError, match=f"^{name}: {whole.index[1]} has nan, a finite number is"):
        made(name, {whole.index[1]: np.nan})
    with pytest.raises(ValueError, match=f"^{name}: {whole.index[1]} .* must not be negative"):
        made(name, {whole.index[1]: -1})
    with pytest.raises(ValueError, match=f"^{name}: .* values are needed, one for each"):
        made(name, [1])


@pytest.mark.parametrize("name", sorted(WHOLE.keys() - PARTS.keys()))
def test_a_part_of_the_labels_is_refused_with_the_missing_named(name):
    whole = WHOLE[name]
    parts = {"row": whole.iloc[1:]} | ({} if whole.ndim == 1 else {"column": whole.iloc[:, 1:]})
    for part in parts.values():
        with pytest.raises(ValueError, match=rf"^{name}.*: no entry for (worker a|task s)"):
            made(name, part)


@pytest.mark.parametrize("name", WHOLE)
def test_a_label_that_is_unknown_is_named(name):
    whole = WHOLE[name]
    more = whole.rename({"a": "z"} if "a" in whole.index else {"s": "z"})
    with pytest.raises(ValueError, match=f"^{name}.*unknown (worker|task) z"):
        made(name, more)


@pytest.mark.parametrize(
    "cells", [[[0, 1], [1, 0]], [[False, True], [True, False]], [[0.0, 1.0], [1.0, 0.0]]]
)
@pytest.mark.parametrize("rows", [[3, 4], [0, 1], [3, 9], [8, 9]])
def test_a_part_of_numbered_labels_is_no_list_of_pairs(cells, rows):
    """0 and 1 are labels here, so each row of two could be a pair of them."""
    for name, columns in (
        ("worker_conflicts", rows),
        ("task_conflicts", [0, 1]),
        ("pinned", [0, 1]),
    ):
        with pytest.raises(
            ValueError,
            match=f"^{name}, rows: (no entry for|unknown) worker .*the columns worker and",
        ):
            cn.Problem(NUMBERED, [1, 1], **{name: pd.DataFrame(cells, rows, columns)})


def test_pairs_of_numbered_labels_are_read_as_pairs():
    pairs = pd.DataFrame({"worker": [3, 0], "task": [1, 0]})
    assert cn.Problem(NUMBERED, [1, 1], pinned=pairs).pins.tolist() == [[0, 0], [3, 1]]
    unnamed = pd.DataFrame([(3, 1), (2, 0)])
    assert cn.Problem(NUMBERED, [1, 1], pinned=unnamed).pins.tolist() == [[2, 0], [3, 1]]


@pytest.mark.parametrize("name", ["task_conflicts", "worker_conflicts", "pinned"])
def test_pairs_are_read_by_their_cleaned_labels(name):
    one, other = ("a\u200b", " b ") if name == "worker_conflicts" else ("a\u200b", " s ")
    column = "other" if name == "worker_conflicts" else "task"
    for pairs in ([(one, other)], pd.DataFrame({"worker": [one], column: [other]})):
        array = getattr(made(name, pairs).arrays, name)
        assert array[0, 1 if name == "worker_conflicts" else 0]


def test_numbers_and_text_are_told_apart_in_words():
    numbered = cn.Problem(NUMBERED, [1, 1])
    for name, pairs in (("worker_conflicts", [("1", "2")]), ("pinned", [("1", 0)])):
        with pytest.raises(
            ValueError, match="worker '1' is unknown: here '1' is text, and there 1 is a number"
        ):
            numbered.changed(**{name: pairs})
    with pytest.raises(ValueError, match="unknown task 0, 1: here '0' is text"):
        cn.Problem(NUMBERED, {"0": 1, "1": 1})
    with pytest.raises(ValueError, match="worker '3' is unknown: here '3' is text"):
        cn.why(numbered, "3", 0)
    with pytest.raises(
        ValueError, match=r"^worker labels: 1, a number, and '1', text, look the same"
    ):
        cn.Problem(NUMBERED.set_axis([1, "1", 2, 3, 4]), [1, 1])
    assert "here '0' is text" in str(cn.check(numbered, numbered.pinned.rename(index=str)))


@pytest.mark.parametrize(
    ("workers", "said"),
    [(["a", "a\u00a0", "b"], "'a' and 'a\\\\xa0'"), (["a", "а", "b"], "Cyrillic small letter a"),
     (["a", "#REF!", "b"], "error value of a spreadsheet"), (["e\u0301", "é", "b"], "combining acute")],
)  # fmt: skip
def test_workers_that_nobody_can_tell_apart_are_an_error(workers, said):
    with pytest.raises(ValueError, match=f"(?i)^worker labels: .*{said}"):
        cn.Problem(Q.set_axis(workers), NEED)


def test_labels_of_a_problem_are_cleaned_and_found_in_every_spelling():
    problem = cn.Problem(Q.set_axis(["a\u00a0x", "b", "c"]), NEED)
    assert problem.workers.tolist() == ["a x", "b", "c"]
    answer = cn.solve(problem)
    table = answer.table.set_axis(["a\u2003x", "b", "c "])
    assert cn.check(problem, table) == [] and cn.performance(problem, table) == answer.performance
    assert cn.why(problem, "a  x", "s").worker == cn.why(problem, "a x", "s").worker


def test_frames_of_others_are_refused():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"t": [0.4, 0.3, 0.2], "s": [0.5, 0.6, 0.7]})
    for name in ("qualification", "costs", "task_conflicts"):
        with pytest.raises(ValueError, match=f"^{name}: a polars DataFrame has no labels of rows"):
            made(name, frame)
    with pytest.raises(ValueError, match=r"^qualification: a polars DataFrame"):
        cn.Problem(frame, [1, 1])


def test_ends_of_intervals_in_another_order_are_refused():
    low, high = pd.Series([0.1, 0.2], ["a", "b"]), pd.Series([0.3, 0.4], ["b", "a"])
    with pytest.raises(
        ValueError, match="ability_low and ability_high: their labels are in another"
    ):
        cn.possibility_degree(low, high, 0.1, 0.5)
    assert cn.possibility_degree(low, high[::-1], 0.1, 0.5).shape == (2,)


def test_a_running_plan_with_text_for_numbers_is_not_taken_for_nobody():
    numbered = cn.Problem(NUMBERED, [1, 1])
    table = cn.solve(numbered).table
    assert cn.replan(numbered, table, price=0.1).changes == 0
    with pytest.raises(ValueError, match="table: worker '0' is unknown: here '0' is text"):
        cn.replan(numbered, table.rename(index=str), price=0.1)
    left = table.rename(index={1: "gone"})
    assert cn.replan(numbered, left, price=0.1).assignment.status == "optimal"


def test_a_judgement_is_read_by_its_cleaned_labels():
    b = pd.DataFrame([[0.7, 0.5], [0.5, 0.3]], ["skill", "care"], ["care\u00a0", " skill"])
    assert cn.criteria_weights(b).index.tolist() == ["skill", "care"]
    with pytest.raises(ValueError, match="look the same"):
        cn.criteria_weights(b.set_axis(["skill", "skill\u200b"]))


def test_tables_of_a_scene_are_read_by_their_cleaned_labels():
    held = pd.DataFrame({"worker": ["a\u00a0", "b"], "field": "heart", "valid_to": "2027-01-01"})
    cases = pd.DataFrame({"task": ["c1 "], "field": ["heart\u200b"], "day": ["2026-03-02"]})
    lacking = cn.scenes.without_credential(held, cases, pd.Index(["a", "b", "c"]))
    assert lacking["c1"].to_dict() == {"a": 0, "b": 0, "c": 1}
    friends = pd.DataFrame([[1, 0], [0, 1]], ["a", "b "], ["b", "a\u00a0"])
    made = pd.DataFrame({"piece": ["p"], "worker": ["b\u200b"]})
    assert cn.scenes.distances(made, friends).loc["a", "b"] == 1
    with pytest.raises(ValueError, match="here 1 is a number, and there '1' is text"):
        cn.scenes.distances(
            pd.DataFrame({"piece": ["p"], "worker": [1]}),
            friends.set_axis(["1", "2"]).set_axis(["1", "2"], axis=1),
        )


def test_columns_of_pairs_that_could_be_either_way_round_are_asked_for_their_names():
    for heads in (["task", "person"], ["from", "to"]):
        pairs = pd.DataFrame([[1, 0]], columns=heads)
        with pytest.raises(ValueError, match="can be read either way round; call them worker and"):
            cn.Problem(NUMBERED, [1, 1], pinned=pairs)
    pairs = pd.DataFrame([[3, 0]], columns=["person", "job"])
    assert cn.Problem(NUMBERED, [1, 1], pinned=pairs).pins.tolist() == [[3, 0]]
    spelt = pd.DataFrame([[0, 3]], columns=["task\u00a0", " worker"])
    assert cn.Problem(NUMBERED, [1, 1], pinned=spelt).pins.tolist() == [[3, 0]]
