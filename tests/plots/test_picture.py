"""Letters in any script, colours as they are stored, labels shown as text."""

import base64
import io
import re

import numpy as np
import pandas as pd
import pytest
from helpers.pictures import texts
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

import crowdnb as cn
from crowdnb.plots.picture import DOTS, _families


def test_every_label_may_be_in_any_script(case):
    """The fonts of letters, not only of ticks, hold a Chinese one where one is installed."""
    families = _families()
    ability = case.ability.rename(columns={"skill": "沟通"}, level=0)
    demand = case.demand.rename(columns={"skill": "沟通"}, level=0)
    title = cn.plots.intervals(ability, demand).figure.axes[0].title
    assert (title.get_text(), title.get_fontfamily()) == ("沟通", families)
    table = pd.DataFrame({"沟通": [0.4, 0.6]}, index=["a", "b"])
    for picture in (
        cn.plots.weights(table),
        cn.plots.curves(table.reset_index(drop=True), "x", "y"),
    ):
        assert [text.get_fontfamily() for text in picture.figure.legends[0].get_texts()] == [
            families
        ]
    wanted = (
        cn.plots.reachable_weights({"a": np.array([0.2, 0.3])}, pd.Series({"沟通": 0.25}))
        .figure.axes[0]
        .texts[0]
    )
    assert wanted.get_fontfamily() == families


def test_numbers_stand_out_from_their_cells(problem):
    def luminance(colour):
        parts = np.array(to_rgb(colour))
        return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    axis = cn.plots.assignment(problem, cn.solve(problem)).figure.axes[0]
    shades, scale = axis.images[0].cmap, axis.images[0].norm
    inks = set()
    for text in axis.texts:
        ink = luminance(text.get_color())
        dark, light = sorted(
            [luminance(shades(scale(float(text.get_text())))[:3]) + 0.05, ink + 0.05]
        )
        assert light / dark > 4, text
        inks.add(text.get_color())
    assert len(inks) == 2


@pytest.mark.parametrize(
    "label", ["<img src=x onerror=alert(1)>", "a$x^2$", 'say "hi" & bye', "李雷"]
)
def test_labels_are_shown_as_text(label):
    problem = cn.Problem(pd.DataFrame([[0.5], [0.4]], index=[label, "b"], columns=["$r$"]), [1])
    picture = cn.plots.assignment(problem, cn.solve(problem))
    html = picture._repr_html_()  # where no font has the label, boxes are drawn, without a warning
    assert label in texts(picture)
    assert html.count("<") == 1  # the img tag, and nothing that a label brought
    assert label in picture.alt
    assert repr(picture) == f"<Picture: {picture.alt}>"
    assert isinstance(picture.figure, Figure)


@pytest.mark.slow
def test_a_stored_picture_keeps_its_colours(case):
    """Areas and lines, however thin: grey ground was pink once, and blue lines were green."""
    problem = case.problem([("a5", "a7"), ("a3", "a11")])
    cloud = cn.backward_cloud([0.2, 0.6, 0.6, 0.8, 0.8, 0.8, 0.8, 0.8, 1.0])
    drops = cloud.drops(2000, np.random.default_rng(1))
    for picture in (
        cn.plots.cloud_drops(cloud, drops, cloud.membership(drops)),
        cn.plots.conflict_graph(problem, cn.solve(problem)),
        cn.plots.assignment(problem, cn.solve(problem)),
        cn.plots.intervals(case.ability, case.demand),
        cn.plots.curves(pd.DataFrame(np.random.default_rng(1).uniform(size=(10, 5))), "x", "y"),
    ):
        drawn = io.BytesIO()
        picture.figure.savefig(drawn, format="png", dpi=DOTS, facecolor="white")
        stored = base64.b64decode(re.search('base64,([^"]*)', picture._repr_html_())[1])
        assert len(stored) < 0.4 * len(drawn.getvalue())
        before, after = (
            np.asarray(Image.open(png).convert("RGB"), dtype=int)
            for png in (drawn, io.BytesIO(stored))
        )
        colour = before @ [2**16, 2**8, 1]
        colours, number = np.unique(colour, return_counts=True)
        off = abs(after - before).max(axis=2)
        for common in colours[np.argsort(-number)[:12]]:
            assert off[colour == common].max() <= 8, (picture.alt, f"{common:06x}")
        assert off.mean() < 2, picture.alt
