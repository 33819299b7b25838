"""One cell of a table as a label or a number, and what is wrong with it, in words.

A number is read where its writing leaves one meaning: ``0.5``, ``.5``, ``1e3``, and ``0,5`` where
a comma cannot separate cells. A single mark before exactly three digits, as in ``1,250``, may set
off thousands or be the decimal sign: that is an error, unless thousands are out of the question
there. Whatever else is no number is reported with what to write instead, where that is clear.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from unicodedata import category, normalize
from unicodedata import decimal as digit

from crowdnb.ability.qualification import decimals
from crowdnb.labels import number
from crowdnb.model.fields import MOST
from crowdnb.project.files import short
from crowdnb.project.spreadsheet import unmarked
from crowdnb.spelling import cleaned, in_quotes, spreadsheet_error, wrong

LABEL = 1000  # characters of a label
_LARGEST = 1e100  # of a cost or load, so that no sum of them is beyond the floats
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_APOSTROPHES = "'\u2019\u02bc"
_THOUSANDS = re.compile(
    rf"([+-]?[1-9][0-9]{{0,2}})(?P<mark>[.,\s{_APOSTROPHES}])([0-9]{{3}})"
    r"(?P<more>(?:(?P=mark)[0-9]{3})*)(?:(?!(?P=mark))[.,](?P<part>[0-9]+))?"
)
_FRACTION = re.compile(r"([0-9]+)\s*[/\u2044]\s*([1-9][0-9]*)")
_MINUS = "\u2212\u2010\u2011\u2012\u2013\u2014\uff0d\ufe63"  # what is printed for -
_PERCENT = "%\uff05\u066a"
_CALLED = {".": "point", ",": "comma", **dict.fromkeys(_APOSTROPHES, "apostrophe")}


def as_label(cell: Any) -> str:
    """A cell as a label, by the rule of :mod:`crowdnb.spelling`; 101.0 of a workbook is 101.

    And without the apostrophe by which a text that begins like a formula is kept a text.
    """
    if isinstance(cell, str):
        text = cleaned(cell)
        return cleaned(unmarked(text)) if "'" in text else text
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())  # how a spreadsheet stores a day
    return str(cell).strip()


def is_date(cell: Any) -> bool:
    """Whether a spreadsheet holds a day or a time here, whatever was typed."""
    return isinstance(cell, datetime | date | time)


def wrong_label(text: str) -> str | None:
    """What is wrong with a label, if anything."""
    if not text:
        return "is empty"
    if len(text) > LABEL:
        return f"{short(text)} is too long: at most {LABEL:,} are read"
    said = wrong(text)
    return said and f"{in_quotes(text)} {said}"


def broken(cell: Any) -> str | None:
    """What is wrong with a label of a text file that has a line break in it."""
    if isinstance(cell, str) and re.search(r"[\r\n]", cell.strip()):
        return f"{cell.strip()!r} has a line break in it (or is a quote not closed?)"
    return None


def read_number(
    cell: Any,
    decimal_comma: bool,
    rule: Callable[[float], str | None] = lambda value: None,
    large: bool = True,
) -> float | str:
    """A cell as a finite number that keeps the rule, or what is wrong with it.

    Parameters
    ----------
    cell : object
        As a file or a workbook holds it.
    decimal_comma : bool
        Whether a comma may be the decimal sign.
    rule : callable
        Of a number; what is wrong with it, or None.
    large : bool
        Whether numbers of a thousand and more may be meant at all.
    """
    if is_date(cell):
        return f"{cell} is a date, a number is needed (did the spreadsheet turn it into one?)"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = number(cell)
    else:
        text = as_label(cell)
        if not text:
            return "the cell is empty, a number is needed"
        plain = text.replace(",", ".") if decimal_comma else text
        if plain.lstrip("+-").lower() in ("nan", "inf", "infinity"):
            return f"{text!r} is not a finite number"
        decimal = decimal_comma and _NUMBER.fullmatch(plain)
        if (found := _ambiguity(text, decimal_comma)) is not None:
            thousands, said = found
            if not (decimal and (not large or rule(thousands))):
                return said
        if not _NUMBER.fullmatch(plain):
            return f"{quoted(text)} is not a number{_hint(text, decimal_comma)}"
        value = float(plain)
    if not math.isfinite(value):
        return f"{short(str(cell))} is not a finite number"
    return f"{short(as_label(cell))} {wrong}" if (wrong := rule(value)) else value


def decimals_of(cell: Any) -> int:
    """Digits after the decimal sign, as the number of a cell is written."""
    return decimals(as_label(cell).replace(",", ".") if isinstance(cell, str) else repr(cell))


def ratio(cell: Any) -> float:
    """A number, a fraction such as 1/3, or what a spreadsheet makes of one; NaN for the rest."""
    if is_date(cell) and not isinstance(cell, time):  # 1/3 typed into a cell is a day of a month
        return 1 / max(cell.day, cell.month) if min(cell.day, cell.month) == 1 else math.nan
    if found := _FRACTION.fullmatch(as_label(cell)):
        return int(found[1]) / int(found[2])
    value = read_number(cell, True, large=False)
    return math.nan if isinstance(value, str) else value


def in_unit(value: float) -> str | None:
    """What is wrong with an end of an interval, if anything."""
    return None if 0 <= value <= 1 else "must lie in [0, 1]"


def not_negative(value: float) -> str | None:
    """What is wrong with a weight or the like, if anything."""
    return "must not be negative" if value < 0 else None


def people(value: float) -> str | None:
    """What is wrong with a number of workers, if anything."""
    if value.is_integer() and value <= MOST:
        return not_negative(value)
    return not_negative(value) or f"must be a whole number of workers, at most {MOST:,.0f}"


def amount(value: float) -> str | None:
    """What is wrong with a cost, load or the like, if anything."""
    return not_negative(value) or any_amount(value)


def times(value: float) -> str | None:
    """What is wrong with a number of tasks of a worker, if anything."""
    if value.is_integer() and value <= MOST:
        return not_negative(value)
    return not_negative(value) or f"must be a whole number of tasks, at most {MOST:,.0f}"


def any_amount(value: float) -> str | None:
    """What is wrong with a cost that may be below 0, if anything."""
    return None if abs(value) <= _LARGEST else f"must lie between -{_LARGEST:g} and {_LARGEST:g}"


def part_of_places(cell: Any, decimal_comma: bool) -> tuple[int | str | None, str | None]:
    """So many places, or a share of them such as ``50%``; and what is wrong with it, if anything.

    None for an empty cell.
    """
    text = as_label(cell)
    if not text:
        return None, None
    if text[-1] in _PERCENT:
        share = read_number(text[:-1].strip(), decimal_comma, _per_cent, large=False)
        return (None, share) if isinstance(share, str) else (_as_share(share), None)
    value = read_number(cell, decimal_comma, people)
    if isinstance(value, str):
        given = read_number(cell, decimal_comma)
        share = isinstance(given, float) and 0 < given < 1
        return None, value + f" (a share is written as {given * 100:g}%)" * share
    return int(value), None


def _as_share(per_cent: float) -> str:
    """A share without an exponent: ``33.333%``."""
    return f"{per_cent:.10f}".rstrip("0").rstrip(".") + "%"


def _per_cent(value: float) -> str | None:
    return None if 0 <= value <= 100 else "must lie from 0% to 100%"


def quoted(text: str) -> str:
    """A text in quotes, not all of it where it is long."""
    return short(repr(text))


def _ambiguity(text: str, decimal_comma: bool) -> tuple[float, str] | None:
    """The value if its one mark sets off thousands, and what is then said; None where none can."""
    found = _THOUSANDS.fullmatch(text)
    if found is None or found["more"] or found["part"]:
        return None
    whole, mark, rest = found[1], found["mark"], found[3]
    if mark == "." and not decimal_comma:
        return None
    name = _CALLED.get(mark, "space")
    said = f"{text!r} is ambiguous: write {whole}{rest}"
    if mark not in ".,":
        return float(whole + rest), f"{said}, without the {name}"
    part = rest.rstrip("0")
    if decimal_comma and len(part) == 3:
        part += "0"  # four digits cannot be thousands
    other = f"{whole}{mark if decimal_comma else '.'}{part}" if part else whole
    said += f" if the {name} sets off thousands, {other} if it is the decimal sign"
    return float(whole + rest), said


def _hint(text: str, decimal_comma: bool) -> str:
    """What to write instead of a text that is no number, for the end of a sentence."""
    if len(text) > 60:
        return ""
    if text.startswith("="):
        return " (it is a formula; write its value)"
    if spreadsheet_error(text):
        return " (it is an error of the spreadsheet; mend it there)"
    if found := _THOUSANDS.fullmatch(text):
        whole = re.sub("[^0-9+-]", "", found[1] + found[3] + found["more"])
        part = f".{found['part']}" if found["part"] else ""
        return f" (write {whole}{part}, without marks between thousands)"
    if not decimal_comma and _NUMBER.fullmatch(point := text.replace(",", ".")):
        return f" (write {point}, with a decimal point)"
    if _ambiguity(normalize("NFKC", text).strip("%"), True) is not None:
        return " (write it in the digits 0 to 9 alone)"
    if (digits := _plain_digits(text)) != text and _NUMBER.fullmatch(digits):
        return f" (write {digits}, in the digits 0 to 9)"
    if text[0] in _MINUS and _NUMBER.fullmatch(digits[1:]):
        return f" (write -{digits[1:]}, with the minus sign of the keyboard)"
    if text[-1] in _PERCENT and _NUMBER.fullmatch(share := digits[:-1].strip()):
        return f" (a share is written without a per cent sign: {float(share) / 100:.10g})"
    if found := _FRACTION.fullmatch(text):
        return f" (write {int(found[1]) / int(found[2]):.6g})"
    if any(category(letter) == "Sc" for letter in text) or re.search(r"[0-9] ?[A-Z]{3}\b", text):
        return " (write the number alone, without a currency)"
    return ""


def _plain_digits(text: str) -> str:
    """Digits of any script, and full width, as those of ASCII; 1,5 as 1.5."""
    plain = "".join(
        str(digit(letter)) if letter.isdecimal() else letter for letter in normalize("NFKC", text)
    )
    return plain.replace("\u066b", ".").replace(",", ".")
