"""One payment, however often it is sent, from whichever device, however late: one row, one mail, one answer."""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import system
from chalicelib.mail import outbox
from chalicelib.payments import answers
from chalicelib.payments import service as payments
from chalicelib.sweep import MAIL_KINDS
from tests.support.api import Api, new_payment
from tests.support.doubles.faults import lost_answers, lost_requests, retry_at_once
from tests.support.operator import PASSWORD

PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"
SDK_TRIES = 3


def sign_in(api: Api) -> Api:
    return api.with_token(api.post("/api/login", {"password": PASSWORD}).json["token"])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, api: Api) -> list[datetime]:
    """The time of the API from here on; setting its one entry moves it."""
    now = [system.utc_now()]
    monkeypatch.setattr(system, "utc_now", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("lost", "statuses"),
    [
        (nullcontext, [201, 200]),
        (lambda: lost_answers("TransactWriteItems", SDK_TRIES), [500, 200]),
        (lambda: lost_requests("TransactWriteItems", SDK_TRIES), [500, 201]),
    ],
    ids=["the reply to the phone was lost", "the database's reply was lost", "the request was lost"],
)
def test_ten_replays_from_two_devices_now_after_11_minutes_and_after_30_days_are_one_payment(
    api: Api,
    event: dict[str, Any],
    mailbox: list[EmailMessage],
    clock: list[datetime],
    monkeypatch: pytest.MonkeyPatch,
    lost: Callable[[], AbstractContextManager[Any]],
    statuses: list[int],
) -> None:
    retry_at_once(monkeypatch)
    url, body = f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}", new_payment(reference="#1042")
    with lost():
        first = api.put(url, body)
    start, again = clock[0], []
    for later in (timedelta(0), timedelta(minutes=11), timedelta(days=30)):
        clock[0] = start + later
        # After a month the sessions have run out: each device signs in anew.
        devices = [sign_in(api), sign_in(api)]
        assert devices[0].token != devices[1].token
        again += [device.put(url, body) for _ in range(5) for device in devices]
        outbox.sweep(MAIL_KINDS, clock[0])
    assert [first.status, again[0].status] == statuses
    assert {answer.status for answer in again[1:]} == {200}
    assert {answer.text for answer in ([first] if first.status == 201 else []) + again} == {again[0].text}
    assert {answer.headers.get("idempotency-replayed") for answer in again[1:]} == {"true"}
    (row,) = devices[0].get(f"/api/events/{event['event_id']}/payments").json["payments"]
    assert row == {**again[0].json["payment"], "receipt": "sent"}
    assert [message["Subject"] for message in mailbox] == ["We received your payment of $500.00 for Sunset sail"]


@pytest.mark.parametrize("lost", [lost_answers, lost_requests])
def test_asking_about_a_duplicate_and_insisting_on_it_survive_every_lost_reply(
    api: Api,
    event: dict[str, Any],
    mailbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    lost: Callable[[str, int], AbstractContextManager[Any]],
) -> None:
    retry_at_once(monkeypatch)
    url, asking = f"/api/events/{event['event_id']}/payments/", new_payment(ask_if_duplicate=True)
    second_id = PAYMENT_ID[:-1] + "2"
    for payment_id, body in ((PAYMENT_ID, asking), (second_id, {**asking, "duplicate_of": PAYMENT_ID})):
        with lost("TransactWriteItems", SDK_TRIES):
            assert api.put(url + payment_id, body).status == 500
        # The first one must not be taken for a duplicate of itself.
        answer = api.put(url + payment_id, body)
        assert answer.status in (200, 201)
        assert api.put(url + payment_id, body).text == answer.text
        if payment_id == PAYMENT_ID:
            assert api.put(url + second_id, asking).json["Code"] == "PossibleDuplicate"
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=2))
    rows = api.get(url.rstrip("/")).json["payments"]
    assert [(row["duplicate_of"], row["receipt"]) for row in rows] == [(None, "sent"), (PAYMENT_ID, "sent")]
    assert len(mailbox) == 2


def test_a_field_that_is_left_out_or_says_its_default_makes_the_same_request(api: Api, event: dict[str, Any]) -> None:
    """A later release may add a field: who leaves it out must still meet what was recorded before."""
    url = f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}"
    assert api.put(url, new_payment()).status == 201
    defaults = {"kind": "balance", "payer": "", "note": None, "notify": True, "duplicate_of": None}
    assert api.put(url, new_payment(**defaults)).status == 200
    assert api.put(url, new_payment(note="two twenties")).status == 409
    new = payments.parse_payment(PAYMENT_ID, new_payment(), now=system.utc_now())
    content = {"payment_id": PAYMENT_ID, "method": "cash", "amount_cents": 50_000}
    expected = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    assert answers.fingerprint_request(new) == expected
