"""The statement of a charter, mailed: its number, what is due, by when, how to pay, and the payments."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypedDict

from chalicelib.charters import receivables
from chalicelib.charters import service as charters
from chalicelib.charters import store as charter_store
from chalicelib.charters.mails import CharterData, charter_data
from chalicelib.charters.store import Charter
from chalicelib.core import names, times
from chalicelib.core.audit import Actor, audit_event, history_item
from chalicelib.core.dynamo import put_write
from chalicelib.core.errors import BadInput
from chalicelib.core.fields import Day, Email, Form, Text
from chalicelib.core.retry import retry_on_conflict
from chalicelib.core.schemas import DayText, Shape
from chalicelib.mail import outbox
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail, tap_number
from chalicelib.mail.store import MailData, MailOf
from chalicelib.money import ledger
from chalicelib.money.ledger import Balance
from chalicelib.payments.fields import Payment, PaymentJson
from chalicelib.payments.rows import fold, payment_json


class AskedStatement(TypedDict):
    to: Annotated[str, Email()]
    """Who gets it instead of the patron; empty for the patron."""
    due_date: Annotated[DayText | None, Day()]
    """By default the day of the charter; once that has begun or is cancelled, on receipt."""
    note: Annotated[str, Text(1000, "", lines=True)]


class StatementSent(TypedDict):
    number: Annotated[str, Shape(pattern="^[0-9]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$")]
    to: str


class Figures(TypedDict):
    """What of a statement changes while it waits."""

    charter: CharterData
    balance: Balance
    currency: str
    payments: list[PaymentJson]
    """Those that count towards what is due, by the time of receipt."""
    due_date: str | None
    """None: on receipt."""


class StatementData(Figures, MailData):
    number: str
    patron: str
    """The patron's name: whom it is for, also where it goes to another address."""
    is_to_patron: bool
    asked_due_date: str | None
    """None: the date follows the charter."""
    note: str


StatementMail = MailOf[StatementData]


def send_statement(event_id: str, body: Mapping[str, Any], *, actor: Actor, now: datetime) -> StatementSent:
    """Queues the statement, and notes with the charter that it was sent. A double tap is one mail.

    Raises BadInput if neither the request nor the charter has an address.
    """
    form = Form(body)
    asked = form.read(AskedStatement)
    form.finish()
    at = times.format_instant(now)

    def attempt() -> tuple[StatementMail, bool]:
        whole = charters.find_whole_charter(event_id)
        mail = make_mail(whole.charter, fold(whole.payment_items), asked, now)
        noted = audit_event("statement_sent", actor, at, mail_id=mail.mail_id)
        reminded = [receivables.reminded_write(event_id, at)] if whole.charter.due_cents > 0 else []
        return mail, outbox.queue_tapped(mail, now, [put_write(history_item(event_id, noted)), *reminded])

    mail, is_new = retry_on_conflict(attempt)
    if is_new:
        outbox.deliver(mail, MAIL_KINDS, now)
    return {"number": mail.data["number"], "to": mail.to}


def make_mail(charter: Charter, rows: Iterable[Payment], asked: AskedStatement, now: datetime) -> StatementMail:
    """Raises BadInput if neither the request nor the charter has an address."""
    patron = charter.details["patron"]
    to = asked["to"] or patron["email"]
    if not to:
        raise BadInput({"to": "is required: the patron of this charter has no email address"})
    is_to_patron = names.email_key(to) == names.email_key(patron["email"])
    number = statement_number(charter.event_id, charter.created_at)
    data: StatementData = {
        **_figures(charter, rows, asked["due_date"], now),
        "number": number,
        "patron": patron["name"],
        "is_to_patron": is_to_patron,
        "asked_due_date": asked["due_date"],
        "note": asked["note"],
        # Another recipient is not greeted by the patron's name.
        "name": patron["name"] if is_to_patron else "",
    }
    # After another payment or edit the statement tells something else: it is another mail.
    words = (to, asked["due_date"] or "", asked["note"], str(charter.version), str(charter.ledger_seq))
    fingerprint = hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]
    return new_mail("statement", f"statement-{number}-{fingerprint}-{tap_number(now)}", to, data, now)


def statement_number(event_id: str, created_at: str) -> str:
    """`2026-K7Q2-MX4D`: the year in which the charter was made, by UTC, and what its id makes of 40 bits.

    It follows from what never changes: from no setting either. It does not tell the id, which opens the guest page.
    """
    year = times.parse_instant(created_at).year
    code = base64.b32encode(hashlib.sha256(f"statement {event_id}".encode()).digest()[:5]).decode()
    return f"{year}-{code[:4]}-{code[4:]}"


def _figures(charter: Charter, rows: Iterable[Payment], asked_due_date: str | None, now: datetime) -> Figures:
    # A voided entry never was, of a bounced one another mail has told, and tips stand outside.
    counted = [row for row in rows if ledger.is_live(row) and row["kind"] != "tip" and not row["refunds_tip"]]
    return {
        "charter": charter_data(charter),
        "balance": charter.balance,
        "currency": charter.details["currency"],
        "payments": [payment_json(row) for row in counted],
        "due_date": asked_due_date or _day_ahead(charter, now),
    }


def _day_ahead(charter: Charter, now: datetime) -> str | None:
    """The day on which it begins; None once it has begun, or if it never will."""
    details = charter.details
    is_ahead = charter.status == "scheduled" and times.parse_instant(details["starts_at"]) > now
    return times.local(details["starts_at"], details["timezone"]).date().isoformat() if is_ahead else None


def _renew(mail: StatementMail, now: datetime) -> StatementMail | str:
    """One that has waited tells what holds now, and goes to who is the patron now. Another address stays."""
    whole = charter_store.read_whole_charter(mail.data["charter"]["event_id"], with_signed=False)
    if whole is None:
        return "there is no such charter"
    patron, is_to_patron = whole.charter.details["patron"], mail.data["is_to_patron"]
    data: StatementData = {
        **mail.data,
        **_figures(whole.charter, fold(whole.payment_items), mail.data["asked_due_date"], now),
        "patron": patron["name"],
        "name": patron["name"] if is_to_patron else "",
    }
    return mail._replace(to=(is_to_patron and patron["email"]) or mail.to, data=data)


MAIL_KINDS: MailKinds = {"statement": MailKind(renew=_renew)}
