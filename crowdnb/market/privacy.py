r"""What may leave: pseudonyms made with a key, rows that stand out, counts that give nobody away.

A pseudonym is the beginning of HMAC-SHA256(key, identifier). Without the key it cannot be made
again from a guess; a plain hash can, by trying all identifiers there are.

A cross table is published with its totals. Counts under k are hidden, and so are others, because a
total less what is shown would give the hidden one. A count under k is safe when, given all that is
shown, the least value that it can have is 0 and the greatest at least k. Who publishes knows the
counts and finds these by flows; a reader who does not, by linear programs (:func:`hidden_bounds`).

Two limits. k counts rows unless an identity is given, and a person may have several. And a group
of k people who are all alike in what is secret hides nobody (homogeneity): who is known to be in it
is known to have it, however large k is.

References
----------
H. Krawczyk, M. Bellare, R. Canetti, "HMAC: keyed-hashing for message authentication", RFC 2104
(1997). L. Sweeney, "k-anonymity: a model for protecting privacy", Int. J. Uncertainty, Fuzziness
and Knowledge-Based Systems 10 (2002) 557-570. L. H. Cox, "Suppression methodology and statistical
disclosure control", J. American Statistical Association 75 (1980) 377-385. A. Machanavajjhala and others, "l-diversity:
privacy beyond k-anonymity", ACM Trans. Knowledge Discovery from Data 1 (2007) 3 (homogeneity).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from crowdnb.labels import (
    BoolArray,
    FloatArray,
    IntArray,
    hashable,
    listing,
    needs,
    needs_frame,
    number_frame,
    several,
    shown,
    whole,
)

TOTAL = "all"
_SHORTEST_KEY = 16  # bytes
_LETTERS = 16  # of a pseudonym: 64 bits


def pseudonyms(identifiers: Iterable[Hashable], key: bytes) -> pd.Series[str]:
    """A keyed pseudonym for every identifier: the key is the only way back.

    Parameters
    ----------
    identifiers : iterable of label
        Read as text; a label that stands twice gets one pseudonym.
    key : bytes
        At least 16 of them, from ``secrets.token_bytes(32)``, kept apart from the data.

    Returns
    -------
    Series
        Index: the distinct identifiers; values: 16 hexadecimal digits.

    Raises
    ------
    ValueError
        The key is too short; two identifiers have the same text, or get the same pseudonym.

    Examples
    --------
    >>> pseudonyms(["P0001"], b"only for this example").to_dict()
    {'P0001': 'c90f05f6807c17f2'}
    """
    if not isinstance(key, bytes) or len(key) < _SHORTEST_KEY:
        got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
        raise ValueError(f"key: {_SHORTEST_KEY} bytes or more are needed, got {got}")
    given = hashable(several(identifiers, "identifiers"), "identifiers")
    if pd.Index(given, tupleize_cols=False).hasnans:
        raise ValueError("identifiers: one is missing")
    labels = pd.Index(list(dict.fromkeys(given)), tupleize_cols=False)
    names = [
        hmac.new(key, str(label).encode(), hashlib.sha256).hexdigest()[:_LETTERS]
        for label in labels
    ]
    if len(set(names)) < len(names):
        raise ValueError("identifiers: two of them come out the same")
    return pd.Series(names, labels, name="pseudonym")


def share_at_risk(
    frame: pd.DataFrame, columns: Sequence[str], k: int = 2, identity: str | None = None
) -> float:
    """Share of rows that fewer than k rows, or persons, are like, on columns others may know.

    Parameters
    ----------
    frame : DataFrame
        One row per person or visit.
    columns : sequence of str
        What others may know of a person, such as age and district.
    k : int
        ≥ 1. With 2 it is the share of rows that are unique.
    identity : str, optional
        The column that says whose row it is: k then counts persons. Without it a person with k
        visits is a group of k.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    ValueError
        There are no rows, a column is unknown, or k is not a whole number above 0.

    Examples
    --------
    >>> visits = pd.DataFrame({"age": [30, 30, 41], "district": ["N", "N", "S"]})
    >>> round(share_at_risk(visits, ["age", "district"]), 4), share_at_risk(visits, ["age"], k=3)
    (0.3333, 1.0)
    >>> share_at_risk(visits.assign(patient=["P1", "P1", "P2"]), ["age"], identity="patient")
    1.0
    """
    k = whole(k, "k")
    columns = _check_columns(frame, columns)
    groups = frame.groupby(columns, dropna=False, observed=True)
    if identity is None:
        alike = groups[columns[0]].transform("size")
    else:
        _check_columns(frame, [identity], "identity")
        alike = groups[identity].transform("nunique", dropna=False)
    return float((alike < k).mean())


def safe_table(frame: pd.DataFrame, rows: str, columns: str, k: int = 5) -> pd.DataFrame:
    """Count rows by two columns, with totals, and hide what shows or gives away a group under k.

    Parameters
    ----------
    frame : DataFrame
        One row per person or visit.
    rows, columns : str
        Names of two of its columns.
    k : int
        Fewest rows in a group that may be shown; 1 hides empty groups alone. Where a person may
        have several rows, drop all but one first.

    Returns
    -------
    DataFrame
        Counts (``Int64``) with a last row and column ``all``; ``<NA>`` where a count is hidden.

    Raises
    ------
    ValueError
        There are no rows, a column is unknown, has a missing value or the value ``all``, or k is
        not a whole number above 0.

    Notes
    -----
    Hidden first are the counts under k, totals too. While :func:`hidden_bounds` leaves
    one of them no room from 0 to k or more, further counts are hidden: the corners of a rectangle
    around it, with as few rows in them as can be. It ends, since where all is hidden nothing
    follows. Then whatever can be shown again is shown, the largest first. No count can be shown in
    addition, yet a table with fewer hidden may exist. It guards against arithmetic, not against
    what a reader knows from elsewhere.

    Examples
    --------
    >>> visits = pd.DataFrame({"district": ["N"] * 9 + ["S"] * 18})
    >>> visits["field"] = (["skin"] * 2 + ["heart"] * 7) * 3
    >>> safe_table(visits, "district", "field").fillna(-1).to_numpy().tolist()
    [[-1, -1, 9], [-1, -1, 18], [6, 21, 27]]
    """
    k = whole(k, "k")
    for name, column in (("rows", rows), ("columns", columns)):
        _check_columns(frame, [column], name)
    if rows == columns:
        raise ValueError(f"rows and columns: two columns are needed, got {shown(rows)} for both")
    for name in (rows, columns):
        if frame[name].isna().any() or (frame[name] == TOTAL).any():
            raise ValueError(
                f"column {name}: a value is missing, or is {TOTAL!r}, the name of totals"
            )
    (at_row, row_names), (at_column, column_names) = (
        pd.factorize(frame[name]) for name in (rows, columns)
    )
    counts = np.zeros((len(row_names) + 1, len(column_names) + 1))
    np.add.at(counts, (at_row, at_column), 1)
    counts[-1] = counts.sum(axis=0)
    counts[:, -1] = counts.sum(axis=1)
    small = counts < k
    hidden = small.copy()
    while exposed := _exposed(counts, hidden, small, k):
        for place in _companions(counts, hidden, exposed, k):
            hidden[place] = True
    extra = np.argwhere(hidden & ~small)
    for i, j in extra[np.argsort(-counts[tuple(extra.T)], kind="stable")].tolist():
        hidden[i, j] = False
        hidden[i, j] = _exposed(counts, hidden, small, k) is not None
    index = pd.Index([*row_names, TOTAL], name=rows)
    table = pd.DataFrame(counts, index, pd.Index([*column_names, TOTAL], name=columns)).astype(
        "Int64"
    )
    return table.mask(hidden)


def _exposed(
    counts: FloatArray, hidden: BoolArray, small: BoolArray, k: int
) -> tuple[int, int] | None:
    """The first small count of which it is known that somebody, or that fewer than k, are in there.

    The counts are a circulation: what goes into a row by its total comes out by its parts, into the
    columns, and by their totals back. Hidden counts can change by what can go round past them: the
    greatest flow from the end of one to its start raises it, the other way round lowers it.
    (:func:`hidden_bounds`, by linear programs, says the same.)
    """
    m, n = counts.shape
    room = np.zeros((m + n, m + n), dtype=np.int64)  # from rows, their total, columns, their total

    def ends(i: int, j: int) -> tuple[int, int]:
        return (m + j, i) if (i == m - 1) != (j == n - 1) else (i, m + j)

    for i, j in np.argwhere(hidden).tolist():
        start, end = ends(i, j)
        room[start, end], room[end, start] = counts[-1, -1] + k, counts[i, j]
    for i, j in np.argwhere(small).tolist():
        start, end = ends(i, j)
        count = int(counts[i, j])
        others = room.copy()
        others[start, end] = others[end, start] = 0
        if not (_flows(others, start, end, count) and _flows(others, end, start, k - count)):
            return i, j
    return None


def _flows(room: IntArray, start: int, end: int, wanted: int) -> bool:
    """Whether so much can flow between two nodes, given the room from each node to each other."""
    capacity = csr_array(np.minimum(room, wanted).astype(np.int32))  # more is of no use
    return bool(maximum_flow(capacity, start, end).flow_value >= wanted)


def _companions(
    counts: FloatArray, hidden: BoolArray, at: tuple[int, int], k: int
) -> list[tuple[int, int]]:
    """What to hide along with a count: the corners of a rectangle, of those shown the least sum.

    Hidden corners can be changed, two up and two down, and no total notices. Rectangles that alone
    give the count room from 0 to k come first, those with a total for a corner last; where there is
    none left, the smallest count shown.
    """
    (m, n), (i, j) = counts.shape, at
    whole = counts[m - 1, n - 1] + 1.0
    price = np.where(hidden, 0.0, counts)
    shown_total = ~hidden
    shown_total[: m - 1, : n - 1] = False
    if j == n - 1:  # a total cannot be hidden without another of its kind
        shown_total[: m - 1, j] = False
    if i == m - 1:
        shown_total[i, : n - 1] = False
    price[shown_total] += 100 * whole
    room = np.minimum.outer(counts[:, j], counts[i]) >= k - counts[i, j]
    adds = ~(hidden & np.logical_and.outer(hidden[:, j], hidden[i]))
    fits = adds & (counts >= counts[i, j])
    fits[i], fits[:, j] = False, False
    if not fits.any():
        return [_place(np.where(hidden, np.inf, price))]
    r, c = _place(
        np.where(fits, np.add.outer(price[:, j], price[i]) + price + 10 * whole * ~room, np.inf)
    )
    return [place for place in ((i, c), (r, j), (r, c)) if not hidden[place]]


def _place(values: FloatArray) -> tuple[int, int]:
    """Where the least value stands."""
    row, column = divmod(int(values.argmin()), values.shape[1])
    return row, column


def hidden_bounds(table: pd.DataFrame) -> pd.DataFrame:
    """What a reader of a cross table with totals can work out about the counts hidden in it.

    Parameters
    ----------
    table : DataFrame
        Counts ≥ 0, missing where hidden; the last row and the last column are totals.

    Returns
    -------
    DataFrame
        One row per hidden count: row, column, low and high, the least and greatest value that fits
        that is shown (``inf`` where nothing limits it).

    Raises
    ------
    ValueError
        A count is negative, or the counts shown contradict each other.

    Notes
    -----
    Two linear programs a hidden count. The equations are those of a network, so the
    ends are whole numbers.

    Examples
    --------
    A count of 2 that alone is hidden in its row is no secret:

    >>> names = ["N", "S", "all"], ["skin", "heart", "all"]
    >>> table = pd.DataFrame([[None, 7, 9], [4, None, 18], [6, 21, 27]], *names)
    >>> hidden_bounds(table).to_numpy().tolist()
    [['N', 'skin', 2.0, 2.0], ['S', 'heart', 14.0, 14.0]]
    """
    seen = number_frame(table, "table", missing=True).to_numpy()
    if min(seen.shape) < 2:
        raise ValueError(
            f"table: a row and a column beside the totals are needed, got shape {seen.shape}"
        )
    if (seen < 0).any():
        raise ValueError("table: a count must not be negative")
    lines = [
        (table.index[i], table.columns[j], *_bounds(seen, i, j))
        for i, j in np.argwhere(np.isnan(seen)).tolist()
    ]
    return pd.DataFrame(lines, columns=["row", "column", "low", "high"])


def _bounds(seen: FloatArray, i: int, j: int) -> tuple[float, float]:
    """Least and greatest value of one hidden count (NaN), totals in the last row and column."""
    m, n = seen.shape
    equations = np.zeros((m + n, m, n))  # the parts of a line less its total are 0
    for row in range(m):
        equations[row, row] = np.append(np.ones(n - 1), -1.0)
    for column in range(n):
        equations[m + column, :, column] = np.append(np.ones(m - 1), -1.0)
    unknown = np.isnan(seen)
    side = -equations[:, ~unknown] @ seen[~unknown]
    aim = np.zeros((m, n))
    aim[i, j] = 1.0
    low, most = (_least(way * aim[unknown], equations[:, unknown], side) for way in (1, -1))
    return low, 0.0 - most


def _least(aim: FloatArray, rows: FloatArray, side: FloatArray) -> float:
    answer = linprog(aim, A_eq=rows, b_eq=side, bounds=(0, None), method="highs")
    if answer.status == 3:  # unbounded
        return -np.inf
    if answer.status != 0:
        raise ValueError("table: the counts shown contradict each other")
    return round(float(answer.fun or 0.0)) + 0.0


def _check_columns(frame: pd.DataFrame, columns: Sequence[str], what: str = "columns") -> list[str]:
    if needs(frame, pd.DataFrame, "frame").empty:
        raise ValueError("frame: there are no rows")
    if isinstance(columns, str) or not (names := several(columns, "columns")):
        raise ValueError(f"columns: a list of one name or more is needed, got {shown(columns)}")
    if missing := [name for name in names if not isinstance(name, Hashable) or name not in frame]:
        raise ValueError(f"{what}: {listing(missing)} is not one of {listing(frame.columns)}")
    needs_frame(frame, "frame", names)
    for name in names:
        hashable(frame[name], f"frame, column {name}")
    return names
