"""The notebooks and their pages, as the files of a folder of one's own.

In a wheel, notebooks and pages lie in the package; in a clone, beside it. Relative to one another
they lie alike, so a link is followed in either, and rewritten for the folder: notebooks at its top,
``solutions`` and ``docs`` in it. A link to what the folder does not get becomes its own text.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

_PACKAGE = Path(__file__).parents[1]

_FRONT = "README.md"
_NOTEBOOKS, _SOLUTIONS = "notebooks", "notebooks/solutions"
_PAGES = ("docs/files.md", "docs/family.md", "docs/options.md")
_TEACHERS = "docs/teaching.md"

_LINK = re.compile(r"!?\[([^\]]*)\]\(([^()\s]+)\)")
_QUOTED = re.compile(r"""(["'])(\.\./[\w./-]+)\1""")  # a path in a program
# What leads to a notebook's worked solutions, with what separates it from its neighbours.
_TO_SOLUTIONS = re.compile(r" *(?:Worked solutions: )?\[[^\]]*\]\(solutions/[^()\s]+\)\.?(?: ·)?")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


def chapters() -> dict[str, str]:
    """The names of the notebooks by their numbers, such as ``00``."""
    return {
        path.name[:2]: path.name
        for path in sorted((_root() / _NOTEBOOKS).glob("[0-9][0-9]_*.ipynb"))
    }


def notebook_files(names: Collection[str], solutions: bool = True) -> dict[str, bytes]:
    """The files of a folder with these notebooks, by their paths in it.

    Parameters
    ----------
    names : collection of str
        Names of notebooks, of :func:`chapters`.
    solutions : bool
        Whether it holds the worked solutions and the page for teachers; else nothing leads there.
    """
    root = _root()
    to = {f"{_NOTEBOOKS}/{name}": name for name in names}
    pages = (*_PAGES, _TEACHERS) if solutions else _PAGES
    to |= {page: page for page in pages if (root / page).is_file()}
    if solutions:
        to |= {f"{_SOLUTIONS}/{name}": f"solutions/{name}" for name in names}
    files = {}
    for source, target in to.items():
        text = (root / source).read_text(encoding="utf-8")
        change = _notebook if source.endswith(".ipynb") else _placed
        files[target] = change(text, source, {**to, _FRONT: _FRONT}).encode()
    titles = {name: _title(files[name]) for name in names}
    return {_FRONT: _front(titles, solutions).encode(), **files}


def _root() -> Path:
    """The folder that holds ``notebooks`` and ``docs``.

    Raises
    ------
    FileNotFoundError
        There is none, as in a package that was put together by other means.
    """
    for root in (_PACKAGE, _PACKAGE.parent):
        if (root / _NOTEBOOKS / "00_overview.ipynb").is_file():
            return root
    raise FileNotFoundError(
        "this installation of crowdnb came without its notebooks; a wheel of it has them"
    )


def _placed(text: str, source: str, to: Mapping[str, str]) -> str:
    """A text with its links changed for the place it goes to.

    Parameters
    ----------
    text : str
        Markdown.
    source : str
        Its path, of the keys of ``to``.
    to : Mapping
        Where files go, by the paths where they are.
    """

    def link(found: re.Match[str]) -> str:
        shown, whole = found[1], found[2]
        name, mark, heading = whole.partition("#")
        if "://" in whole or whole.startswith("mailto:") or not name:
            return found[0]
        place = _relative(unquote(name), source, to)
        if place is None:
            return shown
        return found[0].replace(f"({whole})", f"({place}{mark}{heading})")

    return _LINK.sub(link, text)


def _relative(name: str, source: str, to: Mapping[str, str]) -> str | None:
    """The path that a relative one becomes; None where it leads to nothing that goes along."""
    target = to.get(posixpath.normpath(posixpath.join(posixpath.dirname(source), name)))
    here = posixpath.dirname(to[source]) or "."
    return None if target is None else posixpath.relpath(target, here)


def _notebook(text: str, source: str, to: Mapping[str, str]) -> str:
    """A notebook with its links, and the paths of its programs, changed."""

    def path(found: re.Match[str]) -> str:
        place = _relative(found[2], source, to)
        return found[0] if place is None else f"{found[1]}{place}{found[1]}"

    solutions = any(place.startswith("solutions/") for place in to.values())

    def markdown(cell: str) -> str:
        return _placed(cell if solutions else _TO_SOLUTIONS.sub("", cell), source, to)

    changes: dict[str, Callable[[str], str]] = {
        "markdown": markdown,
        "code": lambda cell: _QUOTED.sub(path, cell),
    }
    notebook: dict[str, Any] = json.loads(text)
    for cell in notebook["cells"]:
        if change := changes.get(cell["cell_type"]):
            cell["source"] = change("".join(cell["source"])).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _title(notebook: bytes) -> str:
    cells = json.loads(notebook)["cells"]
    heading = _HEADING.search("".join(cells[0]["source"]))
    return heading[1] if heading else ""


def _front(titles: Mapping[str, str], solutions: bool) -> str:
    """The front page of the folder, which the notebooks link to."""
    rows = "\n".join(f"| [{name[:2]}]({name}) | {title} |" for name, title in titles.items())
    last = "Worked solutions are in `solutions`. " * solutions
    return f"""# crowdnb: the notebooks

Assign crowd workers to tasks from their rating histories: the best assignment of all under
conflicts, with every number on the way checked. In this folder, in a terminal: `jupyter lab`

| | |
|---|---|
{rows}

Each ends with three exercises. {last}Beyond the notebooks: [the files of a project and the
command](docs/files.md), [the options](docs/options.md), [what papers call the rules](docs/family.md).

## Your own data

    crowdnb new ../my_project       # the case study, to be changed, beside this folder
    crowdnb assign ../my_project    # prints who does what, writes assignment.csv

A project is `ratings.csv` (or `ability.csv`), `demand.csv`, `tasks.csv`, `judgement.csv` (or
`weights.csv`), and where needed conflicts, absences, hours, costs, quotas. `crowdnb import` makes
one of [a table of ratings as it comes](docs/files.md#tables-as-they-come).
"""
