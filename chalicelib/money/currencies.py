"""Currencies: how many digits follow the point by ISO 4217, and the symbols that we write.

The one table of this for the server and the SPA, so that desk, mails and files write the same amount, whatever the
table of a browser says.
"""

from collections.abc import Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row", bound=Mapping[str, object])

DEFAULT_DIGITS = 2
# All other currencies have two.
MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
# As the Unicode CLDR has them for American English; all other currencies are written with their code: CHF 1,250.00.
SYMBOLS = {
    "AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪", "INR": "₹",
    "JPY": "¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "$", "VND": "₫", "XCD": "EC$",
}  # fmt: skip


def minor_digits(currency: str) -> int:
    """Of a code that ISO 4217 does not know: two."""
    return MINOR_DIGITS.get(currency, DEFAULT_DIGITS)


def group(rows: Iterable[Row], own: str) -> list[tuple[str, list[Row]]]:
    """Rows by their `currency`, for money of two is never added up.

    In the order of a total: the operator's own currency, or the first there is, then the others. Without any row it is
    the operator's, and empty.
    """
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row["currency"]), []).append(row)
    first = own if own in found or not found else min(found)
    return [(name, found.get(name, [])) for name in (first, *sorted(found.keys() - {first}))]
