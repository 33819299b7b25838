"""Criteria of a project as the table of their file: parts, shares of a family, scales."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from crowdnb.ability.counts import has_stars, scales_of
from crowdnb.project.form import PARTS_OF

if TYPE_CHECKING:
    from crowdnb.project.record import Project

# What the name of a file cannot hold, on one system or another.
_NO_FILE = re.compile(r'[/\\:*?"<>|]|[. ]$')
_BYTES = 200  # of a criterion in the name of a file, which may have 255 in all


def criteria_table(project: Project) -> pd.DataFrame | None:
    """What ``criteria.csv`` says; None where criteria have neither parts nor scales of their own.

    Raises
    ------
    ValueError
        The weights are not those of the tree.
    """
    counts, tree = project.counts, project.tree
    scales = {} if counts is None or has_stars(counts) else scales_of(counts)
    if tree is None and not scales:
        return None
    names = project.criteria if tree is None else tree.table.index
    table = pd.DataFrame({"criterion": names})
    if tree is not None:
        own = tree.weights.reindex(project.criteria)
        if not np.allclose(own, list(project.weights_by_criterion.values())):
            raise ValueError("criteria_weights: they are not those of the tree; no file holds both")
        judged = {*project.part_judgements} | ({None} if project.judgement is not None else set())
        table["part_of"] = tree.table["part_of"].to_numpy()
        shares = zip(tree.table["part_of"], tree.table["share"], strict=True)
        table["weight"] = [None if parent in judged else share for parent, share in shares]
    for end in ("lowest", "highest", "step"):
        if scales:
            cells: list[Any] = [getattr(scales.get(name), end, None) for name in names]
            table[end] = pd.Series(cells, dtype=object)
    return table


def part_file(parent: object) -> str:
    """The name of the judgement of a criterion's parts; ValueError where no file can have it."""
    name = str(parent)
    if _NO_FILE.search(name) or len(name.encode()) > _BYTES:
        raise ValueError(
            f"part_judgements: {name!r} cannot be in the name of a file; call it otherwise"
        )
    return f"{PARTS_OF}{name}"
