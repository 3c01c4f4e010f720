"""The plain text of a mail, in lines that any mail program shows whole."""

import re
import unicodedata
from collections.abc import Iterator

COLUMNS = 78
# What stands before the text of a line, and under which it goes on: blanks, then a list's mark or a label in a column.
_PREFIX = re.compile(r" *(?:[-*+•] +|\d{1,3}[.)] +|(?<= )[^\s:]{1,12}(?: {2,}|: +))?")
# Not between an amount and its currency: 1,250.00 CHF is one word.
_BLANK = re.compile(r"(?<!\d) +| +(?![A-Z]{3}\b)")
_JOINER = "\u200d"


def wrap(text: str) -> str:
    """The text with no line of more than 78 columns, and no more than one empty line on end.

    Only words that a line is too narrow for are longer: a link or a hash stays whole. Text without blanks, as Japanese
    is written, is cut between characters.
    """
    lines = (line for long_line in text.split("\n") for line in _wrap_line(long_line.rstrip()))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _wrap_line(line: str) -> Iterator[str]:
    if _width(line) <= COLUMNS:
        yield line
        return
    match = _PREFIX.match(line)
    prefix = match[0] if match else ""
    indent = " " * len(prefix)
    room = COLUMNS - len(prefix)
    so_far = ""
    for word in _words(line[len(prefix) :], room):
        if so_far and _width(so_far) + 1 + _width(word) > room:
            yield prefix + so_far
            prefix, so_far = indent, ""
        so_far = f"{so_far} {word}" if so_far else word
    yield prefix + so_far


def _words(text: str, room: int) -> Iterator[str]:
    """The words of a line, those cut that are too long and may be."""
    for word in filter(None, _BLANK.split(text)):
        if word.isascii() or "://" in word or _width(word) <= room:
            yield word
            continue
        start = end = 0
        for end, char in enumerate(word):
            # An accent, the colour of an emoji's skin, the rest of a family.
            goes_on = unicodedata.category(char) in ("Mn", "Mc", "Me", "Sk") or _JOINER in (char, word[end - 1])
            if not goes_on and _width(word[start : end + 1]) > room:
                yield word[start:end]
                start = end
        yield word[start:]


def _width(text: str) -> int:
    """In columns of a fixed-width font: Chinese characters and emoji take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else unicodedata.category(char) not in ("Mn", "Me", "Cf")
        for char in text
    )
