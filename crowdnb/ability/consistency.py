r"""How far a judgement matrix B contradicts itself (section 3.4).

Eq. 4 makes a consistent Z of any B, and tells nobody what B was like before. Two things say so;
they change no weight.

**Cycles.** If skill matters more than care, and care more than speed, then speed cannot matter more
than skill: the three go in a cycle, and eq. 5 gives them weights that none of the judgements meant.
Where every two criteria are compared, each contradiction of this kind shows in three of them. A tie
may close the cycle, skill > care > speed = skill; a single difference among ties makes none, since
five levels cannot tell small differences.

**Deviation.** B is additively consistent if b_ij = b_ik - b_jk + 0.5 for all i, j, k (Tanino). The
consistent matrix nearest to B (least squares) is made of its row sums b_i, and the compatibility
index of the two is the mean distance of their cells:

    c_ij = (b_i - b_j) / K + 0.5,        I(B) = sum_ij |b_ij - c_ij| / K²

Eq. 4 has 2 (K - 1) where c has K: Z is c drawn towards 0.5, so that it lies in [0, 1]. I(B) is 0
for a consistent B. Up to 0.1 is usually accepted.

References
----------
T. Tanino, "Fuzzy preference orderings in group decision making", Fuzzy Sets and Systems 12 (1984)
117-131. Z. S. Xu, "Study on the compatibility and consistency of fuzzy complementary judgement
matrices", Journal of PLA University of Science and Technology 3 (2002) 94-96, as others cite it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.ability.weights import checked_judgement
from crowdnb.labels import FloatArray

# Mean distance per cell that is usually accepted; one cell of three criteria may be a level off.
LIMIT = 0.1
_EQUAL = 1e-9  # of 0.5, which rounding leaves
_CYCLES = 10  # that are looked for; a large matrix may have millions
_NAMED = 3  # of them in a sentence


class Consistency(NamedTuple):
    """How far a judgement matrix contradicts itself; ``str()`` says it in a sentence.

    Attributes
    ----------
    deviation : float
        I(B), the mean distance of a cell to the nearest consistent matrix, in [0, 1].
    cycles : tuple of str
        Three criteria each that contradict one another, such as ``skill > care > speed > skill``;
        ten at most, those without a tie first.
    """

    deviation: float
    cycles: tuple[str, ...]

    @property
    def acceptable(self) -> bool:
        """Whether I(B) is at most 0.1, and there is no cycle."""
        return self.deviation <= LIMIT + _EQUAL and not self.cycles

    def __str__(self) -> str:
        return f"{self.of_deviation} {self.of_cycles}.".removesuffix(" .")

    @property
    def of_deviation(self) -> str:
        """I(B) and its usual limit in a sentence."""
        said = f"The judgements deviate by {self.deviation:.3f} from consistent ones"
        if self.deviation <= LIMIT + _EQUAL:
            return f"{said} (usual limit {LIMIT})."
        return f"{said}, more than the usual limit of {LIMIT}."

    @property
    def of_cycles(self) -> str:
        """The cycles in a sentence without its full stop; empty where there are none."""
        if not self.cycles:
            return ""
        named = ", ".join(self.cycles[:_NAMED]) + ", and others" * (len(self.cycles) > _NAMED)
        return f"The judgements go in a cycle, which no weights can follow: {named}"


def judgement_consistency(judgement: pd.DataFrame | npt.ArrayLike) -> Consistency:
    """How far a judgement matrix B contradicts itself.

    Parameters
    ----------
    judgement : DataFrame or array-like, K × K
        As :func:`crowdnb.consistent_matrix`.

    Returns
    -------
    Consistency
        ``deviation``, I(B) in [0, 1], usually accepted up to 0.1, and ``cycles``.

    Raises
    ------
    ValueError
        As :func:`crowdnb.consistent_matrix`.

    Notes
    -----
    I(B) = sum_ij |b_ij - c_ij| / K² with c_ij = (b_i - b_j) / K + 0.5.

    Examples
    --------
    >>> found = judgement_consistency([[0.5, 0.9, 0.1], [0.1, 0.5, 0.9], [0.9, 0.1, 0.5]])
    >>> round(found.deviation, 4), found.cycles
    (0.2667, ('0 > 1 > 2 > 0',))
    """
    b, criteria = checked_judgement(judgement)
    return consistency_of(pd.DataFrame(b, criteria, criteria))


def consistency_of(judgement: pd.DataFrame) -> Consistency:
    """:func:`judgement_consistency` of a checked judgement, without warnings."""
    b = judgement.reindex(columns=judgement.index).to_numpy(dtype=float)
    rows = b.sum(axis=1)
    consistent = (rows[:, np.newaxis] - rows) / len(b) + 0.5
    names = [str(label) for label in judgement.index]
    found: dict[frozenset[int], str] = {}
    for three in _threes(b):
        signs = ["=" if abs(b[i, k] - 0.5) <= _EQUAL else ">" for i, k in _around(three)]
        said = "".join(f"{names[i]} {sign} " for i, sign in zip(three, signs, strict=True))
        found.setdefault(frozenset(three), said + names[three[0]])
        if len(found) == _CYCLES:
            break
    return Consistency(float(np.abs(b - consistent).mean()), tuple(found.values()))


def _around(three: tuple[int, int, int]) -> list[tuple[int, int]]:
    i, j, k = three
    return [(i, j), (j, k), (k, i)]


def _threes(b: FloatArray) -> Iterator[tuple[int, int, int]]:
    """Criteria i, j, k, i over j over k, and k not below i; those with k over i first."""
    over = b > 0.5 + _EQUAL
    steps = over.astype(np.float32)
    two_steps = steps @ steps > 0
    for closing in (over, np.abs(b - 0.5) <= _EQUAL):
        for i, k in np.argwhere(two_steps & closing.T).tolist():
            for j in np.flatnonzero(over[i] & over[:, k]).tolist():
                least = min(i, j, k)
                turned = ((i, j, k), (j, k, i), (k, i, j))
                yield next(three for three in turned if three[0] == least)
