"""Controls of how abilities come of ratings: by which rule, how they fade, what stands for none.

Each stands where the project has what it turns, and all of them in a part that is folded away as
long as nothing beyond the paper is in use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets as widgets

from crowdnb.panels.controls import WIDE, EmptyNumber, float_slider, label_style, sentence
from crowdnb.project.abilities import gap_texts
from crowdnb.project.record import Project

_RULES = [
    ("the paper's: centre and spread of the ratings (cloud)", "cloud"),
    ("where the next rating lies (posterior)", "posterior"),
]
# What can stand where a worker has no rating on a criterion: on a button, and in a list.
GAPS = {
    "out": ("The worker is left out", "Workers without a rating on some criterion take no task"),
    "unknown": ("Anything, 0 to 1", "Such a worker may be the best there, or the worst"),
    "average": ("The average of the others", "The mean of both ends of their intervals"),
}
NO_GAMMA = (
    "γ is a part of the paper's interval, and changes nothing here: abilities are the intervals in"
    " which the next rating lies with a chance of at least {level} (posterior)."
)


def ability_controls(
    project: Project, first: Mapping[str, Any], gamma: Any
) -> tuple[dict[str, Any], list[Any]]:
    """The controls by name, and what stands on the bench of them; none without histories.

    ``first`` are the values of the files; ``gamma`` is the slider that the posterior turns off.
    """
    if project.counts is None:
        return {}, []
    texts = ["ability is", "without a rating", "level, chance of the next", "half-life (days)"]
    low, high = min(0.5, first["level"]), max(0.99, first["level"])
    level = float_slider(texts[2], first["level"], low, high, 0.01, texts)
    level.layout = widgets.Layout(width=WIDE.width)  # its own, since it is hidden at times
    controls = {"ability": _choice(texts, 0, _RULES, first["ability"], "how ratings become U")}
    controls["level"] = level
    if project.ratings is not None:
        tooltip = "days in which a rating loses half of its weight; empty: all count the same"
        controls["half_life"] = EmptyNumber(texts[3], first["half_life"], tooltip, 0, texts)
    if gap_texts(project):
        tooltip = "what a worker has on a criterion without a rating"
        gaps = [(text, name) for name, (text, _) in GAPS.items()]
        controls["missing"] = _choice(texts, 1, gaps, first["missing"], tooltip)
    why = sentence(NO_GAMMA.format(level="the level above"))

    def follow(_: object = None) -> None:
        posterior = controls["ability"].value == "posterior"
        gamma.disabled = posterior
        level.layout.display = why.layout.display = "" if posterior else "none"

    controls["ability"].observe(follow, names="value")
    follow()
    fold = widgets.Accordion([widgets.VBox([*controls.values(), why])])
    fold.set_title(0, "Abilities")
    plain = all(first[name] == usual for name, usual in _PLAIN.items())
    fold.selected_index = None if plain else 0
    return controls, [fold]


_PLAIN = {"ability": "cloud", "half_life": None, "missing": "error"}


def _choice(
    texts: list[str], at: int, options: list[tuple[str, str]], value: str, tooltip: str
) -> Any:
    return widgets.Dropdown(
        options=options, value=value, description=texts[at], tooltip=tooltip,
        style=label_style(texts), layout=widgets.Layout(width=WIDE.width),
    )  # fmt: skip
