"""Intervals of a project as functions of γ: ends at γ = 0, and how far He moves them (eq. 2)."""

from __future__ import annotations

import numpy as np

from crowdnb.ability.cloud import ability_clouds, apart
from crowdnb.labels import FloatArray
from crowdnb.project.record import Project
from crowdnb.sensitivity.project_arrays import ProjectArrays


def no_posterior(project: Project) -> None:
    """ValueError where the intervals are not the cloud model's, which alone knows γ."""
    if project.ability_rule != "cloud":
        raise ValueError(
            f"gamma_range: project: its ability is {project.ability_rule!r}, in which γ means"
            " nothing; read it with ability='cloud'"
        )


def ends_and_he(
    data: ProjectArrays, project: Project, gamma: float, he_to_en: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Ends at γ = 0, not clipped, and He, m × K; [0, 1] that no γ moves where a rating is missing.

    Raises
    ------
    ValueError
        An average stands for a missing rating.
    """
    if project.counts is None:
        return apart(data.low, data.high, gamma, he_to_en)
    given, rated = data.histories(project)
    if project.missing == "average" and not rated.all():
        i, k = np.argwhere(~rated)[0].tolist()
        raise ValueError(
            f"gamma_range: an average stands for {data.problem.workers[i]} on {data.criteria[k]},"
            " which moves with γ as no interval does; read the project with missing='out' or"
            " 'unknown'"
        )
    clouds = ability_clouds(given, gamma)
    by_cloud = (clouds["rule"] == "cloud").to_numpy()
    ex, en, he = (clouds[name].to_numpy() for name in ("expectation", "entropy", "hyper_entropy"))
    low, high, reach = np.zeros(rated.shape), np.ones(rated.shape), np.zeros(rated.shape)
    low[rated] = np.where(by_cloud, ex - en, clouds["low"])
    high[rated] = np.where(by_cloud, ex + en, clouds["high"])
    reach[rated] = np.where(by_cloud, he, 0.0)
    return low, high, reach
