"""Criteria of a project read: their weights, their parts (section 2, point 5), their scales.

Weights are those of ``weights.csv``, of ``judgement.csv``, or of ``criteria.csv``; where criteria
have parts, each family, the criteria with the same parent, has weights in ``criteria.csv`` or a
judgement, ``judgement.csv`` at the top and ``judgement_NAME.csv`` of the parts of NAME.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from crowdnb.ability.scale import Scale
from crowdnb.ability.tree import CriteriaTree, criteria_tree
from crowdnb.labels import listing
from crowdnb.project.cells import as_label, not_negative
from crowdnb.project.form import PARTS_OF
from crowdnb.project.reader import Reader
from crowdnb.project.tables import Table
from crowdnb.spelling import cleaned


class Criteria(NamedTuple):
    """What the files say of criteria; ``weights`` are those of the leaves.

    ``judgement`` is that of the top, ``parts`` are those of families, by their parent; ``scales``
    are None where the file has a mistake, so that nobody knows which marks are meant.
    """

    weights: pd.Series[float] | None = None
    judgement: pd.DataFrame | None = None
    tree: CriteriaTree | None = None
    parts: Mapping[str, pd.DataFrame] = {}
    scales: Mapping[str, Scale] | None = {}


def read_criteria(reader: Reader) -> Criteria:
    """The criteria; no weights where they cannot be used, which is reported."""
    if "criteria" not in reader.all:
        return Criteria(*reader.weights())
    table = reader.table("criteria")
    if table is None:
        return Criteria(scales=None)
    before = len(reader.report.problems)
    names = table.labels("criterion")
    if reader.too_many(table, names, "criterion"):
        return Criteria(scales=None)
    table.once([(name,) for name in names], ["criterion"])
    above = [""] * len(names)
    if "part_of" in table.header:
        above = table.labels("part_of", "criterion", may_be_empty=True)
        table.known(above, names, "criterion", "part_of")
    weight = table.numbers("weight", not_negative, math.nan, large=False)
    if len(reader.report.problems) == before:
        _report_circle(table, names, above)
    families: dict[str, list[int]] = {}
    for row, parent in enumerate(above):
        families.setdefault(parent, []).append(row)
    scales = _scales(table, names, families)
    if len(reader.report.problems) > before:
        return Criteria(scales=None)
    nested = any(above)
    reader.families = {
        parent: [names[row] for row in rows] for parent, rows in families.items() if parent
    }
    elsewhere = len(names) > 1 or "weights" in reader.all  # one alone weighs 1
    if not nested and all(map(math.isnan, weight)) and elsewhere:
        return _weighed_elsewhere(reader, table, names)._replace(scales=scales)
    return _weighed_here(reader, table, names, above, families, weight)._replace(scales=scales)


def _report_circle(table: Table, names: Sequence[str], above: Sequence[str]) -> None:
    """Report the first criterion that is part of itself, by whatever way."""
    parents = dict(zip(names, above, strict=True))
    for row, name in enumerate(names):
        way = [name]
        while parent := parents[way[-1]]:
            way.append(parent)
            if parent in way[:-1]:
                ring = way[way.index(parent) :]
                table.problem(
                    f"{' is part of '.join(ring)}; a criterion cannot be part of itself",
                    row,
                    "part_of",
                )
                return


def _scales(
    table: Table, names: Sequence[str], families: Mapping[str, Sequence[int]]
) -> dict[str, Scale]:
    """The scale of each criterion that has one of its own."""
    ends = ("lowest", "highest", "step")
    columns = {name: table.numbers(name, default=math.nan) for name in ends}
    cells = {name: table.column(name) for name in ends if name in table.header}
    scales = {}
    for row, name in enumerate(names):
        lowest, highest, step = (columns[one][row] for one in columns)
        given = [one for one in cells if as_label(cells[one][row])]
        if not given or any(math.isnan(columns[one][row]) for one in given):
            continue  # the latter were reported
        if name and name in families:
            table.problem(
                f"{name} has parts, which are rated in its place: give them the scale",
                row,
                given[0],
            )
        elif not {"lowest", "highest"} <= {*given}:
            lacking = "highest" if "lowest" in given else "lowest"
            table.problem(f"{lacking} is empty, and {listing(given)} is not", row, lacking)
        else:
            try:
                scales[name] = Scale(lowest, highest, 1 if math.isnan(step) else step)
            except ValueError as error:
                table.problem(str(error), row)
    return scales


def _weighed_elsewhere(reader: Reader, table: Table, names: list[str]) -> Criteria:
    """Weights of the other two files, where ``criteria.csv`` has neither weights nor parts."""
    _no_parts(reader, {})
    if not {"judgement", "weights"} & {*reader.all}:
        table.problem(
            "the criteria have no weights: fill the column weight, or write weights or judgement"
        )
        return Criteria()
    weights, judgement = reader.weights()
    if weights is not None:
        table.known(names, list(weights.index), "criterion")
    return Criteria(weights, judgement)


def _weighed_here(
    reader: Reader,
    table: Table,
    names: list[str],
    above: list[str],
    families: Mapping[str, list[int]],
    weight: list[float],
) -> Criteria:
    """Weights of ``criteria.csv`` and of judgements of families, multiplied down the tree."""
    before = len(reader.report.problems)
    _no_parts(reader, families)
    if "weights" in reader.all:
        table.problem(f"{reader.all['weights'].where} gives weights too; keep what counts")
    share = list(weight)
    judgements: dict[str, pd.DataFrame] = {}
    for parent, rows in families.items():
        own = _judgement_of(reader, parent)
        cells = [weight[row] for row in rows]
        of = f"parts of {parent}" if parent else "criteria at the top" if any(above) else "criteria"
        if own is not None:
            if given := [row for row in rows if not math.isnan(weight[row])]:
                table.problem(
                    f"the {of} have a judgement too ({own.where}); keep what counts",
                    given[0],
                    "weight",
                )
                continue
            family = [names[row] for row in rows]
            found = reader.judgement(own, family)
            if found is not None:
                judgements[parent] = found[1]
                by_name = found[0].to_dict()
                for row in rows:
                    share[row] = by_name[names[row]]
        elif all(map(math.isnan, cells)):
            if len(rows) > 1:
                file = f"{PARTS_OF}{parent}" if parent else "judgement"
                which = listing([names[row] for row in rows], 5)
                table.problem(
                    f"the {of} ({which}) have no weights: fill the column weight, or write {file}",
                    rows[0],
                )
            share[rows[0]] = 1.0
        else:
            _add_up(reader, table, of, rows, share)
    if len(reader.report.problems) > before:
        return Criteria()
    frame = pd.DataFrame(
        {"criterion": names, "part_of": [one or None for one in above], "weight": share}
    )
    tree = criteria_tree(frame)
    weights = tree.weights.rename("weight")
    top = judgements.pop("", None)
    return Criteria(weights, top, tree if any(above) else None, judgements)


def _judgement_of(reader: Reader, parent: str) -> Table | None:
    if not parent:
        return reader.all.get("judgement")
    named = {cleaned(name.removeprefix(PARTS_OF)): name for name in _part_files(reader)}
    return reader.all[named[parent]] if parent in named else None


def _part_files(reader: Reader) -> list[str]:
    return [name for name in reader.all if name.startswith(PARTS_OF)]


def _no_parts(reader: Reader, families: Mapping[str, object]) -> None:
    """Report judgements of the parts of what has none."""
    for name in _part_files(reader):
        parent = cleaned(name.removeprefix(PARTS_OF))
        if parent not in families:
            there = listing([one for one in families if one], 5)
            have = f"those that have are {there}" if there else "none has"
            reader.all[name].problem(f"{parent} is no criterion with parts in criteria; {have}")


def _add_up(reader: Reader, table: Table, of: str, rows: Sequence[int], share: list[float]) -> None:
    """Put the weights of a family, which must sum to 1 but for their rounding, into ``share``."""
    if lacking := [row for row in rows if math.isnan(share[row])]:
        table.problem(f"the weight is empty, and others of the {of} have one", lacking[0], "weight")
        return
    values = [share[row] for row in rows]
    scaled = reader.summing_to_one(table, values, rows, f"the weights of the {of}")
    for row, value in zip(rows, scaled, strict=True):
        share[row] = value
