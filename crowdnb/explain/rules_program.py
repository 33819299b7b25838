"""The rules that are left as a mixed-integer program for HiGHS: slow, and with every option."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.check import (
    BUDGET_TOLERANCE,
    cost,
    off_quota,
    overloaded,
)
from crowdnb.model.reach import reaches, zoom
from crowdnb.model.rows import rows, stacked
from crowdnb.model.rules import Requirement, Rules
from crowdnb.solver.boolean_program import SCALE, scaled
from crowdnb.solver.clock import Clock, TimeOverError
from crowdnb.solver.highs import FOREVER, Milp, least_cost


def cheapest(rules: Rules, clock: Clock) -> float:
    """The least that an assignment within the rules but the budget costs (0 without costs).

    Inf where none exists; TimeOverError where the time is over before it is known.
    """
    placed = cheapest_pairs(rules, clock)
    return math.inf if placed is None else cost(rules.problem, placed)


def cheapest_pairs(rules: Rules, clock: Clock) -> IntArray | None:
    """Positions of the assignment that costs least; None where none exists."""
    model, costs = program(rules), rules.problem.arrays.costs

    def solved(costs: FloatArray, allowed: BoolArray | None = None) -> BoolArray | None:
        """What the program finds that keeps loads and shares, which HiGHS sees to a tolerance."""
        nonlocal model
        while True:
            seconds = FOREVER if clock.limit is None else clock.limit
            chosen, _, proved = model.solved(costs, None, seconds, allowed)
            if not proved:
                raise TimeOverError
            if chosen is None:
                return None
            placed = model.pairs[chosen]
            over = [
                i
                for i in overloaded(rules.problem, placed)
                if Requirement("capacity", i) in rules.by_row
            ]
            off = [
                at
                for at in off_quota(rules.problem, placed)
                if any(item.kind == "quota" and item.other == at for item in rules.by_row)
            ]
            if not over and not off:
                return chosen
            for i in over:
                model = model.without(chosen & (model.pairs[:, 0] == i))
            for at in off:
                task = rules.problem.quota_sides[at].task
                model = model.other_than(chosen, (model.pairs[:, 1] == task) | (task < 0))

    if costs is None:
        chosen = solved(np.zeros(len(model.pairs)))
        return None if chosen is None else model.pairs[chosen]
    (i, j), found = model.pairs.T, list[IntArray]()

    def ask(play: BoolArray) -> float | None:
        unit = float(np.abs(costs[play]).max(initial=0)) or 1.0
        chosen = solved(SCALE / unit * costs[i, j], play[i, j])
        if chosen is None:
            return None
        found.append(model.pairs[chosen])
        return -cost(rules.problem, found[-1])

    most = np.minimum(rules.ceiling, len(rules.limits)).astype(int)
    zoom(
        -costs,
        ~rules.barred,
        lambda pairs: reaches(-costs, pairs, rules.pins, rules.need, most),
        ask,
    )
    return min(found, key=lambda placed: cost(rules.problem, placed), default=None)


def program(rules: Rules) -> Model:
    """The rules but the budget, for HiGHS."""
    pairs = np.argwhere(~rules.barred)
    blocks = rows(rules, pairs)
    blocks.pop("budget", None)
    if "capacity" in blocks:
        slack = BUDGET_TOLERANCE * blocks["capacity"].high
        blocks["capacity"] = scaled(blocks["capacity"], slack, SCALE)
    return Model(pairs, *stacked(blocks.values()), "capacity" in blocks)


class Model(NamedTuple):
    """Rows over pairs (worker, task) and then workers on the team, all of them 0 or 1."""

    pairs: IntArray  # pairs × 2
    rows: sparse.csr_array[np.float64]
    low: FloatArray
    high: FloatArray
    sums: bool = False  # whether sums of real numbers are bounded

    def without(self, pairs: BoolArray) -> Model:
        """The same where these pairs are not chosen all together."""
        row = sparse.csr_array(np.r_[pairs, np.zeros(self.rows.shape[1] - len(pairs))][np.newaxis])
        return self._replace(
            rows=sparse.csr_array(sparse.vstack([self.rows, row])),
            low=np.r_[self.low, -np.inf],
            high=np.r_[self.high, pairs.sum() - 1.0],
        )

    def other_than(self, pairs: BoolArray, among: BoolArray) -> Model:
        """The same where among some pairs exactly these are not chosen."""
        row = np.zeros(self.rows.shape[1])
        row[: len(pairs)] = np.where(pairs, 1.0, -1.0) * among
        return self._replace(
            rows=sparse.csr_array(sparse.vstack([self.rows, sparse.csr_array(row[np.newaxis])])),
            low=np.r_[self.low, -np.inf],
            high=np.r_[self.high, (pairs & among).sum() - 1.0],
        )

    def solved(
        self,
        costs: FloatArray,
        extra: Extra | None = None,
        seconds: float = FOREVER,
        allowed: BoolArray | None = None,
    ) -> tuple[BoolArray | None, float, bool]:
        """The pairs of least cost, None where none were found; a bound; whether that is settled.

        None are below the bound, which is inf where none exist.

        With ``extra`` the costs of its variables are added, as low as its rows let them be.
        ``allowed`` says which pairs may be chosen.
        """
        (_, size), pairs = self.rows.shape, len(self.pairs)
        most = np.ones(size)
        if allowed is not None:
            most[:pairs] = allowed
        program = Milp(
            costs=np.r_[costs, np.zeros(size - pairs)],
            rows=self.rows,
            low=self.low,
            high=self.high,
            least=np.zeros(size),
            most=most,
            whole=np.ones(size, dtype=bool),
        )
        whole = program if extra is None else extra.beside(program, pairs)
        answer = least_cost(whole, seconds, sums=self.sums)
        chosen = None if answer.x is None else answer.x[:pairs] > 0.5
        return chosen, answer.bound, answer.proved


class Extra(NamedTuple):
    """Real variables beside those of a model, and rows, of at least ``low``, over pairs and then these variables."""

    costs: FloatArray
    least: FloatArray
    rows: sparse.csr_array[np.float64]
    low: FloatArray

    def beside(self, program: Milp, pairs: int) -> Milp:
        """A program with these variables and rows; its first columns are so many pairs."""
        own, beside = self.rows[:, :pairs], self.rows[:, pairs:]
        team = sparse.csr_array((own.shape[0], program.rows.shape[1] - pairs))
        below: list[list[Any]] = [[program.rows, None], [sparse.hstack([own, team]), beside]]
        return Milp(
            costs=np.r_[program.costs, self.costs],
            rows=sparse.csr_array(sparse.block_array(below)),
            low=np.r_[program.low, self.low],
            high=np.r_[program.high, np.full(len(self.low), np.inf)],
            least=np.r_[program.least, self.least],
            most=np.r_[program.most, np.full(len(self.costs), np.inf)],
            whole=np.r_[program.whole, np.zeros(len(self.costs), dtype=bool)],
        )
