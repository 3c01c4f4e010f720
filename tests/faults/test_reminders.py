"""Reminders of the balance: each is queued once, and none is sent when it is no longer right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib import charter_page, sweep
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import reminders
from chalicelib.charters import service as charters
from chalicelib.core import system, times
from chalicelib.mail import admin as mail_admin
from chalicelib.mail import outbox, transport
from chalicelib.mail import store as mail_store
from chalicelib.mail.transport import Outcome
from chalicelib.payments import service as payments
from chalicelib.payments.acts import void_payment
from chalicelib.sweep import MAIL_KINDS
from tests.support import operator
from tests.support.doubles.mail_service import FakeMailService

pytestmark = pytest.mark.usefixtures("mail_service")

STARTS_AT = datetime(2026, 12, 10, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def before(days: float, **more: float) -> datetime:
    return STARTS_AT - timedelta(days=days) + timedelta(**more)


def new_charter(made_at: datetime = operator.NOW, **changes: Any) -> str:
    body = {
        "title": "Sunset sail",
        "starts_at": times.format_instant(STARTS_AT),
        "ends_at": times.format_instant(STARTS_AT + 3 * HOUR),
        "patron": {"name": "Ana Rivera", "email": "ana@example.com"},
        "charter_fee_cents": 120_000,
        "balance_reminders": True,
        **changes,
    }
    event, _ = charters.create_charter(body, request_key=None, actor=operator.ADMIN, now=made_at)
    return str(event["event_id"])


def edit(event_id: str, now: datetime, **changes: Any) -> dict[str, Any]:
    version = charters.find_charter(event_id).version
    return charters.edit_charter(event_id, {"version": version, **changes}, actor=operator.ADMIN, now=now)


def pay(event_id: str, now: datetime, **changes: Any) -> str:
    body = {"method": "check", "amount_cents": 50_000, "notify": False, **changes}
    payment_id = operator.uuid()
    payments.log_payment(event_id, payment_id, body, actor=operator.ADMIN, now=now)
    return payment_id


def run_hourly(first: datetime, last: datetime, minutes: tuple[int, ...] = (17, 18)) -> None:
    """The schedule in these minutes of each hour: the one that looks for reminders, and one that sends."""
    hour = first.replace(minute=0)
    while hour <= last:
        for minute in minutes:
            sweep.run(hour.replace(minute=minute))
        hour += HOUR


def statuses() -> dict[str, list[str]]:
    found = {
        status: mail_admin.list_mails(mail_admin.parse_page({"status": status}))["mails"]
        for status in mail_admin.STATUSES
    }
    return {status: [mail["note"] for mail in listed] for status, listed in found.items() if listed}


def state(event_id: str) -> str:
    return str(charter_page.get_charter(event_id, now=operator.NOW)["balance_reminders_state"])


def text(mail_service: FakeMailService, index: int = -1) -> str:
    part = mail_service.accepted[index].get_body(("plain",))
    assert part
    return " ".join(str(part.get_content()).split())


# --- when -----------------------------------------------------------------------------------------


def test_a_patron_is_reminded_seven_and_two_days_before_and_once_each(mail_service: FakeMailService) -> None:
    new_charter()
    run_hourly(before(7, hours=-3), before(7, hours=-1))
    assert mail_service.subjects == []
    run_hourly(before(7), before(6, hours=1))
    run_hourly(before(2, hours=-3), before(2, hours=-1))
    assert mail_service.subjects == ["Reminder: $1,200.00 due for Sunset sail"]
    run_hourly(before(2), before(1, hours=1))
    run_hourly(before(0), before(0, hours=3))
    assert len(mail_service.accepted) == 2


def test_an_hour_that_is_missed_or_run_ten_times_changes_nothing(mail_service: FakeMailService) -> None:
    new_charter()
    missed = before(7, hours=20)
    for _ in range(10):
        run_hourly(missed, missed)
    assert len(mail_service.accepted) == 1


def test_a_reminder_that_was_due_more_than_a_day_ago_is_not_sent(mail_service: FakeMailService) -> None:
    new_charter()
    run_hourly(before(6), before(6, hours=3))
    assert mail_service.subjects == []


def test_a_charter_made_or_switched_on_after_one_reminder_was_due_gets_the_next_one(
    mail_service: FakeMailService,
) -> None:
    new_charter(made_at=before(7, hours=1))
    late = new_charter(balance_reminders=False)
    edit(late, before(7, hours=1), balance_reminders=True)
    run_hourly(before(7, hours=1), before(7, hours=4))
    assert mail_service.subjects == []
    run_hourly(before(2), before(2, hours=1))
    assert len(mail_service.accepted) == 2


def test_a_charter_without_the_switch_is_left_alone(mail_service: FakeMailService) -> None:
    assert state(new_charter(balance_reminders=False)) == "off"
    for days in (7, 2):
        run_hourly(before(days), before(days))
    assert mail_service.subjects == []


def test_a_charter_moved_to_another_day_is_reminded_before_that_day(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    run_hourly(before(7), before(7))
    later = {"starts_at": STARTS_AT + timedelta(days=10), "ends_at": STARTS_AT + timedelta(days=10, hours=3)}
    edit(event_id, before(5), **{name: times.format_instant(at) for name, at in later.items()})
    # What was due before the old day, then what is due before the new one.
    for days_left in (2, 7 - 10, 2 - 10):
        run_hourly(before(days_left, hours=-1), before(days_left, hours=1))
    days = ["Wednesday, December 9", "Saturday, December 19", "Saturday, December 19"]
    assert len(mail_service.accepted) == len(days)
    for index, day in enumerate(days):
        assert f"When {day}, 2026, 5:00 PM PST" in text(mail_service, index)


def test_a_start_moved_within_the_day_sends_no_second_reminder(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    run_hourly(before(7), before(7, hours=2))
    edit(event_id, before(7, hours=2), starts_at=times.format_instant(STARTS_AT + HOUR))
    run_hourly(before(7, hours=2), before(7, hours=4))
    assert len(mail_service.accepted) == 1


def test_of_many_charters_only_those_that_are_due_are_reminded(mail_service: FakeMailService) -> None:
    for number in range(20):
        starts_at = STARTS_AT + timedelta(days=number)
        new_charter(starts_at=times.format_instant(starts_at), ends_at=times.format_instant(starts_at + HOUR))
    assert sweep.queue_reminders(before(7)) == 1
    assert sweep.queue_reminders(before(2, minutes=30)) == 2


# --- what stops one -------------------------------------------------------------------------------


def cancelled(event_id: str, now: datetime) -> None:
    charters.cancel_charter(event_id, {"reason": "storm"}, actor=operator.ADMIN, now=now)


STOPS: dict[str, tuple[Any, str, str]] = {
    "paid": (lambda event_id, now: pay(event_id, now, amount_cents=120_000), "stopped_paid", "nothing is due"),
    "cash": (lambda event_id, now: pay(event_id, now, method="cash"), "stopped_cash", "cash was logged"),
    "cancelled": (cancelled, "stopped_cancelled", "the charter is cancelled"),
    "off": (lambda event_id, now: edit(event_id, now, balance_reminders=False), "off", "switched off"),
    "completed": (lambda event_id, now: edit(event_id, now, status="completed"), "off", "completed"),
    "no address": (lambda event_id, now: edit(event_id, now, patron={"name": "Ana"}), "no_email", "no email address"),
}


@pytest.mark.parametrize("stop", STOPS)
def test_after_this_no_reminder_is_queued(mail_service: FakeMailService, stop: str) -> None:
    act, shown, _ = STOPS[stop]
    event_id = new_charter()
    assert state(event_id) == "on"
    act(event_id, before(8))
    assert state(event_id) == shown
    for days in (7, 2):
        run_hourly(before(days), before(days))
    assert mail_service.subjects == []
    assert statuses() == {}


@pytest.mark.parametrize("stop", STOPS)
def test_after_this_a_queued_reminder_is_cancelled_and_says_why(mail_service: FakeMailService, stop: str) -> None:
    act, _, why = STOPS[stop]
    event_id = new_charter()
    mail_service.fails()
    run_hourly(before(7), before(7))
    assert list(statuses()) == ["queued"]
    act(event_id, before(7, minutes=30))
    mail_service.works()
    outbox.sweep(MAIL_KINDS, before(7, hours=1))
    assert mail_service.subjects == []
    ((status, (note,)),) = statuses().items()
    assert status == "cancelled"
    assert why in note


def test_a_reminder_that_could_not_be_sent_before_the_start_is_cancelled(mail_service: FakeMailService) -> None:
    new_charter()
    mail_service.fails()
    run_hourly(before(2), before(2))
    mail_service.works()
    outbox.sweep(MAIL_KINDS, STARTS_AT)
    assert mail_service.subjects == []
    assert statuses() == {"cancelled": ["the charter has started"]}


def test_a_queued_reminder_of_a_charter_that_is_moved_is_cancelled(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    mail_service.fails()
    run_hourly(before(7), before(7))
    later = {"starts_at": STARTS_AT + timedelta(days=10), "ends_at": STARTS_AT + timedelta(days=10, hours=3)}
    edit(event_id, before(7, minutes=30), **{name: times.format_instant(at) for name, at in later.items()})
    mail_service.works()
    outbox.sweep(MAIL_KINDS, before(7, hours=1))
    assert mail_service.subjects == []
    assert statuses() == {"cancelled": ["the charter was moved to another day"]}


def test_a_changed_address_gets_the_reminder_that_the_old_one_did_not_get(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    mail_service.fails()
    run_hourly(before(7), before(7))
    edit(event_id, before(7, minutes=30), patron={"name": "Ben", "email": "ben@example.com"})
    mail_service.works()
    for minutes in (60, 61, 62):
        outbox.sweep(MAIL_KINDS, before(7, minutes=minutes))
    assert [message["To"] for message in mail_service.accepted] == ["Ben <ben@example.com>"]
    assert sorted(statuses()) == ["cancelled", "sent"]


def test_a_part_that_was_paid_meanwhile_is_in_the_amounts(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    mail_service.fails()
    run_hourly(before(7), before(7))
    pay(event_id, before(7, minutes=30))
    mail_service.works()
    outbox.sweep(MAIL_KINDS, before(7, hours=1))
    assert mail_service.subjects == ["Reminder: $700.00 due for Sunset sail"]
    assert "Paid $500.00 Due $700.00" in text(mail_service)


def test_cash_that_was_voided_stops_nothing(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    payment_id = pay(event_id, before(9), method="cash")
    assert state(event_id) == "stopped_cash"
    void_payment(event_id, payment_id, {"reason": "wrong"}, actor=operator.ADMIN, now=before(8))
    assert state(event_id) == "on"
    run_hourly(before(7), before(7))
    assert len(mail_service.accepted) == 1


def test_neither_a_tip_in_cash_nor_another_method_stops_it() -> None:
    event_id = new_charter()
    pay(event_id, before(9), method="cash", kind="tip", amount_cents=1_000)
    pay(event_id, before(9), method="venmo")
    assert state(event_id) == "on"


def test_switched_off_and_on_again_it_starts_afresh_after_cash(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    pay(event_id, before(9), method="cash")
    edit(event_id, before(8), balance_reminders=False)
    assert edit(event_id, before(8, hours=1), balance_reminders=True)["balance_reminders_state"] == "on"
    run_hourly(before(7), before(7))
    assert "Due $700.00" in text(mail_service)


def test_an_edit_of_something_else_keeps_when_it_was_switched_on() -> None:
    event_id = new_charter()
    pay(event_id, before(9), method="cash")
    assert edit(event_id, before(8), notes="calls in the evening")["balance_reminders_state"] == "stopped_cash"


def test_an_admins_retry_looks_again_too(mail_service: FakeMailService) -> None:
    event_id = new_charter()
    mail_service.outcome = Outcome("failed", "SES: MessageRejected")
    run_hourly(before(7), before(7))
    (mail,) = mail_admin.list_mails(mail_admin.parse_page({"status": "failed"}))["mails"]
    mail_service.works()
    pay(event_id, before(7, hours=1), method="cash")
    again = mail_admin.send_again(mail["mail_id"], kinds=MAIL_KINDS, actor=operator.ADMIN, now=before(7, hours=2))
    assert (again["status"], again["note"]) == ("cancelled", "cash was logged")
    assert mail_service.subjects == []


# --- faults ---------------------------------------------------------------------------------------


def test_a_search_that_has_no_time_left_goes_on_an_hour_later(
    mail_service: FakeMailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        new_charter()
    queue, elapsed_s = charter_mails.queue_reminder, [0.0]

    def slowly(mail: Any) -> bool:
        elapsed_s[0] += sweep.REMINDERS_S
        return queue(mail)

    with monkeypatch.context() as slow:
        slow.setattr(system, "monotonic_s", lambda: elapsed_s[0])
        slow.setattr(charter_mails, "queue_reminder", slowly)
        assert sweep.queue_reminders(before(7)) == 1
    assert sweep.queue_reminders(before(7, hours=1)) == 2


def test_the_reminder_of_a_charter_that_is_not_in_the_table_is_cancelled(mail_service: FakeMailService) -> None:
    gone = operator.event(balance_reminders=True)
    mail_store.put_mail(charter_mails.reminder_mail(gone, 7, operator.NOW))
    outbox.sweep(MAIL_KINDS, operator.at(1))
    assert statuses() == {"cancelled": ["there is no such charter"]}


def test_an_edit_in_the_very_moment_of_sending_is_all_that_can_come_too_late(
    mail_service: FakeMailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was true when the charter was read is what the mail says."""
    event_id = new_charter()
    send = transport.send

    def pay_and_send(message: Any) -> Outcome:
        pay(event_id, before(7), amount_cents=120_000)
        return send(message)

    monkeypatch.setattr(transport, "send", pay_and_send)
    run_hourly(before(7), before(7))
    assert len(mail_service.accepted) == 1
    assert "our messages have crossed" in text(mail_service)
    assert reminders.state(charters.find_charter(event_id)) == "stopped_paid"
