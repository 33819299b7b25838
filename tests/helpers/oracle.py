"""Random problems with every option, and what is true of them: by looking at every assignment, without the package.

A problem is a dict of arrays, as ``cn.Problem`` takes them, so that what goes wrong can be printed
as a program. Every option that a problem may have joins :data:`PARTS` and :func:`rules`; the tests
and ``make thorough`` then try it with all the others, every engine and both scopes.
"""

import math
from functools import cache
from itertools import product

import numpy as np

import crowdnb as cn
from crowdnb.explain.possible_changes import possible_changes
from crowdnb.model.changes import apply

ENGINES = ("GLPK_MI", "CBC", "HIGHS", None)
CELLS = 12  # of the largest table: 4,096 assignments are looked at in a millisecond
SIZES = [(m, n) for m in range(1, 7) for n in range(1, 5) if m * n <= CELLS]
TIE = 1e-9  # of the sizes that add up


@cache
def tables(m, n):
    """All 0/1 tables of this size: tables × m × n."""
    return np.array(list(product([False, True], repeat=m * n))).reshape(-1, m, n)


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


def symmetric(rng, m, p):
    """Conflicts between workers with probability p."""
    between = np.triu(rng.uniform(size=(m, m)) < p, 1)
    return between | between.T


def with_costs(rng, shape):
    """Costs, and a budget beside them."""
    costs = numbers(rng, shape)
    m, n = shape
    chosen = np.zeros(shape, dtype=bool)
    for i in rng.permutation(m)[: int(rng.integers(0, m + 1))]:
        chosen[i, rng.integers(n)] = True
    return {"costs": costs, "budget": a_budget(rng, costs, chosen)}


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
    "costs": (0.5, with_costs),
}


def random_values(rng):
    """A problem as a dict, each option there or not."""
    shape = m, n = SIZES[int(rng.integers(len(SIZES)))]
    values = {
        "qualification": numbers(rng, shape),
        "required": np.minimum(rng.integers(0, 3, n), m),
        "conflict_scope": str(rng.choice(["project", "task"])),
    }
    for share, made in PARTS.values():
        if rng.uniform() < share:
            values |= made(rng, shape)
    return values


def rules(values):
    """The tables that meet every rule of a problem, as the text of E-CARGO and of the options has them."""
    q = values["qualification"]
    m, n = q.shape
    t, need = tables(m, n), values["required"]
    rule, count = values.get("required_rule", "exactly"), tables(m, n).sum(axis=1)
    good = np.ones(len(t), dtype=bool)
    if rule != "at most":
        good &= (count >= need).all(axis=1)
    if rule != "at least":
        good &= (count <= need).all(axis=1)
    good &= (t.sum(axis=2) <= values.get("worker_limits", np.ones(m))).all(axis=1)
    good &= ~(t & (values.get("task_conflicts", np.zeros((m, n), dtype=bool)) | (q == 0))).any(
        axis=(1, 2)
    )
    good &= ~(values.get("pinned", np.zeros((m, n), dtype=bool)) & ~t).any(axis=(1, 2))
    for i, k in np.argwhere(np.triu(values.get("worker_conflicts", np.zeros((m, m))))).tolist():
        project = values["conflict_scope"] == "project"
        good &= ~(
            t[:, i].any(axis=1) & t[:, k].any(axis=1)
            if project
            else (t[:, i] & t[:, k]).any(axis=1)
        )
    return within(values, t[good]) if "budget" in values else t[good]


def within(values, t):
    """The tables within the budget, to the rounding of the sums."""
    costs, budget = values["costs"], values["budget"]
    sums = [(math.fsum(costs[one]), math.fsum(np.abs(costs[one]))) for one in t]
    return t[[paid <= budget + TIE * max(size, abs(budget)) for paid, size in sums]]


def gains(values):
    """What each pair adds to ρ."""
    return values["qualification"] * values.get("task_weights", np.ones(len(values["required"])))


def best(values):
    """The greatest ρ and the sizes that add up to it; None where no assignment exists."""
    value, good = gains(values), rules(values)
    if not len(good):
        return None
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
    size = min(true[1], math.fsum(np.abs(gains(values)[table == 1])))
    if not true[0] - TIE * size <= answer.performance <= true[0] + TIE * size:
        return f"ρ = {answer.performance!r}, and {true[0]!r} is the best"
    return (
        "" if answer.bound == answer.performance else f"optimal, and the bound is {answer.bound!r}"
    )


def not_valid(values, table, problem):
    """Whether a table is none of those that meet every rule."""
    if not (rules(values) == (table == 1)).all(axis=(1, 2)).any():
        return f"the assignment breaks a rule: {table.tolist()}"
    return "; ".join(cn.check(problem, problem_table(problem, table)))


def problem_table(problem, table):
    """A 0/1 array with the labels of a problem."""
    return problem.qualification * 0 + table


def meets(values, rows):
    """Whether some table meets these requirements of an explanation, and need not meet any other."""
    m, n = values["qualification"].shape
    t, need = tables(m, n), np.zeros(n)
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
                good &= t[:, :, j].sum(axis=1) <= values["required"][j]
            case "budget":
                pass
            case other:
                raise ValueError(f"{other} is no kind of requirement")
    t = t[good & (t.sum(axis=1) >= need).all(axis=1)]
    return len(within(values, t) if any(row["kind"] == "budget" for row in rows) else t) > 0


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
    """A problem without a conflict, an exclusion, a place or a worker of a table of prices."""
    values = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in values.items()
    }
    i, k, j = row["worker"], row["other"], row["task"]
    if row["kind"] == "conflict":
        values["worker_conflicts"][i, k] = values["worker_conflicts"][k, i] = False
    elif row["kind"] == "exclusion":
        values["task_conflicts"][i, j] = False
    elif row["kind"] == "place":
        values["required"][j] -= 1
    else:
        values["worker_limits"] = values.get(
            "worker_limits", np.ones(len(values["qualification"]))
        ).copy()
        values["worker_limits"][i] = 0
        if "pinned" in values:
            values["pinned"][i] = False
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
        sign = {"conflict": -1, "exclusion": -1, "worker": 1}.get(row["kind"], 0)
        if row["worth"] * sign < 0 and not pinned:
            return f"{row['text']}: a worth of {row['worth']!r} has the wrong sign"
        words = (
            {True: ["is worth"], False: [" cost"]}[row["worth"] > 0]
            if row["worth"]
            else [" change"]
        )
        if not any(word in row["text"] for word in words):
            return f"{row['text']!r} is said of a worth of {row['worth']!r}"
    return ""


def of(problem):
    """The dict of arrays of a problem."""
    names = [
        "qualification",
        "required",
        "task_weights",
        "task_conflicts",
        "worker_conflicts",
        "worker_limits",
    ]
    values = {name: getattr(problem, name).to_numpy().copy() for name in [*names, "pinned"]}
    values |= {
        name: values[name].astype(bool) for name in ("task_conflicts", "worker_conflicts", "pinned")
    }
    values |= {"conflict_scope": problem.conflict_scope, "required_rule": problem.required_rule}
    return (
        values
        if problem.costs is None
        else values | {"costs": problem.costs.to_numpy(), "budget": problem.budget}
    )


def unrepaired(values, limit=8):
    """What is wrong with the repairs of a problem that has no assignment, in words."""
    problem = cn.Problem(**values)
    found = cn.repairs(problem, limit, time_limit=60)
    for one in found.repairs:
        if one.problem.q.size > 15:
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
        one for one in single if (after := apply(problem, one)).q.size <= 15 and best(of(after))
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
    for name in ("task_conflicts", "worker_conflicts", "pinned"):
        if name in listed:
            listed[name] = f"np.array({listed[name]!r})"
    arguments = ", ".join(
        f"{name}={value}" if str(value).startswith("np.array") else f"{name}={value!r}"
        for name, value in listed.items()
    )
    asked = "".join(f", {name}={value!r}" for name, value in options.items())
    return (
        f"import numpy as np, crowdnb as cn\np = cn.Problem({arguments})\nprint({call}(p,"
        f" {engine!r}{asked}))"
    )
