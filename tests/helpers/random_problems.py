"""Random problems: small ones of every kind, those of the paper, and those whose numbers engines confuse."""

import math
from itertools import combinations

import numpy as np
import pandas as pd

import crowdnb as cn

SMALL = [(m, n) for m in range(1, 6) for n in range(1, 4) if m * n <= 9]  # 512 tables at most
LARGER = [(m, n) for m in range(1, 7) for n in range(1, 5) if m * n <= 12]  # 4,096: a millisecond


def labelled(q):
    """Workers a0, a1, … and tasks r0, r1, …"""
    m, n = q.shape
    return pd.DataFrame(q, [f"a{i}" for i in range(m)], [f"r{j}" for j in range(n)])


def symmetric(rng, m, p):
    """Conflicts between m workers, or overlaps of m tasks, with probability p."""
    between = np.triu(rng.uniform(size=(m, m)) < p, 1)
    return between | between.T


def random_problem(rng, scope, options=False, sizes=SMALL):
    """A problem of one of these sizes, with or without every option; some Q are 0."""
    m, n = sizes[int(rng.integers(len(sizes)))]
    q = rng.uniform(0.1, 1, size=(m, n)).round(int(rng.integers(1, 12)))
    q[rng.uniform(size=(m, n)) < rng.choice([0, 0.15])] = 0
    between = symmetric(rng, m, rng.choice([0.0, 0.3, 0.7]))
    extra = {}
    if options:
        extra["required_rule"] = rng.choice(["exactly", "at least", "at most"])
        extra["worker_limits"] = rng.integers(0, 3, size=m)
        extra["pinned"] = rng.uniform(size=(m, n)) < rng.choice([0, 0.15])
        own = rng.spawn(1)[0]  # what it draws changes nothing of what is drawn from rng after it
        extra["task_overlaps"] = symmetric(own, n, own.choice([0.0, 0.3]))
        if own.uniform() < 0.3:
            extra |= {
                "loads": own.integers(0, 4, size=(m, n)),
                "capacities": own.integers(0, 7, size=m),
            }
        if own.uniform() < 0.2:
            quotas = with_quotas(own, (m, n))
            rows = [
                row | ({} if row["task"] is None else {"task": f"r{row['task']}"})
                for row in quotas["quotas"]
            ]
            attributes = quotas["attributes"].set_axis([f"a{i}" for i in range(m)])
            extra |= {"attributes": attributes, "quotas": rows}
        if own.uniform() < 0.2:
            extra["worker_least"] = own.integers(0, 2, size=m) * (own.uniform(size=m) < 0.4)
        if rng.uniform() < 0.4:
            extra |= {
                "costs": rng.integers(-1, 4, size=(m, n)),
                "budget": float(rng.integers(0, 6)),
            }
    return cn.Problem(
        labelled(q),
        rng.integers(0, 3, size=n),
        task_conflicts=rng.uniform(size=(m, n)) < rng.choice([0.0, 0.3, 0.6]),
        worker_conflicts=between,
        conflict_scope=scope,
        **extra,
    )


def paper_problem(rng, scope="project", workers=(1, 7), tasks=(1, 4), conflict_probability=0.3):
    """A problem without options: L from 0 to 3, some pairs barred, some Q 0 or below, at times conflicts."""
    m, n = int(rng.integers(*workers, endpoint=True)), int(rng.integers(*tasks, endpoint=True))
    q = rng.uniform(size=(m, n)).round(int(rng.integers(1, 12)))
    if rng.uniform() < 0.2:
        q -= 0.5
    need = rng.integers(0, 3, size=n, endpoint=True)
    while need.sum() > m and rng.uniform() < 0.9:
        need = np.maximum(need - rng.integers(0, 1, size=n, endpoint=True), 0)
    weight = rng.choice([1.0, 0.25, 2.0], size=n) if rng.uniform() < 0.5 else np.ones(n)
    barred = rng.uniform(size=(m, n)) < rng.choice([0.0, 0.2])
    p = rng.choice([0.0, conflict_probability])
    between = np.zeros((m, m), dtype=bool)
    for i, k in combinations(range(m), 2):
        between[i, k] = between[k, i] = rng.uniform() < p
    return cn.Problem(labelled(q), need, weight, barred, between, scope)


def numbers(rng, shape):
    """Numbers of one of the kinds that engines confuse: rounded, nearly tied, of several magnitudes, of both signs."""
    kind = rng.choice(["rounded", "tied", "near", "mixed", "tiny", "signed"])
    values = rng.uniform(0.1, 1, shape)
    if kind == "rounded":
        values = values.round(int(rng.integers(1, 4)))
    elif kind == "tied":
        values = rng.choice([0.25, 0.5, 0.75, 1.0], shape)
    elif kind == "near":
        values = rng.choice([0.5, 1.0], shape) + rng.integers(0, 10, shape) * 10.0 ** -rng.integers(
            6, 9
        )
    elif kind == "mixed":
        values = (
            values.round(2)
            * 10.0 ** rng.choice([-3, 0, 0, 0, 3, 6, 9], shape)
            * rng.choice([1, 1, -1], shape)
        )
    elif kind == "tiny":
        values = values.round(2) * 10.0 ** -rng.integers(4, 12)
    else:
        values = (values * rng.choice([1, -1], shape)).round(2)
    return values * (rng.uniform(size=shape) >= rng.choice([0, 0, 0.15]))


def a_budget(rng, costs, chosen):
    """A budget that some sum of costs meets exactly, just misses, or that means little; at times below 0."""
    total = math.fsum(costs[chosen])
    return float(
        rng.choice(
            [
                total,
                total,
                total * (1 - 1e-7),
                total * (1 + 1e-7),
                total - 0.1,
                abs(total) * 2 + 1,
                -abs(total) - 0.5,
            ]
        )
    )


def with_costs(rng, shape):
    """Costs, and a budget beside them."""
    costs = numbers(rng, shape)
    m, n = shape
    chosen = np.zeros(shape, dtype=bool)
    for i in rng.permutation(m)[: int(rng.integers(0, m + 1))]:
        chosen[i, rng.integers(n)] = True
    return {"costs": costs, "budget": a_budget(rng, costs, chosen)}


def with_loads(rng, shape):
    """Loads, by task or by pair, and capacities that some tasks meet exactly, or just miss."""
    loads = np.abs(numbers(rng, shape if rng.uniform() < 0.6 else shape[1:]))
    each = np.broadcast_to(loads, shape)
    chosen = rng.uniform(size=shape) < 0.5
    sums = np.array([math.fsum(row[on]) for row, on in zip(each, chosen, strict=True)])
    off = rng.choice([1, 1, 1 - 1e-7, 1 + 1e-7, 1.2], shape[0])
    return {"loads": loads, "capacities": sums * off}


def missing_costs(rng, shape):
    """What an empty place costs: nothing, little, as much as others, far more, or there is none."""
    return {"missing_cost": rng.choice([np.inf, 0.0, 1e-6, 0.25, 1.0, 1.0, 1e6], shape[1])}


def few_numbers(rng, shape):
    """Numbers of some pairs; the others have none."""
    return numbers(rng, shape) * (rng.uniform(size=shape) < rng.choice([0.2, 0.5]))


def effects(rng, shape):
    """What two workers add or take when both are chosen: some of each, at times large."""
    m = shape[0]
    each = few_numbers(rng, (m, m)) * rng.choice([1, -1], (m, m)) * rng.choice([1, 1, 1, 1e6])
    each = np.triu(each, 1)
    return {"pair_effects": each + each.T}


def with_quotas(rng, shape):
    """One attribute of two or three values, and quotas of a task or of all: numbers and shares."""
    m, n = shape
    grades = rng.choice(["x", "y", "z"][: int(rng.integers(1, 4))], m)
    values, rows = sorted(set(grades.tolist())), []
    for task in [None, *range(n)]:
        if rng.uniform() < 0.6:
            continue
        row = {"task": task, "column": "grade", "value": str(rng.choice(values))}
        least, most = sorted(rng.integers(0, 4, 2).tolist())
        for side, number in (("least", least), ("most", most)):
            if rng.uniform() < 0.6:
                share = str(rng.choice(["0%", "25%", "33.3%", "50%", "66.6667%", "100%"]))
                row[side] = share if rng.uniform() < 0.4 else number
        if len(row) == 3:
            row["least"] = 1
        if {type(row.get("least")), type(row.get("most"))} == {str}:
            row.pop("least")
        rows.append(row)
    return {"attributes": pd.DataFrame({"grade": grades.astype(object)}), "quotas": rows}


# Each option by itself: how often it is there, and what it may be.
PARTS = {
    "task_weights": (
        0.3,
        lambda rng, shape: {"task_weights": rng.choice([0.0, 0.25, 1.0, 2.0], shape[1])},
    ),
    "task_conflicts": (0.5, lambda rng, shape: {"task_conflicts": rng.uniform(size=shape) < 0.2}),
    "worker_conflicts": (
        0.6,
        lambda rng, shape: {"worker_conflicts": symmetric(rng, shape[0], rng.choice([0.2, 0.5]))},
    ),
    "required_rule": (
        0.6,
        lambda rng, shape: {"required_rule": str(rng.choice(["at least", "at most"]))},
    ),
    "worker_limits": (0.4, lambda rng, shape: {"worker_limits": rng.integers(0, 3, shape[0])}),
    "pinned": (0.25, lambda rng, shape: {"pinned": rng.uniform(size=shape) < 0.15}),
    "task_overlaps": (0.3, lambda rng, shape: {"task_overlaps": symmetric(rng, shape[1], 0.4)}),
    "loads": (0.3, with_loads),
    "costs": (0.5, with_costs),
    "worker_least": (
        0.2,
        lambda rng, shape: {
            "worker_least": rng.integers(0, 3, shape[0]) * (rng.uniform(size=shape[0]) < 0.4)
        },
    ),
    # how many more than required; with another rule there is no such range
    "quotas": (0.3, with_quotas),
    "required_most": (0.4, lambda rng, shape: {"required_most": rng.integers(0, 3, shape[1])}),
    "missing_cost": (0.25, missing_costs),
    "keep_costs": (0.15, lambda rng, shape: {"keep_costs": np.abs(few_numbers(rng, shape))}),
    "conflict_costs": (0.15, lambda rng, shape: {"conflict_costs": few_numbers(rng, shape)}),
    "pair_effects": (0.25, effects),
}


def random_values(rng):
    """A problem as a dict, as :class:`crowdnb.Problem` takes it, each option there or not."""
    shape = m, n = LARGER[int(rng.integers(len(LARGER)))]
    values = {
        "qualification": numbers(rng, shape),
        "required": np.minimum(rng.integers(0, 3, n), m),
        "conflict_scope": str(rng.choice(["project", "task"])),
    }
    for share, made in PARTS.values():
        if rng.uniform() < share:
            values |= made(rng, shape)
    if "required_rule" in values:
        values.pop("required_most", None)
    elif "required_most" in values:
        values["required_most"] = values["required"] + values["required_most"]
    if values.get("required_rule") == "at most":
        values.pop("missing_cost", None)  # where no place must be filled none is missing
    return values
