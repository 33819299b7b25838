"""Names in the bench's text boxes: what opening writes reads back to the same pairs."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from crowdnb.panels.grids import PairList
from crowdnb.spelling import cleaned

NAMES = [
    "a", "b, c", "a, b", "c", '"b, c"', "Lee; Ann", "NA", '"NA"', 'O"Brien', '"', ",", '","', "x,", ",x",
    "می‌خواهم", "李 四", "=1+1", "a, b, c",
]  # fmt: skip


def test_each_pair_of_names_survives_being_shown():
    box = PairList(NAMES, NAMES, True, "Quarrels", [])
    for i, k in combinations(range(len(NAMES)), 2):
        box.value = [[k, i]]
        text = box.area.value
        assert not box.said.value
        box.area.value = ""
        assert box.value == []
        box.area.value = text
        assert box.value == [[k, i]] and not box.said.value


nasty = st.text(st.sampled_from("ab,;\" '\t\u00a0\u200c\n"), min_size=1, max_size=5)


@given(st.lists(nasty.map(cleaned).filter(bool), min_size=2, max_size=8, unique=True), st.data())
def test_pairs_of_nasty_names_survive_being_shown(names, data):
    cells = [[i, k] for i in range(len(names)) for k in range(i)]
    value = data.draw(st.lists(st.sampled_from(cells), unique_by=tuple, max_size=5))
    box = PairList(names, names, True, "Quarrels", value)
    assert box.value == value and not box.said.value


def test_a_line_that_can_be_read_in_two_ways_is_not_guessed():
    box = PairList(["a", "b, c", "a, b", "c"], ["a", "b, c", "a, b", "c"], True, "Quarrels", [])
    box.area.value = "a, b, c"
    assert not box.value and "line 1: can be read in two ways" in box.said.value
    box.area.value = '"a, b", c'
    assert box.value == [[3, 2]] and not box.said.value


def test_typed_names_are_cleaned_as_those_of_files_are():
    box = PairList(["Ann Lee", "Bob"], ["Ann Lee", "Bob"], True, "Quarrels", [])
    box.area.value = " Ann\u00a0 Lee\u200b ,\u3000Bob"
    assert box.value == [[1, 0]]
