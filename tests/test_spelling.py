"""What is one label, an error, or to be noted; what never reaches a screen as it is."""

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdnb.spelling import (
    alike,
    apart,
    cleaned,
    difference,
    plain,
    same_look,
    spreadsheet_error,
    told_apart,
    wrong,
)

ONE = {
    "at the ends": [" Ann Lee ", "\tAnn Lee\n", "\ufeffAnn Lee"],
    "doubled": ["Ann  Lee", "Ann   Lee"],
    "kinds of spaces": [
        "Ann" + space + "Lee"
        for space in "\u00a0\u1680\u2003\u2009\u202f\u205f\u3000\t\n\v\f\u0085\u2028\u2800\u3164\u115f\u1160"
    ],
    "invisible": [
        "Ann" + sign + " Lee"
        for sign in "\U000e0061\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a\u202c\u2060\u2063\u2069\ufe0f\ufeff"
        "\U0001d159"
    ],
    "joiners that join nothing": ["Ann\u200c Lee", "A\u200dnn Lee", "Ann Lee\u200c\u200d"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE)
def test_what_looks_the_same_is_one_label(kind):
    assert {cleaned(text) for text in ONE[kind]} == {"Ann Lee"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José", "Jose\u0301"),
        ("Ångström", "\u212bngström"),
        ("한", "\u1112\u1161\u11ab"),
        ("µm", "μm"),
        ("Ann-Lee", "Ann\u2011Lee"),
        ("人", "⼈"),
        ("Griffin", "Gri\ufb03n"),
        ("محمد", "ﻣﺤﻤﺪ"),
        ("ب\u200cك", "ب\u200c\u200cك"),
    ],
)
def test_forms_of_a_letter_are_one_label(one, other):
    assert one != other and cleaned(one) == cleaned(other) == one.replace("µ", "μ")


@pytest.mark.parametrize(
    "text",
    ["می‌خواهم", "ශ්‍රී ලංකා", "क्‍ष", "ه‍", "👩‍💻", "👨‍👩‍👧", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "張 三", "Ann Lee", "№ 3", "x²", "…"],
)
def test_joiners_that_join_are_kept_and_shown(text):
    assert cleaned(text) == text == plain(text)


@given(st.text(max_size=12))
def test_cleaning_twice_is_cleaning_once(text):
    once = cleaned(text)
    assert cleaned(once) == once and unicodedata.is_normalized("NFC", once)


ERRORS = [
    "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA",
    "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!",
    "#KALK!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#EPARS!", "#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡DIV/0!",
    "#¡NUM!", "#¡NULO!", "#¡DESBORDAMIENTO!", "#NOME?", "#RIF!", "#VALORE!", "#N/D", "#NÚM!", "#VALOR!", "#NAAM?",
    "#VERW!", "#WAARDE!", "#N/B", "#DEEL/0!", "#GETAL!", "#LEEG!", "#ADR!", "#ARG!", "#NAZWA?", "#N/D!", "#LICZBA!",
    "#DZIEL/0!", "#ZERO!", "#ССЫЛКА!", "#ЗНАЧ!", "#ИМЯ?", "#ДЕЛ/0!", "#ПУСТО!", "#ЧИСЛО!", "#Н/Д", "#BAŞV!",
    "#DEĞER!", "#AD?", "#SAYI/0!", "#YOK", "#ODKAZ!", "#HODNOTA!", "#NÁZEV?", "#DĚLENÍ_NULOU!", "#HIV!", "#ÉRTÉK!",
    "#NÉV?", "#HIÁNYZIK", "#VIITTAUS!", "#ARVO!", "#NIMI?", "#PUUTTUU!", "#REFERENS!", "#VÄRDEFEL!", "#NAMN?",
    "#SAKNAS!", "#REFERENCE!", "#VÆRDI!", "#NAVN?", "#I/T", "#VERDI!", "#ΑΝΑΦ!", "#ΤΙΜΗ!", "#n/a", "#ref!",
    "#Name?", "Err:502", "Fehler:508", "#####", "＃REF！",
]  # fmt: skip


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_of_a_spreadsheet_is_no_label(text):
    assert spreadsheet_error(text)
    assert "error value of a spreadsheet" in wrong(text)


@pytest.mark.parametrize(
    "text",
    ["#1", "#42", "#", "#TASK_ONE", "#Help!", "#a/b", "#A/B", "NA", "N/A", "n/a", "Room:501", "#team?", "Ref!", "E5"],
)  # fmt: skip
def test_a_label_with_a_hash_may_be_one(text):
    assert not spreadsheet_error(text) and wrong(text) is None


@pytest.mark.parametrize(
    ("text", "strange"),
    [("Аnna", "U+0410 Cyrillic capital letter a"), ("Cова", "U+0043 Latin capital letter c"),
     ("Αnna", "Greek"), ("Ann Lее", "U+0435"), ("Bօb", "U+0585 Armenian small letter oh")],
)  # fmt: skip
def test_a_word_of_two_alphabets_that_look_alike_is_wrong(text, strange):
    assert strange in wrong(text)


@pytest.mark.parametrize(
    "text",
    [
        "Анна",
        "PDFка",
        "μA",
        "ΔT",
        "Δt",
        "α1",
        "Н2О",
        "А4-формат",
        "Αθήνα",
        "naïve",
        "工人A",
        "Օհան",
    ],
)
def test_words_of_one_alphabet_are_right(text):
    assert wrong(text) is None


def test_labels_of_two_alphabets_that_look_alike_are_found():
    assert same_look(["Т-34", "x", "T-34", "Ёж", "Х"]) == [("Т-34", "T-34")]
    assert same_look(["ɡo", "go", "օ1", "o1"]) == [("ɡo", "go"), ("օ1", "o1")]
    assert "U+0422 Cyrillic capital letter te" in apart("Т-34", "T-34")


NOTED = [
    ("A1@x.org", "a1@x.org", "case"), ("STRASSE", "straße", "case"), ("Ａ１", "A1", "width"), ("ｶﾅ", "カナ", "width"),
    ("Ⅳ", "IV", "width"), ("ها", "ه‌ا", "joiner"), ("O’Brien", "O'Brien", "quote"), ("a–b", "a-b", "dash"),
    ("7", "07", "number"), ("1", "1.0", "number"), ("a7", "a07", "number"), ("٧", "7", "number"),
    ("2024-03-01", "2024-3-1", "number"), ("کریم", "كريم", "Arabic"), ("Ａ", "a", "or the like"),
    ("𝐀nn", "Ann", "width"), ("№1", "No1", "width"), ("O´Brien", "O'Brien", "quote"), ("Ａ–1", "a-1", "or the like"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "word"), NOTED)
def test_labels_that_could_be_one_are_alike(one, other, word):
    assert cleaned(one) != cleaned(other)
    assert alike(one) == alike(other) and word in difference(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("a1", "a10"), ("7", "70"), ("1.05", "1.5"), ("Jose", "José"), ("a b", "ab")]
)
def test_labels_that_are_two_are_not_alike(one, other):
    assert alike(one) != alike(other)


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "\x07", "abc\u202edef", "a\u202db", "\x00", "a\u2066b", "\u200b"]
)
def test_nothing_that_steers_reaches_a_screen(text):
    assert plain(text).isprintable() and plain(text) == text.encode("unicode_escape").decode()


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["w 1", "w\u00a01"], r"'w 1' and 'w\\xa01' \(U\+00A0 No-break space\) look the same"),
        (["a", "a "], "'a' and 'a ' look the same"),
        ([7, "7"], "7, a number, and '7', text, look the same; give all labels one type"),
        (["e\u0301", "é"], "U\\+0301 Combining acute accent.* look the same"),
        (["T", "Т"], "look the same"),
        (["a", "\u200b"], r"the label '\\u200b' is not seen"),
        (["a", "#REF!"], "the label '#REF!' is an error value of a spreadsheet"),
        (["\ud800", "b"], "half a character"),
    ],
)  # fmt: skip
def test_labels_that_nobody_can_tell_apart_are_an_error(labels, said):
    with pytest.raises(ValueError, match=f"^here: .*{said}"):
        told_apart(labels, "here")


def test_labels_are_cleaned_and_others_stay():
    assert told_apart(["a ", "b", 3, ("c ", 1)], "here") == ["a", "b", 3, ("c ", 1)]
    assert told_apart(["w 1", "w\u00a01"], "here", once=False) == ["w 1", "w 1"]


def test_the_page_of_files_tells_the_rule_with_true_examples():
    page = (Path(__file__).parents[1] / "docs" / "files.md").read_text(encoding="utf-8")
    table = page.split("## Labels")[1].split("## What is written")[0]
    found = re.findall(r"^\| ((?:that|in|with) .*?) \| (.*?) \| (.*?) \|$", table, re.MULTILINE)
    rows = {what: (are, such) for what, are, such in found}
    assert len(rows) == 11
    (errors,) = (such for what, (_, such) in rows.items() if "error value" in what)
    assert all(spreadsheet_error(text) for text in re.findall("`(.*?)`", errors))
    for what, (are, such) in rows.items():
        for one, other in re.findall("`([^`]*)` and `([^`]*)`", such):
            if are == "one":
                assert cleaned(one) == cleaned(other)
            elif are == "two, noted":
                assert cleaned(one) != cleaned(other) and alike(one) == alike(other), what
