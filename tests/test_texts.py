"""The texts beside the code: links that lead somewhere, names that are there, and one version."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

import crowdnb as cn

ROOT = Path(__file__).parents[1]
TEXTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
TEXTS += sorted((ROOT / "docs").glob("*.md"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = sorted(path.parent for path in (ROOT / "crowdnb").glob("*/__init__.py"))


# What no text says, by the glossary of CONTRIBUTING.md. Words that are right elsewhere (made, whole,
# turned) are left to the reader.
REFUSED = {
    "in conflict": r"quarrel|\bfoes?\b|fallen out",
    "lift a conflict": r"mak\w+ peace|peace between|at peace",
    "one row per pair": r"\b(a|one) (row|column|line|bar|arrow|box) an? (?!of\b)\w+",
    "simulated": r"\bmade[- ](up )?(workers?|markets?|histor\w+|data)\b",
    "compared with": r"\bheld against\b",
    "may not finish": r"\bfor ever\b",
    "depends on": r"\bhangs? on\b",
    "how the data flow": r"the way of the data",
    "infeasible": r"nothing keeps the rules",
    "a close call": r"\ba near thing\b",
}


def read(path):
    return path.read_text(encoding="utf-8")


def anchors(path):
    """What GitHub makes of the headings: lower case, hyphens for spaces, no other signs."""
    headings = re.findall(r"^#{1,6} (.+)$", read(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_links_lead_to_a_file_and_a_heading(path):
    for link in re.findall(r"\]\(([^()\s]+)\)", read(path)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def refused(text):
    """The words of the house in a text, each with what the field says."""
    text = re.sub(r"\s+", " ", text)
    return [
        f"{found[0]!r}: {better}"
        for better, pattern in REFUSED.items()
        for found in re.finditer(pattern, text, flags=re.IGNORECASE)
    ]


def test_the_field_has_a_word_for_it():
    """Notebooks with their outputs, messages, docstrings and documents; the changes say what was."""
    glossary = re.compile(r"\| the field says \|.*?\n\n", flags=re.DOTALL)
    texts = {path: glossary.sub("", read(path)) for path in TEXTS if path.stem != "CHANGELOG"}
    texts |= {path: read(path) for path in (ROOT / "crowdnb").rglob("*.py")}
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        shown = [
            output.get("data", output).get("text/plain", "")
            for cell in cells
            for output in cell.get("outputs", [])
        ]
        said = [output.get("text", "") for cell in cells for output in cell.get("outputs", [])]
        texts[path] = "\n".join([*(cell.source for cell in cells), *shown, *said])
    wrong = {str(path.relative_to(ROOT)): refused(text) for path, text in texts.items()}
    assert {path: words for path, words in wrong.items() if words} == {}


def test_what_the_glossary_refuses_is_found_and_nothing_else():
    for text in (
        "They quarrel.",
        "Let both make\npeace",
        "a row a pair",
        "one line a conflict",
        "Made data",
        "can take for ever",
    ):
        assert len(refused(text)) == 1, text
    for text in (
        "made of data",
        "a row of a frame",
        "for every worker",
        "one row per pair",
        "peaceful",
        "hangs",
    ):
        assert refused(text) == [], text


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_files_and_names_that_a_text_gives_are_there(path):
    for code in re.findall(r"`([^`\n]+)`", read(path)):
        if re.fullmatch(r"\w+/[\w/]*(\.\w+)?", code):  # from the root, or within the package
            assert (ROOT / code).exists() or (ROOT / "crowdnb" / code).exists(), code
        for name in re.findall(r"\bcn\.(\w+)", code):
            old = path.stem == "CHANGELOG" and name in ("whatif", "marketpanels", "rolling")
            assert old or name in cn.__all__, code


def test_lists_that_recipes_name_are_in_the_code():
    code = [path for room in ("crowdnb", "tests") for path in (ROOT / room).rglob("*.py")]
    lists = set(re.findall(r"^([A-Z][A-Z_]+)\b", "\n".join(map(read, code)), flags=re.MULTILINE))
    named = re.findall(r"`([A-Z_]+)`", read(ROOT / "CONTRIBUTING.md"))
    assert len(named) > 5
    assert set(named) - {"CROWDNB_INSTANCES", "CROWDNB_PAPER"} <= lists


def test_the_front_page_is_one_page():
    assert len(read(TEXTS[0]).splitlines()) <= 70


def test_the_map_of_rooms_is_the_one_that_is_checked():
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    house = read(ROOT / "docs" / "house.md")
    assert "\n".join(f"    {layer}" for layer in layers) in house
    for room in ROOMS:
        assert f"`{room.name}/`" in house


def test_the_version_stands_in_one_place_and_texts_follow():
    assert PYPROJECT["project"]["dynamic"] == ["version"]
    assert PYPROJECT["tool"]["hatch"]["version"]["path"] == "crowdnb/__init__.py"
    citation = yaml.safe_load(read(ROOT / "CITATION.cff"))
    newest = re.search(r"^## (\d\S*), (\S+)$", read(ROOT / "CHANGELOG.md"), flags=re.MULTILINE)
    assert (citation["version"], str(citation["date-released"])) == newest.groups()
    assert citation["version"] == cn.__version__


def test_hooks_before_a_commit_call_what_make_lint_calls():
    lint = re.search(r"^lint:.*\n((?:\t.+\n)+)", read(ROOT / "Makefile"), flags=re.MULTILINE)[1]
    called = re.findall(r"\$\(BIN\)/(.+)", lint)
    hooks = yaml.safe_load(read(ROOT / ".pre-commit-config.yaml"))["repos"][0]["hooks"]
    assert set(called) <= {" ".join(hook["args"]) for hook in hooks}
    assert len(called) >= 4


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_each_of_its_modules_does(room):
    said = re.findall(r"``(\w+)``", read(room / "__init__.py").split('"""')[1])
    if room.name == "exercises":  # one module per notebook
        said += [path.stem[3:] for path in (ROOT / "notebooks").glob("*.ipynb")]
    for path in room.iterdir():
        inside = path.suffix == ".py" or (path / "__init__.py").exists()
        if inside and path.name != "__init__.py":
            assert path.stem in said, path.name
