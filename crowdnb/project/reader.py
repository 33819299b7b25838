"""The tables of a project read into frames, every mistake in them told with its line.

Each method reads one kind of file and knows what must hold within it; labels that must be those of
another file come in as arguments. None stands for what is not there or cannot be used.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd

from crowdnb.ability.consistency import consistency_of
from crowdnb.ability.qualification import scaled_to_one
from crowdnb.ability.weights import SAATY, is_saaty_scale, judgement_problems, weights_of
from crowdnb.labels import listing, phrases
from crowdnb.project.cells import (
    as_label,
    decimals_of,
    in_unit,
    not_negative,
    ratio,
    read_number,
)
from crowdnb.project.columns import TASK_COLUMNS, TASK_OPTIONS
from crowdnb.project.errors import Report, strangers
from crowdnb.project.form import FORM, MOST_OF
from crowdnb.project.plain_ratings import PlainRatings
from crowdnb.project.tables import INDEX, Table
from crowdnb.spelling import in_quotes


class Reader:
    """The tables of one project, read one after the other; every problem goes to the report.

    ``plain`` is a ratings.csv that was read in one go, in the place of its table.
    """

    def __init__(
        self, tables: dict[str, Table], report: Report, plain: PlainRatings | None = None
    ) -> None:
        self.all, self.plain = tables, plain
        self.report = report
        self.families: dict[str, list[str]] = {}  # the parts of each criterion that has some

    def table(self, name: str, more: Collection[str] | None = None) -> Table | None:
        """A table with the columns of its form, and others if need be, and a row at least."""
        table = self.all.get(name)
        form = FORM[name]
        if table is None or not table.has_columns(form.columns, form.optional, more):
            return None
        if not table.rows:
            table.problem("there is a header, and no rows")
            return None
        return table

    def too_many(self, table: Table, labels: Collection[str], what: str) -> bool:
        """Whether there are more labels than can be dealt with, which is reported."""
        number, most = len(set(labels)), MOST_OF[what]
        if number > most:
            plural = "criteria" if what == "criterion" else f"{what}s"
            table.problem(f"there are {number:,} {plural}, and at most {most:,} can be dealt with")
        return number > most

    def tasks(self) -> pd.DataFrame | None:
        """Index task; a column for each number that the file gives of a task."""
        table = self.table("tasks")
        if table is None:
            return None
        task = table.labels("task")
        if self.too_many(table, task, "task"):
            return None
        table.once([(label,) for label in task], ["task"])
        columns = {
            name: table.numbers(name, column.rule, FORM["tasks"].optional.get(name))
            for name, column in {**TASK_COLUMNS, **TASK_OPTIONS}.items()
            if name in table.header
        }
        for row, most in enumerate(columns.get("most", [])):
            if most < (need := columns["required"][row]):
                table.problem(f"most {most:g} is below required {need:g}", row)
        frame = pd.DataFrame(columns, index=pd.Index(task, name="task"))
        return frame[~frame.index.duplicated() & (frame.index != "")]

    def weights(self) -> tuple[pd.Series[float] | None, pd.DataFrame | None]:
        """Criteria weights, and the judgement they come from, if any."""
        if "judgement" in self.all:
            found = self.judgement(self.all["judgement"])
            return (None, None) if found is None else found
        table = self.table("weights")
        if table is None:
            return None, None
        criterion = table.labels("criterion")
        if self.too_many(table, criterion, "criterion"):
            return None, None
        table.once([(label,) for label in criterion], ["criterion"])
        before = len(self.report.problems)
        weight = table.numbers("weight", not_negative, large=False)
        if len(self.report.problems) == before:
            weight = self.summing_to_one(table, weight)
        series = pd.Series(weight, index=pd.Index(criterion, name="criterion"), name="weight")
        return series[~series.index.duplicated() & (series.index != "")], None

    def summing_to_one(
        self,
        table: Table,
        weights: list[float],
        rows: Sequence[int] | None = None,
        which: str = "the weights",
    ) -> list[float]:
        """Weights that sum to 1, rescaled where only the rounding of what is written is off.

        They stand in these rows of a column ``weight``, or in all; ``which`` are they, in messages.
        """
        total, cells = math.fsum(weights), table.column("weight")
        written = cells if rows is None else [cells[row] for row in rows]
        scaled = scaled_to_one(weights, [decimals_of(cell) for cell in written])
        if scaled is None:
            percent = "; they look like percent, divide each by 100" * (abs(total - 100) < 1)
            first = None if rows is None else rows[0]
            table.problem(f"{which} sum to {total:.9g} and must sum to 1{percent}", first, "weight")
            return weights
        if scaled != weights:
            self.report.notes.append(
                f"{table.where}: {which} sum to {total:.9g}, which the rounding of their last digit"
                " explains; each was divided by that sum"
            )
        return scaled

    def judgement(
        self, table: Table, criteria: list[str] | None = None
    ) -> tuple[pd.Series[float], pd.DataFrame] | None:
        """Weights of a judgement, of these criteria or any, and B; notes on levels and cycles."""
        if _on_saatys_scale(table):
            table.problem(SAATY)
            return None
        judgement = self.matrix(table, large=False, what="criterion")
        if judgement is None:
            return None
        before = len(self.report.problems)
        if criteria is not None:
            self.over(table, judgement, criteria, criteria, "criterion")
        problems, off_levels = judgement_problems(judgement)
        for text in problems:
            table.problem(text)
        if len(self.report.problems) > before:
            return None
        if off_levels:
            self.report.notes.append(
                f"{table.where}: off the five levels 0.1 … 0.9: {phrases(off_levels)}"
            )
        b = judgement.reindex(columns=judgement.index)
        if said := consistency_of(b).of_cycles:
            self.report.notes.append(f"{table.where}: {said[0].lower()}{said[1:]}")
        return weights_of(b), b

    def intervals(
        self, name: str, known: list[str] | None, criteria: list[str] | None
    ) -> pd.DataFrame | None:
        """Intervals by label and criterion.

        Complete, each once, 0 ≤ low ≤ high ≤ 1, high 1 if it is left out.
        """
        table = self.table(name)
        if table is None:
            return None
        what = FORM[name].columns[0]
        label, criterion = table.labels(what), table.labels("criterion")
        if self.too_many(table, label, what) or self.too_many(table, criterion, "criterion"):
            return None
        if known is not None:
            table.known(label, known, what)
        if criteria is not None:
            self.known_criteria(table, criterion, criteria)
        table.once(list(zip(label, criterion, strict=True)), [what, "criterion"])
        low = table.numbers("low", in_unit)
        high = table.numbers("high", in_unit, FORM[name].optional.get("high"))
        for row, (start, end) in enumerate(zip(low, high, strict=True)):
            if start > end:
                table.problem(f"low {start} is above high {end}", row)
        frame = pd.DataFrame({what: label, "criterion": criterion, "low": low, "high": high})
        frame = frame[(frame[what] != "") & (frame["criterion"] != "")].drop_duplicates(
            [what, "criterion"]
        )
        labels = known or list(dict.fromkeys(frame[what]))
        named = criteria or list(dict.fromkeys(frame["criterion"]))
        have = set(zip(frame[what], frame["criterion"], strict=True))
        for one in labels:
            if lacking := [other for other in named if (one, other) not in have]:
                table.problem(f"{what} {one} has no row for criterion {listing(lacking)}")
        columns = pd.MultiIndex.from_product([named, ["low", "high"]], names=["criterion", "end"])
        wide = frame.pivot(index=what, columns="criterion", values=["low", "high"]).swaplevel(
            axis=1
        )
        return wide.reindex(index=pd.Index(labels, name=what), columns=columns)

    def known_criteria(self, table: Table, labels: list[str], criteria: list[str]) -> None:
        """Report criteria of a table that are not known, or have parts."""
        for label in [one for one in self.families if one in {*labels}]:
            parts = listing(self.families[label], 5)
            text = f"{label} has parts, which take its place here: {parts}"
            table.problem(text, labels.index(label), "criterion")
        whole = [label if label not in self.families else "" for label in labels]
        table.known(whole, criteria, "criterion")

    def qualification(self, tasks: list[str] | None) -> pd.DataFrame | None:
        """A ready-made Q, workers × tasks."""
        table = self.all.get("qualification")
        frame = None if table is None else self.matrix(table)
        if table is None or frame is None or tasks is None:
            return frame
        if self.too_many(table, list(frame.index), "worker"):
            return None
        if set(tasks) <= set(frame.index) and not set(tasks) & set(frame.columns):
            table.problem("the rows are the tasks; transpose it, so that they are the workers")
            return None
        self.over(table, frame, None, tasks, "task")
        return frame.rename_axis(index="worker", columns="task").reindex(columns=tasks)

    def over(
        self,
        table: Table,
        frame: pd.DataFrame,
        rows: list[str] | None,
        columns: list[str],
        what: str,
    ) -> None:
        """Report what a matrix has beyond these labels, and what it lacks; any rows for None."""
        if rows is not None:
            corner = table.header[0] or "1"
            table.known(list(frame.index), rows, what if rows is columns else "worker", corner)
        for at, text in strangers(list(frame.columns), columns, what, "column"):
            table.problem(text, column=frame.columns[at])
        given = [(frame.columns, columns, "column")]
        given = given if rows is None else [(frame.index, rows, "row"), *given]
        for got, wanted, axis in given:
            if len(lacking := pd.Index(wanted).difference(got, sort=False)):
                table.problem(f"there is no {axis} for {listing(lacking)}")

    def matrix(
        self,
        table: Table,
        rule: Callable[[float], str | None] = lambda value: None,
        large: bool = True,
        what: str = "worker",
    ) -> pd.DataFrame | None:
        """A labelled matrix: row labels in the first column, column labels in the header."""
        before = len(self.report.problems)
        if table.counts_rows() and isinstance(read_number((*table.rows[0], "")[1], True), str):
            table.problem(INDEX)  # the labels are in the second column
            return None
        names = table.header[1:]
        cells = [row[0] for row in table.rows]
        labels = [as_label(cell) for cell in cells]
        table.keep_labels(what, cells, labels, table.header[0] or "1")
        for axis, given, got in (("column", names, names), ("row", cells, labels)):
            for label, times in Counter(got).items():
                if times > 1:
                    table.problem(f"{axis} {in_quotes(label)} stands {times} times")
            for at, (cell, label) in enumerate(zip(given, got, strict=True)):
                if wrong := table.wrong_label(cell, label):
                    table.problem(
                        f"the label of {axis} {at + 1} {wrong}", at if axis == "row" else None
                    )
        values: list[Sequence[float]] = []
        for at, row in enumerate(table.rows):
            read = [read_number(cell, table.decimal_comma, rule, large) for cell in row[1:]]
            for name, value in zip(names, read, strict=True):
                if isinstance(value, str):
                    table.problem(value, at, name)
            values.append([math.nan if isinstance(value, str) else value for value in read])
        if not values:
            table.problem("there is a header, and no rows")
        if len(self.report.problems) > before:
            return None
        return pd.DataFrame(values, index=pd.Index(labels, name="criterion"), columns=names)


def _on_saatys_scale(table: Table) -> bool:
    """Whether a square table is a matrix of AHP, in which people write 1/3."""
    rows = [row[1:] for row in table.rows]
    square = len(rows) == len(table.header) - 1
    if not square or any(ratio(row[at]) != 1 for at, row in enumerate(rows)):
        return False  # the rest is not looked at, of what may be a million cells
    return is_saaty_scale(np.array([list(map(ratio, row)) for row in rows]))
