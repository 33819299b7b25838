"""What the columns of a table of ratings mean, stated once: ``import.json``.

A table has one column per criterion (``criteria``), or one that names the criterion and one with
the mark (``criterion``, ``rating``). Whatever is wrong in the file is named by file and key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crowdnb.ability.scale import Scale, as_scale
from crowdnb.labels import listing, number, one_of, shown
from crowdnb.project.errors import did_you_mean
from crowdnb.project.files import read_json
from crowdnb.project.scenario_file import json_text
from crowdnb.spelling import cleaned

MAPPING = "import.json"  # in the folder of a project
# Which number of 01.02.2024 is the day: nobody can tell, so it is asked.
DATE_ORDERS = ("ymd", "dmy", "mdy")
_FORMAT, _VERSION = "crowdnb import", 1


@dataclass(frozen=True)
class TableMapping:
    """How a table is read.

    Attributes
    ----------
    worker : tuple of str
        The column of workers; several are joined: ``1 / 7``.
    criteria : tuple of str
        Columns of marks, one per criterion; or instead
    criterion, rating : str or None
        the column that names the criterion, and that of the mark.
    date : str or None
        The column of dates.
    date_order : {'ymd', 'dmy', 'mdy'}
        What the numbers of a date are; dates such as 2024-03-01 are read under each.
    scale : Scale or None
        Of every criterion without one of its own in ``scale_of``; None: stars 1 to 5 if all marks
        are such.
    scale_of : dict
        Scales by criterion.
    words : dict
        Marks by answer.
    sheet : str or None
        Of a workbook; None: its only one.
    rounded : bool
        Whether a mark between two of the scale is the nearest.

    Raises
    ------
    ValueError
        An argument, named, breaks its rule.
    """

    worker: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    criterion: str | None = None
    rating: str | None = None
    date: str | None = None
    date_order: str = "ymd"
    scale: Scale | None = None
    scale_of: Mapping[str, Scale] = field(default_factory=dict)
    words: Mapping[str, float] = field(default_factory=dict)
    sheet: str | None = None
    rounded: bool = False

    def __post_init__(self) -> None:
        for name in ("worker", "criteria"):
            object.__setattr__(self, name, _columns(getattr(self, name), name))
        for name in ("criterion", "rating", "date", "sheet"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, _label(given, name))
        one_of(self.date_order, DATE_ORDERS, "date_order")
        if not isinstance(self.rounded, bool):
            raise ValueError(f"rounded must be True or False, got {shown(self.rounded)}")
        if self.scale is not None:
            object.__setattr__(self, "scale", as_scale(self.scale, "scale"))
        scales = _entries(self.scale_of, "scale_of")
        object.__setattr__(
            self,
            "scale_of",
            {_label(one, "scale_of"): as_scale(s, f"scale_of: {one}") for one, s in scales},
        )
        object.__setattr__(self, "words", _marks_of(_entries(self.words, "words")))
        self._check_columns()

    def _check_columns(self) -> None:
        if not self.worker:
            raise ValueError("worker: the column of the workers is needed (--worker COLUMN)")
        if bool(self.criteria) == bool(self.criterion or self.rating):
            both = [*self.criteria, self.criterion, self.rating]
            got = listing([shown(one) for one in both if one]) or "none"
            raise ValueError(
                "criteria: name the columns of the criteria (--criteria A B), or else the one of"
                f" the criterion and that of the mark (--criterion C --rating R); got {got}"
            )
        if bool(self.criterion) != bool(self.rating):
            lacking = "rating" if self.criterion else "criterion"
            raise ValueError(f"{lacking}: criterion and rating go together (--{lacking} COLUMN)")
        used = self.columns
        if twice := [name for at, name in enumerate(used) if name in used[:at]]:
            raise ValueError(f"column {shown(twice[0])} is named for two things")
        if self.criteria and (
            strange := [one for one in self.scale_of if one not in self.criteria]
        ):
            hint = did_you_mean(strange[0], self.criteria)
            raise ValueError(f"scale_of: {shown(strange[0])} is not one of the criteria{hint}")

    @property
    def roles(self) -> dict[str, str]:
        """What each column is for."""
        single = {getattr(self, name): name for name in ("criterion", "rating", "date")}
        several = dict.fromkeys(self.criteria, "criteria") | dict.fromkeys(self.worker, "worker")
        return {name: role for name, role in (single | several).items() if name is not None}

    @property
    def columns(self) -> list[str]:
        """Every column that is read."""
        single = [name for name in (self.criterion, self.rating, self.date) if name]
        return [*self.worker, *self.criteria, *single]

    def changed(self, given: Mapping[str, Any]) -> tuple[TableMapping, list[str]]:
        """With what is given in place of what is kept; and what differs, in words."""
        settings = dict(given)
        if "criteria" in settings:
            settings = {"criterion": None, "rating": None, **settings}
            named = _columns(settings["criteria"], "criteria")
            left = {name: scale for name, scale in self.scale_of.items() if name in named}
            settings.setdefault("scale_of", left)
        elif "criterion" in settings or "rating" in settings:
            settings.setdefault("criteria", ())
        new = replace(self, **settings)
        told = []
        for one in fields(self):
            before, now = getattr(self, one.name), getattr(new, one.name)
            if before != now:
                told.append(f"{one.name} is now {_told(now)}, was {_told(before)}")
        return new, told


def read_mapping(path: Path) -> TableMapping:
    """The mapping that is kept in a file; ValueError names file and key of what is wrong."""
    data, name = read_json(path), path.name
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        raise ValueError(f'{name} holds no mapping: it does not say "format": "{_FORMAT}"')
    if data.get("version") != _VERSION:
        version = shown(data.get("version"))
        raise ValueError(f"{name} has version {version}; this crowdnb reads version {_VERSION}")
    held = {key: value for key, value in data.items() if key not in ("format", "version")}
    known = [one.name for one in fields(TableMapping)]
    if strange := [key for key in held if key not in known]:
        hint = did_you_mean(strange[0], known) or f" (known are {', '.join(known)})"
        raise ValueError(f"{name}: {shown(strange[0])} is no setting of an import{hint}")
    try:
        return TableMapping(**held)
    except ValueError as error:
        raise ValueError(f"{name}, {error}") from None


def mapping_file(mapping: TableMapping) -> bytes:
    """A mapping as the file holds it: what is not said is left out."""
    usual, held = TableMapping(("x",), ("y",)), dict[str, Any]()
    for one in fields(mapping):
        value = getattr(mapping, one.name)
        if value != getattr(usual, one.name) or one.name == "worker":
            held[one.name] = value
    if mapping.scale is not None:
        held["scale"] = _ends(mapping.scale)
    if mapping.scale_of:
        held["scale_of"] = {name: _ends(scale) for name, scale in mapping.scale_of.items()}
    held = {key: value for key, value in held.items() if value not in ((), None)}
    return json_text({"format": _FORMAT, "version": _VERSION, **held})


def _ends(scale: Scale) -> list[float]:
    return [scale.lowest, scale.highest, scale.step]


def _columns(given: object, name: str) -> tuple[str, ...]:
    """Names of columns, of one or several."""
    if isinstance(given, str):
        given = (given,)
    if not isinstance(given, tuple | list):
        raise ValueError(f"{name}: names of columns are needed, got {shown(given)}")
    columns = tuple(_label(one, name) for one in given)
    if twice := [one for at, one in enumerate(columns) if one in columns[:at]]:
        raise ValueError(f"{name}: column {shown(twice[0])} is named twice")
    return columns


def _label(given: object, name: str) -> str:
    """The name of a column, or a criterion, as labels are cleaned."""
    if not isinstance(given, str) or not cleaned(given):
        raise ValueError(f"{name}: the name of a column is needed, got {shown(given)}")
    return cleaned(given)


def _entries(given: object, name: str) -> list[tuple[Any, Any]]:
    if not isinstance(given, Mapping):
        raise ValueError(f"{name}: entries by name are needed, got {shown(given)}")
    return list(given.items())


def _marks_of(entries: list[tuple[Any, Any]]) -> dict[str, float]:
    """The mark of each answer; ValueError where an answer has two, or no number."""
    found: dict[str, float] = {}
    for word, mark in entries:
        if not isinstance(word, str) or not cleaned(word):
            raise ValueError(f"words: an answer in words is needed, got {shown(word)}")
        value, label = number(mark), cleaned(word)
        if not -1e15 < value < 1e15:
            raise ValueError(f"words: {label} needs a number, got {shown(mark)}")
        if found.setdefault(label, value) != value:
            raise ValueError(f"words: {label} stands for {found[label]:g} and for {value:g}")
    return found


def _told(value: object) -> str:
    """A setting in words."""
    if isinstance(value, tuple):
        return listing(value) or "none"
    if isinstance(value, Mapping):
        return listing(f"{name} = {one}" for name, one in value.items()) or "none"
    return "none" if value is None else str(value)
