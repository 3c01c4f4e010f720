"""The books as text: for beancount, for hledger, as JSON. The same books are the same bytes."""

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

from chalicelib.money import amounts
from tools.audit.books import Transaction

JSON_FORMAT = "scc-books/1"


def to_json(books: Sequence[Transaction], timezone: str) -> Iterator[str]:
    found = {"format": JSON_FORMAT, "timezone": timezone, "transactions": [asdict(one) for one in books]}
    yield f"{json.dumps(found, ensure_ascii=False, indent=1)}\n"


def to_beancount(books: Sequence[Transaction], timezone: str) -> Iterator[str]:
    """Ids stand as metadata, and as a link from all transactions of a charter to each other."""
    yield f"; Days in {timezone}.\n"
    first = min((one.date for one in books), default="")
    for account in accounts(books):
        yield f"{first} open {account}\n"
    for one in books:
        yield f"\n{one.date} * {_quote(one.payee)} {_quote(_narration(one))} ^charter-{one.charter}\n"
        yield f"  charter: {_quote(one.charter)}\n"
        if one.payment:
            yield f"  payment: {_quote(one.payment)}\n"
        yield from _postings(one)


def to_hledger(books: Sequence[Transaction], timezone: str) -> Iterator[str]:
    """Ids stand as tags."""
    yield f"; Days in {timezone}.\n\ndecimal-mark .\n"
    for currency in sorted({one.currency for one in books}):
        # Without a point there are no decimals.
        example = amounts.plain(0, currency)
        yield f"commodity {example if '.' in example else f'{example}.'} {currency}\n"
    for account in accounts(books):
        yield f"account {account}\n"
    for one in books:
        # A semicolon would begin a comment, and a bar end the payee's name: neither can be escaped.
        payee, narration = (text.replace(";", ",").replace("|", "/") for text in (_line(one.payee), _narration(one)))
        tags = f"charter:{one.charter}" + (f", payment:{one.payment}" if one.payment else "")
        # An empty code: without one, a name that begins with a bracket would be read as the code.
        yield f"\n{one.date} * () {payee or '-'} | {narration}  ; {tags}\n"
        yield from _postings(one)


FORMATS: Mapping[str, Callable[[Sequence[Transaction], str], Iterator[str]]] = {
    "json": to_json,
    "beancount": to_beancount,
    "hledger": to_hledger,
}


def accounts(books: Sequence[Transaction]) -> list[str]:
    return sorted({account for one in books for account in (one.to, one.source)})


def _postings(one: Transaction) -> Iterator[str]:
    for account, cents in ((one.to, one.amount_cents), (one.source, -one.amount_cents)):
        yield f"  {account}  {amounts.plain(cents, one.currency)} {one.currency}\n"


def _narration(one: Transaction) -> str:
    return f"{one.what.capitalize()}: {_line(one.text)}"


def _line(text: str) -> str:
    """The text on one line, without control characters."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join(plain.split())


def _quote(text: str) -> str:
    escaped = _line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
