"""How the data flow (notebook 00)."""

from __future__ import annotations

from crowdnb.plots.drawing import new_figure
from crowdnb.plots.picture import BLUE, GREY, INK, Picture, in_any_script

# Where the middle of each box lies, in units of the axes, and its words.
_BOXES = {
    "ratings": (0.0, 2, "ratings of\neach worker"),
    "cloud": (1.15, 2, "cloud model\n01, sections 3.1-3.2"),
    "ability": (2.3, 2, "ability\nintervals U"),
    "demand": (2.3, 1, "demand of\neach task D"),
    "degree": (3.35, 1.5, "possibility\ndegree P\n02, section 3.3"),
    "judgement": (2.2, 0, "judgements B\nof criteria"),
    "weights": (3.35, 0, "fuzzy AHP\nweights w\n03, section 3.4"),
    "q": (4.4, 0.75, "qualification Q\n03, section 3.5"),
    "rules": (4.6, 2, "$L, W, C^A, C^R$"),
    "program": (5.5, 1.2, "boolean program\n04, sections 4-5"),
    "answer": (6.7, 1.2, "assignment T, ρ\n05, section 6"),
}
_ARROWS = (
    "ratings cloud, cloud ability, ability degree, demand degree, judgement weights, degree q,"
    " weights q, q program, rules program, program answer"
)


@in_any_script
def chain() -> Picture:
    """How the data flow from ratings, demands and judgements to the assignment: one box per step."""
    figure = new_figure(10.5, 3.9)
    axis = figure.subplots()
    frame = {"boxstyle": "round,pad=0.45", "facecolor": "#eef4fb", "edgecolor": BLUE}
    drawn = {
        name: axis.text(x, y, text, ha="center", va="center", fontsize=10.5, color=INK, bbox=frame)
        for name, (x, y, text) in _BOXES.items()
    }
    for pair in _ARROWS.split(", "):
        start, end = pair.split()
        style = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 1, "shrinkB": 1}
        style |= {"patchA": drawn[start].get_bbox_patch(), "patchB": drawn[end].get_bbox_patch()}
        axis.annotate("", _BOXES[end][:2], _BOXES[start][:2], arrowprops=style)
    axis.set(xlim=(-0.5, 7.25), ylim=(-0.5, 2.5))
    axis.axis("off")
    alt = (
        "How the data flow: ratings give clouds, clouds give ability intervals, these and the"
        " demands give possibility degrees; judgements give weights; degrees and weights give the"
        " qualification Q; Q with L, W and the conflicts gives the program, and the program the"
        " assignment."
    )
    return Picture(figure, alt)
