"""Equal shares of tips: to the cent, whatever the amount and however many share it."""

from fractions import Fraction

import pytest

from chalicelib.payments.tips import equal_shares

CENTS = (1, 2, 3, 99, 100, 101, 9_999, 10_000, 10_001, 123_457, 100_000_000_000)


@pytest.mark.parametrize("sailors", range(1, 22))
@pytest.mark.parametrize("tips_cents", [*CENTS, *range(200, 240)])
def test_nobody_gets_a_cent_more_than_their_share_rounded_up_or_less_than_rounded_down(
    tips_cents: int, sailors: int
) -> None:
    shares = equal_shares(tips_cents, [(None, f"Mate {number}") for number in range(sailors)])
    amounts = [share["amount_cents"] for share in shares]
    exact = Fraction(tips_cents, sailors)
    assert sum(amounts) == tips_cents
    assert all(abs(amount - exact) < 1 for amount in amounts)
    # Who is named first, the captain, gets the odd cent.
    assert amounts == sorted(amounts, reverse=True)
    assert [share["name"] for share in shares] == [f"Mate {number}" for number in range(sailors)]


@pytest.mark.parametrize("tips_cents", [0, -1, -500])
def test_without_tips_nobody_is_owed_any(tips_cents: int) -> None:
    assert equal_shares(tips_cents, [(None, "Smee")]) == []


def test_without_captain_and_crew_nobody_has_a_share() -> None:
    assert equal_shares(500, []) == []
