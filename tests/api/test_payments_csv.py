"""The ledger as a bookkeeper opens it."""

import csv
import io
import uuid
from typing import Any

import pytest

from chalicelib.core import settings, system
from tests.support.api import Answer, Api, new_event


def read(answer: Answer) -> list[dict[str, str]]:
    """As a spreadsheet reads it."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))


def test_it_is_rfc_4180_and_safe_to_open(api: Api, event: dict[str, Any], log: Any) -> None:
    log(payer='=HYPERLINK("http://evil")', reference="+1", note='a "quoted", line\nbreak', amount_cents=123_456)
    refunded = log(amount_cents=1)["payment"]
    log(kind="refund", refund_of=refunded["payment_id"], amount_cents=1)
    answer = api.get("/api/payments.csv")
    assert answer.text.endswith("\r\n")
    rows = read(answer)
    first = next(row for row in rows if row["amount"] == "1234.56")
    assert first["payer"] == '\'=HYPERLINK("http://evil")'
    assert first["reference"] == "'+1"
    assert first["note"] == 'a "quoted", line\nbreak'
    assert first["charter"] == "Sunset sail"
    assert sorted(row["amount"] for row in rows) == ["-0.01", "0.01", "1234.56"]


@pytest.mark.parametrize("name", ["limit", "cursor"])
def test_it_is_never_only_a_page_and_refuses_to_be_asked_for_one(api: Api, name: str) -> None:
    answer = api.get(f"/api/payments.csv?{name}=1")
    assert (answer.status, list(answer.json["Fields"])) == (400, [name])


def test_the_id_of_a_charter_stands_in_the_file_as_it_is_elsewhere(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that began with a minus sign got an apostrophe, and no import found its charter."""
    with monkeypatch.context() as patch:
        patch.setattr(system, "random_token", lambda size: "-QGBiwY7LO4d1Ziw3-XaiA"[: size * 4 // 3 + 1])
        made = api.call("POST", "/api/events", new_event()).json
    path = f"/api/events/{made['event_id']}/payments/{uuid.uuid4()}"
    assert api.call("PUT", path, {"method": "cash", "amount_cents": 100}).status == 201
    rows = read(api.get("/api/payments.csv"))
    assert [row["event_id"] for row in rows] == [made["event_id"]]


def test_what_a_semicolon_would_make_a_cell_is_text_too(api: Api, event: dict[str, Any], log: Any) -> None:
    log(payer="x;=cmd|' /C calc'!A0", note="one\n@SUM(A1)")
    guests = [{"name": "José Núñez;=1+1", "email": ""}]
    api.patch(f"/api/events/{event['event_id']}", {"version": 1, "guests": guests})
    (row,) = read(api.get("/api/payments.csv"))
    assert (row["payer"], row["note"]) == ("x;'=cmd|' /C calc'!A0", "one\n'@SUM(A1)")
    manifest = api.get(f"/api/events/{event['event_id']}/manifest.csv")
    assert "José Núñez;'=1+1" in [row["name"] for row in read(manifest)]


@pytest.mark.parametrize(
    ("received_at", "day", "time"),
    [
        # Half past six in the evening of October's last day, though it is November by UTC.
        ("2025-11-01T01:30:00Z", "2025-10-31", "18:30:00"),
        ("2025-11-02T06:59:59Z", "2025-11-01", "23:59:59"),
        ("2025-11-02T07:00:00Z", "2025-11-02", "00:00:00"),
        # Clocks go back: half past one comes twice.
        ("2025-11-02T08:30:00Z", "2025-11-02", "01:30:00"),
        ("2025-11-02T09:30:00Z", "2025-11-02", "01:30:00"),
        ("2026-03-08T10:00:00Z", "2026-03-08", "03:00:00"),
        ("2026-01-01T07:59:59Z", "2025-12-31", "23:59:59"),
    ],
)
def test_it_says_the_operators_day_and_time_beside_utc(
    api: Api, event: dict[str, Any], log: Any, received_at: str, day: str, time: str
) -> None:
    log(received_at=received_at)
    (row,) = read(api.get(f"/api/payments.csv?from={day}&to={day}"))
    assert row["received_at"] == received_at
    local = (row["received_local_day"], row["received_local_time"], row["timezone"])
    assert local == (day, time, "America/Los_Angeles")
    # It stands in the file of the month that it says.
    month = f"from={day[:7]}-01&to={day}"
    assert [row["received_local_day"] for row in read(api.get(f"/api/payments.csv?{month}"))] == [day]


def test_the_day_is_the_operators_and_not_the_charters(api: Api, log: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    log(received_at="2025-11-01T01:30:00Z")
    monkeypatch.setenv("SCC_TIMEZONE", "Pacific/Auckland")
    settings.forget()
    (row,) = read(api.get("/api/payments.csv?from=2025-11-01&to=2025-11-01"))
    assert (row["received_local_day"], row["received_local_time"]) == ("2025-11-01", "14:30:00")


@pytest.mark.parametrize(
    ("currency", "cents", "amount", "spelled"),
    [
        ("IDR", 500_000_000, "5000000.00", "IDR 5,000,000.00"),
        ("HUF", 300_000, "3000.00", "HUF 3,000.00"),
        ("JPY", 1_250, "1250", "¥1,250"),
        ("TND", 12_500, "12.500", "TND 12.500"),
    ],
)
def test_event_statement_mail_and_file_say_the_same_amount(
    api: Api, mailbox: list[Any], currency: str, cents: int, amount: str, spelled: str
) -> None:
    event = api.post("/api/events", new_event(currency=currency, charter_fee_cents=cents)).json
    url = f"/api/events/{event['event_id']}/payments/0190c0de-0000-7000-8000-000000000001"
    answer = api.put(url, {"method": "cash", "amount_cents": cents}).json
    assert answer["payment"]["amount_cents"] == answer["event"]["balance"]["received_cents"] == cents
    assert [row["amount"] for row in read(api.get("/api/payments.csv"))] == [amount]
    words = mailbox[0].get_body(("plain",)).get_content()
    assert spelled in words
    assert spelled in mailbox[0]["subject"]


def test_a_thousand_million_is_taken_and_not_more(api: Api, event: dict[str, Any]) -> None:
    most = 100_000_000_000
    rich = api.post("/api/events", new_event(charter_fee_cents=most)).json
    url = f"/api/events/{rich['event_id']}/payments/0190c0de-0000-7000-8000-000000000001"
    assert api.put(url, {"method": "cash", "amount_cents": most}).json["event"]["payment_cleared"] is True
    assert api.post("/api/events", new_event(charter_fee_cents=most + 1)).status == 400
    assert api.put(url, {"method": "cash", "amount_cents": most + 1}).status == 400
