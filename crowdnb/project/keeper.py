"""Scenarios kept on disk as they change, so that a kernel or a browser that dies loses none.

The file is written in full or not at all, and one that is broken, foreign, or changed by somebody
else is never overwritten: the next free name is taken in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crowdnb.project.files import JSON_BYTES, TooLargeError, read_file
from crowdnb.project.fingerprint import fingerprint
from crowdnb.project.label_notes import twins
from crowdnb.project.misfits import fitted
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario
from crowdnb.project.scenario_file import place_of, read_scenarios
from crowdnb.project.scenarios import Scenarios
from crowdnb.project.setting_kinds import ScenarioError


@dataclass
class Keeper:
    """Keeps scenarios on disk as they change, in a file that nobody else has touched.

    Attributes
    ----------
    path : Path
        Where they go: ``scenarios.json`` in the project's folder, or the first of
        ``scenarios_2.json`` and so on that can be written without losing anything.
    said : list of str
        What there is to tell: a file that could not be read, one that somebody else changed.
    """

    path: Path
    said: list[str] = field(default_factory=list)
    seen: bytes | None = None

    @classmethod
    def open(
        cls, source: Path, project: Project, strict: bool = False, **options: Any
    ) -> tuple[Keeper, Scenarios]:
        """Where a project's scenarios are kept, and those kept there; nothing is written.

        Raises
        ------
        ScenarioError
            With ``strict``, the file cannot be read; else the next one is used in its place. Strict
            is the command, to which the last settings do not matter.
        """
        keeper = cls(place_of(source))
        while keeper.path.exists():
            try:
                current, named, mark = read_scenarios(keeper.path)
            except ScenarioError as error:
                if strict:
                    raise
                keeper._next(f"{error}. It is left as it is")
                continue
            keeper.seen = _bytes(keeper.path)
            if mark not in ("", fingerprint(project)):
                keeper.said.append(
                    f"The project's files have changed since {keeper.path.name} was written: all is"
                    " solved anew."
                )
            names = dict.fromkeys((one.name for one in named), keeper.path.name)
            keeper.said += twins("scenario", names)
            if strict:  # whoever asks names a scenario, and keeps none
                return keeper, Scenarios(project, named, **options)
            return keeper, keeper._fitting(Scenarios(project, named, current, **options))
        return keeper, Scenarios(project, **options)

    def _fitting(self, scenarios: Scenarios) -> Scenarios:
        """With settings that fit the project; those that do not are kept under a name."""
        kept, wrong = fitted(scenarios.current, scenarios.project)
        try:
            scenarios.problem(kept)
        except ValueError as error:  # such as nobody with ratings enough
            kept, wrong = Scenario(), (str(error),)
        if not wrong:
            return scenarios
        names = {one.name for one in scenarios.named}
        name = next(
            f"last time {k}" for k in range(1, len(names) + 2) if f"last time {k}" not in names
        )
        self.said.append(
            f"The last settings do not fit any more ({'; '.join(wrong)}). All of them are kept as"
            f" {name!r}."
        )
        left = replace(scenarios.current, name=name)
        return replace(scenarios, named=(*scenarios.named, left), current=kept)

    def save(self, scenarios: Scenarios) -> None:
        """Write them, unless they are there already.

        Beside the file if somebody else has changed it.
        """
        while self.path.exists() and _bytes(self.path) != self.seen:
            self._next(f"{self.path.name} was changed by somebody else. It is left as it is")
        self.seen = scenarios.save(self.path)

    def _next(self, why: str) -> None:
        """Go on in the next file that is not there."""
        stem = self.path.stem.rsplit("_", 1)
        base, k = (
            (stem[0], int(stem[1])) if len(stem) == 2 and stem[1].isdigit() else (self.path.stem, 1)
        )
        self.path, self.seen = self.path.with_name(f"{base}_{k + 1}.json"), None
        self.said.append(f"{why}; {self.path.name} is used in its place.")


def _bytes(path: Path) -> bytes | None:
    """What a file holds; None for what is no file that can be read."""
    try:
        return read_file(path, JSON_BYTES)
    except (OSError, TooLargeError):
        return None
