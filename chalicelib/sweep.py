"""What runs each minute: due mails, news of changes, reminders, papers and options that end, the logs' checkpoints."""

import logging
from datetime import datetime
from functools import partial

from chalicelib import ledger_log
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import reminders
from chalicelib.core import dynamo, system, times
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.crew import mails as crew_mails
from chalicelib.crew import service as crew
from chalicelib.mail import outbox
from chalicelib.mail import store as mail_store
from chalicelib.mail.store import Mail
from chalicelib.manifest import mails as manifest_mails
from chalicelib.notices import mails as notice_mails
from chalicelib.notices import service as notices
from chalicelib.operator import service as operator
from chalicelib.payments import mails as payment_mails
from chalicelib.payments import statements
from chalicelib.register import mails as register_mails
from chalicelib.register import store as register_store
from chalicelib.schedule import expiry
from chalicelib.schedule import mails as schedule_mails
from chalicelib.waivers import log as waiver_log
from chalicelib.waivers import log_store
from chalicelib.waivers import mails as waiver_mails
from chalicelib.waivers.evidence.checkpoint import Checkpoint

log = logging.getLogger("scc.sweep")

# The minute of each hour that looks for reminders. What a missed one would have found, the next hour finds.
REMINDERS_MINUTE = 17
REMINDERS_S = 10
# The minute of each hour, from this hour of the operator's day, that looks through the papers if none before it has.
PAPERS_MINUTE, PAPERS_HOUR = 37, 7
CHECKPOINT_HOUR = 12
# The minute of that hour that reads the whole ledger: the function has a minute for it (.chalice/config.json), seven
# years of a thousand charters take about fifteen seconds. What a missed one would have told, the next day tells.
LEDGER_MINUTE = 42

MAIL_KINDS: outbox.MailKinds = {
    **charter_mails.MAIL_KINDS,
    **crew_mails.MAIL_KINDS,
    **notice_mails.MAIL_KINDS,
    **register_mails.MAIL_KINDS,
    **schedule_mails.MAIL_KINDS,
    **payment_mails.MAIL_KINDS,
    **statements.MAIL_KINDS,
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
    if now.minute == PAPERS_MINUTE:
        queue_paper_mails(now)
    waiver_log.sweep(now)
    mail_checkpoint(now)
    mail_ledger_checkpoint(now)
    crew.sweep(now)
    notices.sweep(now)
    for mail in expiry.expire_options(now):
        outbox.deliver(mail, MAIL_KINDS, now)


def queue_reminders(now: datetime) -> int:
    """Queues the reminders that are due; returns how many were new."""
    new, ends_at = 0, system.monotonic_s() + REMINDERS_S
    for charter, days_before in reminders.find_due(now):
        if system.monotonic_s() >= ends_at:
            log.error("reminders: not all were found in time; the next hour goes on")
            break
        new += charter_mails.queue_reminder(charter_mails.reminder_mail(charter, days_before, now))
    return new


def queue_paper_mails(now: datetime) -> int:
    """Once a day of the operator, queues the mails about papers that end soon; returns how many were new."""
    here = now.astimezone(times.zone(settings().timezone))
    if here.hour < PAPERS_HOUR or register_store.read_papers_checked() == str(here.date()):
        return 0
    mails = register_mails.find_paper_mails(now)
    new = sum(retry_on_conflict(partial(dynamo.is_new, mail_store.mail_writes(mail))) for mail in mails)
    # Last: a run that breaks off is made up for an hour later, and queues no mail twice.
    register_store.put_papers_checked(str(here.date()))
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
        _raise_alarm(
            waiver_mails.alarm_mail(day, problem, head, waiver_log.to_checkpoint(last), operator.get_settings(), now),
            now,
        )
    elif tree.size > last.size:
        proof = waiver_log.consistency_proof(last, tree)
        told = waiver_mails.checkpoint_mail(day, head, last, proof, operator.get_settings(), now)
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
        alarm = waiver_mails.alarm_mail(
            day, problem, Checkpoint(*tree), Checkpoint(*last), operator.get_settings(), now, log="payments"
        )
        _raise_alarm(alarm, now)
    elif tree.size > last.size:
        told = ledger_log.checkpoint_mail(day, tree, last, found.sums, operator.get_settings(), now)
        if log_store.queue_checkpoint_mail(told, tree, last, day, ledger_log.LEDGER_LOG):
            outbox.deliver(told, MAIL_KINDS, now)


def _raise_alarm(mail: Mail, now: datetime) -> None:
    """Once a day."""
    if outbox.queue(mail):
        outbox.deliver(mail, MAIL_KINDS, now)
