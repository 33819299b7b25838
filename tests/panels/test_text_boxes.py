"""Names in the bench's text boxes: what opening writes reads back to the same pairs."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

import crowdnb as cn
from crowdnb.pages.assignment_tables import WIDEST
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


def test_a_line_with_one_name_asks_for_two():
    box = PairList(["a", "b"], ["a", "b"], True, "Quarrels", [])
    for text in ("a", "a; b", '"a"'):
        box.area.value = text
        assert not box.value and "one name; two are needed" in box.said.value
    box.area.value = "a, "
    assert "&#x27;&#x27; is unknown" not in box.said.value


def test_typed_names_are_cleaned_as_those_of_files_are():
    box = PairList(["Ann Lee", "Bob"], ["Ann Lee", "Bob"], True, "Quarrels", [])
    box.area.value = " Ann\u00a0 Lee\u200b ,\u3000Bob"
    assert box.value == [[1, 0]]


def test_opening_a_project_of_nasty_names_changes_nothing(tmp_path):
    """With so many workers conflicts are typed in boxes."""
    names = [*NAMES, *(f"w{k}" for k in range(WIDEST[0]))]
    pairs = [(names[k], names[k + 1]) for k in range(0, len(NAMES) - 1, 2)]
    tables = {
        "ability": ["worker,criterion,low,high", *(f"{_cell(one)},s,0.5,0.9" for one in names)],
        "demand": ["task,criterion,low", '"t1, x",s,0.2', "t2,s,0.3"],
        "tasks": ["task,required", '"t1, x",2', "t2,1"],
        "weights": ["criterion,weight", "s,1"],
        "worker_conflicts": ["worker,other", *(f"{_cell(i)},{_cell(k)}" for i, k in pairs)],
        "task_conflicts": ["worker,task", f'{_cell(names[1])},"t1, x"'],
    }
    for name, lines in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    bench = cn.bench(tmp_path)
    assert len(bench["worker_conflicts"].value) == len(pairs)
    for box in ("worker_conflicts", "task_conflicts"):
        assert not bench[box].said.value
    assert bench.panel.scenario() == cn.Scenario()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def _cell(text):
    """A name as a cell of a CSV file."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
