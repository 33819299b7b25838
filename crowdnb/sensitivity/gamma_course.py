"""How Q runs along γ: its values at the kinks, and how far it leaves the line between two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from crowdnb.labels import BoolArray, FloatArray


class Twins(NamedTuple):
    """A task whose L is met exactly, and workers alike at every γ, of whom T has one there."""

    task: int
    worker: int
    alike: BoolArray  # m: the worker, and who is like them


class Course(NamedTuple):
    """How Q of each pair runs along several γ, the nodes."""

    q: FloatArray  # nodes × m × n
    above: FloatArray  # (nodes - 1) × m × n: how far above the line between two nodes it can lie
    below: FloatArray  # and how far below

    def measure_from(self, twins: Twins) -> None:
        """Take Q of T's worker from Q of all on the task: those alike are at 0, without a doubt.

        The task has the same number of workers in every assignment, so these are ranked as before.
        """
        j, i, alike = twins
        self.q[:, :, j] -= self.q[:, [i], j]
        less, more = self.above[:, [i], j].copy(), self.below[:, [i], j].copy()
        self.above[:, :, j] = np.where(alike, 0.0, self.above[:, :, j] + more)
        self.below[:, :, j] = np.where(alike, 0.0, self.below[:, :, j] + less)

    def off_the_chord(self, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """How far Q can lie above and below the line from the first node to the last, m × n each.

        ``share`` says where on the way, from 0 to 1, each node is.
        """
        chord = self.q[0] + share[:, None, None] * (self.q[-1] - self.q[0])
        over = (self.q - chord).max(axis=0) + self.above.max(axis=0)
        under = (chord - self.q).max(axis=0) + self.below.max(axis=0)
        return over, under
