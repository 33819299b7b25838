"""An assignment as a file: a table for people, or JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import pandas as pd

from crowdnb.model.assignment import Assignment
from crowdnb.project.output import CSV, JSON, WORKBOOK
from crowdnb.project.spreadsheet import csv_file, workbook

_FORMAT, _VERSION = "crowdnb assignment", 1


def assignment_file(
    answer: Assignment,
    pairs: pd.DataFrame,
    ending: str,
    sheets: Mapping[str, pd.DataFrame] | None = None,
) -> bytes:
    """An assignment in the format of an ending.

    Parameters
    ----------
    answer : Assignment
    pairs : DataFrame
        What is told of each place, one row per place.
    ending : {".csv", ".xlsx", ".json"}
    sheets : mapping of name to DataFrame, optional
        More sheets of a workbook.

    Raises
    ------
    ModuleNotFoundError
        A workbook, and openpyxl is not installed.
    ValueError
        A label that the format cannot hold.
    """
    if ending == CSV:
        return csv_file(pairs)
    if ending == WORKBOOK:
        return workbook({"assignment": pairs, **(sheets or {})})
    if ending != JSON:
        raise ValueError(f"no assignment is written as {ending!r}")
    whole = {
        "format": _FORMAT,
        "version": _VERSION,
        "status": answer.status,
        "performance": answer.performance,
        "bound": answer.bound if math.isfinite(answer.bound) else None,
        "solver": answer.solver,
        "assignment": pairs.astype(object).where(pairs.notna(), None).to_dict("records"),
        "idle": list(answer.idle),
    }
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    return f"{text}\n".encode()
