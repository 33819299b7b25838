"""The matching model of the second source and its three steps of solution, short enough to read.

As printed (its section 4.1), with tasks i, workers j, match A_ij and remaining capacity X_j:

    max Σ_i Σ_j A_ij x_ij     s.t.  0 ≤ x_ij ≤ X_j

which bounds no worker's load, so that every pair is chosen. As meant, in the letters of
:mod:`crowdnb.model.problem` (workers i, tasks j, capacity X_i, places L_j), with conflicts, which
the source does not know:

    max Σ_ij W_j Q_ij x_ij
    Σ_j x_ij ≤ X_i                           (its price: the wage of worker i)
    Σ_i x_ij ≤ L_j                           (its price: what a place of task j is worth)
    Σ_j x_i1,j + Σ_j x_i2,j ≤ 1              where i1 and i2 are in conflict
    x_ij ≤ 1                                 (kind "pair", where some X and some L are above 1)
    x_ij ≥ 0, and integer

or, in place of the third, such a row for a clique of conflicts.

1. Linear relaxation: without integrality (:func:`relax`). Where there are no conflicts the matrix
   of the rows is totally unimodular (:func:`determinants`), so that every corner is integer.
2. Lagrange multipliers: prices of the rows, with the conditions of Karush, Kuhn and Tucker
   (:func:`kkt`), or found step by step (:func:`descend`).
3. Branch and bound (:func:`branch_and_bound`), with the rows of cliques as cuts.

The linear program is in ``linear_program``, the steps are in ``relaxed``, ``descent`` and
``branching``.

References
----------
The second source, sections 4.1 and 4.2. A. Schrijver, "Theory of Linear and Integer Programming",
Wiley, 1986, chapter 19 (total unimodularity).
"""

from __future__ import annotations

from crowdnb.market.relaxation.branching import Tree, branch_and_bound
from crowdnb.market.relaxation.descent import Descent, descend, subgradient
from crowdnb.market.relaxation.linear_program import Linear, Rows, determinants, kkt, linear
from crowdnb.market.relaxation.relaxed import WHOLE, Relaxed, relax

__all__ = [
    "WHOLE",
    "Descent",
    "Linear",
    "Relaxed",
    "Rows",
    "Tree",
    "branch_and_bound",
    "descend",
    "determinants",
    "kkt",
    "linear",
    "relax",
    "subgradient",
]
