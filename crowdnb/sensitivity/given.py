"""An assignment that the user gives, to be judged: T as positions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.labels import IntArray, phrases
from crowdnb.model.assignment import zero_one_table
from crowdnb.model.check import check
from crowdnb.model.problem import Problem, needed


def no_terms(problem: Problem, name: str) -> None:
    """ValueError where ρ is more than Σ W_j Q_ij T_ij, for who works with that sum."""
    if needed(problem).soft:
        terms = ("missing_cost", "keep_costs", "conflict_costs", "pair_effects")
        given = [term for term in terms if getattr(problem, term) is not None]
        raise ValueError(f"{name}: knows ρ as the sum of W Q alone, not {phrases(given)}")


def positions(problem: Problem, table: pd.DataFrame) -> IntArray:
    """Positions (worker, task) of a valid assignment; ValueError says which rule it breaks."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table: a frame of workers × tasks is needed, got {type(table).__name__}")
    if broken := check(needed(problem), table):
        raise ValueError(f"table: it is no assignment of the problem: {phrases(broken, 3)}")
    return np.argwhere(zero_one_table(problem, table) == 1)
