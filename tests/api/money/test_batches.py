"""Several payments as one: half Venmo, half cash and a tip. All or none, one write, one receipt."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.core import aws, system
from chalicelib.mail import outbox, transport
from chalicelib.sweep import MAIL_KINDS
from tests.api.money.conftest import Money
from tests.support.api import listed_mails
from tests.support.mails import text_of
from tests.support.stores import MOST_WRITES, counted, writes_of

VENMO = {"number": 1, "method": "venmo", "amount_cents": 60_000, "payer": "Cy Rivera", "reference": "3391"}
CASH = {"number": 2, "method": "cash", "amount_cents": 60_000, "kind": "deposit", "note": "at the dock"}
TIP = {"number": 3, "method": "cash", "amount_cents": 15_000, "kind": "tip"}
BATCH = 11


# --- logged ---------------------------------------------------------------------------------------


def test_a_split_with_a_tip_is_one_entry_of_three_rows(money: Money) -> None:
    answer = money.batch(BATCH, VENMO, CASH, TIP)
    assert answer.status == 201
    payments, event = answer.json["payments"], answer.json["event"]
    assert [(one["payment_id"], one["kind"], one["method"], one["status"]) for one in payments] == [
        (money.id(1), "balance", "venmo", "received"),
        (money.id(2), "deposit", "cash", "cleared"),
        (money.id(3), "tip", "cash", "cleared"),
    ]
    assert (payments[0]["payer"], payments[1]["payer"]) == ("Cy Rivera", "Ana Rivera")
    assert {one["receipt"] for one in payments} == {"pending"}
    assert len({one["recorded_at"] for one in payments}) == 1
    expected = {"received_cents": 120_000, "tips_cents": 15_000, "uncleared_cents": 60_000, "balance_due_cents": 0}
    assert {name: event["balance"][name] for name in expected} == expected
    assert event["payment_cleared"] is True
    assert money.balance() == event["balance"]
    stored = [money.row(number) for number in (1, 2, 3)]
    assert stored == [{**one, "receipt": "sent"} for one in payments]


def test_the_patron_gets_one_receipt_for_all(money: Money, mailbox: list[EmailMessage]) -> None:
    money.batch(BATCH, VENMO, CASH, TIP)
    [message] = mailbox
    assert (message["To"], message["Subject"]) == (
        "Ana Rivera <ana@example.com>",
        "We received your payments of $1,350.00 for Sunset sail",
    )
    for text in (text_of(message), text_of(message, "html")):
        for fact in ("$600.00 by Venmo (3391)", "Cy Rivera", "$600.00 by cash", "$150.00 by cash", "Paid in full"):
            assert fact in text
    assert {money.row(number)["receipt"] for number in (1, 2, 3)} == {"sent"}


@pytest.mark.parametrize("rows", [(TIP,), (VENMO,), (TIP, {**TIP, "number": 4})])
def test_one_row_or_tips_alone_are_told_as_what_they_are(
    money: Money, mailbox: list[EmailMessage], rows: tuple[dict[str, Any], ...]
) -> None:
    money.batch(BATCH, *rows)
    subject = str(mailbox[0]["Subject"])
    assert ("tip" in subject) == (rows[0] is TIP)
    assert ("tips" in subject or "payments" in subject) == (len(rows) > 1)


@pytest.mark.parametrize("changes", [{"notify": False}, {"email": ""}])
def test_no_receipt_goes_out_when_none_is_wanted_or_possible(
    money: Money, mailbox: list[EmailMessage], changes: dict[str, Any]
) -> None:
    on = money.charter(patron={"name": "Ana", "email": changes.pop("email", "ana@example.com")})
    answer = money.batch(BATCH, VENMO, TIP, on=on, **changes)
    assert [one["receipt"] for one in answer.json["payments"]] == ["off", "off"]
    assert mailbox == []


def test_each_row_is_a_payment_like_any_other_afterwards(money: Money) -> None:
    money.batch(BATCH, VENMO, CASH, TIP)
    assert money.act(1, "clear").status == 200
    assert money.correct(2, 5, amount_cents=50_000).status == 201
    assert money.act(3, "void").status == 200
    assert money.log(6, kind="refund", refund_of=money.id(1), amount_cents=100).status == 201
    assert money.api.post(f"{money.url(1)}/receipt").status == 202
    assert money.states() == {1: "cleared", 2: "voided", 3: "voided", 5: "cleared", 6: "cleared"}
    assert money.balance()["received_cents"] == 110_000


# --- the same again -------------------------------------------------------------------------------


def test_the_same_batch_again_is_the_same_answer_and_another_is_refused(
    money: Money, mailbox: list[EmailMessage]
) -> None:
    first = money.batch(BATCH, VENMO, CASH)
    money.act(1, "void")
    mailbox.clear()
    for flags in ({}, {"ask_if_duplicate": True, "ask_if_unusual": True}, {"unusual_ok": True}):
        again = money.batch(BATCH, VENMO, CASH, **flags)
        assert (again.status, again.text) == (200, first.text)
        assert again.headers["idempotency-replayed"] == "true"
    for other in ((VENMO,), (CASH, VENMO), (VENMO, {**CASH, "amount_cents": 1}), (VENMO, CASH, TIP)):
        assert money.batch(BATCH, *other).status == 409
    assert money.batch(BATCH, {**TIP, "number": 9}).status == 409
    assert money.batch(BATCH, VENMO, CASH, notify=False).status == 409
    assert mailbox == []
    assert money.states() == {1: "voided", 2: "cleared"}


def test_a_payment_that_is_logged_already_keeps_the_whole_batch_out(money: Money) -> None:
    money.log(2, amount_cents=100)
    answer = money.batch(BATCH, VENMO, CASH, TIP)
    assert (answer.status, answer.json["Code"]) == (409, "PaymentConflict")
    assert money.states() == {2: "cleared"}
    money.batch(BATCH, VENMO, TIP)
    assert money.log(1, method="venmo", amount_cents=60_000).status == 409, "it stands for a row of the batch"
    assert money.batch(BATCH + 1, {**VENMO}).status == 409


def test_ids_in_capitals_are_the_same_ids(money: Money) -> None:
    url = f"/api/events/{money.event_id}/payment-batches/{money.id(BATCH)}"
    rows = [{"payment_id": money.id(1), "method": "cash", "amount_cents": 100}]
    first = money.api.put(url, {"payments": rows})
    shouted = [{**rows[0], "payment_id": money.id(1).upper()}]
    assert money.api.put(url.replace("c0de", "C0DE"), {"payments": shouted}).text == first.text


# --- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_cents": 0}, "payments[1].amount_cents"),
        ({"amount_cents": "600"}, "payments[1].amount_cents"),
        ({"method": "gold"}, "payments[1].method"),
        ({"kind": "refund"}, "payments[1].kind"),
        ({"refund_of": Money.id(1)}, "payments[1].refund_of"),
        ({"currency": "EUR"}, "payments[1].currency"),
        ({"received_at": "2199-01-01T00:00:00Z"}, "payments[1].received_at"),
        ({"duplicate_of": Money.id(8)}, "payments[1].duplicate_of"),
        ({"duplicate_of": Money.id(1)}, "payments[1].duplicate_of"),
        ({"number": 1}, "payments[1].payment_id"),
        ({"notify": False}, "payments[1].notify"),
        ({"corrects": {"payment_id": Money.id(8), "reason": "typo"}}, "payments[1].corrects"),
    ],
)
def test_what_is_wrong_is_named_by_its_row_and_nothing_is_written(
    money: Money, mailbox: list[EmailMessage], change: dict[str, Any], field: str
) -> None:
    answer = money.batch(BATCH, VENMO, {**CASH, **change})
    assert (answer.status, set(answer.json["Fields"])) == (400, {field})
    assert money.states() == {}
    assert mailbox == []


@pytest.mark.parametrize("rows", [[], [VENMO] * 11, None, {}, [1]])
def test_one_to_ten_payments_make_a_batch(money: Money, rows: Any) -> None:
    url = f"/api/events/{money.event_id}/payment-batches/{money.id(BATCH)}"
    answer = money.api.put(url, {"payments": rows})
    assert (answer.status, set(answer.json["Fields"])) == (400, {"payments"})
    assert money.api.put(url, {}).json["Fields"] == {"payments": "is required"}
    assert money.api.put(url.replace(money.id(BATCH), "eleven"), {"payments": []}).status == 400
    ten = [{**TIP, "number": number} for number in range(1, 11)]
    assert money.batch(BATCH, *ten).status == 201


def test_every_wrong_row_is_named_at_once(money: Money) -> None:
    answer = money.batch(BATCH, {**VENMO, "amount_cents": -1}, {**CASH, "method": "gold"}, {**TIP, "kind": "refund"})
    assert set(answer.json["Fields"]) == {"payments[0].amount_cents", "payments[1].method", "payments[2].kind"}


# --- asked about ----------------------------------------------------------------------------------


def test_an_unusual_amount_is_that_of_all_rows_whatever_their_order(money: Money) -> None:
    rows = ({**VENMO, "amount_cents": 240_000}, {**CASH, "amount_cents": 1})
    for asked in (rows, rows[::-1]):
        answer = money.batch(BATCH, *asked, TIP, ask_if_unusual=True)
        assert (answer.status, answer.json["Code"], answer.json["due_cents"]) == (409, "UnusualAmount", 120_000)
    assert money.states() == {}
    assert money.batch(BATCH, *rows, TIP, ask_if_unusual=True, unusual_ok=True).status == 201


def test_on_a_settled_charter_tips_alone_are_not_asked_about(money: Money) -> None:
    assert money.batch(BATCH, VENMO, CASH, TIP, ask_if_unusual=True).status == 201
    assert money.batch(BATCH + 1, {**TIP, "number": 4}, ask_if_unusual=True).status == 201
    answer = money.batch(BATCH + 2, {**TIP, "number": 5}, {**CASH, "number": 6}, ask_if_unusual=True)
    assert answer.json["Code"] == "UnusualAmount"


def test_two_equal_halves_are_no_duplicates_of_each_other_but_of_an_earlier_payment_they_are(money: Money) -> None:
    halves = (CASH, {**CASH, "number": 1, "payer": "Cy"})
    assert money.batch(BATCH, *halves, ask_if_duplicate=True).status == 201
    again = money.batch(BATCH + 1, {**CASH, "number": 4}, TIP, ask_if_duplicate=True)
    assert again.json["Code"] == "PossibleDuplicate"
    beside = {**CASH, "number": 4, "duplicate_of": again.json["duplicate"]["payment_id"]}
    assert money.batch(BATCH + 1, beside, TIP, ask_if_duplicate=True).status == 201


def test_a_clock_that_is_off_is_asked_about_once_for_all(money: Money) -> None:
    answer = money.batch(BATCH, {**CASH, "received_at": "2199-01-01T00:00:00Z"}, device_time="2199-01-01T00:00:00Z")
    assert (answer.status, answer.json["Code"]) == (409, "DeviceClock")
    assert money.states() == {}


# --- the receipt that waits -----------------------------------------------------------------------


def test_a_receipt_that_waited_leaves_out_what_was_voided_meanwhile(
    money: Money, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: transport.Outcome("retry", "busy"))
        money.batch(BATCH, VENMO, CASH, TIP)
        money.act(2, "void")
    assert {money.row(number)["receipt"] for number in (1, 2, 3)} == {"pending"}
    later = system.utc_now() + timedelta(minutes=2)
    outbox.sweep(MAIL_KINDS, later)
    subjects = sorted(str(message["Subject"]) for message in mailbox)
    assert subjects == [
        "Correction: the deposit of $600.00 for Sunset sail",
        "We received your payments of $750.00 for Sunset sail",
    ]
    receipt = next(message for message in mailbox if "received" in message["Subject"])
    assert "Balance due: $600.00" in text_of(receipt)
    assert [money.row(number)["receipt"] for number in (1, 2, 3)] == ["sent", "off", "sent"]


def test_a_receipt_that_waited_tells_that_the_charter_was_cancelled_with_what_is_due_then(
    money: Money, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: transport.Outcome("retry", "busy"))
        money.batch(BATCH, VENMO, CASH)
        money.act(2, "void")
    fee = {"reason": "storm", "cancellation_fee_cents": 70_000}
    money.api.post(f"/api/events/{money.event_id}/cancel", fee)
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=2))
    receipt = next(text_of(message) for message in mailbox if "received" in str(message["Subject"]))
    assert "Cancellation fee: $700.00. Balance due: $100.00" in receipt
    assert "aboard" not in receipt


def test_a_receipt_that_waited_stays_back_when_nothing_of_it_stands(
    money: Money, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as busy:
        busy.setattr(transport, "send", lambda _: transport.Outcome("retry", "busy"))
        money.batch(BATCH, VENMO, TIP)
    money.correct(1, 5, amount_cents=50_000)
    money.act(3, "void")
    outbox.sweep(MAIL_KINDS, system.utc_now() + timedelta(minutes=2))
    assert not [message for message in mailbox if "received" in str(message["Subject"])]
    assert [one["kind"] for one in listed_mails(money.api, "cancelled")] == ["batch_receipt"]
    assert [money.row(number)["receipt"] for number in (1, 3)] == ["off", "off"]


# --- what it costs --------------------------------------------------------------------------------


def test_a_batch_is_one_read_and_one_write_however_many_rows(money: Money, calls: list[str]) -> None:
    calls.clear()
    money.batch(BATCH, *[{**TIP, "number": number, "method": "venmo"} for number in range(1, 11)], notify=False)
    # The session, the charter with its payments, what its readiness hangs on, the transaction.
    assert calls == ["GetItem", "Query", "BatchGetItem", "TransactWriteItems"]
    calls.clear()
    money.batch(BATCH + 1, {**TIP, "number": 21}, {**TIP, "number": 22})
    # Then the operator, and a note of the one mail in both rows.
    assert calls == ["GetItem", "Query", "BatchGetItem", "TransactWriteItems", "GetItem", "TransactWriteItems"]


def test_the_largest_batch_is_far_from_as_many_writes_as_a_transaction_takes(money: Money) -> None:
    """A row and its place in the list to clear for each of ten; then the batch, the charter, who owes and the mail. Of
    the mail that it is sent, and of ten rows that they were told.
    """
    checks = [{"number": number, "method": "check", "amount_cents": 100} for number in range(1, 11)]
    with counted(aws.client("dynamodb")) as calls:
        assert money.batch(BATCH, *checks).status == 201
    assert writes_of(calls) == [24, 11]
    assert max(writes_of(calls)) < MOST_WRITES
