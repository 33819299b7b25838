"""The same rules with other values of the pairs."""

from __future__ import annotations

import numpy as np

from crowdnb.labels import FloatArray
from crowdnb.model.problem import Problem

TINY = 1e-300  # stands for a value of exactly 0, which would forbid a pair


def valued(problem: Problem, value: FloatArray) -> Problem:
    """The same rules with other values W_j Q_ij of the pairs; a value of 0 forbids nothing new."""
    excluded = ~problem.eligible & (problem.arrays.worker_limits > 0)[:, None]
    return problem.changed(
        qualification=np.where(value == 0, TINY, value), task_weights=None, task_conflicts=excluded
    )
