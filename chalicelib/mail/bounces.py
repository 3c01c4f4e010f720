"""What SES reports after it has accepted a mail: bounces and complaints.

Events come late, twice, and about mails of other stages and applications of the same AWS account.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

from chalicelib.core import times
from chalicelib.core.retry import retry_on_conflict
from chalicelib.mail import addresses, outbox, store
from chalicelib.mail.store import Mail

DIAGNOSIS_CHARS, DETAIL_CHARS = 1000, 200
_ADDRESS = r"<?[^\s<>;:,]+@[^\s<>;:,]+>?"


Verb = Literal["bounced", "answered", "complained"]
Problem = Literal["bounced", "complained"]


class Report(NamedTuple):
    mail_id: str
    key: str
    """The same for a report that comes twice."""
    verb: Verb
    problem: Problem | None
    """Of the address. A bounce for a passing reason is none."""
    detail: str
    at: str


def record_report(event: Mapping[str, Any], *, kinds: outbox.MailKinds, now: datetime) -> None:
    """Notes an event's `detail` with its mail and address. The same event again, or another's mail, changes nothing."""
    report = parse(event, now)
    mail = store.read_mail(report.mail_id) if report.mail_id else None
    if mail is None or "erased" in mail.data:
        return
    if report.problem:
        addresses.flag_address(mail.to, {"problem": report.problem, "at": report.at, "detail": report.detail})

    def attempt() -> None:
        seen = store.read_mail(report.mail_id)
        if seen and report.key not in seen.reports and seen.status != "cancelled":
            _note(seen, report, kinds, now)

    retry_on_conflict(attempt)


def parse(event: Mapping[str, Any], now: datetime) -> Report:
    """Reads the `detail` of an event; what it lacks stays empty."""
    mail, bounce, complaint = (event.get(name) or {} for name in ("mail", "bounce", "complaint"))
    is_bounce = event.get("eventType") == "Bounce"
    verb, problem, text = _parse_bounce(bounce) if is_bounce else _parse_complaint(complaint)
    return Report(
        mail_id="".join((mail.get("tags") or {}).get("mail_id", [])[:1]),
        key=f"{verb} {mail.get('messageId')}",
        verb=verb,
        problem=problem,
        detail=_one_line(text) or "no reason given",
        at=_instant(str((bounce if is_bounce else complaint).get("timestamp")), now),
    )


def _parse_bounce(bounce: Mapping[str, Any]) -> tuple[Verb, Problem | None, str]:
    recipients = bounce.get("bouncedRecipients") or [{}]
    text = recipients[0].get("diagnosticCode") or bounce.get("bounceSubType") or ""
    if (bounce.get("bounceType"), text) == ("Transient", "General"):
        # No diagnosis: "typically" the reply of somebody who is out of the office, and no alarm.
        # https://repost.aws/knowledge-center/ses-understand-soft-bounces
        return "answered", None, "an automatic reply, it seems"
    return "bounced", "bounced" if bounce.get("bounceType") == "Permanent" else None, text


def _parse_complaint(complaint: Mapping[str, Any]) -> tuple[Verb, Problem | None, str]:
    return "complained", "complained", complaint.get("complaintFeedbackType") or "reported as spam"


def _one_line(diagnosis: str) -> str:
    """A short line without an address."""
    return re.sub(_ADDRESS, "(address)", " ".join(diagnosis[:DIAGNOSIS_CHARS].split()))[:DETAIL_CHARS]


def _instant(text: str, now: datetime) -> str:
    try:
        return times.format_instant(times.parse_instant(text))
    except ValueError:
        return times.format_instant(now)


def _note(mail: Mail, report: Report, kinds: outbox.MailKinds, now: datetime) -> None:
    noted = mail._replace(note=f"{report.verb}: {report.detail}", reports=(*mail.reports, report.key))
    if report.verb != "bounced":
        # It has arrived.
        store.change_mail(noted, mail)
        return
    if mail.status != "failed":
        noted = noted._replace(status="failed", due_at=times.format_instant(now))
    # An alarm counts these lines, as those of mails that were never accepted. It stands before the write, whose reply
    # may be lost, and without the diagnosis, which may name the mailbox.
    outbox.log.warning("mail-given-up %s: failed (bounced)", mail.mail_id)
    store.change_mail(noted, mail, kinds[mail.kind].status_writes(noted, "failed", now))
