"""A crowd market in motion: the article's five steps closed into a loop, as a seeded simulation.

================================================  =============================================================
任务拆分与描述 (1, split and describe tasks)         a task arrives; its first stage opens, then the next
工作者筛选 (2, screen workers)                       who is there and has the skill, the place, hours enough today
匹配与分配 (3, match and assign)                     every epoch, by a policy, on the paper's Q
实时调度与调整 (4, schedule and adjust in real time)   who has been chosen and has not begun may be moved, at a price;
                                                  late jobs, drop-outs and urgent tasks come back
                                                  into the next epoch
绩效评估与反馈 (5, evaluate, feed back)              stars go into the counts, these into intervals, P and Q
================================================  =============================================================

Put right: the article's bound x_ij ≤ X_j lets one worker be chosen for every task at once; here a
worker is at one place at a time and works at most so many hours a day. Its A_ij falls from the sky;
here it is Q, by eqs. 1 to 6 of the paper from the stars given so far. A conflict holds within one
task, the paper's "project", for as long as it runs.

The policies: ``optimal`` finds the greatest ρ of all who are free or chosen and all open places,
each epoch; ``myopic`` goes through the subtasks in the order they opened and gives each the best
worker left; ``random`` gives each anyone who may. The last two leave alone who has been chosen.
``informed`` is ``optimal`` with the true abilities: what perfect ratings would be worth. A function
of a :class:`crowdnb.Problem` and a random generator, as :mod:`crowdnb.market.matching` has them, is
a policy too.

References
----------
Article, sections 3.1, 3.2 and 4.1. K. G. Müller, T. Vignaux and others, SimPy: process-based simulation.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import joblib
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.ability.cloud import CLOUD_FROM, count_ends
from crowdnb.ability.possibility import degree
from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    finite,
    flag,
    needs,
    needs_function,
    several,
    shown,
    unique_index,
    whole,
)
from crowdnb.market.epoch import Offer, best_epoch
from crowdnb.market.parameters import (
    DAY,
    DONE,
    DROPPED,
    LEFT,
    STARS,
    TRIES,
    URGENT,
    WORST,
    Chance,
    Jobs,
    Market,
    Run,
    audit,
    chance_met,
    stars,
)
from crowdnb.model.check import check
from crowdnb.model.problem import Problem

if TYPE_CHECKING:
    from simpy import Environment, Process

# of Q and of estimates: the last bits of a product depend on the machine, and would settle ties
DIGITS = 9
REVIEW = 4.0  # hours between two measures of what is known of the workers
POLICIES = ("optimal", "myopic", "random", "informed")

Policy = str | Callable[[Problem, Any], pd.DataFrame]


def in_turn(offer: Offer, pick: Callable[[FloatArray], int]) -> IntArray:
    """Subtask by subtask, place by place: the worker that ``pick`` chooses by the values of who is left."""
    needs_function(pick, "pick")
    value, pairs = needs(offer, Offer, "offer").value.copy(), []
    for j, need in enumerate(offer.need.tolist()):
        for _ in range(need):
            column = value[:, j]
            if not column.any():
                break
            i = pick(column)
            pairs.append((i, j))
            value[i] = 0.0
            if offer.foes is not None:
                value[offer.foes[i], j] = 0.0
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def simulate(
    market: Market, policy: Policy = "optimal", seed: int = 0, progress: bool = False
) -> Run:
    """Run a market from the first task to the last.

    Parameters
    ----------
    market : Market
    policy : {"optimal", "myopic", "random", "informed"} or function
        As the module's text says. A function takes a Problem (subtasks with open places, "at most"
        so many workers each, conflicts within a subtask) and a Generator, and returns workers ×
        subtasks, 0/1; places may stay empty.
    seed : int
        ≥ 0. The same seed has the same tasks and workers with every policy.
    progress : bool
        Whether to show a bar, of tasks that are over.

    Returns
    -------
    Run
        ``.tasks``, ``.workers``, ``.jobs``, ``.epochs``, ``.daily``, ``.summary``, ``.text``.

    Raises
    ------
    ValueError
        An unknown policy; a seed below 0; a policy's table that breaks a rule.
    RuntimeError
        The records break a rule of :func:`crowdnb.market.parameters.audit`: an error in this
        package.
    ModuleNotFoundError
        SimPy is not installed.

    Examples
    --------
    >>> run = simulate(Market(days=2, workers=20, arrivals=0.5), seed=1)
    >>> run
    <Run: 25 tasks, policy optimal, seed 1>
    """
    needs(market, Market, "market")
    return play(Chance(market, whole(seed, "seed", 0)), policy, progress)


def play(chance: Chance, policy: Policy = "optimal", progress: bool = False) -> Run:
    """Run a market whose tasks and workers are at hand; what :func:`simulate` does with those of a seed."""
    if not (callable(policy) or (isinstance(policy, str) and policy in POLICIES)):
        raise ValueError(
            f"policy must be a function or one of {', '.join(POLICIES)}, got {shown(policy)}"
        )
    run = _Loop(needs(chance, Chance, "chance"), policy, flag(progress, "progress")).run()
    if broken := audit(run):
        raise RuntimeError(f"internal error: {broken[0]}")
    return run


class _Loop:
    """The state of a market, and the processes that change it."""

    def __init__(self, chance: Chance, policy: Policy, progress: bool) -> None:
        try:
            import simpy
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "crowdnb.market.simulation needs simpy; pip install simpy"
            ) from error
        self.interrupt = simpy.Interrupt
        self.env: Environment = simpy.Environment()
        self.chance, self.market, self.policy = chance, chance.market, policy
        self.t, self.w = self.chance.tasks, self.chance.workers
        self.rng = np.random.default_rng([chance.seed, 2**32 - 1])
        self.weights = np.asarray(self.market.weights)
        self.task_weight = np.where(self.t.urgent, URGENT, 1.0)
        m, k = len(self.w.joined), len(self.weights)
        # People: where each has been chosen for (a place, -1: nowhere), who is at work, hours
        # worked of which day.
        self.chosen, self.working = np.full(m, -1), np.zeros(m, dtype=bool)
        self.chosen_at = np.zeros(m)
        self.process: dict[int, Process] = {}
        self.worked, self.worked_on = np.zeros(m), np.full(m, -np.inf)
        # Ratings.
        self.counts = self.w.history.copy()
        self.low, self.high = np.zeros((m, k)), np.ones((m, k))
        self.stale = np.ones(m, dtype=bool)
        self.day, self.next_review = 0, 0.0
        # Tasks: subtasks in the order they opened, with their empty places; who is or was on a
        # task. What is looked up one at a time stands in lists, which is several times faster than
        # in arrays.
        self.open: dict[int, list[int]] = {}
        self.left_of, self.attempt = self.t.need.tolist(), [0] * int(self.t.seat[-1])
        self.stage_of = np.repeat(np.arange(len(self.t.task)), self.t.need)
        self.stage_at, self.task_at, self.load_at = (
            self.stage_of.tolist(),
            self.t.task.tolist(),
            self.t.load.tolist(),
        )
        self.first_seat, self.last_of = self.t.seat.tolist(), self.t.first[1:].tolist()
        self.due_at, self.left_at, self.begins_at = (
            self.t.due.tolist(),
            self.w.left.tolist(),
            self.w.begins.tolist(),
        )
        self.on_stage: dict[int, list[int]] = {}
        self.on_task: dict[int, list[int]] = {}
        self.gave_up: dict[int, list[int]] = {}
        tasks = len(self.t.arrival)
        self.started, self.closed = [math.nan] * tasks, [math.nan] * tasks
        self.withdrawn = [False] * tasks
        self.left_to_close = tasks
        self.log: list[tuple[Any, ...]] = []
        self.told = 0  # records of the log whose stars have gone into the counts
        self.outcomes: list[FloatArray] = []
        self.epochs: list[tuple[Any, ...]] = []
        self.bar = tqdm(total=tasks, desc="market", unit=" tasks", disable=not progress)

    def run(self) -> Run:
        """Everything from the first task to the last."""
        self.env.process(self._arrivals())
        self.env.process(self._epochs())
        self.env.run()
        self._learn()
        self.bar.close()
        outcomes = np.concatenate([np.zeros((0, len(self.weights))), *self.outcomes])
        jobs = Jobs._make([*_columns(self.log), outcomes])
        names = "hour queue free placed moves rho proved busy there skill withdrawn"
        epochs = pd.DataFrame(self.epochs, columns=names.split())
        policy = (
            self.policy
            if isinstance(self.policy, str)
            else getattr(self.policy, "__name__", "a function")
        )
        return Run(
            self.market, policy, self.chance.seed, epochs, self.chance, jobs,
            np.array(self.started), np.array(self.closed), np.array(self.withdrawn, dtype=bool),
            np.stack([self.low, self.high], axis=2), self.counts, float(self.env.now),
        )  # fmt: skip

    # Step 1: tasks arrive, stage by stage.

    def _arrivals(self) -> Generator[Any, Any, None]:
        for task, hour in enumerate(self.t.arrival.tolist()):
            yield self.env.timeout(hour - self.env.now)
            self._open(int(self.t.first[task]))

    def _open(self, stage: int) -> None:
        self.open[stage] = list(range(self.first_seat[stage], self.first_seat[stage + 1]))

    def _close(self, task: int) -> None:
        self.closed[task] = self.env.now
        self.left_to_close -= 1
        self.bar.update()

    def _withdraw(self) -> int:
        """Take back the tasks whose stage still lacks people after its deadline; how many these are."""
        over = [
            stage
            for stage, seats in self.open.items()
            if seats and self.env.now > self.due_at[stage]
        ]
        for stage in over:
            del self.open[stage]
            task = self.task_at[stage]
            self.withdrawn[task] = True
            self._close(task)
        if over:
            for i in np.flatnonzero(self.chosen >= 0).tolist():
                if self.withdrawn[self.task_at[self.stage_at[self.chosen[i]]]]:
                    self._release(i)
        return len(over)

    # Steps 2 to 4: every epoch.

    def _epochs(self) -> Generator[Any, Any, None]:
        for number in count():
            yield self.env.timeout(max(0.0, number * self.market.epoch - self.env.now))
            if not self.left_to_close:
                return
            self._match()

    def _match(self) -> None:
        """Screen, match, and tell people."""
        now, w = self.env.now, self.w
        withdrawn = self._withdraw()
        since = (now - w.begins) % DAY
        here = (w.joined <= now) & (now < w.left)
        there = here & (since < self.market.shift)
        busy = int(np.count_nonzero(self.working & here))
        free = there & ~self.working & (self.chosen < 0)
        queue = sum(map(len, self.open.values()))
        self._learn()
        replans = self.policy in ("optimal", "informed") and not math.isinf(self.market.price)
        pool = np.flatnonzero(free | (self.chosen >= 0) if replans else free)
        sits = np.full(len(w.joined), -1)
        if replans:
            sits[pool] = np.where(self.chosen[pool] >= 0, self.stage_of[self.chosen[pool]], -1)
        kept = set(sits.tolist())
        subtasks = np.array(
            [stage for stage, seats in self.open.items() if seats or stage in kept], dtype=np.int64
        )
        moves = placed = 0
        rho, proved = 0.0, True
        if len(pool) and len(subtasks):
            need = np.array([len(self.open[stage]) for stage in subtasks.tolist()])
            stays = sits[pool][:, np.newaxis] == subtasks
            need = need + stays.sum(axis=0)
            quality = self._qualification(
                pool, subtasks, self._screened(pool, subtasks, since) | stays
            )
            value = quality * self.task_weight[self.t.task[subtasks]]
            priced = (
                value + np.where(stays & (value > 0), self.market.price, 0.0) if replans else value
            )
            pairs, proved = self._decide(
                Offer(priced, need, None if w.foes is None else w.foes[np.ix_(pool, pool)]), pool
            )
            wanted = dict(
                zip(pool[pairs[:, 0]].tolist(), subtasks[pairs[:, 1]].tolist(), strict=True)
            )
            if replans:
                for i in pool[sits[pool] >= 0].tolist():
                    if wanted.get(i) == sits[i]:
                        del wanted[i]
                    else:
                        self._release(i)
                        moves += 1
            for i, stage in sorted(wanted.items()):
                self._choose(i, stage)
            placed = len(wanted)
            rho = float(value[pairs[:, 0], pairs[:, 1]].sum())
        row = (
            now,
            queue,
            int(free.sum()),
            placed,
            moves,
            rho,
            proved,
            busy,
            int(there.sum()),
            self._skill(here),
            withdrawn,
        )
        self.epochs.append(row)

    def _screened(self, pool: IntArray, subtasks: IntArray, since: FloatArray) -> BoolArray:
        """Who may take what: skill, place, hours left today, no conflict with who is on the task, nothing twice."""
        m, t, w = self.market, self.t, self.w
        place = t.place[t.task[subtasks]]
        today = np.floor((self.env.now - w.begins[pool]) / DAY)
        worked = np.where(self.worked_on[pool] == today, self.worked[pool], 0.0)
        longest = WORST * t.load[subtasks]
        may = w.skills[pool[:, np.newaxis], t.skill[subtasks]]
        may &= (place < 0) | (place == w.place[pool][:, np.newaxis])
        may &= m.notice + longest <= (m.shift - since[pool])[:, np.newaxis]
        may &= longest <= (m.limit - worked)[:, np.newaxis]
        row = np.full(len(w.joined), len(pool))  # of a worker; the last is nobody's
        row[pool] = np.arange(len(pool))
        teams = (
            {task: list(team) for task, team in self.on_task.items()} if w.foes is not None else {}
        )
        if w.foes is not None:
            for i in np.flatnonzero(self.chosen >= 0).tolist():
                if row[i] == len(pool):  # chosen before and not to be moved: as good as there
                    teams.setdefault(self.task_at[self.stage_at[self.chosen[i]]], []).append(i)
        may = np.vstack([may, np.zeros(len(subtasks), dtype=bool)])
        for j, stage in enumerate(subtasks.tolist()):
            task = self.task_at[stage]
            for i in (*self.on_stage.get(stage, ()), *self.gave_up.get(task, ())):
                may[row[i], j] = False
            if w.foes is not None and (team := teams.get(task)):
                may[:-1, j] &= ~w.foes[np.ix_(pool, np.array(team))].any(axis=1)
        return np.asarray(may[:-1])

    def _qualification(self, pool: IntArray, subtasks: IntArray, may: BoolArray) -> FloatArray:
        """Q of the pairs that may be (eqs. 3 and 6), 0 elsewhere; from the truth for the informed policy."""
        i, j = np.nonzero(may)
        demand = self.t.demand[subtasks[j]]
        q = np.zeros(may.shape)
        if self.policy == "informed":
            q[i, j] = chance_met(
                self.w.able(self.env.now, pool)[i], demand, self.market.noise, self.weights
            )
        else:
            who = pool[i]
            q[i, j] = (
                degree(self.low[who], self.high[who], demand, np.ones_like(demand)) @ self.weights
            )
        return q.round(DIGITS)

    def _decide(self, offer: Offer, pool: IntArray) -> tuple[IntArray, bool]:
        """Ask the policy."""
        if self.policy in ("optimal", "informed"):
            return best_epoch(offer)
        if self.policy == "myopic":
            return in_turn(offer, lambda column: int(column.argmax())), True
        if self.policy == "random":
            return in_turn(offer, lambda column: int(self.rng.choice(np.flatnonzero(column)))), True
        assert callable(self.policy)
        problem = offer.problem([f"w{i}" for i in pool.tolist()])
        table = self.policy(problem, self.rng)
        if broken := check(problem, table):
            raise ValueError(
                f"policy: at hour {self.env.now:g} its table breaks a rule: {broken[0]}"
            )
        return (
            np.argwhere(
                table.reindex(index=problem.workers, columns=problem.tasks).to_numpy() == 1
            ),
            True,
        )

    def _choose(self, i: int, stage: int) -> None:
        self.chosen[i], self.chosen_at[i] = heapq.heappop(self.open[stage]), self.env.now
        self.process[i] = self.env.process(self._job(i))

    def _release(self, i: int) -> None:
        """Somebody chosen who has not begun goes back, and so does the place."""
        self.process.pop(i).interrupt()
        seat = int(self.chosen[i])
        self.chosen[i] = -1
        self._reopen(seat)

    def _reopen(self, seat: int) -> None:
        stage = self.stage_at[seat]
        if not self.withdrawn[self.task_at[stage]]:
            heapq.heappush(self.open[stage], seat)

    # A job, from being chosen to its end, and step 5.

    def _job(self, i: int) -> Generator[Any, Any, None]:
        try:
            yield self.env.timeout(self.market.notice)
        except self.interrupt:
            return
        market, seat, start, leaves = (
            self.market,
            int(self.chosen[i]),
            self.env.now,
            self.left_at[i],
        )
        self.chosen[i] = -1
        del self.process[i]
        if start >= leaves:
            self._reopen(seat)
            return
        stage, tried = self.stage_at[seat], self.attempt[seat]
        task, load = self.task_at[stage], self.load_at[stage]
        drops, when, late = self.t.luck[seat, min(tried, TRIES - 1)].tolist()
        self.attempt[seat] += 1
        self.working[i] = True
        self.on_stage.setdefault(stage, []).append(i)
        self.on_task.setdefault(task, []).append(i)
        if math.isnan(self.started[task]):
            self.started[task] = start
        hours = load * (WORST if late < market.late else 1.0)
        how = DONE
        if drops < market.drop:
            how, hours = DROPPED, when * hours
        if start + hours > leaves:
            how, hours = LEFT, leaves - start
        yield self.env.timeout(hours)
        self.working[i] = False
        today = math.floor((start - self.begins_at[i]) / DAY)
        self.worked[i] = (self.worked[i] if self.worked_on[i] == today else 0.0) + hours
        self.worked_on[i] = today
        pay = market.pay * load if how == DONE else 0.0
        self.log.append((i, seat, tried, self.chosen_at[i], start, self.env.now, how, pay))
        if how == DONE:
            self._progress(stage, task)
            return
        self.on_stage[stage].remove(i)
        self.on_task[task].remove(i)
        self.gave_up.setdefault(task, []).append(i)
        self._reopen(seat)

    def _progress(self, stage: int, task: int) -> None:
        """A place of a stage is done: the next stage opens, or the task is finished."""
        self.left_of[stage] -= 1
        if self.left_of[stage] or self.withdrawn[task]:
            return
        del self.open[stage]
        if stage + 1 < self.last_of[task]:
            self._open(stage + 1)
        else:
            self._close(task)

    def _learn(self) -> None:
        """Stars of the jobs since the last time into the counts, decayed once for each midnight, and the intervals."""
        today = int(self.env.now // DAY)
        if today > self.day:
            self.counts *= self.market.decay ** (today - self.day)
            self.day = today
            self.stale[:] = True
        if len(self.log) > self.told:
            who, seat, tried, _, _, end, how, _ = _columns(self.log[self.told :])
            self.told = len(self.log)
            z = self.t.noise[seat, np.minimum(tried, TRIES - 1)]
            outcome = np.clip(self.w.able(end, who) + self.market.noise * z, 0.0, 1.0)
            ok = how == DONE
            outcome[~ok] = np.nan
            self.outcomes.append(outcome)
            at = who[ok][:, np.newaxis], np.arange(len(self.weights)), stars(outcome[ok]) - 1
            np.add.at(self.counts, at, self.market.decay ** (today - end[ok] // DAY)[:, np.newaxis])
            self.stale[who] = True
        self._refresh()

    def _refresh(self) -> None:
        """Ability intervals of those whose counts have changed (eqs. 1 and 2, the count rule, and the prior)."""
        who = np.flatnonzero(self.stale)
        if not len(who):
            return
        self.low[who], self.high[who] = _intervals_of(self.counts[who], self.market, self._crowd())
        self.stale[who] = False

    def _crowd(self) -> FloatArray | None:
        """How all ratings spread over the stars, on each criterion, (K, 5); None where the prior does not ask."""
        if self.market.prior != "crowd":
            return None
        total = self.counts[self.w.joined <= self.env.now].sum(axis=0)
        return np.asarray(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-300))

    def _skill(self, here: BoolArray) -> float:
        """Rank correlation of estimated and true ability of those on the platform, every :data:`REVIEW` hours.

        NaN in between, and where all estimates are alike.
        """
        if self.env.now < self.next_review:
            return math.nan
        self.next_review = (self.env.now // REVIEW + 1) * REVIEW
        who = np.flatnonzero(here)
        estimated = _ranks((self.low[who] + self.high[who]) @ self.weights)
        true = _ranks(self.w.able(self.env.now, who) @ self.weights)
        spread = math.sqrt(float(estimated @ estimated) * float(true @ true))
        return float(estimated @ true) / spread if spread else math.nan


def intervals_of(
    counts: FloatArray, market: Market, crowd: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Ends of the ability intervals of counts, as :func:`crowdnb.ability_intervals` has them, with the market's prior.

    Parameters
    ----------
    counts : ndarray, shape (m, K, 5)
    market : Market
        Its γ and its prior.
    crowd : ndarray, shape (K, 5), optional
        Shares of the stars among all ratings, for the prior ``crowd``.

    Returns
    -------
    low, high : ndarray, shape (m, K)
        In [0, 1].
    """
    needs(market, Market, "market")
    n = finite(counts, "counts")
    if n.ndim != 3 or n.shape[2] != STARS or (n < 0).any():
        raise ValueError(
            f"counts: workers × criteria × {STARS} stars, each 0 or more, are needed, got shape"
            f" {n.shape}"
        )
    share = None if crowd is None else finite(crowd, "crowd")
    if share is not None and (share.shape != n.shape[1:] or (share < 0).any()):
        raise ValueError(
            f"crowd: criteria × {STARS} stars, each 0 or more, are needed, got shape {share.shape}"
        )
    return _intervals_of(n, market, share)


def _intervals_of(
    counts: FloatArray, market: Market, crowd: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """The same, without checks: it is asked at every matching."""
    if crowd is not None:
        counts = counts + CLOUD_FROM * crowd
    rated = counts.sum(axis=2) > 0
    n = np.where(rated[..., np.newaxis], counts, 1.0).reshape(-1, STARS).T
    with np.errstate(all="ignore"):  # of τ near 0 or 1 no spread is used
        ends = count_ends(n, market.gamma)
    unknown = (0.0, 0.0) if market.prior == "last" else (0.0, 1.0)
    low = np.where(rated, ends.low.reshape(rated.shape), unknown[0])
    high = np.where(rated, ends.high.reshape(rated.shape), unknown[1])
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def _ranks(values: FloatArray) -> FloatArray:
    """How many are below a value less how many are above it: twice the rank, counted from the middle."""
    values = values.round(DIGITS)
    rising = np.sort(values)
    return np.asarray(
        np.searchsorted(rising, values) + np.searchsorted(rising, values, "right") - len(values),
        float,
    )


def _columns(log: list[tuple[Any, ...]]) -> list[Any]:
    """Records of jobs as arrays, one of each kind."""
    columns = list(zip(*log, strict=True)) or [()] * 8
    kinds = (int, int, int, float, float, float, int, float)
    return [np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)]


class Comparison(NamedTuple):
    """Several cases over the same seeds."""

    summary: pd.DataFrame  # index (case, seed): a row a run, as Run.summary
    daily: pd.DataFrame  # index (case, seed, day): as Run.daily


def compare(
    cases: Mapping[str, tuple[Market, Policy]],
    seeds: Sequence[int] = range(10),
    progress: bool = False,
) -> Comparison:
    """Run every case with every seed, in parallel where joblib is told so (``joblib.parallel_config``).

    Parameters
    ----------
    cases : mapping of name to (Market, policy)
    seeds : sequence of int
        The same for each case: differences of two cases are of the same tasks and people.
    progress : bool
        Whether to show a bar.

    Returns
    -------
    Comparison
    """
    seeds = [whole(seed, "seeds", 0) for seed in several(seeds, "seeds")]
    if not isinstance(cases, Mapping) or not cases or not seeds:
        raise ValueError(
            f"cases and seeds: a case and a seed at least are needed, got {shown(cases)},"
            f" {shown(seeds)}"
        )
    unique_index(cases, "cases")
    for name, case in cases.items():
        if not isinstance(case, tuple) or len(case) != 2 or not isinstance(case[0], Market):
            raise ValueError(f"cases: {name} is {shown(case)}, a Market and a policy are needed")
    flag(progress, "progress")
    calls = [(name, seed) for name in cases for seed in seeds]
    work = (joblib.delayed(partial(_one, *cases[name]))(seed) for name, seed in calls)
    runs = joblib.Parallel(return_as="generator")(work)
    found = list(tqdm(runs, total=len(calls), desc="markets", disable=not progress))
    summary = pd.DataFrame(
        [one for one, _ in found], index=pd.MultiIndex.from_tuples(calls, names=["case", "seed"])
    )
    return Comparison(
        summary, pd.concat([daily for _, daily in found], keys=calls, names=["case", "seed"])
    )


def _one(market: Market, policy: Policy, seed: int) -> tuple[pd.Series[float], pd.DataFrame]:
    run = simulate(market, policy, seed)
    return run.summary, run.daily
