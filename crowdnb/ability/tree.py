"""Criteria under criteria: weights multiplied down a tree (section 2, point 5).

Each of the paper's criteria may be described by several sub-indicators, these by others, and so on.
Workers are rated on the leaves, the criteria without parts. With s_k the share that criterion k has
of its family, the criteria with the same parent, the weight of k in all is

    w_k = s_k · w_parent(k),   the shares of each family summing to 1

and w = 1 above the top. So the weights of the leaves sum to 1, and Q (eq. 6) is of the leaves. The
shares of a family are given, or come from a judgement matrix of it (eqs. 4 and 5).

References
----------
T. L. Saaty, "The Analytic Hierarchy Process", McGraw-Hill (1980), on weights down a hierarchy.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crowdnb.ability.qualification import scaled_to_one
from crowdnb.ability.weights import refuse_judgement, weights_of
from crowdnb.labels import (
    by_label,
    hashable,
    labelled,
    listing,
    number,
    numbers,
    several,
    shown,
    unique_index,
)
from crowdnb.spelling import meant, one_label

_TOP = "the top"


@dataclass(frozen=True, eq=False)
class CriteriaTree:
    """Criteria with their parts.

    Attributes
    ----------
    weights : Series
        The weight of each leaf in all, > 0 or 0, summing to 1: what :func:`crowdnb.qualification`
        takes.
    table : DataFrame
        Index ``criterion``, each followed by its parts. ``part_of``, its parent, None at the top;
        ``level``, 1 at the top; ``share`` within its family; ``weight`` in all; ``leaf``, whether
        it has no parts.
    """

    weights: pd.Series[float]
    table: pd.DataFrame


def criteria_tree(
    criteria: pd.DataFrame,
    judgements: Mapping[Any, pd.DataFrame] | None = None,
    rated: Iterable[Any] | None = None,
) -> CriteriaTree:
    """Weights of criteria that are parts of others, multiplied down the tree.

    Parameters
    ----------
    criteria : DataFrame
        A row for each criterion, in any order: ``criterion``; ``part_of``, the criterion that it is
        a part of, empty at the top; and, where weights are given, ``weight``, its share of its
        family, 0 to 1. Other columns are ignored.
    judgements : mapping, optional
        Judgement matrices of families, by the criterion whose parts they compare; None stands for
        the top. A family has a judgement or weights; an only part needs neither.
    rated : iterable of labels, optional
        The criteria that there are ratings on: they must be the leaves.

    Returns
    -------
    CriteriaTree

    Raises
    ------
    ValueError
        A column is missing; a criterion stands twice, is part of itself by whatever way, or of one
        that is unknown; the weights of a family do not sum to 1, one is missing, negative or no
        number; a family has weights and a judgement, or neither; a judgement breaks a rule or has
        other criteria than the family; a leaf without ratings, or ratings on what is no leaf.

    Warns
    -----
    UserWarning
        A value of a judgement is not one of the five levels.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("skill", None, 0.6), ("care", None, 0.4), ("java", "skill", 0.5)]
    >>> rows += [("web", "skill", 0.5)]
    >>> tree = criteria_tree(pd.DataFrame(rows, columns=["criterion", "part_of", "weight"]))
    >>> tree.weights.to_dict()
    {'java': 0.3, 'web': 0.3, 'care': 0.4}
    >>> tree.table["level"].to_dict()
    {'skill': 1, 'java': 2, 'web': 2, 'care': 1}
    """
    parents, given = _read(criteria)
    families = _families(parents)
    share = _shares(families, given, _judged(judgements, families))
    order = _down(families)
    level, weight = {None: 0}, {None: 1.0}
    for one in order:
        level[one] = level[parents[one]] + 1
        weight[one] = weight[parents[one]] * share[one]
    table = pd.DataFrame(
        {
            "part_of": pd.Series([parents[one] for one in order], dtype=object),
            "level": [level[one] for one in order],
            "share": [share[one] for one in order],
            "weight": [weight[one] for one in order],
            "leaf": [one not in families for one in order],
        }
    ).set_axis(pd.Index(order, name="criterion", tupleize_cols=False))
    leaves = table.loc[table["leaf"], "weight"]
    if rated is not None:
        _check_rated(rated, leaves.index, families)
    return CriteriaTree(leaves, table)


def _read(criteria: pd.DataFrame) -> tuple[dict[Any, Any], dict[Any, object]]:
    """The parent of each criterion, None at the top, and its weight as given; parents are known."""
    frame = labelled(criteria, "criteria", ["criterion"])
    if frame.empty:
        raise ValueError("criteria: one row or more is needed")
    if "part_of" not in frame:
        raise ValueError(f"criteria: column part_of is missing; there are {listing(frame.columns)}")
    try:
        names = unique_index(frame["criterion"], "criterion").tolist()
    except ValueError as error:
        raise ValueError(f"criteria, {error}") from None
    above = hashable(frame["part_of"].tolist(), "criteria, column part_of")
    known = {name: name for name in names}  # 1 may stand as 1.0 in a column with gaps
    parents: dict[Any, Any] = {}
    for name, given in zip(names, above, strict=True):
        parent = None if _is_missing(given) else one_label(given)
        if parent is not None and parent not in known:
            raise ValueError(
                f"criteria: {name} is part of {parent}, which is no criterion{meant(parent, names)}"
            )
        parents[name] = known.get(parent)
    weights = frame["weight"].tolist() if "weight" in frame else [None] * len(names)
    return parents, dict(zip(names, weights, strict=True))


def _families(parents: Mapping[Any, Any]) -> dict[Any, list[Any]]:
    """The parts of each criterion that has some, those of the top under None, in their order.

    ValueError where one is part of itself.
    """
    families: dict[Any, list[Any]] = {}
    for name, parent in parents.items():
        families.setdefault(parent, []).append(name)
    sound: set[Any] = {None}
    for name in parents:
        way = [name]
        while (parent := parents[way[-1]]) not in sound:
            if parent in way:
                ring = [*way[way.index(parent) :], parent]
                raise ValueError(
                    f"criteria: {' is part of '.join(map(str, ring))}; a criterion cannot be part"
                    " of itself"
                )
            way.append(parent)
        sound.update(way)
    return families


def _judged(judgements: object, families: Mapping[Any, list[Any]]) -> dict[Any, pd.Series[float]]:
    """The shares of each family that has a judgement."""
    if judgements is None:
        return {}
    if not isinstance(judgements, Mapping):
        raise ValueError(f"judgements: a mapping of matrices is needed, got {shown(judgements)}")
    found: dict[Any, pd.Series[float]] = {}
    for given, judgement in judgements.items():
        parent = one_label(given)
        if parent not in families:
            raise ValueError(
                f"judgements: {shown(given)} is no criterion with parts{meant(given, families)};"
                f" those are {listing(_TOP if one is None else one for one in families)}"
            )
        where = f"judgements, parts of {_name(parent)}"
        if not isinstance(judgement, pd.DataFrame):
            raise ValueError(
                f"{where}: a frame labelled with its criteria is needed, got {shown(judgement)}"
            )
        refuse_judgement(judgement, where)
        parts = pd.Index(families[parent], name="criterion", tupleize_cols=False)
        b = numbers(by_label(judgement, parts, parts, where))
        found[parent] = weights_of(pd.DataFrame(b, parts, parts))
    return found


def _shares(
    families: Mapping[Any, list[Any]],
    given: Mapping[Any, object],
    judged: Mapping[Any, pd.Series[float]],
) -> dict[Any, float]:
    """The share of each criterion within its family."""
    share: dict[Any, float] = {}
    for parent, parts in families.items():
        there = [one for one in parts if not _is_missing(given[one])]
        if parent in judged:
            if there:
                raise ValueError(
                    f"criteria: parts of {_name(parent)} have weights ({listing(there)}) and a"
                    " judgement; give one of the two"
                )
            share.update(judged[parent].to_dict())
        elif not there and len(parts) == 1:
            share[parts[0]] = 1.0
        else:
            share.update(_given_shares(parent, parts, given))
    return share


def _given_shares(parent: Any, parts: list[Any], given: Mapping[Any, object]) -> dict[Any, float]:
    """The weights of a family, checked."""
    family = f"criteria: parts of {_name(parent)}"
    if lacking := [one for one in parts if _is_missing(given[one])]:
        if len(lacking) == len(parts):
            raise ValueError(f"{family}, {listing(parts)}, have neither weights nor a judgement")
        raise ValueError(f"{family}: {listing(lacking)} has no weight")
    weights = []
    for one in parts:
        weight = number(given[one])
        if not 0 <= weight < math.inf:
            raise ValueError(
                f"{family}: {one} has the weight {shown(given[one])}, a number of at least 0 is"
                " needed"
            )
        weights.append(weight)
    if (scaled := scaled_to_one(weights)) is None:
        told = ", ".join(f"{one} {weight:g}" for one, weight in zip(parts, weights, strict=True))
        raise ValueError(f"{family} must sum to 1, not to {sum(weights):g}: {told}")
    return dict(zip(parts, scaled, strict=True))


def _down(families: Mapping[Any, list[Any]]) -> list[Any]:
    """Every criterion, followed by its parts."""
    order, later = [], families[None][::-1]
    while later:
        order.append(later.pop())
        later += families.get(order[-1], [])[::-1]
    return order


def _check_rated(
    rated: Iterable[Any], leaves: pd.Index[Any], families: Mapping[Any, list[Any]]
) -> None:
    """ValueError unless the criteria with ratings are the leaves."""
    on = unique_index(several(rated, "rated"), "rated")
    for one in on.difference(leaves, sort=False):
        if one in families:
            raise ValueError(
                f"rated: {one} has parts ({listing(families[one])}), on which the ratings must be"
            )
        raise ValueError(
            f"rated: there are ratings on {one}, which is no criterion{meant(one, leaves)}"
        )
    if len(lacking := leaves.difference(on, sort=False)):
        raise ValueError(
            f"rated: there is no rating on {listing(lacking)}, which has no parts; rate it, or take"
            " it out"
        )


def _name(parent: Any) -> str:
    return _TOP if parent is None else str(parent)


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    nan = isinstance(value, float) and math.isnan(value)
    return value is None or value is pd.NA or value is pd.NaT or nan
