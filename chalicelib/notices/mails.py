"""The mails that tell of a change, old and new. Pure but for `MAIL_KINDS`."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.charters import event_json
from chalicelib.charters import mails as charter_mails
from chalicelib.charters import store as charter_store
from chalicelib.charters.fields import Status
from chalicelib.charters.mails import CharterData, Trip, trip_of
from chalicelib.charters.store import Charter
from chalicelib.core import names
from chalicelib.mail.outbox import MailKind, MailKinds, new_mail
from chalicelib.mail.store import Mail, MailData, MailOf
from chalicelib.money.ledger import Balance
from chalicelib.notices.people import Recipient, recipients
from chalicelib.waivers.fields import Language
from chalicelib.waivers.people import SignedRow


class Change(NamedTuple):
    event_id: str
    version: int
    """The charter's from this change on: a person is told of it once."""
    before: Trip
    after: Trip
    is_off: bool
    """Whether it was cancelled."""
    crew_emails: Sequence[str] = ()
    """The addresses of those whom the mails to captain and crew tell of it, as they are compared."""
    crew_ids: Sequence[str] = ()
    """The people whom they tell."""


class ChangeData(MailData):
    charter: CharterData
    before: Trip
    after: Trip
    language: Language
    url: str
    """Of the guest page; empty for captain and crew."""
    balance: Balance | None
    """Of a cancelled charter, for its patron alone; None where nothing was paid and nothing is charged."""
    currency: str


def find_change(before: Charter, after: Charter, crew: Sequence[Mail] = ()) -> Change | None:
    """What people are told of, besides what `crew`, the mails to captain and crew, tell.

    None where neither time, boat nor port is another one, or the charter was off before."""
    old, new = trip_of(before.details), trip_of(after.details)
    if before.status == "cancelled" or (old == new and after.status != "cancelled"):
        return None
    told = [mail for mail in crew if "person_id" in mail.data]
    emails, ids = (
        [*dict.fromkeys(found)]
        for found in ((names.email_key(mail.to) for mail in told), (mail.data["person_id"] for mail in told))
    )
    return Change(after.event_id, after.version, old, new, after.status == "cancelled", emails, ids)


class Notice(NamedTuple):
    """A mail, and what decides how it is queued."""

    mail: MailOf[ChangeData]
    recipient: Recipient


def make_notices(change: Change, charter: Charter, rows: Sequence[SignedRow], now: datetime) -> list[Notice]:
    """One for each address; the same mails however often they are made. `rows`: the charter's list of who has signed.

    The charter tells who is mailed, the change what.
    """
    told = recipients(charter.details, rows, change.crew_ids)
    return [
        Notice(_change_mail(change, charter, one, now), one)
        for one in told
        if names.email_key(one.email) not in change.crew_emails
    ]


def _change_mail(change: Change, charter: Charter, recipient: Recipient, now: datetime) -> MailOf[ChangeData]:
    status: Status = "cancelled" if change.is_off else charter.status
    data: ChangeData = {
        "name": recipient.name,
        "charter": {**charter_mails.charter_data(charter), "status": status},
        "before": change.before,
        "after": change.after,
        "language": recipient.language,
        "url": event_json.guest_url(charter) if recipient.is_guest else "",
        "balance": _told_balance(charter) if change.is_off and recipient.is_patron else None,
        "currency": charter.details["currency"],
    }
    key = f"{change.event_id} {change.version} {names.email_key(recipient.email)}"
    mail_id = f"change-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return new_mail("charter_cancelled" if change.is_off else "charter_changed", mail_id, recipient.email, data, now)


def _told_balance(charter: Charter) -> Balance | None:
    balance = charter.balance
    return balance if balance["charged_cents"] or charter.sums.paid_cents else None


def _renew(mail: MailOf[ChangeData], _: datetime) -> MailOf[ChangeData] | str:
    """One that has waited tells what holds now."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"])
    if charter is None:
        return "there is no such charter"
    if charter.status == "cancelled":
        return "the charter was cancelled meanwhile"
    after = trip_of(charter.details)
    if after == mail.data["before"]:
        return "the charter is again as it was before"
    return mail._replace(data={**mail.data, "after": after})


def _renew_cancelled(mail: MailOf[ChangeData], _: datetime) -> MailOf[ChangeData]:
    """One that has waited tells the money as it is now: it may have been refunded or moved meanwhile."""
    charter = charter_store.read_charter(mail.data["charter"]["event_id"]) if mail.data["balance"] else None
    return mail._replace(data={**mail.data, "balance": _told_balance(charter)}) if charter else mail


MAIL_KINDS: MailKinds = {
    "charter_changed": MailKind(renew=_renew),
    "charter_cancelled": MailKind(renew=_renew_cancelled),
}
