"""A payment moves to another charter, perhaps of another patron."""

from email.message import EmailMessage
from typing import Any

import pytest

from tests.api.money.conftest import Money
from tests.support.mails import text_of

TYPO = {"method": "check", "amount_cents": 800_000, "reference": "1042", "payer": "Cy Rivera", "note": "at the dock"}


def test_a_payment_moves_to_another_charter_with_all_that_it_is(money: Money) -> None:
    there = money.charter(title="Harbor tour", patron={"name": "Ben Okoye", "email": "ben@example.com"})
    money.log(1, kind="deposit", received_at="2026-11-20T18:00:00Z", **TYPO)
    cleared = money.act(1, "clear", cleared_at="2026-11-21T18:00:00Z").json["payment"]
    answer = money.correct(1, 2, there, moved_from=money.event_id)
    assert answer.status == 201
    payment = answer.json["payment"]
    kept = ("kind", "method", "amount_cents", "payer", "reference", "note", "received_at", "cleared_at", "status")
    assert {name: payment[name] for name in kept} == {name: cleared[name] for name in kept}
    assert payment["event_id"] == answer.json["event"]["event_id"] == there
    assert payment["corrects"] == {"event_id": money.event_id, "payment_id": money.id(1), "reason": "typo"}
    old = money.row(1)
    assert (old["status"], old["corrected_by"]) == ("voided", {"event_id": there, "payment_id": money.id(2)})
    assert (money.balance()["received_cents"], money.balance(there)["received_cents"]) == (0, 800_000)
    assert answer.json["event"]["balance"] == money.balance(there)


def test_two_patrons_get_one_mail_each(money: Money, mailbox: list[EmailMessage]) -> None:
    there = money.charter(title="Harbor tour", patron={"name": "Ben Okoye", "email": "ben@example.com"})
    money.log(1, **TYPO)
    mailbox.clear()
    money.correct(1, 2, there, moved_from=money.event_id)
    told = {str(message["To"]): str(message["Subject"]) for message in mailbox}
    assert told == {
        "Ana Rivera <ana@example.com>": "Correction: the payment of $8,000.00 for Sunset sail",
        "Ben Okoye <ben@example.com>": "We received your payment of $8,000.00 for Harbor tour",
    }


def test_one_patron_of_two_charters_gets_one_mail_that_names_both(money: Money, mailbox: list[EmailMessage]) -> None:
    there = money.charter(title="Harbor tour", patron={"name": "Ana Rivera", "email": "ANA@example.com"})
    money.log(1, **TYPO)
    mailbox.clear()
    money.correct(1, 2, there, moved_from=money.event_id)
    [message] = mailbox
    assert message["Subject"] == "Corrected: the payment of $8,000.00 for Harbor tour"
    assert "$8,000.00 by check for Sunset sail" in text_of(message).replace("\n", " ")


def test_who_was_never_told_of_a_payment_is_told_in_words_that_do_not_presume_it(
    money: Money, mailbox: list[EmailMessage]
) -> None:
    there = money.charter(patron={"name": "Ben Okoye", "email": "ben@example.com"})
    money.log(1, notify=False, **TYPO)
    money.correct(1, 2, there, moved_from=money.event_id)
    assert [message["To"] for message in mailbox] == ["Ben Okoye <ben@example.com>", "Ana Rivera <ana@example.com>"]
    for text in (text_of(mailbox[1]), text_of(mailbox[1], "html")):
        words = " ".join(text.split())
        assert "We had entered a payment of" in words
        assert "from you. That entry now counts for another charter; no money has moved by this." in words
        assert "If you were sent a receipt for it, please disregard that." in words


def test_a_patron_without_an_address_is_told_nothing_and_the_other_still_is(
    money: Money, mailbox: list[EmailMessage]
) -> None:
    there = money.charter(patron={"name": "Ben Okoye", "email": ""})
    money.log(1, **TYPO)
    mailbox.clear()
    assert money.correct(1, 2, there, moved_from=money.event_id).json["payment"]["receipt"] == "off"
    assert [message["To"] for message in mailbox] == ["Ana Rivera <ana@example.com>"]


@pytest.mark.parametrize("changes", [{}, {"currency": "EUR"}, {"currency": "EUR", "amount_cents": 45_000}])
def test_money_does_not_move_into_another_currency(money: Money, changes: dict[str, Any]) -> None:
    there = money.charter(currency="EUR")
    money.log(1)
    answer = money.correct(1, 2, there, moved_from=money.event_id, **changes)
    assert (answer.status, set(answer.json["Fields"])) == (400, {"currency"})
    assert (money.states(), money.states(there)) == ({1: "cleared"}, {})


def test_a_refund_moves_only_to_the_payment_that_it_gives_back(money: Money) -> None:
    there = money.charter()
    money.log(1)
    money.log(2, amount_cents=10_000, kind="refund", refund_of=money.id(1))
    money.log(3, there)
    refused = money.correct(2, 4, there, moved_from=money.event_id)
    assert (refused.status, set(refused.json["Fields"])) == (400, {"refund_of"})
    assert money.correct(2, 4, there, moved_from=money.event_id, refund_of=money.id(3)).status == 201
    assert (money.balance()["refunded_cents"], money.balance(there)["refunded_cents"]) == (0, 10_000)


def test_a_move_is_replayed_at_the_charter_that_it_went_to(money: Money) -> None:
    there = money.charter()
    money.log(1)
    first = money.correct(1, 2, there, moved_from=money.event_id)
    again = money.correct(1, 2, there, moved_from=money.event_id)
    assert (again.status, again.text) == (200, first.text)
    assert money.correct(1, 3, there, moved_from=money.event_id).status == 409
    assert money.correct(1, 2, moved_from=money.event_id).status == 409, "the row is voided, and the id is new here"
    assert (money.states(), money.states(there)) == ({1: "voided"}, {2: "cleared"})


def test_a_move_may_keep_its_id_for_a_payment_is_known_by_charter_and_id(money: Money) -> None:
    there = money.charter()
    money.log(1, method="check")
    assert money.correct(1, 1, there, moved_from=money.event_id).status == 201
    assert (money.states(), money.states(there)) == ({1: "voided"}, {1: "received"})
    [waiting] = money.api.get("/api/payments/to-clear").json["payments"]
    assert waiting["event_id"] == there


def test_money_of_a_cancelled_charter_moves_to_the_next_one(money: Money) -> None:
    money.log(1, kind="deposit")
    money.api.post(f"/api/events/{money.event_id}/cancel", {"reason": "storm"})
    there = money.charter(title="Next time")
    assert money.correct(1, 2, there, moved_from=money.event_id).status == 201
    assert money.balance()["balance_due_cents"] == 0
    assert money.balance(there)["deposits_cents"] == 50_000
