"""The daily mail that carries the ledger's head out of the system, and the alarm that comes instead."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import sweep
from chalicelib.core import dynamo, system
from chalicelib.waivers.evidence import checkpoint
from tests.support.api import Api, new_event
from tests.support.mails import text_of

DAY = timedelta(days=1)


def pay(api: Api, event: dict[str, Any], number: int, amount_cents: int, received_at: str = "") -> None:
    path = f"/api/events/{event['event_id']}/payments/00000000-0000-7000-8000-{number:012d}"
    body = {"method": "cash", "amount_cents": amount_cents, "notify": False}
    if received_at:
        body["received_at"] = received_at
    assert api.put(path, body).status == 201


def told_in(message: EmailMessage) -> checkpoint.Checkpoint:
    [found] = checkpoint.find_all(text_of(message))
    return found


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """When the ledger is mailed next: in two hours, by the clock that payments are logged by."""
    found = system.utc_now() + timedelta(hours=2)
    monkeypatch.setattr(sweep, "CHECKPOINT_HOUR", found.hour)
    monkeypatch.setattr(sweep, "LEDGER_MINUTE", found.minute)
    return found


def test_once_a_day_the_operator_is_told_where_a_ledger_that_has_grown_ends(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], hour: datetime
) -> None:
    pay(api, event, 1, 30_000)
    sweep.run(hour - timedelta(minutes=1))
    assert mailbox == []
    sweep.run(hour)
    sweep.run(hour)
    [first] = mailbox
    assert first["Subject"] == f"Ledger on {hour.date()}: 2 entries"
    assert first["To"].addresses[0].addr_spec == "ops@sail.example.com"
    for words in ("$300.00 received, $0.00 refunded", "It is the first that was mailed", "tools.audit check"):
        assert words in text_of(first)
    assert told_in(first)[:2] == ("sail.example.com/ledger", 2)
    sweep.run(hour + DAY)
    assert len(mailbox) == 1
    pay(api, event, 2, 20_000)
    sweep.run(hour + 2 * DAY)
    assert [told_in(message).size for message in mailbox] == [2, 3]
    assert "had 2 entries" in text_of(mailbox[1])


def test_the_mail_adds_up_what_stands_of_each_currency(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], hour: datetime
) -> None:
    # Two charters may have payments of one id, received in one second: their acts stand side by side in the index.
    other = api.post("/api/events", new_event(currency="EUR")).json
    received_at = "2026-03-01T10:00:00Z"
    for charter in (event, other):
        for number, cents in ((1, 30_000), (2, 20_000)):
            pay(api, charter, number, cents, received_at)
    path = f"/api/events/{event['event_id']}/payments/00000000-0000-7000-8000-000000000001/void"
    assert api.post(path, {"reason": "Typed twice"}).status == 200
    sweep.run(hour)
    sums = [line for line in text_of(mailbox[0]).splitlines() if " received, " in line]
    assert [line.partition(",")[0] for line in sums] == ["€500.00 received", "$200.00 received"]


def test_what_was_logged_within_the_hour_may_not_be_in_the_index_yet_and_is_told_the_next_day(
    api: Api, event: dict[str, Any], mailbox: list[EmailMessage], hour: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay(api, event, 1, 30_000)
    monkeypatch.setattr("chalicelib.ledger_log.SETTLED", timedelta(hours=3))
    sweep.run(hour)
    assert mailbox == []
    sweep.run(hour + DAY)
    assert [told_in(message).size for message in mailbox] == [2]


def put(item: dict[str, Any], data: str) -> None:
    dynamo.db().put_item(TableName=dynamo.table_name(), Item={**item, "data": {"S": data}})


def forge(item: dict[str, Any]) -> None:
    put(item, item["data"]["S"].replace("30000", "20000"))


def spoil(item: dict[str, Any]) -> None:
    put(item, item["data"]["S"].replace("30000", "300.5"))


def rename(item: dict[str, Any]) -> None:
    put(item, item["data"]["S"].replace('"currency"', '"money"'))


def drop(item: dict[str, Any]) -> None:
    dynamo.db().delete_item(TableName=dynamo.table_name(), Key={"PK": item["PK"], "SK": item["SK"]})


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (forge, "its first 3 entries have another head than was told of"),
        (drop, "it has 2 entries, and 3 were told of"),
        (spoil, "1 of its items cannot be read"),
        (rename, "1 of its items cannot be read"),
    ],
)
def test_a_ledger_that_is_not_the_one_told_of_is_an_alarm_each_day(
    api: Api,
    event: dict[str, Any],
    mailbox: list[EmailMessage],
    hour: datetime,
    caplog: pytest.LogCaptureFixture,
    tamper: Callable[[dict[str, Any]], None],
    problem: str,
) -> None:
    pay(api, event, 1, 30_000)
    pay(api, event, 2, 20_000)
    sweep.run(hour)
    before = told_in(mailbox.pop())
    key = dynamo.item_key(f"EVENT#{event['event_id']}", "PAYMENT#00000000-0000-7000-8000-000000000001")
    tamper(dynamo.read_item(key) or {})
    sweep.run(hour + DAY)
    sweep.run(hour + DAY)
    sweep.run(hour + 2 * DAY)
    assert [message["Subject"] for message in mailbox] == ["Alarm: the log of payments is not what it was"] * 2
    for message in mailbox:
        assert problem in " ".join(text_of(message).split())
        assert checkpoint.find_all(text_of(message))[0] == before
    assert f"ledger-alarm: {problem}" in caplog.text
