"""What a request costs: calls to DynamoDB, counted at botocore."""

from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from chalicelib.mail import outbox
from chalicelib.sweep import MAIL_KINDS
from chalicelib.waivers import log_store
from tests.support.api import Api, new_event, new_payment
from tests.support.pages import MINORS, page, signature
from tests.support.signed import sign, url

PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"
# What says who the operator is, where a person reads it.
OPERATOR = ["GetItem"]
# The settings that decide on readiness, with the boats and people that charters name.
AROUND = ["BatchGetItem"]


def test_logging_a_payment_is_one_write(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    api.put(f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}", new_payment(notify=False))
    # The session, the event, what readiness needs, the transaction.
    assert calls == ["GetItem", "GetItem", *AROUND, "TransactWriteItems"]


def test_the_receipts_own_note_is_a_second_write(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    api.put(f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}", new_payment())
    assert calls == ["GetItem", "GetItem", *AROUND, "TransactWriteItems", *OPERATOR, "TransactWriteItems"]


def test_a_replay_reads_nothing_more(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    url = f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}"
    api.put(url, new_payment())
    calls.clear()
    assert api.put(url, new_payment()).status == 200
    assert calls == ["GetItem", "GetItem", *AROUND, "TransactWriteItems"]


def test_the_board_is_one_query(api: Api, calls: list[str]) -> None:
    for _ in range(3):
        api.post("/api/events", new_event())
    calls.clear()
    api.get("/api/events?limit=2")
    assert calls == ["GetItem", "Query", *AROUND]


def test_a_charter_with_forty_payments_is_one_query(
    api: Api, event: dict[str, Any], log: Any, calls: list[str]
) -> None:
    for _ in range(40):
        log(notify=False)
    calls.clear()
    assert len(api.get(f"/api/events/{event['event_id']}/payments").json["payments"]) == 40
    assert calls == ["GetItem", "Query"]


def test_a_guest_costs_one_read_two_once_somebody_has_signed_and_a_stranger_none(
    api: Api, guest: Api, event: dict[str, Any], calls: list[str]
) -> None:
    guest.get(f"/api/guest/{event['event_id']}")
    assert calls == ["BatchGetItem", *OPERATOR]
    sign(guest, event)
    calls.clear()
    guest.get(f"/api/guest/{event['event_id']}")
    assert calls == ["BatchGetItem", *OPERATOR, "GetItem"]
    calls.clear()
    guest.get("/api/guest/nonsense")
    guest.get("/api/session", headers={"authorization": "Bearer nonsense"})
    assert calls == []


def test_opening_the_waiver_is_one_read_and_two_with_a_renewed_link(
    api: Api, guest: Api, event: dict[str, Any], calls: list[str]
) -> None:
    guest.get(page(event))
    assert calls == ["BatchGetItem", *OPERATOR]
    renewed = api.post(f"{url(event)}/guest-link").json["guest_url"].removeprefix("https://sail.example.com")
    calls.clear()
    assert guest.get(f"{renewed}/waiver").status == 200
    assert calls == ["BatchGetItem", "BatchGetItem", *OPERATOR]


@pytest.fixture
def lease_is_taken(environment: dict[str, str]) -> None:
    """By another guest, who appends what waits."""
    assert log_store.take_lease("another guest", 0, 9_999_999_999_999)


@pytest.mark.usefixtures("lease_is_taken")
def test_signing_is_one_read_two_throttles_one_transaction_and_one_look_at_the_lease(
    guest: Api, event: dict[str, Any], calls: list[str]
) -> None:
    # The first signature publishes the sample that it signs.
    sign(guest, event)
    for minors in ({}, MINORS):
        form = signature(guest, event, **minors)
        calls.clear()
        assert guest.submit(page(event), form).status == 303
        assert calls == ["BatchGetItem", "UpdateItem", "UpdateItem", "TransactWriteItems", "UpdateItem"]


@pytest.mark.usefixtures("lease_is_taken")
def test_signing_behind_a_renewed_link_is_one_read_more(
    api: Api, guest: Api, event: dict[str, Any], calls: list[str]
) -> None:
    sign(guest, event)
    link = api.post(f"{url(event)}/guest-link").json["guest_url"].rpartition("/")[2]
    form = signature(guest, {"event_id": link})
    calls.clear()
    assert guest.submit(page({"event_id": link}), form).status == 303
    assert calls == ["BatchGetItem"] * 2 + ["UpdateItem", "UpdateItem", "TransactWriteItems", "UpdateItem"]


@pytest.mark.usefixtures("lease_is_taken")
def test_a_copy_by_mail_costs_two_throttles_more(
    guest: Api, event: dict[str, Any], calls: list[str], mailbox: list[EmailMessage]
) -> None:
    sign(guest, event)
    form = signature(guest, event, signer_email="bo@example.com")
    calls.clear()
    assert guest.submit(page(event), form).status == 303
    expected = ["BatchGetItem", *["UpdateItem"] * 4, "TransactWriteItems", "UpdateItem"]
    # The link of the copy, the text, and the note that it was sent.
    assert calls == [*expected, "PutItem", "GetItem", *OPERATOR, "TransactWriteItems"]
    assert len(mailbox) == 1


def test_a_replay_costs_one_read_and_counts_and_with_minors_two_reads(
    guest: Api, event: dict[str, Any], calls: list[str]
) -> None:
    for minors, reads in (({}, ["BatchGetItem"]), (MINORS, ["BatchGetItem", "Query"])):
        form = signature(guest, event, **minors)
        guest.submit(page(event), form)
        calls.clear()
        assert guest.submit(page(event), form).status == 303
        throttles = ["UpdateItem", "UpdateItem"]
        assert calls == [reads[0], *throttles, *reads[1:]]


def test_an_idle_sweep_is_one_query(environment: dict[str, str], calls: list[str]) -> None:
    assert outbox.sweep(MAIL_KINDS, system.utc_now()) == 0
    assert calls == ["Query"]
