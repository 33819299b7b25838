import math
import re

import pytest

import crowdnb as cn
from crowdnb import panels
from crowdnb.market.parameters import Market
from crowdnb.panels.facts import facts_table

TINY = Market(days=1, workers=20, arrivals=1.0, epoch=2.0, skills=1, places=1, notice=1.0)


@pytest.fixture
def panel():
    return panels.market_panel(TINY, seed=2)


def test_the_panel_shows_the_run_of_its_controls(panel):
    changes = {"arrivals": 2.5, "workers": 30, "epoch": 1.0, "decay": 0.5, "price": 0.2}
    for name, value in changes.items():
        panel[name].value = value
    market = panels.panel_market(
        {name: control.value for name, control in panel.controls.items()}, TINY
    )
    assert {name: getattr(market, name) for name in changes} == changes
    assert isinstance(market.workers, int)
    s = cn.simulate(market, seed=2).summary
    facts = panel.view.facts
    assert facts["tasks"] == s["tasks"] > panel.start.facts["tasks"]
    assert facts["finished in time (share)"] == s["served"]
    assert facts["median wait (hours)"] == s["waiting"]
    assert facts["people moved"] == s["moves"]
    assert f"{s['served']:.1%}" in panel.output.value
    gain = s["waiting"] - panel.start.facts["median wait (hours)"]
    assert f"{gain:+.4f}" in panel.output.value


def test_the_line_is_the_empty_places(panel):
    panel["arrivals"].value = 4
    queue = cn.simulate(panels.panel_market({"arrivals": 4, "workers": 20}, TINY), seed=2).epochs[
        "queue"
    ]
    before, now = re.findall(r'<polyline points="([^"]*)"', panel.output.value)
    heights = [float(point.split(",")[1]) for point in now.split()]
    assert len(heights) == len(before.split()) == 13  # matchings of 24 hours
    assert min(heights) == 25.0  # the top of the drawing is the longest queue
    assert heights.index(25.0) == queue[:13].argmax()
    assert f"{queue.max()} at most" in panel.output.value
    assert 'role="img"' in panel.output.value


def test_reset_goes_back(panel):
    first = panel.output.value
    panel["epoch"].value = 5
    assert panel.output.value != first
    panel.reset()
    assert panel.view.facts["median wait (hours)"] == panel.start.facts["median wait (hours)"]
    assert panel["epoch"].value == 2.0


def test_a_market_in_which_nothing_is_done_has_an_answer(panel):
    panel["workers"].value = 20
    view = panels.market_view(
        Market(days=1, workers=1, arrivals=0.05, skills=50, skilled=0.0), panel.view
    )
    for name in ("finished in time (share)", "demand met (share)", "median wait (hours)"):
        assert math.isnan(view.facts[name])  # a mean of nothing
        row = re.search(f'<th scope="row">{re.escape(name)}</th>(.*?)</tr>', view.body)[1]
        assert re.findall(">([^<]+)</td>", row)[0] == "–"
    assert "No task has come yet." in view.body and "0.0%" not in view.body
    assert "nan" not in view.body


@pytest.mark.parametrize(
    ("was", "now", "shown", "change"),
    [
        (0.5, math.nan, "–", "was 0.5000"),
        (math.nan, 0.5, "0.5000", "was –"),
        (math.nan, math.nan, "–", "as it was"),
        (0.25, 0.5, "0.5000", "+0.2500"),
        (0.5, 0.5, "0.5000", "as it was"),
        (2, 1, "1", "-1"),
    ],
)
def test_a_number_that_does_not_exist_is_a_dash_and_no_zero(was, now, shown, change):
    body = facts_table({"mean": now}, panels.View({"mean": was}, ""))
    assert re.findall("<td[^>]*>([^<]+)</td>", body) == [shown, change]


def test_policies_panel_compares_on_the_market_of_its_controls():
    panel = panels.policies_panel()
    for name, value in {
        "workers": 12,
        "tasks": 6,
        "screened_out": 0.4,
        "epsilon": 0.2,
        "seed": 5,
    }.items():
        panel[name].value = value
    problem = cn.matching.market(12, 6, 5, screened_out=0.4, conflict_probability=0.1)
    facts = panel.view.facts
    best = cn.solve(problem).performance
    assert facts["optimal, match"] == pytest.approx(best)
    assert facts["greedy, of best"] == pytest.approx(
        100 * cn.performance(problem, cn.matching.greedy(problem)) / best
    )
    assert facts["auction, match"] == pytest.approx(
        cn.performance(problem, cn.matching.auction(problem, epsilon=0.2))
    )
    assert facts["optimal, filled"] <= 100
    body = panel.output.value
    assert f"The best match is {best:.3f}" in body
    for policy in cn.matching.POLICIES:
        row = re.search(f'<th scope="row">{policy}</th>(.*?)</tr>', body)[1]
        assert f">{facts[f'{policy}, of best']:.1f}</td>" in row
        change = f"{facts[f'{policy}, of best'] - panel.start.facts[f'{policy}, of best']:+.1f}"
        assert change in row or "as it was" in row
    panel["seen"].value = 1
    assert panel.view.facts["collaborative filtering, of best"] == pytest.approx(100)
    panel.reset()
    assert panel.view.facts == panel.start.facts


def test_policies_panel_with_nobody_allowed():
    settings = {name: control.value for name, control in panels.policies_panel().controls.items()}
    view = panels.policies_view(settings | {"workers": 1, "tasks": 1, "screened_out": 1.0})
    assert view.facts["optimal, match"] == 0 and view.facts["random, of best"] == 100
