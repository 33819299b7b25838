"""Makes the data of the three scenes, from a seed: ``python tests/helpers/scenemaker.py FOLDER`` writes all three.

Nothing here was observed. Where a number stands for a habit of the world, the folder's SOURCE.md
says which.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import combinations, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.ability.intervals import ability_intervals
from crowdnb.ability.possibility import possibility_matrix
from crowdnb.ability.ratings import count_ratings
from crowdnb.market.scenes import BOT, OPEN, PERSON, distances, too_close, without_credential

SEED = 14
Tables = dict[str, pd.DataFrame]
Rows = list[tuple[Any, ...]]


def write_scene(name: str, folder: str | Path, seed: int = SEED) -> None:
    """Make the data of a scene and write them into a folder, over what is there.

    Parameters
    ----------
    name : {"service", "content", "medical"}
    folder : path
        Made if need be.
    seed : int
        The shipped folders have 14.

    Raises
    ------
    ValueError
        No scene has that name.
    """
    if name not in _MAKE:
        raise ValueError(f"name must be one of {', '.join(_MAKE)}, got {name!r}")
    files, extra, options = _MAKE[name](np.random.default_rng([seed, list(_MAKE).index(name)]))
    path = Path(folder)
    (path / "extra").mkdir(parents=True, exist_ok=True)
    for where, tables in ((path, files), (path / "extra", extra)):
        for title, table in tables.items():
            table.to_csv(where / f"{title}.csv", index=False, encoding="utf-8", lineterminator="\n")
    (path / "options.json").write_text(
        json.dumps(options, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _stars(
    rng: np.random.Generator, means: Mapping[str, Mapping[str, float]], number: int, spread: float
) -> Rows:
    """Ratings of everybody on every criterion: a normal draw around a mean in [0, 1], to whole stars 1 … 5."""
    rows: Rows = []
    for (worker, mean), at in product(means.items(), range(number)):
        for criterion, middle in mean.items():
            star = np.clip(np.rint(5 * (middle + spread * rng.normal())), 1, 5)
            rows.append((worker, criterion, int(star), f"{date(2026, 1, 1) + timedelta(days=at)}"))
    return rows


def _ratings(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["worker", "criterion", "rating", "date"])


def _demand(needs: Mapping[str, Mapping[str, tuple[float, float]]]) -> pd.DataFrame:
    rows = [(task, name, *ends) for task, need in needs.items() for name, ends in need.items()]
    return pd.DataFrame(rows, columns=["task", "criterion", "low", "high"]).round(2)


def _pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """The ones of a workers × tasks frame as pairs of labels."""
    i, j = np.nonzero(frame.to_numpy())
    return pd.DataFrame({"worker": frame.index.take(i), "task": frame.columns.take(j)})


def _judgement(criteria: list[str], first_over: list[float]) -> pd.DataFrame:
    """A consistent-looking judgement: how much each criterion matters against each later one."""
    b = np.full((len(criteria), len(criteria)), 0.5)
    for (i, k), level in zip(combinations(range(len(criteria)), 2), first_over, strict=True):
        b[i, k], b[k, i] = level, round(1 - level, 1)
    return pd.DataFrame(b, columns=criteria).assign(criterion=criteria)[["criterion", *criteria]]


def _service(rng: np.random.Generator) -> tuple[Tables, Tables, dict[str, Any]]:
    """Twelve batches of inquiries, a bot and eight people; a day of inquiries one by one."""
    people = ["amy", "bao", "cem", "dora", "eli", "fay", "gil", "hao"]
    right = [0.82, 0.75, 0.86, 0.70, 0.78, 0.66, 0.80, 0.72]
    tone = [0.80, 0.88, 0.64, 0.84, 0.70, 0.90, 0.60, 0.78]
    quick = [0.60, 0.55, 0.70, 0.52, 0.66, 0.50, 0.72, 0.58]
    means = {
        who: {"right": right[at], "quick": quick[at], "tone": tone[at]}
        for at, who in enumerate(people)
    }
    rows = _stars(rng, {"bot": {"right": 0.60, "quick": 0.99, "tone": 0.50}}, 40, 0.20)
    rows += _stars(rng, means, 10, 0.12)
    topics = {
        "parcel": (0.15, 90, 40), "returns": (0.25, 80, 40), "account": (0.35, 70, 30), "billing": (0.45, 60, 30),
        "technical": (0.50, 50, 30), "complaint": (0.60, 20, 30),
    }  # fmt: skip
    needs, number, minutes = {}, {}, {}
    for topic, (hard, plain, tricky) in topics.items():
        for kind, more, many, took in (("plain", 0.0, plain, 5.0), ("tricky", 0.25, tricky, 9.0)):
            task, low = f"{topic}, {kind}", hard + more
            soft = (0.6, 0.9) if topic == "complaint" else (0.3, 0.6)
            needs[task] = {"right": (low, min(low + 0.25, 1.0)), "quick": (0.4, 0.7), "tone": soft}
            number[task], minutes[task] = many, took
    tasks = list(needs)
    total = sum(number.values())
    ratings, demand = _ratings(rows), _demand(needs)
    ends = demand.pivot(index="task", columns="criterion", values=["low", "high"]).swaplevel(axis=1)
    degree = possibility_matrix(ability_intervals(count_ratings(ratings)), ends)["right"]
    inquiries = []
    for task in tasks:
        sure = np.clip(
            degree[("bot", task)] + 0.1 * rng.normal(size=number[task]), 0.02, 0.98
        ).round(2)
        noon = np.clip(210 + 60 * rng.normal(size=number[task]), 0, OPEN - 1)
        minute = np.where(
            rng.random(number[task]) < 0.4, noon, (OPEN - 1) * rng.random(number[task])
        )
        handling = minutes[task] * (0.5 + rng.random(number[task]))
        true = (rng.random(number[task]) < sure).astype(int)
        barred = int(task.startswith("complaint"))
        inquiries += [
            (*row, barred)
            for row in zip(
                minute.round(1), [task] * number[task], sure, true, handling.round(1), strict=True
            )
        ]
    day = pd.DataFrame(
        inquiries, columns=["minute", "batch", "confidence", "right", "handling", "person"]
    )
    weights = [round(number[task] / total, 4) for task in tasks]
    files = {
        "ratings": ratings,
        "demand": demand,
        "tasks": pd.DataFrame({"task": tasks, "required": 1, "weight": weights}),
        "judgement": _judgement(["right", "quick", "tone"], [0.9, 0.7, 0.3]),
        "task_conflicts": pd.DataFrame(
            [("bot", "complaint, plain"), ("bot", "complaint, tricky"), ("dora", "technical, plain"),
             ("dora", "technical, tricky"), ("fay", "technical, plain"), ("fay", "technical, tricky")],
            columns=["worker", "task"],
        ),
        # Two of one household: not in on the same day.
        "worker_conflicts": pd.DataFrame({"worker": ["amy"], "other": ["cem"]}),
    }  # fmt: skip
    costs = {who: {task: round((BOT if who == "bot" else PERSON) * number[task], 2) for task in tasks}
             for who in ["bot", *people]}  # fmt: skip
    options = {
        "worker_limits": {"bot": len(tasks)} | dict.fromkeys(people, 1),
        "costs": costs,
        "budget": 600,
    }
    return files, {"inquiries": day.sort_values("minute", kind="stable")}, options


def _content(rng: np.random.Generator) -> tuple[Tables, Tables, dict[str, Any]]:
    """Eight pieces by twelve creators who review one another; marks, hours, and what each part of a team would earn."""
    people = ["ana", "ben", "chi", "dao", "eva", "fei", "gus", "hua", "ivo", "jia", "kim", "lin"]
    criteria = ["language", "facts", "design"]
    means = {
        who: dict(zip(criteria, (0.45 + 0.5 * rng.random(3)).round(2), strict=True))
        for who in people
    }
    authors = {
        "city guide": ["ana", "ben"], "recipe film": ["chi"], "manual": ["dao", "eva", "fei"],
        "poster set": ["gus", "hua"], "podcast": ["ana", "ivo"], "diary": ["jia"],
        "app texts": ["kim", "ben"], "fact sheet": ["lin", "dao", "ana"],
    }  # fmt: skip
    buyer = dict(
        zip(
            authors,
            ["press", "shop", "press", "town", "press", "town", "shop", "press"],
            strict=True,
        )
    )
    friends = [("ana", "jia"), ("chi", "hua"), ("eva", "kim"), ("gus", "lin"), ("hua", "ivo")]
    needs = {}
    for piece in authors:
        low = 0.3 + 0.3 * rng.random(3)
        needs[piece] = {name: (at, at + 0.35) for name, at in zip(criteria, low, strict=True)}
    credits: Rows = []
    revenue: Rows = []
    for piece, team in authors.items():
        hours = {who: int(rng.integers(6, 41)) for who in team}
        # readers a person brings, whatever the hours
        draw = {who: 1 + 4 * rng.random() for who in team}
        credits += [(piece, who, buyer[piece], hours[who]) for who in team]
        for size in range(1, len(team) + 1):
            for part in combinations(team, size):
                revenue.append(
                    (piece, " + ".join(part), 10 * round(8 * sum(draw[who] for who in part) ** 1.4))
                )
    made = pd.DataFrame(credits, columns=["piece", "worker", "buyer", "hours"])
    between = pd.DataFrame(0, people, people)
    for one, other in friends:
        between.loc[one, other] = between.loc[other, one] = 1
    distance = distances(made, between)
    near = too_close(made, distance, 1)
    worth = {piece: 2.2 + 2.2 * rng.random() for piece in authors}
    marks: Rows = []
    for who, mild in zip(people, 0.4 * rng.normal(size=len(people)), strict=True):
        for piece in authors:
            kind = {0: 1.2, 1: 0.8}.get(
                min(distance.loc[who, authors[piece]].to_numpy().min(), 9), 0.0
            )
            first = np.clip(worth[piece] + mild + kind + 0.3 * rng.normal(), 1, 5)
            marks.append(
                (who, piece, round(float(first), 1), round(float(np.clip(first + 0.8, 1, 5)), 1))
            )
    files = {
        "ratings": _ratings(_stars(rng, means, 8, 0.12)),
        "demand": _demand(needs),
        "tasks": pd.DataFrame({"task": list(authors), "required": 2}),
        "judgement": _judgement(criteria, [0.5, 0.7, 0.7]),
        "task_conflicts": _pairs(near),
        "worker_conflicts": pd.DataFrame(friends, columns=["worker", "other"]),
    }
    extra = {
        "credits": made,
        "revenue": pd.DataFrame(revenue, columns=["piece", "team", "euros"]),
        "marks": pd.DataFrame(marks, columns=["worker", "piece", "first", "revised"]),
    }
    return files, extra, {"conflict_scope": "task", "worker_limits": dict.fromkeys(people, 2)}


def _medical(rng: np.random.Generator) -> tuple[Tables, Tables, dict[str, Any]]:
    """Eight cases, ten doctors with and without credentials, and the visits of a past season."""
    held = {
        "dr01": ["general"], "dr02": ["general", "child"], "dr03": ["heart"], "dr04": ["heart", "general"],
        "dr05": ["skin"], "dr06": ["skin", "general"], "dr07": ["child", "heart"], "dr08": ["general", "heart"],
        "dr09": [], "dr10": ["skin", "child"],
    }  # fmt: skip
    expired = {("dr08", "heart"): "2025-12-31"}
    skill = dict(
        zip(held, [0.66, 0.74, 0.64, 0.76, 0.72, 0.62, 0.70, 0.82, 0.93, 0.66], strict=True)
    )
    lean = dict(
        zip(held, [0.06, 0.10, -0.12, -0.10, 0.04, -0.08, 0.12, 0.00, 0.00, 0.10], strict=True)
    )
    means = {
        who: {"knowledge": at - lean[who], "listening": at + lean[who], "clarity": at}
        for who, at in skill.items()
    }
    cases = [
        ("case 1", "heart", 2), ("case 2", "heart", 1), ("case 3", "skin", 1), ("case 4", "skin", 2),
        ("case 5", "child", 2), ("case 6", "child", 1), ("case 7", "general", 1), ("case 8", "general", 2),
    ]  # fmt: skip
    needs = {}
    for case, _, doctors in cases:
        low = 0.36 + 0.06 * (doctors - 1) + 0.1 * rng.random()
        hear = 0.2 * rng.random() - 0.1  # cases that ask to be listened to ask less knowledge
        needs[case] = {
            "knowledge": (low - hear, low - hear + 0.35), "listening": (low + hear, low + hear + 0.35),
            "clarity": (low, low + 0.35),
        }  # fmt: skip
    credentials = pd.DataFrame(
        [
            (who, field, expired.get((who, field), "2027-12-31"))
            for who, fields in held.items()
            for field in fields
        ],
        columns=["worker", "field", "valid_to"],
    )
    listed = pd.DataFrame(
        [(case, field, "2026-03-02") for case, field, _ in cases], columns=["task", "field", "day"]
    )
    lacking = without_credential(credentials, listed, pd.Index(list(held)))
    lacking.loc["dr01", "case 7"] = 1  # a relative of the patient
    visits: Rows = []
    numbers = rng.permutation(10_000)[:240]
    places, fields = (
        ["north", "east", "south", "west", "hills"],
        ["general", "heart", "skin", "child"],
    )
    able = {field: [who for who in held if field in held[who]] for field in fields}
    for at in range(240):
        place = places[int(np.searchsorted([0.30, 0.55, 0.77, 0.94], rng.random()))]
        field = fields[int(np.searchsorted([0.45, 0.62, 0.82], rng.random()))]
        age = int(rng.integers(0, 18)) if field == "child" else int(rng.integers(18, 91))
        doctor = able[field][int(rng.integers(len(able[field])))]
        stars = int(np.clip(np.rint(5 * skill[doctor] + rng.normal()), 1, 5))
        visits.append(
            (f"P{numbers[at]:04d}", age, "FM"[int(rng.integers(2))], place, field, doctor, stars)
        )
    files = {
        "ratings": _ratings(_stars(rng, means, 9, 0.10)),
        "demand": _demand(needs),
        "tasks": pd.DataFrame(
            [(case, doctors) for case, _, doctors in cases], columns=["task", "required"]
        ),
        "judgement": _judgement(["knowledge", "listening", "clarity"], [0.7, 0.7, 0.5]),
        "task_conflicts": _pairs(lacking),
        # Of one practice: a second opinion would not be independent.
        "worker_conflicts": pd.DataFrame(
            [("dr01", "dr03"), ("dr02", "dr07"), ("dr04", "dr06"), ("dr05", "dr10")],
            columns=["worker", "other"],
        ),
    }
    columns = ["patient", "age", "sex", "district", "field", "doctor", "stars"]
    extra = {
        "credentials": credentials,
        "cases": listed,
        "visits": pd.DataFrame(visits, columns=columns),
    }
    return files, extra, {"conflict_scope": "task", "worker_limits": dict.fromkeys(held, 2)}


_MAKE: dict[str, Callable[[np.random.Generator], tuple[Tables, Tables, dict[str, Any]]]] = {
    "service": _service,
    "content": _content,
    "medical": _medical,
}

if __name__ == "__main__":
    for scene in _MAKE:
        write_scene(scene, Path(sys.argv[1]) / scene)
