"""Wrong passwords are counted for the visitor who sends them, from however many addresses."""

import pytest

from chalicelib.core import throttle
from chalicelib.core.errors import NotSignedIn, TooManyTries
from chalicelib.sign_in import service as sign_in
from tests.support import operator

pytestmark = [
    pytest.mark.usefixtures("dynamodb"),
    pytest.mark.parametrize("dynamodb", ["dynamodb_local"], indirect=True),
]


def guess(address: str) -> type[Exception]:
    with pytest.raises((NotSignedIn, TooManyTries)) as refused:
        sign_in.log_in(sign_in.Credentials("wrong", "", False), address=address, now=operator.NOW)
    return refused.type


def test_the_addresses_of_one_ipv6_network_count_as_one_visitor() -> None:
    for number in range(sign_in.TRIES):
        assert guess(f"2001:db8:1:2::{number:x}") is NotSignedIn
    assert guess("2001:db8:1:2:ffff::1") is TooManyTries
    assert guess("2001:db8:1:3::1") is NotSignedIn


def test_the_networks_of_one_customer_have_tries_of_their_own_and_fewer_together() -> None:
    """A /48 of IPv6 holds 65 536 networks, and one person may have it."""
    together = sign_in.TRIES * throttle.VISITORS_PER_WIDE_NETWORK
    answers = [guess(f"2001:db8:1:{number:x}::1") for number in range(together + 5)]
    assert answers == [NotSignedIn] * together + [TooManyTries] * 5
    assert guess("2001:db8:2::1") is NotSignedIn


def test_an_ipv4_address_in_ipv6_notation_is_that_address_and_shares_nothing_with_others() -> None:
    for number in range(sign_in.TRIES):
        assert guess("::ffff:192.0.2.7" if number % 2 else "192.0.2.7") is NotSignedIn
    assert guess("::ffff:c000:207") is TooManyTries
    assert guess("::ffff:192.0.2.8") is NotSignedIn


@pytest.mark.parametrize("spelled", ["192.0.2.7", "unknown", ""])
def test_any_other_visitor_is_counted_by_the_address(spelled: str) -> None:
    for _ in range(sign_in.TRIES):
        assert guess(spelled) is NotSignedIn
    assert guess(spelled) is TooManyTries
    assert guess("192.0.2.8") is NotSignedIn
