"""The table of currencies against ISO 4217 as the package `iso4217` publishes it; amounts against Babel and the SPA."""

import itertools
from decimal import Decimal

import pytest
from babel.numbers import format_decimal, get_currency_symbol
from iso4217 import Currency

from chalicelib.money import amounts, currencies
from tests.support import spa

# Letters that are not a sign that everybody knows: these are written with their code.
WITH_CODE = {"XAF", "XCG", "XOF", "XPF"}
AMOUNTS = [0, 1, 99, 100, 101, 12_345, 300_000, 123_456_789, 99_999_999_999, amounts.MAX_AMOUNT_CENTS]

# Gold, testing and the like have no minor unit there; none of them is money that a patron pays with.
ISO = {currency.code: currency.exponent for currency in Currency if currency.exponent is not None}


def test_every_currency_has_as_many_digits_as_iso_4217_says() -> None:
    assert len(ISO) > 150
    assert {code: currencies.minor_digits(code) for code in ISO} == ISO


def test_every_code_in_our_tables_is_one_of_iso_4217() -> None:
    assert (currencies.MINOR_DIGITS.keys() | currencies.SYMBOLS.keys()) <= ISO.keys()


@pytest.mark.parametrize("magnitude", range(10))
def test_a_written_amount_of_any_currency_reads_back_as_the_same_minor_units(magnitude: int) -> None:
    for code, amount in itertools.product(ISO, (10**magnitude, 3 * 10**magnitude, 123_456_789 // 10**magnitude)):
        for signed, write in itertools.product((amount, -amount), (amounts.plain, amounts.spell)):
            text = write(signed, code)
            whole, _, fraction = "".join(char for char in text if char in "-.0123456789").partition(".")
            assert (int(whole + fraction), len(fraction)) == (signed, ISO[code]), text


def test_an_unknown_code_is_written_with_two_digits() -> None:
    assert currencies.minor_digits("ZZZ") == 2
    assert amounts.spell(125_000, "ZZZ") == "ZZZ 1,250.00"


def test_every_amount_is_written_as_the_unicode_cldr_has_it_for_american_english() -> None:
    for code, amount in itertools.product(ISO, (*AMOUNTS, -300_000)):
        symbol = code if code in WITH_CODE else get_currency_symbol(code, "en_US")
        exact = abs(Decimal(amount).scaleb(-ISO[code]))
        figures = format_decimal(exact, "#,##0" + f".{'0' * ISO[code]}" * (ISO[code] > 0), "en_US")
        blank = " " if symbol.isalpha() else ""
        assert amounts.spell(amount, code) == f"{'-' if amount < 0 else ''}{symbol}{blank}{figures}"


def test_desk_and_mails_write_the_same_amount_in_every_currency() -> None:
    cases = list(itertools.product(ISO, (*AMOUNTS, -300_000)))
    written = spa.ask("lib/money.ts", "cases.map(([code, cents]) => module.formatMoney(cents, code))", cases)
    # On a page neither the code nor the minus sign parts from its figures.
    shown = [text.replace("\u00a0", " ").replace("\u2212", "-") for text in written]
    assert shown == [amounts.spell(cents, code) for code, cents in cases]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], ["USD"]),
        (["USD"], ["USD"]),
        (["JPY", "USD", "EUR"], ["USD", "EUR", "JPY"]),
        (["JPY", "EUR"], ["EUR", "JPY"]),
    ],
)
def test_totals_begin_with_the_operators_currency_or_else_the_first_there_is(found: list[str], told: list[str]) -> None:
    rows = [{"currency": currency, "cents": cents} for cents in (1, 2) for currency in found]
    groups = currencies.group(rows, "USD")
    assert [currency for currency, _ in groups] == told
    assert [[row["cents"] for row in of_currency] for _, of_currency in groups] == [[1, 2] if found else []] * len(told)
