"""Money as integers of minor units (cents), as text."""

from chalicelib.money.currencies import SYMBOLS, minor_digits

# A thousand million in most currencies; every sum of such amounts is exact in the browser too.
MAX_AMOUNT_CENTS = 100_000_000_000


def plain(amount_cents: int, currency: str) -> str:
    """`1250.00`: for a spreadsheet."""
    decimals = minor_digits(currency)
    sign, digits = ("-" if amount_cents < 0 else ""), str(abs(amount_cents)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def spell(amount_cents: int, currency: str) -> str:
    """`$1,250.00`, `CHF 1,250.00`: for a person, as the SPA's `formatMoney` writes it."""
    whole, point, fraction = plain(abs(amount_cents), currency).partition(".")
    sign = "-" if amount_cents < 0 else ""
    return f"{sign}{SYMBOLS.get(currency) or f'{currency} '}{int(whole):,}{point}{fraction}"
