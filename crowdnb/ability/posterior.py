"""Ability as the interval of the next rating: the Dirichlet-multinomial interval (notebook 01).

Where the paper's interval (eq. 2) states no probability, this one does. Of a history of n_s ratings
on each mark s of a scale with S of them, the chance that the next rating is s is

    p_s = (n_s + 1/2) / (n + S/2),   n = n_1 + … + n_S

the posterior predictive of a multinomial with Jeffreys' prior, half a rating on every mark before
the first real one. For a level c the interval leaves at most (1 - c)/2 on either side:

    low  = the lowest mark with  p_1 + … + p_s ≥ (1 - c)/2
    high = the lowest mark with  p_1 + … + p_s ≥ (1 + c)/2

each as the share that it stands for. So the next rating lies inside with a probability of at least
c, whatever the number of ratings; one five-star rating says next to nothing, and its interval is the
whole scale. Decayed counts are read as they stand, the prior does not fade. It weighs S/2 ratings:
on a scale of 101 marks fifty, so that short histories say little; marks as coarse as people mean
them say more.

The sums are of halves, and exact, where counts are whole numbers; else right to about 1e-13 of n.

References
----------
A. Gelman et al., "Bayesian Data Analysis", 3rd ed., Chapman & Hall (2013), sections 2.8 and 3.4.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from crowdnb.ability.histories import Histories
from crowdnb.labels import FloatArray

_PRIOR = 0.5  # ratings on every mark before the first real one, by Jeffreys
# Of a sum: a tail that is reached but for the rounding of floats is reached. Sums of 10,000 terms are
# off by less, and where counts are whole numbers no two sums are as near.
_SLACK = 1e-12


def posterior_ends(histories: Histories, level: float) -> tuple[FloatArray, FloatArray]:
    """Ends of the interval in which the next rating lies with probability ``level``, as shares."""
    exact = Fraction(Decimal(repr(level)))  # 1 - 0.9 as a float is not 0.1
    tails = float((1 - exact) / 2), float((1 + exact) / 2)
    prior = _PRIOR if histories.possible is None else np.where(histories.possible, _PRIOR, 0.0)
    below = np.cumsum(histories.n + prior, axis=0)
    total = below[-1]
    low, high = (
        histories.marks[(below >= total * (tail * (1 - _SLACK))).argmax(axis=0)] for tail in tails
    )
    return (
        (low - histories.origin) / histories.extent,
        (high - histories.origin) / histories.extent,
    )
