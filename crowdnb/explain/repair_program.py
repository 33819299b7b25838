r"""The program of repairs: the rows of the rules, with columns for the changes that may be made.

    Σ_i T_ij + Σ_i X_ij = L_j - s_j              ask s_j fewer of task j; X_ij new workers like i
    y_i + y_k ≤ 1 + z_ik                         lift the conflict of i and k (T_ij + T_kj in same-task scope)
    T_ij ≤ e_ij where C^R_ij = 1                 allow the pair
    Σ_j T_ij ≤ limit_i + l_i                     let worker i take l_i more tasks
    T_ij ≥ 1 - p_ij where the pair is pinned     unpin it
    Σ_j T_ij ≥ least_i - f_i                     let worker i take f_i tasks fewer
    T_ij + T_ik ≤ 1 + o_jk                       let one worker take both j and k, which overlap
    Σ_{i ∈ M} T_ij ≥ least - q                   let j have q places fewer of a kind (≤ most + q: more)
    Σ_i (a_i - p) T_ij ≤ M g                     give up a share p; M exceeds what the left side can be

The rows are those of :mod:`crowdnb.model.rows`: the changes of one kind are columns in the rows of
one kind, and new workers count in every row that counts all workers. What ρ sums beside the pairs
has the columns and rows of :mod:`crowdnb.model.terms`; a new worker is given up by nobody, and has
no effect on others.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from crowdnb.explain.fillings import fill
from crowdnb.explain.largest_teams import Fewest, fewest
from crowdnb.explain.possible_changes import Change
from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.model.changes import KINDS
from crowdnb.model.check import BUDGET_TOLERANCE, budget_slack, fitting
from crowdnb.model.conflict_graph import compatible_workers
from crowdnb.model.problem import Problem
from crowdnb.model.rows import Rows, rows
from crowdnb.model.rules import Rules
from crowdnb.model.terms import beside
from crowdnb.solver.boolean_program import scaled
from crowdnb.solver.highs import FOREVER, Milp, least_cost

SCALE = 1e4  # the largest number of an objective or of costs, of which HiGHS sees 1e-6
TICK = 0.1  # seconds that HiGHS gets at least


class _Line(NamedTuple):
    """One row more, by its columns."""

    entries: dict[int, float]
    low: float
    high: float


class RepairProgram:
    """The program of this module's text.

    Rows and columns once, objectives and refused sets each time.

    Parameters
    ----------
    problem : Problem
    changes : list of Change
        Those that may be made. In what is chosen they are given by their number here.

    Attributes
    ----------
    short : int
        At least so many changes are needed.
    least : float
        No repair costs less.
    """

    def __init__(self, problem: Problem, changes: list[Change]) -> None:
        self.problem, self.changes, self.rules = problem, changes, Rules.of(problem)
        self.at = {kind: dict[tuple[int, ...], int]() for kind in KINDS}
        for number, change in enumerate(changes):
            self.at[str(change.item[0])][change.at] = number
        free = self._free()
        self.pairs = np.argwhere(free)
        self.pair_at = np.full(free.shape, -1)
        self.pair_at[free] = np.arange(len(self.pairs))
        models = np.zeros((len(free), 1), dtype=bool)
        models[[i for (i,) in self.at["worker"]]] = True
        # of each pair of a new worker, the pair of the worker whom he is like
        self.like = self.pair_at[free & ~self.rules.excluded & models]
        self.short = self._short()
        self.unit = min((change.cost for change in changes), default=1.0)
        self.least = self.short * self.unit
        # columns: changes, the team, T of each pair, X of each pair of new workers, terms of ρ
        team = len(problem.workers) if self.rules.together else 0
        self.terms = beside(problem, self.pairs, kept=not self.at["conflict"])
        self.widths = (
            len(changes),
            team,
            len(self.pairs),
            len(self.like),
            len(self.terms.worth),
        )
        self.columns = sum(self.widths)
        # columns of pairs
        self.chosen = np.arange(len(changes) + team, self.columns - len(self.terms.worth))
        self.matrices, self.sides = list[Any](), list[tuple[FloatArray, FloatArray]]()
        self._add_rules()
        self._add_changes()
        self._add_terms()
        self.most, self.whole = self._bounds(), self._whole()
        self.costs = np.zeros(self.columns)
        self.costs[: len(changes)] = [change.cost / self.unit for change in changes]
        (i, j), keep = self.pairs.T, problem.arrays.keep_costs
        own = problem.gain[i, j]
        new = own[self.like] - (0.0 if keep is None else keep[i, j][self.like])
        self.gain = np.zeros(self.columns)
        self.gain[len(changes) + team :] = np.concatenate([own, new, self.terms.worth])
        self.gain *= SCALE / (np.abs(self.gain).max(initial=0.0) or 1.0)
        self.last = np.zeros(self.columns)

    def _free(self) -> BoolArray:
        """Pairs that can be chosen, after changes; m × n."""
        lifted = np.zeros_like(self.rules.zero)
        for i, j in self.at["exclusion"]:
            lifted[i, j] = True
        free = ~self.rules.zero & (self.problem.most > 0) & (~self.rules.excluded | lifted)
        free &= fitting(self.problem)
        # pairs that cost more than the budget by themselves, where none earns money
        costs, budget = self.problem.arrays.costs, self.problem.budget
        if costs is not None and budget is not None and not (costs < 0).any():
            free &= costs <= budget + budget_slack(self.problem, abs(budget))
        return np.asarray(free)

    def _add(
        self,
        low: FloatArray,
        high: FloatArray,
        changes: Any = None,
        team: Any = None,
        pairs: Any = None,
        new: Any = None,
        terms: Any = None,
    ) -> None:
        """Add rows by their parts over the five sorts of columns."""
        parts = [
            sparse.csr_array((len(low), width)) if part is None else part
            for part, width in zip((changes, team, pairs, new, terms), self.widths, strict=True)
        ]
        self.matrices.append(sparse.hstack(parts))
        self.sides.append((low, high))

    def _add_rules(self) -> None:
        """The rows of the rules, with the changes and the new workers in them."""
        groups, sets = _with_pairs(self.rules.cliques()), _with_pairs(self.rules.overlapping())
        for kind, block in rows(self.rules, self.pairs, groups, overlapping=sets).items():
            block = self._scaled(block) if kind == "budget" else block
            if kind == "capacity":
                block = scaled(block, BUDGET_TOLERANCE * block.high, SCALE)
            changing = self._changing(kind, block, groups, sets)
            if kind == "place":
                block = self._upper_apart(block)
            if kind == "pin":
                block = block._replace(high=np.full(len(block.high), np.inf))
            self._add_block(block, changing)

    def _upper_apart(self, block: Rows) -> Rows:
        """The places, without the upper sides of tasks whose L and most differ or are given apart.

        Who asks fewer of such a task asks no fewer at most: these sides become rows of their own.
        """
        most = self.problem.arrays.required_most
        given = (
            np.zeros(len(block.task), dtype=bool) if most is None else ~np.isnan(most[block.task])
        )
        wide = np.isfinite(block.high) & ((block.low < block.high) | given)
        if wide.any():
            upper = block.only(wide)
            self._add_block(upper._replace(low=np.full(len(upper.low), -np.inf)), None)
            block = block._replace(high=np.where(wide, np.inf, block.high))
        return block

    def _add_block(self, block: Rows, changing: Any) -> None:
        """Add rows of the rules; those that count all workers count new ones as well."""
        everybody = bool((block.who < 0).all())
        new = block.pairs[:, self.like] if everybody else None
        self._add(block.low, block.high, changing, block.team, block.pairs, new)

    def _changing(
        self, kind: str, block: Rows, groups: Sequence[IntArray], sets: Sequence[IntArray]
    ) -> Any:
        """The columns of changes in rows of one kind; kinds that no change is about have none."""
        entries: list[tuple[int, int, float]] = []  # row, change, its entry
        keys: list[tuple[int, ...]]
        about = zip(block.who.tolist(), block.task.tolist(), strict=True)
        quotas = [item.other for item in self.rules.items("quota")]
        for row, (who, task) in enumerate(about):
            match kind:
                case "place":
                    keys, entry = [(task,)], 1.0
                case "limit":
                    keys, entry = [(who,)], -1.0
                case "least":
                    keys, entry = [(who,)], 1.0
                case "pin":
                    keys, entry = [(who, task)], 1.0
                case "conflict":
                    keys = [*combinations(groups[who].tolist(), 2)]
                    entry = -1.0
                case "quota":
                    keys, entry = [(quotas[row],)], -1.0
                    if (share := self.at["share"].get((quotas[row],))) is not None:
                        entries.append((row, share, -self._largest(block.only(np.array([row])))))
                case "overlap":
                    keys = [*combinations(sets[task].tolist(), 2)]
                    entry = -1.0
                case _:
                    return None
            numbers = self.at[kind]
            entries += [(row, numbers[key], entry) for key in keys if key in numbers]
        at, column, value = np.array(entries).reshape(-1, 3).T
        shape = (len(block.who), len(self.changes))
        return sparse.csr_array((value, (at.astype(int), column.astype(int))), shape=shape)

    def _largest(self, row: Rows) -> float:
        """What one row of a share comes to at most, with new workers."""
        every = np.r_[row.pairs.toarray()[0], row.pairs[:, self.like].toarray()[0]]
        most = np.r_[np.ones(len(self.pairs)), self._new_at_most()]
        by_pairs = float(every.clip(min=0.0) @ most)
        tasks = slice(None) if row.task[0] < 0 else row.task
        by_tasks = float(self.rules.ceiling[tasks].sum()) * max(float(every.max(initial=0.0)), 0.0)
        return 1.0 + min(by_pairs, by_tasks if math.isfinite(by_tasks) else math.inf)

    def _new_at_most(self) -> FloatArray:
        """How many new workers may take each pair of one."""
        workers = self.pairs[self.like, 0].tolist()
        return np.array([self.changes[self.at["worker"][i,]].most for i in workers], dtype=float)

    def _scaled(self, budget: Rows) -> Rows:
        """The row of the budget in a unit in which the largest cost is :data:`SCALE`."""
        unit = float(np.abs(budget.pairs.data).max(initial=0.0)) / SCALE or 1.0
        high = (budget.high + budget_slack(self.problem, 0.0)) / unit
        return budget._replace(pairs=budget.pairs / unit, high=high)

    def _add_changes(self) -> None:
        """The rows that the changes need beside those of the rules."""
        size, team, pairs, *_ = self.widths
        n, x = len(self.problem.tasks), size + team + pairs
        lines = [  # an excluded pair is chosen where that is allowed
            _Line({size + team + int(self.pair_at[pair]): 1.0, lift: -1.0}, -math.inf, 0.0)
            for pair, lift in self.at["exclusion"].items()
            if self.pair_at[pair] >= 0
        ]
        worker = self.pairs[self.like, 0]
        for (i,), number in self.at["worker"].items():  # so many new workers take a task each
            own = dict.fromkeys((x + np.flatnonzero(worker == i)).tolist(), 1.0)
            lines.append(_Line(own | {number: -1.0}, 0.0, 0.0))
        if team:
            for (i,), number in self.at["limit"].items():  # who takes more tasks is on the team
                room = float(self.rules.limits[i] - n)
                lines.append(_Line({number: 1.0, size + i: room}, -math.inf, 0.0))
            # whoever is at work, but one of each two whose conflict is lifted, can work together
            most = compatible_workers(self.rules.conflicts, np.ones(team, dtype=bool), team)
            lifts = dict.fromkeys(self.at["conflict"].values(), -1.0)
            everyone = dict.fromkeys(range(size, size + team), 1.0)
            lines.append(_Line(everyone | lifts, -math.inf, float(most)))
        lines.append(_Line(dict.fromkeys(range(size), 1.0), float(self.short), math.inf))
        self._add_lines(lines)

    def _add_terms(self) -> None:
        """The rows of what ρ sums beside the pairs."""
        terms, team = self.terms, self.widths[1]
        counts = sparse.diags_array(terms.everybody.astype(float))
        self._add(
            terms.low,
            np.full(len(terms.low), np.inf),
            None,
            terms.team[:, :team],
            terms.pairs,
            counts @ terms.pairs[:, self.like],
            terms.own,
        )

    def _add_lines(self, lines: Sequence[_Line]) -> None:
        matrix, low, high = _stacked(lines, self.columns)
        self.matrices.append(matrix)
        self.sides.append((low, high))

    def _bounds(self) -> FloatArray:
        """The most that each column can be."""
        _, team, pairs, *_ = self.widths
        new = self._new_at_most()
        own = [float(change.most) for change in self.changes]
        return np.concatenate([own, np.ones(team + pairs), new, self.terms.most])

    def _whole(self) -> BoolArray:
        """Which columns must be integer; the others then are so by themselves."""
        _, team, pairs, new, terms = self.widths
        # lifting a conflict follows from who is on the team
        changes = [change.item[0] != "conflict" or not team for change in self.changes]
        plain = self.problem.plain and team and not self.at["limit"]
        return (
            np.concatenate(
                [changes, np.ones(team), np.full(pairs + new, not plain), np.zeros(terms)]
            )
            > 0
        )

    def _short(self) -> int:
        """At least how many changes are needed.

        Each fills at most one place more, where workers take one task each.
        """
        rules = self.rules
        if self.problem.arrays.worker_limits.max() > 1:
            return 0
        places = int(rules.need.sum())
        free = ~rules.barred & (rules.need > 0)
        most = int(fill(rules.need, rules.limits, free).sum())
        if rules.together:
            able = np.asarray(free.any(axis=1))
            most = min(most, compatible_workers(rules.conflicts, able, places))
        return places - most

    def spurn(self) -> None:
        """Bar the pairs last found, with whatever changes."""
        on = self.last[self.chosen] > 0.5
        row = dict(zip(self.chosen.tolist(), np.where(on, 1.0, -1.0).tolist(), strict=True))
        self._add_lines([_Line(row, -math.inf, float(on.sum()) - 1.0)])

    def fewest(self, wanted: int) -> tuple[list[Fewest], bool]:
        """The best sets of the least number of changes, all of the least cost.

        And whether that is proved.
        """
        if not 0 < self.short <= len(self.problem.workers):
            return [], False
        if not self.rules.together or self.rules.by_row or self.problem.soft:
            return [], False
        cheap = {
            kind: {about: at for about, at in own.items() if self.changes[at].cost == self.unit}
            for kind, own in self.at.items()
        }
        return fewest(self.rules, self.short, cheap, wanted)

    def cost(self, chosen: dict[int, int]) -> float:
        """What changes cost together."""
        return math.fsum(self.changes[at].cost * times for at, times in chosen.items())

    def cheapest(
        self, refused: list[dict[int, int]], until: float
    ) -> tuple[dict[int, int] | None, bool]:
        """The cheapest changes that contain no refused set, None where none are found, and whether that is proved."""
        return self._solved(self.costs, refused, [], until)

    def best_at(
        self, cost: float, refused: list[dict[int, int]], until: float
    ) -> tuple[dict[int, int] | None, bool]:
        """Of the changes of this cost those of greatest ρ, None where none are found, and whether that is proved."""
        row = dict(enumerate(self.costs[: len(self.changes)].tolist()))
        within = _Line(row, -math.inf, cost / self.unit * (1 + 1e-9))
        return self._solved(-self.gain, refused, [within], until)

    def _solved(
        self,
        objective: FloatArray,
        refused: list[dict[int, int]],
        lines: list[_Line],
        until: float,
    ) -> tuple[dict[int, int] | None, bool]:
        """What HiGHS finds at the least objective."""
        extra = 0
        for chosen in refused:
            last: dict[int, float] = {}
            for at, times in chosen.items():
                if self.changes[at].most == 1:
                    last[at] = 1.0
                    continue
                # 1 where the change is made that many times
                column, extra = self.columns + extra, extra + 1
                more = times - 1.0 - self.changes[at].most
                lines = [*lines, _Line({at: 1.0, column: more}, -math.inf, times - 1.0)]
                last[column] = 1.0
            lines = [*lines, _Line(last, -math.inf, len(chosen) - 1.0)]
        beside, low, high = _stacked(lines, self.columns + extra)
        own = sparse.vstack(self.matrices)
        own = sparse.hstack([own, sparse.csr_array((own.shape[0], extra))])
        sides = [*self.sides, (low, high)]
        answer = least_cost(
            Milp(
                costs=np.r_[objective, np.zeros(extra)],
                rows=sparse.csr_array(sparse.vstack([own, beside])),
                low=np.concatenate([low for low, _ in sides]),
                high=np.concatenate([high for _, high in sides]),
                least=np.zeros(self.columns + extra),
                most=np.r_[self.most, np.ones(extra)],
                whole=np.r_[self.whole, np.ones(extra, dtype=bool)],
            ),
            seconds=max(TICK, min(until - time.perf_counter(), FOREVER)),
            sums=self.problem.budget is not None or self.problem.arrays.capacities is not None,
        )
        if answer.x is None:
            return None, answer.proved
        self.last = answer.x
        found = np.rint(answer.x[: len(self.changes)]).astype(int)
        return {int(at): int(found[at]) for at in np.flatnonzero(found)}, answer.proved


def _with_pairs(groups: list[IntArray]) -> list[IntArray]:
    """Cliques, and the pairs within the larger ones: each of these can be lifted alone."""
    larger = [group for group in groups if len(group) > 2]
    within = {pair for group in larger for pair in combinations(group.tolist(), 2)}
    return groups + [np.array(pair) for pair in sorted(within)]


def _stacked(
    lines: Sequence[_Line], columns: int
) -> tuple[sparse.csr_array[np.float64], FloatArray, FloatArray]:
    """Some lines below each other: matrix, low, high."""
    row = np.repeat(np.arange(len(lines)), [len(line.entries) for line in lines])
    column = np.array([at for line in lines for at in line.entries], dtype=np.int64)
    entries = np.array([entry for line in lines for entry in line.entries.values()], dtype=float)
    matrix = sparse.csr_array((entries, (row, column)), shape=(len(lines), columns))
    low, high = np.array([line[1:] for line in lines], dtype=float).reshape(-1, 2).T
    return matrix, low, high
