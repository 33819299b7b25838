"""A page keeps its time: what it looks into gets a share of the limit, and says what is open."""

import time

import numpy as np
import pytest

import crowdnb as cn
from crowdnb.pages import findings

LOOKS = ("prices", "alternatives", "stability", "optimum", "repairs")


def limits_of(monkeypatch, spent=0.0):
    """Seconds that each look is given; each is said to take ``spent`` of what it has."""
    given, now = {}, [0.0]
    monkeypatch.setattr("crowdnb.solver.clock.time.perf_counter", lambda: now[0])
    for name in LOOKS:
        true = getattr(findings, name)

        def look(*args, _name=name, _true=true, **kwargs):
            places = [args[-1]] if _name in ("prices", "optimum") else []
            limit = kwargs.get("time_limit", *places)
            given[_name] = limit
            now[0] += spent * limit
            args = args[:-1] if places else args
            return _true(*args, **{**kwargs, "time_limit": None})

        monkeypatch.setattr(findings, name, look)
    return given, now


def test_looks_share_what_the_plan_leaves(case, monkeypatch):
    given, now = limits_of(monkeypatch, spent=1.0)
    cn.report(case, time_limit=9)
    assert set(given) == set(LOOKS) - {"repairs"}
    assert now[0] <= 9


def test_without_a_limit_each_look_has_patience(case, monkeypatch):
    given, _ = limits_of(monkeypatch)
    cn.report(case)
    assert max(given.values()) <= 20


def test_what_is_open_is_said_and_nothing_more(case, monkeypatch):
    monkeypatch.setattr(findings.Findings, "seconds", lambda self, share: 1e-9)
    for limit, within in ((30, "within the time limit"), (None, "in the time that a page takes")):
        html = cn.report(case, time_limit=limit).html
        for said in (
            "Which comes next",
            "What ρ would fall without 12 of the workers",
            "How far the criteria weights may move",
        ):
            assert f"{said} was not settled {within}." in html
        for unsure in ("Missed", "stays the best", "the only assignment", "adds least", "nan"):
            assert unsure not in html


@pytest.mark.slow
def test_a_page_of_much_keeps_its_limit():
    rng = np.random.default_rng(1)
    against = np.triu(rng.random((60, 60)) < 0.05, 1)
    problem = cn.Problem(
        rng.random((60, 12)).round(3), [2] * 12, worker_conflicts=(against | against.T).astype(int)
    )
    cn.report(problem, time_limit=0.5)  # loads what it needs
    start = time.process_time()
    page = cn.report(problem, time_limit=1)
    assert time.process_time() - start < 1.2
    assert page.answer.placed is not None
