r"""What is one label, whatever it is made of: one rule for cells, arguments and text boxes.

What no person could tell apart on a screen is one label, or an error. What could be meant stays as
it is, and is noted where files are read.

=============  =====================================================================================
one label      :func:`cleaned`: composed and decomposed letters (NFC), kinds and numbers of spaces,
               invisible characters, forms that a letter has only in print
an error       :func:`wrong`: an error value of a spreadsheet, letters of two scripts that look
               alike; :func:`same_look`: two labels that look alike
to be noted    :func:`difference`: labels that differ in case, in width, in joiners, in a dash, in
               how a number is written
kept           joiners where they join; characters that steer a terminal or turn a line round, which
               :func:`plain` shows by their codes
=============  =====================================================================================

References
----------
Unicode Standard Annex 15, "Unicode normalization forms"; Unicode Technical Standard 39, "Unicode
security mechanisms" (look-alikes; the table here has the letters that are the same in most type).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from numbers import Real
from typing import Any, TypeGuard
from unicodedata import category, decimal, decomposition, name, normalize

# Letters that join, or may, when a joiner is between them: Arabic and its kin, the scripts of India
# and around it, Mongolian. Arabic's printed forms too, which become letters below.
_JOINING = (
    "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\u1a20-\u1aaf\u1b00-\u1c4f\ua800-\ua95f"
    "\ua980-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00011fff\U0001e900-\U0001e95f"
)
_PICTURES = "\u2190-\u2bff\U0001f000-\U0001faff"  # of which joiners make others, as of families
_JOINERS = re.compile("[\u200c\u200d]+")
_JOINS = re.compile(
    f"(?<=[{_JOINING}])(?:\u200d|\u200c(?=[{_JOINING}]))|(?<=[{_PICTURES}])\u200d(?=[{_PICTURES}])"
)
# A flag of England is a black flag with letters that are not seen.
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f"
# Not seen: marks of direction, of where a word may break, of a variant. Not among them: what turns
# letters round whatever they are (202d, 202e), and signs around digits, which are seen (0600-0605).
_UNSEEN = re.compile(
    f"({_FLAG})|[\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202c\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)
_BLANKS = re.compile("[\\s\u115f\u1160\u2800\u3164\uffa0]+")  # seen as spaces
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—−﹣－"}
_QUOTES = {ord(quote): "'" for quote in "‘’‚‛ʼʹ′`´＇"} | {ord(quote): '"' for quote in "“”„‟″«»＂"}
# Ways of writing a letter of Persian or Arabic that are the same within a word.
_KIN = str.maketrans("يىك", "ییک")

_LOOKS = str.maketrans(
    "АВЕКМНОРСТУХЅІЈԚԜѴаеорсухѕіјһԁԛԝѵӏ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονϲϳ" + "Օօ" + "ɑɡ",
    "ABEKMHOPCTYXSIJQWVaeopcyxsijhdqwvl" + "ABEZHIKMNOPTYXovcj" + "Oo" + "ag",
)
_AS_CYRILLIC = {chr(latin) for letter, latin in _LOOKS.items() if 0x400 <= letter < 0x530}
_SCRIPTS = {
    "Latin": re.compile("[A-Za-zÀ-ÖØ-öø-ʯḀ-ỿ]"),
    "Cyrillic": re.compile("[Ѐ-ԯᲀ-ᲈꙀ-ꚟ]"),
    "Greek": re.compile("[Ͱ-Ͽἀ-῿]"),
    "Armenian": re.compile("[Ա-֏]"),
}
_WORD = re.compile(r"[^\W\d_]+")

# As Excel, LibreOffice and Google Sheets write them, in many languages.
_ENGLISH = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!)", re.IGNORECASE)
_ERROR = re.compile(
    r"#[¡¿]?[^\W\d_][\w/ .÷]*[!?]"  # #BEZUG!  #DEEL/0!  #¿NOMBRE?  #ССЫЛКА!
    r"|#(?:[NI]/[ADBVPT]|[НД]/[ДН]|Δ/Υ|NV|YOK|HIÁNYZIK|NEDOSTUPNÝ|NENÍ[_ ]K[_ ]DISPOZICI"
    r"|NAV[_ ]PIEEJAMS|N\.[AD]\.|GETTING_DATA|DATEN_ABRUFEN|OBTENTION_DONNEES|CHARGEMENT_DONNEES"
    r"|OBTENIENDO_DATOS|OBTENDO_DADOS|ESTRAZIONE_DATI|RECUPERO_DATI|GEGEVENS_OPHALEN"
    r"|ОЖИДАНИЕ_ДАННЫХ|ЗАГРУЗКА_ДАННЫХ|POBIERANIE_DANYCH|HÄMTAR_DATA)[!?]?"
    r"|##+|(?:Err|Fehler|Erreur|Errore|Erro|Ошибка) ?: ?5[0-9][0-9]"
)
# Radicals of Chinese, ligatures, and the forms that Arabic letters have within words, as copied
# from print; the micro sign; hyphens that are longer in no type.
_FORMS = {
    code: normalize("NFKC", chr(code))
    for code in (0xB5, *range(0x2E80, 0x2FE0), *range(0xFB00, 0xFDF0), *range(0xFE70, 0xFEFD))
    if decomposition(chr(code)) and normalize("NFKC", chr(code))[0] != " "  # no mark on its own
} | {0x2010: "-", 0x2011: "-"}


def cleaned(text: str) -> str:
    """The label that a text stands for: the same for all that look the same.

    Examples
    --------
    >>> cleaned("  Ann\u00a0 Lee\u200b ")
    'Ann Lee'
    """
    simple = text.isascii() and text.isprintable() and "  " not in text
    return text.strip(" ") if simple else _cleaned(text)


@lru_cache(maxsize=1 << 16)  # a file says a name many times; this takes 5 microseconds
def _cleaned(text: str) -> str:
    while (clean := _cleaned_once(text)) != text:  # marks in another order may undo a joiner
        text = clean
    return text


def _cleaned_once(text: str) -> str:
    text = _UNSEEN.sub(lambda found: found[1] or "", text)
    text = normalize("NFC", text.translate(_FORMS))
    if _JOINERS.search(text):
        text = _JOINERS.sub(lambda found: found[0][0], text)
        kept = {found.start() for found in _JOINS.finditer(text)}
        text = "".join(c for at, c in enumerate(text) if c not in "\u200c\u200d" or at in kept)
    return normalize("NFC", _BLANKS.sub(" ", text).strip(" "))


def wrong(text: str) -> str | None:
    """What no label is, as the end of a sentence that begins with it; None for a good one."""
    if spreadsheet_error(text):
        return "is an error value of a spreadsheet; put the right name into that cell"
    if text.isascii():
        return None
    if any(category(letter) == "Cs" for letter in text):
        return "has half a character in it, so it was not read in its encoding"
    return _mixed(text)


def spreadsheet_error(text: str) -> bool:
    """Whether a text is what a spreadsheet shows for a value that it cannot compute."""
    if text[:1] not in "#＃EFО" or len(text) > 30:
        return False
    text = normalize("NFKC", text)
    if text.startswith("#") and text != text.upper():
        return bool(_ENGLISH.fullmatch(text))
    return bool(_ERROR.fullmatch(text))


def _mixed(text: str) -> str | None:
    """Letters within a word that look like those of the script around them, if any."""
    for word in _WORD.findall(text):
        letters = {script: set(found.findall(word)) for script, found in _SCRIPTS.items()}
        for script in ("Cyrillic", "Greek", "Armenian"):
            strange, latin = letters[script], letters["Latin"]
            if not (strange and latin):
                continue
            if all(ord(letter) in _LOOKS for letter in strange):
                return f"mixes {_coded(strange)} with Latin letters; write {word!r} in one alphabet"
            if script == "Cyrillic" and latin <= _AS_CYRILLIC:
                return (
                    f"mixes {_coded(latin)} with Cyrillic letters; write {word!r} in one alphabet"
                )
    return None


def same_look(labels: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of different labels that look the same, though their letters are of two alphabets."""
    first: dict[str, str] = {}
    pairs = []
    for label in labels:
        look = label
        if not label.isascii():
            look = normalize("NFC", normalize("NFD", label).translate(_LOOKS))
        if (other := first.setdefault(look, label)) != label:
            pairs.append((other, label))
    return pairs


def apart(one: str, other: str) -> str:
    """Two texts that look the same, each with the codes of what it has and the other has not."""
    said = []
    for text, than in ((one, other), (other, one)):
        own = [letter for letter in sorted(set(text) - set(than)) if not letter.isascii()]
        said.append(shown_codes(text) + (f" ({_coded(own)})" if own else ""))
    return " and ".join(said)


def _coded(letters: Iterable[str]) -> str:
    """Characters by code and name: ``U+0430 Cyrillic small letter a``."""
    few = sorted(letters)[:3]
    return ", ".join(
        f"U+{ord(c):04X} {name(c, 'without a name').capitalize()}".rstrip() for c in few
    )


def alike(text: str) -> str:
    """What labels have in common that could be one and could be meant as two."""
    for fold in _IN_TURN:
        text = fold(text)
    return text


def difference(one: str, other: str) -> str:
    """In what alone two labels with the same :func:`alike` differ, in words."""
    for word, fold in _FOLDS:
        if fold(one) == fold(other):
            return word
    return SEVERAL


def _without_joiners(text: str) -> str:
    return _JOINERS.sub("", text)


def _with_one_dash(text: str) -> str:
    return text.translate(_DASHES).translate(_QUOTES)


def _number(text: str) -> str:
    digits = "".join(str(decimal(c)) if c.isdecimal() else c for c in text)
    whole = re.fullmatch(r"[+]?([0-9]+)(?:[.,]0+)?", digits)
    return re.sub(r"(?<![0-9.,])0+(?=[0-9])", "", whole[1] if whole else digits)


SEVERAL = "case, width or the like"
_FOLDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("case", lambda text: normalize("NFC", text.casefold())),
    ("the width or form of a character", lambda text: cleaned(normalize("NFKC", text))),
    ("a joiner that is not seen", _without_joiners),
    ("the kind of a dash or quote", _with_one_dash),
    ("how a number is written", _number),
    ("the form of an Arabic letter", lambda text: text.translate(_KIN)),
)

# a quote before forms, which make an accent and a space of ´; case after them, as of 𝐀 and №
_IN_TURN = [_with_one_dash, _FOLDS[1][1], *(fold for _, fold in _FOLDS)]


def plain(text: str) -> str:
    """Text without control characters, which could steer a terminal or turn a page's lines.

    They are shown by their codes. Joiners stay where they join.
    """
    if text.isprintable():
        return text
    kept = {found.start() for found in _JOINS.finditer(text)}
    kept.update(*(range(*found.span()) for found in re.finditer(_FLAG, text)))
    return "".join(
        c
        if c.isprintable() or c == "\n" or category(c) == "Zs" or at in kept
        else c.encode("unicode_escape").decode()
        for at, c in enumerate(text)
    )


def shown_codes(text: str) -> str:
    """A text in quotes in which all that is not seen, or could be a plain space, is a code."""
    return ascii(text) if text.isascii() else "'" + "".join(map(_code_of, text)) + "'"


def in_quotes(text: str | bytes) -> str:
    """A text as Python writes it, but joiners as they are."""
    return re.sub(
        r"(?<!\\)\\u200([cd])", lambda found: chr(0x2000 + int("0" + found[1], 16)), repr(text)
    )


def _code_of(letter: str) -> str:
    seen = letter == " " or (letter.isprintable() and not _UNSEEN.match(letter))
    return letter if seen else letter.encode("unicode_escape").decode()


def one_label(label: Any) -> Any:
    """A label as :func:`cleaned` has it; what is no text stays as it is."""
    return cleaned(label) if isinstance(label, str) else label


def told_apart(labels: Sequence[Any], where: str, once: bool = True) -> list[Any]:
    """Distinct labels, cleaned; ValueError shows one that is wrong, or two that look the same.

    With ``once`` false, those that are one label when cleaned may be there.
    """
    if all(isinstance(label, str) for label in labels):
        together = "\n".join(labels)
        if together.isascii() and not _NOT_SIMPLE.search(together):
            return list(labels)
    given: dict[str, Any] = {}
    clean = [one_label(label) for label in labels]
    for label, is_label in zip(labels, clean, strict=True):
        look = str(is_label)
        if _is_text(label) and (said := wrong(look) if look else "is not seen" if label else None):
            raise ValueError(f"{where}: the label {shown_codes(label)} {said}")
        other = given.setdefault(look, label)
        # what stands twice as it is, is for others to tell
        equal = other is label or other == label
        if not equal and (once or not (_is_text(other) and _is_text(label))):
            raise ValueError(f"{where}: {_two(other, label)}")
    for one, other in same_look([look for look, label in given.items() if _is_text(label)]):
        raise ValueError(f"{where}: {_two(given[one], given[other])}")
    return clean


def _is_text(label: object) -> TypeGuard[str]:
    return isinstance(label, str)


# of labels one under the other: what a label of plain letters has not, or an error value of a
# spreadsheet may begin with
_NOT_SIMPLE = re.compile(r"[^ -~\n]|  |^[ #EF]| $|^$", re.MULTILINE)


def _two(one: Any, other: Any) -> str:
    if _is_text(one) and _is_text(other):
        return f"{apart(one, other)} look the same; write one of them otherwise"
    kinds = " and ".join(f"{label!r}, {_kind(label)}," for label in (one, other))
    return f"{kinds} look the same; give all labels one type"


def _kind(label: object) -> str:
    if isinstance(label, Real) and not isinstance(label, bool):
        return "a number"
    return "text" if _is_text(label) else f"of type {type(label).__name__}"


def meant(label: Any, known: Iterable[Any]) -> str:
    """A hint, for the end of a sentence, at the label that looks like one that is unknown."""
    clean = one_label(label)
    for other in known:
        if str(one_label(other)) == str(clean):
            if _is_text(label) and _is_text(other):
                return f": {apart(label, other)} look the same"
            return f": here {label!r} is {_kind(label)}, and there {other!r} is {_kind(other)}"
    if _is_text(label):
        for other in filter(_is_text, known):
            if same_look([clean, other]):
                return f": {apart(clean, other)} look the same"
            if _without_joiners(clean) == _without_joiners(other):
                pair = f"{shown_codes(clean)} and {shown_codes(other)}"
                return f": {pair} differ in a joiner that is not seen"
    return ""


def unknown(label: Any, known: Iterable[Any]) -> str:
    """That a label is unknown, with a hint at what looks like it."""
    hint = meant(label, known)
    return f"{shown_codes(label) if hint and _is_text(label) else label} is unknown{hint}"
