"""Controls that several panels have: sliders with room for their labels, weights that sum to 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import pandas as pd
import traitlets

from crowdnb.labels import labelled_vector, listing, needs, real, several, unique_index, whole
from crowdnb.spelling import plain

_WEIGHT_STEP = 0.01
WIDE = widgets.Layout(width="min(560px, 100%)")
WRAP = widgets.Layout(flex_flow="row wrap", width="100%")


def label_style(texts: Sequence[str]) -> dict[str, str]:
    """Room for the longest of the labels; beyond 300 pixels it ends in dots, with a tooltip."""
    return {"description_width": f"{min(max(190, text_width(texts)), 300)}px"}


def text_width(texts: Sequence[str]) -> int:
    """About how many pixels the longest text is wide; Chinese characters are twice as wide."""
    wide = max((sum(1 + (ord(letter) > 0x2E7F) for letter in text) for text in texts), default=0)
    return round(7.2 * wide) + 8


def float_slider(
    text: str, value: float, low: float, high: float, step: float, texts: Sequence[str] = ()
) -> Any:
    """A slider of numbers, with room for its own label and those of its neighbours."""
    return widgets.FloatSlider(
        value=value, min=low, max=high, step=step, description=text, readout_format=".2f",
        layout=WIDE, style=label_style([*texts, text]), tooltip=text,
    )  # fmt: skip


def whole_slider(
    text: str, value: int, low: float, high: float, step: float, texts: Sequence[str] = ()
) -> Any:
    """The same for whole numbers."""
    return widgets.IntSlider(
        value=value, min=low, max=high, step=step, description=text,
        layout=WIDE, style=label_style([*texts, text]), tooltip=text,
    )  # fmt: skip


def number_field(
    text: str, value: float, most: int, texts: Sequence[str], tooltip: str, step: float = 0
) -> Any:
    """A field for a number from 0 to ``most``, as wide as its neighbours with labels ``texts``."""
    width = min(text_width(texts), 220)
    kind, more = (
        (widgets.BoundedFloatText, {"step": step}) if step else (widgets.BoundedIntText, {})
    )
    return kind(
        value=value, min=0, max=most, description=text, tooltip=tooltip,
        layout=widgets.Layout(width=f"{width + 66}px"),
        style={"description_width": f"{width}px"}, **more,
    )  # fmt: skip


class EmptyNumber(widgets.VBox):  # type: ignore[misc]
    """A field for a number that may be left empty; text that is no number is told and not taken.

    Neither is a number that is not ``above`` a bound. With ``texts`` the label has the room of those
    of its neighbours, as sliders give it.

    Attributes
    ----------
    value : float or None
    field, said : widget
    """

    value = traitlets.Float(None, allow_none=True)

    def __init__(
        self,
        text: str,
        value: float | None,
        tooltip: str,
        above: float = -math.inf,
        texts: Sequence[str] = (),
    ) -> None:
        self._above = above
        width = min(text_width([text]), 220)
        style = label_style(texts) if texts else {"description_width": f"{width}px"}
        self.field = widgets.Text(
            description=text, tooltip=tooltip, placeholder="none", continuous_update=False,
            layout=widgets.Layout(width=f"calc({style['description_width']} + 110px)"),
            style=style,
        )  # fmt: skip
        self.said = widgets.HTML()
        super().__init__([self.field, self.said])
        self.observe(self._tell, names="value")
        self.field.observe(self._read, names="value")
        self.value = value

    def _tell(self, _: object = None) -> None:
        """Write the number, unless the text says the same already."""
        self.said.value = ""
        if _typed_number(self.field.value) != self.value:
            self.field.value = "" if self.value is None else f"{self.value:.12g}"

    def _read(self, _: object = None) -> None:
        number = _typed_number(self.field.value)
        wrong = number is not None and not self._above < number < math.inf
        bound = "" if self._above == -math.inf else f" above {self._above:g}"
        self.said.value = f"Not taken: a number{bound} is needed, or nothing." if wrong else ""
        if not wrong:
            self.value = number


def _typed_number(text: str) -> float | None:
    """A number as it is typed, None for nothing and NaN for what is none."""
    if not text.strip():
        return None
    try:
        return float(text.strip())
    except ValueError:
        return math.nan


def side_by_side(children: Any) -> Any:
    """Controls on as many lines as it takes, in an area that scrolls where they are many."""
    layout = widgets.Layout(flex_flow="row wrap", width="100%", max_height="230px", overflow="auto")
    return widgets.HBox(list(children), layout=layout)


def button(text: str, tooltip: str, act: Callable[[], object], icon: str = "") -> Any:
    """A button as wide as its text, which stays text."""
    layout = widgets.Layout(width="auto", max_width="100%")
    made = widgets.Button(description=plain(text), tooltip=tooltip, icon=icon, layout=layout)
    made.on_click(lambda _: act())
    return made


def sentence(text: str) -> Any:
    """A sentence above controls, with lines as close as in a paragraph."""
    return widgets.HTML(f'<div style="line-height: 1.4; margin: 4px 0">{text}</div>')


class WeightSliders(widgets.VBox):  # type: ignore[misc]
    """One slider per criterion; when one moves, the others share the rest to 1 as before."""

    value = traitlets.Tuple()

    def __init__(self, weights: pd.Series[float]) -> None:
        weights = given_weights(weights)
        names = [f"weight of {name} (0 to 1)" for name in weights.index]
        self.sliders = [
            float_slider(name, float(weight), 0, 1, _WEIGHT_STEP, names)
            for name, weight in zip(names, weights, strict=True)
        ]
        self.busy = False
        super().__init__(self.sliders)
        self.value = tuple(float(weight) for weight in weights)
        for slider in self.sliders:
            slider.observe(self._moved, names="value")

    def notify_change(self, change: Any) -> None:
        """Who watches the weights shows the answer first, then the sliders follow."""
        super().notify_change(change)
        if change["name"] == "value":
            self._set(change)

    def _moved(self, change: Mapping[str, Any]) -> None:
        at = self.sliders.index(change["owner"])
        # Within half a step it is the page that reports the rounding of what was set: no wish.
        if not self.busy and abs(change["new"] - self.value[at]) > _WEIGHT_STEP / 2 + 1e-9:
            self.value = shared_rest(self.value, at, change["new"])

    def _set(self, change: Mapping[str, Any]) -> None:
        self.busy = True
        for slider, weight in zip(self.sliders, change["new"], strict=True):
            slider.value = weight
        self.busy = False


def given_weights(weights: object) -> pd.Series[float]:
    """Weights from 0 to 1 by criterion; ValueError names what is wrong."""
    index = unique_index(needs(weights, pd.Series, "weights").index, "weights")
    values = labelled_vector(needs(weights, pd.Series, "weights"), index, "weights")
    if not len(index) or (values < 0).any() or (values > 1).any():
        raise ValueError(f"weights: one or more from 0 to 1 are needed, got {listing(values)}")
    return pd.Series(values, index)


def shared_rest(weights: Sequence[float], at: int, value: float) -> tuple[float, ...]:
    """Weights with number ``at`` set to ``value``, and the others scaled so that all sum to 1."""
    weights = [real(weight, "weights", 0) for weight in several(weights, "weights")]
    at, value = whole(at, "at", 0), real(value, "value", 0, 1)
    if at >= len(weights):
        raise ValueError(f"at must be below {len(weights)}, the number of weights, got {at}")
    others = math.fsum(weight for k, weight in enumerate(weights) if k != at)
    if len(weights) == 1:
        return (1.0,)
    share = [weight / others if others > 0 else 1 / (len(weights) - 1) for weight in weights]
    return tuple(value if k == at else (1 - value) * part for k, part in enumerate(share))
