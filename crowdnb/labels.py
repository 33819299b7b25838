"""Small helpers shared by every step: labels and their lists, numbers, checked arguments."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from crowdnb.spelling import cleaned, in_quotes, meant, one_label, told_apart

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
_T = TypeVar("_T")

# letters of a value in a message; a longer one is told by its beginning, a table by its type
_LONG = 60


def number(value: object) -> float:
    """A real number as a float; NaN for text, truth values, missing ones, or beyond the floats."""
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return np.nan
    try:
        return float(value)
    except (OverflowError, ValueError):
        return np.nan


def plain_array(values: Any, name: str) -> npt.NDArray[Any]:
    """Values as an array, 'masked' in masked cells.

    ValueError for rows of unequal length, and for frames other than pandas', which have no labels
    of rows and would lose those of columns.
    """
    refuse_other_frames(values, name)
    if isinstance(values, list | tuple) and any(
        isinstance(row, np.ma.MaskedArray) for row in values
    ):
        values = np.ma.array(values)
    if isinstance(values, np.ma.MaskedArray):
        return (
            np.ma.filled(values.astype(object), "masked")
            if np.ma.is_masked(values)
            else values.data
        )
    try:
        return np.asarray(values)
    except ValueError:
        raise ValueError(
            f"{name}: rows of the same length are needed, got {shown(values)}"
        ) from None


def refuse_other_frames(values: object, name: str) -> None:
    """ValueError for a table of polars, Arrow and the like: its numbers would go by position."""
    if hasattr(values, "columns") and not isinstance(values, pd.DataFrame):
        kind = f"{type(values).__module__.split('.')[0]} {type(values).__name__}"
        raise ValueError(
            f"{name}: a {kind} has no labels of rows; give a pandas frame with them as its index"
        )


def _is_truth(value: object) -> bool:
    return isinstance(value, bool | np.bool_)


def numbers(values: npt.ArrayLike, name: str = "values") -> FloatArray:
    """Values as floats of the same shape, NaN where :func:`number` gives it."""
    array = as_given = plain_array(values, name)
    # where 1 beside "x" is text, and True is 1
    if array.dtype.kind != "O" and isinstance(values, list | tuple):
        as_given = np.asarray(values, dtype=object)
    if array.dtype.kind in "iuf" and (as_given is array or not any(map(_is_truth, as_given.flat))):
        return np.asarray(array, dtype=float)
    return np.asarray(np.vectorize(number, otypes=[float])(as_given.astype(object)))


def whole(
    value: object, name: str, least: int = 1, rule: str = "must be a whole number of at least {}"
) -> int:
    """A whole number of at least ``least``; ValueError with the name and the rule otherwise."""
    if not number(value).is_integer() or number(value) < least:
        raise ValueError(f"{name} {rule.format(least)}, got {shown(value)}")
    return int(number(value))


def real(value: object, name: str, least: float = -math.inf, most: float = math.inf) -> float:
    """A finite number from ``least`` to ``most``; ValueError with its name for anything else."""
    if not (least <= number(value) <= most and math.isfinite(number(value))):
        above = f" of at least {least:g}" if math.isfinite(least) else ""
        rule = f" from {least:g} to {most:g}" if math.isfinite(most) else above
        raise ValueError(f"{name} must be a finite number{rule}, got {shown(value)}")
    return number(value)


def between(value: object, name: str) -> float:
    """A number between 0 and 1, neither of them; ValueError with its name for anything else."""
    if not 0 < number(value) < 1:
        raise ValueError(f"{name} must lie between 0 and 1, got {shown(value)}")
    return number(value)


def flag(value: object, name: str) -> bool:
    """True or False; ValueError with the argument's name for anything else."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return bool(value)


def text_of(value: object, name: str) -> str:
    """A text; ValueError with the argument's name for anything else."""
    if not isinstance(value, str):
        raise ValueError(f"{name}: a text is needed, got {shown(value)}")
    return value


def path_of(value: object, name: str) -> Path:
    """A path; ValueError with the argument's name for anything else."""
    if not isinstance(value, str | PathLike):
        raise ValueError(f"{name}: a path is needed, got {shown(value)}")
    return Path(value)


def one_of(value: object, known: Collection[str], name: str) -> Any:
    """One of the names known; ValueError with the argument's name for anything else."""
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"{name} must be {' or '.join(map(repr, known))}, got {shown(value)}")
    return value


def needs(value: object, kind: type[_T], name: str) -> _T:
    """A value of this class; ValueError with the argument's name for anything else."""
    if not isinstance(value, kind):
        raise ValueError(f"{name}: a {kind.__name__} is needed, got {shown(value)}")
    return value


def needs_frame(value: object, name: str, columns: Collection[Hashable] = ()) -> pd.DataFrame:
    """A frame with these columns among its own, none twice; ValueError for anything else."""
    frame = needs(value, pd.DataFrame, name)
    if missing := [column for column in columns if column not in frame.columns]:
        raise ValueError(
            f"{name}: column {listing(missing)} is missing; there are"
            f" {listing(frame.columns) or 'none'}"
        )
    if columns and frame.columns.has_duplicates:
        twice = frame.columns[frame.columns.duplicated()].unique()
        raise ValueError(f"{name}: column {listing(twice)} stands more than once")
    return frame


def numeric(
    frame: object, name: str, columns: Collection[Hashable], missing: bool = False
) -> pd.DataFrame:
    """A frame with these columns finite or, if ``missing``, NaN; ValueError names another cell."""
    given = needs_frame(frame, name, columns).copy()
    for column in columns:
        values = numbers(given[column])
        bad = ~np.isfinite(values) & ~(missing & given[column].isna().to_numpy())
        if bad.any():
            at = int(bad.argmax())
            cell = f"row {given.index[at]}, column {column} is {shown(given[column].iloc[at])}"
            raise ValueError(f"{name}: {cell}, a finite number is needed")
        if not (isinstance(kind := given[column].dtype, np.dtype) and kind.kind in "iuf"):
            given[column] = values
    return given


def labelled(frame: object, name: str, columns: Collection[str]) -> pd.DataFrame:
    """A frame with a label, cleaned, in each cell of these columns; ValueError names one without."""
    given = needs_frame(frame, name, columns)
    for column in columns:
        labels = hashable(given[column], f"{name}, column {column}")
        if given[column].hasnans:
            at = given.index[int(given[column].isna().to_numpy().argmax())]
            raise ValueError(f"{name}: row {at}, column {column} is missing, a label is needed")
        if any(isinstance(label, str) and cleaned(label) != label for label in labels):
            given = given.assign(**{column: [*map(one_label, labels)]})
    return given


def number_frame(frame: object, name: str, missing: bool = False) -> pd.DataFrame:
    """A frame of floats with a cell or more, no label twice; ValueError names what is wrong."""
    given = needs(frame, pd.DataFrame, name)
    if given.empty:
        raise ValueError(
            f"{name}: one row and one column or more are needed, got shape {given.shape}"
        )
    for labels, what in ((given.index, "rows"), (given.columns, "columns")):
        try:
            unique_index(labels, what)
        except ValueError as error:
            raise ValueError(f"{name}, {error}") from None
    return numeric(given, name, list(given.columns), missing)


def needs_function(value: object, name: str) -> Callable[..., Any]:
    """A function; ValueError with the argument's name for anything else."""
    if not callable(value):
        raise ValueError(f"{name}: a function is needed, got {shown(value)}")
    return value


def several(values: object, name: str) -> list[Any]:
    """What a list or the like holds; ValueError for a text, a mapping, a number."""
    if isinstance(values, str | bytes | Mapping | pd.DataFrame) or not isinstance(values, Iterable):
        raise ValueError(f"{name}: a list is needed, got {shown(values)}")
    try:
        return list(values)
    except TypeError:  # an array without a dimension
        raise ValueError(f"{name}: a list is needed, got {shown(values)}") from None


def generator(rng: object) -> np.random.Generator:
    """The generator given, or one made of a seed ≥ 0 or of None; ValueError for anything else."""
    check_seed(rng)
    return np.random.default_rng(rng)  # type: ignore[arg-type]


def check_seed(rng: object) -> None:
    """ValueError unless it is a generator, a seed ≥ 0 or None."""
    if rng is None or isinstance(
        rng, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence
    ):
        return
    if isinstance(rng, bool) or not isinstance(rng, Integral) or rng < 0:
        raise ValueError(
            f"rng must be a Generator, a whole number of at least 0, or None, got {shown(rng)}"
        )


def finite(values: npt.ArrayLike, where: str) -> FloatArray:
    """Values as floats; ValueError names the first that is not a finite number."""
    array = numbers(values, where)
    bad = ~np.isfinite(array)
    if bad.any():
        value = plain_array(values, where).astype(object)[bad][0]
        raise ValueError(f"{where}: {shown(value)} is not a finite number")
    return array


def shown(value: object) -> str:
    """A value as messages show it: text in quotes, numbers with all digits, long ones by type."""
    try:
        told = in_quotes(value) if isinstance(value, str | bytes) else str(value)
    except ValueError:  # a whole number of thousands of digits
        return f"a very large {type(value).__name__}"
    if len(told) <= _LONG and "\n" not in told and told:
        return told
    kind = f"{type(value).__name__}"
    return f"{told[:20]}… ({kind})" if isinstance(value, str | bytes | Real) else f"a {kind}"


def listing(labels: Iterable[object], most: int = 8, total: int = 0) -> str:
    """Labels as ``a1, a2, a3``, shortened after ``most``; ``total``, if there are more of them.

    One with a comma, or a semicolon and a space, in it stands in quotes: it would pass for two.
    """
    return phrases(map(as_listed, labels), most, total)


def as_listed(label: object) -> str:
    """A label as lists show it: ``a1``, ``"Lee, Ann"``."""
    if isinstance(label, str) and ("," in label or "; " in label):
        inside = label.replace('"', '""')
        return f'"{inside}"'
    return str(label)


def phrases(texts: Iterable[object], most: int = 8, total: int = 0) -> str:
    """Texts, which may have commas in them, one after the other as :func:`listing` shortens them."""
    names = [str(text) for text in texts]
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])}, … ({max(len(names), total)} in all)"


def hashable(labels: Iterable[Hashable], where: str) -> list[Hashable]:
    """Labels as a list; ValueError names one that cannot be a label, such as a list."""
    names = list(labels)
    try:
        set(names)
    except TypeError:
        bad = next(label for label in names if not _has_hash(label))
        raise ValueError(f"{where}: {shown(bad)} cannot be a label") from None
    return names


def _has_hash(label: object) -> bool:
    try:
        hash(label)
    except TypeError:
        return False
    return True


def unique_index(labels: Iterable[Hashable], what: str) -> pd.Index[Any]:
    """Labels as an index, each as :func:`crowdnb.spelling.cleaned` has it.

    ValueError when one is missing, stands twice, or looks like another.
    """
    # as a list of them would become
    if isinstance(labels, pd.Index) and labels.dtype in ("str", "int64"):
        index = labels.rename(what)
    else:
        index = pd.Index(hashable(labels, f"{what} labels"), name=what, tupleize_cols=False)
    if index.hasnans:
        raise ValueError(f"{what} labels: one is missing")
    if index.has_duplicates:
        twice = index[index.duplicated()].unique()
        raise ValueError(f"{what} labels: {listing(twice)} stands more than once")
    return as_cleaned(index, f"{what} labels")


def as_cleaned(index: pd.Index[Any], where: str, once: bool = True) -> pd.Index[Any]:
    """Distinct labels, cleaned; ValueError where two look the same.

    With ``once`` false, those that are one label when cleaned may be there.
    """
    if isinstance(index.dtype, np.dtype) and index.dtype.kind in "iuf":
        return index
    given = index.tolist()
    clean = told_apart(given, where, once)
    return index if clean == given else pd.Index(clean, name=index.name, tupleize_cols=False)


def same_labels(
    got: Iterable[Hashable], wanted: pd.Index[Any], where: str, every: bool = True
) -> None:
    """ValueError unless both hold the same labels, in whatever order.

    Without ``every`` some of those wanted may be lacking.
    """
    if got is wanted or (isinstance(got, pd.Index) and got.equals(wanted)):
        return
    have = pd.Index(hashable(got, where), tupleize_cols=False)
    if have.has_duplicates:
        raise ValueError(
            f"{where}: {listing(have[have.duplicated()].unique())} stands more than once"
        )
    what = str(wanted.name or "label")
    if len(extra := have.difference(wanted, sort=False)):
        hint = meant(extra[0], wanted)
        raise ValueError(f"{where}: unknown {what} {listing(extra)}{hint}")
    if every and len(lacking := wanted.difference(have, sort=False)):
        raise ValueError(f"{where}: no entry for {what} {listing(lacking)}")


def with_clean_labels(table: Any, where: str) -> Any:
    """A frame or series with its labels as they are cleaned; itself where they are already."""
    for axis, index in enumerate(table.axes):
        if isinstance(index, pd.MultiIndex):
            # far fewer than the pairs of them
            if all(one_label(label) == label for level in index.levels for label in level):
                continue
            clean = index.map(lambda labels: tuple(map(one_label, labels)))
        else:
            clean = as_cleaned(index, where)
        if not clean.equals(index):
            table = table.set_axis(clean.set_names(index.names), axis=axis)
    return table


def matched(
    got: Iterable[Hashable], wanted: pd.Index[Any], where: str, every: bool = True
) -> pd.Index[Any]:
    """Labels of a table in its order, cleaned; ValueError unless they are those wanted.

    Without ``every`` some of those may be lacking.
    """
    have = pd.Index(hashable(got, where), tupleize_cols=False)
    if not have.has_duplicates:
        have = as_cleaned(have, where)
    same_labels(have, wanted, where, every)
    return have


def by_label(
    frame: pd.DataFrame, rows: pd.Index[Any], columns: pd.Index[Any], where: str
) -> pd.DataFrame:
    """A frame in the order of these labels; ValueError names one that is missing or unknown."""
    if frame.index.equals(rows) and frame.columns.equals(columns):
        return frame
    index = matched(frame.index, rows, f"{where}, rows")
    named = frame.set_axis(index).set_axis(
        matched(frame.columns, columns, f"{where}, columns"), axis=1
    )
    return named.reindex(index=rows, columns=columns)


def labelled_vector(
    values: pd.Series[Any] | Mapping[Any, float] | Sequence[float] | FloatArray,
    index: pd.Index[Any],
    where: str,
    rest: float | None = None,
    unbounded: bool = False,
) -> FloatArray:
    """Numbers in the order of ``index``, by label from a series or mapping, else by position.

    With ``rest``, which is what labels without an entry have, a single number stands for all. With
    ``unbounded`` numbers may be inf.
    """
    if isinstance(values, Mapping):
        values = pd.Series(dict(values))
    have = index
    if isinstance(values, pd.Series):
        if not values.index.equals(index):
            have = matched(values.index, index, where, rest is None)
        values = values.to_numpy()
    elif rest is not None and isinstance(values, Real):
        values = np.full(len(index), values)
    array = numbers(values, where)
    if array.shape != (len(have),):
        raise ValueError(
            f"{where}: {len(index)} values are needed, one for each of {listing(index)}; got shape"
            f" {array.shape}"
        )
    bad = ~np.isfinite(array) & ~((array == np.inf) & unbounded)
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(f"{where}: {have[at]} has {shown(values[at])}, a finite number is needed")
    if have is index:
        return array
    # the last is for labels without an entry, whose position is -1
    return np.append(array, np.nan if rest is None else rest)[have.get_indexer(index)]


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 worker``, ``2 workers``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
