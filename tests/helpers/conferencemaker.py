"""Makes ``crowdnb/data/conference`` from a seed: ``python tests/helpers/conferencemaker.py FOLDER``.

A review round of a small conference, 40 papers and 60 reviewers. Nothing in it was observed: people,
papers and numbers are simulated. Every rule that the files of a project can hold is in it, and the
numbers are chosen so that each of them matters.
"""

from __future__ import annotations

import sys
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SEED = 42
TOPICS = ("matching", "voting", "fairness", "auctions", "learning", "planning", "games", "logic")
# How many papers a topic has of 40; of logic there are many, and few who know it.
PAPERS_OF = (6, 5, 5, 4, 6, 4, 4, 6)
KNOWN_BY = (0.16, 0.14, 0.14, 0.12, 0.16, 0.12, 0.12, 0.04)  # share of first topics of reviewers
NAMES = [
    "Ada", "Akira", "Alma", "Amir", "Anja", "Bao", "Bea", "Boris", "Carla", "Chen", "Dana",
    "Deniz", "Diego", "Elif", "Emil", "Esra", "Farid", "Fatou", "Femi", "Gita", "Goran", "Hana",
    "Hugo", "Ines", "Ivan", "Jaya", "Jonas", "Juno", "Kai", "Kofi", "Lars", "Leila", "Lin",
    "Lucia", "Malik", "Mara", "Mei", "Milan", "Nadia", "Nils", "Noor", "Olga", "Omar", "Paula",
    "Petra", "Qing", "Rafa", "Rosa", "Sami", "Sara", "Sven", "Tariq", "Tess", "Uma", "Vera", "Wei",
    "Yara", "Yuki", "Zara", "Zeno",
]  # fmt: skip
SCHOOLS = {
    "Aachen": "Europe", "Bologna": "Europe", "Cork": "Europe", "Delft": "Europe",
    "Espoo": "Europe", "Fribourg": "Europe", "Austin": "America", "Boston": "America",
    "Lima": "America", "Toronto": "America", "Busan": "Asia", "Hanoi": "Asia",
    "Kyoto": "Asia", "Pune": "Asia", "Wuhan": "Asia", "Accra": "Africa",
}  # fmt: skip
EXTERNAL = 6  # reviewers who are paid
AWAY = 3
PRICE = (90, 120, 150)  # of a paid review
HOURS = (0.85, 0.15)  # how many have 6 and 12 hours
FROM_ONE_REGION = 43  # reviews at most
RATHER_NOT, GLADLY = 35, 25  # pairs
Tables = dict[str, pd.DataFrame]


def tables(seed: int = SEED) -> Tables:
    """The files of the folder, by name.

    Parameters
    ----------
    seed : int
        That of the shipped folder is :data:`SEED`.
    """
    rng = np.random.default_rng(seed)
    papers, reviewers = _papers(rng), _reviewers(rng)
    q = _affinity(rng, papers, reviewers)
    conflicts = _task_conflicts(rng, papers, reviewers, q)
    free = (q > 0) & ~_grid(conflicts[conflicts["cost"] == ""], q)
    free[~_here(reviewers).to_numpy()] = False
    earlier = _earlier(rng, papers, free)
    return {
        "qualification": q.reset_index(),
        "workers": reviewers.drop(columns=["school", "paid", "first", "second", "third"]),
        "tasks": papers[["task", "required", "most", "missing_cost", "load"]],
        "pinned": _pinned(rng, reviewers, q, free, earlier),
        "task_conflicts": conflicts,
        "worker_conflicts": _worker_conflicts(rng, reviewers),
        "task_overlaps": _overlaps(papers),
        "loads": earlier.assign(load=3)[["worker", "task", "load"]].iloc[::2],
        "costs": _costs(rng, papers, reviewers),
        "quotas": _quotas(papers),
    }


def _papers(rng: np.random.Generator) -> pd.DataFrame:
    """Papers with their topics and schools; long ones, short ones, position papers."""
    first = np.repeat(range(len(TOPICS)), PAPERS_OF)
    rng.shuffle(first)
    kind = np.array(["long"] * 20 + ["short"] * 14 + ["position"] * 6)
    rng.shuffle(kind)
    school = rng.choice(list(SCHOOLS), len(first))
    frame = pd.DataFrame(
        {
            "task": [f"P{k}" for k in range(1, len(first) + 1)],
            "first": first,
            "second": (first + rng.integers(1, len(TOPICS), len(first))) % len(TOPICS),
            "kind": kind,
            "school": school,
        }
    )
    frame["required"] = frame["kind"].map({"long": 3, "short": 3, "position": 2})
    frame["most"] = frame["kind"].map({"long": "", "short": "", "position": 4})
    # a place of a paper that was accepted on conditions must be filled
    frame["missing_cost"] = frame["kind"].map({"long": 0.8, "short": 0.5, "position": 0.6})
    bound = rng.choice(len(frame), 6, replace=False)
    frame["missing_cost"] = frame["missing_cost"].astype(object)
    frame.loc[bound, "missing_cost"] = ""
    frame["load"] = frame["kind"].map({"long": 6, "short": 3, "position": 3})
    return frame


def _reviewers(rng: np.random.Generator) -> pd.DataFrame:
    """Reviewers with topics and school, and the columns of workers.csv."""
    size = len(NAMES)
    topics = np.array([rng.choice(len(TOPICS), 3, replace=False, p=KNOWN_BY) for _ in range(size)])
    seniority = np.array(["senior"] * 22 + ["experienced"] * 24 + ["newcomer"] * 14)
    rng.shuffle(seniority)
    external = np.zeros(size, dtype=bool)
    external[rng.choice(np.flatnonzero(seniority == "experienced"), EXTERNAL, replace=False)] = True
    school = rng.choice(list(SCHOOLS), size)
    senior = seniority == "senior"
    most = rng.choice([1, 2, 3, 4], size, p=[0.1, 0.5, 0.3, 0.1])
    most = np.where(external, 4, np.where(senior, rng.choice([2, 3, 4], size), most))
    new = seniority == "newcomer"
    hours = np.where(
        senior, rng.choice([12, 18], size, p=[0.8, 0.2]), rng.choice([6, 12], size, p=HOURS)
    )
    available = np.array(["yes"] * size, dtype=object)
    available[rng.choice(np.flatnonzero(~new), AWAY, replace=False)] = "no"
    return pd.DataFrame(
        {
            "worker": NAMES,
            "most": most,
            "least": np.where(new & (most > 1), "2", ""),  # to learn
            "available": available,
            "capacity": np.where(external, "", hours.astype(str)),
            "seniority": seniority,
            "region": pd.Series(school).map(SCHOOLS),
            "school": school,
            "paid": external,
            "first": topics[:, 0],
            "second": topics[:, 1],
            "third": topics[:, 2],
        }
    )


def _affinity(
    rng: np.random.Generator, papers: pd.DataFrame, reviewers: pd.DataFrame
) -> pd.DataFrame:
    """Q: the cosine between the topics of a paper and of a reviewer, less some that nobody can say."""
    of_paper = np.zeros((len(papers), len(TOPICS)))
    of_reviewer = np.zeros((len(reviewers), len(TOPICS)))
    for column, weight in (("second", 0.5), ("first", 1.0)):
        of_paper[np.arange(len(papers)), papers[column]] = weight
    for column, weight in (("third", 0.4), ("second", 0.7), ("first", 1.0)):
        of_reviewer[np.arange(len(reviewers)), reviewers[column]] = weight
    of_paper /= np.linalg.norm(of_paper, axis=1, keepdims=True)
    of_reviewer /= np.linalg.norm(of_reviewer, axis=1, keepdims=True)
    q = of_reviewer @ of_paper.T * rng.uniform(0.8, 1, (len(reviewers), len(papers)))
    q[q < 0.2] = 0  # nobody reviews what is that far from the own work
    return pd.DataFrame(q.round(4), reviewers["worker"], papers["task"].tolist())


def _grid(pairs: pd.DataFrame, q: pd.DataFrame) -> pd.DataFrame:
    """Pairs as a table of true and false."""
    ones = pd.DataFrame(False, q.index, q.columns)
    for worker, task in pairs[["worker", "task"]].itertuples(index=False):
        ones.at[worker, task] = True
    return ones


def _task_conflicts(
    rng: np.random.Generator, papers: pd.DataFrame, reviewers: pd.DataFrame, q: pd.DataFrame
) -> pd.DataFrame:
    """Nobody reviews papers of the own school; some had rather not, and some would like to."""
    own = reviewers[["worker", "school"]].merge(papers[["task", "school"]])
    other = np.argwhere(((q > 0.5) & ~_grid(own, q)).to_numpy())
    drawn = other[rng.choice(len(other), RATHER_NOT + GLADLY, replace=False)]
    costs = [0.25] * RATHER_NOT + [-0.1] * GLADLY
    bids = {"worker": q.index[drawn[:, 0]], "task": q.columns[drawn[:, 1]], "cost": costs}
    frame = pd.concat([own.assign(cost="")[["worker", "task", "cost"]], pd.DataFrame(bids)])
    return _sorted(frame, q)


def _sorted(frame: pd.DataFrame, q: pd.DataFrame) -> pd.DataFrame:
    """By worker, then task, in the order of Q."""
    place = {label: at for at, label in enumerate([*q.index, *q.columns])}
    return frame.sort_values(["worker", "task"], key=lambda one: one.map(place)).reset_index(
        drop=True
    )


def _earlier(rng: np.random.Generator, papers: pd.DataFrame, free: pd.DataFrame) -> pd.DataFrame:
    """Who has reviewed an earlier version of a long paper: 14 pairs."""
    long = papers.loc[papers["kind"] == "long", "task"].tolist()
    pairs = np.argwhere(free[long].to_numpy())
    drawn = pairs[rng.choice(len(pairs), 14, replace=False)]
    return pd.DataFrame({"worker": free.index[drawn[:, 0]], "task": np.array(long)[drawn[:, 1]]})


def _pinned(
    rng: np.random.Generator,
    reviewers: pd.DataFrame,
    q: pd.DataFrame,
    free: pd.DataFrame,
    earlier: pd.DataFrame,
) -> pd.DataFrame:
    """Four decisions of the chairs, who know more than Q; and who had better see a paper again."""
    able = (reviewers["seniority"] == "experienced") & ~reviewers["paid"]
    low = np.argwhere((free & (q < 0.4)).to_numpy() & able.to_numpy()[:, None])
    pairs = pd.DataFrame(rng.permutation(low), columns=["worker", "task"])
    pairs = pairs.drop_duplicates("worker").drop_duplicates("task").head(4)
    chairs = pd.DataFrame(
        {"worker": q.index[pairs["worker"]], "task": q.columns[pairs["task"]], "cost": ""}
    )
    return pd.concat([_sorted(chairs, q), _sorted(earlier.assign(cost=0.3), q)])


def _here(reviewers: pd.DataFrame) -> pd.Series[bool]:
    """Whether each reviewer is not away."""
    return reviewers["available"] == "yes"


def _worker_conflicts(rng: np.random.Generator, reviewers: pd.DataFrame) -> pd.DataFrame:
    """Advisors and their former students; two who never agree; who guides a newcomer."""
    rows: list[tuple[str, str, float | str]] = []
    here = reviewers[_here(reviewers)].set_index("worker")
    senior = here.index[here["seniority"] == "senior"]
    new = here.index[here["seniority"] == "newcomer"]
    others = here.index[here["seniority"] != "senior"]
    topics = {who: {*own} for who, *own in here[["first", "second"]].itertuples()}
    used: set[frozenset[str]] = set()

    def add(ones: pd.Index[Any], among: pd.Index[Any], number: int, cost: float | str) -> None:
        """Rows for so many pairs who share one of their first two topics, each person once."""
        busy: set[str] = set()
        for one, other in product(rng.permutation(ones).tolist(), rng.permutation(among).tolist()):
            pair = frozenset((one, other))
            if len(busy) == 2 * number or len(pair) < 2 or pair in used or busy & pair:
                continue
            if topics[one] & topics[other]:
                rows.append((one, other, cost))
                used.add(pair)
                busy |= pair

    add(senior, others, 10, "")
    add(senior, senior, 6, 0.3)
    add(new, senior, 8, -0.15)
    return pd.DataFrame(rows, columns=["worker", "other", "cost"])


def _overlaps(papers: pd.DataFrame) -> pd.DataFrame:
    """Two submissions of the same school about the same topic: nobody should hold both."""
    topics = [{*pair} for pair in zip(papers["first"], papers["second"], strict=True)]
    rows = [
        (papers["task"][one], papers["task"][other])
        for one, other in combinations(papers.index, 2)
        if papers["school"][one] == papers["school"][other] and topics[one] & topics[other]
    ]
    return pd.DataFrame(rows, columns=["task", "other"])


def _costs(rng: np.random.Generator, papers: pd.DataFrame, reviewers: pd.DataFrame) -> pd.DataFrame:
    """What each paid reviewer asks for a review, and less of two of them for a position paper."""
    paid = reviewers.loc[reviewers["paid"], "worker"].tolist()
    position = papers.loc[papers["kind"] == "position", "task"].tolist()
    asks = dict(zip(paid, rng.choice(PRICE, len(paid)).tolist(), strict=True))
    rows = [(worker, "", asks.get(worker, 0)) for worker in reviewers["worker"]]
    rows += [(worker, task, 60) for worker in paid[:2] for task in position]
    return pd.DataFrame(rows, columns=["worker", "task", "cost"])


def _quotas(papers: pd.DataFrame) -> pd.DataFrame:
    """A senior on each paper, newcomers on half of its places at most; and a share over all papers."""
    rows: list[tuple[Any, ...]] = []
    for task, kind in zip(papers["task"], papers["kind"], strict=True):
        rows.append((task, "seniority", "senior", 1, ""))
        rows.append((task, "seniority", "newcomer", "", "50%" if kind == "position" else 1))
    rows += [
        ("", "region", region, "", FROM_ONE_REGION) for region in ("America", "Asia", "Europe")
    ]
    return pd.DataFrame(rows, columns=["task", "column", "value", "least", "most"])


def write(folder: str | Path, seed: int = SEED) -> None:
    """Write the files into a folder, over what is there."""
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    for name, table in tables(seed).items():
        table.to_csv(path / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")


if __name__ == "__main__":
    write(sys.argv[1])
