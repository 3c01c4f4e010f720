"""Who owes, how much and how long."""

from datetime import UTC, timedelta
from typing import Any

import pytest

from chalicelib.charters import mails as charter_mails
from chalicelib.charters import receivables
from chalicelib.charters import store as charter_store
from chalicelib.core import settings, system, times
from tests.api.money.conftest import Money
from tests.support import operator
from tests.support.api import Api, new_event
from tests.support.departing import depart
from tests.support.stores import client, counted, write_in_bulk


def owed(api: Api) -> Any:
    answer = api.get("/api/receivables")
    assert answer.status == 200, answer.text
    return answer.json


def due(api: Api) -> dict[str, int]:
    """By the charter's title."""
    return {one["title"]: one["due_cents"] for one in owed(api)["charters"]}


def ended(days: float, **changes: Any) -> dict[str, Any]:
    """A request for a charter that ended so many days ago, by the operator's wall clock."""
    here = system.utc_now().astimezone(times.zone(settings.settings().timezone))
    ends_at = (here - timedelta(days=days)).astimezone(UTC)
    starts_at = times.format_instant(ends_at - timedelta(hours=3))
    return new_event(starts_at=starts_at, ends_at=times.format_instant(ends_at), **changes)


def test_a_charter_tells_who_owes_how_much_of_what(api: Api, event: dict[str, Any], money: Money) -> None:
    money.log(1, amount_cents=20_000, method="check")
    found = owed(api)
    assert found["charters"] == [
        {
            "event_id": event["event_id"],
            "title": "Sunset sail",
            "patron": event["patron"],
            "starts_at": event["starts_at"],
            "ends_at": event["ends_at"],
            "timezone": event["timezone"],
            "status": "scheduled",
            "currency": "USD",
            "charged_cents": 120_000,
            "due_cents": 100_000,
            "uncleared_cents": 20_000,
            "age_days": 0,
            "bucket": "coming",
            "reminded_at": None,
        }
    ]
    buckets = {"coming": 100_000, "0-30": 0, "31-60": 0, "61-90": 0, "over-90": 0}
    assert found["totals"] == {"currency": "USD", "due_cents": 100_000, "buckets": buckets, "other_currencies": []}


def test_the_oldest_stand_first_and_the_buckets_add_up(api: Api) -> None:
    days = {"fresh": 1, "month": 45, "two": 75, "old": 200}
    for cents, (title, age) in enumerate(days.items(), 1):
        api.post("/api/events", ended(age, title=title, charter_fee_cents=cents))
    api.post("/api/events", new_event(title="coming", charter_fee_cents=5))
    found = owed(api)
    assert [one["title"] for one in found["charters"]] == ["old", "two", "month", "fresh", "coming"]
    assert [one["age_days"] for one in found["charters"]] == [200, 75, 45, 1, 0]
    assert found["totals"]["buckets"] == {"coming": 5, "0-30": 1, "31-60": 2, "61-90": 3, "over-90": 4}
    assert found["totals"]["due_cents"] == 15


def test_it_follows_the_ledger(api: Api, event: dict[str, Any], money: Money) -> None:
    assert due(api) == {"Sunset sail": 120_000}
    for number, act, left in ((1, "void", 120_000), (2, "bounce", 120_000)):
        money.log(number, method="check", amount_cents=120_000)
        assert due(api) == {}
        money.act(number, act)
        assert due(api) == {"Sunset sail": left}
    money.batch(
        3,
        {"number": 4, "method": "cash", "amount_cents": 70_000},
        {"number": 5, "method": "cash", "amount_cents": 50_000},
    )
    assert due(api) == {}
    money.log(6, kind="refund", refund_of=money.id(4), amount_cents=10_000)
    assert due(api) == {"Sunset sail": 10_000}
    money.log(7, kind="tip", amount_cents=99_000)
    money.correct(5, 8, amount_cents=40_000)
    assert due(api) == {"Sunset sail": 20_000}


def test_a_move_settles_one_charter_and_leaves_the_other_owing(api: Api, money: Money) -> None:
    there = money.charter(title="There", charter_fee_cents=50_000)
    money.log(1, amount_cents=120_000)
    assert due(api) == {"There": 50_000}
    money.correct(1, 2, there, moved_from=money.event_id)
    assert due(api) == {"Sunset sail": 120_000}


def test_it_follows_the_charter(api: Api, event: dict[str, Any]) -> None:
    url = f"/api/events/{event['event_id']}"
    patron = {"name": "Nuria Ibáñez", "email": "nuria@example.com", "phone": ""}
    changes = {
        "title": "Team outing",
        "patron": patron,
        "charter_fee_cents": 300_000,
        "ends_at": "2030-06-02T05:00:00Z",
    }
    api.patch(url, {"version": 1, **changes})
    (one,) = owed(api)["charters"]
    assert {name: one[name] for name in ("title", "patron", "ends_at")} == {
        name: changes[name] for name in ("title", "patron", "ends_at")
    }
    assert one["charged_cents"] == one["due_cents"] == 300_000
    api.patch(url, {"version": 2, "charter_fee_cents": 0})
    assert owed(api)["charters"] == []
    api.patch(url, {"version": 3, "charter_fee_cents": 10_000, "status": "completed"})
    assert [(one["status"], one["due_cents"]) for one in owed(api)["charters"]] == [("completed", 10_000)]


def test_it_tells_when_the_patron_was_last_asked_to_pay(
    api: Api, money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = system.utc_now().replace(microsecond=0)
    monkeypatch.setattr(system, "utc_now", lambda: now)
    url = f"/api/events/{money.event_id}"

    def reminded() -> str | None:
        return owed(api)["charters"][0]["reminded_at"]  # type: ignore[no-any-return]

    api.post(f"{url}/statement", {})
    at = times.format_instant(now)
    assert reminded() == at
    # What else becomes of the charter and of its ledger says nothing of that.
    money.log(1, amount_cents=20_000)
    api.patch(url, {"version": 1, "title": "Team outing", "balance_reminders": True})
    assert reminded() == at
    now += timedelta(minutes=5)
    api.post(f"{url}/statement", {"to": "books@corp.example.com"})
    assert reminded() == times.format_instant(now)
    # Paid, and due again: nobody was asked for that.
    money.log(2, method="check", amount_cents=100_000)
    assert api.post(f"{url}/statement", {}).status == 202
    money.act(2, "bounce")
    assert reminded() is None
    now += timedelta(minutes=5)
    charter = charter_store.read_charter(money.event_id)
    assert charter
    assert charter_mails.queue_reminder(charter_mails.reminder_mail(charter, 2, now))
    assert reminded() == times.format_instant(now)


def test_nobody_is_reminded_of_what_was_paid_meanwhile(api: Api, money: Money) -> None:
    charter = charter_store.read_charter(money.event_id)
    assert charter
    reminder = charter_mails.reminder_mail(charter, 2, system.utc_now())
    money.log(1, amount_cents=120_000)
    assert not charter_mails.queue_reminder(reminder)
    assert owed(api)["charters"] == []


def test_a_departed_charter_goes_on_owing(api: Api, event: dict[str, Any]) -> None:
    assert depart(api, event["event_id"]).status == 200
    assert [(one["status"], one["due_cents"]) for one in owed(api)["charters"]] == [("departed", 120_000)]


@pytest.mark.parametrize(("fee_cents", "left"), [(None, []), (30_000, []), (50_000, [20_000])])
def test_a_cancelled_charter_owes_what_its_fee_is_above_what_was_paid(
    api: Api, event: dict[str, Any], money: Money, fee_cents: int | None, left: list[int]
) -> None:
    money.log(1, amount_cents=30_000)
    api.post(f"/api/events/{event['event_id']}/cancel", {"reason": "storm", "cancellation_fee_cents": fee_cents})
    assert [one["due_cents"] for one in owed(api)["charters"]] == left


def test_money_of_other_currencies_is_never_added_up_with_the_operators(api: Api) -> None:
    for currency, cents in (("USD", 3), ("EUR", 4), ("EUR", 5)):
        api.post("/api/events", new_event(currency=currency, charter_fee_cents=cents))
    totals = owed(api)["totals"]
    assert (totals["currency"], totals["due_cents"]) == ("USD", 3)
    assert [(one["currency"], one["due_cents"]) for one in totals["other_currencies"]] == [("EUR", 9)]


def test_a_weekly_repetition_owes_each_time(api: Api, event: dict[str, Any]) -> None:
    body = {"request_id": operator.uuid(), "until": "2030-06-22"}
    assert api.post(f"/api/events/{event['event_id']}/repeat", body).status == 201
    assert len(owed(api)["charters"]) == 4


@pytest.mark.parametrize(("every", "most_units"), [(10, 20), (1, 200)])
def test_it_is_one_query_of_what_is_due_however_many_charters_there_were(
    api: Api, dynamodb_local: str, every: int, most_units: int
) -> None:
    """A thousand charters, of which every tenth owes, or all do. An entry is about 400 bytes; a unit reads 4 KB."""
    dynamodb = client(dynamodb_local)
    items = []
    for number in range(1000):
        charter = operator.event(title=f"Sail {number}", charter_fee_cents=0 if number % every else 1 + number)
        for write in charter_store.new_writes(charter, {"at": charter.created_at, "audit_id": str(number)}):  # type: ignore[typeddict-item]
            items += [write["Put"]["Item"]] if "Put" in write else []
    write_in_bulk(dynamodb, items)
    with counted(dynamodb) as calls:
        found = receivables.list_receivables(system.utc_now())
    assert [call.operation for call in calls] == ["Query"]
    assert calls[0].units < most_units
    assert len(found["charters"]) == 1000 / every
    assert found["totals"]["due_cents"] == sum(1 + number for number in range(0, 1000, every))


def test_only_admins_see_who_owes(guest: Api) -> None:
    assert guest.get("/api/receivables").status == 401
