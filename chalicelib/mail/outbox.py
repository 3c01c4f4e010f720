"""The outbox: what becomes of a queued mail.

A mail is queued by the transaction that it tells of, so it is neither forgotten nor sent for something that did not
happen. It is tried at once, then by a schedule. At least once: only a sender that dies between the service's
acceptance and its own note can repeat one.
"""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

from chalicelib.core import system, templates, times
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.settings import settings
from chalicelib.mail import message, store, transport
from chalicelib.mail.store import Mail, MailStatus
from chalicelib.money import amounts
from chalicelib.money.methods import METHODS

log = logging.getLogger("scc.mail")

# How long a sender may hold a mail; longer than any one try can take.
LEASE = timedelta(seconds=60)
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 720, 720)
MAX_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
SWEEP_BATCH = 25
# No mail is begun after this: the function is stopped at 15 s, and none may be stopped while it sends.
SWEEP_S = 5


def _unchanged(mail: Mail, _: datetime) -> Mail:
    return mail


def _no_writes(_mail: Mail, _status: str, _now: datetime) -> Sequence[Item]:
    return ()


class MailKind(NamedTuple):
    """What the room that a mail tells of adds to the outbox."""

    renew: Callable[[Mail, datetime], Mail | str] = _unchanged
    """For a mail that has waited: as it has to go out now, or why it must not."""
    complete: Callable[[Mail, datetime], Mail] = _unchanged
    """Adds what the mail gets only when it leaves."""
    status_writes: Callable[[Mail, str, datetime], Sequence[Item]] = _no_writes
    """What else changes in the write that gives the mail a new status."""
    present_address: Callable[[Mail], str] = lambda mail: mail.to
    """Where it has to go when an admin sends it again."""


MailKinds = Mapping[str, MailKind]


def new_mail(kind: str, mail_id: str, to: str, data: Mapping[str, Any], now: datetime) -> Mail:
    """A new mail, held for the request that queues it: that is its first sender, so the first attempt is counted."""
    until, at = times.format_instant(now + LEASE), times.format_instant(now)
    return Mail(mail_id=mail_id, kind=kind, to=to, data=data, due_at=until, attempts=1, created_at=at)


def deliver(mail: Mail | None, kinds: MailKinds, now: datetime) -> None:
    """Tries a new mail once and notes how it went. Never raises: what it tells of stands, sent or not."""
    if mail is not None:
        _try(mail, kinds[mail.kind], _unchanged, now)


def deliver_again(mail: Mail, kinds: MailKinds, now: datetime) -> None:
    """The same for one that has waited: what it tells of may have changed meanwhile."""
    _try(mail, kinds[mail.kind], kinds[mail.kind].renew, now)


def _try(mail: Mail, kind: MailKind, renew: Callable[[Mail, datetime], Mail | str], now: datetime) -> None:
    try:
        renewed = renew(mail, now)
        if isinstance(renewed, str):
            _finish(mail, kind, "cancelled", renewed, now)
            return
        mail = renewed
        outcome = transport.send(compose(kind.complete(mail, now)))
        if outcome.status == "retry" and mail.attempts < MAX_ATTEMPTS:
            wait = timedelta(minutes=BACK_OFF_MINUTES[mail.attempts - 1])
            store.postpone_mail(mail, times.format_instant(now + wait), outcome.note)
        else:
            status = "failed" if outcome.status == "retry" else outcome.status
            _finish(mail, kind, status, outcome.note, now)
        if outcome.status != "sent":
            log.warning("mail %s: %s at attempt %d (%s)", mail.mail_id, outcome.status, mail.attempts, outcome.note)
    except Exception as problem:
        # The lease runs out and the schedule takes it up again.
        log.error("mail %s: attempt %d broke off (%s)", mail.mail_id, mail.attempts, type(problem).__name__)


def queue(mail: Mail) -> bool:
    """Queues a mail by itself; False if it was queued before, or is being changed."""
    try:
        store.put_mail(mail)
    except (AlreadyExists, WriteConflict):
        return False
    return True


def sweep(kinds: MailKinds, now: datetime) -> int:
    """Tries the mails that are due, one batch, for a few seconds; returns how many were taken."""
    taken, ends_at = 0, system.monotonic_s() + SWEEP_S
    for due in store.list_due_mail(times.format_instant(now), SWEEP_BATCH):
        if system.monotonic_s() >= ends_at:
            break
        until = times.format_instant(now + LEASE)
        if not store.claim_mail(due, until):
            continue
        taken += 1
        mail = due._replace(due_at=until, attempts=due.attempts + 1)
        if mail.attempts > MAX_ATTEMPTS:
            _finish(mail, kinds[mail.kind], "failed", "every attempt broke off", now)
        else:
            deliver_again(mail, kinds, now)
    return taken


def _finish(mail: Mail, kind: MailKind, status: MailStatus, note: str, now: datetime) -> None:
    if status not in ("sent", "cancelled"):
        # An alarm counts these lines: see MailAlarm in .chalice/resources.yaml.
        log.warning("mail-given-up %s: %s (%s)", mail.mail_id, status, note)

    # A conflict is a replay of the payment that met its row just now. Unnoted, the mail would go out twice.
    def attempt() -> None:
        also = kind.status_writes(mail, status, now)
        with contextlib.suppress(AlreadyExists):
            store.finish_mail(mail, status, times.format_instant(now), note, also)

    retry_on_conflict(attempt)


def compose(mail: Mail) -> EmailMessage:
    """The message of a queued mail, with text and HTML."""
    data = _template_data(mail)
    subject, text = _subject_and_text(mail, data)
    html = templates.render("mail", f"{mail.kind}.html", **{**data, "subject": subject})
    return message.build(
        mail_id=mail.mail_id,
        to=mail.to,
        to_name=mail.data["name"],
        subject=subject,
        text=text.strip() + "\n",
        html=html,
    )


def subject(mail: Mail) -> str:
    return _subject_and_text(mail, _template_data(mail))[0]


def _template_data(mail: Mail) -> dict[str, Any]:
    return {**mail.data, "operator": settings(), "money": amounts.spell, "METHODS": METHODS}


def _subject_and_text(mail: Mail, data: dict[str, Any]) -> tuple[str, str]:
    # The text's first line is the subject: one place to read and translate a mail.
    first_line, _, text = templates.render("mail", f"{mail.kind}.txt", **data, subject="").partition("\n")
    return first_line, text
