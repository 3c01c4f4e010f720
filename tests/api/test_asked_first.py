"""What is asked about before it is recorded: much more than is due, and a time by a clock that is off."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import system, times
from tests.support.api import Answer, Api, new_event, new_payment

FIRST, SECOND, THIRD = (f"0190c0de-0000-7000-8000-{number:012d}" for number in (1, 2, 3))


def put(api: Api, event: dict[str, Any], payment_id: str, **changes: Any) -> Answer:
    return api.put(f"/api/events/{event['event_id']}/payments/{payment_id}", new_payment(notify=False, **changes))


def rows(api: Api, event: dict[str, Any]) -> list[dict[str, Any]]:
    return list(api.get(f"/api/events/{event['event_id']}/payments").json["payments"])


# --- much more than is due ------------------------------------------------------------------------


@pytest.fixture
def event(api: Api) -> dict[str, Any]:
    return api.post("/api/events", new_event(charter_fee_cents=80_000)).json  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["deposit", "balance"])
def test_8000_typed_for_a_fee_of_800_is_asked_about_and_recorded_when_it_is_right(
    api: Api, event: dict[str, Any], mailbox: list[Any], kind: str
) -> None:
    answer = put(api, event, FIRST, kind=kind, amount_cents=800_000, ask_if_unusual=True)
    assert (answer.status, answer.json) == (
        409,
        {
            "Code": "UnusualAmount",
            "Message": "$8,000.00 was typed, but $800.00 is due for this charter. Nothing was saved.",
            "due_cents": 80_000,
        },
    )
    assert rows(api, event) == []
    assert mailbox == []
    confirmed = put(api, event, FIRST, kind=kind, amount_cents=800_000, ask_if_unusual=True, unusual_ok=True)
    assert confirmed.status == 201
    assert confirmed.json["event"]["balance"]["balance_due_cents"] == -720_000


def test_the_same_again_is_the_same_whatever_was_asked(api: Api, event: dict[str, Any]) -> None:
    first = put(api, event, FIRST, amount_cents=800_000, ask_if_unusual=True, unusual_ok=True)
    for flags in ({}, {"ask_if_unusual": True}, {"unusual_ok": True}, {"ask_if_duplicate": True}):
        again = put(api, event, FIRST, amount_cents=800_000, **flags)
        assert (again.status, again.text) == (200, first.text)
        assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(("amount_cents", "status"), [(80_000, 201), (160_000, 201), (160_001, 409)])
def test_twice_what_is_due_is_the_border(api: Api, event: dict[str, Any], amount_cents: int, status: int) -> None:
    assert put(api, event, FIRST, amount_cents=amount_cents, ask_if_unusual=True).status == status


def test_what_is_left_to_pay_counts_and_not_the_fee(api: Api, event: dict[str, Any]) -> None:
    put(api, event, FIRST, amount_cents=70_000)
    answer = put(api, event, SECOND, amount_cents=20_001, ask_if_unusual=True)
    assert (answer.json["Code"], answer.json["due_cents"]) == ("UnusualAmount", 10_000)
    assert put(api, event, SECOND, amount_cents=20_000, ask_if_unusual=True).status == 201
    answer = put(api, event, THIRD, amount_cents=1, ask_if_unusual=True)
    assert answer.json["Message"] == "$0.01 was typed, but nothing is due for this charter. Nothing was saved."


def test_tips_refunds_and_charters_without_a_fee_are_never_asked_about(api: Api, event: dict[str, Any]) -> None:
    paid = put(api, event, FIRST, amount_cents=80_000).json["payment"]
    assert put(api, event, SECOND, kind="tip", amount_cents=900_000, ask_if_unusual=True).status == 201
    refund = {"kind": "refund", "refund_of": paid["payment_id"], "amount_cents": 80_000, "ask_if_unusual": True}
    assert put(api, event, THIRD, **refund).status == 201
    free = api.post("/api/events", new_event(charter_fee_cents=0)).json
    assert put(api, free, FIRST, amount_cents=900_000, ask_if_unusual=True).status == 201


def test_money_for_a_cancelled_charter_is_asked_about(api: Api, event: dict[str, Any]) -> None:
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm"})
    assert put(api, event, FIRST, amount_cents=80_000, ask_if_unusual=True).json["Code"] == "UnusualAmount"


def test_who_does_not_ask_is_not_asked(api: Api, event: dict[str, Any]) -> None:
    assert put(api, event, FIRST, amount_cents=800_000).status == 201


def test_one_question_comes_after_the_other(api: Api, event: dict[str, Any]) -> None:
    put(api, event, FIRST, amount_cents=800_000)
    asking = {"amount_cents": 800_000, "ask_if_unusual": True, "ask_if_duplicate": True}
    assert put(api, event, SECOND, **asking).json["Code"] == "PossibleDuplicate"
    assert put(api, event, SECOND, **asking, duplicate_of=FIRST).json["Code"] == "UnusualAmount"
    assert put(api, event, SECOND, **asking, duplicate_of=FIRST, unusual_ok=True).status == 201


# --- a clock that is off --------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, api: Api) -> datetime:
    """The time of the API from here on, a few seconds before the session ends."""
    now = system.utc_now()
    monkeypatch.setattr(system, "utc_now", lambda: now)
    return now


@pytest.mark.parametrize(
    ("ahead", "off"),
    [
        (timedelta(days=-30), "30 days slow"),
        (timedelta(days=-25 * 365), "9125 days slow"),
        (timedelta(days=2 * 365), "730 days fast"),
        (timedelta(hours=3), "3 hours fast"),
        (timedelta(minutes=-5, seconds=-1), "5 minutes slow"),
    ],
)
def test_a_time_by_a_clock_that_is_off_is_asked_about(
    api: Api, event: dict[str, Any], clock: datetime, ahead: timedelta, off: str
) -> None:
    device = times.format_instant(clock + ahead)
    answer = put(api, event, FIRST, received_at=device, device_time=device)
    assert (answer.status, answer.json) == (
        409,
        {
            "Code": "DeviceClock",
            "Message": f"The clock of this device is {off}. Nothing was saved.",
            "server_time": times.format_instant(clock),
        },
    )
    assert rows(api, event) == []
    # By the server's time, or by a time that somebody typed, it is recorded.
    answer = put(api, event, FIRST, received_at=times.format_instant(clock))
    assert (answer.status, answer.json["payment"]["received_at"]) == (201, times.format_instant(clock))


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_clock_that_is_off_by_little_is_believed(
    api: Api, event: dict[str, Any], clock: datetime, minutes: int
) -> None:
    device = times.format_instant(clock + timedelta(minutes=minutes))
    answer = put(api, event, FIRST, received_at=device, device_time=device)
    assert (answer.status, answer.json["payment"]["received_at"]) == (201, device)


def test_what_was_recorded_is_the_same_again_whatever_the_clock_says_now(
    api: Api, event: dict[str, Any], clock: datetime
) -> None:
    device = times.format_instant(clock)
    first = put(api, event, FIRST, received_at=device, device_time=device)
    later = times.format_instant(clock + timedelta(days=9))
    again = put(api, event, FIRST, received_at=device, device_time=later)
    assert (again.status, again.text) == (200, first.text)


def test_a_payment_that_waited_for_a_signal_keeps_its_time(api: Api, event: dict[str, Any], clock: datetime) -> None:
    waited = times.format_instant(clock - timedelta(days=2))
    answer = put(api, event, FIRST, received_at=waited, device_time=times.format_instant(clock))
    assert answer.json["payment"]["received_at"] == waited


def test_the_desk_is_told_the_servers_time_the_operators_zone_and_currency(
    api: Api, guest: Api, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [api.get("/api/session"), api.get("/api/events/unknown"), put(api, event, "no-uuid")]
    assert [answer.status for answer in answers] == [200, 404, 400]
    for answer in answers:
        told, _, zone = answer.headers["operator-time"].partition("[")
        assert zone == "America/Los_Angeles]"
        assert answer.headers["operator-currency"] == "USD"
        assert abs(datetime.fromisoformat(told) - system.utc_now()) < timedelta(minutes=1)
    for answer in (guest.get("/api/session"), guest.get(f"/api/guest/{event['event_id']}")):
        assert "operator-time" not in answer.headers
