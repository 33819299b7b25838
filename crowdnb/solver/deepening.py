"""Local search and branching within one call of :func:`crowdnb.solve`: how long each of them gets.

They come where many pairs are in play, and conflicts leave the bounds of prices far from any
assignment. There local search finds in a second what engines do not in ten, and branching on
workers lowers the bound faster than they do (benchmarks/middle.py). What is left open goes on to
the engine, with fewer pairs.
"""

from __future__ import annotations

import math
import time

import numpy as np

from crowdnb.labels import BoolArray, IntArray
from crowdnb.model.problem import Problem
from crowdnb.solver.branching import Branching
from crowdnb.solver.local_search import LocalSearch
from crowdnb.solver.questions import Questions

# Pairs in play: fewer an engine mostly settles as soon, so that it comes first unless time is
# limited. With more than the most a relaxation takes a second and longer, which no interrupt ends.
_FEWEST, _FEWEST_LIMITED, _MOST = 1500, 200, 20_000
# moves of local search: a first assignment in some 20 ms; a better one where time is not limited
_FIRST, _UNHURRIED = 1000, 2000
_ANY = -1e300  # a ρ that every assignment has
_FIRST_SHARE = 0.15  # of the time left, for any assignment
_SHARE, _LONG = 0.6, 3.0  # of the time left that it takes where it is limited, and seconds at most
_BRANCHING = 10.0  # seconds, where time is not limited
_ENGINES = 0.2  # of the time left, for an engine
_OVERRUN = 0.04  # of the time left, by which a relaxation may exceed it


class Deepening:
    """What goes beyond bounds before an engine is asked.

    Parameters
    ----------
    problem : Problem
        A plain one (``problem.plain``).
    questions : Questions
        The clock of the call.
    """

    def __init__(self, problem: Problem, questions: Questions) -> None:
        self.problem, self.questions = problem, questions
        self._local: LocalSearch | None = None
        self.tree: Branching | None = None
        self.over = False  # whether no time is left for an engine

    @property
    def local(self) -> LocalSearch:
        """The local search, which goes on where it ended before."""
        if self._local is None:
            self._local = LocalSearch(self.problem)
        return self._local

    def first(self, play: BoolArray) -> IntArray | None:
        """Any assignment, if it is found soon: none is proved to be missing here."""
        if np.count_nonzero(play) <= _FEWEST:
            return None
        if not self.questions.limited:
            return self.local.run(math.inf, _FIRST, enough=_ANY)
        until = time.perf_counter() + _FIRST_SHARE * self.questions.left
        return self.local.run(until, enough=_ANY)

    def worth(self, play: BoolArray) -> bool:
        """Whether so many pairs are in play that the rest of this class comes before an engine."""
        fewest = _FEWEST_LIMITED if self.questions.limited else _FEWEST
        return bool(fewest < np.count_nonzero(play) <= _MOST)

    def improved(self, known: IntArray | None, enough: float) -> IntArray | None:
        """A better assignment, or the one known; one of ρ ``enough`` ends the search."""
        if not self.questions.limited:
            return self.local.run(math.inf, _UNHURRIED, known, enough)
        until = time.perf_counter() + min(_SHARE * self.questions.left, _LONG)
        return self.local.run(until, math.inf, known, enough)

    def branched(self, play: BoolArray, known: IntArray | None) -> Branching:
        """What branching knows at the end of its time.

        Where time is limited an engine gets a part of it, unless so many pairs are still in play
        that it would not do with it.
        """
        self.tree = tree = Branching(self.problem, play, known)
        if not self.questions.limited:
            tree.run(time.perf_counter() + _BRANCHING)
            return tree
        end = self.questions.until - _OVERRUN * self.questions.left
        tree.run(end - _ENGINES * self.questions.left)
        if not tree.closed and np.count_nonzero(tree.play) > _FEWEST:
            tree.run(end)
            self.over = True
        return tree

    def known(self) -> list[IntArray]:
        """The best assignments of the two by now, also after an interrupt."""
        found = [None if self._local is None else self._local.best()]
        found.append(None if self.tree is None else self.tree.found)
        return [one for one in found if one is not None]
