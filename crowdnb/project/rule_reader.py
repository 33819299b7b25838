"""The tables of rules beyond the paper: workers, loads, costs, and pairs that are not conflicts.

What they say becomes options, keywords of :class:`crowdnb.Problem`, which checks them again; here
each mistake is told with its line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from crowdnb.labels import BoolArray, FloatArray, count, listing
from crowdnb.project.cells import amount, any_amount, as_label, quoted
from crowdnb.project.columns import TASK_OPTIONS, WORKER_OPTIONS
from crowdnb.project.errors import closest
from crowdnb.project.form import FORM, WORKERS_WITH_EFFECTS
from crowdnb.project.pair_reader import Pairs, read_pairs
from crowdnb.project.quota_reader import read_quotas
from crowdnb.project.reader import Reader
from crowdnb.project.tables import Table

_AVAILABLE = dict.fromkeys(("yes", "1", "true", ""), True) | dict.fromkeys(
    ("no", "0", "false"), False
)
# How alike a column's name and a known one are, from 0 to 1, where one was meant for the other:
# capactiy, capacities, Most, but not cost (0.75), which is no slip for most.
_ALIKE = 0.76


class RuleReader:
    """The options of one project.

    Parameters
    ----------
    reader : Reader
    workers : list of str or None
        Their labels; None where they are not known.
    tasks : DataFrame or None
        The table of tasks, as the reader has it.
    """

    def __init__(
        self, reader: Reader, workers: list[str] | None, tasks: pd.DataFrame | None
    ) -> None:
        self.reader = reader
        self.workers, self.tasks = workers, tasks
        self.task_names = None if tasks is None else list(tasks.index)
        self.options: dict[str, Any] = {}

    def read(self, worker_conflicts: Pairs, task_conflicts: Pairs) -> dict[str, Any]:
        """All options; the conflicts are those of the files, of which some have a cost."""
        pinned = read_pairs(self.reader, "pinned", self.workers, self.task_names)
        overlaps = read_pairs(self.reader, "task_overlaps", self.task_names, self.task_names)
        self.options |= {"pinned": pinned.binding, "task_overlaps": overlaps.binding}
        self._with_costs("keep_costs", pinned, ["worker", "task", "cost"])
        self._with_costs("conflict_costs", task_conflicts, ["worker", "task", "cost"])
        self._with_costs("pair_effects", worker_conflicts, ["worker", "other", "gain"], -1)
        if worker_conflicts.costs and len(self.workers or []) > WORKERS_WITH_EFFECTS:
            self.reader.all["worker_conflicts"].problem(
                f"there are {len(self.workers or []):,} workers, and costs of two can be dealt with"
                f" among at most {WORKERS_WITH_EFFECTS:,}",
                column="cost",
            )
        for name, column in TASK_OPTIONS.items():
            if self.tasks is not None and name in self.tasks:
                self.options[column.field] = self.tasks[name].dropna()
        attributes = self._workers()
        self._loads()
        self._costs()
        self.options |= read_quotas(self.reader, self.task_names, attributes)
        return {name: value for name, value in self.options.items() if value is not None}

    def _with_costs(self, option: str, pairs: Pairs, columns: list[str], sign: int = 1) -> None:
        """Pairs with a cost as an option, one row per pair."""
        if pairs.costs:
            rows = [(*pair, sign * cost) for pair, cost in pairs.costs.items()]
            self.options[option] = pd.DataFrame(rows, columns=columns)

    def _workers(self) -> pd.DataFrame | None:
        """What is said of each worker in numbers; attributes, from all other columns, come back."""
        given, form = self.reader.all.get("workers"), FORM["workers"]
        more = [] if given is None else [name for name in given.header if self._is_more(name)]
        table = self.reader.table("workers", more)
        if table is None:
            return None
        worker = table.labels("worker")
        if self.workers is not None:
            table.known(worker, self.workers, "worker")
        table.once([(label,) for label in worker], ["worker"])
        numbers = {
            name: np.array(table.numbers(name, column.rule, form.optional[name]))
            for name, column in WORKER_OPTIONS.items()
        }
        here = _available(table)
        _check_least(table, numbers["least"], numbers["most"], here)
        numbers["most"], numbers["least"] = (numbers[one] * here for one in ("most", "least"))
        index = pd.Index(worker, name="worker")
        once = ~index.duplicated() & (index != "")
        for name, column in WORKER_OPTIONS.items():
            if name in table.header or (name == "most" and not here.all()):
                values = pd.Series(numbers[name], index)[once]
                self.options[column.field] = values.dropna().astype(column.kind)
        if not more:
            return None
        texts = {name: table.labels(name, f"value of {name}", may_be_empty=True) for name in more}
        frame = pd.DataFrame(texts, index, dtype=object)[once]
        return frame.where(frame != "", None).reindex(self.workers or frame.index)

    def _is_more(self, name: str) -> bool:
        """Whether a column of workers is an attribute, and not a known one misspelt."""
        known = [*FORM["workers"].columns, *FORM["workers"].optional]
        if not name or name in known:
            return False
        quotas = self.reader.all.get("quotas")
        if quotas is not None and "column" in quotas.header:
            if name in map(as_label, quotas.column("column")):
                return True
        return closest(name, known, _ALIKE) is None

    def _loads(self) -> None:
        """What tasks take of workers: of all alike, or as the table of loads says of some."""
        table = self.reader.all.get("loads")
        alike = None if self.tasks is None else self.tasks.get("load")
        if table is not None:
            cells = self._cells(table, "load", amount)
            if cells is not None and alike is None:
                self._note_lacking(table, cells, "load")
            if cells is not None:
                base = np.zeros(cells.shape[1]) if alike is None else alike.to_numpy()
                self._frame("loads", np.where(np.isnan(cells), base, cells))
        bound = "capacities" in self.options and bool(len(self.options["capacities"]))
        if bound and table is None and alike is None:
            self.reader.all["workers"].problem(
                "no task has a load, so that no capacity binds; give the tasks a column load, or"
                " the project a table of loads",
                column="capacity",
            )
        elif "loads" in self.options and not bound:
            where = (table or self.reader.all["tasks"]).where
            self.reader.report.notes.append(
                f"{where}: no worker has a capacity, so that loads bind nothing"
            )

    def _costs(self) -> None:
        """What pairs cost: all tasks of a worker alike, or as a row with a task says."""
        table = self.reader.all.get("costs")
        cells = None if table is None else self._cells(table, "cost", any_amount)
        if table is not None and cells is not None:
            self._note_lacking(table, cells, "cost")
            self._frame("costs", np.nan_to_num(cells))

    def _cells(
        self, table: Table, name: str, rule: Callable[[float], str | None]
    ) -> FloatArray | None:
        """Numbers by worker and task, of a matrix or of rows; NaN where no row is about them.

        A row without a task is about all of them that have none of their own. None where there is
        a problem, or the labels are not known.
        """
        if name not in table.header and set(self.task_names or []) & set(table.header[1:]):
            return self._matrix(table, rule)
        if self.reader.table(f"{name}s") is None:
            return None
        worker = table.labels("worker")
        optional = [] if name == "load" else ["task"]
        task = [""] * len(worker)
        if "task" in table.header:
            task = table.labels("task", may_be_empty=bool(optional))
        if self.workers is not None:
            table.known(worker, self.workers, "worker")
        if self.task_names is not None:
            table.known(task, self.task_names, "task")
        table.once(list(zip(worker, task, strict=True)), ["worker", "task"], optional)
        numbers = table.numbers(name, rule, math.nan)
        if self.workers is None or self.task_names is None:
            return None
        at = {label: row for row, label in enumerate(self.workers)}
        to = {label: column for column, label in enumerate(self.task_names)}
        cells = np.full((len(at), len(to)), math.nan)
        rows = sorted(zip(worker, task, numbers, strict=True), key=lambda row: row[1] != "")
        for one, other, number in rows:
            if one in at and (not other or other in to):
                cells[at[one], to[other] if other else slice(None)] = number
        return cells

    def _matrix(self, table: Table, rule: Callable[[float], str | None]) -> FloatArray | None:
        """Numbers of a matrix with every worker as a row and every task as a column."""
        before = len(self.reader.report.problems)
        frame = self.reader.matrix(table, rule)
        if frame is None or self.workers is None or self.task_names is None:
            return None
        self.reader.over(table, frame, self.workers, self.task_names, "task")
        if len(self.reader.report.problems) > before:
            return None
        return frame.loc[self.workers, self.task_names].to_numpy(dtype=float)

    def _frame(self, option: str, cells: FloatArray) -> None:
        self.options[option] = pd.DataFrame(cells, self.workers, self.task_names)

    def _note_lacking(self, table: Table, cells: FloatArray, what: str) -> None:
        """Note who has no number at all, and how many other pairs have none: each counts as 0.

        Where that is most of them, the table names the few that differ, and nobody is forgotten.
        """
        none = np.isnan(cells)
        if 2 * none.sum() > none.size:
            return
        workers, tasks = self.workers or [], self.task_names or []
        whole = np.asarray(none.all(axis=1))
        said = [f"for {listing([workers[at] for at in np.flatnonzero(whole)])}"] * bool(whole.any())
        if len(rest := np.argwhere(none & ~whole[:, np.newaxis])):
            more = "" if len(rest) == 1 else f" and {count(len(rest) - 1, 'more pair')}"
            said.append(f"for {workers[rest[0][0]]} with {tasks[rest[0][1]]}{more}")
        if said:
            self.reader.report.notes.append(
                f"{table.where}: there is no {what} {' and '.join(said)}; it counts as 0"
            )


def _available(table: Table) -> BoolArray:
    """Whether each worker is there; an empty cell is a yes."""
    here = np.ones(len(table.rows), dtype=bool)
    if "available" in table.header:
        for row, cell in enumerate(table.column("available")):
            known = _AVAILABLE.get(as_label(cell).lower())
            if known is None:
                table.problem(
                    f"{quoted(as_label(cell))} must be yes or no, or 1 or 0", row, "available"
                )
            here[row] = known is not False
    return here


def _check_least(table: Table, least: FloatArray, most: FloatArray, here: BoolArray) -> None:
    """Report who must take more tasks than may be taken; who is away takes none."""
    for row in np.flatnonzero(here & (least > most)).tolist():
        empty = "most" not in table.header or not as_label(table.column("most")[row])
        usual = " (most is 1 where it is left out)" * empty
        table.problem(f"least {least[row]:g} is above most {most[row]:g}{usual}", row)
