"""Medical consultation: no credential, no case (the article's section 6).

Who lacks a credential for the field of a case, valid on its day, does not get the case, however
high the score: T_ij = 0, a rule and no criterion.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from crowdnb.labels import (
    labelled,
    needs,
    number,
    number_frame,
    same_labels,
    several,
    shown,
    unique_index,
    whole,
)
from crowdnb.market.scenes.reader import Scene, known, table_of
from crowdnb.model.problem import Problem

Gate = Literal["hard"] | float


def consultations(scene: Scene, gate: Gate = "hard", limit: int = 2) -> Problem:
    """The medical scene's problem with another gate, or another number of cases a doctor may take.

    Parameters
    ----------
    scene : Scene
    gate : "hard" or float
        ``"hard"``: no credential, no case. A number a in [0, 1]: the credential is a criterion of
        weight a (:func:`softened`), and 0 ignores it. Other conflicts of doctors with cases stay.
    limit : int
        Cases a doctor may take.
    """
    problem = needs(scene, Scene, "scene").problem(worker_limits=whole(limit, "limit", 0))
    if isinstance(gate, str) and gate == "hard":
        return problem
    if not 0 <= number(gate) <= 1:
        raise ValueError(f"gate must be 'hard' or a number in [0, 1], got {shown(gate)}")
    lacking = without_credential(
        table_of(scene, "credentials"), table_of(scene, "cases"), problem.workers
    )
    other = ((problem.task_conflicts == 1) & (lacking == 0)).astype(int)
    return problem.changed(
        qualification=softened(problem.qualification, lacking, gate), task_conflicts=other
    )


def without_credential(
    credentials: pd.DataFrame, cases: pd.DataFrame, workers: pd.Index[Any]
) -> pd.DataFrame:
    """Who may not take which case for want of a credential valid on its day; 0/1, workers × cases.

    Parameters
    ----------
    credentials : DataFrame
        Columns worker, field, valid_to (YYYY-MM-DD, that day included).
    cases : DataFrame
        Columns task, field, day (YYYY-MM-DD).
    workers : Index
        Everybody; who has no credential at all may take nothing.

    Examples
    --------
    >>> held = pd.DataFrame({"worker": ["a", "b"], "field": "heart"})
    >>> held["valid_to"] = ["2027-01-01", "2025-12-31"]
    >>> cases = pd.DataFrame({"task": ["c1"], "field": ["heart"], "day": ["2026-03-02"]})
    >>> without_credential(held, cases, pd.Index(["a", "b", "c"]))["c1"].to_dict()
    {'a': 0, 'b': 1, 'c': 1}
    """
    credentials = labelled(credentials, "credentials", ["worker", "field", "valid_to"])
    cases = labelled(cases, "cases", ["task", "field", "day"])
    workers = unique_index(
        several(workers, "workers"), str(getattr(workers, "name", None) or "workers")
    )
    known(credentials["worker"], workers, "credentials: worker")
    unique_index(cases["task"], "cases: task")
    lacking = pd.DataFrame(1, index=workers, columns=pd.Index(cases["task"], name="task"))
    held = credentials.assign(valid_to=_days(credentials["valid_to"], "credentials: valid_to"))
    for task, field, day in zip(
        cases["task"], cases["field"], _days(cases["day"], "cases: day"), strict=True
    ):
        able = held.loc[(held["field"] == field) & (held["valid_to"] >= day), "worker"]
        lacking.loc[able.unique(), task] = 0
    return lacking


def softened(qualification: pd.DataFrame, lacking: pd.DataFrame, weight: float) -> pd.DataFrame:
    """Q with the credential as one more criterion: (1 - a) Q + a (1 - lacking).

    a = ``weight`` in [0, 1]. What a platform does that adds credentials to the score; the notebook
    shows that it is no gate.

    Examples
    --------
    >>> q, lacking = pd.DataFrame([[0.5], [0.9]]), pd.DataFrame([[0], [1]])
    >>> softened(q, lacking, 0.2)[0].round(2).tolist()
    [0.6, 0.72]
    """
    if not 0 <= number(weight) <= 1:
        raise ValueError(f"weight must lie in [0, 1], got {shown(weight)}")
    weight, qualification = number(weight), number_frame(qualification, "qualification")
    lacking = number_frame(lacking, "lacking")
    same_labels(lacking.index, qualification.index, "lacking, rows")
    same_labels(lacking.columns, qualification.columns, "lacking, columns")
    return (1 - weight) * qualification + weight * (1 - lacking)


def _days(written: pd.Series[Any], where: str) -> pd.Series[Any]:
    """Days as dates; ValueError names the first that is none."""
    if written.empty:
        return pd.to_datetime(written)
    dates = pd.to_datetime(
        written.map(lambda day: day if isinstance(day, str | date | np.datetime64) else None),
        errors="coerce",
    )
    if dates.isna().any():
        raise ValueError(
            f"{where} is {shown(written[dates.isna()].iloc[0])}, a day (YYYY-MM-DD) is needed"
        )
    return dates
