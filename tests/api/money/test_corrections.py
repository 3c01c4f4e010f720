"""A payment is corrected, or moved to another charter: one write, one mail, and the old row stays and points on."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib import ledger_log
from chalicelib.core import aws, settings, system
from tests.api.money.conftest import Money
from tests.support.api import Api
from tests.support.mails import text_of
from tests.support.operator import PASSWORD
from tests.support.stores import MOST_WRITES, counted, writes_of
from tools.audit.checks import find_differences
from tools.audit.records import gather
from tools.common.table import scan

TYPO = {"method": "check", "amount_cents": 800_000, "reference": "1042", "payer": "Cy Rivera", "note": "at the dock"}


# --- corrected ------------------------------------------------------------------------------------


def test_a_typo_is_corrected_by_its_figure_alone(money: Money) -> None:
    logged = money.log(1, kind="deposit", received_at="2026-11-20T18:00:00Z", **TYPO).json["payment"]
    answer = money.correct(1, 2, amount_cents=80_000)
    assert answer.status == 201
    payment, event = answer.json["payment"], answer.json["event"]
    kept = ("kind", "method", "payer", "reference", "note", "received_at", "currency", "refund_of")
    assert {name: payment[name] for name in kept} == {name: logged[name] for name in kept}
    assert (payment["amount_cents"], payment["status"]) == (80_000, "received")
    key = {"event_id": money.event_id, "payment_id": money.id(1)}
    assert payment["corrects"] == {**key, "reason": "typo"}
    assert payment["corrected_by"] is None
    assert event["balance"]["received_cents"] == event["balance"]["deposits_cents"] == 80_000
    old = money.row(1)
    assert (old["status"], old["void"]["reason"], old["void"]["by"]) == ("voided", "typo", "admin")
    assert old["corrected_by"] == {**key, "payment_id": money.id(2)}
    assert old["corrects"] is None
    assert old["amount_cents"] == 800_000, "a row was edited"
    assert money.balance() == event["balance"]


def test_what_a_correction_names_is_as_it_says_even_where_it_is_empty(money: Money) -> None:
    money.log(1, **TYPO)
    changes = {"method": "venmo", "kind": "tip", "reference": "", "note": "", "payer": "Dee", "amount_cents": 100}
    payment = money.correct(1, 2, **changes, received_at="2026-11-01T10:00:00-08:00").json["payment"]
    assert {name: payment[name] for name in changes} == changes
    assert payment["received_at"] == "2026-11-01T18:00:00Z"
    assert money.balance()["tips_cents"] == 100


def test_the_patron_gets_one_mail_that_says_old_and_new(money: Money, mailbox: list[EmailMessage]) -> None:
    money.log(1, kind="deposit", **TYPO)
    mailbox.clear()
    assert money.correct(1, 2, amount_cents=80_000).json["payment"]["receipt"] == "pending"
    [message] = mailbox
    assert message["Subject"] == "Corrected: the deposit of $800.00 for Sunset sail"
    text = text_of(message).replace("\n", " ")
    for fact in ("$8,000.00 by check", "$800.00", "typo", "Balance due: $400.00"):
        assert fact in text
    assert money.row(2)["receipt"] == "sent"


def test_without_notify_a_correction_sends_nothing(money: Money, mailbox: list[EmailMessage]) -> None:
    money.log(1, **TYPO)
    mailbox.clear()
    assert money.correct(1, 2, amount_cents=80_000, notify=False).json["payment"]["receipt"] == "off"
    assert mailbox == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"payer": "Dee"}, "cleared"),
        ({"kind": "tip"}, "cleared"),
        ({"amount_cents": 800_000, "method": "check"}, "cleared"),
        ({"amount_cents": 80_000}, "received"),
        ({"method": "zelle"}, "received"),
        ({"method": "cash"}, "cleared"),
    ],
)
def test_what_the_bank_has_shown_stays_cleared_while_method_and_amount_are_the_same(
    money: Money, changes: dict[str, Any], status: str
) -> None:
    money.log(1, **TYPO)
    cleared = money.act(1, "clear", cleared_at="2026-11-21T18:00:00Z").json["payment"]
    payment = money.correct(1, 2, **changes).json["payment"]
    assert payment["status"] == status
    is_kept = status == "cleared" and payment["method"] == "check"
    assert (payment["cleared_at"] == cleared["cleared_at"]) == is_kept
    assert payment["clearance"] == (cleared["clearance"] if is_kept else None)
    waits = [row["payment_id"] for row in money.api.get("/api/payments/to-clear").json["payments"]]
    assert waits == ([money.id(2)] if status == "received" else [])


def test_a_correction_can_be_corrected_in_turn(money: Money) -> None:
    money.log(1, **TYPO)
    money.correct(1, 2, amount_cents=80_000)
    money.correct(2, 3, amount_cents=90_000)
    assert money.states() == {1: "voided", 2: "voided", 3: "received"}
    assert money.row(2)["corrects"]["payment_id"] == money.id(1)
    assert money.row(2)["corrected_by"]["payment_id"] == money.id(3)
    assert money.balance()["received_cents"] == 90_000


def test_the_same_correction_again_is_the_same_answer_and_another_is_refused(
    money: Money, mailbox: list[EmailMessage]
) -> None:
    money.log(1, **TYPO)
    first = money.correct(1, 2, amount_cents=80_000)
    mailbox.clear()
    # Meanwhile the corrected one cannot be voided any more; that plays no part.
    again = money.correct(1, 2, amount_cents=80_000)
    assert (again.status, again.text) == (200, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert money.correct(1, 2, amount_cents=80_000, ask_if_unusual=True).text == first.text
    assert money.correct(1, 2, amount_cents=80_001).status == 409
    assert money.log(2, method="check", amount_cents=80_000).status == 409
    assert mailbox == []
    assert money.states() == {1: "voided", 2: "received"}


# --- refunds --------------------------------------------------------------------------------------


def test_a_refund_is_corrected_and_still_gives_back_the_same_payment(money: Money) -> None:
    money.log(1, amount_cents=50_000)
    money.log(2, amount_cents=40_000, kind="refund", refund_of=money.id(1))
    # More than is left beside the old refund, but not without it.
    payment = money.correct(2, 3, amount_cents=50_000).json["payment"]
    assert (payment["kind"], payment["refund_of"]) == ("refund", money.id(1))
    assert money.balance()["refunded_cents"] == 50_000
    refused = money.correct(3, 4, amount_cents=50_001)
    assert (refused.status, set(refused.json["Fields"])) == (400, {"amount_cents"})


def test_a_refund_is_corrected_although_the_bank_has_taken_the_payment_back_since(money: Money) -> None:
    money.log(1, method="check", amount_cents=50_000)
    money.log(2, amount_cents=40_000, kind="refund", refund_of=money.id(1))
    assert money.act(1, "bounce", reason="NSF").status == 200
    refused = money.correct(2, 3, amount_cents=50_001)
    assert (refused.status, set(refused.json["Fields"])) == (400, {"amount_cents"})
    assert money.correct(2, 3, amount_cents=45_000).json["payment"]["refund_of"] == money.id(1)
    assert money.balance()["refunded_cents"] == 45_000
    refused = money.log(4, amount_cents=5_000, kind="refund", refund_of=money.id(1))
    assert (refused.status, set(refused.json["Fields"])) == (400, {"refund_of"}), "a new one gives nothing back"


def test_a_refund_that_was_none_becomes_a_payment_and_the_other_way_round(money: Money) -> None:
    money.log(1, amount_cents=50_000)
    money.log(2, amount_cents=10_000, kind="refund", refund_of=money.id(1))
    assert money.correct(2, 3, kind="balance").json["payment"]["refund_of"] is None
    assert money.balance()["received_cents"] == 60_000
    refused = money.correct(3, 4, kind="refund")
    assert (refused.status, set(refused.json["Fields"])) == (400, {"refund_of"})
    assert money.correct(3, 4, kind="refund", refund_of=money.id(1)).status == 201
    assert money.balance()["refunded_cents"] == 10_000
    refused = money.correct(1, 5, refund_of=money.id(1))
    assert refused.status == 409, "part of it is refunded"
    refused = money.correct(4, 5, kind="tip", refund_of=money.id(1))
    assert (refused.status, set(refused.json["Fields"])) == (400, {"refund_of"})


# --- refused --------------------------------------------------------------------------------------


def test_what_could_not_be_voided_cannot_be_corrected(money: Money, mailbox: list[EmailMessage]) -> None:
    for number in (1, 2, 3):
        money.log(number, method="check", notify=False)
    money.act(1, "void")
    money.act(2, "bounce")
    money.log(4, amount_cents=10_000, kind="refund", refund_of=money.id(3), notify=False)
    mailbox.clear()
    before = money.rows()
    for number in (1, 2, 3):
        answer = money.correct(number, 9, amount_cents=100)
        assert (answer.status, answer.json["Code"]) == (409, "PaymentConflict")
    assert money.rows() == before
    assert mailbox == []


@pytest.mark.parametrize(
    ("corrects", "field"),
    [
        ({"payment_id": Money.id(8), "reason": "typo"}, "corrects.payment_id"),
        ({"payment_id": "8", "reason": "typo"}, "corrects.payment_id"),
        ({"reason": "typo"}, "corrects.payment_id"),
        ({"payment_id": Money.id(1)}, "corrects.reason"),
        ({"payment_id": Money.id(1), "reason": " "}, "corrects.reason"),
        ({"payment_id": Money.id(1), "reason": "typo", "event_id": "A" * 22}, "corrects.event_id"),
        ({"payment_id": Money.id(1), "reason": "typo", "event_id": "nonsense"}, "corrects.event_id"),
        ({"payment_id": Money.id(1), "reason": "typo", "by": "me"}, "corrects.by"),
        ("typo", "corrects"),
    ],
)
def test_an_unknown_payment_and_what_else_is_wrong_is_named(money: Money, corrects: Any, field: str) -> None:
    money.log(1)
    answer = money.api.put(money.url(2), {"corrects": corrects})
    assert (answer.status, set(answer.json["Fields"])) == (400, {field})
    assert money.states() == {1: "cleared"}


def test_null_stands_for_no_correction(money: Money) -> None:
    money.log(1)
    assert set(money.api.put(money.url(2), {"corrects": None}).json["Fields"]) == {"method", "amount_cents"}
    assert money.log(2, corrects=None).json["payment"]["corrects"] is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount_cents": 0}, "amount_cents"),
        ({"method": "gold"}, "method"),
        ({"kind": "gift"}, "kind"),
        ({"currency": "EUR"}, "currency"),
        ({"duplicate_of": Money.id(7)}, "duplicate_of"),
        ({"received_at": "2199-01-01T00:00:00Z"}, "received_at"),
    ],
)
def test_what_is_wrong_in_the_new_row_is_named_as_ever(money: Money, changes: dict[str, Any], field: str) -> None:
    money.log(1)
    answer = money.correct(1, 2, **changes)
    assert (answer.status, set(answer.json["Fields"])) == (400, {field})
    assert money.states() == {1: "cleared"}


# --- asked about ----------------------------------------------------------------------------------


def test_an_unusual_amount_is_measured_by_what_is_due_without_the_old_row(money: Money) -> None:
    money.log(1, amount_cents=120_000)
    # Settled, but by the very row that is corrected.
    assert money.correct(1, 2, amount_cents=110_000, ask_if_unusual=True).status == 201
    answer = money.correct(2, 3, amount_cents=240_001, ask_if_unusual=True)
    assert (answer.json["Code"], answer.json["due_cents"]) == ("UnusualAmount", 120_000)
    assert money.states() == {1: "voided", 2: "cleared"}
    assert money.correct(2, 3, amount_cents=240_001, ask_if_unusual=True, unusual_ok=True).status == 201


def test_the_row_that_is_corrected_is_no_duplicate_of_the_new_one_but_another_is(money: Money) -> None:
    money.log(1, payer="Dee")
    assert money.correct(1, 2, payer="Cy", ask_if_duplicate=True).status == 201
    money.log(3, amount_cents=100)
    answer = money.correct(3, 4, amount_cents=50_000, ask_if_duplicate=True)
    assert (answer.json["Code"], answer.json["duplicate"]["payment_id"]) == ("PossibleDuplicate", money.id(2))
    beside = money.correct(3, 4, amount_cents=50_000, ask_if_duplicate=True, duplicate_of=money.id(2))
    assert beside.status == 201
    # It was said once that it is another.
    again = money.correct(4, 5, payer="Dee", ask_if_duplicate=True)
    assert again.json["payment"]["duplicate_of"] == money.id(2)


def test_a_correction_of_cash_is_no_new_cash_for_the_reminders_and_cash_instead_of_a_check_is(
    money: Money, clock: list[datetime]
) -> None:
    money.log(1, method="cash")
    money.log(2, method="check")
    clock[0] += timedelta(minutes=1)
    url = f"/api/events/{money.event_id}"
    assert money.api.patch(url, {"version": 1, "balance_reminders": True}).status == 200
    clock[0] += timedelta(minutes=1)
    answers = [
        money.correct(1, 3, payer="Dee"),
        money.correct(3, 4, amount_cents=40_000),
        money.correct(2, 5, method="cash"),
    ]
    states = [answer.json["event"]["balance_reminders_state"] for answer in answers]
    assert states == ["on", "on", "stopped_cash"]


def test_a_corrected_payment_stays_in_the_report_of_the_day_on_which_it_was_counted(
    money: Money, clock: list[datetime]
) -> None:
    days = [(clock[0] + timedelta(days=count)).date() for count in (-1, 4)]

    def cash_by_day() -> list[dict[str, int]]:
        periods = money.api.get(f"/api/payments/summary?by=day&from={days[0]}&to={days[1]}").json["periods"]
        return [one["totals"]["by_method"] for one in periods]

    money.log(1, method="cash")
    before = cash_by_day()
    clock[0] += timedelta(days=2)
    money.api.token = money.api.post("/api/login", {"password": PASSWORD}).json["token"]
    money.correct(1, 2, payer="Dee")
    assert {"cash": 50_000} in before
    assert cash_by_day() == before


# --- what it costs --------------------------------------------------------------------------------


def test_a_correction_is_one_read_and_one_write(money: Money, calls: list[str]) -> None:
    money.log(1)
    calls.clear()
    money.correct(1, 2, amount_cents=100, notify=False)
    # The session, the charter with its payments, what its readiness hangs on, the transaction.
    assert calls == ["GetItem", "Query", "BatchGetItem", "TransactWriteItems"]


def test_a_move_reads_both_charters_and_is_one_write(money: Money, calls: list[str]) -> None:
    there = money.charter(patron={"name": "Ben Okoye", "email": "ben@example.com"})
    money.log(1)
    calls.clear()
    money.correct(1, 2, there, moved_from=money.event_id)
    # Then the operator and a note of the mail, for each of the two mails.
    mailed = ["GetItem", "TransactWriteItems"] * 2
    assert calls == ["GetItem", "Query", "Query", "BatchGetItem", "TransactWriteItems", *mailed]


def test_the_largest_correction_is_far_from_as_many_writes_as_a_transaction_takes(money: Money) -> None:
    """A check that waits for the bank goes to another patron's charter: row and place of the new one, act and place of
    the old one, two charters, who owes of both, two mails. Only the new row was told by its mail.
    """
    there = money.charter(patron={"name": "Ben Okoye", "email": "ben@example.com"})
    money.log(1, method="check")
    with counted(aws.client("dynamodb")) as calls:
        assert money.correct(1, 2, there, moved_from=money.event_id).status == 201
    assert writes_of(calls) == [10, 2, 1]
    assert max(writes_of(calls)) < MOST_WRITES


# --- where it shows -------------------------------------------------------------------------------


def test_reports_and_the_file_for_the_bookkeeper_tell_both_rows_and_add_up_one(api: Api, money: Money) -> None:
    there = money.charter(title="Harbor tour")
    money.log(1, **TYPO)
    money.correct(1, 2, amount_cents=80_000)
    money.correct(2, 3, there, moved_from=money.event_id)
    page = api.get("/api/payments").json
    assert {row["payment_id"]: row["status"] for row in page["payments"]} == {
        money.id(1): "voided",
        money.id(2): "voided",
        money.id(3): "received",
    }
    assert page["totals"]["received_cents"] == page["totals"]["uncleared_cents"] == 80_000
    assert api.get("/api/payments/summary").json["totals"]["received_cents"] == 80_000
    [waiting] = api.get("/api/payments/to-clear").json["payments"]
    assert waiting["payment_id"] == money.id(3)
    head, *lines = api.get("/api/payments.csv").text.removeprefix("\ufeff").splitlines()
    names = head.split(",")
    told = {(row := dict(zip(names, line.split(","), strict=True)))["payment_id"]: row for line in lines}
    assert told[money.id(1)]["corrected_by"] == money.id(2)
    assert told[money.id(2)]["corrects"] == money.id(1)
    assert told[money.id(2)]["corrected_by_event_id"] == there
    assert told[money.id(3)]["corrects_event_id"] == money.event_id
    assert told[money.id(1)]["void_reason"] == "typo"


def test_the_daily_head_counts_every_row_and_act_and_adds_up_what_stands(money: Money) -> None:
    there = money.charter(title="Harbor tour")
    before = len(ledger_log.read_ledger(system.utc_now() + timedelta(hours=2)).hashes)
    money.log(1, **TYPO)
    money.correct(1, 2, amount_cents=80_000)
    # Under its own id, and of the same moment: the index lists both charters' rows at one place.
    money.correct(2, 2, there, moved_from=money.event_id)
    money.batch(9, {"number": 3, "method": "cash", "amount_cents": 500, "kind": "tip"})
    found = ledger_log.read_ledger(system.utc_now() + timedelta(hours=2))
    assert len(found.hashes) - before == 4 + 2, "four rows, two of which were voided"
    [sums] = found.sums
    assert (sums["received_cents"], sums["tips_cents"]) == (80_000, 500)
    assert find_differences(gather(scan(aws.client("dynamodb"), settings.settings().table))) == []
