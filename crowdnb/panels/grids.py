"""Tables of controls: who with whom as buttons or typed pairs, and numbers in fields."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

import anywidget
import ipywidgets as widgets
import traitlets

from crowdnb.labels import number
from crowdnb.pages.html import escaped, file_text, sentences
from crowdnb.panels.controls import sentence
from crowdnb.panels.panel import Shown
from crowdnb.project.errors import did_you_mean
from crowdnb.spelling import cleaned


class ConflictGrid(anywidget.AnyWidget):
    """A grid of buttons, rows × columns, each pressed or not; headings stay in sight.

    Click a button, or reach the grid with Tab, go through it with the arrow keys, Home and End, and
    press Space. The grid is one stop of the Tab key, however large it is. Labels are shown as text.

    Attributes
    ----------
    rows, columns : list of str
        Labels; buttons carry both in their name for screen readers.
    title : str
        What a pressed button means, shown above the grid.
    value : list of [row, column]
        Positions that are pressed. A symmetric grid has its lower triangle only.
    """

    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    symmetric = traitlets.Bool(False).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    value = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)

    _esm = file_text("panels", "conflict_grid.js")
    _css = file_text("panels", "grids.css")


class NumberGrid(anywidget.AnyWidget):
    """A table of numbers, each in a field of its own with its row and column in its name.

    Text that is no number of the range is marked and not taken.

    Attributes
    ----------
    rows, columns : list of str
    least, most, step : list of float
        Of each column; a step of 1 asks for whole numbers.
    empty : list of bool
        Whether the cells of a column may be empty; none may where it is left out.
    title : str
    value : list of list of float
        A list a row; None for an empty cell.
    """

    rows = traitlets.List(traitlets.Unicode()).tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    least = traitlets.List(traitlets.Float()).tag(sync=True)
    most = traitlets.List(traitlets.Float()).tag(sync=True)
    step = traitlets.List(traitlets.Float()).tag(sync=True)
    empty = traitlets.List(traitlets.Bool()).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    value = traitlets.List(traitlets.List(traitlets.Float(allow_none=True))).tag(sync=True)

    def _holds(self, cell: float | None, at: int) -> bool:
        """Whether a cell of a column is one."""
        if cell is None:
            return at < len(self.empty) and self.empty[at]
        within = self.least[at] <= cell <= self.most[at]
        return within and (self.step[at] < 1 or cell.is_integer())

    def widen(self, value: Sequence[Sequence[float | None]]) -> None:
        """Raise the largest number of each column to those given, such as a scenario's."""
        self.most = [
            max([most, *(row[at] or 0.0 for row in value)]) for at, most in enumerate(self.most)
        ]

    @traitlets.validate("value")
    def _in_range(self, proposal: Any) -> Any:
        """Numbers of the range, a row each; what was there before is kept otherwise."""
        value = [
            [None if cell is None else number(cell) for cell in row] for row in proposal["value"]
        ]
        shape = len(value) == len(self.rows) and all(len(row) == len(self.columns) for row in value)
        if not shape or not all(
            self._holds(cell, at) for row in value for at, cell in enumerate(row)
        ):
            raise traitlets.TraitError(
                f"{self.title}: numbers of its range are needed, {len(self.rows)} rows of them"
            )
        return value

    _esm = file_text("panels", "number_grid.js")
    _css = file_text("panels", "grids.css")


class PairList(widgets.VBox):  # type: ignore[misc]
    """Pairs typed one per line, where a grid of buttons would be too large.

    Attributes
    ----------
    value : list of [row, column]
        Positions of the pairs, as a :class:`ConflictGrid` has them.
    """

    value = traitlets.List(traitlets.List(traitlets.Int()))

    def __init__(
        self,
        rows: Sequence[str],
        columns: Sequence[str],
        symmetric: bool,
        title: str,
        value: Sequence[Sequence[int]],
    ) -> None:
        self.rows, self.columns, self.symmetric = list(rows), list(columns), symmetric
        self.area = widgets.Textarea(
            rows=6,
            continuous_update=False,
            tooltip=title,
            layout=widgets.Layout(width="min(420px, 100%)"),
        )
        self.said = Shown()
        head = sentence(
            f"{escaped(title)} (one pair per line, a comma between the two, a name with a comma in"
            " double quotes):"
        )
        super().__init__([head, self.area, self.said])
        self.observe(self._tell, names="value")
        self.area.observe(self._read, names="value")
        self.value = [list(pair) for pair in value]
        self._tell()

    def _tell(self, _: object = None) -> None:
        """Write the pairs, unless the text says the same already."""
        if self._pairs(self.area.value)[0] != self.value or not self.area.value:
            self.area.value = "\n".join(_line(self.rows[i], self.columns[k]) for i, k in self.value)

    def _read(self, _: object = None) -> None:
        pairs, wrong = self._pairs(self.area.value)
        self.said.value = sentences(wrong, f"Not taken, {len(wrong)} wrong:") if wrong else ""
        if not wrong:
            self.value = pairs

    def _pairs(self, text: str) -> tuple[list[list[int]], list[str]]:
        """Positions, and what is wrong, by line."""
        at_row, at_column = (
            {cleaned(name): at for at, name in enumerate(names)}
            for names in (self.rows, self.columns)
        )
        pairs: list[list[int]] = []
        wrong = []
        for line, words in enumerate(text.splitlines(), 1):
            if not words.strip():
                continue
            splits = _splits(words)
            good = [(one, other) for one, other in splits if one in at_row and other in at_column]
            good = [pair for pair in good if _line(*pair) == words.strip()] or good
            if len(good) != 1:
                said = "can be read in two ways; put each name in double quotes"
                if not good and len(splits) == 1 and not splits[0][1]:
                    given = f"{splits[0][0]!r} is one name; two" if splits[0][0] else "two names"
                    said = f"{given} are needed, a comma between them"
                elif not good:
                    one, other = splits[0]
                    known: list[str] = self.rows if one not in at_row else self.columns
                    strange = one if one not in at_row else other
                    said = f"{strange!r} is unknown{did_you_mean(strange, known)}"
                wrong.append(f"line {line}: {said}")
                continue
            i, k = at_row[good[0][0]], at_column[good[0][1]]
            if self.symmetric and i == k:
                wrong.append(f"line {line}: {good[0][0]} with itself")
            pair = [max(i, k), min(i, k)] if self.symmetric else [i, k]
            if pair not in pairs:
                pairs.append(pair)
        return pairs, wrong


def _line(one: str, other: str) -> str:
    """A pair as the text has it."""
    return f"{_in_quotes(one)}, {_in_quotes(other)}"


def _in_quotes(name: str) -> str:
    """A name as the text has it: in double quotes where it could be read otherwise."""
    name = cleaned(name)
    if "," not in name and not name.startswith('"'):
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _splits(words: str) -> list[tuple[str, str]]:
    """The ways in which a line can be two names: by its quotes, and at each comma of it."""
    ways = []
    quoted = next(csv.reader([words], skipinitialspace=True))
    if len(quoted) == 2:
        ways.append((quoted[0], quoted[1]))
    cuts = [at for at, letter in enumerate(words) if letter == ","]
    ways += [(words[:at], words[at + 1 :]) for at in cuts]
    return list(
        dict.fromkeys((cleaned(one), cleaned(other)) for one, other in ways or [(words, "")])
    )


def pair_controls(
    workers: Sequence[str], tasks: Sequence[str], values: Mapping[str, Any], typed: bool = False
) -> dict[str, Any]:
    """Grids, or lists of typed pairs, of who is in conflict with whom, barred from what, and more.

    One for each name that has values.
    """
    kind: Any = PairList if typed else ConflictGrid
    return {
        name: kind(
            rows=list(rows), columns=list(columns), symmetric=symmetric, title=title,
            value=values[name],
        )
        for name, rows, columns, symmetric, title in (
            ("worker_conflicts", workers, workers, True, "Who does not get on with whom"),
            ("task_conflicts", workers, tasks, False, "Who may not take which task"),
            ("pinned", workers, tasks, False, "Who stays on which task"),
            ("task_overlaps", tasks, tasks, True, "Which two tasks no worker can hold together"),
        )
        if name in values
    }  # fmt: skip
