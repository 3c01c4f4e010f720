"""Money as integers of minor units (cents)."""

# ISO 4217 currencies whose minor unit is not a hundredth.
_DECIMALS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def plain(amount_cents: int, currency: str) -> str:
    """`1250.00`: for a spreadsheet."""
    decimals = _DECIMALS.get(currency, 2)
    sign, digits = ("-" if amount_cents < 0 else ""), str(abs(amount_cents)).rjust(decimals + 1, "0")
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def spell(amount_cents: int, currency: str) -> str:
    """`$1,250.00`, `1,250.00 CHF`: for a person."""
    whole, _, fraction = plain(abs(amount_cents), currency).partition(".")
    amount = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    sign = "-" if amount_cents < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{amount}" if symbol else f"{sign}{amount} {currency}"
