"""What a check says of an answer: right or not, points, what is wrong, what to try.

A check returns a :class:`Verdict`; printed it is one text, and as the last line of a cell it shows
itself, without widgets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape

_GREEN, _AMBER = "#2e7d32", "#b26a00"  # beside the words, which say it too


@dataclass(frozen=True)
class Verdict:
    """What a check says of an answer; true where the answer is right.

    Parameters
    ----------
    right : bool
    said : str
        What is right or wrong.
    hint : str
        What to try; empty where nothing is left to say.
    points : float, optional
        Points got, from 0 to ``of``; all or none, as ``right`` says, if nothing is said.
    of : float
        Points that the exercise gives.

    Raises
    ------
    ValueError
        Where the points are not from 0 to ``of``, or are all there and the answer is not right.

    Examples
    --------
    >>> verdict = Verdict(False, "ρ does not stay.", "Solve again.")
    >>> print(verdict)
    ρ does not stay. Solve again.
    >>> bool(verdict), verdict.points, verdict.of
    (False, 0.0, 1.0)
    """

    right: bool
    said: str
    hint: str = ""
    points: float | None = None
    of: float = 1.0

    def __post_init__(self) -> None:
        """Fill in the points, and refuse those that do not go with the verdict."""
        if not self.of > 0:
            raise ValueError(f"of: more than 0 points are needed, got {self.of}")
        if self.points is None:
            object.__setattr__(self, "points", float(self.of) if self.right else 0.0)
        elif not 0 <= self.points <= self.of or (self.points == self.of) != self.right:
            raise ValueError(
                f"points: 0 to {self.of:g} are needed, all of them where the answer is right and"
                f" only there, got {self.points}"
            )

    def __bool__(self) -> bool:
        return self.right

    def __str__(self) -> str:
        return f"{self.said} {self.hint}".strip()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        colour = _GREEN if self.right else _AMBER
        hint = f"<br><em>{escape(self.hint)}</em>" if self.hint else ""
        return (
            f'<div style="border-left: 4px solid {colour}; padding: 0.3em 0.8em">'
            f"{escape(self.said)}{hint}<br><small>{self.points:g} of {self.of:g}</small></div>"
        )

    def worth(self, of: float) -> Verdict:
        """The same verdict for an exercise that gives so many points."""
        return replace(self, points=(self.points or 0.0) / self.of * of, of=of)


def right_answer(said: str) -> Verdict:
    """The verdict on a right answer."""
    return Verdict(True, said)


def wrong_answer(said: str, hint: str = "") -> Verdict:
    """The verdict on an answer that is not right yet."""
    return Verdict(False, said, hint)
