"""The table of currencies against ISO 4217 as the package `iso4217` publishes it."""

import itertools

import pytest
from iso4217 import Currency

from chalicelib.money import amounts, currencies

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
    assert amounts.spell(125_000, "ZZZ") == "1,250.00 ZZZ"
