"""The SPA takes two names for one, or a text for empty, just when the server does."""

import itertools
import sys
import unicodedata

from chalicelib.core import names
from tests.support import spa
from tests.support.real_names import REAL_NAMES

# Controls are refused anywhere; private letters and halves of letters stand in no name.
LETTERS = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cc", "Cs", "Co", "Cn")
]


def test_names_are_folded_alike_in_every_case_and_encoding() -> None:
    changes = (str, str.upper, str.lower, str.title, str.swapcase)
    forms = ("NFC", "NFD", "NFKC", "NFKD")
    typed = [
        unicodedata.normalize(form, change(name))
        for name, change, form in itertools.product(REAL_NAMES, changes, forms)
    ]
    assert spa.ask("lib/names.ts", "cases.map(module.fold)", typed) == [names.fold(name) for name in typed]


def test_every_letter_is_the_same_as_others_on_both_sides_or_on_neither() -> None:
    """The folded texts may differ, in Cherokee they do; which letters are one must not."""
    typed = [f"a{letter}a" for letter in LETTERS]
    pairs = set(zip(map(names.fold, typed), spa.ask("lib/names.ts", "cases.map(module.fold)", typed), strict=True))
    assert len({ours for ours, _ in pairs}) == len({theirs for _, theirs in pairs}) == len(pairs) > 100_000


def test_a_text_shows_nothing_on_both_sides_or_on_neither() -> None:
    texts = ["", " \u200b", "\u202a\u3164\u2066", "\u0301 \u00ad", "a\u200b", *LETTERS]
    blank = spa.ask("lib/names.ts", "cases.map(module.isBlank)", texts)
    assert [
        text for text, is_blank in zip(texts, blank, strict=True) if is_blank is names.has_visible_glyph(text)
    ] == []


def test_a_search_finds_the_same_on_both_sides() -> None:
    searched = list(itertools.product(REAL_NAMES, ("jose", "ŁUKASZ", "o'", "-", "sören k", "thi nguyen", "", "ß")))
    found = spa.ask("lib/names.ts", "cases.map(([text, words]) => module.hasWords(text, words))", searched)
    assert found == [names.has_words(text, words) for text, words in searched]
    assert sum(found) > len(REAL_NAMES)


def test_what_is_written_from_right_to_left_is_kept_apart_on_both_sides_alike() -> None:
    texts = [*REAL_NAMES, *LETTERS]
    assert spa.ask("lib/names.ts", "cases.map(module.isolate)", texts) == [names.isolate(text) for text in texts]
