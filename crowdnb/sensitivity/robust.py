r"""The assignment that does best when abilities turn out badly: max-min, and min-max regret.

P grows with an ability u that is a point. So the worst case of every assignment has every u at the
lower end of its interval, and the assignment with the best worst case is the optimum there. The
regret of T is max_{u, T'} (ρ_T'(u) - ρ_T(u)). Where each worker has one task it is a sum over
workers,

    max_T' Σ_i r_i(T(i), T'(i)),   r_i(j, k) = max_u (W_k Q_ik(u) - W_j Q_ij(u)),

found by one assignment problem. Without conflicts between workers it is a linear program in T' and
has a dual; so one program finds the T of least regret and the dual variables (Pereira and
Averbakh). With conflicts, each T' found stands for a set of pairs without any, and the program has
a dual for each of these sets.

References
----------
P. Kouvelis, G. Yu, "Robust Discrete Optimization and Its Applications", Kluwer, 1997.

J. Pereira, I. Averbakh, "Exact and heuristic algorithms for the interval data robust assignment
problem", Computers & Operations Research 38 (2011) 1153-1163.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from tqdm.auto import tqdm

from crowdnb.ability.possibility import degree
from crowdnb.explain.rules_program import Extra, program
from crowdnb.explain.variants import Oracle, placed_of
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    number,
    one_of,
    phrases,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.check import broken_rules
from crowdnb.model.moves import moves, moves_text
from crowdnb.model.problem import Problem, Status
from crowdnb.model.rules import Rules
from crowdnb.model.terms import score
from crowdnb.project.record import Project
from crowdnb.sensitivity.given import no_terms
from crowdnb.sensitivity.project_arrays import ProjectArrays
from crowdnb.solver.engine import SolverAnswerError
from crowdnb.solver.highs import FOREVER
from crowdnb.solver.other_values import valued
from crowdnb.solver.ties import tie

Criterion = Literal["worst case", "regret"]
# W_j Q_ij below which a cost is 0: coefficients so small beside 1 confuse engines
_NOTHING = 1e-12
# the largest difference of two tasks in the program of regret, which HiGHS solves to 1e-6
_FINE = 1e3


@dataclass(frozen=True, eq=False)
class Robust:
    """The assignment that does best when abilities turn out badly, beside today's optimum.

    Attributes
    ----------
    assignment : Assignment
        The robust one, with today's Q; its status is ``time_limit`` where the time was over before
        it was proved.
    usual : Assignment
        Today's optimum.
    criterion : str
        ``worst case`` or ``regret``: what it is best at.
    frame : DataFrame
        Index ``usual`` and ``robust``. Columns ``performance`` (ρ with today's Q), ``worst case``
        (ρ with every ability at the lower end of its interval) and ``regret`` (how much better
        another assignment can be at most; NaN where it is not asked for of such a problem, below).
    price : float
        What the robust one costs: ρ of the usual one less its own, with today's Q; ≥ 0.
    gain : float
        What it brings: how much better it is at its criterion than the usual one, ≥ 0.
    bound : float
        No assignment is better than this at the criterion: its own value in ``frame`` where that is
        proved, as it is unless the time was over.
    moves : DataFrame
        Who moves from the usual one to it: worker, before, after.
    text : str
    """

    assignment: Assignment
    usual: Assignment
    criterion: Criterion
    frame: pd.DataFrame
    price: float
    gain: float
    bound: float
    moves: pd.DataFrame
    text: str

    def __str__(self) -> str:
        return self.text


def robust(
    project: Project,
    problem: Problem | None = None,
    criterion: Criterion = "worst case",
    time_limit: float | None = None,
    solver: str | None = None,
) -> Robust:
    """The assignment with the best worst case over ability intervals, or with the least regret.

    Every ability is a point anywhere in its interval, whatever the others are. Were it a narrower
    interval inside its interval, the worst case would be the same.

    Parameters
    ----------
    project : Project
    problem : Problem, optional
        The rules, with their options; its Q is replaced. None: ``project.problem()``.
    criterion : {"worst case", "regret"}
        Max-min: the greatest ρ that is certain. Min-max regret: the least that another assignment
        could have been better, known afterwards; of a problem of one task per worker alone, without
        ``worker_least``, ``required_most``, quotas, loads or a budget.
    time_limit : float, optional
        Seconds > 0 for the least regret; then the best that was found is given, and ``bound`` says
        how good it is.
    solver : str, optional
        As for :func:`crowdnb.solve`.

    Returns
    -------
    Robust

    Raises
    ------
    ValueError
        No assignment exists; the time limit is not above 0; an unknown criterion; labels do not
        fit; regret, and the problem is none of those it is found for.

    Notes
    -----
    Both are exact. A pair that today's Q allows stays allowed where its Q comes out as 0. Of
    assignments that are tied in the worst case the best of today is taken (any of them, if the
    problem has a budget, or what is only undesirable), so that the price is the least.
    Of those that are tied in regret, any.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.robust(cn.load_case_study())
    >>> found.frame["worst case"].round(3).tolist(), round(found.price, 3)
    ([1.639, 1.651], 0.029)
    """
    data = ProjectArrays(project, problem, "robust")
    one_of(criterion, get_args(Criterion), "criterion")
    simple = _is_simple(data.problem)
    if criterion == "regret":
        no_terms(data.problem, "robust: regret")
    if criterion == "regret" and not simple:
        raise ValueError(
            "robust: regret needs a problem of one task per worker, without a budget or loads,"
            " worker_least, required_most or quotas"
        )
    if time_limit is not None and not number(time_limit) > 0:
        raise ValueError(f"time_limit must be above 0, got {time_limit}")
    oracle = Oracle(data.problem, solver)
    usual = data.best(oracle)
    worst = data.with_q(data.q_of(data.low, data.low))
    regret = _Regret(data, oracle) if simple else None
    safe = _safest(data, oracle, worst, usual)
    found, bound = safe, math.nan
    if criterion == "regret" and regret is not None:
        until = math.inf if time_limit is None else time.perf_counter() + time_limit
        found, bound = regret.least(until, usual, safe)

    def row(placed: IntArray) -> tuple[float, float, float]:
        largest = math.nan if regret is None else regret.of(placed)[0]
        return score(data.problem, placed), score(worst, placed), largest

    frame = pd.DataFrame([row(usual), row(found)], columns=["performance", *get_args(Criterion)])
    frame.index = pd.Index(["usual", "robust"])
    better = float(np.diff(frame[criterion])[0]) * (1 if criterion == "worst case" else -1)
    if better <= oracle.tie:
        found, better = usual, 0.0
        frame.loc["robust"] = frame.loc["usual"]
    bound = float(frame[criterion].iloc[1]) if math.isnan(bound) else bound
    name, seconds = oracle.optimum.solver, oracle.optimum.seconds
    proved = frame[criterion].iloc[1] <= bound + oracle.tie or criterion == "worst case"
    status: Status = "optimal" if proved else "time_limit"
    answer = Assignment.of(data.problem, found, status, name, seconds, oracle.optimum.bound)
    who = moves(data.problem, usual, found)
    price = float(frame["performance"].iloc[0] - frame["performance"].iloc[1])
    return Robust(
        answer,
        oracle.optimum,
        criterion,
        frame,
        price,
        better,
        bound,
        who,
        _robust_text(frame, criterion, price, who, None if proved else bound),
    )


def _is_simple(problem: Problem) -> bool:
    """Whether the best rival is an assignment problem of one task per worker, of which regret has the dual."""
    arrays = problem.arrays
    sums = (problem.budget, arrays.capacities, problem.quotas)
    options = [one is not None for one in (*sums, arrays.required_most)]
    options += [problem.soft, bool(arrays.worker_least.any())]
    return not any(options) and int(arrays.worker_limits.max()) <= 1


def _safest(data: ProjectArrays, oracle: Oracle, worst: Problem, usual: IntArray) -> IntArray:
    """The optimum of the worst case; of those that are tied in it the best today."""
    safe = placed_of(oracle.best(worst))  # the usual one is valid there too
    least = score(worst, safe) - tie(worst, safe)
    if score(worst, usual) >= least:
        return usual
    if worst.budget is None and not worst.soft:
        # least of these values, too: with one of the others nothing might come to it
        value = np.where(np.abs(worst.value) < _NOTHING, 0.0, worst.value)
        least = math.fsum(value[safe[:, 0], safe[:, 1]]) - tie(worst, safe)
        return placed_of(oracle.best(data.problem.changed(costs=-value, budget=-least)))
    return safe


def _robust_text(
    frame: pd.DataFrame,
    criterion: Criterion,
    price: float,
    who: pd.DataFrame,
    unproved: float | None,
) -> str:
    """The result in words; ``unproved`` is the bound where the time was over before the proof."""
    usual, robust = frame[criterion]
    if unproved is not None:
        least = (
            f"the least regret is at least {unproved:.6g}, and not proved to be less than"
            f" {robust:.6g}"
        )
        return (
            f"The time is over: {least}.\nThe price is {price:.3g} of today's ρ: {moves_text(who)}."
        )
    if who.empty:
        what = (
            f"ρ is {usual:.6g}"
            if criterion == "worst case"
            else f"another one is better by {usual:.6g}"
        )
        best = "worst case" if criterion == "worst case" else "least regret"
        return f"The optimum has the best {best} as well: {what} at worst."
    if criterion == "worst case":
        what = (
            f"Wherever abilities lie in their intervals ρ is at least {robust:.6g}, and {usual:.6g}"
            " with the optimum."
        )
    else:
        what = (
            f"No other assignment can turn out better by more than {robust:.6g}, and {usual:.6g}"
            " with the optimum."
        )
    return f"{what}\nThe price is {price:.3g} of today's ρ: {moves_text(who)}."


class _Rivals(NamedTuple):
    """A set of rivals: rows over T and over the prices of tasks and workers, and their lower bounds.

    The first row bounds the largest regret, the others the price of each pair of a rival.
    """

    pairs: sparse.csr_array[np.float64]  # rows × pairs of T
    prices: sparse.csr_array[np.float64]  # rows × (tasks, then workers)
    low: FloatArray


class _Regret:
    """Regret of assignments.

    How much better another one can be when abilities are anywhere in their intervals.
    """

    def __init__(self, data: ProjectArrays, oracle: Oracle) -> None:
        self.data, self.oracle = data, oracle
        # of each worker and criterion the points at which P of some task has a kink or a jump, and
        # the ends
        kinks = np.concatenate([data.d_low, data.d_high])  # 2n × K
        points = np.concatenate([kinks, np.nextafter(kinks, -np.inf), np.nextafter(kinks, np.inf)])
        points = np.clip(points, data.low[:, None], data.high[:, None])  # m × 6n × K
        # m × 1 × points × K
        u = np.concatenate([points, data.low[:, None], data.high[:, None]], axis=1)[:, None]
        # m × n × points × K
        value = degree(u, u, data.d_low[:, None], data.d_high[:, None]) * data.w
        value = value * data.weight[:, None, None]
        value = np.concatenate([value, np.zeros_like(value[:, :1])], axis=1)  # and of being idle
        # r_i(j, k), m × (n + 1) × (n + 1): the most that task k can be better than task j
        self.more = np.stack(
            [(value - value[:, [j]]).max(axis=2).sum(axis=2) for j in range(value.shape[1])], axis=1
        )

    def of(self, placed: IntArray) -> tuple[float, IntArray]:
        """Regret of T, and the assignment that can be better by that much."""
        m, n = self.data.q.shape
        gain = self.more[np.arange(m), _tasks(placed, m, n)]
        rest = gain[:, n]
        rival = placed_of(self.oracle.best(valued(self.data.problem, gain[:, :n] - rest[:, None])))
        return math.fsum(gain[np.arange(m), _tasks(rival, m, n)]), rival

    def least(self, until: float, *known: IntArray) -> tuple[IntArray, float]:
        """The assignment of least regret, and a bound that no regret is below, if the time is over before the proof.

        A program over sets of rivals: one more for each T that it proposes, until that T's rival is
        in one of them.
        """
        best, least, bound = known[0], math.inf, 0.0
        model = program(Rules.of(self.data.problem))
        nothing = np.zeros(len(model.pairs))
        unit = _FINE / (float(np.abs(self.more).max()) or 1.0)
        more, sets, proposed = (
            (self.more * unit).round(9),
            dict[bytes, _Rivals](),
            list(known),
        )
        with tqdm(desc="rivals", leave=False, delay=5) as bar:
            while True:
                count = len(sets)
                for placed in proposed:
                    regret, rival = self.of(placed)
                    if regret < least:
                        best, least = placed, regret
                    allies = self._allies(rival)
                    if allies.tobytes() not in sets:
                        sets[allies.tobytes()] = self._dual(more, model.pairs, allies)
                bar.update()
                left = until - time.perf_counter()
                if bound >= least - self.oracle.tie or (left > 0 and len(sets) == count):
                    # in the second case the program held T to its regret already
                    return best, least
                if left <= 0:
                    return best, bound
                chosen, below, _ = model.solved(
                    nothing, self._largest(sets.values()), min(left, FOREVER)
                )
                bound = min(least, max(bound, below / unit))
                if chosen is None:
                    return best, bound
                proposed = [model.pairs[chosen]]
                if broken := broken_rules(self.data.problem, proposed[0]):
                    raise SolverAnswerError(
                        f"internal error: the answer of HIGHS breaks a rule: {phrases(broken, 3)}"
                    )

    def _allies(self, rival: IntArray) -> BoolArray:
        """Pairs without conflicts between them, the rival's and as many others as can be, m × n."""
        problem = self.data.problem
        may, against = problem.eligible & (problem.most > 0), problem.arrays.worker_conflicts
        together, allies = problem.conflict_scope == "project", np.zeros_like(may)
        allies[rival[:, 0], rival[:, 1]] = True
        if together:
            allies = may & allies.any(axis=1, keepdims=True)
        for i in np.argsort(against.sum(axis=1), kind="stable"):
            clash = allies[against[i]].any(axis=0)
            allies[i] |= may[i] & ~(clash | (clash.any() & together))
        return allies

    def _dual(self, more: FloatArray, pairs: IntArray, allies: BoolArray) -> _Rivals:
        """The rivals that use some pairs alone, as rows.

        The prices are the dual variables of the rivals' assignment problem.
        """
        problem, (m, n), (i, j) = self.data.problem, allies.shape, pairs.T
        pinned, sign = problem.arrays.pinned, -1.0 if problem.required_rule == "at least" else 1.0
        worker, task = np.nonzero(np.where(pinned.any(axis=1, keepdims=True), pinned, allies))
        # of the pairs of T, and of the rival's where T has none
        rest, idle = more[i, j, n], more[worker, n, task]
        row, at = np.nonzero(worker[:, None] == i)
        gain = more[i[at], j[at], task[row]] - rest[at] - idle[row]
        own = sparse.csr_array((-gain, (row, at)), shape=(len(worker), len(pairs)))
        rows = np.arange(len(worker))
        price = (
            np.r_[np.full(len(rows), sign), np.ones(len(rows))],
            (np.r_[rows, rows], np.r_[task, n + worker]),
        )
        costs = np.r_[-sign * problem.arrays.required, -np.ones(m)]
        duals = sparse.vstack(
            [sparse.csr_array(costs[None]), sparse.csr_array(price, shape=(len(rows), n + m))]
        )
        over_pairs = sparse.vstack([sparse.csr_array(-rest[None]), own])
        return _Rivals(over_pairs, duals, np.r_[0.0, idle])

    def _largest(self, sets: Iterable[_Rivals]) -> Extra:
        """The largest regret against several sets of rivals, as small as their prices let it be."""
        problem, (own, duals, low) = self.data.problem, zip(*sets, strict=True)
        largest = np.concatenate([np.arange(len(one)) == 0 for one in low]).astype(float)
        rows = sparse.hstack(
            [sparse.vstack(own), sparse.csr_array(largest[:, None]), sparse.block_diag(duals)]
        )
        busy = problem.arrays.pinned.any(axis=1)  # what these do is settled, and must be done
        free = np.r_[np.full(len(problem.tasks), problem.required_rule == "exactly"), busy]
        least = np.where(np.r_[True, np.tile(free, len(low))], -np.inf, 0.0)
        return Extra(
            (np.arange(len(least)) == 0).astype(float),
            least,
            sparse.csr_array(rows),
            np.concatenate(low),
        )


def _tasks(placed: IntArray, m: int, n: int) -> IntArray:
    """The task of each worker; n for idle."""
    task = np.full(m, n)
    task[placed[:, 0]] = placed[:, 1]
    return task
