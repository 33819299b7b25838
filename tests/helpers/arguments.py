"""A valid value for every kind of argument, and what makes it a wrong one; see test_arguments.py."""

import math
import tempfile
from dataclasses import replace
from decimal import Decimal  # noqa: F401  (these are for the lines that are run)
from fractions import Fraction  # noqa: F401
from pathlib import Path

import numpy as np
import pandas as pd

import crowdnb as cn
from crowdnb.explain.variants import Oracle  # noqa: F401
from crowdnb.market import inequality  # noqa: F401
from crowdnb.market.epoch import Offer
from crowdnb.market.simulation.chance import Chance  # noqa: F401

FOLDER = Path(tempfile.mkdtemp())
WORKERS, TASKS, CRITERIA = ["a", "b", "c"], ["t1", "t2"], ["skill", "care", "wit"]
Q = pd.DataFrame([[0.9, 0.5], [0.8, 0.1], [0.2, 0.7]], WORKERS, TASKS)
NEED = pd.Series([1, 1], TASKS)
WEIGHTS = pd.Series([0.5, 0.3, 0.2], CRITERIA)
BETWEEN = pd.DataFrame([[0, 1, 0], [1, 0, 0], [0, 0, 0]], WORKERS, WORKERS)
GRADES = pd.DataFrame({"grade": ["x", "x", "y"], "year": [1.5, 2.0, None]}, WORKERS)
P = cn.Problem(Q, NEED)
TIED = cn.Problem(Q, NEED, worker_conflicts=[("a", "c")])
NOBODY = cn.Problem(Q, [2, 2])
ENDS = pd.MultiIndex.from_product([CRITERIA, ["low", "high"]], names=["criterion", "end"])
ABILITY = pd.DataFrame(np.tile([0.4, 0.7], (3, 3)) + np.arange(3)[:, None] / 20, WORKERS, ENDS)
DEMAND = pd.DataFrame(np.tile([0.3, 1.0], (2, 3)), TASKS, ENDS)
PROJECT = cn.Project(ABILITY, DEMAND, WEIGHTS, NEED, None, Q * 0, BETWEEN * 0)
POSSIBILITY = cn.possibility_matrix(ABILITY, DEMAND)
OF_PROJECT = PROJECT.problem()
CHOSEN = cn.solve(OF_PROJECT).table
ANSWER = cn.solve(P)
T = ANSWER.table
HISTORIES = pd.DataFrame({"worker": ["a", "a", "b"], "criterion": "skill", "rating": [3, 4, 5]})
COUNTS = cn.count_ratings(HISTORIES)
DATED = HISTORIES.assign(date=["2024-03-11", "2024-03-01", "2024-03-02"])
RATINGS = DATED[:2].assign(date=pd.to_datetime(DATED["date"][:2]))
RATED = cn.count_ratings(RATINGS, half_life=30.0, day="2024-03-20")
MARKED = cn.count_ratings(HISTORIES, scales=(0, 5))
PARTS = pd.DataFrame(
    {"criterion": ["skill", "web", "java", "wit"], "part_of": [None, "skill", "skill", None]}
).assign(weight=[0.7, None, None, 0.3])
IN_PARTS = pd.DataFrame([[0.5, 0.7], [0.3, 0.5]], *[["web", "java"]] * 2)
JUDGEMENT = pd.DataFrame([[0.5, 0.7], [0.3, 0.5]], CRITERIA[:2], CRITERIA[:2])
CLOUD = cn.Cloud(0.6, 0.1, 0.05, 0.0025)
PROGRAM = cn.Program(P)
SCENARIOS = cn.Scenarios(PROJECT).keep(cn.Scenario("one"))
STABILITY = cn.stability(OF_PROJECT, POSSIBILITY, WEIGHTS)
MARKET = cn.Market(days=1, workers=5, arrivals=0.2, history=5)
MEDICAL, CONTENT, SERVICE = (
    cn.scenes.read_scene(name) for name in ("medical", "content", "service")
)
DAY = pd.DataFrame(
    {"minute": [0, 1], "confidence": [0.9, 0.4], "right": 1, "handling": 5, "person": 0}
)
MADE = pd.DataFrame({"piece": "poem", "worker": ["a", "b"], "buyer": "press", "hours": [1, 3]})
EARNED = pd.DataFrame({"piece": "poem", "team": ["a", "b", "a + b"], "euros": [60, 20, 100]})
SHARES = pd.DataFrame(
    {"piece": "poem", "worker": ["a", "b"], "buyer": "press", "euros": [25.0, 75.0]}
)
VISITS = pd.DataFrame(
    {"district": ["N"] * 9 + ["S"] * 18, "field": (["skin"] * 2 + ["heart"] * 7) * 3}
)
HIDDEN = pd.DataFrame(
    [[None, 7, 9], [4, None, 18], [6, 21, 27]], ["N", "S", "all"], ["skin", "heart", "all"]
)
EARNS = {frozenset("w"): 400, frozenset("p"): 0, frozenset("wp"): 700}
INSTANCE = cn.experiments.Instance(10, 3, 0.1, 0, 0)
TABLE9 = cn.experiments.table9(1, sizes=[10], methods=["crowdnb", "greedy_by_task"], progress=False)
MODEL = cn.relaxation.linear(P)
RELAXED = cn.relaxation.relax(P)
TREE = cn.relaxation.branch_and_bound(TIED)
OFFER = Offer(Q.to_numpy(), np.array([1, 1]), None)
LINES = pd.DataFrame({"one": [1.0, 2.0], "two": [2.0, 3.0]}, [1, 2])
BAND = pd.DataFrame({"surely": [3.0, 4.0], "at most": [4.0, 5.0]}, [10, 20])
SHOWN = pd.DataFrame({"worker": ["a"], "before": [("t1",)], "after": [("t2",)]})
SETTINGS = {"workers": 5, "tasks": 3, "screened_out": 0.1, "conflict_probability": 0.1, "seed": 1}
SETTINGS |= {"epsilon": 0.1, "seen": 0.5}
HELD = pd.DataFrame({"worker": ["a"], "field": ["skin"], "valid_to": ["2027-01-01"]})
CASES = pd.DataFrame({"task": ["t1"], "field": ["skin"], "day": ["2026-03-02"]})
SEEN = pd.DataFrame({"day": [0.5, 0.6]}, pd.MultiIndex.from_tuples([("one", 0, 0), ("one", 1, 0)]))

REVIEWED, SEEN_BY = (cn.solve(scene.problem()) for scene in (CONTENT, MEDICAL))
PAID = cn.scenes.revenue_shares(CONTENT.extra["credits"], CONTENT.extra["revenue"], "hours")
CLOSE = dict.fromkeys((0, 1), REVIEWED.problem.task_conflicts)
LACKING = SEEN_BY.problem.task_conflicts
BROKEN, SAVED = FOLDER / "broken", FOLDER / "saved.json"
cn.exercises.slips(BROKEN)
SCENARIOS.save(SAVED)
COSTLY, TIMELY = FOLDER / "costly", FOLDER / "timely"
TIMELY.mkdir()
for _name, _text in {
    "ratings": "worker,criterion,rating,date\na,skill,4,2024-03-01\nb,skill,5,2024-03-02\n",
    "demand": "task,criterion,low\nt1,skill,0.4\n",
    "weights": "criterion,weight\nskill,1\n",
    "tasks": "task,required\nt1,1\n",
}.items():
    (TIMELY / f"{_name}.csv").write_text(_text)
WIDE = FOLDER / "wide.csv"
WIDE.write_text("name,Care,day\na,5,1.2.2024\nb,4,2.2.2024\n")
replace(PROJECT, options={"costs": Q}).write(COSTLY)
DOUBT = cn.doubt(PROJECT, samples=3, rng=0, progress=False)
RANGE = cn.gamma_range(PROJECT)
SHARE = (
    cn.experiments.shares(
        cn.experiments.table8(1, sizes=[10], methods=["existence"], progress=False)
    )
    .loc["random", "existence"]
    .droplevel("n")
)
PRINTED = cn.experiments.PUBLISHED["table8"]
BOUNDS = cn.experiments.theory([10], [0.1, 0.2, 0.3, 0.4])
GROWING = pd.DataFrame({"method": "one", "m": [10, 20], "n": [3, 6], "seconds": [1.0, 2.0]})
LATER = pd.DataFrame(
    {"mean": [0.7, 0.8], "places": 2, "rated": [1, 2], "few": [2, 0]},
    pd.MultiIndex.from_product([["half"], [0], ["cloud", "mean"]], names=["split", "at", "rule"]),
)
SPANS = pd.DataFrame({"low": [0.2, 0.4], "high": [0.5, 0.6]}, ["a", "b"])
DOTS = pd.DataFrame([[1, 0], [0, 2]], ["a", "b"], [1, 2])


def first_job(problem, rng):
    """A policy that leaves every place empty."""
    return problem.qualification * 0


def spoilt(value, how):
    """A valid value with something wrong: a cell, or the labels; NotImplemented where it has no such thing."""
    what, _, detail = how.partition(" ")
    if what == "cell":
        cell = eval(detail)
        if isinstance(value, dict):
            return {**value, next(iter(value), None): cell}
        if not isinstance(value, np.ndarray | pd.DataFrame | pd.Series | list):
            return NotImplemented
        array = np.array(value, dtype=object)
        array.flat[0:1] = (
            [cell] if not isinstance(cell, list) else np.array([cell, None], dtype=object)[:1]
        )
        if isinstance(value, pd.Series):
            return pd.Series(array, value.index)
        return (
            pd.DataFrame(array, value.index, value.columns)
            if isinstance(value, pd.DataFrame)
            else array
        )
    if what == "array":
        if not isinstance(value, np.ndarray | pd.DataFrame | pd.Series | list):
            return NotImplemented
        array = np.asarray(value)
        if array.dtype.kind not in "iufb":
            return NotImplemented
        if detail == "masked":
            return np.ma.masked_array(array, np.arange(array.size).reshape(array.shape) == 0)
        as_kind = {"text": str, "complex": complex, "dates": "M8[s]"}
        return np.stack([array, array]) if detail == "doubled" else array.astype(as_kind[detail])
    if isinstance(value, dict):
        if what != "rows":
            return NotImplemented
        first = next(iter(value), None)
        return {
            (label if one == first else one): v
            for one, v in value.items()
            for label in _labels([one], detail)
        }
    if not isinstance(value, pd.DataFrame | pd.Series) or (
        what == "columns" and isinstance(value, pd.Series)
    ):
        return NotImplemented
    if what == "rows":
        return (
            value.iloc[[0, *range(len(value))]]
            if detail == "doubled"
            else value.set_axis(_labels(value.index, detail))
        )
    if detail == "doubled":
        return value.iloc[:, [0, *range(value.shape[1])]]
    return value.set_axis(_labels(value.columns, detail), axis=1)


def _labels(index, detail):
    first = {"missing": math.nan, "unlike": "z"}.get(detail)
    if detail == "stacked":
        return pd.MultiIndex.from_tuples([("z", label) for label in index])
    return pd.Index([first, *index[1:]], tupleize_cols=False)
