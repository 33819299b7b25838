"""Whatever may take long keeps a time limit: what comes back is right, and says how far it is."""

import numpy as np
import pytest
from cli.test_interrupts import (
    BIG,
    CASE,
    FULL,
    PLAIN,
    PRICED,
    QUARREL,
    SMALL,
    WIDE,
    P,
    chosen,
    told,
    turned,
)
from helpers.effort import tries

import crowdnb as cn
from crowdnb.explain import repairs
from crowdnb.solver.clock import Clock

W = CASE.criteria_weights
TIGHT = FULL.changed(costs=np.arange(112.0).reshape(14, 8) % 7 + 0.5, budget=20.0)
LIMITS = np.geomspace(1e-6, 0.3, tries(8, 30))


def cut(call):
    """The whole result, and those of some limits; the first of them is cut."""
    whole = call(None)
    parts = [call(float(limit)) for limit in LIMITS]
    return whole, parts


@pytest.mark.slow
def test_why():
    at = (BIG.workers[0], BIG.tasks[0])
    whole, parts = cut(lambda limit: cn.why(BIG, *at, time_limit=limit))
    assert whole.settled and not parts[0].settled
    for part in parts:
        if part.settled:
            assert told(part) == told(whole)
        else:
            assert part.other is None and np.isnan(part.difference)
            assert "was not settled within the time limit" in part.text


def test_the_optimum_is_an_alternative_though_the_time_is_over(monkeypatch):
    """The time may end with the proof; there is nothing to list then but the one that is proved."""
    monkeypatch.setattr(Clock, "over", property(lambda clock: clock.limited))
    found = cn.alternatives(PLAIN, 3, time_limit=1000)
    assert [one.performance for one in found] == [cn.solve(PLAIN).performance]
    assert not found.complete


@pytest.mark.slow
def test_alternatives():
    whole, parts = cut(lambda limit: cn.alternatives(BIG, 6, time_limit=limit))
    assert (len(parts[0]), parts[0].complete, parts[0].optima) == (0, False, 0)
    assert "not settled" in parts[0].text
    rhos = whole.frame["performance"].to_numpy()
    for part in parts:
        mine = part.frame["performance"].to_numpy()
        np.testing.assert_allclose(mine, rhos[: len(mine)], atol=1e-9)
        assert len(part) == 6 or not part.complete
        assert set(map(tuple, part.always.to_numpy())) <= set(map(tuple, whole.always.to_numpy()))


@pytest.mark.slow
def test_replan():
    whole, parts = cut(lambda limit: cn.replan(WIDE, turned(WIDE), 0.1, time_limit=limit))
    curve = whole.curve["performance"]
    for part in parts:
        status = part.assignment.status
        if status == "optimal":
            assert part.text == whole.text
            assert told(part.assignment.pairs) == told(whole.assignment.pairs)
        else:
            assert "within the time limit" in part.text
            if part.assignment.placed is not None:
                assert cn.check(WIDE, part.assignment.table) == []
                assert part.assignment.bound >= cn.solve(WIDE).performance - 1e-9
        for made, rho in part.curve["performance"].items():
            assert np.isnan(rho) or rho == pytest.approx(curve[curve.index <= made].max())


@pytest.mark.slow
def test_prices():
    rows = ["kind", "worker", "other", "task"]
    whole, parts = cut(lambda limit: cn.prices(SMALL, time_limit=limit))
    whole = whole.set_index(rows)
    assert parts[0]["worth"].isna().all()
    for part in parts:
        assert len(part) == len(whole)
        open_ones = part["worth"].isna()
        assert part["text"].str.contains("not settled within the time limit").equals(open_ones)
        for at, row in part[~open_ones].set_index(rows).iterrows():
            assert row["worth"] == pytest.approx(whole.loc[[at], "worth"].iloc[0], abs=1e-9)


@pytest.mark.slow
def test_repairs(monkeypatch):
    """With a budget HiGHS is asked, and took 239 s for a limit of 6 at 100 × 30."""
    whole, parts = cut(lambda limit: cn.repairs(TIGHT, 3, time_limit=limit))
    assert whole.settled and len(whole) == 3
    monkeypatch.setattr(repairs, "_ONE", 0.0)
    none = cn.repairs(TIGHT, 3, time_limit=1e-6)
    assert (len(none), none.settled, none.complete) == (0, False, False)
    assert "not settled within the time limit" in none.text
    for part in parts:
        assert part.settled or not len(part)
        for repair, best in zip(part, whole, strict=False):
            assert repair.cost == best.cost
            assert cn.check(repair.problem, repair.assignment.table) == []


@pytest.mark.slow
def test_recovered_conflicts():
    whole, parts = cut(
        lambda limit: cn.recover_conflicts(PLAIN, chosen(QUARREL), limit=3, time_limit=limit)
    )
    assert parts[0].possible is None and "not settled" in parts[0].text
    for part in parts:
        assert part.complete or set(part.sets) <= set(whole.sets)
        assert not part.complete or told(part) == told(whole)


@pytest.mark.slow
def test_recovered_weights():
    table = CASE.published.assignment
    whole, parts = cut(lambda limit: cn.recover_weights(QUARREL, P, table, W, time_limit=limit))
    assert not parts[0].settled
    for part in parts:
        if part.settled:
            assert told(part) == told(whole)
        else:
            assert part.weights is None and part.proof is None
            assert "was not settled" in part.text


@pytest.mark.slow
@pytest.mark.parametrize("given", [False, True])
def test_stability(given):
    table = chosen(PLAIN) if given else None
    whole, parts = cut(
        lambda limit: cn.stability(PLAIN, P, W, table, samples=3, rng=1, time_limit=limit)
    )
    assert not parts[0].settled and len(parts[0].corners) == 0
    for part in parts:
        if part.settled:
            assert told(part) == told(whole)
        else:
            assert (part.range["low"] <= whole.range["low"] + 1e-9).all()
            assert (part.range["high"] >= whole.range["high"] - 1e-9).all()
            assert part.shares is None and "within the time limit" in part.text
            # what is shown to be better beyond is better
            assert not part.moved < whole.moved - 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("given", [False, True])
def test_doubt(given):
    table = chosen(PLAIN) if given else None
    whole, parts = cut(
        lambda limit: cn.doubt(
            CASE, table=table, samples=50, rng=1, progress=False, time_limit=limit
        )
    )
    assert not parts[0].settled and len(parts[0].samples) == 0 and np.isnan(parts[0].share)
    for part in parts:
        size = len(part.samples)
        assert part.settled == (size == 50)
        np.testing.assert_allclose(part.samples, whole.samples[:size], atol=1e-9)
        assert part.settled or ("not settled" if size == 0 else f"after {size} of 50") in part.text


def test_gamma_range(case, monkeypatch):
    """The clock stops after some looks: no end is said that is not one, none beyond the true one."""
    whole = cn.gamma_range(case)
    left = [0]

    def over(clock):
        left[0] -= 1
        return left[0] < 0

    monkeypatch.setattr("crowdnb.solver.clock.Clock.over", property(over))
    seen = set()
    for looks in range(40):
        left[0] = looks
        part = cn.gamma_range(case, time_limit=60)
        assert whole.low <= part.low <= part.gamma <= part.high <= whole.high
        assert part.settled == ("not settled" not in part.text)
        assert not part.frame["ends"].any() or part.high == whole.high
        seen.add(part.settled)
        if part.settled:
            assert part.text == whole.text
            break
    assert seen == {True, False}
    monkeypatch.undo()
    first = cn.gamma_range(case, time_limit=1e-9)
    assert not first.settled
    cn.plots.gamma_range(first)


def test_what_is_no_time_limit(case):
    table = case.published.assignment
    for call in (
        lambda limit: cn.explain_infeasible(PLAIN, limit),
        lambda limit: cn.why(PLAIN, "a1", "r1", time_limit=limit),
        lambda limit: cn.alternatives(PLAIN, time_limit=limit),
        lambda limit: cn.replan(PLAIN, table, time_limit=limit),
        lambda limit: cn.prices(PLAIN, time_limit=limit),
        lambda limit: cn.repairs(FULL, time_limit=limit),
        lambda limit: cn.frontier(TIGHT, time_limit=limit),
        lambda limit: cn.recover_conflicts(PLAIN, table, time_limit=limit),
        lambda limit: cn.stability(PLAIN, P, W, time_limit=limit),
        lambda limit: cn.doubt(case, time_limit=limit),
        lambda limit: cn.gamma_range(case, time_limit=limit),
    ):
        for limit in (0, -1.0, np.nan, 1e9):
            with pytest.raises(ValueError, match="time_limit must be above 0 and at most 1e"):
                call(limit)


def test_the_time_may_end_between_a_look_at_the_clock_and_a_question(monkeypatch):
    """The question is not asked then, and what is known so far comes back."""
    found = cn.replan(PLAIN, cn.solve(PLAIN).table, time_limit=60)
    monkeypatch.setattr(Clock, "over", property(lambda _: False))
    monkeypatch.setattr(Clock, "left", property(lambda clock: -1.0 if clock.limited else np.inf))
    assert list(cn.frontier(PRICED, time_limit=1)["status"]) == ["time_limit"]
    assert found.curve["performance"].isna().all()
