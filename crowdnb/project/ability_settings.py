"""What a scenario may set of abilities: missing ratings, half-life, rule and level."""

from __future__ import annotations

import math
from typing import Any, get_args

from crowdnb.ability.intervals import Missing, Rule
from crowdnb.labels import number, shown
from crowdnb.project.record import Project
from crowdnb.project.setting_kinds import OrNone, ScenarioError, Single, as_json, as_typed

_GAPS = {
    "error": "a worker without a rating on a criterion is an error",
    "out": "whoever has no rating on a criterion is left out",
    "unknown": "whoever has no rating on a criterion has 0 to 1 there",
    "average": "whoever has no rating on a criterion has the average there",
}
_RULES = {
    "cloud": "abilities by the cloud model",
    "posterior": "abilities by where the next rating lies (posterior)",
}


def _missing(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in _GAPS:
        needed = "error, out, unknown or average"
        raise ScenarioError(f"{where}: missing is {shown(value)}; {needed} is needed")
    return value


def _other_missing(project: Project, value: str) -> str | None:
    return None if value == project.missing else _GAPS[value]


def _rule(value: Any, where: str) -> str:
    if not isinstance(value, str) or value not in _RULES:
        raise ScenarioError(f"{where}: ability is {shown(value)}; cloud or posterior is needed")
    return value


def _other_rule(project: Project, value: str) -> str | None:
    return None if value == project.ability_rule else _RULES[value]


def _half_life(value: Any, where: str) -> int | float:
    if not number(value) > 0:
        raise ScenarioError(
            f"{where}: half_life is {as_typed(value)}; a number of days above 0 is needed"
        )
    return as_json(value)


def _other_half_life(project: Project, value: float) -> str | None:
    if value == (project.half_life or math.inf):
        return None
    if value == math.inf:
        return "old ratings count as new ones"
    return f"ratings lose half of their weight in {days(value)}"


def days(half_life: float) -> str:
    """A half-life in words: 1 day, 2.5 days."""
    return f"{half_life:g} day{'s' * (half_life != 1)}"


def _level(value: Any, where: str) -> int | float:
    if not 0 < number(value) < 1:
        raise ScenarioError(
            f"{where}: level is {as_typed(value)}; a number between 0 and 1 is needed"
        )
    return as_json(value)


def _other_level(project: Project, value: float) -> str | None:
    return None if value == project.level else f"level {project.level:g} → {value:g}"


if {*_GAPS} != {*get_args(Missing)} or {*_RULES} != {*get_args(Rule)}:
    raise TypeError("a way of reading ratings has no words")

ABILITY_SETTINGS = (
    Single("missing", _missing, _other_missing),
    OrNone("half_life", _half_life, _other_half_life),
    Single("ability", _rule, _other_rule),
    Single("level", _level, _other_level),
)
