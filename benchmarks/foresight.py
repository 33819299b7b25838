"""Whom the next ratings of the shipped lounges prove right, by each rule for abilities (notebook 08).

python benchmarks/foresight.py                      random halves and last reviews: half a minute
python benchmarks/foresight.py lounge_ratings.csv   also by day, with the dates of the same reviews

Stores what it finds in crowdnb/data/experiments. The dates are not shipped: crowdnb/data/lounges/SOURCE.md
names the repository. Its file has the columns airline_name, date, comfort_rating,
cleanliness_rating and staff_service_rating. Without it the rows by day stay as they are stored.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import crowdnb as cn
from crowdnb.experiments import foresight

REPEATS = 200
SHARES = (0.1, 0.25, 0.5)  # of a worker's reviews, the last ones
DAYS = [f"{year}-{month}" for year in range(2010, 2016) for month in ("01-01", "07-01")][:-1]
CRITERIA = {
    "comfort_rating": "comfort",
    "cleanliness_rating": "cleanliness",
    "staff_service_rating": "service",
}
DATA = Path(cn.__file__).parent / "data"
Rows = tuple[pd.DataFrame, pd.DataFrame]


def by_day(project: cn.Project, reviews: pd.DataFrame, days: list[str]) -> Rows:
    """Plans on the ratings before a day, measured by those from the day on."""
    reviews = reviews.rename(columns={"airline_name": "worker", **CRITERIA})
    rows = reviews.melt(["worker", "date"], list(CRITERIA.values()), "criterion", "rating").dropna()
    return measured(project, rows, {day: rows["date"] >= day for day in days})


def by_last(project: cn.Project, ratings: pd.DataFrame) -> Rows:
    """Plans without each worker's last reviews, measured by these."""
    later = {share: foresight.last_events(ratings, share) for share in SHARES}
    return measured(project, ratings, later)


def measured(project: cn.Project, ratings: pd.DataFrame, later: dict[object, pd.Series]) -> Rows:
    """Plans and intervals of several splits, ties broken by the seed 0."""
    parts = {at: foresight.in_two(ratings, rows) for at, rows in later.items()}
    plans = {
        at: foresight.chosen(project, *two, np.random.default_rng(0)) for at, two in parts.items()
    }
    intervals = {at: foresight.held(*two, project.gamma) for at, two in parts.items()}
    return pd.concat(plans, names=["at"]), pd.concat(intervals, names=["at"])


def main() -> None:
    """Measure and store."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("reviews", nargs="?", help="the reviews with their dates, a CSV file")
    given = parser.parse_args().reviews
    lounges = cn.read_project(DATA / "lounges")
    ratings = pd.read_csv(DATA / "lounges" / "ratings.csv")
    found = {
        "half": foresight.of_halves(lounges, ratings, REPEATS),
        "last": by_last(lounges, ratings),
        "day": by_day(lounges, pd.read_csv(given), DAYS) if given else stored_by_day(),
    }
    for place, name in enumerate(("chosen", "held")):
        rows = pd.concat({split: both[place] for split, both in found.items()}, names=["split"])
        path, packed = (
            DATA / "experiments" / f"lounges_{name}.csv.gz",
            {"method": "gzip", "mtime": 0},
        )
        rows.round(6).to_csv(path, compression=packed)
        print(rows.groupby(level=["split", "rule"], sort=False).mean().round(3).to_string())


def stored_by_day() -> Rows:
    """The rows by day as they are stored."""
    chosen, held = (foresight.stored(name).loc["day"] for name in ("chosen", "held"))
    return chosen, held


if __name__ == "__main__":
    main()
