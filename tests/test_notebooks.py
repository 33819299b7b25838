"""How the notebooks are kept: links that lead somewhere, sizes that can be read, no state of widgets."""

import re
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
READER = sorted(FOLDER.glob("*.ipynb"))
EVERY = [*READER, *sorted((FOLDER / "solutions").glob("*.ipynb"))]
LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)")


def read(path):
    return nbformat.read(path, as_version=4)


def cells(path, kind):
    return [cell for cell in read(path).cells if cell.cell_type == kind]


def anchors(path):
    """What JupyterLab makes of the headings: their text with hyphens for spaces."""
    lines = (line for cell in cells(path, "markdown") for line in cell.source.splitlines())
    headings = (re.fullmatch(r"#{1,6} (.+)", line) for line in lines)
    return {re.sub(r"[*`]", "", found[1]).strip().replace(" ", "-") for found in headings if found}


def links(path):
    return [
        link
        for cell in cells(path, "markdown")
        for link in LINK.findall(cell.source)
        if "://" not in link
    ]


def test_there_is_a_notebook_and_its_solutions_for_every_part():
    names = [path.name for path in READER]
    assert [name[:2] for name in names] == [
        "00",
        "01",
        "02",
        "03",
        "04",
        "05",
        "06",
        "07",
        "08",
        "09",
        "10",
        "11",
        "12",
    ]
    assert [path.name for path in EVERY[len(READER) :]] == names


def test_a_notebook_stands_wherever_notebooks_are_listed():
    """On the front page and beside its neighbours, with checks of its exercises, and driven where it shows a panel."""
    root, missing = FOLDER.parent, []
    front = (root / "README.md").read_text(encoding="utf-8")
    driven = (root / "tests" / "panels" / "test_browser.py").read_text(encoding="utf-8")
    for before, path, after in zip([None, *READER], READER, [*READER[1:], None], strict=False):
        name, checks = path.name, root / "crowdnb" / "exercises" / f"{path.stem[3:]}.py"
        panel = any(cell.source.endswith("\npanel") for cell in cells(path, "code"))
        places = {
            "the table in README.md": f"(notebooks/{name})" in front,
            f"{checks.name} in crowdnb/exercises": checks.is_file(),
            "PANELS in tests/panels/test_browser.py": (f'"{name}": drive_' in driven) == panel,
            "a link in the one before": not before or name in links(before),
            "a link in the one after": not after or name in links(after),
        }
        missing += [f"{name}: {place}" for place, there in places.items() if not there]
    assert missing == []


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_links_lead_to_a_file_and_a_heading(path):
    for link in links(path):
        name, _, anchor = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_every_slip_is_linked_to_its_proof():
    slips = next(
        cell.source
        for cell in cells(READER[0], "markdown")
        if "cannot be taken literally" in cell.source
    )
    rows = re.findall(
        r"^\| (?!printed|---).*", slips.split("cannot be taken literally")[1], flags=re.MULTILINE
    )
    assert len(rows) > 20
    for row in rows:
        assert re.search(r"\(0[1-8]_\w+\.ipynb#[^)]+\) \|$", row), row
        # the words it rests on, short enough to be quoted
        quoted = row.split(" | ")[1].split("; ")
        assert all(re.search(r"[\u4e00-\u9fff]", words) and len(words) <= 12 for words in quoted), (
            row
        )


@pytest.mark.parametrize("path", READER, ids=lambda path: path.stem)
def test_each_ends_with_three_checked_exercises_and_leads_to_the_worked_ones(path):
    assert f"solutions/{path.name}" in links(path)
    used = {
        name
        for cell in cells(path, "code")
        for name in re.findall(r"cn\.exercises\.(check_\w+)\(", cell.source)
    }
    solved = FOLDER / "solutions" / path.name
    right = {
        name
        for cell in cells(solved, "code")
        for name in re.findall(r"exercises\.(check_\w+)\(", cell.source)
    }
    assert len(used) == 3
    assert used == right
    outputs = [
        o.text
        for cell in cells(solved, "code")
        if "exercises." in cell.source
        for o in cell.outputs
    ]
    assert all(text.startswith("Right") for text in outputs)
    assert len(outputs) >= 3


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_notebook_stays_readable(path):
    notebook = read(path)
    assert len(notebook.cells) <= 60
    assert path.stat().st_size < 200_000
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 20, cell.id
        assert cell.execution_count, cell.id


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_of_the_machine_is_stored(path):
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    assert "version" not in notebook.metadata.language_info
    for cell in notebook.cells:
        assert "execution" not in cell.metadata, cell.id
        assert not any(output.get("name") == "stderr" for output in cell.get("outputs", [])), (
            cell.id
        )


@pytest.mark.parametrize("path", EVERY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_cell_is_exempt_from_comparison(path):
    """Times are written ≈ 12 ms, which tests/nbval.cfg replaces; nothing else may differ between two runs."""
    for cell in cells(path, "code"):
        assert set(cell.metadata.get("tags", [])) <= {"parameters"}, cell.id
        assert not re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE_)", cell.source), cell.id


@pytest.mark.parametrize("path", READER, ids=lambda path: path.stem)
def test_a_panel_stands_at_its_start_after_all_cells_have_run(path):
    """Whoever runs all cells sees the panel as the text above it says; a cell that moves it puts it back."""
    code = "\n".join(cell.source for cell in cells(path, "code"))
    for shown in re.split(r"^panel = ", code, flags=re.MULTILINE)[1:]:
        moved = [found.end() for found in re.finditer(r"panel\[[^]]+\]\.value\b.*=", shown)]
        assert not moved or "panel.reset()" in shown[moved[-1] :], shown


@pytest.mark.parametrize("path", READER, ids=lambda path: path.stem)
def test_every_picture_has_a_text(path):
    for cell in cells(path, "code"):
        for output in cell.outputs:
            for image in re.findall(r"<img [^>]*>", output.get("data", {}).get("text/html", "")):
                assert re.search(r'alt="[^"]{20,}"', image), cell.id
