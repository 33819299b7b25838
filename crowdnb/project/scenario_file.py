"""The file of scenarios.

JSON with a format, a version, and the differences by label, for a person to read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from crowdnb.project.files import read_json, short, write_whole
from crowdnb.project.output import beside
from crowdnb.project.scenario import Scenario, check_names
from crowdnb.project.setting_kinds import ScenarioError, entries

FORMAT, VERSION = "crowdnb scenarios", 1
ENTRIES = ("format", "version", "saved", "project", "current", "scenarios")
# scenarios in a file: each is solved for a page, which takes milliseconds to seconds
MOST_NAMED = 1000
FLAT = re.compile(r"\[\n[^\[\]{}]*\]")  # a list without lists in it, such as a pair


def _on_one_line(found: re.Match[str]) -> str:
    inside = re.sub(r"\n *", " ", found[0][1:-1])
    return f"[{inside.strip()}]"


def json_text(whole: object) -> bytes:
    """JSON for a person to read, with flat lists on one line."""
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    return f"{re.sub(FLAT, _on_one_line, text)}\n".encode()


def read_scenarios(path: Path) -> tuple[Scenario, tuple[Scenario, ...], str]:
    """Settings, scenarios and the project's fingerprint of a file.

    ScenarioError says what is wrong with it.
    """
    try:
        data = read_json(path)
    except ValueError as error:
        raise ScenarioError(str(error)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ScenarioError(f'{path.name} holds no scenarios: it does not say "format": "{FORMAT}"')
    if data.get("version") != VERSION:
        version = short(repr(data.get("version")))
        raise ScenarioError(
            f"{path.name} has version {version}; this crowdnb reads version {VERSION}"
        )
    held = entries(data, path.name, ENTRIES)
    listed = held.get("scenarios", [])
    if not isinstance(listed, list):
        raise ScenarioError(f"{path.name}, scenarios: a list in square brackets is needed")
    if len(listed) > MOST_NAMED:
        raise ScenarioError(
            f"{path.name} holds {len(listed):,} scenarios, and at most {MOST_NAMED:,} are read"
        )
    named = tuple(
        Scenario.from_json(one, f"{path.name}, scenario {at}") for at, one in enumerate(listed, 1)
    )
    check_names(named, path.name)
    current = Scenario.from_json(
        {"name": "", **entries(held.get("current", {}), path.name)}, f"{path.name}, current"
    )
    return current, named, str(held.get("project", ""))


def write_scenarios(path: Path, current: Scenario, named: Sequence[Scenario], mark: str) -> bytes:
    """Write settings, scenarios and a project's fingerprint, all or nothing.

    What was written is returned.

    Raises
    ------
    ScenarioError
        The file that is there holds no scenarios that can be read: it is left as it is.
    """
    if path.is_file():  # a pipe or a terminal holds nothing that could be lost
        read_scenarios(path)
    whole = {
        "format": FORMAT,
        "version": VERSION,
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "project": mark,
        "current": current.as_json(),
        "scenarios": [one.as_json() for one in named],
    }
    data = json_text(whole)
    write_whole(path, data)
    return data


def place_of(source: Path) -> Path:
    """Where the scenarios of a folder, or of a workbook, are kept."""
    return beside(source, "scenarios.json")
