"""What is true of a small problem, by looking at every assignment: no solver, and none of the package's rules."""

import math
from fractions import Fraction
from functools import cache
from itertools import combinations, product

import numpy as np
import pandas as pd
from helpers.random_problems import random_problem

TIE = 1e-9  # of the sizes that add up
# arguments of a problem that are tables of 0 and 1
ONES = ("task_conflicts", "worker_conflicts", "pinned", "task_overlaps")
# those that are terms of what is maximised
SOFT = ("missing_cost", "keep_costs", "conflict_costs", "pair_effects")


@cache
def every_table(m, n):
    """All 0/1 tables of this size: tables × m × n."""
    return np.array(list(product([False, True], repeat=m * n))).reshape(-1, m, n)


def of(problem):
    """A problem as a dict of arrays, as :func:`rules` takes it."""
    names = [
        "qualification",
        "required",
        "task_weights",
        "worker_limits",
        "worker_least",
    ]
    values = {name: getattr(problem, name).to_numpy().copy() for name in [*names, *ONES]}
    values |= {name: values[name].astype(bool) for name in ONES}
    values |= {"conflict_scope": problem.conflict_scope, "required_rule": problem.required_rule}
    if problem.required_most is not None:
        values["required_most"] = problem.required_most.to_numpy()
    if problem.quotas is not None:
        at = {task: j for j, task in enumerate(problem.tasks)}
        rows = problem.quotas.to_dict("records")
        values["quotas"] = [row | {"task": at.get(row["task"])} for row in rows]
        values["attributes"] = problem.attributes.reset_index(drop=True)
    if problem.costs is not None:
        values |= {"costs": problem.costs.to_numpy(), "budget": problem.budget}
    if problem.loads is not None:
        values |= {"loads": problem.loads.to_numpy(), "capacities": problem.capacities.to_numpy()}
    for name in SOFT:
        if getattr(problem, name) is not None:
            values[name] = getattr(problem, name).to_numpy().copy()
    return values


def rules(values, t):
    """Which tables meet every rule of a problem, as the text of E-CARGO and of the options has them."""
    q = values["qualification"]
    m, n = q.shape
    rule, count, need = values.get("required_rule", "exactly"), t.sum(axis=1), values["required"]
    good = np.ones(len(t), dtype=bool)
    if rule != "at most":
        may_lack = np.isfinite(values.get("missing_cost", np.full(n, np.inf)))
        good &= ((count >= need) | may_lack).all(axis=1)
    if rule != "at least":
        good &= (count <= values.get("required_most", need)).all(axis=1)
    good &= (t.sum(axis=2) <= values.get("worker_limits", np.ones(m))).all(axis=1)
    good &= (t.sum(axis=2) >= values.get("worker_least", np.zeros(m))).all(axis=1)
    barred = values.get("task_conflicts", np.zeros((m, n), dtype=bool)) | (q == 0)
    good &= ~(t & barred).any(axis=(1, 2))
    good &= ~(values.get("pinned", np.zeros((m, n), dtype=bool)) & ~t).any(axis=(1, 2))
    project = values["conflict_scope"] == "project"
    for i, k in np.argwhere(np.triu(values.get("worker_conflicts", np.zeros((m, m))))).tolist():
        both = t[:, i].any(axis=1) & t[:, k].any(axis=1)
        good &= ~(both if project else (t[:, i] & t[:, k]).any(axis=1))
    for j, k in np.argwhere(np.triu(values.get("task_overlaps", np.zeros((n, n))))).tolist():
        good &= ~(t[:, :, j] & t[:, :, k]).any(axis=1)
    for quota in sides(values):
        good[good] = keeps_quota(quota, t[good])
    if "loads" in values:
        good[good] = (~overloads(values, t[good])).all(axis=1)
    if "budget" in values:
        good[good] = within(values, t[good])
    return good


def summed(values, one):
    """The numbers that add up to ρ of one table, one after the other as the text has them."""
    m, n = one.shape
    weights = values.get("task_weights", np.ones(n))
    value = values["qualification"] * weights
    found = [value[i, j] for i, j in np.argwhere(one)]
    for j, cost in enumerate(values.get("missing_cost", [])):
        if np.isfinite(cost):
            found += [-cost] * max(0, int(values["required"][j]) - int(one[:, j].sum()))
    if "keep_costs" in values:
        found += [-values["keep_costs"][i, j] for i, j in np.argwhere(~one)]
    if "conflict_costs" in values:
        found += [-values["conflict_costs"][i, j] for i, j in np.argwhere(one)]
    if "pair_effects" in values:
        for i, k in combinations(range(m), 2):
            times = int((one[i] & one[k]).sum())
            if values["conflict_scope"] == "project":
                times = int(one[i].any() and one[k].any())
            found += [values["pair_effects"][i, k]] * times
    return found


def sides(values):
    """Both sides of quotas: task or None, who is counted (m), side, number, whether it is a share, about whom."""
    found = []
    for row in values.get("quotas") or []:
        members = (values["attributes"][row["column"]] == row["value"]).to_numpy()
        for side in ("least", "most"):
            if (asked := row.get(side)) is not None:
                share = str(asked).endswith("%")
                number = Fraction(str(asked).removesuffix("%")) / (100 if share else 1)
                about = f"{row['column']} {row['value']}"
                found.append((row.get("task"), members, side, number, share, about))
    return found


def keeps_quota(quota, t):
    """Which tables keep one side of a quota."""
    task, members, side, number, share, _ = quota
    own = t[:, members] if task is None else t[:, members][:, :, [task]]
    every = t if task is None else t[:, :, [task]]
    size = number.denominator * own.sum(axis=(1, 2))
    bound = number.numerator * (every.sum(axis=(1, 2)) if share else 1)
    return size >= bound if side == "least" else size <= bound


def overloads(values, t):
    """Which workers have more than their capacity in each table, to the rounding of the sums: tables × m."""
    loads = np.broadcast_to(values["loads"], values["qualification"].shape)
    capacities = np.broadcast_to(values["capacities"], len(loads))
    over = [
        [
            math.fsum(own[row]) > has * (1 + TIE)
            for own, row, has in zip(loads, one, capacities, strict=True)
        ]
        for one in t
    ]
    return np.array(over, dtype=bool).reshape(len(t), len(loads))


def within(values, t):
    """Which tables are within the budget, to the rounding of the sums."""
    costs, budget = values["costs"], values["budget"]
    sums = ((math.fsum(costs[one]), math.fsum(np.abs(costs[one]))) for one in t)
    fits = [paid <= budget + TIE * max(size, abs(budget)) for paid, size in sums]
    return np.array(fits, dtype=bool)


def valid(problem, tables):
    """Which tables meet every rule of a problem; see :func:`rules`."""
    return rules(of(problem), tables)


def best_by_looking(problem):
    """The greatest ρ of a problem without options, or None: team by team, since its tables are too many to list."""
    q, weight, need = (
        problem.arrays.qualification,
        problem.task_weights.to_numpy(),
        problem.required.to_numpy(),
    )
    barred = (problem.task_conflicts == 1).to_numpy() | (q == 0)
    against = (problem.worker_conflicts == 1).to_numpy()
    (m, n), best, whole = q.shape, None, problem.conflict_scope == "project"

    def fill(task, free, total):
        nonlocal best
        if task == n:
            best = total if best is None else max(best, total)
            return
        busy = sorted(set(range(m)) - set(free)) if whole else []
        for team in combinations(free, need[task]):
            if barred[list(team), task].any():
                continue
            if any(against[i, k] for i, k in combinations([*team, *busy], 2)):
                continue
            gain = weight[task] * sum(q[i, task] for i in team)
            fill(task + 1, [i for i in free if i not in team], total + gain)

    fill(0, list(range(m)), 0.0)
    return best


def scored(problem):
    """Valid tables and their ρ, the best first."""
    tables = every_table(*problem.qualification.shape)
    tables = tables[valid(problem, tables)]
    values = of(problem)
    rho = (tables * problem.value).sum(axis=(1, 2))
    if set(SOFT) & set(values):
        rho = np.array([math.fsum(summed(values, one)) for one in tables])
    order = np.argsort(-rho, kind="stable")
    return tables[order], rho[order]


def best_rho(problem):
    """The greatest ρ, NaN where no assignment exists."""
    rho = scored(problem)[1]
    return rho[0] if len(rho) else np.nan


def random_possibility(rng, problem, criteria):
    """P, workers × tasks × criteria, 0 on all of them for some pairs."""
    p = rng.uniform(0, 1, size=(*problem.qualification.shape, criteria)).round(
        int(rng.integers(1, 5))
    )
    p[rng.uniform(size=problem.qualification.shape) < 0.05] = 0
    return p


def possibility_frame(problem, p):
    """P as the package takes it."""
    pairs = pd.MultiIndex.from_product([problem.workers, problem.tasks], names=["worker", "task"])
    return pd.DataFrame(
        p.reshape(len(pairs), -1), index=pairs, columns=[f"u{k}" for k in range(p.shape[2])]
    )


def points_of(problem, p):
    """Tables that are valid when only a P of 0 on every criterion bars a pair, and their scores by criterion."""
    tables = scored(problem.changed(qualification=np.where((p != 0).any(axis=2), 1.0, 0.0)))[0]
    return tables, by_criterion(problem, p, tables)


def by_criterion(problem, p, tables):
    """What tables score on each criterion: tables × criteria."""
    return np.einsum("tij,ijk->tk", tables, p * problem.task_weights.to_numpy()[:, None])


def weighed(rng, scope, number):
    """Random problems with at least two tables: with P, the tables, their points, and weights to start from.

    One of five has options beyond the paper, and task weights.
    """
    while number:
        problem = random_problem(rng, scope, options=number % 5 == 0)
        if number % 5 == 0:
            problem = problem.changed(
                task_weights=rng.choice([0.0, 0.5, 1.0, 3.0], size=len(problem.tasks))
            )
        p = random_possibility(rng, problem, int(rng.integers(1, 5)))
        tables, points = points_of(problem, p)
        if len(tables) < 2:
            continue
        number -= 1
        yield problem, p, tables, points, rng.dirichlet(np.ones(points.shape[1]))


def met(problem, kind, worker, other, task, places, tables):
    """Which tables meet one requirement, given by labels; ``places`` of the task for kind place."""
    at = {label: i for i, label in enumerate(problem.workers)}
    j = None if task is None else list(problem.tasks).index(task)
    t = tables
    if kind == "place":
        return t[:, :, j].sum(axis=1) >= places
    if kind == "ceiling":
        return t[:, :, j].sum(axis=1) <= problem.most[j]
    if kind in ("exclusion", "zero"):
        return ~t[:, at[worker], j]
    if kind == "pin":
        return t[:, at[worker], j]
    if kind == "limit":
        return t[:, at[worker]].sum(axis=1) <= problem.worker_limits[worker]
    if kind == "least":
        return t[:, at[worker]].sum(axis=1) >= problem.worker_least[worker]
    if kind == "quota":  # ``other`` is its number among all sides
        return keeps_quota(sides(of(problem))[other], t)
    if kind == "overlap":
        return ~(t[:, :, j] & t[:, :, list(problem.tasks).index(other)]).any(axis=1)
    if kind == "capacity":
        return ~overloads(of(problem), t)[:, at[worker]]
    if kind == "conflict":
        if problem.conflict_scope == "project":
            return ~(t[:, at[worker]].any(axis=1) & t[:, at[other]].any(axis=1))
        return ~(t[:, at[worker]] & t[:, at[other]]).any(axis=1)
    return (t * problem.costs.to_numpy()).sum(axis=(1, 2)) <= problem.budget + 1e-9
