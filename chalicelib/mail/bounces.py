"""What SES reports after it has accepted a mail: bounces and complaints.

Events come late, twice, and about mails of other stages and applications of the same AWS account.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.core import times
from chalicelib.core.errors import AlreadyExists, WriteConflict
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import addresses, outbox, store
from chalicelib.mail.store import Mail

DIAGNOSIS_CHARS, DETAIL_CHARS = 1000, 200
_ADDRESS = re.compile(r"<?[^\s<>;:,]+@[^\s<>;:,]+>?")


class Report(NamedTuple):
    mail_id: str
    key: str
    """The same for the same report."""
    problem: str
    """`bounced`, `complained`, or empty: a bounce for a passing reason tells nothing of the address."""
    arrived: bool
    note: str
    at: str
    detail: str


def record_report(detail: Mapping[str, Any], *, kinds: outbox.MailKinds, now: datetime) -> None:
    """Notes one event with its mail and its address. Again, or about a mail that is not ours: nothing changes."""
    report = parse(detail, now)
    mail = store.read_mail(report.mail_id) if report.mail_id else None
    if mail is None:
        return
    if report.problem:
        problem = {"problem": report.problem, "at": report.at, "detail": report.detail}
        addresses.flag_address(mail.to, problem)

    def attempt() -> None:
        seen = store.read_mail(report.mail_id)
        if seen is None or report.key in seen.reports or seen.status == "cancelled":
            return
        try:
            _note(seen, report, kinds, now)
        except AlreadyExists:
            raise WriteConflict from None

    retry_on_conflict(attempt)


def parse(detail: Mapping[str, Any], now: datetime) -> Report:
    """Reads the `detail` of an event; what it lacks stays empty."""
    mail = detail.get("mail") or {}
    mail_id = "".join((mail.get("tags") or {}).get("mail_id", [])[:1])
    bounced = detail.get("eventType") == "Bounce"
    report = detail.get("bounce" if bounced else "complaint") or {}
    recipients = report.get("bouncedRecipients") or [{}]
    arrived, verb = not bounced, "bounced" if bounced else "complained"
    if bounced:
        words = recipients[0].get("diagnosticCode") or report.get("bounceSubType") or ""
        problem = "bounced" if report.get("bounceType") == "Permanent" else ""
        if (report.get("bounceType"), words) == ("Transient", "General"):
            # No diagnosis: "typically" the reply of somebody who is out of the office, and no alarm.
            # https://repost.aws/knowledge-center/ses-understand-soft-bounces
            arrived, verb, words = True, "answered", "an automatic reply, it seems"
    else:
        words = report.get("complaintFeedbackType") or "reported as spam"
        problem = "complained"
    words = _tidy(words) or "no reason given"
    return Report(
        mail_id=mail_id,
        key=f"{verb} {mail.get('messageId')}",
        problem=problem,
        arrived=arrived,
        note=f"{verb}: {words}",
        at=_instant(str(report.get("timestamp")), now),
        detail=words,
    )


def _tidy(words: str) -> str:
    """A diagnosis as one short line without an address."""
    return _ADDRESS.sub("(address)", " ".join(words[:DIAGNOSIS_CHARS].split()))[:DETAIL_CHARS]


def _instant(text: str, now: datetime) -> str:
    try:
        return times.format_instant(times.parse_instant(text))
    except ValueError:
        return times.format_instant(now)


def _note(mail: Mail, report: Report, kinds: outbox.MailKinds, now: datetime) -> None:
    noted = mail._replace(note=report.note, reports=(*mail.reports, report.key))
    if report.arrived:
        store.change_mail(noted, mail)
        return
    if mail.status != "failed":
        noted = noted._replace(status="failed", due_at=times.format_instant(now))
    # An alarm counts these lines, as for mails never accepted; before the write, whose reply may be lost.
    # No diagnosis in a log: it may name the mailbox.
    outbox.log.warning("mail-given-up %s: failed (bounced)", mail.mail_id)
    store.change_mail(noted, mail, kinds[mail.kind].status_writes(noted, "failed", now))
