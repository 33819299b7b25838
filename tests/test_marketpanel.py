import re

import pytest

import crowdnb as cn
from crowdnb import marketpanel
from crowdnb.market import Market

TINY = Market(days=1, workers=20, arrivals=1.0, epoch=2.0, skills=1, places=1, notice=1.0)


@pytest.fixture
def panel():
    return marketpanel.market_panel(TINY, seed=2)


def test_the_panel_shows_the_run_of_its_controls(panel):
    changes = {"arrivals": 2.5, "workers": 30, "epoch": 1.0, "decay": 0.5, "price": 0.2}
    for name, value in changes.items():
        panel[name].value = value
    market = marketpanel.panel_market({name: control.value for name, control in panel.controls.items()}, TINY)
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
    queue = cn.simulate(marketpanel.panel_market({"arrivals": 4, "workers": 20}, TINY), seed=2).epochs["queue"]
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
    view = marketpanel.market_view(Market(days=1, workers=1, arrivals=0.05, skills=50, skilled=0.0), panel.view)
    assert view.facts["demand met (share)"] == 0
    assert "nan" not in view.body
