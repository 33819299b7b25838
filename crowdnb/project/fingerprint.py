"""The fingerprint of a project: whether two projects say the same."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np

from crowdnb.project.abilities import gap_texts
from crowdnb.project.options import text_of_options
from crowdnb.project.record import Project

_ROWS = 500  # of a table that are read at once for the fingerprint: 80 MB of 20,000 columns


def fingerprint(project: Project) -> str:
    """Sixteen hexadecimal digits that change when anything in the project does."""
    digest = hashlib.sha256()
    for item in fields(Project):
        if item.metadata.get("follows"):
            continue
        frame = getattr(project, item.name)
        if item.name == "options":
            digest.update(text_of_options(frame).encode() if frame else b"")
            continue
        if frame is None and item.default is None:
            continue  # as if there were no such field: an older file of scenarios still fits
        if item.name == "ability" and project.counts is not None:
            frame = project.counts
            digest.update(_reading(project).encode())
        if frame is not None:
            digest.update(repr([axis.tolist() for axis in frame.axes]).encode())
            cells = frame.to_numpy()
            for start in range(0, len(cells), _ROWS):  # as floats all of it may be gigabytes
                digest.update(np.ascontiguousarray(cells[start : start + _ROWS], float).tobytes())
        digest.update(b"|")
    return digest.hexdigest()[:16]


def _reading(project: Project) -> str:
    """What makes other intervals of the same counts; empty where it is the paper's.

    γ apart, which is no part of the files and of each plan.
    """
    rule = f"posterior {project.level!r}" if project.ability_rule == "posterior" else ""
    return rule + (project.missing if gap_texts(project) else "")
