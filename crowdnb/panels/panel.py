"""A panel: a pure view first, then controls that set it. Every other module here builds on it.

A panel's own function turns settings into a :class:`View` (facts and a piece of HTML); the panel
shows the view of whatever its controls say, beside the one it started from. It only sets the value
of widgets and never captures output, so notebooks with panels can be run and compared like any
other. Every control can be set by code: ``panel["gamma"].value = 0.2``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from crowdnb.labels import needs
from crowdnb.pages.html import escaped, file_text
from crowdnb.panels.controls import WRAP, sentence
from crowdnb.panels.drawing import ACCENT


@dataclass(frozen=True)
class View:
    """What a panel shows: facts by name, and the HTML that shows them.

    ``problem`` says why there is no answer, where there is none.
    """

    facts: dict[str, Any]
    body: str
    problem: str = ""


def check_start(start: object) -> None:
    """ValueError unless it is a view, or None."""
    if start is not None:
        needs(start, View, "start")


class Panel(widgets.VBox):  # type: ignore[misc]
    """Controls, a reset button, and the view of what they say; ``below`` it another widget.

    Attributes
    ----------
    controls : dict of widget by name
        Also ``panel[name]``. Setting a control's ``value`` updates the panel.
    view : View
        What is shown now.
    start : View
        What was shown first; changes are marked against it.
    good : View
        The last one with an answer.
    """

    def __init__(
        self,
        show: Callable[[Mapping[str, Any], View | None], View],
        controls: dict[str, Any],
        rows: Sequence[Any],
        note: str = "",
        below: Any = None,
        long: bool = False,
    ) -> None:
        self.show_view, self.controls = show, controls
        self.first = {name: control.value for name, control in controls.items()}
        self.busy = False  # while many controls are set at once
        self.start = self.view = self.good = show(self.first, None)
        self.output = Shown(value=self._html())
        reset = widgets.Button(description="Reset", tooltip="Back to where it started", icon="undo")
        reset.on_click(lambda _: self.reset())
        for control in controls.values():
            control.observe(self._changed, names="value")
        above = [sentence(f"<em>{note}</em>")] if note else []
        # where either is long, each scrolls by itself, and the answer stays beside the controls
        height: dict[str, str] = {"max_height": "85vh", "overflow": "auto"} if long else {}
        left, right = (
            widgets.Layout(flex=f"1 1 {width}px", min_width="0", max_width="100%", **height)
            for width in (560, 440)
        )
        answer = self.output
        if below is None:
            answer.layout = right
        else:
            answer = widgets.VBox([self.output, below], layout=right)
        settings = widgets.VBox([*rows, reset], layout=left)
        super().__init__([*above, widgets.HBox([settings, answer], layout=WRAP)])
        self.add_class("crowdnb-panel")

    def __repr__(self) -> str:
        return f"<Panel: {', '.join(self.controls)}>"

    def __getitem__(self, name: str) -> Any:
        return self.controls[name]

    @property
    def settings(self) -> dict[str, Any]:
        """What the controls say."""
        return {name: control.value for name, control in self.controls.items()}

    def _set(self, values: Mapping[str, Any]) -> None:
        """Set many controls, and answer once."""
        self.busy = True
        for name, value in values.items():
            self.controls[name].value = value
        self.busy = False
        self._changed()

    def reset(self) -> None:
        """Put every control back to where it started."""
        self._set(self.first)

    def _changed(self, _: object = None) -> None:
        if self.busy:
            return
        try:
            self.view = self.show_view(self.settings, self.start)
        except ValueError as error:
            self.view = View({}, "", str(error))
        if not self.view.problem:
            self.good = self.view
        self.output.value = self._html()

    def _html(self) -> str:
        if not self.view.problem:
            return self.view.body
        why = escaped(self.view.problem).replace("\n", "<br>")
        said = f'<p><strong style="color: {ACCENT}">No answer.</strong> {why}</p>'
        if not self.good.body:
            return said
        head = f"{said}<p>The last answer, which no longer holds:</p>"
        return head + faded("the last answer, which no longer holds", self.good.body)


FADED = '<div class="crowdnb-old"'


def faded(name: str, body: str) -> str:
    """HTML in grey, of what no longer holds."""
    return f'{FADED} aria-label="{name}">{body}</div>'


class Shown(anywidget.AnyWidget):
    """A piece of HTML in the colours of the page's theme; it stays scrolled to where it was.

    Attributes
    ----------
    value : str
        The HTML; labels in it are escaped by whoever makes it.
    """

    value = traitlets.Unicode("").tag(sync=True)

    _esm = file_text("panels", "shown.js")
    _css = file_text("panels", "shown.css")
