"""Two admins on one dock log the same money: the second is asked, and what they answer is recorded."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.core import system, times
from tests.support.api import Api, new_payment
from tests.support.races import at_once

FIRST, SECOND, THIRD = (f"0190c0de-0000-7000-8000-{number:012d}" for number in (1, 2, 3))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, api: Api) -> list[datetime]:
    """The time of the API from here on; setting its one entry moves it."""
    now = [system.utc_now()]
    monkeypatch.setattr(system, "utc_now", lambda: now[0])
    return now


def put(api: Api, event: dict[str, Any], payment_id: str, **changes: Any) -> Any:
    body = new_payment(notify=False, ask_if_duplicate=True, **changes)
    return api.put(f"/api/events/{event['event_id']}/payments/{payment_id}", body)


def rows(api: Api, event: dict[str, Any]) -> list[dict[str, Any]]:
    return list(api.get(f"/api/events/{event['event_id']}/payments").json["payments"])


def test_the_same_money_again_is_asked_about_and_says_who_logged_it_and_when(
    api: Api, event: dict[str, Any], clock: list[datetime]
) -> None:
    first = put(api, event, FIRST).json["payment"]
    clock[0] += timedelta(minutes=4)
    answer = put(api, event, SECOND)
    assert answer.status == 409
    assert answer.json["Code"] == "PossibleDuplicate"
    assert answer.json["Message"] == ("admin logged $500.00 cash for this charter 4 minutes ago. Nothing was saved.")
    assert answer.json["duplicate"] == first
    assert [row["payment_id"] for row in rows(api, event)] == [FIRST]


def test_a_deliberate_second_payment_is_recorded_as_deliberate(api: Api, event: dict[str, Any]) -> None:
    put(api, event, FIRST)
    assert put(api, event, SECOND).status == 409
    answer = put(api, event, SECOND, duplicate_of=FIRST)
    assert answer.status == 201
    assert answer.json["payment"]["duplicate_of"] == FIRST
    assert answer.json["event"]["balance"]["received_cents"] == 100_000
    again = put(api, event, SECOND, duplicate_of=FIRST)
    assert (again.status, again.text) == (200, answer.text)


def test_who_does_not_ask_is_not_asked(api: Api, event: dict[str, Any], log: Any) -> None:
    log()
    assert log()["event"]["balance"]["received_cents"] == 100_000


def test_sending_the_same_payment_again_is_a_replay_and_no_duplicate(api: Api, event: dict[str, Any]) -> None:
    first = put(api, event, FIRST)
    again = put(api, event, FIRST)
    assert (again.status, again.text) == (200, first.text)
    unasked = api.put(f"/api/events/{event['event_id']}/payments/{FIRST}", new_payment(notify=False))
    assert (unasked.status, unasked.text) == (200, first.text), "asking is no part of the payment"


@pytest.mark.parametrize(
    "changes",
    [{"amount_cents": 50_001}, {"method": "check"}],
    ids=["another amount", "another method"],
)
def test_other_money_is_not_asked_about(api: Api, event: dict[str, Any], changes: dict[str, Any]) -> None:
    put(api, event, FIRST)
    assert put(api, event, SECOND, **changes).status == 201


def test_money_more_than_half_an_hour_apart_is_not_asked_about(
    api: Api, event: dict[str, Any], clock: list[datetime]
) -> None:
    put(api, event, FIRST)
    clock[0] += timedelta(minutes=30, seconds=1)
    assert put(api, event, SECOND).status == 201


@pytest.mark.parametrize("later", [timedelta(minutes=30), timedelta(hours=5)], ids=["logged soon", "sent late"])
def test_money_received_or_logged_within_half_an_hour_is_asked_about(
    api: Api, event: dict[str, Any], clock: list[datetime], later: timedelta
) -> None:
    put(api, event, FIRST)
    noted_at = times.format_instant(clock[0] + timedelta(minutes=30))
    clock[0] += later
    # A phone without signal sends late what it noted then.
    assert put(api, event, SECOND, received_at=noted_at).status == 409


def test_a_voided_payment_does_not_stand_in_the_way_of_the_right_one(api: Api, event: dict[str, Any]) -> None:
    put(api, event, FIRST)
    assert api.post(f"/api/events/{event['event_id']}/payments/{FIRST}/void", {"reason": "wrong day"}).status == 200
    assert put(api, event, SECOND).status == 201


def test_giving_the_money_back_is_no_duplicate_of_it_but_giving_it_back_twice_is_asked_about(
    api: Api, event: dict[str, Any]
) -> None:
    put(api, event, FIRST, amount_cents=60_000)
    refund = {"kind": "refund", "refund_of": FIRST, "amount_cents": 30_000}
    assert put(api, event, SECOND, **refund).status == 201
    assert put(api, event, THIRD, **refund).json["duplicate"]["payment_id"] == SECOND


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (THIRD, "must be a payment of this charter"),
        (SECOND, "must be another payment"),
        ("7", "must be a UUID"),
    ],
)
def test_a_wrong_duplicate_of_is_named_and_changes_nothing(
    api: Api, event: dict[str, Any], value: str, rule: str
) -> None:
    put(api, event, FIRST)
    answer = put(api, event, SECOND, duplicate_of=value)
    assert (answer.status, answer.json["Fields"]) == (400, {"duplicate_of": rule})
    assert len(rows(api, event)) == 1


def test_of_two_admins_who_log_at_the_same_moment_one_is_asked(api: Api, event: dict[str, Any]) -> None:
    admins = [(api.with_token(api.token), payment_id) for payment_id in (FIRST, SECOND)]

    def log(number: int) -> int:
        own, payment_id = admins[number]
        return put(own, event, payment_id).status

    assert sorted(at_once(2, log)) == [201, 409]
    assert len(rows(api, event)) == 1
