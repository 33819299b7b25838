"""How the data flow."""

import re

import pytest

import crowdnb as cn


@pytest.mark.slow
def test_the_chain_names_every_notebook_and_section():
    picture = cn.plots.chain()
    words = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    for number, sections in (
        ("01", "3.1-3.2"),
        ("02", "3.3"),
        ("03", "3.4"),
        ("03", "3.5"),
        ("04", "4-5"),
        ("05", "6"),
    ):
        assert re.search(f"{number}, sections? {sections}", words)
    assert picture._repr_html_().startswith("<img")
