"""A plan as a table, and the name of its file: each plan has one of its own."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import replace

import pandas as pd

from crowdnb.project.histories import fewest_of
from crowdnb.project.scenario import GIVEN, Scenario
from crowdnb.project.scenarios import Scenarios

UNNAMED = "(unnamed)"  # settings that are tried and have no name yet
_BYTES = 100  # of a scenario's name in the name of a file, which may have 255 in all


def plan_table(plans: Scenarios, scenario: str) -> pd.DataFrame:
    """One row per place: worker, task, qualification, fewest_ratings, plan; load and cost, if any.

    Parameters
    ----------
    plans : Scenarios
    scenario : str
        The name of a scenario that is kept, "as given", or :data:`UNNAMED` for what is being tried.

    Returns
    -------
    DataFrame
        ``fewest_ratings`` is the smallest number of ratings of the worker over the criteria,
        missing where only intervals are known; ``plan`` is the name of the scenario in each row;
        ``load`` and ``cost`` are those of the pair, where tasks have loads, and pairs costs.
    """
    one = scenario_of_plan(plans, scenario)
    answer = plans.answer(one)
    pairs = answer.pairs
    fewest = fewest_of(plans.project, plans.fitted(one), pairs["worker"])
    number = pd.Series(fewest, pairs.index, dtype="Float64")
    whole = number.dropna() % 1 == 0  # those of decayed histories are not
    table = pairs.assign(
        fewest_ratings=number.astype("Int64") if whole.all() else number, plan=scenario
    )
    like = plans.fitted(one).roots
    for name, option in (("load", "loads"), ("cost", "costs")):
        held = plans.project.options.get(option)
        if held is not None:
            each = zip(pairs["worker"], pairs["task"], strict=True)
            values = pd.Series([held.at[like.get(worker, worker), task] for worker, task in each])
            table[name] = values.astype("int64") if (values % 1 == 0).all() else values
    return table


def scenario_of_plan(plans: Scenarios, plan: str) -> Scenario:
    """The scenario of this name; what is being tried for :data:`UNNAMED`."""
    return plans.current if plan == UNNAMED else plans[plan]


def plan_of_current(plans: Scenarios) -> str:
    """Under which name the settings being tried are kept, or :data:`UNNAMED`."""
    for one in (plans[GIVEN], *plans.named):
        if replace(plans.fitted(one), name="") == plans.current:
            return one.name
    return UNNAMED


def plan_file(file: str, plans: Scenarios, scenario: str) -> str:
    """The name of a file about a plan: ``assignment.csv``, of a scenario ``assignment_NAME.csv``.

    Where the name cannot be that of a file, or another scenario's is the same to some systems, it
    gets eight digits of its own, so that no plan overwrites another's.
    """
    if scenario == GIVEN:
        return file
    safe = scenario
    if scenario != UNNAMED:
        safe = "".join(c if c.isalnum() or c in " -_." else "_" for c in scenario).strip(" .")
        safe = safe.encode()[:_BYTES].decode(errors="ignore").strip(" .")
        twins = [one.name for one in plans.named if _folded(one.name) == _folded(scenario)]
        if safe != scenario or len(twins) > 1:
            safe += f"_{hashlib.sha256(scenario.encode()).hexdigest()[:8]}"
    stem, dot, ending = file.rpartition(".")
    return f"{stem}_{safe}{dot}{ending}"


def _folded(name: str) -> str:
    """A name as a system sees it that knows no capitals, and one form of each letter."""
    return unicodedata.normalize("NFKC", name).casefold()
