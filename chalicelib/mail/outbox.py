"""The outbox: what happens to a queued mail.

A mail is queued in the transaction that it is about, so it is neither forgotten nor sent for something that did not
happen. It is tried at once, then by a schedule. It goes out at least once: a second time only if a sender dies after
the service has accepted it and before it is noted as sent.
"""

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, Generic, NamedTuple

from chalicelib.core import system, times
from chalicelib.core.dynamo import Item
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.retry import DOUBLE_TAP, retry_on_conflict
from chalicelib.mail import message, plain_text, store, transport
from chalicelib.mail.store import Data, Mail, MailOf, MailStatus
from chalicelib.money import amounts
from chalicelib.money.methods import METHODS
from chalicelib.operator import service as operator_service
from chalicelib.operator.fields import SettingsDetails
from chalicelib.pages import templates

log = logging.getLogger("scc.mail")

# How long a sender may hold a mail; longer than any one try can take.
LEASE = timedelta(seconds=60)
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 720, 720)
MAX_ATTEMPTS = len(BACK_OFF_MINUTES) + 1
SWEEP_BATCH = 25
# No mail is begun after this: AWS stops the function after 15 s, and a mail that is being sent must end before.
SWEEP_S = 5


def _unchanged(mail: Mail, _: datetime) -> Mail:
    return mail


def owners_address(_: Mail) -> str:
    """Where a mail to the operator goes when it is sent again."""
    return operator_service.get_settings()["operator_email"]


class MailKind(NamedTuple, Generic[Data]):
    """What a room adds to the outbox for the mails that it builds."""

    renew: Callable[[MailOf[Data], datetime], MailOf[Data] | str] = _unchanged
    """For a mail that has waited: the mail as it has to go out now, or why it must not."""
    complete: Callable[[MailOf[Data], datetime], MailOf[Data]] = _unchanged
    """Adds what the mail gets only when it leaves."""
    status_writes: Callable[[MailOf[Data], MailStatus, datetime], Sequence[Item]] = lambda *_: ()
    """What else is written in the transaction that gives the mail a new status."""
    current_address: Callable[[MailOf[Data]], str] = lambda mail: mail.to
    """Where it has to go when an admin sends it again."""
    is_repeatable: bool = False
    """Whether an admin may send one again that went out, or was held back."""


MailKinds = Mapping[str, MailKind[Any]]


def new_mail(kind: str, mail_id: str, to: str, data: Data, now: datetime) -> MailOf[Data]:
    """A new mail, held for the request that queues it and sends it first: so its first attempt is counted here."""
    until, at = times.format_instant(now + LEASE), times.format_instant(now)
    return MailOf(mail_id=mail_id, kind=kind, to=to, data=data, due_at=until, attempts=1, created_at=at)


def deliver(mail: Mail | None, kinds: MailKinds, now: datetime) -> None:
    """Tries a new mail once and notes how it went. Never raises: sent or not, what the mail is about stands."""
    if mail is not None:
        _try(mail, kinds[mail.kind], _unchanged, now)


def deliver_again(mail: Mail, kinds: MailKinds, now: datetime) -> None:
    """The same for one that has waited: what it is about may have changed meanwhile."""
    _try(mail, kinds[mail.kind], kinds[mail.kind].renew, now)


def _try(mail: Mail, kind: MailKind[Any], renew: Callable[[Mail, datetime], Mail | str], now: datetime) -> None:
    try:
        renewed = renew(mail, now)
        if isinstance(renewed, str):
            _finish(mail, kind, "cancelled", renewed, now)
            return
        mail = renewed
        outcome = transport.send(compose(kind.complete(mail, now), operator_service.get_settings(), now))
        if outcome.status == "retry" and mail.attempts < MAX_ATTEMPTS:
            wait = timedelta(minutes=BACK_OFF_MINUTES[mail.attempts - 1])
            store.postpone_mail(mail, times.format_instant(now + wait), outcome.note)
        else:
            _finish(mail, kind, "failed" if outcome.status == "retry" else outcome.status, outcome.note, now)
        if outcome.status != "sent":
            log.warning("mail %s: %s at attempt %d (%s)", mail.mail_id, outcome.status, mail.attempts, outcome.note)
    except Exception as problem:
        # The lease runs out, and the schedule tries it again.
        log.error("mail %s: attempt %d broke off (%s)", mail.mail_id, mail.attempts, type(problem).__name__)


def tap_number(now: datetime) -> int:
    """The end of the id of a mail that a tap asks for: the same for taps of one span of DOUBLE_TAP."""
    return int(now.timestamp() // DOUBLE_TAP.total_seconds())


def queue_tapped(mail: Mail, now: datetime, also: Sequence[Item]) -> bool:
    """Queues a mail that an admin asks for by a tap, with what else is written; its id ends in `tap_number`.

    False for a second tap within DOUBLE_TAP, which means the first one. The two may lie on different sides of a
    border between spans: so the mails of the spans beside this one count too, and none of them may come meanwhile.
    Raises WriteConflict.
    """
    name, _, number = mail.mail_id.rpartition("-")
    beside = [f"{name}-{int(number) + step}" for step in (-1, 1)]
    earlier = store.read_mails(beside)
    if any(one.created_at > times.format_instant(now - DOUBLE_TAP) for one in earlier):
        return False
    missing = set(beside) - {one.mail_id for one in earlier}
    try:
        store.put_mail(mail, [*also, *map(store.missing_check, missing)])
    except AlreadyExists:
        return False
    return True


def queue(mail: Mail, also: Sequence[Item] = ()) -> bool:
    """Queues a mail, with what else is written; False if it was queued before, or is being changed."""
    try:
        store.put_mail(mail, also)
    except (AlreadyExists, WriteConflict):
        return False
    return True


def sweep(kinds: MailKinds, now: datetime) -> int:
    """Tries the mails that are due, one batch, for a few seconds; returns how many it tried."""
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


def _finish(mail: Mail, kind: MailKind[Any], status: MailStatus, note: str, now: datetime) -> None:
    if status not in ("sent", "cancelled"):
        # An alarm counts these lines: see MailAlarm in .chalice/resources.yaml.
        log.warning("mail-given-up %s: %s (%s)", mail.mail_id, status, note)

    def attempt() -> None:
        also = kind.status_writes(mail, status, now)
        with contextlib.suppress(AlreadyExists):
            store.finish_mail(mail, status, times.format_instant(now), note, also)

    # A replay of the payment may be writing the same row now. A mail that is not noted as sent would go out twice.
    retry_on_conflict(attempt)


def compose(mail: Mail, operator: SettingsDetails, now: datetime) -> EmailMessage:
    """The message of a queued mail as it leaves now, with text and HTML."""
    subject, text = read(mail, operator)
    return message.build(
        operator=operator,
        mail_id=mail.mail_id,
        # Sent again after it had gone out, it is meant to be seen: a mailbox hides what carries a known Message-ID.
        edition=sum(retry["status"] == "sent" for retry in mail.retries),
        date=now,
        to=mail.to,
        to_name=mail.data["name"],
        subject=subject,
        text=text,
        html=_render(mail, operator, "html", subject),
        calendar=mail.data.get("calendar", ""),
    )


def read(mail: Mail, operator: SettingsDetails) -> tuple[str, str]:
    """Subject and text, as a person reads them."""
    subject, text = _subject_and_text(mail, operator)
    return subject, plain_text.wrap(text.strip()) + "\n"


def subject(mail: Mail, operator: SettingsDetails) -> str:
    return _subject_and_text(mail, operator)[0]


def _subject_and_text(mail: Mail, operator: SettingsDetails) -> tuple[str, str]:
    # The text's first line is the subject: one place to read and translate a mail.
    first_line, _, text = _render(mail, operator, "txt", "").partition("\n")
    return first_line, text


def _render(mail: Mail, operator: SettingsDetails, form: str, subject: str) -> str:
    more = {"subject": subject, "operator": operator, "money": amounts.spell, "METHODS": METHODS}
    return templates.render("mail", f"{mail.kind}.{form}", **{**mail.data, **more})
