"""Wrong passwords are counted for the visitor who sends them, from however many addresses."""

import pytest

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
    for number in range(sign_in.TRIES_PER_ADDRESS):
        assert guess(f"2001:db8:1:2::{number:x}") is NotSignedIn
    assert guess("2001:db8:1:2:ffff::1") is TooManyTries
    assert guess("2001:db8:1:3::1") is NotSignedIn


@pytest.mark.parametrize("spelled", ["192.0.2.7", "unknown", ""])
def test_any_other_visitor_is_counted_by_the_address(spelled: str) -> None:
    for _ in range(sign_in.TRIES_PER_ADDRESS):
        assert guess(spelled) is NotSignedIn
    assert guess(spelled) is TooManyTries
    assert guess("192.0.2.8") is NotSignedIn
