"""Reminders of the balance: whom to remind, and when not any more. Switched on charter by charter."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.charters import store
from chalicelib.charters.fields import ReminderState
from chalicelib.charters.store import Charter
from chalicelib.core import times

DAYS_BEFORE = (7, 2)
# A reminder that is later than this is left out: "seven days before" would no longer be true.
LATEST = timedelta(hours=24)
MAX_CHARTERS = 10_000

_WHY_NOT = {
    "on": "",
    "off": "reminders are switched off, or the charter has departed or is completed",
    "stopped_cancelled": "the charter is cancelled",
    "stopped_paid": "nothing is due",
    "stopped_cash": "cash was logged",
    "no_email": "the patron has no email address",
}


def find_due(now: datetime) -> Iterator[tuple[Charter, int]]:
    """Charters with a reminder that became due within the last day: one Query of the board."""
    first = now + timedelta(days=min(DAYS_BEFORE)) - LATEST
    last = now + timedelta(days=max(DAYS_BEFORE))
    found, _ = store.list_charters(
        times.format_instant(first), f"{times.format_instant(last)}~", "scheduled", MAX_CHARTERS
    )
    for charter in found:
        for days in DAYS_BEFORE:
            mark = times.parse_instant(charter.details["starts_at"]) - timedelta(days=days)
            is_due = now - LATEST < mark <= now and times.format_instant(mark) >= charter.reminders_since
            if is_due and not why_not(charter, now):
                yield charter, days


def why_not(charter: Charter, now: datetime) -> str:
    """Why the patron is not to be reminded now; empty when they are."""
    if charter.details["starts_at"] <= times.format_instant(now):
        return "the charter has started"
    return _WHY_NOT[state(charter)]


def state(charter: Charter) -> ReminderState:
    """The contract's `balance_reminders_state`."""
    details, sums = charter.details, charter.sums
    if not details["balance_reminders"] or charter.status in ("departed", "completed"):
        return "off"
    if charter.status == "cancelled":
        return "stopped_cancelled"
    if charter.due_cents <= 0:
        return "stopped_paid"
    if sums.cash_recorded_at >= charter.reminders_since:
        return "stopped_cash"
    return "on" if details["patron"]["email"] else "no_email"


def day(charter: Charter) -> str:
    """The day of the start, at the charter's place: another day has marks of its own."""
    return str(times.local(charter.details["starts_at"], charter.details["timezone"]).date())
