"""Mails in the table; one contract for DynamoDB Local and the embedded AWS."""

import pytest
from botocore.exceptions import ClientError

from chalicelib.core import errors
from chalicelib.mail import addresses
from chalicelib.mail import store as mail_store
from chalicelib.payments import store as payment_store
from tests.support import operator
from tests.support.races import at_once
from tests.support.stored import due_mails, new_mail, new_payment, posted, store_charter, store_payment

pytestmark = pytest.mark.usefixtures("dynamodb")


def test_a_mail_is_due_once_its_time_has_passed_and_is_read_as_it_was_queued() -> None:
    queued = new_mail(due_at="2026-11-22T20:01:00Z")
    mail_store.put_mail(queued)
    assert due_mails(minutes=0.5) == []
    assert due_mails(minutes=1.1) == [queued]


def test_due_mails_come_oldest_first_and_no_more_than_asked() -> None:
    ids = [operator.uuid() for _ in range(3)]
    for number in (2, 0, 1):
        mail_store.put_mail(new_mail(ids[number], due_at=f"2026-11-22T20:0{number}:00Z"))
    assert [one.mail_id for one in due_mails()] == ids
    assert [one.mail_id for one in due_mails(limit=2)] == ids[:2]


def test_a_mail_is_queued_once() -> None:
    queued = new_mail()
    mail_store.put_mail(queued)
    with pytest.raises(errors.AlreadyExists):
        mail_store.put_mail(queued)
    mail_store.finish_mail(queued, "sent", "2026-11-22T20:00:01Z", "", ())
    with pytest.raises(errors.AlreadyExists):
        mail_store.put_mail(queued)
    assert due_mails() == []


def test_of_many_senders_that_claim_a_mail_one_gets_it() -> None:
    queued = new_mail()
    mail_store.put_mail(queued)
    until = "2026-11-22T21:00:00Z"
    assert sorted(at_once(8, lambda _: mail_store.claim_mail(queued, until))) == [False] * 7 + [True]
    assert due_mails(minutes=59) == []
    (again,) = due_mails(minutes=61)
    assert (again.attempts, again.due_at) == (2, until)
    assert mail_store.claim_mail(again, "2026-11-22T22:00:00Z")


def test_a_mail_that_was_postponed_meanwhile_cannot_be_claimed() -> None:
    queued = new_mail()
    mail_store.put_mail(queued)
    mail_store.postpone_mail(queued, "2026-11-22T20:30:00Z", "SES: busy")
    assert not mail_store.claim_mail(queued, "2026-11-22T21:00:00Z")
    (moved,) = due_mails()
    assert moved == queued._replace(due_at="2026-11-22T20:30:00Z", note="SES: busy")
    assert mail_store.claim_mail(moved, "2026-11-22T21:00:00Z")


def test_a_finished_mail_can_be_neither_claimed_nor_postponed_nor_finished_again() -> None:
    queued = new_mail()
    mail_store.put_mail(queued)
    mail_store.finish_mail(queued, "failed", "2026-11-22T20:00:01Z", "SMTP: 550", ())
    assert not mail_store.claim_mail(queued, "2026-11-22T21:00:00Z")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        mail_store.postpone_mail(queued, "2026-11-22T21:00:00Z", "late")
    with pytest.raises(errors.AlreadyExists):
        mail_store.finish_mail(queued, "sent", "2026-11-22T20:00:02Z", "", ())
    assert due_mails() == []


def test_how_a_receipt_ended_is_noted_on_its_payment() -> None:
    charter = store_charter()
    row = new_payment(charter)
    queued = new_mail(payment=row, name="")
    payment_store.append_payment(posted(charter, row), row, "print", "answer", queued)
    mail_store.finish_mail(queued, "sent", "2026-11-22T20:00:01Z", "SES: 1", [payment_store.receipt_write(row, "sent")])
    item = payment_store.read_payment_item(charter.event_id, row["payment_id"])
    assert item
    assert payment_store.to_payment(item) == ((charter.event_id, row["payment_id"]), {**row, "receipt": "sent"})
    assert payment_store.stored_answer(item) == ("print", "answer")


def test_mails_are_listed_by_status_queued_ones_oldest_first_all_others_newest_first() -> None:
    ids = [operator.uuid() for _ in range(4)]
    for number, mail_id in enumerate(ids):
        mail_store.put_mail(new_mail(mail_id, due_at=f"2026-11-22T20:0{number}:00Z"))
    first, more = mail_store.list_mail("queued", "", 3)
    assert ([one.mail_id for one in first], more) == (ids[:3], True)
    rest, more = mail_store.list_mail("queued", f"{mail_store.sort_key(first[-1])}~", 3)
    assert ([one.mail_id for one in rest], more) == (ids[3:], False)
    for number, one in enumerate(first + rest):
        mail_store.finish_mail(one, "failed", f"2026-11-22T21:0{number}:00Z", "SMTP: 550", ())
    assert mail_store.list_mail("queued", "", 3) == ([], False)
    first, more = mail_store.list_mail("failed", "", 3)
    assert ([one.mail_id for one in first], more) == (ids[:0:-1], True)
    rest, more = mail_store.list_mail("failed", mail_store.sort_key(first[-1]), 3)
    assert ([one.mail_id for one in rest], more) == (ids[:1], False)
    assert (rest[0].note, rest[0].due_at) == ("SMTP: 550", "2026-11-22T21:00:00Z")


def test_of_many_who_change_a_finished_mail_at_once_one_does() -> None:
    charter, queued = store_charter(), new_mail()
    row = store_payment(charter, queued)
    mail_store.finish_mail(queued, "failed", "2026-11-22T20:00:01Z", "", [payment_store.receipt_write(row, "failed")])
    seen = mail_store.read_mail(queued.mail_id)
    assert seen
    again = seen._replace(status="queued", due_at="2026-11-22T22:00:00Z", attempts=1)
    answers = at_once(6, lambda _: mail_store.change_mail(again, seen, [payment_store.receipt_write(row, "pending")]))
    assert answers.count(None) == 1
    assert all(
        isinstance(answer, (errors.AlreadyExists, errors.WriteConflict)) for answer in answers if answer is not None
    )
    assert mail_store.read_mail(queued.mail_id) == again
    item = payment_store.read_payment_item(charter.event_id, row["payment_id"])
    assert item
    assert item["receipt"]["S"] == "pending"


def test_an_unknown_mail_is_none() -> None:
    assert mail_store.read_mail("unknown") is None


def test_the_latest_problem_of_an_address_is_kept_in_upper_or_lower_case() -> None:
    early, late = ({"problem": "bounced", "at": f"2026-11-2{day}T20:00:00Z", "detail": ""} for day in (1, 2))
    for problem in (early, late, early, late):
        addresses.flag_address("Ana@example.com", problem)
    assert addresses.read_flags(["ana@EXAMPLE.com", "ben@example.com"]) == {"ana@EXAMPLE.com": late}
    assert addresses.read_flags([]) == {}
