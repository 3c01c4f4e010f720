import pytest

from chalicelib.money import amounts


@pytest.mark.parametrize(
    ("amount_cents", "currency", "plain", "spelled"),
    [
        (125_000, "USD", "1250.00", "$1,250.00"),
        (1, "USD", "0.01", "$0.01"),
        (99, "EUR", "0.99", "€0.99"),
        (0, "GBP", "0.00", "£0.00"),
        (-5, "USD", "-0.05", "-$0.05"),
        (-123_456_789, "USD", "-1234567.89", "-$1,234,567.89"),
        (100_000_000, "USD", "1000000.00", "$1,000,000.00"),
        (125_000, "CHF", "1250.00", "CHF 1,250.00"),
        (-125_000, "CHF", "-1250.00", "-CHF 1,250.00"),
        # Yen have no minor unit, a dinar has a thousand fils.
        (1_250, "JPY", "1250", "¥1,250"),
        (0, "JPY", "0", "¥0"),
        (-7, "JPY", "-7", "-¥7"),
        (1_250_500, "KWD", "1250.500", "KWD 1,250.500"),
        (5, "KWD", "0.005", "KWD 0.005"),
        (-5, "KWD", "-0.005", "-KWD 0.005"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(
    amount_cents: int, currency: str, plain: str, spelled: str
) -> None:
    assert amounts.plain(amount_cents, currency) == plain
    assert amounts.spell(amount_cents, currency) == spelled
