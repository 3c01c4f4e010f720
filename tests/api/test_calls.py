"""What a request costs: calls to DynamoDB, counted at botocore."""

from typing import Any

from chalicelib.core import system
from chalicelib.mail import outbox
from chalicelib.schedule import MAIL_KINDS
from tests.support.api import Api, new_event, new_payment

PAYMENT_ID = "0190c0de-0000-7000-8000-000000000001"


def test_logging_a_payment_is_one_write(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    api.put(f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}", new_payment(notify=False))
    # The session, the event, the transaction.
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]


def test_the_receipts_own_note_is_a_second_write(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    api.put(f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}", new_payment())
    assert calls == ["GetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"]


def test_a_replay_reads_nothing_more(api: Api, event: dict[str, Any], calls: list[str]) -> None:
    url = f"/api/events/{event['event_id']}/payments/{PAYMENT_ID}"
    api.put(url, new_payment())
    calls.clear()
    assert api.put(url, new_payment()).status == 200
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]


def test_the_board_is_one_query(api: Api, calls: list[str]) -> None:
    for _ in range(3):
        api.post("/api/events", new_event())
    calls.clear()
    api.get("/api/events?limit=2")
    assert calls == ["GetItem", "Query"]


def test_a_charter_with_forty_payments_is_one_query(
    api: Api, event: dict[str, Any], log: Any, calls: list[str]
) -> None:
    for _ in range(40):
        log(notify=False)
    calls.clear()
    assert len(api.get(f"/api/events/{event['event_id']}/payments").json["payments"]) == 40
    assert calls == ["GetItem", "Query"]


def test_a_guest_costs_one_query_and_a_stranger_none(guest: Api, event: dict[str, Any], calls: list[str]) -> None:
    guest.get(f"/api/guest/{event['event_id']}")
    assert calls == ["Query"]
    calls.clear()
    guest.get("/api/guest/nonsense")
    guest.get("/api/session", headers={"authorization": "Bearer nonsense"})
    assert calls == []


def test_opening_the_waiver_is_one_read(guest: Api, event: dict[str, Any], calls: list[str]) -> None:
    guest.get(f"/g/{event['event_id']}/waiver")
    assert calls == ["BatchGetItem"]


def test_an_idle_sweep_is_one_query(environment: dict[str, str], calls: list[str]) -> None:
    assert outbox.sweep(MAIL_KINDS, system.utc_now()) == 0
    assert calls == ["Query"]
