"""Money as integers of minor units (cents), as text."""

from chalicelib.money.currencies import SYMBOLS, minor_digits


def plain(amount_cents: int, currency: str) -> str:
    """`1250.00`: for a spreadsheet."""
    decimals = minor_digits(currency)
    sign, digits = ("-" if amount_cents < 0 else ""), str(abs(amount_cents)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def spell(amount_cents: int, currency: str) -> str:
    """`$1,250.00`, `1,250.00 CHF`: for a person."""
    whole, point, fraction = plain(abs(amount_cents), currency).partition(".")
    amount, sign = f"{int(whole):,}{point}{fraction}", "-" if amount_cents < 0 else ""
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{amount}" if symbol else f"{sign}{amount} {currency}"
