"""Content creation: who is too close to an author to review a piece.

In the article (section 6.2) the publisher vets the creators (审核) before they begin. That creators
review one another's pieces afterwards is this package's own step.

Two people are tied when they have made a piece together or are friends; the distance of two people
is the least number of ties between them. Who is within a distance of an author does not review the
piece.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import shortest_path

from crowdnb.labels import (
    by_label,
    labelled,
    needs_frame,
    numbers,
    same_labels,
    unique_index,
    whole,
)
from crowdnb.market.scenes.reader import Scene, known, table_of
from crowdnb.model.pair_tables import zero_one
from crowdnb.model.problem import Problem


def distances(credits: pd.DataFrame, friends: pd.DataFrame) -> pd.DataFrame:
    """Ties between every two people.

    0 oneself, 1 who has made a piece with one or is a friend, 2 who is tied to these, and so on.

    Parameters
    ----------
    credits : DataFrame
        Columns piece, worker: who has made what.
    friends : DataFrame
        Workers × workers, 0/1, symmetric.

    Returns
    -------
    DataFrame
        Workers × workers; ``inf`` where no ties lead from one to the other.

    Examples
    --------
    >>> names = ["ana", "ben", "chi"]
    >>> friends = pd.DataFrame([[0, 0, 0], [0, 0, 1], [0, 1, 0]], names, names)
    >>> made = pd.DataFrame({"piece": ["poem", "poem"], "worker": ["ana", "ben"]})
    >>> distances(made, friends).loc["ana"].to_dict()
    {'ana': 0.0, 'ben': 1.0, 'chi': 2.0}
    """
    credits = labelled(credits, "credits", ["piece", "worker"])
    workers = unique_index(needs_frame(friends, "friends").index, "friends")
    friends = by_label(friends.set_axis(workers), workers, workers, "friends")
    tie = zero_one(friends.to_numpy())
    if np.isnan(tie).any() or (tie != tie.T).any():
        raise ValueError("friends: each cell must be 0 or 1, and the frame symmetric")
    known(credits["worker"], workers, "credits: worker")
    made = (
        pd.crosstab(credits["worker"], credits["piece"]).reindex(workers, fill_value=0).to_numpy()
    )
    tied = (made @ made.T > 0) | (tie > 0)
    np.fill_diagonal(tied, False)
    return pd.DataFrame(shortest_path(tied.astype(float), unweighted=True), workers, workers)


def too_close(credits: pd.DataFrame, distance: pd.DataFrame, reach: int) -> pd.DataFrame:
    """Who may not review what: workers within ``reach`` ties of an author; 0/1, workers × pieces.

    Parameters
    ----------
    credits : DataFrame
        Columns piece, worker.
    distance : DataFrame
        As :func:`distances` gives it.
    reach : int
        -1 nobody, 0 the authors, 1 also who is tied to one, 2 also who is tied to these …

    Examples
    --------
    >>> names = ["ana", "ben"]
    >>> apart = pd.DataFrame([[0, np.inf], [np.inf, 0]], names, names)
    >>> too_close(pd.DataFrame({"piece": ["poem"], "worker": ["ana"]}), apart, 0)["poem"].to_dict()
    {'ana': 1, 'ben': 0}
    """
    credits = labelled(credits, "credits", ["piece", "worker"])
    reach = whole(reach, "reach", -1)
    workers = unique_index(needs_frame(distance, "distance").index, "distance")
    same_labels(distance.columns, workers, "distance, columns")
    if not (numbers(distance) >= 0).all():
        raise ValueError("distance: each cell must be a number of 0 or more, or inf")
    known(credits["worker"], workers, "credits: worker")
    near = {
        piece: (distance[list(authors)].min(axis=1) <= reach).astype(int)
        for piece, authors in credits.groupby("piece", sort=False)["worker"]
    }
    return pd.DataFrame(near, index=distance.index)


def reviews(scene: Scene, reach: int) -> Problem:
    """The content scene's problem when nobody within ``reach`` ties of an author may review."""
    credits = table_of(scene, "credits")
    distance = distances(credits, scene.project.worker_conflicts)
    return scene.problem(task_conflicts=too_close(credits, distance, reach))
