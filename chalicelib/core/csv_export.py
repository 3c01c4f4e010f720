"""Tables as CSV: RFC 4180, and safe to open in a spreadsheet."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# Without it Excel takes the file for one of the device's own code page: accents turn to rubbish.
BYTE_ORDER_MARK = "\ufeff"
# https://owasp.org/www-community/attacks/CSV_Injection; the last one is the minus sign of typesetters.
_FORMULA_STARTS = frozenset("=+-@\u2212")
# A spreadsheet whose lists are separated by one of these begins a new cell behind it, quoted or not.
_SEPARATORS = frozenset(";|\t\r\n\v\f\x85\u2028\u2029")


class Amount(str):
    """A number that we have written ourselves: its minus sign starts no formula."""


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Text that a spreadsheet could run as a formula gets an apostrophe in front, unless it is an Amount."""
    table = io.StringIO()
    table.write(BYTE_ORDER_MARK)
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(_cell, row) for row in rows)
    return table.getvalue()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    if isinstance(value, Amount):
        return text
    before = set(_formula_places(text))
    return "".join("'" + char if index in before else char for index, char in enumerate(text))


def _formula_places(text: str) -> Iterator[int]:
    """Where a cell may start that is a formula.

    Quotes, blanks and invisible characters before its sign do not matter, and other forms of the sign, such as the
    wide ones of Japanese keyboards, are the same sign.
    """
    starts = [0]
    for index, char in enumerate(text):
        if char in _SEPARATORS:
            starts.append(index + 1)
        elif starts and char not in "\"'" and unicodedata.category(char)[0] not in "ZC":
            if unicodedata.normalize("NFKC", char)[0] in _FORMULA_STARTS:
                yield from starts
            starts = []
    if text.startswith(("\t", "\r")):
        yield 0
