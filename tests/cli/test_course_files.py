"""What ``crowdnb notebooks`` and ``crowdnb new`` copy: links that lead somewhere, and nothing lost."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

import crowdnb as cn
from crowdnb.__main__ import main
from crowdnb.cli import notebook_files
from crowdnb.project.output import typed

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\]\(([^()\s]+)\)")
NUMBERS = [path.name[:2] for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]


def told(capsys, *arguments):
    """The status, and what was printed to standard output and error."""
    status = main([*map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(one["source"]) for one in notebook["cells"] if one["cell_type"] == kind]


def text_of(path):
    return "\n\n".join(cells(path, "markdown")) if path.suffix == ".ipynb" else path.read_text()


def anchors(path):
    """What JupyterLab makes of the headings of a notebook, and GitHub of those of a page."""
    headings = re.findall(r"^#{1,6} (.+)$", text_of(path), flags=re.MULTILINE)
    if path.suffix == ".ipynb":
        return {re.sub(r"[*`]", "", one).strip().replace(" ", "-") for one in headings}
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def tree(folder):
    return {path: path.is_file() and path.read_bytes() for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "options", [[], ["--no-solutions"], ["--chapter", "4", "01"], ["--chapter", "12", "--no-sol"]]
)
def test_every_link_of_a_copy_leads_to_a_file_and_a_heading_of_it(tmp_path, capsys, options):
    folder = tmp_path / "course"
    assert told(capsys, "notebooks", folder, *options)[0] == 0
    for path in [*folder.rglob("*.ipynb"), *folder.rglob("*.md")]:
        text = text_of(path)
        assert not re.search(r"\b(href|src)=", text), path.name
        for link in LINK.findall(text):
            if "://" in link:
                continue
            name, _, anchor = unquote(link).partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.is_file() and target.is_relative_to(folder.resolve()), (path.name, link)
            assert not anchor or anchor in anchors(target), (path.name, link)


@pytest.mark.parametrize("solutions", [True, False])
def test_a_copy_is_the_notebooks_with_all_they_read(tmp_path, capsys, solutions):
    """Cells and outputs are the stored ones; a program finds the page that it reads."""
    folder = tmp_path / "course"
    status, out, err = told(
        capsys, "notebooks", folder, *(() if solutions else ("--no-solutions",))
    )
    assert (status, err) == (0, "")
    assert f"Next: jupyter lab {folder / '00_overview.ipynb'}\n" in out
    front = (folder / "README.md").read_text()
    for name in [path.name for path in (ROOT / "notebooks").glob("*.ipynb")]:
        assert f"({name})" in front
        old, new = ROOT / "notebooks" / name, folder / name
        assert (folder / "solutions" / name).is_file() == solutions
        assert len(cells(new, "markdown")) == len(cells(old, "markdown"))
        for before, after in zip(cells(old, "code"), cells(new, "code"), strict=True):
            assert after == before.replace("../docs/", "docs/")
            for page in re.findall(r"""["'](\S+\.md)["']""", after):
                assert (folder / page).is_file(), page
        was, is_ = (json.loads(path.read_text(encoding="utf-8")) for path in (old, new))
        for notebook in (was, is_):
            for cell in notebook["cells"]:
                del cell["source"]
        assert is_ == was


def test_without_solutions_nothing_speaks_of_them(tmp_path, capsys):
    told(capsys, "notebooks", tmp_path / "course", "--no-solutions")
    assert not list((tmp_path / "course").glob("docs/teaching*"))
    for path in (tmp_path / "course").rglob("*.*"):
        assert not re.search(r"solutions/|teaching", text_of(path), re.IGNORECASE), path.name
    for path in (tmp_path / "course").glob("*.*"):
        assert not re.search("worked", text_of(path), re.IGNORECASE), path.name
    for name in ("00_overview", "01_cloud_model", "02_possibility_degree"):
        (text,) = (
            cell
            for cell in cells(tmp_path / "course" / f"{name}.ipynb", "markdown")
            if "## Exercises" in cell
        )
        assert re.search(r"## Exercises\n\nPut your answers? in place of `None`\.( Next|\n)", text)


@pytest.mark.parametrize("command", ["notebooks", "new"])
@pytest.mark.parametrize("there", ["course", "course/README.md", "course/tasks.csv", "link"])
def test_nothing_is_overwritten(tmp_path, capsys, command, there):
    folder = tmp_path / "course"
    if there == "link":
        folder.symlink_to(tmp_path / "nowhere")
    else:
        (tmp_path / there).parent.mkdir(exist_ok=True)
        (tmp_path / there).write_text("mine")
    harmless = (command, there) == ("notebooks", "course/tasks.csv")
    before = tree(tmp_path)
    status, out, err = told(capsys, command, folder)
    assert (status == 0) == harmless
    assert before.items() <= tree(tmp_path).items()
    if not harmless:
        assert (status, out, tree(tmp_path)) == (2, "", before)
        assert Path(there).name in err or there == "link"
        assert "nothing written" in err


def test_a_chapter_that_is_not_there_is_named(tmp_path, capsys):
    status, _, err = told(capsys, "notebooks", tmp_path / "course", "--chapter", "01", "99")
    assert status == 2
    assert "'99'" in err
    assert all(number in err for number in NUMBERS)
    assert not (tmp_path / "course").exists()


def test_what_fails_midway_leaves_nothing(tmp_path, capsys):
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "solutions").write_text("a file where a folder is to be")
    before = tree(tmp_path)
    status, _, err = told(capsys, "notebooks", tmp_path / "course")
    assert status == 2
    assert "solutions" in err
    assert tree(tmp_path) == before


def test_a_new_project_is_the_case_study_and_the_next_command_solves_it(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    status, out, err = told(capsys, "new", "my project")
    assert (status, err) == (0, "")
    assert "Next: crowdnb assign 'my project', then change the files\n" in out
    assert cn.read_project("my project").solve().performance == pytest.approx(
        cn.load_case_study().solve().performance
    )
    assert {path.suffix for path in Path("my project").iterdir()} == {".csv"}
    assert told(capsys, "assign", "my project")[0] == 0
    assert told(capsys, "new", "book.xlsx")[0] == 2


def test_an_empty_or_hidden_start_is_a_new_project(tmp_path, capsys):
    (tmp_path / ".git").mkdir()
    assert told(capsys, "new", tmp_path)[0] == 0


def test_a_command_is_quoted_as_the_system_reads_it():
    assert typed("crowdnb", "assign", r"C:\my data", windows=True) == r'crowdnb assign "C:\my data"'
    assert typed(r"course\00.ipynb", windows=True) == r"course\00.ipynb"
    assert typed("assign", "my data", windows=False) == "assign 'my data'"


def test_notebooks_that_did_not_come_along_are_told_of(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(notebook_files, "_PACKAGE", tmp_path / "crowdnb")
    status, _, err = told(capsys, "notebooks", tmp_path / "course")
    assert status == 2
    assert "came without its notebooks; a wheel of it has them" in err
