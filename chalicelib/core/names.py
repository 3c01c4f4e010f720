"""Names and other texts that people type: cleaned, compared, searched. The one place for it.

The SPA compares by the same letters: `python -m tools.contract` writes them from here.

A text may look like another one, or like none, and still be other characters: accents have two encodings, a pasted
name carries marks for the writing direction, an apostrophe has a dozen forms.
"""

import re
import unicodedata
from functools import cache, lru_cache

_JOINERS = "\u200c\u200d"
# Blank by their form, though Unicode counts them as letters or symbols: fillers of Hangul, the empty Braille cell.
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
# Parts of a character class. Unicode's Default_Ignorable_Code_Point, and what else has no form of its own: marks of
# annotations, of a hidden note head, of Egyptian grouping.
INVISIBLE = (
    r"\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    r"\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff" + BLANKS
)
# Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic. Signs of other scripts are no accents:
# without them Hindi loses its vowels, and Japanese takes "ga" for "ka".
ACCENTS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
)
# A text of these alone shows nothing, or an accent on no letter.
NO_GLYPH = rf"\s{INVISIBLE}{ACCENTS}"
APOSTROPHES = (
    "`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u055a\u05f3\u2018\u2019\u201a\u201b\u2032\u2035\ua78c\uff07"
)
HYPHENS = (
    "\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d"
)
_PUNCTUATION = str.maketrans({**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(HYPHENS, "-")})
# A stroke, or a dot that is left out, is an accent to readers, but Unicode takes the letter for another one.
STROKES = ("đħıłøŧ", "dhilot")
# R2-D2 may be a name; a word with more digits is a number.
_LEAST_DIGITS = 3
_TITLES = ("captain", "capt", "cpt", "cap", "skipper", "capitan", "capitana", "mr", "mrs", "ms", "dr")
# The blocks of the scripts that are written from right to left.
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
# A browser's address bar takes these for a dot or a slash, or a reader does.
_ADDRESS_FORMS = str.maketrans("\u3002\uff61\u2024\u2044\u2215\u29f8\\\u2236\ua789", "...////::")


def clean(text: str) -> str:
    """The text in NFC, without what cannot be seen, each run of blanks as one, none at the ends.

    Three kinds of invisible characters stay, because they change the form of what is seen: see `_shapes`.
    """
    return " ".join(clean_lines(text).split())


def clean_lines(text: str) -> str:
    """The same of a text of several lines: these, and the blanks within them, stay as they are."""
    if text.isascii():
        return text.strip()
    kept: list[str] = []
    text = unicodedata.normalize("NFC", text)
    for char, after in zip(text, f"{text[1:]} ", strict=True):
        if char in BLANKS:
            kept.append(" ")
        elif not _invisible().match(char) or _shapes(char, kept[-1] if kept else " ", after):
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)).strip()


def _shapes(char: str, before: str, after: str) -> bool:
    """Whether an invisible character shapes its neighbours.

    A joiner does after a virama (Indic scripts), between letters written from right to left (Persian names), and
    before an emoji (families): what Unicode's UAX #31 and UTS #51 allow, without their lists of letters. A variation
    selector does after an ideograph, a symbol or a digit. All others go, the tags in the flag of Scotland as well:
    they can hide a text of any length.
    """
    kind = unicodedata.category(before)
    if char in _JOINERS:
        right_to_left = ("R", "AL")
        is_word = unicodedata.bidirectional(after) in right_to_left
        return (
            unicodedata.combining(before) == 9
            or (is_word and unicodedata.bidirectional(before) in (*right_to_left, "NSM"))
            or (unicodedata.category(after) == "So" and (kind in ("So", "Sk") or before == "\ufe0f"))
        )
    return unicodedata.name(char, "").startswith("VARIATION SELECTOR") and kind in ("Lo", "So", "Sm", "Po", "Nd")


def clean_contact(text: str) -> str:
    """A phone number or an email address with its digits, signs, hyphens and apostrophes in ASCII where they can be."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", _invisible().sub("", text).translate(_PUNCTUATION))
    return " ".join(re.sub(r"\d", lambda digit: str(int(digit[0])), plain).split())


def has_visible_glyph(text: str) -> bool:
    return _visible().search(text) is not None


# Each who signs is compared with all who have: a batch of 31 on a charter of 600 took 0.75 s without, 0.05 s with it.
@lru_cache(maxsize=2048)
def fold(name: str) -> str:
    """Equal for names that differ only in case, accents, forms of apostrophe or hyphen, or the number of blanks.

    For comparing, not for showing.
    """
    folded = _bare(_bare(clean(name)).casefold())
    return " ".join(folded.translate(str.maketrans(*STROKES)).split())


def _bare(text: str) -> str:
    """Decomposed, without accents and invisible characters. The apostrophes first: Unicode takes some for accents."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PUNCTUATION))
    return _accents().sub("", _invisible().sub("", decomposed)).translate(_PUNCTUATION)


def is_same(one: str, other: str) -> bool:
    """Whether two texts are the same name."""
    return fold(one) == fold(other)


def has_words(text: str, words: str) -> bool:
    """Whether a text has each of the words that are searched for, each anywhere in it."""
    folded = fold(text)
    return all(word in folded for word in fold(words).split())


def email_key(email: str) -> str:
    """Equal for addresses that mail servers take for one: they ignore the letters' case."""
    return email.lower()


def first_name(name: str) -> str:
    """`Dana` of `Capt. Dana Ortiz` and of `Ortiz, Dana`: what guests call a captain.

    Empty when there is only a title, or when what was typed for a name holds an address or a number.
    """
    words = [word for word in name.split() if any(char.isalpha() for char in word)]
    first, *rest = [word for word in words if fold(word).rstrip(".") not in _TITLES] or [""]
    if first.endswith(",") and rest:
        first = rest[0]
    first = first.rstrip(",:;")
    is_number = sum(char.isdigit() for char in first) >= _LEAST_DIGITS
    return "" if is_number or "@" in first or has_web_address(first) else first


def isolate(text: str) -> str:
    """For a text within a line: written from right to left, it does not change places with what stands beside it."""
    return f"\u2068{text}\u2069" if _right_to_left().search(text) else text


def has_web_address(text: str) -> bool:
    """Whether it holds a scheme, `www.`, or a domain with a path, in any disguise that a browser reads through."""
    plain = unicodedata.normalize("NFKC", _invisible().sub("", text).translate(_ADDRESS_FORMS)).casefold()
    return _web_address().search(plain.translate(_ADDRESS_FORMS)) is not None


# Compiled when first asked for: a start that needs none pays for none.


@cache
def _invisible() -> re.Pattern[str]:
    return re.compile(f"[{INVISIBLE}]")


@cache
def _accents() -> re.Pattern[str]:
    return re.compile(f"[{ACCENTS}]")


@cache
def _right_to_left() -> re.Pattern[str]:
    return re.compile(f"[{RIGHT_TO_LEFT}]")


@cache
def _visible() -> re.Pattern[str]:
    return re.compile(rf"[^{NO_GLYPH}\x00-\x1f\x7f-\x9f]")


@cache
def _web_address() -> re.Pattern[str]:
    of_label = r"[^\s./:?#@,;()<>\"]"
    return re.compile(
        # Browsers also read http:/example.com, and blanks around the colon are no name either.
        r":\s*//|(?:https?|ftp|mailto|javascript)\s*:"
        r"|(?<![^\W_])www\d?\."
        # The end of a domain, or an IPv4 address, perhaps with a port, and a path. "J.R./K." is none: a domain ends in
        # two letters at least.
        rf"|(?:{of_label}\.[^\W\d_]{of_label}+|(?:\d{{1,3}}\.){{3}}\d{{1,3}})\.?(?::\d+)?(?:/|[?#]\S)"
    )
