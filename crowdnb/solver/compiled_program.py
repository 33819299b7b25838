"""The boolean program of a plain problem, compiled once for all problems of one size."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import sparse

from crowdnb.labels import FloatArray, IntArray
from crowdnb.model.fields import Scope
from crowdnb.model.problem import Problem
from crowdnb.model.rows import rows
from crowdnb.model.rules import Rules
from crowdnb.solver.boolean_program import gains
from crowdnb.solver.engine import GLPK_WORDS, Answer, _options, ask, left_of, proved, read

# Pairs, and rows of two workers each, up to which one question is put to a program compiled for its
# size: at 20 × 6 that takes 1 ms and cvxpy 8, at 30 × 10 5 and 10; at 42 × 14 28 and 20.
_SMALL, _FEW_ROWS = 300, 450
_ROUNDED = 0.01  # of a row, in workers: engines are off by 1e-6, and a place less is off by 1


@lru_cache(maxsize=8)  # sizes, of at most some hundred kB each
def _of_size(m: int, n: int, scope: Scope) -> CompiledProgram:
    """The program of one size, compiled when first asked for."""
    return CompiledProgram(m, n, scope)


def ask_once(
    problem: Problem,
    pairs: IntArray,
    engine: str,
    time_limit: float | None,
    pins: IntArray | None = None,
    refused: Sequence[IntArray] = (),
    some: IntArray | None = None,
    fine: bool = False,
) -> Answer:
    """:func:`ask`; about a small plain problem by a program that is compiled for its size.

    GLPK_MI alone, whose compiled program holds no numbers of a problem, so that threads share it.
    """
    (m, n), small = problem.eligible.shape, problem.plain and problem.eligible.size <= _SMALL
    rows = m * (m - 1) // 2 * (1 if problem.conflict_scope == "project" else n)
    if engine != "GLPK_MI" or not small or rows > _FEW_ROWS or some is not None:
        return ask(problem, pairs, engine, time_limit, pins, refused, some, fine)
    start = time.perf_counter()
    program = _of_size(m, n, problem.conflict_scope)
    return program(problem, pairs, engine, left_of(time_limit, start), pins, refused)


class CompiledProgram:
    """The program of a plain problem in arrays that never change, and its numbers beside them.

    Called like :func:`ask`.

    Any two workers have a row, whose right-hand side is 1 where they are in conflict and 2 where
    not; so all numbers of a problem are in the objective and the right-hand sides. GLPK_MI is
    handed the arrays as they are, which takes a third of the time of cvxpy's own second solve; for
    other engines they are cvxpy parameters.

    Parameters
    ----------
    m, n : int
        Workers, tasks.
    scope : {"project", "task"}
    """

    def __init__(self, m: int, n: int, scope: Scope) -> None:
        self.pairs, self.together = np.argwhere(np.ones((m, n), dtype=bool)), scope == "project"
        self.one, self.other = np.triu_indices(m, 1)
        # a problem of this size in which any two are in conflict, and every task has room for both
        every = Problem(np.ones((m, n)), np.full(n, 2), conflict_scope=scope)
        groups = list(np.column_stack([self.one, self.other]))
        blocks = rows(Rules.of(every), self.pairs, groups, trivial=True)
        size, limit, place = len(self.pairs), blocks["limit"], blocks["place"].pairs
        equal: Any
        below: Any
        if self.together:  # the variables are T, then y
            both = [[None, blocks["conflict"].team]] if groups else []
            equal = [[limit.pairs, limit.team], [place, None]]
            below = [*both, [sparse.eye_array(size), sparse.csr_array((size, m))]]
            self.whole = np.arange(size, size + m)
        else:
            both = [[blocks["conflict"].pairs]] if groups else []
            equal = [[place]]
            below = [[limit.pairs], *both, [sparse.eye_array(size)]]
            self.whole = np.arange(size)
        self.equal, self.below = (sparse.block_array(blocks).tocsc() for blocks in (equal, below))
        self.variables = self.equal.shape[1]
        self.model: Any = None

    def __call__(
        self,
        problem: Problem,
        pairs: IntArray,
        engine: str,
        time_limit: float | None,
        pins: IntArray | None = None,
        refused: Sequence[IntArray] = (),
    ) -> Answer:
        """Put the problem's numbers in and ask the engine."""
        m, n = problem.arrays.qualification.shape
        at = pairs @ (n, 1)
        gain, allowed, least = np.zeros(self.variables), np.zeros(m * n), np.zeros(self.variables)
        if pins is not None:
            least[at[pins]] = 1
        gain[at], allowed[at] = gains(problem, pairs), 1
        room = 2.0 - problem.arrays.worker_conflicts[self.one, self.other]
        need = problem.arrays.required.astype(float)
        if self.together:
            right, most = np.concatenate([np.zeros(m), need]), np.concatenate([room, allowed])
        else:
            right, most = need, np.concatenate([np.ones(m), np.repeat(room, n), allowed])
        if engine == "GLPK_MI":
            most = np.concatenate([most, -least])
            return self._glpk(problem, pairs, at, gain, right, most, time_limit, refused)
        if refused:
            return ask(problem, pairs, engine, time_limit, pins, refused)
        if self.model is None:
            self._model()
        self.gain.value, self.right.value, self.most.value, self.least.value = (
            gain,
            right,
            most,
            least,
        )
        start = time.perf_counter()
        answer = read(problem, pairs, self.model, self.t[at], engine, time_limit)
        if answer.status == "optimal" and self._broken(right, most):
            # CBC calls some rare points optimal that leave places empty; asked about the rows of
            # this problem alone, it finds the optimum
            return ask(problem, pairs, engine, left_of(time_limit, start), pins)
        return answer

    def _broken(self, right: FloatArray, most: FloatArray) -> bool:
        """Whether what the engine calls the optimum breaks a row by far more than rounding."""
        x = np.asarray(self.t.value, dtype=float)
        off = max(np.abs(self.equal @ x - right).max(), (self.below @ x - most).max(initial=0.0))
        return bool(off > _ROUNDED)

    def _model(self) -> None:
        import cvxpy as cp

        self.t = cp.Variable(self.variables, boolean=(self.whole,))
        self.gain, self.right = cp.Parameter(self.variables), cp.Parameter(self.equal.shape[0])
        self.most, self.least = cp.Parameter(self.below.shape[0]), cp.Parameter(self.variables)
        rules = [
            self.equal @ self.t == self.right,
            self.below @ self.t <= self.most,
            self.t >= self.least,
        ]
        self.model = cp.Problem(cp.Maximize(self.gain @ self.t), rules)

    def _glpk(
        self,
        problem: Problem,
        pairs: IntArray,
        at: IntArray,
        gain: FloatArray,
        right: FloatArray,
        most: FloatArray,
        time_limit: float | None,
        refused: Sequence[IntArray],
    ) -> Answer:
        from cvxopt import glpk, matrix, spmatrix
        from cvxopt import sparse as stacked

        if self.model is None:
            below = sparse.vstack([self.below, -sparse.eye_array(self.variables)]).tocoo()
            equal = self.equal.tocoo()
            self.booleans = set(
                self.whole.tolist()
            )  # before the model, which other threads look for
            self.model = [
                spmatrix(a.data, a.row.tolist(), a.col.tolist(), a.shape) for a in (below, equal)
            ]
        inequalities, booleans = self.model[0], self.booleans
        for chosen in refused:  # one more row, as in the program written afresh
            sign = np.zeros(self.variables)
            sign[at] = -1
            sign[at[chosen]] = 1
            inequalities = stacked([inequalities, matrix(sign, (1, self.variables))])
            most = np.append(most, len(chosen) - 1)
            booleans = set(range(self.variables))
        options: dict[str, Any] = {"msg_lev": "GLP_MSG_OFF"} | _options("GLPK_MI", time_limit)
        start = time.perf_counter()
        status, x = glpk.ilp(
            matrix(-gain),
            inequalities,
            matrix(most),
            self.model[1],
            matrix(right),
            set(),
            booleans,
            options=options,
        )
        known = GLPK_WORDS.get(status, status)
        found = None if x is None else np.array(x).ravel()[at]
        return proved(
            problem, pairs, "GLPK_MI", known, found, time_limit, time.perf_counter() - start
        )
