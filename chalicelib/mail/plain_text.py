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

    Only a link or an address is longer where it has to be. A long word, or text without blanks as Japanese is written,
    is cut between characters.
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
    """The words of a line; those that are too long are cut, but for links and addresses."""
    for word in filter(None, _BLANK.split(text)):
        if "://" in word or "@" in word or _width(word) <= room:
            yield word
            continue
        piece = ""
        for char in _characters(word):
            if piece and _width(piece + char) > room:
                yield piece
                piece = ""
            piece += char
        yield piece


def _characters(word: str) -> Iterator[str]:
    """Each with its accents, the colour of its skin, and what a joiner ties to it."""
    start = 0
    for at in range(1, len(word)):
        is_mark = unicodedata.category(word[at]) in ("Mn", "Mc", "Me", "Sk")
        if not is_mark and _JOINER not in word[at - 1 : at + 1]:
            yield word[start:at]
            start = at
    yield word[start:]


def _width(text: str) -> int:
    """In columns of a fixed-width font: Chinese characters and emoji take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else unicodedata.category(char) not in ("Mn", "Me", "Cf")
        for char in text
    )
