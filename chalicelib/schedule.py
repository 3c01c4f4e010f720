"""What the schedule does each minute: due mails, reminders of balances, the waivers' log, the logs' checkpoints."""

import logging
from datetime import datetime

from chalicelib import ledger_log
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import reminders
from chalicelib.core import system
from chalicelib.mail import outbox
from chalicelib.mail.store import Mail
from chalicelib.manifest import mails as manifest_mails
from chalicelib.payments import mails as payment_mails
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers.evidence.checkpoint import Checkpoint

log = logging.getLogger("scc.schedule")

# The minute of each hour that looks for reminders. What a missed one would have found, the next hour finds.
REMINDERS_MINUTE = 17
REMINDERS_S = 10
CHECKPOINT_HOUR = 12
# The minute of that hour that reads the whole ledger: the function has a minute for it (.chalice/config.json), seven
# years of a thousand charters take about fifteen seconds. What a missed one would have told, the next day tells.
LEDGER_MINUTE = 42

MAIL_KINDS: outbox.MailKinds = {
    **charter_mails.MAIL_KINDS,
    **payment_mails.MAIL_KINDS,
    **waiver_mails.MAIL_KINDS,
    **manifest_mails.MAIL_KINDS,
    **ledger_log.MAIL_KINDS,
}


def run(now: datetime) -> None:
    # Never both in one minute: each needs the function's time.
    if now.minute == REMINDERS_MINUTE:
        queue_reminders(now)
    else:
        outbox.sweep(MAIL_KINDS, now)
    waiver_log.sweep(now)
    mail_checkpoint(now)
    mail_ledger_checkpoint(now)


def queue_reminders(now: datetime) -> int:
    """Queues the reminders that are due; returns how many were new."""
    new, ends_at = 0, system.monotonic_s() + REMINDERS_S
    for charter, days_before in reminders.find_due(now):
        if system.monotonic_s() >= ends_at:
            log.error("reminders: not all were found in time; the next hour goes on")
            break
        new += charter_mails.queue_reminder(charter_mails.reminder_mail(charter, days_before, now))
    return new


def mail_checkpoint(now: datetime) -> None:
    """Once a day, from noon in UTC, mails the operator where the log ends, if it grew since the last such mail.

    A log that is not the one told of before, grown, is an alarm instead; it comes each day until it is looked into.
    """
    if now.hour != CHECKPOINT_HOUR:
        return
    day, last, tree = now.date().isoformat(), log_store.read_mailed(), log_store.read_tree()
    head = waiver_log.to_checkpoint(tree)
    if problem := waiver_log.why_not_continued(last, tree):
        # An alarm counts these lines: see WaiverLogAlarm in .chalice/resources.yaml.
        log.error("waiver-log-alarm: %s", problem)
        _raise_alarm(waiver_mails.alarm_mail(day, problem, head, waiver_log.to_checkpoint(last), now), now)
    elif tree.size > last.size:
        proof = waiver_log.consistency_proof(last, tree)
        told = waiver_mails.checkpoint_mail(day, head, last, proof, now)
        if log_store.queue_checkpoint_mail(told, tree, last, day):
            outbox.deliver(told, MAIL_KINDS, now)


def mail_ledger_checkpoint(now: datetime) -> None:
    """Once a day mails the operator where the ledger ends, if it grew since the last such mail; or the same alarm."""
    if (now.hour, now.minute) != (CHECKPOINT_HOUR, LEDGER_MINUTE):
        return
    day, last, found = now.date().isoformat(), log_store.read_mailed(ledger_log.LEDGER_LOG), ledger_log.read_ledger(now)
    tree = ledger_log.to_tree(found, last)
    if problem := ledger_log.why_not_continued(last, found):
        # An alarm counts these lines: see WaiverLogAlarm in .chalice/resources.yaml.
        log.error("ledger-alarm: %s", problem)
        alarm = waiver_mails.alarm_mail(day, problem, Checkpoint(*tree), Checkpoint(*last), now, log="payments")
        _raise_alarm(alarm, now)
    elif tree.size > last.size:
        told = ledger_log.checkpoint_mail(day, tree, last, found.sums, now)
        if log_store.queue_checkpoint_mail(told, tree, last, day, ledger_log.LEDGER_LOG):
            outbox.deliver(told, MAIL_KINDS, now)


def _raise_alarm(mail: Mail, now: datetime) -> None:
    """Once a day."""
    if outbox.queue(mail):
        outbox.deliver(mail, MAIL_KINDS, now)
