"""What of a scenario does not fit its project: labels that are gone, settings that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from crowdnb.labels import listing, shown
from crowdnb.project.abilities import Reading, unfit
from crowdnb.project.errors import did_you_mean
from crowdnb.project.options import TOGETHER
from crowdnb.project.quota_setting import value_text
from crowdnb.project.record import Project
from crowdnb.project.setting_kinds import ScenarioError, Single
from crowdnb.project.settings import SETTINGS

if TYPE_CHECKING:
    from crowdnb.project.scenario import Scenario


def check_labels(scenario: Scenario, project: Project) -> None:
    """ScenarioError names the first label of the scenario that is not the project's."""
    for misfit in misfits(scenario, project):
        what = f"{misfit.what}: " if misfit.field in Reading._fields else ""
        raise ScenarioError(f"{scenario.called}: {what}{misfit.why}")


class Misfit(NamedTuple):
    """A value of a scenario that does not fit the project: its field, its key, and why.

    The key is None where all of the field goes; ``what`` is what the value is about.
    """

    field: str
    key: Any
    why: str
    what: str
    verb: str = "is"


def misfits(scenario: Scenario, project: Project) -> Iterator[Misfit]:
    """What names a worker, task or criterion that the project has not, or has otherwise."""
    workers, criteria = set(project.workers), set(project.criteria)
    known = {"worker": workers, "task": set(project.required.index), "criterion": criteria}
    attributes = project.options.get("attributes", pd.DataFrame())
    known |= {
        "column": set(attributes.columns),
        "value": {value_text(cell) for cell in attributes.to_numpy().flat if cell is not None},
    }
    families = _families(project)
    added = set()
    for misfit in _unknown(scenario, "added", known, {}):
        added.add(misfit.key)
        yield misfit
    for root, like in scenario.roots.items():
        if root in workers and like not in added:
            added.add(like)
            why = f"the project has a worker {root!r} already"
            yield Misfit("added", like, why, SETTINGS["added"].told(like))
    kept = replace(scenario, added={k: v for k, v in scenario.added.items() if k not in added})
    # of whom the other settings may speak
    known["worker"] = workers | set(kept.roots)
    for name, setting in SETTINGS.items():
        if name == "weights" and scenario.weights:
            lacking = criteria - set(scenario.weights)
            wrong = [misfit.why for misfit in _unknown(scenario, name, known, families)]
            if lacking:
                wrong.append(f"the weight of {listing(lacking)} is missing")
            if wrong:
                yield Misfit(name, None, wrong[0], "the weights of the criteria", "are")
        elif setting.labels and name != "added":
            yield from _unknown(scenario, name, known, families)
    yield from _unbound(scenario, project)
    ready = project.given_qualification is not None
    if scenario.gamma is not None and ready:
        why = "the project has a ready-made Q, which no gamma changes"
        yield Misfit("gamma", None, why, f"gamma {scenario.gamma:g}")
    if scenario.min_ratings and project.counts is None:
        has = "a ready-made Q" if ready else "ability intervals"
        why = f"the project has {has}, no ratings to count"
        yield Misfit("min_ratings", None, why, f"min_ratings {scenario.min_ratings}")
    yield from _misread(scenario, project)


def _misread(scenario: Scenario, project: Project) -> Iterator[Misfit]:
    """Settings of ability that the project's ratings do not allow, or that mean nothing here."""
    reading = scenario.reading_of(project)
    for name, why in unfit(project, reading):
        if (value := getattr(scenario, name)) is not None:
            shown = value if isinstance(value, str) else f"{value:g}"
            yield Misfit(name, None, why, f"{name} {shown}")
    if project.counts is None:
        if scenario.level is not None:
            yield Misfit("level", None, "the project has no ratings", f"level {scenario.level:g}")
    elif reading.ability == "posterior" and scenario.gamma is not None:
        why = "the ability is the posterior's, which knows no gamma"
        yield Misfit("gamma", None, why, f"gamma {scenario.gamma:g}")
    elif reading.ability == "cloud" and scenario.level is not None:
        why = "the ability is the cloud model's, which knows no level"
        yield Misfit("level", None, why, f"level {scenario.level:g}")


def _unbound(scenario: Scenario, project: Project) -> Iterator[Misfit]:
    """Settings that bind nothing, since the project lacks what they bound."""
    for name, setting in SETTINGS.items():
        partner, value = TOGETHER.get(setting.feeds, ""), getattr(scenario, name)
        if not partner or value in (None, {}) or partner in project.options:
            continue
        why = f"the project has no {partner}"
        for key in value if setting.labels else (None,):
            yield Misfit(name, key, why, setting.told(key))


def _families(project: Project) -> dict[Any, list[Any]]:
    """Criteria that have parts, with these."""
    families: dict[Any, list[Any]] = {}
    for part, parent in () if project.tree is None else project.tree.table["part_of"].items():
        families.setdefault(parent, []).append(part)
    return families


def _unknown(
    scenario: Scenario,
    name: str,
    known: Mapping[str, set[Any]],
    families: Mapping[Any, list[Any]],
) -> Iterator[Misfit]:
    """Keys of a field of which a label is not known."""
    setting = SETTINGS[name]
    if isinstance(setting, Single):
        return
    for key in getattr(scenario, name):
        for what, label in setting.labelled(key):
            if label not in known[what]:
                why = f"{what} {shown(label)} is unknown in this project"
                hint = did_you_mean(label, known[what])
                if what == "criterion" and label in families:
                    why = f"criterion {shown(label)} has parts, which take its place here"
                    hint = f": {listing(families[label], 5)}"
                yield Misfit(name, key, f"{why}{hint}", setting.told(key))
                break


def fitted(scenario: Scenario, project: Project) -> tuple[Scenario, tuple[str, ...]]:
    """The scenario without the values that do not fit the project, and a sentence on each.

    One name that has vanished costs what was set for it, and nothing else.
    """
    wrong = tuple(misfits(scenario, project))
    kept: dict[str, Any] = {}
    for misfit in wrong:
        if misfit.key is None:
            kept[misfit.field] = {} if SETTINGS[misfit.field].labels else None
        else:
            held = kept.setdefault(misfit.field, dict(getattr(scenario, misfit.field)))
            held.pop(misfit.key, None)
    said = tuple(f"{misfit.why}: {misfit.what} {misfit.verb} left out" for misfit in wrong)
    return (replace(scenario, **kept) if wrong else scenario), said
