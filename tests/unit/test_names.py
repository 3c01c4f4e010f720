"""Names as people type and paste them, in many scripts and disguises."""
# ruff: noqa: RUF001 - the letters that look alike are the subject

import sys
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.core import names
from tests.support.real_names import REAL_NAMES

# Characters that meet each other in real names and in tricks, more often than chance would have it.
typed = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(
        "aÉ .'-’\u0301\u0345\u0941\u094d\u0627\u064e\u200b\u200c\u200d\u202e\ufe0f\u2764\U0001f3fd\u3164\u115f"
    ),
    max_size=12,
)
# Of Unicode's format characters, the only ones that are seen: they stand around or over a number.
NUMBER_SIGNS = {*"\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"}

# --- clean ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_real_name_is_taken_as_it_is_typed_shows_something_and_is_no_web_address(name: str) -> None:
    assert names.clean(name) == unicodedata.normalize("NFC", name)
    assert names.has_visible_glyph(name)
    assert not names.has_web_address(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \t  Reyes\n", "Ana Reyes"),
        ("Ana\u00a0\u2003Reyes\u3000", "Ana Reyes"),
        ("Ana\u3164Reyes\u2800", "Ana Reyes"),
        ("\u202aAna\u202c \u2066Reyes\u2069\u200f", "Ana Reyes"),
        ("\ufeffAna\u200b Re\u00adyes\u2060", "Ana Reyes"),
        ("A\u200dna\ufe0f R\u200ceyes", "Ana Reyes"),
        ("Jose\u0301 Nu\u034fn\u0303ez", "José Nuñez"),
        ("Ana\U000e0049\U000e0050\U000e0020", "Ana"),
        ("\u0627\u200c", "\u0627"),
        ("\u200b", ""),
        ("\u200d\ufe0f \u3164\u2800", ""),
    ],
)
def test_what_cannot_be_seen_goes_and_blanks_become_one(typed: str, kept: str) -> None:
    assert names.clean(typed) == kept


def test_no_format_character_survives_between_letters_of_any_other_script() -> None:
    formats = {chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Cf"} - NUMBER_SIGNS
    assert len(formats) >= 150
    assert {char for char in formats if names.clean(f"A{char}n李{char}a") != "An李a"} == set()


@given(typed)
@example("a\u3164a")
def test_what_is_cleaned_is_clean(text: str) -> None:
    once = names.clean(text)
    assert names.clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once == " ".join(once.split())
    assert names.is_same(text, once)


def test_a_text_of_several_lines_keeps_them_and_its_blanks_but_nothing_invisible() -> None:
    text = "1. Jose\u0301\u200b\n\n\t   ab\u00a0 c\u202e  \n\u2066-\u2069 d"
    assert names.clean_lines(text) == "1. José\n\n\t   ab\u00a0 c  \n- d"
    assert names.clean_lines("\u200b \n\ufeff") == ""


@given(typed, typed)
def test_lines_that_are_cleaned_are_clean(one: str, other: str) -> None:
    once = names.clean_lines(f"{one}\n{other}")
    assert names.clean_lines(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert names.clean(once) == names.clean(f"{one}\n{other}")


# --- has_visible_glyph ----------------------------------------------------------------------------


def test_no_text_of_invisible_characters_blanks_controls_or_bare_accents_shows_anything() -> None:
    for code in range(sys.maxunicode):
        char = chr(code)
        category = unicodedata.category(char)
        hidden = category in ("Cc", "Zs", "Zl", "Zp") or (category == "Cf" and char not in NUMBER_SIGNS)
        if hidden or char in "\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u180b\ufe0f\U000e0100\u0301\u20d0":
            assert not names.has_visible_glyph(char * 3), hex(code)
        elif category[0] in "LNPS":
            assert names.has_visible_glyph(char) or char == "\U0001d159", hex(code)


# --- fold and is_same -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José Núñez", "Jose\u0301 Nu\u0301n\u0303ez"),
        ("José Núñez", "JOSE NUNEZ"),
        ("O’Brien Kay", "o'brien  kay"),
        ("O´Brien", "OʼBrien"),
        ("O`Brien", "O＇Brien"),
        ("Anne‑Marie", "Anne–Marie"),
        ("Anne-Marie", "anne−marie"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("Łukasz Wiśniewski", "Lukasz Wisniewski"),
        ("Đorđe", "DORDE"),
        ("Søren", "Soren"),
        ("Straße", "STRASSE"),
        ("İnönü Işık", "inonu isik"),
        ("Σίσυφος", "ΣΙΣΥΦΟΣ"),
        ("Фёдор", "федор"),
        ("Nguyễn", "nguyen"),
        ("בנימין־זאב", "בנימין-זאב"),
        ("עֲמִיחַי", "עמיחי"),
        ("نَجِيب", "نجيب"),
        ("محمد‌رضا", "محمدرضا"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("김민준", unicodedata.normalize("NFD", "김민준")),
        ("\u202aAna\u202c Re\u00adyes", "Ana\u00a0Reyes"),
    ],
)
def test_a_name_is_the_same_in_every_spelling(one: str, other: str) -> None:
    assert names.is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Reyes", "Anna Reyes"),
        ("Ana Reyes", "Reyes Ana"),
        ("Ana Reyes", "Ana"),
        ("O'Brien", "OBrien"),
        ("Anne-Marie", "Anne Marie"),
        ("AnnMarie", "Ann Marie"),
        # Signs that are no accents.
        ("がく", "かく"),
        ("कुमार", "कमार"),
        ("ปู", "ปา"),
    ],
)
def test_another_name_is_another_name(one: str, other: str) -> None:
    assert not names.is_same(one, other)


def test_no_two_of_the_real_names_are_the_same() -> None:
    assert len({names.fold(name) for name in REAL_NAMES}) == len(REAL_NAMES)


@given(typed)
def test_folding_again_or_after_another_encoding_changes_nothing(text: str) -> None:
    folded = names.fold(text)
    assert names.fold(folded) == folded
    assert names.fold(unicodedata.normalize("NFD", text)) == folded
    assert names.fold(text.title().swapcase()) == names.fold(text.title())


# --- has_words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Marina Šibenik", "sibenik"),
        ("Marina S\u030cibenik", "šibenik"),
        ("Leïla Ben Ali", "leila"),
        ("LEILA BEN ALI", "ali Leïla"),
        ("Kay O’Brien", "o'brien"),
        ("Kay O'Brien", "oʼbri"),
        ("Anne–Marie", "anne-m"),
        ("Straße 5", "STRASSE"),
        ("Łódź", "lodz"),
        ("Sunset sail", " sail   sun "),
        ("Sunset sail", "\u200b"),
        ("Sunset sail", ""),
    ],
)
def test_a_search_finds_words_without_regard_to_case_accents_and_forms(text: str, words: str) -> None:
    assert names.has_words(text, words)


@pytest.mark.parametrize(("text", "words"), [("Marina Split", "sibenik"), ("Sunset sail", "sun moon"), ("", "a")])
def test_a_search_does_not_find_what_is_not_there(text: str, words: str) -> None:
    assert not names.has_words(text, words)


# --- isolate --------------------------------------------------------------------------------------


def test_every_letter_written_from_right_to_left_is_kept_apart_and_no_name_of_another_script() -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if unicodedata.bidirectional(char) in ("R", "AL") and char != "\u200f":
            assert names.isolate(f"a{char}") == f"\u2068a{char}\u2069", hex(code)
        elif unicodedata.bidirectional(char) == "L":
            assert names.isolate(char) == char, hex(code)
    assert [name for name in REAL_NAMES if names.isolate(name) != name] == [
        "בנימין־זאב הרצל",
        "עֲמִיחַי ז׳בוטינסקי",
        "محمد‌رضا شجریان",
        "نَجِيب محفوظ",
    ]


# --- has_web_address ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "HTTP://X",
        "ftp://x",
        "tg://resolve",
        "http:/evil.com",
        "https:\\\\evil.com",
        "https :// evil.com",
        "javascript:alert(1)",
        "mailto:x@example.com",
        "www.evil.com",
        "WWW.Evil.Com",
        "(www.evil.com)",
        "www2.evil.com",
        "ｗｗｗ．ｅｖｉｌ",
        "evil.com/x",
        "evil.com/",
        "evil.com./x",
        "evil.com:8080/x",
        "evil.com?a=b",
        "evil.com#pay",
        "bit.ly/3xYz",
        "user@evil.com/x",
        "192.0.2.1/x",
        "xn--80ak6aa92e.com/x",
        "пример.рф/путь",
        "उदाहरण.परीक्षा/a",
        "例子。中国/x",
        "evil\u2024com\u2215x",
        "ｈｔｔｐｓ：／／evil．com",
        "h\u200btt\u00adps\u2060://evil.com",
        "\u202ewww.evil.com",
        "e\u200dvil.c\ufe0fom/x",
    ],
)
def test_a_web_address_is_found_in_every_disguise(address: str) -> None:
    assert names.has_web_address(address)
    assert names.has_web_address(f"Your payment failed - confirm at {address}!")
    assert names.has_web_address(f"Ana:{address}")


@pytest.mark.parametrize("piece", ["a.", "www", ": ", "1.", "a.bb", "a-", "http"])
def test_a_long_text_is_searched_in_no_time(piece: str) -> None:
    before = time.process_time()
    assert not names.has_web_address(piece * (100_000 // len(piece)))
    assert time.process_time() - before < 1


# --- clean_contact --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+1 (415) 555-0100", "+1 (415) 555-0100"),
        ("\u202a+1 555 010 0100\u202c", "+1 555 010 0100"),
        ("+1\u00a0555\u00a0010\u20110100", "+1 555 010-0100"),
        ("＋１ ４１５ ５５５", "+1 415 555"),
        ("\u0660\u0661\u0662 \u06f3\u06f4", "012 34"),
        ("\u200bana@exa\u2011mple.com\ufeff", "ana@exa-mple.com"),
        ("o’hara＠example．com", "o'hara@example.com"),
    ],
)
def test_a_pasted_number_or_address_becomes_what_a_keyboard_would_have_typed(typed: str, kept: str) -> None:
    assert names.clean_contact(typed) == kept


# --- first names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Dana Ortiz", "Dana"),
        ("Dana", "Dana"),
        ("Capt. Dana Ortiz", "Dana"),
        ("CAPTAIN Dana", "Dana"),
        ("Capitán José Núñez", "José"),
        ("Dr. Anne-Marie O’Neill", "Anne-Marie"),
        ("Ortiz, Dana", "Dana"),
        ("Dana Ortiz, Master 100 t", "Dana"),
        ("李明", "李明"),
        ("Captain", ""),
        ("", ""),
        ("dana@example.com", ""),
        ("+1 415 555 0100", ""),
        ("www.example.com/dana", ""),
        ("415-555-0100x", ""),
        ("Kim: the captain", "Kim"),
    ],
)
def test_a_first_name_is_what_guests_call_a_captain(name: str, first: str) -> None:
    assert names.first_name(name) == first


@pytest.mark.parametrize("name", REAL_NAMES)
def test_the_first_name_of_a_real_name_is_a_word_of_it(name: str) -> None:
    assert names.first_name(name) in {word.rstrip(",:;") for word in name.split()}
