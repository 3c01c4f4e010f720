"""Mails about a charter: the reminder of its balance."""

import hashlib
from datetime import datetime
from typing import TypedDict

from chalicelib.charters import receivables, reminders, store
from chalicelib.charters.fields import CharterDetails, Status
from chalicelib.charters.store import Charter
from chalicelib.core import times
from chalicelib.core.audit import SYSTEM, audit_event, history_item
from chalicelib.core.dynamo import put_write
from chalicelib.mail import outbox
from chalicelib.mail.outbox import MailKind, MailKinds
from chalicelib.mail.store import MailData, MailOf
from chalicelib.money.ledger import Balance


class CharterData(TypedDict):
    """What every mail about a charter says of it."""

    event_id: str
    status: Status
    title: str
    starts_at: str
    timezone: str
    vessel: str
    departure_port: str


def charter_data(charter: Charter) -> CharterData:
    details = charter.details
    return {
        "event_id": charter.event_id,
        "status": charter.status,
        "title": details["title"],
        "starts_at": details["starts_at"],
        "timezone": details["timezone"],
        "vessel": details["vessel"],
        "departure_port": details["departure_port"],
    }


class Trip(TypedDict):
    """What of a charter is told when it changes."""

    starts_at: str
    ends_at: str
    timezone: str
    vessel: str
    departure_port: str
    return_port: str


def trip_of(details: CharterDetails) -> Trip:
    return {
        "starts_at": details["starts_at"],
        "ends_at": details["ends_at"],
        "timezone": details["timezone"],
        "vessel": details["vessel"],
        "departure_port": details["departure_port"],
        "return_port": details["return_port"],
    }


class ReminderData(MailData):
    charter: CharterData
    balance: Balance
    currency: str
    days_before: int


def reminder_mail(charter: Charter, days_before: int, now: datetime) -> MailOf[ReminderData]:
    """Due at once, and the same mail however often it is queued."""
    day, at = reminders.day(charter), times.format_instant(now)
    data: ReminderData = {
        "charter": charter_data(charter),
        "balance": charter.balance,
        "currency": charter.details["currency"],
        "name": charter.details["patron"]["name"],
        "days_before": days_before,
    }
    mail_id = f"reminder-{charter.event_id[:8]}-{day}-{days_before}"
    return MailOf(mail_id, "balance_reminder", charter.details["patron"]["email"], data, due_at=at, created_at=at)


def queue_reminder(mail: MailOf[ReminderData]) -> bool:
    """Queues a reminder, and notes with the charter that its patron is reminded.

    False if it was queued before, or if nothing is due any more.
    """
    event_id, at = mail.data["charter"]["event_id"], mail.created_at
    reminded = audit_event("balance_reminded", SYSTEM, at, mail_id=mail.mail_id)
    noted = [put_write(history_item(event_id, reminded)), receivables.reminded_write(event_id, at)]
    return outbox.queue(mail, noted)


def _renew_reminder(mail: MailOf[ReminderData], now: datetime) -> MailOf[ReminderData] | str:
    charter = store.read_charter(mail.data["charter"]["event_id"])
    if charter is None:
        return "there is no such charter"
    if why := reminders.why_not(charter, now):
        return why
    fresh = reminder_mail(charter, mail.data["days_before"], now)
    if not mail.mail_id.startswith(fresh.mail_id):
        return "the charter was moved to another day"
    if fresh.to != mail.to:
        address_hash = hashlib.sha256(fresh.to.encode()).hexdigest()[:12]
        queue_reminder(fresh._replace(mail_id=f"{fresh.mail_id}-{address_hash}"))
        return "the patron's address was changed; the reminder goes to the new one"
    return mail._replace(data=fresh.data)


MAIL_KINDS: MailKinds = {"balance_reminder": MailKind(renew=_renew_reminder)}
