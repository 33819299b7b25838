"""What the rating histories say of a plan: who was chosen on few, and who is left out for it.

Six ratings are what the cloud model asks for (eq. 1); fewer are taken for their range, and one for
a point.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable

import pandas as pd

from crowdnb.ability.cloud import CLOUD_FROM, ability_clouds
from crowdnb.labels import as_listed, count, listing, phrases
from crowdnb.model.assignment import Assignment
from crowdnb.project.abilities import counts_of, fewest_under, gap_texts
from crowdnb.project.record import Project
from crowdnb.project.scenario import Scenario

_WORDS = {6: "six"}
_LISTED = 20  # names in a sentence


def clouds_of(project: Project, scenario: Scenario) -> pd.DataFrame | None:
    """The histories one by one with a scenario's γ and half-life; None for intervals."""
    how = scenario.reading_of(project)
    counts = counts_of(project, how.half_life)
    return None if counts is None else ability_clouds(counts, how.gamma)


def fewest_of(
    project: Project, scenario: Scenario, workers: Iterable[Hashable]
) -> list[float | None]:
    """The smallest number of ratings over the criteria; None where only intervals are known.

    Workers who are added have the ratings of whom they are like.
    """
    roots, how = scenario.roots, scenario.reading_of(project)
    same = how.half_life == project.half_life
    fewest = project.fewest_ratings if same else fewest_under(project, how)
    known = {} if fewest is None else fewest.to_dict()
    return [known.get(roots.get(str(worker), worker)) for worker in workers]


def few_line(project: Project, scenario: Scenario, answer: Assignment) -> str:
    """Who was chosen on few ratings, in a sentence; empty where no histories are known."""
    if project.fewest_ratings is None or answer.placed is None:
        return ""
    chosen = list(dict.fromkeys(answer.pairs["worker"]))
    fewest = fewest_of(project, scenario, chosen)
    few = [
        worker
        for worker, number in zip(chosen, fewest, strict=True)
        if number is not None and number < CLOUD_FROM
    ]
    limit = _WORDS.get(CLOUD_FROM, str(CLOUD_FROM))
    who = f": {listing(few, _LISTED)}" if few else ""
    on = f"fewer than {limit} ratings of some criterion"
    if scenario.reading_of(project).half_life is not None:
        on = f"ratings of some criterion that count less than {limit}, as they fade"
    return f"On {on}: {len(few)} of the {len(chosen)} chosen{who}."


def left_out_line(project: Project, scenario: Scenario) -> str:
    """Whom few ratings, or none, leave out, in a sentence; empty where there is no such rule."""
    least = scenario.min_ratings_of(project)
    gaps = scenario.reading_of(project).missing == "out" and bool(gap_texts(project))
    if not least and not gaps:
        return ""
    out = project.workers.difference(scenario.workers(project), sort=False)
    names = listing(out, _LISTED) if least else phrases(gap_texts(project, out), _LISTED)
    who = f": {names}" if len(out) else ""
    asked = _asked_of(project, scenario, set(out))
    also = f" What is asked of them goes too: {phrases(asked, _LISTED)}." if asked else ""
    few = f"fewer than {count(least, 'rating')}" if least else "no rating"
    few += " on some criterion"
    if least and scenario.reading_of(project).half_life is not None:
        few = f"ratings on some criterion that count less than {least}, as they fade"
    return f"Left out, with {few}: {len(out)} of the {len(project.workers)} workers{who}.{also}"


def gaps_line(project: Project, scenario: Scenario) -> str:
    """What stands where there is no rating, in a sentence; empty without such, or if left out."""
    stands = {"unknown": "0 to 1", "average": "the average of the others"}
    missing = scenario.reading_of(project).missing
    if missing not in stands or not (gaps := gap_texts(project, scenario.workers(project))):
        return ""
    return f"No rating, so {stands[missing]} is taken: {phrases(gaps, _LISTED)}."


def _asked_of(project: Project, scenario: Scenario, workers: Collection[Hashable]) -> list[str]:
    """What workers must do by the files and a scenario: pinned pairs, least numbers of tasks."""
    pinned = project.options.get("pinned", pd.DataFrame(columns=["worker", "task"]))
    pins = dict.fromkeys(zip(pinned["worker"], pinned["task"], strict=True), 1)
    least = {**project.options.get("worker_least", {}), **scenario.least}
    return [
        *(
            f"{as_listed(worker)} is pinned to {as_listed(task)}"
            for (worker, task), stays in {**pins, **scenario.pinned}.items()
            if stays and worker in workers
        ),
        *(
            f"{as_listed(worker)} takes at least {count(number, 'task')}"
            for worker, number in least.items()
            if number and worker in workers
        ),
    ]
