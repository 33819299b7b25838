"""Collaborative filtering: matches that nobody has seen, guessed from those of alike workers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crowdnb.extras import needed_for
from crowdnb.labels import FloatArray, generator, number_frame, whole
from crowdnb.market.matching.best import optimal
from crowdnb.market.matching.filling import Seed, with_room
from crowdnb.model.assignment import zero_one_table
from crowdnb.model.problem import Problem, needed


def guess(seen: pd.DataFrame, neighbours: int = 5) -> pd.DataFrame:
    """Guess the matches that nobody has seen from those of workers who did alike on shared tasks.

    Parameters
    ----------
    seen : DataFrame
        Workers × tasks, NaN where a worker has not been seen on a task; at least one number.
    neighbours : int
        How many alike workers are averaged, ≥ 1.

    Returns
    -------
    DataFrame
        The same with every gap filled. A task that nobody was seen on gets the mean of all.

    Raises
    ------
    ValueError
        Nothing was seen.

    Notes
    -----
    Collaborative filtering by workers: the mean of each task and what a worker has
    above it on average are taken off, gaps in the rest are filled as
    :class:`sklearn.impute.KNNImputer` does it, and both are added again. No guess leaves the range
    of what was seen.

    Examples
    --------
    >>> seen = pd.DataFrame([[0.9, 0.2, 0.7], [0.9, float("nan"), 0.7], [0.3, 0.8, 0.5]])
    >>> float(guess(seen, 1).iloc[1, 1].round(2))
    0.34
    """
    x = number_frame(seen, "seen", missing=True).to_numpy()
    known = ~np.isnan(x)
    if not known.any():
        raise ValueError("seen: no worker was seen on any task")
    neighbours = whole(neighbours, "neighbours", rule="must be at least {}")
    task = _means(x, axis=0, instead=float(x[known].mean()))
    usual = task + _means(x - task, axis=1, instead=0.0)[:, np.newaxis]
    rest = _of_neighbours(np.where(known, x - usual, np.nan), neighbours)
    found = np.where(known, x, (usual + rest).clip(x[known].min(), x[known].max()))
    return pd.DataFrame(found, index=seen.index, columns=seen.columns)


def _of_neighbours(x: FloatArray, neighbours: int) -> FloatArray:
    """Each gap filled by the mean of the nearest rows without a gap in its column.

    Of all such rows, where none is comparable. What ``KNNImputer(n_neighbors=neighbours,
    keep_empty_features=True)`` gives, in a third of its time: a panel guesses at every change.
    """
    # here: it takes a second, and little else needs it
    with needed_for("crowdnb.matching.guess"):
        from sklearn.metrics.pairwise import nan_euclidean_distances

    far, filled = nan_euclidean_distances(x), x.copy()
    for column in filled.T:
        gap = np.isnan(column)
        if gap.all():
            column[:] = 0.0
            continue
        given, distance = column[~gap], far[np.ix_(gap, ~gap)]
        many = min(neighbours, len(given))
        near = np.argpartition(distance, many - 1, axis=1)[:, :many]
        counts = ~np.isnan(np.take_along_axis(distance, near, axis=1))
        of = counts.sum(axis=1)
        column[gap] = np.where(
            of, (given[near] * counts).sum(axis=1) / np.maximum(of, 1), given.mean()
        )
    return filled


def _means(x: FloatArray, axis: int, instead: float) -> FloatArray:
    """Means of the numbers along an axis, NaN left out; ``instead`` where there are none."""
    known = ~np.isnan(x)
    many = known.sum(axis=axis)
    return np.where(many, np.where(known, x, 0.0).sum(axis=axis) / np.maximum(many, 1), instead)


def collaborative_filtering(
    problem: Problem, rng: Seed = None, seen: pd.DataFrame | None = None, neighbours: int = 5
) -> pd.DataFrame:
    """The optimum for guessed matches: Q is used where it has been seen, elsewhere :func:`guess`.

    Parameters, what is returned and errors as of :func:`at_random`, and:

    Parameters
    ----------
    seen : DataFrame, optional
        Workers × tasks, truth values: whether Q of a pair is known. When not given, each pair is
        with probability ½. Where nothing at all is known, all pairs count alike.
    neighbours : int
        As for :func:`guess`.

    Examples
    --------
    >>> import crowdnb as cn
    >>> problem = cn.Problem([[0.9, 0.8], [0.7, 0.1]], [1, 1])
    >>> seen = problem.qualification > 0.5
    >>> collaborative_filtering(problem, seen=seen, neighbours=1).to_numpy().tolist()
    [[1, 0], [0, 1]]
    """
    q, draw = needed(problem).qualification, generator(rng)
    whole(neighbours, "neighbours", rule="must be at least {}")
    if seen is None:
        seen = pd.DataFrame(draw.uniform(size=q.shape) < 0.5, index=q.index, columns=q.columns)
    known = q.where((zero_one_table(problem, seen, "seen") == 1) & problem.eligible)
    guessed = guess(known, neighbours) if known.notna().any(axis=None) else known.fillna(1.0)
    return optimal(
        with_room(problem).changed(qualification=guessed, task_conflicts=~problem.eligible)
    )
