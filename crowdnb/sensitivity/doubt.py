"""How sure an optimum is when the data are drawn again (bootstrap).

Rating histories are resampled: as many ratings as there were, drawn from the stars given with their
frequencies. Where there are only intervals, each ability is a point drawn evenly from its own.

References
----------
B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap", Chapman & Hall, 1993.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import joblib
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from crowdnb.ability.counts import KEYS, Counts
from crowdnb.explain.variants import Oracle, placed_of
from crowdnb.labels import (
    FloatArray,
    IntArray,
    flag,
    generator,
    one_of,
    whole,
)
from crowdnb.model.assignment import Assignment
from crowdnb.model.problem import Problem
from crowdnb.project.abilities import intervals_of
from crowdnb.project.record import Project
from crowdnb.sensitivity.given import positions
from crowdnb.sensitivity.project_arrays import ProjectArrays
from crowdnb.solver.batch import in_parallel
from crowdnb.solver.clock import TimeOverError
from crowdnb.solver.ties import tie

Source = Literal["ratings", "intervals"]
# samples that a process takes at a time: fewer travel more often, more leave processes idle at the
# end, and the bar stands longer
_TOGETHER = 20
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Doubt:
    """What the optimum is worth when the data are drawn again.

    Attributes
    ----------
    assignment : Assignment
        T: the one that is kept, with today's Q.
    source : str
        ``ratings`` or ``intervals``: what was drawn again.
    shares : DataFrame
        A row for each pair of T or of an optimum: worker, task, ``today`` (whether T has it),
        ``share`` of the samples whose optimum has it, and ``error``, the standard error of that
        share. The surest first.
    samples : DataFrame
        One row per sample, fewer than asked for where the time was over: ``optimum``, its greatest
        ρ; ``kept``, ρ of T; ``loss``, the first less the second, ≥ 0.
    quantiles : DataFrame
        The same columns; index 0.05, 0.25, 0.5, 0.75, 0.95.
    share : float
        Share of the samples in which T is optimal.
    error : float
        Its standard error.
    text : str
    settled : bool
        Whether all samples were drawn and solved within the time, and T is proved to be optimal
        today where none was given.
    """

    assignment: Assignment
    source: Source
    shares: pd.DataFrame
    samples: pd.DataFrame
    quantiles: pd.DataFrame
    share: float
    error: float
    text: str
    settled: bool = True

    def __str__(self) -> str:
        return self.text


def doubt(
    project: Project,
    problem: Problem | None = None,
    table: pd.DataFrame | None = None,
    samples: int = 200,
    rng: np.random.Generator | int | None = None,
    source: Source | None = None,
    solver: str | None = None,
    progress: bool = True,
    time_limit: float | None = None,
) -> Doubt:
    """How often each pair is chosen, and how much ρ is at risk, when the data are drawn again.

    Parameters
    ----------
    project : Project
    problem : Problem, optional
        The rules, with their options; its Q is replaced. None: ``project.problem()``.
    table : DataFrame, optional
        T, the assignment to keep: workers × tasks, 0/1, valid. None: today's optimum.
    samples : int
        How many to draw, ≥ 1.
    rng : Generator or int, optional
        Draws them; the same one gives the same numbers on any number of processes.
    source : {"ratings", "intervals"}, optional
        What to draw again: each history, with as many ratings as it has (of a decayed history the
        nearest integer, at least one, scaled back); or each ability, a point anywhere in its
        interval. None: ratings, if there are any.
    solver : str, optional
        As for :func:`crowdnb.solve`.
    progress : bool
        Whether to show a bar.
    time_limit : float, optional
        Seconds, > 0, for all of it. When they are over, what the samples say until
        then comes back, and NaN where there are none.

    Returns
    -------
    Doubt
        ρ of points and of intervals differ by eq. 3, so of ``intervals`` the losses are to be read
        rather than ρ beside today's.

    Raises
    ------
    ValueError
        No assignment exists; T breaks a rule; there are no ratings to draw; samples below 1; an
        unknown source; labels do not fit; the time limit is not above 0.

    Notes
    -----
    A pair that today's Q allows stays allowed where its Q comes out as 0, so T is valid in every
    sample. Samples run wherever ``joblib.parallel_config`` says.

    Examples
    --------
    >>> import crowdnb as cn
    >>> found = cn.doubt(cn.load_case_study(), samples=20, rng=1, progress=False)
    >>> found.source, len(found.samples), bool(found.samples["loss"].min() >= 0)
    ('intervals', 20, True)
    """
    data = ProjectArrays(project, problem, "doubt")
    samples = whole(samples, "samples")
    flag(progress, "progress")
    if source is not None:
        one_of(source, get_args(Source), "source")
    if source == "ratings" and project.counts is None:
        raise ValueError(
            "source: the project has no rating histories; 'intervals' draws inside the intervals"
        )
    source = source or ("intervals" if project.counts is None else "ratings")
    oracle = Oracle(data.problem, solver, time_limit)
    try:
        placed = data.best(oracle)
        today = Assignment.of(
            data.problem, placed, "optimal", oracle.optimum.solver, oracle.optimum.seconds
        )
    except TimeOverError:
        today = Assignment.of(data.problem, None, "time_limit", "none", 0.0, math.inf)
    if table is not None:
        placed = positions(data.problem, table)
        today = Assignment.of(data.problem, placed, "optimal", today.solver, today.seconds)
    if today.placed is None:
        return _unknown(data.problem, today, source)
    rng = generator(rng)
    drawn = (
        _inside(data, samples, rng)
        if source == "intervals"
        else _resampled(data, project, samples, rng)
    )
    until = time.time() + oracle.clock.left  # on the clock that processes share
    blocks = in_parallel(
        joblib.delayed(_chosen)(data, block, placed, solver, until) for block in drawn
    )
    chosen, rows = np.zeros(data.q.shape), list[tuple[float, float]]()
    with tqdm(total=samples, desc="samples", leave=False, delay=5, disable=not progress) as bar:
        for block in blocks:
            for pairs, best, kept in block:
                chosen[pairs[:, 0], pairs[:, 1]] += 1
                rows.append((best, kept))
            bar.update(len(block))
    frame = pd.DataFrame(rows, columns=["optimum", "kept"]).rename_axis("sample")
    frame["loss"] = frame["optimum"] - frame["kept"]
    if not rows:
        return _unknown(data.problem, today, source)
    drawn_of, samples = samples, len(rows)
    shares = _shares(data.problem, placed, chosen / samples, samples)
    stays = float((frame["loss"] == 0).mean())
    error = math.sqrt(stays * (1 - stays) / samples)
    quantiles = frame.quantile(list(_QUANTILES)).rename_axis("quantile")
    text = _doubt_text(source, today, shares, quantiles, stays, error, samples)
    if samples < drawn_of:
        text += f"\nThe time was over after {samples} of {drawn_of} samples."
    return Doubt(today, source, shares, frame, quantiles, stays, error, text, samples == drawn_of)


def _unknown(problem: Problem, today: Assignment, source: Source) -> Doubt:
    """What is said where no sample was settled."""
    frame = pd.DataFrame(columns=["optimum", "kept", "loss"], dtype=float).rename_axis("sample")
    placed = np.zeros((0, 2), dtype=np.int64) if today.placed is None else today.placed
    shares = _shares(problem, placed, np.full(problem.eligible.shape, math.nan), 1)
    quantiles = frame.reindex(pd.Index(_QUANTILES, name="quantile"))
    text = "How sure the assignment is was not settled within the time limit."
    return Doubt(today, source, shares, frame, quantiles, math.nan, math.nan, text, settled=False)


def _inside(data: ProjectArrays, samples: int, rng: np.random.Generator) -> Iterator[FloatArray]:
    """Q of abilities that are points in their intervals, a block of samples at a time."""
    for start in range(0, samples, _TOGETHER):
        size = min(_TOGETHER, samples - start)
        u = data.low + rng.random((size, *data.low.shape)) * (data.high - data.low)
        u = np.minimum(u, data.high)
        yield np.stack([data.q_of(one, one) for one in u])


def _resampled(
    data: ProjectArrays, project: Project, samples: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """Q of histories drawn from themselves, a block of samples at a time."""
    given, rated = data.histories(project)
    how = project.reading._replace(missing="unknown")
    worker, criterion = np.nonzero(rated)
    n = given.to_numpy(dtype=float)
    no_mark = np.isnan(n)  # of the criterion's scale
    n = np.where(no_mark, 0.0, n)
    total = n.sum(axis=1)
    trials = np.maximum(1, np.rint(total)).astype(np.int64)
    m, k = rated.shape
    for start in range(0, samples, _TOGETHER):
        size = min(_TOGETHER, samples - start)
        drawn = (
            rng.multinomial(trials, n / total[:, None], (size, len(n))) * (total / trials)[:, None]
        )
        drawn[:, no_mark] = np.nan
        numbered = pd.MultiIndex.from_arrays(
            [(np.arange(size)[:, None] * m + worker).ravel(), np.tile(criterion, size)], names=KEYS
        )
        counts = Counts(drawn.reshape(len(numbered), -1), index=numbered, columns=given.columns)
        table = intervals_of(counts, pd.RangeIndex(size * m), pd.RangeIndex(k), how)
        ends = table.to_numpy().reshape(size, m, k, 2)
        if project.missing == "average":  # of each sample
            known = np.where(rated[:, :, None], ends, np.nan)
            mean = np.nanmean(known, axis=1, keepdims=True)
            ends = np.where(rated[:, :, None], ends, mean)
        yield np.stack([data.q_of(one[..., 0], one[..., 1]) for one in ends])


def _chosen(
    data: ProjectArrays, qs: FloatArray, placed: IntArray, solver: str | None, until: float
) -> list[tuple[IntArray, float, float]]:
    """Of each Q the optimum, its ρ and ρ of T; T itself where nothing is better.

    Runs in whatever process this is, up to so many seconds of its clock.
    """
    left, found = until - time.time(), []
    if left <= 0:
        return []
    oracle = Oracle(data.problem, solver, None if math.isinf(left) else left)
    for q in qs:
        problem = data.with_q(q)
        try:
            answer = oracle.best(problem)
        except TimeOverError:
            break
        best = placed_of(answer)  # T is valid
        kept = Assignment.of(problem, placed, "optimal", answer.solver, 0.0).performance
        same = answer.performance - kept <= tie(problem, placed)
        found.append((placed, kept, kept) if same else (best, answer.performance, kept))
    return found


def _shares(problem: Problem, placed: IntArray, share: FloatArray, samples: int) -> pd.DataFrame:
    own = np.zeros(share.shape, dtype=bool)
    own[placed[:, 0], placed[:, 1]] = True
    i, j = np.nonzero((share > 0) | own)
    frame = pd.DataFrame(
        {
            "worker": problem.workers[i],
            "task": problem.tasks[j],
            "today": own[i, j],
            "share": share[i, j],
            "error": np.sqrt(share[i, j] * (1 - share[i, j]) / samples),
        }
    )
    return frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def _doubt_text(
    source: Source,
    today: Assignment,
    shares: pd.DataFrame,
    quantiles: pd.DataFrame,
    stays: float,
    error: float,
    samples: int,
) -> str:
    what = "rating histories" if source == "ratings" else "abilities inside their intervals"
    median, late = quantiles["loss"].loc[[0.5, 0.95]]
    lines = [
        (
            f"With the {what} drawn again {samples} times the assignment stays optimal in"
            f" {stays:.0%} (± {error:.1%})."
        ),
        (
            f"Keeping it loses {median:.3g} of ρ in half of them or less, and more than {late:.3g}"
            " in one of twenty."
        ),
    ]
    if own := [
        f"{row.worker} on {row.task}, {row.share:.0%}"
        for row in shares[shares["today"]].itertuples()
    ]:
        lines.append(f"Its surest pair: {own[0]}; its least sure one: {own[-1]}.")
    return "\n".join(lines)
