"""What a project's files say beyond the paper: the keywords of a problem that they fill.

Each rule is written down once, in ``model``: a file only says which column feeds which keyword of
:class:`crowdnb.Problem`. Here is in which form a project holds them, with labels and in one form
whatever was given: a Series by worker or task, a frame by worker, or one row per pair or quota.
What changes nothing, such as a limit of 1 for everybody, is not held, so that a project without it
is the same project.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from crowdnb.labels import listing, needs, shown
from crowdnb.model.arrays import Labels
from crowdnb.model.fields import read
from crowdnb.project.cells import as_label

# Each with what it goes with: without it a rule binds nothing, and a problem does not take it.
TOGETHER = {
    "costs": "budget",
    "budget": "costs",
    "loads": "capacities",
    "capacities": "loads",
}


class Options(Mapping[str, Any]):
    """A mapping that nobody writes to."""

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._held = dict(held)

    def __getitem__(self, name: str) -> Any:
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"<Options: {listing(self._held, len(self._held)) or 'none'}>"


class _Form(NamedTuple):
    """How an option is held: what its labels are, what its numbers are called, what is usual.

    ``usual`` is what changes nothing where all labels have it; a number that is not finite stands
    for none and is not held. Numbers of a ``whole`` table are held as a table, of others where they
    are not 0, one row per pair.
    """

    labels: tuple[str, ...] = ()
    value: str = ""
    usual: Any = None
    whole: bool = False


_FORMS = {
    "required_rule": _Form(usual="exactly"),
    "required_most": _Form(("task",), "most"),
    "missing_cost": _Form(("task",), "missing_cost"),
    "worker_limits": _Form(("worker",), "most", 1),
    "worker_least": _Form(("worker",), "least", 0),
    "pinned": _Form(("worker", "task")),
    "keep_costs": _Form(("worker", "task"), "cost"),
    "conflict_costs": _Form(("worker", "task"), "cost"),
    "pair_effects": _Form(("worker", "other"), "gain"),
    "task_overlaps": _Form(("task", "other")),
    "costs": _Form(("worker", "task"), "cost", whole=True),
    "budget": _Form(),
    "loads": _Form(("worker", "task"), "load", whole=True),
    "capacities": _Form(("worker",), "capacity"),
    "attributes": _Form(),
    "quotas": _Form(),
}
OPTIONS = tuple(_FORMS)


def checked(options: object, labels: Labels) -> Options:
    """Options as they are held, whatever form of a problem's arguments they have.

    Raises
    ------
    ValueError
        There is no such option, or a value breaks its rule; option, label and value are named.
    """
    given: Mapping[str, Any] = needs(options, Mapping, "options")  # type: ignore[type-abstract]
    if unknown := [name for name in given if name not in OPTIONS]:
        raise ValueError(
            f"options: there is no {shown(unknown[0])}; there are {listing(OPTIONS, len(OPTIONS))}"
        )
    try:
        return held(read(given, labels), labels)
    except ValueError as error:
        raise ValueError(f"options: {error}") from None


def held(values: Mapping[str, Any], labels: Labels) -> Options:
    """Options as they are held, of values as a problem has them: arrays in the order of labels."""
    found = {name: _held(_FORMS[name], values[name], labels) for name in OPTIONS if name in values}
    return Options({name: value for name, value in found.items() if value is not None})


def _held(form: _Form, value: Any, labels: Labels) -> Any:
    """One option as it is held; None where it changes nothing."""
    if value is None or isinstance(value, pd.DataFrame):  # which has its labels already
        return value
    if not form.labels:
        return None if value == form.usual else value
    index = {"worker": labels.workers, "task": labels.tasks}
    rows, *others = form.labels
    if not others:
        if (value == form.usual).all():
            return None
        series = pd.Series(value, index[rows], name=form.value)
        series = series[np.isfinite(series)]
        return series if len(series) else None
    columns = index.get(others[0], index[rows])
    if form.whole:
        return pd.DataFrame(value, index[rows], columns)
    if not value.any():
        return None
    at = np.argwhere(np.triu(value) if others == ["other"] else value)
    frame = pd.DataFrame({rows: index[rows].take(at[:, 0]), others[0]: columns.take(at[:, 1])})
    return frame.assign(**{form.value: value[tuple(at.T)]}) if form.value else frame


def passed(options: Mapping[str, Any], workers: pd.Index[Any] | None = None) -> dict[str, Any]:
    """The keywords of a problem, of these workers alone where they are not all.

    Without what binds nothing, such as costs without a budget.

    Raises
    ------
    ValueError
        A quota asks for workers of whom none is left.
    """
    binding = {
        name: value for name, value in options.items() if TOGETHER.get(name, name) in options
    }
    if workers is None:
        return binding
    few = {name: _among(value, workers) for name, value in binding.items()}
    if "quotas" in few:
        few["quotas"] = _quotas_among(few["quotas"], few["attributes"])
    return few


def _quotas_among(quotas: pd.DataFrame, attributes: pd.DataFrame) -> pd.DataFrame:
    """Quotas without those that bound workers of whom none is left."""
    kept = []
    for quota in quotas.to_dict("records"):
        there = as_label(quota["value"]) in map(as_label, attributes[quota["column"]])
        about = f"{quota['column']} {quota['value']}"
        if not there and as_label(quota["least"]) not in ("", "0", "0%"):
            raise ValueError(
                f"quotas: {quota['least']} of {about} is asked for at least, and of these workers"
                " nobody is left"
            )
        kept.append(there)
    return quotas[kept]


def _among(value: Any, workers: pd.Index[Any]) -> Any:
    """An option without the workers who are not among these."""
    if not isinstance(value, pd.Series | pd.DataFrame):
        return value
    if value.index.name == "worker":
        return value[value.index.isin(workers)]
    if isinstance(value, pd.DataFrame) and "worker" in value.columns:
        for column in value.columns.intersection(["worker", "other"]):
            value = value[value[column].isin(workers)]
    return value


def text_of_options(options: Mapping[str, Any]) -> str:
    """All that files say in options, so that two texts are the same where two projects' are.

    No file says the budget.
    """

    def said(value: Any) -> Any:
        if not isinstance(value, pd.Series | pd.DataFrame):
            return value
        return [*(axis.tolist() for axis in value.axes), value.to_numpy(dtype=object).tolist()]

    return repr([(name, said(options[name])) for name in sorted(options) if name != "budget"])
