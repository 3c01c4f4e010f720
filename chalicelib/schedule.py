"""What the schedule does each minute: due mails, reminders of balances, the head of the waivers' chain."""

import logging
from datetime import datetime

from chalicelib.charters import mails as charter_mails
from chalicelib.charters import reminders
from chalicelib.core import system
from chalicelib.mail import outbox
from chalicelib.manifest import mails as manifest_mails
from chalicelib.payments import mails as payment_mails
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers import store as waiver_store

log = logging.getLogger("scc.schedule")

# The minute of each hour that looks for reminders. What a missed one would have found, the next hour finds.
REMINDERS_MINUTE = 17
REMINDERS_S = 10
HEAD_MAIL_HOUR = 12

MAIL_KINDS: outbox.MailKinds = {
    **charter_mails.MAIL_KINDS,
    **payment_mails.MAIL_KINDS,
    **waiver_mails.MAIL_KINDS,
    **manifest_mails.MAIL_KINDS,
}


def run(now: datetime) -> None:
    # Never both in one minute: each needs the function's time.
    if now.minute == REMINDERS_MINUTE:
        queue_reminders(now)
    else:
        outbox.sweep(MAIL_KINDS, now)
    mail_chain_head(now)


def queue_reminders(now: datetime) -> int:
    """Queues the reminders that are due; returns how many were new."""
    new, ends_at = 0, system.monotonic_s() + REMINDERS_S
    for charter, days_before in reminders.find_due(now):
        if system.monotonic_s() >= ends_at:
            log.error("reminders: not all were found in time; the next hour goes on")
            break
        new += outbox.queue(charter_mails.reminder_mail(charter, days_before, now))
    return new


def mail_chain_head(now: datetime) -> None:
    """Once a day, from noon in UTC, mails the operator where the chain ends, if it grew since the last such mail."""
    if now.hour != HEAD_MAIL_HOUR:
        return
    seq, head, last_mailed = waiver_store.read_head_to_mail()
    if seq == last_mailed:
        return
    mail = waiver_mails.chain_head_mail(now.date().isoformat(), seq, head, now)
    if waiver_store.queue_head_mail(mail, seq, last_mailed):
        outbox.deliver(mail, MAIL_KINDS, now)
