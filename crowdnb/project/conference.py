"""A review round of a small conference: 60 reviewers, 40 papers, and every rule of a project's files.

The data are the folder ``data/conference``, in the form of any user's project. They are simulated
from a seed, by tests/helpers/conferencemaker.py of the repository; its SOURCE.md says how.
"""

from __future__ import annotations

from pathlib import Path

from crowdnb.project.folder import read_project
from crowdnb.project.record import Project

FOLDER = Path(__file__).parents[1] / "data" / "conference"
BUDGET = 900.0  # euros for paid reviews, of which one costs 60 to 150


def load_conference() -> Project:
    """The conference's files, with its budget of 900 euros.

    Returns
    -------
    Project
        Workers are reviewers, tasks papers. Its conflicts and effects of workers are meant for the
        same paper: ``.problem(conflict_scope="task")``.

    Examples
    --------
    >>> conference = load_conference()
    >>> len(conference.workers), len(conference.tasks), int(conference.required.sum())
    (60, 40, 114)
    >>> conference.problem(conflict_scope="task").conflict_scope
    'task'
    """
    return read_project(FOLDER, budget=BUDGET)
