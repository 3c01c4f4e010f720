"""Currencies by ISO 4217: how many digits follow the point, and the symbols that we write.

The one table of this for the server and the SPA.
"""

DEFAULT_DIGITS = 2
# All other currencies have two.
MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
# The others are written with their code: 1,250.00 CHF.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def minor_digits(currency: str) -> int:
    """Of a code that ISO 4217 does not know: two."""
    return MINOR_DIGITS.get(currency, DEFAULT_DIGITS)
