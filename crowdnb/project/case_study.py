"""The paper's case study (section 6): 12 workers, 5 tasks, 9 places, and what was printed about it.

The data are the folder ``data/case_study``, in the form of any user's project; its subfolder
``published`` holds tables 3 to 5 as printed. No conflict between workers was printed, although the
printed assignment needs one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd

from crowdnb.project.folder import read_project
from crowdnb.project.record import Project

FOLDER = Path(__file__).parents[1] / "data" / "case_study"


@dataclass(frozen=True, eq=False)
class Published:
    """What the paper prints.

    Attributes
    ----------
    possibility : DataFrame
        Table 3: possibility degrees of worker a0, tasks × criteria, three decimals.
    qualification : DataFrame
        Table 4: Q, workers × tasks, three decimals.
    assignment : DataFrame
        Table 5: T, workers × tasks, 0/1.
    performance : float
        ρ, the plain sum of Q over T, although eq. 7 has task weights.
    """

    possibility: pd.DataFrame
    qualification: pd.DataFrame
    assignment: pd.DataFrame
    performance: float = 2.569


@dataclass(frozen=True, eq=False)
class CaseStudy(Project):
    """The case study as a project, with ``published``: what the paper prints."""

    ability: pd.DataFrame
    demand: pd.DataFrame
    criteria_weights: pd.Series[float]
    published: Published = field(kw_only=True)


def load_case_study() -> CaseStudy:
    """Tables 1 to 5 of the paper.

    Returns
    -------
    CaseStudy
        A :class:`crowdnb.Project` (``.ability``, ``.demand``, ``.criteria_weights``, ``.required``,
        ``.task_conflicts``, ``.problem()`` …) with ``.published``.

    Examples
    --------
    >>> case = load_case_study()
    >>> case.ability.loc["a0", "skill"].tolist(), case.published.performance
    ([0.52, 0.63], 2.569)
    """

    def table(name: str, columns: str) -> pd.DataFrame:
        return pd.read_csv(FOLDER / "published" / name, index_col=0).rename_axis(columns=columns)

    project = read_project(FOLDER)
    published = Published(
        possibility=table("table3.csv", "criterion"),
        qualification=table("table4.csv", "task"),
        assignment=table("table5.csv", "task"),
    )
    return CaseStudy(
        **{item.name: getattr(project, item.name) for item in fields(Project)}, published=published
    )
