"""A scene: a project with the options it needs beyond the paper, and its further tables."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from crowdnb.labels import hashable, listing, needs, path_of, shown, text_of
from crowdnb.model.problem import Problem
from crowdnb.project.files import FILE_BYTES, read_file, read_json
from crowdnb.project.folder import read_project
from crowdnb.project.form import OPTIONS
from crowdnb.project.record import Project
from crowdnb.spelling import meant

FOLDER = Path(__file__).parents[2] / "data" / "scenes"
NAMES = ("service", "content", "medical")


@dataclass(frozen=True, eq=False)
class Scene:
    """A project with the options its scene needs, and its further tables.

    Attributes
    ----------
    project : Project
    options : dict
        Keyword arguments of :class:`crowdnb.Problem`: conflict_scope, worker_limits, costs, budget.
    extra : dict of str to DataFrame
        The tables in ``extra``, by name.
    """

    project: Project
    options: dict[str, Any]
    extra: dict[str, pd.DataFrame]

    def problem(self, **changes: Any) -> Problem:
        """The assignment problem with the scene's options; ``changes`` replace its fields."""
        return self.project.problem().changed(**{**self.options, **changes})


def read_scene(folder: str | Path) -> Scene:
    """Read a scene: ``"service"``, ``"content"`` or ``"medical"``, or a folder of the same form.

    Raises
    ------
    ProjectError, ValueError
        As :func:`crowdnb.read_project`; ``options.json`` is not valid.
    OSError
        ``options.json`` is not there.

    Examples
    --------
    >>> scene = read_scene("medical")
    >>> scene.problem()
    <Problem: 10 workers, 8 tasks, 12 places, 53 worker-task and 4 worker-worker conflicts (task)>
    >>> list(scene.extra)
    ['cases', 'credentials', 'visits']
    """
    path = path_of(folder, "folder")
    path = FOLDER / path if folder in NAMES else path
    (path / OPTIONS).stat()
    options = read_json(path / OPTIONS)
    if not isinstance(options, dict):
        raise ValueError(f"{OPTIONS}: entries by name, in braces, are needed")
    if "costs" in options:
        options["costs"] = pd.DataFrame.from_dict(options["costs"], orient="index")
    extra = {
        file.stem: pd.read_csv(io.BytesIO(read_file(file, FILE_BYTES)))
        for file in sorted((path / "extra").glob("*.csv"))
    }
    project = read_project(path)
    # here they are read
    notes = tuple(note for note in project.notes if not note.startswith(OPTIONS))
    return Scene(replace(project, notes=notes), options, extra)


def table_of(scene: Scene, name: str) -> pd.DataFrame:
    """A further table of a scene; ValueError where it has none of that name."""
    if text_of(name, "name") not in (extra := needs(scene, Scene, "scene").extra):
        raise ValueError(
            f"scene: no table has the name {shown(name)}; there are {listing(extra) or 'none'}"
        )
    return extra[name]


def known(labels: pd.Series[Any], among: pd.Index[Any], where: str) -> None:
    """ValueError unless all of these labels are among the known ones."""
    hashable(labels, where)
    if strange := [label for label in dict.fromkeys(labels) if label not in among]:
        hint = meant(strange[0], among)
        raise ValueError(f"{where} {listing(strange)} is not one of {listing(among)}{hint}")
