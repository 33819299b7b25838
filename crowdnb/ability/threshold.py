"""A demand as a threshold: the pairs whose ability begins below it (section 2, point 6).

Section 2 calls a demand a threshold and wants workers who are able enough, not the ablest. The
model of section 4 has no threshold: it maximises Q, to which an ability below the demand adds less,
not nothing. Here worker i is below task j on criterion k where

    U^L_ik < D^L_jk

and the pair is barred, as by C^R, where that holds on one criterion at least, or on all of them.

References
----------
Section 2, point 6, of the paper; in the model the pairs join C^R (section 4.2).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
import pandas as pd

from crowdnb.ability.possibility import interval_pair
from crowdnb.labels import one_of

Criteria = Literal["any", "all"]
# Of an end, in shares of the scale: mean and entropy are sums of floats, and an end that is the
# threshold itself must not fall below it by their rounding.
_SLACK = 1e-9


def below_threshold(
    ability: pd.DataFrame, demand: pd.DataFrame, criteria: Criteria = "any"
) -> pd.DataFrame:
    """Pairs of a worker and a task whose ability begins below the demand.

    Parameters
    ----------
    ability : DataFrame
        m workers; columns (criterion, ``low`` / ``high``), as :func:`ability_intervals` gives it.
    demand : DataFrame
        n tasks; the same columns in any order. Its lower ends are the thresholds.
    criteria : {"any", "all"}
        Whether falling short on one criterion is enough, or all are needed.

    Returns
    -------
    DataFrame
        Workers × tasks, 1 where the pair is below, else 0: task conflicts, alone or joined to
        others by ``|``.

    Raises
    ------
    ValueError
        As :func:`possibility_matrix`; another word for ``criteria``.

    Notes
    -----
    Barring pairs can leave a task without enough workers; :func:`crowdnb.obstacles` then names it.

    Examples
    --------
    29 of the 240 intervals of the case study begin below the demand, in 18 of its 60 pairs:

    >>> import crowdnb as cn
    >>> case = cn.load_case_study()
    >>> below = below_threshold(case.ability, case.demand)
    >>> int(below.to_numpy().sum()), below.loc["a0"].tolist()
    (18, [0, 0, 1, 0, 0])
    >>> problem = cn.Problem(
    ...     case.qualification, case.required, task_conflicts=case.task_conflicts | below
    ... )
    >>> round(cn.solve(problem).performance, 4)
    2.6973
    """
    one_of(criteria, get_args(Criteria), "criteria")
    u, d = interval_pair(ability, demand)
    short = np.zeros((len(u.labels), len(d.labels)), dtype=int)
    for k in range(len(u.criteria)):  # all m·n·K comparisons are never held
        short += u.low[:, k, np.newaxis] < d.low[:, k] - _SLACK
    least = 1 if criteria == "any" else len(u.criteria)
    return pd.DataFrame((short >= least).astype(int), index=u.labels, columns=d.labels)
