"""The processes of a market: tasks arrive, every epoch people are matched, jobs begin and end."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Generator
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.ability.possibility import degree
from crowdnb.extras import needed_for
from crowdnb.labels import BoolArray, FloatArray, IntArray
from crowdnb.market.epoch import Offer, best_epoch, in_turn
from crowdnb.market.parameters import DAY, DONE, DROPPED, LEFT, URGENT, WORST
from crowdnb.market.simulation.chance import TRIES, Chance, chance_met
from crowdnb.market.simulation.feedback import DIGITS, Ratings
from crowdnb.market.simulation.records import Epoch, Job, Jobs, Run
from crowdnb.market.simulation.state import Board, People
from crowdnb.model.assignment import zero_one_table
from crowdnb.model.check import check
from crowdnb.model.problem import Problem

if TYPE_CHECKING:
    from simpy import Process

POLICIES = ("optimal", "first come", "random", "informed")

Policy = str | Callable[[Problem, Any], pd.DataFrame]


class _Given(NamedTuple):
    """What a matching came to, as columns of :class:`Epoch`."""

    placed: int = 0
    moves: int = 0
    rho: float = 0.0
    proved: bool = True


class Loop:
    """A market that runs: its state, and the processes that change it."""

    def __init__(self, chance: Chance, policy: Policy, progress: bool) -> None:
        with needed_for("crowdnb.simulation"):
            import simpy
        self.env, self.interrupt = simpy.Environment(), simpy.Interrupt
        self.chance, self.market, self.policy = chance, chance.market, policy
        self.t, self.w = chance.tasks, chance.workers
        self.rng = np.random.default_rng([chance.seed, 2**32 - 1])
        self.board, self.people, self.ratings = Board(self.t), People(self.w), Ratings(chance)
        self.waits: dict[int, Process] = {}  # of who has been chosen and has not begun
        self.log: list[Job] = []
        self.epochs: list[Epoch] = []
        self.bar = tqdm(
            total=len(self.t.arrival), desc="market", unit=" tasks", disable=not progress
        )

    def run(self) -> Run:
        """Everything from the first task to the last."""
        self.env.process(self._arrivals())
        self.env.process(self._epochs())
        self.env.run()
        self.ratings.learn(self.env.now, self.log)
        self.bar.close()
        none = np.zeros((0, len(self.market.weights)))
        named = isinstance(self.policy, str)
        return Run(
            market=self.market,
            policy=str(self.policy if named else getattr(self.policy, "__name__", "a function")),
            seed=self.chance.seed,
            epochs=pd.DataFrame(self.epochs, columns=list(Epoch._fields)),
            chance=self.chance,
            ledger=Jobs.of(self.log, np.concatenate([none, *self.ratings.outcomes])),
            started=self.board.started,
            closed=self.board.closed,
            withdrawn=self.board.withdrawn,
            ends=np.stack([self.ratings.low, self.ratings.high], axis=2),
            histories=self.ratings.counts,
            end=float(self.env.now),
        )

    # Step 1: tasks arrive.

    def _arrivals(self) -> Generator[Any, Any, None]:
        for first, hour in zip(self.t.first[:-1].tolist(), self.t.arrival.tolist(), strict=True):
            yield self.env.timeout(hour - self.env.now)
            self.board.open_stage(first)

    # Steps 2 to 4: every epoch.

    def _epochs(self) -> Generator[Any, Any, None]:
        for number in count():
            yield self.env.timeout(max(0.0, number * self.market.epoch - self.env.now))
            if not self.board.to_close:
                return
            self._match()

    def _match(self) -> None:
        """Take back what is too late, learn, screen, match, and write it down."""
        now, w, people = self.env.now, self.w, self.people
        withdrawn = self._withdraw()
        since = (now - w.begins) % DAY
        here = (w.joined <= now) & (now < w.left)
        there = here & (since < self.market.shift)
        free = there & ~people.working & (people.chosen < 0)
        busy = int(np.count_nonzero(people.working & here))
        queue = sum(map(len, self.board.open.values()))
        self.ratings.learn(now, self.log)
        given = self._give(np.flatnonzero(free | (people.chosen >= 0) if self._moves else free))
        row = Epoch(
            hour=now,
            queue=queue,
            free=int(free.sum()),
            **given._asdict(),
            busy=busy,
            there=int(there.sum()),
            skill=self.ratings.skill(now, here),
            withdrawn=withdrawn,
        )
        self.epochs.append(row)

    def _withdraw(self) -> int:
        """Take back tasks, and let those go who have been chosen for them."""
        over = self.board.withdraw(self.env.now)
        self.bar.update(over)
        if over:
            for i in np.flatnonzero(self.people.chosen >= 0).tolist():
                if self.board.withdrawn[self.board.task_of(self.people.chosen[i])]:
                    self._release(i)
        return over

    @property
    def _moves(self) -> bool:
        """Whether the policy may move people who have been chosen."""
        best = self.policy in ("optimal", "informed")
        return best and not math.isinf(self.market.price)

    def _give(self, pool: IntArray) -> _Given:
        """Match these workers with the open stages, and tell those whose place changes."""
        chosen = self.people.chosen[pool]
        sits = np.where(chosen >= 0, self.board.stage_of[chosen], -1)
        kept = set(sits.tolist())
        open_ = self.board.open
        stages = np.array([j for j, seats in open_.items() if seats or j in kept], dtype=np.int64)
        if not len(pool) or not len(stages):
            return _Given()
        stays = sits[:, np.newaxis] == stages
        need = np.array([len(open_[j]) for j in stages.tolist()]) + stays.sum(axis=0)
        q = self._qualification(pool, stages, self._screened(pool, stages) | stays)
        value = q * np.where(self.t.urgent, URGENT, 1.0)[self.t.task[stages]]
        priced = value + np.where(stays & (value > 0), self.market.price, 0.0)
        in_conflict = None if self.w.in_conflict is None else self.w.in_conflict[np.ix_(pool, pool)]
        pairs, proved = self._decide(Offer(priced, need, in_conflict), pool)
        i, j = pairs.T
        wanted = dict(zip(pool[i].tolist(), stages[j].tolist(), strict=True))
        moves = 0
        for one, stage in zip(pool.tolist(), sits.tolist(), strict=True):
            if stage >= 0 and wanted.get(one) == stage:
                del wanted[one]
            elif stage >= 0:
                self._release(one)
                moves += 1
        for one, stage in sorted(wanted.items()):
            self._choose(one, stage)
        return _Given(len(wanted), moves, float(value[i, j].sum()), proved)

    def _screened(self, pool: IntArray, stages: IntArray) -> BoolArray:
        """Who may take what: skill, place, hours left, the bar, nothing twice, and no conflict."""
        m, t, w, now = self.market, self.t, self.w, self.env.now
        tasks, longest = t.task[stages], WORST * t.load[stages]
        place = t.place[tasks]
        since = (now - w.begins[pool]) % DAY
        may = w.skills[pool[:, np.newaxis], t.skill[stages]]
        may &= (place < 0) | (place == w.place[pool][:, np.newaxis])
        may &= m.notice + longest <= (m.shift - since)[:, np.newaxis]
        may &= longest <= (m.limit - self.people.worked(pool, now))[:, np.newaxis]
        if m.bar:
            able = w.able(now, pool) if self.policy == "informed" else None
            may &= ~self.ratings.below_bar(pool, able)[:, np.newaxis]
        row = {i: k for k, i in enumerate(pool.tolist())}
        for j, (stage, task) in enumerate(zip(stages.tolist(), tasks.tolist(), strict=True)):
            for i in (*self.board.on_stage.get(stage, ()), *self.board.gave_up.get(task, ())):
                if i in row:
                    may[row[i], j] = False
        if w.in_conflict is not None:
            teams = self._teams(pool)
            for j, task in enumerate(tasks.tolist()):
                if team := teams.get(task):
                    may[:, j] &= ~w.in_conflict[np.ix_(pool, np.array(team))].any(axis=1)
        return np.asarray(may)

    def _teams(self, pool: IntArray) -> dict[int, list[int]]:
        """Who is on each task, and who will be: chosen before, and not to be moved."""
        teams = {task: list(team) for task, team in self.board.on_task.items()}
        fixed = self.people.chosen >= 0
        fixed[pool] = False
        for i in np.flatnonzero(fixed).tolist():
            teams.setdefault(self.board.task_of(self.people.chosen[i]), []).append(i)
        return teams

    def _qualification(self, pool: IntArray, stages: IntArray, may: BoolArray) -> FloatArray:
        """Q of the pairs that may be (eqs. 3 and 6), 0 elsewhere; for ``informed`` the truth."""
        i, j = np.nonzero(may)
        who, demand, weights = pool[i], self.t.demand[stages[j]], np.asarray(self.market.weights)
        q = np.zeros(may.shape)
        if self.policy == "informed":
            able = self.w.able(self.env.now, pool)[i]
            q[i, j] = chance_met(able, demand, self.market.noise, weights)
        else:
            low, high = self.ratings.low[who], self.ratings.high[who]
            q[i, j] = degree(low, high, demand, np.ones_like(demand)) @ weights
        return q.round(DIGITS)

    def _decide(self, offer: Offer, pool: IntArray) -> tuple[IntArray, bool]:
        """The pairs (worker, stage) that the policy takes, and whether they are known as best."""
        if self.policy in ("optimal", "informed"):
            return best_epoch(offer)
        if self.policy == "first come":
            return in_turn(offer, lambda column: int(column.argmax())), True
        if isinstance(self.policy, str):  # random
            return in_turn(offer, lambda column: int(self.rng.choice(np.flatnonzero(column)))), True
        problem = offer.problem([f"w{i}" for i in pool.tolist()])
        table = self.policy(problem, self.rng)
        if broken := check(problem, table):
            raise ValueError(
                f"policy: at hour {self.env.now:g} its table breaks a rule: {broken[0]}"
            )
        return np.argwhere(zero_one_table(problem, table) == 1), True

    def _choose(self, i: int, stage: int) -> None:
        """Give somebody the first open place of a stage."""
        seat = heapq.heappop(self.board.open[stage])
        self.people.chosen[i], self.people.chosen_at[i] = seat, self.env.now
        self.waits[i] = self.env.process(self._job(i))

    def _release(self, i: int) -> None:
        """Somebody chosen who has not begun goes back, and so does the place."""
        self.waits.pop(i).interrupt()
        seat = int(self.people.chosen[i])
        self.people.chosen[i] = -1
        self.board.reopen(seat)

    # A job, from being chosen to its end.

    def _job(self, i: int) -> Generator[Any, Any, None]:
        try:
            yield self.env.timeout(self.market.notice)
        except self.interrupt:
            return
        board, people, start = self.board, self.people, self.env.now
        seat = int(people.chosen[i])
        people.chosen[i] = -1
        del self.waits[i]
        if start >= self.w.left[i]:
            board.reopen(seat)
            return
        attempt = board.begin(i, seat, start)
        people.working[i] = True
        load = float(self.t.load[board.stage_of[seat]])
        how, hours = self._end(i, seat, attempt, load)
        yield self.env.timeout(hours)
        people.stop(i, start, hours)
        pay = self.market.pay * load if how == DONE else 0.0
        chosen = float(people.chosen_at[i])
        self.log.append(Job(i, seat, attempt, chosen, start, self.env.now, how, pay))
        if how != DONE:
            board.give_up(i, seat)
        elif board.finish(seat, self.env.now):
            self.bar.update()

    def _end(self, i: int, seat: int, attempt: int, load: float) -> tuple[int, float]:
        """How a job that begins now will end, and after how many hours."""
        drops, when, late = self.t.luck[seat, min(attempt, TRIES - 1)].tolist()
        how, hours = DONE, load * (WORST if late < self.market.late else 1.0)
        if drops < self.market.drop:
            how, hours = DROPPED, when * hours
        leaves = float(self.w.left[i])
        if self.env.now + hours > leaves:
            how, hours = LEFT, leaves - self.env.now
        return how, hours
