"""Whether what the package says of a random problem is true, by looking at every assignment.

A problem is a dict of arrays, as ``cn.Problem`` takes them, so that what goes wrong can be printed
as a program. Every option that a problem may have joins ``PARTS`` of :mod:`helpers.random_problems`
and ``rules`` of :mod:`helpers.by_looking`; the tests and ``make thorough`` then try it with all the
others, every engine and both scopes.
"""

import math

import numpy as np
from helpers.by_looking import (
    ONES,
    SOFT,
    TIE,
    every_table,
    keeps_quota,
    of,
    overloads,
    rules,
    sides,
    summed,
    within,
)

import crowdnb as cn
from crowdnb.explain.possible_changes import possible_changes
from crowdnb.model.changes import apply

ENGINES = ("GLPK_MI", "CBC", "HIGHS", None)


def right(values):
    """The tables that meet every rule."""
    tables = every_table(*values["qualification"].shape)
    return tables[rules(values, tables)]


def gains(values):
    """What each pair adds to ρ."""
    return values["qualification"] * values.get("task_weights", np.ones(len(values["required"])))


def best(values):
    """The greatest ρ and the sizes that add up to it; None where no assignment exists."""
    value, good = gains(values), right(values)
    if not len(good):
        return None
    if set(SOFT) & set(values):
        sums = [summed(values, one) for one in good]
        return max((math.fsum(one), math.fsum(map(abs, one))) for one in sums)
    rough = (good * value).sum(axis=(1, 2))
    near = good[rough >= rough.max() - 1e-12 * (np.abs(value).sum())]
    return max((math.fsum(value[one]), math.fsum(np.abs(value[one]))) for one in near)


def wrong(values, engine, **options):
    """What is wrong with the answer of an engine, in words; nothing where it is right."""
    problem, true = cn.Problem(**values), best(values)
    answer = cn.solve(problem, engine, **options)
    if answer.status == "time_limit" and "time_limit" in options:
        if true is None:
            return "" if answer.placed is None else "an assignment where there is none"
        size = TIE * max(true[1], abs(true[0]))
        if answer.bound < true[0] - size:
            return f"the bound {answer.bound!r} is below {true[0]!r}"
        return "" if answer.placed is None else not_valid(values, answer.table.to_numpy(), problem)
    if true is None or answer.status != "optimal":
        expected = "infeasible" if true is None else "optimal"
        return (
            ""
            if answer.status == expected
            else f"{answer.status}, and it is {expected} {true} {answer.reasons}"
        )
    table = answer.table.to_numpy()
    if complaint := not_valid(values, table, problem):
        return complaint
    size = min(true[1], math.fsum(map(abs, summed(values, table == 1))))
    if not true[0] - TIE * size <= answer.performance <= true[0] + TIE * size:
        return f"ρ = {answer.performance!r}, and {true[0]!r} is the best"
    return (
        "" if answer.bound == answer.performance else f"optimal, and the bound is {answer.bound!r}"
    )


def not_valid(values, table, problem):
    """Whether a table is none of those that meet every rule."""
    if not (right(values) == (table == 1)).all(axis=(1, 2)).any():
        return f"the assignment breaks a rule: {table.tolist()}"
    return "; ".join(cn.check(problem, problem_table(problem, table)))


def problem_table(problem, table):
    """A 0/1 array with the labels of a problem."""
    return problem.qualification * 0 + table


def meets(values, rows):
    """Whether some table meets these requirements of an explanation, and need not meet any other."""
    m, n = values["qualification"].shape
    t, need = every_table(m, n), np.zeros(n)
    good = np.ones(len(t), dtype=bool)
    for row in rows:
        i, k, j = row["worker"], row["other"], row["task"]
        match row["kind"]:
            case "place":
                need[j] += 1
            case "exclusion" | "zero":
                good &= ~t[:, i, j]
            case "conflict" if values["conflict_scope"] == "project":
                good &= ~(t[:, i].any(axis=1) & t[:, k].any(axis=1))
            case "conflict":
                good &= ~(t[:, i] & t[:, k]).any(axis=1)
            case "limit":
                good &= t[:, i].sum(axis=1) <= values.get("worker_limits", np.ones(m))[i]
            case "pin":
                good &= t[:, i, j]
            case "ceiling":
                good &= t[:, :, j].sum(axis=1) <= values.get("required_most", values["required"])[j]
            case "least":
                good &= t[:, i].sum(axis=1) >= values["worker_least"][i]
            case "overlap":
                good &= ~(t[:, :, j] & t[:, :, k]).any(axis=1)
            case "capacity":
                good &= ~overloads(values, t)[:, i]
            case "quota":
                (quota,) = [
                    one
                    for one in sides(values)
                    if (one[0], one[5]) == (j, k) and f" at {one[2]} " in row["text"]
                ]
                good &= keeps_quota(quota, t)
            case "budget":
                pass
            case other:
                raise ValueError(f"{other} is no kind of requirement")
    t = t[good & (t.sum(axis=1) >= need).all(axis=1)]
    return bool(within(values, t).any() if any(row["kind"] == "budget" for row in rows) else len(t))


def unexplained(values):
    """What is wrong with the explanation of a problem, in words."""
    why, exists = cn.explain_infeasible(cn.Problem(**values)), best(values) is not None
    rows = why.requirements.to_dict("records")
    if bool(why) == exists:
        return f"explained: {bool(why)}, an assignment exists: {exists}"
    if exists:
        return ""
    if meets(values, rows):
        return f"these can hold together: {[row['text'] for row in rows]}"
    idle = [
        row["text"] for at, row in enumerate(rows) if not meets(values, rows[:at] + rows[at + 1 :])
    ]
    return f"{idle} could be dropped" if idle else ""


def without(values, row):
    """A problem without a conflict, an exclusion, an overlap, a place or a worker of a table of prices."""
    values = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in values.items()
    }
    i, k, j = row["worker"], row["other"], row["task"]
    if row["kind"] == "conflict":
        values["worker_conflicts"][i, k] = values["worker_conflicts"][k, i] = False
    elif row["kind"] == "exclusion":
        values["task_conflicts"][i, j] = False
    elif row["kind"] == "pin":
        values["pinned"][i, j] = False
    elif row["kind"] == "least":
        values["worker_least"][i] = 0
    elif row["kind"] == "capacity":
        values["capacities"] = np.where(
            np.arange(len(values["capacities"])) == i, np.inf, values["capacities"]
        )
    elif row["kind"] == "quota":
        side = "least" if k.startswith("at least") else "most"
        values["quotas"] = [
            one | {side: None}
            if one.get("task") == j and k.endswith(f" with {one['column']} {one['value']}")
            else one
            for one in values["quotas"]
        ]
        kept = [one for one in values["quotas"] if {one.get("least"), one.get("most")} != {None}]
        values["quotas"] = kept
    elif row["kind"] == "budget":
        values = {name: one for name, one in values.items() if name not in ("costs", "budget")}
    elif row["kind"] in ("keep", "undesirable"):
        values[{"keep": "keep_costs", "undesirable": "conflict_costs"}[row["kind"]]][i, j] = 0.0
    elif row["kind"] == "effect":
        values["pair_effects"][i, k] = values["pair_effects"][k, i] = 0.0
    elif row["kind"] == "overlap":
        values["task_overlaps"][j, k] = values["task_overlaps"][k, j] = False
    elif row["kind"] == "place":
        values["required"][j] -= 1
    else:
        values["worker_limits"] = values.get(
            "worker_limits", np.ones(len(values["qualification"]))
        ).copy()
        values["worker_limits"][i] = 0
        if "pinned" in values:
            values["pinned"][i] = False
        if "keep_costs" in values:
            values["keep_costs"][i] = 0.0
        if "worker_least" in values:
            values["worker_least"][i] = 0
    return values


def mispriced(values):
    """What is wrong with the prices of a problem that has an assignment, in words."""
    rho, sizes = best(values)
    for row in cn.prices(cn.Problem(**values)).to_dict("records"):
        after = best(without(values, row))
        if after is None:
            if not (math.isinf(row["worth"]) and "cannot be spared" in row["text"]):
                return f"{row['text']}, and nothing exists without it"
            continue
        slack = 4 * TIE * max(sizes, after[1])
        if (
            abs(row["performance"] - after[0]) > slack
            or abs(row["worth"] - (rho - after[0])) > slack
        ):
            return (
                f"{row['text']}: ρ is {after[0]!r} without it and {rho!r} with it, not"
                f" {row['performance']!r}"
            )
        pinned = (
            row["kind"] == "worker" and values.get("pinned", np.zeros(1))[row["worker"] :][:1].any()
        )
        kept = row["kind"] == "worker" and {"keep_costs", "worker_least"} & values.keys()
        rules = "conflict exclusion overlap pin least capacity quota budget keep"
        signs = dict.fromkeys(rules.split(), -1) | {"worker": 1}
        sign = signs.get(row["kind"], 0)
        if row["worth"] * sign < 0 and not pinned and not kept:
            return f"{row['text']}: a worth of {row['worth']!r} has the wrong sign"
        words = (
            {True: ["is worth"], False: [" cost"]}[row["worth"] > 0]
            if row["worth"]
            else [" change"]
        )
        if not any(word in row["text"] for word in words):
            return f"{row['text']!r} is said of a worth of {row['worth']!r}"
    return ""


def unrepaired(values, limit=8):
    """What is wrong with the repairs of a problem that has no assignment, in words."""
    problem = cn.Problem(**values)
    found = cn.repairs(problem, limit, time_limit=60)
    for one in found.repairs:
        if one.problem.arrays.qualification.size > 15:
            continue
        after = best(of(one.problem))
        if after is None or not abs(after[0] - one.performance) <= 2 * TIE * after[1]:
            return f"{one}, and the best after it is {after}"
        for at, (item, times) in enumerate(one.changes):
            fewer = [*one.changes[:at], *[(item, times - 1)] * (times > 1), *one.changes[at + 1 :]]
            if best(of(apply(problem, tuple(fewer)))) is not None:
                return f"{one} would do with fewer changes"
    listed = [one.changes for one in found.repairs]
    single = [((change.item, 1),) for change in possible_changes(problem, {}, ())]
    single = [
        one
        for one in single
        if (after := apply(problem, one)).arrays.qualification.size <= 15 and best(of(after))
    ]
    missing = [one for one in single if one not in listed]
    if missing and (len(listed) < limit or found.repairs[-1].cost > 1):
        return f"{missing[0]} is not among {listed}"
    return ""


def program(values, engine, call="cn.solve", **options):
    """A few lines that show what went wrong."""
    listed = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in values.items()
    }
    if "attributes" in listed:
        columns = listed["attributes"].to_dict("list")
        listed["attributes"] = f"pd.DataFrame({columns!r})"
    for name in ONES:
        if name in listed:
            listed[name] = f"np.array({listed[name]!r})"
    arguments = ", ".join(
        f"{name}={value}" if str(value).startswith(("np.array", "pd.Data")) else f"{name}={value!r}"
        for name, value in listed.items()
    )
    asked = "".join(f", {name}={value!r}" for name, value in options.items())
    return (
        f"import numpy as np, pandas as pd, crowdnb as cn\nfrom numpy import inf\n"
        f"p = cn.Problem({arguments})\nprint({call}(p, {engine!r}{asked}))"
    )
