"""A payment stands, whatever happens to its mail; and a queued mail goes out, once."""

import json
from datetime import datetime
from typing import Any

import pytest

from chalicelib import charter_page
from chalicelib.core import aws, system
from chalicelib.mail import outbox, transport
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.payments import reports
from chalicelib.payments import service as payments
from chalicelib.payments.acts import bounce_payment, clear_payment, send_receipt_again, void_payment
from chalicelib.sweep import MAIL_KINDS
from tests.support import operator
from tests.support.doubles.faults import Died, conflicts, lost_answers
from tests.support.doubles.mail_service import FakeMailService
from tests.support.races import at_once
from tests.support.stored import store_charter, trail

SUBJECT = "We received your payment of $500.00 for Sunset sail"


def log(event_id: str, payment_id: str, now: datetime = operator.NOW, **changes: Any) -> tuple[dict[str, Any], bool]:
    body = {"method": "cash", "amount_cents": 50_000, **changes}
    answer, new = payments.log_payment(event_id, payment_id, body, actor=operator.ADMIN, now=now)
    return json.loads(answer), new


def void(event_id: str, payment_id: str, minutes: float = 0.5) -> dict[str, Any]:
    body = {"reason": "typed twice"}
    return void_payment(event_id, payment_id, body, actor=operator.ADMIN, now=operator.at(minutes))


def the_payment(event_id: str, payment_id: str) -> dict[str, Any]:
    """The one payment of the charter, as an admin sees it; its money is in the sums."""
    charter = charter_page.get_charter(event_id, now=operator.NOW)
    (payment,) = charter["payments"]
    assert payment["payment_id"] == payment_id
    assert charter["balance"]["received_cents"] == (50_000 if payment["status"] == "cleared" else 0)
    return payment  # type: ignore[no-any-return]


@pytest.fixture
def charter() -> str:
    return store_charter().event_id


@pytest.fixture
def payment_id() -> str:
    return operator.uuid()


pytestmark = pytest.mark.usefixtures("mail_service")


# --- the ledger -----------------------------------------------------------------------------------


def test_an_answer_lost_after_the_commit_is_one_row_one_mail_and_the_same_answer(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    with lost_answers("TransactWriteItems") as requests:
        answer, new = log(charter, payment_id)
    tokens = {json.loads(request)["ClientRequestToken"] for request in requests[:2]}
    assert len(tokens) == 1, "the retry must be the same request to the database"
    assert new
    assert answer["payment"]["receipt"] == "pending"
    assert answer["event"]["balance"]["received_cents"] == 50_000
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert mail_service.subjects == [SUBJECT]
    assert log(charter, payment_id) == (answer, False)


def test_a_void_stands_when_the_clock_of_the_machine_that_wrote_it_was_behind(charter: str, payment_id: str) -> None:
    log(charter, payment_id, method="check")
    clear_payment(charter, payment_id, {}, actor=operator.ADMIN, now=operator.at(5))
    answer = void(charter, payment_id, minutes=4)
    seen = charter_page.get_charter(charter, now=operator.NOW)
    assert [row["status"] for row in seen["payments"]] == [answer["payment"]["status"]] == ["voided"]
    assert seen["balance"] == answer["event"]["balance"]


def test_when_every_answer_is_lost_the_client_fails_and_its_next_try_finds_the_payment(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    with lost_answers("TransactWriteItems", count=3), pytest.raises(Exception, match="Read timeout"):
        log(charter, payment_id)
    answer, new = log(charter, payment_id)
    assert not new
    assert answer["event"]["balance"]["received_cents"] == 50_000
    assert the_payment(charter, payment_id)["receipt"] == "pending"
    outbox.sweep(MAIL_KINDS, operator.at(2))
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert mail_service.subjects == [SUBJECT]


def test_a_void_whose_answer_was_lost_is_one_void_and_one_correction(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    log(charter, payment_id)
    with lost_answers("TransactWriteItems"):
        answer = void(charter, payment_id)
    assert answer["payment"]["status"] == "voided"
    assert answer["event"]["balance"]["received_cents"] == 0
    assert void(charter, payment_id)["payment"] == {**answer["payment"], "receipt": "sent"}
    assert mail_service.subjects == [SUBJECT, "Correction: the payment of $500.00 for Sunset sail"]


def test_a_payment_that_meets_others_at_work_on_the_charter_takes_its_turn(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    with conflicts(aws.client("dynamodb"), 3, lambda params: "Put" in params["TransactItems"][0]):
        _, new = log(charter, payment_id)
    assert new
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert mail_service.subjects == [SUBJECT]


def test_the_same_id_on_two_charters_is_two_payments_each_with_its_mail(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    other = store_charter(title="Moonrise").event_id
    for event_id in (charter, other):
        _, new = log(event_id, payment_id)
        assert new
        the_payment(event_id, payment_id)
    assert len(mail_service.accepted) == 2
    void(other, payment_id)
    report = reports.list_payments(*reports.parse_page({}, now=operator.at(60)))
    assert report["totals"]["count"] == 2
    assert report["totals"]["received_cents"] == 50_000
    assert {(row["event_id"], row["status"]) for row in report["payments"]} == {(charter, "cleared"), (other, "voided")}


# --- the first try --------------------------------------------------------------------------------


@pytest.mark.parametrize("problem", [RuntimeError("bug"), MemoryError(), OSError("network")])
def test_a_mail_service_that_breaks_in_any_way_leaves_the_payment_and_the_mail_queued(
    charter: str, payment_id: str, mail_service: FakeMailService, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def break_(_: Any) -> Outcome:
        raise problem

    with monkeypatch.context() as patch:
        patch.setattr(transport, "send", break_)
        _, new = log(charter, payment_id)
    assert new
    assert the_payment(charter, payment_id)["receipt"] == "pending"
    assert outbox.sweep(MAIL_KINDS, operator.at(0.9)) == 0
    assert outbox.sweep(MAIL_KINDS, operator.at(1.1)) == 1
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert mail_service.subjects == [SUBJECT]


def test_a_sender_that_dies_after_acceptance_repeats_the_mail_once_its_lease_is_over_and_only_then(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.kills_after_acceptance()
    with pytest.raises(Died):
        log(charter, payment_id)
    mail_service.works()
    assert the_payment(charter, payment_id)["receipt"] == "pending"
    assert outbox.sweep(MAIL_KINDS, operator.at(0.5)) == 0
    assert mail_service.subjects == [SUBJECT]
    assert outbox.sweep(MAIL_KINDS, operator.at(1.1)) == 1
    assert outbox.sweep(MAIL_KINDS, operator.at(60 * 24)) == 0
    assert mail_service.subjects == [SUBJECT] * 2
    assert len({message["Message-ID"] for message in mail_service.accepted}) == 1
    assert the_payment(charter, payment_id)["receipt"] == "sent"


def test_a_sender_whose_note_meets_a_replay_of_the_payment_notes_it_all_the_same(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    """A replay's transaction holds the payment's row for a moment, and the note of the receipt goes there too."""
    with conflicts(aws.client("dynamodb"), 2, lambda params: len(params["TransactItems"]) == 2):
        log(charter, payment_id)
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert outbox.sweep(MAIL_KINDS, operator.at(60 * 24)) == 0
    assert mail_service.subjects == [SUBJECT]


def test_an_uncertain_send_is_shown_and_not_repeated(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.outcome = Outcome("uncertain", "SES: ReadTimeoutError")
    log(charter, payment_id)
    assert the_payment(charter, payment_id)["receipt"] == "failed"
    mail_service.works()
    assert outbox.sweep(MAIL_KINDS, operator.at(60 * 24)) == 0
    assert mail_service.subjects == [SUBJECT]


def test_a_final_refusal_is_shown_and_not_repeated(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.outcome = Outcome("failed", "SES: MessageRejected")
    log(charter, payment_id)
    assert the_payment(charter, payment_id)["receipt"] == "failed"
    mail_service.works()
    assert outbox.sweep(MAIL_KINDS, operator.at(60 * 24)) == 0
    assert mail_service.accepted == []


def test_a_failed_receipt_can_be_asked_for_again(charter: str, payment_id: str, mail_service: FakeMailService) -> None:
    mail_service.outcome = Outcome("failed", "SES: MessageRejected")
    log(charter, payment_id)
    mail_service.works()
    for _ in range(2):
        send_receipt_again(charter, payment_id, actor=operator.ADMIN, now=operator.at(5))
    assert mail_service.subjects == [SUBJECT]
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    (asked,) = [entry for entry in trail(charter) if entry["act"] == "receipt_asked"]
    assert (asked["by"], asked["address"], asked["at"]) == ("admin", "192.0.2.7", "2026-11-22T20:05:00Z")


def test_a_receipt_that_is_asked_for_while_others_change_the_charter_is_queued(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    log(charter, payment_id)
    with conflicts(aws.client("dynamodb"), 2, lambda params: len(params["TransactItems"]) == 2):
        send_receipt_again(charter, payment_id, actor=operator.ADMIN, now=operator.at(5))
    assert mail_service.subjects == [SUBJECT] * 2


# --- the schedule ---------------------------------------------------------------------------------


def test_a_mail_is_tried_at_growing_distances_and_given_up_after_the_last(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.fails()
    log(charter, payment_id)
    minutes = 0.0
    for wait in outbox.BACK_OFF_MINUTES:
        assert the_payment(charter, payment_id)["receipt"] == "pending"
        assert outbox.sweep(MAIL_KINDS, operator.at(minutes + wait - 0.1)) == 0
        minutes += wait + 0.1
        assert outbox.sweep(MAIL_KINDS, operator.at(minutes)) == 1
    assert minutes > 24 * 60
    assert the_payment(charter, payment_id)["receipt"] == "failed"
    assert outbox.sweep(MAIL_KINDS, operator.at(minutes + 60 * 24 * 30)) == 0


def test_a_mail_that_was_in_trouble_goes_out_when_the_service_is_back(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.fails()
    log(charter, payment_id)
    assert outbox.sweep(MAIL_KINDS, operator.at(1.1)) == 1
    mail_service.works()
    assert outbox.sweep(MAIL_KINDS, operator.at(7)) == 1
    assert the_payment(charter, payment_id)["receipt"] == "sent"
    assert mail_service.subjects == [SUBJECT]


def test_a_mail_whose_every_sender_died_is_given_up_without_another_try(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.kills_after_acceptance()
    with pytest.raises(Died):
        log(charter, payment_id)
    for number in range(1, outbox.MAX_ATTEMPTS):
        with pytest.raises(Died):
            outbox.sweep(MAIL_KINDS, operator.at(2 * number))
    mail_service.works()
    tries = len(mail_service.accepted)
    assert tries == outbox.MAX_ATTEMPTS
    assert outbox.sweep(MAIL_KINDS, operator.at(100)) == 1
    assert len(mail_service.accepted) == tries
    assert the_payment(charter, payment_id)["receipt"] == "failed"


def test_a_receipt_still_queued_when_its_payment_is_voided_is_cancelled(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.fails()
    log(charter, payment_id)
    mail_service.works()
    void(charter, payment_id)
    assert outbox.sweep(MAIL_KINDS, operator.at(60)) == 1
    assert outbox.sweep(MAIL_KINDS, operator.at(120)) == 0
    assert SUBJECT not in mail_service.subjects
    assert the_payment(charter, payment_id)["receipt"] == "off"


def test_a_receipt_still_queued_when_its_check_bounces_is_cancelled(
    charter: str, payment_id: str, mail_service: FakeMailService
) -> None:
    mail_service.fails()
    log(charter, payment_id, method="check")
    mail_service.works()
    bounce_payment(charter, payment_id, {"reason": "no cover"}, actor=operator.ADMIN, now=operator.at(0.5))
    assert outbox.sweep(MAIL_KINDS, operator.at(60)) == 1
    assert mail_service.subjects == ["Your payment of $500.00 did not go through"]
    assert the_payment(charter, payment_id)["receipt"] == "off"


def test_of_two_sweepers_at_once_each_mail_is_sent_by_one(mail_service: FakeMailService) -> None:
    mail_service.fails()
    charters_ = [store_charter(title=f"Sail {number}").event_id for number in range(6)]
    for event_id in charters_:
        log(event_id, operator.uuid())
    mail_service.works()
    assert sum(at_once(2, lambda _: outbox.sweep(MAIL_KINDS, operator.at(2)))) == 6
    assert sorted(mail_service.subjects) == [
        f"We received your payment of $500.00 for Sail {number}" for number in range(6)
    ]
    for event_id in charters_:
        assert charter_page.get_charter(event_id, now=operator.NOW)["payments"][0]["receipt"] == "sent"


def test_one_mail_that_cannot_be_written_does_not_hold_up_the_others(mail_service: FakeMailService) -> None:
    broken = operator.event()
    queued = outbox.new_mail("correction", operator.uuid(), "ana@example.com", {"name": "no payment"}, operator.NOW)
    assert queued
    mail_store.put_mail(queued)
    mail_service.fails()
    log(store_charter(event_id=broken.event_id).event_id, operator.uuid())
    mail_service.works()
    assert outbox.sweep(MAIL_KINDS, operator.at(2)) == 2
    assert mail_service.subjects == [SUBJECT]


def test_a_sweep_begins_no_mail_when_its_time_is_over_and_the_next_one_goes_on(mail_service: FakeMailService) -> None:
    mail_service.fails()
    for _ in range(3):
        log(store_charter().event_id, operator.uuid())
    mail_service.works()
    now_s, ends_at = [0.0], iter([outbox.SWEEP_S - 0.1, outbox.SWEEP_S])
    mail_service.then = lambda: now_s.__setitem__(0, next(ends_at))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(system, "monotonic_s", lambda: now_s[0])
        assert outbox.sweep(MAIL_KINDS, operator.at(2)) == 2
    mail_service.then = lambda: None
    assert len(mail_service.accepted) == 2
    assert outbox.sweep(MAIL_KINDS, operator.at(3)) == 1
    assert len(mail_service.accepted) == 3
